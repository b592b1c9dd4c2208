"""From actions to content rows: what each record will say, without any Social Security number.

Every action that came in ends in exactly one content row, or in a `NotSent` that a person gets.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv

from arrears import house
from arrears.data.warehouse import (
    Connection,
    ask_sql_file,
    attach_arrow,
    column_names,
    file_list,
    file_paths,
    lend_arrow,
    quote,
    sql_text,
    write_parquet,
)
from arrears.errors import RuleFault
from arrears.layout import write_select
from arrears.queues.following import follow_lines
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


REFUSED = pa.schema(
    [("queue", pa.string()), ("record_no", pa.int64()), ("action_ids", pa.list_(pa.string()))]
    + [("field", pa.string()), ("reason", pa.string())]
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


def build(con: Connection, queues: Sequence[tuple[Queue, Terms]], folder: Path) -> dict[str, Built]:
    """What was frozen in `folder` by queue: the content rows that each one's share of `items` makes.

    Reads the relations `items`, `published`, `vault`, `facts.*`, `caseload.*`. A record that its layout
    or its partner's edits would refuse is left out and named; it never stops the others.
    """
    make_macros(con)
    known = sql_text(house.QUEUES / "known_persons.sql")
    con.execute(f"CREATE OR REPLACE TEMP VIEW known_persons AS {known}")
    if any(queue.location for queue, _ in queues):
        con.execute(f"CREATE OR REPLACE TEMP TABLE address AS {sql_text(house.QUEUES / ADDRESS_SQL)}")
    attach_arrow(con, "refused", REFUSED.empty_table())
    due = {queue for (queue,) in con.execute("SELECT DISTINCT queue FROM items").fetchall()}
    for queue, terms in queues:
        _freeze(con, queue, terms, folder, is_idle=queue.name not in due)
    each = [queue for queue, _ in queues]
    built = _built(con, each, folder)
    lost = _without_record(con, each, built, folder)
    return {name: replace(one, not_sent=(*lost.get(name, ()), *one.not_sent)) for name, one in built.items()}


def content_path(folder: Path, queue: str) -> Path:
    """Where the content rows of a queue are frozen."""
    return folder / f"{queue}.parquet"


def _freeze(con: Connection, queue: Queue, terms: Terms, folder: Path, is_idle: bool) -> None:
    """Freezes the content rows of one queue, without those that are `refused`."""
    lend_terms(con, queue, terms)
    count = draft(con, queue, terms, is_idle)
    rows, path = _withheld(queue, _check_columns(con, queue)), content_path(folder, queue.name)
    if count:
        _judge(con, queue, terms, rows)
        rows += f" ANTI JOIN (FROM refused WHERE queue = {quote(queue.name)}) USING (record_no)"
    write_parquet(con, f"{rows} ORDER BY record_no", path)


def make_macros(con: Connection) -> None:
    """Makes the macros that the SQL of every queue may use."""
    con.execute(";".join(f"CREATE OR REPLACE TEMP MACRO {macro}" for macro in _MACROS))


def lend_terms(con: Connection, queue: Queue, terms: Terms) -> None:
    """Lends what a queue's SQL may read beside the facts: its partner's row and its own tables."""
    if terms.partner:
        lend_arrow(con, "partner", pa.Table.from_pylist([dict(terms.partner)]))
    for name, path in queue.tables.items():
        text = pa.csv.ConvertOptions(strings_can_be_null=True)
        table = pa.csv.read_csv(path, convert_options=text)
        lend_arrow(con, name, table.cast(pa.schema([(c, pa.string()) for c in table.column_names])))


def with_given(given: Mapping[str, str], select: str) -> str:
    """SQL for a SELECT that may read these others by name."""
    tables = ",\n".join(f"{name} AS (\n{sql}\n)" for name, sql in given.items())
    return f"WITH {tables}\nFROM (\n{select}\n)"


def _items(queue: Queue) -> dict[str, str]:
    """The acts of which a queue's rows.sql speaks, as it calls them."""
    messages = ", ".join(map(quote, queue.messages))
    return {"item": f"SELECT * FROM items WHERE queue = {quote(queue.name)} AND message IN ({messages})"}


