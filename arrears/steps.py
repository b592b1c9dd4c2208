"""The steps of a night as ordinary functions: any scheduler may call them, in order, as often as it likes.

Each takes a store's path, a state and a date, finds its open run in the ledger, reads and writes the run's
folder, and returns a small dict of counts without personal data.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from arrears import close as closing
from arrears import house
from arrears import night as nights
from arrears.ledger import Ledger
from arrears.ledger.records import Word
from arrears.night import Night
from arrears.store import Store, write_aside
from arrears.summary import summarize
from arrears.transform import kept_facts
from arrears.warehouse import Connection, attach_arrow, attach_parquet, warehouse

Counts = dict[str, Any]
# Short names of sources, as the DAGs have them; any other feed goes by its own name.
SHORT = {
    "employer_new_hires": "employer",
    "dmv_licenses": "dmv",
    "bank_accounts": "bank",
    "state_tax_refunds": "tax",
}
SOURCES = {
    SHORT.get(one.parent.name, one.parent.name): one.parent.name
    for one in sorted(house.FEEDS.glob("*/feed.yml"))
}
MATCH_TABLES = ("people", "links", "candidates")
LEDGER_TABLES = ("episodes", "published", "decisions")
NOT_SENT = "not_sent.json"
# Windows that count tonight may have opened long ago; none reaches further ahead than this.
CALENDAR_BEFORE, CALENDAR_AFTER = timedelta(days=366 * 30), timedelta(days=366 * 3)


def ingest(store: str, state: str, source: str, files: list[str], on: str | None) -> Counts:
    """What became of one source's files: received by content, loaded, rejects counted."""
    from arrears.intake import take_in

    place = Store.open(Path(store))
    # Real files arrive when they arrive; only invented ones may say that they came on another day.
    day = date.fromisoformat(on) if on and place.kind == "invented" else None
    return take_in(place, state, [Path(f) for f in files], on=day, expect=SOURCES[source])


def begin(
    store: str, state: str, as_of: str, known_at: str | None = None, again: Word | None = None
) -> Counts:
    """The pinned cut; refuses a night whose predecessor is neither closed nor declared absent.

    With `again`, a person's word, a broken night that has sent nothing begins anew; a closed one is refused.
    """
    moment = datetime.fromisoformat(known_at) if known_at else None
    place, day = Store.open(Path(store)), date.fromisoformat(as_of)
    if again is None and (closed := closed_summary(place, state, day)) is not None:
        return {**closed, "already_closed": True}
    night = nights.begin(place, state, day, moment, again)
    return _begun(night)


def begin_release(store: str, state: str, as_of: str, known_at: str | None = None) -> Counts:
    """The pinned cut of a day release; refuses one whose night is not closed."""
    moment = datetime.fromisoformat(known_at) if known_at else None
    return _begun(nights.begin_release(Store.open(Path(store)), state, date.fromisoformat(as_of), moment))


def _begun(night: Night) -> Counts:
    return {
        "run": night.run.run_id,
        "position": night.run.cut.position,
        "known_at": night.run.cut.known_at.isoformat(),
        "deliveries": len(night.deliveries),
    }


def match(store: str, state: str, as_of: str) -> Counts:
    """How many feed rows were linked to persons of the caseload, and how many only might be."""
    from arrears.transform import run_match

    with _working(store, state, as_of) as (night, con):
        if night is None:
            return {}
        attach_inputs(night, con)
        return run_match(con, night.folder / "match", night.as_of)


def facts(store: str, state: str, as_of: str) -> Counts:
    """How many cases, persons and debts are known as of the date, one wide row each."""
    from arrears.load import add_orphans
    from arrears.transform import run_facts

    with _working(store, state, as_of) as (night, con):
        if night is None:
            return {}
        attach_inputs(night, con)
        add_orphans(con, night.store, night.feeds["caseload"])
        attach_tables(con, night, "match", MATCH_TABLES)
        attach_ledger(con, night, ("published", "decisions"))
        return run_facts(con, night.folder / "facts", night.profile, night.as_of)


