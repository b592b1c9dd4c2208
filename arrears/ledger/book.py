"""The ledger's database: how it is opened, migrated, read and written.

One writer at a time: SQLite by `BEGIN IMMEDIATE`, PostgreSQL by the lock on the counter's row. So
a writer may read, judge and write without another in between, and positions are commit-ordered.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from arrears.errors import ArrearsError, Refused
from arrears.ledger import chain, schema
from arrears.ledger.records import AuditTip, Cut, Run, utc_text
from arrears.ledger.rows import Committed, Reader, Rows, arrow, broke_off, digest, insert, whole_rows

HEAD = "0002"  # the newest migration; a test holds it to the migrations folder
WAIT_SECONDS = 30
DatabaseError = SQLAlchemyError  # its text may hold data: never show it
MIGRATIONS = Path(__file__).parent / "migrations"
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
OF_DISK = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL)
SHOWN = 3


class Writing:
    """One open write transaction: the connection, the next positions, the audit chain."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        row = connection.execute(sa.select(schema.counter).with_for_update()).one()
        self.tip = AuditTip(row.audit_ordinal, row.audit_sha256)
        # The last position given out. Nobody else takes any before this transaction ends, which notes it.
        self.position: int = row.position
        self._began = (self.position, self.tip)
        # Rows that no act of the chain holds yet: table, first position, count, hash.
        self._wrote: list[tuple[str, int, int, str]] = []
        self._last = ("", "")

    def take(self, count: int) -> int:
        """The first of `count` new positions."""
        self.position += count
        return self.position - count + 1

    def add(self, table: sa.Table, state: str, at: datetime, rows: Rows) -> int:
        """The number of rows written to a history table, each with its own position."""
        return self.put(table, state, utc_text(at), arrow(rows)) if len(rows) else 0

    def put(self, table: sa.Table, state: str, moment: str, rows: pa.Table) -> int:
        """The same, of rows that are columns, and for a moment that is told as text."""
        count: int = rows.num_rows
        first = self.take(count)
        if count:
            whole = whole_rows(table, rows, first, state, moment)
            insert(self.connection, table, whole)
            self.hold(table.name, first, whole, state, moment)
        return count

    def hold(self, table: str, first: int, rows: pa.Table, state: str, moment: str) -> None:
        """Has the next act of the chain hold these rows, whose positions follow one another."""
        self._wrote.append((table, first, rows.num_rows, digest(rows)))
        self._last = (state, moment)

    def audit(self, state: str, at: datetime, who: str, act: str, **about: Any) -> None:
        """Adds one act to the chain; `about` holds keys, counts and hashes, never a person's data.

        The rows written since the last act are held with it, so that none can be lost or changed unseen.
        """
        self._audit(state, utc_text(at), who, act, about)

    def finish(self) -> None:
        """Holds rows that were written after the last act of this transaction, and notes how far it came."""
        if self._wrote:
            state, moment = self._last
            self._audit(state, moment, "engine", "write", {})
        if (self.position, self.tip) != self._began:
            now = {"position": self.position, "audit_ordinal": self.tip.ordinal}
            self.connection.execute(sa.update(schema.counter).values(**now, audit_sha256=self.tip.sha256))

    def _audit(self, state: str, moment: str, who: str, act: str, about: dict[str, Any]) -> None:
        if self._wrote:
            about, self._wrote = {**about, "wrote": self._wrote}, []
        values = chain.link(self.tip, moment, state, who, act, about, self.take(1))
        self.connection.execute(sa.insert(schema.audit).values(values))
        self.tip = AuditTip(values["ordinal"], values["sha256"])

    def check_fence(self, run: Run) -> None:
        """Refuses a write of a run whose lease another holder has taken since, or that has ended."""
        lease = self.connection.execute(
            sa.select(schema.leases).where(schema.leases.c.state == run.state)
        ).one_or_none()
        if lease is None or lease.fence != run.fence or lease.run_id != run.run_id:
            raise Refused(
                f"The {run.kind} of {run.as_of} in {run.state} was taken over, or has ended",
                "This copy began before that",
                "Nothing was written; let the newer copy work, or start again.",
            )


