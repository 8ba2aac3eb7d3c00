-- What becomes of new users and of trials.

-- New users: who signed up since the first day with data, and whoever was active without an account. Test accounts do not count.
create table recount.new_users as
select
    user_id, signup_at as entered_at, true as has_account, platform, country_code,
    coalesce(acquisition_channel, 'unknown') as acquisition_channel
from recount.accounts
cross join recount.span
where not is_test and signup_at >= first_day and signup_at < last_day + 1
union all
select
    user_id, min(moment), false, min_by(platform, {'moment': moment, 'event_id': event_id}),
    arg_min_null(country_code, {'moment': moment, 'event_id': event_id}), 'unknown'
from recount.events
where user_id is not null and user_id not in (select user_id from recount.accounts)
group by user_id;

-- The first time since the entry, within 7 days, and of the two steps of a whole path the second after the first.
create table recount.paths as
with within as (
    select new_users.*, event_name, moment, entered_at + interval 7 days >= last_day + 1 as is_open
    from recount.new_users
    cross join recount.span
    left join recount.events on events.user_id = new_users.user_id and moment between entered_at and entered_at + interval 7 days
),
firsts as (
    select
        user_id,
        min(moment) filter (event_name = 'onboarding-step') as stepped_at,
        min(moment) filter (event_name = 'onboarding-completed') as completed_at,
        min(moment) filter (event_name = 'item-started') as started_at,
        min(moment) filter (event_name = 'item-finished') as finished_at
    from within
    group by user_id
)
select
    within.* exclude (event_name, moment),
    firsts.* exclude (user_id),
    min(moment) filter (event_name = 'onboarding-completed' and moment >= stepped_at) as completed_after_step_at,
    min(moment) filter (event_name = 'item-finished' and moment >= started_at) as finished_after_start_at
from within
join firsts using (user_id)
group by all;

create table recount.onboarding_funnel as
with reached as (
    select
        *,
        unnest([
            {'funnel': 'onboarding', 'step': 2, 'reached_at': stepped_at},
            {'funnel': 'onboarding', 'step': 3, 'reached_at': completed_after_step_at},
            {'funnel': 'onboarding_completion', 'step': 2, 'reached_at': completed_at},
            {'funnel': 'first_content', 'step': 2, 'reached_at': started_at},
            {'funnel': 'first_content', 'step': 3, 'reached_at': finished_after_start_at},
            {'funnel': 'first_content_start', 'step': 2, 'reached_at': started_at},
            {'funnel': 'first_content_engagement', 'step': 2, 'reached_at': finished_at}
        ], recursive := true)
    from recount.paths
),
split_up as (
    select
        *,
        unnest([
            {'split': 'total', 'split_value': 'total'},
            {'split': 'platform', 'split_value': coalesce(platform, 'unknown')},
            {'split': 'country_code', 'split_value': coalesce(country_code, 'unknown')},
            {'split': 'acquisition_channel', 'split_value': acquisition_channel},
            {'split': 'entry_week', 'split_value': date_trunc('week', entered_at)::date::varchar}
        ], recursive := true)
    from reached
    where has_account or funnel like 'first_content%'
)
select
    funnel, step, split, split_value,
    count(*) as entered,
    count(*) filter (is_open) as open,
    count(*) filter (not is_open) as decided,
    count(*) filter (not is_open and reached_at is not null) as reached,
    reached / nullif(decided, 0) as conversion_rate,
    median(date_sub('second', entered_at, reached_at)) filter (not is_open) as median_seconds
from split_up
group by funnel, step, split, split_value;

