"""From actions to content rows: what each record will say, without any Social Security number.

Every action that came in ends in exactly one content row, or in a `NotSent` that a person gets.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv

from arrears import house
from arrears.data.warehouse import (
    Connection,
    attach_arrow,
    attach_parquet,
    quote,
    run_sql_file,
    sql_text,
    write_parquet,
)
from arrears.errors import RuleFault
from arrears.layout import write_select
from arrears.queues.queue import CONTENT, VAULTS, WITHHELD, Queue, Terms

SQL = Path(__file__).with_name("sql")

ADDRESS_SQL = "address.sql"
_MACROS = (
    # The dollars of an amount, truncated as the federal and bureau files ask; the one place for the 100.
    "whole_dollars(amount) AS CAST(amount // 100 AS BIGINT)",
    # Capitals without accents, and no blank where none belongs: what partners' machines compare.
    r"plain(words) AS nullif(trim(regexp_replace(upper(strip_accents(words)), '\s+', ' ', 'g')), '')",
    # The same, from its first letter or digit on.
    "lettered(words) AS nullif(regexp_replace(plain(words), '^[^A-Z0-9]+', ''), '')",
)


@dataclass(frozen=True)
class NotSent:
    """Acts that did not leave, and why, for a person: the field where one is at fault, never its value."""

    queue: str
    action_ids: tuple[str, ...]
    field: str | None
    reason: str


@dataclass(frozen=True)
class Built:
    """How many content rows were frozen, their acts with their cents, and what goes to a person instead."""

    records: int
    acts: int
    acts_cents: int
    not_sent: tuple[NotSent, ...]


def build(con: Connection, queue: Queue, terms: Terms, path: Path) -> Built:
    """What was frozen at `path`: the content rows that this queue's share of `items` makes.

    Reads the relations `items`, `published`, `vault`, `facts.*`, `caseload.*`. A record that its layout
    or its partner's edits would refuse is left out and named; it never stops the others.
    """
    prepare(con, queue, terms)
    own = "SELECT * FROM items WHERE queue = $queue AND list_contains($messages, message)"
    given = {"queue": queue.name, "messages": list(queue.messages)}
    con.execute(f"CREATE OR REPLACE TEMP TABLE item AS {own}", given)
    draft(con, queue, terms)
    _assert_whole(con, queue)
    attach_secrets(con, queue, "drafted")
    not_sent = (*_without_record(con, queue), *_at_fault(con, queue, terms))
    fit = "SELECT * FROM drafted ANTI JOIN refused USING (record_no) ORDER BY record_no"
    records = write_parquet(con, fit, path)
    acts, cents = totals(con, path)
    return Built(records, acts, cents, not_sent)


def totals(con: Connection, content: Path) -> tuple[int, int]:
    """The acts and the cents that frozen content stands for."""
    attach_parquet(con, "frozen", [content])
    row = con.execute(
        "SELECT coalesce(sum(len(action_ids)), 0), coalesce(sum(acts_cents), 0) FROM frozen"
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def prepare(con: Connection, queue: Queue, terms: Terms) -> None:
    """Makes what a queue's SQL may read beside the facts: its macros, tables, partner row and addresses."""
    for macro in _MACROS:
        con.execute(f"CREATE OR REPLACE TEMP MACRO {macro}")
    if terms.partner:
        attach_arrow(con, "partner", pa.Table.from_pylist([dict(terms.partner)]))
    for name, path in queue.tables.items():
        text = pa.csv.ConvertOptions(strings_can_be_null=True)
        table = pa.csv.read_csv(path, convert_options=text)
        attach_arrow(con, name, table.cast(pa.schema([(c, pa.string()) for c in table.column_names])))


def draft(con: Connection, queue: Queue, terms: Terms) -> None:
    """Makes the table `drafted`: one numbered row a record, protected places withheld."""
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW known_persons AS {sql_text(house.QUEUES / 'known_persons.sql')}"
    )
    if queue.location:
        con.execute(f"CREATE OR REPLACE TEMP VIEW address AS {sql_text(queue.folder.parent / ADDRESS_SQL)}")
    rows = queue.sql["rows"]
    number = f"row_number() OVER (ORDER BY {columns(queue.unique)}, action_ids) AS record_no"
    made = f"WITH made AS (SELECT {number}, * FROM (\n{rows}\n))"
    drafted = sql_text(SQL / "numbered.sql")
    con.execute(f"CREATE OR REPLACE TEMP TABLE drafted AS {made}\n{drafted}", used(rows, terms))
    if queue.new_number:
        _identify(con, queue)
    types = dict(con.execute("SELECT column_name, column_type FROM (DESCRIBE drafted)").fetchall())
    have = list(types)
    # Parquet has no HUGEINT: a bare sum() would leave as a floating point number.
    loose = [name for name, kind in types.items() if kind in ("HUGEINT", "DOUBLE", "FLOAT")]
    missing = sorted({*CONTENT, *queue.secrets.values(), *([WITHHELD] if queue.location else [])} - set(have))
    secret = sorted(set(queue.secrets) & set(have))
    if missing or secret or loose:
        said = [f"lacks {', '.join(missing)}"] if missing else []
        said += [f"must cast {', '.join(loose)} to whole numbers"] if loose else []
        said += [f"must leave {', '.join(secret)} to the writer"] if secret else []
        raise RuleFault("rows.sql " + " and ".join(said), f"queue {queue.name}", "Correct its columns")
    for field in sorted(set(queue.location) & set(have)):
        con.execute(f'UPDATE drafted SET "{field}" = NULL WHERE {WITHHELD} IS DISTINCT FROM false')


