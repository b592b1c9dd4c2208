"""What waits for a person: a run's table and what lies outside its plan, less what is decided."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from arrears import house
from arrears.answers.display import fetch, fetch_file
from arrears.answers.runs import ClosedRun, facts_folder, the_run
from arrears.config import read_once
from arrears.data.store import Store
from arrears.data.warehouse import (
    Connection,
    attach_arrow,
    file_list,
    file_paths,
    lend_arrow,
    quote,
    row_count,
    warehouse,
    write_parquet,
)
from arrears.desk.in_short import feed_title, queue_title
from arrears.desk.line_text import Words
from arrears.desk.requests import Line, NotHere
from arrears.desk.table import desk_table, made_once, table_path
from arrears.law.profile import Profile
from arrears.law.remedy import Card, load_cards, title_of
from arrears.law.work import load_kinds
from arrears.law.work_order import load_work_order
from arrears.ledger import Ledger, held_item_id
from arrears.night.summary import kept_back

SQL = Path(__file__).with_name("sql")

EMPTY: Line = dict.fromkeys(
    ("remedy", "subject_id", "case_id", "person_id", "office", "worker", "episode_id", "step", "amount_cents")
    + (
        "due_on",
        "facts_hash",
        "was",
        "first_seen_on",
        "near_condition",
        "near_key",
        "near_value",
        "near_limit",
    )
    + ("near_percent", "missing", "guide", "law", "clock", "assigned")
)
NOT_SENT, STOPPED = "not_sent:", "stopped:"
_TEXT = (
    "item_id",
    "kind",
    "remedy",
    "subject_id",
    "case_id",
    "person_id",
    "office",
    "worker",
    "episode_id",
    "step",
)
OUTSIDE_PLAN = pa.schema(
    [(name, pa.string()) for name in (*_TEXT, "needs", "facts_hash", "since", "why", "sought")]
    + [(name, pa.string()) for name in ("heading", "matter_id", "day")]
    + [(name, pa.int64()) for name in ("row", "amount_cents", "nights_open", "minutes", "place", "priority")]
    + [(name, pa.int64()) for name in ("place_in_matter", "folded", "matter_minutes")]
    + [("due_on", pa.date32()), ("readings_differ", pa.bool_()), ("is_urgent", pa.bool_())]
    + [("is_long_late", pa.bool_())]
    + [("because", pa.list_(pa.string()))]
    + [("score", pa.list_(pa.struct([("name", pa.string()), ("points", pa.int64()), ("n", pa.int64())])))]
)


@dataclass(frozen=True)
class Waiting:
    """A connection that holds what this person may see, and the rules that word it: `line`, every line that
    waits, and `decided`, every line with a word since the run.
    """

    con: Connection
    store: Store
    ledger: Ledger
    run: ClosedRun
    words: Words

    def select(self, sql: str, params: dict[str, Any] | None = None) -> list[Line]:
        """The rows of a query over `line`, each in a person's words."""
        return [self.words.display(row) for row in fetch(self.con, sql, params or {})]

    def rows(self, numbers: list[int]) -> list[Line]:
        """The whole lines of these row numbers."""
        listed = ", ".join(str(int(one)) for one in numbers) or "NULL"
        return fetch(self.con, f"SELECT * FROM line WHERE row IN ({listed})", {})

    def one(self, item_id: str) -> Line:
        """One line that waits, as its row; `NotHere` where there is none or another office has it."""
        found = fetch(self.con, "SELECT * FROM line WHERE item_id = $item", {"item": item_id})
        if not found:
            raise NotHere(
                f"There is no such line on the work list: {item_id}",
                f"{self.run.record.state}, {self.run.as_of}",
                "Go back to the list; a line that was decided or is no longer true has left it",
            )
        return found[0]


@read_once("../transforms")
def read_words(rules_dir: Path, state: str, as_of: date) -> Words:
    """What the rules of a state say of its lines on a day."""
    profile = Profile.load(rules_dir, state)
    cards = {name: card.here(profile, as_of) for name, card in load_cards(rules_dir).items()}
    return Words(load_work_order(rules_dir), cards, load_kinds(rules_dir), profile, as_of)


