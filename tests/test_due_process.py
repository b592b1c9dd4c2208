"""Nothing begins before notice and appeal are over, every stop is honored, what is paid is let go."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from builders import AS_OF, Caseload, card, profile

LICENSE, CREDIT, STATE, FEDERAL = (
    "license_revocation",
    "credit_reporting",
    "state_tax_intercept",
    "federal_tax_offset",
)
SERVED = date(2025, 3, 3)  # day 30 is Wednesday, 2 April 2025
DUE = [date(2024, month, 1) for month in range(1, 13)]


def noticed(as_of: date, served: date | None = SERVED, **but: Any) -> Caseload:
    """A debtor whose notice of debt was served on a day, seen on another, with all mail opened."""
    return Caseload(as_of).debtor(due_days=DUE, notice=served, **but)


def gate(caseload: Caseload) -> SimpleNamespace:
    return caseload.facts()["C1"]


def test_massachusetts_reports_to_bureaus_only_after_a_notice_of_its_own() -> None:
    steps = {step.step: step for step in card("credit_reporting_ma").steps}
    notice, report = steps["notice"], next(one for one in steps.values() if one.queue == "credit_bureaus")
    assert (notice.kind, notice.queue) == ("notice", "obligor_notices")
    assert report.after is not None
    assert (report.after.step, report.after.clock) == ("notice", "credit_report.contest_days")
    assert profile("ma").plain("credit_report.contest_days", AS_OF) == 30


# The window of the notice of debt.


@pytest.mark.parametrize(
    ("as_of", "is_open"),
    [
        (date(2025, 4, 2), False),  # day 30 itself
        (date(2025, 4, 3), None),  # over, but mail of the last day may still lie about
        (date(2025, 4, 5), None),  # known through 4 April
        (date(2025, 4, 6), True),  # known through 5 April: three days of mail are in
    ],
)
def test_the_gate_opens_when_the_window_is_known_to_be_closed(as_of: date, is_open: bool | None) -> None:
    fact = gate(noticed(as_of))
    assert (fact.debt_notice_window_ends_on, fact.debt_gate_is_open) == (date(2025, 4, 2), is_open)


@pytest.mark.parametrize(
    ("served", "ends"),
    [
        (date(2025, 3, 6), date(2025, 4, 7)),  # day 30 is Saturday
        (date(2025, 3, 7), date(2025, 4, 7)),  # Sunday
        (date(2025, 3, 8), date(2025, 4, 7)),  # Monday
        (date(2025, 3, 22), date(2025, 4, 22)),  # Monday, 21 April is Patriots' Day
    ],
)
def test_a_window_that_closes_on_a_weekend_or_holiday_rolls_to_the_next_business_day(
    served: date, ends: date
) -> None:
    assert gate(noticed(date(2025, 6, 2), served)).debt_notice_window_ends_on == ends


def test_sending_is_not_service() -> None:
    for status in ("sent", "returned", "unserved"):
        caseload = noticed(date(2025, 6, 2), None).notice("C1", None, sent_on=date(2025, 3, 1), status=status)
        assert gate(caseload).debt_gate_is_open is False


def test_no_notice_is_a_closed_gate_only_where_notices_are_known() -> None:
    assert gate(noticed(date(2025, 6, 2), None)).debt_gate_is_open is False
    stale = noticed(date(2025, 6, 2), None).known_through("notices", date(2025, 5, 1))
    assert gate(stale).debt_gate_is_open is None


def test_the_mail_behind_a_fresh_extract_keeps_the_gate_not_known() -> None:
    caseload = noticed(date(2025, 4, 20))
    caseload.intake["hearings"] = date(2025, 4, 4)
    assert gate(caseload).debt_gate_is_open is None
    caseload.intake["hearings"] = date(2025, 4, 5)
    assert gate(caseload).debt_gate_is_open is True


def test_later_installments_need_no_second_notice() -> None:
    fact = gate(noticed(date(2025, 6, 2)).charge("C1", date(2025, 5, 1), 250_00))
    assert (fact.debt_gate_is_open, fact.enforceable_cents) == (True, 3_850_00)


def test_a_second_notice_opens_a_window_of_its_own() -> None:
    caseload = noticed(date(2025, 6, 2)).notice("C1", date(2025, 5, 20))
    assert gate(caseload).debt_gate_is_open is False


# A challenge.


@pytest.mark.parametrize(
    ("requested_on", "challenged", "is_open"),
    [(date(2025, 4, 2), True, False), (date(2025, 4, 3), False, True)],
)
def test_a_request_received_on_the_last_day_stays_and_one_a_day_later_shows(
    requested_on: date, challenged: bool, is_open: bool
) -> None:  # D08
    fact = gate(noticed(date(2025, 5, 5)).hearing("C1", requested_on))
    assert (fact.debt_notice_is_challenged, fact.debt_gate_is_open) == (challenged, is_open)
    assert fact.hearing_requested_late_on == (None if challenged else requested_on)
    assert fact.hearing_src == "caseload.hearings@file-hearings:2"


def test_the_monday_after_a_closing_weekend_is_in_time_and_tuesday_is_not() -> None:
    for day, is_open in ((date(2025, 4, 7), False), (date(2025, 4, 8), True)):
        assert (
            gate(noticed(date(2025, 5, 5), date(2025, 3, 6)).hearing("C1", day)).debt_gate_is_open is is_open
        )


def test_a_request_known_late_still_counts_from_its_receipt() -> None:
    caseload = (
        noticed(date(2025, 5, 5))
        .hearing("C1", date(2025, 3, 31))
        .known_through("hearings", date(2025, 3, 31))
    )
    assert gate(caseload).debt_gate_is_open is False


@pytest.mark.parametrize(
    ("decision", "mailed_on", "as_of", "is_open"),
    [
        ("upheld", date(2025, 6, 10), date(2025, 7, 9), False),  # day 29
        ("upheld", date(2025, 6, 10), date(2025, 7, 10), True),  # 30 days have elapsed
        ("upheld", None, date(2025, 12, 1), False),  # not known to have been mailed
        ("set_aside", date(2025, 6, 10), date(2025, 12, 1), False),
        ("withdrawn", None, date(2025, 6, 11), True),
    ],
)
def test_a_decision_has_its_own_waiting_period(
    decision: str, mailed_on: date | None, as_of: date, is_open: bool
) -> None:
    caseload = noticed(as_of).hearing(
        "C1", date(2025, 4, 2), decided_on=date(2025, 6, 8), decision=decision, decision_mailed_on=mailed_on
    )
    assert gate(caseload).debt_gate_is_open is is_open


def test_a_decision_that_is_dated_later_has_not_been_made() -> None:
    caseload = noticed(date(2025, 6, 7)).hearing(
        "C1", date(2025, 4, 2), decided_on=date(2025, 6, 8), decision="withdrawn"
    )
    assert gate(caseload).debt_gate_is_open is False


# A plan, and payment in full.


@pytest.mark.parametrize(
    ("signed_on", "but", "is_open"),
    [
        (date(2025, 4, 2), {}, False),
        (date(2025, 4, 3), {}, False),  # signed after the window, it protects while it is kept, too
        (date(2025, 3, 20), {"status": "broken", "broken_on": date(2025, 4, 20)}, True),
        (date(2025, 3, 20), {"status": "broken", "broken_on": date(2025, 5, 6)}, False),  # not broken yet
    ],
)
def test_a_plan_keeps_the_gate_shut_while_it_is_kept_whenever_it_was_signed(
    signed_on: date, but: dict[str, Any], is_open: bool
) -> None:
    assert gate(noticed(date(2025, 5, 5)).agreement("C1", signed_on, **but)).debt_gate_is_open is is_open


def test_a_notice_closes_when_its_debt_is_zero_and_a_later_default_goes_to_a_person() -> None:
    paid = noticed(date(2025, 5, 5)).receipt("C1", date(2025, 4, 1), 3_600_00)
    assert gate(paid).enforceable_cents == 0
    fact = gate(paid.charge("C1", date(2025, 4, 4)))
    assert (fact.debt_settled_on, fact.debt_gate_is_open) == (date(2025, 4, 1), None)


def test_a_payment_in_full_that_bounced_has_settled_nothing() -> None:
    caseload = noticed(date(2025, 5, 5)).receipt("C1", date(2025, 4, 1), 3_600_00, receipt_id="R1")
    caseload.receipt("C1", date(2025, 4, 9), -3_600_00, kind="reversal", reverses_receipt_id="R1")
    assert gate(caseload).debt_gate_is_open is True


def test_debt_that_was_zero_before_the_notice_does_not_close_it() -> None:
    caseload = Caseload(date(2025, 5, 5)).debtor(due_days=[date(2023, 1, 1), *DUE], notice=SERVED)
    assert gate(caseload.receipt("C1", date(2023, 1, 5))).debt_gate_is_open is True


# The license hearing: 20 days from service on 10 March 2025; day 20 is a Sunday.


@pytest.mark.parametrize(("requested_on", "stays"), [(date(2025, 3, 31), True), (date(2025, 4, 1), False)])
def test_the_license_hearing_window_rolls_over_sunday(requested_on: date, stays: bool) -> None:
    caseload = noticed(date(2025, 4, 20), date(2024, 9, 3))
    caseload.notice("C1", date(2025, 3, 10), about=LICENSE, notice_id="L1")
    night = caseload.hearing("C1", requested_on, about=LICENSE, notice_id="L1").night("case_facts", LICENSE)
    assert night.facts["C1"].hearings_pending_about == ([LICENSE] if stays else [])
    assert night.facts["C1"].hearing_requested_late_on == (None if stays else requested_on)
    assert night.verdicts[LICENSE, "stay", "C1"].verdict == ("clear" if stays else "flag")


def test_a_license_hearing_decision_waits_through_its_thirtieth_day() -> None:
    for as_of, pending in ((date(2025, 7, 10), [LICENSE]), (date(2025, 7, 11), [])):
        caseload = noticed(as_of, date(2024, 9, 3)).notice(
            "C1", date(2025, 3, 10), about=LICENSE, notice_id="L1"
        )
        caseload.hearing(
            "C1", date(2025, 3, 20), about=LICENSE, notice_id="L1",
            decided_on=date(2025, 6, 8), decision="upheld", decision_mailed_on=date(2025, 6, 10),
        )  # fmt: skip
        assert gate(caseload).hearings_pending_about == pending


def test_a_license_hearing_won_answers_for_that_default_only() -> None:
    won = {"about": LICENSE, "decided_on": date(2025, 4, 20), "decision": "set_aside"}
    same = noticed(date(2025, 5, 5)).hearing("C1", date(2025, 4, 1), **won).night("case_facts", LICENSE)
    assert [same.verdicts[LICENSE, part, "C1"].verdict for part in ("enter", "release")] == ["clear", "flag"]
    later = Caseload(date(2025, 9, 1)).debtor(due_days=[date(2025, 6, 1)], notice=date(2025, 6, 15))
    assert gate(later.hearing("C1", date(2025, 4, 1), **won)).license_hearing_is_won is False


def test_a_request_whose_window_nobody_can_prove_stays() -> None:
    caseload = noticed(date(2025, 5, 5)).hearing("C1", date(2025, 5, 1), about=LICENSE)
    assert gate(caseload).hearings_pending_about == [LICENSE]


def test_the_federal_window_runs_from_sending() -> None:
    for requested_on, pending in ((date(2025, 4, 2), ["federal_offset"]), (date(2025, 4, 3), [])):
        caseload = noticed(date(2025, 5, 5), date(2024, 9, 3))
        sent = {"about": "federal_offset", "sent_on": SERVED, "status": "sent", "notice_id": "F1"}
        caseload.notice("C1", None, **sent)
        assert (
            gate(caseload.hearing("C1", requested_on, about="federal_offset")).hearings_pending_about
            == pending
        )


# The four remedies, end to end.


def verdicts(caseload: Caseload, part: str = "enter", person: str = "P-C1", kind: str = "N") -> list[str]:
    """What license, credit, state and federal refund say, in this order."""
    found = caseload.night("case_facts", LICENSE, CREDIT, STATE, FEDERAL).verdicts
    subjects = {LICENSE: "C1", CREDIT: "C1", STATE: person, FEDERAL: f"{person}-{kind}"}
    return [found[remedy, part, subject].verdict for remedy, subject in subjects.items()]


def test_the_usual_debtor_is_flagged_by_every_remedy() -> None:
    assert verdicts(Caseload().debtor()) == ["flag"] * 4


@pytest.mark.parametrize(
    ("but", "then"),
    [
        ({"person": {"died_on": date(2025, 1, 3)}}, ["clear"] * 4),  # C16
        ({"case": {"status": "closed"}}, ["clear"] * 4),
        ({"case": {"service_level": "withholding_only"}}, ["clear"] * 4),
        ({"person": {"ssn_verified": False}}, ["clear"] * 4),
        ({"person": {"ssn_verified": None}}, ["unknown"] * 4),
        ({"person": {"receives_ssi": True}}, ["clear", "clear", "flag", "flag"]),
        ({"order": {"status": "suspended"}}, ["clear", "flag", "flag", "flag"]),
        ({"license": False}, ["clear", "flag", "flag", "flag"]),
        ({"notice": None}, ["clear", "clear", "clear", "flag"]),
        ({"balance": {"disputed_cents": 3_600_00}}, ["clear"] * 4),
        ({"last_paid": date(2025, 1, 10), "paid": 3_600_00}, ["clear"] * 4),
        ({"custodial": {"address": False}}, ["flag", "flag", "flag", "clear"]),
        ({"person": {"address": False}}, ["flag", "clear", "flag", "flag"]),
    ],
)
def test_a_guard_stops_the_remedies_that_it_shields(but: dict[str, Any], then: list[str]) -> None:
    assert verdicts(Caseload().debtor(**but)) == then


@pytest.mark.parametrize(
    ("kind", "remedy", "then"),
    [
        ("good_cause", None, ["clear"] * 4),
        ("bankruptcy", None, ["flag"] * 4),
        ("dispute", None, ["clear"] * 4),
        ("bureau_dispute", None, ["flag", "clear", "flag", "flag"]),
        ("exemption", LICENSE, ["clear", "flag", "flag", "flag"]),
        ("tribunal", None, ["clear"] * 4),
        ("identity_claim", None, ["clear"] * 4),
        ("temporary_license", None, ["clear", "flag", "flag", "flag"]),
    ],
)
def test_a_stay_stops_what_it_names(kind: str, remedy: str | None, then: list[str]) -> None:
    assert verdicts(Caseload().debtor().stay(kind, case_id="C1", remedy=remedy)) == then


def test_a_hearing_on_the_debt_stops_all_four() -> None:
    caseload = noticed(date(2025, 4, 20)).hearing("C1", date(2025, 4, 2))
    assert verdicts(caseload) == ["clear"] * 4


@pytest.mark.parametrize("table", ["stays", "persons", "balances", "receipts", "charges"])
def test_no_remedy_acts_on_a_table_that_is_not_current(table: str) -> None:
    assert verdicts(Caseload().debtor().known_through(table, AS_OF - timedelta(30))) == ["unknown"] * 4


def test_money_in_transit_stops_license_and_bureaus_and_nothing_that_takes_money() -> None:  # D03
    caseload = Caseload().debtor().receipt("C1", AS_OF - timedelta(2), status="pending", posted_on=None)
    assert verdicts(caseload) == ["clear", "clear", "flag", "flag"]


def test_a_token_payment_on_day_59_parts_the_readings_and_releases_nothing() -> None:  # C22
    caseload = Caseload().debtor().receipt("C1", AS_OF - timedelta(59), 1_00)
    found = caseload.night("case_facts", LICENSE).verdicts
    enter, release = found[LICENSE, "enter", "C1"], found[LICENSE, "release", "C1"]
    assert (enter.guide_verdict, enter.law_verdict, enter.readings_differ) == ("clear", "flag", True)
    assert (enter.because, release.verdict) == (["unpaid_long_enough"], "clear")


@pytest.mark.parametrize(("days", "then"), [(59, "clear"), (60, "flag"), (61, "flag")])
def test_sixty_days_without_payment_open_a_review(days: int, then: str) -> None:
    paid = {"last_paid": AS_OF - timedelta(days), "paid": 300_00}
    assert Caseload().debtor(**paid).verdict(LICENSE) == then


@pytest.mark.parametrize(
    ("due_on", "then"), [(AS_OF - timedelta(60), "clear"), (AS_OF - timedelta(61), "flag")]
)
def test_nobody_is_certified_who_complies_that_day(due_on: date, then: str) -> None:
    caseload = Caseload().debtor(due_days=[due_on], notice=due_on - timedelta(60))
    assert caseload.verdict(LICENSE, part="stay") == then


def test_a_bounced_payment_restores_the_ground() -> None:  # D02
    caseload = Caseload().debtor().receipt("C1", AS_OF - timedelta(30), 3_600_00, receipt_id="R1")
    found = caseload.night("case_facts", LICENSE).verdicts
    assert [found[LICENSE, part, "C1"].verdict for part in ("enter", "release")] == ["clear", "flag"]
    caseload.receipt("C1", AS_OF - timedelta(9), -3_600_00, kind="reversal", reverses_receipt_id="R1")
    found = caseload.night("case_facts", LICENSE).verdicts
    assert [found[LICENSE, part, "C1"].verdict for part in ("enter", "release")] == ["flag", "clear"]


def test_a_payment_posted_late_takes_the_ground_away() -> None:  # D01
    debtor = Caseload().debtor(last_paid=AS_OF - timedelta(90))
    assert debtor.verdict(LICENSE) == "flag"
    late = Caseload().debtor(last_paid=AS_OF - timedelta(90))
    late.receipt("C1", AS_OF - timedelta(55), posted_on=AS_OF - timedelta(1))
    assert late.verdict(LICENSE) == "clear"


def test_two_kinds_of_debt_below_their_thresholds_are_submitted_for_neither() -> None:  # C19
    caseload = Caseload().debtor(months=1, monthly=450_00)
    caseload.add(
        "balances", case_id="C1", balance_class="during_assistance", is_assigned=True, opening_cents=120_00,
        past_due_cents=120_00, liquidated_cents=120_00, disputed_cents=0, barred_cents=0,
    )  # fmt: skip
    caseload.rows["balances"][0] |= {"past_due_cents": 450_00, "liquidated_cents": 450_00}
    assert [verdicts(caseload, kind=kind)[3] for kind in "AN"] == ["clear", "clear"]


def test_a_shared_number_stops_both_parents() -> None:  # C10
    caseload = Caseload().debtor("C1").debtor("C2", person={"person_token": "t-P-C1"})
    assert verdicts(caseload) == ["clear"] * 4


def test_nothing_is_begun_and_taken_back_in_the_same_night() -> None:
    # Else an episode would open and close every night.
    grounds: list[Caseload] = [
        Caseload().debtor(last_paid=AS_OF - timedelta(70), paid=3_600_00),
        Caseload().debtor().agreement("C1", AS_OF - timedelta(40)),
        Caseload().debtor().stay("wrong_person", person_id="P-C1"),
        Caseload().debtor().stay("temporary_license", case_id="C1"),
        Caseload().debtor(case={"status": "closed"}),
        Caseload().debtor(balance={"disputed_cents": 3_600_00}),
        Caseload().debtor(balance={"barred_cents": 3_600_00}),
        Caseload().debtor(person={"died_on": date(2025, 1, 3)}),
    ]
    subjects = {LICENSE: "C1", CREDIT: "C1", STATE: "P-C1", FEDERAL: "P-C1-N"}
    for caseload in grounds:
        found = caseload.night("case_facts", *subjects).verdicts
        for remedy, subject in subjects.items():
            both = [found[remedy, part, subject].verdict for part in ("enter", "release")]
            assert both != ["flag", "flag"]
