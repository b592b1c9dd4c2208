"""The work as Arrears does it: its layouts, verdicts, proofs and files; landing, tokens and ledger aside.

What the others leave out is in it: each reject has its reason, each table is written aside and renamed, each
facts table is proven to give one verdict a subject, each line of the queue is tested field by field.
"""

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import make_job
from job import Job, header, measured, trailer

from arrears import __version__, house
from arrears.data.store import write_aside
from arrears.data.warehouse import Connection, file_list, sql_text, warehouse, write_parquet
from arrears.errors import ArrearsError
from arrears.intake.load.lines import LINE_NO, make_lines
from arrears.law.decide import proof_select
from arrears.layout import load_layout, read_select, write_select

SQL = Path(__file__).with_name("sql")
STATE = sys.argv[3] if len(sys.argv) > 3 else "me"
CLAIM = (
    "record_type",
    "action",
    "ssn",
    "person_number",
    "last_name",
    "first_name",
    "date_of_birth",
    "amount",
)


def work(job: Job, out: Path) -> Iterator[str]:
    """All of it, step by step."""
    with warehouse() as con:
        for name, path in job.tables.items():
            con.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({file_list([path])})")
        stage(con, job, out)
        yield "stage"
        link(con, job, out)
        yield "match"
        days = {"as_of": job.as_of, "year_before": job.year_before}
        write_parquet(con, sql_text(SQL / "case_money.sql"), out / "case_money.parquet", days)
        yield "money"
        decide(con, job, out)
        yield "decide"
        write_claims(con, job, out)
        yield "queue"


def stage(con: Connection, job: Job, out: Path) -> None:
    """Makes the typed rows of each feed a table, and writes them and the rejects with their reasons."""
    for feed, (_, record, *_) in zip(job.feeds, make_job.FEEDS, strict=True):
        make_lines(con, Path(feed.path))
        layout = load_layout(house.FEEDS / feed.name / f"{record}.csv")
        own = f"(SELECT {LINE_NO} AS line_no, l FROM lines WHERE starts_with(l, '{feed.mark}'))"
        con.execute(f"CREATE OR REPLACE TEMP TABLE {feed.name} AS {read_select(layout, own)}")
        told = "fault_field, fault_reason, fault_value"
        clean = f"SELECT * EXCLUDE ({told}) FROM {feed.name} WHERE fault_reason IS NULL ORDER BY source_line"
        rejects = (
            f"SELECT source_line, {told} FROM {feed.name} WHERE fault_reason IS NOT NULL ORDER BY source_line"
        )
        write_parquet(con, clean, out / f"staged_{feed.name}.parquet")
        write_parquet(con, rejects, out / f"rejects_{feed.name}.parquet")


def link(con: Connection, job: Job, out: Path) -> None:
    """Writes which person a row of a feed speaks of, feed after feed."""
    text, parts = sql_text(SQL / "links.sql"), []
    for number, feed in enumerate(job.feeds):
        rows = f"(SELECT *, {feed.number} AS number FROM {feed.name} WHERE fault_reason IS NULL)"
        own = text.replace("$feed", f"$feed_{number}").replace("FROM staged", f"FROM {rows} AS staged")
        parts.append(f"({own})")
    named = {f"feed_{number}": feed.name for number, feed in enumerate(job.feeds)}
    write_parquet(con, " UNION ALL ".join(parts), out / "links.parquet", named)


def decide(con: Connection, job: Job, out: Path) -> None:
    """Writes every condition of every subject and the verdicts, and proves one row a subject."""
    wides = asked(job.as_of)
    con.execute("CREATE SCHEMA facts")
    for one in job.questions:
        wide, relation = wides[one.facts], f"facts.{one.facts}"
        con.execute(f"CREATE VIEW {relation} AS SELECT * FROM read_parquet({file_list([one.path])})")
        path = out / f"verdicts_{one.facts}.parquet"
        write_parquet(con, f"{wide.select(relation)} ORDER BY subject_id", path, wide.bound)
        row = con.execute(proof_select(wide, relation, path)).fetchone() or ()
        if len(set(row[:4])) != 1:
            raise ArrearsError("Subjects without one verdict", relation, "Look at the facts")


def asked(as_of: date) -> dict[str, make_job.Wide]:
    """What the remedies ask; read once, as the peers have their expressions before they begin."""
    if as_of not in _ASKED:
        _ASKED[as_of] = make_job.asked(STATE, as_of)
    return _ASKED[as_of]


_ASKED: dict[date, dict[str, make_job.Wide]] = {}


def write_claims(con: Connection, job: Job, out: Path) -> None:
    """Writes the queue file, each line tested field by field."""
    facts, verdict, amount = job.claims
    kept = f"read_parquet({file_list([out / f'verdicts_{facts}.parquet'])})"
    decided = f'SELECT person_id, "{verdict}" AS flagged, {amount} AS amount FROM {kept}'
    con.execute(f"CREATE OR REPLACE TEMP VIEW decided AS {decided}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE claim AS {sql_text(SQL / 'claims.sql')}")
    layout = load_layout(house.QUEUES / "lottery" / "record.csv")
    select = write_select(layout, "claim", "person_number", CLAIM, ("amount",))
    rows = con.execute(f"SELECT l, amount, fault_reason FROM ({select})").fetchall()
    if any(one[2] for one in rows):
        raise ArrearsError("A record does not fit its layout", layout.path, "Look at the record")
    whole = [header(job), *(one[0] for one in rows), trailer(len(rows), sum(one[1] for one in rows))]
    write_aside(out / "lottery.txt", ("\n".join(whole) + "\n").encode("latin-1"))


if __name__ == "__main__":
    measured(work, arrears=__version__)
