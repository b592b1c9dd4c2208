"""Packed records: the same rows in half the bytes, exact both ways, and every fault of them told."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outside_packed import packed_records, read_packed
from outside_slicer import cut, records
from queue_desk import AS_OF, QUEUES, a_desk
from test_what_if import a_house

from arrears import house
from arrears.author.check_file import check_file
from arrears.author.check_told import lines_of
from arrears.author.sample import STATE, sample_nights
from arrears.data.store import Store
from arrears.errors import RuleFault
from arrears.layout import Field, load_layout
from arrears.layout.packed import pack, packing_faults, spelled_out, unpack
from arrears.night import steps
from arrears.queues import load_queue

FOLDER = QUEUES / "credit_bureaus"
LENGTH = 366
KINDS = {"header": "header", "detail": "record", "trailer": "trailer"}
WIRES = [load_layout(FOLDER / f"{name}_366.csv") for name in KINDS.values()]
DAY = sample_nights()[0].isoformat()


def field(kind: str, length: int) -> Field:
    return Field("one", 1, length, kind)


def in_bytes(one: Field, text: str) -> str:
    return pack([one], spelled_out([one]), text.encode()).hex(" ").upper()


def in_text(one: Field, given_bytes: str) -> str:
    return unpack([one], bytes.fromhex(given_bytes)).decode("latin-1")


# The bytes, worked by hand from the widths of the layout specification


@pytest.mark.parametrize(
    ("kind", "length", "text", "worked"),
    [
        ("packed number", 5, "000002500", "00 00 02 50 0C"),
        ("packed number", 5, "999999999", "99 99 99 99 9C"),
        ("packed number", 5, "000000000", "00 00 00 00 0C"),
        ("packed number", 6, "02075550100", "02 07 55 50 10 0C"),
        ("packed date", 5, "01152025", "00 11 52 02 5C"),
        ("packed timestamp", 8, "01152025235959", "00 11 52 02 52 35 95 9C"),
        ("binary length word", 4, "0366", "01 6E 00 00"),
        ("AN", 3, "A 1", "41 20 31"),
    ],
)
def test_worked_bytes(kind: str, length: int, text: str, worked: str) -> None:
    one = field(kind, length)
    assert in_bytes(one, text) == worked
    assert in_text(one, worked) == text


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("packed number", "00 00 02 5A 0C"),  # a half byte that is no digit
        ("packed number", "00 00 02 50 0D"),  # below zero
        ("packed number", "00 00 02 50 00"),  # no sign
        ("packed number", "00 00 00 00 00"),  # zeros of no number
        ("packed number", "20 20 20 20 20"),  # blanks
        ("packed number", "30 30 30 30 30"),  # characters
        ("packed date", "10 11 52 02 5C"),  # a digit where the zero belongs
        ("binary length word", "01 6E 00 01"),
        ("binary length word", "30 33 36 36"),
        ("binary length word", "27 10 00 00"),  # 10,000: not four digits
    ],
)
def test_what_no_packed_value_is_reads_as_none(kind: str, wrong: str) -> None:
    one = field(kind, len(bytes.fromhex(wrong)))
    assert set(in_text(one, wrong)) == {"?"}


def test_a_sign_that_says_none_is_plus() -> None:
    assert in_text(field("packed number", 5), "00 00 02 50 0F") == "000002500"


@given(st.data())
def test_what_is_packed_reads_back_the_same(data: st.DataObject) -> None:
    layout = data.draw(st.sampled_from(WIRES))
    texts = []
    for wire, spelled in zip(layout.wire, layout.fields, strict=True):
        letters = "0123456789" if wire.type != spelled.type else "ABC 019"
        texts.append(data.draw(st.text(letters, min_size=spelled.length, max_size=spelled.length)))
    line = "".join(texts).encode()
    record = layout.packed(line)
    assert len(record) == LENGTH
    assert layout.unpacked(record) == line


@given(st.binary(max_size=LENGTH))
def test_any_bytes_are_spelled_out_at_their_places(given_bytes: bytes) -> None:
    for layout in WIRES:
        line = layout.unpacked(given_bytes)
        assert len(line) == layout.length
        assert not set(line) & set(b"\n\r\0")


def test_a_layout_without_room_for_its_digits_is_refused() -> None:
    fields = [field("packed date", 4), field("packed timestamp", 7), field("binary length word", 2)]
    assert [one.partition(" has ")[2] or one for one in packing_faults(fields)] == [
        "room for 7 digits, not 8",
        "room for 13 digits, not 14",
        "'one' is a length word of 2 bytes, not 4",
    ]


# Both forms of the same rows


def due(desk: Any) -> None:
    """Accounts of every kind: one told, one changed, one closed, one deleted, amounts great and small."""
    told = {"first_delinquency_on": "2024-06-01", "highest_dollars": 90_000, "reported_dollars": 90_000}
    for place, (message, cents) in enumerate(
        [("report", 1_000_01), ("update", 999_999_999_99), ("close", 0), ("report", 12_345_67)], 1
    ):
        person, case = f"000000000{place}", f"C{place}"
        desk.person(person).case(case, person)
        desk.item(
            message, subject_id=case, case_id=case, target_id=case, person_id=person, amount_cents=cents
        )
        if message != "report":
            desk.heard(case, person_id=person, **told)


@pytest.fixture
def both(tmp_path: Path) -> dict[bool, Path]:
    """The file of the same rows as lines of characters, and packed."""
    found = {}
    for is_packed in (False, True):
        folder = tmp_path / str(is_packed)
        folder.mkdir()
        with a_desk("credit_bureaus", folder) as desk:
            desk.queue = desk.queue.packed if is_packed else desk.queue
            desk.terms = desk.queue.terms(desk.profile, AS_OF)
            due(desk)
            written = desk.write()
            assert written.not_sent == ()
            assert (written.records, written.lines) == (4, 6)
            assert desk.prove(written.path).faults == ()
            found[is_packed] = written.path
    return found


def meaning(fields: dict[str, str]) -> dict[str, str]:
    """What the fields of a record say, without their widths and what tells the form."""
    said = {name: text.strip() for name, text in fields.items() if not name.startswith("filler")}
    said.pop("record_descriptor_word")
    return {name: text.lstrip("0") if text.isdigit() else text for name, text in said.items()}


def same_in_both(characters: Path, packed: Path) -> int:
    """How many records the two files have, after a reader of the tests' own found the same in each."""
    lines, blocks = records(characters, 426), packed_records(packed, LENGTH)
    assert len(lines) == len(blocks)
    for place, (line, block) in enumerate(zip(lines, blocks, strict=True)):
        kind = "header" if place == 0 else "trailer" if place == len(lines) - 1 else "record"
        read = read_packed(FOLDER / f"{kind}_366.csv", block)
        assert read["record_descriptor_word"] == str(LENGTH)
        assert meaning(read) == meaning(cut(FOLDER / f"{kind}.csv", line))
    return len(blocks)


