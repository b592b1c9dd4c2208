"""What stands outside the ledger and shows that it is the one that wrote this store.

The outbox, the manifests of closed runs, staged deliveries, and the last acts of the audit chain, one a
line of a text file that a person can print. A ledger restored from an older copy, a row that was taken
out of it, a file that nobody recorded: each would let an act leave twice, so nothing leaves first.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from arrears.data.store import Store
from arrears.data.warehouse import EngineError, content_hash
from arrears.errors import ArrearsError, Refused, safe_path
from arrears.ledger import Ledger
from arrears.ledger.purge_lists import Thing, purged_things
from arrears.ledger.records import AuditTip, Batch, RunRecord

Purged = Mapping[str, Thing]
# What a closed run leaves for people, in no manifest.
NOTES = ("summary.json", "validation.json", "validation.html")
MANIFEST, ANCHOR = "manifest.json", "audit_tip.json"
TIP = re.compile(r"(?P<ordinal>[0-9]+) (?P<sha256>[0-9a-f]{64}) (?P<what>.*)")
ACCEPTED = "accepted as it is"  # a person's word: what was noted before counts no more
RUNBOOK = "See `Restore from backup` in docs/runbook.md"
SHOWN = 3


def note_tip(store: Store, ledger: Ledger, what: str) -> AuditTip:
    """The last act of the chain, now noted outside the ledger with what was done."""
    tip = ledger.audit_tip()
    store.note(f"{tip.ordinal} {tip.sha256} {what}\n")
    return tip


def noted_tips(store: Store) -> list[AuditTip]:
    """The tips that count, oldest first: those since a person last accepted the ledger as it is."""
    lines = store.tips.read_text().splitlines() if store.tips.exists() else []
    found: list[AuditTip] = []
    for said in filter(None, map(TIP.fullmatch, lines)):
        if said["what"].startswith(ACCEPTED):
            found.clear()
        found.append(AuditTip(int(said["ordinal"]), said["sha256"]))
    return found


def refuse_strangers(store: Store, ledger: Ledger, state: str) -> None:
    """Refuses to begin where the ledger is not the one that wrote this store, or knows less than it."""
    last = max(noted_tips(store), key=lambda tip: tip.ordinal, default=None)
    if last is not None and not ledger.holds(last):
        have = ledger.audit_tip().ordinal
        what = f"It ends at act {have}" if have < last.ordinal else "Its acts are others"
        raise Refused(
            "The ledger is not the one that wrote this store",
            f"{what}, and {store.tips.name} has seen act {last.ordinal}",
            f"Nothing was sent; restore ledger and store from the same moment. {RUNBOOK}",
        )
    if lost := unknown_nights(store, ledger.runs(state), state):
        raise Refused(
            f"{len(lost)} closed night(s) in the store are not in the ledger, which is an older copy",
            ", ".join(lost[:SHOWN]),
            f"Nothing was sent; restore ledger and store from the same moment. {RUNBOOK}",
        )
    if strangers := unknown_files(store, ledger.batches(state), state):
        shown = ", ".join(strangers[:SHOWN]) + (", ..." if len(strangers) > SHOWN else "")
        raise Refused(
            f"{len(strangers)} file(s) in the outbox are not in the ledger",
            shown,
            f"Nothing was sent; keep partners from taking them and find out who wrote them. {RUNBOOK}",
        )


def unknown_nights(store: Store, runs: list[RunRecord], state: str) -> list[str]:
    """Folders of nights that have a manifest and of which the ledger has no run, by path in the store."""
    known = {run.as_of.isoformat() for run in runs if run.kind == "night"}
    others = (f"nights/{state}/{day}" for day in store.folders(f"nights/{state}") if day not in known)
    return [name for name in others if store.file(f"{name}/{MANIFEST}").exists()]


def unknown_files(store: Store, batches: list[Batch], state: str) -> list[str]:
    """Files in a state's outbox that no batch of the ledger could have left there, by path in the store.

    What was written aside and never got its name is swept, and is not a file of the outbox yet.
    """
    may = {batch.file_name for batch in batches if batch.status != "abandoned"}
    return [name for name in store.names(f"outbox/{state}") if name not in may]


def verify(store: Store, ledger: Ledger, *anchors: AuditTip) -> list[str]:
    """Every fault of ledger and store, one sentence each: nothing lost, nothing added, nothing changed."""
    found, carried = ledger.verify_chain(*noted_tips(store), *anchors), ledger.carried()
    for state in ledger.states():
        purged, faults = purged_things(store, ledger, state)
        found += faults
        batches, runs = ledger.batches(state), ledger.runs(state)
        found += [f"{name} is closed and not in the ledger." for name in unknown_nights(store, runs, state)]
        strangers = unknown_files(store, batches, state)
        found += [f"{name} is in the outbox and not in the ledger." for name in strangers]
        found += _sent_faults(
            store, batches, carried | {one for one in purged if not purged[one].kept_sha256}
        )
        for run in runs:
            if run.status == "closed":
                found += _run_faults(store, ledger, run, purged)
        found += staged_faults(store, ledger, state, purged) + _landed_faults(store, state)
        found += _lost_originals(store, ledger, state, purged) + lost_numbers(store, ledger, state)
        found += [f"{name} was purged and is there again." for name in _back_again(store, purged)]
    return found


def _back_again(store: Store, purged: Purged) -> list[str]:
    """What was purged whole and is in the store."""
    return sorted(name for name, one in purged.items() if not one.kept_sha256 and store.file(name).is_file())


def carry_away(store: Store, ledger: Ledger, files: list[Path], by: str, because: str, at: datetime) -> int:
    """The number of published files of which it is now on record that they are carried away.

    A transport asks this before it takes a file: one that no published batch left is refused, so that
    nobody fetches what a crash may yet have to give up and write again.
    """
    published = {
        batch.file_name: batch
        for state in ledger.states()
        for batch in ledger.batches(state)
        if batch.status == "published" and batch.records
    }
    let_go = []
    for file in files:
        root = store.root.resolve()
        path = file.resolve() if file.exists() or file.is_absolute() else root / file
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else ""
        batch = published.get(name)
        if batch is None:
            raise Refused(
                "No published batch of the ledger left this file", safe_path(file), "Leave it where it is"
            )
        if (was_there := store.file(name).is_file()) and file_hash(path) != batch.sha256:
            raise Refused(
                "The file is not as it was published",
                safe_path(file),
                "Do not send it; find out who wrote it",
            )
        let_go.append((batch, was_there))
    for batch, was_there in let_go:
        ledger.record_carried(batch.state, batch.file_name, batch.sha256, was_there, by, because, at)
    return len(let_go)


def _sent_faults(store: Store, batches: list[Batch], carried: frozenset[str]) -> list[str]:
    """Files of the outbox that are not as they were published, or missing with nobody's word for it."""
    found = []
    for batch in batches:
        if batch.status != "published" or not batch.records:
            continue
        if (path := store.file(batch.file_name)).is_file():
            if file_hash(path) != batch.sha256:
                found.append(f"{batch.file_name} is not as it was published.")
        elif batch.file_name not in carried:
            found.append(
                f"{batch.file_name}, published on {batch.as_of} as batch {batch.batch_no}, is missing,"
                " and nobody recorded that it was carried away."
            )
    return found


