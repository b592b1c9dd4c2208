"""What a delivery must prove before it is taken: its shape, its frame, its counts and its sums.

Every check returns one plain sentence where it fails. None shows a value of a row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from arrears.data.warehouse import Connection, EngineError, quote
from arrears.intake.feeds import Feed, FieldName
from arrears.intake.load.lines import LINE_NO, is_record, make_lines, make_records, whole_record_sql
from arrears.intake.load.stage import number_of, senders_of
from arrears.intake.load.whole import broken_lines, header_names, make_typed, physical_types
from arrears.intake.receive.control import Control, Promised
from arrears.intake.receive.judge import FEW
from arrears.intake.receive.landing import Landed
from arrears.layout.tables import NUMBERS, TableContract, header_faults, type_faults

_HEAD = 200  # lines by which a file is told
_MOST = 0.5  # of which so many must be records of a feed


@dataclass(frozen=True)
class Proven:
    """What the content showed: why it is refused, or its rows by table and what it says of itself.

    That is, where the format has them, its date, its own number and those for whom it was sent. `lines`
    is how many a file of lines has; its typed records stand on the connection, to be loaded.
    """

    fault: str = ""
    rows: Mapping[str, int] = field(default_factory=dict)
    lines: int = 0
    period: str = ""
    number: str = ""
    senders: tuple[str, ...] = ()


def prove_lines(
    con: Connection,
    feed: Feed,
    landed: Landed,
    head: int | None,
    control: Control | None,
    own_codes: tuple[str, str],
) -> Proven:
    """Holds a file of lines against its layout, its own header and trailer, and its control file.

    `head` is what was told of it and stands in `lines`: a small file is not read again.
    """
    if landed.has_mark:
        return Proven(
            "it begins with a byte-order mark, which moves its first line; have it sent without one"
        )
    try:
        lines, shape = _whole(con, feed, landed, head)
    except EngineError:
        return Proven("the file cannot be read as lines of text")
    if not lines:
        framed = any(record.place != "any" for record in feed.records)
        meant = control is not None and feed.may_be_empty and not framed and control.files[0].rows == 0
        if not meant:
            return Proven("the file is empty")
        make_records(con, feed)
        return Proven(rows={control.files[0].table: 0} if control else {})
    fault = (feed.newline != "any" and _newline_fault(feed, landed)) or landed.newline_fault
    fault = fault or (
        f"its last line ({lines}) is empty; have the extra line end left out" if shape.ends_blank else ""
    )
    fault = fault or _length_fault(feed, landed, lines, shape) or _frame_fault(feed, lines, shape)
    if fault:
        return Proven(fault)
    make_records(con, feed)
    rows = sum(shape.counts[record.name] for record in feed.records if record.gives_rows)
    fault = (
        _unreadable_fault(con, feed, rows)
        or _own_proof_fault(con, feed, shape)
        or _state_fault(con, feed, *own_codes)
        or ("" if rows or feed.may_be_empty else "the file holds no row, and this feed is never empty")
        or (_control_fault(con, control, control.files[0], lines) if control else "")
    )
    if fault:
        return Proven(fault)
    table = control.files[0].table if control else feed.name
    senders = tuple(senders_of(con, feed))
    return Proven("", {table: rows}, lines, _text(con, feed.proofs.period), number_of(con, feed), senders)


@dataclass(frozen=True)
class _Shape:
    """How the lines that are there look: their lengths, how many each record has and where the first are."""

    wrong: int
    usual: int | None
    last: int
    ends_blank: bool
    counts: Mapping[str, int]
    places: Mapping[str, Sequence[int]]


def _whole(con: Connection, feed: Feed, landed: Landed, head: int | None) -> tuple[int, _Shape]:
    """The number of lines of a file and their shape; of a large file of another shape, those of its head."""
    if head is None or head < 0:
        head = make_lines(con, landed.path, most_lines=_HEAD)
    shape = _shape(con, feed)
    if head < _HEAD or _length_fault(feed, landed, head, shape):
        return head, shape
    return make_lines(con, landed.path), _shape(con, feed)


def _shape(con: Connection, feed: Feed) -> _Shape:
    asked = [
        f"count(*) FILTER (coalesce(length(l), 0) <> {feed.record_length})",
        "mode(length(l))",
        "coalesce(max_by(length(l), rowid), 0)",
        "coalesce(max_by(coalesce(trim(l), '') = '', rowid), false)",
    ]
    for record in feed.records:
        mine = f"FILTER ({is_record(record, feed)})"
        asked += [f"count(*) {mine}", f"min({LINE_NO}, 2) {mine}"]
    row = con.execute(f"SELECT {', '.join(asked)} FROM lines").fetchone() or ()
    wrong, usual, last, ends_blank, *of = row
    names = [record.name for record in feed.records]
    return _Shape(
        wrong,
        usual,
        last,
        ends_blank,
        dict(zip(names, of[::2], strict=True)),
        {name: at or [] for name, at in zip(names, of[1::2], strict=True)},
    )


def prove_tables(
    con: Connection, feed: Feed, files: Sequence[tuple[Promised, Landed]], control: Control
) -> Proven:
    """Holds whole tables against their contract and their control file; its first fault counts."""
    fault, made = "", []
    for promised, landed in files:
        fault = misfit(promised, landed) or _table_fault(con, feed, promised, landed, control)
        if fault:
            break
        made.append((promised, landed))
    if not made:
        return Proven(fault)
    rows, measured = _measured(con, feed, made, control)
    return Proven(measured or fault, rows)


def misfit(promised: Promised, landed: Landed) -> str:
    """Why a file is not as long as its control file says, or nothing."""
    if landed.bytes == promised.bytes:
        return ""
    return f"{promised.table}: {landed.bytes} bytes came, the control file says {promised.bytes}"


def _table_fault(con: Connection, feed: Feed, promised: Promised, landed: Landed, control: Control) -> str:
    """Why a file is not the table it should be, or nothing: then it is typed."""
    table = feed.tables[promised.table]
    if fault := shape_fault(con, feed, table, landed):
        return f"{table.name}: {fault}"
    amounts = {column.name for column in table.columns if column.type in NUMBERS}
    if strange := sorted(set(_sums_of(control, table.name)) - amounts):
        return f"{table.name}: the control file sums {', '.join(strange)}, which is not an amount"
    try:
        make_typed(con, feed, table, landed.path, keep_faults=True)
    except EngineError:
        return f"{table.name}: the file cannot be read as the table it should be"
    return ""


def _sums_of(control: Control, table: str) -> dict[str, int]:
    """What the control file sums of a table, by column."""
    return {
        name.partition(".")[2]: want for name, want in control.sums.items() if name.startswith(f"{table}.")
    }


def _measured(
    con: Connection, feed: Feed, files: Sequence[tuple[Promised, Landed]], control: Control
) -> tuple[dict[str, int], str]:
    """The rows of typed tables, and the first fault of what one look at them all counts and sums."""
    looks = []
    for promised, _ in files:
        sums = ", ".join(f"coalesce(sum({name}), 0)" for name in _sums_of(control, promised.table))
        looks.append(
            f"""SELECT {quote(promised.table)}, count(*), count(fault_reason),
                       min_by(fault_field || ': ' || fault_reason, source_line),
                       min(source_line) FILTER (fault_reason IS NOT NULL), CAST([{sums}] AS HUGEINT[])
                FROM typed_{promised.table}"""
        )
    found = {row[0]: row[1:] for row in con.execute(" UNION ALL ".join(looks)).fetchall()}
    broken = broken_lines(con, [landed.path for _, landed in files if landed.kind != "parquet"])
    rows = {name: int(of[0]) for name, of in found.items()}
    for promised, landed in files:
        name, (count, bad, first, line, sums) = promised.table, found[promised.table]
        if at := broken.get(landed.path):
            return rows, f"{name}: line {at[0]} cannot be read: {at[1]}"
        if count != promised.rows:
            return rows, f"{name}: the control file says {promised.rows} rows, the file has {count}"
        for (column, want), got in zip(_sums_of(control, name).items(), sums, strict=True):
            if got != want:
                return rows, (
                    f"{name}: {column} sums to {got}, the control file says {want}: {got - want} apart"
                )
        if _too_many(feed, bad, count):
            return rows, f"{name}: {bad} of {count} rows cannot be read (first at line {line}, {first})"
    return rows, ""


def shape_fault(con: Connection, feed: Feed, table: TableContract, landed: Landed) -> str:
    """What is wrong with a table file's columns, or nothing."""
    if landed.nul_bytes and landed.kind == "text":
        return "the file holds NUL bytes"
    if landed.kind != "parquet":
        names = header_names(landed.path, feed)
        return "; ".join(header_faults(table, names)) if names else f"the file is not {feed.encoding} text"
    try:
        types = physical_types(con, landed.path)
    except EngineError:
        return "the file is not whole Parquet"
    return "; ".join(header_faults(table, list(types)) or type_faults(table, types))


