"""Money that people expect: others' garnishments, deductions, joint refunds, the fee's line."""

from datetime import date
from typing import Any

import pytest
from assets_world import night
from money_helpers import ON, a_wage, an_order, run

from arrears.money.calculate import calculated


def withheld(wage: dict[str, Any], *orders: dict[str, Any], **more: Any) -> tuple[int, int]:
    """Current support and arrears that a payor withholds over all orders."""
    rows = run("withholding", wage=[wage], orders=[*orders] or [an_order(current_cents=500_00)], **more)
    return sum(row["current_cents"] for row in rows), sum(row["arrears_cents"] for row in rows)


@pytest.mark.parametrize(
    ("before", "left"),
    [(None, 400_00), (0, 400_00), (360_00, 40_00), (400_00, 0), (560_00, 0), (200_00, 200_00)],
)
def test_a_garnishment_that_comes_first_leaves_the_difference_to_the_limit(
    before: int | None, left: int
) -> None:
    # 29 CFR 870.11: of $800.00, 45 percent taken for taxes leave 5 of the 50; 70 leave nothing.
    assert withheld(a_wage(garnished_before_cents=before)) == (left, 0)


def test_the_extra_five_percent_is_counted_after_what_comes_first() -> None:
    old = an_order(
        current_cents=100_00, arrears_cents=400_00, past_due_cents=5_000_00, oldest_unpaid_on=date(2024, 1, 1)
    )
    assert withheld(a_wage(), old) == (100_00, 340_00)
    assert withheld(a_wage(garnished_before_cents=360_00), old) == (40_00, 40_00)
    assert withheld(a_wage(garnished_before_cents=420_00), old) == (0, 20_00)


def test_only_what_law_deducts_lessens_the_disposable_pay() -> None:
    pay = a_wage(None, gross_cents=1_000_00)
    deductions = [
        {"wage_id": "w", "kind": kind, "cents": cents}
        for kind, cents in [
            ("federal_income_tax", 120_00),
            ("social_security", 62_00),
            ("medicare", 14_50),
            ("health_premium", 90_00),
            ("union_dues", 20_00),
        ]
    ]
    [row] = run("withholding", wage=[pay], orders=[an_order(current_cents=900_00)], deductions=deductions)
    assert row["limit_cents"] == (1_000_00 - 120_00 - 62_00 - 14_50) // 2
    assert "ccpa_limit.required_deductions" in row["rules"]
    [unknown] = run("withholding", wage=[pay], orders=[an_order(current_cents=900_00)])
    assert (unknown["limit_cents"], unknown["reasons"][0]) == (None, "earnings_unknown")


def test_both_readings_of_the_extra_share_stand_beside_each_other_where_they_part() -> None:
    wage = {"disposable_cents": 800_00, "supports_second_family": True}
    orders = [
        {"order_id": name, "current_cents": current, "arrears_cents": 50_00, "past_due_cents": 2_000_00,
         "oldest_unpaid_on": "2024-01-01"}
        for name, current in (("A", 300_00), ("B", 200_00))
    ]  # fmt: skip
    rows = calculated("withholding", {"wage": [wage], "orders": orders}, "me", ON)
    assert [row["current_cents"] for row in rows] == [240_00, 160_00]
    assert sum(row["arrears_cents"] for row in rows) == 40_00
    assert [row["any_support_current_cents"] for row in rows] == [264_00, 176_00]
    assert [row["any_support_arrears_cents"] for row in rows] == [0, 0]
    alone = calculated(
        "withholding", {"wage": [wage], "orders": [{"order_id": "A", "current_cents": 100_00}]}, "me", ON
    )
    assert "any_support_current_cents" not in alone[0]


def due(*sums: tuple[str, int], **but: Any) -> list[dict[str, Any]]:
    """Sums due to a family of one case, each with its day."""
    usual = {"case_id": "C1", "case_class": "never_assistance", "never_had_assistance": True}
    return [
        {**usual, "due_id": f"d{n}", "paid_on": date.fromisoformat(day), "amount_cents": cents, **but}
        for n, (day, cents) in enumerate(sums)
    ]


@pytest.mark.parametrize(
    ("before", "fees"),
    [(499_99, [0, 35_00]), (450_00, [0, 35_00]), (449_99, [0, 0]), (500_00, [35_00, 0]), (None, [0, 0])],
)
def test_the_sum_that_reaches_550_dollars_of_a_year_bears_the_fee(
    before: int | None, fees: list[int]
) -> None:
    sums = due(("2025-06-03", 50_00), ("2025-06-10", 50_00), disbursed_before_cents=before)
    assert [row["fee_cents"] for row in run("disbursement", due=sums)] == fees


