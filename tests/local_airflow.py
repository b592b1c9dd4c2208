"""Airflow as the project's own script starts it, over folders of a test."""

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from arrears import house

SCRIPT = house.ROOT / "scripts" / "local_airflow.py"
# What `migrate` leaves in a home.
MIGRATED = ("airflow.db", "migrated")
WITH_CELERY = SCRIPT.with_name("celery_airflow.py")


def point_at(monkeypatch: pytest.MonkeyPatch, home: Path, store: Path, database: Path | None = None) -> None:
    """Gives Airflow these folders, and nothing of what other tests set for it inside their own process.

    Of a home with a migrated database, where one is given, that database is copied.
    """
    if database is not None:
        home.mkdir(mode=0o700)
        for name in MIGRATED:
            shutil.copy(database / name, home / name)
    for name in [name for name in os.environ if name.startswith("AIRFLOW__")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AIRFLOW_HOME", str(home))
    monkeypatch.setenv("ARREARS_STORE", str(store))


def migrate(home: Path) -> None:
    """Makes Airflow's own database in a home, migrated."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        point_at(monkeypatch, home, home / "store")
        module = script()
        module.migrate(module.settings(0), print)


def script() -> ModuleType:
    """The script that starts Airflow, read again so that it takes the folders of this test."""
    spec = importlib.util.spec_from_file_location("local_airflow_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def web_server(module: ModuleType, port: int, environment: dict[str, str]) -> Iterator[str]:
    """The address of Airflow's web server alone, which is enough to look and decide."""
    with (module.HOME / "api-server.log").open("wb") as log:
        served = subprocess.Popen(
            [module.BIN / "airflow", *module.PROCESSES["api-server"], "--port", str(port)],
            stdout=log,
            stderr=log,
            cwd=house.ROOT,
            env=environment,
            start_new_session=True,
        )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        # A polite end would wait for the browser's open connections; nothing of this server is kept.
        os.killpg(served.pid, signal.SIGKILL)
        served.wait(timeout=20)


class Client:
    """Makes REST clients of an Airflow that runs: `client("eng")` speaks as that user."""

    def __init__(self) -> None:
        self.module = script()
        self.port = json.loads((self.module.HOME / "running.json").read_text())["port"]

    def __call__(self, user: str = "admin") -> Any:
        return self.module.Api(self.port, user)

    def password(self, user: str) -> str:
        """With what a seeded user signs in."""
        return str(json.loads((self.module.HOME / "passwords.json").read_text())[user])


@contextmanager
def whole_airflow(script: Path = SCRIPT, *more: str) -> Iterator[Client]:
    """All processes that a script starts, until the test ends."""
    _control(script, "up", "--port", "0", *more)
    try:
        yield Client()
    finally:
        _control(script, "down")


def _control(script: Path, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, str(script), *arguments], capture_output=True, text=True, timeout=400
    )
    assert done.returncode == 0, done.stdout + done.stderr
