"""Users and their roles, decisions on work-list items, dated pauses, and looks."""

from collections.abc import Mapping, Sequence, Set
from datetime import UTC, date, datetime
from typing import Any, get_args

import sqlalchemy as sa

from arrears.errors import Refused
from arrears.ledger import chain, schema
from arrears.ledger.book import Book, Writing
from arrears.ledger.reasons import (
    refuse_numbers,
    require_coming,
    require_pause_days,
    require_pause_end,
    require_words,
)
from arrears.ledger.records import ROLES, Choice, Decision, Pause, held_item_id, utc_text, utc_time
from arrears.ledger.rows import day_text

# Under which right each decision may be made; the first is meant where the step names none.
MAY_DECIDE: dict[str, tuple[str, ...]] = {
    "approve": ("caseworker", "supervisor"),
    "hold": ("caseworker", "supervisor", "operator"),
    "reject": ("caseworker", "supervisor", "operator"),
    "release_held": ("operator", "supervisor"),
}
# Who may use a right: a supervisor stands in for both others.
STANDS_IN: dict[str, frozenset[str]] = {
    "caseworker": frozenset(["caseworker", "supervisor"]),
    "operator": frozenset(["operator", "supervisor"]),
    "supervisor": frozenset(["supervisor"]),
}
STOPS = ("hold", "reject")


def one_of(roles: Sequence[str]) -> str:
    """Whom to ask, in words: `an operator or a supervisor`."""
    return " or ".join(f"{'an' if role[0] in 'aeiou' else 'a'} {role}" for role in roles)


def require_role(
    connection: sa.Connection, user: str, any_of: Set[str], act: str, where: str = ""
) -> frozenset[str]:
    """The user's roles; refuses where none of them allows the act."""
    held = roles_of(connection, user)
    if not held & any_of:
        raise Refused(f"{user or 'Nobody'} may not {act}", where, f"Ask {one_of(sorted(any_of))}.")
    return held


def roles_of(connection: sa.Connection, user: str) -> frozenset[str]:
    """The roles that a user has now; none for a stranger."""
    users = schema.users.c
    query = sa.select(users.roles).where(users.name == user).order_by(users.position.desc()).limit(1)
    found = connection.execute(query).scalar_one_or_none() or ""
    return frozenset(found.split())


