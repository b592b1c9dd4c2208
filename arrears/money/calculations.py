"""The calculations of money: SQL over relations of the schema `input`, by the values of a profile.

`transforms/money/money.yml` lists each calculation: what it reads, the steps that make it, the values
that its SQL binds. A night's facts and `arrears calculate` run the same files.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from arrears import house
from arrears.config import Faults, Node, read_once, read_yaml
from arrears.data.warehouse import Connection, attach_arrows, named
from arrears.errors import RuleFault, safe_path
from arrears.law.profile import Profile
from arrears.law.waterfalls import waterfall_table
from arrears.sqltext import parameters, sql_faults

AS_OF, ROUND = "as_of", "round"
ANSWER, WATERFALL = "result", "waterfall"
UNITS = ("text", "date", "month", "cents", "signed_cents", "count", "yes_no")


@dataclass(frozen=True)
class Step:
    """One table of the schema `money`, the file that fills it, and whether every round fills it again."""

    table: str
    by: str
    each_round: bool


@dataclass(frozen=True)
class Law:
    """What the SQL of money rests on, on a day in a state: values bound and by their days, waterfalls."""

    params: Mapping[str, Any]
    waterfall: pa.Table
    by_day: Mapping[str, pa.Table] = field(default_factory=dict)

    def but(self, **params: Any) -> "Law":
        """The same law with other values under some names."""
        return replace(self, params={**self.params, **params})


@dataclass(frozen=True)
class Calculation:
    """One calculation: the relations that it reads, column by column, and its steps in order."""

    name: str
    say: str
    shown: tuple[str, ...]
    methods: tuple[str, ...]
    by_method: tuple[str, ...]
    input: Mapping[str, Mapping[str, str]]
    keys: Mapping[str, tuple[str, ...]]
    blank: Mapping[str, tuple[str, ...]]
    agree: Mapping[str, tuple[str, ...]]
    named_if_several: Mapping[str, tuple[str, ...]]
    needs: Mapping[str, tuple[str, ...]]
    links: Mapping[str, str]
    usual: Mapping[str, Mapping[str, str]]
    steps: tuple[Step, ...]

    def must(self, relation: str) -> tuple[str, ...]:
        """The columns that each row has to have: its key, unless that may be blank, and what it needs."""
        keys = [name for name in self.keys.get(relation, ()) if name not in self.blank.get(relation, ())]
        return (*keys, *self.needs.get(relation, ()))


@dataclass(frozen=True)
class Money:
    """Every calculation, with what their SQL binds."""

    folder: Path
    calculations: Mapping[str, Calculation]
    params: Mapping[str, str]
    by_day: Mapping[str, str]
    may_lack: Mapping[str, str]
    constants: Mapping[str, int]
    options: tuple[str, ...]
    words: Mapping[str, tuple[str, tuple[str, ...]]]

    @property
    def keys(self) -> frozenset[str]:
        """Every value that its SQL reads, of one day or by the day of each row."""
        return frozenset((*self.params.values(), *self.by_day.values()))

    def keys_of(self, name: str) -> frozenset[str]:
        """The values that a calculation may hang on."""
        texts = " ".join(self.text(step.by) for step in self.calculations[name].steps)
        asked = {*self.binds(name), *re.findall(r"\blaw\.(\w+)", texts)}
        return frozenset(key for one, key in (*self.params.items(), *self.by_day.items()) if one in asked)

    def text(self, file: str) -> str:
        """The one SELECT of a step's file."""
        return (self.folder / f"{file}.sql").read_text(encoding="utf-8").strip().rstrip(";")

    def binds(self, name: str) -> frozenset[str]:
        """The names of the values that the SQL of a calculation binds."""
        return frozenset(
            one for step in self.calculations[name].steps for one in parameters(self.text(step.by))
        )

    def law(self, name: str, profile: Profile, on: date, rules_dir: Path = house.RULES) -> Law:
        """What a calculation rests on in a state on a day. A value of `none` is None.

        A law that is missing is never "no limit": one `RuleFault` names every value that the SQL asks for and
        that does not hold on the day; only those of `may_lack` may be lacking, as the list says why.
        """
        values: dict[str, Any] = {}
        missing: list[str] = []
        asked = self.binds(name)
        for one, key in self.params.items():
            if one not in asked:
                continue
            try:
                values[one] = profile.plain(key, on) if one in self.may_lack else profile.value(key, on).value
            except RuleFault as fault:
                missing.append(fault.what)
        if missing:
            raise RuleFault(
                "; ".join(missing), f"{profile.state} on {on}", "Add the value of that day, with its citation"
            )
        chosen = dict.fromkeys(self.options)
        waterfall = waterfall_table(rules_dir, profile.state)
        spans = {one: by_day(profile, key) for one, key in self.by_day.items()}
        return Law({AS_OF: on, **self.constants, **chosen, **values}, waterfall, spans)


def by_day(profile: Profile, key: str) -> pa.Table:
    """from_on, until_on and value of a key, for rows that each ask of a day of their own."""
    spans = profile.spans(key)
    columns = [pa.array([one[at] for one in spans], pa.date32()) for at in (0, 1)]
    values = pa.array([one[2] for one in spans])
    # No limit on any day is a column without a type, which SQL could not compare.
    values = values.cast(pa.int64()) if pa.types.is_null(values.type) else values
    return pa.table([*columns, values], ["from_on", "until_on", "value"])


