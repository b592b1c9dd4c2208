"""What is known of the money of a case as of a night: payments, age of the debt, balances."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from builders import AS_OF, Caseload

FIRST = date(2024, 2, 1)  # the usual debtor's first due date


def case(caseload: Caseload) -> SimpleNamespace:
    return caseload.facts()["C1"]


def proof(caseload: Caseload) -> bool:
    """Whether each two ways to count the same cents agree."""
    rows = caseload.made("balance_proof")["balance_proof"]
    return all(row["agrees"] for row in rows if row["is_identity"])


def days_ago(count: int) -> date:
    return AS_OF - timedelta(count)


# Payments and the sixty-day clock.


def test_never_paid_counts_from_the_first_due_date() -> None:
    fact = case(Caseload().debtor())
    assert (fact.last_payment_on, fact.unpaid_since_on) == (None, FIRST)


def test_a_payment_before_anything_was_due_counts_from_the_first_due_date() -> None:
    assert case(Caseload().debtor().receipt("C1", FIRST - timedelta(90))).unpaid_since_on == FIRST


def test_the_last_payment_is_the_latest_received_not_the_latest_posted() -> None:  # D01
    late = Caseload().debtor(last_paid=days_ago(100)).receipt("C1", days_ago(40), posted_on=days_ago(2))
    assert case(late).unpaid_since_on == days_ago(40)


def test_a_reversal_never_resets_the_clock() -> None:  # C01
    caseload = Caseload().debtor(last_paid=days_ago(100))
    caseload.receipt("C1", days_ago(30), -300_00, kind="reversal")
    assert case(caseload).unpaid_since_on == days_ago(100)


def test_a_reversed_payment_never_counted() -> None:  # D02
    caseload = Caseload().debtor(last_paid=days_ago(100))
    caseload.receipt("C1", days_ago(20), receipt_id="R-bounced")
    assert case(caseload).unpaid_since_on == days_ago(20)
    caseload.receipt("C1", days_ago(5), -300_00, kind="reversal", reverses_receipt_id="R-bounced")
    fact = case(caseload)
    assert (fact.unpaid_since_on, fact.last_payment_on) == (days_ago(100), days_ago(100))


def test_a_payment_that_was_taken_back_in_part_still_counts_with_its_rest() -> None:
    caseload = Caseload().debtor().receipt("C1", days_ago(20), receipt_id="R1")
    fact = case(caseload.receipt("C1", days_ago(5), -100_00, kind="reversal", reverses_receipt_id="R1"))
    assert (fact.last_payment_on, fact.last_payment_cents) == (days_ago(20), 200_00)


def test_a_check_that_bounced_and_was_honored_later_is_paid() -> None:
    bounced = {"kind": "reversal", "receipt_id": "NSF", "reverses_receipt_id": "NOV"}
    again = {"receipt_id": "RCK", "reverses_receipt_id": "NSF"}
    for kind in ("payment", "reversal", "adjustment"):
        chain = Caseload().debtor(last_paid=days_ago(100)).receipt("C1", days_ago(40), receipt_id="NOV")
        chain.receipt("C1", days_ago(30), -300_00, **bounced).receipt("C1", days_ago(20), kind=kind, **again)
        fact = case(chain)
        assert (fact.last_payment_on, fact.last_payment_cents) == (days_ago(40), 300_00), kind
        assert proof(chain), kind


def test_receipts_in_a_circle_leave_their_case_not_known_and_every_other_one_alone() -> None:
    for ids in ([("A", "A")], [("A", "B"), ("B", "A")]):
        caseload = Caseload().debtor().debtor("C2", last_paid=days_ago(20))
        for own, other in ids:
            caseload.receipt("C1", days_ago(5), receipt_id=own, reverses_receipt_id=other)
        facts = caseload.facts()
        assert (facts["C1"].last_payment_on, facts["C1"].balance_is_trusted) == (None, None)
        assert facts["C2"].last_payment_on == days_ago(20)
        assert proof(caseload)


def test_an_adjustment_is_no_payment() -> None:
    caseload = Caseload().debtor().receipt("C1", days_ago(5), kind="adjustment")
    assert case(caseload).unpaid_since_on == FIRST


def test_a_pending_receipt_is_in_transit_and_no_payment_yet() -> None:  # D03
    pending = {"status": "pending", "posted_on": None}
    fact = case(Caseload().debtor(last_paid=days_ago(70)).receipt("C1", days_ago(2), **pending))
    assert (fact.unpaid_since_on, fact.pending_payment_cents) == (days_ago(70), 300_00)
    assert fact.has_payment_in_transit is True
    assert fact.past_due_cents == 3_300_00


def test_what_an_employer_withheld_and_did_not_send_is_in_transit() -> None:  # D03
    caseload = Caseload().debtor()
    caseload.add("employers", person_id="P-C1", fein="070000001", withheld_not_sent_cents=300_00)
    fact = case(caseload)
    assert (fact.has_payment_in_transit, fact.in_transit_src) == (True, "caseload.employers@file-employers:2")


def test_an_employer_of_whom_it_is_not_known_leaves_transit_not_known() -> None:
    caseload = Caseload().debtor()
    caseload.add("employers", person_id="P-C1", fein="070000001", withheld_not_sent_cents=None)
    assert case(caseload).has_payment_in_transit is None


def test_rows_after_the_night_do_not_count() -> None:
    caseload = (
        Caseload().debtor().receipt("C1", AS_OF + timedelta(1)).charge("C1", AS_OF + timedelta(10), 900_00)
    )
    fact = case(
        caseload.hearing("C1", AS_OF + timedelta(1)).stay(
            "good_cause", case_id="C1", from_on=AS_OF + timedelta(1)
        )
    )
    assert (fact.last_payment_on, fact.hearings_pending_about, fact.has_good_cause) == (None, [], False)


# Age of the debt.


def test_money_pays_the_oldest_installment_first() -> None:
    fact = case(Caseload().debtor(last_paid=days_ago(10), paid=700_00))
    assert fact.oldest_unpaid_due_on == date(2024, 4, 1)
    assert fact.oldest_unpaid_src == "caseload.charges@file-charges:4"


@pytest.mark.parametrize(("paid", "days"), [(3_299_99, 45), (3_300_00, 14), (3_600_00, 0)])
def test_days_in_arrears_are_the_age_of_the_oldest_unpaid_installment(paid: int, days: int) -> None:
    assert case(Caseload().debtor(last_paid=days_ago(10), paid=paid)).days_in_arrears == days


def test_a_token_payment_moves_the_guides_clock_and_not_the_laws() -> None:  # C22
    caseload = Caseload().debtor()
    before = case(caseload)
    after = case(caseload.receipt("C1", days_ago(1), 5_00))
    assert (before.unpaid_since_on, after.unpaid_since_on) == (FIRST, days_ago(1))
    assert before.days_in_arrears == after.days_in_arrears == (AS_OF - FIRST).days


def test_nothing_owed_is_no_day_in_arrears() -> None:
    fact = case(Caseload().debtor(last_paid=days_ago(70), paid=3_600_00))
    assert (fact.past_due_cents, fact.days_in_arrears, fact.oldest_unpaid_due_on) == (0, 0, None)


def test_a_converted_balance_does_not_age_current_support_that_is_paid() -> None:
    fact = case(Caseload().debtor(last_paid=days_ago(10), paid=3_600_00, balance={"opening_cents": 500_00}))
    assert (fact.past_due_cents, fact.days_in_arrears, fact.oldest_unpaid_due_on) == (500_00, 0, FIRST)


def test_a_credit_in_the_opening_balance_pays_first() -> None:
    fact = case(Caseload().debtor(balance={"opening_cents": -300_00}))
    assert fact.oldest_unpaid_due_on == date(2024, 3, 1)


def test_a_weekly_payer_on_time_is_never_behind_in_a_month_of_five_fridays() -> None:  # D04
    fridays = [date(2024, 11, 1) + timedelta(7 * n) for n in range(26)]
    for as_of in (date(2024, 11, 30), date(2025, 1, 31), date(2025, 2, 1), date(2025, 5, 2)):
        due = [day for day in fridays if day <= as_of]
        caseload = Caseload(as_of).debtor(
            due_days=due, monthly=70_00, notice=None, order={"frequency": "weekly"}
        )
        for day in due:
            if day + timedelta(4) < as_of:
                caseload.receipt("C1", day + timedelta(4), 70_00)
        fact = case(caseload)
        assert fact.days_in_arrears <= 11
        assert (as_of - fact.unpaid_since_on).days <= 11


def test_a_suspension_ages_nobody() -> None:
    # Benefits from 1 February to 31 August; the order begins again 14 days later, on 14 September.
    suspended = {"suspended_from_on": date(2025, 2, 1), "suspended_to_on": date(2025, 8, 31)}
    caseload = Caseload(date(2025, 9, 20)).debtor(due_days=[date(2025, 1, 15)], order=suspended)
    fact = case(caseload)
    assert (fact.days_suspended, fact.days_in_arrears, fact.order_is_accruing) == (225, 23, True)
    assert (
        case(
            Caseload(date(2025, 9, 13)).debtor(due_days=[date(2025, 1, 15)], order=suspended)
        ).order_is_accruing
        is False
    )


def test_times_far_behind_are_counted_within_the_look_back_only() -> None:
    caseload = Caseload().debtor(
        due_days=[date(2022, 11, 1), date(2024, 1, 1), date(2024, 6, 1), date(2024, 12, 1)]
    )
    for paid_on in (date(2023, 1, 15), date(2024, 2, 10), date(2024, 7, 20)):
        caseload.receipt("C1", paid_on)
    assert case(caseload).times_over_repeat_days == 2


@pytest.mark.parametrize(("paid_on", "times"), [(date(2022, 2, 28), 0), (date(2022, 3, 1), 1)])
def test_the_look_back_from_29_february_reaches_28_february(paid_on: date, times: int) -> None:  # D15
    caseload = Caseload(date(2024, 2, 29)).debtor(due_days=[date(2022, 1, 1), date(2024, 2, 1)], notice=None)
    assert case(caseload.receipt("C1", paid_on)).times_over_repeat_days == times


@pytest.mark.parametrize(("paid_on", "times"), [(date(2024, 7, 2), 0), (date(2024, 7, 3), 1)])
def test_thirty_days_behind_exactly_is_not_more_than_thirty(paid_on: date, times: int) -> None:
    # Due 1 June: at the end of 1 July it is 30 days old, at the end of 2 July 31.
    caseload = Caseload().debtor(due_days=[date(2024, 6, 1), date(2024, 12, 1)]).receipt("C1", paid_on)
    assert case(caseload).times_over_repeat_days == times


def test_a_due_date_on_29_february_is_a_year_and_a_day_old_on_1_march() -> None:  # D15
    caseload = Caseload(date(2025, 3, 1)).debtor(due_days=[date(2024, 2, 29)])
    assert case(caseload).days_in_arrears == 366


# Balances.


def test_the_recomputed_balance_stands_on_the_day_of_the_agencys() -> None:
    # An installment that falls due on the night itself is not in the agency's balance of the day before.
    caseload = Caseload(date(2025, 2, 1)).debtor()
    fact = case(caseload)
    assert (fact.past_due_cents, fact.recomputed_past_due_cents, fact.balance_is_trusted) == (
        3_300_00,
        3_300_00,
        True,
    )


def test_one_cent_of_difference_is_a_balance_in_doubt() -> None:
    fact = case(Caseload().debtor(balance={"past_due_cents": 3_600_01, "liquidated_cents": 3_600_01}))
    assert fact.balance_is_trusted is False


def test_installments_after_the_orders_end_are_none_of_the_orders() -> None:  # accrual ends
    fact = case(
        Caseload().debtor(order={"ends_on": date(2024, 12, 15)}, balance={"past_due_cents": 3_600_00})
    )
    assert (fact.recomputed_past_due_cents, fact.balance_is_trusted) == (3_300_00, False)
    assert fact.order_is_accruing is False


def test_accrual_ends_with_the_last_childs_emancipation() -> None:  # C16
    caseload = Caseload().debtor(balance={"past_due_cents": 3_600_00})
    caseload.rows["children"][0]["emancipated_on"] = date(2024, 12, 15)
    fact = case(caseload)
    assert (fact.order_is_accruing, fact.recomputed_past_due_cents) == (False, 3_300_00)


def test_one_child_that_is_not_emancipated_keeps_the_order_running() -> None:
    caseload = (
        Caseload()
        .debtor()
        .add(
            "children",
            case_id="C1",
            person_id="X",
            birth_on=date(2005, 1, 1),
            emancipated_on=date(2023, 1, 1),
        )
    )
    assert case(caseload).order_is_accruing is True


def test_an_order_whose_children_are_all_grown_is_not_known_to_run() -> None:
    caseload = Caseload().debtor()
    caseload.rows["children"][0]["birth_on"] = date(2004, 1, 1)
    assert case(caseload).order_is_accruing is None


def test_a_retroactive_modification_rejudges_the_past() -> None:  # D07
    before = Caseload().debtor(last_paid=days_ago(100), paid=1_200_00)
    after = Caseload().debtor(monthly=100_00, last_paid=days_ago(100), paid=1_200_00)
    assert case(before).days_in_arrears > 0
    assert (case(after).days_in_arrears, case(after).enforceable_cents) == (0, 0)


def test_disputed_and_barred_debt_is_outside_what_is_enforced() -> None:
    fact = case(Caseload().debtor(balance={"disputed_cents": 600_00, "barred_cents": 1_000_00}))
    assert (fact.past_due_cents, fact.enforceable_cents, fact.owed_cents) == (3_600_00, 2_000_00, 2_600_00)


def test_a_blank_amount_in_dispute_leaves_the_enforceable_debt_not_known() -> None:
    fact = case(Caseload().debtor(balance={"disputed_cents": None}))
    assert (fact.past_due_cents, fact.enforceable_cents, fact.reportable_cents) == (3_600_00, None, None)


def test_unknown_assignment_leaves_both_sides_not_known() -> None:
    fact = case(Caseload().debtor(balance={"is_assigned": None}))
    assert (fact.past_due_cents, fact.assigned_cents, fact.unassigned_cents) == (3_600_00, None, None)


@pytest.mark.parametrize(("due_on", "reportable"), [(date(2018, 1, 14), 300_00), (date(2018, 1, 15), 600_00)])
def test_installments_older_than_seven_years_are_not_reported(due_on: date, reportable: int) -> None:
    caseload = Caseload().debtor(due_days=[due_on, date(2024, 12, 1)])
    assert case(caseload).reportable_cents == reportable


def test_an_opening_balance_under_an_old_order_has_no_known_age() -> None:
    old = {"entered_on": date(2015, 1, 1)}
    opening = {"opening_cents": 500_00}
    assert case(Caseload().debtor(balance=opening, order=old)).reportable_cents is None
    assert case(Caseload().debtor(balance=opening)).reportable_cents == 4_100_00


def test_money_that_was_lost_again_does_not_unpay_what_was_paid_before() -> None:
    caseload = (
        Caseload().debtor(due_days=[date(2024, 2, 1), date(2024, 12, 1)]).receipt("C1", date(2024, 2, 5))
    )
    caseload.receipt("C1", date(2024, 3, 20), 100_00)
    caseload.receipt("C1", date(2024, 4, 20), -100_00, kind="adjustment")
    fact = case(caseload)
    assert (fact.times_over_repeat_days, fact.oldest_unpaid_due_on) == (0, date(2024, 12, 1))
