"""A small world to drive the plan through: two remedies, a few cases, and what is known of them."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

START = date(2025, 3, 3)
WAIT_DAYS, UNPAID_DAYS, RETRY_DAYS, MAIL_LAG, FLOOR = 4, 6, 3, 1, 150_00
HOLIDAYS = {date(2025, 3, 14)}
LICENSE, CREDIT = "license", "credit"

SOURCES = "sources:\n  guide: {title: Guide, where: shelf, read_on: 2025-01-01, seen: whole}\n"


def _value(key: str, unit: str, value: int) -> str:
    version = f"{{value: {value}, standing: both, cites: [guide]}}"
    return f"  {key}: {{unit: {unit}, from: {{2000-01-01: {version}}}}}\n"


FEDERAL = "name: United States\nvalues:\n" + "".join(
    [
        _value("license.unpaid_days", "days", UNPAID_DAYS),
        _value("license.wait_days", "days", WAIT_DAYS),
        _value("credit.floor", "cents", FLOOR),
        _value("mail.lag_days", "days", MAIL_LAG),
        _value("notice.retry_after_days", "days", RETRY_DAYS),
    ]
)
STATE = f"""name: Utopia
fips: "07"
postal_code: UT
timezone: America/New_York
night_at: "02:00"
holidays: {{cites: [guide], days: {{{", ".join(f"{day}: Feast" for day in sorted(HOLIDAYS))}}}}}
remedies_in_force:
  license: {{from: 2010-01-01, cites: [guide]}}
  credit: {{from: 2010-01-01, cites: [guide]}}
values: {{}}
"""


def _condition(name: str, sql: str, more: str = "") -> str:
    text = sql.replace("'", "''")
    return f"  - {name}: {{is: '{text}', say: Yes., not: No., cites: [guide]{more}}}\n"


# Condition: its SQL and the facts that it reads; the same text makes card, SQL and reference.
CONDITIONS = {
    "owes": ("owed_cents > 0", ("owed_cents",)),
    "alive": ("is_alive", ("is_alive",)),
    "not_bankrupt": ("NOT is_bankrupt", ("is_bankrupt",)),
    "no_hearing": ("NOT hearing_is_open", ("hearing_is_open",)),
    "no_agreement": ("NOT agreement_is_kept", ("agreement_is_kept",)),
    "none_in_transit": ("NOT is_in_transit", ("is_in_transit",)),
    "unpaid_long_enough": ("date_diff('day', unpaid_since_on, $as_of) >= $unpaid_days", ("unpaid_since_on",)),
    "over_the_floor": ("owed_cents > $floor", ("owed_cents",)),
}
STAYS = {
    LICENSE: ("owes", "alive", "not_bankrupt", "no_hearing", "no_agreement", "none_in_transit"),
    CREDIT: ("owes", "alive", "no_hearing"),
}
ENTERS = {LICENSE: (*STAYS[LICENSE], "unpaid_long_enough"), CREDIT: (*STAYS[CREDIT], "over_the_floor")}
RELEASES = {
    LICENSE: ("owed_cents = 0", "is_wrong_person", "NOT is_alive", "agreement_is_kept"),
    CREDIT: ("owed_cents = 0", "is_wrong_person"),
}
STEPS = {
    LICENSE: """  - {step: review, kind: review, needs: caseworker, say: Look.}
  - {step: notice, kind: notice, queue: letters, message: warn, say: Warn.}
  - step: certify
    kind: send
    queue: board
    message: restrict
    needs: supervisor
    targets: licenses
    after:
      {clock: license.wait_days, from: served, step: notice, roll: true, intake: hearings,
       mail_lag: mail.lag_days, tolled_by: days_tolled}
    say: Certify.
""",
    CREDIT: "  - {step: report, kind: send, queue: bureau, message: report, ground: enter, say: Report.}\n",
}
MORE = {
    LICENSE: """needs: {unpaid_days: license.unpaid_days}
rests_on: [is_alive, hearing_is_open, agreement_is_kept]
queue: board
""",
    CREDIT: """needs: {floor: credit.floor}
