"""What banks, registries, payers, the lottery and the gambling registry are told, byte for byte."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import queue_desk
from outside_slicer import cut, records
from queue_desk import AS_OF, QUEUES, C, T, Y, a_desk

queue_desk.SHAPES |= {
    "facts.account_facts": {
        "subject_id": T, "institution_tin": T, "institution_name": T, "institution_street": T,
        "institution_city": T, "institution_state": T, "institution_zip": T, "account_token": T,
        "account_last4": T, "has_benefit_check": Y, "benefits_found": queue_desk.pa.list_(T),
        "exemption_is_proven": Y, "identity_has_failed": Y, "bank_names_another_person": Y,
        "levy_hearing_is_won": Y, "bankruptcy_is_open": Y, "owed_cents": C, "levy_is_delivered": Y,
        "account_is_closed": Y, "has_open_case": Y, "account_is_renumbered": Y, "account_kind": T,
        "matched_on": queue_desk.D,
    },
    "facts.asset_facts": {
        "subject_id": T, "asset_id": T, "asset_kind": T, "asset_place": T, "asset_description": T,
        "asset_state": T,
        "cases_counted": queue_desk.pa.list_(T), "cases": queue_desk.pa.list_(T), "owed_cents": C,
        "installment_cents": C, "installment_frequency": T,
    },
    "caseload.assets": {
        "asset_id": T, "person_id": T, "kind": T, "place": T, "description": T, "state": T,
    },
    "facts.lump_sum_facts": {
        "subject_id": T, "claim_number": T, "claim_kind": T, "payer_id": T, "payer_name": T,
        "payer_line_1": T, "payer_city": T, "payer_state": T, "payer_zip": T, "let_go_cents": C,
    },
}  # fmt: skip
WHO = "0000000001"
ACCOUNT: dict[str, Any] = {
    "subject_id": "A1", "institution_tin": "010000099", "institution_name": "First Bank",
    "institution_street": "1 Bank St", "institution_city": "Bangor", "institution_state": "ME",
    "institution_zip": "04401", "account_token": "tacc", "account_last4": "4567", "has_benefit_check": True,
    "benefits_found": [], "exemption_is_proven": False, "identity_has_failed": False,
    "bank_names_another_person": False, "levy_hearing_is_won": False, "bankruptcy_is_open": False,
    "owed_cents": 1_800_00, "levy_is_delivered": False, "account_is_closed": False, "has_open_case": True,
    "matched_on": date(2024, 12, 31),
}  # fmt: skip
ASSET: dict[str, Any] = {
    "subject_id": "A1", "asset_kind": "real_property", "asset_place": "Sagadahoc Registry",
    "asset_description": "12 Mill St, Bath", "asset_state": "ME", "cases_counted": ["C1", "C2"],
    "cases": ["C1", "C2", "C3"], "owed_cents": 4_250_00, "installment_cents": 300_00,
    "installment_frequency": "monthly",
}  # fmt: skip
CLAIM: dict[str, Any] = {
    "subject_id": "A1", "claim_number": "CL-77", "claim_kind": "injury_award", "payer_id": "990000001",
    "payer_name": "Acme Insurance", "payer_line_1": "1 Claim Rd", "payer_city": "Portland",
    "payer_state": "ME", "payer_zip": "04101", "let_go_cents": 0,
}  # fmt: skip


def act(message: str, queue: str, **but: Any) -> dict[str, Any]:
    kind = "release" if message in ("release", "withdraw", "remove") else "send"
    row = {"subject_id": "A1", "case_id": None, "target_id": "A1", "kind": kind, "remedy": queue}
    return row | but


def said(desk: Any, queue: str, message: str, **carry: Any) -> None:
    desk.add(
        "published", queue=queue, subject_id="A1", target_id="A1", message=message, kind="send",
        published_on=date(2024, 12, 1), batch_no=1, carry=json.dumps(carry),
    )  # fmt: skip


def bank(folder: Path, message: str, amount: int = 1_200_00, **but: Any) -> tuple[list[str], Any]:
    """The lines of a levy file with one message, and what did not leave."""
    with a_desk("bank_levy", folder) as desk:
        desk.person().item(message, amount_cents=amount, **act(message, "bank_levy"))
        desk.add("facts.account_facts", **ACCOUNT | but)
        desk.add("vault_accounts", account_token="tacc", account_number="0001234567")
        if message != "order":
            said(desk, "bank_levy", "order", reference="the-order", person_token=f"t{WHO}")
        built = desk.build()
        return (records(desk.write().path, 560) if built.records else []), built.not_sent


def test_an_order_to_withhold_stands_where_its_layout_says(tmp_path: Path) -> None:
    [header, line, trailer], _ = bank(tmp_path, "order")
    folder = QUEUES / "bank_levy"
    assert header[:32] == "HBANK LEVIES".ljust(21) + "00120250115"
    assert {name: text.rstrip() for name, text in cut(folder / "record.csv", line).items()} == {
        "record_type": "D", "action": "ORDER", "reference": "bank_levy:A1:1:order:A1:1",
        "order_reference": "bank_levy:A1:1:order:A1:1", "action_on": "20250115",
        "institution_tin": "010000099", "institution_name": "FIRST BANK",
        "institution_street": "1 BANK ST", "institution_city": "BANGOR", "institution_state": "ME",
        "institution_zip": "04401", "account_number": "0001234567", "owner_last_name": "PELLETIER",
        "owner_first_name": "ADRIEN", "ssn": "900010001", "amount": "00000120000", "answer_days": "020",
        "delivery_after_days": "020", "right_to_garnish": "N", "release_reason": "", "filler": "",
    }  # fmt: skip
    assert line[345:365] == "0001234567".ljust(20)
    assert trailer[:25] == "T" + "000000001" + "000000000120000"


@pytest.mark.parametrize(
    ("attach", "check", "found", "flag"),
    [
        (False, True, [], "N"),
        (True, True, [], "Y"),
        (True, False, [], "N"),
        (True, True, ["VA"], "N"),
        (True, None, None, "N"),
    ],
)
def test_the_notice_of_right_to_garnish_needs_a_state_that_wants_it_and_a_clean_check(
    tmp_path: Path, attach: bool, check: bool | None, found: list[str] | None, flag: str
) -> None:
    with a_desk("bank_levy", tmp_path) as desk:
        params = {**desk.terms.params, "attach_right_to_garnish": attach}
        desk.terms = queue_desk.Terms(AS_OF, params, desk.terms.partner)
        desk.person().item("order", **act("order", "bank_levy"))
        desk.add("facts.account_facts", **ACCOUNT | {"has_benefit_check": check, "benefits_found": found})
        desk.add("vault_accounts", account_token="tacc", account_number="0001234567").build()
        assert desk.rows()[0]["right_to_garnish"] == flag


def test_delivery_is_demanded_under_the_order_that_froze_the_money(tmp_path: Path) -> None:
    [_, line, _], _ = bank(tmp_path, "deliver")
    said_of = cut(QUEUES / "bank_levy" / "record.csv", line)
    assert (said_of["action"].rstrip(), said_of["order_reference"].rstrip()) == ("DELIVER", "the-order")
    assert (said_of["answer_days"], said_of["amount"]) == ("000", "00000120000")


@pytest.mark.parametrize("message", ["change", "deliver", "release"])
def test_what_follows_an_order_names_the_account_that_was_ordered(tmp_path: Path, message: str) -> None:
    with a_desk("bank_levy", tmp_path) as desk:
        desk.person().item(message, amount_cents=500_00, **act(message, "bank_levy"))
        desk.add("facts.account_facts", **ACCOUNT | {"account_token": "tnew", "account_last4": "7654"})
        for token, number in (("tacc", "0001234567"), ("tnew", "0007654321")):
            desk.add("vault_accounts", account_token=token, account_number=number)
        said(desk, "bank_levy", "order", reference="the-order", account_token="tacc", account_last4="4567")
        assert desk.build().not_sent == ()
        line = cut(QUEUES / "bank_levy" / "record.csv", records(desk.write().path, 560)[1])
        assert line["account_number"].rstrip() == "0001234567"
        assert json.loads(desk.rows()[0]["carry"])["account_last4"] == "4567"


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        ({"owed_cents": 0}, "PAID"),
        ({"exemption_is_proven": True, "owed_cents": 0}, "EXEMPT"),
        ({"bank_names_another_person": True}, "PERSON"),
        ({"identity_has_failed": True}, "PERSON"),
        ({"levy_hearing_is_won": True}, "HEARING"),
        ({"bankruptcy_is_open": True}, "BANKRUPTCY"),
        ({"levy_is_delivered": True}, "DONE"),
        ({"account_is_renumbered": True}, "DONE"),
        ({"has_open_case": False}, "CLOSED"),
    ],
)
def test_a_release_names_its_ground_and_no_amount(tmp_path: Path, fact: dict[str, Any], reason: str) -> None:
    [_, line, trailer], _ = bank(tmp_path, "release", **fact)
    said_of = cut(QUEUES / "bank_levy" / "record.csv", line)
    assert (said_of["action"].rstrip(), said_of["release_reason"].rstrip()) == ("RELEASE", reason)
    assert (said_of["amount"], trailer[10:25]) == ("0" * 11, "0" * 15)
    assert said_of["order_reference"].rstrip() == "the-order"


def test_an_order_for_nothing_goes_to_a_person(tmp_path: Path) -> None:
    lines, [fault] = bank(tmp_path, "order", amount=0)
    assert (lines, fault.reason) == ([], "an order states an amount above zero")


def test_the_frozen_content_of_a_levy_holds_no_number_of_account_or_person(tmp_path: Path) -> None:
    bank(tmp_path, "order")
    content = (tmp_path / "bank_levy.parquet").read_bytes()
    assert b"0001234567" not in content
    assert b"900010001" not in content
    # On which match the order rests: another order waits for another one.
    [carry] = pq.read_table(tmp_path / "bank_levy.parquet")["carry"].to_pylist()
    assert json.loads(carry)["matched_on"] == "2024-12-31"


def lien(folder: Path, message: str, **but: Any) -> str:
    with a_desk("liens", folder) as desk:
        desk.person().item(message, amount_cents=4_000_00, **act(message, "lien_real_property"))
        desk.add("facts.asset_facts", **ASSET | but)
        if message != "record":
            said(desk, "liens", "record", reference="the-lien")
        [_, line, _] = records(desk.write().path, 720)
    return line


def test_a_lien_for_the_registry_of_deeds_tells_what_pays_it_off(tmp_path: Path) -> None:
    line = lien(tmp_path, "record")
    assert {name: text.rstrip() for name, text in cut(QUEUES / "liens" / "record.csv", line).items()} == {
        "record_type": "D", "action": "RECORD", "reference": "lien_real_property:A1:1:record:A1:1",
        "lien_reference": "lien_real_property:A1:1:record:A1:1", "document_on": "20250115",
        "office_kind": "D", "place": "SAGADAHOC REGISTRY", "property": "12 MILL ST, BATH",
        "property_state": "ME", "owner_last_name": "PELLETIER", "owner_first_name": "ADRIEN",
        "cases": "C1 C2", "amount": "00000400000", "payoff_amount": "00000425000",
        "payoff_on": "20250115", "installment": "00000030000", "installment_frequency": "monthly",
        "per_diem_text": "NO INTEREST BY THE DAY; INSTALLMENTS AS THEY FALL DUE", "filler": "",
    }  # fmt: skip
    assert "900010001" not in line


def test_personal_property_goes_to_the_secretary_of_state_and_a_release_owes_nothing(tmp_path: Path) -> None:
    layout = QUEUES / "liens" / "record.csv"
    assert cut(layout, lien(tmp_path, "record", asset_kind="vehicle"))["office_kind"] == "S"
    freed = cut(layout, lien(tmp_path, "release"))
    assert (freed["action"], freed["lien_reference"].rstrip()) == ("RELEASE", "the-lien")
    assert {freed[name] for name in ("amount", "payoff_amount", "installment")} == {"0" * 11}
    assert freed["per_diem_text"].rstrip() == "NOTHING IS OWED UNDER THIS LIEN"
    payoff = cut(layout, lien(tmp_path, "payoff"))
    assert (payoff["action"], payoff["amount"], payoff["payoff_amount"]) == (
        "PAYOFF ", "00000400000", "00000425000",
    )  # fmt: skip


def claim(folder: Path, message: str, amount: int = 6_000_00) -> str:
    with a_desk("settlements", folder) as desk:
        desk.person().item(message, amount_cents=amount, **act(message, "insurance_settlement"))
        desk.add("facts.lump_sum_facts", **CLAIM)
        [_, line, _] = records(desk.write().path, 560)
    return line


def test_a_claim_on_an_award_stands_where_its_layout_says(tmp_path: Path) -> None:
    found = cut(QUEUES / "settlements" / "record.csv", claim(tmp_path, "lien"))
    assert {name: text.rstrip() for name, text in found.items()} == {
        "record_type": "D", "action": "LIEN", "reference": "insurance_settlement:A1:1:lien:A1:1",
        "action_on": "20250115", "claim_number": "CL-77", "claim_kind": "INJURY_AWARD",
        "payer_id": "990000001", "payer_name": "ACME INSURANCE", "payer_street": "1 CLAIM RD",
        "payer_city": "PORTLAND", "payer_state": "ME", "payer_zip": "04101",
        "claimant_last_name": "PELLETIER", "claimant_first_name": "ADRIEN", "claimant_birth_on": "19800229",
        "ssn": "900010001", "amount": "00000600000", "left_to_others": "00000000000", "filler": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("message", "amount", "written"),
    [("order", 6_000_00, "00000600000"), ("change", 0, "0" * 11), ("release", 6_000_00, "0" * 11)],
)
def test_a_claim_that_is_let_go_states_nothing(
    tmp_path: Path, message: str, amount: int, written: str
) -> None:
    said_of = cut(QUEUES / "settlements" / "record.csv", claim(tmp_path, message, amount))
    assert (said_of["action"].rstrip(), said_of["amount"]) == (message.upper(), written)


def listed(folder: Path, queue: str, message: str, amount: int) -> str:
    with a_desk(queue, folder) as desk:
        desk.person().item(message, amount_cents=amount, **act(message, queue))
        [_, line, _] = records(desk.write().path, 160)
    return line


def test_the_lottery_hears_the_debt_and_its_rank(tmp_path: Path) -> None:
    line = listed(tmp_path, "lottery", "list", 500_00)
    assert {name: text.rstrip() for name, text in cut(QUEUES / "lottery" / "record.csv", line).items()} == {
        "record_type": "D", "action": "LIST", "ssn": "900010001", "person_number": WHO,
        "last_name": "PELLETIER", "first_name": "ADRIEN", "date_of_birth": "19800229",
        "amount": "00000050000", "priority_rank": "01", "filler": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("message", "amount", "action", "written"),
    [
        ("add", 3_200_00, "ADD", "00000320000"),
        ("change", 3_100_00, "CHANGE", "00000310000"),
        ("change", 0, "REMOVE", "0" * 11),
        ("remove", 3_200_00, "REMOVE", "0" * 11),
    ],
)
def test_the_gambling_registry_hears_the_amount_and_no_reason(
    tmp_path: Path, message: str, amount: int, action: str, written: str
) -> None:
    line = listed(tmp_path, "gambling_registry", message, amount)
    said_of = cut(QUEUES / "gambling_registry" / "record.csv", line)
    assert (said_of["action"].rstrip(), said_of["amount"]) == (action, written)
    assert (said_of["transmit_days"], said_of["hearing_days"]) == ("007", "015")
    assert "SUPPORT" not in line


def debtor(folder: Path, message: str, amount: int) -> list[str]:
    with a_desk("lien_network", folder) as desk:
        desk.person().item(message, amount_cents=amount, **act(message, "lien_network"))
        return records(desk.write().path, 980)


def test_the_lien_network_hears_of_the_debtor_alone_in_whole_dollars(tmp_path: Path) -> None:
    header, line, _, trailer = debtor(tmp_path, "list", 1_500_99)
    layout = QUEUES / "lien_network"
    assert (header[:2], header[3:11], header[23:53].rstrip()) == ("00", "20250115", "MAINE DHHS DSER")
    assert (trailer[:2], trailer[2:8]) == ("99", "000001")
    found = {name: text.rstrip() for name, text in cut(layout / "record.csv", line).items()}
    assert {name: text for name, text in found.items() if text} == {
        "record_type": "01", "last_name": "PELLETIER", "first_name": "ADRIEN", "ssn": "900010001",
        "date_of_birth": "1980-02-29", "zip5": "00000", "arrears_balance": "00000000001500",
        "arrears_as_of": "2025-01-15", "person_number": WHO,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("message", "amount", "dollars"), [("change", 99, 0), ("change", 1_00, 1), ("withdraw", 1_500_00, 0)]
)
def test_a_debtor_with_less_than_a_dollar_is_taken_out(
    tmp_path: Path, message: str, amount: int, dollars: int
) -> None:
    _, line, _, _ = debtor(tmp_path, message, amount)
    assert cut(QUEUES / "lien_network" / "record.csv", line)["arrears_balance"] == f"{dollars:014}"
