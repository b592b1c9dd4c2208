"""Strict reading of the YAML files that people write: every fault of a file is listed at once."""

import os
import pickle
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from arrears.errors import RuleFault, safe_path
from arrears.yaml_text import parsed

Given = ParamSpec("Given")
Read = TypeVar("Read")
Reader = Callable[Concatenate[Path, Given], Read]
# How a key is shown that the writer of a file chooses, and an entry of a list.
CHOSEN, ENTRY = "<name>", "[]"


@dataclass(frozen=True)
class Key:
    """What a reader asks of one key: the kind of its value, whether it is needed, choices and default."""

    kind: str
    required: bool
    choices: tuple[str, ...] = ()
    otherwise: str = ""


@dataclass
class Record:
    """Everything that readers asked of the files that they read while it was kept, by file and place."""

    # Place (file, then keys) to one entry per mapping that was read there: what was asked of it.
    asked: dict[tuple[str, ...], list[dict[str, Key]]] = field(default_factory=dict)
    opened: set[tuple[str, ...]] = field(default_factory=set)
    # Readers go on past the faults of what they read.
    despite_faults: bool = False

    def note(self, place: tuple[str, ...], keys: dict[str, Key]) -> None:
        """Keeps what a reader asked of one mapping."""
        self.asked.setdefault(place, []).append(keys)

    @property
    def unread(self) -> list[tuple[str, ...]]:
        """The mappings that were opened and of whose keys nobody asked anything."""
        return sorted(self.opened - self.asked.keys())


_record: ContextVar[Record | None] = ContextVar("record", default=None)
# What is known of files while they are taken to stay as they are, by folder.
FileState = tuple[str, int, int]
_unchanged: ContextVar[dict[Path, list[FileState]] | None] = ContextVar("unchanged", default=None)


@contextmanager
def recording(despite_faults: bool = False) -> Iterator[Record]:
    """Keeps what readers ask of the files that they read meanwhile; nothing is taken from memory."""
    kept = Record(despite_faults=despite_faults)
    before = _record.set(kept)
    try:
        yield kept
    finally:
        _record.reset(before)


def note(place: tuple[str, ...], keys: dict[str, Key]) -> None:
    """Tells the record, if one is kept, what a reader asks of one mapping."""
    if (kept := _record.get()) is not None:
        kept.note(place, keys)


@dataclass
class Faults:
    """The faults found so far, each with its place."""

    found: list[str] = field(default_factory=list)

    def add(self, where: str, what: str) -> None:
        """Notes one fault."""
        self.found.append(f"{where}: {what}")

    def raise_any(self, where: str, do: str = "Correct each of these; nothing was loaded") -> None:
        """Raises one `RuleFault` that lists every fault, or does nothing where there is none.

        Nor does it where only the keys are asked for that a file may hold, and the rest is faulty.
        """
        kept = _record.get()
        if self.found and not (kept is not None and kept.despite_faults):
            many = f"{len(self.found)} fault{'s' if len(self.found) > 1 else ''} found"
            raise RuleFault(many, where, f"{do}:\n  - " + "\n  - ".join(self.found))


def read_once(*beside: str) -> Callable[[Reader[Given, Read]], Reader[Given, Read]]:
    """A decorator: what a folder's reader returned, until a file there or in the folders beside it changes.

    A night asks for the same rules at each of its steps. Readers return what nobody writes to; a
    fault is never kept.
    """

    def decorate(read: Reader[Given, Read]) -> Reader[Given, Read]:
        kept: dict[Any, tuple[Any, Read]] = {}

        @wraps(read)
        def reading(folder: Path, /, *args: Given.args, **kwargs: Given.kwargs) -> Read:
            if _record.get() is not None:
                return read(folder, *args, **kwargs)
            asked = (folder, args, tuple(sorted(kwargs.items())))
            state = [_looked(one) for one in (folder, *(folder / one for one in beside))]
            if asked not in kept or kept[asked][0] != state:
                kept[asked] = (state, read(folder, *args, **kwargs))
            return kept[asked][1]

        return reading

    return decorate


