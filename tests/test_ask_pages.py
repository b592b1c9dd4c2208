"""The pages of what-if and of what changed: asked, worked on, shown, and safe."""

import html
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlencode

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from desk_pages import HOSTILE, NIGHT, Browser, a_store

from arrears.answers.background_answers import Answer, Progress, in_silence, scratch_folder
from arrears.answers.questions import MOST_WAITING, Questions
from arrears.compare.proceedings import GROUPS
from arrears.data.store import Store
from arrears.desk import pages_diff, pages_whatif
from arrears.desk.web import Person
from arrears.errors import ArrearsError, Refused
from arrears.values import Row

WHAT_IF, DIFF = "/me/what-if?key=license.no_payment_days&value=45", f"/me/diff?first={NIGHT}&second={NIGHT}"
SUPERVISOR = Person("a.supervisor", frozenset(["supervisor"]))
NOTHING_FOLLOWS = "Another answer, nothing follows"
TEXT, WHOLE = pa.string(), pa.int64()


def a_table(rows: list[Row], columns: str, whole: str = "") -> pa.Table:
    """Rows as a table of these columns of text and of whole numbers."""
    kinds = [(name, TEXT) for name in columns.split()] + [(name, WHOLE) for name in whole.split()]
    return pa.Table.from_pylist(rows, pa.schema(kinds))


def an_answer(head: Row, **tables: pa.Table) -> Answer:
    """An answer that holds these tables."""
    made = Answer(head, scratch_folder())
    for name, table in tables.items():
        pq.write_table(table, Path(made.scratch.name) / f"{name}.parquet")
    return made


def a_line(office: str, number: int, says: str) -> Row:
    """What every line of either answer holds."""
    return {
        "list": "verdict", "key": f"levy:{number}", "remedy": "license_revocation",
        "subject_id": f"case-{number}.", "case_id": f"case-{number}.", "person_id": f"person-{number}.",
        "office": office, "worker": says, "kind": says,
        "was": says, "now": says, "was_cents": 100, "now_cents": 200,
    }  # fmt: skip


REASON = {
    "of": "remedy license_revocation", "condition": "holds_a_license",
    "answer_was": "false", "answer_now": "true", "step": "caseload.receipts", "more": 1,
    "facts": "license_facts", "fact": "license_count", "fact_was": "0", "fact_now": "2",
}  # fmt: skip
LINE = "list key remedy subject_id case_id person_id office worker kind was now"


@pytest.fixture
def hostile() -> str:
    return "".join(one for one in HOSTILE if one.isprintable())


def what_if_answer(says: str = "word", lines: int = 60) -> Answer:
    """A what-if of many lines, half of them of another office."""
    who = [
        a_line("101" if n % 2 else "102", n, says)
        | {"moves": "enters", "enter_was": "clear", "enter_now": "flag", "amount_cents": 1000 - n}
        for n in range(lines)
    ]
    known = a_table(who, f"{LINE} moves enter_was enter_now", "was_cents now_cents amount_cents")
    moved = a_table(
        [
            a_line("101", 1, says)
            | {"list": "work", "title": says, "minutes": 5, "more_minutes": 5, "was": None}
        ],
        f"{LINE} title", "was_cents now_cents minutes more_minutes",
    )  # fmt: skip
    proceedings = [
        one | {"group": "begins" if n % 3 else "taken_back", "stay_was": "flag", "stay_now": says}
        for n, one in enumerate(who)
    ]
    yes_no = pa.schema([(name, pa.bool_()) for name in ("rests", "goes_on", "is_low_income")])
    told = a_table(proceedings, f"group {LINE} moves enter_was enter_now stay_was stay_now", "amount_cents")
    for name in yes_no.names:
        told = told.append_column(name, pa.array([None] * lines, pa.bool_()))
    band = pa.table(
        {
            **a_table(
                who, "remedy subject_id case_id person_id office worker enter_was enter_now"
            ).to_pydict(),
            "turned": pa.array([["unpaid_long_enough"]] * lines, pa.list_(TEXT)),
            "reason": pa.array(["holds_a_license" if n % 2 else None for n in range(lines)], TEXT),
            "answer": pa.array(["no" if n % 2 else None for n in range(lines)], TEXT),
            "is_alone": pa.array([True] * lines, pa.bool_()),
        }
    )
    head = dict.fromkeys(("state", "as_of", "night", "law_on", "from_on", "remedy"), "me") | {
        "changed": [
            {"key": "license.no_payment_days", "called": says, "unit": "days", "was": 60, "now": says},
        ],
        "low_income_below_cents": 15_060_00,
        "in_force": [], "made_again": ["verdicts"], "compared_with": says,
    }  # fmt: skip
    return an_answer(
        head,
        who=known.append_column("is_low_income", pa.array([None] * lines, pa.bool_())),
        moved=moved,
        flags=a_table([], "remedy office", "flags_was flags_now"),
        proceedings=told,
        band=band,
    )


