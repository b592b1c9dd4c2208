"""Reading of a remedy's folder, and every check that a card and its SQL have to pass."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from arrears.catalog import KEYS, SPANS, Catalog, catalog, fact, read_follows
from arrears.config import Faults, Node, read_yaml
from arrears.errors import shown
from arrears.profile import Reading
from arrears.profile_files import asked_on, read_cites
from arrears.remedy import (
    AGREEMENT,
    AS_OF,
    PARTS,
    Card,
    Clock,
    Condition,
    Part,
    Release,
    Step,
    Update,
)
from arrears.remedy_sql import placeholders, read_sql

_DO = "Correct each of these; no remedy was loaded"
_NAME = r"[a-z][a-z0-9_]*"


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
    facts = known.table(root)
    columns = known.columns(facts)
    queue = known.queue(root, required=False)
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
        sql[part], params[part] = read_sql(path, facts, conditions[part], set(needs), faults)
    said = {name for every in conditions.values() for one in every for name in placeholders(one)}
    for name in sorted(set(needs) - frozenset().union(*params.values()) - said):
        root.fault(f"needs {name}, which no SQL and no sentence uses")
    card = Card(
        remedy=folder.name,
        title=root.text("title"),
        order=root.integer("order"),
        facts=facts,
        amount=fact(root, root.text("amount", required=False), columns, "cents"),
        rests_on=tuple(fact(root, one, columns) for one in root.texts("rests_on")),
        queue=queue,
        cites=read_cites(root, known.sources),
        if_wrong=root.text("if_wrong"),
        innocent=root.text("innocent"),
        needs=needs,
        asked_on=_asked_on(root.node("asked_on", required=False), needs),
        conditions=conditions,
        steps=_steps(root.nodes("steps"), columns, known),
        update=_update(root.node("update", required=False), columns),
        release=_release(root.node("release", required=False), queue, conditions, known),
        broken_agreement=_broken_agreement(root, columns, known),
        later=tuple(_later(one) for one in root.nodes("later", required=False)),
        sql=sql,
        sql_params=params,
        folder=folder,
    )
    _check_words(root, card, known)
    root.done()
    return card


def _check_words(root: Node, card: Card, known: Catalog) -> None:
    """Faults what a queue that was told something could not be told later."""
    queues = sorted({step.queue for step in card.steps if step.kind == "send" and step.queue})
    if queues and not card.release.message:
        root.fault("release is missing: what is sent must be able to be taken back")
    for message in (card.release.message, card.update.message):
        for queue in queues:
            if message and not known.carries(queue, message):
                root.fault(f"the queue {queue} carries no message {message}")


# Columns of a verdict table that a condition's own column must not hide.
_RESERVED = set(KEYS) | {"remedy", "part", "verdict", "because", "guide_verdict", "law_verdict"}
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


def _asked_on(node: Node, needs: Mapping[str, str]) -> dict[str, str]:
    found = asked_on(node)
    for name in sorted(found.keys() - needs.keys()):
        node.fault(f"names {name}, which `needs` does not give")
    return found


def _conditions(
    node: Node, needs: set[str], columns: Mapping[str, str] | None, known: Catalog
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
            facts=tuple(fact(one, name, columns) for name in one.texts("facts")),
            reading=cast("Reading", one.text("reading", required=False, choices=("guide", "law"))) or None,
            is_protection=one.boolean("protection"),
            follows=read_follows(one),
        )
        if condition.reading and condition.is_protection:
            one.fault("a protection holds under every reading; take `reading` away")
        for word in sorted(placeholders(condition) - set(condition.facts) - needs - {AS_OF}):
            one.fault(f"its sentence names {{{word}}}, which is neither its fact nor needed")
        one.done()
        made.append(condition)
    if not made:
        node.fault("needs at least one condition")
    for reading in ("guide", "law"):
        if made and not any(one.acts_under(reading) for one in made):
            node.fault(f"no condition is left under the reading {reading}")
    return tuple(made)


def _steps(nodes: list[Node], columns: Mapping[str, str] | None, known: Catalog) -> tuple[Step, ...]:
    made: list[Step] = []
    for one in nodes:
        kind = one.text("kind", choices=("review", "notice", "send"))
        earlier = {step.step for step in made}
        after = _clock(one.node("after"), earlier, columns, known) if one.has("after") else None
        one.take("after", required=False)
        people = ("caseworker", "supervisor")
        queue = known.queue(one, required=kind != "review")
        step = Step(
            step=one.text("step"),
            kind=kind,
            queue=queue,
            message=known.message(one, queue, required=kind != "review"),
            needs=one.text("needs", required=False, choices=people) or None,
            after=after,
            targets=one.text("targets", required=False) or "self",
            ground=one.text("ground", required=False, choices=("enter", "stay")) or "stay",
            say=one.text("say"),
            cites=read_cites(one, known.sources) if one.has("cites") else (),
        )
        if step.step in earlier:
            one.fault(f"step {step.step} is there twice")
        if kind == "review" and step.needs is None:
            one.fault("a review needs a caseworker or a supervisor")
        if step.targets != "self" and known.targets is not None and step.targets not in known.targets:
            one.fault(f"targets {step.targets}, a kind that plan/target.sql does not give")
        one.done()
        made.append(step)
    return tuple(made)


def _clock(node: Node, earlier: set[str], columns: Mapping[str, str] | None, known: Catalog) -> Clock:
    clock = Clock(
        clock=known.key(node, "clock", units=SPANS),
        from_=node.text("from"),
        step=node.text("step", required=False),
        roll=node.boolean("roll"),
        on_last_day=node.boolean("on_last_day"),
        intake=node.text("intake", required=False),
        mail_lag=known.key(node, "mail_lag", required=False, units=("days",)),
        tolled_by=fact(node, node.text("tolled_by", required=False), columns, "days"),
    )
    if clock.anchor_fact is None and clock.step not in earlier:
        node.fault(f"waits for {clock.step or 'a step that it does not name'}, which is no earlier step")
    elif clock.anchor_fact is not None:
        fact(node, clock.from_, columns, "date")
        if clock.step:
            node.fault(f"starts from the fact {clock.from_} and names the step {clock.step}, too")
    node.done()
    return clock


def _update(node: Node, columns: Mapping[str, str] | None) -> Update:
    made = Update(
        on=node.text("on", required=bool(node.data), choices=("change", "month", "none")) or "none",
        message=node.text("message", required=False),
        per=node.text("per", required=False, choices=("cents", "whole_dollars")) or "cents",
        of=tuple(fact(node, one, columns) for one in node.texts("of", required=False)),
    )
    if made.on in ("change", "month") and not made.message:
        node.fault("message is missing")
    if made.of and made.on != "change":
        node.fault("`of` names facts whose change is told, so `on` must be change")
    node.done()
    return made


def _release(node: Node, own: str, conditions: dict[Part, tuple[Condition, ...]], known: Catalog) -> Release:
    """How it lets go: through the card's own queue, if no other is named."""
    queue = known.queue(node, required=False) or (own if node.data else "")
    urgent = node.texts("urgent_when", required=False)
    unheard = node.text("unheard_when", required=False)
    made = Release(queue, known.message(node, queue, required=bool(node.data)), urgent, unheard)
    known_words = {one.name for one in conditions["release"]}
    known_words |= {name for part in PARTS for one in conditions[part] for name in one.facts}
    for name in made.urgent_when:
        if name not in known_words:
            node.fault(f"urgent_when names {name}, neither a condition of release nor a fact of this card")
    node.done()
    return made


def _broken_agreement(root: Node, columns: Mapping[str, str] | None, known: Catalog) -> str:
    """`go_on`, `new_notice`, the key of a value that says whether a new notice is needed, or nothing."""
    told = root.text("broken_agreement", required=False)
    if told and told not in ("go_on", "new_notice"):
        known.key(root, "broken_agreement", units=("boolean",))
    if told:
        fact(root, AGREEMENT, columns, "yes_no")
    return told


def _later(node: Node) -> tuple[str, str]:
    made = node.text("what"), node.text("why")
    node.done()
    return made
