"""What differs between two laws: of two states on a day, or of one state on two days."""

from collections.abc import Iterator, Mapping
from datetime import date

from arrears import house
from arrears.errors import ArrearsError
from arrears.law.profile import Profile
from arrears.law.remedy import load_cards
from arrears.reports.rulebook import why_off
from arrears.reports.rulebook_law import Law
from arrears.reports.rulebook_words import amount, escaped


def compared(state: str, other: str, on: date) -> str:
    """Two states side by side on a day, by what differs, as Markdown."""
    if state == other:
        raise ArrearsError(f"{state} cannot differ from itself", "--compare", "Name another state")
    first, second = (Law(Profile.load(house.RULES, one), on) for one in (state, other))
    names = first.profile.name, second.profile.name
    title = f"# {names[0]} and {names[1]}: what differs on {on:%B} {on.day}, {on.year}"
    return _page(title, first, second, names)


def changes(state: str, from_on: date, to_on: date) -> str:
    """What of a state's law changes between two days, as Markdown."""
    if from_on >= to_on:
        raise ArrearsError(
            f"Nothing can change from {from_on} to {to_on}", "--changes", "Name the earlier day first"
        )
    profile = Profile.load(house.RULES, state)
    names = f"on {from_on}", f"on {to_on}"
    title = f"# {profile.name}: what changes between {from_on} and {to_on}"
    return _page(title, Law(profile, from_on), Law(profile, to_on), names)


def _page(title: str, first: Law, second: Law, names: tuple[str, str]) -> str:
    lines = [title, ""]
    parts = (("Remedies", _remedies), ("Conditions that are not asked for", _waivers), ("Numbers", _numbers))
    for heading, rows in parts:
        found = [
            f"| {escaped(what)} | {one} | {two} |" for what, one, two in rows(first, second) if one != two
        ]
        lines += [f"## {heading}", ""]
        head = [f"| | {names[0]} | {names[1]} |", "|---|---|---|"]
        lines += [*head, *found, ""] if found else ["No difference.", ""]
    return "\n".join(lines).rstrip() + "\n"


Row = tuple[str, str, str]


def _remedies(first: Law, second: Law) -> Iterator[Row]:
    for name, card in load_cards(house.RULES).items():

        def said(law: Law, name: str = name) -> str:
            if name not in law.profile.remedies_in_force(law.on):
                return "not used"
            if why := why_off(load_cards(house.RULES)[name], law):
                return f"off: {escaped(why)}"
            if not law.reading_matters(load_cards(house.RULES)[name]):
                return "used"
            return f"used; the grounds of the {law.profile.reading(name, law.on)} act"

        yield card.title, said(first), said(second)


def _waivers(first: Law, second: Law) -> Iterator[Row]:
    for name, card in load_cards(house.RULES).items():
        both = [law.profile.waivers(name, law.on) for law in (first, second)]
        says = {one.name: one.say for part in card.conditions.values() for one in part}
        for condition in dict.fromkeys((*both[0], *both[1])):
            cells = [_waived(one, condition) for one in both]
            yield f"{card.title}: {says.get(condition, condition)}", cells[0], cells[1]


def _waived(waivers: Mapping[str, object], condition: str) -> str:
    found = waivers.get(condition)
    return f"not asked for: {escaped(getattr(found, 'why', ''))}" if found else "asked for"


def _numbers(first: Law, second: Law) -> Iterator[Row]:
    keys = sorted({*first.profile.in_force_on(first.on), *second.profile.in_force_on(second.on)})
    for key in keys:
        held = [law.profile.in_force_on(law.on).get(key) for law in (first, second)]
        plain = [amount(one.value, one.unit, one.none_means) if one else "—" for one in held]
        if plain[0] == plain[1]:
            continue
        cells = [
            f"{escaped(said)} {law.cited(one.cites, '')}" if one else said
            for said, one, law in zip(plain, held, (first, second), strict=True)
        ]
        yield (second if held[1] else first).title(key), cells[0], cells[1]
