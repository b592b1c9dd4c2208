"""The plots of the quality page, as SVG that is the same bytes for the same figures."""

import io
import textwrap
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arrears.data.store import write_aside
from arrears.errors import ArrearsError
from arrears.reports.percent import percent
from arrears.values import Row, dollars

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, QUIET, LINE, PAPER = "#1c2127", "#59626d", "#dfddd5", "#ffffff"
MAIN, SECOND, FAINT = "#1f5f8b", "#d98f2b", "#d5dbe0"
# Told apart by lightness as well as by hue, so that nobody needs to see the hue.
MANY = ("#12395a", "#1f5f8b", "#5b9ac4", "#a9cde4", "#8a4b08", "#d98f2b", "#f2cf94", "#c9ced3")
WIDTH_INCHES, BAR_INCHES = 8.4, 0.34
_ONE_AT_A_TIME = threading.Lock()
STYLE: dict[Any, Any] = {
    "svg.hashsalt": "arrears",
    "text.parse_math": False,  # a dollar sign is a dollar sign
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": QUIET,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.color": QUIET,
    "ytick.color": INK,
    "grid.color": "#ecebe6",
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
}


@dataclass(frozen=True)
class Plot:
    """One plot: its title, what it says in a sentence from the same figures, and how it is drawn."""

    title: str
    say: Callable[[Row], str]
    draw: Callable[[Row], "Figure"]


def svg(name: str, told: Row) -> bytes:
    """A plot of these figures as an SVG file; the same figures give the same bytes."""
    if name not in PLOTS:
        raise ArrearsError(f"There is no plot {name!r}", "quality", f"Known: {', '.join(PLOTS)}")
    # Here, since most commands never draw.
    import matplotlib as mpl

    out, style = io.BytesIO(), dict(mpl.rcParamsDefault) | STYLE
    # The style belongs to the whole process: two that draw at once would lend each other theirs.
    with _ONE_AT_A_TIME, mpl.rc_context(style):
        figure = PLOTS[name].draw(told)
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()


def write_plots(told: Row, folder: Path) -> list[Path]:
    """The files of all plots, written to a folder."""
    made = {folder / f"{told['state']}-{told['as_of']}-{name}.svg": svg(name, told) for name in PLOTS}
    for path, data in made.items():
        write_aside(path, data)
    return list(made)


def _figure(title: str, height_inches: float) -> "tuple[Figure, Axes]":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_INCHES, height_inches), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.14, h_pad=0.12)  # type: ignore[union-attr,call-arg]
    axes = figure.add_subplot()
    axes.set_title(title, loc="left", fontsize=11.5, fontweight="bold", pad=12)
    axes.tick_params(length=0)
    return figure, axes


def _nothing(title: str, words: str) -> "Figure":
    figure, axes = _figure(title, 1.6)
    axes.set_axis_off()
    axes.text(0, 0.5, words, color=QUIET, transform=axes.transAxes)
    return figure


