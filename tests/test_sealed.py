"""What lies encrypted: whole and in parts, under which key, after a rotation, and how a fault is told."""

import io
import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from arrears import house
from arrears.data.encrypted_files import (
    BLOCK,
    SealedFiles,
    SealedPath,
    engine_path,
    know,
    sealing,
    use_sealed,
)
from arrears.data.identity import attach_vault, use_file_keys, write_vault
from arrears.data.keys import FileKey, new_secret
from arrears.data.store import Store
from arrears.data.warehouse import EngineError, warehouse
from arrears.errors import ArrearsError, Refused
from arrears.law.profile import Profile
from arrears.ledger import Ledger
from arrears.ledger import __main__ as operate
from arrears.ledger.key_rotation import rotate_key
from arrears.night import preflight as ready
from arrears.night import run as nights
from tests.feed_files import Desk
from tests.test_receive import desk, licenses  # noqa: F401

NOW = datetime(2025, 1, 15, 12, tzinfo=UTC)


@pytest.fixture
def key() -> FileKey:
    made = FileKey(new_secret())
    from arrears.data.keys import Ring

    know(Ring("token", (made,)))
    return made


def sealed(path: Path, key: FileKey, data: bytes) -> SealedPath:
    with sealing(path, key) as out:
        for start in range(0, len(data), 70_001):
            out.write(data[start : start + 70_001])
    return SealedPath(path)


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 3 * BLOCK + 5])
def test_what_is_sealed_reads_as_it_was(tmp_path: Path, key: FileKey, size: int) -> None:
    data = os.urandom(size)
    path = sealed(tmp_path / "f", key, data)
    assert path.read_bytes() == data
    assert data[:64] not in (tmp_path / "f").read_bytes() or size < 8
    with path.open("rb") as file:
        assert file.seek(0, io.SEEK_END) == size
        for place in (0, size // 2, max(0, size - 3), BLOCK - 2):
            file.seek(place)
            assert file.read(5) == data[place : place + 5]
    assert SealedFiles().info(engine_path(path))["size"] == size


@pytest.mark.parametrize("harm", ["flip", "cut", "cut a block", "swap", "other key"])
def test_a_sealed_file_that_was_changed_is_never_read(tmp_path: Path, key: FileKey, harm: str) -> None:
    path = sealed(tmp_path / "f", key, os.urandom(3 * BLOCK))
    raw = bytearray((tmp_path / "f").read_bytes())
    head, block = 32, BLOCK + 16
    if harm == "flip":
        raw[head + block + 7] ^= 1
    elif harm == "cut":
        raw = raw[:-9]
    elif harm == "cut a block":
        raw = raw[: head + 2 * block]
    elif harm == "swap":
        raw[head : head + 2 * block] = raw[head + block : head + 2 * block] + raw[head : head + block]
    else:
        raw[8:16] = b"stranger"
    (tmp_path / "f").write_bytes(raw)
    with pytest.raises(ArrearsError, match=r"changed or cut|with a key that is not here"):
        path.read_bytes()


def test_the_engine_reads_lines_and_parquet_of_sealed_files(tmp_path: Path, key: FileKey) -> None:
    from arrears.data.keys import Ring

    with warehouse() as con:
        use_sealed(con, Ring("token", (key,)))
        con.execute(f"COPY (SELECT range AS n FROM range(300000)) TO '{tmp_path / 'p'}' (FORMAT parquet)")
        path = sealed(tmp_path / "s", key, (tmp_path / "p").read_bytes())
        assert con.execute(f"SELECT sum(n) FROM read_parquet('{engine_path(path)}')").fetchone() == (
            44999850000,
        )


def landed(at: Desk) -> list[Path]:
    return [p for p in at.store.landing("me").iterdir() if p.stat().st_size]


def test_no_delivered_byte_lies_in_the_clear_and_nobody_else_may_look(desk: Desk) -> None:  # noqa: F811
    data = licenses()
    desk.load(desk.send("dmv_licenses", data, "license"))
    numbers = set(re.findall(rb"9[0-9]{8}", data))
    assert numbers
    for path in desk.store.root.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path.name
        if path.is_file() and path.is_relative_to(desk.store.landing("me")):
            assert not [number for number in numbers if number in path.read_bytes()]


def test_two_copies_that_stage_one_delivery_do_not_meet(desk: Desk) -> None:  # noqa: F811
    pairs = "SELECT 't' || range AS token, 'ssn' AS kind, '900121234' AS value FROM range(20000)"

    def write(_: int) -> None:
        with warehouse() as con:
            use_file_keys(con, desk.store.ring())
            write_vault(con, desk.store, "me", "0123456789abcdef", pairs)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(8)))
    assert len(vault(desk.store)) == 20_000
    assert not list(desk.store.vault("me").rglob(".*.part"))


