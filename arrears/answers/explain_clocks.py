"""What a case waits for on a night: the clocks of its steps, and the deadlines that run for it."""

from datetime import date
from pathlib import Path

from arrears import house
from arrears.answers.display import display_value, fetch, fetch_file
from arrears.data.warehouse import Connection, file_list, file_paths
from arrears.law.catalog import described_facts
from arrears.law.deadlines import load_deadlines
from arrears.law.profile import Profile
from arrears.values import Row

SQL = Path(__file__).with_name("sql")

DEADLINES = Path("plan", "deadlines.parquet")


def add_clocks(con: Connection, folder: Path, acts: list[Row], profile: Profile, as_of: date) -> None:
    """Gives each act the clock that its step waits for: its law, its anchor, its end and what stops it."""
    path = folder / "plan" / "clock.parquet"
    if not acts or not (folder / DEADLINES).exists():
        return
    found = fetch(
        con,
        f"SELECT * FROM read_parquet({file_list([path])}) WHERE list_contains($of, episode_id)",
        {"of": [act["episode_id"] for act in acts]},
    )
    clocks = {(one["episode_id"], one["step"]): one for one in found}
    for act in acts:
        one = clocks.get((act["episode_id"], act["step"]))
        if one is None or (act["kind"] == "notice" and act["status"] == "needs_person"):
            continue
        act["clock"] = {
            **span_of(one, profile, as_of),
            "from": one["clock_from"],
            "step": one["clock_step"],
            "anchor_on": one["anchor_on"],
            "notice_status": one["notice_status"],
            "ends_on": one["window_ends_on"],
            "rolls": one["clock_rolls"],
            "on_last_day": bool(one["clock_on_last_day"]),
            "tolled_by": one["tolled_by"],
            "tolled_days": one["tolled_days"],
            "intake": one["intake"],
            "intake_through_on": one["intake_through_on"],
            "is_closed": one["window_is_closed"],
        }


def span_of(row: Row, profile: Profile, as_of: date) -> Row:
    """The value that a clock counts with, and where it is written."""
    cites = profile.value(row["clock_key"], as_of).cites
    return {
        "key": row["clock_key"],
        "number": row["clock_count"],
        "unit": row["clock_unit"],
        "cites": list(cites),
    }


def deadlines_of(con: Connection, folder: Path, who: list[str], profile: Profile, as_of: date) -> list[Row]:
    """The deadlines that run for these subjects or were met, soonest first."""
    if not (folder / DEADLINES).exists():
        return []
    known = load_deadlines(house.RULES)
    asked = {"path": file_paths(folder / DEADLINES), "case": who[0], "who": who}
    found = fetch_file(con, SQL / "deadlines_of.sql", asked)
    return [
        {
            **{
                name: one[name]
                for name in ("deadline", "subject_id", "status", "met_on", "days_left", "said")
            },
            "title": known[one["deadline"]].title if one["deadline"] in known else one["deadline"],
            "clock": {
                **span_of(one, profile, as_of),
                "from": one["clock_from"],
                "step": None,
                "anchor_on": one["anchor_on"],
                "ends_on": one["ends_on"],
                "tolled_by": one["tolled_by"],
                "tolled_days": one["tolled_days"],
            },
            "cites": list(known[one["deadline"]].cites) if one["deadline"] in known else [],
        }
        for one in found
    ]


def clock_sentence(clock: Row) -> str:
    """A clock as a person reads it: how long, counted from what and when, until when, and what stops it."""
    number, unit = clock["number"], clock["unit"].replace("_", " ")
    length = f"{number} {unit if number != 1 else unit.removesuffix('s')}"
    anchor = anchor_said(clock)
    if clock["anchor_on"] is None:
        came = f"; the notice is {clock['notice_status']}" if clock.get("notice_status") else ""
        return f"{length}, not running yet: no date yet for “{anchor}”{came}."
    ends = "to " if clock.get("on_last_day") else "to the end of "
    ends = f"{ends}{clock['ends_on']}" if clock["ends_on"] else "to a day that is not known"
    text = f"{length}, counted from {clock['anchor_on']} ({anchor}), {ends}"
    if clock["tolled_by"]:
        days = f"{clock['tolled_days']} days" if clock["tolled_days"] is not None else "an unknown time"
        text += f", tolled for {days} ({_said(clock['tolled_by'])})"
    if clock.get("intake") and clock["is_closed"] is not True:
        text += f"; {clock['intake']} are known through {display_value(clock['intake_through_on'], 'date')}"
    return text + "."


def anchor_said(clock: Row) -> str:
    """What a clock is counted from, as a part of a sentence: `notice served`, or what its fact says."""
    return f"{clock['step'].replace('_', ' ')} {clock['from']}" if clock["step"] else _said(clock["from"])


def _said(fact: str) -> str:
    """What a fact of the rules says of itself, as a part of a sentence."""
    for columns in (described_facts(house.FACTS) or {}).values():
        if "say" in columns.get(fact, {}):
            say = str(columns[fact]["say"])
            return say if say[1:2].isupper() else say[:1].lower() + say[1:]
    return fact.replace("_", " ")
