"""No statement of a night holds every row against every other: its time would grow with the square."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from arrears.author.sample import STATE, receive, sample_nights
from arrears.data.store import Store
from arrears.data.warehouse import Connection, warehouse
from arrears.night import steps

# Joins that look at each pair of rows; with a few rows on one side they are the quickest there are.
PAIRWISE = ("BLOCKWISE_NL_JOIN", "NESTED_LOOP_JOIN", "CROSS_PRODUCT")
FEW = 64  # up to which the engine also looks for the last row before each by trying them
_MADE = re.compile(r"\s*(?:--.*\n\s*)*CREATE OR REPLACE (?:TEMP )?TABLE (\S+) AS(.*)", re.DOTALL)
_COPIED = re.compile(r"\s*COPY \((.*)\) TO '.*/\.?([^/']+?)\.parquet", re.DOTALL)


class Explained:
    """A connection that has each statement that makes a table or file explained before it runs."""

    def __init__(self, con: Connection, found: dict[str, list[str]]) -> None:
        self._con, self._found = con, found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._con, name)

    def cursor(self) -> "Explained":
        return Explained(self._con.cursor(), self._found)

    def execute(self, text: str, *params: Any) -> Any:
        several = [] if params else self._con.extract_statements(text)
        if len(several) > 1:  # each is looked at once those before it are done
            return [self.execute(one.query) for one in several][-1]
        if made := _MADE.fullmatch(text):
            self._look(made[1], made[2], params)
        elif copied := _COPIED.match(text):
            self._look(copied[2], copied[1], params)
        return self._con.execute(text, *params)

    def _look(self, name: str, select: str, params: Any) -> None:
        row = self._con.execute(f"EXPLAIN (FORMAT json) {select}", *params).fetchone()
        self._found.setdefault(name, []).extend(pairwise_joins(json.loads(row[1] if row else "[]")))


def pairwise_joins(nodes: list[dict[str, Any]]) -> Iterator[str]:
    """The joins of a plan that look at each pair of more than a few rows."""
    for node in nodes:
        children = node.get("children", [])
        if node["name"].strip() in PAIRWISE and min(map(_rows, children)) > FEW:
            yield f"{node['name'].strip()} of {' and '.join(str(_rows(one)) for one in children)} rows"
        yield from pairwise_joins(children)


def _rows(node: dict[str, Any]) -> int:
    said = node.get("extra_info", {}).get("Estimated Cardinality")
    return int(said) if said is not None else max(map(_rows, node.get("children", [])), default=0)


def explaining(found: dict[str, list[str]]) -> Any:
    """What a step opens instead of its warehouse: the same, explained."""

    @contextmanager
    def opened(spill: Path | None = None) -> Iterator[Explained]:
        with warehouse(spill) as con:
            yield Explained(con, found)

    return opened


def test_a_join_of_every_pair_is_seen() -> None:
    found: dict[str, list[str]] = {}
    with explaining(found)() as con:
        con.execute("CREATE OR REPLACE TABLE t AS SELECT n, n % 7 AS k FROM range(1000) AS r(n)")
        con.execute(
            "CREATE OR REPLACE TABLE u AS SELECT a.n FROM t AS a JOIN t AS b ON a.k = b.k AND a.n > b.n"
        )
        assert found == {"t": [], "u": []}
        con.execute(
            "CREATE OR REPLACE TABLE v AS SELECT a.n FROM t AS a LEFT JOIN t AS b ON a.n = b.n AND a.k = 1"
        )
    assert [name for name, joins in found.items() if joins] == ["v"]


def test_no_statement_of_a_night_holds_every_row_against_every_other(
    lived_nights: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, found = tmp_path / "store", dict[str, list[str]]()
    shutil.copytree(lived_nights.root, root)
    third = sample_nights()[2]
    receive(root, third)
    monkeypatch.setattr(steps, "warehouse", explaining(found))
    steps.run_night(Store.open(root), STATE, third)
    assert {name: joins for name, joins in found.items() if joins} == {}
    # Every step was looked at: matching, facts, decision, plan, content and proof.
    assert found.keys() >= {
        "match.pairs",
        "facts.charge",
        "case_facts",
        "plan.window",
        "drafted",
        "records",
    }
