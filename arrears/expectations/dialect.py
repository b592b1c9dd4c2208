"""A SQLAlchemy dialect for DuckDB whose cursors hold their rows from the moment they execute.

Great Expectations 1.24 reads rows after it has given the connection back, and a DuckDB cursor is
empty by then, so nearly every expectation would raise (fivetran/great_expectations #10738). The
dialect of duckdb-engine with a buffering cursor is enough, and touches nothing inside the library.

Import this module only inside a function: it imports `duckdb_engine` and SQLAlchemy.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb_engine
import sqlalchemy as sa
from sqlalchemy.dialects import registry

from arrears.data.warehouse import Connection

URL = "duckdb+buffered:///{name}"
MOST_ROWS = 1000
_open: dict[str, Connection] = {}


class Cursor:
    """A DB-API cursor that holds its rows; checks read counts and a few keys, never tables.

    The library learns the columns of a batch by asking for all of it and reading no row, so only
    the first rows are fetched, and whoever reads further is refused instead of told half.
    """

    arraysize = 1
    rowcount = -1

    def __init__(self, con: Connection, connection: "ReadingConnection") -> None:
        self._con, self.connection = con, connection
        self._rows: list[Any] = []
        self._has_more = False
        self.description: Sequence[Any] | None = None

    def execute(self, statement: str, parameters: Sequence[Any] | None = None, context: Any = None) -> None:
        """Runs a statement and keeps its first rows."""
        self._con.execute(statement, parameters or [])
        self.description = self._con.description
        rows = self._con.fetchmany(MOST_ROWS + 1) if self.description else []
        self._rows, self._has_more = rows[:MOST_ROWS], len(rows) > MOST_ROWS

    def fetchone(self) -> Any:
        """The next row, or None."""
        rows = self.fetchmany(1)
        return rows[0] if rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next rows."""
        size = size or self.arraysize
        if size > len(self._rows) and self._has_more:
            raise OverflowError(f"a check may read {MOST_ROWS} rows, not more")
        rows, self._rows = self._rows[:size], self._rows[size:]
        return rows

    def fetchall(self) -> list[Any]:
        """The rows that are left."""
        return self.fetchmany(len(self._rows) + 1)

    def close(self) -> None:
        """Forgets the rows."""
        self._rows, self._has_more = [], False


class ReadingConnection:
    """A DB-API connection for queries only: without transactions, a failed query spoils no other."""

    def __init__(self, con: Connection) -> None:
        self._con = con
        self.notices: list[str] = []

    def cursor(self) -> Cursor:
        """A new cursor over the same database."""
        return Cursor(self._con, self)

    def begin(self) -> None:
        """Nothing: each query stands alone."""

    commit = rollback = begin

    def close(self) -> None:
        """Nothing: the connection belongs to whoever lent it."""


class BufferedDialect(duckdb_engine.Dialect):  # type: ignore[misc]
    """duckdb-engine's dialect over a connection that is already open, found by its name."""

    driver = "buffered"
    supports_statement_cache = True

    def connect(self, *_: Any, **options: Any) -> Any:
        """The lent connection that the address names."""
        return ReadingConnection(_open[options["database"]].cursor())

    @classmethod
    def get_pool_class(cls, url: sa.URL) -> type[sa.pool.Pool]:
        """One connection for all, since the database lives in memory."""
        return sa.pool.StaticPool


registry.register("duckdb.buffered", __name__, "BufferedDialect")


@contextmanager
def lent(con: Connection) -> Iterator[str]:
    """The SQLAlchemy address under which this connection can be reached while the block runs."""
    name = f"checks{id(con)}"
    _open[name] = con
    try:
        yield URL.format(name=name)
    finally:
        del _open[name]
