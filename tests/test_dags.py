"""The DAGs: what they hold, what they cost to parse, which date they run for, and how they wait."""

import airflow_env  # noqa: I001  first: it gives Airflow its home

import subprocess
import sys
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import agency
import ingest
import nightly
import pytest
from airflow.sdk.exceptions import AirflowFailException, TaskDeferred
from odd_world import caseload as invented
from odd_world import write_inbox as caseload_files

from arrears import house
from arrears.night import steps
from arrears.desk import resolved as living
from arrears.errors import Refused
from arrears.ledger import Ledger
from arrears.data.store import Store

pytestmark = pytest.mark.airflow
FILES = sorted(path for path in airflow_env.DAGS.glob("*.py") if path.name != "agency.py")
STATES = sorted(p.stem for p in (house.RULES / "jurisdictions").glob("??.yml") if p.stem != "us")
HEAVY = ("duckdb", "pandas", "pyarrow", "numpy", "great_expectations", "sqlalchemy", "sqlglot")
NIGHT = ["files", "begin", "match", "facts", "remedies", "actions", "queues", "check", "release"]
NIGHT += ["close", "desk"]
PARSE = """
import sys, time
sys.path.insert(0, sys.argv[2])
import airflow.sdk
from airflow.sdk import BaseSensorOperator, CronPartitionTimetable, Param, PokeReturnValue, chain, dag, task
before = set(sys.modules)
began = time.perf_counter()
exec(compile(open(sys.argv[1]).read(), sys.argv[1], "exec"), {"__name__": "parsed", "__file__": sys.argv[1]})
print(time.perf_counter() - began)
print(*sorted({name.split(".")[0] for name in set(sys.modules) - before}))
"""


@pytest.fixture(scope="session")
def metadata() -> None:
    """Airflow's own database, empty."""
    from airflow.utils.db import initdb

    initdb()


