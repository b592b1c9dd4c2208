"""What an order asks for by period, and what nothing explains: its terms, its rests, the end of accrual."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from builders import AS_OF, Caseload
from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Rows = dict[str, dict[str, Any]]
FIRST = date(2024, 1, 5)
NEXT: dict[str, Callable[[int], relativedelta]] = {
    "weekly": lambda n: relativedelta(weeks=n),
    "biweekly": lambda n: relativedelta(weeks=2 * n),
    "semimonthly": lambda n: relativedelta(months=n // 2, days=14 * (n % 2)),
    "monthly": lambda n: relativedelta(months=n),
    "quarterly": lambda n: relativedelta(months=3 * n),
}
SLOW = settings(max_examples=12, suppress_health_check=list(HealthCheck))


def due_days(frequency: str, until: date = AS_OF, first: date = FIRST) -> list[date]:
    days = [first + NEXT[frequency](n) for n in range(120)]
    return [day for day in days if day <= until]


def accrual(caseload: Caseload) -> Rows:
    return {row["case_id"]: row for row in caseload.made("accrual")["accrual"]}


def child(caseload: Caseload, case_id: str, **but: Any) -> Caseload:
    next(row for row in caseload.rows["children"] if row["case_id"] == case_id).update(but)
    return caseload


# Terms and periods.


def test_what_the_terms_ask_for_makes_no_phantom_arrears() -> None:
    caseload = Caseload()
    for frequency in NEXT:
        days = due_days(frequency)
        caseload.debtor(frequency, due_days=days, monthly=70_00, order={"frequency": frequency})
    found = accrual(caseload)
    assert {row["phantom_cents"] + row["lowered_cents"] + row["unsure_cents"] for row in found.values()} == {
        0
    }
    assert found["weekly"]["charged_cents"] == 70_00 * len(due_days("weekly", AS_OF - timedelta(1)))


def test_what_goes_beyond_the_terms_is_phantom() -> None:
    caseload = Caseload().debtor("C1").charge("C1", date(2024, 12, 20), 300_00)
    caseload.debtor("C2").charge("C2", date(2024, 12, 20), 1)
    caseload.debtor("C3", due_days=[date(2024, 10, 1), date(2024, 12, 1), date(2024, 12, 20)])
    found = accrual(caseload)
    assert [found[case]["phantom_cents"] for case in ("C1", "C2", "C3")] == [300_00, 1, 0]
    assert (found["C1"]["charged_cents"], found["C1"]["faults"]) == (3_600_00, ["over_terms"])


def test_a_charge_before_the_first_due_date_or_under_no_order_is_phantom() -> None:
    caseload = Caseload().debtor("C1").charge("C1", date(2023, 12, 1))
    caseload.debtor("C2").add(
        "charges", charge_id="X", order_id="none", case_id="C2", due_on=date(2024, 12, 1), amount_cents=50_00
    )
    found = accrual(caseload)
    assert (found["C1"]["phantom_cents"], found["C2"]["phantom_cents"]) == (300_00, 50_00)


def test_terms_that_changed_count_from_their_day() -> None:
    caseload = Caseload().debtor("C1", monthly=300_00, order={"current_cents": 200_00})
    for row in caseload.rows["charges"]:
        row["amount_cents"] = 300_00 if row["due_on"] < date(2024, 8, 1) else 200_00
    caseload.add(
        "terms", order_id="O-C1", from_on=date(2024, 1, 12), frequency="monthly", current_cents=300_00
    )
    caseload.add(
        "terms", order_id="O-C1", from_on=date(2024, 8, 1), entered_on=date(2024, 7, 20), frequency="monthly",
        current_cents=200_00,
    )  # fmt: skip
    assert accrual(caseload)["C1"]["phantom_cents"] == 0


def test_a_change_that_reaches_back_lowers_what_was_charged_before_it_was_ordered() -> None:
    caseload = Caseload().debtor("C1", last_paid=date(2024, 3, 1))
    caseload.add(
        "terms", order_id="O-C1", from_on=date(2024, 2, 1), frequency="monthly", current_cents=300_00
    )
    caseload.add(
        "terms", order_id="O-C1", from_on=date(2024, 10, 1), entered_on=date(2025, 1, 10),
        frequency="monthly", current_cents=200_00,
    )  # fmt: skip
    caseload.add("reviews", **petition(date(2024, 9, 20)))
    fact = caseload.facts()["C1"]
    assert (fact.past_due_cents, fact.lowered_cents, fact.phantom_cents) == (3_300_00, 400_00, 0)
    assert fact.terms_reach_too_far is False
    # Certified debt is lowered, and the rest may still be enforced.
    assert (fact.enforceable_cents, fact.owed_cents, fact.balance_is_trusted) == (2_900_00, 2_900_00, True)
    assert fact.unassigned_enforceable_cents == fact.unassigned_owed_cents == 2_900_00


def petition(served_on: date | None, **but: Any) -> dict[str, Any]:
    """A petition of the parent for the change of the tenth of January."""
    usual = {"review_id": "V1", "order_id": "O-C1", "case_id": "C1", "asked_on": date(2024, 9, 1)}
    return {**usual, "served_on": served_on, "decided_on": date(2025, 1, 10), "outcome": "changed", **but}


def reaches_back(*reviews: dict[str, Any]) -> Any:
    """The case whose terms are said to count from September on, ordered in January: 100 a month less."""
    caseload = Caseload().debtor("C1", last_paid=date(2024, 3, 1))
    usual = {"order_id": "O-C1", "frequency": "monthly"}
    caseload.add("terms", **usual, from_on=date(2024, 2, 1), current_cents=300_00)
    caseload.add(
        "terms", **usual, from_on=date(2024, 9, 1), entered_on=date(2025, 1, 10), current_cents=200_00
    )
    for review in reviews:
        caseload.add("reviews", **review)
    return caseload.facts()["C1"]


def test_a_change_reaches_back_to_the_service_of_the_petition_at_most() -> None:
    fact = reaches_back(petition(date(2024, 11, 20)))
    # December and January: what fell due before the petition was served is a judgment.
    assert (fact.lowered_cents, fact.owed_cents, fact.balance_is_trusted) == (200_00, 3_100_00, True)
    assert (fact.terms_reach_too_far, fact.terms_petition_served_on) == (True, date(2024, 11, 20))


@pytest.mark.parametrize(
    "reviews",
    [
        (),
        (petition(None),),
        (petition(date(2024, 8, 1), outcome="unchanged"),),
        (petition(date(2025, 1, 11)),),
    ],
)
def test_how_far_a_change_reaches_back_without_its_petition_nobody_can_say(reviews: Any) -> None:
    fact = reaches_back(*reviews)
    assert (fact.lowered_cents, fact.balance_is_trusted, fact.terms_reach_too_far) == (0, None, True)


def test_beyond_terms_whose_history_is_not_told_nobody_can_say() -> None:
    caseload = Caseload().debtor("C1", order={"current_cents": 200_00}).known_through("terms", None)
    fact = caseload.facts()["C1"]
    assert (fact.phantom_cents, fact.balance_is_trusted, fact.lowered_cents) == (None, None, None)


# The end of accrual.

ENDS = [
    # Order and child, the last day that surely counts, and the last that may count.
    ("gone", {}, {"emancipated_on": date(2024, 6, 15)}, date(2024, 6, 15), date(2024, 6, 15)),
    ("order ended", {"ends_on": date(2024, 9, 1), "status": "ended"}, {}, date(2024, 9, 1), date(2024, 9, 1)),
    ("at 18", {"ends_rule": "age"}, {}, date(2024, 3, 9), date(2024, 3, 9)),
    ("19 or school, whichever first", {"ends_rule": "school"}, {"in_school": True}, date(2025, 3, 9), None),
    ("left school", {"ends_rule": "school"}, {"in_school": False}, date(2024, 3, 9), date(2024, 3, 9)),
    ("school ends", {"ends_rule": "school"}, {"school_ends_on": date(2024, 6, 7)}, date(2024, 6, 7), None),
    (
        "school beyond 19",
        {"ends_rule": "school"},
        {"school_ends_on": date(2026, 6, 7)},
        date(2025, 3, 9),
        None,
    ),
    (
        "the order's own text",
        {"ends_rule": "text"},
        {"support_ends_on": date(2024, 8, 9)},
        date(2024, 8, 9),
        None,
    ),
    ("disabled", {"ends_rule": "age"}, {"disabled": True}, None, None),
    ("nobody said", {}, {}, date(2024, 3, 9), None),
]


@pytest.fixture(scope="module")
def ended() -> tuple[Rows, Rows]:
    caseload = Caseload()
    for name, order, born, _, _ in ENDS:
        caseload.debtor(name, order=order)
        child(caseload, name, birth_on=date(2006, 3, 9), **born)
    made = caseload.made("accrual", "order_state")
    return (
        {row["case_id"]: row for row in made["accrual"]},
        {row["case_id"]: row for row in made["order_state"]},
    )


@pytest.mark.parametrize(("name", "sure"), [(name, sure) for name, _, _, sure, _ in ENDS if sure])
def test_accrual_ends_with_its_conditions(ended: tuple[Rows, Rows], name: str, sure: date) -> None:
    after = [day for day in due_days("monthly", AS_OF - timedelta(1), date(2024, 2, 1)) if day > sure]
    row, state = ended[0][name], ended[1][name]
    unsure = name == "nobody said"
    assert (row["unsure_cents"] if unsure else row["phantom_cents"]) == 300_00 * len(after)
    assert state["surely_until_on"] == sure
    assert state["is_accruing"] is (None if unsure else not after)


def test_age_ends_nothing_for_a_disabled_child_and_nobody_can_say_of_an_order_without_text(
    ended: tuple[Rows, Rows],
) -> None:
    assert (ended[0]["disabled"]["phantom_cents"], ended[1]["disabled"]["is_accruing"]) == (0, True)
    assert ended[0]["nobody said"]["phantom_cents"] == 0


def test_an_installment_on_the_last_day_counts_and_on_the_next_does_not() -> None:
    caseload = Caseload()
    for case_id, ends_on in (("on", date(2024, 12, 1)), ("before", date(2024, 11, 30))):
        caseload.debtor(case_id, order={"ends_on": ends_on, "status": "ended"})
    found = accrual(caseload)
    assert (found["on"]["phantom_cents"], found["before"]["phantom_cents"]) == (300_00, 600_00)


def test_phantom_arrears_put_the_balance_in_doubt_and_doubt_of_the_end_leaves_it_not_known() -> None:
    caseload = child(Caseload().debtor("C1", order={"ends_rule": "age"}), "C1", birth_on=date(2006, 3, 9))
    child(caseload.debtor("C2"), "C2", birth_on=date(2006, 3, 9))
    child(caseload.debtor("C3"), "C3", birth_on=AS_OF - relativedelta(years=18) + timedelta(90))
    facts = caseload.facts()
    assert (facts["C1"].phantom_cents, facts["C1"].balance_is_trusted) == (3_000_00, False)
    assert (facts["C2"].unsure_cents, facts["C2"].balance_is_trusted) == (3_000_00, None)
    assert (facts["C2"].child_end_is_open, facts["C1"].order_is_accruing) == (True, False)
    # Ninety days before a birthday a person looks.
    assert (facts["C3"].emancipation_is_due, facts["C3"].next_child_ends_on) == (True, date(2025, 4, 15))


def test_where_the_law_ends_a_silent_order_by_itself_it_ends_at_that_age() -> None:
    caseload = child(
        Caseload(state="ma").debtor("C1", order={"ends_rule": "age"}), "C1", birth_on=date(2006, 3, 9)
    )
    child(
        caseload.debtor("C2", order={"ends_rule": "school"}), "C2", birth_on=date(2006, 3, 9), in_school=True
    )
    state = {row["case_id"]: row["surely_until_on"] for row in caseload.made("order_state")["order_state"]}
    assert state == {"C1": date(2027, 3, 9), "C2": date(2029, 3, 9)}


# Rests.


def test_support_is_suspended_while_the_parent_is_assisted_and_begins_again_fourteen_days_later() -> None:
    # Supplemental Security Income from 1 February to 31 August; the order begins again on 14 September.
    spell = {"person_id": "P-C1", "kind": "ssi", "from_on": date(2025, 2, 1), "to_on": date(2025, 8, 31)}
    due = due_days("monthly", date(2025, 9, 20), date(2024, 12, 14))
    caseload = Caseload(date(2025, 9, 20)).debtor(due_days=due).add("benefits", **spell)
    fact = caseload.facts()["C1"]
    # February to August are seven installments; that of 14 September counts again.
    assert (fact.phantom_cents, fact.days_suspended, fact.order_is_accruing) == (2_100_00, 225, True)
    assert fact.days_in_arrears == (date(2025, 9, 20) - date(2024, 12, 14)).days - 225
    before = Caseload(date(2025, 9, 13)).debtor(due_days=due[:1]).add("benefits", **spell)
    assert before.facts()["C1"].accrual_resumes_on == date(2025, 9, 14)
    # A state without that law goes on.
    other = Caseload(date(2025, 9, 20), state="ma").debtor(due_days=due).add("benefits", **spell)
    assert accrual(other)["C1"]["phantom_cents"] == 0


def test_abated_support_and_times_that_touch_are_one_rest() -> None:
    abated = {"abated_from_on": date(2024, 6, 1), "abated_to_on": date(2024, 8, 31)}
    touching = {"suspended_from_on": date(2024, 8, 15), "suspended_to_on": date(2024, 9, 16)}
    caseload = Caseload().debtor("C1", order=abated).debtor("C2", order=abated | touching)
    made = caseload.made("accrual", "pause")
    phantom = {row["case_id"]: row["phantom_cents"] for row in made["accrual"]}
    assert phantom == {"C1": 900_00, "C2": 1_200_00}
    assert {row["order_id"]: (row["from_on"], row["resumes_on"]) for row in made["pause"]} == {
        "O-C1": (date(2024, 6, 1), date(2024, 9, 1)),
        "O-C2": (date(2024, 6, 1), date(2024, 9, 30)),
    }


# Properties.


@SLOW
@given(
    frequency=st.sampled_from(sorted(NEXT)),
    first=st.dates(date(2023, 1, 1), date(2024, 12, 1)),
    cents=st.integers(1, 500_00),
    cuts=st.lists(st.integers(1, 99), max_size=3),
)
def test_any_split_of_what_the_terms_ask_for_sums(
    frequency: str, first: date, cents: int, cuts: list[int]
) -> None:
    caseload = Caseload().debtor(
        due_days=[first], monthly=cents, notice=None, order={"frequency": frequency, "first_due_on": first}
    )
    caseload.rows["charges"].clear()
    days = due_days(frequency, AS_OF, first)
    for day in days:
        left = cents
        for percent in cuts:
            part = left * percent // 100
            caseload.charge("C1", day, part)
            left -= part
        caseload.charge("C1", day, left)
    row = accrual(caseload)["C1"]
    assert (row["phantom_cents"], row["lowered_cents"], row["unsure_cents"]) == (0, 0, 0)
    assert row["charged_cents"] == cents * len([day for day in days if day < AS_OF])


@SLOW
@given(
    charges=st.lists(
        st.tuples(st.dates(date(2023, 1, 1), AS_OF), st.integers(-100_00, 900_00)), min_size=1, max_size=12
    ),
    rule=st.sampled_from([None, "age", "school"]),
    birth=st.dates(date(2004, 1, 1), date(2012, 1, 1)),
)
def test_whatever_was_charged_is_asked_for_lowered_or_phantom(
    charges: list[tuple[date, int]], rule: str | None, birth: date
) -> None:
    caseload = Caseload().debtor(due_days=[date(2023, 6, 1)], order={"ends_rule": rule})
    child(caseload, "C1", birth_on=birth)
    for day, cents in charges:
        caseload.charge("C1", day, cents)
    found = caseload.made("charge", "balance_proof")
    whole = {row["charge_id"]: row["amount_cents"] for row in caseload.rows["charges"]}
    parts = {
        r["charge_id"]: r["amount_cents"] + r["phantom_cents"] + r["lowered_cents"] for r in found["charge"]
    }
    assert parts == whole
    assert all(row["agrees"] for row in found["balance_proof"] if row["is_identity"])


@SLOW
@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 700_00)), min_size=1, max_size=8).flatmap(
        lambda paid: st.tuples(st.just(paid), st.permutations(paid))
    )
)
def test_the_order_in_which_receipts_arrived_does_not_matter(
    paid: tuple[list[tuple[int, int]], list[tuple[int, int]]],
) -> None:
    found = []
    for receipts in paid:
        caseload = Caseload().debtor()
        for days, cents in receipts:
            caseload.receipt("C1", AS_OF - timedelta(days + 1), cents)
        made = caseload.made("installment", "ages", "balances")
        found.append(
            (
                sorted((r["due_on"], r["unpaid_cents"], str(r["paid_on"])) for r in made["installment"]),
                [{k: v for k, v in r.items() if not k.endswith("_src")} for r in made["ages"]],
                [(r["past_due_cents"], r["balance_is_trusted"]) for r in made["balances"]],
            )
        )
    assert found[0] == found[1]


# One sum for the past, a birthday that not every year has, and a debt of days.


def test_support_for_the_past_in_one_sum_is_an_order_of_its_own() -> None:
    """As docs/caseload.md says: the books agree, it is as old as its day, and it is not current support."""
    caseload = Caseload().debtor("C1", last_paid=date(2025, 1, 10), paid=3_600_00)
    day = date(2024, 10, 15)
    caseload.add(
        "orders", order_id="PAST", case_id="C1", frequency="monthly", entered_on=day, first_due_on=day,
        ends_on=day, current_cents=2_400_00, status="active", issued_by="this_state",
    )  # fmt: skip
    caseload.add("charges", charge_id="P1", order_id="PAST", case_id="C1", due_on=day, amount_cents=2_400_00)
    fact = caseload.facts()["C1"]
    assert (fact.past_due_cents, fact.balance_is_trusted, fact.phantom_cents) == (2_400_00, True, 0)
    assert (fact.current_cents, fact.order_frequency, fact.unsure_cents) == (300_00, "monthly", 0)


@pytest.mark.parametrize(
    ("as_of", "is_minor"),
    [
        (date(2026, 2, 27), True),
        (date(2026, 2, 28), None),
        (date(2026, 3, 1), False),
    ],
)
def test_a_child_born_on_29_february_is_of_age_on_the_first_of_march_at_the_latest(
    as_of: date, is_minor: bool | None
) -> None:
    caseload = Caseload(as_of).debtor("C1")
    caseload.rows["children"][0]["birth_on"] = date(2008, 2, 29)
    assert caseload.facts()["C1"].has_minor_child is is_minor


def test_an_installment_due_between_the_two_birthdays_goes_to_a_person() -> None:
    caseload = Caseload(date(2026, 3, 20)).debtor("C1", order={"ends_rule": "age"})
    caseload.rows["children"][0].update(birth_on=date(2008, 2, 29), disabled=False)
    fact = caseload.facts()["C1"]
    assert (fact.unsure_cents, fact.balance_is_trusted) == (300_00, None)
    caseload.rows["children"][0]["birth_on"] = date(2008, 3, 1)
    assert caseload.facts()["C1"].unsure_cents == 0


@pytest.mark.parametrize(("weeks", "gate"), [(1, False), (4, False), (5, None)])
def test_who_pays_each_week_is_not_told_that_nobody_knows_his_notice(weeks: int, gate: bool | None) -> None:
    """The debt of the notice is paid; what is owed since is some weeks old, and a default after a month."""
    due = [AS_OF - timedelta(7 * n) for n in range(40, 0, -1)]
    order = {"frequency": "weekly", "current_cents": 100_00}
    caseload = Caseload().debtor("C1", due_days=due, monthly=100_00, order=order)
    caseload.receipt("C1", due[-weeks] - timedelta(1), (40 - weeks) * 100_00)
    fact = caseload.facts()["C1"]
    assert fact.debt_settled_on is not None
    assert (fact.past_due_cents, fact.debt_gate_is_open) == (weeks * 100_00, gate)
