"""What changed, as people and programs read it: counts by cause, then lines by the page with evidence."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from arrears import house
from arrears.answers.background_answers import WITHIN, Answer, paged, within
from arrears.answers.display import INSTEAD, fetch, fetch_file, measured
from arrears.compare.causes import ORDER
from arrears.compare.compared import LISTS
from arrears.compare.laws import NOT_ASKED, asked_otherwise
from arrears.compare.reasons import hangs_on
from arrears.compare.waterfall import display_fact, moved, print_moved, reason_said
from arrears.data.warehouse import Connection
from arrears.law.catalog import described_facts
from arrears.law.citations import written
from arrears.law.profile import Profile
from arrears.law.remedy import Card, load_cards
from arrears.night.layers import load_facts
from arrears.values import Row, dollars

SQL = Path(__file__).with_name("sql")

# Where nothing tells which fact a line hangs on, so many of those that changed are shown.
FEW = 8
_ROW = (
    "list", "key", "remedy", "subject_id", "case_id", "person_id", "office", "worker", "kind", "was", "now",
    "was_cents", "now_cents", "cause", "label",
)  # fmt: skip


def report(
    answer: Answer,
    page: int = 1,
    size: int = 50,
    offices: frozenset[str] | None = None,
    cause: str = "",
    list_: str = "",
    remedy: str = "",
    step: str = "",
) -> Row:
    """The answer in counts, then one page of its lines, each with its cause and the evidence for it."""
    bound = within(offices)
    asked = {"cause": cause, "list": list_, "remedy": remedy, "step": step}
    wanted = {name: one for name, one in asked.items() if one}
    narrowed = " AND ".join([WITHIN, *(f"{name} = ${name}_wanted" for name in wanted)])
    chosen = bound | {f"{name}_wanted": one for name, one in wanted.items()}

    def read(con: Connection) -> Row:
        lines = paged(con, "line", narrowed, _ORDERED, page, size, chosen)
        lines["rows"] = with_evidence(con, lines["rows"], answer.head)
        return {
            **answer.head,
            "causes": fetch_file(con, SQL / "causes.sql", bound | {"order": list(ORDER)}),
            "counts": fetch_file(con, SQL / "counts.sql", bound),
            **moved(con, bound),
            "lines": lines,
        }

    return answer.ask(read)


_LARGEST = "greatest(coalesce(now_cents, 0), coalesce(was_cents, 0)) DESC"
_ORDERED = f"list_position({list(LISTS)}, list), list_position({list(ORDER)}, cause), {_LARGEST}, key"


def with_evidence(con: Connection, lines: list[Row], head: Row) -> list[Row]:
    """The lines of a page, each with what proves its cause."""
    cards, facts = load_cards(house.RULES), described_facts(house.FACTS) or {}
    profile = Profile.load(house.RULES, head["state"])
    found = []
    for line in lines:
        at = {"rung": line["rung"], "subject": line["subject_id"], "remedy": line["remedy"]}
        conditions = fetch_file(con, SQL / "condition_changes.sql", at)
        evidence: Row = {
            "conditions": conditions,
            "facts": changed_facts(con, line, conditions, facts),
            "links": [],
            "values": [],
            "asked": [],
            "cards": [],
            "code": [],
            "decisions": [],
            "sent": [],
            "dates": None,
        }
        evidence |= of_cause(con, line, cards, head)
        if line["cause"] == "rule":
            evidence["asked"] = newly_asked(line, conditions, cards, profile, head)
        line_row = {name: line[name] for name in _ROW if name != "label"}
        found.append(
            {
                **line_row,
                "step": line["step"],
                "because": reason_said(line),
                "proved_by": line["label"],
                "evidence": evidence,
            }
        )
    return found


def of_cause(con: Connection, line: Row, cards: Mapping[str, Card], head: Row) -> Row:
    """What belongs to a line's own cause: decisions, values, versions, links, dates or what has left."""
    about = {name: line[name] for name in ("remedy", "subject_id", "person_id", "key")}
    differs = head["differs"]
    if line["cause"] == "decision":
        return {"decisions": fetch_file(con, SQL / "decisions.sql", about)}
    if line["cause"] == "rule":
        card = cards.get(line["remedy"] or "")
        wanted = keys_of(card) if card else frozenset()
        values = [one for one in differs["values"] if one["key"] in wanted] or differs["values"]
        names = [one for one in differs["cards"] if one == line["remedy"]] + differs["files"]
        return {"values": values[:FEW], "cards": names}
    if line["cause"] == "code":
        return {"code": differs["code"]}
    if line["cause"] == "match":
        columns = "feed, source_file, source_line, person_id, was, now"
        of_person = f"SELECT {columns} FROM link WHERE person_id = $person_id ORDER BY ALL"
        return {"links": fetch(con, of_person, {"person_id": line["person_id"]})}
    if line["cause"] == "calendar":
        dates = {"was": head["first"]["as_of"], "now": head["second"]["as_of"]}
        of = {name: about[name] for name in ("remedy", "subject_id", "person_id")}
        return {"dates": dates, "sent": fetch_file(con, SQL / "sent_of.sql", of | {"few": FEW})}
    return {}


