"""One remedy in the rule book: what it does, every condition, every step and clock, and how it ends."""

from collections.abc import Iterable, Iterator

from arrears import house
from arrears.config import Faults
from arrears.law.examples import fact_units, read_examples
from arrears.law.remedy import Card, Clock, Condition, Step
from arrears.reports.rulebook_law import Law
from arrears.reports.rulebook_words import escaped, filled, humanly

_WHEN = {
    "both": "To begin, and to go on, all of these must be true",
    "enter": "To begin, these must be true as well",
    "stay": "To go on once it has begun, these must be true as well",
}
_FROM = {"served": "the proven service of", "sent": "the sending of", "approved": "the approval of"}
_THEN = {
    "flag": "it acts",
    "clear": "it does not act",
    "unknown": "nobody knows; a person looks",
    "off": "the remedy is off",
}
_ASKS = {"enter": "To begin", "stay": "To go on", "release": "To take back"}
_UPDATES = {
    "change": "When the amount changes, the partner is told the new one",
    "month": "Once a month the partner is told the amount of that day",
    "none": "What was sent is not updated",
}


def remedy_lines(card: Card, law: Law) -> Iterator[str]:
    """The lines of Markdown that tell a remedy whole."""
    yield f'<a id="{card.remedy}"></a>'
    yield f"### {escaped(card.title)}"
    yield ""
    yield f"**If this were wrong:** {escaped(card.if_wrong)}"
    yield ""
    yield f"**Innocent explanation to look for:** {escaped(card.innocent)}"
    yield ""
    yield law.cited(card.cites, "It rests on")
    yield ""
    if law.reading_matters(card):
        acts = law.profile.reading(card.remedy, law.on)
        word = "the agency's guide" if acts == "guide" else "the law"
        yield (
            f"Guide and law set different grounds here. Today the grounds of {word} act; the others are"
            " computed alongside them, and where they disagree a person decides."
        )
        yield ""
    for part, words in _WHEN.items():
        yield from _conditions(card, law, words, _of(card, part))
    yield from _left(card, law)
    yield from _steps(card, law)
    yield from _release(card, law)
    yield from _gaps(card, law)
    yield from _examples(card, law)


def _of(card: Card, part: str) -> list[Condition]:
    """The conditions of beginning and going on alike, or of one of the two alone."""
    enter, stay = ({one.name for one in card.conditions[p]} for p in ("enter", "stay"))
    wanted = {"both": enter & stay, "enter": enter - stay, "stay": stay - enter}[part]
    every = {one.name: one for one in (*card.conditions["enter"], *card.conditions["stay"])}
    return [one for name, one in every.items() if name in wanted]


def _conditions(card: Card, law: Law, words: str, found: Iterable[Condition]) -> Iterator[str]:
    found = list(found)
    if not found:
        return
    yield f"**{words}:**"
    yield ""
    yield from (_condition(card, law, one) for one in found)
    yield ""


def _condition(card: Card, law: Law, one: Condition) -> str:
    """One condition as an item of a list: its two sentences, what it is, and its law."""
    waiver = law.profile.waivers(card.remedy, law.on).get(one.name)
    yes, no = (escaped(filled(text, law.limits(card), law.units(card))) for text in (one.say, one.say_not))
    if waiver is not None:
        return f"- ~~{yes}~~ Not asked here: {escaped(waiver.why)} {law.cited(waiver.cites)}"
    tags = {"guide": " *(a ground of the guide)*", "law": " *(a ground of the law)*"}
    tag = tags.get(one.reading or "", " *(protection)*" if one.is_protection else "")
    return f"- {yes}{tag} Otherwise: *{no}* {law.cited(one.cites)}{law.quotes(card, one)}"


def _left(card: Card, law: Law) -> Iterator[str]:
    if card.leaves:
        yield "**Protections that do not stop it, and why:**"
        yield ""
        for one in card.leaves:
            names = ", ".join(humanly(name) for name in one.protections)
            yield f"- {escaped(names)}: {escaped(one.why)} {law.cited(one.cites)}"
        yield ""


