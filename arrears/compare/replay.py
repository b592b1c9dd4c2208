"""A closed run made again from landing and ledger, and compared with the manifest with which it was closed.

Every table and every partner's file is made again in a folder of the machine's own, as known then and by the
law of that run. The ledger is read, and so is what was kept; only staging, which comes from landing alone, is
made again where it is gone.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from arrears import house
from arrears.answers.background_answers import Progress, in_silence, manifest_of, scratch_folder
from arrears.answers.runs import closed_run, made_again_from
from arrears.compare.diff import backfill_side, closed_side
from arrears.compare.laws import law_of, made_otherwise, other_cards, other_files, under
from arrears.compare.trial import Trial, make_all, take, trial_of
from arrears.data.store import Store
from arrears.data.warehouse import (
    Connection,
    attach_arrow,
    file_list,
    file_paths,
    quote,
    run_sql_file,
    warehouse,
)
from arrears.errors import ArrearsError
from arrears.intake.feeds import load_feeds
from arrears.intake.load import load_delivery
from arrears.intake.load.stage import intake_engine
from arrears.law.profile import Profile
from arrears.ledger import Ledger
from arrears.ledger.records import Batch, RunRecord
from arrears.ledger.store_marks import MANIFEST, file_hash
from arrears.night import steps
from arrears.night.close import in_bytes, law, manifest, versions
from arrears.night.release import terms_of_file
from arrears.night.run import Night
from arrears.night.stops import SQL
from arrears.queues import content_path, make_macros, write_file
from arrears.values import Row

OF_ITEMS = ("action_id", "queue", "batch_no")
EQUAL, CHANGED, MISSING, NEW = "equal", "changed", "missing", "new"
MOST_SHOWN = 20


@dataclass(frozen=True)
class Compared:
    """One table or partner's file of a run: equal, changed, missing (not made again) or new (not kept)."""

    part: str
    name: str
    became: str
    rows_kept: int | None
    rows_again: int | None


def replay(
    store: Store,
    state: str,
    as_of: date,
    release: int | None = None,
    is_known_now: bool = False,
    progress: Progress = in_silence,
) -> Row:
    """Whether a closed run comes out again as it was kept, and each table and file that does not.

    `release` is the n-th day release of the date. With `is_known_now` the run knows all that has come of its
    days until now and stands under today's rules, so that what changed since is told; its files, which have
    left, are not made again.
    """
    ledger, profile = Ledger.open(store.ledger_url), Profile.load(house.RULES, state)
    record = closed_run(store, ledger, state, as_of, release)
    path = made_again_from(store, ledger, record) / MANIFEST
    stage_again(store, ledger, state)
    progress("staging", {})
    kept = manifest_of(path.parent) if path.is_file() else None
    is_as_closed = kept is not None and file_hash(path) == record.manifest_sha256
    files: dict[str, str] | None
    with scratch_folder() as scratch:
        place = Path(scratch)
        if is_known_now:
            if kept is None:
                raise ArrearsError(
                    f"The manifest of the {record.kind} of {as_of} is gone, so nothing can be compared",
                    path,
                    "Restore it, or replay the night as known then",
                )
            again = backfill_side(closed_side(store, ledger, profile, record, place), profile, place).trial
            files = None
        else:
            then = _law_then(profile, record, kept)
            again = trial_of(store, ledger, record, then, place / "again")
            files = _make_again(again, progress)
        made = manifest(again)
    compared = [] if kept is None else list(_compare_tables(kept, made, is_known_now))
    compared += [] if files is None else _compare_files(made, files)
    return {
        "state": state,
        "as_of": as_of.isoformat(),
        "kind": record.kind,
        "run": record.run_id,
        "known": "now" if is_known_now else record.cut.known_at.isoformat(),
        "is_equal": all(one.became == EQUAL for one in compared)
        and (
            _has_its_hash(record, made) if kept is None else is_as_closed and kept["inputs"] == made["inputs"]
        ),
        "manifest_is_there": kept is not None,
        "manifest_is_as_closed": is_as_closed,
        "differs": {} if kept is None else _differs(kept, made, law(profile, as_of)),
        "compared": [asdict(one) for one in compared],
    }


def _law_then(profile: Profile, record: RunRecord, kept: Row | None) -> Profile:
    """The law of the run; today's where its manifest says the same or is gone."""
    then = law_of(kept, profile, record.as_of) if kept else None
    return under(profile, then) if then and then != law(profile, record.as_of) else profile


def stage_again(store: Store, ledger: Ledger, state: str) -> None:
    """Loads every accepted delivery of which staging holds nothing any more; the others stay as they are."""
    feeds = load_feeds(house.FEEDS)
    with intake_engine(store) as con:
        for delivery in ledger.deliveries(state, outcome="accepted"):
            load_delivery(store, delivery, feeds, con)


def _make_again(again: Trial, progress: Progress) -> dict[str, str]:
    """The hash of each file that the run published, made again after all its tables; by name in the store."""
    make_all(again)
    progress("plan", {})
    take(again, steps.queues)
    progress("queues", {})
    with warehouse() as con:
        files = FILES.on(again, con)
    progress("files", {})
    return files


