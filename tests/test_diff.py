"""What changed between two nights: every line once, each with the cause that was put there."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from json_docs import documented, given
from verdict_files import keep_verdicts, verdict_rows

from arrears import house
from arrears.answers.background_answers import Answer
from arrears.answers.runs import closed_run
from arrears.author.sample import STATE, sample_nights
from arrears.compare.causes import ORDER, Rung, make_causes
from arrears.compare.diff import NOW, Side, between, closed_side, diff
from arrears.compare.diff_report import report, sentence
from arrears.compare.trial import borrow, make_all, make_part
from arrears.data.store import Store
from arrears.data.warehouse import Connection, attach_parquet, warehouse, write_parquet
from arrears.errors import ArrearsError
from arrears.law.profile import Profile
from arrears.law.verdicts import Verdicts
from arrears.ledger import Ledger
from arrears.night.close import law
from arrears.values import Row

pytestmark = pytest.mark.timeout(900)
FIRST, SECOND, *_ = sample_nights()


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """What a query finds in one table, `one`."""
    with warehouse() as con:
        attach_parquet(con, "one", [path])
        return con.execute(sql).fetchall()


@pytest.fixture
def store(lived_nights: Store, tmp_path: Path) -> Store:
    """A copy of the lived store, to write into."""
    shutil.copytree(lived_nights.root, tmp_path / "store")
    return Store.open(tmp_path / "store")


def side(store: Store, place: Path) -> Side:
    """The first night, as it was closed."""
    ledger = Ledger.open(store.ledger_url)
    run = closed_run(store, ledger, STATE, FIRST)
    return closed_side(store, ledger, Profile.load(house.RULES, STATE), run, place)


def changed(one: Side, place: Path, match: Path | None = None, **changes: Any) -> Side:
    """The same night made again with something changed."""
    trial = one.trial.another(place, **changes)
    borrow(match or one.folder / "match", place / "match")
    make_all(trial)
    said = {**one.told, "as_of": str(trial.as_of)}
    return replace(one, trial=trial, folder=place, law=law(trial.profile, trial.as_of), told=said)


def causes(answer: Answer) -> dict[str, set[str]]:
    """The keys of the changed lines by cause."""
    found: dict[str, set[str]] = {}
    for one in report(answer, size=100_000)["lines"]["rows"]:
        found.setdefault(one["cause"], set()).add(one["key"])
    return found


def line(answer: Answer, key: str) -> Row:
    """One changed line, which stands there once."""
    (found,) = [one for one in report(answer, size=100_000)["lines"]["rows"] if one["key"] == key]
    return dict(found)


def test_a_changed_value_is_a_rule(lived_nights: Store, tmp_path: Path) -> None:
    one = side(lived_nights, tmp_path)
    other = one.trial.profile.with_values({"license.no_payment_days": 45})
    two = changed(one, tmp_path / "two", profile=other)
    answer = between(one, two, tmp_path)
    assert causes(answer).keys() == {"rule"}
    old, new = (
        {
            row["subject_id"]
            for row in verdict_rows(of.folder, "license_revocation")
            if row["verdict"] == "flag"
        }
        for of in (one, two)
    )
    subject = next(iter(new - old))
    found = line(answer, f"license_revocation:{subject}")
    assert {"key": "license.no_payment_days", "unit": "days", "was": 60, "now": 45} in found["evidence"][
        "values"
    ]
    assert {"part": "enter", "condition": "unpaid_long_enough", "was": "false", "now": "true"} in found[
        "evidence"
    ]["conditions"]


ADDED = """
adds:
  - remedy: license_revocation
    condition: notice_open
    from: 2025-01-15
    why: One way at a time.
    cites: [me-guide#collecting-debt]
    is: NOT debt_gate_is_open
    say: No notice of debt has run.
    not: A notice of debt has run.
    protects: true
  - counts: lottery
    condition: outside
    from: 2025-01-15
    why: To show it.
    cites: [me-guide]
    is: NOT case_is_open
    say: A.
    not: B.
"""


def test_what_a_state_newly_asks_is_named_with_its_law_where_it_changed_a_line(
    lived_nights: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = side(lived_nights, tmp_path)
    shutil.copytree(house.RULES, tmp_path / "house" / "rules")
    (tmp_path / "house" / "transforms").symlink_to(house.ROOT / "transforms")
    maine = tmp_path / "house" / "rules" / "jurisdictions" / "me.yml"
    maine.write_text(maine.read_text() + ADDED)
    monkeypatch.setattr(house, "RULES", tmp_path / "house" / "rules")
    later = Profile.load(house.RULES, STATE).standing_on(date(2025, 1, 15))
    two = changed(one, tmp_path / "two", profile=later)
    answer = between(one, two, tmp_path)
    stays = [
        one
        for one in report(answer, size=100_000)["lines"]["rows"]
        if one["list"] == "verdict" and one["remedy"] == "license_revocation"
    ]
    assert {one["cause"] for one in stays} == {"rule"}
    assert stays
    for one in stays:
        asked = {"was": "not asked", "now": "asked", "of": "license_revocation", "condition": "notice_open"}
        law = {"why": "One way at a time.", "cites": ["me-guide#collecting-debt"]}
        assert one["evidence"]["asked"] == [asked | law]
        answers = {one["now"] for one in one["evidence"]["conditions"] if one["condition"] == "notice_open"}
        assert answers <= {"false", "unknown"}
        assert answers
        assert sentence(one).startswith("notice open: not asked -> asked (DSER Guide to Services")
    [lottery, *_] = [
        one
        for one in report(answer, size=100_000)["lines"]["rows"]
        if one["list"] == "verdict" and one["remedy"] == "lottery_setoff"
    ]
    assert [(one["of"], one["condition"]) for one in lottery["evidence"]["asked"]] == [("lottery", "outside")]


def test_another_card_is_a_rule_and_another_engine_is_code(
    lived_nights: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = side(lived_nights, tmp_path)
    with monkeypatch.context() as patch:
        shutil.copytree(house.RULES, tmp_path / "house" / "rules")
        (tmp_path / "house" / "transforms").symlink_to(house.ROOT / "transforms")
        shutil.copytree(house.PLAN, tmp_path / "plan")
        card = tmp_path / "house" / "rules" / "remedies" / "license_revocation" / "remedy.yml"
        card.write_text(
            card.read_text().replace("days_suspended >= $unpaid_days", "days_suspended < $unpaid_days")
        )
        plan = tmp_path / "plan" / "work_list.sql"
        plan.write_text(
            plan.read_text().replace(
                "'caseworker' AS needs, verdict.amount_cents", "'supervisor' AS needs, verdict.amount_cents"
            )
        )
        patch.setattr(house, "RULES", tmp_path / "house" / "rules")
        patch.setattr(house, "PLAN", tmp_path / "plan")
        trial = two.trial.another(tmp_path / "one")
        make_part(trial, two.folder, [], ["license_revocation"])
        old = law(trial.profile, trial.as_of)
    versions = {**two.manifest["versions"], "code": "old"}
    one = replace(
        two, trial=trial, folder=trial.folder, law=old, manifest={**two.manifest, "versions": versions}
    )
    answer = between(one, two, tmp_path)
    assert causes(answer).keys() == {"rule", "code"}
    shown = report(answer, size=100_000)["lines"]["rows"]
    assert {one["remedy"] for one in shown if one["cause"] == "rule"} == {"license_revocation"}
    assert {one["kind"] for one in shown if one["cause"] == "code"} == {"unknown"}
    by_card = next(one for one in shown if one["cause"] == "rule" and one["list"] == "verdict")
    assert by_card["evidence"]["cards"] == ["license_revocation"]
    by_code = next(one for one in shown if one["cause"] == "code")
    assert [one["was"] for one in by_code["evidence"]["code"]] == ["old"]


def test_another_date_is_the_calendar(lived_nights: Store, tmp_path: Path) -> None:
    one = side(lived_nights, tmp_path)
    answer = between(one, changed(one, tmp_path / "two", as_of=FIRST + timedelta(days=1)), tmp_path)
    assert causes(answer).keys() == {"calendar"}
    found = report(answer)["lines"]["rows"][0]
    assert found["evidence"]["dates"] == {"was": str(FIRST), "now": str(FIRST + timedelta(days=1))}


def test_a_new_file_is_data_with_its_row(lived_nights: Store, tmp_path: Path) -> None:
    one = side(lived_nights, tmp_path)
    answer = between(one, changed(one, tmp_path / "two", received=NOW), tmp_path)
    assert causes(answer).keys() == {"data"}
    new = {one["delivery"] for one in report(answer)["differs"]["deliveries"]}
    assert new == {path.name for path in (lived_nights.root / "staging" / STATE).glob("*/*")} - {
        d.delivery_id for d in one.trial.deliveries
    }
    moved = [one for one in report(answer, size=100_000)["lines"]["rows"] if one["list"] == "verdict"]
    told_by = {
        row.partition("@")[2].partition(":")[0]
        for one in moved
        for fact in one["evidence"]["facts"]
        for row in fact["rows_now"]
    }
    assert told_by & new


def test_another_link_is_a_match(lived_nights: Store, tmp_path: Path) -> None:
    one = side(lived_nights, tmp_path)
    links = one.folder / "match" / "links.parquet"
    feed, file, number, person = rows(
        links,
        """SELECT feed, source_file, source_line, person_id FROM one
           WHERE feed = 'bank_accounts' ORDER BY ALL LIMIT 1""",
    )[0]
    borrow(one.folder / "match", tmp_path / "match")
    with warehouse() as con:
        attach_parquet(con, "links", [links])
        without = (
            f"SELECT * FROM links WHERE NOT (source_file = '{file}' AND source_line = {number}) ORDER BY ALL"
        )
        write_parquet(con, without, tmp_path / "match" / "links.parquet")
    answer = between(one, changed(one, tmp_path / "two", match=tmp_path / "match"), tmp_path)
    assert causes(answer).keys() == {"match"}
    assert {one["person_id"] for one in report(answer, size=100_000)["lines"]["rows"]} == {person}
    lost = report(answer)["lines"]["rows"][0]["evidence"]["links"]
    assert lost == [
        {
            "feed": feed,
            "source_file": file,
            "source_line": number,
            "person_id": person,
            "was": "links",
            "now": None,
        }
    ]


def test_a_word_of_a_person_is_a_decision(store: Store, tmp_path: Path) -> None:
    one = side(store, tmp_path)
    episode, remedy, subject, step = rows(
        one.folder / "plan" / "actions.parquet",
        "SELECT episode_id, remedy, subject_id, step FROM one WHERE status = 'waits' ORDER BY ALL LIMIT 1",
    )[0]
    ledger = Ledger.open(store.ledger_url)
    at = datetime(2025, 1, 16, 1, tzinfo=UTC)
    ledger.add_user("sam.supervisor", {"supervisor"}, at=at)
    made = ledger.decide(
        STATE,
        f"{episode}:{step}",
        episode,
        remedy,
        subject,
        step,
        "hold",
        "sam.supervisor",
        because="not yet",
        at=at,
    )
    two = changed(one, tmp_path / "two", said=NOW)
    answer = between(one, two, tmp_path)
    held = [
        one
        for one in report(answer, size=100_000)["lines"]["rows"]
        if (one["remedy"], one["subject_id"]) == (remedy, subject)
    ]
    assert {one["cause"] for one in held} == {"decision"}
    assert made.decision_id in {one["decision_id"] for row in held for one in row["evidence"]["decisions"]}
    assert causes(answer).keys() <= {"decision", "calendar"}


@pytest.fixture(scope="module")
def two_nights(lived_nights: Store) -> Answer:
    """The comparison of the two nights that the store has lived."""
    return diff(lived_nights, STATE, FIRST, SECOND)


@pytest.fixture(scope="module")
def whole(two_nights: Answer) -> Row:
    """All of it, each line with its evidence."""
    return report(two_nights, size=100_000)


def test_every_changed_line_of_two_nights_has_one_cause(lived_nights: Store, whole: Row) -> None:
    def verdicts(night: date) -> dict[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        for part in ("enter", "stay", "release"):
            folder = lived_nights.night(STATE, night)
            for remedy in Verdicts(folder).remedies:
                for row in verdict_rows(folder, remedy, part, "subject_id, verdict"):
                    found.setdefault((remedy, row["subject_id"]), []).append(row["verdict"])
        return found

    before, after = verdicts(FIRST), verdicts(SECOND)
    differ = {
        f"{one[0]}:{one[1]}" for one in before.keys() | after.keys() if before.get(one) != after.get(one)
    }
    found = whole
    keys = [(one["list"], one["key"]) for one in found["lines"]["rows"]]
    assert (
        len(keys) == len(set(keys)) == found["lines"]["total"] == sum(one["lines"] for one in found["causes"])
    )
    assert differ <= {key for list_, key in keys if list_ == "verdict"}
    assert {"data", "calendar", "decision"} <= {one["cause"] for one in found["causes"]} <= set(ORDER)
    for name, key in (("actions", "action_id"), ("work_list", "item_id")):
        one, two = (
            {
                row[0]
                for row in rows(
                    lived_nights.night(STATE, night) / "plan" / f"{name}.parquet", f"SELECT {key} FROM one"
                )
            }
            for night in (FIRST, SECOND)
        )
        assert one ^ two <= {key for _, key in keys}


@pytest.mark.parametrize("is_whole", [True, False])
def test_the_steps_of_each_list_lead_from_its_first_number_to_its_second(
    lived_nights: Store, two_nights: Answer, whole: Row, is_whole: bool
) -> None:
    lines = whole["lines"]["rows"]
    office = next(one["office"] for one in lines if one["office"] and one["list"] == "act")
    found = report(two_nights, size=5, offices=None if is_whole else frozenset([office]))
    assert {one["list"] for one in found["stands"]} == {"verdict", "act", "work"}
    for stand in found["stands"]:
        steps = [one for one in found["steps"] if one["list"] == stand["list"]]
        assert stand["was"] + sum(one["added"] - one["taken"] for one in steps) == stand["now"]
        assert sum(one["more"] for one in found["groups"] if one["list"] == stand["list"]) == (
            stand["now"] - stand["was"]
        )
    if is_whole:
        [acts] = [one for one in found["stands"] if one["list"] == "act"]
        sides = [
            rows(lived_nights.night(STATE, night) / "plan" / "actions.parquet", "SELECT count(*) FROM one")
            for night in (FIRST, SECOND)
        ]
        assert (acts["was"], acts["now"]) == tuple(one[0][0] for one in sides)
    assert sum(one["lines"] for one in found["groups"]) == found["lines"]["total"]


def test_a_parent_who_paid_is_told_as_that_and_not_as_new_data(whole: Row) -> None:
    """In the sample, case 00000170 paid $300 between the two nights."""
    [line] = [
        one
        for one in whole["lines"]["rows"]
        if one["key"] == "license_revocation:00000170" and one["list"] == "verdict"
    ]
    assert line["step"] == "caseload.receipts"
    assert line["because"] == (
        "Last payment; never paid, the first due date: 2024-08-17 → 2025-01-14; unpaid long enough: yes → no"
    )


def test_a_page_is_narrowed_and_an_office_sees_its_own(two_nights: Answer, whole: Row) -> None:
    first = report(two_nights, size=5)
    data = report(two_nights, size=5, cause="data", list_="verdict")
    assert len(first["lines"]["rows"]) == 5
    assert data["causes"] == whole["causes"]
    assert {(one["cause"], one["list"]) for one in data["lines"]["rows"]} == {("data", "verdict")}
    office = next(one["office"] for one in data["lines"]["rows"] if one["office"])
    own = report(two_nights, size=100_000, offices=frozenset([office]))
    # What belongs to no office is about nobody.
    assert not [
        one
        for one in own["lines"]["rows"]
        if one["office"] != office and (one["person_id"] or one["case_id"])
    ]
    assert own["lines"]["total"] < whole["lines"]["total"]


def test_the_json_is_as_documented(whole: Row) -> None:
    known = documented("diff")
    found = given(whole)
    assert found <= known
    # What none of these two nights has: another law, another engine, another match.
    rest = {path for path in known - found if not path.startswith(("differs.", "lines.rows[].evidence."))}
    assert rest == set()


def test_a_backfill_knows_what_came_late_of_its_day_and_nothing_of_later_days(lived_nights: Store) -> None:
    """Of the second day's files, one is about the first day."""
    found = report(diff(lived_nights, STATE, FIRST, FIRST))
    assert found["second"]["kind"] == "backfill"
    assert [one["feed"] for one in found["differs"]["deliveries"]] == ["unemployment_withholdings"]
    assert {one["cause"] for one in found["lines"]["rows"]} == {"data"}


def test_nights_the_wrong_way_round_and_nights_that_are_not_there_are_refused(lived_nights: Store) -> None:
    with pytest.raises(ArrearsError, match="earlier night first"):
        diff(lived_nights, STATE, SECOND, FIRST)
    with pytest.raises(ArrearsError, match="No closed night of 2024-01-01"):
        diff(lived_nights, STATE, date(2024, 1, 1), SECOND)
    with pytest.raises(ArrearsError, match="No closed release 9"):
        diff(lived_nights, STATE, FIRST, SECOND, release=9)


def a_run(place: Path, **verdicts: str) -> Path:
    """A run's folder in which one remedy gives these subjects these verdicts, and nothing else is there."""
    judged = [
        {"subject_id": name, "case_id": name, "person_id": f"p-{name}", "part": part, "verdict": verdict}
        for name, verdict in verdicts.items()
        for part in ("enter", "stay", "release")
    ]
    keep_verdicts(place, "levy", judged)
    (place / "plan").mkdir()
    texts = (
        "remedy subject_id case_id person_id office worker",
        "kind needs action_id item_id step message queue",
    )
    shape = pa.schema(
        [(name, pa.string()) for name in [*" ".join(texts).split(), "status"]]
        + [("amount_cents", pa.int64()), ("due_on", pa.date32()), ("because", pa.list_(pa.string()))]
        + [(name, pa.bool_()) for name in ("is_urgent", "is_covered", "readings_differ")]
    )
    for name in ("actions", "work_list"):
        pq.write_table(shape.empty_table(), place / "plan" / f"{name}.parquet")
    (place / "facts").mkdir()
    persons = pa.schema([(name, pa.string()) for name in ("subject_id", "office", "worker")])
    pq.write_table(persons.empty_table(), place / "facts" / "person_facts.parquet")
    return place


def judged(
    tmp_path: Path, *worlds: tuple[str, dict[str, str]], before: Callable[[Connection], object]
) -> dict[str, tuple[str, str]]:
    """The cause and rung of each subject, over runs of which each changes one thing."""
    folders = [a_run(tmp_path / str(number), **verdicts) for number, (_, verdicts) in enumerate(worlds)]
    rungs = [Rung(label, folder) for (label, _), folder in zip(worlds[1:], folders[1:], strict=True)]
    with warehouse() as con:
        con.execute(
            "CREATE TABLE said (remedy VARCHAR, subject_id VARCHAR, item_id VARCHAR, decision VARCHAR)"
        )
        con.execute("CREATE TABLE sent (remedy VARCHAR, subject_id VARCHAR, person_id VARCHAR)")
        before(con)
        make_causes(con, folders[0], rungs, [], [])
        return {
            row[0]: row[1:] for row in con.execute("SELECT subject_id, cause, label FROM line").fetchall()
        }


def test_of_several_causes_the_first_of_the_order_counts(tmp_path: Path) -> None:
    """Each world differs from the one before it in one thing; a subject that comes back has not changed."""
    old = {"a": "clear", "b": "clear", "c": "clear", "d": "clear", "e": "clear", "f": "clear"}
    rule = old | {"a": "unknown", "e": "flag"}
    time = rule | {"a": "flag", "b": "flag", "c": "unknown"}
    data = time | {"c": "flag", "d": "flag", "e": "clear", "f": "unknown"}
    match = data | {"d": "unknown", "f": "flag"}
    found = judged(
        tmp_path,
        ("", old),
        ("rule", rule),
        ("date", time),
        ("data", data),
        ("match", match),
        before=lambda con: None,
    )
    assert found == {
        "a": ("rule", "rule"),
        "b": ("calendar", "date"),
        "c": ("data", "data"),
        "d": ("match", "match"),
        "f": ("match", "match"),
    }


def test_whoever_comes_or_goes_has_changed_too(tmp_path: Path) -> None:
    found = judged(
        tmp_path,
        ("", {"stays": "flag", "goes": "flag"}),
        ("data", {"stays": "flag", "comes": "flag"}),
        before=lambda con: None,
    )
    assert found == {"comes": ("data", "data"), "goes": ("data", "data")}


def test_what_left_by_itself_is_no_decision(tmp_path: Path) -> None:
    def words(con: Connection) -> None:
        con.execute(
            """INSERT INTO said VALUES
               ('levy', 'own', '', 'hold'), ('lien', 'x', '', 'approve'), ('lien', 'y', '', 'approve')"""
        )
        con.execute(
            """INSERT INTO sent VALUES
               ('lien', 'x', 'p-approved'), ('lien', 'y', 'p-both'), ('tax', 'z', 'p-both')"""
        )

    old = dict.fromkeys(("own", "approved", "both", "nobody"), "clear")
    found = judged(tmp_path, ("", old), ("said", dict.fromkeys(old, "flag")), before=words)
    assert {name: cause for name, (cause, _) in found.items()} == {
        "own": "decision",
        "approved": "decision",
        "both": "calendar",
        "nobody": "calendar",
    }


def test_a_line_that_only_today_s_engine_tells_apart_is_data(tmp_path: Path) -> None:
    old = {"a": "clear", "b": "clear"}
    real = {"a": "flag", "b": "flag"}
    found = judged(
        tmp_path, ("", old), ("date", old | {"a": "flag"}), ("today", real), before=lambda con: None
    )
    assert found == {"a": ("calendar", "date"), "b": ("data", "today")}


def test_the_law_of_a_night_tells_a_shared_condition_that_is_written_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What only names a condition rests on it all the same; what does not take it does not."""
    shutil.copytree(house.RULES, tmp_path / "rules")
    (tmp_path / "transforms").symlink_to(house.ROOT / "transforms")
    monkeypatch.setattr(house, "RULES", tmp_path / "rules")
    maine, day = Profile.load(house.RULES, "me"), date(2025, 1, 14)
    before = law(maine, day)
    debt = tmp_path / "rules" / "conditions" / "debt.yml"
    debt.write_text(debt.read_text().replace("is: balance_is_trusted", "is: NOT balance_is_trusted"))
    after = law(maine, day)
    changed = {name for name, one in before["remedies"].items() if one != after["remedies"][name]}
    assert "license_revocation" in changed
    assert "lottery_setoff" not in changed
    assert [name for name, one in before["files"].items() if one != after["files"][name]] == ["counts"]
