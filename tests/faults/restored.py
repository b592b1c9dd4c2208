"""The ledger is put back from an older copy: nothing leaves; what a person then does sends nothing twice."""

import hashlib
import json
import random
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from damage import damage
from kills import watched_night
from late import everything
from world import FIRST, SAID, STATE, WELL, World, end_of, in_child, inbox, killed_at, night, promises_broken

# What went back to the same moment with the ledger: nothing, its last acts noted outside, the nights too.
WITH = ((), ("audit_tips.txt",), ("audit_tips.txt", "nights"))
NOW = datetime(2025, 1, 14, 15, tzinfo=UTC)
HOW = ("cut", "changed", "gone")
SUPERVISOR = "sam.supervisor"
SENT = "caseload.sent.csv"
LOG, MOST_TRIED = "ledger.db-wal", 20


def put_back(world: World, count: int) -> Iterator[str | None]:
    """What is wrong after each ledger that was put back under a closed night; None where nothing."""
    images = _older(world, -(-count // len(WITH)))
    for number in range(count):
        root, image = world.folder / f"back{number}", images[number // len(WITH)]
        others = WITH[(number + number // len(WITH)) % len(WITH)]
        said = f"a ledger of {image.name} put back with {' and '.join(others) or 'nothing else'}"
        restore(world, image, others, root)
        left = everything(root)
        ended = in_child(lambda root=root: refused(root), is_quiet=True)
        yield _wrong(world, root, said, ended, left)
        shutil.rmtree(root)


def accepted(world: World, count: int) -> Iterator[str | None]:
    """What is wrong after each such ledger with which a supervisor went on; None where nothing."""
    for number, image in enumerate(_older(world, count)):
        root = world.folder / f"accepted{number}"
        said = f"a ledger of {image.name} put back and accepted"
        restore(world, image, (), root)
        before = sent_now(root)
        if ended := in_child(lambda root=root: as_the_runbook_says(world, root)):
            yield f"{said}: what the runbook says ended with {ended}"
            continue
        first, now, kept = sent_now(world.clean), sent_now(root), root.with_suffix(".kept")
        # A file that nobody moved is the same file, which the ledger knew as prepared.
        stays = {file for file in first.values() if file and not (kept / file).exists()}
        again = [act for act in now.keys() & first.keys() - before.keys() if now[act] not in stays]
        broken = promises_broken(root)
        yield (
            f"{said}: {broken[0] if broken else f'{len(again)} act(s) left twice, {min(again)}'}"
            if (broken or again)
            else None
        )
        shutil.rmtree(root)


def log_cut(world: World, count: int, seed: int) -> Iterator[str | None]:
    """What is wrong after each night killed at some write, its ledger's log then cut, changed or gone.

    SQLite takes of a log what was whole, so that the ledger may know less than the store.
    """
    dice = random.Random(seed)
    for number in range(count):
        root, how = world.folder / f"log{number}", HOW[number % len(HOW)]
        name, place = _killed_with_a_log(world, root, dice), dice.random()
        said = f"killed at {name}, and {place:.0%} into it the log is {how}"
        damage(root / LOG, how, place)
        left = everything(root)
        ended = in_child(lambda root=root: refused(root), is_quiet=True)
        yield _wrong(world, root, said, ended, left)
        shutil.rmtree(root)


def _killed_with_a_log(world: World, root: Path, dice: random.Random) -> str:
    """The write at which a night was killed; another one is tried where SQLite had just emptied the log."""
    for _ in range(MOST_TRIED):
        name = dice.choice(world.names[len(world.names) // 2 :])
        shutil.copytree(world.before, root)
        killed_at(name, lambda: night(root))
        if (root / LOG).exists() and (root / LOG).stat().st_size:
            return name
        shutil.rmtree(root)
    raise SystemExit(f"no night of {MOST_TRIED} that were killed left a log")


def _older(world: World, count: int) -> list[Path]:
    """Stores as they stood before: the night had not begun, or it was at some write of its release."""
    images, root = world.folder / "older", world.folder / "watched_for_older"
    if count > 1 and not images.exists():
        images.mkdir()
        shutil.copytree(world.before, root)
        first = next(place for place, name in enumerate(world.names) if name.startswith("prepared "))
        release = world.names[first:]
        names = {world.names[first // 2], *(release[n * len(release) // 20] for n in range(20))}
        if in_child(lambda: watched_night(root, images, names)):
            raise SystemExit("the watched night did not end")
    found = sorted(images.iterdir()) if images.exists() else []
    return [world.before, *(found[n * len(found) // (count - 1)] for n in range(min(count - 1, len(found))))]


def restore(world: World, image: Path, others: tuple[str, ...], root: Path) -> None:
    """Makes a store of the closed night with the ledger, and what else is said, as it stood before."""
    shutil.copytree(world.clean, root)
    for name in (*(path.name for path in root.glob("ledger.db*")), *others):
        shutil.rmtree(root / name) if (root / name).is_dir() else (root / name).unlink()
    for path in (*image.glob("ledger.db*"), *(image / name for name in others)):
        if path.is_dir():
            shutil.copytree(path, root / path.name)
        elif path.exists() and path.suffix != ".db-shm":
            shutil.copy2(path, root)


def refused(root: Path) -> None:
    """Runs the night; an error of another kind where it is not refused as on a restored ledger."""
    from arrears.errors import Refused

    try:
        night(root)
    except Refused as error:
        if "Nothing was sent" not in error.do or "Restore from backup" not in error.do:
            raise AssertionError(f"refused in other words: {error}") from None
        raise


def _wrong(world: World, root: Path, said: str, ended: int, left: dict[str, object]) -> str | None:
    if ended == SAID:
        found = everything(root)
        changed = sorted(one for one in left.keys() | found.keys() if left.get(one) != found.get(one))
        return f"{said}: it was refused, and {changed[0]} is not as it was" if changed else None
    if ended != WELL:
        return f"{said}: the night ended with {ended}"
    broken = promises_broken(root)
    if broken or end_of(root) != world.expected:
        return f"{said}: the night went on, and {broken[0] if broken else 'its end differs'}"
    return None


def as_the_runbook_says(world: World, root: Path) -> None:
    """Settles what `verify` names, says what partners hold, accepts the ledger, and runs the night."""
    from arrears.data.store import Store
    from arrears.intake.inbox import take_in
    from arrears.ledger import Ledger
    from arrears.ledger.__main__ import parser, run
    from arrears.ledger.store_marks import verify

    store, kept = Store.open(root), root.with_suffix(".kept")
    ledger = Ledger.open(store.ledger_url)
    named = {fault.split()[0] for fault in verify(store, ledger)}
    moved = {one for one in named if one.startswith(("outbox/", "nights/")) and (root / one).exists()}
    for name in moved:
        (kept / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(root / name, kept / name)
    word = ["--as", SUPERVISOR, "--because", "the newer copy is lost"]
    run(parser().parse_args(["--store", str(root), "accept", *word]), NOW)
    take_in(store, STATE, _with_sent(world, moved, root.with_suffix(".inbox")), on=FIRST)
    night(root)


def _with_sent(world: World, moved: set[str], folder: Path) -> list[Path]:
    """The caseload once more, with what partners hold of the files that were moved as sent before."""
    from arrears.data.store import Store
    from arrears.ledger import Ledger

    folder.mkdir()
    files = [shutil.copy2(path, folder) for path in inbox(world.folder) if path.name.startswith("caseload.")]
    columns = (folder / SENT).read_text().splitlines()[0].split("|")
    with closing(Ledger.open(Store.open(world.clean).ledger_url)) as ledger:
        sent = ledger.snapshot(STATE, only=["published"])["published"].to_pylist()
        batches = {one.batch_no for one in ledger.batches(STATE) if one.file_name in moved}
    sent = [one for one in sent if one["batch_no"] in {0, *batches}]
    last = {
        tuple(one[key] for key in ("remedy", "subject_id", "step", "target_id")): one
        for one in sorted(sent, key=lambda one: str(one["published_on"]))
    }
    rows = [
        "|".join(_told(one["published_on"] if name == "sent_on" else one[name]) for name in columns)
        for one in last.values()
    ]
    (folder / SENT).write_text("\n".join(["|".join(columns), *rows, ""]))
    control = folder / "caseload.control.json"
    said = json.loads(control.read_text())
    data = (folder / SENT).read_bytes()
    about = {"rows": len(rows), "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    said["files"] = [one | about if one["table"] == "sent" else one for one in said["files"]]
    said["sequence"] += 1
    control.write_text(json.dumps(said))
    return [Path(path) for path in files]


def _told(value: object) -> str:
    return "" if value in (None, "{}") else str(value)


def sent_now(root: Path) -> dict[tuple[str, ...], str]:
    """The acts that runs of this ledger published (remedy, subject, step and target), each with its file."""
    from arrears.data.store import Store
    from arrears.ledger import Ledger

    with closing(Ledger.open(Store.open(root).ledger_url)) as ledger:
        rows = ledger.snapshot(STATE, only=["published"])["published"].to_pylist()
        files = {one.batch_no: one.file_name if one.records else "" for one in ledger.batches(STATE)}
    key = ("remedy", "subject_id", "step", "target_id")
    return {tuple(str(one[name]) for name in key): files[one["batch_no"]] for one in rows if one["batch_no"]}
