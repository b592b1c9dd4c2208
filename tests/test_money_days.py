"""Of which day money is judged: month of a receipt, law of a period, holds, what earlier nights took back."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from builders import Caseload, profile, rows_of
from money_helpers import MONEY, a_case, a_receipt, allocated, owed, run

from arrears import house
from arrears.errors import RuleFault
from arrears.law.profile import NotYet, Profile
from arrears.law.remedy import load_cards
from arrears.night.transform import run_facts, run_match

TABLES = ("allocation", "money_proof", "money_facts", "fee_facts", "interest_facts")


def night(caseload: Caseload, law: Profile | None = None) -> dict[str, list[dict[str, Any]]]:
    """The tables of money as of the night, by the law of a state or by another one."""
    with caseload.attached() as con, TemporaryDirectory() as place:
        run_match(con, Path(place) / "match", caseload.as_of)
        run_facts(con, Path(place) / "facts", law or profile(caseload.state), caseload.as_of, wanted=TABLES)
        return {table: rows_of(con, f"facts.{table}") for table in TABLES}


def changed(law: Profile, key: str, on: date, value: Any) -> Profile:
    """A profile in which one value is another one from a day on."""
    versions = law.values[key]
    later = replace(versions[-1], value=value, from_on=on)
    return replace(law, values={**law.values, key: (*versions, later)})


# What is on hold


def refund(hold_until: date | None, cents: int = 900_00) -> Caseload:
    """A parent who owes 300 dollars from December, whose refund of 900 came in two days ago."""
    caseload = Caseload().debtor("C1", months=2)
    caseload.receipt("C1", date(2025, 1, 13), cents, kind="intercept", source="tax", receipt_id="R")
    return caseload.add("intercepts", receipt_id="R", kind="federal_refund", hold_until_on=hold_until)


def test_a_refund_on_hold_is_not_over_collected_before_its_day():
    held = night(refund(date(2025, 7, 13)))["money_facts"][0]
    assert (held["over_collected_cents"], held["on_hold_cents"]) == (0, 900_00)
    assert held["allocation_held_cents"] == 0  # Nobody has to look: the day is known.
    free = night(refund(date(2025, 1, 15)))["money_facts"][0]
    assert (free["over_collected_cents"], free["on_hold_cents"]) == (600_00, 0)


def test_a_joint_refund_is_held_by_the_partners_word_alone():
    caseload = refund(None)
    caseload.partner(
        "federal_collections", person_id="P-C1", case_type="N", offset_type="TAX", collected_cents=900_00,
        adjusted_cents=0, is_joint_return=True, person_token="t-P-C1",
    )  # fmt: skip
    fact = night(caseload)["money_facts"][0]
    assert (fact["over_collected_cents"], fact["on_hold_cents"]) == (0, 900_00)


# What earlier nights took back


def reversal(second: int) -> Caseload:
    """200 dollars paid, 150 of them taken back by an earlier night, and a second reversal tonight."""
    caseload = Caseload().debtor("C1")
    caseload.receipt("C1", date(2024, 12, 2), 200_00, receipt_id="R")
    caseload.add(
        "postings", receipt_id="R", case_id="C1", balance_class="never_assigned", amount_cents=200_00
    )
    back = {"kind": "reversal", "reverses_receipt_id": "R"}
    caseload.receipt("C1", date(2025, 1, 6), -150_00, receipt_id="X1", **back)
    caseload.add(
        "postings", receipt_id="X1", case_id="C1", balance_class="never_assigned", amount_cents=-150_00
    )
    return caseload.receipt("C1", date(2025, 1, 13), second, receipt_id="X2", **back)


def test_a_second_reversal_takes_back_only_what_is_left():
    found = night(reversal(-150_00))
    parts = [(row["balance_class"], row["amount_cents"], row["reason"]) for row in found["allocation"]]
    assert parts == [("never_assigned", -50_00, None), ("held", -100_00, "original_unknown")]
    assert all(row["agrees"] for row in found["money_proof"])


def test_the_proof_of_the_money_sees_more_taken_back_than_was_paid():
    caseload = reversal(-150_00)
    caseload.rows["receipts"][2]["reverses_receipt_id"] = "R"
    with caseload.attached() as con, TemporaryDirectory() as place:
        run_match(con, Path(place) / "match", caseload.as_of)
        text = (house.FACTS / "money" / "money_proof.sql").read_text()
        read = re.findall(r"facts\.(\w+)", text)  # also what leaves the memory once the proof is made
        run_facts(con, Path(place) / "facts", profile(), caseload.as_of, wanted=[*TABLES, *read])
        more = (
            "SELECT * REPLACE (CASE WHEN tier <> 'held' THEN -150_00 ELSE amount_cents END AS amount_cents)"
        )
        con.execute(f"CREATE TEMP TABLE allocation AS {more} FROM facts.allocation")
        con.execute("CREATE OR REPLACE VIEW facts.allocation AS FROM temp.allocation")
        told = {row[0]: row[3] for row in con.execute(text).fetchall()}
    assert told["debts of which more was taken back than was paid"] is False


def test_a_check_that_is_honored_after_all_gives_back_the_very_parts():
    cases, balances = (
        [a_case("A", 100_00)],
        [owed("A", "current", 100_00), owed("A", "never_assigned", 500_00)],
    )
    receipts = [
        a_receipt(250_00),
        a_receipt(-250_00, receipt_id="X", reverses_receipt_id="R1"),
        a_receipt(250_00, receipt_id="Y", reverses_receipt_id="X"),
    ]
    found = allocated(receipts, cases, balances)
    assert found == {("A", "current"): 100_00, ("A", "never_assigned"): 150_00}


@pytest.mark.parametrize("of", ["R1", "Y"])
def test_a_chain_of_reversals_that_comes_back_to_itself_is_held(of):
    receipts = [
        a_receipt(-10_00, receipt_id="R1", reverses_receipt_id=of),
        a_receipt(10_00, receipt_id="Y", reverses_receipt_id="R1"),
    ]
    rows = run("allocation", receipts=receipts, cases=[a_case("A")], balances=[owed("A", "current", 5_00)])
    assert {row["reason"] for row in rows} == {"original_unknown"}


def test_what_is_taken_back_of_an_earlier_night_is_cited():
    earlier = [
        {
            "receipt_id": "old",
            "case_id": "A",
            "balance_class": "current",
            "pays": "family",
            "amount_cents": 5_00,
        }
    ]
    receipt = a_receipt(-5_00, reverses_receipt_id="old")
    row = run(
        "allocation",
        receipts=[receipt],
        cases=[a_case("A")],
        balances=[owed("A", "current", 0)],
        allocations=earlier,
    )[0]
    assert row["rule"] == "allocation.allocated_before"
    assert MONEY.words[row["rule"]][1]


# No match is never "nothing owed"


@pytest.mark.parametrize(
    ("receipt", "balances", "reason"),
    [
        (a_receipt(50_00, person_id="Z"), [owed("A", "current", 10_00)], "payer_unknown"),
        (a_receipt(50_00, case_id="Z"), [owed("A", "current", 10_00)], "case_unknown"),
        (a_receipt(50_00), [], "debt_unknown"),
        (a_receipt(50_00), [owed("A", "interest", 80_00)], "debt_without_place"),
    ],
)
def test_money_that_finds_no_debt_is_held_and_not_given_back(receipt, balances, reason):
    rows = run("allocation", receipts=[receipt], cases=[a_case("A")], balances=balances)
    assert (rows[-1]["reason"], rows[-1]["pays"]) == (reason, "nobody")
    assert "obligor" not in {row["pays"] for row in rows}


def test_money_for_a_closed_case_waits_for_a_person():
    caseload = Caseload().debtor("C1", case={"status": "closed"}).receipt("C1", date(2025, 1, 13), 100_00)
    fact = night(caseload)["money_facts"][0]
    assert (fact["over_collected_cents"], fact["allocation_held_for"]) == (0, ["payer_unknown"])


# The month of the receipt


def test_what_came_in_on_the_last_of_a_month_is_current_in_that_month():
    """Allocated on 1 February: January's 300 are current, February's 300 are not asked of January's money."""
    caseload = Caseload(date(2025, 2, 1)).debtor("C1", months=2)
    caseload.receipt("C1", date(2025, 1, 31), 300_00)
    rows = night(caseload)["allocation"]
    assert [(row["balance_class"], row["of_month"], row["amount_cents"]) for row in rows] == [
        ("current", date(2025, 1, 1), 300_00)
    ]


