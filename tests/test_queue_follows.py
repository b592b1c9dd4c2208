"""What follows a record in lines of its own: written with it, proven line by line, and counted by its end."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from outside_slicer import cut, records
from queue_desk import AS_OF, QUEUES, a_desk
from test_what_if import a_house

from arrears import house
from arrears.author.check_file import check_file
from arrears.author.check_told import lines_of
from arrears.author.sample import STATE, sample_nights
from arrears.data.store import Store
from arrears.night import steps
from arrears.queues import Written

LAYOUTS = QUEUES / "lien_network"
WHO, OTHER, THIRD = "0000000001", "0000000002", "0000000003"
KINDS = {"01": "record", "10": "court_order", "20": "child", "89": "end_of_ncp"}


def owe(desk: Any, person: str, *cases: tuple[str, int, tuple[str, ...]], message: str = "list") -> None:
    """A debtor with cases: each its number, its debt and its orders."""
    desk.person(
        person, last_name=f"NAME{person[-1] * 2}".replace("1", "A").replace("2", "B").replace("3", "C")
    )
    for case, cents, orders in cases:
        desk.case(case, person, enforceable_cents=cents, collectable_cents=cents)
        for order in orders:
            desk.add("caseload.orders", order_id=order, case_id=case, issuing_state="ME")
    desk.add("facts.registry_facts", subject_id=person, network_cases_counted=[case for case, _, _ in cases])
    desk.item(
        message, subject_id=person, case_id=None, target_id=person, person_id=person, remedy="lien_network",
        amount_cents=sum(cents for _, cents, _ in cases),
        kind="release" if message == "withdraw" else "send",
    )  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Any]:
    with a_desk("lien_network", tmp_path) as made:
        owe(made, WHO, ("00000101", 1_500_99, ("O101",)), ("00000102", 200_00, ("O102",)))
        owe(made, OTHER, ("00000201", 700_00, ("O201", "O202")))
        owe(made, THIRD, ("00000301", 900_00, ("O301",)), message="withdraw")
        yield made


def told(written: Written) -> list[dict[str, str]]:
    """The lines between header and trailer, each by the layout of its kind, without what is empty."""
    lines = records(written.path, 980)[1:-1]
    found = [cut(LAYOUTS / f"{KINDS[line[:2]]}.csv", line) for line in lines]
    return [{name: text.rstrip() for name, text in one.items() if text.strip()} for one in found]


def test_each_debtor_is_told_with_the_orders_of_the_debt_and_an_end_that_counts_them(desk: Any) -> None:
    written = desk.write()
    lines = told(written)
    assert [one["record_type"] for one in lines] == ["01", "10", "10", "89", "01", "89", "01", "89"]
    assert [one["order_count"] for one in lines if one["record_type"] == "89"] == [
        "0000002",
        "0000000",
        "0000000",
    ]
    first, second = lines[1:3]
    assert (first["order_number"], first["order_state"], first["case_number"]) == ("O101", "ME", "00000101")
    assert [one["arrears_amount"] for one in (first, second)] == ["000000001500", "000000000200"]
    assert first["arrears_date"] == date(2025, 1, 15).isoformat()
    trailer = records(written.path, 980)[-1]
    assert trailer[:8] == "99000003", "the trailer counts debtors, not lines"
    assert (written.records, written.lines) == (3, 10)
    assert desk.prove(written.path).faults == ()


def test_no_order_names_the_other_parent_or_a_child(desk: Any) -> None:
    desk.add("caseload.persons", person_id="K", last_name="OTHERPARENT", first_name="MARY")
    lines = told(desk.write())
    asked = {"record_type", "order_number", "order_state", "case_number", "arrears_amount", "arrears_date"}
    zeros = {
        name for one in lines for name, text in one.items() if one["record_type"] == "10" and text.strip("0")
    }
    assert zeros <= asked


def test_orders_are_told_only_where_they_add_up_to_the_debt(tmp_path: Path) -> None:
    with a_desk("lien_network", tmp_path) as made:
        owe(made, WHO, ("00000101", 1_500_00, ("O101",)))
        made.tables["items"][-1]["amount_cents"] = (
            1_000_00  # what may be told is less than the debt of the case
        )
        assert [one["record_type"] for one in told(made.write())] == ["01", "89"]


def test_an_order_that_does_not_fit_keeps_the_whole_debtor_back(desk: Any) -> None:
    desk.tables["caseload.orders"][0]["order_id"] = "O" * 21
    built = desk.build()
    [one] = built.not_sent
    assert (one.field, one.reason) == ("court_order.order_number", "wider than 20 characters")
    assert built.records == 2


@pytest.mark.parametrize(
    ("break_it", "says"),
    [
        (lambda lines: lines[:3] + lines[4:], "end_of_ncp.order_count|order_count is not the number"),
        (lambda lines: lines[:4] + lines[5:], "it does not end with one end of ncp record"),
        (lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]], "is not the line that was frozen"),
        (
            lambda lines: [*lines[:2], lines[2].replace("O101", "O109"), *lines[3:]],
            "is not the line that was frozen",
        ),
        (lambda lines: [*lines[:3], lines[3][:-1] + "x", *lines[4:]], "a filler is not blank"),
    ],
)  # fmt: skip
def test_a_file_whose_following_lines_are_wrong_is_not_proven(desk: Any, break_it: Any, says: str) -> None:
    written = desk.write()
    lines = written.path.read_text().splitlines()
    written.path.write_text("".join(f"{line}\n" for line in break_it(lines)))
    faults = desk.prove(written.path).faults
    assert any(word in fault for fault in faults for word in says.split("|")), faults


def test_a_reader_of_the_file_finds_the_same(desk: Any, tmp_path: Path) -> None:
    lines = desk.write().path.read_text().splitlines()

    def found(*left_out: int) -> list[str]:
        file = tmp_path / "file.txt"
        file.write_text("".join(f"{line}\n" for place, line in enumerate(lines) if place not in left_out))
        return list(lines_of(check_file("lien_network", [file], date(2025, 1, 15))))

    assert found()[-1] == "No fault: it would be taken whole, 3 rows."
    assert [one for one in found(3) if "order_count is not the number of court order records" in one]
    assert [one for one in found(6) if "it does not end with one end of ncp record" in one]
    assert "It would be refused" in found(3)[-1]


# The children of an order, where the state says that the network gets them


def child(desk: Any, case: str, person: str, **but: Any) -> None:
    """A child of a case."""
    given = {"last_name": "Roy", "first_name": f"Kim{person}", "birth_on": date(2015, 3, 4)} | but
    desk.add("caseload.persons", person_id=person, **given)
    desk.add("caseload.children", case_id=case, person_id=person)


@pytest.fixture
def with_children(desk: Any) -> Any:
    """The same debtors, of whose cases nobody has to fear violence, with children of three cases."""
    for fact in desk.tables["facts.case_facts"]:
        fact["has_family_violence"] = False
    child(desk, "00000101", "K1", middle_name="Lou", suffix="Jr")
    child(desk, "00000101", "K2", birth_on=date(2012, 1, 9))
    child(desk, "00000102", "K3", last_name="A name that is longer than its field")
    child(desk, "00000201", "K4")
    desk.terms = desk.queue.terms(desk.profile.with_values({"lien_network.names_children": True}), AS_OF)
    return desk


def test_the_children_of_an_order_follow_that_order(with_children: Any) -> None:
    written = with_children.write()
    lines = told(written)
    kinds = [one["record_type"] for one in lines]
    assert kinds == ["01", "10", "20", "20", "10", "20", "89", "01", "89", "01", "89"]
    eldest, younger, other = (one for one in lines if one["record_type"] == "20")
    assert eldest | {"record_type": ""} == {
        "record_type": "", "last_name": "ROY", "first_name": "KIMK2", "date_of_birth": "2012-01-09",
    } | {name: text for name, text in eldest.items() if not text.strip("0")}  # fmt: skip
    assert (younger["first_name"], younger["middle_initial"], younger["suffix"]) == ("KIMK1", "L", "JR")
    assert other["last_name"] == "A NAME THAT IS LO"
    assert lines[6]["order_count"] == "0000002", "children are not counted as orders"
    assert with_children.prove(written.path).faults == ()


def test_no_child_is_named_unless_the_state_says_so(with_children: Any) -> None:
    with_children.terms = with_children.queue.terms(with_children.profile, AS_OF)
    assert "20" not in [one["record_type"] for one in told(with_children.write())]


@pytest.mark.parametrize("violence", [True, None])
def test_no_child_is_named_where_somebody_may_have_to_fear_violence(
    with_children: Any, violence: bool | None
) -> None:
    with_children.tables["facts.case_facts"][0]["has_family_violence"] = violence
    named = [one["first_name"] for one in told(with_children.write()) if one["record_type"] == "20"]
    assert named == ["KIMK3"]


def test_a_child_with_an_indicator_of_its_own_is_not_named(with_children: Any) -> None:
    [eldest] = [one for one in with_children.tables["caseload.persons"] if one["person_id"] == "K2"]
    eldest["family_violence"] = True
    named = [one["first_name"] for one in told(with_children.write()) if one["record_type"] == "20"]
    assert named == ["KIMK1", "KIMK3"]


def test_a_child_without_a_name_keeps_the_debtor_back(with_children: Any) -> None:
    [eldest] = [one for one in with_children.tables["caseload.persons"] if one["person_id"] == "K2"]
    eldest["first_name"] = None
    [one] = with_children.build().not_sent
    assert (one.field, one.reason) == ("child.first_name", "required, but missing")


def test_a_child_that_stands_under_no_order_is_told(with_children: Any, tmp_path: Path) -> None:
    written = with_children.write()
    lines = written.path.read_text().splitlines()
    moved = [*lines[:2], lines[3], lines[2], *lines[4:]]  # a child before the first order
    written.path.write_text("".join(f"{line}\n" for line in moved))
    says = "the child record does not come after a court order record"
    assert [one for one in with_children.prove(written.path).faults if says in one]
    file = tmp_path / "file.txt"
    file.write_text("".join(f"{line}\n" for line in moved))
    found = list(lines_of(check_file("lien_network", [file], AS_OF)))
    assert [one for one in found if one == f"line 3, detail: {says}."]


def test_a_night_names_the_children_from_the_day_that_the_state_says(
    planned_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    night, found = sample_nights()[0], {}
    for is_told in (False, True):
        root = tmp_path / str(is_told)
        shutil.copytree(planned_once, root)
        if is_told:
            rules = a_house(tmp_path, "lien_network.names_children", "true")
            monkeypatch.setattr(house, "RULES", rules)
            steps.queues(str(root), STATE, night.isoformat())
        steps.release(str(root), STATE, night.isoformat())
        [path] = sorted(Store.open(root).outbox(STATE, night).glob("lien_network.*"))
        found[is_told] = records(path, 980)
        assert list(lines_of(check_file("lien_network", [path], night)))[1].startswith("No fault")
    named = [line for line in found[True] if line.startswith("20")]
    assert len(named) > 2
    assert [line for line in found[True] if line not in named] == found[False]
