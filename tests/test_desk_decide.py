"""Decisions at the desk: who may, what is told to the second person, what a bulk does, what comes back."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from desk_world import ACTIONS, DEADLINES, EPISODE, REMEDY, STATE, WORK, Tonight, World, line, of_facts
from typer.testing import CliRunner

from arrears import house
from arrears.cli.main import app
from arrears.data.warehouse import attach_arrow, warehouse
from arrears.desk.decided import decided as decided_lines
from arrears.desk.lists import decide_lines, lists, preview, save_view, saved_views
from arrears.desk.lists import line as opened
from arrears.desk.pauses import end_pause, pause, pause_preview, pauses
from arrears.desk.requests import Asked, NotHere
from arrears.desk.review import decide as by_command
from arrears.desk.useful import by_heading, useful
from arrears.desk.web import Desk
from arrears.errors import ArrearsError, Refused
from arrears.law.profile import Profile
from arrears.ledger.told import DECISIONS

NIGHT = date(2025, 1, 15)
DAY = timedelta(days=1)
FIRST, SECOND = f"{REMEDY}:c1:1:certify", f"{REMEDY}:c2:1:certify"


@dataclass(frozen=True)
class Person:
    name: str
    roles: frozenset[str]
    offices: frozenset[str] | None = None


SUE, TOM = Person("sue", frozenset(["supervisor"])), Person("tom", frozenset(["supervisor"]))
CAS = Person("cas", frozenset(["caseworker"]))


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    # These nights hold no conditions to explain; whole ones are opened in test_desk_nights.py.
    monkeypatch.setattr("arrears.desk.line.explanation", lambda desk, row, digits: None)
    made = World(tmp_path / "store")
    work = [
        line("c1"),
        line("c2", amount_cents=50_000_00, office="102", readings_differ=True),
        line("c3", "unknown", because=["holds_a_license"]),
    ]
    made.night(NIGHT, Tonight(work=work, facts={"license_facts": [{"subject_id": "c3"}]}))
    return made


def waits(world: World) -> set[str]:
    return {one["item_id"] for one in lists(world.store, STATE, Asked()).lines}


def decide(
    world: World, person: Person, choice: Any = "approve", items: tuple[str, ...] = (FIRST,), **more: Any
) -> Any:
    return decide_lines(world.store, STATE, items, choice, person, "I looked.", **more)


def seen(world: World, item: str = FIRST) -> dict[str, str]:
    return {item: opened(world.store, STATE, item).line["seen"]}


# One line.


def test_a_decision_keeps_what_it_rested_on_and_takes_the_line_off_the_list(world: World) -> None:
    assert decide(world, SUE).refused == []
    [kept] = world.ledger.decisions(STATE)
    assert (kept["item_id"], kept["facts_hash"], kept["by_user"]) == (FIRST, "hash-c1", "sue")
    assert FIRST not in waits(world)
    history = opened(world.store, STATE, FIRST)
    assert [one["by_user"] for one in history.decisions] == ["sue"]
    assert [one["act"] for one in history.audit] == ["decide"]


def test_the_second_of_two_people_is_told_who_and_when_and_the_first_word_stands(world: World) -> None:
    before = seen(world)
    decide(world, SUE, seen=before)
    second = decide(world, TOM, "hold", seen=before)
    assert second.made == []
    [told] = second.refused
    assert "(approve) by sue at 2025-01-15" in told["why"]
    assert [one["by_user"] for one in world.ledger.decisions(STATE)] == ["sue"]


def test_two_words_in_the_same_moment_leave_one(world: World) -> None:
    row: dict[str, Any] = {"item_id": FIRST, "episode_id": f"{REMEDY}:c1:1"}
    row |= {"remedy": REMEDY, "subject_id": "c1"}
    row |= {"step": "certify", "until_on": None, "role": "supervisor", "because": "I looked."}
    row |= {"reason_code": "", "facts_hash": "hash-c1", "decided_on": str(NIGHT), "decision": "hold"}
    at = world.ledger.runs(STATE)[0].cut.known_at
    # Both looked when nothing had been said; each writes only if that is still so.
    one, _ = world.ledger.decide_if_first(STATE, [{**row, "by_user": "sue"}], {FIRST: 0}, at=at)
    other, first = world.ledger.decide_if_first(STATE, [{**row, "by_user": "tom"}], {FIRST: 0}, at=at)
    assert [said.by_user for said in one] == ["sue"]
    assert (other, [said.by_user for said in first]) == ([], ["sue"])


def test_what_was_decided_is_found_again_with_its_last_word_until_a_run_knows_it(world: World) -> None:
    def told(offices: frozenset[str] | None = None, on: date | None = None) -> list[tuple[str, str, str]]:
        page = decided_lines(world.store, STATE, on, offices, 1, 50)
        assert page.total == len(page.lines) == sum(one["lines"] for one in page.sums)
        return [(one["item_id"], one["word"]["decision"], one["word"]["by_user"]) for one in page.lines]

    assert told() == []
    decide(world, SUE)
    decide(world, TOM, "hold", items=(SECOND,))
    assert told() == [(SECOND, "hold", "tom"), (FIRST, "approve", "sue")]
    assert told(frozenset(["102"])) == [(SECOND, "hold", "tom")]
    found = lists(world.store, STATE, Asked())
    assert (found.decided, found.leaving) == (2, 1)
    leaving = decided_lines(world.store, STATE, None, None, 1, 50, "approve")
    assert ([one["item_id"] for one in leaving.lines], leaving.total) == ([FIRST], 1)
    decide(world, TOM, "hold", seen=seen(world))
    assert told() == [(FIRST, "hold", "tom"), (SECOND, "hold", "tom")]
    world.night(NIGHT + DAY, Tonight(work=[line("c1")]))
    assert told() == []


def test_how_useful_a_kind_has_been_is_what_was_known_when_the_night_began(world: World) -> None:
    def told() -> dict[str, tuple[int, int]]:
        [last] = [run.as_of for run in world.ledger.runs(STATE)][-1:]
        found = useful(Desk(world.store, STATE, last, world.ledger))
        return {name: (one["decided"], one["shown"]) for name, one in (found | by_heading(found)).items()}

    decide(world, SUE)
    assert told() == {"approval": (0, 2), "unknown": (0, 1), "decide": (0, 2), "facts": (0, 1)}
    world.night(NIGHT + DAY, Tonight(work=[line("c2"), line("c9")]))
    assert told() == {"approval": (1, 3), "unknown": (0, 1), "decide": (1, 3), "facts": (0, 1)}
    decide(world, TOM, "hold", items=(SECOND,))
    assert told()["approval"] == (1, 3)


def test_whoever_has_seen_the_first_word_may_say_another(world: World) -> None:
    decide(world, SUE)
    again = decide(world, TOM, "hold", seen=seen(world))
    assert [one["decision"] for one in again.made] == ["hold"]


def test_a_line_whose_facts_changed_since_it_was_looked_at_is_told_and_not_decided(world: World) -> None:
    before = seen(world)
    world.night(NIGHT + DAY, Tonight(work=[line("c1", facts_hash="other")]))
    found = decide(world, SUE, seen=before)
    assert found.made == []
    assert "facts have changed" in found.refused[0]["why"]
    assert decide(world, SUE, seen=seen(world)).refused == []


def test_whoever_prepared_an_episode_does_not_approve_it(world: World) -> None:
    review = line("c1", "review")
    world.night(NIGHT + DAY, Tonight(work=[review]))
    assert decide(world, SUE, items=(review["item_id"],)).refused == []
    world.night(NIGHT + 2 * DAY, Tonight(work=[line("c1")]))
    refused = decide(world, SUE)
    assert refused.made == []
    assert "another person" in refused.refused[0]["why"]
    assert decide(world, TOM).refused == []


def test_a_caseworker_may_stop_what_only_a_supervisor_sends(world: World) -> None:
    [refused] = decide(world, CAS).refused
    assert refused["do"] == "Ask a supervisor"
    assert len(decide(world, CAS, "hold").made) == 1


def test_a_role_that_the_ledger_does_not_know_decides_nothing(world: World) -> None:
    with pytest.raises(Refused):
        decide(world, Person("aud", frozenset(["supervisor"])))
    assert world.ledger.decisions(STATE) == []


def test_a_rejection_names_one_of_the_known_reasons(world: World) -> None:
    for code in ("", "no_such_reason"):
        with pytest.raises(ArrearsError, match="wrong_person"):
            decide(world, SUE, "reject", reason_code=code)
    assert decide(world, SUE, "reject", reason_code="wrong_person").made[0]["reason_code"] == "wrong_person"


def test_another_offices_line_is_not_found_and_nothing_of_the_bulk_is_written(world: World) -> None:
    mine = Person("sue", frozenset(["supervisor"]), frozenset(["101"]))
    with pytest.raises(NotHere):
        decide(world, mine, items=(FIRST, SECOND))
    assert world.ledger.decisions(STATE) == []


# Many lines.


def test_a_preview_says_what_a_bulk_would_do_and_does_nothing(world: World) -> None:
    unknown = f"{REMEDY}:c3:unknown"
    found = preview(world.store, STATE, [FIRST, SECOND, unknown], "approve", SUE)
    assert (found.lines, found.cents, found.cases) == (2, 51_000_00, 2)
    assert {one["name"]: one["cents"] for one in found.offices} == {"101": 1_000_00, "102": 50_000_00}
    assert found.largest[0]["item_id"] == SECOND
    assert [(one["say"], one["items"]) for one in found.oddities] == [
        ("The guide and the statute disagree", [SECOND])
    ]
    assert [(one["item_id"], one["do"][:5]) for one in found.refused] == [(unknown, "Enter")]
    assert world.ledger.decisions(STATE) == []


def test_a_bulk_stops_at_one_remedy_and_step_and_never_covers_an_individual_look(world: World) -> None:
    look, other, too = (
        line("c4", "review"),
        line("c5", remedy="credit_reporting", step="report", item_id="credit_reporting:c5:1:report"),
        line("c6"),
    )
    world.night(NIGHT + DAY, Tonight(work=[line("c1"), look, other, too]))
    items = [one["item_id"] for one in (look, line("c1"), other, too)]
    found = preview(world.store, STATE, items, "approve", SUE)
    assert sorted(found.seen) == sorted([FIRST, too["item_id"]])
    assert {one["item_id"]: one["why"] for one in found.refused} == {
        look["item_id"]: "Its card asks for a look at each case here",
        other["item_id"]: "Its remedy or step is another than that of the first of these lines",
    }
    with pytest.raises(Refused, match="another than that of the first"):
        by_command(world.store, STATE, [other["item_id"], too["item_id"]], "hold", "sue", "so")
    with pytest.raises(Refused, match="a look at each case"):
        by_command(world.store, STATE, [look["item_id"], other["item_id"]], "hold", "sue", "so")
    # What is sent is judged as what is shown, and alone each is decided.
    made = decide(world, SUE, "hold", items=tuple(items)).made
    assert [one["item_id"] for one in made] == [FIRST, too["item_id"]]
    assert decide(world, SUE, items=(look["item_id"],)).refused == []


def test_a_bulk_writes_what_it_can_and_tells_the_rest(world: World) -> None:
    shown = preview(world.store, STATE, [FIRST, SECOND], "approve", SUE)
    decide(world, TOM, items=(SECOND,))
    found = decide(world, SUE, items=(FIRST, SECOND), seen=shown.seen)
    assert [one["item_id"] for one in found.made] == [FIRST]
    assert [one["item_id"] for one in found.refused] == [SECOND]


# What outlives a night. (Decisions on the steps of an episode: test_plan.py.)


def listed(decisions: list[dict[str, Any]], as_of: date = NIGHT, facts_hash: str = "h1") -> list[str]:
    """The items that the plan lists of two lines without an episode, after these decisions."""
    work = [of_facts("bank_found", facts_hash=facts_hash), of_facts("bank_found", "c2")]
    verdicts = [(name, pa.string()) for name in ("remedy", "subject_id", "case_id", "person_id", "office")]
    verdicts += [(name, pa.string()) for name in ("worker", "enter_verdict", "facts_hash")]
    verdicts += [(f"{part}_because", pa.list_(pa.string())) for part in ("enter", "release")]
    verdicts += [
        ("readings_differ", pa.bool_()),
        ("release_readings_differ", pa.bool_()),
        ("amount_cents", pa.int64()),
    ]
    matches = [(name, pa.string()) for name in ("feed", "source_file", "person_id", "reason", "record_hash")]
    rows = [
        {**dict.fromkeys(DECISIONS.names, ""), "until_on": None, "decided_on": None, "position": place, **one}
        for place, one in enumerate(decisions)
    ]
    with warehouse() as con:
        tables = {"plan.actions": ACTIONS, "plan.deadlines": DEADLINES, "plan.episode": EPISODE}
        tables |= {"plan.verdict": pa.schema(verdicts), "plan.sent": pa.schema(verdicts[:2])}
        tables |= {"plan.ending": pa.schema([("episode_id", pa.string())])}
        for name, shape in {**tables, "match.candidates": pa.schema(matches)}.items():
            attach_arrow(con, name, shape.empty_table())
        attach_arrow(con, "plan.kinds", pa.Table.from_pylist(work, WORK))
        attach_arrow(con, "ledger.decisions", pa.Table.from_pylist(rows, DECISIONS))
        text = (house.PLAN / "work_list.sql").read_text()
        return [
            row[0]
            for row in con.execute(f"SELECT item_id FROM ({text}) ORDER BY 1", {"as_of": as_of}).fetchall()
        ]


def test_a_rejected_line_comes_back_only_when_its_facts_change() -> None:
    said = [{"item_id": "bank_found:c1", "decision": "reject", "facts_hash": "h1"}]
    assert listed([]) == ["bank_found:c1", "bank_found:c2"]
    assert listed(said) == listed(said, NIGHT + 90 * DAY) == ["bank_found:c2"]
    assert listed(said, facts_hash="h2") == ["bank_found:c1", "bank_found:c2"]


def test_a_held_line_comes_back_after_its_day_or_when_it_is_let_go() -> None:
    hold = {"item_id": "bank_found:c1", "decision": "hold", "facts_hash": "h1", "until_on": NIGHT}
    assert listed([hold]) == ["bank_found:c2"]
    assert len(listed([hold], NIGHT + DAY)) == 2
    assert len(listed([hold, hold | {"decision": "approve", "until_on": None}])) == 2


# Views and pauses.


def test_a_view_belongs_to_its_maker_or_to_an_office(world: World) -> None:
    save_view(world.store, STATE, SUE, "Mine", Asked(kind="approval", page=7))
    save_view(world.store, STATE, SUE, "Ours", Asked(sort="due"), office="101")
    other = Person("tom", frozenset(["supervisor"]), frozenset(["102"]))
    assert [one["name"] for one in saved_views(world.store, STATE, other)] == []
    assert [one["name"] for one in saved_views(world.store, STATE, TOM)] == ["Ours"]
    mine = {one["name"]: one["asked"] for one in saved_views(world.store, STATE, SUE)}
    assert mine == {"Mine": Asked(kind="approval"), "Ours": Asked(sort="due")}
    save_view(world.store, STATE, SUE, "Mine", None)
    assert [one["name"] for one in saved_views(world.store, STATE, SUE)] == ["Ours"]
    with pytest.raises(NotHere):
        save_view(world.store, STATE, other, "Theirs", Asked(), office="101")


def act(case: str, status: str, kind: str = "send", **more: Any) -> dict[str, Any]:
    own = {"action_id": f"{case}:{kind}", "remedy": REMEDY, "case_id": case, "kind": kind, "status": status}
    return own | {"office": "101", "amount_cents": 100_00, "is_covered": False, "version": 1} | more


def test_a_pause_tells_beforehand_what_it_keeps_back(world: World) -> None:
    tomorrow = NIGHT + DAY
    acts = [
        act("c1", "due"),
        act("c2", "needs_person", office="102"),
        act("c3", "waits", due_on=tomorrow + 5 * DAY),
        act("c4", "waits", due_on=tomorrow + 50 * DAY),
        act("c5", "due", kind="release"),
        act("c6", "due", remedy="credit_reporting"),
    ]
    facts = {"case_facts": [{"subject_id": "c1", "office": "101"}]}
    world.night(tomorrow, Tonight(actions=acts, facts=facts))
    found = pause_preview(world.store, STATE, SUE, tomorrow, tomorrow + 10 * DAY, group="licenses")
    assert sorted(one["case_id"] for one in found.listed) == ["c1", "c2", "c3"]
    assert (found.acts, found.cents) == (3, 300_00)
    later = pause_preview(
        world.store, STATE, SUE, tomorrow + DAY, tomorrow + 10 * DAY, remedy=REMEDY, office="101"
    )
    assert [one["case_id"] for one in later.listed] == ["c3"]
    with pytest.raises(ArrearsError, match="no group"):
        pause_preview(world.store, STATE, SUE, tomorrow, group="boats")


def test_a_pause_of_a_group_is_one_pause_of_its_remedies_in_force(world: World) -> None:
    made = pause(world.store, STATE, SUE, NIGHT, NIGHT + DAY, "The portal is down.", group="licenses")
    [told] = pauses(world.store, STATE)
    assert {REMEDY, "professional_license"} <= set(told["remedies"])
    assert "license_suspension_ma" not in told["remedies"]
    assert (told["is_in_force"], told["title"]) == (True, made["stops"])
    assert told["title"].startswith("All licenses and registrations: ")
    # The stops of a release read one remedy a row; an end ends all of it.
    rows = world.ledger.snapshot(STATE)["pauses"]
    assert rows["remedy"].to_pylist() == told["remedies"]
    end_pause(world.store, STATE, SUE, made["pause_id"], NIGHT - DAY, "It is up again.")
    ended = world.ledger.snapshot(STATE)["pauses"]
    assert set(ended["to_on"].to_pylist()) == {NIGHT - DAY}
    [told] = pauses(world.store, STATE)
    assert (told["is_over"], told["is_ended"], told["is_in_force"]) == (True, True, False)
    end_pause(world.store, STATE, SUE, made["pause_id"], None, "It is down again.")
    [told] = pauses(world.store, STATE)
    assert (told["to_on"], told["is_in_force"]) == (NIGHT + DAY, True)


@pytest.mark.parametrize(
    ("chosen", "why"),
    [
        ({"remedy": REMEDY, "group": "credit"}, "A group and a remedy were chosen"),
        ({"remedy": "license_suspension_ma"}, "Maine does not use this"),
        ({"remedy": "boats"}, "no remedy called boats"),
        ({"office": "999"}, "no office 999"),
        ({"from_on": NIGHT - DAY}, "would begin in the past"),
        ({"to_on": NIGHT - DAY}, "ends before it begins"),
        ({"to_on": date(2999, 1, 1)}, "more than 5 years away"),
        ({"because": "a" * 100_000}, "too long"),
    ],
)
def test_a_pause_that_means_something_else_than_it_says_is_refused(
    world: World, chosen: dict[str, Any], why: str
) -> None:
    asked = {"from_on": NIGHT, "to_on": None, "because": "a storm"} | chosen
    with pytest.raises(ArrearsError, match=why):
        pause(world.store, STATE, SUE, **asked)
    if "because" not in chosen:
        with pytest.raises(ArrearsError, match=why):
            pause_preview(world.store, STATE, SUE, **{k: v for k, v in asked.items() if k != "because"})
    assert pauses(world.store, STATE) == []


def test_a_group_of_which_nothing_is_in_force_pauses_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Profile, "remedies_in_force", lambda self, on: ["credit_reporting"])
    with pytest.raises(ArrearsError, match="does not use this: All licenses"):
        pause(world.store, STATE, SUE, NIGHT, None, "a storm", group="licenses")
    assert pauses(world.store, STATE) == []


def test_the_end_of_a_pause_changes_neither_the_past_nor_what_was_set(world: World) -> None:
    made = pause(world.store, STATE, SUE, NIGHT + DAY, NIGHT + 5 * DAY, "a storm", office="101")
    for last_on, why in (
        (NIGHT - DAY, "cannot be the last day"),
        (NIGHT + 6 * DAY, "ends on 2025-01-20"),
    ):
        with pytest.raises(ArrearsError, match=why):
            end_pause(world.store, STATE, SUE, made["pause_id"], last_on, "over")
    end_pause(world.store, STATE, SUE, made["pause_id"], NIGHT, "It will not be needed.")
    [told] = pauses(world.store, STATE)
    assert (told["is_over"], told["is_in_force"]) == (True, False)


def test_a_pause_is_made_and_ended_by_command(world: World) -> None:
    store = ["--store", str(world.store.root)]
    said = ["--as", "sue", "--because", "a storm", *store]
    made = CliRunner().invoke(app, ["review", "pause", "ME", "--from", str(NIGHT), "--office", "101", *said])
    assert "every remedy, office 101, 2025-01-15 until further" in made.output
    [told] = pauses(world.store, STATE)
    ended = ["review", "end-pause", "ME", told["pause_id"], "--last", str(NIGHT), *said]
    assert CliRunner().invoke(app, ended).exit_code == 0
    assert pauses(world.store, STATE)[0]["to_on"] == NIGHT
    mine = Person("sue", frozenset(["supervisor"]), frozenset(["101"]))
    with pytest.raises(NotHere):
        pause(world.store, STATE, mine, NIGHT, None, "Everything stops.")
