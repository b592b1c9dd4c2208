"""What a partner should send instead of a value at fault, said from the layout of its record."""

from collections.abc import Mapping

from arrears.layout.fields import BLANK_ITEM, Field
from arrears.layout.packed import is_packed, packed_words
from arrears.layout.table import Layout
from arrears.layout.tables import Column

_MOST_CODES = 12
_OF_COLUMN = {
    "date": "a date written CCYY-MM-DD",
    "cents": "whole cents in digits, without a point",
    "signed_cents": "whole cents in digits, with - in front where it is below zero",
    "percent": "a whole number from 0 to 100",
    "yes_no": "Y or N",
}


def of_field(field: Field) -> str:
    """What belongs into a field, and whether it may be blank."""
    may_be_blank = not field.is_required or BLANK_ITEM in field.codes
    empty = "zeros" if is_packed(field) else "blanks"
    return f"{_value_of(field)}{f', or {empty}' if may_be_blank else ''}"


def _value_of(field: Field) -> str:
    n, codes = field.length, tuple(code for code in field.codes if code != BLANK_ITEM)
    if codes and field.kind in ("text", "digits"):
        return one_of(codes)
    if said := packed_words(field):
        return said
    if field.takes_any_sign:
        return f"digits, with the sign last where there is one, {n} characters in all"
    match field.kind:
        case "digits":
            return f"{n} digits, zeros in front"
        case "cents":
            return f"cents as {n} digits, zeros in front, without a point"
        case "signed" if field.sign_is_apart:
            return f"{n - 1} digits, zeros in front, and + or - last"
        case "signed":
            return f"{n} digits, zeros in front, the sign punched over the last one"
        case "edited":
            return "a sign, digits, a point and two digits"
        case "date" | "month" | "time" | "timestamp":
            what = "time" if field.kind == "time" else "date"
            also = f" ({one_of(codes)} for none)" if codes else ""
            return f"a real {what} written {field.pattern}{also}"
        case _:
            return f"text of at most {n} characters, filled with blanks"


def of_column(column: Column) -> str:
    """What belongs into a column of a table, and whether it may be empty."""
    said = one_of(column.values) if column.values else _OF_COLUMN.get(column.type, "text")
    since = f", not before {column.not_before}" if column.not_before else ""
    return f"{said}{since}{'' if column.is_required else ', or nothing'}"


def one_of(values: tuple[str, ...]) -> str:
    """A list of values as a sentence names it; of a long one the first, and how many there are."""
    shown = ", ".join(values[:_MOST_CODES])
    if len(values) > _MOST_CODES:
        return f"one of {len(values)} codes, such as {shown}"
    return f"one of {shown}" if len(values) > 1 else shown


def of_line(layout: Layout) -> str:
    """How a line of a record looks as a whole."""
    if layout.is_delimited:
        return f"{len(layout.fields)} elements"
    if layout.wire:
        return f"{layout.record_length} bytes"
    if layout.followers:
        return f"{layout.length} characters, and each block behind them as often as its number says"
    return f"{layout.length} characters, filled with blanks"


def words_of_layouts(layouts: Mapping[str, Layout]) -> dict[tuple[str, str], str]:
    """What to send, by record and field, in a file of these records; without a field, of a whole line."""
    each = ((name, one) for name, own in layouts.items() for one in own.wire or own.fields)
    fields = {(name, one.name): of_field(one) for name, one in each if one.kind != "filler"}
    return fields | {(name, ""): of_line(own) for name, own in layouts.items()}
