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
from arrears.data.keys import (
    FILE_VARIABLE,
    URL_VARIABLE,
    Ring,
    fetch_key,
    key_place,
    make_key_file,
    read_ring,
)
from arrears.data.object_store import Bucket, is_url
from arrears.data.writes import give_name, reached
from arrears.errors import ArrearsError
from arrears.values import StoreKind

LEDGER_VARIABLE = "ARREARS_LEDGER_URL"
ABOUT, TIPS = "store.json", "audit_tips.txt"
MASK = 0o077  # what this process writes, its own account reads and nobody else


class NoStore(ArrearsError):
    """There is no store at this place."""


@dataclass(frozen=True)
class Store:
    """One agency's data: a folder, what kind of people it may hold, and where its ledger is.

    A store by URL lies in a bucket, and its folder is this machine's working copy. The methods that give a
    place see to it that what the bucket has is there.
    """

    root: Path
    kind: StoreKind
    bucket: Bucket | None = None

    @classmethod
    def create(cls, at: Path | str, kind: StoreKind) -> "Store":
        """The store at a folder or URL, made if it is not there; refuses one of the other kind."""
        try:
            found = cls.open(at)
        except NoStore:
            root, bucket = _place(at)
        else:
            if found.kind != kind:
                raise ArrearsError(
                    f"This store holds {found.kind} people, not {kind}", found.root, "Use another --store."
                )
            return found
        if bucket is not None and (others := bucket.strangers()):
            raise ArrearsError(
                "There is no store at this address, and other files are", others[0], "Give an empty folder"
            )
        root.mkdir(parents=True, exist_ok=True)
        root.chmod(0o700)
        about = {"kind": kind, "version": 1, "store": secrets.token_hex(8)}
        write_aside(root / ABOUT, json.dumps(about, indent=1).encode() + b"\n", is_once=True)
        return cls(root, kind, bucket)

    @classmethod
    def open(cls, at: Path | str) -> "Store":
        """The store at a folder or URL; an error where there is none."""
        root, bucket = _place(at)
        about = root / ABOUT
        if not about.exists():
            where = root if bucket is None else bucket.url
            raise NoStore("There is no store here", where, "Give --store, or receive a first file.")
        try:
            kind = json.loads(about.read_bytes())["kind"]
        except (ValueError, KeyError, TypeError):
            where = root if bucket is None else bucket.url
            raise ArrearsError(
                f"{ABOUT} was changed or cut, so it is not known what kind of people the store may hold",
                where,
                "Restore it from a copy of the store",
            ) from None
        return cls(root, kind, bucket)

    @property
    def address(self) -> str:
        """What opens this store again: in another process, and where it is a URL on another machine."""
        return str(self.root) if self.bucket is None else self.bucket.url

    def folder(self, name: str) -> Path:
        """A folder of the store, with all that it holds."""
        if self.bucket is not None:
            self.bucket.pull(name)
        return self.root / name

    def file(self, name: str) -> Path:
        """A file of the store; the path leads nowhere where it has none of this name."""
        if self.bucket is not None:
            self.bucket.fetch(name)
        return self.root / name

    def folders(self, name: str) -> list[str]:
        """The names of the folders in a folder of the store."""
        if self.bucket is not None:
            return self.bucket.folders(name)
        return sorted(path.name for path in (self.root / name).glob("*") if path.is_dir())

    def names(self, folder: str) -> list[str]:
        """The names of all files under a folder of the store, but of those that are being written."""
        if self.bucket is not None:
            return self.bucket.names(folder)
        have = (path for path in sorted((self.root / folder).rglob("*")) if path.is_file())
        return [path.relative_to(self.root).as_posix() for path in have if not path.name.endswith(".part")]

    def again(self) -> None:
        """Looks anew at what may have changed since it was opened."""
        if self.bucket is not None:
            self.bucket.again()

    def landing(self, state: str) -> Path:
        """Original bytes, encrypted, each file named by the hash of its content."""
        return self.root / "landing" / state

    def landed(self, state: str, sha256: str) -> SealedPath:
        """One file in landing, to be read as what was delivered."""
        know(self.ring())
        if self.bucket is not None:
            self.bucket.fetch(f"landing/{state}/{sha256}", is_final=True)
        return SealedPath(self.landing(state) / sha256)

    def staging(self, state: str, feed: str, delivery: str) -> Path:
        """Typed rows and rejects of one delivery, as Parquet; numbers of people as tokens."""
        return self.folder(f"staging/{state}/{feed}/{delivery}")

    def vault(self, state: str) -> Path:
        """The only table that leads from a token back to a number, encrypted."""
        return self.folder(f"vault/{state}")

    def night(self, state: str, as_of: date) -> Path:
        """The folder of one night."""
        return self.folder(f"nights/{state}/{as_of.isoformat()}")

    def release(self, state: str, as_of: date, ordinal: int) -> Path:
        """The folder of the day's n-th release run."""
        return self.folder(f"releases/{state}/{as_of.isoformat()}/{ordinal:02d}")

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
        return self.root / TIPS

    def note(self, line: str) -> None:
        """Adds a line to the tips."""
        if self.bucket is not None:
            self.bucket.append(TIPS, line)
            return
        handle = os.open(self.tips, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            size = os.fstat(handle).st_size
            # A line that a crash cut short is left behind on its own.
            start = "\n" if size and os.pread(handle, 1, size - 1) != b"\n" else ""
            os.write(handle, f"{start}{line}".encode())
            os.fsync(handle)
        finally:
            os.close(handle)

    def spill(self) -> Path:
        """Where DuckDB may put what does not fit in memory."""
        return self.root / "tmp"

    @property
    def ledger_url(self) -> str:
        """The ledger's address: what the environment names, else SQLite in the store's folder."""
        if said := os.environ.get(LEDGER_VARIABLE):
            return said
        if self.bucket is not None:
            raise ArrearsError(
                "A store by URL has its ledger elsewhere, and nobody has said where",
                LEDGER_VARIABLE,
                "Set it to a PostgreSQL address; to sqlite:////FILE only where one machine does all the work",
            )
        return f"sqlite:///{self.root / 'ledger.db'}"

    @property
    def key_place(self) -> Path | str:
        """Where the key's text is: a file, or an address that is only read; never the bucket of its store."""
        if self.bucket is not None and not any(map(os.environ.get, (FILE_VARIABLE, URL_VARIABLE))):
            raise ArrearsError(
                "The key of a store by URL is never kept next to it, and nobody has said where it is",
                f"{FILE_VARIABLE} or {URL_VARIABLE}",
                "Set one of them, the same key on every machine",
            )
        return key_place(self.root)

    def key(self) -> str:
        """The secret under which numbers become tokens; made on first use, and the same forever."""
        return self.ring().token

    def ring(self) -> Ring:
        """The keys of this store, from wherever the environment says; refuses one that is not its own."""
        place, check = self.key_place, self.root / "key_check"
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
                "The key is not the one of this store", self.address, "Give the key that belongs to it"
            )
        return ring


def _place(at: Path | str) -> tuple[Path, Bucket | None]:
    """The folder of a store, and the bucket where it is kept if that is what its address says."""
    os.umask(MASK)
    if not is_url(at):
        return Path(at).resolve(), None
    bucket = Bucket(str(at))
    bucket.pull()
    return bucket.root, bucket


def write_aside(path: Path, data: bytes, is_once: bool = False) -> None:
    """Writes a file whole: aside, flushed to disk, then renamed over the old one.

    Where a store is kept in a bucket, a file that is written once is not put over another one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    with aside.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    reached(f"aside {path.name}")
    give_name(aside, path, is_once)
    sync_folder(path.parent)
    reached(f"renamed {path.name}")


def sync_folder(folder: Path) -> None:
    """Makes a rename in this folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