@dataclass(frozen=True)
class Told:
    """What a file's content says that it is: a feed and a table, or empty texts; how many lines its head has.

    The head stands in `lines`. It is None of what is a table, and of what was not looked at; -1 where it is
    no text.
    """

    feed: str = ""
    table: str = ""
    head: int | None = None


def recognize(con: Connection, feeds: dict[str, Feed], landed: Landed, supposed: str = "") -> Told:
    """What a file's content says that it is; where it may be the supposed feed and no other, that one."""
    if landed.kind == "parquet":
        return _table_of(con, feeds, landed)
    table = _table_of(con, feeds, landed) if landed.kind == "text" else Told()
    if table.feed:
        return table
    head = _make_head(con, landed)
    name = _feed_of_lines(con, feeds, head, supposed)
    return Told(name, name, head)


def _table_of(con: Connection, feeds: dict[str, Feed], landed: Landed) -> Told:
    """The table whose columns a file has."""
    try:
        header = list(physical_types(con, landed.path)) if landed.kind == "parquet" else []
    except EngineError:
        return Told()
    for feed in feeds.values():
        names = header or (header_names(landed.path, feed) if feed.tables else [])
        for table in feed.tables.values():
            if table.is_header(names):
                return Told(feed.name, table.name)
    return Told()


