"""From lines to typed columns: the SELECT that a layout makes for reading."""

from collections.abc import Sequence

from arrears.layout.fields import BLANK_ITEM, Field
from arrears.layout.table import Layout

# The sign punched over the last digit: plus 0-9, then minus 0-9, and the digits they stand for.
PLUS, MINUS = "{ABCDEFGHI", "}JKLMNOPQR"
_PIECE = 120  # characters of a line that are cut out together
# No partner's date lies outside these centuries; `0024-01-05` is a typing fault, not the year 24.
_CENTURIES = "(18|19|20|21)"


def read_select(layout: Layout, lines: str, delimiter: str | None = None, keep: Sequence[str] = ()) -> str:
    """SQL for one row a line: `source_line`, a typed column a field, and the line's first fault.

    `lines` names a relation (line_no BIGINT, l VARCHAR) read as latin-1, so that a character is a
    byte; its columns in `keep` pass through. `fault_field` (NULL when the whole line is wrong),
    `fault_reason` and `fault_value` (its shape only, never its content) are NULL on a clean line.
    """
    typed = "".join(f",\n  {_value(f)} AS {_name(f)}" for f in layout.columns)
    faults = _whens([*_line_tests(layout, delimiter), *(one for f in layout.columns for one in _told(f))])
    kept = "".join(f", {column}" for column in keep)
    return f"""WITH cut AS ({_cut(layout, lines, delimiter, kept)})
SELECT source_line{kept}{typed}, {fault_columns()}
FROM (SELECT cut.*, CASE {faults} END AS fault FROM cut)"""


def shape_select(layout: Layout, keep: Sequence[str] = ()) -> str:
    """SQL for no row, with the columns that a line without a fault has under `read_select`."""
    raw = ", ".join(f"CAST(NULL AS VARCHAR) AS {_name(f)}" for f in layout.columns)
    typed = "".join(f", {_value(f)} AS {_name(f)}" for f in layout.columns)
    numbers = ", ".join(f"CAST(NULL AS BIGINT) AS {column}" for column in ("source_line", *keep))
    return f"SELECT {numbers}{typed} FROM (SELECT {raw}) WHERE false"


def every_fault_select(layout: Layout, lines: str, delimiter: str | None = None) -> str:
    """SQL for every fault of every line: `source_line`, `field`, `reason`, `shown_value`.

    It asks what `read_select` asks, which tells the first. Of a line that is not as long as the layout only
    this is told: its fields may stand anywhere.
    """
    whole = _whens([(test, f"[{fault}]") for test, fault in _line_tests(layout, delimiter)])
    each = ", ".join(f"CASE {_whens(_told(f))} END" for f in layout.columns if _told(f))
    faults = f"CASE {whole} ELSE list_filter([{each}], lambda one: one IS NOT NULL) END"
    return every_told(
        f"SELECT source_line, unnest({faults}) AS fault FROM ({_cut(layout, lines, delimiter)})"
    )


def every_told(faults: str) -> str:
    """SQL for what is told of each `fault` of a relation (source_line, fault): its value is masked here."""
    told = f"fault.field AS field, fault.reason AS reason, {mask_sql('fault.value')} AS shown_value"
    return f"SELECT source_line, {told} FROM ({faults})"


def _line_tests(layout: Layout, delimiter: str | None) -> list[tuple[str, str]]:
    """What a line as a whole can have wrong, as SQL that is true where it is, with the fault."""
    return [
        ("l IS NULL OR trim(l, ' ') = ''", _fault(None, "blank line", "NULL")),
        (wrong_length(layout, delimiter), _fault(None, _length_reason(layout), "NULL")),
    ]


def _told(field: Field) -> list[tuple[str, str]]:
    """What the value of a field can have wrong, as SQL that is true where it is, with the fault."""
    return [(test, _fault(field.name, reason, _name(field))) for test, reason in _tests(field)]


def _whens(tests: Sequence[tuple[str, str]]) -> str:
    return "".join(f"\n  WHEN {test} THEN {fault}" for test, fault in tests)


def fault_columns() -> str:
    """SQL for what is told of `fault`, the struct of a row's first fault: its value is masked only here.

    Each mask is a handful of patterns to prepare; one at each test would cost more than all else.
    """
    return (
        f"fault.field AS fault_field, fault.reason AS fault_reason, {mask_sql('fault.value')} AS fault_value"
    )


def mask_sql(expression: str) -> str:
    """SQL for the shape of a text: letters `x`, digits `9`, unprintable `?`, forty characters."""
    shape = f"regexp_replace(regexp_replace({expression}, '\\p{{L}}', 'x', 'g'), '\\p{{N}}', '9', 'g')"
    return f"left(regexp_replace({shape}, '[\\p{{C}}\\x{{A0}}]', '?', 'g'), 40)"


def _name(field: Field) -> str:
    return f'"{field.name}"'


