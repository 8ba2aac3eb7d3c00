-- Who uses what is new, and what users did since they first saw a variant of an experiment and in the 14 days before.

-- Users active since the launch with an access type that may use the feature, and those of them who did.
create table recount.feature_adoption as
with periods as (
    select
        feature.feature_id, period, eligible_access_types,
        launched_at::date as launch,
        case period when 'week' then week else launch end as period_start
    from silver.features as feature
    cross join (
        select 'since_launch' as period, null::date as week
        union all
        select distinct 'week', date_trunc('week', day)::date
        from (select unnest(range(first_day, last_day + 1, interval 1 day))::date as day from recount.span)
    )
    where is_current and (week is null or week + 6 >= launch)
),
of_users as (
    select
        periods.feature_id, period, period_start, user_id,
        bool_or(eligible_access_types is null or list_contains(eligible_access_types, lower(user_access_type))) as is_eligible,
        count(*) filter (event_name = 'feature-used' and events.feature_id = periods.feature_id) as uses,
        count(distinct day) filter (event_name = 'feature-used' and events.feature_id = periods.feature_id) as days_of_use
    from periods
    left join recount.events
        on day >= launch and (period = 'since_launch' or day between period_start and period_start + 6)
        and user_id is not null and user_id not in (select user_id from recount.accounts where is_test)
    group by all
)
select
    feature_id, period, period_start,
    count(*) filter (is_eligible) as eligible_users,
    count(*) filter (is_eligible and uses > 0) as adopting_users,
    count(*) filter (is_eligible and days_of_use > 1) as repeat_users,
    coalesce(sum(uses) filter (is_eligible), 0)::bigint as uses,
    adopting_users / nullif(eligible_users, 0) as feature_adoption_rate,
    repeat_users / nullif(adopting_users, 0) as repeat_rate
from of_users
group by feature_id, period, period_start;

-- The first variant of each user who saw one while the experiment ran.
create table recount.exposures as
with running as (
    select experiment_id, started_at, coalesce(ended_at, last_day + 1) as ended_at
    from silver.experiments cross join recount.span
    where is_current
)
select
    events.experiment_id, events.user_id,
    min_by(events.variant, {'moment': moment, 'variant': events.variant}) as variant,
    min(moment) as exposed_at,
    any_value(running.ended_at) as ended_at,
    count(distinct events.variant) > 1 as is_crossover,
    coalesce(any_value(is_test), false) as is_test
from recount.events
join running on running.experiment_id = events.experiment_id and moment >= started_at and moment < running.ended_at
left join recount.accounts on accounts.user_id = events.user_id
where event_name = 'experiment-exposed' and events.user_id is not null and events.variant is not null
group by events.experiment_id, events.user_id;

-- A session is at its last event, so that the one with the exposure is after it.
create table recount.experiment_users as
with deeds as (
    select user_id, moment, 'completion' as deed from recount.events where event_name = 'item-finished'
    union all
    select user_id, started_at, 'attempt' from recount.attempts where started_at is not null
    union all
    select user_id, ended_at, 'session' from recount.sessions
),
timed as (
    select
        exposures.*, deed,
        moment >= exposed_at and moment < ended_at as is_after,
        moment < exposed_at and moment >= exposed_at - interval 14 days as is_before
    from recount.exposures
    left join deeds using (user_id)
)
select
    experiment_id, user_id, variant, exposed_at as first_exposed_at, is_crossover, is_test,
    count(*) filter (is_after and deed = 'completion') as content_completions,
    count(*) filter (is_before and deed = 'completion') as content_completions_before,
    count(*) filter (is_after and deed = 'attempt') as attempts_started,
    count(*) filter (is_before and deed = 'attempt') as attempts_started_before,
    count(*) filter (is_after and deed = 'session') as sessions,
    count(*) filter (is_before and deed = 'session') as sessions_before
from timed
group by all;
