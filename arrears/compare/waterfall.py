"""What moved each list from the first run to the second: steps with their numbers, groups with a sentence."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from arrears import house
from arrears.answers.display import INSTEAD, display_value, fetch_file
from arrears.compare.causes import ORDER
from arrears.compare.compared import LISTS
from arrears.data.warehouse import Connection
from arrears.intake.feeds import load_feeds
from arrears.law.catalog import described_facts
from arrears.law.deadlines import load_deadlines
from arrears.law.remedy import load_cards, title_of
from arrears.law.work import load_kinds
from arrears.values import Row

SQL = Path(__file__).with_name("sql")
STEPS = {
    "decision": "A person decided it",
    "rule": "Another law or card",
    "code": "Another version of the engine",
    "match": "A delivered line belongs to somebody else now, or to nobody",
    "new": "New cases and persons",
    "gone": "Cases and persons that are gone",
    "data": "Other new or corrected data",
    "left": "What was due has left automatically",
    "calendar": "Time went on",
}
TITLES = {"verdict": "Flags", "act": "Acts of the night", "work": "Work list"}
MOVES = {
    "verdict": {"more": "now flagged", "fewer": "flagged no longer", "changed": "answered otherwise"},
    "act": {"more": "comes", "fewer": "goes", "changed": "says something else"},
    "work": {"more": "comes onto the list", "fewer": "leaves the list", "changed": "says something else"},
}
ANSWERS = {"true": "yes", "false": "no", "unknown": "not known"}
SHOWN = 12  # groups that the command line prints


def moved(con: Connection, bound: Row) -> Row:
    """Each list in either run, the steps between, and the groups of changed lines, each in a sentence."""
    asked = bound | {"lists": list(LISTS), "order": list(ORDER)}
    stands = fetch_file(con, SQL / "stands.sql", asked)
    steps = fetch_file(con, SQL / "steps.sql", asked)
    groups = fetch_file(con, SQL / "groups.sql", asked)
    return {
        "stands": [{**one, "title": TITLES[one["list"]]} for one in stands],
        "steps": [{**one, "title": step_title(one["step"])} for one in steps],
        "groups": [_group(one) for one in groups],
    }


def step_title(step: str) -> str:
    """What a step is called: its cause, or what the table is whose new rows it was."""
    if step in STEPS:
        return STEPS[step]
    feed, _, table = step.partition(".")
    found = load_feeds(house.FEEDS).get(feed)
    if found is None or table in found.tables:
        return (table or feed).replace("_", " ").capitalize()
    return found.title


def reason_said(line: Row) -> str:
    """What a changed line hangs on, in a sentence: the fact that moved and the condition that turned."""
    said = []
    if line["fact"]:
        says, unit = described(line["facts"], line["fact"])
        was, now = (display_fact(line[f"fact_{side}"], unit) for side in ("was", "now"))
        said.append(f"{says}: {was} → {now}")
    if line["condition"]:
        turned = " → ".join(
            ANSWERS.get(str(line[f"answer_{side}"]), str(line[f"answer_{side}"])) for side in ("was", "now")
        )
        said.append(f"{line['condition'].replace('_', ' ')}: {turned}")
    return "; ".join(said) or step_title(line["step"])


def described(table: str, fact: str) -> tuple[str, str]:
    """What a fact is in words, and its unit."""
    one: Mapping[str, Any] = (described_facts(house.FACTS) or {})[table][fact]
    return str(one["say"]), str(one["unit"])


def display_fact(value: str | None, unit: str) -> str:
    """A fact's text as people write it; of what not everybody may read, only that there is something."""
    if value is not None and unit in INSTEAD:
        return INSTEAD[unit]
    return display_value(value == "true" if unit == "yes_no" and value is not None else value, unit)


def _group(one: Row) -> Row:
    largest = one.pop("largest")
    like = {**one, **largest}
    return {
        **{name: one[name] for name in ("list", "step", "cause", "remedy", "kind", "moves")},
        "title": _subject(one, largest["key"]),
        "says": MOVES[one["list"]][one["moves"]],
        **{name: one[name] for name in ("condition", "lines", "persons", "more", "more_cents")},
        "largest": {
            **{name: largest[name] for name in ("key", "case_id", "person_id")},
            "because": reason_said(like),
        },
    }


def _subject(one: Row, key: str) -> str:
    """What a group's lines are about: a remedy and its step, a kind of work, a deadline."""
    if one["remedy"]:
        title = title_of(load_cards(house.RULES), one["remedy"])
        return title if one["kind"] == "verdict" else f"{title}, {one['kind'].replace('_', ' ')}"
    if (kind := load_kinds(house.RULES).get(one["kind"])) is not None:
        return kind.title
    deadline = load_deadlines(house.RULES).get(key.split(":")[1]) if ":" in key else None
    said = one["kind"].replace("_", " ").capitalize()
    return f"{said}: {deadline.title}" if deadline else said


def bars(stand: Row, steps: Sequence[Row], is_whole: bool = False) -> Row:
    """A waterfall: the number at which its scale begins, and its rows from what was to what is.

    Places are percent of the width. The scale begins near the lowest level, or small steps between large
    numbers could not be seen; at zero where it `is_whole`.
    """
    level: int = stand["was"]
    levels: list[int] = [level, stand["now"]]
    rows = []
    for one in steps:
        low = level - one["taken"]
        rows.append({**one, "from": level, "low": low, "level": low + one["added"]})
        levels += [low, low + one["added"]]
        level = low + one["added"]
    low, high = min(levels), max(levels)
    begins = 0 if is_whole else max(0, low - max(1, (high - low) // 10))
    width = max(1, high - begins)

    def at(number: int) -> float:
        return round(100.0 * (number - begins) / width, 2)

    def bar(low: int, high: int) -> Row:
        return {"x": at(low), "width": round(at(high) - at(low), 2)}

    ends = {
        name: {"title": name, "number": stand[name], **bar(begins, stand[name])} for name in ("was", "now")
    }
    moves = [
        {**one, "gone": bar(one["low"], one["from"]), "come": bar(one["low"], one["level"])} for one in rows
    ]
    return {"begins": begins, "bars": [ends["was"], *moves, ends["now"]]}


def print_moved(found: Row, out: Console) -> None:
    """Prints the steps of each list, then the largest groups."""
    for stand in found["stands"]:
        table = Table(
            "step",
            "more",
            "fewer",
            "otherwise",
            title=f"{stand['title']}: {stand['was']:,} → {stand['now']:,}",
        )
        for one in (one for one in found["steps"] if one["list"] == stand["list"]):
            table.add_row(
                escape(one["title"]), f"+{one['added']:,}", f"-{one['taken']:,}", f"{one['changed']:,}"
            )
        out.print(table)
    groups = Table("lines", "what", "why, of the largest", title="The largest groups")
    for one in found["groups"][:SHOWN]:
        groups.add_row(
            f"{one['lines']:,}", escape(f"{one['title']}: {one['says']}"), escape(one["largest"]["because"])
        )
    if found["groups"]:
        out.print(groups)
