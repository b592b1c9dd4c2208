"""Nights go in order, one holder at a time, and an old copy writes nothing."""

import multiprocessing
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from ledger_helpers import (
    AT,
    DAY,
    NIGHT,
    STATE,
    a_closed_night,
    a_delivery,
    an_episode,
    at,
    begin,
    decide,
    prepare,
    with_people,
)

from arrears.errors import ArrearsError, Refused
from arrears.ledger import Holder, Ledger, Run, records


@pytest.fixture
def ledger(ledger_url: str) -> Ledger:
    return Ledger.open(ledger_url)


def crashed_holder() -> Holder:
    """A holder whose process has ended without letting go."""
    context = multiprocessing.get_context("fork")
    process = context.Process(target=os.getpid)
    process.start()
    gone = replace(Holder.here("night"), pid=process.pid or 0)
    process.join()
    return gone


def test_the_first_night_of_a_store_follows_none(ledger: Ledger) -> None:
    assert begin(ledger).run_id == "me-2025-01-15-night-01"


def test_a_night_waits_until_the_night_before_is_closed(ledger: Ledger) -> None:
    run = begin(ledger)
    ledger.let_go(run, AT)
    with pytest.raises(Refused, match="night of 2025-01-15 is open"):
        begin(ledger, NIGHT + DAY)
    ledger.close_run(begin(ledger), "m", AT)
    assert begin(ledger, NIGHT + DAY).as_of == NIGHT + DAY


@pytest.mark.parametrize("days", [-1, 2, 365])
def test_a_night_out_of_order_is_refused(ledger: Ledger, days: int) -> None:
    a_closed_night(ledger)
    with pytest.raises(Refused, match="must wait"):
        begin(ledger, NIGHT + days * DAY)


def test_states_do_not_wait_for_each_other(ledger: Ledger) -> None:
    begin(ledger)
    other = ledger.begin_run("vt", NIGHT + 9 * DAY, "night", ledger.pin(AT), AT, "x")
    assert (other.state, other.fence) == ("vt", 1)


def test_a_closed_night_never_opens_again(ledger: Ledger) -> None:
    run = a_closed_night(ledger)
    with pytest.raises(Refused, match="is closed"):
        begin(ledger)
    closed = ledger.closed_run(STATE, NIGHT)
    assert closed is not None
    assert (closed.run_id, closed.manifest_sha256, closed.cut) == (run.run_id, "manifest", run.cut)
    assert ledger.closed_run(STATE, NIGHT + DAY) is None
    assert ledger.open_run(STATE) is None


def test_closing_twice_is_once_and_with_another_manifest_refused(ledger: Ledger) -> None:
    run = a_closed_night(ledger)
    ledger.close_run(run, "manifest", AT)
    with pytest.raises(Refused, match="another manifest"):
        ledger.close_run(run, "other", AT)
    assert len(ledger.audit_rows(STATE, "close")) == 1


def test_a_night_entered_again_keeps_its_cut_and_gets_a_new_fence(ledger: Ledger) -> None:
    first = begin(ledger, holder="dag run 1")
    ledger.record_delivery(a_delivery())
    second = begin(ledger, holder="dag run 1")
    assert (second.cut, second.run_id) == (first.cut, first.run_id)
    assert second.fence == first.fence + 1
    assert len(ledger.runs(STATE)) == 1


def test_an_absent_night_lets_the_next_one_start(ledger: Ledger) -> None:
    with_people(ledger)
    a_closed_night(ledger)
    ledger.declare_absent(STATE, NIGHT + DAY, "olive", "the mainframe is down", AT)
    ledger.declare_absent(STATE, NIGHT + DAY, "olive", "the mainframe is down", AT)
    assert ledger.absences(STATE) == [NIGHT + DAY]
    with pytest.raises(Refused, match="declared absent"):
        begin(ledger, NIGHT + DAY)
    begin(ledger, NIGHT + 2 * DAY)


