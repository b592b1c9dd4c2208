"""Known answers beside the nights, and the page that says who the planted people are."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from pathlib import Path

from arrears.data.store import write_aside
from arrears.data.warehouse import Connection, ask_sql_file
from arrears.fakes.frame import Frame
from arrears.fakes.plant import Planter, case_of, person_of
from arrears.fakes.stories import Story
from arrears.fakes.verdicts import REMEDIES, on_night

SQL = Path(__file__).with_name("sql")
HEADER = ("night", "remedy", "subject_id", "case_id", "verdict", "because", "story")
ERRORS = ("feed", "person_id", "case_id", "wrong", "matching")
DECISIONS = ("remedy", "subject_id", "step", "decision", "by_user", "at", "because")
USERS = {
    "pat.caseworker": {"roles": ["caseworker"]},
    "sam.supervisor": {"roles": ["supervisor"]},
    "olu.operator": {"roles": ["operator"]},
}


def subject_of(remedy: str, case: int, person: int, debt: str = "N") -> str:
    """Whom a remedy's verdict is about: the case, the person, or the person's debt of one kind."""
    if remedy == "federal_tax_offset":
        return f"{person_of(person)}-{debt}"
    if remedy == "state_tax_intercept":
        return person_of(person)
    return case_of(case)


def write_answers(con: Connection, planter: Planter, night: int, folder: Path) -> int:
    """The number of known answers of a night, written beside its inbox with the decisions of its day."""
    frame, stories = planter.frame, planter.stories
    as_of = frame.days[night - 1]
    rows: list[list[object]] = []
    for story in stories:
        debt = "A" if story.case_class == "current_assistance" else "N"
        for remedy, words in story.then.items():
            subject = subject_of(remedy, story.case, 10 * (story.obligor_of or story.case), debt)
            word = on_night(words, night)
            because = story.because if remedy == "license_revocation" and word != "flag" else ""
            rows.append([as_of, remedy, subject, case_of(story.case), word, because, story.tag])
    rows += [
        [as_of, remedy, subject, "", on_night(words, night), "", tag]
        for remedy, subject, words, tag in planter.answers
    ]
    if frame.state == "me":  # their remedies are Maine's
        rows += [[as_of, *row] for row in _bulk_answers(con, frame, night)]
    home = folder / as_of.isoformat()
    errors = con.execute(
        "SELECT 'dmv_licenses', person_of(obligor_p), case_of(i), kind, matching FROM errors ORDER BY i"
    ).fetchall()
    if night == 1 and errors:
        _write_csv(home / "errors.csv", ERRORS, errors)
    _write_csv(home / "answers.csv", HEADER, rows)
    decided = [
        [d[1], subject_of(d[1], story.case, 10 * (story.obligor_of or story.case)), d[2], d[3],
         "pat.caseworker" if d[2] == "review" else "sam.supervisor",
         _morning(frame, night, n), d[4]]
        for n, (story, d) in enumerate((s, d) for s in stories for d in s.decisions if d[0] == night)
    ]  # fmt: skip
    decided += [
        [row["remedy"], row["subject_id"], row["step"], row["decision"], row["by_user"],
         _morning(frame, night, n), row["because"]]
        for n, row in enumerate((row for on, row in planter.decisions if on == night), len(decided))
    ]  # fmt: skip
    if stories:
        _write_csv(home / "decisions.csv", DECISIONS, decided)
    return len(rows)


def _morning(frame: Frame, night: int, n: int) -> str:
    """A moment in the working morning after a night, a minute apart from the next one."""
    at = datetime.combine(frame.days[night - 1], time(14, 0)) + timedelta(minutes=n)
    return at.isoformat() + "Z"


def _bulk_answers(con: Connection, frame: Frame, night: int) -> list[tuple[str, ...]]:
    """Those of the bulk whose answer follows from how they were made."""
    return ask_sql_file(con, SQL / "answers.sql", {"as_of": frame.days[night - 1]}).fetchall()


def write_people(frame: Frame, stories: tuple[Story, ...], folder: Path) -> None:
    """Writes the users who act in the sample, and the page on the planted people."""
    write_aside(folder / "users.json", (json.dumps({"users": USERS}, indent=1) + "\n").encode())
    write_aside(folder / "README.md", _page(frame, stories).encode())


def _page(frame: Frame, stories: tuple[Story, ...]) -> str:
    nights = ", ".join(day.isoformat() for day in frame.days)
    lines = [
        f"# The invented people of {frame.state.upper()}: who is who",
        "",
        f"Nights {nights}; {frame.bulk_cases + len(stories)} cases, seed {frame.seed}. Nobody here exists.",
        f"Made by `arrears fakes --state {frame.state} --cases {frame.bulk_cases + len(stories)}"
        f" --nights {frame.nights} --seed {frame.seed} --first {frame.first_night} --out sample_data`.",
        "",
        "`inbox/` is what arrived, `answers.csv` what each remedy must say, `decisions.csv` what people",
        "decide after the night. Verdicts stand in the order of the nights; the last one holds on.",
        "",
        "| case | who | must happen | " + " | ".join(r.replace("_", " ") for r in REMEDIES) + " |",
        "|---|---|---|" + "---|" * len(REMEDIES),
    ]
    for story in stories:
        answers = " | ".join(story.then.get(remedy, "") for remedy in REMEDIES)
        lines.append(f"| {case_of(story.case)} | {story.tag} | {story.say} | {answers} |")
    lines += ["", *_FAULTS, ""]
    return "\n".join(lines)


_FAULTS = [
    "## Files with a fault",
    "",
    "| night | file | must be |",
    "|---|---|---|",
    "| 1 | caseload: hearings known two days less far than the rest | accepted; windows stay open |",
    "| 2 | `dmv_licenses.same_again.*` | a duplicate of the first night's, under another name |",
    "| 2 | `bank_accounts.cut_inside_a_record.*` | refused: cut |",
    "| 3 | `bank_accounts.late.*` | accepted with the second night's date |",
    "| 3 | `state_tax_refunds.trailer_count_wrong.txt` | refused: the total counts one record too many |",
]


def _write_csv(path: Path, header: tuple[str, ...], rows: Sequence[Sequence[object]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    write_aside(path, text.getvalue().encode())
