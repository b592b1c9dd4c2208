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

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from arrears import house
from arrears.compare.compared import make_changed, make_lines
from arrears.compare.laws import NOT_ASKED
from arrears.data.warehouse import Connection, file_list, quote
from arrears.law.catalog import described_facts
from arrears.law.remedy import PARTS
from arrears.night.transform import load_facts

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
    each = [
        f"""SELECT list, key, {number} AS rung, {quote(rung.label)} AS label
            FROM lines.w{number - 1} AS was FULL JOIN lines.w{number} AS now USING (list, key)
            WHERE was.signature IS DISTINCT FROM now.signature"""
        for number, rung in enumerate(rungs, 1)
    ]
    ranks = " ".join(f"WHEN {quote(cause)} THEN {rank}" for rank, cause in enumerate(ORDER))
    means = " ".join(f"WHEN {quote(label)} THEN {quote(cause)}" for label, cause in MEANS.items())
    nothing = "SELECT '' AS list, '' AS key, 0 AS rung, '' AS label WHERE false"
    rewritten = "true" if "work" in files else "false"
    con.execute(
        f"""CREATE TABLE line AS
            WITH moved AS ({" UNION ALL ".join([nothing, *each])}),
            approved AS (SELECT DISTINCT remedy, subject_id FROM said WHERE decision = 'approve'),
            -- Of these persons nothing has left that nobody had approved.
            about AS (
              SELECT person_id FROM sent LEFT JOIN approved USING (remedy, subject_id)
              WHERE person_id IS NOT NULL
              GROUP BY person_id HAVING bool_and(approved.remedy IS NOT NULL)
            ),
            judged AS (
              SELECT changed.*, moved.rung, moved.label, CASE
                WHEN label = 'said' AND (
                  EXISTS (FROM said WHERE said.item_id = changed.key)
                  OR EXISTS (FROM said
                    WHERE said.remedy = changed.remedy AND said.subject_id = changed.subject_id)
                  OR EXISTS (FROM about WHERE about.person_id = changed.person_id)) THEN 'decision'
                WHEN label = 'code' AND (list_contains($cards, remedy)
                  OR (list = 'work' AND remedy IS NULL AND {rewritten})) THEN 'rule'
                ELSE CASE label {means} END
              END AS cause
              FROM changed JOIN moved USING (list, key)
            )
            SELECT * EXCLUDE (enter_was, enter_now) FROM judged
            QUALIFY row_number() OVER (
              PARTITION BY list, key ORDER BY label = 'today', CASE cause {ranks} END, rung) = 1""",
        {"cards": list(cards)},
    )


def make_evidence(con: Connection, first: Path, rungs: Sequence[Rung]) -> None:
    """Makes `cell` (facts that differ across a line's rung) and `condition` (answers that do)."""
    folders = [first, *(rung.folder for rung in rungs)]
    cells, conditions = [], []
    for number, _ in enumerate(rungs, 1):
        before, after = folders[number - 1], folders[number]
        cells += [one for table in fact_tables() if (one := cell_select(con, table, number, before, after))]
        for remedy in _remedies_on(con, number):
            conditions += [condition_select(con, remedy, part, number, before, after) for part in PARTS]
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
    if not all(file.exists() for file in files):
        return None
    there = _columns(con, files[0]) & _columns(con, files[1])
    facts = [name for name in described if name in there]

    def source(name: str, side: str) -> str:
        held = described[name].get("source")
        return f'CAST({side}."{held}" AS VARCHAR)' if held in there else "CAST(NULL AS VARCHAR)"

    packs = ", ".join(
        f"""struct_pack(fact := {quote(name)},
          was := CAST(was."{name}" AS VARCHAR), now := CAST(now."{name}" AS VARCHAR),
          rows_was := {source(name, "was")}, rows_now := {source(name, "now")})"""
        for name in facts
    )
    wanted = f"(FROM line WHERE rung = {rung}) AS line"
    was, now = (
        f"(FROM read_parquet({file_list([file])}) SEMI JOIN {wanted} USING (subject_id))" for file in files
    )
    return f"""SELECT {rung} AS rung, {quote(table)} AS facts, subject_id,
  unnest(differing, recursive := true)
FROM (
  SELECT subject_id, list_filter([{packs}], lambda one: one.was IS DISTINCT FROM one.now) AS differing
  FROM {was} AS was FULL JOIN {now} AS now USING (subject_id)
)"""


def condition_select(
    con: Connection, remedy: str, part: str, rung: int, before: Path, after: Path
) -> str | None:
    """The SELECT of the conditions of a remedy's part whose answers differ across a rung."""
    files = [folder / "verdicts" / f"{remedy}.{part}.parquet" for folder in (before, after)]
    if not all(file.exists() for file in files):
        return None
    was, now = (_columns(con, file, "BOOLEAN") - {"readings_part"} for file in files)
    packs = ", ".join(
        f"""struct_pack(condition := {quote(name)},
          was := {_answer("was", name, was)}, now := {_answer("now", name, now)})"""
        for name in sorted(was | now)
    )
    if not packs:
        return None
    # Asked on one side alone, a condition that holds there (a ground that has not come) changed nothing.
    idle = quote("false" if part == "release" else "true")
    alone = " OR ".join(
        f"(one.{one} = {quote(NOT_ASKED)} AND one.{other} = {idle})"
        for one, other in (("was", "now"), ("now", "was"))
    )
    differing = f"one.was <> one.now AND NOT ({alone})"
    wanted = f"(FROM line WHERE rung = {rung} AND remedy = {quote(remedy)}) AS line"
    return f"""SELECT {rung} AS rung, {quote(remedy)} AS remedy, {quote(part)} AS part, subject_id,
  unnest(differing, recursive := true)
FROM (
  SELECT subject_id, list_filter([{packs}], lambda one: {differing}) AS differing
  FROM read_parquet({file_list([files[0]])}) AS was
  JOIN read_parquet({file_list([files[1]])}) AS now USING (subject_id)
  SEMI JOIN {wanted} USING (subject_id)
)"""


def _answer(side: str, name: str, there: set[str]) -> str:
    """SQL for a condition's answer on one side; a verdict that does not hold it did not ask."""
    return f"coalesce(CAST({side}.\"{name}\" AS VARCHAR), 'unknown')" if name in there else quote(NOT_ASKED)


def _columns(con: Connection, path: Path, kind: str = "") -> set[str]:
    found = con.execute(f"DESCRIBE FROM read_parquet({file_list([path])})").fetchall()
    return {str(name) for name, of, *_ in found if kind in ("", of)}


def _remedies_on(con: Connection, rung: int) -> list[str]:
    found = con.execute(
        "SELECT DISTINCT remedy FROM line WHERE rung = $rung AND remedy IS NOT NULL ORDER BY 1",
        {"rung": rung},
    )
    return [str(row[0]) for row in found.fetchall()]
