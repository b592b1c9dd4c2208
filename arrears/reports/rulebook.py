"""The rule book of a state: the law as it runs on a day, in words, printed from what runs.

Markdown, of which `rulebook_page.py` makes one page of HTML. `arrears rulebook` writes both.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from arrears import house
from arrears.law.citations import POLICY, load_policies, source_of
from arrears.law.deadlines import load_deadlines
from arrears.law.profile import Profile, UnsetValue
from arrears.law.remedy import Card, load_cards
from arrears.reports.rulebook_law import Law, anchor
from arrears.reports.rulebook_remedy import remedy_lines
from arrears.reports.rulebook_words import amount, escaped, filled, humanly

_SEEN = {
    "whole": "read whole",
    "excerpt": "read in part",
    "memory": "not read yet; a lawyer of the agency has to",
    "policy": "our own choice",
}
_READ_ME = """This book tells the law as this system applies it on one day. It is printed from the rules that
run, not written separately: if a rule changes, the book changes.

How to read it. Each remedy lists its conditions: a sentence for when the condition holds, and in italics the
one for when it does not. **All** of them have to be true before anything is done. If one is false, nothing is
done. If a fact is missing, nobody guesses: a person is asked. Words in parentheses such as (amount) or
(ordered amount) are filled in from the case. A *protection* shields the parent whichever way the law is read.
“The parent” is the one who owes support, unless a sentence says otherwise."""


def rulebook(state: str, on: date, *, has_links: bool = False, has_examples: bool = True) -> str:
    """The whole book of a state on a day, as Markdown."""
    law = Law(Profile.load(house.RULES, state), on, has_links, has_examples)
    cards = load_cards(house.RULES)
    used = [card for name, card in cards.items() if name in set(law.profile.remedies_in_force(on))]
    off = {card.remedy: why for card in used if (why := why_off(card, law))}
    lines = [
        f"# The rule book of {law.profile.name}",
        "",
        f"The law as it runs on {on:%B} {on.day}, {on.year}.",
    ]
    lines += ["", _READ_ME, "", "## Contents", ""]
    running = [card for card in used if card.remedy not in off]
    lines += [f"- [The remedies](#remedies): {len(running)} in use"]
    lines += [f"  - [{escaped(card.title)}](#{card.remedy})" for card in running]
    parts = [("off", "Remedies that are off, and why"), ("waived", "Conditions that are not asked for")]
    parts += [("deadlines", "Days that the agency and others have"), ("numbers", "The numbers")]
    parts += [("policies", "What is policy and not law"), ("sources", "Where it can be checked")]
    lines += [f"- [{title}](#{id_})" for id_, title in parts]
    lines += ["", *_heading("remedies", "The remedies")]
    for card in running:
        lines += remedy_lines(card, law)
    lines += [*_heading(*parts[0]), *_off(cards, used, off), *_heading(*parts[1]), *_waived(cards, law)]
    lines += [*_heading(*parts[2]), *_deadlines(law), *_heading(*parts[3]), *_numbers(law)]
    lines += [*_heading(*parts[4]), *_policies(law), *_heading(*parts[5]), *_sources(law)]
    return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"


def why_off(card: Card, law: Law) -> str:
    """Why a remedy in use is off on the day: the numbers that nobody has set; empty where it runs."""
    try:
        card.numbers(law.profile, law.on)
    except UnsetValue:
        keys = [*card.needs.values(), *(key for step in card.steps if step.after for key in step.after.keys)]
        missing = [key for key in dict.fromkeys(keys) if law.value(key) == "not set"]
        return ", ".join(f"“{law.title(key)}”" for key in missing) + " not set"
    return ""


def _heading(id_: str, title: str) -> list[str]:
    return [f'<a id="{id_}"></a>', f"## {title}", ""]


def _off(cards: Mapping[str, Card], used: list[Card], off: Mapping[str, str]) -> Iterator[str]:
    for card in used:
        if card.remedy in off:
            yield f"- {escaped(card.title)}: {escaped(off[card.remedy])}."
    others = [card.title for card in cards.values() if card not in used]
    if others:
        yield f"- Not used by this state: {escaped('; '.join(others))}."
    yield ""


def _waived(cards: Mapping[str, Card], law: Law) -> Iterator[str]:
    found = False
    for card in cards.values():
        for name, waiver in law.profile.waivers(card.remedy, law.on).items():
            found = True
            since = f" Since {waiver.from_on}." if waiver.from_on else ""
            said = next(
                (one.say for part in card.conditions.values() for one in part if one.name == name), name
            )
            why = f"{escaped(waiver.why)}{since} {law.cited(waiver.cites)}"
            asked = escaped(filled(said, law.limits(card), law.units(card)))
            yield f"- {escaped(card.title)}: “{asked}” {why}"
    if not found:
        yield "None."
    yield ""


def _deadlines(law: Law) -> Iterator[str]:
    yield "These clocks run on the agency, on employers and others. The work list shows what is due or late."
    yield ""
    yield "| what | time | from | who looks at it | law |"
    yield "|---|---|---|---|---|"
    facts = law.facts
    for one in load_deadlines(house.RULES).values():
        if (held := law.held(one.clock)) is None or not isinstance(held.value, int):
            continue
        start = str(facts.get(one.facts, {}).get(one.anchor, {}).get("say") or humanly(one.anchor))
        rolls = ", rolls" if one.roll else ""
        cites = law.cited((*held.cites, *one.cites), "")
        span = f"{law.value(one.clock)}{rolls}"
        yield f"| {escaped(one.title)} | {span} | {escaped(start)} | {one.needs} | {cites} |"
    yield ""


def _numbers(law: Law) -> Iterator[str]:
    topics: dict[str, list[str]] = {}
    for key, held in law.profile.in_force_on(law.on).items():
        topic = humanly(key.partition(".")[0])
        since = str(held.from_on) if held.from_on else "start not established"
        quote = f" “{escaped(held.quote)}”" if held.quote else ""
        said = f"{escaped(held.reading or '')}{quote}".strip()
        title = law.title(key).removeprefix(f"{topic}: ")
        row = (
            f"| {escaped(title)} | {escaped(amount(held.value, held.unit, held.none_means))} "
            f"| {since} | {law.standing(held)} | {said} {law.cited(held.cites, '')} |"
        )
        topics.setdefault(topic, []).append(row)
    for topic, rows in topics.items():
        yield f"### {topic}"
        yield ""
        yield "| what | value | since | rests on | how it is read |"
        yield "|---|---|---|---|---|"
        yield from rows
        yield ""


def _policies(law: Law) -> Iterator[str]:
    yield "No law, rule or guide decides these, or one can be read in two ways. The agency has to sign each."
    yield ""
    for name, one in load_policies(house.RULES).items():
        if f"{POLICY}#{name}" in law.used:
            said = f"{escaped(one.what)} *Why:* {escaped(one.why)} *To sign:* {escaped(one.sign)}."
            place = anchor(f"{POLICY}#{name}")
            yield f'- <a id="{place}"></a>**{escaped(one.title)}.** {said}'
    yield ""


def _sources(law: Law) -> Iterator[str]:
    found = [source for id_ in law.used if (source := source_of(id_, law.profile.sources))]
    for one in sorted((one for one in found if one.seen != "policy"), key=lambda one: one.title):
        read = f" (by {one.read_on})" if one.read_on else ""
        where = "" if one.where == "not read" else f" Read at: {escaped(one.where)}."
        link = f" <{one.address}>" if one.address else ""
        yield f'- <a id="{anchor(one.id)}"></a>{escaped(one.title)}: {_SEEN[one.seen]}{read}.{where}{link}'
    yield ""
