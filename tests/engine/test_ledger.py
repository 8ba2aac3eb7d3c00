"""engine.ledger: which records are counted, and which wait."""

from types import SimpleNamespace

from engagement_lib.engine.commit import Commit
from engagement_lib.engine.ledger import LOADED, Entry, Ledger
from engagement_lib.pipeline import all_tables

TABLES = all_tables()


def test_records_of_an_input_that_is_new_to_the_rest_wait_to_be_counted() -> None:
    """A source was added, and its table alone was built: the rest was last written before it read this source."""
    users, rest = TABLES["silver.users"], TABLES["silver.entity_set_aside"]
    commits = {users: Commit("now", inputs={"bronze.users": 1}, load=1), rest: Commit("before", inputs={"bronze.features": 1})}
    waiting = Entry("users", "users/one.csv", "c1", LOADED, records=3, load=1)
    ledger = Ledger(SimpleNamespace(last_commit=commits.get), TABLES["ops.files"], {waiting.key: waiting})  # type: ignore[arg-type]
    ledger.count_rebuilt([users])
    assert ledger.entries == {waiting.key: waiting} and not ledger.unbalanced()
