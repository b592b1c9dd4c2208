"""Faults of files, bytes and values that can reach receive and load; each test says what must happen.

The letters are those of the fault catalogue: A arrival and structure, B bytes, C values and people.
"""

import os
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from arrears.data.warehouse import warehouse
from arrears.errors import ArrearsError
from arrears.intake.load import attach
from arrears.intake.receive import landing
from arrears.ledger.records import Delivery
from tests.feed_files import FEEDS, Desk, bank, hires, licenses, refunds, table


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def only(desk: Desk, data: bytes, **more: Any) -> Delivery:
    [found] = desk.take(desk.put(f"given{len(desk.book.kept)}", data), **more)
    assert found.outcome == "accepted" or not desk.book.accepted or found.reason
    return found


def names(desk: Desk, found: Delivery) -> list[tuple[Any, ...]]:
    desk.load(found)
    return [(row["first_name"], row["last_name"]) for row in desk.rows(found, "persons")]


def people(desk: Desk, *rows: dict[str, Any], **more: Any) -> Delivery:
    return desk.send_caseload({"persons": table("persons", *rows, **more)})


# A: arrival and structure


def test_a01_a_file_cut_inside_a_record_is_refused_as_cut(desk: Desk) -> None:
    found = only(desk, refunds(100, 200, 300)[:-100])
    assert (found.outcome, found.reason) == (
        "refused",
        "Cut inside a record: line 4 has 62 of 80 characters.",
    )
    assert not (desk.store.root / "staging").exists()


def test_a01_a_cut_file_beside_its_control_file_is_refused_as_cut(desk: Desk) -> None:
    data = licenses({}, {"license_number": "D2"})
    control = desk.control("dmv_licenses", {"license": (data, 2)})
    [found] = desk.take(desk.put("x", data[:-50]), control)
    assert (found.outcome, found.reason) == (
        "refused",
        "License: 264 bytes came, 314 were sent: it was cut short.",
    )


def test_a02_a_file_cut_between_records_lacks_its_trailer_and_is_refused(desk: Desk) -> None:
    found = only(desk, refunds(100, 200)[: 81 * 2])
    assert found.outcome == "refused"
    assert found.reason.startswith("The total record is missing at its end: cut between records")


def test_a03_a_table_cut_between_records_is_refused_by_the_control_files_count(desk: Desk) -> None:
    rows = table("persons", {"person_id": "1"}, {"person_id": "2"})
    control = desk.control("caseload", {"persons": (rows, 3)})
    [found] = desk.take(desk.put("p", rows), control)
    assert (found.outcome, found.reason) == (
        "refused", "Persons: the control file says 3 rows, the file has 2."
    )  # fmt: skip


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a04_a_wrong_trailer_count_is_refused_with_both_numbers(desk: Desk, count: int) -> None:
    found = only(desk, refunds(100, 200, count=count))
    assert found.reason == f"The total record says {count} detail records, the file has 2."


def test_a05_a_wrong_trailer_sum_is_refused_with_the_difference(desk: Desk) -> None:
    found = only(desk, refunds(100, 200, total=299))
    assert found.reason == "The total record says 299 cents, the detail records sum to 300: 1 apart."


def test_a06_two_files_glued_together_are_refused_with_the_line_of_the_second_header(desk: Desk) -> None:
    found = only(desk, refunds(100) + refunds(200))
    assert found.reason == "A second header record at line 4: two files in one."


def test_a07_records_after_the_trailer_are_refused(desk: Desk) -> None:
    detail = refunds(100).split(b"\n")[1] + b"\n"
    assert only(desk, refunds(100) + detail).reason == "1 line(s) follow the total record at line 3."


def test_a08_a_header_date_after_the_day_of_arrival_is_held(desk: Desk) -> None:
    assert desk.send_refunds(refunds(100, on=date(2025, 2, 1))).outcome == "held"


