"""The answer to a what-if as people and programs read it: counts first, lines by the page."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from arrears.answers.background_answers import WITHIN, Answer, paged, within
from arrears.answers.display import fetch_file, measured
from arrears.data.warehouse import Connection
from arrears.values import HUNDRED, Row, dollars

SQL = Path(__file__).with_name("sql")

LOW_INCOME_SAYS = (
    "Receives cash assistance or Supplemental Security Income, or earned less than low_income.yearly_income "
    "a year by the last quarter's wages that all employers reported; without an answer to both not known"
)
_ORDER = "moves = 'other', moves, amount_cents DESC NULLS LAST, remedy, subject_id"


def report(answer: Answer, page: int = 1, size: int = 50, offices: frozenset[str] | None = None) -> Row:
    """The answer in counts, then one page of its lines: who enters first, the largest amounts first."""
    bound = within(offices)

    def read(con: Connection) -> Row:
        def each(name: str) -> list[Row]:
            return fetch_file(con, SQL / f"{name}.sql", bound | {"hundred": HUNDRED})

        return {
            **answer.head,
            "totals": each("totals")[0] | each("minutes")[0],
            "remedies": each("remedies"),
            "offices": each("offices"),
            "work": each("work"),
            "acts": each("acts"),
            "low_income": {"says": LOW_INCOME_SAYS, "moves": each("low_income_shares")},
            "lines": paged(con, "who", WITHIN, _ORDER, page, size, bound),
        }

    return answer.ask(read)


def print_what_if(found: Row, out: Console) -> None:
    """Prints the answer: what is changed, the counts, and the first lines."""
    out.print(f"[bold]What if, on the night of {found['as_of']}, {found['state'].upper()}[/bold]")
    for one in found["changed"]:
        was, now = (escape(measured(one[side], one["unit"])) for side in ("was", "now"))
        out.print(f"  {one['key']}: {was} -> [bold]{now}[/bold]")
    for one in found["in_force"]:
        out.print(f"  {one['remedy']}: in force {one['was']} -> {one['now']}, {one['reading_now']} reading")
    totals = found["totals"]
    out.print(
        f"Enter: {totals['enters']:,} ({dollars(totals['enters_cents'])}). "
        f"Leave: {totals['leaves']:,} ({dollars(totals['leaves_cents'])}). "
        f"Work list: {totals['lines_more']:,} line(s) more, {totals['lines_fewer']:,} fewer, "
        f"{totals['more_minutes']:+,} minutes."
    )
    for one in found["low_income"]["moves"]:
        share = "not known" if one["percent_of_known"] is None else f"{one['percent_of_known']} %"
        out.print(f"Of those who {one['moves'][:-1]}, low-income: {share} ({one['unknown']:,} not known).")
    for title, rows in (("By remedy", found["remedies"]), ("By office and worker", found["offices"])):
        if rows:
            out.print(_table(title, rows))
    lines = found["lines"]
    if lines["rows"]:
        named = ("moves", "remedy", "subject_id", "office", "worker", "amount_cents")
        out.print(
            _table(
                f"{lines['total']:,} lines", [{name: one[name] for name in named} for one in lines["rows"]]
            )
        )
    if lines["total"] > lines["page"] * lines["size"]:
        out.print(f"More by --page {lines['page'] + 1}.")
    out.print(f"Compared with {found['compared_with']}; nothing was written.")


def _table(title: str, rows: list[Row]) -> Table:
    made = Table(
        *(name.replace("_cents", "").replace("_", " ") for name in rows[0]), title=title, title_justify="left"
    )
    for row in rows:
        made.add_row(
            *(
                "" if value is None else dollars(value) if name.endswith("_cents") else escape(str(value))
                for name, value in row.items()
            )
        )
    return made
