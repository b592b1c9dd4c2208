"""What the DAG files share: which states there are, which date a run is about, where files wait."""

import hashlib
import logging
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from airflow.sdk import BaseSensorOperator, CronPartitionTimetable, Param, Variable

from arrears.night.outline import source_of

HOUSE = Path(__file__).resolve().parents[1]


def sources(folder: Path = HOUSE / "transforms" / "feeds") -> dict[str, str]:
    """Each source with the file that completes its delivery, which a sender puts into the inbox last.

    That is the control file. A feed without one proves itself by its own counts and sums, and comes
    alone. Of each feed only one line is read, so that parsing stays cheap.
    """
    found = {}
    for feed in sorted(folder.glob("*/feed.yml")):
        name = feed.parent.name
        has_control = re.search(r"^control:\s*required\b", feed.read_text(), re.MULTILINE)
        found[source_of(name)] = f"{name}*control.json" if has_control else f"{name}*"
    return found


COMPLETES = sources()
BELONGS = {source: pattern.split("*")[0] + "*" for source, pattern in COMPLETES.items()}
REQUIRED = "caseload"
POLL_SECONDS = 5.0
# More than one, or a date that waits would keep out the very date that it waits for.
SIDE_BY_SIDE = 4

# Where the desk stands in Airflow.
DESK_AT = "/review"
# Tasks say their counts as lines; the value that the next task may read is not shown beside them.
QUIET = {"show_return_value_in_logs": False}

PARAMS = {
    "date": Param(
        None,
        type=["null", "string"],
        format="date",
        title="Business date",
        description="The date of the night, such as 2025-01-14. Only where no partition key is given.",
    ),
    "known_at": Param(
        None,
        type=["null", "string"],
        format="date-time",
        title="Known at",
        description="Leave it empty for the usual run. A time with its zone, such as "
        "2025-01-14T02:00:00-05:00, counts only what had arrived by then; it cannot lie in the future.",
    ),
}


@dataclass(frozen=True)
class State:
    """One state's clock, as its profile has it."""

    code: str
    timezone: str
    night_at: str

    def daily(self, at: str, offset: int = 0, days: str = "*") -> CronPartitionTimetable:
        """A timetable at this local time whose partition key is the local date, `offset` days on."""
        hour, minute = (int(part) for part in at.split(":"))
        return CronPartitionTimetable(
            f"{minute} {hour} * * {days}", timezone=self.timezone, run_offset=offset, key_format="%Y-%m-%d"
        )


def states(folder: Path = HOUSE / "rules" / "jurisdictions") -> Iterator[State]:
    """Every state that has a profile; of each file only two lines are read, so that parsing stays cheap."""
    for profile in sorted(folder.glob("??.yml")):
        if profile.stem == "us":
            continue
        found = dict(
            re.findall(r"^(timezone|night_at):\s*['\"]?([^'\"#\s]+)", profile.read_text(), re.MULTILINE)
        )
        if missing := {"timezone", "night_at"} - found.keys():
            raise ValueError(f"{profile}: {' and '.join(sorted(missing))} missing. Add it at the top level.")
        yield State(profile.stem, found["timezone"], found["night_at"])


def business_date(context: Mapping[str, Any]) -> str:
    """The date that a run is about: its partition key, else its conf, else its interval; else it refuses.

    Nothing else reads dates from Airflow: a run id carries another date, and a partitioned run has no
    logical date at all.
    """
    run = context["dag_run"]
    asked = getattr(run, "partition_key", None) or (getattr(run, "conf", None) or {}).get("date")
    if not asked and (start := getattr(run, "data_interval_start", None)):
        asked = start.in_timezone(context["dag"].timetable.timezone).date().isoformat()
    try:
        day = date.fromisoformat(asked or "")
    except (TypeError, ValueError):
        found = f"{asked!r} is not an ISO date." if asked else "The run has no partition key and no conf."
        raise ValueError(
            f"No business date. {found} Trigger it with a partition key such as 2025-01-14, or with the "
            'conf {"date": "2025-01-14"}.'
        ) from None
    return day.isoformat()


def known_at(context: Mapping[str, Any]) -> str | None:
    """The moment up to which a run may know, where it was triggered with one; a bad one ends the task."""
    from airflow.sdk.exceptions import AirflowFailException

    asked = (getattr(context["dag_run"], "conf", None) or {}).get("known_at") or None
    if asked is None:
        return None
    try:
        moment = datetime.fromisoformat(asked)
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        # No second try changes it.
        raise AirflowFailException(
            f"Known at {asked!r} is not a time with its zone. Trigger the run again, with one such as "
            "2025-01-14T02:00:00-05:00, or with none for the usual run."
        )
    if moment > datetime.now(UTC):
        raise AirflowFailException(f"Known at {asked} is a time to come: nobody can know yet what arrives.")
    return moment.isoformat()


def say(lines: Iterable[str]) -> None:
    """Writes lines into the task's log."""
    for line in lines:
        logging.getLogger(__name__).info("%s", line)


def store() -> str:
    """The store: `ARREARS_STORE`, a folder or URL, else `store/` next to the DAGs; its key is at hand."""
    lend_secrets()
    return os.environ.get("ARREARS_STORE") or str(HOUSE / "store")


