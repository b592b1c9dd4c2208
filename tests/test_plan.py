"""What follows a flag: no step before its clock, no send after a stop, one release per thing sent."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from reject_helpers import attach_rejected

from arrears import house
from arrears.data.warehouse import Connection, attach_arrow, run_sql_file, warehouse
from arrears.days import Calendar
from arrears.law.deadlines import DEADLINE_SCHEMA
from arrears.ledger.told import DECISIONS, EPISODES, PUBLISHED
from arrears.night.layers import load_layer
from arrears.night.plan import (
    ANCHOR_SCHEMA,
    CARD_SCHEMA,
    POLICY_SCHEMA,
    QUEUE_SCHEMA,
    STEP_SCHEMA,
    SUBJECT_SCHEMA,
    WATCHED_SCHEMA,
)

R, CASE, PERSON = "license_revocation", "C1", "P1"
DAY = date(2025, 1, 14)
TABLES = load_layer(house.PLAN).tables
RETRY_AFTER = 30
STEPS = [
    {"step_no": 1, "step": "review", "kind": "review", "needs": "caseworker", "targets": "self"},
    {
        "step_no": 2,
        "step": "notice",
        "kind": "notice",
        "queue": "obligor_notices",
        "message": "license_notice",
        "targets": "self",
    },
    {
        "step_no": 3,
        "step": "certify",
        "kind": "send",
        "queue": "sos_license",
        "message": "restrict",
        "needs": "supervisor",
        "targets": "licenses",
        "clock_key": "license.hearing_request_days",
        "clock_count": 20,
        "clock_unit": "days",
        "clock_from": "served",
        "clock_step": "notice",
        "clock_rolls": True,
        "intake": "hearings",
        "mail_lag_days": 3,
    },
]


@dataclass
class Desk:
    """One subject's life: verdicts of the day and what the ledger holds, planned night by night."""

    con: Connection
    enter: str = "flag"
    stay: str = "flag"
    release: str = "clear"
    facts_hash: str = "h1"
    amount_cents: int = 2_500_00
    readings_differ: bool = False
    subjects: tuple[tuple[str, str], ...] = ((CASE, PERSON),)
    steps: list[dict[str, Any]] = field(default_factory=lambda: STEPS)
    update_on: str = "none"
    broken_agreement: str | None = None
    agreement_is_kept: bool | None = None
    said_hash: str = ""
    is_urgent: bool = False
    is_unheard: bool = False
    anchors: list[dict[str, Any]] = field(default_factory=list)
    episodes: list[dict[str, Any]] = field(default_factory=list)
    published: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    notices: list[dict[str, Any]] = field(default_factory=list)
    intake_through_on: date | None = DAY + timedelta(days=400)
    licenses: tuple[str, ...] = ("L1",)
    parties: dict[str, str] | None = None
    number: str = "t-1"
    told_number: str = ""
    listed: tuple[tuple[str, str, str, str | None], ...] = ()
    name: str = "n-1"
    new_number: str = "again"
    birth: str = "b-1"
    new_name: str | None = None
    tells_birth: bool = True
    people: tuple[str, ...] = ("9-NOBODY",)
    lost: tuple[str, ...] = ()
    same: tuple[tuple[str, str], ...] = ()
    of: dict[tuple[str, str], str] = field(default_factory=dict)
    grounds: tuple[str, ...] = ()
    goes_on_as: tuple[str, ...] = ()
    answers: list[dict[str, Any]] = field(default_factory=list)
    office: list[dict[str, Any]] = field(default_factory=list)

    def plan(self, as_of: date = DAY) -> list[dict[str, Any]]:
        """Tonight's acts, in order of their ids; new episodes and endings go to the ledger."""
        con = self.con
        rows = [self._verdict(case, person) for case, person in self.subjects]
        attach_arrow(con, "card.watched", pa.Table.from_pylist(rows, WATCHED_SCHEMA))
        tables = {"episodes": EPISODES, "published": PUBLISHED, "decisions": DECISIONS}
        for name, schema in tables.items():
            rows = [{**dict.fromkeys(schema.names), **row} for row in getattr(self, name)]
            attach_arrow(con, f"ledger.{name}", pa.Table.from_pylist(rows, schema))
        steps = [{**dict.fromkeys(STEP_SCHEMA.names), "remedy": R, **step} for step in self.steps]
        attach_arrow(con, "card.step", pa.Table.from_pylist(steps, STEP_SCHEMA))
        card = {
            "remedy": R,
            "title": "License revocation",
            "update_on": self.update_on,
            "update_message": "update",
            "update_unit_cents": 100,
            "release_message": "reinstate",
            "broken_agreement": self.broken_agreement,
            "grounds_with_case": ["case_closed", "paid_in_full"],
        }
        attach_arrow(con, "card.card", pa.Table.from_pylist([card], CARD_SCHEMA))
        queues = [
            {"queue": "sos_license", "holds_target": True, "new_number": self.new_number}
            | {"new_name": self.new_name, "tells_birth": self.tells_birth},
            {"queue": "obligor_notices", "holds_target": False},
            {"queue": "federal_offset", "holds_target": False, "one_record": True},
        ]
        attach_arrow(con, "card.queue", pa.Table.from_pylist(queues, QUEUE_SCHEMA))
        self._attach_asked()
        self._attach_world()
        attach_rejected(con, self.answers, self.office)
        con.execute("CREATE SCHEMA IF NOT EXISTS plan")
        for name in TABLES[1:-1]:
            run_sql_file(con, house.PLAN / f"{name}.sql", f"plan.{name}", {"as_of": as_of})
        self._remember()
        found = con.execute("SELECT * FROM plan.actions ORDER BY action_id")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def _verdict(self, case: str, person: str) -> dict[str, Any]:
        told = {
            f"{part}_verdict": self.of.get((case, part), getattr(self, part))
            for part in ("enter", "stay", "release")
        }
        because = {f"{part}_because": list(self.grounds) for part in ("enter", "stay", "release")}
        return {
            "remedy": R,
            "subject_id": case,
            "case_id": case,
            "person_id": person,
            "office": "001",
            "worker": "w",
            **told,
            **because,
            "readings_differ": self.readings_differ,
            "release_readings_differ": self.readings_differ,
            "amount_cents": self.amount_cents,
            "is_told": True,
        }

    def _attach_asked(self) -> None:
        """What cards ask of the facts beside their conditions."""
        policy = [{"retry_after_days": RETRY_AFTER}]
        attach_arrow(self.con, "card.policy", pa.Table.from_pylist(policy, POLICY_SCHEMA))
        asked = {"facts_hash": self.facts_hash, "agreement_is_kept": self.agreement_is_kept}
        asked |= {"said_hash": self.said_hash}
        asked |= {"is_urgent": self.is_urgent, "is_unheard": self.is_unheard}
        rows = [{"remedy": R, "subject_id": case, **asked} for case, _ in self.subjects]
        attach_arrow(self.con, "card.subject", pa.Table.from_pylist(rows, SUBJECT_SCHEMA))
        named = [{"remedy": R, "subject_id": CASE, **one} for one in self.anchors]
        attach_arrow(self.con, "card.anchor", pa.Table.from_pylist(named, ANCHOR_SCHEMA))
        attach_arrow(self.con, "card.deadline", DEADLINE_SCHEMA.empty_table())

    def _attach_world(self) -> None:
        con = self.con
        notice = pa.schema(
            [
                ("notice_id", pa.string()),
                ("case_id", pa.string()),
                ("person_id", pa.string()),
                ("about", pa.string()),
                ("reference", pa.string()),
                ("sent_on", pa.date32()),
                ("served_on", pa.date32()),
                ("returned_on", pa.date32()),
                ("status", pa.string()),
            ]
        )
        attach_arrow(con, "caseload.notices", pa.Table.from_pylist(self.notices, notice))
        self._attach_parties()
        intake = pa.table(
            {"kind": ["hearings"], "complete_through_on": pa.array([self.intake_through_on], pa.date32())}
        )
        attach_arrow(con, "facts.intake_known", intake)
        attach_arrow(
            con, "calendar", Calendar([]).table(DAY - timedelta(days=400), DAY + timedelta(days=400))
        )
        people = {person for _, person in self.subjects}
        rows = [
            {"kind": "licenses", "person_id": person, "target_id": license_no}
            for person in sorted(people)
            for license_no in self.licenses
        ]
        shape = pa.schema([("kind", pa.string()), ("person_id", pa.string()), ("target_id", pa.string())])
        attach_arrow(con, "plan.target", pa.Table.from_pylist(rows, shape))

    def _attach_parties(self) -> None:
        """Who owes in which case, and who is known."""
        names = ("case_id", "obligor_id", "custodial_id", "office", "worker")
        parties = self.parties if self.parties is not None else dict(self.subjects)
        rows = [
            {"case_id": case, "obligor_id": person, "custodial_id": "K", "office": "001", "worker": "w"}
            for case, person in parties.items()
        ]
        shape = pa.schema([(name, pa.string()) for name in names])
        attach_arrow(self.con, "caseload.cases", pa.Table.from_pylist(rows, shape))
        attach_arrow(self.con, "caseload.persons", pa.table({"person_id": list(self.people)}))
        names = ("person_id", "license_number", "license_kind", "board")
        shape = pa.schema([(name, pa.string()) for name in names])
        listed = [dict(zip(names, row, strict=True)) for row in self.listed]
        attach_arrow(self.con, "caseload.licenses", pa.Table.from_pylist(listed, shape))
        marks: dict[str, Any] = {"person_id": sorted({p for _, p in self.subjects}) or [PERSON]}
        marks |= {"number_mark": pa.array([self.number] * len(marks["person_id"]), pa.string())}
        marks |= {"name_mark": [self.name] * len(marks["person_id"])}
        marks |= {"birth_mark": [self.birth] * len(marks["person_id"])}
        attach_arrow(self.con, "facts.person_marks", pa.table(marks))
        twins = [{"case_id": one, "twin_case": CASE, "twin_is_open": False} for one in self.goes_on_as]
        shape = pa.schema(
            [("case_id", pa.string()), ("twin_case", pa.string()), ("twin_is_open", pa.bool_())]
        )
        attach_arrow(self.con, "facts.twin_pairs", pa.Table.from_pylist(twins, shape))
        pairs = [dict(zip(("person_id", "other_id"), pair, strict=True)) for pair in self.same]
        shape = pa.schema([("person_id", pa.string()), ("other_id", pa.string())])
        attach_arrow(self.con, "facts.same_people", pa.Table.from_pylist(pairs, shape))
        known = {"cases": [True], "licenses": [True], "lost": pa.array([self.lost], pa.list_(pa.string()))}
        attach_arrow(self.con, "facts.known", pa.table(known))

    def _remember(self) -> None:
        new = self.con.execute("SELECT * FROM plan.episode WHERE is_new").to_arrow_table().to_pylist()
        self.episodes += [{k: row[k] for k in EPISODES.names if k in row} for row in new]
        ended = self.con.execute("SELECT episode_id, close_reason FROM plan.ending").fetchall()
        for episode_id, reason in ended:
            for episode in self.episodes:
                if episode["episode_id"] == episode_id:
                    episode |= {"closed_on": DAY, "close_reason": reason}

    def publish(self, acts: list[dict[str, Any]], on: date = DAY) -> None:
        """Puts the acts that are due into the ledger as published."""
        for act in acts:
            if act["status"] == "due":
                row = {name: act[name] for name in PUBLISHED.names if name in act}
                identity = {"number": self.told_number or self.number, "name": self.name}
                identity |= {"birth": self.birth}
                carry = json.dumps({"identity": identity})
                self.published.append({**row, "published_on": on, "batch_no": 1, "carry": carry})

    def decide(self, step: str, decision: str, on: date = DAY, until: date | None = None, n: int = 1) -> None:
        """A person's word on a step of the n-th episode."""
        self.decisions.append(
            {
                "episode_id": f"{R}:{CASE}:{n}",
                "item_id": f"{R}:{CASE}:{n}:{step}",
                "remedy": R,
                "subject_id": CASE,
                "step": step,
                "decision": decision,
                "decided_on": on,
                "until_on": until,
                "facts_hash": self.facts_hash,
                "position": len(self.decisions) + 1,
            }
        )

    def served(self, on: date | None, status: str = "served") -> None:
        """Proof of service (or its failure) of the notice that was published last."""
        reference = [p["action_id"] for p in self.published if p["step"] == "notice"][-1]
        self.notices = [{"notice_id": "N1", "reference": reference, "served_on": on, "status": status}]

    def until_certified(self) -> None:
        """Lives through review, notice, service and certification; the license is restricted in the end."""
        self.plan()
        self.decide("review", "approve")
        self.publish(self.plan())
        self.served(DAY)
        self.decide("certify", "approve")
        self.publish(self.plan(DAY + timedelta(days=40)), DAY + timedelta(days=40))