def remedies(store: str, state: str, as_of: str) -> Counts:
    """Verdicts by remedy: flag, clear and unknown; a remedy that a missing value turns off says so."""
    from arrears.decide import decide

    with _working(store, state, as_of) as (night, con):
        if night is None:
            return {}
        attach_tables(con, night, "facts", kept_facts())
        counts = {
            name: asdict(decide(con, night.profile, card, night.as_of, night.folder / "verdicts"))
            for name, card in night.cards.items()
        }
        return {"verdicts": counts}


def actions(store: str, state: str, as_of: str) -> Counts:
    """How many acts tonight calls for, by kind and status."""
    from arrears.deadlines import load_deadlines
    from arrears.plan import attach_cards, attach_deadlines, attach_verdicts, run_plan
    from arrears.work import kinds_of, load_kinds

    with _working(store, state, as_of) as (night, con):
        if night is None:
            return {}
        attach_inputs(night, con)
        attach_tables(con, night, "facts", kept_facts())
        attach_tables(con, night, "match", MATCH_TABLES)
        attach_verdicts(con, night.folder / "verdicts", decided(night))
        attach_ledger(con, night, LEDGER_TABLES)
        attach_cards(con, night.cards, night.profile, night.queues, night.as_of)
        attach_deadlines(con, load_deadlines(house.RULES), night.profile, night.as_of)
        kinds = kinds_of(load_kinds(house.RULES), night.profile.state)
        return run_plan(con, night.folder / "plan", house.PLAN, night.as_of, kinds)


def queues(store: str, state: str, as_of: str) -> Counts:
    """How many records each queue would carry, as frozen content rows without numbers of people."""
    from arrears.queues import build

    with _working(store, state, as_of) as (night, con):
        if night is None:
            return {}
        attach_outgoing(night, con)
        con.execute("CREATE VIEW items AS SELECT * FROM plan.actions WHERE status = 'due' AND NOT is_covered")
        built = {
            name: build(
                con,
                queue,
                queue.terms(night.profile, night.as_of),
                night.folder / "queues" / f"{name}.parquet",
            )
            for name, queue in night.queues.items()
        }
        not_sent = [asdict(one) for queue in built.values() for one in queue.not_sent]
        write_aside(night.folder / "queues" / NOT_SENT, json.dumps(not_sent, indent=1).encode() + b"\n")
        return {name: {"records": one.records, "not_sent": len(one.not_sent)} for name, one in built.items()}


def check(store: str, state: str, as_of: str) -> Counts:
    """The expectations on feeds, facts and queues; a broken stop ends the run before anything leaves."""
    from arrears.checks import check_run

    with _working(store, state, as_of) as (night, con):
        if night is None:
            return {}
        attach_inputs(night, con)
        return check_run(night, con)


def release(store: str, state: str, as_of: str) -> Counts:
    """What left for each queue, and what did not and why."""
    from arrears.release import release as release_queues

    with _working(store, state, as_of) as (night, con):
        if night is None:
            return {}
        attach_outgoing(night, con)
        return {"queues": [sent.as_json() for sent in release_queues(night, con)]}


def close(store: str, state: str, as_of: str) -> Counts:
    """The summary of the run, whose manifest makes its folder final."""
    with _working(store, state, as_of) as (night, con):
        if night is None:
            return closed_summary(Store.open(Path(store)), state, date.fromisoformat(as_of)) or {}
        summary = summarize(night, con)
        write_aside(
            night.folder / closing.SUMMARY, json.dumps(summary, indent=1, sort_keys=True).encode() + b"\n"
        )
        closing.close(night, con)
        return summary


NIGHT: tuple[tuple[str, Callable[[str, str, str], Counts]], ...] = (
    ("match", match),
    ("facts", facts),
    ("remedies", remedies),
    ("actions", actions),
    ("queues", queues),
    ("check", check),
    ("release", release),
    ("close", close),
)


