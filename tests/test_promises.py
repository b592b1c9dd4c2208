"""A sentence that promises an act names what makes it; and the acts that cards promised are made."""

import shutil
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from outside_slicer import cut, records
from queue_desk import QUEUES, a_desk

from arrears import house
from arrears.cli.check import check_house
from arrears.law.profile import Profile
from arrears.law.profile_files import states
from arrears.law.promises import promise, promise_faults
from arrears.law.remedy import load_cards
from tests.builders import Caseload

AS_OF = date(2025, 5, 15)
REVIEW = "rules/conditions/order.yml"


def broken(root: Path) -> list[str]:
    """What no act keeps, of the rules under a folder."""
    rules = root / "rules"
    profiles = {one: Profile.load(rules, one) for one in states(rules)}
    return promise_faults(rules, profiles, load_cards(rules))[1]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in ("rules", "transforms", "expectations"):
        shutil.copytree(house.ROOT / name, tmp_path / name)
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Another state or tribe made the order; the request is referred to it.", "is referred"),
        (
            "The federal office rejected the record: {reject_reasons}. A person works it first.",
            "A person works",
        ),
        ("No complete address is on file; the parent has to be located first.", "has to be located"),
        ("Is held; there is a duty to review the order instead.", "duty to"),
        ("An employer or a bank account is known; that is taken first.", "is taken first"),
        ("Another state sent this case; it is not referred on.", None),
        ("No amount of current support is given.", None),
        ("A supervisor or a tribunal released the passport.", None),
    ],
)
def test_a_promise_is_heard_in_its_sentence(sentence: str, words: str | None) -> None:
    assert promise(sentence) == words


def test_every_promise_of_the_house_is_kept() -> None:
    assert broken(house.ROOT) == []


@pytest.mark.parametrize(
    ("instead", "fault"),
    [
        ("", '"is referred" promises an act; say under follows what makes it'),
        ("follows: {work: [nobody_does_it]}", "follows names nobody_does_it, which is none of work"),
        ("follows: {work: [federal_reject]}", "rests on nothing that the sentence is about"),
        ("follows: {steps: [contempt.look]}", "nothing that follows is in use in me"),
    ],
)
def test_a_promise_that_nobody_keeps_is_a_fault(copied: Path, instead: str, fault: str) -> None:
    change(copied / REVIEW, "follows: {steps: [review_referral.refer], work: [review_elsewhere]}", instead)
    told = [one for one in broken(copied) if one.startswith("review_modification.enter.order_is_ours")]
    assert len(told) == 1
    assert fault in told[0]


def asked(issued_by: str, issuing_state: str | None, **review: object) -> Caseload:
    """A case whose parent asked a month ago for a review of its order."""
    caseload = Caseload(AS_OF).debtor(order={"issued_by": issued_by, "issuing_state": issuing_state})
    return caseload.add(
        "reviews", review_id="V1", order_id="O-C1", case_id="C1", asked_by="custodial",
        asked_on=AS_OF - timedelta(30), **review,
    )  # fmt: skip


def life(caseload: Caseload) -> SimpleNamespace:
    return caseload.facts("life_facts")["C1"]


def test_a_review_of_another_states_order_runs_the_clock_of_its_referral() -> None:
    fact = life(asked("other_state", "NH"))
    assert (fact.order_state, fact.order_is_own) == ("NH", False)
    assert fact.review_elsewhere_asked_on == AS_OF - timedelta(30)
    assert (fact.review_here_asked_on, fact.review_referred_on) == (None, None)


def test_our_request_or_the_agencys_own_referral_meets_that_clock() -> None:
    ours = asked("other_state", "NH")
    ours.published.append({
        "action_id": "a", "episode_id": "e", "remedy": "review_referral", "subject_id": "C1", "case_id": "C1",
        "step": "refer", "kind": "notice", "queue": "interstate_referrals", "message": "ask_review",
        "published_on": AS_OF - timedelta(20), "version": 1,
    })  # fmt: skip
    assert life(ours).review_referred_on == AS_OF - timedelta(20)
    theirs = asked("other_state", "NH")
    sent = {"case_id": "C1", "to_state": "NH", "decided_on": AS_OF - timedelta(28)}
    theirs.add("referrals", **sent, sent_on=AS_OF - timedelta(25))
    assert life(theirs).review_referred_on == AS_OF - timedelta(25)
    before = asked("other_state", "NH").add("referrals", **sent, sent_on=AS_OF - timedelta(31))
    assert life(before).review_referred_on is None


def test_the_forms_of_a_review_run_from_the_request_and_are_out_when_both_parents_have_them() -> None:
    caseload = asked("this_state", "ME")
    assert life(caseload).review_here_asked_on == AS_OF - timedelta(30)
    letter = {
        "action_id": "a", "episode_id": "e", "remedy": "review_modification", "subject_id": "C1",
        "case_id": "C1", "step": "forms_obligor", "kind": "notice", "queue": "obligor_notices",
        "message": "review_forms", "published_on": AS_OF - timedelta(9), "version": 1,
    }  # fmt: skip
    caseload.published.append(letter)
    assert life(caseload).review_forms_sent_on is None
    caseload.published.append({**letter, "queue": "custodial_notices", "published_on": AS_OF - timedelta(8)})
    assert life(caseload).review_forms_sent_on == AS_OF - timedelta(8)


def test_the_states_own_years_open_a_review_without_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    caseload = Caseload(AS_OF).debtor(order={"entered_on": AS_OF - timedelta(3 * 366)})
    assert life(caseload).review_needs_no_proof is True
    younger = Caseload(AS_OF).debtor(order={"entered_on": AS_OF - timedelta(2 * 366)})
    assert life(younger).review_needs_no_proof is False


def test_a_parent_held_for_nobody_knows_how_long_is_seen() -> None:
    held = Caseload(AS_OF).debtor(person={"in_prison": True})
    assert (life(held).in_prison, life(held).sentence_is_known) == (True, False)
    held.add("custody", person_id="P-C1", from_on=date(2025, 3, 1), expected_to_on=date(2025, 7, 1))
    assert life(held).sentence_is_known is True


def test_the_request_for_a_review_leaves_for_the_state_that_made_the_order(tmp_path: Path) -> None:
    with a_desk("interstate_referrals", tmp_path) as desk:
        desk.person().case()
        desk.add(
            "facts.life_facts", case_id="C1", other_state="VT", order_state="NH", ordered_cents=500_00,
            review_asked_on=date(2025, 1, 3), papers_complete_on=date(2024, 11, 2), order_copies=3,
        )  # fmt: skip
        desk.item("ask_review", remedy="review_referral", kind="notice", episode_id="e1", amount_cents=None)
        [line] = [one for one in records(desk.write().path, 240) if one.startswith("D")]
    said = cut(QUEUES / "interstate_referrals" / "record.csv", line)
    assert (said["action"], said["to_state"], said["review_asked_on"]) == ("A", "NH", "20250103")
    assert (said["arrears"], said["papers_complete_on"].strip("0 ")) == ("0" * 13, "")
    assert said["order_copies"] == "03"


def test_check_names_a_wrong_clock_beside_the_promises(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = copied / "rules/deadlines/life.yml"
    change(path, "anchor: review_elsewhere_asked_on", "anchor: boat_found_on")
    monkeypatch.setattr(house, "RULES", copied / "rules")
    told = "\n".join(check_house()["faults"])
    assert "boat_found_on is not a described fact" in told