def diff_answer(says: str = "word") -> Answer:
    """A comparison with one line of each of two offices, a fact and a condition behind the first."""
    lines = [
        a_line(office, n, says) | {"cause": "data", "label": "data", "rung": 1} | REASON
        for n, office in enumerate(("101", "102"), 1)
    ]
    cell = {
        "rung": 1,
        "facts": "license_facts",
        "subject_id": "case-1.",
        "fact": "license_count",
        "was": says,
        "now": "2",
        "rows_was": "",
        "rows_now": says,
    }
    condition = {
        "rung": 1,
        "remedy": "license_revocation",
        "part": "enter",
        "subject_id": "case-1.",
        "condition": "holds_a_license",
        "was": "false",
        "now": "true",
    }
    head = {
        "state": "me",
        "first": {"as_of": str(NIGHT), "kind": "night"},
        "second": {"as_of": str(NIGHT), "kind": "backfill"},
        "differs": {"values": [], "remedies": [], "cards": [], "files": [], "code": [], "deliveries": []},
        "ladder": ["data"],
        "order": ["data"],
    }
    reason = "of condition answer_was answer_now facts fact fact_was fact_now step"
    return an_answer(
        head,
        line=a_table(lines, f"{LINE} cause label {reason}", "was_cents now_cents rung more"),
        stand=a_table(
            [
                {"list": "verdict", "office": office, "case_id": office, "was": 1, "now": 2}
                for office in ("101", "102")
            ],
            "list office case_id person_id",
            "was now",
        ),
        cell=a_table([cell], "facts subject_id fact was now rows_was rows_now", "rung"),
        condition=a_table([condition], "remedy part subject_id condition was now", "rung"),
        link=a_table([], "feed source_file person_id was now", "source_line"),
        said=a_table(
            [],
            "decision_id item_id remedy subject_id step decision by_user role reason_code decided_on "
            "until_on",
            "position",
        ),
        sent=a_table([], "remedy subject_id person_id step kind queue published_on"),
    )


class AtOnce(Questions):
    """Questions that are answered before the page is made."""

    def ask(self, question: str, work: Any, who: str = "") -> Answer | None:
        return work(in_silence)  # type: ignore[no-any-return]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets both pages show these answers at once."""

    def answers(says: str = "word") -> None:
        for module, name, answer in (
            (pages_whatif, "what_if", what_if_answer(says)),
            (pages_diff, "diff", diff_answer(says)),
        ):
            monkeypatch.setattr(module, "questions", AtOnce())
            monkeypatch.setattr(module, name, lambda *asked, answer=answer, **more: answer)

    return answers


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return a_store(tmp_path)


def test_a_value_is_picked_by_what_it_is_now_and_its_law(store: Store) -> None:
    text = html.unescape(Browser(store, SUPERVISOR).get("/me/what-if").text)
    assert 'value="license.no_payment_days" label="Without payment before a license review' in text
    assert "; now 60 days; DSER Guide to Services, license revocation" in text
    assert (
        'value="passport.threshold" label="Debt above which a passport is denied; now $2,500.00; 42 U' in text
    )
    # Under a remedy's own name it is the same value.
    assert 'value="pre_offset_notice.threshold_assigned" label="Least debt owed to the state' in text


@pytest.mark.parametrize("path", ["/me/what-if", "/me/diff"])
def test_an_empty_question_is_a_form(store: Store, path: str) -> None:
    page = Browser(store, SUPERVISOR).get(path)
    assert page.status_code == 200
    assert "<form" in page.text
    assert "Refresh" not in page.headers