@contextmanager
def waiting(
    store: Store,
    state: str,
    on: date | None = None,
    offices: frozenset[str] | None = None,
    *,
    decided_too: bool = False,
) -> Iterator[Waiting]:
    """Everything that waits in a state as a view to query; `decided_too` keeps what was decided since.

    An error where the facts of that night were purged: the lines could not be told without them.
    """
    ledger = Ledger.open(store.ledger_url)
    run = the_run(store, ledger, state, on)
    facts_folder(store, ledger, run.record)
    table = desk_table(store, run)
    words = read_words(house.RULES, state, run.as_of)
    with warehouse() as con:
        attach_since(con, ledger, run)
        attach_outside_plan(con, store, ledger, run, words)
        left_out = "true" if decided_too else "since_run.item_id IS NULL"
        every = (
            f"SELECT * FROM read_parquet({file_list([table])}) UNION ALL BY NAME SELECT * FROM outside_plan"
        )
        asked = f"({every}) AS every LEFT JOIN since_run USING (item_id)"
        seen = f"{left_out} AND {fence_sql('every', offices)}"
        last_word = "coalesce(since_run.position, 0) AS last_word"
        attach_next(con, every)
        is_head = "every.place_in_matter = coalesce(next.place, 1) AS is_head"
        con.execute(
            f"CREATE VIEW line AS SELECT every.*, {last_word}, {is_head}"
            f" FROM {asked} LEFT JOIN next USING (matter_id) WHERE {seen}"
        )
        con.execute(
            "CREATE VIEW decided AS SELECT every.*, since_run.position AS last_word, since_run.decision"
            f" FROM ({every}) AS every JOIN since_run USING (item_id) WHERE {fence_sql('every', offices)}"
        )
        yield Waiting(con, store, ledger, run, words)


def fence_sql(table: str, offices: frozenset[str] | None) -> str:
    """SQL for what a person of these offices may see: their offices' people, and what is about nobody."""
    if offices is None:
        return "true"
    listed = ", ".join(quote(one) for one in sorted(offices)) or "NULL"
    nobody = f"{table}.office IS NULL AND {table}.case_id IS NULL AND {table}.person_id IS NULL"
    return f"({table}.office IN ({listed}) OR ({nobody}))"


def attach_since(con: Connection, ledger: Ledger, run: ClosedRun) -> None:
    """Makes `since_run`: the last word on each item that the run did not know."""
    rows = {
        one["item_id"]: {name: one[name] for name in ("item_id", "position", "decision", "by_user", "at")}
        for one in ledger.decisions(run.record.state, since=run.record.cut.position)
    }
    shape = pa.schema(
        [("item_id", pa.string()), ("position", pa.int64()), ("decision", pa.string())]
        + [("by_user", pa.string()), ("at", pa.string())]
    )
    attach_arrow(con, "since_run", pa.Table.from_pylist(list(rows.values()), shape))


def attach_next(con: Connection, every: str) -> None:
    """Makes `next`: of each matter in which somebody has decided since the run the first line that waits."""
    touched = f"SELECT DISTINCT matter_id FROM ({every}) SEMI JOIN since_run USING (item_id)"
    con.execute(
        "CREATE TABLE next AS SELECT matter_id, min(place_in_matter) AS place"
        f" FROM ({every}) ANTI JOIN since_run USING (item_id) SEMI JOIN ({touched}) USING (matter_id)"
        " GROUP BY matter_id"
    )


def attach_outside_plan(con: Connection, store: Store, ledger: Ledger, run: ClosedRun, words: Words) -> None:
    """Makes `outside_plan`: held files and queues, and what a queue or a stop kept back, as lines."""
    path = table_path(store, run, "kept_back")
    made_once(path, lambda: make_kept_back(store, run, words, path))
    # Below every row of the run's own lines, which begin at one, and of these.
    held = outside_lines(held_files(ledger, run), words, above=row_count(path))
    attach_arrow(con, "held_file", held)
    kept = f"read_parquet({file_list([path])})"
    con.execute(f"CREATE VIEW outside_plan AS FROM {kept} UNION ALL BY NAME FROM held_file")


def make_kept_back(store: Store, run: ClosedRun, words: Words, path: Path) -> int:
    """The number of lines that a closed run kept back, after writing them: they stay as they are."""
    with warehouse(spill=store.spill()) as con:
        lend_arrow(con, "kept", outside_lines(kept_lines(con, run, words.cards), words))
        return write_parquet(con, "FROM kept ORDER BY row DESC", path)


