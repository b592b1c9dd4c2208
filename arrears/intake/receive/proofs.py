"""What a delivery must prove before it is taken: its shape, its frame, its counts and its sums.

Every check returns one plain sentence where it fails. None shows a value of a row.
"""

from dataclasses import dataclass

from arrears.data.warehouse import Connection, EngineError, quote
from arrears.intake.feeds import Feed, FieldName
from arrears.intake.load.lines import faults_sql, is_record, make_clean, make_lines, make_records
from arrears.intake.load.stage import number_of, senders_of
from arrears.intake.load.whole import broken_line, header_names, is_parquet, physical_types, typed_sql
from arrears.intake.receive.control import Control, Promised
from arrears.intake.receive.judge import FEW
from arrears.intake.receive.landing import Landed
from arrears.layout.tables import NUMBERS, TableContract, header_faults, type_faults

_HEAD = 200  # lines by which a file is told


@dataclass(frozen=True)
class Proven:
    """What the content showed: why it is refused, or its rows and what it says of itself.

    That is, where the format has them, its date, its own number and those for whom it was sent.
    """

    fault: str = ""
    rows: int = 0
    period: str = ""
    number: str = ""
    senders: tuple[str, ...] = ()


def prove_lines(
    con: Connection, feed: Feed, landed: Landed, control: Control | None, own_codes: tuple[str, str]
) -> Proven:
    """Holds a file of lines against its layout, its own header and trailer, and its control file."""
    if landed.has_mark:
        return Proven(
            "it begins with a byte-order mark, which moves its first line; have it sent without one"
        )
    try:
        # A large file that is none of this feed is told by its head and not read to its end.
        head = make_lines(con, landed.path, most_lines=_HEAD)
        if fault := "" if head < _HEAD else _length_fault(con, feed, landed, head):
            return Proven(fault)
        lines = make_lines(con, landed.path)
    except EngineError:
        return Proven("the file cannot be read as lines of text")
    if not lines:
        framed = any(record.place != "any" for record in feed.records)
        meant = control is not None and feed.may_be_empty and not framed and control.files[0].rows == 0
        return Proven("" if meant else "the file is empty")
    fault = (feed.newline != "any" and _newline_fault(feed, landed)) or landed.newline_fault
    fault = fault or _last_line_fault(con, lines) or _length_fault(con, feed, landed, lines)
    fault = fault or _frame_fault(con, feed, lines)
    if fault:
        return Proven(fault)
    make_records(con, feed)
    make_clean(con, feed)
    body = " OR ".join(is_record(record, feed) for record in feed.records if record.gives_rows)
    rows = _number(con, f"SELECT count(*) FROM lines WHERE {body}")
    fault = (
        _framing_record_fault(con, feed)
        or _rejected_fault(con, feed, rows)
        or _own_proof_fault(con, feed)
        or _state_fault(con, feed, *own_codes)
        or ("" if rows or feed.may_be_empty else "the file holds no row, and this feed is never empty")
        or (_control_fault(con, control, control.files[0], lines) if control else "")
    )
    return Proven(
        fault, rows, _text(con, feed.proofs.period), number_of(con, feed), tuple(senders_of(con, feed))
    )


def prove_table(con: Connection, feed: Feed, promised: Promised, landed: Landed, control: Control) -> Proven:
    """Holds one whole table against its contract and its control file."""
    table = feed.tables[promised.table]
    if fault := shape_fault(con, feed, table, landed):
        return Proven(f"{table.name}: {fault}")
    sums = {
        name.partition(".")[2]: want
        for name, want in control.sums.items()
        if name.startswith(f"{table.name}.")
    }
    if strange := sorted(set(sums) - {c.name for c in table.columns if c.type in NUMBERS}):
        return Proven(f"{table.name}: the control file sums {', '.join(strange)}, which is not an amount")
    totals = "".join(f", coalesce(sum({name}), 0)" for name in sums)
    select = typed_sql(con, feed, table, landed.path, keep_faults=True)
    try:
        # fetchall, not fetchone: only a scan that is read to its end notes its broken lines.
        [row] = con.execute(
            f"""SELECT count(*), count(fault_reason),
                       min_by(fault_field || ': ' || fault_reason, source_line),
                       min(source_line) FILTER (fault_reason IS NOT NULL){totals} FROM ({select})"""
        ).fetchall()
        broken = None if is_parquet(landed.path) else broken_line(con, landed.path)
    except EngineError:
        return Proven(f"{table.name}: the file cannot be read as the table it should be")
    if broken:
        return Proven(f"{table.name}: line {broken[0]} cannot be read: {broken[1]}")
    rows, bad, first, line = int(row[0]), int(row[1]), row[2], row[3]
    if rows != promised.rows:
        return Proven(f"{table.name}: the control file says {promised.rows} rows, the file has {rows}")
    for (name, want), got in zip(sums.items(), row[4:], strict=True):
        if int(got) != want:
            return Proven(
                f"{table.name}: {name} sums to {got}, the control file says {want}: {int(got) - want} apart"
            )
    if _too_many(feed, bad, rows):
        return Proven(f"{table.name}: {bad} of {rows} rows cannot be read (first at line {line}, {first})")
    return Proven("", rows)


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


