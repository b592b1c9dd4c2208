"""`arrears ack`: each act that was sent ends accepted, rejected or overdue, by the partner's own files."""

import json
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from feed_files import acknowledgments
from json_docs import documented, given
from typer.testing import CliRunner

from arrears import house
from arrears.answers.partner_answers import make_answered, partner_answers
from arrears.answers.quality_rules import load_quality
from arrears.author.sample import STATE, sample_nights
from arrears.cli.main import app
from arrears.data.store import Store
from arrears.data.warehouse import attach_blocks, warehouse
from arrears.intake.feeds import load_feeds
from arrears.intake.load import attach
from arrears.ledger import Ledger

pytestmark = pytest.mark.timeout(900)
_, SECOND, THIRD, *_ = sample_nights()


@pytest.fixture
def store(lived_nights: Store, tmp_path: Path) -> Store:
    """A copy of a store that has lived two days and sent orders to employers."""
    shutil.copytree(lived_nights.root, tmp_path / "store")
    return Store.open(tmp_path / "store")


def orders(store: Store) -> list[dict[str, Any]]:
    """The orders that the store has sent in records of their own, each with its tracking number."""
    told = Ledger.open(store.ledger_url).snapshot(STATE, only=["published"])["published"].to_pylist()
    ours = [one for one in told if one["queue"] == "income_withholding" and one["batch_no"] and one["carry"]]
    return [one | {"tracking": json.loads(one["carry"])["tracking_number"]} for one in ours]


def answer(path: Path, *asked: tuple[dict[str, Any], str, str]) -> Path:
    """A file of an employer's answers to orders, each with its status and reason."""
    day = THIRD.strftime("%Y%m%d")
    data = acknowledgments(*[one["tracking"] for one, _, _ in asked]).replace(b"20250115", day.encode())
    found = data.splitlines(keepends=True)
    for place, (one, status, reason) in enumerate(asked, 1):
        case, fein = one["subject_id"].split(":")
        line = found[place].replace(b"00000101       ", case.ljust(15).encode())
        found[place] = line.replace(b"010000001", fein.encode())
        assert status in "AR"
        if status == "R":
            found[place] = set_status(found[place], status, reason)
    path.write_bytes(b"".join(found))
    return path


def set_status(line: bytes, status: str, reason: str) -> bytes:
    """An answer that says no, and why."""
    columns = load_feeds(house.FEEDS)["eiwo_acknowledgments"].record("answer").layout.columns
    for column in columns:
        if column.name in ("disposition_status", "disposition_reason"):
            value = status if column.name == "disposition_status" else reason
            at, width = column.start - 1, column.length
            line = line[:at] + value.ljust(width).encode() + line[at + width :]
    return line


def run(store: Store, *words: str) -> Any:
    return CliRunner().invoke(app, ["ack", STATE, *words, "--store", str(store.root)])


def test_an_answer_closes_the_act_that_it_names_and_no_other(store: Store, tmp_path: Path) -> None:
    took, refused, silent, *_ = orders(store)
    file = answer(tmp_path / "acks.txt", (took, "A", ""), (refused, "R", "N"))
    told = run(store, str(file), "--on", str(THIRD), "--json")
    assert told.exit_code == 0, told.output
    found = json.loads(told.stdout)
    said = {one["action_id"]: (one["says"], one["reason"]) for one in found["heard"]}
    assert said == {took["action_id"]: ("accepted", None), refused["action_id"]: ("rejected", "N")}
    acts = {one["action_id"]: one for one in found["acts"]}
    assert (acts[refused["action_id"]]["became"], acts[refused["action_id"]]["reason"]) == ("rejected", "N")
    assert took["action_id"] not in acts
    assert silent["action_id"] not in acts
    [card] = [one for one in found["queues"] if one["queue"] == "income_withholding"]
    parts = ("accepted", "rejected", "received", "waiting", "overdue")
    assert card["sent"] == sum(card[name] for name in parts)
    assert card["accepted"] >= 1
    # The same file again is a duplicate, and changes nothing.
    again = json.loads(run(store, str(file), "--on", str(THIRD), "--json").stdout)
    assert [one["outcome"] for one in again["deliveries"]] == ["duplicate"]
    assert again["queues"] == found["queues"]


