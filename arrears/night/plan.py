"""From verdicts to acts: episodes, steps, clocks and people's decisions, one SELECT a table."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa

from arrears.data.warehouse import (
    Connection,
    attach_arrow,
    attach_views,
    parquet_rows,
    quote,
    run_sql_file,
)
from arrears.law.deadlines import DEADLINE_SCHEMA, Deadline, deadlines_select
from arrears.law.decide import why_off
from arrears.law.profile import Profile
from arrears.law.remedy import AGREEMENT, Card, Clock, by_facts
from arrears.law.verdicts import Asked, Sides, Verdicts, facts_hash, side_columns, sides_of
from arrears.law.work import Kind, make_kinds
from arrears.night.layers import AS_OF, load_layer
from arrears.night.transform import run_layer
from arrears.queues import Queue
from arrears.sqltext import case_of, columns, lines_select

RETRY_AFTER = "notice.retry_after_days"
_UNIT_CENTS = {"cents": 1, "whole_dollars": 100}
SQL = Path(__file__).with_name("sql")
# What the cards ask of the facts for a subject of whom something was said or may be said tonight.
_OF_SUBJECTS = {
    "agreement_is_kept": "BOOLEAN",
    "said_hash": "VARCHAR",
    "is_urgent": "BOOLEAN",
    "is_unheard": "BOOLEAN",
}


def attach_verdicts(con: Connection, folder: Path) -> dict[str, Sides]:
    """Each remedy's three questions as a run asked them, after making `verdicts.<facts>` of what it keeps."""
    kept = Verdicts(folder)
    attach_views(con, {f"verdicts.{facts}": parquet_rows([path]) for facts, path in kept.tables.items()})
    return sides_of(kept.asked)


def attach_watched(con: Connection, cards: Mapping[str, Card], sides: Mapping[str, Sides]) -> None:
    """Makes `card.watched`, the verdicts that tonight can be about, and what cards ask of the facts for them.

    Reads `verdicts.*`, `facts.*` and the ledger. A card whose verdicts are not there tonight is off.
    """
    run_sql_file(con, SQL / "held.sql", "card.held", {})
    watched = [watched_select(own) for own in sides_by_facts(sides).values()]
    make_table(con, "card.watched", watched, WATCHED_SCHEMA)
    on = [card for name, card in cards.items() if name in sides]
    subjects = [subject_select(own, sides) for own in by_facts(on).values()]
    make_table(con, "card.subject", subjects, SUBJECT_SCHEMA)
    anchors = [
        anchor_select(card, number, step.after)
        for card in on
        for number, step in enumerate(card.steps, 1)
        if step.after and (step.after.anchor_fact or step.after.tolled_by)
    ]
    make_table(con, "card.anchor", anchors, ANCHOR_SCHEMA)


def sides_by_facts(sides: Mapping[str, Sides]) -> dict[str, list[Sides]]:
    """The three questions of each remedy, by the facts table that they read."""
    found: dict[str, list[Sides]] = {}
    for one in sides.values():
        found.setdefault(one["enter"].facts, []).append(one)
    return found


def watched_select(sides: Sequence[Sides]) -> str:
    """The SELECT of the verdicts over one facts table that tonight can be about: flagged, not known or read
    in two ways, and of whomever an open episode or a partner holds.
    """
    when, told = {}, {}
    for one in sides:
        enter = one["enter"]
        name = quote(enter.remedy)
        held = f"list_contains(held_remedies, {name})"
        is_told = f"{enter.verdict} IS TRUE OR coalesce(list_contains(told_remedies, {name}), false)"
        when[enter.remedy] = f"{enter.verdict} IS DISTINCT FROM false OR {enter.differs} OR {held}"
        told[enter.remedy] = {**side_columns(one), "is_told": f"({is_told})"}
    kept = f"(FROM verdicts.{sides[0]['enter'].facts} LEFT JOIN card.held USING (subject_id))"
    return lines_select(kept, "remedy_of_line", when, told)


def attach_cards(
    con: Connection, cards: Mapping[str, Card], profile: Profile, queues: Mapping[str, Queue], as_of: date
) -> None:
    """Makes `card.*` of what the cards say; one that is off waits for nothing."""
    in_force = [card for card in cards.values() if why_off(profile, card, as_of) is None]
    steps = [step_row(card, number, profile, as_of) for card in in_force for number in range(len(card.steps))]
    attach_arrow(con, "card.step", pa.Table.from_pylist(steps, STEP_SCHEMA))
    rows = [card_row(card, profile, as_of) for card in cards.values()]
    attach_arrow(con, "card.card", pa.Table.from_pylist(rows, CARD_SCHEMA))
    said = [
        {
            "queue": name,
            "holds_target": queue.holds_target,
            "one_record": queue.one_record,
            "new_number": queue.new_number,
            "new_name": queue.new_name,
            "tells_birth": queue.tells_birth,
        }
        for name, queue in sorted(queues.items())
    ]
    attach_arrow(con, "card.queue", pa.Table.from_pylist(said, QUEUE_SCHEMA))
    policy = [{"retry_after_days": profile.value(RETRY_AFTER, as_of).value}]
    attach_arrow(con, "card.policy", pa.Table.from_pylist(policy, POLICY_SCHEMA))


