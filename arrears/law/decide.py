"""One verdict per subject and part of a remedy, with every named condition beside it.

All acting conditions true: flag. Any false: clear. Otherwise some are not known: unknown. Of a release
any ground that is true: flag; all false: clear. SQL's own three-valued AND and OR say exactly that, so a
missing fact can never count as "no".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from arrears.data.warehouse import Connection, ask_sql_file, file_paths, quote, write_parquet
from arrears.errors import ArrearsError
from arrears.law.profile import Profile, Reading, UnsetValue
from arrears.law.remedy import PARTS, Card, Part
from arrears.sqltext import columns

SQL = Path(__file__).with_name("sql")

VERDICTS = ("flag", "clear", "unknown")
_KEYS = ("case_id", "person_id", "office", "worker")


@dataclass(frozen=True)
class Decided:
    """What became of a remedy this night: rows by part and verdict, or why it is off."""

    remedy: str
    off: str | None = None
    counts: Mapping[Part, Mapping[str, int]] = field(default_factory=dict)
    readings_differ: Mapping[Part, int] = field(default_factory=dict)


def decide(con: Connection, profile: Profile, card: Card, as_of: date, folder: Path) -> Decided:
    """The counts of a remedy's verdicts, after writing `<folder>/<remedy>.<part>.parquet`.

    A remedy that is not in force, or needs a value that nobody has set, is off: it writes nothing
    and removes what an earlier try of the same night has written.
    """
    off = why_off(profile, card, as_of)
    if off is not None:
        for part in PARTS:
            verdict_path(folder, card, part).unlink(missing_ok=True)
        return Decided(card.remedy, off)
    reading, waived = profile.reading(card.remedy, as_of), profile.waivers(card.remedy, as_of)
    # What a decision rests on is hashed once a remedy, not once a part.
    con.execute(f"CREATE OR REPLACE TEMP TABLE known AS {known_select(card, card.relation)}")
    counts: dict[Part, dict[str, int]] = {}
    parted: dict[Part, int] = {}
    for part in PARTS:
        path = verdict_path(folder, card, part)
        select = verdict_select(card, part, reading, waived, known="FROM known")
        write_parquet(con, select, path, dict(card.params(profile, as_of, part)))
        assert_one_row_per_subject(con, card, part, path)
        rows = ask_sql_file(con, SQL / "verdict_counts.sql", {"path": file_paths(path)}).fetchall()
        counts[part] = {**dict.fromkeys(VERDICTS, 0), **{row[0]: int(row[1]) for row in rows}}
        parted[part] = sum(int(row[2]) for row in rows)
    con.execute("DROP TABLE known")
    return Decided(card.remedy, None, counts, parted)


def verdict_path(folder: Path, card: Card, part: Part) -> Path:
    """Where the verdicts of a part lie in a night's `verdicts` folder."""
    return folder / f"{card.remedy}.{part}.parquet"


def why_off(profile: Profile, card: Card, as_of: date) -> str | None:
    """Why a remedy does not run on a day, or None where it does."""
    if not card.is_count and card.remedy not in profile.remedies_in_force(as_of):
        return f"{card.title} is not in force in {profile.name} on {as_of}"
    try:
        card.numbers(profile, as_of)
    except UnsetValue as unset:
        return unset.what
    return None


def waiver_faults(profile: Profile, cards: Mapping[str, Card]) -> list[str]:
    """What is wrong with what a state uses, waives and adds, seen against the cards there are."""
    faults = [
        f"{profile.state}: {one.remedy} is in force, but there is no such card"
        for one in profile.in_force
        if one.remedy not in cards
    ]
    named = {name: {c.name for part in PARTS for c in card.conditions[part]} for name, card in cards.items()}
    named |= {one.name: {c.name for c in one.conditions} for card in cards.values() for one in card.counts}
    for one in profile.waived:
        if one.condition not in named.get(one.remedy, set()):
            faults.append(f"{profile.state}: waives {one.remedy}.{one.condition}, which no card holds")
    for added in profile.added:
        if added.remedy not in named:
            faults.append(f"{profile.state}: adds {added.condition} to {added.remedy}, which there is not")
        elif added.condition in named[added.remedy]:
            faults.append(f"{profile.state}: adds {added.condition}, which {added.remedy} asks for already")
    return faults


