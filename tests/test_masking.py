"""Numbers typed into the wrong column: masked where they enter, told with their place, never kept."""

import re
from pathlib import Path

import pytest

from arrears.errors import shown
from tests.feed_files import Desk, licenses, table

NUMBER, DASHED, ACCOUNT = "900556677", "900-55-6677", "90055667712345"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def lies_in_the_clear(desk: Desk) -> list[str]:
    """The files of the store in which one of the numbers can be read."""
    import pyarrow.parquet as pq

    found = []
    for path in desk.store.root.rglob("*"):
        if path.is_file():
            text = path.read_bytes().decode("latin-1")
            if path.suffix == ".parquet" and "vault" not in path.parts:
                text += str(pq.read_table(path).to_pylist())
            if any(number in text for number in (NUMBER, DASHED, ACCOUNT)):
                found.append(path.name)
    return found


@pytest.mark.parametrize("number", [NUMBER, DASHED, ACCOUNT])
@pytest.mark.parametrize("column", ["last_name", "first_name", "middle_name", "suffix"])
def test_a_number_in_a_column_of_words_is_masked_and_told(desk: Desk, column: str, number: str) -> None:
    people = table("persons", {}, {"person_id": "0000000018", "ssn": "", column: f"JO {number}"})
    found = desk.send_caseload({"persons": people})
    loaded = desk.load(found)
    [_, row] = desk.rows(found, "persons")
    assert row[column] == "JO xxxxxxxxx"
    assert loaded.masked == [f"persons.{column}: 1 value(s) masked, the first at line 3"]
    assert lies_in_the_clear(desk) == []


def test_a_number_in_an_address_of_a_partners_file_is_masked(desk: Desk) -> None:
    found = desk.send("dmv_licenses", licenses({}, {"address_line_2": f"APT {NUMBER}"}), "license")
    loaded = desk.load(found)
    assert [row["address_line_2"] for row in desk.rows(found, "dmv_licenses")][1] == "APT xxxxxxxxx"
    assert loaded.masked == ["dmv_licenses.address_line_2: 1 value(s) masked, the first at line 2"]
    assert lies_in_the_clear(desk) == []


def test_an_identifier_that_is_a_number_of_a_person_becomes_a_token(desk: Desk) -> None:
    cases = [{"case_id": f"0000010{n}"} for n in range(4)]
    found = desk.send_caseload({"cases": table("cases", *cases, {"case_id": NUMBER})})
    loaded = desk.load(found)
    names = [row["case_id"] for row in desk.rows(found, "cases")]
    assert names[:4] == [one["case_id"] for one in cases]
    assert re.fullmatch("masked-[0-9a-f]{12}", names[4])
    assert loaded.masked == ["cases.case_id: 1 value(s) masked, the first at line 6"]


def test_identifiers_of_nine_digits_by_nature_stay(desk: Desk) -> None:
    cases = [{"case_id": f"00000010{n}"} for n in range(4)]
    found = desk.send_caseload({"cases": table("cases", *cases)})
    assert desk.load(found).masked == []
    assert [row["case_id"] for row in desk.rows(found, "cases")] == [one["case_id"] for one in cases]


def test_an_identifier_of_a_rejected_row_is_masked(desk: Desk) -> None:
    cases = [{"case_id": f"0000010{n}"} for n in range(4)]
    bad = {"case_id": NUMBER, "opened_on": "never"}
    found = desk.send_caseload({"cases": table("cases", *cases, bad)})
    assert desk.load(found).rejects == 1
    assert lies_in_the_clear(desk) == []


def test_zips_employers_and_licenses_keep_their_digits(desk: Desk) -> None:
    row = {"zip": "044019999", "license_number": "900556677"}
    found = desk.send("dmv_licenses", licenses(row), "license")
    assert desk.load(found).masked == []
    [kept] = desk.rows(found, "dmv_licenses")
    assert (kept["zip"], kept["license_number"]) == ("044019999", "900556677")


@pytest.mark.parametrize("name", [f"a {DASHED}.txt", f"{NUMBER}.txt", "900 55 6677.txt", "900_55_6677.csv"])
def test_a_files_name_is_shown_without_a_number(name: str) -> None:
    assert "6677" not in shown(name)