class People(Book):
    """What people are allowed to do and have done."""

    def add_user(self, name: str, roles: Set[str] | list[str], at: datetime, by: str = "") -> None:
        """Gives a user exactly these roles from now on; no roles at all takes the access away."""
        wanted = frozenset(roles)
        if not name.strip() or wanted - ROLES:
            unknown = ", ".join(sorted(wanted - ROLES)) or "a user without a name"
            raise Refused(f"There is no such role: {unknown}", "", f"Use {', '.join(sorted(ROLES))}.")
        with self.writing() as tx:
            if roles_of(tx.connection, name) == wanted:
                return
            text = " ".join(sorted(wanted))
            tx.add(schema.users, "", at, [{"name": name, "roles": text, "by_user": by}])
            tx.audit("", at, by or "engine", "user", user=name, roles=text)

    def roles(self, name: str) -> frozenset[str]:
        """The roles that a user has; none for a stranger."""
        with self.reading() as connection:
            return roles_of(connection, name)

    def decide(
        self,
        state: str,
        item_id: str,
        episode_id: str,
        remedy: str,
        subject_id: str,
        step: str,
        decision: Choice,
        by_user: str,
        role: str | None = None,
        because: str = "",
        reason_code: str = "",
        until_on: date | None = None,
        facts_hash: str = "",
        *,
        at: datetime,
        decided_on: date | None = None,
        needs: str | None = None,
    ) -> Decision:
        """The decision as kept; the same one given twice is kept once.

        `needs` (or `role`) is the right that the step asks for; it is kept as the decision's role,
        except where somebody with a lesser right stops what a greater one may send. `decided_on` is
        the day in the agency's own zone; without it, the UTC day of `at`.
        """
        if decision not in get_args(Choice):
            raise Refused(f"There is no decision {decision}", "", f"Use {', '.join(MAY_DECIDE)}.")
        require_words(because)
        row: dict[str, Any] = {
            "item_id": item_id,
            "episode_id": episode_id,
            "remedy": remedy,
            "subject_id": subject_id,
            "step": step,
            "decision": decision,
            "until_on": day_text(until_on),
            "by_user": by_user,
            "because": because,
            "reason_code": reason_code,
            "facts_hash": facts_hash,
            "decided_on": day_text(decided_on or at.astimezone(UTC).date()),
        }
        row["role"] = needs or role or MAY_DECIDE[decision][0]
        return self.decide_all(state, [row], at=at)[0]

    def decide_all(self, state: str, rows: Sequence[dict[str, Any]], *, at: datetime) -> list[Decision]:
        """The decisions as kept, all of them or, where one is refused, none.

        Each row holds what `decide` takes, days as text; its `role` is the right that the step asks for.
        """
        return self.decide_if_first(state, rows, {}, at=at)[0]

    def decide_if_first(
        self, state: str, rows: Sequence[dict[str, Any]], last_words: Mapping[str, int], *, at: datetime
    ) -> tuple[list[Decision], list[Decision]]:
        """The decisions as kept, and those of others that came first: on such an item nothing is kept.

        `last_words` is the position of the last decision on an item that whoever decides has seen; an
        item that it does not name is decided whatever was said of it.
        """
        with self.writing() as tx:
            first = _came_first(tx.connection, state, last_words)
            made = [_keep(tx, state, row, at) for row in rows if row["item_id"] not in first]
        return made, list(first.values())

    def pause(
        self,
        state: str,
        remedy: str,
        office: str,
        from_on: date,
        to_on: date | None,
        by_user: str,
        because: str,
        at: datetime,
        today: date | None = None,
    ) -> Pause:
        """A stop of a remedy (`''`: all; several with a space between) in an office (`''`: all) over these
        days, both included.

        `today` is the day in the agency's own zone; without it, the UTC day of `at`.
        """
        require_words(because)
        require_pause_days(from_on, to_on, today or at.astimezone(UTC).date())
        row: dict[str, Any] = {
            "remedy": remedy,
            "office": office,
            "from_on": day_text(from_on),
            "to_on": day_text(to_on),
            "by_user": by_user,
            "because": because,
        }
        row["pause_id"] = chain.digest([state, utc_text(at), row])[:16]
        with self.writing() as tx:
            require_role(tx.connection, by_user, {"operator", "supervisor"}, "pause a remedy")
            if _pause(tx.connection, state, row["pause_id"]) is None:
                tx.add(schema.pauses, state, at, [row])
                shown = {k: v for k, v in row.items() if k not in ("because", "by_user")}
                tx.audit(state, at, by_user, "pause", **shown, because_sha256=chain.digest(because))
        return Pause(row["pause_id"], state, remedy, office, from_on, to_on, by_user, because, at)

    def end_pause(
        self,
        state: str,
        pause_id: str,
        last_on: date | None,
        by_user: str,
        because: str,
        at: datetime,
        today: date | None = None,
    ) -> None:
        """Makes a pause end with this day, or corrects its end; None takes an end back.

        Only a supervisor lets a stopped remedy act again. `today` is as `pause` takes it.
        """
        require_words(because)
        with self.writing() as tx:
            require_role(tx.connection, by_user, {"supervisor"}, "end a pause")
            found = _pause(tx.connection, state, pause_id)
            if found is None:
                raise Refused(f"There is no pause {pause_id} in {state}", "", "List the pauses first.")
            if last_on is not None:
                planned = date.fromisoformat(found["to_on"]) if found["to_on"] else None
                began = date.fromisoformat(found["from_on"])
                require_pause_end(last_on, began, planned, today or at.astimezone(UTC).date())
            row = {
                "pause_id": pause_id,
                "last_on": day_text(last_on) or "",
                "by_user": by_user,
                "because": because,
            }
            tx.add(schema.pause_ends, state, at, [row])
            shown = {"pause_id": pause_id, "last_on": row["last_on"]}
            tx.audit(state, at, by_user, "end_pause", **shown, because_sha256=chain.digest(because))

    def look(self, state: str, by_user: str, what: str, at: datetime, **about: str | int) -> None:
        """Keeps who looked at what; `about` holds ids and counts only."""
        with self.writing() as tx:
            tx.audit(state, at, by_user, "look", what=what, **about)


def _pause(connection: sa.Connection, state: str, pause_id: str) -> sa.RowMapping | None:
    table = schema.pauses
    query = sa.select(table).where(table.c.state == state, table.c.pause_id == pause_id)
    return connection.execute(query).mappings().first()


