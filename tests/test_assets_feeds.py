"""What insurers, the compensation agency, licensees and banks send, read from their own lines."""

from datetime import date
from pathlib import Path
from typing import Any

import feed_files
import pytest
from feed_files import Desk, bank, lines

feed_files._USUAL |= {
    "insurance_matches.match": {
        "record_id": "IM", "processing_date": date(2025, 1, 10), "obligor_ssn": "900121234",
        "obligor_last_name": "PELLETIER", "obligor_first_name": "JO", "insurer_id": "010000099",
        "insurer_name": "ACME", "insurer_address_1": "1 CLAIM RD", "insurer_address_2": "FLOOR 2",
        "claim_number": "CL-77", "claim_type": "BI", "claim_amount": 1_000_050, "match_code": "01",
    },
    "winnings.win": {
        "record_type": "W", "person_number": "0000000017", "ssn": "900121234", "last_name": "PELLETIER",
        "first_name": "JO", "kind": "C", "win_reference": "W-1", "licensee_name": "CASINO",
        "won_on": date(2025, 1, 5), "prize": 500_000, "withheld": 320_000, "registry_attempts": "02",
        "notice_on": date(2025, 1, 5),
    },
    "bank_levy_answers.answer": {
        "record_type": "B", "reference": "bank_levy:A1:1:order:A1:1", "institution_tin": "010000099",
        "answered_on": date(2025, 1, 9), "answer": "H", "held": 120_000, "delivered": 0,
    },
}  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def read(desk: Desk, feed: str, data: bytes, record: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of one file and why lines were set aside."""
    found = desk.send(feed, data, record)
    assert found.outcome == "accepted", found.reason
    desk.load(found)
    return desk.rows(found, feed), [row["reason"] for row in desk.rows(found, "rejects")]


def test_a_claim_keeps_its_cents_and_whether_the_number_was_exact(desk: Desk) -> None:
    given = [{}, {"match_code": "12", "claim_amount": 0}]
    rows, _ = read(desk, "insurance_matches", lines("insurance_matches", "match", *given), "match")
    assert [row["number_was_exact"] for row in rows] == [True, False]
    assert [row["claim_cents"] for row in rows] == [1_000_050, None]
    assert rows[0]["insurer_line_1"] == "1 CLAIM RD FLOOR 2"
    assert "900121234" not in str(rows)


def test_a_claim_without_the_debtors_number_is_set_aside(desk: Desk) -> None:
    many = [{}] * 20 + [{"obligor_ssn": ""}]
    rows, why = read(desk, "insurance_matches", lines("insurance_matches", "match", *many), "match")
    assert (len(rows), why) == (20, ["the number of the debtor is missing"])


def compensation(*claims: dict[int, str]) -> bytes:
    """Lines of the compensation agency: 53 elements between tabs, by their number."""
    usual = {1: "0000000017", 2: "Jo", 3: "Pelletier", 18: "Mutual", 38: "10/02/2024", 51: "WC-1"}
    rows = [[(usual | claim).get(place, "") for place in range(1, 54)] for claim in claims]
    return "".join("\t".join(row) + "\n" for row in rows).encode()


def test_weekly_rates_are_read_with_or_without_cents(desk: Desk) -> None:
    given = [{48: "400.00", 46: "Y"}, {48: "400"}, {46: "N"}, {51: "", 53: "AG-9"}]
    rows, _ = read(desk, "workers_comp_claims", compensation(*given), "claim")
    assert [row["weekly_cents"] for row in rows] == [400_00, 400_00, None, None]
    assert [row["is_paying"] for row in rows] == [True, None, False, None]
    assert (rows[3]["claim_number"], rows[0]["accident_on"]) == ("AG-9", date(2024, 10, 2))


def test_a_rate_that_is_no_amount_and_a_claim_without_number_are_set_aside(desk: Desk) -> None:
    given: list[dict[int, str]] = [{}] * 20 + [{48: "4x0"}, {51: ""}]
    rows, why = read(desk, "workers_comp_claims", compensation(*given), "claim")
    assert len(rows) == 20
    assert set(why) == {"the weekly rate is not an amount", "the claim has no number"}


def test_winnings_are_of_one_kind_and_never_more_withheld_than_won(desk: Desk) -> None:
    many = [{}] * 20 + [{"kind": "L"}, {"withheld": 500_001}]
    rows, why = read(desk, "winnings", lines("winnings", "win", *many), "win")
    assert {row["kind"] for row in rows} == {"casino", "lottery"}
    assert (rows[0]["prize_cents"], rows[0]["registry_attempts"]) == (5_000_00, 2)
    assert why == ["more was withheld than was won"]


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("H", "held"),
        ("N", "no_account"),
        ("J", "joint"),
        ("P", "protected_benefits"),
        ("W", "another_person"),
    ],
)
def test_a_bank_answers_in_words(desk: Desk, code: str, answer: str) -> None:
    data = lines("bank_levy_answers", "answer", {"answer": code})
    [row], _ = read(desk, "bank_levy_answers", data, "answer")
    assert (row["answer"], row["held_cents"]) == (answer, 1_200_00)


@pytest.mark.parametrize(
    ("field", "code", "column", "word"),
    [
        ("payee_ind", "0", "owner_kind", "sole"),
        ("payee_ind", "2", "owner_kind", "joint"),
        ("trust_ind", "0", "trust_kind", "none"),
        ("trust_ind", "1", "trust_kind", "minor"),
        ("trust_ind", "5", "trust_kind", "trust"),
        ("trust_ind", "6", "trust_kind", None),
        ("account_type", "11", "account_kind", "money market mutual fund"),
        ("account_type", "12", "account_kind", "another kind"),
        ("account_type", "00", "account_kind", None),
        ("name_match_flag", "2", "name_agrees", False),
        ("name_match_flag", "0", "name_agrees", None),
    ],
)
def test_what_a_bank_says_in_codes_becomes_words(
    desk: Desk, field: str, code: str, column: str, word: Any
) -> None:
    [row], _ = read(desk, "bank_accounts", bank({field: code}), "account")
    assert row[column] == word
    assert (row["match_month_on"], row["institution_street"]) == (date(2025, 1, 1), "1 BANK ST")
