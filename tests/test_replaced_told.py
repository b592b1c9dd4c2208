"""What a partner is told when a parent is let go who owes no more, or whose case is another's."""

import json
from datetime import date
from pathlib import Path

import pytest
from outside_slicer import cut, records
from queue_desk import QUEUES, a_desk
from test_assets_queues import WHO, act, said

ADDRESS = {"line_1": "9 OLD RD", "line_2": None, "city": "BATH", "state": "ME", "zip": "04530"}


def taken_back(
    folder: Path, told: bool = True, is_same: bool = False, **person: object
) -> tuple[dict[str, str] | None, list[str]]:
    """The bureaus' line that takes back what was said of the parent before, and why it did not leave."""
    with a_desk("credit_bureaus", folder) as desk:
        desk.person(**person).person("0000000002").case("C1", "0000000002").item("close", kind="release")
        carry = {"first_delinquency_on": "2024-08-01", "highest_dollars": 3600, "reported_dollars": 3600}
        desk.heard("C1", person_id=WHO, **carry | ({"address": ADDRESS} if told else {}))
        if is_same:
            desk.add("facts.same_people", person_id="0000000002", other_id=WHO)
        built = desk.build()
        reasons = [one.reason for one in built.not_sent]
        if not built.records:
            return None, reasons
        line = records(desk.write().path, 426)[1]
        return cut(QUEUES / "credit_bureaus" / "record.csv", line), reasons


def test_the_bureaus_hear_that_the_line_of_the_parent_before_is_deleted(tmp_path: Path) -> None:
    line, reasons = taken_back(tmp_path, told=False)
    assert reasons == []
    assert line is not None
    assert (line["account_status"], line["surname"].rstrip()) == ("DA", "PELLETIER")
    assert line["first_line_address"].rstrip() == "12 MILL ST."


def test_the_account_of_the_same_person_under_another_number_of_ours_closes_as_paid(tmp_path: Path) -> None:
    line, _ = taken_back(tmp_path, is_same=True)
    assert line is not None
    assert line["account_status"] == "13"


@pytest.mark.parametrize("place", [{"protected": True}, {"line_1": None}, {"family_violence": True}])
def test_it_leaves_under_the_address_last_told_where_the_one_of_today_is_none_to_tell(
    tmp_path: Path, place: dict[str, object]
) -> None:
    line, reasons = taken_back(tmp_path, **place)
    assert reasons == []
    assert line is not None
    assert (line["account_status"], line["first_line_address"].rstrip()) == ("DA", "9 OLD RD")


def test_a_protected_place_that_the_bureaus_never_heard_is_not_told_now(tmp_path: Path) -> None:
    line, reasons = taken_back(tmp_path, told=False, protected=True)
    assert (line, reasons) == (None, ["needs an address that is protected"])


def test_the_history_of_the_parent_before_is_none_of_the_next_ones(tmp_path: Path) -> None:
    with a_desk("credit_bureaus", tmp_path) as desk:
        desk.person("0000000002").case("C1", "0000000002")
        desk.item("report", person_id="0000000002", amount_cents=500_00)
        desk.heard("C1", person_id=WHO, first_delinquency_on="2020-01-01", highest_dollars=99_000).build()
        carry = json.loads(desk.rows()[0]["carry"])
        assert (carry["first_delinquency_on"], carry["highest_dollars"]) == ("2024-12-01", 500)


def test_a_lien_is_released_although_its_owner_owes_in_no_case(tmp_path: Path) -> None:
    with a_desk("liens", tmp_path) as desk:
        desk.person().item("release", **act("release", "liens", subject_id=f"{WHO}-9A"))
        desk.add(
            "caseload.assets", asset_id="9A", person_id=WHO, kind="real_property", place="Sagadahoc Registry",
            description="12 Mill St", state="ME",
        )  # fmt: skip
        desk.add(
            "published", queue="liens", subject_id=f"{WHO}-9A", message="record", kind="send",
            published_on=date(2024, 12, 1), batch_no=1, carry=json.dumps({"reference": "the-lien"}),
        )  # fmt: skip
        assert desk.build().not_sent == ()
        line = cut(QUEUES / "liens" / "record.csv", records(desk.write().path, 720)[1])
        assert (line["action"].rstrip(), line["lien_reference"].rstrip()) == ("RELEASE", "the-lien")
        assert line["property"].rstrip() == "12 MILL ST"


