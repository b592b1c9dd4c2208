"""What a partner finds its record by is what it was told, not tonight's facts; and what nothing owed says."""

from datetime import date
from pathlib import Path

import pytest
from outside_slicer import records
from queue_desk import a_desk

NOTICE = {"person_id": "0000000001", "about": "federal_offset", "sent_on": date(2024, 11, 1)}
FEDERAL = {"remedy": "federal_tax_offset", "subject_id": "0000000001-N", "target_id": "0000000001-N"}
SETOFF = {"remedy": "state_tax_intercept", "subject_id": "0000000001", "target_id": "0000000001"}


@pytest.mark.parametrize(
    ("message", "account"),
    [("certify", "0020000000001"), ("change", "0010000000001"), ("withdraw", "0010000000001")],
)
def test_a_setoff_claim_keeps_the_account_under_which_it_was_certified(
    tmp_path: Path, message: str, account: str
) -> None:
    with a_desk("state_tax_setoff", tmp_path) as desk:
        desk.person().heard("0000000001", account_id_number="0010000000001")
        desk.item(message, **SETOFF, office="002").build()
        [row] = desk.rows()
    assert row["account_id_number"] == account
    assert f'"account_id_number":"{account}"' in row["carry"]


def test_a_setoff_claim_of_the_opening_ledger_without_its_account_uses_tonights(tmp_path: Path) -> None:
    with a_desk("state_tax_setoff", tmp_path) as desk:
        desk.person().heard("0000000001", certified_cents=100).item("change", **SETOFF, office="002").build()
        assert desk.rows()[0]["account_id_number"] == "0020000000001"


def test_a_setoff_claim_that_fell_to_nothing_is_withdrawn(tmp_path: Path) -> None:
    with a_desk("state_tax_setoff", tmp_path) as desk:
        desk.person().item("change", **SETOFF, amount_cents=0)
        [line] = records(desk.write().path, 182)
        [row] = desk.rows()
    assert (line[142:155], row["is_withdrawal"]) == ("0" * 13, True)
    assert '"certified_cents":0' in row["carry"]


def test_a_modify_under_one_dollar_is_a_delete(tmp_path: Path) -> None:
    with a_desk("federal_offset", tmp_path) as desk:
        desk.person().person("0000000002")
        desk.heard("0000000001-N", remedy="federal_tax_offset", reported_dollars=5)
        desk.heard("0000000002-N", remedy="federal_tax_offset", reported_dollars=5)
        desk.item("modify", **FEDERAL, amount_cents=99)
        more = {"remedy": "federal_tax_offset", "subject_id": "0000000002-N", "person_id": "0000000002"}
        desk.item("modify", **more, amount_cents=1_00)
        first, second, _ = records(desk.write().path, 245)
        rows = desk.rows()
    assert [(line[72], line[64:72]) for line in (first, second)] == [("D", "00000000"), ("M", "00000001")]
    assert [row["is_withdrawal"] for row in rows] == [True, False]


@pytest.mark.parametrize(
    ("message", "sent_under", "left"),
    [
        ("modify", "t-old", ("D", "900019999")),
        ("delete", "t-old", ("D", "900019999")),
        ("replace_exclusions", "t-old", ("D", "900019999")),
        ("modify", "t0000000001", ("M", "900010001")),
        # A further remedy does not leave a record standing under a number that is not the parent's.
        ("add", "t-old", ("D", "900019999")),
    ],
)
def test_a_federal_record_is_found_by_the_number_under_which_it_was_submitted(
    tmp_path: Path, message: str, sent_under: str, left: tuple[str, str]
) -> None:
    with a_desk("federal_offset", tmp_path) as desk:
        desk.person().add("caseload.notices", **NOTICE).add("vault", person_token="t-old", ssn="900019999")
        desk.heard("0000000001-N", remedy="federal_tax_offset", person_token=sent_under).item(
            message, **FEDERAL
        )
        record, _ = records(desk.write().path, 245)
        [row] = desk.rows()
    assert (record[72], record[5:14]) == left
    assert f'"person_token":"{row["person_token"]}"' in row["carry"]
    assert "9000" not in row["carry"]


def test_a_federal_record_of_the_opening_ledger_uses_tonights_number(tmp_path: Path) -> None:
    with a_desk("federal_offset", tmp_path) as desk:
        desk.person().heard("0000000001-N", remedy="federal_tax_offset", reported_dollars=5)
        desk.item("delete", **FEDERAL).build()
        [row] = desk.rows()
    assert (row["person_token"], row["transaction_type"]) == ("t0000000001", "D")
