"""Kinds of lines on the work list that the facts alone open, as `rules/work/*.yml` tell them.

    heading: partners                    # what the kinds of this file fold into
    kinds:
      employer_late:
        title: Employers late with withheld money
        facts: employment_facts          # any described fact table
        when: employer_is_late           # true or false over its columns; not known opens no line
        say: "{employer_name} withheld {withheld_not_sent_cents} and has not sent it."
        do: Ask the employer.            # what a person does; an approval changes nothing
        needs: caseworker
        minutes: 10
        states: [ma]                     # only there, where the rule behind it is that state's own

A line stands while `when` is true and goes automatically when it no longer is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from arrears import house
from arrears.config import Faults, Node, read_once, read_yaml
from arrears.data.warehouse import Connection, quote, sql_text
from arrears.law.catalog import described_facts, read_follows
from arrears.law.citations import Source, read_sources
from arrears.law.profile_files import read_cites
from arrears.sqltext import lines_select, sql_faults

SQL = Path(__file__).with_name("sql")
_NO_TEXT = "CAST(NULL AS VARCHAR)"

Described = Mapping[str, Mapping[str, Any]]
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_KEYS = frozenset(("subject_id", "case_id", "person_id", "office", "worker"))
_DO = "Work it in the caseload; the line goes when its ground is gone"
# What kinds of lines fold into, in the order of the desk; `transforms/desk/headings.yml` has their titles.
HEADINGS = ("urgent", "decide", "facts", "clocks", "partners", "money")
# What the plan itself puts on the list; a kind of the facts has another name.
_DECIDED = ("approval", "review", "unserved_notice", "partner_reject", "release_rejected")
PLANNED = (*_DECIDED, "readings_differ", "unknown", "doubtful_match", "held")


@dataclass(frozen=True)
class Kind:
    """One kind of line: over which facts, when, in which words, and who looks at it."""

    kind: str
    title: str
    facts: str
    when: str
    say: str
    do: str
    needs: str
    urgent: bool
    amount: str
    due_on: str
    minutes: int
    cites: tuple[str, ...]
    follows: Mapping[str, tuple[str, ...]]
    units: Mapping[str, str]
    states: tuple[str, ...] = ()
    heading: str = "decide"

    @property
    def asks(self) -> tuple[str, ...]:
        """The columns of its facts that open and close the line."""
        return tuple(sorted(_columns(sqlglot.parse_one(self.when, dialect="duckdb"))))

    @property
    def displayed(self) -> tuple[str, ...]:
        """The columns of its facts that stand in its line, each once."""
        return tuple(
            one for one in dict.fromkeys([*_PLACEHOLDER.findall(self.say), self.amount, self.due_on]) if one
        )

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of its facts that open the line or stand in its sentence, each once."""
        return tuple(dict.fromkeys([*self.asks, *_PLACEHOLDER.findall(self.say)]))


@read_once("../transforms")
def load_kinds(rules_dir: Path) -> dict[str, Kind]:
    """Every kind by name, urgent ones first; one `RuleFault` lists the faults of all files."""
    faults = Faults()
    described = described_facts(house.transforms_of(rules_dir) / "facts") or {}
    sources = read_sources(rules_dir, faults)
    found: dict[str, Kind] = {}
    for path in sorted((rules_dir / "work").glob("*.yml")):
        root = read_yaml(path, faults)
        heading = root.text("heading", choices=HEADINGS)
        for name, node in root.node("kinds").children():
            if name in found or name in PLANNED or _NAME.fullmatch(str(name)) is None:
                node.fault("is the name of another kind, or no name")
            found[str(name)] = _kind(str(name), node, described, sources, heading)
        root.done()
    faults.raise_any("rules/work", "Correct each of these; no work list was made")
    return dict(sorted(found.items(), key=lambda one: not one[1].urgent))


def kinds_of(kinds: Mapping[str, Kind], state: str) -> dict[str, Kind]:
    """The kinds that a state has: all but those that are another state's alone."""
    return {name: kind for name, kind in kinds.items() if not kind.states or state in kind.states}


def _kind(name: str, node: Node, described: Described, sources: Mapping[str, Source], heading: str) -> Kind:
    facts = node.one_of("facts", "table of the facts", described)
    columns = set(described.get(facts, {})) | _KEYS
    made = Kind(
        kind=name,
        title=node.text("title"),
        facts=facts,
        when=node.text("when"),
        say=node.text("say"),
        do=node.text("do", required=False, otherwise=_DO),
        needs=node.text("needs", choices=("caseworker", "supervisor")),
        urgent=node.boolean("urgent"),
        amount=node.text("amount", required=False),
        due_on=node.text("due_on", required=False),
        minutes=node.integer("minutes"),
        cites=read_cites(node, sources),
        follows=read_follows(node),
        units={name: str(told.get("unit")) for name, told in described.get(facts, {}).items()},
        states=node.texts("states", required=False),
        heading=heading,
    )
    for word in {*_PLACEHOLDER.findall(made.say), made.amount, made.due_on} - {""} - columns:
        node.fault(f"names {word}, which is not a described column of {facts}")
    for fault in _when_faults(made.when, columns):
        node.fault(f"when {fault}")
    node.done()
    return made


