"""Fixtures that several test files share: a lived week of the sample, a browser, a PostgreSQL server.

Files run on three processes, the longest first, so that none waits long for another at the end.
"""

import fcntl
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import browser
import local_airflow
import pytest
from hypothesis import settings

from arrears import house
from arrears.data.keys import make_key_file
from arrears.data.store import Store
from arrears.data.warehouse import statements_in
from arrears.data.watched import watching

# Last, since modules of the tests have names of scripts.
sys.path.append(str(house.ROOT / "scripts"))
import local_servers

# How long an example takes is the machine's affair.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

WITHOUT = "ARREARS_NO_POSTGRES"
# Three processes test side by side on two cores: small tables are not worth a second core each.
os.environ.setdefault("ARREARS_THREADS", "1")
# What tests write lies in memory where that has room for all of it, so that nobody waits for a disk.
MEMORY, ROOM_BYTES = Path("/dev/shm"), 8 << 30
if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES:
    tempfile.tempdir = os.environ["TMPDIR"] = str(MEMORY)
LONGEST = (
    *("night", "weeks", "every_fault", "backfill", "recipes", "diff", "object_store", "work"),
    *("desk_browser", "celery", "approvals", "due_process", "replay", "past_nights", "lifecycle"),
    *("dags", "what_if", "desk_web", "facts_people", "load", "release", "parts", "night_parts"),
    *("desk_fab", "undo"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the longest files first."""
    places = {f"test_{name}": place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


@pytest.fixture(autouse=True, scope="module")
def own_environment() -> Iterator[None]:
    """Variables of ours that a file's tests set, as a DAG's task does, are gone before the next file."""
    before = {name: value for name, value in os.environ.items() if name.startswith("ARREARS_")}
    yield
    for name in [name for name in os.environ if name.startswith("ARREARS_")]:
        del os.environ[name]
    os.environ.update(before)


Shared = Callable[[str, Callable[[Path], None]], Path]


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    """Where `shared_folder(name, make)` lies: made once for all processes, by the one that asks first.

    Nobody writes to it afterwards: whoever has to, copies what is in it.
    """
    place = tmp_path_factory.getbasetemp()
    place = place.parent if os.environ.get("PYTEST_XDIST_WORKER") else place

    def shared(name: str, make: Callable[[Path], None]) -> Path:
        folder, done = place / name, place / f"{name}.done"
        with (place / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return shared


@pytest.fixture(scope="session")
def one_key(shared_folder: Shared) -> Path:
    """The key of the stores below: their tokens, and with them the hashes of their tables, are the same."""
    return shared_folder("key", lambda folder: make_key_file(folder / "key")) / "key"


@pytest.fixture(scope="session")
def maine(shared_folder: Shared, one_key: Path) -> Path:
    """The stores of Maine's sample week by the moment at which they stand.

    `received`: nothing has run. `first`: the first night is closed, nobody has decided. `two`: two whole
    days. `week`: all of them. They are lived on all cores, as in production, since nothing may hang on how
    many there are. Next to them, how many SQL statements the first and the second night took.
    """

    def make(folder: Path) -> None:
        from arrears.author.sample import live, sample_nights, work

        root = keyed(folder / "week", one_key)
        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.delenv("ARREARS_THREADS", raising=False)
            first, second, *later = sample_nights()
            counts = [_counted(root, first, folder / "received")]
            shutil.copytree(root, folder / "first")
            work(root, first)
            counts.append(_counted(root, second))
            (folder / "statements.json").write_text(json.dumps(counts))
            work(root, second)
            shutil.copytree(root, folder / "two")
            for night in later:
                live(root, night)

    return shared_folder("maine", make)


def keyed(root: Path, key: Path) -> Path:
    """The folder of a store to be, with its key in it."""
    (root / "secret").mkdir(parents=True, mode=0o700)
    shutil.copy(key, root / "secret" / "key")
    return root


def _counted(root: Path, night: date, received: Path | None = None) -> int:
    """How many SQL statements a night took, receipt and all."""
    from arrears.author.sample import STATE, receive
    from arrears.night.steps import run_night

    seen: list[str] = []
    with watching(lambda text, _seconds: seen.append(text)):
        receive(root, night)
        if received:
            shutil.copytree(root, received)
        run_night(Store.open(root), STATE, night)
    return sum(statements_in(text) for text in seen)


@pytest.fixture(scope="session")
def massachusetts(shared_folder: Shared, one_key: Path) -> Path:
    """The stores of Massachusetts' sample week: `first` and `week`, as those of Maine."""

    def make(folder: Path) -> None:
        from arrears.author.sample import live, receive, sample_nights, work
        from arrears.night.steps import run_night

        state, root = "ma", keyed(folder / "week", one_key)
        first, *later = sample_nights(state)
        receive(root, first, state)
        run_night(Store.open(root), state, first)
        shutil.copytree(root, folder / "first")
        work(root, first, state)
        for night in later:
            live(root, night, state)

    return shared_folder("massachusetts", make)


@pytest.fixture(scope="session")
def lived_week(maine: Path) -> Store:
    """A store that has lived Maine's sample week, people's decisions and day releases included."""
    return Store.open(maine / "week")


@pytest.fixture(scope="session")
def statements(maine: Path) -> list[int]:
    """How many SQL statements the first night of that week took, and the second."""
    counts: list[int] = json.loads((maine / "statements.json").read_text())
    return counts


@pytest.fixture(scope="session")
def lived_nights(maine: Path) -> Store:
    """The same store as it was after its first two nights."""
    return Store.open(maine / "two")


@pytest.fixture(scope="session")
def planned_once(maine: Path, shared_folder: Shared) -> Path:
    """A store whose first sample night stands before its release; any process may go on with it.

    A scheduler holds it, as where each step has a process of its own: the lease of one process of the
    tests would refuse the others as long as that one lives. Its lease outlasts the slowest machine.
    """

    def make(folder: Path) -> None:
        from arrears.author.sample import STATE, sample_nights
        from arrears.ledger import runs
        from arrears.night import steps
        from arrears.night.run import HOLDER_VARIABLE, resume

        root, night = folder / "store", sample_nights()[0]
        first = night.isoformat()
        shutil.copytree(maine / "received", root)
        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.setenv(HOLDER_VARIABLE, "the tests")
            steps.begin(str(root), STATE, first)
            for step in steps.NIGHT:
                if step.name not in ("release", "close"):
                    step(str(root), STATE, first)
            monkeypatch.setattr(runs, "LEASE", timedelta(days=1))
            resume(Store.open(root), STATE, night)

    return shared_folder("planned", make) / "store"


@pytest.fixture(scope="session")
def suites_of_one_table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of expectations with those of one table: all of them cost a fifth of a small night."""
    suites, one = tmp_path_factory.mktemp("expectations"), Path("facts", "case_facts.yml")
    (suites / one).parent.mkdir()
    shutil.copy(house.EXPECTATIONS / one, suites / one)
    return suites


@pytest.fixture(scope="module")
def one_suite(maine: Path, suites_of_one_table: Path) -> Iterator[None]:
    """Nights whose checks are those of one table: for files whose tests are about anything else.

    The shared stores, made before, have lived with all of them.
    """
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(house, "EXPECTATIONS", suites_of_one_table)
        yield


@pytest.fixture(scope="session")
def airflow_database(shared_folder: Shared) -> Path:
    """A home of Airflow with its own database, migrated and empty, to be copied."""
    return shared_folder("airflow", local_airflow.migrate)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser without a window, for the tests of one file."""
    with browser.chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[local_servers.Server]:
    """A PostgreSQL server that lives as long as the tests.

    A machine without PostgreSQL fails here rather than passing unseen; whoever wants to go without
    says so in the environment, and the skip then says it too.
    """
    if os.environ.get(WITHOUT):
        pytest.skip(f"{WITHOUT} is set: nothing is tested on PostgreSQL")
    if "postgresql" in local_servers.lacking():
        pytest.fail(f"PostgreSQL is not here. Install the package postgresql, or set {WITHOUT}=1.")
    folder = Path(tempfile.mkdtemp(prefix="arrears-pg-"))
    server = local_servers.start_postgres(folder, folder / "log", is_durable=False)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: local_servers.Server) -> str:
    """The name of a database with the newest schema, to be copied."""
    from arrears.ledger import Ledger

    Ledger.open(local_servers.create_database(postgres_server, "migrated")).close()
    return "migrated"


@pytest.fixture
def postgres_url(
    postgres_server: local_servers.Server, postgres_template: str, request: pytest.FixtureRequest
) -> Iterator[str]:
    """The URL of a PostgreSQL ledger with no rows that no other test sees."""
    name = f"t{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:16]}"
    yield local_servers.create_database(postgres_server, name, postgres_template)
    local_servers.drop_database(postgres_server, name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite ledger with the newest schema and no rows, to be copied."""
    from arrears.ledger import Ledger

    path = tmp_path_factory.mktemp("ledger") / "migrated.db"
    Ledger.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a ledger with no rows, in each database that the ledger runs on."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "ledger.db")
    return f"sqlite:///{tmp_path / 'ledger.db'}"
