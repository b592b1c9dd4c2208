"""Withholding within the limits of earnings: the worked examples, and what holds for any wage and orders."""

from datetime import date
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from money_helpers import ON, a_wage, an_order, run, withheld

FLAT = {"extra_reach": "any_support"}
NO_SECOND = [a_wage(second_family=False)]


def two(**but: Any) -> list[dict[str, Any]]:
    """Orders of 300 and of 200 a week, both with arrears of thirteen weeks and an amount ordered for them."""
    return [
        an_order("A", 300_00, 1000_00, arrears_cents=60_00, **but),
        an_order("B", 200_00, 1000_00, arrears_cents=60_00, **but),
    ]


def test_the_extra_five_percent_only_enforces_older_arrears():
    """Erratum 13 over section 3: $240 and $160 of current support with $40 for arrears, not $264 and $176."""
    assert withheld(two()) == {"A": (240_00, 20_00), "B": (160_00, 20_00)}
    assert withheld(two(), state="ma") == {"A": (240_00, 24_00), "B": (160_00, 16_00)}


def test_the_flat_cap_is_a_states_choice():
    assert withheld(two(), but=FLAT) == {"A": (264_00, 0), "B": (176_00, 0)}
    assert withheld(two(), NO_SECOND, but=FLAT) == {"A": (300_00, 10_00), "B": (200_00, 10_00)}


def test_without_a_second_family_the_strict_limit_leaves_the_extra_for_arrears():
    """Erratum 13 over section 3: 60 percent is $480.00 for current support, $40.00 more for old arrears."""
    assert withheld(two(), NO_SECOND) == {"A": (288_00, 20_00), "B": (192_00, 20_00)}


def test_an_unknown_second_family_gets_the_lower_limit():
    row = run("withholding", wage=[a_wage(second_family=None)], orders=two())[0]
    assert (row["limit_percent"], row["limit_cents"]) == (55, 440_00)
    assert "second_family_unknown" in row["reasons"]


@pytest.mark.parametrize(
    ("state", "workweek", "percent"),
    [
        ("ma", date(2025, 3, 31), 50),
        ("me", date(2025, 3, 31), 55),
        ("me", date(2025, 3, 30), 50),
        ("ma", date(2025, 4, 1), 55),
        ("ma", date(2025, 4, 7), 55),
        ("me", date(2025, 4, 7), 55),
    ],
)
def test_exactly_twelve_weeks_are_old_enough_in_maine_alone(state, workweek, percent):
    """Oldest unpaid installment 2025-01-06; the workweek of 2025-03-31 is day 84."""
    order = an_order(past_due=500_00, oldest_unpaid_on=date(2025, 1, 6))
    row = run("withholding", state, wage=[a_wage(workweek_begins_on=workweek)], orders=[order])[0]
    assert row["limit_percent"] == percent
    assert row["arrears_are_older"] == (percent == 55)


def test_only_what_is_old_enough_takes_the_extra():
    order = an_order(current=400_00, past_due=1000_00, arrears_cents=100_00)
    assert withheld([order]) == {"A": (400_00, 40_00)}
    assert withheld([{**order, "older_past_due_cents": 15_00}]) == {"A": (400_00, 15_00)}


def test_a_sum_over_equal_orders_goes_by_largest_remainder_to_the_oldest():
    """$100.01 over three equal orders: 33.34, 33.34 and 33.33."""
    orders = [
        an_order(name, 100_00, ordered_on=date(year, 1, 1))
        for name, year in (("A", 2012), ("B", 2010), ("C", 2011))
    ]
    assert withheld(orders, [a_wage(200_02)]) == {"A": (33_33, 0), "B": (33_34, 0), "C": (33_34, 0)}


@pytest.mark.parametrize(
    ("method", "parts"),
    [("by_current", (240_00, 160_00)), ("equal_shares", (200_00, 200_00)), ("by_arrears", (300_00, 100_00))],
)
def test_the_methods_that_states_publish_are_configuration(method, parts):
    orders = [an_order("A", 300_00, 1500_00), an_order("B", 200_00, 500_00)]
    found = withheld(orders, but={"split_current": method, "extra_reach": "older_arrears"})
    assert (found["A"][0], found["B"][0]) == parts


