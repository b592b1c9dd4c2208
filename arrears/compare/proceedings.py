"""What another law does to each proceeding, and why others between the two values do not move.

A proceeding has begun once something was sent or served before the night. What would begin, end or be taken
back is what the engine's own plan says under either law; what the night itself sends counts as not begun.
"""

from collections.abc import Collection
from pathlib import Path

from arrears import house
from arrears.answers.display import fetch_file
from arrears.compare.trial import Trial
from arrears.data.warehouse import Connection, file_list, file_paths, quote, run_sql_file, sql_text, text_list
from arrears.law.remedy import load_cards, title_of
from arrears.law.verdicts import Asked, Verdicts, verdict_word
from arrears.night.steps import attach_published
from arrears.sqltext import columns
from arrears.values import HUNDRED, Row

SQL = Path(__file__).with_name("sql")

# Each group with its name for people and its exact meaning.
GROUPS = {
    "begins": ("Would newly begin", "Nothing was sent yet, and only the other law opens it"),
    "no_longer_begins": (
        "Would no longer begin",
        "Nothing was sent yet, and only the law of the night opens it or keeps it open",
    ),
    "stays": (
        "Has begun and stays",
        "Something was sent or served before the night, and the other law does not take it back, either",
    ),
    "taken_back": (
        "Has begun and is taken back",
        "Something was sent or served before the night: only the other law ends it or takes it back",
    ),
    "not_known": (
        "Could no longer be told",
        "Nothing was sent yet, and the other law asks for a fact that is missing",
    ),
    "other": (
        "Another answer, nothing follows",
        "The verdict is another one, and nothing begins or ends by it",
    ),
}

MAIN_GROUPS = ("begins", "no_longer_begins", "stays", "taken_back")


def make_proceedings(con: Connection, was: Path, now: Trial, remedy: str | None) -> None:
    """Makes `proceedings`: each subject and remedy to which something happens, by its group.

    Reads `lines.was`, `lines.now` and `low_income`.
    """
    attach_published(now, con, ("episode_id", "kind"))
    params: Row = {"was": "lines.was", "now": "lines.now", "remedy": remedy}
    for side, folder in (("was", was), ("now", now.folder)):
        tables = {"acts": "actions", "episode": "episode", "ending": "ending"}
        params |= {
            f"{side}_{name}": file_paths(folder / "plan" / f"{table}.parquet")
            for name, table in tables.items()
        }
        params[f"{side}_remedies"] = list(Verdicts(folder).remedies)
    params["persons"] = file_paths(was / "facts" / "person_facts.parquet")
    run_sql_file(con, SQL / "proceedings.sql", "proceedings", params)


def make_band(con: Connection, was: Path, now: Path, alike: Collection[str], remedy: str | None) -> None:
    """Makes `band`: of whom a condition of beginning is answered otherwise, and why who does not move stays.

    Remedies that are `alike` on both sides are left out.
    """
    one, two = Verdicts(was), Verdicts(now)
    wanted = [name for name in two.remedies if name in one.remedies and name not in alike]
    sides = " UNION ALL ".join(_sides(one, two, name) for name in wanted) or sql_text(SQL / "no_band.sql")
    persons = file_paths(was / "facts" / "person_facts.parquet")
    run_sql_file(con, SQL / "band.sql", "band", {"sides": sides, "persons": persons, "remedy": remedy})


def _sides(was: Verdicts, now: Verdicts, remedy: str) -> str:
    """The SELECT of each subject's answers under both laws, in the order of the card."""
    before, after = was.asked[remedy, "enter"], now.asked[remedy, "enter"]
    names = [name for name in after.acting if name in before.acting]
    told = {
        "remedy": quote(remedy),
        **{name: f"now.{name}" for name in ("subject_id", "case_id", "person_id", "office", "worker")},
        "enter_was": "was.verdict",
        "enter_now": "now.verdict",
        "names": f"CAST({text_list(names)} AS VARCHAR[])",
        "was_answers": "was.answers",
        "now_answers": "now.answers",
    }
    both = (_answers(one, asked, names) for one, asked in ((was, before), (now, after)))
    return "SELECT {} FROM ({}) AS was JOIN ({}) AS now USING (subject_id)".format(columns(told), *both)


def _answers(kept: Verdicts, asked: Asked, names: Collection[str]) -> str:
    told = {
        **{name: name for name in ("subject_id", "case_id", "person_id", "office", "worker")},
        "verdict": verdict_word(asked.verdict),
        "answers": f"CAST([{', '.join(map(asked.column, names))}] AS BOOLEAN[])",
    }
    return f"SELECT {columns(told)} FROM read_parquet({file_list([kept.tables[asked.facts]])})"


def groups(con: Connection, bound: Row) -> list[Row]:
    """Each group with its parents, cases, dollars, and how many of its parents have a low income."""
    found = fetch_file(
        con, SQL / "proceeding_groups.sql", {**bound, "groups": list(GROUPS), "hundred": HUNDRED}
    )
    return [{**one, **dict(zip(("title", "says"), GROUPS[one["group"]], strict=True))} for one in found]


def band(con: Connection, bound: Row) -> list[Row]:
    """By remedy how many lie between the two values, who of them does not move and why, and who does."""
    reasons = fetch_file(con, SQL / "band_reasons.sql", bound)
    cards = load_cards(house.RULES)
    found = []
    for one in fetch_file(con, SQL / "band_remedies.sql", bound):
        own = [each for each in reasons if each["remedy"] == one["remedy"]]
        cites = {each.name: [*each.cites] for each in cards[one["remedy"]].conditions["enter"]}
        told = [
            {
                **{name: each[name] for name in ("condition", "answer", "stays", "alone")},
                "cites": cites.get(each["condition"], []),
            }
            for each in own
        ]
        found.append({**one, "title": title_of(cards, one["remedy"]), "reasons": told})
    return found


def low_income_said(one: Row) -> str:
    """The share of low income among those of whom it is known, and of how many it is not."""
    known = one["low_income"] + one["higher_income"]
    share = one["low_income_percent_of_known"]
    said = f"{share} % of the {known:,} of whom it is known" if known else "not known of any"
    return f"{said}, {one['income_unknown']:,} not known" if known and one["income_unknown"] else said
