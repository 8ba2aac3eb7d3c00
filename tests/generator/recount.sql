create macro instant(given) as
    case when regexp_full_match(given, '\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d{3})?Z?')
         then try_strptime(
             replace(rtrim(given, 'Z'), 'T', ' ') || case when contains(given, '.') then '' else '.000' end,
             '%Y-%m-%d %H:%M:%S.%g'
         )
    end;

create macro in_range(moment) as moment is not null and year(moment) between 2000 and 2100;

create table lines as
from read_json(getvariable('records'), format = 'newline_delimited', columns = {path: 'varchar', record: 'integer', cells: 'json'});

create table records as
select
    path,
    record,
    cells is not null and cells <> 'null' as is_parsable,
    replace(split_part(path, '/', 1), '_events', '') as platform,
    coalesce(cells ->> 'event_name', '') as event_name,
    instant(cells ->> 'event_timestamp') as happened,
    instant(cells ->> 'arrival_timestamp') as arrived,
    coalesce(cells ->> 'user_id', '') as user_id,
    coalesce(cells ->> 'client_id', cells ->> 'fingerprint', '') as anonymous_id,
    coalesce(cells ->> 'session_id', '') as session_id,
    regexp_replace(coalesce(cells ->> 'item_id', ''), '^(\d+)\.0+$', '\1') as item_id,
    coalesce(cells ->> 'feature_id', '') as feature_id,
    coalesce(
        nullif(cells ->> 'feature_id', ''), nullif(cells ->> 'experiment_id', ''), nullif(cells ->> 'step_name', ''), ''
    ) as subject,
    coalesce(cells ->> 'user_access_type', '') as access_type,
    coalesce(cells ->> 'content_format', '') as content_format,
    coalesce(cells ->> 'progress_pct', '') as progress_pct,
    coalesce(cells ->> 'experiment_id', '') as experiment_id,
    coalesce(cells ->> 'variant', '') as variant,
    coalesce(cells ->> 'country_code', split_part(cells ->> 'device_locale_code', '_', 2)) as country
from lines
where record > 0;

create table judged as
select
    *,
    case
        when not is_parsable then 'unparsable_record'
        when event_name = '' then 'event_name_missing'
        when event_name not in (
            'app-open', 'login-successful', 'item-started', 'item-finished', 'onboarding-step', 'onboarding-completed',
            'item-progress', 'feature-used', 'experiment-exposed'
        ) then 'event_name_unknown'
        when not in_range(happened) then 'event_timestamp_invalid'
        when not in_range(arrived) then 'arrival_timestamp_invalid'
        when happened > arrived + interval 24 hours then 'event_timestamp_ahead'
        when happened < arrived - interval 366 days then 'event_timestamp_behind'
        when user_id = '' and anonymous_id = '' then 'user_missing'
        when event_name in ('item-started', 'item-finished', 'item-progress') and item_id = '' then 'item_missing'
        when event_name = 'feature-used' and feature_id = '' then 'feature_missing'
        when event_name = 'experiment-exposed' and subject = '' then 'experiment_missing'
    end as reason,
    user_id <> '' as is_known,
    case when user_id <> '' then user_id else anonymous_id end as who,
    happened::date as day
from records;

create table deliveries as
select
    *,
    row_number() over (
        partition by platform, is_known, who, session_id, event_name, happened, coalesce(nullif(item_id, ''), subject)
        order by arrived, path, record
    ) = 1 as is_kept
from judged
where reason is null;

create table events as from deliveries where is_kept;
create table known as from events where is_known;
create table content as from known where event_name in ('item-started', 'item-finished');
create table completions as from events where event_name = 'item-finished';
create table days as
select unnest(generate_series(min(day), max(day), interval 1 day))::date as day from events;
create table last as select max(day) as day from events;

create macro chained(counted) as table
select
    *,
    sum(starts_chain::int) over (partition by platform, is_known, who order by happened rows unbounded preceding) as chain
from (
    select
        *,
        coalesce(
            happened - lag(happened) over (partition by platform, is_known, who order by happened) > interval 30 minutes, true
        ) as starts_chain
    from query_table(counted)
);

create macro sessions_of(counted) as table
select platform, is_known, who, min(happened)::date as day
from (
    select *, min(happened) over (partition by platform, is_known, who, chain) as chain_start from chained(counted)
)
group by
    platform, is_known, who, chain, happened >= chain_start + interval 24 hours,
    case when day >= chain_start::date + 2 then day end;

create table sessions as from sessions_of('events');

