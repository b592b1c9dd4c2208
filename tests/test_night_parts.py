"""A night in parts: the same tables as in one piece, whatever the number of parts; no group is torn apart."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from arrears import house
from arrears.author.sample import STATE, sample_nights
from arrears.data.store import Store
from arrears.data.warehouse import Connection, content_hash, warehouse
from arrears.errors import ArrearsError, RuleFault
from arrears.night import groups, outline, steps
from arrears.night import run as nights
from arrears.night.layers import load_layer
from arrears.night.parts import DONE, FOLDER, prove_whole

FIRST = sample_nights()[0]
PEOPLE = """CREATE SCHEMA caseload; CREATE SCHEMA match; CREATE SCHEMA ledger; CREATE SCHEMA staging;
CREATE TABLE caseload.cases (case_id VARCHAR, obligor_id VARCHAR, custodial_id VARCHAR);
CREATE TABLE caseload.children (case_id VARCHAR, person_id VARCHAR);
CREATE TABLE match.links (feed VARCHAR, source_file VARCHAR, source_line BIGINT, person_id VARCHAR);
CREATE TABLE match.candidates AS FROM match.links;
CREATE TABLE match.people (person_id VARCHAR, person_token VARCHAR, keyed_as VARCHAR[]);
CREATE TABLE ledger.published (kind VARCHAR, episode_id VARCHAR, target_id VARCHAR, case_id VARCHAR,
  person_id VARCHAR, carry VARCHAR, queue VARCHAR)"""


@pytest.fixture(scope="module")
def night(planned_once: Path, tmp_path_factory: pytest.TempPathFactory) -> nights.Night:
    """The first sample night, which stands before its release with all facts and verdicts made."""
    root = tmp_path_factory.mktemp("parts") / "store"
    shutil.copytree(planned_once, root)
    return nights.resume(Store.open(root), STATE, FIRST)


@pytest.fixture
def con() -> Any:
    """An engine with the tables that say who belongs to whom, all empty."""
    with warehouse() as opened:
        opened.execute(PEOPLE)
        yield opened


@pytest.mark.slow
def test_a_night_in_parts_makes_the_tables_of_one_in_one_piece_and_ends_as_it_does(
    night: nights.Night,
) -> None:
    whole = hashes(night)
    for of in (2, 3):
        for layer in ("facts", "verdicts"):
            shutil.rmtree(night.folder / layer)
        cut = [task for row in steps.stages(of) for task in row if task.step not in ("match", *after())]
        assert [task.name for task in cut][:2] == ["split", "part 1"]
        for task in cut:
            task(str(night.store.root), STATE, FIRST.isoformat())
        assert hashes(night) == whole
    for name in after():
        getattr(steps, name)(str(night.store.root), STATE, FIRST.isoformat())
    sent = {path.name: path.read_bytes() for path in night.store.outbox(STATE, FIRST).glob("*")}
    golden = house.SAMPLE / STATE / FIRST.isoformat() / "outbox"
    assert len(sent) > 10
    assert {name: (golden / name).read_bytes() for name in sent} == sent
    # What lay between the tasks is gone, and is no part of the closed night.
    assert not (night.folder / FOLDER).exists()
    tables = json.loads((night.folder / "manifest.json").read_text())["tables"]
    assert {name: tables[name]["sha256"] for name in whole} == whole


def after() -> list[str]:
    """The steps that come after facts and verdicts."""
    return list(outline.STEPS)[list(outline.STEPS).index("remedies") + 1 :]


def hashes(night: nights.Night) -> dict[str, str]:
    """The content of each table of facts and verdicts."""
    paths = [path for layer in ("facts", "verdicts") for path in (night.folder / layer).glob("*.parquet")]
    return {path.relative_to(night.folder).as_posix(): content_hash(path) for path in sorted(paths)}


def test_nobody_goes_on_where_a_part_is_missing_or_a_case_is_in_none(
    night: nights.Night, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(nights.Night, "folder", tmp_path)
    for place, cases in ((tmp_path / FOLDER, 5), (tmp_path / FOLDER / "1-of-2", 3)):
        place.mkdir()
        (place / DONE).write_text(json.dumps({"cases": cases}))
    with pytest.raises(ArrearsError, match="A part of the night is not made"):
        prove_whole(night, 2)
    (tmp_path / FOLDER / "2-of-2").mkdir()
    (tmp_path / FOLDER / "2-of-2" / DONE).write_text('{"cases": 1}')
    with pytest.raises(ArrearsError, match="The parts hold 4 cases where there are 5"):
        prove_whole(night, 2)
    (tmp_path / FOLDER / "2-of-2" / DONE).write_text('{"cases": 2}')
    prove_whole(night, 2)


def grouped(con: Connection) -> dict[str, int]:
    """By case the number of the group that it is in, counted from the first."""
    groups.make_groups(con)
    rows = con.execute(
        """SELECT case_id, dense_rank() OVER (ORDER BY first)
           FROM (
             SELECT case_id, min(case_id) OVER (PARTITION BY coalesce(root, node)) AS first
             FROM (SELECT case_id, hash('case' || case_id) AS node FROM caseload.cases)
             LEFT JOIN parts.groups USING (node))
           ORDER BY case_id"""
    ).fetchall()
    return dict(rows)


def test_a_long_row_of_cases_each_sharing_a_person_with_the_next_is_one_group(con: Connection) -> None:
    con.execute(
        "INSERT INTO caseload.cases SELECT 'c' || lpad(CAST(i AS VARCHAR), 4, '0'), 'p' || i, 'p' || (i + 1)"
        " FROM range(3000) AS r(i) UNION ALL SELECT 'd' || i, 'alone' || i, NULL FROM range(3) AS r(i)"
    )
    found = grouped(con)
    assert {found[case] for case in found if case.startswith("c")} == {1}
    assert [found[f"d{i}"] for i in range(3)] == [2, 3, 4]


@pytest.mark.parametrize(
    "tie",
    [
        "INSERT INTO caseload.children VALUES ('a', 'child'), ('b', 'child')",
        "INSERT INTO match.people VALUES ('pa', NULL, ['pa', 'pb'])",
        "INSERT INTO match.people VALUES ('pa', 'token', []); INSERT INTO ledger.published VALUES"
        """ ('send', 'e', 't', 'b', 'pb', '{"person_token": "token"}', 'q')""",
        "INSERT INTO ledger.published VALUES ('send', 'e', 't', 'b', 'pa', NULL, 'q')",
        "INSERT INTO match.links VALUES ('bank_accounts', 'f', 1, 'pa'), ('bank_accounts', 'f', 1, 'pb')",
        "INSERT INTO match.links VALUES ('bank_accounts', 'f', 1, 'pa');"
        " INSERT INTO match.candidates VALUES ('bank_accounts', 'f', 1, 'pb')",
    ],
    ids=["a child", "keyed twice", "told under a number", "told in a case", "one line", "may be one line"],
)
def test_what_ties_two_cases_together(con: Connection, tie: str) -> None:
    con.execute("INSERT INTO caseload.cases VALUES ('a', 'pa', NULL), ('b', 'pb', NULL), ('c', 'pc', NULL)")
    con.execute(tie)
    assert grouped(con) == {"a": 1, "b": 1, "c": 2}


def test_cases_of_which_no_person_is_named_are_not_tied_by_that(con: Connection) -> None:
    con.execute("INSERT INTO caseload.cases VALUES ('a', '', NULL), ('b', '', NULL), ('c', NULL, NULL)")
    assert grouped(con) == {"a": 1, "b": 2, "c": 3}


def test_what_speaks_of_the_whole_caseload_may_read_nothing_that_does_not(tmp_path: Path) -> None:
    folder = tmp_path / "facts"
    folder.mkdir()
    (folder / "facts.yml").write_text("tables: [one, all]\nkeep: {all: [many]}\nwhole: [all]\n")
    (folder / "one.sql").write_text("SELECT case_id FROM caseload.cases\n")
    (folder / "all.sql").write_text("SELECT count(*) AS many FROM facts.one\n")
    with pytest.raises(RuleFault, match="speaks of the whole caseload, yet reads one"):
        load_layer(folder)


def test_two_engines_spill_apart_and_leave_nothing(tmp_path: Path) -> None:
    asked = "SELECT current_setting('temp_directory')"
    with warehouse(tmp_path) as one, warehouse(tmp_path) as other:
        assert one.execute(asked).fetchone() != other.execute(asked).fetchone()
    assert list(tmp_path.iterdir()) == []
