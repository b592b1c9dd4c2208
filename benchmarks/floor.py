"""The work as DuckDB does it with nothing between: no proof, no reason of a reject, no second look."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
from job import MINUS, PLUS, Feed, Field, Job, Question, header, measured, trailer

SQL = Path(__file__).with_name("sql")
AS_PARQUET = "(FORMAT parquet, COMPRESSION zstd)"


def work(job: Job, out: Path) -> Iterator[str]:
    """All of it, step by step."""
    with duckdb.connect(":memory:") as con:
        for name, path in job.tables.items():
            con.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{path}')")
        for feed in job.feeds:
            stage(con, feed, out)
        yield "stage"
        con.execute(f"COPY ({links(job)}) TO '{out / 'links.parquet'}' {AS_PARQUET}", numbered(job))
        yield "match"
        money = (SQL / "case_money.sql").read_text()
        days = {"as_of": job.as_of, "year_before": job.year_before}
        con.execute(f"COPY ({money}) TO '{out / 'case_money.parquet'}' {AS_PARQUET}", days)
        yield "money"
        for one in job.questions:
            to = out / f"verdicts_{one.facts}.parquet"
            con.execute(f"COPY ({verdicts(one)} ORDER BY subject_id) TO '{to}' {AS_PARQUET}", one.bound)
        yield "decide"
        write_claims(con, job, out)
        yield "queue"


def stage(con: duckdb.DuckDBPyConnection, feed: Feed, out: Path) -> None:
    """Makes the typed rows of a feed a table, and writes them and the rejects."""
    read = f"read_csv('{feed.path}', delim='\N{RIGHTWARDS ARROW}', encoding='latin-1', quote='', escape='',"
    lines = (
        f"SELECT row_number() OVER () AS source_line, l FROM {read} header=false, columns={{'l': 'VARCHAR'}})"
    )
    raw = "".join(f', substr(l, {one.start}, {one.length}) AS "{one.name}"' for one in feed.fields)
    own = f"SELECT source_line, l{raw} FROM ({lines}) WHERE starts_with(l, '{feed.mark}')"
    typed = "".join(f', {value(one)} AS "{one.name}"' for one in feed.fields)
    wrong = " OR ".join(
        [f"length(l) <> {feed.length}", *(test for one in feed.fields for test in faults(one))]
    )
    made = f"SELECT source_line{typed}, {wrong} AS wrong FROM ({own})"
    con.execute(f"CREATE OR REPLACE TABLE {feed.name} AS {made}")
    clean = f"SELECT * EXCLUDE (wrong) FROM {feed.name} WHERE NOT wrong"
    con.execute(f"COPY ({clean}) TO '{out}/staged_{feed.name}.parquet' {AS_PARQUET}")
    rejects = f"SELECT source_line FROM {feed.name} WHERE wrong"
    con.execute(f"COPY ({rejects}) TO '{out}/rejects_{feed.name}.parquet' {AS_PARQUET}")


def value(field: Field) -> str:
    """The typed value of a field; NULL where it is blank or wrong."""
    raw = f'"{field.name}"'
    if field.takes_any_sign:
        bare = f"ltrim({raw}, ' ')"
        digit = f"translate(right({bare}, 1), '{PLUS}{MINUS}', '01234567890123456789')"
        sign = f"CASE WHEN contains('{MINUS}', right({bare}, 1)) THEN -1 ELSE 1 END"
        return (
            f"CASE WHEN regexp_full_match({bare}, '[0-9]+') THEN CAST({bare} AS BIGINT)"
            f" WHEN regexp_full_match({bare}, '[0-9]+[+-]')"
            f" THEN CAST(right({bare}, 1) || left({bare}, -1) AS BIGINT)"
            f" WHEN regexp_full_match({bare}, '[0-9]*[{PLUS}{MINUS}]')"
            f" THEN {sign} * CAST(left({bare}, -1) || {digit} AS BIGINT) END"
        )
    match field.kind:
        case "digits":
            return f"CASE WHEN regexp_full_match({raw}, '[0-9]+') THEN {raw} END"
        case "date":
            return f"CAST(try_strptime({raw}, '{field.format}') AS DATE)"
        case "month":
            return f"strftime(try_strptime({raw}, '{field.format}'), '%Y-%m')"
        case _:
            return f"nullif(rtrim({raw}, ' '), '')"


def faults(field: Field) -> list[str]:
    """SQL that is true where a field is wrong."""
    raw, blank = f'"{field.name}"', f"trim(\"{field.name}\", ' ') = ''"
    found = []
    if field.takes_any_sign:
        shape = f"[0-9]+[+-]?|[0-9]*[{PLUS}{MINUS}]"
        found.append(f"NOT {blank} AND NOT regexp_full_match(ltrim({raw}, ' '), '{shape}')")
    elif field.kind == "digits":
        found.append(f"NOT {blank} AND NOT regexp_full_match({raw}, '[0-9]+')")
    elif field.kind in ("date", "month"):
        real = f"regexp_full_match({raw}, '{field.shape}') AND {value(field)} IS NOT NULL"
        found.append(f"NOT regexp_full_match({raw}, '[ 0./-]*') AND NOT ({real})")
    elif field.kind == "text":
        found.append(f"contains({raw}, chr(0))")
    if field.codes:
        listed = ", ".join(f"'{code}'" for code in field.codes)
        found.append(f"NOT {blank} AND rtrim({raw}, ' ') NOT IN ({listed})")
    if field.is_required and not field.may_be_blank:
        found.append(f"{value(field)} IS NULL" if field.kind in ("date", "month") else blank)
    return [f"({one})" for one in found]


def links(job: Job) -> str:
    """The SELECT of which person a row of a feed speaks of, feed after feed."""
    text, parts = (SQL / "links.sql").read_text(), []
    for number, feed in enumerate(job.feeds):
        rows = f"(SELECT *, {feed.number} AS number FROM {feed.name} WHERE NOT wrong)"
        parts.append(
            f"({text.replace('$feed', f'$feed_{number}').replace('FROM staged', f'FROM {rows} AS staged')})"
        )
    return " UNION ALL ".join(parts)


def numbered(job: Job) -> dict[str, Any]:
    """What that SELECT binds."""
    return {f"feed_{number}": feed.name for number, feed in enumerate(job.feeds)}


def verdicts(asked: Question) -> str:
    """The SELECT of every condition of every subject, and of the verdicts that they join to."""
    told = [*asked.keys, *(f'CAST({fact} AS BIGINT) AS "{column}"' for column, fact in asked.amounts.items())]
    told += [f'({text}) AS "{column}"' for column, text in asked.answers.items()]
    words = {"any": " OR ", "all": " AND "}
    joined = [
        '({}) AS "{}"'.format(words[word].join(f'"{one}"' for one in names), name)
        for name, (word, names) in asked.verdicts.items()
    ]
    return f"SELECT *, {', '.join(joined)} FROM (SELECT {', '.join(told)} FROM read_parquet('{asked.path}'))"


def write_claims(con: duckdb.DuckDBPyConnection, job: Job, out: Path) -> None:
    """The queue file: who owes and how much, a line each."""
    facts, verdict, amount = job.claims
    kept = f"'{out}/verdicts_{facts}.parquet'"
    decided = f'SELECT person_id, "{verdict}" AS flagged, {amount} AS amount FROM {kept}'
    con.execute(f"CREATE OR REPLACE TEMP VIEW decided AS {decided}")
    line = (
        "record_type || rpad(action, 8, ' ') || lpad(ssn, 9, '0') || rpad(person_number, 10, ' ')"
        " || rpad(coalesce(last_name, ''), 30, ' ') || rpad(coalesce(first_name, ''), 20, ' ')"
        " || coalesce(strftime(date_of_birth, '%Y%m%d'), '00000000')"
        " || lpad(CAST(amount AS VARCHAR), 11, '0') || '00' || repeat(' ', 61)"
    )
    claims = (SQL / "claims.sql").read_text()
    rows = con.execute(f"SELECT {line}, amount FROM ({claims})").fetchall()
    whole = [header(job), *(one[0] for one in rows), trailer(len(rows), sum(one[1] for one in rows))]
    (out / "lottery.txt").write_bytes(("\n".join(whole) + "\n").encode("latin-1"))


if __name__ == "__main__":
    measured(work, duckdb=duckdb.__version__)
