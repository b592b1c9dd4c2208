"""DuckDB over Parquet: the only door to the engine.

A connection lives in memory, belongs to one step, and never sees the network. Tables of a night
are Parquet files, written aside and renamed, so that a reader never meets half a table.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from arrears.data.digests import digest_column
from arrears.data.watched import watched
from arrears.data.writes import give_name, reached
from arrears.errors import ArrearsError
from arrears.sqltext import parameters

# What the engine may use where nobody says otherwise: of its own default, which is 80 % of what the machine
# or the container has, three quarters. The rest is for Arrow, Python and the scheduler.
_SHARE = 0.75
_READ_WHOLE = 100_000
# Rows that the engine keeps, reads and writes together, and gives to one thread.
ROW_GROUP = 122_880
Connection = duckdb.DuckDBPyConnection
EngineError = duckdb.Error  # its text may hold data: never show it
# How many rows one statement may read of tables in memory that it asks one after another.
_ROWS_TOGETHER = 1_000_000
# What data or SQL can cause; a full disk, too little memory and the like are not among them.
DATA_FAULTS = (duckdb.DataError, duckdb.ProgrammingError)


@contextmanager
def warehouse(spill: Path | None = None) -> Iterator[Connection]:
    """An empty in-memory DuckDB with bounded memory, no network and UTC time.

    It uses every core and 60 % of the memory of the machine, or what `ARREARS_THREADS` and
    `ARREARS_MEMORY_LIMIT` (such as `8GB`) say: both are for one process, so divide where several run.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "memory_limit": memory_limit(),
        "preserve_insertion_order": True,
        "threads": cores(),
    }
    own_spill = ""
    if spill is not None:
        # Engines name what they spill alike: two in one folder would write into each other's.
        spill.mkdir(parents=True, exist_ok=True)
        config["temp_directory"] = own_spill = tempfile.mkdtemp(prefix="engine-", dir=spill)
    con = watched(duckdb.connect(":memory:", config=config))
    try:
        yield con
    finally:
        con.close()
        if own_spill:
            shutil.rmtree(own_spill, ignore_errors=True)


def cores() -> int:
    """How many cores one process may keep busy: the machine's, or as many as `ARREARS_THREADS` says."""
    said = os.environ.get("ARREARS_THREADS")
    return int(said) if said else len(os.sched_getaffinity(0))


def fit_threads(con: Connection, relation: str) -> None:
    """Gives one statement as many threads as a table of this size has row groups for, all the same one.

    A second thread that finds no row group of its own costs more than it does; what else there is of cores is
    kept busy by the statements beside it (`side_by_side`).
    """
    [rows] = con.execute(f"SELECT count(*) FROM {relation}").fetchone() or (0,)
    con.execute(f"SET threads={max(1, min(cores(), int(rows) // ROW_GROUP))}")


def memory_limit() -> str:
    """How much memory a new connection may use, in the engine's own words."""
    return os.environ.get("ARREARS_MEMORY_LIMIT") or _share_of_memory()


@cache
def _share_of_memory() -> str:
    with duckdb.connect(":memory:") as con:
        [default] = con.execute("SELECT current_setting('memory_limit')").fetchone() or ("4.0 GiB",)
    size, unit = str(default).split()
    return f"{float(size) * _SHARE:.1f}{unit}"