@contextmanager
def unchanged() -> Iterator[None]:
    """Takes the files of rules to stay as they are meanwhile, so that each folder is looked through once."""
    before = _unchanged.set({})
    try:
        yield
    finally:
        _unchanged.reset(before)


def _looked(folder: Path) -> list[FileState]:
    if (known := _unchanged.get()) is None:
        return _state(folder)
    if folder not in known:
        known[folder] = _state(folder)
    return known[folder]


def _state(folder: Path | str) -> list[FileState]:
    """Path, size and moment of the last change of every file in a folder and below it."""
    found = []
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                found += _state(entry.path)
            else:
                about = entry.stat()
                found.append((entry.path, about.st_size, about.st_mtime_ns))
    return sorted(found)


def read_yaml(path: Path, faults: Faults) -> "Node":
    """The mapping in a YAML file, to be read strictly; an empty one with a fault if it is not there."""
    name = safe_path(path)
    data: Any = {}
    if not path.is_file():
        faults.add(name, "the file is missing")
        return Node({}, name, faults, (path.as_posix(),))
    kept, found = parsed(path.read_text(encoding="utf-8"), name)
    faults.found += found
    data = pickle.loads(kept)  # our own bytes; each reader gets a mapping of its own
    if not isinstance(data, dict):
        faults.add(name, "must be a mapping of keys to values")
        data = {}
    return Node(data, name, faults, (path.as_posix(),))


