"""What the federal record, the state's claim and offset money rest on: literal caseloads, expected facts."""

import json
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from builders import AS_OF, Caseload

HELD = {"balance_class": "during_assistance", "is_assigned": True}


def record(caseload: Caseload, kind: str = "N") -> SimpleNamespace:
    return caseload.facts("federal_facts")[f"P-C1-{kind}"]


def owing(cents: int, state: str = "me", **but: Any) -> Caseload:
    """One debtor who owes so much in all, by books that agree."""
    return Caseload(AS_OF, state).debtor("C1", due_days=[date(2024, 10, 1)], monthly=cents, **but)


def said(caseload: Caseload, message: str, on: date, **but: Any) -> Caseload:
    """What the federal office was told of the person's debt to the family."""
    usual: dict[str, Any] = {
        "action_id": f"federal_tax_offset:P-C1-N:1:{message}:P-C1-N:{len(caseload.published)}",
        "remedy": "federal_tax_offset", "subject_id": "P-C1-N", "person_id": "P-C1", "kind": "send",
        "queue": "federal_offset", "message": message, "target_id": "P-C1-N", "version": 1,
        "amount_cents": 900_00, "published_on": on, "batch_no": 1 + len(caseload.published),
    }  # fmt: skip
    words = {"transaction_type": "A", "reported_dollars": 900, "person_token": "t-P-C1"} | but.pop(
        "carry", {}
    )
    caseload.published.append(usual | but | {"carry": json.dumps(words)})
    return caseload


def rejected(caseload: Caseload, *codes: str, **but: Any) -> Caseload:
    usual = {
        "person_token": "t-P-C1", "person_id": "P-C1", "case_type": "N", "transaction_type": "A",
        "last_name": "PELLETIER", "submitted_dollars": 900, "codes": list(codes),
    }  # fmt: skip
    return caseload.partner("federal_offset_rejects", **usual | but)


def test_assigned_debt_reaches_no_further_than_the_assistance_not_paid_back() -> None:
    caseload = owing(900_00, balance=HELD)
    assert (record(caseload, "A").debt_cents, record(caseload, "A").unreimbursed_cents) == (900_00, None)
    caseload.add("assistance", case_id="C1", unreimbursed_cents=149_99)
    assert (record(caseload, "A").debt_cents, record(caseload, "A").owed_cents) == (149_99, 900_00)
    assert record(caseload).debt_cents_other_type == 149_99


@pytest.mark.parametrize("row", [{"case_id": "C1"}, None])
def test_a_cap_that_cannot_be_read_leaves_the_assigned_debt_unknown(row: dict[str, Any] | None) -> None:
    caseload = owing(900_00, balance=HELD)
    caseload.add("assistance", **row) if row else caseload.rejected("assistance", case_id="C1")
    assert record(caseload, "A").debt_cents is None


def test_the_kinds_of_debt_are_added_for_the_passport_alone() -> None:
    caseload = owing(1_300_00).debtor(
        "C2", person_id="P-C1", due_days=[date(2024, 10, 1)], monthly=1_200_01, balance=HELD
    )
    both = caseload.facts("federal_facts")
    assert [both[f"P-C1-{kind}"].debt_cents for kind in "AN"] == [1_200_01, 1_300_00]
    assert {fact.passport_cents for fact in both.values()} == {2_500_01}
    assert {fact.passport_file_cents for fact in both.values()} == {2_500_00}


def test_only_debt_that_a_notice_of_debt_opened_counts_for_the_passport_in_maine() -> None:
    caseload = owing(2_000_00).debtor(
        "C2", person_id="P-C1", due_days=[date(2024, 10, 1)], monthly=1_000_00, notice=None
    )
    assert (record(caseload).debt_cents, record(caseload).passport_cents) == (3_000_00, 2_000_00)


def test_massachusetts_counts_all_of_it() -> None:
    assert record(owing(3_000_00, "ma", notice=None)).passport_cents == 3_000_00


@pytest.mark.parametrize(("as_of", "days"), [(date(2025, 5, 30), 29), (date(2025, 5, 31), 30)])
def test_days_past_due_are_counted_from_the_oldest_unpaid_installment(as_of: date, days: int) -> None:
    caseload = Caseload(as_of).debtor("C1", due_days=[date(2025, 5, 1)], monthly=25_00, notice=None)
    assert record(caseload).days_past_due == days


