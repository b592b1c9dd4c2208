"""The steps of a night as ordinary functions: any scheduler may call them, in order, as often as it likes.

Each takes a store's folder or URL, a state and a date, finds its open run in the ledger, reads and writes
the run's folder, and returns a small dict of counts without personal data.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from arrears import house
from arrears.data.beside import attach_kept
from arrears.data.standstill import ends_at_standstill
from arrears.data.store import Store, write_aside
from arrears.data.warehouse import (
    Connection,
    attach_arrow,
    attach_blocks,
    fit_threads,
    run_sql_file,
    warehouse,
)
from arrears.expectations import import_ahead
from arrears.intake.feeds import CASELOAD
from arrears.intake.inbox import take_in
from arrears.intake.load import add_orphans, attach, named_relations
from arrears.law.deadlines import load_deadlines
from arrears.law.decide import decide
from arrears.law.work import kinds_of, load_kinds
from arrears.ledger import Ledger
from arrears.ledger.records import Word
from arrears.night import close as closing
from arrears.night import outline, parts
from arrears.night import run as nights
from arrears.night.checks import check_run
from arrears.night.done import Done, forget_marks
from arrears.night.layers import kept_facts, load_layer
from arrears.night.outline import STEPS, source_of
from arrears.night.plan import attach_cards, attach_deadlines, attach_verdicts, attach_watched, run_plan
from arrears.night.preflight import attach_whole_vault
from arrears.night.release import release as release_queues
from arrears.night.run import Night
from arrears.night.stops import AMOUNTS
from arrears.night.summary import summarize
from arrears.night.transform import run_facts, run_match
from arrears.queues import build

Counts = dict[str, Any]
SOURCES = {source_of(one.parent.name): one.parent.name for one in sorted(house.FEEDS.glob("*/feed.yml"))}
NOT_SENT = "not_sent.json"
SQL = Path(__file__).with_name("sql")
# Windows that count tonight may have opened long ago; none reaches further ahead than this.
CALENDAR_BEFORE, CALENDAR_AFTER = timedelta(days=366 * 30), timedelta(days=366 * 3)


def ingest(store: str, state: str, source: str, files: list[str], on: str | None) -> Counts:
    """What became of one source's files: received by content, loaded, rejects counted."""
    place = Store.open(store)
    # Real files arrive when they arrive; only invented ones may say that they came on another day.
    day = date.fromisoformat(on) if on and place.kind == "invented" else None
    return take_in(place, state, [Path(f) for f in files], on=day, expect=SOURCES[source])


def begin(
    store: str,
    state: str,
    as_of: str,
    known_at: str | None = None,
    again: Word | None = None,
    unsent: Word | None = None,
) -> Counts:
    """The pinned cut, with people's words as `run.begin` takes them; a closed night is told again."""
    moment = datetime.fromisoformat(known_at) if known_at else None
    place, day = Store.open(store), date.fromisoformat(as_of)
    if again is None and (closed := closed_summary(place, state, day)) is not None:
        return {**closed, "already_closed": True}
    night = nights.begin(place, state, day, moment, again, unsent)
    return _begun(night)


def begin_release(store: str, state: str, as_of: str, known_at: str | None = None) -> Counts:
    """The pinned cut of a day release; refuses one whose night is not closed."""
    moment = datetime.fromisoformat(known_at) if known_at else None
    return _begun(nights.begin_release(Store.open(store), state, date.fromisoformat(as_of), moment))


def _begun(night: Night) -> Counts:
    return {
        "run": night.run.run_id,
        "position": night.run.cut.position,
        "known_at": night.run.cut.known_at.isoformat(),
        "deliveries": len(night.deliveries),
    }


