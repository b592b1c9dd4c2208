"""Rows of the ledger as Arrow tables: on their way in, on their way out, and their hash.

A night writes hundreds of thousands of them, so that none is ever a dict here: columns are filled, hashed
and handed to the database whole.
"""

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError

from arrears.data.digests import digest_column, letters
from arrears.errors import ArrearsError

Row = Mapping[str, Any]
Rows: TypeAlias = Sequence[Row] | pa.Table
MANY = 500  # rows from which COPY pays on PostgreSQL, and from which a question reads a whole column
UNIQUE_BROKEN = "23505"  # PostgreSQL's code
# What the ledger itself gives every row of a history table.
SET_BY_US = ("position", "at", "state")


def arrow(rows: Rows) -> pa.Table:
    """The rows as a table; what a row of a list does not say is NULL."""
    if isinstance(rows, pa.Table):
        return rows
    names = dict.fromkeys(name for row in rows for name in row)
    return pa.table({name: pa.array([row.get(name) for row in rows]) for name in names})


def text(rows: pa.Table, name: str, otherwise: str = "") -> pa.ChunkedArray:
    """A column as text, days as ISO dates; `otherwise` where there is none."""
    if name not in rows.column_names:
        return pa.chunked_array([pa.repeat(otherwise, rows.num_rows)], pa.string())
    column = rows[name]
    if pa.types.is_timestamp(column.type):
        raise _no_day()
    if pa.types.is_list(column.type):  # the grounds of an ask
        column = pa.chunked_array(
            [[None if one is None else str(one) for one in column.to_pylist()]], pa.string()
        )
    said = column.cast(pa.string())
    said = pc.fill_null(said, "")
    return pc.if_else(pc.equal(said, ""), otherwise, said) if otherwise else said


def whole(rows: pa.Table, name: str, otherwise: int | None = None) -> pa.ChunkedArray:
    """A column of whole numbers, with `otherwise` where there is none."""
    if name not in rows.column_names:
        return pa.chunked_array([pa.repeat(pa.scalar(otherwise, pa.int64()), rows.num_rows)])
    column = rows[name].cast(pa.int64())
    return column if otherwise is None else pc.fill_null(column, otherwise)


def day_text(value: date | datetime | str | None) -> str | None:
    """The day as ISO text."""
    if isinstance(value, datetime):
        raise _no_day()
    return value.isoformat() if isinstance(value, date) else value or None


def plain(row: Row, names: Sequence[str]) -> dict[str, str]:
    """These fields of a row as text, `''` where there is none."""
    return {name: "" if row.get(name) is None else str(row[name]) for name in names}


def _no_day() -> ArrearsError:
    return ArrearsError("A time was given where the ledger needs a date", "", "Pass a date.")


def texts(rows: pa.Table, names: Sequence[str]) -> dict[str, pa.ChunkedArray]:
    """These columns as text, `''` where there is none."""
    return {name: text(rows, name) for name in names}


def without(rows: pa.Table, name: str, have: set[Any]) -> pa.Table:
    """The rows whose value of a column is not among these."""
    if not have or not rows.num_rows:
        return rows
    found = pc.is_in(rows[name], value_set=pa.array(sorted(have), rows.schema.field(name).type))
    return rows.filter(pc.invert(found))


def doubled(rows: pa.Table, names: Sequence[str]) -> pa.Table:
    """The values of these columns that more than one row has, and how many rows each (`count_all`)."""
    counted = rows.select(list(names)).group_by(list(names), use_threads=False).aggregate([([], "count_all")])
    return counted.filter(pc.greater(counted["count_all"], 1))


def whole_rows(table: sa.Table, rows: pa.Table, first: int, state: str, moment: str) -> pa.Table:
    """The rows with every column of a history table, each with its own position from `first` on."""
    if strange := set(rows.column_names) - set(table.columns.keys()):
        raise KeyError(f"{table.name} has no {', '.join(sorted(strange))}")
    ours = {
        "position": pa.array(range(first, first + rows.num_rows), pa.int64()),
        "at": pa.repeat(moment, rows.num_rows),
        "state": pa.repeat(state, rows.num_rows),
    }
    columns = [
        ours[column.name]
        if column.name in SET_BY_US and column.name not in rows.column_names
        else _filled(column, rows)
        for column in table.columns
    ]
    return pa.Table.from_arrays(columns, names=table.columns.keys())


def _filled(column: sa.Column[Any], rows: pa.Table) -> pa.ChunkedArray:
    kind = _kind(column)
    blank = None if column.nullable else _BLANK.get(kind)
    if column.name not in rows.column_names:
        return pa.chunked_array([pa.repeat(pa.scalar(blank, kind), rows.num_rows)], kind)
    found = rows[column.name].cast(kind)
    return found if blank is None else pc.fill_null(found, blank)


