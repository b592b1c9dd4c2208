"""Amounts in pay cycles: exact by the year, half up to the cent, and what a year of paydays comes to."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from money_helpers import run

PER_YEAR = {"weekly": 52, "biweekly": 26, "semimonthly": 24, "monthly": 12}


def cycles(cents: int, frequency: str) -> dict[str, int]:
    row = run("pay_cycle", amounts=[{"amount_id": "a", "cents": cents, "frequency": frequency}])[0]
    return {name: row[f"{name}_cents"] for name in PER_YEAR}


@pytest.mark.parametrize(
    ("cents", "frequency", "found"),
    [
        (433_33, "monthly", (100_00, 200_00, 216_67, 433_33)),
        (120_00, "weekly", (120_00, 240_00, 260_00, 520_00)),
        (300_00, "monthly", (69_23, 138_46, 150_00, 300_00)),
        (900_00, "quarterly", (69_23, 138_46, 150_00, 300_00)),
        (3600_00, "annual", (69_23, 138_46, 150_00, 300_00)),
        (1, "monthly", (0, 0, 1, 1)),
    ],
)
def test_an_amount_in_the_four_cycles_of_an_order(cents, frequency, found):
    assert tuple(cycles(cents, frequency).values()) == found


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 10_000_00), st.sampled_from(sorted(PER_YEAR))), min_size=1, max_size=40)
)
def test_a_year_of_paydays_differs_by_half_a_cent_a_payday_at_most(amounts):
    told = [
        {"amount_id": f"{n:03d}", "cents": cents, "frequency": how} for n, (cents, how) in enumerate(amounts)
    ]
    rows = run("pay_cycle", amounts=told)
    for row, (cents, how) in zip(rows, amounts, strict=True):
        assert row[f"{how}_cents"] == cents
        assert row[f"{how}_difference_cents"] == 0
        for name, count in PER_YEAR.items():
            exact = Fraction(cents * PER_YEAR[how], count)
            assert -Fraction(1, 2) < row[f"{name}_cents"] - exact <= Fraction(1, 2)
            assert row[f"{name}_difference_cents"] == row[f"{name}_cents"] * count - cents * PER_YEAR[how]
