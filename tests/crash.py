"""Kills a night at every named write, and at twenty random moments; the next run must end the same.

    python tests/crash.py [--random 20] [--workers 2] [--every 1]

Each trial starts from the same store (files received, night not run), forks a night that is killed without
any clean-up, runs the night again, and compares the outbox byte for byte and the ledger's publications with
those of an undisturbed night. Exits 1 and names every trial that differs.
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
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

STATE, FIRST = "me", date(2025, 1, 14)


@dataclass(frozen=True)
class End:
    """What a night left behind: files with their hashes, and every act the ledger holds as published."""

    files: tuple[tuple[str, str], ...]
    acts: tuple[str, ...]


def prepare(folder: Path, cases: int) -> Path:
    """A store whose files are received and whose first night has not begun."""
    from arrears.fakes import make
    from arrears.intake import take_in
    from arrears.store import Store

    make(STATE, cases, 1, 7, folder / "fakes", FIRST)
    store = Store.create(folder / "before", "invented")
    take_in(store, STATE, sorted((folder / "fakes" / STATE / str(FIRST) / "inbox").iterdir()), on=FIRST)
    return store.root


def night(root: Path) -> None:
    """Runs the whole night in this process."""
    from arrears.steps import run_night
    from arrears.store import Store

    run_night(Store.open(root), STATE, FIRST)


def end_of(root: Path) -> End:
    """What stands in the outbox and in the ledger after a night."""
    from arrears.ledger import Ledger
    from arrears.store import Store

    outbox = root / "outbox"
    files = tuple(
        (p.relative_to(outbox).as_posix(), hashlib.sha256(p.read_bytes()).hexdigest())
        for p in sorted(outbox.rglob("*"))
        if p.is_file()
    )
    keys = Ledger.open(Store.open(root).ledger_url).published_keys(STATE)
    return End(files, tuple(sorted(str(key) for key in keys)))


def in_child(work: Callable[[], None], kill_after: float | None = None, **env: str) -> int:
    """The exit of a forked child that does the work; killed from outside after a while if asked."""
    child = os.fork()
    if child == 0:
        os.environ.update(env)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
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


def trial(before: Path, expected: End, name: str, kill_after: float | None = None, **env: str) -> str | None:
    """What went wrong when a night was killed and run again, or None."""
    with tempfile.TemporaryDirectory(prefix="crash-") as place:
        root = Path(place) / "store"
        shutil.copytree(before, root)
        killed = in_child(lambda: night(root), kill_after, **env)
        if killed not in (-signal.SIGKILL, 0):
            return f"{name}: the night ended with {killed} before it was killed"
        if killed == 0 and kill_after is None:
            return f"{name}: the write was never reached"
        parts = [p for p in (root / "outbox").rglob("*") if p.is_file() and p.name.startswith(".")]
        if again := in_child(lambda: night(root)):
            return f"{name}: the run after it ended with {again}"
        found = end_of(root)
        left = [p.name for p in (root / "outbox").rglob(".*") if p.is_file()]
        if found != expected or left:
            return f"{name}: the outbox or the ledger differs ({len(parts)} files were half written)"
    return None


def main() -> int:
    """0 where every trial ended as an undisturbed night does."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--random", type=int, default=20)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--every", type=int, default=1, help="try every n-th named write")
    asked.add_argument("--cases", type=int, default=40)
    options = asked.parse_args()
    # Imported before the forks, so that a trial costs a night and not its imports.
    import arrears.checks
    import arrears.expectations.library
    import arrears.steps  # noqa: F401

    with tempfile.TemporaryDirectory(prefix="crash-") as place:
        folder = Path(place)
        # In a child: a process that has opened DuckDB has threads, and must not fork.
        if in_child(lambda: (prepare(folder, options.cases), None)[1]):
            return 1
        before, clean, trace = folder / "before", folder / "clean", folder / "trace"
        shutil.copytree(before, clean)
        started = time.monotonic()
        if in_child(lambda: night(clean), ARREARS_TRACE_WRITES=str(trace)):
            return 1
        took = time.monotonic() - started
        expected, writes = end_of(clean), trace.read_text().splitlines()
        dice = random.Random(11)
        trials = [
            (f"write {line}", None, {"ARREARS_STOP_AT_WRITE": line.split()[0]})
            for line in writes[:: options.every]
        ] + [
            (f"moment {moment:.2f} s", moment, {})
            for moment in (dice.uniform(0, took) for _ in range(options.random))
        ]
        with ThreadPoolExecutor(options.workers) as pool:
            found = list(pool.map(lambda t: trial(before, expected, t[0], t[1], **t[2]), trials))
    faults = [fault for fault in found if fault]
    for fault in faults:
        print(fault)
    print(
        f"{len(trials)} kills, {len(expected.files)} queue files, {len(expected.acts)} acts:"
        f" {len(faults)} differ"
    )
    return 1 if faults or not expected.files else 0


if __name__ == "__main__":
    sys.exit(main())