@pytest.fixture
def desk() -> Iterator[Desk]:
    with warehouse() as con:
        yield Desk(con)


def told(acts: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(act["step"], act["status"]) for act in acts]


LATER = DAY + timedelta(days=41)


def test_a_flag_asks_a_person_and_sends_nothing(desk: Desk) -> None:
    assert told(desk.plan()) == [("review", "needs_person")]


def test_the_notice_is_due_only_after_the_review_is_approved(desk: Desk) -> None:
    desk.plan()
    desk.decide("review", "approve")
    assert told(desk.plan()) == [("notice", "due")]


def test_an_approval_does_not_outlive_the_facts_it_rested_on(desk: Desk) -> None:
    desk.plan()
    desk.decide("review", "approve")
    desk.facts_hash = "h2"
    assert told(desk.plan()) == [("review", "needs_person")]


def test_an_approval_to_act_does_not_outlive_them_either(desk: Desk) -> None:
    desk.plan()
    desk.decide("review", "approve")
    desk.publish(desk.plan())
    desk.served(DAY)
    desk.decide("certify", "approve")
    after = DAY + timedelta(days=40)
    assert told(desk.plan(after)) == [("certify", "due")]
    desk.facts_hash = "h2"
    assert told(desk.plan(after)) == [("certify", "needs_person")]