rests_on: [is_alive, hearing_is_open]
queue: bureau
update: {on: change, of: [address], message: update, per: whole_dollars}
""",
}
ENDS = {LICENSE: "message: reinstate\n  urgent_when: [is_wrong_person]", CREDIT: "message: close"}
UNITS = {
    "owed_cents": "cents", "unpaid_since_on": "date", "is_alive": "yes_no", "is_bankrupt": "yes_no",
    "hearing_is_open": "yes_no", "agreement_is_kept": "yes_no", "is_in_transit": "yes_no",
    "is_wrong_person": "yes_no", "has_violence": "yes_no", "address": "text", "days_tolled": "days",
}  # fmt: skip
_TYPES = {
    "cents": pa.int64(),
    "days": pa.int64(),
    "date": pa.date32(),
    "yes_no": pa.bool_(),
    "text": pa.string(),
}
SHAPE = pa.schema(
    [(name, pa.string()) for name in ("subject_id", "case_id", "person_id", "office", "worker")]
    + [(name, _TYPES[unit]) for name, unit in UNITS.items()]
)


def make_rules(root: Path, broken_agreement: str) -> Path:
    """The folder of rules with both cards, as a card of an agency would be written."""
    files = {
        "rules/sources.yml": SOURCES,
        "rules/jurisdictions/us.yml": FEDERAL,
        "rules/jurisdictions/ut.yml": STATE,
        "transforms/facts/facts.yml": "facts:\n  case_facts:\n"
        + "".join(f"    {name}: {{say: {name}, unit: {unit}}}\n" for name, unit in UNITS.items()),
        "transforms/queues/board/queue.yml": "messages: [restrict, reinstate]\n",
        "transforms/queues/letters/queue.yml": "messages: [warn]\n",
        "transforms/queues/bureau/queue.yml": "messages: [report, update, close]\n",
        "transforms/plan/target.sql": "SELECT 'licenses' AS kind\n",
    }
    for remedy in (LICENSE, CREDIT):
        said = "".join(
            _condition(name, CONDITIONS[name][0], "" if name in STAYS[remedy] else ", at: enter")
            for name in ENTERS[remedy]
        )
        grounds = "".join(f"  {_condition(f'ground_{n}', sql)}" for n, sql in enumerate(RELEASES[remedy]))
        broken = f"broken_agreement: {broken_agreement}\n" if remedy == LICENSE else ""
        files[f"rules/remedies/{remedy}/remedy.yml"] = (
            f"title: {remedy}\norder: 10\nfacts: case_facts\namount: owed_cents\ncites: [guide]\n"
            f"if_wrong: Harm.\ninnocent: Paid.\n{MORE[remedy]}{broken}"
            f"conditions:\n{said}steps:\n{STEPS[remedy]}"
            f"release:\n  {ENDS[remedy]}\n  any:\n{grounds}"
        )
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root / "rules"


@dataclass
class Payment:
    """Money that came in: when, how much, whether it is posted, and whether it bounced."""

    received_on: date
    cents: int
    is_posted: bool = True
    is_reversed: bool = False


@dataclass
class Case:
    """One case as the world knows it today; a change is known to the next night."""

    number: int
    person_id: str = ""
    payments: list[Payment] = field(default_factory=list)
    is_alive: bool = True
    is_bankrupt: bool = False
    has_violence: bool = False
    is_wrong_person: bool = False
    hearing_is_open: bool = False
    days_tolled: int = 0
    agreement: str = "none"
    address: int = 0
    licenses: int = 1
    not_known: set[str] = field(default_factory=set)

    @property
    def case_id(self) -> str:
        """Its name."""
        return f"C{self.number}"

    def owed_cents(self, as_of: date) -> int:
        """Installments of $50.00 every five days, less what came in and stayed."""
        due = 200_00 + 50_00 * ((as_of - START).days // 5)
        return max(due - sum(p.cents for p in self.payments if p.is_posted and not p.is_reversed), 0)

    def facts(self, as_of: date) -> dict[str, Any]:
        """What is known of it that night; None is not known."""
        kept = [p.received_on for p in self.payments if p.is_posted and not p.is_reversed]
        told = {
            "owed_cents": self.owed_cents(as_of),
            "unpaid_since_on": max(kept, default=START - timedelta(40)),
            "is_alive": self.is_alive,
            "is_bankrupt": self.is_bankrupt,
            "hearing_is_open": self.hearing_is_open,
            "agreement_is_kept": self.agreement == "kept",
            "is_in_transit": any(not p.is_posted for p in self.payments),
            "is_wrong_person": self.is_wrong_person,
            "has_violence": self.has_violence,
            "address": f"{self.address} Mill St",
            "days_tolled": self.days_tolled,
        }
        told |= dict.fromkeys(self.not_known & told.keys())
        who = {"subject_id": self.case_id, "case_id": self.case_id, "person_id": self.person_id}
        return {**who, "office": "1", "worker": "w", **told}


def conjunction(answers: list[bool | None]) -> bool | None:
    """True, false or not known, as all of them together are."""
    if False in answers:
        return False
    return None if None in answers else True


def answer(name: str, facts: dict[str, Any], as_of: date) -> bool | None:
    """A condition by its plain meaning, without SQL."""
    values = [facts[fact] for fact in CONDITIONS[name][1]]
    if None in values:
        return None
    value = values[0]
    return {
        "owes": lambda: value > 0,
        "alive": lambda: value,
        "unpaid_long_enough": lambda: (as_of - value).days >= UNPAID_DAYS,
        "over_the_floor": lambda: value > FLOOR,
    }.get(name, lambda: not value)()


def may_go_on(remedy: str, facts: dict[str, Any], as_of: date) -> bool | None:
    """Whether nothing stops a remedy that day."""
    return conjunction([answer(name, facts, as_of) for name in STAYS[remedy]])


def may_begin(remedy: str, facts: dict[str, Any], as_of: date) -> bool | None:
    """Whether its ground stands that day."""
    return conjunction([answer(name, facts, as_of) for name in ENTERS[remedy]])


def must_let_go(remedy: str, facts: dict[str, Any]) -> bool | None:
    """Whether what was sent must be taken back."""
    owed = facts["owed_cents"]
    grounds = [None if owed is None else owed == 0, facts["is_wrong_person"]]
    if remedy == LICENSE:
        alive = facts["is_alive"]
        grounds += [None if alive is None else not alive, facts["agreement_is_kept"]]
    if True in grounds:
        return True
    return None if None in grounds else False