def test_each_receipt_pays_the_current_support_of_its_own_month():
    caseload = Caseload(date(2025, 2, 3)).debtor("C1", months=2)
    caseload.receipt("C1", date(2025, 1, 31), 300_00).receipt("C1", date(2025, 2, 1), 300_00)
    rows = night(caseload)["allocation"]
    assert [(row["of_month"], row["amount_cents"]) for row in rows] == [
        (date(2025, 1, 1), 300_00), (date(2025, 2, 1), 300_00),
    ]  # fmt: skip


# The law of the period


def massachusetts(as_of: date) -> Caseload:
    """A parent in Massachusetts who owes far over the floor and paid nothing in the month that ended."""
    return Caseload(as_of, "ma").debtor("C1", order={"issuing_state": "MA"})


def test_januarys_interest_goes_by_januarys_rate():
    law = changed(profile("ma"), "interest_penalty.interest_rate_month", date(2025, 2, 1), 100)
    fact = night(massachusetts(date(2025, 2, 1)), law)["interest_facts"][0]
    assert fact["month_ends_on"] == date(2025, 1, 31)
    assert fact["interest_cents"] == fact["penalty_cents"] > 0
    card = load_cards(house.RULES)["interest_penalty"]
    assert card.numbers(law, date(2025, 2, 1))["interest_points"].value == 50
    assert card.numbers(law, date(2025, 3, 1))["interest_points"].value == 100


