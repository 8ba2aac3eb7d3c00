"""Which work Spark does with interpreted rows."""

from pyspark.sql import SparkSession

from engagement_lib.engine.interpreting import interpreted

WHOLE_STAGE, FACTORY, ADAPTIVE = "spark.sql.codegen.wholeStage", "spark.sql.codegen.factoryMode", "spark.sql.adaptive.enabled"
PARTITIONS = "spark.sql.shuffle.partitions"


def modes(spark: SparkSession) -> tuple[str | None, ...]:
    return tuple(spark.conf.get(name) for name in (WHOLE_STAGE, FACTORY, ADAPTIVE))


def test_small_work_is_interpreted_large_work_within_it_compiled_and_the_session_left_as_it_was(spark: SparkSession) -> None:
    before = modes(spark)
    with interpreted(spark, is_small=True):
        assert modes(spark) == ("false", "NO_CODEGEN", "false")
        with interpreted(spark, is_small=False):
            assert modes(spark) == ("true", "FALLBACK", "true")
        assert modes(spark) == ("false", "NO_CODEGEN", "false")
    assert modes(spark) == before


def test_plans_with_many_partitions_go_on_adapting(spark: SparkSession) -> None:
    before, partitions = modes(spark), spark.conf.get(PARTITIONS)
    spark.conf.set(PARTITIONS, "200")
    spark.conf.set(ADAPTIVE, "true")
    try:
        with interpreted(spark, is_small=True):
            assert modes(spark) == ("false", "NO_CODEGEN", "true")
            with interpreted(spark, is_small=False):
                assert modes(spark) == ("true", "FALLBACK", "true")
        assert modes(spark) == (*before[:2], "true")
    finally:
        spark.conf.set(PARTITIONS, str(partitions))
        spark.conf.set(ADAPTIVE, str(before[2]))


def test_a_session_that_was_set_otherwise_stays_as_it_is(spark: SparkSession) -> None:
    before = modes(spark)
    spark.conf.set(WHOLE_STAGE, "true")
    spark.conf.set(FACTORY, "CODEGEN_ONLY")
    try:
        with interpreted(spark, is_small=True):
            assert modes(spark) == ("true", "CODEGEN_ONLY", before[2])
    finally:
        for name, value in zip((WHOLE_STAGE, FACTORY, ADAPTIVE), before, strict=True):
            spark.conf.set(name, str(value))
