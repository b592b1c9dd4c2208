"""How often people looked at what: counted from the audit chain."""

from typing import Any

import sqlalchemy as sa

from arrears.ledger import schema
from arrears.ledger.book import Book


def access_by_day(book: Book, state: str) -> list[dict[str, Any]]:
    """Looks per day and person, newest day first."""
    audit = schema.audit.c
    # A moment is kept as text whose first ten letters are its day.
    day = sa.func.substr(audit.at, 1, 10)
    query = (
        sa.select(day.label("on"), audit.who, sa.func.count().label("looks"))
        .where(audit.state == state, audit.act == "look")
        .group_by(day, audit.who)
        .order_by(day.desc(), sa.func.count().desc(), audit.who)
    )
    with book.reading() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def roles_by(book: Book, name: str) -> tuple[frozenset[str], str] | None:
    """The roles that a user has now, and who gave them; None for a stranger."""
    users = schema.users.c
    query = sa.select(users.roles, users.by_user).where(users.name == name).order_by(users.position.desc())
    with book.reading() as connection:
        found = connection.execute(query.limit(1)).first()
    return (frozenset(found.roles.split()), found.by_user) if found else None
