"""The values that a person asks about, `KEY=VALUE` as the profile has them, or refused with what is near."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from arrears.errors import ArrearsError, RuleFault
from arrears.law.profile import ENDED, NONE, UNSET, Allowed, Profile
from arrears.law.profile_files import fits
from arrears.law.remedy import Card
from arrears.values import cents

NEAR = 4
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}
_TEXTS = ("text", "list")


@dataclass(frozen=True)
class Change:
    """One value of the profile, as it is that night and as it is asked about."""

    key: str
    asked_as: str
    unit: str
    was: Any
    now: Any
    cites: tuple[str, ...]
    called: str

    def as_json(self) -> dict[str, Any]:
        """The change as JSON values; a mark such as `unset` or `none` stands as its word."""
        told = {name: _plain(getattr(self, name)) for name in ("was", "now")}
        about = {"key": self.key, "called": self.called, "asked_as": self.asked_as, "unit": self.unit}
        return {**about, **told, "cites": [*self.cites]}


def requested_changes(
    profile: Profile, cards: Mapping[str, Card], asked: Sequence[str], on: date
) -> list[Change]:
    """The changes that a person asks for, each `KEY=VALUE`, against the values in force on a day.

    A key is one of the profile, or a remedy's own name of it: `license_revocation.unpaid_days` is the value
    that this card needs as `unpaid_days`, wherever else it is read.
    """
    names = own_names(cards)
    found: dict[str, Change] = {}
    for text in asked:
        name, equals, written = text.partition("=")
        name = name.strip()
        key = name if name in profile.values else names.get(name, "")
        if not equals or key not in profile.values:
            raise ArrearsError(
                f"There is no value {name!r}" if equals else f"{text!r} is not KEY=VALUE",
                f"--set, {profile.state}",
                near(name, [*profile.values, *names]),
            )
        if key in found:
            raise ArrearsError(f"{key} is asked for twice", "--set", "Give each value once")
        value, was = profile.values[key][-1], _standing(profile, key, on)
        now = read_value(key, written.strip(), value.unit, value.allowed)
        found[key] = Change(key, name, value.unit, was, now, _cites(profile, key, on), value.called)
    return list(found.values())


def dated_changes(profile: Profile, was_on: date, now_on: date) -> list[Change]:
    """Every value that the profile has otherwise on a later day."""
    found = []
    for key in sorted(profile.values):
        was, now = _standing(profile, key, was_on), _standing(profile, key, now_on)
        if was != now:
            value, cites = profile.values[key][-1], _cites(profile, key, now_on)
            found.append(Change(key, key, value.unit, was, now, cites, value.called))
    return found


def own_names(cards: Mapping[str, Card]) -> dict[str, str]:
    """The key of the profile under each remedy's own name of it: `<remedy>.<name>`."""
    return {f"{card.remedy}.{name}": key for card in cards.values() for name, key in card.needs.items()}


def near(name: str, known: Sequence[str]) -> str:
    """What to write instead of a name that is not known."""
    found = difflib.get_close_matches(name, known, NEAR, cutoff=0.5)
    said = f"Did you mean {', '.join(found)}" if found else "No name is close to it"
    return f"{said}; rules/jurisdictions holds them all"


def read_value(key: str, text: str, unit: str, allowed: Allowed | None = None) -> Any:
    """A value as written for its unit, one of those allowed.

    Money says what it is, `$1,000`, `$1,000.00` or `100000 cents`: a bare number is refused.
    """
    if text in (UNSET, ENDED):
        return text
    if text == NONE:
        return None
    value: Any = text
    if unit == "boolean":
        value = _YES_NO.get(text.lower(), text)
    elif unit == "list":
        value = [one.strip() for one in text.split(",") if one.strip()]
    elif unit == "date":
        value = _read(date.fromisoformat, text)
    elif unit == "cents":
        value = _read(_cents, text)
        if not isinstance(value, int):
            raise ArrearsError(
                f"{text!r} for {key} does not say what money it is",
                "--set",
                "Write dollars with their sign, such as $1,500 or $1,500.00, or 150000 cents",
            )
    elif unit not in _TEXTS:
        value = _read(int, text)
    if not fits(value, unit, allowed):
        raise ArrearsError(
            f"{text!r} is not {allowed or Allowed(unit)}, which {key} has to be",
            "--set",
            f"Write it as the profile does, or {UNSET}, {NONE} or {ENDED}",
        )
    return tuple(value) if isinstance(value, list) else value


def _read(how: Any, text: str) -> Any:
    try:
        return how(text)
    except ValueError:
        return text


def _cents(text: str) -> int:
    if text.endswith(" cents"):
        return int(text.removesuffix(" cents"))
    if not text.startswith("$"):
        raise ValueError(text)
    plain = text.removeprefix("$").replace(",", "")
    return cents(plain if "." in plain else f"{plain}.00")


def _standing(profile: Profile, key: str, on: date) -> Any:
    """The value on a day; what is not in force then is `ended`, before its start as after its end."""
    try:
        return profile.value_or_unset(key, on).value
    except RuleFault:
        return ENDED


def _cites(profile: Profile, key: str, on: date) -> tuple[str, ...]:
    try:
        return profile.value_or_unset(key, on).cites
    except RuleFault:
        return ()


def _plain(value: Any) -> Any:
    if value is None:
        return NONE
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value
