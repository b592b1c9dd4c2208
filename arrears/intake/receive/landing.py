"""Bytes into landing: copied once, hashed from what was copied, looked at as bytes on the way."""

import hashlib
import os
import secrets
import stat
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from arrears.data.encrypted_files import SealedPath, sealing
from arrears.data.store import Store, sync_folder
from arrears.data.writes import give_name
from arrears.errors import safe_path

_CHUNK = 1 << 20
# Files copied at once: each waits for the disk.
_AT_ONCE = 4
LONGEST_LINE = _CHUNK  # bytes; a longer "line" is not a line of any partner and would fill the memory
_LONGEST_NAME = 80
_PACKED = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
}
EMPTY = hashlib.sha256(b"").hexdigest()
_MARK = b"\xef\xbb\xbf"
_WIDE = (b"\xff\xfe", b"\xfe\xff")
# The bytes of blanks, letters and digits.
_EBCDIC_LETTERS = bytes([0x40, *range(0x81, 0xEA), *range(0xF0, 0xFA)])
_ASCII_LETTERS = bytes([0x20, *range(0x30, 0x3A), *range(0x41, 0x7B)])


@dataclass(frozen=True)
class Landed:
    """One file that was given: where its bytes are now, what they look like, or why they are not taken.

    `name` is the sender's name, escaped and without numbers, for people only; nothing reads it.
    """

    name: str
    path: Path
    sha256: str
    bytes: int
    kind: str  # text, parquet, control or nothing
    fault: str = ""
    line_breaks: int = 0
    carriage_returns: int = 0
    pairs: int = 0
    nul_bytes: int = 0
    ends_open: bool = False
    has_mark: bool = False

    @property
    def lines(self) -> int:
        """How many lines the text has, the last one counted even where its newline is missing."""
        return self.line_breaks + int(self.ends_open)

    @property
    def newline_fault(self) -> str:
        """Why the line ends are no one convention, or nothing."""
        if self.carriage_returns != self.pairs:
            return "the file holds carriage returns that end no line"
        if self.pairs not in (0, self.line_breaks):
            return f"{self.pairs} lines end in CR LF and {self.line_breaks - self.pairs} in LF alone"
        return ""


def land_all(store: Store, state: str, paths: Sequence[Path], has_lines: bool = True) -> list[Landed]:
    """What was found in each of the given files, their bytes now in landing, whatever happens next.

    Only where they may be no lines, a file without an end of line is taken, if it holds bytes of zeros.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        landed = list(pool.map(lambda path: land(store, state, path, has_lines), paths))
    if store.landing(state).is_dir():
        sync_folder(store.landing(state))
    return landed


def land(store: Store, state: str, path: Path, has_lines: bool = True) -> Landed:
    """What was found in a given file, its bytes now in landing under their hash.

    Never follows a link, never opens what is not a regular file, and never keeps a file that changed
    while it was copied.
    """
    name = kept_name(path)
    nothing = Landed(name, path, hashlib.sha256(f"not read: {name}".encode()).hexdigest(), 0, "nothing")
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return _with_fault(nothing, "there is no such file")
    except OSError:
        return _with_fault(nothing, "it is a link or cannot be opened; give the file itself")
    before = os.fstat(handle)
    if not stat.S_ISREG(before.st_mode):
        os.close(handle)
        return _with_fault(nothing, "it is not a regular file")
    with os.fdopen(handle, "rb") as file:
        if before.st_size == 0:
            # Only a control file can say that an empty file is meant.
            return land_nothing(store, state, name)
        landed = _copy(file, store, state, name, has_lines)
        after = os.fstat(file.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or (
        not landed.fault and landed.bytes != before.st_size
    ):
        return _with_fault(landed, "it changed while it was read; give it again when it is complete")
    return landed


def land_again(store: Store, state: str, path: SealedPath) -> Landed:
    """What is found in a file that landed before."""
    with path.open("rb") as file:
        return _copy(file, store, state, path.name)


def land_nothing(store: Store, state: str, name: str = "") -> Landed:
    """An empty file in landing: what a control file promises with no bytes need not be sent."""
    folder = store.landing(state)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = folder / f".{os.getpid()}.{secrets.token_hex(4)}.part"
    aside.touch()
    give_name(aside, folder / EMPTY)
    return Landed(name, store.landed(state, EMPTY), EMPTY, 0, "text")


def kept_name(path: Path) -> str:
    """A sender's file name as it is kept: for people only, without numbers, cut."""
    return safe_path(path.name)[:_LONGEST_NAME]


def _with_fault(landed: Landed, fault: str) -> Landed:
    return Landed(landed.name, landed.path, landed.sha256, landed.bytes, "nothing", fault)


def _copy(file: BinaryIO, store: Store, state: str, name: str, has_lines: bool = True) -> Landed:
    """Copies aside, encrypted, while hashing and counting; renames when whole, forgets what is not lines."""
    folder, key = store.landing(state), store.ring().newest
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = folder / f".{os.getpid()}.{secrets.token_hex(4)}.part"
    digest, head, size, breaks, returns, pairs, nul = hashlib.sha256(), b"", 0, 0, 0, 0, 0
    open_bytes, last, fault = 0, b"", ""
    with sealing(aside, key) as out:
        while chunk := file.read(_CHUNK):
            if not size:
                head = chunk[:4096]
                fault = _packed_fault(head)
            digest.update(chunk)
            out.write(chunk)
            size += len(chunk)
            breaks += chunk.count(b"\n")
            returns += chunk.count(b"\r")
            pairs += chunk.count(b"\r\n") + int(last == b"\r" and chunk[:1] == b"\n")
            nul += chunk.count(b"\0")
            last = chunk[-1:]
            cut = chunk.rfind(b"\n")
            open_bytes = open_bytes + len(chunk) if cut < 0 else len(chunk) - cut - 1
            is_long = open_bytes > LONGEST_LINE and (has_lines or b"\0" not in head)
            if is_long and not head.startswith(b"PAR1"):
                fault = fault or _long_fault(head)
            if fault:
                break
    found = digest.hexdigest()
    if fault:
        aside.unlink()
        return Landed(name, aside, found, size, "nothing", fault)
    give_name(aside, folder / found)
    landed = store.landed(state, found)
    kind = "parquet" if head.startswith(b"PAR1") else "control" if _is_control(head) else "text"
    if kind == "text" and (ebcdic := ebcdic_guess(head)):
        return Landed(name, landed, found, size, "nothing", ebcdic)
    mark = head.startswith(_MARK)
    ends_open, mark = last != b"\n", head.startswith(_MARK)
    return Landed(name, landed, found, size, kind, "", breaks, returns, pairs, nul, ends_open, mark)


def _packed_fault(head: bytes) -> str:
    for mark, what in _PACKED.items():
        if head.startswith(mark):
            return f"it is packed with {what}; give the file inside"
    return "it is text of two bytes a letter (UTF-16)" if head.startswith(_WIDE) else ""


def _long_fault(head: bytes) -> str:
    return ebcdic_guess(head) or f"it has no newline within {LONGEST_LINE} bytes"


def ebcdic_guess(head: bytes) -> str:
    """A sentence where the bytes look like EBCDIC letters, digits and blanks; else nothing."""
    if b"\n" in head:
        return ""
    letters = len(head) - len(head.translate(None, _EBCDIC_LETTERS))
    ascii_text = len(head) - len(head.translate(None, _ASCII_LETTERS))
    if letters > 0.9 * len(head) and ascii_text < 0.7 * len(head):
        return "it looks like EBCDIC (cp037); have it sent as ASCII"
    return ""


def _is_control(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"control"' in head