# What a step may read, by the word under which it asks for it; `ledger.<table>` is a table of the ledger.
READS: dict[str, Callable[[Night, Connection], None]] = {
    "inputs": lambda night, con: attach_inputs(night, con),
    "inputs.plan": lambda night, con: attach_inputs(night, con, named_by(house.PLAN)),
    "inputs.queues": lambda night, con: attach_inputs(night, con, named_by(house.QUEUES)),
    "orphans": lambda night, con: attach_orphans(night, con),
    "match": lambda night, con: attach_tables(con, night, "match", load_layer(house.MATCH).keep),
    "facts": lambda night, con: attach_tables(con, night, "facts", kept_facts()),
    "verdicts": lambda night, con: attach_watched(con, night.cards, attach_verdicts(con, night.folder)),
    "rules": lambda night, con: attach_rules(night, con),
    "plan": lambda night, con: attach_tables(con, night, "plan", ("actions", "episode", "ending")),
    "episodes_marks": lambda night, con: attach_marks(con, "ledger.episodes"),
    "marks": lambda night, con: attach_marks(con, "plan.actions"),
    "vault": lambda night, con: attach_whole_vault(con, night.store, night.ledger, night.state),
    "published": lambda night, con: attach_published(night, con),
    "amounts": lambda night, con: attach_published(night, con, AMOUNTS),
}
OF_FACTS = ("inputs", "match", "ledger.published", "ledger.decisions")
OUTGOING = ("inputs.queues", "match", "facts", "plan", "marks", "vault")


@dataclass(frozen=True)
class Step:
    """One step of a night, under its name in the outline: what it reads, and the work on that.

    Called with store, state and date it is the step of the open run; on a closed night it does nothing.
    """

    name: str
    reads: tuple[str, ...]
    work: Callable[..., Counts]
    when_closed: Callable[[Store, str, date], Counts | None]

    def __call__(self, store: str, state: str, as_of: str, **more: Any) -> Counts:
        """The counts of the step, done on the open run of the date."""
        with ends_at_standstill(f"The step {self.name}"), _working(store, state, as_of) as (night, con):
            if night is None:
                return self.when_closed(Store.open(store), state, date.fromisoformat(as_of)) or {}
            return self.on(night, con, **more)

    def on(self, night: Night, con: Connection, **more: Any) -> Counts:
        """The counts of the step, done on any night with an empty warehouse: a run's own, or a trial's."""
        attach_ledger(con, night, tuple(one.partition(".")[2] for one in self.reads if _is_ledger(one)))
        for one in self.reads:
            if not _is_ledger(one):
                READS[one](night, con)
        return self.work(night, con, **more)


_MADE: dict[str, Step] = {}


def _is_ledger(what: str) -> bool:
    return what.startswith("ledger.")


def step(
    *reads: str, when_closed: Callable[[Store, str, date], Counts | None] = lambda *_: None
) -> Callable[[Callable[..., Counts]], Step]:
    """Makes the step of the outline that has the function's name."""

    def made(work: Callable[..., Counts]) -> Step:
        _MADE[work.__name__] = Step(work.__name__, reads, work, when_closed)
        return _MADE[work.__name__]

    return made


@step("inputs")
def match(night: Night, con: Connection) -> Counts:
    """How many feed rows were linked to persons of the caseload, and how many only might be."""
    return dict(run_match(con, night.folder / "match", night.as_of))


@step("inputs", "orphans", *OF_FACTS[1:])
def facts(night: Night, con: Connection, wanted: Collection[str] = ()) -> Counts:
    """How many cases, persons and debts are known as of the date; of those wanted alone, where some are."""
    folder, profile, is_part = night.folder / "facts", night.profile, bool(wanted)
    return dict(run_facts(con, folder, profile, night.as_of, wanted=wanted, there=is_part))


@step("facts")
def remedies(
    night: Night, con: Connection, only: Collection[str] | None = None, is_merged: bool = False
) -> Counts:
    """Verdicts by remedy: flag, clear and unknown; a remedy that a missing value turns off says so.

    Where the parts of the night were merged, their tables lie there, and are proven and counted.
    """
    folder = night.folder / "verdicts"
    fit_threads(con, "facts.case_facts")
    decided = decide(con, night.profile, night.cards, night.as_of, folder, only, is_merged)
    return {"verdicts": {name: asdict(one) for name, one in decided.items()}}


