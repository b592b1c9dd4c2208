"""A ledger's file that is cut or damaged is told in a sentence, wherever somebody meets it."""

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from arrears import house
from arrears.data.store import Store
from arrears.errors import ArrearsError
from arrears.ledger import Ledger
from arrears.ledger.store_marks import verify


@pytest.fixture
def ledger_file(lived_nights: Store, tmp_path: Path) -> Path:
    """The ledger of two sample nights in a copy of its store, all of it in one file."""
    shutil.copytree(lived_nights.root, tmp_path / "store")
    path = tmp_path / "store" / "ledger.db"
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_ledger_that_was_cut_is_told_with_what_to_do(ledger_file: Path, share: float) -> None:
    data = ledger_file.read_bytes()
    ledger_file.write_bytes(data[: int(len(data) * share)])
    store = Store.open(ledger_file.parent)
    with pytest.raises(ArrearsError, match="cut or damaged") as told:
        verify(store, Ledger.open(store.ledger_url))
    assert told.value.where.endswith("store/ledger.db")
    assert "restore ledger and store from the same moment" in told.value.do


def test_what_is_no_database_is_told_by_the_command_line(ledger_file: Path) -> None:
    ledger_file.write_bytes(b"not a ledger of anybody" * 1000)
    done = subprocess.run(
        [sys.executable, "-m", "arrears.cli", "status", "me", "--store", str(ledger_file.parent), "--json"],
        cwd=house.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    assert "cut or damaged" in json.loads(done.stdout)["error"]["what"]


def test_a_changed_page_is_found_whatever_stands_on_it(ledger_file: Path) -> None:
    """The chain holds rows; an index that does not say what its table says is for SQLite to find."""
    with sqlite3.connect(ledger_file) as raw:
        sql = "SELECT rootpage FROM sqlite_master WHERE name = 'users_by_name'"
        end = raw.execute(sql).fetchone()[0] * raw.execute("PRAGMA page_size").fetchone()[0]
        name = raw.execute("SELECT name FROM users").fetchone()[0].encode()
    data = bytearray(ledger_file.read_bytes())
    data[data.rindex(name, 0, end)] ^= 0x01
    ledger_file.write_bytes(data)
    store = Store.open(ledger_file.parent)
    faults = verify(store, Ledger.open(store.ledger_url))
    assert any("file is damaged" in fault for fault in faults)
