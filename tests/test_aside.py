"""How far a broken bound reaches: to its rows, to what rests on its table, and only rarely to the night."""

from types import SimpleNamespace
from typing import Any

import pytest
from test_expectations_suites import AS_OF, PLACE, SUITES, TABLES, WRONG

from arrears import house
from arrears.data.warehouse import warehouse
from arrears.expectations import Outcome, run_checks
from arrears.law.remedy import load_cards
from arrears.night.held_back import Aside, sort_stops

ONE_ROW = [one for one in WRONG if " WHERE " in one[1] and not one[1].startswith("DELETE")]
# Half of a table is not one row.
ONE_ROW = [one for one in ONE_ROW if "> 50" not in one[1]]


def sorted_out(table: str, *changes: str) -> tuple[Outcome, Aside]:
    """What becomes of the broken bounds of one table after these changes, beside believable others."""
    night: Any = SimpleNamespace(cards=load_cards(house.RULES))
    with warehouse() as con:
        for name, columns in TABLES.items():
            con.execute(f"CREATE SCHEMA IF NOT EXISTS {name.split('.')[0]}")
            rows = 4 if name == "caseload.intake" else 101
            con.execute(f"CREATE TABLE {name} AS SELECT {columns}, {PLACE} FROM range(1, {rows}) AS r(i)")
        layer, _, feed = table.partition(".")
        of_table = table if layer == "staging" else "staging.winnings"
        con.execute(
            f"CREATE SCHEMA match; CREATE TABLE match.links AS SELECT '{feed}' AS feed, source_file, "
            f"source_line, 'p' || source_line AS person_id FROM {of_table}"
        )
        for change in changes:
            con.execute(
                change.replace("TABLE", table) if change[:6] == "DELETE" else f"UPDATE {table} SET {change}"
            )
        return sort_stops(night, con, run_checks({}, [SUITES[table]], AS_OF, con=con))


@pytest.mark.parametrize(("table", "change", "why"), ONE_ROW)
def test_one_wrong_row_keeps_back_whom_it_is_about_and_nobody_else(table: str, change: str, why: str) -> None:
    outcome, aside = sorted_out(table, change)
    if table == "facts.money_proof":  # a sum of all
        assert outcome.stops == ()
        assert aside.remedies
        return
    assert outcome.stops == ()
    assert why in " ".join(check.why for check in outcome.kept_back)
    assert (aside.queues, aside.remedies) == ([], [])
    assert 0 < len(aside.subjects) + len(aside.records) <= 4
    if table.startswith("queues."):
        assert {one["queue"] for one in aside.records} == {table.partition(".")[2]}


def test_many_wrong_records_stop_their_queue_and_no_other() -> None:
    outcome, aside = sorted_out("queues.state_tax_setoff", "debt_amount = 0 WHERE record_no > 50")
    assert outcome.stops == ()
    assert [one["queue"] for one in aside.queues] == ["state_tax_setoff"]
    assert aside.records == []


def test_many_wrong_rows_of_a_module_stop_the_remedies_that_rest_on_it() -> None:
    outcome, aside = sorted_out("facts.asset_facts", "seizable_cents = 250001")
    assert outcome.stops == ()
    stopped = {one["remedy"] for one in aside.remedies}
    assert "lien_real_property" in stopped
    assert not stopped & {"state_tax_intercept", "credit_reporting", "income_withholding"}


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("facts.case_facts", "assigned_cents = 1"),
        ("facts.case_facts", "DELETE FROM TABLE WHERE case_id = 'c1'"),
        ("caseload.balances", "past_due_cents = past_due_cents * 1000"),
    ],
)
def test_what_everything_rests_on_stops_the_night(table: str, change: str) -> None:
    assert sorted_out(table, change)[0].stops
