"""The law that a closed night stood under, as its manifest has it, and what differs between two nights."""

from dataclasses import replace
from datetime import date
from typing import Any

from arrears.law.profile import ENDED, NONE, InForce, Profile, Waiver
from arrears.law.remedy import Card
from arrears.night.close import law
from arrears.values import Row

MADE_BY = ("arrears", "code")
# The answer of a condition that a state asks on the other side alone.
NOT_ASKED = "not asked"


def law_of(manifest: Row, profile: Profile, as_of: date) -> Row:
    """The law that a manifest names; of a night closed before manifests did, today's for its date."""
    found: Row = manifest.get("law") or law(profile, as_of)
    return found


def under(profile: Profile, held: Row) -> Profile:
    """This profile with the values, remedies, readings and conditions that a manifest names, on every day."""
    values = {}
    for key, versions in profile.values.items():
        value = _value(held["values"][key], versions[-1].unit) if key in held["values"] else ENDED
        values[key] = (replace(versions[-1], value=value, from_on=None),)
    in_force = tuple(
        InForce(name, None, None, ((None, one["reading"]),), ()) for name, one in held["remedies"].items()
    )
    asked = [*held["remedies"].items(), *held.get("counts", {}).items()]
    waived = tuple(
        Waiver(name, condition, None, None, "", ()) for name, one in asked for condition in one["waives"]
    )
    added = {(name, condition) for name, one in asked for condition in one.get("adds", ())}
    return replace(
        profile,
        values=values,
        in_force=in_force,
        waived=waived,
        added=tuple(
            replace(one, from_on=None, until_on=None)
            for one in profile.added
            if (one.remedy, one.condition) in added
        ),
    )


def value_changes(was: Row, now: Row) -> list[Row]:
    """Every value that two laws do not share, with what each says; what is not in force is `ended`."""
    keys = sorted(was["values"].keys() | now["values"].keys())
    both = ((key, *(_word(one["values"].get(key, ENDED)) for one in (was, now))) for key in keys)
    return [{"key": key, "was": before, "now": after} for key, before, after in both if before != after]


def remedy_changes(was: Row, now: Row) -> list[Row]:
    """The remedies that begin, end, act under another reading, or waive or add other conditions."""
    found = []
    # A manifest of before counts were kept says nothing of them.
    counted = "counts" in was and "counts" in now
    both = [{**one["remedies"], **(one["counts"] if counted else {})} for one in (was, now)]
    for name in sorted(both[0].keys() | both[1].keys()):
        before, after = (_terms(one.get(name)) for one in both)
        if before != after:
            found.append({"remedy": name, "was": before, "now": after})
    return found


def asked_otherwise(card: Card, profile: Profile, changed: list[Row]) -> list[Row]:
    """The conditions of a remedy, and of the counts that it rests on, that a state asks on one side alone.

    `changed` is what `remedy_changes` tells. Each comes with the state's reason and citations.
    """
    found: list[Row] = []
    named = {card.remedy: card.added, **{one.name: one.added for one in card.counts}}
    for one in (one for one in changed if one["remedy"] in named):
        was, now = (one[side] or {} for side in ("was", "now"))
        for (state, _), added in named[one["remedy"]].items():
            name = added.condition.name
            sides = [name in side.get("adds", ()) for side in (was, now)]
            if state == profile.state and sides[0] != sides[1]:
                found.append(_asked(one["remedy"], name, sides, added.condition.added, added.condition.cites))
        for waiver in (waiver for waiver in profile.waived if waiver.remedy == one["remedy"]):
            sides = [waiver.condition not in side.get("waives", ()) for side in (was, now)]
            if was and now and sides[0] != sides[1]:
                found.append(_asked(one["remedy"], waiver.condition, sides, waiver.why, waiver.cites))
    return found


def _asked(of: str, condition: str, sides: list[bool], why: str, cites: tuple[str, ...]) -> Row:
    said = ("asked" if side else NOT_ASKED for side in sides)
    return {
        "of": of,
        "condition": condition,
        **dict(zip(("was", "now"), said, strict=True)),
        "why": why,
        "cites": list(cites),
    }


def other_cards(was: Row, now: Row) -> list[str]:
    """The remedies whose cards were written otherwise."""
    both = was["remedies"].keys() & now["remedies"].keys()
    return sorted(name for name in both if was["remedies"][name]["card"] != now["remedies"][name]["card"])


def other_files(was: Row, now: Row) -> list[str]:
    """The folders of other rules (deadlines, waterfalls, kinds of work) that were written otherwise."""
    return sorted(name for name in was["files"] if was["files"][name] != now["files"].get(name))


def made_otherwise(was: Row, now: Row) -> list[Row]:
    """The versions of code that differ between two manifests."""
    before, after = was["versions"], now["versions"]
    return [
        {"what": name, "was": before.get(name), "now": after.get(name)}
        for name in MADE_BY
        if before.get(name) != after.get(name)
    ]


def _terms(one: Row | None) -> Row | None:
    adds = {"adds": one["adds"]} if one and "adds" in one else {}
    return {"reading": one.get("reading"), "waives": one["waives"], **adds} if one else None


def _value(written: Any, unit: str) -> Any:
    if isinstance(written, list):
        return tuple(written)
    return date.fromisoformat(written) if unit == "date" and written and written[0].isdigit() else written


def _word(value: Any) -> Any:
    return NONE if value is None else value
