"""A store in a bucket of S3 or of a server that speaks like it, and this machine's working copy of it.

A file gets its name in the working copy only after the bucket has it, so that what lies here under a final
name was in the store; what the bucket no longer has is taken away here when its folder is asked for. What
of a folder is here already is known by the tags that the bucket gives to contents. A folder that its last
file has closed (a manifest, a delivery's `staged.json`) does not change and is not asked for again, until a
purge takes of it.
"""

import base64
import hashlib
import os
import secrets
import shutil
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from arrears.data.writes import keepers, reached
from arrears.errors import ArrearsError, Refused

COPIES_VARIABLE = "ARREARS_COPIES"
# Where purges lie, and in each, once it has ended, the file that names all of which data went, a line each.
PURGES, WENT = "purges", "went.txt"
# What of a store lies in the bucket; a key, a desk's tables and what spills never do.
FOLDERS = frozenset(("landing", "staging", "vault", "nights", "releases", "outbox", PURGES))
FILES = frozenset(("store.json", "key_check", "audit_tips.txt"))
# The last file of a folder: with it the folder is whole.
LAST = ("manifest.json", "staged.json")
# An upload of more is sent in parts; one that breaks leaves no file, and its parts to the bucket's own rules.
_IN_PARTS = 4 << 30
_AT_ONCE = 8
_TRIES = 20
_SHA256, _NONE = "sha256", "*"
_DENIED = (
    *("AccessDenied", "403", "401", "InvalidAccessKeyId", "SignatureDoesNotMatch"),
    *("InvalidToken", "ExpiredToken", "AuthorizationHeaderMalformed"),
)
_NO_SUCH, _IS_THERE, _UNKNOWN = ("NoSuchKey", "404"), ("PreconditionFailed", "412"), ("NotImplemented", "501")
_TAGS = "CREATE TABLE IF NOT EXISTS tags (name TEXT PRIMARY KEY, tag TEXT, bytes INTEGER, changed INTEGER)"
_WHOLE = "CREATE TABLE IF NOT EXISTS whole (folder TEXT PRIMARY KEY)"
_PURGED = "CREATE TABLE IF NOT EXISTS purged (name TEXT PRIMARY KEY)"


def is_url(at: Path | str) -> bool:
    """Whether a store is named by an address."""
    return "://" in str(at)


