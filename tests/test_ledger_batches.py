"""One key is published at most once, whatever crashes, comes twice or comes late."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
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
    prepare,
    published_keys,
)

from arrears.data.warehouse import attach_blocks, warehouse
from arrears.errors import Refused
from arrears.ledger import Holder, Ledger, schema
from arrears.ledger import rows as rows_module
from arrears.ledger.opening import whole_subjects


@pytest.fixture
def ledger(ledger_url: str) -> Ledger:
    return Ledger.open(ledger_url)


def test_batches_of_a_state_are_numbered_from_one(ledger: Ledger) -> None:
    run = begin(ledger)
    assert prepare(ledger, run, an_item("c1")) == 1
    ledger.publish_batch(run, 1, AT)
    assert prepare(ledger, run, an_item("c2"), sha256="s2") == 2
    assert [b.file_name for b in ledger.batches(STATE)] == ["sos.000001.txt", "sos.000002.txt"]
    assert ledger.batches(STATE, NIGHT + DAY) == []


def test_the_same_content_prepared_again_keeps_its_number(ledger: Ledger) -> None:
    run = begin(ledger)
    assert prepare(ledger, run) == prepare(ledger, run) == 1
    ledger.publish_batch(run, 1, AT)
    assert prepare(ledger, run) == 1


def test_an_abandoned_number_is_burnt(ledger: Ledger) -> None:
    run = begin(ledger)
    prepare(ledger, run)
    ledger.abandon_batch(run, 1, "a hearing was asked for", AT)
    ledger.abandon_batch(run, 1, "a hearing was asked for", AT)
    assert prepare(ledger, run) == 2
    with pytest.raises(Refused, match="was abandoned"):
        ledger.publish_batch(run, 1, AT)
    assert [b.status for b in ledger.batches(STATE)] == ["abandoned", "prepared"]


def test_publishing_twice_is_once(ledger: Ledger) -> None:
    run = begin(ledger)
    number = prepare(ledger, run, an_item("c1"), an_item("c2"))
    assert ledger.publish_batch(run, number, AT) == 2
    assert ledger.publish_batch(run, number, AT) == 0
    assert ledger.snapshot(STATE)["published"].num_rows == 2
    with pytest.raises(Refused, match="is published"):
        ledger.abandon_batch(run, number, "too late", AT)


def test_the_database_itself_refuses_a_key_a_second_time(ledger: Ledger) -> None:
    run = begin(ledger)
    ledger.publish_batch(run, prepare(ledger, run), AT)
    names = schema.publications.columns.keys()
    again = ", ".join(["position + 100", *names[1:]])
    with pytest.raises(Refused, match="once only"), ledger.writing() as tx:
        tx.connection.exec_driver_sql(f"INSERT INTO publications SELECT {again} FROM publications")


@pytest.mark.parametrize("count", [1, 600])
def test_a_published_item_is_refused_before_its_file_is_written(ledger: Ledger, count: int) -> None:
    run = begin(ledger)
    items = [an_item(f"c{number}") for number in range(count)]
    ledger.publish_batch(run, prepare(ledger, run, *items), AT)
    with pytest.raises(Refused, match=f"{count} items of this batch of sos are already published"):
        prepare(ledger, run, *items, sha256="s2")
    assert len(ledger.batches(STATE)) == 1, "the refused batch left no trace"


def test_an_item_cannot_be_in_a_batch_twice(ledger: Ledger) -> None:
    run = begin(ledger)
    with pytest.raises(Refused, match="in it twice"):
        prepare(ledger, run, an_item(), an_item(message="reinstate"))


def test_a_new_version_a_new_target_or_a_new_episode_is_another_act(ledger: Ledger) -> None:
    run = begin(ledger)
    more = [
        {"version": 2},
        {"target_id": "L-2"},
        {"episode_id": "license_revocation:c1:2"},
        {"step": "update"},
    ]
    items = [an_item(**one) for one in [{}, *more]]
    assert ledger.publish_batch(run, prepare(ledger, run, *items), AT) == len(items)
    assert len(published_keys(ledger)) == len(items)


def test_an_item_without_a_target_is_also_sent_once(ledger: Ledger) -> None:
    """NULL equals nothing in SQL, so a missing target is kept as an empty text."""
    run = begin(ledger)
    ledger.publish_batch(run, prepare(ledger, run, an_item(target_id=None)), AT)
    with pytest.raises(Refused, match="already published"):
        prepare(ledger, run, an_item(target_id=None), sha256="s2")


def test_a_queue_has_one_unfinished_batch(ledger: Ledger) -> None:
    run = begin(ledger)
    prepare(ledger, run)
    assert prepare(ledger, run, an_item("c2"), queue="bureaus") == 2
    with pytest.raises(Refused, match="Batch 1 of sos is neither"):
        prepare(ledger, run, an_item("c3"), sha256="s3")


def test_a_crash_between_prepare_and_publish_is_recovered_from_the_ledger(ledger: Ledger) -> None:
    run = begin(ledger, holder="dag run 1")
    prepare(ledger, run, an_item("c1"), an_item("c2"))
    again = begin(ledger, holder="dag run 1")
    (left,) = ledger.unfinished_batches(STATE)
    items = ledger.batch_items(STATE, left.batch_no)
    assert [item["subject_id"] for item in items] == ["c1", "c2"]
    assert items[0] == {**an_item("c1"), "queue": "sos"}
    assert ledger.publish_batch(again, left.batch_no, AT) == 2
    assert ledger.unfinished_batches(STATE) == []
    assert ledger.batch_items(STATE, left.batch_no) == items


def test_a_later_run_may_finish_what_a_crashed_one_prepared(ledger: Ledger) -> None:
    a_closed_night(ledger)
    crashed = begin(ledger, kind="release", holder="dag run 1")
    prepare(ledger, crashed)
    ledger.let_go(crashed, AT)
    night = begin(ledger, NIGHT + DAY)
    ledger.publish_batch(night, 1, at(NIGHT + DAY))
    assert ledger.snapshot(STATE)["published"]["published_on"].to_pylist() == [NIGHT]


def test_a_run_entered_again_opens_and_asks_nothing_twice(ledger: Ledger) -> None:
    run = begin(ledger)
    ask = {"item_id": "i1", "facts_hash": "h1", "first_seen_on": NIGHT}
    end = {"episode_id": an_episode()["episode_id"], "closed_on": NIGHT, "close_reason": "paid"}
    for expected in (1, 0):
        assert ledger.open_episodes(run, [an_episode()]) == expected
        assert ledger.close_episodes(run, [end]) == expected
        assert ledger.record_asks(run, [ask]) == expected
    assert len(ledger.audit_rows(STATE)) == 4


def test_a_question_is_asked_again_only_when_its_facts_change(ledger: Ledger) -> None:
    run = begin(ledger)
    assert ledger.record_asks(run, [{"item_id": "i1", "facts_hash": h} for h in ("h1", "h1", "h2")]) == 2


def test_a_subject_has_one_open_episode_of_a_remedy(ledger: Ledger) -> None:
    run = begin(ledger)
    ledger.open_episodes(run, [an_episode()])
    with pytest.raises(Refused, match="already has an open episode"):
        ledger.open_episodes(run, [an_episode(ordinal=2)])
    ledger.close_episodes(run, [{"episode_id": an_episode()["episode_id"]}])
    assert ledger.open_episodes(run, [an_episode(ordinal=2)]) == 1


def test_an_episode_that_never_began_cannot_be_closed(ledger: Ledger) -> None:
    with pytest.raises(Refused, match="never opened"):
        ledger.close_episodes(begin(ledger), [{"episode_id": "x:1:1"}])


def sent(case: str = "c1", step: str = "certify", **more: object) -> dict[str, object]:
    values = {"remedy": "license_revocation", "subject_id": case, "case_id": case, "person_id": "p1"}
    act = {
        "step": step,
        "queue": "sos",
        "message": "restrict",
        "target_id": "L-1",
        "sent_on": NIGHT - 90 * DAY,
    }
    return {**values, **act, "amount_cents": 100, "carry": None, **more}


def test_what_the_agency_had_sent_is_taken_over_once(ledger: Ledger) -> None:
    delivery = ledger.record_delivery(a_delivery())
    rows = [sent(step="notice", sent_on=NIGHT - 120 * DAY), sent(), sent("c2")]
    assert ledger.import_opening(STATE, delivery.delivery_id, [rows], AT) == 3
    assert ledger.import_opening(STATE, delivery.delivery_id, [rows], AT) == 0
    assert ledger.import_opening(STATE, "another delivery", [[*rows, sent("c3")]], AT) == 1
    found = ledger.snapshot(STATE)
    assert found["episodes"]["episode_id"].to_pylist() == [f"license_revocation:c{n}:1" for n in (1, 2, 3)]
    assert found["episodes"]["opened_on"].to_pylist()[0] == NIGHT - 120 * DAY
    assert set(found["published"]["batch_no"].to_pylist()) == {0}
    run = begin(ledger)
    with pytest.raises(Refused, match="already published"):
        prepare(ledger, run, an_item(target_id="L-1"))


def test_what_kept_up_or_took_back_is_taken_over_as_that(ledger: Ledger) -> None:
    """An update is the last word on its target, after all that the ledger has; a release is a release."""
    delivery = ledger.record_delivery(a_delivery())
    ledger.import_opening(STATE, delivery.delivery_id, [[sent(), sent("c2"), sent("c3")]], AT)
    later = [
        sent(step="identity_in", sent_on=NIGHT - 2 * DAY),
        sent(step="update", sent_on=NIGHT - 5 * DAY),
        sent("c2", "update", sent_on=NIGHT - DAY),
        sent("c2", "release", sent_on=NIGHT),
        sent("c4", "update", sent_on=NIGHT - DAY),
        sent("c4"),
    ]
    assert ledger.import_opening(STATE, "another delivery", [later], AT) == len(later)
    told = ledger.snapshot(STATE)["published"].to_pylist()
    assert sorted((one["subject_id"], one["step"], one["kind"], one["version"]) for one in told) == [
        ("c1", "certify", "send", 1),
        ("c1", "identity_in", "update", 3),
        ("c1", "update", "update", 2),
        ("c2", "certify", "send", 1),
        ("c2", "release", "release", 1),
        ("c2", "update", "update", 2),
        ("c3", "certify", "send", 1),
        ("c4", "certify", "send", 1),
        ("c4", "update", "update", 2),
    ]
    assert all(one["action_id"].endswith(f"L-1:{one['version']}") for one in told)


def test_what_our_own_runs_sent_is_not_taken_over(ledger: Ledger) -> None:
    """An extract after an older ledger was accepted says what partners hold, also what the ledger knows."""
    run = begin(ledger)
    ledger.publish_batch(run, prepare(ledger, run, an_item()), AT)
    ledger.publish_batch(run, prepare(ledger, run, an_item(version=2, step="update"), sha256="s2"), AT)
    delivery = ledger.record_delivery(a_delivery())
    known = [sent(target_id="L-c1", sent_on=NIGHT), sent("c1", "update", target_id="L-c1", sent_on=NIGHT)]
    assert ledger.import_opening(STATE, delivery.delivery_id, [known], AT) == 0
    later = known[1] | {"sent_on": NIGHT + DAY}  # of a run that the ledger does not know
    assert ledger.import_opening(STATE, "another delivery", [[known[0], later]], AT) == 1
    assert max(ledger.snapshot(STATE)["published"]["version"].to_pylist()) == 3


def test_taken_over_part_by_part_the_ledger_says_the_same(
    ledger: Ledger, sqlite_template: Path, tmp_path: Path
) -> None:
    steps = [("notice", 120), ("certify", 90), ("restrict", 30)]
    rows = [
        sent(f"c{case}", step, sent_on=NIGHT - days * DAY, remedy=remedy)
        for remedy in ("license_revocation", "passport_denial")
        for case in range(5)
        for step, days in steps
    ]
    blocks = pa.Table.from_pylist(rows).to_batches(max_chunksize=4)
    parts = [part.to_pylist() for part in whole_subjects(pa.Table.from_batches([one]) for one in blocks)]
    assert [row for part in parts for row in part] == rows
    subjects = [{(row["remedy"], row["subject_id"]) for row in part} for part in parts]
    assert len(parts) > 4
    assert sum(map(len, subjects)) == len(set.union(*subjects)) == 10
    shutil.copy(sqlite_template, tmp_path / "parts.db")
    said = []
    for one, given in ((ledger, [rows]), (Ledger.open(f"sqlite:///{tmp_path / 'parts.db'}"), parts)):
        delivery = one.record_delivery(a_delivery())
        assert one.import_opening(STATE, delivery.delivery_id, given, AT) == len(rows)
        assert one.import_opening(STATE, "another delivery", given, AT) == 0
        found = one.snapshot(STATE)
        said.append([sorted(found[name].to_pylist(), key=str) for name in ("episodes", "published")])
    assert said[0] == said[1]


def test_a_ledger_that_is_handed_over_in_blocks_says_what_it_says_whole(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = ledger.record_delivery(a_delivery())
    ledger.import_opening(STATE, delivery.delivery_id, [[sent(f"c{case}") for case in range(7)]], AT)
    whole = ledger.snapshot(STATE)
    monkeypatch.setattr(rows_module, "_BLOCK", 1)
    monkeypatch.setattr(rows_module, "_MOST", 3)
    with ledger.blocks(STATE) as told, warehouse() as con:
        for name, blocks in told.items():
            sizes: list[int] = []
            attach_blocks(con, f"ledger.{name}", noted(blocks, sizes))
            assert con.execute(f"FROM ledger.{name}").to_arrow_table().to_pylist() == whole[name].to_pylist()
            # PostgreSQL's driver hands over more at a time.
            assert sum(sizes) == whole[name].num_rows
            if name in ("episodes", "published") and ledger.engine.dialect.name == "sqlite":
                assert sizes == [3, 3, 1]


def noted(blocks: Iterator[pa.Table], sizes: list[int]) -> Iterator[pa.Table]:
    for block in blocks:
        sizes.append(block.num_rows)
        yield block


def test_a_cut_sees_the_opening_ledger_where_it_sees_its_delivery(ledger: Ledger) -> None:
    """The import itself may come after the pin: the first night must know it all the same."""
    before = ledger.pin(AT)
    delivery = ledger.record_delivery(a_delivery())
    cut = ledger.pin(AT)
    ledger.import_opening(STATE, delivery.delivery_id, [[sent()]], AT + 9 * DAY)
    for moment, rows in ((before, 0), (cut, 1)):
        found = ledger.snapshot(STATE, moment)
        assert found["episodes"].num_rows == found["published"].num_rows == rows


def a_person(letter: str) -> str:
    """What a record carries of a person: under which number, name and birth date a partner was told."""
    marks = ",".join(f'"{name}":"{letter * 64}"' for name in ("number", "name", "birth"))
    return f'{{"certified_cents":100,"person_token":"{letter * 64}","identity":{{{marks}}}}}'


CARRIED = [a_person("a"), a_person("a"), a_person("b"), "", "{}", a_person("a").upper(), '{"identity":null}']


@pytest.mark.parametrize("times", [1, 100])
def test_what_a_record_carries_comes_back_letter_by_letter(ledger: Ledger, times: int) -> None:
    run = begin(ledger)
    items = [an_item(f"c{n}", carry=carry) for n, carry in enumerate(CARRIED * times)]
    number = prepare(ledger, run, *items)
    ledger.publish_batch(run, number, AT)
    assert [row["carry"] for row in ledger.batch_items(STATE, number)] == CARRIED * times
    assert ledger.snapshot(STATE)["published"]["carry"].to_pylist() == CARRIED * times
    with ledger.reading() as connection:
        persons = connection.execute(sa.select(sa.func.count()).select_from(schema.identities)).scalar()
    assert persons == 2, "a person who was told of often stands there once"


def test_an_auditor_reads_in_words_what_the_ledger_keeps_in_numbers(ledger: Ledger) -> None:
    run = begin(ledger)
    ledger.open_episodes(run, [an_episode("c1"), an_episode("c2")])
    items = [
        an_item("c1", carry=a_person("a")),
        an_item("c2", target_id="c2", person_id="c2", action_id="a-2"),
    ]
    ledger.publish_batch(run, prepare(ledger, run, *items), AT)
    back = an_item("c1", kind="release", step="release")
    ledger.publish_batch(run, prepare(ledger, run, back, sha256="s2"), AT)
    ledger.close_episodes(run, [{"episode_id": an_episode("c1")["episode_id"], "close_reason": "paid"}])
    with ledger.reading() as connection:

        def told(view: str) -> list[dict[str, Any]]:
            rows = connection.exec_driver_sql(f"SELECT * FROM {view} ORDER BY position").mappings()
            return [dict(row) for row in rows]

        episodes, ends, prepared, sent = map(
            told,
            (
                *("episodes_in_words", "episode_ends_in_words"),
                *("batch_items_in_words", "publications_in_words"),
            ),
        )
    assert [row["run_id"] for row in (*episodes, *ends, *prepared, *sent)] == [run.run_id] * 9
    assert {name: episodes[0][name] for name in an_episode()} == {**an_episode(), "opened_on": str(NIGHT)}
    assert [(row["episode_id"], row["closed_on"], row["close_reason"]) for row in ends] == [
        (an_episode()["episode_id"], str(NIGHT), "paid")
    ]
    for row, item in zip(prepared, [*items, back], strict=True):
        assert {name: row[name] for name in item} == item
    kept = ledger.snapshot(STATE)["published"].to_pylist()
    for row, one in zip(sent, kept, strict=True):
        assert {name: row[name] for name in one} == {**one, "published_on": str(NIGHT)}


def test_an_act_belongs_to_an_episode_that_the_ledger_holds(ledger: Ledger) -> None:
    run = begin(ledger)
    with pytest.raises(Refused, match="1 acts belong to an episode that the ledger does not hold"):
        ledger.prepare_batch(run, "sos", "sos.txt", "s1", 1, 0, [an_item()], AT)
    with pytest.raises(Refused, match="its remedy, its subject and its number"):
        ledger.open_episodes(run, [an_episode() | {"episode_id": "license_revocation:c9:1"}])


def test_an_act_takes_few_bytes(tmp_path: Path) -> None:
    """Of the ledger a state keeps for good: an act with its episode, prepared and published."""
    path, count = tmp_path / "ledger.db", 5_000
    ledger = Ledger.open(f"sqlite:///{path}")
    run = begin(ledger)
    before = path.stat().st_size
    cases = [f"{number:08d}" for number in range(count)]
    ledger.open_episodes(run, [an_episode(case) | {"facts_hash": "f" * 32} for case in cases])
    items = [an_item(case, target_id=case, carry="") for case in cases]
    ledger.publish_batch(run, prepare(ledger, run, *items), AT)
    with ledger.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert (path.stat().st_size - before) / count < 270


class BatchMachine(RuleBasedStateMachine):
    """Prepare, publish, abandon, crash and re-enter in any order: a key leaves at most once."""

    @initialize()
    def a_store(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.ledger = Ledger.open(f"sqlite:///{self.folder.name}/ledger.db")
        self.run = begin(self.ledger, holder="h")
        self.sent: list[tuple[str, int]] = []
        self.content = 0

    @rule(cases=st.sets(st.sampled_from("abcd"), min_size=1), version=st.integers(1, 2))
    def prepare(self, cases: set[str], version: int) -> None:
        wanted = [an_item(case, version) for case in sorted(cases)]
        open_now = self.ledger.unfinished_batches(STATE)
        again = any((case, version) in self.sent for case in cases)
        self.content += 1
        if open_now or again:
            with pytest.raises(Refused):
                prepare(self.ledger, self.run, *wanted, sha256=str(self.content))
        else:
            prepare(self.ledger, self.run, *wanted, sha256=str(self.content))

    @rule(times=st.integers(1, 2))
    def publish(self, times: int) -> None:
        for batch in self.ledger.unfinished_batches(STATE):
            items = self.ledger.batch_items(STATE, batch.batch_no)
            self.sent += [(item["subject_id"], item["version"]) for item in items]
            for _ in range(times):
                self.ledger.publish_batch(self.run, batch.batch_no, AT)

    @rule()
    def abandon(self) -> None:
        for batch in self.ledger.unfinished_batches(STATE):
            self.ledger.abandon_batch(self.run, batch.batch_no, "stop", AT)

    @precondition(lambda self: hasattr(self, "run"))
    @rule()
    def crash_and_enter_again(self) -> None:
        old, self.run = self.run, begin(self.ledger, holder="h")
        with pytest.raises(Refused):
            self.ledger.check_fence(old)

    @invariant()
    def nothing_left_twice(self) -> None:
        if not hasattr(self, "ledger"):
            return
        keys = published_keys(self.ledger)
        assert sorted((k.subject_id, k.version) for k in keys) == sorted(self.sent)
        numbers = [b.batch_no for b in self.ledger.batches(STATE)]
        assert numbers == list(range(1, len(numbers) + 1))

    def teardown(self) -> None:
        if hasattr(self, "ledger"):
            assert self.ledger.verify_chain(self.ledger.audit_tip()) == []
            self.folder.cleanup()


BatchMachine.TestCase.settings = settings(
    max_examples=15, stateful_step_count=12, suppress_health_check=list(HealthCheck)
)
test_batches_in_any_order = BatchMachine.TestCase


def test_a_write_that_fails_half_way_leaves_nothing(ledger: Ledger) -> None:
    before = ledger.pin(AT)

    def half_a_write() -> None:
        with ledger.writing() as tx:
            tx.add(schema.users, "", AT, [{"name": "x", "roles": "operator"}])
            tx.audit("", AT, "x", "user")
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        half_a_write()
    assert ledger.pin(AT) == before
    assert ledger.roles("x") == frozenset()


def test_an_episode_that_a_partner_still_holds_is_not_closed(ledger: Ledger) -> None:
    run = begin(ledger)
    ledger.open_episodes(run, [an_episode()])
    ledger.publish_batch(run, prepare(ledger, run), AT)
    end = {"episode_id": an_episode()["episode_id"]}
    with pytest.raises(Refused, match="never taken back"):
        ledger.close_episodes(run, [end])
    back = an_item(kind="release", step="release")
    ledger.publish_batch(run, prepare(ledger, run, back, sha256="s2"), AT)
    assert ledger.close_episodes(run, [end]) == 1


def test_batches_of_a_killed_run_are_settled_by_what_has_left(ledger: Ledger) -> None:
    a_closed_night(ledger)
    killed = begin(ledger, kind="release")
    left = prepare(ledger, killed, an_item("c1"), queue="sos")
    lost = prepare(ledger, killed, an_item("c2"), queue="tax")
    who, now, swept = Holder.here(), at(NIGHT + DAY), []

    def settle(moment: Any) -> int:
        return ledger.settle_batches(
            STATE,
            NIGHT + DAY,
            "night",
            lambda: swept.append("swept"),
            lambda batch: bool(swept) and batch.batch_no == left,
            moment,
            who,
            moment,
        )

    with pytest.raises(Refused, match="is at work"):
        settle(AT)
    assert not swept, "what a living copy has written aside is its own"
    ledger.let_go(killed, AT)
    assert settle(now) == 1
    fates = {batch.batch_no: batch.status for batch in ledger.batches(STATE)}
    assert fates == {left: "published", lost: "abandoned"}
