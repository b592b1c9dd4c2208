"""The contract kit: the sample files of every partner, and what `arrears check-file` finds of them."""

import gzip
import json
import os
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from json_docs import documented, given
from typer.testing import CliRunner

from arrears import house
from arrears.author.check_file import check_file
from arrears.author.check_told import lines_of
from arrears.cli.main import app
from arrears.errors import ArrearsError, RuleFault
from arrears.intake.feeds import load_feeds
from arrears.queues.queue import load_queues
from arrears.reports.contracts import contract_pages, edits_of
from arrears.reports.records import load_records
from arrears.reports.rulebook_words import escaped

SAMPLES = house.SAMPLE / "contracts"
PARTNERS = sorted([*load_feeds(house.FEEDS), *load_queues(house.QUEUES)])
ON = date(2025, 2, 1)
SPECIFIED = 118  # records that partners specified


def files(partner: str, kind: str) -> list[Path]:
    """The sample files of a partner but their control file, which is found next to them."""
    found = sorted((SAMPLES / partner).glob(f"{kind}.*"))
    return [one for one in found if not one.name.endswith((".control.json", ".faults.txt"))]


def found(partner: str, given: list[Path]) -> list[str]:
    """What is printed of the given files."""
    return list(lines_of(check_file(partner, given, ON)))


def test_every_sample_is_of_a_partner_and_no_name_is_of_two() -> None:
    assert sorted(one.name for one in SAMPLES.iterdir()) == PARTNERS == sorted(set(PARTNERS))


@pytest.mark.parametrize("partner", PARTNERS)
def test_the_good_file_of_each_partner_has_no_fault(partner: str) -> None:
    _, *told = found(partner, files(partner, "good"))
    assert [one.partition(" it would")[0] for one in told] == ["No fault:"]


@pytest.mark.parametrize("partner", PARTNERS)
def test_the_bad_file_of_each_partner_has_exactly_the_faults_that_are_told(partner: str) -> None:
    told = found(partner, files(partner, "bad"))
    assert told == (SAMPLES / partner / "bad.faults.txt").read_text().splitlines()
    assert len(told) > 4


def test_each_contract_and_the_list_of_records_is_current_and_no_page_is_left_over() -> None:
    pages = contract_pages()
    stale = [path.name for path, text in pages.items() if not path.exists() or path.read_text() != text]
    assert stale == [], "run `arrears rulebook --docs`"
    there = {one.name for one in (house.ROOT / "docs" / "contracts").iterdir()}
    assert there == {"README.md", *(f"{one}.md" for one in PARTNERS)}


def test_a_contract_tells_every_field_every_edit_and_every_proof() -> None:
    pages = {path.stem: text for path, text in contract_pages().items()}
    for name, feed in load_feeds(house.FEEDS).items():
        told = [one.source for record in feed.records for one in [record.layout]]
        told += [f"| {escaped(one.name)} | {one.start} |" for r in feed.records for one in r.layout.fields]
        told += edits_of(feed) if feed.edits_sql else []
        told += [f"`{one.record}.{one.field}`" for one in feed.proofs.fields if one != feed.proofs.sender]
        assert [one for one in told if one not in pages[name] and escaped(one) not in pages[name]] == [], name
        assert bool(feed.edits_sql) == bool(edits_of(feed)), name
    for name, queue in load_queues(house.QUEUES).items():
        fields = [(one.name, one.start) for layout in queue.layouts.values() for one in layout.fields]
        assert all(f"| {escaped(field)} | {start} |" in pages[name] for field, start in fields), name
        assert all(escaped(say) in pages[name] for say in queue.checks.values()), name


