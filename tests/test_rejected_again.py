"""What a partner rejected: mended and sent again, once, while its ground stands; until then a line."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest
from test_plan import CASE, CREDIT, DAY, PERSON, TABLES, Desk, R, told

from arrears import house
from arrears.answers.partner_answers import SQL
from arrears.data.warehouse import attach_arrow, run_sql_file, warehouse

SENT_ON = DAY + timedelta(days=40)
REFUSED_ON = SENT_ON + timedelta(days=2)
NIGHT = REFUSED_ON + timedelta(days=1)
# What the ledger and the caseload hold once the license is restricted: lived through once for all tests.
REMEMBERED = ("episodes", "published", "decisions", "notices")
LIVED: dict[str, list[dict[str, Any]]] = {}
RECORD = "C1-N"
ANSWERED = SQL / "answered_acts.sql"


class Partner(Desk):
    """A desk whose motor vehicle agency answers each request; its federal office tells rejects alone."""

    def refuse(self, result: str, on: date = REFUSED_ON, reason: str = "WRONG NAME") -> None:
        """The agency says no to what was said last."""
        self.answer(result, on, reason)

    def answer(self, result: str, on: date, reason: str | None = None) -> None:
        last = self.published[-1]
        self.answers.append(
            {"person_id": last["person_id"], "license_number": last["target_id"], "result": result}
            | {"request_on": last["published_on"], "reason": reason, "said_on": on}
        )

    def word(self, act: dict[str, Any], decision: str = "approve") -> None:
        """A supervisor's word on the line of a rejected act."""
        self.decisions.append(
            {"item_id": act["action_id"], "episode_id": act["episode_id"], "remedy": R, "subject_id": CASE}
            | {
                "step": "again",
                "decision": decision,
                "facts_hash": act["facts_hash"] or "",
                "decided_on": NIGHT,
            }
            | {"position": len(self.decisions) + 1}
        )

    def lines(self) -> list[dict[str, Any]]:
        """The lines of the work list about rejects, after a plan."""
        con = self.con
        con.execute("CREATE SCHEMA IF NOT EXISTS match")
        columns = "feed VARCHAR, person_id VARCHAR, reason VARCHAR, record_hash VARCHAR"
        con.execute(f"CREATE OR REPLACE TABLE match.candidates ({columns})")
        con.execute("CREATE OR REPLACE TABLE plan.kinds (item_id VARCHAR)")
        run_sql_file(con, house.PLAN / f"{TABLES[-1]}.sql", "plan.work_list", {"as_of": NIGHT})
        found = con.execute("FROM plan.work_list WHERE step = 'again' ORDER BY item_id").to_arrow_table()
        return list(found.to_pylist())

    def restricted(self) -> None:
        """The license is restricted on `SENT_ON`."""
        if not LIVED:
            self.until_certified()
            assert self.published[-1]["published_on"] == SENT_ON
            LIVED.update({name: deepcopy(getattr(self, name)) for name in REMEMBERED})
        for name, rows in deepcopy(LIVED).items():
            setattr(self, name, rows)

    def let_go(self, on: date = NIGHT) -> None:
        """The ground is gone, and the license was given back."""
        self.release, self.stay = "flag", "clear"
        self.publish(self.plan(on), on)
        self.plan(on)
        assert [one["close_reason"] for one in self.episodes] == ["released"]


@pytest.fixture
def partner() -> Iterator[Partner]:
    with warehouse() as con:
        yield Partner(con)


