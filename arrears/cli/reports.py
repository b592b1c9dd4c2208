"""The verbs `arrears quality` and `arrears report`: was it right, and what an auditor asks for."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from arrears.cli.tools import STORE, AsJson, State, StoreAt, day, errors, out, place, print_json
from arrears.errors import ArrearsError, safe_path
from arrears.values import Row, dollars

CERTIFICATION, SELF_ASSESSMENT = "certification", "self-assessment"


def quality(
    state: State,
    as_of: Annotated[
        str | None, typer.Argument(metavar="[DATE]", help="A night; the last closed one if left out.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write the plots there, as SVG.")
    ] = None,
    store: StoreAt = STORE,
    as_json: AsJson = False,
) -> None:
    """Was it right: precision by rule, partners' rejects, clocks met, matches; with plots."""
    from arrears.reports.quality import print_quality
    from arrears.reports.quality import quality as ask

    with errors(as_json):
        told = ask(place(store), state.lower(), day(as_of))
        if to is not None:
            from arrears.reports.plots import write_plots

            told["plots"] = [str(path) for path in write_plots(told, to)]
        if as_json:
            print_json(told)
            return
        print_quality(told, out)
        for path in told.get("plots", ()):
            out.print(f"Plot: {escape(safe_path(path))}")


def report(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[ST] REPORT", help="A state, and self-assessment, ocse-157 or ocse-34; or certification."
        ),
    ],
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="The last closed night on or before this day.")
    ] = None,
    year: Annotated[
        int | None, typer.Option("--year-end", metavar="YYYY", help="The end of this federal year.")
    ] = None,
    line: Annotated[str, typer.Option(metavar="N", help="One line (or criterion, or clock) only.")] = "",
    cases: Annotated[bool, typer.Option("--cases", help="Its cases, each with its source rows.")] = False,
    to: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where to write the page (certification).")
    ] = None,
    store: StoreAt = STORE,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """Federal figures of a night, each line down to its cases and source rows; and what is certified."""
    from arrears.reports.table import as_table, flat

    with errors(as_json):
        name = words[-1]
        if name == CERTIFICATION:
            _certification("".join(words[:-1]).lower(), to, as_json, as_csv)
            return
        if len(words) != 2:
            raise ArrearsError(
                "Which state and which report?", " ".join(words), "Write `arrears report me ocse-157`"
            )
        if cases and not line:
            raise ArrearsError("The cases of which line?", "--cases", "Add --line N")
        told = _asked(place(store), words[0].lower(), name, _day(name, on, year), line, cases)
        if as_json:
            print_json(told)
        elif as_csv:
            sys.stdout.write(as_table(told["rows"] if cases else flat(told)))
        elif cases:
            _print_cases(told)
        elif name == SELF_ASSESSMENT:
            _print_assessment(told)
        else:
            _print_report(told)


def _day(name: str, on: str | None, year: int | None) -> date | None:
    """The day that is asked for: as given, or the last one of a federal year."""
    from arrears.reports.period import year_end
    from arrears.reports.run import ends_month

    if year is None:
        return day(on)
    if on is not None:
        raise ArrearsError("A report has one day", "--on and --year-end", "Give one of the two")
    return year_end(year, ends_month(name))


def _asked(store: Any, state: str, name: str, on: date | None, line: str, cases: bool) -> Row:
    from arrears.reports.assessment import assess, assess_cases
    from arrears.reports.run import report as ask
    from arrears.reports.run import report_cases

    if cases:
        if name == SELF_ASSESSMENT:
            return assess_cases(store, state, line, on)
        return report_cases(store, state, name, line, on)
    told = assess(store, state, on) if name == SELF_ASSESSMENT else ask(store, state, name, on)
    if line:
        for part, key in (("lines", "line"), ("criteria", "criterion"), ("timeframes", "timeframe")):
            told[part] = [one for one in told.get(part, ()) if one[key] == line]
        if not any(told[part] for part in ("lines", "criteria", "timeframes")):
            raise ArrearsError(f"The report has no line {line}", name, "Leave --line out to see its lines")
    return told


