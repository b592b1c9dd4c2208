"""Reports that an auditor asks for: every figure down to its cases, and nothing told that is not known."""

import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from desk_pages import Browser
from ledger_helpers import a_closed_night
from reports_world import AS_OF, FROM_ON, caseload, run, table
from typer.testing import CliRunner

from arrears import house
from arrears.answers.display import fetch
from arrears.cli.main import app
from arrears.data.store import Store
from arrears.data.warehouse import Connection, file_list, warehouse
from arrears.desk.web import Person
from arrears.errors import ArrearsError, RuleFault
from arrears.law.deadlines import load_deadlines
from arrears.ledger import Ledger
from arrears.reports.assessment import assess, assess_cases, outcomes_sql
from arrears.reports.criteria import load_assessment
from arrears.reports.lines import FORMS, load_report
from arrears.reports.percent import basis_points, percent
from arrears.reports.period import Period, choose, period_of
from arrears.reports.run import report, report_cases, why_unknown
from arrears.reports.table import as_table
from arrears.values import Row

SOURCE_ROW = re.compile(r"[a-z_]+\.[a-z_]+@\S+:[0-9]+(;[a-z_]+\.[a-z_]+@\S+:[0-9]+)*")
D, T, Y, C, L = pa.date32(), pa.string(), pa.bool_(), pa.int64(), pa.list_(pa.string())


@pytest.fixture
def con() -> Any:
    with warehouse() as made:
        yield made


@pytest.mark.parametrize(("name", "lines"), [("ocse-157", ("2", "25", "28")), ("ocse-34", ("2", "3"))])
def test_every_line_runs_on_a_night_and_is_what_its_cases_add_up_to(
    lived_nights: Store, name: str, lines: tuple[str, ...]
) -> None:
    told = {one["line"]: one for one in report(lived_nights, "me", name)["lines"]}
    assert list(told) == list(load_report(house.RULES, name).lines)
    for line in lines:
        behind = report_cases(lived_nights, "me", name, line)
        assert told[line]["total"] == behind["total"] == sum(one["counted"] for one in behind["rows"]) != 0
        assert all(one["case_id"] and SOURCE_ROW.fullmatch(one["src"]) for one in behind["rows"])
        by_part = {part: 0 for part in told[line]["parts"]}
        for one in behind["rows"] if by_part else ():
            by_part[one["part"]] += one["counted"]
        assert told[line]["parts"] == by_part


def test_cases_are_counted_as_the_extract_has_them(lived_nights: Store) -> None:
    told = {one["line"]: one["total"] for one in report(lived_nights, "me", "ocse-157")["lines"]}
    facts = lived_nights.root / "nights" / "me"
    night = max(facts.iterdir()) / "facts" / "case_facts.parquet"
    with warehouse() as con:
        seen = fetch(
            con, f"SELECT count(*) AS n FROM read_parquet({file_list([night])}) WHERE case_is_open", {}
        )
    assert told["1"] == seen[0]["n"] > 0
    assert told["1"] == told["2"] + told["12"]


def test_what_the_extract_cannot_tell_is_a_reason_and_never_zero(
    lived_nights: Store, con: Connection
) -> None:
    lines = {one["line"]: one for one in report(lived_nights, "me", "ocse-157")["lines"]}
    assert lines["5"]["total"] is None
    assert "paternity" in lines["5"]["cannot"]
    assert report_cases(lived_nights, "me", "ocse-157", "5")["total"] is None
    # A table that was not sent is not known, and is not a zero either.
    table(con, "caseload.currency", {"table_name": T, "complete_through_on": D}, [
        {"table_name": "cases", "complete_through_on": AS_OF},
        {"table_name": "referrals", "complete_through_on": None},
    ])  # fmt: skip
    form = load_report(house.RULES, "ocse-157")
    assert why_unknown(con, form.lines["1"]) == ""
    assert "no table referrals" in why_unknown(con, form.lines["19"])


