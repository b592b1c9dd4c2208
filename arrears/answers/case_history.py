"""The life of a case over its closed nights: one line a change, each with what brought it about.

Verdicts change between nights: because of data, of a rule, or only because a day went by. Episodes, acts and
people's decisions are told by the ledger, on the day on which they counted.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from arrears import house
from arrears.answers.background_answers import Progress, in_silence, manifest_of
from arrears.answers.closed_nights import ClosedNight, closed_nights
from arrears.answers.display import PLACE, display_value, fetch, fetch_file
from arrears.answers.explain import is_protected, subjects_of
from arrears.answers.explain_conditions import explain_condition
from arrears.answers.runs import purged_word
from arrears.data.beside import kept_rows
from arrears.data.store import Store
from arrears.data.warehouse import Connection, file_list, warehouse
from arrears.errors import ArrearsError
from arrears.law.catalog import described_facts
from arrears.law.profile import Profile, UnsetValue
from arrears.law.remedy import Card, load_cards, title_of
from arrears.law.verdicts import Asked, Verdicts
from arrears.ledger import Ledger
from arrears.values import Row, dollars

SQL = Path(__file__).with_name("sql")
DATA, RULE, CALENDAR, PERSON, ENGINE = "data", "rule", "calendar", "person", "engine"
PURGED = "purged"  # the facts that would tell the cause
MOST_TOLD = 3  # conditions that one line tells


@dataclass(frozen=True)
class Change:
    """One line of a life: on which day, about what, how it was, how it is, and why."""

    on: date
    # verdict, debt, episode, act or decision
    kind: str
    remedy: str
    subject: str
    what: str
    was: str
    now: str
    cause: str
    because: tuple[str, ...] = ()


@dataclass
class Seen:
    """What one night said of a case: each verdict with its conditions' answers, and the case's own debt."""

    night: ClosedNight
    may_tell: tuple[str, ...]
    verdicts: dict[tuple[str, str], tuple[str, Row]] = field(default_factory=dict)
    debts: dict[str, Row] = field(default_factory=dict)
    asked: Mapping[tuple[str, str], Asked] = field(default_factory=dict)
    # Its facts were purged: what was decided stays.
    is_purged: bool = False


def case_history(store: Store, case: str, state: str | None = None, progress: Progress = in_silence) -> Row:
    """Every change in the life of a case (or of a person's debts), oldest first, as JSON values."""
    ledger = Ledger.open(store.ledger_url)
    if state:
        Profile.load(house.RULES, state)  # an unknown state is said to be one
    where = [state] if state else ledger.states()
    found = {one: who for one in where if (who := _known_as(store, one, case))}
    if len(found) != 1:
        many = f"{case} is known in {', '.join(found)}" if found else f"No case or person {case}"
        do = "Say which with --state" if found else "Give a case or person number as the caseload has it"
        raise ArrearsError(many, store.address, do)
    [(state, who)] = found.items()
    profile, cards = Profile.load(house.RULES, state), load_cards(house.RULES)
    changes: list[Change] = []
    before: Seen | None = None
    nights, purged = closed_nights(store, state), 0
    for night in nights:
        is_purged = bool(purged_word(store, ledger, night.run))
        purged += is_purged
        with warehouse() as con:
            seen = _look(con, night, case, is_purged)
            if seen is not None:
                if before is not None and is_purged:
                    seen.debts = before.debts | seen.debts
                changes += _compare(con, before, seen, profile, cards)
                before = seen
        progress(night.as_of.isoformat(), {})
    changes += _told_by_ledger(ledger, state, case, who, cards)
    order = {"debt": 0, "verdict": 1, "decision": 2, "episode": 3, "act": 4}
    changes.sort(key=lambda one: (one.on, order[one.kind], one.remedy, one.subject, one.what))
    return {
        "state": state,
        "case": case,
        "nights": len(nights),
        "purged_nights": purged,
        "changes": [asdict(one) | {"on": one.on.isoformat(), "because": [*one.because]} for one in changes],
    }


def _known_as(store: Store, state: str, case: str) -> list[str]:
    """The case and its persons, as the last night that knew it has them; nothing where none did."""
    try:
        nights = closed_nights(store, state)
    except ArrearsError:
        return []
    with warehouse() as con:
        for night in reversed(nights):
            try:
                return subjects_of(con, night.folder, case)
            except ArrearsError:
                continue
    return []


def _look(con: Connection, night: ClosedNight, case: str, is_purged: bool) -> Seen | None:
    """What one night said of a case; None where it did not know it."""
    try:
        who = subjects_of(con, night.folder, case)
    except ArrearsError:
        return None
    kept = Verdicts(night.folder)
    # Never the last four of an account, and no place of a protected parent.
    may_tell = () if is_protected(con, night.folder, who) else (PLACE,)
    seen = Seen(night, may_tell, asked=kept.asked, is_purged=is_purged)
    for facts, path in kept.tables.items():
        told = {"verdicts": f"FROM read_parquet({file_list([path])})", "case": case, "who": who}
        for row in fetch_file(con, SQL / "verdicts_of.sql", told):
            for one in (one for one in kept.asked.values() if (one.facts, one.part) == (facts, "enter")):
                answer = _told(row, one.verdict)
                word = "unknown" if answer is None else "flag" if answer else "clear"
                seen.verdicts[one.remedy, row["subject_id"]] = (word, row)
    debts = kept_rows(night.folder / "facts" / "case_facts.parquet")
    mine = f"FROM ({debts}) WHERE case_id = $case OR person_id = $case"
    seen.debts = {str(row["case_id"]): row for row in fetch(con, mine, {"case": case})}
    return seen


def _compare(
    con: Connection, before: Seen | None, now: Seen, profile: Profile, cards: Mapping[str, Card]
) -> Iterator[Change]:
    """What one night says otherwise than the one before it; of the first night, what it flags."""
    yield from _debts(before, now)
    for (remedy, subject), (word, row) in sorted(now.verdicts.items()):
        was, old = before.verdicts.get((remedy, subject), ("", {})) if before else ("", {})
        if was == word or (not was and word == "clear") or remedy not in cards:
            continue
        card = cards[remedy].here(profile, now.night.as_of)
        cause, because = _why(con, before, now, card, profile, subject, old, row)
        yield Change(
            now.night.as_of, "verdict", remedy, subject, card.title, was or "not there", word, cause, because
        )
    for (remedy, subject), (was, _) in sorted(before.verdicts.items()) if before else ():
        if (remedy, subject) not in now.verdicts and was != "clear":
            yield Change(
                now.night.as_of, "verdict", remedy, subject, title_of(cards, remedy), was, "not there", DATA
            )


def _debts(before: Seen | None, now: Seen) -> Iterator[Change]:
    """The debt of each case where it became another, with the payment that came, if one did."""
    for case, row in sorted(now.debts.items()):
        old = before.debts.get(case, {}) if before else {}
        was, is_now = old.get("owed_cents"), row["owed_cents"]
        if old and was == is_now:
            continue
        paid = row["last_payment_on"] if row["last_payment_on"] != old.get("last_payment_on") else None
        because = []
        if paid is not None:
            because.append(f"Paid {dollars(row['last_payment_cents'] or 0)} on {paid}.")
        told = [display_value(one, "cents") for one in (was, is_now)]
        is_known = old or (before is not None and before.is_purged)
        yield Change(
            *(now.night.as_of, "debt", "", case, "Owed"),
            *(told[0] if is_known else "not there", told[1], DATA, tuple(because)),
        )


def _why(
    con: Connection,
    before: Seen | None,
    now: Seen,
    card: Card,
    profile: Profile,
    subject: str,
    old: Row,
    row: Row,
) -> tuple[str, tuple[str, ...]]:
    """The cause of a changed verdict, and the sentences of the conditions that answered otherwise."""
    asked = now.asked[card.remedy, "enter"]
    was = before.asked.get((card.remedy, "enter")) if before else None
    changed = [
        name
        for name in asked.acting
        if was is None
        or name not in was.conditions
        or not old
        or _told(old, was.column(name)) is not _told(row, asked.column(name))
    ]
    known = {one.name: one for one in card.conditions["enter"]}
    facts = _facts(con, now, asked.facts, subject)
    earlier = _facts(con, before, asked.facts, subject) if before else None
    try:
        numbers: dict[str, Any] = dict(card.numbers(profile, now.night.as_of))
    except UnsetValue:
        numbers = {}
    described = (described_facts(house.FACTS) or {})[card.facts]
    answers = {name: _told(row, asked.column(name)) for name in changed}
    decides = [name for name in changed if answers[name] is not True] or (changed if old else [])
    said = tuple(
        explain_condition(known[name], answers[name], facts, numbers, described, profile, now.may_tell)[
            "text"
        ]
        for name in decides[:MOST_TOLD]
        if name in known
    )
    if not decides:
        said = ("Every condition is met.",)
    read = {fact for name in changed if name in known for fact in known[name].facts}
    is_purged = (facts is None and now.is_purged) or (earlier is None and before and before.is_purged)
    if not old or (not is_purged and _differs(facts or {}, earlier or {}, read)):
        return DATA, said
    if before and _law_changed(before, now, card):
        return RULE, said
    return (PURGED if is_purged else CALENDAR), said


def _differs(one: Row, other: Row, facts: Iterable[str]) -> bool:
    return any(one.get(name) != other.get(name) for name in facts)


def _told(row: Row, column: str) -> Any:
    """What a kept verdict's row says in a column that is named as SQL names it."""
    return row.get(column.strip('"'))


def _facts(con: Connection, seen: Seen, facts: str, subject: str) -> Row | None:
    """A subject's row of a facts table; None where there is none."""
    path = seen.night.folder / "facts" / f"{facts}.parquet"
    found = fetch(con, f"FROM ({kept_rows(path)}) WHERE subject_id = $subject", {"subject": subject})
    return found[0] if found else None


def _law_changed(before: Seen, now: Seen, card: Card) -> bool:
    """Whether a remedy stood under another law on the two nights: a value, a reading, a waiver, its card."""
    was, is_now = (manifest_of(one.night.folder)["law"] for one in (before, now))
    keys = card.needs.values()
    return was["remedies"].get(card.remedy) != is_now["remedies"].get(card.remedy) or any(
        was["values"].get(key) != is_now["values"].get(key) for key in keys
    )


def _told_by_ledger(
    ledger: Ledger, state: str, case: str, who: list[str], cards: Mapping[str, Card]
) -> Iterator[Change]:
    """Episodes, acts and decisions of a case, each on the day on which it counted."""
    told = ledger.life_of(state, case, [one for one in who if one != case] or who)
    for one in told["episodes"].to_pylist():
        title = f"{title_of(cards, one['remedy'])}, episode {one['ordinal']}"
        about = ("episode", one["remedy"], one["subject_id"], title)
        if one["opened_on"]:
            yield Change(one["opened_on"], *about, "not there", "open", ENGINE)
        if one["closed_on"]:
            reason = str(one["close_reason"]).replace("_", " ")
            yield Change(one["closed_on"], *about, "open", "closed", ENGINE, (reason,))
    for one in told["published"].to_pylist():
        title = f"{title_of(cards, one['remedy'])}, {one['step']}"
        amount = f", {dollars(one['amount_cents'])}" if one["amount_cents"] is not None else ""
        by = "before this system" if not one["batch_no"] else f"batch {one['batch_no']}"
        now = f"{one['message']} to {one['queue'].replace('_', ' ')}{amount}"
        if one["published_on"]:
            yield Change(
                *(one["published_on"], "act", one["remedy"], one["subject_id"], title),
                *("", now, ENGINE, (by,)),
            )
    for one in told["decisions"].to_pylist():
        title = f"{title_of(cards, one['remedy'])}, {one['step']}" if one["remedy"] else one["item_id"]
        yield Change(
            *(one["decided_on"], "decision", one["remedy"], one["subject_id"], title),
            *("", one["decision"], PERSON, (f"{one['by_user']}: {one['because']}",)),
        )


def print_history(found: Row, out: Console) -> None:
    """Prints a life, one line a change."""
    out.print(
        f"[bold]{escape(found['case'])} over {found['nights']:,} nights, {found['state'].upper()}[/bold]"
    )
    if found["purged_nights"]:
        out.print(
            f"[yellow]The facts of {found['purged_nights']:,} of these nights were purged: of those it tells"
            " what was decided, by which rule.[/yellow]"
        )
    table = Table("day", "what", "was", "now", "cause", "because")
    for one in found["changes"]:
        what = f"{one['what']} ({one['subject']})" if one["subject"] != found["case"] else one["what"]
        because = " ".join(one["because"])
        table.add_row(one["on"], *map(escape, (what, one["was"], one["now"], one["cause"], because)))
    out.print(table if found["changes"] else "Nothing changed in any night.")