def test_a_rejected_act_waits_for_a_person_and_is_sent_again_once(partner: Partner) -> None:
    partner.restricted()
    partner.refuse("restriction_denied")
    [act] = partner.plan(NIGHT)
    first = partner.published[-1]
    assert (act["status"], act["kind"], act["message"]) == ("needs_person", "send", "restrict")
    assert (act["episode_id"], act["target_id"], act["version"]) == (first["episode_id"], "L1", 2)
    [line] = partner.lines()
    assert (line["kind"], line["item_id"], line["needs"]) == (
        "partner_reject",
        act["action_id"],
        "supervisor",
    )
    assert line["because"] == ["WRONG NAME", f"rejected 1 time, last on {REFUSED_ON}"]
    assert (line["due_on"], line["office"]) == (REFUSED_ON, "001")
    partner.word(act)
    again = partner.plan(NIGHT)
    assert told(again) == [("again", "due")]
    partner.publish(again, NIGHT)
    assert partner.plan(NIGHT) == [], "never twice"
    assert partner.lines() == [], "and nobody has to look while the partner has it"


def test_the_task_ends_with_the_partners_yes_and_comes_back_with_its_count_after_another_no(
    partner: Partner,
) -> None:
    partner.restricted()
    partner.refuse("restriction_denied")
    partner.word(partner.plan(NIGHT)[0])
    partner.publish(partner.plan(NIGHT), NIGHT)
    later = NIGHT + timedelta(days=3)
    partner.answer("restricted", later)
    assert partner.plan(later) == []
    partner.answers.pop()
    partner.refuse("restriction_denied", later, "STILL WRONG")
    [act] = partner.plan(later)
    assert (act["status"], act["version"]) == ("needs_person", 3), "the first yes was for the first reject"
    [line] = partner.lines()
    assert line["because"] == ["STILL WRONG", f"rejected 2 times, last on {later}"]


def test_a_yes_after_the_no_leaves_nothing_to_do(partner: Partner) -> None:
    partner.restricted()
    partner.refuse("restriction_denied")
    partner.answer("restricted", REFUSED_ON + timedelta(days=1))
    assert partner.plan(NIGHT) == []


def test_a_corrected_name_goes_out_without_a_word_once(partner: Partner) -> None:
    partner.restricted()
    partner.refuse("restriction_denied")
    partner.new_name, partner.name = "again", "n-2"
    acts = partner.plan(NIGHT)
    assert [(a["step"], a["status"], a["message"], a["version"]) for a in acts] == [
        ("identity_in", "due", "restrict", 2)
    ]
    assert partner.lines() == []
    partner.publish(acts, NIGHT)
    assert partner.plan(NIGHT) == []


def test_a_corrected_number_is_told_at_once_where_nothing_stands_under_the_old_one(partner: Partner) -> None:
    partner.restricted()
    partner.number = "t-2"
    assert told(partner.plan(NIGHT)) == [("identity_out", "due")]
    partner.refuse("restriction_denied")
    acts = partner.plan(NIGHT)
    assert [(a["step"], a["message"]) for a in acts] == [("identity_in", "restrict")]


@pytest.mark.parametrize(
    "gone",
    [
        {"stay": "clear"},
        {"stay": "unknown"},
        {"licenses": ("L2",)},
        {"subjects": ((CASE, "P2"),), "parties": {CASE: "P2"}},
    ],
)
def test_nothing_is_sent_again_whose_ground_is_gone(partner: Partner, gone: dict[str, Any]) -> None:
    partner.restricted()
    partner.refuse("restriction_denied")
    partner.word(partner.plan(NIGHT)[0])
    for name, value in gone.items():
        setattr(partner, name, value)
    assert [a for a in partner.plan(NIGHT) if a["step"] == "again" and a["status"] == "due"] == []


def test_a_word_does_not_outlive_the_facts_that_it_rested_on(partner: Partner) -> None:
    partner.restricted()
    partner.refuse("restriction_denied")
    partner.word(partner.plan(NIGHT)[0])
    partner.facts_hash = "h2"
    assert told(partner.plan(NIGHT)) == [("again", "needs_person")]


@pytest.mark.parametrize(("decision", "left"), [("hold", [("again", "held")]), ("reject", [])])
def test_a_person_may_hold_it_or_put_it_away(
    partner: Partner, decision: str, left: list[tuple[str, str]]
) -> None:
    partner.restricted()
    partner.refuse("restriction_denied")
    partner.word(partner.plan(NIGHT)[0], decision)
    assert told(partner.plan(NIGHT)) == left


