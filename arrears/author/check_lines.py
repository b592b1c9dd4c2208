"""Every fault of a delivery that has landed: of its control file, of its files as a whole, of each line."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from arrears import house
from arrears.author.kinds import Faults, kinds
from arrears.data.store import Store
from arrears.data.warehouse import Connection, EngineError, quote
from arrears.intake.feeds import Feed
from arrears.intake.load.edits import every_edit_sql
from arrears.intake.load.lines import blocks_of, lines_of, make_lines, make_records
from arrears.intake.load.whole import (
    KEY_TWICE,
    counted,
    every_broken_sql,
    every_fault_sql,
    header_names,
    physical_types,
)
from arrears.intake.receive.control import UNTOLD, Control, Promised, read_control
from arrears.intake.receive.drafts import own_codes
from arrears.intake.receive.landing import Landed
from arrears.intake.receive.proof_tables import columns_of, prove_tables
from arrears.intake.receive.proofs import prove_lines
from arrears.intake.receive.recognize import recognize
from arrears.intake.records import Record
from arrears.law.profile_files import states
from arrears.layout import every_fault_select
from arrears.layout.words import of_column, words_of_layouts

_HEAD = 20  # lines in which a record that carries the state is looked for


def delivery_faults(
    con: Connection,
    store: Store,
    feeds: dict[str, Feed],
    feed: Feed,
    landed: Sequence[Landed],
    state: str,
) -> Faults:
    """Every fault of the files of one delivery, read as a delivery is and judged by nothing before it."""
    controls = [read_control(one.path) for one in landed if one.kind == "control"]
    of_control = [fault for _, fault in controls if fault]
    control = next((one for one, _ in controls if one), None)
    # Only a state that has a profile is one: what a control file says may be anything.
    if not state and control and control.state in states(house.RULES):
        state = control.state
    data = [one for one in landed if one.bytes and one.kind in ("text", "parquet")]
    if feed.format == "tables":
        found = _tables(con, feeds, feed, data, control)
    else:
        found = _lines(con, feeds, feed, data[0], control, state) if data else Faults()
    return replace(found, of_file=[*of_control, *found.of_file], state=state or found.state)


def _lines(
    con: Connection, feeds: dict[str, Feed], feed: Feed, landed: Landed, control: Control | None, state: str
) -> Faults:
    """Every fault of a file of lines; nothing where its content is of another feed."""
    told = recognize(con, feeds, landed, feed.name)
    if told.feed not in ("", feed.name):
        return Faults()
    state = state or _state_told(con, feed, landed)
    codes = own_codes(state or states(house.RULES)[0], feed)
    proven = prove_lines(con, feed, landed, None, control, codes, goes_on=True)
    of_file = [one for one in (proven.fault, *proven.more) if one]
    rows = sum(proven.rows.values())
    if not proven.lines:
        return Faults(of_file, rows=rows, state=state)
    selects = []
    for name, lines in ({one.name: lines_of(one, feed) for one in feed.records} | blocks_of(feed)).items():
        each = every_fault_select(feed.layouts[name], lines, feed.delimiter_of(name))
        selects.append(_of(name, f"SELECT * REPLACE (coalesce(field, '') AS field) FROM ({each})"))
    strange = "source_line, '' AS field, fault_reason AS reason, fault_value AS shown_value"
    selects.append(_of("", f"SELECT {strange} FROM typed_none"))
    if feed.edits_sql:
        edited = f"SELECT record, source_line, reason FROM ({every_edit_sql(feed)})"
        selects.append(f"SELECT *, NULL AS field, NULL AS shown_value FROM ({edited})")
    of_lines, set_aside = kinds(con, selects, _words(feed))
    return Faults(of_file, of_lines, rows, set_aside, state)


def _of(record: str, select: str) -> str:
    return f"SELECT {quote(record)} AS record, * FROM ({select})"


def _state_told(con: Connection, feed: Feed, landed: Landed) -> str:
    """The state whose code the first records of a file carry; nothing where it is none that we know."""
    fields = (*feed.proofs.state_fips, *feed.proofs.state)
    if not fields:
        return ""
    try:
        make_lines(con, landed.path, most_lines=_HEAD)
    except EngineError:
        return ""
    make_records(con, feed)
    said = [con.execute(f"SELECT {one.field} FROM typed_{one.record} LIMIT 1").fetchone() for one in fields]
    told = next((str(row[0]) for row in said if row and row[0]), "")
    return next(
        (
            one
            for one in states(house.RULES)
            if told and (told.startswith(own_codes(one, feed)[0]) or told.lower() == one)
        ),
        "",
    )


def _tables(
    con: Connection, feeds: dict[str, Feed], feed: Feed, data: Sequence[Landed], control: Control | None
) -> Faults:
    """Every fault of whole tables, by their control file or, where none came, by their columns."""
    given = {one.sha256: one for one in data}
    promised = (
        [one for one in control.files if one.sha256 in given and one.table in feed.tables] if control else []
    )
    named = {one.sha256 for one in promised}
    promised += [
        Promised(_nearest_table(con, feeds, feed, one), UNTOLD, one.bytes, one.sha256)
        for one in data
        if one.sha256 not in named
    ]
    parts = [(one, given[one.sha256]) for one in promised]
    terms = control or Control(feed.name, "", date.min, 0, "snapshot", "", tuple(promised))
    proven = prove_tables(con, feed, parts, terms, goes_on=True)
    of_file = [one for one in (proven.fault, *proven.more) if one]
    selects, typed = [], []
    for one, landed in parts:
        names, types, fault = columns_of(con, feed, one, landed, terms)
        table = feed.tables[one.table]
        if fault or one.table not in proven.rows:
            continue
        typed.append(table)
        selects.append(_of(table.name, every_fault_sql(feed, table, landed.path, names, types)))
        if landed.kind == "text":
            broken = every_broken_sql(landed.path)
            selects.append(_of(table.name, f"SELECT *, NULL AS field, NULL AS shown_value FROM ({broken})"))
    counted(con, typed, proven.rows)
    for table in typed:
        twice = f"FROM typed_{table.name} WHERE fault_reason = {quote(KEY_TWICE)}"
        what = f"an earlier row has the same {' and '.join(table.key)}"
        said = f"NULL AS field, {quote(what)} AS reason, NULL AS shown_value"
        selects.append(_of(table.name, f"SELECT source_line, {said} {twice}"))
    of_lines, set_aside = kinds(con, selects, _words(feed))
    return Faults(of_file, of_lines, sum(proven.rows.values()), set_aside)


def _nearest_table(con: Connection, feeds: dict[str, Feed], feed: Feed, landed: Landed) -> str:
    """The table that a file is by its columns, or else the one of which it has most."""
    if (found := recognize(con, feeds, landed)).feed == feed.name:
        return found.table
    try:
        names = set(
            physical_types(con, landed.path) if landed.kind == "parquet" else header_names(landed.path, feed)
        )
    except EngineError:  # it is not whole
        names = set()
    return max(feed.tables.values(), key=lambda one: len(names & set(one.names))).name


def _words(feed: Feed) -> dict[tuple[str, str], str]:
    """What to send instead, by record and field."""
    if feed.format == "tables":
        return {
            (table.name, one.name): of_column(one) for table in feed.tables.values() for one in table.columns
        }
    said = words_of_layouts(feed.layouts)
    return said | {("", ""): f"a line that is {' or '.join(map(_told_by, feed.records))}"}


def _told_by(record: Record) -> str:
    if not record.mark:
        return record.name
    above = f" under {record.under[1]}" if record.under else ""
    return f"{record.name} ({record.mark} at {record.at}{above})"
