"""The library of conditions, `rules/conditions/*.yml`: each stands once, and cards take it by its name.

    obligor_alive:
      is: obligor_is_alive                      # SQL over the facts of the card that takes it
      say: The parent who owes is alive.
      not: The parent who owes has died.
      cites: [45-cfr-303.11#(b)]
      protects: death                           # what it protects; holds under every reading
      with_case: true                           # a ground that a renumbered case brings about, too

`is` may name other conditions, values that `needs` names, and `$about`, the words that a card gives with it.
What a sentence holds in [ ] is left out where the card's facts do not hold what it names.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from arrears.config import CHOSEN, ENTRY, Faults, Node, read_yaml
from arrears.law.catalog import Catalog, read_follows
from arrears.law.profile import Reading
from arrears.law.profile_files import read_cites
from arrears.sqltext import parameters, sql_faults

AS_OF = "as_of"
ABOUT = "about"
NAME = r"[a-z][a-z0-9_]*"
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True)
class Entry:
    """A condition as it is written, before a card takes it."""

    name: str
    sql: str
    say: str
    say_not: str
    cites: tuple[str, ...]
    needs: Mapping[str, str]
    reading: Reading | None
    protects: str
    follows: Mapping[str, tuple[str, ...]]
    # The other conditions that its expression names, itself left out.
    named: frozenset[str] = field(default_factory=frozenset)
    # The sentence of a source on which it rests, word for word.
    quote: str = ""
    # Whether it holds of a case that only goes on under another number, too.
    with_case: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The facts that the expression reads, in order of first use."""
        return columns_of(self.sql)

    @property
    def is_about(self) -> bool:
        """Whether a card has to say what it is about."""
        return ABOUT in parameters(self.sql)


Library = Mapping[str, Entry]


def read_library(rules_dir: Path, known: Catalog, faults: Faults) -> dict[str, Entry]:
    """Every shared condition by its name, the conditions that it names written out; faults go to the list."""
    written: dict[str, Entry] = {}
    for path in sorted((rules_dir / "conditions").glob("*.yml")):
        root = read_yaml(path, faults)
        for name, one in root.node("conditions").children():
            if name in written:
                one.fault("is written twice")
            if known.facts and any(name in columns for columns in known.facts.values()):
                one.fault("is the name of a fact, too; choose another")
            needs = read_needs(one.node("needs", required=False), known)
            written[str(name)] = entry = read_entry(str(name), one, needs, known)
            unread = set(needs) - set(parameters(entry.sql)) - placeholders(entry.say, entry.say_not)
            for unused in sorted(unread):
                one.fault(f"needs {unused}, which neither `is` nor a sentence uses")
            one.done()
        root.done()
    return {name: written_out(one, written, faults) for name, one in written.items()}


def read_needs(node: Node, known: Catalog) -> dict[str, str]:
    """Parameter to the key of the value that it takes, some jurisdiction's."""
    found: dict[str, str] = {}
    for name in node.names():
        key = node.text(name)
        if not isinstance(name, str) or re.fullmatch(NAME, name) is None or name in (AS_OF, ABOUT):
            node.fault(f"{name!r} cannot be the name of a parameter")
        elif key and key not in known.keys:
            node.fault(f"{name} needs {key}, which no jurisdiction holds")
        found[str(name)] = key
    return found


def read_entry(name: str, one: Node, needs: Mapping[str, str], known: Catalog) -> Entry:
    """A condition with its own expression and sentences; what is wrong with it goes to the node's faults."""
    if re.fullmatch(NAME, name) is None:
        one.fault("a condition's name is small letters, digits and underscores")
    sql = one.text("is").strip()
    try:
        for fault in expression_faults(sql):
            one.fault(fault)
    except SqlglotError as error:
        one.fault(f"`is` is not SQL: {str(error).splitlines()[0]}")
        sql = ""  # the rest of the file is looked at all the same
    protects = one.take("protects", required=False)
    if protects is not None and protects is not True and not isinstance(protects, str):
        one.fault("protects says what it protects, or true")
    entry = Entry(
        name=name,
        sql=sql,
        say=one.text("say"),
        say_not=one.text("not"),
        cites=read_cites(one, known.sources),
        needs=needs,
        reading=cast("Reading", one.text("reading", required=False, choices=("guide", "law"))) or None,
        protects=name if protects is True else str(protects or ""),
        follows=read_follows(one),
        quote=one.text("quote", required=False),
        with_case=one.boolean("with_case"),
    )
    if entry.reading and entry.protects:
        one.fault("a protection holds under every reading; take `reading` away")
    return entry