class Book:
    """A database of the ledger, its schema at the newest migration."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, url: str) -> Self:
        """The ledger at this address, made or brought to the newest schema where needed."""
        engine = _engine(url)
        try:
            _migrate(engine)
        except OperationalError as error:
            raise _not_writable(engine.url, error.orig) from error
        return cls(engine)

    def close(self) -> None:
        """Lets go of every connection."""
        self.engine.dispose()

    @contextmanager
    def kept_open(self) -> Iterator[Self]:
        """The ledger, its database open all the while.

        SQLite folds what it wrote ahead into its file whenever nobody has it open any longer, and waits for
        the disk several times: so once for many transactions, not once for each.
        """
        with self.engine.connect() if self.engine.dialect.name == "sqlite" else nullcontext():
            yield self

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one committed state of the ledger from first to last statement."""
        with self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def committed(self) -> Iterator[Reader]:
        """One committed state of the ledger, for tables that are read whole: as columns, never row by row.

        SQLite is asked through the one copy of its library that also writes: a second copy in a process
        takes the locks of the first one with it when it closes the file, and another writer gets in between.
        """
        if self.engine.dialect.name == "sqlite":
            with self.reading() as own:
                yield own
            return
        # Only here, where a whole table is asked for.
        import adbc_driver_postgresql
        from adbc_driver_manager import AdbcConnection, OperationalError

        address = self.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with ExitStack() as stack:
            try:
                database = stack.enter_context(adbc_driver_postgresql.connect(address))
                connection = stack.enter_context(AdbcConnection(database))
                connection.set_autocommit(False)  # so that all questions see one state
            except OperationalError:
                raise broke_off(self.engine.url) from None
            found = Committed(connection, self.engine.url)
            for _ in found.ask("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"):
                pass
            yield found

    @contextmanager
    def writing(self, run: Run | None = None) -> Iterator[Writing]:
        """A transaction that no other writer overlaps; with a run, its fence is checked in it."""
        with self.engine.connect().execution_options(immediate=True) as connection:
            try:
                with connection.begin():
                    tx = Writing(connection)
                    if run is not None:
                        tx.check_fence(run)
                    yield tx
                    tx.finish()
            except IntegrityError as error:
                # The database's own words would carry the row's values.
                raise Refused(
                    "The ledger holds this once only, or not at all",
                    _constraint(error),
                    "Nothing was written.",
                ) from None
            except OperationalError as error:
                raise ArrearsError(
                    "The ledger could not be written",
                    str(error.orig).partition("\n")[0],
                    "Nothing was written; free the disk or wait for the other writer, then run again.",
                ) from None

    def pin(self, known_at: datetime) -> Cut:
        """What is known now of all that is dated up to `known_at`."""
        utc_text(known_at)
        with self.reading() as connection:
            position: int = connection.execute(sa.select(schema.counter.c.position)).scalar_one()
        return Cut(known_at, position)

    def damage(self) -> list[str]:
        """Where the ledger's file itself is not as SQLite wrote it, one sentence each."""
        if self.engine.dialect.name != "sqlite":
            return []
        with self.reading() as connection:
            told = connection.execute(sa.text(f"PRAGMA integrity_check({SHOWN})")).scalars().all()
        return [f"The ledger's file is damaged: {one}." for one in told if one != "ok"]

    def check_fence(self, run: Run) -> None:
        """Refuses where another holder has taken the run's lease since, or the run has ended."""
        with self.writing(run):
            pass


def known(table: sa.Table, state: str, cut: Cut | None) -> sa.ColumnElement[bool]:
    """The condition for rows of a state that were dated and written within the cut."""
    own = table.c.state == state
    if cut is None:
        return own
    return sa.and_(own, table.c.at <= utc_text(cut.known_at), table.c.position <= cut.position)


