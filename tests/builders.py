"""Builders of small literal caseloads: each says only what matters, the rest is a usual debtor's.

night = Caseload().debtor("C1", last_paid=date(2024, 11, 16)).facts()
night["C1"].days_in_arrears
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import pyarrow as pa

from arrears import house
from arrears.data.warehouse import attach_arrow, attach_arrows, warehouse
from arrears.law.decide import decide
from arrears.law.profile import Profile
from arrears.law.remedy import Card
from arrears.law.remedy_files import read_card
from arrears.law.verdicts import Verdicts
from arrears.layout.tables import load_tables
from arrears.night.layers import Layer, load_layer
from arrears.night.transform import bound, counts_of, run_facts, run_layer, run_match

AS_OF = date(2025, 1, 15)
T, D, C, Y = pa.string(), pa.date32(), pa.int64(), pa.bool_()
_TYPES = {"text": T, "date": D, "cents": C, "signed_cents": C, "percent": C, "yes_no": Y}
CONTRACT = load_tables(house.FEEDS / "caseload" / "tables")
INTAKE = ("hearings", "payments", "agreements", "stays", "notices", "balances")
PUBLISHED = {
    "action_id": T, "episode_id": T, "remedy": T, "subject_id": T, "case_id": T, "person_id": T, "step": T,
    "kind": T, "queue": T, "message": T, "target_id": T, "version": C, "amount_cents": C, "published_on": D,
    "carry": T, "batch_no": C,
}  # fmt: skip
DECISIONS = {
    "item_id": T, "remedy": T, "subject_id": T, "step": T, "decision": T, "reason_code": T, "decided_on": D,
    "position": C,
}  # fmt: skip
_SOURCE = {"source_file": T, "source_line": C}
ORPHANS = {
    "table_name": T, "column_name": T, "case_id": T, "person_id": T, "source_file": T, "source_line": C,
    "is_of_everybody": Y,
}  # fmt: skip
_NUMBER = {"person_token": T, "ssn_fault": T}
_NAMED = {**_NUMBER, "person_id": T, "first_name": T, "last_name": T}
_EMPLOYER = {
    "employer_fein": T, "employer_name": T, "employer_street": T, "employer_city": T, "employer_state": T,
    "employer_zip": T,
}  # fmt: skip
PARTNERS: dict[str, dict[str, Any]] = {
    "employer_new_hires": {**_NAMED, "hired_on": D, **_EMPLOYER},
    "state_directory_hires": {**_NAMED, "hired_on": D, **_EMPLOYER},
    "maine_new_hires": {**_NUMBER, "first_name": T, "last_name": T, "hired_on": D, **_EMPLOYER},
    "massachusetts_new_hires": {**_NUMBER, "employee_name": T, "hired_on": D, **_EMPLOYER},
    "common_new_hires": {
        **_NUMBER, "first_name": T, "last_name": T, "birth_on": D, "hired_on": D, **_EMPLOYER,
    },
    "federal_employers": {**_EMPLOYER, "employer_street_2": T},
    "eiwo_employers": {
        **_EMPLOYER, "employer_street_2": T, "takes_from_on": D, "is_active": Y, "inactive_on": D,
    },
    "fcr_acknowledgments": {
        **_NAMED, "birth_on": D, "about": T, "case_id": T, "asked": T, "result": T, "warnings": pa.list_(T),
        "errors": pa.list_(T), "role": T, "number_is_verified": Y, "number_is_another": Y, "birth_differs": Y,
        "died_on": D, "has_family_violence": Y,
    },
    "fcr_matches": {
        **_NAMED, "case_id": T, "other_fips": T, "other_case_id": T, "other_is_served": Y,
        "other_has_order": Y, "other_role": T, "other_registered_on": D, "was_taken_out": Y, "died_on": D,
    },
    "dmdc_coverage": {
        **_NAMED, "case_id": T, "child_id": T, "child_is_covered": Y, "cover_from_on": D, "cover_to_on": D,
        "is_in_military": Y, "is_dead": Y,
    },
    "fpls_answers": {
        **_NAMED, "agency": T, "agency_name": T, "is_dead": Y, "has_address": Y, "has_employer": Y,
        "returned_address": T, "employer_name": T,
    },
    "csenet_errors": {
        "case_id": T, "other_fips": T, "other_case_id": T, "transaction_kind": T, "transaction_on": D,
        "error_code": T, "error_message": T,
    },
    "csenet_transactions": {
        **_NUMBER, "last_name": T, "first_name": T, "birth_on": D, "serial_number": T, "case_id": T,
        "other_fips": T, "other_place_fips": T, "other_case_id": T, "functional_type": T, "action_code": T,
        "action_reason": T, "transaction_on": D, "resolved_on": D, "has_attachments": Y, "is_closed_there": Y,
        "has_nondisclosure": Y, "told_address": T, "employer_name": T, "order_cents": C, "order_frequency": T,
        "order_from_on": D, "collected_cents": C, "collected_on": D, "information_text": T,
        "new_other_case_id": T,
    },
    "employer_wages": {
        "person_token": T, "ssn_fault": T, "person_id": T, "first_name": T, "last_name": T,
        "employer_fein": T, "employer_name": T, "employer_street": T, "employer_city": T, "employer_state": T,
        "employer_zip": T, "wage_cents": C, "quarter_ends_on": D,
    },
    "unemployment_matches": {
        "person_token": T, "ssn_fault": T, "person_id": T, "first_name": T, "last_name": T,
        "benefit_cents": C, "quarter_ends_on": D, "paying_state": T,
    },
    "unemployment_withholdings": {
        "person_token": T, "ssn_fault": T, "person_id": T, "last_name": T, "paid_on": D, "amount_cents": C,
        "file_date": D,
    },
    "eiwo_acknowledgments": {
        "person_token": T, "ssn_fault": T, "case_id": T, "employer_fein": T, "last_name": T,
        "action_code": T, "tracking_number": T, "disposition_status": T, "disposition_reason": T,
        "job_ended_on": D, "final_payment_on": D, "final_payment_cents": C, "new_employer_name": T,
        "lump_sum_on": D, "lump_sum_cents": C, "lump_sum_type": T, "corrected_fein": T,
        "other_order_state": T, "answered_on": D,
    },
    "eiwo_results": {
        "case_id": T, "employer_fein": T, "action_code": T, "tracking_number": T, "first_error_field": T,
        "second_error_field": T, "has_more_errors": Y, "answered_on": D,
    },
    "dmv_licenses": {
        "person_token": T, "ssn_fault": T, "person_id": T, "last_name": T, "first_name": T, "birth_on": D,
        "license_number": T, "license_class": T, "expires_on": D,
    },
    "bank_accounts": {
        "person_token": T, "ssn_fault": T, "person_id": T, "owner_name": T, "account_token": T,
        "account_last4": T, "balance_cents": C, "match_month": T, "match_month_on": D, "institution_tin": T,
        "institution_name": T, "institution_street": T, "institution_city": T, "institution_state": T,
        "institution_zip": T, "account_kind": T, "trust_kind": T, "owner_kind": T, "name_agrees": Y,
        "account_title": T, "second_owner_name": T, "has_second_number": Y,
    },
    "bank_levy_answers": {
        "reference": T, "institution_tin": T, "answered_on": D, "answer": T, "held_cents": C,
        "delivered_cents": C, "delivered_on": D,
    },
    "insurance_matches": {
        "person_token": T, "ssn_fault": T, "last_name": T, "first_name": T, "matched_on": D, "insurer_id": T,
        "insurer_name": T, "insurer_line_1": T, "insurer_city": T, "insurer_state": T, "insurer_zip": T,
        "claim_number": T, "claim_type": T, "lost_on": D, "claim_cents": C, "number_was_exact": Y,
    },
    "workers_comp_claims": {
        "person_id": T, "last_name": T, "first_name": T, "claim_number": T, "insurer_name": T,
        "insurer_line_1": T, "insurer_city": T, "insurer_state": T, "insurer_zip": T, "employer_name": T,
        "employer_fein": T, "accident_on": D, "died_on": D, "weekly_cents": C, "is_paying": Y,
    },
    "winnings": {
        "person_token": T, "ssn_fault": T, "person_id": T, "last_name": T, "first_name": T, "kind": T,
        "win_reference": T, "licensee_name": T, "won_on": D, "prize_cents": C, "withheld_cents": C,
        "registry_attempts": C, "notice_received_on": D, "sent_on": D,
    },
    "dmv_responses": {
        "person_id": T, "license_number": T, "request_on": D, "result": T, "reason": T,
    },
    "license_responses": {"person_id": T, "license_number": T, "request_on": D, "result": T},
    "federal_collections": {
        "person_token": T, "ssn_fault": T, "person_id": T, "case_type": T, "offset_type": T,
        "certified_cents": C, "collected_cents": C, "adjusted_cents": C, "adjusted_year": T, "tax_year": T,
        "is_joint_return": Y, "injured_spouse": T,
    },
    "federal_offset_rejects": {
        "person_token": T, "ssn_fault": T, "person_id": T, "case_type": T, "transaction_type": T,
        "last_name": T, "submitted_dollars": C, "codes": pa.list_(T),
    },
    "federal_offset_reconciliation": {
        "person_token": T, "ssn_fault": T, "person_id": T, "case_type": T, "held_cents": C,
        "excluded": pa.list_(T),
    },
    "sves_title_ii": {
        "person_token": T, "ssn_fault": T, "person_id": T, "first_name": T, "last_name": T, "birth_on": D,
        "died_on": D, "has_family_violence": Y, "answer": T, "is_paid": Y, "is_disability": Y,
        "monthly_cents": C, "pending_kind": T,
    },
    "sves_title_xvi": {
        "person_token": T, "ssn_fault": T, "person_id": T, "first_name": T, "last_name": T, "birth_on": D,
        "died_on": D, "has_family_violence": Y, "answer": T, "is_paid": Y, "eligible_since_on": D,
    },
    "sves_prisoners": {
        "person_token": T, "ssn_fault": T, "person_id": T, "first_name": T, "last_name": T, "birth_on": D,
        "confined_on": D, "release_on": D, "has_family_violence": Y, "facility_name": T, "reported_on": D,
    },
    "portal_intake": {
        "tip_id": T, "case_id": T, "person_id": T, "told_by": T, "channel": T, "kind": T, "about": T,
        "received_on": D, "has_evidence": Y,
    },
    "state_tax_refunds": {"person_id": T, "office": T, "amount_cents": C, "created_on": D},
    "asset_information": {
        "person_token": T, "ssn_fault": T, "person_id": T, "last_name": T, "first_name": T,
        "refused_because": T, "payer_ein": T, "payer_name": T, "tax_year": T, "document_kind": T,
        "largest_cents": C,
    },
    "electronic_payments": {
        "person_token": T, "ssn_fault": T, "named": T, "short_name": T, "collection_kind": T,
        "payor_name": T, "employer_fein": T, "trace_number": T, "passed_on_cents": C,
        "collected_cents": C, "withheld_on": D, "settles_on": D, "arrived_on": D, "job_has_ended": Y,
        "has_family_cover": Y,
    },
    "state_wages": {
        "person_token": T, "ssn_fault": T, "person_id": T, "kind": T, "amount_cents": C,
        "quarter_ends_on": D, "state_employer_number": T, "employer_name": T, "employer_state": T,
    },
    "unemployment_claimants": {
        "person_token": T, "ssn_fault": T, "told_on": D,
    },
    "dmv_matches": {
        "person_token": T, "ssn_fault": T, "person_id": T, "last_name": T, "first_name": T,
        "birth_on": D, "license_number": T,
    },
    "dmv_non_matches": {
        "person_token": T, "ssn_fault": T, "person_id": T, "license_number": T, "status": T,
        "reason": T,
    },
    "dmv_license_errors": {
        "person_token": T, "ssn_fault": T, "person_id": T, "license_number": T, "status": T,
        "reason": T,
    },
    "dmv_vehicles": {
        "person_token": T, "ssn_fault": T, "person_id": T, "last_name": T, "first_name": T,
        "birth_on": D, "vin": T, "description": T, "plate_number": T, "state": T, "title": T,
    },
    "board_licenses": {
        "person_token": T, "ssn_fault": T, "last_name": T, "first_name": T, "birth_on": D,
        "board": T, "board_name": T, "license_kind": T, "license_number": T, "status": T,
        "expires_on": D,
    },
    "alaska_dividends": {
        "person_token": T, "ssn_fault": T, "person_id": T, "applicant_last_name": T,
        "applicant_first_name": T, "birth_on": D,
    },
    "assistance_referrals": {
        "person_id": T, "last_name": T, "first_name": T, "birth_on": D, "case_number": T, "event": T,
        "from_on": D, "to_on": D, "monthly_cents": C, "told_on": D,
    },
    "medicaid_referrals": {
        "person_id": T, "last_name": T, "first_name": T, "birth_on": D, "case_number": T,
        "child_id": T, "from_on": D, "to_on": D, "rights_assigned": Y, "told_on": D,
    },
}  # fmt: skip
# What every match of accounts tells; only one that several states share knows where the account is, and only
# one that was asked for names our person.
_ACCOUNT = {name: kind for name, kind in PARTNERS["bank_accounts"].items() if name != "person_id"}
PARTNERS["bank_account_lists"] = _ACCOUNT | {"birth_on": D, "is_closed": Y}
PARTNERS["ach_payments"] = PARTNERS["electronic_payments"] | {"segment_no": C}
PARTNERS["multistate_bank_matches"] = PARTNERS["bank_accounts"] | {
    "birth_on": D, "is_closed": Y, "account_state": T,
}  # fmt: skip


def shape(table: str) -> dict[str, Any]:
    """The columns of a staged caseload table with their types; a number of a person is a token."""
    columns = {column.name: _TYPES[column.type] for column in CONTRACT[table].columns}
    if "ssn" in columns:
        columns.pop("ssn")
        columns |= {"person_token": T, "ssn_fault": T}
    return columns | _SOURCE


@cache
def profile(state: str = "me") -> Profile:
    """The profile of a state, read once."""
    return Profile.load(house.RULES, state)


@cache
def empty() -> str:
    """The statements that make every table of the caseload and of the partners without a row."""
    tables = {f"caseload.{table}": shape(table) for table in CONTRACT}
    tables |= {f"staging.{feed}": columns | _SOURCE for feed, columns in PARTNERS.items()}
    with warehouse() as con:
        attach_arrows(con, {name: table_of(columns, []) for name, columns in tables.items()})
        made = con.execute("SELECT sql FROM duckdb_tables()").fetchall()
    return "CREATE SCHEMA caseload; CREATE SCHEMA staging;" + "".join(sql for (sql,) in made)


@cache
def core() -> Layer:
    """The core of the facts, read once."""
    return load_layer(house.FACTS, "facts")


@cache
def card(remedy: str) -> Card:
    """A remedy's card, read once."""
    return read_card(house.RULES / "remedies" / remedy)