-- The first payment that was ever made and worth something decides: in time, and not paid back within 14 days.
create table recount.trials as
with payments as (
    select subscription_id, paid_at, status, refunded_at
    from silver.payments
    cross join recount.span
    where is_current and status in ('succeeded', 'refunded') and amount > 0 and paid_at < last_day + 1
    qualify row_number() over (partition by subscription_id order by paid_at, payment_id) = 1
)
select
    trial.subscription_id, trial.user_id, trial.plan, trial.trial_start_at, paid_at, accounts.platform, accounts.country_code,
    accounts.acquisition_channel,
    trial_end_at is null or trial_end_at + interval 7 days >= last_day + 1 as is_open,
    coalesce(paid_at between trial_start_at and trial_end_at + interval 7 days, false) as is_paid,
    coalesce(
        refunded_at < last_day + 1 and refunded_at <= paid_at + interval 14 days,
        payments.status = 'refunded',
        false
    ) as is_refunded,
    is_paid and not is_refunded and paid_at + interval 14 days >= last_day + 1 as is_refundable
from silver.subscriptions as trial
cross join recount.span
left join payments using (subscription_id)
left join recount.accounts on accounts.user_id = trial.user_id
where trial.is_current and trial_start_at < last_day + 1 and not coalesce(is_test, false);

create table recount.subscription_funnel as
select
    split, split_value,
    count(*) as trials,
    count(*) filter (is_open) as open_trials,
    count(*) filter (is_open and is_paid and not is_refunded) as open_trials_paid,
    count(*) filter (not is_open) as decided_trials,
    count(*) filter (not is_open and is_paid and not is_refunded) as converted_trials,
    count(*) filter (not is_open and is_paid and is_refunded) as refunded_trials,
    count(*) filter (not is_open and not is_paid) as unpaid_trials,
    count(*) filter (not is_open and is_refundable) as refundable_trials,
    open_trials = 0 and refundable_trials = 0 as is_mature,
    converted_trials / nullif(decided_trials, 0) as trial_to_paid_rate,
    median(date_sub('second', trial_start_at, paid_at)) filter (not is_open and is_paid and not is_refunded)
        as median_seconds_to_pay
from (
    select
        *,
        unnest([
            {'split': 'total', 'split_value': 'total'},
            {'split': 'plan', 'split_value': coalesce(plan, 'unknown')},
            {'split': 'platform', 'split_value': coalesce(platform, 'unknown')},
            {'split': 'country_code', 'split_value': coalesce(country_code, 'unknown')},
            {'split': 'acquisition_channel', 'split_value': coalesce(acquisition_channel, 'unknown')},
            {'split': 'trial_week', 'split_value': date_trunc('week', trial_start_at)::date::varchar}
        ], recursive := true)
    from recount.trials
)
group by split, split_value;

create table recount.acquisition as
with trials_of_users as (
    select
        user_id,
        count(*) filter (is_open) as open_trials,
        count(*) filter (not is_open) as decided_trials,
        count(*) filter (not is_open and is_paid and not is_refunded) as converted_trials,
        count(*) filter (not is_open and is_refundable) as refundable_trials
    from recount.trials
    group by user_id
)
select
    date_trunc('week', entered_at)::date as cohort_week,
    coalesce(acquisition_channel, 'total') as acquisition_channel,
    count(*) as new_users,
    count(*) filter (not is_open) as first_content_eligible,
    count(*) filter (not is_open and finished_at is not null) as first_content_users,
    count(*) filter (entered_at::date + 7 <= last_day) as d7_eligible,
    count(*) filter (user_days.day is not null) as d7_retained,
    coalesce(sum(open_trials), 0)::bigint as open_trials,
    coalesce(sum(decided_trials), 0)::bigint as decided_trials,
    coalesce(sum(converted_trials), 0)::bigint as converted_trials,
    coalesce(sum(refundable_trials), 0)::bigint as refundable_trials,
    count(*) filter (is_open or entered_at::date + 7 > last_day or open_trials > 0 or refundable_trials > 0) = 0 as is_mature,
    first_content_users / nullif(first_content_eligible, 0) as first_content_rate,
    d7_retained / nullif(d7_eligible, 0) as d7_rate,
    sum(converted_trials) / nullif(sum(decided_trials), 0) as trial_to_paid_rate
from recount.paths
cross join recount.span
left join recount.user_days on user_days.user_id = paths.user_id and user_days.day = entered_at::date + 7
left join trials_of_users on trials_of_users.user_id = paths.user_id
group by cube (date_trunc('week', entered_at)::date, acquisition_channel);
