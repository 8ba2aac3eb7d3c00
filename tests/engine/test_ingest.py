"""engine.ingest: what becomes of a file, by what was said of it before."""

from dataclasses import replace

from engagement_lib.engine.ingest import Landing, _judged
from engagement_lib.engine.ledger import LOADED, REFUSED, REPEATED, Entry, Ledger
from engagement_lib.landing.files import Arrival
from engagement_lib.landing.preflight import ACCEPTED, Inspection

LANDING = Landing("landing")


def seen(path: str, content: str, *, is_accepted: bool = True, modified_at: float = 1.0) -> Inspection:
    arrival = Arrival("web_events", path, path, 10, modified_at)
    verdict = ACCEPTED if is_accepted else "refused"
    return Inspection(arrival, "csv", verdict, reason="" if is_accepted else "no column user_id", sha256=content, records=3)


def known(*entries: Entry) -> Ledger:
    return Ledger(None, None, {entry.key: entry for entry in entries})  # type: ignore[arg-type]


LOADED_FILE = Entry("web_events", "a.csv", "c1", LOADED, records=3, load=1, events=2, duplicates=1, quarantined=0)


def test_a_loaded_file_stays_loaded_though_it_would_be_refused_today() -> None:
    [entry] = _judged("web_events", [seen("a.csv", "c1", is_accepted=False, modified_at=2.0)], known(LOADED_FILE), LANDING, 2)
    assert entry == replace(LOADED_FILE, modified_seconds=2.0)
    [other] = _judged("web_events", [seen("b.csv", "c1", is_accepted=False)], known(LOADED_FILE), LANDING, 2)
    assert (other.verdict, other.load) == (REFUSED, None)


def test_a_repeated_path_may_change_though_what_it_repeated_is_no_longer_known() -> None:
    repeated = Entry("web_events", "b.csv", "c1", REPEATED, records=3)
    [entry] = _judged("web_events", [seen("b.csv", "c2")], known(repeated), LANDING, 2)
    assert (entry.verdict, entry.load) == (LOADED, 2)
