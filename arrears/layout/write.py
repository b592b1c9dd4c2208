"""From typed columns to lines: the SELECT that a layout makes for writing."""

from collections.abc import Collection, Sequence
from typing import Literal

from arrears.errors import RuleFault
from arrears.layout.fields import BLANK_ITEM, Field
from arrears.layout.read import MINUS, PLUS
from arrears.layout.table import Layout

Encoding = Literal["latin-1", "ascii"]
_CHARACTERS = {"latin-1": r"[\x20-\x7E\x{A0}-\x{FF}]*", "ascii": r"[\x20-\x7E]*"}


def write_select(
    layout: Layout,
    rows: str,
    order_by: str,
    columns: Collection[str],
    keep: Sequence[str] = (),
    encoding: Encoding = "latin-1",
) -> str:
    """SQL for one line a row, in this order: the kept columns, `l`, `fault_field`, `fault_reason`.

    `rows` names a relation whose columns are `columns`; those in `keep` pass through and every
    other one must be a field. A field without a column is written as blanks (text) or zeros
    (numbers, dates). A value that does not fit is a fault of its row; `l` is then NULL. Only
    a field of which the layout says so is cut.
    """
    known = {field.name for field in layout.columns}
    strangers = sorted(set(columns) - known - set(keep))
    lost = sorted(set(keep) - set(columns))
    if strangers or lost:
        said = [f"no field for column(s) {', '.join(strangers)}"] if strangers else []
        said += [f"no column(s) {', '.join(lost)} to keep"] if lost else []
        raise RuleFault("; ".join(said).capitalize(), layout.path, "Name the columns as the layout does.")
    given = set(columns)
    faults = "".join(
        f"\n  WHEN {test} THEN {{'field': '{f.name}', 'reason': '{reason}'}}"
        for f in layout.columns
        for test, reason in _tests(f, f.name in given, encoding)
    )
    kept = "".join(f'"{column}", ' for column in keep)
    texts = [_text(f, f.name in given) for f in layout.fields]
    rest = layout.length - layout.fields[-1].end  # a partial layout: the unseen rest goes out blank
    line = "\n  || ".join([*texts, f"repeat(' ', {rest})"] if rest > 0 else texts)
    fault = f"CASE WHEN false THEN {{'field': '', 'reason': ''}}{faults} END AS fault"
    return f"""SELECT {kept}CASE WHEN fault IS NULL THEN {line} END AS l,
  fault.field AS fault_field, fault.reason AS fault_reason
FROM (SELECT given.*, {fault} FROM {rows} AS given) ORDER BY {order_by}"""


def _value(field: Field, is_given: bool) -> str:
    return f'CAST("{field.name}" AS VARCHAR)' if is_given else "CAST(NULL AS VARCHAR)"


def _text(field: Field, is_given: bool) -> str:
    """The field's characters: exactly its length where `_tests` finds no fault."""
    value, n = _value(field, is_given), field.length
    match field.kind:
        case "digits":
            empty = " " if field.codes and not field.is_required else "0"
            return f"coalesce(lpad({value}, {n}, '0'), '{empty * n}')"
        case "cents":
            return f"lpad(coalesce({value}, '0'), {n}, '0')"
        case "signed":
            return _signed(field, value)
        case "edited":
            digits = f"lpad(ltrim(coalesce({value}, '0'), '-'), {n - 2}, '0')"
            sign = f"CASE WHEN starts_with({value}, '-') THEN '-' ELSE '+' END"
            return f"{sign} || left({digits}, -2) || '.' || right({digits}, 2)"
        case "date" | "month" | "timestamp":
            empty = "0" * n if field.pattern.isalpha() else " " * n
            return f"coalesce(strftime({_moment(field, value)}, '{field.format}'), '{empty}')"
        case "filler":
            return f"repeat(' ', {n})"
        case _:
            return f"rpad(coalesce({value}, ''), {n}, ' ')"


def _signed(field: Field, value: str) -> str:
    is_minus = f"starts_with({value}, '-')"
    digits = f"ltrim(coalesce({value}, '0'), '-')"
    if field.sign_is_apart:
        return f"lpad({digits}, {field.length - 1}, '0') || CASE WHEN {is_minus} THEN '-' ELSE '+' END"
    filled = f"lpad({digits}, {field.length}, '0')"
    punched = f"CASE WHEN {is_minus} THEN '{MINUS}' ELSE '{PLUS}' END"
    return f"left({filled}, -1) || translate(right({filled}, 1), '0123456789', {punched})"


def _moment(field: Field, value: str) -> str:
    day = f"{value} || '-01'" if field.kind == "month" else value
    return f"try_cast({day} AS {'TIMESTAMP' if field.kind == 'timestamp' else 'DATE'})"


def _tests(field: Field, is_given: bool, encoding: Encoding) -> list[tuple[str, str]]:
    """The faults a value can have, as SQL that is true where the fault is there, with its reason."""
    value, tests = _value(field, is_given), []
    wide = f"wider than {field.length} characters"
    match field.kind:
        case "text" | "time":
            if not field.may_be_cut:
                tests.append((f"length({value}) > {field.length}", wide))
            allowed = _CHARACTERS[encoding]
            tests.append(
                (
                    f"NOT regexp_full_match({value}, '{allowed}')",
                    "holds a character that the file cannot carry",
                )
            )
        case "digits" | "cents":
            tests.append((f"NOT regexp_full_match({value}, '[0-9]+')", "not a whole number without sign"))
            tests.append((f"length({value}) > {field.length}", wide))
        case "signed" | "edited":
            room = field.length - {"signed": int(field.sign_is_apart), "edited": 2}[field.kind]
            tests.append((f"NOT regexp_full_match({value}, '-?[0-9]+')", "not a whole number"))
            tests.append((f"length(ltrim({value}, '-')) > {room}", wide))
        case "date" | "month" | "timestamp":
            tests += _moment_tests(field, value)
    if field.codes and field.kind in ("text", "digits"):
        listed = ", ".join(f"'{code}'" for code in field.codes if code != BLANK_ITEM)
        code = f"lpad({value}, {field.length}, '0')" if field.kind == "digits" else value
        tests.append((f"{value} <> '' AND {code} NOT IN ({listed})", "code not in the list"))
    if field.is_required and BLANK_ITEM not in field.codes:
        tests.append((f"coalesce(trim({value}, ' '), '') = ''", "required, but missing"))
    return tests


def _moment_tests(field: Field, value: str) -> list[tuple[str, str]]:
    moment = _moment(field, value)
    written = f"strftime({moment}, '{field.format}')"
    # A two-digit year has room for one century only: what does not come back equal is not written.
    back = f"try_strptime({written}, '{field.format}')"
    tests = [
        (f"{value} IS NOT NULL AND {moment} IS NULL", "not a date"),
        (
            f"year({moment}) NOT BETWEEN 1800 AND 2199 OR {back} <> {moment}",
            "a date that the field cannot carry",
        ),
    ]
    sentinels = ", ".join(f"'{code}'" for code in field.codes if code != BLANK_ITEM)
    if sentinels:
        tests.append((f"{written} IN ({sentinels})", "a date that stands for no date"))
    return tests