def test_an_account_is_let_go_as_it_was_ordered(tmp_path: Path) -> None:
    with a_desk("bank_levy", tmp_path) as desk:
        desk.person().item("release", **act("release", "bank_levy"))
        desk.add("vault_accounts", account_token="tacc", account_number="0001234567")
        words = {
            "reference": "the-order", "person_token": f"t{WHO}", "account_token": "tacc",
            "institution_tin": "010000099", "institution_name": "First Bank", "institution_zip": "04401",
            "institution_street": "1 Bank St", "institution_city": "Bangor", "institution_state": "ME",
        }  # fmt: skip
        said(desk, "bank_levy", "order", **words)
        assert desk.build().not_sent == ()
        line = cut(QUEUES / "bank_levy" / "record.csv", records(desk.write().path, 560)[1])
        assert (line["release_reason"].rstrip(), line["institution_name"].rstrip()) == (
            "PERSON",
            "FIRST BANK",
        )


def test_a_claim_on_money_is_let_go_as_it_was_made(tmp_path: Path) -> None:
    with a_desk("settlements", tmp_path) as desk:
        desk.person().item("release", **act("release", "settlements"))
        words = {
            "person_token": f"t{WHO}", "claim_number": "CL-77", "claim_kind": "injury_award",
            "payer_name": "Acme Insurance", "payer_line_1": "1 Claim Rd", "payer_city": "Portland",
            "payer_state": "ME", "payer_zip": "04101",
        }  # fmt: skip
        said(desk, "settlements", "lien", **words)
        assert desk.build().not_sent == ()
        assert desk.rows()[0]["payer_name"] == "ACME INSURANCE"


# The row of the parent before is gone as well.


def gone(
    folder: Path, kind: str = "release", is_same: bool = False
) -> tuple[list[dict[str, str]], list[str]]:
    """What a license body hears of a parent whom the extract has no more, and why the rest did not leave."""
    with a_desk("sos_license", folder) as desk:
        desk.person("0000000002").case("C1", "0000000002")
        message = {"release": "reinstate", "send": "restrict"}[kind]
        desk.item(message, kind=kind, person_id=WHO, target_id="L1", case_id="")
        desk.heard("L1", person_id=WHO, identity={"number": "t0000000002"})
        desk.tables["published"][-1] |= {"case_id": "C7", "message": "restrict"}
        if is_same:
            desk.add("facts.same_people", person_id="0000000002", other_id=WHO)
        built = desk.build()
        reasons = [one.reason for one in built.not_sent]
        lines = records(desk.write().path, 250) if built.records else []
        return [cut(QUEUES / "sos_license" / "record.csv", line) for line in lines], reasons


def test_whom_the_extract_has_under_another_person_number_is_let_go_under_the_old_one(tmp_path: Path) -> None:
    [line], reasons = gone(tmp_path, is_same=True)
    assert reasons == []
    assert (line["request_type"], line["last_name"].rstrip()) == ("2", "PELLETIER")
    assert (line["person_number"], line["ssn"]) == (WHO, "900010002")


def test_of_whom_nobody_keeps_the_name_a_person_hears_partner_case_and_what_to_do(tmp_path: Path) -> None:
    lines, [reason] = gone(tmp_path)
    assert lines == []
    assert "License restriction and reinstatement" in reason
    assert f"person {WHO} is (cases: C7)" in reason
    assert "tell the partner by hand" in reason


def test_nothing_is_asked_to_be_withdrawn_by_hand_that_was_never_sent(tmp_path: Path) -> None:
    assert gone(tmp_path, kind="send") == ([], ["the facts name nobody to write about"])
