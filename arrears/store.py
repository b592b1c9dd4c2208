"""Where things lie: landing, staging, vault, nights, releases and outbox of one store.

Identifiers of people are in the clear only under `landing/`, `vault/` and `outbox/`.
"""

import json
import os
import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from arrears.errors import ArrearsError
from arrears.values import StoreKind
from arrears.writes import reached

KEY_VARIABLE, LEDGER_VARIABLE = "ARREARS_KEY_FILE", "ARREARS_LEDGER_URL"


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
                    f"This store holds {found.kind} people, not {kind}", str(root), "Use another --store."
                )
            return found
        root.mkdir(parents=True, exist_ok=True)
        write_aside(about, json.dumps({"kind": kind, "version": 1}, indent=1).encode() + b"\n")
        return cls(root, kind)

    @classmethod
    def open(cls, root: Path) -> "Store":
        """The store at `root`; an error where there is none."""
        about = root.resolve() / "store.json"
        if not about.exists():
            raise ArrearsError("There is no store here", str(root), "Give --store, or receive a first file.")
        return cls(root.resolve(), json.loads(about.read_text())["kind"])

    def landing(self, state: str) -> Path:
        """Original bytes, each file named by its content hash."""
        return self.root / "landing" / state

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
        """The secret under which numbers become tokens; made on first use, readable by its owner.

        `ARREARS_KEY_FILE` puts it elsewhere than beside the data, as production should.
        """
        path = Path(os.environ.get(KEY_VARIABLE) or self.root / "secret" / "key")
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                return path.read_text().strip()
            with os.fdopen(handle, "w") as out:
                out.write(secrets.token_hex(32) + "\n")
                out.flush()
                os.fsync(out.fileno())
        return path.read_text().strip()


def write_aside(path: Path, data: bytes) -> None:
    """Writes a file whole: aside, flushed to disk, then renamed over the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
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
