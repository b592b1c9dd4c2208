"""What a delivery must prove before it is taken: its shape, its frame, its counts and its sums.

Every check returns one plain sentence where it fails. None shows a value of a row.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from arrears.data.warehouse import Connection, EngineError, quote
from arrears.intake.feeds import Feed
from arrears.intake.load.lines import (
    LINE_NO,
    Faulty,
    is_filler,
    is_record,
    make_lines,
    make_records,
    numbered,
)
from arrears.intake.load.stage import first_select, senders_select
from arrears.intake.receive.control import Control, Promised
from arrears.intake.receive.judge import FEW
from arrears.intake.receive.landing import Landed
from arrears.intake.receive.recognize import HEAD
from arrears.intake.records import FieldName

ANOTHER_STATE = "carries another state's code"


@dataclass(frozen=True)
class Proven:
    """What the content showed: why it is refused, or its rows by table and what it says of itself.

    That is, where the format has them, its date, its own number and those for whom it was sent. `lines`
    is how many a file of lines has; its typed records stand on the connection, to be loaded. `is_clean` says
    that each of its lines is a record that can be read. `more` are its further faults, where all were asked.
    """

    fault: str = ""
    rows: Mapping[str, int] = field(default_factory=dict)
    lines: int = 0
    period: str = ""
    number: str = ""
    senders: tuple[str, ...] = ()
    is_clean: bool = False
    more: tuple[str, ...] = ()


def prove_lines(
    con: Connection,
    feed: Feed,
    landed: Landed,
    head: int | None,
    control: Control | None,
    own_codes: tuple[str, str],
    goes_on: bool = False,
) -> Proven:
    """Holds a file of lines against its layout, its own header and trailer, and its control file.

    `head` is how many lines of its head stand in `lines`, if any do: a small file is not read again. It ends
    at the first fault, or `goes_on` to tell all; `lines` then stay.
    """
    if landed.has_mark:
        return Proven(
            "it begins with a byte-order mark, which moves its first line; have it sent without one"
        )
    try:
        lines, shape = _whole(con, feed, landed, head)
    except EngineError:
        return Proven(landed.newline_fault or "the file cannot be read as lines of text")
    if not lines:
        framed = any(record.place != "any" for record in feed.records)
        meant = control is not None and feed.may_be_empty and not framed and control.files[0].rows == 0
        if not meant:
            return Proven("the file is empty")
        make_records(con, feed)
        return Proven(rows={control.files[0].table: 0} if control else {})
    faults = [*_shape_faults(feed, landed, lines, shape), *_frame_faults(feed, shape)]
    if faults and (not goes_on or _is_of_other_length(feed, lines, shape)):
        return Proven(faults[0])
    faulty = make_records(con, feed, keep_lines=goes_on)
    shape = replace(shape, counts={**shape.counts, **_segments(con, feed)})
    rows = sum(shape.counts[record.name] for record in feed.records if record.gives_rows)
    faults += _unreadable_faults(feed, faulty, rows)
    if faults and not goes_on:
        return Proven(faults[0])
    said = _said(con, feed, *own_codes)
    # What frames the file and is not there, or cannot be read, proves nothing: that it is so was told.
    frames = {one.name for one in feed.records if one.place != "any"}
    lost = {name for name in frames if name in faulty or not shape.counts[name]}
    faults += _own_proof_faults(feed, shape, said, lost)
    faults += _state_faults(feed, said, *own_codes)
    if not rows and not feed.may_be_empty:
        faults.append("the file holds no row, and this feed is never empty")
    faults += _control_faults(con, control, control.files[0], lines) if control else ()
    table = control.files[0].table if control else feed.name
    of_file = (lines, said.period, said.number, said.senders)
    return Proven(
        next(iter(faults), ""), {table: rows}, *of_file, is_clean=not faulty, more=tuple(faults[1:])
    )


@dataclass(frozen=True)
class _Shape:
    """How the lines that are there look: their lengths, how many each record has and where the first are.

    `end` is the last line that does not only fill up a block.
    """

    wrong: int
    usual: int | None
    last: int
    end: int
    ends_blank: bool
    counts: Mapping[str, int]
    places: Mapping[str, Sequence[int]]


def _whole(con: Connection, feed: Feed, landed: Landed, head: int | None) -> tuple[int, _Shape]:
    """The number of lines of a file and their shape; of a large file of another shape, those of its head."""
    if head is None or head < 0:
        head = make_lines(con, landed.path, most_lines=HEAD)
    shape = _shape(con, feed)
    if head < HEAD or _is_of_other_length(feed, head, shape):
        return head, shape
    return make_lines(con, landed.path), _shape(con, feed)


def _shape(con: Connection, feed: Feed) -> _Shape:
    asked = [
        f"count(*) FILTER (coalesce(length(l), 0) <> {feed.record_length})",
        "mode(length(l))",
        "coalesce(max_by(length(l), rowid), 0)",
        f"coalesce(max({LINE_NO}) FILTER (NOT {is_filler(feed)}), 0)",
        "coalesce(max_by(coalesce(trim(l), '') = '', rowid), false)",
    ]
    for record in feed.line_records:
        mine = f"FILTER ({is_record(record, feed)})"
        asked += [f"count(*) {mine}", f"min({LINE_NO}, 2) {mine}"]
    row = con.execute(f"SELECT {', '.join(asked)} FROM {numbered(feed)}").fetchone() or ()
    wrong, usual, last, end, ends_blank, *of = row
    names = [record.name for record in feed.line_records]
    return _Shape(
        wrong,
        usual,
        last,
        end,
        ends_blank,
        dict(zip(names, of[::2], strict=True)),
        {name: at or [] for name, at in zip(names, of[1::2], strict=True)},
    )


def _segments(con: Connection, feed: Feed) -> dict[str, int]:
    """How many of each record that stands in the text of lines there are."""
    return {
        one.name: _number(con, f"SELECT count(*) FROM typed_{one.name}")
        for one in feed.records
        if one.in_segments
    }


def misfit(promised: Promised, landed: Landed) -> str:
    """Why a file is not as long as its control file says, or nothing."""
    if landed.bytes == promised.bytes:
        return ""
    return f"{promised.table}: {landed.bytes} bytes came, the control file says {promised.bytes}"


def _shape_faults(feed: Feed, landed: Landed, lines: int, shape: _Shape) -> Iterator[str]:
    """Ends of lines that are not the feed's or not one convention, lines of another length, one cut short."""
    want = landed.line_breaks if feed.newline == "crlf" else 0
    if feed.newline != "any" and landed.pairs != want:
        yield f"its lines do not end as this feed's do ({feed.newline})"
    elif landed.newline_fault:
        yield landed.newline_fault
    if shape.ends_blank:
        yield f"its last line ({lines}) is empty; have the extra line end left out"
    if _is_of_other_length(feed, lines, shape):
        yield f"its lines are {shape.usual} characters long, those of {feed.name} are {feed.record_length}"
    elif feed.record_length and shape.last != feed.record_length and landed.ends_open:
        yield f"cut inside a record: line {lines} has {shape.last} of {feed.record_length} characters"