def test_one_notice_speaks_for_the_record_and_one_of_the_agency_for_the_person() -> None:
    caseload = owing(900_00)
    assert (record(caseload).offset_notice_given, record(caseload).offset_notice_on) == (False, None)
    said(caseload, "federal_offset", date(2024, 12, 3), kind="notice", queue="obligor_notices")
    assert record(caseload).offset_notice_on == date(2024, 12, 3)
    assert record(caseload, "A").offset_notice_given is False
    caseload.add(
        "notices", notice_id="F1", person_id="P-C1", about="federal_offset", sent_on=date(2024, 11, 1),
        status="sent",
    )  # fmt: skip
    assert record(caseload, "A").offset_notice_on == date(2024, 11, 1)


def test_a_notice_that_came_back_is_none() -> None:
    caseload = said(
        owing(900_00), "federal_offset", date(2024, 12, 3), kind="notice", queue="obligor_notices"
    )
    caseload.add(
        "notices", notice_id="F1", person_id="P-C1", about="federal_offset", sent_on=date(2024, 12, 3),
        status="returned", reference=caseload.published[0]["action_id"],
    )  # fmt: skip
    fact = record(caseload)
    assert (fact.offset_notice_given, fact.offset_notice_on) == (False, None)
    assert fact.offset_notice_returned_on == date(2024, 12, 3)


def test_whether_a_notice_was_sent_is_not_known_while_notices_are_old() -> None:
    assert record(owing(900_00).known_through("notices", date(2024, 12, 1))).offset_notice_given is None


def test_a_record_that_stands_was_noticed_no_later_than_it_was_told() -> None:
    """So the first night of an agency writes no notice to everybody whom the federal office holds already."""
    caseload = said(said(owing(900_00), "add", date(2023, 5, 2)), "modify", date(2024, 2, 1), kind="update")
    assert (record(caseload).offset_notice_on, record(caseload).offset_notice_given) == (
        date(2023, 5, 2),
        True,
    )


def ended(caseload: Caseload) -> Caseload:
    said(caseload, "federal_offset", date(2024, 9, 2), kind="notice", queue="obligor_notices")
    said(caseload, "add", date(2024, 10, 15))
    return said(caseload, "delete", date(2024, 11, 20), kind="release", carry={"transaction_type": "D"})


def test_maine_gives_the_notice_once_and_not_again_after_a_release() -> None:
    assert record(ended(owing(900_00))).offset_notice_on == date(2024, 9, 2)


def test_elsewhere_a_new_record_needs_a_new_notice() -> None:
    assert record(ended(owing(900_00, "ma"))).offset_notice_given is False


@pytest.mark.parametrize(
    ("decided_on", "is_open"), [(None, True), (date(2025, 1, 15), False), (date(2025, 1, 16), True)]
)
def test_a_review_by_the_state_that_issued_the_order_is_open_until_decided(
    decided_on: date | None, is_open: bool
) -> None:
    caseload = owing(900_00).add(
        "offset_reviews",
        review_id="V1",
        person_id="P-C1",
        requested_on=date(2025, 1, 2),
        decided_on=decided_on,
    )
    assert record(caseload).review_elsewhere_is_open is is_open


def test_whether_a_review_is_open_is_not_known_where_nobody_says() -> None:
    assert record(owing(900_00).known_through("offset_reviews", None)).review_elsewhere_is_open is None
    assert record(owing(900_00).rejected("offset_reviews", person_id="P-C1")).review_elsewhere_is_open is None


@pytest.mark.parametrize(
    ("stay", "exempted", "emergency"),
    [
        ("passport_denial", True, False),
        ("passport_emergency", False, True),
        ("license_revocation", False, False),
    ],
)
def test_a_written_release_of_the_passport_and_an_emergency(
    stay: str, exempted: bool, emergency: bool
) -> None:
    fact = record(owing(9_000_00).stay("exemption", case_id="C1", remedy=stay))
    assert (fact.passport_is_exempted, fact.has_passport_emergency) == (exempted, emergency)


@pytest.mark.parametrize(
    ("codes", "transaction", "is_open", "is_held"),
    [
        (["17"], "A", True, False),
        (["05"], "M", True, True),
        (["12"], "M", True, False),
        (["06"], "A", False, True),
        (["38"], "M", False, False),
        (["12"], "D", False, False),
        (["47"], "A", False, True),
        (["47", "17"], "A", True, False),
    ],
)
def test_a_reject_stops_until_a_person_works_it(
    codes: list[str], transaction: str, is_open: bool, is_held: bool
) -> None:
    caseload = said(owing(900_00), "add", date(2025, 1, 6), carry={"transaction_type": transaction})
    fact = record(rejected(caseload, *codes, transaction_type=transaction))
    assert (fact.reject_is_open, fact.record_is_held) == (is_open, is_held)


