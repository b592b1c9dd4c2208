"""What changed between two runs, and the one main cause of every changed line, found as `causes.py` tells."""

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from arrears import house
from arrears.answers.background_answers import Answer, Progress, in_silence, keep, manifest_of, scratch_folder
from arrears.answers.runs import closed_run, made_again_from
from arrears.compare.causes import ORDER, Rung, make_causes, make_evidence
from arrears.compare.laws import (
    law_of,
    made_otherwise,
    other_cards,
    other_files,
    remedy_changes,
    under,
    value_changes,
)
from arrears.compare.reach import run_again
from arrears.compare.reasons import make_reasons
from arrears.compare.trial import Trial, borrow, make_all, trial_of
from arrears.data.store import Store
from arrears.data.warehouse import (
    Connection,
    attach_blocks,
    attach_parquet,
    content_hash,
    quote,
    run_sql_file,
    sql_text,
    warehouse,
    write_parquet,
)
from arrears.errors import ArrearsError
from arrears.law.profile import Profile
from arrears.ledger import Ledger
from arrears.ledger.records import Cut, RunRecord
from arrears.night.close import law, versions
from arrears.night.steps import attach_inputs
from arrears.values import Row

SQL = Path(__file__).with_name("sql")

# All that is known: after the last row that the ledger can ever hold.
NOW = Cut(datetime(9999, 12, 31, tzinfo=UTC), 2**62)

# The tables of the matches that hold lines of partners' files.
_LINES = ("links", "candidates")


@dataclass(frozen=True)
class Side:
    """One of the two runs: how it would be made again, where its tables lie, and the law it stood under."""

    trial: Trial
    folder: Path
    manifest: Row
    law: Row
    told: Row


def diff(
    store: Store,
    state: str,
    first: date,
    second: date,
    release: int | None = None,
    progress: Progress = in_silence,
) -> Answer:
    """Every changed line between two nights, with its cause.

    `release` compares with the n-th day release of the second date; the same date twice compares the night
    with its backfill: the same night by all that has come of its days until now, and by today's rules.
    """
    ledger, profile = Ledger.open(store.ledger_url), Profile.load(house.RULES, state)
    if second < first:
        raise ArrearsError(f"{second} is before {first}", "diff", "Name the earlier night first")
    with scratch_folder() as worlds:
        place = Path(worlds)
        one = closed_side(store, ledger, profile, closed_run(store, ledger, state, first), place)
        if first == second and release is None:
            two = backfill_side(one, profile, place)
            progress("backfill", {})
        else:
            two = closed_side(
                store, ledger, profile, closed_run(store, ledger, state, second, release), place
            )
        return between(one, two, place, progress)


def between(one: Side, two: Side, place: Path, progress: Progress = in_silence) -> Answer:
    """Every line that two runs do not say the same of, with its cause; `place` is for the work in between."""
    scratch, rungs = scratch_folder(), climb(one, two, place, progress)
    with warehouse(spill=place) as con:
        attach_words(con, one, two)
        make_causes(con, one.folder, rungs, other_cards(one.law, two.law), other_files(one.law, two.law))
        make_evidence(con, one.folder, rungs)
        make_reasons(con, "w0", f"w{len(rungs)}")
        make_links(con, one, two)
        order = {"line": "list, key", "cell": "ALL", "condition": "ALL", "link": "ALL", "stand": "ALL"}
        keep(con, scratch, {**order, "said": "decision_id", "sent": "ALL"})
    progress("causes", {})
    return Answer(head_of(one, two, rungs), scratch)


def closed_side(store: Store, ledger: Ledger, profile: Profile, run: RunRecord, place: Path) -> Side:
    """A closed run, with the law that its manifest names."""
    folder = made_again_from(store, ledger, run)
    manifest = manifest_of(folder)
    told = {
        "as_of": run.as_of.isoformat(),
        "kind": run.kind,
        "run": run.run_id,
        "known_at": run.cut.known_at.isoformat(),
    }
    trial = trial_of(store, ledger, run, profile, place / run.run_id)
    return Side(trial, folder, manifest, law_of(manifest, profile, run.as_of), told)


