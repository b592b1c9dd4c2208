"""Every fault of a file of ours as its reader can find it: layout, frame, totals, the partner's edits.

It needs nothing that only we know: what was frozen and what the ledger holds is asked when it is written.
"""

import re
from collections.abc import Sequence
from datetime import date

from arrears import house
from arrears.author.kinds import Faults, kinds
from arrears.data.warehouse import Connection, EngineError, quote
from arrears.errors import RuleFault
from arrears.intake.load.lines import LINE_NO, make_lines
from arrears.intake.receive.landing import Landed, ebcdic_guess
from arrears.law.profile import Profile
from arrears.law.profile_files import states
from arrears.layout import Field, every_fault_select, read_select
from arrears.layout.packed import length_word
from arrears.layout.words import words_of_layouts
from arrears.queues.content import lend_terms, used
from arrears.queues.following import frame_faults, kind_of
from arrears.queues.packed import SPELLED, out_of_step, spell_out
from arrears.queues.proof import file_shape, filled, recount, wrong_total
from arrears.queues.queue import Queue, Terms

_CARRIED = {"ascii": r"[\x20-\x7E]*", "latin-1": r"[\x20-\x7E\x{A0}-\x{FF}]*"}


def queue_faults(con: Connection, queue: Queue, landed: Landed, on: date, state: str) -> Faults:
    """Every fault of a landed file of a queue."""
    if fault := _no_lines(landed):
        return Faults([fault])
    shape = file_shape(queue, landed.path)
    lines, fault = (
        _records(con, queue, landed, shape.lines) if queue.is_packed else _lines(con, queue, landed)
    )
    if fault:
        return Faults([fault])
    of_file = list(shape.faults)
    at = {"header": "rowid = 0", "trailer": f"rowid = {lines - 1}"}
    edges = [kind for kind in queue.edges if lines >= len(queue.layouts) - 1]
    if len(edges) < len(queue.edges):
        what = "record(s)" if queue.is_packed else "line(s)"
        return Faults([*of_file, f"it has {lines} {what}, fewer than {' and '.join(queue.edges)}"])
    places = {kind: at[kind] for kind in edges}
    between = " AND ".join(["true", *(f"NOT ({one})" for one in places.values())])
    kind = kind_of(queue.follows)
    for one in ("detail", *(follow.kind for follow in queue.follows)):
        places[one] = f"{between} AND {kind} = {quote(one)}" if queue.follows else between
    selects = []
    for kind, place in places.items():
        layout, of = queue.every_layout[kind], f"(SELECT {LINE_NO} AS line_no, l FROM lines WHERE {place})"
        name = "records" if kind == "detail" else f"{kind}_read"
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {read_select(layout, of)}")
        each = every_fault_select(layout, of)
        selects.append(
            f"SELECT {quote(kind)} AS record, * REPLACE (coalesce(field, '') AS field) FROM ({each})"
        )
        selects.append(_of(kind, filled(layout, of), "a filler is not blank"))
        carried = f"regexp_full_match(l, {quote(_CARRIED[queue.encoding])})"
        strange = f"SELECT line_no AS source_line FROM {of} WHERE NOT {carried}"
        selects.append(_of(kind, strange, f"a character that is not {queue.encoding} text"))
    of_file += _wrong_totals(con, queue, edges, lines)
    selects += _edits(con, queue, on, state)
    if queue.follows:
        rows = f"(SELECT {LINE_NO} AS line_no, l FROM lines WHERE {between})"
        framed = f"SELECT source_line, field, reason FROM ({frame_faults(queue.follows, rows)})"
        reason = "coalesce(field || ' is ', '') || reason AS reason"
        said = f"'detail' AS record, source_line, NULL AS field, {reason}, NULL AS shown_value"
        selects.append(f"SELECT {said} FROM ({framed})")
    of_lines, set_aside = kinds(con, selects, words_of_layouts(queue.every_layout))
    row = con.execute("SELECT count(*) FROM records").fetchone()
    return Faults(of_file, of_lines, int(row[0]) if row else 0, set_aside)


def _lines(con: Connection, queue: Queue, landed: Landed) -> tuple[int, str]:
    """How many lines a file has, now in `lines`, or why it cannot be read as such."""
    try:
        lines = make_lines(con, landed.path)
    except EngineError:
        return 0, landed.newline_fault or "the file cannot be read as lines of text"
    usual = con.execute("SELECT mode(length(l)) FROM lines").fetchone()
    length = queue.detail.length
    if usual and usual[0] != length:
        return 0, f"its lines are {usual[0] or 0} characters long, those of {queue.name} are {length}"
    return lines, ""


