"""The work list: its pages, one line opened, decisions one by one and in bulk, print and export."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal, get_args
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse, StreamingResponse
from starlette.datastructures import FormData

from arrears import house
from arrears.days import need_day
from arrears.desk.deciding import decide_lines, preview
from arrears.desk.line import line as open_line
from arrears.desk.list_words import chips, grouped, meant, mine
from arrears.desk.lists import CONTENT, lists
from arrears.desk.requests import MOST_ON_A_PAGE, Asked, Line, NotHere
from arrears.desk.security import Person, allowed, field, form_token, seed_of, the_form
from arrears.desk.useful import by_heading, useful
from arrears.desk.views import save_view, saved_views
from arrears.desk.web import Desk, Nav, page, require_tonight, states_with_nights, the_desk
from arrears.errors import ArrearsError
from arrears.law.work_order import load_work_order
from arrears.ledger.access_log import access_by_day
from arrears.ledger.records import ROLES, Choice
from arrears.reports.export import as_csv, as_excel

DECIDERS = frozenset(["operator", "caseworker", "supervisor"])
# An account is told apart by its last four with a bank or a parent: that is their work, and nobody else's.
SEE_DIGITS = frozenset(["caseworker", "supervisor"])
Anybody = Annotated[Person, Depends(allowed(*sorted(ROLES)))]
Decider = Annotated[Person, Depends(allowed(*DECIDERS))]
Digits = Annotated[Person, Depends(allowed(*SEE_DIGITS))]
Overseer = Annotated[Person, Depends(allowed("auditor", "supervisor"))]
AtDesk = Annotated[Desk, Depends(the_desk)]
Form = Annotated[FormData, Depends(the_form)]
NAV = (Nav("Work list", "list"), Nav("Access log", "access-log"))
MOST_TO_EXPORT, MOST_TO_PRINT, MOST_AT_ONCE = 20_000, 1_000, 2_000
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHOICES: tuple[Choice, ...] = ("approve", "hold", "reject")
Heading = Literal["", "urgent", "decide", "facts", "clocks", "partners", "money"]
Since = Literal["", "new", "changed", "same"]
Show = Literal["today", "later", "every"]
Sort = Literal["priority", "amount", "due", "age"]
KNOWN = {
    "heading": get_args(Heading),
    "since": get_args(Since),
    "show": get_args(Show),
    "sort": get_args(Sort),
}
routes = APIRouter()


def router() -> APIRouter:
    """The routes of the work list."""
    return routes


def list_request(
    kind: str = "",
    remedy: str = "",
    office: str = "",
    worker: str = "",
    needs: str = "",
    missing: str = "",
    search: Annotated[str, Query(max_length=100)] = "",
    since: Since = "",
    heading: Heading = "",
    matter: str = "",
    show: Show = "today",
    sort: Sort = "priority",
    page: Annotated[int, Query(ge=1)] = 1,
    size: Annotated[int, Query(ge=1, le=MOST_ON_A_PAGE)] = 50,
) -> Asked:
    """What the query string of a list asks for: what a day holds, unless it names lines of a sort."""
    asked = Asked(kind, remedy, office, worker, needs, missing, search.strip(), since, heading, matter)
    every = show == "every" or any(getattr(asked, name) for name in CONTENT)
    return replace(asked, show="every" if every else show, sort=sort, page=page, size=size)


Wanted = Annotated[Asked, Depends(list_request)]


@routes.get("/")
def home(request: Request, person: Anybody) -> Response:
    """To the night of the first state that has a closed one, else of the first that has anything."""
    ledger = request.app.state.ledger
    found = states_with_nights(ledger) or ledger.states()
    if not found:
        raise ArrearsError("Nothing has come yet", "", "Take files in with `arrears receive` first")
    return RedirectResponse(f"{request.app.state.prefix}/{found[0]}/tonight", 303)


@routes.get("/tonight")
def tonight(request: Request, person: Anybody) -> Response:
    """The list of each state in counts, for the panel on the home page of Airflow."""
    ledger = request.app.state.ledger
    told = []
    for state in states_with_nights(ledger):
        desk = the_desk(request, state)
        found = lists(desk.store, state, Asked(size=1), desk.as_of, person.offices)
        waiting = {"lines": found.total, "cents": found.cents, "minutes": found.minutes}
        urgent = sum(one["lines"] for one in found.counts if one["urgent"])
        told.append({"state": state, "as_of": str(desk.as_of), **waiting, "urgent": urgent})
    return JSONResponse({"states": told})


@routes.get("/{state}/list")
def list_page(
    request: Request,
    person: Anybody,
    desk: AtDesk,
    asked: Wanted,
    made: Annotated[int, Query(ge=0)] = 0,
    choice: str = "",
    proof: str = "",
) -> Response:
    """One page of what waits for a person, with counts and dollars by kind."""
    found = lists(desk.store, desk.state, asked, desk.as_of, person.offices)
    desk.look(person, "work_list", lines=len(found.lines), page=asked.page)
    if to := meant(desk, person, asked, found):
        past = {"on": str(desk.as_of)} if request.state.is_past else {}
        return RedirectResponse(
            f"{request.app.state.prefix}/{desk.state}/{to[0]}?{urlencode(to[1] | past)}", 303
        )
    useful_kinds = useful(desk)
    return page(
        request,
        "list.html",
        person,
        found=found,
        asked=asked,
        made=made if proof == proof_of(request, person, desk, made, choice) else 0,
        choice=choice,
        views=saved_views(desk.store, desk.state, person),
        reasons=reasons(),
        can_decide=can_decide(request, person),
        kind_title=next((one["title"] for one in found.counts if one["kind"] == asked.kind), ""),
        groups=grouped(found.lines) if asked.sort == "priority" else [found.lines] if found.lines else [],
        chips=chips(asked, found),
        mine=mine(person, found),
        useful={"kinds": useful_kinds, "headings": by_heading(useful_kinds)},
        all_lines=sum(one["lines"] for one in found.counts),
        budget=load_work_order(house.RULES).budget_on(found.as_of),
    )


@routes.get("/{state}/line")
def line_page(
    request: Request,
    item: str,
    person: Anybody,
    desk: AtDesk,
    asked: Wanted,
) -> Response:
    """One line with its whole explanation, the person's other business, and what people decided."""
    return opened(request, desk, person, asked, item, "line")


