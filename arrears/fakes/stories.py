"""The planted people: one entry each, with what is special about them and what must happen.

Everything not said is `Story`'s default: a mother's case that never had assistance, $200 a month due
thirteen days before the first night, last paid 150 days before it, a notice of debt served 120 days
before it, a verified number, a valid driver license, an address. `days` count back from the first
night (0 is the first night's own date, negative is later); money is cents, all debt is in the case's
one class unless `assigned` adds a second one that is owed to the state.

`then` holds what each remedy must say, night by night; a single word holds for every night.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from arrears.fakes.verdicts import ALL, NONE, Then, but

SAMPLE_NIGHT = date(2025, 1, 14)


@dataclass(frozen=True)
class Story:
    """One planted case; the defaults are the usual debtor's."""

    case: int
    tag: str
    say: str
    then: Then = field(default_factory=dict)
    name: tuple[str, str] | None = None
    suffix: str | None = None
    case_class: str = "never_assistance"
    case_status: str = "open"
    service: str = "full"
    interstate: str = "none"
    monthly: int = 200_00
    months_apart: int = 1
    months: int = 14
    due: int = 13
    last_paid: int | None = 150
    owes: int | None = None
    assigned: int = 0
    disputed: int = 0
    unexplained: int = 0
    has_balance: bool = True
    order_ended: int | None = None
    order_status: str = "active"
    notice: int | None = 120
    notice_status: str = "served"
    license: bool = True
    license_on_file: bool = True
    dmv_last_name: str | None = None
    bank_last_name: str | None = None
    has_address: bool = True
    ssn_verified: str | None = "Y"
    has_violence: bool = False
    tanf: str | None = "N"
    ssi: str | None = "N"
    died: int | None = None
    child_age: int = 9
    obligor_of: int | None = None
    number_of: int | None = None
    withheld: int = 0
    money: tuple[tuple[int, int, str], ...] = ()  # (days, cents, payment|pending|reversal|token)
    hearing: tuple[str, int] | None = None  # (about, days)
    agreement: dict[str, Any] | None = None
    stays: tuple[tuple[str, str | None], ...] = ()
    sent: tuple[tuple[str, int], ...] = ()  # (what of `verdicts.SENT`, days)
    license_notice: int | None = None  # days since proof of service
    hire: int | None = None  # night on which a new hire is reported
    bank: int | None = None
    decisions: tuple[tuple[int, str, str, str, str], ...] = ()  # (night, remedy, step, decision, because)
    because: str = ""  # the one condition for which licenses are not flagged
    only_from: date | None = None  # needs this very first night (weekends, holidays)
    state: str = "me"  # in whose invented caseload the case is


REVIEW, CERTIFY = ("license_revocation", "review"), ("license_revocation", "certify")

