"""The list lives: what stood on it last night and is no longer true has closed itself, with what ended it."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from arrears import house
from arrears.answers.runs import ClosedRun, the_run
from arrears.data.store import Store
from arrears.data.warehouse import (
    Connection,
    attach_arrow,
    attach_parquet,
    file_list,
    quote,
    warehouse,
    write_parquet,
)
from arrears.desk.table import WORK_LIST, desk_table, made_once, table_path
from arrears.law.remedy import Card, load_cards
from arrears.law.work import Kind, load_kinds
from arrears.ledger import Ledger


def set_desk(store: Store, state: str) -> int:
    """The number of lines that wait, after making the tables of the last closed run before anybody asks."""
    ledger = Ledger.open(store.ledger_url)
    run = the_run(store, ledger, state)
    ended_table(store, ledger, run)
    rows: int = pq.read_metadata(desk_table(store, run)).num_rows
    return rows


def ended_table(store: Store, ledger: Ledger, run: ClosedRun) -> Path | None:
    """Where a run tells which lines of the night before left its list and why; None where it is the first."""
    if run.before is None:
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
    con.execute(
        """CREATE TABLE gone AS
        SELECT was.* REPLACE (coalesce(was.office, person.office) AS office,
          coalesce(was.worker, person.worker) AS worker)
        FROM was ANTI JOIN work USING (item_id) LEFT JOIN person ON person.subject_id = was.person_id
        QUALIFY row_number() OVER (PARTITION BY item_id ORDER BY kind) = 1"""
    )
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
    return write_parquet(con, ENDED_SQL, path)


def attach_words(con: Connection, ledger: Ledger, run: ClosedRun, before: ClosedRun) -> None:
    """Makes `word`: the last decision on each item or episode since the night before."""
    found = ledger.decisions(run.record.state, cut=run.record.cut, since=before.record.cut.position)
    last = {one["item_id"]: one for one in found}
    shape = pa.schema([(name, pa.string()) for name in ("item_id", "decision", "by_user")])
    rows = [{name: one[name] for name in shape.names} for one in last.values()]
    attach_arrow(con, "word", pa.Table.from_pylist(rows, shape))


def attach_verdicts(con: Connection, name: str, folder: Path, cards: Iterable[Card]) -> None:
    """Makes `<name>_verdict`: what a night's questions answered about the subjects of the lines that left."""
    con.execute(
        f"""CREATE TABLE {name}_verdict (remedy VARCHAR, subject_id VARCHAR, part VARCHAR, verdict VARCHAR,
        because VARCHAR[])"""
    )
    for card in cards:
        for part in ("enter", "stay"):
            path = folder / "verdicts" / f"{card.remedy}.{part}.parquet"
            if path.exists():
                con.execute(
                    f"""INSERT INTO {name}_verdict
                    SELECT remedy, subject_id, part, verdict, because FROM read_parquet({file_list([path])})
                    WHERE subject_id IN (SELECT subject_id FROM gone WHERE remedy = {quote(card.remedy)})"""
                )


def attach_changed(con: Connection, run: ClosedRun, before: ClosedRun, kinds: Mapping[str, Kind]) -> None:
    """Makes `changed`: of each line that facts alone had opened the facts whose change closed it."""
    con.execute(
        """CREATE TABLE changed (
          item_id VARCHAR, is_there BOOLEAN, facts STRUCT(fact VARCHAR, was VARCHAR, "now" VARCHAR)[])"""
    )
    found = con.execute("SELECT DISTINCT kind FROM gone WHERE remedy IS NULL").fetchall()
    for kind in (kinds[name] for (name,) in sorted(found) if name in kinds):
        paths = [one.folder / "facts" / f"{kind.facts}.parquet" for one in (run, before)]
        now, then = (f"read_parquet({file_list([path])})" for path in paths)
        differs = ", ".join(
            f"""CASE WHEN now."{name}" IS DISTINCT FROM past."{name}" THEN struct_pack(fact := {quote(name)},
              was := CAST(past."{name}" AS VARCHAR), "now" := CAST(now."{name}" AS VARCHAR)) END"""
            for name in kind.asks
        )
        con.execute(
            f"""INSERT INTO changed
            SELECT item_id, now.subject_id IS NOT NULL, list_filter([{differs}], lambda one: one IS NOT NULL)
            FROM gone LEFT JOIN {now} AS now ON now.subject_id = gone.subject_id
            LEFT JOIN {then} AS past ON past.subject_id = gone.subject_id
            WHERE gone.kind = {quote(kind.kind)}"""
        )


