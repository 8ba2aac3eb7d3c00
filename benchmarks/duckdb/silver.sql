-- Silver: typed, judged and unique. Every record is written once with its verdict; the few that are broken or delivered again
-- are then moved to the tables beside.
create macro blanks() as e' \t\r\n' || chr(160) || chr(8203) || chr(8204) || chr(8205) || chr(8288) || chr(65279);
-- Trimming by a set of characters costs ten times the look whether there is anything to trim.
create macro has_blanks(t) as
    regexp_matches(t, '^[\s\x{a0}\x{200b}-\x{200d}\x{2060}\x{feff}]|[\s\x{a0}\x{200b}-\x{200d}\x{2060}\x{feff}]$');
create macro trimmed(t) as nullif(case when has_blanks(t) then trim(t, blanks()) else t end, '');
-- Null also where an export writes a word for it.
create macro given(t) as
    case lower(trimmed(t))
        when 'null' then null when 'none' then null when 'nan' then null when 'n/a' then null when '\n' then null
        when 'undefined' then null
        else trimmed(t)
    end;
create macro is_instant(t) as
    regexp_full_match(t, '(20\d\d|2100)-\d\d-\d\d[ T]([01]\d|2[0-3]):\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)?');
create macro instant(t) as
    case
        when not is_instant(t) then null
        when t[-6] in ('+', '-') then try_cast(t as timestamptz)::timestamp
        else try_cast(t as timestamp)
    end;
create macro country(code) as case when regexp_full_match(code, '[A-Za-z]{2}') then upper(code) end;
create macro locale_country(code) as
    nullif(upper(regexp_extract(code, '^[A-Za-z]{2,3}([_-][A-Za-z]{4})?[_-]([A-Za-z]{2})([.@].*)?$', 2)), '');
create macro locale_language(code) as
    case when regexp_full_match(code, '[A-Za-z]{2,3}([_-].*)?') then lower(split_part(translate(code, '-', '_'), '_', 1)) end;
create macro is_decimal_item(id) as regexp_full_match(id, '\d+\.0+');
create macro canonical_item(id) as case when is_decimal_item(id) then split_part(id, '.', 1) else id end;
create macro progress(t) as
    case when regexp_full_match(t, '-?\d{1,15}(\.\d{1,15})?') and t::double between 0 and 100 then t::double end;
create macro is_quoted(title) as title[1] = '''' and title[-1] = '''' and length(title) >= 2;
create macro unquoted(title) as case when is_quoted(title) then title[2:-2] else title end;

create view silver.mobile_records as
select
    'mobile' as platform,
    given(event_name) as event_name,
    given(event_timestamp) as event_time_text,
    given(arrival_timestamp) as arrival_time_text,
    given(user_id) as user_id,
    given(client_id) as anonymous_id,
    given(session_id) as session_id,
    given(user_access_type) as user_access_type,
    locale_country(trimmed(device_locale_code)) as locale_country,
    country(trimmed(device_locale_country)) as stated_country,
    coalesce(locale_country, stated_country) as country_code,
    case
        when locale_country is not null then 'device_locale_code'
        when stated_country is not null then 'device_locale_country'
    end as country_source,
    coalesce(locale_language(trimmed(device_locale_code)), lower(device_locale_language)) as language,
    lower(trimmed(device_platform_name)) as device_os,
    trimmed(application_version_name) as app_version,
    trimmed("topLevelScreenName") as screen_name,
    given(item_id) as given_item,
    given(item_type) as item_type,
    trimmed(item_title) as given_title,
    lower(given(content_format)) as given_format,
    given(progress_pct) as given_progress,
    given(feature_id) as feature_id,
    coalesce(given(mobile_events.feature_id), given(experiment_id), given(step_name)) as subject,
    -- A cast builds a map ten times as fast as `map {...}` does.
    {
        'application_version_code': given(application_version_code), 'category': given(category),
        'client_cognito_id': given(client_cognito_id), 'device_make': given(device_make),
        'device_platform_version': given(device_platform_version), 'event_version': given(event_version),
        'step_name': given(step_name), 'experiment_id': given(experiment_id), 'variant': given(variant)
    }::map(varchar, varchar) as known_properties,
    [
        case when locale_country <> stated_country then 'country_contradicts_locale' end,
        case when device_platform_name is null or device_make is null then 'device_missing' end,
        case when is_decimal_item(given_item) then 'item_id_was_decimal' end,
        case when given_progress is not null and progress(given_progress) is null then 'progress_unread' end,
        case when is_quoted(given_title) then 'title_was_quoted' end
    ] as flags,
    unknown_columns, source_file, rowid as source_row
from bronze.mobile_events;

