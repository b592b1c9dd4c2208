"""One release DAG per state: what supervisors approved in the day leaves the same day.

It runs in the afternoon of each working day, and whenever a person triggers it.
"""

from datetime import timedelta
from typing import Any

from agency import PARAMS, State, business_date, hold_lease, known_at, states, store
from airflow.sdk import dag, task

from arrears.night.outline import RELEASE_AT

WORKING_DAYS = "1-5"


def release(state: State) -> None:
    """Makes `<state>_release`."""

    @dag(
        dag_id=f"{state.code}_release",
        description=f"Sends what {state.code.upper()} has approved since the night, under every guard",
        schedule=state.daily(RELEASE_AT, days=WORKING_DAYS),
        catchup=False,
        max_active_runs=1,
        params=PARAMS,
        default_args={"retries": 3, "retry_delay": timedelta(minutes=5)},
        tags=[state.code, "release"],
        doc_md=__doc__,
    )
    def build() -> None:
        @task(
            doc_md="Reads decisions and stops again and sends what is approved and due; needs a closed night."
        )
        def day_release(**context: Any) -> dict[str, Any]:
            from arrears.night import steps

            hold_lease(context)
            return steps.day_release(store(), state.code, business_date(context), known_at(context))

        day_release()

    build()


for each in states():
    release(each)