@routes.post("/{state}/line")
def line_with_digits(request: Request, person: Digits, desk: AtDesk, form: Form) -> Response:
    """The same with the last four of its account, for those who speak with banks and parents."""
    return opened(request, desk, person, list_request_in(form), field(form, "item"), "last_four")


def opened(
    request: Request,
    desk: Desk,
    person: Person,
    asked: Asked,
    item: str,
    look: str,
    given: Mapping[str, str] | None = None,
) -> Response:
    """One line as a page, once the look is kept; with what a person gave in a form that was refused."""
    digits = look == "last_four"
    found = open_line(desk.store, desk.state, item, desk.as_of, person.offices, digits=digits)
    desk.look(person, look, item_id=found.line["item_id"], case_id=found.line["case_id"] or "")
    return page(
        request,
        "line.html",
        person,
        400 if given else 200,
        found=found,
        given=given or {},
        line=found.line,
        asked=asked,
        reasons=reasons(),
        can_decide=can_decide(request, person),
        can_ask_digits=found.hides_digits and bool(person.roles & SEE_DIGITS),
    )


@routes.post("/{state}/preview")
def preview_page(request: Request, person: Decider, desk: AtDesk, form: Form) -> Response:
    """What a decision on many lines would reach, and the form that makes it."""
    require_tonight(request)
    asked, choice = list_request_in(form), choice_in(form)
    items = texts(form, "item")
    if form.get("every"):
        whole = lists(desk.store, desk.state, asked, desk.as_of, person.offices)
        refuse_more(whole.total, MOST_AT_ONCE, "decided on at once")
        items = [line["item_id"] for line in every_line(desk, person, asked)]
    if not items:
        raise ArrearsError("No line is chosen", "", "Mark lines on the list first")
    refuse_more(len(items), MOST_AT_ONCE, "decided on at once")
    return previewed(request, desk, person, asked, choice, items)


