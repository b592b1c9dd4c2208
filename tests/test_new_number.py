"""A corrected number or name is an event for every partner that was told under the old one."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from queue_desk import a_desk
from test_plan import LATER, PERSON, Desk

from arrears import house
from arrears.data.warehouse import warehouse
from arrears.queues import load_queues

NEXT = LATER + timedelta(days=1)


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A parent of whom a partner was told under a number that is corrected tonight."""
    with warehouse() as con:
        desk = Desk(con)
        desk.until_certified()
        desk.number, desk.told_number = "t-2", "t-1"
        yield desk


def acts(desk: Desk, on: date = LATER) -> list[tuple[str, str, str, int | None, bool]]:
    return [(a["step"], a["message"], a["status"], a["amount_cents"], a["is_urgent"]) for a in desk.plan(on)]


def test_what_stands_under_the_old_number_is_withdrawn_and_told_again_the_next_night(desk: Desk) -> None:
    assert acts(desk) == [("identity_out", "reinstate", "due", 0, True)]
    desk.publish(desk.plan(LATER), LATER)
    assert acts(desk, NEXT) == [("identity_in", "restrict", "due", 2_500_00, False)]
    desk.told_number = ""
    desk.publish(desk.plan(NEXT), NEXT)
    assert acts(desk, NEXT + timedelta(days=1)) == []


@pytest.mark.parametrize("stay", ["clear", "unknown"])
def test_under_a_stay_it_is_withdrawn_and_not_told_again(desk: Desk, stay: str) -> None:
    desk.stay = stay
    desk.publish(desk.plan(LATER), LATER)
    assert desk.published[-1]["step"] == "identity_out"
    assert acts(desk, NEXT) == []


def test_a_license_that_is_no_longer_known_as_theirs_is_not_restricted_again(desk: Desk) -> None:
    desk.publish(desk.plan(LATER), LATER)
    desk.licenses = ()
    assert acts(desk, NEXT) == []


def test_a_partner_that_takes_a_change_is_told_the_change_at_once(desk: Desk) -> None:
    desk.new_number = "change"
    assert [(step, message) for step, message, *_ in acts(desk)] == [("identity_in", "update")]
    desk.stay = "unknown"
    assert [(step, message) for step, message, *_ in acts(desk)] == [("identity_out", "reinstate")]


def test_what_was_found_by_the_old_number_alone_is_let_go_for_good(desk: Desk) -> None:
    desk.new_number = "end"
    assert acts(desk) == [("release", "reinstate", "due", 2_500_00, True)]


def test_a_number_that_nobody_knows_tonight_moves_nothing(desk: Desk) -> None:
    desk.number = None  # type: ignore[assignment]
    desk.told_number = "t-1"
    assert acts(desk) == []


def test_a_corrected_name_is_told_where_the_partner_takes_a_change(desk: Desk) -> None:
    desk.number, desk.name = "t-1", "n-2"
    assert acts(desk) == []
    desk.new_name = "change"
    assert [(step, message) for step, message, *_ in acts(desk)] == [("identity_in", "update")]


@pytest.mark.parametrize(("name", "birth"), [("n-2", "b-1"), ("n-1", "b-2")])
def test_a_body_that_has_no_change_record_is_told_the_same_once_more(
    desk: Desk, name: str, birth: str
) -> None:
    desk.number, desk.new_name = "t-1", "again"
    desk.name, desk.birth = name, birth
    assert [act[:3] for act in acts(desk)] == [("identity_in", "restrict", "due")]
    desk.stay = "unknown"
    assert acts(desk) == []
    desk.stay, desk.licenses = "flag", ()
    assert acts(desk) == [], "not known as theirs tonight"
    desk.licenses, desk.told_number = ("L1",), ""
    desk.publish(desk.plan(LATER), LATER)
    assert acts(desk, NEXT) == []


def test_a_birth_date_is_told_only_where_the_record_holds_one(desk: Desk) -> None:
    desk.number, desk.new_name, desk.birth, desk.tells_birth = "t-1", "change", "b-2", False
    assert acts(desk) == []
    desk.tells_birth = True
    assert [(step, message) for step, message, *_ in acts(desk)] == [("identity_in", "update")]


def test_a_name_with_a_record_of_its_own_changes_no_amount_and_a_lower_one_goes_first(desk: Desk) -> None:
    desk.number, desk.name, desk.new_name, desk.update_on = "t-1", "n-2", "own", "change"
    desk.amount_cents = 2_600_00
    assert [act[:4] for act in acts(desk)] == [("identity_in", "update", "due", 2_500_00)]
    desk.amount_cents = 2_400_00
    assert [act[:4] for act in acts(desk)] == [("update", "update", "due", 2_400_00)]