def test_sending_a_notice_is_not_serving_it(desk: Desk) -> None:
    desk.plan()
    desk.decide("review", "approve")
    desk.publish(desk.plan())
    assert told(desk.plan(DAY + timedelta(days=300))) == [("certify", "waits")]


def test_a_notice_that_came_back_is_work_and_never_a_certification(desk: Desk) -> None:
    desk.plan()
    desk.decide("review", "approve")
    desk.publish(desk.plan())
    desk.served(None, "returned")
    assert told(desk.plan(DAY + timedelta(days=300))) == [("certify", "unserved"), ("notice", "needs_person")]


SERVED = {"notice_id": "N1", "case_id": CASE, "about": R, "served_on": date(2025, 1, 14), "status": "served"}


@pytest.mark.parametrize(
    ("notice", "status"),
    [
        ({}, "needs_person"),
        ({"sent_on": DAY}, "needs_person"),
        ({"sent_on": DAY - timedelta(1)}, "waits"),
        ({"case_id": "another"}, "waits"),
        ({"about": "notice_of_debt"}, "waits"),
        ({"reference": "another"}, "waits"),
        ({"status": "returned", "served_on": None, "returned_on": DAY + timedelta(9)}, "unserved"),
    ],
)
def test_a_notice_from_before_arrears_starts_its_clock_without_our_number(
    desk: Desk, notice: dict[str, Any], status: str
) -> None:
    desk.plan()
    desk.decide("review", "approve")
    desk.publish(desk.plan())
    desk.published[-1]["batch_no"] = None
    desk.notices = [SERVED | notice]
    assert told(desk.plan(date(2025, 2, 4)))[0] == ("certify", status)