def previewed(
    request: Request,
    desk: Desk,
    person: Person,
    asked: Asked,
    choice: Choice,
    items: list[str],
    given: Mapping[str, str] | None = None,
) -> Response:
    """What a decision on these lines would reach; with what a person gave in a form that was refused."""
    found = preview(desk.store, desk.state, items, choice, person)
    desk.look(person, "preview", lines=len(items), choice=choice)
    return page(
        request,
        "preview.html",
        person,
        400 if given else 200,
        found=found,
        choice=choice,
        asked=asked,
        given=given or {},
        reasons=reasons(),
        seen=json.dumps(dict(found.seen)),
    )


@routes.post("/{state}/decide")
def decide_page(request: Request, person: Decider, desk: AtDesk, form: Form) -> Response:
    """Back to the list where every line was decided; else what was not, and why."""
    asked, seen, choice = list_request_in(form), seen_in(form), choice_in(form)
    try:
        require_tonight(request)
        until = field(form, "until_on")
        decided = decide_lines(
            desk.store,
            desk.state,
            list(seen),
            choice,
            person,
            field(form, "because"),
            field(form, "reason_code"),
            # A form without the script sends the day of a hold with every choice.
            until_on=need_day(until) if until and choice == "hold" else None,
            seen=seen,
        )
    except NotHere:
        raise
    except ArrearsError as fault:
        given = {name: field(form, name) for name in ("choice", "because", "reason_code", "until_on")}
        given["fault"] = f"{fault.what.rstrip('.')}. {fault.do.rstrip('.')}."
        if len(seen) > 1:
            return previewed(request, desk, person, asked, choice, list(seen), given)
        return opened(request, desk, person, asked, next(iter(seen)), "line", given)
    if decided.refused:
        return page(request, "decided_first.html", person, 409, decided=decided, choice=choice, asked=asked)
    made = len(decided.made)
    proof = proof_of(request, person, desk, made, choice)
    done = urlencode({**asked.as_json(), "made": made, "choice": choice, "proof": proof})
    return RedirectResponse(f"{request.app.state.prefix}/{desk.state}/list?{done}", 303)


@routes.post("/{state}/views")
def keep_view(request: Request, person: Anybody, desk: AtDesk, form: Form) -> Response:
    """Back to the list, whose filters are now kept under a name, or are no longer."""
    asked = list_request_in(form)
    kept = None if form.get("remove") else asked
    name, office = field(form, "name"), field(form, "office")
    save_view(desk.store, desk.state, person, name, kept, office, asked.worker)
    query = urlencode(asked.as_json())
    return RedirectResponse(f"{request.app.state.prefix}/{desk.state}/list?{query}", 303)


@routes.get("/{state}/print")
def print_page(request: Request, person: Anybody, desk: AtDesk, asked: Wanted) -> Response:
    """The lines of a list on paper: no buttons, every line in full."""
    found = lists(desk.store, desk.state, asked, desk.as_of, person.offices)
    refuse_more(found.total, MOST_TO_PRINT, "printed")
    desk.look(person, "print", lines=found.total)
    lines = list(every_line(desk, person, asked))
    return page(request, "print.html", person, found=found, lines=lines, asked=asked)


@routes.get("/{state}/list.csv")
def csv_file(person: Anybody, desk: AtDesk, asked: Wanted) -> Response:
    """The lines of a list as CSV."""
    lines = lines_to_export(desk, person, asked, "csv")
    return StreamingResponse(as_csv(lines), media_type="text/csv; charset=utf-8", headers=named(desk, "csv"))


