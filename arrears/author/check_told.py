"""What was found of a partner's file, as sentences for a person and as one document for a program."""

from collections.abc import Iterator

from arrears.author.check_file import Checked
from arrears.author.kinds import MOST, Kind
from arrears.values import Row

_OUTCOMES = {
    "accepted": "It would be taken.",
    "held": "It would be held until a person looks at it.",
    "refused": "It would be refused.",
    "duplicate": "It was given twice.",
}


def lines_of(found: Checked) -> Iterator[str]:
    """What is printed: faults of the file as a whole, those of lines in their order, and what follows."""
    yield f"{found.partner}: {found.title}"
    for said in found.of_file:
        yield f"the file: {said}."
    placed = [(line, kind, shown) for kind in found.of_lines for line, shown in kind.places]
    for line, kind, shown in sorted(placed, key=lambda one: one[0]):
        seen = f" (found {shown!r})" if shown else ""
        send = f"; send {kind.send}" if kind.send else ""
        yield f"{found.place} {line}{_where(kind)}: {kind.what}{seen}{send}."
    for kind in found.of_lines:
        if kind.lines > MOST:
            yield f"and {kind.lines - MOST} more {found.place}s{_where(kind)}: {kind.what}."
    yield verdict(found)


def verdict(found: Checked) -> str:
    """What would become of the file, in one line."""
    if found.is_clean:
        return f"No fault: it would be taken whole, {found.rows} rows."
    if not found.set_aside:
        return _OUTCOMES[found.outcome]
    what = "would be set aside" if found.outcome == "accepted" else "are at fault"
    return f"{_OUTCOMES[found.outcome]} {found.set_aside} of its {found.place}s {what}."


def _where(kind: Kind) -> str:
    name = ".".join(part for part in (kind.record, kind.field) if part)
    return f", {name}" if name else ""


def as_row(found: Checked) -> Row:
    """The same for a program: of each kind its first lines and how many there are."""
    return {
        "partner": found.partner,
        "title": found.title,
        "outcome": found.outcome,
        "is_clean": found.is_clean,
        "rows": found.rows,
        "set_aside": found.set_aside,
        "of_file": list(found.of_file),
        "of_lines": [
            {
                "record": kind.record,
                "field": kind.field,
                "what": kind.what,
                "send": kind.send,
                "lines": kind.lines,
                "places": [{"line": line, "found": shown} for line, shown in kind.places],
            }
            for kind in found.of_lines
        ],
    }