class Bucket:
    """One store's files in a bucket, and the folder of this machine where its working copy is."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.bucket, self.prefix = _parts(self.url)
        self.root = _copies() / f"{self.bucket}-{hashlib.sha256(self.url.encode()).hexdigest()[:12]}"
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._client = _client()
        self._pulled: set[str] = set()
        self._pulling, self._asking = threading.RLock(), threading.Lock()
        self._index = sqlite3.connect(
            self.root / ".copy.db", timeout=60, isolation_level=None, check_same_thread=False
        )
        for table in (_TAGS, _WHOLE, _PURGED):
            self._ask(table)
        keepers[self.root] = self

    def pull(self, folder: str = "") -> None:
        """Makes a folder of the working copy what the bucket has of it; without one, its own few files."""
        with self._pulling:
            if folder in self._pulled or self._is_whole(folder):
                return
            # What lies here is looked at first: what has its name by now is in the list that follows.
            path = self.root / folder
            every = path.rglob("*") if folder else (self.root / name for name in FILES)
            here = {self._name(one) for one in every if one.is_file() and not one.name.startswith(".")}
            listed = list(self._list(folder, deep=bool(folder)))
            if not folder and (PURGES, "") in listed:
                self._let_go()
            there = {name: tag for name, tag in listed if folder or name in FILES}
            last = [name for name in there if name.rpartition("/")[2] in LAST]
            self._fetch_all(name for name in there if name not in last and self._tag(name) != there[name])
            self._fetch_all(name for name in last if self._tag(name) != there[name])
            for name in here - there.keys():
                (self.root / name).unlink(missing_ok=True)
            for name in last:
                self._ask("INSERT OR IGNORE INTO whole VALUES (?)", name.rpartition("/")[0])
            self._pulled.add(folder)

    def _let_go(self) -> None:
        """Takes from the working copy what purges on other machines took from the store."""
        known = {name for (name,) in self._ask("SELECT name FROM purged")}
        for name in (one for one in self.names(PURGES) if one.endswith(f"/{WENT}") and one not in known):
            self.fetch(name)
            for went in (self.root / name).read_text().splitlines():
                path = self.root / went
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            self._ask("DELETE FROM whole")
            self._ask("INSERT INTO purged VALUES (?)", name)

    def again(self) -> None:
        """Has folders that are not whole asked for once more."""
        with self._pulling:
            self._pulled.clear()

    def fetch(self, name: str, is_final: bool = False) -> None:
        """Makes one file of the working copy what the bucket has; none where it has none.

        One whose name tells its content is not asked for where it is here.
        """
        tag = self._tag(name)
        if not (is_final and tag) and not self._fetch(name, tag):
            (self.root / name).unlink(missing_ok=True)

    def names(self, folder: str) -> list[str]:
        """The names of all files under a folder of the bucket."""
        return sorted(name for name, _ in self._list(folder))

    def strangers(self) -> list[str]:
        """What lies where a new store is to be."""
        return sorted(name for name, _ in self._list("", deep=False))

    def folders(self, folder: str) -> list[str]:
        """The names of the folders that lie in a folder of the bucket."""
        return sorted(name for name, tag in self._list(folder, deep=False) if not tag)

    def keep(self, aside: Path, final: Path, is_once: bool) -> None:
        """Puts a file into the bucket before it gets its name here; what is once is never written over."""
        name = self._name(final)
        if name.partition("/")[0] not in FOLDERS and name not in FILES:
            return
        digest = _hash(aside)
        if is_once and self._was_put(name, digest):
            tag = self._told(name)["ETag"]
        else:
            tag = self._put(aside, name, digest, _NONE if is_once else "")
        reached(f"put {final.name}")
        self._note(name, tag, aside)
        self._ask("DELETE FROM whole WHERE substr(?, 1, length(folder) + 1) = folder || '/'", name)

    def forget(self, path: Path) -> None:
        """Takes a file, or a folder with all that is in it, out of the bucket."""
        name = self._name(path)
        # A folder's last file goes first: without it nothing of it counts.
        found = sorted([name, *self.names(name)], key=lambda one: one.rpartition("/")[2] not in LAST)
        for one in found:
            with _plainly(one):
                self._client.delete_object(Bucket=self.bucket, Key=self.prefix + one)
        self._ask("DELETE FROM whole WHERE substr(folder || '/', 1, length(?1) + 1) = ?1 || '/'", name)

    def append(self, name: str, line: str) -> None:
        """Adds a line to a file of lines; of two that add at once neither loses the other's."""
        for _ in range(_TRIES):
            self.fetch(name)
            path, tag = self.root / name, self._tag(name)
            aside = path.with_name(f".{name}.{secrets.token_hex(4)}.part")
            aside.write_bytes((path.read_bytes() if path.exists() else b"") + line.encode())
            try:
                self._note(name, self._put(aside, name, _hash(aside), tag or _NONE), aside)
            except _Changed:
                aside.unlink()
                continue
            aside.replace(path)
            return
        raise ArrearsError("Others write to the same file all the time", name, "Run the command again")

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _list(self, folder: str, deep: bool = True) -> Iterator[tuple[str, str]]:
        """Names with their tags under a folder; of what lies deeper only the folders, if asked so."""
        start = self.prefix + (f"{folder}/" if folder else "")
        more = {} if deep else {"Delimiter": "/"}
        with _plainly(folder or self.url):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket, Prefix=start, **more):
                for one in page.get("Contents", ()):
                    yield one["Key"].removeprefix(self.prefix), one["ETag"]
                for one in page.get("CommonPrefixes", ()):
                    yield one["Prefix"].removeprefix(start).rstrip("/"), ""

    def _is_whole(self, folder: str) -> bool:
        return bool(self._ask("SELECT 1 FROM whole WHERE folder = ?", folder))

    def _tag(self, name: str) -> str:
        """The tag of a file's content, where the file is here as it was put or fetched; else empty."""
        rows = self._ask("SELECT tag, bytes, changed FROM tags WHERE name = ?", name)
        try:
            found = (self.root / name).stat()
        except FileNotFoundError:
            return ""
        return str(rows[0][0]) if rows and (found.st_size, found.st_mtime_ns) == rows[0][1:] else ""

    def _note(self, name: str, tag: str, path: Path) -> None:
        found = path.stat()
        self._ask(
            "INSERT OR REPLACE INTO tags VALUES (?, ?, ?, ?)", name, tag, found.st_size, found.st_mtime_ns
        )

    def _ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._asking:
            return self._index.execute(statement, values).fetchall()

    def _fetch_all(self, names: Iterable[str]) -> None:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(self._fetch, names))

    def _fetch(self, name: str, tag: str = "") -> bool:
        """Whether the bucket has a file, which is now here, proven to be what was put."""
        more = {"IfNoneMatch": tag} if tag else {}
        try:
            with _plainly(name):
                found = self._client.get_object(Bucket=self.bucket, Key=self.prefix + name, **more)
        except _Missing:
            return False
        except _Same:
            return True
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        digest = hashlib.sha256()
        with _plainly(name), aside.open("wb") as out:
            for chunk in found["Body"].iter_chunks(1 << 20):
                digest.update(chunk)
                out.write(chunk)
        if digest.hexdigest() != found["Metadata"].get(_SHA256):
            aside.unlink()
            raise ArrearsError(
                "A file in the bucket is not what was put there, or was put by somebody else",
                f"{self.url}/{name}",
                "Restore it from an older version or a backup; nothing was read from it",
            )
        self._note(name, found["ETag"], aside)
        aside.replace(path)
        return True

    def _put(self, path: Path, name: str, digest: str, over: str = "") -> str:
        """The tag of what is now in the bucket: all of it, or nothing was changed.

        `over` is the tag of the only content that may be written over, or `*` where there may be none.
        """
        only_if = {"IfNoneMatch" if over == _NONE else "IfMatch": over} if over else {}
        where = {"Bucket": self.bucket, "Key": self.prefix + name}
        more: dict[str, Any] = {"Metadata": {_SHA256: digest}}
        try:
            with _plainly(name):
                if path.stat().st_size > _IN_PARTS:
                    self._client.upload_file(str(path), *where.values(), ExtraArgs=more)
                    return str(self._told(name)["ETag"])
                more["ChecksumSHA256"] = base64.b64encode(bytes.fromhex(digest)).decode()
                with path.open("rb") as data:
                    return str(self._client.put_object(Body=data, **where, **more, **only_if)["ETag"])
        except _NoConditions:
            # The server knows no conditions. What must be there once was looked for before, and the ledger's
            # lock, under which it is put, lets no other writer come in between.
            return self._put(path, name, digest)
        except _Changed:
            if over == _NONE and name not in FILES and self._was_put(name, digest):
                return str(self._told(name)["ETag"])
            raise

    def _was_put(self, name: str, digest: str) -> bool:
        """Whether the very same file is there already; refuses where another one has its name."""
        try:
            told = self._told(name)
        except _Missing:
            return False
        if told["Metadata"].get(_SHA256) != digest:
            raise Refused(
                "Another file has this name in the bucket, and it is never written over",
                name,
                "Another writer was first: let it work, then run the same again",
            )
        return True

    def _told(self, name: str) -> dict[str, Any]:
        with _plainly(name):
            found: dict[str, Any] = self._client.head_object(Bucket=self.bucket, Key=self.prefix + name)
        return found


