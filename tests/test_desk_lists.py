"""The work list: what is on it, in which order, how near, since when, and what left it and why."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from desk_world import REMEDY, STATE, WORK, Tonight, World, line, of_facts, put

from arrears import house
from arrears.desk.lists import ListPage, ended, lists
from arrears.desk.lists import line as opened
from arrears.desk.nearness import limits
from arrears.desk.requests import Asked, NotHere
from arrears.law.profile import Profile, Waiver
from arrears.law.remedy import load_cards
from arrears.law.work import load_kinds
from arrears.law.work_order import load_work_order

NIGHT = date(2025, 1, 15)
DAY = timedelta(days=1)
IN_101 = frozenset(["101"])


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "store")


def page(
    world: World, on: date | None = None, offices: frozenset[str] | None = None, **asked: Any
) -> ListPage:
    return lists(world.store, STATE, Asked(**asked), on, offices)


def items(found: ListPage) -> list[str]:
    return [one["item_id"] for one in found.lines]


# What is asked for.


def a_mixed_night(world: World) -> None:
    world.night(
        NIGHT,
        Tonight(
            work=[
                line("c1", amount_cents=100_00),
                line("c2", amount_cents=900_00, office="102", worker="W9"),
                line("c3", "unknown", amount_cents=None, because=["holds_a_license"]),
                of_facts("bank_found", "c4", amount_cents=50_00),
            ],
            facts={"license_facts": [{"subject_id": "c3", "driver_license_count": 1}]},
        ),
    )


def test_lines_dollars_and_minutes_are_counted_by_kind(world: World) -> None:
    a_mixed_night(world)
    found = page(world)
    told = {one["kind"]: (one["lines"], one["cents"], one["minutes"]) for one in found.counts}
    assert told == {"approval": (2, 1_000_00, 6), "unknown": (1, 0, 10), "bank_found": (1, 50_00, 10)}
    assert (found.total, found.cents, found.minutes) == (4, 1_050_00, 26)


def test_a_filter_narrows_the_lines_and_every_other_count_but_its_own(world: World) -> None:
    a_mixed_night(world)
    found = page(world, kind="approval", office="102")
    assert items(found) == [f"{REMEDY}:c2:1:certify"]
    assert [(one["kind"], one["lines"]) for one in found.counts] == [("approval", 1)]
    assert [(one["name"], one["lines"]) for one in found.facets.offices] == [("101", 1), ("102", 1)]


def test_lines_are_found_by_case_person_or_item_whatever_the_letters(world: World) -> None:
    a_mixed_night(world)
    assert items(page(world, search="P-C2")) == items(page(world, search="c2")) == [f"{REMEDY}:c2:1:certify"]
    assert page(world, search="' OR true --").total == 0
    assert [one["kind"] for one in page(world, search="c4").counts] == ["bank_found"]


def test_an_unknown_line_is_grouped_by_the_fact_that_is_missing(world: World) -> None:
    a_mixed_night(world)
    [missing] = page(world).facets.missing
    # Of the two facts that the condition rests on, one is known.
    assert (missing["name"], missing["lines"]) == ("license_count", 1)
    assert items(page(world, missing="license_count")) == [f"{REMEDY}:c3:unknown"]


def test_pages_hold_each_line_once_in_the_order_asked_for(world: World) -> None:
    work = [line(f"c{number}", amount_cents=number * 100_00) for number in range(1, 8)]
    world.night(NIGHT, Tonight(work=work))
    told = [one for number in (1, 2, 3) for one in items(page(world, sort="amount", size=3, page=number))]
    assert told == [f"{REMEDY}:c{number}:1:certify" for number in range(7, 0, -1)]
    assert page(world, size=3, page=99).asked.page == 3


def test_a_line_of_another_office_is_not_found(world: World) -> None:
    a_mixed_night(world)
    assert f"{REMEDY}:c2:1:certify" not in items(page(world, offices=IN_101))
    assert page(world, offices=IN_101, search="c2").total == 0
    with pytest.raises(NotHere) as other:
        opened(world.store, STATE, f"{REMEDY}:c2:1:certify", offices=IN_101)
    with pytest.raises(NotHere) as nobody:
        opened(world.store, STATE, f"{REMEDY}:c9:1:certify", offices=IN_101)
    assert str(other.value).replace("c2", "c9") == str(nobody.value)


def test_a_queue_that_is_held_is_seen_by_every_office(world: World) -> None:
    folder = world.store.night(STATE, NIGHT) / "queues"
    folder.mkdir(parents=True)
    (folder / "held.json").write_text('[{"item_id": "gate:x:1", "queue": "x", "held": "twice as many"}]')
    world.night(NIGHT, Tonight(work=[line()]))
    assert items(page(world, offices=frozenset(["none"]))) == ["gate:x:1"]
    [held] = page(world, kind="held_queue").lines
    assert held["why"] == "x: twice as many"


def test_an_item_that_stands_there_twice_is_one_line_of_its_first_kind(world: World) -> None:
    twice = [line(amount_cents=200_00), line() | {"kind": "held", "needs": "caseworker"}]
    world.night(NIGHT, Tonight(work=twice))
    [only] = page(world).lines
    assert (only["kind"], only["amount_cents"]) == ("approval", 200_00)


# What a line says.


def test_the_parts_of_a_score_add_up_to_it(world: World) -> None:
    late = line("c1", due_on=NIGHT - 30 * DAY, amount_cents=25_000_00, readings_differ=True)
    world.night(NIGHT, Tonight(work=[late, of_facts("over_collected", "c2"), line("c3")]))
    for one in page(world).lines:
        parts = [int(part.rpartition("+")[2]) for part in one["priority_because"]]
        assert sum(parts) == one["priority"] > 0
    assert page(world).lines[0]["kind"] == "over_collected"  # urgent comes first
    said = page(world, search="c1").lines[0]["priority_because"]
    assert any(part.startswith("30 days late") for part in said)


def test_the_weights_in_force_on_the_night_count() -> None:
    order = load_work_order(house.RULES)
    first = order.points[0]
    assert order.points_on(first.from_on) is first
    with pytest.raises(Exception, match="No priority is in force"):
        order.points_on(first.from_on - DAY)


def test_the_nearest_limit_is_told_in_its_own_unit(world: World) -> None:
    facts = {
        "subject_id": "c1",
        "unpaid_since_on": NIGHT - 62 * DAY,
        "days_suspended": 0,
        "days_in_arrears": 200,
    }
    world.night(NIGHT, Tonight(work=[line()], facts={"license_facts": [facts]}))
    [found] = page(world).lines
    assert found["nearness"] == "unpaid long enough: 62 days against 60 days, 2 days over"


def test_nobody_is_near_a_limit_that_the_state_does_not_ask_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = {"subject_id": "c1", "unpaid_since_on": NIGHT - 62 * DAY, "days_suspended": 0}
    waived = Waiver(REMEDY, "unpaid_long_enough", None, None, "Not asked for.", ())
    monkeypatch.setattr(Profile, "waivers", lambda *_: {waived.condition: waived})
    world.night(NIGHT, Tonight(work=[line()], facts={"license_facts": [facts]}))
    [found] = page(world).lines
    assert "unpaid long enough" not in (found["nearness"] or "")


def test_a_bar_is_no_limit_that_a_line_can_be_near(world: World) -> None:
    card = load_cards(house.RULES)[REMEDY]
    assert {one.condition for one in limits(card)} == {"unpaid_long_enough", "statute_out_of_compliance"}


def test_a_line_tells_what_changed_and_that_a_day_went_by_is_no_change(world: World) -> None:
    still = of_facts("hardship_check_due", "c3", because=["60 days in arrears."], facts_hash="same")
    world.night(NIGHT - DAY, Tonight(work=[line("c1"), line("c2"), still]))
    work = [
        line("c1", amount_cents=700_00),
        line("c2"),
        still | {"because": ["61 days in arrears."]},
        line("c4"),
    ]
    world.night(NIGHT, Tonight(work=work))
    told = {one["case_id"]: (one["since"], one["nights_open"]) for one in page(world).lines}
    assert told == {"c1": ("changed", 2), "c2": ("same", 2), "c3": ("same", 2), "c4": ("new", 1)}
    [changed] = page(world, since="changed").lines
    assert "the amount was $1,000.00" in changed["change"]


def test_nights_open_begin_again_after_a_gap(world: World) -> None:
    for number, work in enumerate(([line()], [line()], [], [line()], [line()])):
        world.night(NIGHT + number * DAY, Tonight(work=work))
    assert [one["nights_open"] for one in page(world, NIGHT + DAY).lines] == [2]
    [now] = page(world).lines
    assert (now["nights_open"], now["first_seen_on"]) == (2, NIGHT + 3 * DAY)


def test_the_last_four_digits_and_a_protected_place_are_not_on_the_list(world: World) -> None:
    account = of_facts("bank_found", "c1", because=["At a bank, account ending 0890: joint."])
    house_of = of_facts("seize_and_sell", "c2", because=["House and lot, 12 Mill Street: equity $1.00."])
    hidden = {"subject_id": "p-c2", "person_id": "p-c2", "obligor_location_is_protected": True}
    world.night(NIGHT, Tonight(work=[account, house_of], facts={"person_facts": [hidden]}))
    told = repr(page(world))
    assert "account ending ****" in told
    assert "0890" not in told
    assert "Mill Street" not in told
    # Nor are they what last night's line said, nor found by trying.
    empty = of_facts("seize_and_sell", "c2", because=["No house."], amount_cents=1)
    world.night(NIGHT + DAY, Tonight(work=[account, empty], facts={"person_facts": [hidden]}))
    told = repr(page(world))
    assert "its ground is another one" in told
    assert "Mill Street" not in told
    assert items(page(world, search="0890")) == []
    assert items(page(world, search="joint")) == [account["item_id"]]


@pytest.mark.parametrize("protected", [True, None])
def test_a_place_is_told_of_a_line_opened_only_where_it_is_known_that_it_may_be(
    world: World, protected: bool | None
) -> None:
    house_of = of_facts("seize_and_sell", "c2", because=["House and lot, 12 Mill Street."])
    known = {"subject_id": "p-c2", "person_id": "p-c2", "obligor_location_is_protected": protected}
    asset = {"subject_id": "c2", "case_id": "c2", "person_id": "p-c2", "asset_description": "12 Mill Street"}
    facts = {"person_facts": [known], load_kinds(house.RULES)["seize_and_sell"].facts: [asset]}
    world.night(NIGHT, Tonight(work=[house_of], facts=facts))
    assert "Mill Street" not in repr(opened(world.store, STATE, house_of["item_id"]))
    free = known | {"obligor_location_is_protected": False}
    world.night(NIGHT + DAY, Tonight(work=[house_of], facts=facts | {"person_facts": [free]}))
    assert "Mill Street" in repr(opened(world.store, STATE, house_of["item_id"]))


# Work shared.


def test_work_is_shared_by_minutes_and_a_case_stays_whole(world: World) -> None:
    mine = [of_facts(kind, f"c{n}") for n in range(12) for kind in ("bank_found", "employer_without_order")]
    idle = [
        of_facts("bank_found", "c90", worker="W2"),
        of_facts("bank_found", "c91", worker="W3", office="102"),
    ]
    world.night(NIGHT, Tonight(work=mine + idle))
    found = page(world, size=100)
    minutes = {one["name"]: one["minutes"] for one in found.facets.workers}
    assert sum(minutes.values()) == found.minutes == 260
    assert minutes["W3"] == 10  # another office's work is not theirs
    assert abs(minutes["W1"] - minutes["W2"]) <= 40  # before: 240 and 10
    by_case: dict[str, set[str]] = {}
    for one in found.lines:
        by_case.setdefault(one["case_id"], set()).add(one["assigned"])
    assert all(len(workers) == 1 for workers in by_case.values())
    assert {one["worker"] for one in found.lines if one["case_id"] == "c3"} == {"W1"}


# What left the list.


def verdict(case: str, verdict: str, because: list[str], part: str = "enter") -> dict[str, Any]:
    return {"part": part, "subject_id": case, "case_id": case, "verdict": verdict, "because": because}


def test_what_is_no_longer_true_closes_itself_and_names_the_condition(world: World) -> None:
    then = [verdict("c1", "flag", []), verdict("c2", "unknown", ["holds_a_license"])]
    world.night(NIGHT - DAY, Tonight(work=[line("c1"), line("c2", "unknown")], verdicts=then))
    now = [verdict("c1", "clear", ["owes_debt"]), verdict("c2", "clear", ["holds_a_license"])]
    world.night(NIGHT, Tonight(verdicts=now, facts={"license_facts": [{"subject_id": "c1"}]}))
    found = ended(world.store, STATE)
    notes = {one["case_id"]: one["note"] for one in found.lines}
    assert (
        notes["c1"]
        == "No longer true: Owes nothing that may be collected; current support alone is never a ground."
    )
    assert notes["c2"] == "No longer true: holds a license."
    assert page(world).ended == found.total == 2


def test_a_condition_that_was_untrue_before_did_not_end_a_line(world: World) -> None:
    stay = [verdict("c1", "clear", ["not_disputed"], "stay")]
    world.night(NIGHT - DAY, Tonight(work=[line()], verdicts=[verdict("c1", "flag", []), *stay]))
    now = [verdict("c1", "clear", ["owes_debt"]), *stay]
    world.night(NIGHT, Tonight(verdicts=now, facts={"license_facts": [{"subject_id": "c1"}]}))
    [left] = ended(world.store, STATE).lines
    assert left["evidence"] == ["owes_debt"]


def test_a_line_of_the_facts_tells_which_fact_closed_it(world: World) -> None:
    work = [of_facts("bank_found", "c1"), of_facts("bank_found", "c2")]
    case = {"subject_id": "c1", "case_is_open": True, "bank_account_count": 2}
    world.night(NIGHT - DAY, Tonight(work=work, facts={"case_facts": [case, case | {"subject_id": "c2"}]}))
    world.night(NIGHT, Tonight(facts={"case_facts": [case | {"bank_account_count": 0}]}))
    notes = {one["case_id"]: one["note"] for one in ended(world.store, STATE).lines}
    assert "Bank accounts reported: was 2, is 0" in notes["c1"]
    assert "no longer there" in notes["c2"]


def test_a_clock_that_was_met_or_ran_out_says_so(world: World) -> None:
    clock = {"deadline": "act_with_service", "case_id": "c1", "anchor_on": NIGHT - 60 * DAY}
    names = [f"deadline_due_soon:act_with_service:{case}:{NIGHT - 60 * DAY}" for case in ("c1", "c2")]
    work = [
        of_facts("deadline_due_soon", case, item_id=name)
        for case, name in zip(("c1", "c2"), names, strict=True)
    ]
    world.night(NIGHT - DAY, Tonight(work=work))
    deadlines = [
        clock | {"subject_id": "c1", "status": "met", "met_on": NIGHT},
        clock | {"subject_id": "c2", "status": "overdue"},
    ]
    world.night(NIGHT, Tonight(deadlines=deadlines))
    notes = {one["case_id"]: one["note"] for one in ended(world.store, STATE).lines}
    assert notes == {"c1": f"Met on {NIGHT}.", "c2": "It goes on as: Clocks overdue."}


def test_what_left_another_offices_list_is_not_told(world: World) -> None:
    world.night(NIGHT - DAY, Tonight(work=[line("c1"), line("c2", office="102")]))
    world.night(NIGHT, Tonight())
    assert [one["case_id"] for one in ended(world.store, STATE, offices=IN_101).lines] == ["c1"]
    assert page(world, offices=IN_101).ended == 1


# A line opened.


def test_a_line_opens_to_the_persons_other_lines_cases_and_episodes(world: World) -> None:
    person = {"person_id": "p-1"}
    cases = [{"subject_id": c, "case_id": c, "office": o} | person for c, o in (("c1", "101"), ("c2", "102"))]
    world.night(
        NIGHT,
        Tonight(
            work=[of_facts("bank_found", "c1", **person), of_facts("late_hearing", "c1", **person)],
            episodes=[
                {"episode_id": f"{REMEDY}:{c}:1", "remedy": REMEDY, "subject_id": c, "case_id": c} | person
                for c in ("c1", "c2")
            ],
            facts={"case_facts": cases},
        ),
    )
    found = opened(world.store, STATE, "bank_found:c1", offices=IN_101)
    assert [one["case_id"] for one in found.cases] == ["c1"]  # the other belongs to another office
    assert [one["title"] for one in found.episodes] == ["License revocation"]
    assert [one["kind"] for one in found.others] == ["late_hearing"]
    assert [(one["fact"], one["value"]) for one in found.facts] == [
        ("bank_account_count", "not known"),
        ("case_is_open", "not known"),
    ]


def test_of_a_hundred_thousand_lines_all_are_counted_and_a_page_is_told(world: World) -> None:
    world.night(NIGHT, Tonight(work=[line()]))
    path = world.store.night(STATE, NIGHT) / "plan" / "work_list.parquet"
    cases = [
        line(f"c{n}", office=str(101 + n % 8), worker=f"W{n % 40}", amount_cents=n) for n in range(100_000)
    ]
    put(path, pa.Table.from_pylist(cases, WORK))
    for asked, total, on_page in (
        ({}, 100_000, 50),
        ({"kind": "approval", "page": 2000}, 100_000, 50),
        ({"kind": "approval", "page": 2001}, 100_000, 50),
        ({"search": "c777"}, 111, 50),
        ({"office": "103", "sort": "amount"}, 12_500, 50),
    ):
        found = page(world, **asked)
        assert (found.total, len(found.lines)) == (total, on_page), asked