@pytest.fixture(scope="module")
def dags() -> dict[str, Any]:
    """Every DAG by its id, read as Airflow reads them."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(str(airflow_env.DAGS))
    assert bag.import_errors == {}
    return dict(bag.dags)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An empty store of invented people, which the DAGs then use, with an empty inbox."""
    monkeypatch.setenv("ARREARS_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("ARREARS_INBOX", str(tmp_path / "arriving"))
    return Store.create(tmp_path / "store", "invented")


def a_run(**about: Any) -> dict[str, Any]:
    """A task's context with a DAG run of these features."""
    features = {"partition_key": None, "conf": {}, "data_interval_start": None, "dag_id": "d", "run_id": "r"}
    timetable = SimpleNamespace(timezone=ZoneInfo("America/New_York"))
    return {
        "dag_run": SimpleNamespace(**(features | about)),
        "dag": SimpleNamespace(timetable=timetable),
    }


def put(on: str, name: str, text: str = "x") -> Path:
    """A file in Maine's inbox of that date."""
    path = agency.inbox("me", on) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_every_state_has_its_dags(dags: dict[str, Any]) -> None:
    kinds = [*(f"ingest_{source}" for source in steps.SOURCES), "approvals", "nightly", "release"]
    assert sorted(dags) == sorted(f"{state}_{kind}" for state in STATES for kind in kinds)
    assert "me" in STATES


def test_every_dag_and_task_has_a_name_and_a_description_that_people_read(dags: dict[str, Any]) -> None:
    names = [dag.dag_display_name for dag in dags.values()]
    assert len(set(names)) == len(names)
    for dag_id, dag in dags.items():
        assert dag.dag_display_name.startswith(dag_id[:2].upper())
        assert dag.description
        assert dag.doc_md
        for task_id, one in dag.task_dict.items():
            assert " " in one.task_display_name, f"{dag_id}.{task_id}"
            assert one.doc_md, f"{dag_id}.{task_id}"
        for name in dag.params:
            asked = dag.params.get_param(name)
            assert asked.schema.get("title"), name
            assert asked.description, name


def test_dags_know_the_engines_sources_by_the_same_names() -> None:
    assert {source: pattern.rstrip("*") for source, pattern in agency.BELONGS.items()} == steps.SOURCES


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_a_dag_file_parses_in_under_a_second_and_imports_nothing_heavy(file: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PARSE, str(file), str(airflow_env.DAGS)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    seconds, modules = done.stdout.strip().splitlines()[-2:]
    assert set(modules.split()) & set(HEAVY) == set()
    assert float(seconds) < 1


def test_a_night_runs_its_steps_one_after_the_other(dags: dict[str, Any]) -> None:
    tasks = dags["me_nightly"].task_dict
    order, here = [], "files"
    while True:
        order.append(here)
        following = list(tasks[here].downstream_task_ids)
        if not following:
            break
        (here,) = following
    assert order == NIGHT == ["files", "begin", *(one.name for one in steps.NIGHT), "desk"]


def test_the_parts_of_a_night_are_mapped_tasks_that_any_worker_may_take(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from airflow.dag_processing.dagbag import DagBag

    monkeypatch.setenv("ARREARS_PARTS", "3")
    bag = DagBag(str(airflow_env.DAGS / "nightly.py"))
    assert bag.import_errors == {}
    tasks = bag.dags["me_nightly"].task_dict
    order = ["match", "split", "part", "merge", "remedies", "actions"]
    for one, following in pairwise(order):
        assert tasks[one].downstream_task_ids == {following}
    given = [{"number": number, "of": 3} for number in range(3)]
    for name in order:
        mapped = getattr(tasks[name], "op_kwargs_expand_input", None)
        assert (mapped.value["of_night"] if mapped else []) == (given if name in ("part", "merge") else [])


def test_a_night_begins_on_the_states_own_clock_and_carries_the_local_date(dags: dict[str, Any]) -> None:
    timetable = dags["me_nightly"].timetable
    assert (str(timetable.timezone), timetable.expression) == ("America/New_York", "0 2 * * *")
    assert keys(timetable, "2025-03-08", "2025-03-10") == ["2025-03-08", "2025-03-09", "2025-03-10"]


def test_the_inbox_of_a_date_opens_when_the_night_before_begins(dags: dict[str, Any]) -> None:
    timetable = dags["me_ingest_dmv"].timetable
    assert (timetable.run_offset, timetable.key_format) == (1, "%Y-%m-%d")


def keys(timetable: Any, first: str, last: str) -> list[str]:
    """The partition keys that a backfill of these dates makes."""
    from airflow.serialization.encoders import coerce_to_core_timetable

    bounds = [datetime.fromisoformat(f"{day}:00+00:00") for day in (f"{first}T00:00", f"{last}T23:59")]
    found = coerce_to_core_timetable(timetable).iter_partition_dagrun_infos(
        earliest=bounds[0], latest=bounds[1]
    )
    return [str(info.partition_key) for info in found]


def test_a_backfill_makes_one_night_per_date(dags: dict[str, Any]) -> None:
    dates = [f"2025-01-{day}" for day in (14, 15, 16, 17)]
    for name in ("me_nightly", "me_ingest_caseload"):
        assert keys(dags[name].timetable, dates[0], dates[-1]) == dates


def test_a_night_that_waits_does_not_keep_out_the_one_it_waits_for(dags: dict[str, Any]) -> None:
    assert dags["me_nightly"].max_active_runs > 1


def test_a_profile_without_its_clock_is_named(tmp_path: Path) -> None:
    (tmp_path / "zz.yml").write_text("timezone: America/New_York\n")
    with pytest.raises(ValueError, match=r"zz\.yml: night_at missing"):
        list(agency.states(tmp_path))


def test_a_missing_file_is_waited_for_without_a_worker(dags: dict[str, Any], store: Store) -> None:
    wait = dags["me_nightly"].task_dict["files"]
    with pytest.raises(TaskDeferred) as deferred:
        wait.execute(a_run(partition_key="2025-01-14"))
    assert type(deferred.value.trigger).__name__ == "FileTrigger"
    assert deferred.value.timeout == nightly.CUT_OFF
    put("2025-01-14", "caseload.control.json")
    assert wait.execute(a_run(partition_key="2025-01-14")) is None


def test_only_the_caseload_holds_a_night_up(dags: dict[str, Any]) -> None:
    patient = {s: dags[f"me_ingest_{s}"].task_dict["wait"].soft_fail for s in steps.SOURCES}
    assert [source for source, may_be_skipped in patient.items() if not may_be_skipped] == ["caseload"]
    assert dags["me_nightly"].task_dict["files"].source == "caseload"


def test_files_that_were_taken_are_not_given_to_the_engine_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("2025-01-14", "state_tax_refunds.txt", "")
    given: list[list[str]] = []
    engine = steps.ingest

    def noted(*asked: Any) -> Any:
        given.append([Path(file).name for file in asked[3]])
        return engine(*asked)

    monkeypatch.setattr(steps, "ingest", noted)
    for _ in range(2):
        agency.take_in("me", "tax", "2025-01-14")
    put("2025-01-14", "state_tax_refunds.again.txt", "")
    agency.take_in("me", "tax", "2025-01-14")
    assert given == [["state_tax_refunds.txt"], ["state_tax_refunds.again.txt", "state_tax_refunds.txt"]]


@pytest.mark.usefixtures("metadata")
def test_a_refused_file_makes_its_ingest_run_red_once_and_stops_nothing(
    dags: dict[str, Any], store: Store
) -> None:
    put("2025-01-14", "state_tax_refunds.txt", "no layout has this\n")
    put("2025-01-14", "state_tax_refunds.control.json", "{}")
    agency.take_in("me", "tax", "2025-01-14")
    assert "state_tax_refunds.txt is refused: " in " ".join(agency.left_out("me", "tax", "2025-01-14"))
    assert through(dags["me_ingest_tax"], "2025-01-14") == "failed"
    with pytest.raises(AirflowFailException, match="/review/me/tonight#files"):
        ingest.look_at("me", "tax", "2025-01-14")
    ingest.look_at("me", "dmv", "2025-01-14")
    assert dags["me_ingest_tax"].task_dict["look"].retries == 0
    assert agency.left_out("me", "dmv", "2025-01-14") == []


def test_the_first_night_of_a_store_is_the_earliest_that_has_files(store: Store) -> None:
    for day in ("2025-01-14", "2025-01-15"):
        put(day, "caseload.control.json")
    assert nightly.night_before("me", "2025-01-15", set()) == "2025-01-14"
    assert nightly.night_before("me", "2025-01-14", set()) is None
    assert nightly.night_before("me", "2025-01-15", {"2025-01-14"}) is None


def test_a_night_declared_absent_is_not_waited_for(store: Store) -> None:
    for day in ("2025-01-14", "2025-01-15", "2025-01-16"):
        put(day, "caseload.control.json")
    assert nightly.night_before("me", "2025-01-16", {"2025-01-14"}) == "2025-01-15"
    assert nightly.night_before("me", "2025-01-16", {"2025-01-14", "2025-01-15"}) is None


def test_a_refused_night_steps_back_and_asks_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise Refused("The night before is open")

    monkeypatch.setattr(steps, "begin", refuse)
    run = a_run(partition_key="2025-01-15")
    assert not nightly.begin_in_turn("me", "2025-01-15", None, run).is_done
    monkeypatch.setattr(steps, "begin", lambda *_: {"run": "r", "deliveries": 0, "known_at": "02:00"})
    found = nightly.begin_in_turn("me", "2025-01-15", None, run)
    assert (found.is_done, found.xcom_value["run"]) == (True, "r")


TRIGGERS = "dag_test"  # as whom Airflow runs what a test runs


def a_broken_night(store: Store) -> None:
    """A night of Maine that began and was broken off, and whose lease somebody has freed since."""
    caseload_files(invented(), agency.inbox("me", "2025-01-14"))
    agency.take_in("me", "caseload", "2025-01-14")
    steps.begin(str(store.root), "me", "2025-01-14")
    Ledger.open(store.ledger_url).break_lease("me", "olu.operator", "It is gone.", at=datetime.now(UTC))


@pytest.mark.usefixtures("metadata")
def test_a_person_begins_a_broken_night_anew_through_its_dag(
    dags: dict[str, Any], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_broken_night(store)
    for name in nightly.STEPS:
        monkeypatch.setattr(steps, name, lambda *_: {})
    monkeypatch.setattr(living, "set_desk", lambda *_: 0)
    ledger = Ledger.open(store.ledger_url)
    ledger.add_user(TRIGGERS, {"operator"}, at=datetime.now(UTC))
    conf = {"again": True, "because": "The caseload was corrected."}
    assert through(dags["me_nightly"], "2025-01-14", **conf) == "success"
    assert [run.status for run in ledger.runs("me")] == ["given_up", "open"]
    [told] = ledger.audit_rows("me", "begin_anew")
    assert told["who"] == TRIGGERS
    assert "because_sha256" in told["about"]


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"as": "olu.operator"}, "needs a reason"),
        ({"because": "Corrected."}, "Nobody may not begin"),
        ({"as": "pat.caseworker", "because": "Corrected."}, "pat.caseworker may not begin"),
        ({"as": "olu.operator", "because": "x", "triggered": "pat.caseworker"}, "pat.caseworker may not"),
    ],
    ids=["no reason", "nobody", "another role", "who triggers is who asks"],
)
def test_nobody_else_does_and_the_dag_does_not_wait_for_it(
    store: Store, about: dict[str, str], why: str
) -> None:
    a_broken_night(store)
    by = about.get("triggered")
    run = a_run(conf={"again": True, **about}, triggering_user_name=by)
    with pytest.raises(AirflowFailException, match=why):
        nightly.begin_in_turn("me", "2025-01-14", None, run)
    assert [one.status for one in Ledger.open(store.ledger_url).runs("me")] == ["open"]