def test_a_notice_of_ours_is_served_by_its_number_alone(desk: Desk) -> None:
    desk.plan()
    desk.decide("review", "approve")
    desk.publish(desk.plan())
    desk.notices = [SERVED]
    assert told(desk.plan(date(2025, 2, 4))) == [("certify", "waits")]


@pytest.mark.parametrize(
    ("served_on", "as_of", "status"),
    [
        # served Tue 14 Jan: the 20th day is Mon 3 Feb
        (date(2025, 1, 14), date(2025, 2, 3), "waits"),
        (date(2025, 1, 14), date(2025, 2, 4), "needs_person"),
        # served Sun 12 Jan: the 20th day is Sat 1 Feb and rolls to Mon 3 Feb
        (date(2025, 1, 12), date(2025, 2, 3), "waits"),
        (date(2025, 1, 12), date(2025, 2, 4), "needs_person"),
    ],
)
def test_the_window_closes_at_the_end_of_its_rolled_last_day(
    desk: Desk, served_on: date, as_of: date, status: str
) -> None:
    desk.plan()
    desk.decide("review", "approve")
    desk.publish(desk.plan())
    desk.served(served_on)
    assert told(desk.plan(as_of)) == [("certify", status)]


@pytest.mark.parametrize(
    ("through", "status"),
    [(None, "unknown"), (date(2025, 2, 5), "waits"), (date(2025, 2, 6), "needs_person")],
)
def test_the_window_is_closed_only_when_intake_and_mail_are_over(
    desk: Desk, through: date | None, status: str
) -> None:
    desk.plan()
    desk.decide("review", "approve")
    desk.publish(desk.plan())
    desk.served(date(2025, 1, 14))
    desk.intake_through_on = through
    assert told(desk.plan(date(2025, 2, 10))) == [("certify", status)]


@pytest.mark.parametrize(("stay", "status"), [("clear", "stayed"), ("unknown", "unknown")])
def test_a_stay_or_an_unknown_sends_nothing(desk: Desk, stay: str, status: str) -> None:
    desk.plan()
    desk.decide("review", "approve")
    desk.stay = stay
    assert told(desk.plan()) == [("notice", status)]


def test_every_license_is_told_once(desk: Desk) -> None:
    desk.licenses = ("L1", "L2")
    desk.until_certified()
    assert [p["target_id"] for p in desk.published if p["kind"] == "send"] == ["L1", "L2"]
    assert desk.plan(LATER) == []


def test_a_token_payment_releases_nothing(desk: Desk) -> None:
    desk.until_certified()
    desk.enter = "clear"
    assert desk.plan(LATER) == []


@pytest.mark.parametrize("stay", ["clear", "unknown"])
def test_a_stay_after_sending_retracts_nothing(desk: Desk, stay: str) -> None:
    desk.until_certified()
    desk.stay = stay
    assert desk.plan(LATER) == []


def test_what_was_sent_is_released_once_and_the_episode_ends(desk: Desk) -> None:
    desk.until_certified()
    desk.enter, desk.stay, desk.release = "clear", "clear", "flag"
    acts = desk.plan(LATER)
    assert [(a["kind"], a["message"], a["target_id"]) for a in acts] == [("release", "reinstate", "L1")]
    desk.publish(acts, LATER)
    assert desk.plan(LATER + timedelta(days=1)) == []
    assert desk.episodes[0]["close_reason"] == "released"
    assert desk.plan(LATER + timedelta(days=2)) == []


def test_a_new_ground_after_a_release_is_a_new_episode_with_its_own_review(desk: Desk) -> None:
    desk.until_certified()
    desk.enter, desk.stay, desk.release = "clear", "clear", "flag"
    desk.publish(desk.plan(LATER), LATER)
    desk.plan(LATER + timedelta(days=1))
    desk.enter, desk.stay, desk.release, desk.facts_hash = "flag", "flag", "clear", "h9"
    acts = desk.plan(LATER + timedelta(days=90))
    assert [(a["episode_id"], a["step"], a["status"]) for a in acts] == [
        (f"{R}:{CASE}:2", "review", "needs_person")
    ]


def test_a_rejected_ground_stays_away_until_its_facts_change(desk: Desk) -> None:
    desk.plan()
    desk.decide("review", "reject")
    assert desk.plan() == []
    assert desk.plan(DAY + timedelta(days=1)) == []
    desk.facts_hash = "h2"
    assert told(desk.plan(DAY + timedelta(days=2))) == [("review", "needs_person")]


def test_a_hold_lasts_through_its_day(desk: Desk) -> None:
    desk.plan()
    desk.decide("review", "hold", until=DAY + timedelta(days=5))
    assert told(desk.plan(DAY + timedelta(days=5))) == [("review", "held")]
    assert told(desk.plan(DAY + timedelta(days=6))) == [("review", "needs_person")]