def test_every_licensing_body_hears_a_corrected_name_and_birth_date() -> None:
    queues = load_queues(house.QUEUES)
    bodies = {name: one for name, one in queues.items() if one.holds_target}
    assert {(one.new_name, one.tells_birth) for one in bodies.values()} == {("again", True)}
    assert len(bodies) == 4


def test_every_queue_that_tells_a_number_says_how_a_corrected_one_is_told() -> None:
    for queue in load_queues(house.QUEUES).values():
        assert bool(queue.new_number) == ("person_token" in queue.secrets.values()), queue.name


def test_every_partner_that_hears_a_corrected_number_hears_a_corrected_name() -> None:
    """A medical support notice was told once, and a plan could turn down the name that it held."""
    queues = load_queues(house.QUEUES)
    assert {name for name, one in queues.items() if one.new_number and not one.new_name} == set()
    medical = queues["medical_support"]
    assert (medical.new_name, medical.tells_birth) == ("again", True)


def test_a_thing_of_the_whole_case_is_told_again_under_a_corrected_name_without_a_license(desk: Desk) -> None:
    """As a notice to an employer, which holds no license that could be somebody else's."""
    desk.number, desk.new_name, desk.name, desk.licenses = "t-1", "again", "n-2", ()
    assert acts(desk) == []
    desk.steps = [{**step, "targets": "self"} for step in desk.steps]
    assert [act[:3] for act in acts(desk)] == [("identity_in", "restrict", "due")]


@pytest.mark.parametrize(
    ("listed", "taken_back"),
    [
        ((("9-OTHER", "L1", "driver", None),), True),  # it is somebody else's
        (((PERSON, "L1-CORRECTED", "driver", None),), True),  # theirs has another number
        ((), False),  # gone proves nothing
        (((PERSON, "R7", "registration", None),), False),  # another kind says nothing of it
        (((PERSON, "L1", "driver", None), ("9-OTHER", "L1", "driver", None)), False),
    ],
)
def test_a_license_that_is_not_theirs_is_given_back(
    desk: Desk, listed: tuple[tuple[str, str, str, None], ...], taken_back: bool
) -> None:
    desk.told_number = desk.number = "t-1"
    desk.licenses, desk.listed = (), listed
    assert [(step, status) for step, _, status, *_ in acts(desk)] == [("identity_out", "due")] * taken_back


def test_the_license_under_its_corrected_number_is_restricted_in_the_same_proceeding(desk: Desk) -> None:
    desk.told_number = desk.number = "t-1"
    desk.licenses, desk.listed = ("L2",), ((PERSON, "L2", "driver", None),)
    told = {(a["step"], a["target_id"]): a["status"] for a in desk.plan(LATER)}
    assert told == {("identity_out", "L1"): "due", ("certify", "L2"): "due"}


SET_OFF = {"remedy": "state_tax_intercept", "subject_id": "9", "target_id": "9"}


@pytest.mark.parametrize(
    ("step", "kind", "message", "number"),
    [
        ("release", "release", "withdraw", "t-old"),
        ("identity_out", "update", "withdraw", "t-old"),
        ("identity_in", "update", "certify", "t0000000001"),
        ("update", "update", "change", "t0000000001"),
    ],
)
def test_what_is_taken_back_is_taken_back_under_the_number_that_was_told(
    tmp_path: Path, step: str, kind: str, message: str, number: str
) -> None:
    with a_desk("state_tax_setoff", tmp_path) as desk:
        desk.person().item(message, kind=kind, step=step, **SET_OFF)
        desk.tables["items"][-1]["episode_id"] = "E"
        desk.add("vault", person_token="t-old", ssn="900019999")
        desk.add(
            "facts.person_marks",
            person_id="0000000001",
            number_mark="t0000000001",
            name_mark="n",
            birth_mark="b",
        )
        desk.add(
            "published", queue="state_tax_setoff", episode_id="E", target_id="9", kind="send", version=1,
            subject_id="9", published_on=date(2024, 12, 1), batch_no=1,
            carry='{"identity": {"number": "t-old"}}',
        )  # fmt: skip
        desk.build()
        row = desk.rows()[0]
        assert row["person_token"] == number
        assert json.loads(row["carry"])["identity"] == {"number": number, "name": "n", "birth": "b"}