def test_every_specified_record_is_used_or_says_why_not_and_every_layout_is_one_or_our_own() -> None:
    records = load_records(house.FEEDS.parent)
    used = sum(bool(one.used_as) for one in records)
    assert len(records) == SPECIFIED
    assert (
        f"**{used} of {SPECIFIED} records are in use.**" in (house.ROOT / "docs" / "records.md").read_text()
    )


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("queues/credit_bureaus/record.csv,", "queues/credit_bureaus/recrd.csv,", "there is no layout"),
        ("queues/credit_bureaus/record.csv,", ",not used", "is a layout of no record here"),
        ("queues/credit_bureaus/record.csv,", "queues/credit_bureaus/record.csv,why", "say either"),
        ("\nout_metro2_base_426,out", "\nout_metro2_base_426,up", "direction is 'up'"),
        ("\nout_metro2_base_426,", "\nout_metro2_header_426,", "out_metro2_header_426 is there twice"),
        ("queues/credit_bureaus/record.csv,", "queues/lottery/record.csv,", "says that it is our own layout"),
    ],
)
def test_a_fault_of_the_list_of_records_is_told(tmp_path: Path, was: str, now: str, said: str) -> None:
    shutil.copytree(house.FEEDS.parent, tmp_path / "transforms")
    path = tmp_path / "transforms" / "records.csv"
    text = path.read_text()
    assert was in text
    path.write_text(text.replace(was, now))
    with pytest.raises(RuleFault, match=said):
        load_records(tmp_path / "transforms")


def test_a_name_that_is_no_partners_is_told_with_the_nearest() -> None:
    with pytest.raises(ArrearsError, match="Nearest: dmv_licenses"):
        check_file("dmv_license", [SAMPLES], ON)


def test_a_bank_file_needs_its_control_file(tmp_path: Path) -> None:
    alone = tmp_path / "good.txt"
    alone.write_bytes((SAMPLES / "bank_accounts" / "good.txt").read_bytes())
    assert found("bank_accounts", [alone])[1:] == [
        "the file: the sender's control file is missing.",
        "It would be held until a person looks at it.",
    ]


def test_of_one_kind_of_fault_twenty_lines_are_told_and_the_rest_counted(tmp_path: Path) -> None:
    [good] = files("dmv_licenses", "good")
    line = good.read_text().splitlines()[0]
    day = load_feeds(house.FEEDS)["dmv_licenses"].record("license").layout.field("date_of_birth")
    wrong = f"{line[: day.start - 1]}1997-02-30{line[day.end :]}"
    many = tmp_path / "many.txt"
    many.write_text("".join(f"{one}\n" for one in [wrong] * 25 + [line] * 900))
    told = found("dmv_licenses", [many])
    said = [one for one in told if "license.date_of_birth: not a date written CCYY-MM-DD" in one]
    assert [one.partition(",")[0] for one in said] == [
        *(f"line {n}" for n in range(1, 21)),
        "and 5 more lines",
    ]
    assert not any("1997" in one for one in told)


def test_the_command_ends_with_0_only_where_the_file_would_be_taken_whole() -> None:
    good, bad = (SAMPLES / "federal_offset" / f"{kind}.txt" for kind in ("good", "bad"))
    ends = [
        CliRunner().invoke(app, ["check-file", "federal_offset", str(one)]).exit_code for one in (good, bad)
    ]
    assert ends == [0, 1]
    told = CliRunner().invoke(app, ["check-file", "federal_offset", str(bad)]).stdout.splitlines()
    assert told == (bad.parent / "bad.faults.txt").read_text().splitlines()


def test_a_program_reads_the_same(tmp_path: Path) -> None:
    asked = ["check-file", "bank_accounts", str(SAMPLES / "bank_accounts" / "bad.txt"), "--json"]
    told = json.loads(CliRunner().invoke(app, asked).stdout)
    assert (told["outcome"], told["is_clean"], told["set_aside"]) == ("accepted", False, 5)
    [one] = [kind for kind in told["of_lines"] if kind["field"] == "date_of_birth"]
    assert one["places"] == [{"line": 17, "found": "99999999"}]
    assert one["send"] == "a real date written CCYYMMDD, or blanks"
    assert given(told) == documented("check-file")


