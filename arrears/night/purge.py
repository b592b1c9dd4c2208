"""Retention: data go by the date of their source, one purge at a time, and what was decided stays.

A list of all that goes is written and on record before the first of it does, so that a purge that was cut
short is ended by the next one. Of a night its facts, matches and records go; its verdicts, plan, manifest and
checks stay. Of a delivery the original and the staged rows go.
"""

import hashlib
import shutil
from collections import Counter
from datetime import date, datetime

from arrears import house
from arrears.data.object_store import WENT
from arrears.data.store import Store, write_aside
from arrears.data.writes import give_name, reached, take_away
from arrears.errors import Refused
from arrears.law.profile import Profile
from arrears.ledger import Ledger, Purge
from arrears.ledger.purge_lists import LIST, in_bytes, read_list
from arrears.ledger.store_marks import note_tip
from arrears.night.purge_search import Found, search
from arrears.night.run import this_moment
from arrears.values import Row

KEPT = "kept"


def look(store: Store, state: str, before: date) -> Row:
    """What a purge would take, and what would stay and why; nothing is written."""
    ledger, profile = Ledger.open(store.ledger_url), Profile.load(house.RULES, state)
    return _told(search(store, ledger, profile, before), is_done=False)


def purge(store: Store, state: str, before: date, by: str, because: str, at: datetime | None = None) -> Row:
    """What was taken, and what stays and why. One that was cut short before is ended first."""
    ledger, profile = Ledger.open(store.ledger_url), Profile.load(house.RULES, state)
    ledger.may_purge(by, because)
    at = at or this_moment(store, ledger, state)
    ended = [one.number for one in ledger.purges(state) if not one.is_ended]
    for one in ledger.purges(state):
        if not one.is_ended:
            _finish(store, ledger, one, at)
    if run := ledger.open_run(state):
        raise Refused(
            f"The {run.kind} of {run.as_of} in {state} has not ended",
            store.address,
            "Let it end, then purge: it reads what would go",
        )
    number = len(ledger.purges(state)) + 1
    place = f"purges/{state}/{number:04d}"
    take_away(store.folder(place))
    found = search(store, ledger, profile, before, store.root / place / KEPT)
    made = None
    if found.things:
        # Why is told by the list, as people wrote it; the chain holds its hash.
        about = {"purge": number, "state": state, "by": by, "because": because, "at": at.isoformat()}
        data = in_bytes({**about, **found.limits}, found.things)
        write_aside(store.root / place / LIST, data)
        digest = hashlib.sha256(data).hexdigest()
        made = ledger.begin_purge(state, by, because, at, before, digest, found.deliveries)
        reached("purge begun")
        _finish(store, ledger, made, at)
    return {**_told(found, is_done=True), "purge": number if made else None, "ended_before": ended}


def _finish(store: Store, ledger: Ledger, one: Purge, at: datetime) -> None:
    """Takes away all of a purge that is still there, and puts on record that it is gone."""
    _, things = read_list(store, one)
    kept = store.folder(one.under) / KEPT
    for thing in things:
        path = store.root / thing.name
        if not thing.kept_sha256:
            take_away(path)
            if path.parent.is_dir() and not any(path.parent.iterdir()):
                path.parent.rmdir()
        elif (aside := kept / thing.name).exists():
            # A machine that ends what another began may have nothing of the run.
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            give_name(aside, path)
        reached(f"purged {path.name}")
    # What the desk keeps for speed is made of tables that are others now.
    take_away(store.desk(one.state))
    went = [thing.name for thing in things] + [store.desk(one.state).relative_to(store.root).as_posix()]
    write_aside(store.root / one.under / WENT, "".join(f"{name}\n" for name in went).encode())
    ledger.end_purge(one, at)
    note_tip(store, ledger, f"purge {one.number} of {one.state}")
    take_away(kept)
    shutil.rmtree(kept, ignore_errors=True)


def _told(found: Found, is_done: bool) -> Row:
    """A purge for people and programs: how many files and rows of each kind, and what stays."""
    files, rows, stays = Counter[str](), Counter[str](), Counter[str]()
    for one in found.things:
        files[one.kind] += 1
        rows[one.kind] += (one.rows or 0) - one.kept_rows
        stays["rows on which an open episode rests, or that a hold keeps"] += one.kept_rows
    goes = [{"kind": kind, "files": files[kind], "rows": rows[kind]} for kind in sorted(files)]
    left = {why: count for why, count in sorted((stays + found.stays).items()) if count}
    return {
        "state": found.state,
        "is_done": is_done,
        **found.limits,
        "deliveries": len(found.deliveries),
        "goes": goes,
        "stays": [{"why": why, "count": count} for why, count in left.items()],
        "held_cases": found.held,
    }
