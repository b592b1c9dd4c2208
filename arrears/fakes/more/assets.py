"""The planted people of property and money: a levy, liens, claims, winnings, and what a person looks at."""

from typing import Any

from arrears.data.warehouse import warehouse
from arrears.days import months_before
from arrears.fakes.places import BANKS
from arrears.fakes.plant import Planter, person_of
from arrears.fakes.stories import Story

_SPECIAL = (
    (300, "levy", "One account of their own, checked for benefits; ordered, paid, released.",
     {"bank": 1, "last_paid": 13, "owes": 1_200_00, "money": ((-3, 1_200_00, "payment"),)}),
    (301, "account fed by benefits", "The check found Supplemental Security Income: no levy.",
     {"bank": 1, "owes": 900_00, "last_paid": 13}),
    (302, "house", "Owns a house: a lien is recorded, and somebody asks what pays it off.",
     {"owes": 4_000_00, "last_paid": 13}),
    (303, "truck and boat", "Owns a truck; a judgment against them lapses in a month.",
     {"owes": 2_000_00, "last_paid": 13}),
    (304, "injury award", "Gets Supplemental Security Income and an injury award.",
     {"owes": 6_000_00, "last_paid": 13, "ssi": "Y"}),
    (305, "compensation claim", "A workers' compensation claim that may be settled.",
     {"owes": 1_500_00, "last_paid": 13}),
    (306, "inheritance", "Inherits exactly what they owe.", {"owes": 2_500_00, "last_paid": 13}),
    (307, "bonus", "A bonus is wages: a person works out the share.", {"owes": 800_00, "last_paid": 13}),
    (308, "winner", "Won at the casino on the second night; pays what is left on the fourth.",
     {"owes": 3_200_00, "last_paid": 13, "money": ((-3, 3_200_00, "payment"),)}),
)  # fmt: skip
_OWN = frozenset(case for case, *_ in _SPECIAL)
_LISTS = (
    ("lottery_setoff", "lottery", "list"),
    ("gambling_registry", "gambling_registry", "add"),
    ("lien_network", "lien_network", "list"),
)
# Maine reaches the lump sums of an assisted parent; where that is not the rule, this one is not assisted.
_OF_STATE: dict[str, dict[str, Any]] = {"me": {}, "ma": {"ssi": "N"}}
STORIES = tuple(
    Story(case, tag, say, state=state, **{**special, **_OF_STATE[state]})
    for state in ("me", "ma")
    for case, tag, say, special in _SPECIAL
)


def plant(p: Planter) -> None:
    """Adds what the stories of this field need beside their base."""
    _levies(p)
    _property(p)
    _claims(p)
    _lists(p)
    _winnings(p)


def _who(case: int) -> str:
    return person_of(case * 10)


def _account(p: Planter, case: int) -> str:
    """The subject of the account that the bank of the first night tells of."""
    number = "right(CAST(1000000000 + md5_number_lower($key) % 900000000 AS VARCHAR), 4)"
    given = {"key": f"{p.frame.seed}account 1{case * 10}", "tin": BANKS[1 % len(BANKS)][0]}
    with warehouse() as con:
        found = con.execute(f"SELECT to_hex(md5_number_lower($tin || '-' || {number}))", given).fetchall()
    return f"{_who(case)}-{found[0][0]}"


def _levies(p: Planter) -> None:
    for case, result, types in ((300, "none_found", None), (301, "found", "SSI")):
        p.add(
            "benefit_checks", check_id=f"B{case}", person_id=_who(case), checked_on=p.day(5), result=result,
            benefit_types=types,
        )  # fmt: skip
    account = _account(p, 300)
    p.decide(1, "bank_levy", account, "review", "approve", "Their own money, no benefits.")
    p.decide(2, "bank_levy", account, "order", "approve", "Two quarters without a payment.")
    p.line(
        "bank_levy_answers", "answer", 4, record_type="B",
        reference=f"bank_levy:{account}:1:order:{account}:1", institution_tin=BANKS[1 % len(BANKS)][0],
        answered_on=p.day(-2), answer="H", held=1_200_00, delivered=0,
    )  # fmt: skip