@pytest.mark.parametrize("path", [WHAT_IF, DIFF])
def test_a_question_is_worked_on_while_the_page_asks_again(
    store: Store, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Busy(Questions):
        def ask(self, question: str, work: Any, who: str = "") -> Answer | None:
            return None

    for module in (pages_whatif, pages_diff):
        monkeypatch.setattr(module, "questions", Busy())
    page = Browser(store, SUPERVISOR).get(path)
    assert page.headers["Refresh"]
    assert 'role="status"' in page.text


def test_counts_stand_first_and_lines_come_by_the_page(store: Store, at_once: Any) -> None:
    at_once()
    browser = Browser(store, SUPERVISOR)
    first, second = (browser.get(f"{WHAT_IF}&page={number}").text for number in (1, 2))
    assert "60 lines" in first
    assert first.count("<td>license revocation</td>") == 50
    assert second.count("<td>license revocation</td>") == 10
    assert "page=2" in first


def test_the_groups_stand_first_each_with_its_cases_and_why_others_do_not_move(
    store: Store, at_once: Any
) -> None:
    at_once()
    browser = Browser(store, SUPERVISOR)
    text = html.unescape(browser.get(WHAT_IF).text)
    for title, _ in GROUPS.values():
        assert (f"<h3>{title}</h3>" in text) == (title not in ("Could no longer be told", NOTHING_FOLLOWS))
    assert re.search(r"<strong>40</strong> parents, 40 cases", text)
    assert "holds a license: no" in text
    assert re.search(r"60 in between \(unpaid long enough\), 30 move", text)
    back = browser.get(f"{WHAT_IF}&group=taken_back").text
    assert "Has begun and is taken back: 20 lines" in back
    assert back.count("<td>Has begun and is taken back</td>") == 20
    assert browser.get(f"{WHAT_IF}&group=nobody").status_code != 200


@pytest.mark.parametrize("path", [WHAT_IF, DIFF])
def test_nobody_sees_the_lines_of_another_office(store: Store, at_once: Any, path: str) -> None:
    at_once()
    own = Browser(store, Person("a.supervisor", frozenset(["supervisor"]), frozenset(["101"]))).get(path).text
    assert "case-1." in own
    assert "case-2." not in own
    assert "case-2." in Browser(store, SUPERVISOR).get(path).text


@pytest.mark.parametrize("path", [WHAT_IF, DIFF])
def test_no_hostile_word_becomes_a_part_of_the_page(
    store: Store, at_once: Any, path: str, hostile: str
) -> None:
    at_once(hostile)
    text = Browser(store, SUPERVISOR).get(path).text
    assert html.escape("<script>alert(1)</script>") in text
    for word in ("<script>alert", "<img src=x", "<iframe"):
        assert word not in text


def test_a_line_shows_its_evidence(store: Store, at_once: Any) -> None:
    at_once()
    text = Browser(store, SUPERVISOR).get(DIFF).text
    assert "holds a license: false → true" in text
    assert "1 fact, 1 condition" in text


def test_each_list_leads_from_one_number_to_the_other_by_steps_with_their_reasons(
    store: Store, at_once: Any
) -> None:
    at_once()
    text = Browser(store, SUPERVISOR).get(DIFF).text
    assert "2 → 4" in text
    assert ">Receipts</a>" in text
    assert "+2" in text
    assert "holds a license: no → yes" in text
    own = Browser(store, Person("a.supervisor", frozenset(["supervisor"]), frozenset(["101"]))).get(DIFF).text
    assert "1 → 2" in own
    assert "+2" not in own


def test_two_closed_nights_are_compared_once_however_often_somebody_looks(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each look is an act of the ledger; it makes the question no other."""
    asked = []

    class Noting(Questions):
        def ask(self, question: str, work: Any, who: str = "") -> Answer | None:
            asked.append(question)
            return diff_answer()

    monkeypatch.setattr(pages_diff, "questions", Noting())
    browser = Browser(store, SUPERVISOR)
    for path in (DIFF, f"{DIFF}&list=verdict", DIFF):
        browser.get(path)
    assert len(set(asked)) == 1


@pytest.mark.parametrize(
    ("path", "role"), [(WHAT_IF, "caseworker"), (WHAT_IF, "operator"), (DIFF, "operator")]
)
def test_a_role_that_has_no_business_there_is_refused(
    store: Store, at_once: Any, path: str, role: str
) -> None:
    at_once()
    assert Browser(store, Person(f"a.{role}", frozenset([role]))).get(path).status_code == 403


@pytest.mark.parametrize("path", ["/me/diff?first=soon&second=2025-01-15", "/me/what-if?law_on=soon"])
def test_what_is_no_date_is_said_so(store: Store, path: str) -> None:
    assert Browser(store, SUPERVISOR).get(path).status_code == 422


def test_a_question_is_answered_once_and_what_went_wrong_is_asked_again() -> None:
    questions, asked = Questions(), []

    def fails(_: Progress) -> Answer:
        asked.append(1)
        raise ArrearsError("There is no value", "", "")

    def until_done() -> None:
        for _ in range(500):
            questions.ask("the same", fails)
            time.sleep(0.01)

    for _ in range(2):
        with pytest.raises(ArrearsError):
            until_done()
    assert len(asked) == 2


def test_no_more_questions_wait_than_can_be_worked_on() -> None:
    questions, free = Questions(), Event()

    def waits(_: Progress) -> Answer:
        free.wait(60)
        raise ArrearsError("Nothing", "", "")

    for number in range(MOST_WAITING):
        assert questions.ask(str(number), waits) is None
    with pytest.raises(Refused, match="many questions"):
        questions.ask("one more", waits)
    assert questions.ask("0", waits) is None
    free.set()


def test_a_question_says_how_far_it_is_and_can_be_canceled(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions, at_facts, free = Questions(), Event(), Event()

    def works(*asked: Any, progress: Progress, **more: Any) -> Answer:
        progress("facts", {})
        at_facts.set()
        free.wait(60)
        progress("verdicts", {})
        raise AssertionError("It goes on")

    monkeypatch.setattr(pages_whatif, "questions", questions)
    monkeypatch.setattr(pages_whatif, "what_if", works)
    browser = Browser(store, SUPERVISOR)
    browser.get(WHAT_IF)
    assert at_facts.wait(60)
    text = browser.get(WHAT_IF).text
    assert "done so far: facts." in text
    fields = {
        name: re.search(rf'name="{name}" value="([^"]*)"', text) for name in ("csrf", "question", "back")
    }
    given = {name: html.unescape(found[1]) for name, found in fields.items() if found}
    sent = browser.post("/me/what-if/cancel", data=given, follow_redirects=False)
    assert sent.status_code == 303
    after = browser.get(sent.headers["location"])
    assert "Canceled" in after.text
    assert 'value="license.no_payment_days"' in after.text
    assert "Refresh" not in after.headers
    free.set()


def test_cases_are_exported_group_by_group_and_no_cell_becomes_a_formula(store: Store, at_once: Any) -> None:
    at_once("=1+1")
    browser = Browser(store, SUPERVISOR)
    every = browser.get(WHAT_IF.replace("what-if", "what-if.csv")).text.splitlines()
    assert every[0].startswith('\ufeff"Group","Remedy","Case"')
    assert len(every) == 61
    assert '"\'=1+1"' in every[1]
    assert ',"=1+1"' not in "".join(every)
    back = browser.get(WHAT_IF.replace("what-if", "what-if.csv") + "&group=taken_back").text.splitlines()
    assert [line.split(",")[0] for line in back[1:]] == ['"Has begun and is taken back"'] * 20
    own = Browser(store, Person("a.supervisor", frozenset(["supervisor"]), frozenset(["101"])))
    assert len(own.get(WHAT_IF.replace("what-if", "what-if.csv")).text.splitlines()) == 31


def test_scenarios_stand_side_by_side_and_the_address_keeps_them(store: Store, at_once: Any) -> None:
    at_once()
    asked = [("scenario", "license.no_payment_days=45"), ("scenario", "a.b=1; c.d=$1,500"), ("scenario", "")]
    text = html.unescape(Browser(store, SUPERVISOR).get(f"/me/what-if?{urlencode(asked)}").text)
    assert text.count("this one alone") == 2
    assert "what-if?key=a.b&value=1&key=c.d&value=%241%2C500&" in text
    assert 'value="a.b=1; c.d=$1,500"' in text
    many = urlencode([("scenario", "a.b=1")] * 7)
    assert Browser(store, SUPERVISOR).get(f"/me/what-if?{many}").status_code != 200


def test_what_a_killed_question_left_behind_is_cleared_and_what_is_in_use_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    killed = (
        "import os, arrears.answers.background_answers as a\n"
        "held = a.scratch_folder()\nos.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", killed], check=False)
    assert done.returncode == -9
    assert len(list(tmp_path.iterdir())) == 1
    with scratch_folder() as one, scratch_folder() as another:
        assert {path.name for path in tmp_path.iterdir()} == {Path(one).name, Path(another).name}
    assert list(tmp_path.iterdir()) == []