@routes.get("/{state}/list.xlsx")
def excel_file(person: Anybody, desk: AtDesk, asked: Wanted) -> Response:
    """The lines of a list as an Excel workbook."""
    lines = lines_to_export(desk, person, asked, "xlsx")
    made = as_excel(lines, f"Work list of {desk.state.upper()}, night of {desk.as_of}", desk.as_of)
    return Response(made, media_type=EXCEL, headers=named(desk, "xlsx"))


@routes.get("/{state}/access-log")
def access_log_page(request: Request, person: Overseer, desk: AtDesk) -> Response:
    """How often each person looked, by day and kind of look."""
    desk.look(person, "access log")
    return page(request, "access_log.html", person, looks=access_by_day(desk.ledger, desk.state))


def lines_to_export(desk: Desk, person: Person, asked: Asked, kind: str) -> Iterator[Line]:
    """Every line of a list, page by page; the look is kept before the first one leaves."""
    found = lists(desk.store, desk.state, asked, desk.as_of, person.offices)
    refuse_more(found.total, MOST_TO_EXPORT, "exported")
    desk.look(person, f"export_{kind}", lines=found.total)
    return every_line(desk, person, asked)


def every_line(desk: Desk, person: Person, asked: Asked) -> Iterator[Line]:
    """Every line of a list, in its order."""
    number, pages = 1, 1
    while number <= pages:
        wanted = replace(asked, page=number, size=MOST_ON_A_PAGE)
        found = lists(desk.store, desk.state, wanted, desk.as_of, person.offices)
        yield from found.lines
        number, pages = number + 1, found.pages


def reasons() -> list[tuple[str, str]]:
    """The reason codes of a rejection, each with its words."""
    return [(code, one.say) for code, one in load_work_order(house.RULES).reasons.items()]


def can_decide(request: Request, person: Person) -> bool:
    """Whether the person may decide here: by role, and on the last closed night only."""
    return bool(person.roles & DECIDERS) and not request.state.is_past


def refuse_more(lines: int, most: int, what: str) -> None:
    """Refuses more lines than can be looked at in one go."""
    if lines > most:
        raise ArrearsError(
            f"{lines:,} lines are too many to be {what}", "", f"Narrow the list to {most:,} lines or fewer"
        )


def named(desk: Desk, ending: str) -> dict[str, str]:
    """The head by which a browser saves a file under a plain name."""
    return {"Content-Disposition": f'attachment; filename="work-list-{desk.state}-{desk.as_of}.{ending}"'}


def proof_of(request: Request, person: Person, desk: Desk, made: int, choice: str) -> str:
    """What only the desk can put into the address of a list that says that lines were decided."""
    said = f"{desk.as_of} {made} {choice}"
    return form_token(request.app.state.key, seed_of(request), person.name, said).partition(".")[0]


def texts(form: FormData, name: str) -> list[str]:
    """Every value of a field, each once."""
    return list(dict.fromkeys(one for one in form.getlist(name) if isinstance(one, str)))


def choice_in(form: FormData) -> Choice:
    """What the person chose."""
    for choice in CHOICES:
        if field(form, "choice") == choice:
            return choice
    raise ArrearsError("No choice was made", "", f"Choose one of {', '.join(CHOICES)}")


def seen_in(form: FormData) -> dict[str, str]:
    """The lines to decide on, each with the facts as the person saw them."""
    try:
        found = json.loads(field(form, "seen"))
    except ValueError:
        found = None
    if not isinstance(found, dict) or not found or not all(isinstance(one, str) for one in found.values()):
        raise ArrearsError("This form is incomplete", "", "Open the line again")
    return found


def list_request_in(form: FormData) -> Asked:
    """The list that a form came from, so that its person gets back to it."""
    given = dict(parse_qsl(field(form, "back")))
    number = given.pop("page", "")
    kept: dict[str, Any] = {
        name: value
        for name, value in given.items()
        if name in vars(Asked()) and name != "size" and value in KNOWN.get(name, (value,))
    }
    return Asked(**kept, page=max(1, int(number)) if number.isdecimal() else 1)
