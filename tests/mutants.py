"""What `make mutants` does: breaks the rules one at a time, and counts what the checks do not notice.

Each condition is weakened to "holds whenever known" (a ground to "has not come"), each limit of the law is
moved by one and its comparison turned, each protection is dropped from its card, each day on which a value
changed is moved by a day. What neither the worked examples nor `arrears check` notices survives: a fault.

    python tests/mutants.py [--kind K] [--sample N --seed S] [--jobs J]
"""

import argparse
import multiprocessing
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlglot import exp

from arrears import house
from arrears.config import Faults, read_yaml
from arrears.law.conditions import parsed
from arrears.law.examples import Example, check_examples, fact_units, profiles_of, read_examples, run_examples
from arrears.law.profile import Profile
from arrears.law.profile_files import FEDERAL, states
from arrears.law.remedy import AS_OF, PARTS, Card, Condition, Part, load_cards
from arrears.law.truth import Comparison, compared, comparison, comparisons, decides, untold

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
    """A day on which a value changed, moved: the state, the key, and by how many days."""

    state: str
    key: str
    number: int
    days: int

    def __str__(self) -> str:
        return f"day moved: {self.state} {self.key}, version {self.number + 1}, by {self.days}"


def with_condition(card: Card, part: Part, name: str, one: Condition | None) -> Card:
    """The card with one condition of a part replaced, or taken out."""
    every = [(one if was.name == name else was) for was in card.conditions[part]]
    return replace(
        card, conditions={**card.conditions, part: tuple(made for made in every if made is not None)}
    )


def weakened(cards: dict[str, Card]) -> Iterator[Mutant]:
    """Each condition of each card and part, true whenever it is known, where it decides anything."""
    for card in cards.values():
        examples = examples_of(card)
        profiles = profiles_of(house.RULES, examples)
        for part in PARTS:
            for one in card.conditions[part]:
                if not any(decides(card, profiles[of.law], of.as_of, part, one) for of in examples):
                    continue
                word = "false" if part == "release" else "true"
                sql = f"CASE WHEN ({one.sql}) IS NOT NULL THEN {word} END"
                broken = with_condition(card, part, one.name, replace(one, sql=sql))
                yield Mutant("weakened", f"{card.remedy}.{part}.{one.name}", (broken,))


CHANGES = ("turned", "one more", "one less")


def limits(cards: dict[str, Card]) -> Iterator[Mutant]:
    """Each comparison with a value of the law, in every card that holds it: turned, one more, one less."""
    found: dict[Comparison, dict[str, Card]] = {}
    for card in cards.values():
        for part in PARTS:
            for one in card.conditions[part]:
                for tree in comparisons(one, card.needs):
                    found.setdefault(comparison(tree, card.needs), {})[card.remedy] = card
    for told, holding in found.items():
        for change in CHANGES:
            broken = tuple(moved_everywhere(card, told, change) for card in holding.values())
            yield Mutant("limit", f"{', '.join(holding)}: {told}, {change}", broken)


def moved_everywhere(card: Card, told: Comparison, change: str) -> Card:
    """The card in which a comparison is changed wherever it stands."""
    for part in PARTS:
        for one in card.conditions[part]:
            root = exp.Paren(this=parsed(one.sql))
            here = [node for node in compared(root, card.needs) if comparison(node, card.needs) == told]
            for node in here:
                move(node, card, change)
            if here:
                card = with_condition(card, part, one.name, replace(one, sql=root.sql(dialect="duckdb")))
    return card


def move(node: exp.Expression, card: Card, change: str) -> None:
    """Turns a comparison (`>` for `>=`), or makes its value one more or less."""
    if change == "turned":
        node.replace(TURNED[type(node)](this=node.this.copy(), expression=node.expression.copy()))
        return
    words = (word for word in node.find_all(exp.Placeholder, exp.Parameter) if str(word.name) in card.needs)
    word, kind = next(words), exp.Add if change == "one more" else exp.Sub
    word.replace(exp.Paren(this=kind(this=word.copy(), expression=exp.Literal.number(1))))


def dropped(cards: dict[str, Card]) -> Iterator[Mutant]:
    """Each protection of each card, taken out of it."""
    for card in cards.values():
        every = {one.name: one for part in ("enter", "stay") for one in card.conditions[part]}
        for one in (one for one in every.values() if one.is_protection):
            broken = with_condition(with_condition(card, "enter", one.name, None), "stay", one.name, None)
            yield Mutant("dropped", f"{card.remedy}.{one.name}", (broken,))


