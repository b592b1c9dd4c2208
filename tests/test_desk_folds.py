"""A list that ends: one line a case and kind of work, a day's minutes, one line for one missing fact."""

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from desk_world import STATE, Tonight, World, line, of_facts

from arrears import house
from arrears.desk.deciding import decide_lines
from arrears.desk.lists import ListPage, lists
from arrears.desk.requests import Asked, Line
from arrears.desk.review import decide, work_list
from arrears.errors import Refused
from arrears.law.work_order import load_work_order

NIGHT = date(2025, 1, 15)
BUDGET = load_work_order(house.RULES).budget_on(NIGHT)
# A kind of ten minutes that nothing makes urgent, so that a day holds a known number of them.
KIND, MINUTES = "bank_found", 10
SUE = SimpleNamespace(name="sue", roles=frozenset(["supervisor"]), offices=None)
IN_A_DAY = BUDGET.minutes_a_day // MINUTES


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "store")


def shown(world: World, show: str, **asked: Any) -> ListPage:
    return lists(world.store, STATE, Asked(show=show, size=5_000, **asked))


def items(found: ListPage) -> list[str]:
    return [one["item_id"] for one in found.lines]


def test_the_lines_of_a_case_of_one_sort_are_one_with_the_rest_folded_under_it(world: World) -> None:
    work = [
        of_facts(KIND, "c1", amount_cents=100_00),
        of_facts("dispute_of_amount", "c1", amount_cents=900_00),
        line("c1"),  # a supervisor's, so no part of what a caseworker does
        of_facts(KIND, "c2"),
    ]
    world.night(NIGHT, Tonight(work=work))
    today = shown(world, "today")
    assert today.total == len(today.lines) == 3
    folded = {one["case_id"]: one["folded"] for one in today.lines if one["needs"] == "caseworker"}
    assert folded == {"c1": 1, "c2": 0}
    [head] = [one for one in today.lines if one["folded"]]
    whole = shown(world, "every", matter=head["matter_id"])
    assert sorted(one["kind"] for one in whole.lines) == sorted([KIND, "dispute_of_amount"])
    assert whole.lines[0]["item_id"] == head["item_id"]  # the one that comes first stands for it
    assert shown(world, "every").total == today.days["every"] == 4


def test_when_the_first_line_of_a_case_is_decided_the_next_one_takes_its_place(world: World) -> None:
    world.night(
        NIGHT,
        Tonight(
            work=[line("c1", amount_cents=900_00), line("c1", "readings_differ") | {"needs": "supervisor"}]
        ),
    )
    [first] = shown(world, "today").lines
    decide_lines(world.store, STATE, [first["item_id"]], "hold", SUE, "A call is due")
    [second] = shown(world, "today").lines
    assert second["item_id"] != first["item_id"]
    assert shown(world, "today").days == {"today": 1, "later": 0, "every": 1, "late": 0}


def test_a_day_holds_so_many_minutes_a_worker_and_the_rest_stands_in_later(world: World) -> None:
    work = [of_facts(KIND, f"c{n}", worker="W1", amount_cents=n * 100_00) for n in range(1, IN_A_DAY + 4)]
    work += [of_facts(KIND, "other", worker="W2", office="102", amount_cents=1_00)]
    world.night(NIGHT, Tonight(work=work))
    today, later = shown(world, "today"), shown(world, "later")
    assert (today.total, later.total) == (IN_A_DAY + 1, 3)
    assert today.days == later.days == {"today": IN_A_DAY + 1, "later": 3, "every": IN_A_DAY + 4, "late": 0}
    # The least at stake waits, and another worker's day is their own.
    assert {one["case_id"] for one in later.lines} == {"c1", "c2", "c3"}
    assert "other" in {one["case_id"] for one in today.lines}
    assert (today.minutes, later.minutes) == ((IN_A_DAY + 1) * MINUTES, 3 * MINUTES)


SOON = BUDGET.due_within_days


