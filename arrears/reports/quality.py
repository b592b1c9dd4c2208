"""Was it right: what people, partners and clocks say of the rules, of a night and of those before it."""

from datetime import date

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from arrears import house
from arrears.answers.closed_nights import attach_night, closed_nights
from arrears.answers.history import ageing, kind_titles, lists_by_night, releases
from arrears.answers.quality_rules import load_quality
from arrears.data.store import Store
from arrears.data.warehouse import warehouse
from arrears.reports.assessment import timeframes_of
from arrears.reports.partners import match_rates, rejects_by_feed, rejects_by_queue
from arrears.reports.percent import percent
from arrears.reports.precision import precision, usefulness
from arrears.values import Row, dollars

BECAME = ("shown", "decided", "gone", "open", "ignored")
COUNTS = ("in_time", "late", "overdue", "due_soon", "running", "unknown")


def quality(store: Store, state: str, as_of: date | None = None) -> Row:
    """Precision by rule, partners' rejects, clocks met, match rates and their history, of the last closed
    night on or before a day.
    """
    rules, nights = load_quality(house.RULES), closed_nights(store, state, as_of)
    night = nights[-1]
    with warehouse(spill=store.spill()) as con:
        attach_night(con, night, ledger=("published", "episodes"))
        lists = lists_by_night(nights, rules)
        return {
            "state": state,
            "as_of": night.as_of.isoformat(),
            "nights": len(nights),
            "precision": precision(con, night, rules),
            "partners": {"by_queue": rejects_by_queue(con, night, rules), "by_feed": rejects_by_feed(night)},
            "clocks": timeframes_of(con),
            "matches": match_rates(con),
            "usefulness": usefulness(con, nights, rules),
            "lists": lists,
            "kinds": kind_titles(lists),
            "ageing": ageing(con, night, rules),
            "releases": releases(con, nights, rules),
        }


def running(told: Row) -> list[Row]:
    """The clocks that run, or have run, for anybody."""
    return [one for one in told["clocks"] if any(one[name] for name in COUNTS)]


def print_quality(told: Row, out: Console) -> None:
    """Prints what people, partners and clocks said, each as a table."""
    out.print(f"[bold]Was it right: {told['state'].upper()}, night of {told['as_of']}[/bold]")
    _print(
        out,
        "Precision by remedy, from people's decisions",
        ("remedy", "approved", "rejected, rule right", "rejected, rule wrong", "no reason", "precision"),
        [
            (
                one["title"],
                *(
                    f"{one[key]:,}"
                    for key in (
                        "approved",
                        "rejected_though_right",
                        "rejected_as_wrong",
                        "rejected_without_reason",
                    )
                ),
                percent(one["basis_points"]),
            )
            for one in told["precision"]["by_remedy"]
        ],
    )
    _print(
        out,
        "Conditions that a rejection spoke against",
        ("remedy", "condition", "rejected", "precision"),
        [
            (
                one["title"],
                (one["condition"] or "the rule as a whole").replace("_", " "),
                f"{one['rejected_as_wrong']:,}",
                percent(one["basis_points"]),
            )
            for one in told["precision"]["by_condition"]
        ],
    )
    _print_partners(told, out)
    _print_history(told, out)


def _print_partners(told: Row, out: Console) -> None:
    _print(
        out,
        "Partners' rejects by queue",
        ("queue", "told by", "sent", "answers", "rejected", "share"),
        [
            (
                ", ".join(one["queues"]),
                one["feed"],
                f"{one['sent']:,}",
                "—" if one["answers"] is None else f"{one['answers']:,}",
                f"{one['rejected']:,}",
                percent(one["basis_points"]),
            )
            for one in told["partners"]["by_queue"]
        ],
    )
    _print(
        out,
        "Lines of partners that were set aside",
        ("feed", "accepted", "held", "refused", "lines", "set aside", "share"),
        [
            (
                one["feed"],
                *(f"{one[key]:,}" for key in ("accepted", "held", "refused", "rows", "rejects")),
                percent(one["basis_points"]),
            )
            for one in told["partners"]["by_feed"]
        ],
    )
    _print(
        out,
        "Clocks of the agency and its partners, whole caseload",
        ("clock", "in time", "late", "overdue", "due soon", "running", "not known", "met"),
        [
            (
                one["title"],
                *(f"{one[key]:,}" for key in COUNTS),
                percent(one["basis_points"]),
            )
            for one in running(told)
        ],
    )


def _print_history(told: Row, out: Console) -> None:
    _print(
        out,
        "Matches by feed",
        ("feed", "lines", "linked exactly", "doubtful", "rate"),
        [
            (
                one["title"],
                *(f"{one[key]:,}" for key in ("rows", "linked", "doubtful")),
                percent(one["basis_points"]),
            )
            for one in told["matches"]
        ],
    )
    _print(
        out,
        "Days from the ground gone to the release",
        ("days", "releases"),
        [(one["days"], f"{one['releases']:,}") for one in told["releases"]["bars"]],
    )
    _print(
        out,
        "How long the oldest unpaid installment has been due",
        ("days", "cases", "owed"),
        [(one["days"], f"{one['cases']:,}", dollars(one["owed_cents"])) for one in told["ageing"]],
    )
    _print(
        out,
        "What became of the lines of these nights' lists",
        ("kind", "shown", "decided", "gone without", "open", "ignored", "decided of shown"),
        [
            (
                one["title"] + (" (ignored)" if one["is_ignored"] else ""),
                *(f"{one[key]:,}" for key in BECAME),
                percent(one["basis_points"]),
            )
            for one in told["usefulness"]
        ],
    )
    _print(
        out,
        "Lines by night",
        ("night", "lines"),
        [(one["as_of"], f"{one['lines']:,}") for one in told["lists"]],
    )


def _print(out: Console, title: str, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    if not rows:
        out.print(f"{title}: none yet.")
        return
    table = Table(heads[0], title=title, title_justify="left")
    for head in heads[1:]:
        table.add_column(head, justify="left" if head in ("condition", "told by") else "right")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    out.print(table)
