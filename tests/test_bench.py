"""What the benchmark counts, and that it tells nobody's data."""

import io
import json
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from rich.console import Console

from arrears import house
from arrears.cli.bench import in_child, libraries, machine
from arrears.cli.bench_told import print_bench
from arrears.cli.bench_workers import of_tasks
from arrears.cli.meter import Meter, first_words, places_bytes
from arrears.cli.performance import page as page_of
from arrears.cli.performance import plot, write_docs
from arrears.cli.sizing import Figure, figure, sizing
from arrears.data.side_by_side import Work, do_all
from arrears.data.warehouse import warehouse
from arrears.data.watched import watching
from arrears.errors import ArrearsError


def test_every_statement_is_seen_those_of_cursors_and_failed_ones_too() -> None:
    seen: list[str] = []
    with watching(lambda text, _seconds: seen.append(text)), warehouse() as con:
        seen.clear()
        con.execute("CREATE TABLE t AS SELECT 1 AS a")
        con.cursor().executemany("INSERT INTO t VALUES (?)", [[2], [3]])
        works = [Work(name, frozenset(), lambda own: own.execute("SELECT 4") and None) for name in "ab"]
        do_all(con, works)
        assert con.execute("SELECT sum(a) FROM t").fetchone() == (6,)
        with pytest.raises(Exception, match="nowhere"):
            con.execute("SELECT * FROM nowhere")
    assert sorted(text.split()[0] for text in seen) == ["CREATE", "INSERT"] + ["SELECT"] * 4


def test_where_nobody_looks_the_connection_is_the_engines_own() -> None:
    with warehouse() as con:
        assert type(con).__module__.endswith("duckdb")


def test_a_statement_is_told_without_comment_text_or_number() -> None:
    told = first_words(
        "-- The agency's rows.\nSELECT 'O''Brien -- 900123456'\n , 900123456 FROM t -- it's all"
    )
    assert told == "SELECT ? , ? FROM t"


def test_the_meter_gives_each_step_its_own() -> None:
    meter = Meter(profile=True)
    with meter.running(), warehouse() as con:
        meter.ended("opened")
        con.execute("SELECT 'secret'")
        busy_until = time.process_time() + 0.05
        while time.process_time() < busy_until:
            sum(range(1000))
        meter.ended("worked")
        meter.ended("nothing")
    assert [one["statements"] for one in meter.steps.values()][1:] == [1, 0]
    assert meter.steps["worked"]["cpu_seconds"] >= 0.04 > meter.steps["nothing"]["cpu_seconds"]
    heaviest = meter.heaviest()
    assert [r["statement"] for r in heaviest["statements"] if r["step"] == "worked"] == ["SELECT ?"]
    assert any("sum" in r["function"] for r in heaviest["functions"] if r["step"] == "worked")


PROGRAM = """
import json, subprocess, sys, time
print(json.dumps({"step": "one", "seconds": 1}), flush=True)
subprocess.run([sys.executable, "-c", "import time; x = b'1' * 100_000_000; time.sleep(1)"])
print(json.dumps({"peak_mib": 1}))
"""


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the system does not say what memory is held"
)
def test_a_program_tells_its_steps_and_the_memory_of_what_it_started(tmp_path: Path) -> None:
    steps: list[str] = []
    found = in_child(["-c", PROGRAM], lambda step, _: steps.append(step))
    assert steps == ["one"]
    assert 95 < found["peak_mib"] < 400


def test_a_program_that_fails_stops_the_benchmark() -> None:
    with pytest.raises(ArrearsError, match="failed"):
        in_child(["-c", "raise SystemExit('no')"], lambda *_: None)


def test_bytes_are_told_by_place(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"123")
    (tmp_path / "c").write_bytes(b"4")
    assert places_bytes(tmp_path) == {"a": 3, "c": 1}


