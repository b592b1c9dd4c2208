"""Fixtures that several test files share: a lived week of the sample, a browser, a PostgreSQL server.

Files run on three processes, the longest first, so that none waits long for another at the end.
"""

import fcntl
import hashlib
import json
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import browser
import pytest
import sqlalchemy as sa

from arrears.data.store import Store
from arrears.data.watched import watching

WITHOUT = "ARREARS_NO_POSTGRES"
# Three processes test side by side on two cores: small tables are not worth a second core each.
os.environ.setdefault("ARREARS_THREADS", "1")
LONGEST = (
    *("crash", "night", "backfill", "weeks", "approvals", "dags", "desk_browser", "diff", "recipes"),
    *("release", "what_if", "lifecycle", "desk_fab", "money_allocation"),
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
    return len(seen)


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
def postgres_server() -> Iterator[str]:
    """The URL (without a database) of a PostgreSQL server that lives as long as the tests.

    A machine without PostgreSQL fails here rather than passing unseen; whoever wants to go without
    says so in the environment, and the skip then says it too.
    """
    if os.environ.get(WITHOUT):
        pytest.skip(f"{WITHOUT} is set: nothing is tested on PostgreSQL")
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    if not initdb or not pg_ctl:
        pytest.fail(f"PostgreSQL's initdb and pg_ctl are not here. Install postgresql, or set {WITHOUT}=1.")
    # Sockets have short names only, so the folder is not pytest's own.
    folder = Path(tempfile.mkdtemp(prefix="arrears-pg-"))
    data = folder / "data"
    _run([initdb, "-D", str(data), "-U", "arrears", "--auth=trust", "-E", "UTF8", "--no-sync"], folder)
    port = _free_port()
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    _run([pg_ctl, "-D", str(data), "-l", str(folder / "log"), "-o", options, "-w", "start"], folder)
    try:
        yield f"postgresql+psycopg2://arrears@127.0.0.1:{port}"
    finally:
        _run([pg_ctl, "-D", str(data), "-m", "immediate", "-w", "stop"], folder)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """The name of a database with the newest schema, to be copied."""
    from arrears.ledger import Ledger

    _on_server(postgres_server, "CREATE DATABASE migrated")
    Ledger.open(f"{postgres_server}/migrated").close()
    return "migrated"


@pytest.fixture
def postgres_url(
    postgres_server: str, postgres_template: str, request: pytest.FixtureRequest
) -> Iterator[str]:
    """The URL of a PostgreSQL ledger with no rows that no other test sees."""
    name = f"t{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:16]}"
    _on_server(postgres_server, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    yield f"{postgres_server}/{name}"
    _on_server(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


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


def _on_server(server: str, statement: str) -> None:
    admin = sa.create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(statement)
    admin.dispose()


def _program(name: str) -> str | None:
    """The program on the path, else where Debian keeps the newest server."""
    found = shutil.which(name)
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return found or (str(installed[-1]) if installed else None)


def _run(command: list[str], folder: Path) -> None:
    # The server refuses to run as root; its own user then owns the folder.
    user: dict[str, str] = {}
    if os.geteuid() == 0:
        try:
            server = pwd.getpwnam("postgres")
        except KeyError:
            pytest.fail(f"PostgreSQL does not run as root and there is no user postgres; set {WITHOUT}=1.")
        os.chown(folder, server.pw_uid, server.pw_gid)
        user = {"user": "postgres", "group": "postgres"}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, **user)  # type: ignore[call-overload]
    if done.returncode:
        pytest.fail(f"{Path(command[0]).name} failed: {done.stderr.strip() or done.stdout.strip()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