def _is_of_other_length(feed: Feed, lines: int, shape: _Shape) -> bool:
    """Whether lines of this feed are usually of another length than those of the file."""
    all_wrong = shape.wrong == lines and lines > 1
    return bool(feed.record_length) and (all_wrong or shape.usual not in (None, feed.record_length))


def _frame_faults(feed: Feed, shape: _Shape) -> Iterator[str]:
    """First and last records: each there once and in its place."""
    for record in feed.records:
        if record.place == "any":
            continue
        at = shape.places[record.name]
        if record.place in ("first", "starts"):
            if not at:
                yield f"the {record.name} record is missing at its start"
            elif at[0] != 1:
                yield f"the {record.name} record stands at line {at[0]}, not at the first"
            elif len(at) > 1 and record.place == "first":
                yield f"a second {record.name} record at line {at[1]}: two files in one"
        elif not at:
            yield f"the {record.name} record is missing at its end: cut between records, or not finished"
        elif at[0] != shape.end:
            yield f"{shape.end - at[0]} line(s) follow the {record.name} record at line {at[0]}"


def _unreadable_faults(feed: Feed, faulty: Mapping[str, Faulty], rows: int) -> Iterator[str]:
    """First or last records that cannot be read, or too many lines that cannot; nothing else."""
    for record in feed.records:
        if record.place != "any" and (one := faulty.get(record.name)):
            said = f"{one.field or 'line'}: {one.reason}"
            yield f"the {record.name} record at line {one.first} cannot be read: {said}"
    bad = sum(one.lines for one in faulty.values())
    if not bad or (bad < rows and not too_many(feed, bad, rows)):
        return
    one = min(faulty.values(), key=lambda one: one.first)
    first = ": ".join(part for part in (one.field, one.reason) if part)
    yield f"{bad} lines cannot be read, along with {rows} rows (first at line {one.first}, {first})"