def _identify(con: Connection, queue: Queue) -> None:
    """Gives each record the number under which its word counts, and keeps the marks of what was told.

    What is taken back stands under the number last told; what tells a corrected one carries tonight's.
    Where a record tells no name, its rows.sql says under which one the partner still knows the person.
    """
    said = {"queue": queue.name, "new_number": queue.new_number}
    run_sql_file(con, house.QUEUES / "identified.sql", "identified", said, is_temporary=True)
    run_sql_file(con, house.QUEUES / "renumbered.sql", "drafted", {}, is_temporary=True)


def attach_secrets(con: Connection, queue: Queue, rows: str) -> list[str]:
    """The columns of the view `record`: content rows with the numbers that only the partner's file holds."""
    kept = [(field, token, *VAULTS[token]) for field, token in queue.secrets.items()]
    joins = "".join(
        f" LEFT JOIN {vault} AS vault_{n} ON vault_{n}.{token} = given.{token}"
        for n, (_, token, vault, _) in enumerate(kept)
    )
    numbers = "".join(f", vault_{n}.{number} AS {field}" for n, (field, _, _, number) in enumerate(kept))
    con.execute(f"CREATE OR REPLACE TEMP VIEW record AS SELECT given.*{numbers} FROM {rows} AS given{joins}")
    return column_names(con, "record")


def text_select(queue: Queue, have: list[str]) -> str:
    """SQL for the text of the view `record`, each line with its acts and its first fault."""
    return write_select(queue.detail, "record", "record_no", have, queue.kept, queue.encoding)


def _at_fault(con: Connection, queue: Queue, terms: Terms) -> list[NotSent]:
    """The records that may not leave: protected place, told twice, unfit for the layout, failing an edit."""
    text = text_select(queue, column_names(con, "record"))
    faults = f"SELECT record_no, action_ids, fault_field, fault_reason FROM ({text})"
    con.execute(f"CREATE OR REPLACE TEMP TABLE unfit AS {faults}")
    place = f"{WITHHELD} IS DISTINCT FROM false" if queue.needs_location else "false"
    fields = " and ".join(field.replace("_", " ") for field in queue.unique)
    twice = f"count(*) OVER (PARTITION BY {columns(queue.unique)}) > 1"
    reasons = {place: "needs an address that is protected", twice: f"two records for the same {fields}"}
    cases = " ".join(f"WHEN {test} THEN {quote(reason)}" for test, reason in reasons.items())
    judged = f"SELECT record_no, CASE {cases} END AS reason FROM drafted"
    con.execute(f"CREATE OR REPLACE TEMP TABLE stopped AS SELECT * FROM ({judged}) WHERE reason IS NOT NULL")
    _edit(con, queue, terms)
    run_sql_file(con, house.QUEUES / "refused.sql", "refused", {}, is_temporary=True)
    rows = con.execute("SELECT action_ids, field, reason FROM refused ORDER BY record_no").fetchall()
    return [NotSent(queue.name, tuple(ids), field, reason) for ids, field, reason in rows]


def _edit(con: Connection, queue: Queue, terms: Terms) -> None:
    """Makes the table `edit`: per record the first of the partner's edits that is not certainly kept."""
    if not queue.checks:
        con.execute("CREATE OR REPLACE TEMP TABLE edit (record_no BIGINT, reason VARCHAR)")
        return
    sql = queue.sql["checks"]
    con.execute(f"CREATE OR REPLACE TEMP TABLE checked AS {sql}", used(sql, terms))
    have = [name for name in column_names(con, "checked") if name != "record_no"]
    if have != list(queue.checks):
        raise RuleFault(
            "checks.sql and the checks of queue.yml differ",
            f"queue {queue.name}",
            "Give both the same names in the same order",
        )
    tests = " ".join(f"WHEN {name} IS NOT TRUE THEN {quote(say)}" for name, say in queue.checks.items())
    reasons = f"SELECT record_no, CASE {tests} END AS reason FROM checked"
    con.execute(f"CREATE OR REPLACE TEMP TABLE edit AS {reasons}")


def _without_record(con: Connection, queue: Queue) -> list[NotSent]:
    """The actions that became no record, so that none is lost in silence."""
    text = sql_text(house.QUEUES / "without_record.sql")
    rows = con.execute(text, {"queue": queue.name}).fetchall()
    return [
        NotSent(
            queue.name,
            (action,),
            None,
            f"this queue has no message {message}"
            if is_unknown
            else _LOST.format(title=queue.title, person=person, cases=cases)
            if is_lost
            else "the facts name nobody to write about",
        )
        for action, message, is_unknown, is_lost, person, cases in rows
    ]


_LOST = (
    "what this partner holds ({title}) is to be taken back, and the extract no longer says who person"
    " {person} is (cases: {cases}): tell the partner by hand that it is withdrawn, or have the extract bring"
    " the person again"
)


def _assert_whole(con: Connection, queue: Queue) -> None:
    """Refuses rows.sql that tells an action twice, or one that is none of tonight's."""
    row = con.execute(sql_text(house.QUEUES / "not_whole.sql")).fetchone()
    if row != (0, 0):
        raise RuleFault(
            f"rows.sql tells {row[0] if row else 0} actions twice, {row[1] if row else 0} that are not due",
            f"queue {queue.name}",
            "Each action that is due belongs to at most one record",
        )


def used(sql: str, terms: Terms) -> dict[str, Any]:
    """The parameters that an SQL text names."""
    given: Mapping[str, Any] = {"as_of": terms.as_of, **terms.params}
    return {name: given[name] for name in given if re.search(rf"\${name}\b", sql)}


def column_names(con: Connection, relation: str) -> list[str]:
    """The columns of a relation, in order."""
    return [row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()]


def columns(names: tuple[str, ...]) -> str:
    """Names as an SQL list."""
    return ", ".join(f'"{name}"' for name in names)
