"""What is old enough to go, and what of it stays: rows that open episodes rest on, and what a hold keeps."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from arrears import house
from arrears.data.store import Store
from arrears.data.warehouse import (
    Connection,
    attach_blocks,
    file_list,
    row_count,
    run_sql_file,
    warehouse,
    write_parquet,
)
from arrears.days import months_before
from arrears.errors import ArrearsError
from arrears.intake.feeds import CASELOAD, Feed, load_feeds
from arrears.intake.load import attach, in_use
from arrears.law.profile import Profile
from arrears.ledger import Ledger
from arrears.ledger.purge_lists import Thing, purged_things
from arrears.ledger.purges import keyed_digest
from arrears.ledger.records import Delivery, RunRecord
from arrears.ledger.store_marks import file_hash
from arrears.values import Row

SQL = Path(__file__).with_name("sql")
RECORDS, DIRECTORY = "retention.records_years", "retention.directory_months"
DIRECTORY_LABEL = "national_directory"
MONTHS = 12
# Folders of a run with data of people; verdicts and plan are what was decided.
LAYERS = ("facts", "match", "queues")
# By which columns a row is somebody's.
WHOSE = (
    "subject_id",
    "case_id",
    "person_id",
    "obligor_id",
    "custodial_id",
    "other_id",
    "order_id",
    "person_token",
)
IN_USE = "deliveries that a night which stays reads"
GROUND = "deliveries on which facts of the last night rest"
HELD = "deliveries, records and files that a hold keeps"
UNDECIDED = "deliveries on which nobody has decided"


@dataclass
class Found:
    """What goes, what stays and why, and up to which days."""

    state: str
    limits: Row
    held: list[str]
    things: list[Thing] = field(default_factory=list)
    deliveries: list[str] = field(default_factory=list)
    stays: Counter[str] = field(default_factory=Counter)


def search(store: Store, ledger: Ledger, profile: Profile, before: date, aside: Path | None = None) -> Found:
    """All that a purge before this day takes; the rows that stay are written under `aside`, if given."""
    state = profile.state
    closed = sorted((run for run in ledger.runs(state) if run.status == "closed"), key=lambda run: run.as_of)
    nights = [run for run in closed if run.kind == "night"]
    if not nights:
        raise ArrearsError(f"No night is closed in {state}", store.address, "There is nothing to purge")
    last = nights[-1]
    limits = {
        "before": before.isoformat(),
        "records_before": min(
            before, months_before(last.as_of, MONTHS * _value(profile, RECORDS, last.as_of))
        ).isoformat(),
        "directory_before": min(
            before, months_before(last.as_of, _value(profile, DIRECTORY, last.as_of))
        ).isoformat(),
    }
    found = Found(state, limits, ledger.held(state))
    with warehouse(spill=store.spill()) as con:
        look = _Look(con, store, ledger, found, aside, purged_things(store, ledger, state)[0])
        look.people(last)
        records = date.fromisoformat(limits["records_before"])
        for run in closed:
            if run.as_of < records:
                look.run(run)
        look.deliveries(closed, records, date.fromisoformat(limits["directory_before"]))
    return found


@dataclass
class _Look:
    con: Connection
    store: Store
    ledger: Ledger
    found: Found
    aside: Path | None
    gone: dict[str, Thing]
    held_queues: dict[date, set[str]] = field(default_factory=lambda: defaultdict(set))

    def people(self, last: RunRecord) -> None:
        """Notes open episodes, the days on which they were opened, and who is held."""
        with self.ledger.blocks(self.found.state, only=["episodes"]) as told:
            attach_blocks(self.con, "ledger.episodes", told["episodes"])
        feeds = load_feeds(house.FEEDS)
        known = self.ledger.deliveries(self.found.state, last.cut, outcome="accepted")
        only = [f"{CASELOAD}.{table}" for table in ("cases", "children", "orders", "persons")]
        attach(self.con, self.store, self.found.state, known, feeds, only)
        run_sql_file(self.con, SQL / "purge_held.sql", "held", {"cases": self.found.held}, is_temporary=True)
        self.last = self.store.night(self.found.state, last.as_of)

    def keep(self, days: Iterable[date] | None) -> None:
        """Makes `keep`: whose rows stay, of episodes opened on these days, or on any."""
        given = {"days": sorted(days) if days is not None else None}
        run_sql_file(self.con, SQL / "purge_kept.sql", "keep", given, is_temporary=True)

    def run(self, run: RunRecord) -> None:
        """What goes of a night or day release, and of the files that left with it."""
        store = self.store
        folder = f"nights/{run.state}/{run.as_of}"
        if run.kind == "release":
            folder = f"releases/{run.state}/{run.as_of}/{run.ordinal:02d}"
        store.folder(folder)
        self.keep([run.as_of])
        held = self._held_queues(store.root / folder)
        for name in store.names(folder):
            layer, _, table = name.removeprefix(f"{folder}/").partition("/")
            if layer not in LAYERS or not table.endswith(".parquet") or self._is_gone(name):
                continue
            if layer == "queues" and table.removesuffix(".parquet") in held:
                self.found.stays[HELD] += 1
                continue
            self._shrink(name, "night", of_people=layer == "queues")
        for batch in self.ledger.batches(run.state, as_of=run.as_of):
            if batch.run_id != run.run_id or batch.status != "published" or batch.file_name in self.gone:
                continue
            if batch.queue in held:
                self.found.stays[HELD] += 1
            elif (path := store.file(batch.file_name)).is_file():
                self._take(batch.file_name, "outbox", file_hash(path))

    def _held_queues(self, folder: Path) -> set[str]:
        """The queues in which a run had an act about somebody who is held."""
        path = folder / "plan" / "actions.parquet"
        if not self.found.held or not path.exists():
            return set()
        acts = f"read_parquet({file_list([path])})"
        held = "case_id IN (FROM held) OR person_id IN (FROM held) OR subject_id IN (FROM held)"
        return {
            str(row[0])
            for row in self.con.execute(f"SELECT DISTINCT queue FROM {acts} WHERE {held}").fetchall()
        }

    def deliveries(self, closed: Sequence[RunRecord], records: date, directory: date) -> None:
        """What goes of deliveries: their original, and their staged rows."""
        feeds, state = load_feeds(house.FEEDS), self.found.state
        every = self.ledger.deliveries(state)
        accepted = [one for one in every if one.outcome == "accepted"]
        used, read_on = self._used(feeds, accepted, closed, records)
        sources, ground = self._sources()
        going = []
        for one in every:
            feed = feeds.get(one.feed)
            limit = directory if feed is not None and DIRECTORY_LABEL in feed.labels else records
            if (one.period_on or one.received_on) >= limit:
                continue
            why = UNDECIDED if one.outcome == "held" else ""
            if one.outcome == "accepted" and feed is not None:
                is_event = feed.mode == "events"
                # The law takes the directory's data even where a fact would rest on them.
                rests = ground if DIRECTORY_LABEL in feed.labels else sources
                why = GROUND if is_event and one.delivery_id in rests else ""
                why = why or (IN_USE if not is_event and one.delivery_id in used else "")
                why = why or (HELD if is_event and self._holds(one) else "")
            if why:
                self.found.stays[why] += 1
            else:
                going.append(one)
        for one in going:
            if one.outcome == "accepted":
                self.found.deliveries.append(one.delivery_id)
                self._staged(one, read_on.get(one.delivery_id, set()))
        self._landed(every, going)

    def _used(
        self, feeds: dict[str, Feed], accepted: list[Delivery], closed: Sequence[RunRecord], records: date
    ) -> tuple[set[str], dict[str, set[date]]]:
        """The deliveries that nights which stay read, and on which days each was read by one that goes."""
        opened = {
            row[0] for row in self.con.execute("SELECT DISTINCT opened_on FROM ledger.episodes").fetchall()
        }
        used, read_on = self._reads(feeds, accepted), defaultdict[str, set[date]](set)
        for run in closed:
            if run.as_of >= records:
                used |= self._reads(feeds, self.ledger.deliveries(run.state, run.cut, outcome="accepted"))
            elif run.as_of in opened:
                for one in self._reads(feeds, self.ledger.deliveries(run.state, run.cut, outcome="accepted")):
                    read_on[one].add(run.as_of)
        return used, read_on

    def _reads(self, feeds: dict[str, Feed], known: list[Delivery]) -> set[str]:
        of = {name: [one for one in known if one.feed == name] for name in feeds}
        return {one for name, own in of.items() if own for one in in_use(self.store, feeds[name], own)}

    def _sources(self) -> tuple[set[str], set[str]]:
        """The deliveries that the last night names as sources: of any fact, and of open episodes."""
        self.keep(None)
        every, ground = set[str](), set[str]()
        for path in sorted((self.last / "facts").glob("*.parquet")):
            names = pq.read_schema(path).names
            said = [one for one in names if one == "src" or one.endswith("_src")]
            if not said:
                continue
            files = f"regexp_extract_all(concat_ws(';', {', '.join(said)}), '@([^:;]+):', 1)"
            told = f"SELECT unnest({files}) AS file, {_whose(names) or 'true'} AS is_ground"
            told += f" FROM read_parquet({file_list([path])})"
            rows = self.con.execute(f"SELECT file, bool_or(is_ground) FROM ({told}) GROUP BY file").fetchall()
            every |= {str(file) for file, _ in rows}
            ground |= {str(file) for file, is_ground in rows if is_ground}
        return every, ground

    def _holds(self, delivery: Delivery) -> bool:
        """Whether a staged row of a delivery is somebody's who is held."""
        return bool(self.found.held) and any(self._count(name, "held") for name in self._tables(delivery))

    def _tables(self, delivery: Delivery) -> list[str]:
        folder = f"staging/{delivery.state}/{delivery.feed}/{delivery.delivery_id}"
        self.store.folder(folder)
        return [
            name for name in self.store.names(folder) if name.endswith(".parquet") and not self._is_gone(name)
        ]

    def _count(self, name: str, whose: str) -> int:
        """How many rows of a table are somebody's in `keep` or `held`."""
        path = self.store.root / name
        where = _whose(pq.read_schema(path).names, whose)
        if not where or not row_count(path):
            return 0
        [[count]] = self.con.execute(
            f"SELECT count(*) FROM read_parquet({file_list([path])}) WHERE {where}"
        ).fetchall()
        return int(count)

    def _staged(self, delivery: Delivery, days: set[date]) -> None:
        """Takes the staged rows of a delivery that no night reads any more, but those that stay."""
        self.keep(days)
        names = self._tables(delivery)
        for name in names:
            self._shrink(name, "staged", of_people=True)
        about = f"staging/{delivery.state}/{delivery.feed}/{delivery.delivery_id}/staged.json"
        left = {one.name for one in self.found.things if one.kept_rows}
        if left & set(names):
            return
        vault = [
            name
            for name in self.store.names(f"vault/{delivery.state}")
            if name.endswith(f"/{delivery.delivery_id}.parquet")
        ]
        for name, kind in [(about, "staged"), *((name, "vault") for name in vault)]:
            if name not in self.gone and (path := self.store.file(name)).is_file():
                self._take(name, kind, file_hash(path))

    def _landed(self, every: list[Delivery], going: list[Delivery]) -> None:
        """Takes the original files of deliveries that go, but what another one names or a hold keeps."""
        here = {one.delivery_id for one in going}
        stay = {name for one in every if one.delivery_id not in here for name in _files(one)}
        present = set(self.store.names(f"landing/{self.found.state}"))
        for one in going:
            held = one.outcome == "accepted" and self._holds(one)
            self.found.stays[HELD] += held
            for sha256 in sorted(_files(one) - stay) if not held else ():
                name = f"landing/{one.state}/{sha256}"
                if name in present and name not in self.gone:
                    self._take(name, "landed", sha256)
                stay.add(sha256)

    def _is_gone(self, name: str) -> bool:
        """Whether nothing is left of a file; of one of which rows stayed, those may go now."""
        return name in self.gone and not self.gone[name].kept_sha256

    def _shrink(self, name: str, kind: str, of_people: bool) -> None:
        """Takes the rows of a table but those in `keep`; a table of nobody's rows goes if `of_people`."""
        path = self.store.root / name
        rows, schema = row_count(path), pq.read_schema(path)
        where = _whose(schema.names)
        if not where and not of_people:
            return
        kept = self._count(name, "keep")
        if kept == rows and (rows or kind == "night"):
            return
        sha256 = ""
        if kept or kind == "night":
            sha256 = "written"
            if self.aside is not None:
                said = {
                    key.decode(): value.decode()
                    for key, value in (schema.metadata or {}).items()
                    if key != b"ARROW:schema"
                }
                select = f"SELECT * FROM read_parquet({file_list([path])}) WHERE {where or 'false'}"
                write_parquet(self.con, select, self.aside / name, told=said)
                sha256 = file_hash(self.aside / name)
        self._take(name, kind, file_hash(path), rows, kept, sha256)

    def _take(
        self, name: str, kind: str, sha256: str, rows: int | None = None, kept: int = 0, kept_sha256: str = ""
    ) -> None:
        digest = keyed_digest(self.store.key(), sha256)
        self.found.things.append(Thing(name, kind, digest, rows, kept, kept_sha256))


def _whose(names: Iterable[str], table: str = "keep") -> str:
    """SQL that is true of the rows of somebody in a table of numbers; empty where rows are nobody's."""
    return " OR ".join(f"{one} IN (FROM {table})" for one in WHOSE if one in set(names))


def _value(profile: Profile, key: str, day: date) -> int:
    return int(profile.value(key, day).value)


def _files(delivery: Delivery) -> set[str]:
    return {delivery.sha256, *(file.sha256 for file in delivery.files)}
