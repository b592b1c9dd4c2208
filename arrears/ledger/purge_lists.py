"""What a purge took, file by file, as its list in the store tells it; the chain holds the list's hash."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from arrears.data.store import Store
from arrears.errors import ArrearsError
from arrears.ledger import Ledger, Purge

LIST = "list.json"


@dataclass(frozen=True)
class Thing:
    """One file of which data went: what it was, a keyed digest of it, and the rows that stayed, if any."""

    name: str
    kind: str
    digest: str
    rows: int | None = None
    kept_rows: int = 0
    # Of the file with the rows that stayed; empty where the file is gone.
    kept_sha256: str = ""


def in_bytes(told: Mapping[str, Any], things: list[Thing]) -> bytes:
    """A list as it is written."""
    return json.dumps({**told, "things": [asdict(one) for one in things]}, indent=1).encode() + b"\n"


def read_list(store: Store, purge: Purge) -> tuple[dict[str, Any], list[Thing]]:
    """What a list says of its purge, and each thing; an error where it is gone or is another one."""
    path = store.file(f"{purge.under}/{LIST}")
    data = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(data).hexdigest() != purge.list_sha256:
        raise ArrearsError(
            f"The list of purge {purge.number} is {'not the one of its day' if data else 'gone'}",
            f"{purge.under}/{LIST}",
            "Restore it from a copy of the store",
        )
    told = json.loads(data)
    return told, [Thing(**one) for one in told.pop("things")]


def purged_things(store: Store, ledger: Ledger, state: str) -> tuple[dict[str, Thing], list[str]]:
    """What was purged, by its name in the store, and every fault of the purges themselves."""
    found: dict[str, Thing] = {}
    faults = []
    for purge in ledger.purges(state):
        try:
            _, things = read_list(store, purge)
        except ArrearsError as error:
            faults.append(f"{error.what}.")
            continue
        found |= {one.name: one for one in things}
        if not purge.is_ended:
            faults.append(f"Purge {purge.number} of {state} has not ended: `arrears purge` ends it.")
    return found, faults


def purge_word(store: Store, ledger: Ledger, state: str, as_of: date, folder: str) -> str:
    """Plain words on which purge took the data of a run's folder, by whom and why; empty where none did."""
    words = ""
    for purge in (one for one in ledger.purges(state) if as_of < one.before):
        told, things = read_list(store, purge)
        if any(one.name.startswith(f"{folder}/") for one in things):
            words = f"purged on {purge.at[:10]} by {purge.by}: {told['because'].rstrip('.')}"
    return words