def _feed_of_lines(con: Connection, feeds: dict[str, Feed], head: int, supposed: str) -> str:
    """The feed to which the lines of a head belong, an empty text for none.

    It is told by the length of the lines and the marks of the records; only a feed that fits by both is
    read. Where no other than the supposed one does, none is.
    """
    likely = _likely(con, feeds, head) if head > 0 else []
    if [feed.name for feed in likely] == [supposed]:
        return supposed
    for feed in likely:
        if feed.name == supposed and _share(con, feed, head) == 1.0:
            return supposed
    best = max(((_share(con, feed, head), feed.name) for feed in likely), default=(0.0, ""))
    return best[1] if best[0] >= _MOST else ""


def _likely(con: Connection, feeds: dict[str, Feed], head: int) -> list[Feed]:
    """The feeds of which most lines are a whole record by mark and length: of no other most read cleanly."""
    of = [feed for feed in feeds.values() if feed.records]
    whole = ", ".join(f"count(*) FILTER ({whole_record_sql(feed)})" for feed in of)
    usual, *counts = con.execute(f"SELECT mode(length(l)), {whole} FROM lines").fetchone() or (None,)
    return [
        feed
        for feed, count in zip(of, counts, strict=True)
        if feed.record_length in (0, usual) and count >= head * _MOST
    ]


def _share(con: Connection, feed: Feed, head: int) -> float:
    """The share of the lines of a head that read cleanly under this feed's layouts."""
    make_records(con, feed, keep_lines=True)
    return 1.0 - _number(con, "SELECT count(*) FROM faults") / head


def _make_head(con: Connection, landed: Landed) -> int:
    try:
        return make_lines(con, landed.path, most_lines=_HEAD)
    except EngineError:
        return -1


def shape_of(con: Connection, landed: Landed, head: int | None) -> str:
    """How a file looks whose content no feed knows, for its sender; its head stands in `lines`."""
    if landed.kind != "text":
        return "it is a table of other columns"
    if landed.newline_fault:
        return landed.newline_fault
    if head is None or head < 0:
        return "it cannot be read as lines of text"
    row = con.execute("SELECT mode(length(l)) FROM lines").fetchone()
    return f"most of its lines are {row[0]} characters long" if row and row[0] else "its lines are blank"


def _newline_fault(feed: Feed, landed: Landed) -> str:
    want = landed.line_breaks if feed.newline == "crlf" else 0
    return "" if landed.pairs == want else f"its lines do not end as this feed's do ({feed.newline})"


def _length_fault(feed: Feed, landed: Landed, lines: int, shape: _Shape) -> str:
    if feed.format != "fixed":
        return ""
    length = feed.record_length
    if (shape.wrong == lines and lines > 1) or shape.usual not in (None, length):
        return f"its lines are {shape.usual} characters long, those of {feed.name} are {length}"
    if shape.last != length and landed.ends_open:
        return f"cut inside a record: line {lines} has {shape.last} of {length} characters"
    return ""


def _frame_fault(feed: Feed, lines: int, shape: _Shape) -> str:
    """First and last records: each there once and in its place."""
    for record in feed.records:
        if record.place == "any":
            continue
        at = shape.places[record.name]
        if record.place in ("first", "starts"):
            if not at:
                return f"the {record.name} record is missing at its start"
            if at[0] != 1:
                return f"the {record.name} record stands at line {at[0]}, not at the first"
            if len(at) > 1 and record.place == "first":
                return f"a second {record.name} record at line {at[1]}: two files in one"
        else:
            if not at:
                return f"the {record.name} record is missing at its end: cut between records, or not finished"
            if at[0] != lines:
                return f"{lines - at[0]} line(s) follow the {record.name} record at line {at[0]}"
    return ""


