"""A task sleeps while another takes its night over, and wakes late; and its clock was set back.

Leases are judged by a clock. One that was set back takes no lease from a run that lives, and keeps none
from whom it belongs to; and whoever wakes late writes nothing any more.
"""

import hashlib
import os
import random
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from world import SAID, WELL, World, end_of, in_child, killed_at, night, promises_broken, recovered

BACK = (timedelta(days=2), timedelta(minutes=20), timedelta(hours=3), timedelta(0))
RIGHT, US, OTHERS = timedelta(0), "the scheduler", "another scheduler"
# What a run leaves in its folder only for itself, and what nobody promises to keep.
OWN = ("tmp", "desk")


def waking_late(world: World, count: int, seed: int) -> Iterator[str | None]:
    """What is wrong after each night that was taken over while a task of it slept; None where nothing."""
    dice = random.Random(seed)
    for number in range(count):
        name = dice.choice(world.names) if number else _as_a_file_leaves(world.names)
        yield _late(world, world.folder / f"late{number}", name, BACK[number % len(BACK)])


def set_back(world: World, count: int, seed: int) -> Iterator[str | None]:
    """What is wrong after each night killed before the clock was set back; None where nothing."""
    dice = random.Random(seed)
    for number in range(count):
        back = BACK[number % (len(BACK) - 1)]
        yield _killed(world, world.folder / f"back{number}", dice.choice(world.names), back)


def _as_a_file_leaves(names: Sequence[str]) -> str:
    """The moment at which the file of a queue is prepared and has not left."""
    prepared = [name for name in names if name.startswith("prepared ")]
    return prepared[len(prepared) // 2]


@dataclass
class Sleeper:
    """A night that stands still at a named write until it is woken, in a process of its own."""

    flag: Path
    ends: Callable[[], int]

    def wakes(self) -> int:
        """How it ended after it was woken."""
        self.flag.unlink()
        return self.ends()


@contextmanager
def asleep(root: Path, name: str, back: timedelta) -> Iterator[Sleeper]:
    """The night that the scheduler runs, asleep at a named write; its clock was set back as it began."""
    flag = root.with_suffix(".asleep")

    def sleeps() -> None:
        from arrears.data import writes

        def watch(reached: str) -> None:
            if reached == name and not flag.with_suffix(".slept").exists():
                flag.with_suffix(".slept").touch()
                flag.touch()
                while flag.exists():
                    time.sleep(0.01)

        writes.watchers.append(watch)
        run(root, US, RIGHT, then=back)

    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(in_child, sleeps, None, True)
        try:
            while not flag.exists() and not ended.done():
                time.sleep(0.01)
            yield Sleeper(flag, ended.result)
        finally:
            flag.unlink(missing_ok=True)


def run(root: Path, holder: str, back: timedelta, then: timedelta | None = None) -> None:
    """Runs the night as this scheduler, its clock set back; by so much `then` once the night has begun."""
    from arrears.night import run as nights

    os.environ[nights.HOLDER_VARIABLE] = holder
    set_clock(back)
    if then is not None:
        begin = nights.begin

        def and_then(*given: object, **named: object) -> object:
            begun = begin(*given, **named)  # type: ignore[arg-type]
            set_clock(then)
            return begun

        nights.begin = and_then  # type: ignore[assignment]
    night(root)


def set_clock(back: timedelta) -> None:
    """Sets the clock back by which this process judges leases."""
    from arrears.night import run as nights

    class Clock(datetime):
        """The clock of a machine that is slow."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Clock":
            told = datetime.now(tz) - back
            return cls.combine(told.date(), told.timetz())

    nights.datetime = Clock  # type: ignore[misc]


def lease(root: Path) -> tuple[object, ...]:
    """Who has the lease of the store's state, and under which fence."""
    with sqlite3.connect(f"file:{root / 'ledger.db'}?mode=ro", uri=True) as ledger:
        return tuple(ledger.execute("SELECT run_id, holder, fence FROM leases").fetchone())


def everything(root: Path) -> dict[str, object]:
    """Every file that somebody counts on, with the hash of its bytes; and how far the ledger has come."""
    names = {path: path.relative_to(root) for path in sorted(root.rglob("*")) if path.is_file()}
    with sqlite3.connect(f"file:{root / 'ledger.db'}?mode=ro", uri=True) as ledger:
        rows = [ledger.execute(f"SELECT * FROM {table}").fetchall() for table in ("counter", "leases")]
    return {"the ledger": rows} | {
        name.as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path, name in names.items()
        if name.parts[0] not in OWN and not name.name.startswith("ledger.db")
    }


def _late(world: World, root: Path, name: str, back: timedelta) -> str | None:
    said = f"asleep at {name}, its clock set back by {back}"
    shutil.copytree(world.before, root)
    with asleep(root, name, back) as sleeper:
        held = lease(root)
        if (ended := in_child(lambda: run(root, OTHERS, RIGHT), is_quiet=True)) != SAID:
            return f"{said}: another scheduler's run of the night ended with {ended}"
        if lease(root) != held:
            return f"{said}: the lease was taken"
        # Its scheduler thinks that it is gone, and has the night run again. A file gets its name while SQLite
        # writes: there the second run cannot, says so, and the first one has the night to itself.
        ended = in_child(lambda: run(root, US, RIGHT), is_quiet=True)
        is_alone = ended == SAID and name.startswith("renamed ") and not name.endswith((".parquet", ".json"))
        if ended and not is_alone:
            return f"{said}: the night that took it over ended with {ended}"
        left = everything(root)
        if (ended := sleeper.wakes()) not in ((WELL,) if is_alone else (WELL, SAID)):
            return f"{said}: the task that woke ended with {ended}"
    found = left if is_alone else everything(root)
    if differs := sorted(one for one in left.keys() | found.keys() if left.get(one) != found.get(one)):
        return f"{said}: the task that woke changed {', '.join(differs[:3])}"
    broken = promises_broken(root)
    if broken or end_of(root) != world.expected:
        return f"{said}: {broken[0] if broken else 'the outbox or the ledger differs'}"
    shutil.rmtree(root)
    return None


def _killed(world: World, root: Path, name: str, back: timedelta) -> str | None:
    said = f"killed at {name}, then the clock set back by {back}"
    shutil.copytree(world.before, root)
    killed_at(name, lambda: run(root, US, RIGHT))
    held = lease(root)
    if (ended := in_child(lambda: run(root, OTHERS, back), is_quiet=True)) != SAID or lease(root) != held:
        return f"{said}: another scheduler's run ended with {ended}, the lease {lease(root)}"
    if ended := in_child(lambda: run(root, US, back)):
        return f"{said}: the run after it ended with {ended}"
    # And once more, as after a night that is closed.
    return recovered(root, said, world.expected)
