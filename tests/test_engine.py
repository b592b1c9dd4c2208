"""The engine's bounds: how much memory it takes, what is said where that is too little, work side by side."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from arrears.data.side_by_side import Work, do_all
from arrears.data.warehouse import Connection, fit_threads, run_sql_file, warehouse, write_parquet
from arrears.errors import ArrearsError


def test_a_stated_limit_of_memory_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARREARS_MEMORY_LIMIT", "256MiB")
    with warehouse() as con:
        assert con.execute("SELECT current_setting('memory_limit')").fetchone() == ("256.0 MiB",)


def test_without_one_it_is_a_share_of_what_the_machine_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARREARS_MEMORY_LIMIT", raising=False)
    sizes = []
    with warehouse() as con:
        for reset in (False, True):
            if reset:
                con.execute("RESET memory_limit")
            [size] = con.execute("SELECT current_setting('memory_limit')").fetchone() or ("",)
            sizes.append(float(str(size).split()[0]))
    own, default = sizes
    assert own == pytest.approx(default * 0.75, abs=0.2)


WIDE = "SELECT list(repeat(chr(97), 1000) || n) AS texts FROM range(1000000) AS r(n)"


def _as_a_table(con: Connection, folder: Path) -> None:
    (folder / "wide.sql").write_text(WIDE)
    run_sql_file(con, folder / "wide.sql", "wide", {})


def _as_a_file(con: Connection, folder: Path) -> None:
    write_parquet(con, WIDE, folder / "wide.parquet")


@pytest.mark.parametrize("make", [_as_a_table, _as_a_file])
def test_a_table_that_meets_the_limit_is_named_with_what_to_set(
    make: Callable[[Connection, Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARREARS_MEMORY_LIMIT", "20MiB")
    with warehouse() as con:
        con.execute("SET temp_directory = ''")
        with pytest.raises(ArrearsError, match=r"^wide needs more memory than the engine may use") as told:
            make(con, tmp_path)
    assert "ARREARS_MEMORY_LIMIT" in str(told.value)
    assert not (tmp_path / "wide.parquet").exists()


@pytest.fixture(params=[1, 2])
def con(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    monkeypatch.setenv("ARREARS_THREADS", str(request.param))
    with warehouse() as con:
        yield con


def _make(con: Connection, name: str, sql: str) -> None:
    con.execute(f"CREATE TABLE {name} AS {sql}")


def test_each_piece_of_work_finds_what_it_needs(con: Connection) -> None:
    chain = [Work("t0", frozenset(), partial(_make, name="t0", sql="SELECT 1 AS n"))]
    for number in range(1, 20):
        before = f"t{(number - 1) // 2}"
        sql = f"SELECT n + 1 AS n FROM {before}"
        chain.append(Work(f"t{number}", frozenset((before,)), partial(_make, name=f"t{number}", sql=sql)))
    do_all(con, chain)
    assert con.execute("SELECT n FROM t19").fetchone() == (5,)


def test_what_a_piece_made_is_given_back_once_the_last_that_needs_it_is_done(con: Connection) -> None:
    said: list[str] = []

    def work(name: str, *needs: str, is_kept: bool = False) -> Work:
        def give_back(_: Connection) -> None:
            said.append(f"-{name}")

        return Work(
            name,
            frozenset(needs),
            lambda _: said.append(name),
            give_back=None if is_kept else give_back,
        )

    works = [work("a"), work("b", "a"), work("c", "a"), work("d", "b", is_kept=True), work("e", "c", "d")]
    do_all(con, works)
    assert sorted(one for one in said if one.startswith("-")) == ["-a", "-b", "-c", "-e"]
    for name, readers in {"a": "bc", "b": "d", "c": "e"}.items():
        assert said.index(f"-{name}") > max(said.index(reader) for reader in readers)


def test_independent_work_is_done_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARREARS_THREADS", "2")
    both = threading.Barrier(2, timeout=20)
    with warehouse() as con:
        do_all(con, [Work(name, frozenset(), lambda _: both.wait() and None) for name in ("a", "b")])
    assert not both.broken


def test_a_failure_is_told_and_nothing_that_needs_it_is_begun(con: Connection) -> None:
    begun: list[str] = []

    def fail(_: Connection) -> None:
        raise ArrearsError("The first one failed", "", "")

    works = [
        Work("first", frozenset(), fail),
        Work("second", frozenset(("first",)), lambda _: begun.append("second")),
    ]
    with pytest.raises(ArrearsError, match="The first one failed"):
        do_all(con, works)
    assert begun == []


@pytest.mark.parametrize(("rows", "threads"), [(0, 1), (200_000, 1), (600_000, 2)])
def test_a_table_is_given_no_thread_without_work(
    rows: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARREARS_THREADS", "2")
    with warehouse() as con:
        fit_threads(con, f"range({rows})")
        assert con.execute("SELECT current_setting('threads')").fetchone() == (threads,)
