"""The review desk inside Airflow: an item of the navigation, a tab on a run, and the panel "Tonight".

Whoever has Airflow's session sits at the desk under their Airflow name. Roles come from the ledger where a
person gave them there; else from Airflow's role, and the ledger then keeps them, since it is the ledger that
lets somebody decide. Airflow reads this file in all of its processes: the desk is made on its first request.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from typing import Annotated, Any

from airflow.plugins_manager import AirflowPlugin

PREFIX, GIVER = "/review", "sign-in"
# The four roles of Airflow's simple manager; the roles of another manager go by the names of the desk's own.
SIMPLE_ROLES = {
    "viewer": ("auditor",),
    "user": ("caseworker",),
    "op": ("operator",),
    "admin": ("supervisor", "policy"),
}
# A role of this name, followed by an office, lets its people see that office only.
OFFICE = "office "
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]


def role_names(user: Any) -> list[str]:
    """The names of a user's roles under a manager that keeps several."""
    return [role.name for role in getattr(user, "roles", ())]


def mapped_roles(user: Any) -> frozenset[str]:
    """The desk's roles of an Airflow user; none where no role of theirs means anything here."""
    from arrears.ledger.records import ROLES

    if only := getattr(user, "role", None):
        return frozenset(SIMPLE_ROLES.get(only.lower(), ()))
    # Another manager has a Viewer and an Admin too: they see and run Airflow, and are nobody at the desk.
    return ROLES & {name.lower() for name in role_names(user)}


def mapped_offices(user: Any) -> frozenset[str] | None:
    """The offices whose lines an Airflow user may see; None for all."""
    names = role_names(user)
    return frozenset(name[len(OFFICE) :] for name in names if name.lower().startswith(OFFICE)) or None


def person_of(ledger: Any, user: Any) -> Any:
    """The Airflow user as a person at the desk, whose roles the ledger knows from now on."""
    from arrears.desk.security import Person
    from arrears.ledger.access_log import roles_by

    name, mapped = user.get_name(), mapped_roles(user)
    known, giver = roles_by(ledger, name) or (None, GIVER)
    if known is not None and giver != GIVER:
        return Person(name, known, mapped_offices(user))
    if mapped != (known or frozenset()):
        ledger.add_user(name, mapped, datetime.now(UTC), by=GIVER)
    return Person(name, mapped, mapped_offices(user))


def make_desk() -> Any:
    """The desk over the store of the DAGs, signed in by Airflow's session."""
    from airflow.api_fastapi.core_api.security import get_user
    from airflow.configuration import conf
    from airflow.sdk import Variable
    from fastapi import Depends, HTTPException, Request, Response
    from fastapi.concurrency import run_in_threadpool
    from fastapi.responses import RedirectResponse

    from arrears import house
    from arrears.data import keys
    from arrears.data.store import Store
    from arrears.desk.security import Person, allowed
    from arrears.desk.web import make_app
    from arrears.ledger.records import ROLES

    async def signed_in(request: Request) -> Person | None:
        try:
            user = await get_user(request, None, None)
        except HTTPException:
            return None
        found: Person = await run_in_threadpool(person_of, request.app.state.ledger, user)
        return found

    keys.lent["airflow"] = Variable.get  # as the tasks do: a key may lie in Airflow's secrets backend
    store = Store.open(os.environ.get("ARREARS_STORE") or house.ROOT / "store")
    app = make_app(store, signed_in, PREFIX, conf.get("api", "base_url", fallback=""))

    @app.get("/run")
    def of_run(dag: str, run: str, person: Annotated[Person, Depends(allowed(*ROLES))]) -> Response:
        """To the work list of the night that a run of Airflow is about."""
        state = dag.partition("_")[0]
        return RedirectResponse(f"{PREFIX}/{state}/list?on={date_of_run(dag, run)}", 303)

    return app


def date_of_run(dag: str, run: str) -> str:
    """The business date of a run: its partition key, else its conf; its id holds another date."""
    from airflow.models import DagRun
    from fastapi import HTTPException

    found = DagRun.find_duplicate(dag, run)
    asked = found and (found.partition_key or (found.conf or {}).get("date"))
    if not asked:
        raise HTTPException(404, "This run is about no business date")
    return str(asked)


class OnFirstRequest:
    """The desk, made when the first request comes: only Airflow's web server ever answers one."""

    def __init__(self) -> None:
        self.app: Any = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.app is None:
            self.app = make_desk()
        await self.app(scope, receive, send)


class ArrearsDesk(AirflowPlugin):
    """The desk, its item of the navigation, its tab on a run and its panel."""

    name = "arrears_desk"
    fastapi_apps = [{"app": OnFirstRequest(), "url_prefix": PREFIX, "name": "Arrears review desk"}]  # noqa: RUF012
    external_views = [  # noqa: RUF012
        {
            "name": "Review desk",
            "href": f"{PREFIX}/",
            "destination": "nav",
            "category": "browse",
            "url_route": "review-desk",
            "icon": f"{PREFIX}/static/mark.svg",
        },
        {
            "name": "Work list",
            "href": f"{PREFIX}/run?dag={{DAG_ID}}&run={{RUN_ID}}",
            "destination": "dag_run",
            "url_route": "work-list",
            "icon": f"{PREFIX}/static/mark.svg",
        },
    ]
    react_apps = [  # noqa: RUF012
        {
            "name": "Tonight",
            "bundle_url": f"{PREFIX}/static/panel.js",
            "destination": "dashboard",
            "url_route": "tonight",
        },
    ]
