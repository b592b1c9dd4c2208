"""Words of the rule book: values with their units, sentences with blanks for what a case fills in."""

import re
from collections.abc import Mapping
from typing import Any

from arrears.answers.display import display_value
from arrears.law.profile import UNSET

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# What stands in a sentence for a fact of the case.
_BLANKS = {"cents": "(amount)", "days": "(number)", "count": "(number)", "date": "(date)", "list": "(which)"}
_MARKUP = re.compile(r"([\\`*_\[\]<>|#])")


def escaped(text: Any) -> str:
    """Text that Markdown takes as it is, on one line."""
    return _MARKUP.sub(r"\\\1", " ".join(str(text).split()))


def humanly(name: str) -> str:
    """A name of the files in words: `no_payment_days` is No payment days."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def amount(value: Any, unit: str) -> str:
    """A value of the law with its unit, as people write it."""
    if value is None:
        return "no limit"
    if value == UNSET:
        return "not set"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return "; ".join(str(one) for one in value).replace("_", " ")
    if not isinstance(value, int) or unit in ("cents", "basis_points"):
        return display_value(value, unit) if isinstance(value, int) else str(value).replace("_", " ")
    if unit == "percent":
        return f"{value} %"
    words = unit.replace("_", " ")
    return (
        f"{value:,}" if unit == "count" else f"{value:,} {words if value != 1 else words.removesuffix('s')}"
    )


def filled(sentence: str, limits: Mapping[str, str], units: Mapping[str, str]) -> str:
    """A sentence with the limits of the day written in, and a blank for each fact of the case."""

    def word(match: re.Match[str]) -> str:
        name = match[1]
        return limits.get(name) or _BLANKS.get(units.get(name, ""), f"({name.replace('_', ' ')})")

    text = _PLACEHOLDER.sub(word, sentence)
    text = re.sub(r"\((\([^()]*\))\)", r"\1", text)
    # A unit that the sentence says itself is not said twice: "60 days days".
    return re.sub(r"\b(days|weeks|months|years|business days) \1\b", r"\1", text)
