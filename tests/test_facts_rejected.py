"""A bad line is not the same as no line: what it would have told of its case or person is not known."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from builders import AS_OF, Caseload, profile, rows_of

from arrears.night.transform import run_facts, run_match

HELD = {
    "stays": ["has_good_cause", "bankruptcy_is_open", "exempted_remedies", "disputes_about"],
    "hearings": ["hearings_pending_about", "intake_hearings_through_on"],
    "agreements": ["agreement_is_kept", "agreement_includes_current", "debt_gate_is_open"],
    "notices": ["debt_gate_is_open", "debt_notice_served_on", "hearings_pending_about"],
    "receipts": ["last_payment_on", "unpaid_since_on", "days_in_arrears", "balance_is_trusted"],
    "orders": ["has_enforceable_order", "order_is_accruing", "days_in_arrears", "balance_is_trusted"],
    "charges": ["days_in_arrears", "balance_is_trusted", "reportable_cents", "oldest_unpaid_due_on"],
    "balances": ["past_due_cents", "enforceable_cents", "owed_cents", "debt_gate_is_open"],
    "children": ["has_minor_child", "order_is_accruing", "days_in_arrears"],
    "cases": ["case_is_open", "is_full_service", "case_class", "interstate"],
    "unkeyed": ["has_unkeyed_hearing", "hearings_pending_about", "debt_gate_is_open"],
    "scheduled_payments": ["scheduled_cents", "has_payment_in_transit"],
    "claims": ["open_claims", "identity_is_certain", "disputes_about"],
}
OF_PERSON = {
    "persons": ["obligor_is_alive", "ssn_is_verified", "identity_is_certain", "obligor_is_assisted"],
    "addresses": ["obligor_has_address", "obligor_location_is_protected"],
    "licenses": ["license_count"],
    "employers": ["has_payment_in_transit"],
    "stays": ["has_good_cause", "bankruptcy_is_open", "exempted_remedies"],
    "benefits": ["obligor_is_assisted", "obligor_receives_ssi"],
    "benefit_checks": ["obligor_is_assisted", "obligor_receives_ssi"],
    "custody": ["obligor_in_prison"],
}
# Facts of the modules beyond the core: table, whom the lost line names, and what is then not known.
OF_MODULE = [
    ("life_facts", "contacts", "case_id", ["was_heard_since_letter"]),
    ("life_facts", "reviews", "case_id", ["review_is_asked"]),
    ("life_facts", "placements", "case_id", ["is_placed"]),
    ("life_facts", "custody", "person_id", ["custody_not_notified", "in_prison"]),
    ("life_facts", "benefits", "person_id", ["receives_ssi"]),
    ("life_facts", "hardship_checks", "case_id", ["hardship_is_found", "ability_is_found"]),
    ("life_facts", "hardship_checks", "person_id", ["hardship_is_found", "ability_is_found"]),
]


def two_cases() -> Caseload:
    caseload = (
        Caseload().debtor("C1", last_paid=AS_OF - timedelta(70)).debtor("C2", last_paid=date(2024, 11, 6))
    )
    for case_id in ("C1", "C2"):
        caseload.agreement(case_id, date(2025, 1, 2), status="ended")
    return caseload


def known(fact: SimpleNamespace, names: list[str]) -> list[str]:
    return [name for name in names if getattr(fact, name) is not None]


@pytest.mark.parametrize("table", HELD)
def test_a_rejected_line_leaves_its_case_not_known_and_every_other_one_alone(table: str) -> None:
    names = HELD[table]
    facts = two_cases().rejected(table, case_id="C1").facts()
    assert (known(facts["C1"], names), known(facts["C2"], names)) == ([], names)


@pytest.mark.parametrize("table", OF_PERSON)
def test_a_rejected_line_of_a_person_leaves_his_cases_not_known(table: str) -> None:
    names = OF_PERSON[table]
    facts = two_cases().rejected(table, person_id="P-C1").facts()
    assert (known(facts["C1"], names), known(facts["C2"], names)) == ([], names)


@pytest.mark.parametrize(("facts", "table", "by", "names"), OF_MODULE)
def test_a_rejected_line_leaves_what_a_module_reads_of_it_not_known(
    facts: str, table: str, by: str, names: list[str]
) -> None:
    found = two_cases().rejected(table, **{by: "C1" if by == "case_id" else "P-C1"}).facts(facts)
    assert (known(found["C1"], names), known(found["C2"], names)) == ([], names)


def test_where_benefits_suspend_the_order_a_lost_line_of_them_leaves_it_not_known_to_accrue() -> None:
    caseload = Caseload().debtor("C1").debtor("C2").rejected("benefits", person_id="P-C1")
    facts = caseload.facts()
    assert (facts["C1"].order_is_accruing, facts["C2"].order_is_accruing) == (None, True)


def test_what_protects_still_stands_where_a_later_line_of_benefits_was_lost() -> None:
    caseload = two_cases().add("benefits", person_id="P-C1", kind="ssi", from_on=date(2024, 1, 1))
    fact = caseload.rejected("benefit_checks", person_id="P-C1").facts()["C1"]
    assert (fact.obligor_receives_ssi, fact.obligor_is_assisted) == (True, True)


@pytest.mark.parametrize("table", [*HELD, *OF_PERSON])
def test_a_rejected_line_that_names_nobody_may_be_about_anybody(table: str) -> None:
    facts = two_cases().rejected(table).facts()
    names = (HELD | OF_PERSON)[table]
    assert [known(fact, names) for fact in facts.values()] == [[], []]


def test_what_protects_still_stands_where_a_later_line_was_rejected() -> None:
    caseload = two_cases().stay("good_cause", case_id="C1").rejected("stays", case_id="C1")
    caseload.agreement("C1", date(2025, 1, 3)).rejected("agreements", case_id="C1")
    fact = caseload.facts()["C1"]
    assert (fact.has_good_cause, fact.agreement_is_kept, fact.bankruptcy_is_open) == (True, True, None)


@pytest.mark.parametrize("remedy", ["license_revocation", "state_tax_intercept"])
def test_no_remedy_begins_on_a_lost_stay_and_none_is_clear_of_it(remedy: str) -> None:
    table = "case_facts" if remedy == "license_revocation" else "person_facts"
    subject = "C1" if table == "case_facts" else "P-C1"
    night = two_cases().rejected("stays", case_id="C1").night(table, remedy)
    assert night.verdicts[remedy, "enter", subject].verdict == "unknown"


def intake_known(caseload: Caseload, folder: Any) -> dict[str, date | None]:
    with caseload.attached() as con:
        run_match(con, folder / "match", caseload.as_of)
        run_facts(con, folder / "facts", profile(), caseload.as_of, wanted={"intake_known"})
        assert (folder / "facts" / "intake_known.parquet").exists()
        return {row["kind"]: row["complete_through_on"] for row in rows_of(con, "facts.intake_known")}


def test_mail_is_known_through_the_earlier_of_its_intake_and_its_extract(tmp_path: Any) -> None:
    caseload, early = Caseload().debtor(), AS_OF - timedelta(30)
    caseload.ends["hearings"] = early
    caseload.intake["payments"] = early
    found = intake_known(caseload, tmp_path)
    assert (found["hearings"], found["payments"], found["stays"]) == (early, early, caseload.through)


def test_a_day_of_the_mail_that_cannot_be_true_is_a_line_and_leaves_the_mail_not_known_where_none_was(
    tmp_path: Any,
) -> None:
    caseload = Caseload().debtor()
    caseload.intake["hearings"] = AS_OF + timedelta(400)
    facts = caseload.facts("intake_facts")
    assert list(facts) == ["hearings"]
    assert (facts["hearings"].paper_claimed_on, facts["hearings"].paper_through_on) == (
        AS_OF + timedelta(400),
        None,
    )
    assert intake_known(caseload, tmp_path)["hearings"] is None


def test_mail_whose_extract_never_came_or_lost_a_line_about_anybody_is_not_known(tmp_path: Any) -> None:
    caseload = Caseload().debtor().rejected("agreements").rejected("stays", case_id="C1")
    caseload.ends["hearings"] = None
    found = intake_known(caseload, tmp_path)
    assert (found["hearings"], found["agreements"], found["stays"]) == (None, None, caseload.through)
