"""Reading of a remedy's folder, and every check that a card and its SQL have to pass."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from arrears.config import Faults, Node, read_yaml, shown
from arrears.profile import Reading, Source
from arrears.profile_files import known_keys, read_cites, read_sources
from arrears.remedy import AS_OF, PARTS, Card, Clock, Condition, Part, Release, Step, Update
from arrears.sqltext import CLOCKS

_DO = "Correct each of these; no remedy was loaded"
_TABLES = ("case_facts", "person_facts", "person_debt_facts")
_NAME = r"[a-z][a-z0-9_]*"
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Catalog:
    """What a card may name; None where the tree does not hold that kind yet, so it is not checked."""

    keys: frozenset[str]
    sources: dict[str, Source]
    queues: dict[str, tuple[str, ...]] | None
    facts: dict[str, dict[str, dict[str, Any]]] | None


def catalog(rules_dir: Path, faults: Faults) -> Catalog:
    """The value keys, citations, queues and facts that stand beside these rules."""
    transforms = rules_dir.parent / "transforms"
    queues = transforms / "queues"
    return Catalog(
        keys=known_keys(rules_dir),
        sources=read_sources(rules_dir, faults),
        queues=_messages(queues) if queues.is_dir() else None,
        facts=described_facts(transforms / "facts" / "facts.yml"),
    )


def _messages(queues: Path) -> dict[str, tuple[str, ...]]:
    """Queue to the messages that it can carry; what else is wrong with a queue is told elsewhere."""
    nodes = {one.parent.name: read_yaml(one, Faults()) for one in sorted(queues.glob("*/queue.yml"))}
    return {name: node.texts("messages", required=False) for name, node in nodes.items()}


def described_facts(path: Path) -> dict[str, dict[str, dict[str, Any]]] | None:
    """Table to column to what `facts.yml` says of it; None where it describes nothing yet."""
    if not path.is_file():
        return None
    data = read_yaml(path, Faults()).data
    held = data.get("facts")
    if not held:
        return None
    return {
        table: {str(column): body if isinstance(body, dict) else {} for column, body in held[table].items()}
        for table in _TABLES
        if isinstance(held, dict) and isinstance(held.get(table), dict)
    }


def read_card(folder: Path) -> Card:
    """The card in a folder; one `RuleFault` lists every fault of its files."""
    faults = Faults()
    card = _card(folder, catalog(folder.parents[1], faults), faults)
    faults.raise_any(shown(folder), _DO)
    return card


def read_cards(rules_dir: Path) -> dict[str, Card]:
    """Every card in display order; one `RuleFault` lists every fault of all."""
    faults = Faults()
    known = catalog(rules_dir, faults)
    folders = sorted(one.parent for one in (rules_dir / "remedies").glob("*/remedy.yml"))
    cards = sorted((_card(one, known, faults) for one in folders), key=lambda card: (card.order, card.remedy))
    faults.raise_any("rules/remedies", _DO)
    return {card.remedy: card for card in cards}


def _card(folder: Path, known: Catalog, faults: Faults) -> Card:
    root = read_yaml(folder / "remedy.yml", faults)
    facts = root.text("facts", choices=_TABLES) or _TABLES[0]
    columns = set(known.facts.get(facts, {})) | _keys() if known.facts is not None else None
    if known.facts is not None and facts not in known.facts:
        root.fault(f"facts.yml does not describe {facts}")
    queue = _queue(root, known)
    needs = _needs(root.node("needs", required=False), known)
    parts = root.node("conditions")
    conditions: dict[Part, tuple[Condition, ...]] = {
        part: _conditions(parts.node(part), set(needs), columns, known) for part in PARTS
    }
    parts.done()
    sql: dict[Part, str] = {}
    params: dict[Part, frozenset[str]] = {}
    for part in PARTS:
        path = folder / f"{part}.sql"
        sql[part], params[part] = _read_sql(path, facts, conditions[part], set(needs), faults)
    said = {name for every in conditions.values() for one in every for name in _placeholders(one)}
    for name in sorted(set(needs) - frozenset().union(*params.values()) - said):
        root.fault(f"needs {name}, which no SQL and no sentence uses")
    card = Card(
        remedy=folder.name,
        title=root.text("title"),
        order=root.integer("order"),
        facts=facts,
        amount=_fact(root, root.text("amount"), columns),
        rests_on=tuple(_fact(root, one, columns) for one in root.texts("rests_on")),
        queue=queue,
        cites=read_cites(root, known.sources),
        if_wrong=root.text("if_wrong"),
        innocent=root.text("innocent"),
        needs=needs,
        conditions=conditions,
        steps=_steps(root.nodes("steps"), known),
        update=_update(root.node("update"), queue, known),
        release=_release(root.node("release"), conditions, known),
        later=tuple(_later(one) for one in root.nodes("later", required=False)),
        sql=sql,
        sql_params=params,
        folder=folder,
    )
    root.done()
    return card


def _keys() -> set[str]:
    return {"subject_id", "case_id", "person_id", "office", "worker"}


# Columns of a verdict table that a condition's own column must not hide.
_RESERVED = _keys() | {"remedy", "part", "verdict", "because", "guide_verdict", "law_verdict"}
_RESERVED |= {"readings_part", "amount_cents", "facts_hash"}
_RESERVED |= {"acts", "untrue", "missing", "under_guide", "under_law"}


def _needs(node: Node, known: Catalog) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in list(node.data):
        key = node.text(name)
        if not isinstance(name, str) or re.fullmatch(_NAME, name) is None or name == AS_OF:
            node.fault(f"{name!r} cannot be the name of a parameter")
        elif key and key not in known.keys:
            node.fault(f"{name} needs {key}, which no jurisdiction holds")
        found[str(name)] = key
    return found


def _fact(node: Node, name: str, columns: set[str] | None) -> str:
    if name and columns is not None and name not in columns:
        node.fault(f"{name} is no described fact")
    return name


def _conditions(
    node: Node, needs: set[str], columns: set[str] | None, known: Catalog
) -> tuple[Condition, ...]:
    made: list[Condition] = []
    for name, one in node.children():
        if not isinstance(name, str) or re.fullmatch(_NAME, name) is None:
            one.fault("a condition's name is small letters, digits and underscores")
        if name in _RESERVED:
            one.fault("is the name of a column that every verdict has; choose another")
        condition = Condition(
            name=str(name),
            say=one.text("say"),
            say_not=one.text("not"),
            cites=read_cites(one, known.sources),
            facts=tuple(_fact(one, fact, columns) for fact in one.texts("facts")),
            reading=cast("Reading", one.text("reading", required=False, choices=("guide", "law"))) or None,
            is_protection=one.boolean("protection"),
        )
        if condition.reading and condition.is_protection:
            one.fault("a protection holds under every reading; take `reading` away")
        for word in sorted(_placeholders(condition) - set(condition.facts) - needs - {AS_OF}):
            one.fault(f"its sentence names {{{word}}}, which is neither its fact nor needed")
        one.done()
        made.append(condition)
    if not made:
        node.fault("needs at least one condition")
    for reading in ("guide", "law"):
        if made and not any(one.acts_under(reading) for one in made):
            node.fault(f"no condition is left under the reading {reading}")
    return tuple(made)


def _placeholders(one: Condition) -> set[str]:
    return set(_PLACEHOLDER.findall(one.say)) | set(_PLACEHOLDER.findall(one.say_not))


def _queue(node: Node, known: Catalog, required: bool = True) -> str:
    name = node.text("queue", required)
    if name and known.queues is not None and name not in known.queues:
        node.fault(f"queue {name} is not in transforms/queues")
    return name


def _message(node: Node, queue: str, known: Catalog, required: bool = True) -> str:
    message = node.text("message", required)
    if message and known.queues is not None and message not in known.queues.get(queue, (message,)):
        node.fault(f"the queue {queue} carries no message {message}")
    return message


def _steps(nodes: list[Node], known: Catalog) -> tuple[Step, ...]:
    made: list[Step] = []
    for one in nodes:
        kind = one.text("kind", choices=("review", "notice", "send"))
        after = _clock(one.node("after"), {step.step for step in made}, known) if one.has("after") else None
        one.take("after", required=False)
        people = ("caseworker", "supervisor")
        queue = _queue(one, known, required=kind != "review")
        step = Step(
            step=one.text("step"),
            kind=kind,
            queue=queue,
            message=_message(one, queue, known, required=kind != "review"),
            needs=one.text("needs", required=False, choices=people) or None,
            after=after,
            targets=one.text("targets", required=False, choices=("licenses", "self")) or "self",
            ground=one.text("ground", required=False, choices=("enter", "stay")) or "stay",
            say=one.text("say"),
            cites=read_cites(one, known.sources) if one.has("cites") else (),
        )
        if step.step in {earlier.step for earlier in made}:
            one.fault(f"step {step.step} is there twice")
        if kind == "review" and step.needs is None:
            one.fault("a review needs a caseworker or a supervisor")
        one.done()
        made.append(step)
    return tuple(made)


def _clock(node: Node, earlier: set[str], known: Catalog) -> Clock:
    clock = Clock(
        clock=_key(node, "clock", known),
        from_=node.text("from", choices=("served", "approved", "sent")),
        step=node.text("step"),
        roll=node.boolean("roll"),
        intake=node.text("intake", required=False),
        mail_lag=_key(node, "mail_lag", known, required=False),
    )
    if clock.step and clock.step not in earlier:
        node.fault(f"waits for {clock.step}, which is no earlier step")
    node.done()
    return clock


def _key(node: Node, name: str, known: Catalog, required: bool = True) -> str:
    key = node.text(name, required)
    if key and key not in known.keys:
        node.fault(f"{name} names {key}, which no jurisdiction holds")
    return key


def _update(node: Node, queue: str, known: Catalog) -> Update:
    made = Update(
        on=node.text("on", choices=("change", "month", "none")),
        message=_message(node, queue, known, required=False),
        per=node.text("per", required=False, choices=("cents", "whole_dollars")) or "cents",
    )
    if made.on in ("change", "month") and not made.message:
        node.fault("message is missing")
    node.done()
    return made


def _release(node: Node, conditions: dict[Part, tuple[Condition, ...]], known: Catalog) -> Release:
    queue = _queue(node, known)
    urgent = node.texts("urgent_when", required=False)
    made = Release(queue, _message(node, queue, known), urgent)
    names = {one.name for part in PARTS for one in conditions[part]}
    facts = {fact for part in PARTS for one in conditions[part] for fact in one.facts}
    for name in made.urgent_when:
        if name not in names | facts:
            node.fault(f"urgent_when names {name}, which is neither a condition nor a fact of this card")
    node.done()
    return made


def _later(node: Node) -> tuple[str, str]:
    made = node.text("what"), node.text("why")
    node.done()
    return made


def _read_sql(
    path: Path, facts: str, conditions: tuple[Condition, ...], needs: set[str], faults: Faults
) -> tuple[str, frozenset[str]]:
    """The text of a part and the parameters it binds; faults go to the list."""
    where = shown(path)
    if not path.is_file():
        faults.add(where, "the file is missing")
        return "", frozenset()
    text = path.read_text(encoding="utf-8")
    try:
        trees = sqlglot.parse(text, dialect="duckdb")
    except SqlglotError as error:
        faults.add(where, f"not SQL: {str(error).splitlines()[0]}")
        return text, frozenset()
    if len(trees) != 1 or not isinstance(trees[0], exp.Select):
        faults.add(where, "must be one SELECT")
        return text, frozenset()
    params = frozenset(one.name for one in trees[0].find_all(exp.Placeholder, exp.Parameter) if one.name)
    for fault in _sql_faults(text, trees[0], facts, conditions):
        faults.add(where, fault)
    for name in sorted(params - needs - {AS_OF}):
        faults.add(where, f"${name} is not in `needs`")
    return text, params


def _sql_faults(text: str, tree: exp.Select, facts: str, conditions: tuple[Condition, ...]) -> Iterator[str]:
    yield from _shape_faults(tree, facts)
    yield from _column_faults(tree, conditions)
    yield from literal_faults(tree)
    yield from clock_faults(text)


def _shape_faults(tree: exp.Select, facts: str) -> Iterator[str]:
    for one in tree.find_all(exp.Table):
        name = f"{one.db}.{one.name}" if one.db else one.name
        if name != f"facts.{facts}":
            yield f"reads {name}; a condition reads only facts.{facts}"
    if tree.find(exp.Join) or len(list(tree.find_all(exp.Select))) != 1 or tree.args.get("with_"):
        yield "holds a join, a WITH or a second SELECT; put the work into a fact"
    for clause in ("where", "group", "having", "qualify", "limit", "offset", "distinct"):
        if tree.args.get(clause):
            yield f"holds {clause.upper()}; a condition without a name cannot be explained"
    if any(isinstance(one, exp.AggFunc | exp.Window) for one in tree.walk()):
        yield "holds an aggregate or a window; put the work into a fact"


def _column_faults(tree: exp.Select, conditions: tuple[Condition, ...]) -> Iterator[str]:
    names = [one.alias_or_name for one in tree.expressions]
    told = [one.name for one in conditions]
    if names[:1] != ["subject_id"]:
        yield "the first column must be subject_id"
    columns = names[1:] if names[:1] == ["subject_id"] else names
    for name in (one for one in columns if one not in told):
        yield f"column {name or '(unnamed)'} is not described in remedy.yml"
    for name in (one for one in told if one not in columns):
        yield f"condition {name} has no column"
    if sorted(columns) == sorted(told) and columns != told:
        yield "the columns are not in the order of the conditions in remedy.yml"
    for one in tree.expressions:
        condition = next((c for c in conditions if c.name == one.alias_or_name), None)
        if condition is None:
            continue
        read = {column.name for column in one.find_all(exp.Column)}
        for fact in sorted(read - set(condition.facts)):
            yield f"{condition.name} reads {fact}, which its `facts` do not list"
        for fact in sorted(set(condition.facts) - read - _placeholders(condition)):
            yield f"{condition.name} lists the fact {fact}, which it neither reads nor says"


def literal_faults(tree: exp.Expression) -> Iterator[str]:
    """A fault for each number or date that stands in SQL instead of in a profile."""
    for one in tree.find_all(exp.Literal):
        text = str(one.this)
        if text in ("0", "1"):
            continue
        if not one.is_string or re.match(r"\s*[-+]?\.?\d", text):
            yield f"holds the number {text}; put it into the profile"


def clock_faults(text: str) -> Iterator[str]:
    """A fault for each word of SQL whose answer depends on when it runs."""
    tokens = sqlglot.tokenize(text, dialect="duckdb")
    for word in sorted({token.text.lower() for token in tokens} & CLOCKS):
        yield f"asks the clock or chance ({word}); the date is $as_of"
