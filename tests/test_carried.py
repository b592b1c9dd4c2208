"""Files that a partner or a transport takes out of the outbox: let go by a word, missed without one."""

import hashlib
from pathlib import Path

import pytest
from ledger_helpers import AT, NIGHT, STATE, an_episode, an_item, begin, with_people

from arrears.data.store import Store
from arrears.errors import ArrearsError, Refused
from arrears.ledger import Ledger
from arrears.ledger import __main__ as operate
from arrears.ledger import store_marks as witness

NAME = f"outbox/{STATE}/{NIGHT}/sos.{{batch_no}}.txt"
SENT = b"an order"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store.create(tmp_path / "store", "invented")
    with_people(Ledger.open(made.ledger_url))
    return made


def publish(store: Store, is_published: bool = True) -> Path:
    """The one file of a batch, in the outbox; where it is not published, as a crash leaves it."""
    ledger = Ledger.open(store.ledger_url)
    run = begin(ledger)
    ledger.open_episodes(run, [an_episode()])
    digest = hashlib.sha256(SENT).hexdigest()
    number = ledger.prepare_batch(run, "sos", NAME, digest, 1, 0, [an_item()], AT)
    path = store.root / NAME.replace("{batch_no}", f"{number:06d}")
    path.parent.mkdir(parents=True)
    path.write_bytes(SENT)
    if is_published:
        ledger.publish_batch(run, number, AT)
    return path


def carry(store: Store, *files: Path | str, by: str = "olive") -> str:
    """What the command says."""
    command = ["--store", str(store.root), "carried", *map(str, files), "--as", by]
    asked = operate.parser().parse_args([*command, "--because", "the nightly pick-up"])
    return operate.run(asked, AT)


def verify(store: Store) -> list[str]:
    return witness.verify(store, Ledger.open(store.ledger_url))


def test_a_published_file_that_is_missing_is_told_by_name_and_day(store: Store) -> None:
    path = publish(store)
    assert verify(store) == []
    path.unlink()
    [told] = verify(store)
    assert told.startswith(f"{path.relative_to(store.root)}, published on {NIGHT} as batch 1, is missing")


@pytest.mark.parametrize("how", ["before it is taken", "after it was taken", "by its name in the store"])
def test_a_file_that_somebody_carried_away_is_no_fault(store: Store, how: str) -> None:
    path = publish(store)
    if how == "after it was taken":
        path.unlink()
    given = path.relative_to(store.root) if how == "by its name in the store" else path
    assert carry(store, given) == "1 published file(s) may be carried away."
    path.unlink(missing_ok=True)
    assert verify(store) == []
    carry(store, given)
    [word] = Ledger.open(store.ledger_url).audit_rows(STATE, "carried")
    assert word["who"] == "olive"
    assert word["about"]["was_there"] == (how != "after it was taken")


def test_a_file_of_a_batch_that_a_crash_left_unpublished_is_not_let_go(store: Store) -> None:
    path = publish(store, is_published=False)
    with pytest.raises(Refused, match="No published batch of the ledger left this file"):
        carry(store, path)


@pytest.mark.parametrize("stranger", ["elsewhere.txt", "outbox/me/900-55-6677.txt", "ledger.db"])
def test_what_is_no_file_of_the_outbox_is_not_let_go_and_shows_no_number(store: Store, stranger: str) -> None:
    publish(store)
    with pytest.raises(Refused, match="No published batch") as told:
        carry(store, store.root / stranger)
    assert "6677" not in str(told.value)


def test_a_file_that_was_changed_is_not_let_go_nor_the_good_one_beside_it(store: Store) -> None:
    path = publish(store)
    path.write_bytes(SENT + b"!")
    with pytest.raises(Refused, match="not as it was published"):
        carry(store, path)
    assert Ledger.open(store.ledger_url).carried() == frozenset()
    assert verify(store) == [f"{path.relative_to(store.root)} is not as it was published."]


def test_only_who_runs_the_nights_lets_files_go(store: Store) -> None:
    path = publish(store)
    with pytest.raises(ArrearsError, match="cass may not carry files away"):
        carry(store, path, by="cass")


def test_a_file_may_be_named_from_where_a_person_stands(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = publish(store)
    monkeypatch.chdir(store.root.parent)
    command = ["--store", "store", "carried", path.relative_to(store.root.parent).as_posix(), "--as", "olive"]
    asked = operate.parser().parse_args([*command, "--because", "the nightly pick-up"])
    assert operate.run(asked, AT) == "1 published file(s) may be carried away."


@pytest.mark.parametrize("left", [b"", b'{"kin', b"[]"])
def test_a_store_that_lost_what_it_says_of_itself_is_not_opened(left: bytes, store: Store) -> None:
    (store.root / "store.json").write_bytes(left)
    with pytest.raises(ArrearsError, match=r"store\.json was changed or cut"):
        Store.open(store.root)
