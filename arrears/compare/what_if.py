"""What if a value were another one: a closed night's own caseload decided and planned again alongside it.

Facts, verdicts and plan are made again as far as the changed values reach, in a folder outside the store.
Nothing is sent, and neither the store nor the ledger is written.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from arrears import house
from arrears.answers.background_answers import (
    Answer,
    Progress,
    in_silence,
    is_made_as_today,
    keep,
    manifest_of,
    scratch_folder,
)
from arrears.answers.runs import closed_run, made_again_from
from arrears.compare.changes import dated_changes, requested_changes
from arrears.compare.compared import alike, make_changed, make_lines
from arrears.compare.proceedings import make_band, make_proceedings
from arrears.compare.reach import run_again
from arrears.compare.trial import Trial, make_all, trial_of
from arrears.data.beside import kept_rows
from arrears.data.store import Store
from arrears.data.warehouse import Connection, file_paths, run_sql_file, sql_text, warehouse
from arrears.errors import ArrearsError
from arrears.law.profile import Profile
from arrears.law.remedy import Card, load_cards
from arrears.law.verdicts import Verdicts
from arrears.law.work_order import load_work_order
from arrears.ledger import Ledger
from arrears.values import Row

SQL = Path(__file__).with_name("sql")

INCOME, WAGES_COUNT = "low_income.yearly_income", "income_withholding.wage_lead_months"
QUARTERS = 4  # of a year: arithmetic, not law
# The tables of an answer, each in the order of these columns.
KEPT = {
    "who": "remedy, subject_id",
    "moved": "list, key",
    "flags": "remedy",
    "proceedings": '"group", remedy, subject_id',
    "band": "remedy, subject_id",
}


def what_if(
    store: Store,
    state: str,
    as_of: date,
    asked: Sequence[str] = (),
    on: date | None = None,
    from_on: date | None = None,
    remedy: str | None = None,
    progress: Progress = in_silence,
) -> Answer:
    """Who enters, who leaves and what work it makes, if values were others or the law that of a later day.

    `on` asks for the law in force on that day, `from_on` says from which day the given values would hold; the
    facts are those of the night in any case.
    """
    ledger = Ledger.open(store.ledger_url)
    record = closed_run(store, ledger, state, as_of)
    night, profile, cards = (
        made_again_from(store, ledger, record),
        Profile.load(house.RULES, state),
        load_cards(house.RULES),
    )
    law_on = on or max(from_on or as_of, as_of)
    refuse_unclear(asked, cards, as_of, law_on, from_on, remedy)
    wanted = requested_changes(profile, cards, asked, as_of)
    requested_keys = {one.key for one in wanted}
    dated = [one for one in dated_changes(profile, as_of, law_on) if one.key not in requested_keys]
    then = profile.standing_on(law_on).with_values({one.key: one.now for one in wanted})
    scratch = scratch_folder()
    kept = is_made_as_today(manifest_of(night))
    with scratch_folder() as worlds:
        base = trial_of(store, ledger, record, profile, Path(worlds) / "was")
        if not kept:
            make_all(base)
            progress("as it was", {})
        was = night if kept else base.folder
        now = base.another(Path(worlds) / "now", profile=then)
        reach = run_again(now, was, profile, [one.key for one in (*wanted, *dated)], progress)
        with warehouse(spill=Path(worlds)) as con:
            compare(con, was, now, profile, remedy)
            keep(con, scratch, KEPT)
        progress("compared", {})
    changed = [one.as_json() for one in (*wanted, *dated)]
    head = {
        "state": state,
        "as_of": as_of.isoformat(),
        "night": record.run_id,
        "law_on": law_on.isoformat(),
        "from_on": from_on.isoformat() if from_on else None,
        "remedy": remedy,
        "changed": changed,
        "in_force": in_force_changes(profile, as_of, law_on),
        "low_income_below_cents": profile.plain(INCOME, as_of),
        "made_again": reach,
        "compared_with": "the night as it was closed" if kept else "the night made again by today's rules",
    }
    return Answer(head, scratch)


def refuse_unclear(
    asked: Sequence[str],
    cards: Mapping[str, Card],
    as_of: date,
    law_on: date,
    from_on: date | None,
    remedy: str | None,
) -> None:
    """Refuses a question that changes nothing, or whose dates contradict each other."""
    if not asked and law_on == as_of:
        raise ArrearsError("Nothing is changed", "what-if", "Give --set KEY=VALUE, or --on with a later day")
    if law_on < as_of:
        raise ArrearsError(
            f"{law_on} is before the night of {as_of}", "--on", "Ask an earlier night for the law before it"
        )
    if from_on is not None and from_on > law_on:
        raise ArrearsError(
            f"From {from_on} on, the value does not hold yet on {law_on}",
            "--from",
            "Ask for a later day with --on",
        )
    if remedy is not None and remedy not in cards:
        raise ArrearsError(f"There is no remedy {remedy!r}", "--remedy", f"Known: {', '.join(cards)}")


def in_force_changes(profile: Profile, was_on: date, now_on: date) -> list[Row]:
    """The remedies that begin, end or act under another reading between two days."""
    was, now = set(profile.remedies_in_force(was_on)), set(profile.remedies_in_force(now_on))
    found = [
        {
            "remedy": name,
            "was": name in was,
            "now": name in now,
            "reading_was": profile.reading(name, was_on),
            "reading_now": profile.reading(name, now_on),
        }
        for name in sorted(was | now)
    ]
    return [one for one in found if one["was"] != one["now"] or one["reading_was"] != one["reading_now"]]


def compare(con: Connection, was: Path, now: Trial, profile: Profile, remedy: str | None) -> None:
    """Makes `who` (verdicts that differ), `moved` (acts and lines that do), `flags`, counted on both,
    `proceedings` (what begins, ends, stays or is taken back) and `band` (who lies between the two values).
    """
    same = alike(was, now.folder)
    make_lines(con, "was", was, same)
    make_lines(con, "now", now.folder, same)
    make_changed(con, "was", "now")
    make_low_income(con, was, profile, now.as_of)
    kinds = [
        {"kind": one.kind, "title": one.title, "minutes": one.minutes}
        for one in load_work_order(house.RULES).kinds.values()
    ]
    con.execute("CREATE TABLE minutes_of (kind VARCHAR, title VARCHAR, minutes BIGINT)")
    con.executemany("INSERT INTO minutes_of VALUES ($kind, $title, $minutes)", kinds)
    only = {"remedy": remedy}
    for name in ("who", "moved"):
        run_sql_file(con, SQL / f"{name}.sql", name, only)
    sides = {"was_flags": flags_of(was), "now_flags": flags_of(now.folder)}
    persons = file_paths(was / "facts" / "person_facts.parquet")
    run_sql_file(con, SQL / "flags.sql", "flags", {**only, **sides, "persons": persons})
    make_proceedings(con, was, now, remedy)
    make_band(con, was, now.folder, same, remedy)


def flags_of(folder: Path) -> str:
    """The SELECT of every flag of a run: remedy, person and office."""
    kept = Verdicts(folder)
    sides = (
        f"SELECT remedy, person_id, office FROM ({kept.select(one, 'enter')}) WHERE verdict = 'flag'"
        for one in kept.remedies
    )
    return (
        " UNION ALL ".join(sides)
        or f"SELECT remedy, person_id, office FROM ({sql_text(SQL / 'no_verdicts.sql')})"
    )


def make_low_income(con: Connection, folder: Path, profile: Profile, as_of: date) -> None:
    """Makes `low_income`: of each person whether the income is low, as far as it is known."""
    facts = folder / "facts"
    params = {
        "cases": file_paths(facts / "case_facts.parquet"),
        "jobs": kept_rows(facts / "employment_facts.parquet"),
        "as_of": as_of,
        "months": profile.plain(WAGES_COUNT, as_of),
        "quarters": QUARTERS,
        "income": profile.plain(INCOME, as_of),
    }
    run_sql_file(con, SQL / "low_income.sql", "low_income", params)