def _property(p: Planter) -> None:
    city, _ = p.frame.towns[0]
    place = f"{city} Registry of Deeds" if p.frame.state == "me" else f"{city} District"
    p.add(
        "assets", asset_id="A302", person_id=_who(302), kind="real_property", title="sole", is_residence="Y",
        description="House and lot, 12 Mill Street", place=place, state=p.frame.state.upper(),
        equity_cents=60_000_00, found_on=p.day(20),
    )  # fmt: skip
    p.add(
        "assets", asset_id="A303", person_id=_who(303), kind="vehicle", title="sole",
        description="Pickup truck", place="Secretary of State", state=p.frame.state.upper(),
        equity_cents=9_000_00, found_on=p.day(20),
    )  # fmt: skip
    p.add(
        "liens", lien_id="J303", person_id=_who(303), kind="judgment", place=place,
        recorded_on=months_before(p.frame.first_night, 119), expires_on=p.day(-30), amount_cents=2_000_00,
    )  # fmt: skip
    for case, remedy in ((302, "lien_real_property"), (303, "lien_personal_property")):
        subject = f"{_who(case)}-A{case}"
        p.decide(1, remedy, subject, "record", "approve", "The title is theirs alone.")
    p.add(
        "payoff_requests", request_id="P302", person_id=_who(302), asset_id="A302", received_on=p.day(-3),
        known=p.day(-3),
    )  # fmt: skip


def _claims(p: Planter) -> None:
    first, last = p.name(p.by_case[304])
    p.line(
        "insurance_matches", "match", 1, record_id="IM", processing_date=p.day(1), obligor_ssn_p=3040,
        obligor_last_name=last.upper(), obligor_first_name=first.upper(), insurer_id="080000037",
        insurer_name="INVENTED MUTUAL", insurer_address_1="5 CLAIM STREET", insurer_city="PORTLAND",
        insurer_state=p.frame.state.upper(), insurer_zip="04101", claim_number="CL-304", claim_type="BI",
        claim_amount=10_000_00, match_code="01",
    )  # fmt: skip
    p.add(
        "lump_sums", sum_id="S304", person_id=_who(304), kind="injury_award", claim_number="CL-304",
        amount_cents=10_000_00, told_on=p.day(1), asked_let_go_cents=2_500_00,
    )  # fmt: skip
    first, last = p.name(p.by_case[305])
    p.line(
        "workers_comp_claims", "claim", 1, ncp_number=_who(305), claimant_first_name=first,
        claimant_last_name=last, insurer_name="Invented Compensation Fund", insurer_street="7 Fund Street",
        insurer_city="Augusta", insurer_state=p.frame.state.upper(), insurer_zip="04330",
        date_of_accident=f"{p.day(90):%m/%d/%Y}", compensation_paid_flag="N",
        administrative_claim_number="WC-305",
    )  # fmt: skip
    for case, kind, cents in ((306, "inheritance", 2_500_00), (307, "bonus", 1_000_00)):
        p.add(
            "lump_sums", sum_id=f"S{case}", person_id=_who(case), kind=kind, payer_name="Invented Estate",
            amount_cents=cents, told_on=p.day(1),
        )  # fmt: skip
    for remedy, case, claim in (
        ("insurance_settlement", 304, "CL-304"), ("workers_compensation", 305, "WC-305"),
        ("lump_sum", 306, "S306"),
    ):  # fmt: skip
        p.decide(2, remedy, f"{_who(case)}-{claim}", "order", "approve", "The debt is theirs.")


def _lists(p: Planter) -> None:
    """The lottery and the registry know the debtors of long standing, so that the first night is no flood."""
    known = {p.obligor(story) for story in p.stories if story.case not in _OWN and _is_long_noticed(story)}
    for number in sorted(known):
        for remedy, queue, message in _LISTS:
            p.add(
                "sent", remedy=remedy, subject_id=person_of(number), person_id=person_of(number), step="list",
                queue=queue, message=message, target_id=person_of(number), sent_on=p.day(30),
                amount_cents=1_000_00,
            )  # fmt: skip


def _is_long_noticed(story: Story) -> bool:
    return story.notice_status == "served" and (story.notice or 0) > 60


def _winnings(p: Planter) -> None:
    first, last = p.name(p.by_case[308])
    p.line(
        "winnings", "win", 2, record_type="W", person_number=_who(308), ssn_p=3080, last_name=last.upper(),
        first_name=first.upper(), kind="C", win_reference="INVENTED-308", licensee_name="Invented Casino",
        won_on=p.day(-1), prize=5_000_00, withheld=3_200_00, registry_attempts="02", notice_on=p.day(-1),
    )  # fmt: skip
