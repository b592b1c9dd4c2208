"""One odd row never stops a state: odd rows of every table and feed change nothing for anybody else."""

import hashlib
import json
from collections.abc import Collection
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from feed_files import hires
from odd_world import (
    NIGHT,
    ODD_FILE,
    OTHERS,
    TO_COME,
    acts_of_others,
    caseload,
    odd_key_rows,
    odd_partner_rows,
    odd_rows,
    write_inbox,
)
from typer.testing import CliRunner

from arrears import house
from arrears.cli.main import app
from arrears.data.store import Store
from arrears.data.warehouse import Connection, warehouse
from arrears.desk.review import decide, work_list
from arrears.errors import ArrearsError, Refused
from arrears.intake.feeds import load_feeds
from arrears.intake.inbox import take_in
from arrears.intake.load import attach
from arrears.ledger import Ledger
from arrears.ledger.records import Word
from arrears.night import leaving, steps

pytestmark = pytest.mark.timeout(900)
STATE = "me"
SENT = {
    "remedy": "credit_reporting", "case_id": OTHERS[0], "step": "report", "queue": "credit_bureaus",
    "message": "report", "sent_on": "2024-12-01", "amount_cents": "100",
}  # fmt: skip
VIEWS = "SELECT view_name FROM duckdb_views() WHERE schema_name = 'staging'"
WORD = Word("olu.operator", "The caseload was corrected.")


def store_with(folder: Path, files: list[Path], on: date = NIGHT) -> tuple[Store, list[dict[str, Any]]]:
    """A store that took these files, and what became of each delivery."""
    store = Store.create(folder / "store", "invented")
    return store, take_in(store, STATE, files, on=on)["deliveries"]


def with_feeds(monkeypatch: pytest.MonkeyPatch, are_odd: bool) -> None:
    """Every partner's file came that day: empty, or with odd rows about the odd parent."""
    plain = steps.attach_inputs

    def attach_inputs(night: Any, con: Connection, only: Collection[str] = ()) -> None:
        plain(night, con, only)
        if only:  # what speaks to partners reads no partner's file
            return
        con.execute("UPDATE staging.currency SET last_received_on = ?", [NIGHT])
        for feed in set(load_feeds(house.FEEDS)) - {"caseload"} if are_odd else ():
            arrival = "INSERT INTO staging.arrivals VALUES (?, ?, NULL, ?)"
            con.execute(arrival, [feed, ODD_FILE, NIGHT])
            columns = [row[:2] for row in con.execute(f"DESCRIBE staging.{feed}").fetchall()]
            if feed in {row[0] for row in con.execute(VIEWS).fetchall()}:  # what never came has no table
                con.execute(f"DROP VIEW staging.{feed}")
                kinds = ", ".join(f"{name} {kind}" for name, kind in columns)
                con.execute(f"CREATE TABLE staging.{feed} ({kinds})")
            for row in odd_partner_rows(columns):
                given = ", ".join("?" for _ in row)
                told = f"INSERT INTO staging.{feed} ({', '.join(row)}) VALUES ({given})"
                con.execute(told, list(row.values()))

    monkeypatch.setattr(steps, "attach_inputs", attach_inputs)


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, ...]]:
    """What leaves for the others in a night without anything odd."""
    folder = tmp_path_factory.mktemp("usual")
    store, _ = store_with(folder, write_inbox(caseload(), folder / "inbox"))
    with pytest.MonkeyPatch.context() as monkeypatch:
        with_feeds(monkeypatch, are_odd=False)
        steps.run_night(store, STATE, NIGHT)
    acts = acts_of_others(store)
    assert {act[1] for act in acts} >= {"state_tax_setoff", "obligor_notices", "credit_bureaus"}
    return acts


