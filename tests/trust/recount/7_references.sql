-- What rows name, and whether any row of the other source has it.
create table recount.unknown_references as
with named as (
    select 'gold.fact_user_engagement' as from_table, 'user_id' as columns, user_id as named, 'users' as source
    from recount.events where user_id is not null
    union all
    select 'gold.fact_content_consumption', 'item_id', item_id, 'items'
    from recount.events where user_id is not null and event_name in ('item-started', 'item-finished')
    union all
    select 'gold.fact_feature_use', 'feature_id', feature_id, 'features'
    from recount.events where event_name = 'feature-used'
    union all
    select 'silver.subscriptions', 'user_id', user_id, 'users' from silver.subscriptions
    union all
    select 'silver.payments', 'user_id', user_id, 'users' from silver.payments
    union all
    select 'silver.payments', 'subscription_id', subscription_id, 'subscriptions' from silver.payments
    union all
    select 'silver.variants', 'experiment_id', experiment_id, 'experiments' from silver.variants
    union all
    select 'silver.assignments', 'user_id', user_id, 'users' from silver.assignments
    union all
    select 'silver.assignments', 'experiment_id, variant', experiment_id || '/' || variant, 'variants' from silver.assignments
),
told as (
    select 'users' as source, user_id as named from silver.users
    union
    select 'items', item_id from silver.content_items
    union
    select 'features', feature_id from silver.features
    union
    select 'subscriptions', subscription_id from silver.subscriptions
    union
    select 'experiments', experiment_id from silver.experiments
    union
    select 'variants', experiment_id || '/' || variant from silver.variants
)
select
    from_table, columns, count(distinct named.named) as "values",
    count(distinct named.named) filter (told.named is null) as unknown_values
from named
left join told on told.source = named.source and told.named = named.named
where named.named is not null
group by all;
