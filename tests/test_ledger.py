"""The ledger as a database: append-only, commit-ordered, migrated, cut at a moment."""

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa
from ledger_helpers import (
    AT,
    DAY,
    NIGHT,
    STATE,
    a_closed_night,
    a_delivery,
    an_episode,
    an_item,
    at,
    begin,
    decide,
    prepare,
    with_people,
)

from arrears.errors import ArrearsError, Refused
from arrears.ledger import Cut, DeliveredFile, Ledger, book, schema
from arrears.ledger.rows import SET_BY_US

FORBIDDEN = (Refused, sa.exc.DatabaseError)


@pytest.fixture
def ledger(ledger_url: str) -> Ledger:
    return Ledger.open(ledger_url)


def one_row_in_every_history_table(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        for name in schema.HISTORY:
            table = schema.metadata.tables[name]
            row = {
                column.name: said
                for column in table.columns
                for kind, said in ((sa.BigInteger, 0), (sa.LargeBinary, b"x"), (sa.Text, "x"))
                if isinstance(column.type, kind) and (column.name not in SET_BY_US or kind is sa.BigInteger)
            }
            row.pop("position", None)
            tx.add(table, STATE, AT, [row])


@pytest.mark.parametrize("change", ["UPDATE {} SET position = -1", "DELETE FROM {}"])
def test_history_can_be_neither_changed_nor_deleted(ledger: Ledger, change: str) -> None:
    one_row_in_every_history_table(ledger)
    assert len(schema.HISTORY) >= 18
    for name in schema.HISTORY:
        with pytest.raises(FORBIDDEN, match="append-only"), ledger.writing() as tx:
            tx.connection.exec_driver_sql(change.format(name))


def test_a_row_of_history_cannot_be_replaced_by_another(ledger: Ledger) -> None:
    one_row_in_every_history_table(ledger)
    if ledger.engine.dialect.name == "sqlite":
        names = "position, at, state, name"
        change = f"INSERT OR REPLACE INTO users ({names}) SELECT {names} FROM users"
    else:
        change = "TRUNCATE users"
    with pytest.raises(FORBIDDEN, match="append-only"), ledger.writing() as tx:
        tx.connection.exec_driver_sql(change)


def test_the_migrated_schema_is_the_one_that_the_code_uses(ledger: Ledger) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with ledger.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
    assert ScriptDirectory(str(book.MIGRATIONS)).get_current_head() == book.HEAD


def test_a_ledger_of_an_older_version_is_brought_up_with_its_rows_and_guards(tmp_path: Path) -> None:
    from alembic import command
    from alembic.config import Config

    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    end = "INSERT INTO pause_ends VALUES (1, 'then', 'me', 'p', '2025-01-15', 'sam', 'over')"
    config = Config()
    config.set_main_option("script_location", str(book.MIGRATIONS))
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql(end)
    ledger = Ledger.open(url)
    with ledger.reading() as connection:
        assert connection.execute(sa.select(schema.pause_ends)).one().last_on == "2025-01-15"
    with pytest.raises(FORBIDDEN, match="append-only"), ledger.writing() as tx:
        tx.connection.exec_driver_sql("DELETE FROM pause_ends")


def test_opening_prints_nothing_and_opening_again_changes_nothing(
    tmp_path, capfd: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'deep' / 'er' / 'ledger.db'}"
    Ledger.open(url).add_user("olive", {"operator"}, AT)
    assert Ledger.open(url).roles("olive") == {"operator"}
    assert capfd.readouterr() == ("", "")


def test_two_openings_at_once_migrate_once(tmp_path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    faults: list[BaseException] = []

    def open_it() -> None:
        try:
            Ledger.open(url).pin(AT)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert faults == []


def test_a_ledger_that_cannot_be_opened_says_why_and_shows_no_number(tmp_path) -> None:
    path = tmp_path / "900-55-6677.db"
    path.mkdir()
    with pytest.raises(ArrearsError, match=r"cannot be opened for writing: .*999-99-9999\.db") as told:
        Ledger.open(f"sqlite:///{path}")
    assert "6677" not in str(told.value)


def test_sqlite_waits_flushes_and_logs_ahead(tmp_path) -> None:
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
    with ledger.reading() as connection:
        settings = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout")
        ]
    assert settings == ["wal", 2, 30_000]


def test_no_other_process_writes_while_a_writer_reads_whole_tables(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    ledger = Ledger.open(f"sqlite:///{path}")
    asked = f"sqlite3.connect({str(path)!r}, timeout=0, isolation_level=None)"
    other = f"import sqlite3; {asked}.execute('BEGIN IMMEDIATE')"
    with ledger.writing():
        ledger.snapshot("me")
        found = subprocess.run([sys.executable, "-c", other], capture_output=True, text=True, check=False)
    assert "database is locked" in found.stderr


@pytest.mark.parametrize(
    "url", ["sqlite://", "mysql://here/x", "postgresql+psycopg2://u:secret@127.0.0.1:1/x"]
)
def test_a_database_that_cannot_hold_the_ledger_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ArrearsError) as caught:
        Ledger.open(url)
    assert "secret" not in str(caught.value)


def test_positions_are_commit_ordered_between_writers(ledger: Ledger) -> None:
    """A reader that sees position p has seen every position below p, however writers overlap."""
    seen: list[list[int]] = []

    def write(first: int) -> None:
        for number in range(first, first + 15):
            ledger.record_delivery(a_delivery(number))

    writers = [threading.Thread(target=write, args=(n,)) for n in (100, 200)]
    [t.start() for t in writers]
    while any(t.is_alive() for t in writers):
        seen.append([d.position for d in ledger.deliveries(STATE)])
    [t.join() for t in writers]
    whole = [d.position for d in ledger.deliveries(STATE)]
    assert len(whole) == 30
    for glimpse in seen:
        assert glimpse == whole[: len(glimpse)]


def test_a_moment_without_its_zone_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ArrearsError, match="without its zone"):
        ledger.pin(AT.replace(tzinfo=None))