def paid(cents: int, on: date, **but: Any) -> dict[str, Any]:
    usual = {"disbursement_id": f"D{on}{cents}", "case_id": "C1", "disbursed_on": on, "amount_cents": cents}
    return {**usual, "paid_to": "family", "status": "sent", **but}


def test_line_and_fee_are_those_of_the_year_in_which_the_money_was_sent():
    law = changed(profile(), "service_fee.amount", date(2024, 10, 1), 40_00)
    law = changed(law, "service_fee.disbursed_threshold", date(2024, 10, 1), 600_00)
    caseload = Caseload(date(2024, 10, 1)).debtor("C1")
    caseload.add("disbursements", **paid(560_00, date(2024, 9, 30)))
    fact = night(caseload, law)["fee_facts"][0]
    assert (fact["fiscal_year"], fact["threshold_cents"], fact["fee_cents"]) == ("2024", 550_00, 35_00)


def announced(caseload: Caseload) -> Caseload:
    """The fee of the year 2024 was announced in September."""
    caseload.published.append(
        {
            "remedy": "service_fee",
            "subject_id": "C1/2024",
            "case_id": "C1",
            "step": "notice",
            "kind": "notice",
            "published_on": date(2024, 9, 20),
        }
    )
    return caseload


def test_a_fee_announced_in_september_is_charged_in_october():
    caseload = announced(Caseload(date(2024, 10, 21)).debtor("C1"))
    caseload.add("disbursements", **paid(560_00, date(2024, 9, 10)))
    facts = {row["subject_id"]: row for row in night(caseload)["fee_facts"]}
    assert (facts["C1/2024"]["disbursed_cents"], facts["C1/2024"]["fee_is_taken"]) == (560_00, False)
    fee = {"fee_id": "F1", "case_id": "C1", "kind": "annual", "amount_cents": 35_00}
    caseload.add("fees", **fee, taken_on=date(2024, 10, 20)).add(
        "disbursements", **paid(600_00, date(2024, 10, 15))
    )
    facts = {row["subject_id"]: row for row in night(caseload)["fee_facts"]}
    # The fee taken in October is the old year's; the new year's is not taken.
    assert (facts["C1/2024"]["fee_is_taken"], facts["C1/2025"]["fee_is_taken"]) == (True, False)


def test_a_year_whose_fee_nobody_announced_is_not_begun_later():
    caseload = Caseload(date(2024, 10, 21)).debtor("C1")
    caseload.add("disbursements", **paid(560_00, date(2024, 9, 10)))
    assert night(caseload)["fee_facts"] == []


@pytest.mark.parametrize(
    "back",
    [
        [paid(560_00, date(2024, 11, 1), status="returned")],
        [paid(560_00, date(2024, 11, 1)), paid(-560_00, date(2024, 11, 9), status="returned")],
        [paid(560_00, date(2024, 11, 1)), paid(-560_00, date(2024, 11, 9))],
    ],
)
def test_money_that_came_back_brings_no_fee_and_is_not_paid_out(back):
    caseload = Caseload().debtor("C1").receipt("C1", date(2025, 1, 13), receipt_id="R")
    for row in back:
        caseload.add("disbursements", **{**row, "receipt_id": "R"})
    found = night(caseload)
    assert found["fee_facts"][0]["disbursed_cents"] == 0
    assert found["money_facts"][0]["undisbursed_cents"] == 300_00


# Missing law


def test_a_law_that_is_missing_stops_the_calculation_with_its_name():
    law = profile("ma")
    with pytest.raises(RuleFault, match=r"No value of ccpa_limit\.max_pct_second_family is in force yet"):
        MONEY.law("withholding", law, date(1925, 6, 2))
    with pytest.raises(NotYet, match=r"interest_penalty\.floor"):
        law.plain("interest_penalty.floor", date(1998, 12, 31))


def test_none_is_a_value_and_what_a_state_does_not_have_is_none():
    assert profile("ma").plain("interest_penalty.floor", date(2010, 6, 30)) is None
    assert profile("me").plain("interest_penalty.floor", date(2025, 1, 1)) is None
    assert profile("ma").standing_on(date(1998, 1, 1)).values["interest_penalty.floor"][0].from_on == date.max


def test_every_value_that_a_calculation_may_lack_says_what_happens_then():
    assert set(MONEY.may_lack) <= set(MONEY.params)
    for state in ("me", "ma"):
        for name in MONEY.calculations:
            assert MONEY.law(name, profile(state), date(2025, 6, 2)).params["as_of"] == date(2025, 6, 2)
