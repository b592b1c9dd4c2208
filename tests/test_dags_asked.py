"""What a run of Airflow is asked for: its business date, and up to when it may know."""

import airflow_env  # noqa: F401, I001  first: it gives Airflow its home

from typing import Any

import agency
import pytest
from airflow.sdk.exceptions import AirflowFailException
from test_dags import a_run

pytestmark = pytest.mark.airflow


@pytest.mark.parametrize(
    ("about", "date"),
    [
        ({"partition_key": "2025-01-14"}, "2025-01-14"),
        ({"partition_key": "2025-01-14", "conf": {"date": "2025-01-15"}}, "2025-01-14"),
        ({"conf": {"date": "2025-01-15", "known_at": None}}, "2025-01-15"),
    ],
    ids=["key", "key before conf", "conf"],
)
def test_the_business_date_is_the_key_then_the_conf(about: dict[str, Any], date: str) -> None:
    assert agency.business_date(a_run(**about)) == date


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("yesterday", "not a time with its zone"),
        ("2025-01-14T02:00:00", "not a time with its zone"),
        (20250114, "not a time with its zone"),
        ("2999-01-01T00:00:00Z", "is a time to come"),
    ],
    ids=["words", "no zone", "a number", "the future"],
)
def test_a_time_known_at_that_means_nothing_ends_the_task_at_once(asked: Any, why: str) -> None:
    with pytest.raises(AirflowFailException, match=why):
        agency.known_at(a_run(conf={"known_at": asked}))
    assert agency.known_at(a_run(conf={"known_at": None})) is None
    assert agency.known_at(a_run(conf={"known_at": "2025-01-14T02:00:00Z"})) == "2025-01-14T02:00:00+00:00"


def test_the_business_date_of_an_interval_is_the_local_one() -> None:
    from pendulum import datetime as moment

    start = moment(2025, 1, 15, 3, tz="UTC")  # still the 14th in Maine
    assert agency.business_date(a_run(data_interval_start=start)) == "2025-01-14"


@pytest.mark.parametrize(
    "about",
    [
        {},
        {"conf": None},
        {"conf": {"date": None}},
        {"partition_key": "tonight"},
        {"conf": {"date": 20250114}},
    ],
    ids=["nothing", "no conf", "empty conf", "no date", "a number"],
)
def test_a_run_without_a_business_date_is_refused(about: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="No business date"):
        agency.business_date(a_run(**about))
