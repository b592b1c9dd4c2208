"""A layout is one table that reads and writes: what is written comes back, what is wrong is said."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arrears import house
from arrears.data.warehouse import warehouse
from arrears.errors import RuleFault
from arrears.layout import BLANK_ITEM, Field, Layout, load_layout, read_select, write_select

TABLES = sorted(
    path
    for folder in (house.FEEDS, house.QUEUES)
    for path in folder.rglob("*.csv")
    if path.read_text(encoding="utf-8").splitlines()[1].startswith("field,start,")
)
HEADER = "field,start,length,type,required,values_or_edits,description"
SQL = {"cents": "BIGINT", "signed": "BIGINT", "edited": "BIGINT", "date": "DATE", "timestamp": "TIMESTAMP"}
LATIN = st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_categories=["Cc", "Zs"])


def value_of(field: Field) -> st.SearchStrategy[Any]:
    """Any value that the field can carry; None where it may be missing."""
    if field.codes and field.kind in ("text", "digits"):
        known: st.SearchStrategy[Any] = st.sampled_from([c for c in field.codes if c != BLANK_ITEM])
        return known if field.is_required and BLANK_ITEM not in field.codes else st.none() | known
    digits = field.length - {"signed": int(field.sign_is_apart), "edited": 2}.get(str(field.kind), 0)
    most = 10 ** min(digits, 18) - 1
    match field.kind:
        case "digits" | "time":
            found: st.SearchStrategy[Any] = st.text("0123456789", min_size=1, max_size=field.length)
            if field.kind == "time":
                found = st.just("120000"[: field.length])
        case "cents":
            found = st.integers(0, most)
        case "signed" | "edited":
            found = st.integers(-most, most)
        case "date" | "month" | "timestamp":
            first, last = (1970, 2068) if "CC" not in field.pattern else (1850, 2190)
            found = st.dates(date(first, 1, 1), date(last, 12, 31))
            found = found.filter(lambda day: day.strftime(field.format or "") not in field.codes)
            if field.kind == "month":
                found = found.map(lambda day: day.strftime("%Y-%m"))
            elif field.kind == "timestamp":
                found = found.map(lambda day: datetime(day.year, day.month, day.day, 13, 5, 9))
        case _:
            found = st.text(LATIN, min_size=1, max_size=field.length)
    return found if field.is_required else st.none() | found


def comes_back(field: Field, value: Any) -> Any:
    """What reading gives for a value written: numbers fill up with zeros, and a missing one is zeros."""
    if field.kind == "digits":
        if value is None:
            return None if field.codes and not field.is_required else "0" * field.length
        return str(value).rjust(field.length, "0")
    if field.kind in ("cents", "signed", "edited"):
        return value or 0
    return value


# A delimited record is only ever read: nobody is written to in that form.
@pytest.mark.parametrize(
    "path",
    [path for path in TABLES if not load_layout(path).is_delimited],
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_what_a_layout_writes_it_reads_back(path: Path, data: st.DataObject) -> None:
    layout = load_layout(path)
    row = {field.name: data.draw(value_of(field), field.name) for field in layout.columns}
    line, found = there_and_back(layout, row)
    if not line.strip():
        return  # a record of nothing but missing values is a blank line
    assert len(line) == layout.length
    assert found == {field.name: comes_back(field, row[field.name]) for field in layout.columns}


def there_and_back(layout: Layout, row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    with warehouse() as con:
        columns = ", ".join(f'"{f.name}" {SQL.get(str(f.kind), "VARCHAR")}' for f in layout.columns)
        con.execute(f"CREATE TABLE given ({columns})")
        con.execute(f"INSERT INTO given VALUES ({', '.join('?' for _ in row)})", list(row.values()))
        first = f'"{layout.columns[0].name}"'
        con.execute(f"CREATE TABLE written AS {write_select(layout, 'given', first, list(row))}")
        [(line, field, reason)] = con.execute("FROM written").fetchall()
        assert line is not None, (field, reason)
        found = con.execute(read_select(layout, "(SELECT 1 AS line_no, l FROM written)"))
        names = [column[0] for column in found.description or []]
        back = dict(zip(names, found.fetchall()[0], strict=True))
    if line.strip():
        assert (back.pop("fault_field"), back.pop("fault_reason"), back.pop("fault_value")) == (None,) * 3
    return line, {name: value for name, value in back.items() if name in row}


def a_layout(tmp_path: Path, *fields: str, source: str = "# source: a test; record length: {end}") -> Layout:
    """A layout of fields written `name,length,type[,required[,values]]`, one after the other."""
    start, rows = 1, []
    for field in fields:
        name, length, kind, required, values = ([*field.split(",", 4), "", ""])[:5]
        rows.append(f'{name},{start},{length},{kind},{required},"{values}",')
        start += int(length)
    path = tmp_path / "record.csv"
    path.write_text("\n".join([source.format(end=start - 1), HEADER, *rows]) + "\n")
    return load_layout(path)


def read(layout: Layout, line: str | None) -> dict[str, Any]:
    with warehouse() as con:
        con.execute("CREATE TABLE lines (line_no BIGINT, l VARCHAR)")
        con.execute("INSERT INTO lines VALUES (1, ?)", [line])
        found = con.execute(read_select(layout, "lines"))
        return dict(zip([c[0] for c in found.description or []], found.fetchall()[0], strict=True))


def written(layout: Layout, **row: Any) -> tuple[str | None, str | None, str | None]:
    with warehouse() as con:
        select = ", ".join(f"${name} AS {name}" for name in row)
        con.execute(f"CREATE TABLE given AS SELECT {select}", row)
        [found] = con.execute(write_select(layout, "given", "1", list(row))).fetchall()
        return found


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("S", "000012{", 120), ("S", "000012C", 123), ("S", "000012}", -120), ("S", "000012L", -123),
        ("S2", "000012L", -123), ("S", "0000000", 0),
        ("S:trailing", "000012-", -12), ("S:trailing", "000012+", 12), ("S:trailing", "0000000", 0),
    ],
)  # fmt: skip
def test_a_sign_is_read_exactly(tmp_path: Path, kind: str, text: str, value: int) -> None:
    found = read(a_layout(tmp_path, f"amount,7,{kind}"), text)
    assert (found["amount"], found["fault_reason"]) == (value, None)


@pytest.mark.parametrize(
    ("kind", "text"), [("S", "0000123"), ("S:trailing", "0000123"), ("S:trailing", "000012 ")]
)
def test_a_lost_sign_is_a_fault_not_a_plus(tmp_path: Path, kind: str, text: str) -> None:
    found = read(a_layout(tmp_path, f"amount,7,{kind}"), text)
    assert (found["amount"], found["fault_reason"]) == (None, "not a number with a sign at the end")


@pytest.mark.parametrize("text", ["00000000", "        "])
def test_zeros_and_blanks_are_no_date(tmp_path: Path, text: str) -> None:
    layout = a_layout(tmp_path, "x,1,A", "born,8,date:CCYYMMDD")
    found = read(layout, "x" + text)
    assert (found["x"], found["born"], found["fault_reason"]) == ("x", None, None)


@pytest.mark.parametrize("text", ["20250230", "99999999", "00240105", "2025 115", "2025011O", "20251301"])
def test_an_impossible_date_is_a_fault_never_a_date(tmp_path: Path, text: str) -> None:
    found = read(a_layout(tmp_path, "born,8,date:CCYYMMDD"), text)
    assert (found["born"] if found["fault_reason"] is None else None, found["fault_field"]) == (None, "born")


def test_a_sentinel_that_the_layout_names_is_no_date(tmp_path: Path) -> None:
    layout = a_layout(tmp_path, "x,1,A", "ends,8,date:CCYYMMDD,,99999999=no end; 19000101=not known")
    for text in ("99999999", "19000101"):
        found = read(layout, "x" + text)
        assert (found["ends"], found["fault_reason"]) == (None, None)


@pytest.mark.parametrize("text", ["12A45", "1 345", "\uff11\uff12\uff13\uff14\uff15", "12.45", "1e345"])
def test_digits_are_ascii_digits_only(tmp_path: Path, text: str) -> None:
    found = read(a_layout(tmp_path, "amount,5,N2"), text)
    assert found["fault_field"] == "amount"


def test_leading_zeros_are_kept(tmp_path: Path) -> None:
    assert read(a_layout(tmp_path, "ssn,9,N"), "004010001")["ssn"] == "004010001"


def test_a_code_outside_a_closed_list_is_a_fault(tmp_path: Path) -> None:
    layout = a_layout(tmp_path, "kind,1,N,R,0=no; 1=yes", "x,1,A")
    assert read(layout, "2x")["fault_reason"] == "code not in the list"
    assert read(layout, "1x")["fault_reason"] is None
    assert written(layout, kind="2", x="x")[1:] == ("kind", "code not in the list")


def test_a_short_line_is_a_fault_of_the_line(tmp_path: Path) -> None:
    found = read(a_layout(tmp_path, "a,3,A", "b,3,A"), "abc")
    assert (found["fault_field"], found["fault_reason"]) == (None, "the line is not 6 characters long")
    assert read(a_layout(tmp_path, "a,3,A"), None)["fault_reason"] == "blank line"


def test_a_fault_shows_the_shape_of_a_value_never_its_content(tmp_path: Path) -> None:
    found = read(a_layout(tmp_path, "ssn,9,N", "x,1,A"), "90012I234x")
    assert found["fault_value"] == "99999x999"


@pytest.mark.parametrize(
    ("fields", "row", "reason"),
    [
        ("name,3,A", {"name": "ABCD"}, "wider than 3 characters"),
        ("name,3,A", {"name": "A\tB"}, "holds a character that the file cannot carry"),
        ("name,3,A", {"name": "Š"}, "holds a character that the file cannot carry"),
        ("name,3,A,R", {"name": None}, "required, but missing"),
        ("amount,3,N2", {"amount": 1000}, "wider than 3 characters"),
        ("amount,3,N2", {"amount": -1}, "not a whole number without sign"),
        ("amount,3,N2", {"amount": 1.5}, "not a whole number without sign"),
        ("amount,3,S:trailing", {"amount": -100}, "wider than 3 characters"),
        ("day,6,date:YYMMDD", {"day": date(1950, 1, 1)}, "a date that the field cannot carry"),
    ],
)
def test_a_value_that_does_not_fit_is_an_error_never_cut(
    tmp_path: Path, fields: str, row: dict[str, Any], reason: str
) -> None:
    assert written(a_layout(tmp_path, fields), **row) == (None, next(iter(row)), reason)


def test_a_name_is_cut_where_the_layout_says_so_and_nowhere_else(tmp_path: Path) -> None:
    for kind in ("A:cut", "AN:cut"):
        assert written(a_layout(tmp_path, f"name,4,{kind}"), name="PAPADOPOULOS") == ("PAPA", None, None)
    for kind in ("A", "AN", "A:whole", "AN:whole"):
        assert (
            written(a_layout(tmp_path, f"name,4,{kind}"), name="PAPADOPOULOS")[2] == "wider than 4 characters"
        )


def test_a_column_that_is_no_field_is_fatal(tmp_path: Path) -> None:
    layout = a_layout(tmp_path, "name,3,A")
    with pytest.raises(RuleFault, match=r"No field for column\(s\) nmae"):
        write_select(layout, "given", "1", ["name", "nmae"])
    assert write_select(layout, "given", "1", ["name", "n"], keep=["n"]).startswith('SELECT "n", ')


def test_every_fault_of_a_layout_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(f"# source: a test; record length: 20\n{HEADER}\na,1,5,A,,,\na,5,3,Q,,,\nb,9,2,N,Z,,\n")
    with pytest.raises(RuleFault) as caught:
        load_layout(path)
    for said in (
        "twice",
        "unknown type 'Q'",
        "overlaps position 5",
        "gap at 8-8",
        "required 'Z'",
        "end at 10",
    ):
        assert said in str(caught.value)


def test_a_table_that_stops_early_is_taken_only_where_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(RuleFault, match="the first line says the record is 9 long"):
        a_layout(tmp_path, "a,3,A", source="# source: a test; record length: 9")
    partial = a_layout(tmp_path, "a,3,A", source="# record length: 9; positions 4-9 not seen in the source")
    assert written(partial, a="T")[0] == "T" + " " * 8
