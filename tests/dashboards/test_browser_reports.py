"""The pages on segments, funnels and improvements in a real browser: their numbers are those of the rows."""

import pytest

from tests.dashboards.browsing import grid, opened, said, tile
from tests.dashboards.example import DAYS, example_rows
from tests.dashboards.seen import read, read_tip

ROWS = example_rows()


def rows_of(table: str, **where: object) -> list[dict]:
    return [row for row in ROWS[table] if all(row[name] == value for name, value in where.items())]


def whole_weeks(rows: list[dict], column: str, first: str) -> list[dict]:
    """Those that begin at the day or later and end at the last day with data, 1 March, or earlier."""
    return [row for row in rows if row[column] and first <= row[column] <= "2025-02-23"]


def figure(page, heading: str) -> str:  # type: ignore[no-untyped-def]
    return tile(page, heading).locator(".value").inner_text()


@pytest.mark.parametrize(("split", "value"), [("total", "total"), ("platform", "web")])
def test_segments_habits_and_sessions_follow_the_filter(browser, folder, split, value) -> None:
    at = {"split": split, "split_value": value}
    with opened(browser, folder / "segmentation.html", at=f"#{split}={value}") as page:
        users = {row["segment"]: row["users"] for row in rows_of("summaries.users_by_segment", **at)}
        assert {name: int(n) for name, n in grid(page, "Users by segment")[1:]} == users
        for window in (7, 28):
            days = [int(row[1]) for row in grid(page, f"Users by active days, of the last {window}")[1:]]
            assert days == [row["users"] for row in rows_of("gold.report_stickiness", window_days=window, **at)]
        last = rows_of("gold.report_session_quality", **at)[-28:]
        engaged = sum(row["engaged_sessions"] for row in last) / sum(row["sessions"] for row in last)
        assert figure(page, "Engaged sessions") == f"{engaged:.1%}"
        content = sum(row["content_events"] for row in last) / sum(row["sessions"] for row in last)
        assert figure(page, "Content events per session") == said(round(content, 2))


def test_growth_is_shown_by_week_and_does_not_follow_a_platform(browser, folder) -> None:
    with opened(browser, folder / "segmentation.html", at="#platform=web") as page:
        page.get_by_role("button", name="All").click()
        shown = grid(page, "Users gained and lost each week")
        weeks = whole_weeks(rows_of("gold.report_growth"), "period_start", "2025-01-01")
        assert shown[0] == ["period_start", "New", "Resurrected", "Churned"]
        assert [[int(n) for n in row[1:]] for row in shown[1:]] == [[w["new"], w["resurrected"], w["churned"]] for w in weeks]
        box = tile(page, "Users gained and lost each week")
        box.scroll_into_view_if_needed()
        box.get_by_text("Not split by platform here").wait_for()


@pytest.mark.parametrize("days", ["28 days", "All"])
def test_retention_is_a_ratio_of_sums_over_the_users_of_the_range(browser, folder, days) -> None:
    with opened(browser, folder / "improvements.html") as page:
        page.get_by_role("button", name=days, exact=True).click()
        for after in (1, 7, 30):
            cohorts = rows_of("gold.report_retention", day_n=after, last_day_n=after)[-28 if days == "28 days" else 0 :]
            eligible = sum(row["eligible"] for row in cohorts)
            expected = f"{sum(row['retained_on'] or 0 for row in cohorts) / eligible:.1%}" if eligible else "\u2013"
            assert figure(page, f"Back on day {after}") == expected
        if days == "28 days":
            assert tile(page, "Back on day 30").locator(".change").inner_text() == "not yet observable"


@pytest.mark.parametrize(
    ("heading", "along", "is_bracket"),
    [
        ("Users back 1, 7 and 30 days after their first, by week (%)", "day_n", False),
        ("Users back in weeks 1 to 4 after their first day, by week (%)", "week_n", True),
    ],
)
def test_cells_that_are_not_over_are_grey_and_say_so(browser, folder, heading, along, is_bracket) -> None:
    weeks = rows_of("summaries.retention_by_week", is_bracket=is_bracket)
    with opened(browser, folder / "improvements.html") as page:
        cells = {(week, int(n)): rate for week, n, rate in grid(page, heading)[1:]}
        assert cells == {
            (w["cohort_week"], w[along]): "" if w["retention_rate"] is None else str(w["retention_rate"])[:8] for w in weeks
        }
        box = tile(page, heading)
        box.scroll_into_view_if_needed()
        box.locator("svg").wait_for()
        assert box.locator("svg text", has_text="not yet").count() == sum(not w["is_mature"] for w in weeks) > 0


