"""Where things lie: landing, staging, vault, nights, releases and outbox of one store.

Identifiers of people are only under `landing/` and `vault/`, encrypted, and in the clear under `outbox/`.
"""

import json
import os
import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from arrears.data.encrypted_files import SealedPath, know
from arrears.data.keys import Ring, fetch_key, key_place, make_key_file, read_ring
from arrears.data.writes import reached
from arrears.errors import ArrearsError
from arrears.values import StoreKind

LEDGER_VARIABLE = "ARREARS_LEDGER_URL"
MASK = 0o077  # what this process writes, its own account reads and nobody else


@dataclass(frozen=True)
class Store:
    """One agency's data: a folder, what kind of people it may hold, and where its ledger is."""

    root: Path
    kind: StoreKind

    @classmethod
    def create(cls, root: Path, kind: StoreKind) -> "Store":
        """The store at `root`, made if it is not there; refuses one of the other kind."""
        root = root.resolve()
        about = root / "store.json"
        if about.exists():
            found = cls.open(root)
            if found.kind != kind:
                raise ArrearsError(
                    f"This store holds {found.kind} people, not {kind}", root, "Use another --store."
                )
            return found
        os.umask(MASK)
        root.mkdir(parents=True, exist_ok=True)
        root.chmod(0o700)
        write_aside(about, json.dumps({"kind": kind, "version": 1}, indent=1).encode() + b"\n")
        return cls(root, kind)

    @classmethod
    def open(cls, root: Path) -> "Store":
        """The store at `root`; an error where there is none."""
        about = root.resolve() / "store.json"
        if not about.exists():
            raise ArrearsError("There is no store here", root, "Give --store, or receive a first file.")
        os.umask(MASK)
        return cls(root.resolve(), json.loads(about.read_text())["kind"])

    def landing(self, state: str) -> Path:
        """Original bytes, encrypted, each file named by the hash of its content."""
        return self.root / "landing" / state

    def landed(self, state: str, sha256: str) -> SealedPath:
        """One file in landing, to be read as what was delivered."""
        know(self.ring())
        return SealedPath(self.landing(state) / sha256)

    def staging(self, state: str, feed: str, delivery: str) -> Path:
        """Typed rows and rejects of one delivery, as Parquet; numbers of people as tokens."""
        return self.root / "staging" / state / feed / delivery

    def vault(self, state: str) -> Path:
        """The only table that leads from a token back to a number, encrypted."""
        return self.root / "vault" / state

    def nights(self, state: str) -> Path:
        """The folder of a state's nights, one a date."""
        return self.root / "nights" / state

    def night(self, state: str, as_of: date) -> Path:
        """The folder of one night."""
        return self.nights(state) / as_of.isoformat()

    def release(self, state: str, as_of: date, ordinal: int) -> Path:
        """The folder of the day's n-th release run."""
        return self.root / "releases" / state / as_of.isoformat() / f"{ordinal:02d}"

    def desk(self, state: str) -> Path:
        """What the desk keeps beside closed runs to be quick; it can be made from them again at any time."""
        return self.root / "desk" / state

    def outboxes(self, state: str) -> Path:
        """The folder of a state's outboxes, one a day."""
        return self.root / "outbox" / state

    def outbox(self, state: str, as_of: date) -> Path:
        """Files that partners fetch."""
        return self.outboxes(state) / as_of.isoformat()

    @property
    def tips(self) -> Path:
        """The last acts of the audit chain, one a line: kept outside the ledger, and to be printed."""
        return self.root / "audit_tips.txt"

    def spill(self) -> Path:
        """Where DuckDB may put what does not fit in memory."""
        return self.root / "tmp"

    @property
    def ledger_url(self) -> str:
        """The ledger's address: SQLite in the store, or what the environment names."""
        return os.environ.get(LEDGER_VARIABLE) or f"sqlite:///{self.root / 'ledger.db'}"

    def key(self) -> str:
        """The secret under which numbers become tokens; made on first use, and the same forever."""
        return self.ring().token

    def ring(self) -> Ring:
        """The keys of this store, from wherever the environment says; refuses one that is not its own."""
        place, check = key_place(self.root), self.root / "key_check"
        if isinstance(place, Path):
            if not place.exists() and not check.exists():
                make_key_file(place)
            if not place.is_file():
                raise ArrearsError(
                    "The key of this store is not there",
                    place,
                    "Restore it; without it nothing can be read",
                )
            ring = read_ring(place.read_text(), place.name)
        else:
            ring = read_ring(fetch_key(place), place.partition(":")[0] + ":")
        if not check.exists():
            write_aside(check, ring.check.encode() + b"\n")
        elif check.read_text().strip() != ring.check:
            raise ArrearsError(
                "The key is not the one of this store", self.root, "Give the key that belongs to it"
            )
        return ring


def write_aside(path: Path, data: bytes) -> None:
    """Writes a file whole: aside, flushed to disk, then renamed over the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    with aside.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    reached(f"aside {path.name}")
    aside.replace(path)
    sync_folder(path.parent)
    reached(f"renamed {path.name}")


def sync_folder(folder: Path) -> None:
    """Makes a rename in this folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