def test_a_night_can_be_absent_only_in_its_turn_and_by_who_may(ledger: Ledger) -> None:
    with_people(ledger)
    a_closed_night(ledger)
    with pytest.raises(Refused, match="must wait"):
        ledger.declare_absent(STATE, NIGHT + 2 * DAY, "olive", "away", AT)
    with pytest.raises(Refused, match="is closed"):
        ledger.declare_absent(STATE, NIGHT, "olive", "away", AT)
    with pytest.raises(Refused, match="may not"):
        ledger.declare_absent(STATE, NIGHT + DAY, "cass", "away", AT)
    with pytest.raises(Refused, match="needs a reason"):
        ledger.declare_absent(STATE, NIGHT + DAY, "olive", " ", AT)


def test_an_open_night_can_be_given_up_unless_it_has_sent_something(ledger: Ledger) -> None:
    with_people(ledger)
    run = begin(ledger)
    ledger.let_go(run, AT)
    run = begin(ledger)
    number = prepare(ledger, run)
    ledger.publish_batch(run, number, AT)
    ledger.let_go(run, AT)
    with pytest.raises(Refused, match="has sent files"):
        ledger.declare_absent(STATE, NIGHT, "olive", "broken", AT)
    ledger.close_run(begin(ledger), "m", AT)
    stuck = begin(ledger, NIGHT + DAY)
    with pytest.raises(Refused, match="is at work"):
        ledger.declare_absent(STATE, NIGHT + DAY, "olive", "broken", AT)
    ledger.let_go(stuck, AT)
    ledger.declare_absent(STATE, NIGHT + DAY, "olive", "broken", AT)
    assert [r.status for r in ledger.runs(STATE)] == ["closed", "absent"]


def test_a_second_holder_is_refused_while_the_first_is_at_work(ledger: Ledger) -> None:
    begin(ledger, holder=Holder.here("first"))
    for kind in ("night", "release"):
        with pytest.raises(Refused, match=r"first .* is at work"):
            begin(ledger, kind=kind, holder=Holder.here("second"))


def test_a_backfill_waits_for_the_night_that_is_at_work(ledger: Ledger) -> None:
    a_closed_night(ledger)
    begin(ledger, NIGHT + DAY, holder=Holder.here("night"))
    with pytest.raises(Refused, match="is at work"):
        begin(ledger, NIGHT, kind="release", holder=Holder.here("backfill"))


def test_an_old_copy_that_wakes_up_can_write_nothing(ledger: Ledger) -> None:
    """Every write of a run is refused once its fence is old, also after the newer copy has closed it."""
    with_people(ledger)
    old = begin(ledger, holder="dag run 1")
    number = prepare(ledger, old)
    new = begin(ledger, holder="dag run 1")
    writes: dict[str, Callable[[], Any]] = {
        "check": lambda: ledger.check_fence(old),
        "heartbeat": lambda: ledger.heartbeat(old, AT),
        "open": lambda: ledger.open_episodes(old, [an_episode()]),
        "close_episodes": lambda: ledger.close_episodes(old, []),
        "ask": lambda: ledger.record_asks(old, [{"item_id": "i"}]),
        "prepare": lambda: prepare(ledger, old, sha256="s2", queue="other"),
        "abandon": lambda: ledger.abandon_batch(old, number, "stop", AT),
        "publish": lambda: ledger.publish_batch(old, number, AT),
        "close": lambda: ledger.close_run(old, "m", AT),
        "let_go": lambda: ledger.let_go(old, AT),
    }
    for write in writes.values():
        with pytest.raises(Refused, match="taken over"):
            write()
    ledger.publish_batch(new, number, AT)
    ledger.close_run(new, "m", AT)
    for name, write in writes.items():
        if name != "close":  # closing again with the same manifest is not a write
            with pytest.raises(Refused, match="taken over, or has ended"):
                write()


def test_the_lease_of_a_dead_process_is_taken_over_at_once(ledger: Ledger) -> None:
    dead = begin(ledger, holder=crashed_holder())
    new = begin(ledger)
    assert new.fence > dead.fence
    with pytest.raises(Refused):
        ledger.check_fence(dead)