def _certification(state: str, to: Path | None, as_json: bool, as_csv: bool) -> None:
    from arrears.data.store import write_aside
    from arrears.reports.certification import certification, certification_page
    from arrears.reports.table import as_table

    if to is not None:
        write_aside(to, certification_page(state).encode())
        out.print(f"Written: {escape(safe_path(to))}")
    elif as_json:
        print_json(certification(state))
    elif as_csv:
        rows = certification(state)["requirements"]
        said = [
            {
                **row,
                "by": "; ".join(f"{one['kind']} {one['what']}" for one in row["by"]),
                "open_in": " ".join(row["open_in"]),
            }
            for row in rows
        ]
        sys.stdout.write(as_table(said))
    else:
        sys.stdout.write(certification_page(state))


def _print_head(told: Row) -> None:
    out.print(f"[bold]{escape(told['title'])}: {told['state'].upper()}, night of {told['as_of']}[/bold]")
    out.print(f"From {told['period']['from_on']} to {told['period']['to_on']}.")
    if told["notice"]:
        out.print(f"[yellow]{escape(told['notice'])}[/yellow]")


def _figure(value: int | None, counts: str) -> str:
    if value is None:
        return ""
    return dollars(value) if counts == "cents" else f"{value:,}"


def _without(one: Row) -> str:
    """A line that has no figure, with the reason."""
    return f"{escape(one['title'])}\n[dim]{escape(one['cannot'])}[/dim]"


def _print_report(told: Row) -> None:
    _print_head(told)
    table = Table("line", "what")
    for words in ("total", *told["parts"].values()):
        table.add_column(words, justify="right")
    for one in told["lines"]:
        if one["cannot"]:
            table.add_row(
                one["line"], f"{escape(one['title'])}\n[dim]{escape(one['cannot'])}[/dim]", "[dim]—[/dim]"
            )
            continue
        figures = [one["total"], *(one["parts"].get(name) for name in told["parts"])]
        table.add_row(
            one["line"], escape(one["title"]), *(_figure(value, one["counts"]) for value in figures)
        )
    out.print(table)
    for one in told["measures"]:
        out.print(f"{one['measure']} (line {one['over'][0]} of line {one['over'][1]}): {percent(one)}")


def _print_assessment(told: Row) -> None:
    _print_head(told)
    table = Table("criterion", "what")
    for words in ("met", "failed", "not known", "running", "share", "needed"):
        table.add_column(words, justify="right")
    for one in told["criteria"]:
        if one["cannot"]:
            table.add_row(
                one["criterion"],
                f"{escape(one['title'])}\n[dim]{escape(one['cannot'])}[/dim]",
                "[dim]—[/dim]",
            )
            continue
        color = {True: "green", False: "red", None: "dim"}[one["is_met"]]
        figures = [f"{one['cases'][key]:,}" for key in ("met", "failed", "unknown", "running")]
        share = f"[{color}]{percent(one)}[/{color}]"
        table.add_row(one["criterion"], escape(one["title"]), *figures, share, f"{one['needed_percent']} %")
    out.print(table)
    table = Table("clock", "what", title="Every timeframe", title_justify="left")
    for words in ("in time", "late", "overdue", "due soon", "running", "not known", "share"):
        table.add_column(words, justify="right")
    for one in told["timeframes"]:
        figures = [
            f"{one[key]:,}" for key in ("in_time", "late", "overdue", "due_soon", "running", "unknown")
        ]
        table.add_row(one["timeframe"], escape(one["title"]), *figures, percent(one))
    out.print(table)


def _print_cases(told: Row) -> None:
    _print_head(told)
    out.print(f"Line {told['line']}: {escape(told['line_title'])}")
    if told["cannot"]:
        out.print(f"[yellow]{escape(told['cannot'])}[/yellow]")
        return
    names = [name for name in (told["rows"] or [{}])[0] if name != "src"]
    table = Table(*names, "source rows")
    for row in told["rows"]:
        table.add_row(*(escape(_cell(told, name, row[name])) for name in names), escape(row["src"] or ""))
    out.print(table)


def _cell(told: Row, name: str, value: Any) -> str:
    if name == "counted":
        return _figure(value, told["counts"])
    return "" if value is None else str(value)


def percent(one: Row) -> str:
    """The share of a measure, a criterion or a clock, as people write it."""
    from arrears.reports.percent import percent as told

    return told(one["basis_points"])
