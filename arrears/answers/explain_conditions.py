"""Conditions in sentences: those of a remedy, and those of each case whose debt it rests on."""

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from arrears import house
from arrears.answers.display import display_value, fetch_file
from arrears.data.warehouse import Connection, file_paths
from arrears.errors import RuleFault
from arrears.law.catalog import described_facts
from arrears.law.counting import COUNTS, OF, answer_columns, load_counts
from arrears.law.profile import Profile, Value, Waiver
from arrears.law.remedy import Card, Condition, Count
from arrears.values import Row

SQL = Path(__file__).with_name("sql")


def explain_condition(
    one: Condition,
    answer: bool | None,
    facts: Row | None,
    numbers: dict[str, Any],
    described: dict[str, Any],
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
        text = (one.say if answer else one.say_not).format(
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


def quotes(one: Condition, numbers: dict[str, Any]) -> list[str]:
    """The sentences of sources on which a condition, or a limit of it, rests."""
    limits = [numbers[name].quote for name in sorted(one.params & numbers.keys())]
    return [text for text in dict.fromkeys([one.quote, *limits]) if text]


def explain_counts(
    con: Connection,
    folder: Path,
    card: Card,
    profile: Profile,
    as_of: date,
    person: str | None,
    may_tell: Collection[str] = (),
) -> list[Row]:
    """Each case of a person and what the remedy counts it for: whether it counts, and each condition of it.

    Nothing for a remedy that counts no cases, and of a night that closed before counts were kept.
    """
    kept = folder / "facts" / "case_counts.parquet"
    if not card.counts or not kept.exists():
        return []
    facts = folder / "facts" / f"{OF}.parquet"
    asked = {"facts": file_paths(facts), "counts": file_paths(kept), "person": person}
    found = fetch_file(con, SQL / "counts_of.sql", asked)
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