def test_a09_the_right_format_in_the_wrong_slot_is_refused_by_content(desk: Desk) -> None:
    found = only(desk, bank({}), expect="dmv_licenses")
    assert found.reason == "Its content is bank_accounts, it was given as dmv_licenses."


def test_a10_an_empty_file_is_refused_as_empty(desk: Desk) -> None:
    assert (only(desk, b"").outcome, only(desk, b"").reason) == ("refused", "The file is empty.")
    assert desk.send("dmv_licenses", b"", "license").reason == "The file is empty."


def test_a11_a_valid_file_without_records_counts_as_received_where_the_feed_allows_it(desk: Desk) -> None:
    found = desk.send_refunds(refunds())
    assert (found.outcome, found.rows) == ("accepted", 0)
    assert desk.load(found).rows == 0


def test_a12_a_feed_that_never_came_has_no_date_in_currency(desk: Desk) -> None:
    with warehouse() as con:
        attach(con, desk.store, "me", [], FEEDS)
        assert set(con.execute("SELECT last_received_on FROM staging.currency").fetchall()) == {(None,)}


def test_a13_a_late_file_of_events_is_taken_with_its_own_date(desk: Desk) -> None:
    desk.send_refunds(refunds(100))
    late = desk.send_refunds(refunds(200, on=date(2025, 1, 8)))
    assert (late.outcome, late.period_on) == ("accepted", date(2025, 1, 8))


def test_a14_changes_out_of_order_end_as_changes_in_order(desk: Desk) -> None:
    desk.send_caseload({"cases": table("cases", {"office": "A"})})
    second = {"mode": "delta", "period": "2025-01-15", "sequence": 16}
    first = {"mode": "delta", "period": "2025-01-15", "sequence": 15}
    assert desk.send_caseload({"cases": table("cases", {"office": "C"})}, **second).outcome == "held"
    assert desk.send_caseload({"cases": table("cases", {"office": "B"})}, **first).outcome == "accepted"
    assert desk.send_caseload({"cases": table("cases", {"office": "C"})}, **second).outcome == "accepted"
    for delivery in desk.book.accepted:
        desk.load(delivery)
    for known in (desk.book.accepted, desk.book.accepted[::-1]):
        with warehouse() as con:
            attach(con, desk.store, "me", known, FEEDS)
            assert con.execute("SELECT office FROM caseload.cases").fetchall() == [("C",)]


@pytest.mark.parametrize("name", ["given0", "another name"])
def test_a15_a16_the_same_bytes_under_any_name_have_no_effect(desk: Desk, name: str) -> None:
    first = desk.send_refunds(refunds(100))
    [again] = desk.take(desk.put(name, refunds(100)))
    assert (again.outcome, again.reason) == (
        "duplicate", f"The same bytes were taken as delivery {first.delivery_id}."
    )  # fmt: skip


def test_a17_a_corrected_snapshot_takes_the_place_of_what_it_corrects_and_both_are_kept(desk: Desk) -> None:
    one = desk.send("dmv_licenses", licenses({"license_number": "D1"}), "license")
    two = desk.send("dmv_licenses", licenses({"license_number": "D2"}), "license")
    for delivery in (one, two):
        desk.load(delivery)
    with warehouse() as con:
        attach(con, desk.store, "me", desk.book.accepted, FEEDS)
        assert con.execute("SELECT license_number FROM staging.dmv_licenses").fetchall() == [("D2",)]
    assert (desk.store.landing("me") / one.files[0].sha256).exists()


def test_a18_a22_a_snapshot_that_lost_a_fifth_of_its_rows_is_held(desk: Desk) -> None:
    whole = [{"case_id": str(n)} for n in range(200)]
    desk.send_caseload({"cases": table("cases", *whole)})
    found = desk.send_caseload({"cases": table("cases", *whole[:159])}, period="2025-01-15", sequence=15)
    assert (found.outcome, found.reason) == ("held", "Cases has 159 rows, normal are 200: less than 80%.")


