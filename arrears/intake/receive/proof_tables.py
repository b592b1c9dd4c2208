"""What whole tables must prove before they are taken: their columns, rows, sums, and how many are at fault.

Every check returns one plain sentence where it fails. None shows a value of a row.
"""

from collections.abc import Mapping, Sequence

from arrears.data.warehouse import Connection, EngineError, ask_all, quote
from arrears.intake.feeds import Feed
from arrears.intake.load.whole import broken_lines, header_names, physical_types, typed_sql
from arrears.intake.receive.control import UNTOLD, Control, Promised
from arrears.intake.receive.landing import Landed
from arrears.intake.receive.proofs import Proven, misfit, too_many
from arrears.layout.tables import NUMBERS, TableContract, header_faults, type_faults


def prove_tables(
    con: Connection,
    feed: Feed,
    files: Sequence[tuple[Promised, Landed]],
    control: Control,
    goes_on: bool = False,
) -> Proven:
    """Holds whole tables against their contract and their control file.

    It ends with the first table at fault, or `goes_on` to tell all faults.
    """
    faults, able = list[str](), []
    for promised, landed in files:
        names, types, fault = columns_of(con, feed, promised, landed, control)
        if not fault:
            table = feed.tables[promised.table]
            sql = typed_sql(feed, table, landed.path, names, types, keep_faults=True)
            able.append((promised, landed, sql))
            continue
        faults.append(fault)
        if not goes_on:
            break
    made, unread = _typed(con, able)
    faults = [unread, *faults] if unread else faults
    rows, measured = _measured(con, feed, made, control) if made else ({}, [])
    faults = [*measured, *faults]
    return Proven(next(iter(faults), ""), rows, more=tuple(faults[1:]))


def columns_of(
    con: Connection, feed: Feed, promised: Promised, landed: Landed, control: Control
) -> tuple[list[str], dict[str, str], str]:
    """The columns of a file, the types of one in Parquet, and why it is not the table it should be, if so."""
    if fault := misfit(promised, landed):
        return [], {}, fault
    table, types = feed.tables[promised.table], dict[str, str]()
    try:
        types = physical_types(con, landed.path) if landed.kind == "parquet" else {}
    except EngineError:
        return [], {}, f"{table.name}: the file is not whole Parquet"
    names = list(types) if landed.kind == "parquet" else header_names(landed.path, feed)
    if fault := _shape_fault(feed, table, landed, names, types):
        return [], {}, f"{table.name}: {fault}"
    amounts = {column.name for column in table.columns if column.type in NUMBERS}
    if strange := sorted(set(_sums_of(control, table.name)) - amounts):
        fault = f"{table.name}: the control file sums {', '.join(strange)}, which is not an amount"
    return names, types, fault


def _typed(
    con: Connection, able: Sequence[tuple[Promised, Landed, str]]
) -> tuple[list[tuple[Promised, Landed]], str]:
    """The files that were typed, all in one go, and which is the first that cannot be read, if one is."""
    made = [(promised, landed) for promised, landed, _ in able]
    try:
        con.execute(";\n".join(sql for _, _, sql in able))
    except EngineError:
        for number, (promised, _, sql) in enumerate(able):
            try:
                con.execute(sql)
            except EngineError:
                unread = f"{promised.table}: the file cannot be read as the table it should be"
                return made[:number], unread
    return made, ""


def _sums_of(control: Control, table: str) -> dict[str, int]:
    """What the control file sums of a table, by column."""
    return {
        name.partition(".")[2]: want for name, want in control.sums.items() if name.startswith(f"{table}.")
    }


def _measured(
    con: Connection, feed: Feed, files: Sequence[tuple[Promised, Landed]], control: Control
) -> tuple[dict[str, int], list[str]]:
    """The rows of typed tables, and the faults of what one look at them all counts and sums."""
    looks = []
    for promised, _ in files:
        sums = ", ".join(f"coalesce(sum({name}), 0)" for name in _sums_of(control, promised.table))
        first = "min_by(fault_field || ': ' || fault_reason, source_line)"
        line = "min(source_line) FILTER (fault_reason IS NOT NULL)"
        asked = f"count(*), count(fault_reason), {first}, {line}, CAST([{sums}] AS HUGEINT[])"
        looks.append((f"SELECT {quote(promised.table)}, {asked} FROM typed_{promised.table}", promised.rows))
    found = {row[0]: row[1:] for row in ask_all(con, looks)}
    broken = broken_lines(con, [landed.path for _, landed in files if landed.kind != "parquet"])
    rows, faults = {name: int(of[0]) for name, of in found.items()}, list[str]()
    for promised, landed in files:
        name, (count, bad, first, line, sums) = promised.table, found[promised.table]
        if at := broken.get(landed.path):
            faults.append(f"{name}: line {at[0]} cannot be read: {at[1]}")
        if promised.rows not in (count, UNTOLD):
            faults.append(f"{name}: the control file says {promised.rows} rows, the file has {count}")
        for (column, want), got in zip(_sums_of(control, name).items(), sums, strict=True):
            if got != want:
                faults.append(
                    f"{name}: {column} sums to {got}, the control file says {want}: {got - want} apart"
                )
        if too_many(feed, bad, count):
            faults.append(f"{name}: {bad} of {count} rows cannot be read (first at line {line}, {first})")
    return rows, faults


def _shape_fault(
    feed: Feed, table: TableContract, landed: Landed, names: Sequence[str], types: Mapping[str, str]
) -> str:
    """What is wrong with a table file's columns, or nothing."""
    if landed.kind == "parquet":
        return "; ".join(header_faults(table, names) or type_faults(table, types))
    if landed.nul_bytes and landed.kind == "text":
        return "the file holds NUL bytes"
    return "; ".join(header_faults(table, names)) if names else f"the file is not {feed.encoding} text"
