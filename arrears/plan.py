"""From verdicts to acts: episodes, steps, clocks and people's decisions, one SELECT a table."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa

from arrears.profile import Profile
from arrears.queues import Queue
from arrears.remedy import Card
from arrears.transform import run_sql_file
from arrears.warehouse import Connection, attach_arrow, file_list, write_parquet

# One file one table, each reading only those before it.
ORDER = (
    "target",
    "verdict",
    "decision",
    "word",
    "episode",
    "sent",
    "progress",
    "clock",
    "stepping",
    "ending",
    "upkeep",
    "actions",
    "work_list",
)
KEPT = ("episode", "ending", "actions", "clock", "work_list")
_UNIT_CENTS = {"cents": 1, "whole_dollars": 100}
_NARROW = (
    "remedy, subject_id, case_id, person_id, office, worker, verdict, because, readings_part, amount_cents,"
    " facts_hash"
)


def attach_verdicts(con: Connection, folder: Path, remedies: list[str]) -> None:
    """Makes `verdicts.enter`, `.stay` and `.release`: the verdicts of all remedies, without conditions."""
    con.execute("CREATE SCHEMA IF NOT EXISTS verdicts")
    for part in ("enter", "stay", "release"):
        each = [
            f"SELECT {_NARROW} FROM read_parquet({file_list([folder / f'{remedy}.{part}.parquet'])})"
            for remedy in remedies
        ]
        if each:
            con.execute(f"CREATE OR REPLACE VIEW verdicts.{part} AS " + " UNION ALL ".join(each))
        else:  # Every remedy is off: a night in which nothing is decided is still a night.
            attach_arrow(con, f"verdicts.{part}", VERDICT_SCHEMA.empty_table())


def attach_cards(
    con: Connection, cards: Mapping[str, Card], profile: Profile, queues: Mapping[str, Queue], as_of: date
) -> None:
    """Makes `card.card`, `card.step` and `card.queue`: what the cards in force say, as tables."""
    steps = [
        step_row(card, number, profile, as_of) for card in cards.values() for number in range(len(card.steps))
    ]
    attach_arrow(con, "card.step", pa.Table.from_pylist(steps, STEP_SCHEMA))
    attach_arrow(
        con, "card.card", pa.Table.from_pylist([card_row(card) for card in cards.values()], CARD_SCHEMA)
    )
    rows = [{"queue": name, "holds_target": queue.holds_target} for name, queue in sorted(queues.items())]
    attach_arrow(con, "card.queue", pa.Table.from_pylist(rows, QUEUE_SCHEMA))


VERDICT_SCHEMA = pa.schema(
    [("remedy", pa.string()), ("subject_id", pa.string()), ("case_id", pa.string())]
    + [("person_id", pa.string()), ("office", pa.string()), ("worker", pa.string())]
    + [("verdict", pa.string()), ("because", pa.list_(pa.string())), ("readings_part", pa.bool_())]
    + [("amount_cents", pa.int64()), ("facts_hash", pa.string())]
)
STEP_SCHEMA = pa.schema(
    [("remedy", pa.string()), ("step_no", pa.int64()), ("step", pa.string()), ("kind", pa.string())]
    + [
        ("queue", pa.string()),
        ("message", pa.string()),
        ("needs", pa.string()),
        ("targets", pa.string()),
        ("ground", pa.string()),
    ]
    + [("clock_days", pa.int64()), ("clock_from", pa.string()), ("clock_step", pa.string())]
    + [("clock_rolls", pa.bool_()), ("intake", pa.string()), ("mail_lag_days", pa.int64())]
)
CARD_SCHEMA = pa.schema(
    [("remedy", pa.string()), ("title", pa.string()), ("update_on", pa.string())]
    + [("update_message", pa.string()), ("update_unit_cents", pa.int64()), ("release_message", pa.string())]
)
QUEUE_SCHEMA = pa.schema([("queue", pa.string()), ("holds_target", pa.bool_())])


def step_row(card: Card, number: int, profile: Profile, as_of: date) -> dict[str, object]:
    """One row of `card.step`: a step of a card with its clock's days in force on the date."""
    step = card.steps[number]
    clock = step.after
    lag = profile.value(clock.mail_lag, as_of).value if clock and clock.mail_lag else 0
    return {
        "remedy": card.remedy,
        "step_no": number + 1,
        "step": step.step,
        "kind": step.kind,
        "queue": step.queue or None,
        "message": step.message or None,
        "needs": step.needs,
        "targets": step.targets,
        "ground": step.ground,
        "clock_days": profile.value(clock.clock, as_of).value if clock else None,
        "clock_from": clock.from_ if clock else None,
        "clock_step": clock.step if clock else None,
        "clock_rolls": clock.roll if clock else None,
        "intake": (clock.intake or None) if clock else None,
        "mail_lag_days": lag if clock else None,
    }


def card_row(card: Card) -> dict[str, object]:
    """One row of `card.card`: how a remedy keeps its partners up to date, and how it lets go."""
    return {
        "remedy": card.remedy,
        "title": card.title,
        "update_on": card.update.on,
        "update_message": card.update.message or None,
        "update_unit_cents": _UNIT_CENTS[card.update.per],
        "release_message": card.release.message,
    }


def run_plan(con: Connection, folder: Path, sql_folder: Path, as_of: date) -> dict[str, int]:
    """The number of rows of each plan table that is kept, after writing them to the night's folder."""
    con.execute("CREATE SCHEMA IF NOT EXISTS plan")
    for name in ORDER:
        run_sql_file(con, sql_folder / f"{name}.sql", f"plan.{name}", {"as_of": as_of})
    keys = {
        "episode": "episode_id",
        "ending": "episode_id",
        "actions": "action_id",
        "clock": "episode_id",
        "work_list": "item_id",
    }
    return {
        name: write_parquet(
            con, f"SELECT * FROM plan.{name} ORDER BY {keys[name]}", folder / f"{name}.parquet"
        )
        for name in KEPT
    }
