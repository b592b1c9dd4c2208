"""A line opened: its verdict in a sentence, what decides with its gauges, what each choice does and when."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from desk_world import STATE, Tonight, World, of_facts
from ledger_helpers import a_delivery

from arrears import house
from arrears.data.store import Store
from arrears.desk.effects import next_release
from arrears.desk.in_short import dated
from arrears.desk.line import line as opened
from arrears.law.profile import Profile
from arrears.ledger import DeliveredFile, held_item_id

NIGHT = date(2025, 1, 15)
DAY = timedelta(days=1)
CERTIFY = "license_revocation:00000346:1:certify"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "store")


def hold_queue(world: World, day: date, **by_remedy: int) -> str:
    """Lets the gate of notices hold so many acts on a night; the item of its line."""
    folder = world.store.night(STATE, day) / "queues"
    folder.mkdir(parents=True)
    item = f"gate:obligor_notices:{day}"
    held = {"item_id": item, "queue": "obligor_notices", "held": "too many", "by_remedy": by_remedy}
    (folder / "held.json").write_text(json.dumps([held]))
    return item


def test_a_line_says_its_verdict_what_an_approval_does_and_when(lived_nights: Store) -> None:
    found = opened(lived_nights, STATE, CERTIFY)
    assert found.line["verdict"] == "License revocation on $2,000.00 is ready to leave."
    approve, hold, reject = found.effects
    assert approve["does"] == (
        "Certify each driver license to the Secretary of State."
        " Through License restriction and reinstatement, $2,000.00."
    )
    assert "at 14:00, if its ground still stands then" in approve["when"]
    assert [one["when"] for one in (hold, reject)] == ["At once.", "At once."]


def test_each_condition_that_measures_has_its_gauge(lived_nights: Store) -> None:
    found = opened(lived_nights, STATE, CERTIFY)
    assert found.explanation is not None
    [remedy] = found.explanation["remedies"]
    drawn = {one["condition"]: one["gauges"] for one in remedy["parts"]["enter"]["conditions"]}
    near = [gauge for gauges in drawn.values() for gauge in gauges]
    assert found.line["gauge"] in near
    assert all(max(one["value_percent"], one["limit_percent"]) == 100 for one in near)
    assert not drawn["identity_certain"]


def test_where_an_approval_changes_nothing_only_hold_and_reject_are_told(world: World) -> None:
    world.night(NIGHT, Tonight(work=[of_facts("bank_found")]))
    assert [one["choice"] for one in opened(world.store, STATE, "bank_found:c1").effects] == [
        "hold",
        "reject",
    ]


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        (datetime(2025, 1, 15, 14, tzinfo=UTC), "2025-01-15 14:00"),
        (datetime(2025, 1, 15, 19, 30, tzinfo=UTC), "2025-01-16 14:00"),
        (datetime(2025, 1, 17, 19, 30, tzinfo=UTC), "2025-01-20 14:00"),
    ],
    ids=["before", "after", "over a weekend"],
)
def test_the_next_release_is_on_a_working_day_by_the_state_s_own_clock(now: datetime, wanted: str) -> None:
    assert f"{next_release(Profile.load(house.RULES, STATE), now):%Y-%m-%d %H:%M}" == wanted


def test_a_gate_is_told_by_remedy_beside_the_night_before(world: World) -> None:
    world.night(NIGHT - DAY, Tonight())
    hold_queue(world, NIGHT - DAY, notice_of_debt=10)
    item = hold_queue(world, NIGHT, notice_of_debt=12, annual_statement=3)
    (world.store.night(STATE, NIGHT - DAY) / "summary.json").write_text(
        json.dumps({"queues": [{"queue": "obligor_notices", "records": 4}]})
    )
    world.night(NIGHT, Tonight())
    held = opened(world.store, STATE, item).held
    assert held is not None
    assert held["title"] == "Notices to obligors"
    assert [(one["name"], one["now"], one["was"]) for one in held["rows"]] == [
        ("Notice of debt", 12, 10),
        ("Annual statement of debt", 3, 0),
    ]
    assert (held["acts"], held["before_acts"], held["before_records"]) == (15, 10, 4)


def test_a_held_file_is_told_beside_the_last_one_that_was_taken(world: World) -> None:
    files = (DeliveredFile("licenses", "a" * 64, 80, 8_000),), (DeliveredFile("licenses", "b" * 64, 9, 900),)
    world.ledger.record_delivery(a_delivery(1, files=files[0]))
    held = a_delivery(2, "held", files=files[1], reason="its rows are far fewer than usual")
    world.ledger.record_delivery(held)
    world.night(NIGHT, Tonight())
    found = opened(world.store, STATE, held_item_id(held.delivery_id)).held
    assert found is not None
    assert (found["rows"], found["last_rows"], found["bytes"], found["usual_rows"]) == (9, 80, 900, 80)
    assert found["sender"]
    assert found["is_whole"]


def test_days_in_sentences_are_written_out_and_those_in_names_are_not() -> None:
    assert dated("Sent on 2024-12-05, by 2025-01-15.") == "Sent on 5 December 2024, by 15 January 2025."
    assert dated("gate:x:2025-01-15:3 in x-2025-01-15.zip, 2025-13-45") == (
        "gate:x:2025-01-15:3 in x-2025-01-15.zip, 2025-13-45"
    )