def test_the_lease_of_a_name_alone_ends_by_its_time(ledger: Ledger) -> None:
    begin(ledger, holder="dag run 1")
    soon, later = AT + timedelta(minutes=14), AT + timedelta(minutes=15)
    with pytest.raises(Refused, match="is at work"):
        ledger.begin_run(STATE, NIGHT, "night", ledger.pin(AT), AT, "dag run 2", now=soon)
    assert ledger.begin_run(STATE, NIGHT, "night", ledger.pin(AT), AT, "dag run 2", now=later).fence == 2


def test_a_heartbeat_keeps_the_lease(ledger: Ledger) -> None:
    run = begin(ledger, holder="dag run 1")
    later = AT + timedelta(minutes=15)
    ledger.heartbeat(run, later)
    with pytest.raises(Refused, match="is at work"):
        ledger.begin_run(STATE, NIGHT, "night", ledger.pin(AT), AT, "dag run 2", now=later)


def test_a_clock_that_was_set_back_shortens_no_lease(ledger: Ledger) -> None:
    run, before = begin(ledger, holder="dag run 1"), AT - timedelta(hours=3)
    ledger.heartbeat(run, before)
    ledger.resume_run(STATE, NIGHT, before, holder="dag run 1")
    ledger.begin_run(STATE, NIGHT, "night", ledger.pin(AT), AT, "dag run 1", now=before)
    for now, said in ((AT, "Wait until it has ended"), (before, "A clock was set back")):
        with pytest.raises(Refused, match="is at work") as told:
            ledger.begin_run(STATE, NIGHT, "night", ledger.pin(AT), AT, "dag run 2", now=now)
        assert said in told.value.do


def test_age_alone_takes_no_right_away(ledger: Ledger) -> None:
    """A slow night past its lease still writes, as long as nobody has taken the lease."""
    run = begin(ledger, holder="dag run 1")
    assert ledger.open_episodes(run, [an_episode()], at=AT + 9 * DAY) == 1


def test_a_person_may_break_a_lease_and_the_old_copy_is_fenced_out(ledger: Ledger) -> None:
    with_people(ledger)
    old = begin(ledger, holder="dag run 1")
    with pytest.raises(Refused, match="may not"):
        ledger.break_lease(STATE, "cass", "stuck", AT)
    ledger.break_lease(STATE, "olive", "stuck", AT)
    with pytest.raises(Refused):
        ledger.check_fence(old)
    assert begin(ledger).fence == 2


def test_a_release_run_follows_a_closed_night_and_is_numbered(ledger: Ledger) -> None:
    with pytest.raises(Refused, match="nothing to release from"):
        begin(ledger, kind="release")
    a_closed_night(ledger)
    for number in (1, 2):
        run = begin(ledger, kind="release")
        assert (run.ordinal, run.run_id) == (number, f"me-2025-01-15-release-{number:02d}")
        ledger.close_run(run, "m", AT)
    a_closed_night(ledger, NIGHT + DAY)
    with pytest.raises(Refused, match="facts of 2025-01-15 are old"):
        begin(ledger, kind="release")


def test_a_release_run_that_crashed_is_entered_again(ledger: Ledger) -> None:
    a_closed_night(ledger)
    first = begin(ledger, kind="release", holder=crashed_holder())
    decided = ledger.pin(AT)
    again = begin(ledger, kind="release")
    assert (again.run_id, again.cut) == (first.run_id, first.cut)
    assert decided.position >= again.cut.position


def test_a_run_with_an_unfinished_batch_cannot_close(ledger: Ledger) -> None:
    run = begin(ledger)
    number = prepare(ledger, run)
    with pytest.raises(Refused, match="neither published nor abandoned"):
        ledger.close_run(run, "m", AT)
    ledger.abandon_batch(run, number, "a stop came", AT)
    ledger.close_run(run, "m", AT)


def test_a_run_travels_to_another_process_as_json(ledger: Ledger) -> None:
    run = begin(ledger)
    assert Run.from_json(run.as_json()) == run


