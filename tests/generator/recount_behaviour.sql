create table entity_records as
select
    split_part(path, '/', 1) as entity,
    cells,
    case
        when entity = 'users' and instant(cells ->> 'signup_at') is null then 'signup_at_invalid'
        when entity = 'users' and not regexp_full_match(cells ->> 'country_code', '[A-Z]{2}') then 'country_code_invalid'
        when entity = 'subscriptions'
            and cells ->> 'status' not in ('trialing', 'active', 'past_due', 'paused', 'cancelled', 'ended') then 'status_unknown'
        when entity = 'payments' and cells ->> 'paid_at' = '' then 'paid_at_missing'
        when entity = 'payments' and not regexp_full_match(cells ->> 'amount', '\d+(\.\d{1,4})?') then 'amount_invalid'
        when entity = 'content_items' and not regexp_full_match(cells ->> 'word_count', '\d*') then 'word_count_invalid'
        when entity = 'assignments' and cells ->> 'user_id' = '' then 'user_id_missing'
    end as reason
from read_json(getvariable('entities'), format = 'newline_delimited', columns = {path: 'varchar', record: 'integer', cells: 'json'})
where record > 0;

create table things as
select entity, cells
from (
    select
        *,
        case entity
            when 'users' then cells ->> 'user_id'
            when 'subscriptions' then cells ->> 'subscription_id'
            when 'payments' then cells ->> 'payment_id'
            when 'content_items' then cells ->> 'item_id'
            when 'features' then cells ->> 'feature_id'
            when 'experiments' then cells ->> 'experiment_id'
            when 'variants' then (cells ->> 'experiment_id') || ' ' || (cells ->> 'variant')
            else (cells ->> 'experiment_id') || ' ' || (cells ->> 'user_id') || ' ' || (cells ->> 'variant')
        end as thing
    from entity_records
    where reason is null
)
qualify row_number() over (partition by entity, thing order by cells ->> 'updated_at' desc) = 1;

create table users as
select
    cells ->> 'user_id' as who, instant(cells ->> 'signup_at') as signed_up, cells ->> 'acquisition_channel' as channel,
    cells ->> 'is_test' = 'true' as is_test, cells ->> 'deleted_at' <> '' as is_deleted
from things where entity = 'users';

create table first_payments as
select cells ->> 'subscription_id' as subscription_id, instant(cells ->> 'paid_at') as paid, instant(cells ->> 'refunded_at') as refunded
from things where entity = 'payments' and cells ->> 'status' in ('succeeded', 'refunded')
qualify row_number() over (partition by subscription_id order by paid) = 1;

create table trials as
select
    instant(cells ->> 'trial_end_at') as ends,
    last.day + 1 as now,
    ends + interval 7 days <= now as is_decided,
    coalesce(is_decided and paid between instant(cells ->> 'trial_start_at') and ends + interval 7 days and paid < now, false) as in_time,
    coalesce(in_time and refunded <= paid + interval 14 days, false) as paid_back
from last, things left join first_payments on subscription_id = cells ->> 'subscription_id'
where entity = 'subscriptions' and (cells ->> 'user_id') not in (select who from users where is_test) and instant(cells ->> 'trial_start_at') < last.day + 1;

create table returns as
select who, first_day, day - first_day as n
from (select who, min(day) over (partition by who) as first_day, day from (select distinct who, day from known));

create macro retained(length) as table
select
    date_trunc('week', first_day)::date as week,
    count(distinct who) filter (first_day + length <= last.day) as eligible,
    count(distinct who) filter (n = length and first_day + length <= last.day) as retained
from returns, last group by week;

create table newcomers as
select users.*, signed_up + interval 7 days <= last.day + 1 as is_over
from users, last, (select min(day) as first_day from days)
where not is_test and signed_up >= first_day and signed_up < last.day + 1;

create macro newcomers_who_did(deed) as (
    select count(distinct who) from newcomers join known using (who)
    where is_over and event_name = deed and happened >= signed_up and happened < signed_up + interval 7 days
);

