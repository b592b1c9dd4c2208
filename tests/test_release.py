"""The way out under its guards: what stops an act at the last moment, who is told, what a crash leaves."""

import hashlib
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from ledger_helpers import begin, with_people
from typer.testing import CliRunner

from arrears import house
from arrears.author.sample import STATE, sample_nights
from arrears.cli import main as cli
from arrears.data import writes
from arrears.data.store import Store
from arrears.data.warehouse import EngineError, attach_arrow, run_sql_file, warehouse
from arrears.desk.review import decide, work_list
from arrears.errors import ArrearsError, Refused
from arrears.intake.feeds import load_feeds
from arrears.intake.inbox import take_in
from arrears.intake.receive import receive
from arrears.ledger import Ledger, schema
from arrears.ledger import store_marks as witness
from arrears.night import leaving as choosing
from arrears.night import release as releasing
from arrears.night import run as nights
from arrears.night import steps, stops
from arrears.night.held_back import Aside, attach_aside, write_kept_back

pytestmark = pytest.mark.timeout(1500)
FIRST, SECOND, *_ = sample_nights()
DAY = FIRST.isoformat()
NOON = datetime(2025, 1, 14, 17, tzinfo=UTC)


@pytest.fixture(scope="module")
def closed_once(planned_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose first night is closed."""
    root = tmp_path_factory.mktemp("closed") / "store"
    shutil.copytree(planned_once, root)
    for step in (steps.release, steps.close):
        step(str(root), STATE, DAY)
    return root


@pytest.fixture
def planned(planned_once: Path, tmp_path: Path) -> Store:
    shutil.copytree(planned_once, tmp_path / "planned")
    return Store.open(tmp_path / "planned")


@pytest.fixture
def closed(closed_once: Path, tmp_path: Path) -> Store:
    shutil.copytree(closed_once, tmp_path / "closed")
    return Store.open(tmp_path / "closed")


def book(store: Store) -> Ledger:
    return Ledger.open(store.ledger_url)


def acts(store: Store, where: str) -> list[dict[str, Any]]:
    """Acts of the first night's plan."""
    path = store.night(STATE, FIRST) / "plan" / "actions.parquet"
    with warehouse() as con:
        table = con.execute(f"SELECT * FROM '{path}' WHERE {where} ORDER BY action_id").to_arrow_table()
    found: list[dict[str, Any]] = table.to_pylist()
    return found


def published(store: Store) -> set[str]:
    rows = book(store).snapshot(STATE)["published"].to_pylist()
    return {row["action_id"] for row in rows if row["batch_no"]}


def changes(folder: Path, stay: dict[str, str], sequence: int = 2) -> list[Path]:
    """A later caseload that says one thing: a stay."""
    folder.mkdir()
    names = ["stay_id", "case_id", "person_id", "kind", "remedy", "chapter", "from_on", "to_on"]
    row = {"stay_id": "late", "kind": "bankruptcy", "from_on": DAY} | stay
    data = "|".join(names) + "\n" + "|".join(row.get(name, "") for name in names) + "\n"
    file = folder / "caseload.stays.csv"
    file.write_bytes(data.encode())
    about = {"table": "stays", "rows": 1, "bytes": len(data)}
    control = json.loads((house.SAMPLE / STATE / DAY / "inbox" / "caseload.control.json").read_text())
    control |= {"sequence": sequence, "mode": "delta", "period": DAY}
    control["files"] = [about | {"sha256": hashlib.sha256(data.encode()).hexdigest()}]
    path = folder / "caseload.control.json"
    path.write_text(json.dumps(control))
    return [file, path]


def stopped(store: Store) -> dict[str, str]:
    rows = json.loads((store.night(STATE, FIRST) / "queues" / "stopped.json").read_text())
    return {row["action_id"]: row["reason"] for row in rows}


# The day of a release


def test_a_release_on_another_day_is_refused(closed: Store) -> None:
    with pytest.raises(Refused, match=f"Run the night of {SECOND} first"):
        nights.begin_release(closed, STATE, FIRST, NOON + timedelta(days=1))


def test_a_release_after_something_of_the_next_day_is_refused(closed: Store) -> None:
    day = SECOND + timedelta(days=30)
    book(closed).pause(STATE, "r", "", day, None, "sam.supervisor", "a storm", NOON + timedelta(days=1))
    with pytest.raises(Refused, match=f"Run the night of {SECOND} first"):
        nights.begin_release(closed, STATE, FIRST)


def test_a_release_left_open_is_given_up_by_the_next_night(closed: Store) -> None:
    left = nights.begin_release(closed, STATE, FIRST)
    left.ledger.let_go(left.run, NOON)
    nights.begin(closed, STATE, SECOND)
    ends = {run.run_id: run.status for run in book(closed).runs(STATE)}
    assert ends[left.run.run_id] == "absent"


def test_a_release_entered_again_after_a_newer_night_is_refused(closed: Store) -> None:
    left = nights.begin_release(closed, STATE, FIRST)
    left.ledger.let_go(left.run, NOON)
    ledger = left.ledger
    moment = NOON + timedelta(days=1)
    newer = ledger.begin_run(STATE, SECOND, "night", ledger.pin(moment), moment, "later")
    ledger.close_run(newer, "m", moment)
    with pytest.raises(Refused, match="the facts of 2025-01-14 are old"):
        nights.begin_release(closed, STATE, FIRST, NOON)


def test_what_left_before_a_crash_is_known_to_the_next_run(closed: Store) -> None:
    left = nights.begin_release(closed, STATE, FIRST)
    data = b"one record\n"
    name = f"outbox/{STATE}/{DAY}/sos_license.{{batch_no}}.txt"
    item = acts(closed, "status = 'needs_person'")[0]
    number = left.ledger.prepare_batch(
        left.run, "sos_license", name, hashlib.sha256(data).hexdigest(), 1, 0, [item], NOON
    )
    (closed.root / name.replace("{batch_no}", f"{number:06d}")).write_bytes(data)
    left.ledger.let_go(left.run, NOON)
    night = nights.begin(closed, STATE, SECOND)
    known = night.ledger.snapshot(STATE, night.run.cut)["published"]["action_id"].to_pylist()
    assert item["action_id"] in known
    assert night.ledger.unfinished_batches(STATE) == []


# Stops read again


def test_a_late_stay_of_a_case_stops_what_is_done_to_its_obligor(planned: Store, tmp_path: Path) -> None:
    person = acts(planned, "status = 'due' AND case_id IS NULL AND kind = 'send'")[0]
    with warehouse() as con:
        path = planned.night(STATE, FIRST) / "facts" / "case_facts.parquet"
        row = con.execute(
            f"SELECT case_id FROM '{path}' WHERE person_id = $p", {"p": person["person_id"]}
        ).fetchone()
    assert row is not None
    # Received and accepted, but not loaded: as after a crash between the two.
    files = changes(tmp_path / "late", {"case_id": row[0]})
    ledger = book(planned)
    [receipt] = receive(planned, ledger, STATE, files, on=FIRST, feeds=load_feeds(house.FEEDS))
    assert receipt.delivery.outcome == "accepted"
    steps.release(str(planned.root), STATE, DAY)
    assert stopped(planned)[person["action_id"]] == stops.NEWS
    assert person["action_id"] not in published(planned)
    others = {act["action_id"] for act in acts(planned, "status = 'due' AND case_id IS NULL")}
    assert others & published(planned)


def test_a_later_caseload_that_cannot_be_read_raises(
    planned: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = changes(tmp_path / "late", {"case_id": "00000101"})
    receive(planned, book(planned), STATE, files, on=FIRST, feeds=load_feeds(house.FEEDS))
    late = book(planned).deliveries(STATE, feed="caseload")[-1].delivery_id
    (planned.staging(STATE, "caseload", late) / "staged.json").unlink()
    monkeypatch.setattr(stops, "load_waiting", lambda *about: [])
    with pytest.raises(ArrearsError, match="accepted but not loaded"):
        steps.release(str(planned.root), STATE, DAY)
    assert published(planned) == set()


def test_a_pause_between_prepare_and_rename_stops_the_file(
    planned: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = book(planned)

    def storm(name: str) -> None:
        if name == "prepared credit_bureaus" and not ledger.snapshot(STATE)["pauses"].num_rows:
            ledger.pause(STATE, "", "", FIRST, None, "sam.supervisor", "a storm", NOON)

    monkeypatch.setattr(writes, "watchers", [storm])
    sent = {one["queue"]: one for one in steps.release(str(planned.root), STATE, DAY)["queues"]}
    burdens = acts(planned, "queue = 'credit_bureaus' AND status = 'due' AND kind = 'send'")
    assert burdens
    assert not {act["action_id"] for act in burdens} & published(planned)
    fates = [batch.status for batch in ledger.batches(STATE) if batch.queue == "credit_bureaus"]
    assert fates[0] == "abandoned"
    assert stops.PAUSED in {one["reason"] for one in sent["credit_bureaus"]["stopped_for"]}
    summary = steps.close(str(planned.root), STATE, DAY)
    assert {"queue": "credit_bureaus", "reason": stops.PAUSED} in [
        {"queue": one["queue"], "reason": one["reason"]} for one in summary["stopped"]
    ]
    lines = work_list(planned, STATE, kind="stopped")
    assert {line["remedy"] for line in lines} >= {"credit_reporting"}


def newer_copy(store: Store) -> None:
    """Another copy of the first night takes the lease that ran out, and sends what is due."""
    ledger = book(store)
    with ledger.writing() as tx:
        tx.connection.execute(sa.update(schema.leases).values(expires_at="2025-01-01"))
    nights.begin(store, STATE, FIRST)
    steps.release(str(store.root), STATE, DAY)


@pytest.mark.parametrize(
    ("moment", "differs"),
    [("prepared", False), ("prepared", True), ("published", False)],
    ids=["same content", "other content", "between two files"],
)
def test_a_copy_that_slept_past_its_lease_leaves_nothing_behind(
    planned: Store, monkeypatch: pytest.MonkeyPatch, moment: str, differs: bool
) -> None:
    def sleep(name: str) -> None:
        if name == f"{moment} credit_bureaus":
            writes.watchers.clear()
            if differs:
                book(planned).pause(STATE, "", "", FIRST, None, "sam.supervisor", "a storm", NOON)
            newer_copy(planned)

    monkeypatch.setattr(writes, "watchers", [sleep])
    with pytest.raises(Refused, match="taken over"):
        steps.release(str(planned.root), STATE, DAY)
    sent = {b.file_name for b in book(planned).batches(STATE) if b.status == "published" and b.records}
    outbox = planned.root / "outbox"
    assert {p.relative_to(planned.root).as_posix() for p in outbox.rglob("*") if p.is_file()} == sent
    steps.close(str(planned.root), STATE, DAY)
    assert witness.verify(planned, book(planned)) == []


def test_what_an_old_copy_wrote_aside_cannot_get_its_name(planned: Store) -> None:
    night = nights.resume(planned, STATE, FIRST)
    aside = planned.outbox(STATE, FIRST) / ".sos.txt.1-a.part"
    aside.parent.mkdir(parents=True)
    aside.write_text("an order")
    newer_copy(planned)
    with pytest.raises(Refused, match="newer copy"):
        releasing.let_leave(night, aside, aside.with_name("sos.000001.txt"))
    assert not (aside.parent / "sos.000001.txt").exists()


def test_a_file_that_the_ledger_does_not_know_is_told_before_anything_leaves(closed: Store) -> None:
    stranger = closed.outbox(STATE, FIRST) / "credit_bureaus.000099.txt"
    stranger.write_text("whose?")
    with pytest.raises(Refused, match=r"1 file\(s\) in the outbox are not in the ledger"):
        steps.begin(str(closed.root), STATE, SECOND.isoformat())
    assert f"{stranger.relative_to(closed.root)} is in the outbox" in " ".join(
        witness.verify(closed, book(closed))
    )


def a_place_within(path: Path) -> int:
    """A byte of what a file says: of a table one of its first column's, for its frame is not its content."""
    if path.suffix != ".parquet" or not pq.read_metadata(path).num_rows:
        return path.stat().st_size // 2
    column = pq.read_metadata(path).row_group(0).column(0)
    start: int = column.dictionary_page_offset or column.data_page_offset
    return start + int(column.total_compressed_size) // 2


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("nights/*/*/manifest.json", "is not the one with which the run was closed"),
        ("nights/*/*/verdicts/case_facts.parquet", "was changed since the run was closed"),
        ("nights/*/*/verdicts/asked.parquet", "was changed since the run was closed"),
        ("staging/*/caseload/*/cases.parquet", "was changed since it was loaded"),
        ("staging/*/caseload/*/rejects.parquet", "was changed since it was loaded"),
        ("staging/*/caseload/*/rejected.parquet", "was changed since it was loaded"),
        ("staging/*/caseload/*/staged.json", "staged.json was changed since it was loaded"),
        ("outbox/*/*/*.txt", "is not as it was published"),
        ("landing/*/[1-9]*", "is not as it was delivered"),
    ],
)
def test_an_edited_file_of_a_closed_night_is_told(closed: Store, pattern: str, said: str) -> None:
    assert witness.verify(closed, book(closed)) == []
    path = sorted(closed.root.glob(pattern))[0]
    data = bytearray(path.read_bytes())
    data[a_place_within(path)] ^= 1
    path.write_bytes(data)
    assert [fault for fault in witness.verify(closed, book(closed)) if said in fault]


def test_an_anchor_that_was_cut_is_told(closed: Store) -> None:
    anchor = sorted(closed.root.glob("nights/*/*/audit_tip.json"))[0]
    anchor.write_bytes(anchor.read_bytes()[:20])
    assert [fault for fault in witness.verify(closed, book(closed)) if "is not in the ledger" in fault]


def test_every_file_in_landing_is_looked_at_control_files_too(closed: Store) -> None:
    landed = sorted(path for path in closed.root.glob("landing/*/*") if path.stat().st_size)
    for path in landed:
        path.write_bytes(path.read_bytes()[:-1])
    told = [fault for fault in witness.verify(closed, book(closed)) if "is not as it was delivered" in fault]
    assert {fault.split()[0] for fault in told} == {p.relative_to(closed.root).as_posix() for p in landed}


def test_a_ledger_restored_from_an_older_copy_sends_nothing(planned: Store) -> None:
    backup = {path: path.read_bytes() for path in planned.root.glob("ledger.db*")}
    for step in (steps.release, steps.close):
        step(str(planned.root), STATE, DAY)
    for path in planned.root.glob("ledger.db*"):
        path.unlink()
    for path, data in backup.items():
        path.write_bytes(data)
    old, now = book(planned), NOON + timedelta(days=1)
    old.break_lease(STATE, "olu.operator", "its process is gone", at=now)
    old.declare_absent(STATE, FIRST, "olu.operator", "the disk was lost", at=now)
    with pytest.raises(Refused, match="The ledger is not the one that wrote this store"):
        steps.begin(str(planned.root), STATE, SECOND.isoformat())
    told = witness.verify(planned, old)
    assert any("the outside anchor knows" in fault or "tail was cut" in fault for fault in told)
    # The way out is a person's word, and the files that nobody knows are named until they are settled.
    old.said("sam.supervisor", "accept_restored", "the newer copy is lost", at=now)
    witness.note_tip(planned, old, witness.ACCEPTED)
    with pytest.raises(Refused, match="in the outbox are not in the ledger"):
        steps.begin(str(planned.root), STATE, SECOND.isoformat())


def test_a_word_on_a_remedy_and_subject_stops_its_act(planned: Store) -> None:
    act = acts(planned, "queue = 'state_tax_setoff' AND status = 'due'")[0]
    book(planned).decide(
        STATE, "item", "", act["remedy"], act["subject_id"], "", "hold", "sam.supervisor",
        "supervisor", "It may be another person.", at=NOON,
    )  # fmt: skip
    steps.release(str(planned.root), STATE, DAY)
    assert stopped(planned)[act["action_id"]] == stops.BY_PERSON
    assert act["action_id"] not in published(planned)


ACT = {
    "episode_id": "r:c1:1", "step": "certify", "facts_hash": "f", "remedy": "r", "subject_id": "c1",
    "office": "o", "case_id": "c1", "person_id": "p1", "lightens": False,
    "queue": "q", "record_doubt": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("word", "pauses", "late", "more", "reason"),
    [
        ([], [], [], {}, None),
        (["all|r:c1:1"], [], [], {}, stops.BY_PERSON),
        (["all|r:c1:1"], [], [], {"lightens": True}, None),
        (["step|r:c1:1:certify"], [], [], {"lightens": True}, stops.BY_PERSON),
        (["subject|r:c1"], [], [], {}, stops.BY_PERSON),
        (["hash|r:c1:1:certify:f"], [], [], {}, stops.BY_PERSON),
        (["hash|r:c1:1:certify:g"], [], [], {}, None),
        ([], [("", "")], [], {}, stops.PAUSED),
        ([], [("", "")], [], {"lightens": True}, None),
        ([], [("r", "elsewhere")], [], {}, None),
        ([], [], ["c1"], {}, stops.NEWS),
        ([], [], ["c1"], {"lightens": True}, None),
        ([], [], ["p1"], {"case_id": None}, stops.NEWS),
        ([], [], ["c2"], {"case_id": None, "person_id": None, "facts_hash": None}, None),
    ],
)
def test_why_an_act_does_not_leave(
    word: list[str],
    pauses: list[tuple[str, str]],
    late: list[str],
    more: dict[str, Any],
    reason: str | None,
    tmp_path: Path,
) -> None:
    with warehouse() as con:
        attach_aside(con, tmp_path)
        attach_arrow(con, "stop_word", pa.table({"key": pa.array(word, pa.string())}))
        shape = pa.schema([("remedy", pa.string()), ("office", pa.string())])
        rows = [dict(zip(shape.names, one, strict=True)) for one in pauses]
        attach_arrow(con, "stop_pause", pa.Table.from_pylist(rows, shape))
        for name in ("late_case", "late_person"):
            attach_arrow(con, name, pa.table({"id": pa.array(late, pa.string())}))
        text = [(name, pa.string()) for name in ACT if name != "lightens"]
        items = pa.Table.from_pylist([ACT | more], pa.schema([*text, ("lightens", pa.bool_())]))
        attach_arrow(con, "act", items)
        stops.judge_stops(con, "act", "judged")
        assert con.execute("SELECT reason FROM judged").fetchall() == [(reason,)]
        assert stops.stops_any(con, "act") == (reason is not None)


@pytest.mark.parametrize(
    ("doubt", "more", "reason"),
    [
        ({"case_id": "c1"}, {}, stops.DOUBTED + "parts"),
        ({"case_id": "c1"}, {"lightens": True}, None),
        ({"case_id": "c2", "person_id": "p1"}, {}, None),
        ({"case_id": "c2", "person_id": "p1"}, {"case_id": None}, stops.DOUBTED + "parts"),
        ({"person_id": "p1"}, {}, stops.DOUBTED + "parts"),
        ({"person_id": "p2"}, {"person_id": None}, None),
        ({"remedy": "r"}, {"lightens": True}, stops.UNPROVEN + "parts"),
        ({"remedy": "s"}, {}, None),
    ],
)
def test_a_doubt_of_the_checks_keeps_back_whom_it_concerns_and_what_lightens_leaves(
    doubt: dict[str, str], more: dict[str, Any], reason: str | None, tmp_path: Path
) -> None:
    kind = "remedies" if "remedy" in doubt else "subjects"
    write_kept_back(tmp_path, Aside(**{kind: [{"case_id": None, "person_id": None, "why": "parts"} | doubt]}))
    with warehouse() as con:
        attach_aside(con, tmp_path)
        attach_arrow(con, "stop_word", pa.table({"key": pa.array([], pa.string())}))
        shape = pa.schema([("remedy", pa.string()), ("office", pa.string())])
        attach_arrow(con, "stop_pause", shape.empty_table())
        for name in ("late_case", "late_person"):
            attach_arrow(con, name, pa.table({"id": pa.array([], pa.string())}))
        text = [(name, pa.string()) for name in ACT if name != "lightens"]
        items = pa.Table.from_pylist([ACT | more], pa.schema([*text, ("lightens", pa.bool_())]))
        attach_arrow(con, "act", items)
        stops.judge_stops(con, "act", "judged")
        assert con.execute("SELECT reason FROM judged").fetchall() == [(reason,)]


@pytest.mark.parametrize(
    ("first", "last", "stops_it"),
    [(0, 0, True), (-5, 0, True), (0, None, True), (-5, None, True), (-5, -1, False), (1, None, False)],
)
def test_a_pause_holds_from_its_first_day_through_its_last(
    first: int, last: int | None, stops_it: bool, tmp_path: Path
) -> None:
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
    with_people(ledger)
    run = begin(ledger, FIRST)
    until = None if last is None else FIRST + timedelta(days=last)
    begins = FIRST + timedelta(days=first)
    ledger.pause(STATE, "r", "o", begins, until, "olive", "a storm", NOON, today=begins)
    of_run = {"state": STATE, "as_of": FIRST, "run": run, "folder": tmp_path, "deliveries": []}
    night: Any = SimpleNamespace(ledger=ledger, store=SimpleNamespace(kind="real"), **of_run)
    with warehouse() as con:
        stops.read_stops(night, con)
        assert con.execute("SELECT remedy, office FROM stop_pause").fetchall() == [("r", "o")] * stops_it


# The gate


def test_behind_a_held_gate_what_eases_leaves_and_nothing_else(tmp_path: Path) -> None:
    with warehouse() as con:
        acts = [
            ("new", "send", 500, None, 1, False),
            ("gone", "release", None, None, 2, False),
            ("lower", "update", 300, 500, 3, False),
            ("named", "update", 500, 500, 4, False),
            ("higher", "update", 700, 500, 5, False),
            ("freed", "release", None, None, 1, False),
            ("covered", "release", None, None, None, True),
            ("other", "send", 500, None, None, True),
        ]
        names = ("action_id", "kind", "amount_cents", "said_cents", "record", "is_covered")
        rows = [dict(zip(names, one, strict=True)) for one in acts]
        attach_aside(con, tmp_path)
        attach_arrow(con, "given", pa.Table.from_pylist(rows))
        con.execute(
            "CREATE SCHEMA plan;"
            "CREATE TABLE plan.actions AS SELECT * EXCLUDE (said_cents, record), action_id AS episode_id, "
            "'t' AS target_id, 'q' AS queue, 'due' AS status FROM given;"
            "CREATE TEMP TABLE published AS SELECT action_id AS episode_id, 't' AS target_id, 1 AS version, "
            "'send' AS kind, said_cents AS amount_cents FROM given WHERE said_cents IS NOT NULL;"
            "CREATE TEMP TABLE gone (action_id VARCHAR);"
            "CREATE TEMP TABLE borne AS "
            "SELECT 'q' AS queue, record AS record_no, action_id FROM given WHERE NOT is_covered;"
            "CREATE TEMP TABLE bearing AS SELECT DISTINCT queue, record_no FROM borne"
        )
        stops.weigh_acts(con, "plan.actions")
        run_sql_file(con, stops.SQL / "acts.sql", "leaving", {}, is_temporary=True)
        choosing.keep_what_eases(con, ["another"])
        assert con.execute("SELECT count(*) FROM leaving").fetchone() == (len(acts),)
        con.execute("ALTER TABLE leaving ADD COLUMN remedy VARCHAR DEFAULT 'levy'")
        # What a gate counts: acts that lay something new on somebody.
        assert choosing.new_by_remedy(con, "q") == {"levy": 2}
        choosing.keep_what_eases(con, ["q"])
        left = {row[0] for row in con.execute("SELECT action_id FROM leaving").fetchall()}
        records = con.execute("SELECT count(*) FROM bearing").fetchone()
    # The record that frees somebody and burdens another stays whole, until the gate opens.
    assert left == {"gone", "lower", "named", "covered"}
    assert records == (3,)


def test_the_word_on_a_gate_counts_for_the_same_acts_only() -> None:
    profile = SimpleNamespace(value=lambda key, on: SimpleNamespace(value=0))
    decisions: list[dict[str, Any]] = []
    ledger = SimpleNamespace(decisions=lambda state: decisions)
    night: Any = SimpleNamespace(profile=profile, as_of=FIRST, state=STATE, ledger=ledger)
    with warehouse() as con:
        con.execute(
            "CREATE SCHEMA facts; CREATE TABLE facts.case_facts AS SELECT true AS case_is_open;"
            "CREATE TEMP TABLE leaving AS SELECT 'q' AS queue, 'a1' AS action_id, 'send' AS kind;"
            "CREATE TEMP TABLE bearing (queue VARCHAR, record_no BIGINT);"
            "CREATE TEMP TABLE gone AS SELECT * EXCLUDE (action_id), 'a0' AS action_id, true AS of_this_run"
            " FROM leaving WHERE false"
        )

        def held() -> str | None:
            [(_, _, _, new, digest, cases)] = choosing.counts(con)
            why, item = choosing.gate(night, "q", new, digest, cases)
            return item if why else None

        item = held()
        assert item is not None
        decisions.append({"item_id": item, "decision": "approve"})
        assert held() is None
        con.execute("UPDATE leaving SET action_id = 'a2'")
        assert held() is not None
        # A word on both counts for the second part too, when the first one has left.
        con.execute("INSERT INTO leaving SELECT queue, 'a3', kind FROM leaving")
        decisions.append({"item_id": held(), "decision": "approve"})
        con.execute(
            "INSERT INTO gone SELECT queue, kind, action_id, true FROM leaving WHERE action_id = 'a2'"
        )
        con.execute("DELETE FROM leaving WHERE action_id = 'a2'")
        assert held() is None


# The desk


def test_an_approval_that_changes_nothing_is_refused_and_says_what_to_do(closed: Store) -> None:
    lines = {
        line["kind"]: line for line in work_list(closed, STATE) if line["kind"] not in ("approval", "review")
    }
    kinds = {"readings_differ", "doubtful_match", "late_hearing", "employer_without_order"} & lines.keys()
    assert len(kinds) >= 3
    for kind in kinds:
        with pytest.raises(Refused, match="An approval changes nothing here"):
            decide(closed, STATE, [lines[kind]["item_id"]], "approve", "sam.supervisor", "Looks fine.")
    line = lines["readings_differ"]
    [made] = decide(closed, STATE, [line["item_id"]], "hold", "sam.supervisor", "Ask the lawyer.")
    assert (made["episode_id"], made["remedy"]) == ("", line["remedy"])


def test_a_hold_reaches_an_act_that_leaves_by_itself_and_is_lifted_again(closed: Store) -> None:
    act = acts(closed, "status IN ('due', 'waits') AND kind <> 'release'")[0]
    for item in (act["action_id"], act["episode_id"]):
        made = decide(closed, STATE, [item], "hold", "sam.supervisor", "Wait for the employer.")
        assert (act["episode_id"], act["step"]) in {(one["episode_id"], one["step"]) for one in made}
    [lifted] = decide(closed, STATE, [act["action_id"]], "approve", "sam.supervisor", "It came.")
    assert lifted["decision"] == "approve"
    with pytest.raises(Refused, match="waits for no approval"):
        decide(closed, STATE, [act["action_id"]], "approve", "sam.supervisor", "Once more.")
    with pytest.raises(ArrearsError, match="Neither on the work list"):
        decide(closed, STATE, ["nothing:here:1"], "hold", "sam.supervisor", "Why not.")


def test_many_decisions_are_all_made_or_none(closed: Store) -> None:
    lines = work_list(closed, STATE)
    mine = next(line for line in lines if line["kind"] == "review")
    not_mine = next(line for line in lines if line["kind"] == "approval" and line["needs"] == "supervisor")
    before = len(book(closed).decisions(STATE))
    with pytest.raises(Refused):
        decide(closed, STATE, [mine["item_id"], not_mine["item_id"]], "approve", "pat.caseworker", "Fine.")
    assert len(book(closed).decisions(STATE)) == before


def test_a_held_delivery_that_a_person_let_in_is_loaded_before_the_night(
    closed: Store, tmp_path: Path
) -> None:
    files = changes(tmp_path / "late", {"case_id": "00000101"}, sequence=5)
    [one] = take_in(closed, STATE, files, on=FIRST)["deliveries"]
    assert one["outcome"] == "held"
    decide(
        closed,
        STATE,
        [f"delivery:{one['delivery']}"],
        "approve",
        "sam.supervisor",
        "They sent 2 to 4 by mail.",
    )
    night = nights.begin(closed, STATE, SECOND)
    assert one["delivery"] in night.ledger.loaded(STATE)
    assert one["delivery"] in {known.delivery_id for known in night.deliveries}


# The command line


def told(*words: str) -> Any:
    return CliRunner().invoke(cli.app, list(words))


def test_verdicts_as_json_are_one_document(closed: Store) -> None:
    said = told("verdicts", STATE, DAY, "--json", "--store", str(closed.root))
    document = json.loads(said.stdout)
    assert document["rows"] == len(document["verdicts"]) > 100


def test_the_night_answers_unless_a_release_is_asked_for(closed: Store) -> None:
    said = told("explain", STATE, DAY, "00000101", "--release", "1", "--store", str(closed.root))
    assert said.exit_code == 1
    assert "No closed release 1" in said.stderr.replace("\n", " ")


def test_a_moment_that_is_none_is_said_in_one_sentence(closed: Store) -> None:
    said = told("release", STATE, DAY, "--known-at", "foo", "--store", str(closed.root))
    assert said.exit_code == 1
    assert "This is not a time" in said.stderr


@pytest.mark.parametrize("fault", [EngineError("value 123456789"), OSError(28, "No space left on device")])
def test_an_unexpected_fault_ends_with_one_sentence_without_values(
    closed: Store, fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*about: Any) -> None:
        raise fault

    monkeypatch.setattr("arrears.desk.lists.lists", broken)
    monkeypatch.delenv("ARREARS_DEBUG", raising=False)
    said = told("review", "list", STATE, "--store", str(closed.root))
    assert said.exit_code == 1
    assert "123456789" not in said.output + said.stderr
    assert "Traceback" not in said.output + said.stderr
    assert isinstance(fault, duckdb.Error | OSError)
    monkeypatch.setenv("ARREARS_DEBUG", "1")
    assert told("review", "list", STATE, "--store", str(closed.root)).exception is fault
