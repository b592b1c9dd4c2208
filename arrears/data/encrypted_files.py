"""Files that lie encrypted: written and read as streams, also by DuckDB, never in the clear on disk.

A file is a head (which key, a salt) and blocks of one mebibyte, each AES-256-GCM under a key of its own
file, numbered, the last one marked: a block changed, moved or missing is found when it is read.
"""

import hmac
import io
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path, PosixPath
from typing import IO, Any

import fsspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from arrears.data.keys import FileKey, Ring
from arrears.data.warehouse import Connection, load_crypto
from arrears.data.writes import give_name
from arrears.errors import ArrearsError

MAGIC, BLOCK, TAG = b"ARREARS1", 1 << 20, 16
HEAD = len(MAGIC) + 8 + 16
PROTOCOL = "sealed"
# The keys of the stores that this process has opened, by mark: a file's head says which it needs.
_known: dict[str, FileKey] = {}


class SealedPath(PosixPath):
    """A file that lies encrypted; opened, it reads as what was put in. Its folder and name are plain."""

    def open(self, mode: str = "r", *args: Any, **more: Any) -> Any:
        """The content for reading."""
        if mode not in ("r", "rb"):
            raise ArrearsError("A sealed file is written whole or not at all", self.name, "Use sealing()")
        data = io.BufferedReader(_Reader(self), BLOCK)
        return data if mode == "rb" else io.TextIOWrapper(data, more.get("encoding") or "utf-8")

    def read_bytes(self) -> bytes:
        """The whole content."""
        with self.open("rb") as file:
            found: bytes = file.read()
            return found


class SealedFiles(fsspec.AbstractFileSystem):  # type: ignore[misc]
    """The door through which DuckDB reads sealed files, by the address that `engine_path` gives."""

    protocol = PROTOCOL
    cachable = False

    def _open(self, path: str, mode: str = "rb", **_: Any) -> IO[bytes]:
        file: IO[bytes] = SealedPath(path).open(mode)
        return file

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        plain = self._strip_protocol(path)
        with SealedPath(plain).open("rb") as file:
            return {"name": plain, "size": file.seek(0, io.SEEK_END), "type": "file"}

    def modified(self, path: str) -> datetime:
        return datetime.fromtimestamp(Path(self._strip_protocol(path)).stat().st_mtime, UTC)

    def glob(self, path: str, **_: Any) -> list[str]:
        return [self._strip_protocol(path)]

    def exists(self, path: str, **_: Any) -> bool:
        return Path(self._strip_protocol(path)).exists()


def use_sealed(con: Connection, ring: Ring) -> None:
    """Lets the connection read sealed files; what it spills to disk is encrypted too."""
    know(ring)
    load_crypto(con)
    con.register_filesystem(SealedFiles())


def know(ring: Ring) -> None:
    """Lets this process open what lies under these keys."""
    _known.update({key.mark: key for key in ring.files})


class Sealer:
    """A sealed file being written: what goes in is encrypted block by block."""

    def __init__(self, out: IO[bytes], key: FileKey) -> None:
        salt = secrets.token_bytes(16)
        self._out, self._cipher, self._number, self._held = out, _cipher(key, salt), 0, bytearray()
        out.write(MAGIC + bytes.fromhex(key.mark) + salt)

    def write(self, data: bytes) -> None:
        """Takes more bytes."""
        self._held += data
        while len(self._held) > BLOCK:  # the last block, however long, is written by `end`
            self._block(bytes(self._held[:BLOCK]), is_last=False)
            del self._held[:BLOCK]

    def end(self) -> None:
        """Writes what is left, marked as the last."""
        self._block(bytes(self._held), is_last=True)

    def _block(self, data: bytes, is_last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._number, is_last), data, None))
        self._number += 1


@contextmanager
def sealing(path: Path, key: FileKey) -> Iterator[Sealer]:
    """A sealed file to write into, flushed to disk when the block ends well."""
    with Path(path).open("wb") as out:
        sealer = Sealer(out, key)
        yield sealer
        sealer.end()
        out.flush()
        os.fsync(out.fileno())


def engine_path(path: Path) -> str:
    """How DuckDB calls this file."""
    return f"{PROTOCOL}://{path}" if isinstance(path, SealedPath) else str(path)


def mark_of(path: Path) -> str:
    """Which key a sealed file needs; empty where the file is empty or is none."""
    with Path(path).open("rb") as file:
        head = file.read(HEAD)
    return head[len(MAGIC) : len(MAGIC) + 8].hex() if head.startswith(MAGIC) else ""


def key_of(path: Path) -> FileKey:
    """The key under which a sealed file lies."""
    key = _known.get(mark_of(path))
    if key is None:
        raise ArrearsError(
            "A file is encrypted with a key that is not here, or was changed",
            path,
            "Restore the key with all its lines, or the file",
        )
    return key


def reseal(path: Path, key: FileKey) -> bool:
    """Whether the file lay under another key and now lies under this one; its content stays."""
    if mark_of(path) in ("", key.mark):
        return False
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    with SealedPath(path).open("rb") as source, sealing(aside, key) as out:
        while chunk := source.read(BLOCK):
            out.write(chunk)
    give_name(aside, path)
    return True


class _Reader(io.RawIOBase):
    """The content of a sealed file, from any place of it."""

    def __init__(self, path: Path) -> None:
        self._path, self._at, self._block_no, self._block = path, 0, -1, b""
        self._file = Path(path).open("rb")  # noqa: SIM115
        head = self._file.read(HEAD)
        size = os.fstat(self._file.fileno()).st_size - HEAD
        self._blocks = max(0, -(-size // (BLOCK + TAG)))
        self._size = max(0, size - TAG * self._blocks)
        if head:
            self._cipher = _cipher(key_of(path), head[-16:])

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, to: int, whence: int = io.SEEK_SET) -> int:
        self._at = to + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def readinto(self, into: Any) -> int:
        if self._blocks and self._at >= self._size:
            self._load(self._blocks - 1)  # a file cut at a block's end is found here
            return 0
        if self._at >= self._size:
            return 0
        number, start = divmod(self._at, BLOCK)
        self._load(number)
        part = self._block[start : start + len(into)]
        into[: len(part)] = part
        self._at += len(part)
        return len(part)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _load(self, number: int) -> None:
        if number == self._block_no:
            return
        self._file.seek(HEAD + number * (BLOCK + TAG))
        data = self._file.read(BLOCK + TAG)
        try:
            self._block = self._cipher.decrypt(_nonce(number, number == self._blocks - 1), data, None)
        except InvalidTag:
            raise ArrearsError(
                "A file in landing was changed or cut", self._path, "Restore it, or receive it again"
            ) from None
        self._block_no = number


def _cipher(key: FileKey, salt: bytes) -> AESGCM:
    return AESGCM(hmac.new(key.derived("files at rest"), salt, sha256).digest())


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])
