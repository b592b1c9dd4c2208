"""A new key for what lies encrypted: vault and landing are written again under it, and the old one goes."""

from datetime import datetime
from pathlib import Path

from arrears.data.identity import rotate_files
from arrears.data.keys import new_secret
from arrears.data.store import Store, write_aside
from arrears.ledger import Ledger


def rotate_key(store: Store, ledger: Ledger, by: str, because: str, at: datetime) -> int:
    """The number of files that are now encrypted with the newest key.

    A key that lies in a file gets a new line, and keeps only its first and its newest once nothing lies
    under the others. A key at an address is only read: its keeper adds the line before, and takes the
    older ones out after. What a crash leaves undone, the same command does.
    """
    ledger.said(by, "rotate_key", because, at=at)
    place = store.key_place
    if isinstance(place, Path):
        lines = [*place.read_text().split(), new_secret()] if store.ring() else []
        _write(place, lines)
    moved = rotate_files(store, _states(store))
    if isinstance(place, Path):
        lines = place.read_text().split()
        _write(place, [lines[0], lines[-1]])
    return moved


def _states(store: Store) -> list[str]:
    """The states of which anything lies in landing or vault."""
    return sorted({state for top in ("landing", "vault") for state in store.folders(top)})


def _write(place: Path, lines: list[str]) -> None:
    write_aside(place, "".join(f"{line}\n" for line in lines).encode())
    place.chmod(0o600)