_BLOCK = 20_000  # rows that are Python's at once
_MOST = 200_000  # rows of an answer that is read in blocks
_BLANK: dict[pa.DataType, str | bytes] = {pa.string(): "", pa.binary(): b""}


def _kind(column: sa.Column[Any]) -> pa.DataType:
    if isinstance(column.type, sa.LargeBinary):
        return pa.binary()
    return pa.int64() if isinstance(column.type, sa.Integer) else pa.string()


def digest(rows: pa.Table) -> str:
    """The hash by which the chain stands for rows of a history table, in their order.

    A column that is blank throughout is left out, so that one that is added later changes no old hash.
    """
    found = hashlib.sha256(f"{rows.num_rows}\0".encode())
    for name in sorted(rows.column_names):
        column = rows[name].combine_chunks()
        if (blank := _BLANK.get(column.type)) is not None:
            column = pc.fill_null(column, blank)
            is_blank = pc.all(pc.equal(column, blank)).as_py()
        else:
            is_blank = column.null_count == len(column)
        if not is_blank:
            found.update(f"{name}\0".encode())
            digest_column(column, found)
    return found.hexdigest()


def insert(connection: sa.Connection, table: sa.FromClause, rows: pa.Table) -> None:
    """Writes rows that have every column of the table, in the transaction of the connection."""
    if connection.dialect.name == "postgresql" and rows.num_rows >= MANY:
        _copy(connection, table, rows)
        return
    names, mark = ", ".join(rows.column_names), "%s" if connection.dialect.name == "postgresql" else "?"
    marks = ", ".join([mark] * rows.num_columns)
    for first in range(0, rows.num_rows, _BLOCK):
        block = rows.slice(first, _BLOCK)
        values = list(zip(*[column.to_pylist() for column in block.columns], strict=True))
        connection.exec_driver_sql(f"INSERT INTO {table.description} ({names}) VALUES ({marks})", values)


def _copy(connection: sa.Connection, table: sa.FromClause, rows: pa.Table) -> None:
    """Writes many rows by COPY; a value that is there is quoted, one that is not is nothing at all."""
    lines = io.BytesIO()
    for place, column in enumerate(rows.columns):
        if pa.types.is_binary(column.type):
            said = pc.binary_join_element_wise("\\x", to_hex(column), "")
            rows = rows.set_column(place, rows.column_names[place], said)
    how = pa.csv.WriteOptions(include_header=False, quoting_style="all_valid")
    pa.csv.write_csv(rows, lines, how)
    lines.seek(0)
    with closing(connection.connection.cursor()) as cursor:
        copy: Any = cursor
        try:
            copy.copy_expert(
                f"COPY {table.description} ({', '.join(rows.column_names)}) FROM STDIN (FORMAT csv)", lines
            )
        except Exception as error:
            if getattr(error, "pgcode", "") == UNIQUE_BROKEN:
                raise IntegrityError("COPY", None, error) from None
            if isinstance(error, connection.dialect.loaded_dbapi.Error) and connection.connection.closed:
                raise broke_off(connection.engine.url) from None
            raise


def broke_off(url: sa.URL) -> ArrearsError:
    """What to say where the database of a ledger does not answer, or went away in the middle of something."""
    return ArrearsError(
        "The ledger's database does not answer, or broke off",
        url.render_as_string(hide_password=True),
        "Nothing half written counts: check the server and ARREARS_LEDGER_URL, then run the same again.",
    )


class Committed:
    """What a ledger on PostgreSQL holds at one moment, without what is not committed, as columns."""

    def __init__(self, connection: Any, url: sa.URL) -> None:
        self._connection, self._url = connection, url
        self.dialect: sa.Dialect = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]

    def read(self, query: sa.Select[Any], shape: pa.Schema) -> Iterator[pa.Table]:
        """The answer of a query as typed tables, as the driver brings them."""
        text = query.compile(dialect=self.dialect, compile_kwargs={"literal_binds": True})
        for batch in self.ask(str(text)):
            found = {kind.name: _typed(batch.column(kind.name), kind.type) for kind in shape}
            yield pa.table(found, schema=shape)

    def ask(self, text: str) -> Iterator[pa.RecordBatch]:
        """The answer of a statement as the driver types it."""
        from adbc_driver_manager import AdbcStatement, OperationalError

        try:
            with AdbcStatement(self._connection) as statement:
                statement.set_sql_query(text)
                stream, _ = statement.execute_query()
                yield from pa.RecordBatchReader.from_stream(stream)
        except (OperationalError, OSError):
            raise broke_off(self._url) from None


