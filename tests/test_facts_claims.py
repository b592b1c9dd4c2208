"""What is held back of a debt, and what stops: claims, affidavits, classes, time, payments, mail."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from builders import AS_OF, Caseload


def claim(caseload: Caseload, case_id: str, kind: str = "direct_payment", **but: Any) -> Caseload:
    number = len(caseload.rows["claims"])
    usual = {
        "claim_id": f"K{number}", "case_id": case_id, "kind": kind, "received_on": date(2025, 1, 2),
        "amount_cents": 500_00, "statement_by": "obligor", "notarized": True,
    }  # fmt: skip
    return caseload.add("claims", **usual | but)


# Claims.


@pytest.fixture(scope="module")
def claims() -> dict[str, SimpleNamespace]:
    caseload = Caseload()
    for case_id in (
        "none",
        "pending",
        "blank",
        "over",
        "two",
        "disputed",
        "later",
        "bureau",
        "identity",
        "sworn",
    ):
        balance = {"disputed_cents": 600_00} if case_id == "disputed" else {}
        caseload.debtor(case_id, balance=balance)
    claim(caseload, "pending", notarized=None)
    claim(caseload, "blank", amount_cents=None)
    claim(caseload, "over", decided_on=date(2025, 1, 10), decision="denied")
    claim(claim(caseload, "two"), "two", "amount", amount_cents=100_00)
    claim(caseload, "disputed")
    claim(caseload, "later", received_on=AS_OF + timedelta(1))
    claim(caseload, "bureau", "bureau", amount_cents=None)
    claim(caseload, "identity", "identity", amount_cents=None)
    claim(caseload, "sworn", decided_on=AS_OF + timedelta(1), decision="denied")
    return caseload.facts()


@pytest.mark.parametrize(
    ("case_id", "enforceable"),
    [
        ("none", 3_600_00), ("pending", 3_100_00), ("blank", None), ("over", 3_600_00), ("two", 3_000_00),
        ("disputed", 3_000_00), ("later", 3_600_00), ("bureau", 3_600_00), ("sworn", 3_100_00),
    ],
)  # fmt: skip
def test_a_pending_claim_is_debt_in_dispute_to_its_amount(
    claims: dict[str, SimpleNamespace], case_id: str, enforceable: int | None
) -> None:
    fact = claims[case_id]
    assert (fact.enforceable_cents, fact.unassigned_enforceable_cents) == (enforceable, enforceable)
    assert fact.owed_cents == 3_600_00


def test_claims_are_told_by_kind(claims: dict[str, SimpleNamespace]) -> None:
    assert (claims["two"].open_claims, claims["none"].open_claims) == (["amount", "direct_payment"], [])
    assert [claims[c].claim_needs_statement for c in ("pending", "two", "none")] == [True, False, False]
    assert (claims["bureau"].disputes_about, claims["two"].disputes_about) == (["credit_reporting"], [])
    assert (claims["identity"].identity_is_certain, claims["bureau"].identity_is_certain) == (False, True)


def test_without_the_claims_nobody_knows_what_may_be_enforced() -> None:
    caseload = Caseload().debtor("C1", last_paid=AS_OF - timedelta(9), paid=3_600_00).debtor("C2")
    facts = caseload.known_through("claims", None).facts()
    assert (facts["C2"].enforceable_cents, facts["C2"].disputes_about, facts["C2"].open_claims) == (
        None,
        None,
        None,
    )
    # Where nothing is owed, nothing can be claimed.
    assert facts["C1"].enforceable_cents == 0


# Debt from before the application.


@pytest.mark.parametrize(
    ("sworn", "unsworn", "enforceable"),
    [
        (None, 1_800_00, 1_800_00),
        ({"accepted_on": date(2024, 9, 1), "debt_cents": 1_800_00}, 0, 3_600_00),
        ({"accepted_on": date(2024, 9, 1), "debt_cents": 1_000_00}, 800_00, 2_800_00),
        ({"accepted_on": date(2024, 9, 1)}, None, None),
        ({"debt_cents": 1_800_00}, 1_800_00, 1_800_00),
    ],
)
def test_debt_from_before_the_application_needs_an_accepted_affidavit(
    sworn: dict[str, Any] | None, unsworn: int | None, enforceable: int | None
) -> None:
    caseload = Caseload().debtor(case={"opened_on": date(2024, 7, 15)})
    if sworn is not None:
        caseload.add("affidavits", case_id="C1", received_on=date(2024, 8, 1), **sworn)
    fact = caseload.facts()["C1"]
    assert fact.before_application_cents == 1_800_00
    assert (fact.unsworn_cents, fact.enforceable_cents) == (unsworn, enforceable)


def test_an_opening_balance_of_an_older_order_needs_one_too_and_a_family_on_assistance_does_not() -> None:
    opening = {"opening_cents": 500_00}
    caseload = Caseload().debtor("C1", balance=opening, case={"opened_on": date(2024, 2, 15)})
    caseload.debtor("C2", balance=opening)
    caseload.debtor("C3", balance=opening, case={"opened_on": date(2024, 2, 15)})
    caseload.add("assistance_spells", case_id="C3", from_on=date(2024, 1, 1))
    caseload.debtor("C4", case={"opened_on": date(2024, 7, 15)}).rejected("affidavits", case_id="C4")
    facts = caseload.facts()
    assert [facts[c].unsworn_cents for c in ("C1", "C2", "C3", "C4")] == [800_00, 0, 0, None]
    assert facts["C4"].enforceable_cents is None


# Classes of debt.


def classed(**cents: int) -> Caseload:
    """Six installments before assistance, three in it, three after; `paid` went to the class named."""
    caseload = Caseload().debtor(case={"case_class": "former_assistance", "opened_on": date(2023, 1, 1)})
    caseload.rows["balances"].clear()
    caseload.add("assistance_spells", case_id="C1", from_on=date(2024, 7, 15), to_on=date(2024, 10, 15))
    caseload.receipt("C1", date(2024, 12, 20), 700_00, receipt_id="R")
    for name, assigned in (
        ("pre_assistance", False),
        ("during_assistance", True),
        ("post_assistance", False),
    ):
        caseload.add(
            "balances", case_id="C1", balance_class=name, is_assigned=assigned, past_due_cents=cents[name],
            liquidated_cents=cents[name], disputed_cents=0, barred_cents=0, opening_cents=0,
        )  # fmt: skip
    return caseload


def test_classes_are_recomputed_from_charges_assistance_and_posted_receipts() -> None:
    told = {"pre_assistance": 1_800_00, "during_assistance": 800_00, "post_assistance": 300_00}
    caseload = classed(**told)
    assert caseload.facts()["C1"].classes_agree is None  # nobody said what the receipt paid
    caseload.add(
        "postings", receipt_id="R", balance_class="post_assistance", case_id="C1", amount_cents=600_00
    )
    assert caseload.facts()["C1"].classes_agree is None  # a part of it is missing
    caseload.add(
        "postings", receipt_id="R", balance_class="during_assistance", case_id="C1", amount_cents=100_00
    )
    fact = caseload.facts()["C1"]
    assert (fact.classes_agree, fact.balance_is_trusted) == (True, True)
    assert (fact.pre_assistance_cents, fact.during_assistance_cents) == (1_800_00, 800_00)


def test_a_debt_in_the_wrong_class_is_a_balance_in_doubt_though_the_sum_is_right() -> None:
    told = {"pre_assistance": 1_700_00, "during_assistance": 900_00, "post_assistance": 300_00}
    caseload = classed(**told)
    for name, cents in (("post_assistance", 600_00), ("during_assistance", 100_00)):
        caseload.add("postings", receipt_id="R", balance_class=name, case_id="C1", amount_cents=cents)
    fact = caseload.facts()["C1"]
    assert fact.past_due_cents == fact.recomputed_past_due_cents
    assert (fact.classes_agree, fact.balance_is_trusted) == (False, False)


def test_the_sums_are_proven_for_the_caseload() -> None:
    caseload = (
        Caseload().debtor("C1", last_paid=AS_OF - timedelta(9)).debtor("C2", balance={"past_due_cents": 1})
    )
    caseload.receipt("C1", AS_OF - timedelta(3), receipt_id="X").receipt(
        "C1", AS_OF - timedelta(2), -300_00, kind="reversal", reverses_receipt_id="X"
    )
    proof = {row["what"]: row for row in caseload.made("balance_proof")["balance_proof"]}
    assert all(row["agrees"] for row in proof.values() if row["is_identity"])
    compared = proof["the agency's past due and the recomputed one"]
    assert (compared["left_cents"], compared["right_cents"]) == (3_300_01, 6_900_00)


# Time.


def old(as_of: date, due_on: date, state: str = "me", **but: Any) -> SimpleNamespace:
    case = {"opened_on": due_on - timedelta(90)} | but.pop("case", {})
    caseload = Caseload(as_of, state).debtor(due_days=[due_on, as_of - timedelta(40)], case=case, **but)
    if case.get("case_class"):
        caseload.add("assistance_spells", case_id="C1", from_on=due_on - timedelta(9), to_on=due_on)
    return caseload.facts()["C1"]


MARYLAND = {"order": {"issued_by": "other_state", "issuing_state": "MD"}}
TWENTY = [
    # Maine's presumption ran until 31 October 2017; the example of 2023 follows the law of its date.
    (date(2017, 5, 31), date(1997, 6, 1), {}, 0),
    (date(2017, 6, 1), date(1997, 6, 1), {}, 300_00),
    (date(2017, 10, 31), date(1997, 6, 1), {}, 300_00),
    (date(2017, 11, 1), date(1997, 6, 1), {}, 0),
    (date(2023, 6, 1), date(2003, 6, 1), {}, 0),
    # Never for assistance debt; where the times of assistance are known, each installment is judged alone.
    (date(2017, 6, 1), date(1997, 6, 1), {"case": {"case_class": "former_assistance"}}, 0),
    # The longer of two states' times, where both are known.
    (date(2017, 6, 1), date(1997, 6, 1), MARYLAND, 300_00),
    (date(2017, 6, 1), date(1997, 6, 1), {"order": {"issuing_state": "NV"}}, 0),
    (date(2017, 6, 1), date(1997, 6, 1), {"order": {"issuing_state": "NE"}}, None),
    (date(2023, 6, 1), date(2003, 6, 1), MARYLAND, 0),
    # Massachusetts by case law, of any debt; of 2023 not all of its values are known.
    (date(2024, 5, 31), date(2004, 6, 1), {"state": "ma"}, 0),
    (date(2024, 6, 1), date(2004, 6, 1), {"state": "ma"}, 300_00),
]  # fmt: skip


@pytest.mark.parametrize(("as_of", "due_on", "but", "cents"), TWENTY)
def test_each_installment_past_its_time_is_marked_and_nothing_is_taken_away(
    as_of: date, due_on: date, but: dict[str, Any], cents: int | None
) -> None:
    fact = old(as_of, due_on, **but)
    assert (fact.time_barred_cents, fact.enforceable_cents) == (cents, 600_00)
    assert fact.time_barred_since_on == (due_on if cents or cents is None else None)


# Payments on their way.


@pytest.mark.parametrize(
    ("but", "shields"),
    [
        ({}, True),
        ({"kind": "recurring", "next_on": date(2025, 2, 15)}, True),  # day 31
        ({"kind": "recurring", "next_on": date(2025, 2, 16)}, False),
        ({"status": "cancelled"}, False),
        ({"entered_on": AS_OF + timedelta(1)}, False),
        ({"next_on": date(2024, 12, 1)}, False),
    ],
)
def test_an_arranged_payment_shields_like_money_in_transit(but: dict[str, Any], shields: bool) -> None:
    usual = {
        "payment_id": "S1", "case_id": "C1", "kind": "one_time", "amount_cents": 50_00,
        "entered_on": date(2025, 1, 10), "next_on": date(2025, 1, 20), "status": "active",
    }  # fmt: skip
    fact = Caseload().debtor().add("scheduled_payments", **usual | but).facts()["C1"]
    assert fact.has_payment_in_transit is shields
    assert fact.scheduled_cents == (50_00 if shields else 0)


def test_without_the_arranged_payments_transit_is_not_known() -> None:
    fact = Caseload().debtor().known_through("scheduled_payments", None).facts()["C1"]
    assert (fact.has_payment_in_transit, fact.scheduled_cents) == (None, None)


# Mail and service.


def test_paper_that_is_not_keyed_may_ask_for_a_hearing() -> None:
    item = {"case_id": "C1", "kind": "hearing", "received_on": date(2025, 1, 9)}
    caseload = Caseload().debtor("C1").debtor("C2").add("unkeyed", item_id="I1", **item)
    caseload.add("unkeyed", item_id="I2", **item | {"case_id": "C2", "keyed_on": date(2025, 1, 10)})
    facts = caseload.facts()
    assert (facts["C1"].hearings_pending_about, facts["C1"].debt_gate_is_open) == (None, None)
    assert (facts["C2"].hearings_pending_about, facts["C2"].debt_gate_is_open) == ([], True)
    assert (facts["C1"].has_unkeyed_hearing, facts["C1"].unkeyed_since_on) == (True, date(2025, 1, 9))


def test_what_a_parent_asks_by_portal_counts_before_a_worker_takes_it_up() -> None:
    usual = {"person_id": "P", "told_by": "O", "channel": "P", "about": "O", "received_on": date(2025, 1, 9)}
    caseload = Caseload().debtor("C1").debtor("C2").debtor("C3").debtor("C4")
    for case_id, kind in (("C1", "HR"), ("C2", "HR"), ("C3", "IN"), ("C4", "AD")):
        caseload.partner("portal_intake", tip_id=f"T-{case_id}", case_id=case_id, kind=kind, **usual)
    facts = caseload.add("tips_worked", tip_id="T-C2", worked_on=date(2025, 1, 10)).facts()
    assert [facts[c].hearings_pending_about for c in ("C1", "C2", "C3", "C4")] == [None, [], [], []]
    assert [facts[c].inability_reported for c in ("C1", "C2", "C3", "C4")] == [False, False, True, False]
    assert facts["C1"].unkeyed_src.startswith("staging.portal_intake@")


def test_a_window_that_is_over_and_whose_mail_is_not_read_is_told() -> None:
    caseload = Caseload().debtor(notice=AS_OF - timedelta(33))
    caseload.known_through("hearings", AS_OF - timedelta(5))
    fact = caseload.facts()["C1"]
    assert (fact.debt_gate_is_open, fact.debt_window_is_unread) == (None, True)


def test_a_notice_that_came_back_is_not_served_until_it_is_served_again() -> None:
    caseload = Caseload()
    for case_id in ("C1", "C2"):
        caseload.debtor(case_id, notice=None)
        caseload.notice(
            case_id, None, status="returned", sent_on=date(2024, 11, 1), returned_on=date(2024, 11, 9)
        )
    facts = caseload.notice("C2", date(2024, 12, 9)).facts()
    assert (facts["C1"].unserved_notices, facts["C1"].notice_returned_on) == (
        ["notice_of_debt"],
        date(2024, 11, 9),
    )
    assert facts["C2"].unserved_notices == []


# Who the parent is, and whose order it is.


def test_how_the_parent_lives_and_whose_order_it_is() -> None:
    caseload = Caseload().debtor("C1", person={"in_prison": True, "in_military": True, "receives_ssi": True})
    caseload.debtor("C2", person={"receives_ssi": True}, order={"issued_by": "tribe"})
    caseload.debtor("C3", order={"issuing_state": "NH", "abated_from_on": date(2024, 12, 1)})
    caseload.add("employers", person_id="P-C2", fein="070000001", withheld_not_sent_cents=0)
    caseload.stay("bankruptcy", person_id="P-C3", chapter="13", from_on=date(2025, 1, 5))
    facts = caseload.facts()
    assert (facts["C1"].obligor_in_prison, facts["C1"].obligor_in_military) == (True, True)
    assert [facts[c].ssi_is_only_income for c in ("C1", "C2", "C3")] == [True, False, False]
    assert [facts[c].order_is_from_elsewhere for c in ("C1", "C2", "C3")] == [False, True, True]
    assert (facts["C2"].order_is_tribal, facts["C3"].order_is_tribal) == (True, False)
    assert (facts["C3"].bankruptcy_chapter, facts["C3"].bankruptcy_since_on) == ("13", date(2025, 1, 5))
    assert (facts["C3"].support_is_abated, facts["C3"].order_is_accruing) == (True, False)


def test_a_state_without_notices_of_debt_has_no_gate_and_takes_what_may_be_enforced() -> None:
    caseload = Caseload(state="ma").debtor(notice=None, balance={"liquidated_cents": None})
    fact = caseload.facts()["C1"]
    assert (fact.debt_gate_is_open, fact.times_over_repeat_days, fact.enforceable_cents) == (
        None,
        None,
        3_600_00,
    )
    assert caseload.facts("person_facts")["P-C1"].liquidated_cents == 3_600_00