def _run_faults(store: Store, ledger: Ledger, run: RunRecord, purged: Purged) -> list[str]:
    """What of a closed run's folder is not as its manifest has it, and the manifest as the ledger has it."""
    folder = store.night(run.state, run.as_of)
    if run.kind == "release":
        folder = store.release(run.state, run.as_of, run.ordinal)
    place = folder.relative_to(store.root).as_posix()
    path = folder / MANIFEST
    if not path.is_file():
        return [f"{place}/{MANIFEST} is missing."]
    if file_hash(path) != run.manifest_sha256:
        return [f"{place}/{MANIFEST} is not the one with which the run was closed."]
    if not _anchored(ledger, folder / ANCHOR):
        return [f"The act of the chain that {place}/{ANCHOR} names is not in the ledger."]
    found = [f"{place}/{name} is missing." for name in NOTES if not (folder / name).is_file()]
    tables: dict[str, Any] = json.loads(path.read_text())["tables"]
    have = {one.relative_to(folder).as_posix() for one in folder.rglob("*.parquet")}
    found += [f"{place}/{name} is in no manifest." for name in sorted(have - set(tables))]
    found += [f"{place}/{name} is missing." for name in sorted(set(tables) - have)]
    for name in sorted(have & set(tables)):
        if (one := purged.get(f"{place}/{name}")) is not None:
            is_same = file_hash(folder / name) == one.kept_sha256
        else:
            is_same = _content(folder / name) == tables[name]["sha256"]
        if not is_same:
            found.append(f"{place}/{name} was changed since the run was closed.")
    return found


