"""Which work Spark does with interpreted rows."""

from pyspark.sql import SparkSession

from engagement_lib.engine.interpreting import interpreted

WHOLE_STAGE, FACTORY = "spark.sql.codegen.wholeStage", "spark.sql.codegen.factoryMode"


def modes(spark: SparkSession) -> tuple[str | None, str | None]:
    return spark.conf.get(WHOLE_STAGE), spark.conf.get(FACTORY)


def test_small_work_is_interpreted_large_work_within_it_compiled_and_the_session_left_as_it_was(spark: SparkSession) -> None:
    before = modes(spark)
    with interpreted(spark, is_small=True):
        assert modes(spark) == ("false", "NO_CODEGEN")
        with interpreted(spark, is_small=False):
            assert modes(spark) == ("true", "FALLBACK")
        assert modes(spark) == ("false", "NO_CODEGEN")
    assert modes(spark) == before


def test_a_session_that_was_set_otherwise_stays_as_it_is(spark: SparkSession) -> None:
    before = modes(spark)
    spark.conf.set(WHOLE_STAGE, "true")
    spark.conf.set(FACTORY, "CODEGEN_ONLY")
    try:
        with interpreted(spark, is_small=True):
            assert modes(spark) == ("true", "CODEGEN_ONLY")
    finally:
        for name, value in zip((WHOLE_STAGE, FACTORY), before, strict=True):
            spark.conf.set(name, str(value))
