"""Read the numbers of a folder of pages in a browser and lay them beside those of a lake."""

import argparse
from pathlib import Path

from tests.dashboards.browsing import opened, started
from tests.trust import sample_truth
from tests.trust.page_numbers import NUMBERS, views
from tests.trust.page_numbers.reading import expected, shown


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lake", type=Path, default="lake")
    parser.add_argument("--dashboards", type=Path, default="dashboards")
    arguments, wrong = parser.parse_args(), 0
    database = sample_truth.opened(arguments.lake)
    print("| page | choice | where | shown | by SQL | |\n|---|---|---|---|---|---|")
    with started() as browser:
        for file, choice in views():
            numbers = NUMBERS[file]
            with opened(browser, (arguments.dashboards / file).resolve()) as page:
                read = shown(page, numbers, choice)
            for place, truth in expected(database, numbers, choice).items():
                wrong += read[place] != truth
                sign = "" if read[place] == truth else "differs"
                print("| " + " | ".join([file, choice.name, place, read[place], truth, sign]) + " |")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