def make_table(con: Connection, name: str, selects: list[str], shape: pa.Schema) -> None:
    """Makes a table of all rows of these SELECTs, which is there and empty where there is none."""
    if selects:
        con.execute(f"CREATE OR REPLACE TABLE {name} AS {' UNION ALL '.join(selects)}")
    else:
        attach_arrow(con, name, shape.empty_table())


def subject_select(cards: Sequence[Card], sides: Mapping[str, Sides]) -> str:
    """The SELECT of what the plan asks of the watched subjects of one facts table, in one scan:
    what the verdict rests on and, of whom something was or may be said, agreement, words and urgency.
    """
    facts, remedies = cards[0].facts, ", ".join(quote(card.remedy) for card in cards)
    said = {card.remedy: subject_columns(card, sides[card.remedy]["release"]) for card in cards}
    asked = {
        "remedy": "watched.remedy",
        "subject_id": "watched.subject_id",
        "facts_hash": case_of(
            "watched.remedy", {card.remedy: facts_hash(card.rests_on, "fact.") for card in cards}
        ),
    }
    for name, kind in _OF_SUBJECTS.items():
        own = case_of("watched.remedy", {remedy: told[name] for remedy, told in said.items() if told})
        asked[name] = f"CAST(CASE WHEN watched.is_told THEN {own} END AS {kind})"
    watched = (
        f"(SELECT remedy, subject_id, is_told FROM card.watched WHERE remedy IN ({remedies})) AS watched"
    )
    return (
        f"SELECT {columns(asked)} FROM facts.{facts} AS fact"
        f" JOIN verdicts.{facts} AS answer USING (subject_id) JOIN {watched} USING (subject_id)"
    )


def subject_columns(card: Card, release: Asked) -> dict[str, str]:
    """SQL for what the plan asks of a subject of one remedy; nothing where its card asks nothing."""
    if not (card.broken_agreement or card.update.of or card.release.urgent_when or card.release.unheard_when):
        return {}
    grounds = [name for name in card.release.urgent_when if name in release.conditions]
    urgent = [f'fact."{name}"' for name in card.release.urgent_when if name not in grounds]
    if grounds:
        urgent.append(f"coalesce({' OR '.join('answer.' + release.column(name) for name in grounds)}, false)")
    unheard = f'coalesce(fact."{card.release.unheard_when}", false)' if card.release.unheard_when else "false"
    return {
        "agreement_is_kept": f"fact.{AGREEMENT}" if card.broken_agreement else "CAST(NULL AS BOOLEAN)",
        "said_hash": facts_hash(card.update.of, "fact.") if card.update.of else "''",
        "is_urgent": f"({' OR '.join(urgent) or 'false'})",
        "is_unheard": unheard,
    }


def anchor_select(card: Card, number: int, clock: Clock) -> str:
    """The SELECT of the date that a step's clock starts from, and of the days that stopped it."""
    anchor = f'"{clock.anchor_fact}"' if clock.anchor_fact else "NULL"
    tolled = f'"{clock.tolled_by}"' if clock.tolled_by else "NULL"
    asked = {
        "remedy": quote(card.remedy),
        "step_no": f"CAST({number} AS BIGINT)",
        "subject_id": "subject_id",
        "anchor_on": f"CAST({anchor} AS DATE)",
        "tolled_days": f"CAST({tolled} AS BIGINT)",
    }
    watched = f"SELECT subject_id FROM card.watched WHERE remedy = {quote(card.remedy)}"
    return f"SELECT {columns(asked)} FROM {card.relation} WHERE subject_id IN ({watched})"


def attach_deadlines(
    con: Connection, deadlines: Mapping[str, Deadline], profile: Profile, as_of: date
) -> None:
    """Makes `card.deadline`: each deadline whose value this state has, for each subject it runs for."""
    tables = dict.fromkeys(one.facts for one in deadlines.values())
    each = [[one for one in deadlines.values() if one.facts == facts] for facts in tables]
    selects = [select for own in each if (select := deadlines_select(own, profile, as_of))]
    make_table(con, "card.deadline", selects, DEADLINE_SCHEMA)