Reader: TypeAlias = sa.Connection | Committed


def read(connection: Reader, query: sa.Select[Any], shape: pa.Schema) -> pa.Table:
    """The answer of a query as a typed table; a day kept as `''` or NULL becomes NULL."""
    return pa.concat_tables(read_blocks(connection, query, shape))


def read_blocks(connection: Reader, query: sa.Select[Any], shape: pa.Schema) -> Iterator[pa.Table]:
    """The same in tables of a bounded size, at least one; the next is read when it is asked for."""
    if isinstance(connection, Committed):
        blocks = connection.read(query, shape)
    else:
        blocks = _read_own(connection, query, shape)
    held, rows, given = list[pa.Table](), 0, False
    for block in (one for one in blocks if one.num_rows):
        held.append(block)
        rows += block.num_rows
        if rows >= _MOST:
            yield pa.concat_tables(held)
            held, rows, given = [], 0, True
    if held or not given:
        yield pa.concat_tables(held) if held else shape.empty_table()


def _read_own(connection: sa.Connection, query: sa.Select[Any], shape: pa.Schema) -> Iterator[pa.Table]:
    found = connection.execute(query)
    names = list(found.keys())
    # The driver's own rows: the library would wrap each of them.
    answer: Any = found.cursor
    while rows := answer.fetchmany(_BLOCK):
        columns = dict(zip(names, zip(*rows, strict=True), strict=True))
        read_as = [pa.array(columns[kind.name], _read_as(kind.type)) for kind in shape]
        typed = [_typed(one, kind.type) for one, kind in zip(read_as, shape, strict=True)]
        yield pa.Table.from_arrays(typed, schema=shape)
    found.close()


def _read_as(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_date(kind) else kind


def _typed(values: pa.Array | pa.ChunkedArray, kind: pa.DataType) -> pa.Array | pa.ChunkedArray:
    said = values.cast(_read_as(kind))
    return pc.if_else(pc.equal(said, ""), None, said).cast(kind) if pa.types.is_date(kind) else said


@contextmanager
def lent(connection: sa.Connection, rows: pa.Table) -> Iterator[sa.TableClause]:
    """A relation of these rows that the database may join with its own, there while this is open."""
    kinds = {pa.string(): "TEXT", pa.int64(): "BIGINT", pa.binary(): "BYTEA"}
    said = ", ".join(f"{one.name} {kinds[one.type]}" for one in rows.schema)
    connection.exec_driver_sql(f"CREATE TEMPORARY TABLE asked ({said})")
    asked = sa.table("asked", *[sa.column(name) for name in rows.column_names])
    if rows.num_rows:
        insert(connection, asked, rows)
    # How few rows these are: else the database may look at all of its own for each of them.
    connection.exec_driver_sql(
        "ANALYZE asked" if connection.dialect.name == "postgresql" else "ANALYZE temp.asked"
    )
    yield asked
    connection.exec_driver_sql("DROP TABLE asked")


def place_of(values: pa.ChunkedArray, among: pa.ChunkedArray) -> pa.ChunkedArray:
    """Where each of these values stands among others; NULL for one that does not."""
    return pc.index_in(values, value_set=among.combine_chunks())


def from_hex(column: pa.ChunkedArray) -> pa.Array:
    """The bytes that texts of a hash stand for; a text that is none is refused."""
    text = column.combine_chunks()
    try:
        data = bytes.fromhex(bytes(letters(text)).decode())
    except ValueError:
        raise ArrearsError("A hash is expected", "", "Pass it as hexadecimal text.") from None
    return _spelled(pc.divide(pc.binary_length(text), 2), data, pa.binary())


def to_hex(column: pa.ChunkedArray) -> pa.Array:
    """The texts of hashes."""
    said = column.combine_chunks()
    return _spelled(pc.multiply(pc.binary_length(said), 2), bytes(letters(said)).hex().encode(), pa.string())


def _spelled(lengths: pa.Array, data: bytes, kind: pa.DataType) -> pa.Array:
    """Texts or bytes of these lengths that lie in memory after one another; none where there is no length."""
    ends = pc.cumulative_sum(pc.fill_null(lengths, 0).cast(pa.int32()))
    places = pa.concat_arrays([pa.array([0], pa.int32()), ends])
    made = pa.Array.from_buffers(kind, len(lengths), [None, places.buffers()[1], pa.py_buffer(data)])
    return pc.if_else(pc.is_valid(lengths), made, pa.scalar(None, kind)) if lengths.null_count else made


def shape_of(table: sa.Table) -> pa.Schema:
    """The columns of a table of the ledger as Arrow has them."""
    return pa.schema([(column.name, _kind(column)) for column in table.columns])
