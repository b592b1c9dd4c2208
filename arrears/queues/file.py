"""From frozen content to the text that a partner reads, written aside and flushed to disk.

The numbers of people join here and nowhere before. Header and trailer are made from the detail lines
as written, not from what they were meant to say.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from arrears.data.digests import letters
from arrears.data.warehouse import Connection, ask_sql_file, column_names, quote
from arrears.data.writes import reached
from arrears.errors import ArrearsError
from arrears.layout import read_select, write_select
from arrears.queues.content import SQL, NotSent, lend_terms, record_select, text_select, used, with_given
from arrears.queues.packed import wire_bytes
from arrears.queues.queue import Queue, Terms
from arrears.sqltext import selected

_BATCH = 20_000


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
    con: Connection, queue: Queue, terms: Terms, content: str, path: Path, copy: str = ""
) -> Written:
    """The partner's file for frozen content, aside in the folder of `path`; it is not given its name here.

    `content` names the relation of content rows. `copy` tells the copies of a run apart: what one has
    written aside, no other writes over or renames.

    Reads `vault`. The same content, terms and vault give the same bytes. A row that became unfit since
    it was frozen is left out and named.
    """
    lend_terms(con, queue, terms)
    text = text_select(queue, column_names(con, content))
    record = {"record": record_select(queue, content)}
    con.execute(f"CREATE OR REPLACE TEMP TABLE detail_text AS {with_given(record, text)}")
    edges, told = _edges(con, queue, terms), _Told()
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}{copy and '.'}{copy}.part")
    digest, size = hashlib.sha256(), 0
    with aside.open("wb") as out:
        for block in chain([edges["header"]], _details(con, queue, told), [edges["trailer"]]):
            out.write(block)
            digest.update(block)
            size += len(block)
        out.flush()
        os.fsync(out.fileno())
    reached(f"aside {path.name}")
    sums = told.sums
    return Written(
        path=aside,
        sha256=digest.hexdigest(),
        records=sums["records"],
        lines=sums["lines"] + len(queue.layouts) - 1,
        bytes=size,
        amount_cents=sums["amount_cents"],
        acts=sums["acts"],
        acts_cents=sums["acts_cents"],
        not_sent=tuple(
            NotSent(queue.name, tuple(one["action_ids"]), one["fault_field"], one["fault_reason"])
            for one in told.not_sent
        ),
    )


@dataclass
class _Told:
    """What the detail lines told so far come to, and the records that became unfit since they were frozen."""

    sums: Counter[str] = field(default_factory=Counter)
    not_sent: list[dict[str, Any]] = field(default_factory=list)

    def add(self, rows: pa.RecordBatch) -> pa.Array:
        """The lines of some records, counted."""
        is_told = pc.is_valid(rows["line"])
        told = rows if pc.all(is_told).as_py() else rows.filter(is_told)
        self.sums["records"] += told.num_rows
        self.sums["lines"] += pc.sum(pc.count_substring(told["line"], "\n")).as_py() or 0
        for name in ("amount_cents", "acts", "acts_cents"):
            self.sums[name] += pc.sum(told[name]).as_py() or 0
        if told.num_rows < rows.num_rows:
            self.not_sent += rows.filter(pc.invert(is_told)).to_pylist()
        return told["line"]


def _edges(con: Connection, queue: Queue, terms: Terms) -> dict[str, bytes]:
    """The text of header and trailer, each one line; nothing where the format has no such record."""
    own = f"left(l, {queue.detail.length}) AS l" if queue.follows else "l"
    number = "row_number() OVER (ORDER BY record_no) AS line_no"
    lines = f"SELECT {number}, {own} FROM detail_text WHERE l IS NOT NULL"
    given = {"detail_line": lines, "records": read_select(queue.detail, "detail_line")}
    texts, said = [], dict[str, Any]()
    for kind in queue.edges:
        sql, layout = queue.sql[kind], queue.layouts[kind]
        given[f"{kind}_row"], said = sql, said | used(sql, terms)
        text = write_select(layout, f"{kind}_row", "1", selected(sql), (), queue.encoding)
        texts.append(f"SELECT {quote(kind)} AS kind, * FROM ({text})")
    rows = con.execute(with_given(given, " UNION ALL ".join(texts)), said).fetchall() if texts else []
    found = {kind: _edge(queue, kind, [row for name, *row in rows if name == kind]) for kind in queue.edges}
    return {"header": b"", "trailer": b"", **found}


def _edge(queue: Queue, kind: str, rows: list[list[str | None]]) -> bytes:
    """The text of the one row of a header or trailer."""
    if len(rows) != 1 or rows[0][0] is None:
        fault = f"{rows[0][1]}: {rows[0][2]}" if rows else "no row"
        raise ArrearsError(
            f"The {kind} cannot be written ({fault})",
            f"queue {queue.name}",
            "Correct the partner's identifiers in the profile, or the SQL",
        )
    return wire_bytes(queue, kind, f"{rows[0][0]}{queue.newline}".encode(queue.encoding))


def _details(con: Connection, queue: Queue, told: _Told) -> Iterator[bytes]:
    """The text of the detail lines, many at a time, after adding to `told` what they come to."""
    reader = ask_sql_file(con, SQL / "written.sql", {"newline": queue.newline}).to_arrow_reader(_BATCH)
    for batch in reader:
        # As it lies in memory it is UTF-8, which ASCII is too.
        found = wire_bytes(queue, "detail", bytes(letters(told.add(batch))))
        yield found if queue.encoding == "ascii" else found.decode().encode(queue.encoding)
