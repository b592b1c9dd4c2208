"""What employers and their lists tell: read by layout, matched by number and name, a job like any other."""

from datetime import date
from pathlib import Path
from typing import Any

import feed_files
import pytest
from feed_files import Desk, lines
from test_stands_after import lines as work_lines

from arrears.ledger.records import Delivery
from tests.builders import AS_OF
from tests.work_cases import HARBOR, MILL, Pay

SSN = {"ssn": "900121234"}
USUAL: dict[str, dict[str, Any]] = {
    "maine_new_hires.employer": {
        "record_type": "1", "dol_number": "0000004711", "fein": "010000001", "employer_name": "MILL LLC",
        "address_1": "2 MILL RD", "city": "BATH", "state": "ME", "zip5": "04530",
    },
    "maine_new_hires.employee": SSN | {
        "record_type": "2", "employer_id": "0000004711", "last_name": "PELLETIER", "first_name": "JO",
        "address_1": "9 HIDDEN LANE",
    },
    "massachusetts_new_hires.employer": {
        "record_type": "A", "fein": "010000001", "employer_name": "MILL LLC", "street": "2 MILL RD",
        "city": "LOWELL", "state": "MA", "zip5": "01850", "zip4": "0000", "report_year": "25",
        "new_employee_count": "1",
    },
    "massachusetts_new_hires.employee": SSN | {
        "record_type": "B", "employee_name": "PELLETIER,JO A", "street": "9 HIDDEN LANE", "city": "LOWELL",
        "state": "MA", "zip": "018500000", "start_date": date(2025, 1, 6),
    },
    "common_new_hires.hire": SSN | {
        "reporting_state": "ME", "record_literal": " Newhire Record", "version": "1.00", "first_name": "JO",
        "last_name": "PELLETIER", "address_1": "9 HIDDEN LANE", "city": "BATH", "state": "ME",
        "postal_code": "04530", "date_of_hire": date(2025, 1, 6),
    },
    "state_directory_hires.response": SSN | {
        "person_number": "0000000017", "case_number": "00000101", "first_name": "JO",
        "last_name": "PELLETIER", "start_date": date(2025, 1, 6), "company_name": "MILL LLC",
        "company_address": "2 MILL RD", "company_city": "BATH", "company_state": "ME",
        "company_zip5": "04530", "company_fein": "010000001",
    },
    "federal_employers.employer": {
        "fein": "010000001", "company_name": "MILL LLC", "address_1": "PAYROLL", "address_2": "2 MILL RD",
        "city": "BATH", "state": "ME", "zip5": "04530", "zip_hyphen": "-",
    },
    "eiwo_employers.employer": {
        "fein": "010000001", "start_date": date(2020, 1, 1), "organisation_name": "MILL LLC",
        "active_ind": "A", "address_1": "2 MILL RD", "city": "BATH", "state": "ME", "zip5": "04530",
    },
}  # fmt: skip
SOURCES = ("employer_new_hires", "state_directory_hires", "massachusetts_new_hires")
FRAMED = {"maine_new_hires": "employee", "massachusetts_new_hires": "employee"}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk that knows the usual lines of these files."""
    monkeypatch.setattr(feed_files, "_USUAL", feed_files._USUAL | USUAL)
    return Desk(tmp_path)


def sent(desk: Desk, feed: str, data: bytes) -> Delivery:
    """What became of a file with its control file."""
    return desk.send(feed, data, FRAMED.get(feed, next(iter(feed_files.FEEDS[feed].records)).name))


def staged(desk: Desk, feed: str, data: bytes) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows that a file became, and why its other lines were set aside."""
    delivery = sent(desk, feed, data)
    assert delivery.outcome == "accepted", delivery.reason
    desk.load(delivery)
    return desk.rows(delivery, feed), [row["reason"] for row in desk.rows(delivery, "rejects")]