@pytest.mark.parametrize("line", ["1c", "2d"])
def test_medicaid_only_cases_are_never_assisted_and_on_medicaid_that_night(
    con: Connection, line: str
) -> None:
    form = load_report(house.RULES, "ocse-157")
    caseload(
        con,
        cases=[
            {"case_id": "C1"},
            {"case_id": "C2", "case_class": "former_assistance"},
            {"case_id": "C3"},
            {"case_id": "C4", "status": "closed"},
        ],
        orders=[{"order_id": f"O{n}", "case_id": f"C{n}", "entered_on": FROM_ON} for n in (1, 2, 3, 4)],
        medicaid=[
            {"case_id": "C1", "from_on": FROM_ON},
            {"case_id": "C2", "from_on": FROM_ON},
            {"case_id": "C3", "from_on": FROM_ON, "to_on": date(2025, 1, 14)},
            {"case_id": "C4", "from_on": FROM_ON},
        ],
    )
    assert [one["case_id"] for one in run(con, f"ocse_157/{form.lines[line].sql}", as_of=AS_OF)] == ["C1"]
    table(con, "caseload.currency", {"table_name": T, "complete_through_on": D}, [
        {"table_name": "cases", "complete_through_on": AS_OF},
        {"table_name": "orders", "complete_through_on": AS_OF},
    ])  # fmt: skip
    assert "no table medicaid" in why_unknown(con, form.lines[line])


def test_current_support_is_counted_month_by_month(con: Connection) -> None:
    due = [{"case_id": "C1", "due_on": date(2024, month, 5), "amount_cents": 300_00} for month in (11, 12)]
    caseload(
        con,
        cases=[{"case_id": "C1"}],
        charges=[*due, {"case_id": "C1", "due_on": date(2024, 9, 5), "amount_cents": 300_00}],
        receipts=[
            # More than November asked for does not pay December.
            receipt(date(2024, 11, 8), 400_00),
            receipt(date(2024, 12, 8), 100_00),
            receipt(date(2024, 12, 20), -40_00, kind="reversal"),
            receipt(date(2024, 12, 9), 500_00, status="pending"),
            receipt(date(2024, 9, 9), 300_00),
        ],
    )
    params = {"from_on": FROM_ON, "to_on": AS_OF}
    assert sum(one["counted"] for one in run(con, "ocse_157/current_due.sql", **params)) == 600_00
    (paid,) = run(con, "ocse_157/current_paid.sql", **params)
    assert paid["counted"] == 300_00 + 60_00
    assert paid["src"] == "caseload.receipts@f:2;caseload.receipts@f:3;caseload.receipts@f:4"
    (arrears,) = run(con, "ocse_157/arrears_paid.sql", **params)
    assert arrears["counted"] == 100_00


def test_tax_money_pays_arrears_alone(con: Connection) -> None:
    caseload(
        con,
        cases=[{"case_id": "C1"}, {"case_id": "C2"}, {"case_id": "C3"}],
        charges=[{"case_id": "C1", "due_on": date(2024, 11, 5), "amount_cents": 300_00}],
        receipts=[receipt(date(2024, 11, 8), 200_00, kind="intercept", source="tax")],
        balances=[{"case_id": "C2", "past_due_cents": 1}, {"case_id": "C3", "past_due_cents": 0}],
    )
    params = {"from_on": FROM_ON, "to_on": AS_OF}
    assert run(con, "ocse_157/current_paid.sql", **params) == []
    assert [one["counted"] for one in run(con, "ocse_157/arrears_paid.sql", **params)] == [200_00]
    assert [one["case_id"] for one in run(con, "ocse_157/paying_arrears.sql", **params)] == ["C1"]
    with_arrears = run(con, "ocse_157/with_arrears.sql", **params)
    assert sorted(one["case_id"] for one in with_arrears) == ["C1", "C2"]


def receipt(
    on: date, cents: int, kind: str = "payment", status: str = "posted", source: str = "obligor"
) -> Row:
    return {
        "receipt_id": f"R{on}",
        "case_id": "C1",
        "received_on": on,
        "amount_cents": cents,
        "kind": kind,
        "status": status,
        "source": source,
    }