def test_a_night_that_nobody_began_is_not_begun_anew(store: Store) -> None:
    caseload_files(invented(), agency.inbox("me", "2025-01-14"))
    run = a_run(conf={"again": True, "as": "olu.operator", "because": "Corrected."})
    with pytest.raises(AirflowFailException, match="never begun, so it cannot begin again"):
        nightly.begin_in_turn("me", "2025-01-14", None, run)


def test_any_other_fault_of_a_night_is_not_waited_out(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(steps, "begin", fail)
    with pytest.raises(OSError, match="disk full"):
        nightly.begin_in_turn("me", "2025-01-15", None, a_run())


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("metadata")
def test_a_night_through_the_dags_sends_byte_for_byte_what_it_sends_by_hand(
    dags: dict[str, Any], maine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_dag, by_hand = Store.create(tmp_path / "dag", "invented"), Store.open(maine / "first")
    monkeypatch.setenv("ARREARS_STORE", str(by_dag.root))
    monkeypatch.setenv("ARREARS_INBOX", str(house.SAMPLE))
    files = house.SAMPLE / "me" / "2025-01-14" / "inbox"
    came = [source for source, pattern in agency.COMPLETES.items() if any(files.glob(pattern))]
    for source in came:
        assert through(dags[f"me_ingest_{source}"], "2025-01-14") == "success"
    assert through(dags["me_nightly"], "2025-01-14") == "success"
    sent = outbox(by_dag)
    assert sent == outbox(by_hand)
    assert sent

    assert through(dags["me_nightly"], "2025-01-14") == "success"
    assert outbox(by_dag) == sent
    outcomes = [one.outcome for one in Ledger.open(by_dag.ledger_url).deliveries("me")]
    assert outcomes == ["accepted"] * len(came)


def through(dag: Any, date: str, **conf: Any) -> str:
    """How a run of this DAG for this date ended, run in this process."""
    return str(dag.test(logical_date=None, run_conf={"date": date, **conf}).state.value)


def outbox(store: Store) -> dict[str, bytes]:
    """Every file that partners can fetch."""
    folder = store.root / "outbox"
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
