"""What `make faults` does: breaks a small store in every way there is, and holds it to what it promises.

    python tests/faults/run.py [--short] [--only KIND]... [--count N] [--seed 11] [--workers 2]

After every fault the night is run again; its outbox (byte for byte) and the ledger's publications must be
those of the undisturbed night, and `promises.py`, which shares no code with the engine, must find nothing.
Prints how many faults of each kind there were and how many did harm; exits 1 where one did, and names it.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))
import damage
import database
import disk
import folders
import kills
import late
import orders
import partner_files
import restored
import together
from world import World, a_world


def spread(names: tuple[str, ...], count: int) -> list[str]:
    """So many of the names, evenly from the first to the last."""
    count = min(count, len(names))
    return [names[place * len(names) // count] for place in range(count)]


@dataclass(frozen=True)
class Kind:
    """A kind of fault in words, how many are tried (few by a short run, or none), and what tries them."""

    title: str
    many: int
    few: int
    tried: Callable[[World, argparse.Namespace, int], Iterator[str | None]]


KINDS = {
    "write": Kind(
        "the power fails at a named write",
        10_000,
        1,
        lambda world, asked, count: kills.at_named_writes(
            world,
            kills.of_each_kind(world.names) if asked.short else spread(world.names, count),
            asked.workers,
        ),
    ),
    "moment": Kind(
        "killed at a random moment",
        40,
        2,
        lambda world, asked, count: kills.at_random_moments(world, count, asked.workers, asked.seed),
    ),
    "disk": Kind(
        "the disk is full from a write on",
        60,
        0,
        lambda world, asked, count: disk.full_at(world, spread(world.names, count), asked.workers),
    ),
    "together": Kind(
        "two processes run one night at once",
        10,
        1,
        lambda world, asked, count: together.two_at_once(world, count),
    ),
    "database": Kind(
        "PostgreSQL dies in mid-night",
        database.wanted(40),
        database.wanted(1),
        lambda world, asked, count: database.killed_under(world, count, asked.seed),
    ),
    "late": Kind(
        "a task wakes late, its clock set back",
        40,
        1,
        lambda world, asked, count: late.waking_late(world, count, asked.seed),
    ),
    "clock": Kind(
        "the clock is set back after a run was killed",
        20,
        0,
        lambda world, asked, count: late.set_back(world, count, asked.seed),
    ),
    "restored": Kind(
        "the ledger is an older copy",
        60,
        3,
        lambda world, asked, count: restored.put_back(world, count),
    ),
    "accepted": Kind(
        "an older ledger is accepted as the runbook says",
        20,
        0,
        lambda world, asked, count: restored.accepted(world, count),
    ),
    "log": Kind(
        "the log of the ledger is cut, changed or gone",
        60,
        0,
        lambda world, asked, count: restored.log_cut(world, count, asked.seed),
    ),
    "folder": Kind(
        "a folder cannot be written, or is gone",
        48,
        0,
        lambda world, asked, count: folders.lost(world, count, asked.seed),
    ),
    "damage": Kind(
        "a file of a closed store is cut, changed or gone",
        400,
        10,
        lambda world, asked, count: damage.of_files(world, count, asked.workers, asked.seed),
    ),
    "file": Kind(
        "a partner's file is damaged",
        12_000,
        25,
        lambda world, asked, count: partner_files.random_damage(world, count, asked.seed),
    ),
    "order": Kind(
        "files come in another order, some twice",
        100,
        0,
        lambda world, asked, count: orders.any_order(world, count, asked.seed),
    ),
}


def main() -> int:
    """0 where no fault did harm."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--short", action="store_true", help="a few of each kind")
    asked.add_argument("--only", action="append", choices=[*KINDS], help="faults of this kind; may repeat")
    asked.add_argument("--count", type=int, default=0, help="so many of each kind")
    asked.add_argument("--seed", type=int, default=11)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--cases", type=int, default=40)
    options = asked.parse_args()
    harm = 0
    with a_world(options.cases) as world:
        print(
            f"an undisturbed night: {len(world.names)} named writes, {len(world.expected.files)} files",
            flush=True,
        )
        if not (world.names and world.expected.files and world.expected.acts):
            raise SystemExit("the undisturbed night sends nothing, so nothing could do harm to it")
        for kind in map(KINDS.__getitem__, options.only or KINDS):
            count = options.count or (kind.few if options.short else kind.many)
            if not count:
                print("" if options.short else f"{kind.title}: none is wanted\n", end="", flush=True)
                continue
            started, found = time.monotonic(), list[str | None]()
            for one in kind.tried(world, options, count):
                found.append(one)
                if one:
                    print(f"  {one}", flush=True)
            if not found:
                raise SystemExit(f"{kind.title}: none was tried")
            harmed = sum(1 for one in found if one)
            harm += harmed
            print(
                f"{kind.title}: {len(found):,}, {harmed} did harm ({time.monotonic() - started:.0f} s)",
                flush=True,
            )
    return 1 if harm else 0


if __name__ == "__main__":
    sys.exit(main())