def _unreadable_fault(con: Connection, feed: Feed, rows: int) -> str:
    """A first or last record that cannot be read, or too many lines that cannot; nothing else."""
    fault = "{'field': field, 'reason': reason}"
    found = con.execute(
        f"""SELECT record, count(*), min(source_line), min_by({fault}, source_line)
            FROM faults GROUP BY record"""
    ).fetchall()
    faults = {record: (int(bad), int(line), why) for record, bad, line, why in found}
    for record in feed.records:
        if record.place != "any" and record.name in faults:
            _, line, why = faults[record.name]
            said = f"{why['field'] or 'line'}: {why['reason']}"
            return f"the {record.name} record at line {line} cannot be read: {said}"
    bad = sum(one[0] for one in faults.values())
    if not bad or (bad < rows and not _too_many(feed, bad, rows)):
        return ""
    _, line, why = min(faults.values(), key=lambda one: one[1])
    first = ": ".join(part for part in (why["field"], why["reason"]) if part)
    return f"{bad} lines cannot be read, along with {rows} rows (first at line {line}, {first})"


def _too_many(feed: Feed, bad: int, rows: int) -> bool:
    return bad > max(FEW, rows * feed.most_rejected_percent // 100)


def _own_proof_fault(con: Connection, feed: Feed, shape: _Shape) -> str:
    """What the file says of itself and does not hold: a count, a sum, an echo, or what `proofs.sql` holds."""
    for said, record in feed.proofs.counts:
        there = _number(con, f"SELECT count(*) FROM {said.record}")
        told = _number(con, f"SELECT sum(CAST({said.field} AS BIGINT)) FROM {said.record}")
        found = shape.counts[record]
        # A record that frames a batch need not come at all; several tell of their own part each.
        if told != found and there:
            return f"the {said.record} record says {told} {record} records, the file has {found}"
    for said, part in feed.proofs.sums:
        told = _number(con, f"SELECT CAST({said.field} AS BIGINT) FROM {said.record}")
        found = _number(con, f"SELECT coalesce(sum({part.field}), 0) FROM typed_{part.record}")
        if told != found:
            return (
                f"the {said.record} record says {told} cents, the {part.record} records sum to {found}:"
                f" {found - told} apart"
            )
    for said, first in feed.proofs.echoes:
        row = con.execute(
            f"""SELECT min(source_line) FROM {said.record}
                WHERE {said.field} NOT IN (SELECT {first.field} FROM {first.record}
                                           WHERE {first.field} IS NOT NULL)"""
        ).fetchone()
        if row and row[0] is not None:
            return f"the {said.field} of the {said.record} record at line {row[0]} is not that of its header"
    if feed.proofs_sql:
        for what, told, found in con.execute(feed.proofs_sql).fetchall():
            if told != found:
                return f"the file says {told} {what} and holds {found}"
    return ""


def _state_fault(con: Connection, feed: Feed, own_fips: str, own_letters: str) -> str:
    proofs = feed.proofs
    tests = [(one, f"left({one.field}, {len(own_fips)})", own_fips) for one in proofs.state_fips]
    tests += [(one, f"upper({one.field})", own_letters) for one in proofs.state]
    for one, value, own in tests:
        row = con.execute(
            f"SELECT min(source_line) FROM {one.record} WHERE {value} IS DISTINCT FROM {quote(own)}"
        ).fetchone()
        if row and row[0] is not None:
            return f"line {row[0]} carries another state's code than {own}"
    return ""


def _control_fault(con: Connection, control: Control, promised: Promised, lines: int) -> str:
    if promised.rows != lines:
        return f"the control file says {promised.rows} records, the file has {lines}"
    for name, want in control.sums.items():
        record, _, field = name.partition(".")
        try:
            found = _number(con, f'SELECT coalesce(sum("{field}"), 0) FROM "typed_{record}"')
        except EngineError:
            return f"the control file sums {record}.{field}, which is not an amount of this feed"
        if found != want:
            return f"{name} sums to {found}, the control file says {want}: {found - want} apart"
    return ""


def _number(con: Connection, query: str) -> int:
    row = con.execute(query).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def _text(con: Connection, name: FieldName | None) -> str:
    if name is None:
        return ""
    row = con.execute(f"SELECT CAST({name.field} AS VARCHAR) FROM {name.record} LIMIT 1").fetchone()
    return str(row[0]) if row and row[0] is not None else ""