def newly_asked(
    line: Row, conditions: list[Row], cards: Mapping[str, Card], profile: Profile, head: Row
) -> list[Row]:
    """The conditions that the state asks on one side alone and that could have changed the line."""
    card = cards.get(line["remedy"] or "")
    if card is None:
        return []
    told = {one["condition"] for one in conditions if NOT_ASKED in (one["was"], one["now"])}
    added = {one.condition.name for one in card.added.values()}
    return [
        one
        for one in asked_otherwise(card, profile, head["differs"]["remedies"])
        if one["of"] != card.remedy or one["condition"] not in added or one["condition"] in told
    ]


def changed_facts(
    con: Connection,
    line: Row,
    conditions: list[Row],
    described: Mapping[str, Any],
) -> list[Row]:
    """The facts that differ and that the line hangs on, from what to what, with their source rows."""
    table, wanted = hangs_on(line, conditions)
    if not table:
        return []
    cells = fetch(
        con,
        "SELECT * FROM cell WHERE rung = $rung AND facts = $facts AND subject_id = $subject ORDER BY fact",
        {"rung": line["rung"], "facts": table, "subject": line["subject_id"]},
    )
    chosen = [one for one in cells if one["fact"] in wanted] or cells[:FEW]
    found = []
    for one in chosen:
        says = described[table][one["fact"]]
        instead = INSTEAD.get(says["unit"])  # whose line it is does not tell who may read it
        found.append(
            {
                "table": table,
                "fact": one["fact"],
                "says": says["say"],
                "unit": says["unit"],
                **{side: instead if instead and one[side] else one[side] for side in ("was", "now")},
                **{name: one[name].split(";") if one[name] else [] for name in ("rows_was", "rows_now")},
            }
        )
    return found


def keys_of(card: Card) -> frozenset[str]:
    """The values that a card's verdicts and clocks may hang on, those of the facts that it reads included."""
    clocks = (key for step in card.steps if step.after for key in step.after.keys)
    layers = (key for layer in load_facts(house.FACTS) for key in layer.keys)
    return frozenset((*card.needs.values(), *clocks, *layers))


def print_diff(found: Row, out: Console) -> None:
    """Prints the answer: what differs, the counts, and the first lines with their evidence in a sentence."""
    first, second = found["first"], found["second"]
    what = "its backfill" if second["kind"] == "backfill" else f"the {second['kind']} of {second['as_of']}"
    out.print(f"[bold]The {first['kind']} of {first['as_of']} and {what}, {found['state'].upper()}[/bold]")
    differs = found["differs"]
    for one in differs["values"]:
        out.print(f"  {escape(value_said(one))}")
    said = [
        f"{len(differs[name])} {name}" for name in ("remedies", "cards", "files", "code") if differs[name]
    ]
    feeds = sorted({one["feed"] for one in differs["deliveries"]})
    out.print(f"  Other: {', '.join(said) or 'no rule, no code'}; new files: {', '.join(feeds) or 'none'}.")
    table = Table("cause", "lines", "verdicts", "acts", "work list", "persons")
    for one in found["causes"]:
        names = ("lines", "verdicts", "acts", "work", "persons")
        table.add_row(one["cause"], *(f"{one[name]:,}" for name in names))
    out.print(table if found["causes"] else "Nothing changed.")
    print_moved(found, out)
    lines = found["lines"]
    if lines["rows"]:
        each = Table("cause", "list", "line", "was", "now", "evidence", title=f"{lines['total']:,} lines")
        for one in lines["rows"]:
            was, now = (_said(one[side], one[f"{side}_cents"]) for side in ("was", "now"))
            each.add_row(one["cause"], one["list"], escape(one["key"]), was, now, escape(sentence(one)))
        out.print(each)
    if lines["total"] > lines["page"] * lines["size"]:
        out.print(f"More by --page {lines['page'] + 1}; --cause, --list and --remedy narrow it.")


def _said(says: str | None, cents: int | None) -> str:
    return "not there" if says is None else says + (f", {dollars(cents)}" if cents is not None else "")


def sentence(line: Row) -> str:
    """The evidence of a line in one line of text."""
    evidence = line["evidence"]
    said = [f"{one['decision']} by {one['by_user']} on {one['decided_on']}" for one in evidence["decisions"]]
    said += [asked_said(one) for one in evidence["asked"]]
    said += [value_said(one) for one in evidence["values"]]
    said += [f"{one['feed']} {one['source_file'][:8]}:{one['source_line']}" for one in evidence["links"]]
    said += [
        f"{one['fact']} {display_fact(one['was'], one['unit'])} -> {display_fact(one['now'], one['unit'])}"
        for one in evidence["facts"]
    ]
    said += [f"{one['remedy']} {one['step']} left on {one['published_on']}" for one in evidence["sent"]]
    if evidence["dates"]:
        said.append(f"{evidence['dates']['was']} -> {evidence['dates']['now']}")
    return "; ".join(list(dict.fromkeys(said))[:3]) or line["because"]


def asked_said(one: Row) -> str:
    """A condition that is asked on one side alone, with the law by which the state does so."""
    by = "; ".join(written(one["cites"]))
    return f"{one['condition'].replace('_', ' ')}: {one['was']} -> {one['now']} ({by})"


def value_said(one: Row) -> str:
    """A changed value with what it was and is, in its unit."""
    return f"{one['key']}: {measured(one['was'], one['unit'])} -> {measured(one['now'], one['unit'])}"
