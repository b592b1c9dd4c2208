"""Amounts in pay cycles: exact by the year, half up to the cent, and what a year of paydays comes to."""

import shutil
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from money_helpers import a_wage, an_order, run

from arrears import house
from arrears.money.calculate import calculated

PER_YEAR = {"weekly": 52, "biweekly": 26, "semimonthly": 24, "monthly": 12}


def value(key: str, unit: str, told: object, since: str = "2000-01-01") -> str:
    """A value of a profile as its file tells it."""
    standing = "standing: policy, cites: [invented-for-a-test]"
    return f"  {key}: {{unit: {unit}, from: {{{since}: {{value: {told}, {standing}}}}}}}\n"


@pytest.fixture
def lansing(tmp_path: Path) -> Path:
    """The rules with a profile of Michigan, which turns months into weeks by 4.35 since a day."""
    rules = tmp_path / "rules"
    shutil.copytree(house.RULES, rules)
    profile = (rules / "jurisdictions" / "me.yml").read_text().split("\nremedies_in_force:")[0]
    profile = profile.replace("name: Maine", "name: Michigan").replace("postal_code: ME", "postal_code: MI")
    since = value("pay_cycle.month_weeks", "count", "none")[:-3]
    factor = since + ", 2004-10-01: {value: 435, standing: policy, cites: [invented-for-a-test]}}}\n"
    (rules / "jurisdictions" / "mi.yml").write_text(f"{profile}\nremedies_in_force: {{}}\nvalues:\n{factor}")
    sources = rules / "sources.yml"
    source = "  invented-for-a-test: {title: Invented, where: nowhere, seen: memory}\n"
    sources.write_text(sources.read_text().replace("sources:\n", "sources:\n" + source, 1))
    return rules


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


@settings(max_examples=20)
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


@pytest.mark.parametrize(
    ("cents", "frequency", "found"),
    [
        (100_00, "weekly", (100_00, 200_00, 217_50, 435_00)),
        (435_00, "monthly", (100_00, 200_00, 217_50, 435_00)),
        (300_00, "monthly", (68_97, 137_93, 150_00, 300_00)),
        (200_00, "biweekly", (100_00, 200_00, 217_50, 435_00)),
        (900_00, "quarterly", (68_97, 137_93, 150_00, 300_00)),
    ],
)
def test_a_state_may_turn_weeks_into_months_by_a_factor_of_its_own(cents, frequency, found, lansing):
    rows = [{"amount_id": "a", "cents": cents, "frequency": frequency}]
    [row] = calculated("pay_cycle", {"amounts": rows}, "mi", date(2025, 6, 2), rules_dir=lansing)
    assert tuple(row[f"{name}_cents"] for name in PER_YEAR) == found
    assert (row["rules"], row["cites"]) == (["pay_cycle.month_weeks"], ["invented-for-a-test"])


@pytest.mark.parametrize(
    ("on", "monthly"), [(date(2004, 9, 30), 433_33), (date(2004, 10, 1), 435_00), (None, None)]
)
def test_the_factor_may_be_that_of_the_orders_own_day(on, monthly, lansing):
    by_order = lansing / "jurisdictions" / "mi.yml"
    by_order.write_text(by_order.read_text() + value("pay_cycle.factor_dated_by", "text", "order"))
    rows = [{"amount_id": "a", "cents": 100_00, "frequency": "weekly", "ordered_on": on and str(on)}]
    [row] = calculated("pay_cycle", {"amounts": rows}, "mi", date(2025, 6, 2), rules_dir=lansing)
    assert (row["monthly_cents"], row["reason"]) == (monthly, None if on else "factor_unknown")


def test_a_factor_is_no_matter_of_the_other_states(lansing):
    for state in ("me", "ma"):
        rows = {"amounts": [{"amount_id": "a", "cents": 100_00, "frequency": "weekly"}]}
        [row] = calculated("pay_cycle", rows, state, date(2025, 6, 2), rules_dir=lansing)
        assert (row["monthly_cents"], row["rules"]) == (433_33, ["pay_cycle.weekly"])


def test_earnings_and_orders_of_unlike_cycles_meet_by_the_factor_too():
    order = an_order(current_cents=435_00, frequency="monthly")
    tables = {"wage": [a_wage(800_00, False)], "orders": [order]}
    assert run("withholding", **tables)[0]["current_cents"] == 100_38
    assert run("withholding", but={"month_weeks": 435}, **tables)[0]["current_cents"] == 100_00
