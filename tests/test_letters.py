"""Every letter says what its source asks it to say, in its own record."""

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from outside_slicer import cut, records
from queue_desk import AS_OF, QUEUES, Desk, a_desk

from arrears import house
from arrears.errors import RuleFault
from arrears.law.profile import Profile
from arrears.queues import load_queues
from arrears.queues.letters import Content, load_letters

LETTERS = load_letters(house.RULES, load_queues(house.QUEUES))
SHARED = Profile.load(house.RULES, "ma").with_values({"overpayment.recoup_percent": 10})
LENGTHS = {"custodial_notices": 400, "obligor_notices": 600}


def written(desk: Desk, letter: str, **but: object) -> dict[str, str]:
    """The fields of the one letter of a desk, with those of its header."""
    queue = desk.queue.name
    desk.person().case()
    desk.person("0000000009", last_name="Roy", first_name="Claire")
    desk.add("facts.custodial_parents", case_id="C1", person_id="0000000009", location_is_protected=False)
    desk.add("facts.notice_facts", case_id="C1", children_names="Ada, Zoé")
    desk.add("facts.account_facts", subject_id="C1", institution_name="Dirigo Bank", account_last4="4471")
    if letter == "lien":
        desk.add("facts.asset_facts", subject_id="C1", asset_description="Lot 4", asset_place="York County")
    life = {"case_id": "C1", "closing_ground": "little_owed", "case_closed_on": date(2025, 1, 10)}
    desk.add("facts.life_facts", **life | but)
    desk.add("facts.money_facts", case_id="C1", overpayment_ids=["O1", "O2"], overpayment_causes="misposted")
    desk.item(letter, kind="notice", amount_cents=2_500_99)
    header, line, _ = records(desk.write().path, LENGTHS[queue], "latin-1")
    return {**cut(QUEUES / queue / "header.csv", header), **cut(QUEUES / queue / "record.csv", line)}


@pytest.mark.parametrize(("queue", "letter"), LETTERS, ids=" ".join)
def test_every_field_that_a_citation_asks_for_is_filled(queue: str, letter: str, tmp_path: Path) -> None:
    with a_desk(queue, tmp_path) as desk:
        # Maine's tax assessor tells of a set-off there, so that the letter is Massachusetts' alone.
        if letter == "state_offset":
            desk.terms = desk.queue.terms(Profile.load(house.RULES, "ma"), AS_OF)
        if letter == "overpayment":  # where a state has set a share
            desk.terms = desk.queue.terms(SHARED, AS_OF)
        said = written(desk, letter)
    contents: tuple[Content, ...] = LETTERS[queue, letter]
    empty = {field for one in contents for field in one.fields if not said[field].strip(" 0")}
    assert empty == set()


def test_the_letter_that_confirms_closing_gives_the_reason_of_the_first_one(tmp_path: Path) -> None:
    with a_desk("custodial_notices", tmp_path) as desk:
        desk.add(
            "published", queue="custodial_notices", subject_id="C1", kind="notice", message="closure_60_days",
            published_on=date(2024, 11, 1), batch_no=1, carry=json.dumps({"closing_ground": "asked"}),
        )  # fmt: skip
        said = written(desk, "closure_done", closing_ground=None)
    assert (said["reason"].strip(), said["effective_on"]) == ("YOU ASKED", "20250110")


def test_a_family_reads_what_was_paid_in_error_why_which_share_is_kept_and_from_when(tmp_path: Path) -> None:
    with a_desk("custodial_notices", tmp_path) as desk:
        desk.terms = desk.queue.terms(SHARED, AS_OF)
        said = written(desk, "overpayment")
    assert {name: said[name].strip() for name in ("amount", "reason", "share_percent", "respond_days")} == {
        "amount": "0000000250099", "reason": "POSTED IN ERROR", "share_percent": "10", "respond_days": "030",
    }  # fmt: skip
    assert said["effective_on"] == f"{AS_OF + timedelta(30):%Y%m%d}"


def test_no_letter_about_an_overpayment_leaves_without_a_share_or_a_reason(tmp_path: Path) -> None:
    for terms, causes, missing in ((None, "misposted", "says which share"), (SHARED, None, "says why")):
        with a_desk("custodial_notices", tmp_path / str(causes)) as desk:
            if terms:
                desk.terms = desk.queue.terms(terms, AS_OF)
            desk.person("0000000009").case()
            reader = {"person_id": "0000000009", "location_is_protected": False}
            desk.add("facts.custodial_parents", case_id="C1", **reader)
            desk.add("facts.money_facts", case_id="C1", overpayment_ids=["O1"], overpayment_causes=causes)
            built = desk.item("overpayment", kind="notice", amount_cents=120_00).build()
        assert built.records == 0
        assert missing in built.not_sent[0].reason


def test_a_closing_letter_that_cannot_say_why_goes_to_a_person(tmp_path: Path) -> None:
    with a_desk("custodial_notices", tmp_path) as desk:
        desk.person("0000000009").case()
        desk.add("facts.custodial_parents", case_id="C1", person_id="0000000009", location_is_protected=False)
        desk.add("facts.life_facts", case_id="C1")
        built = desk.item("closure_60_days", kind="notice").build()
    assert built.records == 0
    assert "says why" in built.not_sent[0].reason


def test_a_letter_on_a_review_states_no_debt(tmp_path: Path) -> None:
    with a_desk("obligor_notices", tmp_path) as desk:
        said = written(desk, "review_forms")
    assert (said["amount"], said["respond_days"]) == ("0" * 13, "030")


def test_a_letter_without_the_field_that_its_citation_asks_for_is_a_fault(tmp_path: Path) -> None:
    shutil.copytree(house.RULES, tmp_path / "rules")
    path = tmp_path / "rules" / "letters.yml"
    text = path.read_text()
    path.write_text(text.replace("fields: [reason]", "fields: [reason_for_closing]", 1))
    with pytest.raises(RuleFault, match="reason_for_closing, which no record of custodial_notices has"):
        load_letters(tmp_path / "rules", load_queues(house.QUEUES))
    path.write_text(text.replace("    review_right:\n", "    review_rights:\n", 1))
    with pytest.raises(RuleFault, match="what the letter review_right has to say is not told"):
        load_letters(tmp_path / "rules", load_queues(house.QUEUES))
