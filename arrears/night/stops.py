"""What must not leave, read again at the moment of writing: people's words, pauses, new rows, doubts.

A release, or an amount that becomes lower, lays nothing on anybody: pauses and new rows let it pass, and
so does a word on its episode; only a word on that very step keeps it back.
"""

from pathlib import Path

import pyarrow as pa

from arrears.data.store import Store
from arrears.data.warehouse import Connection, add_sql_file, attach_arrow, file_list, run_sql_file, sql_text
from arrears.errors import ArrearsError
from arrears.intake.inbox import load_waiting
from arrears.intake.load.orphans import make_cores
from arrears.intake.load.rejected import FILE as REJECTED
from arrears.intake.load.stage import read_staged
from arrears.ledger.records import Delivery, utc_text
from arrears.night.held_back import attach_aside
from arrears.night.run import Night

STOPS = ("hold", "reject")
# The item of a queue that a check stops begins so: no word of a person lets it go.
CHECK_ITEM = "check:"
# What the agency's old system had sent is no news about anybody.
NO_NEWS = ("sent",)
BY_PERSON = "a person held or rejected it"
PAUSED = "its remedy or office is paused"
NEWS = "a later caseload says something new about it: the next night decides"
DOUBTED = "a check of the night doubts its facts: "
UNPROVEN = "a check of the night doubts what its remedy rests on: "
CARRIED = "its record also carries an act that does not leave"
SET_ASIDE = "a check of the night sets its record aside: "
SQL = Path(__file__).with_name("sql")
# What `weighed.sql` asks of what was published.
AMOUNTS = ("episode_id", "target_id", "kind", "version", "amount_cents")
# Why an act does not leave, by the names that `stopped.sql` gives these words.
WORDS = {
    "by_person": BY_PERSON,
    "paused": PAUSED,
    "news": NEWS,
    "doubted": DOUBTED,
    "unproven": UNPROVEN,
    "set_aside": SET_ASIDE,
}


def read_stops(night: Night, con: Connection) -> None:
    """Makes `stop_word`, `stop_pause`, `late_...` and `aside_...`: every stop known at this moment."""
    attach_aside(con, night.folder)
    attach_arrow(con, "stop_word", pa.table({"key": pa.array(sorted(words(night)), pa.string())}))
    late = night.ledger.late_stops(night.state, night.run.cut)["pauses"]
    known = night.ledger.snapshot(night.state, night.run.cut, only=["pauses"])["pauses"]
    in_force = [
        {"remedy": row["remedy"], "office": row["office"]}
        for row in [*known.to_pylist(), *late.to_pylist()]
        if row["from_on"] <= night.as_of <= (row["to_on"] or night.as_of)
    ]
    shape = pa.schema([("remedy", pa.string()), ("office", pa.string())])
    attach_arrow(con, "stop_pause", pa.Table.from_pylist(in_force, shape))
    read_news(night, con, later_caseloads(night))


def weigh_acts(con: Connection, planned: str) -> None:
    """Makes `weighed`: the acts of a relation, and whether each lightens or eases what was `published`."""
    text = sql_text(SQL / "weighed.sql")
    con.execute(f"CREATE OR REPLACE TEMP VIEW weighed AS WITH planned AS (FROM {planned})\n{text}")


def judge_stops(con: Connection, acts: str, name: str) -> None:
    """Makes the table `name`: each act in the relation `acts`, with why it does not leave."""
    run_sql_file(con, SQL / "stopped.sql", name, {**WORDS, "acts": acts}, is_temporary=True)


def stops_any(con: Connection, acts: str) -> bool:
    """Whether a stop has come for one of these acts, by the rule under which they were chosen."""
    judge_stops(con, acts, "judged")
    row = con.execute("SELECT count(*) FROM judged WHERE reason IS NOT NULL").fetchone()
    return bool(row and row[0])


