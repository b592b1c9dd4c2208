"""From frozen content to the text that a partner reads, written aside and flushed to disk.

The numbers of people join here and nowhere before. Header and trailer are made from the detail lines
as written, not from what they were meant to say.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from arrears.data.warehouse import Connection, attach_parquet
from arrears.data.writes import reached
from arrears.errors import ArrearsError
from arrears.layout import read_select, write_select
from arrears.queues.content import NotSent, attach_secrets, column_names, prepare, text_select, used
from arrears.queues.queue import Queue, Terms

_BATCH = 50_000


@dataclass(frozen=True)
class Written:
    """A file that stands aside under `path`, complete and flushed, waiting for its final name."""

    path: Path
    sha256: str
    records: int
    lines: int
    bytes: int
    amount_cents: int
    acts: int
    acts_cents: int
    not_sent: tuple[NotSent, ...]


def write_file(
    con: Connection, queue: Queue, terms: Terms, content: Path, path: Path, copy: str = ""
) -> Written:
    """The partner's file for frozen content, aside in the folder of `path`; it is not given its name here.

    `copy` tells the copies of a run apart: what one has written aside, no other writes over or renames.

    Reads `vault`. The same content, terms and vault give the same bytes. A row that became unfit since
    it was frozen is left out and named.
    """
    prepare(con, queue, terms)
    attach_parquet(con, "frozen", [content])
    have = attach_secrets(con, queue, "frozen")
    con.execute(f"CREATE OR REPLACE TEMP TABLE detail_text AS {text_select(queue, have)}")
    con.execute(
        """CREATE OR REPLACE TEMP VIEW detail_line AS
           SELECT row_number() OVER (ORDER BY record_no) AS line_no, l FROM detail_text WHERE l IS NOT NULL"""
    )
    con.execute(f"CREATE OR REPLACE TEMP VIEW records AS {read_select(queue.detail, 'detail_line')}")
    head, tail = _edge(con, queue, terms, "header"), _edge(con, queue, terms, "trailer")
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}{copy and '.'}{copy}.part")
    digest, lines, size = hashlib.sha256(), 0, 0
    with aside.open("wb") as out:
        for block in _blocks(con, head, tail):
            data = "".join(line + queue.newline for line in block).encode(queue.encoding)
            out.write(data)
            digest.update(data)
            lines, size = lines + len(block), size + len(data)
        out.flush()
        os.fsync(out.fileno())
    reached(f"aside {path.name}")
    row = con.execute(
        """SELECT count(*), coalesce(sum(amount_cents), 0), coalesce(sum(len(action_ids)), 0),
                  coalesce(sum(acts_cents), 0)
           FROM detail_text WHERE l IS NOT NULL"""
    ).fetchone()
    records, cents, acts, acts_cents = (int(value) for value in row) if row else (0, 0, 0, 0)
    con.execute("DROP VIEW records; DROP VIEW detail_line; ")
    not_sent = _not_sent(con, queue)
    con.execute("DROP TABLE detail_text")
    return Written(aside, digest.hexdigest(), records, lines, size, cents, acts, acts_cents, not_sent)


def _edge(con: Connection, queue: Queue, terms: Terms, kind: str) -> list[str]:
    """The text of the header or trailer: one line, or none where the format has no such record."""
    if kind not in queue.layouts:
        return []
    edge_rows(con, queue, terms, kind, "edge")
    layout = queue.layouts[kind]
    text = write_select(layout, "edge", "1", column_names(con, "edge"), (), queue.encoding)
    rows = con.execute(text).fetchall()
    if len(rows) != 1 or rows[0][0] is None:
        fault = f"{rows[0][1]}: {rows[0][2]}" if rows else "no row"
        raise ArrearsError(
            f"The {kind} cannot be written ({fault})",
            f"queue {queue.name}",
            "Correct the partner's identifiers in the profile, or the SQL",
        )
    return [str(rows[0][0])]


def edge_rows(con: Connection, queue: Queue, terms: Terms, kind: str, name: str) -> None:
    """Makes the table `name`: what header.sql or trailer.sql says of the relation `records`."""
    sql = queue.sql[kind]
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}", used(sql, terms))


def _blocks(con: Connection, head: list[str], tail: list[str]) -> Iterator[list[str]]:
    yield head
    reader = con.execute("SELECT l FROM detail_line ORDER BY line_no").to_arrow_reader(_BATCH)
    for batch in reader:
        yield pa.Array.to_pylist(batch.column(0))
    yield tail


def _not_sent(con: Connection, queue: Queue) -> tuple[NotSent, ...]:
    rows = con.execute(
        """SELECT action_ids, fault_field, fault_reason FROM detail_text
           WHERE l IS NULL ORDER BY record_no"""
    ).fetchall()
    return tuple(NotSent(queue.name, tuple(ids), field, reason) for ids, field, reason in rows)
