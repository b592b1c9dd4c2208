"""The desk over whole sample nights: every kind of line opens, and what left the list says why."""

import re
import shutil
from datetime import date, timedelta

import pytest

from arrears.data.store import Store
from arrears.desk.lists import ListPage, ended, line, lists
from arrears.desk.requests import Asked
from arrears.desk.review import work_list

STATE = "me"
SECOND = date(2025, 1, 15)
# What these tell is worked out over all money or answers of a case, so that no single row told it.
WORKED_OUT = {"license_release_not_confirmed", "over_collected", "deadline_overdue", "deadline_due_soon"}


@pytest.fixture(scope="module")
def store(lived_nights: Store, tmp_path_factory: pytest.TempPathFactory) -> Store:
    root = tmp_path_factory.mktemp("desk") / "store"
    shutil.copytree(lived_nights.root, root)
    return Store.open(root)


@pytest.fixture(scope="module")
def found(store: Store) -> ListPage:
    return lists(store, STATE, Asked(size=5_000), SECOND)


def test_the_desk_shows_the_same_lines_as_the_command(store: Store, found: ListPage) -> None:
    told = {one["item_id"]: one["why"] for one in work_list(store, STATE, SECOND)}
    assert told == {one["item_id"]: one["why"] for one in found.lines}
    assert all(told.values())
    assert found.total == len(told) > 500


def test_one_line_of_every_kind_opens(store: Store, found: ListPage) -> None:
    first = {one["kind"]: one for one in reversed(found.lines)}
    assert {"approval", "review", "unknown", "readings_differ", "deadline_overdue"} <= first.keys()
    for one in first.values():
        opened = line(store, STATE, one["item_id"], SECOND)
        assert opened.line == one
        if one["remedy"]:
            assert opened.explanation is not None
            assert [told["subject"] for told in opened.explanation["remedies"]] == [one["subject_id"]]
        elif one["person_id"] or one["case_id"]:
            # What facts alone opened names them, and the file and line that told them.
            assert opened.facts, one["kind"]
            rows = [row for fact in opened.facts for row in fact["rows"]]
            assert one["kind"] in WORKED_OUT or any(
                re.fullmatch(r"\w+(\.\w+)?@\w+:\d+", row) for row in rows
            ), one["kind"]
        if one["case_id"]:
            assert one["case_id"] in {case["case_id"] for case in opened.cases}


def test_every_line_adds_up_its_score_and_names_its_law(found: ListPage) -> None:
    for one in found.lines:
        parts = [int(part.rpartition("+")[2]) for part in one["priority_because"]]
        assert sum(parts) == one["priority"], one["item_id"]
    bare = {one["kind"] for one in found.lines if not one["cites"]}
    assert bare <= {"doubtful_match", "held_file", "held_queue", "not_sent", "stopped"}


def test_every_line_that_left_says_what_ended_it(store: Store) -> None:
    first = {
        one["item_id"] for one in lists(store, STATE, Asked(size=5_000), SECOND - timedelta(days=1)).lines
    }
    gone = ended(store, STATE, SECOND, size=5_000)
    assert gone.total == len(gone.lines) > 50
    assert all(one["note"].endswith(".") for one in gone.lines)
    assert first - {one["item_id"] for one in work_list(store, STATE, SECOND)} <= {
        one["item_id"] for one in gone.lines
    } | {one for one in first if one.startswith(("delivery:", "gate:", "not_sent:", "stopped:"))}
    assert {"condition", "facts", "met", "decided", "became"} <= {one["how"] for one in gone.by_how}


def test_what_the_desk_keeps_can_be_made_again_and_says_the_same(store: Store, found: ListPage) -> None:
    shutil.rmtree(store.desk(STATE))
    assert lists(store, STATE, Asked(size=5_000), SECOND) == found


def test_the_desk_writes_beside_the_nights_and_never_into_them(store: Store, found: ListPage) -> None:
    assert {path.parent for path in store.root.rglob("*.lines.parquet")} == {store.desk(STATE)}
