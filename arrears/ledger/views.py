"""What people keep of the desk for themselves and their offices, and what was said of one subject."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from arrears.errors import Refused
from arrears.ledger import schema
from arrears.ledger.book import Book
from arrears.ledger.people import roles_of
from arrears.ledger.reasons import refuse_numbers, require_readable

# The step of a decision about a person as a whole, which `transforms/facts/stays.sql` reads.
UNDO = "undo"


class Views(Book):
    """Saved views of the work list, and the history of one line."""

    def save_view(
        self,
        state: str,
        name: str,
        asked: Mapping[str, Any] | None,
        by_user: str,
        at: datetime,
        office: str = "",
        worker: str = "",
    ) -> None:
        """Keeps a view under its name, for an office or (`''`) for whoever saves it; None takes it away.

        What an office shares is changed or taken away by whoever saved it, or by a supervisor.
        """
        text = "" if asked is None else json.dumps(asked, sort_keys=True)
        require_readable(name)
        refuse_numbers(f"{name} {text}")
        row = {"name": name, "office": office, "worker": worker, "by_user": by_user, "asked": text}
        with self.writing() as tx:
            last = _last_view(tx.connection, state, name, office, by_user)
            if asked is None and not (last and last["asked"]):
                whose = f"of office {office}" if office else "of yours"
                raise Refused(f"There is no view {whose} of this name", "", "Write the name as it is shown.")
            is_theirs = bool(last and last["asked"] and last["by_user"] != by_user)
            if last and is_theirs and "supervisor" not in roles_of(tx.connection, by_user):
                raise Refused(
                    f"This view of office {office} was saved by {last['by_user']}",
                    "",
                    "Save yours under another name, or ask a supervisor.",
                )
            tx.add(schema.views, state, at, [row])
            tx.audit(state, at, by_user, "save_view", office=office, worker=worker, kept=asked is not None)

    def saved_views(self, state: str) -> list[dict[str, Any]]:
        """The views that stand: the last one saved under each name in an office, or by a person."""
        table = schema.views
        query = sa.select(table).where(table.c.state == state).order_by(table.c.position)
        with self.reading() as connection:
            rows = connection.execute(query).mappings().all()
        # A view of an office belongs to all of it, one without an office to its maker.
        last = {(row["office"], row["name"], "" if row["office"] else row["by_user"]): row for row in rows}
        return [{**row, "asked": json.loads(row["asked"])} for _, row in sorted(last.items()) if row["asked"]]

    def said_of(
        self, state: str, item_id: str, episode_id: str, remedy: str, subject_id: str
    ) -> list[dict[str, Any]]:
        """Every decision on an item, its episode, or its remedy and subject, oldest first."""
        table = schema.decisions
        about = [table.c.item_id == item_id]
        if episode_id:
            about.append(table.c.episode_id == episode_id)
        if remedy:
            about.append(sa.and_(table.c.remedy == remedy, table.c.subject_id == subject_id))
        query = sa.select(table).where(table.c.state == state, sa.or_(*about)).order_by(table.c.position)
        with self.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def wrong_person_claims(self, state: str) -> list[dict[str, Any]]:
        """The last word on each person of whom somebody said that they are the wrong one, oldest first."""
        table = schema.decisions
        query = (
            sa.select(table)
            .where(table.c.state == state, table.c.step == UNDO, table.c.remedy == "")
            .order_by(table.c.position)
        )
        with self.reading() as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
        last = {row["subject_id"]: row for row in rows}
        return sorted(last.values(), key=lambda row: int(row["position"]))

    def approvals_by(self, state: str, by_user: str) -> list[dict[str, Any]]:
        """The steps of episodes that a person approved, with the right that each was approved under."""
        table = schema.decisions.c
        query = sa.select(table.episode_id, table.step, table.role).where(
            table.state == state,
            table.by_user == by_user,
            table.decision == "approve",
            table.episode_id != "",
        )
        with self.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def audit_at(self, positions: list[int]) -> list[dict[str, Any]]:
        """The acts of the audit chain at these positions, oldest first, `about` as values."""
        table = schema.audit
        query = sa.select(table).where(table.c.position.in_(positions)).order_by(table.c.position)
        with self.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return [{**row, "about": json.loads(row["about"])} for row in rows]


def _last_view(
    connection: sa.Connection, state: str, name: str, office: str, by_user: str
) -> sa.RowMapping | None:
    """What was last saved under a name in an office or, where it is nobody's, by a person."""
    table = schema.views
    own = () if office else (table.c.by_user == by_user,)
    query = sa.select(table).where(
        table.c.state == state, table.c.name == name, table.c.office == office, *own
    )
    return connection.execute(query.order_by(table.c.position.desc()).limit(1)).mappings().first()