def _cut(layout: Layout, lines: str, delimiter: str | None, kept: str = "") -> str:
    """SQL for the line and a column a field, still as it came.

    The engine counts characters from a text's begin, so a long line is cut into pieces first, and those into
    fields: a third of the time.
    """
    if layout.is_delimited:
        given = [f'string_split(l, {_literal(delimiter or "|")}) AS "in pieces"']
        cut = [f'"in pieces"[{field.start}] AS {_name(field)}' for field in layout.columns]
    else:
        given, cut = [], []
        for number, fields in enumerate(_pieces(layout.columns)):
            first, piece = fields[0].start, f'"piece {number}"'
            given.append(f"substr(l, {first}, {fields[-1].end - first + 1}) AS {piece}")
            cut += [f"substr({piece}, {f.start - first + 1}, {f.length}) AS {_name(f)}" for f in fields]
    pieces = "".join(f", {piece}" for piece in given)
    taken = "".join(f",\n  {one}" for one in cut)
    whole = f"SELECT line_no AS source_line, l{kept}{pieces} FROM {lines}"
    return f"SELECT source_line, l{kept}{taken} FROM ({whole})"


def _pieces(fields: Sequence[Field]) -> list[list[Field]]:
    """Fields that lie together, as many as a piece holds."""
    pieces: list[list[Field]] = []
    for field in fields:
        if not pieces or field.end - pieces[-1][0].start >= _PIECE:
            pieces.append([])
        pieces[-1].append(field)
    return pieces


def wrong_length(layout: Layout, delimiter: str | None) -> str:
    """SQL that is true where a line `l` is not as long as the layout, or has not as many elements."""
    if layout.is_delimited:
        return f"len(string_split(l, {_literal(delimiter or '|')})) <> {len(layout.fields)}"
    if layout.followers:
        # Where it cannot be read how much follows, that field is the fault.
        ends = _begins(layout, len(layout.followers))
        return f"coalesce(length(l) <> {ends} - 1, length(l) < {layout.length})"
    return f"length(l) <> {layout.length}"


def follower_select(layout: Layout, place: int, lines: str) -> str:
    """SQL for what follows a record in its lines at one place: line_no, block_no from 1, and `l`, its text.

    `lines` names a relation (line_no, l) of whole lines; of one that is not as long as it says there is none.
    """
    length, times = layout.followers[place].length, _times(layout, place)
    each = f"SELECT line_no, l, {_begins(layout, place)} AS begins, unnest(range(1, {times} + 1)) AS block_no"
    whole = f"{each} FROM {lines} WHERE NOT coalesce({wrong_length(layout, None)}, true)"
    text = f"substr(l, CAST(begins + (block_no - 1) * {length} AS BIGINT), {length}) AS l"
    return f"SELECT line_no, block_no, {text} FROM ({whole})"


def _begins(layout: Layout, place: int) -> str:
    """SQL for the position of a line at which what follows at this place begins, or the line has ended."""
    before = (f"{_times(layout, n)} * {one.length}" for n, one in enumerate(layout.followers[:place]))
    return "(" + " + ".join([str(layout.length + 1), *before]) + ")"


def _times(layout: Layout, place: int) -> str:
    """SQL for how often something follows, as a line `l` says; NULL where that cannot be read."""
    field = layout.followers[place].times
    cut = f"substr(l, {field.start}, {field.length})"
    return f"try_cast(CASE WHEN {_digits(cut)} THEN {cut} END AS BIGINT)"


def _length_reason(layout: Layout) -> str:
    if layout.followers:
        return "the line is not as long as the blocks that it says follow"
    if layout.is_delimited:
        return f"the line does not have {len(layout.fields)} elements"
    return f"the line is not {layout.length} characters long"


def _fault(field: str | None, reason: str, value: str) -> str:
    name = _literal(field) if field else "CAST(NULL AS VARCHAR)"
    return f"{{'field': {name}, 'reason': {_literal(reason)}, 'value': CAST({value} AS VARCHAR)}}"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _value(field: Field) -> str:
    """The typed value; NULL for blank, and for text that `_tests` finds wrong."""
    raw = _name(field)
    if field.takes_any_sign:
        return _any_sign(raw)
    match field.kind:
        case "digits" | "time":
            return f"CASE WHEN {_digits(raw)} THEN {raw} END"
        case "cents":
            return f"try_cast(CASE WHEN {_digits(raw)} THEN {raw} END AS BIGINT)"
        case "signed":
            return f"CASE WHEN NOT coalesce({_sign_is_wrong(field)}, true) THEN {_signed(field)} END"
        case "edited":
            return f"try_cast(replace(ltrim({raw}, ' '), '.', '') AS BIGINT)"
        case "date":
            return f"CAST({_moment(field)} AS DATE)"
        case "month":
            return f"strftime({_moment(field)}, '%Y-%m')"
        case "timestamp":
            return _moment(field)
        case _:
            return f"nullif(rtrim({raw}, ' '), '')"


def _digits(raw: str) -> str:
    return f"regexp_full_match({raw}, '[0-9]+')"