@step("inputs", "orphans", *OF_FACTS[1:])
def split(night: Night, con: Connection) -> Counts:
    """How many cases there are, and how many cases and persons belong together at most."""
    return dict(parts.split(night, con))


@step(*OF_FACTS)
def part(night: Night, con: Connection, number: int, of: int) -> Counts:
    """How many cases, persons and debts are known of one part, facts and verdicts both."""
    return dict(parts.make_part(night, con, number, of))


@step()
def merge(night: Night, con: Connection, number: int, of: int) -> Counts:
    """How many rows there are in one share of the tables, now that all parts of them are put together."""
    return dict(parts.merge(night, con, number, of))


@step(
    *("inputs.plan", "facts", "match", "rules", "verdicts"),
    *("ledger.episodes", "ledger.published", "ledger.decisions", "episodes_marks"),
)
def actions(night: Night, con: Connection) -> Counts:
    """How many acts tonight calls for, by kind and status."""
    kinds = kinds_of(load_kinds(house.RULES), night.profile.state)
    return dict(run_plan(con, night.folder / "plan", house.PLAN, night.as_of, kinds))


@step(*OUTGOING, "published")
def queues(night: Night, con: Connection) -> Counts:
    """How many records each queue would carry, as frozen content rows without numbers of people."""
    con.execute("CREATE VIEW items AS SELECT * FROM plan.actions WHERE status = 'due' AND NOT is_covered")
    told = [(queue, queue.terms(night.profile, night.as_of)) for queue in night.queues.values()]
    built = build(con, told, night.folder / "queues")
    not_sent = [asdict(one) for queue in built.values() for one in queue.not_sent]
    write_aside(night.folder / "queues" / NOT_SENT, json.dumps(not_sent, indent=1).encode() + b"\n")
    return {name: {"records": one.records, "not_sent": len(one.not_sent)} for name, one in built.items()}


@step("inputs")
def check(night: Night, con: Connection) -> Counts:
    """The expectations on feeds, facts and queues; a broken stop ends the run before anything leaves."""
    return check_run(night, con)


@step(*OUTGOING, "amounts")
def release(night: Night, con: Connection) -> Counts:
    """What left for each queue, and what did not and why."""
    return {"queues": [sent.as_json() for sent in release_queues(night, con)]}


def closed_summary(store: Store, state: str, as_of: date) -> Counts | None:
    """The summary of a closed night, or None where it is not closed."""
    if Ledger.open(store.ledger_url).closed_run(state, as_of) is None:
        return None
    found: Counts = json.loads((store.night(state, as_of) / closing.SUMMARY).read_text())
    return found


@step(when_closed=closed_summary)
def close(night: Night, con: Connection) -> Counts:
    """The summary of the run, whose manifest makes its folder final."""
    summary = summarize(night, con)
    parts.clear(night)
    write_aside(
        night.folder / closing.SUMMARY, json.dumps(summary, indent=1, sort_keys=True).encode() + b"\n"
    )
    closing.close(night)
    return summary


# The one list of them: the command line, the DAGs, the trials of a changed law and the tests go by it.
NIGHT = tuple(_MADE[name] for name in STEPS)


@dataclass(frozen=True)
class Task:
    """A step as one worker does it: of a night in parts, for one of them."""

    step: str
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The step's name, with the number of the part."""
        return f"{self.step} {self.given['number'] + 1}" if "number" in self.given else self.step

    def __call__(self, store: str, state: str, as_of: str) -> Counts:
        """The counts of the step, done on the open run of the date."""
        return _MADE[self.step](store, state, as_of, **self.given)


def stages(of: int) -> list[list[Task]]:
    """The tasks of a night in order, in rows of such as may be done side by side."""
    return [[Task(step, one) for one in given] for step, given in outline.outline(of)]