def _keep(tx: Writing, state: str, asked: dict[str, Any], at: datetime) -> Decision:
    require_words(str(asked["because"]))
    refuse_numbers(str(asked.get("reason_code") or ""))
    if asked.get("until_on"):
        if asked["decision"] != "hold":
            raise Refused("Only a hold has a last day", "", "Leave the day out.")
        require_coming(
            date.fromisoformat(asked["until_on"]), date.fromisoformat(asked["decided_on"]), "A hold"
        )
    row = {**asked, "role": _acting_role(tx.connection, asked, asked["role"])}
    row["decision_id"] = chain.digest([state, utc_text(at), row])[:16]
    _refuse_same_person_twice(tx, state, row)
    _refuse_release_of_nothing(tx, state, row)
    if not _is_kept(tx.connection, state, str(row["decision_id"])):
        tx.add(schema.decisions, state, at, [row])
        shown = {k: v for k, v in row.items() if k not in ("because", "by_user")}
        digest = chain.digest(row["because"])
        tx.audit(state, at, row["by_user"], "decide", **shown, because_sha256=digest)
    return _decision({**row, "state": state, "at": at})


def _came_first(connection: sa.Connection, state: str, last_words: Mapping[str, int]) -> dict[str, Decision]:
    """The last decision on each of these items that is later than what was seen of it."""
    if not last_words:
        return {}
    table = schema.decisions
    query = (
        sa.select(table)
        .where(table.c.state == state, table.c.position > min(last_words.values()))
        .order_by(table.c.position)
    )
    return {
        row["item_id"]: _decision({**row, "at": utc_time(row["at"])})
        for row in connection.execute(query).mappings()
        if row["position"] > last_words.get(row["item_id"], row["position"])
    }


def _acting_role(connection: sa.Connection, row: dict[str, Any], right: str) -> str:
    """The right that the decision is made under; refuses whoever does not have it."""
    decision, user = row["decision"], row["by_user"]
    allowed = MAY_DECIDE[decision]
    about_file = str(row["item_id"]).startswith(held_item_id(""))
    if not about_file:  # an operator decides on files, not on people's cases
        allowed = tuple(one for one in allowed if one != "operator")
    held = roles_of(connection, user)
    if right in allowed and held & STANDS_IN[right]:
        return right
    mine = [one for one in allowed if one in held]
    if decision in STOPS and mine:
        return mine[0]  # whoever works on the case may stop it, whatever sending it would need
    wanted = one_of([right] if right in allowed else list(allowed))
    raise Refused(f"{user or 'Nobody'} may not {decision} this", row["item_id"], f"Ask {wanted}.")


def _is_kept(connection: sa.Connection, state: str, decision_id: str) -> bool:
    table = schema.decisions.c
    query = sa.select(table.position).where(table.state == state, table.decision_id == decision_id)
    return connection.execute(query).first() is not None


def _refuse_same_person_twice(tx: Writing, state: str, row: dict[str, Any]) -> None:
    """Refuses a second approval in an episode by one person where either needs a supervisor."""
    if row["decision"] != "approve" or not row["episode_id"]:
        return
    table = schema.decisions.c
    earlier = sa.select(table.step).where(
        table.state == state,
        table.episode_id == row["episode_id"],
        table.by_user == row["by_user"],
        table.decision == "approve",
        table.step != row["step"],
    )
    if row["role"] != "supervisor":
        earlier = earlier.where(table.role == "supervisor")
    found = tx.connection.execute(earlier).first()
    if found is not None:
        raise Refused(
            f"{row['by_user']} has approved the step {found.step} of this episode, so another person "
            f"must approve {row['step']}",
            row["episode_id"],
            "Ask another supervisor.",
        )


def _refuse_release_of_nothing(tx: Writing, state: str, row: dict[str, Any]) -> None:
    if row["decision"] != "release_held":
        return
    table = schema.deliveries.c
    held = sa.select(table.delivery_id).where(table.state == state, table.outcome == "held")
    if row["item_id"] not in {held_item_id(found) for found in tx.connection.execute(held).scalars()}:
        raise Refused(
            f"No delivery is held as {row['item_id']} in {state}", "", "List the held deliveries first."
        )


def _decision(row: dict[str, Any]) -> Decision:
    names = Decision.__dataclass_fields__
    values: dict[str, Any] = {name: row[name] for name in names}
    values["until_on"] = date.fromisoformat(values["until_on"]) if values["until_on"] else None
    values["decided_on"] = date.fromisoformat(values["decided_on"])
    return Decision(**values)