def read_object(url: str) -> str:
    """The text of one object by its address."""
    bucket, key = _parts(url)
    with _plainly(url):
        found: bytes = _client().get_object(Bucket=bucket, Key=key.rstrip("/"))["Body"].read()
    return found.decode()


class _Missing(ArrearsError):
    """There is no such file in the bucket."""


class _Same(ArrearsError):
    """The file in the bucket is the one that is here."""


class _Changed(ArrearsError):
    """The file in the bucket is not the one on whose state a change rests."""


class _NoConditions(ArrearsError):
    """The server does not know conditions."""


@contextmanager
def _plainly(where: str) -> Iterator[None]:
    """Says a fault of the network, the credentials or the bucket in one sentence, without what was sent."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        raise _sentence(str(error.response.get("Error", {}).get("Code", "")), where) from None
    except BotoCoreError as error:
        kind = type(error).__name__
        if any(word in kind for word in ("Credential", "Token", "Profile")):
            raise ArrearsError(
                f"There are no credentials for the object storage ({kind})",
                where,
                "Give them in one of AWS's usual ways: environment, profile or the machine's role",
            ) from None
        raise ArrearsError(
            f"The object storage cannot be reached, or broke off ({kind})",
            where,
            "Check the network and AWS_ENDPOINT_URL, then run the same again; nothing half sent counts",
        ) from None


def _sentence(code: str, where: str) -> ArrearsError:
    if code == "304":
        return _Same("The file is here already", where)
    if code in _NO_SUCH:
        return _Missing("The store has no such file", where)
    if code in _IS_THERE:
        return _Changed("Somebody else wrote to the store meanwhile", where, "Run the same again")
    if code in _UNKNOWN:
        return _NoConditions("The server knows no conditional writes", where)
    if code == "NoSuchBucket":
        return ArrearsError("There is no such bucket", where, "Make it, or correct the address of the store")
    if code in _DENIED:
        return ArrearsError(
            f"The object storage refuses these credentials ({code})",
            where,
            "Give those that may list, read, write and delete in the store's bucket",
        )
    if code == "RequestTimeTooSkewed":
        return ArrearsError("The clock of this machine is too far from the object storage's", where, "Set it")
    return ArrearsError(f"The object storage answered {code or 'with a fault'}", where, "Run the same again")


@cache
def _session() -> Any:
    """What a process knows of AWS: its credentials in their usual ways, and what a client is made from."""
    try:
        import boto3
    except ImportError:
        raise ArrearsError(
            "A store by URL needs the package boto3", "--store", "Install arrears with its extra s3"
        ) from None
    return boto3.session.Session()


def _client() -> Any:
    session = _session()
    from botocore.config import Config

    with _plainly("--store"):
        return session.client("s3", config=Config(max_pool_connections=2 * _AT_ONCE))


def _parts(url: str) -> tuple[str, str]:
    """Bucket and prefix of an address."""
    scheme, _, rest = url.partition("://")
    bucket, _, path = rest.partition("/")
    if "@" in rest or "?" in rest:
        raise ArrearsError(
            "An address holds no credentials and no question", "--store", "Write s3://BUCKET/FOLDER"
        )
    if scheme != "s3" or not bucket:
        raise ArrearsError("This is not an address of a store", "--store", "Write s3://BUCKET/FOLDER")
    path = path.strip("/")
    return bucket, f"{path}/" if path else ""


def _copies() -> Path:
    """The folder of this machine's working copies."""
    said = os.environ.get(COPIES_VARIABLE)
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(said).resolve() if said else Path(cache) / "arrears"


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
