"""One ingest DAG per state and source: waits for the files of a business date, then takes them in.

The run of date D opens when the night of D-1 has started and waits until D's night has had its time. A file
that is held or refused makes the run end red with one sentence and a link, so that somebody sees it; what was
accepted with it is loaded, and no night waits for it.
"""

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
    desk_link,
    left_out,
    say,
    states,
    take_in,
)
from airflow.sdk import chain, dag, task

INBOX_OPEN = timedelta(hours=27)


def ingest(state: State, source: str) -> None:
    """Makes `<state>_ingest_<source>`."""

    @dag(
        dag_id=f"{state.code}_ingest_{source}",
        dag_display_name=f"{state.code.upper()} files: {source.replace('_', ' ')}",
        description=f"Receives, loads and checks {source} files of {state.code.upper()} as they arrive",
        schedule=state.daily(state.night_at, offset=1),
        catchup=False,
        max_active_runs=SIDE_BY_SIDE,
        params={"date": PARAMS["date"]},
        default_args={"retries": 2, "retry_delay": timedelta(seconds=30)},
        tags=[state.code, "ingest"],
        doc_md=__doc__,
    )
    def build() -> None:
        # A source that sends nothing on most days is skipped; no caseload is a failure to look at.
        wait = InboxSensor(
            task_id="wait",
            task_display_name="Wait for the files",
            state=state.code,
            source=source,
            patience=INBOX_OPEN,
            soft_fail=source != REQUIRED,
            doc_md=f"Waits for `{COMPLETES[source]}` in the inbox of the date.",
        )

        @task(
            task_display_name="Receive and load",
            doc_md="Proves each delivery by its content, lands it, loads its rows and counts its rejects.",
            **QUIET,
        )
        def receive(**context: Any) -> dict[str, Any]:
            from arrears.night.told import delivery_lines

            found = take_in(state.code, source, business_date(context))
            say(delivery_lines(state.code, found["deliveries"]))
            return found

        @task(
            retries=0,
            task_display_name="Look at held and refused files",
            doc_md="Fails, with one sentence and the link to the desk, while a file of this run is held or "
            "refused. Decide on it at the desk, or put the corrected file into the inbox; then clear it.",
        )
        def look(**context: Any) -> None:
            look_at(state.code, source, business_date(context))

        chain(wait, receive(), look())

    build()


def look_at(state: str, source: str, on: str) -> None:
    """Ends the task as failed, with a sentence and a link, where a file is held or refused."""
    from airflow.sdk.exceptions import AirflowFailException

    told = left_out(state, source, on)
    if not told:
        say(["No file of this run is held or refused."])
        return
    where = desk_link(f"{state}/tonight#files")
    raise AirflowFailException(f"{' '.join(told)} No night waits for it. Look at it at the desk: {where}")


for each in states():
    for name in COMPLETES:
        ingest(each, name)