@contextmanager
def making(con: Connection, name: str) -> Iterator[None]:
    """Tells of which table it was where the memory limit is met while one is made."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        [limit] = con.execute("SELECT current_setting('memory_limit')").fetchone() or ("",)
        raise ArrearsError(
            f"{name} needs more memory than the engine may use ({limit})",
            "ARREARS_MEMORY_LIMIT",
            "Set it to more, such as 12GB, or set ARREARS_THREADS to fewer, and run the same again",
        ) from None


@contextmanager
def lent(con: Connection | None) -> Iterator[Connection]:
    """The connection that is given, left open for its owner; a new one of its own where none is given."""
    if con is not None:
        yield con
        return
    with warehouse() as own:
        yield own


def load_crypto(con: Connection) -> None:
    """Lets this connection write encrypted Parquet.

    DuckDB writes with OpenSSL only, which it takes from its httpfs extension; the file comes with
    the installed package, carries DuckDB's own signature and opens no connection by being loaded.
    """
    package = importlib.util.find_spec("duckdb_extension_httpfs")
    folder = Path(package.origin).parent if package and package.origin else None
    found = sorted(folder.rglob("httpfs.duckdb_extension")) if folder else []
    if not found:
        raise ArrearsError(
            "The package duckdb_extension_httpfs is not installed", "vault", "Run `make ready`"
        )
    con.execute(f"LOAD {quote(str(found[-1]))}")
    # From here on numbers of people may be in memory, and what is in memory may spill to disk.
    con.execute("SET temp_file_encryption=true")


def quote(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def text_list(texts: Iterable[str]) -> str:
    """A list of texts as an SQL literal."""
    return f"[{', '.join(map(quote, texts))}]"


def file_paths(*paths: Path | str) -> list[str]:
    """Paths as the parameter that `read_parquet` takes.

    Refuses a path that DuckDB would expand: `pay[1].parquet` would read `pay1.parquet`.
    """
    for path in paths:
        if any(letter in str(path) for letter in "*?[]"):
            raise ArrearsError(
                "A path holds a glob letter", path, "Move the store to a plainly named folder."
            )
    return [str(path) for path in paths]


def file_list(paths: Sequence[Path | str]) -> str:
    """Paths as a list in the text of a statement, for one that takes no parameters."""
    return text_list(file_paths(*paths))


def attach_parquet(con: Connection, name: str, paths: list[Path]) -> None:
    """Makes `schema.table` a view over Parquet files with equal columns."""
    attach_views(con, {name: parquet_rows(paths)})


def parquet_rows(paths: list[Path]) -> str:
    """The SELECT of all rows of Parquet files with equal columns."""
    return f"SELECT * FROM read_parquet({file_list(paths)}, union_by_name=true)"


def attach_views(con: Connection, selects: Mapping[str, str]) -> None:
    """Makes each `schema.table` a view of its SELECT, all in one go."""
    attach_arrows(con, {}, selects)


def attach_arrow(con: Connection, name: str, table: pa.Table) -> None:
    """Makes `schema.table` a table holding these rows."""
    attach_arrows(con, {name: table})


def attach_arrows(
    con: Connection, tables: Mapping[str, pa.Table], views: Mapping[str, str] | None = None
) -> None:
    """Makes each `schema.table` a table of these rows, and each view one of its SELECT, all in one go."""
    schemas = dict.fromkeys(name.split(".")[0] for name in (*tables, *(views or {})) if "." in name)
    made = [f"CREATE SCHEMA IF NOT EXISTS {schema}" for schema in schemas]
    for place, (name, table) in enumerate(tables.items()):
        con.register(f"arriving_{place}", table)
        made.append(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM arriving_{place}")
    made += [f"CREATE OR REPLACE VIEW {name} AS {select}" for name, select in (views or {}).items()]
    if made:
        con.execute(";\n".join(made))
    for place in range(len(tables)):
        con.unregister(f"arriving_{place}")


def attach_blocks(con: Connection, name: str, blocks: Iterator[pa.Table]) -> None:
    """Makes `schema.table` a table of the rows of the blocks, at least one; none waits for the next."""
    attach_arrow(con, name, next(blocks))
    for block in blocks:
        con.register("arriving", block)
        con.execute(f"INSERT INTO {name} SELECT * FROM arriving")
        con.unregister("arriving")


def lend_arrow(con: Connection, name: str, table: pa.Table) -> None:
    """Lets statements read these rows under a name, where they lie and without a copy."""
    con.register(name, table)


def column_types(con: Connection, relation: str) -> dict[str, str]:
    """The columns of a table or view in order, each with its type."""
    found = con.table(relation)
    return dict(zip(found.columns, map(str, found.types), strict=True))


def column_names(con: Connection, relation: str) -> list[str]:
    """The columns of a table or view, in order."""
    return list(con.sql(f"FROM {relation}").columns)


def write_parquet(
    con: Connection,
    select: str,
    path: Path,
    params: Mapping[str, Any] | None = None,
    group: int = ROW_GROUP,
    told: Mapping[str, str] | None = None,
) -> int:
    """The number of rows written: the SELECT's result as Parquet, written aside, then renamed.

    `group` is how many rows are read at least to find one of them; `told` is what the file says of itself.

    The caller's SELECT carries a total ORDER BY, which makes the rows (not the bytes) the same
    on every machine.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    says = ", ".join(f"{name}: {quote(text)}" for name, text in (told or {}).items())
    how = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {group}"
    how += f", KV_METADATA {{{says}}}" if says else ""
    with making(con, path.stem):
        row = con.execute(f"COPY ({select}) TO {quote(str(aside))} ({how})", params or {}).fetchone()
    reached(f"aside {path.name}")
    give_name(aside, path)
    reached(f"renamed {path.name}")
    return int(row[0]) if row else 0


