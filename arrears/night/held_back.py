"""What a broken bound keeps back: as little as it proves wrong, and told with its reason.

A row that breaks a bound concerns whom it is about; many such rows, or a bound on a table as a whole,
concern what is made of the table: a queue, the remedies that rest on it, and only for the caseload and
the facts that everything rests on, the night. What lightens leaves also where the facts of its subject
are in doubt; a record or a queue that is in doubt itself does not.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from arrears import house
from arrears.data.store import write_aside
from arrears.data.warehouse import Connection, attach_arrow, quote
from arrears.expectations import Check, Outcome, few_rows
from arrears.night.layers import load_facts
from arrears.night.run import Night

FILE = "aside.json"
SUBJECTS = pa.schema([(name, pa.string()) for name in ("case_id", "person_id", "subject_id", "why")])
RECORDS = pa.schema([("queue", pa.string()), ("record_no", pa.int64()), ("why", pa.string())])
REMEDIES = pa.schema([("remedy", pa.string()), ("why", pa.string())])
QUEUES = pa.schema([("queue", pa.string()), ("why", pa.string())])


@dataclass
class Aside:
    """What the checks of a run keep back, each with why: subjects, records, remedies and queues."""

    subjects: list[dict[str, Any]] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    remedies: list[dict[str, Any]] = field(default_factory=list)
    queues: list[dict[str, Any]] = field(default_factory=list)


def sort_stops(
    night: Night, con: Connection, outcome: Outcome, let_in: Collection[str] = ()
) -> tuple[Outcome, Aside]:
    """The outcome with each broken stop by its true reach, and what is kept back because of it.

    `let_in` are the feeds of which a person let a file in that had been held: of their files as a
    whole a person has spoken.
    """
    aside = Aside()
    if not outcome.stops:
        return outcome, aside
    modules = remedies_by_table(night)
    checks = [
        check if check.success or check.severity != "stop" else _reach(con, check, aside, modules)
        for check in outcome.checks
    ]
    spoken = {f"staging.{feed}" for feed in let_in}
    checks = [
        replace(check, severity="warn")
        if check.severity == "stop" and not check.success and check.table in spoken
        else check
        for check in checks
    ]
    return replace(outcome, checks=tuple(checks)), aside


def remedies_by_table(night: Night) -> dict[str, list[str]]:
    """The remedies that rest on what each module of the facts makes, by its tables; the core's are absent."""
    _, *modules = load_facts(house.FACTS)
    return {
        f"facts.{table}": [name for name, card in night.cards.items() if card.facts in layer.tables]
        for layer in modules
        for table in layer.tables
    }


def _reach(con: Connection, check: Check, aside: Aside, modules: Mapping[str, list[str]]) -> Check:
    """The check with how far it reaches, after adding what it keeps back."""
    layer, _, table = check.table.partition(".")
    rows = few_rows(con, check)
    if layer == "queues":
        if rows:
            told = [{"queue": table, "record_no": row["record_no"], "why": check.why} for row in rows]
            aside.records += told
            return replace(check, severity="aside")
        aside.queues.append({"queue": table, "why": check.why})
        return replace(check, severity="hold")
    subjects = _subjects(con, check.table, rows) if rows else []
    if subjects:
        aside.subjects += [{**one, "why": check.why} for one in subjects if set(one.values()) != {None}]
        return replace(check, severity="aside")
    if check.table in modules:
        aside.remedies += [{"remedy": name, "why": check.why} for name in modules[check.table]]
        return replace(check, severity="hold")
    return check


def _subjects(con: Connection, table: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Whom these rows of a table are about: case, person or both; else the subject, whatever it is.

    A row that names nobody is about nobody in particular: it burdens nobody, and is somebody's work.
    """
    attach_arrow(con, "broken_row", pa.Table.from_pylist(rows))
    keys = list(rows[0])
    have = {name for (name,) in con.execute(f"SELECT column_name FROM (DESCRIBE {table})").fetchall()}
    if not set(keys) <= have:
        return []
    case = "whole.case_id" if "case_id" in have else "NULL"
    owner = next((f"whole.{name}" for name in ("person_id", "obligor_id") if name in have), "NULL")
    linked = ""
    if table.startswith("staging.") and {"source_file", "source_line"} <= have:
        # Whom a partner's row was matched to is whom it is about, whatever number it carries itself.
        owner = f"coalesce(link.person_id, {owner})"
        linked = f"""LEFT JOIN match.links AS link ON link.feed = {quote(table.partition(".")[2])}
          AND link.source_file = whole.source_file AND link.source_line = whole.source_line"""
    subject = "whole.subject_id" if "subject_id" in have and case == owner == "NULL" else "NULL"
    found = con.execute(
        f"""SELECT DISTINCT CAST({case} AS VARCHAR) AS case_id, CAST({owner} AS VARCHAR) AS person_id,
              CAST({subject} AS VARCHAR) AS subject_id
            FROM {table} AS whole SEMI JOIN broken_row USING ({", ".join(keys)}) {linked} ORDER BY ALL"""
    ).to_arrow_table()
    return list(found.to_pylist())


def write_kept_back(folder: Path, aside: Aside) -> None:
    """Writes down what a run's checks keep back, for its release and for whoever reads it later."""
    write_aside(folder / FILE, json.dumps(vars(aside), indent=1, sort_keys=True).encode() + b"\n")


def attach_aside(con: Connection, folder: Path) -> None:
    """Makes `aside_subject`, `aside_record`, `aside_remedy` and `aside_queue` of a run, or empty."""
    path = folder / FILE
    told = json.loads(path.read_text()) if path.exists() else {}
    shapes = {"subjects": SUBJECTS, "records": RECORDS, "remedies": REMEDIES, "queues": QUEUES}
    names = {"subjects": "subject", "records": "record", "remedies": "remedy", "queues": "queue"}
    for kind, shape in shapes.items():
        attach_arrow(con, f"aside_{names[kind]}", pa.Table.from_pylist(told.get(kind, []), shape))