def mangled(data: bytes) -> list[tuple[str, bytes]]:
    """A file in every way in which people have seen one go wrong; none of them is the file."""
    lines, text = data.splitlines(keepends=True), data.decode("latin-1")
    last = len(lines[-1])
    ways = [(f"cut by {n}", data[:-n]) for n in (2, 3, last // 2, last - 1)]
    ways += [
        ("empty", b""),
        ("one line end", b"\n"),
        ("glued", data + data),
        ("first line twice", lines[0] + data),
        ("last line lost", b"".join(lines[:-1])),
        ("last line twice", data + lines[-1]),
        ("back to front", b"".join(reversed(lines))),
        ("UTF-16", text.encode("utf-16")),
        ("UTF-16 without a mark", text.encode("utf-16-le")),
        ("EBCDIC", text.encode("cp037")),
        ("a mark", b"\xef\xbb\xbf" + data),
        ("NUL", b"\0" * len(data)),
        ("one end of another kind", data.replace(b"\n", b"\r\n", 1)),
        ("CR alone", data.replace(b"\n", b"\r")),
        ("blank lines between", data.replace(b"\n", b"\n\n")),
        ("gzip", gzip.compress(data)),
        ("gzip of a gigabyte", gzip.compress(b"0" * 10_000_000)),
        ("Parquet by its mark alone", b"PAR1" + data),
        ("JSON without an end", b'{"control": ' + b"[" * 100_000),
        ("noise", bytes(range(256)) * 64),
        ("a line without an end", data + b"9" * (1 << 21)),
    ]
    return ways


@pytest.mark.parametrize("partner", ["eiwo_results", "caseload", "federal_offset"])
def test_no_mangled_file_is_taken_for_a_good_one_or_tells_a_number(partner: str, tmp_path: Path) -> None:
    good = files(partner, "good")[-1]  # of a caseload, the persons
    data = good.read_bytes()
    numbers = set(re.findall(rb"9[0-9]{8}", data))
    for way, bytes_ in mangled(data):
        path = tmp_path / f"{way}{good.suffix}"
        path.write_bytes(bytes_)
        told = "\n".join(found(partner, [path]))
        assert "No fault" not in told, way
        assert not [one for one in numbers if one.decode() in told], way


@pytest.mark.parametrize("kind", ["missing", "folder", "link", "pipe", "device"])
def test_what_is_not_a_file_is_said_and_not_waited_for(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "given[1]*; DROP 900121234\n.txt"
    if kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to(files("lottery", "good")[0])
    elif kind == "pipe":
        os.mkfifo(path)
    path = Path("/dev/zero") if kind == "device" else path
    for partner in ("lottery", "portal_intake"):
        *told, last = found(partner, [path])
        assert last == "It would be refused."
        assert any(words in told[1] for words in ("no such file", "not a regular file", "it is a link"))
        assert "900121234" not in "".join(told)


def test_a_faultless_file_by_a_hostile_name_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "x'; DROP [1]*?\n.txt"
    path.write_bytes(files("lottery", "good")[0].read_bytes())
    assert found("lottery", [path])[-1].startswith("No fault")


def test_the_state_is_told_by_the_file_and_one_that_nobody_knows_is_said(tmp_path: Path) -> None:
    data = files("eiwo_results", "good")[0].read_bytes()
    for code, last in (
        ("25000", "No fault: it would be taken whole, 1 rows."),
        ("99000", "It would be refused."),
    ):
        path = tmp_path / f"{code}.txt"
        path.write_bytes(data.replace(b"23000", code.encode()))
        told = found("eiwo_results", [path])
        assert told[-1] == last
    assert "the file: it carries the code of no state that has a profile here" in told[1]


def test_a_control_file_that_names_a_path_for_a_state_writes_nothing_there(tmp_path: Path) -> None:
    name = "unemployment_withholdings"
    for one in (SAMPLES / name).glob("good*"):
        (tmp_path / one.name).write_bytes(one.read_bytes())
    control = tmp_path / "good.control.json"
    control.write_text(control.read_text().replace('"state": "me"', f'"state": "../../../..{tmp_path}/x"'))
    told = found(name, [tmp_path / "good.txt"])
    assert "it is of state" in told[1]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["good.control.json", "good.txt"]
