-- Whether users come back, and what kind of users they are.

-- Whether the days of a span (of one day or of seven) after the first one are over at the last one, and who was there again.
create table recount.retention_of_users as
with spans as (
    select unnest([1, 7, 30, 1, 8, 15, 22]) as day_n, unnest([1, 7, 30, 7, 14, 21, 28]) as last_day_n
),
firsts as (
    select
        user_id, first_days.first_day, first_at, day_n, last_day_n,
        first_at + day_n * interval 24 hours as hours_begin,
        first_at + (last_day_n + 1) * interval 24 hours as hours_end,
        span.last_day
    from recount.first_days
    cross join recount.span
    cross join spans
)
select
    firsts.user_id, first_day, day_n, last_day_n,
    first_day + last_day_n <= last_day as is_eligible,
    hours_end <= last_day + 1 as is_eligible_24h,
    bool_or(day between first_day + day_n and first_day + last_day_n) as came_on,
    bool_or(day >= first_day + day_n) as came_on_or_after,
    bool_or(moment >= hours_begin and moment < hours_end) as came_24h,
    any_value(acquisition_channel) as acquisition_channel,
    arg_min_null(events.country_code, {'moment': moment, 'event_id': event_id}) as country_code,
    arg_min_null(user_access_type, {'moment': moment, 'event_id': event_id}) as user_access_type
from firsts
join recount.events using (user_id)
left join recount.accounts using (user_id)
group by all;

-- A cohort has a row once the span has begun for who came on its first day.
create table recount.retention as
select
    cohort_type, date_trunc(cohort_type, users.first_day)::date as cohort_date, day_n, last_day_n,
    count(*) as cohort_size,
    count(*) filter (is_eligible) as eligible,
    case when eligible > 0 then count(*) filter (is_eligible and came_on) end as retained_on,
    case when eligible > 0 then count(*) filter (is_eligible and came_on_or_after) end as retained_on_or_after,
    count(*) filter (is_eligible_24h) as eligible_24h,
    case when eligible_24h > 0 then count(*) filter (is_eligible_24h and came_24h) end as retained_24h,
    cohort_date + ('1 ' || cohort_type)::interval + last_day_n * interval 1 day <= last_day + 1 as is_mature
from recount.retention_of_users as users
cross join (select unnest(['day', 'week', 'month']) as cohort_type)
cross join recount.span
group by all
having cohort_date + day_n <= last_day;

-- Each period from the first data on, with who is active in it and in the one before.
create table recount.growth as
with periods as (
    select distinct period, date_trunc(period, day)::date as period_start
    from (select unnest(range(first_day, last_day + 1, interval 1 day))::date as day from recount.span)
    cross join (select unnest(['day', 'week', 'month']) as period)
),
presence as (
    select distinct user_id, period, date_trunc(period, day)::date as period_start
    from recount.user_days
    cross join (select unnest(['day', 'week', 'month']) as period)
),
placed as (
    select
        *,
        lag(period_start) over (partition by period order by period_start) as period_before
    from periods
)
select
    period, period_start,
    count(*) filter (is_here and is_first) as new,
    count(*) filter (is_here and was_here) as retained,
    count(*) filter (is_here and not was_here and not is_first) as resurrected,
    count(*) filter (was_here and not is_here) as churned,
    count(*) filter (is_here) as active,
    count(*) filter (was_here) as active_before,
    -- Who has not come yet is lost only when the period is over.
    case
        when date_trunc(period, (select last_day + 1 from recount.span)) > period_start
            then (new + resurrected) / nullif(churned, 0)
    end as quick_ratio
from (
    select
        placed.period, placed.period_start, user_id,
        bool_or(presence.period_start = placed.period_start) as is_here,
        bool_or(presence.period_start = placed.period_before) is true as was_here,
        date_trunc(placed.period, any_value(first_day)) = placed.period_start as is_first
    from placed
    left join presence on presence.period = placed.period and presence.period_start in (placed.period_start, placed.period_before)
    left join recount.first_days using (user_id)
    group by placed.period, placed.period_start, user_id
)
group by period, period_start;

create table recount.segments as
select
    user_id,
    count(distinct day) filter (age < 28) as active_days,
    count(distinct day) filter (age between 28 and 55) as active_days_before,
    count(*) filter (age < 28 and event_name = 'item-finished') as completions,
    min(age) as days_since_last,
    min(day) as first_active,
    max(age) < 14 as is_new,
    case
        when active_days = 0 then 'dormant'
        when active_days_before >= 4 and active_days * 2 <= active_days_before or days_since_last >= 14 then 'at_risk'
        when active_days >= 12 and completions >= 4 then 'highly_engaged'
        else 'casual'
    end as segment,
    arg_max_null(platform, {'moment': moment, 'event_id': event_id}) as platform,
    arg_max_null(country_code, {'moment': moment, 'event_id': event_id}) as country_code,
    arg_max_null(user_access_type, {'moment': moment, 'event_id': event_id}) as user_access_type
from (select *, last_day - day as age from recount.events cross join recount.span where user_id is not null)
group by user_id;

-- Each signal compares the last 28 dates with the 28 before, for users first seen before or on the first of these 56.
-- An attempt is finished if it was by the end of the window in which it began.
create table recount.churn_signals as
with counts as (
    select user_id, last_day - day as age, 1 as session, 0 as start, 0 as finish, 0 as feature_use
    from recount.sessions cross join recount.span
    where user_id is not null
    union all
    select
        user_id, last_day - started_at::date, 0, 1,
        coalesce((last_day - finished_at::date) // 28 >= (last_day - started_at::date) // 28, false)::integer, 0
    from recount.attempts cross join recount.span
    where started_at is not null
    union all
    select user_id, last_day - day, 0, 0, 0, 1
    from recount.events cross join recount.span
    where user_id is not null and event_name = 'feature-used'
),
sums as (
    select
        user_id,
        coalesce(sum(session) filter (age < 28), 0)::bigint as sessions_now,
        coalesce(sum(session) filter (age between 28 and 55), 0)::bigint as sessions_before,
        coalesce(sum(start) filter (age < 28), 0)::bigint as starts_now,
        coalesce(sum(start) filter (age between 28 and 55), 0)::bigint as starts_before,
        coalesce(sum(finish) filter (age < 28), 0)::bigint as finishes_now,
        coalesce(sum(finish) filter (age between 28 and 55), 0)::bigint as finishes_before,
        coalesce(sum(feature_use) filter (age < 28), 0)::bigint as feature_uses_now,
        coalesce(sum(feature_use) filter (age between 28 and 55), 0)::bigint as feature_uses_before
    from counts
    group by user_id
)
select
    sums.* exclude (finishes_now, finishes_before),
    finishes_now / nullif(starts_now, 0) as completion_rate_now,
    finishes_before / nullif(starts_before, 0) as completion_rate_before,
    first_days.first_day <= last_day - 55 as has_history,
    case when has_history then sessions_before >= 4 and sessions_now * 2 <= sessions_before end as sessions_fell,
    case when has_history then
        least(starts_now, starts_before) >= 4 and finishes_before > 0
        and 10 * finishes_now * starts_before <= 7 * finishes_before * starts_now
    end as completion_fell,
    case when has_history then feature_uses_before >= 4 and feature_uses_now * 2 <= feature_uses_before end as feature_use_fell,
    sessions_fell::integer + completion_fell::integer + feature_use_fell::integer as score
from sums
join recount.first_days using (user_id)
cross join recount.span
where user_id in (select user_id from recount.user_days where day > last_day - 56);

