"""A small tree of rules with one remedy, for tests to break in one place."""

from datetime import date
from pathlib import Path

from arrears.config import Faults
from arrears.data.warehouse import Connection, attach_arrow, warehouse
from arrears.law.decide import verdict_select, why_off
from arrears.law.examples import examples_table, fact_units, profiles_of, read_examples
from arrears.law.profile import Profile
from arrears.law.remedy import PARTS, Card

SOURCES = "sources:\n  guide: {title: Guide, where: shelf, read_on: 2025-01-01, seen: whole}\n"
FEDERAL = """name: United States
values:
  license.unpaid_days:
    unit: days
    from:
      start-not-established: {value: 60, standing: guide, cites: [guide]}
      2026-01-01: {value: 90, standing: guide, cites: [guide]}
  license.arrears_days: {unit: days, from: {2000-01-01: {value: 60, standing: law, cites: [guide]}}}
  license.hearing_days: {unit: days, from: {2000-01-01: {value: 20, standing: both, cites: [guide]}}}
"""
STATE = """name: Utopia
fips: "07"
postal_code: UT
timezone: America/New_York
night_at: "02:00"
holidays: {cites: [guide], days: {2025-01-01: New Year}}
remedies_in_force: {license: {from: 2010-01-01, cites: [guide]}}
values: {}
"""
CARD = """title: License revocation
order: 10
facts: case_facts
amount: enforceable_cents
rests_on: [unpaid_since_on, enforceable_cents]
queue: sos_license
cites: [guide]
if_wrong: A parent who pays could lose the means to work.
innocent: Wages were withheld and are on their way.
needs: {unpaid_days: license.unpaid_days, arrears_days: license.arrears_days}
conditions:
  - unpaid_long_enough:
      is: date_diff('day', unpaid_since_on, $as_of) >= $unpaid_days
      say: "No payment for {unpaid_days} days, since {unpaid_since_on}."
      not: "Paid {unpaid_since_on}."
      cites: [guide#unpaid]
      reading: guide
      at: enter
  - in_arrears_long_enough:
      is: days_in_arrears > $arrears_days
      say: "{days_in_arrears} days in arrears."
      not: "Complies."
      cites: [guide]
      reading: law
      at: enter
  - something_is_owed: {is: enforceable_cents > 0, say: "Owes.", not: "Owes nothing.", cites: [guide]}
  - no_agreement: {at: enter, why: What was agreed later is looked at by hand.}
steps:
  - {step: look, kind: review, needs: caseworker, say: Look.}
  - step: notify
    kind: notice
    queue: obligor_notices
    message: warn
    say: Warn.
    after: {clock: license.hearing_days, from: approved, step: look, roll: true, intake: hearings}
update: {on: none}
release:
  queue: sos_license
  message: reinstate
  urgent_when: [nothing_is_owed]
  any:
    - nothing_is_owed: {is: enforceable_cents = 0, say: "Paid.", not: "Owes.", cites: [guide]}
later: [{what: registrations, why: no feed yet}]
"""
CONDITIONS = """conditions:
  no_agreement:
    is: NOT has_agreement
    say: "None."
    not: "Kept."
    cites: [guide]
    protects: agreement
"""
EXAMPLES = """jurisdiction: ut
as_of: 2025-03-02
usual: {unpaid_since_on: 2025-01-01, days_in_arrears: 61, enforceable_cents: 10_00, has_agreement: false}
usual_of: {release: {enforceable_cents: 0}}
examples:
  - {say: sixty days exactly, then: flag, because: [], parts: false}
  - {say: a day less, but: {unpaid_since_on: 2025-01-02}, then: clear,
     because: [unpaid_long_enough], parts: true}
  - {say: the law flags the same, but: {unpaid_since_on: 2025-01-02}, reading: law, then: flag}
  - {say: the limit has changed, as_of: 2026-01-01, but: {unpaid_since_on: 2025-10-04}, then: clear}
  - {say: the new limit exactly, as_of: 2026-01-01, but: {unpaid_since_on: 2025-10-03}, then: flag}
  - {say: no payment date, but: {unpaid_since_on: null}, then: unknown, because: [unpaid_long_enough]}
  - {say: false beats not known, but: {unpaid_since_on: null, has_agreement: true}, then: clear,
     because: [no_agreement]}
  - {say: goes on, part: stay, then: flag}
  - {say: paid in full, part: release, then: flag}
  - {say: a token payment, part: release, but: {enforceable_cents: 1}, then: clear,
     because: [nothing_is_owed]}
"""
FACTS = """facts:
  case_facts:
    unpaid_since_on: {say: since when, unit: date}
    days_in_arrears: {say: age, unit: days}
    enforceable_cents: {say: debt, unit: cents}
    has_agreement: {say: agreement, unit: yes_no}
    office: {say: office, unit: text}
    worker: {say: worker, unit: text}
"""