# The first answer that holds is what ended a line.
ENDED_SQL = """
WITH untrue AS (
  SELECT now.remedy, now.subject_id, now.part,
    list_filter(now.because, lambda one: NOT list_contains(
      CASE WHEN past.verdict = 'clear' THEN past.because ELSE CAST([] AS VARCHAR[]) END, one)) AS conditions
  FROM now_verdict AS now
  LEFT JOIN then_verdict AS past USING (remedy, subject_id, part)
  WHERE now.verdict = 'clear'
),
ended_by AS (
  SELECT remedy, subject_id, arg_max(part, part = 'enter') AS part,
    arg_max(conditions, part = 'enter') AS conditions
  FROM untrue WHERE len(conditions) > 0 GROUP BY remedy, subject_id
),
still AS (
  SELECT remedy, subject_id, min(kind) AS kind FROM work WHERE remedy IS NOT NULL GROUP BY ALL
),
answered AS (
  SELECT remedy, subject_id, any_value(verdict) FILTER (part = 'enter') AS verdict
  FROM now_verdict GROUP BY ALL
),
acted AS (
  SELECT episode_id, step, min(status) AS status FROM actions GROUP BY ALL
),
timed AS (
  SELECT 'deadline_' || past.status || ':' || deadline || ':' || subject_id || ':' || anchor_on AS item_id,
    now.status, now.met_on
  FROM deadlines AS now CROSS JOIN (VALUES ('due_soon'), ('overdue')) AS past(status)
)
SELECT gone.item_id, gone.kind, gone.remedy, gone.subject_id, gone.case_id, gone.person_id,
  gone.office, gone.worker, gone.episode_id, gone.step, gone.amount_cents,
  CASE
    WHEN word.item_id IS NOT NULL THEN 'decided'
    WHEN starts_with(gone.kind, 'deadline_') AND timed.status = 'met' THEN 'met'
    WHEN starts_with(gone.kind, 'deadline_') AND timed.status IN ('overdue', 'due_soon') THEN 'became'
    WHEN starts_with(gone.kind, 'deadline_') THEN 'not_there'
    WHEN changed.item_id IS NOT NULL THEN CASE WHEN changed.is_there THEN 'facts' ELSE 'not_there' END
    WHEN gone.remedy IS NULL THEN 'not_there'
    WHEN ending.episode_id IS NOT NULL THEN 'episode'
    WHEN ended_by.remedy IS NOT NULL THEN 'condition'
    WHEN still.remedy IS NOT NULL THEN 'became'
    WHEN answered.remedy IS NULL THEN 'not_there'
    WHEN gone.kind = 'unknown' AND answered.verdict <> 'unknown' THEN 'known'
    WHEN acted.status IS NOT NULL THEN 'goes_on'
    ELSE 'no_longer'
  END AS how,
  CASE
    WHEN word.item_id IS NOT NULL THEN [word.decision]
    WHEN starts_with(gone.kind, 'deadline_')
      THEN [coalesce(CAST(timed.met_on AS VARCHAR), 'deadline_' || timed.status)]
    WHEN changed.item_id IS NOT NULL THEN list_transform(changed.facts, lambda one: one.fact)
    WHEN ended_by.remedy IS NOT NULL THEN ended_by.conditions
    WHEN ending.episode_id IS NOT NULL THEN [ending.close_reason]
    WHEN still.remedy IS NOT NULL THEN [still.kind]
    WHEN acted.status IS NOT NULL AND gone.kind <> 'unknown' THEN [acted.status]
    ELSE gone.because
  END AS evidence,
  changed.facts AS changed, ended_by.part, ending.close_reason, word.by_user
FROM gone
LEFT JOIN word ON word.item_id IN (gone.item_id, gone.episode_id)
LEFT JOIN timed ON timed.item_id = gone.item_id
LEFT JOIN changed ON changed.item_id = gone.item_id
LEFT JOIN ending ON ending.episode_id = gone.episode_id
LEFT JOIN ended_by ON ended_by.remedy = gone.remedy AND ended_by.subject_id = gone.subject_id
LEFT JOIN still ON still.remedy = gone.remedy AND still.subject_id = gone.subject_id
LEFT JOIN answered ON answered.remedy = gone.remedy AND answered.subject_id = gone.subject_id
LEFT JOIN acted ON acted.episode_id = gone.episode_id AND acted.step = gone.step
QUALIFY row_number() OVER (
  PARTITION BY gone.item_id ORDER BY word.item_id = gone.item_id DESC NULLS LAST, timed.status) = 1
ORDER BY gone.item_id"""
