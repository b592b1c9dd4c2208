"""The pages of reports: federal figures of a night, each down to its cases and source rows."""

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from arrears.desk.answer_cache import kept
from arrears.desk.security import Person, allowed
from arrears.desk.web import Desk, Nav, page, the_desk
from arrears.reports.assessment import assess, assess_cases
from arrears.reports.certification import STATUSES, certification
from arrears.reports.criteria import NAME as SELF_ASSESSMENT
from arrears.reports.lines import FORMS
from arrears.reports.percent import percent
from arrears.reports.period import year_end
from arrears.reports.run import ends_month, report, report_cases
from arrears.reports.table import as_table, flat
from arrears.values import Row

NAV = (Nav("Reports", "reports"),)
READERS = ("supervisor", "policy", "auditor")
TITLES = {
    SELF_ASSESSMENT: "Self-assessment (45 CFR 308)",
    "ocse-157": "Annual data report (OCSE-157)",
    "ocse-34": "Quarterly collections (OCSE-34)",
}
ON_A_PAGE = 100
YEARS = (1990, 2200)
routes = APIRouter()


def router() -> APIRouter:
    """The routes of the reports."""
    return routes


def requested_day(
    name: str,
    desk: Desk = Depends(the_desk),
    year: Annotated[int | None, Query(alias="year_end", ge=YEARS[0], le=YEARS[1])] = None,
) -> date:
    """The day of a report: the desk's night, or the end of a federal year."""
    if name not in TITLES:
        raise HTTPException(404, "There is no such report")
    return desk.as_of if year is None else year_end(year, ends_month(name))


@routes.get("/{state}/reports")
def reports_page(
    request: Request,
    person: Person = Depends(allowed(*READERS)),
    desk: Desk = Depends(the_desk),
) -> Response:
    """The reports there are, and how certification stands in counts."""
    counts = certification(desk.state)["counts"]
    desk.look(person, "reports")
    return page(request, "reports.html", person, titles=TITLES, counts=counts, statuses=STATUSES)


@routes.get("/{state}/reports/certification")
def certification_page(
    request: Request,
    person: Person = Depends(allowed(*READERS)),
    desk: Desk = Depends(the_desk),
    status: str = "",
) -> Response:
    """Every requirement of certification with what answers it, or one status of them."""
    told = certification(desk.state)
    desk.look(person, "certification")
    rows = [one for one in told["requirements"] if status in ("", one["status"])]
    areas = {area: [one for one in rows if one["area"] == area] for area in sorted({r["area"] for r in rows})}
    return page(
        request, "certification.html", person, told=told, areas=areas, statuses=STATUSES, status=status
    )


@routes.get("/{state}/reports/{name}.csv")
def report_file(
    name: str,
    person: Person = Depends(allowed(*READERS)),
    desk: Desk = Depends(the_desk),
    on: date = Depends(requested_day),
) -> Response:
    """The lines of a report as CSV."""
    desk.look(person, "report_file", report=name)
    return _csv(as_table(flat(_report(desk, name, on))), f"{desk.state}-{name}-{on}")


@routes.get("/{state}/reports/{name}")
def report_page(
    request: Request,
    name: str,
    person: Person = Depends(allowed(*READERS)),
    desk: Desk = Depends(the_desk),
    on: date = Depends(requested_day),
) -> Response:
    """Every line of a report, or every criterion and clock of the self-assessment."""
    desk.look(person, "report", report=name)
    template = "assessment.html" if name == SELF_ASSESSMENT else "report.html"
    shown: dict[str, Any] = {"told": _report(desk, name, on), "of": name, "percent": percent}
    return page(request, template, person, request_query=_query(request), **shown)


@routes.get("/{state}/reports/{name}/{line}.csv")
def cases_file(
    name: str,
    line: str,
    person: Person = Depends(allowed(*READERS)),
    desk: Desk = Depends(the_desk),
    on: date = Depends(requested_day),
) -> Response:
    """All cases behind a line that the person may see, with their source rows, as CSV."""
    told = _cases(desk, name, line, on, person)
    desk.look(person, "report_file", report=name, line=line, cases=len(told["rows"]))
    return _csv(as_table(told["rows"]), f"{desk.state}-{name}-{line}-{on}")


@routes.get("/{state}/reports/{name}/{line}")
def cases_page(
    request: Request,
    name: str,
    line: str,
    person: Person = Depends(allowed(*READERS)),
    desk: Desk = Depends(the_desk),
    on: date = Depends(requested_day),
    number: Annotated[int, Query(alias="page", ge=1)] = 1,
) -> Response:
    """A page of the cases behind a line, each with its source rows."""
    told = _cases(desk, name, line, on, person, ON_A_PAGE, (number - 1) * ON_A_PAGE)
    pages = max(1, -(-told["row_count"] // ON_A_PAGE))
    if number > pages:
        raise HTTPException(404, "The line has no such page")
    desk.look(person, "report_cases", report=name, line=line, cases=len(told["rows"]))
    shown: dict[str, Any] = {"told": told, "number": number, "pages": pages, "of": name}
    return page(request, "report_cases.html", person, request_query=_query(request), **shown)


def _query(request: Request) -> str:
    """The day that was asked for, as links on the page carry it on."""
    asked = {name: request.query_params[name] for name in ("on", "year_end") if name in request.query_params}
    return f"?{urlencode(asked)}" if asked else ""


def _report(desk: Desk, name: str, on: date) -> Row:
    def make() -> Row:
        return assess(desk.store, desk.state, on) if name == SELF_ASSESSMENT else report(*_of(desk), name, on)

    return kept(("report", name, str(desk.store.root), desk.state, on, _last_night(desk)), make)


def _cases(
    desk: Desk, name: str, line: str, on: date, person: Person, limit: int | None = None, offset: int = 0
) -> Row:
    known = _report(desk, name, on)
    lines = {one["line"] for one in known.get("lines", ())}
    lines |= {one["criterion"] for one in known.get("criteria", ())}
    lines |= {one["timeframe"] for one in known.get("timeframes", ())}
    if line not in lines:
        raise HTTPException(404, "The report has no such line")
    offices = None if person.offices is None else sorted(person.offices)
    if name in FORMS:
        return report_cases(*_of(desk), name, line, on, offices, limit, offset)
    return assess_cases(*_of(desk), line, on, offices, limit, offset)


def _of(desk: Desk) -> tuple[Any, str]:
    return desk.store, desk.state


def _last_night(desk: Desk) -> date:
    """The last closed night: a night that closed since may answer for a day that is still to come."""
    return max(run.as_of for run in desk.ledger.runs(desk.state) if run.status == "closed")


def _csv(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response("\ufeff" + text, media_type="text/csv; charset=utf-8", headers=headers)
