"""The records of licensing bodies and of the letters, byte for byte, where the layout says."""

from pathlib import Path

import pytest
from outside_slicer import cut, records
from queue_desk import QUEUES, a_desk


def test_a_board_record_stands_at_the_positions_of_the_boards_exchange(tmp_path: Path) -> None:
    with a_desk("license_boards", tmp_path) as desk:
        desk.person().case().item("certify", target_id="NURSE:RN:12345")
        [line] = records(desk.write().path, 350)
    assert line[:9] == "900010001"
    assert line[39:47] == "19800229"
    assert line[194:219] == "RN:12345".ljust(25), "only the first colon parts board and number"
    assert line[227:235] == "20250115"
    assert line[286:301] == "0000000001NURSE"
    assert cut(QUEUES / "license_boards" / "record.csv", line) == {
        "ssn": "900010001",
        "name": "PELLETIER ADRIEN".ljust(30),
        "date_of_birth": "19800229",
        "filler": " " * 147,
        "license_number": "RN:12345".ljust(25),
        "filler_2": " " * 8,
        "request_date": "20250115",
        "filler_3": " " * 51,
        "person_number": "0000000001",
        "agency_number": "NURSE",
        "filler_4": " ",
        "request_type": "1",
        "filler_5": " " * 47,
    }


def test_a_board_that_has_no_five_characters_goes_to_a_person(tmp_path: Path) -> None:
    with a_desk("license_boards", tmp_path) as desk:
        built = desk.person().case().item("certify", target_id="NURSING:1").build()
    assert (built.records, built.not_sent[0].field) == (0, "agency_number")


def test_a_wildlife_record_names_kind_and_number_of_the_license(tmp_path: Path) -> None:
    with a_desk("wildlife_licenses", tmp_path) as desk:
        desk.person(middle_name="Guy").case().item("certify", target_id="hunting:H77")
        desk.item("release", kind="release", target_id="fishing:F8")
        released, denied = records(desk.write().path, 920)
    assert (released[90], released[91:103].strip()) == ("2", "fishing")
    assert cut(QUEUES / "wildlife_licenses" / "record.csv", denied) == {
        "person_number": "0000000001",
        "last_name": "PELLETIER".ljust(30),
        "first_name": "ADRIEN".ljust(16),
        "middle_name": "GUY".ljust(16),
        "ssn": "900010001",
        "date_of_birth": "19800229",
        "alias_ind": " ",
        "request_type": "1",
        "license_kind": "hunting".ljust(12),
        "license_number": "H77".ljust(25),
        "request_date": "20250115",
        "filler": " " * 784,
    }


def test_a_registry_holds_license_and_registration_with_a_line_each(tmp_path: Path) -> None:
    with a_desk("rmv_license", tmp_path) as desk:
        desk.person().case()
        for target in ("driver:S1234567", "registration:1ABC23"):
            desk.item("certify", target_id=target)
        license_line, plate = records(desk.write().path, 160)
    assert (license_line[1], plate[1]) == ("L", "R")
    assert cut(QUEUES / "rmv_license" / "record.csv", plate) == {
        "request_type": "1",
        "hold_kind": "R",
        "hold_number": "1ABC23".ljust(17),
        "last_name": "PELLETIER".ljust(30),
        "first_name": "ADRIEN".ljust(20),
        "ssn": "900010001",
        "date_of_birth": "19800229",
        "person_number": "0000000001",
        "process_date": "20250115",
        "agency_name": "MAINE DHHS DSER".ljust(30),
        "filler": " " * 26,
    }


@pytest.mark.parametrize("queue", ["license_boards", "wildlife_licenses", "rmv_license"])
def test_certify_and_release_of_one_license_in_one_file_go_to_a_person(tmp_path: Path, queue: str) -> None:
    target = {"license_boards": "NURSE:1", "wildlife_licenses": "hunting:1"}.get(queue, "driver:1")
    with a_desk(queue, tmp_path) as desk:
        desk.person().case("C1").case("C2").item("certify", target_id=target)
        desk.item("release", subject_id="C2", case_id="C2", target_id=target)
        built = desk.build()
    assert built.records == 0
    assert {one.reason.split(" for ")[0] for one in built.not_sent} == {"two records"}


@pytest.mark.parametrize("queue", ["license_boards", "wildlife_licenses", "rmv_license"])
def test_two_cases_on_one_license_are_one_record(tmp_path: Path, queue: str) -> None:
    target = {"license_boards": "NURSE:1", "wildlife_licenses": "hunting:1"}.get(queue, "driver:1")
    with a_desk(queue, tmp_path) as desk:
        desk.person().case("C1").case("C2")
        for case in ("C1", "C2"):
            desk.item("certify", subject_id=case, case_id=case, target_id=target)
        written = desk.write()
        [row] = desk.rows()
    assert (written.records, len(row["action_ids"]), row["is_withdrawal"]) == (1, 2, False)


