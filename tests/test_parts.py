"""A file that would outgrow its format becomes several: each whole, within its fields, and published once."""

import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from queue_desk import QUEUES

from arrears.author.sample import STATE, sample_nights
from arrears.data import writes
from arrears.data.store import Store
from arrears.data.warehouse import attach_arrow, warehouse
from arrears.errors import RuleFault
from arrears.ledger import Ledger
from arrears.ledger.records import Batch
from arrears.night import leaving, steps, stops
from arrears.queues import Queue, load_queue, load_queues, part_select

FIRST, *_ = sample_nights()
DAY = FIRST.isoformat()
QUEUE = "gambling_registry"


# How much one file can hold


@pytest.mark.parametrize(
    ("name", "records", "sums"),
    [
        ("income_withholding", 99_999, {}),
        ("lien_network", 999_999, {}),
        ("federal_offset", 999_999_999, {"arrears_amount": 99_999_999_999}),
        ("gambling_registry", 999_999_999, {"amount": 999_999_999_999_999}),
        # Its blocks are lines, header and trailer among them.
        ("credit_bureaus", 999_999_997, {}),
        ("sos_license", None, {}),
    ],
)
def test_a_file_holds_what_its_counts_and_sums_have_room_for(
    name: str, records: int | None, sums: dict[str, int]
) -> None:
    queue = load_queues(QUEUES)[name]
    assert (queue.most_records, queue.most_sums) == (records, sums)


def stated(folder: Path, most: int) -> Queue:
    """The income withholding queue with a most that its partner states."""
    shutil.copytree(QUEUES / "income_withholding", folder / "income_withholding")
    path = folder / "income_withholding" / "queue.yml"
    path.write_text(path.read_text() + f"most_records: {most}\n")
    return load_queue(path.parent)


@pytest.mark.parametrize(("most", "told"), [(5_000, 5_000), (200_000, 99_999)])
def test_what_the_partner_states_counts_where_it_is_less(tmp_path: Path, most: int, told: int) -> None:
    assert stated(tmp_path, most).most_records == told


def test_a_most_below_one_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(RuleFault, match="most_records: a file needs room for a record"):
        stated(tmp_path, -1)