def test_a19_a20_a_file_that_changes_while_it_is_read_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = desk.put("x", refunds(100))
    copy = landing._copy

    def grow_meanwhile(*args: Any) -> landing.Landed:
        landed = copy(*args)
        with path.open("ab") as out:
            out.write(b"more")
        return landed

    monkeypatch.setattr(landing, "_copy", grow_meanwhile)
    [found] = desk.take(path)
    assert found.reason == "It changed while it was read; give it again when it is complete."


def test_a21_ten_times_the_normal_volume_is_held(desk: Desk) -> None:
    desk.send_caseload({"cases": table("cases", *({"case_id": str(n)} for n in range(100)))})
    more = table("cases", *({"case_id": str(n)} for n in range(1000)))
    found = desk.send_caseload({"cases": more}, period="2025-01-15", sequence=15)
    assert (found.outcome, found.reason) == ("held", "Cases has 1000 rows, normal are 100: more than 300%.")


def test_a23_another_layout_of_the_same_length_is_refused_by_its_fields(desk: Desk) -> None:
    swapped = b"".join(line[10:156] + line[:10] + b"\n" for line in licenses(*[{}] * 20).splitlines())
    found = desk.send("dmv_licenses", swapped, "license")
    assert found.outcome == "refused"
    assert "20 lines cannot be read, along with 20 rows (first at line 1, " in found.reason


def test_a25_a_line_without_end_is_refused_in_constant_memory(desk: Desk) -> None:
    path = desk.inbox / "endless"
    with path.open("wb") as out:
        out.truncate(1 << 31)  # sparse: two gigabytes that no disk holds
    assert "no newline within" in desk.take(path)[0].reason


@pytest.mark.parametrize("head", [b"\x1f\x8b\x08", b"PK\x03\x04", b"\x28\xb5\x2f\xfd"])
def test_a27_a28_a29_packed_files_are_never_unpacked(desk: Desk, head: bytes) -> None:
    assert only(desk, head + b"x" * 100).reason.startswith("It is packed with")


def test_a30_what_is_no_regular_file_is_never_followed_or_opened(desk: Desk) -> None:
    target = desk.put("real", refunds(100))
    link, fifo, folder = desk.inbox / "link", desk.inbox / "fifo", desk.inbox / "folder"
    link.symlink_to(target)
    os.mkfifo(fifo)
    folder.mkdir()
    found: list[Delivery] = []
    taking = threading.Thread(target=lambda: found.extend(desk.take(link, fifo, folder, Path("/dev/zero"))))
    taking.start()
    taking.join(timeout=30)
    assert not taking.is_alive()
    assert [delivery.outcome for delivery in found] == ["refused"] * 4


@pytest.mark.parametrize("name", ["-rf", "a'b\"c", "new\nline", "x" * 250, "..x", "\x1b[2J"])
def test_a31_a_hostile_name_is_kept_only_as_escaped_text(desk: Desk, name: str) -> None:
    found = desk.send_refunds(refunds(100), name)
    assert found.outcome == "accepted"
    assert found.original_name.isprintable()
    assert len(found.original_name) <= 80
    assert all(set(path.name) <= set("0123456789abcdef") for path in desk.store.landing("me").iterdir())


def test_a32_of_two_files_whose_names_differ_by_glob_letters_the_named_one_is_read(desk: Desk) -> None:
    desk.put("pay1.csv", refunds(100))
    found = desk.send_refunds(refunds(100, 200), "pay[1].csv")
    assert found.rows == 2


def test_a34_a_file_of_which_no_line_can_be_read_is_not_taken(desk: Desk) -> None:
    found = desk.send("dmv_licenses", licenses().replace(b"1980-02-29", b"1980-02-31"), "license")
    assert found.outcome == "refused"


# B: bytes and encoding


