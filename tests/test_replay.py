"""A closed night comes out again from landing and ledger alone, and what was changed is named."""

import io
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from json_docs import documented, given
from rich.console import Console
from typer.testing import CliRunner

from arrears import house
from arrears.author.sample import STATE, sample_nights
from arrears.cli.main import app
from arrears.compare import replay as replaying
from arrears.compare.replay import print_replay, replay
from arrears.data.store import Store
from arrears.ledger import Ledger

pytestmark = pytest.mark.timeout(900)
FIRST, SECOND, *_ = sample_nights()


@pytest.fixture
def store(lived_nights: Store, tmp_path: Path) -> Store:
    """A copy of a store that has lived two days, decisions and day releases included."""
    shutil.copytree(lived_nights.root, tmp_path / "store")
    return Store.open(tmp_path / "store")


def others(found: dict[str, Any]) -> set[str]:
    """The tables and files that did not come out as they were."""
    return {f"{one['part']}/{one['name']}" for one in found["compared"] if one["became"] != "equal"}


def test_a_night_and_a_day_release_come_out_again_elsewhere_with_other_threads_and_without_staging(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(store.root / "staging")
    for threads, night, release in (("1", SECOND, None), ("2", FIRST, 1)):
        monkeypatch.setenv("ARREARS_THREADS", threads)
        found = replay(store, STATE, night, release)
        assert (others(found), found["is_equal"]) == (set(), True)
        assert {one["part"] for one in found["compared"]} >= {"match", "facts", "verdicts", "plan", "queues"}
    files = {one["name"] for one in found["compared"] if one["part"] == "files"}
    [run] = [one for one in Ledger.open(store.ledger_url).runs(STATE) if one.run_id == found["run"]]
    ours = {
        batch.file_name
        for batch in Ledger.open(store.ledger_url).batches(STATE)
        if (batch.run_id, batch.status) == (run.run_id, "published") and batch.records
    }
    assert files == ours != set()


def test_a_night_whose_folder_is_gone_is_proven_by_the_hash_that_the_ledger_holds(store: Store) -> None:
    shutil.rmtree(store.root / "nights")
    found = replay(store, STATE, FIRST)
    assert (found["manifest_is_there"], found["is_equal"]) == (False, True)


def kept_of(store: Store) -> dict[str, int]:
    """Every file of a store but its working space and its ledger's own, by when it was written."""
    found = {
        path.relative_to(store.root).as_posix(): path.stat().st_mtime_ns
        for path in store.root.rglob("*")
        if path.is_file() and path.parent.name != "tmp" and not path.name.startswith("ledger.db-")
    }
    assert "ledger.db" in found
    return found


def test_a_table_that_was_other_and_a_file_that_says_otherwise_are_named_and_the_command_fails(
    store: Store,
) -> None:
    path = store.night(STATE, FIRST) / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["tables"]["facts/case_facts.parquet"]["sha256"] = "0" * 64
    del manifest["tables"]["plan/clock.parquet"]
    path.write_text(json.dumps(manifest))
    told = CliRunner().invoke(app, ["replay", STATE, str(FIRST), "--store", str(store.root), "--json"])
    assert told.exit_code == 1
    found = json.loads(told.stdout)
    code = {f"differs.code[].{key}" for key in ("what", "was", "now")}  # it is the same here
    assert given(found) == documented("replay") - code
    with io.StringIO() as page:
        print_replay(found, Console(file=page, width=200))
        said = page.getvalue()
    assert "changed: facts/case_facts" in said
    assert "new: plan/clock" in said
    assert "The manifest was changed since the night was closed" in said
    assert "does not come out as it was closed" in said


def test_the_law_of_that_night_decides_again_and_todays_only_when_asked_by_what_is_known_now(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("rules", "transforms", "expectations"):
        shutil.copytree(house.ROOT / name, tmp_path / "house" / name)
    profile = tmp_path / "house" / "rules" / "jurisdictions" / "me.yml"
    head, key, tail = profile.read_text().partition("license.no_payment_days:")
    assert "value: 60\n" in tail.split("title:")[1]
    profile.write_text(head + key + tail.replace("value: 60\n", "value: 999\n", 1))
    monkeypatch.setattr(house, "RULES", tmp_path / "house" / "rules")
    before = kept_of(store)
    found = replay(store, STATE, FIRST)
    assert (others(found), found["is_equal"]) == (set(), True)
    now = replay(store, STATE, FIRST, is_known_now=True)
    assert kept_of(store) == before  # neither writes into what was kept
    assert "verdicts/license_facts" in others(now)
    assert "facts/case_facts" not in others(now)


def test_a_manifest_that_was_changed_is_no_proof_even_where_all_its_tables_come_out(store: Store) -> None:
    path = store.night(STATE, FIRST) / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["known_at"] = "another moment"
    path.write_text(json.dumps(manifest))
    found = replay(store, STATE, FIRST)
    assert (others(found), found["manifest_is_as_closed"], found["is_equal"]) == (set(), False, False)


def test_a_file_that_is_not_made_again_is_missing_and_nothing_is_proven(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = replace(replaying.FILES, work=lambda *_: {})
    monkeypatch.setattr(replaying, "FILES", nothing)
    found = replay(store, STATE, FIRST)
    missing = {one["part"] for one in found["compared"] if one["became"] == "missing"}
    assert (missing, found["is_equal"]) == ({"files"}, False)


def test_a_night_that_is_not_closed_is_no_night_to_replay(store: Store) -> None:
    told = CliRunner().invoke(app, ["replay", STATE, "2025-01-20", "--store", str(store.root), "--json"])
    assert told.exit_code == 1
    assert "No closed night of 2025-01-20" in told.output
