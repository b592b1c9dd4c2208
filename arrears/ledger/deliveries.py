"""What arrived, what was done with it, and how many rows it became."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any, get_args

import sqlalchemy as sa

from arrears.errors import Refused
from arrears.ledger import schema
from arrears.ledger.book import Book, Writing, known
from arrears.ledger.purges import gone
from arrears.ledger.records import Cut, DeliveredFile, Delivery, Loaded, Outcome, held_item_id, utc_time
from arrears.ledger.rows import day_text


class Deliveries(Book):
    """The deliveries of a ledger."""

    def record_delivery(
        self, delivery: Delivery, judged: Callable[[Delivery, list[Delivery]], Delivery] | None = None
    ) -> Delivery:
        """The delivery as kept, with its position.

        `judged` gives it its outcome over what is known at that very moment, so that of two receives at
        once the second sees the first. A delivery accepted or held before is not taken twice: the row
        kept then comes back, and one that was put back because it could not be loaded stays held.
        """
        table = schema.deliveries
        with self.writing() as tx:
            if judged is not None:
                delivery = judged(delivery, self._deliveries(tx.connection, delivery.state))
            if delivery.outcome not in get_args(Outcome):
                raise Refused(f"There is no outcome {delivery.outcome}", delivery.delivery_id, "")
            if delivery.outcome in ("accepted", "held"):
                stands = [
                    one
                    for one in self._deliveries(tx.connection, delivery.state)
                    if one.delivery_id == delivery.delivery_id and one.outcome in ("accepted", "held")
                ]
                kept = tx.connection.execute(
                    sa.select(table)
                    .where(
                        table.c.state == delivery.state,
                        table.c.delivery_id == delivery.delivery_id,
                        table.c.outcome == delivery.outcome,
                    )
                    .order_by(table.c.position.desc())
                ).first()
                if kept is not None:
                    return stands[-1] if stands else _delivery(kept)
            return self._add(tx, delivery, "receive")

    def put_back(self, delivery: Delivery, reason: str) -> Delivery:
        """The delivery as held again, because it was accepted and cannot be loaded; no night sees it."""
        with self.writing() as tx:
            return self._add(tx, replace(delivery, outcome="held", reason=reason), "put_back")

    def _add(self, tx: Writing, delivery: Delivery, act: str) -> Delivery:
        tx.add(schema.deliveries, delivery.state, delivery.at, [_row(delivery)])
        position = tx.position
        tx.audit(
            delivery.state,
            delivery.at,
            "engine",
            act,
            delivery_id=delivery.delivery_id,
            feed=delivery.feed,
            outcome=delivery.outcome,
            sha256=delivery.sha256,
            rows=delivery.rows,
        )
        return replace(delivery, position=position)

    def deliveries(
        self,
        state: str,
        cut: Cut | None = None,
        feed: str | None = None,
        outcome: Outcome | None = None,
    ) -> list[Delivery]:
        """The deliveries known at the cut, in order of position, each with its outcome at the cut.

        A held delivery that a person released counts as accepted from the decision's moment on,
        and as refused where it was rejected. One that was put back counts as held, whatever it was. One that
        was purged is there no more, whatever the cut.
        """
        with self.reading() as connection:
            judged = self._deliveries(connection, state, cut)
        return [
            one
            for one in judged
            if (feed is None or one.feed == feed) and (outcome is None or one.outcome == outcome)
        ]

    def _deliveries(self, connection: sa.Connection, state: str, cut: Cut | None = None) -> list[Delivery]:
        table, choices = schema.deliveries, schema.decisions
        query = sa.select(table).where(known(table, state, cut)).order_by(table.c.position)
        decided = (
            sa.select(choices.c.item_id, choices.c.decision, choices.c.at, choices.c.position)
            .where(
                known(choices, state, cut), choices.c.item_id.startswith(held_item_id(""), autoescape=True)
            )
            .order_by(choices.c.position)
        )
        found = [_delivery(row) for row in connection.execute(query)]
        last = {row.item_id: row for row in connection.execute(decided)}
        # What was put back was accepted before: its later word is the one that stands.
        back = {one.delivery_id: one.position for one in found if one.outcome == "held"}
        away = gone(connection, state)
        standing = [
            one
            for one in found
            if one.delivery_id not in away
            and (one.outcome not in ("accepted", "held") or one.position >= back.get(one.delivery_id, 0))
        ]
        return sorted((_after(one, last.get(one.item_id)) for one in standing), key=lambda d: d.position)

    def record_loaded(
        self,
        delivery_id: str,
        rows: int,
        rejects: int,
        at: datetime,
        state: str | None = None,
        hashes: dict[str, str] | None = None,
    ) -> Loaded:
        """The load as kept; the same counts and hashes again are kept once.

        `state` may be left out where one state only has received this delivery.
        """
        table, loads = schema.deliveries.c, schema.loads
        values: dict[str, Any] = {
            "delivery_id": delivery_id,
            "rows": rows,
            "rejects": rejects,
            "hashes": json.dumps(hashes or {}, sort_keys=True),
        }
        with self.writing() as tx:
            if state is None:
                states = sa.select(table.state).where(table.delivery_id == delivery_id).distinct()
                owners = list(tx.connection.execute(states).scalars())
                if len(owners) != 1:
                    raise Refused(
                        f"{len(owners)} states have received this delivery", delivery_id, "Say which state."
                    )
                state = str(owners[0])
            last = tx.connection.execute(
                sa.select(loads)
                .where(loads.c.state == state, loads.c.delivery_id == delivery_id)
                .order_by(loads.c.position.desc())
            ).first()
            if last is not None and all(last._mapping[name] == value for name, value in values.items()):
                return _loaded(last)
            tx.add(loads, state, at, [values])
            tx.audit(state, at, "engine", "load", **values)
        return Loaded(delivery_id, state, rows, rejects, hashes or {}, at)

    def loaded(self, state: str, delivery_id: str | None = None) -> dict[str, Loaded]:
        """The last load of each delivery of a state, by delivery."""
        loads = schema.loads
        query = sa.select(loads).where(loads.c.state == state).order_by(loads.c.position)
        if delivery_id is not None:
            query = query.where(loads.c.delivery_id == delivery_id)
        with self.reading() as connection:
            return {row.delivery_id: _loaded(row) for row in connection.execute(query)}


def _row(delivery: Delivery) -> dict[str, Any]:
    return {
        "delivery_id": delivery.delivery_id,
        "feed": delivery.feed,
        "sha256": delivery.sha256,
        "files": json.dumps([asdict(file) for file in delivery.files]),
        "mode": delivery.mode,
        "period_on": day_text(delivery.period_on),
        "sequence": delivery.sequence,
        "received_on": day_text(delivery.received_on),
        "outcome": delivery.outcome,
        "reason": delivery.reason,
        "original_name": delivery.original_name,
        "rows": delivery.rows,
        "complete_through": json.dumps(delivery.complete_through, sort_keys=True, default=str),
    }


def _delivery(row: Any) -> Delivery:
    return Delivery(
        delivery_id=row.delivery_id,
        state=row.state,
        feed=row.feed,
        sha256=row.sha256,
        files=tuple(DeliveredFile(**file) for file in json.loads(row.files)),
        mode=row.mode,
        period_on=date.fromisoformat(row.period_on) if row.period_on else None,
        sequence=row.sequence,
        received_on=date.fromisoformat(row.received_on),
        at=utc_time(row.at),
        outcome=row.outcome,
        reason=row.reason,
        original_name=row.original_name,
        rows=row.rows,
        complete_through=json.loads(row.complete_through),
        position=row.position,
    )


def _after(delivery: Delivery, decided: Any) -> Delivery:
    """The delivery after the last decision on it, if it was held and there is one."""
    if delivery.outcome != "held" or decided is None or decided.position < delivery.position:
        return delivery
    became: dict[str, Outcome] = {"release_held": "accepted", "reject": "refused"}
    if decided.decision not in became:
        return delivery
    return replace(
        delivery, outcome=became[decided.decision], at=utc_time(decided.at), position=decided.position
    )


def _loaded(row: Any) -> Loaded:
    return Loaded(row.delivery_id, row.state, row.rows, row.rejects, json.loads(row.hashes), utc_time(row.at))
