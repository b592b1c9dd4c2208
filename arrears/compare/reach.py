"""How far changed values of the law reach into a run: what is made again, and what stays as it was."""

from collections.abc import Collection
from pathlib import Path

from arrears import house
from arrears.answers.background_answers import Progress, in_silence
from arrears.compare.trial import Trial, make_part
from arrears.law.counting import load_counts
from arrears.law.profile import Profile
from arrears.law.remedy import Card
from arrears.night.transform import reached


def run_again(
    now: Trial, was: Path, profile: Profile, keys: Collection[str], progress: Progress = in_silence
) -> list[str]:
    """What had to be made again for these values, after making it: facts as far as one of them reaches."""
    counts = any(asks_otherwise(name, profile, now) for name in load_counts(house.RULES))
    facts = reached(now.profile, now.as_of, keys, counts)
    touched = [
        name
        for name, card in now.cards.items()
        if card.facts in facts or is_touched(card, keys, profile, now)
    ]
    make_part(now, was, facts, touched, progress)
    return [*(["facts"] if facts else []), *(["verdicts"] if touched else []), "plan"]


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
