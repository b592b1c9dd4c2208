"""What a night knows of money: allocation of the last receipts, the annual fee, interest, overpayments."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import builders
import pytest
from builders import Caseload, profile, rows_of

from arrears.night.transform import run_facts, run_match

TABLES = ("allocation", "money_proof", "money_facts", "fee_facts", "interest_facts")


def night(caseload: Caseload) -> dict[str, list[dict[str, Any]]]:
    """The tables of money as of the night."""
    with caseload.attached() as con, TemporaryDirectory() as place:
        run_match(con, Path(place) / "match", caseload.as_of)
        run_facts(con, Path(place) / "facts", profile(), caseload.as_of, wanted=TABLES)
        return {table: rows_of(con, f"facts.{table}") for table in TABLES}


def paid(cents: int, on: date = date(2024, 11, 1), **but: Any) -> dict[str, Any]:
    usual = {"disbursement_id": f"D{on}{cents}", "case_id": "C1", "disbursed_on": on, "amount_cents": cents}
    return {**usual, "paid_to": "family", "status": "sent", **but}


def test_what_came_in_these_days_is_allocated_and_the_sums_are_proven():
    caseload = Caseload().debtor("C1").receipt("C1", date(2025, 1, 13), 400_00)
    found = night(caseload)
    assert [(row["balance_class"], row["amount_cents"]) for row in found["allocation"]] == [
        ("current", 300_00), ("never_assigned", 100_00),
    ]  # fmt: skip
    assert [row["agrees"] for row in found["money_proof"]] == [True] * 4
    fact = found["money_facts"][0]
    assert (fact["allocated_cents"], fact["undisbursed_cents"]) == (400_00, 400_00)
    assert fact["disbursement_due_since_on"] == date(2025, 1, 13)


def test_more_than_is_owed_is_over_collected():
    caseload = Caseload().debtor("C1", months=1).receipt("C1", date(2025, 1, 13), 350_00)
    assert night(caseload)["money_facts"][0]["over_collected_cents"] == 50_00


def test_an_intercept_that_nobody_names_is_held_and_a_federal_refund_pays_no_current_support():
    caseload = (
        Caseload().debtor("C1").receipt("C1", date(2025, 1, 13), 100_00, kind="intercept", source="tax")
    )
    fact = night(caseload)["money_facts"][0]
    assert (fact["allocation_held_cents"], fact["allocation_held_for"]) == (100_00, ["no_waterfall"])
    caseload.add("intercepts", receipt_id=caseload.rows["receipts"][0]["receipt_id"], kind="federal_refund")
    assert [row["balance_class"] for row in night(caseload)["allocation"]] == ["never_assigned"]


def test_a_balance_in_doubt_and_postings_that_nobody_tells_allocate_nothing():
    doubtful = Caseload().debtor("C1", balance={"past_due_cents": 1_00}).receipt("C1", date(2025, 1, 13))
    assert night(doubtful)["allocation"] == []
    untold = Caseload().debtor("C1").receipt("C1", date(2025, 1, 13)).known_through("postings", None)
    assert night(untold)["money_facts"][0]["allocated_cents"] is None


def test_the_fee_counts_what_was_sent_in_the_federal_year():
    """Collected $560.00, of which $20.00 is on hold; what was sent in September was another year's."""
    caseload = Caseload().debtor("C1")
    caseload.add("disbursements", **paid(540_00))
    caseload.add("disbursements", **paid(20_00, date(2024, 12, 1), status="on_hold", disbursed_on=None))
    caseload.add("disbursements", **paid(300_00, date(2024, 9, 30)))
    fact = night(caseload)["fee_facts"][0]
    assert (fact["subject_id"], fact["disbursed_cents"], fact["fee_cents"]) == ("C1/2025", 540_00, 35_00)
    assert (fact["never_had_assistance"], fact["fee_is_taken"]) == (True, False)
    assert (fact["fiscal_year_begins_on"], fact["fiscal_year_ends_on"]) == (
        date(2024, 10, 1),
        date(2025, 9, 30),
    )


