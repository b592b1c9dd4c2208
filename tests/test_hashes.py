"""The hash of a table's rows does not depend on how they are read."""

from arrears.data import warehouse as engine
from arrears.data.warehouse import content_hash, row_count, warehouse, write_parquet


def test_a_large_table_read_by_column_has_the_hash_of_one_read_whole(tmp_path, monkeypatch):
    path = tmp_path / "rows.parquet"
    rows = """SELECT i, CASE WHEN i % 3 = 0 THEN NULL ELSE 'x' || i END AS text, [i, NULL] AS many,
      DATE '2025-01-14' + CAST(i AS INTEGER) AS day, i > 3 AS yes, i / 3 AS part FROM range(5000) AS r(i)"""
    with warehouse() as con:
        write_parquet(con, f"{rows} ORDER BY i", path, group=1000)
    whole = content_hash(path)
    monkeypatch.setattr(engine, "_READ_WHOLE", 100)
    assert content_hash(path) == whole
    assert row_count(path) == 5000


def test_what_stands_in_a_list_of_records_counts_for_the_hash(tmp_path):
    def hashed(name: str, order: str, day: str) -> str:
        path = tmp_path / f"{name}.parquet"
        with warehouse() as con:
            write_parquet(
                con, f"SELECT 1 AS i, [{{'number': {order}, 'on': DATE '{day}'}}, NULL] AS orders", path
            )
        return content_hash(path)

    one = hashed("one", "'O1'", "2025-01-14")
    assert hashed("same", "'O1'", "2025-01-14") == one
    others = [
        hashed("a", "'O2'", "2025-01-14"),
        hashed("b", "NULL", "2025-01-14"),
        hashed("c", "'O1'", "2025-01-15"),
    ]
    assert len({one, *others}) == 4