def test_a_review_whose_ground_is_gone_closes_itself(desk: Desk) -> None:
    desk.plan()
    desk.enter = "clear"
    assert desk.plan() == []
    assert desk.episodes[0]["close_reason"] == "ground gone"


def work_list(desk: Desk) -> list[tuple[str, str]]:
    """Kind and remedy of each line of the list after a plan."""
    con = desk.con
    con.execute("CREATE SCHEMA IF NOT EXISTS match")
    columns = "feed VARCHAR, person_id VARCHAR, reason VARCHAR, record_hash VARCHAR"
    con.execute(f"CREATE OR REPLACE TABLE match.candidates ({columns})")
    con.execute("CREATE OR REPLACE TABLE plan.kinds (item_id VARCHAR)")
    run_sql_file(con, house.PLAN / f"{TABLES[-1]}.sql", "plan.work_list", {"as_of": DAY})
    return con.execute("SELECT kind, remedy FROM plan.work_list ORDER BY item_id").fetchall()


def test_where_the_readings_part_on_an_episode_that_ends_tonight_the_list_of_tonight_says_so(
    desk: Desk,
) -> None:
    desk.plan()
    desk.enter, desk.readings_differ = "clear", True
    assert desk.plan() == []
    assert ("readings_differ", R) in work_list(desk)


def also_certified(desk: Desk, second: str) -> None:
    """Lets a second case of the same parent hold the same license."""
    desk.subjects = ((CASE, PERSON), (second, PERSON))
    desk.episodes.append(
        {**desk.episodes[0], "episode_id": f"{R}:{second}:1", "subject_id": second, "case_id": second}
    )
    desk.published.append(
        {
            **desk.published[-1],
            "action_id": f"{R}:{second}:1:certify:L1:1",
            "subject_id": second,
            "case_id": second,
            "episode_id": f"{R}:{second}:1",
        }
    )


def test_a_license_shared_by_two_cases_is_given_back_when_the_last_lets_go(desk: Desk) -> None:
    desk.until_certified()
    also_certified(desk, "C2")
    desk.of = {(CASE, "release"): "flag"}
    first = desk.plan(LATER)
    assert [(a["kind"], a["subject_id"], a["is_covered"]) for a in first] == [("release", CASE, True)]
    desk.publish(first, LATER)
    desk.of = {("C2", "release"): "flag", (CASE, "enter"): "clear", (CASE, "release"): "flag"}
    last = desk.plan(LATER + timedelta(days=1))
    assert [(a["kind"], a["subject_id"], a["is_covered"]) for a in last] == [("release", "C2", False)]


def test_a_license_is_not_restricted_in_the_file_that_gives_it_back(desk: Desk) -> None:
    desk.until_certified()
    desk.subjects = ((CASE, PERSON), ("C2", PERSON))
    desk.steps = [{**STEPS[2], "step_no": 1, "needs": None, "clock_key": None}]
    desk.published[-1]["step"] = "certify"
    desk.of = {(CASE, "release"): "flag"}
    acts = {(a["subject_id"], a["kind"]): a for a in desk.plan(LATER)}
    assert acts[CASE, "release"]["is_covered"] is False
    assert acts["C2", "send"]["status"] == "waits"


def test_a_license_found_later_is_certified_too_and_only_it(desk: Desk) -> None:
    desk.until_certified()
    desk.licenses = ("L1", "L2")
    acts = desk.plan(LATER)
    assert [(a["step"], a["target_id"], a["status"]) for a in acts] == [("certify", "L2", "due")]


def test_what_was_said_of_the_wrong_parent_is_taken_back(desk: Desk) -> None:
    desk.until_certified()
    desk.subjects = ((CASE, "P2"),)
    acts = [a for a in desk.plan(LATER) if a["kind"] != "ask"]
    assert [(a["kind"], a["person_id"], a["status"]) for a in acts] == [("release", PERSON, "due")]


def test_an_act_whose_subject_is_gone_goes_to_a_person(desk: Desk) -> None:
    desk.until_certified()
    desk.subjects = (("C9", "P9"),)
    desk.enter = "clear"
    assert [(a["kind"], a["subject_id"], a["status"]) for a in desk.plan(LATER)] == [
        ("release", CASE, "needs_person")
    ]
    desk.decide("release", "approve", LATER)
    assert [(a["kind"], a["status"]) for a in desk.plan(LATER)] == [("release", "due")]


CREDIT = [
    {
        "step_no": 1,
        "step": "report",
        "kind": "send",
        "queue": "credit_bureaus",
        "message": "add",
        "targets": "self",
        "ground": "enter",
    }
]


def test_readings_that_part_need_a_person_even_where_the_card_asks_for_none(desk: Desk) -> None:
    desk.steps, desk.readings_differ = CREDIT, True
    assert told(desk.plan()) == [("report", "needs_person")]
    desk.decide("report", "approve")
    assert told(desk.plan()) == [("report", "due")]


def test_a_changed_amount_is_told_and_the_same_one_is_not(desk: Desk) -> None:
    desk.steps, desk.update_on = CREDIT, "change"
    desk.publish(desk.plan())
    assert desk.plan() == []
    desk.amount_cents += 50  # the same whole dollars
    assert desk.plan() == []
    desk.amount_cents += 50
    assert [(a["kind"], a["version"]) for a in desk.plan()] == [("update", 2)]


