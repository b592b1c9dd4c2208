"""Why a case was flagged on a night, why not, and how near: told from that night's own rows."""

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from arrears import house
from arrears.answers.display import LAST_FOUR, PLACE, fetch, fetch_file, listed_grounds
from arrears.answers.explain_clocks import add_clocks, clock_sentence, deadlines_of
from arrears.answers.explain_conditions import explain_condition, explain_counts
from arrears.answers.runs import closed_run, folder_of, purged_word
from arrears.data.beside import kept_rows
from arrears.data.store import Store
from arrears.data.warehouse import Connection, ask_sql_file, file_paths, quote, warehouse
from arrears.errors import ArrearsError
from arrears.law.catalog import described_facts
from arrears.law.citations import as_cited, load_policies, written
from arrears.law.profile import Profile, UnsetValue
from arrears.law.remedy import PARTS, Card, Part, load_cards
from arrears.law.verdicts import Verdicts
from arrears.ledger import Ledger
from arrears.values import Row, dollars

SQL = Path(__file__).with_name("sql")

_MARK = {True: "yes", False: "no", None: "not known"}
_SAYS = {"flag": "Yes.", "clear": "No.", "unknown": "Not known."}
_PART_ASKS: Mapping[Part, str] = {
    "enter": "May it begin?",
    "stay": "May it go on?",
    "release": "Must it be taken back?",
}


def explain_case(
    store: Store,
    state: str,
    as_of: date,
    subject: str,
    remedy: str | None = None,
    release: int | None = None,
    *,
    digits: bool = False,
) -> Row:
    """Everything a night (or its n-th release) decided about a case or person: each condition with value,
    law and source row; the last four of an account only with `digits`, no place of a protected parent.
    """
    ledger = Ledger.open(store.ledger_url)
    run = closed_run(store, ledger, state, as_of, release)
    folder, purged = folder_of(store, run), purged_word(store, ledger, run)
    profile, cards = Profile.load(house.RULES, state), load_cards(house.RULES)
    if remedy is not None and remedy not in cards:
        raise ArrearsError(f"There is no remedy {remedy!r}", "rules/remedies", f"Known: {', '.join(cards)}")
    kept = Verdicts(folder)
    with warehouse() as con:
        who = subjects_of(con, folder, subject)
        may_tell = (*((LAST_FOUR,) if digits else ()), *(() if is_protected(con, folder, who) else (PLACE,)))
        told = [
            explain_subject(con, kept, card.here(profile, as_of), profile, as_of, one, may_tell)
            for card in cards.values()
            if remedy in (None, card.remedy) and card.remedy in kept.remedies
            for one in verdict_rows(con, kept, card.remedy, "enter", who)
        ]
        acts = actions_of(con, folder, who)
        add_clocks(con, folder, acts, profile, as_of)
        deadlines = deadlines_of(con, folder, who, profile, as_of)
    return {
        "state": state,
        "as_of": as_of.isoformat(),
        "case": subject,
        "night": folder.name,
        "purged": f"The facts of this night were {purged}." if purged else None,
        "remedies": told,
        "acts": acts,
        "deadlines": deadlines,
    }


def subjects_of(con: Connection, folder: Path, subject: str) -> list[str]:
    """The subject itself and, of a case, its obligor: a person's debts are that case's business too."""
    cases = file_paths(folder / "facts" / "case_facts.parquet")
    found = ask_sql_file(con, SQL / "persons_of.sql", {"cases": cases, "subject": subject}).fetchall()
    found = found or _decided_of(con, folder, subject)
    if not found:
        raise ArrearsError(
            f"No case or person {subject} in this run",
            folder,
            "Give a case number or a person number as the caseload has it",
        )
    return [subject, *(row[0] for row in found if row[0] is not None)]


def _decided_of(con: Connection, folder: Path, subject: str) -> list[Any]:
    """The persons of a subject by the verdicts: the facts of a night are purged, and those stay."""
    kept = file_paths(*(path for path in Verdicts(folder).tables.values() if path.exists()))
    asked = {"cases": kept, "subject": subject}
    return ask_sql_file(con, SQL / "persons_of.sql", asked).fetchall() if kept else []


def is_protected(con: Connection, folder: Path, who: list[str]) -> bool:
    """Whether a place may not be told of these subjects; also where nobody knows whether it may."""
    cases = file_paths(folder / "facts" / "case_facts.parquet")
    found = ask_sql_file(con, SQL / "may_tell_place.sql", {"cases": cases, "who": who}).fetchone()
    return not (found and found[0])


def verdict_rows(con: Connection, kept: Verdicts, remedy: str, part: Part, who: list[str]) -> list[Row]:
    """The verdict rows of a case, or of its obligor where the remedy is about persons or debts."""
    asked = {"verdicts": kept.select(remedy, part), "case": who[0], "who": who}
    return fetch_file(con, SQL / "verdicts_of.sql", asked)


