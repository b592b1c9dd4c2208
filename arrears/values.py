"""Money, Social Security numbers and masks: the small values that every other module uses."""

import re
from typing import Any, Literal

StoreKind = Literal["invented", "real"]
HUNDRED = 100  # percent of a whole: arithmetic, not law
# A row of a query, or an object of a JSON document: values by name.
Row = dict[str, Any]

# Groups that the Internal Revenue Service gives to taxpayer and adoption numbers (area 9xx).
_TAXPAYER_GROUPS = frozenset([*range(50, 66), *range(70, 89), *range(90, 100)])
# Printed on sample cards or in advertisements; never a person (SSA, "Social Security number
# verification: invalid numbers").
_ADVERTISED = frozenset(
    ["078051120", "219099999", "457555462", "111111111", "123456789", "222222222", "333333333"]
    + ["444444444", "555555555", "777777777", "888888888"]
)

# What a value of each unit is, as a sentence names it; a unit of other words is one of them.
_UNITS = {
    "cents": "an amount in whole cents",
    "signed_cents": "an amount in whole cents",
    "count": "a whole number from 0 up",
    "percent": "a percentage from 0 to 100",
    "boolean": "true or false",
    "yes_no": "true or false",
    "list": "a list of words",
    "date": "a date such as 2025-01-15",
    "month": "a day of the month, such as 2025-01-01",
    "text": "text",
}


def unit_said(unit: str) -> str:
    """What a value of a unit is, for a sentence: `days` is `a number of days`, `a|b` is `a or b`."""
    return _UNITS.get(unit) or (
        unit.replace("|", " or ") if "|" in unit else f"a number of {unit.replace('_', ' ')}"
    )


def dollars(cents: int) -> str:
    """The amount as people write it: `100001` is `$1,000.01`."""
    sign = "-" if cents < 0 else ""
    whole, part = divmod(abs(cents), 100)
    return f"{sign}${whole:,}.{part:02d}"


def whole_dollars(cents: int) -> int:
    """The whole dollars of an amount, truncated toward zero as the federal and bureau files ask."""
    return cents // 100 if cents >= 0 else -(-cents // 100)


def cents(text: str) -> int:
    """The cents of a plain decimal amount such as `1234.50` or `-3.07`.

    Raises `ValueError` for thousands separators, exponents, parentheses, a trailing sign or more
    than two decimals: none of them is ours to guess.
    """
    match = re.fullmatch(r"(-?)([0-9]+)(?:\.([0-9]{2}))?", text)
    if match is None:
        raise ValueError("not a plain amount with no or two decimals")
    sign, whole, part = match.groups()
    value = int(whole) * 100 + int(part or "0")
    return -value if sign else value


def ssn_fault(ssn: str, kind: StoreKind) -> str | None:
    """Why a number can belong to nobody in a store of this kind, or None where it can.

    A store of invented people takes only numbers that were never issued (area 9xx outside the
    taxpayer groups); a real store refuses exactly those, so neither can leak into the other.
    """
    if re.fullmatch(r"[0-9]{9}", ssn) is None:
        return "not nine digits"
    area, group, serial = int(ssn[:3]), int(ssn[3:5]), int(ssn[5:])
    if group == 0 or serial == 0:
        return "group or serial is all zeros"
    if kind == "invented":
        if area < 900:
            return "could belong to a real person; this store is for invented people"
        return "taxpayer number group" if group in _TAXPAYER_GROUPS else None
    if area >= 900:
        return "never issued as a Social Security number"
    if area in (0, 666):
        return "area never issued"
    return "advertised or placeholder number" if ssn in _ADVERTISED else None


def ssn_is_possible_sql(column: str, kind: StoreKind) -> str:
    """SQL that is true exactly where `ssn_fault` finds no fault; NULL stays NULL."""
    digits = f"regexp_full_match({column}, '[0-9]{{9}}')"
    area, group = f"try_cast(substr({column},1,3) AS INTEGER)", f"try_cast(substr({column},4,2) AS INTEGER)"
    issued = f"{group} <> 0 AND substr({column},6,4) <> '0000'"
    if kind == "invented":
        groups = ",".join(str(g) for g in sorted(_TAXPAYER_GROUPS))
        return f"({digits} AND {issued} AND {area} >= 900 AND {group} NOT IN ({groups}))"
    listed = ",".join(f"'{n}'" for n in sorted(_ADVERTISED))
    return (
        f"({digits} AND {issued} AND {area} < 900 AND {area} NOT IN (0,666) AND {column} NOT IN ({listed}))"
    )
