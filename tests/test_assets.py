"""Bank accounts and the debt that counts against property: what is known, and what it comes to."""

import json
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from assets_world import DEBT, World, night, profile

from arrears import house
from arrears.law.decide import why_off
from arrears.law.remedy_files import read_card

AS_OF = date(2025, 1, 15)


def days_ago(count: int) -> date:
    return AS_OF - timedelta(count)


AGES = {0: True, 30: True, 31: False}
FOUND = {"SSI": ["SSI"], "VA; RRB": ["RRB", "VA"], None: ["SSI"]}
OTHERS = [
    ("owner_kind", "joint", "title_is_reachable"),
    ("owner_kind", "second", "title_is_reachable"),
    ("trust_kind", "trust", "is_no_trust"),
    ("trust_kind", "minor", "is_no_trust"),
    ("name_agrees", False, "owner_name_agrees"),
    ("institution_state", "MO", "account_is_here"),
    ("account_kind", "another kind", "kind_is_reachable"),
]
MONTHS = {date(2024, 9, 1): False, date(2024, 10, 1): True, date(2025, 1, 1): True}
HEARINGS = {10: False, 9: True, 2: True}
DEBTS: list[tuple[dict[str, Any], int | None]] = [
    ({}, DEBT),
    ({"notice": None}, 0),
    ({"notice": days_ago(20)}, 0),
    ({"balance": {"disputed_cents": 600_00}}, 3_000_00),
    ({"balance": {"liquidated_cents": 900_00}}, 900_00),
    ({"case": {"service_level": "withholding_only"}}, 0),
    ({"balance": {"past_due_cents": 9_000_00, "liquidated_cents": 9_000_00}}, None),
]


def checks(world: World) -> None:
    for age in AGES:
        world.checked(world.account(f"age-{age}"), age)
    for number, types in enumerate(FOUND):
        world.checked(world.account(f"found-{number}"), result="found", benefit_types=types)
    world.account("unchecked")
    world.checked(world.account("unfinished"), result="incomplete")
    world.checked(world.account("elsewhere"), account_last4="9999")
    world.checked(world.account("lost"))
    world.caseload.rejected("benefit_checks", person_id="P-lost")
    world.checked(world.account("lost-benefit"))
    world.caseload.rejected("benefits", person_id="P-lost-benefit")


def titles(world: World) -> None:
    for number, (column, value, _) in enumerate(OTHERS):
        world.account(f"other-{number}", **{column: value})
    for month in MONTHS:
        world.account(f"month-{month}", match_month_on=month)
    for cents in (0, 1):
        world.account(f"balance-{cents}", balance_cents=cents)
    world.account("twin")
    world.account("twin", False, account_token="bb")
    unsaid = dict.fromkeys(("owner_kind", "trust_kind", "balance_cents", "account_kind"))
    world.account("unsaid", **unsaid)
    for name, kind in (("both", "sole"), ("joint", "joint")):
        world.account(name)
        world.account(
            name, False, account_token="bb", account_last4="8765", balance_cents=3_000_00, owner_kind=kind
        )


# An order of nine days ago: the month matched last, the match on which it rested, whether they differ.
SECOND_MATCHES: dict[str, tuple[date, str | None, bool]] = {
    "q-same": (date(2025, 1, 1), "2025-01-31", False),
    "q-next": (date(2025, 1, 1), "2024-10-31", True),
    "q-unsaid-same-month": (date(2025, 1, 1), None, False),
    "q-unsaid-before": (date(2024, 12, 1), None, False),
}
OTHER = {"account_token": "cc", "account_last4": "9999"}
# Whether the account that was ordered has another number or owner, and what the match tells tonight.
MOVED: dict[str, tuple[bool, list[tuple[str, dict[str, Any]]]]] = {
    "m-same": (False, [("", {"account_token": "m-same"})]),
    "m-beside": (False, [("", {"account_token": "m-beside"}), ("", OTHER)]),
    "m-gone": (False, []),
    "m-typo": (True, [("", {"account_token": "bb"})]),  # another number that ends alike
    "m-number": (True, [("", OTHER)]),
    "m-owner": (True, [("m-holder", {"account_token": "m-owner", "account_last4": "1111"})]),
    "m-bank": (False, [("", OTHER | {"institution_tin": "010000077"})]),
}


