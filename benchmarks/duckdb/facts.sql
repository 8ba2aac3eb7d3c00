-- Whom an event without a user belongs to: the user last seen with its anonymous id, or else the first one seen later.
create temp table nameless as
select event_id, anonymous_id, event_timestamp from silver.events where user_id is null and anonymous_id is not null;

create temp table seen as
select anonymous_id, event_timestamp, min(user_id) as first_user, max(user_id) as last_user
from silver.events
where user_id is not null and anonymous_id in (select anonymous_id from nameless)
group by all;

create temp table owners as
select nameless.event_id, coalesce(before.last_user, after.first_user) as owner
from nameless
asof left join seen as before
    on nameless.anonymous_id = before.anonymous_id and nameless.event_timestamp >= before.event_timestamp
asof left join seen as after
    on nameless.anonymous_id = after.anonymous_id and nameless.event_timestamp < after.event_timestamp;

create temp view resolved_events as
select events.* replace (coalesce(resolved_user_id, owner) as resolved_user_id)
from silver.events left join owners using (event_id);

-- A chain of events without a gap of more than 30 minutes; it is cut 24 hours after its start and, from its third day on,
-- at midnight.
create table gold.fact_session as
with narrow as (
    select
        platform, coalesce(resolved_user_id, ' anonymous:' || anonymous_id) as actor, event_timestamp, tie_break(event_id) as tie,
        resolved_user_id as user_id, event_name, screen_name, country_code, user_access_type, progress_pct
    from resolved_events
),
ordered as (
    select
        *,
        row_number() over actors_events as position,
        epoch_us(event_timestamp) - epoch_us(lag(event_timestamp) over actors_events) as gap_micros,
        gap_micros is null or gap_micros > 30 * 60 * 1000000 as starts_chain
    from narrow
    window actors_events as (partition by platform, actor order by event_timestamp, tie)
),
chained as (
    select
        *,
        case when starts_chain then 0 else least(gap_micros // 1000000, 300) end as counted_gap,
        max(case when starts_chain then event_timestamp end) over (
            partition by platform, actor order by position rows unbounded preceding
        ) as chain_start
    from ordered
),
anchored as (
    select
        *,
        case
            when event_timestamp::date - chain_start::date <= 1 then chain_start
            else date_trunc('day', event_timestamp)
        end as base,
        base + to_days(((epoch_us(event_timestamp) - epoch_us(base)) // 86400000000)::integer) as anchor
    from chained
),
sessions as (
    select
        platform, actor,
        min(event_timestamp) as started_at,
        max(event_timestamp) as ended_at,
        count(*) as events,
        count(*) filter (event_name = 'item-started') as items_started,
        count(*) filter (event_name = 'item-finished') as items_finished,
        sum(counted_gap) - arg_min(counted_gap, position) as engaged_seconds,
        any_value(user_id) as user_id,
        arg_min_null(country_code, position) as country_code,
        arg_min_null(user_access_type, position) as user_access_type,
        arg_max(event_name, position) as exit_event,
        arg_max_null(screen_name, position) as exit_screen,
        arg_max(progress_pct, position) as last_progress_pct
    from anchored
    group by platform, actor, anchor
)
select
    md5(concat_ws(chr(31), platform, actor, epoch_us(started_at))) as session_key,
    started_at::date as session_date,
    user_id, platform, country_code, user_access_type, started_at, ended_at,
    events,
    items_started + items_finished as content_events,
    items_started, items_finished,
    (epoch_us(ended_at) - epoch_us(started_at)) // 1000000 as duration_seconds,
    engaged_seconds::bigint as engaged_seconds,
    events = 1 as is_single_event,
    events >= 2 or content_events > 0 as is_engaged,
    items_finished > 0 as has_completion,
    exit_event, exit_screen, last_progress_pct
from sessions;

create table gold.fact_user_engagement as
with happened as (
    select
        event_date as activity_date, resolved_user_id as user_id, platform, country_code, user_access_type,
        1 as events,
        (event_name = 'item-started')::integer as items_started,
        (event_name = 'item-finished')::integer as items_finished,
        0 as sessions_started, event_timestamp as moment
    from resolved_events
    union all by name
    select
        session_date as activity_date, user_id, platform, country_code, user_access_type,
        0 as events, 0 as items_started, 0 as items_finished, 1 as sessions_started, started_at as moment
    from gold.fact_session
),
counted as (
    select
        activity_date, user_id, platform, country_code, user_access_type,
        sum(events)::bigint as events,
        sum(events)::bigint as active_events,
        sum(items_started + items_finished)::bigint as content_events,
        sum(items_started)::bigint as items_started,
        sum(items_finished)::bigint as items_finished,
        sum(sessions_started)::bigint as sessions_started,
        min(moment) as first_event_at,
        max(moment) as last_event_at,
        min(moment) filter (happened.events > 0 and user_id is not null) as first_active_at,
        max(moment) filter (happened.events > 0 and user_id is not null) as last_active_at
    from happened
    group by all
)
select
    *,
    user_id is not null and active_events > 0 as is_active,
    user_id is not null and content_events > 0 as is_learner,
    user_id is not null and row_number() over (
        partition by activity_date, user_id
        order by last_event_at desc, platform, country_code nulls first, user_access_type nulls first
    ) = 1 as is_last_of_day
from counted;
