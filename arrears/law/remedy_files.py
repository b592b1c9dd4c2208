"""Reading of a remedy's folder, and every check that a card and its conditions have to pass."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from arrears.config import Faults, Node, read_yaml
from arrears.errors import safe_path
from arrears.law.catalog import SPANS, Catalog, catalog, fact
from arrears.law.conditions import (
    Library,
    in_order,
    read_library,
    read_needs,
)
from arrears.law.counting import read_additions, read_counts
from arrears.law.profile_files import asked_on, read_cites
from arrears.law.remedy import (
    AGREEMENT,
    Card,
    Clock,
    Condition,
    Count,
    Later,
    Left,
    Part,
    Release,
    Step,
    Update,
)
from arrears.law.taking import Taker

_DO = "Correct each of these; no remedy was loaded"


def read_card(folder: Path) -> Card:
    """The card in a folder; one `RuleFault` lists every fault of its files."""
    faults = Faults()
    known = catalog(folder.parents[1], faults)
    library = read_library(folder.parents[1], known, faults)
    counts = read_counts(folder.parents[1], known, library, faults)
    card = _with_additions([_card(folder, known, library, counts, faults)], library, known, faults)[0]
    faults.raise_any(safe_path(folder), _DO)
    return card


def read_cards(rules_dir: Path) -> dict[str, Card]:
    """Every card in display order; one `RuleFault` lists every fault of all."""
    faults = Faults()
    known = catalog(rules_dir, faults)
    library = read_library(rules_dir, known, faults)
    folders = sorted(one.parent for one in (rules_dir / "remedies").glob("*/remedy.yml"))
    counts = read_counts(rules_dir, known, library, faults)
    made = [_card(one, known, library, counts, faults) for one in folders]
    cards = sorted(_with_additions(made, library, known, faults), key=lambda card: (card.order, card.remedy))
    for name in sorted(counts.keys() & {card.remedy for card in cards}):
        faults.add("rules/counts", f"{name} is the name of a remedy, too; choose another")
    for name in sorted(counts.keys() - {one.name for card in cards for one in card.counts}):
        faults.add("rules/counts", f"no card says that its debt rests on {name}")
    taken = {one.name for card in cards for part in card.conditions.values() for one in part}
    taken |= {one.name for count in counts.values() for one in count.conditions}
    additions = [card.added for card in cards] + [count.added for count in counts.values()]
    taken |= {one.condition.name for added in additions for one in added.values()}
    named = frozenset().union(*(one.named for one in library.values()))
    for name in sorted(library.keys() - taken - named):
        faults.add("rules/conditions", f"{name} is taken by no card and named by no condition")
    faults.raise_any("rules/remedies", _DO)
    return {card.remedy: card for card in cards}


def _with_additions(cards: list[Card], library: Library, known: Catalog, faults: Faults) -> list[Card]:
    """These cards with what single states add to them."""
    if not cards:
        return []
    tables = {card.remedy: card.facts for card in cards}
    found = read_additions(cards[0].folder.parents[1], tables, library, known, faults)
    return [replace(card, added=found.get(card.remedy, {})) for card in cards]


def _card(
    folder: Path, known: Catalog, library: Library, counts: Mapping[str, Count], faults: Faults
) -> Card:
    root = read_yaml(folder / "remedy.yml", faults)
    facts = known.table(root)
    columns = known.columns(facts)
    queue = known.queue(root, required=False)
    own = read_needs(root.node("needs", required=False), known)
    release = root.node("release", required=False)
    taker = Taker(library, own, columns, known)
    told = [taker.take(name, one) for name, one in in_order(root, "conditions")]
    grounds = [
        taker.take(name, one, is_ground=True)[1] for name, one in in_order(release, "any", required=False)
    ]
    also = read_cites(release, known.sources) if release.has("cites") else ()
    grounds = [replace(one, cites=tuple(dict.fromkeys((*one.cites, *also)))) for one in grounds]
    conditions: dict[Part, tuple[Condition, ...]] = {
        "enter": tuple(one for at, one in told if at in ("", "enter")),
        "stay": tuple(one for at, one in told if at in ("", "stay")),
        "release": tuple(grounds),
    }
    rests = tuple(counts[name] for name in _counts(root, counts))
    _check_parts(root, conditions)
    taker.check_narrowed(root, conditions)
    for name in sorted(set(own) - taker.used):
        root.fault(f"needs {name}, which no condition and no sentence uses")
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
        needs=taker.needs,
        asked_on=_asked_on(root.node("asked_on", required=False), taker.needs),
        conditions=conditions,
        leaves=_leaves(root, conditions, rests, library, columns, known),
        steps=_steps(root.nodes("steps"), columns, known),
        update=_update(root.node("update", required=False), columns),
        release=_release(release, queue, conditions, known),
        broken_agreement=_broken_agreement(root, columns, known),
        later=tuple(_later(one) for one in root.nodes("later", required=False)),
        folder=folder,
        counts=rests,
    )
    _check_words(root, card, known)
    root.done()
    return card


def _counts(root: Node, counts: Mapping[str, Count]) -> list[str]:
    """The counts of cases on which a card's debt rests."""
    named = root.texts("counts", required=False)
    for name in (name for name in named if name not in counts):
        root.fault(f"counts names {name}, which rules/counts does not hold")
    return [name for name in named if name in counts]