create table owners as
select anonymous_id, min(who) as owner from known where anonymous_id <> '' group by anonymous_id having count(distinct who) = 1;

create table resolved as
select events.* replace (coalesce(owner, who) as who, is_known or owner is not null as is_known)
from events left join owners on not is_known and events.anonymous_id = owners.anonymous_id;

create table customers as
from resolved where is_known and who not in (select who from users where is_test);

create table features as
select
    cells ->> 'feature_id' as feature, instant(cells ->> 'launched_at') as launched,
    string_split(cells ->> 'eligible_access_types', ';') as eligible
from things where entity = 'features';

create table adoption as
select feature, count(*) as uses, count(distinct who) as users
from features join customers on feature_id = feature and happened >= launched group by feature;

create table repeated as
select feature, count(*) as users
from (
    select feature, who from features join customers on feature_id = feature and happened >= launched
    group by all having count(distinct day) > 1
) group by feature;

create table eligible as
select feature, count(distinct who) as users
from features join customers on happened >= launched and (eligible = [''] or list_contains(eligible, access_type)) group by feature;

create table exposed as
select experiment_id, who, min(variant) as variant, count(distinct variant) > 1 as is_crossover, count(*) as exposures, min(happened) as since
from customers where event_name = 'experiment-exposed' group by all;

create table ends as
select cells ->> 'experiment_id' as experiment_id, coalesce(instant(cells ->> 'ended_at'), 'infinity') as until
from things where entity = 'experiments';

create table exposed_values as
select
    experiment_id, variant, who,
    (
        select count(*) from customers
        where customers.who = exposed.who and event_name = 'item-finished' and happened >= since and happened < until
    ) as completions
from exposed join ends using (experiment_id) where not is_crossover;

create table arms as
select experiment_id, json_group_object(variant, answer) as answer
from (
    select experiment_id, variant, to_json({
        'users': count(*), 'completions': sum(completions)::bigint, 'squares': sum(completions * completions)::bigint
    }) as answer
    from exposed_values group by all
) group by experiment_id;

create table assigned as
select experiment, json_group_object(variant, n) as answer
from (
    select cells ->> 'experiment_id' as experiment, cells ->> 'variant' as variant, count(*) as n
    from things where entity = 'assignments' group by all
) group by experiment;

create table session_counts as
select
    who,
    count(*) filter (sessions.day > last.day - 28 and sessions.day <= last.day) as now,
    count(*) filter (sessions.day > last.day - 56 and sessions.day <= last.day - 28) as before
from sessions, last
where is_known and who in (select who from known group by who having min(day) <= (select day - 55 from last))
group by who;

create table feature_counts as
select
    who,
    count(*) filter (feature_id <> '' and resolved.day > last.day - 28) as now,
    count(*) filter (feature_id <> '' and resolved.day between last.day - 55 and last.day - 28) as before
from resolved, last where is_known group by who having min(resolved.day) <= any_value(last.day) - 55;

create table habits as
select
    who,
    count(distinct known.day) filter (last.day - known.day < 28) as now,
    count(distinct known.day) filter (last.day - known.day between 28 and 55) as before,
    count(*) filter (last.day - known.day < 28 and event_name = 'item-finished') as finished,
    min(last.day - known.day) as idle
from known, last group by who;

create table learning as
from resolved where is_known and event_name in ('item-started', 'item-finished');