create view silver.web_records as
select
    'web' as platform,
    given(event_name) as event_name,
    given(event_timestamp) as event_time_text,
    given(arrival_timestamp) as arrival_time_text,
    given(user_id) as user_id,
    given(fingerprint) as anonymous_id,
    given(session_id) as session_id,
    given(user_access_type) as user_access_type,
    country(trimmed(country_code)) as country_code,
    case when country(trimmed(web_events.country_code)) is not null then 'country_code' end as country_source,
    locale_language(trimmed(language)) as language,
    lower(trimmed(device_type)) as device_type,
    trimmed(browser_name) as browser,
    trimmed(referrer) as referrer,
    given(item_id) as given_item,
    given(item_type) as item_type,
    trimmed(item_title) as given_title,
    lower(given(content_format)) as given_format,
    given(progress_pct) as given_progress,
    given(feature_id) as feature_id,
    coalesce(given(web_events.feature_id), given(experiment_id), given(step_name)) as subject,
    {
        'browser_version': given(browser_version), 'screen_resolution': given(screen_resolution),
        'cookies_enabled': given(cookies_enabled), 'step_name': given(step_name), 'experiment_id': given(experiment_id),
        'variant': given(variant)
    }::map(varchar, varchar) as known_properties,
    [
        case when is_decimal_item(given_item) then 'item_id_was_decimal' end,
        case when given_progress is not null and progress(given_progress) is null then 'progress_unread' end,
        case when is_quoted(given_title) then 'title_was_quoted' end
    ] as flags,
    unknown_columns, source_file, rowid as source_row
from bronze.web_events;

create table silver.events (
    event_id varchar, platform varchar, event_name varchar, event_timestamp timestamp, arrival_timestamp timestamp,
    event_date date, user_id varchar, anonymous_id varchar, resolved_user_id varchar, session_id varchar,
    user_access_type varchar,
    country_code varchar, country_source varchar, language varchar, device_type varchar, device_os varchar, app_version varchar,
    browser varchar, referrer varchar, screen_name varchar, item_id varchar, item_type varchar, content_format varchar,
    item_title varchar, progress_pct double, feature_id varchar, properties map(varchar, varchar), lateness_seconds bigint,
    quality_flags varchar[], source_file varchar, source_row bigint, rule varchar
);

create macro typed(records) as table
select
    *,
    instant(event_time_text) as event_timestamp,
    instant(arrival_time_text) as arrival_timestamp,
    event_timestamp::date as event_date,
    user_id as resolved_user_id,
    canonical_item(given_item) as item_id,
    unquoted(given_title) as item_title,
    case when given_format in ('text', 'audio') then given_format end as content_format,
    progress(given_progress) as progress_pct,
    case when unknown_columns is null then known_properties else map_concat(known_properties, unknown_columns) end as properties,
    cast(floor(date_diff('microsecond', event_timestamp, arrival_timestamp) / 1e6) as bigint) as lateness_seconds,
    list_filter(flags, lambda flag: flag is not null) as quality_flags,
    left(sha256(concat_ws(
        chr(31), platform, coalesce(user_id, anonymous_id, chr(0)), coalesce(session_id, chr(0)), event_name,
        epoch_us(event_timestamp), coalesce(item_id, subject, chr(0))
    )), 32) as event_id,
    case
        when event_name = 'event_name' then 'unparsable_record'
        when event_name is null and event_time_text is null and source_file like '%json%' then 'unparsable_record'
        when event_name is null then 'event_name_missing'
        when event_name not in (
            'app-open', 'login-successful', 'item-started', 'item-finished', 'onboarding-step', 'onboarding-completed',
            'item-progress', 'feature-used', 'experiment-exposed'
        ) then 'event_name_unknown'
        when event_time_text is null then 'event_timestamp_missing'
        when event_timestamp is null then 'event_timestamp_invalid'
        when arrival_time_text is null then 'arrival_timestamp_missing'
        when arrival_timestamp is null then 'arrival_timestamp_invalid'
        when event_timestamp > arrival_timestamp + interval 24 hours then 'event_timestamp_ahead'
        when event_timestamp < arrival_timestamp - interval 366 days then 'event_timestamp_behind'
        when user_id is null and anonymous_id is null then 'user_missing'
        when event_name in ('item-started', 'item-finished', 'item-progress') and item_id is null then 'item_missing'
        when event_name = 'feature-used' and feature_id is null then 'feature_missing'
        when event_name = 'experiment-exposed' and subject is null then 'experiment_missing'
    end as rule
from query_table(records);

insert into silver.events by name
select * exclude (
    event_time_text, arrival_time_text, locale_country, stated_country, given_item, given_title, given_format, given_progress,
    subject, known_properties, flags, unknown_columns
)
from typed('silver.mobile_records');

insert into silver.events by name
select * exclude (
    event_time_text, arrival_time_text, given_item, given_title, given_format, given_progress, subject, known_properties, flags,
    unknown_columns
)
from typed('silver.web_records');

create table silver.quarantine as
select events.source_file, events.platform, events.rule, to_json(mobile_events)::varchar as raw
from silver.events join bronze.mobile_events on mobile_events.rowid = events.source_row
where events.platform = 'mobile' and events.rule is not null
union all
select events.source_file, events.platform, events.rule, to_json(web_events)::varchar
from silver.events join bronze.web_events on web_events.rowid = events.source_row
where events.platform = 'web' and events.rule is not null
union all
select source_file, replace(source, '_events', ''), 'unparsable_record', raw from bronze.unparsable;

delete from silver.events where rule is not null;

-- Only keys that occur twice need an order; a hash finds them without sorting all rows.
create temp table repeated as
select rowid as event_row, event_id, arrival_timestamp, source_file, source_row
from silver.events
where hash(event_id) in (select hash(event_id) from silver.events group by 1 having count(*) > 1);

create temp table losers as
select event_row from repeated
qualify row_number() over (partition by event_id order by arrival_timestamp, source_file, source_row) > 1;

create table silver.duplicates as
select source_file, platform, event_id, event_date, arrival_timestamp
from silver.events where rowid in (from losers);

delete from silver.events where rowid in (from losers);
alter table silver.events drop column rule;
