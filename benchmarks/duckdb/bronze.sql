-- Bronze: every column as text, and the file that a record came from. duckdb_pipeline.py, which knows the files, reads the rows.
create schema bronze;
create schema silver;
create schema gold;

create table bronze.mobile_events (
    event_name varchar, application_version_code varchar, application_version_name varchar, arrival_timestamp varchar,
    category varchar, client_cognito_id varchar, client_id varchar, device_locale_code varchar, device_locale_country varchar,
    device_locale_language varchar, device_make varchar, device_platform_name varchar, device_platform_version varchar,
    event_timestamp varchar, event_version varchar, session_id varchar, user_access_type varchar, user_id varchar,
    "topLevelScreenName" varchar, item_id varchar, item_type varchar, item_title varchar,
    content_format varchar, progress_pct varchar, feature_id varchar, step_name varchar, experiment_id varchar, variant varchar,
    unknown_columns map(varchar, varchar), source_file varchar
);

create table bronze.web_events (
    event_name varchar, event_timestamp varchar, user_id varchar, fingerprint varchar, arrival_timestamp varchar,
    browser_name varchar, browser_version varchar, language varchar, screen_resolution varchar, device_type varchar,
    cookies_enabled varchar, session_id varchar, user_access_type varchar, country_code varchar, referrer varchar,
    item_id varchar, item_type varchar, item_title varchar,
    content_format varchar, progress_pct varchar, feature_id varchar, step_name varchar, experiment_id varchar, variant varchar,
    unknown_columns map(varchar, varchar), source_file varchar
);

-- Lines that are no record of their file's columns.
create table bronze.unparsable (source varchar, source_file varchar, line ubigint, raw varchar, reason varchar);
