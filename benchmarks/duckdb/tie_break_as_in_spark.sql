-- Spark's xxhash64 of a text of 32 ASCII characters (one stripe, no rest), for the check of the results: the lake orders events
-- of one instant by it, to sort 8 bytes instead of 32. Arithmetic modulo 2^64 in 128 bits.
create macro low(x) as x & 18446744073709551615::uhugeint;
create macro rotated(x, n) as low(x << n::uhugeint) | (x >> (64 - n)::uhugeint);
create macro word(id, start) as list_reduce(
    [ascii(id[start + n])::uhugeint << (8 * n)::uhugeint for n in range(8)], lambda a, b: a | b
);
create macro lane(seed, word) as
    low(rotated(low(seed::uhugeint + low(word * 14029467366897019727::uhugeint)), 31) * 11400714785074694791::uhugeint);
create macro mixed(hash, lane) as low(
    low(xor(hash, low(rotated(low(lane * 14029467366897019727::uhugeint), 31) * 11400714785074694791::uhugeint))
        * 11400714785074694791::uhugeint) + 9650029242287828579::uhugeint
);
create macro folded(x, n) as xor(x, x >> n::uhugeint);
create macro finished(x) as
    folded(low(folded(low(folded(x, 33) * 14029467366897019727::uhugeint), 29) * 1609587929392839161::uhugeint), 32);
create macro hash_of_lanes(a, b, c, d) as
    mixed(mixed(mixed(mixed(low(rotated(a, 1) + rotated(b, 7) + rotated(c, 12) + rotated(d, 18)), a), b), c), d);

create temp table tie_breaks as
with lanes as (
    select
        event_id,
        lane(6983438078262162944, word(event_id, 1)) as a, lane(14029467366897019769, word(event_id, 9)) as b,
        lane(42, word(event_id, 17)) as c, lane(7046029288634856867, word(event_id, 25)) as d
    from silver.events
),
hashes as (select event_id, low(hash_of_lanes(a, b, c, d) + 32::uhugeint) as hash from lanes),
unsigned as (select event_id, finished(hash) as hash from hashes)
select event_id, (hash::hugeint - case when hash >= 9223372036854775808 then 18446744073709551616 else 0 end)::bigint as tie
from unsigned;

create temp macro tie_break(id) as (select tie from tie_breaks where event_id = id);