def explain_subject(
    con: Connection,
    kept: Verdicts,
    card: Card,
    profile: Profile,
    as_of: date,
    enter: Row,
    may_tell: Collection[str],
) -> Row:
    """One remedy for one subject: the three questions, each condition in a sentence."""
    subject, folder = enter["subject_id"], kept.folder
    found = fetch(
        con,
        f"FROM ({kept_rows(folder / 'facts' / f'{card.facts}.parquet')}) WHERE subject_id = $subject",
        {"subject": subject},
    )
    facts = found[0] if found else None
    try:
        numbers: dict[str, Any] = {name: value for name, value in card.numbers(profile, as_of).items()}
    except UnsetValue:
        numbers = {}
    described = (described_facts(house.FACTS) or {})[card.facts]
    waived = profile.waivers(card.remedy, as_of)
    parts: dict[str, Row] = {}
    for part in PARTS:
        row = enter if part == "enter" else _part_row(con, kept, card.remedy, part, subject)
        conditions = [
            explain_condition(
                one, row[one.name], facts, numbers, described, profile, may_tell, waived.get(one.name)
            )
            for one in card.conditions[part]
        ]
        parts[part] = {"verdict": row["verdict"], "because": row["because"], "conditions": conditions}
    return {
        "remedy": card.remedy,
        "title": card.title,
        "subject": subject,
        "office": enter["office"],
        "verdict": enter["verdict"],
        "because": enter["because"],
        "guide": enter["guide_verdict"],
        "law": enter["law_verdict"],
        "readings_differ": enter["readings_differ"],
        "amount_cents": enter["amount_cents"],
        "headline": headline(card, enter, parts["enter"]["conditions"]),
        "parts": parts,
        "cases": explain_counts(con, folder, card, profile, as_of, enter["person_id"], may_tell),
        "if_wrong": card.if_wrong,
        "innocent": card.innocent,
        "sources": [source_entry(cite, profile) for cite in profile.citable(cited(card, numbers))],
    }


def print_counted(told: list[Row], out: Console) -> None:
    """Prints which cases count, and of another one each condition that keeps it from counting."""
    for one in told:
        if one["counts"]:
            out.print(f"  [green]{escape(one['text'])}[/green]")
            continue
        color = "yellow" if one["counts"] is None else "red"
        out.print(f"  [{color}]{escape(one['text'].split(':')[0])}[/{color}]:")
        for condition in one["conditions"]:
            if condition["condition"] in one["because"]:
                _print_condition(condition, out)


def _part_row(con: Connection, kept: Verdicts, remedy: str, part: Part, subject: str) -> Row:
    return fetch(con, f"FROM ({kept.select(remedy, part)}) WHERE subject_id = $s", {"s": subject})[0]


def headline(card: Card, row: Row, conditions: list[Row]) -> str:
    """The verdict in one sentence, with how near it was."""
    names = ", ".join(name.replace("_", " ") for name in row["because"] or [])
    if row["verdict"] == "flag":
        text = f"{card.title}: flagged; every condition is met."
    elif row["verdict"] == "unknown":
        text = f"{card.title}: not decided; what is missing: {names}."
    elif len(row["because"]) == 1:
        only = next(told["text"] for told in conditions if told["condition"] == row["because"][0])
        text = f"{card.title}: not flagged, for one reason only. {only}"
    else:
        text = f"{card.title}: not flagged; {len(row['because'])} conditions are not met: {names}."
    if row["readings_differ"]:
        text += (
            f" The agency's guide says {row['guide_verdict']}, the statute {row['law_verdict']}:"
            " a person decides."
        )
    return text


def cited(card: Card, numbers: dict[str, Any]) -> list[str]:
    """The sources that a card and the values it used rest on, each once."""
    every = [*card.cites, *(cite for part in PARTS for one in card.conditions[part] for cite in one.cites)]
    every += [cite for value in numbers.values() for cite in value.cites]
    return list(dict.fromkeys(every))


def source_entry(cite: str, profile: Profile) -> Row:
    """A citation with where it can be read; of a policy of this project also what it says."""
    source = profile.source(cite)
    policy = load_policies(house.RULES).get(cite.partition("#")[2]) if source.seen == "policy" else None
    return {
        "id": cite,
        "cited_as": as_cited(cite, profile.sources),
        "title": source.title,
        "where": source.where,
        "address": source.address,
        "what": policy.what if policy else "",
    }


def actions_of(con: Connection, folder: Path, who: list[str]) -> list[Row]:
    """What that night did or waits to do about these subjects."""
    path = folder / "plan" / "actions.parquet"
    return fetch_file(con, SQL / "actions_of.sql", {"path": file_paths(path), "case": who[0], "who": who})


