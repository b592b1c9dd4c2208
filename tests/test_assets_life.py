"""The life of a levy: review, order, copy, twenty days from service, delivery, one release."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from test_plan import CASE, Desk, R

from arrears import house
from arrears.data.warehouse import warehouse
from arrears.law.deadlines import load_deadlines
from arrears.law.profile import Profile
from arrears.law.remedy_files import read_card
from arrears.night.plan import step_row

SERVED = date(2025, 6, 2)
MAINE = Profile.load(house.RULES, "me")


@pytest.fixture
def desk() -> Iterator[Desk]:
    """An account whose levy is ordered and copied to the parent."""
    card = read_card(house.RULES / "remedies" / "bank_levy")
    rows: list[dict[str, Any]] = [step_row(card, n, MAINE, SERVED) for n in range(len(card.steps))]
    with warehouse() as con:
        desk = Desk(con, steps=[{**row, "remedy": R} for row in rows])
        desk.plan(SERVED)
        desk.decide("review", "approve", SERVED)
        yield desk


def told(acts: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(act["step"], act["status"]) for act in acts]


def ordered(desk: Desk) -> None:
    assert told(desk.plan(SERVED)) == [("order", "needs_person")]
    desk.decide("order", "approve", SERVED)
    desk.publish(desk.plan(SERVED), SERVED)
    copy = desk.plan(SERVED)
    assert told(copy) == [("copy", "due")]
    desk.publish(copy, SERVED)
    reference = f"{R}:{CASE}:1:order:{CASE}:1"
    desk.notices = [{"notice_id": "N1", "reference": reference, "served_on": SERVED, "status": "served"}]


def test_a_levy_needs_a_review_and_then_a_supervisor(desk: Desk) -> None:
    [order] = desk.plan(SERVED)
    assert (order["step"], order["status"], order["needs"]) == ("order", "needs_person", "supervisor")


@pytest.mark.parametrize(
    ("as_of", "status"), [(date(2025, 6, 22), "waits"), (date(2025, 6, 23), "needs_person")]
)
def test_delivery_can_be_demanded_from_the_day_after_the_twentieth_a_sunday(
    desk: Desk, as_of: date, status: str
) -> None:
    ordered(desk)
    assert told(desk.plan(as_of)) == [("deliver", status)]


def test_an_order_that_was_not_served_freezes_nothing_and_delivers_nothing(desk: Desk) -> None:
    ordered(desk)
    desk.notices = []
    assert told(desk.plan(SERVED + timedelta(200))) == [("deliver", "waits")]


def test_exempt_money_is_released_once_and_never_delivered(desk: Desk) -> None:
    ordered(desk)
    desk.release, desk.stay = "flag", "clear"
    acts = [act for act in desk.plan(date(2025, 6, 24)) if act["status"] == "due"]
    assert [(act["kind"], act["message"]) for act in acts] == [("release", "reinstate")]
    desk.publish(acts, date(2025, 6, 24))
    assert [act for act in desk.plan(date(2025, 6, 25)) if act["status"] == "due"] == []


@pytest.mark.parametrize(
    ("deadline", "anchor", "ends_on"),
    [
        ("levy_answer", SERVED, date(2025, 6, 22)),
        # Found on a Friday; Juneteenth is a holiday of the week after.
        ("exempt_money_return", date(2025, 6, 13), date(2025, 6, 23)),
        ("lien_renewal", date(2025, 1, 15), date(2025, 3, 16)),
        ("casino_money", date(2025, 5, 5), date(2025, 5, 12)),
    ],
)
def test_each_deadline_counts_from_its_anchor_by_its_value(
    deadline: str, anchor: date, ends_on: date
) -> None:
    one = load_deadlines(house.RULES)[deadline]
    span = MAINE.value(one.clock, anchor)
    assert MAINE.calendar().ends(anchor, span.value, span.unit, roll=one.roll) == ends_on