insert into answers
select 'entities', coalesce(json_group_object(entity, {
    'records': records, 'things': things, 'set_aside': coalesce(set_aside, '{}'::json)
}), '{}'::json)
from (select entity, count(*) as records from entity_records group by entity)
left join (
    select entity, json_group_object(reason, n) as set_aside
    from (select entity, reason, count(*) as n from entity_records where reason is not null group by all) group by entity
) using (entity)
join (select entity, count(*) as things from things group by entity) using (entity)
union all
select 'accounts', to_json({
    'users': count(*), 'test_users': count(*) filter (is_test), 'deleted_users': count(*) filter (is_deleted),
    'by_channel': (
        select coalesce(json_group_object(channel, n), '{}'::json) from (select channel, count(*) as n from users group by channel)
    )
}) from users
union all
select 'trials', to_json({
    'started': count(*), 'open': count(*) filter (not is_decided), 'decided': count(*) filter (is_decided),
    'paid_in_time': count(*) filter (in_time), 'refunded_within_14_days': count(*) filter (paid_back),
    'converted': count(*) filter (in_time and not paid_back)
}) from trials
union all
select 'formats', json_group_object(content_format, counts)
from (
    select content_format, json_group_object(event_name, n) as counts
    from (select content_format, event_name, count(*) as n from events where event_name in ('item-started', 'item-finished') group by all)
    group by content_format
)
union all
select 'progress_marks', coalesce(json_group_object(progress_pct, n), '{}'::json)
from (select progress_pct, count(*) as n from events where event_name = 'item-progress' group by progress_pct)
union all
select 'identities', to_json({'anonymous_ids': count(distinct anonymous_id), 'anonymous_events': count(*)})
from events where not is_known and anonymous_id in (select anonymous_id from known)
union all select 'dal_of_resolved_users', answer from counts_by_day('learning')
union all
select 'sessions_of_resolved_users', to_json(count(*)) from sessions_of('resolved')
union all
select 'retention_by_week', json_group_object(week::varchar, {
    'users': users,
    'day_1': {'eligible': one.eligible, 'retained': one.retained},
    'day_7': {'eligible': seven.eligible, 'retained': seven.retained},
    'day_30': {'eligible': thirty.eligible, 'retained': thirty.retained}
})
from (select date_trunc('week', first_day)::date as week, count(distinct who) as users from returns group by week)
join retained(1) as one using (week) join retained(7) as seven using (week) join retained(30) as thirty using (week)
union all
select 'onboarding', to_json({
    'new_users': count(*), 'users_whose_7_days_are_over': count(*) filter (is_over),
    'took_a_step': newcomers_who_did('onboarding-step'), 'completed': newcomers_who_did('onboarding-completed'),
    'started_an_item': newcomers_who_did('item-started'), 'finished_an_item': newcomers_who_did('item-finished')
}) from newcomers
union all
select 'features', coalesce(json_group_object(feature, {
    'uses': coalesce(uses, 0), 'users': coalesce(adoption.users, 0), 'users_on_2_or_more_days': coalesce(repeated.users, 0),
    'eligible_active_users': coalesce(eligible.users, 0)
}), '{}'::json)
from features left join adoption using (feature) left join repeated using (feature) left join eligible using (feature)
union all
select 'experiments', coalesce(json_group_object(name, {
    'assignments': coalesce(assigned.answer, '{}'::json), 'exposures': coalesce(exposures, 0),
    'exposed_users': coalesce(users, 0), 'crossovers': coalesce(crossovers, 0), 'variants': coalesce(arms.answer, '{}'::json)
}), '{}'::json)
from (select cells ->> 'experiment_id' as name from things where entity = 'experiments')
left join (
    select experiment_id, sum(exposures)::bigint as exposures, count(*) as users, count(*) filter (is_crossover) as crossovers
    from exposed group by experiment_id
) on experiment_id = name
left join assigned on experiment = name
left join arms on arms.experiment_id = name
union all
select 'segments', json_group_object(segment, n)
from (
    select
        case
            when now = 0 then 'dormant'
            when before >= 4 and 2 * now <= before or idle >= 14 then 'at_risk'
            when now >= 12 and finished >= 4 then 'highly_engaged'
            else 'casual'
        end as segment,
        count(*) as n
    from habits group by segment
)
union all
select 'fewer_sessions', to_json({
    'judged': count(*) filter (before >= 4), 'at_most_half': count(*) filter (before >= 4 and 2 * now <= before)
}) from session_counts
union all
select 'fewer_feature_uses', to_json({
    'judged': count(*) filter (before >= 4), 'at_most_half': count(*) filter (before >= 4 and 2 * now <= before)
}) from feature_counts;
