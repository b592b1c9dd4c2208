"""Runs the shipped sample nights as an agency would, and keeps what must leave: the golden outbox.

    python tests/golden.py [--write] [--state ST]

Without `--write` it compares and names each file that differs. The diff of the files is what is reviewed.
"""

import argparse
import csv
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from arrears import house

STATE = "me"
Step = Callable[[str, dict[str, Any]], None]


def sample_states() -> list[str]:
    """The states that nights are shipped of."""
    return sorted(path.name for path in house.SAMPLE.iterdir() if path.is_dir())


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
    from arrears.data.store import Store
    from arrears.intake.inbox import take_in

    take_in(Store.create(root, "invented"), state, inbox(night, state), on=night)


def work(root: Path, night: date, state: str = STATE) -> dict[str, Any]:
    """Runs a night on what was received; people decide, and what they approved is released."""
    from arrears.data.store import Store
    from arrears.night.steps import day_release, run_night

    store = Store.open(root)
    summary = run_night(store, state, night)
    if decide_as_planned(store, night, state):
        day_release(str(root), state, night.isoformat())
    return summary


def decide_as_planned(store: Any, night: date, state: str = STATE) -> int:
    """How many decisions of the sample were made, through the desk and under its rules."""
    from arrears.desk.review import decide, work_list

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
        assert items, f"{wanted} is not on the work list of {night}"
        until = date.fromisoformat(row["until_on"]) if row.get("until_on") else None
        at = datetime.fromisoformat(row["at"])
        decide(store, state, items, row["decision"], row["by_user"], row["because"], until, at=at)
    return len(planned)


def outbox(root: Path, night: date, state: str = STATE) -> dict[str, bytes]:
    """The files of one day by name."""
    folder = root / "outbox" / state / str(night)
    return {p.name: p.read_bytes() for p in sorted(folder.glob("*"))} if folder.is_dir() else {}


def golden(night: date, state: str = STATE) -> dict[str, bytes]:
    """The files that must leave on one day by name."""
    folder = house.SAMPLE / state / str(night) / "outbox"
    return {p.name: p.read_bytes() for p in sorted(folder.glob("*"))} if folder.is_dir() else {}


def main() -> int:
    """0 where every outbox is the golden one, or was written."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--write", action="store_true", help="make today's outbox the golden one")
    asked.add_argument("--state", choices=sample_states(), help="one state only")
    given = asked.parse_args()
    differ = sum(compare(state, given.write) for state in ([given.state] if given.state else sample_states()))
    print(f"{differ} file(s) {'written again' if given.write else 'differ'}")
    return 0 if given.write or not differ else 1


def compare(state: str, write: bool) -> int:
    """How many files of a state's nights differ from the golden ones, or were written again."""
    differ = 0
    with tempfile.TemporaryDirectory(prefix="golden-") as place:
        for night in sample_nights(state):
            live(Path(place), night, state)
            found, kept = outbox(Path(place), night, state), golden(night, state)
            names = sorted(name for name in found.keys() | kept.keys() if found.get(name) != kept.get(name))
            differ += len(names)
            for name in names:
                what = "new" if name not in kept else "gone" if name not in found else "differs"
                print(f"{state} {night}/{name}: {what}", flush=True)
            if write:
                folder = house.SAMPLE / state / str(night) / "outbox"
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                for name, data in found.items():
                    (folder / name).write_bytes(data)
    return differ


if __name__ == "__main__":
    sys.exit(main())