def _steps(card: Card, law: Law) -> Iterator[str]:
    yield "**What happens then:**"
    yield ""
    for number, step in enumerate(card.steps, 1):
        needs = f" A {step.needs} has to agree." if step.needs and step.kind != "review" else ""
        if step.kind == "review":
            needs = f" A {step.needs} does this."
        to = f" To: {escaped(law.queue(step.queue))}." if step.queue else ""
        wait = f" {_clock(step.after, card, law)}" if step.after else ""
        yield f"{number}. {escaped(step.say)}{needs}{to}{wait} {law.cited(step.cites)}".rstrip()
    yield ""
    whole = " (in whole dollars)" if card.update.per == "whole_dollars" and card.update.on != "none" else ""
    yield f"{_UPDATES[card.update.on]}{whole}."
    yield ""


def _clock(clock: Clock, card: Card, law: Law) -> str:
    """What a step waits for, in sentences."""
    if clock.anchor_fact:
        start = f"a day of the case (“{law.fact(card, clock.anchor_fact)}”)"
    else:
        start = f"{_FROM[clock.from_]} {_step_name(card, clock.step)}"
    held = law.held(clock.clock)
    is_at_once = held is not None and held.value == 0
    said = [f"It waits until {start}" if is_at_once else f"It waits {law.value(clock.clock)} from {start}"]
    if clock.on_last_day:
        said[0] += ", and may be done on the last of them"
    if clock.roll:
        said.append("a last day on a weekend or holiday moves to the next business day")
    if clock.mail_lag:
        said.append(f"then {law.value(clock.mail_lag)} more for mail that is on its way")
    if clock.intake:
        said.append(f"and {clock.intake.replace('_', ' ')} have to be entered through the last day")
    if clock.tolled_by:
        said.append(f"what stops the clock: {law.fact(card, clock.tolled_by)}")
    return escaped("; ".join(said)) + "."


def _step_name(card: Card, step: str) -> str:
    found: Step | None = next((one for one in card.steps if one.step == step), None)
    return {"notice": "the notice", "review": "the review"}.get(found.kind if found else "", "the message")


def _release(card: Card, law: Law) -> Iterator[str]:
    if not card.release.message:
        yield "Nothing is sent that would have to be taken back. It ends when any of these is true:"
    else:
        yield "**What was sent is taken back when any of these is true:**"
    yield ""
    urgent = set(card.release.urgent_when)
    grounds = card.conditions["release"]
    shared = set.intersection(*(set(one.cites) for one in grounds)) if len(grounds) > 1 else set[str]()
    for one in grounds:
        soon = " **The same day.**" if urgent & {one.name, *one.facts} else ""
        yes = escaped(filled(one.say, law.limits(card), law.units(card)))
        own = [cite for cite in one.cites if cite not in shared]
        yield f"- {yes}{soon} {law.cited(own)}{law.quotes(card, one)}".rstrip()
    yield ""
    if shared:
        yield law.cited([cite for cite in grounds[0].cites if cite in shared], "All of these rest on")
        yield ""


def _gaps(card: Card, law: Law) -> Iterator[str]:
    if found := [one for one in card.later if not one.states or law.profile.state in one.states]:
        yield "**Not done yet:**"
        yield ""
        yield from (f"- {escaped(one.what)}: {escaped(one.why)}" for one in found)
        yield ""


def _examples(card: Card, law: Law) -> Iterator[str]:
    """The worked examples of this state: what is so, and what follows."""
    every = read_examples(card, house.RULES, fact_units(card, house.RULES), Faults())
    mine = [one for one in every if one.jurisdiction == law.profile.state]
    if not mine or not law.has_examples:
        return
    yield "<details><summary>Worked examples, each checked</summary>"
    yield ""
    for one in mine:
        reading = f", by the {one.reading}" if one.reading else ""
        yield f"- {_ASKS[one.part]}{reading}: {escaped(one.say)} → **{_THEN[one.then]}**"
    yield ""
    yield "</details>"
    yield ""
