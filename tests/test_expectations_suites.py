"""The suites of the house run on believable tables, pass them, and catch what they are there for."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from arrears.expectations import Outcome, load_suites, run_checks
from arrears.warehouse import Connection, warehouse

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
    "staging.state_tax_refunds": (
        "'p' || i AS person_id, 10000 AS amount_cents, DATE '2025-01-10' AS created_on"
    ),
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
    "facts.person_facts": (
        "'p' || i AS subject_id, 'p' || i AS person_id, CAST(NULL AS VARCHAR) AS case_id, "
        "250001 AS liquidated_cents, 250001 AS enforceable_cents"
    ),
    "facts.person_debt_facts": (
        "'p' || i || '-N' AS subject_id, 'p' || i AS person_id, 'N' AS case_type, 250001 AS debt_cents"
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
        "'1 A St' AS address_line_1, 250001 AS amount, 30 AS respond_days, "
        "false AS location_is_withheld"
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


@pytest.mark.parametrize(
    ("table", "change", "why"),
    [
        ("caseload.cases", "case_id = 'c1' WHERE case_id = 'c2'", "told twice"),
        ("caseload.cases", "obligor_id = 'x' || obligor_id", "not cut from the same day"),
        ("caseload.persons", "last_name = '04330'", "digits in names"),
        ("caseload.persons", "birth_on = DATE '9999-12-31'", "birth dates nobody can have"),
        ("caseload.persons", "person_token = NULL, ssn_fault = 'not nine digits'", "nothing can be"),
        ("caseload.persons", "birth_on = NULL", "missing in every row"),
        ("caseload.receipts", "kind = 'reversal'", "lost its sign"),
        ("caseload.balances", "past_due_cents = past_due_cents * 1000", "dollars were read as cents"),
        ("caseload.stays", "case_id = NULL WHERE case_id = 'c5'", "protects nobody"),
        ("caseload.intake", "complete_through_on = DATE '2025-01-16'", "a day that is not over"),
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
        ("facts.person_debt_facts", "debt_cents = 250002", "counted in both"),
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
    ],
)
def test_a_wrong_table_stops_the_night_for_its_reason(night, table, change, why):
    assert why in " ".join(check.why for check in checked(night, table, change).stops)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("caseload.persons", "last_name = '7TH' WHERE person_id = 'p1'"),
        ("caseload.receipts", "received_on = DATE '2025-02-01' WHERE receipt_id = 'r1'"),
        ("caseload.orders", "current_cents = 3000000 WHERE order_id = 'o1'"),
        ("staging.dmv_licenses", "person_token = NULL, ssn_fault = 'x' WHERE source_line = 1"),
    ],
)
def test_one_odd_row_of_a_feed_does_not_stop_the_night(night, table, change):
    assert checked(night, table, change).stops == ()


@pytest.mark.parametrize("table", sorted(t for t in SUITES if t.startswith("staging.")))
def test_a_feed_of_one_odd_row_warns_and_does_not_stop(night, table):
    column = "person_id" if table == "staging.state_tax_refunds" else "person_token"
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