def too_many(feed: Feed, bad: int, rows: int) -> bool:
    """Whether more rows of a file are at fault than may be set aside one by one."""
    return bad > max(FEW, rows * feed.most_rejected_percent // 100)


@dataclass(frozen=True)
class _Said:
    """What a file says of itself beside what it holds, and of which date, number and senders it is."""

    proofs: Sequence[Any] = ()
    stated: Sequence[Mapping[str, Any]] = ()
    states: Sequence[int | None] = ()
    period: str = ""
    number: str = ""
    senders: tuple[str, ...] = ()


def _said(con: Connection, feed: Feed, own_fips: str, own_letters: str) -> _Said:
    """Everything that is asked of a file's typed records, from one statement."""
    if not feed.proofs.fields and not feed.proofs_sql:
        return _Said()
    asked = _proofs_asked(feed)
    states = [
        f"SELECT min(source_line) FROM {one.record} WHERE {value} IS DISTINCT FROM {quote(own)}"
        for one, value, own in _state_tests(feed, own_fips, own_letters)
    ]
    each = "list({'what': what, 'told': told, 'found': found})"
    stated = f"SELECT {each} FROM ({feed.proofs_sql}\n)" if feed.proofs_sql else "NULL"
    told = [first_select(feed.proofs.period), first_select(feed.proofs.number), senders_select(feed)]
    row = con.execute(
        f"SELECT {', '.join(f'({one})' for one in [*asked, *states, stated, *told])}"
    ).fetchone()
    answers = list(row or ())
    period, number, senders = answers[-3:]
    return _Said(
        answers[: len(asked)],
        answers[-4] or (),
        answers[len(asked) : -4],
        period or "",
        number or "",
        tuple(map(str, senders or ())),
    )


def _proofs_asked(feed: Feed) -> list[str]:
    """SQL for what a file's own counts, sums and echoes rest on, in this order."""
    asked = []
    for said, _ in feed.proofs.counts:
        asked += [_count_of(said.record), f"SELECT sum(CAST({said.field} AS BIGINT)) FROM {said.record}"]
    for said, part in feed.proofs.sums:
        asked += [f"SELECT CAST({said.field} AS BIGINT) FROM {said.record} LIMIT 1"]
        asked += [f"SELECT coalesce(sum({part.field}), 0) FROM typed_{part.record}"]
    for said, first in feed.proofs.echoes:
        named = f"SELECT {first.field} FROM {first.record} WHERE {first.field} IS NOT NULL"
        asked += [f"SELECT min(source_line) FROM {said.record} WHERE {said.field} NOT IN ({named})"]
    return asked


def _own_proof_faults(feed: Feed, shape: _Shape, of_file: _Said, lost: Collection[str]) -> Iterator[str]:
    """What the file says of itself and does not hold: a count, a sum, an echo, or what `proofs.sql` holds.

    What rests on a record of those `lost` is not asked.
    """
    answers = iter(of_file.proofs)
    for said, record in feed.proofs.counts:
        there, told = next(answers), next(answers) or 0
        # A record that frames a batch need not come at all; several tell of their own part each.
        if told != shape.counts[record] and there and said.record not in lost:
            found = shape.counts[record]
            yield f"the {said.record} record says {told} {record} records, the file has {found}"
    for said, part in feed.proofs.sums:
        told, found = next(answers) or 0, next(answers)
        if told != found and said.record not in lost:
            yield (
                f"the {said.record} record says {told} cents, the {part.record} records sum to {found}:"
                f" {found - told} apart"
            )
    for said, first in feed.proofs.echoes:
        if (line := next(answers)) and not {said.record, first.record} & set(lost):
            yield f"the {said.field} of the {said.record} record at line {line} is not that of its header"
    for one in of_file.stated:
        if one["told"] != one["found"]:
            yield f"the file says {one['told']} {one['what']} and holds {one['found']}"


def _state_tests(feed: Feed, own_fips: str, own_letters: str) -> list[tuple[FieldName, str, str]]:
    """Each field that carries a state, what of it is compared, and what it must be."""
    proofs = feed.proofs
    tests = [(one, f"left({one.field}, {len(own_fips)})", own_fips) for one in proofs.state_fips]
    return tests + [(one, f"upper({one.field})", own_letters) for one in proofs.state]


def _state_faults(feed: Feed, said: _Said, own_fips: str, own_letters: str) -> Iterator[str]:
    for (_, _, own), line in zip(_state_tests(feed, own_fips, own_letters), said.states, strict=True):
        if line is not None:
            yield f"line {line} {ANOTHER_STATE} than {own}"


def _count_of(record: str) -> str:
    return f"SELECT count(*) FROM {record}"


def _control_faults(con: Connection, control: Control, promised: Promised, lines: int) -> Iterator[str]:
    if promised.rows != lines:
        yield f"the control file says {promised.rows} records, the file has {lines}"
    for name, want in control.sums.items():
        record, _, field = name.partition(".")
        try:
            found = _number(con, f'SELECT coalesce(sum("{field}"), 0) FROM "typed_{record}"')
        except EngineError:
            yield f"the control file sums {record}.{field}, which is not an amount of this feed"
            continue
        if found != want:
            yield f"{name} sums to {found}, the control file says {want}: {found - want} apart"


def _number(con: Connection, query: str) -> int:
    row = con.execute(query).fetchone()
    return int(row[0]) if row and row[0] is not None else 0
