"""One release DAG per state: what supervisors approved in the day leaves the same day.

It runs in the afternoon of each working day, and whenever a person triggers it.
"""

from datetime import timedelta
from typing import Any

from agency import PARAMS, QUIET, State, business_date, hold_lease, known_at, say, states, store
from airflow.sdk import dag, task

from arrears.night.outline import RELEASE_AT

WORKING_DAYS = "1-5"


def release(state: State) -> None:
    """Makes `<state>_release`."""

    @dag(
        dag_id=f"{state.code}_release",
        dag_display_name=f"{state.code.upper()} day release",
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
            task_display_name="Send what is approved",
            doc_md="Reads decisions and stops again, sends what is approved and due; needs a closed night.",
            **QUIET,
        )
        def day_release(**context: Any) -> dict[str, Any]:
            from arrears.night import steps
            from arrears.night.told import summary_lines

            hold_lease(context)
            found = steps.day_release(store(), state.code, business_date(context), known_at(context))
            say(summary_lines(found))
            return found

        day_release()

    build()


for each in states():
    release(each)