def levies(world: World) -> None:
    world.levied(world.account("ordered"))
    for name, (month, rests_on, _) in SECOND_MATCHES.items():
        world.levied(world.account(name, match_month_on=month, match_month=str(month)[:7]))
        world.caseload.published[-1]["carry"] = json.dumps({"matched_on": rests_on}) if rests_on else None
    world.levied(world.account("heard"))
    world.caseload.hearing("heard", days_ago(3), about="bank_levy")
    world.levied(world.account("paying", {"last_paid": days_ago(2), "paid": DEBT - 500_00}))
    world.levied(world.parent("gone"))
    carry = '{"account_token": "aa", "institution_tin": "010000099"}'
    world.caseload.published[-1]["carry"] = carry
    world.parent("m-holder")
    for name, (_, told) in MOVED.items():
        world.levied(world.parent(name))
        world.caseload.published[-1]["carry"] = carry.replace("aa", name)
        for who, but in told:
            world.account(who or name, False, **but)
    for name, cents in (("over", 1_200_01), ("exact", 1_200_00)):
        answer = {"answer": "held", "delivered_cents": cents, "delivered_on": days_ago(1)}
        world.levied(world.account(name), **answer)
    action = world.levied(world.account("served"))
    world.caseload.add(
        "notices", notice_id="NL", person_id="P-served", about="bank_levy", reference=action,
        status="served", served_on=days_ago(6),
    )  # fmt: skip
    for days in HEARINGS:
        world.levied(world.account(f"won-{days}"))
        won = {"decision": "set_aside", "decided_on": days_ago(1), "decision_mailed_on": days_ago(1)}
        world.caseload.hearing(f"won-{days}", days_ago(days), about="bank_levy", **won)
    world.levied(world.account("protected"), answer="protected_benefits")
    world.claimed(world.account("claim"))
    taken = {"proven": True, "decided_on": days_ago(1), "taken_cents": 943_00}
    world.claimed(world.account("taken"), "concurrent", **taken)


def debts(world: World) -> None:
    for number, (change, _) in enumerate(DEBTS):
        world.parent(f"debt-{number}", **change)
    world.parent("exempt")
    world.caseload.stay("exemption", case_id="exempt", remedy="lottery_setoff")
    for name in ("two", "doubt"):
        world.parent(name)
        world.parent(f"{name}-more", person_id=f"P-{name}")
        # Another child: two cases, not one that is there twice.
        world.caseload.rows["children"][-1]["birth_on"] = date(2018, 5, 1)
    world.caseload.rejected("notices", case_id="doubt-more")


TITLES: dict[str, tuple[dict[str, Any], bool | None]] = {
    "plain": ({"account_title": "ADRIEN J. PELLETIER"}, True),
    "second": ({"second_owner_name": "MARIA PELLETIER"}, None),
    "number": ({"has_second_number": True}, None),
    "or": ({"account_title": "ADRIEN PELLETIER OR MARIA ROY"}, None),
    "sign": ({"account_title": "ADRIEN & MARIA PELLETIER"}, None),
    "payee": ({"account_title": "ADRIEN PELLETIER REP PAYEE FOR LEO"}, None),
    "trustee": ({"account_title": "PELLETIER, ADRIEN, TRUSTEE"}, None),
    "firm": ({"account_title": "PELLETIER ROOFING LLC"}, None),
    "another": ({"account_title": "MARIA ROY", "name_agrees": None}, None),
    "told-joint": ({"account_title": "ADRIEN PELLETIER", "owner_kind": "joint"}, False),
}


def contradictions(world: World) -> None:
    for name, (told, _) in TITLES.items():
        world.account(f"title-{name}", **told)


@pytest.fixture(scope="module")
def known() -> dict[str, Any]:
    return night(AS_OF, checks, titles, contradictions, levies, debts)


def account(known: dict[str, Any], name: str) -> SimpleNamespace:
    [found] = known["account_facts"][name]
    return found


@pytest.mark.parametrize("age", AGES)
def test_a_check_for_benefits_is_dated_and_carries_a_levy_for_thirty_days(
    known: dict[str, Any], age: int
) -> None:
    fact = account(known, f"age-{age}")
    assert (fact.has_benefit_check, fact.benefit_checked_on) == (AGES[age], days_ago(age))


