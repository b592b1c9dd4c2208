"""Nights that are run late, to be on record, and of which nothing leaves."""

from datetime import date, datetime

import sqlalchemy as sa

from arrears.ledger import chain, schema
from arrears.ledger.book import Book, Writing
from arrears.ledger.reasons import require_words
from arrears.ledger.records import Word


def send_nothing(tx: Writing, state: str, as_of: date, word: Word, at: datetime) -> None:
    """Writes that nothing leaves in the name of a night; said again it changes nothing."""
    require_words(word.because)
    if _said(tx.connection, state, as_of):
        return
    row = {"as_of": as_of.isoformat(), "by_user": word.by, "because": word.because}
    tx.add(schema.unsent_nights, state, at, [row])
    told = {"as_of": as_of.isoformat(), "because_sha256": chain.digest(word.because)}
    tx.audit(state, at, word.by, "send_nothing", **told)


class Unsent(Book):
    """The nights of a ledger that send nothing."""

    def sends_nothing(self, state: str, as_of: date) -> str:
        """Why nothing leaves of a night, in the words of who said so; empty where it sends like any other."""
        with self.reading() as connection:
            return _said(connection, state, as_of)


def _said(connection: sa.Connection, state: str, as_of: date) -> str:
    table = schema.unsent_nights.c
    query = sa.select(table.because).where(table.state == state, table.as_of == as_of.isoformat())
    return connection.execute(query).scalar_one_or_none() or ""
