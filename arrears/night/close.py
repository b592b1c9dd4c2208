"""Closing a run: the manifest that makes its folder final, and the summary that people read."""

import hashlib
import json
import platform
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from arrears import __version__, house
from arrears.config import read_once
from arrears.data.store import write_aside
from arrears.data.warehouse import content_hash, row_count
from arrears.law.counting import load_counts
from arrears.law.profile import Profile
from arrears.law.remedy import Condition, load_cards
from arrears.ledger.store_marks import ANCHOR, MANIFEST, note_tip
from arrears.night.run import Night

ENGINE = Path(__file__).parents[1]
LIBRARIES = ("duckdb", "pyarrow", "great-expectations", "SQLAlchemy")
SUMMARY = "summary.json"
# Reading and hashing leave the interpreter free for one another.
_WORKERS = 2


def close(night: Night) -> str:
    """The hash of the manifest, written last: with it the folder is final and the run closed."""
    data = in_bytes(manifest(night))
    digest = hashlib.sha256(data).hexdigest()
    # Beside the manifest, which is the same whoever runs the night: the last act before it closed.
    tip = json.dumps(asdict(night.ledger.audit_tip())).encode() + b"\n"

    def finish() -> None:
        write_aside(night.folder / ANCHOR, tip)
        write_aside(night.folder / MANIFEST, data, is_once=True)

    night.ledger.close_run(night.run, digest, at=night.at, finish=finish)
    note_tip(night.store, night.ledger, f"{night.run.run_id} closed")
    return digest


def manifest(night: Night) -> dict[str, Any]:
    """What a run that ends now says of itself: inputs, tables, files, law and versions."""
    return {
        "jurisdiction": night.state,
        "as_of": night.as_of.isoformat(),
        "kind": night.run.kind,
        "known_at": night.run.cut.known_at.isoformat(),
        "position": night.run.cut.position,
        "inputs": [
            {"feed": d.feed, "delivery": d.delivery_id, "sha256": d.sha256, "mode": d.mode}
            for d in night.deliveries
        ],
        "tables": tables(night),
        "outbox": outbox(night),
        "law": law(night.profile, night.as_of),
        "versions": versions(),
    }


def in_bytes(manifest: dict[str, Any]) -> bytes:
    """A manifest as it is written."""
    return json.dumps(manifest, indent=1, sort_keys=True).encode() + b"\n"


def tables(night: Night) -> dict[str, dict[str, object]]:
    """Rows and content hash of every table of the run's folder, by path within it."""
    paths = sorted(night.folder.rglob("*.parquet"))
    with ThreadPoolExecutor(_WORKERS) as pool:
        hashes = list(pool.map(content_hash, paths))
    return {
        path.relative_to(night.folder).as_posix(): {"rows": row_count(path), "sha256": sha256}
        for path, sha256 in zip(paths, hashes, strict=True)
    }


def outbox(night: Night) -> list[dict[str, object]]:
    """The files that this run published, as the ledger has them."""
    return [
        {
            "queue": batch.queue,
            "file": batch.file_name,
            "sha256": batch.sha256,
            "records": batch.records,
            "amount_cents": batch.amount_cents,
        }
        for batch in night.ledger.batches(night.state, as_of=night.as_of)
        if batch.run_id == night.run.run_id and batch.status == "published" and batch.records
    ]


def law(profile: Profile, as_of: date) -> dict[str, dict[str, object]]:
    """What held that night: every value in force, the remedies with their readings and waivers, and one hash
    a card and a folder of other rules.
    """
    values = {key: one.value for key, one in profile.in_force_on(as_of).items()}
    cards, every = load_cards(house.RULES), load_counts(house.RULES)
    remedies: dict[str, object] = {
        name: {
            "reading": profile.reading(name, as_of),
            **_changed(profile, name, as_of),
            "card": _as_read(
                house.RULES / "remedies" / name, cards[name].conditions.items() if name in cards else ()
            ),
        }
        for name in sorted(profile.remedies_in_force(as_of))
    }
    counts: dict[str, object] = {name: _changed(profile, name, as_of) for name in every}
    counted = _as_read(house.RULES / "counts", [(name, one.conditions) for name, one in every.items()])
    folders = ("deadlines", "waterfalls", "work")
    return {
        "values": {key: day.isoformat() if isinstance(day, date) else day for key, day in values.items()},
        "remedies": remedies,
        "counts": counts,
        "files": {"counts": counted, **{name: folder_hash(house.RULES / name) for name in folders}},
    }


def _as_read(folder: Path, takes: Iterable[tuple[str, Iterable[Condition]]]) -> str:
    """One hash of a folder of rules and of the conditions that it takes, which may be written elsewhere."""
    taken = [
        [where, one.name, one.sql, one.say, one.say_not, one.reading, one.protects, *one.cites]
        for where, conditions in takes
        for one in conditions
    ]
    return hashlib.sha256(json.dumps([folder_hash(folder), taken]).encode()).hexdigest()


def _changed(profile: Profile, name: str, as_of: date) -> dict[str, object]:
    """The conditions of a remedy or count that the state waives, and those that it adds."""
    added = sorted(one.condition for one in profile.additions(name, as_of))
    return {"waives": sorted(profile.waivers(name, as_of)), **({"adds": added} if added else {})}


def versions() -> dict[str, str]:
    """What made this night: code, rules and libraries."""
    return {
        "arrears": __version__,
        "code": folder_hash(ENGINE, house.ROOT / "transforms", only=(".py", ".sql", ".yml")),
        "rules": folder_hash(house.RULES, house.ROOT / "transforms", house.EXPECTATIONS),
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def folder_hash(*folders: Path, only: tuple[str, ...] = ()) -> str:
    """One hash over the names and bytes of all files in these folders, or of those with these endings."""
    digest = hashlib.sha256()
    for folder in folders:
        for name, own in _files(folder, only):
            digest.update(name.encode() + own)
    return digest.hexdigest()


@read_once()
def _files(folder: Path, only: tuple[str, ...]) -> list[tuple[str, bytes]]:
    """The name of each file in a folder, or of those with these endings, and the hash of its bytes."""
    every = sorted(p for p in folder.rglob("*") if p.is_file() and (not only or p.suffix in only))
    return [
        (path.relative_to(folder.parent).as_posix(), hashlib.sha256(path.read_bytes()).digest())
        for path in every
    ]
