"""Builders of small literal caseloads: each says only what matters, the rest is a usual debtor's.

night = Caseload().debtor("C1", last_paid=date(2024, 11, 16)).facts()
night["C1"].days_in_arrears
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import pyarrow as pa

from arrears import house
from arrears.decide import decide, verdict_path
from arrears.layout.tables import load_tables
from arrears.profile import Profile
from arrears.remedy import Card, load_card
from arrears.transform import run_facts, run_match
from arrears.warehouse import attach_arrow, warehouse

AS_OF = date(2025, 1, 15)
T, D, C, Y = pa.string(), pa.date32(), pa.int64(), pa.bool_()
_TYPES = {"text": T, "date": D, "cents": C, "yes_no": Y}
CONTRACT = load_tables(house.FEEDS / "caseload" / "tables.csv")
INTAKE = ("hearings", "payments", "agreements", "stays", "notices", "balances")
_SOURCE = {"source_file": T, "source_line": C}
PARTNERS: dict[str, dict[str, Any]] = {
    "employer_new_hires": {
        "person_token": T, "ssn_fault": T, "person_id": T, "first_name": T, "last_name": T, "hired_on": D,
        "employer_fein": T,
    },
    "dmv_licenses": {
        "person_token": T, "ssn_fault": T, "person_id": T, "last_name": T, "first_name": T, "birth_on": D,
        "license_number": T, "license_class": T, "expires_on": D,
    },
    "bank_accounts": {
        "person_token": T, "ssn_fault": T, "person_id": T, "owner_name": T, "account_token": T,
        "balance_cents": C, "match_month": T,
    },
    "state_tax_refunds": {"person_id": T, "office": T, "amount_cents": C, "created_on": D},
}  # fmt: skip


def shape(table: str) -> dict[str, Any]:
    """The columns of a staged caseload table with their types; a number of a person is a token."""
    columns = {column.name: _TYPES[column.type] for column in CONTRACT[table].columns}
    if "ssn" in columns:
        columns.pop("ssn")
        columns |= {"person_token": T, "ssn_fault": T}
    return columns | _SOURCE


@cache
def profile() -> Profile:
    """The profile of Maine, read once."""
    return Profile.load(house.RULES, "me")


@cache
def card(remedy: str) -> Card:
    """A remedy's card, read once."""
    return load_card(house.RULES / "remedies" / remedy)


class Caseload:
    """A caseload as of a date, written row by row."""

    def __init__(self, as_of: date = AS_OF) -> None:
        self.as_of = as_of
        self.through = as_of - timedelta(1)
        self.rows: dict[str, list[dict[str, Any]]] = {table: [] for table in CONTRACT}
        self.partners: dict[str, list[dict[str, Any]]] = {feed: [] for feed in PARTNERS}
        self.ends: dict[str, date | None] = {table: self.through for table in CONTRACT}
        self.intake: dict[str, date | None] = dict.fromkeys(INTAKE, self.through)
        self.lost: list[dict[str, Any]] = []

    def add(self, table: str, **row: Any) -> "Caseload":
        """One more row of a caseload table, numbered as a line of its file."""
        rows = self.rows[table]
        rows.append({**row, "source_file": f"file-{table}", "source_line": len(rows) + 2})
        return self

    def partner(self, feed: str, **row: Any) -> "Caseload":
        """One more row of a partner's file."""
        rows = self.partners[feed]
        rows.append({**row, "source_file": f"file-{feed}", "source_line": len(rows) + 2})
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
        the day of service (None: there is none), `license` whether he holds one.
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
        case = {
            "case_id": case_id, "office": "101", "worker": "W1", "obligor_id": person_id,
            "custodial_id": other_id, "case_class": "never_assistance", "status": "open",
            "service_level": "full", "interstate": "none", "opened_on": date(2020, 1, 1),
        }  # fmt: skip
        self.add("cases", **case | but.get("case", {}))
        due = but.get("due_days") or self._months(but.get("months", 12))
        order = {
            "order_id": f"O-{case_id}", "case_id": case_id, "frequency": "monthly",
            "entered_on": due[0] - timedelta(20) if due else None, "first_due_on": due[0] if due else None,
            "current_cents": but.get("monthly", 300_00), "status": "active", "health_cover_ordered": False,
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
            for table, rows in tables.items():
                known = [] if self.ends[table] is None else rows
                attach_arrow(con, f"caseload.{table}", table_of(shape(table), known))
            ends = [{"table_name": t, "complete_through_on": day} for t, day in self.ends.items() if day]
            attach_arrow(
                con, "caseload.currency", table_of({"table_name": T, "complete_through_on": D}, ends)
            )
            lost = {"table_name": T, "case_id": T, "person_id": T}
            attach_arrow(con, "caseload.rejected", table_of(lost, self.lost))
            paper = [
                {"kind": k, "complete_through_on": day, "source_file": "file-intake", "source_line": n}
                for n, (k, day) in enumerate(self.intake.items(), 2)
                if day
            ]
            attach_arrow(con, "caseload.intake", table_of(shape("intake"), paper))
            for feed, rows in self.partners.items():
                attach_arrow(con, f"staging.{feed}", table_of(PARTNERS[feed] | _SOURCE, rows))
            attach_arrow(
                con, "calendar", profile().calendar().table(date(2000, 1, 1), self.as_of + timedelta(400))
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
            run_facts(con, folder / "facts", profile(), self.as_of)
            facts = {row["subject_id"]: SimpleNamespace(**row) for row in rows_of(con, f"facts.{table}")}
            verdicts: dict[tuple[str, str, str], SimpleNamespace] = {}
            for remedy in remedies:
                decide(con, profile(), card(remedy), self.as_of, folder / "verdicts")
                for part in ("enter", "stay", "release"):
                    path = verdict_path(folder / "verdicts", card(remedy), part)
                    for row in rows_of(con, f"read_parquet('{path}')"):
                        verdicts[remedy, part, row["subject_id"]] = SimpleNamespace(**row)
            return SimpleNamespace(facts=facts, verdicts=verdicts)

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