def test_a_later_task_of_the_run_goes_on_under_the_same_fence(ledger: Ledger) -> None:
    assert ledger.resume_run(STATE, NIGHT, AT) is None
    run = begin(ledger, holder="dag run 1")
    assert ledger.resume_run(STATE, NIGHT, AT + timedelta(minutes=10)) == run
    assert ledger.resume_run(STATE, NIGHT, AT + timedelta(minutes=10), holder="dag run 1") == run
    assert ledger.resume_run(STATE, NIGHT + DAY, AT) is None
    with pytest.raises(Refused, match="is at work"):
        ledger.resume_run(STATE, NIGHT, AT, holder="dag run 2")
    later = AT + timedelta(minutes=20)
    with pytest.raises(Refused, match="is at work"):
        ledger.begin_run(STATE, NIGHT, "night", ledger.pin(AT), AT, "dag run 2", now=later)
    ledger.close_run(run, "m", AT)
    assert ledger.resume_run(STATE, NIGHT, AT) is None


def test_a_run_of_another_living_process_cannot_be_resumed(ledger: Ledger) -> None:
    parent = replace(Holder.here("other"), pid=os.getppid(), started=records._started(os.getppid()))
    begin(ledger, holder=parent)
    with pytest.raises(Refused, match="is at work"):
        ledger.resume_run(STATE, NIGHT, AT)


def try_to_begin(url: str, start: Any, answers: Any) -> None:
    ledger = Ledger.open(url)
    start.wait()
    try:
        answers.put(("won", begin(ledger, holder=Holder.here()).fence))
    except ArrearsError as fault:
        answers.put(("lost", str(fault)))
    start.wait()  # stays alive until all have tried, or a lease could be taken from the dead


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_of_two_that_begin_at_once_exactly_one_wins(ledger: Ledger, ledger_url: str, kind: str) -> None:
    context = multiprocessing.get_context("spawn")
    make: Any = threading.Thread if kind == "threads" else context.Process
    start: Any = threading.Barrier(2) if kind == "threads" else context.Barrier(2)
    answers: Any = context.Queue()
    both = [make(target=try_to_begin, args=(ledger_url, start, answers)) for _ in range(2)]
    for one in both:
        one.start()
    told = sorted(answers.get(timeout=60) for _ in both)
    for one in both:
        one.join()
    assert [outcome for outcome, _ in told] == ["lost", "won"]
    assert "is at work" in told[0][1]


def test_late_stops_are_those_the_cut_does_not_know(ledger: Ledger) -> None:
    with_people(ledger)
    decide(ledger, "hold", item_id="known", until_on=NIGHT + DAY)
    run = begin(ledger)
    assert ledger.late_stops(STATE, run.cut)["decisions"].num_rows == 0
    decide(ledger, "hold", item_id="held", at=AT)
    decide(ledger, "hold", item_id="held then approved", at=AT)
    decide(ledger, "approve", item_id="held then approved", at=AT)
    decide(ledger, "reject", item_id="next month", at=AT + 30 * DAY)
    ledger.pause(STATE, "license_revocation", "", NIGHT, None, "olive", "storm", AT)
    late = ledger.late_stops(STATE, run.cut)
    assert late["decisions"]["item_id"].to_pylist() == ["held", "next month"]
    assert late["pauses"]["remedy"].to_pylist() == ["license_revocation"]
    # One that was ended by mistake stops again; one that is ended late lifts nothing.
    [made] = {one["pause_id"] for one in late["pauses"].to_pylist()}
    known = ledger.pin(AT + DAY)
    ledger.end_pause(STATE, made, NIGHT, "sam", "over", AT)
    assert ledger.snapshot(STATE, known)["pauses"]["to_on"].to_pylist() == [None]
    known = ledger.pin(AT + DAY)
    ledger.end_pause(STATE, made, NIGHT + 9 * DAY, "sam", "it is not", AT)
    assert ledger.snapshot(STATE, known)["pauses"]["to_on"].to_pylist() == [NIGHT]
    assert ledger.late_stops(STATE, known)["pauses"]["to_on"].to_pylist() == [NIGHT + 9 * DAY]
    soon = ledger.late_stops(STATE, run.cut, until=at(NIGHT, 12))
    assert soon["decisions"]["item_id"].to_pylist() == ["held"]
