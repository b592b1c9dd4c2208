"""The lines of a run, made comparable: verdicts by remedy and subject, acts, lines of the work list.

Each run becomes a table `lines.<name>` with a key of its own for every line and a signature of what it says:
two runs say the same of a line where its signature is the same.
"""

from collections.abc import Collection
from pathlib import Path

from arrears.data.warehouse import Connection, file_paths, run_sql_file, sql_text
from arrears.law.verdicts import Verdicts

SQL = Path(__file__).with_name("sql")

LISTS = ("verdict", "act", "work")
WHO = ("remedy", "subject_id", "case_id", "person_id", "office", "worker")


def make_lines(con: Connection, name: str, folder: Path, alike: Collection[str] = ()) -> None:
    """Makes `lines.<name>`: one row per verdict, act and line of the work list of a run's folder.

    Verdicts of the remedies that are `alike` in what it is compared with are left out.
    """
    con.execute("CREATE SCHEMA IF NOT EXISTS lines")
    kept = Verdicts(folder)
    sides = [kept.side_select(remedy) for remedy in kept.remedies if remedy not in alike]
    plan, facts = folder / "plan", folder / "facts"
    params = {
        "verdicts": " UNION ALL ".join(sides) or sql_text(SQL / "no_verdicts.sql"),
        "acts": file_paths(plan / "actions.parquet"),
        "work": file_paths(plan / "work_list.parquet"),
        "persons": file_paths(facts / "person_facts.parquet"),
    }
    run_sql_file(con, SQL / "lines.sql", f"lines.{name}", params)


def alike(was: Path, now: Path) -> frozenset[str]:
    """The remedies of which two runs hold the very same file of verdicts, asked in the same way."""
    one, two = Verdicts(was), Verdicts(now)
    same = {
        name for name, path in one.tables.items() if name in two.tables and path.samefile(two.tables[name])
    }
    parted = {remedy for (remedy, part), asked in two.asked.items() if one.asked.get((remedy, part)) != asked}
    return frozenset(
        asked.remedy for asked in two.asked.values() if asked.facts in same and asked.remedy not in parted
    )


def make_changed(con: Connection, was: str, now: str) -> None:
    """Makes `changed`: every line that two runs do not say the same of, with what each says."""
    params = {"was": f"lines.{was}", "now": f"lines.{now}"}
    run_sql_file(con, SQL / "changed.sql", "changed", params)