def _check_words(root: Node, card: Card, known: Catalog) -> None:
    """Faults what a queue that was told something could not be told later."""
    queues = sorted({step.queue for step in card.steps if step.kind == "send" and step.queue})
    if queues and not card.release.message:
        root.fault("release is missing: what is sent must be able to be taken back")
    for message in (card.release.message, card.update.message):
        for queue in queues:
            if message and not known.carries(queue, message):
                root.fault(f"the queue {queue} carries no message {message}")


def _check_parts(root: Node, conditions: Mapping[Part, tuple[Condition, ...]]) -> None:
    """Faults a part without conditions, under any reading."""
    for part, made in conditions.items():
        where = "release: any" if part == "release" else f"conditions, {part}"
        if not made:
            root.fault(f"{where}: needs at least one")
        for reading in ("guide", "law"):
            if made and not any(one.acts_under(reading) for one in made):
                root.fault(f"{where}: none is left under the reading {reading}")


def _leaves(
    root: Node,
    conditions: Mapping[Part, tuple[Condition, ...]],
    counts: tuple[Count, ...],
    library: Library,
    columns: Mapping[str, str] | None,
    known: Catalog,
) -> tuple[Left, ...]:
    """What the card leaves out; a fault for each protection of its subject neither taken nor left."""
    made: list[Left] = []
    for one in root.nodes("leaves", required=False):
        made.append(Left(one.texts("protections"), one.text("why"), read_cites(one, known.sources)))
        one.done()
    shared = [entry for entry in library.values() if entry.protects not in ("", entry.name)]
    all_protections = {entry.protects for entry in shared}
    taken = {one.protects for part in ("enter", "stay") for one in conditions[part]} - {""}
    # What every case is asked before its debt counts is taken as well.
    taken |= {one.protects for count in counts for one in count.conditions} - {""}
    left = [name for one in made for name in one.protections]
    for name in sorted({name for name in left if left.count(name) > 1}):
        root.fault(f"leaves {name} twice")
    for name in dict.fromkeys(left):
        if name not in all_protections:
            root.fault(f"leaves {name}, which no condition of rules/conditions protects")
        elif name in taken:
            root.fault(f"leaves {name} and takes it")
    if columns is not None:
        could = {entry.protects for entry in shared if set(entry.columns) <= set(columns)}
        for name in sorted(could - taken - set(left)):
            conditions_of = sorted(one.name for one in shared if one.protects == name)
            root.fault(
                f"neither takes nor leaves the protection {name} ({', '.join(conditions_of)});"
                " take one of them under `conditions`, or say under `leaves` why not"
            )
    return tuple(made)


def _asked_on(node: Node, needs: Mapping[str, str]) -> dict[str, str]:
    found = asked_on(node)
    for name in sorted(found.keys() - needs.keys()):
        node.fault(f"names {name}, which `needs` does not give")
    return found


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
            targets=one.text("targets", required=False, otherwise="self"),
            ground=one.text("ground", required=False, choices=("enter", "stay"), otherwise="stay"),
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
        node.fault(f"waits for {clock.step or 'a step that it does not name'}, which is not an earlier step")
    elif clock.anchor_fact is not None:
        fact(node, clock.from_, columns, "date")
        if clock.step:
            node.fault(f"starts from the fact {clock.from_} and names the step {clock.step}, too")
    node.done()
    return clock


def _update(node: Node, columns: Mapping[str, str] | None) -> Update:
    made = Update(
        on=node.text("on", required=bool(node.data), choices=("change", "month", "none"), otherwise="none"),
        message=node.text("message", required=False),
        per=node.text("per", required=False, choices=("cents", "whole_dollars"), otherwise="cents"),
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
    speaks = node.has("message")
    queue = known.queue(node, required=False) or (own if speaks else "")
    urgent = node.texts("urgent_when", required=False)
    unheard = node.text("unheard_when", required=False)
    made = Release(
        queue,
        known.message(node, queue, required=bool(urgent or unheard or node.has("queue"))),
        urgent,
        unheard,
    )
    known_words = {one.name for one in conditions["release"]}
    known_words |= {name for part in conditions.values() for one in part for name in one.facts}
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


def _later(node: Node) -> Later:
    made = Later(node.text("what"), node.text("why"), node.texts("states", required=False))
    for state in (one for one in made.states if re.fullmatch("[a-z]{2}", one) is None):
        node.fault(f"states names {state}; a state is written by its two small letters")
    node.done()
    return made
