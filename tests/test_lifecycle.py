"""The life of an action, driven at random: whatever becomes known and people say, due process holds.

Hypothesis makes histories of payments (late, in transit, reversed, corrected), hearings, agreements kept and
broken, bankruptcies, deaths, wrong persons, family violence, mail, approvals, holds and rejections, killed
and repeated nights; each night runs the engine's own verdicts, plan, stops and batches over a real ledger.
What leaves is held against the plain rules of `lifecycle_world`, which know no SQL.
"""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from lifecycle_nights import STATE, Office, Row
from lifecycle_world import (
    CREDIT,
    HOLIDAYS,
    LICENSE,
    MAIL_LAG,
    RETRY_DAYS,
    START,
    UNITS,
    WAIT_DAYS,
    Case,
    Payment,
    make_rules,
    may_begin,
    may_go_on,
    must_let_go,
)

from arrears.data.warehouse import Connection, warehouse
from arrears.days import Calendar

# A busy machine is not a fault of the plan.
pytestmark = pytest.mark.timeout(1800)
CASES = 5
BURDENS = ("notice", "send")
CALENDAR = Calendar(HOLIDAYS)
WHICH, DAYS, PICK = st.integers(0, CASES - 1), st.integers(0, 9), st.integers(0, 30)
# What becomes known between two nights, each of one case.
EVENTS = st.one_of(
    st.tuples(
        st.just("pays"), WHICH, st.tuples(DAYS, st.sampled_from([1, 50_00, 300_00, 5_000_00]), st.booleans())
    ),
    st.tuples(st.just("payment_changes"), WHICH, st.sampled_from(["posted", "reversed", "corrected"])),
    st.tuples(st.just("hearing"), WHICH, st.integers(0, 5)),
    st.tuples(st.just("agreement"), WHICH, st.sampled_from(["none", "kept", "kept", "broken"])),
    st.tuples(
        st.just("turns"),
        WHICH,
        st.sampled_from(["is_bankrupt", "is_alive", "is_wrong_person", "has_violence"]),
    ),
    st.tuples(st.just("other_news"), WHICH, st.sampled_from(["moves", "license", "parent"])),
    st.tuples(st.just("goes_dark"), WHICH, st.sampled_from(sorted(UNITS))),
)
SELDOM = st.sampled_from([False, False, False, True])
MAIL = st.tuples(PICK, DAYS, st.sampled_from(["served", "served", "served", "returned", "unserved"]))
WORDS = st.tuples(PICK, st.sampled_from(["approve"] * 6 + ["hold", "reject", "hold anything"]), DAYS)


