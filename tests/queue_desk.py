"""Builders for queue tests: literal rows, each saying only what matters."""

import json
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from arrears.data.warehouse import attach_arrow, warehouse
from arrears.law.profile import Profile
from arrears.queues import Built, Proof, Queue, Terms, Written, build, load_queue, read_back, write_file

HOUSE = Path(__file__).resolve().parents[1]
QUEUES = HOUSE / "transforms" / "queues"
AS_OF = date(2025, 1, 15)
T, D, C, Y = pa.string(), pa.date32(), pa.int64(), pa.bool_()

SHAPES: dict[str, dict[str, Any]] = {
    "caseload.persons": {
        "person_id": T, "person_token": T, "last_name": T, "first_name": T, "middle_name": T, "suffix": T,
        "birth_on": D, "family_violence": Y, "sex": T,
    },
    "caseload.addresses": {
        "person_id": T, "kind": T, "line_1": T, "line_2": T, "city": T, "state": T, "zip": T, "protected": Y,
        "verified_on": D, "source_file": T, "source_line": C,
    },
    "caseload.cases": {"case_id": T, "opened_on": D},
    "caseload.children": {"case_id": T, "person_id": T, "birth_on": D, "emancipated_on": D},
    "caseload.receipts": {
        "case_id": T, "received_on": D, "amount_cents": C, "kind": T, "status": T,
    },
    "caseload.notices": {"notice_id": T, "person_id": T, "about": T, "sent_on": D},
    "facts.case_facts": {
        "case_id": T, "person_id": T, "obligor_location_is_protected": Y, "oldest_unpaid_due_on": D,
        "last_payment_on": D, "order_entered_on": D, "identity_has_failed": Y,
        "enforceable_cents": C, "collectable_cents": C, "has_family_violence": Y,
    },
    "facts.registry_facts": {"subject_id": T, "network_cases_counted": pa.list_(T)},
    "caseload.orders": {"order_id": T, "case_id": T, "issuing_state": T},
    "facts.federal_records": {"subject_id": T, "rejected_on": D, "is_held": Y},
    "facts.custodial_parents": {"case_id": T, "person_id": T, "location_is_protected": Y},
    "facts.notice_facts": {"case_id": T, "children_names": T},
    "facts.life_facts": {
        "case_id": T, "other_state": T, "order_state": T, "order_entered_on": D, "ordered_cents": C,
        "papers_complete_on": D, "review_asked_on": D, "order_copies": C,
        "closing_ground": T, "case_closed_on": D, "subject_id": T, "has_enforceable_order": Y,
    },
    "facts.registry_people": {"subject_id": T, "role": T, "is_disclosure_barred": Y},
    "facts.account_facts": {"subject_id": T, "institution_name": T, "account_last4": T},
    "facts.asset_facts": {"subject_id": T, "asset_description": T, "asset_place": T},
    "facts.money_facts": {"case_id": T, "overpayment_ids": pa.list_(T), "overpayment_causes": T},
    "facts.fee_facts": {"subject_id": T, "fiscal_year_ends_on": D},
    "facts.interest_facts": {
        "subject_id": T, "month_ends_on": D, "interest_cents": C, "penalty_cents": C,
    },
    "facts.pass_through_facts": {
        "subject_id": T, "of_month": D, "month_ends_on": D, "passed_cents": C, "month_paid_cents": C,
    },
    "items": {
        "action_id": T, "remedy": T, "subject_id": T, "case_id": T, "person_id": T, "office": T,
        "episode_id": T, "kind": T, "queue": T, "message": T, "target_id": T, "version": C, "amount_cents": C,
        "step": T,
    },
    "facts.same_people": {"person_id": T, "other_id": T},
    "facts.person_marks": {"person_id": T, "number_mark": T, "name_mark": T, "birth_mark": T},
    "published": {
        "queue": T, "remedy": T, "subject_id": T, "case_id": T, "person_id": T, "target_id": T, "kind": T,
        "message": T, "episode_id": T, "step": T, "version": C, "published_on": D, "batch_no": C, "carry": T,
    },
    "vault": {"person_token": T, "ssn": T},
    "vault_accounts": {"account_token": T, "account_number": T},
    "ledger_items": {"action_id": T, "amount_cents": C},
}  # fmt: skip