create macro counts_by_day(counted) as table
select json_group_object(day::varchar, coalesce(n, 0)) as answer
from days left join (select day, count(distinct who) as n from query_table(counted) group by day) using (day);

create macro counts_by_platform_and_day(counted) as table
select json_group_object(platform, by_day) as answer
from (
    select platform, json_group_object(day::varchar, coalesce(n, 0)) as by_day
    from days
    cross join (values ('mobile'), ('web')) as platforms (platform)
    left join (select platform, day, count(distinct who) as n from query_table(counted) group by all) using (platform, day)
    group by platform
);

create macro users_in_window(length) as table
select to_json(count(distinct who)) as answer from known, last where known.day > last.day - length and known.day <= last.day;

create table reasons as
select path, json_group_object(reason, n) as reasons
from (select path, reason, count(*) as n from judged where reason is not null group by all)
group by path;

create table files as
select
    path,
    count(*) filter (record > 0) as records,
    count(*) filter (is_kept) as events,
    count(*) filter (not is_kept) as duplicates,
    count(*) filter (reason is not null) as quarantined
from lines
left join judged using (path, record)
left join (select path, record, is_kept from deliveries) using (path, record)
group by path;

create table answers as
select 'files' as name, json_group_object(path, {
    'records': records, 'events': events, 'duplicates': duplicates, 'quarantined': quarantined,
    'quarantine_reasons': coalesce(reasons, '{}'::json)
}) as answer
from files left join reasons using (path)
union all
select 'total', to_json({
    'records': sum(records)::bigint, 'events': sum(events)::bigint, 'duplicates': sum(duplicates)::bigint,
    'quarantined': sum(quarantined)::bigint,
    'quarantine_reasons': (
        select coalesce(json_group_object(reason, n), '{}'::json)
        from (select reason, count(*) as n from judged where reason is not null group by reason)
    )
}) from files
union all select 'first_day', to_json(min(day)::varchar) from days
union all select 'last_day', to_json(max(day)::varchar) from days
union all select 'users', to_json(count(distinct who)) from known
union all
select 'users_on_both_platforms', to_json(count(*))
from (select who from known group by who having count(distinct platform) = 2)
union all select 'anonymous_events', to_json(count(*) filter (not is_known)) from events
union all
select 'events_by_platform', json_group_object(platform, n) from (select platform, count(*) as n from events group by platform)
union all
select 'events_by_name', json_group_object(event_name, n) from (select event_name, count(*) as n from events group by event_name)
union all
select 'events_by_day', json_group_object(day::varchar, coalesce(n, 0))
from days left join (select day, count(*) as n from events group by day) using (day)
union all select 'dau', answer from counts_by_day('known')
union all select 'dal', answer from counts_by_day('content')
union all select 'dau_by_platform', answer from counts_by_platform_and_day('known')
union all select 'dal_by_platform', answer from counts_by_platform_and_day('content')
union all
select 'completions', json_group_object(platform, n) from (select platform, count(*) as n from completions group by platform)
union all
select 'completed_user_items', json_group_object(coalesce(platform, 'all'), n)
from (
    select platform, count(distinct (who, item_id)) as n from completions where is_known group by grouping sets (platform, ())
)
union all
select 'dach_mobile_active_users_30_days', json_group_object(coalesce(country, 'all'), n)
from (
    select country, count(distinct who) as n
    from known, last
    where platform = 'mobile' and country in ('DE', 'AT', 'CH') and known.day > last.day - 30
    group by grouping sets (country, ())
)
union all select 'wau7', answer from users_in_window(7)
union all select 'mau28', answer from users_in_window(28)
union all select 'mau30', answer from users_in_window(30)
union all
select 'mau_calendar', json_group_object(month, n)
from (select strftime(day, '%Y-%m') as month, count(distinct who) as n from known group by month)
union all select 'sessions', to_json(count(*)) from sessions
union all
select 'sessions_by_day', json_group_object(day::varchar, coalesce(n, 0))
from days left join (select day, count(*) as n from sessions group by day) using (day)
union all
select 'sessions_by_platform', json_group_object(platform, n)
from (select platform, count(*) as n from sessions group by platform)
union all
select 'late_events', to_json({
    'arrived_before_the_event': count(*) filter (arrived < happened),
    'arrived_on_a_later_date': count(*) filter (arrived::date > day),
    'over_1_hour': count(*) filter (arrived - happened > interval 1 hour),
    'over_1_day': count(*) filter (arrived - happened > interval 24 hours),
    'over_7_days': count(*) filter (arrived - happened > interval 168 hours),
    'over_60_days': count(*) filter (arrived - happened > interval 1440 hours)
}) from events;
