"""The opening ledger: what the agency had already sent before Arrears took over."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from arrears.ledger import chain, schema
from arrears.ledger.rows import Row, day_text, plain

OPENING_BATCH = 0
_KEY = ("remedy", "subject_id", "step", "target_id")
_TEXT = ("remedy", "subject_id", "case_id", "person_id", "step", "queue", "message", "target_id", "carry")


def new_acts(
    connection: sa.Connection, state: str, delivery_id: str, rows: Sequence[Row]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The episodes and publications that these rows add to what the ledger holds.

    An act joins the open episode of its subject and remedy; without one it begins the next.
    """
    taken = _taken_over(connection, state)
    open_now, last = _episode_state(connection, state)
    begun: dict[tuple[str, str], dict[str, Any]] = {}
    sent = []
    for row in rows:
        act = plain(row, _TEXT)
        key = tuple(act[name] for name in _KEY)
        if key in taken:
            continue
        taken.add(key)
        subject = (act["remedy"], act["subject_id"])
        sent_on = day_text(row.get("sent_on")) or ""
        if subject not in open_now:
            ordinal = last.get(subject, 0) + 1
            episode_id = f"{act['remedy']}:{act['subject_id']}:{ordinal}"
            begun[subject] = {
                **{name: act[name] for name in ("remedy", "subject_id", "case_id", "person_id")},
                "episode_id": episode_id,
                "ordinal": ordinal,
                "opened_on": sent_on,
                "delivery_id": delivery_id,
            }
            open_now[subject] = episode_id
        elif subject in begun:
            begun[subject]["opened_on"] = min(begun[subject]["opened_on"], sent_on)
        sent.append(_act(row, act, open_now[subject], sent_on, delivery_id))
    return list(begun.values()), sent


def _act(row: Row, act: dict[str, str], episode_id: str, sent_on: str, delivery_id: str) -> dict[str, Any]:
    amount, version = row.get("amount_cents"), row.get("version")
    number = 1 if version is None else int(version)
    return {
        **act,
        "action_id": f"{episode_id}:{act['step']}:{act['target_id']}:{number}",
        "episode_id": episode_id,
        "kind": str(row.get("kind") or "send"),
        "content_sha256": chain.digest(act),
        "version": number,
        "amount_cents": None if amount is None else int(amount),
        "published_on": sent_on,
        "batch_no": OPENING_BATCH,
        "delivery_id": delivery_id,
    }


def _taken_over(connection: sa.Connection, state: str) -> set[tuple[str, ...]]:
    table = schema.publications
    query = sa.select(*[table.c[name] for name in _KEY]).where(
        table.c.state == state, table.c.batch_no == OPENING_BATCH
    )
    return {tuple(row) for row in connection.execute(query)}


def _episode_state(
    connection: sa.Connection, state: str
) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], int]]:
    """The open episode and the highest ordinal of each remedy and subject."""
    episodes, ends = schema.episodes, schema.episode_ends
    joined = episodes.outerjoin(
        ends, sa.and_(episodes.c.state == ends.c.state, episodes.c.episode_id == ends.c.episode_id)
    )
    query = (
        sa.select(
            episodes.c.remedy,
            episodes.c.subject_id,
            episodes.c.episode_id,
            episodes.c.ordinal,
            ends.c.closed_on,
        )
        .select_from(joined)
        .where(episodes.c.state == state)
        .order_by(episodes.c.ordinal)
    )
    open_now: dict[tuple[str, str], str] = {}
    last: dict[tuple[str, str], int] = {}
    for remedy, subject, episode_id, ordinal, closed_on in connection.execute(query):
        last[(remedy, subject)] = ordinal
        if closed_on is None:
            open_now[(remedy, subject)] = episode_id
    return open_now, last
