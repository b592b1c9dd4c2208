"""The planted people of a case's own life: reviews, closing, referrals, last resorts, what parents tell."""

from datetime import timedelta
from typing import Any

from arrears.fakes.plant import Planter, case_of, person_of
from arrears.fakes.stories import Story
from arrears.fakes.verdicts import SentItem

LAST_RESORT = {"me": "order_to_appear", "ma": "contempt"}
_TRIED = (
    SentItem("credit_reporting", "report", "credit_bureaus", "report"),
    SentItem("state_tax_intercept", "certify", "state_tax_setoff", "certify", "{person}"),
    SentItem("bank_levy", "levy", "bank_levy", "order", "{person}:closed"),
    SentItem("passport_denial", "submit", "federal_offset", "add", "{person}-N"),
    SentItem("federal_tax_offset", "submit", "federal_offset", "add", "{person}-N"),
    SentItem("administrative_offset", "submit", "federal_offset", "add", "{person}-N"),
)


_SPECIAL: tuple[tuple[int, str, str, dict[str, Any]], ...] = (
    (380, "review asked", "A review of the three-year-old order is asked for.", {"months": 44}),
    (381, "order must change", "The guidelines come to 15.4 percent more than the order.",
     {"months": 44, "monthly": 500_00}),
    (382, "never told of review", "Nobody told the parents that they may ask for a review.", {}),
    (383, "to be closed", "The order has ended, $120.00 is left: a candidate for closing.",
     {"order_ended": 200, "last_paid": 210, "owes": 120_00}),
    (384, "sixty days are over", "The closing letter left 61 days ago and nobody answered.",
     {"order_ended": 200, "last_paid": 210, "owes": 80_00}),
    (385, "closed after the letter", "Closed yesterday after our letter: the second letter leaves.",
     {"order_ended": 200, "last_paid": 210, "owes": 60_00, "case_status": "closed"}),
    (386, "moved away", "Lives in New Hampshire; the referral's papers are complete.",
     {"monthly": 300_00, "last_paid": 150}),
    (387, "last resort", "Six remedies brought nothing in 180 days; in MA a check found that they can pay.",
     {"monthly": 400_00, "months": 20, "last_paid": 230, "license": False}),
    (388, "tells by portal", "Asks for a hearing; the other parent reports a new employer.",
     {"monthly": 250_00, "last_paid": 150}),
    (389, "looked for", "Looked for since eleven weeks; nowhere found.",
     {"monthly": 250_00, "last_paid": 150, "has_address": False}),
    (390, "in prison", "Sentenced to two years; both parents must be told of the review.",
     {"monthly": 250_00, "last_paid": 150}),
)  # fmt: skip
STORIES = tuple(
    Story(case, tag, say, state=state, **{"last_paid": 13, **special})
    for state in ("me", "ma")
    for case, tag, say, special in _SPECIAL
)


def plant(p: Planter) -> None:
    """Adds what the stories of this field need beside their base."""
    for story in p.stories:
        if story.case != 382:
            p.add("review_offers", case_id=case_of(story.case), told_on=p.day(300))
    _reviews(p)
    _closing(p)
    _elsewhere(p)
    _last_resort(p)
    _told(p)


def _reviews(p: Planter) -> None:
    p.add(
        "reviews",
        review_id="V380",
        order_id=f"O{case_of(380)}",
        case_id=case_of(380),
        asked_by="custodial",
        asked_on=p.day(3),
        substantial_change="N",
    )
    p.decide(
        1, "review_modification", case_of(380), "open", "approve", "Older than three years; forms go out."
    )
    p.add(
        "reviews",
        review_id="V381",
        order_id=f"O{case_of(381)}",
        case_id=case_of(381),
        asked_by="obligor",
        asked_on=p.day(70),
        forms_sent_on=p.day(60),
        forms_back_on=p.day(20),
        guideline_cents=577_00,
        substantial_change="N" if p.frame.state == "me" else "Y",
    )
    p.decide(
        1,
        "order_modification",
        case_of(381),
        "ask",
        "approve",
        "The result holds; a hearing is asked for.",
        by="sam.supervisor",
    )
    p.add(
        "custody",
        person_id=person_of(3900),
        from_on=p.day(40),
        expected_to_on=p.day(40) + timedelta(730),
        learned_on=p.day(10),
    )


def _closing(p: Planter) -> None:
    p.decide(
        1,
        "case_closure",
        case_of(383),
        "candidate",
        "approve",
        "The ground holds; the letter may leave.",
        by="sam.supervisor",
    )
    for case, days in ((384, 61), (385, 75)):
        p.add(
            "sent",
            remedy="case_closure",
            subject_id=case_of(case),
            case_id=case_of(case),
            person_id=person_of(case * 10),
            step="letter",
            queue="custodial_notices",
            message="closure_60_days",
            target_id=case_of(case),
            sent_on=p.day(days),
            amount_cents=0,
        )


def _elsewhere(p: Planter) -> None:
    p.add("referrals", case_id=case_of(386), to_state="NH", decided_on=p.day(20), papers_complete_on=p.day(4))
    p.decide(
        1,
        "interstate_referral",
        case_of(386),
        "refer",
        "approve",
        "Papers read, all certified.",
        by="pat.caseworker",
    )
    p.add(
        "locating",
        person_id=person_of(3890),
        case_id=case_of(389),
        needed_from_on=p.day(77),
        has_full_information="Y",
        last_tried_on=p.day(60),
    )


def _last_resort(p: Planter) -> None:
    if p.frame.state == "ma":
        # A court is asked only where something shows that the parent can pay.
        p.add(
            "hardship_checks", check_id="C387", case_id=case_of(387), checked_on=p.day(21), outcome="can_pay",
            has_custody="N",
        )  # fmt: skip
    for item in _TRIED:
        subject = item.subject.format(case=case_of(387), person=person_of(3870))
        p.add(
            "sent",
            remedy=item.remedy,
            subject_id=subject,
            case_id=case_of(387),
            person_id=person_of(3870),
            step=item.step,
            queue=item.queue,
            message=item.message,
            target_id=subject,
            sent_on=p.day(220),
            amount_cents=3_200_00,
        )
    p.decide(
        1,
        LAST_RESORT[p.frame.state],
        case_of(387),
        "look",
        "approve",
        "Tried everything; served in person.",
        by="sam.supervisor",
    )


def _told(p: Planter) -> None:
    told = {"case_id": case_of(388), "channel": "P", "received_on": p.day(1), "has_evidence": "N"}
    p.line("portal_intake", "header", 1, record_type="H", created_on=p.day(1))
    p.line(
        "portal_intake",
        "tip",
        1,
        record_type="D",
        tip_id="T000000001",
        person_id=person_of(3880),
        told_by="O",
        kind="HR",
        about="O",
        **told,
    )
    p.line(
        "portal_intake",
        "tip",
        1,
        record_type="D",
        tip_id="T000000002",
        person_id=person_of(3881),
        told_by="C",
        kind="EM",
        about="O",
        **told,
    )
    p.line("portal_intake", "total", 1, record_type="T", record_count=2)
