"""The desk under the FAB manager, as production runs it: accounts and roles made by its own commands."""

import json
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import local_airflow
import pytest
from browser import PATIENCE_SECONDS, retry, sign_in
from local_airflow import point_at, web_server

from arrears.data.store import Store
from arrears.ledger import Ledger
from arrears.ledger.records import ROLES

pytestmark = [pytest.mark.airflow, pytest.mark.slow, pytest.mark.timeout(600)]
MANAGER = "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"
# FAB's own Viewer opens Airflow's pages and means nothing at the desk, whose roles open nothing of Airflow;
# the item of the navigation is shown to who may read its plugins.
PEOPLE = {"kim": ["Supervisor", "Viewer"], "lee": ["Caseworker", "Office 103"], "vi": ["Viewer"]}
PAGES = ("list", "resolved", "pauses", "access-log", "what-if", "diff", "quality", "reports")


# Airflow's command line, once for many commands: most of one is its import.
COMMANDS = """
import json, sys
from airflow.cli.cli_parser import get_parser
for command in json.loads(sys.argv[1]):
    asked = get_parser().parse_args(command)
    asked.func(asked)
"""


def accounts(password: str) -> Iterator[tuple[str, ...]]:
    """The commands that make the roles and an account a person."""
    named = sorted({role for roles in PEOPLE.values() for role in roles} - {"Viewer"})
    yield ("roles", "create", *named)
    yield ("roles", "add-perms", "Supervisor", "--action", "can_read", "--resource", "Plugins")
    for name, roles in PEOPLE.items():
        person = ("--firstname", name, "--lastname", "x", "--email", f"{name}@example.org")
        yield ("users", "create", "--username", name, "--role", roles[0], "--password", password, *person)
        yield from (("users", "add-role", "--username", name, "--role", role) for role in roles[1:])


@pytest.fixture(scope="module")
def store(lived_nights: Store, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The lived nights in a copy, where nobody of the three is known."""
    root = tmp_path_factory.mktemp("fab") / "store"
    shutil.copytree(lived_nights.root, root)
    return Store.open(root)


@pytest.fixture(scope="module")
def fab(store: Store) -> Iterator[tuple[str, str]]:
    """Airflow's web server under FAB with one account a person: its address and the password of all."""
    home = store.root.parent / "airflow"
    with pytest.MonkeyPatch.context() as monkeypatch:
        point_at(monkeypatch, home, store.root)
        monkeypatch.setenv("AIRFLOW__CORE__AUTH_MANAGER", MANAGER)
        script = local_airflow.script()
        port, password = script.free_port(0), secrets.token_urlsafe(12)
        environment = script.settings(port)
        script.migrate(environment, print)

        done = subprocess.run(
            [script.BIN / "python", "-c", COMMANDS, json.dumps(list(accounts(password)))],
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        with web_server(script, port, environment) as address:
            yield address, password


@pytest.mark.parametrize(
    ("name", "closed"),
    [
        ("kim", set()),
        ("lee", {"access-log", "what-if", "quality", "reports"}),
        ("vi", set(PAGES)),
    ],
)
def test_a_role_of_fab_opens_what_the_desk_gives_it(
    chromium: Any, fab: tuple[str, str], store: Store, name: str, closed: set[str]
) -> None:
    address, password = fab
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(PATIENCE_SECONDS * 1000)
    assert retry(lambda: context.request.get(f"{address}/review/me/list"), PATIENCE_SECONDS).status == 401
    sign_in(page, address, name, password)
    page.wait_for_url(lambda url: "login" not in url)
    if name == "kim":
        page.get_by_role("button", name="Browse").click()
        page.get_by_role("menuitem", name="Review desk").wait_for()
    got = {one: context.request.get(f"{address}/review/me/{one}").status for one in PAGES}
    assert got == {one: 403 if one in closed else 200 for one in PAGES}
    known = Ledger.open(store.ledger_url).roles(name)
    assert known == {role.lower() for role in PEOPLE[name]} & ROLES
    context.close()