def test_an_outside_reader_finds_the_same_in_both_forms(both: dict[bool, Path]) -> None:
    assert same_in_both(both[False], both[True]) == 6


def test_a_night_tells_the_bureaus_packed_from_the_day_that_the_state_says(
    planned_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {}
    for is_packed in (False, True):
        root = tmp_path / str(is_packed)
        shutil.copytree(planned_once, root)
        if is_packed:
            rules = a_house(tmp_path, "credit_report.is_packed", "true")
            monkeypatch.setattr(house, "RULES", rules)
            steps.queues(str(root), STATE, DAY)
        steps.release(str(root), STATE, DAY)
        [files[is_packed]] = sorted(
            Store.open(root).outbox(STATE, sample_nights()[0]).glob("credit_bureaus.*")
        )
    assert same_in_both(files[False], files[True]) > 2
    assert found(files[True]) == [
        f"No fault: it would be taken whole, {len(records(files[False], 426)) - 2} rows."
    ]


def test_a_changed_byte_is_not_proven(tmp_path: Path) -> None:
    with a_desk("credit_bureaus", tmp_path) as desk:
        desk.queue = desk.queue.packed
        desk.terms = desk.queue.terms(desk.profile, AS_OF)
        due(desk)
        path = desk.write().path
        good = path.read_bytes()
        for at, byte in ((LENGTH + 131, 0x02), (LENGTH + 133, 0x0D), (0, 0x02), (LENGTH + 170, 0x41)):
            path.write_bytes(good[:at] + bytes([byte]) + good[at + 1 :])
            assert desk.prove(path).faults != (), at
        for odd in (good + b"\n", good[:-1], good[LENGTH:], good[:LENGTH] + good[LENGTH + 1 :]):
            path.write_bytes(odd)
            assert desk.prove(path).faults != ()


# What a partner is told of such a file


def found(path: Path) -> list[str]:
    return list(lines_of(check_file("credit_bureaus", [path], AS_OF)))[1:]


@pytest.mark.parametrize(
    ("at", "given_bytes", "says"),
    [
        (LENGTH + 129, "00 00 02 50 0D", "record 2, detail.current_balance: not all digits"),
        (LENGTH + 69, "00 13 45 20 2C", "record 2, detail.date_opened: not a date written MMDDCCYY"),
        (LENGTH + 5, "00 11 52 02 56 10 00 0C", "record 2, detail.time_stamp: not a date written"),
        (LENGTH, "01 AA 00 00", "record 2, detail.record_descriptor_word: code not in the list"),
        (LENGTH + 182, "C1", "record 2, detail: a character that is not ascii text"),
        (LENGTH + 165, "58", "record 2, detail: a filler is not blank"),
        (LENGTH + 98, "39 33", "trailer total_status_code_71 is not what a recount of the file gives"),
        (LENGTH + 154, "00 00 00 00 00", "record 2, detail.date_closed: not a date written MMDDCCYY"),
        (5 * LENGTH + 11, "00 00 00 00 9C", "trailer total_base_records is not what a recount"),
        (13, "31", ""),
    ],
)
def test_a_fault_is_told_by_record_and_field(
    both: dict[bool, Path], at: int, given_bytes: str, says: str
) -> None:
    data, put = both[True].read_bytes(), bytes.fromhex(given_bytes)
    both[True].write_bytes(data[:at] + put + data[at + len(put) :])
    told = found(both[True])
    assert any(says in one for one in told), told
    assert (told[-1].startswith("No fault")) is (says == "")


def test_what_to_send_is_said_of_packed_bytes(both: dict[bool, Path]) -> None:
    data = bytearray(both[True].read_bytes())
    data[LENGTH + 133] = 0x0D
    both[True].write_bytes(data)
    [one] = [one for one in found(both[True]) if "current_balance" in one]
    assert one.endswith(
        "send 9 digits, packed into 5 bytes with zeros in front and the sign C last, or zeros."
    )


def test_records_out_of_step_are_told_from_the_first_on(both: dict[bool, Path]) -> None:
    data = both[True].read_bytes()
    both[True].write_bytes(data[: LENGTH + 100] + data[LENGTH + 101 :])
    told = found(both[True])
    says = "from record 3 on none begins with its length, 366 (01 6E 00 00 in hexadecimal)"
    assert told[0].startswith(f"the file: {says}")


def test_records_with_line_ends_are_told_so(both: dict[bool, Path]) -> None:
    blocks = packed_records(both[True], LENGTH)
    both[True].write_bytes(b"".join(block + b"\n" for block in blocks))
    told = found(both[True])
    assert "from record 2 on" in told[0]
    assert "without line ends" in told[0]


@pytest.mark.parametrize(("cut_off", "left"), [(1, 365), (40, 326), (362, 4)])
def test_a_cut_file_is_told_by_its_cut_alone(both: dict[bool, Path], cut_off: int, left: int) -> None:
    both[True].write_bytes(both[True].read_bytes()[:-cut_off])
    says = f"the file: its last record is cut: it has {left} of 366 bytes."
    assert found(both[True]) == [says, "It would be refused."]


def test_letters_of_a_mainframe_are_told_as_such(both: dict[bool, Path]) -> None:
    blocks = packed_records(both[True], LENGTH)
    letters = [block[:4] + block[4:].decode("latin-1").encode("cp037") for block in blocks]
    both[True].write_bytes(b"".join(letters))
    assert found(both[True])[0] == "the file: it looks like EBCDIC (cp037); have it sent as ASCII."


def test_a_file_without_its_header_or_of_one_record_is_told_so(both: dict[bool, Path]) -> None:
    data = both[True].read_bytes()
    both[True].write_bytes(data[LENGTH:])
    assert [one for one in found(both[True]) if "record 1, header.record_identifier: code not in" in one]
    both[True].write_bytes(data[:LENGTH])
    assert found(both[True])[0] == "the file: it has 1 record(s), fewer than header and trailer."


@pytest.mark.parametrize("left", [b"\n", b"\r\n", b"\0" * 20])
def test_bytes_left_over_are_told(both: dict[bool, Path], left: bytes) -> None:
    both[True].write_bytes(both[True].read_bytes() + left)
    assert f"{len(left)} are left over at its end" in found(both[True])[0]


def test_a_packed_file_of_many_records_needs_no_line_end(both: dict[bool, Path]) -> None:
    data = both[True].read_bytes()
    both[True].write_bytes(data[:LENGTH] + data[LENGTH : 2 * LENGTH] * 3_000 + data[-LENGTH:])
    told = found(both[True])
    assert any("total_base_records is not what a recount of the file gives, 3000" in one for one in told)


def test_lines_are_still_read_as_lines(both: dict[bool, Path]) -> None:
    assert found(both[False])[-1].startswith("No fault")
    text = both[False].read_bytes()
    both[False].write_bytes(text[:500] + b"\0" + text[501:])
    assert not found(both[False])[-1].startswith("No fault")


SAMPLES = house.SAMPLE / "contracts" / "credit_bureaus"


def test_the_packed_samples_have_exactly_the_faults_that_are_told() -> None:
    assert found(SAMPLES / "packed_good.dat") == ["No fault: it would be taken whole, 3 rows."]
    told = list(lines_of(check_file("credit_bureaus", [SAMPLES / "packed_bad.dat"], AS_OF)))
    assert told == (SAMPLES / "packed_bad.faults.txt").read_text().splitlines()


# The queue's two forms agree


def copied(tmp_path: Path, name: str, change: Any) -> Path:
    folder = tmp_path / "credit_bureaus"
    shutil.copytree(FOLDER, folder)
    path = folder / name
    path.write_text(change(path.read_text()))
    return folder


@pytest.mark.parametrize(
    ("name", "was", "now", "says"),
    [
        ("record_366.csv", "current_balance,130", "balance_now,130", "packed: the detail differs in"),
        (
            "queue.yml",
            "detail: record_366.csv",
            "detail: record.csv",
            "packed: the detail has no packed field",
        ),
        ("queue.yml", "encoding: ascii", "encoding: latin-1", "it cannot be packed"),
        ("header_366.csv", "filler,281,86", "filler,281,87", "the fields end at 367"),
    ],
)
def test_forms_that_differ_are_refused(tmp_path: Path, name: str, was: str, now: str, says: str) -> None:
    folder = copied(tmp_path, name, lambda text: text.replace(was, now))
    with pytest.raises(RuleFault, match=says):
        load_queue(folder)
