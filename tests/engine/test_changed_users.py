"""engine.users: a set of users that misses none of them."""

from datetime import date

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from engagement_lib.engine.commit import Commit
from engagement_lib.engine.users import NOBODY, Users, number_of


def test_the_users_of_a_set_and_nobody_are_in_it_and_few_others(spark: SparkSession) -> None:
    people = spark.range(4_000).select(F.concat(F.lit("user-"), "id").alias("user"), (F.col("id") % 40 == 0).alias("is_chosen"))
    chosen = people.where("is_chosen").select(number_of(F.col("user")).alias("number")).collect()
    users = Users(frozenset(row.number for row in chosen))
    found = people.select("is_chosen", users.include(F.col("user")).alias("is_in")).groupBy("is_chosen", "is_in").count()
    counts = {(row.is_chosen, row.is_in): row["count"] for row in found.collect()}
    assert counts[True, True] == 100 and (True, False) not in counts
    assert counts.get((False, True), 0) < 40, "0.15 % of the others share a number with one of a hundred"
    nameless = spark.sql("SELECT CAST(null AS STRING) AS user, 'u1' AS other")
    assert nameless.select(NOBODY.include(F.col("user")), NOBODY.include(F.col("other"))).first() == (True, False)


def test_a_set_survives_the_way_through_a_commit() -> None:
    users = Users(frozenset({0, 7, 8, 65_535}))
    commit = Commit("r", days=(date(2025, 2, 1),), user_days=(date(2025, 2, 1),), users=users)
    assert Commit.from_json(commit.to_json()) == commit
    assert (users | Users(frozenset({9}))).numbers == {0, 7, 8, 9, 65_535}


def test_a_commit_from_before_there_were_sets_says_that_anybody_changed() -> None:
    before = Commit.from_json('{"engagement": 1, "run_id": "r", "days": ["2025-02-01"], "span": null, "demoted_files": []}')
    assert before is not None and (before.user_days, before.users) == ((), NOBODY)


def test_what_a_later_release_says_besides_is_left_out() -> None:
    said = Commit("r", load=3)
    assert Commit.from_json(said.to_json().replace('"load": 3', '"load": 3, "weather": "fine"')) == said
