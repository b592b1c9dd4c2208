"""What is known of people, what the silence of a table means, and sums over one person's cases."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from builders import AS_OF, Caseload

from arrears import house

TABLES = {"case_facts": "C1", "person_facts": "P-C1", "person_debt_facts": "P-C1-N"}


def case(caseload: Caseload) -> SimpleNamespace:
    return caseload.facts()["C1"]


def days_ago(count: int) -> date:
    return AS_OF - timedelta(count)


# People.


@pytest.mark.parametrize(
    ("person", "certain", "failed"),
    [
        ({}, True, False),
        ({"ssn_verified": None}, None, None),
        ({"ssn_verified": False}, False, True),
        ({"ssn_fault": "not nine digits", "person_token": None}, False, False),
    ],
)
def test_identity_needs_a_verified_and_possible_number(
    person: dict[str, Any], certain: bool | None, failed: bool | None
) -> None:
    fact = case(Caseload().debtor(person=person))
    assert (fact.identity_is_certain, fact.identity_has_failed) == (certain, failed)


def test_a_number_held_by_two_people_makes_both_uncertain() -> None:  # C10
    caseload = Caseload().debtor("C1").debtor("C2", person={"person_token": "t-P-C1"})
    facts = caseload.facts()
    assert [facts[c].identity_is_certain for c in ("C1", "C2")] == [False, False]


def test_a_claim_to_be_somebody_else_is_doubt_and_a_proven_one_is_failure() -> None:
    claim, proven = (
        case(Caseload().debtor().stay(kind, person_id="P-C1")) for kind in ("identity_claim", "wrong_person")
    )
    assert (claim.identity_is_certain, claim.identity_has_failed) == (False, False)
    assert (proven.identity_is_certain, proven.identity_has_failed) == (False, True)


@pytest.mark.parametrize(
    ("died_on", "alive"), [(days_ago(3), False), (AS_OF + timedelta(1), True), (None, True)]
)
def test_death_is_a_fact_from_its_day(died_on: date | None, alive: bool) -> None:  # C16
    assert case(Caseload().debtor(person={"died_on": died_on})).obligor_is_alive is alive


def test_either_benefit_makes_an_assisted_parent_and_blank_is_not_no() -> None:
    assert (
        case(Caseload().debtor(person={"receives_ssi": True, "receives_tanf": None})).obligor_is_assisted
        is True
    )
    assert case(Caseload().debtor(person={"receives_tanf": None})).obligor_is_assisted is None


def test_violence_against_either_parent_is_seen_and_protects_the_obligors_place_only_where_it_is_theirs() -> (
    None
):
    at_risk = case(Caseload().debtor(person={"family_violence": True}))
    family_at_risk = case(Caseload().debtor(custodial={"family_violence": True}))
    assert (at_risk.has_family_violence, at_risk.obligor_location_is_protected) == (True, True)
    assert (family_at_risk.has_family_violence, family_at_risk.obligor_location_is_protected) == (True, False)


def test_a_stay_of_the_person_reaches_every_case_of_his_and_one_of_a_case_that_case_alone() -> None:
    caseload = Caseload().debtor("C1", person_id="P1").debtor("C2", person_id="P1")
    caseload.stay("bankruptcy", person_id="P1").stay("exemption", case_id="C2", remedy="license_revocation")
    facts = caseload.facts()
    assert [facts[c].bankruptcy_is_open for c in ("C1", "C2")] == [True, True]
    assert [facts[c].exempted_remedies for c in ("C1", "C2")] == [[], ["license_revocation"]]


def test_a_stay_ends_after_its_last_day() -> None:
    assert case(Caseload().debtor().stay("good_cause", case_id="C1", to_on=AS_OF)).has_good_cause is True
    assert (
        case(Caseload().debtor().stay("good_cause", case_id="C1", to_on=days_ago(1))).has_good_cause is False
    )


def test_a_license_is_known_from_our_records_or_an_exact_match() -> None:
    none = Caseload().debtor(license=False)
    assert case(none).license_count == 0
    assert case(none.license_of_dmv("P-C1")).driver_license_count == 1
    stranger = Caseload().debtor(license=False).license_of_dmv("P-C1", last_name="STRANGER")
    assert case(stranger).license_count == 0


def test_one_license_in_two_files_is_one_license_and_a_suspended_one_is_none() -> None:
    both = Caseload().debtor().license_of_dmv("P-C1", license_number="L-P-C1")
    assert case(both).license_count == 1
    both.rows["licenses"][0]["status"] = "suspended"
    assert case(both).license_count == 0


# Absence is a fact only where the table that would tell it is current.


@pytest.mark.parametrize(
    ("table", "facts"),
    [
        (
            "stays",
            [
                "has_good_cause",
                "identity_is_certain",
                "exempted_remedies",
                "disputes_about",
                "bankruptcy_is_open",
            ],
        ),
        ("hearings", ["hearings_pending_about"]),
        ("agreements", ["agreement_is_kept", "inability_reported", "debt_gate_is_open"]),
        ("receipts", ["unpaid_since_on", "days_in_arrears", "balance_is_trusted", "has_payment_in_transit"]),
        ("charges", ["days_in_arrears", "balance_is_trusted", "reportable_cents"]),
        ("balances", ["past_due_cents", "enforceable_cents", "owed_cents", "days_in_arrears"]),
        ("orders", ["order_is_accruing", "health_cover_missing"]),
        ("persons", ["obligor_is_alive", "identity_is_certain"]),
        ("employers", ["has_payment_in_transit"]),
        ("addresses", ["obligor_location_is_protected"]),
    ],
)
@pytest.mark.parametrize("end", [None, AS_OF - timedelta(6)], ids=["never told", "six days old"])
def test_a_table_that_is_not_current_says_nothing_by_its_silence(
    table: str, facts: list[str], end: date | None
) -> None:
    caseload = Caseload().debtor(last_paid=days_ago(70))
    known = case(caseload)
    assert [name for name in facts if getattr(known, name) is None] == []
    found = case(caseload.known_through(table, end))
    assert [name for name in facts if getattr(found, name) is not None] == []


def test_an_old_table_of_cases_does_not_say_that_a_case_is_still_open() -> None:
    fact = case(Caseload().debtor().known_through("cases", AS_OF - timedelta(6)))
    assert (fact.case_is_open, fact.is_full_service) == (None, None)


def test_five_days_old_is_current_over_a_long_weekend() -> None:
    assert case(Caseload().debtor().known_through("stays", AS_OF - timedelta(5))).has_good_cause is False


def test_what_a_stale_table_holds_counts_as_it_stands() -> None:
    caseload = (
        Caseload().debtor().stay("good_cause", case_id="C1").known_through("stays", AS_OF - timedelta(60))
    )
    assert case(caseload).has_good_cause is True


def test_a_fresh_extract_over_unopened_mail_is_not_current() -> None:
    caseload = Caseload().debtor()
    caseload.intake["hearings"] = AS_OF - timedelta(30)
    fact = case(caseload)
    assert (fact.hearings_pending_about, fact.intake_hearings_through_on) == (None, AS_OF - timedelta(30))


def test_a_case_without_balances_owes_what_nobody_knows() -> None:
    caseload = Caseload().debtor()
    caseload.rows["balances"].clear()
    fact = case(caseload)
    assert (fact.past_due_cents, fact.owed_cents, fact.days_in_arrears) == (None, None, None)


# Sums over the cases of one person.


def two_cases(**second: Any) -> Caseload:
    first = {"opening_cents": 0, "past_due_cents": 300_00, "liquidated_cents": 300_00}
    made = Caseload().debtor("C1", person_id="P1", months=1, balance=first)
    made.debtor("C2", person_id="P1", months=1, **second)
    made.rows["children"][-1]["birth_on"] = date(2018, 5, 1)  # another child: two cases, not one twice
    return made


def debt(caseload: Caseload, kind: str) -> SimpleNamespace:
    return caseload.facts("person_debt_facts")[f"P1-{kind}"]


def test_debt_of_one_kind_is_summed_over_the_persons_cases() -> None:
    fact = debt(two_cases(monthly=250_00), "N")
    assert (fact.debt_cents, fact.cases_counted) == (550_00, ["C1", "C2"])


def test_assigned_and_unassigned_debt_are_never_added() -> None:  # C19
    caseload = two_cases(monthly=120_00, balance={"is_assigned": True, "balance_class": "during_assistance"})
    assert [debt(caseload, kind).debt_cents for kind in "AN"] == [120_00, 300_00]
    assert debt(caseload, "A").debt_cents_other_type == 300_00


@pytest.mark.parametrize(
    "second",
    [
        {"case": {"status": "closed"}},
        {"case": {"service_level": "withholding_only"}},
        {"case": {"interstate": "responding"}},
    ],
)
def test_a_case_that_is_closed_limited_or_another_states_does_not_count(second: dict[str, Any]) -> None:
    assert debt(two_cases(**second), "N").debt_cents == 300_00


def test_a_sum_with_one_unknown_part_is_not_known() -> None:
    caseload = two_cases()
    caseload.rows["balances"].pop()
    assert debt(caseload, "N").debt_cents is None
    assert caseload.facts("person_facts")["P1"].liquidated_cents is None


def test_a_balance_in_doubt_makes_the_sum_not_known_instead_of_smaller() -> None:
    caseload = two_cases(balance={"past_due_cents": 301_00, "liquidated_cents": 301_00})
    assert debt(caseload, "N").debt_cents is None


def test_a_case_in_dispute_or_with_good_cause_leaves_the_sum() -> None:
    assert debt(two_cases().stay("dispute", case_id="C2"), "N").debt_cents == 300_00
    assert debt(two_cases().stay("good_cause", case_id="C2"), "N").debt_cents == 300_00
    assert debt(two_cases().stay("dispute", case_id="C2"), "N").owed_cents == 600_00


def test_liquidated_debt_counts_only_where_the_notice_has_run() -> None:
    fact = two_cases(notice=None).facts("person_facts")["P1"]
    assert (fact.liquidated_cents, fact.cases_counted) == (300_00, ["C1"])


# Every fact is described, and leads back to its rows.


@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_fact_is_described_and_names_a_source_column(table: str) -> None:
    told_here = yaml.safe_load((house.FACTS / "facts.yml").read_text())
    described = told_here["facts"][table]
    columns = set(vars(Caseload().debtor().facts(table)[TABLES[table]]))
    facts = {c for c in columns if not c.endswith("_src")} - {
        "subject_id",
        "case_id",
        "person_id",
        "office",
        "worker",
    }
    # What is seen beside a table's own columns is described where it is made.
    others = told_here["beside"].get(table, {}).values()
    beside = {column for other in others for column in told_here["facts"][other]}
    assert set(described) <= facts <= set(described) | beside
    assert {told["source"] for told in described.values() if "source" in told} <= columns
    units = {"cents", "date", "days", "yes_no", "count", "text", "list"}
    assert {told["unit"] for told in described.values()} <= units


def test_every_case_has_one_row_whatever_is_missing() -> None:
    caseload = Caseload().debtor("C1").debtor("C2")
    for table in ("orders", "charges", "balances", "notices", "children", "addresses", "persons"):
        caseload.rows[table].clear()
    assert sorted(caseload.facts()) == ["C1", "C2"]
    assert sorted(caseload.facts("person_debt_facts")) == ["P-C1-A", "P-C1-N", "P-C2-A", "P-C2-N"]


def test_a_bankruptcy_entered_in_one_case_protects_its_debtor_in_every_case() -> None:
    caseload = Caseload().debtor("C1").debtor("C2", person_id="P-C1").debtor("C3")
    found = caseload.stay("bankruptcy", case_id="C1", chapter="13").facts()
    assert {case: fact.bankruptcy_is_open for case, fact in found.items()} == {
        "C1": True,
        "C2": True,
        "C3": False,
    }


@pytest.mark.parametrize(
    ("signed_on", "but", "is_open"),
    [
        (date(2024, 9, 20), {"includes_current": False}, False),  # in the thirty days
        (date(2024, 12, 20), {}, False),  # months later, with current support
        (date(2024, 12, 20), {"includes_current": None}, None),
        (date(2024, 12, 20), {"includes_current": False}, True),
        (date(2024, 12, 20), {"status": "broken", "broken_on": date(2025, 1, 10)}, True),
    ],
)
def test_a_plan_that_is_kept_and_includes_current_support_spares_whenever_it_was_signed(
    signed_on: date, but: dict[str, Any], is_open: bool | None
) -> None:
    """Every remedy that the notice of debt gates reads this one fact."""
    caseload = Caseload().debtor("C1").agreement("C1", signed_on, **but)
    assert caseload.facts()["C1"].debt_gate_is_open is is_open
    if is_open is False:
        assert caseload.verdict("credit_reporting") == "clear"
