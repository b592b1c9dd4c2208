"""What was purged from a store, by whose word; and which cases a hold keeps, whatever their age."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from arrears.errors import Refused
from arrears.ledger import chain, schema
from arrears.ledger.book import Book
from arrears.ledger.people import require_role
from arrears.ledger.reasons import require_words

PURGE, PURGED, HOLD, LIFT = "purge", "purge_ended", "hold", "lift_hold"


@dataclass(frozen=True)
class Purge:
    """One purge: what it was to take stands in a list in the store, of which the chain holds the hash."""

    number: int
    state: str
    by: str
    at: str
    before: date
    list_sha256: str
    deliveries: tuple[str, ...]
    is_ended: bool

    @property
    def under(self) -> str:
        """Where in the store its list lies."""
        return f"purges/{self.state}/{self.number:04d}"


class Purges(Book):
    """Purges and holds, kept in the audit chain."""

    def purges(self, state: str) -> list[Purge]:
        """Every purge of a state, oldest first."""
        with self.reading() as connection:
            return purges_of(connection, state)

    def begin_purge(
        self,
        state: str,
        by: str,
        because: str,
        at: datetime,
        before: date,
        list_sha256: str,
        deliveries: list[str],
    ) -> Purge:
        """The purge, on record before anything of it goes: from now on these deliveries count as gone."""
        with self.writing() as tx:
            self._may(tx.connection, by, because)
            earlier = purges_of(tx.connection, state)
            if any(not one.is_ended for one in earlier):
                raise Refused("A purge has not ended", f"{state}, {earlier[-1].under}", "Run the same again")
            about = {"number": len(earlier) + 1, "before": before.isoformat(), "list_sha256": list_sha256}
            tx.audit(
                state, at, by, PURGE, **about, deliveries=deliveries, because_sha256=chain.digest(because)
            )
            return purges_of(tx.connection, state)[-1]

    def may_purge(self, by: str, because: str) -> None:
        """Refuses where this user may not purge, or gives no reason."""
        with self.reading() as connection:
            self._may(connection, by, because)

    def _may(self, connection: sa.Connection, by: str, because: str) -> None:
        require_words(because)
        require_role(connection, by, {"supervisor"}, "purge")

    def end_purge(self, purge: Purge, at: datetime) -> None:
        """Puts on record that all is gone that was to go; said again it changes nothing."""
        with self.writing() as tx:
            if not next(
                one for one in purges_of(tx.connection, purge.state) if one.number == purge.number
            ).is_ended:
                tx.audit(purge.state, at, purge.by, PURGED, number=purge.number)

    def hold(self, state: str, case_id: str, by: str, because: str, at: datetime, lift: bool = False) -> None:
        """Keeps a case's data from every purge, or no longer does."""
        require_words(because)
        with self.writing() as tx:
            require_role(tx.connection, by, {"supervisor"}, "hold a case's data")
            if lift == (case_id in _held(tx.connection, state)):
                about = {"case": case_id, "because_sha256": chain.digest(because)}
                tx.audit(state, at, by, LIFT if lift else HOLD, **about)
            elif lift:
                raise Refused("No hold keeps this case", case_id, "See `arrears purge --dry-run`")

    def held(self, state: str) -> list[str]:
        """The cases whose data a hold keeps."""
        with self.reading() as connection:
            return sorted(_held(connection, state))


def purges_of(connection: sa.Connection, state: str) -> list[Purge]:
    """Every purge of a state, oldest first."""
    ended: set[int] = set()
    found: list[Purge] = []
    for row in _acts(connection, state, PURGE, PURGED):
        about = json.loads(row.about)
        if row.act == PURGED:
            ended.add(about["number"])
            continue
        before, gone = date.fromisoformat(about["before"]), tuple(about["deliveries"])
        found.append(
            Purge(about["number"], state, row.who, row.at, before, about["list_sha256"], gone, is_ended=False)
        )
    return [Purge(**{**vars(one), "is_ended": one.number in ended}) for one in found]


def gone(connection: sa.Connection, state: str) -> frozenset[str]:
    """The deliveries of a state that were purged."""
    return frozenset(delivery for one in purges_of(connection, state) for delivery in one.deliveries)


def _held(connection: sa.Connection, state: str) -> set[str]:
    held: set[str] = set()
    for row in _acts(connection, state, HOLD, LIFT):
        case = json.loads(row.about)["case"]
        held = held | {case} if row.act == HOLD else held - {case}
    return held


def _acts(connection: sa.Connection, state: str, *acts: str) -> list[sa.Row[tuple[str, str, str, str]]]:
    audit = schema.audit.c
    query = sa.select(audit.act, audit.who, audit.at, audit.about)
    return list(
        connection.execute(query.where(audit.state == state, audit.act.in_(acts)).order_by(audit.position))
    )


def keyed_digest(key: str, sha256: str) -> str:
    """What is kept of a hash of data that goes: it shows whether a file is the one, and nothing else."""
    return hmac.new(key.encode(), sha256.encode(), hashlib.sha256).hexdigest()