@pytest.mark.parametrize(("change", "acts"), [(-100_00, 1), (100_00, 0)])
def test_under_a_stay_an_amount_may_fall_but_not_rise(desk: Desk, change: int, acts: int) -> None:
    desk.steps, desk.update_on = CREDIT, "change"
    desk.publish(desk.plan())
    desk.stay, desk.amount_cents = "clear", desk.amount_cents + change
    assert len(desk.plan()) == acts


def test_a_monthly_line_is_told_once_a_month(desk: Desk) -> None:
    desk.steps, desk.update_on = CREDIT, "month"
    desk.publish(desk.plan())
    assert desk.plan(date(2025, 1, 31)) == []
    line = desk.plan(date(2025, 2, 1))
    assert told(line) == [("update", "due")]
    desk.publish(line, date(2025, 2, 1))
    assert desk.plan(date(2025, 2, 28)) == []


def test_plan_files_are_all_run() -> None:
    assert {path.stem for path in Path(house.PLAN).glob("*.sql")} == set(TABLES)


def test_a_step_that_lays_the_burden_on_needs_its_ground_that_day(desk: Desk) -> None:
    notice = {**STEPS[1], "step_no": 1}
    submit = {
        **STEPS[2],
        "step_no": 2,
        "needs": None,
        "ground": "enter",
        "targets": "self",
        "clock_from": "sent",
    }
    desk.steps = [notice, submit]
    desk.publish(desk.plan())
    desk.enter = "clear"
    assert told(desk.plan(LATER)) == [("certify", "stayed")]
    desk.enter = "flag"
    assert told(desk.plan(LATER)) == [("certify", "due")]


@pytest.mark.parametrize(("facts", "acts"), [("h1", []), ("h2", [("report", "needs_person")])])
def test_a_rejection_without_an_episode_holds_until_the_facts_change_and_then_a_person_decides(
    desk: Desk, facts: str, acts: list[tuple[str, str]]
) -> None:
    desk.steps, desk.enter = CREDIT, "unknown"
    assert desk.plan() == []
    word = {
        "episode_id": "",
        "remedy": R,
        "subject_id": CASE,
        "decision": "reject",
        "facts_hash": "h1",
        "position": 1,
    }
    desk.decisions.append(word)
    desk.enter, desk.facts_hash = "flag", facts
    assert told(desk.plan()) == acts


def test_after_a_rejection_nothing_leaves_without_a_person_however_small_the_change(desk: Desk) -> None:
    desk.steps, desk.readings_differ = CREDIT, True
    desk.plan()
    desk.decide("report", "reject")
    desk.plan()
    desk.readings_differ, desk.facts_hash = False, "h2"
    assert told(desk.plan(LATER)) == [("report", "needs_person")]


def test_a_hold_that_has_run_out_does_not_stand_for_the_ground(desk: Desk) -> None:
    desk.steps = CREDIT
    desk.plan()
    desk.decide("report", "hold", until=DAY)
    desk.enter = "unknown"
    assert told(desk.plan(DAY + timedelta(days=1))) == [("report", "unknown")]


# A notice that came back.


def came_back(desk: Desk) -> None:
    """Lives through review and notice; the mail returns the notice."""
    desk.plan()
    desk.decide("review", "approve")
    desk.publish(desk.plan())
    desk.served(None, "returned")


def test_a_returned_notice_goes_out_again_when_a_person_has_looked_for_the_parent(desk: Desk) -> None:
    came_back(desk)
    desk.decide("notice", "approve", DAY + timedelta(days=10))
    assert told(desk.plan(DAY + timedelta(days=29)))[-1] == ("notice", "waits")
    again = desk.plan(DAY + timedelta(days=30))
    assert [(a["step"], a["version"], a["status"]) for a in again if a["kind"] == "notice"] == [
        ("notice", 2, "due")
    ]
    desk.publish(again, DAY + timedelta(days=30))
    # The second one is on its way: neither unserved nor served.
    assert told(desk.plan(DAY + timedelta(days=200))) == [("certify", "waits")]


def test_the_word_for_one_try_is_no_word_for_the_next(desk: Desk) -> None:
    came_back(desk)
    desk.decide("notice", "approve", DAY + timedelta(days=10))
    desk.publish(desk.plan(DAY + timedelta(days=30)), DAY + timedelta(days=30))
    desk.notices.append({**desk.notices[0], "reference": desk.published[-1]["action_id"], "notice_id": "N2"})
    assert told(desk.plan(DAY + timedelta(days=100))) == [("certify", "unserved"), ("notice", "needs_person")]


def test_the_clock_starts_from_the_service_of_the_version_that_arrived(desk: Desk) -> None:
    came_back(desk)
    desk.decide("notice", "approve", DAY + timedelta(days=10))
    desk.publish(desk.plan(DAY + timedelta(days=30)), DAY + timedelta(days=30))
    served_on = DAY + timedelta(days=33)
    second = {"notice_id": "N2", "reference": desk.published[-1]["action_id"], "served_on": served_on}
    desk.notices.append({**second, "status": "served"})
    assert told(desk.plan(served_on + timedelta(days=20))) == [("certify", "waits")]
    assert told(desk.plan(served_on + timedelta(days=40))) == [("certify", "needs_person")]