@given(
    amounts=st.lists(st.one_of(st.none(), st.integers(-900, 900)), max_size=30),
    most=st.one_of(st.none(), st.integers(1, 8)),
    room=st.one_of(st.none(), st.integers(1, 2_000)),
)
def test_parts_are_within_their_limits_in_order_and_together_the_whole(
    amounts: list[int | None], most: int | None, room: int | None
) -> None:
    queue: Any = SimpleNamespace(
        most_records=most, most_sums={"amount": room, "never_given": 1} if room else {}
    )
    rows = [{"record_no": 3 * n, "amount": amount} for n, amount in enumerate(amounts)]
    shape = pa.schema([("record_no", pa.int64()), ("amount", pa.int64())])
    parts: list[list[int]] = []
    with warehouse() as con:
        attach_arrow(con, "waiting", pa.Table.from_pylist(rows[::-1], shape))
        select = part_select(queue, "SELECT * FROM waiting", shape.names)
        while (part := con.execute(f"SELECT * FROM ({select}) ORDER BY record_no").fetchall()) != []:
            sums = [abs(amount or 0) for _, amount in part]
            assert len(part) <= (most or len(amounts))
            assert room is None or sum(sums) <= room or len(part) == 1
            parts.append([number for number, _ in part])
            con.execute("DELETE FROM waiting WHERE record_no IN (SELECT unnest($part))", {"part": parts[-1]})
    assert [number for part in parts for number in part] == [row["record_no"] for row in rows]
    assert all(one[-1] < other[0] for one, other in pairwise(parts))
    if room is None:
        assert len(parts) == -(-len(amounts) // (most or max(len(amounts), 1)))


# A release in parts


@pytest.fixture
def planned(planned_once: Path, tmp_path: Path) -> Store:
    shutil.copytree(planned_once, tmp_path / "planned")
    return Store.open(tmp_path / "planned")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry that takes so few records, or so small a sum, that a night does not fit."""
    whole = Queue.most_records.fget  # type: ignore[attr-defined]
    monkeypatch.setattr(
        Queue, "most_records", property(lambda self: 10 if self.name == QUEUE else whole(self))
    )


def released(store: Store) -> dict[str, Any]:
    told = steps.release(str(store.root), STATE, DAY)["queues"]
    found: dict[str, Any] = {one["queue"]: one for one in told}
    return found


def batches(store: Store) -> list[Batch]:
    ledger = Ledger.open(store.ledger_url)
    return [batch for batch in ledger.batches(STATE) if batch.queue == QUEUE]


def outbox(store: Store) -> dict[str, bytes]:
    files = sorted((store.root / "outbox").rglob("*"))
    return {path.name: path.read_bytes() for path in files if path.is_file() and path.suffix == ".txt"}


def acts(store: Store) -> list[tuple[str, str]]:
    rows = Ledger.open(store.ledger_url).snapshot(STATE)["published"].to_pylist()
    return sorted((row["queue"], row["action_id"]) for row in rows if row["batch_no"])


def lines(files: dict[str, bytes]) -> list[bytes]:
    """The detail lines of the queue's files, in the order of the batches."""
    told = [data for name, data in sorted(files.items()) if name.startswith(QUEUE)]
    return [line for data in told for line in data.splitlines()[1:-1]]


def sums(files: dict[str, bytes]) -> list[int]:
    """What the trailer of each of the queue's files says of its amounts, in the order of the batches."""
    told = [data for name, data in sorted(files.items()) if name.startswith(QUEUE)]
    return [int(data.splitlines()[-1][10:25]) for data in told]


@pytest.fixture(scope="module")
def one_file(planned_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The same release where everything fits into one file."""
    root = tmp_path_factory.mktemp("whole") / "store"
    shutil.copytree(planned_once, root)
    store = Store.open(root)
    released(store)
    return store


def test_what_does_not_fit_goes_into_further_files_each_a_batch_of_its_own(
    planned: Store, one_file: Store, few: None
) -> None:
    sent = released(planned)[QUEUE]
    made = batches(planned)
    assert len(made) > 2
    assert [batch.status for batch in made] == ["published"] * len(made)
    assert [batch.records for batch in made[:-1]] == [10] * (len(made) - 1)
    assert [Path(batch.file_name).name for batch in made] == [
        f"{QUEUE}.{batch.batch_no:06d}.txt" for batch in made
    ]
    [whole] = batches(one_file)
    assert sum(batch.records for batch in made) == whole.records == sent["records"]
    assert sum(batch.amount_cents for batch in made) == whole.amount_cents == sent["amount_cents"]
    assert sent["files"] == [batch.file_name for batch in made]
    assert lines(outbox(planned)) == lines(outbox(one_file))
    assert acts(planned) == acts(one_file)


def test_a_sum_that_outgrows_its_field_is_parted_too(
    planned: Store, one_file: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    [whole] = sums(outbox(one_file))
    room = whole // 3
    monkeypatch.setattr(
        Queue, "most_sums", property(lambda self: {"amount": room} if self.name == QUEUE else {})
    )
    released(planned)
    made = batches(planned)
    assert len(made) >= 3
    # What is more than the sum can say by itself goes alone, since its record is never split.
    told = sums(outbox(planned))
    assert sum(told) == whole
    assert all(one <= room or batch.records == 1 for one, batch in zip(told, made, strict=True))
    assert lines(outbox(planned)) == lines(outbox(one_file))


@pytest.mark.parametrize(
    ("moment", "after"), [("published", 0), ("aside", 1), ("prepared", 1), ("renamed", 1)]
)
def test_a_crash_between_two_parts_goes_on_with_what_has_not_left(
    planned: Store, tmp_path: Path, few: None, monkeypatch: pytest.MonkeyPatch, moment: str, after: int
) -> None:
    shutil.copytree(planned.root, tmp_path / "undisturbed")
    undisturbed = Store.open(tmp_path / "undisturbed")
    released(undisturbed)
    monkeypatch.setattr(writes, "watchers", [dying(moment, after)])
    with pytest.raises(KeyboardInterrupt):
        released(planned)
    writes.watchers.clear()
    released(planned)
    assert outbox(planned) == outbox(undisturbed)
    assert acts(planned) == acts(undisturbed)


def dying(moment: str, after: int) -> Callable[[str], None]:
    """A watcher that ends the run at a moment of the queue, once it was reached so often."""
    seen: list[str] = []

    def watch(name: str) -> None:
        if name.startswith(f"{moment} {QUEUE}"):
            seen.append(name)
            if len(seen) > after:
                raise KeyboardInterrupt

    return watch


def test_a_stop_between_two_parts_keeps_back_what_has_not_left(
    planned: Store, one_file: Store, few: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger.open(planned.ledger_url)

    def storm(name: str) -> None:
        if name == f"published {QUEUE}" and not ledger.snapshot(STATE)["pauses"].num_rows:
            moment = steps.nights.resume(planned, STATE, FIRST).at
            ledger.pause(STATE, "", "", FIRST, None, "sam.supervisor", "a storm", moment)

    monkeypatch.setattr(writes, "watchers", [storm])
    sent = released(planned)[QUEUE]
    first, *others = batches(planned)
    assert first.records == 10
    # What eases leaves in spite of the pause; all else that had not left stays.
    assert {kind for batch in others for kind in kinds(planned, batch)} <= {"release", "update"}
    assert {one["reason"] for one in sent["stopped_for"]} == {stops.PAUSED}
    assert sent["acts"] + sent["stopped"] == len([one for one in acts(one_file) if one[0] == QUEUE])


def kinds(store: Store, batch: Batch) -> set[str]:
    """What kinds of acts a batch holds."""
    rows = Ledger.open(store.ledger_url).snapshot(STATE)["published"].to_pylist()
    return {row["kind"] for row in rows if row["batch_no"] == batch.batch_no}


def test_a_gate_counts_all_parts_before_the_first(
    planned: Store, few: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = leaving.gate
    asked: list[tuple[str, int]] = []

    def narrow(night: Any, queue: str, new: int, digest: str, cases: int) -> tuple[str | None, str | None]:
        asked.append((queue, new))
        return (
            ("too many", "gate:x") if queue == QUEUE and new > 10 else whole(night, queue, new, digest, cases)
        )

    monkeypatch.setattr(leaving, "gate", narrow)
    sent = released(planned)[QUEUE]
    assert next(new for queue, new in asked if queue == QUEUE) > 30
    assert sent["held"] == "too many"
    assert {kind for batch in batches(planned) for kind in kinds(planned, batch)} <= {"release", "update"}
