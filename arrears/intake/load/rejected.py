"""Of whom a rejected row would have told: a bad line is not the same as no line.

Beside its rows a delivery of tables stages, for every rejected one, the case and person that it names
as far as they can be read, and every other row that it names. A night sees those that no later good row
of the same key has made good.
"""

from collections.abc import Sequence
from pathlib import Path

from arrears.data.warehouse import Connection, file_list, quote
from arrears.intake.feeds import Feed
from arrears.intake.load.masking import id_sql
from arrears.layout.tables import TableContract
from arrears.sqltext import columns, no_rows

REJECTED = "rejected"
FILE = f"{REJECTED}.parquet"
_LINE = {
    **dict.fromkeys(("table_name", "case_id", "person_id"), "VARCHAR"),
    # Where the row stood (not known of what was noted before places were), and all that it names.
    "source_line": "BIGINT",
    "named": "STRUCT(column_name VARCHAR, id VARCHAR)[]",
}
_NOTHING_NOTED = no_rows({**_LINE, "row_key": "VARCHAR"})
# The person of whom a row tells, by the column that names them, best first.
_PERSON = ("person_id", "obligor_id")
_KEY_BREAK = "chr(31)"


def rejected_rows(con: Connection, tables: Sequence[TableContract]) -> str:
    """SQL for the subjects of the faulty rows of each `typed_<table>`; what cannot be read is NULL."""
    each = [_NOTHING_NOTED, *(_rejected_of(con, table) for table in tables)]
    return f"{' UNION ALL BY NAME '.join(each)} ORDER BY ALL"


def _rejected_of(con: Connection, table: TableContract) -> str:
    typed = f"typed_{table.name}"
    # A number of a person may stand where the identifier should, and may be why the row is at fault.
    ids = [name for name in table.names if name.endswith("_id")]
    parts = ", ".join(f"{id_sql(con, typed, name)} AS {name}" for name in ids)
    named = ", ".join(f"{{'column_name': {quote(name)}, 'id': {_legible(name)}}}" for name in ids)
    asked = {
        "table_name": quote(table.name),
        "case_id": _readable(table, ("case_id",)),
        "person_id": _readable(table, _PERSON),
        "source_line": "source_line",
        "named": f"list_filter([{named}], lambda one: one.id IS NOT NULL)",
        "row_key": _key(table),
    }
    masked = f"SELECT * {f'REPLACE ({parts})' if parts else ''} FROM {typed} WHERE fault_reason IS NOT NULL"
    return f"SELECT {columns(asked)} FROM ({masked})"


def attach_rejected(con: Connection, feed: Feed, deliveries: Sequence[tuple[Path, bool]]) -> None:
    """Makes `<feed>.rejected_lines` of the deliveries in force and `<feed>.rejected`.

    Given are, in their order, the folder of each and whether it has rejects. The second table says of whom
    each table is not known; a line that names nobody counts there as of everybody until it is seen whom it
    may mean.
    """
    name, folders = f"{feed.name}.rejected_lines", [folder for folder, _ in deliveries]
    con.execute(f"CREATE OR REPLACE TABLE {name} AS {no_rows({**_LINE, 'source_file': 'VARCHAR'})}")
    for n, (folder, has_rejects) in enumerate(deliveries, 1):
        if not has_rejects:
            continue
        if not (folder / FILE).exists():
            _as_everybody(con, name, folder)
            continue
        read = f"SELECT * FROM read_parquet({file_list([folder / FILE])})"
        noted = f"({_NOTHING_NOTED} UNION ALL BY NAME {read})"
        bad = {str(row[0]) for row in con.execute(f"SELECT DISTINCT table_name FROM {noted}").fetchall()}
        for table in (feed.tables[one] for one in sorted(bad & set(feed.tables))):
            later = [one / f"{table.name}.parquet" for one in folders[n:]]
            later = [path for path in later if path.exists()]
            good = f"SELECT {_key(table)} AS row_key FROM read_parquet({file_list(later)})" if later else ""
            rows = f"SELECT * EXCLUDE (row_key), {quote(folder.name)} FROM {noted}"
            made_good = f"ANTI JOIN ({good}) USING (row_key)" if later else ""
            con.execute(f"INSERT INTO {name} {rows} {made_good} WHERE table_name = {quote(table.name)}")
    whom = f"SELECT DISTINCT table_name, case_id, person_id FROM {name}"
    con.execute(f"CREATE OR REPLACE TABLE {feed.name}.rejected AS {whom}")


def _as_everybody(con: Connection, name: str, folder: Path) -> None:
    """Of a delivery that noted no subjects, each table with a reject may have told of anybody."""
    if (folder / "rejects.parquet").exists():
        tables = f"SELECT DISTINCT table_name FROM read_parquet({file_list([folder / 'rejects.parquet'])})"
        con.execute(f"INSERT INTO {name} (table_name) {tables}")


def _readable(table: TableContract, names: tuple[str, ...]) -> str:
    column = next((name for name in names if name in table.names), None)
    return _legible(column) if column else "NULL"


def _legible(column: str) -> str:
    """SQL for an identifier as far as it can be read."""
    return f"nullif(replace({column}, chr(0), ''), '')"


def _key(table: TableContract) -> str:
    parts = (f"coalesce(CAST({column} AS VARCHAR), '')" for column in table.key)
    return f"concat_ws({_KEY_BREAK}, {', '.join(parts)})"
