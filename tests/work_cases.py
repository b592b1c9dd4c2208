"""Cases with pay, for tests of withholding: the facts about work of a small literal caseload in a state."""

from datetime import date
from typing import Any

from tests.builders import AS_OF, Caseload

MILL, HARBOR = "010000001", "010000002"


class Pay(Caseload):
    """A caseload as of a date in a state, with jobs."""

    def __init__(self, as_of: date = AS_OF, state: str = "me") -> None:
        super().__init__(as_of)
        self.state = state

    def worker(self, case_id: str = "C1", fein: str = MILL, **but: Any) -> "Pay":
        """A debtor whose order is withheld from, and who works at the mill since a year.

        `terms` and `job` overrule single columns of the order's terms and of the employer's row.
        """
        terms, job = but.pop("terms", {}), but.pop("job", {})
        self.debtor(case_id, **but)
        usual = {
            "order_id": f"O-{case_id}", "case_id": case_id, "withholding_ordered": True,
            "clause_suspended": False, "other_arrangement": False, "other_cover_named": False,
        }  # fmt: skip
        self.add("order_withholding", **usual | terms)
        person = but.get("person_id", f"P-{case_id}")
        if not any(r["person_id"] == person and r["fein"] == fein for r in self.rows["employers"]):
            row = {
                "person_id": person,
                "fein": fein,
                "employer_name": "Mill LLC",
                "from_on": date(2024, 1, 2),
            }
            self.add("employers", **row | job)
        return self

    def hire(self, person: str, on: date, fein: str = HARBOR, name: str = "Harbor Inc") -> "Pay":
        """A new hire that the national directory matched by number and name."""
        self.partner(
            "employer_new_hires", person_token=f"t-{person}", person_id=person, first_name="ADRIEN",
            last_name="PELLETIER", hired_on=on, employer_fein=fein, employer_name=name,
            employer_street="2 PIER RD", employer_city="PORTLAND", employer_state="ME", employer_zip="04101",
        )  # fmt: skip
        return self

    def wages(self, person: str, quarter_ends_on: date, fein: str = HARBOR) -> "Pay":
        """Wages of a quarter that the national directory matched."""
        self.partner(
            "employer_wages", person_token=f"t-{person}", person_id=person, first_name="ADRIEN",
            last_name="PELLETIER", employer_fein=fein, employer_name="Harbor Inc", wage_cents=900_000,
            quarter_ends_on=quarter_ends_on,
        )  # fmt: skip
        return self

    def sent(self, on: date, subject: str = f"C1:{MILL}", **but: Any) -> "Pay":
        """An order that left for a payor."""
        usual = {
            "action_id": f"a{len(self.published)}", "remedy": "income_withholding", "subject_id": subject,
            "case_id": subject.split(":")[0], "kind": "send", "queue": "income_withholding",
            "message": "original", "published_on": on, "batch_no": len(self.published), "version": 1,
            "amount_cents": 300_00, "carry": '{"tracking_number": "T1"}',
        }  # fmt: skip
        self.published.append(usual | but)
        return self

    def answer(self, on: date, **but: Any) -> "Pay":
        """An employer's answer to the order of the mill."""
        usual = {
            "person_token": "t-P-C1", "case_id": "C1", "employer_fein": MILL, "last_name": "PELLETIER",
            "action_code": "ORG", "tracking_number": "T1", "disposition_status": "A", "answered_on": on,
        }  # fmt: skip
        self.partner("eiwo_acknowledgments", **usual | but)
        return self

    def work(self, table: str = "employment_facts") -> dict[str, Any]:
        """The facts about work by subject, made by the core and the modules up to this one."""
        return self.facts(table)

    def job(self, case_id: str = "C1", fein: str = MILL) -> Any:
        """The facts of one case and payor."""
        return self.work()[f"{case_id}:{fein}"]

    def benefits(self, person: str = "P-C1") -> Any:
        """The facts about unemployment benefits of one person."""
        return self.work("unemployment_facts")[person]
