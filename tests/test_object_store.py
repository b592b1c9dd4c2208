"""A store by URL: the same nights in a bucket, worked on by several machines, each with a copy of its own."""

import airflow_env  # noqa: I001  first: it gives Airflow its home

import ast
import csv
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from object_storage import BUCKET, SECRET, STORE, Machines, objects, s3_server
from odd_world import NIGHT, caseload, write_inbox

from arrears import house
from arrears.answers.runs import the_run
from arrears.author import sample
from arrears.data import object_store, writes
from arrears.data.object_store import Bucket
from arrears.data.store import Store, write_aside
from arrears.errors import ArrearsError, Refused
from arrears.intake.inbox import take_in
from arrears.ledger import Ledger
from arrears.ledger.key_rotation import rotate_key
from arrears.ledger.purge_lists import read_list
from arrears.ledger.records import Word
from arrears.ledger.store_marks import MANIFEST, verify
from arrears.night import purge_search
from arrears.night import run as nights
from arrears.night.purge import look, purge
from arrears.night.steps import NIGHT as STEPS
from arrears.night.steps import begin
from arrears.reports.portal import write_portal

FIRST, SECOND = sample.sample_nights()[:2]
HERE = f"nights/me/{NIGHT}"


LAST = [step for step in STEPS if step.name in ("release", "close")]


class Killed(BaseException):
    """The process is gone at a named write."""


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    """A client of the server, whose bucket nobody but this file uses."""
    with pytest.MonkeyPatch.context() as monkeypatch, s3_server(monkeypatch) as client:
        yield client