def _signed(field: Field) -> str:
    raw = _name(field)
    if field.sign_is_apart:
        return f"try_cast(right({raw}, 1) || left({raw}, -1) AS BIGINT)"
    digits = f"left({raw}, -1) || translate(right({raw}, 1), '{PLUS}{MINUS}', '01234567890123456789')"
    sign = f"CASE WHEN contains('{MINUS}', right({raw}, 1)) THEN -1 ELSE 1 END"
    return f"{sign} * try_cast({digits} AS BIGINT)"


def _any_sign(raw: str) -> str:
    """The number in whichever form it came; without a sign it is not below zero."""
    n, last = f"ltrim({raw}, ' ')", f"right({raw}, 1)"
    digits = f"left({n}, -1) || translate({last}, '{PLUS}{MINUS}', '01234567890123456789')"
    sign = f"CASE WHEN contains('{MINUS}', {last}) THEN -1 ELSE 1 END"
    forms = {
        _digits(n): f"try_cast({n} AS BIGINT)",
        f"regexp_full_match({n}, '[0-9]+[+-]')": f"try_cast({last} || left({n}, -1) AS BIGINT)",
        f"regexp_full_match({n}, '[0-9]*[{PLUS}{MINUS}]')": f"{sign} * try_cast({digits} AS BIGINT)",
    }
    return f"CASE {' '.join(f'WHEN {form} THEN {value}' for form, value in forms.items())} END"


def _moment(field: Field) -> str:
    raw = _name(field)
    sentinels = ", ".join(_literal(code) for code in field.codes if code != BLANK_ITEM)
    real = f"CASE WHEN {raw} NOT IN ({sentinels}) THEN {raw} END" if sentinels else raw
    return f"try_strptime({real}, '{field.format}')"


def _tests(field: Field) -> list[tuple[str, str]]:
    """The faults a value can have, as SQL that is true where the fault is there, with its reason."""
    raw, blank = _name(field), f"trim({_name(field)}, ' ') = ''"
    tests: list[tuple[str, str]] = []
    match field.kind:
        case "text":
            tests.append((f"contains({raw}, chr(0))", "holds a NUL byte"))
        case _ if field.takes_any_sign:
            shape = f"[0-9]+[+-]?|[0-9]*[{PLUS}{MINUS}]"
            wrong = f"NOT {blank} AND NOT regexp_full_match(ltrim({raw}, ' '), '{shape}')"
            tests.append((wrong, "not a number, with its sign at the end where it has one"))
        case "digits" | "cents" | "time":
            tests.append((f"NOT {blank} AND NOT {_digits(raw)}", "not all digits"))
        case "signed":
            tests.append((_sign_is_wrong(field), "not a number with a sign at the end"))
        case "edited":
            shape = f"regexp_full_match({raw}, '[+ -][0-9]+\\.[0-9]{{2}}')"
            tests.append((f"NOT {blank} AND NOT {shape}", "not an amount with sign, point and two decimals"))
        case "date" | "month" | "timestamp":
            tests.append((_moment_is_wrong(field), f"not a date written {field.pattern}"))
    if field.codes and field.kind in ("text", "digits"):
        listed = ", ".join(_literal(code) for code in field.codes if code != BLANK_ITEM)
        tests.append((f"NOT {blank} AND rtrim({raw}, ' ') NOT IN ({listed})", "code not in the list"))
        if BLANK_ITEM in field.codes:
            return tests
    if field.is_required:
        missing = f"{_value(field)} IS NULL" if field.kind in ("date", "month", "timestamp") else blank
        tests.append((missing, "required, but blank"))
    return tests


def _sign_is_wrong(field: Field) -> str:
    raw = _name(field)
    shape = "[0-9]+[+-]" if field.sign_is_apart else f"[0-9]*[{PLUS}{MINUS}]"
    # Zero needs no sign; any other number that lost its sign is a fault, never a plus.
    return f"trim({raw}, ' ') <> '' AND NOT regexp_full_match({raw}, '{shape}|0+')"


def _moment_is_wrong(field: Field) -> str:
    raw = _name(field)
    empty = f"regexp_full_match({raw}, '[ 0./-]*')"
    sentinels = ", ".join(_literal(code) for code in field.codes if code != BLANK_ITEM)
    known = f" AND {raw} NOT IN ({sentinels})" if sentinels else ""
    shape = _shape(field)
    real = f"regexp_full_match({raw}, '{shape}') AND try_strptime({raw}, '{field.format}') IS NOT NULL"
    return f"NOT {empty}{known} AND NOT ({real})"


def _shape(field: Field) -> str:
    shape, left = "", field.pattern
    while left:
        if left.startswith("CCYY"):
            shape, left = shape + _CENTURIES + "[0-9]{2}", left[4:]
        elif left[0] in "./-":
            shape, left = shape + f"[{left[0]}]", left[1:]
        else:
            shape, left = shape + "[0-9]{2}", left[2:]
    return shape
