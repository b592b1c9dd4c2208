"""Known answers in short form, and what the opening ledger may already hold."""

from dataclasses import dataclass

REMEDIES = ("license_revocation", "credit_reporting", "state_tax_intercept", "federal_tax_offset")
Then = dict[str, str]
ALL: Then = dict.fromkeys(REMEDIES, "flag")
NONE: Then = dict.fromkeys(REMEDIES, "clear")


def but(most: Then, **differs: str) -> Then:
    """The same answers with some remedies answered otherwise; an empty word leaves one unanswered."""
    return {remedy: word for remedy, word in {**most, **differs}.items() if word}


def on_night(words: str, night: int) -> str:
    """The answer of a night (from 1): one word a night, the last one holding for the rest."""
    by_night = words.split()
    return by_night[min(night, len(by_night)) - 1]


@dataclass(frozen=True)
class SentItem:
    """One line of the opening ledger: what the agency had said to a partner before Arrears."""

    remedy: str
    step: str
    queue: str
    message: str
    subject: str = "{case}"
    target: str = "self"
    carry: tuple[str, ...] = ()


# What the next record of a queue needs to know of the last one, by the names that the queue gives it.
CREDIT = ("first_delinquency_on", "highest_dollars", "reported_dollars")
STATE = ("certified_cents",)
FEDERAL = ("reported_dollars",)
NOTICE = SentItem("license_revocation", "notice", "obligor_notices", "license_revocation")
SENT: dict[str, tuple[SentItem, ...]] = {
    "notice": (NOTICE,),
    "restrict": (
        NOTICE,
        SentItem("license_revocation", "certify", "sos_license", "restrict", target="license"),
    ),
    "credit": (SentItem("credit_reporting", "report", "credit_bureaus", "report", carry=CREDIT),),
    "state": (
        SentItem("state_tax_intercept", "certify", "state_tax_setoff", "certify", "{person}", carry=STATE),
    ),
    "lottery": (SentItem("lottery_setoff", "list", "lottery", "list", "{person}"),),
    "network": (SentItem("lien_network", "list", "lien_network", "list", "{person}"),),
    "registry": (SentItem("gambling_registry", "list", "gambling_registry", "add", "{person}"),),
    "annual": (SentItem("annual_statement", "statement", "obligor_notices", "annual_statement"),),
    "offset notice N": (
        SentItem("pre_offset_notice", "notice", "obligor_notices", "federal_offset", "{person}-N"),
    ),
    "offset notice A": (
        SentItem("pre_offset_notice", "notice", "obligor_notices", "federal_offset", "{person}-A"),
    ),
    "federal N": (
        SentItem("federal_tax_offset", "submit", "federal_offset", "add", "{person}-N", carry=FEDERAL),
    ),
    "passport N": (
        SentItem("passport_denial", "submit", "federal_offset", "add", "{person}-N", carry=FEDERAL),
    ),
    "passport A": (
        SentItem("passport_denial", "submit", "federal_offset", "add", "{person}-A", carry=FEDERAL),
    ),
    "federal A": (
        SentItem("federal_tax_offset", "submit", "federal_offset", "add", "{person}-A", carry=FEDERAL),
    ),
}
# What Massachusetts calls a remedy of its own; an empty word is a remedy that it does not have.
MASSACHUSETTS = {
    "credit_reporting": "credit_reporting_ma",
    "license_revocation": "",
    "annual_statement": "",
    "gambling_registry": "",
}
