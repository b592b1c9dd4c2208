"""What `make mutants` does: breaks the rules one at a time, and counts what the checks do not notice.

Each condition of a card, of a count of cases and of what a state adds is weakened to "holds whenever known"
(a ground to "has not come"), each limit of the law is moved by one and its comparison turned, each protection
is dropped, each day on which the law changed is moved by a day. What neither the worked examples nor
`arrears check` notices survives: a fault.

    python tests/mutants.py [--kind K] [--sample N --seed S] [--jobs J]
"""

import argparse
import multiprocessing
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache

from sqlglot import exp

from arrears import house
from arrears.cli.check import everything_asked
from arrears.data.warehouse import Connection, warehouse
from arrears.law.conditions import parsed
from arrears.law.counting import load_counts
from arrears.law.counting_examples import count_fails, worked_counts
from arrears.law.dated import SHIFTS, Asked, Change, changes
from arrears.law.dated import is_noticed as day_is_noticed
from arrears.law.examples import Worked, examples_fail, worked
from arrears.law.profile import Profile
from arrears.law.profile_files import states
from arrears.law.remedy import PARTS, Card, Condition, Part, load_cards
from arrears.law.truth import Comparison, compared, comparison, comparisons, decides, untold

OPEN = ExitStack()
KINDS = ("weakened", "limit", "dropped", "day moved")
TURNED = {exp.GT: exp.GTE, exp.GTE: exp.GT, exp.LT: exp.LTE, exp.LTE: exp.LT}


@dataclass(frozen=True)
class Mutant:
    """One thing broken: which kind, where, and the cards as they then stand."""

    kind: str
    where: str
    cards: tuple[Card, ...]

    def __str__(self) -> str:
        return f"{self.kind}: {self.where}"


@dataclass(frozen=True)
class Moved:
    """A day on which the law changed, moved by so many days."""

    change: Change
    days: int

    def __str__(self) -> str:
        return f"day moved: {self.change}, by {self.days}"


def with_condition(card: Card, part: Part, name: str, one: Condition | None) -> Card:
    """The card with one condition of a part replaced, or taken out."""
    every = [(one if was.name == name else was) for was in card.conditions[part]]
    return replace(
        card, conditions={**card.conditions, part: tuple(made for made in every if made is not None)}
    )


@dataclass(frozen=True)
class Place:
    """Where a condition stands: in a part of a card, or among what one state adds to it."""

    condition: Condition
    needs: Mapping[str, str]
    part: Part = "enter"
    added: tuple[str, int] | None = None

    def __str__(self) -> str:
        return f"{self.part if self.added is None else 'adds of ' + self.added[0]}.{self.condition.name}"

    def broken(self, card: Card, one: Condition | None) -> Card:
        """The card in which another condition stands here, or none."""
        if self.added is None:
            return with_condition(card, self.part, self.condition.name, one)
        added = dict(card.added)
        was = added.pop(self.added)
        return replace(card, added={**added, self.added: replace(was, condition=one)} if one else added)


def places(card: Card) -> Iterator[Place]:
    """Every place in a card where a condition stands."""
    for part in PARTS:
        yield from (Place(one, card.needs, part) for one in card.conditions[part])
    for key, one in card.added.items():
        yield Place(one.condition, {**card.needs, **one.needs}, added=key)


def weakened(asked: Iterable[Asked]) -> Iterator[Mutant]:
    """Each condition of each card and part, true whenever it is known, where it decides anything."""
    for card, given in ((one.card, one.given) for one in asked):
        for place in places(card):
            one = place.condition
            if place.added is None and not any(
                decides(card, given.profiles[of.law], of.as_of, place.part, one) for of in given.examples
            ):
                continue
            word = "false" if place.part == "release" else "true"
            sql = f"CASE WHEN ({one.sql}) IS NOT NULL THEN {word} END"
            broken = place.broken(card, replace(one, sql=sql))
            yield Mutant("weakened", f"{card.remedy}.{place}", (broken,))


CHANGES = ("turned", "one more", "one less")


def limits(asked: Iterable[Asked]) -> Iterator[Mutant]:
    """Each comparison with a value of the law, in every card that holds it: turned, one more, one less."""
    found: dict[Comparison, dict[str, Card]] = {}
    for card in (one.card for one in asked):
        for place in places(card):
            for tree in comparisons(place.condition, place.needs):
                found.setdefault(comparison(tree, place.needs), {})[card.remedy] = card
    for told, holding in found.items():
        for change in CHANGES:
            broken = tuple(moved_everywhere(card, told, change) for card in holding.values())
            yield Mutant("limit", f"{', '.join(holding)}: {told}, {change}", broken)


def moved_everywhere(card: Card, told: Comparison, change: str) -> Card:
    """The card in which a comparison is changed wherever it stands."""
    for place in places(card):
        root = exp.Paren(this=parsed(place.condition.sql))
        here = [node for node in compared(root, place.needs) if comparison(node, place.needs) == told]
        for node in here:
            move(node, place.needs, change)
        if here:
            card = place.broken(card, replace(place.condition, sql=root.sql(dialect="duckdb")))
    return card


def move(node: exp.Expression, needs: Mapping[str, str], change: str) -> None:
    """Turns a comparison (`>` for `>=`), or makes its value one more or less."""
    if change == "turned":
        node.replace(TURNED[type(node)](this=node.this.copy(), expression=node.expression.copy()))
        return
    words = (word for word in node.find_all(exp.Placeholder, exp.Parameter) if str(word.name) in needs)
    word, kind = next(words), exp.Add if change == "one more" else exp.Sub
    word.replace(exp.Paren(this=kind(this=word.copy(), expression=exp.Literal.number(1))))


