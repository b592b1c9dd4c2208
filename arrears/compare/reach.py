"""How far changed values of the law reach into a run: what is made again, and what stays as it was."""

from collections.abc import Collection
from pathlib import Path

from arrears import house
from arrears.compare.trial import Trial, borrow, make_all, make_verdicts
from arrears.law.counting import load_counts
from arrears.law.profile import Profile
from arrears.law.remedy import Card
from arrears.money.calculations import load_money
from arrears.night.transform import load_facts


def run_again(now: Trial, was: Path, profile: Profile, keys: Collection[str]) -> list[str]:
    """What had to be made again for these values, after making it: facts where one of them reaches so far."""
    in_facts = {key for layer in load_facts(house.FACTS) for key in layer.keys}
    in_facts |= load_money(house.MONEY).keys
    changed = [name for name in load_counts(house.RULES) if asks_otherwise(name, profile, now)]
    if in_facts & set(keys) or changed:
        borrow(was / "match", now.folder / "match")
        make_all(now)
        return ["facts", "verdicts", "plan"]
    touched = [name for name, card in now.cards.items() if is_touched(card, keys, profile, now)]
    make_verdicts(now, was, touched)
    return ["verdicts", "plan"] if touched else ["plan"]


def is_touched(card: Card, keys: Collection[str], profile: Profile, now: Trial) -> bool:
    """Whether a card's verdicts may come out otherwise: a value that it needs, its reading or a waiver."""
    needed = {*card.needs.values(), *(key for step in card.steps if step.after for key in step.after.keys)}
    told = [
        (card.remedy in one.remedies_in_force(now.as_of), one.reading(card.remedy, now.as_of))
        for one in (profile, now.profile)
    ]
    return bool(needed & set(keys)) or told[0] != told[1] or asks_otherwise(card.remedy, profile, now)


def asks_otherwise(name: str, profile: Profile, now: Trial) -> bool:
    """Whether a remedy, or a count of cases, asks for other conditions: some are waived or added."""
    told = [
        (sorted(one.waivers(name, now.as_of)), sorted(made.key for made in one.additions(name, now.as_of)))
        for one in (profile, now.profile)
    ]
    return told[0] != told[1]