# What is taken back: the partner still holds what must go.

RELEASED_ON = NIGHT + timedelta(days=2)
AFTER = RELEASED_ON + timedelta(days=2)


def given_back(partner: Partner) -> None:
    partner.restricted()
    partner.let_go(RELEASED_ON)
    partner.refuse("reinstatement_denied", AFTER)


def test_a_rejected_release_is_urgent_and_goes_again_though_its_episode_is_over(partner: Partner) -> None:
    given_back(partner)
    [act] = partner.plan(AFTER)
    assert (act["kind"], act["status"], act["message"]) == ("release", "needs_person", "reinstate")
    [line] = partner.lines()
    assert (line["kind"], line["office"]) == ("release_rejected", "001")
    partner.word(act)
    [act] = again = partner.plan(AFTER)
    assert (act["status"], act["is_urgent"], act["is_covered"]) == ("due", True, False)
    keys = {(one["step"], one["target_id"], one["version"]) for one in partner.published}
    assert (act["step"], act["target_id"], act["version"]) not in keys
    partner.publish(again, AFTER)
    assert partner.plan(AFTER) == []


def test_a_release_goes_again_without_a_word_under_a_corrected_name_and_then_not_by_itself(
    partner: Partner,
) -> None:
    given_back(partner)
    partner.name = "n-2"
    acts = partner.plan(AFTER)
    assert told(acts) == [("again", "due")]
    partner.publish(acts, AFTER)
    partner.refuse("reinstatement_denied", AFTER + timedelta(days=1))
    partner.name = "n-3"
    assert told(partner.plan(AFTER + timedelta(days=1))) == [("again", "needs_person")]


def test_an_end_is_not_said_again_of_what_is_on_again(partner: Partner) -> None:
    given_back(partner)
    partner.word(partner.plan(AFTER)[0])
    partner.release, partner.stay = "clear", "flag"
    first = next(one for one in partner.published if one["kind"] == "send")
    partner.published.append(
        {**first, "episode_id": f"{R}:{CASE}:2", "published_on": AFTER, "action_id": "second"}
    )
    partner.episodes.append(
        {**partner.episodes[0], "episode_id": f"{R}:{CASE}:2", "ordinal": 2, "closed_on": None}
    )
    assert [a for a in partner.plan(AFTER) if a["step"] == "again"] == []


def test_the_end_of_what_was_never_taken_is_nobodys_work(partner: Partner) -> None:
    partner.restricted()
    partner.refuse("restriction_denied")
    partner.let_go(RELEASED_ON)
    partner.refuse("reinstatement_denied", AFTER)
    assert partner.plan(AFTER) == []


# A partner that tells rejects alone: the federal office.


def certified_debt(partner: Partner) -> None:
    partner.steps, partner.subjects = [{**CREDIT[0], "queue": "federal_offset"}], ((RECORD, PERSON),)
    partner.publish(partner.plan(), DAY)
    partner.let_go(RELEASED_ON)


def refused_delete(**but: Any) -> dict[str, Any]:
    told = {
        "subject_id": RECORD,
        "rejected_on": AFTER,
        "reject_reasons": ["03 last name"],
        "reject_src": "src",
    }
    return told | {"reject_is_open": True, "transaction_type": "D", "is_held": True} | but


def test_a_delete_that_the_federal_office_rejected_goes_again(partner: Partner) -> None:
    certified_debt(partner)
    assert partner.plan(AFTER) == []
    partner.office = [refused_delete()]
    [act] = partner.plan(AFTER)
    assert (act["kind"], act["status"]) == ("release", "needs_person")
    assert act["because"] == ["03 last name", f"rejected 1 time, last on {AFTER}"]
    partner.office = [refused_delete(reject_is_open=False)]
    assert told(partner.plan(AFTER)) == [("again", "due")], "the name was corrected"
    partner.publish(partner.plan(AFTER), AFTER)
    partner.office = []
    assert partner.plan(AFTER + timedelta(days=1)) == []


