"""Several what-ifs of one night side by side: each a set of values, all against the law of the night."""

from collections.abc import Sequence
from datetime import date

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from arrears.answers.background_answers import Progress, in_silence
from arrears.answers.display import measured
from arrears.compare.proceedings import MAIN_GROUPS, low_income_said
from arrears.compare.what_if import what_if
from arrears.compare.what_if_report import report
from arrears.data.store import Store
from arrears.errors import ArrearsError
from arrears.values import Row, dollars

MOST = 6
_WANTED = "Write each as KEY=VALUE, or several with a semicolon: KEY=VALUE; KEY=VALUE"


def read_scenario(text: str) -> list[str]:
    """The values of a scenario, `KEY=VALUE; KEY=VALUE`."""
    found = [one.strip() for one in text.split(";") if one.strip()]
    if not found:
        raise ArrearsError(f"{text!r} does not say what would be", "--scenario", _WANTED)
    return found


def refuse_many(texts: Sequence[str]) -> None:
    """Refuses more scenarios than can be read side by side."""
    if len(texts) > MOST:
        raise ArrearsError(f"{len(texts)} scenarios are too many", "--scenario", f"Ask for {MOST} at most")


def side_by_side(
    store: Store,
    state: str,
    as_of: date,
    texts: Sequence[str],
    remedy: str | None = None,
    offices: frozenset[str] | None = None,
    progress: Progress = in_silence,
) -> Row:
    """What each scenario does, in sums and groups, all against the law of the night."""
    refuse_many(texts)
    found = []
    for number, text in enumerate(texts, 1):
        answer = what_if(store, state, as_of, read_scenario(text), remedy=remedy)
        found.append(scenario_of(text, report(answer, size=0, offices=offices)))
        progress(f"{number} of {len(texts)}", {})
    return {"state": state, "as_of": as_of.isoformat(), "remedy": remedy, "scenarios": found}


def scenario_of(text: str, found: Row) -> Row:
    """A what-if as one of several: what is asked, its sums and its groups."""
    return {
        "asked": read_scenario(text),
        "changed": found["changed"],
        "totals": found["totals"],
        "groups": found["groups"],
    }


def print_scenarios(found: Row, out: Console) -> None:
    """Prints the scenarios as the columns of one table."""
    out.print(f"[bold]What if, on the night of {found['as_of']}, {found['state'].upper()}[/bold]")
    columns = found["scenarios"]
    table = Table("", *(escape(said_of(one)) for one in columns))
    for place, group in enumerate(columns[0]["groups"] if columns else []):
        told = [one["groups"][place] for one in columns]
        if group["group"] in MAIN_GROUPS or any(one["lines"] for one in told):
            table.add_row(
                group["title"],
                *(
                    f"{one['parents']:,} parent{'s' * (one['parents'] != 1)}, {dollars(one['amount_cents'])}"
                    + (f"; low income: {low_income_said(one)}" if one["lines"] else "")
                    for one in told
                ),
            )
    table.add_row("Work, minutes", *(f"{one['totals']['more_minutes']:+,}" for one in columns))
    out.print(table)
    out.print("Each against the law of the night; nothing was written.")


def said_of(one: Row) -> str:
    """What a scenario changes, in a line: each value as it is and as it would be."""
    return "; ".join(
        f"{each['called']}: {measured(each['was'], each['unit'])} -> {measured(each['now'], each['unit'])}"
        for each in one["changed"]
    )