def tree(root: Path, **changed: str) -> Path:
    """The `rules` folder of a small whole tree; `card`, `enter`, `state` and so on replace its files."""
    files = {
        "rules/sources.yml": changed.get("sources", SOURCES),
        "rules/jurisdictions/us.yml": changed.get("federal", FEDERAL),
        "rules/jurisdictions/ut.yml": changed.get("state", STATE),
        "rules/remedies/license/remedy.yml": changed.get("card", CARD),
        "rules/conditions/all.yml": changed.get("conditions", CONDITIONS),
        "rules/remedies/license/examples.yml": changed.get("examples", EXAMPLES),
        "transforms/facts/facts.yml": changed.get("facts", FACTS),
        "transforms/queues/sos_license/queue.yml": "messages: [restrict, reinstate]\n",
        "transforms/queues/obligor_notices/queue.yml": "messages: [warn]\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root / "rules"


# A verdict and the one without a fact that no fact's absence may bring about.
BREACHES = "('clear', 'flag'), ('unknown', 'flag'), ('flag', 'clear')"


def null_any_fact(con: Connection, card: Card, profile: Profile, as_of: date) -> list[str]:
    """Every breach of the first promise: a fact taken away made a flag, or turned a flag into clear.

    One query for each part and fact column, over all subjects of the attached facts at once.
    """
    breaches: list[str] = []
    reading, waived = profile.reading(card.remedy, as_of), profile.waivers(card.remedy, as_of)
    con.execute(f"CREATE OR REPLACE TEMP TABLE told AS FROM {card.relation}")
    for part in PARTS:
        params = card.params(profile, as_of, part)
        before = verdict_select(card, part, reading, waived, "told")
        con.execute(f"CREATE OR REPLACE TEMP TABLE was AS SELECT subject_id, verdict FROM ({before})", params)
        for fact in dict.fromkeys(fact for one in card.conditions[part] for fact in one.facts):
            nothing = f'CASE WHEN 1 = 0 THEN "{fact}" END AS "{fact}"'
            bare = f"(SELECT * REPLACE ({nothing}) FROM told)"
            after = verdict_select(card, part, reading, waived, bare)
            both = f"FROM was JOIN ({after}) AS bared USING (subject_id)"
            breaks = f"(was.verdict, bared.verdict) IN ({BREACHES})"
            rows = con.execute(
                f"SELECT subject_id, was.verdict, bared.verdict {both} WHERE {breaks} ORDER BY 1", params
            ).fetchall()
            where = f"{card.remedy}.{part}: without {fact}"
            breaches += [f"{where}, {row[0]} goes from {row[1]} to {row[2]}" for row in rows]
    return breaches


def null_breaches(card: Card, rules_dir: Path) -> list[str]:
    """Breaches of "a missing fact makes no flag and clears none" over the card's own examples."""
    units = fact_units(card, rules_dir)
    faults = Faults()
    examples = read_examples(card, rules_dir, units, faults)
    faults.raise_any("examples")
    breaches: list[str] = []
    profiles = profiles_of(rules_dir, examples)
    for law, as_of in dict.fromkeys((one.law, one.as_of) for one in examples):
        profile = profiles[law]
        if why_off(profile, card, as_of) is not None:
            continue
        with warehouse() as con:
            attach_arrow(con, card.relation, examples_table(examples, units))
            breaches += null_any_fact(con, card.here(profile, as_of), profile, as_of)
    return breaches
