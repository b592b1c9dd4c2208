"""Airflow's approval prompt shows that approvals wait; no way round it lets anything out."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import PATIENCE_SECONDS, picture, sign_in
from local_airflow import point_at, whole_airflow

from arrears.data.store import Store
from arrears.desk.lists import lists
from arrears.desk.requests import MOST_ON_A_PAGE, Asked
from arrears.desk.review import decide
from arrears.ledger import Ledger
from arrears.night.steps import day_release

pytestmark = [pytest.mark.airflow, pytest.mark.slow, pytest.mark.timeout(900)]
DAG, NIGHT = "me_approvals", "2025-01-15"
RUNS = f"/dags/{DAG}/dagRuns"
READING_SECONDS = 3
YES = {"chosen_options": ["Send now"], "params_input": {}}


@pytest.fixture(scope="module")
def store(lived_nights: Store, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The lived nights in a copy, after the day's release."""
    root = tmp_path_factory.mktemp("approvals") / "store"
    shutil.copytree(lived_nights.root, root)
    day_release(str(root), "me", NIGHT)  # what people approved after the night has left already
    return Store.open(root)


@pytest.fixture(scope="module")
def client(store: Store, airflow_database: Path) -> Iterator[Any]:
    """All of Airflow over the copied store; gives a REST client for a user."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        point_at(monkeypatch, store.root.parent / "airflow", store.root, airflow_database)
        with whole_airflow() as made:
            yield made


def test_only_what_the_ledger_holds_as_approved_leaves_whatever_airflow_is_told(
    client: Any, store: Store
) -> None:
    operator, supervisor = client("eng"), client("sam.supervisor")
    waiting = lists(store, "me", Asked(kind="approval", size=MOST_ON_A_PAGE))
    assert waiting.total == len(waiting.lines) > 1

    # The prompt says what waits, and names nobody.
    run = begin(operator, "round")
    told = supervisor.call("GET", f"{RUNS}/{run}/hitlDetails")["hitl_details"][0]
    assert f"{waiting.total} lines for" in told["subject"]
    assert all(one["title"] in told["body"] for one in waiting.facets.remedies)
    people = {one[name] for one in waiting.lines for name in ("case_id", "person_id", "subject_id")} - {None}
    assert people
    assert not [one for one in people if one in told["body"]]

    # Neither an answer written by hand where Airflow keeps answers, nor a task declared done, sends anything.
    before = published(store)
    asked = f"{RUNS}/{run}/taskInstances/ask"
    forged = {"key": "return_value", "value": YES}
    assert operator.call("POST", f"{asked}/xcomEntries", forged)["key"] == "return_value"
    operator.call("PATCH", asked, {"new_state": "success"})
    assert ended(operator, run) == {"waiting": "success", "ask": "success", "send": "success"}
    assert published(store) == before

    # What a supervisor approved in the ledger does leave, and no line beside it.
    line = waiting.lines[0]
    decide(store, "me", [line["item_id"]], "approve", "sam.supervisor", "Read it; the ground stands")
    run = begin(operator, "answered")
    supervisor.call("PATCH", f"{RUNS}/{run}/taskInstances/ask/-1/hitlDetails", YES)
    assert ended(operator, run) == {"waiting": "success", "ask": "success", "send": "success"}
    assert {(one["remedy"], one["subject_id"]) for one in published(store)[len(before) :]} == {
        (line["remedy"], line["subject_id"])
    }

    # A no ends the run and sends nothing, and the day's own release does not wait for it.
    after = published(store)
    run = begin(operator, "refused")
    supervisor.call(
        "PATCH",
        f"{RUNS}/{run}/taskInstances/ask/-1/hitlDetails",
        {**YES, "chosen_options": ["Leave to the afternoon"]},
    )
    assert ended(operator, run) == {"waiting": "success", "ask": "success", "send": "skipped"}
    assert published(store) == after


def test_the_prompt_and_the_work_list_stand_on_the_run_in_the_browser(
    client: Any, store: Store, chromium: Any
) -> None:
    operator = client("eng")
    waiting = lists(store, "me", Asked(kind="approval"))
    run = begin(operator, "looked_at")
    page = chromium.new_context(viewport={"width": 1400, "height": 900}).new_page()
    page.set_default_timeout(PATIENCE_SECONDS * 1000)
    sign_in(page, operator.root, "sam.supervisor", client.password("sam.supervisor"))
    page.get_by_role("region", name="Tonight").wait_for()

    page.goto(f"{operator.root}/dags/{DAG}/runs/{run}/tasks/ask/required_actions")
    page.get_by_text(f"{waiting.total} lines for").first.wait_for()
    assert page.get_by_role("cell", name=waiting.facets.remedies[0]["title"]).count()
    picture(page, "approval")

    page.goto(f"{operator.root}/dags/{DAG}/runs/{run}")
    page.get_by_role("link", name="Work list").click()
    desk = page.frame_locator("iframe[title='Work list']")
    desk.get_by_role("link", name="Approvals due").wait_for()
    assert NIGHT in desk.locator("body").inner_text()
    picture(page, "run")


def begin(airflow: Any, name: str) -> str:
    """The id of a new run of the approvals of the night, once its prompt waits."""
    airflow.call("POST", RUNS, {"dag_run_id": name, "logical_date": None, "partition_key": NIGHT})
    wait_for(airflow, name, lambda states: states["ask"] == "awaiting_input")
    # Airflow fails a task that is answered before its scheduler has heard that it waits; people read first.
    time.sleep(READING_SECONDS)
    return name


def ended(airflow: Any, run: str) -> dict[str, str]:
    """The states of a run's tasks when nothing of it is to come."""
    return wait_for(
        airflow,
        run,
        lambda states: set(states.values()) <= {"success", "skipped", "failed", "upstream_failed"},
    )


def wait_for(airflow: Any, run: str, is_there: Any, seconds: float = 240) -> dict[str, str]:
    """The states of a run's tasks once they are as wanted."""
    end, states = time.monotonic() + seconds, {}
    while time.monotonic() < end:
        tasks = airflow.call("GET", f"{RUNS}/{run}/taskInstances")["task_instances"]
        states = {one["task_id"]: one["state"] for one in tasks}
        if states and is_there(states):
            return states
        time.sleep(0.5)
    raise AssertionError(f"{run} did not come so far: {states}")


def published(store: Store) -> list[dict[str, Any]]:
    """Everything that has left for partners, oldest first."""
    found: list[dict[str, Any]] = (
        Ledger.open(store.ledger_url).snapshot("me", only=["published"])["published"].to_pylist()
    )
    return found