def expression_faults(sql: str) -> list[str]:
    """What is wrong with the SQL of a condition, seen for itself; raises where it is not SQL at all."""
    if not sql:
        return []
    tree = parsed(sql)
    found = sql_faults(sql)
    if tree.find(exp.Query) or tree.find(exp.Table):
        found.append("`is` holds a SELECT; put the work into a fact")
    if any(isinstance(one, exp.AggFunc | exp.Window) for one in tree.walk()):
        found.append("`is` holds an aggregate or a window; put the work into a fact")
    if isinstance(tree, exp.Alias):
        found.append("`is` holds an AS; the condition has its name already")
    return found


def parsed(sql: str) -> exp.Expression:
    """The tree of a condition's SQL."""
    return sqlglot.parse_one(sql, dialect="duckdb")


@lru_cache(maxsize=4096)
def columns_of(sql: str) -> tuple[str, ...]:
    """The columns that an expression reads, in order of first use; none where it could not be read."""
    if not sql:
        return ()
    tree = parsed(sql)
    bound = {one.name for scope in tree.find_all(exp.Lambda) for one in scope.expressions}
    found = {one.name for one in tree.find_all(exp.Column)} - bound
    places = {name: match.start() for name in found if (match := _word(name).search(sql))}
    return tuple(sorted(found, key=lambda name: places.get(name, len(sql))))


def placeholders(*sentences: str) -> set[str]:
    """The names in braces of these sentences, of those parts also that may be left out."""
    return {name for sentence in sentences for name in _PLACEHOLDER.findall(sentence)}


def fitting(sentence: str, held: Collection[str]) -> str:
    """A sentence without those of its parts in [ ] that name what is not held here."""

    def part(match: re.Match[str]) -> str:
        return match[1] if placeholders(match[1]) <= set(held) else ""

    return _OPTIONAL.sub(part, sentence)


def written_out(one: Entry, library: Library, faults: Faults, above: tuple[str, ...] = ()) -> Entry:
    """A condition whose expression has every condition that it names written out, with their values."""
    sql, needs, named = one.sql, dict(one.needs), set(one.named)
    for name in columns_of(one.sql):
        if name not in library:
            continue
        if name in (*above, one.name):
            faults.add(f"rules/conditions: {one.name}", f"names itself by {name}")
            continue
        inner = written_out(library[name], library, faults, (*above, one.name))
        text = inner.sql if re.fullmatch(NAME, inner.sql) else f"({inner.sql})"
        sql = _word(name).sub(lambda _, text=text: text, sql)  # type: ignore[misc]
        named |= {name, *inner.named}
        for word, key in inner.needs.items():
            if word in parameters(inner.sql) and needs.setdefault(word, key) != key:
                faults.add(f"rules/conditions: {one.name}", f"needs {word} as {needs[word]} and as {key}")
    return replace(one, sql=sql, needs=needs, named=frozenset(named))


def with_words(sql: str, about: tuple[str, ...]) -> str:
    """An expression with the words of a card instead of `$about`."""
    words = ", ".join("'" + word.replace("'", "''") + "'" for word in about)
    return re.sub(rf"\${ABOUT}\b", f"[{words}]", sql)


def in_order(node: Node, key: str, required: bool = True) -> list[tuple[str, Node]]:
    """A list of names, some with more about them (`- name` or `- name: {...}`), as names with nodes."""
    found: list[tuple[str, Node]] = []
    value: Any = node.take(key, required, "list of names, each alone or with a mapping")
    if value is not None and not isinstance(value, list):
        node.fault(f"{key} must be a list")
        value = None
    for number, one in enumerate(value or [], 1):
        name: Any = one
        body: Any = {}
        if isinstance(one, dict) and len(one) == 1:
            name, body = next(iter(one.items()))
        if not isinstance(name, str) or not isinstance(body, dict):
            node.fault(f"{key}[{number}] must be a name, or a name with more about it")
            continue
        found.append((name, node.part(body, name, key, ENTRY, CHOSEN)))
    for name in sorted({name for name, _ in found if [one for one, _ in found].count(name) > 1}):
        node.fault(f"{key} names {name} twice")
    return found


def _word(name: str) -> re.Pattern[str]:
    """A name that stands for a column: no parameter, no text in quotes, no call."""
    return re.compile(rf"(?<![\w$'.]){name}(?![\w'(])")
