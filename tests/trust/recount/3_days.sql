-- Days, windows of days and sessions per day.

create table recount.days as
select unnest(range(first_day, last_day + 1, interval 1 day))::date as day, first_day from recount.span;

create table recount.engagement as
with placed as (
    select
        *,
        user_id is not null and row_number() over (
            partition by user_id, day order by moment desc, platform, country_code, user_access_type
        ) = 1 as is_last_of_day
    from recount.events
)
select
    day as activity_date, split, split_value,
    count(distinct user_id) as daily_active_users,
    count(distinct user_id) filter (event_name in ('item-started', 'item-finished')) as daily_active_learners,
    count(*) as events,
    count(*) filter (event_name = 'item-started') as items_started,
    count(*) filter (event_name = 'item-finished') as content_completions,
    count(*) filter (is_last_of_day) as users_last_seen,
    count(*) filter (user_id is null) as anonymous_events
from (select *, unnest(recount.splits(platform, country_code, user_access_type), recursive := true) from placed)
group by day, split, split_value;

-- The total and the platforms have a row on each day.
insert into recount.engagement
select day, split, split_value, 0, 0, 0, 0, 0, 0, 0
from recount.days
cross join (values ('total', 'total'), ('platform', 'mobile'), ('platform', 'web')) as always (split, split_value)
where (day, split, split_value) not in (select (activity_date, split, split_value) from recount.engagement);

create table recount.windows as
select
    days.day as activity_date, 'total' as split, 'total' as split_value,
    count(distinct user_id) filter (active.day = days.day) as daily_active_users,
    count(distinct user_id) filter (active.day > days.day - 7) as weekly_active_users,
    count(distinct user_id) filter (active.day > days.day - 28) as monthly_active_users_28d,
    count(distinct user_id) filter (active.day > days.day - 30) as monthly_active_users_30d,
    case when days.day - 29 >= any_value(first_day) then
        count(*) filter (active.day > days.day - 30) / 30 / monthly_active_users_30d end as stickiness,
    case when days.day - 29 >= any_value(first_day) then daily_active_users / monthly_active_users_30d end as dau_over_mau
from recount.days
left join recount.user_days as active on active.day between days.day - 30 and days.day
group by days.day;

create table recount.active_days as
select window_days, split, split_value, active_days, count(*) as users
from (
    select window_days, split, split_value, user_id, count(distinct day) as active_days
    from (select *, unnest(recount.splits(platform, country_code, user_access_type), recursive := true) from recount.events)
    cross join (select unnest([7, 28]) as window_days)
    where user_id is not null and day > (select last_day from recount.span) - window_days
    group by window_days, split, split_value, user_id
)
group by window_days, split, split_value, active_days;

-- Numbers of days on which nobody was active are rows as well.
insert into recount.active_days
select distinct window_days, split, split_value, n, 0
from recount.active_days
join range(1, 29) as numbers (n) on n <= window_days
where (window_days, split, split_value, n) not in (select (window_days, split, split_value, active_days) from recount.active_days);

create table recount.session_quality as
select
    day as activity_date, split, split_value,
    count(*) as sessions,
    count(user_id) as sessions_of_users,
    count(distinct user_id) as users_with_sessions,
    sessions_of_users / nullif(users_with_sessions, 0) as sessions_per_user,
    sum(duration_seconds)::bigint as duration_seconds,
    avg(duration_seconds) as mean_session_seconds,
    median(duration_seconds) as median_session_seconds,
    avg(duration_seconds) filter (events > 1) as mean_session_seconds_of_several_events,
    median(duration_seconds) filter (events > 1) as median_session_seconds_of_several_events,
    sum(engaged_seconds)::bigint as engaged_seconds,
    count(*) filter (events > 1 or duration_seconds >= 10 or content_events > 0) as engaged_sessions,
    count(*) filter (events = 1) as single_event_sessions,
    single_event_sessions / sessions as single_event_share,
    sum(content_events) / sessions as content_consumption_rate,
    sum(content_events) filter (user_id is not null) / nullif(users_with_sessions, 0) as content_consumption_per_user
from (select *, unnest(recount.splits(platform, country_code, user_access_type), recursive := true) from recount.sessions)
group by day, split, split_value;

-- The total has a row on each day: no sessions, and nothing to divide by.
insert into recount.session_quality by name
select
    day as activity_date, 'total' as split, 'total' as split_value, 0 as sessions, 0 as sessions_of_users, 0 as users_with_sessions,
    0 as duration_seconds, 0 as engaged_seconds, 0 as engaged_sessions, 0 as single_event_sessions
from recount.days
where day not in (select activity_date from recount.session_quality);

-- A user counts in every country seen in the 30 dates, and once in a region.
create table recount.regions as
select
    coalesce(platform, 'total') as platform,
    area_type, area,
    count(distinct user_id) as regional_active_users,
    count(distinct user_id) filter (event_name in ('item-started', 'item-finished')) as regional_active_learners,
    count(*) as events,
    count(*) filter (event_name = 'item-finished') as items_finished
from (
    select
        platform, user_id, event_name,
        unnest(
            [{'area_type': 'country', 'area': coalesce(country_code, 'unknown')}]
            || case when country_code in ('DE', 'AT', 'CH') then [{'area_type': 'region', 'area': 'DACH'}] else [] end,
            recursive := true
        )
    from recount.events
    where day > (select last_day - 30 from recount.span)
)
group by grouping sets ((platform, area_type, area), (area_type, area));
