"""A small hand-made store for the desk: closed nights with just the tables that it reads."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from verdict_files import keep_verdicts

from arrears import house
from arrears.data.store import Store
from arrears.law.catalog import described_facts
from arrears.ledger import Holder, Ledger
from arrears.values import Row

STATE = "me"
REMEDY = "license_revocation"
TEXT, WHOLE, DAY, TRUTH, LIST = pa.string(), pa.int64(), pa.date32(), pa.bool_(), pa.list_(pa.string())
UNITS = {"cents": WHOLE, "days": WHOLE, "count": WHOLE, "basis_points": WHOLE, "date": DAY}
UNITS |= {"yes_no": TRUTH, "list": LIST}
WORK = pa.schema(
    [(name, TEXT) for name in ("item_id", "kind", "remedy", "subject_id", "case_id", "person_id", "office")]
    + [(name, TEXT) for name in ("worker", "episode_id", "step", "needs")]
    + [("amount_cents", WHOLE), ("due_on", DAY), ("because", LIST), ("facts_hash", TEXT)]
    + [("readings_differ", TRUTH)]
)
CLOCK = pa.schema(
    [(name, TEXT) for name in ("episode_id", "step", "clock_key", "clock_unit", "clock_from", "clock_step")]
    + [(name, TEXT) for name in ("tolled_by", "notice_status", "intake")]
    + [(name, DAY) for name in ("anchor_on", "window_ends_on", "intake_through_on")]
    + [("clock_count", WHOLE), ("tolled_days", WHOLE), ("window_is_closed", TRUTH)]
)
DEADLINES = pa.schema(
    [
        (name, TEXT)
        for name in ("deadline", "subject_id", "case_id", "person_id", "office", "worker", "status")
    ]
    + [(name, TEXT) for name in ("needs", "said", "clock_key", "clock_unit", "clock_from", "tolled_by")]
    + [(name, DAY) for name in ("anchor_on", "ends_on", "met_on")]
    + [(name, WHOLE) for name in ("tolled_days", "days_left", "clock_count")]
)
EPISODE = pa.schema(
    [(name, TEXT) for name in ("remedy", "subject_id", "case_id", "person_id", "episode_id", "facts_hash")]
    + [("opened_on", DAY), ("ordinal", WHOLE), ("is_new", TRUTH)]
)
ENDING = pa.schema([(name, TEXT) for name in ("episode_id", "remedy", "subject_id", "close_reason")])
ACTIONS = pa.schema(
    [
        (name, TEXT)
        for name in ("action_id", "remedy", "subject_id", "case_id", "person_id", "office", "worker")
    ]
    + [(name, TEXT) for name in ("episode_id", "step", "kind", "queue", "message", "target_id", "status")]
    + [(name, TEXT) for name in ("needs", "facts_hash", "said_hash")]
    + [("version", WHOLE), ("amount_cents", WHOLE), ("due_on", DAY), ("because", LIST)]
    + [("is_urgent", TRUTH), ("readings_differ", TRUTH), ("is_covered", TRUTH)]
)


def line(case: str = "c1", kind: str = "approval", **more: Any) -> Row:
    """One line of a license revocation that waits for a supervisor."""
    step = {"approval": "certify", "review": "review"}.get(kind)
    episode = f"{REMEDY}:{case}:1" if step else None
    return {
        "item_id": f"{episode}:{step}" if step else f"{REMEDY}:{case}:{kind}",
        "kind": kind,
        "remedy": REMEDY,
        "subject_id": case,
        "case_id": case,
        "person_id": f"p-{case}",
        "office": "101",
        "worker": "W1",
        "episode_id": episode,
        "step": step,
        "needs": "supervisor" if kind == "approval" else "caseworker",
        "amount_cents": 1_000_00,
        "because": [],
        "facts_hash": f"hash-{case}",
        "readings_differ": False,
    } | more


def of_facts(kind: str, case: str = "c1", **more: Any) -> Row:
    """One line that facts alone opened."""
    none = {"remedy": None, "episode_id": None, "step": None}
    own = {"item_id": f"{kind}:{case}", "because": ["It says so."]}
    return line(case, kind, **(none | own | more))


def a_person(person_id: str) -> Row:
    """The facts of a person who can be written to, and whose place may be told."""
    known = {"subject_id": person_id, "person_id": person_id}
    return known | {"obligor_location_is_protected": False}


def facts_of(table: str, rows: Sequence[Row]) -> pa.Table:
    """Rows of a described fact table; what a row does not say is not known."""
    described = (described_facts(house.FACTS) or {})[table]
    keys = [(name, TEXT) for name in ("subject_id", "case_id", "person_id", "office", "worker")]
    columns = [(name, UNITS.get(str(one.get("unit")), TEXT)) for name, one in described.items()]
    return pa.Table.from_pylist(list(rows), pa.schema([*keys, *columns]))


@dataclass
class Tonight:
    """What the tables of one night hold."""

    work: Sequence[Row] = ()
    clock: Sequence[Row] = ()
    deadlines: Sequence[Row] = ()
    episodes: Sequence[Row] = ()
    ending: Sequence[Row] = ()
    actions: Sequence[Row] = ()
    verdicts: Sequence[Row] = ()
    facts: dict[str, Sequence[Row]] = field(default_factory=dict)


class World:
    """A store of invented people whose nights are written by hand."""

    def __init__(self, root: Path) -> None:
        self.store = Store.create(root, "invented")
        self.ledger = Ledger.open(self.store.ledger_url)
        at = datetime(2025, 1, 1, tzinfo=UTC)
        for name, role in (("sue", "supervisor"), ("tom", "supervisor"), ("cas", "caseworker")):
            self.ledger.add_user(name, {role}, at)
        self.ledger.add_user("aud", {"auditor"}, at)

    def night(self, day: date, tonight: Tonight) -> None:
        """That night, closed with these tables."""
        folder = self.store.night(STATE, day)
        plan = {"work_list": (tonight.work, WORK), "clock": (tonight.clock, CLOCK)}
        plan |= {"deadlines": (tonight.deadlines, DEADLINES), "episode": (tonight.episodes, EPISODE)}
        plan |= {"ending": (tonight.ending, ENDING), "actions": (tonight.actions, ACTIONS)}
        for name, (rows, shape) in plan.items():
            put(folder / "plan" / f"{name}.parquet", pa.Table.from_pylist(list(rows), shape))
        facts = {"person_facts": (), "case_facts": (), "license_facts": (), **tonight.facts}
        told = {one["subject_id"] for one in facts["person_facts"]}
        others = {one["person_id"] for one in tonight.work if one["person_id"]} - told
        facts["person_facts"] = (*facts["person_facts"], *(a_person(one) for one in sorted(others)))
        for name, rows in facts.items():
            put(folder / "facts" / f"{name}.parquet", facts_of(name, rows))
        keep_verdicts(folder, REMEDY, tonight.verdicts)
        at = datetime(day.year, day.month, day.day, 7, tzinfo=UTC)
        run = self.ledger.begin_run(STATE, day, "night", self.ledger.pin(at), at, Holder.here())
        self.ledger.close_run(run, f"manifest of {day}", at)


def put(path: Path, table: pa.Table) -> None:
    """Writes a table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)
