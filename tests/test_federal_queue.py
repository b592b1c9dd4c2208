"""One federal record per person and kind of debt, fed by several remedies: what its next word is."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from outside_slicer import cut, records
from queue_desk import QUEUES, Desk, a_desk

TAX, PASSPORT, OTHER = "federal_tax_offset", "passport_denial", "administrative_offset"
RECORD = "0000000001-N"
NOTICE = {"person_id": "0000000001", "about": "federal_offset", "sent_on": date(2024, 11, 1)}
LAYOUT = QUEUES / "federal_offset" / "record.csv"


def told(desk: Desk, remedy: str, kind: str = "send", batch_no: int = 1, **carry: Any) -> Desk:
    """What was said of the record before, by a remedy."""
    words = {"transaction_type": "A", "person_token": "t0000000001", "reported_dollars": 2500} | carry
    desk.heard(RECORD, batch_no, remedy, **words)
    desk.tables["published"][-1]["kind"] = kind
    return desk


def act(desk: Desk, remedy: str, message: str, **but: Any) -> Desk:
    """An act of a remedy on the record that is due tonight."""
    kind = {"add": "send", "modify": "update", "delete": "release"}[message]
    return desk.item(message, remedy=remedy, subject_id=RECORD, target_id=RECORD, kind=kind, **but)


def the_record(desk: Desk) -> dict[str, str]:
    """The one record that leaves, cut by eyes that share no code with the writer."""
    record, control = records(desk.write().path, 245)
    assert control[2:5] == "CTL"
    return cut(LAYOUT, record)


def a_record(tmp_path: Path) -> Any:
    return a_desk("federal_offset", tmp_path)


def test_another_remedy_approved_while_the_record_lives_replaces_the_exclusions(tmp_path: Path) -> None:
    with a_record(tmp_path) as desk:
        desk.person().add("caseload.notices", **NOTICE)
        told(desk, TAX, excluded="ADM,FIN,PAS,RET,SAL,VEN")
        line = the_record(act(desk, PASSPORT, "add"))
    assert (line["transaction_type"], line["offset_exclusions"].strip()) == ("R", "ADM,FIN,RET,SAL,VEN")
    assert (line["address_line_1"].strip(), line["pre_offset_notice_date"]) == ("", "00000000")


def test_releasing_one_remedy_of_a_living_record_excludes_its_program(tmp_path: Path) -> None:
    with a_record(tmp_path) as desk:
        told(told(desk.person(), TAX), PASSPORT, batch_no=2, transaction_type="R")
        line = the_record(act(desk, PASSPORT, "delete"))
    assert (line["transaction_type"], line["offset_exclusions"].strip()) == ("R", "ADM,FIN,PAS,RET,SAL,VEN")


def test_releasing_the_last_remedy_deletes_the_record(tmp_path: Path) -> None:
    with a_record(tmp_path) as desk:
        told(told(desk.person(), TAX), PASSPORT, "release", 2, transaction_type="R")
        line = the_record(act(desk, TAX, "delete"))
    assert (line["transaction_type"], line["arrears_amount"]) == ("D", "00000000")


def test_releasing_all_remedies_in_one_night_is_one_delete(tmp_path: Path) -> None:
    with a_record(tmp_path) as desk:
        told(told(desk.person(), TAX), PASSPORT, batch_no=2, transaction_type="R")
        line = the_record(act(act(desk, TAX, "delete"), PASSPORT, "delete"))
        [row] = desk.rows()
    assert (line["transaction_type"], len(row["action_ids"])) == ("D", 2)


def test_one_remedy_comes_as_another_goes(tmp_path: Path) -> None:
    with a_record(tmp_path) as desk:
        told(desk.person(), TAX)
        line = the_record(act(act(desk, TAX, "delete"), PASSPORT, "add"))
    assert (line["transaction_type"], line["offset_exclusions"].strip()) == ("R", "ADM,FIN,RET,SAL,TAX,VEN")


def test_changed_amounts_of_all_remedies_are_one_modify(tmp_path: Path) -> None:
    with a_record(tmp_path) as desk:
        told(told(desk.person(), TAX), PASSPORT, batch_no=2, transaction_type="R")
        act(act(desk, TAX, "modify", amount_cents=1_900_99), PASSPORT, "modify", amount_cents=1_900_99)
        line = the_record(desk)
        [row] = desk.rows()
    assert (line["transaction_type"], line["arrears_amount"], len(row["action_ids"])) == ("M", "00001900", 2)


def test_replacing_exclusions_changes_no_amount_so_a_changed_one_waits(tmp_path: Path) -> None:
    with a_record(tmp_path) as desk:
        told(desk.person(), TAX)
        act(act(desk, TAX, "modify", amount_cents=1_900_00), PASSPORT, "add", amount_cents=1_900_00)
        built = desk.build()
        [row] = desk.rows()
    assert (row["transaction_type"], len(row["action_ids"])) == ("R", 1)
    assert '"reported_dollars":2500' in row["carry"], "the federal office still has the old amount"
    assert [len(one.action_ids) for one in built.not_sent] == [1]


def test_two_remedies_that_begin_in_one_night_are_one_add(tmp_path: Path) -> None:
    with a_record(tmp_path) as desk:
        desk.person().add("caseload.notices", **NOTICE)
        line = the_record(act(act(desk, TAX, "add"), PASSPORT, "add"))
    assert (line["transaction_type"], line["offset_exclusions"].strip()) == ("A", "ADM,FIN,RET,SAL,VEN")
    assert (line["pre_offset_notice_date"], line["arrears_amount"]) == ("20241101", "00002500")


def test_a_later_rise_after_a_delete_is_an_add_again_with_every_exclusion(tmp_path: Path) -> None:
    with a_record(tmp_path) as desk:
        desk.person().add("caseload.notices", **NOTICE)
        told(told(desk, TAX), TAX, "update", 2, transaction_type="D", reported_dollars=0)
        line = the_record(act(desk, TAX, "modify", amount_cents=640_50))
    assert (line["transaction_type"], line["arrears_amount"]) == ("A", "00000640")
    assert line["offset_exclusions"].strip() == "ADM,FIN,PAS,RET,SAL,VEN"


def test_a_corrected_number_is_deleted_under_the_old_and_added_under_the_new_the_next_night(
    tmp_path: Path,
) -> None:
    old = {"person_token": "t-old"}
    with a_record(tmp_path) as desk:
        desk.person().add("vault", person_token="t-old", ssn="900019999").add("caseload.notices", **NOTICE)
        told(told(desk, TAX, **old), PASSPORT, batch_no=2, transaction_type="R", **old)
        first = the_record(act(act(desk, TAX, "modify"), PASSPORT, "modify"))
        [row] = desk.rows()
        assert (first["transaction_type"], first["ssn"]) == ("D", "900019999")
        assert '"moved":true' in row["carry"]
        told(desk, TAX, "update", 3, transaction_type="D", moved=True, **old)
        told(desk, PASSPORT, "update", 3, transaction_type="D", moved=True, **old)
        second = the_record(desk)
    assert (second["transaction_type"], second["ssn"]) == ("A", "900010001")
    assert second["offset_exclusions"].strip() == "ADM,FIN,RET,SAL,VEN"


def renamed(desk: Desk, *remedies: str, cents: int = 2_500_00, **but: Any) -> Desk:
    """A record that is held under a name of which tonight's is a correction."""
    desk.person(last_name="Roy-Pelletier").add("caseload.notices", **NOTICE)
    desk.add("facts.person_marks", person_id="0000000001", number_mark="t0000000001", name_mark="n-new")
    for number, remedy in enumerate(remedies, 1):
        told(desk, remedy, batch_no=number, identity={"name": "n-old"}, transaction_type="AR"[number > 1])
        act(desk, remedy, "modify", step="identity_in", amount_cents=cents, **but)
    return desk