def test_what_one_does_not_need_goes_to_the_others():
    orders = [an_order("A", 50_00), an_order("B", 300_00), an_order("C", 300_00)]
    found = withheld(orders, but={"split_current": "equal_shares"})
    assert found == {"A": (50_00, 0), "B": (175_00, 0), "C": (175_00, 0)}


def test_no_order_gets_nothing():
    orders = [an_order("A", 9_000_000, ordered_on=date(2001, 1, 1)), an_order("B", 1)]
    assert withheld(orders, [a_wage(10_00)]) == {"A": (4_99, 0), "B": (1, 0)}


@pytest.mark.parametrize(
    ("roles", "order", "arrears"),
    [
        # Massachusetts: 25 percent of the face amount, the last addition what is left.
        ({"pct_of_order": 25}, {"current": 200_00, "past_due": 1500_00}, 50_00),
        ({"pct_of_order": 25}, {"current": 200_00, "past_due": 30_00}, 30_00),
        ({"pct_of_order": 25}, {"current": 200_00, "past_due": 1}, 1),
        ({"pct_of_order": 25}, {"current": 200_00, "past_due": 0}, 0),
        # New Hampshire: a floor of 20 percent; all of it where less is owed.
        ({"pct_floor": 20}, {"current": 400_00, "past_due": 79_99}, 79_99),
        ({"pct_floor": 20}, {"current": 400_00, "past_due": 80_00}, 80_00),
        ({"pct_floor": 20}, {"current": 400_00, "past_due": 900_00, "arrears_cents": 95_00}, 95_00),
        # Maryland and Missouri: caps on what was ordered; a silent order takes nothing.
        ({"pct_cap": 10}, {"current": 500_00, "past_due": 900_00, "arrears_cents": 80_00}, 50_00),
        ({"pct_cap": 50}, {"current": 300_00, "past_due": 900_00, "arrears_cents": 200_00}, 150_00),
        ({"pct_cap": 10}, {"current": 500_00, "past_due": 900_00}, 0),
        # Minnesota: a fixed addition.
        ({"pct_fixed": 20}, {"current": 600_00, "past_due": 900_00}, 120_00),
        # Nevada: a default.
        ({"pct_default": 10}, {"current": 300_00, "past_due": 900_00}, 30_00),
        ({"pct_default": 10}, {"current": 300_00, "past_due": 900_00, "arrears_cents": 75_00}, 75_00),
        # Without a percentage: the amount ordered, else nothing and a line of work (erratum 12).
        ({}, {"current": 300_00, "past_due": 900_00, "arrears_cents": 75_00}, 75_00),
        ({}, {"current": 300_00, "past_due": 900_00}, 0),
        ({}, {"current": 300_00, "past_due": None, "arrears_cents": 75_00}, 0),
    ],
)
def test_a_percentage_is_a_cap_a_floor_fixed_or_a_default(roles, order, arrears):
    assert withheld([an_order(**order)], [a_wage(10_000_00)], but=roles)["A"] == (order["current"], arrears)


def test_arrears_go_on_after_current_support_as_the_state_says():
    """Minnesota keeps $720.00; Nevada the former $300.00 (erratum 14); Missouri a share of earnings."""
    rich, ended = [a_wage(10_000_00)], {"current": 0, "past_due": 9000_00}
    minnesota = {"pct_fixed": 20, "after_current": "former_amount_and_percent"}
    assert withheld([an_order(**ended, former_current_cents=600_00)], rich, but=minnesota)["A"] == (0, 720_00)
    nevada = {"pct_default": 10, "after_current": "former_amount"}
    assert withheld([an_order(**ended, former_current_cents=300_00)], rich, but=nevada)["A"] == (0, 300_00)
    missouri = {"pct_cap": 50, "arrears_only_pct": 25}
    order = an_order(**ended, arrears_cents=400_00, former_current_cents=300_00)
    assert withheld([order], [a_wage(1200_00)], but=missouri)["A"] == (0, 300_00)


