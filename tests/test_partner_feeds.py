"""What banks, boards, state agencies and the payment unit's bank send, read from their own lines.

All people are invented: their numbers were never issued (area 9xx outside the taxpayer groups).
"""

from datetime import date
from pathlib import Path
from typing import Any

import feed_files
import pytest
from feed_files import DAY, FEEDS, Desk, lines

NUMBER, PERSON = "900121234", "0000000017"
_NAMED = {"last_name": "PELLETIER", "first_name": "JO", "ssn": NUMBER, "person_number": PERSON}
feed_files._USUAL |= {
    "bank_account_lists.institution": feed_files._USUAL["bank_accounts.institution"],
    "bank_account_lists.total": {"record_type": "T"},
    "bank_account_lists.account": {
        "record_type": "B", "match_date": "2025-01", "payee_ssn": NUMBER, "account_number": "0001234567",
        "payee_name": "JO PELLETIER", "account_balance": 1250, "trust_ind": "0", "account_balance_ind": "2",
        "account_type": "04",
    },
    "multistate_bank_matches.match": {
        "record_id": "MC", "institution_tin": "010000099", "match_date": "2025-01",
        "institution_name": "FIRST BANK", "institution_state": "NC", "account_location_state": "ME",
        "response_date": DAY, "matched_ssn": NUMBER, "account_number": "0001234567",
        "matched_name": "JO PELLETIER", "account_balance": 1250, "name_match_flag": "1", "trust_ind": "0",
        "account_balance_ind": "2", "account_type": "04", "case_id": PERSON, "payee_ind": "0",
        "sort_state_code": "23",
    },
    "asset_information.document": {
        "record_id": "DR", "ssn": NUMBER, "submitting_state": "ME", "last_name": "PELLETIER",
        "first_name": "JO", "match_code": "00", "payer_ein": "010000088", "payer_name_1": "HILL FUND",
        "tax_year": "2023", "document_code": "28", "amount_1": 700, "amount_2": 12_500,
        "state_person_number": PERSON,
    },
    "state_wages.record": {
        "person_number": PERSON, "ssn": NUMBER, "record_kind": "WG", "quarter": "3", "year": "2024",
        "amount": 91_234, "employer_name": "MILL LLC", "employer_number": "004711", "employer_state": "ME",
    },
    "dmv_matches.match": _NAMED | {"date_of_birth": date(1980, 2, 29), "license_number": "D0000017"},
    "dmv_non_matches.answer": _NAMED | {"request_status": "E01", "problem_text": "NO SUCH PERSON"},
    "dmv_license_errors.error": _NAMED | {"status": "E07", "error_reason": "NUMBER NOT OURS"},
    "dmv_vehicles.vehicle": _NAMED | {
        "vin": "1INVENTED00000017", "make": "FORD", "model": "F150", "model_year": "2015",
        "plate_number": "AB1234", "owner_1_last_name": "PELLETIER", "owner_1_first_name": "JO",
        "owner_1_state": "ME",
    },
    "board_licenses.header": {
        "record_type": "H", "board": "NURSE", "board_name": "BOARD OF NURSING", "state": "ME",
        "list_date": DAY,
    },
    "board_licenses.license": {
        "record_type": "L", "license_kind": "P", "license_number": "RN-17", "status": "A", "ssn": NUMBER,
        "last_name": "PELLETIER", "first_name": "JO", "expires_on": date(2026, 6, 30),
    },
    "board_licenses.trailer": {"record_type": "T", "record_count": "1"},
    "alaska_dividends.answer": {
        "state_fips": "23", "county": "011", "ssn": NUMBER, "person_number": PERSON,
        "last_name": "PELLETIER", "applicant_last_name": "PELLETIER", "applicant_first_name": "JO",
    },
    "electronic_payments.header": {"record_type": "1", "creation_date": DAY, "creation_time": "0102"},
    "electronic_payments.payment": {
        "record_type": "2", "sequence_number": "1", "company_name": "MILL LLC", "company_id_designator": "1",
        "company_id_number": "010000001", "effective_entry_date": DAY, "originating_dfi": "01100001",
        "transaction_code": "22", "transmittal_amount": 12_500, "trace_number": "011000010000001",
        "application_id": "CS", "case_identifier": "00000101", "pay_date": date(2025, 1, 10),
        "collection_amount": 12_500, "ncp_ssn": NUMBER, "medical_support_ind": "N", "ncp_name": "PELLETIJO",
    },
    "assistance_referrals.header": {"record_type": "H", "state": "ME", "created_on": DAY},
    "assistance_referrals.referral": {
        "record_type": "D", "person_number": "0000000018", "last_name": "ROY", "first_name": "CLAIRE",
        "case_number": "00000101", "event": "G", "from_on": date(2025, 1, 1), "monthly_amount": 48_500,
    },
    "assistance_referrals.trailer": {"record_type": "T", "record_count": "1"},
    "medicaid_referrals.header": {"record_type": "H", "state": "ME", "created_on": DAY},
    "medicaid_referrals.referral": {
        "record_type": "D", "person_number": "0000000018", "last_name": "ROY", "first_name": "CLAIRE",
        "case_number": "00000101", "child_number": "0000000019", "from_on": date(2024, 11, 1),
        "rights_assigned": "Y",
    },
    "medicaid_referrals.trailer": {"record_type": "T", "record_count": "1"},
}  # fmt: skip
FRAMES = {
    "bank_account_lists": ("institution", "total"),
    "board_licenses": ("header", "trailer"),
    "electronic_payments": ("header", "trailer"),
    "assistance_referrals": ("header", "trailer"),
    "medicaid_referrals": ("header", "trailer"),
}
# Of each feed: what of one good line has to come out, and lines that are set aside with their reason.
READ: list[tuple[str, str, dict[str, Any], list[tuple[dict[str, Any], str]]]] = [
    ("bank_account_lists", "account",
     {"owner_name": "JO PELLETIER", "balance_cents": 1_250_00, "owner_kind": "sole", "is_closed": None},
     [({"match_date": "1999-01"}, "the report is not of this century"),
      ({"account_balance": -5}, "a balance below zero, which must be sent as zeros"),
      ({"account_balance_ind": "0"}, "a balance that is said not to be given")]),
    ("multistate_bank_matches", "match",
     {"person_id": PERSON, "account_state": "ME", "institution_state": "NC", "balance_cents": 1_250_00},
     [({}, "the same account of the same owner stands in the file before"),
      ({"payee_ind": "1", "account_number": "7"},
       "the match is on a second owner and the first owner's number is missing")]),
    ("asset_information", "document",
     {"payer_name": "HILL FUND", "largest_cents": 12_500_00, "document_kind": "5498",
      "refused_because": None},
     [({"document_code": None}, "a match that does not say which document")]),
    ("state_wages", "record",
     {"kind": "wages", "amount_cents": 912_34, "quarter_ends_on": date(2024, 9, 30)},
     [({"amount": 0}, "nothing was earned or paid"),
      ({"employer_name": None}, "wages without who pays them"),
      ({"year": "0000"}, "the quarter is of no year")]),
    ("dmv_matches", "match", {"license_number": "D0000017", "birth_on": date(1980, 2, 29)},
     [({"other_status": "E01"}, "a status stands where a match has none: no answer of a match")]),
    ("dmv_non_matches", "answer", {"status": "E01", "reason": "NO SUCH PERSON", "person_id": PERSON},
     [({"person_number": None}, "the answer does not say about whom it is")]),
    ("dmv_license_errors", "error", {"status": "E07", "reason": "NUMBER NOT OURS"},
     [({"error_reason": None}, "an error without its reason")]),
    ("dmv_vehicles", "vehicle",
     {"vin": "1INVENTED00000017", "description": "2015 FORD F150", "title": "sole", "state": "ME"},
     [({}, "the same vehicle of the same person stands in the file before")]),
    ("board_licenses", "license",
     {"board": "NURSE", "license_kind": "professional", "status": "valid", "expires_on": date(2026, 6, 30)},
     [({}, "the same license of the same holder stands in the list before"),
      ({"status": "E", "expires_on": None, "license_number": "2"}, "expired without a day")]),
    ("alaska_dividends", "answer", {"applicant_last_name": "PELLETIER", "person_id": PERSON},
     [({"applicant_last_name": None}, "no applicant is named: no answer that anything was found")]),
    ("electronic_payments", "payment",
     {"named": "00000101", "collected_cents": 125_00, "employer_fein": "010000001", "job_has_ended": False},
     [({}, "the same trace number stands in the file before"),
      ({"trace_number": "2", "transaction_code": "27"}, "a debit: it takes money and brings none"),
      ({"trace_number": "3", "case_identifier": None}, "it names no case"),
      ({"trace_number": "4", "collection_amount": 13_000},
       "another amount was collected than came, and no fee was kept back"),
      ({"trace_number": "5", "application_id": "RI", "collection_amount": 12_000},
       "less was collected than came, and a fee makes it more")]),
    ("assistance_referrals", "referral",
     {"event": "grant", "monthly_cents": 485_00, "case_number": "00000101", "told_on": DAY},
     [({"monthly_amount": 0}, "a grant of nothing"), ({"event": "E"}, "a grant that ended, and not when")]),
    ("medicaid_referrals", "referral", {"rights_assigned": True, "child_id": "0000000019", "to_on": None},
     [({"to_on": date(2024, 1, 1)}, "it ends before it begins")]),
]  # fmt: skip


