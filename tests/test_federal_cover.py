"""The federal record rests on debt that a notice told of, by case and amount (45 CFR 303.72(h)(6))."""

from datetime import date, timedelta
from typing import Any

import pytest
from builders import AS_OF, Caseload
from test_federal_facts import HELD, owing, record, said

RAN = AS_OF - timedelta(60)


def noticed(caseload: Caseload, cents: int | None, on: date = RAN, **but: Any) -> Caseload:
    """A pre-offset notice that the agency sent before Arrears."""
    usual = {
        "notice_id": f"F{len(caseload.rows['notices'])}", "person_id": "P-C1", "about": "federal_offset",
        "debt_cents": cents, "sent_on": on, "status": "sent",
    }  # fmt: skip
    return caseload.add("notices", **usual | but)


def test_what_grew_since_the_notice_is_not_submitted() -> None:
    fact = record(noticed(owing(1_400_00), 900_00))
    assert (fact.submit_cents, fact.not_notified_cents, fact.file_cents) == (900_00, 500_00, 900_00)


def test_a_debt_that_fell_below_the_notice_falls_in_the_file_too() -> None:
    fact = record(noticed(owing(700_00), 900_00))
    assert (fact.submit_cents, fact.not_notified_cents) == (700_00, 0)


def test_a_case_opened_after_the_notice_waits_for_its_own() -> None:
    caseload = owing(900_00).debtor(
        "C2", person_id="P-C1", due_days=[date(2024, 12, 10)], monthly=600_00,
        case={"opened_on": RAN + timedelta(1)},
    )  # fmt: skip
    # The notice states more than both come to.
    fact = record(noticed(caseload, 5_000_00))
    assert (fact.debt_cents, fact.submit_cents, fact.not_notified_cents) == (1_500_00, 900_00, 600_00)


def test_a_notice_about_one_case_speaks_for_no_other() -> None:
    caseload = owing(900_00).debtor("C2", person_id="P-C1", due_days=[date(2024, 10, 1)], monthly=600_00)
    fact = record(noticed(caseload, 5_000_00, case_id="C2"))
    assert (fact.submit_cents, fact.not_notified_cents) == (600_00, 900_00)


def test_a_further_notice_opens_the_rest_once_its_time_is_over_and_the_first_goes_on_standing() -> None:
    caseload = noticed(noticed(owing(1_400_00), 900_00), 1_400_00, AS_OF - timedelta(10))
    fact = record(caseload)
    assert (fact.submit_cents, fact.offset_notice_on) == (900_00, RAN)
    caseload = noticed(noticed(owing(1_400_00), 900_00), 1_400_00, AS_OF - timedelta(50))
    assert record(caseload).submit_cents == 1_400_00


def test_a_notice_that_came_back_tells_nobody_anything() -> None:
    fact = record(noticed(noticed(owing(1_400_00), 900_00), 1_400_00, status="returned"))
    assert fact.submit_cents == 900_00


@pytest.mark.parametrize("stated", [None, 0])
def test_what_a_notice_that_states_no_debt_covers_is_not_known(stated: int | None) -> None:
    assert record(noticed(owing(900_00), stated)).submit_cents is None


def test_a_record_that_stands_is_lowered_and_not_raised_beyond_what_was_told() -> None:
    caseload = noticed(said(owing(1_400_00), "add", AS_OF - timedelta(20)), None)
    assert record(caseload).submit_cents == 900_00
    assert record(noticed(said(owing(700_00), "add", AS_OF - timedelta(20)), None)).submit_cents == 700_00


def test_each_kind_of_debt_is_covered_by_itself() -> None:
    caseload = owing(900_00, balance=HELD).debtor(
        "C2", person_id="P-C1", due_days=[date(2024, 10, 1)], monthly=1_000_00
    )
    said(
        caseload, "federal_offset", RAN, kind="notice", queue="obligor_notices", subject_id="P-C1-A",
        amount_cents=400_00,
    )  # fmt: skip
    found = caseload.facts("federal_facts")
    assert (found["P-C1-A"].submit_cents, found["P-C1-N"].submit_cents) == (400_00, 1_000_00)
    assert found["P-C1-A"].not_notified_cents == 500_00


def test_the_passports_line_counts_no_debt_that_was_not_told_of() -> None:
    assert record(noticed(owing(3_000_00), 2_000_00)).passport_cents == 2_000_00


def test_before_a_notice_has_run_the_whole_debt_is_what_one_would_state() -> None:
    fact = record(noticed(owing(900_00), 300_00, AS_OF - timedelta(5)))
    assert (fact.submit_cents, fact.not_notified_cents) == (900_00, 0)


def test_more_debt_calls_for_a_further_notice_and_raises_nothing_before() -> None:
    caseload = noticed(owing(1_400_00), 900_00, AS_OF - timedelta(366))
    night = caseload.night("federal_facts", "pre_offset_notice", "federal_tax_offset")
    assert night.verdicts["pre_offset_notice", "enter", "P-C1-N"].verdict == "flag"
    assert night.verdicts["federal_tax_offset", "stay", "P-C1-N"].amount_cents == 900_00
    caseload = noticed(owing(1_400_00), 900_00, AS_OF - timedelta(364))
    night = caseload.night("federal_facts", "pre_offset_notice")
    assert night.verdicts["pre_offset_notice", "enter", "P-C1-N"].verdict == "clear", "once a year"
