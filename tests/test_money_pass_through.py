"""What passes through to a family on assistance: so much of each month, where a state sets it."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from money_helpers import MONEY, a_case, a_receipt, owed
from outside_slicer import records
from queue_desk import a_desk
from typer.testing import CliRunner

from arrears import house
from arrears.cli.main import app
from arrears.compare.changes import requested_changes
from arrears.errors import ArrearsError
from arrears.law.profile import Profile
from arrears.money.calculate import calculated
from arrears.queues import Built

ON = date(2025, 6, 20)
JUNE, MAY = date(2025, 6, 1), date(2025, 5, 1)
FIFTY = {"pass_through.amount": 50_00}


def parts(
    *receipts: dict[str, Any], but_law: dict[str, int] | None = FIFTY, state: str = "me", **but: Any
) -> dict[tuple[str, str], tuple[int, int]]:
    """By receipt and payee: what it gets of current support, and what of that passed through."""
    case = a_case("A", 300_00, **{"case_class": "current_assistance", **but.pop("case", {})})
    months = but.pop("months", (JUNE, MAY))
    balances = [{**owed("A", "current", 300_00), "of_month": month and str(month), **but} for month in months]
    case["ordered_on"] = str(case["ordered_on"])
    tables = {"receipts": list(receipts), "cases": [case], "balances": balances}
    found = calculated("allocation", tables, state, ON, but=but_law)
    return {
        (one["receipt_id"], one["pays"]): (one["amount_cents"], one["passed_through_cents"]) for one in found
    }


def came(cents: int, day: date, receipt_id: str = "R1", **but: Any) -> dict[str, Any]:
    return a_receipt(cents, receipt_id=receipt_id, **but) | {"received_on": str(day)}


def test_nothing_passes_through_while_no_state_has_set_an_amount() -> None:
    for state in ("me", "ma"):
        assert parts(came(200_00, date(2025, 6, 5)), but_law=None, state=state) == {
            ("R1", "state"): (200_00, 0)
        }


@pytest.mark.parametrize(
    ("cents", "family", "state"), [(200_00, 50_00, 150_00), (50_00, 50_00, 0), (49_99, 49_99, 0)]
)
@pytest.mark.parametrize("of", ["me", "ma"])
def test_so_much_of_a_month_goes_to_the_family_first(cents: int, family: int, state: int, of: str) -> None:
    wanted = {("R1", "family"): (family, family), ("R1", "state"): (state, 0)}
    found = parts(came(cents, date(2025, 6, 5)), state=of)
    assert found == {payee: both for payee, both in wanted.items() if both[0]}


def test_a_month_passes_its_amount_once_and_the_next_month_anew() -> None:
    found = parts(
        came(30_00, date(2025, 5, 30), "R1"), came(100_00, date(2025, 5, 31), "R2"), came(100_00, JUNE, "R3")
    )
    assert found == {
        ("R1", "family"): (30_00, 30_00),
        ("R2", "family"): (20_00, 20_00),
        ("R2", "state"): (80_00, 0),
        ("R3", "family"): (50_00, 50_00),
        ("R3", "state"): (50_00, 0),
    }


def test_what_passed_before_these_receipts_counts() -> None:
    found = parts(came(100_00, date(2025, 6, 5)), passed_cents=40_00)
    assert found == {("R1", "family"): (10_00, 10_00), ("R1", "state"): (90_00, 0)}


def test_a_reversal_takes_back_of_the_state_first_and_gives_the_month_its_room_again() -> None:
    back = came(-80_00, date(2025, 6, 6), "R2", reverses_receipt_id="R1")
    found = parts(came(100_00, date(2025, 6, 5)), back, came(100_00, date(2025, 6, 7), "R3"))
    assert (found["R2", "state"], found["R2", "family"]) == ((-50_00, 0), (-30_00, -30_00))
    assert (found["R3", "family"], found["R3", "state"]) == ((30_00, 30_00), (70_00, 0))


def test_what_the_state_may_not_keep_goes_to_the_family_beside_it() -> None:
    found = parts(came(300_00, date(2025, 6, 5)), case={"unreimbursed_cents": 100_00})
    assert found == {("R1", "family"): (200_00, 50_00), ("R1", "state"): (100_00, 0)}


def test_a_family_that_has_no_assistance_gets_its_support_as_its_own() -> None:
    found = parts(came(100_00, date(2025, 6, 5)), case={"case_class": "never_assistance"})
    assert found == {("R1", "family"): (100_00, 0)}


def test_the_command_shows_what_a_value_would_do_that_is_off() -> None:
    tables = {
        "receipts": [came(100_00, date(2025, 6, 5))],
        "cases": [a_case("A", 300_00, case_class="current_assistance") | {"ordered_on": "2020-01-01"}],
        "balances": [owed("A", "current", 300_00)],
    }

    def shown(*words: str, code: int = 0) -> str:
        line = ["calculate", "allocation", "--state", "me", "--on", str(ON), *words]
        found = CliRunner().invoke(app, line, input=json.dumps(tables))
        assert found.exit_code == code, found.output
        return found.output

    words = shown("--set", "pass_through.amount=$50.00")
    assert "pass_through.amount=5000" in words
    assert words.count("$50.00") == 3
    assert "$50.00" not in shown()
    assert "There is no value" in shown("--set", "pass_through.sum=1", code=1)
    assert "pass_through.amount=none" in shown("--set", "pass_through.amount=none")


@pytest.mark.parametrize(
    "asked",
    [
        "pay_cycle.month_weeks=0",
        f"pay_cycle.month_weeks={10**20}",
        "pay_cycle.weekly=0",
        "pay_cycle.factor_dated_by=moon",
        "ccpa_limit.split_current=luck",
        "ccpa_limit.required_deductions=medicare, bananas",
    ],
)
def test_a_value_that_no_rule_can_read_is_refused_before_anything_is_reckoned(asked: str) -> None:
    """A week of nothing made 100 dollars a week nothing a month; a word that nobody reads said nothing."""
    profile = Profile.load(house.RULES, "me")
    with pytest.raises(ArrearsError, match="has to be"):
        requested_changes(profile, {}, [asked], ON)


def test_what_if_makes_the_facts_again_for_it() -> None:
    assert {"pass_through.amount", "pay_cycle.month_weeks"} <= MONEY.keys


def test_current_support_of_which_nobody_names_the_month_passes_through_once() -> None:
    """The same row passed its amount again in each month in which a receipt came in."""
    found = parts(came(60_00, MAY), came(100_00, JUNE, "R2"), months=(None,))
    assert found == {
        ("R1", "family"): (50_00, 50_00),
        ("R1", "state"): (10_00, 0),
        ("R2", "state"): (100_00, 0),
    }
    back = came(-60_00, date(2025, 6, 6), "R2", reverses_receipt_id="R1")
    again = parts(came(60_00, MAY), back, came(100_00, date(2025, 6, 7), "R3"), months=(None,))
    assert again["R3", "family"] == (50_00, 50_00)


@pytest.mark.parametrize(
    ("months", "fault"),
    [((JUNE, None), "one without"), ((JUNE, date(2025, 6, 20)), "comes twice")],
)
def test_one_months_support_that_is_told_in_two_rows_is_refused(
    months: tuple[date | None, ...], fault: str
) -> None:
    with pytest.raises(ArrearsError, match=fault):
        parts(came(100_00, JUNE), months=months)


# What the accounts are told.

PASSED = {"remedy": "pass_through", "subject_id": "C1/2025-01", "target_id": "C1/2025-01", "step": "entry"}


def entries(folder: Path, cents: int, **but: Any) -> tuple[Built, list[str]]:
    """The file of entries with one month's, and what was not written."""
    month = {"subject_id": "C1/2025-01", "of_month": date(2025, 1, 1), "month_ends_on": date(2025, 1, 31)}
    with a_desk("account_entries", folder) as desk:
        desk.person().case().add("facts.pass_through_facts", **month | but)
        desk.item("pass_through", **PASSED, amount_cents=cents)
        return desk.build(), records(desk.write().path, 180)


@pytest.mark.parametrize("cents", [50_00, 0])
def test_the_accounts_are_told_what_of_the_month_passes_through(cents: int, tmp_path: Path) -> None:
    """Restated after a reversal it may come to nothing: the whole of the month each time."""
    _, [header, line, trailer] = entries(tmp_path, cents)
    assert header[1:21].rstrip() == "ACCOUNT ENTRIES"
    assert line[0:13] == "DPASS_THROUGH"
    assert line[13:93].rstrip() == "pass_through:C1/2025-01:1:pass_through:C1/2025-01:1"
    assert (line[93:101], line[101:116].rstrip(), line[116:124]) == ("20250115", "C1", "20250131")
    assert (line[124:137], line[137:163]) == (f"{cents:013d}", "0" * 26)
    assert trailer[:25].strip() == f"T000000001{cents:015d}"


def test_an_entry_without_its_month_goes_to_a_person(tmp_path: Path) -> None:
    built, _ = entries(tmp_path, 50_00, month_ends_on=None)
    assert (built.records, len(built.not_sent)) == (0, 1)