def whole(feed: str, record: str, rows: list[dict[str, Any]]) -> bytes:
    """A file with its first and last record around the rows, where it has some."""
    body = lines(feed, record, *rows)
    if feed not in FRAMES:
        return body
    head, foot = FRAMES[feed]
    counted: dict[str, Any] = {}
    if foot == "trailer":
        counted = {"record_count": str(len(rows))}
    if feed == "electronic_payments":
        paid = sum(row.get("transmittal_amount", 12_500) for row in rows)
        counted |= {"record_type": "9", "total_amount": paid}
    feed_files._USUAL.setdefault(f"{feed}.{foot}", {})
    return lines(feed, head, {}) + body + lines(feed, foot, counted)


def taken(desk: Desk, feed: str, data: bytes) -> Any:
    """What became of a file: with a control file, or proven from its own content."""
    if FEEDS[feed].needs_control:
        return desk.send(feed, data, period=DAY.isoformat())
    return desk.take(desk.put(f"{feed}.txt", data))[0]


@pytest.mark.parametrize(("feed", "record", "told", "aside"), READ, ids=[one[0] for one in READ])
def test_a_partners_lines_become_rows_or_are_set_aside(
    tmp_path: Path, feed: str, record: str, told: dict[str, Any], aside: list[tuple[dict[str, Any], str]]
) -> None:
    desk = Desk(tmp_path)
    found = taken(desk, feed, whole(feed, record, [{}, *(row for row, _ in aside)]))
    assert (found.outcome, found.feed) == ("accepted", feed), found.reason
    desk.load(found)
    [row] = desk.rows(found, feed)
    assert {name: row[name] for name in told} == told
    assert [one["reason"] for one in desk.rows(found, "rejects")] == [why for _, why in aside]
    assert NUMBER not in str(row)


