"""One approvals DAG per state: shows in Airflow that approvals wait, and sends on a supervisor's word.

It runs alongside the night, which waits for nobody. Its prompt is not a safeguard: whoever answers it, marks
it as done or writes an answer for it approves nothing by that. `send` is a day release like any other, which
reads the ledger's decisions again and lets out only what people approved there.
"""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from agency import (
    DESK_AT,
    PARAMS,
    QUIET,
    SIDE_BY_SIDE,
    State,
    business_date,
    hold_lease,
    say,
    states,
    store,
)
from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import chain, dag, task

MORNING_AT, WORKING_DAYS = "08:30", "1-5"
# Until shortly before the afternoon's release, which sends what was approved without any word here.
PATIENCE = timedelta(hours=5)


class SendNow(ApprovalOperator):
    """The prompt, whose buttons say what they do: the answer approves nothing, it only says when to send."""

    APPROVE, REJECT = "Send now", "Leave to the afternoon"


def approvals(state: State) -> None:
    """Makes `<state>_approvals`."""

    @dag(
        dag_id=f"{state.code}_approvals",
        dag_display_name=f"{state.code.upper()} approvals that wait",
        description=f"Shows what {state.code.upper()} waits for; on a word sends what is approved",
        schedule=state.daily(MORNING_AT, days=WORKING_DAYS),
        catchup=False,
        max_active_runs=SIDE_BY_SIDE,
        params={"date": PARAMS["date"]},
        tags=[state.code, "release"],
        doc_md=__doc__,
    )
    def build() -> None:
        @task(
            task_display_name="Count what waits",
            doc_md="Counts and dollars of the approvals that wait, by remedy; skipped where none does.",
            **QUIET,
        )
        def waiting(**context: Any) -> dict[str, Any]:
            from airflow.sdk.exceptions import AirflowSkipException

            from arrears.data.store import Store
            from arrears.desk.prompt import prompt

            found = prompt(
                Store.open(store()), state.code, date.fromisoformat(business_date(context)), DESK_AT
            )
            if not found.lines:
                raise AirflowSkipException("Nothing waits for approval")
            say([f"{found.subject}."])
            return asdict(found)

        ask = SendNow(
            task_id="ask",
            task_display_name="Ask whether to send now",
            subject="{{ ti.xcom_pull(task_ids='waiting')['subject'] }}",
            body="{{ ti.xcom_pull(task_ids='waiting')['body'] }}",
            defaults=SendNow.REJECT,
            response_timeout=PATIENCE,
            # Airflow fails a task that is answered in the second in which it is put: then it is put again.
            retries=2,
            retry_delay=timedelta(seconds=10),
            doc_md="The prompt: a word to send now what the desk has approved. It approves nothing itself.",
        )

        @task(
            retries=3,
            retry_delay=timedelta(minutes=5),
            task_display_name="Send what is approved",
            doc_md="A day release: reads decisions and stops again, and sends what is approved and due.",
            **QUIET,
        )
        def send(**context: Any) -> dict[str, Any]:
            from arrears.night import steps
            from arrears.night.told import summary_lines

            hold_lease(context)
            found = steps.day_release(store(), state.code, business_date(context))
            say(summary_lines(found))
            return found

        chain(waiting(), ask, send())

    build()


for each in states():
    approvals(each)