def write_verdicts(
    store: Store,
    state: str,
    as_of: date,
    remedy: str | None,
    part: str,
    to: Path | None,
    release: int | None = None,
    as_rows: bool = False,
) -> Row:
    """The rows written (to a file, or printed as CSV; handed back with `as_rows`): every subject's verdict
    with its conditions.
    """
    run = closed_run(store, Ledger.open(store.ledger_url), state, as_of, release)
    kept = Verdicts(folder_of(store, run))
    if part not in PARTS:
        raise ArrearsError(f"There is no part {part!r}", "--part", "Write enter, stay or release")
    told = [kept.select(name, part, True) for name in sorted(kept.remedies) if remedy in (None, name)]
    if not told:
        raise ArrearsError(
            f"No verdicts of {remedy or 'any remedy'}",
            kept.folder / "verdicts",
            "See `arrears night` for the remedies that are in force and on",
        )
    select = f"FROM ({' UNION ALL BY NAME '.join(told)}) ORDER BY remedy, subject_id"
    kind = "PARQUET" if to is not None and to.suffix == ".parquet" else "CSV, HEADER"
    with warehouse() as con:
        if as_rows and to is None:
            found = fetch(con, select, {})
            return {"rows": len(found), "file": None, "verdicts": found}
        target = quote(str(to)) if to is not None else "'/dev/stdout'"
        written = con.execute(f"COPY ({select}) TO {target} (FORMAT {kind})").fetchone()
    return {"rows": written[0] if written else 0, "file": str(to) if to else None}


def print_explanation(told: Row, out: Console) -> None:
    """Prints an explanation as a good caseworker's note would read."""
    out.print(f"[bold]{told['case']} on the night of {told['as_of']}, {told['state'].upper()}[/bold]")
    if told["purged"]:
        out.print(f"[yellow]{escape(told['purged'])} What was decided, and by which rule, follows.[/yellow]")
    for one in told["remedies"]:
        out.print(f"\n[bold]{escape(one['headline'])}[/bold]")
        if one["amount_cents"] is not None:
            out.print(f"  About {one['subject']}, {dollars(one['amount_cents'])}.")
        print_counted(one["cases"], out)
        for part, asks in _PART_ASKS.items():
            if part != "enter" and one["verdict"] == "clear" and not _has_acts(told, one["remedy"]):
                continue
            out.print(f"  {asks} [bold]{_SAYS[one['parts'][part]['verdict']]}[/bold]")
            # What decides comes first; what is met or plain comes after it, in the order of the card.
            conditions = one["parts"][part]["conditions"]
            for condition in sorted(conditions, key=is_met):
                _print_condition(condition, out)
        out.print(f"  If this were wrong: {escape(one['if_wrong'])}")
        out.print(f"  Innocent explanation to look for: {escape(one['innocent'])}")
    for act in told["acts"]:
        due = f", by {act['due_on']}" if act["due_on"] else ""
        why = ", ".join(one.replace("_", " ") for one in act["because"] or [])
        why = escape(f" ({why})") if why and act["status"] == "needs_person" else ""
        out.print(f"Act: {act['remedy']} {act['step']} is {act['status'].replace('_', ' ')}{due}{why}.")
        if "clock" in act:
            _print_clock(act["clock"], act["clock"]["cites"], out)
    for one in told["deadlines"]:
        out.print(f"Deadline: {escape(one['said'])} [bold]{one['status'].replace('_', ' ')}[/bold]")
        _print_clock(one["clock"], list(dict.fromkeys([*one["clock"]["cites"], *one["cites"]])), out)
    if not told["remedies"]:
        out.print("No remedy decided anything about it.")


def is_met(condition: Row) -> bool:
    """Whether a condition stands in nobody's way: it holds, or the state does not ask for it."""
    return condition["answer"] is True or condition["is_waived"]


def _has_acts(told: Row, remedy: str) -> bool:
    return any(act["remedy"] == remedy for act in told["acts"])


def _print_clock(clock: Row, cites: list[str], out: Console) -> None:
    out.print(f"    {escape(clock_sentence(clock))} [dim]{escape('; '.join(written(cites)))}[/dim]")


def _print_condition(condition: Row, out: Console) -> None:
    law = escape("; ".join(written(condition["cites"])))
    if condition["is_waived"]:
        out.print(f"    [dim]waived {escape(condition['text'])} {law}[/dim]")
        return
    color = {True: "green", False: "red", None: "yellow"}[condition["answer"]]
    under = f" ({condition['reading']} reading)" if condition["reading"] else ""
    mark = f"[{color}]{_MARK[condition['answer']]}[/{color}]"
    lead, grounds = listed_grounds(condition["text"])
    out.print(f"    {mark}{under} {escape(lead)} [dim]{law}[/dim]")
    for ground in grounds:
        out.print(f"        - {escape(ground)}")
    for quote_ in condition["quotes"]:
        out.print(f"        [dim]“{escape(quote_)}”[/dim]")
    if condition["rows"]:
        out.print(f"        [dim]{escape('; '.join(condition['rows']))}[/dim]")