class Desk:
    """A queue with literal facts around it: what it builds, writes and proves."""

    def __init__(self, con: Any, queue: str, folder: Path) -> None:
        self.con, self.folder = con, folder
        self.queue: Queue = load_queue(QUEUES / queue)
        self.tables: dict[str, list[dict[str, Any]]] = {name: [] for name in SHAPES}
        self.content, self.final = folder / f"{queue}.parquet", folder / f"{queue}.000001.txt"
        self.profile = Profile.load(HOUSE / "rules", "me")
        terms = self.queue.terms(self.profile, AS_OF)
        numbered = {**terms.partner, "agency_account_number": "90000000023"}
        self.terms = Terms(AS_OF, terms.params, {key: numbered[key] for key in terms.partner})

    def person(self, person_id: str = "0000000001", **but: Any) -> "Desk":
        """An obligor with number, name and an address that is not protected."""
        person = {
            "person_id": person_id, "person_token": f"t{person_id}", "last_name": "Pelletier",
            "first_name": "Adrien", "birth_on": date(1980, 2, 29), "family_violence": False,
        }  # fmt: skip
        place = {
            "person_id": person_id, "kind": "mail", "line_1": "12 Mill St.", "line_2": None, "city": "Bath",
            "state": "ME", "zip": "04530", "protected": False,
        }  # fmt: skip
        ssn = but.pop("ssn", "90001" + person_id[-4:])
        place |= {key: but.pop(key) for key in list(but) if key in place and key != "person_id"}
        self.tables["caseload.persons"].append(person | but)
        if place["line_1"]:
            self.tables["caseload.addresses"].append(place)
        if ssn:
            self.tables["vault"].append({"person_token": person["person_token"], "ssn": ssn})
        return self

    def case(self, case_id: str = "C1", person_id: str = "0000000001", **but: Any) -> "Desk":
        """A case of an obligor whose location is free."""
        fact = {
            "case_id": case_id, "person_id": person_id, "obligor_location_is_protected": False,
            "oldest_unpaid_due_on": date(2024, 12, 1), "last_payment_on": date(2024, 11, 20),
            "order_entered_on": date(2020, 5, 4), "identity_has_failed": False,
        }  # fmt: skip
        self.tables["facts.case_facts"].append(fact | but)
        self.tables["caseload.cases"].append({"case_id": case_id, "opened_on": date(2020, 6, 1)})
        return self

    def item(self, message: str, **but: Any) -> "Desk":
        """An action that is due on this queue."""
        row = {
            "remedy": "license_revocation", "subject_id": "C1", "case_id": "C1", "person_id": "0000000001",
            "office": "001", "kind": "send", "queue": self.queue.name, "message": message, "target_id": "C1",
            "version": 1, "amount_cents": 2_500_99,
        } | but  # fmt: skip
        row.setdefault("action_id", f"{row['remedy']}:{row['subject_id']}:1:{message}:{row['target_id']}:1")
        self.tables["items"].append(row)
        return self

    def heard(
        self, target_id: str = "C1", batch_no: int = 1, remedy: str = "", person_id: str = "", **carry: Any
    ) -> "Desk":
        """What the partner heard about a target in an earlier batch."""
        row: dict[str, Any] = {"queue": self.queue.name, "target_id": target_id, "subject_id": target_id}
        row["kind"] = "send"
        row |= {"remedy": remedy or None, "person_id": person_id or None}
        self.tables["published"].append(
            {**row, "published_on": date(2024, 12, 1), "batch_no": batch_no, "carry": json.dumps(carry)}
        )
        return self

    def add(self, table: str, **row: Any) -> "Desk":
        """Any other literal row."""
        self.tables[table].append(row)
        return self

    def build(self) -> Built:
        """The content rows, frozen."""
        for name, shape in SHAPES.items():
            rows = [{column: row.get(column) for column in shape} for row in self.tables[name]]
            attach_arrow(self.con, name, pa.Table.from_pylist(rows, pa.schema(list(shape.items()))))
        [built] = build(self.con, [(self.queue, self.terms)], self.folder).values()
        self.con.execute(f"CREATE OR REPLACE TEMP VIEW frozen AS FROM read_parquet('{self.content}')")
        return built

    def write(self) -> Written:
        """The partner's file, aside."""
        self.build()
        return write_file(self.con, self.queue, self.terms, "frozen", self.final)

    def prove(self, path: Path, ledger: str | None = None) -> Proof:
        """The file, read back."""
        return read_back(self.con, self.queue, self.terms, "frozen", path, ledger)

    def rows(self) -> list[dict[str, Any]]:
        """The frozen content rows."""
        found = self.con.execute(f"SELECT * FROM read_parquet('{self.content}') ORDER BY record_no")
        return found.to_arrow_table().to_pylist()


@contextmanager
def a_desk(queue: str, folder: Path) -> Any:
    """A desk for one queue, on a warehouse of its own."""
    with warehouse() as con:
        yield Desk(con, queue, folder)
