"""What is done of a run: one that stopped goes on from the step that stopped.

Each step that only makes tables leaves a mark beside them. It holds what made it (the run, its cut, code,
rules and libraries), by way of the mark before it, and every file that it wrote, by hash. While all of that
stands, the step need not be done again.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arrears.data.store import write_aside
from arrears.data.writes import take_away
from arrears.night.close import versions
from arrears.night.run import Night

FOLDER = "done"
# What leaves is looked at again whenever a run goes on: stops are read at that moment.
ALWAYS = frozenset(("release", "close"))


class Done:
    """The marks of a run, asked and left in the order of its steps."""

    def __init__(self, night: Night) -> None:
        cut = night.run.cut
        made_by = [night.run.run_id, cut.position, cut.known_at.isoformat(), versions()]
        self._folder = night.folder
        self._before = _hash(json.dumps(made_by, sort_keys=True).encode())
        self._is_whole, self._there = True, _files(night.folder)

    def counts(self, step: str) -> dict[str, Any] | None:
        """What a step counted that is done; None where it has to be done, and all after it with it."""
        data = self._mark(step) if self._is_whole and step not in ALWAYS else b""
        if not data:
            self._is_whole, self._there = False, _files(self._folder)
            return None
        self._before = _hash(data)
        found: dict[str, Any] = json.loads(data)["counts"]
        return found

    def note(self, step: str, counts: Mapping[str, Any]) -> None:
        """Leaves the mark of a step that has just ended."""
        if step in ALWAYS:
            return
        there = _files(self._folder)
        wrote = {
            path.relative_to(self._folder).as_posix(): _hash_of(path)
            for path, state in sorted(there.items())
            if self._there.get(path) != state
        }
        mark = {"after": self._before, "counts": dict(counts), "wrote": wrote}
        data = json.dumps(mark, indent=1, sort_keys=True).encode() + b"\n"
        write_aside(self._path(step), data)
        self._before, self._there = _hash(data), there

    def _mark(self, step: str) -> bytes:
        """A step's mark where what it says still stands; else nothing."""
        path = self._path(step)
        data = path.read_bytes() if path.is_file() else b""
        try:
            mark = json.loads(data)
            after, wrote = mark["after"], {self._folder / name: one for name, one in mark["wrote"].items()}
        except (ValueError, KeyError, AttributeError):  # it was cut or changed
            return b""
        if after != self._before:
            return b""
        stands = all(path.is_file() and _hash_of(path) == sha256 for path, sha256 in wrote.items())
        return data if stands else b""

    def _path(self, step: str) -> Path:
        return self._folder / FOLDER / f"{step}.json"


def steps_done(folder: Path) -> set[str]:
    """The steps of a run that left a mark, of a night in parts where one of them did."""
    return {path.stem.partition(" ")[0] for path in (folder / FOLDER).glob("*.json")}


def forget_marks(folder: Path) -> None:
    """Takes the marks of a run away that is closed."""
    if (folder / FOLDER).exists():
        take_away(folder / FOLDER)


def _files(folder: Path) -> dict[Path, tuple[int, int, int]]:
    """What tells that a file was written anew, for each file of a run but its marks."""
    every = (path for path in folder.rglob("*") if path.is_file() and path.parent.name != FOLDER)
    about = ((path, path.stat()) for path in every)
    return {path: (one.st_mtime_ns, one.st_size, one.st_ino) for path, one in about}


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
