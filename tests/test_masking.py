"""Numbers typed into the wrong column: masked where they enter, told with their place, never kept."""

import re
import shutil
import traceback
from pathlib import Path

import pytest
from typer.testing import CliRunner

from arrears import house
from arrears.cli import main as cli
from arrears.errors import safe_path
from arrears.ledger import Ledger
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


def test_each_number_of_a_text_is_masked(desk: Desk) -> None:
    people = table("persons", {"last_name": f"JO {NUMBER} AND {DASHED} AND {ACCOUNT}"})
    found = desk.send_caseload({"persons": people})
    desk.load(found)
    [row] = desk.rows(found, "persons")
    assert row["last_name"] == "JO xxxxxxxxx AND xxxxxxxxx AND xxxxxxxxx"
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
    assert "6677" not in safe_path(name)


def a_folder_of_files(folder: Path, number: str) -> list[Path]:
    """Files good and bad whose names hold a number: taken, with a rejected row, unknown, packed, a link."""
    sample, folder = house.SAMPLE / "me" / "2025-01-14" / "inbox", folder / number
    folder.mkdir()
    for name in ("dmv_licenses.txt", "dmv_licenses.control.json"):
        shutil.copy(sample / name, folder / f"{number}.{name}")
    good = (sample / "state_tax_refunds.txt").read_bytes()
    (folder / f"tax {number}.txt").write_bytes(good)
    (folder / f"{number}").write_text("what is this\n")
    (folder / f"{number}.csv").write_text("amount_cents\nmuch\n")
    (folder / f"{number}.bin").write_bytes(b"\xff\xfe\x00")
    (folder / f"{number}.gz").write_bytes(b"\x1f\x8b123")
    (folder / f"{number}.empty").write_text("")
    (folder / f"{number}.link").symlink_to(folder / f"{number}.gz")
    (folder / f"{number}.folder").mkdir()
    (folder / f"{number}.control.json").write_text('{"control": 1}')
    return sorted(folder.iterdir())


@pytest.mark.parametrize("number", [DASHED, ACCOUNT])
def test_no_name_of_a_file_tells_a_number(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    monkeypatch.setattr("arrears.cli.main.out.width", 400)
    files, store = a_folder_of_files(tmp_path, number), tmp_path / "store"
    at, lost = ["--store", str(store)], files[0].parent / f"lost {number}"
    a_calculation = ["calculate", "pay-cycle", "--state", "me", "--on", "2025-01-14"]
    commands = [
        ["receive", "me", *map(str, files), str(lost), "--on", "2025-01-14", *at],
        ["night", "me", "2025-01-14", "--inbox", str(files[0].parent), *at],
        ["night", "me", "2025-01-14", "--inbox", str(lost), *at],
        ["receive", "me", str(files[0]), "--store", str(files[0])],
        ["explain", "me", "2025-01-14", "00000101", "--store", str(lost)],
        *([*a_calculation, str(file)] for file in (lost, *files)),
        ["fakes", "--cases", "1", "--out", str(files[0])],
    ]
    for command in [*commands, *([*one, "--json"] for one in commands)]:
        done = CliRunner().invoke(cli.app, command)
        said = done.output + caplog.text + "".join(traceback.format_exception(*(done.exc_info or ())))
        assert not [one for one in (number, number[-6:]) if one in said], command[0]
    assert len(Ledger.open(f"sqlite:///{store / 'ledger.db'}").deliveries("me")) > 5
    lying = [path for path in store.rglob("*") if path.is_file() and number.encode() in path.read_bytes()]
    assert [path.name for path in lying] == []
