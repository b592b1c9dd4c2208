"""The shipped sample nights, lived as an agency would live them, and what must leave on each."""

import csv
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from arrears import house
from arrears.data.store import Store
from arrears.desk.review import decide, work_list
from arrears.errors import ArrearsError
from arrears.intake.inbox import take_in
from arrears.ledger.records import Choice
from arrears.night.steps import day_release, run_night

STATE = "me"


def sample_states() -> list[str]:
    """The states that nights are shipped of."""
    return sorted({path.parents[1].name for path in house.SAMPLE.glob("*/*/inbox")})


def sample_nights(state: str = STATE) -> list[date]:
    """The dates of the shipped nights, in order."""
    return sorted(date.fromisoformat(p.parent.name) for p in (house.SAMPLE / state).glob("*/inbox"))


def inbox(night: date, state: str = STATE) -> list[Path]:
    """The files that arrived for a night."""
    return sorted((house.SAMPLE / state / str(night) / "inbox").iterdir())


def live(root: Path, night: date, state: str = STATE) -> dict[str, Any]:
    """One whole day: files come in, the night runs, people decide, what they approved is released."""
    receive(root, night, state)
    return work(root, night, state)


def receive(root: Path, night: date, state: str = STATE) -> None:
    """Takes in the files of a night; makes the store where it is not there."""
    take_in(Store.create(root, "invented"), state, inbox(night, state), on=night)


def work(root: Path, night: date, state: str = STATE) -> dict[str, Any]:
    """Runs a night on what was received; people decide, and what they approved is released."""
    store = Store.open(root)
    summary = run_night(store, state, night)
    if decide_as_planned(store, night, state):
        day_release(str(root), state, night.isoformat())
    return summary


def decide_as_planned(store: Store, night: date, state: str = STATE) -> int:
    """How many decisions of the sample were made, through the desk and under its rules."""
    with (house.SAMPLE / state / str(night) / "decisions.csv").open(newline="") as rows:
        planned = list(csv.DictReader(rows))
    for row in planned:
        wanted = [row["remedy"], row["subject_id"], row["step"]]
        # A queue that the gate holds is decided on by its name.
        gate = f"gate:{row['subject_id']}:" if row["remedy"] == "gate" else None
        items = [
            line["item_id"]
            for line in work_list(store, state)
            if (gate and line["item_id"].startswith(gate))
            or [line["remedy"], line["subject_id"], line["step"]] == wanted
        ]
        if not items:
            raise ArrearsError(
                f"{'/'.join(wanted)} is not on the work list of {night}",
                house.SAMPLE / state / str(night) / "decisions.csv",
                "Correct the decision that people take on this night, or the rule that no longer asks for it",
            )
        until = date.fromisoformat(row["until_on"]) if row.get("until_on") else None
        at = datetime.fromisoformat(row["at"])
        decide(
            store, state, items, cast(Choice, row["decision"]), row["by_user"], row["because"], until, at=at
        )
    return len(planned)


def known_nights(state: str) -> list[date]:
    """The same dates; refused where no nights of the state are shipped."""
    if not (found := sample_nights(state)):
        raise ArrearsError(
            f"No sample nights of {state} are shipped",
            house.SAMPLE,
            f"Give one of {', '.join(sample_states()) or 'the states that have them'}",
        )
    return found


def outbox(root: Path, night: date, state: str = STATE) -> dict[str, bytes]:
    """The files of one day by name."""
    folder = root / "outbox" / state / str(night)
    return {p.name: p.read_bytes() for p in sorted(folder.glob("*"))} if folder.is_dir() else {}


def golden(night: date, state: str = STATE) -> dict[str, bytes]:
    """The files that must leave on one day by name."""
    folder = house.SAMPLE / state / str(night) / "outbox"
    return {p.name: p.read_bytes() for p in sorted(folder.glob("*"))} if folder.is_dir() else {}