class Caseload:
    """A caseload as of a date, written row by row."""

    def __init__(self, as_of: date = AS_OF, state: str = "me") -> None:
        self.as_of = as_of
        self.state = state
        self.through = as_of - timedelta(1)
        self.rows: dict[str, list[dict[str, Any]]] = {table: [] for table in CONTRACT}
        self.partners: dict[str, list[dict[str, Any]]] = {feed: [] for feed in PARTNERS}
        self.ends: dict[str, date | None] = {table: self.through for table in CONTRACT}
        self.intake: dict[str, date | None] = dict.fromkeys(INTAKE, self.through)
        self.lost: list[dict[str, Any]] = []
        self.published: list[dict[str, Any]] = []
        self.decisions: list[dict[str, Any]] = []
        self.came: dict[str, date] = {}
        self.earlier: list[dict[str, Any]] = []

    def add(self, table: str, **row: Any) -> "Caseload":
        """One more row of a caseload table, numbered as a line of its file."""
        rows = self.rows[table]
        rows.append({**row, "source_file": f"file-{table}", "source_line": len(rows) + 2})
        return self

    def partner(self, feed: str, **row: Any) -> "Caseload":
        """One more row of a partner's file."""
        rows = self.partners[feed]
        rows.append({"source_file": f"file-{feed}", **row, "source_line": len(rows) + 2})
        return self

    def earlier_file(self, feed: str, name: str, day: date) -> "Caseload":
        """One more file of a partner, which came on a day; its rows name it as their `source_file`."""
        self.earlier.append({"feed": feed, "source_file": name, "received_on": day})
        return self

    def came_on(self, feed: str, day: date) -> "Caseload":
        """The day on which a partner's file came; the day before the night unless said."""
        self.came[feed] = day
        return self

    def known_through(self, table: str, day: date | None) -> "Caseload":
        """The day through which a table, and the mail behind it, is complete; None if nobody said."""
        self.ends[table] = day
        kind = "payments" if table == "receipts" else table
        if kind in self.intake:
            self.intake[kind] = day
        return self

    def rejected(self, table: str, **subject: Any) -> "Caseload":
        """A line of a table that could not be read; of its subject, what could."""
        self.lost.append({"table_name": table, **subject})
        return self

    def person(self, person_id: str, **but: Any) -> "Caseload":
        """A person with a verified number, alive, of full age, with an address that is free."""
        place = but.pop("address", True)
        usual = {
            "person_id": person_id, "person_token": f"t-{person_id}", "ssn_verified": True,
            "last_name": "Pelletier", "first_name": "Adrien", "birth_on": date(1985, 5, 4),
            "family_violence": False, "receives_tanf": False, "receives_ssi": False, "in_prison": False,
        }  # fmt: skip
        if place:
            self.add(
                "addresses", person_id=person_id, kind="mail", line_1="12 Mill St", city="Bath", state="ME",
                zip="04530", protected=False,
            )  # fmt: skip
        return self.add("persons", **usual | but)

    def debtor(self, case_id: str = "C1", **but: Any) -> "Caseload":
        """A case whose parent owes $300.00 a month since a year and was served a notice of debt long ago.

        `months` installments end `due` days before the night; `last_paid` is one payment of a month's
        support on that day. `case`, `person`, `order` and `balance` overrule single columns; `notice` is
        the day of service (None: there is none), `license` whether they hold one.
        """
        person_id, other_id = but.get("person_id", f"P-{case_id}"), f"K-{case_id}"
        if not any(row["person_id"] == person_id for row in self.rows["persons"]):
            self.person(person_id, **but.get("person", {}))
            if but.get("license", True):
                self.add(
                    "licenses", person_id=person_id, license_kind="driver", license_number=f"L-{person_id}",
                    status="valid",
                )  # fmt: skip
        self.person(other_id, last_name="Roy", first_name="Claire", **but.get("custodial", {}))
        due = but.get("due_days") or self._months(but.get("months", 12))
        opened_on = min(date(2020, 1, 1), due[0] - timedelta(20)) if due else date(2020, 1, 1)
        case = {
            "case_id": case_id, "office": "101", "worker": "W1", "obligor_id": person_id,
            "custodial_id": other_id, "case_class": "never_assistance", "status": "open",
            "service_level": "full", "interstate": "none", "opened_on": opened_on,
        }  # fmt: skip
        self.add("cases", **case | but.get("case", {}))
        order = {
            "order_id": f"O-{case_id}", "case_id": case_id, "frequency": "monthly",
            "entered_on": due[0] - timedelta(20) if due else None, "first_due_on": due[0] if due else None,
            "current_cents": but.get("monthly", 300_00), "status": "active", "health_cover_ordered": False,
            "issued_by": None if "issuing_state" in but.get("order", {}) else "this_state",
        }  # fmt: skip
        self.add("orders", **order | but.get("order", {}))
        self.add("children", case_id=case_id, person_id=f"{other_id}-1", birth_on=date(2016, 3, 1))
        for number, day in enumerate(due):
            self.charge(case_id, day, but.get("monthly", 300_00), number)
        if but.get("last_paid"):
            self.receipt(case_id, but["last_paid"], but.get("paid", 300_00))
        balance = {
            "case_id": case_id, "balance_class": "never_assigned", "is_assigned": False, "opening_cents": 0,
            "disputed_cents": 0, "barred_cents": 0,
        }  # fmt: skip
        self.add("balances", **balance | but.get("balance", {}))
        if (served := but.get("notice", date(2024, 9, 3))) is not None:
            self.notice(case_id, served)
        return self

    def _months(self, count: int) -> list[date]:
        month = self.as_of.year * 12 + self.as_of.month - 1
        return [date((month - n) // 12, (month - n) % 12 + 1, 1) for n in reversed(range(count))]

    def charge(
        self, case_id: str, due_on: date, cents: int = 300_00, number: int | None = None
    ) -> "Caseload":
        """One installment."""
        tag = number if number is not None else f"x{len(self.rows['charges'])}"
        return self.add(
            "charges", charge_id=f"{case_id}-{tag}", order_id=f"O-{case_id}", case_id=case_id, due_on=due_on,
            amount_cents=cents,
        )  # fmt: skip

    def receipt(self, case_id: str, received_on: date, cents: int = 300_00, **but: Any) -> "Caseload":
        """One receipt, posted the day it came in."""
        usual = {
            "receipt_id": f"{case_id}-R{len(self.rows['receipts'])}", "case_id": case_id,
            "received_on": received_on, "posted_on": received_on, "amount_cents": cents, "kind": "payment",
            "status": "posted", "source": "obligor",
        }  # fmt: skip
        return self.add("receipts", **usual | but)

    def notice(self, case_id: str, served_on: date | None, **but: Any) -> "Caseload":
        """A notice of debt with proof of service."""
        usual = {
            "notice_id": f"N{len(self.rows['notices'])}-{case_id}", "case_id": case_id,
            "about": "notice_of_debt", "debt_cents": 900_00, "served_on": served_on, "status": "served",
            "sent_on": served_on - timedelta(5) if served_on else None,
        }  # fmt: skip
        return self.add("notices", **usual | but)

    def hearing(
        self, case_id: str, requested_on: date, about: str = "notice_of_debt", **but: Any
    ) -> "Caseload":
        """A request for a hearing, received on a day."""
        number = len(self.rows["hearings"])
        usual = {"hearing_id": f"H{number}", "case_id": case_id, "about": about, "requested_on": requested_on}
        return self.add("hearings", **usual | but)

    def agreement(self, case_id: str, signed_on: date, **but: Any) -> "Caseload":
        """A signed agreement that is kept and includes current support."""
        usual = {
            "agreement_id": f"A{len(self.rows['agreements'])}", "case_id": case_id, "signed_on": signed_on,
            "includes_current": True, "status": "kept",
        }  # fmt: skip
        return self.add("agreements", **usual | but)

    def stay(self, kind: str, **but: Any) -> "Caseload":
        """A stay since the first of December."""
        number = len(self.rows["stays"])
        return self.add(
            "stays", **{"stay_id": f"S{number}", "kind": kind, "from_on": date(2024, 12, 1)} | but
        )

    def license_of_dmv(self, holder: str, **but: Any) -> "Caseload":
        """A driver license that the motor vehicle bureau reports under the person's number and name."""
        usual = {
            "person_token": f"t-{holder}", "person_id": holder, "last_name": "PELLETIER",
            "first_name": "ADRIEN", "birth_on": date(1985, 5, 4), "license_number": "0012345",
            "expires_on": date(2030, 1, 1),
        }  # fmt: skip
        return self.partner("dmv_licenses", **usual | but)

    def _balances(self) -> list[dict[str, Any]]:
        """What the agency says is owed; where a test does not say it, what the books come to."""
        return [self._settled(row) for row in self.rows["balances"]]

    def _settled(self, balance: dict[str, Any]) -> dict[str, Any]:
        if "past_due_cents" in balance:
            return balance
        of_case = [
            (t, r)
            for t in ("charges", "receipts")
            for r in self.rows[t]
            if r["case_id"] == balance["case_id"]
        ]
        due = sum(r["amount_cents"] for t, r in of_case if t == "charges" and r["due_on"] <= self.through)
        paid = sum(
            r["amount_cents"]
            for t, r in of_case
            if t == "receipts"
            and r["status"] == "posted"
            and (r["posted_on"] or r["received_on"]) <= self.through
        )
        past_due = balance["opening_cents"] + due - paid
        return {"liquidated_cents": past_due, **balance, "past_due_cents": past_due}

    @contextmanager
    def attached(self) -> Iterator[Any]:
        """A warehouse that holds the caseload, the partners' rows and the state's calendar."""
        tables = {**self.rows, "balances": self._balances()}
        with warehouse() as con:
            con.execute(empty())
            for table, rows in tables.items():
                if rows and self.ends[table] is not None:
                    attach_arrow(con, f"caseload.{table}", table_of(shape(table), rows))
            ends = [{"table_name": t, "complete_through_on": day} for t, day in self.ends.items() if day]
            attach_arrow(
                con, "caseload.currency", table_of({"table_name": T, "complete_through_on": D}, ends)
            )
            lost = {"table_name": T, "case_id": T, "person_id": T}
            attach_arrow(con, "caseload.rejected", table_of(lost, self.lost))
            attach_arrow(con, "caseload.orphans", table_of(ORPHANS, []))
            attach_arrow(con, "ledger.published", table_of(PUBLISHED, self.published))
            attach_arrow(con, "ledger.decisions", table_of(DECISIONS, self.decisions))
            feeds = {"feed": T, "last_period_on": D, "last_received_on": D, "stale_after_days": C}
            told = [
                {"feed": feed, "last_received_on": self.came.get(feed, self.through), "stale_after_days": 5}
                for feed in self.partners
            ]
            attach_arrow(con, "staging.currency", table_of(feeds, told))
            arrivals = {"feed": T, "source_file": T, "period_on": D, "received_on": D}
            files = [
                {
                    "feed": feed,
                    "source_file": f"file-{feed}",
                    "received_on": self.came.get(feed, self.through),
                }
                for feed in self.partners
            ]
            attach_arrow(con, "staging.arrivals", table_of(arrivals, files + self.earlier))
            paper = [
                {"kind": k, "complete_through_on": day, "source_file": "file-intake", "source_line": n}
                for n, (k, day) in enumerate(self.intake.items(), 2)
                if day
            ]
            attach_arrow(con, "caseload.intake", table_of(shape("intake"), paper))
            before = [{**one, "place": 1} for one in paper]
            attach_arrow(con, "caseload.intake_complete", table_of(shape("intake") | {"place": C}, before))
            for feed, rows in self.partners.items():
                if rows:
                    attach_arrow(con, f"staging.{feed}", table_of(PARTNERS[feed] | _SOURCE, rows))
            attach_arrow(
                con,
                "calendar",
                profile(self.state).calendar().table(date(2000, 1, 1), self.as_of + timedelta(400)),
            )
            yield con

    def match(self) -> dict[str, list[tuple[str, str]]]:
        """Person and reason of each link and of each candidate."""
        with self.attached() as con, TemporaryDirectory() as folder:
            run_match(con, Path(folder), self.as_of)
            return {
                name: con.execute(
                    f"SELECT person_id, reason FROM match.{name} ORDER BY feed, source_line, person_id"
                ).fetchall()
                for name in ("links", "candidates")
            }

    def facts(self, table: str = "case_facts") -> dict[str, SimpleNamespace]:
        """The facts by subject, as of the night."""
        return self.night(table).facts

    def night(self, table: str = "case_facts", *remedies: str) -> SimpleNamespace:
        """The facts of a table by subject, and the verdicts of remedies by remedy, part and subject."""
        with self.attached() as con, TemporaryDirectory() as place:
            folder = Path(place)
            run_match(con, folder / "match", self.as_of)
            # The tables beyond what is asked for cost more than all of a small caseload's answers.
            asked = {table, *(card(remedy).facts for remedy in remedies)}
            run_facts(con, folder / "facts", profile(self.state), self.as_of, wanted=asked)
            facts = {row["subject_id"]: SimpleNamespace(**row) for row in rows_of(con, f"facts.{table}")}
            verdicts: dict[tuple[str, str, str], SimpleNamespace] = {}
            cards = {remedy: card(remedy) for remedy in remedies}
            decide(con, profile(self.state), cards, self.as_of, folder / "verdicts")
            kept = Verdicts(folder)
            for remedy, part in kept.asked:
                for row in rows_of(con, f"({kept.select(remedy, part, True)})"):
                    verdicts[remedy, part, row["subject_id"]] = SimpleNamespace(**row)
            return SimpleNamespace(facts=facts, verdicts=verdicts)

    def made(self, *tables: str) -> dict[str, list[dict[str, Any]]]:
        """Rows of fact tables of the core, after making those and the ones before them only."""
        with self.attached() as con, TemporaryDirectory() as folder:
            run_match(con, Path(folder), self.as_of)
            con.execute("CREATE SCHEMA facts")
            last = max(core().tables.index(table) for table in tables)
            some = replace(core(), tables=core().tables[: last + 1], keep={})
            own = profile(self.state)
            params, counts = bound(some, own, self.as_of), counts_of(some, own, self.as_of)
            run_layer(con, some, Path(folder), params, counts=counts)
            return {table: rows_of(con, f"facts.{table}") for table in tables}

    def verdict(self, remedy: str, subject: str = "C1", part: str = "enter") -> str:
        """The word that a remedy says of a subject."""
        return str(self.night("case_facts", remedy).verdicts[remedy, part, subject].verdict)


def table_of(columns: dict[str, Any], rows: list[dict[str, Any]]) -> pa.Table:
    """Literal rows as a typed table; an unknown column is an error of the test."""
    strange = {key for row in rows for key in row} - set(columns)
    assert not strange, f"no such column: {strange}"
    return pa.table({name: pa.array([row.get(name) for row in rows], kind) for name, kind in columns.items()})


def rows_of(con: Any, relation: str) -> list[dict[str, Any]]:
    """Every row of a relation as a dict."""
    found = con.execute(f"SELECT * FROM {relation}")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