_LIST = pa.list_(pa.string())
WATCHED_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("remedy", "subject_id", "case_id", "person_id", "office", "worker")]
    + [("enter_verdict", pa.string()), ("enter_because", _LIST), ("readings_differ", pa.bool_())]
    + [("stay_verdict", pa.string()), ("stay_because", _LIST)]
    + [("release_verdict", pa.string()), ("release_because", _LIST)]
    + [("release_readings_differ", pa.bool_()), ("amount_cents", pa.int64()), ("is_told", pa.bool_())]
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
    + [("clock_key", pa.string()), ("clock_count", pa.int64()), ("clock_unit", pa.string())]
    + [("clock_from", pa.string()), ("clock_step", pa.string()), ("clock_rolls", pa.bool_())]
    + [("clock_on_last_day", pa.bool_())]
    + [("tolled_by", pa.string()), ("intake", pa.string()), ("mail_lag_days", pa.int64())]
)
CARD_SCHEMA = pa.schema(
    [("remedy", pa.string()), ("title", pa.string()), ("update_on", pa.string())]
    + [("update_message", pa.string()), ("update_unit_cents", pa.int64()), ("release_message", pa.string())]
    + [("broken_agreement", pa.string()), ("grounds_with_case", pa.list_(pa.string()))]
)
POLICY_SCHEMA = pa.schema([("retry_after_days", pa.int64())])
SUBJECT_SCHEMA = pa.schema(
    [("remedy", pa.string()), ("subject_id", pa.string()), ("facts_hash", pa.string())]
    + [
        ("agreement_is_kept", pa.bool_()),
        ("said_hash", pa.string()),
        ("is_urgent", pa.bool_()),
        ("is_unheard", pa.bool_()),
    ]
)
ANCHOR_SCHEMA = pa.schema(
    [("remedy", pa.string()), ("step_no", pa.int64()), ("subject_id", pa.string())]
    + [("anchor_on", pa.date32()), ("tolled_days", pa.int64())]
)
QUEUE_SCHEMA = pa.schema(
    [("queue", pa.string()), ("holds_target", pa.bool_()), ("one_record", pa.bool_())]
    + [("new_number", pa.string()), ("new_name", pa.string()), ("tells_birth", pa.bool_())]
)


def step_row(card: Card, number: int, profile: Profile, as_of: date) -> dict[str, object]:
    """One row of `card.step`: a step of a card with its clock's value in force on the date."""
    step = card.steps[number]
    clock = step.after
    span = profile.value(clock.clock, as_of) if clock else None
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
        "clock_key": clock.clock if clock else None,
        "clock_count": span.value if span else None,
        "clock_unit": span.unit if span else None,
        "clock_from": clock.from_ if clock else None,
        "clock_step": (clock.step or None) if clock else None,
        "clock_rolls": clock.roll if clock else None,
        "clock_on_last_day": clock.on_last_day if clock else None,
        "tolled_by": (clock.tolled_by or None) if clock else None,
        "intake": (clock.intake or None) if clock else None,
        "mail_lag_days": lag if clock else None,
    }


def card_row(card: Card, profile: Profile, as_of: date) -> dict[str, object]:
    """One row of `card.card`: how a remedy keeps its partners up to date, and how it lets go."""
    return {
        "remedy": card.remedy,
        "title": card.title,
        "update_on": card.update.on,
        "update_message": card.update.message or None,
        "update_unit_cents": _UNIT_CENTS[card.update.per],
        "release_message": card.release.message or None,
        "broken_agreement": broken_agreement(card, profile, as_of),
        "grounds_with_case": sorted(one.name for one in card.conditions["release"] if one.with_case),
    }


def broken_agreement(card: Card, profile: Profile, as_of: date) -> str | None:
    """What a broken agreement does in this state: the card says it, or names the value that does."""
    told = card.broken_agreement
    if told in ("", "go_on", "new_notice"):
        return told or None
    needs_notice = profile.plain(told, as_of)
    # Where nobody says that none is needed, the parent is told again.
    return "go_on" if needs_notice is False else "new_notice"


def run_plan(
    con: Connection, folder: Path, sql_folder: Path, as_of: date, kinds: Mapping[str, Kind] | None = None
) -> dict[str, int]:
    """The number of rows of each plan table that is kept, after writing them to the night's folder.

    `kinds` are those lines of the work list that facts alone open.
    """
    con.execute("CREATE SCHEMA IF NOT EXISTS plan")
    make_kinds(con, kinds or {})
    return run_layer(con, load_layer(sql_folder), folder, {AS_OF: as_of})
