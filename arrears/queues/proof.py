"""Reading back what was written, by its own layout, before it may have its name.

Three questions: is it whole (every line, every total recounted), does it say what was frozen (every
field of every record), and does it stand for exactly the ledger's acts and cents.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from arrears.data.warehouse import Connection, ask_sql_file, attach_arrow, attach_parquet, quote
from arrears.layout import Field, Layout, read_select
from arrears.queues.content import attach_secrets, column_names, prepare
from arrears.queues.file import edge_rows
from arrears.queues.queue import Count, Queue, Terms

SQL = Path(__file__).with_name("sql")

SHOWN = 20


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


def read_back(
    con: Connection, queue: Queue, terms: Terms, content: Path, path: Path, ledger: str | None = None
) -> Proof:
    """The proof of a written file against its frozen content and, where named, the ledger's items.

    `ledger` names a relation (action_id, amount_cents): what the batch holds in the ledger. Faults name
    line and field, never a value.
    """
    prepare(con, queue, terms)
    attach_parquet(con, "frozen", [content])
    attach_secrets(con, queue, "frozen")
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    text = data.decode("latin-1").split(queue.newline)
    faults = [] if text.pop() == "" else ["the last line has no end"]
    lines = pa.table(
        {"line_no": pa.array(range(1, len(text) + 1), pa.int64()), "l": pa.array(text, pa.string())}
    )
    attach_arrow(con, "file_line", lines)
    first, last = int("header" in queue.layouts), len(text) - int("trailer" in queue.layouts)
    records = max(last - first, 0)
    con.execute(
        f"""CREATE OR REPLACE TEMP VIEW detail_line AS
            SELECT * FROM file_line WHERE line_no > {first} AND line_no <= {last}"""
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE records AS {read_select(queue.detail, 'detail_line')}")
    faults += _unreadable(con, "records") + _filled(con, queue.detail, "detail_line")
    faults += _against_content(con, queue, first, records)
    for kind, line in (("header", 1), ("trailer", len(text))):
        if kind in queue.layouts:
            faults += _edge(con, queue, terms, kind, line, len(text))
    faults += _amounts(con, queue)
    faults += _against_ledger(con, ledger) if ledger else []
    con.execute("DROP TABLE records; DROP VIEW detail_line; DROP TABLE file_line")
    return Proof(records, len(text), digest, tuple(faults))


def _unreadable(con: Connection, rows: str) -> list[str]:
    found = con.execute(
        f"""SELECT source_line, fault_field, fault_reason FROM {rows}
            WHERE fault_reason IS NOT NULL ORDER BY source_line LIMIT {SHOWN}"""
    ).fetchall()
    return [f"line {line}: {field or 'the line'}: {reason}" for line, field, reason in found]


def _filled(con: Connection, layout: Layout, lines: str) -> list[str]:
    """The lines that say something where the layout keeps silence."""
    fillers = [field for field in layout.fields if field.kind == "filler"]
    said = " OR ".join(f"trim(substr(l, {field.start}, {field.length}), ' ') <> ''" for field in fillers)
    found = con.execute(
        f"SELECT line_no FROM {lines} WHERE {said or 'false'} ORDER BY line_no LIMIT {SHOWN}"
    ).fetchall()
    return [f"line {line}: a filler is not blank" for (line,) in found]


def _against_content(con: Connection, queue: Queue, first: int, records: int) -> list[str]:
    """The lines whose record differs from its frozen row, and the two counts where they differ."""
    con.execute(
        f"""CREATE OR REPLACE TEMP VIEW meant AS
            SELECT *, row_number() OVER (ORDER BY record_no) + {first} AS source_line FROM record"""
    )
    frozen = con.execute("SELECT count(*) FROM frozen").fetchone()
    faults = []
    if not frozen or frozen[0] != records:
        faults.append(f"the file holds {records} records, {frozen[0] if frozen else 0} were frozen")
    return faults + _differences(con, queue.detail, "records", "meant", "source_line")


def _edge(con: Connection, queue: Queue, terms: Terms, kind: str, line: int, lines: int) -> list[str]:
    """The faults of the header or trailer: against its SQL over the file, and each total recounted."""
    layout = queue.layouts[kind]
    con.execute(f"CREATE OR REPLACE TEMP VIEW edge_line AS SELECT * FROM file_line WHERE line_no = {line}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE edge_read AS {read_select(layout, 'edge_line')}")
    edge_rows(con, queue, terms, kind, "edge_due")
    con.execute(f"CREATE OR REPLACE TEMP VIEW edge_meant AS SELECT *, {line} AS source_line FROM edge_due")
    faults = _unreadable(con, "edge_read") + _filled(con, layout, "edge_line")
    faults += _differences(con, layout, "edge_read", "edge_meant", "source_line")
    for total in (one for one in queue.totals if one.record == kind):
        row = con.execute(
            f"""SELECT CAST((SELECT {total.field} FROM edge_read) AS HUGEINT), ({_recount(total, lines)})"""
        ).fetchone()
        if row is None or row[0] != row[1]:
            said, found = row or (None, None)
            faults.append(f"{kind} {total.field} says {said}, a recount of the file gives {found}")
    return faults


def _recount(total: Count, lines: int) -> str:
    if total.of == "lines":
        return f"SELECT CAST({lines} AS HUGEINT)"
    tests = [f'"{name}" = {quote(value)}' for name, value in total.where] or ["true"]
    if total.how == "sum":
        value = f'coalesce(sum(CAST("{total.of}" AS HUGEINT)), 0)'
    else:
        value = "CAST(count(*) AS HUGEINT)"
        if total.of != "records":
            tests.append(f"""ltrim(CAST("{total.of}" AS VARCHAR), '0') <> ''""")
    return f"SELECT {value} FROM records WHERE {' AND '.join(tests)}"


def _differences(con: Connection, layout: Layout, read: str, meant: str, key: str) -> list[str]:
    """The fields in which read and meant rows differ, by line; a field that nobody gave must be empty."""
    given = set(column_names(con, meant))
    tests = " ".join(
        f"WHEN {_differs(field, field.name in given)} THEN {quote(field.name)}" for field in layout.columns
    )
    judged = f"SELECT {key}, CASE {tests} END AS field FROM {read} AS r JOIN {meant} AS m USING ({key})"
    rows = con.execute(
        f"SELECT {key}, field FROM ({judged}) WHERE field IS NOT NULL ORDER BY {key} LIMIT {SHOWN}"
    ).fetchall()
    return [f"line {line}: {field} is not what was frozen" for line, field in rows]


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


def _amounts(con: Connection, queue: Queue) -> list[str]:
    """The lines whose amount is not its acts' in the partner's unit, or not zero where it takes back."""
    if not queue.amount_field:
        return []
    unit = "whole_dollars(m.amount_cents)" if queue.amount_unit == "whole_dollars" else "m.amount_cents"
    due = f"CASE WHEN m.is_withdrawal THEN 0 ELSE {unit} END"
    wrong = f'CAST(r."{queue.amount_field}" AS BIGINT) IS DISTINCT FROM {due}'
    rows = con.execute(
        "SELECT source_line FROM records AS r JOIN meant AS m USING (source_line)"
        f" WHERE {wrong} ORDER BY source_line LIMIT {SHOWN}"
    ).fetchall()
    return [f"line {line}: {queue.amount_field} is not the amount of its acts" for (line,) in rows]


def _against_ledger(con: Connection, ledger: str) -> list[str]:
    """Where the acts of the file and of the ledger's batch part: which, how many, how much."""
    row = ask_sql_file(con, SQL / "against_ledger.sql", {"ledger": ledger}).fetchone()
    strange, lost, cents, due = row or (0, 0, 0, 0)
    faults = [f"{strange} acts of the file are not in the ledger's batch"] if strange else []
    faults += [f"{lost} acts of the ledger's batch are not in the file"] if lost else []
    if cents != due:
        faults.append(f"the acts of the file sum to {cents} cents, those of the ledger's batch to {due}")
    return faults