def test_a_delivery_comes_back_as_it_was_given(ledger: Ledger) -> None:
    given = a_delivery(
        files=(DeliveredFile("license", "a" * 64, 3, 99),),
        reason="fine",
        original_name="x'\\n.txt",
        rows=3,
        complete_through={"hearings": "2025-01-14"},
    )
    kept = ledger.record_delivery(given)
    assert kept.position > 0
    assert ledger.deliveries(STATE) == [kept]
    assert ledger.deliveries("vt") == []


def test_the_same_delivery_is_accepted_once(ledger: Ledger) -> None:
    first = ledger.record_delivery(a_delivery())
    assert ledger.record_delivery(a_delivery(at=at(NIGHT + DAY))) == first
    ledger.record_delivery(a_delivery(outcome="duplicate"))
    assert [d.outcome for d in ledger.deliveries(STATE)] == ["accepted", "duplicate"]


def test_a_cut_shows_what_was_written_and_dated_by_then(ledger: Ledger) -> None:
    ledger.record_delivery(a_delivery(1))
    ledger.record_delivery(a_delivery(2, on=NIGHT + DAY))
    cut = ledger.pin(AT)
    ledger.record_delivery(a_delivery(3))  # dated before the cut, written after it
    assert [d.sequence for d in ledger.deliveries(STATE, cut)] == [1]
    assert [d.sequence for d in ledger.deliveries(STATE)] == [1, 2, 3]


def test_a_held_delivery_counts_from_the_moment_a_person_released_it(ledger: Ledger) -> None:
    with_people(ledger)
    held = ledger.record_delivery(a_delivery(1, "held"))
    before = ledger.pin(AT)
    decide(ledger, "release_held", "olive", item_id=held.item_id, role="operator", at=at(NIGHT, 9))
    assert [d.outcome for d in ledger.deliveries(STATE, before)] == ["held"]
    assert [d.outcome for d in ledger.deliveries(STATE, ledger.pin(at(NIGHT, 8)))] == ["held"]
    (released,) = ledger.deliveries(STATE, ledger.pin(at(NIGHT, 9)), outcome="accepted")
    assert released.at == at(NIGHT, 9)
    assert released.position > held.position


def test_a_held_delivery_that_a_person_rejected_is_refused(ledger: Ledger) -> None:
    with_people(ledger)
    held = ledger.record_delivery(a_delivery(1, "held"))
    decide(ledger, "reject", "olive", item_id=held.item_id, role="operator")
    assert [d.outcome for d in ledger.deliveries(STATE, outcome="refused")] == ["refused"]


def test_only_a_held_delivery_can_be_released(ledger: Ledger) -> None:
    with_people(ledger)
    taken = ledger.record_delivery(a_delivery())
    with pytest.raises(Refused, match="No delivery is held"):
        decide(ledger, "release_held", "olive", item_id=taken.item_id, role="operator")


def test_a_load_is_kept_once_and_a_corrected_one_beside_it(ledger: Ledger) -> None:
    delivery = ledger.record_delivery(a_delivery())
    for rows in (10, 10, 11):
        ledger.record_loaded(delivery.delivery_id, rows, 1, AT)
    assert ledger.loaded(STATE)[delivery.delivery_id].rows == 11
    assert len(ledger.audit_rows(STATE, "load")) == 2


def test_an_empty_store_has_typed_tables(ledger: Ledger) -> None:
    found = ledger.snapshot(STATE, ledger.pin(AT))
    assert {name: table.num_rows for name, table in found.items()} == dict.fromkeys(
        ["episodes", "published", "decisions", "asks", "pauses"], 0
    )
    assert str(found["published"].schema.field("published_on").type) == "date32[day]"
    assert str(found["published"].schema.field("version").type) == "int64"


