"""What would change in the golden outboxes, the files that must leave on the shipped sample nights."""

import difflib
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from arrears import house
from arrears.author.sample import golden, known_nights, live, outbox
from arrears.data.store import write_aside
from arrears.layout import Field, Layout
from arrears.queues import Queue, load_queues

# What of a record is shown as it stands: amounts, days and codes. Of any other field only that it differs.
_SHOWN = ("cents", "signed", "edited", "date", "month")
_BIRTH = re.compile(r"birth|(^|_)dob(_|$)")
_CASE = re.compile(r"(case|person)_(id|number|identifier)")


@dataclass(frozen=True)
class Change:
    """One file of a night that would be another one, with its lines: which come, go or differ."""

    state: str
    night: date
    file: str
    was: str
    added: int
    removed: int
    changed: int
    lines: tuple[str, ...]

    @property
    def what(self) -> str:
        """What would become of the file."""
        if not self.was:
            return "new"
        if not self.file:
            return "gone"
        if self.file == self.was:
            return "differs"
        return f"is {self.file} now" + ("" if self.lines else ", otherwise the same")


def changes(state: str, write: bool = False, night_lived: Callable[[date], None] = print) -> list[Change]:
    """Every file in which a state's nights, lived anew, differ from the golden ones; written if asked."""
    queues, found = load_queues(house.QUEUES), []
    with tempfile.TemporaryDirectory(prefix="golden-") as place:
        for night in known_nights(state):
            live(Path(place), night, state)
            night_lived(night)
            now, kept = outbox(Path(place), night, state), golden(night, state)
            found += compared(state, night, kept, now, queues)
            if write:
                _write(house.SAMPLE / state / str(night) / "outbox", now)
    return found


def compared(
    state: str, night: date, kept: Mapping[str, bytes], now: Mapping[str, bytes], queues: Mapping[str, Queue]
) -> list[Change]:
    """Every file in which two outboxes of a night differ, each held against the one of the same queue."""
    found = []
    for was, name in _pairs(list(kept), list(now)):
        if was == name and kept[was] == now[name]:
            continue
        queue = queues.get((name or was).split(".")[0])
        old, new = (files[one].decode("latin-1") if one else "" for files, one in ((kept, was), (now, name)))
        told = list(_lines(old.splitlines(), new.splitlines(), queue))
        added, removed, changed = (sum(line.startswith(sign) for line in told) for sign in "+-~")
        found.append(Change(state, night, name, was, added, removed, changed, tuple(told)))
    return found


def _pairs(kept: list[str], now: list[str]) -> Iterator[tuple[str, str]]:
    """Each golden file with the one that takes its place, as a batch of another number if need be."""
    same = [name for name in kept if name in now]
    yield from ((name, name) for name in same)
    old, new = ([name for name in names if name not in same] for names in (kept, now))
    for name in list(old):
        if other := next((one for one in new if one.split(".")[0] == name.split(".")[0]), None):
            old.remove(name)
            new.remove(other)
            yield name, other
    yield from ((name, "") for name in old)
    yield from (("", name) for name in new)


def _lines(old: list[str], new: list[str], queue: Queue | None) -> Iterator[str]:
    """What comes (+), goes (-) or differs (~), line by line, without anybody's number or name."""
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        gone, come = list(enumerate(old[a:b], a + 1)), list(enumerate(new[c:d], c + 1))
        for at, line in list(gone):
            layout = _layout(queue, at, len(old))
            if other := next((one for one in come if _same(layout, queue, line, one[1])), None):
                gone.remove((at, line))
                come.remove(other)
                yield f"~ line {other[0]}{_who(layout, line)}: {_differences(layout, queue, line, other[1])}"
        yield from (
            f"- line {at}{_printable(_layout(queue, at, len(old)), queue, line)}" for at, line in gone
        )
        yield from (
            f"+ line {at}{_printable(_layout(queue, at, len(new)), queue, line)}" for at, line in come
        )


def _layout(queue: Queue | None, at: int, lines: int) -> Layout | None:
    """The layout of a line by its place in the file."""
    if queue is None:
        return None
    kind = "header" if at == 1 else "trailer" if at == lines else "detail"
    return queue.layouts.get(kind, queue.detail)


def _same(layout: Layout | None, queue: Queue | None, line: str, other: str) -> bool:
    """Whether two lines are one record: they agree in what makes a record of the queue unique."""
    if layout is None or queue is None:
        return False
    if layout is not queue.detail:
        return line[:1] == other[:1] and len(line) == len(other)
    return all(_cut(layout.field(name), line) == _cut(layout.field(name), other) for name in queue.unique)


def _cut(field: Field, line: str) -> str:
    return line[field.start - 1 : field.end].strip()


def _who(layout: Layout | None, line: str) -> str:
    """Which case a line is about, where the record says it."""
    fields = [field for field in layout.columns if _CASE.fullmatch(field.name)] if layout else []
    return f" ({', '.join(f'{one.name} {_cut(one, line)}' for one in fields)})" if fields else ""


def _may_be_printed(field: Field, queue: Queue | None) -> bool:
    is_amount = queue is not None and field.name == queue.amount_field
    return (is_amount or field.kind in _SHOWN or bool(field.codes)) and _BIRTH.search(field.name) is None


def _printable(layout: Layout | None, queue: Queue | None, line: str) -> str:
    """A line for people: what it is about, and what of it may be shown."""
    if layout is None:
        return ""
    shown = [
        f"{one.name} {_cut(one, line)}"
        for one in layout.columns
        if _may_be_printed(one, queue) and _cut(one, line)
    ]
    return _who(layout, line) + (": " + ", ".join(shown) if shown else "")


def _differences(layout: Layout | None, queue: Queue | None, line: str, other: str) -> str:
    """The fields in which two records differ; the values of those that may be shown."""
    fields = [one for one in layout.columns if _cut(one, line) != _cut(one, other)] if layout else []
    said = [
        f"{one.name} {_cut(one, line) or 'empty'} -> {_cut(one, other) or 'empty'}"
        if _may_be_printed(one, queue)
        else f"{one.name} is another"
        for one in fields
    ]
    return ", ".join(said) or "only blanks differ"


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        write_aside(folder / name, data)
    for path in folder.glob("*"):
        if path.name not in files:
            path.unlink()