def _when_faults(when: str, columns: set[str]) -> list[str]:
    try:
        tree = sqlglot.parse_one(when, dialect="duckdb")
    except SqlglotError as error:
        return [f"is not SQL: {str(error).splitlines()[0]}"]
    said = [f"names {one}, which is not a described column" for one in _columns(tree) - columns]
    if tree.find(exp.Select, exp.AggFunc, exp.Window, exp.Placeholder, exp.Parameter):
        said.append("asks more than the columns of its own row; put the work into a fact")
    return sorted(said) + sql_faults(when)


def _columns(tree: exp.Expr) -> set[str]:
    return {one.name for one in tree.find_all(exp.Column)}


def make_kinds(con: Connection, kinds: Mapping[str, Kind]) -> None:
    """Makes `plan.kinds`: one row per kind and subject whose condition is true tonight."""
    tables = dict.fromkeys(kind.facts for kind in kinds.values())
    selects = [kinds_select([one for one in kinds.values() if one.facts == facts]) for facts in tables]
    text = "\nUNION ALL BY NAME\n".join(selects) or sql_text(SQL / "no_kinds.sql")
    con.execute(f"CREATE OR REPLACE TABLE plan.kinds AS {text}")


def kinds_select(kinds: Sequence[Kind]) -> str:
    """The SELECT of the lines of kinds over one facts table: one for each subject whose condition is true."""
    when = {kind.kind: kind.when for kind in kinds}
    told = {kind.kind: kind_columns(kind) for kind in kinds}
    lines = lines_select(f"facts.{kinds[0].facts}", "kind_of_line", when, told)
    hashed = "left(sha256(coalesce(facts_hash, because)), 32) AS facts_hash"
    return f"SELECT * REPLACE ([because] AS because, {hashed}) FROM ({lines})"


def kind_columns(kind: Kind) -> dict[str, str]:
    """SQL for what a line of a kind tells, by column; `facts_hash` is what is hashed if not what it says."""
    said = sentence_sql(kind.say, kind.units)
    # That another day has gone by is not a new fact: what a person said of the line still stands.
    rests = sentence_sql(
        kind.say, {**kind.units, **{n: "passing" for n, u in kind.units.items() if u == "days"}}
    )
    return {
        "item_id": f"{quote(kind.kind)} || ':' || subject_id",
        "kind": quote(kind.kind),
        "remedy": _NO_TEXT,
        **{name: name for name in ("subject_id", "case_id", "person_id", "office", "worker")},
        "episode_id": _NO_TEXT,
        "step": _NO_TEXT,
        "needs": quote(kind.needs),
        "amount_cents": f'CAST("{kind.amount}" AS BIGINT)' if kind.amount else "CAST(NULL AS BIGINT)",
        "due_on": f'CAST("{kind.due_on}" AS DATE)' if kind.due_on else "CAST(NULL AS DATE)",
        "because": said,
        "facts_hash": rests if rests != said else _NO_TEXT,
        "readings_differ": "false",
    }


def sentence_sql(say: str, units: Mapping[str, str]) -> str:
    """SQL for a sentence whose `{column}` words are told in a person's way: dollars, days, lists."""
    parts = _PLACEHOLDER.split(say)
    told = [
        quote(part) if place % 2 == 0 else _display_sql(part, units.get(part, "text"))
        for place, part in enumerate(parts)
        if part
    ]
    return " || ".join(told) or "''"


def _display_sql(column: str, unit: str) -> str:
    name = f'"{column}"'
    if unit == "cents":
        whole = f"format('{{:,}}', abs({name}) // 100)"
        sign = f"CASE WHEN {name} < 0 THEN '-' ELSE '' END"
        told = f"{sign} || '$' || {whole} || '.' || lpad(CAST(abs({name}) % 100 AS VARCHAR), 2, '0')"
    elif unit == "date":
        told = f"CAST(CAST({name} AS DATE) AS VARCHAR)"
    elif unit == "days":
        told = f"CAST(CAST({name} AS BIGINT) AS VARCHAR)"
    elif unit == "passing":
        return "''"
    elif unit == "list":
        told = f"nullif(array_to_string({name}, ', '), '')"
    elif unit == "yes_no":
        told = f"CASE WHEN {name} THEN 'yes' WHEN NOT {name} THEN 'no' END"
    else:
        told = f"CAST({name} AS VARCHAR)"
    return f"coalesce({told}, 'not known')"