@dataclass
class Node:
    """A mapping being read: each key is asked for by name, and `done` faults what nobody asked for."""

    data: dict[Any, Any]
    where: str
    faults: Faults
    place: tuple[str, ...] = ()
    _asked: dict[Any, Key] = field(default_factory=dict)
    _looked: dict[Any, bool] = field(default_factory=dict)
    _names: frozenset[Any] = frozenset()

    def fault(self, what: str) -> None:
        """Notes a fault at this place."""
        self.faults.add(self.where, what)

    def done(self) -> None:
        """Faults every key that was not asked for."""
        known = ", ".join(str(key) for key in self._asked if key not in self._names)
        for key in self.data:
            if key not in self._asked:
                self.fault(f"unknown key {key}" + (f"; the keys are {known}" if known else ""))
        keys = {str(key): one for key, one in self._asked.items() if key not in self._names}
        looked = {str(key): Key("value", required=False) for key in self._looked if key not in keys}
        note(self.place, {**keys, **looked})

    def has(self, key: Any) -> bool:
        """Whether the key is written and not null."""
        self._looked[key] = True
        return self.data.get(key) is not None

    def names(self) -> list[Any]:
        """The keys, where the writer of the file chooses them."""
        self._names = frozenset(self.data)
        note(self.place, {})
        return list(self.data)

    def pairs(self) -> dict[str, str]:
        """Each name with its text."""
        return {str(name): self.text(name) for name in self.names()}

    def lists(self) -> dict[str, tuple[str, ...]]:
        """Each name with its list of texts."""
        return {str(name): self.texts(name) for name in self.names()}

    def take(
        self,
        key: Any,
        required: bool = True,
        kind: str = "value",
        choices: tuple[str, ...] = (),
        otherwise: str = "",
    ) -> Any:
        """The value of a key as YAML gave it, or None."""
        before = self._asked.get(key)
        needed = required and key not in self._looked and (before is None or before.required)
        if before is not None and kind == "value":
            kind, choices, otherwise = before.kind, before.choices, before.otherwise
        self._asked[key] = Key(kind, needed, choices, otherwise)
        if key in self._names:
            note(self.place, {CHOSEN: self._asked[key]})
        if required and key not in self.data:
            self.fault(f"{key} is missing")
        return self.data.get(key)

    def text(
        self, key: Any, required: bool = True, choices: tuple[str, ...] = (), otherwise: str = ""
    ) -> str:
        """A text; where there is none, the one given for that case, or an empty one."""
        value = self.take(key, required, "text", choices, otherwise)
        if value is None:
            if required and key in self.data:
                self.fault(f"{key} is empty")
            return otherwise
        if not isinstance(value, str) or not value.strip():
            self.fault(f'{key} must be text, not {value!r} (quote codes such as "07")')
            return otherwise
        if choices and value not in choices:
            self.fault(f"{key} must be one of {', '.join(choices)}, not {value}")
            return choices[0]
        return value

    def one_of(self, key: Any, what: str, names: Collection[str], required: bool = True) -> str:
        """A text that names something of the house, such as a table of the facts."""
        value = self.take(key, required, what)
        if value is None:
            return ""
        if not isinstance(value, str) or value not in names:
            self.fault(f"{key}: there is no {what} {value}; there are {', '.join(sorted(names)) or 'none'}")
            return ""
        return value

    def integer(self, key: Any, required: bool = True, otherwise: int = 0) -> int:
        """A whole number; where there is none, the one given for that case, or 0."""
        value = self.take(key, required, "whole number", otherwise="" if required else str(otherwise))
        if value is None:
            return otherwise
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault(f"{key} must be a whole number, not {value!r}")
            return otherwise
        return value

    def boolean(self, key: Any, otherwise: bool = False) -> bool:
        """True or false, or the given answer where the key is absent."""
        value = self.take(key, False, "true or false", otherwise=str(otherwise).lower())
        if value is None:
            return otherwise
        if not isinstance(value, bool):
            self.fault(f"{key} must be true or false, not {value!r}")
            return otherwise
        return value

    def texts(self, key: Any, required: bool = True, choices: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts, each once."""
        value = self.take(key, required, "list of texts", choices)
        if value is None:
            return ()
        if not isinstance(value, list) or any(not isinstance(one, str) or not one for one in value):
            self.fault(f"{key} must be a list of texts")
            return ()
        for one in sorted({one for one in value if value.count(one) > 1}):
            self.fault(f"{key} names {one} twice")
        for one in (one for one in dict.fromkeys(value) if choices and one not in choices):
            self.fault(f"{key} names {one}, which is none of {', '.join(choices)}")
        return tuple(value)

    def node(self, key: Any, required: bool = True) -> "Node":
        """The mapping under a key, or an empty one."""
        return self.part(self.take(key, required, "mapping"), key)

    def nodes(self, key: Any, required: bool = True) -> list["Node"]:
        """The mappings listed under a key."""
        value = self.take(key, required, "list of mappings")
        if value is None:
            return []
        if not isinstance(value, list):
            self.fault(f"{key} must be a list")
            return []
        return [self.part(one, f"{key}[{n}]", self._shown(key), ENTRY) for n, one in enumerate(value, 1)]

    def children(self) -> Iterator[tuple[Any, "Node"]]:
        """Every key with the mapping under it."""
        for key in self.names():
            yield key, self.node(key)

    def _shown(self, key: Any) -> str:
        return CHOSEN if key in self._names else str(key)

    def part(self, value: Any, key: Any, *place: str) -> "Node":
        """A mapping below this one, as a node with its place."""
        where = f"{self.where}: {key}"
        below = (*self.place, *(place or (self._shown(key),)))
        if (kept := _record.get()) is not None:
            kept.opened.add(below)
        if value is None:
            return Node({}, where, self.faults, below)
        if not isinstance(value, dict):
            self.faults.add(where, "must be a mapping of keys to values")
            return Node({}, where, self.faults, below)
        return Node(value, where, self.faults, below)


def is_day(value: Any) -> bool:
    """Whether a YAML value is a date."""
    return isinstance(value, date) and not isinstance(value, datetime)