def _anchored(ledger: Ledger, anchor: Path) -> bool:
    """Whether the ledger holds the act of the chain that a run's folder names."""
    try:
        return ledger.holds(AuditTip(**json.loads(anchor.read_bytes())))
    except (OSError, ValueError, TypeError):  # missing, or cut
        return False


def _content(path: Path) -> str:
    try:
        return content_hash(path)
    except (OSError, EngineError, ValueError):  # cut short, or no Parquet any more
        return ""


def staged_faults(store: Store, ledger: Ledger, state: str, purged: Purged | None = None) -> list[str]:
    """Staged files that are missing or not as they were loaded, or as a purge left them."""
    if purged is None:
        purged = purged_things(store, ledger, state)[0]
    feeds = {one.delivery_id: one.feed for one in ledger.deliveries(state)}
    gone = {delivery for one in ledger.purges(state) for delivery in one.deliveries}
    found = []
    store.folder(f"staging/{state}")  # all of it at once
    for loaded in (one for one in ledger.loaded(state).values() if one.delivery_id not in gone):
        folder = store.staging(state, feeds.get(loaded.delivery_id, ""), loaded.delivery_id)
        place = folder.relative_to(store.root).as_posix()
        # A table goes by its name, what the folder says of itself by that of its file.
        paths = {
            f"{place}/{name if '.' in name else f'{name}.parquet'}": sha256
            for name, sha256 in loaded.hashes.items()
        }
        found += _file_faults(store, paths, "it was loaded")
    left = {name: one.kept_sha256 for name, one in purged.items() if one.kind == "staged" and one.kept_sha256}
    return found + _file_faults(store, left, "it was purged")


def _lost_originals(store: Store, ledger: Ledger, state: str, purged: Purged) -> list[str]:
    """Files of accepted deliveries, and their control files, that are not in landing and no purge took."""
    accepted = ledger.deliveries(state, outcome="accepted")
    files = {sha256 for one in accepted for sha256 in (one.sha256, *(file.sha256 for file in one.files))}
    lost = {f"landing/{state}/{sha256}" for sha256 in files} - set(store.names(f"landing/{state}"))
    return [f"{name} is missing, and no purge took it." for name in sorted(lost - purged.keys())]


def lost_numbers(store: Store, ledger: Ledger, state: str) -> list[str]:
    """Deliveries with tokens whose numbers the vault does not have."""
    have = {Path(name).stem for name in store.names(f"vault/{state}")}
    accepted = {one.delivery_id: one.feed for one in ledger.deliveries(state, outcome="accepted")}
    lost = [one for one in ledger.loaded(state) if one in accepted and one not in have]
    return [
        f"The numbers of {accepted[one]} {one} are not in the vault."
        for one in sorted(lost)
        if any(map(_has_tokens, store.staging(state, accepted[one], one).glob("*.parquet")))
    ]


def _has_tokens(path: Path) -> bool:
    """Whether a table has a column of tokens; of one that cannot be read, others tell."""
    try:
        return any(name.endswith("_token") for name in pq.read_schema(path).names)
    except (OSError, pa.ArrowException):
        return False


def _file_faults(store: Store, hashes: Mapping[str, str], since: str) -> list[str]:
    found = []
    for name, sha256 in sorted(hashes.items()):
        path = store.root / name
        if not path.is_file():
            found.append(f"{name} is missing.")
        elif file_hash(path) != sha256:
            found.append(f"{name} was changed since {since}.")
    return found


def _landed_faults(store: Store, state: str) -> list[str]:
    """Files in landing, control files too, that do not read as what was delivered and gave them their names.

    One that was purged is none.
    """
    found = []
    for name in store.names(f"landing/{state}"):
        sha256 = Path(name).name
        try:
            is_same = file_hash(store.landed(state, sha256)) == sha256
        except ArrearsError:
            is_same = False
        if not is_same:
            found.append(f"{name} is not as it was delivered.")
    return found


def file_hash(path: Path) -> str:
    """The hash of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