def test_b01_ebcdic_is_refused_with_the_guess_named(desk: Desk) -> None:
    found = only(desk, refunds(100, 200).replace(b"\n", b"").decode("latin-1").encode("cp037"))
    assert found.reason == "It looks like EBCDIC (cp037); have it sent as ASCII."


def test_b02_latin_1_letters_are_decoded_and_no_row_is_dropped(desk: Desk) -> None:
    found = desk.send("dmv_licenses", licenses({"last_name": "PÉLADEAU"}, {"last_name": "NÚÑEZ"}), "license")
    desk.load(found)
    assert [row["last_name"] for row in desk.rows(found, "dmv_licenses")] == ["PÉLADEAU", "NÚÑEZ"]


def test_b02_curly_quotes_of_windows_keep_their_row_and_position(desk: Desk) -> None:
    line = licenses({"last_name": "OXNEIL"}).replace(b"OXNEIL", b"O\x92NEIL")
    found = desk.send("dmv_licenses", line + licenses({"license_number": "D2"}), "license")
    desk.load(found)
    assert [(r["last_name"], r["first_name"]) for r in desk.rows(found, "dmv_licenses")] == [
        ("O\x92NEIL", "JO"), ("PELLETIER", "JO")
    ]  # fmt: skip


def test_b03_positions_are_bytes_as_declared(desk: Desk) -> None:
    line = licenses({"last_name": "XX"}).replace(b"XX", "É".encode())
    found = desk.send("dmv_licenses", line + licenses({"license_number": "D2"}), "license")
    desk.load(found)
    assert desk.rows(found, "dmv_licenses")[0]["license_number"] == "D0000017"


def test_b03_names_of_the_caseload_are_utf_8_and_other_bytes_are_refused(desk: Desk) -> None:
    assert names(desk, people(desk, {"last_name": "Núñez", "first_name": "Zoë"})) == [("Zoë", "Núñez")]
    wrong = table("persons", {"last_name": "Núñez"}).decode().encode("latin-1")
    found = desk.send_caseload({"persons": wrong}, period="2025-01-15", sequence=15)
    assert (found.outcome, found.reason) == ("refused", "Persons: line 2 cannot be read: invalid encoding.")


def test_b04_a_nul_byte_in_a_name_quarantines_the_row(desk: Desk) -> None:
    nul = licenses({"last_name": "NULXBYTE"}).replace(b"NULX", b"NUL\0")
    found = desk.send("dmv_licenses", nul + licenses({"license_number": "D2"}), "license")
    assert desk.load(found).rejects == 1
    assert desk.rows(found, "rejects")[0]["reason"] == "holds a NUL byte"


def test_b05_mixed_line_ends_are_refused_and_uniform_ones_taken(desk: Desk) -> None:
    lf = refunds(100)
    assert "1 lines end in CR LF and 2 in LF alone" in only(desk, lf.replace(b"\n", b"\r\n", 1)).reason
    assert only(desk, lf.replace(b"\n", b"\r")).outcome == "refused"
    assert desk.send_refunds(lf.replace(b"\n", b"\r\n")).outcome == "accepted"


def test_b06_a_byte_order_mark_leaves_the_first_column_name_intact(desk: Desk) -> None:
    rows = b"\xef\xbb\xbf" + table("persons", {})
    assert names(desk, desk.send_caseload({"persons": rows})) == [("Jo", "Pelletier")]


def test_b07_an_unbalanced_quote_is_refused_with_its_line(desk: Desk) -> None:
    rows = table("persons", {"person_id": "1"}, {"person_id": "2", "last_name": "QQ"}).replace(b"QQ", b'"Q')
    found = desk.send_caseload({"persons": rows})
    assert (found.outcome, found.reason) == ("refused", "Persons: line 3 cannot be read: unquoted value.")


def test_b08_a_quoted_delimiter_or_line_end_stays_in_one_record(desk: Desk) -> None:
    rows = table("persons", {"last_name": "A|B", "first_name": "C\nD"})
    control = desk.control("caseload", {"persons": (rows, 1)})
    [found] = desk.take(desk.put("p", rows), control)
    assert names(desk, found) == [("C\nD", "A|B")]