def test_the_line_begins_anew_with_the_fiscal_year_and_is_no_line_for_who_had_assistance() -> None:
    sums = due(("2025-09-30", 300_00), ("2025-10-01", 300_00), disbursed_before_cents=0)
    rows = run("disbursement", due=sums)
    assert [row["disbursed_in_year_cents"] for row in rows] == [300_00, 300_00]
    assert [row["reason"] for row in rows] == ["below_line", "below_line"]
    once = due(("2025-06-03", 900_00), disbursed_before_cents=0, never_had_assistance=False)
    [row] = run("disbursement", due=once)
    assert (row["fee_cents"], row["reason"]) == (0, "had_assistance")
    taken = due(("2025-06-03", 900_00), disbursed_before_cents=0, fee_was_taken=True)
    assert run("disbursement", due=taken)[0]["fee_cents"] == 0


def test_what_one_sum_cannot_bear_of_the_fee_the_next_one_does() -> None:
    sums = due(("2025-06-03", 20_00), ("2025-06-10", 50_00), disbursed_before_cents=540_00)
    assert [row["fee_cents"] for row in run("disbursement", due=sums)] == [20_00, 15_00]


def refund(**but: Any) -> list[dict[str, Any]]:
    """How a federal refund of $300.00 for a family that is owed it goes."""
    receipt = {
        "receipt_id": "r", "person_id": "P", "kind": "federal_refund", "amount_cents": 300_00,
        "received_on": date(2025, 3, 2),
    }  # fmt: skip
    return run(
        "allocation",
        receipts=[receipt | but],
        cases=[{"case_id": "C", "person_id": "P", "case_class": "never_assistance"}],
        balances=[{"case_id": "C", "balance_class": "never_assigned", "owed_cents": 900_00}],
    )


@pytest.mark.parametrize(
    ("received", "settled", "until"),
    [
        (date(2025, 3, 2), None, date(2025, 9, 2)),
        (date(2024, 12, 2), None, None),
        (date(2024, 12, 3), None, date(2025, 6, 3)),
        (date(2025, 3, 2), date(2025, 5, 1), None),
        (date(2025, 3, 2), date(2025, 7, 1), date(2025, 7, 1)),
    ],
)
def test_a_joint_refund_is_held_for_the_spouse_six_months_at_most(
    received: date, settled: date | None, until: date | None
) -> None:
    [row] = refund(is_joint_return=True, received_on=received, spouse_settled_on=settled)
    assert row["holds_until_on"] == until
    assert (row["pays"], row["amount_cents"]) == ("nobody" if until else "family", 300_00)
    assert refund(received_on=received)[0]["pays"] == "family"


@pytest.mark.parametrize(
    ("frequency", "payday", "on", "count", "extra"),
    [
        ("weekly", date(2025, 1, 1), date(2025, 6, 2), 53, True),
        ("weekly", date(2025, 1, 2), date(2025, 6, 2), 52, False),
        ("biweekly", date(2026, 1, 2), date(2026, 6, 2), 26, False),
        ("biweekly", date(2026, 1, 1), date(2026, 6, 2), 27, True),
        ("biweekly", date(2025, 12, 18), date(2026, 6, 2), 27, True),
        ("weekly", date(2023, 5, 2), date(2024, 6, 2), 53, True),
    ],
)
def test_a_year_of_53_or_27_paydays_is_told(
    frequency: str, payday: date, on: date, count: int, extra: bool
) -> None:
    amount = {"amount_id": "a", "cents": 120_00, "frequency": frequency, "payday_on": payday}
    [row] = run("pay_cycle", on=on, amounts=[amount])
    assert (row["payday_count"], row["reason"] == "extra_payday") == (count, extra)
    [untold] = run("pay_cycle", on=on, amounts=[{**amount, "payday_on": None}])
    assert (untold["payday_count"], untold["reason"]) == (None, None)


def test_a_bonus_is_reached_by_the_share_of_any_pay_and_never_by_more_than_is_owed() -> None:
    facts = night(
        ON,
        lambda world: world.sum("B", "bonus", amount_cents=1_000_00),
        lambda world: world.sum("L", "severance", amount_cents=90_000_00),
        lambda world: world.sum("I", "inheritance", amount_cents=1_000_00),
    )
    told = {name: rows[0] for name, rows in facts["lump_sum_facts"].items()}
    assert (told["B"].wage_percent, told["B"].wage_share_cents) == (50, 500_00)
    assert told["L"].wage_share_cents == told["L"].take_cents
    assert (told["I"].wage_percent, told["I"].wage_share_cents) == (None, None)
