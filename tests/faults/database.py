"""PostgreSQL dies in mid-night and is started again: the night that follows ends as the undisturbed one."""

import os
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

from world import SAID, WELL, World, in_child, night, received, recovered

sys.path.append(str(Path(__file__).resolve().parents[2] / "scripts"))
import local_servers
from local_processes import alive, end_all, members

WITHOUT = "ARREARS_NO_POSTGRES"
# Postgres is told to drop everything at once, as `pg_ctl stop -m immediate` tells it; or it is killed with
# all that it had started, as by a machine that runs out of memory.
HOW = (signal.SIGQUIT, signal.SIGKILL)


@dataclass
class Database:
    """A server that keeps what it committed, with a store's ledger on it; it may die and be started again."""

    folder: Path
    server: local_servers.Server

    def die(self, how: signal.Signals) -> None:
        """Ends the server without a word to anybody, and returns once nothing of it is left."""
        ours = [self.server.mark, *members(self.server.mark)]
        for one in ours if how == signal.SIGKILL else ours[:1]:
            if alive(one):
                os.kill(one[0], how)
        while any(map(alive, ours)):
            os.sched_yield()

    def start(self) -> None:
        """Starts it again over what it had written, where it has died."""
        if not alive(self.server.mark):
            self.server = local_servers.start_postgres(self.folder, self.folder / "log")

    @contextmanager
    def ledger(self, name: str, template: str = "template1") -> Iterator[None]:
        """Has every store keep its ledger in a database of this name, a copy of another one."""
        from arrears.data.store import LEDGER_VARIABLE

        os.environ[LEDGER_VARIABLE] = local_servers.create_database(self.server, name, template)
        try:
            yield
        finally:
            del os.environ[LEDGER_VARIABLE]


def wanted(count: int) -> int:
    """So many trials, or none on a machine that is said to go without PostgreSQL."""
    return 0 if os.environ.get(WITHOUT) else count


def killed_under(world: World, count: int, seed: int) -> Iterator[str | None]:
    """What is wrong after each night whose database died under it; None where nothing."""
    if local_servers.lacking():
        raise SystemExit(f"PostgreSQL is not here. Install the package postgresql, or set {WITHOUT}=1.")
    dice, before = random.Random(seed), world.folder / "on_postgres"
    # Not in the folder of the trials: PostgreSQL's own user has to enter it.
    place = Path(tempfile.mkdtemp(prefix="faults-pg-"))
    database = Database(place, local_servers.start_postgres(place, place / "log"))
    try:
        with database.ledger("before"):
            if in_child(lambda: received(world.folder, before)):
                raise SystemExit("the store with its ledger on PostgreSQL could not be made")
        for number, moment in enumerate(moments(world, count, dice)):
            yield _one(world, database, number, moment, HOW[number % len(HOW)])
    finally:
        end_all([database.server.mark], signal.SIGINT)
        shutil.rmtree(place, ignore_errors=True)


def moments(world: World, count: int, dice: random.Random) -> list[str | float]:
    """When the database dies: first as a file leaves, then by turns at a named write and at some second."""
    left = [name for name in world.names if name.startswith("renamed ") and "." not in name]
    drawn: Sequence[str | float] = [
        dice.choice(world.names) if place % 2 else dice.uniform(0, world.seconds) for place in range(count)
    ]
    return [left[len(left) // 2], *drawn][:count]


def _one(
    world: World, database: Database, number: int, moment: str | float, how: signal.Signals
) -> str | None:
    name = f"the database got {how.name} {'at ' if isinstance(moment, str) else 'after '}{moment}"
    root = world.folder / f"database{number}"
    shutil.copytree(world.folder / "on_postgres", root)
    try:
        with database.ledger(f"trial{number}", "before"):
            ended = _night_under(root, database, moment, how)
        if ended not in (WELL, SAID):
            return f"{name}: the night ended with {ended}"
        database.start()
        with database.ledger(f"trial{number}"):
            return recovered(root, name, world.expected)
    finally:
        database.start()
        local_servers.drop_database(database.server, f"trial{number}")


def _night_under(root: Path, database: Database, moment: str | float, how: signal.Signals) -> int:
    """How a night ended whose database died at this named write of it, or after so many seconds."""
    if isinstance(moment, str):
        return in_child(lambda: _until(root, database, moment, how), is_quiet=True)
    timer = Timer(moment, database.die, (how,))
    timer.start()
    try:
        return in_child(lambda: night(root), is_quiet=True)
    finally:
        timer.join()


def _until(root: Path, database: Database, name: str, how: signal.Signals) -> None:
    from arrears.data import writes

    def watch(reached: str) -> None:
        if reached == name and alive(database.server.mark):
            database.die(how)

    writes.watchers.append(watch)
    night(root)