def draft(con: Connection, queue: Queue, terms: Terms, is_idle: bool = False) -> int:
    """The number of rows of the table `drafted`: a record each, under its number; none of an idle queue.

    Each stands under the number at which its word counts, and keeps the marks of what was told. What is
    taken back stands under the number last told; what tells a corrected one carries tonight's. Where a
    record tells no name, its rows.sql says under which one the partner still knows the person.
    """
    rows = queue.sql["rows"]
    number = f"row_number() OVER (ORDER BY {columns(queue.unique)}, action_ids) AS record_no"
    made = {**_items(queue), "made": f"SELECT {number}, * FROM (\n{rows}\n)"}
    select, said = sql_text(SQL / "numbered.sql"), used(rows, terms)
    if queue.new_number:
        made |= {"drafted": select, "identified": sql_text(house.QUEUES / "identified.sql")}
        select = sql_text(house.QUEUES / "renumbered.sql")
        said |= {"queue": queue.name, "new_number": queue.new_number}
    rows = f"{with_given(made, select)}{' LIMIT 0' if is_idle else ''}"
    made_rows = con.execute(f"CREATE OR REPLACE TEMP TABLE drafted AS {rows}", said).fetchone()
    return int(made_rows[0]) if made_rows else 0


def _check_columns(con: Connection, queue: Queue) -> list[str]:
    """The columns of `drafted`; refuses rows.sql that lacks one, or gives a secret or a broken number."""
    drafted = con.table("drafted")
    types = dict(zip(drafted.columns, map(str, drafted.types), strict=True))
    have = list(types)
    # Parquet has no HUGEINT: a bare sum() would leave as a floating point number.
    loose = [name for name, kind in types.items() if kind in ("HUGEINT", "DOUBLE", "FLOAT")]
    needed = {*CONTENT, *queue.secrets.values(), *(one.kind for one in queue.follows)}
    missing = sorted({*needed, *([WITHHELD] if queue.location else [])} - set(have))
    secret = sorted(set(queue.secrets) & set(have))
    if missing or secret or loose:
        said = [f"lacks {', '.join(missing)}"] if missing else []
        said += [f"must cast {', '.join(loose)} to whole numbers"] if loose else []
        said += [f"must leave {', '.join(secret)} to the writer"] if secret else []
        raise RuleFault("rows.sql " + " and ".join(said), f"queue {queue.name}", "Correct its columns")
    return have


def _withheld(queue: Queue, have: Sequence[str]) -> str:
    """SQL for the drafted rows without the places that are protected."""
    places = sorted(set(queue.location) & set(have))
    free = ", ".join(
        f'CASE WHEN {WITHHELD} IS NOT DISTINCT FROM false THEN "{f}" END AS "{f}"' for f in places
    )
    return f"SELECT * REPLACE ({free}) FROM drafted" if places else "SELECT * FROM drafted"


def record_select(queue: Queue, rows: str) -> str:
    """SQL for content rows of a relation with the numbers that only the partner's file holds."""
    kept = [(field, token, *VAULTS[token]) for field, token in queue.secrets.items()]
    joins = "".join(
        f" LEFT JOIN {vault} AS vault_{n} ON vault_{n}.{token} = given.{token}"
        for n, (_, token, vault, _) in enumerate(kept)
    )
    numbers = "".join(f", vault_{n}.{number} AS {field}" for n, (field, _, _, number) in enumerate(kept))
    return f"SELECT given.*{numbers} FROM {rows} AS given{joins}"


def text_select(queue: Queue, have: Sequence[str]) -> str:
    """SQL for the text of the relation `record`, each line with its acts and its first fault.

    `have` are the columns of the content rows.
    """
    following = {one.kind for one in queue.follows}
    every = [one for one in (*have, *queue.secrets) if one not in following]
    text = write_select(queue.detail, "record", "record_no", every, queue.kept, queue.encoding)
    if not queue.follows:
        return text
    lines = follow_lines(queue.follows, queue.newline, queue.encoding)
    return with_given({"main_text": text, "follow_line": lines}, sql_text(SQL / "followed.sql"))


def _judge(con: Connection, queue: Queue, terms: Terms, rows: str) -> None:
    """Adds to `refused` the records that may not leave, each with why.

    A protected place, a record told twice, one unfit for the layout, one that fails a partner's edit.
    """
    place = f"{WITHHELD} IS DISTINCT FROM false" if queue.needs_location else "false"
    fields = " and ".join(field.replace("_", " ") for field in queue.unique)
    twice = f"count(*) OVER (PARTITION BY {columns(queue.unique)}) > 1"
    reasons = {place: "needs an address that is protected", twice: f"two records for the same {fields}"}
    cases = " ".join(f"WHEN {test} THEN {quote(reason)}" for test, reason in reasons.items())
    have = column_names(con, "drafted")
    record = {**_items(queue), "given_row": rows, "record": record_select(queue, "given_row")}
    said = used(queue.sql.get("checks", ""), terms)
    given = {
        **record,
        "stopped": f"SELECT record_no, CASE {cases} END AS stop_reason FROM given_row",
        "written": text_select(queue, have),
        "unfit": "SELECT record_no, action_ids, fault_field, fault_reason, stop_reason"
        " FROM written JOIN stopped USING (record_no)",
        "edit": _edits(con, queue, record, said),
    }
    select = with_given(given, sql_text(house.QUEUES / "refused.sql"))
    con.execute(f"INSERT INTO refused SELECT {quote(queue.name)}, * FROM ({select})", said)


