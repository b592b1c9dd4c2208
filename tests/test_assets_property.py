"""Houses, vehicles, liens, claims to money and winnings: what is exempt, what is taken, what is over."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from assets_world import DEBT, World, night, profile

from arrears import house
from arrears.law.deadlines import load_deadlines
from arrears.law.work import load_kinds

# The worked win at the casino is of May; the lists of a lien's end count from this night.
AS_OF = date(2025, 5, 25)


def days_ago(count: int) -> date:
    return AS_OF - timedelta(count)


EQUITY: dict[int | None, tuple[int | None, int | None]] = {
    47_499_99: (47_499_99, 0),
    47_500_00: (47_500_00, 0),
    47_500_01: (47_500_00, 1),
    -5_00: (0, 0),
    None: (None, None),
}
ENDS: dict[int | None, tuple[bool | None, bool | None]] = {
    61: (False, False), 60: (True, False), 0: (True, False), -1: (False, True), None: (None, None),
}  # fmt: skip
SUMS: dict[int | None, tuple[int, int | None]] = {
    10_000_00: (DEBT, 10_000_00 - DEBT),
    DEBT: (DEBT, 0),
    DEBT + 1: (DEBT, 1),
    DEBT - 1: (DEBT - 1, 0),
    None: (DEBT, None),
}
REACHED = {
    "injury_award": True,
    "settlement": True,
    "workers_comp": True,
    "inheritance": True,
    "other": False,
}
WAGES = [
    ("bonus", None, True),
    ("severance", None, True),
    ("bonus", False, False),
    ("inheritance", None, False),
    ("other", None, None),
]
WEEKLY = [
    (400_00, True, True),
    (400_00, None, True),
    (400_00, False, False),
    (0, None, False),
    (None, None, None),
]
WITHHELD = {3_199_99: True, 3_200_00: False, 3_200_01: True}


def property_of(world: World) -> None:
    for equity in EQUITY:
        world.asset(f"equity-{equity}", equity_cents=equity)
    for name, lives in (("land", False), ("perhaps", None)):
        world.asset(name, is_residence=lives)
    world.asset("cars", "V0", kind="vehicle", is_residence=None, equity_cents=4_000_00)
    world.asset("cars", "V1", False, kind="vehicle", is_residence=None, equity_cents=6_000_00)
    for name in ("liened", "freed"):
        subject = f"{world.asset(name)}-A-{name}"
        world.said("lien_real_property", subject, "liens", 3_000_00, 60, message="record")
    freed = {"message": "release", "kind": "release"}
    world.said("lien_real_property", subject, "liens", 3_000_00, 5, **freed)
    for days in (1, 0, -1):
        who = world.asset(f"payoff-{days}")
        world.caseload.add("payoff_requests", request_id=who, person_id=who, received_on=days_ago(days))
    world.asset("sold", sold_on=AS_OF)
    world.asset("lost")
    world.caseload.rejected("assets", person_id="P-lost")


def liens(world: World) -> None:
    for days in ENDS:
        for name, renewed in ((f"lien-{days}", None), (f"renewed-{days}", days_ago(1))):
            world.caseload.add(
                "liens", lien_id=name, person_id=world.parent(name), kind="judgment",
                recorded_on=date(2005, 1, 1), renewed_on=renewed,
                expires_on=None if days is None else AS_OF + timedelta(days),
            )  # fmt: skip


def sums(world: World) -> None:
    for cents in SUMS:
        world.sum(f"sum-{cents}", amount_cents=cents)
    asked = {"amount_cents": DEBT, "asked_let_go_cents": 1_200_00}
    world.sum("asked", **asked)
    world.sum("left", let_go_cents=1_200_00, **asked)
    for name, paid in (("stayed", {}), ("paying", {"last_paid": days_ago(1), "paid": 1_000_00})):
        subject = f"{world.sum(name, person=paid)}-S-{name}"
        world.said("insurance_settlement", subject, "settlements", DEBT, 2, message="lien")
        world.caseload.hearing(name, days_ago(1), about="insurance_settlement")
    for kind in REACHED:
        assisted = {"person": {"receives_ssi": True}}
        world.sum(f"reached-{kind}", kind, assisted, is_wages=False)
    for number, (kind, is_wages, _) in enumerate(WAGES):
        world.sum(f"wages-{number}", kind, is_wages=is_wages)


def claims(world: World) -> None:
    for name in ("weekly", "settled"):
        for number, (cents, paying, _) in enumerate(WEEKLY):
            case = f"{name}-{number}"
            who = world.parent(case)
            world.caseload.partner(
                "workers_comp_claims", person_id=who, last_name="Pelletier", first_name="Adrien",
                claim_number=f"K-{case}", insurer_name="Mutual", weekly_cents=cents, is_paying=paying,
            )  # fmt: skip
            if name == "settled":
                world.sum(case, "workers_comp", False, claim_number=f"K-{case}")
    for name, last_name, exact in (
        ("match", "PELLETIER", True),
        ("digit", "PELLETIER", False),
        ("x", "ROY", True),
    ):
        world.caseload.partner(
            "insurance_matches", person_token=f"t-{world.parent(name)}", last_name=last_name,
            first_name="ADRIEN", matched_on=days_ago(1), insurer_name="Acme", claim_number="C9",
            number_was_exact=exact,
        )  # fmt: skip


def winnings(world: World) -> None:
    day = date(2025, 5, 5)
    for cents in WITHHELD:
        who = world.win(f"win-{cents}", won_on=day, notice_received_on=day, withheld_cents=cents)
        for amount, days in ((3_200_00, 20), (100_00, 19)):
            world.said("gambling_registry", who, "gambling_registry", amount, days, batch_no=days)
    world.win("unlisted", registry_attempts=1)


@pytest.fixture(scope="module")
def known() -> dict[str, Any]:
    return night(AS_OF, property_of, liens, sums, claims, winnings)


def only(known: dict[str, Any], table: str, name: str) -> SimpleNamespace:
    [found] = known[table][name]
    return found


# Property.


@pytest.mark.parametrize("equity", EQUITY)
def test_a_residence_is_exempt_up_to_the_cent(known: dict[str, Any], equity: int | None) -> None:
    fact = only(known, "asset_facts", f"equity-{equity}")
    assert (fact.exempt_cents, fact.seizable_cents) == EQUITY[equity]


@pytest.mark.parametrize(
    ("as_of", "exempt"),
    [(date(2014, 6, 30), 12_500_00), (date(2015, 10, 14), 12_500_00), (date(2015, 10, 15), 47_500_00)],
)
def test_a_past_night_uses_the_exemption_of_its_day(as_of: date, exempt: int) -> None:
    def house(world: World) -> None:
        world.asset("C1", person={"notice": None}, equity_cents=60_000_00)

    assert only(night(as_of, house), "asset_facts", "C1").exempt_cents == exempt


def test_one_vehicle_is_spared_and_it_is_the_one_that_spares_most(known: dict[str, Any]) -> None:
    assert [one.seizable_cents for one in known["asset_facts"]["cars"]] == [4_000_00, 1_000_00]


def test_land_where_he_does_not_live_is_not_exempt_and_whether_he_does_may_not_be_known(
    known: dict[str, Any],
) -> None:
    over = [only(known, "asset_facts", name).seizable_cents for name in ("land", "perhaps")]
    assert over == [47_500_00, None]


def test_property_that_is_exempt_as_a_whole_is_still_fit_for_a_lien(known: dict[str, Any]) -> None:
    fact = only(known, "asset_facts", "equity-4750000")
    assert (fact.is_exempt_from_every_action, fact.lien_cents, fact.title_is_searched) == (True, DEBT, False)
    assert fact.seizable_is_over_minimum is None


def test_a_recorded_lien_states_the_debt_of_its_day_until_it_is_released(known: dict[str, Any]) -> None:
    fact = only(known, "asset_facts", "liened")
    assert (fact.lien_cents, fact.debt_cents, fact.lien_sent_on) == (3_000_00, DEBT, days_ago(60))
    assert only(known, "asset_facts", "freed").lien_cents == DEBT


def test_a_request_for_the_payoff_is_known_from_its_day(known: dict[str, Any]) -> None:
    asked = [only(known, "asset_facts", f"payoff-{days}").payoff_asked_on for days in (1, 0, -1)]
    assert asked == [days_ago(1), AS_OF, None]


def test_property_that_is_sold_or_of_which_a_line_was_lost_is_not_known_to_be_theirs(
    known: dict[str, Any],
) -> None:
    assert [only(known, "asset_facts", name).is_still_owned for name in ("sold", "lost")] == [False, None]


@pytest.mark.parametrize("days", ENDS)
def test_a_lien_is_due_for_renewal_before_it_lapses(known: dict[str, Any], days: int | None) -> None:
    fact = only(known, "lien_facts", f"lien-{days}")
    assert (fact.renewal_is_due, fact.has_lapsed) == ENDS[days]
    renewed = only(known, "lien_facts", f"renewed-{days}")
    assert (renewed.renewal_is_due or False, renewed.has_lapsed or False) == (False, False)


# Claims to money.


@pytest.mark.parametrize("cents", SUMS)
def test_a_settlement_gives_the_debt_and_what_is_over_is_released(
    known: dict[str, Any], cents: int | None
) -> None:
    fact = only(known, "lump_sum_facts", f"sum-{cents}")
    assert (fact.take_cents, fact.over_cents) == SUMS[cents]
    assert fact.claim_remedy == "insurance_settlement"


def test_what_a_person_lets_go_lowers_the_claim(known: dict[str, Any]) -> None:
    asked, left = (only(known, "lump_sum_facts", name) for name in ("asked", "left"))
    assert (asked.take_cents, asked.partial_release_is_asked) == (DEBT, True)
    assert (left.take_cents, left.over_cents, left.partial_release_is_asked) == (2_400_00, 1_200_00, False)


def test_a_claim_once_made_is_lowered_by_what_is_paid_and_not_by_a_stay(known: dict[str, Any]) -> None:
    stayed, paying = (only(known, "lump_sum_facts", name) for name in ("stayed", "paying"))
    assert (stayed.debt_cents, stayed.take_cents) == (0, DEBT)
    assert (paying.debt_cents, paying.take_cents) == (0, DEBT - 1_000_00)


@pytest.mark.parametrize("kind", REACHED)
def test_an_assisted_parent_is_reached_by_the_money_that_the_rule_lists(
    known: dict[str, Any], kind: str
) -> None:
    fact = only(known, "lump_sum_facts", f"reached-{kind}")
    assert (fact.obligor_is_assisted, fact.reaches_the_parent) == (True, REACHED[kind])


@pytest.mark.parametrize("number", range(len(WAGES)))
def test_a_bonus_is_wages_unless_somebody_says_otherwise(known: dict[str, Any], number: int) -> None:
    assert only(known, "lump_sum_facts", f"wages-{number}").counts_as_wages is WAGES[number][2]


@pytest.mark.parametrize("number", range(len(WEEKLY)))
def test_weekly_compensation_is_income_until_it_is_settled(known: dict[str, Any], number: int) -> None:
    fact = only(known, "lump_sum_facts", f"weekly-{number}")
    assert (fact.claim_remedy, fact.is_periodic_income) == ("workers_compensation", WEEKLY[number][2])
    settled = only(known, "lump_sum_facts", f"settled-{number}")
    assert (settled.is_periodic_income, settled.claim_cents) == (False, 10_000_00)
    assert settled.payer_name == "Mutual"


def test_a_claim_is_matched_by_number_and_name_and_a_changed_digit_is_a_doubt(known: dict[str, Any]) -> None:
    exact = [only(known, "lump_sum_facts", name).match_is_exact for name in ("match", "digit")]
    assert exact == [True, False]
    assert "x" not in known["lump_sum_facts"]


# Winnings.


def test_the_worked_win_at_the_casino(known: dict[str, Any]) -> None:
    fact = only(known, "winnings_facts", "win-320000")
    assert (fact.expected_cents, fact.was_asked_in_good_faith) == (3_200_00, True)
    assert fact.hearing_window_ends_on == date(2025, 5, 20)
    days = profile("me").value("gambling_lottery.casino_transmit_days", AS_OF).value
    assert fact.gambled_on + timedelta(days) == date(2025, 5, 12)


@pytest.mark.parametrize("cents", WITHHELD)
def test_what_is_withheld_is_held_against_the_registry_of_that_day(known: dict[str, Any], cents: int) -> None:
    fact = only(known, "winnings_facts", f"win-{cents}")
    assert (fact.listed_cents, fact.withheld_differs) == (3_200_00, WITHHELD[cents])


def test_nothing_in_the_registry_that_day_means_nothing_was_to_be_withheld(known: dict[str, Any]) -> None:
    fact = only(known, "winnings_facts", "unlisted")
    assert (fact.listed_cents, fact.withheld_differs, fact.was_asked_in_good_faith) == (None, True, False)


# What people see of it.


def test_the_lists_that_a_supervisor_expects_are_kinds_and_deadlines() -> None:
    kinds, deadlines = load_kinds(house.RULES), load_deadlines(house.RULES)
    urgent = {"exempt_funds", "levy_over_collected", "winnings_differ", "lien_to_release"}
    assert {name for name in urgent if kinds[name].urgent} == urgent
    assert {"account_to_review", "benefit_check_missing", "lien_renewal_due", "seize_and_sell"} <= set(kinds)
    assert {"partial_release_asked", "lump_sum_wages", "periodic_compensation"} <= set(kinds)
    assert {"levy_answer", "exempt_money_return", "lien_renewal", "casino_money"} <= set(deadlines)
