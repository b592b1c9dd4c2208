"""Small edges at which one thing was taken for another."""

from datetime import date

import pytest
from builders import AS_OF, Caseload

OTHER = {"balance_class": "during_assistance", "is_assigned": True}


def test_good_cause_as_the_parent_with_custody_does_not_shield_what_the_same_parent_owes_another_family() -> (
    None
):
    caseload = Caseload().debtor("C1").debtor("C2", person_id="P-C2")
    # The parent of C1 owes there, and is the one with custody in C2.
    caseload.rows["cases"][1]["custodial_id"] = "P-C1"
    caseload.stay("good_cause", person_id="P-C1")
    found = caseload.facts()
    assert (found["C1"].has_good_cause, found["C2"].has_good_cause) == (False, True)


def test_good_cause_on_a_parent_who_has_custody_nowhere_shields_where_it_is_known() -> None:
    assert Caseload().debtor("C1").stay("good_cause", person_id="P-C1").facts()["C1"].has_good_cause is True


@pytest.mark.parametrize(
    ("order", "accruing", "ended"),
    [
        ({}, True, False),
        ({"suspended_from_on": date(2024, 12, 1)}, False, False),
        ({"status": "suspended"}, False, False),
        ({"status": "ended", "ends_on": date(2024, 12, 1)}, False, True),
        ({"ends_on": date(2024, 12, 1)}, False, True),
    ],
)
def test_an_order_that_rests_has_not_ended(order: dict[str, object], accruing: bool, ended: bool) -> None:
    fact = Caseload().debtor("C1", order=order).facts()["C1"]
    assert (fact.order_is_accruing, fact.order_has_ended) == (accruing, ended)


def test_whether_an_order_has_ended_is_not_known_while_the_last_child_may_go_on() -> None:
    caseload = Caseload().debtor("C1")
    caseload.rows["children"][0]["birth_on"] = date(AS_OF.year - 18, 6, 1)
    caseload.known_through("children", None)
    assert caseload.facts()["C1"].order_has_ended is not True


def balances(assigned: int, family: int) -> tuple[int, int, int]:
    caseload = Caseload().debtor(
        "C1", months=1, balance={"past_due_cents": family, "liquidated_cents": family}
    )
    caseload.add(
        "balances", case_id="C1", opening_cents=0, disputed_cents=0, barred_cents=0, past_due_cents=assigned,
        liquidated_cents=assigned, **OTHER,
    )  # fmt: skip
    fact = caseload.made("balances")["balances"][0]
    return (
        fact["assigned_enforceable_cents"], fact["unassigned_enforceable_cents"], fact["enforceable_cents"]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("assigned", "family", "told"),
    [
        (500_00, -200_00, (300_00, 0, 300_00)),
        (-200_00, 500_00, (0, 300_00, 300_00)),
        (500_00, -700_00, (0, 0, 0)),
        (500_00, 200_00, (500_00, 200_00, 700_00)),
    ],
)
def test_too_much_paid_of_one_kind_lowers_the_federal_record_of_the_other(
    assigned: int, family: int, told: tuple[int, int, int]
) -> None:
    assert balances(assigned, family) == told