@pytest.mark.parametrize("but", [{"is_held": False}, {"transaction_type": "A"}])
def test_what_the_federal_office_does_not_hold_is_not_deleted_again(
    partner: Partner, but: dict[str, Any]
) -> None:
    certified_debt(partner)
    partner.office = [refused_delete(**but)]
    assert partner.plan(AFTER) == []


def test_a_second_reject_of_a_delete_waits_for_a_person_with_its_count(partner: Partner) -> None:
    certified_debt(partner)
    second = AFTER + timedelta(days=7)
    partner.office = [refused_delete(rejected_on=second, before=[AFTER], reject_is_open=False)]
    [act] = partner.plan(second)
    assert (act["status"], act["because"][1]) == ("needs_person", f"rejected 2 times, last on {second}")


def test_one_license_of_two_cases_goes_again_once_and_frees_both(partner: Partner) -> None:
    partner.restricted()
    second = f"{R}:C2:1"
    partner.subjects = ((CASE, PERSON), ("C2", PERSON))
    partner.episodes.append(
        {**partner.episodes[0], "episode_id": second, "subject_id": "C2", "case_id": "C2"}
    )
    twin = {**partner.published[-1], "episode_id": second, "subject_id": "C2", "case_id": "C2"}
    partner.published.append({**twin, "action_id": f"{second}:certify:L1:1"})
    partner.refuse("restriction_denied")
    first, other = partner.plan(NIGHT)
    assert [a["status"] for a in (first, other)] == ["needs_person", "needs_person"]
    partner.word(first)
    acts = [a for a in partner.plan(NIGHT) if a["status"] == "due"]
    assert [(a["episode_id"], a["is_covered"]) for a in acts] == [(first["episode_id"], False)]
    partner.publish(acts, NIGHT)
    assert partner.plan(NIGHT) == [], "what was told again speaks for both cases"


def test_a_reject_is_worked_once_something_else_was_said_of_the_same_target() -> None:
    def act(name: str, day: date, step: str = "certify", target: str = "L1") -> dict[str, Any]:
        told = {"action_id": name, "episode_id": "E", "target_id": target, "step": step, "version": 1}
        return told | {
            "queue": "board",
            "published_on": day,
            "batch_no": 1,
            "carry": "{}",
            "target_number": "L",
        }

    acts = [act("one", DAY), act("two", NIGHT, "again"), act("out", DAY, "identity_out", "L2")]
    acts.append(act("in", NIGHT, "identity_in", "L2"))
    said = {
        "feed": "f",
        "source_file": "s",
        "source_line": 1,
        "said_on": DAY,
        "reason": "no",
        "is_final": True,
    }
    replies = [{**said, "action_id": name, "is_rejected": True} for name in ("one", "out")]
    with warehouse() as con:
        attach_arrow(con, "sent", pa.Table.from_pylist(acts))
        attach_arrow(con, "answer", pa.Table.from_pylist(replies))
        attach_arrow(con, "answering", pa.table({"queue": ["board"], "feed": ["f"], "of": ["answers"]}))
        attach_arrow(con, "staging.currency", pa.table({"feed": ["f"], "stale_after_days": [90]}))
        days = pa.array([DAY], pa.date32())
        attach_arrow(
            con, "staging.arrivals", pa.table({"feed": ["f"], "period_on": days, "received_on": days})
        )
        run_sql_file(con, ANSWERED, "answered", {"as_of": NIGHT})
        found = con.execute("SELECT action_id, became, times_rejected, is_followed FROM answered").fetchall()
    assert {name: rest for name, *rest in found} == {
        "one": ["rejected", 1, True],
        "two": ["waiting", 1, False],
        "out": ["rejected", 1, False],  # it stands under the old number, whatever is told under the new one
        "in": ["waiting", 1, False],
    }
