"""The lines of a run, made comparable: verdicts by remedy and subject, acts, lines of the work list.

Each run becomes a table `lines.<name>` with a key of its own for every line and a signature of what it says:
two runs say the same of a line where its signature is the same.
"""

from pathlib import Path

from arrears.compare.trial import verdicts_of
from arrears.data.warehouse import Connection, file_paths, run_sql_file
from arrears.night.plan import attach_verdicts

SQL = Path(__file__).with_name("sql")

LISTS = ("verdict", "act", "work")
WHO = ("remedy", "subject_id", "case_id", "person_id", "office", "worker")


def make_lines(con: Connection, name: str, folder: Path) -> None:
    """Makes `lines.<name>`: one row per verdict, act and line of the work list of a run's folder."""
    con.execute("CREATE SCHEMA IF NOT EXISTS lines")
    attach_verdicts(con, folder / "verdicts", verdicts_of(folder))
    plan, facts = folder / "plan", folder / "facts"
    params = {
        "acts": file_paths(plan / "actions.parquet"),
        "work": file_paths(plan / "work_list.parquet"),
        "persons": file_paths(facts / "person_facts.parquet"),
    }
    run_sql_file(con, SQL / "lines.sql", f"lines.{name}", params)


def make_changed(con: Connection, was: str, now: str) -> None:
    """Makes `changed`: every line that two runs do not say the same of, with what each says."""
    params = {"was": f"lines.{was}", "now": f"lines.{now}"}
    run_sql_file(con, SQL / "changed.sql", "changed", params)
