"""Conditions in sentences: those of a remedy, and those of each case whose debt it rests on."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from arrears import house
from arrears.answers.display import display_value
from arrears.errors import RuleFault
from arrears.law.catalog import described_facts
from arrears.law.counting import COUNTS, OF, answer_columns, load_counts
from arrears.law.profile import Profile, Value, Waiver
from arrears.law.remedy import Card, Condition, Count, Part
from arrears.values import Row

_ASIDE = re.compile(r" ?\(([^()]*)\)")
_NAMED = re.compile(r"\{(\w+)\}")


def explain_condition(
    one: Condition,
    answer: bool | None,
    facts: Row | None,
    numbers: Mapping[str, Any],
    described: Mapping[str, Any],
    profile: Profile,
    may_tell: Collection[str] = (),
    waiver: Waiver | None = None,
) -> Row:
    """One condition: its answer, its sentence with the night's values, citation and source rows.

    Of one that the state does not ask for, its reason and its law: its answer decides nothing. Where facts
    were purged (None), its name, its answer and its law.
    """
    is_purged, facts = facts is None, facts or {}
    known = () if is_purged else one.facts
    values = {name: display_value(facts.get(name), described[name]["unit"], may_tell) for name in known}
    limits = {name: display_value(value.value, value.unit) for name, value in numbers.items()}
    if waiver is not None:
        text = f"Not asked here: {waiver.why}"
    elif is_purged:
        said = {True: "met", False: "not met", None: "not known"}[answer]
        text = f"{one.name.replace('_', ' ').capitalize()}: {said}."
    elif answer is None:
        missing = [described[name]["say"] for name in one.facts if facts.get(name) is None]
        text = "Not known: " + "; ".join(missing or ["what this rests on"]) + "."
    else:
        gone = {name for name in one.facts if facts.get(name) is None}
        gone |= {name for name, value in numbers.items() if value.value is None}
        text = without(one.say if answer else one.say_not, gone).format(
            **{**limits, **values, "as_of": facts.get("as_of", "")}
        )
    if one.added and waiver is None:
        text += f" Asked in this state: {one.added}"
    sources = [facts[s] for name in one.facts if (s := described[name].get("source")) and facts.get(s)]
    return {
        "condition": one.name,
        "answer": answer,
        "text": text,
        "reading": one.reading,
        "is_protection": one.is_protection,
        "is_waived": waiver is not None,
        "values": values,
        "quotes": [] if waiver is not None else quotes(one, numbers),
        "cites": profile.citable(waiver.cites if waiver is not None else one.cites),
        "rows": sorted({row for text in sources for row in text.split(";")}),
    }


def mark_of(part: Part, condition: Row) -> str:
    """What stands before a condition's sentence: never a plain yes or no, which the sentence may deny."""
    if condition["is_waived"]:
        return "waived"
    if condition["answer"] is None:
        return "not known"
    if part == "release":
        return "applies" if condition["answer"] else "does not apply"
    return "met" if condition["answer"] else "in the way"


def without(sentence: str, missing: Collection[str]) -> str:
    """The sentence of a decided condition without those asides that tell of a fact which is not there.

    The condition was decided without it: "not known" beside its answer would say that it was not.
    """

    def is_told(text: str) -> bool:
        return not set(missing) & set(_NAMED.findall(text))

    def aside(found: re.Match[str]) -> str:
        told = [one for one in found[1].split("; ") if is_told(one)]
        return f"{found[0][: found[0].index('(')]}({'; '.join(told)})" if told else ""

    first, *rest = _ASIDE.sub(aside, sentence).split("; ")
    kept = [first, *(one for one in rest if is_told(one))]
    text = "; ".join(kept)
    return text if text.endswith((".", "!")) or not sentence.endswith(".") else f"{text}."


def quotes(one: Condition, numbers: Mapping[str, Any]) -> list[str]:
    """The sentences of sources on which a condition, or a limit of it, rests."""
    limits = [numbers[name].quote for name in sorted(one.params & numbers.keys())]
    return [text for text in dict.fromkeys([one.quote, *limits]) if text]


def explain_counts(
    found: Iterable[Row], card: Card, profile: Profile, as_of: date, may_tell: Collection[str] = ()
) -> list[Row]:
    """Each of these cases and what the remedy counts it for: whether it counts, and each condition of it.

    Nothing for a remedy that counts no cases, and of a night that closed before counts were kept.
    """
    if not card.counts:
        return []
    every = [one.here(profile, as_of) for one in load_counts(house.RULES).values()]
    columns = answer_columns(every)
    mine = {one.name for one in card.counts}
    return [
        _counted(row, one, columns, profile, as_of, may_tell)
        for row in found
        for one in every
        if one.name in mine and f"{COUNTS}{one.name}" in row["answer"]
    ]


def _counted(
    row: Row,
    count: Count,
    columns: Mapping[tuple[str, str], Condition],
    profile: Profile,
    as_of: date,
    may_tell: Collection[str],
) -> Row:
    """One case and one count: whether it counts, in one sentence, and its conditions."""
    answers, waived = row["answer"], profile.waivers(count.name, as_of)
    described = (described_facts(house.FACTS) or {})[OF]
    numbers = {name: found for name, key in count.needs.items() if (found := _number(profile, key, as_of))}
    conditions = [
        explain_condition(
            one, answers.get(column), row, numbers, described, profile, may_tell, waived.get(one.name)
        )
        for (name, column), one in columns.items()
        if name == count.name
    ]
    for told in conditions:
        told["mark"] = mark_of("enter", told)
    answer = answers[f"{COUNTS}{count.name}"]
    against = [one for one in conditions if not one["is_waived"] and one["answer"] is not True]
    if answer is False:
        against = [
            one for one in against if one["answer"] is False and one["condition"] not in count.in_doubt
        ]
    says = {
        True: f"Case {row['case_id']} counts for {count.say}.",
        False: f"Case {row['case_id']} does not count for {count.say}:",
        None: f"Whether case {row['case_id']} counts for {count.say} is not known:",
    }
    return {
        "case": row["case_id"],
        "count": count.name,
        "counts": answer,
        "because": [] if answer else [one["condition"] for one in against],
        "text": " ".join([says[answer], *([] if answer else [one["text"] for one in against])]),
        "conditions": conditions,
    }


def _number(profile: Profile, key: str, as_of: date) -> Value | None:
    try:
        return profile.value(key, as_of)
    except RuleFault:
        return None
