"""Where money goes: the worked examples of the waterfalls, and what holds for any receipts and debts."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from money_helpers import ON, a_case, a_receipt, allocated, owed, run

HOUSEHOLDS = {
    "cases": [a_case("A", 200_00), a_case("B", 300_00)],
    "balances": [
        owed("A", "current", 200_00), owed("B", "current", 300_00),
        owed("A", "never_assigned", 400_00), owed("B", "never_assigned", 800_00),
    ],
}  # fmt: skip
CLASSES = (
    "current",
    "pre_assistance",
    "during_assistance",
    "post_assistance",
    "conditionally_assigned",
    "never_assigned",
)
KINDS = ("ordinary", "state_refund", "federal_refund")


def maine(case_class: str | None, **but: Any) -> dict[str, Any]:
    """Current 150, state 400, family post-assistance 500."""
    return {
        "cases": [a_case("A", 150_00, case_class=case_class, **but)],
        "balances": [
            owed("A", "current", 150_00, is_assigned=False), owed("A", "during_assistance", 400_00),
            owed("A", "post_assistance", 500_00),
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cents", "parts"),
    [
        (300_00, (120_00, 180_00, 0, 0)),
        (500_00, (200_00, 300_00, 0, 0)),
        (650_00, (200_00, 300_00, 60_00, 90_00)),
    ],
)
def test_massachusetts_splits_in_proportion_to_current_support(cents, parts):
    found = allocated([a_receipt(cents)], **HOUSEHOLDS, state="ma")
    keys = [("A", "current"), ("B", "current"), ("A", "never_assigned"), ("B", "never_assigned")]
    assert tuple(found.get(key, 0) for key in keys) == parts


def test_by_arrears_the_same_money_parts_otherwise():
    found = allocated([a_receipt(650_00)], **HOUSEHOLDS, state="ma", but={"arrears_split": "by_arrears"})
    assert (found["A", "never_assigned"], found["B", "never_assigned"]) == (50_00, 100_00)


def test_a_household_with_arrears_alone_comes_last_by_the_text_and_not_by_arrears():
    cases = [a_case("A", 200_00), a_case("B", 0)]
    balances = [owed("A", "never_assigned", 100_00), owed("B", "never_assigned", 300_00)]
    by_text = allocated([a_receipt(200_00)], cases, balances, state="ma")
    by_arrears = allocated(
        [a_receipt(200_00)], cases, balances, state="ma", but={"arrears_split": "by_arrears"}
    )
    assert by_text == {("A", "never_assigned"): 100_00, ("B", "never_assigned"): 100_00}
    assert by_arrears == {("A", "never_assigned"): 50_00, ("B", "never_assigned"): 150_00}


def test_principal_then_interest_then_penalty():
    cases, classes = [a_case("A")], ("never_assigned", "interest", "penalty")
    balances = [owed("A", name, 10_00) for name in classes]
    rows = run("allocation", "ma", receipts=[a_receipt(25_00)], cases=cases, balances=balances)
    assert [(row["balance_class"], row["pays"], row["amount_cents"]) for row in rows] == [
        ("never_assigned", "family", 10_00), ("interest", "family", 10_00), ("penalty", "state", 5_00),
    ]  # fmt: skip


def test_one_cent_goes_to_the_oldest_order():
    cases = [a_case("A", 100_00, 2012), a_case("B", 100_00, 2011)]
    balances = [owed("A", "current", 100_00), owed("B", "current", 100_00)]
    assert allocated([a_receipt(1)], cases, balances) == {("B", "current"): 1}


@pytest.mark.parametrize(
    ("kind", "case_class", "parts"),
    [
        ("ordinary", "former_assistance", (150_00, 150_00, 500_00)),
        ("federal_refund", "former_assistance", (0, 400_00, 400_00)),
        # Erratum 19 over section 25: the state first only while the family is on assistance.
        ("state_refund", "current_assistance", (150_00, 400_00, 250_00)),
        ("state_refund", "former_assistance", (150_00, 150_00, 500_00)),
    ],
)
def test_the_three_orders_of_maine(kind, case_class, parts):
    found = allocated([a_receipt(800_00, kind)], **maine(case_class))
    names = ("current", "during_assistance", "post_assistance")
    assert tuple(found.get(("A", name), 0) for name in names) == parts


def test_a_refund_with_current_state_and_family():
    """Section 13: $700.00 with current 150, state 400, family 900, on assistance."""
    terms = maine("current_assistance")
    terms["balances"][2] = owed("A", "post_assistance", 900_00)
    found = allocated([a_receipt(700_00, "state_refund")], **terms)
    assert found == {
        ("A", "current"): 150_00,
        ("A", "during_assistance"): 400_00,
        ("A", "post_assistance"): 150_00,
    }


@pytest.mark.parametrize("state", ["me", "ma"])
def test_a_federal_refund_never_pays_current_support(state):
    """Section 14: $800.00, current 200 unpaid, assigned 500, family 900."""
    balances = [
        owed("A", "current", 200_00),
        owed("A", "during_assistance", 500_00),
        owed("A", "post_assistance", 900_00),
    ]
    cases = [a_case("A", 200_00, case_class="former_assistance")]
    found = allocated([a_receipt(800_00, "federal_refund")], cases, balances, state=state)
    assert found == {("A", "during_assistance"): 500_00, ("A", "post_assistance"): 300_00}


def test_what_is_assigned_conditionally_is_the_familys_but_in_a_federal_refund():
    cases = [a_case("A", case_class="former_assistance")]
    balances = [owed("A", "conditionally_assigned", 100_00), owed("A", "never_assigned", 100_00)]
    paid = {
        kind: [
            (row["balance_class"], row["pays"])
            for row in run("allocation", receipts=[a_receipt(100_00, kind)], cases=cases, balances=balances)
        ]
        for kind in ("ordinary", "federal_refund")
    }
    assert paid == {
        "ordinary": [("never_assigned", "family")],
        "federal_refund": [("conditionally_assigned", "state")],
    }


def test_maine_pays_family_debt_from_after_assistance_before_that_from_before():
    cases = [a_case("A", case_class="former_assistance")]
    balances = [
        owed("A", name, 100_00) for name in ("during_assistance", "pre_assistance", "post_assistance")
    ]
    rows = run("allocation", receipts=[a_receipt(250_00)], cases=cases, balances=balances)
    assert [(row["balance_class"], row["amount_cents"], row["cites"][0]) for row in rows] == [
        ("post_assistance", 100_00, "me-ch-351-3-7#(A)"), ("pre_assistance", 100_00, "me-ch-351-3-7#(A)"),
        ("during_assistance", 50_00, "me-ch-351-3-7#(A)"),
    ]  # fmt: skip


def test_the_state_keeps_at_most_the_assistance_it_paid():
    terms = maine("current_assistance", unreimbursed_cents=250_00)
    rows = run("allocation", receipts=[a_receipt(550_00, "state_refund")], **terms)
    kept = [(row["balance_class"], row["pays"], row["amount_cents"]) for row in rows]
    assert kept == [
        ("current", "family", 150_00), ("during_assistance", "family", 150_00),
        ("during_assistance", "state", 250_00),
    ]  # fmt: skip


def test_money_of_an_unclear_class_is_held_after_current_support():
    rows = run("allocation", receipts=[a_receipt(800_00, "state_refund")], **maine(None))
    assert [(row["balance_class"], row["amount_cents"], row["reason"]) for row in rows] == [
        ("current", 150_00, None), ("held", 650_00, "class_unclear"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("receipt", "reason"),
    [
        (a_receipt(2000_00), "over_collected"),
        (a_receipt(100_00, "unknown_intercept"), "no_waterfall"),
        (a_receipt(-100_00, reverses_receipt_id="another"), "original_unknown"),
    ],
)
def test_what_no_debt_takes_or_nobody_can_place_goes_to_a_person(receipt, reason):
    rows = run("allocation", receipts=[receipt], **maine("former_assistance"))
    assert rows[-1]["reason"] == reason
    assert sum(row["amount_cents"] for row in rows) == receipt["amount_cents"]


def test_a_reversal_undoes_the_very_parts_and_a_part_of_it_the_last_first():
    terms, back = maine("former_assistance"), {"reverses_receipt_id": "R1", "received_on": ON + timedelta(3)}
    whole = allocated([a_receipt(800_00), a_receipt(-800_00, receipt_id="R2", **back)], **terms)
    part = allocated([a_receipt(800_00), a_receipt(-200_00, receipt_id="R2", **back)], **terms)
    assert whole == {}
    assert part == allocated([a_receipt(600_00)], **terms)


def test_a_reversal_of_an_earlier_allocation_takes_back_what_that_gave():
    earlier = [
        {"receipt_id": "old", "case_id": "A", "balance_class": name, "pays": pays, "amount_cents": cents}
        for name, pays, cents in (("current", "family", 150_00), ("during_assistance", "state", 50_00))
    ]
    receipt = a_receipt(-200_00, reverses_receipt_id="old")
    found = allocated([receipt], **maine("former_assistance"), allocations=earlier)
    assert found == {("A", "current"): -150_00, ("A", "during_assistance"): -50_00}


def test_a_share_of_each_hundred_repays_in_twelve_payments_and_nothing_without_a_percentage():
    due = [
        {"due_id": f"D{day:02d}", "case_id": "A", "paid_on": date(2025, 1, day),
         "case_class": "never_assistance",
         "amount_cents": 100_00, "overpaid_cents": 120_00, "notice_sent": True}
        for day in range(1, 15)
    ]  # fmt: skip
    kept = [row["recouped_cents"] for row in run("disbursement", due=due, but={"recoup_pct": 10})]
    assert kept == [10_00] * 12 + [0, 0]
    unset = run("disbursement", due=due)
    assert {(row["recouped_cents"], row["paid_cents"], row["reason"]) for row in unset} == {
        (0, 100_00, "no_percentage")
    }
    on_assistance = [{**one, "case_class": "current_assistance"} for one in due]
    found = run("disbursement", due=on_assistance, but={"recoup_pct": 10})
    assert {row["reason"] for row in found} == {"on_assistance"}


def test_the_fee_is_kept_of_the_next_money_where_the_custodial_parent_bears_it():
    due = [
        {
            "due_id": f"D{n}",
            "case_id": "A",
            "paid_on": date(2025, 1, n),
            "amount_cents": 20_00,
            "fee_cents": 35_00,
        }
        for n in (1, 2, 3)
    ]
    assert [row["fee_cents"] for row in run("disbursement", due=due)] == [20_00, 15_00, 0]
    assert [row["fee_cents"] for row in run("disbursement", "ma", due=due)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("on", "principal", "made", "charged"),
    [
        (date(2025, 6, 30), 500_00, False, (0, 0)),
        (date(2025, 6, 30), 500_01, False, (2_50, 2_50)),
        (date(2025, 6, 30), 2000_00, True, (0, 0)),
        (date(2025, 6, 30), 2000_00, None, (0, 0)),
        (date(2025, 6, 30), 2000_00, False, (10_00, 10_00)),
        (date(2010, 6, 30), 2000_00, False, (20_00, 10_00)),
        (date(2010, 7, 31), 2000_00, False, (10_00, 10_00)),
        (date(2003, 6, 30), 2000_00, False, (0, 0)),
        # Half a cent is rounded up: 0.5 percent of $501.00 is 2.505.
        (date(2025, 6, 30), 501_00, False, (2_51, 2_51)),
    ],
)
def test_interest_and_penalty_of_massachusetts(on, principal, made, charged):
    account = {
        "case_id": "A",
        "principal_cents": principal,
        "required_payment_made": made,
        "is_excluded": False,
    }
    row = run("interest", "ma", on, accounts=[account])[0]
    assert (row["interest_cents"], row["penalty_cents"]) == charged


DEBTS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(CLASSES),
        st.integers(0, 500_00),
        st.sampled_from([True, False, None]),
    ),
    max_size=12,
    unique_by=lambda one: one[:2],
)
CASES = st.lists(
    st.tuples(
        st.sampled_from(["current_assistance", "former_assistance", "never_assistance", None]),
        st.integers(0, 300_00),
        st.one_of(st.none(), st.integers(0, 400_00)),
    ),
    min_size=4,
    max_size=4,
)
MONEY = st.lists(st.tuples(st.integers(1, 900_00), st.sampled_from(KINDS)), min_size=1, max_size=4)


def test_households_of_unlike_cycles_share_by_what_is_owed_and_by_the_year():
    # 100.00 a week, of which three fell due, and 400.00 a month: 300 to 400 of what is owed, not 100 to 400.
    cases = [a_case("W", 100_00, frequency="weekly"), a_case("M", 400_00, frequency="monthly")]
    month = [owed("W", "current", 300_00), owed("M", "current", 400_00)]
    for state in ("me", "ma"):
        shared = allocated([a_receipt(400_00)], cases, month, state=state)
        assert shared == {("W", "current"): 171_43, ("M", "current"): 228_57}
    # Arrears that go by current support: 5,200.00 a year to 4,800.00.
    arrears = [owed(case, "never_assigned", 1000_00) for case in ("W", "M")]
    shared = allocated([a_receipt(100_00)], cases, arrears, but={"arrears_split": "by_current"})
    assert shared == {("W", "never_assigned"): 52_00, ("M", "never_assigned"): 48_00}


@settings(max_examples=30)
@given(cases=CASES, debts=DEBTS, money=MONEY, state=st.sampled_from(["me", "ma"]))
def test_parts_equal_the_receipt_and_a_reversal_restores_for_any_debts(cases, debts, money, state):
    told = [
        a_case(f"C{n}", current, case_class=case_class, unreimbursed_cents=room)
        for n, (case_class, current, room) in enumerate(cases)
    ]
    balances = [owed(f"C{n}", name, cents, assigned) for n, name, cents, assigned in debts]
    receipts = [a_receipt(cents, kind, f"R{n}") for n, (cents, kind) in enumerate(money)]
    rows = run("allocation", state, receipts=receipts, cases=told, balances=balances)
    for receipt in receipts:
        parts = [row["amount_cents"] for row in rows if row["receipt_id"] == receipt["receipt_id"]]
        assert sum(parts) == receipt["amount_cents"]
        assert min(parts) > 0
    debt = {(one["case_id"], one["balance_class"]): one["owed_cents"] for one in balances}
    got: dict[tuple[str, str], int] = {}
    for row in rows:
        if row["case_id"]:
            key = (row["case_id"], row["balance_class"])
            got[key] = got.get(key, 0) + row["amount_cents"]
    assert all(cents <= debt[key] for key, cents in got.items())
    for one in told:
        kept = sum(
            row["amount_cents"] for row in rows if row["case_id"] == one["case_id"] and row["pays"] == "state"
        )
        assert one["unreimbursed_cents"] is None or kept <= one["unreimbursed_cents"]
    federal = [row for row in rows if row["kind"] == "federal_refund"]
    assert "current" not in {row["balance_class"] for row in federal}
    turned = run("allocation", state, receipts=receipts[::-1], cases=told[::-1], balances=balances[::-1])
    assert turned == rows
    back = [
        a_receipt(
            -one["amount_cents"],
            one["kind"],
            f"X{n}",
            reverses_receipt_id=one["receipt_id"],
            received_on=ON + timedelta(1),
        )
        for n, one in enumerate(receipts)
    ]
    undone = run("allocation", state, receipts=receipts + back, cases=told, balances=balances)
    left: dict[tuple[Any, ...], int] = {}
    for row in undone:
        key = (row["case_id"], row["balance_class"], row["pays"])
        left[key] = left.get(key, 0) + row["amount_cents"]
    assert set(left.values()) <= {0}
