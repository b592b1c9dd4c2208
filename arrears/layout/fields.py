"""One field of a record and what its type code means.

| code | read as | on the wire |
|---|---|---|
| `A`, `AN` | text | left-justified, blank-filled |
| `A:cut`, `AN:cut` | the same | as far as the field reaches: the partner knows who is meant by a number |
| `A:whole`, `AN:whole` | the same | whole or not at all, said of a name on purpose |
| `N` | text of digits, leading zeros kept | right-justified, zero-filled |
| `N2` | whole cents | digits with two implied decimals |
| `S`, `S2` | whole number, whole cents | sign punched over the last digit (`{ABC..I` plus, `}JK..R` minus) |
| `S:trailing`, `S2:trailing` | the same | a `+` or `-` of its own in the last position |
| `N2:any`, `S:trailing:any` | cents, number | read with its sign apart, punched or absent |
| `E2` | whole cents | sign, digits, point, two digits |
| `date:PATTERN` | date (`date:CCYYMM`: text `2025-01`) | CC century, YY, MM, DD and separators |
| `time:PATTERN` | text of digits | HH, MM, SS |
| `timestamp:PATTERN` | timestamp | date and time letters; minutes follow hours |
| `F` | dropped | blanks |

What a mainframe packs into half the bytes is spelled out as one of these: see `arrears.layout.packed`.

`values_or_edits` is prose for people, with one exception that both directions obey: a cell that is
only `code=meaning` items (separated by `;`; `blank` stands for no value) closes the field to those
codes; on a date the codes are the sentinels that mean "no date".
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Kind = Literal["text", "digits", "cents", "signed", "edited", "date", "month", "time", "timestamp", "filler"]
BLANK_ITEM = "blank"
_PLAIN: dict[str, Kind] = {
    "A": "text", "AN": "text", "N": "digits", "N2": "cents", "E2": "edited", "F": "filler",
    "A:cut": "text", "AN:cut": "text", "A:whole": "text", "AN:whole": "text",
    "S": "signed", "S2": "signed", "S:trailing": "signed", "S2:trailing": "signed",
    "N2:any": "cents", "S:trailing:any": "signed",
}  # fmt: skip
_PATTERN = re.compile(r"(date|time|timestamp):([CYMDHS./-]+)")
_ITEM = re.compile(r"([A-Za-z0-9./-]+)\s*=\s*\S.*")
# Longest first, so that CCYY is not read as CC and YY.
_STRFTIME = (("CCYY", "%Y"), ("YY", "%y"), ("DD", "%d"), ("HH", "%H"), ("SS", "%S"))


@dataclass(frozen=True)
class Field:
    """One line of a layout table."""

    name: str
    start: int
    length: int
    type: str
    required: str = ""
    values_or_edits: str = ""
    description: str = ""

    @property
    def end(self) -> int:
        """The last position the field takes."""
        return self.start + self.length - 1

    @cached_property
    def kind(self) -> Kind | None:
        """What the type code means, or None for a code that Arrears does not know."""
        if self.name == "filler" or self.name.startswith("filler_"):
            return "filler"
        if self.type in _PLAIN:
            return _PLAIN[self.type]
        match = _PATTERN.fullmatch(self.type)
        if match is None or self.format is None:
            return None
        if match[1] == "date":
            return "date" if "DD" in match[2] else "month"
        return "time" if match[1] == "time" else "timestamp"

    @property
    def is_required(self) -> bool:
        """Whether the source says that the field is always there."""
        return self.required == "R"

    @property
    def may_be_cut(self) -> bool:
        """Whether a text that is wider than the field is written as far as it reaches."""
        return self.type.endswith(":cut")

    @property
    def sign_is_apart(self) -> bool:
        """Whether the sign has a position of its own, at the end."""
        return ":trailing" in self.type

    @property
    def most(self) -> int:
        """The largest number that a field of digits has room for."""
        apart = {"signed": int(self.sign_is_apart), "edited": 2}.get(self.kind or "", 0)
        return int("9" * (self.length - apart))

    @property
    def takes_any_sign(self) -> bool:
        """Whether partners send the number in several published forms, of which none is a lost sign."""
        return self.type.endswith(":any")

    @property
    def pattern(self) -> str:
        """The date or time pattern of the type code, such as `MMDDCCYY`; empty for other types."""
        match = _PATTERN.fullmatch(self.type)
        return match[2] if match else ""

    @cached_property
    def format(self) -> str | None:
        """The pattern in strptime letters, or None where the pattern makes no sense."""
        left, hour_seen, out = self.pattern, self.type.startswith("time:"), ""
        while left:
            for letters, meaning in _STRFTIME:
                if left.startswith(letters):
                    out, left = out + meaning, left[len(letters) :]
                    hour_seen = hour_seen or letters == "HH"
                    break
            else:
                if left.startswith("MM"):  # months until an hour was seen, minutes after it
                    out, left = out + ("%M" if hour_seen else "%m"), left[2:]
                elif left[0] in "./-":
                    out, left = out + left[0], left[1:]
                else:
                    return None
        return out or None

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The closed list of codes, in order; empty where the cell is prose or the type has none."""
        if self.kind not in ("text", "digits", "date", "month"):
            return ()
        found = []
        for item in (part.strip() for part in self.values_or_edits.split(";")):
            match = _ITEM.fullmatch(item)
            if match is None and item != BLANK_ITEM:
                return ()
            found.append(match[1] if match else BLANK_ITEM)
        return tuple(found) if set(found) - {BLANK_ITEM} else ()
