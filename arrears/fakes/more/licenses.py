"""The planted people of notices, licenses and credit reports: each letter and each licensing body once."""

from typing import Any

from arrears.fakes.plant import Planter, case_of, license_of, person_of
from arrears.fakes.stories import Story

_EVERY_STATE = (
    (340, "no notice yet", "Owes and was never noticed: the notice of debt, or the notice of the remedy.",
     {"notice": None, "monthly": 250_00}),
    (341, "asks for a temporary license", "Asked for a temporary license yesterday; decided the same day.",
     {"monthly": 250_00}),
)  # fmt: skip
_MAINE = (
    (345, "told a year ago", "The notice of debt was served 400 days ago: the yearly statement is due.",
     {"notice": 400, "months": 20, "last_paid": 13, "owes": 600_00, "license": False}),
    (346, "every license", "Nurse, hunter and owner of a car; the license notice was served 40 days ago.",
     {"license_notice": 40, "monthly": 400_00}),
    (347, "restriction answered", "Restricted three weeks ago, and the Secretary of State confirmed it.",
     {"sent": (("restrict", 20),), "monthly": 400_00}),
    (348, "notice came back", "The notice of debt came back; a second letter waits for a caseworker.",
     {"notice": 45, "notice_status": "returned", "monthly": 250_00}),
)  # fmt: skip
_MASSACHUSETTS = (
    (350, "license and registration", "Noticed two months ago, nothing heard: the registry is asked.",
     {"monthly": 400_00}),
    (351, "to be noticed of suspension", "Looked at yesterday; the notice leaves when a caseworker agrees.",
     {"monthly": 400_00}),
    (352, "has a child at home", "Has custody of one of the children: a person speaks with them first.",
     {"monthly": 400_00}),
    (353, "to be reported", "Told 60 days ago that the debt will be reported, and did not contest it.",
     {"monthly": 400_00, "license": False}),
)  # fmt: skip


def _stories(state: str, told: tuple[tuple[int, str, str, dict[str, Any]], ...]) -> tuple[Story, ...]:
    return tuple(Story(case, tag, say, state=state, **special) for case, tag, say, special in told)


STORIES = (
    *_stories("me", _EVERY_STATE + _MAINE),
    *_stories("ma", _EVERY_STATE + _MASSACHUSETTS),
)


def plant(p: Planter) -> None:
    """Adds what the stories of this field need beside their base."""
    p.add(
        "license_requests", request_id="Q341", case_id=case_of(341), kind="temporary_license",
        received_on=p.day(1),
    )  # fmt: skip
    if p.frame.state == "me":
        _maine(p)
    elif p.frame.state == "ma":
        _massachusetts(p)


def _maine(p: Planter) -> None:
    case_id = case_of(346)
    for kind, board, number in (
        ("professional", "NURSE", "RN346"), ("hunting", None, "H346"), ("registration", None, "346ABC"),
    ):  # fmt: skip
        _license(p, 346, kind, board, number)
    for remedy in ("professional_license", "recreational_license", "vehicle_registration"):
        p.decide(1, remedy, case_id, "certify", "approve", "Served, heard nothing.")
    _looked(p, 346, "can_pay")
    story = p.by_case[347]
    first, last = p.name(story)
    p.line(
        "dmv_responses", "response", 1, result_type="1", last_name=last.upper(), first_name=first.upper(),
        ssn_p=3470, date_of_birth=p.day(13000 + 347), person_number=person_of(3470),
        license_number=license_of(347), process_date=p.day(20),
    )  # fmt: skip

    nurse_first, nurse_last = p.name(p.by_case[346])
    p.line(
        "license_responses", "response", 4, ssn_p=3460, name=f"{nurse_last} {nurse_first}".upper(),
        date_of_birth=p.day(13000 + 346), license_number="RN346", request_date=p.day(0),
        response_date=p.day(-2), license_suspended_date=p.day(-2), license_source="BOARD OF NURSING",
        person_number=person_of(3460), agency_number="NURSE", suspension_status="S",
    )  # fmt: skip


def _massachusetts(p: Planter) -> None:
    _license(p, 350, "registration", None, "350XYZ")
    _license(p, 350, "professional", "PLUMB", "PL350")
    for case in (350, 351):
        _looked(p, case, "can_pay")
    _looked(p, 352, "no_answer", has_custody="Y")
    _told(p, 350, "license_suspension_ma", "license_suspension")
    _told(p, 353, "credit_reporting_ma", "credit_reporting")
    for remedy in ("license_suspension_ma", "board_license_ma"):
        p.decide(1, remedy, case_of(350), "certify", "approve", "Sent, heard nothing.")
    p.decide(
        1, "license_suspension_ma", case_of(351), "review", "approve", "Spoke with the parent; they can pay."
    )


def _license(p: Planter, case: int, kind: str, board: str | None, number: str) -> None:
    p.add(
        "licenses", person_id=person_of(case * 10), license_kind=kind, license_number=number, board=board,
        status="valid", expires_on=p.day(-700),
    )  # fmt: skip


def _looked(p: Planter, case: int, outcome: str, has_custody: str = "N") -> None:
    """A look at hardship and ability to pay, three weeks before the first night."""
    p.add(
        "hardship_checks", check_id=f"C{case}", case_id=case_of(case), checked_on=p.day(21), outcome=outcome,
        has_custody=has_custody,
    )  # fmt: skip


def _told(p: Planter, case: int, remedy: str, message: str) -> None:
    """A notice that the agency had sent two months before Arrears."""
    case_id = case_of(case)
    p.add(
        "sent", remedy=remedy, subject_id=case_id, case_id=case_id, person_id=person_of(case * 10),
        step="notice", queue="obligor_notices", message=message, target_id=case_id, sent_on=p.day(60),
        amount_cents=2_000_00,
    )  # fmt: skip