def test_one_month_of_assistance_long_ago_and_a_fee_that_is_taken():
    caseload = Caseload().debtor("C1")
    caseload.add("disbursements", **paid(900_00))
    caseload.add("assistance_spells", case_id="C1", from_on=date(2009, 3, 1), to_on=date(2009, 3, 31))
    caseload.add(
        "fees", fee_id="F1", case_id="C1", kind="annual", taken_on=date(2024, 12, 1), amount_cents=35_00
    )
    fact = night(caseload)["fee_facts"][0]
    assert (fact["never_had_assistance"], fact["fee_is_taken"]) == (False, True)


def test_interest_knows_whose_order_it_is_and_what_the_month_asked_for():
    """On 1 February the month of January has just ended."""
    caseload = Caseload(date(2025, 2, 1)).debtor("C1", order={"issuing_state": "ME"})
    caseload.receipt("C1", date(2025, 1, 20), 299_99)
    fact = night(caseload)["interest_facts"][0]
    assert (fact["month_ends_on"], fact["month_has_ended"]) == (date(2025, 1, 31), True)
    assert (fact["required_cents"], fact["paid_cents"], fact["required_payment_made"]) == (
        300_00,
        299_99,
        False,
    )
    assert fact["charge_cents"] == 0  # Maine has no rate


def test_an_overpayment_is_what_is_not_recovered_and_not_known_where_nobody_tells():
    caseload = Caseload().debtor("C1")
    usual = {"case_id": "C1", "found_on": date(2024, 12, 1), "amount_cents": 120_00, "cause": "misposted"}
    caseload.add("overpayments", overpayment_id="O1", recovered_cents=20_00, **usual)
    fact = night(caseload)["money_facts"][0]
    assert (fact["overpaid_cents"], fact["overpayment_notice_is_sent"]) == (100_00, False)
    assert fact["recoupment_percent_is_set"] is False
    caseload.add("overpayments", overpayment_id="O2", recovered_cents=None, **usual)
    assert night(caseload)["money_facts"][0]["overpaid_cents"] is None
    untold = Caseload().debtor("C1").known_through("overpayments", None)
    untold.known_through("erroneous_payments", None)
    assert night(untold)["money_facts"][0]["overpaid_cents"] is None


def overpaid(*payments: str) -> Caseload:
    """Payments in error of 120 dollars each, of which the agency told nobody."""
    caseload = Caseload(state="ma").debtor("C1")
    for one in payments:
        caseload.add(
            "overpayments", overpayment_id=one, case_id="C1", found_on=date(2024, 12, 1), cause="misposted",
            amount_cents=120_00, recovered_cents=0,
        )  # fmt: skip
    return caseload


def test_our_letter_tells_of_the_overpayments_that_it_names_and_of_no_later_one():
    caseload = overpaid("O1")
    caseload.published.append({
        "action_id": "a1", "episode_id": "e1", "remedy": "recoupment", "subject_id": "C1", "case_id": "C1",
        "person_id": "P-C1", "step": "letter", "kind": "notice", "queue": "custodial_notices",
        "message": "overpayment", "target_id": "C1", "version": 1, "amount_cents": 120_00,
        "published_on": date(2025, 1, 2), "batch_no": 1,
        "carry": '{"letter_on": "2025-01-02", "overpayments": ["O1"]}',
    })  # fmt: skip
    assert caseload.facts("money_facts")["C1"].overpayment_notice_is_sent is True
    later = overpaid("O1", "O2")
    later.published = caseload.published
    assert later.facts("money_facts")["C1"].overpayment_notice_is_sent is False


