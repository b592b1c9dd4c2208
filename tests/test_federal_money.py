"""Offset money and the Social Security Administration's answers: holds by their day, and what stops."""

import re
from datetime import date
from types import SimpleNamespace
from typing import Any

import builders
import pytest
from builders import Caseload

from arrears import house
from arrears.law.decide import why_off

RECEIVED = date(2025, 2, 12)
JOINT = {"is_joint_return": True, "injured_spouse": "N"}


def offset(
    as_of: date, *lines: dict[str, Any], certified: int = 600_00, state: str = "me", **but: Any
) -> Caseload:
    """Money from the Treasury for debt to the family, of which so much was certified in January."""
    caseload = Caseload(as_of, state).debtor("C1", **but).came_on("federal_collections", RECEIVED)
    for kind in "AN":
        caseload.published.append(
            {
                "action_id": f"a-{kind}", "remedy": "federal_tax_offset", "subject_id": f"P-C1-{kind}",
                "person_id": "P-C1", "kind": "send", "queue": "federal_offset", "message": "add",
                "target_id": f"P-C1-{kind}", "version": 1, "amount_cents": certified,
                "published_on": date(2025, 1, 6), "batch_no": 1,
            }
        )  # fmt: skip
    for line in lines:
        usual = {
            "person_token": "t-P-C1", "person_id": "P-C1", "case_type": "N", "offset_type": "TAX",
            "certified_cents": certified, "collected_cents": 1_000_00, "adjusted_cents": 0,
            "is_joint_return": False,
        }  # fmt: skip
        caseload.partner("federal_collections", **usual | line)
    return caseload


def money(caseload: Caseload) -> list[SimpleNamespace]:
    return list(caseload.facts("offset_money").values())


def the_money(caseload: Caseload) -> SimpleNamespace:
    [one] = money(caseload)
    return one


def test_a_joint_refund_is_held_whole_until_the_spouse_is_settled_or_six_months_are_over() -> None:
    one = the_money(offset(date(2025, 8, 11), JOINT))
    assert (one.hold_kind, one.holds_until_on) == ("joint_return", date(2025, 8, 12))
    assert (one.collected_cents, one.over_collected_cents) == (1_000_00, 400_00), "not sent back early"
    assert (one.is_held, one.hold_is_over) == (True, False)
    assert the_money(offset(date(2025, 8, 12), JOINT)).hold_is_over is True


def test_the_spouse_settled_ends_the_hold() -> None:
    caseload = offset(date(2025, 5, 1), JOINT).add(
        "refund_holds", hold_id="H1", person_id="P-C1", source="federal", case_type="N", received_on=RECEIVED,
        amount_cents=1_000_00, spouse_settled_on=date(2025, 4, 2),
    )  # fmt: skip
    one = the_money(caseload)
    assert (one.is_held, one.hold_ended_on) == (False, date(2025, 4, 2))


@pytest.mark.parametrize(
    "line",
    [
        # The assigned part is not held for a spouse, a claim that was worked is paid, vendors file no return.
        JOINT | {"case_type": "A"},
        JOINT | {"injured_spouse": "Y"},
        JOINT | {"offset_type": "VEN"},
        {"is_joint_return": False},
    ],
)
def test_other_money_is_not_held_for_a_spouse(line: dict[str, Any]) -> None:
    assert the_money(offset(date(2025, 2, 13), line)).hold_kind is None


def test_maine_holds_a_refund_of_a_prisoner_six_months_and_pays_after_an_appeal() -> None:
    caseload = offset(date(2025, 3, 3), {}, person={"in_prison": True}).add(
        "refund_holds", hold_id="H1", person_id="P-C1", source="federal", case_type="N", received_on=RECEIVED,
        amount_cents=1_000_00, appeal_decided_on=date(2025, 2, 28),
    )  # fmt: skip
    one = the_money(caseload)
    assert (one.hold_kind, one.holds_until_on) == ("suspicious", date(2025, 8, 12))
    assert (one.appeal_decided_on, one.paid_after_appeal_on) == (date(2025, 2, 28), None)


def test_massachusetts_has_no_such_hold() -> None:
    assert the_money(offset(date(2025, 3, 3), {}, state="ma", person={"in_prison": True})).hold_kind is None