def write_tables(con: Connection, selects: Mapping[Path, str], what: str) -> None:
    """Writes several tables as `write_parquet` does, all in one go; `what` is what they are together."""
    asides = {path: path.with_name(f".{path.name}.{os.getpid()}.part") for path in selects}
    for folder in {path.parent for path in selects}:
        folder.mkdir(parents=True, exist_ok=True)
    how = f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
    copies = [f"COPY ({select}) TO {quote(str(asides[path]))} {how}" for path, select in selects.items()]
    with making(con, what):
        con.execute(";\n".join(copies))
    for path, aside in asides.items():
        reached(f"aside {path.name}")
        give_name(aside, path)
        reached(f"renamed {path.name}")


def content_hash(path: Path) -> str:
    """A hash of the rows of a Parquet table in their order: equal for any machine and library version.

    It covers names, types and values column by column, not the bytes of the file, which carry the
    writer's version and its choice of encodings.
    """
    file, digest = pq.ParquetFile(path), hashlib.sha256()
    rows = file.metadata.num_rows
    # A large table is read column by column: all of it at once could be more than the memory.
    small = file.read() if rows <= _READ_WHOLE else None
    for field in file.schema_arrow:
        digest.update(f"{field.name}\0{field.type}\0{rows}\0".encode())
        read = file.read(columns=[field.name]) if small is None else small
        digest_column(read[field.name].combine_chunks(), digest)
    return digest.hexdigest()


def row_count(path: Path) -> int:
    """The rows of a Parquet table, as its foot tells them."""
    return int(pq.read_metadata(path).num_rows)


_OF_NO_ROWS = re.compile(r"CREATE (OR REPLACE )?(TEMP )?VIEW\b|DROP (TABLE|VIEW)\b")


def statements_in(text: str) -> int:
    """How many statements a text holds that work on rows: to define a view, or to drop a table, is none."""
    try:
        found = [one.query.lstrip() for one in duckdb.extract_statements(text)]
    except duckdb.Error:
        return 1
    return sum(_OF_NO_ROWS.match(one) is None for one in found)


def sql_text(path: Path) -> str:
    """The one SELECT in a file, without the sign that ends it."""
    return path.read_text(encoding="utf-8").strip().rstrip(";")


def run_sql_file(
    con: Connection, path: Path, name: str, params: Mapping[str, Any], is_temporary: bool = False
) -> None:
    """Makes the table `name` from the one SELECT in a file, binding those parameters that it names."""
    text, kind = sql_text(path), "TEMP TABLE" if is_temporary else "TABLE"
    with making(con, name):
        con.execute(f"CREATE OR REPLACE {kind} {name} AS\n{text}", named(text, params))


def add_sql_file(con: Connection, path: Path, name: str, params: Mapping[str, Any]) -> None:
    """Adds the rows of the one SELECT in a file to the table `name`, column by column of the same name."""
    text = sql_text(path)
    con.execute(f"INSERT INTO {name} BY NAME\n{text}", named(text, params))


def ask_sql_file(con: Connection, path: Path, params: Mapping[str, Any] | None = None) -> Connection:
    """The answer of the one statement in a file, to be fetched; it binds those parameters that it names."""
    text = sql_text(path)
    return con.execute(text, named(text, params or {}))


def ask_all(con: Connection, asked: Iterable[tuple[str, int]]) -> list[tuple[Any, ...]]:
    """The rows that SELECTs of one shape answer, small relations in one statement.

    Each is told with how many rows it reads. DuckDB 1.5 stands still forever where one statement reads so
    many tables in memory that what it holds of each does not fit into the limit at once, and not even an
    interrupt ends it (2.0 goes on): so what is large is asked alone.
    """
    found: list[tuple[Any, ...]] = []
    for together in _groups(asked):
        found += con.execute(" UNION ALL ".join(together)).fetchall()
    return found


def _groups(asked: Iterable[tuple[str, int]]) -> Iterator[list[str]]:
    group, held = list[str](), 0
    for select, rows in asked:
        if group and held + rows > _ROWS_TOGETHER:
            yield group
            group, held = [], 0
        group.append(select)
        held += rows
    if group:
        yield group


def named(text: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the parameters that an SQL text names."""
    return {one: params[one] for one in parameters(text)}