@pytest.mark.parametrize(
    ("person", "decision", "contested"),
    [
        ("K-C1", None, True),
        (None, None, True),
        ("P-C1", None, False),  # the parent who owes has no part in it
        ("K-C1", "upheld", False),
        ("K-C1", "set_aside", True),
    ],
)
def test_a_family_that_asks_for_a_decision_keeps_its_money_until_then(
    person: str | None, decision: str | None, contested: bool
):
    caseload = overpaid("O1").hearing("C1", date(2025, 1, 6), "recoupment", person_id=person)
    caseload.rows["hearings"][0] |= {"decision": decision, "decided_on": decision and date(2025, 1, 10)}
    fact = caseload.facts("money_facts")["C1"]
    assert fact.overpayment_is_contested is contested
    assert fact.overpayment_contested_on == (date(2025, 1, 6) if contested else None)


def test_where_hearings_are_not_known_nobody_is_said_to_be_content():
    caseload = overpaid("O1").known_through("hearings", None)
    assert caseload.facts("money_facts")["C1"].overpayment_is_contested is None


def test_a_share_that_a_state_sets_opens_the_way_to_the_letter_and_to_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
):
    caseload = overpaid("O1")
    key = ("recoupment", "enter", "C1")
    assert caseload.night("money_facts", "recoupment").verdicts[key].verdict == "clear"
    ten = builders.profile("ma").with_values({"overpayment.recoup_percent": 10})
    monkeypatch.setattr(builders, "profile", lambda state: ten)
    night = caseload.night("money_facts", "recoupment")
    assert night.verdicts[key].verdict == "flag"
    assert night.verdicts["recoupment", "stay", "C1"].verdict == "clear"
    letter, agree = builders.card("recoupment").steps
    assert (letter.queue, letter.message, letter.ground) == ("custodial_notices", "overpayment", "enter")
    assert (agree.after.from_, agree.after.step, agree.after.intake) == ("sent", "letter", "hearings")


def in_error(table: str, known: tuple[str, ...] = ("overpayments", "erroneous_payments")) -> Caseload:
    """A payment in error of 120 dollars, told in one of the two tables; which of them are sent."""
    caseload = Caseload().debtor("C1")
    if table == "overpayments":
        caseload.add(
            table, overpayment_id="E1", case_id="C1", found_on=date(2024, 12, 1), cause="misposted",
            amount_cents=120_00, recovered_cents=0,
        )  # fmt: skip
    elif table:
        caseload.add(table, payment_id="E1", case_id="C1", left_cents=120_00)
    for one in ("overpayments", "erroneous_payments"):
        if one not in known:
            caseload.known_through(one, None)
    return caseload


@pytest.mark.parametrize("table", ["overpayments", "erroneous_payments"])
@pytest.mark.parametrize("alone", [False, True])
def test_a_payment_in_error_is_one_fact_whichever_table_tells_it(table: str, alone: bool):
    """It waits to be recovered, and a case is not closed on request before it is."""
    caseload = in_error(table, (table,) if alone else ("overpayments", "erroneous_payments"))
    assert night(caseload)["money_facts"][0]["overpaid_cents"] == 120_00
    assert caseload.facts("life_facts")["C1"].erroneous_payment_cents == 120_00


def test_a_payment_in_error_told_in_both_tables_is_counted_once_and_settled_by_the_fuller_one():
    caseload = in_error("overpayments").add(
        "erroneous_payments", payment_id="E1", case_id="C1", left_cents=120_00
    )
    assert night(caseload)["money_facts"][0]["overpaid_cents"] == 120_00
    caseload.rows["overpayments"][0]["settled_on"] = date(2025, 1, 2)
    assert caseload.facts("life_facts")["C1"].erroneous_payment_cents == 0


def test_nobody_says_that_nothing_was_paid_in_error_where_neither_table_is_sent():
    assert in_error("", ()).facts("life_facts")["C1"].erroneous_payment_cents is None
    assert in_error("", ("overpayments",)).facts("life_facts")["C1"].erroneous_payment_cents == 0


