"""The Federal Case Registry is told of each case and of its people, and of nobody's place."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from builders import Caseload, card
from outside_slicer import cut, records
from queue_desk import AS_OF, QUEUES, a_desk

WHO, MOTHER, CHILD = "0000000001", "0000000002", "0000000003"


def lines(queue: str, folder: Path, *acts: dict[str, Any], **facts: Any) -> list[dict[str, str]]:
    """The lines of a file with these acts, field by field, header and trailer among them."""
    with a_desk(queue, folder) as desk:
        for person_id, name in ((WHO, "Adrien"), (MOTHER, "Ines"), (CHILD, "Mabel")):
            desk.person(person_id, first_name=name, sex="F")
        for act in acts:
            desk.item(**act)
        for table, rows in facts.items():
            for row in rows:
                desk.add(
                    {"people": "facts.registry_people", "cases": "facts.life_facts"}.get(table, table), **row
                )
        assert desk.build().not_sent == ()
        assert desk.prove(desk.write().path).faults == ()
        first, *middle, last = records(desk.final.with_name(f".{desk.final.name}.part"), 640)
        layouts = {"FA": "header", "FZ": "trailer"}
        return [
            cut(QUEUES / queue / f"{layouts.get(one[:2], 'record')}.csv", one)
            for one in (first, *middle, last)
        ]


def of_case(message: str, **but: Any) -> dict[str, Any]:
    kind = {"add": "send", "delete": "release"}.get(message, "update")
    return {"message": message, "remedy": "case_registration", "kind": kind, "amount_cents": None} | but


def of_person(message: str, member: str) -> dict[str, Any]:
    subject = f"C1:{member}"
    return of_case(message, remedy="person_registration", subject_id=subject, target_id=subject)


def heard(queue: str, subject: str, carry: str) -> dict[str, Any]:
    return {
        "queue": queue, "subject_id": subject, "target_id": subject, "kind": "send",
        "published_on": date(2025, 1, 2), "batch_no": 1, "carry": carry,
    }  # fmt: skip


def test_a_case_is_added_between_the_header_and_the_count_of_the_trailer(tmp_path: Path) -> None:
    case = {"subject_id": "C1", "case_id": "C1", "has_enforceable_order": False}
    header, added, trailer = lines("fcr_cases", tmp_path, of_case("add"), cases=[case])
    assert (header["zeros"], header["state_fips"], header["version"]) == ("0" * 15, "23", "01.00")
    assert header["date_stamp"] == f"{AS_OF:%Y%m%d}"
    assert (added["action_type"], added["case_id"].strip(), added["case_type"]) == ("A", "C1", "F")
    assert added["order_ind"] == "N"
    assert (trailer["nines"], trailer["record_count"]) == ("9" * 15, "00000001")


def test_a_case_that_left_the_caseload_is_deleted_as_it_was_told_last(tmp_path: Path) -> None:
    told = heard("fcr_cases", "C1", '{"order_ind": "Y"}')
    _, deleted, _ = lines("fcr_cases", tmp_path, of_case("delete"), published=[told])
    assert (deleted["action_type"], deleted["order_ind"]) == ("D", "Y")


def test_each_person_is_told_with_their_own_number_part_and_violence(tmp_path: Path) -> None:
    people = [
        {"subject_id": f"C1:{WHO}", "role": "owes", "is_disclosure_barred": False},
        {"subject_id": f"C1:{MOTHER}", "role": "custodial", "is_disclosure_barred": True},
        {"subject_id": f"C1:{CHILD}", "role": "child", "is_disclosure_barred": True},
    ]
    acts = [of_person("add", member) for member in (WHO, MOTHER, CHILD)]
    _, *told, trailer = lines("fcr_persons", tmp_path, *acts, people=people)
    asked = ("participant_type", "family_violence", "ssn", "first_name", "member_id")
    assert [tuple(one[name].strip() for name in asked) for one in told] == [
        ("NP", "", "900010001", "ADRIEN", WHO),
        ("CP", "FV", "900010002", "INES", MOTHER),
        ("CH", "FV", "900010003", "MABEL", CHILD),
    ]
    assert trailer["record_count"] == "00000003"


def test_who_is_not_known_to_be_safe_is_barred(tmp_path: Path) -> None:
    act = of_person("change", MOTHER)
    person = {"subject_id": f"C1:{MOTHER}", "role": "custodial", "is_disclosure_barred": None}
    _, changed, _ = lines("fcr_persons", tmp_path, act, people=[person])
    assert (changed["action_type"], changed["family_violence"]) == ("C", "FV")


def test_who_left_the_case_is_deleted_under_the_part_and_number_last_told(tmp_path: Path) -> None:
    told = heard("fcr_persons", f"C1:{MOTHER}", f'{{"role": "custodial", "person_token": "t{CHILD}"}}')
    _, deleted, _ = lines("fcr_persons", tmp_path, of_person("delete", MOTHER), published=[told])
    assert (deleted["action_type"], deleted["participant_type"], deleted["ssn"]) == ("D", "CP", "900010003")


TWIN = {"person_token": "t-1", "last_name": "Roy", "birth_on": date(2016, 3, 1)}
CHILDREN: dict[str, dict[str, Any]] = {
    "same": {}, "number": {"person_token": "t-2"}, "name": {"last_name": "Nadeau"},
    "birth": {"birth_on": date(2016, 3, 2)},
}  # fmt: skip
VIOLENCE: dict[str, list[bool | None]] = {
    "mother": [True, None], "nobody_knows": [None, None], "child": [False, True], "safe": [False, None],
}  # fmt: skip


@pytest.fixture(scope="module")
def night() -> SimpleNamespace:
    """One night: a case that was told, one deleted, one told under another parent, and all others."""
    world = Caseload(date(2026, 2, 2))
    for name, of_child in ({"told": {}, "deleted": {}, "replaced": {}} | CHILDREN).items():
        world.debtor(name).person(f"K-{name}-1", **TWIN | of_child)
    world.debtor("closed", case={"status": "closed", "closed_on": date(2026, 2, 1)}).person("K-closed-1")
    for name, (mother, child) in VIOLENCE.items():
        world.debtor(name, custodial={"family_violence": mother}).person(f"K-{name}-1", family_violence=child)
    acts = (("told", "add"), ("deleted", "add"), ("deleted", "delete"), ("replaced", "add"))
    for name, message in acts:
        world.published.append(
            {
                "queue": "fcr_cases", "remedy": "case_registration", "subject_id": name, "case_id": name,
                "person_id": "P-other" if name == "replaced" else f"P-{name}",
                "kind": "send" if message == "add" else "release",
                "message": message, "episode_id": f"case_registration:{name}:1",
                "published_on": date(2026, 2, 1), "target_id": name, "step": "register", "version": 1,
            }
        )  # fmt: skip
    return world.night("registry_people", "case_registration", "person_registration")


def people(name: str) -> list[str]:
    return [f"{name}:P-{name}", f"{name}:K-{name}", f"{name}:K-{name}-1"]


@pytest.mark.parametrize(
    ("name", "says"), [("told", "flag"), ("deleted", "clear"), ("replaced", "clear"), ("safe", "clear")]
)
def test_the_people_follow_the_case(night: SimpleNamespace, name: str, says: str) -> None:
    entering = [night.verdicts["person_registration", "enter", one].verdict for one in people(name)]
    assert [night.verdicts["case_registration", "enter", name].verdict, *entering] == ["flag", *[says] * 3]
    assert [night.facts[one].role for one in people(name)] == ["owes", "custodial", "child"]


def test_a_closed_case_is_taken_out_and_its_people_with_it(night: SimpleNamespace) -> None:
    assert night.verdicts["case_registration", "release", "closed"].verdict == "flag"
    leaving = [night.verdicts["person_registration", "release", one].verdict for one in people("closed")]
    # The registry drops the people of a case that it deletes: nothing is sent of them (`unheard_when`).
    assert (leaving, {night.facts[one].case_leaves_registry for one in people("closed")}) == (
        ["flag"] * 3,
        {True},
    )
    assert card("person_registration").release.unheard_when == "case_leaves_registry"
    assert not night.facts[people("told")[0]].case_leaves_registry


@pytest.mark.parametrize(
    ("name", "barred"),
    [("mother", [True, True]), ("nobody_knows", [True, True]), ("child", [False, True]),
     ("safe", [False, False])],
)  # fmt: skip
def test_a_child_is_barred_where_the_parent_it_lives_with_is(
    night: SimpleNamespace, name: str, barred: list[bool]
) -> None:
    assert [night.facts[one].is_disclosure_barred for one in people(name)[1:]] == barred


def test_a_corrected_number_name_or_birth_date_changes_what_is_told(night: SimpleNamespace) -> None:
    marks = {name: night.facts[people(name)[-1]].member_mark for name in ("told", *CHILDREN)}
    assert marks.pop("told") == marks["same"]
    assert len(set(marks.values())) == len(CHILDREN)


def test_the_number_of_a_child_that_the_registry_holds_is_not_its_parents() -> None:
    def others(queue: str) -> list[dict[str, Any]]:
        world = Caseload().debtor("C1", person={"person_token": None}).person("K-C1-1", last_name="Roy")
        world.published.append(
            {
                "queue": queue, "remedy": "person_registration", "subject_id": "C1:K-C1-1", "case_id": "C1",
                "person_id": "P-C1", "kind": "send", "message": "add", "episode_id": "e", "target_id": "t",
                "published_on": date(2025, 1, 2), "step": "register", "version": 1,
                "carry": '{"person_token": "t-K-C1-1"}',
            }
        )  # fmt: skip
        return world.made("same_people")["same_people"]

    assert len(others("lottery")) == 1
    assert others("fcr_persons") == []
