"""The planted people of pay and benefits: orders to payors, their end, health coverage, claims."""

from typing import Any

from arrears.fakes.plant import Planter, case_of, person_of
from arrears.fakes.stories import Story

_MILL = "010000221"
_TOLD = (
    (220, "hired", "An employer reported them on the first night: the order leaves the same night.",
     {"hire": 1, "last_paid": 13, "owes": 0}),
    (221, "changed employers", "An order stands at the mill; another reports them on the second night.",
     {"last_paid": 13, "owes": 0, "hire": 2}),
    (222, "arrears and support", "Works at the mill and agreed to $50.00 a month on the arrears.",
     {"last_paid": 13, "owes": 900_00}),
    (223, "left the mill", "An order stands at the mill; they leave on the third night.",
     {"last_paid": 13, "owes": 0}),
    (224, "health coverage", "The order asks for cover through the job, and the child has none.",
     {"last_paid": 13, "owes": 0}),
    (225, "out of work", "Gets unemployment benefits, which end on the fourth night.",
     {"last_paid": 13, "owes": 0}),
    (226, "late employer", "The mill withheld three weeks ago and has not sent it.",
     {"last_paid": 13, "owes": 0}),
    (227, "silent employer", "The mill was told two months ago and nothing has come.",
     {"last_paid": 13, "owes": 0}),
    (228, "rejected by the employer", "The mill answers that it does not know them.",
     {"last_paid": 13, "owes": 0}),
)  # fmt: skip


def _stories(state: str) -> tuple[Story, ...]:
    every: tuple[tuple[int, str, str, dict[str, Any]], ...] = _TOLD
    return tuple(Story(case, tag, say, state=state, **special) for case, tag, say, special in every)


STORIES = (*_stories("me"), *_stories("ma"))


def plant(p: Planter) -> None:
    """Adds what the stories of this field need beside their base."""
    if p.frame.state not in ("me", "ma"):
        return
    town, code = p.frame.towns[0]
    p.add(
        "payors", fein=_MILL, payor_name="Mill LLC", line_1="2 Canal St", city=town,
        state=p.frame.state.upper(), zip=code, takes_electronic="Y",
    )  # fmt: skip
    for case, *_ in _TOLD:
        _terms(p, case)
    for case in (221, 222, 223, 224, 226, 227, 228):
        _works(p, case)
    for case in (221, 223, 226, 227, 228):
        _ordered(p, case)
    if p.frame.nights > 2:
        _works(p, 223, to=p.frame.through(3), known=p.frame.through(3))
    for row in p.rows["orders"]:
        if row["case_id"] == case_of(224):
            row.update(health_cover_ordered="Y", health_cover_provided="N")
    _claim(p, 225)
    p.add("withheld", case_id=case_of(226), fein=_MILL, withheld_on=p.day(21), amount_cents=200_00)
    _answers(p)


def _terms(p: Planter, case: int) -> None:
    p.add(
        "order_withholding", order_id=f"O{case_of(case)}", case_id=case_of(case), withholding_ordered="Y",
        clause_suspended="N", other_arrangement="N", other_cover_named="N",
        agreed_arrears_cents=50_00 if case == 222 else None,
    )  # fmt: skip


def _works(p: Planter, case: int, **but: Any) -> None:
    """The mill, since 300 days."""
    known = but.pop("known", None)
    p.add(
        "employers", known, person_id=person_of(case * 10), fein=_MILL, employer_name="Mill LLC",
        from_on=p.day(300), to_on=but.get("to"), withheld_not_sent_cents=0,
    )  # fmt: skip


def _ordered(p: Planter, case: int) -> None:
    """An order that the agency had sent to the mill before Arrears."""
    subject = f"{case_of(case)}:{_MILL}"
    p.add(
        "sent", remedy="income_withholding", subject_id=subject, case_id=case_of(case),
        person_id=person_of(case * 10), step="order", queue="income_withholding", message="original",
        target_id=subject, sent_on=p.day(60), amount_cents=200_00,
        carry='{"document_action": "ORG", "tracking_number": "T' + str(case) + '"}',
    )  # fmt: skip


def _claim(p: Planter, case: int) -> None:
    claim: dict[str, Any] = {
        "person_id": person_of(case * 10),
        "from_on": p.day(30),
        "weekly_benefit_cents": 350_00,
    }
    ends_on = p.frame.through(4) if p.frame.nights > 3 else None
    p.add("unemployment_claims", **claim)
    if ends_on is not None:
        p.add("unemployment_claims", ends_on, to_on=ends_on, **claim)


def _answers(p: Planter) -> None:
    """The mill rejects one order, the portal gives one back, the agency of benefits tells what it took."""
    name = p.name(p.by_case[228])[1].upper()
    fips, day = f"{p.frame.fips}000", p.frame.through(1)
    head = {"control_number": f"{fips}1", "state_fips": fips, "creation_date": day, "creation_time": "010203"}
    tail = {"control_number": f"{fips}1", "batch_count": "0", "record_count": "1"}
    feed = "eiwo_acknowledgments"
    p.line(feed, "header", 1, document_code="FHA", **head)
    p.line(
        feed, "answer", 1, document_code="ACK", action_code="ORG", case_identifier=case_of(228),
        employer_ein=_MILL, employee_last_name=name, employee_ssn_p=2280, document_tracking_number="T228",
        disposition_status="R", disposition_reason="U",
    )  # fmt: skip
    p.line(feed, "trailer", 1, document_code="FTA", **tail)
    p.line("eiwo_results", "header", 1, document_code="FHS", **head)
    p.line(
        "eiwo_results", "result", 1, document_code="DTL", document_action="ORG", case_identifier=case_of(227),
        employer_ein=_MILL, document_tracking_number="T227", first_error_field="EMPLOYER ZIP CODE",
    )  # fmt: skip
    p.line("eiwo_results", "trailer", 1, document_code="FTS", **tail)
    p.line("unemployment_withholdings", "header", 2, record_type="1", file_date=p.frame.through(2))
    p.line(
        "unemployment_withholdings", "detail", 2, record_type="2", ssn_p=2250, person_number=person_of(2250),
        last_name=p.name(p.by_case[225])[1].upper(), payment_date=p.frame.through(2), amount=46_15,
    )  # fmt: skip
    p.line("unemployment_withholdings", "footer", 2, record_type="3", record_count="1", total_amount=46_15)
    _directory(p)


def _directory(p: Planter) -> None:
    """A quarter's wages and a quarter's benefits that the national directory matched."""
    state = p.frame.state.upper()
    for feed, case, code, fields in (
        ("employer_wages", 222, "H98", {
            "employer_name": "MILL LLC", "qw_reporting_state": state, "qw_wage_amount": 900_000,
            "qw_fein": _MILL, "qw_ssn_match_code": "V", "qw_reporting_year": "2024",
            "qw_reporting_quarter": "3",
        }),
        ("unemployment_matches", 225, "H97", {
            "ui_reporting_state": state, "ui_benefit_amount": 140_000, "ui_ssn_match_code": "V",
            "ui_reporting_year": "2024", "ui_reporting_quarter": "4",
        }),
    ):  # fmt: skip
        first, last = p.name(p.by_case[case])
        p.line(
            feed, "response", 1, record_id="FN", match_type="P", receiving_state_fips=p.frame.fips,
            source_agency_code=code, name_matched_ind="1", first_name=first.upper(), last_name=last.upper(),
            ssn_p=case * 10, state_member_id=person_of(case * 10), **fields,
        )  # fmt: skip
