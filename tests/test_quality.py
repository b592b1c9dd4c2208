"""Was it right: what people, partners and clocks say of the rules, counted from their own rows."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from builders import Caseload
from desk_pages import Browser
from ledger_helpers import a_closed_night, with_people
from reports_world import table
from typer.testing import CliRunner
from verdict_files import keep_verdicts

from arrears import house
from arrears.answers.closed_nights import ClosedNight, closed_nights
from arrears.answers.history import ageing, bars_of, lists_by_night, releases
from arrears.answers.quality_rules import load_quality
from arrears.cli.main import app
from arrears.data.store import Store
from arrears.data.warehouse import Connection, warehouse
from arrears.desk.web import Person
from arrears.errors import RuleFault
from arrears.ledger import Ledger
from arrears.reports.partners import rejects_by_queue
from arrears.reports.plots import PLOTS, svg
from arrears.reports.precision import precision, usefulness
from arrears.reports.quality import quality
from arrears.values import Row

RULES = load_quality(house.RULES)
NIGHT = date(2025, 1, 15)
T, D, C = pa.string(), pa.date32(), pa.int64()


@pytest.fixture
def con() -> Iterator[Connection]:
    with warehouse() as made:
        yield made


@pytest.fixture
def night(tmp_path: Path) -> ClosedNight:
    """A closed night with nothing in it, whose ledger knows people."""
    store = Store.create(tmp_path / "store", "invented")
    ledger = Ledger.open(store.ledger_url)
    with_people(ledger)
    a_closed_night(ledger, NIGHT)
    return closed_nights(store, "me")[-1]


def decided(
    night: ClosedNight, item: str, choice: Any, code: str = "", on: date = NIGHT, hour: int = 9
) -> None:
    remedy, subject, step = item.split(":")
    night.ledger.decide(
        "me", item, f"{remedy}:{subject}:1", remedy, subject, step, choice, "sam", None, "said", code,
        at=datetime(on.year, on.month, on.day, hour, tzinfo=UTC), decided_on=on,
    )  # fmt: skip


def test_precision_counts_the_last_word_on_an_item_by_its_reason(con: Connection, night: ClosedNight) -> None:
    decided(night, "license_revocation:C1:review", "approve")
    decided(night, "license_revocation:C2:review", "reject", "wrong_person")
    decided(night, "license_revocation:C3:review", "reject", "hardship")
    decided(night, "license_revocation:C4:review", "reject")
    # A later word replaces an earlier one; a hold is not a verdict.
    decided(night, "license_revocation:C5:review", "reject", "wrong_person")
    decided(night, "license_revocation:C5:review", "approve", hour=10)
    decided(night, "license_revocation:C6:review", "approve")
    decided(night, "license_revocation:C6:review", "hold", hour=10)
    # What is decided later is none of this night's business.
    decided(night, "license_revocation:C7:review", "approve", on=date(2025, 1, 16))
    (one,) = precision(con, night, RULES)["by_remedy"]
    assert (one["remedy"], one["approved"], one["rejected_as_wrong"]) == ("license_revocation", 2, 1)
    assert (one["rejected_though_right"], one["rejected_without_reason"]) == (1, 1)
    assert one["basis_points"] == 7_500  # three of four that tell


def test_a_rejection_speaks_against_the_condition_that_its_reason_names(
    con: Connection, night: ClosedNight
) -> None:
    decided(night, "license_revocation:C1:review", "approve")
    decided(night, "license_revocation:C2:review", "reject", "wrong_person")
    decided(night, "license_revocation:C3:review", "reject", "law_bars_it")
    told = {one["condition"]: one for one in precision(con, night, RULES)["by_condition"]}
    assert told.keys() == {"identity_certain", ""}
    assert told["identity_certain"]["basis_points"] == 5_000
    assert told[""]["rejected_as_wrong"] == 1


def test_where_nobody_has_decided_there_is_no_precision(con: Connection, night: ClosedNight) -> None:
    assert precision(con, night, RULES) == {"by_remedy": [], "by_condition": [], "by_reason": []}


def test_partners_rejects_are_counted_against_what_they_answered_or_what_was_sent(night: ClosedNight) -> None:
    caseload = Caseload(NIGHT)
    for number, (queue, batch) in enumerate(
        # Batch 0 was sent before Arrears.
        [*[("federal_offset", 1)] * 4, *[("income_withholding", 2)] * 9, ("federal_offset", 0)]
    ):
        sent = {"action_id": f"a{number}", "queue": queue, "batch_no": batch, "target_id": f"t{number}"}
        caseload.published.append({**sent, "carry": "{}", "published_on": date(2025, 1, 2)})
    for codes in (["12"], []):
        caseload.partner("federal_offset_rejects", codes=codes)
    for status in ("A", "A", "A", "R", "T"):
        caseload.partner("eiwo_acknowledgments", disposition_status=status)
    with caseload.attached() as con:
        told = {one["feed"]: one for one in rejects_by_queue(con, night, RULES)}
    offset = told["federal_offset_rejects"]
    assert (offset["sent"], offset["answers"], offset["rejected"], offset["basis_points"]) == (
        4,
        None,
        1,
        2_500,
    )
    orders = told["eiwo_acknowledgments"]
    # An employer's own word about a job is not an answer to an order.
    assert (orders["sent"], orders["answers"], orders["rejected"], orders["basis_points"]) == (9, 4, 1, 2_500)
    assert told["eiwo_results"]["basis_points"] is None
    assert "bank_levy_answers" not in told  # nothing sent, nothing answered


def test_a_release_is_measured_from_the_first_night_that_asked_for_it(
    con: Connection, night: ClosedNight, tmp_path: Path
) -> None:
    days = [date(2025, 1, day) for day in (12, 13, 14, 15)]
    asked = {"C1": days[1:], "C2": days[3:], "C3": []}
    nights = []
    for day in days:
        store = Store(tmp_path, "invented")
        folder = store.night("me", day)
        rows = [
            {"subject_id": one, "part": "release", "verdict": "flag" if day in on else "clear"}
            for one, on in asked.items()
        ]
        keep_verdicts(folder, "credit_reporting", rows)
        nights.append(ClosedNight(store, night.ledger, replace(night.run, as_of=day)))
    sent = {"remedy": T, "subject_id": T, "episode_id": T, "kind": T, "batch_no": C, "published_on": D}
    table(con, "ledger.published", sent, [
        {"remedy": "credit_reporting", "subject_id": one, "episode_id": one, "kind": kind, "batch_no": 1,
         "published_on": NIGHT}
        for one, kind in (("C1", "release"), ("C1", "update"), ("C2", "release"), ("C3", "release"))
    ])  # fmt: skip
    table(con, "ledger.episodes", {"episode_id": T, "opened_on": D}, [
        {"episode_id": one, "opened_on": date(2024, 6, 1)} for one in asked
    ])  # fmt: skip
    told = releases(con, nights, RULES)
    assert {one["days"]: one["releases"] for one in told["bars"] if one["releases"]} == {"0": 1, "2": 1}
    assert told["without_ground"] == 1
    (one,) = told["by_remedy"]
    assert (one["releases"], one["same_day"], one["longest_days"]) == (3, 1, 2)


def test_debt_is_told_by_the_age_of_its_oldest_installment(con: Connection, night: ClosedNight) -> None:
    table(con, "facts.case_facts", {"owed_cents": C, "oldest_unpaid_due_on": D}, [
        {"owed_cents": 1, "oldest_unpaid_due_on": date(2024, 12, 16)},   # 30 days
        {"owed_cents": 2, "oldest_unpaid_due_on": date(2024, 12, 15)},   # 31
        {"owed_cents": 4, "oldest_unpaid_due_on": date(2015, 1, 1)},
        {"owed_cents": 8, "oldest_unpaid_due_on": None},
        {"owed_cents": 0, "oldest_unpaid_due_on": date(2020, 1, 1)},
        {"owed_cents": None, "oldest_unpaid_due_on": date(2020, 1, 1)},
    ])  # fmt: skip
    told = {one["days"]: (one["cases"], one["owed_cents"]) for one in ageing(con, night, RULES)}
    assert {days: counts for days, counts in told.items() if counts[0]} == {
        "0 to 30": (1, 1), "31 to 90": (1, 2), "over 1,095": (1, 4), "not known": (1, 8),
    }  # fmt: skip


def test_lists_are_those_that_the_nights_themselves_told(night: ClosedNight) -> None:
    night.folder.mkdir(parents=True)
    (night.folder / "summary.json").write_text(json.dumps({"work_list": {"review": 3, "unknown": 4}}))
    (told,) = lists_by_night([night], RULES)
    assert (told["as_of"], told["lines"]) == ("2025-01-15", 7)


def test_bars_say_their_first_and_last_day() -> None:
    assert bars_of((0, 1, 5, 1095)) == ["0", "1", "2 to 5", "6 to 1,095", "over 1,095"]


def test_rules_of_counting_that_name_what_is_not_there_are_refused(tmp_path: Path) -> None:
    for name in ("rules", "transforms"):
        shutil.copytree(house.ROOT / name, tmp_path / name)
    path = tmp_path / "transforms" / "reports" / "quality.yml"
    path.write_text(
        path.read_text().replace("bank_levy_answers:", "bank_answers:").replace("[0, 1, 2", "[2, 1, 0")
    )
    with pytest.raises(RuleFault) as told:
        load_quality(tmp_path / "rules")
    assert "bank_answers is not a feed" in str(told.value)
    assert "release_days must be whole numbers, rising" in str(told.value)


def test_a_kind_that_nobody_decides_on_for_many_nights_is_told_as_ignored(
    con: Connection, night: ClosedNight, tmp_path: Path
) -> None:
    """C1 was decided, C2 went away without a decision, C3 and C4 stand there on every list."""
    rules = replace(load_quality(house.RULES), ignored_nights=3)
    lists = {12: "C1 C2 C3", 13: "C1 C2 C3 C4", 14: "C3 C4", 15: "C3 C4"}
    nights = []
    for day, cases in lists.items():
        one = ClosedNight(
            Store(tmp_path, "invented"), night.ledger, replace(night.run, as_of=date(2025, 1, day))
        )
        rows = [{"item_id": f"review:{case}", "kind": "review"} for case in cases.split()]
        rows.append({"item_id": "deadline_overdue:x:C9", "kind": "deadline_overdue"})
        (one.folder / "plan").mkdir(parents=True)
        pq.write_table(pa.Table.from_pylist(rows), one.folder / "plan" / "work_list.parquet")
        nights.append(one)
    decision = {"item_id": T, "decided_on": D}
    table(con, "quality.decisions", decision, [{"item_id": "review:C1", "decided_on": date(2025, 1, 13)}])
    review, clock = usefulness(con, nights, rules)
    assert (review["kind"], clock["kind"]) == ("review", "deadline_overdue")
    counts = ("shown", "decided", "gone", "open", "ignored", "basis_points", "is_ignored")
    assert [review[name] for name in counts] == [4, 1, 1, 2, 2, 2_500, True]
    assert [clock[name] for name in counts] == [1, 0, 0, 1, 1, 0, True]
    [of_two] = [one for one in usefulness(con, nights[:2], rules) if one["kind"] == "review"]
    assert [of_two[name] for name in counts] == [4, 1, 0, 3, 0, 2_500, False]


FIGURES: Row = {
    "lists": [
        {"as_of": f"2025-01-{day}", "lines": 30 + day, "kinds": {f"kind_{n}": n + day for n in range(10)}}
        for day in (14, 15)
    ],
    "kinds": {f"kind_{n}": f"Kind $ {n} $ <of lines>" for n in range(10)},
    "ageing": [
        {"days": "0 to 30", "cases": 1, "owed_cents": 12_34},
        {"days": "not known", "cases": 2, "owed_cents": 5},
    ],
    "releases": {"bars": [{"days": "0", "releases": 3}, {"days": "1", "releases": 0}]},
    "matches": [
        {"feed": "f", "title": "A feed", "rows": 10, "linked": 7, "doubtful": 2, "basis_points": 7_000},
        {"feed": "g", "title": "Another", "rows": 1, "linked": 0, "doubtful": 0, "basis_points": 0},
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_is_the_same_bytes_for_the_same_figures(name: str) -> None:
    made = svg(name, FIGURES)
    assert made == svg(name, FIGURES)
    assert ElementTree.fromstring(made).tag.endswith("svg")
    assert b"<dc:date>" not in made
    assert b"<script" not in made
    other = json.loads(json.dumps(FIGURES).replace("12", "13").replace('"releases": 3', '"releases": 4'))
    other["lists"][0]["kinds"]["kind_1"] += 1
    other["matches"][0]["linked"] -= 1
    assert svg(name, other) != made
    assert PLOTS[name].say(FIGURES).endswith(".")


def test_a_plot_without_figures_says_so() -> None:
    empty = {**FIGURES, "ageing": [], "releases": {"bars": []}, "matches": []}
    for name in ("ageing", "releases", "matches"):
        assert ElementTree.fromstring(svg(name, empty)).tag.endswith("svg")
    assert PLOTS["ageing"].say(empty) == "Nobody owes anything."


@pytest.fixture(scope="module")
def browser(lived_nights: Store, tmp_path_factory: pytest.TempPathFactory) -> Browser:
    root = tmp_path_factory.mktemp("quality") / "store"
    shutil.copytree(lived_nights.root, root)
    return Browser(Store.open(root), Person("a.policy", frozenset(["policy"])))


def test_the_page_tells_each_plot_in_words_and_figures(browser: Browser) -> None:
    text = browser.get("/me/quality").text
    for name, plot in PLOTS.items():
        assert re.search(
            rf'<img src="/me/quality/{name}\.svg\?on=[0-9-]+" alt="{re.escape(plot.title)}\. [^"]+\."', text
        )
        assert f'aria-label="Figures: {plot.title}"' in text
        file = browser.get(f"/me/quality/{name}.svg")
        assert (file.status_code, file.headers["content-type"]) == (200, "image/svg+xml")
    assert browser.get("/me/quality/nothing.svg").status_code == 404
    first = browser.get("/me/quality?on=2025-01-14").text
    assert "over 1 closed night." in first


def test_the_page_is_no_business_of_a_caseworker(browser: Browser) -> None:
    before, browser.person = browser.person, Person("b", frozenset(["caseworker"]))
    try:
        assert [browser.get(f"/me/{path}").status_code for path in ("quality", "quality/lists.svg")] == [
            403,
            403,
        ]
    finally:
        browser.person = before


def test_the_command_writes_the_plots_that_the_page_shows(
    lived_nights: Store, tmp_path: Path, browser: Browser
) -> None:
    place = ["--store", str(lived_nights.root), "--json", "--out", str(tmp_path / "plots")]
    told = CliRunner().invoke(app, ["quality", "me", *place])
    assert told.exit_code == 0
    figures = json.loads(told.stdout)
    files = [Path(one) for one in figures["plots"]]
    assert len(files) == len(PLOTS)
    for name, path in zip(PLOTS, files, strict=True):
        assert path.read_bytes() == browser.get(f"/me/quality/{name}.svg").content
    assert CliRunner().invoke(app, ["quality", "ma", "--store", str(lived_nights.root)]).exit_code == 1


def test_a_night_tells_its_matches_and_its_lists(lived_nights: Store) -> None:
    told = quality(lived_nights, "me")
    last = closed_nights(lived_nights, "me")[-1]
    summary = json.loads((last.folder / "summary.json").read_text())
    assert told["lists"][-1]["kinds"] == summary["work_list"]
    linked = {one["feed"]: one["linked"] for one in told["matches"]}
    assert sum(linked.values()) == sum(n for feed, n in summary["match"].items() if feed != "doubtful") > 0
    assert all(one["linked"] + one["doubtful"] <= one["rows"] for one in told["matches"])
    assert {one["feed"]: one["rejects"] for one in told["partners"]["by_feed"]}.keys() >= {"caseload"}