@pytest.mark.parametrize(("split", "value"), [("total", "total"), ("user_access_type", "free")])
def test_attempts_and_where_sessions_end(browser, folder, split, value) -> None:
    at = {"split": split, "split_value": value}
    [attempts] = rows_of("gold.report_content_funnel", **at)
    with opened(browser, folder / "funnel.html", at=f"#{split}={value}") as page:
        assert figure(page, "Attempts completed") == "75.0%"
        assert figure(page, "Attempts that may still finish") == said(attempts["open_attempts"])
        steps = grid(page, "Attempts whose 30 days are over")[1:]
        assert [int(n) for _, n in steps] == [attempts["mature_attempts"], attempts["completed_of_mature"]]
        assert {name for name, _ in grid(page, "Attempts completed, by format")[1:]} == {"audio", "text"}
        ends = rows_of("gold.report_drop_off", place="exit_screen", **at)
        shown = {name: int(n) for name, n in grid(page, "Sessions without a finish, by last screen")[1:]}
        assert shown == {row["place_value"]: row["dropped_sessions"] for row in ends}
        read_tip(page, "Sessions without a finish, by last screen", ["0-24"], "", "Dropped sessions")
        assert page.locator("#tip em").all_inner_texts() == ["window not yet fully observed"]
        read_tip(page, "Attempts completed, by format", ["audio"], "", "Mature attempts")
        assert not page.locator("#tip em").count()


@pytest.mark.parametrize("value", ["total", "web"])
def test_steps_of_new_users_and_trials(browser, folder, value) -> None:
    at = {"split": "total" if value == "total" else "platform", "split_value": value}
    with opened(browser, folder / "funnel.html", at="" if value == "total" else "#platform=web") as page:
        for funnel, heading in (
            ("onboarding", "Onboarding: sign-up to completion"),
            ("first_content", "First content: begun, started, finished"),
        ):
            shown = [int(n) for _, n in grid(page, heading + " in 7 days")[1:]]
            assert shown == [row["reached"] for row in rows_of("gold.report_onboarding_funnel", funnel=funnel, **at)]
        if value == "total":
            shown = [figure(page, f"Trials {what}") for what in ("paid for", "converted", "refunded", "not decided yet")]
            assert shown == ["40.0%", "20", "3", "10"]
            assert grid(page, "Trials paid for, by plan")[1:] == [["yearly", "0.4"]]


def test_channels_are_those_of_all_weeks_and_figures_those_of_the_range(browser, folder) -> None:
    shown = whole_weeks(rows_of("gold.report_acquisition", acquisition_channel="total"), "cohort_week", "2025-02-02")
    with opened(browser, folder / "marketing.html") as page:
        assert figure(page, "New users") == said(sum(row["new_users"] for row in shown))
        for heading, below, above in (
            ("Finished an item in 7 days", "first_content_eligible", "first_content_users"),
            ("Back on day 7", "d7_eligible", "d7_retained"),
            ("Trials paid for", "decided_trials", "converted_trials"),
        ):
            rate = sum(row[above] for row in shown) / sum(row[below] for row in shown)
            assert figure(page, heading) == f"{rate:.1%}"
        assert grid(page, "New users by channel")[1:] == [["search", "50"], ["friend", "40"]]
        by_week = grid(page, "New users of each week by channel")
        assert by_week[0][1:] == ["search", "friend"]
        searches = whole_weeks(rows_of("gold.report_acquisition", acquisition_channel="search"), "cohort_week", "2025-02-02")
        assert [int(row[1]) for row in by_week[1:]] == [row["new_users"] for row in searches]


