"""Why a case was flagged on a night, why not, and how near: told from that night's own rows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from arrears import house
from arrears.answers.display import LAST_FOUR, PLACE, fetch, fetch_file
from arrears.answers.explain_clocks import add_clocks, deadlines_of
from arrears.answers.explain_conditions import explain_condition, explain_counts, mark_of
from arrears.answers.explain_rows import RunRows
from arrears.answers.runs import closed_run, folder_of, purged_word
from arrears.data.store import Store
from arrears.data.warehouse import Connection, ask_sql_file, file_paths, quote, warehouse
from arrears.errors import ArrearsError
from arrears.law.citations import Policy, as_cited
from arrears.law.profile import Profile, UnsetValue
from arrears.law.remedy import PARTS, Card, Part, load_cards, title_of
from arrears.law.verdicts import Verdicts
from arrears.ledger import Ledger
from arrears.values import Row

SQL = Path(__file__).with_name("sql")

# How an explanation is ordered: what was flagged or is under way, what nobody knows, the rest.
UNDER_WAY, NOT_DECIDED, NOT_FLAGGED = "under_way", "not_decided", "not_flagged"
GROUPS = (UNDER_WAY, NOT_DECIDED, NOT_FLAGGED)


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
        rows = RunRows(con, kept, tuple(who))
        told = [
            explain_subject(rows, card.here(profile, as_of), profile, as_of, one, may_tell)
            for card in cards.values()
            if remedy in (None, card.remedy) and card.remedy in kept.remedies
            for one in rows.verdicts(card.remedy, "enter")
        ]
        acts = [one | {"title": title_of(cards, one["remedy"])} for one in actions_of(con, folder, who)]
        add_clocks(con, folder, acts, profile, as_of)
        deadlines = deadlines_of(con, folder, who, profile, as_of)
    return {
        "state": state,
        "as_of": as_of.isoformat(),
        "case": subject,
        "night": folder.name,
        "purged": f"The facts of this night were {purged}." if purged else None,
        "remedies": sorted(told, key=lambda one: GROUPS.index(one["group"])),
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


def explain_subject(
    rows: RunRows, card: Card, profile: Profile, as_of: date, enter: Row, may_tell: Collection[str]
) -> Row:
    """One remedy for one subject: whether it may begin and, where it has, the two questions after it."""
    subject = enter["subject_id"]
    try:
        numbers: dict[str, Any] = {name: value for name, value in card.numbers(profile, as_of).items()}
    except UnsetValue:
        numbers = {}
    episode = rows.episode(card.remedy, subject)
    ask = _Asking(rows, card, profile, as_of, numbers, may_tell)
    parts: dict[str, Row | None] = {
        part: ask.part(part, subject) if part == "enter" or episode else None for part in PARTS
    }
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
        "episode": {name: episode[name] for name in ("episode_id", "opened_on", "is_new")}
        if episode
        else None,
        "group": group_of(enter["verdict"], episode),
        "headline": headline(card.title, enter, parts, episode),
        "parts": parts,
        "cases": explain_counts(
            rows.counted(enter["person_id"]) if card.counts else [], card, profile, as_of, may_tell
        ),
        "if_wrong": card.if_wrong,
        "innocent": card.innocent,
        "sources": [
            source_entry(cite, profile, rows.policies) for cite in profile.citable(cited(card, numbers))
        ],
    }


@dataclass(frozen=True)
class _Asking:
    """What the questions of one remedy are told from: its card, the law of the day, and the run's rows."""

    rows: RunRows
    card: Card
    profile: Profile
    as_of: date
    numbers: Mapping[str, Any]
    may_tell: Collection[str]

    def part(self, part: Part, subject: str) -> Row:
        """One question: its verdict, how many of those that decide are met, and each condition."""
        row = self.rows.verdict(self.card.remedy, part, subject)
        facts = self.rows.facts(self.card.facts, subject)
        acting = frozenset(self.rows.kept.asked[self.card.remedy, part].acting)
        described = self.rows.described[self.card.facts]
        waived = self.profile.waivers(self.card.remedy, self.as_of)
        told = [
            explain_condition(
                one,
                row[one.name],
                facts,
                self.numbers,
                described,
                self.profile,
                self.may_tell,
                waived.get(one.name),
            )
            for one in self.card.conditions[part]
        ]
        for one in told:
            one["is_asked"] = one["condition"] in acting
            one["decides"] = decides(part, row, one)
            one["mark"] = mark_of(part, one)
        asked = [one for one in told if one["is_asked"]]
        return {
            "verdict": row["verdict"],
            "because": row["because"],
            "asked": len(asked),
            "met": sum(one["answer"] is True for one in asked),
            "conditions": told,
        }


