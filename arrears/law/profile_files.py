"""Reading of `sources.yml` and of the jurisdictions' files into a profile, all faults at once."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from arrears.config import Faults, Node, is_day, read_once, read_yaml
from arrears.days import CADENCES
from arrears.errors import RuleFault, safe_path
from arrears.law.citations import POLICY, Source, read_sources, source_of
from arrears.law.profile import (
    ALWAYS,
    ASKED,
    ENDED,
    NONE,
    UNSET,
    Added,
    Allowed,
    ExpectedFeed,
    InForce,
    Profile,
    Reading,
    Standing,
    Value,
    Waiver,
)

_MARKERS = (UNSET, NONE, ENDED)
# More than any law means, and few enough that sums and products of it stay whole numbers of SQL.
_MOST = 10**12
_WHOLE = ("cents", "days", "business_days", "weeks", "months", "years", "count", "basis_points")
UNITS = (*_WHOLE, "percent", "boolean", "text", "list", "date")
STANDINGS = ("guide", "law", "both", "policy")
FEDERAL = "us"
_DO = "Correct each of these; nothing was loaded"


@read_once()
def read_profile(rules_dir: Path, state: str) -> Profile:
    """The profile of a state; one `RuleFault` lists every fault of its three files."""
    state = state.lower()
    path = rules_dir / "jurisdictions" / f"{state}.yml"
    if re.fullmatch("[a-z]{2}", state) is None or state == FEDERAL or not path.is_file():
        raise RuleFault(
            f"There is no profile of {state}", safe_path(path), "Add the file, or name another state"
        )
    faults = Faults()
    sources = read_sources(rules_dir, faults)
    federal = read_yaml(path.with_name(f"{FEDERAL}.yml"), faults)
    federal.text("name")
    values: dict[str, tuple[Value, ...]] = read_values(federal.node("values"), FEDERAL, sources)
    read_not_used(federal, values)
    federal.done()
    profile = _state(read_yaml(path, faults), state, values, sources)
    faults.raise_any("rules", _DO)
    return profile


def states(rules_dir: Path) -> list[str]:
    """The states that have a profile."""
    return sorted(path.stem for path in (rules_dir / "jurisdictions").glob("??.yml") if path.stem != FEDERAL)


@read_once()
def known_keys(rules_dir: Path) -> frozenset[str]:
    """Every value key of any jurisdiction, without judging the files."""
    found: set[str] = set()
    for path in sorted((rules_dir / "jurisdictions").glob("??.yml")):
        values = read_yaml(path, Faults()).data.get("values")
        found.update(key for key in (values if isinstance(values, dict) else {}) if isinstance(key, str))
    return frozenset(found)


def remedies_in_force(rules_dir: Path) -> frozenset[str]:
    """Every remedy that some state has or had in force, without judging the files."""
    found: set[str] = set()
    for state in states(rules_dir):
        named = read_yaml(rules_dir / "jurisdictions" / f"{state}.yml", Faults()).data.get(
            "remedies_in_force"
        )
        found.update(map(str, named if isinstance(named, dict) else ()))
    return frozenset(found)


def _state(
    root: Node, state: str, federal: dict[str, tuple[Value, ...]], sources: Mapping[str, Source]
) -> Profile:
    own = read_values(root.node("values"), state, sources)
    values = {**federal, **own}
    for key in sorted(federal.keys() & own.keys()):
        if federal[key][0].unit != own[key][0].unit:
            root.fault(f"{key} is {own[key][0].unit} here and {federal[key][0].unit} in us.yml")
    remedies = root.node("remedies_in_force").children()
    partners = root.node("partners", required=False).children()
    feeds = root.node("feeds", required=False).children()
    profile = Profile(
        state=state,
        name=root.text("name"),
        fips=_matching(root, "fips", r"\d{2}", "two digits in quotes"),
        postal_code=_matching(root, "postal_code", "[A-Z]{2}", "two capital letters"),
        timezone=_timezone(root),
        night_at=_matching(root, "night_at", r"([01]\d|2[0-3]):[0-5]\d", "a time such as 02:00"),
        holidays=_holidays(root.node("holidays"), sources),
        values=values,
        sources=sources,
        in_force=tuple(_in_force(str(key), one, sources) for key, one in remedies),
        waived=tuple(_waiver(one, sources) for one in root.nodes("waivers", required=False)),
        partners={str(key): _partner(one) for key, one in partners},
        feeds={str(key): _feed(str(key), one, sources) for key, one in feeds},
        added=tuple(one for one, _ in read_adds(root, state, sources)),
    )
    if profile.postal_code and profile.postal_code.lower() != state:
        root.fault(f"postal_code {profile.postal_code} does not belong to the file {state}.yml")
    read_not_used(root, own)
    root.done()
    return profile


def read_not_used(root: Node, own: Mapping[str, Any]) -> dict[str, str]:
    """The file's own values that no rule reads, each with the reason why it is kept."""
    node = root.node("not_used", required=False)
    found = node.pairs()
    for key in (key for key in found if key not in own):
        node.fault(f"not_used names {key}, which is not a value of this file")
    return found


