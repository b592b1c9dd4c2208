"""Rows of the ledger as Arrow tables: on their way in, on their way out, and their hash.

A night writes hundreds of thousands of them, so that none is ever a dict here: columns are filled, hashed
and handed to the database whole.
"""

import hashlib
import io
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from arrears.data.digests import digest_column
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
    if column.name not in rows.column_names:
        blank = "" if kind == pa.string() and not column.nullable else None
        return pa.chunked_array([pa.repeat(pa.scalar(blank, kind), rows.num_rows)], kind)
    found = rows[column.name].cast(kind)
    return found if column.nullable or kind != pa.string() else pc.fill_null(found, "")


def _kind(column: sa.Column[Any]) -> pa.DataType:
    return pa.int64() if isinstance(column.type, sa.Integer) else pa.string()


def digest(rows: pa.Table) -> str:
    """The hash by which the chain stands for rows of a history table, in their order.

    A column that is blank throughout is left out, so that one that is added later changes no old hash.
    """
    found = hashlib.sha256(f"{rows.num_rows}\0".encode())
    for name in sorted(rows.column_names):
        column = rows[name].combine_chunks()
        if pa.types.is_string(column.type):
            column = pc.fill_null(column, "")
            is_blank = pc.all(pc.equal(column, "")).as_py()
        else:
            is_blank = column.null_count == len(column)
        if not is_blank:
            found.update(f"{name}\0".encode())
            digest_column(column, found)
    return found.hexdigest()


def insert(connection: sa.Connection, table: sa.Table, rows: pa.Table) -> None:
    """Writes rows that have every column of the table, in the transaction of the connection."""
    if connection.dialect.name == "postgresql" and rows.num_rows >= MANY:
        _copy(connection, table, rows)
        return
    names, mark = ", ".join(rows.column_names), "%s" if connection.dialect.name == "postgresql" else "?"
    marks = ", ".join([mark] * rows.num_columns)
    values = list(zip(*[column.to_pylist() for column in rows.columns], strict=True))
    connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", values)


def _copy(connection: sa.Connection, table: sa.Table, rows: pa.Table) -> None:
    """Writes many rows by COPY; a value that is there is quoted, one that is not is nothing at all."""
    lines = io.BytesIO()
    how = pa.csv.WriteOptions(include_header=False, quoting_style="all_valid")
    pa.csv.write_csv(rows, lines, how)
    lines.seek(0)
    with closing(connection.connection.cursor()) as cursor:
        copy: Any = cursor
        try:
            copy.copy_expert(
                f"COPY {table.name} ({', '.join(rows.column_names)}) FROM STDIN (FORMAT csv)", lines
            )
        except Exception as error:
            if getattr(error, "pgcode", "") == UNIQUE_BROKEN:
                raise IntegrityError("COPY", None, error) from None
            raise


def read(connection: sa.Connection, query: sa.Select[Any], shape: pa.Schema) -> pa.Table:
    """The answer of a query as a typed table; a day kept as `''` or NULL becomes NULL."""
    found = connection.execute(query)
    names = list(found.keys())
    # The driver's own rows: the library would wrap each of them.
    answer: Any = found.cursor
    columns = dict(zip(names, zip(*answer.fetchall(), strict=True), strict=False))
    found.close()
    return pa.Table.from_arrays(
        [_typed(columns.get(kind.name, ()), kind.type) for kind in shape], schema=shape
    )


def _typed(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if not pa.types.is_date(kind):
        return pa.array(values, kind)
    said = pa.array(values, pa.string())
    return pc.if_else(pc.equal(said, ""), None, said).cast(kind)


def shape_of(table: sa.Table) -> pa.Schema:
    """The columns of a table of the ledger as Arrow has them."""
    return pa.schema([(column.name, _kind(column)) for column in table.columns])