def test_each_employee_of_a_report_to_maine_is_of_the_employer_before_them(desk: Desk) -> None:
    feed = "maine_new_hires"
    other = {"dol_number": None, "fein": "010000002", "employer_name": "HARBOR INC"}
    data = (
        lines(feed, "employer", {})
        + lines(feed, "employee", {}, {"ssn": "900125678"}, {"employer_id": "0000009999"})
        + lines(feed, "employer", other)
        + lines(feed, "employee", {"employer_id": "010000002"})
    )
    rows, why = staged(desk, feed, data)
    assert [row["employer_fein"] for row in rows] == ["010000001", "010000001", "010000002"]
    assert [(row["employer_street"], row["employer_zip"]) for row in rows[:1]] == [("2 MILL RD", "04530")]
    assert why == ["the employer's number is not that of the employer record before it"]
    # When they were hired, or whether they left, is where nobody has read; the parent's own place stays out.
    assert {row["hired_on"] for row in rows} == {None}
    assert "HIDDEN" not in str(rows)
    assert "900121234" not in str(rows)


def test_an_employer_abroad_has_no_address_to_mail_an_order_to(desk: Desk) -> None:
    feed = "maine_new_hires"
    data = lines(feed, "employer", {"country": "CA"}) + lines(feed, "employee", {})
    rows, _ = staged(desk, feed, data)
    assert [rows[0][f"employer_{one}"] for one in ("street", "city", "state", "zip")] == [None] * 4
    abroad = lines("employer_new_hires", "response", {"foreign_country_code": "CA", "zip5": "04530"})
    rows, _ = staged(desk, "employer_new_hires", abroad)
    assert [rows[0][f"employer_{one}"] for one in ("street", "city", "state", "zip")] == [None] * 4


def massachusetts(*counted: tuple[str, int], **employee: Any) -> bytes:
    """A report of employers, each of whom says how many employees follow and sends so many."""
    feed = "massachusetts_new_hires"
    return b"".join(
        lines(feed, "employer", {"new_employee_count": told, "fein": f"01000000{n}"})
        + lines(feed, "employee", *({**employee} for _ in range(there)))
        for n, (told, there) in enumerate(counted, 1)
    )


def test_a_report_to_massachusetts_holds_many_employers(desk: Desk) -> None:
    rows, why = staged(desk, "massachusetts_new_hires", massachusetts(("1", 1), ("2", 2)))
    assert [row["employer_fein"] for row in rows] == ["010000001", "010000002", "010000002"]
    assert {row["hired_on"] for row in rows} == {date(2025, 1, 6)}
    assert why == []
    assert rows[0]["employee_name"] == "PELLETIER,JO A"
    assert "HIDDEN" not in str(rows)


def test_the_employees_of_each_employer_are_counted(desk: Desk) -> None:
    wrong = sent(desk, "massachusetts_new_hires", massachusetts(("2", 1), ("1", 2)))
    assert wrong.outcome == "refused"
    assert "says 2 employees of the employer at line 1 and holds 1" in (wrong.reason or "")
    headless = sent(desk, "massachusetts_new_hires", lines("massachusetts_new_hires", "employee", {}))
    assert (headless.outcome, "employer record is missing" in (headless.reason or "")) == ("refused", True)


def test_a_first_day_of_work_after_the_year_of_the_report_is_set_aside(desk: Desk) -> None:
    data = massachusetts(("1", 1), ("1", 1)) + massachusetts(("1", 1), start_date=date(2026, 1, 6))
    rows, why = staged(desk, "massachusetts_new_hires", data)
    assert (len(rows), why) == (2, ["the first day of work is after the year of the report"])


def test_the_form_that_states_share_is_told_by_its_literal_and_is_of_one_state(desk: Desk) -> None:
    feed = "common_new_hires"
    rows, _ = staged(desk, feed, lines(feed, "hire", {}))
    assert (rows[0]["hired_on"], rows[0]["employer_fein"]) == (date(2025, 1, 6), None)
    assert "HIDDEN" not in str(rows)
    other = sent(desk, feed, lines(feed, "hire", {"reporting_state": "RI"}))
    assert (other.outcome, "another state's code" in (other.reason or "")) == ("refused", True)


def test_lists_of_employers_are_read_by_their_numbers(desk: Desk) -> None:
    off, zeros = {"active_ind": "I", "inactive_date": date(2025, 1, 2)}, {"fein": "000000000"}
    data = lines("eiwo_employers", "employer", {}, off, {"active_ind": "Q"}, zeros)
    rows, why = staged(desk, "eiwo_employers", data)
    assert [row["is_active"] for row in rows] == [True, False, None]
    assert (rows[1]["inactive_on"], why) == (date(2025, 1, 2), ["a number of zeros: no employer"])
    rows, _ = staged(desk, "federal_employers", lines("federal_employers", "employer", {}))
    assert (rows[0]["employer_street"], rows[0]["employer_street_2"]) == ("PAYROLL", "2 MILL RD")


