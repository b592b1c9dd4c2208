"""The peers of the benchmark do the same work: their answers on a sample night are ours."""

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from arrears import house
from arrears.author.sample import STATE, sample_nights
from arrears.data.store import Store
from arrears.data.warehouse import warehouse, write_parquet

PEERS = house.ROOT / "benchmarks"
NIGHT = sample_nights()[0]


Told = dict[str, dict[str, object]]


def spoiled(path: Path, lines: range) -> None:
    """Puts odd letters into a file, the same ones each time: dates, numbers, codes and lengths go wrong."""
    dice, every = random.Random(1), path.read_text("latin-1").splitlines()
    for number in lines:
        line, place = every[number], dice.randrange(1, len(every[number]))
        odd = dice.choice(["0", "9", " ", "X", "-", "}", "{", "\xe9", "", "99"])
        every[number] = line[:place] + odd + line[place + 1 :]
    path.write_text("".join(f"{line}\n" for line in every), "latin-1")


@pytest.fixture(scope="module")
def ran(lived_week: Store, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Told]:
    """Where the peers did the work of a sample night with odd lines, and what was told of each."""
    out = tmp_path_factory.mktemp("peers")
    inbox = shutil.copytree(house.SAMPLE / STATE / str(NIGHT) / "inbox", out / "inbox")
    spoiled(inbox / "dmv_licenses.txt", range(5, 205))
    spoiled(inbox / "bank_accounts.txt", range(1, 13))
    command = [str(PEERS / "run.py"), str(lived_week.root), STATE, str(NIGHT), str(inbox), str(out)]
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return out, json.loads(done.stdout.splitlines()[-1])["peers"]


def test_every_peer_gives_the_same_answers(ran: tuple[Path, Told]) -> None:
    told = {name: one["differs_in"] for name, one in ran[1].items()}
    assert told == {"arrears": [], "duckdb": [], "polars": [], "pandas": []}


def test_the_work_is_there_to_be_compared(ran: tuple[Path, Told]) -> None:
    out, _ = ran
    names = {path.name for path in (out / "polars").iterdir()}
    assert {"links.parquet", "case_money.parquet", "verdicts_license_facts.parquet", "lottery.txt"} <= names
    with warehouse() as con:
        read = f"read_parquet('{out / 'polars' / 'verdicts_license_facts.parquet'}')"
        verdict = '"license_revocation.enter"'
        asked = f"count(*) FILTER ({verdict}), count(*) FILTER ({verdict} IS NULL)"
        flagged, unknown = con.execute(f"SELECT {asked} FROM {read}").fetchone() or (0, 0)
        rejects = f"read_parquet('{out / 'polars' / 'rejects_dmv_licenses.parquet'}')"
        [rejected] = con.execute(f"SELECT count(*) FROM {rejects}").fetchone() or (0,)
    assert 20 < rejected < 200
    assert flagged
    assert unknown


def test_one_other_value_is_another_answer(
    ran: tuple[Path, Told], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(PEERS))
    from run import answers, different

    out, _ = ran
    shutil.copytree(out / "pandas", tmp_path / "other")
    path = tmp_path / "other" / "case_money.parquet"
    with warehouse() as con:
        con.execute(f"CREATE TABLE told AS SELECT * FROM read_parquet('{path}')")
        con.execute(
            "UPDATE told SET paid_cents = paid_cents + 1 WHERE case_id = (SELECT min(case_id) FROM told)"
        )
        write_parquet(con, "SELECT * FROM told ORDER BY case_id", path)
    assert different(answers(out / "arrears"), answers(tmp_path / "other")) == ["case_money"]
