"""When another parent takes the place of one, what was sent about the first is taken back automatically."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from test_plan import CASE, LATER, PERSON, STEPS, Desk

from arrears.data.warehouse import warehouse

NEW = "9-NEW"


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A parent of whom a partner was told, by case and as a person of several."""
    with warehouse() as con:
        desk = Desk(con)
        desk.until_certified()
        yield desk


def as_person(desk: Desk) -> None:
    """Makes what was told an act about the person, that no case carries."""
    for row in (*desk.episodes, *desk.published):
        row["case_id"] = ""
    desk.subjects = ()


def acts(desk: Desk) -> list[tuple[str, str, str, bool, str | None]]:
    """Kind, person, status, urgency and office of what is planned, but for what a person is asked."""
    return [
        (a["kind"], a["person_id"], a["status"], a["is_urgent"], a["office"])
        for a in desk.plan(LATER)
        if a["kind"] != "ask"
    ]


TAKEN_BACK = ("release", PERSON, "due", True, "001")


def test_what_was_told_of_the_parent_of_the_case_is_taken_back_urgently(desk: Desk) -> None:
    desk.subjects, desk.parties = ((CASE, NEW),), {CASE: NEW}
    assert acts(desk) == [TAKEN_BACK]


def test_it_is_taken_back_although_the_remedy_says_nothing_of_the_case_tonight(desk: Desk) -> None:
    desk.subjects, desk.parties = (), {CASE: NEW}
    assert acts(desk) == [TAKEN_BACK]


def test_a_person_whom_an_earlier_act_or_notice_ties_to_the_case_is_let_go_everywhere(desk: Desk) -> None:
    as_person(desk)
    desk.parties = {CASE: NEW}
    desk.notices = [{"case_id": CASE, "person_id": PERSON, "reference": "none"}]
    assert acts(desk) == [TAKEN_BACK]


def test_a_person_whom_the_extract_knows_and_no_case_names_is_let_go(desk: Desk) -> None:
    as_person(desk)
    desk.parties, desk.people = {}, (PERSON,)
    assert acts(desk) == [("release", PERSON, "due", True, None)]


@pytest.mark.parametrize(
    ("parties", "people", "lost", "tie"),
    [
        ({}, (), (), None),  # neither person nor case came
        ({}, (PERSON,), (), CASE),  # the case that they are known from did not come
        ({CASE: NEW}, (PERSON,), ("cases",), CASE),  # a line of cases could not be read: it may be theirs
    ],
)
def test_an_extract_that_lost_the_case_goes_to_a_person(
    desk: Desk, parties: dict[str, str], people: tuple[str, ...], lost: tuple[str, ...], tie: str | None
) -> None:
    as_person(desk)
    desk.parties, desk.people, desk.lost = parties, people or ("9-NOBODY",), lost
    desk.notices = [{"case_id": tie, "person_id": PERSON, "reference": "none"}]
    assert [(kind, status) for kind, _, status, *_ in acts(desk)] == [("release", "needs_person")]


def test_the_same_person_under_another_number_of_ours_is_no_replaced_parent(desk: Desk) -> None:
    desk.subjects, desk.parties, desk.same = ((CASE, NEW),), {CASE: NEW}, ((NEW, PERSON),)
    desk.listed = ((NEW, "L1", "driver", None),)
    desk.enter = desk.stay = "clear"
    assert desk.plan(LATER) == []
    assert [one.get("closed_on") for one in desk.episodes] == [None]
    desk.release = "flag"
    assert acts(desk) == [("release", PERSON, "due", False, "001")]


def test_an_act_about_the_same_person_is_not_let_go_without_a_word(desk: Desk) -> None:
    as_person(desk)
    desk.parties, desk.people, desk.same = {CASE: NEW}, (PERSON,), ((NEW, PERSON),)
    assert [(kind, status) for kind, _, status, *_ in acts(desk)] == [("release", "needs_person")]


def test_a_parent_who_still_owes_in_another_case_keeps_what_is_told_of_the_person(desk: Desk) -> None:
    as_person(desk)
    desk.parties = {CASE: NEW, "C2": PERSON}
    desk.notices = [{"case_id": CASE, "person_id": PERSON, "reference": "none"}]
    assert [(kind, status) for kind, _, status, *_ in acts(desk)] == [("release", "needs_person")]


def test_once_taken_back_the_episode_ends_and_nothing_is_said_twice(desk: Desk) -> None:
    as_person(desk)
    desk.parties = {}
    desk.people = (PERSON,)
    desk.publish(desk.plan(LATER), LATER)
    assert desk.plan(LATER + timedelta(days=1)) == []
    assert [one["close_reason"] for one in desk.episodes] == ["released"]


def test_the_next_parent_begins_with_a_review_and_notice_of_their_own(desk: Desk) -> None:
    desk.subjects, desk.parties = ((CASE, NEW),), {CASE: NEW}
    desk.publish(desk.plan(LATER), LATER)
    desk.plan(LATER + timedelta(days=1))
    after: list[dict[str, Any]] = desk.plan(LATER + timedelta(days=2))
    assert [(a["step"], a["person_id"], a["status"]) for a in after] == [("review", NEW, "needs_person")]
    assert STEPS[0]["step"] == "review"


def test_service_on_somebody_else_is_no_service_of_our_notice() -> None:
    with warehouse() as con:
        desk = Desk(con)
        desk.plan()
        desk.decide("review", "approve")
        desk.publish(desk.plan())
        desk.served(date(2025, 1, 20))
        desk.notices[0]["person_id"] = NEW
        desk.decide("certify", "approve")
        told = [(a["step"], a["status"]) for a in desk.plan(LATER)]
        assert ("certify", "due") not in told
        desk.notices[0]["person_id"] = PERSON
        assert ("certify", "due") in [(a["step"], a["status"]) for a in desk.plan(LATER)]