@pytest.mark.parametrize(("stay", "status"), [("clear", "stayed"), ("unknown", "unknown")])
def test_a_stay_keeps_a_returned_notice_in(desk: Desk, stay: str, status: str) -> None:
    came_back(desk)
    desk.decide("notice", "approve", DAY + timedelta(days=10))
    desk.stay = stay
    assert told(desk.plan(DAY + timedelta(days=60)))[-1] == ("notice", status)


# Clocks that start from facts.


def waits_for_a_fact(desk: Desk, **but: Any) -> None:
    clock = {"clock_key": "k", "clock_count": 10, "clock_unit": "business_days", "clock_from": "received_on"}
    desk.steps = [{**STEPS[1], "step_no": 1, **clock, **but}]


def test_a_step_waits_for_a_date_among_the_facts(desk: Desk) -> None:
    waits_for_a_fact(desk)
    desk.anchors = [{"step_no": 1, "anchor_on": None}]
    assert told(desk.plan(LATER)) == [("notice", "waits")]
    desk.anchors = [{"step_no": 1, "anchor_on": DAY}]
    assert told(desk.plan(date(2025, 1, 28))) == [("notice", "waits")]
    assert told(desk.plan(date(2025, 1, 29))) == [("notice", "due")]


def test_a_hearing_tolls_the_clock_and_an_unknown_one_leaves_it_unknown(desk: Desk) -> None:
    waits_for_a_fact(desk, clock_unit="days", tolled_by="days_tolled")
    for days, as_of, status in (
        (30, date(2025, 2, 23), "waits"),
        (30, date(2025, 2, 24), "due"),
        (None, date(2025, 12, 1), "unknown"),
    ):
        desk.anchors = [{"step_no": 1, "anchor_on": DAY, "tolled_days": days}]
        assert told(desk.plan(as_of)) == [("notice", status)]


def test_a_review_waits_for_its_clock_too(desk: Desk) -> None:
    waits_for_a_fact(desk, kind="review", needs="caseworker", queue=None, message=None, clock_unit="days")
    desk.anchors = [{"step_no": 1, "anchor_on": DAY}]
    assert told(desk.plan(DAY + timedelta(days=10))) == [("notice", "waits")]
    assert told(desk.plan(DAY + timedelta(days=11))) == [("notice", "needs_person")]


def test_where_nobody_has_to_answer_the_step_may_be_taken_on_the_last_day(desk: Desk) -> None:
    reported_at = {
        "kind": "review",
        "needs": "supervisor",
        "queue": None,
        "message": None,
        "clock_unit": "days",
    }
    waits_for_a_fact(desk, **reported_at, clock_count=60, clock_on_last_day=True)
    desk.anchors = [{"step_no": 1, "anchor_on": date(2025, 6, 2)}]
    assert told(desk.plan(date(2025, 7, 31))) == [("notice", "waits")]
    assert told(desk.plan(date(2025, 8, 1))) == [("notice", "needs_person")]


# Cards without a partner, and steps with several targets.


def test_a_card_of_reviews_alone_makes_work_and_closes_itself(desk: Desk) -> None:
    desk.steps = [STEPS[0]]
    assert told(desk.plan()) == [("review", "needs_person")]
    desk.decide("review", "approve")
    assert desk.plan(LATER) == []
    desk.facts_hash = "h2"
    assert told(desk.plan(LATER)) == [("review", "needs_person")]
    desk.enter, desk.release = "clear", "flag"
    assert desk.plan(LATER) == []
    assert desk.episodes[0]["close_reason"] == "ground gone"


def test_the_step_after_one_with_several_targets_comes_when_one_was_told(desk: Desk) -> None:
    desk.licenses = ("L1", "L2")
    certify = {**STEPS[2], "step_no": 1, "needs": None, "clock_key": None}
    desk.steps = [certify, {**STEPS[1], "step_no": 2, "step": "tell"}]
    first = desk.plan()
    assert told(first) == [("certify", "due"), ("certify", "due")]
    desk.publish(first[:1])
    assert told(desk.plan(LATER)) == [("certify", "due"), ("tell", "due")]


# A payment agreement after the notice.


def under_an_agreement(desk: Desk) -> None:
    desk.plan()
    desk.decide("review", "approve")
    desk.publish(desk.plan())
    desk.served(DAY)
    desk.agreement_is_kept, desk.stay, desk.release = True, "clear", "flag"
    desk.plan(DAY + timedelta(days=60))
    desk.agreement_is_kept, desk.stay, desk.release = False, "flag", "clear"


def test_where_a_broken_agreement_goes_on_no_new_notice_is_sent(desk: Desk) -> None:
    desk.broken_agreement = "go_on"
    under_an_agreement(desk)
    acts = desk.plan(DAY + timedelta(days=90))
    assert [(a["episode_id"], *told([a])[0]) for a in acts] == [(f"{R}:{CASE}:1", "certify", "needs_person")]