def words(night: Night) -> set[str]:
    """What people's last words keep back, as the keys that `stopped.sql` looks for.

    A word that the plan did not know keeps back all of its episode, or all of its remedy for its subject;
    one that the plan knew keeps back its step while it stands.
    """
    last = {}
    for one in night.ledger.decisions(night.state):
        if one["episode_id"] or one["remedy"]:
            last[(one["episode_id"], one["remedy"], one["subject_id"], one["step"])] = one
    cut, found = night.run.cut, set()
    for one in last.values():
        if one["decision"] not in STOPS:
            continue
        episode, step = one["episode_id"], one["step"]
        whole = f"all|{episode}" if episode else f"subject|{one['remedy']}:{one['subject_id']}"
        if one["position"] > cut.position or one["at"] > utc_text(cut.known_at):
            found |= {whole, f"step|{episode}:{step}"}
        elif one["decision"] == "hold" and (one["until_on"] is None or one["until_on"] >= night.as_of):
            found.add(f"step|{episode}:{step}" if episode and step else whole)
        elif one["decision"] == "reject" and episode:
            found.add(f"hash|{episode}:{step}:{one['facts_hash']}")
    return found


def later_caseloads(night: Night) -> list[Delivery]:
    """The accepted caseloads that the run does not know; each is loaded now if it was not yet.

    Where people are invented the days are too: what is dated after the night has not come yet, unless it
    was put in while the night ran.
    """
    found = _not_known(night)
    if any(one.delivery_id not in night.ledger.loaded(night.state) for one in found):
        load_waiting(night.store, night.ledger, night.state)
        found = _not_known(night)  # without what could not be loaded, which is held again
    return found


def _not_known(night: Night) -> list[Delivery]:
    known = {one.delivery_id for one in night.deliveries}
    return [
        one
        for one in night.ledger.deliveries(night.state, feed="caseload", outcome="accepted")
        if one.delivery_id not in known
        and (
            night.store.kind == "real"
            or one.position > night.run.cut.position
            or one.received_on <= night.as_of
        )
    ]


def read_news(night: Night, con: Connection, deliveries: list[Delivery]) -> None:
    """Makes `late_case` and `late_person`: everybody of whom these deliveries say something.

    A case means its obligor and a person their cases, by the cases as the run knows them and as the
    later deliveries have them: a stay of a case also stops what is done to its obligor as a person.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE late_case (id VARCHAR)")
    con.execute("CREATE OR REPLACE TEMP TABLE late_person (id VARCHAR)")
    if not deliveries:
        return
    run_sql_file(con, SQL / "party.sql", "party", {}, is_temporary=True)
    for path in (path for one in deliveries for path in news_files(night, one)):
        _add_news(con, path)
    _add_meant(con, night.store)
    add_sql_file(con, SQL / "late_cases.sql", "late_case", {})
    add_sql_file(con, SQL / "late_persons.sql", "late_person", {})


def news_files(night: Night, delivery: Delivery) -> list[Path]:
    """The staged tables of a delivery that may say something new; an error where it is not staged."""
    folder = night.store.staging(night.state, delivery.feed, delivery.delivery_id)
    if read_staged(folder) is None:
        raise ArrearsError(
            "A later caseload is accepted but not loaded, so its stops cannot be read",
            f"{delivery.feed}@{delivery.delivery_id}",
            "Nothing of this queue left; run receive again, then the release",
        )
    names = [name for name in night.feeds[delivery.feed].tables if name not in NO_NEWS]
    names.append(Path(REJECTED).stem)  # a line that cannot be read is news of whom it names
    return [path for name in names if (path := folder / f"{name}.parquet").exists()]


def _add_meant(con: Connection, store: Store) -> None:
    """Adds those whom a late row may mean by an identifier that is nobody's, as an orphan may."""
    for late, column in (
        ("late_case", "case_id"),
        ("late_person", "obligor_id"),
        ("late_person", "other_id"),
    ):
        there = f"SELECT DISTINCT {column} AS id FROM party WHERE {column} IS NOT NULL"
        make_cores(con, store, "late_meant", f"SELECT id FROM {late} WHERE id NOT IN ({there})", there)
        con.execute(f"INSERT INTO {late} SELECT DISTINCT id FROM late_meant")


def _add_news(con: Connection, path: Path) -> None:
    read = f"read_parquet({file_list([path])})"
    columns = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {read}").fetchall()}
    for column, table in (("case_id", "late_case"), ("person_id", "late_person")):
        if column in columns:
            con.execute(
                f"INSERT INTO {table} SELECT DISTINCT {column} FROM {read} WHERE {column} IS NOT NULL"
            )
    if "obligor_id" in columns:
        con.execute(f"INSERT INTO party SELECT case_id, obligor_id, custodial_id FROM {read}")
    elif path.stem == "children":
        con.execute(f"INSERT INTO party SELECT case_id, NULL, person_id FROM {read}")