def backfill_side(one: Side, profile: Profile, place: Path) -> Side:
    """The same night by what is known of its days now and by today's rules; what people had said stays."""
    until = one.trial.as_of
    trial = one.trial.another(place / "backfill", received=NOW, about_until=until, profile=profile)
    make_all(trial)
    manifest = {**one.manifest, "versions": {**one.manifest["versions"], **versions()}}
    told = {**one.told, "kind": "backfill", "known_at": None}
    return Side(trial, trial.folder, manifest, law(profile, one.trial.as_of), told)


def climb(one: Side, two: Side, place: Path, progress: Progress) -> list[Rung]:
    """The rungs from the first run to the second, each in a folder of its own; the last is the second."""
    # Runs that were made by the same code, which is not today's, owe nothing to a change of it.
    code = "code" if differs_in_code(one.manifest, two.manifest, one.law, two.law) else "today"
    first_is_as_today, second_is_as_today = is_as_today(one), is_as_today(two)
    rungs: list[Rung] = []
    trial, made = replace(one.trial, profile=under(one.trial.profile, one.law)), one.folder
    steps = steps_between(one, two)
    if not first_is_as_today and (steps or not second_is_as_today):
        trial = trial.another(place / "first")
        make_all(trial)
        progress("first", {})
        rungs.append(Rung(code, trial.folder))
        made = trial.folder
    target = two.folder
    if not second_is_as_today:
        again = replace(two.trial, place=place / "second", profile=under(two.trial.profile, two.law))
        make_all(again)
        progress("second", {})
        target = again.folder
    match = made / "match"
    came = bool(steps) and steps[-1][0] == "data"
    held = held_links(one, two, match, target / "match", place) if came else None
    if not came and matches_of(match) != matches_of(target / "match"):
        steps.append(("match", {}))
    changed = [str(found["key"]) for found in value_changes(one.law, two.law)]
    for label, changes in steps if held else steps[:-1]:
        before, trial = trial.profile, trial.another(place / label, **changes)
        if label == "rule":
            run_again(trial, made, before, changed)
        else:
            borrow(held if held and label == "data" else match, trial.folder / "match")
            make_all(trial)
        progress(label, {})
        rungs.append(Rung(label, trial.folder))
    rungs.append(Rung("match" if held else steps[-1][0] if steps else code, target))
    return rungs if target == two.folder else [*rungs, Rung(code, two.folder)]


def is_as_today(side: Side) -> bool:
    """Whether today's code and cards would make this run again as it is."""
    today = {"versions": {**side.manifest["versions"], **versions()}}
    return not differs_in_code(side.manifest, today, side.law, law(side.trial.profile, side.trial.as_of))


def differs_in_code(was: Row, now: Row, old: Row, new: Row) -> bool:
    """Whether two runs were made by other code, or by cards and other rules that were written otherwise."""
    return bool(made_otherwise(was, now) or other_cards(old, new) or other_files(old, new))


def steps_between(one: Side, two: Side) -> list[tuple[str, Row]]:
    """What differs between two runs beside their code, in the ladder's order, and how a trial changes."""
    trial = one.trial
    steps: list[tuple[str, Row]] = []
    if value_changes(one.law, two.law) or remedy_changes(one.law, two.law):
        steps.append(("rule", {"profile": under(trial.profile, two.law)}))
    cut, later = two.trial.run.cut, two.trial.as_of
    words = [len(trial.ledger.decisions(trial.state, cut=side.trial.run.cut)) for side in (one, two)]
    if words[0] != words[1] or (later == trial.as_of and cut != trial.run.cut):
        steps.append(("said", {"said": cut}))
    if later != trial.as_of:
        steps.append(("date", {"said": cut, "as_of": later}))
    came = [{d.delivery_id for d in side.trial.deliveries} for side in (one, two)]
    if came[0] != came[1]:
        steps.append(("data", {"received": two.trial.received, "about_until": two.trial.about_until}))
    return steps


