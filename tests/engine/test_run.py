"""engine.run: which tables that are computed as a whole are computed again."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from engagement_lib.engine.commit import Commit, Version
from engagement_lib.engine.lake import Lake
from engagement_lib.engine.run import Run
from engagement_lib.engine.table import Rebuild, Table
from engagement_lib.pipeline import all_tables

FIRST, LAST = date(2025, 1, 1), date(2025, 3, 31)
LOOKING_BACK = [t for t in all_tables().values() if isinstance(t.write, Rebuild) and t.write.reads]


class OneChange:
    """The part of a lake that is asked: each input has a version that was seen, and one after it that changed a day."""

    unseen = Lake.unseen
    spark = SimpleNamespace()

    def __init__(self, table: Table, changed: date) -> None:
        self.seen = Commit("r", inputs={needed.id: 1 for needed in table.inputs}, span=(FIRST, LAST))
        self.commits = [Version(2, 0, Commit("r", days=(changed,))), Version(1, 0, Commit("r"))]

    def exists(self, table: Table) -> bool:
        return True

    def last_commit(self, table: Table) -> Commit:
        return self.seen

    def versions(self, table: Table, *, after: int) -> list[Version]:
        return [version for version in self.commits if version.number > after]


@pytest.mark.parametrize("table", LOOKING_BACK, ids=lambda t: t.id)
def test_a_table_is_computed_again_if_one_of_the_days_that_it_reads_changed(table: Table) -> None:
    back, ahead = table.write.reads
    needed = {}
    for days in (back - 1, back, ahead, ahead + 1):
        run = Run(OneChange(table, LAST + timedelta(days=days)), "now", data_span=(FIRST, LAST))  # type: ignore[arg-type]
        needed[days] = not run.work(table).is_nothing
    assert needed == {back - 1: False, back: True, ahead: True, ahead + 1: False}
