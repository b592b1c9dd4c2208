"""The list lives: what stood on it last night and is no longer true has closed itself, with what ended it."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from arrears import house
from arrears.answers.runs import ClosedRun, purged_word, the_run
from arrears.data.beside import kept_rows
from arrears.data.store import Store
from arrears.data.warehouse import (
    Connection,
    add_sql_file,
    attach_arrow,
    attach_parquet,
    quote,
    run_sql_file,
    sql_text,
    warehouse,
    write_parquet,
)
from arrears.desk.table import WORK_LIST, desk_table, made_once, table_path
from arrears.law.remedy import Card, load_cards
from arrears.law.verdicts import Verdicts
from arrears.law.work import Kind, load_kinds
from arrears.ledger import Ledger

SQL = Path(__file__).with_name("sql")

VERDICT = "remedy VARCHAR, subject_id VARCHAR, part VARCHAR, verdict VARCHAR, because VARCHAR[]"
FACTS = 'STRUCT(fact VARCHAR, was VARCHAR, "now" VARCHAR)[]'
CHANGED = f"item_id VARCHAR, is_there BOOLEAN, facts {FACTS}"


def set_desk(store: Store, state: str) -> int:
    """The number of lines that wait, after making the tables of the last closed run before anybody asks."""
    ledger = Ledger.open(store.ledger_url)
    run = the_run(store, ledger, state)
    ended_table(store, ledger, run)
    rows: int = pq.read_metadata(desk_table(store, run)).num_rows
    return rows


def ended_table(store: Store, ledger: Ledger, run: ClosedRun) -> Path | None:
    """Where a run tells which lines of the night before left its list and why.

    None where it is the first, or the facts of the night before it were purged.
    """
    if run.before is None or purged_word(store, ledger, run.before.record):
        return None
    path, before = table_path(store, run, "ended"), run.before

    def make() -> None:
        with warehouse(spill=store.spill()) as con:
            make_ended(con, ledger, run, before, path)

    return made_once(path, make)


def make_ended(con: Connection, ledger: Ledger, run: ClosedRun, before: ClosedRun, path: Path) -> int:
    """The number of lines that left, after writing them with what ended each."""
    attach_parquet(con, "work", [run.folder / WORK_LIST])
    attach_parquet(con, "was", [before.folder / WORK_LIST])
    attach_parquet(con, "person", [before.folder / "facts" / "person_facts.parquet"])
    run_sql_file(con, SQL / "gone.sql", "gone", {})
    attach_words(con, ledger, run, before)
    cards, kinds = load_cards(house.RULES), load_kinds(house.RULES)
    used = {
        row[0] for row in con.execute("SELECT DISTINCT remedy FROM gone WHERE remedy IS NOT NULL").fetchall()
    }
    attach_verdicts(con, "now", run.folder, [cards[name] for name in sorted(used & cards.keys())])
    attach_verdicts(con, "then", before.folder, [cards[name] for name in sorted(used & cards.keys())])
    for name in ("deadlines", "ending", "actions"):
        attach_parquet(con, name, [run.folder / "plan" / f"{name}.parquet"])
    attach_changed(con, run, before, kinds)
    return write_parquet(con, sql_text(SQL / "ended.sql"), path)


def attach_words(con: Connection, ledger: Ledger, run: ClosedRun, before: ClosedRun) -> None:
    """Makes `word`: the last decision on each item or episode since the night before."""
    found = ledger.decisions(run.record.state, cut=run.record.cut, since=before.record.cut.position)
    last = {one["item_id"]: one for one in found}
    shape = pa.schema([(name, pa.string()) for name in ("item_id", "decision", "by_user")])
    rows = [{name: one[name] for name in shape.names} for one in last.values()]
    attach_arrow(con, "word", pa.Table.from_pylist(rows, shape))


def attach_verdicts(con: Connection, name: str, folder: Path, cards: Iterable[Card]) -> None:
    """Makes `<name>_verdict`: what a night's questions answered about the subjects of the lines that left."""
    con.execute(f"CREATE TABLE {name}_verdict ({VERDICT})")
    kept = Verdicts(folder)
    for card in (one for one in cards if one.remedy in kept.remedies):
        for part in ("enter", "stay"):
            params = {"verdicts": kept.select(card.remedy, part), "remedy": card.remedy}
            add_sql_file(con, SQL / "verdicts_of_gone.sql", f"{name}_verdict", params)


def attach_changed(con: Connection, run: ClosedRun, before: ClosedRun, kinds: Mapping[str, Kind]) -> None:
    """Makes `changed`: of each line that facts alone had opened the facts whose change closed it."""
    con.execute(f"CREATE TABLE changed ({CHANGED})")
    found = con.execute("SELECT DISTINCT kind FROM gone WHERE remedy IS NULL").fetchall()
    for kind in (kinds[name] for (name,) in sorted(found) if name in kinds):
        paths = [one.folder / "facts" / f"{kind.facts}.parquet" for one in (run, before)]
        now, then = (f"({kept_rows(path)})" for path in paths)
        differs = ", ".join(
            f'CASE WHEN now."{name}" IS DISTINCT FROM past."{name}" THEN {_change(name)} END'
            for name in kind.asks
        )
        found_facts = f"list_filter([{differs}], lambda one: one IS NOT NULL)"
        both = (
            f"LEFT JOIN {now} AS now ON now.subject_id = gone.subject_id"
            f" LEFT JOIN {then} AS past ON past.subject_id = gone.subject_id"
        )
        asked = f"SELECT item_id, now.subject_id IS NOT NULL, {found_facts} FROM gone {both}"
        con.execute(f"INSERT INTO changed {asked} WHERE gone.kind = {quote(kind.kind)}")


def _change(name: str) -> str:
    """SQL for a fact with what it was and is."""
    was, now = (f'CAST({side}."{name}" AS VARCHAR)' for side in ("past", "now"))
    return f'struct_pack(fact := {quote(name)}, was := {was}, "now" := {now})'
