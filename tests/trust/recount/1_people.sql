-- The tables of silver as the definitions of METRICS read them: what people did, who they are, their sessions and days.
create schema recount;

create table recount.span as select min(event_date) as first_day, max(event_date) as last_day from silver.events;

-- An event without a user is of the user last seen with its anonymous id, else of the one first seen later.
create table recount.events as
with owners as (
    select
        nameless.event_id,
        coalesce(
            max_by(named.user_id, named.event_timestamp) filter (named.event_timestamp <= nameless.event_timestamp),
            min_by(named.user_id, named.event_timestamp)
        ) as owner
    from silver.events as nameless
    join silver.events as named using (anonymous_id)
    where nameless.user_id is null and named.user_id is not null
    group by all
)
select
    event_id, event_name, event_timestamp as moment, event_date as day, coalesce(user_id, owner) as user_id, anonymous_id,
    platform, country_code, user_access_type, screen_name, item_id, item_type, content_format, progress_pct, feature_id,
    properties['experiment_id'] as experiment_id, properties['variant'] as variant
from silver.events
left join owners using (event_id);

-- Channel and country as they were at the sign-up, else as first known; whether it is a test account as known now.
create table recount.accounts as
with then_known as (
    select *
    from silver.users
    qualify row_number() over (
        partition by user_id
        order by valid_from > signup_at, case when valid_from > signup_at then valid_from end, valid_from desc
    ) = 1
)
select
    now_known.user_id, now_known.signup_at, coalesce(now_known.is_test, false) as is_test,
    then_known.signup_platform as platform, then_known.country_code, then_known.acquisition_channel
from silver.users as now_known
join then_known using (user_id)
where now_known.is_current;

-- A pause of more than 30 minutes ends a session; without one it is cut 24 hours after its start and, from its third date on,
-- at midnight. Of several events of one instant the last one is whichever has the greater id.
create table recount.sessions as
with paused as (
    select
        *,
        coalesce('user ' || user_id, 'anonymous ' || anonymous_id) as actor,
        moment - lag(moment) over (partition by platform, actor order by moment) as pause
    from recount.events
),
chained as (
    select
        *,
        count(*) filter (pause is null or pause > interval 30 minutes)
            over (partition by platform, actor order by moment range unbounded preceding) as chain
    from paused
),
cut as (
    select
        *,
        min(moment) over (partition by platform, actor, chain) as chain_start,
        case
            when day - chain_start::date >= 2 then day - chain_start::date
            else (moment >= chain_start + interval 24 hours)::bigint
        end as part,
        {'moment': moment, 'event_id': event_id} as place,
        case when pause <= interval 30 minutes then least(date_sub('second', moment - pause, moment), 300) else 0 end
            as counted_pause
    from chained
)
select
    platform, any_value(user_id) as user_id, min(moment) as started_at, max(moment) as ended_at, min(moment)::date as day,
    count(*) as events,
    count(*) filter (event_name = 'item-started') as items_started,
    count(*) filter (event_name = 'item-finished') as items_finished,
    items_started + items_finished as content_events,
    -- Seconds that passed: from 10:00:01.9 to 10:00:02.1 none.
    (epoch_us(max(moment)) - epoch_us(min(moment))) // 1000000 as duration_seconds,
    (sum(counted_pause) - min_by(counted_pause, place))::bigint as engaged_seconds,
    arg_min_null(country_code, place) as country_code,
    arg_min_null(user_access_type, place) as user_access_type,
    max_by(event_name, place) as exit_event,
    arg_max_null(screen_name, place) as exit_screen,
    max_by(progress_pct, place) as last_progress
from cut
group by platform, actor, chain, part;

-- Each row once for the total and for each of the usual splits.
create macro recount.splits(platform, country_code, user_access_type) as [
    {'split': 'total', 'split_value': 'total'},
    {'split': 'platform', 'split_value': platform},
    {'split': 'country_code', 'split_value': coalesce(country_code, 'unknown')},
    {'split': 'user_access_type', 'split_value': coalesce(user_access_type, 'unknown')}
];

-- The days on which known users were active: no event of the sample is passive.
create table recount.user_days as
select distinct user_id, day from recount.events where user_id is not null;

create table recount.first_days as
select user_id, min(day) as first_day, min(moment) as first_at from recount.events where user_id is not null group by user_id;