def attach_by_day(con: Connection, tables: Mapping[str, pa.Table]) -> None:
    """Makes each table as `law.<name>`."""
    attach_arrows(con, {f"law.{name}": table for name, table in tables.items()})


@read_once()
def load_money(folder: Path) -> Money:
    """The calculations in a folder; one `RuleFault` lists every fault of the list and of its SQL."""
    faults = Faults()
    root = read_yaml(folder / "money.yml", faults)
    constants, params = root.node("constants"), root.node("params")
    money = Money(
        folder=folder,
        calculations={
            str(name): _calculation(str(name), one) for name, one in root.node("calculations").children()
        },
        params=params.pairs(),
        by_day=root.node("by_day", required=False).pairs(),
        may_lack=root.node("may_lack", required=False).pairs(),
        constants={str(name): constants.integer(name) for name in constants.names()},
        options=root.texts("options"),
        words={str(word): _word(one) for word, one in root.node("words").children()},
    )
    root.done()
    _check_sql(money, faults)
    faults.raise_any(safe_path(folder), "Correct the lines above; nothing was calculated")
    return money


def calculate(con: Connection, money: Money, name: str, law: Law, input: Mapping[str, str]) -> str:
    """The relation that holds the answer of a calculation over the relations given for its inputs."""
    con.execute("CREATE SCHEMA IF NOT EXISTS money")
    tables = {f"input.{WATERFALL}": law.waterfall, **{f"law.{day}": one for day, one in law.by_day.items()}}
    views = {f"input.{relation}": f"SELECT * FROM {source}" for relation, source in input.items()}
    attach_arrows(con, tables, views)
    steps = money.calculations[name].steps
    before = [one for one in steps if not one.each_round and one.table != ANSWER]
    for step in before:
        _run(con, money, step, law.params)
    # The n-th receipts of all parents are allocated in one round: as many rounds as one parent has receipts.
    for number in range(1, _rounds(con, steps) + 1):
        for step in (one for one in steps if one.each_round):
            _run(con, money, step, {**law.params, ROUND: number})
    _run(con, money, steps[-1], law.params)
    return f"money.{ANSWER}"


def _run(con: Connection, money: Money, step: Step, params: Mapping[str, Any]) -> None:
    text = money.text(step.by)
    bound = named(text, params)
    con.execute(f"CREATE OR REPLACE TABLE money.{step.table} AS\n{text}", bound)


def _rounds(con: Connection, steps: tuple[Step, ...]) -> int:
    if not any(one.each_round for one in steps):
        return 0
    row = con.execute(f"SELECT max({ROUND}) FROM money.{steps[0].table}").fetchone()
    return int(row[0] or 0) if row else 0


def _calculation(name: str, one: Node) -> Calculation:
    relations, usual = one.node("input"), one.node("usual", required=False)
    made = Calculation(
        name=name,
        say=one.text("say"),
        shown=one.texts("shown"),
        methods=one.texts("methods", required=False),
        by_method=one.texts("method", required=False),
        input={str(relation): _columns(columns) for relation, columns in relations.children()},
        keys=one.node("keys").lists(),
        blank=one.node("blank", required=False).lists(),
        agree=one.node("agree", required=False).lists(),
        named_if_several=one.node("named_if_several", required=False).lists(),
        needs=one.node("needs", required=False).lists(),
        links=one.node("links", required=False).pairs(),
        usual={str(relation): columns.pairs() for relation, columns in usual.children()},
        steps=tuple(_step(step) for step in one.nodes("steps")),
    )
    if not made.steps or made.steps[-1].table != ANSWER:
        one.fault(f"the last step makes the table {ANSWER}")
    one.done()
    return made


def _columns(node: Node) -> dict[str, str]:
    """Each column with its unit, or with the words that it may hold."""
    units = node.pairs()
    for name, unit in units.items():
        if unit not in UNITS and "|" not in unit:
            node.fault(f"{name} must be one of {', '.join(UNITS)}, or words between |")
    return units


def _step(node: Node) -> Step:
    made = Step(node.text("table"), node.text("by"), node.boolean("each_round"))
    node.done()
    return made


def _word(node: Node) -> tuple[str, tuple[str, ...]]:
    made = node.text("say"), node.texts("cites")
    node.done()
    return made


def _check_sql(money: Money, faults: Faults) -> None:
    files = {path.stem for path in money.folder.glob("*.sql")}
    steps = {step.by for one in money.calculations.values() for step in one.steps}
    for file in sorted(files ^ steps):
        faults.add(
            safe_path(money.folder / f"{file}.sql"), "is not a step" if file in files else "is missing"
        )
    for name in sorted(money.may_lack.keys() - money.params.keys()):
        faults.add(safe_path(money.folder), f"may_lack names {name}, which is not a value of params")
    used: set[str] = set()
    for file in sorted(files & steps):
        text = money.text(file)
        for fault in sql_faults(text):
            faults.add(safe_path(money.folder / f"{file}.sql"), fault)
        used |= set(parameters(text))
    known = {*money.params, *money.constants, *money.options}
    for name in sorted(used - known - {AS_OF, ROUND}):
        faults.add(safe_path(money.folder), f"SQL binds ${name}, which money.yml does not give")
    for name in sorted(known - used):
        faults.add(safe_path(money.folder), f"money.yml gives {name}, which no SQL binds")
