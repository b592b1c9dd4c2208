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
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import browser
import pytest

from arrears import house
from arrears.data.store import Store
from arrears.data.warehouse import statements_in
from arrears.data.watched import watching

# Last, since modules of the tests have names of scripts.
sys.path.append(str(house.ROOT / "scripts"))
import local_servers

WITHOUT = "ARREARS_NO_POSTGRES"
# Three processes test side by side on two cores: small tables are not worth a second core each.
os.environ.setdefault("ARREARS_THREADS", "1")
LONGEST = (
    *(
        "crash",
        "night",
        "backfill",
        "weeks",
        "approvals",
        "celery",
        "dags",
        "desk_browser",
        "diff",
        "recipes",
    ),
    *("object_store", "release", "what_if", "lifecycle", "desk_fab", "money_allocation"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the longest files first."""
    places = {f"test_{name}": place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


@pytest.fixture(scope="session")
def lived_week(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store that has lived Maine's sample week, people's decisions and day releases included.

    Lived once for all processes, so nobody writes to it: whoever has to, copies its folder. It is lived
    on all cores, as in production, since nothing may hang on how many there are.
    """
    from arrears.author.sample import live, sample_nights

    place = tmp_path_factory.getbasetemp()
    shared = place.parent if os.environ.get("PYTEST_XDIST_WORKER") else place
    root, done = shared / "maine-week", shared / "maine-week.done"
    with (shared / "maine-week.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(root, ignore_errors=True)
            with pytest.MonkeyPatch.context() as monkeypatch:
                monkeypatch.delenv("ARREARS_THREADS", raising=False)
                first, second, *later = sample_nights()
                counts = [_counted(root, first, root.with_name("maine-received")), _counted(root, second)]
                root.with_name("maine-statements.json").write_text(json.dumps(counts))
                shutil.copytree(root, root.with_name("maine-two-nights"), dirs_exist_ok=True)
                for night in later:
                    live(root, night)
            done.touch()
    return Store.open(root)


def _counted(root: Path, night: date, received: Path | None = None) -> int:
    """How many SQL statements a night took, receipt and all; then people decide as on any other."""
    from arrears.author.sample import STATE, receive, work
    from arrears.night.steps import run_night

    seen: list[str] = []
    with watching(lambda text, _seconds: seen.append(text)):
        receive(root, night)
        if received:
            shutil.copytree(root, received, dirs_exist_ok=True)
        run_night(Store.open(root), STATE, night)
    work(root, night)
    return sum(statements_in(text) for text in seen)


@pytest.fixture(scope="session")
def statements(lived_week: Store) -> list[int]:
    """How many SQL statements the first night of that week took, and the second."""
    counts: list[int] = json.loads(lived_week.root.with_name("maine-statements.json").read_text())
    return counts


@pytest.fixture(scope="session")
def lived_nights(lived_week: Store) -> Store:
    """The same store as it was after its first two nights; nobody writes to it either."""
    return Store.open(lived_week.root.with_name("maine-two-nights"))


@pytest.fixture(scope="session")
def planned_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose first sample night stands before its release; nobody writes to it."""
    from arrears.author.sample import STATE, inbox, sample_nights
    from arrears.intake.inbox import take_in
    from arrears.night import steps

    first, *_ = sample_nights()
    store = Store.create(tmp_path_factory.mktemp("planned") / "store", "invented")
    take_in(store, STATE, inbox(first), on=first)
    steps.begin(str(store.root), STATE, first.isoformat())
    for step in steps.NIGHT:
        if step.name not in ("check", "release", "close"):
            step(str(store.root), STATE, first.isoformat())
    return store.root


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