def matches_of(match: Path) -> list[str]:
    """The content of a run's matches, certain and doubtful, as hashes."""
    return [content_hash(match / f"{name}.parquet") for name in _LINES]


def held_links(one: Side, two: Side, old: Path, new: Path, place: Path) -> Path | None:
    """The second run's matches, every line that both runs know matched as the first did; None where so."""
    folder, known = place / "held", sorted(d.delivery_id for d in one.trial.deliveries)
    with warehouse(spill=place) as con:
        attach_inputs(two.trial, con)
        make_both(con, old, new)
        feeds = [str(row[0]) for row in con.execute("SELECT DISTINCT feed FROM tie ORDER BY 1").fetchall()]
        if not feeds:
            return None
        here = " UNION ALL ".join(
            f"SELECT {quote(feed)} AS feed, source_file, source_line FROM staging.{feed}" for feed in feeds
        )
        con.execute(f"CREATE TEMP VIEW here AS {here}")
        for name in _LINES:
            params = {"known": known, "first": f"first.{name}", "second": f"second.{name}"}
            write_parquet(con, sql_text(SQL / "held_lines.sql"), folder / f"{name}.parquet", params)
    shutil.copyfile(new / "people.parquet", folder / "people.parquet")
    return folder if matches_of(folder) != matches_of(new) else None


def make_both(con: Connection, old: Path, new: Path) -> None:
    """Makes `first.*` and `second.*`, the matches of both runs, and `tie`, all of them in one table."""
    parts = []
    for side, match in (("first", old), ("second", new)):
        for name in _LINES:
            attach_parquet(con, f"{side}.{name}", [match / f"{name}.parquet"])
            side_and_how = f"{quote(side)} AS side, {quote(name)} AS how"
            who = "feed, source_file, source_line, person_id"
            parts.append(f"SELECT {side_and_how}, {who} FROM {side}.{name}")
    con.execute(f"CREATE TABLE tie AS {' UNION ALL '.join(parts)}")


def make_links(con: Connection, one: Side, two: Side) -> None:
    """Makes `link`: whom a delivered line that both runs know was matched to and how, where that differs."""
    make_both(con, one.folder / "match", two.folder / "match")
    params = {"known": sorted(d.delivery_id for d in one.trial.deliveries)}
    run_sql_file(con, SQL / "links.sql", "link", params)


def attach_words(con: Connection, one: Side, two: Side) -> None:
    """Makes `said` and `sent`: what people decided and what left between the two runs."""
    ledger, state = one.trial.ledger, one.trial.state
    for side, name in ((one, "was"), (two, "now")):
        with ledger.blocks(state, side.trial.run.cut, only=["decisions", "published"]) as told:
            for table, blocks in told.items():
                attach_blocks(con, f"{name}.{table}", blocks)
    con.execute("CREATE TABLE said AS FROM now.decisions ANTI JOIN was.decisions USING (decision_id)")
    run_sql_file(con, SQL / "sent.sql", "sent", {})


def head_of(one: Side, two: Side, rungs: list[Rung]) -> Row:
    """What the answer says before any line: both runs, what differs between them, how causes were found."""
    came = {d.delivery_id for d in one.trial.deliveries}
    return {
        "state": one.trial.state,
        "first": one.told,
        "second": two.told,
        "differs": {
            "values": [
                {**changed, "unit": two.trial.profile.unit(changed["key"])}
                for changed in value_changes(one.law, two.law)
            ],
            "remedies": remedy_changes(one.law, two.law),
            "cards": other_cards(one.law, two.law),
            "files": other_files(one.law, two.law),
            "code": made_otherwise(one.manifest, two.manifest),
            "deliveries": [
                {"feed": d.feed, "delivery": d.delivery_id, "received_on": d.received_on.isoformat()}
                for d in two.trial.deliveries
                if d.delivery_id not in came
            ],
        },
        "ladder": [rung.label for rung in rungs],
        "order": list(ORDER),
    }
