"""A ledger to test with, and the few acts that most of its tests begin with."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import pyarrow as pa

from arrears.ledger import Delivery, Holder, Ledger, Run, schema, utc_text
from arrears.ledger.acts import add_episodes, begun

STATE = "me"
NIGHT = date(2025, 1, 15)
AT = datetime(2025, 1, 15, 7, tzinfo=UTC)
DAY = timedelta(days=1)


def at(day: date, hour: int = 7) -> datetime:
    """That hour of the day, UTC."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def begin(ledger: Ledger, day: date = NIGHT, kind: str = "night", holder: Any = None) -> Run:
    """The run of that day, at its cut."""
    moment = at(day)
    return ledger.begin_run(STATE, day, kind, ledger.pin(moment), moment, holder or Holder.here())  # type: ignore[arg-type]


def a_closed_night(ledger: Ledger, day: date = NIGHT) -> Run:
    """That night, begun and closed with nothing in it."""
    run = begin(ledger, day)
    ledger.close_run(run, "manifest", at(day, 8))
    return run


def an_item(case: str = "c1", version: int = 1, step: str = "certify", **more: Any) -> dict[str, Any]:
    """One action to send, as the plan hands it over."""
    episode = f"license_revocation:{case}:1"
    return {
        "action_id": f"{episode}:{step}:L-{case}:{version}",
        "remedy": "license_revocation",
        "subject_id": case,
        "case_id": case,
        "person_id": f"p-{case}",
        "episode_id": episode,
        "step": step,
        "kind": "send",
        "message": "restrict",
        "target_id": f"L-{case}",
        "version": version,
        "amount_cents": 2_500_00,
        "carry": "{}",
        "said_hash": "",
    } | more


def an_episode(case: str = "c1", ordinal: int = 1) -> dict[str, Any]:
    """One episode to open."""
    return {
        "episode_id": f"license_revocation:{case}:{ordinal}",
        "remedy": "license_revocation",
        "subject_id": case,
        "case_id": case,
        "person_id": f"p-{case}",
        "ordinal": ordinal,
        "opened_on": NIGHT,
        "facts_hash": "f" * 64,
    }


def prepare(ledger: Ledger, run: Run, *items: dict[str, Any], sha256: str = "s1", queue: str = "sos") -> int:
    """The number of a prepared batch of these items."""
    rows = list(items) or [an_item()]
    open_for(ledger, run, rows)
    name = f"{queue}.{{batch_no}}.txt"
    return ledger.prepare_batch(run, queue, name, sha256, len(rows), 0, rows, at(run.as_of))


def open_for(ledger: Ledger, run: Run, items: list[dict[str, Any]]) -> None:
    """Opens the episodes of these items that the ledger does not hold, even beside another open one."""
    ids = pa.chunked_array([sorted({item["episode_id"] for item in items})])
    said = {item["episode_id"]: item for item in items}
    with ledger.writing(run) as tx:
        held = set(begun(tx.connection, run.state, ids)["episode_id"].to_pylist())
        names = ("episode_id", "remedy", "subject_id", "case_id", "person_id")
        rows = [
            {name: said[one][name] for name in names}
            | {"ordinal": int(one.rpartition(":")[2]), "opened_on": str(run.as_of), "facts_hash": ""}
            for one in said
            if one not in held
        ]
        if rows:
            add_episodes(tx, run.state, utc_text(at(run.as_of)), run.run_id, "", pa.Table.from_pylist(rows))


def a_delivery(number: int = 1, outcome: str = "accepted", on: date = NIGHT, **more: Any) -> Delivery:
    """One delivery of driver licenses."""
    values: dict[str, Any] = {
        "delivery_id": f"{number:016x}",
        "state": STATE,
        "feed": "dmv_licenses",
        "sha256": f"{number:064x}",
        "files": (),
        "mode": "snapshot",
        "period_on": on,
        "sequence": number,
        "received_on": on,
        "at": at(on, 5),
        "outcome": outcome,
    }
    return Delivery(**(values | more))


def with_people(ledger: Ledger) -> None:
    """One user for each role, and one with two."""
    for name, roles in {
        "olive": {"operator"},
        "cass": {"caseworker"},
        "sam": {"supervisor"},
        "both": {"caseworker", "supervisor"},
        "audra": {"auditor"},
    }.items():
        ledger.add_user(name, roles, AT)


def decide(ledger: Ledger, decision: str = "approve", by: str = "sam", **more: Any) -> Any:
    """A decision on the first step of c1's episode."""
    values: dict[str, Any] = {
        "state": STATE,
        "item_id": "license_revocation:c1:1:certify:L-c1:1",
        "episode_id": "license_revocation:c1:1",
        "remedy": "license_revocation",
        "subject_id": "c1",
        "step": "certify",
        "decision": decision,
        "by_user": by,
        "role": "supervisor",
        "because": "checked the file",
        "at": AT,
    }
    return ledger.decide(**(values | more))


class PublicationKey(NamedTuple):
    """What may be published once and never twice."""

    queue: str
    subject_id: str
    target_id: str
    episode_id: str
    step: str
    version: int


def published_keys(ledger: Ledger) -> set[PublicationKey]:
    """The keys of everything ever published, the opening ledger included."""
    rows = ledger.snapshot(STATE, only=["published"], said=schema.KEY)["published"].to_pylist()
    return {PublicationKey(**row) for row in rows}
