"""One invented caseload with its nights, from a seed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from arrears.data.warehouse import warehouse
from arrears.errors import ArrearsError
from arrears.fakes.answers import write_answers, write_people
from arrears.fakes.frame import Frame
from arrears.fakes.money import make_history, make_process
from arrears.fakes.more import PLANTS
from arrears.fakes.more import STORIES as MORE_STORIES
from arrears.fakes.nights import NightWriter
from arrears.fakes.people import make_bulk, make_macros, make_people
from arrears.fakes.places import STATES
from arrears.fakes.plant import load_planted, make_homes
from arrears.fakes.sent import make_sent
from arrears.fakes.shares import SAMPLE, STATE
from arrears.fakes.stories import STORIES, Story
from arrears.fakes.told import measure

CSV_CASES = 1_000  # up to here the caseload is text that people can read; above it Parquet
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Made:
    """What was made: where, how many cases and planted ones, the nights, the answers, what it is like."""

    folder: Path
    cases: int
    stories: int
    nights: tuple[date, ...]
    answers: int
    bytes: int
    told: dict[str, float]


def make(
    state: str,
    cases: int,
    nights: int,
    seed: int,
    out: Path,
    first_night: date,
    progress: Progress | None = None,
    parquet: bool | None = None,
    shape: str | None = None,
    is_full_day: bool = False,
) -> Made:
    """The invented caseload of a state, written to `out/<state>/<night>/`: inbox and known answers.

    The planted stories are Maine's and Massachusetts' and need some hundred cases; smaller or other
    caseloads have only the bulk. `progress` hears what is being made and how much of the whole is
    done (0 to 1). A full day's first night also brings a year's wages of the parents
    and nine times the accounts.
    """
    stories = _stories(state, cases, first_night)
    shape = shape or (SAMPLE if cases <= CSV_CASES else STATE)
    frame = Frame(state, cases - len(stories), nights, seed, first_night, shape, is_full_day)
    _check(frame, cases)
    say = progress or (lambda _what, _done: None)
    folder = out / state
    with TemporaryDirectory(prefix="arrears-fakes-") as spill, warehouse(Path(spill)) as con:
        make_macros(con, frame)
        make_homes(con)
        say("people", 0.0)
        make_bulk(con, frame)
        make_people(con, frame)
        planter = load_planted(con, frame, stories, PLANTS if stories else ())
        say("charges and receipts", 0.1)
        make_history(con, frame)
        make_process(con, frame)
        make_sent(con, frame)
        told = measure(con, frame)
        as_parquet = cases > CSV_CASES if parquet is None else parquet
        writer = NightWriter(con, frame, out, as_parquet, planter)
        answers = 0
        for night in range(1, nights + 1):
            say(f"night {frame.days[night - 1]}", 0.3 + 0.7 * (night - 1) / nights)
            writer.write(night)
            answers += write_answers(con, planter, night, folder)
    if stories:
        write_people(frame, stories, folder)
    say("done", 1.0)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Made(folder, cases, len(stories), tuple(frame.days), answers, size, told)


def _stories(state: str, cases: int, first_night: date) -> tuple[Story, ...]:
    """The stories to plant: those of other states, or that need other weekdays or holidays, stay out."""
    fitting = tuple(
        story
        for story in (*STORIES, *MORE_STORIES)
        if story.state == state and story.only_from in (None, first_night)
    )
    return fitting if cases >= len(fitting) else ()


def _check(frame: Frame, cases: int) -> None:
    if frame.state not in STATES:
        raise ArrearsError("No towns are known for this state", frame.state, f"Use one of {sorted(STATES)}.")
    if cases < 1 or frame.nights < 1:
        raise ArrearsError("Cases and nights must be at least 1", f"{cases} cases, {frame.nights} nights")