def _feed(feed: str, node: Node, sources: Mapping[str, Source]) -> ExpectedFeed:
    found = ExpectedFeed(
        feed,
        node.boolean("required"),
        node.text("cadence", required=False, choices=tuple(CADENCES)),
        read_cites(node, sources),
    )
    node.done()
    return found


def _matching(root: Node, key: str, pattern: str, shape: str) -> str:
    text = root.text(key)
    if text and re.fullmatch(pattern, text) is None:
        root.fault(f"{key} must be {shape}, not {text}")
    return text


def _timezone(root: Node) -> str:
    name = root.text("timezone")
    try:
        ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        root.fault(f"timezone {name} is not known")
    return name


def _holidays(node: Node, sources: Mapping[str, Source]) -> dict[date, str]:
    read_cites(node, sources)
    days = node.node("days")
    node.done()
    found: dict[date, str] = {}
    for day in days.names():
        name = days.text(day)
        if is_day(day):
            found[day] = name
        else:
            days.fault(f"{day!r} is not a day")
    return found


def _in_force(remedy: str, one: Node, sources: Mapping[str, Source]) -> InForce:
    acts: list[tuple[date | None, Reading]] = []
    for start, body in one.node("acts", required=False).children():
        reading = cast("Reading", body.text("reading", choices=("guide", "law")))
        signed = body.text("signed_off_by", required=False)
        if reading == "law" and not signed:
            body.fault("the law's triggers act only with signed_off_by")
        read_cites(body, sources)
        acts.append((read_start(start, body), reading))
        body.done()
    from_on, until_on = _span(one)
    acts.sort(key=lambda act: act[0] or date.min)
    made = InForce(remedy, from_on, until_on, tuple(acts), read_cites(one, sources))
    one.done()
    return made


def _waiver(one: Node, sources: Mapping[str, Source]) -> Waiver:
    from_on, until_on = _span(one)
    cites = read_cites(one, sources)
    made = Waiver(_whose(one), one.text("condition"), from_on, until_on, one.text("why"), cites)
    one.done()
    return made


def read_adds(root: Node, state: str, sources: Mapping[str, Source]) -> list[tuple[Added, Node]]:
    """What a state's file adds to remedies and counts, each with the node that says how the condition is.

    The node is read where the library is known; what it holds beside the addition itself is asked there.
    """
    made: list[tuple[Added, Node]] = []
    for number, one in enumerate(root.nodes("adds", required=False)):
        from_on, until_on = _span(one)
        cites, why, whose = read_cites(one, sources), one.text("why"), _whose(one)
        own = ("remedy", "counts", "condition", "from", "until", "why", "cites")
        body = {key: value for key, value in one.data.items() if key not in own}
        name = one.text("condition")
        added = Added(state, number, whose, name, from_on, until_on, why, cites, body)
        made.append((added, Node(body, f"{one.where}: {name}", one.faults)))
    return made


def _whose(one: Node) -> str:
    """The remedy, or the count of cases, whose condition is meant."""
    named = [one.text(key, required=False) for key in ("remedy", "counts")]
    if len([name for name in named if name]) != 1:
        one.fault("names a remedy, or under `counts` what a case counts for: one of the two")
    return named[0] or named[1]


def _span(one: Node) -> tuple[date | None, date | None]:
    from_on = read_start(one.take("from", kind="day or always"), one)
    until_on = one.take("until", required=False, kind="day")
    if until_on is not None and not is_day(until_on):
        one.fault("until must be a day, the last one")
        until_on = None
    return from_on, cast("date | None", until_on)


