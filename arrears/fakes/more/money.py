"""The planted people of money: the annual fee on both sides of its line, and money paid or kept in error."""

from datetime import date
from typing import Any

from arrears.fakes.plant import Planter, case_of, person_of
from arrears.fakes.stories import Story

_Told = tuple[tuple[int, str, str, dict[str, Any]], ...]
_EVERY_STATE: _Told = (
    (204, "paid in error", "The family got $120.00 that was not theirs; no share is set to keep.", {}),
    (205, "paid too much", "Sent more than they owe: the rest goes back, and nobody keeps it quietly.",
     {"months": 2, "last_paid": None, "money": ((1, 900_00, "payment"),), "notice": None, "license": False}),
)  # fmt: skip
_MAINE: _Told = (
    (200, "annual fee is due", "The family got $600.00 and heard of the fee a month ago: entered.", {}),
    (201, "at the line of the fee", "The family got $550.00 in this federal year: it hears of the fee.", {}),
    (202, "a cent below the fee", "The family got $549.99 in this federal year.", {}),
    (203, "assisted once", "The family had assistance once: no fee.", {"case_class": "former_assistance"}),
)  # fmt: skip
_MASSACHUSETTS: _Told = (
    (210, "missed a payment", "Owes more than $500.00 and missed the month: interest at its end.", {}),
)  # fmt: skip


def _stories(state: str, told: _Told) -> tuple[Story, ...]:
    return tuple(Story(case, tag, say, state=state, **special) for case, tag, say, special in told)


STORIES = (*_stories("me", _EVERY_STATE + _MAINE), *_stories("ma", _EVERY_STATE + _MASSACHUSETTS))


def plant(p: Planter) -> None:
    """Adds what the stories of money need beside their base."""
    p.add(
        "overpayments", overpayment_id="OP204", case_id=case_of(204), found_on=p.day(20), cause="misposted",
        amount_cents=120_00, recovered_cents=0,
    )  # fmt: skip
    p.answer("recoupment", case_of(204), "clear", "paid in error")
    if p.frame.state == "me":
        _fees(p)


def _fees(p: Planter) -> None:
    """What was sent to four families in the federal fiscal year of the first night."""
    night = p.frame.first_night
    year = night.year + (night.month >= 10)
    for case, cents, word in (
        (200, 600_00, "flag"),
        (201, 550_00, "flag"),
        (202, 549_99, "clear"),
        (203, 900_00, "clear"),
    ):
        p.add(
            "disbursements", disbursement_id=f"DI{case}", case_id=case_of(case), amount_cents=cents,
            disbursed_on=max(date(year - 1, 10, 1), p.day(35)), paid_to="family", status="sent",
        )  # fmt: skip
        p.answer("service_fee", f"{case_of(case)}/{year}", word, p.by_case[case].tag)
    subject = f"{case_of(200)}/{year}"
    p.add(
        "sent", remedy="service_fee", subject_id=subject, case_id=case_of(200), step="notice",
        person_id=person_of(2000), queue="custodial_notices", message="annual_fee",
        target_id=subject, sent_on=p.day(31), amount_cents=35_00,
    )  # fmt: skip
