"""engine.catalogue: finding and choosing tables."""

import pytest

from engagement_lib.engine.catalogue import in_order, select
from engagement_lib.errors import ConfigError
from engagement_lib.pipeline import all_tables

TABLES = all_tables()


def names(pattern: str) -> set[str]:
    return {table.id for table in select(TABLES, pattern)}


def test_inputs_come_before_their_readers_in_any_order_of_asking() -> None:
    position = {table.id: n for n, table in enumerate(in_order(reversed(list(TABLES.values()))))}
    assert all(position[needed.id] < position[table.id] for table in TABLES.values() for needed in table.inputs)


def test_a_layer_a_table_its_inputs_and_its_readers_can_be_selected() -> None:
    assert names("gold.fact_session") == names("fact_session") == {"gold.fact_session"}
    assert {"gold.dim_date", "gold.fact_session"} <= names("gold")
    silver = {"silver.events", "silver.identity_map"}
    assert names("+gold.fact_session") == {"bronze.mobile_events", "bronze.web_events", *silver, "gold.fact_session"}
    assert {"gold.fact_session", "gold.fact_user_engagement", "gold.report_daily_engagement"} <= names("gold.fact_session+")
    assert "silver.events" not in names("gold.fact_session+")
    assert names("gold.dim_date, gold.dim_country") == {"gold.dim_date", "gold.dim_country"}


def test_rows_set_aside_are_selected_with_the_table_that_writes_them() -> None:
    assert names("silver.quarantine") == {"silver.events"}


def test_an_unknown_name_names_the_nearest_one() -> None:
    with pytest.raises(ConfigError, match=r"did you mean gold\.fact_session"):
        select(TABLES, "gold.fact_sesion")


def test_a_name_that_is_near_to_none_is_told_what_there_is() -> None:
    with pytest.raises(ConfigError, match=r"there are: bronze, bronze\.assignments, .*, silver\.variants$"):
        select(TABLES, "xyzzy")
    with pytest.raises(ConfigError, match=r"did you mean fact_session\?"):
        select(TABLES, "fact_sesion")
