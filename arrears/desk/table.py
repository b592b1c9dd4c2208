"""The desk's table of a closed run: one row per line, ready to be filtered, sorted and counted.

It is made once, from what the run and the night before it kept, and lies beside them. Decisions are no
part of it: they come later, and each page leaves out what has been decided since.
"""

import hashlib
import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from arrears import house
from arrears.answers.runs import ClosedRun
from arrears.config import read_once
from arrears.data.beside import attach_kept
from arrears.data.store import Store
from arrears.data.warehouse import (
    Connection,
    attach_arrow,
    attach_parquet,
    file_paths,
    quote,
    run_sql_file,
    sql_text,
    warehouse,
    write_parquet,
)
from arrears.desk.nearness import near_select
from arrears.desk.priority import score_sql
from arrears.law.catalog import described_facts
from arrears.law.profile import Profile
from arrears.law.remedy import Card, load_cards
from arrears.law.verdicts import Verdicts
from arrears.law.work_order import ONE_CAUSE, WorkOrder, load_work_order
from arrears.night.close import folder_hash
from arrears.reports.balance import balance

SQL = Path(__file__).with_name("sql")

GROUP = 8_192  # rows that are read to show one of them
LAST_PLACE = 999  # of a kind that the desk does not know
SHAPE = 8  # goes up with every change of what the table holds
WORK_LIST = Path("plan", "work_list.parquet")
# Two requests of one process would write one file aside under one name.
_making = threading.Lock()


def desk_table(store: Store, run: ClosedRun) -> Path:
    """Where the desk's table of a run lies, made now if it was not there."""
    path = table_path(store, run, "lines")
    return made_once(path, lambda: make_table(store, run, path))


def made_once(path: Path, make: Callable[[], object]) -> Path:
    """A file, made now if it was not there."""
    if not path.exists():
        with _making:
            if not path.exists():
                make()
    return path


def table_path(store: Store, run: ClosedRun, name: str) -> Path:
    """Where the desk keeps a table of a run: another place for every other manifest, rule and shape."""
    record = run.record
    known = f"{record.manifest_sha256} {rules_hash(house.RULES)} {SHAPE}"
    short = hashlib.sha256(known.encode()).hexdigest()[:16]
    return store.desk(record.state) / f"{record.run_id}.{short}.{name}.parquet"


@read_once("../transforms")
def rules_hash(rules_dir: Path) -> str:
    """One hash over everything that words, scores or compares a line."""
    return folder_hash(rules_dir, house.transforms_of(rules_dir) / "desk")


def make_table(store: Store, run: ClosedRun, path: Path) -> int:
    """The number of lines of a run, after writing its table."""
    order, profile = load_work_order(house.RULES), Profile.load(house.RULES, run.record.state)
    cards = {name: card.here(profile, run.as_of) for name, card in load_cards(house.RULES).items()}
    with warehouse(spill=store.spill()) as con:
        attach_kinds(con, order)
        attach_work(con, run)
        attach_was(con, store, run)
        used = [cards[name] for name in remedies_of(con) if name in cards]
        attach_facts(con, run.folder, used)
        attach_near(con, run, used, profile)
        attach_missing(con, used)
        attach_readings(con, run.folder, used)
        attach_clocks(con, run.folder)
        run_sql_file(con, SQL / "lines.sql", "line", {"as_of": run.as_of, "last_place": LAST_PLACE})
        con.execute(f"CREATE TABLE scored AS {score_sql(order.points_on(run.as_of))}", {"as_of": run.as_of})
        balance(con)
        fold(con, order, run.as_of)
        return write_parquet(con, sql_text(SQL / "desk.sql"), path, group=GROUP)


def attach_kinds(con: Connection, order: WorkOrder) -> None:
    """Makes `kind`: every kind of line with its place on the desk."""
    rows = [{**asdict(one), "place": place} for place, one in enumerate(order.kinds.values())]
    shape = pa.schema(
        [
            ("kind", pa.string()),
            ("title", pa.string()),
            ("minutes", pa.int64()),
            ("urgent", pa.bool_()),
            ("place", pa.int64()),
            ("heading", pa.string()),
        ]
    )
    attach_arrow(con, "kind", pa.Table.from_pylist(rows, shape))


def fold(con: Connection, order: WorkOrder, as_of: date) -> None:
    """Makes `matter` and `days`: each line with what it folds into, and whether that fits into a day."""
    budget = order.budget_on(as_of)
    titles = [{"fact": name, "title": title} for name, title in fact_titles(house.FACTS).items()]
    shape = pa.schema([("fact", pa.string()), ("title", pa.string())])
    attach_arrow(con, "fact_title", pa.Table.from_pylist(titles, shape))
    run_sql_file(con, SQL / "given.sql", "given", {"one_cause_from": budget.one_cause_from})
    run_sql_file(con, SQL / "causes.sql", "causes", {"kind": ONE_CAUSE})
    con.execute("CREATE VIEW every_line AS FROM given UNION ALL BY NAME FROM causes")
    day = {"as_of": as_of, "due_within_days": budget.due_within_days}
    run_sql_file(con, SQL / "matters.sql", "matter", {"one_cause": ONE_CAUSE, **day})
    run_sql_file(con, SQL / "days.sql", "days", {"minutes_a_day": budget.minutes_a_day})


def attach_work(con: Connection, run: ClosedRun) -> None:
    """Makes `work`: tonight's lines, each item once, with the office that its person belongs to."""
    persons, cases = (file_paths(run.folder / "facts" / f"{one}_facts.parquet") for one in ("person", "case"))
    attach_parquet(con, "listed", [run.folder / WORK_LIST])
    run_sql_file(con, SQL / "work.sql", "work", {"persons": persons, "cases": cases})