def written(table: sa.Table, state: str, cut: Cut | None) -> sa.ColumnElement[bool]:
    """The condition for rows of our own runs within the cut, whatever their date.

    What we did is known to us from the moment it is written; a date of its own in the future of a
    night of the past must not hide it, or the night would do it again.
    """
    own = table.c.state == state
    return own if cut is None else sa.and_(own, table.c.position <= cut.position)


def _broken_off(context: sa.ExceptionContext) -> None:
    """Says that the ledger's database went away, in place of what its driver says of it."""
    if context.engine is not None and (context.connection is None or context.is_disconnect):
        raise broke_off(context.engine.url) from None


def _damaged(context: sa.ExceptionContext) -> None:
    """Says that the ledger's file is damaged, or lost with its disk, in place of what SQLite says of it."""
    code = getattr(context.original_exception, "sqlite_errorcode", 0) & 0xFF
    if code in OF_DISK and context.engine:
        raise _not_writable(context.engine.url, context.original_exception) from None
    if code in DAMAGED:
        raise ArrearsError(
            "The ledger's file is cut or damaged: SQLite cannot read it",
            Path(context.engine.url.database or "") if context.engine else "",
            "Nothing was sent; restore ledger and store from the same moment."
            " See `Restore from backup` in docs/runbook.md",
        ) from None


def _not_writable(url: sa.URL, error: BaseException | None) -> ArrearsError:
    """What to say where the disk does not give the ledger's file, or does not take it."""
    return ArrearsError(
        f"The ledger cannot be opened for writing: {error}",
        Path(url.database or ""),
        "Nothing was written; check its disk, and the right to write there.",
    )


def _constraint(error: IntegrityError) -> str:
    """What was broken, without a value: a constraint, or a table's columns."""
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if name:
        return str(name)
    # SQLite names the columns, never the values.
    return str(error.orig).removeprefix("UNIQUE constraint failed: ")


@cache
def _engine(url: str) -> sa.Engine:
    """The engine of an address; it holds no connection, and remembers how statements are written."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise ArrearsError(
            f"The ledger does not run on {parsed.get_backend_name()}",
            "",
            "Use sqlite or postgresql+psycopg2.",
        )
    if parsed.get_backend_name() == "postgresql":
        engine = sa.create_engine(parsed, poolclass=NullPool, hide_parameters=True)
        sa.event.listen(engine, "handle_error", _broken_off)
        return engine
    if not parsed.database or parsed.database == ":memory:":
        raise ArrearsError("A ledger in memory forgets what was sent", "", "Give it a file.")
    Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    # No pool: a forked worker never inherits an open database.
    engine = sa.create_engine(
        parsed, poolclass=NullPool, hide_parameters=True, connect_args={"timeout": WAIT_SECONDS}
    )

    sa.event.listen(engine, "handle_error", _damaged)

    @sa.event.listens_for(engine, "connect")
    def _prepare(raw: Any, _record: Any) -> None:
        raw.isolation_level = None  # we say BEGIN ourselves, below
        for pragma in (
            f"busy_timeout={WAIT_SECONDS * 1000}",
            "synchronous=FULL",
            "recursive_triggers=ON",  # else INSERT OR REPLACE deletes unseen by the guards
        ):
            raw.execute(f"PRAGMA {pragma}").close()
        _log_ahead(raw)

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        immediate = connection.get_execution_options().get("immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def _log_ahead(raw: sqlite3.Connection) -> None:
    """Has a database write ahead; SQLite itself does not wait where others are just asking for the same."""
    end = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            raw.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() > end:
                raise
            time.sleep(0.01)
        else:
            return


def _version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _migrate(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        if _version(connection) == HEAD:
            return
    # Only here, since alembic costs a tenth of a second that a migrated ledger need not pay.
    from alembic import command
    from alembic.config import Config

    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('arrears ledger'))"))
        if _version(connection) == HEAD:
            return
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        upgrade: Callable[..., None] = command.upgrade
        upgrade(config, "head")
