"""The planted people of the federal record and of refunds: programs, rejects, holds, benefits, prison."""

from datetime import date
from typing import Any

from arrears.fakes.plant import Planter, case_of, person_of
from arrears.fakes.stories import Story

_OFFSET = {"last_paid": 13, "license": False}
_TOLD = {**_OFFSET, "sent": (("federal N", 40),)}
_SPECIAL: tuple[tuple[int, str, str, dict[str, Any]], ...] = (
    (260, "first notice", "Owes $1,250.00 to the family and was never told: the pre-offset notice leaves.",
     {**_OFFSET, "owes": 1_250_00}),
    (261, "offset begins", "Told fifty days ago: the record is added, other programs excluded by name.",
     {**_OFFSET, "owes": 1_800_00}),
    (262, "passport", "Submitted for refunds, owes $4,000.00: a supervisor approves the passport.",
     {**_TOLD, "owes": 4_000_00}),
    (263, "one cent over", "Owes $2,500.01, which leaves as 2500: a supervisor sees it.",
     {**_TOLD, "owes": 2_500_01}),
    (264, "pays it all", "Pays all of it on the third day: the record is deleted.",
     {**_TOLD, "owes": 900_00, "money": ((-2, 900_00, "payment"),)}),
    (265, "emergency abroad", "Their passport was denied; a supervisor released it: replaced the same day.",
     {**_TOLD, "owes": 5_000_00, "stays": (("exemption", "passport_emergency"),)}),
    (266, "rejected", "The federal office rejects the name: a caseworker first.", {**_TOLD, "owes": 900_00}),
    (267, "joint refund", "A joint refund above what they owe: held whole for the spouse.",
     {**_TOLD, "owes": 600_00}),
    (268, "too much", "A refund above what was certified: to be returned.", {**_TOLD, "owes": 700_00}),
    (269, "supplemental income", "The match says that they receive it: stops.", {**_OFFSET, "owes": 700_00}),
    (270, "social security", "Receives Social Security for a disability: withholding goes on.",
     {**_OFFSET, "owes": 700_00}),
    (271, "in prison", "The match finds them in a prison: review, and no contempt.",
     {**_OFFSET, "owes": 700_00}),
    (272, "nothing found", "The match finds nothing of either kind.", {**_OFFSET, "owes": 700_00}),
    (273, "vendor payments", "Owes $230.00, 44 days past due: other payments, where a state takes part.",
     {**_OFFSET, "owes": 230_00}),
    (274, "fifty dollars", "Owes $50.00 exactly: claimed in Massachusetts, and in Maine, too.",
     {**_OFFSET, "owes": 50_00}),
    (275, "review elsewhere", "The state that issued the order reviews the submission.",
     {**_TOLD, "owes": 1_500_00}),
    (276, "capped", "Assigned debt reaches no further than the assistance that was not paid back.",
     {**_OFFSET, "owes": 800_00, "case_class": "current_assistance"}),
)  # fmt: skip
STORIES = tuple(
    Story(case, tag, say, state=state, **special)
    for state in ("me", "ma")
    for case, tag, say, special in _SPECIAL
)


def _record(case: int, kind: str = "N") -> str:
    return f"{person_of(case * 10)}-{kind}"


def plant(p: Planter) -> None:
    """Adds what the stories of this field need beside their base."""
    for case, debt_cents in ((261, 1_800_00), (273, 230_00), (276, 800_00)):
        p.add(
            "notices", notice_id=f"F{case_of(case)}", case_id=case_of(case), person_id=person_of(case * 10),
            about="federal_offset", sent_on=p.day(50), status="sent", debt_cents=debt_cents,
        )  # fmt: skip
    p.add("assistance", case_id=case_of(276), unreimbursed_cents=310_00)
    p.add(
        "offset_reviews", review_id="Q275", person_id=person_of(2750), reviewing_state="NH",
        requested_on=p.day(6),
    )  # fmt: skip
    p.add(
        "sent", remedy="passport_denial", subject_id=_record(265), case_id=case_of(265),
        person_id=person_of(2650), step="submit", queue="federal_offset", message="add",
        target_id=_record(265), sent_on=p.day(35), amount_cents=5_000_00,
    )  # fmt: skip
    p.decide(
        1, "passport_denial", _record(262), "submit", "approve", "Over the line, and nobody contests it."
    )
    _answers(p)
    _money(p)
    _benefits(p)


def _answers(p: Planter) -> None:
    """What the federal office rejected, told on the second night."""
    _, last = p.name(p.by_case[266])
    p.line(
        "federal_offset_rejects", "reject", 2, submitting_state=p.frame.state.upper(), ssn_p=2660,
        case_id=person_of(2660), last_name=last.upper(), arrears_amount="900", transaction_type="A",
        case_type="N", error_code_1="17", federal_last_name_4="SMIT",
    )  # fmt: skip
    p.line(
        "federal_offset_rejects", "control", 2, submitting_state=p.frame.state.upper(), control_literal="CTL",
        tanf_accepted="0", tanf_rejected="0", non_tanf_accepted="0", non_tanf_rejected="1", tanf_warnings="0",
        non_tanf_warnings="0",
    )  # fmt: skip


def _money(p: Planter) -> None:
    """What the Treasury collected, told on the second night."""
    for case, certified, collected, joint in ((267, 600_00, 1_000_00, "J"), (268, 700_00, 760_00, None)):
        p.line(
            "federal_collections", "collection", 2, submitting_state=p.frame.state.upper(), ssn_p=case * 10,
            case_id=person_of(case * 10), last_name=p.name(p.by_case[case])[1].upper(), case_type="N",
            certified_arrears=certified, collection_amount=collected, adjustment_amount=0,
            offset_tax_year="2023", offset_type="TAX", joint_return_ind=joint,
            injured_spouse_ind="N" if joint else None,
        )  # fmt: skip
    p.line(
        "federal_collections", "total", 2, submitting_state=p.frame.state.upper(), total_literal="TOTAL",
        adjustment_count="0", collection_count="2", arrears_amount=1_300_00, collection_amount=1_760_00,
        adjustment_amount=0, net_amount=1_760_00,
    )  # fmt: skip


def _benefits(p: Planter) -> None:
    """What the Social Security Administration answers, told on the first night."""
    for case, feed, record, source, more in (
        (269, "sves_title_xvi", "title_xvi", "E06",
         {"current_payment_status": "C01", "eligibility_date": "2024-06"}),
        (270, "sves_title_ii", "title_ii", "E05",
         {"claim_number_and_bic": "000000000HA", "ledger_account_file_code": "C",
          "net_monthly_benefit": 943_00}),
        (271, "sves_prisoners", "prisoner", "E07",
         {"confinement_date": date(2024, 3, 1), "facility_name": "STATE PRISON TEST"}),
        (272, "sves_title_xvi", "not_found", "E10", {}),
    ):  # fmt: skip
        first, last = p.name(p.by_case[case])
        said: dict[str, Any] = {"sves_match_type": "P"} if record != "not_found" else {}
        p.line(
            feed, record, 1, record_id="FK", transmitter_state=p.frame.fips, sort_state_code=p.frame.fips,
            locate_source=source, ssn_p=case * 10, member_id=person_of(case * 10),
            submitted_first_name=first.upper(), submitted_last_name=last.upper(), **said, **more,
        )  # fmt: skip