STORIES: tuple[Story, ...] = (
    # Ordinary flags, one remedy after the other.
    Story(101, "license", "Five instalments unpaid, nothing for 150 days: every remedy begins.", ALL,
          monthly=250_00, name=("Ezra", "Fairhaven"), hire=1, bank=1),
    Story(102, "credit", "Pays again since three weeks, owes $1,800.00: all but the license.",
          but(ALL, license_revocation="clear"), last_paid=13, owes=1_800_00,
          because="unpaid_long_enough"),
    Story(103, "state tax", "Pays, owes $310.00 to the family: the state refund only.",
          but(NONE, state_tax_intercept="flag"), last_paid=13, owes=310_00, because="unpaid_long_enough"),
    Story(104, "federal", "Assistance case, $900.00 owed to the state, pays again: both refunds.",
          but(NONE, state_tax_intercept="flag", federal_tax_offset="flag"),
          case_class="current_assistance", last_paid=13, owes=900_00, because="unpaid_long_enough"),
    # Exactly at each limit, and one step to either side.
    Story(105, "60 days",
          "Last paid exactly 60 days ago: the review item opens; by the law's count 44 days.",
          but(NONE, license_revocation="flag", state_tax_intercept="flag"), last_paid=60, owes=450_00),
    Story(106, "59 days", "Last paid 59 days ago: clear on the first night, flagged on the second.",
          but(NONE, license_revocation="clear flag", state_tax_intercept="flag"), last_paid=59,
          owes=450_00, because="unpaid_long_enough"),
    Story(107, "61 days", "Last paid 61 days ago.",
          but(NONE, license_revocation="flag", state_tax_intercept="flag"), last_paid=61, owes=450_00),
    Story(108, "$1,000.00", "Owes exactly $1,000.00: not reported to the bureaus.",
          but(ALL, license_revocation="clear", credit_reporting="clear"), last_paid=13, owes=1_000_00,
          because="unpaid_long_enough"),
    Story(109, "$1,000.01", "Owes $1,000.01: reported, and leaves as 1000 whole dollars.",
          but(ALL, license_revocation="clear"), last_paid=13, owes=1_000_01,
          because="unpaid_long_enough"),
    Story(110, "$25.00", "Owes exactly $25.00: too little for the state refund.", NONE, last_paid=13,
          owes=25_00, because="unpaid_long_enough"),
    Story(111, "$25.01", "Owes $25.01: sent to the state.", but(NONE, state_tax_intercept="flag"),
          last_paid=13, owes=25_01, because="unpaid_long_enough"),
    Story(112, "$149.99 assigned", "$149.99 owed to the state: a cent short of the federal refund.",
          but(NONE, state_tax_intercept="flag"), case_class="current_assistance", last_paid=13,
          owes=149_99, because="unpaid_long_enough"),
    Story(113, "$150.00 assigned", "$150.00 owed to the state: certified.",
          but(NONE, state_tax_intercept="flag", federal_tax_offset="flag"),
          case_class="current_assistance", last_paid=13, owes=150_00, because="unpaid_long_enough"),
    Story(114, "$499.99 unassigned", "$499.99 owed to the family: a cent short.",
          but(NONE, state_tax_intercept="flag"), last_paid=13, owes=499_99, because="unpaid_long_enough"),
    Story(115, "$500.00 unassigned", "$500.00 owed to the family: certified.",
          but(NONE, state_tax_intercept="flag", federal_tax_offset="flag"), last_paid=13, owes=500_00,
          because="unpaid_long_enough"),
    Story(116, "never added", "$120.00 to the state and $450.00 to the family are never added: neither.",
          but(NONE, state_tax_intercept="flag"), case_class="former_assistance", last_paid=13,
          owes=450_00, assigned=120_00, because="unpaid_long_enough"),
    Story(117, "two cases, first",
          "$300.00 here and $250.00 in case 118, both to families: $550.00, certified.",
          but(NONE, state_tax_intercept="flag", federal_tax_offset="flag"), last_paid=13, owes=300_00,
          because="unpaid_long_enough"),
    Story(118, "two cases, second", "The same obligor's second case.", {}, last_paid=13, owes=250_00,
          obligor_of=117),
    # Not in default.
    Story(119, "nothing owed", "No payment for 60 days since the order ended, and nothing owed.", NONE,
          order_ended=70, last_paid=74, name=("Nell", "True")),
    Story(120, "quarterly", "Pays each quarter, last 75 days ago, nothing owed: not in default.", NONE,
          months_apart=3, monthly=600_00, due=75, last_paid=75, notice=None),
    # After a certified license.
    Story(121, "token", "Certified in autumn; pays $5.00 on the first day: nothing is released.",
          but(ALL, license_revocation="flag clear"), monthly=400_00, sent=(("restrict", 60),),
          money=((0, 5_00, "token"),), because="unpaid_long_enough"),
    Story(122, "paid in full",
          "Certified in autumn; pays all $2,000.00 on the first day: reinstated the next night.", but(ALL,
          license_revocation="flag clear", credit_reporting="flag clear",
          state_tax_intercept="flag clear", federal_tax_offset="flag clear"), monthly=400_00,
          sent=(("restrict", 60),), money=((0, 2_000_00, "payment"),)),
    # Hearings and windows.
    Story(123, "hearing on the last day",
          "Hearing asked for on the last of the 20 days: the license stays.",
          but(ALL, license_revocation="flag clear", credit_reporting="clear"), license_notice=21,
          hearing=("license_revocation", 1), only_from=SAMPLE_NIGHT),
    Story(124, "hearing a day late", "Hearing asked for on day 21: late; a person sees it.",
          but(ALL, credit_reporting="clear"), license_notice=26, hearing=("license_revocation", 5),
          only_from=SAMPLE_NIGHT),
    Story(125, "weekend",
          "The 30 days end on a Saturday and roll to Monday; the request of Monday is in time.",
          {"license_revocation": "unknown clear", "credit_reporting": "unknown clear",
           "state_tax_intercept": "unknown clear"},
          monthly=300_00, notice=33, hearing=("notice_of_debt", 1), only_from=SAMPLE_NIGHT),
    Story(126, "holiday",
          "The 30 days end on New Year's Day and roll; the request of 2 January is in time.",
          {"license_revocation": "clear", "credit_reporting": "clear", "state_tax_intercept": "clear"},
          monthly=300_00, notice=43, hearing=("notice_of_debt", 12), only_from=SAMPLE_NIGHT),
    Story(127, "debt hearing a day late",
          "Hearing on the debt asked for on day 31: late; a person sees it.", ALL, monthly=300_00,
          notice=36, hearing=("notice_of_debt", 5), only_from=SAMPLE_NIGHT),
    Story(128, "family violence",
          "The obligor's location is protected: remedies go on, no address leaves.", ALL, monthly=260_00,
          has_violence=True, name=("Selma", "O'Brien")),
    Story(129, "name mismatch", "DMV and bank hold the number under other names: candidates, no link.",
          but(ALL, license_revocation="clear"), monthly=270_00, license_on_file=False,
          dmv_last_name="Stranger", bank_last_name="STRANGER ZED", bank=1, because="holds_a_license"),
    Story(130, "number of two, first",
          "Shares a number with the obligor of case 131: no remedy for either.", NONE, monthly=280_00,
          because="identity_certain"),
    Story(131, "number of two, second", "Shares a number with the obligor of case 130.", NONE,
          monthly=280_00, number_of=130, because="identity_certain"),
    Story(132, "deceased", "The obligor died 40 days ago: everything stops.", NONE, monthly=280_00,
          died=40, because="obligor_alive"),
    Story(133, "good cause", "Good cause is claimed: no remedy.", NONE, monthly=280_00,
          stays=(("good_cause", None),), because="no_good_cause"),
    Story(134, "bankruptcy", "Chapter 13 is open: licenses, bureaus and refunds go on.", ALL,
          monthly=280_00, stays=(("bankruptcy", None),)),
    Story(135, "payment in transit", "A payment came in and is not posted yet: license and bureaus wait.",
          but(ALL, license_revocation="clear", credit_reporting="clear"), monthly=300_00,
          money=((2, 300_00, "pending"),), because="no_payment_in_transit"),
    Story(136, "employer is late", "The employer withheld and has not sent it: license and bureaus wait.",
          but(ALL, license_revocation="clear", credit_reporting="clear"), monthly=300_00, withheld=300_00,
          because="no_payment_in_transit"),
    Story(137, "bounced", "A payment of three weeks ago was reversed: it never counted.", ALL,
          monthly=300_00, money=((21, 300_00, "payment"), (11, -300_00, "reversal"))),
    # Agreements and assistance.
    Story(138, "agreement kept", "Keeps a signed agreement that includes current support.",
          but(ALL, license_revocation="clear", credit_reporting="clear", state_tax_intercept="clear"),
          monthly=300_00, agreement={"status": "kept"}),
    Story(139, "agreement broken", "Broke the agreement in December.", ALL, monthly=300_00,
          agreement={"status": "broken", "broken": 30}),
    Story(140, "inability reported", "Broke the agreement and reported inability to pay: not grounds.",
          but(ALL, license_revocation="clear"), monthly=300_00,
          agreement={"status": "broken", "broken": 30, "inability": 28}, because="no_inability_reported"),
    Story(141, "assisted", "Receives SSI: lump sums such as refunds only.",
          but(ALL, license_revocation="clear", credit_reporting="clear"), monthly=300_00, ssi="Y",
          because="not_assisted"),
    # Not known.
    Story(142, "number not verified yet", "Whether the number is verified is not known: to a person.",
          but(ALL, license_revocation="unknown", credit_reporting="unknown",
          state_tax_intercept="unknown", federal_tax_offset="unknown"), monthly=300_00, ssn_verified=None,
          because="identity_certain"),
    Story(143, "no balances", "The agency sent no balances for this case: what is owed is not known.",
          but(ALL, license_revocation="unknown", credit_reporting="unknown",
          state_tax_intercept="unknown", federal_tax_offset="unknown"), has_balance=False,
          monthly=300_00),
    Story(144, "hearings stale",
          "The 30 days ended on Friday; on the first night hearing requests are known through "
          "Saturday only, mail may still come: unknown. On the second night the gate is open.", but(ALL,
          license_revocation="unknown flag", credit_reporting="unknown flag",
          state_tax_intercept="unknown flag"), monthly=310_00, notice=34, only_from=SAMPLE_NIGHT),
    Story(145, "disputed", "All of the debt is in dispute: nothing enforceable.", NONE, monthly=300_00,
          disputed=1_500_00, stays=(("dispute", None),)),
    Story(146, "books disagree", "Balance, charges and receipts do not agree by $50.00.",
          {"license_revocation": "clear", "credit_reporting": "clear"}, monthly=300_00, unexplained=50_00,
          because="balance_agrees"),
    # Where the guide and the law part.
    Story(147, "token inside 60 days",
          "$5.00 three weeks ago: paid by the guide, 135 days in arrears by the law.",
          but(ALL, license_revocation="clear"), monthly=300_00, money=((20, 5_00, "payment"),),
          because="unpaid_long_enough"),
    Story(148, "token on day 59",
          "$5.00 was paid 59 days ago: clear by the guide, flagged the next night.",
          but(ALL, license_revocation="clear flag"), monthly=300_00, money=((59, 5_00, "payment"),),
          because="unpaid_long_enough"),
    # One license, two cases; approvals.
    Story(150, "one license, first", "Two cases, one driver license: restricted once.", ALL,
          monthly=320_00, license_notice=30,
          decisions=((1, *CERTIFY, "approve", "Both cases are in default; nothing heard from the parent."),)),
    Story(151, "one license, second", "The second case of the obligor of case 150.",
          but(ALL, federal_tax_offset="", state_tax_intercept=""), monthly=320_00, obligor_of=150,
          license_notice=30,
          decisions=((1, *CERTIFY, "approve", "Both cases are in default; nothing heard from the parent."),)),
    Story(152, "never paid", "Never paid: the days count from the first due date.", ALL, monthly=120_00,
          last_paid=None, name=("Amos", "Null")),
    Story(153, "child aged 20", "The child is 20, the order has ended, $900.00 is still owed.",
          but(NONE, state_tax_intercept="flag", federal_tax_offset="flag"), order_ended=400, months=30,
          last_paid=420, owes=900_00, child_age=20, because="order_accrues"),
    Story(154, "approved in the morning",
          "The review is approved on the first morning: the notice leaves that day.", ALL, monthly=300_00,
          decisions=((1, *REVIEW, "approve", "Called twice; no hardship found, able to pay."),)),
    Story(155, "certified in the morning",
          "Notice served in December, nobody asked for a hearing; approved on the first "
          "morning: the restriction leaves that day.", ALL, monthly=300_00, license_notice=29,
          decisions=((1, *CERTIFY, "approve", "Served, window closed, still in default."),)),
    Story(156, "rejected", "As case 155, but the supervisor rejects it.", ALL, monthly=300_00,
          license_notice=29,
          decisions=((1, *CERTIFY, "reject", "Newly in treatment; review again if facts change."),)),
    Story(157, "held", "As case 154, but held for a week.", ALL, monthly=300_00,
          decisions=((1, *REVIEW, "hold", "Waiting for the employer's answer."),)),
    Story(158, "paid before the approval is used",
          "Notice served; pays all on the second day: no restriction.", but(ALL,
          license_revocation="flag flag clear", credit_reporting="flag flag clear",
          state_tax_intercept="flag flag clear", federal_tax_offset="flag flag clear"), monthly=300_00,
          license_notice=29, money=((-1, 1_500_00, "payment"),)),
    # Cases that are out of reach.
    Story(160, "closed case", "The case is closed.", NONE, monthly=300_00, case_status="closed",
          order_ended=200, last_paid=300),
    Story(161, "suspended order", "The order is suspended: not in default; the old debt still counts.",
          but(ALL, license_revocation="clear"), monthly=300_00, order_status="suspended",
          because="order_accrues"),
    Story(162, "notice returned",
          "The notice of debt came back: only the federal offset, which has its own notice, " "begins.",
          but(NONE, federal_tax_offset="flag"), monthly=300_00, notice_status="returned",
          because="debt_notice_has_run"),
    Story(163, "no notice",
          "No notice of debt was ever sent: only the federal offset, which has its own, begins.",
          but(NONE, federal_tax_offset="flag"), monthly=300_00, notice=None,
          because="debt_notice_has_run"),
    Story(164, "withholding only", "Only withholding is asked for.", NONE, monthly=300_00,
          service="withholding_only", because="full_service"),
    Story(165, "no address",
          "No address is known: the bureaus are not told, other files that need one go to a " "person.",
          but(ALL, credit_reporting="clear"), monthly=300_00, has_address=False),
    Story(166, "no license", "Holds no license that is known.", but(ALL, license_revocation="clear"),
          monthly=300_00, license=False, because="holds_a_license"),
    Story(167, "number failed", "The number could not be verified: no remedy.", NONE, monthly=300_00,
          ssn_verified="N", because="identity_certain"),
    # Already with the partners.
    Story(170, "amount falls",
          "With bureaus and both refunds; pays $300.00 on the first day: lower amounts follow.",
          but(ALL, license_revocation="flag clear"), monthly=500_00, money=((0, 300_00, "payment"),),
          sent=(("credit", 45), ("state", 45), ("federal N", 45)), suffix="Jr", name=("José", "Núñez"),
          because="unpaid_long_enough"),
    Story(171, "paid and deleted",
          "With bureaus and both refunds; pays all on the second day: taken back.", but(ALL,
          license_revocation="flag flag clear", credit_reporting="flag flag clear",
          state_tax_intercept="flag flag clear", federal_tax_offset="flag flag clear"), monthly=500_00,
          money=((-1, 2_500_00, "payment"),), sent=(("credit", 45), ("state", 45), ("federal N", 45)),
          name=("Ida", "NA")),
    Story(172, "reported, falls to the limit",
          "With the bureaus at $1,000.01, pays a cent: update, not deletion.",
          but(ALL, license_revocation="clear", credit_reporting="flag clear"), last_paid=13,
          owes=1_000_01, money=((0, 1, "payment"),), sent=(("credit", 45),), suffix="III",
          name=("Rhys", "Smith-Jones"), because="unpaid_long_enough"),
)  # fmt: skip