def dropped(asked: Iterable[Asked]) -> Iterator[Mutant]:
    """Each protection of each card, each condition of a count and each that a state adds, taken out of it."""
    for card in (one.card for one in asked):
        own = [place for place in places(card) if place.part != "release"]
        held = {
            place.condition.name: place
            for place in own
            if place.added is None and (place.condition.is_protection or card.is_count)
        }
        for name in held:
            broken = with_condition(with_condition(card, "enter", name, None), "stay", name, None)
            yield Mutant("dropped", f"{card.remedy}.{name}", (broken,))
        for place in (place for place in own if place.added is not None):
            yield Mutant("dropped", f"{card.remedy}.{place}", (place.broken(card, None),))


def moved_days(asked: list[Asked]) -> Iterator[Moved]:
    """Each day on which the law that a card or count reads has changed, a day later and a day earlier."""
    profiles = {state: Profile.load(house.RULES, state) for state in states(house.RULES)}
    for change in changes(profiles, asked):
        yield from (Moved(change, days) for days in SHIFTS)


@cache
def asked_now() -> dict[str, Asked]:
    """Every card and count as it stands with its examples, by name, read once in each process."""
    cards, counts = load_cards(house.RULES), load_counts(house.RULES)
    given = {name: worked(card, house.RULES) for name, card in cards.items()}
    every = everything_asked(cards, counts, given, worked_counts(counts, house.RULES))
    return {one.card.remedy: one for one in every}


@cache
def con_now() -> Connection:
    """The connection in which everything is tried, one in each process."""
    return OPEN.enter_context(warehouse())


def fail(card: Card, given: Worked) -> bool:
    """Whether a worked example of the card or count comes out otherwise, or cannot run."""
    names = {(part, one.name) for part in PARTS for one in card.conditions[part]}
    names |= {(part, one.condition.name) for part in PARTS for one in card.added.values()}
    if any((one.part, name) not in names for one in given.examples for name in one.because or ()):
        return True
    if not card.is_count:
        return examples_fail(card, given, con_now())
    whole = load_counts(house.RULES)[card.remedy]
    broken = replace(whole, conditions=card.conditions["enter"], added=card.added)
    return count_fails(broken, given, con_now())


def is_noticed(one: Mutant | Moved) -> bool:
    """Whether the worked examples or a check of the house notice what is broken."""
    asked = asked_now()
    if isinstance(one, Moved):
        return day_is_noticed(one.change, one.days, asked.values(), con_now())
    if any(fail(card, asked[card.remedy].given) for card in one.cards):
        return True
    if one.kind == "weakened":
        return any(untold(card, asked[card.remedy].given, con_now()) for card in one.cards)
    return one.kind == "dropped" and any(protection_is_missed(card) for card in one.cards)


def protection_is_missed(card: Card) -> bool:
    """Whether a card lost a shared protection, which reading it tells: neither taken nor left."""
    if card.is_count:
        return False
    had, has = (
        {
            one.protects
            for part in ("enter", "stay")
            for one in of.conditions[part]
            if one.protects != one.name
        }
        for of in (asked_now()[card.remedy].card, card)
    )
    return bool(had - has)


def every_mutant() -> list[Mutant | Moved]:
    """Everything that is broken, in a fixed order."""
    asked = list(asked_now().values())
    return [*weakened(asked), *limits(asked), *dropped(asked), *moved_days(asked)]


def kind_of(one: Mutant | Moved) -> str:
    """The word under which it is counted."""
    return one.kind if isinstance(one, Mutant) else "day moved"


# In each process of the pool: everything that is broken, made once.
_MUTANTS: list[Mutant | Moved] = []


def _start() -> None:
    _MUTANTS.extend(every_mutant())


def _try(number: int) -> bool:
    return is_noticed(_MUTANTS[number])


def main() -> int:
    """Prints counts by kind and every survivor; 1 where there is one."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--sample", type=int, default=0, help="only so many, chosen by the seed")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--kind", action="append", choices=KINDS, help="only of this kind; may be given again")
    asked.add_argument("--jobs", type=int, default=multiprocessing.cpu_count())
    given = asked.parse_args()
    for name, one in asked_now().items():
        if one.fails(one.given, None):  # what is broken already would be noticed for nothing
            raise SystemExit(f"{name}: its examples fail as it stands; see `arrears check`")
    mutants = every_mutant()
    chosen = [number for number, one in enumerate(mutants) if kind_of(one) in (given.kind or KINDS)]
    if given.sample:
        chosen = sorted(random.Random(given.seed).sample(chosen, min(given.sample, len(chosen))))
    survivors: list[int] = []
    with multiprocessing.get_context("spawn").Pool(given.jobs, _start) as pool:
        for done, (number, noticed) in enumerate(
            zip(chosen, pool.imap(_try, chosen, chunksize=8), strict=True), 1
        ):
            if not noticed:
                survivors.append(number)
                print(f"survived: {mutants[number]}", flush=True)
            if done % 200 == 0:
                print(f"{done} of {len(chosen)}, {len(survivors)} survived", file=sys.stderr, flush=True)
    tried, left = (Counter(kind_of(mutants[n]) for n in numbers) for numbers in (chosen, survivors))
    for kind, count in tried.items():
        print(f"{kind}: {count} tried, {count - left[kind]} noticed, {left[kind]} survived")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