def of_months(monkeypatch: pytest.MonkeyPatch, caseload: Caseload, cents: int | None = 50_00) -> Any:
    """What passes through by case and month, in a state that has set so much a month."""
    told = profile().with_values({"pass_through.amount": cents}) if cents else profile()
    monkeypatch.setattr(builders, "profile", lambda state: told)
    return caseload.night("pass_through_facts", *(["pass_through"] if cents else []))


def assisted(**but: Any) -> Caseload:
    """A family on assistance, whose parent owes $300.00 each month."""
    return Caseload().debtor("C1", case={"case_class": "current_assistance"}, **but)


def test_no_month_is_told_while_no_amount_is_set(monkeypatch: pytest.MonkeyPatch):
    caseload = assisted().receipt("C1", date(2025, 1, 13), 200_00)
    assert of_months(monkeypatch, caseload, None).facts == {}


@pytest.mark.parametrize(("cents", "passed"), [(200_00, 50_00), (49_99, 49_99), (400_00, 50_00)])
def test_a_month_passes_no_more_than_its_amount_and_what_came_in(
    cents: int, passed: int, monkeypatch: pytest.MonkeyPatch
):
    night = of_months(monkeypatch, assisted().receipt("C1", date(2025, 1, 13), cents))
    assert night.facts["C1/2025-01"].passed_cents == passed
    assert night.verdicts["pass_through", "enter", "C1/2025-01"].verdict == "flag"


def told_of_december(cents: int) -> list[dict[str, Any]]:
    """The first version of December, as the accounts have it."""
    return [{
        "action_id": "a1", "episode_id": "e1", "remedy": "pass_through", "subject_id": "C1/2024-12",
        "case_id": "C1", "person_id": "P-C1", "step": "entry", "kind": "send", "queue": "account_entries",
        "message": "pass_through", "target_id": "C1/2024-12", "version": 1, "amount_cents": cents,
        "published_on": date(2024, 12, 20), "batch_no": 1,
        "carry": '{"amount_cents": 1}',
    }]  # fmt: skip


def test_a_late_payment_restates_its_own_month_and_no_other(monkeypatch: pytest.MonkeyPatch):
    caseload = assisted().receipt("C1", date(2024, 12, 10), 30_00)
    caseload.published = told_of_december(30_00)
    before = of_months(monkeypatch, caseload)
    # Nothing new: the month stands as it was told.
    assert before.facts["C1/2024-12"].passed_cents == 30_00
    assert "C1/2025-01" not in before.facts
    # Money of December that was posted last night.
    caseload.receipt("C1", date(2024, 12, 30), 100_00, posted_on=date(2025, 1, 14))
    after = of_months(monkeypatch, caseload)
    assert after.facts["C1/2024-12"].passed_cents == 50_00
    assert "C1/2025-01" not in after.facts
    update = builders.card("pass_through").update
    assert (update.on, update.message, update.per) == ("change", "pass_through", "cents")
    assert after.verdicts["pass_through", "stay", "C1/2024-12"].verdict == "flag"


def test_a_month_of_which_all_was_taken_back_passes_nothing(monkeypatch: pytest.MonkeyPatch):
    caseload = assisted()
    caseload.published = told_of_december(30_00)
    night = of_months(monkeypatch, caseload)
    assert night.facts["C1/2024-12"].passed_cents == 0
    assert night.verdicts["pass_through", "release", "C1/2024-12"].verdict == "flag"


def test_which_of_several_cases_was_paid_is_not_known(monkeypatch: pytest.MonkeyPatch):
    caseload = assisted().debtor("C2", person_id="P-C1").receipt("C1", date(2025, 1, 13), 200_00)
    night = of_months(monkeypatch, caseload)
    assert night.facts["C1/2025-01"].passed_cents is None
    assert night.verdicts["pass_through", "enter", "C1/2025-01"].verdict == "unknown"