def test_b09_a_short_last_row_is_refused_with_its_line(desk: Desk) -> None:
    rows = table("persons", {"person_id": "1"}, {"person_id": "2"})[:-10] + b"\n"
    found = desk.send_caseload({"persons": rows})
    assert (found.outcome, found.reason) == ("refused", "Persons: line 3 cannot be read: missing columns.")


@pytest.mark.parametrize("amount", ["\uff11\uff12", "12\u00a0", "1\u200b2"])
def test_b10_odd_letters_are_refused_in_numbers_and_kept_in_names(desk: Desk, amount: str) -> None:
    rows = table("receipts", {"amount_cents": amount}, {"receipt_id": "R2"})
    found = desk.send_caseload({"receipts": rows, "persons": table("persons", {"last_name": f"A{amount}"})})
    assert (desk.load(found).rejects, desk.rows(found, "persons")[0]["last_name"]) == (1, f"A{amount}")


def test_b11_escape_sequences_in_a_name_stay_text(desk: Desk) -> None:
    assert names(desk, people(desk, {"last_name": "\x1b[31mRed"})) == [("Jo", "\x1b[31mRed")]


# C: values and people


def test_c01_a_reversal_is_typed_as_what_it_is(desk: Desk) -> None:
    reversal = {"receipt_id": "R2", "amount_cents": "-10000", "kind": "reversal", "reverses_receipt_id": "R1"}
    found = desk.send_caseload({"receipts": table("receipts", {}, reversal)})
    desk.load(found)
    assert [(r["amount_cents"], r["kind"]) for r in desk.rows(found, "receipts")] == [
        (10_000, "payment"), (-10_000, "reversal")
    ]  # fmt: skip


def test_c02_a_sign_in_the_middle_is_a_reject(desk: Desk) -> None:
    lost = bank({}, {}).split(b"\n")
    lost[2] = lost[2][:350] + b"00-0125" + lost[2][357:]
    found = desk.send("bank_accounts", b"\n".join(lost), "account")
    assert (desk.load(found).rows, desk.load(found).rejects) == (1, 1)


@pytest.mark.parametrize("written", ["001234+", "0001234", "   1234", "000123D", "  1234+"])
def test_c02_a_bank_balance_is_read_in_each_form_that_is_published(desk: Desk, written: str) -> None:
    account = bank({}).split(b"\n")
    account[1] = account[1][:350] + written.encode() + account[1][357:]
    found = desk.send("bank_accounts", b"\n".join(account), "account")
    assert (found.outcome, [row["balance_cents"] for row in desk.rows(found, "bank_accounts")]) == (
        "accepted", [123_400]
    )  # fmt: skip


def test_c03_binary_floats_and_lost_zeros_of_a_parquet_file_are_refused(desk: Desk) -> None:
    target = desk.inbox / "r.parquet"
    columns = ", ".join(
        f"CAST('1' AS VARCHAR) AS {name}" for name in FEEDS["caseload"].tables["receipts"].names
    )
    for change, said in (
        ("CAST(0.3 AS DOUBLE) AS amount_cents", "amount_cents is DOUBLE, not an amount in whole cents"),
        ("17 AS case_id", "case_id is INTEGER, not text"),
    ):
        with warehouse() as con:
            con.execute(f"COPY (SELECT * REPLACE ({change}) FROM (SELECT {columns})) TO '{target}'")
        [found] = desk.take(target, desk.control("caseload", {"receipts": (target.read_bytes(), 1)}))
        assert (found.outcome, found.reason) == ("refused", f"Receipts: {said}.")