def test_where_it_calls_for_a_new_notice_the_episode_ends_and_the_next_has_its_own(desk: Desk) -> None:
    desk.broken_agreement = "new_notice"
    under_an_agreement(desk)
    assert desk.episodes[0]["close_reason"] == "agreement"
    acts = desk.plan(DAY + timedelta(days=90))
    assert [(a["episode_id"], *told([a])[0]) for a in acts] == [(f"{R}:{CASE}:2", "review", "needs_person")]


def test_paid_in_full_ends_what_stood_still_when_the_agreement_is_over(desk: Desk) -> None:
    desk.broken_agreement = "go_on"
    under_an_agreement(desk)
    desk.agreement_is_kept, desk.enter, desk.release = None, "clear", "flag"
    assert desk.plan(DAY + timedelta(days=90)) == []
    assert desk.episodes[0]["close_reason"] == "ground gone"


# What is told beside the amount.


def test_a_changed_fact_is_told_once_and_not_under_a_stay(desk: Desk) -> None:
    desk.steps, desk.update_on, desk.said_hash = CREDIT, "change", "s1"
    desk.publish(desk.plan())
    assert desk.plan(LATER) == []
    desk.said_hash, desk.stay = "s2", "clear"
    assert desk.plan(LATER) == []
    desk.stay = "flag"
    line = desk.plan(LATER)
    assert [(a["kind"], a["version"], a["said_hash"]) for a in line] == [("update", 2, "s2")]
    desk.publish(line, LATER)
    assert desk.plan(LATER) == []


def test_what_was_told_before_facts_were_kept_is_not_told_again(desk: Desk) -> None:
    desk.steps, desk.update_on = CREDIT, "change"
    desk.publish(desk.plan())
    desk.said_hash = "s1"
    assert desk.plan(LATER) == []


@pytest.mark.parametrize("grounds", [("case_closed",), ("case_closed", "paid_in_full")])
def test_what_stands_in_a_case_that_may_go_on_under_another_number_ends_only_by_a_persons_word(
    desk: Desk, grounds: tuple[str, ...]
) -> None:
    """Withholding ended and a license was given back by itself, the night the case was renumbered."""
    desk.until_certified()
    desk.release, desk.stay, desk.grounds, desk.goes_on_as = "flag", "clear", grounds, ("C-NEW",)
    [act] = desk.plan(LATER)
    assert (act["step"], act["kind"], act["status"], act["needs"]) == (
        "release",
        "release",
        "needs_person",
        "supervisor",
    )
    assert act["because"] == ["it may go on as case C-NEW", *grounds]
    desk.decide("release", "approve", LATER)
    assert told(desk.plan(LATER)) == [("release", "due")]
    desk.decisions, desk.goes_on_as = [], ()  # declared to be two, or not found to be one
    assert told(desk.plan(LATER)) == [("release", "due")]


def test_a_ground_of_the_parents_own_ends_it_at_once_wherever_the_case_goes_on(desk: Desk) -> None:
    desk.until_certified()
    desk.release, desk.stay, desk.goes_on_as = "flag", "clear", ("C-NEW",)
    desk.grounds = ("case_closed", "died")
    assert told(desk.plan(LATER)) == [("release", "due")]
    desk.grounds, desk.parties = ("case_closed",), {CASE: "9-OTHER"}
    assert told(desk.plan(LATER)) == [("release", "due")], "another parent owes there"


def test_an_urgent_release_says_so(desk: Desk) -> None:
    desk.until_certified()
    desk.release, desk.is_urgent = "flag", True
    assert [(a["kind"], a["is_urgent"]) for a in desk.plan(LATER)] == [("release", True)]


def test_nobody_is_told_the_end_of_what_they_turned_down(desk: Desk) -> None:
    desk.until_certified()
    desk.release, desk.is_unheard = "flag", True
    assert [(a["kind"], a["status"], a["is_covered"]) for a in desk.plan(LATER)] == [("release", "due", True)]
    desk.is_unheard = False
    assert [a["is_covered"] for a in desk.plan(LATER)] == [False]


def test_a_change_waits_where_the_same_record_says_something_else_tonight(desk: Desk) -> None:
    desk.steps, desk.update_on = [{**CREDIT[0], "queue": "federal_offset", "targets": "licenses"}], "change"
    desk.publish(desk.plan())
    desk.subjects, desk.amount_cents = ((CASE, PERSON), ("C2", PERSON)), 1_000_00
    acts = {(a["subject_id"], a["kind"]): a for a in desk.plan(LATER)}
    assert {key: a["status"] for key, a in acts.items()} == {(CASE, "update"): "waits", ("C2", "send"): "due"}
    desk.publish(list(acts.values()), LATER)
    later = desk.plan(LATER + timedelta(days=1))
    assert [(a["subject_id"], a["kind"], a["status"]) for a in later] == [(CASE, "update", "due")]


def test_nothing_begins_that_would_have_to_be_taken_back(desk: Desk) -> None:
    desk.steps, desk.release = CREDIT, "flag"
    assert desk.plan() == []
    assert desk.episodes == []


def test_another_license_is_not_restricted_while_the_first_is_given_back(desk: Desk) -> None:
    desk.until_certified()
    desk.licenses, desk.release = ("L1", "L2"), "flag"
    acts = {(a["target_id"], a["kind"]): a["status"] for a in desk.plan(LATER)}
    assert acts == {("L1", "release"): "due", ("L2", "send"): "stayed"}
