"""One ingest DAG per state and source: waits for the files of a business date, then takes them in.

The run of date D opens when the night of D-1 has started and waits until D's night has had its time.
"""

from datetime import timedelta
from typing import Any

from agency import (
    COMPLETES,
    PARAMS,
    REQUIRED,
    SIDE_BY_SIDE,
    InboxSensor,
    State,
    business_date,
    states,
    take_in,
)
from airflow.sdk import dag, task

INBOX_OPEN = timedelta(hours=27)


def ingest(state: State, source: str) -> None:
    """Makes `<state>_ingest_<source>`."""

    @dag(
        dag_id=f"{state.code}_ingest_{source}",
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
            state=state.code,
            source=source,
            patience=INBOX_OPEN,
            soft_fail=source != REQUIRED,
            doc_md=f"Waits for `{COMPLETES[source]}` in the inbox of the date.",
        )

        @task(doc_md="Proves each delivery by its content, lands it, loads its rows and counts its rejects.")
        def receive(**context: Any) -> dict[str, Any]:
            return take_in(state.code, source, business_date(context))

        wait >> receive()

    build()


for each in states():
    for name in COMPLETES:
        ingest(each, name)