def recognize(con: Connection, feeds: dict[str, Feed], landed: Landed, supposed: str = "") -> tuple[str, str]:
    """The feed and table that a file's content belongs to, two empty texts for none.

    Where every line looked at reads cleanly under the feed it is supposed to be, no other is tried.
    """
    for feed in feeds.values():
        for table in feed.tables.values():
            if landed.kind == "text" and table.is_header(header_names(landed.path, feed)):
                return feed.name, table.name
    if landed.kind == "parquet":
        try:
            names = list(physical_types(con, landed.path))
        except EngineError:
            return "", ""
        tables = [(f.name, t.name) for f in feeds.values() for t in f.tables.values() if t.is_header(names)]
        return tables[0] if tables else ("", "")
    try:
        lines = make_lines(con, landed.path, most_lines=_HEAD)
    except EngineError:
        return "", ""
    if lines and supposed and feeds[supposed].records and _share(con, feeds[supposed], lines) == 1.0:
        return supposed, supposed
    shares = [(_share(con, feed, lines), feed.name) for feed in feeds.values() if feed.records and lines]
    best = max(shares, default=(0.0, ""))
    return (best[1], best[1]) if best[0] >= 0.5 else ("", "")


def shape_of(con: Connection, landed: Landed) -> str:
    """How a file looks whose content no feed knows, for the person who sent it."""
    if landed.kind != "text":
        return "it is a table of other columns"
    if landed.newline_fault:
        return landed.newline_fault
    try:
        make_lines(con, landed.path, most_lines=_HEAD)
    except EngineError:
        return "it cannot be read as lines of text"
    row = con.execute("SELECT mode(length(l)) FROM lines").fetchone()
    return f"most of its lines are {row[0]} characters long" if row and row[0] else "its lines are blank"


def _share(con: Connection, feed: Feed, lines: int) -> float:
    """The share of the sampled lines that read cleanly under this feed's layouts."""
    length = con.execute("SELECT mode(length(l)) FROM lines").fetchone()
    if feed.record_length and (not length or length[0] != feed.record_length):
        return 0.0
    make_records(con, feed)
    return 1.0 - _number(con, f"SELECT count(*) FROM ({faults_sql(feed)})") / lines


def _newline_fault(feed: Feed, landed: Landed) -> str:
    want = landed.line_breaks if feed.newline == "crlf" else 0
    return "" if landed.pairs == want else f"its lines do not end as this feed's do ({feed.newline})"


def _last_line_fault(con: Connection, lines: int) -> str:
    row = con.execute(f"SELECT coalesce(trim(l), '') = '' FROM lines WHERE line_no = {lines}").fetchone()
    return f"its last line ({lines}) is empty; have the extra line end left out" if row and row[0] else ""


def _length_fault(con: Connection, feed: Feed, landed: Landed, lines: int) -> str:
    if feed.format != "fixed":
        return ""
    length = feed.record_length
    row = con.execute(
        f"""SELECT count(*) FILTER (coalesce(length(l), 0) <> {length}), mode(length(l)),
                   coalesce(max_by(length(l), line_no) , 0), count(DISTINCT length(l)) FROM lines"""
    ).fetchone() or (0, 0, 0, 0)
    wrong, usual, last, _ = row
    if (wrong == lines and lines > 1) or usual not in (None, length):
        return f"its lines are {usual} characters long, those of {feed.name} are {length}"
    if last != length and landed.ends_open:
        return f"cut inside a record: line {lines} has {last} of {length} characters"
    return ""


def _frame_fault(con: Connection, feed: Feed, lines: int) -> str:
    """First and last records: each there once and in its place."""
    for record in feed.records:
        if record.place == "any":
            continue
        found = con.execute(
            f"SELECT line_no FROM lines WHERE {is_record(record, feed)} ORDER BY line_no LIMIT 3"
        ).fetchall()
        at = [int(row[0]) for row in found]
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


def _framing_record_fault(con: Connection, feed: Feed) -> str:
    for record in feed.records:
        if record.place == "any":
            continue
        row = con.execute(
            f"""SELECT source_line, fault_field, fault_reason FROM typed_{record.name}
                WHERE fault_reason IS NOT NULL"""
        ).fetchone()
        if row:
            return f"the {record.name} record at line {row[0]} cannot be read: {row[1] or 'line'}: {row[2]}"
    return ""


def _rejected_fault(con: Connection, feed: Feed, rows: int) -> str:
    row = con.execute(
        f"""SELECT count(*), min(source_line), min_by(coalesce(field || ': ', '') || reason, source_line)
            FROM ({faults_sql(feed)})"""
    ).fetchone() or (0, 0, "")
    if not row[0] or (row[0] < rows and not _too_many(feed, int(row[0]), rows)):
        return ""
    return f"{row[0]} lines cannot be read, along with {rows} rows (first at line {row[1]}, {row[2]})"


def _too_many(feed: Feed, bad: int, rows: int) -> bool:
    return bad > max(FEW, rows * feed.most_rejected_percent // 100)


def _own_proof_fault(con: Connection, feed: Feed) -> str:
    """What the file says of itself and does not hold: a count, a sum, an echo, or what `proofs.sql` holds."""
    for said, record in feed.proofs.counts:
        there = _number(con, f"SELECT count(*) FROM {said.record}")
        told = _number(con, f"SELECT sum(CAST({said.field} AS BIGINT)) FROM {said.record}")
        own = next(one for one in feed.records if one.name == record)
        found = _number(con, f"SELECT count(*) FROM lines WHERE {is_record(own, feed)}")
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
