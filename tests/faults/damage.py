"""A file of a closed store is cut, changed or taken away: `verify` names it."""

import random
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from world import SAID, WELL, World, in_child

# What nobody promises: working files of the desk and of checks, and what is made again when it is missing.
MADE_AGAIN = ("tmp", "desk")
# It only adds to what the chain proves, and nobody knows how much of it there was.
ANCHORS = ("audit_tips.txt",)
# First these, then any: a manifest that was edited and still reads, tables and a ledger that were cut short.
NAMED = (
    ("nights/*/*/manifest.json", "edited"),
    ("nights/*/*/facts/case_facts.parquet", "cut"),
    ("nights/*/*/verdicts/case_facts.parquet", "cut"),
    ("staging/*/caseload/*/cases.parquet", "cut"),
    ("ledger.db", "cut"),
)
# What a run notes for people is in no manifest, and the vault reads only whole: one that is gone is told.
NOTES, TOLD = (".json", ".html"), ("summary.json", "validation.json", "validation.html")


def of_files(world: World, count: int, workers: int, seed: int) -> Iterator[str | None]:
    """What is wrong with each damage to a file of the closed night's store; None where it was found."""
    dice = random.Random(seed)
    names = [
        path.relative_to(world.clean)
        for path in sorted(world.clean.rglob("*"))
        if path.is_file() and path.stat().st_size and is_kept(path.relative_to(world.clean))
    ]
    named = [(next(world.clean.glob(name)).relative_to(world.clean), how) for name, how in NAMED]
    drawn = [(dice.choice(names), dice.choice(("cut", "changed", "gone"))) for _ in range(count)]
    trials = [(name, how, dice.random()) for name, how in [*named, *drawn][:count]]
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(lambda n: _one(world, n, *trials[n]), range(count))


def is_kept(name: Path) -> bool:
    """Whether somebody counts on a file of the store to be as it was written."""
    of_run = name.parts[0] in ("nights", "releases")
    is_note = name.suffix in NOTES and name.name not in ("manifest.json", "audit_tip.json", *TOLD)
    return name.parts[0] not in (*MADE_AGAIN, *ANCHORS) and not (of_run and is_note)


def _one(world: World, number: int, name: Path, how: str, place: float) -> str | None:
    root = world.folder / f"damaged{number}"
    shutil.copytree(world.clean, root)
    # Landing also has what was never taken, which nobody misses; whatever is there reads as it was delivered.
    # Of a run's table the rows are promised, which not every byte of its file holds.
    if (how, name.parts[0]) in (("gone", "landing"), ("changed", "nights")):
        how = "cut"
    if name.name in TOLD or name.parts[0] == "vault":
        how = "gone"
    damage(root / name, how, place)
    ended = in_child(lambda: verified(root), is_quiet=True)
    shutil.rmtree(root)
    if ended == SAID:
        return None
    return f"{name} is {how}: verify " + ("found nothing" if ended == WELL else f"ended with {ended}")


def damage(path: Path, how: str, place: float) -> None:
    """Cuts a file somewhere, changes one of its bytes, edits a figure of it, or takes it away."""
    data = bytearray(path.read_bytes())
    at = int(place * len(data))
    if how == "gone":
        path.unlink()
        return
    path.chmod(0o600)
    if how == "edited":
        figures = [here for here, one in enumerate(data) if 48 <= one < 58]
        data[figures[len(figures) // 2]] = 48 + (data[figures[len(figures) // 2]] - 47) % 10
        path.write_bytes(data)
        return
    data[at] ^= 0x55
    path.write_bytes(data[:at] if how == "cut" else data)


def verified(root: Path) -> None:
    """Compares the store with its ledger; an `ArrearsError` where something is not as it was."""
    from arrears.data.store import Store
    from arrears.errors import Refused
    from arrears.ledger import Ledger
    from arrears.ledger.store_marks import verify

    store = Store.open(root)
    if faults := verify(store, Ledger.open(store.ledger_url)):
        raise Refused(faults[0], "verify", "Find out who changed it.")