def assert_one_row_per_subject(con: Connection, card: Card, part: Part, path: Path) -> None:
    """Raises where the facts or the part's SELECT lose, repeat or do not name a subject.

    Looked at in what was written: the SELECT need not run twice, and the step that raises is run again.
    """
    asked = {"facts": card.relation, "path": file_paths(path)}
    row = ask_sql_file(con, SQL / "row_counts.sql", asked).fetchone()
    if row is None or len(set(row)) != 1:
        raise ArrearsError(
            f"{card.title}, {part}: {row} rows and subjects where all four counts must agree",
            card.relation,
            "Make the facts table hold one row per subject",
        )


def verdict_select(
    card: Card,
    part: Part,
    reading: Reading,
    waived: Mapping[str, Any],
    relation: str | None = None,
    known: str | None = None,
) -> str:
    """The SELECT that makes a part's verdict table, ordered by subject.

    Conditions that belong to the other reading, or that the state waives, are computed and shown,
    but do not decide.
    """
    known = known or known_select(card, relation or card.relation)
    acting = [one.name for one in card.acting(part, reading, waived)]
    guide = joined(part, [one.name for one in card.acting(part, "guide", waived)])
    law = joined(part, [one.name for one in card.acting(part, "law", waived)])
    # What a release rests on are the grounds that have come; what nothing came of are all that were asked.
    when_flag = named(acting, "IS TRUE") if part == "release" else "CAST([] AS VARCHAR[])"
    judged = {
        "under_guide": guide,
        "under_law": law,
        "acts": joined(part, acting),
        "came": when_flag,
        "untrue": named(acting, "IS FALSE"),
        "missing": named(acting, "IS NULL"),
    }
    verdict = {
        "remedy": quote(card.remedy),
        "part": quote(part),
        **{name: name for name in ("subject_id", *_KEYS)},
        "verdict": verdict_of("acts"),
        "because": "CASE WHEN acts THEN came WHEN NOT acts THEN untrue ELSE missing END",
        "guide_verdict": verdict_of("under_guide"),
        "law_verdict": verdict_of("under_law"),
        "readings_differ": "under_guide IS DISTINCT FROM under_law",
        **{name: name for name in ("amount_cents", "facts_hash")},
        **{f'"{one.name}"': f'"{one.name}"' for one in card.conditions[part]},
    }
    each = f"answered AS ({card.select(part, relation)}), rested AS ({known})"
    both = f"SELECT *, {columns(judged)} FROM answered JOIN rested USING (subject_id)"
    return f"WITH {each}, judged AS ({both}) SELECT {columns(verdict)} FROM judged ORDER BY subject_id"


def known_select(card: Card, relation: str) -> str:
    """The SELECT of what every part tells of a subject: who it is, the amount, what it rests on."""
    amount = f'"{card.amount}"' if card.amount else "NULL"
    asked = {"amount_cents": f"CAST({amount} AS BIGINT)", "facts_hash": facts_hash(card.rests_on)}
    return f"SELECT subject_id, {', '.join(_KEYS)}, {columns(asked)} FROM {relation}"


def joined(part: Part, names: list[str]) -> str:
    """SQL that is true, false or NULL as all these columns together are; of a release, as any of them is."""
    if not names:
        # Everything waived must never mean that everybody is flagged.
        return "CAST(NULL AS BOOLEAN)"
    word = " OR " if part == "release" else " AND "
    return "(" + word.join(f'"{name}"' for name in names) + ")"


def named(names: list[str], state: str) -> str:
    """SQL for the list of those columns' names that are in a state such as `IS NULL`."""
    if not names:
        return "CAST([] AS VARCHAR[])"
    cases = ", ".join(f'CASE WHEN "{name}" {state} THEN {quote(name)} END' for name in names)
    return f"list_filter([{cases}], lambda name: name IS NOT NULL)"


def verdict_of(column: str) -> str:
    """SQL for the word of a three-valued column."""
    return f"CASE WHEN {column} THEN 'flag' WHEN NOT {column} THEN 'clear' ELSE 'unknown' END"


def facts_hash(facts: tuple[str, ...]) -> str:
    """SQL for a hash of the facts that a decision rests on; NULL and empty text differ."""
    parts = ", ".join(f"""'{one}=', coalesce('+' || CAST("{one}" AS VARCHAR), '-')""" for one in facts)
    # Half of it tells any two decisions apart, and is half the bytes of every night.
    return f"left(sha256(concat_ws(chr(31), {parts})), 32)" if facts else "left(sha256(''), 32)"
