"""The store's key in Airflow's own secrets backends: a variable of its database, and of files on disk."""

import airflow_env  # noqa: I001  first: it gives Airflow its home

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import agency
import pytest

from arrears import house
from arrears.data import keys
from arrears.errors import ArrearsError
from arrears.data.keys import new_secret
from arrears.ledger import Ledger
from arrears.data.store import Store

pytestmark = [pytest.mark.airflow, pytest.mark.timeout(300)]
DAY, NAME = "2025-01-14", "the_stores_key"


@pytest.fixture(scope="module")
def metadata() -> None:
    """Airflow's own database, empty."""
    from airflow.utils.db import initdb

    initdb()


@pytest.fixture
def ingest(metadata: None) -> Any:
    """The DAG that takes in licenses, read as Airflow reads it."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(str(airflow_env.DAGS)).dags["me_ingest_dmv"]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the DAGs look for a store whose key lies in Airflow's secrets backend."""
    monkeypatch.setenv("ARREARS_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("ARREARS_INBOX", str(house.SAMPLE))
    monkeypatch.setenv("ARREARS_KEY_URL", f"airflow:{NAME}")
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "store.json").write_text(json.dumps({"kind": "invented", "version": 1}))
    yield tmp_path / "store"
    keys.lent.clear()


@pytest.fixture(params=["database", "files"])
def keep(
    request: pytest.FixtureRequest, metadata: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """Puts a key into one of the two backends, or takes it out."""
    from airflow.models.variable import Variable
    from airflow.sdk.configuration import clear_secrets_backends_cache

    file = tmp_path / "variables.json"
    if request.param == "files":
        backend = "airflow.secrets.local_filesystem.LocalFilesystemBackend"
        monkeypatch.setenv("AIRFLOW__SECRETS__BACKEND", backend)
        about = {"variables_file_path": str(file)}
        monkeypatch.setenv("AIRFLOW__SECRETS__BACKEND_KWARGS", json.dumps(about))
        file.write_text("{}")
    clear_secrets_backends_cache()

    def put(*lines: str) -> None:
        text = "\n".join(lines)
        if request.param == "files":
            file.write_text(json.dumps({NAME: text} if lines else {}))
        elif lines:
            Variable.set(NAME, text)
        else:
            Variable.delete(NAME)

    yield put
    clear_secrets_backends_cache()
    if request.param == "database":
        Variable.delete(NAME)


def ended(dag: Any) -> str:
    """How a run of the DAG ended, run in this process against Airflow's real database."""
    return str(dag.test(logical_date=None, run_conf={"date": DAY}).state.value)


def test_a_task_seals_what_arrives_under_the_key_of_the_backend(keep: Any, ingest: Any, place: Path) -> None:
    secret = new_secret()
    keep(secret)
    assert ended(ingest) == "success"
    assert not (place / "secret").exists()
    store = Store.open(place)
    [taken] = Ledger.open(store.ledger_url).deliveries("me")
    keys.lent["airflow"] = lambda name: {NAME: secret}[name]
    sent = (house.SAMPLE / "me" / DAY / "inbox" / "dmv_licenses.txt").read_bytes()
    assert store.landed("me", taken.files[0].sha256).read_bytes() == sent
    lying = [path for path in place.parent.rglob("*") if path.is_file() and path.name != "variables.json"]
    assert not [path.name for path in lying if secret.encode() in path.read_bytes()]


def test_the_desks_server_reads_it_and_a_rotated_or_lost_key_is_known_at_once(
    keep: Any, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_AIRFLOW_PROCESS_CONTEXT", "server")  # as Airflow's web server has it
    first, second = new_secret(), new_secret()
    for lines in ((first,), (first, second)):
        keep(*lines)
        agency.lend_secrets()
        assert [key.secret for key in Store.open(place).ring().files] == list(lines)
    keep()
    agency.lend_secrets()
    with pytest.raises(ArrearsError, match=r"cannot be had .*ARREARS_KEY_URL \(airflow:\)") as told:
        Store.open(place).ring()
    assert not {first, second} & set(str(told.value).split())
    assert not (place / "secret").exists()


def test_outside_airflow_its_backend_is_told_to_be_out_of_reach(place: Path) -> None:
    with pytest.raises(ArrearsError, match=r"which only Airflow reads.*ARREARS_KEY_FILE"):
        Store.open(place).ring()
