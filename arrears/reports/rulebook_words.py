"""Words of the rule book: values with their units, sentences with blanks for what a case fills in."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from arrears.answers.display import display_value
from arrears.law.profile import UNSET

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# What stands in a sentence for its only fact of a kind; of several, each is named.
_BLANKS = {"cents": "amount", "days": "number", "count": "number", "date": "date"}
_MARKUP = re.compile(r"([\\`*_\[\]<>|#])")


def escaped(text: Any) -> str:
    """Text that Markdown takes as it is, on one line."""
    return _MARKUP.sub(r"\\\1", " ".join(str(text).split()))


def humanly(name: str) -> str:
    """A name of the files in words: `no_payment_days` is No payment days."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def blank(name: str, unit: str) -> str:
    """What stands in a sentence for a fact, by its name: `unpaid_since_on` is (unpaid since date)."""
    words = re.sub(r"_cents(?=_|$)", "_amount", name)
    if unit == "date":
        words = f"{words.removesuffix('_on')}_date"
    return f"({words.replace('_', ' ')})"


def no_value(unit: str) -> str:
    """What a sentence says in place of a limit of which the law sets no number."""
    if unit == "cents":
        return "(no amount is set)"
    words = {"count": "", "basis_points": " of percent"}.get(unit, f" of {unit.replace('_', ' ')}")
    return "(nothing is set)" if unit in ("text", "list") else f"(no number{words} is set)"


def amount(value: Any, unit: str, none_means: str = "") -> str:
    """A value of the law with its unit, as people write it; `none` by what the value says that it means."""
    if value is None:
        return none_means or "none"
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
    """A sentence with the limits of the day written in, and a blank for each fact of the case.

    A blank says only of what kind its fact is where the sentence has one of that kind: (amount). Where it has
    more, each blank names its fact, so that nobody takes one for another.
    """
    facts = {name for name in _PLACEHOLDER.findall(sentence) if not limits.get(name)}
    kinds = Counter(_BLANKS.get(units.get(name, ""), "") for name in facts)

    def word(match: re.Match[str]) -> str:
        name = match[1]
        unit = units.get(name, "")
        kind = _BLANKS.get(unit, "")
        return limits.get(name) or (f"({kind})" if kind and kinds[kind] == 1 else blank(name, unit))

    text = _PLACEHOLDER.sub(word, sentence)
    text = re.sub(r"\((\([^()]*\))\)", r"\1", text)
    # A unit that the sentence says itself is not said twice: "60 days days".
    return re.sub(r"\b(days|weeks|months|years|business days) \1\b", r"\1", text)