def _records(con: Connection, queue: Queue, landed: Landed, records: int) -> tuple[int, str]:
    """How many records a packed file has, now in `lines`, or why it cannot be read as such."""
    length, word = queue.detail.record_length, length_word(queue.detail.record_length)
    with landed.path.open("rb") as file:
        first = file.read(length)
        file.seek(records * length)
        rest = file.read(length)
    if fault := ebcdic_guess(first.removeprefix(word)):
        return 0, fault
    if rest.startswith(word):
        return 0, f"its last record is cut: it has {len(rest)} of {length} bytes"
    if number := out_of_step(queue, landed.path, records):
        said = f"from record {number} on none begins with its length, {length} ({word.hex(' ').upper()}"
        return 0, f"{said} in hexadecimal): records follow each other without line ends or anything else"
    spell_out(con, queue, landed.path, records)
    con.execute(f"CREATE OR REPLACE TEMP TABLE lines AS SELECT l FROM {SPELLED} ORDER BY line_no")
    return records, ""


def _no_lines(landed: Landed) -> str:
    if landed.fault or not landed.bytes:
        return landed.fault or "the file is empty"
    if landed.kind != "text":
        return "it is not a file of lines"
    return "it begins with a byte-order mark; have it sent without one" if landed.has_mark else ""


def _of(record: str, lines: str, what: str) -> str:
    """SQL for one kind of fault of these lines."""
    said = f"NULL AS field, {quote(what)} AS reason, NULL AS shown_value"
    return f"SELECT {quote(record)} AS record, source_line, {said} FROM ({lines})"


def _wrong_totals(con: Connection, queue: Queue, edges: Sequence[str], lines: int) -> list[str]:
    """What header and trailer say and a recount of the records does not give.

    What they say is not told: where one is missing, a record of a person stands in its place.
    """
    said: list[str] = []
    for kind in edges:
        totals = [one for one in queue.totals if one.record == kind]
        if not totals:
            continue
        counts = ", ".join(f'{recount(one, lines)} AS "{one.field}"' for one in totals)
        con.execute(f"CREATE OR REPLACE TEMP TABLE {kind}_recount AS SELECT {counts} FROM records")
        for one in totals:
            if wrong := con.execute(wrong_total(kind, one.field)).fetchone():
                found = str(wrong[1]).rpartition(" gives ")[2]
                said.append(f"{kind} {one.field} is not what a recount of the file gives, {found}")
    return said


def _edits(con: Connection, queue: Queue, on: date, state: str) -> list[str]:
    """SQL for the records told twice, and for those of which an edit of the partner is certainly not kept."""
    columns = ", ".join(f'"{one}"' for one in queue.unique)
    again = f"row_number() OVER (PARTITION BY {columns} ORDER BY source_line) > 1"
    twice = f"SELECT source_line FROM records QUALIFY {again}"
    told = [
        _of("detail", twice, f"a second record for the same {' and '.join(queue.unique).replace('_', ' ')}")
    ]
    terms = _terms(queue, on, state)
    if not queue.checks or terms is None:
        return told
    lend_terms(con, queue, terms)
    # A file says neither what it takes back, but by an amount of zero, nor what was empty where zeros stand.
    is_withdrawal = f'"{queue.amount_field}" = 0' if queue.amount_field else "CAST(NULL AS BOOLEAN)"
    sql = queue.sql["checks"]
    read = ", ".join(f'{_meant(one, sql)} AS "{one.name}"' for one in queue.detail.columns)
    rows = f"SELECT source_line, {read} FROM records WHERE fault_reason IS NULL"
    record = f"SELECT source_line AS record_no, {is_withdrawal} AS is_withdrawal, * FROM ({rows})"
    con.execute(f"CREATE OR REPLACE TEMP VIEW record AS {record}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE edit AS {sql}", used(sql, terms))
    return told + [
        _of("detail", f"SELECT record_no AS source_line FROM edit WHERE {name} IS FALSE", say)
        for name, say in queue.checks.items()
    ]


def _meant(field: Field, sql: str) -> str:
    """SQL for the value of a field as the partner's edits ask for it: digits that they count are a number."""
    name = f'"{field.name}"'
    if field.kind != "digits":
        return name
    if re.search(rf"\b{field.name}\s*[<>=]+\s*[0-9]", sql):
        return f"CAST({name} AS BIGINT)"
    is_open = not field.is_required and not field.codes
    return f"CASE WHEN ltrim({name}, '0') <> '' THEN {name} END" if is_open else name


def _terms(queue: Queue, on: date, state: str) -> Terms | None:
    """The values in force on a day in the state, or in the first whose profile has them."""
    for one in [state] if state else states(house.RULES):
        try:
            return queue.terms(Profile.load(house.RULES, one), on)
        except RuleFault:
            continue
    return None
