"""Stops a night at every named write, and kills it at twenty random moments; the next run must end the same.

    python tests/crash.py [--kinds] [--random 20] [--workers 2]

One night is watched: at named writes the store is copied as it lies on disk, as `kill -9` would leave it.
Other nights are killed with SIGKILL at random moments. Each of these stores then runs the night again; its
outbox (byte for byte) and the ledger's publications must be those of the undisturbed night. Exits 1 and names
every trial that differs.
"""

import argparse
import hashlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock

STATE, FIRST = "me", date(2025, 1, 14)
ONE_SUITE = Path("facts", "case_facts.yml")


@dataclass(frozen=True)
class End:
    """What a night left behind: files with their hashes, and every act the ledger holds as published."""

    files: tuple[tuple[str, str], ...]
    acts: tuple[str, ...]


def small_house(folder: Path) -> None:
    """A house with one suite of checks, so that a trial costs a night and not its validation."""
    ours = Path(__file__).resolve().parents[1]
    for name in ("rules", "transforms"):
        shutil.copytree(ours / name, folder / name)
    (folder / "expectations" / ONE_SUITE).parent.mkdir(parents=True)
    shutil.copy(ours / "expectations" / ONE_SUITE, folder / "expectations" / ONE_SUITE)
    os.environ["ARREARS_HOUSE"] = str(folder)


def read_ahead() -> None:
    """Imports and reads before the forks what a night does, so that a trial costs only the night."""
    import arrears.night.steps  # noqa: F401
    from arrears import house
    from arrears.expectations.library import great_expectations
    from arrears.intake.feeds import load_feeds
    from arrears.law.deadlines import load_deadlines
    from arrears.law.profile import Profile
    from arrears.law.remedy import load_cards
    from arrears.law.work import load_kinds
    from arrears.night.transform import load_facts

    great_expectations()
    for read in (load_cards, load_kinds, load_deadlines):
        read(house.RULES)
    load_facts(house.FACTS), load_feeds(house.FEEDS), Profile.load(house.RULES, STATE)


def prepare(folder: Path, cases: int) -> None:
    """Makes a store whose files are received and whose first night has not begun."""
    from arrears.data.store import Store
    from arrears.fakes import make
    from arrears.intake.inbox import take_in

    make(STATE, cases, 1, 7, folder / "fakes", FIRST)
    store = Store.create(folder / "before", "invented")
    take_in(store, STATE, sorted((folder / "fakes" / STATE / str(FIRST) / "inbox").iterdir()), on=FIRST)


def night(root: Path) -> None:
    """Runs the whole night in this process."""
    from arrears.data.store import Store
    from arrears.night.steps import run_night

    run_night(Store.open(root), STATE, FIRST)


def undisturbed_night(root: Path, names: Path) -> None:
    """Runs the night and notes its named writes in order."""
    from arrears.data import writes

    seen: list[str] = []
    writes.watchers.append(seen.append)
    night(root)
    names.write_text("\n".join(seen))


def watched_night(root: Path, images: Path, names: Collection[str]) -> None:
    """Runs the night and copies the store at each of these named writes."""
    from arrears.data import writes

    one_by_one = Lock()

    def still_there(source: str, target: str) -> None:
        with suppress(FileNotFoundError):  # tables are made side by side: another may have just got its name
            shutil.copy2(source, target)

    def copy(name: str) -> None:
        if name not in names:
            return
        plain = "".join(c if c.isalnum() else "_" for c in name)
        with one_by_one:
            image = images / f"{len(list(images.iterdir())):03d}_{plain}"
            shutil.copytree(root, image, copy_function=still_there)

    writes.watchers.append(copy)
    night(root)


def end_of(root: Path) -> End:
    """What stands in the outbox and in the ledger after a night."""
    from ledger_helpers import published_keys

    from arrears.data.store import Store
    from arrears.ledger import Ledger

    outbox = root / "outbox"
    files = tuple(
        (p.relative_to(outbox).as_posix(), hashlib.sha256(p.read_bytes()).hexdigest())
        for p in sorted(outbox.rglob("*"))
        if p.is_file()
    )
    ledger = Ledger.open(Store.open(root).ledger_url)
    acts = sorted(str(key) for key in published_keys(ledger))
    ledger.close()
    return End(files, tuple(acts))


def in_child(work: Callable[[], None], kill_after: float | None = None) -> int:
    """The exit of a forked child that does the work; killed from outside after a while if asked."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException as error:  # the child must never return into its parent's stack
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
        finally:
            os._exit(code)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def recovered(root: Path, name: str, expected: End) -> str | None:
    """What is wrong after the night was run again on a store that a crash left behind, or None."""
    if ended := in_child(lambda: night(root)):
        return f"{name}: the run after it ended with {ended}"
    found = end_of(root)
    shutil.rmtree(root)
    return None if found == expected else f"{name}: the outbox or the ledger differs"


def killed(before: Path, root: Path, moment: float, expected: End) -> str | None:
    """What is wrong after a night was killed at this moment and run again, or None."""
    shutil.copytree(before, root)
    ended = in_child(lambda: night(root), kill_after=moment)
    if ended not in (-signal.SIGKILL, 0):
        return f"killed after {moment:.2f} s: it had ended with {ended} before"
    return recovered(root, f"killed after {moment:.2f} s", expected)


def of_each_kind(names: list[str]) -> list[str]:
    """The one in the middle of the named writes of each moment and kind of file, and the last of all."""
    kinds = defaultdict[tuple[str, str], list[str]](list)
    for name in names:
        moment, _, what = name.partition(" ")
        # A page is written as any other file of a step is.
        kinds[moment, Path(what).suffix.replace(".html", ".json")].append(name)
    return [*(found[len(found) // 2] for found in kinds.values()), names[-1]]


def main() -> int:
    """0 where every trial ended as an undisturbed night does."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--random", type=int, default=20)
    asked.add_argument("--kinds", action="store_true", help="one named write of each kind, and the last")
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--cases", type=int, default=40)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="crash-") as place:
        folder = Path(place)
        small_house(folder / "house")
        read_ahead()
        # In a child: a process that has opened DuckDB has threads, and must not fork.
        if in_child(lambda: prepare(folder, options.cases)):
            return 1
        before, clean, images = folder / "before", folder / "clean", folder / "images"
        for copy in (clean, folder / "watched"):
            shutil.copytree(before, copy)
        images.mkdir()
        started = time.monotonic()
        if in_child(lambda: undisturbed_night(clean, folder / "names")):
            return 1
        took = time.monotonic() - started
        writes = (folder / "names").read_text().splitlines()
        looked_at = of_each_kind(writes) if options.kinds else writes
        if in_child(lambda: watched_night(folder / "watched", images, looked_at)):
            return 1
        expected, dice = end_of(clean), random.Random(11)
        names = sorted(path.name for path in images.iterdir())
        moments = [dice.uniform(0, took) for _ in range(options.random)]
        with ThreadPoolExecutor(options.workers) as pool:
            at_writes = pool.map(lambda name: recovered(images / name, name, expected), names)
            at_random = pool.map(
                lambda n: killed(before, folder / f"killed{n}", moments[n], expected), range(len(moments))
            )
            faults = [fault for fault in [*at_writes, *at_random] if fault]
    for fault in faults:
        print(fault)
    print(
        f"{len(names)} named writes, {len(moments)} random kills, {len(expected.files)} queue files,"
        f" {len(expected.acts)} acts: {len(faults)} trial(s) differ"
    )
    return 1 if faults or not names or not expected.files else 0


if __name__ == "__main__":
    sys.exit(main())
