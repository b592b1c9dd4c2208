"""What if a value were each one of a range: how many parents enter and leave at each, as a curve.

Each point is a what-if of its own; the value that stands that night is a point too, at which nothing moves.
"""

from collections.abc import Sequence
from datetime import date

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from arrears import house
from arrears.answers.background_answers import Progress, in_silence
from arrears.answers.display import measured
from arrears.compare.changes import Change, requested_changes
from arrears.compare.what_if import what_if
from arrears.compare.what_if_report import report
from arrears.data.store import Store
from arrears.errors import ArrearsError
from arrears.law.profile import Profile
from arrears.law.remedy import load_cards
from arrears.values import Row, dollars

POINTS, MOST_POINTS = 9, 50
_SHOWN = ("enters", "enters_cents", "leaves", "leaves_cents", "becomes_unknown", "more_minutes")
_WANTED = "Write it as KEY=LOW..HIGH, such as license.no_payment_days=30..120"


def sweep(
    store: Store,
    state: str,
    as_of: date,
    asked: str,
    points: int = POINTS,
    remedy: str | None = None,
    offices: frozenset[str] | None = None,
    progress: Progress = in_silence,
) -> Row:
    """Who would enter and leave at each value of a range, `KEY=LOW..HIGH`, with dollars and minutes of work.

    The values are whole numbers in equal steps, `points` of them, and the one that stands. Refuses a
    value that is no number, and a range that is none.
    """
    low, high = read_range(state, as_of, asked)
    stands = low.was if isinstance(low.was, int) and not isinstance(low.was, bool) else None
    values = steps_between(low.now, high.now, points, stands)
    found = []
    for number, value in enumerate(values, 1):
        if value == stands:
            totals: Row = dict.fromkeys(_SHOWN, 0)
        else:
            written = f"{value}{' cents' if low.unit == 'cents' else ''}"
            answer = what_if(store, state, as_of, [f"{low.key}={written}"], remedy=remedy)
            totals = report(answer, size=0, offices=offices)["totals"]
        found.append({"value": value, "stands": value == stands, **{name: totals[name] for name in _SHOWN}})
        progress(f"{number} of {len(values)}", {})
    return {
        "state": state,
        "as_of": as_of.isoformat(),
        "key": low.key,
        "called": low.called,
        "unit": low.unit,
        "stands": stands,
        "cites": [*low.cites],
        "remedy": remedy,
        "points": found,
    }


def read_range(state: str, as_of: date, asked: str) -> tuple[Change, Change]:
    """The lowest and the highest value of a range, as changes of the value that stands."""
    name, equals, written = asked.partition("=")
    low, dots, high = written.partition("..")
    if not equals or not dots:
        raise ArrearsError(f"{asked!r} is not a range", "--range", _WANTED)
    profile, cards = Profile.load(house.RULES, state), load_cards(house.RULES)
    first, last = (
        requested_changes(profile, cards, [f"{name}={one}"], as_of)[0] for one in (low.strip(), high.strip())
    )
    if any(not isinstance(one.now, int) or isinstance(one.now, bool) for one in (first, last)):
        raise ArrearsError(
            f"{first.key} is a {first.unit}, which has no range", "--range", "Ask for one value with --set"
        )
    if first.now >= last.now:
        raise ArrearsError(f"{written!r} does not rise", "--range", _WANTED)
    return first, last


def steps_between(low: int, high: int, points: int, stands: int | None) -> list[int]:
    """So many whole numbers from low to high in equal steps, and the one that stands if within."""
    if not 1 < points <= MOST_POINTS:
        raise ArrearsError(f"{points} points make no curve", "--points", f"Ask for 2 to {MOST_POINTS}")
    found = {low + (high - low) * step // (points - 1) for step in range(points)}
    return sorted(found | ({stands} if stands is not None and low <= stands <= high else set()))


def print_sweep(found: Row, out: Console) -> None:
    """Prints the range as a table with a bar for whoever enters and leaves; the value that stands is bold."""
    whose = f", {found['remedy'].replace('_', ' ')}" if found["remedy"] else ""
    out.print(f"[bold]What if {escape(found['called'])}, on the night of {found['as_of']}{whose}[/bold]")
    table = Table("value", "enter", "", "dollars", "leave", "dollars", "minutes", "")
    most = max((max(one["enters"], one["leaves"]) for one in found["points"]), default=0)
    for one in found["points"]:
        value = escape(measured(one["value"], found["unit"]))
        table.add_row(
            f"[bold]{value}, stands[/bold]" if one["stands"] else value,
            f"{one['enters']:,}",
            "?" if one["becomes_unknown"] else "",
            dollars(one["enters_cents"]),
            f"{one['leaves']:,}",
            dollars(one["leaves_cents"]),
            f"{one['more_minutes']:+,}",
            _bar(one["enters"], most, "+") + _bar(one["leaves"], most, "-"),
        )
    out.print(table)
    if any(one["becomes_unknown"] for one in found["points"]):
        out.print("?: of some it would not be known.")
    out.print("Enter and leave are verdicts, against the night as it stands; nothing was written.")


_BAR = 24


def _bar(count: int, most: int, mark: str) -> str:
    return mark * -(-count * _BAR // most) if most else ""


def curve(points: Sequence[Row], width: int, height: int, asked: int | None = None) -> Row:
    """Where the points of a range lie in a picture of this size: two lines of parents by value.

    `asked` is the value of a what-if beside it, which is marked where it lies within the range.
    """
    low, high = points[0]["value"], points[-1]["value"]
    most = max(max(one["enters"], one["leaves"]) for one in points) or 1

    def at(one: Row, name: str) -> tuple[int, int]:
        across = (one["value"] - low) * width // max(1, high - low)
        return across, height - one[name] * height // most

    lines = {name: [at(one, name) for one in points] for name in ("enters", "leaves")}
    told = {name: " ".join(f"{x},{y}" for x, y in found) for name, found in lines.items()}
    stands = next((at(one, "enters")[0] for one in points if one["stands"]), None)
    is_within = asked is not None and low <= asked <= high
    marked = (asked - low) * width // max(1, high - low) if asked is not None and is_within else None
    marks = {"stands": stands, "asked": marked}
    return {**told, "dots": lines, "most": most, **marks, "width": width, "height": height}
