"""Nights over a real ledger: the engine's own verdicts, plan, stops and batches, without partners' files."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
from lifecycle_world import SHAPE, Case
from reject_helpers import attach_rejected

from arrears import house
from arrears.data.warehouse import Connection, attach_arrow, run_sql_file, write_parquet
from arrears.days import Calendar
from arrears.law.deadlines import DEADLINE_SCHEMA
from arrears.law.profile import Profile
from arrears.law.remedy import PARTS, Card, load_cards
from arrears.law.verdicts import Question, sides_of, wide_of
from arrears.ledger import Holder, Ledger
from arrears.night.layers import load_layer
from arrears.night.leaving import choose, open_choice
from arrears.night.plan import attach_cards, attach_watched
from arrears.night.release import close_ended, open_new, prepare
from arrears.night.stops import read_stops
from arrears.values import Row

STATE, OFFICE = "ut", "olive"
QUEUES = ("board", "bureau", "letters")
LEDGER_TABLES = ("episodes", "published", "decisions")
COMPARED = ("episode", "ending", "actions", "clock")
TURNED = ("ledger.episodes", "ledger.published", "ledger.decisions", "caseload.notices", "card.subject")
TEXT = pa.string()


@cache
def loaded(rules: Path) -> tuple[dict[str, Card], Profile]:
    """The cards and the profile of these rules, read once."""
    return load_cards(rules), Profile.load(rules, STATE)


class Office:
    """The agency: its rules, its ledger, and the nights that it runs."""

    def __init__(self, folder: Path, con: Connection, rules: Path, empty: Path, calendar: Calendar) -> None:
        self.folder, self.con, self.calendar = folder, con, calendar
        self.cards, self.profile = loaded(rules)
        shutil.copy(empty, folder / "ledger.db")
        self.ledger = Ledger.open(f"sqlite:///{folder / 'ledger.db'}")
        self.queues = {
            name: SimpleNamespace(
                name=name,
                holds_target=name == "board",
                one_record=False,
                new_number="",
                new_name="",
                tells_birth=False,
            )
            for name in QUEUES
        }
        self.ticks = 0
        self.actions: list[Row] = []
        con.execute("CREATE SCHEMA IF NOT EXISTS verdicts; CREATE SCHEMA IF NOT EXISTS plan")

    def moment(self, day: date, hour: int = 7) -> datetime:
        """The next moment of a day; every call is a little later than the one before."""
        self.ticks += 1
        return datetime(day.year, day.month, day.day, hour, tzinfo=UTC) + timedelta(milliseconds=self.ticks)

    def skip(self, from_on: date, to_on: date) -> None:
        """Declares the nights between two days absent."""
        for number in range(1, (to_on - from_on).days):
            day = from_on + timedelta(number)
            self.ledger.declare_absent(STATE, day, OFFICE, "nobody was there", self.moment(day))

    def night(
        self,
        as_of: date,
        cases: list[Case],
        mail: list[Row],
        through_on: date,
        in_between: Callable[[], None],
        is_killed: bool,
    ) -> None:
        """Runs a night to its end; where it is killed when one file is out, it is run again.

        `in_between` is what people say after the plan was made and before anything more leaves.
        """
        for is_whole in [False, True] if is_killed else [True]:
            at = self.moment(as_of)
            run = self.ledger.begin_run(STATE, as_of, "night", self.ledger.pin(at), at, Holder("night"))
            night = SimpleNamespace(
                ledger=self.ledger, run=run, state=STATE, as_of=as_of, at=at, profile=self.profile,
                store=SimpleNamespace(kind="invented"), deliveries=[], feeds={}, folder=self.folder,
            )  # fmt: skip
            self._attach(night, cases, mail, through_on)
            self.plan(as_of)
            self.actions = self.rows("SELECT * FROM plan.actions ORDER BY action_id")
            open_new(night, self.con)  # type: ignore[arg-type]
            if is_whole:
                in_between()
            self._send(night, QUEUES if is_whole else QUEUES[:1])
            if is_whole:
                close_ended(night, self.con)  # type: ignore[arg-type]
                self.ledger.close_run(run, f"manifest {as_of}", at)

    def _attach(self, night: Any, cases: list[Case], mail: list[Row], through_on: date) -> None:
        """Everything that the plan reads, as it is known at the night's cut."""
        con, as_of = self.con, night.as_of
        facts = pa.Table.from_pylist([case.facts(as_of) for case in cases], SHAPE)
        attach_arrow(con, "facts.case_facts", facts)
        questions = [
            Question(card, part, "guide", {}, card.params(self.profile, as_of, part))  # type: ignore[arg-type]
            for card in self.cards.values()
            for part in PARTS
        ]
        wide = wide_of(questions)
        text = wide.select("facts.case_facts")
        con.execute(f"CREATE OR REPLACE TABLE verdicts.case_facts AS {text}", dict(wide.bound))
        tables = self.ledger.snapshot(STATE, night.run.cut, only=LEDGER_TABLES)
        intake = {"kind": ["hearings"], "complete_through_on": pa.array([through_on], pa.date32())}
        licenses = {
            (case.person_id, f"L{number}-{case.person_id}")
            for case in cases
            for number in range(case.licenses)
        }
        names = [("notice_id", TEXT), ("reference", TEXT), ("status", TEXT), ("served_on", pa.date32())]
        names += [("case_id", TEXT), ("person_id", TEXT), ("about", TEXT)]
        names += [("sent_on", pa.date32()), ("returned_on", pa.date32())]
        parties = [
            {"case_id": case.case_id, "obligor_id": case.person_id, "office": "1", "worker": "w"}
            for case in cases
        ]
        party = pa.schema([(n, TEXT) for n in ("case_id", "obligor_id", "custodial_id", "office", "worker")])
        held = [{"kind": "licenses", "person_id": p, "target_id": t} for p, t in sorted(licenses)]
        shape = pa.schema([("kind", TEXT), ("person_id", TEXT), ("target_id", TEXT)])
        attached = {f"ledger.{name}": table for name, table in tables.items()} | {
            "published": tables["published"],
            "card.deadline": DEADLINE_SCHEMA.empty_table(),
            "caseload.notices": pa.Table.from_pylist(mail, pa.schema(names)),
            "caseload.cases": pa.Table.from_pylist(parties, party),
            "caseload.persons": pa.table({"person_id": pa.array([], TEXT)}),
            "caseload.licenses": pa.table(
                {n: pa.array([], TEXT) for n in ("person_id", "license_number", "license_kind", "board")}
            ),
            "facts.person_marks": pa.table(
                {name: pa.array([], TEXT) for name in ("person_id", "number_mark", "name_mark", "birth_mark")}
            ),
            "facts.twin_pairs": pa.table(
                {
                    "case_id": pa.array([], TEXT),
                    "twin_case": pa.array([], TEXT),
                    "twin_is_open": pa.array([], pa.bool_()),
                }
            ),
            "facts.same_people": pa.table({n: pa.array([], TEXT) for n in ("person_id", "other_id")}),
            "facts.known": pa.table(
                {"cases": [True], "licenses": [False], "lost": pa.array([[]], pa.list_(TEXT))}
            ),
            "facts.intake_known": pa.table(intake),
            "calendar": self.calendar.table(as_of - timedelta(100), as_of + timedelta(60)),
            "plan.target": pa.Table.from_pylist(held, shape),
        }
        for name, table in attached.items():
            attach_arrow(con, name, table)
        attach_rejected(con)
        attach_cards(con, self.cards, self.profile, self.queues, as_of)  # type: ignore[arg-type]
        attach_watched(con, self.cards, sides_of({(one.remedy, one.part): one for one in wide.asked}))

    def plan(self, as_of: date) -> None:
        """The plan of a night, by its own SQL."""
        for name in load_layer(house.PLAN).tables[1:-1]:
            run_sql_file(self.con, house.PLAN / f"{name}.sql", f"plan.{name}", {"as_of": as_of})

    def planned(self) -> dict[str, list[Row]]:
        """The tables of the plan, each in one order."""
        return {
            name: sorted(
                self.rows(f"SELECT * FROM plan.{name}"), key=lambda row: json.dumps(row, default=str)
            )
            for name in COMPARED
        }

    def turn_over(self) -> None:
        """Brings every row that the plan reads to it in the opposite order."""
        for name in TURNED:
            self.con.execute(f"CREATE OR REPLACE TEMP TABLE turned AS SELECT * FROM {name}")
            self.con.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM turned ORDER BY rowid DESC")

    def rows(self, select: str) -> list[Row]:
        """The rows of a SELECT as dicts."""
        found = self.con.execute(select)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def _send(self, night: Any, queues: tuple[str, ...]) -> None:
        due = sorted({act["queue"] for act in self.actions if act["status"] == "due"} & set(queues))
        if not due:
            return
        for name in due:
            write_parquet(
                self.con,
                f"""SELECT row_number() OVER (ORDER BY action_id) AS record_no, [action_id] AS action_ids
                    FROM plan.actions WHERE status = 'due' AND NOT is_covered AND queue = '{name}'
                    ORDER BY record_no""",
                self.folder / "queues" / f"{name}.parquet",
            )
        night.queues = {name: self.queues[name] for name in due}
        open_choice(night, self.con)
        read_stops(night, self.con)
        choose(self.con)
        for name in due:
            leaving = f"SELECT * FROM leaving WHERE queue = '{name}' ORDER BY action_id"
            items = self.con.execute(leaving).to_arrow_table()
            if items.num_rows:
                digest = f"{night.as_of} {items['action_id'].to_pylist()}"
                queue: Any = self.queues[name]
                number = prepare(night, queue, items.num_rows, 0, "", digest, items)
                self.ledger.publish_batch(night.run, number, at=night.at)

    def published(self) -> list[Row]:
        """Everything that ever left, in the order in which it did."""
        rows: list[Row] = self.ledger.snapshot(STATE, only=["published"])["published"].to_pylist()
        return rows

    def episodes(self) -> list[Row]:
        """Every episode that ever began."""
        rows: list[Row] = self.ledger.snapshot(STATE, only=["episodes"])["episodes"].to_pylist()
        return rows
