"""A table that a partner sent whole, delimited or Parquet, as typed rows with their faults."""

from pathlib import Path

from arrears.data.encrypted_files import engine_path
from arrears.data.warehouse import Connection, ask_sql_file, file_list, quote
from arrears.errors import ArrearsError
from arrears.intake.feeds import Feed
from arrears.layout.tables import TableContract, typed_select

SQL = Path(__file__).with_name("sql")

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_HEADER_LIMIT = 65536


def is_parquet(path: Path) -> bool:
    """Whether the bytes begin as Parquet does."""
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def header_names(path: Path, feed: Feed) -> list[str]:
    """The column names in the first line of a delimited file; an empty list if it is not text."""
    with path.open("rb") as file:
        first = file.readline(_HEADER_LIMIT)
    try:
        line = first.decode(feed.encoding).lstrip(_BOM).rstrip("\r\n")
    except UnicodeDecodeError:
        return []
    return [name.strip('"') for name in line.split(feed.delimiter)]


def csv_relation(path: Path, feed: Feed, names: list[str], keep_faults: bool = False) -> str:
    """SQL for the rows of a delimited file, every column text in the file's order; nothing is sniffed.

    `keep_faults` notes lines that do not parse, for `broken_lines`, instead of stopping.
    """
    columns = ", ".join(f"{quote(name)}: 'VARCHAR'" for name in names)
    faults = ", store_rejects=true" if keep_faults else ""
    return f"""read_csv({quote(engine_path(path))}, columns={{{columns}}}, header=true, auto_detect=false,
                        delim={quote(feed.delimiter)}, quote='"', escape='"', encoding='{feed.encoding}',
                        strict_mode=true, null_padding=false{faults})"""


def broken_line(con: Connection, path: Path) -> tuple[int, str] | None:
    """The first line of a file that did not parse when it was read with `keep_faults`, and why."""
    row = ask_sql_file(con, SQL / "first_broken_line.sql", {"path": str(engine_path(path))}).fetchone()
    return (int(row[0]), str(row[1])) if row else None


def physical_types(con: Connection, path: Path) -> dict[str, str]:
    """The types of a Parquet file's columns; a column without any value counts as text."""
    source = f"read_parquet({file_list([engine_path(path)])})"
    found = {row[0]: str(row[1]) for row in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    # A writer that saw only missing values had no type to write; DuckDB then shows INTEGER.
    doubtful = [name for name, kind in found.items() if kind in ("INTEGER", '"NULL"')]
    if doubtful:
        counts = ", ".join(f'count("{name}")' for name in doubtful)
        row = con.execute(f"SELECT {counts} FROM {source}").fetchone() or ()
        found |= {name: "VARCHAR" for name, count in zip(doubtful, row, strict=True) if count == 0}
    return found


def typed_sql(
    con: Connection, feed: Feed, table: TableContract, path: Path, keep_faults: bool = False
) -> str:
    """SQL for the typed rows of a whole table: its columns, source_line and the first fault a row.

    `source_line` counts records as lines: for delimited text the header is line 1, for Parquet the
    first row is.
    """
    if is_parquet(path):
        types = physical_types(con, path)
        given = [name for name in table.names if name in types]
        cast = ", ".join(
            f"CAST({name} AS VARCHAR) AS {name}" if types[name] == "VARCHAR" else name for name in given
        )
        cast += _blanks(table, given)
        types = dict.fromkeys(table.names, "VARCHAR") | types
        rows = f"""(SELECT file_row_number + 1 AS source_line, {cast}
                    FROM read_parquet({file_list([engine_path(path)])}, file_row_number=true))"""
        return typed_select(table, rows, types)
    names = header_names(path, feed)
    columns = csv_relation(path, feed, names, keep_faults)
    rows = f"(SELECT row_number() OVER () + 1 AS source_line, *{_blanks(table, names)} FROM {columns})"
    return typed_select(table, rows, dict.fromkeys(table.names, "VARCHAR"))


def _blanks(table: TableContract, given: list[str]) -> str:
    """SQL for the columns that a file may come without, where it does: blank in every row."""
    return "".join(f", CAST(NULL AS VARCHAR) AS {name}" for name in table.names if name not in given)


def make_typed(con: Connection, feed: Feed, table: TableContract, path: Path) -> None:
    """Turns a whole table into `typed_<table>`; a row whose key stood there before is at fault."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE typed_{table.name} AS {typed_sql(con, feed, table, path)}")
    _fault_repeated_keys(con, table)


def _fault_repeated_keys(con: Connection, table: TableContract) -> None:
    """Marks every row whose key stood there before: which of two rows is right is not ours to guess."""
    name, key = f"typed_{table.name}", ", ".join(table.key)
    row = con.execute(f"SELECT count(*) - count(DISTINCT ({key})) FROM {name}").fetchone()
    if row is None:
        raise ArrearsError("A table could not be counted", table.name)
    if row[0]:
        con.execute(
            f"""UPDATE {name} SET fault_reason = 'key given twice in the file', fault_field = '{table.key[0]}'
                WHERE fault_reason IS NULL AND source_line NOT IN (
                  SELECT min(source_line) FROM {name} WHERE fault_reason IS NULL GROUP BY {key})"""
        )
