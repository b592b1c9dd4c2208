"""Reading and proving the audit chain."""

import json
from datetime import UTC, datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from arrears.ledger import chain, schema
from arrears.ledger.book import Book
from arrears.ledger.people import require_role
from arrears.ledger.reasons import require_words
from arrears.ledger.records import AuditTip, utc_time
from arrears.ledger.rows import digest, read, shape_of

CARRIED = "carried"


class Audit(Book):
    """Who did what, in an order that cannot be changed unseen."""

    def audit_tip(self) -> AuditTip:
        """The last row of the chain, to be kept outside the ledger (a night's manifest holds it)."""
        counter = schema.counter.c
        with self.reading() as connection:
            row = connection.execute(sa.select(counter.audit_ordinal, counter.audit_sha256)).one()
        return AuditTip(*row)

    def holds(self, tip: AuditTip) -> bool:
        """Whether this act is in the chain as it was noted elsewhere."""
        audit = schema.audit.c
        with self.reading() as connection:
            found = connection.execute(sa.select(audit.sha256).where(audit.ordinal == tip.ordinal)).scalar()
        return found == tip.sha256 or tip == AuditTip(0, "")

    def states(self) -> list[str]:
        """The states of which anything was done."""
        with self.reading() as connection:
            found = connection.execute(sa.select(schema.audit.c.state).distinct()).scalars()
            return sorted(state for state in found if state)

    def said(self, by: str, act: str, because: str, at: datetime) -> None:
        """A supervisor's word about the store itself, kept in the chain: its keys, its disk, its ledger."""
        require_words(because)
        with self.writing() as tx:
            require_role(tx.connection, by, {"supervisor"}, act.replace("_", " "))
            tx.audit("", at, by, act, because_sha256=chain.digest(because))

    def record_carried(
        self, state: str, file: str, sha256: str, was_there: bool, by: str, because: str, at: datetime
    ) -> None:
        """Somebody's word that a published file is carried away; said again it changes nothing."""
        require_words(because)
        with self.writing() as tx:
            require_role(tx.connection, by, {"operator", "supervisor"}, "carry files away")
            if file not in _carried(tx.connection):
                about = {"file": file, "sha256": sha256, "was_there": was_there}
                tx.audit(state, at, by, CARRIED, **about, because_sha256=chain.digest(because))

    def carried(self) -> frozenset[str]:
        """The published files of which somebody said that they are carried away."""
        with self.reading() as connection:
            return _carried(connection)

    def verify_chain(self, *anchors: AuditTip) -> list[str]:
        """The faults of chain and history, one sentence each; none where every row is as it was written.

        An anchor is a tip that was kept outside: without one, whoever may change the whole database
        could write it again from its first row.
        """
        if damaged := self.damage():
            return damaged
        counter = schema.counter.c
        with self.reading() as connection:
            own = connection.execute(sa.select(counter.audit_ordinal, counter.audit_sha256)).one()
            tips = [("the ledger's counter", AuditTip(*own))]
            tips += [("the outside anchor", anchor) for anchor in anchors]
            # By position: the order in which the acts were written, also where ordinals were changed.
            acts = sa.select(schema.audit).order_by(schema.audit.c.position)
            rows = connection.execute(acts.execution_options(yield_per=10_000))
            found = chain.faults((dict(row) for row in rows.mappings()), tips)
            # What a broken chain says of rows is worth nothing.
            return found or [*_row_faults(connection), *_present_faults(connection)]

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


def _carried(connection: sa.Connection) -> frozenset[str]:
    acts = connection.execute(sa.select(schema.audit.c.about).where(schema.audit.c.act == CARRIED)).scalars()
    return frozenset(json.loads(about)["file"] for about in acts)


def _row_faults(connection: sa.Connection) -> list[str]:
    """Rows of history that are gone, changed or added, against the acts that wrote them."""
    wrote: dict[str, list[chain.Wrote]] = {}
    acts = connection.execute(sa.select(schema.audit.c.ordinal, schema.audit.c.about))
    for ordinal, about in acts:
        for table, first, count, sha256 in json.loads(about).get("wrote", []):
            wrote.setdefault(table, []).append(chain.Wrote(first, count, sha256, ordinal))
    found: list[str] = []
    for table in schema.metadata.sorted_tables:
        if table.name not in schema.HISTORY or table is schema.audit:
            continue
        count = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        found += chain.row_faults(
            table.name, count, partial(_held_rows, connection, table), wrote.get(table.name, [])
        )
    return found


def _held_rows(connection: sa.Connection, table: sa.Table, one: chain.Wrote) -> tuple[int, str]:
    """How many rows that an act wrote are there, and their hash."""
    position = table.c.position
    theirs = sa.select(table).where(position >= one.first, position < one.first + one.rows)
    rows = read(connection, theirs.order_by(position), shape_of(table))
    return rows.num_rows, digest(rows)


def _present_faults(connection: sa.Connection) -> list[str]:
    """Where the two tables that change in place say less than the chain has seen."""
    highest, fences = 0, dict[str, int]()
    acts = connection.execute(
        sa.select(schema.audit.c.position, schema.audit.c.state, schema.audit.c.about, schema.audit.c.act)
    )
    for position, state, about, act in acts:
        highest = max(highest, position)
        if act == "begin":
            fences[state] = max(fences.get(state, 0), json.loads(about)["fence"])
    position = connection.execute(sa.select(schema.counter.c.position)).scalar_one()
    now = {row.state: row.fence for row in connection.execute(sa.select(schema.leases))}
    found = [f"The counter stands at {position}, but {highest} was given out."] if position < highest else []
    return found + [
        f"The fence of {state} stands at {now.get(state, 0)}, but {fence} was given out."
        for state, fence in sorted(fences.items())
        if now.get(state, 0) < fence
    ]