def moved_days(cards: dict[str, Card]) -> Iterator[Moved]:
    """Each day on which a value that a card in force reads has changed, a day later and a day earlier."""
    found: dict[tuple[str, str, int], None] = {}
    for state in states(house.RULES):
        profile = Profile.load(house.RULES, state)
        own = read_yaml(house.RULES / "jurisdictions" / f"{state}.yml", Faults()).data["values"]
        used = [cards[one.remedy] for one in profile.in_force if one.remedy in cards]
        decide = {
            card.needs[word] for card in used for one in conditions_of(card) for word in one.params - {AS_OF}
        }
        for key in sorted(decide & profile.values.keys()):
            for number, version in enumerate(profile.values[key]):
                if number and version.from_on is not None:
                    found[state if key in own else FEDERAL, key, number] = None
    for where, key, number in found:
        yield from (Moved(where, key, number, days) for days in (1, -1))


def conditions_of(card: Card) -> list[Condition]:
    """Every condition and ground of a card."""
    return [one for part in PARTS for one in card.conditions[part]]


def examples_of(card: Card) -> list[Example]:
    """The worked examples of a card, read once in each process."""
    if card.remedy not in _EXAMPLES:
        units = fact_units(card, house.RULES)
        _EXAMPLES[card.remedy] = read_examples(cards_now()[card.remedy], house.RULES, units, Faults())
    return _EXAMPLES[card.remedy]


_CARDS: dict[str, Card] = {}
_EXAMPLES: dict[str, list[Example]] = {}


def cards_now() -> dict[str, Card]:
    """The cards as they stand, read once in each process."""
    if not _CARDS:
        _CARDS.update(load_cards(house.RULES))
    return _CARDS


def examples_fail(card: Card) -> bool:
    """Whether a worked example of the card comes out otherwise, or cannot run."""
    units = fact_units(card, house.RULES)
    faults, examples = Faults(), examples_of(card)
    names = {(part, one.name) for part in PARTS for one in card.conditions[part]}
    if any((one.part, name) not in names for one in examples for name in one.because or ()):
        return True
    outcomes = run_examples(card, house.RULES, examples, units, faults)
    return bool(faults.found) or any(one.fault for one in outcomes)


def is_noticed(one: Mutant | Moved) -> bool:
    """Whether the worked examples or a check of the house notice what is broken."""
    if isinstance(one, Moved):
        return day_is_noticed(one)
    if any(examples_fail(card) for card in one.cards):
        return True
    if one.kind == "weakened":
        return any(untold(card, house.RULES) for card in one.cards)
    return one.kind == "dropped" and any(protection_is_missed(card) for card in one.cards)


def protection_is_missed(card: Card) -> bool:
    """Whether a card lost a shared protection, which reading it tells: neither taken nor left."""
    had, has = (
        {
            one.protects
            for part in ("enter", "stay")
            for one in of.conditions[part]
            if one.protects != one.name
        }
        for of in (cards_now()[card.remedy], card)
    )
    return bool(had - has)


def day_is_noticed(one: Moved) -> bool:
    """Whether an example of a card in force fails where a value changes on another day."""
    for card in cards_now().values():
        if one.key not in card.needs.values():
            continue
        units = fact_units(card, house.RULES)
        mine = [example for example in examples_of(card) if one.state in (FEDERAL, example.jurisdiction)]
        profiles = {law: moved(profile, one) for law, profile in profiles_of(house.RULES, mine).items()}
        faults = Faults()
        outcomes = run_examples(card, house.RULES, mine, units, faults, profiles)
        if faults.found or any(outcome.fault for outcome in outcomes):
            return True
    return False


def moved(profile: Profile, one: Moved) -> Profile:
    """The profile in which a value changes on another day."""
    versions = list(profile.values.get(one.key, ()))
    if one.number >= len(versions):
        return profile
    was = versions[one.number]
    if was.from_on is None:
        return profile
    versions[one.number] = replace(was, from_on=was.from_on + timedelta(one.days))
    return replace(profile, values={**profile.values, one.key: tuple(versions)})


def every_mutant() -> list[Mutant | Moved]:
    """Everything that is broken, in a fixed order."""
    cards = cards_now()
    return [*weakened(cards), *limits(cards), *dropped(cards), *moved_days(cards)]


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
    for card in cards_now().values():
        check_examples(card, house.RULES)  # what is broken already would be noticed for nothing
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