def decides(part: Part, row: Row, one: Row) -> bool:
    """Whether a condition is what a reader has to see: why not, or, of what may begin, why.

    A release that nothing asks for rests on every ground alike. A flag rests on what is no protection; where
    the other reading would not flag, on what stands in its way.
    """
    if part == "enter" and row["verdict"] == "flag":
        return (
            not one["is_protection"]
            if one["is_asked"]
            else bool(one["reading"]) and one["answer"] is not True
        )
    return one["condition"] in (row["because"] or []) and not (part == "release" and one["answer"] is False)


def group_of(verdict: str, episode: Row | None) -> str:
    """Where a remedy stands in an explanation: under way, not decided for want of a fact, or not flagged."""
    if verdict == "flag" or episode:
        return UNDER_WAY
    return NOT_DECIDED if verdict == "unknown" else NOT_FLAGGED


def headline(title: str, enter: Row, parts: Mapping[str, Row | None], episode: Row | None) -> str:
    """The verdict in one sentence, with how near it was."""
    begun = f"{title}: under way since {episode['opened_on']}" if episode and not episode["is_new"] else ""
    stay, release = parts["stay"], parts["release"]
    if begun and release and release["verdict"] == "flag":
        text = f"{begun}; to be taken back."
    elif begun and stay and stay["verdict"] != "flag":
        said = "may not go on" if stay["verdict"] == "clear" else "whether it may go on is not known"
        text = f"{begun}; {said}."
    elif begun:
        text = f"{begun}, and may go on."
    else:
        text = f"{title}: {_begins(enter['verdict'], parts['enter'] or {})}"
    if enter["readings_differ"]:
        text += (
            f" The agency's guide says {enter['guide_verdict']}, the statute {enter['law_verdict']}:"
            " a person decides."
        )
    return text


def _begins(verdict: str, enter: Row) -> str:
    waived = sum(one["is_waived"] for one in enter["conditions"])
    if verdict == "flag":
        # Nobody reads "all met" of what this state does not ask for.
        rest = f" {waived} more {'is' if waived == 1 else 'are'} waived here." if waived else ""
        return f"flagged; all {enter['asked']} conditions are met.{rest}"
    several = len(enter["because"])
    if verdict == "unknown":
        return f"not decided; {'one fact is' if several == 1 else 'facts are'} missing. {_first(enter)}"
    how = "for one reason only" if several == 1 else f"for {several} reasons"
    return f"not flagged, {how}. {_first(enter)}"


def _first(part: Row) -> str:
    """The first condition that decided, in its sentence, and how many more there are."""
    told = [one["text"] for one in part["conditions"] if one["decides"]]
    more = f" And {len(told) - 1} more." if len(told) > 1 else ""
    return f"{told[0]}{more}" if told else ""


def cited(card: Card, numbers: dict[str, Any]) -> list[str]:
    """The sources that a card and the values it used rest on, each once."""
    every = [*card.cites, *(cite for part in PARTS for one in card.conditions[part] for cite in one.cites)]
    every += [cite for value in numbers.values() for cite in value.cites]
    return list(dict.fromkeys(every))


def source_entry(cite: str, profile: Profile, policies: Mapping[str, Policy]) -> Row:
    """A citation with where it can be read; of a policy of this project also what it says."""
    source = profile.source(cite)
    policy = policies.get(cite.partition("#")[2]) if source.seen == "policy" else None
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