def test_a_snapshot_is_the_same_whatever_was_written_since(ledger: Ledger) -> None:
    with_people(ledger)
    run = begin(ledger)
    ledger.open_episodes(run, [an_episode()])
    ledger.publish_batch(run, prepare(ledger, run), AT)
    ledger.close_run(run, "m", AT)
    cut = ledger.pin(at(NIGHT + DAY))
    before = ledger.snapshot(STATE, cut)
    decide(ledger)
    ledger.pause(STATE, "", "", NIGHT, None, "sam", "storm", AT)
    tomorrow = begin(ledger, NIGHT + DAY)
    back = an_item(kind="release", step="release")
    ledger.publish_batch(tomorrow, prepare(ledger, tomorrow, back, sha256="s2"), AT)
    ledger.close_episodes(tomorrow, [{"episode_id": an_episode()["episode_id"], "close_reason": "paid"}])
    ledger.open_episodes(tomorrow, [an_episode("c2")])
    assert ledger.snapshot(STATE, cut) == before
    assert before["published"].num_rows == 1
    assert before["episodes"]["closed_on"].to_pylist() == [None]
    after = ledger.snapshot(STATE, ledger.pin(at(NIGHT + DAY)))
    assert after["episodes"]["closed_on"].to_pylist() == [NIGHT + DAY, None]
    assert after["decisions"].num_rows == 1


def test_our_own_acts_are_known_whatever_moment_they_are_dated(ledger: Ledger) -> None:
    """A backfill writes today what it does for nights of the past; the next night must know it."""
    run = begin(ledger)
    ledger.open_episodes(run, [an_episode()], at=at(NIGHT + 90 * DAY))
    ledger.publish_batch(run, prepare(ledger, run), at(NIGHT + 90 * DAY))
    found = ledger.snapshot(STATE, ledger.pin(at(NIGHT + DAY)))
    assert found["episodes"].num_rows == found["published"].num_rows == 1


def test_a_cut_from_another_ledger_is_refused(ledger: Ledger) -> None:
    with pytest.raises(Refused, match="not of this ledger"):
        ledger.begin_run(STATE, NIGHT, "night", Cut(AT, 9_999), AT, "x")


def test_a_database_error_says_no_value(ledger: Ledger) -> None:
    a_closed_night(ledger)
    row = {"as_of": "2025-01-01", "because": "canary 912-34-5678"}
    with pytest.raises(Refused) as caught, ledger.writing() as tx:
        tx.add(schema.absences, STATE, AT, [row, row])
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_forty_thousand_rows_are_taken_within_seconds(ledger: Ledger) -> None:
    run = begin(ledger)
    rows = [an_episode(f"c{number}") for number in range(40_000)]
    start = time.perf_counter()
    assert ledger.open_episodes(run, rows) == 40_000
    assert time.perf_counter() - start < 8.0


def test_what_is_new_is_not_compared_with_all_there_is(tmp_path: Path) -> None:
    """In SQLite's own steps, which no clock tells: they grow with what is new, not with its square."""
    ledger, count, steps = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}"), 2_000, [0]

    def take_note() -> None:
        steps[0] += 1

    @sa.event.listens_for(ledger.engine, "connect")
    def look(raw: Any, _record: Any) -> None:
        raw.set_progress_handler(take_note, 1_000)

    run, made = begin(ledger), []
    for night in range(3):
        cases = [f"{night}-{number}" for number in range(count)]
        items = [an_item(case) for case in cases]
        ends = [{"episode_id": item["episode_id"]} for item in items]
        begun = steps[0]
        ledger.open_episodes(run, [an_episode(case) for case in cases])
        ledger.publish_batch(run, ledger.prepare_batch(run, "sos", "x", str(night), count, 0, items, AT), AT)
        back = [{**item, "kind": "release", "step": "release"} for item in items]
        ledger.publish_batch(run, ledger.prepare_batch(run, "sos", "y", f"b{night}", count, 0, back, AT), AT)
        ledger.close_episodes(run, ends)
        made.append(steps[0] - begun)
    assert made[2] < 1.3 * made[0], made
    assert made[2] < count, made


@pytest.mark.parametrize("count", [1, 600])
def test_texts_survive_whatever_letters_they_hold(ledger: Ledger, count: int) -> None:
    run = begin(ledger)
    odd = "a\\b\tc\nd\re'f\"g\\N é 漢"
    asks = [{"item_id": f"i{n}", "because": odd, "amount_cents": None} for n in range(count)]
    assert ledger.record_asks(run, asks) == count
    found = ledger.snapshot(STATE)["asks"]
    assert set(found["because"].to_pylist()) == {odd}
    assert set(found["amount_cents"].to_pylist()) == {None}
    assert set(found["queue"].to_pylist()) == {""}


def test_the_grounds_of_a_question_are_kept_as_they_were_given(ledger: Ledger) -> None:
    run = begin(ledger)
    table = pa.table({"item_id": ["i1", "i2"], "because": pa.array([["behind", "told"], None])})
    assert ledger.record_asks(run, table) == 2
    assert ledger.snapshot(STATE)["asks"]["because"].to_pylist() == ["['behind', 'told']", ""]
