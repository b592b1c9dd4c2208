"""Why, for any case of any past night: every remedy and deadline, also where nothing was flagged."""

from datetime import date

from arrears.answers.display import fetch
from arrears.answers.explain import explain_case
from arrears.answers.runs import ClosedRun, the_run
from arrears.data.store import Store
from arrears.data.warehouse import file_list, warehouse
from arrears.desk.requests import NotHere
from arrears.errors import ArrearsError
from arrears.law.counting import OF
from arrears.ledger import Ledger
from arrears.reports.for_parent import for_parent
from arrears.values import Row


def run_of(store: Store, state: str, who: str, on: date, offices: frozenset[str] | None) -> ClosedRun:
    """The last closed run of a date that knows a case or person, for who may see all of their offices."""
    run = the_run(store, Ledger.open(store.ledger_url), state, on)
    if not why_offices(store, state, who, on, offices):
        raise NotHere(
            "There is no such case or person", f"{state}, {on}", "Give a number as the caseload has it"
        )
    return run


def why(
    store: Store,
    state: str,
    who: str,
    on: date,
    offices: frozenset[str] | None = None,
    remedy: str | None = None,
) -> Row:
    """Everything that the last closed run of a date decided about a case or person; `NotHere` elsewhere.

    A person whose cases lie in several offices is explained whole only to somebody who may see all of them.
    """
    run = run_of(store, state, who, on, offices)
    try:
        return explain_case(store, state, on, who, remedy, release_of(run))
    except ArrearsError as fault:
        raise ArrearsError(fault.what, state, fault.do) from None


def why_offices(store: Store, state: str, who: str, on: date, offices: frozenset[str] | None) -> list[str]:
    """The offices of a case or person of a night; empty where there is none, or some may not be seen."""
    run = the_run(store, Ledger.open(store.ledger_url), state, on)
    # Of a night whose facts were purged the verdicts are left.
    kept = [run.folder / layer / f"{OF}.parquet" for layer in ("facts", "verdicts")]
    tables = [one for one in kept if one.exists()]
    if not tables:
        return []
    with warehouse() as con:
        path = file_list(tables)
        found = fetch(
            con,
            f"SELECT DISTINCT office FROM read_parquet({path}) WHERE case_id = $who OR person_id = $who",
            {"who": who},
        )
    told = [str(one["office"] or "") for one in found]
    may_see = offices is None or {one["office"] for one in found} <= offices
    return sorted(told) if may_see else []


def told_to_parent(
    store: Store, state: str, who: str, on: date, offices: frozenset[str] | None, language: str
) -> Row:
    """What the last closed run of a date tells the parent who owes; `NotHere` where `why` says so."""
    run = run_of(store, state, who, on, offices)
    try:
        return for_parent(store, state, on, who, language, release_of(run))
    except ArrearsError as fault:
        raise ArrearsError(fault.what, state, fault.do) from None


def release_of(run: ClosedRun) -> int | None:
    """The number of a day release; None of a night."""
    return run.record.ordinal if run.record.kind == "release" else None