def test_a_second_run_is_refused_before_any_work(
    desk: Desk,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ledger, day = Ledger.open(desk.store.ledger_url), NOW.date()
    ledger.begin_run("me", day, "night", ledger.pin(NOW), NOW, "another copy", now=datetime.now(UTC))
    monkeypatch.setattr(nights, "load_waiting", lambda *about: pytest.fail("it began to work"))
    with pytest.raises(Refused, match="another copy is at work on me-2025-01-15-night-01"):
        nights.begin(desk.store, "me", day)


def test_what_killed_writers_left_is_swept_by_lease(desk: Desk) -> None:  # noqa: F811
    ledger, day = Ledger.open(desk.store.ledger_url), NOW.date()
    run = ledger.begin_run("me", day, "night", ledger.pin(NOW), NOW, "me")
    night = nights.Night(desk.store, ledger, Profile.load(house.RULES, "me"), run)
    store = desk.store
    own = night.folder / "facts" / ".persons.parquet.7.part"
    folders = [store.landing("me"), store.staging("me", "bank_accounts", "d"), store.vault("me") / "k"]
    dead = [folder / ".dead.part" for folder in folders]
    alive = [folder / ".alive.part" for folder in folders]
    for path in (own, *dead, *alive):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    now = datetime.now(UTC)
    for path in dead:
        os.utime(path, (now.timestamp() - 3600,) * 2)
    nights.sweep_aside(night, now)
    assert not [path for path in (own, *dead) if path.exists()]
    assert all(path.exists() for path in alive), "another copy may still be writing it"


def test_a_rotation_puts_everything_under_the_new_key(desk: Desk) -> None:  # noqa: F811
    found = desk.send("dmv_licenses", licenses(), "license")
    desk.load(found)
    before, old = vault(desk.store), desk.store.ring()
    ledger = Ledger.open(desk.store.ledger_url)
    ledger.add_user("sam", {"supervisor"}, NOW)
    assert rotate_key(desk.store, ledger, "sam", "the yearly change", NOW) == len(landed(desk)) + 1
    now = desk.store.ring()
    assert (now.token, len(now.files)) == (old.token, 2)
    assert vault(desk.store) == before
    assert desk.store.landed("me", found.files[0].sha256).read_bytes() == licenses()
    lying = {(p.read_bytes()[8:16]).hex() for p in landed(desk)}
    assert lying == {now.newest.mark}
    assert [p.name for p in desk.store.vault("me").iterdir() if list(p.glob("*"))] == [now.newest.mark]
    assert rotate_key(desk.store, ledger, "sam", "once more", NOW) == len(landed(desk)) + 1
    assert len(desk.store.ring().files) == 2
    with pytest.raises(Refused, match="may not rotate key"):
        rotate_key(desk.store, ledger, "nobody", "for fun", NOW)


def vault(store: Store) -> list[Any]:
    with warehouse() as con:
        attach_vault(con, store, "me")
        return con.execute("SELECT * FROM vault ORDER BY ALL").fetchall()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "The key of this store is not there"),
        ("", "The key of this store is empty or cut short"),
        ("abc\n", "The key of this store is empty or cut short"),
        ("f" * 64 + "\n", "The key is not the one of this store"),
    ],
)
def test_a_lost_or_wrong_key_is_told_and_never_made_anew(
    desk: Desk,  # noqa: F811
    text: str | None,
    said: str,
) -> None:
    desk.load(desk.send("dmv_licenses", licenses(), "license"))
    key = desk.store.root / "secret" / "key"
    key.unlink() if text is None else key.write_text(text)
    with pytest.raises(ArrearsError, match=said):
        ready.refuse_unready(desk.store, Ledger.open(desk.store.ledger_url), "me")
    assert key.exists() == (text is not None)


def test_a_bit_of_the_vault_that_flipped_is_told(desk: Desk) -> None:  # noqa: F811
    desk.load(desk.send("dmv_licenses", licenses(), "license"))
    [path] = desk.store.vault("me").rglob("*.parquet")
    raw = bytearray(path.read_bytes())
    raw[40] ^= 1
    path.write_bytes(raw)
    with pytest.raises(ArrearsError, match="A file of the vault cannot be read"):
        ready.refuse_unready(desk.store, Ledger.open(desk.store.ledger_url), "me")