def test_money_above_what_was_certified_is_over_collected_over_several_weeks() -> None:
    lines = [{"collected_cents": 400_00}, {"collected_cents": 300_00}]
    assert [one.over_collected_cents for one in money(offset(date(2025, 2, 13), *lines))] == [0, 100_00]


def test_money_of_a_stranger_or_under_another_number_or_never_certified_is_not_ours() -> None:
    lines = [{"person_id": "P-9"}, {"person_token": "t-other"}, {}]
    told = {one.person_id: one for one in money(offset(date(2025, 2, 13), *lines[:1]))}
    assert (told["P-9"].is_ours, told["P-9"].over_collected_cents) == (False, 1_000_00)
    assert [one.is_ours for one in money(offset(date(2025, 2, 13), *lines[1:]))] == [False, True]


def test_what_the_treasury_takes_back_is_shown_and_not_held() -> None:
    line = JOINT | {"collected_cents": 0, "adjusted_cents": 600_00, "adjusted_year": "2023"}
    one = the_money(offset(date(2025, 2, 13), line))
    assert (one.adjusted_cents, one.hold_kind, one.over_collected_cents) == (600_00, None, 0)
    # Nobody told us when that money was offset.
    assert one.take_back_is_late is None


@pytest.mark.parametrize(
    ("offset_on", "late"),
    [(date(2024, 8, 12), True), (date(2024, 8, 13), False), (date(2024, 12, 1), False)],
)
def test_what_is_taken_back_after_six_months_is_a_supervisors_question(offset_on: date, late: bool) -> None:
    line = JOINT | {"collected_cents": 0, "adjusted_cents": 600_00, "adjusted_year": "2024"}
    caseload = offset(date(2025, 2, 13), line).earlier_file("federal_collections", "old", offset_on)
    caseload.came_on("federal_collections", date(2025, 2, 13))
    caseload.partner(
        "federal_collections", **JOINT, person_token="t-P-C1", person_id="P-C1", case_type="N",
        collected_cents=600_00, adjusted_cents=0, source_file="old",
    )  # fmt: skip
    [one] = [one for one in money(caseload) if one.adjusted_cents]
    assert (one.adjusted_offset_on, one.take_back_is_late) == (offset_on, late)


def refund(as_of: date, state: str) -> SimpleNamespace:
    caseload = Caseload(as_of, state).debtor("C1")
    return the_money(
        caseload.partner(
            "state_tax_refunds",
            person_id="P-C1",
            office="101",
            amount_cents=310_00,
            created_on=date(2025, 2, 20),
        )
    )


@pytest.mark.parametrize(("as_of", "is_over"), [(date(2025, 4, 5), False), (date(2025, 4, 6), True)])
def test_massachusetts_holds_every_intercept_for_45_days(as_of: date, is_over: bool) -> None:
    one = refund(as_of, "ma")
    assert (one.hold_kind, one.holds_until_on) == ("every_intercept", date(2025, 4, 6))
    assert (one.hold_is_over, one.fee_cents, one.priority_rank) == (is_over, 10_00, 2)


def test_before_the_first_known_law_a_state_refund_is_held_and_the_rest_of_the_night_goes_on() -> None:
    caseload = Caseload(date(2024, 9, 12), "ma").debtor("C1")
    caseload.partner(
        "state_tax_refunds", person_id="P-C1", office="101", amount_cents=310_00, created_on=date(2024, 9, 2)
    )
    one = the_money(caseload)
    assert (one.hold_kind, one.is_held, one.hold_is_over) == ("law_not_known", True, None)
    # What hangs on the other missing law is off by its name; the debt itself is as known as ever.
    off = why_off(builders.profile("ma"), builders.card("state_tax_intercept"), date(2024, 9, 12))
    assert "state_tax.threshold" in (off or "")
    assert caseload.facts()["C1"].past_due_cents == 12 * 300_00
    assert caseload.facts("money_facts")["C1"].allocation_held_cents == 0


def test_maine_holds_no_state_refund_and_hears_for_60_days() -> None:
    one = refund(date(2025, 3, 3), "me")
    assert (one.hold_kind, one.hearing_until_on, one.fee_cents) == (None, date(2025, 4, 21), None)