def carried(desk: Desk) -> dict[str, Any]:
    [row] = desk.rows()
    words: dict[str, Any] = json.loads(row["carry"])
    return words


def test_a_corrected_name_is_one_name_change_that_changes_no_amount(tmp_path: Path) -> None:
    with a_record(tmp_path) as desk:
        line = the_record(renamed(desk, TAX, PASSPORT))
        words = carried(desk)
    assert (line["transaction_type"], line["last_name"].strip(), line["first_name"].strip()) == (
        "B",
        "ROY-PELLETIER",
        "ADRIEN",
    )
    assert (line["ssn"], line["arrears_amount"], line["offset_exclusions"].strip()) == (
        "900010001",
        "00002500",
        "",
    )
    assert (words["identity"]["name"], words["reported_dollars"]) == ("n-new", 2500)


def test_what_tells_no_name_leaves_the_old_one_known_until_it_is_told(tmp_path: Path) -> None:
    with a_record(tmp_path) as desk:
        assert the_record(act(renamed(desk, TAX), PASSPORT, "add"))["transaction_type"] == "R"
        assert carried(desk)["identity"]["name"] == "n-old"
    with a_record(tmp_path) as desk:
        assert the_record(renamed(desk, TAX, cents=1_900_00))["transaction_type"] == "M"
        assert carried(desk)["identity"]["name"] == "n-old"


