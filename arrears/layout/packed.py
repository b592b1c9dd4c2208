"""Packed fields, which a mainframe writes in half the bytes: spelled out as characters, and packed again.

| code | its bytes | spelled out |
|---|---|---|
| `packed number` | two digits a byte, the sign C (plus) in the last half | `N`, a digit less than halves |
| `packed date` | the same, of 0MMDDCCYY | `date:MMDDCCYY` |
| `packed timestamp` | the same, of 0MMDDCCYYHHMMSS | `timestamp:MMDDCCYYHHMMSS` |
| `binary length word` | the length in two bytes, the higher first, and two of zeros | `N` of four digits |

A layout that has such fields is read and written spelled out, as any other; only here are its bytes known.
Half bytes that are no digits, and any sign but C and F (none), are spelled in question marks, which no number
and no date is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from arrears.layout.fields import Field

WORD = "binary length word"
_SPELLED = {
    "packed number": "N",
    "packed date": "date:MMDDCCYY",
    "packed timestamp": "timestamp:MMDDCCYYHHMMSS",
    WORD: "N",
}
_WORD_BYTES, _LENGTH_BYTES = 4, 2
_SIGN = "C"
# What a reader takes as a sign of plus: C, and F, which says that there is none.
_PLUS = "cf"
# A byte that no text may hold is spelled as one that no file of ASCII may carry.
_STRANGE = 0xBF
_PRINTABLE = {*range(0x20, 0x7F), *range(0xA0, 0x100)}
_TEXT = bytes(byte if byte in _PRINTABLE else _STRANGE for byte in range(0x100))


def is_packed(field: Field) -> bool:
    """Whether the bytes of a field are no characters."""
    return field.type in _SPELLED


def spelled_out(fields: Sequence[Field]) -> tuple[Field, ...]:
    """The fields as characters, each where it then stands."""
    found: list[Field] = []
    for field in fields:
        start = found[-1].end + 1 if found else 1
        one = replace(field, start=start, length=_width(field), type=_SPELLED.get(field.type, field.type))
        # A length word says nothing but how long its own record is.
        own = f"{fields[-1].end:0{one.length}d}=the length of the record"
        found.append(replace(one, values_or_edits=own) if field.type == WORD else one)
    return tuple(found)


def _width(field: Field) -> int:
    """How many characters a field has, spelled out."""
    if not is_packed(field):
        return field.length
    if field.type == WORD:
        return _WORD_BYTES
    pattern = _SPELLED[field.type].partition(":")[2]
    return len(pattern) or _digits(field)


def _digits(field: Field) -> int:
    """How many digits its bytes have room for, beside the sign."""
    return field.length * 2 - 1


def packed_words(field: Field) -> str:
    """What belongs into the bytes of a field; nothing where they are characters."""
    if not is_packed(field):
        return ""
    if field.type == WORD:
        return f"the record's length as a number of {_LENGTH_BYTES} bytes, the higher first, then zeros"
    pattern = _SPELLED[field.type].partition(":")[2]
    what = f"a real date as {pattern}" if pattern else f"{_width(field)} digits"
    return f"{what}, packed into {field.length} bytes with zeros in front and the sign {_SIGN} last"


def packing_faults(fields: Sequence[Field]) -> Iterator[str]:
    """What packed fields of a layout have no room for, one plain phrase each."""
    for field in fields:
        if field.type == WORD and field.length != _WORD_BYTES:
            yield f"{field.name!r} is a length word of {field.length} bytes, not {_WORD_BYTES}"
        elif is_packed(field) and field.type != WORD and _digits(field) < _width(field):
            yield f"{field.name!r} has room for {_digits(field)} digits, not {_width(field)}"


def pack(wire: Sequence[Field], spelled: Sequence[Field], line: bytes) -> bytes:
    """The bytes of a record that was spelled out without a fault."""
    return b"".join(
        _packed(field, line[as_text.start - 1 : as_text.end])
        for field, as_text in zip(wire, spelled, strict=True)
    )


def unpack(wire: Sequence[Field], record: bytes) -> bytes:
    """A record as characters, as long as its layout whatever the bytes are; a cut one goes on in zeros."""
    whole = record.ljust(wire[-1].end, b"\0")
    return b"".join(_unpacked(field, whole[field.start - 1 : field.end]) for field in wire)


def length_word(length: int) -> bytes:
    """The bytes with which a record says how long it is."""
    return length.to_bytes(_LENGTH_BYTES, "big").ljust(_WORD_BYTES, b"\0")


def _packed(field: Field, text: bytes) -> bytes:
    if not is_packed(field):
        return text
    if field.type == WORD:
        return length_word(int(text))
    return bytes.fromhex(text.decode("ascii").rjust(_digits(field), "0") + _SIGN)


def _unpacked(field: Field, given: bytes) -> bytes:
    width = _width(field)
    if not is_packed(field):
        return given.translate(_TEXT)
    if field.type == WORD:
        length, rest = int.from_bytes(given[:_LENGTH_BYTES], "big"), given[_LENGTH_BYTES:]
        found = str(length).rjust(width, "0")
        is_right = len(found) == width and not any(rest)
    else:
        halves = given.hex()
        found, before = halves[:-1][-width:], halves[:-1][:-width]
        is_right = bool(re.fullmatch("[0-9]+", found)) and not before.strip("0") and halves[-1] in _PLUS
    return found.encode("ascii") if is_right else b"?" * width
