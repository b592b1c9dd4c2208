"""The extracts for the parents' portal, as `transforms/portal/portal.yml` tells them, and their page.

    params: {months: portal.history_months}      # values of the law that the SQL binds
    extracts:
      orders:
        title: Support orders
        key: [role, order_id]                    # with the columns of `reader`, of each row
        columns:
          order_id: {say: "The order", unit: text}

Each extract is one SELECT of its name beside the file. It reads the night, `portal.party`, `portal.told` and
the extracts before it; its columns are those of `reader` and its own, in their order, and no others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from arrears import house
from arrears.config import Faults, Node, read_once, read_yaml
from arrears.data.warehouse import sql_text
from arrears.law.citations import read_sources
from arrears.law.profile_files import read_cites
from arrears.sqltext import parameters

# What a column is, and how the engine's type of it begins.
UNITS = {
    "text": "VARCHAR",
    "code": "VARCHAR",
    "words": "VARCHAR",
    "date": "DATE",
    "cents": "BIGINT",
    "count": "BIGINT",
    "yes_no": "BOOLEAN",
}
SPOKEN = {
    "text": "text",
    "code": "code",
    "words": "words",
    "date": "date",
    "cents": "whole cents",
    "count": "whole number",
    "yes_no": "true or false",
}
ABOUT = """
Printed by `arrears rulebook --docs`. `arrears portal ST DATE --out DIR` writes them of a closed night into
the folder `DIR/ST-DATE`, each as CSV (UTF-8, one header line, comma, quotes as in RFC 4180) and as Parquet,
with `manifest.json`: rows and hashes of each. The folder gets its name when all of it is written and
checked; the same night gives the same bytes.

- **A row is for one parent of one case**, named by `case_id` and `person_id`, and may be shown to nobody
  else. There is no name, address, employer, account or Social Security number in any file, and nothing that
  says who or where the other parent is.
- **A case without a row for a parent** is not shown to that parent: one who died, who may be the wrong
  person, or who stands on both sides of it.
- **Blank is not known or does not apply, never zero.** `cases` says for each case what is known; the voice
  response has a code before each amount, and says so where it is not known.
- **Amounts are whole cents** and their names end with `_cents`. Dates are ISO days of the state.
- Where the agency's number of an order, receipt, payment or appointment holds the other parent's number, a
  star stands for it.
- CSV from here is for a program. No text in it was written by a parent.
"""
GIVEN = frozenset(("as_of", "told_by_letter", "time_zone"))


@dataclass(frozen=True)
class Column:
    """One column of an extract: what it says, and its unit."""

    say: str
    unit: str


@dataclass(frozen=True)
class Extract:
    """One extract: its columns in their order, and those that no two rows share."""

    name: str
    title: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    carries: tuple[str, ...]
    sql: str


@dataclass(frozen=True)
class Form:
    """Every extract in the order in which they are made, and what their SQL reads besides the night."""

    title: str
    params: Mapping[str, str]
    told_by_letter: tuple[str, ...]
    first: Mapping[str, str]
    extracts: Mapping[str, Extract]
    cites: tuple[str, ...]


@read_once("../transforms")
def load_portal(rules_dir: Path) -> Form:
    """The extracts; one `RuleFault` lists every fault of their file."""
    faults = Faults()
    folder = house.transforms_of(rules_dir) / "portal"
    root, sources = read_yaml(folder / "portal.yml", faults), read_sources(rules_dir, faults)
    queues = {path.name for path in (folder.parent / "queues").iterdir() if path.is_dir()}
    reader = dict(_columns(root.node("reader")))
    params = root.node("params").pairs()
    first = {name: _sql(root, folder, name, params) for name in root.texts("first")}
    extracts = {
        str(name): _extract(str(name), one, reader, folder, params)
        for name, one in root.node("extracts").children()
    }
    made = Form(
        title=root.text("title"),
        params=params,
        told_by_letter=root.texts("told_by_letter"),
        first=first,
        extracts=extracts,
        cites=read_cites(root, sources),
    )
    for queue in sorted(set(made.told_by_letter) - queues):
        root.fault(f"told_by_letter: there is no queue {queue}")
    root.done()
    faults.raise_any("transforms/portal", "Correct each of these; no extract was made")
    return made


def _columns(node: Node) -> Iterator[tuple[str, Column]]:
    for name, one in node.children():
        yield str(name), Column(one.text("say"), one.text("unit", choices=tuple(UNITS)))
        one.done()


def _extract(
    name: str, node: Node, reader: Mapping[str, Column], folder: Path, params: Mapping[str, str]
) -> Extract:
    columns = {**reader, **dict(_columns(node.node("columns")))}
    made = Extract(
        name=name,
        title=node.text("title"),
        key=(*reader, *node.texts("key")),
        columns=columns,
        carries=node.texts("carries", required=False),
        sql=_sql(node, folder, name, params),
    )
    for column in (one for one in made.key if one not in columns):
        node.fault(f"key names {column}, and there is no such column")
    for column, one in columns.items():
        if (one.unit == "cents") != column.endswith("_cents"):
            node.fault(f"{column}: an amount is in cents and ends with _cents, and nothing else does")
    node.done()
    return made


def _sql(node: Node, folder: Path, name: str, params: Mapping[str, str]) -> str:
    """The SELECT of this name; a fault where it is not there, or binds what nobody gives."""
    path = folder / f"{name}.sql"
    if not path.is_file():
        node.fault(f"there is no {name}.sql in the folder of portal.yml")
        return ""
    text = sql_text(path)
    for word in sorted(set(parameters(text)) - set(params) - GIVEN):
        node.fault(f"{name}.sql binds ${word}, which params does not name")
    return text


def portal_page(form: Form) -> str:
    """The data dictionary of every extract, as a page."""
    return "\n".join(_page(form)).rstrip() + "\n"


def _page(form: Form) -> Iterator[str]:
    yield from (f"# {form.title}", *ABOUT.rstrip().splitlines())
    for extract in form.extracts.values():
        yield from ("", f"## {extract.name}", "", f"{extract.title}. Key: {_list(extract.key)}.", "")
        yield from ("| column | unit | what it says |", "|---|---|---|")
        for name, one in extract.columns.items():
            yield f"| `{name}` | {SPOKEN[one.unit]} | {one.say} |"


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
