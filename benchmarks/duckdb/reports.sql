create macro first_day() as (select min(event_date) from silver.events);
create macro as_of() as (select max(event_date) from silver.events);

create table gold.dim_date as
select
    day::date as date,
    year(day)::integer as year,
    date_trunc('month', day)::date as month,
    date_trunc('week', day)::date as iso_week,
    isodow(day)::integer as iso_weekday, isodow(day) >= 6 as is_weekend
from range(date '2015-01-01', date '2036-01-01', interval 1 day) as days (day);

-- Each row once for everybody, its platform, its country and its access type.
create temp view split_engagement as
select
    * exclude (platform, country_code, user_access_type), platform,
    unnest(['total', 'platform', 'country_code', 'user_access_type']) as split,
    unnest(['total', platform, coalesce(country_code, 'unknown'), coalesce(user_access_type, 'unknown')]) as split_value
from gold.fact_user_engagement;

create table gold.report_daily_engagement as
with users as (
    select
        activity_date, split, split_value, user_id,
        bool_or(is_active) as is_active, bool_or(is_learner) as is_learner, bool_or(is_last_of_day and is_active) as is_last_seen,
        sum(events) as events, sum(items_started) as items_started, sum(items_finished) as items_finished,
        sum(sessions_started) as sessions_started
    from split_engagement
    group by all
),
counted as (
    select
        activity_date, split, split_value,
        count(*) filter (is_active) as daily_active_users,
        count(*) filter (is_learner) as daily_active_learners,
        sum(events) as events,
        sum(items_started) as items_started,
        sum(items_finished) as content_completions,
        sum(sessions_started) as sessions,
        count(*) filter (is_last_seen) as users_last_seen,
        sum(events) filter (user_id is null) as anonymous_events
    from users
    group by all
),
delivered as (
    select activity_date, list(distinct platform) as platforms from gold.fact_user_engagement group by activity_date
),
days as (
    select
        date as activity_date,
        list_filter(
            ['mobile', 'web'], lambda platform: not coalesce(list_contains(any_value(platforms), platform), false)
        ) as silent_platforms
    from gold.dim_date
    left join delivered on date = delivered.activity_date
    where date between first_day() and as_of()
    group by date
),
always as (
    select activity_date, split, split_value
    from days, (values ('total', 'total'), ('platform', 'mobile'), ('platform', 'web')) as splits (split, split_value)
)
select
    activity_date, split, split_value,
    coalesce(daily_active_users, 0) as daily_active_users,
    coalesce(daily_active_learners, 0) as daily_active_learners,
    coalesce(events, 0)::bigint as events,
    coalesce(items_started, 0)::bigint as items_started,
    coalesce(content_completions, 0)::bigint as content_completions,
    coalesce(sessions, 0)::bigint as sessions,
    coalesce(users_last_seen, 0) as users_last_seen,
    coalesce(anonymous_events, 0)::bigint as anonymous_events,
    silent_platforms,
    len(silent_platforms) = 0 as is_complete
from always full join counted using (activity_date, split, split_value) join days using (activity_date);

