"""The answer to a what-if as people and programs read it: counts first, lines by the page."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from arrears import house
from arrears.answers.background_answers import WITHIN, Answer, paged, within
from arrears.answers.display import fetch_file, measured
from arrears.compare.proceedings import GROUPS, MAIN_GROUPS, band, groups, low_income_said
from arrears.data.warehouse import Connection
from arrears.errors import ArrearsError
from arrears.law.remedy import load_cards, title_of
from arrears.values import HUNDRED, Row, dollars

SQL = Path(__file__).with_name("sql")

LOW_INCOME_SAYS = (
    "Receives cash assistance or Supplemental Security Income, or earned less than {} "
    "a year by the last quarter's wages that all employers reported; without an answer to both not known"
)
MOST_TO_EXPORT = 100_000
SHOWN = 5  # remedies whose steps the command line prints
_ORDER = "moves = 'other', moves, amount_cents DESC NULLS LAST, remedy, subject_id"
_CASES_ORDER = 'list_position($groups, "group"), amount_cents DESC NULLS LAST, remedy, subject_id'


def report(
    answer: Answer,
    page: int = 1,
    size: int = 50,
    offices: frozenset[str] | None = None,
    group: str = "",
) -> Row:
    """The answer in counts, then one page of its lines: who enters first, the largest amounts first.

    `group` asks for the cases of one group of proceedings; without it they come group by group.
    """
    bound = within(offices)
    refuse_group(group)
    limit = answer.head["low_income_below_cents"]
    says = LOW_INCOME_SAYS.format("a limit that is not known" if limit is None else dollars(limit))

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
            "groups": groups(con, bound),
            "group_offices": each("proceeding_offices"),
            "band": band(con, bound),
            "low_income": {"says": says, "moves": each("low_income_shares")},
            "cases": cases(con, group, page, size, bound),
            "lines": paged(con, "who", WITHIN, _ORDER, page, size, bound),
        }

    return answer.ask(read)


def cases(con: Connection, group: str, page: int, size: int, bound: Row) -> Row:
    """One page of the proceedings of a group, or of every one, group by group, the largest amounts first."""
    asked = bound | {"groups": [group] if group else list(GROUPS)}
    where = f"""{WITHIN} AND list_contains(CAST($groups AS VARCHAR[]), "group")"""
    return {"group": group or None, **paged(con, "proceedings", where, _CASES_ORDER, page, size, asked)}


# Column of an export, its head, and the width it wants.
COLUMNS = (
    ("group_title", "Group", 28),
    ("remedy_title", "Remedy", 28),
    ("case_id", "Case", 14),
    ("person_id", "Parent", 14),
    ("subject_id", "Subject", 20),
    ("office", "Office", 10),
    ("worker", "Worker", 10),
    ("amount_cents", "Dollars", 13),
    ("was", "Was", 40),
    ("now", "Would be", 40),
    ("low_income", "Low income", 12),
)


def cases_to_export(answer: Answer, group: str = "", offices: frozenset[str] | None = None) -> list[Row]:
    """Every case of a group, or of all of them, as an export tells it by `COLUMNS`."""
    refuse_group(group)
    found = answer.ask(lambda con: cases(con, group, 1, MOST_TO_EXPORT, within(offices)))
    if found["total"] > MOST_TO_EXPORT:
        raise ArrearsError(
            f"{found['total']:,} cases are too many to export", "", "Ask for one group, or for one remedy"
        )
    cards = load_cards(house.RULES)
    return [
        {
            **one,
            "group_title": GROUPS[one["group"]][0],
            "remedy_title": title_of(cards, one["remedy"]),
            "low_income": {True: "yes", False: "no"}.get(one["is_low_income"], "not known"),
        }
        for one in found["rows"]
    ]


def refuse_group(group: str) -> None:
    """Refuses a name that is no group's."""
    if group and group not in GROUPS:
        raise ArrearsError(f"There is no group {group!r}", "--group", f"Known: {', '.join(GROUPS)}")


def print_what_if(found: Row, out: Console) -> None:
    """Prints the answer: what is changed, the counts, and the first lines."""
    out.print(f"[bold]What if, on the night of {found['as_of']}, {found['state'].upper()}[/bold]")
    for one in found["changed"]:
        was, now = (escape(measured(one[side], one["unit"])) for side in ("was", "now"))
        out.print(f"  {escape(one['called'])} ({one['key']}): {was} -> [bold]{now}[/bold]")
    for one in found["in_force"]:
        out.print(f"  {one['remedy']}: in force {one['was']} -> {one['now']}, {one['reading_now']} reading")
    totals = found["totals"]
    print_groups(found["groups"], out)
    out.print(
        f"Verdicts: {totals['enters']:,} become a flag ({dollars(totals['enters_cents'])}), "
        f"{totals['leaves']:,} are one no longer ({dollars(totals['leaves_cents'])}). "
        f"Work list: {totals['lines_more']:,} line(s) more, {totals['lines_fewer']:,} fewer, "
        f"{totals['more_minutes']:+,} minutes."
    )
    print_band(found["band"], out)
    offices = [
        {name: one[name] for name in ("office", *MAIN_GROUPS, "more_minutes")}
        for one in found["group_offices"]
    ]
    for title, rows in (("By remedy", found["remedies"]), ("By office", offices)):
        if rows:
            out.print(_table(title, rows))
    lines = found["cases"]
    if lines["rows"]:
        named = ("group", "remedy", "subject_id", "office", "worker", "amount_cents")
        out.print(
            _table(
                f"{lines['total']:,} in all", [{name: one[name] for name in named} for one in lines["rows"]]
            )
        )
    if lines["total"] > lines["page"] * lines["size"]:
        out.print(f"More by --page {lines['page'] + 1}.")
    out.print(f"Compared with {found['compared_with']}; nothing was written.")


def print_groups(found: list[Row], out: Console) -> None:
    """Prints each group with its parents, cases, dollars and share of low income."""
    for one in found:
        if one["group"] not in MAIN_GROUPS and not one["lines"]:
            continue
        cases = f" ({one['cases']:,} case{'s' if one['cases'] != 1 else ''})" if one["cases"] else ""
        parents = f"{one['parents']:,} parent{'s' if one['parents'] != 1 else ''}"
        out.print(f"[bold]{one['title']}:[/bold] {parents}{cases}, {dollars(one['amount_cents'])}.")
        if one["lines"]:
            rests = f" Of {one['rests']:,} no further step is taken." if one["rests"] else ""
            goes_on = f" Of {one['goes_on']:,} steps are taken again." if one["goes_on"] else ""
            out.print(f"  {one['says']}.{rests}{goes_on} Low income: {low_income_said(one)}.")


def print_band(found: list[Row], out: Console) -> None:
    """Prints of each remedy why those between the two values do not move, down to those who do."""
    for one in found[:SHOWN]:
        turned = ", ".join(name.replace("_", " ") for name in one["conditions"])
        out.print(f"{one['title']}: {one['in_band']:,} lie in between ({turned})")
        for each in one["reasons"]:
            alone = f", {each['alone']:,} by this alone" if each["alone"] else ""
            words = each["condition"].replace("_", " ")
            out.print(f"  -{each['stays']:,} {words}: {each['answer']}{alone}")
        out.print(f"  ={one['moves']:,} of whom the verdict moves")
    if len(found) > SHOWN:
        out.print(f"  and {len(found) - SHOWN} more remedies, with --json.")


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