def test_a_reject_says_its_codes_in_words() -> None:
    fact = record(rejected(said(owing(900_00), "add", date(2025, 1, 6)), "17", "99"))
    assert fact.reject_reasons == ["17 last name does not go with the number", "99 not in the list of codes"]


@pytest.mark.parametrize("correction", [{"last_name": "Pelletier-Roy"}, {"person_token": "t-new"}])
def test_a_corrected_name_or_number_works_a_reject_and_has_the_record_said_again(
    correction: dict[str, str],
) -> None:
    usual = record(rejected(said(owing(900_00), "add", date(2025, 1, 6)), "17"))
    worked = rejected(said(owing(900_00, person=correction), "add", date(2025, 1, 6)), "17")
    assert (usual.reject_is_open, record(worked).reject_is_open) == (True, False)
    assert record(worked).record_call != usual.record_call


def test_what_was_said_after_a_reject_is_another_matter() -> None:
    caseload = rejected(said(owing(900_00), "add", AS_OF), "17")
    assert (record(caseload).reject_is_open, record(caseload).record_is_held) == (False, True)


def test_a_number_that_changed_or_a_delete_under_the_old_one_calls_for_the_record_again() -> None:
    first = record(said(owing(900_00), "add", date(2025, 1, 6)))
    moved = said(owing(900_00, person={"person_token": "t-new"}), "add", date(2025, 1, 6))
    second = record(moved)
    third = record(said(moved, "modify", date(2025, 1, 14), carry={"transaction_type": "D", "moved": True}))
    assert len({first.record_call, second.record_call, third.record_call}) == 3
    assert (third.record_is_held, third.remedies_on_record) == (False, ["federal_tax_offset"])


STANDS = ("only_office_holds", "only_we_hold", "office_differs")


@pytest.mark.parametrize(
    ("held", "found", "lacks"),
    [
        ({"held_cents": 900_00, "excluded": ["ADM", "PAS"]}, "", []),
        ({"held_cents": 950_00, "excluded": ["ADM", "PAS"]}, "office_differs", []),
        ({"held_cents": 900_00, "excluded": ["ADM"]}, "", ["PAS"]),
        (None, "only_we_hold", None),
    ],
)
def test_the_office_s_list_is_compared_with_what_was_said(
    held: dict[str, Any] | None, found: str, lacks: list[str] | None
) -> None:
    caseload = said(owing(900_00), "add", date(2025, 1, 6), carry={"excluded": "ADM,PAS"})
    if held:
        caseload.partner("federal_offset_reconciliation", person_id="P-C1", case_type="N", **held)
    fact = caseload.facts("federal_records")["P-C1-N"]
    assert ([name for name in STANDS if getattr(fact, name)], fact.office_lacks) == (found.split(), lacks)


def test_a_record_that_the_office_holds_and_nobody_submitted_is_shown() -> None:
    caseload = owing(900_00).partner(
        "federal_offset_reconciliation", person_id="P-C1", case_type="A", held_cents=100_00, excluded=[]
    )
    fact = caseload.facts("federal_records")["P-C1-A"]
    assert ([name for name in STANDS if getattr(fact, name)], fact.office, fact.told_on) == (
        ["only_office_holds"],
        "101",
        None,
    )


def claim(caseload: Caseload) -> SimpleNamespace:
    return caseload.facts("state_claim_facts")["P-C1"]


def test_maine_claims_what_is_liquidated() -> None:
    assert claim(owing(900_00)).claim_cents == 900_00
    assert claim(owing(900_00, notice=None)).claim_cents == 0


@pytest.mark.parametrize(
    ("stay", "cents"), [(None, 900_00), ("state_tax_intercept", 0), ("license_revocation", 900_00)]
)
def test_massachusetts_claims_what_is_past_due(stay: str | None, cents: int) -> None:
    caseload = owing(900_00, "ma", notice=None)
    if stay:
        caseload.stay("exemption", case_id="C1", remedy=stay)
    assert claim(caseload).claim_cents == cents