def test_a_measure_is_one_line_over_another(lived_nights: Store) -> None:
    told = report(lived_nights, "me", "ocse-157")
    totals = {one["line"]: one["total"] for one in told["lines"]}
    for one in told["measures"]:
        assert one["basis_points"] == totals[one["over"][0]] * 10_000 // totals[one["over"][1]]
    assert {one["floor_percent"] for one in told["measures"]} == {40, 35, None}


def test_a_share_is_cut_and_never_rounded_up() -> None:
    assert basis_points(8_999, 10_000) == 8_999
    assert percent(8_999) == "89.9 %"
    assert basis_points(0, 5) == 0
    assert (basis_points(1, 0), basis_points(None, 5), percent(None)) == (None, None, "—")


def test_a_quarter_is_the_one_that_holds_the_day() -> None:
    for day in (date(2025, 1, 1), date(2025, 3, 31)):
        assert period_of("quarter", 9, day) == Period(date(2025, 1, 1), date(2025, 3, 31))
    assert period_of("quarter", 9, date(2024, 12, 31)) == Period(date(2024, 10, 1), date(2024, 12, 31))
    assert period_of("year", 9, date(2024, 9, 30)) == Period(date(2023, 10, 1), date(2024, 9, 30))
    assert period_of("year", 9, date(2024, 10, 1)) == Period(date(2024, 10, 1), date(2025, 9, 30))


