"""A ledger whose PostgreSQL goes away in the middle of something says so, without its password."""

from collections.abc import Callable
from contextlib import closing

import psycopg2
import pyarrow as pa
import pytest
import sqlalchemy as sa
from ledger_helpers import AT, STATE, an_episode, begin
from local_servers import Server, on_server

from arrears.errors import ArrearsError
from arrears.ledger import Ledger, schema

pytestmark = pytest.mark.postgres
MANY = 600  # rows that go in by COPY
SAID = "The ledger's database does not answer, or broke off"


@pytest.fixture
def ledger(postgres_url: str) -> Ledger:
    return Ledger.open(postgres_url)


def end_others(ledger: Ledger) -> None:
    """Ends every other connection to the database, as its server does where it has to stop at once."""
    url = ledger.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg2.connect(url)) as own, own.cursor() as cursor:
        cursor.execute(
            """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()"""
        )


def read(ledger: Ledger) -> None:
    with ledger.reading() as connection:
        end_others(ledger)
        connection.execute(sa.select(schema.counter))


def read_whole(ledger: Ledger) -> None:
    with ledger.committed() as found:
        end_others(ledger)
        list(found.read(sa.select(schema.counter.c.position), pa.schema([("position", pa.int64())])))


def write(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        end_others(ledger)
        tx.audit(STATE, AT, "olive", "said")


def write_many(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        end_others(ledger)
        rows = [{"as_of": str(number), "by_user": "olive", "because": "x"} for number in range(MANY)]
        tx.add(schema.absences, STATE, AT, rows)


@pytest.mark.parametrize("work", [read, read_whole, write, write_many])
def test_a_database_that_goes_away_is_told(ledger: Ledger, work: Callable[[Ledger], None]) -> None:
    with pytest.raises(ArrearsError, match=SAID) as told:
        work(ledger)
    assert str(ledger.engine.url.password) not in str(told.value)
    assert "run the same again" in told.value.do
    run = begin(ledger)  # and what is there counts on
    assert ledger.open_episodes(run, [an_episode()]) == 1


@pytest.mark.parametrize("asked", [Ledger.states, lambda one: one.snapshot(STATE)])
def test_a_database_that_does_not_answer_is_told(
    ledger: Ledger, postgres_server: Server, asked: Callable[[Ledger], object]
) -> None:
    on_server(postgres_server, f"ALTER DATABASE {ledger.engine.url.database} ALLOW_CONNECTIONS false")
    with pytest.raises(ArrearsError, match=SAID):
        asked(ledger)
