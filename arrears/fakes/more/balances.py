"""The planted people of balances: what is claimed, lowered, shielded or cannot be explained."""

from datetime import timedelta

from arrears.fakes.plant import Planter, case_of, person_of
from arrears.fakes.stories import Story

_TOLD = (
    (430, "claims direct payments", "Says with a sworn statement that the other parent got it all."),
    (431, "arranged payments", "Has arranged a monthly payment that is taken next week."),
    (432, "paper not keyed", "Paper that may ask for a hearing lies on a desk."),
    (433, "order changed", "The order was lowered back to five months ago; the charges are the old ones."),
    (434, "charged while assisted", "Got Supplemental Security Income for three months and was charged."),
)
STORIES = tuple(Story(case, tag, say, state=state) for state in ("me", "ma") for case, tag, say in _TOLD)
_LICENSES = {430: "clear", 431: "clear", 432: "unknown", 434: "clear"}


def plant(p: Planter) -> None:
    """Adds what the stories of balances need beside their base."""
    p.add(
        "claims", claim_id="CL430", case_id=case_of(430), kind="direct_payment", received_on=p.day(12),
        amount_cents=5_000_00, statement_by="both", notarized="Y",
    )  # fmt: skip
    p.add(
        "scheduled_payments", payment_id="SP431", case_id=case_of(431), kind="recurring", status="active",
        amount_cents=200_00, entered_on=p.day(10), next_on=p.day(-9),
    )  # fmt: skip
    p.add("unkeyed", item_id="UK432", case_id=case_of(432), kind="hearing", received_on=p.day(6))
    due = p.due_days(p.by_case[433])
    for from_on, entered_on, cents in (
        (due[0] - timedelta(20), None, 200_00),
        (due[-5], p.day(5), 150_00),
    ):
        p.add(
            "terms", order_id=f"O{case_of(433)}", from_on=from_on, entered_on=entered_on,
            frequency="monthly", current_cents=cents,
        )  # fmt: skip
    p.add(
        "reviews", review_id="V433", order_id=f"O{case_of(433)}", case_id=case_of(433), asked_by="obligor",
        asked_on=due[-5] - timedelta(40), served_on=due[-5] - timedelta(10), decided_on=p.day(5),
        outcome="changed",
    )  # fmt: skip
    p.add(
        "benefits", person_id=person_of(4340), kind="ssi", from_on=p.day(130), to_on=p.day(40)
    )  # fmt: skip
    if p.frame.state == "me":
        for case, word in _LICENSES.items():
            p.answer("license_revocation", case_of(case), word, p.by_case[case].tag)