def test_as_many_weeks_are_compared_as_lie_in_the_range(browser, folder) -> None:
    """Of 24 days and the 24 before them one held three whole weeks and the other two: half as many users more, out of nothing."""
    weeks = rows_of("gold.report_acquisition", acquisition_channel="total")
    users = {row["cohort_week"]: row["new_users"] for row in weeks if row["cohort_week"]}
    now, before = (sum(users[f"2025-0{day}"] for day in days) for days in (("2-05", "2-12", "2-19"), ("1-15", "1-22", "1-29")))
    with opened(browser, folder / "marketing.html", at="#from=2025-02-04&to=2025-02-27") as page:
        assert read(page, "New users", [], "") == said(now)
        assert read(page, "New users", [], "change").endswith(f"{abs(now / before - 1):.1%}")


def test_lifts_are_shown_with_their_interval_where_they_are_usable(browser, folder) -> None:
    usable = [row for row in ROWS["gold.report_experiment_results"] if row["is_usable"]]
    names = ("lift", "lift_lower", "lift_upper", "p_value", "users_treatment", "users_control")
    with opened(browser, folder / "improvements.html") as page:
        shown = grid(page, "Lift on the primary metric, with its 95 % interval")[1:]
        assert [(row[1], *map(float, row[2:])) for row in shown] == [
            (row["variant"], *(round(row[name], 6) for name in names)) for row in usable
        ]
        box = tile(page, "All comparisons, and why some are not usable")
        box.scroll_into_view_if_needed()
        box.get_by_text("The split is broken.").wait_for()
        signals = {row["signals"]: row["users"] for row in ROWS["summaries.churn_by_score"]}
        assert {name: int(users) for name, users in grid(page, "Users by number of signals")[1:]} == signals


def test_adoption_is_a_share_of_the_eligible(browser, folder) -> None:
    with opened(browser, folder / "product.html") as page:
        assert grid(page, "Users who adopted a feature since its launch")[1:] == [["Search", "0.4"], ["Highlights", "0.25"]]
        weeks = rows_of("gold.report_feature_adoption", period="week", feature_name="Search")
        weeks = whole_weeks(weeks, "period_start", "2025-02-02")
        shown = [float(row[1]) for row in grid(page, "Share of active users who use a feature, by week")[1:]]
        assert shown == [row["adopting_users"] / row["eligible_users"] for row in weeks]
        assert figure(page, "Stickiness").endswith("%")


def test_events_of_several_platforms_on_a_day_are_added_up(browser, folder) -> None:
    """They were those of one platform: the table has a row for each, and the last one was taken for the day's."""
    with opened(browser, folder / "data_quality.html") as page:
        shown = [int(row[1]) for row in grid(page, "Events received more than 24 hours late")[1:]]
        assert shown == [3 * n for n in range(DAYS - 28, DAYS)]


def test_counts_beside_a_rate_are_counts(browser, folder) -> None:
    """They were written with the rate's unit: 30 users as 3,000.0%."""
    attempts = next(row for row in ROWS["gold.report_content_funnel"] if row["split_value"] == "audio")
    with opened(browser, folder / "funnel.html") as page:
        bar = ("Attempts completed, by format", ["audio"], "")
        assert read_tip(page, *bar, "Mature attempts") == said(attempts["mature_attempts"])
        assert read_tip(page, *bar, "Completion rate of mature") == "75.0%"
    week = rows_of("summaries.retention_by_week", is_mature=True, is_bracket=False)[0]
    with opened(browser, folder / "improvements.html") as page:
        cell = ("Users back 1, 7 and 30 days after their first, by week (%)", ["1 Jan 2025"], "1")
        assert read_tip(page, *cell, "Cohort size") == said(week["cohort_size"])
        tile(page, cell[0]).get_by_role("button", name="as a table").click()
        assert tile(page, cell[0]).locator(".grid tbody tr").last.locator("td").all_inner_texts()[:2] == ["2025-01-01", "30"]
        lift = next(row for row in ROWS["gold.report_experiment_results"] if row["is_usable"])
        heading = "Lift on the primary metric, with its 95 % interval"
        assert read(page, heading, [lift["experiment_name"], lift["variant"]], "Users control") == said(lift["users_control"])
