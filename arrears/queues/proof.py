"""Reading back what was written, by its own layout, before it may have its name.

Three questions: is it whole (every line, every total recounted), does it say what was frozen (every
field of every record), and does it stand for exactly the ledger's acts and cents.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from arrears.data.warehouse import Connection, EngineError, column_names, lend_arrow, quote, sql_text
from arrears.layout import Field, Layout, read_select
from arrears.queues.content import SQL, lend_terms, record_select, text_select, used, with_given
from arrears.queues.following import frame_faults, kind_of, lines_before, read_following
from arrears.queues.packed import SPELLED, spell_out
from arrears.queues.queue import Count, Queue, Terms
from arrears.sqltext import selected

SHOWN = 20
_CHUNK = 1 << 22
# A letter that latin-1 cannot hold never occurs in such a file: read_csv finds no column in a line.
_NO_DELIMITER = "\N{RIGHTWARDS ARROW}"


@dataclass(frozen=True)
class Proof:
    """What a file was found to hold; it is proven where `faults` is empty."""

    records: int
    lines: int
    sha256: str
    faults: tuple[str, ...]

    @property
    def is_proven(self) -> bool:
        """Whether the file may have its name."""
        return not self.faults


@dataclass(frozen=True)
class _Shape:
    """The bytes of a file: their hash, its lines, and what is wrong with it as a whole."""

    sha256: str
    lines: int
    faults: tuple[str, ...]


def read_back(
    con: Connection, queue: Queue, terms: Terms, content: str, path: Path, ledger: str | None = None
) -> Proof:
    """The proof of a written file against its frozen content and, where named, the ledger's items.

    `content` names the relation of content rows, `ledger` a relation (action_id, amount_cents): what the
    batch holds in the ledger. Faults name line and field, never a value.
    """
    shape = file_shape(queue, path)
    first, last = int("header" in queue.layouts), shape.lines - int("trailer" in queue.layouts)
    records = max(last - first, 0)
    if path.stat().st_size == 0:
        return Proof(0, 0, shape.sha256, ("the file is empty",))
    lend_terms(con, queue, terms)
    if queue.is_packed:
        spell_out(con, queue, path, shape.lines)
    file_line = f"FROM {SPELLED}" if queue.is_packed else _lines(path, queue)
    between = f"(SELECT * FROM ({file_line}) WHERE line_no > {first} AND line_no <= {last})"
    detail = f"(SELECT * FROM {between} WHERE {kind_of(queue.follows)} = 'detail')"
    detail = detail if queue.follows else between
    try:
        con.execute(f"CREATE OR REPLACE TEMP TABLE records AS {read_select(queue.detail, detail)}")
    except EngineError:
        # DuckDB's latin-1 refuses the bytes 80 to 9F; its own words may hold data.
        return Proof(records, shape.lines, shape.sha256, ("it holds a byte that no field may carry",))
    if queue.follows:
        con.execute(f"CREATE OR REPLACE TEMP TABLE between_edges AS FROM {between}")
        held = con.execute("SELECT count(*) FROM records").fetchone()
        records = int(held[0]) if held else 0
    faults = [*shape.faults, *_faults(con, queue, terms, content, path, detail, first, shape.lines, ledger)]
    return Proof(records, shape.lines, shape.sha256, tuple(faults))


def file_shape(queue: Queue, path: Path) -> _Shape:
    """The bytes of a file, read once: lines of one length, as many as there are ends, or packed records."""
    digest, size, ends, returns, last = hashlib.sha256(), 0, 0, 0, b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size, ends, returns = size + len(chunk), ends + chunk.count(b"\n"), returns + chunk.count(b"\r")
            last = (last + chunk[-2:])[-2:]
    if queue.is_packed:
        whole = queue.detail.record_length
        odd = (f"it does not consist of records of {whole} bytes: {size % whole} are left over at its end",)
        return _Shape(digest.hexdigest(), size // whole, odd if size % whole else ())
    faults = []
    lines = ends
    if not last.endswith(queue.newline.encode()):
        faults.append("the last line has no end")
        lines += int(size > 0 and not last.endswith(b"\n"))
    if returns != (ends if "\r" in queue.newline else 0):
        faults.append("a line does not end as the lines of this file do")
    if not faults and size != lines * (queue.detail.length + len(queue.newline)):
        faults.append(f"it does not consist of lines of {queue.detail.length} characters")
    return _Shape(digest.hexdigest(), lines, tuple(faults))


def _lines(path: Path, queue: Queue) -> str:
    """SQL for the lines of a file in order, read as latin-1, so that a character is a byte."""
    plain = "quote='', escape='', header=false, auto_detect=false, columns={'l': 'VARCHAR'}"
    ends = "new_line='" + queue.newline.replace("\r", "\\r").replace("\n", "\\n") + "'"
    read = f"read_csv({quote(str(path))}, delim='{_NO_DELIMITER}', encoding='latin-1', {plain}, {ends})"
    return f"SELECT row_number() OVER () AS line_no, l FROM {read}"


def _faults(
    con: Connection,
    queue: Queue,
    terms: Terms,
    content: str,
    path: Path,
    detail: str,
    first: int,
    lines: int,
    ledger: str | None,
) -> list[str]:
    """Every kind of fault of a file, of each kind the first few, in the order told."""
    have = [*column_names(con, content), *queue.secrets]
    place = lines_before(queue.follows) if queue.follows else "row_number() OVER (ORDER BY record_no) - 1"
    number = f"{place} + {first + 1} AS source_line"
    given = {
        "meant": f"SELECT *, {number} FROM ({record_select(queue, content)})",
        "compared": _compared(queue, have),
        "filled": filled(queue.detail, detail),
    }
    parts = [
        _unreadable("records"),
        _told("filled", "': a filler is not blank'"),
        f"""SELECT 0 AS line, 'the file holds ' || held || ' records, ' || frozen || ' were frozen' AS said
            FROM (SELECT (SELECT count(*) FROM records) AS held, (SELECT count(*) FROM {content}) AS frozen)
            WHERE held <> frozen""",
        _told("compared WHERE field IS NOT NULL", "': ' || field || ' is not what was frozen'"),
    ]
    asked: dict[str, Any] = {}
    for kind in queue.edges:
        more, told = _edge(con, queue, kind, 1 if kind == "header" else lines, lines, path)
        given, asked = given | more, asked | used(queue.sql[kind], terms)
        parts += told
    parts.append(
        _told("compared WHERE amount_is_wrong", f"': {queue.amount_field} is not the amount of its acts'")
    )
    if queue.follows:
        more, told = _following(con, queue, content)
        given, parts = given | more, parts + told
    if ledger:
        given["against"] = sql_text(SQL / "against_ledger.sql")
        parts += _against_ledger()
        asked |= {"content": content, "ledger": ledger}
    each = " UNION ALL ".join(
        f"(SELECT {place} AS place, line, said FROM ({part}) ORDER BY line LIMIT {SHOWN})"
        for place, part in enumerate(parts)
    )
    found = con.execute(with_given(given, f"{each} ORDER BY place, line"), asked).fetchall()
    return [said for _, _, said in found]


def _following(con: Connection, queue: Queue, content: str) -> tuple[dict[str, str], list[str]]:
    """What follows the records, each by its own layout and against what was frozen: relations, and faults."""
    text, end = text_select(queue, column_names(con, content)), quote(queue.newline)
    split = f"string_split(l, {end})"
    nth = f"SELECT record_no, generate_subscripts({split}, 1) - 1 AS nth, unnest({split}) AS l FROM due_text"
    given = {
        "record": record_select(queue, content),
        "due_text": text,
        "due_line": f"SELECT source_line + nth AS line_no, due.l FROM ({nth}) AS due"
        " JOIN meant USING (record_no)",
        "framed_wrong": frame_faults(queue.follows, "between_edges"),
    }
    both = "due_line FULL JOIN between_edges AS held USING (line_no)"
    differs = f"FROM {both} WHERE due_line.l IS DISTINCT FROM held.l"
    parts = [
        _told(f"(SELECT line_no AS source_line {differs})", "': is not the line that was frozen'"),
        _told("framed_wrong", "': ' || coalesce(field || ' is ', '') || reason"),
    ]
    for one in queue.follows:
        own = f"(SELECT * FROM between_edges WHERE {one.test})"
        given[f"{one.kind}_read"], given[f"{one.kind}_filled"] = (
            read_following(one, "between_edges"),
            filled(one.layout, own),
        )
        parts += [_unreadable(f"{one.kind}_read"), _told(f"{one.kind}_filled", "': a filler is not blank'")]
    return given, parts


def _told(rows: str, words: str) -> str:
    """SQL for a fault of each of these rows, told with its line."""
    return f"SELECT source_line AS line, 'line ' || source_line || {words} AS said FROM {rows}"


def _unreadable(rows: str) -> str:
    reason = "': ' || coalesce(fault_field, 'the line') || ': ' || fault_reason"
    return _told(f"{rows} WHERE fault_reason IS NOT NULL", reason)


def filled(layout: Layout, lines: str) -> str:
    """SQL for the lines that say something where the layout keeps silence."""
    fillers = [field for field in layout.fields if field.kind == "filler"]
    said = " OR ".join(f"trim(substr(l, {field.start}, {field.length}), ' ') <> ''" for field in fillers)
    return f"SELECT line_no AS source_line FROM {lines} WHERE {said or 'false'}"


def _edge(
    con: Connection, queue: Queue, kind: str, line: int, lines: int, path: Path
) -> tuple[dict[str, str], list[str]]:
    """A header or trailer against its SQL over the file, each total recounted: the relations, the faults."""
    layout, text = queue.layouts[kind], _edge_line(queue, kind, path)
    lend_arrow(con, f"{kind}_line", pa.table({"line_no": pa.array([line], pa.int64()), "l": [text]}))
    totals = [one for one in queue.totals if one.record == kind]
    recounts = ", ".join(f'{recount(one, lines)} AS "{one.field}"' for one in totals) or "0 AS nothing"
    field = _first_difference(layout, selected(queue.sql[kind]))
    given = {
        f"{kind}_due": queue.sql[kind],
        f"{kind}_read": read_select(layout, f"{kind}_line"),
        f"{kind}_recount": f"SELECT {recounts} FROM records",
        f"{kind}_filled": filled(layout, f"{kind}_line"),
        f"{kind}_compared": f"SELECT source_line, {field} AS field FROM {kind}_read AS r, {kind}_due AS m",
    }
    told = [
        _unreadable(f"{kind}_read"),
        _told(f"{kind}_filled", "': a filler is not blank'"),
        _told(f"{kind}_compared WHERE field IS NOT NULL", "': ' || field || ' is not what was frozen'"),
    ]
    return given, told + [wrong_total(kind, one.field) for one in totals]


def _edge_line(queue: Queue, kind: str, path: Path) -> str:
    """The first or the last line of a file, as long as its layout has it."""
    layout = queue.layouts[kind]
    whole = layout.record_length + (0 if queue.is_packed else len(queue.newline))
    with path.open("rb") as file:
        if kind == "trailer":
            file.seek(max(path.stat().st_size - whole, 0))
        found = file.read(whole)
    spelled = layout.unpacked(found) if queue.is_packed else found
    return spelled.decode("latin-1").removesuffix(queue.newline)


def wrong_total(kind: str, name: str) -> str:
    """SQL for a total that a recount of the file does not give."""
    says, found = f'CAST(r."{name}" AS HUGEINT)', f'recount."{name}"'
    told = f"coalesce(CAST({says} AS VARCHAR), 'nothing')"
    said = f"'{kind} {name} says ' || {told} || ', a recount of the file gives ' || {found}"
    rows = f"{kind}_recount AS recount LEFT JOIN {kind}_read AS r ON true"
    return f"SELECT 0 AS line, {said} AS said FROM {rows} WHERE {says} IS DISTINCT FROM {found}"


def recount(total: Count, lines: int) -> str:
    """SQL over the records for what a total has to say."""
    if total.of == "lines":
        return f"CAST({lines} AS HUGEINT)"
    tests = [f'"{name}" = {quote(value)}' for name, value in total.where] or ["true"]
    if total.how == "sum":
        value = f'sum(CAST("{total.of}" AS HUGEINT))'
    else:
        value = "count(*)"
        if total.of != "records":
            tests.append(f"""ltrim(CAST("{total.of}" AS VARCHAR), '0') <> ''""")
    return f"CAST(coalesce({value} FILTER ({' AND '.join(tests)}), 0) AS HUGEINT)"


def _first_difference(layout: Layout, given: Collection[str]) -> str:
    """SQL for the first field in which the row read, `r`, is not the one meant, `m`; not given is empty."""
    tests = " ".join(
        f"WHEN {_differs(field, field.name in given)} THEN {quote(field.name)}" for field in layout.columns
    )
    return f"CASE {tests} END"


def _compared(queue: Queue, have: list[str]) -> str:
    """SQL for the records that are not what was frozen, or whose amount is not that of its acts.

    The amount is its acts' in the partner's unit, or zero where it takes back.
    """
    wrong = "false"
    if queue.amount_field:
        unit = "whole_dollars(m.amount_cents)" if queue.amount_unit == "whole_dollars" else "m.amount_cents"
        due = f"CASE WHEN m.is_withdrawal THEN 0 ELSE {unit} END"
        wrong = f'CAST(r."{queue.amount_field}" AS BIGINT) IS DISTINCT FROM {due}'
    field = _first_difference(queue.detail, have)
    judged = f"SELECT source_line, {field} AS field, {wrong} AS amount_is_wrong"
    rows = f"{judged} FROM records AS r JOIN meant AS m USING (source_line)"
    return f"FROM ({rows}) WHERE field IS NOT NULL OR amount_is_wrong"


def _differs(field: Field, is_given: bool) -> str:
    read = f'r."{field.name}"'
    meant = f'm."{field.name}"' if is_given else "NULL"
    match field.kind:
        case "digits":
            text = f"lpad(coalesce(CAST({meant} AS VARCHAR), '0'), {field.length}, '0')"
            return f"coalesce({read}, repeat('0', {field.length})) IS DISTINCT FROM {text}"
        case "cents" | "signed" | "edited":
            return f"coalesce({read}, 0) IS DISTINCT FROM coalesce(CAST({meant} AS BIGINT), 0)"
        case "date":
            return f"{read} IS DISTINCT FROM CAST({meant} AS DATE)"
        case "timestamp":
            return f"{read} IS DISTINCT FROM CAST({meant} AS TIMESTAMP)"
        case _:
            text = f"CAST({meant} AS VARCHAR)"
            text = f"left({text}, {field.length})" if field.may_be_cut else text
            return f"{read} IS DISTINCT FROM nullif(rtrim({text}, ' '), '')"


def _against_ledger() -> list[str]:
    """SQL for where the acts of the file and of the ledger's batch part: which, how many, how much."""
    strange = "strange || ' acts of the file are not in the ledger''s batch'"
    lost = "lost || ' acts of the ledger''s batch are not in the file'"
    sums = (
        "'the acts of the file sum to ' || cents || ' cents, those of the ledger''s batch to ' || due_cents"
    )
    told = {strange: "strange > 0", lost: "lost > 0", sums: "cents <> due_cents"}
    return [f"SELECT 0 AS line, {said} AS said FROM against WHERE {test}" for said, test in told.items()]