def test_a_silent_order_is_a_line_of_work():
    row = run("withholding", wage=[a_wage()], orders=[an_order(current=120_00, past_due=900_00)])[0]
    assert (row["current_cents"], row["arrears_cents"]) == (120_00, 0)
    assert "no_amount_for_arrears" in row["reasons"]
    assert "silent_order" in row["rules"]


def test_maine_sums_all_payors_of_a_parent():
    wages = [a_wage(600_00, wage_id="w1", person_id="P"), a_wage(200_00, wage_id="w2", person_id="P")]
    orders = [an_order(current=500_00, wage_id=name) for name in ("w1", "w2")]
    rows = run("withholding", wage=wages, orders=orders)
    assert [(row["wage_id"], row["current_cents"]) for row in rows] == [("w1", 300_00), ("w2", 100_00)]
    apart = run("withholding", "ma", wage=wages, orders=orders)
    assert [(row["wage_id"], row["current_cents"]) for row in apart] == [("w1", 300_00), ("w2", 100_00)]
    assert {row["limit_cents"] for row in rows} == {400_00}


def test_payors_of_unlike_cycles_bear_by_what_they_pay_in_a_year_each_in_its_own_cycle():
    wages = [
        a_wage(600_00, wage_id="w", person_id="P"),
        a_wage(2600_00, wage_id="v", person_id="P", pay_frequency="monthly", premium_cents=52_00),
    ]
    orders = [an_order(current=500_00, wage_id=wage) for wage in ("w", "v")]
    rows = {row["wage_id"]: row for row in run("withholding", "me", wage=wages, orders=orders)}
    # 600.00 a week and 2,600.00 a month are the same pay: 250.00 a week each, the second as 1,083.33 a month.
    assert {key: (row["pay_frequency"], row["current_cents"]) for key, row in rows.items()} == {
        "w": ("weekly", 250_00), "v": ("monthly", 1083_33),
    }  # fmt: skip
    assert [rows[key]["limit_cents"] for key in ("w", "v")] == [600_00, 2600_00]
    assert [rows[key]["premium_cents"] for key in ("w", "v")] == [12_00, 52_00]


def test_no_pay_of_a_summed_pair_is_asked_for_more_arrears_than_its_share_of_what_is_left():
    wages = [
        a_wage(600_00, wage_id="w", person_id="P"),
        a_wage(2600_00, wage_id="v", person_id="P", pay_frequency="monthly"),
    ]
    orders = [an_order(current=0, past_due=10_00, arrears_cents=50_00, wage_id=wage) for wage in ("w", "v")]
    rows = {
        row["wage_id"]: row["arrears_cents"] for row in run("withholding", "me", wage=wages, orders=orders)
    }
    assert rows == {"w": 5_00, "v": 5_00}


@pytest.mark.parametrize(
    ("ordered", "on_top", "arrears"),
    [
        (100_00, False, 100_00),
        (30_00, False, 50_00),
        (50_00, False, 50_00),
        (100_00, True, 150_00),
        (None, False, 50_00),
    ],
)
def test_a_percentage_never_lessens_what_is_ordered_for_arrears(ordered, on_top, arrears):
    order = an_order(current=200_00, past_due=5000_00, arrears_cents=ordered)
    row = run("withholding", "ma", wage=[a_wage(None)], orders=[order], but={"pct_on_top": on_top})[0]
    assert row["arrears_cents"] == arrears
    assert ("percent_not_on_top" in row["reasons"]) is (ordered is not None and not on_top)
    assert ("ordered_amount" in row["rules"]) is (not on_top and (ordered or 0) >= 50_00)


def test_one_pay_that_is_not_known_leaves_the_limit_to_the_payors():
    wages = [a_wage(600_00, wage_id="w1", person_id="P"), a_wage(None, wage_id="w2", person_id="P")]
    rows = run("withholding", wage=wages, orders=[an_order(current=500_00, wage_id="w1")])
    assert (rows[0]["current_cents"], rows[0]["limit_cents"]) == (500_00, None)
    assert "earnings_unknown" in rows[0]["reasons"]