def _edits(con: Connection, queue: Queue, record: Mapping[str, str], said: Mapping[str, Any]) -> str:
    """SQL for the first of the partner's edits, per record, that is not certainly kept."""
    if not queue.checks:
        return "SELECT CAST(NULL AS BIGINT) AS record_no, CAST(NULL AS VARCHAR) AS reason WHERE false"
    sql = queue.sql["checks"]
    asked = con.execute(f"DESCRIBE {with_given(record, sql)}", said).fetchall()
    if [row[0] for row in asked if row[0] != "record_no"] != list(queue.checks):
        raise RuleFault(
            "checks.sql and the checks of queue.yml differ",
            f"queue {queue.name}",
            "Give both the same names in the same order",
        )
    tests = " ".join(f"WHEN {name} IS NOT TRUE THEN {quote(say)}" for name, say in queue.checks.items())
    return f"SELECT record_no, CASE {tests} END AS reason FROM (\n{sql}\n)"


def _built(con: Connection, queues: Sequence[Queue], folder: Path) -> dict[str, Built]:
    """What became of the acts of each queue; refuses rows.sql that tells one twice, or one not due."""
    may_say = [{"queue": queue.name, "message": message} for queue in queues for message in queue.messages]
    lend_arrow(con, "known_message", pa.Table.from_pylist(may_say))
    files = {"files": file_paths(*(content_path(folder, queue.name) for queue in queues))}
    found: dict[str, Built] = {}
    for queue, twice, not_due, records, acts, cents, refused in ask_sql_file(
        con, house.QUEUES / "built.sql", files
    ).fetchall():
        if twice or not_due:
            raise RuleFault(
                f"rows.sql tells {twice} actions twice, {not_due} that are not due",
                f"queue {queue}",
                "Each action that is due belongs to at most one record",
            )
        not_sent = (NotSent(queue, tuple(one["action_ids"]), one["field"], one["reason"]) for one in refused)
        found[queue] = Built(int(records), int(acts), int(cents), tuple(not_sent))
    return found


def _without_record(
    con: Connection, queues: Sequence[Queue], built: Mapping[str, Built], folder: Path
) -> dict[str, list[NotSent]]:
    """The actions that became no record, by queue, so that none is lost in silence."""
    titles = {queue.name: queue.title for queue in queues}
    refused = [action for one in built.values() for said in one.not_sent for action in said.action_ids]
    lend_arrow(con, "refused_act", pa.table({"action_id": pa.array(refused, pa.string())}))
    frozen = f"read_parquet({file_list([content_path(folder, name) for name in titles])}, union_by_name=true)"
    told = f"SELECT unnest(action_ids) AS action_id FROM {frozen} UNION ALL FROM refused_act"
    text = with_given({"told": told}, sql_text(house.QUEUES / "without_record.sql"))
    found: dict[str, list[NotSent]] = {}
    for queue, action, message, is_unknown, is_lost, person, cases in con.execute(
        f"{text} ORDER BY queue, action_id"
    ).fetchall():
        if is_unknown:
            why = f"this queue has no message {message}"
        elif is_lost:
            why = _LOST.format(title=titles[queue], person=person, cases=cases)
        else:
            why = "the facts name nobody to write about"
        found.setdefault(queue, []).append(NotSent(queue, (action,), None, why))
    return found


_LOST = (
    "what this partner holds ({title}) is to be taken back, and the extract no longer says who person"
    " {person} is (cases: {cases}): tell the partner by hand that it is withdrawn, or have the extract bring"
    " the person again"
)


def used(sql: str, terms: Terms) -> dict[str, Any]:
    """The parameters that an SQL text names."""
    given: Mapping[str, Any] = {"as_of": terms.as_of, **terms.params}
    return {name: given[name] for name in given if re.search(rf"\${name}\b", sql)}


def columns(names: tuple[str, ...]) -> str:
    """Names as an SQL list."""
    return ", ".join(f'"{name}"' for name in names)