@pytest.mark.parametrize("where", ["tables", "feeds"])
def test_odd_rows_change_nothing_for_the_others(
    usual: list[tuple[Any, ...]], where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = odd_rows() if where == "tables" else {}
    store, [came] = store_with(tmp_path, write_inbox(caseload(), tmp_path / "inbox", more=more))
    assert came["outcome"] == "accepted", came["reason"]
    with_feeds(monkeypatch, are_odd=where == "feeds")
    steps.run_night(store, STATE, NIGHT)
    assert acts_of_others(store) == usual


def test_rows_that_name_nobody_or_a_day_to_come_change_nothing_for_the_others(
    usual: list[tuple[Any, ...]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the mail is said to be complete through a day to come: the last true word stands."""
    before = NIGHT - timedelta(1)
    store, [first] = store_with(tmp_path, write_inbox(caseload(before), tmp_path / "before"), on=before)
    made = caseload()
    made.intake["hearings"] = TO_COME
    files = write_inbox(made, tmp_path / "inbox", sequence=2, more=odd_key_rows())
    [came] = take_in(store, STATE, files, on=NIGHT)["deliveries"]
    assert (first["outcome"], came["outcome"]) == ("accepted", "accepted"), came["reason"]
    with_feeds(monkeypatch, are_odd=False)
    steps.run_night(store, STATE, NIGHT)
    assert acts_of_others(store) == usual
    said = {line["kind"]: line["why"] for line in work_list(store, STATE)}
    assert str(TO_COME) in said["intake_in_doubt"]
    assert "nobody" in said["orphan_rows"]


# What is asked for once


@pytest.mark.parametrize("later", ["absent", "a header alone"])
def test_what_was_sent_before_is_asked_for_once_and_its_absence_later_holds_nothing(
    later: str, tmp_path: Path
) -> None:
    sent = [
        row | {"subject_id": f"{OTHERS[n % 3]}", "target_id": f"T{n}"} for n, row in enumerate([SENT] * 120)
    ]
    store, [first] = store_with(tmp_path, write_inbox(caseload(), tmp_path / "1", more={"sent": sent}))
    assert first["outcome"] == "accepted", first["reason"]
    without = ("sent",) if later == "absent" else ()
    next_day = NIGHT + timedelta(1)
    files = write_inbox(caseload(next_day), tmp_path / "2", sequence=2, without=without)
    [came] = take_in(store, STATE, files, on=next_day)["deliveries"]
    assert came["outcome"] == "accepted", came["reason"]
    held = write_inbox(caseload(next_day), tmp_path / "3", sequence=3, without=("stays",))
    [came] = take_in(store, STATE, held, on=next_day)["deliveries"]
    assert (came["outcome"], "stays came last time" in came["reason"]) == ("held", True)
    kept = Ledger.open(store.ledger_url).snapshot(STATE)["published"].to_pylist()
    assert len(kept) == len(sent)


def test_who_begins_a_night_anew_and_why_are_asked_for(tmp_path: Path) -> None:
    asked = ["night", STATE, str(NIGHT), "--store", str(tmp_path), "--again"]
    for more in ([], ["--as", "olu.operator"], ["--because", "Corrected."]):
        found = CliRunner().invoke(app, asked + more)
        assert found.exit_code == 1
        assert "--again, --as and --because together" in " ".join(found.stderr.split())


@pytest.mark.parametrize(
    ("word", "why"),
    [
        (
            Word("pat.caseworker", "Corrected."),
            "may not begin a night again.* Ask an operator or a supervisor",
        ),
        (Word("olu.operator", " "), "needs a reason"),
    ],
    ids=["another role", "no reason"],
)
def test_nobody_begins_a_night_anew_without_the_role_and_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: Word, why: str
) -> None:
    monkeypatch.setenv("ARREARS_HOLDER", "the test")
    store, _ = store_with(tmp_path, write_inbox(caseload(), tmp_path / "inbox"))
    steps.begin(str(store.root), STATE, NIGHT.isoformat())
    with pytest.raises(Refused, match=why):
        steps.begin(str(store.root), STATE, NIGHT.isoformat(), again=word)
    assert [run.status for run in Ledger.open(store.ledger_url).runs(STATE)] == ["open"]


# A broken night


def test_a_broken_night_begins_anew_with_what_was_corrected_and_only_while_nothing_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARREARS_HOLDER", "the test")
    wrong = write_inbox(caseload().debtor("90000004", person_id="0900000040"), tmp_path / "wrong")
    store, _ = store_with(tmp_path, wrong)
    steps.begin(str(store.root), STATE, NIGHT.isoformat())
    steps.match(str(store.root), STATE, NIGHT.isoformat())
    take_in(store, STATE, write_inbox(caseload(), tmp_path / "right", sequence=2), on=NIGHT)

    summary = steps.run_night(store, STATE, NIGHT, again=WORD)
    ledger = Ledger.open(store.ledger_url)
    assert [run.status for run in ledger.runs(STATE)] == ["given_up", "closed"]
    assert summary["verdicts"]["notice_of_debt"]["flag"] + summary["verdicts"]["notice_of_debt"]["clear"] == 4
    [told] = [row for row in ledger.audit_rows(STATE, "begin_anew")]
    assert (told["who"], told["about"]["run_id"]) == ("olu.operator", "me-2025-01-14-night-01")
    with pytest.raises(Refused, match="is closed, so it cannot begin again"):
        steps.run_night(store, STATE, NIGHT, again=WORD)


def changes_of_the_next_day(folder: Path, mode: str) -> list[Path]:
    """The extract of the day after: changes in one table, or all of it again."""
    files = write_inbox(caseload(), folder, sequence=2)
    control = json.loads(files[-1].read_text())
    control |= {"period": (NIGHT + timedelta(1)).isoformat(), "mode": mode}
    if mode == "delta":
        control["files"] = [one for one in control["files"] if one["table"] == "receipts"]
        files = [one for one in files if one.name == "caseload.receipts.csv" or one == files[-1]]
    files[-1].write_text(json.dumps(control))
    return files


@pytest.mark.parametrize("word", ["approve", "reject"])
def test_a_correction_that_came_after_the_next_days_changes_is_decided_before_its_night_begins_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    """It was held, the night began again without it and ended on the bad file, without a word."""
    monkeypatch.setenv("ARREARS_HOLDER", "the test")
    wrong = caseload().debtor("90000004", person_id="0900000040")
    store, _ = store_with(tmp_path, write_inbox(wrong, tmp_path / "wrong"))
    steps.begin(str(store.root), STATE, NIGHT.isoformat())
    day = NIGHT + timedelta(1)
    take_in(store, STATE, changes_of_the_next_day(tmp_path / "next", "delta"), on=day)
    [held] = take_in(store, STATE, write_inbox(caseload(), tmp_path / "right"), on=day)["deliveries"]
    assert held["outcome"] == "held"
    assert "it counts only once a person has let it in" in held["reason"]

    with pytest.raises(Refused, match="would begin again without it") as refused:
        steps.begin(str(store.root), STATE, NIGHT.isoformat(), again=WORD)
    [said] = [one for one in refused.value.do.split("`") if one.startswith(f"arrears review {word}")]
    words = said.replace("USER", WORD.by).replace("TEXT", "Looked").split()[1:]
    done = CliRunner().invoke(app, [*words, "--store", str(store.root)])
    assert done.exit_code == 0, done.output
    steps.begin(str(store.root), STATE, NIGHT.isoformat(), again=WORD)
    ledger = Ledger.open(store.ledger_url)
    assert [run.status for run in ledger.runs(STATE)] == ["given_up", "open"]
    with warehouse() as con:
        attach(con, store, STATE, ledger.deliveries(STATE, outcome="accepted"), load_feeds(house.FEEDS))
        [(cases,)] = con.execute("SELECT count(*) FROM caseload.cases").fetchall()
    assert cases == {"approve": 4, "reject": 5}[word]


def test_where_the_whole_extract_of_the_next_day_is_in_a_late_correction_changes_nothing_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARREARS_HOLDER", "the test")
    wrong = caseload().debtor("90000004", person_id="0900000040")
    store, _ = store_with(tmp_path, write_inbox(wrong, tmp_path / "wrong"))
    steps.begin(str(store.root), STATE, NIGHT.isoformat())
    day = NIGHT + timedelta(1)
    take_in(store, STATE, changes_of_the_next_day(tmp_path / "next", "snapshot"), on=day)
    [held] = take_in(store, STATE, write_inbox(caseload(), tmp_path / "right"), on=day)["deliveries"]
    assert "letting this one in changes nothing" in held["reason"]
    steps.begin(str(store.root), STATE, NIGHT.isoformat(), again=WORD)
    assert [run.status for run in Ledger.open(store.ledger_url).runs(STATE)] == ["given_up", "open"]


def test_receive_names_the_command_that_lets_a_held_file_in(tmp_path: Path) -> None:
    files = write_inbox(caseload(), tmp_path / "inbox", sequence=2)
    store, _ = store_with(tmp_path, files)
    old = write_inbox(caseload(NIGHT - timedelta(1)), tmp_path / "old")
    told = ["receive", STATE, *map(str, old), "--store", str(store.root), "--on", str(NIGHT)]
    shown = CliRunner().invoke(app, told).output
    [held] = Ledger.open(store.ledger_url).deliveries(STATE, outcome="held")
    assert f"`arrears review approve me delivery:{held.delivery_id} --as USER --because TEXT`" in shown


def test_a_night_that_has_sent_a_file_does_not_begin_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARREARS_HOLDER", "the test")
    store, _ = store_with(tmp_path, write_inbox(caseload(), tmp_path / "inbox"))
    with monkeypatch.context() as broken:
        broken.setattr(steps.closing, "close", lambda *_: (_ for _ in ()).throw(OSError("full disk")))
        with pytest.raises(OSError, match="full disk"):
            steps.run_night(store, STATE, NIGHT)
    before = acts_of_others(store)
    with pytest.raises(Refused, match="has sent files already"):
        steps.run_night(store, STATE, NIGHT, again=WORD)
    assert (store.night(STATE, NIGHT) / "validation.json").exists()
    steps.run_night(store, STATE, NIGHT)
    assert acts_of_others(store) == before


def test_a_night_without_a_caseload_says_what_became_of_the_one_that_came(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store", "invented")
    with pytest.raises(Refused, match="no caseload has come"):
        steps.begin(str(store.root), STATE, NIGHT.isoformat())
    files = write_inbox(caseload(), tmp_path / "inbox")
    cases = tmp_path / "inbox" / "caseload.cases.csv"
    cases.write_bytes(cases.read_bytes()[:-1] + b'"\n')
    take_in(store, STATE, files, on=NIGHT)
    with pytest.raises(Refused, match="was refused: Cases"):
        steps.begin(str(store.root), STATE, NIGHT.isoformat())
    assert Ledger.open(store.ledger_url).runs(STATE) == []


def test_a_first_caseload_that_is_held_is_let_in_before_any_night(tmp_path: Path) -> None:
    files = write_inbox(caseload(), tmp_path / "inbox")
    control = json.loads(files[-1].read_text())
    control["complete_through"]["hearings"] = (NIGHT + timedelta(1)).isoformat()
    files[-1].write_text(json.dumps(control))
    store, [came] = store_with(tmp_path, files)
    assert (came["outcome"], "hearings" in came["reason"]) == ("held", True)
    item = f"delivery:{came['delivery']}"
    with pytest.raises(Refused, match="was held") as caught:
        steps.begin(str(store.root), STATE, NIGHT.isoformat())
    assert item in str(caught.value)
    with pytest.raises(ArrearsError, match="not a file that is held"):
        decide(store, STATE, ["delivery:nothing"], "approve", "olu.operator", "Looked at.")
    decide(store, STATE, [item], "approve", "olu.operator", "They meant the day before.")
    assert steps.begin(str(store.root), STATE, NIGHT.isoformat())["deliveries"] == 1


# A gate that is shut


def test_what_eases_leaves_in_a_file_of_its_own_while_the_gate_holds_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = caseload()
    store, _ = store_with(tmp_path, write_inbox(first, tmp_path / "1"))
    steps.run_night(store, STATE, NIGHT)
    later = caseload(NIGHT + timedelta(1))
    # One parent has paid, and another one is new to every partner.
    for balance in later.rows["balances"]:
        if balance["case_id"] == OTHERS[0]:
            owed = sum(row["amount_cents"] for row in later.rows["charges"] if row["case_id"] == OTHERS[0])
            later.receipt(OTHERS[0], NIGHT, owed - 300_00)
    later.debtor("90000005", person_id="0900000050", last_paid=date(2024, 3, 2))
    take_in(store, STATE, write_inbox(later, tmp_path / "2", sequence=2), on=later.as_of)
    monkeypatch.setattr(leaving, "gate", lambda *_: ("1 new act is more than the gate allows", "gate:x:1-0"))
    steps.run_night(store, STATE, later.as_of)
    rows = Ledger.open(store.ledger_url).snapshot(STATE)["published"].to_pylist()
    night = [row for row in rows if str(row["published_on"]) == later.as_of.isoformat()]
    assert {row["queue"] for row in night} >= {"state_tax_setoff", "credit_bureaus", "lottery"}
    assert {row["kind"] for row in night} <= {"release", "update"}
    assert {row["person_id"] for row in night if row["kind"] == "release"} == {"0900000010"}
    files = list(store.outbox(STATE, later.as_of).glob("state_tax_setoff.*.txt"))
    assert len(files) == 1


# A partner's file as a whole


def test_a_partners_file_whose_field_moved_is_held_and_the_night_goes_on_without_it(tmp_path: Path) -> None:
    files = write_inbox(caseload(), tmp_path / "inbox")
    moved = tmp_path / "inbox" / "employer_new_hires.txt"
    data = hires(*({"last_name": f"04{n:03d}"} for n in range(60)))
    moved.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    control = {
        "control": "arrears/1", "feed": "employer_new_hires", "state": STATE, "period": str(NIGHT),
        "sequence": 1, "mode": "snapshot",
        "files": [{"table": "employer_new_hires", "rows": 60, "bytes": len(data), "sha256": digest}],
    }  # fmt: skip
    said = tmp_path / "inbox" / "employer_new_hires.control.json"
    said.write_text(json.dumps(control))
    store, came = store_with(tmp_path, [*files, moved, said])
    told = {one["feed"]: (one["outcome"], one["reason"]) for one in came}
    assert told["caseload"][0] == "accepted"
    assert told["employer_new_hires"][0] == "held"
    assert told["employer_new_hires"][1].startswith("It is not believable: digits in names")
    [held] = [one["delivery"] for one in came if one["outcome"] == "held"]

    decide(store, STATE, [f"delivery:{held}"], "approve", "olu.operator", "Their names are numbers.")
    begun = steps.begin(str(store.root), STATE, NIGHT.isoformat())
    assert begun["deliveries"] == 2
    for step in steps.NIGHT:
        if step.name not in ("release", "close"):
            step(str(store.root), STATE, NIGHT.isoformat())