class Life(RuleBasedStateMachine):
    """Five cases, the first two of one parent, from their first default on."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="lifecycle"))
        self.today = START
        self.cases = [Case(n, person_id=f"P{max(n, 1)}") for n in range(CASES)]
        self.mail: list[Row] = []
        self.left: list[Row] = []
        self.told: dict[str, str | None] = {}
        # Words that came after tonight's plan: how many had come before, and what had left by then.
        self.late: list[tuple[Row, int, set[str]]] = []

    @initialize(broken=st.sampled_from(["go_on", "new_notice"]))
    def begin(self, broken: str) -> None:
        """The agency opens, under one of the two readings of a broken agreement."""
        self.broken = broken
        self.office = Office(self.folder, WORLD.con, WORLD.rules[broken], WORLD.empty, CALENDAR)
        at = self.office.moment(START - timedelta(1))
        for name, role in {"olive": "operator", "cass": "caseworker", "sam": "supervisor"}.items():
            self.office.ledger.add_user(name, {role}, at)

    def teardown(self) -> None:
        """Takes the ledger away."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @rule(
        events=st.lists(EVENTS, max_size=2),
        mail=st.lists(MAIL, max_size=3),
        words=st.lists(WORDS, max_size=4),
        days=st.integers(1, 4),
        backlog=st.sampled_from([0, 0, 0, 1, 3]),
        stop=st.one_of(st.none(), st.none(), st.tuples(PICK, st.sampled_from(["hold", "reject"]))),
        mail_is_quick=st.booleans(),
        desk_is_quick=st.booleans(),
        killed=SELDOM,
        turned=SELDOM,
    )
    def some_days_pass(
        self, events: list[Any], mail: list[Any], words: list[Any], days: int, backlog: int,
        stop: tuple[int, str] | None, mail_is_quick: bool, desk_is_quick: bool, killed: bool, turned: bool,
    ) -> None:  # fmt: skip
        """Things become known, people work their lists, and a night runs, perhaps stopped in between."""
        for what, which, how in events:
            getattr(self, what)(self.cases[which], how)
        # Often every notice arrives, or every line is worked, so that lives come far.
        mail = [*mail, *[(0, 0, "served")] * CASES] if mail_is_quick else mail
        for act in self.office.actions if desk_is_quick else []:
            if act["status"] == "needs_person":
                self.say(act, "approve", 0)
        for pick, back, status in mail:
            self.mail_comes(pick, back, status)
        for pick, choice, until in words:
            self.a_person_decides(pick, choice, until)
        through_on = self.run_a_night(days, backlog, stop, killed, turned)
        everything = self.office.published()
        seen = {act["action_id"] for act in self.left}
        new = [act for act in everything if act["action_id"] not in seen]
        assert len(new) + len(seen) == len(everything), "something left twice"
        self.left = everything
        self.decisions = self.office.ledger.decisions(STATE)
        self.check_what_left(new, through_on)
        self.check_what_is_held()
        self.check_episodes()

    # What happens in the world.

    def pays(self, case: Case, how: tuple[int, int, bool]) -> None:
        """Money comes in, perhaps told late, perhaps not posted yet."""
        back, cents, is_posted = how
        case.payments.append(Payment(self.today - timedelta(back), cents, is_posted))

    def payment_changes(self, case: Case, how: str) -> None:
        """What was in transit is posted, a payment bounces, or it was never this case's."""
        if case.payments and how == "corrected":
            case.payments.pop()
        elif case.payments:
            last = case.payments[-1]
            last.is_posted, last.is_reversed = (
                (True, last.is_reversed) if how == "posted" else (last.is_posted, True)
            )

    def hearing(self, case: Case, days: int) -> None:
        """A hearing is asked for, or the open one is over and has stopped the clock for some days."""
        case.hearing_is_open = not case.hearing_is_open
        case.days_tolled += 0 if case.hearing_is_open else days

    def agreement(self, case: Case, how: str) -> None:
        """A payment agreement is signed, broken, or over."""
        case.agreement = how

    def turns(self, case: Case, what: str) -> None:
        """A bankruptcy, a death, a wrong person, family violence: told, or told to be an error."""
        setattr(case, what, not getattr(case, what))

    def other_news(self, case: Case, what: str) -> None:
        """The parent moves, another license is found, or another parent is the one who owes."""
        if what == "moves":
            case.address += 1
        elif what == "license":
            case.licenses = 3 - case.licenses
        else:
            case.person_id += "x"

    def goes_dark(self, case: Case, fact: str) -> None:
        """A table is not current any more, or is again: a fact is not known."""
        case.not_known ^= {fact}

    def mail_comes(self, pick: int, back: int, status: str) -> None:
        """Proof of service of a notice, or the notice itself."""
        proven = {row["reference"] for row in self.mail if row["served_on"]}
        notices = [a for a in self.left if a["kind"] == "notice" and a["action_id"] not in proven]
        if notices:
            act = notices[-1 - pick % len(notices)]
            served_on = max(act["published_on"], self.today - timedelta(back)) if status == "served" else None
            row = {"notice_id": f"N{len(self.mail):04d}", "reference": act["action_id"], "status": status}
            self.mail.append({**row, "served_on": served_on})

    # What people say.

    def a_person_decides(self, pick: int, choice: str, days: int) -> None:
        """Somebody works a line of the list, or holds an act that nobody was asked about."""
        anything = choice == "hold anything"
        lines = [act for act in self.office.actions if anything or act["status"] == "needs_person"]
        if lines:
            self.say(lines[pick % len(lines)], choice.split()[0], days)

    def say(self, act: Row, choice: str, days: int) -> Row:
        """One decision in the ledger."""
        row = {
            "item_id": f"{act['episode_id']}:{act['step']}",
            **{name: act[name] for name in ("episode_id", "remedy", "subject_id", "step")},
            "decision": choice,
            "until_on": self.today + timedelta(days) if choice == "hold" and days else None,
            "facts_hash": act["facts_hash"] or "",
            "decided_on": self.today,
        }
        needs = act["needs"] or "caseworker"
        by = "sam" if needs == "supervisor" else "cass"
        at = self.office.moment(self.today, 12)
        self.office.ledger.decide(STATE, **row, by_user=by, because="I looked.", needs=needs, at=at)
        return row

    # The night.

    def run_a_night(
        self, days: int, backlog: int, stop: tuple[int, str] | None, killed: bool, turned: bool
    ) -> date:
        """The day through which the mail is known; somebody may still stop an act after it was planned."""
        before, self.today = self.today, self.today + timedelta(days)
        self.office.skip(before, self.today)
        self.late = []
        through_on = self.today - timedelta(1 + backlog)
        self.office.night(
            self.today, self.cases, self.mail, through_on, lambda: self.stop_late(stop), killed
        )  # fmt: skip
        if turned:
            straight = self.office.planned()
            self.office.turn_over()
            self.office.plan(self.today)
            assert self.office.planned() == straight, "the plan depends on the order of rows"
        return through_on

    def stop_late(self, stop: tuple[int, str] | None) -> None:
        """A person's word after the plan: it stops whatever has not left yet."""
        due = [act for act in self.office.actions if act["status"] == "due"]
        if stop is not None and due:
            gone = {act["action_id"] for act in self.office.published()}
            before = len(self.office.ledger.decisions(STATE))
            self.late.append((self.say(due[stop[0] % len(due)], stop[1], 0), before, gone))

    # What must be so, whatever happened.

    def check_what_left(self, new: list[Row], intake_through_on: date) -> None:
        """Nothing leaves before its clock, against a stop, twice, or without the people it needs."""
        planned = {act["action_id"]: act for act in self.office.actions}
        for act in new:
            facts = self.facts_of(act)
            self.told[act["action_id"]] = facts["address"]
            hashed = planned[act["action_id"]]["facts_hash"]
            said = self.said_before(act)
            if act["kind"] in BURDENS or (
                act["kind"] == "update" and not act["amount_cents"] < said["amount_cents"]
            ):
                assert may_go_on(act["remedy"], facts, self.today) is True, act
                assert facts["person_id"] == act["person_id"], act
                assert not self.is_stopped(act, hashed), act
            if act["kind"] == "release":
                lets_go = must_let_go(act["remedy"], facts) is True
                assert lets_go or facts["person_id"] != act["person_id"], act
                assert said is not None, act
            if act["kind"] in ("send", "notice") and act["version"] == 1:
                self.check_first_word(act, facts, hashed, intake_through_on)
            if act["kind"] == "notice" and act["version"] > 1:
                self.check_second_try(act, hashed)

    def check_first_word(self, act: Row, facts: Row, hashed: str, intake_through_on: date) -> None:
        """What is said for the first time: its ground, its people, its clock."""
        if act["remedy"] == CREDIT:
            assert may_begin(CREDIT, facts, self.today) is True, act
        elif act["kind"] == "notice":
            assert may_begin(LICENSE, facts, self.today) is True, act
            assert self.is_approved(act, "review", hashed), act
        else:
            assert self.is_approved(act, "certify", hashed), act
            last_day = self.window_ends_on(act, facts)
            assert last_day is not None, "certified without proof of service"
            assert self.today > last_day, f"certified before {last_day}"
            assert intake_through_on >= last_day + timedelta(MAIL_LAG), "mail of the last day may lie about"

    def check_second_try(self, act: Row, hashed: str) -> None:
        """A notice that came back goes out again only with a new word, and not at once."""
        before = next(
            one for one in self.left
            if (one["episode_id"], one["step"]) == (act["episode_id"], act["step"])
            and one["version"] == act["version"] - 1
        )  # fmt: skip
        came = [row["status"] for row in self.mail if row["reference"] == before["action_id"]]
        assert came, act
        assert came[-1] in ("returned", "unserved"), act
        assert self.today >= before["published_on"] + timedelta(RETRY_DAYS), act
        word = self.last_word(act, "notice")
        assert word is not None, act
        assert (word["decision"], word["facts_hash"]) == ("approve", hashed), act
        assert word["decided_on"] > before["published_on"], act

    def check_what_is_held(self) -> None:
        """Each thing sent is taken back once and in time, and partners know today's amount."""
        kinds: dict[tuple[str, str], Counter[str]] = {}
        for act in self.left:
            if act["kind"] in ("send", "release"):
                kinds.setdefault((act["episode_id"], act["target_id"]), Counter())[act["kind"]] += 1
        assert all(one["send"] == 1 and one["release"] <= 1 for one in kinds.values()), kinds
        for (episode_id, target_id), one in kinds.items():
            if one["release"]:
                continue
            last = [a for a in self.left if (a["episode_id"], a["target_id"]) == (episode_id, target_id)][-1]
            facts = self.facts_of(last)
            if self.anything_said(last, "release") or self.is_late(last):
                continue
            lets_go = must_let_go(last["remedy"], facts) is True or facts["person_id"] != last["person_id"]
            assert not lets_go, f"{target_id} of {episode_id} should have been taken back"
            if last["remedy"] == CREDIT:
                self.check_amount(last, facts)

    def check_amount(self, last: Row, facts: Row) -> None:
        """What a partner was told last: never more than today's debt, and today's where nothing stops it."""
        owed = facts["owed_cents"]
        if owed is None or self.anything_said(last, "update"):
            return
        assert not last["amount_cents"] // 100 > owed // 100, "a lower amount was not told"
        if may_go_on(CREDIT, facts, self.today) is True:
            assert last["amount_cents"] // 100 == owed // 100
            assert self.told[last["action_id"]] == facts["address"], "a new address was not told"

    def check_episodes(self) -> None:
        """One open episode a subject and remedy; none outlives its release; agreements as the card says."""
        episodes = self.office.episodes()
        running = Counter((row["remedy"], row["subject_id"]) for row in episodes if row["closed_on"] is None)
        assert all(count == 1 for count in running.values()), running
        released: set[str] = set()
        for act in self.left:
            assert not (act["kind"] in BURDENS and act["episode_id"] in released), (
                "an episode outlived its release"
            )
            released |= {act["episode_id"]} if act["kind"] == "release" else set()
        told = {act["episode_id"] for act in self.left if act["kind"] == "notice"}
        sent = {act["episode_id"] for act in self.left if act["kind"] == "send"}
        for row in episodes:
            if row["remedy"] != LICENSE or row["episode_id"] not in told - sent:
                continue
            if row["closed_on"] is not None and row["closed_on"] < self.today:
                continue
            facts = self.cases[int(row["subject_id"][1:])].facts(self.today)
            if facts["agreement_is_kept"] is not True or facts["person_id"] != row["person_id"]:
                continue
            if any(
                a["episode_id"] == row["episode_id"] and a["published_on"] == self.today for a in self.left
            ):
                continue
            is_open = row["closed_on"] is None
            if self.broken == "new_notice":
                assert not is_open, f"{row['episode_id']} outlived its agreement"
            elif not is_open:
                assert row["close_reason"] == "rejected", f"{row['episode_id']} ended under its agreement"

    # What the checks ask.

    def facts_of(self, act: Row) -> Row:
        """What was known tonight of an act's subject."""
        return self.cases[int(act["subject_id"][1:])].facts(self.today)

    def said_before(self, act: Row) -> Any:
        """What was last said of the same thing before tonight, if anything was."""
        key = (act["episode_id"], act["target_id"])
        before = [
            one for one in self.left
            if (one["episode_id"], one["target_id"]) == key and one["published_on"] < act["published_on"]
            and one["kind"] in ("send", "update")
        ]  # fmt: skip
        return before[-1] if before else None

    def words(self, act: Row) -> list[Row]:
        """Every word on an act's episode that came before it could leave, the oldest first."""
        known = min([before for _, before, gone in self.late if act["action_id"] in gone], default=None)
        return [one for one in self.decisions[:known] if one["episode_id"] == act["episode_id"]]

    def last_word(self, act: Row, step: str) -> Row | None:
        """The last word of a person on a step of an act's episode."""
        found = [one for one in self.words(act) if one["step"] == step]
        return found[-1] if found else None

    def anything_said(self, act: Row, step: str) -> bool:
        """Whether a person has ever spoken of a step of an act's episode."""
        key = (act["episode_id"], step)
        return any((one["episode_id"], one["step"]) == key for one in self.decisions)

    def is_approved(self, act: Row, step: str, hashed: str) -> bool:
        """Whether somebody approved a step of this very episode, on the facts as they are tonight."""
        word = self.last_word(act, step)
        return word is not None and (word["decision"], word["facts_hash"]) == ("approve", hashed)

    def is_late(self, act: Row) -> bool:
        """Whether a word came between tonight's plan and its files, before this act had left."""
        return any(
            word["episode_id"] == act["episode_id"] and act["action_id"] not in gone
            for word, _, gone in self.late
        )

    def is_stopped(self, act: Row, hashed: str) -> bool:
        """Whether a person's word stood against it when it left."""
        word = self.last_word(act, act["step"])
        if self.is_late(act):
            return True
        if word is None:
            return False
        holds = word["decision"] == "hold" and (word["until_on"] is None or word["until_on"] >= self.today)
        return holds or (word["decision"] == "reject" and word["facts_hash"] == hashed)

    def window_ends_on(self, act: Row, facts: Row) -> date | None:
        """The last day of the window, counted with the calendar from the latest proof of service."""
        notices = {
            a["action_id"]
            for a in self.left
            if a["episode_id"] == act["episode_id"] and a["kind"] == "notice"
        }
        served = [row["served_on"] for row in self.mail if row["reference"] in notices and row["served_on"]]
        if not served or facts["days_tolled"] is None:
            return None
        return CALENDAR.ends(max(served), WAIT_DAYS, "days", facts["days_tolled"], roll=True)


class World:
    """What every life shares: the rules, an empty ledger and a warehouse."""

    con: Connection
    empty: Path
    rules: dict[str, Path]


WORLD = World()


@pytest.fixture(scope="module", autouse=True)
def world(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[None]:
    """Makes what every life shares."""
    WORLD.empty = sqlite_template
    WORLD.rules = {
        broken: make_rules(tmp_path_factory.mktemp(broken), broken) for broken in ("go_on", "new_notice")
    }
    with warehouse() as WORLD.con:
        # Small tables: threads would only wait for each other.
        WORLD.con.execute("SET threads = 1")
        yield


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=10,
    stateful_step_count=14,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
