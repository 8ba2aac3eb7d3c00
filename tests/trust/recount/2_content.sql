-- What known users did with items, attempt by attempt.

-- A start opens an attempt, later starts and progress go on with it, a finish closes it. It is given up where more than 30 days
-- pass in silence before a start. A finish with nothing open is an orphan.
create table recount.attempts as
with steps as (
    select
        user_id, item_id, content_format, item_type, platform, country_code, user_access_type, event_name, moment, progress_pct,
        {
            'moment': moment,
            'kind': list_position(['item-started', 'item-progress', 'item-finished'], event_name),
            'event_id': event_id
        } as place,
        event_name = 'item-started' as is_start,
        event_name = 'item-finished' as is_finish
    from recount.events
    where user_id is not null and event_name in ('item-started', 'item-progress', 'item-finished')
),
-- An episode is what lies between two finishes, that at its end included.
episodes as (
    select
        *,
        count(*) filter (is_finish) over earlier as episode,
        moment - lag(moment) over unit > interval 30 days as after_silence,
        row_number() over unit = 1 as is_first
    from steps
    window
        unit as (partition by user_id, item_id, content_format order by place),
        earlier as (unit rows between unbounded preceding and 1 preceding)
),
opened as (
    select
        *,
        is_first
        or is_start and (after_silence or episode > 0 and row_number() over in_episode = 1)
        or is_finish and episode > 0 and count(*) over (in_episode rows unbounded preceding) = 1 as opens
    from (select *, event_name <> 'item-progress' as is_edge from episodes)
    window in_episode as (partition by user_id, item_id, content_format, episode, is_edge order by place)
),
numbered as (
    select
        *,
        count(*) filter (opens) over (
            partition by user_id, item_id, content_format order by place rows unbounded preceding
        ) as attempt
    from opened
)
select
    user_id, item_id, content_format, attempt,
    min(moment) filter (is_start) as started_at,
    max(moment) filter (is_finish) as finished_at,
    count(*) filter (is_start) as starts,
    max(progress_pct) as max_progress,
    started_at is null and finished_at is not null as is_orphan,
    case when started_at is not null then coalesce(finished_at <= started_at + interval 30 days, false) end as is_completed,
    started_at + interval 30 days < (select last_day + 1 from recount.span) as is_mature,
    arg_min_null(item_type, place) as item_type,
    arg_min_null(platform, place) as platform,
    arg_min_null(country_code, place) as country_code,
    arg_min_null(user_access_type, place) as user_access_type
from numbered
group by user_id, item_id, content_format, attempt;

create table recount.content_funnel as
select
    split, split_value,
    count(*) filter (started_at is not null) as started_attempts,
    count(*) filter (is_completed) as completed_attempts,
    count(*) filter (started_at is not null and not is_completed and not is_mature) as open_attempts,
    started_attempts - open_attempts as decided_attempts,
    count(*) filter (is_orphan) as orphan_finishes,
    count(*) filter (is_mature) as mature_attempts,
    count(*) filter (is_mature and is_completed) as completed_of_mature,
    case when mature_attempts > 0 then completed_attempts / decided_attempts end as completion_rate,
    completed_of_mature / nullif(mature_attempts, 0) as completion_rate_of_mature,
    median(date_sub('second', started_at, finished_at)) filter (is_completed) as median_seconds_to_finish
from (
    select
        *,
        unnest(recount.splits(platform, country_code, user_access_type) || [
            {'split': 'content_format', 'split_value': coalesce(content_format, 'unknown')},
            {'split': 'item_type', 'split_value': coalesce(item_type, 'unknown')}
        ], recursive := true)
    from recount.attempts
)
group by split, split_value;

-- The 30 dates up to the last one.
create table recount.completions as
select
    coalesce(platform, 'total') as platform,
    coalesce(item_type, 'total') as item_type,
    coalesce(item_id, 'total') as item_id,
    coalesce(content_format, 'total') as content_format,
    count(*) filter (event_name = 'item-started') as starts,
    count(*) filter (event_name = 'item-finished') as content_completions,
    count(distinct {'user': user_id, 'item': event_item}) filter (event_name = 'item-finished' and user_id is not null)
        as items_completed,
    count(distinct user_id) filter (event_name = 'item-finished') as completing_users
from (
    select
        event_name, user_id, platform, item_id, item_id as event_item, coalesce(item_type, 'unknown') as item_type,
        coalesce(content_format, 'unknown') as content_format
    from recount.events
    where event_name in ('item-started', 'item-finished') and day > (select last_day - 30 from recount.span)
)
group by grouping sets (
    (), (item_type), (item_type, content_format), (item_type, item_id, content_format),
    (platform), (platform, item_type), (platform, item_type, content_format), (platform, item_type, item_id, content_format)
);

-- Sessions of the 30 dates that start an item and finish none.
create table recount.drop_off as
select
    place, place_value, split, split_value,
    count(*) as dropped_sessions,
    sum(count(*)) over (partition by place, split, split_value) as all_dropped_sessions,
    dropped_sessions / all_dropped_sessions as drop_off_share
from (
    select
        split, split_value,
        unnest([
            {'place': 'exit_event', 'place_value': exit_event},
            {'place': 'exit_screen', 'place_value': coalesce(exit_screen, 'unknown')},
            {'place': 'last_progress', 'place_value': case
                when last_progress is null then 'unknown'
                when last_progress < 25 then '0-24'
                when last_progress < 50 then '25-49'
                when last_progress < 75 then '50-74'
                else '75-100'
            end}
        ], recursive := true)
    from (select *, unnest(recount.splits(platform, country_code, user_access_type), recursive := true) from recount.sessions)
    where items_started > 0 and items_finished = 0 and day > (select last_day - 30 from recount.span)
)
group by place, place_value, split, split_value;