def _lists(told: Row) -> "Figure":
    nights, titles = told["lists"], told["kinds"]
    figure, axes = _figure(PLOTS["lists"].title, 3.9)
    bottoms = [0] * len(nights)
    for color, (label, kinds) in zip(MANY, _grouped(nights, titles), strict=False):
        heights = [sum(night["kinds"].get(kind, 0) for kind in kinds) for night in nights]
        axes.bar(range(len(nights)), heights, bottom=bottoms, width=0.62, color=color, label=label)
        bottoms = [low + high for low, high in zip(bottoms, heights, strict=True)]
    if len(nights) <= 14:
        for place, total in enumerate(bottoms):
            axes.text(
                place, total, f"{total:,}\n", ha="center", va="center", fontweight="bold", linespacing=2.2
            )
    each = max(1, -(-len(nights) // 12))
    axes.set_xticks(range(0, len(nights), each), [night["as_of"] for night in nights[::each]])
    axes.set_xlim(-0.6, max(len(nights), 5) - 0.4)
    axes.set_ylabel("lines")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.margins(y=0.12)
    axes.grid(axis="y")
    axes.spines["left"].set_visible(False)
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(
        handles[::-1], labels[::-1], loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False, fontsize=8.8
    )
    return figure


def _grouped(nights: Sequence[Row], titles: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """The kinds with the most lines, largest first, and all others as one."""
    sums = {kind: sum(night["kinds"].get(kind, 0) for night in nights) for kind in titles}
    ranked = sorted(sums, key=lambda kind: (-sums[kind], kind))
    shown, rest = ranked[: len(MANY) - 1], ranked[len(MANY) - 1 :]
    groups = [(textwrap.fill(titles[kind], 30), [kind]) for kind in shown]
    return groups + ([(f"{len(rest)} other kinds", rest)] if rest else [])


def _ageing(told: Row) -> "Figure":
    rows, title = told["ageing"], PLOTS["ageing"].title
    if not rows:
        return _nothing(title, "Nobody owes anything.")
    figure, axes = _figure(title, 1.1 + BAR_INCHES * len(rows))
    amounts = [row["owed_cents"] / 100 for row in rows]
    axes.barh(range(len(rows)), amounts, height=0.62, color=MAIN)
    for place, row in enumerate(rows):
        label = f"  {dollars(row['owed_cents'])}  ({row['cases']:,} case{'s' * (row['cases'] != 1)})"
        axes.text(amounts[place], place, label, va="center")
    _sideways(axes, [f"{row['days']} days" if row["days"][-1].isdigit() else row["days"] for row in rows])
    axes.set_xlim(0, max(amounts) * 1.36)
    axes.xaxis.set_major_formatter(lambda value, _: f"${value:,.0f}")
    return figure


def _releases(told: Row) -> "Figure":
    rows, title = told["releases"]["bars"], PLOTS["releases"].title
    if not rows:
        return _nothing(title, "Nothing was taken back yet.")
    figure, axes = _figure(title, 3.1)
    counts = [row["releases"] for row in rows]
    axes.bar(range(len(rows)), counts, width=0.62, color=MAIN)
    for place, count in enumerate(counts):
        _on_top(axes, place, count)
    axes.set_xticks(range(len(rows)), ["same day" if row["days"] == "0" else row["days"] for row in rows])
    axes.set_xlabel("days")
    axes.set_ylabel("releases")
    axes.margins(y=0.15)
    axes.grid(axis="y")
    axes.spines["left"].set_visible(False)
    return figure


def _matches(told: Row) -> "Figure":
    rows = sorted(told["matches"], key=lambda row: (-row["rows"], row["feed"]))
    title = PLOTS["matches"].title
    if not rows:
        return _nothing(title, "No feed has come that names persons.")
    figure, axes = _figure(title, 1.5 + BAR_INCHES * len(rows))
    shares = {
        "linked exactly": ([row["linked"] / row["rows"] * 100 for row in rows], MAIN),
        "doubtful, for a person": ([row["doubtful"] / row["rows"] * 100 for row in rows], SECOND),
    }
    lefts = [0.0] * len(rows)
    for label, (widths, color) in shares.items():
        axes.barh(range(len(rows)), widths, left=lefts, height=0.62, color=color, label=label)
        lefts = [low + wide for low, wide in zip(lefts, widths, strict=True)]
    axes.barh(
        range(len(rows)), [max(0.0, 100 - low) for low in lefts], left=lefts, height=0.62, color=FAINT,
        label="nobody of the caseload",
    )  # fmt: skip
    for place, row in enumerate(rows):
        label = f"  {percent(row['basis_points'])} of {row['rows']:,}"
        axes.text(100, place, label, va="center")
    _sideways(axes, [textwrap.fill(row["title"], 54) for row in rows])
    axes.set_xlim(0, 128)
    axes.set_xticks(range(0, 101, 25), [f"{share} %" for share in range(0, 101, 25)])
    figure.legend(loc="outside lower left", ncols=3, frameon=False, fontsize=8.8)
    return figure


def _on_top(axes: "Axes", place: int, figure: int) -> None:
    """Writes a figure above its bar."""
    axes.annotate(
        f"{figure:,}", (place, figure), (0, 4), textcoords="offset points", ha="center", fontweight="bold"
    )


def _sideways(axes: "Axes", labels: Sequence[str]) -> None:
    """The look of bars that lie: the first on top, its words at its left."""
    axes.set_yticks(range(len(labels)), labels)
    axes.invert_yaxis()
    axes.grid(axis="x")
    axes.spines["bottom"].set_visible(False)


def _say_lists(told: Row) -> str:
    first, last = told["lists"][0], told["lists"][-1]
    if first is last:
        return f"{last['lines']:,} lines on the night of {last['as_of']}."
    return (
        " and ".join(f"{one['lines']:,} lines on the night of {one['as_of']}" for one in (first, last)) + "."
    )


def _say_ageing(told: Row) -> str:
    rows: list[dict[str, Any]] = told["ageing"]
    if not rows:
        return "Nobody owes anything."
    most = max(rows, key=lambda row: row["owed_cents"])
    total, cases = sum(row["owed_cents"] for row in rows), sum(row["cases"] for row in rows)
    return (
        f"{dollars(total)} owed in {cases:,} cases; the largest part, {dollars(most['owed_cents'])}, in cases"
        f" whose oldest unpaid installment has been due for {most['days']} days."
    )


def _say_releases(told: Row) -> str:
    bars = told["releases"]["bars"]
    total = sum(bar["releases"] for bar in bars)
    if not total:
        return "Nothing was taken back yet."
    same_day = bars[0]["releases"]
    return f"{same_day:,} of {total:,} releases left on the day of the night that first asked for them."


def _say_matches(told: Row) -> str:
    rows = sum(one["rows"] for one in told["matches"])
    linked, doubtful = (sum(one[key] for one in told["matches"]) for key in ("linked", "doubtful"))
    return f"{linked:,} of {rows:,} lines linked exactly to a person, {doubtful:,} doubtful."


PLOTS: Mapping[str, Plot] = {
    "lists": Plot("Lines of the work list by night", _say_lists, _lists),
    "ageing": Plot("What is owed, by age of the oldest unpaid installment", _say_ageing, _ageing),
    "releases": Plot("From the night on which the ground was gone to the release", _say_releases, _releases),
    "matches": Plot("Lines of partners that are matched to a person", _say_matches, _matches),
}