@pytest.fixture
def machines(s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machines:
    """Two machines and a store in a folder of the bucket that is their own."""
    made = Machines(tmp_path, monkeypatch, f"s3://{BUCKET}/{tmp_path.name}")
    Store.create(made.url, "invented")
    return made


@pytest.fixture(scope="module")
def planned(
    s3: Any, suites_of_one_table: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Machines]:
    """A small night that stands before its release, made on machine one; nobody writes to it."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        made = Machines(tmp_path_factory.mktemp("planned"), monkeypatch, f"s3://{BUCKET}/planned")
        files = write_inbox(caseload(), made.folder / "inbox")
        take_in(Store.create(made.url, "invented"), "me", files, on=NIGHT)
        begin(made.url, "me", str(NIGHT))
        with pytest.MonkeyPatch.context() as checks:
            checks.setattr(house, "EXPECTATIONS", suites_of_one_table)
            for step in STEPS[: -len(LAST)]:
                step(made.url, "me", str(NIGHT))
        yield made


@pytest.fixture
def ready(s3: Any, planned: Machines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machines:
    """The same in a folder of the bucket that is its own; machine one has no copy of it either."""
    return again(s3, planned, tmp_path, monkeypatch)


def again(s3: Any, made: Machines, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Machines:
    """A store in the bucket once more, under the name of this folder, with its ledger and key."""
    for name in ("ledger.db", "key"):
        shutil.copy(made.folder / name, folder / name)
    for name in names(made):
        source = {"Bucket": BUCKET, "Key": f"{made.url.rpartition('/')[2]}/{name}"}
        s3.copy_object(Bucket=BUCKET, Key=f"{folder.name}/{name}", CopySource=source)
    return Machines(folder, monkeypatch, f"s3://{BUCKET}/{folder.name}")


def end(machines: Machines, name: str) -> None:
    """Enters the night on this machine and does what is left of it."""
    machines.at(name)
    begin(machines.url, "me", str(NIGHT))
    for step in LAST:
        step(machines.url, "me", str(NIGHT))


@pytest.fixture(scope="module")
def week(s3: Any, lived_nights: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """Two sample nights by the verbs of the command line: the first on machine one, the second on two."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        made = Machines(tmp_path_factory.mktemp("week"), monkeypatch)
        # Tokens, and so tables, are those of a key.
        shutil.copy(lived_nights.root / "secret" / "key", made.folder / "key")
        for name, night in (("one", FIRST), ("two", SECOND)):
            made.at(name)
            files = [str(path) for path in sample.inbox(night)]
            # Among the second night's files are a cut one and one that came before.
            made.arrears("receive", "me", *files, "--on", str(night), code=int(night == SECOND))
            made.arrears("night", "me", str(night))
            assert made.arrears("review", "list", "me")
            sample.decide_as_planned(made.store(name), night)
            made.arrears("release", "me", str(night))
        yield made


def stop_at(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kills this process, so to say, at the next write of this name."""

    def look(reached: str) -> None:
        if reached == name:
            raise Killed

    monkeypatch.setattr(writes, "watchers", [look])


def names(machines: Machines) -> list[str]:
    """All files of the store in the bucket."""
    return Bucket(machines.url).names("")


# -- the same nights ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("night", [FIRST, SECOND], ids=str)
def test_what_leaves_and_every_manifest_are_those_of_a_store_in_a_folder(
    s3: Any, week: Machines, lived_nights: Store, night: date
) -> None:
    kept = objects(s3)
    sent = {
        name.rpartition("/")[2]: data for name, data in kept.items() if name.startswith(f"outbox/me/{night}/")
    }
    assert sent == sample.golden(night) != {}
    for folder in (f"nights/me/{night}", f"releases/me/{night}/01"):
        assert kept[f"{folder}/{MANIFEST}"] == (lived_nights.root / folder / MANIFEST).read_bytes()
        local = {p.name for p in (lived_nights.root / folder).rglob("*.parquet")}
        assert {
            name.rpartition("/")[2] for name in kept if name.startswith(folder) and ".parquet" in name
        } == local


def test_a_machine_that_has_nothing_explains_compares_and_proves_all_of_it(
    week: Machines, lived_nights: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (house.SAMPLE / "me" / str(FIRST) / "answers.csv").open(newline="") as rows:
        case = next(row["subject_id"] for row in csv.DictReader(rows))
    asked = (["explain", "me", str(FIRST), case], ["diff", "me", str(FIRST), str(SECOND)])
    week.at("three")
    there = [week.arrears(*words) for words in asked]
    assert verify(week.store("three"), Ledger.open(week.store("three").ledger_url)) == []
    assert week.arrears("night", "me", str(SECOND))["already_closed"]
    with monkeypatch.context() as patch:
        patch.delenv("ARREARS_LEDGER_URL")
        patch.delenv("ARREARS_KEY_FILE")
        local = Machines.__new__(Machines)
        local.url = str(lived_nights.root)
        assert there == [local.arrears(*words) for words in asked]


def test_reading_one_night_copies_no_other(week: Machines) -> None:
    store = week.store("four")
    run = the_run(store, Ledger.open(store.ledger_url), "me", SECOND)
    assert (run.folder / MANIFEST).exists()
    assert not (store.root / "nights" / "me" / str(FIRST)).exists()


def test_a_purge_takes_the_same_from_a_bucket_and_from_the_copies_of_other_machines(
    s3: Any, week: Machines, lived_nights: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge_search, "_value", lambda *_: 0)
    monkeypatch.setattr(purge_search._Look, "_sources", lambda _: (set(), set()))
    asked = ("me", SECOND, "sam.supervisor", "Their time is over.", datetime(2025, 1, 21, tzinfo=UTC))
    with monkeypatch.context() as patch:
        patch.delenv("ARREARS_LEDGER_URL")
        patch.delenv("ARREARS_KEY_FILE")
        would_go = look(lived_nights, "me", SECOND)["goes"]
    assert {one["kind"] for one in would_go} == {"landed", "night", "outbox", "staged", "vault"}
    machines = again(s3, week, tmp_path, monkeypatch)
    facts = Path("nights", "me", str(FIRST), "facts", "case_facts.parquet")
    copy = machines.store("one")
    copy.night("me", FIRST)
    was = (copy.root / facts).read_bytes()
    # Cut short on one machine, it is ended on another, which has none of its files.
    begun = machines.store("two")
    with monkeypatch.context() as patch:
        stop_at("purged case_facts.parquet", patch)
        with pytest.raises(Killed):
            purge(begun, *asked)
    ended = machines.store("three")
    assert purge(ended, *asked)["ended_before"] == [1]
    assert verify(ended, Ledger.open(ended.ledger_url)) == []
    _, things = read_list(ended, Ledger.open(ended.ledger_url).purges("me")[0])
    went = Counter(one.kind for one in things)
    assert went == {one["kind"]: one["files"] for one in would_go}
    assert not {one.name for one in things if not one.kept_rows and one.kind != "night"} & set(
        names(machines)
    )
    assert (copy.root / facts).read_bytes() == was
    assert (machines.store("one").root / facts).exists() is False
    machines.store("one").night("me", FIRST)
    assert (copy.root / facts).read_bytes() == (ended.root / facts).read_bytes() != was
    with pytest.raises(ArrearsError, match=f"night of {FIRST} were purged on 2025-01-21"):
        write_portal(machines.store("one"), "me", FIRST, tmp_path / "portal")


def test_the_portals_extracts_are_those_of_a_store_in_a_folder(
    week: Machines, lived_nights: Store, tmp_path: Path
) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    write_portal(week.store("five"), "me", SECOND, there)
    write_portal(lived_nights, "me", SECOND, here)
    files = sorted(path.relative_to(here) for path in here.rglob("*") if path.is_file())
    assert files
    assert all((there / name).read_bytes() == (here / name).read_bytes() for name in files)
    # It is a folder of a machine's own; an address would become one of an odd name.
    with pytest.raises(ArrearsError, match="into a folder"):
        write_portal(lived_nights, "me", SECOND, Path(f"s3://{BUCKET}/portal"))


def test_nothing_lies_in_the_clear_in_the_bucket_that_is_sealed_in_a_folder(s3: Any, week: Machines) -> None:
    with (house.SAMPLE / "me" / str(FIRST) / "inbox" / "caseload.persons.csv").open(newline="") as rows:
        numbers = {row["ssn"].encode() for row in csv.DictReader(rows, delimiter="|") if row["ssn"]}
    kept = objects(s3)
    inside = {name: data for name, data in kept.items() if not name.startswith("outbox/")}
    assert [name for name, data in inside.items() if any(number in data for number in numbers)] == []
    assert all(data[:8] in (b"ARREARS1", b"") for name, data in inside.items() if name.startswith("landing/"))
    secret = (week.folder / "key").read_bytes().strip()
    assert [name for name, data in kept.items() if secret in data] == []
    assert {name.partition("/")[0] for name in kept} <= object_store.FOLDERS | object_store.FILES


@pytest.mark.airflow
def test_the_dags_run_a_night_in_the_bucket(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.dag_processing.dagbag import DagBag
    from airflow.utils.db import initdb

    initdb()
    monkeypatch.setenv("ARREARS_STORE", machines.url)
    monkeypatch.setenv("ARREARS_INBOX", str(machines.folder / "arriving"))
    write_inbox(caseload(), machines.folder / "arriving" / "me" / str(NIGHT) / "inbox")
    night = DagBag(str(airflow_env.DAGS)).dags["me_nightly"]
    assert night.test(logical_date=None, run_conf={"date": str(NIGHT)}).state.value == "success"
    assert f"{HERE}/{MANIFEST}" in names(machines)
    elsewhere = machines.store("two")
    assert the_run(elsewhere, Ledger.open(elsewhere.ledger_url), "me").as_of == NIGHT


# -- what breaks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", [f"aside {MANIFEST}", f"put {MANIFEST}"])
def test_a_night_killed_as_it_closes_is_there_for_nobody_and_goes_on_elsewhere(
    ready: Machines, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    with monkeypatch.context() as patch:
        stop_at(moment, patch)
        with pytest.raises(Killed):
            end(ready, "one")
    assert (f"{HERE}/{MANIFEST}" in names(ready)) is moment.startswith("put")
    other = ready.store("two")
    ledger = Ledger.open(other.ledger_url)
    with pytest.raises(ArrearsError, match="No closed night"):
        the_run(other, ledger, "me", NIGHT)
    end(ready, "two")
    assert the_run(other, ledger, "me", NIGHT).record.status == "closed"
    assert verify(ready.store("one"), ledger) == []


def test_a_file_for_a_partner_leaves_once_wherever_its_night_was_killed(
    s3: Any, planned: Machines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    undisturbed, *others = (tmp_path / name for name in ("undisturbed", "prepared", "put", "renamed"))
    undisturbed.mkdir()
    whole = again(s3, planned, undisturbed, monkeypatch)
    with monkeypatch.context() as patch:
        patch.setattr(writes, "watchers", [looked.append])
        end(whole, "one")
    sent = _sent(whole)
    queue = next(one for one in looked if one.startswith("published ")).partition(" ")[2]
    for folder in others:
        folder.mkdir()
        killed = again(s3, planned, folder, monkeypatch)
        with monkeypatch.context() as patch:
            stop_at(next(one for one in looked if one.startswith(f"{folder.name} {queue}")), patch)
            with pytest.raises(Killed):
                end(killed, "one")
        end(killed, "two")
        assert _sent(killed) == sent != {}
        store = killed.store("three")
        assert verify(store, Ledger.open(store.ledger_url)) == []


def _sent(machines: Machines) -> dict[str, bytes]:
    store = machines.store("reader")
    return {name: store.file(name).read_bytes() for name in store.names("outbox")}


def test_of_two_writers_one_commits_a_night(machines: Machines) -> None:
    said, late = list[str](), list[str]()
    stores = [machines.store(name) for name in ("one", "two", "three", "four")]

    def commit(store: Store) -> None:
        try:
            write_aside(store.night("me", NIGHT) / MANIFEST, str(store.root).encode(), is_once=True)
            said.append(str(store.root))
        except Refused as error:
            late.append(error.what)

    threads = [threading.Thread(target=commit, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [winner] = said
    assert len(late) == 3
    assert all(what.startswith("Another file has this name") for what in late)
    for name in ("one", "two", "five"):
        assert (machines.store(name).night("me", NIGHT) / MANIFEST).read_text() == winner
    # The winner may say the same again, as a run does that goes on after a crash.
    commit(next(store for store in stores if str(store.root) == winner))
    assert said == [winner, winner]


def test_two_machines_that_note_acts_at_once_lose_none(machines: Machines) -> None:
    stores = [machines.store(name) for name in ("one", "two")]
    threads = [
        threading.Thread(target=lambda one=one, at=at: [one.note(f"{at} {n}\n") for n in range(5)])
        for at, one in enumerate(stores)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = machines.store("three").tips.read_text().splitlines()
    assert sorted(lines) == [f"{at} {n}" for at in (0, 1) for n in range(5)]


def test_a_file_whose_upload_broke_is_nowhere(ready: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ready.store("one")
    path = store.night("me", NIGHT) / "facts" / "new_facts.parquet"

    def broken(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "InternalError"}}, "PutObject")

    assert store.bucket is not None
    monkeypatch.setattr(store.bucket._client, "put_object", broken)
    with pytest.raises(ArrearsError, match="object storage answered InternalError"):
        write_aside(path, b"rows")
    assert not path.exists()
    assert f"{HERE}/facts/new_facts.parquet" not in names(ready)


def test_parts_of_an_upload_that_nobody_finished_are_no_file(s3: Any, machines: Machines) -> None:
    key = f"{machines.folder.name}/{HERE}/facts/case_facts.parquet"
    begun = s3.create_multipart_upload(Bucket=BUCKET, Key=key)
    s3.upload_part(Bucket=BUCKET, Key=key, UploadId=begun["UploadId"], PartNumber=1, Body=b"half")
    assert names(machines) == ["store.json"]
    assert not (machines.store("two").night("me", NIGHT) / "facts").exists()


@pytest.mark.parametrize("said", [{}, {"sha256": "0" * 64}], ids=["put by hand", "cut"])
def test_bytes_that_are_not_what_was_put_are_not_believed(
    s3: Any, machines: Machines, said: dict[str, str]
) -> None:
    name = f"{HERE}/facts/case_facts.parquet"
    s3.put_object(Bucket=BUCKET, Key=f"{machines.folder.name}/{name}", Body=b"half a ta", Metadata=said)
    with pytest.raises(ArrearsError, match="is not what was put there"):
        machines.store("two").night("me", NIGHT)
    assert not list(machines.store("two").root.rglob("*case_facts*"))


def test_what_one_machine_takes_away_is_gone_on_the_others(ready: Machines) -> None:
    one, two = ready.store("one"), ready.store("two")
    here, there = (
        {path.name for path in store.night("me", NIGHT).rglob("*.parquet")} for store in (one, two)
    )
    assert here == there != set()
    ledger = Ledger.open(two.ledger_url)
    ledger.add_user("olu.operator", {"operator"}, at=ledger.latest_at("me"))
    ledger.break_lease("me", "olu.operator", "It is gone.", at=ledger.latest_at("me"))
    nights.give_up_night(two, ledger, "me", NIGHT, Word("olu.operator", "Corrected."), ledger.latest_at("me"))
    assert [name for name in names(ready) if name.startswith("nights/")] == []
    write_aside(two.night("me", NIGHT) / "facts" / "kept.parquet", b"others")
    found = ready.store("one").night("me", NIGHT)
    assert {path.name: path.read_bytes() for path in found.rglob("*.parquet")} == {"kept.parquet": b"others"}


def test_a_new_key_on_one_machine_is_a_new_key_for_all(ready: Machines) -> None:
    store = ready.store("one")
    ledger = Ledger.open(store.ledger_url)
    before = {name for name in names(ready) if name.startswith("vault/")}
    ledger.add_user("sam.supervisor", {"supervisor"}, at=ledger.latest_at("me"))
    moved = rotate_key(store, ledger, "sam.supervisor", "Yearly.", ledger.latest_at("me"))
    after = {name for name in names(ready) if name.startswith("vault/")}
    assert moved > len(before) > 0
    assert (len(after), before & after) == (len(before), set())
    end(ready, "two")


def test_a_server_without_conditions_is_looked_at_first(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = machines.store("one")
    assert store.bucket is not None
    put = store.bucket._client.put_object

    def old(**words: Any) -> Any:
        if words.keys() & {"IfNoneMatch", "IfMatch"}:
            raise ClientError({"Error": {"Code": "NotImplemented"}}, "PutObject")
        return put(**words)

    monkeypatch.setattr(store.bucket._client, "put_object", old)
    path = store.night("me", NIGHT) / MANIFEST
    write_aside(path, b"one", is_once=True)
    with pytest.raises(Refused, match="Another file has this name"):
        write_aside(path, b"two", is_once=True)
    store.note("1 a\n")
    store.note("2 b\n")
    assert store.tips.read_text() == "1 a\n2 b\n"


# -- what is said ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "url", "said"),
    [
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, STORE, "cannot be reached"),
        ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, STORE, "There are no credentials"),
        ({}, "s3://nobodys-bucket/maine", "There is no such bucket"),
        ({}, f"s3://{BUCKET}/nothing/here", "There is no store here"),
        ({}, f"s3://key:{SECRET}@{BUCKET}/maine", "holds no credentials"),
        ({}, "ftp://somewhere/maine", "not an address of a store"),
    ],
    ids=["no network", "no credentials", "no bucket", "no store", "credentials in the URL", "another scheme"],
)
@pytest.mark.usefixtures("machines")
def test_each_fault_is_one_sentence_that_tells_no_secret(
    monkeypatch: pytest.MonkeyPatch, setting: dict[str, str], url: str, said: str
) -> None:
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(object_store, "_session", object_store._session.__wrapped__)
    with pytest.raises(ArrearsError, match=said) as found:
        Store.open(url)
    assert SECRET not in str(found.value)
    assert found.value.do


@pytest.mark.parametrize(
    ("code", "said"),
    [
        *((code, "refuses these credentials") for code in ("AccessDenied", "SignatureDoesNotMatch", "403")),
        ("RequestTimeTooSkewed", "clock of this machine"),
        ("SlowDown", "answered SlowDown"),
    ],
)
def test_what_a_server_refuses_is_said_in_our_words(
    machines: Machines, monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    store = machines.store("one")
    assert store.bucket is not None

    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": code, "Message": SECRET}}, "GetObject")

    monkeypatch.setattr(store.bucket._client, "get_object", refuse)
    with pytest.raises(ArrearsError, match=said) as found:
        store.file("key_check")
    assert SECRET not in str(found.value)


@pytest.mark.parametrize(
    ("unset", "said"),
    [("ARREARS_LEDGER_URL", "has its ledger elsewhere"), ("ARREARS_KEY_FILE", "is never kept next to it")],
)
def test_ledger_and_key_of_a_store_by_url_are_somewhere_else(
    ready: Machines, monkeypatch: pytest.MonkeyPatch, unset: str, said: str
) -> None:
    monkeypatch.delenv(unset)
    told = ready.arrears("night", "me", str(NIGHT), code=1)["error"]
    assert said in told["what"]
    assert unset in told["where"]


def test_a_key_may_lie_in_another_bucket(
    s3: Any, machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = machines.store("one").ring()
    s3.create_bucket(Bucket="secrets")
    s3.put_object(Bucket="secrets", Key="child/support", Body=(machines.folder / "key").read_bytes())
    monkeypatch.setenv("ARREARS_KEY_URL", "s3://secrets/child/support")
    assert machines.store("two").ring() == ring
    monkeypatch.setenv("ARREARS_KEY_URL", "s3://secrets/lost")
    with pytest.raises(ArrearsError, match="key of this store cannot be had"):
        machines.store("two").ring()


def test_a_place_with_other_files_does_not_become_a_store(s3: Any, machines: Machines) -> None:
    s3.put_object(Bucket=BUCKET, Key="letters/a.txt", Body=b"x")
    with pytest.raises(ArrearsError, match="other files are"):
        Store.create(f"s3://{BUCKET}/letters", "invented")
    with pytest.raises(ArrearsError, match="holds invented people, not real"):
        Store.create(machines.url, "real")


def test_a_store_in_a_folder_knows_nothing_of_buckets(tmp_path: Path) -> None:
    code = (
        "import sys; from arrears.data.store import Store; from arrears.data import writes;"
        f"Store.create({str(tmp_path / 'store')!r}, 'invented').ring();"
        "sys.exit(' '.join([*writes.keepers, *({'boto3', 'botocore'} & set(sys.modules))]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=house.ROOT)
    assert done.stderr.strip() == ""


def test_files_get_their_names_at_one_door() -> None:
    """A file renamed elsewhere would lie in one machine's working copy and in no store."""

    def renames(path: Path) -> bool:
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        return any(
            isinstance(one.func, ast.Attribute)
            and (
                one.func.attr in ("rename", "renames", "move")
                or (one.func.attr == "replace" and len(one.args) == 1)
            )
            for one in calls
        )

    # What is asked in the background, what is invented and what the portal loads lies in no store.
    apart = (
        *("arrears/answers/background_answers.py", "arrears/fakes/nights.py"),
        "arrears/reports/portal.py",
    )
    paths = {path: path.relative_to(house.ROOT).as_posix() for path in (house.ROOT / "arrears").rglob("*.py")}
    found = {name for path, name in paths.items() if name not in apart and renames(path)}
    # The second renames what it has fetched; the third replaces nodes of a tree of SQL.
    assert found == {"arrears/data/writes.py", "arrears/data/object_store.py", "arrears/law/truth.py"}