def _partner(one: Node) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in one.names():
        value = one.take(key)
        if not isinstance(key, str) or re.fullmatch("[a-z][a-z0-9_]*", key) is None:
            one.fault(f"{key!r} must be a column name")
        elif value is not None and not isinstance(value, str | int | date):
            one.fault(f"{key} must be text, a whole number, true or false, or a day")
        else:
            found[key] = value
    return found


def read_values(node: Node, jurisdiction: str, sources: Mapping[str, Source]) -> dict[str, tuple[Value, ...]]:
    """The dated values of one file by key; faults go to the node's list."""
    found: dict[str, tuple[Value, ...]] = {}
    for key, one in node.children():
        if not isinstance(key, str) or key.count(".") < 1:
            one.fault("a key is named <topic>.<name>")
            continue
        unit, title = one.text("unit", choices=UNITS), one.text("title", required=False)
        none_means = one.text("none_means", required=False)
        least = one.take("least", required=False)
        if least is not None and (unit not in _WHOLE or not fits(least, unit) or isinstance(least, str)):
            one.fault(f"least {least!r} is not a value in {unit}")
            least = None
        like = Allowed(unit, least or 0, tuple(one.texts("words", required=False)))
        versions = one.node("from")
        one.done()
        dated = versions.children()
        read = [
            replace(
                _version(key, like, start, body, jurisdiction, sources), title=title, none_means=none_means
            )
            for start, body in dated
        ]
        if none_means and all(value.value is not None for value in read):
            one.fault(f"none_means tells what {NONE} means, and no value of it is {NONE}")
        found[key] = tuple(sorted(read, key=lambda value: value.from_on or date.min))
        if not read:
            one.fault("needs at least one dated value under `from`")
    return found


def _version(
    key: str, like: Allowed, start: Any, body: Node, jurisdiction: str, sources: Mapping[str, Source]
) -> Value:
    value = body.take("value")
    if "value" in body.data and not fits(value, like.unit, like):
        body.fault(f"value {value!r} is not {like} (or {UNSET}, {NONE}, {ENDED} if there is none)")
    made = Value(
        key=key,
        value=None if value == NONE else tuple(value) if isinstance(value, list) else value,
        unit=like.unit,
        cites=read_cites(body, sources),
        reading=body.text("reading", required=False) or None,
        from_on=read_start(start, body),
        standing=cast("Standing", body.text("standing", choices=STANDINGS)),
        jurisdiction=jurisdiction,
        quote=body.text("quote", required=False),
        allowed=like,
    )
    body.done()
    return made


def asked_on(node: Node) -> dict[str, str]:
    """The values that are asked of another day than tonight, by name: `asked_on: {yesterday: [floor]}`."""
    found = {name: word for word in ASKED for name in node.texts(word, required=False)}
    node.done()
    return found


def read_start(start: Any, body: Node) -> date | None:
    """The day from which something holds; None where its start is not established."""
    if start == ALWAYS:
        return None
    if not is_day(start):
        body.fault(f"{start!r} must be a day or {ALWAYS}")
        return None
    return cast("date", start)


def read_cites(body: Node, sources: Mapping[str, Source]) -> tuple[str, ...]:
    """The citations of a value, each of which must lead into the bibliography."""
    cites = body.texts("cites")
    if "cites" in body.data and not cites:
        body.fault("needs at least one citation")
    for cite in cites:
        if source_of(cite, sources) is None:
            book = "policy.yml" if cite.startswith(POLICY) else "sources.yml"
            body.fault(f"cites {cite}, which is not in {book}")
    return cites


def fits(value: Any, unit: str, allowed: Allowed | None = None) -> bool:
    """Whether a value, or the mark of its absence, is of a unit, and one of those that a rule can read."""
    if isinstance(value, str) and value in _MARKERS:
        return True
    least, words = (allowed.least, allowed.words) if allowed else (0, ())
    if words and not set(value if isinstance(value, list) else [value]) <= set(words):
        return False
    if unit in _WHOLE:
        return isinstance(value, int) and not isinstance(value, bool) and least <= value <= _MOST
    if unit == "percent":
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100
    if unit == "list":
        return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)
    kinds: dict[str, type] = {"boolean": bool, "text": str, "date": date}
    return isinstance(value, kinds[unit])