def test_numbers_that_are_gone_from_the_vault_stop_a_run(desk: Desk) -> None:  # noqa: F811
    """Else whoever they belong to is left out of what partners are told, and nobody hears of it."""
    ledger = Ledger.open(desk.store.ledger_url)
    found = desk.send("dmv_licenses", licenses(), "license")
    loaded = desk.load(found)
    ledger.record_delivery(found)
    ledger.record_loaded(found.delivery_id, 1, 0, NOW, "me", loaded.hashes)
    ready.refuse_unready(desk.store, ledger, "me")
    shutil.rmtree(desk.store.vault("me"))
    with pytest.raises(ArrearsError, match="The vault lacks the numbers of 1 delivery"):
        ready.refuse_unready(desk.store, ledger, "me")


def test_a_staged_file_that_was_changed_or_cut_is_told(desk: Desk) -> None:  # noqa: F811
    ledger = Ledger.open(desk.store.ledger_url)
    found = desk.send("dmv_licenses", licenses(), "license")
    loaded = desk.load(found)
    ledger.record_delivery(found)
    ledger.record_loaded(found.delivery_id, 1, 0, NOW, "me", loaded.hashes)
    ready.refuse_unready(desk.store, ledger, "me")
    folder = desk.store.staging("me", "dmv_licenses", found.delivery_id)
    about, [path] = folder / "staged.json", folder.glob("dmv*.parquet")
    said = about.read_text()
    about.write_text(said.replace('"masked": []', '"masked": ["x"]'))  # nothing of it is in a table
    with pytest.raises(ArrearsError, match=r"staged\.json was changed since it was loaded"):
        ready.refuse_unready(desk.store, ledger, "me")
    about.write_text(said)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(ArrearsError, match="was changed since it was loaded"):
        ready.refuse_unready(desk.store, ledger, "me")


@pytest.mark.parametrize("lacks", ["f_bavail", "f_favail"])
def test_a_full_disk_is_told_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lacks: str
) -> None:
    store = Store.create(tmp_path / "store", "invented")
    have = {"f_bavail": 1 << 20, "f_frsize": 4096, "f_files": 1 << 20, "f_favail": 1 << 20}
    monkeypatch.setattr(os, "statvfs", lambda _: type("Disk", (), have | {lacks: 3}))
    with pytest.raises(ArrearsError, match="The disk of the store"):
        ready.refuse_full_disk(store)


def test_the_key_may_lie_at_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = new_secret()
    monkeypatch.setenv("ARREARS_KEY_URL", "env:THE_KEY")
    monkeypatch.setenv("THE_KEY", secret)
    store = Store.create(tmp_path / "store", "invented")
    assert store.key() == secret
    assert not (store.root / "secret").exists()
    monkeypatch.delenv("THE_KEY")
    with pytest.raises(ArrearsError, match="cannot be had") as told:
        store.key()
    assert secret not in str(told.value)
    (tmp_path / "elsewhere").write_text(secret)
    monkeypatch.setenv("ARREARS_KEY_URL", f"file://{tmp_path / 'elsewhere'}")
    assert store.key() == secret


def test_a_real_outbox_waits_until_its_disk_is_said_to_be_encrypted(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store", "real")
    ledger, day = Ledger.open(store.ledger_url), NOW.date()
    ledger.add_user("sam", {"supervisor"}, NOW)
    for begin in (nights.begin, nights.begin_release):
        with pytest.raises(Refused, match="nobody has said that its disk is encrypted"):
            begin(store, "me", day, NOW)
    (store.root / "volume.txt").write_text("encrypted, says who?")
    with pytest.raises(Refused, match="nobody has said that its disk is encrypted"):
        nights.begin(store, "me", day, NOW)
    command = ["--store", str(store.root), "volume", "--as", "sam", "--because", "the disk is LUKS"]
    operate.run(operate.parser().parse_args(command), NOW)
    with pytest.raises(Refused, match="no caseload has come"):
        nights.begin(store, "me", day, NOW)


def test_invented_people_may_lie_on_any_disk(desk: Desk) -> None:  # noqa: F811
    with pytest.raises(Refused, match="no caseload has come"):
        nights.begin(desk.store, "me", NOW.date(), NOW)


def test_sealed_never_reads_what_the_engine_cannot(tmp_path: Path, key: FileKey) -> None:
    path = sealed(tmp_path / "f", key, b"a\nb\n")
    (tmp_path / "f").write_bytes((tmp_path / "f").read_bytes()[:-1] + b"x")
    from arrears.data.keys import Ring

    with warehouse() as con:
        use_sealed(con, Ring("token", (key,)))
        with pytest.raises((EngineError, ArrearsError)):
            con.execute(f"SELECT * FROM read_csv('{engine_path(path)}')").fetchall()
