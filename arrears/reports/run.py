"""The figures of a report on a closed night, and the cases and source rows behind each of them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from arrears import house
from arrears.answers.closed_nights import attach_night
from arrears.answers.display import fetch
from arrears.data.store import Store
from arrears.data.warehouse import Connection, named, warehouse
from arrears.errors import ArrearsError
from arrears.reports.criteria import NAME as SELF_ASSESSMENT
from arrears.reports.criteria import load_assessment
from arrears.reports.lines import FORMS, Line, Report, line_sql, load_report
from arrears.reports.percent import basis_points
from arrears.reports.period import Chosen, choose
from arrears.values import Row


def report(store: Store, state: str, name: str, on: date | None = None) -> Row:
    """Every line of a report: its figure by part, or in plain words why there is none."""
    form = _form(name)
    chosen = choose(store, state, form.period, form.year_ends_month, on)
    with warehouse(spill=store.spill()) as con:
        attach_night(con, chosen.night)
        lines = [_figure(con, form, line, chosen) for line in form.lines.values()]
    totals = {line["line"]: line["total"] for line in lines}
    return {
        **_head(form, chosen, state),
        "about": form.about,
        "parts": dict(form.parts),
        "lines": lines,
        "measures": [
            {
                "measure": one.measure,
                "over": list(one.over),
                "basis_points": basis_points(totals[one.over[0]], totals[one.over[1]]),
                "floor_percent": one.floor_percent,
                "cites": list(one.cites),
            }
            for one in form.measures
        ],
    }


def report_cases(
    store: Store,
    state: str,
    name: str,
    line: str,
    on: date | None = None,
    offices: Sequence[str] | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Row:
    """The cases (children, sums) of one line, each with its source rows; their sum is the line's figure.

    With a `limit`, so many of them from the `offset` on; `total` and `row_count` are of all.
    """
    form = _form(name)
    if line not in form.lines:
        raise ArrearsError(f"The report has no line {line}", name, f"It has {', '.join(form.lines)}")
    chosen, told = choose(store, state, form.period, form.year_ends_month, on), form.lines[line]
    with warehouse(spill=store.spill()) as con:
        attach_night(con, chosen.night)
        unknown = why_unknown(con, told)
        rows: list[Row] = []
        row_count, total = 0, None
        if not unknown:
            make_rows(con, sql_of(form, told), _bound(form, told, chosen), offices)
            row_count, total = con.execute(
                "SELECT count(*), CAST(sum(counted) AS BIGINT) FROM cases"
            ).fetchall()[0]
            rows = rows_of(con, "case_id, person_id, src", limit, offset)
    return {
        **_head(form, chosen, state),
        "line": line,
        "line_title": told.title,
        "counts": told.counts,
        "cannot": unknown or None,
        "note": told.note,
        "total": None if unknown else total or 0,
        "row_count": row_count,
        "rows": rows,
    }


def ends_month(name: str) -> int:
    """The month with which a report's federal year ends."""
    return (
        load_assessment(house.RULES).year_ends_month
        if name == SELF_ASSESSMENT
        else _form(name).year_ends_month
    )


def _form(name: str) -> Report:
    if name not in FORMS:
        raise ArrearsError(f"There is no report {name!r}", "transforms/reports", f"Known: {', '.join(FORMS)}")
    return load_report(house.RULES, name)


def _head(form: Report, chosen: Chosen, state: str) -> Row:
    return {
        "report": form.report,
        "title": form.title,
        "state": state,
        "as_of": chosen.night.as_of.isoformat(),
        "period": {
            "kind": form.period,
            "from_on": chosen.period.from_on.isoformat(),
            "to_on": chosen.period.to_on.isoformat(),
            "counted_to_on": chosen.night.as_of.isoformat(),
        },
        "notice": chosen.notice,
        "cites": list(form.cites),
    }


def _figure(con: Connection, form: Report, line: Line, chosen: Chosen) -> Row:
    told: Row = {
        "line": line.line,
        "title": line.title,
        "counts": line.counts or None,
        "total": None,
        "parts": dict.fromkeys(form.parts) if line.is_split else {},
        "note": line.note,
        "cites": list(line.cites),
        "cannot": why_unknown(con, line) or None,
    }
    if told["cannot"] is None:
        found = con.execute(
            f"SELECT part, CAST(sum(counted) AS BIGINT) FROM ({sql_of(form, line)}) GROUP BY part",
            _bound(form, line, chosen),
        ).fetchall()
        figures = {str(part): int(figure) for part, figure in found}
        told["total"] = sum(figures.values())
        if line.is_split:
            told["parts"] = dict.fromkeys(form.parts, 0) | figures
    return told


def make_rows(con: Connection, sql: str, bound: Row, offices: Sequence[str] | None) -> None:
    """Makes `cases`: the rows of a line in these offices, or in all."""
    con.execute(f"CREATE TEMP TABLE every_case AS {sql}", bound)
    seen = "SELECT * FROM every_case WHERE $offices IS NULL OR list_contains($offices, office)"
    given = {"offices": list(offices) if offices is not None else None}
    con.execute(f"CREATE TEMP TABLE cases AS {seen}", given)


def rows_of(con: Connection, order: str, limit: int | None, offset: int) -> list[Row]:
    """The rows of `cases` in this order, or a part of them."""
    part = "" if limit is None else f" LIMIT {int(limit)} OFFSET {int(offset)}"
    return fetch(con, f"SELECT * FROM cases ORDER BY {order}{part}", {})


def why_unknown(con: Connection, line: Line) -> str:
    """Why a line has no figure: it cannot come from this data, or its tables were not sent for that night."""
    if line.cannot:
        return line.cannot
    sent = con.execute(
        "SELECT table_name FROM caseload.currency WHERE complete_through_on IS NOT NULL"
    ).fetchall()
    missing = sorted(set(line.needs) - {row[0] for row in sent})
    return f"Not known: the extract of that night has no table {', '.join(missing)}." if missing else ""


def sql_of(form: Report, line: Line) -> str:
    """The SQL of a line of a form."""
    return line_sql(house.REPORTS / FORMS[form.report] / line.sql)


def _bound(form: Report, line: Line, chosen: Chosen) -> dict[str, Any]:
    """The dates that a line's SQL asks for; days after the night are not counted, whatever the data say."""
    dates = {"as_of": chosen.night.as_of, "from_on": chosen.period.from_on, "to_on": chosen.night.as_of}
    return named(sql_of(form, line), dates)