def test_an_answer_to_what_nobody_sent_is_told(store: Store, tmp_path: Path) -> None:
    before = partner_answers(store, STATE)["not_ours"].get("eiwo_acknowledgments", 0)
    [one, *_] = orders(store)
    file = answer(tmp_path / "acks.txt", (one | {"tracking": "NEVER-SENT"}, "A", ""))
    told = run(store, str(file), "--on", str(THIRD))
    assert "1 not ours" in told.output
    assert partner_answers(store, STATE)["not_ours"]["eiwo_acknowledgments"] == before + 1


@pytest.fixture
def became(store: Store) -> Callable[[date], dict[str, str]]:
    """What became of each act, as it stands on a day."""

    def on(day: date) -> dict[str, str]:
        ledger, feeds = Ledger.open(store.ledger_url), load_feeds(house.FEEDS)
        rules = load_quality(house.RULES).answers
        with warehouse() as con:
            came = ledger.deliveries(STATE, outcome="accepted")
            attach(con, store, STATE, came, {name: feeds[name] for name in rules})
            with ledger.blocks(STATE, only=["published"]) as told:
                attach_blocks(con, "ledger.published", told["published"])
            make_answered(con, rules, day)
            return dict(con.execute("SELECT action_id, became FROM answered").fetchall())

    return on


def test_silence_is_overdue_after_the_partners_own_days_and_not_on_the_last_of_them(
    store: Store, became: Callable[[date], dict[str, str]]
) -> None:
    [one, *_] = [one for one in orders(store) if one["published_on"] == SECOND]
    days = load_feeds(house.FEEDS)["eiwo_acknowledgments"].stale_after_days
    last = SECOND + timedelta(days)
    assert became(last)[one["action_id"]] == "waiting"
    assert became(last + timedelta(1))[one["action_id"]] == "overdue"


def test_a_partner_that_tells_rejects_alone_takes_by_its_next_file_what_does_not_stand_in_it(
    lived_week: Store,
) -> None:
    found = partner_answers(lived_week, STATE)
    [card] = [one for one in found["queues"] if one["queue"] == "federal_offset"]
    # The rejects of the week came once, after some of its records had left and before the others.
    ledger = Ledger.open(lived_week.ledger_url)
    came = max(
        one.period_on or one.received_on
        for one in ledger.deliveries(STATE, feed="federal_offset_rejects", outcome="accepted")
    )
    told = ledger.snapshot(STATE, only=["published"])["published"].to_pylist()
    ours = [one for one in told if one["queue"] == "federal_offset" and one["batch_no"] and one["carry"]]
    earlier = [one for one in ours if one["published_on"] < came]
    assert 0 < len(earlier) < len(ours)
    assert (card["accepted"], card["waiting"]) == (len(earlier), len(ours) - len(earlier))
    assert card["rejected"] == len([one for one in found["acts"] if one["queue"] == "federal_offset"])


def test_a_file_in_which_no_partner_answers_is_said_to_be_one(store: Store) -> None:
    file = house.SAMPLE / STATE / str(SECOND) / "inbox" / "caseload.control.json"
    files = [str(path) for path in file.parent.glob("caseload.*")]
    told = run(store, *files, "--on", str(SECOND))
    assert "In caseload no partner answers" in told.output


def test_the_json_of_ack_is_as_documented(store: Store, tmp_path: Path) -> None:
    one, other, *_ = orders(store)
    file = answer(tmp_path / "acks.txt", (one, "A", ""), (other, "R", "U"))
    found = json.loads(run(store, str(file), "--on", str(THIRD), "--json").stdout)
    feeds = {path for path in given(found) if path.startswith("not_ours.")}
    assert given(found) - feeds == documented("ack")