def lend_secrets() -> None:
    """Lets the engine read `ARREARS_KEY_URL=airflow:NAME`: a variable of Airflow's secrets backend.

    It is asked for once a task, so that a rotated key counts from the next one, and stands in no environment.
    """
    from arrears.data import keys

    keys.lent["airflow"] = cache(Variable.get)


def inboxes() -> Path:
    """Where partners' files arrive, as `<state>/<date>/inbox/`: `ARREARS_INBOX`, else the sample."""
    return Path(os.environ.get("ARREARS_INBOX") or HOUSE / "sample_data")


def inbox(state: str, on: str) -> Path:
    """The folder into which partners' files for the night of this date are put."""
    return inboxes() / state / on / "inbox"


def take_in(state: str, source: str, on: str) -> dict[str, Any]:
    """What became of one source's files in the inbox of this date; those taken before are left alone.

    A retry and the night's own last look thus add nothing, while the same bytes under another name,
    or on another day, are judged by the engine, which tells of the duplicate.
    """
    from arrears.data.store import Store
    from arrears.intake.receive.landing import kept_name
    from arrears.night import steps

    place = Store.open(store())
    known = {(one.original_name, one.sha256) for one in came(place, state, on)}
    files = sorted(inbox(state, on).glob(BELONGS[source]))
    heads = [file for file in files if file.match(COMPLETES[source])] or files
    if all((kept_name(file), hashlib.sha256(file.read_bytes()).hexdigest()) in known for file in heads):
        return {"deliveries": []}
    day = on if place.kind == "invented" else None
    return steps.ingest(store(), state, source, [str(file) for file in files], day)


def came(place: Any, state: str, on: str) -> list[Any]:
    """The deliveries of the ledger that may have lain in the inbox of this date, as they stand now.

    Arrivals are dated by hand only among invented people; a real store dates them itself, and files for a
    night may come on the day before.
    """
    from arrears.ledger import Ledger

    invented, day = place.kind == "invented", date.fromisoformat(on)
    since = day if invented else day - timedelta(days=1)
    return [
        one
        for one in Ledger.open(place.ledger_url).deliveries(state)
        if since <= one.received_on and (one.received_on == day or not invented)
    ]


def left_out(state: str, source: str, on: str) -> list[str]:
    """A sentence on each file of a source in the inbox of this date that is held or refused as of now.

    Of a file that came again under its name, the last one counts; what a person let in is not told.
    """
    from arrears.data.store import Store
    from arrears.intake.receive.landing import kept_name
    from arrears.night.steps import SOURCES

    lying = {kept_name(file) for file in inbox(state, on).glob(BELONGS[source])}
    last = {
        one.original_name: one
        for one in sorted(came(Store.open(store()), state, on), key=lambda one: one.position)
        if one.original_name in lying and one.outcome != "duplicate"
    }
    return [
        f"{one.original_name} is {one.outcome}: {one.reason.rstrip('.')}."
        for _, one in sorted(last.items())
        if one.outcome in ("held", "refused") and one.feed in (SOURCES[source], "unknown")
    ]


def desk_link(path: str) -> str:
    """The address of a page of the desk, as far as Airflow knows its own."""
    from airflow.sdk.configuration import conf

    return f"{conf.get('api', 'base_url', fallback='').rstrip('/')}{DESK_AT}/{path}"


def hold_lease(context: Mapping[str, Any]) -> None:
    """Lets all tasks of one run act as one holder of the night's lease, in whatever process they are."""
    os.environ["ARREARS_HOLDER"] = f"airflow {context['dag_run'].dag_id} {context['dag_run'].run_id}"


class InboxSensor(BaseSensorOperator):
    """Waits for the file that completes a source's delivery, in the triggerer: no worker is held."""

    def __init__(self, *, state: str, source: str, patience: timedelta, **kwargs: Any) -> None:
        super().__init__(timeout=patience.total_seconds(), poke_interval=POLL_SECONDS, **kwargs)
        self.state, self.source, self.patience = state, source, patience

    def execute(self, context: Mapping[str, Any]) -> None:
        """Done at once where the file is there; else the task leaves its worker until it is."""
        from airflow.providers.standard.triggers.file import FileTrigger

        from arrears.errors import safe_path

        folder = inbox(self.state, business_date(context))
        if any(folder.glob(COMPLETES[self.source])):
            return
        self.log.info("Waiting for %s in %s", COMPLETES[self.source], safe_path(folder))
        trigger = FileTrigger(str(folder / COMPLETES[self.source]), poke_interval=POLL_SECONDS)
        self.defer(trigger=trigger, method_name="arrived", timeout=self.patience)

    def arrived(self, context: Mapping[str, Any], event: object = None) -> None:
        """The file is there."""

    def resume_execution(self, next_method: str, next_kwargs: dict[str, Any] | None, context: Any) -> Any:
        """What `arrived` gives; a plain sentence where nothing came."""
        from airflow.sdk.exceptions import AirflowSensorTimeout

        from arrears.errors import safe_path

        try:
            return super().resume_execution(next_method, next_kwargs, context)
        except AirflowSensorTimeout:
            raise AirflowSensorTimeout(
                f"{COMPLETES[self.source]} did not come within {self.patience}. "
                f"Place: {safe_path(inbox(self.state, business_date(context)))}. "
                "Put the file there and clear this task, or declare the night absent."
            ) from None
