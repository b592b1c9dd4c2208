"""A table that a partner sent whole, delimited or Parquet, as typed rows with their faults."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from arrears.data.encrypted_files import engine_path
from arrears.data.warehouse import Connection, ask_all, ask_sql_file, file_list, quote
from arrears.intake.feeds import Feed
from arrears.layout.tables import TableContract, every_fault_select, typed_select

KEY_TWICE = "key given twice in the file"
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


def every_broken_sql(path: Path) -> str:
    """SQL for each line of a file that did not parse when it was read with `keep_faults`, and why."""
    of_file = f"SELECT scan_id, file_id FROM reject_scans WHERE file_path = {quote(str(engine_path(path)))}"
    why = "'cannot be read: ' || lower(error_type) AS reason"
    rows = f"reject_errors JOIN ({of_file}) USING (scan_id, file_id)"
    return f"SELECT DISTINCT line AS source_line, {why} FROM {rows}"


def broken_lines(con: Connection, paths: Sequence[Path]) -> dict[Path, tuple[int, str]]:
    """The first line of each file that did not parse when it was read with `keep_faults`, and why."""
    of = {str(engine_path(path)): path for path in paths}
    if not of:
        return {}
    found = ask_sql_file(con, SQL / "first_broken_lines.sql", {"paths": list(of)}).fetchall()
    return {of[path]: (int(line), str(why)) for path, line, why in found}


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


def make_typed(con: Connection, feed: Feed, table: TableContract, path: Path) -> None:
    """Makes what `typed_sql` says of a whole table."""
    types = physical_types(con, path) if is_parquet(path) else {}
    con.execute(typed_sql(feed, table, path, list(types) or header_names(path, feed), types))


def typed_sql(
    feed: Feed,
    table: TableContract,
    path: Path,
    names: list[str],
    types: Mapping[str, str],
    keep_faults: bool = False,
) -> str:
    """SQL that turns a whole table into `typed_<table>`: its columns, source_line and the first fault a row.

    `source_line` counts records as lines: for delimited text the header is line 1, for Parquet the
    first row is. The rows are kept in `read_<table>`, in file order. `names` are the columns of the file,
    `types` the `physical_types` of a Parquet file, and none for text.
    """
    first, rows, physical = _given(feed, table, path, names, types, keep_faults)
    select = typed_select(table, rows, physical)
    numbered = f"SELECT rowid + {first} AS source_line, * FROM read_{table.name}"
    return f"""CREATE OR REPLACE TEMP TABLE read_{table.name} AS {select};
               CREATE OR REPLACE TEMP VIEW typed_{table.name} AS {numbered}"""


def every_fault_sql(
    feed: Feed, table: TableContract, path: Path, names: list[str], types: Mapping[str, str]
) -> str:
    """SQL for every fault of the rows of a whole table, of each column the first; lines are counted alike."""
    first, rows, physical = _given(feed, table, path, names, types, keep_faults=True)
    numbered = f"(SELECT row_number() OVER () + {first - 1} AS source_line, * FROM {rows})"
    return every_fault_select(table, numbered, physical)


def _given(
    feed: Feed,
    table: TableContract,
    path: Path,
    names: list[str],
    types: Mapping[str, str],
    keep_faults: bool,
) -> tuple[int, str, dict[str, str]]:
    """The line of a table's first row, SQL for its rows as they came, and the types of their columns."""
    of_text = dict.fromkeys(table.names, "VARCHAR")
    if not types:
        rows = f"(SELECT *{_blanks(table, names)} FROM {csv_relation(path, feed, names, keep_faults)})"
        return 2, rows, of_text
    given = [name for name in table.names if name in types]
    cast = ", ".join(
        f"CAST({name} AS VARCHAR) AS {name}" if types[name] == "VARCHAR" else name for name in given
    )
    cast += _blanks(table, given)
    return 1, f"(SELECT {cast} FROM read_parquet({file_list([engine_path(path)])}))", of_text | dict(types)


def _blanks(table: TableContract, given: list[str]) -> str:
    """SQL for the columns that a file may come without, where it does: blank in every row."""
    return "".join(f", CAST(NULL AS VARCHAR) AS {name}" for name in table.names if name not in given)


def counted(
    con: Connection, tables: Sequence[TableContract], rows: Mapping[str, int]
) -> dict[str, tuple[int, int]]:
    """How many rows each typed table has, given how many its file is said to have, and how many are at fault.

    Of rows with one key all but the first are: which of them is right is not ours to guess.
    """
    asked = [
        (
            f"SELECT {quote(one.name)}, count(*), count(fault_reason), count(DISTINCT ({', '.join(one.key)}))"
            f" FROM read_{one.name}",
            rows[one.name],
        )
        for one in tables
    ]
    answers = ask_all(con, asked)
    found = {name: (int(lines), int(bad)) for name, lines, bad, _ in answers}
    repeated = {name for name, lines, _, keys in answers if keys < lines}
    for table in (one for one in tables if one.name in repeated):
        name, key = f"read_{table.name}", ", ".join(table.key)
        row = con.execute(
            f"""UPDATE {name} SET fault_reason = '{KEY_TWICE}', fault_field = '{table.key[0]}'
                WHERE fault_reason IS NULL AND rowid NOT IN (
                  SELECT min(rowid) FROM {name} WHERE fault_reason IS NULL GROUP BY {key})"""
        ).fetchone()
        lines, bad = found[table.name]
        found[table.name] = (lines, bad + int(row[0] if row else 0))
    return found
