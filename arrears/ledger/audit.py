"""Reading and proving the audit chain."""

import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from arrears.ledger import chain, schema
from arrears.ledger.book import Book
from arrears.ledger.records import AuditTip, utc_time


class Audit(Book):
    """Who did what, in an order that cannot be changed unseen."""

    def audit_tip(self) -> AuditTip:
        """The last row of the chain, to be kept outside the ledger (a night's manifest holds it)."""
        counter = schema.counter.c
        with self.reading() as connection:
            row = connection.execute(sa.select(counter.audit_ordinal, counter.audit_sha256)).one()
        return AuditTip(*row)

    def verify_chain(self, anchor: AuditTip | None = None) -> list[str]:
        """The faults of the chain, one sentence each; none where every act is as it was written.

        The anchor is a tip that was kept outside: without it, whoever may change the whole
        database could also cut the tail and the ledger's own count of it.
        """
        counter = schema.counter.c
        with self.reading() as connection:
            own = connection.execute(sa.select(counter.audit_ordinal, counter.audit_sha256)).one()
            tips = [("the ledger's counter", AuditTip(*own))]
            if anchor is not None:
                tips.append(("the outside anchor", anchor))
            # By position: the order in which the acts were written, also where ordinals were changed.
            rows = connection.execution_options(yield_per=10_000).execute(
                sa.select(schema.audit).order_by(schema.audit.c.position)
            )
            return chain.faults((dict(row) for row in rows.mappings()), tips)

    def latest_at(self, state: str) -> datetime:
        """The latest moment that any act of this state is dated; the first of all where there is none."""
        query = sa.select(sa.func.max(schema.audit.c.at)).where(schema.audit.c.state == state)
        with self.reading() as connection:
            found = connection.execute(query).scalar_one_or_none()
        return utc_time(found) if found else datetime.min.replace(tzinfo=UTC)

    def audit_rows(self, state: str | None = None, act: str | None = None) -> list[dict[str, Any]]:
        """The acts of a state (of one kind), oldest first, `about` as values."""
        table = schema.audit
        query = sa.select(table).order_by(table.c.position)
        if state is not None:
            query = query.where(table.c.state == state)
        if act is not None:
            query = query.where(table.c.act == act)
        with self.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return [{**row, "about": json.loads(row["about"])} for row in rows]
