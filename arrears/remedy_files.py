"""Reading of a remedy's folder, and every check that a card and its conditions have to pass."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from arrears.catalog import KEYS, SPANS, Catalog, catalog, fact
from arrears.conditions import (
    Entry,
    Library,
    fitting,
    in_order,
    placeholders,
    read_entry,
    read_library,
    read_needs,
    with_words,
    written_out,
)
from arrears.config import Faults, Node, read_yaml
from arrears.errors import shown
from arrears.profile_files import asked_on, read_cites
from arrears.remedy import AGREEMENT, AS_OF, Card, Clock, Condition, Left, Part, Release, Step, Update
from arrears.sqltext import parameters

_DO = "Correct each of these; no remedy was loaded"


def read_card(folder: Path) -> Card:
    """The card in a folder; one `RuleFault` lists every fault of its files."""
    faults = Faults()
    known = catalog(folder.parents[1], faults)
    card = _card(folder, known, read_library(folder.parents[1], known, faults), faults)
    faults.raise_any(shown(folder), _DO)
    return card


def read_cards(rules_dir: Path) -> dict[str, Card]:
    """Every card in display order; one `RuleFault` lists every fault of all."""
    faults = Faults()
    known = catalog(rules_dir, faults)
    library = read_library(rules_dir, known, faults)
    folders = sorted(one.parent for one in (rules_dir / "remedies").glob("*/remedy.yml"))
    made = (_card(one, known, library, faults) for one in folders)
    cards = sorted(made, key=lambda card: (card.order, card.remedy))
    taken = {one.name for card in cards for part in card.conditions.values() for one in part}
    named = frozenset().union(*(one.named for one in library.values()))
    for name in sorted(library.keys() - taken - named):
        faults.add("rules/conditions", f"{name} is taken by no card and named by no condition")
    faults.raise_any("rules/remedies", _DO)
    return {card.remedy: card for card in cards}


def _card(folder: Path, known: Catalog, library: Library, faults: Faults) -> Card:
    root = read_yaml(folder / "remedy.yml", faults)
    facts = known.table(root)
    columns = known.columns(facts)
    queue = known.queue(root, required=False)
    own = read_needs(root.node("needs", required=False), known)
    release = root.node("release", required=False)
    taker = _Taker(library, own, columns, known)
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
        leaves=_leaves(root, conditions, library, columns, known),
        steps=_steps(root.nodes("steps"), columns, known),
        update=_update(root.node("update", required=False), columns),
        release=_release(release, queue, conditions, known),
        broken_agreement=_broken_agreement(root, columns, known),
        later=tuple(_later(one) for one in root.nodes("later", required=False)),
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
_RESERVED |= {"acts", "came", "untrue", "missing", "under_guide", "under_law"}


class _Taker:
    """Makes the conditions of one card, its own and those of the library, and keeps what they need."""

    def __init__(
        self, library: Library, own: Mapping[str, str], columns: Mapping[str, str] | None, known: Catalog
    ) -> None:
        self.library, self.columns, self.known = library, columns, known
        self.own, self.needs, self.used = own, dict(own), set[str]()
        self.said_why = set[str]()

    def take(self, name: str, one: Node, is_ground: bool = False) -> tuple[str, Condition]:
        """The part that a condition belongs to, empty for both and for a ground of release; the condition."""
        if name in _RESERVED:
            one.fault("is the name of a column that every verdict has; choose another")
        at = "" if is_ground else one.text("at", required=False, choices=("enter", "stay"))
        if not is_ground and one.text("why", required=False):
            self.said_why.add(name)
        if one.has("is"):
            if name in self.library:
                one.fault("is in rules/conditions; take it from there, or give this one another name")
            entry = written_out(read_entry(name, one, self.own, self.known), self.library, one.faults)
        elif name in self.library:
            entry = self._shared(self.library[name], one)
        else:
            one.fault("is not a condition of rules/conditions, and has no `is` of its own")
            entry = Entry(name, "", "", "", (), {}, None, "", {})
        one.done()
        return at, self._made(entry, one)

    def _shared(self, entry: Entry, one: Node) -> Entry:
        """A condition of the library with the words and citations that the card gives with it."""
        about = one.texts("about", required=entry.is_about)
        if about and not entry.is_about:
            one.fault("takes no words; leave `about` out")
        cites = read_cites(one, self.known.sources) if one.has("cites") else ()
        both = tuple(dict.fromkeys((*entry.cites, *cites)))
        return replace(entry, sql=with_words(entry.sql, about), cites=both)

    def check_narrowed(self, root: Node, conditions: Mapping[Part, tuple[Condition, ...]]) -> None:
        """Faults a shared protection that holds at entry alone, or afterwards alone, without a reason."""
        parts: tuple[Part, Part] = ("enter", "stay")
        there = [
            {one.protects for one in conditions[part] if one.protects not in ("", one.name)} for part in parts
        ]
        alone = there[0] ^ there[1]
        for part in parts:
            for one in (one for one in conditions[part] if one.protects in alone):
                if one.name not in self.said_why:
                    root.fault(f"{one.name} protects at {part} alone; say why next to `at`")

    def _made(self, entry: Entry, one: Node) -> Condition:
        bound = set(parameters(entry.sql))
        held = None if self.columns is None else {*self.columns, *entry.needs, *self.own, AS_OF}
        say, say_not = entry.say, entry.say_not
        if held is not None:
            say, say_not = fitting(say, held), fitting(say_not, held)
        said = placeholders(say, say_not)
        reads = entry.columns
        named = [word for word in said if self.columns is None or word in self.columns]
        facts = tuple(dict.fromkeys((*reads, *sorted(word for word in named if word not in entry.needs))))
        for word in reads:
            fact(one, word, self.columns)
        for word in sorted(said - set(facts) - set(entry.needs) - {AS_OF}):
            one.fault(f"its sentence names {{{word}}}, which is neither its fact nor needed")
        for word in sorted(bound - set(entry.needs) - {AS_OF}):
            one.fault(f"${word} is not in `needs`")
        for word in (bound | said) & set(entry.needs):
            self.used.add(word)
            if self.needs.setdefault(word, entry.needs[word]) != entry.needs[word]:
                one.fault(f"needs {word} as {entry.needs[word]}, and the card as {self.needs[word]}")
        return Condition(
            name=entry.name,
            sql=entry.sql,
            params=frozenset(bound),
            say=say,
            say_not=say_not,
            cites=entry.cites,
            facts=facts,
            reading=entry.reading,
            protects=entry.protects,
            follows=entry.follows,
            quote=entry.quote,
        )


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


def _later(node: Node) -> tuple[str, str]:
    made = node.text("what"), node.text("why")
    node.done()
    return made
