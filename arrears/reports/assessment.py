"""The self-assessment of a night: each criterion and each timeframe, over every case and down to it."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from arrears import house
from arrears.answers.closed_nights import ClosedNight, attach_night
from arrears.answers.display import fetch_file
from arrears.data.store import Store
from arrears.data.warehouse import Connection, named, quote, sql_text, warehouse
from arrears.days import months_before
from arrears.errors import ArrearsError
from arrears.law.catalog import described_facts
from arrears.law.deadlines import load_deadlines
from arrears.law.profile import Profile
from arrears.reports.criteria import FOLDER, NAME, Assessment, Criterion, load_assessment
from arrears.reports.percent import basis_points
from arrears.reports.period import last_night
from arrears.reports.run import make_rows, rows_of
from arrears.values import Row

SQL = Path(__file__).with_name("sql")

OUTCOMES = ("met", "failed", "unknown", "running")
COLUMNS = "case_id, person_id, office, outcome, said, src"


def assess(store: Store, state: str, on: date | None = None) -> Row:
    """Every criterion with the share of cases that meet it, and every timeframe of the law on its own."""
    asked = load_assessment(house.RULES)
    night, notice = last_night(store, state, on)
    with warehouse(spill=store.spill()) as con:
        attach_night(con, night)
        criteria = [_criterion(con, one, asked, night) for one in asked.criteria.values()]
        timeframes = timeframes_of(con)
    return {
        **_head(asked, night, notice),
        "about": asked.about,
        "criteria": criteria,
        "timeframes": timeframes,
    }


def assess_cases(
    store: Store,
    state: str,
    line: str,
    on: date | None = None,
    offices: Sequence[str] | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Row:
    """Each case behind a criterion or a timeframe: how it stands, in a sentence, with its source rows.

    With a `limit`, so many of them from the `offset` on; `row_count` is of all.
    """
    asked, deadlines = load_assessment(house.RULES), load_deadlines(house.RULES)
    if line not in asked.criteria and line not in deadlines:
        raise ArrearsError(
            f"The self-assessment has no line {line}",
            NAME,
            f"It has {', '.join([*asked.criteria, *deadlines])}",
        )
    night, notice = last_night(store, state, on)
    told = asked.criteria.get(line)
    rows: list[Row] = []
    row_count = 0
    if told is None or not told.cannot:
        with warehouse(spill=store.spill()) as con:
            attach_night(con, night)
            sql = outcomes_sql(told) if told else clock_rows(line)[0]
            bound = _bound(told, asked, night) if told else {}
            make_rows(con, f"SELECT {COLUMNS} FROM ({sql})", bound, offices)
            row_count = con.execute("SELECT count(*) FROM cases").fetchall()[0][0]
            rows = rows_of(con, "case_id, person_id, said, src", limit, offset)
    return {
        **_head(asked, night, notice),
        "line": line,
        "line_title": told.title if told else deadlines[line].title,
        "cannot": (told.cannot or None) if told else None,
        "note": told.note if told else "",
        "row_count": row_count,
        "rows": rows,
    }


def timeframes_of(con: Connection) -> list[Row]:
    """Every deadline of the night over every subject: in time, late, overdue, near, running, not known."""
    found = fetch_file(con, SQL / "timeframes.sql")
    counts = {row.pop("deadline"): row for row in found}
    told = []
    for name, one in load_deadlines(house.RULES).items():
        row = counts.get(
            name, dict.fromkeys(("in_time", "late", "overdue", "due_soon", "running", "unknown"), 0)
        )
        ended = row["in_time"] + row["late"] + row["overdue"]
        told.append(
            {
                "timeframe": name,
                "title": one.title,
                **row,
                "basis_points": basis_points(row["in_time"], ended),
                "cites": list(one.cites),
            }
        )
    return told


def _head(asked: Assessment, night: ClosedNight, notice: str) -> Row:
    return {
        "report": NAME,
        "title": asked.title,
        "state": night.state,
        "as_of": night.as_of.isoformat(),
        "period": {
            "kind": f"{asked.period_months} months",
            "from_on": months_before(night.as_of, asked.period_months).isoformat(),
            "to_on": night.as_of.isoformat(),
            "counted_to_on": night.as_of.isoformat(),
        },
        "notice": notice,
        "cites": list(asked.cites),
    }


def _criterion(con: Connection, told: Criterion, asked: Assessment, night: ClosedNight) -> Row:
    """One criterion: cases by outcome, and the share of those judged that meet it."""
    counts: dict[str, int] | None = None
    if not told.cannot:
        found = con.execute(
            f"SELECT outcome, count(*) FROM ({outcomes_sql(told)}) GROUP BY outcome",
            _bound(told, asked, night),
        ).fetchall()
        counts = dict.fromkeys(OUTCOMES, 0) | {str(outcome): int(cases) for outcome, cases in found}
    share = basis_points(counts["met"], counts["met"] + counts["failed"]) if counts else None
    return {
        "criterion": told.criterion,
        "title": told.title,
        "cases": counts,
        "basis_points": share,
        "needed_percent": told.needed_percent,
        "is_met": None if share is None else share >= told.needed_percent * 100,
        "note": told.note,
        "cannot": told.cannot or None,
        "cites": list(told.cites),
    }


def outcomes_sql(told: Criterion) -> str:
    """The SELECT of a criterion: one row per case with its outcome."""
    if told.sql:
        return (house.REPORTS / FOLDER / told.sql).read_text(encoding="utf-8")
    every = " UNION ALL BY NAME ".join(clock_rows(*told.deadlines))
    # Judged on the last required action: what still runs asks for nothing yet.
    last = "PARTITION BY case_id ORDER BY outcome = 'running', anchor_on DESC, outcome, said"
    return f"SELECT * EXCLUDE (anchor_on) FROM ({every}) QUALIFY row_number() OVER ({last}) = 1"


def clock_rows(*names: str) -> list[str]:
    """The SELECT of each deadline's rows: how each stands, what is said of it, and its source rows."""
    deadlines, described = load_deadlines(house.RULES), described_facts(house.FACTS) or {}
    held, found = sql_text(SQL / "outcomes.sql"), []
    for told in (deadlines[name] for name in names):
        named = [described[told.facts][fact].get("source") for fact in (told.anchor, told.met) if fact]
        sources = [f'CAST(fact."{row}" AS VARCHAR)' for row in sorted({str(row) for row in named if row})]
        sources.append("'caseload.cases@' || cases.source_file || ':' || cases.source_line")
        joined = (
            f'({held}) AS held LEFT JOIN facts."{told.facts}" AS fact USING (subject_id)'
            " LEFT JOIN caseload.cases AS cases ON cases.case_id = held.case_id"
        )
        asked = f"held.* EXCLUDE (deadline, subject_id), concat_ws(';', {', '.join(sources)}) AS src"
        found.append(f"SELECT {asked} FROM {joined} WHERE held.deadline = {quote(told.deadline)}")
    return found


def _bound(told: Criterion, asked: Assessment, night: ClosedNight) -> dict[str, Any]:
    """What the SQL of a criterion asks for: dates of the night, and values of the law on that day."""
    if not told.sql:
        return {}
    profile = Profile.load(house.RULES, night.state)
    known = {"as_of": night.as_of, "from_on": months_before(night.as_of, asked.period_months)}
    known |= {name: profile.plain(key, night.as_of) for name, key in told.params.items()}
    return named(outcomes_sql(told), known)