PERSON = {
    "person_token": "t-P-C1", "person_id": "P-C1", "first_name": "ADRIEN", "last_name": "PELLETIER",
    "birth_on": date(1985, 5, 4),
}  # fmt: skip


def known(caseload: Caseload) -> SimpleNamespace:
    return caseload.facts("benefits_known")["P-C1"]


def answered(*lines: tuple[str, dict[str, Any]], **but: Any) -> Caseload:
    caseload = Caseload(state=but.pop("state", "me")).debtor("C1", **but)
    for feed, line in lines:
        caseload.partner(feed, **PERSON | line)
    return caseload


def test_supplemental_security_income_is_told_apart_from_social_security() -> None:
    ssi = ("sves_title_xvi", {"answer": "record", "is_paid": True, "eligible_since_on": date(2024, 11, 1)})
    title_ii = (
        "sves_title_ii",
        {"answer": "claim", "is_paid": True, "is_disability": True, "monthly_cents": 943_00},
    )
    only = known(answered(ssi))
    assert (only.receives_ssi_match, only.receives_title_ii_match, only.receives_both_titles) == (
        True,
        False,
        False,
    )
    both = known(answered(ssi, title_ii))
    assert (both.receives_ssdi_match, both.title_ii_monthly_cents, both.receives_both_titles) == (
        True,
        943_00,
        True,
    )
    assert (only.ssi_eligible_since_on, only.benefits_checked_on) == (date(2024, 11, 1), date(2025, 1, 14))


def test_silence_means_no_only_where_the_answers_are_current() -> None:
    assert known(answered()).receives_ssi_match is False
    old = answered(person={"receives_ssi": True}).came_on("sves_title_xvi", date(2024, 6, 3))
    fact = known(old)
    assert (fact.receives_ssi_match, fact.receives_ssi) == (None, True), "what the caseload says still stands"
    assert fact.benefits_checked_on is None


def test_a_status_that_is_neither_paid_nor_ended_is_not_known() -> None:
    assert (
        known(answered(("sves_title_xvi", {"answer": "record", "is_paid": None}))).receives_ssi_match is None
    )


@pytest.mark.parametrize(
    ("differs", "receives"),
    [
        ({"last_name": "ROY"}, True),  # a name that marriage changed: number and person number agree
        ({"last_name": "ROY", "person_id": None}, None),  # the number alone is a doubt
        ({"birth_on": date(1960, 1, 1)}, None),
        ({"person_token": "t-other"}, None),  # found under another number of theirs, perhaps
        ({"person_token": "t-other", "person_id": "P-X"}, False),  # somebody else
    ],
)
def test_an_answer_that_only_protects_needs_number_and_person_and_a_doubt_is_not_known(
    differs: dict[str, Any], receives: bool | None
) -> None:
    line = {"answer": "record", "is_paid": True} | differs
    fact = known(answered(("sves_title_xvi", line)))
    assert (fact.receives_ssi_match, fact.receives_ssi) == (receives, receives)
    told = answered(("sves_title_xvi", line)).facts()["C1"]
    assert told.obligor_is_assisted is receives


def test_an_answer_under_another_name_takes_no_protection_back() -> None:
    lines = (
        ("sves_title_xvi", {"answer": "record", "is_paid": False, "last_name": "ROY"}),
        ("sves_title_xvi", {"answer": "record", "is_paid": True}),
    )
    assert known(answered(*lines)).receives_ssi_match is True


SSI = ("sves_title_xvi", {"answer": "record", "is_paid": True})
DEAD = ("sves_title_ii", {"answer": "claim", "is_paid": False, "died_on": date(2024, 11, 1)})
HELD = ("sves_prisoners", {"confined_on": date(2024, 3, 1)})
CARDS = {
    "me": ("credit_reporting", "license_revocation", "order_to_appear"),
    "ma": ("contempt", "credit_reporting_ma"),
}