def test_new_claimants_are_numbers_without_names_and_counted(tmp_path: Path) -> None:
    desk, day = Desk(tmp_path), DAY.strftime("%Y%m%d")

    def file(count: int) -> bytes:
        told = [f"1{day}", f"2{NUMBER}", "2900121235", f"3 {count:010d}"]
        return "".join(line.ljust(107) + "\n" for line in told).encode()

    assert taken(desk, "unemployment_claimants", file(3)).outcome == "refused"
    found = taken(desk, "unemployment_claimants", file(2))
    assert found.outcome == "accepted", found.reason
    desk.load(found)
    rows = desk.rows(found, "unemployment_claimants")
    assert [row["told_on"] for row in rows] == [DAY, DAY]
    assert len({row["person_token"] for row in rows}) == 2


def test_payments_whose_trailer_differs_are_refused_whole(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    good = whole("electronic_payments", "payment", [{}])
    cut = good[: good.rindex(b"9000000001")] + b"9000000002" + good[good.rindex(b"9000000001") + 10 :]
    assert taken(desk, "electronic_payments", cut).outcome == "refused"


def test_another_states_matches_are_refused(tmp_path: Path) -> None:
    data = lines("multistate_bank_matches", "match", {"sort_state_code": "25"})
    found = taken(Desk(tmp_path), "multistate_bank_matches", data)
    assert found.outcome == "refused"
    assert "25" in found.reason or "state" in found.reason


def test_a_document_that_was_not_found_says_why(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    asked = {"tax_year": None, "document_code": None, "amount_1": 0, "amount_2": 0}
    rows = [asked | {"match_code": code} for code in ("18", "19")]
    found = taken(desk, "asset_information", lines("asset_information", "document", *rows))
    desk.load(found)
    told = [row["refused_because"] for row in desk.rows(found, "asset_information")]
    assert told == ["number is not on file", "name does not agree"]
