"""The desk inside Airflow: signed in by Airflow's session, its roles mapped, its run led to its night."""

import airflow_env  # noqa: I001  first: it gives Airflow its home

import importlib.util
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from desk_pages import a_store
from fastapi import HTTPException

from arrears.desk.web import Person
from arrears.ledger import Ledger
from arrears.ledger.records import ROLES
from arrears.data.store import Store

pytestmark = pytest.mark.airflow
AT = datetime(2025, 1, 16, tzinfo=UTC)


@pytest.fixture(scope="module")
def plugin() -> ModuleType:
    """The plugin's file, read as Airflow reads it."""
    spec = importlib.util.spec_from_file_location("arrears_desk", airflow_env.PLUGINS / "arrears_desk.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    made = a_store(tmp_path)
    monkeypatch.setenv("ARREARS_STORE", str(made.root))
    return made


@pytest.fixture
def ledger(store: Store) -> Ledger:
    return Ledger.open(store.ledger_url)


def simple(name: str, role: str | None) -> Any:
    """A user as Airflow's simple manager makes it."""
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

    return SimpleAuthManagerUser(username=name, role=role)


def fab(name: str, *roles: str) -> Any:
    """A user as the FAB manager makes it: no `role`, several roles, each with a name."""
    return SimpleNamespace(get_name=lambda: name, roles=[SimpleNamespace(name=role) for role in roles])


@pytest.mark.parametrize(
    ("role", "wanted"),
    [
        ("viewer", {"auditor"}),
        ("user", {"caseworker"}),
        ("op", {"operator"}),
        ("admin", {"supervisor", "policy"}),
        ("VIEWER", {"auditor"}),
        ("stranger", set()),
        (None, set()),
    ],
)
def test_the_roles_of_the_simple_manager_are_mapped(
    plugin: ModuleType, ledger: Ledger, role: str | None, wanted: set[str]
) -> None:
    person = plugin.person_of(ledger, simple("kim", role))
    assert person == Person("kim", frozenset(wanted))
    # What the ledger checks when somebody decides is what the page showed.
    assert ledger.roles("kim") == wanted


@pytest.mark.parametrize("role", sorted(ROLES))
def test_the_roles_of_fab_go_by_name(plugin: ModuleType, ledger: Ledger, role: str) -> None:
    found = plugin.person_of(
        ledger,
        fab("kim", role.capitalize(), "Public", "Admin", "Op", "User", "Viewer", "Office 103", "office 7"),
    )
    assert found == Person("kim", frozenset([role]), frozenset(["103", "7"]))


def test_a_person_whom_the_ledger_knows_keeps_the_roles_that_a_person_gave(
    plugin: ModuleType, ledger: Ledger
) -> None:
    assert plugin.person_of(ledger, simple("a.supervisor", "user")).roles == {"supervisor"}
    ledger.add_user("a.supervisor", set(), at=AT, by="boss")
    assert plugin.person_of(ledger, simple("a.supervisor", "admin")).roles == frozenset()


def test_a_role_that_airflow_takes_away_is_gone_at_the_next_look(plugin: ModuleType, ledger: Ledger) -> None:
    assert plugin.person_of(ledger, simple("kim", "admin")).roles == {"supervisor", "policy"}
    assert plugin.person_of(ledger, simple("kim", "viewer")).roles == {"auditor"}
    assert ledger.roles("kim") == {"auditor"}


@pytest.fixture(scope="module")
def metadata() -> None:
    from airflow.utils.db import initdb

    initdb()


@pytest.fixture(scope="module")
def airflow(metadata: None) -> Any:
    """Airflow's own web app with the plugin in it, and a browser before it."""
    from airflow import plugins_manager
    from airflow.api_fastapi.app import create_app, purge_cached_app
    from fastapi.testclient import TestClient

    purge_cached_app()
    names = [one.name for one in plugins_manager._get_plugins()[0]]
    assert "arrears_desk" in names
    return TestClient(create_app(), base_url="http://127.0.0.1:8080", follow_redirects=False)


@pytest.fixture
def fresh(airflow: Any, store: Store) -> Any:
    """The browser, signed in nowhere, before a desk over this test's store."""
    airflow.cookies.clear()
    mounted = next(one for one in airflow.app.routes if getattr(one, "path", "") == "/review")
    mounted.app.app = None  # the desk is made on its first request
    return airflow


def sign_in(browser: Any, name: str, role: str) -> None:
    from airflow.api_fastapi.app import get_auth_manager

    browser.cookies.set("_token", get_auth_manager().generate_jwt(simple(name, role)))


def test_without_airflows_session_there_is_no_desk(fresh: Any) -> None:
    assert fresh.get("/review/").status_code == 401
    assert fresh.get("/review/tonight").status_code == 401
    assert fresh.get("/review/run?dag=me_nightly&run=x").status_code == 401
    assert fresh.get("/review/static/panel.js").status_code == 200


def test_airflows_session_opens_the_desk_with_its_own_role(fresh: Any) -> None:
    sign_in(fresh, "vi", "viewer")
    assert fresh.get("/review/").headers["location"] == "/review/me/tonight"
    looks = fresh.get("/review/me/access-log")
    assert looks.status_code == 200
    assert "vi <span" in looks.text
    assert "auditor" in looks.text
    assert fresh.post("/review/me/preview").status_code == 403


@pytest.mark.usefixtures("metadata")
def test_a_run_leads_to_its_night(plugin: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.models import DagRun

    def found(dag: str, run: str) -> Any:
        return {
            "keyed": SimpleNamespace(partition_key="2025-01-15", conf={"date": "2025-01-01"}),
            "by hand": SimpleNamespace(partition_key=None, conf={"date": "2025-01-16"}),
            "dateless": SimpleNamespace(partition_key=None, conf=None),
        }.get(run)

    monkeypatch.setattr(DagRun, "find_duplicate", found)
    assert plugin.date_of_run("me_nightly", "keyed") == "2025-01-15"
    assert plugin.date_of_run("me_nightly", "by hand") == "2025-01-16"
    for run in ("dateless", "no such run"):
        with pytest.raises(HTTPException, match="no business date"):
            plugin.date_of_run("me_nightly", run)