def run_night(
    store: Store,
    state: str,
    as_of: date,
    known_at: datetime | None = None,
    progress: Callable[[str, Counts], None] = lambda step, counts: None,
    again: Word | None = None,
    unsent: Word | None = None,
) -> Counts:
    """The summary of one whole night; a closed one is told again and nothing is done twice."""
    place, day, moment = store.address, as_of.isoformat(), known_at.isoformat() if known_at else None
    begun = begin(place, state, day, moment, again, unsent)
    if begun.get("already_closed"):
        forget_marks(store.night(state, as_of))
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
    """The summary of an open run, which goes on from the step that stopped, if one did."""
    progress("begin", begun)
    night = nights.resume(Store.open(store), state, date.fromisoformat(as_of))
    done = Done(night)
    import_ahead()
    summary: Counts = {}
    for task in (task for row in stages(outline.parts()) for task in row):
        if (before := done.counts(task.name)) is not None:
            progress(task.name, {**before, "done_before": True})
            continue
        summary = task(store, state, as_of)
        done.note(task.name, summary)
        progress(task.name, summary)
    forget_marks(night.folder)
    return summary


@contextmanager
def _working(store: str, state: str, as_of: str) -> Iterator[tuple[Night | None, Connection]]:
    """The open run of this date with an empty warehouse; no run where the night is already closed."""
    place, day = Store.open(store), date.fromisoformat(as_of)
    with warehouse(spill=place.spill()) as con, Ledger.open(place.ledger_url).kept_open() as ledger:
        if ledger.open_run(state) is None and ledger.closed_run(state, day) is not None:
            yield None, con
        else:
            yield nights.resume(place, state, day), con


def named_by(sql: Path) -> frozenset[str]:
    """The tables of the caseload that the SQL of a folder, and the engine's own around it, names."""
    return named_relations(sql) | named_relations(SQL) | {"caseload.cases"}


def attach_inputs(night: Night, con: Connection, only: Collection[str] = ()) -> None:
    """Makes `caseload.*` and `staging.*` as of the cut, or those that `only` names, and the `calendar`."""
    attach(con, night.store, night.state, night.deliveries, night.feeds, only)
    span = (night.as_of - CALENDAR_BEFORE, night.as_of + CALENDAR_AFTER)
    attach_arrow(con, "calendar", night.profile.calendar().table(*span))
    fit_threads(con, "caseload.cases")


def attach_orphans(night: Night, con: Connection) -> None:
    """Makes `caseload.orphans`: the rows of the caseload that name nobody who is there."""
    add_orphans(con, night.store, night.feeds[CASELOAD])


def attach_rules(night: Night, con: Connection) -> None:
    """Makes `card.*`: what the cards in force and the deadlines say."""
    attach_cards(con, night.cards, night.profile, night.queues, night.as_of)
    attach_deadlines(con, load_deadlines(house.RULES), night.profile, night.as_of)


def attach_tables(con: Connection, night: Night, layer: str, names: Iterable[str]) -> None:
    """Makes views over the tables that an earlier step wrote to the run's folder."""
    attach_kept(con, {f"{layer}.{name}": night.folder / layer / f"{name}.parquet" for name in names})


def attach_ledger(con: Connection, night: Night, names: tuple[str, ...]) -> None:
    """Makes `ledger.*`: what the ledger holds of the state as of the cut."""
    if names:
        with night.ledger.blocks(night.state, night.run.cut, only=names) as told:
            for name, blocks in told.items():
                attach_blocks(con, f"ledger.{name}", blocks)


def attach_marks(con: Connection, spoken_of: str) -> None:
    """Makes `facts.person_marks`: the marks by which the persons of a table are known tonight."""
    con.execute(
        f"CREATE SCHEMA IF NOT EXISTS facts; CREATE VIEW spoken_of AS SELECT person_id FROM {spoken_of}"
    )
    run_sql_file(con, house.QUEUES / "person_marks.sql", "facts.person_marks", {})


def attach_published(night: Night, con: Connection, said: Collection[str] = ()) -> None:
    """Makes `published`: what was said before, or these columns of it."""
    with night.ledger.blocks(night.state, night.run.cut, only=["published"], said=said) as told:
        attach_blocks(con, "published", told["published"])