def test_a_year_end_without_its_night_takes_the_last_one_before_it_and_says_so(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store", "invented")
    ledger = Ledger.open(store.ledger_url)
    for day in (date(2025, 9, 29), date(2025, 9, 30), date(2025, 10, 1)):
        a_closed_night(ledger, day)
    chosen = choose(store, "me", "year", 9, date(2025, 9, 30))
    assert (chosen.night.as_of, chosen.notice) == (date(2025, 9, 30), "")
    later = choose(store, "me", "year", 9, date(2026, 9, 30))
    assert later.night.as_of == date(2025, 10, 1)
    assert "There is no closed night of 2026-09-30" in later.notice
    with pytest.raises(ArrearsError, match="the first one is of 2025-09-29"):
        choose(store, "me", "year", 9, date(2024, 9, 30))
    # The last night before it belongs to another year: its figures would be wrong under this name.
    with pytest.raises(ArrearsError, match="No night from 2026-10-01"):
        choose(store, "me", "year", 9, date(2027, 9, 30))


def test_the_self_assessment_judges_every_case(lived_nights: Store) -> None:
    told = {one["criterion"]: one for one in assess(lived_nights, "me")["criteria"]}
    rows = assess_cases(lived_nights, "me", "enforcement")["rows"]
    cases = max((lived_nights.root / "nights" / "me").iterdir()) / "facts" / "case_facts.parquet"
    with warehouse() as con:
        every = fetch(
            con,
            f"""SELECT case_id FROM read_parquet({file_list([cases])})
                WHERE case_is_open AND is_full_service AND has_enforceable_order ORDER BY case_id""",
            {},
        )
    assert [one["case_id"] for one in rows] == [one["case_id"] for one in every]
    assert sum(told["enforcement"]["cases"].values()) == len(every) > 0
    assert told["establishment"]["cases"] is None
    for one in told.values():
        counts = one["cases"] or {"met": 0, "failed": 0}
        assert one["basis_points"] == basis_points(counts["met"], counts["met"] + counts["failed"])
        if one["basis_points"] is not None:
            assert one["is_met"] == (one["basis_points"] >= one["needed_percent"] * 100)


def test_every_timeframe_of_the_rules_is_told(lived_nights: Store) -> None:
    told = assess(lived_nights, "me")["timeframes"]
    assert {one["timeframe"] for one in told} == load_deadlines(house.RULES).keys()
    path = max((lived_nights.root / "nights" / "me").iterdir()) / "plan" / "deadlines.parquet"
    with warehouse() as con:
        rows = fetch(
            con, f"SELECT deadline, count(*) AS n FROM read_parquet({file_list([path])}) GROUP BY 1", {}
        )
    seen = {one["deadline"]: one["n"] for one in rows}
    names = ("in_time", "late", "overdue", "due_soon", "running", "unknown")
    assert {one["timeframe"]: sum(one[name] for name in names) for one in told} == {
        name: seen.get(name, 0) for name in load_deadlines(house.RULES)
    }
    overdue = max(told, key=lambda one: one["overdue"])
    behind = assess_cases(lived_nights, "me", overdue["timeframe"])["rows"]
    assert sum(one["outcome"] == "failed" for one in behind) == overdue["overdue"] + overdue["late"] > 0
    assert all(SOURCE_ROW.fullmatch(one["src"]) for one in behind)


def test_a_closed_case_needs_its_ground_or_its_letter_in_time(con: Connection) -> None:
    columns = {
        "case_id": T, "person_id": T, "office": T, "documented_grounds": L, "closing_asked_on": D,
        "case_closed_on": D, "closing_letter_on": D, "case_src": T, "grounds_src": T,
    }  # fmt: skip
    closed = date(2024, 12, 31)
    rows = [
        {"case_id": "ground", "documented_grounds": ["contact_lost"]},
        {"case_id": "asked", "closing_asked_on": date(2024, 12, 1)},
        {"case_id": "60 days", "closing_letter_on": date(2024, 11, 1)},
        {"case_id": "59 days", "closing_letter_on": date(2024, 11, 2)},
        {"case_id": "nothing"},
        {"case_id": "long ago", "case_closed_on": date(2023, 12, 31)},
    ]
    table(
        con,
        "facts.life_facts",
        columns,
        [{"case_closed_on": closed, "documented_grounds": [], **r} for r in rows],
    )
    told = run(con, "self_assessment/closure.sql", as_of=AS_OF, from_on=date(2024, 1, 15), notice_days=60)
    assert {one["case_id"]: one["outcome"] for one in told} == {
        "ground": "met", "asked": "met", "60 days": "met", "59 days": "failed", "nothing": "unknown",
    }  # fmt: skip


def test_enforcement_falls_under_one_of_three_tests(con: Connection) -> None:
    cases = [
        "withheld",
        "stale pay",
        "collected",
        "late",
        "running",
        "not known",
        "offset due",
        "offset made",
    ]
    facts = {"case_id": T, "person_id": T, "office": T, "case_src": T, "order_src": T}
    flags = dict.fromkeys(("case_is_open", "is_full_service", "has_enforceable_order"), Y)
    table(con, "facts.case_facts", facts | flags, [
        {"case_id": one, "person_id": one, **dict.fromkeys(flags, True)} for one in cases
    ])  # fmt: skip
    table(
        con,
        "facts.employment_facts",
        {"case_id": T, "order_in_place": Y, "has_other_arrangement": Y},
        [{"case_id": one, "order_in_place": True} for one in ("withheld", "stale pay")],
    )
    came = {"withheld": date(2024, 10, 1), "stale pay": date(2024, 9, 30), "collected": date(2024, 3, 1)}
    came |= {"offset due": date(2024, 3, 1), "offset made": date(2024, 3, 1)}
    caseload(
        con, receipts=[{**receipt(on, 1, source="employer"), "case_id": case} for case, on in came.items()]
    )
    due = {"case_id": T, "deadline": T, "anchor_on": D, "ends_on": D, "met_on": D, "status": T, "said": T}
    table(con, "plan.deadlines", due, [
        clock("stale pay", "met", met_on=date(2024, 12, 31)),
        clock("late", "overdue"),
        # An earlier one was in time; the last one decides.
        {**clock("late", "met", met_on=date(2024, 6, 1)), "anchor_on": date(2024, 5, 1)},
        clock("running", "running"),
        clock("not known", "unknown"),
    ])  # fmt: skip
    episode = {"person_id": T, "remedy": T, "opened_on": D}
    table(con, "plan.episode", episode, [
        {"person_id": one, "remedy": "federal_tax_offset", "opened_on": opened}
        for one, opened in (
            ("offset due", date(2024, 1, 15)),
            ("offset made", date(2024, 1, 15)),
            ("collected", date(2024, 1, 16)),
        )
    ])  # fmt: skip
    table(
        con,
        "ledger.published",
        {"person_id": T, "queue": T},
        [{"person_id": "offset made", "queue": "federal_offset"}],
    )
    table(con, "facts.federal_records", {"person_id": T}, [])
    table(con, "plan.actions", {"person_id": T, "queue": T, "status": T}, [])
    told = run(con, "self_assessment/enforcement.sql", as_of=AS_OF, from_on=date(2024, 1, 15))
    assert {one["case_id"]: (one["said"][:6], one["outcome"]) for one in told} == {
        "withheld": ("Test 1", "met"),
        "stale pay": ("Test 3", "met"),
        "collected": ("Test 2", "met"),
        "late": ("Test 3", "failed"),
        "running": ("Test 3", "running"),
        "not known": ("Test 3", "unknown"),
        "offset due": ("Test 2", "failed"),
        "offset made": ("Test 2", "met"),
    }


def clock(case: str, status: str, met_on: date | None = None, deadline: str = "act_without_service") -> Row:
    return {
        "case_id": case,
        "deadline": deadline,
        "anchor_on": date(2024, 12, 1),
        "ends_on": date(2024, 12, 31),
        "met_on": met_on,
        "status": status,
        "said": deadline,
    }


def test_the_last_required_action_decides(con: Connection) -> None:
    keys = {"subject_id": T, "case_id": T, "person_id": T, "office": T}
    due = {"deadline": T, "anchor_on": D, "ends_on": D, "met_on": D, "status": T, "said": T}
    told = [
        # In time, then late: the last one counts.
        {**clock("C1", "met", date(2024, 6, 1), "review_complete"), "anchor_on": date(2024, 5, 1)},
        clock("C1", "overdue", deadline="incarceration_notice"),
        # Late, then in time.
        {**clock("C2", "met", date(2025, 1, 1), "review_complete"), "anchor_on": date(2024, 5, 1)},
        clock("C2", "met", date(2024, 12, 31), "incarceration_notice"),
        # What still runs asks for nothing yet.
        {**clock("C3", "met", date(2024, 6, 1), "review_complete"), "anchor_on": date(2024, 5, 1)},
        clock("C3", "running", deadline="incarceration_notice"),
        clock("C4", "due_soon", deadline="review_complete"),
    ]
    table(con, "plan.deadlines", keys | due, [{"subject_id": one["case_id"], **one} for one in told])
    table(con, "facts.life_facts", {"subject_id": T, "review_src": T, "custody_src": T}, [
        {"subject_id": "C1", "review_src": "caseload.reviews@f:2", "custody_src": "caseload.custody@f:3"}
    ])  # fmt: skip
    caseload(con, cases=[{"case_id": f"C{n}"} for n in (1, 2, 3, 4)])
    review = load_assessment(house.RULES).criteria["review"]
    rows = {one["case_id"]: one for one in fetch(con, outcomes_sql(review), {})}
    assert {case: row["outcome"] for case, row in rows.items()} == {
        "C1": "failed", "C2": "met", "C3": "met", "C4": "running",
    }  # fmt: skip
    assert rows["C1"]["src"] == "caseload.custody@f:3;caseload.cases@f:2"


def test_a_report_whose_file_is_wrong_lists_every_fault(tmp_path: Path) -> None:
    for name in ("rules", "transforms"):
        shutil.copytree(house.ROOT / name, tmp_path / name)
    path = tmp_path / "transforms" / "reports" / "ocse_34.yml"
    path.write_text(
        path.read_text().replace("sql: collections.sql", "sql: nowhere.sql").replace("about:", "abuot:")
    )
    (tmp_path / "transforms" / "reports" / "ocse_34" / "adjustments.sql").write_text(
        "-- Binds\nSELECT $threshold"
    )
    with pytest.raises(RuleFault) as told:
        load_report(tmp_path / "rules", "ocse-34")
    for words in ("no nowhere.sql", "unknown key abuot", "binds $threshold"):
        assert words in str(told.value)


def test_every_form_and_criterion_names_its_law() -> None:
    for name in FORMS:
        assert load_report(house.RULES, name).cites
    assert all(one.cites for one in load_assessment(house.RULES).criteria.values())


def test_no_cell_of_a_table_is_a_formula() -> None:
    text = as_table([{"case_id": "=1+1", "counted": -5, "said": "@SUM(1)"}])
    assert text.splitlines()[1] == "'=1+1,-5,'@SUM(1)"


def test_the_command_prints_a_line_down_to_its_source_rows(lived_nights: Store) -> None:
    run_it = CliRunner().invoke
    place = ["--store", str(lived_nights.root)]
    told = run_it(app, ["report", "me", "ocse-157", "--line", "18", "--cases", "--csv", *place])
    assert told.exit_code == 0
    heads, first, *_ = told.stdout.splitlines()
    assert heads == "case_id,person_id,office,part,counted,src"
    assert "caseload.receipts@" in first
    table_of = run_it(app, ["report", "me", "self-assessment", *place])
    assert (table_of.exit_code, "Every timeframe" in table_of.stdout) == (0, True)
    none = run_it(app, ["report", "me", "ocse-157", "--year-end", "2001", "--json", *place])
    assert (none.exit_code, "the first one is of 2025-01-14" in none.stdout) == (1, True)
    assert run_it(app, ["report", "me", "ocse-999", *place]).exit_code == 1
    assert run_it(app, ["report", "me", "ocse-157", "--cases", *place]).exit_code == 1


@pytest.fixture
def browser(lived_nights: Store, tmp_path: Path) -> Browser:
    shutil.copytree(lived_nights.root, tmp_path / "store")
    return Browser(Store.open(tmp_path / "store"), Person("a.supervisor", frozenset(["supervisor"])))


def test_a_figure_on_the_page_leads_to_its_cases(browser: Browser) -> None:
    text = browser.get("/me/reports/ocse-157").text
    assert 'href="/me/reports/ocse-157/18"' in text
    assert 'href="/me/reports/ocse-157/5"' not in text  # cannot be told
    rows = browser.get("/me/reports/ocse-157/18").text
    assert re.search(r"caseload\.receipts@[0-9a-f]+:[0-9]+", rows)
    looks = [one["about"] for one in browser.app_made.state.ledger.audit_rows("me", "look")]
    assert {"what": "report_cases", "report": "ocse-157", "line": "18"}.items() <= looks[-1].items()
    for path in ("", "/self-assessment", "/ocse-34", "/certification", "/self-assessment/closure"):
        assert browser.get(f"/me/reports{path}").status_code == 200
    for path in ("/nothing", "/ocse-157/999", "/self-assessment/999"):
        assert browser.get(f"/me/reports{path}").status_code == 404


def test_reports_open_to_those_who_answer_for_them_and_show_their_own_offices(browser: Browser) -> None:
    every = browser.get("/me/reports/ocse-157/1.csv").text.splitlines()[1:]
    offices = {line.split(",")[2] for line in every}
    assert len(offices) > 1
    browser.person = Person("a.supervisor", frozenset(["supervisor"]), frozenset([min(offices)]))
    own = browser.get("/me/reports/ocse-157/1.csv").text.splitlines()[1:]
    assert {line.split(",")[2] for line in own} == {min(offices)}
    assert len(own) < len(every)
    for role in ("operator", "caseworker"):
        browser.person = Person("b", frozenset([role]))
        for path in ("reports", "reports/ocse-157", "reports/ocse-157/1", "reports/ocse-157/1.csv"):
            assert browser.get(f"/me/{path}").status_code == 403