def result(cases: int = 420) -> dict[str, Any]:
    """What the benchmark could have found."""
    step = {"seconds": 1.5, "cpu_seconds": 2.25, "statements": 1234, "ratio": 3.0}
    night = {
        **{"as_of": "2025-01-14", "own_seconds": 1.5, "own_cpu_seconds": 2.25, "own_statements": 1234},
        **{"peak_mib": 500, "bytes_grown": 2 * 1024**2, "bytes_by_place": {"nights": 2 * 1024**2}},
        "steps": {"receive": {**step, "rows": 300, "rows_a_second": 200}},
        "statements": [{"step": "receive", "count": 2, "seconds": 0.5, "statement": "SELECT ?"}],
        "functions": [
            {"step": "receive", "calls": 7, "own_seconds": 0.2, "seconds": 0.5, "function": "a.py:1 b"}
        ],
    }
    peer = {
        **{"seconds": 3.0, "cpu_seconds": 4.0, "times_ours": 2.5, "cpu_times_ours": 5.5, "peak_mib": 600},
        **{"differs_in": ["links"], "versions": {"polars": "2.1.0"}},
    }
    return {
        **{"cases": cases, "yardstick_seconds": 0.5, "nights": [night], "machine": machine()},
        **{"libraries": libraries(), "peers": {"polars": peer}, "peers_remedies": ["bank_levy"]},
    }


def test_a_person_reads_the_same_figures() -> None:
    out = Console(width=100, record=True, file=io.StringIO())
    print_bench(result(), out)
    text = out.export_text()
    for said in ("1,234 SQL statements", "peak 500 MiB", "grew by 2.0 MiB", "SELECT ?", "a.py:1 b", "2.25"):
        assert said in text
    for said in ("5.50", "differ in links"):
        assert said in text


def test_the_page_keeps_one_run_of_each_size(tmp_path: Path) -> None:
    for cases in (70_000, 420, 70_000):
        page = write_docs(result(cases), tmp_path)
    text = page.read_text()
    assert [text.count(f"|{cases}|2025-01-14|") for cases in ("420", "70,000")] == [1, 1]
    assert "polars 2.1.0" in text
    assert "**differ in links**" in text
    assert "SELECT" not in (tmp_path / "performance.json").read_text()
    drawn = ElementTree.fromstring((tmp_path / "performance.svg").read_text())
    assert "70,000 cases" in "".join(drawn.itertext())


def test_the_shipped_page_is_what_the_shipped_runs_say() -> None:
    folder = house.ROOT / "docs"
    runs = json.loads((folder / "performance.json").read_text())
    assert (folder / "performance.md").read_text() == page_of(runs)
    assert (folder / "performance.svg").read_text() == plot(runs[-1])
    assert (folder / "sizing.md").read_text() == sizing(runs)


def test_a_size_is_measured_or_says_by_which_line_it_was_found() -> None:
    def run(cases: int, *seconds: float) -> dict[str, Any]:
        return {"cases": cases, "nights": [{"own_seconds": one} for one in seconds]}

    def ask(cases: int, night: int = 0) -> Figure | None:
        return figure(runs, cases, night, lambda found: float(found["own_seconds"]))

    runs = [run(300, 20), run(100, 10, 8)]
    assert ask(100) == Figure(10, "measured")
    assert ask(200) == Figure(15, "between")
    assert ask(500) == Figure(30, "beyond")
    assert ask(50) == Figure(7.5, "beyond")
    assert ask(200, night=1) == Figure(16, "beyond")
    assert ask(100, night=2) is None


def test_tasks_side_by_side_take_the_time_of_the_clock() -> None:
    costs = [
        (worker, {"seconds": 3.0, "cpu_seconds": cpu, "statements": 5})
        for worker, cpu in ((1, 3.0), (2, 2.0), (1, 2.0))
    ]
    assert of_tasks(costs, 6.5) == {
        "seconds": 6.5,
        "cpu_seconds": 7.0,
        "statements": 15,
        "tasks": 3,
        "busiest_cpu_seconds": 5.0,
    }