def test_disposable_earnings_are_what_the_law_leaves():
    wage = a_wage(None, gross_cents=1000_00, required_deductions_cents=200_00)
    assert run("withholding", wage=[wage], orders=[an_order()])[0]["limit_cents"] == 400_00


def test_a_premium_is_taken_whole_after_current_support_or_not_at_all():
    fits = run("withholding", wage=[a_wage(premium_cents=100_00)], orders=[an_order()])[0]
    short = run("withholding", wage=[a_wage(premium_cents=100_01)], orders=[an_order()])[0]
    assert (fits["premium_cents"], short["premium_cents"]) == (100_00, 0)
    assert short["reasons"] == ["no_room_for_premium"]


def test_the_fee_gives_way_to_support_and_a_monthly_one_is_taken_once():
    def fee(disposable: int, taken: int = 0, **but: Any) -> int:
        wage = a_wage(disposable, fee_taken_cents=taken)
        return int(run("withholding", wage=[wage], orders=[an_order()], but=but)[0]["fee_cents"])

    assert (fee(800_00), fee(602_00), fee(600_00)) == (2_00, 1_00, 0)
    monthly = {"fee_cents": 10_00, "fee_basis": "per_month"}
    assert [fee(800_00, taken, **monthly) for taken in (0, 4_00, 10_00)] == [10_00, 6_00, 0]


def test_pay_periods_are_converted_by_the_year():
    order = an_order(current=433_33, frequency="monthly")
    assert withheld([order]) == {"A": (100_00, 0)}


WAGES = st.integers(0, 5000_00)
ORDERS = st.lists(
    st.tuples(st.integers(0, 900_00), st.integers(0, 3000_00), st.integers(0, 200_00), st.integers(0, 40)),
    min_size=1,
    max_size=5,
)


# Two families would get nothing, and no single other part could spare a cent for both.
@example(
    wage=10,
    orders=[(one, 0, 0, 0) for one in (1, 1, 1, 3, 3)],
    second=True,
    method="by_current",
    reach="older_arrears",
    state="me",
)
@settings(max_examples=60)
@given(
    wage=WAGES,
    orders=ORDERS,
    second=st.sampled_from([True, False, None]),
    method=st.sampled_from(["by_current", "by_arrears", "equal_shares"]),
    reach=st.sampled_from(["older_arrears", "any_support"]),
    state=st.sampled_from(["me", "ma"]),
)
def test_parts_never_pass_the_limit_and_the_order_of_rows_does_not_matter(
    wage, orders, second, method, reach, state
):
    told = [
        an_order(
            f"O{n}",
            current,
            past,
            arrears_cents=amount,
            oldest_unpaid_on=date.fromordinal(ON.toordinal() - 7 * weeks),
        )
        for n, (current, past, amount, weeks) in enumerate(orders)
    ]
    but = {"split_current": method, "split_arrears": method, "extra_reach": reach}
    rows = run("withholding", state, wage=[a_wage(wage, second)], orders=told, but=but)
    total, limit = sum(row["total_cents"] for row in rows), rows[0]["limit_cents"]
    assert total + rows[0]["fee_cents"] <= limit <= wage
    base = wage * (60 if second is False else 50) // 100
    current = sum(row["current_cents"] for row in rows)
    if reach == "older_arrears":
        assert current <= base
        assert current == min(base, sum(row["current_asked_cents"] for row in rows))
    assert all(0 <= row["current_cents"] <= row["current_asked_cents"] for row in rows)
    assert all(0 <= row["arrears_cents"] <= row["arrears_asked_cents"] for row in rows)
    assert all(
        row["arrears_cents"] <= row_of["past_due_cents"]
        for row, row_of in zip(rows, sorted(told, key=lambda one: one["order_id"]), strict=True)
    )
    asking = [row for row in rows if row["current_asked_cents"] > 0]
    if current >= len(asking):
        assert all(row["current_cents"] > 0 for row in asking)
    assert run("withholding", state, wage=[a_wage(wage, second)], orders=told[::-1], but=but) == rows
