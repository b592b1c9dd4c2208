"""One nightly DAG per state, on the state's own clock: from what has arrived to files in queues.

Nights go in order: `begin` steps back and asks again later while it is not this night's turn, so a
backfill of many dates ends in order whatever the scheduler starts first. Clearing or repeating any
task, or the whole run, sends nothing twice. Where `ARREARS_PARTS` cuts a night into parts, the tasks that
make them are mapped, and meet only through the store.
"""

import logging
import os
from datetime import timedelta
from typing import Any

from agency import (
    COMPLETES,
    PARAMS,
    QUIET,
    REQUIRED,
    SIDE_BY_SIDE,
    InboxSensor,
    State,
    business_date,
    hold_lease,
    inboxes,
    known_at,
    say,
    states,
    store,
    take_in,
)
from airflow.sdk import Param, PokeReturnValue, chain, dag, task

from arrears.night.outline import IN_PARTS, STEP_NAMES, STEPS, outline, parts

OUTLINE = outline(parts())
# Where the extracts for parents are written; nowhere where nobody says it.
PORTAL = os.environ.get("ARREARS_PORTAL", "")
CUT_OFF = timedelta(hours=3)
TURN = timedelta(hours=12)
AGAIN = {
    "again": Param(
        False,
        type="boolean",
        title="Begin again",
        description="Gives up a broken night and begins it with a new cut, while no file of it has left",
    ),
    "because": Param("", type="string", title="Because", description="Why it begins again, in your words"),
    "as": Param(
        "",
        type="string",
        title="As",
        description="Who begins it again, where Airflow does not know who triggers",
    ),
}


def step(state: str, name: str, given: list[dict[str, Any]]) -> Any:
    """The task of one step of a night, or one for each part."""

    @task(
        task_id=name,
        task_display_name=STEP_NAMES[name],
        doc_md=STEPS.get(name) or IN_PARTS[name],
        **QUIET,
    )
    def run(of_night: dict[str, Any], **context: Any) -> dict[str, Any]:
        from arrears.night import steps
        from arrears.night.told import told

        hold_lease(context)
        found: dict[str, Any] = getattr(steps, name)(store(), state, business_date(context), **of_night)
        say(told(name, found))
        return found

    return run(given[0]) if len(given) == 1 else run.expand(of_night=given)


def nightly(state: State) -> None:
    """Makes `<state>_nightly`."""

    @dag(
        dag_id=f"{state.code}_nightly",
        dag_display_name=f"{state.code.upper()} night",
        description=f"The night of {state.code.upper()}: what to do, and who must say yes",
        schedule=state.daily(state.night_at),
        catchup=False,
        max_active_runs=SIDE_BY_SIDE,
        params={**PARAMS, **AGAIN},
        default_args={"retries": 2, "retry_delay": timedelta(seconds=30)},
        tags=[state.code, "nightly"],
        doc_md=__doc__,
    )
    def build() -> None:
        files = InboxSensor(
            task_id="files",
            task_display_name="Wait for the caseload",
            state=state.code,
            source=REQUIRED,
            patience=CUT_OFF,
            doc_md="Waits for the caseload of the date until the cut-off. No other feed holds a night up.",
        )

        @task.sensor(
            mode="reschedule",
            poke_interval=5,
            exponential_backoff=True,
            max_wait=timedelta(seconds=20),
            timeout=TURN.total_seconds(),
            task_display_name="Wait for its turn and begin",
            doc_md="Waits for its turn, takes in what is still in the inbox, then pins what may be known.",
        )
        def begin(**context: Any) -> PokeReturnValue:
            return begin_in_turn(state.code, business_date(context), known_at(context), context)

        @task(
            task_display_name="Prepare the desk",
            doc_md="The work list's table, so that nobody waits for it in the morning.",
            **QUIET,
        )
        def desk() -> int:
            from arrears.data.store import Store
            from arrears.desk.resolved import set_desk

            lines = set_desk(Store.open(store()), state.code)
            say([f"{lines:,} lines wait at the desk."])
            return lines

        @task(
            task_display_name="Write the portal's extract",
            doc_md="What the parents' portal and the voice response load of the night.",
        )
        def portal(**context: Any) -> str:
            from datetime import date
            from pathlib import Path

            from arrears.data.store import Store
            from arrears.reports.portal import write_portal

            as_of = date.fromisoformat(business_date(context))
            return str(write_portal(Store.open(store()), state.code, as_of, Path(PORTAL))["folder"])

        after = [desk(), portal()] if PORTAL else [desk()]
        chain(files, begin(), *[step(state.code, name, given) for name, given in OUTLINE], *after)

    build()


def begin_in_turn(state: str, as_of: str, moment: str | None, context: Any) -> PokeReturnValue:
    """Done with the pinned cut; not yet while another night comes first or holds the lease."""
    from airflow.sdk.exceptions import AirflowFailException

    from arrears.errors import Refused
    from arrears.ledger.records import Word
    from arrears.ledger.restart import AGAIN as BY_WORD
    from arrears.night import steps
    from arrears.night.told import delivery_lines, told

    hold_lease(context)
    word = Word(*asked_again(context)) if asked_again(context) else None
    done = done_nights(state)
    try:
        if first := night_before(state, as_of, done):
            raise Refused(f"The night of {first} comes first", state, "Run it, or declare it absent")
        # Once more before the cut: what lies there and no ingest DAG has taken yet belongs to this night.
        taken = {} if as_of in done else {source: take_in(state, source, as_of) for source in COMPLETES}
        begun = steps.begin(store(), state, as_of, moment, word)
        for found in taken.values():
            say(delivery_lines(state, found["deliveries"]) if found["deliveries"] else [])
        say(told("begin", begun))
        return PokeReturnValue(True, {"taken_in": taken, **begun})
    except Refused as refusal:
        if refusal.where == BY_WORD:
            # No waiting and no second try changes it.
            raise AirflowFailException(str(refusal)) from None
        logging.getLogger(__name__).info("Not yet: %s", refusal)
        return PokeReturnValue(False)


def asked_again(context: Any) -> tuple[str, str] | None:
    """Who asks that the night begin again, and why; none where nobody does.

    Who triggered the run is who asks, wherever Airflow knows it.
    """
    run = context["dag_run"]
    conf = getattr(run, "conf", None) or {}
    if not conf.get("again"):
        return None
    by = getattr(run, "triggering_user_name", None) or conf.get("as") or ""
    return str(by), str(conf.get("because") or "")


def night_before(state: str, as_of: str, done: set[str]) -> str | None:
    """The earliest date that goes before this one: files lie there, and its night is not done.

    The engine refuses a gap once a first night is closed; this also puts the very first in its place.
    """
    last = max((day for day in done if day < as_of), default="")
    lying = sorted(
        folder.parent.name for folder in inboxes().glob(f"{state}/????-??-??/inbox") if any(folder.iterdir())
    )
    return next((day for day in lying if last < day < as_of and day not in done), None)


def done_nights(state: str) -> set[str]:
    """The dates whose night is closed or declared absent."""
    from arrears.data.store import Store
    from arrears.ledger import Ledger

    ledger = Ledger.open(Store.open(store()).ledger_url)
    closed = {run.as_of for run in ledger.runs(state) if run.kind == "night" and run.status == "closed"}
    return {day.isoformat() for day in closed.union(ledger.absences(state))}


for each in states():
    nightly(each)
