"""`arrears status` and `arrears rejects`: where a state stands, and which rows could not be read."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from feed_files import Desk, licenses
from json_docs import documented, given
from typer.testing import CliRunner

from arrears.answers.rejects import rejects
from arrears.answers.status import status
from arrears.author.sample import STATE, sample_nights
from arrears.cli.main import app
from arrears.data.store import Store
from arrears.intake.inbox import take_in
from arrears.night import run as nights
from arrears.night import steps

pytestmark = pytest.mark.timeout(900)
FIRST, SECOND, THIRD, *_ = sample_nights()


@pytest.fixture
def store(lived_nights: Store, tmp_path: Path) -> Store:
    """A copy of a store that has lived two days."""
    shutil.copytree(lived_nights.root, tmp_path / "store")
    return Store.open(tmp_path / "store")


def send(store: Store, data: bytes, folder: Path, on: date = THIRD) -> None:
    """Takes in a file of licenses with its control file."""
    folder.mkdir()
    desk = Desk(folder)
    counted = {"license": (data, data.count(b"\n"))}
    control = desk.control("dmv_licenses", counted, period=str(on), sequence=on.day)
    take_in(store, STATE, [desk.put(f"dmv_licenses_{on}.txt", data), control], on=on)


def test_each_rejected_row_is_told_with_file_line_field_and_reason_and_no_number(
    store: Store, tmp_path: Path
) -> None:
    line = licenses()
    good = b"".join(line.replace(b"D0000017", b"D%07d" % number) for number in range(400))
    bad = line.replace(b"1980-02-29", b"1980-02-30")
    send(store, good + bad, tmp_path / "inbox")
    found = rejects(store, STATE)
    assert found["total"] == 1
    [row] = found["rows"]
    assert (row["feed"], row["line"], row["field"]) == ("dmv_licenses", 401, "date_of_birth")
    assert row["file"] == "0.dmv_licenses.control.json"
    assert row["reason"] == "not a date written CCYY-MM-DD"
    assert "900121234" not in json.dumps(found)
    assert rejects(store, STATE, "caseload")["total"] == 0
    assert rejects(store, STATE, since=date(2025, 2, 1))["total"] == 0
    told = CliRunner().invoke(app, ["rejects", STATE, "--store", str(store.root), "--json"])
    assert given(json.loads(told.stdout)) == documented("rejects")


def test_status_tells_the_last_night_what_is_held_and_what_comes_next(store: Store, tmp_path: Path) -> None:
    found = status(store, STATE)
    summary = json.loads((store.night(STATE, SECOND) / "summary.json").read_text())
    assert found["last_night"]["as_of"] == str(SECOND)
    assert found["last_night"]["work_list"] == sum(summary["work_list"].values())
    assert found["last_night"]["records"] == sum(one["records"] for one in summary["queues"])
    assert found["next_night"]["as_of"] == str(THIRD)
    assert (found["held_files"], found["at_work"]) == ([], None)
    send(store, licenses(), tmp_path / "inbox")  # one license, where there were hundreds
    [held] = status(store, STATE)["held_files"]
    assert (held["feed"], held["rows"]) == ("dmv_licenses", 1)
    told = CliRunner().invoke(app, ["status", STATE, "--store", str(store.root)])
    assert told.exit_code == 0
    assert f"arrears review approve {STATE} {held['item_id']}" in told.output.replace("\n", " ")
    said = CliRunner().invoke(app, ["status", STATE, "--store", str(store.root), "--json"])
    assert given(json.loads(said.stdout)) <= documented("status")


def test_status_tells_a_night_that_stopped_and_how_far_it_came(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from arrears.author.sample import receive

    receive(store.root, THIRD)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setenv(nights.HOLDER_VARIABLE, "tests")
        patch.setattr(steps, "run_plan", stop)
        with pytest.raises(KeyboardInterrupt):
            steps.run_night(store, STATE, THIRD)
    work = status(store, STATE)["at_work"]
    assert (work["as_of"], work["kind"], work["holder"]) == (str(THIRD), "night", "tests")
    assert work["steps_done"] == ["match", "facts", "remedies"]


def test_a_state_without_a_night_says_so(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "new", "invented")
    told = CliRunner().invoke(app, ["status", STATE, "--store", str(store.root)])
    assert "no night is closed yet" in told.output


@pytest.mark.parametrize("verb", ["status", "rejects", "ack"])
def test_a_state_that_nobody_knows_is_no_state_without_work(tmp_path: Path, verb: str) -> None:
    store = Store.create(tmp_path / "new", "invented")
    told = CliRunner().invoke(app, [verb, "zz", "--store", str(store.root)])
    assert told.exit_code == 1
    assert "zz" in told.output
    known = CliRunner().invoke(app, ["rejects", STATE, "--store", str(store.root)])
    assert "No file was ever accepted in ME" in known.output