def run_night(
    store: Store,
    state: str,
    as_of: date,
    known_at: datetime | None = None,
    progress: Callable[[str, Counts], None] = lambda step, counts: None,
    again: Word | None = None,
) -> Counts:
    """The summary of one whole night; a closed one is told again and nothing is done twice."""
    place, day, moment = str(store.root), as_of.isoformat(), known_at.isoformat() if known_at else None
    begun = begin(place, state, day, moment, again)
    if begun.get("already_closed"):
        return begun
    return _run_steps(place, state, day, begun, progress)


def day_release(
    store: str,
    state: str,
    as_of: str,
    known_at: str | None = None,
    progress: Callable[[str, Counts], None] = lambda step, counts: None,
) -> Counts:
    """The summary of one day release: tonight's pipeline again on what is known now, then what is due."""
    return _run_steps(store, state, as_of, begin_release(store, state, as_of, known_at), progress)


def _run_steps(
    store: str, state: str, as_of: str, begun: Counts, progress: Callable[[str, Counts], None]
) -> Counts:
    progress("begin", begun)
    summary: Counts = {}
    for name, step in NIGHT:
        summary = step(store, state, as_of)
        progress(name, summary)
    return summary


def closed_summary(store: Store, state: str, as_of: date) -> Counts | None:
    """The summary of a closed night, or None where it is not closed."""
    if Ledger.open(store.ledger_url).closed_run(state, as_of) is None:
        return None
    found: Counts = json.loads((store.night(state, as_of) / closing.SUMMARY).read_text())
    return found


@contextmanager
def _working(store: str, state: str, as_of: str) -> Iterator[tuple[Night | None, Connection]]:
    """The open run of this date with an empty warehouse; no run where the night is already closed."""
    place, day = Store.open(Path(store)), date.fromisoformat(as_of)
    with warehouse(spill=place.spill()) as con:
        ledger = Ledger.open(place.ledger_url)
        if ledger.open_run(state) is None and ledger.closed_run(state, day) is not None:
            yield None, con
        else:
            yield nights.resume(place, state, day), con


def attach_inputs(night: Night, con: Connection) -> None:
    """Makes `caseload.*` and `staging.*` as of the cut, and the state's `calendar`."""
    from arrears.load import attach

    attach(con, night.store, night.state, night.deliveries, night.feeds)
    span = (night.as_of - CALENDAR_BEFORE, night.as_of + CALENDAR_AFTER)
    attach_arrow(con, "calendar", night.profile.calendar().table(*span))


def attach_tables(con: Connection, night: Night, layer: str, names: tuple[str, ...]) -> None:
    """Makes views over the tables that an earlier step wrote to the run's folder."""
    for name in names:
        attach_parquet(con, f"{layer}.{name}", [night.folder / layer / f"{name}.parquet"])


def attach_ledger(con: Connection, night: Night, names: tuple[str, ...]) -> None:
    """Makes `ledger.*`: what the ledger holds of the state as of the cut."""
    for name, table in night.ledger.snapshot(night.state, night.run.cut, only=names).items():
        attach_arrow(con, f"ledger.{name}", table)


def attach_outgoing(night: Night, con: Connection) -> None:
    """Makes all that a queue's rows may read: inputs, matches, facts, acts, what was said before."""
    from arrears.identity import attach_vault

    attach_inputs(night, con)
    attach_tables(con, night, "match", MATCH_TABLES)
    attach_tables(con, night, "facts", kept_facts())
    attach_tables(con, night, "plan", ("actions", "episode", "ending"))
    attach_vault(con, night.store, night.state)
    attach_arrow(
        con, "published", night.ledger.snapshot(night.state, night.run.cut, only=["published"])["published"]
    )


def decided(night: Night) -> list[str]:
    """The remedies that gave verdicts: those in force whose values are all set."""
    return [n for n in night.cards if (night.folder / "verdicts" / f"{n}.enter.parquet").exists()]
