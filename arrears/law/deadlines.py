"""Deadlines of the law on the agency and others, as `rules/deadlines/*.yml` tell them.

    deadlines:
      withhold_after_new_hire:
        title: Withholding order after a new-hire match
        facts: employment_facts            # any described fact table
        anchor: new_hire_entered_on        # not known: the deadline does not run
        met: withholding_sent_on           # the day that meets it
        known: withholding_is_known        # false or not known: nobody knows whether it was met
        clock: new_hire.iwo_send_business_days
        needs: caseworker
        say: "New hire entered {new_hire_entered_on}; the order is due by {ends_on}."
        cites: [42-usc-653a#(g)]

The plan counts them with the clocks of the steps; those that are due soon or overdue are lines of the
work list. `tolled_by` is a fact that says how many days did not count, `roll` lets a closing weekend or
holiday roll, `due_soon` is the key of another number of days than the usual one.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from arrears.config import Faults, Node, read_once, read_yaml
from arrears.data.warehouse import quote
from arrears.law.catalog import SPANS, Catalog, catalog, fact, read_follows
from arrears.law.profile import NotYet, Profile
from arrears.law.profile_files import read_cites
from arrears.law.work import sentence_sql
from arrears.sqltext import lines_select

DUE_SOON = "deadline.due_soon_days"
ENDS_ON = "{ends_on}"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_TEXTS = ("deadline", "subject_id", "case_id", "person_id", "office", "worker")
DEADLINE_SCHEMA = pa.schema(
    [(name, pa.string()) for name in _TEXTS]
    + [("anchor_on", pa.date32()), ("met_on", pa.date32()), ("is_known", pa.bool_())]
    + [("tolled_by", pa.string()), ("tolled_days", pa.int64()), ("clock_key", pa.string())]
    + [("clock_count", pa.int64()), ("clock_unit", pa.string()), ("clock_rolls", pa.bool_())]
    + [("clock_from", pa.string()), ("due_soon_days", pa.int64()), ("needs", pa.string())]
    + [("said", pa.string())]
)


@dataclass(frozen=True)
class Deadline:
    """One deadline: over which facts, from which day, met by what, and who looks at it."""

    deadline: str
    title: str
    facts: str
    anchor: str
    met: str
    known: str
    clock: str
    tolled_by: str
    roll: bool
    due_soon: str
    needs: str
    say: str
    cites: tuple[str, ...]
    follows: Mapping[str, tuple[str, ...]]
    units: Mapping[str, str]

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of its facts that start, meet or stop it, or stand in its sentence, each once."""
        told = [self.anchor, self.met, self.known, self.tolled_by, *_PLACEHOLDER.findall(self.say)]
        return tuple(name for name in dict.fromkeys(told) if name in self.units)


@read_once("../transforms")
def load_deadlines(rules_dir: Path) -> dict[str, Deadline]:
    """Every deadline by name; one `RuleFault` lists the faults of all files."""
    faults = Faults()
    known = catalog(rules_dir, faults)
    found: dict[str, Deadline] = {}
    for path in sorted((rules_dir / "deadlines").glob("*.yml")):
        root = read_yaml(path, faults)
        for name, node in root.node("deadlines").children():
            if name in found or _NAME.fullmatch(str(name)) is None:
                node.fault("is the name of another deadline, or no name")
            found[str(name)] = _deadline(str(name), node, known)
        root.done()
    faults.raise_any("rules/deadlines", "Correct each of these; no deadline was loaded")
    return found


def _deadline(name: str, node: Node, known: Catalog) -> Deadline:
    facts = known.table(node)
    columns = known.columns(facts)

    def column(key: str, unit: str, required: bool = False) -> str:
        return fact(node, node.text(key, required), columns, unit)

    made = Deadline(
        deadline=name,
        title=node.text("title"),
        facts=facts,
        anchor=column("anchor", "date", required=True),
        met=column("met", "date"),
        known=column("known", "yes_no"),
        clock=known.key(node, "clock", units=SPANS),
        tolled_by=column("tolled_by", "days"),
        roll=node.boolean("roll"),
        due_soon=known.key(node, "due_soon", required=False, units=("days",)) or DUE_SOON,
        needs=node.text("needs", choices=("caseworker", "supervisor")),
        say=node.text("say"),
        cites=read_cites(node, known.sources),
        follows=read_follows(node),
        units=columns or {},
    )
    for word in sorted(set(_PLACEHOLDER.findall(made.say)) - {"ends_on"} - set(columns or ())):
        if columns is not None:
            node.fault(f"its sentence names {{{word}}}, which is not a described column of {facts}")
    node.done()
    return made


def deadlines_select(deadlines: Iterable[Deadline], profile: Profile, as_of: date) -> str:
    """The SELECT of the deadlines over one facts table: a row for each subject that one of them runs for.

    Nothing where the state has none of their values.
    """
    here = [one for one in deadlines if _has_value(one, profile, as_of)]
    if not here:
        return ""
    when = {one.deadline: f'"{one.anchor}" IS NOT NULL' for one in here}
    told = {one.deadline: deadline_columns(one, profile, as_of) for one in here}
    return lines_select(f"facts.{here[0].facts}", "deadline_of_line", when, told)


def _has_value(one: Deadline, profile: Profile, as_of: date) -> bool:
    try:
        return profile.plain(one.clock, as_of) is not None
    except NotYet:
        # A duty of the agency begins with the law that asks for it.
        return False


def deadline_columns(one: Deadline, profile: Profile, as_of: date) -> dict[str, str]:
    """SQL for what is known of a deadline of a subject, by column."""
    span = profile.value(one.clock, as_of)
    # The last day is known only when the clocks have been counted.
    said = " || ".join(
        quote(ENDS_ON) if part == ENDS_ON else f"({sentence_sql(part, one.units)})"
        for part in re.split(r"(\{ends_on\})", one.say)
        if part
    )
    name = quote(one.deadline)
    return {
        "deadline": name,
        **{column: column for column in ("subject_id", "case_id", "person_id", "office", "worker")},
        "anchor_on": f'CAST("{one.anchor}" AS DATE)',
        "met_on": f'CAST("{one.met}" AS DATE)' if one.met else "CAST(NULL AS DATE)",
        "is_known": f'"{one.known}"' if one.known else "true",
        "tolled_by": quote(one.tolled_by) if one.tolled_by else "CAST(NULL AS VARCHAR)",
        "tolled_days": f'CAST("{one.tolled_by}" AS BIGINT)' if one.tolled_by else "CAST(0 AS BIGINT)",
        "clock_key": quote(one.clock),
        "clock_count": f"CAST({span.value} AS BIGINT)",
        "clock_unit": quote(span.unit),
        "clock_rolls": "true" if one.roll else "false",
        "clock_from": quote(one.anchor),
        "due_soon_days": f"CAST({profile.value(one.due_soon, as_of).value} AS BIGINT)",
        "needs": quote(one.needs),
        "said": said,
    }