def files_again(night: Night, con: Connection) -> dict[str, str]:
    """The hash of each file that a run published, written again from its content rows as made again."""
    ours = [one for one in night.ledger.batches(night.state, as_of=night.as_of) if _is_ours(night, one)]
    queues = sorted({one.queue for one in ours} & night.queues.keys())
    if not ours:
        return {}
    sent = night.ledger.snapshot(night.state, only=["published"], said=OF_ITEMS)["published"]
    attach_arrow(con, "sent", sent)
    paths = [content_path(night.folder / "queues", name) for name in queues]
    run_sql_file(con, SQL / "borne.sql", "borne", {"files": file_paths(*paths)}, is_temporary=True)
    make_macros(con)
    found = {}
    for batch in (one for one in ours if one.queue in queues):
        queue, path = night.queues[batch.queue], content_path(night.folder / "queues", batch.queue)
        told = (
            f"SELECT action_id FROM sent WHERE queue = {quote(batch.queue)} AND batch_no = {batch.batch_no}"
        )
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE frozen AS FROM read_parquet({file_list([path])})
                WHERE record_no IN (SELECT record_no FROM borne JOIN ({told}) USING (action_id)
                  WHERE queue = {quote(batch.queue)})"""
        )
        # The file holds people's numbers: it is hashed and gone.
        terms = terms_of_file(night, queue, batch.batch_no)
        written = write_file(con, queue, terms, "frozen", night.folder / "files" / batch.queue)
        written.path.unlink()
        found[batch.file_name] = written.sha256
    return found


def _is_ours(night: Night, batch: Batch) -> bool:
    return batch.run_id == night.run.run_id and batch.status == "published" and bool(batch.records)


FILES = steps.Step("files", steps.OUTGOING, files_again, lambda *_: None)


def _compare_tables(kept: Row, made: Row, is_known_now: bool) -> Iterable[Compared]:
    """Each table of both manifests; what a queue would say is not asked of a night as known now."""
    was, now = kept["tables"], made["tables"]
    for name in sorted(was.keys() | now.keys()):
        part = name.partition("/")[0]
        if is_known_now and part == "queues":
            continue
        rows = [side[name]["rows"] if name in side else None for side in (was, now)]
        if name in was and name in now:
            became = EQUAL if was[name]["sha256"] == now[name]["sha256"] else CHANGED
        else:
            became = MISSING if name in was else NEW
        yield Compared(part, name.partition("/")[2].removesuffix(".parquet"), became, *rows)


def _compare_files(made: Row, files: dict[str, str]) -> Iterable[Compared]:
    """Each file that the run published, by what the ledger holds of it."""
    for one in made["outbox"]:
        again = files.get(one["file"])
        became = MISSING if again is None else EQUAL if again == one["sha256"] else CHANGED
        rows = one["records"]
        yield Compared("files", one["file"], became, rows, rows if became == EQUAL else None)


def _has_its_hash(record: RunRecord, made: Row) -> bool:
    """Whether the manifest as made again has the hash with which the run was closed."""
    return hashlib.sha256(in_bytes(made)).hexdigest() == record.manifest_sha256


def _differs(kept: Row, made: Row, today: Row) -> Row:
    """What was another when the run was closed: code, libraries, cards, other rules, and what it knew."""
    libraries = kept["versions"].keys() & versions().keys()
    code = made_otherwise(kept, made)
    said = {one["what"] for one in code}
    code += [
        {"what": name, "was": kept["versions"][name], "now": made["versions"][name]}
        for name in sorted(libraries - said - {"rules"})
        if kept["versions"][name] != made["versions"][name]
    ]
    then = kept.get("law") or today
    was, now = ({one["delivery"] for one in side["inputs"]} for side in (kept, made))
    return {
        "code": code,
        "cards": other_cards(then, today),
        "files": other_files(then, today),
        "deliveries": len(was ^ now),
    }


def print_replay(found: Row, out: Console) -> None:
    """Prints whether the run came out again, by part, and the first tables and files that did not."""
    run = f"The {found['kind']} of {found['as_of']} in {found['state'].upper()}"
    counts = Counter((one["part"], one["became"]) for one in found["compared"])
    parts = list(dict.fromkeys(one["part"] for one in found["compared"]))
    table = Table("part", EQUAL, CHANGED, MISSING, NEW)
    for part in parts:
        table.add_row(part, *(f"{counts[part, became]:,}" for became in (EQUAL, CHANGED, MISSING, NEW)))
    if parts:
        out.print(table)
    others = [one for one in found["compared"] if one["became"] != EQUAL]
    for one in others[:MOST_SHOWN]:
        rows = [one["rows_kept"], one["rows_again"]]
        said = " -> ".join("none" if count is None else f"{count:,} rows" for count in rows)
        out.print(f"  {one['became']}: {escape(one['part'])}/{escape(one['name'])} ({said})")
    if len(others) > MOST_SHOWN:
        out.print(f"  and {len(others) - MOST_SHOWN:,} more; --json names them all")
    differs = found["differs"]
    for one in differs.get("code", ()):
        out.print(f"  {one['what']} was {short(one['was'])}, is {short(one['now'])}")
    if other := [*differs.get("cards", ()), *differs.get("files", ())]:
        out.print(f"  changed since: {', '.join(other)}")
    if found["manifest_is_there"] and not found["manifest_is_as_closed"]:
        out.print("  The manifest was changed since the night was closed: the ledger holds another hash.")
    if found["known"] == "now":
        what = "as it was then" if found["is_equal"] else "otherwise; `arrears diff` says why, line by line"
        out.print(f"{run}, by all that is known now, comes out {what}.")
    elif found["is_equal"]:
        by = "" if found["manifest_is_there"] else " Its manifest was gone; the ledger holds its hash."
        out.print(f"{run} comes out again as it was closed, equal by hash.{by}")
        out.print("`python -m arrears.ledger verify` looks at the tables that were kept themselves.")
    elif not found["manifest_is_there"]:
        out.print(
            f"{run} does not come out with the hash of its manifest, and the manifest is gone: restore it"
            " to see which tables differ, and whether code and rules do."
        )
    else:
        out.print(f"{run} does not come out as it was closed.")


def short(version: str | None) -> str:
    """A version as people compare it: a hash by its beginning."""
    return "not told" if version is None else version[:12]
