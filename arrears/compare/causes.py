"""The one main cause of every changed line, proved by making the night again, one thing changed at a time.

From the first run to the second leads a ladder; each rung changes one thing and leaves the rest:

    code      the same night by today's code and cards
    rule      ... and by the second run's values, remedies, readings and waivers
    said      ... and with what people decided and what left since
    date      ... and as of the second date
    data      ... and with the second run's deliveries, each line matched before still matched as it was
    match     ... and with the second run's matches, which is the second run itself

A rung whose thing does not differ is left out. A line that changed moved on one rung at least; where it
moved on several, the first of decision, rule, code, match, data, calendar is the main cause. On the rung
`said` it is a decision where a person decided on that very subject and remedy, or where all that has left
about the parent was approved by people; else it is calendar, as on the rung `date`: what was due left by
itself, and time went on. On the rung `code` it is a rule where the remedy's card or the kinds of work were
written otherwise. Where today's code is neither run's, a last rung, `today`, leads back to the second run;
a line that moved on it alone counts as data.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arrears import house
from arrears.compare.compared import make_changed, make_lines
from arrears.compare.laws import NOT_ASKED
from arrears.data.beside import kept_columns, kept_rows, same_kept
from arrears.data.warehouse import Connection, quote, run_sql_file, text_list
from arrears.law.catalog import described_facts
from arrears.law.remedy import PARTS
from arrears.law.verdicts import Verdicts
from arrears.night.layers import load_facts

SQL = Path(__file__).with_name("sql")

MOVED = ("list", "key", "label")
ORDER = ("decision", "rule", "code", "match", "data", "calendar")
# What a rung means where nothing more is known of a line.
MEANS = {
    "code": "code",
    "rule": "rule",
    "said": "calendar",
    "date": "calendar",
    "data": "data",
    "match": "match",
    "today": "data",
}


@dataclass(frozen=True)
class Rung:
    """One thing changed: which, and the folder of the run after it."""

    label: str
    folder: Path


def make_causes(
    con: Connection, first: Path, rungs: Sequence[Rung], cards: Sequence[str], files: Sequence[str]
) -> None:
    """Makes `line`: every changed line with its cause and the rung that proves it.

    `cards` are the remedies whose cards differ, `files` the folders of other rules that do. Reads the tables
    `said` (decisions since the first run) and `sent` (what left since).
    """
    make_lines(con, "w0", first)
    for number, rung in enumerate(rungs, 1):
        make_lines(con, f"w{number}", rung.folder)
    make_changed(con, "w0", f"w{len(rungs)}")
    make_union(con, "moved", [moved_select(n, rung) for n, rung in enumerate(rungs, 1)], MOVED)
    params = {
        "cards": list(cards),
        "work_is_rewritten": "work" in files,
        "labels": list(MEANS),
        "causes": list(MEANS.values()),
        "order": list(ORDER),
    }
    run_sql_file(con, SQL / "caused.sql", "line", params)
    con.execute("DROP TABLE moved")


def moved_select(number: int, rung: Rung) -> str:
    """The SELECT of the lines that say something else after a rung than before it."""
    both = f"lines.w{number - 1} AS was FULL JOIN lines.w{number} AS now USING (list, key)"
    differs = "was.signature IS DISTINCT FROM now.signature"
    return f"SELECT {number} AS rung, list, key, {quote(rung.label)} AS label FROM {both} WHERE {differs}"


def make_evidence(con: Connection, first: Path, rungs: Sequence[Rung]) -> None:
    """Makes `cell` (facts that differ across a line's rung) and `condition` (answers that do)."""
    folders = [first, *(rung.folder for rung in rungs)]
    cells, conditions = [], []
    for number, _ in enumerate(rungs, 1):
        before, after = folders[number - 1], folders[number]
        cells += [one for table in fact_tables() if (one := cell_select(con, table, number, before, after))]
        for remedy in _remedies_on(con, number):
            kept = (Verdicts(before), Verdicts(after))
            conditions += [condition_select(remedy, part, number, *kept) for part in PARTS]
    make_union(con, "cell", cells, ("facts", "subject_id", "fact", "was", "now", "rows_was", "rows_now"))
    told = [one for one in conditions if one]
    make_union(con, "condition", told, ("remedy", "part", "subject_id", "condition", "was", "now"))


def make_union(con: Connection, name: str, selects: Sequence[str], columns: Sequence[str]) -> None:
    """Makes a table of all these SELECTs; without any, an empty one of these columns of text."""
    texts = ", ".join(f"'' AS {one}" for one in columns)
    empty = f"SELECT 0 AS rung, {texts} WHERE false"
    con.execute(f"CREATE TABLE {name} AS {' UNION ALL '.join([empty, *selects])}")


def fact_tables() -> list[str]:
    """The described fact tables that hold one row a subject."""
    described = described_facts(house.FACTS) or {}
    kept = {table: order for layer in load_facts(house.FACTS) for table, order in layer.keep.items()}
    return sorted(table for table in described if kept.get(table) == ("subject_id",))


def cell_select(con: Connection, table: str, rung: int, before: Path, after: Path) -> str | None:
    """The SELECT of the facts of a table that differ across a rung, of the subjects of its lines."""
    described = (described_facts(house.FACTS) or {})[table]
    files = [folder / "facts" / f"{table}.parquet" for folder in (before, after)]
    if not all(file.exists() for file in files) or same_kept(*files):
        return None
    there = kept_columns(files[0]) & kept_columns(files[1])
    facts = [name for name in described if name in there]
    # Each fact, and the fact that tells its rows, by its place in what a side says.
    said = list(dict.fromkeys([*facts, *(one for one in map(_held, described.values()) if one in there)]))
    places = {name: place for place, name in enumerate(said, 1)}
    pack = struct(
        fact=f"{text_list(said)}[place[1]]",
        was="was.said[place[1]]",
        now="now.said[place[1]]",
        rows_was="was.said[place[2]]",
        rows_now="now.said[place[2]]",
    )
    each = ", ".join(f"[{places[name]}, {places.get(_held(described[name]), 'NULL')}]" for name in facts)
    packs = f"list_transform([{each}], lambda place: {pack})"
    wanted = f"(FROM line WHERE rung = {rung}) AS line"
    told = ", ".join(f'CAST("{name}" AS VARCHAR)' for name in said)
    was, now = (
        f"(SELECT subject_id, [{told}] AS said"
        f" FROM ({kept_rows(file)}) SEMI JOIN {wanted} USING (subject_id))"
        for file in files
    )
    differing = f"list_filter({packs}, lambda one: one.was IS DISTINCT FROM one.now) AS differing"
    both = f"{was} AS was FULL JOIN {now} AS now USING (subject_id) WHERE was.said IS DISTINCT FROM now.said"
    asked = f"{rung} AS rung, {quote(table)} AS facts, subject_id, unnest(differing, recursive := true)"
    return f"SELECT {asked} FROM (SELECT subject_id, {differing} FROM {both})"


def _held(described: Mapping[str, Any]) -> str:
    """The column that names the rows on which a fact rests; none for one that names none."""
    return str(described.get("source") or "")


def struct(**fields: str) -> str:
    """SQL for a struct of these fields."""
    return f"struct_pack({', '.join(f'{name} := {value}' for name, value in fields.items())})"


def condition_select(remedy: str, part: str, rung: int, before: Verdicts, after: Verdicts) -> str | None:
    """The SELECT of the conditions of a remedy's part whose answers differ across a rung."""
    both_asked = [one.asked.get((remedy, part)) for one in (before, after)]
    if None in both_asked:
        return None
    was, now = (set(one.conditions) for one in both_asked if one)
    names = sorted(was | now)
    if not names:
        return None
    # Asked on one side alone, a condition that holds there (a ground that has not come) changed nothing.
    idle = quote("false" if part == "release" else "true")
    alone = " OR ".join(
        f"(one.{one} = {quote(NOT_ASKED)} AND one.{other} = {idle})"
        for one, other in (("was", "now"), ("now", "was"))
    )
    pack = struct(condition=f"{text_list(names)}[place]", was="was.said[place]", now="now.said[place]")
    packs = f"list_transform(range(1, {len(names) + 1}), lambda place: {pack})"
    differing = f"list_filter({packs}, lambda one: one.was <> one.now AND NOT ({alone})) AS differing"
    before_it, after_it = (
        f"(SELECT subject_id, [{', '.join(_answer(name, there) for name in names)}] AS said"
        f" FROM ({one.select(remedy, part)}))"
        for one, there in ((before, was), (after, now))
    )
    wanted = f"(FROM line WHERE rung = {rung} AND remedy = {quote(remedy)}) AS line USING (subject_id)"
    both = f"{before_it} AS was JOIN {after_it} AS now USING (subject_id) SEMI JOIN {wanted}"
    both += " WHERE was.said <> now.said"
    about = f"{rung} AS rung, {quote(remedy)} AS remedy, {quote(part)} AS part"
    each = f"SELECT subject_id, {differing} FROM {both}"
    return f"SELECT {about}, subject_id, unnest(differing, recursive := true) FROM ({each})"


def _answer(name: str, there: set[str]) -> str:
    """SQL for a condition's answer in a verdict; one that does not hold it did not ask."""
    return f"coalesce(CAST(\"{name}\" AS VARCHAR), 'unknown')" if name in there else quote(NOT_ASKED)


def _remedies_on(con: Connection, rung: int) -> list[str]:
    found = con.execute(
        "SELECT DISTINCT remedy FROM line WHERE rung = $rung AND remedy IS NOT NULL ORDER BY 1",
        {"rung": rung},
    )
    return [str(row[0]) for row in found.fetchall()]
