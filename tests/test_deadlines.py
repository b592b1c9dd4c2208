"""Deadlines on the agency: loaded strictly, counted with the clocks, shown while nobody has settled them."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from card_helpers import FACTS, FEDERAL, tree

from arrears import house
from arrears.data.warehouse import Connection, attach_arrow, run_sql_file, warehouse
from arrears.days import Calendar
from arrears.errors import RuleFault
from arrears.law.deadlines import Deadline, load_deadlines
from arrears.law.profile import Profile
from arrears.ledger.told import DECISIONS
from arrears.night.plan import ANCHOR_SCHEMA, attach_cards, attach_deadlines

HIRED = date(2025, 1, 17)  # a Friday; Monday, 20 January is a holiday here
RULE = """deadlines:
  withhold:
    title: Withholding order after a new hire
    facts: case_facts
    anchor: hired_on
    met: ordered_on
    known: orders_are_known
    tolled_by: days_tolled
    clock: new_hire.order_days
    needs: caseworker
    say: "{office}: hired {hired_on}; the order is due by {ends_on}, {owed_cents} at stake."
    cites: [guide#hires]
"""
MORE_FACTS = """    hired_on: {say: hired, unit: date}
    ordered_on: {say: ordered, unit: date}
    orders_are_known: {say: orders are known, unit: yes_no}
    days_tolled: {say: days tolled, unit: days}
    owed_cents: {say: owed, unit: cents}
"""
VALUES = """  new_hire.order_days:
    {unit: business_days, from: {1997-10-01: {value: 2, standing: law, cites: [guide]}}}
  deadline.due_soon_days: {unit: days, from: {2000-01-01: {value: 1, standing: policy, cites: [guide]}}}
  notice.retry_after_days: {unit: days, from: {2000-01-01: {value: 30, standing: policy, cites: [guide]}}}
"""
SHAPE = pa.schema(
    [(name, pa.string()) for name in ("subject_id", "case_id", "person_id", "office", "worker")]
    + [("hired_on", pa.date32()), ("ordered_on", pa.date32()), ("orders_are_known", pa.bool_())]
    + [("days_tolled", pa.int64()), ("owed_cents", pa.int64())]
)


def rules_of(folder: Path, rule: str = RULE, values: str = VALUES) -> Path:
    """A small tree with this file of deadlines."""
    rules = tree(folder, facts=FACTS + MORE_FACTS, federal=FEDERAL + values)
    (rules / "deadlines").mkdir(exist_ok=True)
    (rules / "deadlines" / "work.yml").write_text(rule)
    return rules


def faults(folder: Path, rule: str) -> str:
    with pytest.raises(RuleFault) as told:
        load_deadlines(rules_of(folder, rule))
    return str(told.value)


def test_a_deadline_tells_its_anchor_its_clock_and_who_looks_at_it(tmp_path: Path) -> None:
    one = load_deadlines(rules_of(tmp_path))["withhold"]
    assert (one.anchor, one.met, one.known, one.tolled_by) == (
        "hired_on",
        "ordered_on",
        "orders_are_known",
        "days_tolled",
    )
    assert (one.clock, one.due_soon, one.needs) == (
        "new_hire.order_days",
        "deadline.due_soon_days",
        "caseworker",
    )


@pytest.mark.parametrize(
    ("written", "instead", "fault"),
    [
        (
            "facts: case_facts",
            "facts: no_facts",
            "facts: there is no table of the facts no_facts; there are ",
        ),
        ("anchor: hired_on", "anchor: owed_cents", "owed_cents is a fact in cents, not in date"),
        ("    anchor: hired_on\n", "", "anchor is missing"),
        ("met: ordered_on", "met: paid_on", "paid_on is not a described fact"),
        ("known: orders_are_known", "known: hired_on", "hired_on is a fact in date, not in yes_no"),
        ("tolled_by: days_tolled", "tolled_by: office", "office is a fact in text, not in days"),
        ("new_hire.order_days", "new_hire.no_days", "which no jurisdiction holds"),
        ("new_hire.order_days", "license.share", "is percent and not one of days, business_days"),
        ("needs: caseworker", "needs: clerk", "needs must be one of caseworker, supervisor"),
        ("{hired_on};", "{fired_on};", "names {fired_on}, which is not a described column of case_facts"),
        ("cites: [guide#hires]", "cites: [lore]", "cites lore, which is not in sources.yml"),
        ("title:", "name:", "unknown key name"),
    ],
)
def test_a_deadline_that_names_what_is_not_there_is_refused(
    tmp_path: Path, written: str, instead: str, fault: str
) -> None:
    assert written in RULE
    share = (
        "  license.share: {unit: percent, from: {2000-01-01: {value: 5, standing: law, cites: [guide]}}}\n"
    )
    with pytest.raises(RuleFault) as told:
        load_deadlines(rules_of(tmp_path, RULE.replace(written, instead, 1), VALUES + share))
    assert fault in str(told.value)


def test_all_faults_are_listed_at_once(tmp_path: Path) -> None:
    told = faults(tmp_path, RULE.replace("hired_on\n", "no_day\n").replace("needs: c", "needs: b"))
    assert "no_day is not a described fact" in told
    assert "needs must be one of" in told


# How near and how far.


@pytest.fixture
def desk(tmp_path: Path) -> Iterator["Desk"]:
    with warehouse() as con:
        yield Desk(con, tmp_path)


class Desk:
    """The deadlines of one subject, counted on a day."""

    def __init__(self, con: Connection, folder: Path) -> None:
        self.con, self.rules = con, rules_of(folder)
        self.decisions: list[dict[str, Any]] = []
        attach_arrow(
            con, "calendar", Calendar({date(2025, 1, 20)}).table(date(2024, 1, 1), date(2026, 12, 31))
        )
        self._attach_nothing_else()

    def _attach_nothing_else(self) -> None:
        """A night in which no remedy runs: every other table of the plan is there and empty."""
        tables = {
            "reach": {"episode_id": "", "remedy": "", "subject_id": "", "step_no": 0},
            "mail": {"episode_id": "", "step": "", "status": "", "sent_on": HIRED, "served_on": HIRED},
            "decision": {"episode_id": "", "step": "", "decision": "", "decided_on": HIRED},
        }
        for name, row in tables.items():
            attach_arrow(self.con, f"plan.{name}", pa.Table.from_pylist([row]).slice(1))
        attach_arrow(self.con, "card.anchor", ANCHOR_SCHEMA.empty_table())

    def row(self, as_of: date, **but: Any) -> dict[str, Any] | None:
        """What tonight says of the deadline, or None where it does not run."""
        usual = {"hired_on": HIRED, "orders_are_known": True, "days_tolled": 0, "owed_cents": 1_000_00}
        row = {**dict.fromkeys(SHAPE.names), "subject_id": "C1", "office": "Bangor", **usual, **but}
        attach_arrow(self.con, "facts.case_facts", pa.Table.from_pylist([row], SHAPE))
        profile = Profile.load(self.rules, "ut")
        attach_cards(self.con, {}, profile, {}, as_of)
        attach_deadlines(self.con, load_deadlines(self.rules), profile, as_of)
        for name in ("anchor", "window", "deadlines"):
            run_sql_file(self.con, house.PLAN / f"{name}.sql", f"plan.{name}", {"as_of": as_of})
        found = self.con.execute("SELECT * FROM plan.deadlines")
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, told, strict=True)) for told in found.fetchall()]
        return rows[0] if rows else None

    def status(self, as_of: date, **but: Any) -> tuple[str, int | None] | None:
        """The status of the deadline and the days that are left."""
        row = self.row(as_of, **but)
        return (row["status"], row["days_left"]) if row else None


@pytest.mark.parametrize(
    ("as_of", "but", "then"),
    [
        (date(2025, 1, 19), {}, ("running", 3)),
        (date(2025, 1, 20), {}, ("running", 2)),
        (date(2025, 1, 21), {}, ("due_soon", 1)),
        (date(2025, 1, 22), {}, ("due_soon", 0)),  # the second business day, to its end
        (date(2025, 1, 23), {}, ("overdue", -1)),
        (date(2025, 1, 23), {"ordered_on": date(2025, 1, 22)}, ("met", 0)),
        (date(2025, 1, 30), {"ordered_on": date(2025, 1, 27)}, ("met", -5)),  # met, and late
        (date(2025, 1, 21), {"ordered_on": date(2025, 1, 22)}, ("due_soon", 1)),  # not yet
        (date(2025, 1, 23), {"orders_are_known": None}, ("unknown", -1)),
        (date(2025, 1, 23), {"orders_are_known": False}, ("unknown", -1)),
        (date(2025, 1, 23), {"orders_are_known": None, "ordered_on": HIRED}, ("met", 5)),
        (date(2025, 1, 23), {"days_tolled": 3}, ("running", 4)),  # Saturday, 25 January rolls to Monday
        (date(2025, 1, 23), {"days_tolled": None}, ("unknown", None)),
        (date(2025, 1, 23), {"hired_on": None}, None),
    ],
)
def test_a_deadline_is_met_runs_is_due_or_overdue(
    desk: Desk, as_of: date, but: dict[str, Any], then: tuple[str, int | None] | None
) -> None:
    assert desk.status(as_of, **but) == then


def test_a_deadline_says_its_last_day_and_its_facts(desk: Desk) -> None:
    row = desk.row(HIRED)
    assert row is not None
    assert row["said"] == "Bangor: hired 2025-01-17; the order is due by 2025-01-22, $1,000.00 at stake."


def test_a_state_without_the_value_has_no_such_deadline(tmp_path: Path) -> None:
    later = VALUES.replace("1997-10-01: {value: 2", "2025-02-01: {value: 2")
    with warehouse() as con:
        desk = Desk(con, tmp_path)
        desk.rules = rules_of(tmp_path, values=later)
        assert desk.status(date(2025, 1, 23)) is None


# The work list.


def lines(desk: Desk, as_of: date) -> list[tuple[str, str]]:
    """What the work list says of deadlines that night."""
    desk.row(as_of)
    rows = [{**dict.fromkeys(DECISIONS.names), **row} for row in desk.decisions]
    attach_arrow(desk.con, "ledger.decisions", pa.Table.from_pylist(rows, DECISIONS))
    text = (house.PLAN / "work_list.sql").read_text()
    line = text[text.index("deadline_line AS (") : text.index("-- Where the law would give back")]
    rest = text[text.index("settled AS (") :]
    asked = f"WITH {line} every AS (SELECT * FROM deadline_line), {rest}"
    select = f"SELECT item_id, kind FROM ({asked}) ORDER BY item_id"
    return desk.con.execute(select, {"as_of": as_of}).fetchall()


def test_what_is_due_soon_and_what_is_overdue_are_lines_each_with_its_own_anchor(desk: Desk) -> None:
    assert lines(desk, date(2025, 1, 20)) == []
    assert lines(desk, date(2025, 1, 22)) == [
        ("deadline_due_soon:withhold:C1:2025-01-17", "deadline_due_soon")
    ]
    assert lines(desk, date(2025, 1, 23)) == [("deadline_overdue:withhold:C1:2025-01-17", "deadline_overdue")]


def test_a_line_that_a_person_has_settled_does_not_come_back_until_its_hold_is_over(desk: Desk) -> None:
    overdue = "deadline_overdue:withhold:C1:2025-01-17"
    late = date(2025, 3, 3)
    settled = {"item_id": overdue, "position": 2, "decision": "approve"}
    desk.decisions = [settled]
    assert lines(desk, late) == []
    # What was said while it was due soon is not a word on its being overdue.
    desk.decisions = [{**settled, "item_id": overdue.replace("overdue", "due_soon")}]
    assert len(lines(desk, late)) == 1
    desk.decisions = [{**settled, "decision": "hold", "until_on": late}]
    assert lines(desk, late) == []
    assert len(lines(desk, late + timedelta(1))) == 1


def test_every_shipped_deadline_loads() -> None:
    loaded = load_deadlines(house.RULES)
    assert all(isinstance(one, Deadline) for one in loaded.values())
