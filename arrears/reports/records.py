"""The records that partners specified: where each is used, or why it is not, as `docs/records.md` tells."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from arrears import house
from arrears.config import Faults
from arrears.errors import safe_path
from arrears.intake.feeds import load_feeds
from arrears.layout import Layout
from arrears.queues.queue import load_queues
from arrears.reports.rulebook_words import escaped

FILE = "records.csv"
_HEADER = ["record", "direction", "partner", "what", "source", "used_as", "why_not"]
_DIRECTIONS = {"in": "to us", "out": "from us", "in+out": "both ways"}
# What the first line of a layout says that no partner specified.
_OWN = "Arrears' own layout"


@dataclass(frozen=True)
class SpecifiedRecord:
    """One record that a partner specified: whose, which way it goes, which layouts are it, or why none is."""

    record: str
    direction: str
    partner: str
    what: str
    source: str
    used_as: tuple[str, ...]
    why_not: str


def load_records(transforms: Path) -> list[SpecifiedRecord]:
    """The specified records; one `RuleFault` lists every fault of the list."""
    faults, path = Faults(), transforms / FILE
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = list(csv.reader(line for line in lines if line and not line.startswith("#")))
    found: list[SpecifiedRecord] = []
    known = layouts(transforms)
    if not rows or rows[0] != _HEADER:
        faults.add(safe_path(path), f"its header line is not {','.join(_HEADER)}")
    for row in rows[1:]:
        if len(row) != len(_HEADER):
            faults.add(safe_path(path), f"the line of {row[0]} has {len(row)} cells, not {len(_HEADER)}")
            continue
        name, direction, partner, what, source, used_as, why_not = row
        one = SpecifiedRecord(name, direction, partner, what, source, tuple(used_as.split()), why_not)
        found.append(one)
        for fault in _faults(one, known):
            faults.add(safe_path(path), f"{one.record}: {fault}")
    names = [one.record for one in found]
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.add(safe_path(path), f"{name} is there twice")
    named = {layout for one in found for layout in one.used_as}
    for name, layout in known.items():
        if name not in named and _OWN not in layout.source:
            said = "name the record that it is under used_as, or say in its first line: " + _OWN
            faults.add(safe_path(path), f"{name} is a layout of no record here; {said}")
    faults.raise_any(FILE)
    return found


def _faults(one: SpecifiedRecord, known: dict[str, Layout]) -> Iterator[str]:
    if one.direction not in _DIRECTIONS:
        yield f"direction is {one.direction!r}, not {', '.join(_DIRECTIONS)}"
    if bool(one.used_as) == bool(one.why_not):
        yield "say either where it is used or why it is not"
    for name in one.used_as:
        if name not in known:
            yield f"there is no layout {name} that a feed or queue uses"
        elif _OWN in known[name].source:
            yield f"{name} says that it is our own layout"


def layouts(transforms: Path) -> dict[str, Layout]:
    """Every layout that a feed or a queue uses, by its path under `transforms`."""
    used = [one for feed in load_feeds(transforms / "feeds").values() for one in feed.layouts.values()]
    for queue in load_queues(transforms / "queues").values():
        used += [*queue.every_layout.values(), *queue.packed_layouts.values()]
    return {one.path.relative_to(transforms).as_posix(): one for one in used}


def records_page() -> str:
    """The page of all specified records."""
    transforms = house.FEEDS.parent
    records = load_records(transforms)
    own = {name: one for name, one in layouts(transforms).items() if _OWN in one.source}
    used = [one for one in records if one.used_as]
    lines = [
        "# The records of our partners",
        "",
        "Printed by `arrears rulebook --docs` from `transforms/records.csv`: each record that a partner"
        " specified, where it is used, or why it is not.",
        "",
        f"**{len(used)} of {len(records)} records are in use.** A further"
        f" {len(own)} layouts are of our own format, since no partner's is public.",
        "",
    ]
    for direction, words in _DIRECTIONS.items():
        these = [one for one in records if one.direction == direction]
        lines += [f"## Sent {words}: {sum(bool(one.used_as) for one in these)} of {len(these)}", ""]
        lines += ["| record | partner | what | source | used as |", "|---|---|---|---|---|"]
        lines += [_row(one) for one in these]
        lines.append("")
    lines += ["## Of our own format", "", "| layout | what its first line says |", "|---|---|"]
    lines += [f"| {_linked(name)} | {escaped(layout.source)} |" for name, layout in own.items()]
    return "\n".join(lines) + "\n"


def _row(one: SpecifiedRecord) -> str:
    where = "<br>".join(map(_linked, one.used_as)) or f"not used: {escaped(one.why_not)}"
    return (
        f"| `{one.record}` | {escaped(one.partner)} | {escaped(one.what)} | {escaped(one.source)} | {where} |"
    )


def _linked(name: str) -> str:
    """A layout by its feed or queue and its record, with links to the contract and to the layout."""
    _, folder, file = name.split("/")
    return f"[{folder}](contracts/{folder}.md)/[{file.removesuffix('.csv')}](../transforms/{name})"