def outside_lines(lines: list[Line], words: Words, above: int = 0) -> pa.Table:
    """Lines outside the plan with score and the words they are found by, in rows below `above` others."""
    places = {kind: place for place, kind in enumerate(words.order.kinds)}
    rows = []
    for number, line in enumerate(lines, above + 1):
        kind, score = words.order.kind(line["kind"]), words.score_of(line["kind"])
        sought = " ".join(str(line[name] or "") for name in ("item_id", "case_id", "person_id")).lower()
        told = {
            "row": -number,
            "minutes": kind.minutes,
            "is_urgent": kind.urgent,
            "place": places[line["kind"]],
            "score": score,
            "priority": sum(part["points"] for part in score),
            "sought": sought,
            # Nothing else is about it, and it is today's.
            "heading": "urgent" if kind.urgent else kind.heading,
            "matter_id": line["item_id"],
            "day": "today",
            "is_long_late": False,
            "place_in_matter": 1,
            "folded": 0,
            "matter_minutes": kind.minutes,
        }
        rows.append({name: value for name, value in {**line, **told}.items() if name in OUTSIDE_PLAN.names})
    return pa.Table.from_pylist(rows, OUTSIDE_PLAN)


def held_files(ledger: Ledger, run: ClosedRun) -> list[Line]:
    """The deliveries that are held for a person now."""
    return [
        held_line(
            held_item_id(one.delivery_id),
            "held_file",
            f"{feed_title(one.feed)}: {one.reason}",
            needs="operator",
        )
        | {"since": "new" if one.received_on >= run.as_of else "same"}
        for one in ledger.deliveries(run.record.state, outcome="held")
    ]


def kept_lines(con: Connection, run: ClosedRun, cards: Mapping[str, Card]) -> list[Line]:
    """What did not leave in this run: queues held, records that could not be written, acts stopped."""
    not_sent = kept_back(run.folder, "not_sent")
    whose = whose_acts(con, run, [row["action_ids"][0] for row in not_sent])
    lines = [
        held_line(row["item_id"], kind, f"{held_title(row, cards)}: {row['held']}", needs="supervisor")
        for row in kept_back(run.folder, "held")
        for kind in ("held_queue" if row["queue"] else "held_remedy",)
    ]
    lines += [
        held_line(
            NOT_SENT + row["action_ids"][0],
            "not_sent",
            f"{queue_title(row['queue'])}: {row['reason']}" + (f" ({row['field']})" if row["field"] else ""),
        )
        | whose[row["action_ids"][0]]
        for row in not_sent
    ]
    lines += [
        held_line(STOPPED + row["action_id"], "stopped", f"{queue_title(row['queue'])}: {row['reason']}.")
        | {name: row[name] for name in row if name not in ("action_id", "queue", "reason")}
        for row in kept_back(run.folder, "stopped")
    ]
    was = set() if run.before is None else held_items(run.before)
    return [{**one, "since": "same" if one["item_id"] in was else one["since"]} for one in lines]


def held_title(held: dict[str, Any], cards: Mapping[str, Card]) -> str:
    """What the queue or remedy that is held is called."""
    return queue_title(held["queue"]) if held["queue"] else title_of(cards, held["remedy"])


def held_items(run: ClosedRun) -> set[str]:
    """The items that waited outside the plan of an earlier run."""
    return {
        *(row["item_id"] for row in kept_back(run.folder, "held")),
        *(NOT_SENT + row["action_ids"][0] for row in kept_back(run.folder, "not_sent")),
        *(STOPPED + row["action_id"] for row in kept_back(run.folder, "stopped")),
    }


def whose_acts(con: Connection, run: ClosedRun, action_ids: list[str]) -> dict[str, Line]:
    """Whose each of these acts of a run is: remedy, subject, case, person, office and worker."""
    if not action_ids:
        return {}
    params = {
        "acts": file_paths(run.folder / "plan" / "actions.parquet"),
        "persons": file_paths(run.folder / "facts" / "person_facts.parquet"),
        "ids": action_ids,
    }
    found = fetch_file(con, SQL / "whose_acts.sql", params)
    return {one.pop("action_id"): one for one in found}


def held_line(item_id: str, kind: str, why: str, needs: str = "caseworker") -> Line:
    """A line that no table of the plan holds."""
    return {
        **EMPTY,
        "item_id": item_id,
        "kind": kind,
        "needs": needs,
        "because": [],
        "readings_differ": False,
        "since": "new",
        "nights_open": 1,
        "why": why,
    }