def hired(feed: str, caseload: Pay | None = None, name: str = "PELLETIER", **but: Any) -> Pay:
    """A parent whom a source reports as hired at the harbor, under their number."""
    made = caseload or Pay().worker(job={"to_on": date(2024, 12, 2)})
    named = {"employee_name": f"{name},ADRIEN"} if feed == "massachusetts_new_hires" else {
        "last_name": name, "first_name": "ADRIEN"}  # fmt: skip
    row = {
        "person_token": "t-P-C1", "hired_on": date(2025, 1, 6), "employer_fein": HARBOR,
        "employer_name": "Harbor Inc", "employer_street": "2 PIER RD", "employer_city": "PORTLAND",
        "employer_state": "ME", "employer_zip": "04101",
    }  # fmt: skip
    made.partner(feed, **row | named | but)
    return made


@pytest.mark.parametrize("feed", SOURCES)
def test_whoever_reports_a_hire_tells_a_payor_of_the_parent(feed: str) -> None:
    made = hired(feed)
    job = made.job(fein=HARBOR)
    assert (job.employer_name, job.hired_on, job.job_goes_on) == ("Harbor Inc", date(2025, 1, 6), True)
    assert (job.employer_has_address, f"{feed}.{feed}@file-{feed}" in job.job_src) == (True, True)
    fact = made.facts()["C1"]
    assert (fact.new_hire_on, fact.new_hire_fein) == (date(2025, 1, 6), HARBOR)


@pytest.mark.parametrize("feed", SOURCES)
def test_a_number_with_another_name_is_a_question_and_no_job(feed: str) -> None:
    made = hired(feed, name="ROY")
    assert f"C1:{HARBOR}" not in made.work()
    assert made.match()["candidates"] == [("P-C1", "number agrees, name does not")]


def test_a_hire_told_by_two_sources_is_one_hire_entered_when_it_was_first_told() -> None:
    made = hired("state_directory_hires", hired("employer_new_hires"))
    made.came_on("employer_new_hires", date(2025, 1, 13)).came_on("state_directory_hires", date(2025, 1, 9))
    job = made.job(fein=HARBOR)
    assert (job.hired_on, job.hire_entered_on) == (date(2025, 1, 6), date(2025, 1, 9))


def test_a_report_whose_day_cannot_be_read_is_a_job_of_which_nobody_knows() -> None:
    made = hired("maine_new_hires", hired_on=None)
    job = made.job(fein=HARBOR)
    assert (job.employer_name, job.hired_on, job.job_goes_on) == ("Harbor Inc", None, None)
    said = made.night("employment_facts", "income_withholding").verdicts
    assert said["income_withholding", "enter", f"C1:{HARBOR}"].verdict == "unknown"
    # Once the agency has entered the job, it is one.
    made.add("employers", person_id="P-C1", fein=HARBOR, employer_name="Harbor Inc", from_on=AS_OF)
    assert made.job(fein=HARBOR).job_goes_on is True


def test_a_hire_whose_employer_cannot_be_read_is_somebodys_work_until_the_job_is_entered() -> None:
    def said(**job: Any) -> list[str]:
        made = hired("common_new_hires", employer_fein=None, employer_name=None)
        if job:
            made.add("employers", person_id="P-C1", fein=HARBOR, employer_name="Harbor Inc", **job)
        return work_lines(made, "hire_without_employer")

    [line] = said()
    assert "A hire on 2025-01-06 was reported" in line
    assert said(from_on=date(2025, 1, 5)) == said()
    assert said(from_on=date(2025, 1, 6)) == []


def test_the_latest_hire_is_not_told_under_the_number_of_an_earlier_employer() -> None:
    made = hired(
        "common_new_hires", hired("employer_new_hires"), hired_on=date(2025, 1, 8), employer_fein=None
    )
    fact = made.facts()["C1"]
    assert (fact.new_hire_on, fact.new_hire_fein) == (date(2025, 1, 8), None)


