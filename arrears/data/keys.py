"""The keys of a store: one for tokens, which never changes, and those under which files lie, newest last.

They are lines of one text, each its own secret: the first makes tokens, any further ones came by rotation.
The text lies beside the data by default, and elsewhere where the environment says so: in a file
(`ARREARS_KEY_FILE`) or at an address (`ARREARS_KEY_URL`: env:NAME, file:, s3:, https:, airflow:NAME ...).
"""

import hmac
import os
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from arrears.errors import ArrearsError

FILE_VARIABLE, URL_VARIABLE = "ARREARS_KEY_FILE", "ARREARS_KEY_URL"
# Addresses that only a program around the engine can read: Airflow lends its secrets backend as `airflow:`.
lent: dict[str, Callable[[str], str]] = {}
_LINE = re.compile(r"\S{32,}")
_DO = "Restore the key that belongs to this store; without it no number can be read"


@dataclass(frozen=True)
class FileKey:
    """One secret under which files lie; its mark says which, and tells nothing of it."""

    secret: str

    def derived(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose; none tells the secret or another one."""
        return hmac.new(self.secret.encode(), purpose.encode(), sha256).digest()

    @property
    def mark(self) -> str:
        return self.derived("which key").hex()[:16]


@dataclass(frozen=True)
class Ring:
    """The keys of a store."""

    token: str
    files: tuple[FileKey, ...]

    @property
    def newest(self) -> FileKey:
        """The key under which files are written."""
        return self.files[-1]

    def marked(self, mark: str) -> FileKey | None:
        """The key of this mark, where the ring has it."""
        return next((key for key in self.files if key.mark == mark), None)

    @property
    def check(self) -> str:
        """What a store keeps to know its key again."""
        return hmac.new(self.token.encode(), b"is it this key", sha256).hexdigest()[:16]


def read_ring(text: str, where: str) -> Ring:
    """The keys that a text holds, one a line."""
    lines = text.split()
    if not lines or not all(_LINE.fullmatch(line) for line in lines):
        raise ArrearsError("The key of this store is empty or cut short", where, _DO)
    # The first line also keeps what was written before any rotation.
    return Ring(lines[0], tuple(FileKey(line) for line in lines))


def new_secret() -> str:
    """A secret that nobody can guess."""
    return secrets.token_hex(32)


def key_place(root: Path) -> Path | str:
    """Where the key's text is: a file, or an address that is only read."""
    if url := os.environ.get(URL_VARIABLE):
        return Path(url.removeprefix("file://")) if url.startswith("file://") else url
    return Path(os.environ.get(FILE_VARIABLE) or root / "secret" / "key")


def fetch_key(url: str) -> str:
    """The text at an address; an error says the address's kind and never what was read."""
    kind, _, rest = url.partition(":")
    if kind == "airflow" and kind not in lent:
        raise ArrearsError(
            "The key of this store is in Airflow's secrets backend, which only Airflow reads",
            f"{URL_VARIABLE} ({kind}:)",
            f"Run it as a DAG, or give this command the key by {FILE_VARIABLE} or another address",
        )
    try:
        if kind == "env":
            return os.environ[rest]
        if kind in lent:
            return lent[kind](rest)
        if kind == "s3":
            from arrears.data.object_store import read_object

            return read_object(url)
        import fsspec

        with fsspec.open(url, "r") as file:
            return str(file.read(1 << 16))
    except Exception as error:
        raise ArrearsError(
            f"The key of this store cannot be had ({type(error).__name__})",
            f"{URL_VARIABLE} ({kind}:)",
            "Check the address and the right to read it",
        ) from None


def make_key_file(path: Path) -> None:
    """Writes a new key, readable by its owner; leaves one that is there."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(new_secret() + "\n")
        out.flush()
        os.fsync(out.fileno())
    with suppress(FileExistsError):  # of two that make it at once the first one's counts, and is whole
        path.hardlink_to(aside)
    aside.unlink()