def test_no_check_an_unfinished_one_and_one_of_another_account_are_none(known: dict[str, Any]) -> None:
    for name in ("unchecked", "unfinished", "elsewhere"):
        fact = account(known, name)
        assert (fact.has_benefit_check, fact.benefits_found) == (False, [])


def test_where_a_line_was_lost_or_the_table_is_old_it_is_not_known(known: dict[str, Any]) -> None:
    assert account(known, "lost").benefits_found is None
    assert account(known, "lost-benefit").benefits_found is None

    def old(world: World) -> None:
        world.account("C1")
        for table in ("benefit_checks", "exemption_claims", "lump_sums"):
            world.caseload.known_through(table, days_ago(9))

    fact = account(night(AS_OF, old), "C1")
    assert (fact.has_benefit_check, fact.benefits_found) == (None, None)
    assert (fact.exemption_is_claimed, fact.exemption_is_proven) == (None, None)


@pytest.mark.parametrize(("number", "found"), list(enumerate(FOUND.values())))
def test_benefits_that_were_found_are_named_and_one_without_name_is_the_one_never_touched(
    known: dict[str, Any], number: int, found: list[str]
) -> None:
    assert account(known, f"found-{number}").benefits_found == found


def test_several_accounts_together_are_asked_for_no_more_than_the_debt(known: dict[str, Any]) -> None:
    asked = {
        name: {one.account_token: one.levy_cents for one in known["account_facts"][name]}
        for name in ("both", "joint")
    }
    assert asked["both"] == {"bb": 3_000_00, "aa": DEBT - 3_000_00}
    assert asked["joint"] == {"bb": 3_000_00, "aa": 1_200_00}


@pytest.mark.parametrize("number", range(len(OTHERS)))
def test_whose_account_it_is_and_where_it_lies(known: dict[str, Any], number: int) -> None:
    fact = OTHERS[number][2]
    assert vars(account(known, "unchecked"))[fact] is True
    assert vars(account(known, f"other-{number}"))[fact] is False


@pytest.mark.parametrize("name", TITLES)
def test_a_record_that_contradicts_itself_is_not_the_parents_alone(known: dict[str, Any], name: str) -> None:
    told, is_alone = TITLES[name]
    fact = account(known, f"title-{name}")
    assert fact.title_is_reachable is is_alone
    assert (fact.account_title, fact.second_owner_name) == (
        told.get("account_title"),
        told.get("second_owner_name"),
    )


def test_a_name_that_the_bank_did_not_check_is_told_as_not_checked(known: dict[str, Any]) -> None:
    assert account(known, "title-another").owner_name_check == "not checked"
    assert account(known, "title-plain").owner_name_check == "agrees"


def test_two_accounts_that_end_alike_are_one_line_that_a_person_tells_apart(known: dict[str, Any]) -> None:
    twin, usual = account(known, "twin"), account(known, "unchecked")
    assert (twin.account_is_distinct, usual.account_is_distinct) == (False, True)


def test_what_the_institution_did_not_say_is_not_known(known: dict[str, Any]) -> None:
    fact = account(known, "unsaid")
    assert (fact.title_is_reachable, fact.is_no_trust, fact.kind_is_reachable) == (None, None, None)
    assert (fact.levy_cents, fact.balance_is_over_minimum) == (None, None)


@pytest.mark.parametrize("month", MONTHS)
def test_a_match_is_good_for_one_quarter(known: dict[str, Any], month: date) -> None:
    assert account(known, f"month-{month}").match_is_current is MONTHS[month]


def test_a_balance_equal_to_the_least_one_is_not_levied(known: dict[str, Any]) -> None:
    over = [account(known, f"balance-{cents}").balance_is_over_minimum for cents in (0, 1)]
    assert over == [False, True]


@pytest.mark.parametrize("state", ["me", "ma"])
def test_until_the_least_balance_is_set_the_levy_is_off_and_says_so(state: str) -> None:
    card = read_card(house.RULES / "remedies" / "bank_levy")
    assert why_off(profile(state), card, date(2025, 1, 1)) is None
    told = why_off(profile(state), card, date(2024, 12, 31))
    assert told == "Bank levy is off: bank_levy.minimum_balance not set"


# Under an order.