def attach_was(con: Connection, store: Store, run: ClosedRun) -> None:
    """Makes `was` and `seen`: last night's lines, and since when each of them stood there without a gap."""
    before = run.before
    if before is None:
        con.execute("CREATE VIEW was AS SELECT * FROM listed WHERE false")
        con.execute(
            "CREATE VIEW seen AS SELECT item_id, CAST(NULL AS DATE) AS first_seen_on, 0 AS nights FROM was"
        )
        return
    attach_parquet(con, "was", [before.folder / WORK_LIST])
    attach_parquet(con, "seen", [seen_table(store, before)])


def seen_table(store: Store, night: ClosedRun) -> Path:
    """Where a night tells since when its items have stood on the list, made now if it was not there."""
    missing: list[tuple[ClosedRun, Path]] = []
    one: ClosedRun | None = night
    while one is not None and not _seen_path(store, one).exists():
        missing.append((one, _seen_path(store, one)))
        one = one.before
    for made, path in reversed(missing):
        with warehouse() as con:
            attach_work_ids(con, made)
            attach_was(con, store, made)
            write_parquet(con, sql_text(SQL / "seen.sql"), path, {"as_of": made.as_of})
    return _seen_path(store, night)


def attach_work_ids(con: Connection, run: ClosedRun) -> None:
    """Makes `work` with nothing but the items of a run."""
    attach_parquet(con, "listed", [run.folder / WORK_LIST])
    con.execute("CREATE TABLE work AS SELECT DISTINCT item_id FROM listed")


def _seen_path(store: Store, night: ClosedRun) -> Path:
    record = night.record
    return store.desk(record.state) / f"{record.run_id}.{record.manifest_sha256[:16]}.seen.parquet"


def remedies_of(con: Connection) -> list[str]:
    """The remedies that tonight's lines are about."""
    found = con.execute("SELECT DISTINCT remedy FROM work WHERE remedy IS NOT NULL ORDER BY 1").fetchall()
    return [row[0] for row in found]


def attach_facts(con: Connection, folder: Path, cards: Iterable[Card]) -> None:
    """Makes `facts.*` for the tables that these remedies read."""
    names = sorted({card.facts for card in cards})
    attach_kept(con, {f"facts.{name}": folder / "facts" / f"{name}.parquet" for name in names})


def attach_near(con: Connection, run: ClosedRun, cards: Iterable[Card], profile: Profile) -> None:
    """Makes `nearest`: the limit that each subject of a remedy is nearest to."""
    con.execute("CREATE SCHEMA near")
    selects = [found for card in cards if (found := near_select(con, card, profile, run.as_of))]
    _union(
        con,
        "nearest",
        selects,
        "remedy VARCHAR, subject_id VARCHAR, near_condition VARCHAR, near_key VARCHAR, near_value BIGINT,"
        " near_limit BIGINT, near_percent BIGINT",
    )


def attach_missing(con: Connection, cards: Iterable[Card]) -> None:
    """Makes `missing`: of each undecided line the facts that are not known; its conditions where all are."""
    selects = []
    for card in cards:
        conditions = {one.name: one for part in ("enter", "stay") for one in card.conditions[part]}
        wants = ", ".join(
            f'CASE WHEN list_contains(work.because, {quote(one.name)}) AND fact."{fact}" IS NULL'
            f" THEN {quote(fact)} END"
            for one in conditions.values()
            for fact in one.facts
        )
        selects.append(
            f"SELECT item_id, list_sort(list_distinct([{wants or 'NULL'}])) AS facts"
            f" FROM work JOIN {card.relation} AS fact ON fact.subject_id = work.subject_id"
            f" WHERE work.remedy = {quote(card.remedy)} AND work.kind = 'unknown'"
        )
    _union(con, "missing", selects, "item_id VARCHAR, facts VARCHAR[]")


def attach_readings(con: Connection, folder: Path, cards: Iterable[Card]) -> None:
    """Makes `reading`: what guide and statute say of each subject of a remedy."""
    kept = Verdicts(folder)
    selects = [
        f"""SELECT remedy, subject_id, guide_verdict, law_verdict FROM ({kept.select(card.remedy, "enter")})
        WHERE subject_id IN (SELECT subject_id FROM work WHERE remedy = {quote(card.remedy)})"""
        for card in cards
        if card.remedy in kept.remedies
    ]
    _union(
        con,
        "reading",
        selects,
        "remedy VARCHAR, subject_id VARCHAR, guide_verdict VARCHAR, law_verdict VARCHAR",
    )


def attach_clocks(con: Connection, folder: Path) -> None:
    """Makes `clock`: the clock of each step that waits and of each deadline that is near or over, by item."""
    attach_parquet(con, "stepping", [folder / "plan" / "clock.parquet"])
    attach_parquet(con, "deadline", [folder / "plan" / "deadlines.parquet"])
    run_sql_file(con, SQL / "clocks.sql", "clock", {})


def _union(con: Connection, name: str, selects: list[str], columns: str) -> None:
    con.execute(f"CREATE TABLE {name} ({columns})")
    if selects:
        con.execute(f"INSERT INTO {name} " + " UNION ALL ".join(selects))


@read_once()
def fact_titles(facts_dir: Path) -> dict[str, str]:
    """What every described fact is, in a few words, by its name."""
    tables: dict[str, dict[str, Any]] = described_facts(facts_dir) or {}
    return {
        name: str(told.get("say") or name) for columns in tables.values() for name, told in columns.items()
    }