-- A user is active in the n dates that end on a day as long as the last active day is less than n days before: a run of active
-- days opens one interval and closes it n days after its last, so distinct users are a running sum and no user-day is counted
-- 30 times.
create table gold.report_active_windows as
with user_days as (
    select distinct split, split_value, user_id, activity_date as day from split_engagement where is_active
),
neighbours as (
    select
        split, split_value, day,
        day - lag(day) over days_of_user as days_since, lead(day) over days_of_user - day as days_until,
        date_trunc('month', lag(day) over days_of_user) = date_trunc('month', day) as is_known_in_month
    from user_days
    window days_of_user as (partition by split, split_value, user_id order by day)
),
counted as (
    select
        split, split_value, day,
        count(*) as active,
        count(*) filter (coalesce(days_since >= 7, true)) as opened_7,
        count(*) filter (coalesce(days_until >= 7, true)) as closed_7,
        count(*) filter (coalesce(days_since >= 28, true)) as opened_28,
        count(*) filter (coalesce(days_until >= 28, true)) as closed_28,
        count(*) filter (coalesce(days_since >= 30, true)) as opened_30,
        count(*) filter (coalesce(days_until >= 30, true)) as closed_30,
        count(*) filter (not coalesce(is_known_in_month, false)) as opened_in_month
    from neighbours
    group by all
),
calendar as (
    select split, split_value, unnest(range(first_day, as_of() + 1, interval 1 day))::date as day
    from (select split, split_value, min(day) as first_day from counted group by all)
),
windows as (
    select
        calendar.*,
        coalesce(active, 0) as daily,
        sum(opened_7) over so_far - coalesce(sum(closed_7) over until_7_days_ago, 0) as weekly,
        sum(opened_28) over so_far - coalesce(sum(closed_28) over until_28_days_ago, 0) as monthly_28d,
        sum(opened_30) over so_far - coalesce(sum(closed_30) over until_30_days_ago, 0) as monthly_30d,
        coalesce(sum(opened_in_month) over month_so_far, 0) as monthly_calendar,
        sum(active) over last_30_days / 30.0::double as mean_30d,
        day - 29 >= first_day() as is_observed
    from calendar left join counted using (split, split_value, day)
    window
        so_far as (partition by split, split_value order by day rows unbounded preceding),
        until_7_days_ago as (partition by split, split_value order by day rows between unbounded preceding and 7 preceding),
        until_28_days_ago as (partition by split, split_value order by day rows between unbounded preceding and 28 preceding),
        until_30_days_ago as (partition by split, split_value order by day rows between unbounded preceding and 30 preceding),
        last_30_days as (partition by split, split_value order by day rows between 29 preceding and current row),
        month_so_far as (partition by split, split_value, date_trunc('month', day) order by day rows unbounded preceding)
)
select
    day as activity_date, split, split_value,
    daily as daily_active_users,
    weekly::bigint as weekly_active_users,
    monthly_28d::bigint as monthly_active_users_28d,
    monthly_30d::bigint as monthly_active_users_30d,
    monthly_calendar::bigint as monthly_active_users_calendar,
    case when is_observed then coalesce(mean_30d, 0) end as mean_daily_active_users_30d,
    case when is_observed and monthly_30d > 0 then mean_30d / monthly_30d end as stickiness,
    case when is_observed and monthly_30d > 0 then daily / monthly_30d end as dau_over_mau,
    not is_observed as is_partial_window
from windows
where monthly_30d + monthly_calendar > 0;

create temp view recent_content as
select
    unnest([platform, 'total']) as platform, coalesce(item_type, 'unknown') as item_type, item_id,
    coalesce(content_format, 'unknown') as content_format, resolved_user_id as user_id,
    event_name = 'item-finished' as is_finish, event_timestamp, event_id, item_title
from resolved_events
where event_name in ('item-started', 'item-finished') and event_date between as_of() - 29 and as_of();

create table gold.report_content_completion as
with pairs as (
    select
        platform, item_type, item_id, content_format, user_id,
        count(*) filter (not is_finish) as starts, count(*) filter (is_finish) as finishes
    from recent_content
    group by all
),
levels as (
    select
        platform, item_id as item, user_id, starts, finishes,
        unnest(['total', item_type, item_type, item_type]) as item_type,
        unnest(['total', 'total', 'total', item_id]) as item_id,
        unnest(['total', 'total', content_format, content_format]) as content_format
    from pairs
),
user_items as (
    select platform, item_type, item_id, content_format, user_id, item, sum(starts) as starts, sum(finishes) as finishes
    from levels
    group by all
),
users as (
    select
        platform, item_type, item_id, content_format, user_id, sum(starts) as starts, sum(finishes) as finishes,
        count(*) filter (finishes > 0 and user_id is not null) as items
    from user_items
    group by all
),
titles as (
    select
        platform, item_type, item_id, content_format,
        arg_max_null(item_title, {'at': event_timestamp, 'id': event_id}) as item_title
    from recent_content
    group by all
)
select
    platform, item_type, item_id, content_format,
    any_value(titles.item_title) as item_title,
    sum(starts)::bigint as starts,
    sum(finishes)::bigint as content_completions,
    sum(items)::bigint as items_completed,
    count(*) filter (items > 0) as completing_users,
    as_of() - 29 < first_day() as is_partial_window
from users left join titles using (platform, item_type, item_id, content_format)
group by all;

create table gold.report_regional_activity as
with located as (
    select
        unnest([platform, 'total']) as platform, coalesce(country_code, 'unknown') as country, user_id,
        is_active, is_learner, events, items_finished
    from gold.fact_user_engagement
    where activity_date between as_of() - 29 and as_of()
),
seen as (
    select *, 'country' as area_type, country as area from located
    union all by name
    select *, 'region' as area_type, 'DACH' as area from located where country in ('DE', 'AT', 'CH')
),
users as (
    select
        platform, area_type, area, user_id, bool_or(is_active) as is_active, bool_or(is_learner) as is_learner,
        sum(events) as events, sum(items_finished) as items_finished
    from seen
    group by all
)
select
    platform, area_type, area,
    count(*) filter (is_active) as regional_active_users,
    count(*) filter (is_learner) as regional_active_learners,
    sum(events)::bigint as events,
    sum(items_finished)::bigint as items_finished,
    as_of() - 29 < first_day() as is_partial_window
from users
group by all;