@pytest.mark.parametrize("name", SECOND_MATCHES)
def test_only_another_match_is_ground_for_another_order(known: dict[str, Any], name: str) -> None:
    assert account(known, name).match_is_new is SECOND_MATCHES[name][2]


def test_an_order_stays_what_it_was_and_is_lowered_only_by_what_is_paid(known: dict[str, Any]) -> None:
    fact = account(known, "ordered")
    assert (fact.levy_cents, fact.levy_ordered_on, fact.match_is_new) == (1_200_00, days_ago(9), False)
    heard = account(known, "heard")
    assert (heard.debt_cents, heard.levy_cents) == (0, 1_200_00)
    assert account(known, "paying").levy_cents == 500_00


def test_a_levied_account_that_no_match_tells_any_longer_is_still_known(known: dict[str, Any]) -> None:
    fact = account(known, "gone")
    assert (fact.account_token, fact.institution_tin, fact.levy_cents) == ("aa", "010000099", 1_200_00)
    assert fact.balance_cents is None


@pytest.mark.parametrize("name", MOVED)
def test_an_order_on_an_account_whose_number_was_corrected_is_let_go(
    known: dict[str, Any], name: str
) -> None:
    ordered = [one for one in known["account_facts"][name] if one.levy_ordered_on is not None]
    assert [one.account_is_renumbered for one in ordered] == [MOVED[name][0]]


def test_more_delivered_than_ordered_is_over_collected(known: dict[str, Any]) -> None:
    over, exact = account(known, "over"), account(known, "exact")
    assert (over.over_collected_cents, over.levy_is_delivered) == (1, True)
    assert (exact.over_collected_cents, exact.levy_is_delivered) == (0, True)


def test_the_clock_of_a_levy_starts_when_it_was_served(known: dict[str, Any]) -> None:
    served, sent = account(known, "served"), account(known, "ordered")
    assert (served.levy_served_on, served.levy_answered_on) == (days_ago(6), None)
    assert sent.levy_served_on is None


def test_exempt_money_that_was_taken_has_the_day_on_which_it_was_found(known: dict[str, Any]) -> None:
    assert account(known, "claim").exemption_is_claimed is True
    assert account(known, "protected").exemption_is_proven is True
    fact = account(known, "taken")
    assert (fact.exemption_is_proven, fact.exempt_money_found_on) == (True, days_ago(1))
    assert (fact.exempt_money_cents, fact.exempt_money_returned_on) == (943_00, None)
    assert fact.exemption_is_claimed is False


@pytest.mark.parametrize("asked", HEARINGS)
def test_a_hearing_asked_for_before_the_order_lets_no_later_one_go(known: dict[str, Any], asked: int) -> None:
    assert account(known, f"won-{asked}").levy_hearing_is_won is HEARINGS[asked]


# The debt that counts.


@pytest.mark.parametrize("number", range(len(DEBTS)))
def test_only_debt_that_is_liquidated_and_sure_counts(known: dict[str, Any], number: int) -> None:
    [fact] = known["registry_facts"][f"debt-{number}"]
    assert (fact.lottery_cents, fact.registry_cents) == (DEBTS[number][1], DEBTS[number][1])


def test_a_written_exemption_stops_the_remedy_that_it_names_and_no_other(known: dict[str, Any]) -> None:
    [fact] = known["registry_facts"]["exempt"]
    assert (fact.lottery_cents, fact.registry_cents) == (0, DEBT)
    assert (fact.lottery_cases_counted, fact.registry_cases_counted) == ([], ["exempt"])


def test_debts_of_several_cases_are_added_and_one_in_doubt_makes_the_sum_unknown(
    known: dict[str, Any],
) -> None:
    two, doubt = (known["registry_facts"][name][0] for name in ("two", "doubt"))
    assert (two.registry_cents, doubt.registry_cents) == (2 * DEBT, None)


def test_massachusetts_counts_past_due_support_without_a_notice_of_debt() -> None:
    def owing(world: World) -> None:
        world.parent("C1", notice=None, balance={"liquidated_cents": 0})

    amounts = {}
    for state in ("me", "ma"):
        [fact] = night(AS_OF, owing, state=state)["registry_facts"]["C1"]
        amounts[state] = (fact.lottery_cents, fact.registry_cents)
    assert amounts == {"me": (0, 0), "ma": (DEBT, DEBT)}
