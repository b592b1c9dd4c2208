"""The suites of the house run on believable tables, pass them, and catch what they are there for."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from arrears.data.warehouse import Connection, warehouse
from arrears.expectations import Outcome, load_suites, run_checks

ROOT = Path(__file__).parent.parent
AS_OF = date(2025, 1, 15)
SUITES = {suite.table: suite for suite in load_suites(ROOT / "expectations")}
PLACE = "'aaaaaaaaaaaaaaaa' AS source_file, i AS source_line"
TOKEN = "'token' || i AS person_token, CAST(NULL AS VARCHAR) AS ssn_fault"
QUEUED = "i AS record_no, ['a' || i] AS action_ids, 250001 AS amount_cents, false AS is_withdrawal"

# One believable table a suite: a hundred rows each, told by what differs from row to row.
TABLES = {
    "caseload.cases": (
        "'c' || i AS case_id, '001' AS office, 'p' || i AS obligor_id, 'open' AS status, "
        "'never_assistance' AS case_class, DATE '2020-01-01' AS opened_on, "
        "CAST(NULL AS DATE) AS closed_on"
    ),
    "caseload.persons": (
        f"'p' || i AS person_id, {TOKEN}, 'SMITH' AS last_name, DATE '1980-05-05' AS birth_on, "
        "CAST(NULL AS DATE) AS died_on"
    ),
    "caseload.addresses": ("'p' || i AS person_id, 'mail' AS kind, '04330' AS zip, false AS protected"),
    "caseload.children": (
        "'c' || i AS case_id, 'k' || i AS person_id, DATE '2015-01-01' AS birth_on, "
        "CAST(NULL AS DATE) AS emancipated_on"
    ),
    "caseload.orders": (
        "'o' || i AS order_id, 'c' || i AS case_id, 'active' AS status, 50000 AS current_cents, "
        "DATE '2020-01-01' AS entered_on, CAST(NULL AS DATE) AS ends_on"
    ),
    "caseload.charges": (
        "'h' || i AS charge_id, 'c' || i AS case_id, DATE '2025-01-01' AS due_on, 50000 AS amount_cents"
    ),
    "caseload.receipts": (
        "'r' || i AS receipt_id, 'c' || i AS case_id, 'payment' AS kind, 100 AS amount_cents, "
        "DATE '2024-12-01' AS received_on, DATE '2024-12-02' AS posted_on"
    ),
    "caseload.balances": (
        "'c' || i AS case_id, 'never_assigned' AS balance_class, false AS is_assigned, "
        "250001 AS past_due_cents, 0 AS liquidated_cents, 0 AS disputed_cents, 0 AS barred_cents"
    ),
    "caseload.notices": (
        "'n' || i AS notice_id, 'served' AS status, DATE '2024-11-01' AS sent_on, "
        "DATE '2024-11-05' AS served_on, CAST(NULL AS DATE) AS returned_on"
    ),
    "caseload.hearings": (
        "'e' || i AS hearing_id, DATE '2024-11-20' AS requested_on, "
        "CAST(NULL AS DATE) AS decided_on, CAST(NULL AS VARCHAR) AS decision, "
        "CAST(NULL AS DATE) AS decision_mailed_on"
    ),
    "caseload.agreements": ("'g' || i AS agreement_id, 'kept' AS status, CAST(NULL AS DATE) AS broken_on"),
    "caseload.stays": (
        "'s' || i AS stay_id, 'c' || i AS case_id, CAST(NULL AS VARCHAR) AS person_id, "
        "'good_cause' AS kind, DATE '2024-01-01' AS from_on, CAST(NULL AS DATE) AS to_on"
    ),
    "caseload.employers": ("'p' || i AS person_id, '012345678' AS fein, 0 AS withheld_not_sent_cents"),
    "caseload.licenses": (
        "'p' || i AS person_id, 'L' || i AS license_number, 'driver' AS license_kind, 'valid' AS status"
    ),
    "caseload.sent": (
        "'license_revocation' AS remedy, 'c' || i AS subject_id, 'notice' AS step, "
        "CAST(NULL AS VARCHAR) AS target_id, 'license_revocation' AS message, "
        "DATE '2024-01-01' AS sent_on"
    ),
    "caseload.intake": (
        "list_extract(['hearings', 'payments', 'stays'], CAST(i AS INTEGER)) AS kind, "
        "DATE '2025-01-14' AS complete_through_on"
    ),
    "staging.employer_new_hires": (
        f"{TOKEN}, 'SMITH' AS last_name, DATE '2025-01-02' AS hired_on, '012345678' AS employer_fein"
    ),
    "staging.dmv_licenses": (
        f"{TOKEN}, 'SMITH' AS last_name, 'L' || i AS license_number, DATE '1980-05-05' AS birth_on, "
        "'ME' AS state"
    ),
    "staging.bank_accounts": (
        f"{TOKEN}, 'acct' || i AS account_token, '012345678' AS institution_tin, 10000 AS balance_cents"
    ),
    **dict.fromkeys(
        ("staging.bank_account_lists", "staging.multistate_bank_matches"),
        f"{TOKEN}, 'acct' || i AS account_token, '012345678' AS institution_tin, 10000 AS balance_cents",
    ),
    "staging.asset_information": (
        f"{TOKEN}, 'SMITH' AS last_name, CAST(NULL AS VARCHAR) AS refused_because, '2023' AS tax_year, "
        "10000 AS largest_cents"
    ),
    "staging.state_wages": (
        f"{TOKEN}, 'p' || i AS person_id, 900000 AS amount_cents, DATE '2024-09-30' AS quarter_ends_on"
    ),
    "staging.unemployment_claimants": TOKEN,
    "staging.dmv_matches": f"{TOKEN}, 'SMITH' AS last_name, 'L' || i AS license_number",
    "staging.dmv_non_matches": "'p' || i AS person_id, 'E01' AS status",
    "staging.dmv_license_errors": "'p' || i AS person_id, 'E07' AS status",
    "staging.dmv_vehicles": f"{TOKEN}, 'SMITH' AS last_name, 'V' || i AS vin",
    "staging.board_licenses": (
        f"{TOKEN}, 'SMITH' AS last_name, 'L' || i AS license_number, 'valid' AS status, "
        "DATE '2026-01-01' AS expires_on"
    ),
    "staging.maine_new_hires": f"{TOKEN}, 'SMITH' AS last_name, '012345678' AS employer_fein",
    "staging.massachusetts_new_hires": (
        f"{TOKEN}, 'SMITH JO' AS employee_name, '012345678' AS employer_fein, DATE '2025-01-02' AS hired_on"
    ),
    "staging.common_new_hires": f"{TOKEN}, 'SMITH' AS last_name, DATE '2025-01-02' AS hired_on",
    "staging.state_directory_hires": (
        f"{TOKEN}, 'SMITH' AS last_name, '012345678' AS employer_fein, DATE '2025-01-02' AS hired_on"
    ),
    "staging.federal_employers": "'MILL ' || i AS employer_name, '012345678' AS employer_fein",
    "staging.eiwo_employers": (
        "'MILL ' || i AS employer_name, '012345678' AS employer_fein, true AS is_active, "
        "CAST(NULL AS DATE) AS inactive_on"
    ),
    "staging.csenet_errors": (
        "'c' || i AS case_id, 'E001' AS error_code, DATE '2025-01-02' AS transaction_on"
    ),
    "staging.csenet_transactions": (
        "'SMITH' AS last_name, 'c' || i AS case_id, 'x' || i AS other_case_id, false AS is_closed_there, "
        "false AS has_nondisclosure, DATE '2025-01-02' AS transaction_on"
    ),
    "staging.dmdc_coverage": (
        f"{TOKEN}, 'SMITH' AS last_name, 'c' || i AS case_id, true AS child_is_covered, "
        "DATE '2024-01-01' AS cover_from_on"
    ),
    "staging.fcr_acknowledgments": (
        "'c' || i AS case_id, 'accepted' AS result, 'person' AS about, 'SMITH' AS last_name, "
        "CAST(NULL AS DATE) AS died_on"
    ),
    "staging.fcr_matches": (
        f"{TOKEN}, 'SMITH' AS last_name, 'x' || i AS other_case_id, CAST(NULL AS DATE) AS died_on"
    ),
    "staging.fpls_answers": f"{TOKEN}, 'SMITH' AS last_name, false AS is_dead",
    "staging.alaska_dividends": f"{TOKEN}, 'SMITH' AS applicant_last_name",
    "staging.electronic_payments": (
        f"{TOKEN}, 't' || i AS trace_number, 10000 AS passed_on_cents, DATE '2025-01-14' AS arrived_on"
    ),
    "staging.ach_payments": (
        f"{TOKEN}, 't' || i AS trace_number, 10000 AS passed_on_cents, DATE '2025-01-14' AS arrived_on"
    ),
    "staging.assistance_referrals": (
        "'p' || i AS person_id, 'c' || i AS case_number, 'grant' AS event, 48500 AS monthly_cents"
    ),
    "staging.medicaid_referrals": (
        "'p' || i AS person_id, 'c' || i AS case_number, DATE '2024-11-01' AS from_on"
    ),
    "staging.state_tax_refunds": (
        "'p' || i AS person_id, 10000 AS amount_cents, DATE '2025-01-10' AS created_on"
    ),
    "facts.case_news": "'c' || i AS subject_id, DATE '2025-01-02' AS registry_answered_on",
    "facts.person_news": "'p' || i AS subject_id, DATE '2025-01-02' AS unread_hire_on",
    "facts.case_facts": (
        "'c' || i AS subject_id, 'c' || i AS case_id, 'p' || i AS person_id, "
        "250001 AS past_due_cents, 0 AS assigned_cents, 250001 AS unassigned_cents, "
        "250001 AS enforceable_cents, 250001 AS collectable_cents, 0 AS assigned_enforceable_cents, "
        "250001 AS unassigned_enforceable_cents, 250001 AS reportable_cents, 250001 AS liquidated_cents, "
        "DATE '2024-12-01' AS last_payment_on, 100 AS last_payment_cents, "
        "DATE '2024-12-01' AS unpaid_since_on, DATE '2024-01-01' AS oldest_unpaid_due_on, "
        "DATE '2024-11-05' AS debt_notice_served_on, false AS debt_notice_is_challenged, "
        "true AS debt_gate_is_open, 'caseload.balances@aaaaaaaaaaaaaaaa:1' AS past_due_src, "
        "true AS balance_is_trusted"
    ),
    "facts.balance_proof": (
        "'sum ' || i AS what, true AS is_identity, 100 AS left_cents, 100 AS right_cents, true AS agrees"
    ),
    "facts.person_facts": (
        "'p' || i AS subject_id, 'p' || i AS person_id, CAST(NULL AS VARCHAR) AS case_id, "
        "250001 AS liquidated_cents, 250001 AS enforceable_cents"
    ),
    "facts.person_debt_facts": (
        "'p' || i || '-N' AS subject_id, 'p' || i AS person_id, 'N' AS case_type, 250001 AS debt_cents"
    ),
    "staging.federal_collections": (
        f"{TOKEN}, 'p' || i AS person_id, 'N' AS case_type, 10000 AS collected_cents, 0 AS adjusted_cents"
    ),
    "staging.federal_offset_rejects": (
        f"{TOKEN}, 'p' || i AS person_id, 'N' AS case_type, 'A' AS transaction_type, ['17'] AS codes"
    ),
    "staging.federal_offset_reconciliation": (
        f"{TOKEN}, 'p' || i AS person_id, 'N' AS case_type, 250000 AS held_cents"
    ),
    "staging.sves_title_ii": (
        f"{TOKEN}, 'p' || i AS person_id, 'SMITH' AS last_name, true AS is_paid, 94300 AS monthly_cents, "
        "CAST(NULL AS DATE) AS died_on"
    ),
    "staging.sves_title_xvi": (
        f"{TOKEN}, 'p' || i AS person_id, 'SMITH' AS last_name, true AS is_paid,"
        " CAST(NULL AS DATE) AS died_on"
    ),
    "staging.sves_prisoners": (
        f"{TOKEN}, 'p' || i AS person_id, 'SMITH' AS last_name, DATE '2024-03-01' AS confined_on, "
        "CAST(NULL AS DATE) AS release_on"
    ),
    "facts.federal_facts": (
        "'p' || i || '-N' AS subject_id, 'p' || i AS person_id, 'N' AS case_type, 250001 AS debt_cents, "
        "0 AS debt_cents_other_type, 250000 AS file_cents, 250001 AS passport_cents, "
        "DATE '2024-11-01' AS offset_notice_on"
    ),
    "facts.federal_records": (
        "'p' || i || '-N' AS subject_id, false AS reject_is_open, CAST(NULL AS DATE) AS rejected_on, "
        "250000 AS reported_cents, 250001 AS last_reported_cents"
    ),
    "facts.benefits_known": (
        "'p' || i AS subject_id, false AS receives_ssi_match, false AS receives_ssi, "
        "DATE '2025-01-10' AS benefits_checked_on"
    ),
    "facts.state_claim_facts": ("'p' || i AS subject_id, 250001 AS claim_cents, 250001 AS enforceable_cents"),
    "facts.offset_money": (
        "'m' || i AS subject_id, 10000 AS collected_cents, 0 AS over_collected_cents, false AS is_held, "
        "CAST(NULL AS DATE) AS holds_until_on"
    ),
    "staging.employer_wages": (
        f"{TOKEN}, 'SMITH' AS last_name, '012345678' AS employer_fein, 900000 AS wage_cents, "
        "DATE '2024-09-30' AS quarter_ends_on"
    ),
    "staging.unemployment_matches": (
        f"{TOKEN}, 'SMITH' AS last_name, 420000 AS benefit_cents, DATE '2024-12-31' AS quarter_ends_on"
    ),
    "staging.unemployment_withholdings": (
        f"{TOKEN}, 'p' || i AS person_id, 8000 AS amount_cents, DATE '2025-01-10' AS paid_on"
    ),
    "staging.eiwo_acknowledgments": (
        f"{TOKEN}, 'c' || i AS case_id, '012345678' AS employer_fein, 'ORG' AS action_code, "
        "'A' AS disposition_status"
    ),
    "staging.eiwo_results": ("'t' || i AS tracking_number, CAST(NULL AS VARCHAR) AS first_error_field"),
    "facts.employment_facts": (
        "'c' || i || ':012345678' AS subject_id, 'c' || i AS case_id, '012345678' AS fein, "
        "30000 AS withheld_current_cents, 2000 AS withheld_arrears_cents, 0 AS unsent_cents, "
        "250001 AS enforceable_cents, 55 AS ccpa_percent, 50 AS ccpa_percent_current"
    ),
    "facts.unemployment_facts": (
        "'p' || i AS subject_id, 'p' || i AS person_id, 8000 AS deduction_weekly_cents, "
        "6000 AS current_weekly_cents, 2000 AS debt_weekly_cents"
    ),
    "queues.income_withholding": (
        f"{QUEUED}, 'c' || i AS case_identifier, '012345678' AS employer_ein, "
        "'t' || i AS document_tracking_number, 'token' || i AS person_token, 52000 AS total_amount, "
        "52000 AS current_child_amount, 0 AS past_due_child_amount, 50 AS ccpa_percent, "
        "12000 AS deduction_weekly, 24000 AS deduction_biweekly, 52000 AS deduction_monthly"
    ),
    "queues.medical_support": (
        f"{QUEUED}, 'c' || i AS case_id, '012345678' AS employer_fein, 'SMITH' AS child_1_last_name"
    ),
    "queues.unemployment": (
        f"{QUEUED}, 'p' || i AS person_number, 'token' || i AS person_token, 250001 AS withholding_amount"
    ),
    "queues.sos_license": (
        f"{QUEUED}, '1' AS request_type, 'token' || i AS person_token, 'p' || i AS person_number, "
        "'L' || i AS license_number, DATE '1980-05-05' AS date_of_birth, "
        "DATE '2025-01-15' AS process_date"
    ),
    "queues.credit_bureaus": (
        f"{QUEUED}, 'c' || i AS consumer_account_number, 'token' || i AS person_token, "
        "'SMITH' AS surname, DATE '1980-05-05' AS date_birth, false AS location_is_withheld, "
        "2500 AS current_balance, 2500 AS amount_past_due, "
        "DATE '2024-01-01' AS date_first_delinquency"
    ),
    "queues.state_tax_setoff": (
        f"{QUEUED}, 'token' || i AS person_token, 'SMITH' AS last_name, "
        "'0010000000' || lpad(CAST(i AS VARCHAR), 3, '0') AS account_id_number, 'C' AS debt_code, "
        "250001 AS debt_amount"
    ),
    "queues.federal_offset": (
        f"{QUEUED}, 'token' || i AS person_token, 'p' || i AS case_id, 'N' AS case_type, "
        "'A' AS transaction_type, 2500 AS arrears_amount, 'PAS,RET' AS offset_exclusions, "
        "DATE '2024-11-01' AS pre_offset_notice_date, false AS location_is_withheld, "
        "'1 A St' AS address_line_1, CAST(NULL AS VARCHAR) AS address_line_2, 'AUGUSTA' AS city, "
        "'ME' AS state, '04330' AS zip"
    ),
    "queues.obligor_notices": (
        f"{QUEUED}, 'a' || i AS reference, 'notice_of_debt' AS notice_kind, 'Smith' AS last_name, "
        "'1 A St' AS address_line_1, 250001 AS amount, 30 AS respond_days, 'SERVED' AS respond_from, "
        "false AS location_is_withheld"
    ),
    "queues.account_entries": (
        f"{QUEUED}, 'a' || i AS reference, 'INTEREST' AS entry_kind, 'c' || i AS case_id, "
        "DATE '2025-01-15' AS entry_on, DATE '2024-12-31' AS period_ends_on, 250001 AS amount"
    ),
    "facts.allocation": (
        "'r' || i AS receipt_id, 'ordinary' AS kind, 'never_assigned' AS balance_class, 'family' AS pays, "
        "100 AS amount_cents, 'waterfalls.me.ordinary.current' AS rule"
    ),
    "facts.money_proof": "'proof ' || i AS what, true AS agrees",
    "facts.money_facts": (
        "'c' || i AS subject_id, 'c' || i AS case_id, 0 AS overpaid_cents, 0 AS over_collected_cents"
    ),
    "facts.orphan_facts": "'t' || i AS subject_id, false AS orphans_mean_everybody",
    "facts.fee_facts": "'c' || i || '/2025' AS subject_id, DATE '2024-10-01' AS fiscal_year_begins_on",
    "facts.interest_facts": (
        "'c' || i AS subject_id, 'c' || i AS case_id, 250001 AS principal_cents, 2500 AS charge_cents"
    ),
    "queues.custodial_notices": (
        f"{QUEUED}, 'a' || i AS reference, 'review_right' AS letter_kind, 'REVIEW' AS letter_text, "
        "'c' || i AS case_id, 'k' || i AS person_id, '1 A St' AS address_line_1, "
        "false AS location_is_withheld"
    ),
    "queues.license_boards": (
        f"{QUEUED}, '1' AS request_type, 'token' || i AS person_token, 'p' || i AS person_number, "
        "'NURSE' AS agency_number, 'L' || i AS license_number, DATE '2025-01-15' AS request_date"
    ),
    "queues.wildlife_licenses": (
        f"{QUEUED}, '1' AS request_type, 'token' || i AS person_token, 'p' || i AS person_number, "
        "'hunting' AS license_kind, 'L' || i AS license_number, DATE '2025-01-15' AS request_date"
    ),
    "queues.rmv_license": (
        f"{QUEUED}, '1' AS request_type, 'token' || i AS person_token, 'p' || i AS person_number, "
        "'R' AS hold_kind, 'L' || i AS hold_number, DATE '2025-01-15' AS process_date"
    ),
    "staging.dmv_responses": (
        "'p' || i AS person_id, 'L' || i AS license_number, DATE '2025-01-06' AS request_on, "
        "'restricted' AS result, CAST(NULL AS VARCHAR) AS reason"
    ),
    "staging.license_responses": (
        "'p' || i AS person_id, 'NURSE' AS board, 'L' || i AS license_number, 'restricted' AS result, "
        "DATE '2025-01-06' AS request_on, DATE '2025-01-08' AS suspended_on"
    ),
    "facts.notice_facts": (
        "'c' || i AS subject_id, 'c' || i AS case_id, true AS debt_notice_covers, "
        "DATE '2024-11-05' AS debt_notice_served_on, DATE '2024-11-05' AS stated_in_writing_on, "
        "DATE '2024-11-01' AS debt_notice_tried_on"
    ),
    "facts.license_facts": (
        "'c' || i AS subject_id, 'c' || i AS case_id, 1 AS license_count, 1 AS driver_license_count, "
        "0 AS board_license_count, 0 AS recreational_license_count, 0 AS registration_count, "
        "true AS ability_is_found, false AS hardship_is_found, "
        "DATE '2024-12-05' AS license_notice_served_on, DATE '2024-12-01' AS license_notice_sent_on, "
        "DATE '2024-11-20' AS hardship_checked_on"
    ),
    "staging.insurance_matches": (
        f"{TOKEN}, 'CL' || i AS claim_number, DATE '2025-01-10' AS matched_on, true AS number_was_exact"
    ),
    "staging.workers_comp_claims": "'p' || i AS person_id, 'K' || i AS claim_number, 40000 AS weekly_cents",
    "staging.winnings": (
        f"{TOKEN}, 'casino' AS kind, DATE '2025-01-10' AS won_on, 500000 AS prize_cents, "
        "250001 AS withheld_cents"
    ),
    "staging.bank_levy_answers": (
        "'a' || i AS reference, 'held' AS answer, DATE '2025-01-10' AS answered_on, "
        "100 AS delivered_cents, DATE '2025-01-10' AS delivered_on"
    ),
    "facts.account_facts": (
        "'a' || i AS subject_id, 'p' || i AS person_id, '012345678' AS institution_tin, "
        "'t' || i AS account_token, true AS title_is_reachable, true AS is_no_trust, "
        "true AS kind_is_reachable, true AS account_is_here, true AS match_is_current, "
        "true AS balance_is_over_minimum, CAST(NULL AS DATE) AS levy_released_on, "
        "CAST(NULL AS DATE) AS levy_ordered_on, 250001 AS debt_cents, CAST(NULL AS BIGINT) AS ordered_cents, "
        "120000 AS balance_cents, 120000 AS levy_cents, true AS has_benefit_check, "
        "DATE '2025-01-10' AS benefit_checked_on"
    ),
    "facts.asset_facts": (
        "'a' || i AS subject_id, 5000000 AS equity_cents, 4750000 AS exempt_cents, 250000 AS seizable_cents"
    ),
    "facts.lien_facts": "'l' || i AS subject_id, true AS renewal_is_due, false AS has_lapsed",
    "facts.lump_sum_facts": (
        "'s' || i AS subject_id, 1000000 AS claim_cents, 250001 AS take_cents, 749999 AS over_cents"
    ),
    "facts.winnings_facts": (
        "'w' || i AS subject_id, 500000 AS prize_cents, 250001 AS listed_cents, 250001 AS expected_cents"
    ),
    "facts.registry_facts": (
        "'p' || i AS subject_id, 'p' || i AS person_id, 250001 AS lottery_cents, 250001 AS registry_cents"
    ),
    "queues.bank_levy": (
        f"{QUEUED}, 'a' || i AS reference, 'ORDER' AS action, 't' || i AS account_token, 250001 AS amount, "
        "'N' AS right_to_garnish"
    ),
    "queues.liens": (
        f"{QUEUED}, 'a' || i AS reference, 'REGISTRY' AS place, 250001 AS amount, 250001 AS payoff_amount"
    ),
    "queues.settlements": f"{QUEUED}, 'a' || i AS reference, 'ACME' AS payer_name, 250001 AS amount",
    "queues.lien_network": (
        f"{QUEUED}, 'p' || i AS person_number, 'token' || i AS person_token, 2500 AS arrears_balance"
    ),
    "queues.lottery": (
        f"{QUEUED}, 'p' || i AS person_number, 'token' || i AS person_token, 250001 AS amount"
    ),
    "queues.gambling_registry": (
        f"{QUEUED}, 'p' || i AS person_number, 'token' || i AS person_token, 250001 AS amount"
    ),
    "queues.collection_agency": f"{QUEUED}, 'a' || i AS reference, 250001 AS amount",
    "queues.interstate_referrals": f"{QUEUED}, 'a' || i AS reference, 'NH' AS to_state",
    "staging.portal_intake": (
        "'t' || i AS tip_id, 'p' || i AS person_id, 'O' AS told_by, DATE '2025-01-10' AS received_on"
    ),
    "facts.inquiry_facts": "'p' || i AS subject_id, false AS bank_list_is_due",
    **{
        f"queues.{name}_inquiries": f"{QUEUED}, 'p' || i AS {key}, 'token' || i AS person_token"
        for name, key in {
            "bank": "case_id",
            "tax": "case_id",
            "license": "person_number",
            "dividend": "person_number",
            "hire": "person_number",
        }.items()
    },
    "facts.registry_people": (
        "'c' || i || ':p' || i AS subject_id, 'c' || i AS case_id, 'p' || i AS member_id, 'owes' AS role, "
        "false AS is_disclosure_barred"
    ),
    "queues.fcr_cases": f"{QUEUED}, 'c' || i AS case_id, 'Y' AS order_ind",
    "queues.fcr_persons": (f"{QUEUED}, 'c' || i AS case_id, 'p' || i AS member_id, 'NP' AS participant_type"),
    "facts.life_facts": (
        "'c' || i AS subject_id, 'c' || i AS case_id, 2 AS remedies_sent, 1 AS remedies_tried"
    ),
}


@pytest.fixture(scope="module")
def night() -> Iterator[Connection]:
    """A night of a hundred cases in which nothing is wrong."""
    with warehouse() as con:
        for table, columns in TABLES.items():
            con.execute(f"CREATE SCHEMA IF NOT EXISTS {table.split('.')[0]}")
            rows = 4 if table == "caseload.intake" else 101
            con.execute(f"CREATE TABLE {table} AS SELECT {columns}, {PLACE} FROM range(1, {rows}) AS r(i)")
        yield con


def checked(con: Connection, table: str, *changes: str) -> Outcome:
    """The outcome of one suite after these changes to its table, which are taken back."""
    con.execute("BEGIN")
    try:
        for change in changes:
            is_update = not change.startswith("DELETE")
            con.execute(f"UPDATE {table} SET {change}" if is_update else change.replace("TABLE", table))
        held = con.execute(f"SELECT * FROM {table}").to_arrow_table()
    finally:
        con.execute("ROLLBACK")
    con.register("held", held)
    con.execute("CREATE OR REPLACE TABLE main.changed AS SELECT * FROM held")
    con.execute(f"ALTER TABLE {table} RENAME TO kept")
    con.execute(f"CREATE VIEW {table} AS SELECT * FROM main.changed")
    try:
        return run_checks({}, [SUITES[table]], AS_OF, con=con)
    finally:
        con.execute(f"DROP VIEW {table}")
        con.execute(f"ALTER TABLE {table.split('.')[0]}.kept RENAME TO {table.split('.')[1]}")


def test_every_suite_has_a_believable_table():
    assert set(TABLES) == set(SUITES)


def test_a_night_in_which_nothing_is_wrong_passes_every_bound(night):
    found = run_checks({}, list(SUITES.values()), AS_OF, con=night)
    assert [(c.table, c.type, c.column, c.why, dict(c.observed)) for c in found.checks if not c.success] == []
    assert len(found.checks) == sum(len(suite.expectations) + 1 for suite in SUITES.values())


WRONG = [
    ("caseload.cases", "case_id = 'c1' WHERE case_id = 'c2'", "told twice"),
    ("caseload.cases", "obligor_id = 'x' || obligor_id", "not cut from the same day"),
    ("caseload.persons", "last_name = '04330'", "digits in names"),
    ("caseload.persons", "birth_on = DATE '9999-12-31'", "birth dates nobody can have"),
    ("caseload.persons", "person_token = NULL, ssn_fault = 'not nine digits'", "nothing can be"),
    ("caseload.persons", "birth_on = NULL", "missing in every row"),
    ("caseload.receipts", "kind = 'reversal'", "lost its sign"),
    ("caseload.balances", "past_due_cents = past_due_cents * 1000", "dollars were read as cents"),
    ("staging.dmv_licenses", "birth_on = DATE '2020-01-01'", "younger than fourteen"),
    ("staging.dmv_licenses", "state = '04'", "two capital letters"),
    ("staging.employer_new_hires", "employer_fein = '12345678'", "nine digits"),
    ("staging.employer_new_hires", "hired_on = DATE '1971-02-03'", "not the date of hire"),
    ("staging.bank_accounts", "person_token = NULL", "without numbers"),
    ("staging.state_tax_refunds", "person_id = 'x' || person_id", "another state's"),
    ("facts.case_facts", "DELETE FROM TABLE WHERE case_id = 'c1'", "none lost"),
    ("facts.case_facts", "past_due_cents = -1", "never below zero"),
    ("facts.case_facts", "assigned_cents = 1 WHERE case_id = 'c1'", "parts equal the whole"),
    ("facts.case_facts", "last_payment_on = '2025-01-16', unpaid_since_on = NULL", "after"),
    ("facts.case_facts", "debt_notice_served_on = NULL WHERE case_id = 'c1'", "not served"),
    ("facts.case_facts", "past_due_src = NULL WHERE case_id = 'c1'", "leads back"),
    ("facts.person_facts", "liquidated_cents = 250002", "cannot exceed"),
    ("facts.person_facts", "liquidated_cents = 250002 WHERE person_id = 'p1'", "cannot exceed"),
    ("facts.person_debt_facts", "debt_cents = 250002", "counted in both"),
    ("facts.person_debt_facts", "debt_cents = 250002 WHERE person_id = 'p1'", "counted in both"),
    ("staging.federal_collections", "person_id = 'x' || person_id", "another state's"),
    ("staging.federal_offset_rejects", "codes = [] WHERE source_line = 1", "without a code"),
    ("staging.federal_offset_reconciliation", "held_cents = held_cents * 1000", "cents were read"),
    ("staging.sves_title_ii", "monthly_cents = monthly_cents * 100", "a field has moved"),
    ("staging.sves_title_xvi", "is_paid = NULL WHERE source_line > 50", "codes have changed"),
    ("staging.sves_prisoners", "release_on = DATE '2024-02-01' WHERE source_line = 1", "no end before"),
    ("facts.federal_facts", "file_cents = 250002 WHERE person_id = 'p1'", "truncated"),
    ("facts.federal_facts", "passport_cents = 250002 WHERE person_id = 'p1'", "on neither record"),
    ("facts.federal_records", "reject_is_open = true WHERE subject_id = 'p1-N'", "nobody told"),
    ("facts.benefits_known", "receives_ssi_match = true WHERE subject_id = 'p1'", "either source"),
    ("facts.state_claim_facts", "claim_cents = 250002 WHERE subject_id = 'p1'", "may be enforced"),
    ("facts.offset_money", "is_held = true WHERE subject_id = 'm1'", "kept forever"),
    ("queues.sos_license", "amount_cents = 0 WHERE record_no = 1", "owes nothing"),
    ("queues.sos_license", "person_token = NULL WHERE record_no = 1", "without the number"),
    ("queues.credit_bureaus", "current_balance = 2501 WHERE record_no = 1", "never more than"),
    ("queues.credit_bureaus", "location_is_withheld = NULL WHERE record_no = 1", "protected"),
    ("queues.state_tax_setoff", "debt_amount = 0 WHERE record_no = 1", "to the cent"),
    ("queues.federal_offset", "offset_exclusions = NULL WHERE record_no = 1", "every program"),
    ("queues.federal_offset", "case_id = 'p1' WHERE record_no = 2", "one federal record"),
    ("queues.federal_offset", "location_is_withheld = true WHERE record_no = 1", "never leaves"),
    ("queues.obligor_notices", "reference = 'a1' WHERE record_no = 2", "proof of service"),
    ("queues.obligor_notices", "location_is_withheld = true WHERE record_no = 1", "never leaves"),
    ("queues.obligor_notices", "amount = 0 WHERE record_no = 1", "a stated debt"),
    ("queues.obligor_notices", "respond_days = NULL WHERE record_no = 1", "by when"),
    ("queues.account_entries", "amount = 0 WHERE record_no = 1", "to the cent"),
    ("facts.allocation", "kind = 'federal_refund', balance_class = 'current'", "never pays current"),
    ("facts.money_proof", "agrees = false WHERE what = 'proof 1'", "proven every night"),
    ("facts.fee_facts", "subject_id = 'c1/2025' WHERE subject_id = 'c2/2025'", "one fee"),
    ("facts.interest_facts", "charge_cents = 250002 WHERE case_id = 'c1'", "never more"),
    ("queues.custodial_notices", "person_id = 'p1' WHERE record_no = 1", "never goes to the parent"),
    ("staging.winnings", "withheld_cents = 500001 WHERE source_line = 1", "more than the prize"),
    ("facts.account_facts", "levy_cents = 120001 WHERE subject_id = 'a1'", "no more than the balance"),
    ("facts.account_facts", "debt_cents = 119999 WHERE subject_id = 'a1'", "never asked for more"),
    ("facts.asset_facts", "seizable_cents = 250001 WHERE subject_id = 'a1'", "are the whole"),
    ("facts.lump_sum_facts", "take_cents = 250002 WHERE subject_id = 's1'", "to the cent"),
    ("facts.registry_facts", "DELETE FROM TABLE WHERE subject_id = 'p1'", "one row for each parent"),
    ("queues.bank_levy", "right_to_garnish = 'Y', action = 'RELEASE' WHERE record_no = 1", "clean check"),
    ("queues.liens", "amount = 0, is_withdrawal = true WHERE record_no = 1", "owes nothing"),
    ("queues.gambling_registry", "amount = 1 WHERE record_no = 1", "to the cent"),
    ("queues.license_boards", "agency_number = 'NURSING' WHERE record_no = 1", "five characters"),
    ("queues.wildlife_licenses", "license_kind = 'driver' WHERE record_no = 1", "no others"),
    ("queues.rmv_license", "hold_number = NULL WHERE record_no = 1", "names what it is about"),
    ("staging.dmv_responses", "result = 'lost' WHERE source_line = 1", "four codes"),
    ("staging.license_responses", "license_number = NULL WHERE source_line = 1", "said of a license"),
    ("facts.notice_facts", "debt_notice_served_on = NULL WHERE case_id = 'c1'", "only a served notice"),
    ("facts.license_facts", "hardship_is_found = true WHERE case_id = 'c1'", "can and cannot pay"),
]


@pytest.mark.parametrize(("table", "change", "why"), WRONG)
def test_a_wrong_table_stops_the_night_for_its_reason(night, table, change, why):
    assert why in " ".join(check.why for check in checked(night, table, change).stops)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("caseload.persons", "last_name = '7TH' WHERE person_id = 'p1'"),
        ("caseload.receipts", "received_on = DATE '2025-02-01' WHERE receipt_id = 'r1'"),
        ("caseload.orders", "current_cents = 3000000 WHERE order_id = 'o1'"),
        ("caseload.stays", "case_id = NULL WHERE case_id = 'c5'"),
        ("caseload.intake", "complete_through_on = DATE '2025-01-16'"),
        ("caseload.persons", "person_id = '09000000001' WHERE person_id = 'p1'"),
        ("caseload.sent", "sent_on = DATE '2025-02-01'"),
        ("staging.dmv_licenses", "person_token = NULL, ssn_fault = 'x' WHERE source_line = 1"),
    ],
)
def test_one_odd_row_of_a_feed_does_not_stop_the_night(night, table, change):
    assert checked(night, table, change).stops == ()


@pytest.mark.parametrize("table", sorted(t for t in SUITES if t.startswith("staging.")))
def test_a_feed_of_one_odd_row_warns_and_does_not_stop(night, table):
    # Whom a row is about: by number, by our own number, or by the act of ours that it answers.
    by = ("person_token", "person_id", "reference", "tracking_number", "case_id", "employer_name")
    column = next(one for one in by if one in TABLES[table])
    found = checked(night, table, "DELETE FROM TABLE WHERE source_line > 1", f"{column} = NULL")
    assert found.stops == ()
    assert column in {check.column for check in found.warnings}


@pytest.mark.parametrize(
    "table", ["caseload.cases", "caseload.persons", "facts.case_facts", "facts.person_facts"]
)
def test_a_night_without_cases_or_their_facts_stops(night, table):
    assert [check.type for check in checked(night, table, "DELETE FROM TABLE").stops] == ["batch_has_rows"]


def test_every_queue_and_feed_of_the_house_has_a_suite():
    queues = {f"queues.{path.parent.name}" for path in (ROOT / "transforms/queues").glob("*/queue.yml")}
    feeds = {f"staging.{path.parent.name}" for path in (ROOT / "transforms/feeds").glob("*/feed.yml")}
    assert queues | feeds - {"staging.caseload"} <= set(SUITES)