def test_the_notice_of_debt_demands_warns_and_names_the_children(tmp_path: Path) -> None:
    with a_desk("obligor_notices", tmp_path) as desk:
        desk.person().case().add("facts.notice_facts", case_id="C1", children_names="Ada, Zoé")
        desk.item("notice_of_debt", amount_cents=4_000_00)
        _, line, _ = records(desk.write().path, 600, "latin-1")
    assert line[374:377] == "020"
    assert line[377:397] == "LIEN SEIZURE CREDIT ", "no separate credit notice"
    assert line[397:477] == "Ada, Zoé".ljust(80)
    said = cut(QUEUES / "obligor_notices" / "record.csv", line)
    assert (said["respond_days"], said["respond_from"].strip(), said["amount"]) == (
        "030", "SERVED", "0000000400000",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("message", "days", "source", "warns"),
    [
        ("license_revocation", "020", "SERVED", "LICENSE"),
        ("annual_statement", "000", "NONE", "SEIZURE SALE"),
        ("credit_reporting", "030", "SENT", "CREDIT"),
    ],
)
def test_each_letter_says_its_own_days(
    tmp_path: Path, message: str, days: str, source: str, warns: str
) -> None:
    with a_desk("obligor_notices", tmp_path) as desk:
        desk.person().case().add("facts.notice_facts", case_id="C1", children_names="Ada")
        _, line, _ = records(desk.item(message).write().path, 600, "latin-1")
    said = {k: v.strip() for k, v in cut(QUEUES / "obligor_notices" / "record.csv", line).items()}
    assert (said["respond_days"], said["respond_from"], said["warns_of"], said["children"]) == (
        days, source, warns, "",
    )  # fmt: skip


def test_a_letter_to_the_custodial_parent_says_nothing_of_the_other_one(tmp_path: Path) -> None:
    with a_desk("custodial_notices", tmp_path) as desk:
        desk.person()
        desk.person("0000000009", last_name="Roy", first_name="Claire", line_1="5 Oak Ave", city="Saco")
        desk.case().add(
            "facts.custodial_parents", case_id="C1", person_id="0000000009", location_is_protected=False
        )
        desk.add("facts.life_facts", case_id="C1", closing_ground="little_owed")
        desk.item("closure_60_days", remedy="case_closure").item("annual_fee", amount_cents=35_00)
        header, closing, fee, trailer = records(desk.write().path, 400, "latin-1")
    assert (header[1:18], trailer[1:10], trailer[10:25]) == (
        "CUSTODIAL LETTERS",
        "000000002",
        "0" * 11 + "3500",
    )
    for line in (fee, closing):
        assert "Pelletier" not in line
        assert "12 Mill" not in line
        assert "0000000001" not in line.replace("case_closure:C1", "")
    assert cut(QUEUES / "custodial_notices" / "record.csv", closing) == {
        "record_type": "D",
        "letter_kind": "closure_60_days".ljust(24),
        "reference": "case_closure:C1:1:closure_60_days:C1:1".ljust(80),
        "letter_on": "20250115",
        "case_id": "C1".ljust(15),
        "person_id": "0000000009",
        "office": "001".ljust(10),
        "last_name": "Roy".ljust(30),
        "first_name": "Claire".ljust(20),
        "middle_name": " " * 20,
        "suffix": " " * 4,
        "address_line_1": "5 Oak Ave".ljust(40),
        "address_line_2": " " * 40,
        "city": "Saco".ljust(25),
        "state": "ME",
        "zip": "04530".ljust(9),
        "amount": "0" * 13,
        "respond_days": "060",
        "letter_text": "CLOSING".ljust(12),
        "reason": "LITTLE OWED".ljust(21),
        "share_percent": "   ",
        "effective_on": "20250316",
        "filler": "  ",
    }
    assert fee[338:351] == "0000000003500"


@pytest.mark.parametrize("guard", [{"location_is_protected": True}, {"location_is_protected": None}])
def test_a_protected_or_unknown_place_keeps_the_letter_here(tmp_path: Path, guard: dict[str, object]) -> None:
    with a_desk("custodial_notices", tmp_path) as desk:
        desk.person("0000000009").add(
            "facts.custodial_parents", case_id="C1", person_id="0000000009", **guard
        )
        built = desk.item("review_right").build()
    assert (built.records, built.not_sent[0].reason) == (0, "needs an address that is protected")


def test_a_case_without_custodial_parent_writes_to_nobody(tmp_path: Path) -> None:
    with a_desk("custodial_notices", tmp_path) as desk:
        built = desk.person().case().item("review_right").build()
    assert (built.records, built.not_sent[0].reason) == (0, "the facts name nobody to write about")


def test_a_holder_without_a_birth_date_goes_to_a_person(tmp_path: Path) -> None:
    with a_desk("license_boards", tmp_path) as desk:
        built = desk.person(birth_on=None).case().item("certify", target_id="NURSE:1").build()
    assert (built.records, built.not_sent[0].field) == (0, "date_of_birth")
