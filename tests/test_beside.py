"""Tables that keep their own columns alone are seen with those of the rows that they name beside them."""

from pathlib import Path

import pytest

from arrears import house
from arrears.data.beside import attach_kept, kept_columns, kept_rows, mark
from arrears.data.warehouse import warehouse, write_parquet
from arrears.night.layers import load_facts


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Debts beside persons beside cases, each with a column that another one has, too."""
    tables = {
        "cases": ("SELECT 'c1' AS subject_id, 'Bath' AS office, 1 AS cents", {}),
        "persons": ("SELECT 'p1' AS subject_id, 'c1' AS case_id, 2 AS cents", {"case_id": "cases"}),
        "debts": (
            "SELECT * FROM (VALUES ('d1', 'p1', 'A'), ('d2', 'p1', 'N'), ('d3', NULL, 'N'))"
            " AS debts(subject_id, person_id, kind)",
            {"person_id": "persons"},
        ),
    }
    with warehouse() as con:
        for name, (select, beside) in tables.items():
            write_parquet(con, select, tmp_path / f"{name}.parquet", told=mark(beside))
    return tmp_path


def seen(folder: Path, table: str) -> list[tuple[object, ...]]:
    with warehouse() as con:
        attach_kept(con, {"kept.seen": folder / f"{table}.parquet"})
        return con.execute(
            "SELECT subject_id, kind, cents, office FROM kept.seen ORDER BY subject_id"
        ).fetchall()


def test_a_row_is_seen_with_the_rows_that_it_names_and_what_it_says_itself_wins(kept: Path) -> None:
    # Of a person's cents and a case's the nearer one is seen; who names nobody is seen alone.
    assert seen(kept, "debts") == [
        ("d1", "A", 2, "Bath"),
        ("d2", "N", 2, "Bath"),
        ("d3", "N", None, None),
    ]
    assert kept_columns(kept / "debts.parquet") == {
        *("subject_id", "person_id", "kind", "case_id", "cents", "office"),
    }


def test_a_table_that_says_nothing_of_another_is_seen_as_it_is(kept: Path) -> None:
    assert "JOIN" not in kept_rows(kept / "cases.parquet")
    assert kept_columns(kept / "cases.parquet") == {"subject_id", "office", "cents"}


def test_no_module_copies_the_facts_that_are_seen_beside_its_own() -> None:
    # A column by its bare name, taken over from the other table and not computed, is a copy.
    copies = {
        (table, line.strip())
        for layer in load_facts(house.FACTS)
        for table in layer.beside
        for line in layer.path(table).read_text().rpartition("\nSELECT\n")[2].splitlines()
        if line.startswith(("  fact.", "  guards.")) and line.endswith(",") and " AS " not in line
    }
    assert {told.split(".")[1] for _, told in copies} <= {"subject_id,", "case_id,", "person_id,"}