def test_a_raise_of_another_remedy_waits_for_the_name(tmp_path: Path) -> None:
    with a_record(tmp_path) as desk:
        renamed(desk, TAX)
        told(desk, PASSPORT, batch_no=2, transaction_type="R")
        act(desk, PASSPORT, "modify", amount_cents=2_900_00)
        built = desk.build()
        [row] = desk.rows()
    assert (row["transaction_type"], row["arrears_amount"], len(row["action_ids"])) == ("B", 2500, 1)
    assert [len(one.action_ids) for one in built.not_sent] == [1]


def test_number_and_name_corrected_together_leave_the_old_pair_and_come_under_the_new(tmp_path: Path) -> None:
    old: dict[str, Any] = {"person_token": "t-old", "identity": {"number": "t-old", "name": "n-old"}}
    with a_record(tmp_path) as desk:
        desk.person(last_name="Roy").add("caseload.notices", **NOTICE)
        desk.add("vault", person_token="t-old", ssn="900019999")
        desk.add("facts.person_marks", person_id="0000000001", number_mark="t0000000001", name_mark="n-new")
        first = the_record(act(told(desk, TAX, **old), TAX, "modify"))
        assert (first["transaction_type"], first["ssn"]) == ("D", "900019999")
        told(desk, TAX, "update", 2, **old | {"transaction_type": "D", "moved": True})
        second = the_record(desk)
        assert (second["transaction_type"], second["ssn"], second["last_name"].strip()) == (
            "A",
            "900010001",
            "ROY",
        )
        assert carried(desk)["identity"] == {"number": "t0000000001", "name": "n-new"}


@pytest.mark.parametrize(
    ("is_held", "rejected_on", "word"),
    [
        # The add was rejected: nothing is there to be changed.
        (False, date(2024, 12, 9), "A"),
        # It was already on file: what comes next is a change of it.
        (True, date(2024, 12, 9), "M"),
        # We spoke after that answer.
        (False, date(2024, 11, 9), "M"),
    ],
)
def test_what_the_federal_office_answered_tells_what_it_holds(
    tmp_path: Path, is_held: bool, rejected_on: date, word: str
) -> None:
    with a_record(tmp_path) as desk:
        desk.person().add("caseload.notices", **NOTICE)
        desk.add("facts.federal_records", subject_id=RECORD, rejected_on=rejected_on, is_held=is_held)
        line = the_record(act(told(desk, TAX), TAX, "modify"))
    assert line["transaction_type"] == word


def test_what_a_notice_of_another_kind_of_debt_says_is_not_the_date_of_this_record(tmp_path: Path) -> None:
    with a_record(tmp_path) as desk:
        desk.person().add("caseload.notices", **NOTICE)
        for subject, day in ((RECORD, date(2024, 12, 2)), ("0000000001-A", date(2024, 12, 20))):
            desk.add(
                "published", queue="obligor_notices", remedy="pre_offset_notice", subject_id=subject,
                person_id="0000000001", kind="notice", message="federal_offset", published_on=day,
            )  # fmt: skip
        line = the_record(act(desk, TAX, "add"))
    assert line["pre_offset_notice_date"] == "20241202"
