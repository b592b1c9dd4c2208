"""What may leave through each queue now: due, whole, stopped by nothing, never sent before, within its gate.

Chosen for all queues at once, and again whenever the ledger has heard something or a file has left.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from arrears.data.warehouse import (
    Connection,
    ask_sql_file,
    attach_arrow,
    file_paths,
    lend_arrow,
    run_sql_file,
    sql_text,
)
from arrears.night.run import Night
from arrears.night.stops import CARRIED, CHECK_ITEM, SQL, judge_stops, read_stops, stops_any, weigh_acts
from arrears.night.volume import Guard
from arrears.queues import content_path

GATE_PERCENT, GATE_LEAST = "release.gate_percent", "release.gate_at_least"
GONE = ("action_id", "queue", "kind", "batch_no")
LINE = ["action_id", "remedy", "subject_id", "case_id", "person_id", "office", "worker"]
LINE += ["episode_id", "step", "amount_cents", "facts_hash"]


@dataclass
class Leaving:
    """What may leave through one queue: how much, why the rest is held, each act that a stop keeps back."""

    acts: int = 0
    records: int = 0
    held: str | None = None
    held_item: str | None = None
    held_by_remedy: dict[str, int] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)

    @property
    def stopped_for(self) -> list[dict[str, Any]]:
        """How many acts are kept back for which reason."""
        reasons = Counter(line["reason"] for line in self.lines)
        return [{"reason": reason, "acts": acts} for reason, acts in sorted(reasons.items())]


class Choice:
    """What may leave, by the stops of which the ledger had heard when it was last asked."""

    def __init__(self, night: Night, con: Connection) -> None:
        self.night, self.con = night, con
        self._heard, self._is_old = -1, True
        self._by_queue: dict[str, Leaving] = {}
        self._left: list[pa.Table] = []
        self.guard = Guard(night)
        open_choice(night, con)

    def of(self, queue: str) -> Leaving:
        """What may leave through a queue now; chosen again where anything was heard or has left since."""
        if self._hears() or self._is_old:
            self._note_left()
            self._by_queue, self._is_old = choose(self.con), False
            self.guard.keep(self.con)
            judge_queues(self.night, self.con, self._by_queue)
        return self._by_queue.get(queue, Leaving())

    def stops(self, acts: str) -> bool:
        """Whether a stop came for one of the chosen acts of a relation since they were chosen."""
        return self._hears() and stops_any(self.con, acts)

    def left(self, items: pa.Table) -> None:
        """Notes that these acts have left."""
        self._left.append(items)

    def leaves_more(self) -> None:
        """Notes that a queue has more to send than the file that has just left."""
        self._is_old = True

    def _note_left(self) -> None:
        for items in self._left:
            lend_arrow(self.con, "left_item", items)
            self.con.execute(
                "INSERT INTO gone BY NAME SELECT action_id, queue, kind, true AS of_this_run FROM left_item"
            )
        self._left = []

    def _hears(self) -> bool:
        """Whether the ledger has heard anything since it was last asked; all stops are then read again."""
        heard = self.night.ledger.heard(self.night.state)
        if heard == self._heard:
            return False
        read_stops(self.night, self.con)
        self._heard, self._is_old = heard, True
        return True


def open_choice(night: Night, con: Connection) -> None:
    """Makes `gone`, `borne` and `weighed`: what has left, and the plan's acts with what would carry them.

    What any run has ever published, this one included before it was killed, never leaves again.
    """
    own = [batch.batch_no for batch in night.ledger.batches(night.state) if batch.run_id == night.run.run_id]
    sent = night.ledger.snapshot(night.state, only=["published"], said=GONE)["published"]
    of_this_run = pc.is_in(sent["batch_no"], value_set=pa.array(own, sent["batch_no"].type))
    attach_arrow(con, "gone", sent.drop_columns("batch_no").append_column("of_this_run", of_this_run))
    files = [content_path(night.folder / "queues", name) for name in sorted(night.queues)]
    run_sql_file(con, SQL / "borne.sql", "borne", {"files": file_paths(*files)}, is_temporary=True)
    weigh_acts(con, "plan.actions")


def choose(con: Connection) -> dict[str, Leaving]:
    """Makes `leaving` (acts) and `bearing` (records) of all queues; how much of each, and what is stopped."""
    con.execute(f"CREATE OR REPLACE TEMP VIEW act AS {sql_text(SQL / 'acts.sql')}")
    judge_stops(con, "act", "candidate")
    for name in ("bearing", "leaving"):
        run_sql_file(con, SQL / f"{name}.sql", name, {}, is_temporary=True)
    found: dict[str, Leaving] = {}
    for queue, *line in con.execute(
        f"""SELECT queue, {", ".join(LINE)}, coalesce(reason, $carried) FROM candidate
            ANTI JOIN leaving USING (action_id) ORDER BY queue, action_id""",
        {"carried": CARRIED},
    ).fetchall():
        lines = found.setdefault(queue, Leaving()).lines
        lines.append(dict(zip([*LINE, "reason"], line, strict=True)))
    return found


def judge_queues(night: Night, con: Connection, found: dict[str, Leaving]) -> None:
    """Notes how much may leave through each queue; of a queue behind its gate, what eases alone.

    Nothing leaves where a check stops the queue.
    """
    held: list[str] = []
    stopped = dict(con.execute("SELECT queue, min(why) FROM aside_queue GROUP BY queue").fetchall())
    for queue, acts, records, *new in counts(con):
        one = found.setdefault(queue, Leaving())
        if queue in stopped:
            one.held = f"a check of the night stops it: {stopped[queue]}"
            one.held_item = f"{CHECK_ITEM}{queue}:{night.as_of}"
            continue
        one.acts, one.records = acts, records
        one.held, one.held_item = gate(night, queue, *new)
        if one.held is not None:
            held.append(queue)
            one.held_by_remedy = new_by_remedy(con, queue)
            one.acts = one.records = 0
    if held:
        keep_what_eases(con, held)
        for queue, acts, records, *_ in counts(con):
            if queue in held:
                found[queue].acts, found[queue].records = acts, records


def counts(con: Connection) -> list[tuple[Any, ...]]:
    """By queue: acts and records that may leave, new acts with their hash, and the open cases."""
    return ask_sql_file(con, SQL / "gate.sql", {"newline": "\n"}).fetchall()


def gate(night: Night, queue: str, new: int, digest: str, cases: int) -> tuple[str | None, str | None]:
    """Why so many new burdens may not leave at once without a person's word, and the item to decide on.

    The item names these very acts: a word on others does not count. Monthly lines, changed amounts and
    releases are not counted: they lay nothing new on anybody. What this run has sent already counts too:
    a file in parts is one gate's.
    """
    percent, least = (night.profile.value(key, night.as_of).value for key in (GATE_PERCENT, GATE_LEAST))
    most = max(int(cases) * percent // 100, least)
    item = f"gate:{queue}:{night.as_of}:{new}-{digest[:8]}"
    if new <= most or _is_approved(night, item):
        return None, None
    return f"{new:,} new acts are more than the gate allows in one run ({most:,})", item


def new_by_remedy(con: Connection, queue: str) -> dict[str, int]:
    """The new acts that may leave through a queue, by remedy: what a gate counts."""
    found = con.execute(
        """SELECT remedy, count(*) AS acts FROM leaving WHERE queue = $queue AND kind IN ('send', 'notice')
           GROUP BY remedy ORDER BY acts DESC, remedy""",
        {"queue": queue},
    ).fetchall()
    return dict(found)


def _is_approved(night: Night, item_id: str) -> bool:
    last = [one["decision"] for one in night.ledger.decisions(night.state) if one["item_id"] == item_id]
    return last[-1:] == ["approve"]


def keep_what_eases(con: Connection, queues: list[str]) -> None:
    """Leaves in `leaving` and `bearing` of these queues what lays nothing new on anybody.

    That never waits for a gate: releases, withdrawals, lower or equal amounts and corrections of who
    somebody is; a record that also carries something else stays with it.
    """
    held = {"queues": queues}
    con.execute(
        """DELETE FROM bearing WHERE queue IN (SELECT unnest($queues)) AND (queue, record_no) IN (
             SELECT borne.queue, record_no FROM borne JOIN leaving USING (action_id) WHERE NOT eases)""",
        held,
    )
    con.execute(
        """DELETE FROM leaving WHERE queue IN (SELECT unnest($queues)) AND (NOT eases OR NOT is_covered
             AND action_id NOT IN (SELECT action_id FROM borne JOIN bearing USING (queue, record_no)))""",
        held,
    )
