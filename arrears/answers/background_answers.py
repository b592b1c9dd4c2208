"""Answers to the questions that need work: a few head lines, and tables to count and page through."""

import fcntl
import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from arrears.answers.display import fetch
from arrears.data.store import Store
from arrears.data.warehouse import Connection, attach_parquet, warehouse, write_parquet
from arrears.ledger import Ledger
from arrears.night.close import versions
from arrears.values import Row

# What the manifest says of a run's making that must be as today for its own tables to be the comparison.
MADE_BY = ("arrears", "code", "rules")
SCRATCH, HELD = "arrears-asked-", ".held"
# Called with the name of each step of a long question as it ends.
Progress = Callable[[str, Row], None]


def in_silence(step: str, counts: Row) -> None:
    """The progress that nobody watches."""


@dataclass(frozen=True)
class Answer:
    """What was asked and found; its tables lie in a folder of the machine's own that goes with it."""

    head: Row
    scratch: "tempfile.TemporaryDirectory[str]" = field(repr=False)

    def ask(self, questions: Callable[[Connection], Row]) -> Row:
        """What a reader of the answer's tables finds, each table under its own name."""
        with warehouse() as con:
            for path in sorted(Path(self.scratch.name).glob("*.parquet")):
                attach_parquet(con, path.stem, [path])
            con.execute(f"CREATE TEMP MACRO {IS_WITHIN}")
            return questions(con)


class Scratch(tempfile.TemporaryDirectory[str]):
    """A folder outside the store, readable by this user alone, that goes when nobody holds it any more.

    Its process holds a lock in it, so that what a killed one left behind can be told from what is in use.
    """

    def __init__(self) -> None:
        super().__init__(prefix=SCRATCH, ignore_cleanup_errors=True)
        aside = Path(self.name) / ".locking"
        self._held = aside.open("w")
        fcntl.flock(self._held, fcntl.LOCK_EX)
        aside.rename(aside.with_name(HELD))

    def cleanup(self) -> None:
        """Takes the folder away."""
        self._held.close()
        super().cleanup()


def scratch_folder() -> Scratch:
    """A new folder for work in between, after what killed processes left behind is cleared."""
    for held in Path(tempfile.gettempdir()).glob(f"{SCRATCH}*/{HELD}"):
        with suppress(OSError), held.open() as lock:  # in use, or another process was faster
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(held.parent, ignore_errors=True)
    return Scratch()


def keep(con: Connection, scratch: "tempfile.TemporaryDirectory[str]", tables: dict[str, str]) -> None:
    """Writes an answer's tables, each in the order of the columns that it names."""
    for name, order in tables.items():
        write_parquet(con, f"SELECT * FROM {name} ORDER BY {order}", Path(scratch.name) / f"{name}.parquet")


def manifest_of(folder: Path) -> Row:
    """What a closed run says of itself."""
    found: Row = json.loads((folder / "manifest.json").read_text())
    return found


def is_made_as_today(manifest: Row) -> bool:
    """Whether today's code and rules would make this run again as it is."""
    today = versions()
    return all(manifest["versions"].get(name) == today[name] for name in MADE_BY)


# What `is_within` says of a line where a person may see these offices, or all (NULL); what is about nobody
# everybody may see.
IS_WITHIN = (
    "is_within(offices, office, case_id, person_id) AS offices IS NULL OR list_contains(offices, office)"
    " OR (office IS NULL AND case_id IS NULL AND person_id IS NULL)"
)
WITHIN = "is_within(CAST($offices AS VARCHAR[]), office, case_id, person_id)"


def within(offices: frozenset[str] | None) -> Row:
    """What SQL that names `$offices` binds: the offices whose lines a person may see, or NULL for all."""
    return {"offices": None if offices is None else sorted(offices)}


def paged(con: Connection, table: str, where: str, order: str, page: int, size: int, params: Row) -> Row:
    """One page of a table, and how many rows there are in all."""
    found = con.execute(f"SELECT count(*) FROM {table} WHERE {where}", params).fetchone()
    sql = f"SELECT * FROM {table} WHERE {where} ORDER BY {order} LIMIT {int(size)}"
    lines = fetch(con, f"{sql} OFFSET {int((page - 1) * size)}", params)
    return {"total": found[0] if found else 0, "page": page, "size": size, "rows": lines}


def question_id(store: Store, state: str, *words: object) -> str:
    """One text for a question of a page; another one as soon as code or rules are, or data were purged."""
    purges = len(Ledger.open(store.ledger_url).purges(state))
    return repr((str(store.root), state, words, purges, tuple(versions()[name] for name in MADE_BY)))
