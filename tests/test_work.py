"""Facts about work: who pays whom, what an order asks of pay, what payors were told and did."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.work_cases import HARBOR, MILL, Pay


def test_a_job_that_the_agency_knows_goes_on_until_somebody_says_otherwise() -> None:
    fact = Pay().worker().job()
    assert (fact.job_goes_on, fact.has_newer_employer, fact.employer_name) == (True, False, "Mill LLC")
    ended = Pay().worker(job={"to_on": date(2025, 1, 10)}).job()
    assert (ended.job_goes_on, ended.job_ended_on) == (False, date(2025, 1, 10))


def test_a_new_hire_takes_the_place_of_a_payor_where_nothing_stands() -> None:
    facts = Pay().worker().hire("P-C1", date(2025, 1, 3)).work()
    old, new = facts[f"C1:{MILL}"], facts[f"C1:{HARBOR}"]
    assert (old.has_newer_employer, old.newer_employer_name, old.newer_employer_on) == (
        True, "Harbor Inc", date(2025, 1, 3),
    )  # fmt: skip
    assert old.newer_took_over
    assert (new.job_goes_on, new.has_newer_employer, new.hire_entered_on) == (True, False, date(2025, 1, 14))
    assert new.order_due_since_on == date(2025, 1, 14)
    assert new.other_payor_name is None


def two_jobs(*withheld: date, cycle: str | None = "weekly", **job: Any) -> tuple[Any, Any]:
    """The facts of the mill, where an order stands since the summer, and of the harbor, the newer job."""
    caseload = Pay().worker(job=job).sent(date(2024, 7, 2)).hire("P-C1", date(2025, 1, 3))
    caseload.add("jobs", person_id="P-C1", fein=MILL, pay_cycle=cycle)
    for day in withheld:
        caseload.add(
            "withheld", case_id="C1", fein=MILL, withheld_on=day, amount_cents=100_00, received_on=day
        )
    facts = caseload.work()
    return facts[f"C1:{MILL}"], facts[f"C1:{HARBOR}"]


def test_a_second_job_ends_no_order_while_the_first_pays() -> None:
    old, new = two_jobs(date(2025, 1, 12))
    assert (old.order_in_place, old.has_newer_employer, old.newer_took_over) == (True, True, False)
    # The second payor is not told as well: the support would be taken twice.
    assert (new.other_payor_name, new.other_order_in_place, new.other_withheld_on) == (
        "Mill LLC", True, date(2025, 1, 12),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("last", "cycle", "took_over"),
    [
        (date(2024, 12, 20), "weekly", True),
        (date(2025, 1, 2), "weekly", False),
        (date(2024, 12, 20), "biweekly", False),
        (date(2024, 12, 20), None, False),
        (date(2024, 10, 20), None, True),
    ],
)
def test_pay_that_stopped_by_its_cycle_is_the_sign(last: date, cycle: str | None, took_over: bool) -> None:
    old, new = two_jobs(last, cycle=cycle)
    assert old.newer_took_over is took_over
    assert (new.other_payor_name is None) is took_over


def test_an_end_that_is_told_lets_the_new_payor_have_the_order() -> None:
    old, new = two_jobs(date(2025, 1, 12), to_on=date(2025, 1, 13))
    assert (old.job_goes_on, new.other_payor_name) == (False, None)


def test_where_nobody_tells_of_pay_whether_the_first_goes_on_is_not_known() -> None:
    caseload = Pay().worker().sent(date(2024, 7, 2)).hire("P-C1", date(2025, 1, 3))
    facts = caseload.known_through("withheld", None).work()  # type: ignore[attr-defined]
    assert facts[f"C1:{MILL}"].newer_took_over is None
    assert facts[f"C1:{HARBOR}"].other_payor_name == "Mill LLC"


def test_two_payors_of_the_same_day_do_not_both_get_the_order() -> None:
    caseload = Pay().worker(job={"from_on": None}).wages("P-C1", date(2024, 12, 31))
    facts = caseload.work()
    assert [facts[f"C1:{fein}"].other_payor_name for fein in (MILL, HARBOR)] == ["Harbor Inc", "Mill LLC"]


ORG = '{"tracking_number": "T1", "document_action": "ORG"}'


def answered(status: str, reason: str | None, **but: Any) -> Any:
    """The facts of the mill after it answered the original of 2 January."""
    caseload = Pay().worker().sent(date(2025, 1, 2), carry=ORG)
    return caseload.answer(
        date(2025, 1, 10), disposition_status=status, disposition_reason=reason, **but
    ).job()  # fmt: skip


@pytest.mark.parametrize("reason", ["U", "B", "W", "M", "O", "S", None])
def test_an_order_that_was_rejected_does_not_stand_until_a_person_has_looked(reason: str | None) -> None:
    fact = answered("R", reason)
    assert (fact.order_in_place, fact.order_is_void, fact.payor_refuses) == (False, True, True)
    assert (fact.employer_answer, fact.employer_answer_reason) == ("rejected", reason)


def test_an_order_that_could_not_be_worked_is_an_original_the_next_time() -> None:
    fact = answered("R", "X")
    assert (fact.order_in_place, fact.order_is_void, fact.payor_refuses) == (False, True, False)


def test_a_duplicate_and_an_accepted_order_stand() -> None:
    assert [answered(*said).order_in_place for said in (("R", "D"), ("A", None), ("A", "W"))] == [True] * 3


def test_an_amendment_that_could_not_be_worked_leaves_the_order_before_it() -> None:
    def after(reason: str) -> bool:
        caseload = Pay().worker().sent(date(2024, 12, 2), carry=ORG)
        amended = '{"tracking_number": "T2", "document_action": "AMD"}'
        caseload.sent(date(2025, 1, 2), kind="update", message="amended", version=2, carry=amended)
        said = {"action_code": "AMD", "tracking_number": "T2", "disposition_status": "R"}
        caseload.answer(date(2025, 1, 10), **said, disposition_reason=reason)
        return bool(caseload.job().order_in_place)

    assert [after(reason) for reason in ("X", "O", "U", "N")] == [True, True, False, False]


def test_whoever_is_hired_after_the_rejection_may_be_written_about_again() -> None:
    caseload = Pay(date(2025, 2, 14)).worker().sent(date(2025, 1, 2), carry=ORG)
    caseload.answer(date(2025, 1, 10), disposition_status="R", disposition_reason="U")
    assert caseload.job().payor_refuses
    assert not caseload.hire("P-C1", date(2025, 1, 20), MILL, "Mill LLC").job().payor_refuses


def test_a_payor_whose_start_nobody_told_is_the_older_one() -> None:
    facts = Pay().worker(job={"from_on": None}).hire("P-C1", date(2025, 1, 3)).work()
    assert facts[f"C1:{MILL}"].has_newer_employer
    assert not facts[f"C1:{HARBOR}"].has_newer_employer


def test_whoever_is_hired_again_works_there_again() -> None:
    caseload = Pay().worker(job={"to_on": date(2024, 12, 1)}).hire("P-C1", date(2025, 1, 3), MILL, "Mill LLC")
    assert (caseload.job().job_goes_on, caseload.job().job_ended_on) == (True, None)


@pytest.mark.parametrize(
    ("quarter_ends_on", "goes_on"),
    [(date(2024, 7, 15), True), (date(2024, 7, 14), None), (date(2024, 12, 31), True)],
)
def test_wages_of_a_quarter_are_a_job_for_six_months(quarter_ends_on: date, goes_on: bool | None) -> None:
    caseload = Pay().worker().wages("P-C1", quarter_ends_on)
    assert caseload.job(fein=HARBOR).job_goes_on is goes_on


def test_an_address_of_the_payor_comes_from_whoever_knows_it() -> None:
    facts = Pay().worker().hire("P-C1", date(2025, 1, 3)).work()
    assert (facts[f"C1:{MILL}"].employer_has_address, facts[f"C1:{HARBOR}"].employer_has_address) == (
        False,
        True,
    )


def test_a_lump_sum_that_an_employer_tells_is_bounded_by_the_limit_of_pay() -> None:
    caseload = Pay().worker().sent(date(2025, 1, 2))
    lump = {"lump_sum_on": date(2025, 2, 1), "lump_sum_cents": 1_500_00, "lump_sum_type": "BONUS"}
    lump |= {"action_code": "EMP", "disposition_status": "L"}
    fact = caseload.answer(date(2025, 1, 10), **lump).job()
    assert (fact.ccpa_percent_current, fact.lump_sum_share_cents) == (50, 750_00)
    assert fact.lump_sum_share_old_cents == 1_500_00 * fact.ccpa_percent // 100
    assert Pay().worker().job().lump_sum_share_cents is None


def test_an_employers_answer_counts_under_our_tracking_number_and_the_parents_own() -> None:
    def said(**but: Any) -> Any:
        fact = Pay().worker().sent(date(2025, 1, 2)).answer(date(2025, 1, 10), **but).job()
        return fact.employer_answer, fact.employer_answer_reason, fact.job_ended_on

    assert said() == ("accepted", None, None)
    assert said(disposition_status="R", disposition_reason="U") == ("rejected", "U", None)
    left = said(disposition_status="R", disposition_reason="N", job_ended_on=date(2025, 1, 4))
    assert left == ("rejected", "N", date(2025, 1, 4))
    assert said(tracking_number="T9", disposition_status="R") == (None, None, None)
    assert said(person_token="t-K-C1", disposition_status="R") == (None, None, None)


def test_an_employers_own_word_ends_the_job() -> None:
    word = {
        "action_code": "EMP",
        "tracking_number": None,
        "disposition_status": "T",
        "job_ended_on": date(2025, 1, 8),
    }
    fact = Pay().worker().sent(date(2024, 12, 2)).answer(date(2025, 1, 10), **word).job()
    assert (fact.job_goes_on, fact.job_ended_on, fact.job_end_reported_on) == (
        False, date(2025, 1, 8), date(2025, 1, 10),
    )  # fmt: skip
    assert fact.job_end_under_order_on == date(2025, 1, 8)


def test_an_order_that_the_portal_gave_back_names_its_field() -> None:
    caseload = Pay().worker().sent(date(2025, 1, 2))
    caseload.partner(
        "eiwo_results", case_id="C1", employer_fein=MILL, tracking_number="T1",
        first_error_field="EMPLOYER ZIP",
        answered_on=date(2025, 1, 3),
    )  # fmt: skip
    assert caseload.job().portal_error_field == "EMPLOYER ZIP"


def test_maine_withholds_by_law_where_the_order_says_nothing() -> None:
    fact = Pay().worker(terms={"withholding_ordered": None}).job()
    assert (fact.withholding_is_ordered, fact.clause_is_in_force) == (True, True)


def test_massachusetts_needs_the_courts_clause() -> None:
    silent = Pay(state="ma").debtor("C1").add("employers", person_id="P-C1", fein=MILL)
    assert silent.job().withholding_is_ordered is False  # type: ignore[attr-defined]
    assert Pay(state="ma").worker().job().withholding_is_ordered is True


@pytest.mark.parametrize(
    ("days", "terms", "in_force"),
    [(29, {}, False), (30, {}, True), (31, {}, True), (0, {"asked_on": date(2025, 1, 10)}, True)],
)
def test_a_suspended_clause_comes_into_force_at_thirty_days_or_when_asked(
    days: int, terms: dict[str, Any], in_force: bool
) -> None:
    as_of = date(2025, 1, 15)
    caseload = Pay(as_of, "ma").worker(
        due_days=[as_of - timedelta(days)] if days else [as_of - timedelta(400)],
        last_paid=None if days else as_of - timedelta(399),
        terms={"clause_suspended": True, **terms},
    )
    assert caseload.job().clause_is_in_force is in_force


def test_a_table_that_nobody_sent_leaves_the_terms_unknown() -> None:
    fact = Pay().worker().known_through("order_withholding", None).job()  # type: ignore[attr-defined]
    assert (fact.withholding_is_ordered, fact.has_other_arrangement, fact.clause_is_in_force) == (
        None,
        None,
        None,
    )


def test_a_rejected_line_of_the_terms_leaves_them_unknown() -> None:
    caseload = Pay().worker(terms={"other_arrangement": True})
    caseload.rejected("order_withholding", case_id="C1")
    assert caseload.job().has_other_arrangement is True
    quiet = Pay().worker()
    quiet.rejected("order_withholding", case_id="C1")
    assert (quiet.job().has_other_arrangement, quiet.job().withholding_is_ordered) == (None, None)


def weekly(state: str, cents: int, past_due: int, **but: Any) -> Any:
    """What is withheld for a weekly order with so much past due."""
    order = {"frequency": "weekly", **but.pop("order", {})}
    return Pay(state=state).worker(
        monthly=cents, order=order, balance={"past_due_cents": past_due}, **but
    ).job()  # fmt: skip


def test_the_four_pay_cycles_of_a_weekly_order() -> None:
    fact = weekly("me", 120_00, 900_00)
    assert fact.withheld_current_cents == 120_00
    cycles = ("weekly", "biweekly", "semimonthly", "monthly")
    assert [getattr(fact, f"current_{c}_cents") for c in cycles] == [120_00, 240_00, 260_00, 520_00]
    assert [getattr(fact, f"arrears_{c}_cents") for c in cycles] == [0, 0, 0, 0]
    # Erratum 12: nothing for arrears without an ordered or agreed amount, and a person is told.
    assert (fact.arrears_amount_is_set, fact.no_arrears_amount) == (False, True)


@pytest.mark.parametrize(
    ("past_due", "added"), [(1500_00, 50_00), (50_00, 50_00), (30_00, 30_00), (1, 1), (0, 0)]
)
def test_massachusetts_adds_a_quarter_of_the_order_and_never_more_than_is_left(
    past_due: int, added: int
) -> None:
    fact = weekly("ma", 200_00, past_due)
    assert (fact.withheld_current_cents, fact.withheld_arrears_cents) == (200_00, added)
    assert fact.current_weekly_cents + fact.arrears_weekly_cents == 200_00 + added


def test_no_pay_takes_more_than_the_arrears_that_are_left() -> None:
    last = weekly("ma", 200_00, 10_00)
    cycles = ("weekly", "biweekly", "semimonthly", "monthly")
    assert [getattr(last, f"arrears_{c}_cents") for c in cycles] == [10_00, 10_00, 10_00, 10_00]
    more = weekly("ma", 200_00, 120_00)
    assert [getattr(more, f"arrears_{c}_cents") for c in cycles] == [50_00, 100_00, 108_33, 120_00]


def test_massachusetts_never_tells_less_than_is_ordered_for_arrears() -> None:
    fact = weekly("ma", 200_00, 5000_00, order={"arrears_cents": 100_00})
    assert fact.withheld_arrears_cents == 100_00
    assert (fact.arrears_percent_cents, fact.percent_not_on_top) == (50_00, True)
    plain = weekly("ma", 200_00, 5000_00)
    assert (plain.withheld_arrears_cents, plain.percent_not_on_top) == (50_00, False)


def test_maine_withholds_what_is_ordered_or_agreed_for_arrears() -> None:
    ordered = weekly("me", 120_00, 900_00, order={"arrears_cents": 25_00})
    agreed = weekly("me", 120_00, 900_00, terms={"agreed_arrears_cents": 15_00})
    both = weekly("me", 120_00, 900_00, order={"arrears_cents": 25_00}, terms={"agreed_arrears_cents": 40_00})
    last = weekly("me", 120_00, 10_00, order={"arrears_cents": 25_00})
    assert [f.withheld_arrears_cents for f in (ordered, agreed, both, last)] == [25_00, 15_00, 40_00, 10_00]


def test_arrears_alone_go_by_levy_in_massachusetts_and_by_order_in_maine() -> None:
    ended = {"status": "ended", "ends_on": date(2024, 12, 1), "arrears_cents": 25_00}
    assert [weekly(state, 200_00, 900_00, order=ended).levy_takes_its_place for state in ("ma", "me")] == [
        True,
        False,
    ]


def test_installments_in_different_cycles_have_no_one_amount() -> None:
    caseload = Pay().worker()
    caseload.add("orders", **{**caseload.rows["orders"][0], "order_id": "O2", "frequency": "weekly"})
    assert caseload.job().withheld_current_cents is None


@pytest.mark.parametrize(
    ("second", "due_on", "percent", "older"),
    [
        (True, date(2025, 1, 6), 50, False),
        (False, date(2025, 1, 6), 60, False),
        (None, date(2025, 1, 6), 50, False),
        (True, date(2024, 9, 2), 55, True),
        (False, date(2024, 9, 2), 65, True),
        (None, date(2024, 9, 2), 55, True),
    ],
)
def test_the_percentage_of_pay(second: bool | None, due_on: date, percent: int, older: bool) -> None:
    caseload = Pay(state="ma").worker(due_days=[due_on], monthly=200_00, order={"frequency": "weekly"})
    if second is not None:
        caseload.add("households", person_id="P-C1", has_second_family=second)
    fact = caseload.job()
    assert (fact.ccpa_percent, fact.arrears_over_twelve_weeks) == (percent, older)
    assert fact.ccpa_percent_current == (60 if second is False else 50)


@pytest.mark.parametrize(
    ("state", "week", "older"),
    [("ma", date(2025, 3, 31), False), ("me", date(2025, 3, 31), True), ("ma", date(2025, 4, 7), True),
     ("me", date(2025, 4, 7), True), ("me", date(2025, 3, 30), False)],
)  # fmt: skip
def test_twelve_weeks_exactly_are_older_in_maine_only(state: str, week: date, older: bool) -> None:
    caseload = Pay(week, state).worker(
        due_days=[date(2025, 1, 6)], monthly=200_00, order={"frequency": "weekly", "arrears_cents": 20_00}
    )
    assert caseload.job().arrears_over_twelve_weeks is older


def test_several_orders_above_the_limit_of_one_pay_go_to_a_person() -> None:
    caseload = Pay(state="ma").worker("C1", person_id="P1", monthly=300_00, order={"frequency": "weekly"})
    caseload.worker("C2", person_id="P1", monthly=200_00, order={"frequency": "weekly"})
    caseload.add("jobs", person_id="P1", fein=MILL, pay_cycle="weekly", disposable_cents=800_00)
    facts = caseload.work()
    first, second = facts[f"C1:{MILL}"], facts[f"C2:{MILL}"]
    assert (first.pay_limit_cents, first.within_limit_cents, second.within_limit_cents) == (
        400_00,
        240_00,
        160_00,
    )
    assert first.orders_exceed_limit
    assert second.orders_exceed_limit
    caseload.rows["jobs"][0]["disposable_cents"] = 1000_00
    assert not caseload.job("C1").orders_exceed_limit


def test_both_readings_of_the_extra_share_stand_on_the_line_beside_what_the_order_tells() -> None:
    old = {"due_days": [date(2024, 7, 1)], "order": {"frequency": "weekly"}}
    caseload = Pay(state="ma").worker("C1", person_id="P1", monthly=300_00, **old)
    caseload.worker("C2", person_id="P1", monthly=200_00, **old)
    caseload.add("jobs", person_id="P1", fein=MILL, pay_cycle="weekly", disposable_cents=800_00)
    for case in ("C1", "C2"):
        for remedy in ("income_withholding", "arrears_withholding"):
            caseload.sent(date(2025, 1, 2), f"{case}:{MILL}", remedy=remedy)
    facts = caseload.work()
    first, second = facts[f"C1:{MILL}"], facts[f"C2:{MILL}"]
    assert (first.ccpa_percent, first.ccpa_percent_current) == (55, 50)
    assert (first.within_limit_cents, second.within_limit_cents) == (264_00, 176_00)
    assert (first.within_limit_flat_cents, second.within_limit_flat_cents) == (264_00, 176_00)
    caseload = Pay(state="ma").worker("C1", person_id="P1", monthly=500_00, **old)
    caseload.worker("C2", person_id="P1", monthly=300_00, months=0, order={"frequency": "weekly"})
    caseload.add("jobs", person_id="P1", fein=MILL, pay_cycle="weekly", disposable_cents=800_00)
    for remedy in ("income_withholding", "arrears_withholding"):
        caseload.sent(date(2025, 1, 2), remedy=remedy)
    facts = caseload.work()
    first, second = facts[f"C1:{MILL}"], facts[f"C2:{MILL}"]
    assert (first.within_limit_cents, second.within_limit_cents) == (290_00, 150_00)
    assert (first.within_limit_flat_cents, second.within_limit_flat_cents) == (275_00, 165_00)


def test_a_person_who_cleared_it_with_the_payor_opens_the_way_for_the_order_again() -> None:
    def refuses(**job: Any) -> bool:
        caseload = Pay().worker().sent(date(2025, 1, 2), carry=ORG)
        caseload.add("jobs", person_id="P-C1", fein=MILL, **job)
        said = {"disposition_status": "R", "disposition_reason": "U"}
        return bool(caseload.answer(date(2025, 1, 10), **said).job().payor_refuses)

    days = (None, date(2025, 1, 9), date(2025, 1, 10), date(2025, 1, 16))
    assert [refuses(answer_settled_on=day) for day in days] == [True, True, False, True]


def test_an_odd_answer_is_somebodys_work_until_they_say_that_it_is_settled() -> None:
    def settled(day: date | None) -> bool:
        caseload = Pay().worker().sent(date(2025, 1, 2), carry=ORG)
        caseload.add("jobs", person_id="P-C1", fein=MILL, answer_settled_on=day)
        said = {"disposition_status": "A", "disposition_reason": "W"}
        return bool(caseload.answer(date(2025, 1, 10), **said).job().employer_answer_is_settled)

    assert [settled(day) for day in (None, date(2025, 1, 9), date(2025, 1, 10))] == [False, False, True]


def shared(caseload: Pay | None = None, **cents: int) -> dict[str, Any]:
    """The facts of the mill and the harbor, two jobs that go on, with the shares that a person stated."""
    made = caseload or Pay().worker(order={"frequency": "weekly"}, monthly=100_01).sent(date(2024, 7, 2))
    made.hire("P-C1", date(2025, 1, 3))
    if not made.rows["jobs"]:
        made.add("jobs", person_id="P-C1", fein=MILL, pay_cycle="weekly")
    day = date(2025, 1, 12)
    made.add("withheld", case_id="C1", fein=MILL, withheld_on=day, amount_cents=100_00, received_on=day)
    for name, share in cents.items():
        fein = {"mill": MILL, "harbor": HARBOR}[name]
        made.add("payor_shares", case_id="C1", fein=fein, share_cents=share, stated_on=date(2025, 1, 13))
    facts = made.work()
    return {"mill": facts[f"C1:{MILL}"], "harbor": facts[f"C1:{HARBOR}"]}


def test_two_payors_who_both_go_on_bear_what_a_person_said() -> None:
    facts = shared(mill=60, harbor=40)
    mill, harbor = facts["mill"], facts["harbor"]
    assert (mill.withheld_current_cents, harbor.withheld_current_cents) == (60_00, 40_01)
    assert mill.withheld_current_cents + harbor.withheld_current_cents == 100_01
    assert (mill.current_weekly_cents, harbor.current_weekly_cents) == (60_00, 40_01)
    assert [one.bears_a_share for one in facts.values()] == [True, True]


def test_without_a_word_the_second_payor_is_not_told_and_the_first_withholds_all() -> None:
    facts = shared()
    assert facts["mill"].withheld_current_cents == 100_01
    assert [(one.bears_a_share, one.bears_no_share) for one in facts.values()] == [(False, False)] * 2


def test_a_person_may_say_that_one_of_two_orders_ends() -> None:
    facts = shared(mill=0, harbor=100)
    assert (facts["mill"].bears_no_share, facts["harbor"].bears_a_share) == (True, True)
    assert facts["harbor"].withheld_current_cents == 100_01


@pytest.mark.parametrize("harbor", [39, 41])
def test_shares_that_do_not_come_to_a_whole_change_nothing(harbor: int) -> None:
    facts = shared(mill=60, harbor=harbor)
    assert [one.withheld_current_cents for one in facts.values()] == [None, None]
    assert [(one.payor_shares_add_up, one.bears_a_share) for one in facts.values()] == [(False, False)] * 2


def test_of_shares_of_which_one_was_lost_on_its_way_nothing_is_known_to_change() -> None:
    """The row that is left may come to a whole dollar on its own, and the other payor be told to end."""
    made = Pay().worker(order={"frequency": "weekly"}, monthly=100_01).sent(date(2024, 7, 2))
    facts = shared(made.rejected("payor_shares", case_id="C1"), mill=0, harbor=100)  # type: ignore[arg-type]
    assert [one.withheld_current_cents for one in facts.values()] == [None, None]
    assert [one.bears_no_share for one in facts.values()] == [False, False]


def test_what_a_payor_bore_whose_job_ended_goes_to_the_other() -> None:
    made = Pay().worker(order={"frequency": "weekly"}, monthly=100_01, job={"to_on": date(2025, 1, 13)})
    facts = shared(made.sent(date(2024, 7, 2)), mill=60, harbor=40)
    assert facts["harbor"].withheld_current_cents == 100_01


def test_two_orders_stay_as_they_are_where_no_table_tells_whether_they_are_shared() -> None:
    def asked(through: date | None) -> int | None:
        made = Pay().worker(order={"frequency": "weekly"}, monthly=100_01).sent(date(2024, 7, 2))
        made.known_through("payor_shares", through).sent(date(2025, 1, 6), subject=f"C1:{HARBOR}")  # type: ignore[attr-defined]
        return shared(made)["mill"].withheld_current_cents

    assert [asked(None), asked(date(2025, 1, 13))] == [None, 100_01]


def test_an_older_job_without_an_order_gets_one_where_a_person_gave_it_a_part() -> None:
    made = Pay().worker(order={"frequency": "weekly"}, monthly=100_01)
    mill = shared(made, mill=60, harbor=40)["mill"]
    assert (mill.order_in_place, mill.has_newer_employer, mill.newer_took_over) == (False, True, False)
    assert (mill.bears_a_share, mill.withheld_current_cents) == (True, 60_00)
