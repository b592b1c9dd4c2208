"""Each value of a range: the figures of a what-if at that value, nothing where it stands, a curve."""

import json
from io import StringIO
from typing import Any

import pytest
from json_docs import documented, given
from rich.console import Console
from typer.testing import CliRunner

from arrears.author.sample import STATE, sample_nights
from arrears.cli.main import app
from arrears.compare.scenarios import print_scenarios, side_by_side
from arrears.compare.sweep import curve, print_sweep, read_range, steps_between, sweep
from arrears.compare.what_if import what_if
from arrears.compare.what_if_report import report
from arrears.data.store import Store
from arrears.errors import ArrearsError

NIGHT = sample_nights()[0]
KEY = "license.no_payment_days"


@pytest.fixture(scope="module")
def swept(lived_nights: Store) -> dict[str, Any]:
    return sweep(lived_nights, STATE, NIGHT, f"{KEY}=45..75", points=2)


def test_each_point_is_the_what_if_of_its_value_and_where_it_stands_nothing_moves(
    swept: dict[str, Any], lived_nights: Store
) -> None:
    assert [(one["value"], one["stands"]) for one in swept["points"]] == [
        (45, False),
        (60, True),
        (75, False),
    ]
    sooner, now, _later = swept["points"]
    totals = report(what_if(lived_nights, STATE, NIGHT, [f"{KEY}=45"]), size=0)["totals"]
    told = {name: value for name, value in sooner.items() if name not in ("value", "stands")}
    assert told == {name: totals[name] for name in told}
    assert sooner["enters"] > 0
    assert {value for name, value in now.items() if name not in ("value", "stands")} == {0}
    assert given(swept) == documented("what-if ST DATE --range")


def test_an_office_sees_its_own_of_a_range(swept: dict[str, Any], lived_nights: Store) -> None:
    own = sweep(lived_nights, STATE, NIGHT, f"{KEY}=45..60", points=2, offices=frozenset(["none"]))
    assert (
        [one["enters"] for one in own["points"]] == [0, 0] != [one["enters"] for one in swept["points"][:2]]
    )


def test_a_range_is_told_as_a_table_with_the_value_that_stands(swept: dict[str, Any]) -> None:
    out = Console(width=160, file=StringIO())
    print_sweep(swept, out)
    text = out.file.getvalue()  # type: ignore[attr-defined]
    assert "60 days, stands" in text
    assert text.count("+" * 24) == 1  # the longest bar is the greatest number


def test_a_curve_lies_within_its_picture_and_rises_with_the_number(swept: dict[str, Any]) -> None:
    drawn = curve(swept["points"], 600, 200)
    for name in ("enters", "leaves"):
        assert all(0 <= x <= 600 and 0 <= y <= 200 for x, y in drawn["dots"][name])
        numbers = [one[name] for one in swept["points"]]
        highest = min(range(3), key=lambda place: drawn["dots"][name][place][1])
        assert numbers[highest] == max(numbers)
    assert (drawn["stands"], drawn["asked"]) == (300, None)
    marks = [curve(swept["points"], 600, 200, asked)["asked"] for asked in (45, 50, 75, 90)]
    assert marks == [0, 100, 600, None]


def test_the_steps_are_equal_and_hold_both_ends_and_the_value_that_stands() -> None:
    assert steps_between(30, 120, 4, 60) == [30, 60, 90, 120]
    assert steps_between(30, 120, 4, 65) == [30, 60, 65, 90, 120]
    assert steps_between(1, 2, 9, 500) == [1, 2]
    with pytest.raises(ArrearsError, match="make no curve"):
        steps_between(1, 2, 1, None)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("license.no_payment_days", "is not a range"),
        ("license.no_payment_days=30", "is not a range"),
        ("license.no_payment_days=90..30", "does not rise"),
        ("licence.no_payment_days=30..90", "There is no value"),
        ("passport.threshold=1500..2500", "does not say what money it is"),
    ],
)
def test_what_is_no_range_is_refused(asked: str, says: str) -> None:
    with pytest.raises(ArrearsError, match=says):
        read_range(STATE, NIGHT, asked)


def test_a_range_of_money_is_in_dollars() -> None:
    low, high = read_range(STATE, NIGHT, "passport.threshold=$1,500..$2,500")
    assert (low.now, high.now) == (150_000, 250_000)


def test_scenarios_are_whole_what_ifs_side_by_side(swept: dict[str, Any], lived_nights: Store) -> None:
    texts = [f"{KEY}=45", f"{KEY}=45; passport.threshold=$4,000"]
    found = side_by_side(lived_nights, STATE, NIGHT, texts)
    assert [one["asked"] for one in found["scenarios"]] == [[f"{KEY}=45"], texts[1].split("; ")]
    first, both = found["scenarios"]
    assert first["totals"]["enters"] == swept["points"][0]["enters"] == both["totals"]["enters"] > 0
    assert both["totals"]["leaves"] > first["totals"]["leaves"]
    assert given(found) == documented("what-if ST DATE --scenario")
    out = Console(width=300, file=StringIO())
    print_scenarios(found, out)
    text = out.file.getvalue()  # type: ignore[attr-defined]
    assert "Would no longer begin" in text
    assert "60 days -> 45 days" in text


def test_a_scenario_is_refused_that_says_nothing_and_so_are_too_many(lived_nights: Store) -> None:
    with pytest.raises(ArrearsError, match="does not say what would be"):
        side_by_side(lived_nights, STATE, NIGHT, [" ; "])
    with pytest.raises(ArrearsError, match="too many"):
        side_by_side(lived_nights, STATE, NIGHT, [f"{KEY}=45"] * 7)


def test_a_range_stands_alone() -> None:
    words = ["what-if", STATE, str(NIGHT), "--range", f"{KEY}=30..60", "--set", f"{KEY}=45", "--json"]
    told = CliRunner().invoke(app, words)
    assert json.loads(told.stdout or told.output)["error"]["what"] == "A range stands alone"
