"""The lines of a run, made comparable: verdicts by remedy and subject, acts, lines of the work list.

Each run becomes a table `lines.<name>` with a key of its own for every line and a signature of what it says:
two runs say the same of a line where its signature is the same.
"""

from pathlib import Path

from arrears.compare.trial import verdicts_of
from arrears.data.warehouse import Connection, file_list
from arrears.night.plan import attach_verdicts

LISTS = ("verdict", "act", "work")
WHO = ("remedy", "subject_id", "case_id", "person_id", "office", "worker")


def make_lines(con: Connection, name: str, folder: Path) -> None:
    """Makes `lines.<name>`: one row per verdict, act and line of the work list of a run's folder."""
    con.execute("CREATE SCHEMA IF NOT EXISTS lines")
    attach_verdicts(con, folder / "verdicts", verdicts_of(folder))
    acts, work = (file_list([folder / "plan" / f"{one}.parquet"]) for one in ("actions", "work_list"))
    persons = file_list([folder / "facts" / "person_facts.parquet"])
    who = ", ".join(WHO)
    con.execute(
        f"""CREATE OR REPLACE TABLE lines.{name} AS
            WITH said AS (
            SELECT 'verdict' AS list, remedy || ':' || subject_id AS key, {who}, 'verdict' AS kind,
              format('enter {{}}, stay {{}}, release {{}}', enter.verdict, stay.verdict, release.verdict)
                AS says,
              enter.amount_cents, enter.verdict AS enter_verdict,
              concat_ws('|', enter.verdict, enter.readings_part, stay.verdict, release.verdict,
                release.readings_part) AS signature
            FROM verdicts.enter AS enter
            JOIN (SELECT remedy, subject_id, verdict FROM verdicts.stay) AS stay USING (remedy, subject_id)
            JOIN (SELECT remedy, subject_id, verdict, readings_part FROM verdicts.release) AS release
              USING (remedy, subject_id)
            UNION ALL
            SELECT 'act', action_id, {who}, step, concat_ws(' ', status, kind, message), amount_cents, NULL,
              concat_ws('|', status, kind, queue, message, due_on, needs, is_urgent, is_covered,
                readings_part, coalesce(CAST(amount_cents AS VARCHAR), '-'), array_to_string(because, ','))
            FROM read_parquet({acts})
            UNION ALL
            SELECT 'work', item_id, {who}, kind, 'on the list, for a ' || needs, amount_cents, NULL,
              concat_ws('|', kind, needs, due_on, readings_part,
                coalesce(CAST(amount_cents AS VARCHAR), '-'), array_to_string(because, ','))
            FROM read_parquet({work})
            )
            -- What is about a person belongs to the office of that person.
            SELECT said.* REPLACE (coalesce(said.office, person.office) AS office,
              coalesce(said.worker, person.worker) AS worker)
            FROM said LEFT JOIN read_parquet({persons}) AS person ON person.subject_id = said.person_id"""
    )


def make_changed(con: Connection, was: str, now: str) -> None:
    """Makes `changed`: every line that two runs do not say the same of, with what each says."""
    of = ", ".join(f"coalesce(now.{one}, was.{one}) AS {one}" for one in (*WHO, "kind"))
    con.execute(
        f"""CREATE OR REPLACE TABLE changed AS
            SELECT list, key, {of}, was.says AS was, now.says AS now,
              was.amount_cents AS was_cents, now.amount_cents AS now_cents,
              was.enter_verdict AS enter_was, now.enter_verdict AS enter_now
            FROM lines.{was} AS was FULL JOIN lines.{now} AS now USING (list, key)
            WHERE was.signature IS DISTINCT FROM now.signature"""
    )