@pytest.mark.parametrize("state", CARDS)
@pytest.mark.parametrize(
    ("line", "condition", "verdict"),
    [(SSI, "not_assisted", False), (DEAD, "obligor_alive", None), (HELD, "not_incarcerated", False)],
)
def test_what_a_partner_tells_of_a_parent_is_read_alike_by_every_remedy(
    line: tuple[str, dict[str, Any]], condition: str, verdict: bool | None, state: str
) -> None:
    """A card never says "receives neither: yes" while a feed says otherwise."""
    cards = CARDS[state]
    usual = answered(state=state).night("life_facts", *cards).verdicts
    told = answered(line, state=state).night("life_facts", *cards).verdicts
    for card in cards:
        before, after = (vars(one[card, "enter", "C1"]) for one in (usual, told))
        if condition in before:
            assert (before[condition], after[condition]) == (True, verdict), card
            assert after["verdict"] != "flag", card


@pytest.mark.parametrize(
    ("table", "row", "column", "reading"),
    [
        ("benefits", {"kind": "ssi", "from_on": date(2024, 5, 1)}, "obligor_is_assisted", True),
        ("benefits", {"kind": "tanf", "from_on": date(2024, 5, 1)}, "obligor_is_assisted", True),
        (
            "benefits",
            {"kind": "ssi", "from_on": date(2024, 5, 1), "to_on": date(2024, 6, 1)},
            "obligor_is_assisted",
            False,
        ),
        (
            "benefit_checks",
            {"check_id": "B1", "checked_on": date(2025, 1, 2), "result": "found", "benefit_types": "SSA;SSI"},
            "obligor_is_assisted",
            True,
        ),
        (
            "benefit_checks",
            {"check_id": "B1", "checked_on": date(2025, 1, 2), "result": "found"},
            "obligor_is_assisted",
            None,
        ),
        (
            "custody",
            {"from_on": date(2024, 5, 1), "expected_to_on": date(2026, 5, 1)},
            "obligor_in_prison",
            True,
        ),
        ("custody", {"from_on": date(2024, 5, 1)}, "obligor_in_prison", None),
    ],
)
def test_a_protection_counts_from_whichever_table_tells_it(
    table: str, row: dict[str, Any], column: str, reading: bool | None
) -> None:
    fact = answered().add(table, person_id="P-C1", **row).facts()["C1"]
    assert getattr(fact, column) is reading


def test_family_violence_that_a_feed_tells_withholds_the_place_of_either_parent() -> None:
    told = answered(("sves_title_xvi", {"answer": "nothing", "is_paid": False, "has_family_violence": True}))
    fact = told.facts()["C1"]
    assert (fact.has_family_violence, fact.obligor_location_is_protected) == (True, True)
    assert known(told).violence_is_news is True


def test_a_death_that_the_compensation_agency_tells_goes_to_a_person() -> None:
    claim = {"person_id": "P-C1", "first_name": "ADRIEN", "last_name": "PELLETIER", "claim_number": "9"}
    caseload = Caseload().debtor("C1").partner("workers_comp_claims", **claim, died_on=date(2024, 11, 1))
    assert known(caseload).death_is_news is True
    assert caseload.facts()["C1"].obligor_is_alive is None


def test_what_protects_a_person_is_read_in_one_place() -> None:
    """So that no table of facts can read it another way than the others."""
    readers = {
        r"staging\.sves_": {"person_reports"},
        r"(persons|told)\.(receives_ssi|receives_tanf|in_prison)\b": {
            "identity",
            "benefits_known",
            "person_reports",
        },
    }
    for pattern, allowed in readers.items():
        found = {one.stem for one in house.FACTS.rglob("*.sql") if re.search(pattern, one.read_text())}
        assert found <= allowed, pattern


@pytest.mark.parametrize(
    ("release_on", "is_held"), [(None, True), (date(2025, 1, 16), True), (date(2025, 1, 15), False)]
)
def test_a_prisoner_is_one_until_the_day_of_release(release_on: date | None, is_held: bool) -> None:
    line = {"confined_on": date(2024, 3, 1), "release_on": release_on}
    assert known(answered(("sves_prisoners", line))).in_prison_match is is_held


def test_a_claim_that_is_pending_and_a_death_are_told() -> None:
    fact = known(
        answered(
            ("sves_title_ii", {"answer": "pending", "pending_kind": "disability"}),
            ("sves_title_xvi", {"answer": "record", "is_paid": False, "died_on": date(2024, 12, 1)}),
        )
    )
    assert (fact.title_ii_pending_kind, fact.died_match_on) == ("disability", date(2024, 12, 1))