@pytest.mark.parametrize(
    ("days", "day", "late"),
    [
        (0, "today", 0),
        (SOON, "today", 0),
        (-SOON, "today", 0),
        (SOON + 1, "later", 0),
        (-SOON - 1, "later", 1),
    ],
)
def test_what_is_due_falls_out_of_no_day_however_full_it_is(
    world: World, days: int, day: str, late: int
) -> None:
    full = [of_facts("over_collected", f"u{n}", needs="caseworker") for n in range(IN_A_DAY * 2)]
    due = of_facts(KIND, "due", due_on=NIGHT + timedelta(days))
    # The day belongs to a line that is folded under another of its case.
    above = of_facts("dispute_of_amount", "due", amount_cents=90_000_00)
    world.night(NIGHT, Tonight(work=[*full, due, above]))
    assert "due" in {one["case_id"] for one in shown(world, day).lines}
    urgent = [one for one in shown(world, "today").lines if one["is_urgent"]]
    assert len(urgent) == len(full)
    # What was missed long ago is not saved by a day too full to be read; it is counted.
    assert shown(world, "today").days["late"] == late


def test_the_day_from_which_a_step_may_be_taken_is_no_day_to_miss(world: World) -> None:
    full = [of_facts("over_collected", f"u{n}", office="101") | {"needs": "supervisor"} for n in range(200)]
    world.night(NIGHT, Tonight(work=[*full, line("c1", due_on=NIGHT)]))
    assert [one["case_id"] for one in shown(world, "later").lines] == ["c1"]


def waiting_for_one_fact(count: int) -> list[Line]:
    return [line(f"c{n}", "unknown", because=["holds_a_license"]) for n in range(count)]


def a_night_without_licenses(world: World, count: int) -> None:
    known = [{"subject_id": f"c{n}", "driver_license_count": 1} for n in range(count)]
    world.night(NIGHT, Tonight(work=waiting_for_one_fact(count), facts={"license_facts": known}))


def test_a_fact_that_many_wait_for_is_one_line_for_the_operator_and_not_theirs(world: World) -> None:
    count = BUDGET.one_cause_from
    a_night_without_licenses(world, count)
    [one] = shown(world, "today").lines
    assert (one["item_id"], one["needs"], one["case_id"], one["folded"]) == (
        "cause:license_count", "operator", None, count,
    )  # fmt: skip
    assert one["why"].startswith(f"{count} lines about {count} cases and persons wait for one fact: ")
    assert one["amount_cents"] == count * 1_000_00
    # Every line is there once and its money counted once; the line that counts them is none of them.
    every = shown(world, "every")
    assert (every.total, every.cents) == (count, count * 1_000_00)
    assert len(work_list(world.store, STATE)) == count
    assert shown(world, "later").total == 0
    assert shown(world, "every", matter=one["matter_id"]).total == count


def test_a_fact_that_few_wait_for_is_asked_case_by_case(world: World) -> None:
    a_night_without_licenses(world, BUDGET.one_cause_from - 1)
    found = shown(world, "today")
    assert {one["kind"] for one in found.lines} == {"unknown"}
    assert found.total + shown(world, "later").total == BUDGET.one_cause_from - 1


def test_a_fact_that_many_wait_for_only_beside_another_one_is_no_line_of_its_own(world: World) -> None:
    count = BUDGET.one_cause_from
    both = [line(f"c{n}", "unknown", because=["holds_a_license"]) for n in range(count * 2)]
    # Of all of them nobody knows the first fact, of half of them the second neither.
    known = [
        {"subject_id": f"c{n}"} | ({"driver_license_count": 1} if n < count else {}) for n in range(count * 2)
    ]
    world.night(NIGHT, Tonight(work=both, facts={"license_facts": known}))
    causes = [one for one in shown(world, "today").lines if one["kind"] == "one_cause"]
    assert [one["folded"] for one in causes] == [count * 2]


def test_nobody_decides_on_a_line_that_only_counts_others(world: World) -> None:
    a_night_without_licenses(world, BUDGET.one_cause_from)
    [one] = shown(world, "today").lines
    assert one["may"] == []
    with pytest.raises(Refused, match="counts others and cannot be decided"):
        decide(world.store, STATE, [one["item_id"]], "hold", "sue", "later")
    told = decide_lines(world.store, STATE, [one["item_id"]], "hold", SUE, "later")
    assert (told.made, len(told.refused)) == ([], 1)


def test_headings_add_up_to_what_is_shown_and_urgent_stands_first(world: World) -> None:
    work = [line("c1"), of_facts(KIND, "c2"), of_facts("over_collected", "c3"), line("c4", "unknown")]
    world.night(NIGHT, Tonight(work=work))
    for show in ("today", "every"):
        found = shown(world, show)
        assert sum(one["lines"] for one in found.headings) == found.total
        assert found.headings[0]["title"] == "Urgent"
        for one in found.headings:
            assert shown(world, show, heading=one["name"]).total == one["lines"]
