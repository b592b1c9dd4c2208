"""A small store before, during and after its first night, and what a trial does with it in a child."""

import hashlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

STATE, FIRST = "me", date(2025, 1, 14)
ONE_SUITE = Path("facts", "case_facts.yml")
# With these a child says how a night ended: well, in a sentence for people, or with an error of its own.
WELL, SAID, BROKE = 0, 3, 1


@dataclass(frozen=True)
class World:
    """Where a store lies whose files are received, and where its night is closed; what that night left."""

    folder: Path
    before: Path
    clean: Path
    names: tuple[str, ...]
    seconds: float
    expected: "End"


@dataclass(frozen=True)
class End:
    """What a night left behind: files with their hashes, and every act the ledger holds as published."""

    files: tuple[tuple[str, str], ...]
    acts: tuple[str, ...]


@contextmanager
def a_world(cases: int) -> Iterator[World]:
    """A small house, a store in it that took its files, and a copy that lived its night undisturbed."""
    with tempfile.TemporaryDirectory(prefix="faults-") as place:
        folder = Path(place)
        small_house(folder / "house")
        read_ahead()
        before, clean = folder / "before", folder / "clean"
        # In a child: a process that has opened DuckDB has threads, and must not fork.
        if in_child(lambda: prepare(folder, cases)):
            raise SystemExit("the store could not be made")
        shutil.copytree(before, clean)
        started = time.monotonic()
        if in_child(lambda: noted_night(clean, folder / "names")):
            raise SystemExit("the undisturbed night did not end")
        took = time.monotonic() - started
        names = tuple((folder / "names").read_text().splitlines())
        yield World(folder, before, clean, names, took, end_of(clean))


def small_house(folder: Path) -> None:
    """A house with one suite of checks, so that a trial costs a night and not its validation."""
    ours = Path(__file__).resolve().parents[2]
    for name in ("rules", "transforms"):
        shutil.copytree(ours / name, folder / name)
    (folder / "sample_data").symlink_to(ours / "sample_data")
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
    from arrears.fakes import make

    make(STATE, cases, 1, 7, folder / "fakes", FIRST)
    received(folder, folder / "before")


def received(folder: Path, root: Path) -> None:
    """Makes a store that took the files of the night in; one made later has the key of the first."""
    from arrears.data.store import Store
    from arrears.intake.inbox import take_in

    if (made := folder / "before" / "secret").is_dir():
        shutil.copytree(made, root / "secret")
    take_in(Store.create(root, "invented"), STATE, inbox(folder), on=FIRST)


def inbox(folder: Path) -> list[Path]:
    """The files of the night."""
    return sorted((folder / "fakes" / STATE / str(FIRST) / "inbox").iterdir())


def night(root: Path) -> None:
    """Runs the whole night in this process."""
    from arrears.data.store import Store
    from arrears.night.steps import run_night

    run_night(Store.open(root), STATE, FIRST)


def noted_night(root: Path, names: Path) -> None:
    """Runs the night and notes its named writes in order."""
    from arrears.data import writes

    seen: list[str] = []
    writes.watchers.append(seen.append)
    night(root)
    names.write_text("\n".join(seen))


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


def in_child(work: Callable[[], None], kill_after: float | None = None, is_quiet: bool = False) -> int:
    """How a forked child ended that does the work: `WELL`, `SAID`, `BROKE`, or minus the signal.

    It is killed from outside after a while if asked; `is_quiet` keeps to itself what it says.
    """
    child = os.fork()
    if child == 0:
        code = BROKE
        try:
            if is_quiet:
                os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            work()
            code = WELL
        except BaseException as error:  # the child must never return into its parent's stack
            code = SAID if is_said(error) else BROKE
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
        finally:
            os._exit(code)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def killed_at(name: str, work: Callable[[], None]) -> int:
    """How a child ended that does the work and is killed, by `kill -9`, at a write of this name."""

    def until() -> None:
        from arrears.data import writes

        writes.watchers.append(lambda reached: os.kill(os.getpid(), 9) if reached == name else None)
        work()

    return in_child(until, is_quiet=True)


def promises_broken(root: Path) -> list[str]:
    """What a store does not keep of what is promised, wherever its ledger is."""
    from promises import broken_promises

    from arrears.data.store import LEDGER_VARIABLE

    if (url := os.environ.get(LEDGER_VARIABLE)) is None:
        return broken_promises(root)
    import psycopg2

    with closing(psycopg2.connect(url.replace("+psycopg2", ""))) as connection:
        return broken_promises(root, connection)


def is_said(error: BaseException) -> bool:
    """Whether a person at the command line is told in a sentence what happened, and what to do."""
    from arrears.cli.tools import unexpected
    from arrears.errors import ArrearsError

    if isinstance(error, ArrearsError):
        return True
    said = unexpected(error) if isinstance(error, Exception) else None
    return said is not None and "nobody expected" not in said.what


def recovered(root: Path, name: str, expected: End) -> str | None:
    """What is wrong after the night was run again on a store that a fault left behind, or None."""
    if ended := in_child(lambda: night(root)):
        return f"{name}: the run after it ended with {ended}"
    found = end_of(root)
    broken = promises_broken(root)
    shutil.rmtree(root)
    if broken:
        return f"{name}: {broken[0]}"
    return None if found == expected else f"{name}: the outbox or the ledger differs"