def listed(feed: str, caseload: Pay | None = None, **but: Any) -> Pay:
    """A parent who works at the mill, which stands in a list of employers."""
    made = caseload or Pay().worker()
    row = {
        "employer_fein": MILL, "employer_name": "Mill LLC", "employer_street": "2 MILL RD",
        "employer_city": "BATH", "employer_state": "ME", "employer_zip": "04530",
    }  # fmt: skip
    made.partner(feed, **row | but)
    return made


def test_a_list_of_employers_says_where_an_order_goes() -> None:
    assert Pay().worker().job().employer_has_address is False
    assert listed("federal_employers").job().employer_has_address is True
    assert listed("federal_employers", employer_zip=None).job().employer_has_address is False


@pytest.mark.parametrize(
    ("listing", "takes"),
    [
        ({"is_active": True, "takes_from_on": date(2020, 1, 1)}, True),
        ({"is_active": True, "takes_from_on": date(2025, 1, 16)}, False),
        ({"is_active": False, "takes_from_on": date(2020, 1, 1)}, False),
        ({"is_active": None, "takes_from_on": date(2020, 1, 1)}, True),
    ],
)
def test_the_portals_list_goes_before_what_the_agency_had_noted(listing: dict[str, Any], takes: bool) -> None:
    made = Pay().worker()
    made.add("payors", fein=MILL, payor_name="Mill LLC", line_1="1 A ST", takes_electronic=True)
    assert listed("eiwo_employers", made, **listing).job().employer_takes_electronic is takes


def test_an_order_that_the_portal_cannot_bring_is_somebodys_work_until_the_payor_is_heard() -> None:
    def said(**but: Any) -> list[str]:
        made = listed("eiwo_employers", is_active=False, takes_from_on=date(2020, 1, 1))
        made.sent(date(2025, 1, 6))
        if but:
            made.answer(date(2025, 1, 10))
        return work_lines(made, "payor_not_electronic")

    [line] = said()
    assert "told on 2025-01-06 to withhold, does not take orders through the federal portal" in line
    assert said(answer=True) == []


@pytest.mark.parametrize("feed", ["employer_new_hires", "employer_wages", "unemployment_matches"])
def test_a_name_that_the_directory_knows_in_part_needs_a_person(desk: Desk, feed: str) -> None:
    data = lines(feed, "response", {"name_matched_ind": "1"}, {"name_matched_ind": "4"})
    rows, why = staged(desk, feed, data)
    assert [row["last_name"] for row in rows] == ["PELLETIER", None]
    assert why == []
    assert [row["ssn_fault"] for row in rows] == [None, None]


def test_wages_under_a_name_in_part_are_a_question_and_no_job() -> None:
    made = Pay().worker(job={"to_on": date(2024, 12, 2)}).wages("P-C1", date(2024, 12, 31))
    assert f"C1:{HARBOR}" in made.work()
    made.partners["employer_wages"][0] |= {"last_name": None, "first_name": None}
    assert f"C1:{HARBOR}" not in made.work()
    assert made.match()["candidates"] == [("P-C1", "number agrees, name does not")]


@pytest.mark.parametrize("code", ["C", "M", "X"])
def test_the_directorys_own_choice_of_number_counts(desk: Desk, code: str) -> None:
    other, same = {"corrected_or_multiple_ssn": "900125678"}, {"w4_ssn_match_code": "V"}
    chosen = {"w4_ssn_match_code": code}
    data = lines("employer_new_hires", "response", {}, other | chosen, chosen, other | same)
    rows, why = staged(desk, "employer_new_hires", data)
    own, another, still_own = [row["person_token"] for row in rows]
    assert own == still_own != another
    assert why == ["matched on another number, which is missing"]


def test_no_data_closes_a_request_only_as_the_directory_says_it(desk: Desk) -> None:
    none = {"source_agency_code": "H01", "w4_date_of_hire": None}
    _, why = staged(desk, "employer_new_hires", lines("employer_new_hires", "response", {}, {}, {},
        {**none, "match_type": "L", "locate_response_code": "06"}, {**none, "match_type": "P"},
        {**none, "match_type": "L"}))  # fmt: skip
    assert why == [
        "the directory has no data; the request is answered",
        "an answer without data whose match type or response code does not say so",
        "an answer without data whose match type or response code does not say so",
    ]