@pytest.mark.parametrize("amount", ["12.345", "1e3", "1_000", "(1234)", "1234-", "1,234", "+12", " 12"])
def test_c04_c05_an_amount_that_is_not_whole_cents_is_rejected(desk: Desk, amount: str) -> None:
    found = desk.send_caseload(
        {"receipts": table("receipts", {}, {"receipt_id": "2", "amount_cents": amount})}
    )
    assert (desk.load(found).rows, desk.rows(found, "rejects")[0]["reason"]) == (1, "not whole cents")


def test_c07_leading_zeros_survive_every_hop(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "real")
    rows = [{"person_id": "0000000001", "ssn": "001010001"}, {"person_id": "0000000002", "ssn": "004010001"}]
    desk.load(people(desk, *rows))
    from arrears.data.identity import attach_vault

    with warehouse() as con:
        attach(con, desk.store, "me", desk.book.accepted, FEEDS)
        attach_vault(con, desk.store, "me")
        query = "SELECT person_id, ssn FROM caseload.persons JOIN vault USING (person_token) ORDER BY 1"
        assert con.execute(query).fetchall() == [("0000000001", "001010001"), ("0000000002", "004010001")]


@pytest.mark.parametrize("ssn", ["000000000", "123456789", "900001234", "900120000", "12345678", "666010001"])
def test_c08_an_impossible_number_never_matches_and_the_row_is_kept(desk: Desk, ssn: str) -> None:
    found = people(desk, {"ssn": ssn})
    assert desk.load(found).rows == 1
    [row] = desk.rows(found, "persons")
    assert (row["person_token"], bool(row["ssn_fault"])) == (None, True)


def test_c09_a_taxpayer_number_is_no_number_of_a_person(desk: Desk) -> None:
    found = people(desk, {"ssn": "900701234"})
    desk.load(found)
    assert desk.rows(found, "persons")[0]["person_token"] is None


@pytest.mark.parametrize(
    "day", ["0000-00-00", "9999-99-99", "2025-02-30", "24-01-05", "0024-01-05", "1/5/2024"]
)
def test_c13_a_date_that_is_none_is_rejected_and_never_a_real_date(desk: Desk, day: str) -> None:
    found = people(desk, {"person_id": "1"}, {"person_id": "2", "birth_on": day})
    assert (desk.load(found).rows, desk.rows(found, "rejects")[0]["field"]) == (1, "birth_on")


@pytest.mark.parametrize("name", ["NULL", "Null", "NA", "None", "True", "nan", "N/A", "\\N"])
def test_c14_a_person_named_like_nothing_keeps_the_name(desk: Desk, name: str) -> None:
    assert names(desk, people(desk, {"last_name": name, "first_name": name})) == [(name, name)]


@pytest.mark.parametrize("name", ["O'Neil", "Smith-Jones", "d'Été", "de la Cruz", "Ng", "King Jr."])
def test_c15_names_come_through_exactly(desk: Desk, name: str) -> None:
    assert names(desk, people(desk, {"last_name": name})) == [("Jo", name)]


@pytest.mark.parametrize("text", ["=1+1", "<script>", "'; DROP TABLE persons; --", "ignore the rules above"])
def test_c21_free_text_is_stored_as_text(desk: Desk, text: str) -> None:
    assert names(desk, people(desk, {"last_name": text})) == [("Jo", text)]


def test_g23_no_number_name_or_account_stands_in_a_reject_or_an_error(desk: Desk) -> None:
    bad = hires({}, {"last_name": "SECRETNAME", "ssn": "900121234"}).replace(b"20250102", b"20259902")
    found = desk.send("employer_new_hires", bad + hires(*[{}] * 30), "response")
    desk.load(found)
    said = repr(desk.rows(found, "rejects")) + found.reason
    assert "9999" in said
    assert not any(secret in said for secret in ("900121234", "SECRETNAME", "20259902"))
    broken = Delivery(**{**found.__dict__, "feed": "gone"})
    with pytest.raises(ArrearsError) as caught:
        desk.load(broken)
    assert "9001" not in str(caught.value)
