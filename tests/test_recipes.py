"""The recipes of CONTRIBUTING.md, each followed file by file on a copy of the project, without Python."""

import csv
import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from builders import Caseload

from arrears import house
from arrears.cli.check import check_house
from arrears.data.store import Store
from arrears.data.warehouse import attach_arrow, attach_parquet, file_list, run_sql_file, warehouse
from arrears.law.profile import Profile
from arrears.law.work import load_kinds
from arrears.ledger.told import EPISODES, PUBLISHED
from arrears.night.plan import attach_verdicts, attach_watched
from arrears.night.transform import run_match
from arrears.reports.lines import load_report
from arrears.reports.records import load_records
from tests.recipe_files import (
    ADDED,
    BOATS,
    CLOCK,
    CLOCK_VALUE,
    DECIDED,
    FEED,
    LINE,
    LINE_SQL,
    LOOK,
    NEW_HAMPSHIRE,
    NIGHT,
    QUEUE,
    QUEUE_PARTNER,
    REMEDY,
    REMEDY_IN_FORCE,
    REMEDY_VALUE,
    SOURCE,
    STATEMENT,
    STATEMENTS,
    WAIVER,
    WORK,
)

RECIPES = (
    *("Add a feed", "Change a number from a date", "Waive a condition"),
    *("Add a condition in one state", "Add a remedy", "Add a queue", "Add a clock", "Add a jurisdiction"),
    *("Add a fact", "Add a kind of work", "Add a report line", "Add a sample night"),
)
RECORDS = "transforms/records.csv"
MAINE, SOURCES = "rules/jurisdictions/me.yml", "rules/sources.yml"
BOOK = (house.ROOT / "CONTRIBUTING.md").read_text()
EXAMPLES, GATE = "rules/remedies/credit_reporting/examples.yml", "  credit_report.gate:"
FACTS = "transforms/facts/life/facts.yml"
AMOUNTS = "but: {enforceable_cents: 1005_00, reportable_cents: 1005_00}"
GOOD = ("HNA000000001", "HNB000000002", "HNC000000003")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of everything that a recipe may touch."""
    root = tmp_path / "house"
    for name in ("rules", "transforms", "expectations"):
        shutil.copytree(house.ROOT / name, root / name)
    (root / "sample_data").mkdir()
    return root


def run(copied: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Python with the engine as it is, on the copied house."""
    return subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=copied.parent,
        env={"ARREARS_HOUSE": str(copied), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(house.ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def arrears(copied: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """The command, run on the copied house."""
    return run(copied, "-m", "arrears.cli", *words)


def told(copied: Path, *words: str | Path) -> Any:
    """What a command that has to succeed answers to a program."""
    done = arrears(copied, *words, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def faults(copied: Path) -> list[str]:
    """What `arrears check` finds wrong in the copied house; in this process, which has read most of it."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name, folder in vars(house).items():
            if isinstance(folder, Path) and folder != house.ROOT:
                monkeypatch.setattr(house, name, copied / folder.relative_to(house.ROOT))
        found: list[str] = check_house()["faults"]
    return found


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def insert(path: Path, before: str, text: str) -> None:
    """Puts text before a line that stands in the file once."""
    old = path.read_text()
    assert old.count(f"\n{before}\n") == 1, f"{before!r} does not stand in {path.name} once"
    path.write_text(old.replace(f"\n{before}\n", f"\n{text}{before}\n"))


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new))


def add_source(copied: Path) -> None:
    """Names in the bibliography what a recipe cites; where another recipe has, only a remark."""
    is_named = SOURCE in (copied / SOURCES).read_text()
    append(copied / SOURCES, "  # cited once more\n" if is_named else SOURCE)


def waive(path: Path, text: str) -> None:
    """Puts a waiver first in the list of a state, which may be empty."""
    [old] = re.findall(r"^waivers:.*$", path.read_text(), re.MULTILINE)
    replace(path, f"\n{old}\n", f"\nwaivers:\n{text}")


def files_of(recipe: str, **names: str) -> list[str]:
    """A regular expression for each file that a recipe's table lists in its first column."""
    part = re.split(r"^## ", BOOK.split(f". {recipe}\n")[1], maxsplit=1, flags=re.MULTILINE)[0]
    cells = re.findall(r"^\| `([^`]+)` \|", part, re.MULTILINE)
    assert cells, f"the recipe {recipe!r} lists no file"
    found = []
    for cell in cells:
        for name, value in names.items():
            cell = cell.replace(f"<{name}>", value)
        choices = [one[1:-1].split(",") if one[:1] == "{" else [one] for one in re.split(r"({[^}]*})", cell)]
        for one in map("".join, product(*choices)):
            found.append(re.sub(r"<[a-z]+>|\\\*", r"[^/]+", re.escape(one)))
    return found


@contextmanager
def following(copied: Path, recipe: str, **names: str) -> Iterator[None]:
    """Holds what is written in the house meanwhile against the table of the recipe, both ways."""

    def files() -> dict[str, list[bytes]]:
        every = (path for path in copied.rglob("*") if path.is_file())
        return {p.relative_to(copied).as_posix(): p.read_bytes().splitlines() for p in every}

    before = files()
    yield
    after = files()
    written = {name for name, lines in after.items() if before.get(name) != lines}
    lines = sum((Counter(after[name]) - Counter(before.get(name, []))).total() for name in written)
    print(f"{recipe}: {len(written)} files, {lines} lines")
    wanted = files_of(recipe, **names)
    assert before.keys() <= after.keys()
    assert [name for name in written if name.endswith(".py")] == []
    assert [name for name in written if not any(re.fullmatch(one, name) for one in wanted)] == []
    assert [one for one in wanted if not any(re.fullmatch(one, name) for name in written)] == []


def boats(*hulls: str, birth: str = "19800229") -> bytes:
    """A file of the feed: each boat another person's."""
    lines = [
        f"{'PELLETIER':<20}{'JO':<15}{900121000 + n}{birth}{n:010d}{hull:<12}202512\n"
        for n, hull in enumerate(hulls, 1)
    ]
    return "".join(lines).encode()


def statements(*owed: tuple[str, int]) -> bytes:
    """A file of the queue: the cases and their debts in cents."""
    lines = [f"H{'MAINE DHHS DSER':<30}20250114"]
    lines += [f"D{case:<10}{'ROY':<40}{cents:013d}" for case, cents in owed]
    lines.append(f"T{len(owed):09d}{sum(cents for _, cents in owed):015d}")
    return "".join(f"{line:<80}\n" for line in lines).encode()


def control(data: bytes, sequence: int) -> str:
    """The control file that the registry puts beside its data."""
    digest = hashlib.sha256(data).hexdigest()
    files = [{"table": "boat", "rows": data.count(b"\n"), "bytes": len(data), "sha256": digest}]
    about = {"control": "arrears/1", "feed": BOATS, "state": "me", "period": NIGHT, "sequence": sequence}
    return json.dumps({**about, "mode": "snapshot", "files": files})


def add_feed(copied: Path) -> Path:
    """Recipe 1; the folder of its sample."""
    inbox = copied / "sample_data" / "me" / NIGHT / "inbox"
    data = boats(*GOOD, "000000000004") + boats("HND000000005", birth="19801399")
    with following(copied, "Add a feed", feed=BOATS, night=NIGHT):
        write(copied, FEED)
        inbox.mkdir(parents=True)
        (inbox / f"{BOATS}.txt").write_bytes(data)
        (inbox / f"{BOATS}.control.json").write_text(control(data, 1))
        add_samples(copied, BOATS, {"good": boats(*GOOD), "bad": data})
        append(copied / RECORDS, f"in_boat,in,A registry,Boats,a test,feeds/{BOATS}/boat.csv,\n")
    return inbox


def add_samples(copied: Path, partner: str, files: dict[str, bytes]) -> None:
    """The samples of a feed or queue, with what is found of the bad one."""
    folder = copied / "sample_data" / "contracts" / partner
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / f"{name}.txt").write_bytes(data)
        if partner == BOATS:
            (folder / f"{name}.control.json").write_text(control(data, 1))
    done = arrears(copied, "check-file", partner, folder / "good.txt")
    assert done.returncode == 0, done.stdout + done.stderr
    found = arrears(copied, "check-file", partner, folder / "bad.txt")
    assert found.returncode == 1
    (folder / "bad.faults.txt").write_text(found.stdout)


def owners(copied: Path, staged: Path, tmp_path: Path) -> dict[str, str]:
    """By the boats of two known persons, how they are matched: one is named as the registry has it."""
    with warehouse() as con:
        rows = (
            f"SELECT hull_number, person_token FROM read_parquet({file_list([staged / f'{BOATS}.parquet'])})"
        )
        token = dict(con.execute(rows).fetchall())
    born = date(1980, 2, 29)
    known = Caseload().person(
        "0000000001", last_name="Pelletier", first_name="Joseph", birth_on=born, person_token=token[GOOD[0]]
    )
    known.person("0000000002", last_name="Roy", first_name="Zoe", birth_on=born, person_token=token[GOOD[1]])
    with known.attached() as con:
        attach_parquet(con, f"staging.{BOATS}", [staged / f"{BOATS}.parquet"])
        run_match(con, tmp_path / "match", known.as_of, copied / "transforms" / "feeds")
        said = (
            "SELECT hull_number, said FROM (SELECT feed, source_line, tier AS said FROM match.links"
            " UNION ALL SELECT feed, source_line, reason FROM match.candidates) AS found"
            f" JOIN staging.{BOATS} USING (source_line) WHERE feed = '{BOATS}'"
        )
        return dict(con.execute(said).fetchall())


def add_remedy_and_queue(copied: Path) -> None:
    """Recipes 6 and 5, in the order in which one needs the other."""
    with following(copied, "Add a queue", queue=STATEMENTS, st="me"):
        write(copied, QUEUE)
        insert(copied / MAINE, "  obligor_notices:", QUEUE_PARTNER)
        good = statements(("00000101", 100_00), ("00000102", 5_00))
        add_samples(copied, STATEMENTS, {"good": good, "bad": good.replace(b"T000000002", b"T000000003")})
        used = " ".join(f"queues/{STATEMENTS}/{one}.csv" for one in ("header", "statement", "trailer"))
        append(copied / RECORDS, f"out_letter,out,A mailer,Yearly letters,a test,{used},\n")
    with following(copied, "Add a remedy", remedy=STATEMENT, st="me"):
        write(copied, REMEDY)
        insert(copied / MAINE, "  credit_reporting:", REMEDY_IN_FORCE)
        append(copied / MAINE, REMEDY_VALUE)
        untold = f"  {STATEMENT}: The letter itself tells.\n"
        insert(copied / "rules/parent_words/told.yml", "  case_closure: Written to the family.", untold)


def change_number(copied: Path) -> None:
    """Recipe 2: the floor of a report to the bureaus is $1,010.00 from 2026."""
    with following(copied, "Change a number from a date", st="me", remedy="credit_reporting"):
        add_source(copied)
        insert(
            copied / MAINE,
            GATE,
            "      2026-01-01:\n        value: 1010_00\n        standing: guide\n"
            "        cites: [invented-for-a-test]\n        reading: Invented.\n",
        )
        append(
            copied / EXAMPLES,
            f'  - {{say: "the last day of the old floor", as_of: 2025-12-31, {AMOUNTS}, then: flag}}\n'
            f'  - {{say: "the first of the new", as_of: 2026-01-01, {AMOUNTS}, then: clear}}\n',
        )


def waive_condition(copied: Path) -> None:
    """Recipe 3: whoever is assisted is reported too from 2026."""
    with following(copied, "Waive a condition", st="me", remedy="credit_reporting"):
        add_source(copied)
        waive(copied / MAINE, WAIVER)
        assisted = "but: {obligor_is_assisted: true}"
        append(
            copied / EXAMPLES,
            f'  - {{say: "the last day on which it counts", as_of: 2025-12-31, {assisted}, then: clear}}\n'
            f'  - {{say: "the first on which it does not", as_of: 2026-01-01, {assisted}, then: flag}}\n',
        )


def add_clock(copied: Path) -> None:
    """Recipe 7."""
    with following(copied, "Add a clock", module="boats", st="me"):
        write(copied, CLOCK)
        append(copied / MAINE, CLOCK_VALUE)


def add_jurisdiction(copied: Path) -> None:
    """Recipe 8."""
    with following(copied, "Add a jurisdiction", st="nh"):
        write(copied, {"rules/jurisdictions/nh.yml": NEW_HAMPSHIRE})
        add_source(copied)


def add_fact(copied: Path) -> None:
    """Recipe 9, with a kind of work that reads the fact."""
    with following(copied, "Add a fact", module="life", table="life_facts"):
        insert(
            copied / FACTS,
            '    objected_on: {say: "The first of these", unit: date, source: tips_src}',
            '    tips_to_work: {say: "Told and not taken up", unit: count, source: tips_src}\n',
        )
        insert(
            copied / "transforms/facts/life/life_facts.sql",
            "  tips.objected_on,",
            "  coalesce(tips.tips_waiting, 0) AS tips_to_work,\n",
        )
    # A line of work then reads it.
    [(place, work)] = WORK.items()
    work = work.replace("case_is_open AND past_due_cents > 0", "tips_to_work > 0")
    write(copied, {place: work.replace("facts: case_facts", "facts: life_facts")})


def add_work(copied: Path) -> None:
    """Recipe 10."""
    with following(copied, "Add a kind of work", module="boats"):
        write(copied, WORK)


def add_report_line(copied: Path) -> None:
    """Recipe 11."""
    report = copied / "transforms/reports/ocse_157.yml"
    with following(copied, "Add a report line", report="ocse_157", line="boats_open"):
        insert(report, "measures:", LINE)
        write(copied, {"transforms/reports/ocse_157/boats_open.sql": LINE_SQL})


def dags_of(copied: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """`dags/agency.py` as it reads the copied house; the names that it takes from Airflow are stand-ins."""
    airflow = ModuleType("airflow.sdk")
    for name in ("BaseSensorOperator", "CronPartitionTimetable", "Param", "Variable"):
        setattr(airflow, name, type(name, (), {"__init__": lambda self, *given, **named: None}))
    monkeypatch.setitem(sys.modules, "airflow", ModuleType("airflow"))
    monkeypatch.setitem(sys.modules, "airflow.sdk", airflow)
    (copied / "dags").mkdir()
    shutil.copy(house.ROOT / "dags" / "agency.py", copied / "dags")
    spec = importlib.util.spec_from_file_location("copied_agency", copied / "dags" / "agency.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "copied_agency", module)
    spec.loader.exec_module(module)
    return module


def test_the_book_holds_these_recipes_on_a_page_or_two() -> None:
    assert tuple(re.findall(r"^## \d+\. (.+)$", BOOK, re.MULTILINE)) == RECIPES
    assert len(BOOK.splitlines()) <= 170


@pytest.mark.slow
def test_what_the_recipes_add_is_sound(copied: Path) -> None:
    for follow in (add_feed, change_number, waive_condition, add_remedy_and_queue, add_clock):
        follow(copied)
    for follow in (add_jurisdiction, add_fact, add_work, add_report_line):
        follow(copied)
    assert faults(copied) == []


def test_a_feed_is_added(copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = add_feed(copied)
    found = (copied / "sample_data" / "contracts" / BOATS / "bad.faults.txt").read_text().splitlines()
    assert found[1].startswith("line 4, boat: a hull number without its maker")
    assert found[2].startswith("line 5, boat.date_of_birth: not a date written CCYYMMDD (found '99999999')")
    assert found[3:] == ["It would be taken. 2 of its lines would be set aside."]
    assert {"in_boat"} == {
        one.record for one in load_records(copied / "transforms") if BOATS in str(one.used_as)
    }
    store = tmp_path / "store"
    [came] = told(copied, "receive", "me", *inbox.iterdir(), "--on", NIGHT, "--store", store)["deliveries"]
    assert (came["feed"], came["outcome"], came["rows"], came["rejects"]) == (BOATS, "accepted", 3, 2)
    staged = Store.open(store).staging("me", BOATS, came["delivery"])
    with warehouse() as con:
        read = "SELECT {} FROM read_parquet({}) ORDER BY source_line"
        rows = con.execute(read.format("hull_number", file_list([staged / f"{BOATS}.parquet"]))).fetchall()
        why = con.execute(
            read.format("source_line, reason", file_list([staged / "rejects.parquet"]))
        ).fetchall()
    assert [row[0] for row in rows] == list(GOOD)
    assert why == [(4, "a hull number without its maker"), (5, why[1][1])]
    assert why[1][1]
    assert owners(copied, staged, tmp_path) == {GOOD[0]: "exact", GOOD[1]: "number agrees, name does not"}

    whole = boats(*(f"HNE{n:09d}" for n in range(20)))
    (tmp_path / "cut").write_bytes(whole[:-200])
    (tmp_path / "cut.control.json").write_text(control(whole, 2))
    done = arrears(
        copied, "receive", "me", tmp_path / "cut", tmp_path / "cut.control.json", "--on", NIGHT,
        "--store", store, "--json",
    )  # fmt: skip
    [cut] = json.loads(done.stdout)["deliveries"]
    assert (done.returncode, cut["outcome"]) == (1, "refused")
    assert "cut short" in cut["reason"]
    assert dags_of(copied, monkeypatch).COMPLETES[BOATS] == f"{BOATS}*control.json"
    engine = "import json; from arrears.night import steps; print(json.dumps(steps.SOURCES))"
    assert json.loads(run(copied, "-c", engine).stdout)[BOATS] == BOATS

    feed = copied / f"transforms/feeds/{BOATS}/feed.yml"
    replace(feed, "  birth_date: birth_on\n", "  birth_date: born_on\n")
    replace(feed, "  number: ssn\n", "")
    done = arrears(copied, "check", "--json")
    [fault] = json.loads(done.stdout)["faults"]
    assert done.returncode == 1
    assert "exact: number_and_name takes number, which is not given" in fault
    assert "born_on is not a column of load.sql" in fault


def test_a_number_is_changed_from_a_date(copied: Path) -> None:
    change_number(copied)
    profile = Profile.load(copied / "rules", "me")
    before, after = (
        profile.value("credit_report.debt_over", day) for day in (date(2025, 12, 31), date(2026, 1, 1))
    )
    assert (before.value, after.value) == (1000_00, 1010_00)
    assert after.cites == ("invented-for-a-test",)

    replace(
        copied / EXAMPLES,
        f"as_of: 2026-01-01, {AMOUNTS}, then: clear",
        f"as_of: 2026-01-01, {AMOUNTS}, then: flag",
    )
    [fault] = faults(copied)
    assert "the first of the new: is clear (debt_over_the_floor) instead of flag" in fault
    insert(copied / MAINE, GATE, "        colour: blue\n")
    wrong = "\n".join(faults(copied))
    assert "me.yml: values: credit_report.debt_over: from: 2026-01-01: unknown key colour" in wrong


def test_a_condition_is_waived_from_a_date(copied: Path) -> None:
    waive_condition(copied)
    profile = Profile.load(copied / "rules", "me")
    assert profile.waivers("credit_reporting", date(2025, 12, 31)) == {}
    [waived] = profile.waivers("credit_reporting", date(2026, 1, 1)).values()
    assert (waived.condition, waived.cites) == ("not_assisted", ("invented-for-a-test",))

    replace(copied / MAINE, "condition: not_assisted", "condition: not_rich")
    told_of = "\n".join(faults(copied))
    assert "me: waives credit_reporting.not_rich, which no card holds" in told_of
    assert "the first on which it does not: is clear (not_assisted) instead of flag" in told_of


@pytest.mark.slow
def test_a_condition_is_added_in_one_state_from_its_day(copied: Path) -> None:
    with following(copied, "Add a condition in one state", st="me", remedy="credit_reporting"):
        add_source(copied)
        append(copied / MAINE, ADDED)
        confined = "but: {obligor_in_prison: true}"
        append(
            copied / EXAMPLES,
            f'  - {{say: "the day before it is asked", as_of: 2025-12-31, {confined}, then: flag}}\n'
            f'  - {{say: "the first", as_of: 2026-01-01, {confined}, then: clear, because: [free]}}\n'
            f"  - {{say: goes on, part: stay, as_of: 2026-01-01, {confined}, then: clear, because: [free]}}\n"
            '  - {say: "free on that day", as_of: 2026-01-01, but: {obligor_in_prison: false}, then: flag}\n',
        )
    assert faults(copied) == []
    replace(
        copied / MAINE, "remedy: credit_reporting\n    condition: free", "remedy: credit\n    condition: free"
    )
    assert "me: adds free to credit, which there is not" in "\n".join(faults(copied))


@pytest.mark.slow
def test_a_remedy_and_its_queue_are_added(copied: Path, tmp_path: Path) -> None:
    boat_files = add_feed(copied)
    add_remedy_and_queue(copied)
    store, inbox = tmp_path / "store", tmp_path / "made" / "me" / NIGHT / "inbox"
    told(copied, "fakes", "--cases", "40", "--out", tmp_path / "made")
    shutil.copytree(boat_files, inbox, dirs_exist_ok=True)
    night = told(copied, "night", "me", NIGHT, "--inbox", inbox, "--store", store)

    done = arrears(copied, "verdicts", "me", NIGHT, "--remedy", STATEMENT, "--store", store)
    assert done.returncode == 0, done.stderr
    verdicts = list(csv.DictReader(done.stdout.splitlines()))
    assert {row["verdict"] for row in verdicts} >= {"flag", "clear"}
    flagged = {row["case_id"]: int(row["amount_cents"]) for row in verdicts if row["verdict"] == "flag"}
    assert night["verdicts"][STATEMENT]["flag"] == len(flagged)

    [sent] = [one for one in night["queues"] if one["queue"] == STATEMENTS]
    head, *body, total = (store / sent["file"]).read_text(encoding="ascii").splitlines()
    assert {len(line) for line in (head, *body, total)} == {80}
    assert head.startswith(f"H{'MAINE DHHS DSER':<30}20250114")
    assert {line[1:11].strip(): int(line[51:64]) for line in body} == flagged
    assert (int(total[1:10]), int(total[10:25])) == (len(flagged), sum(flagged.values()))
    validation = json.loads((store / "nights" / "me" / NIGHT / "validation.json").read_text())
    assert {f"staging.{BOATS}", f"queues.{STATEMENTS}"} <= {check["table"] for check in validation["checks"]}


@pytest.mark.slow
def test_a_clock_is_added(copied: Path, tmp_path: Path) -> None:
    add_clock(copied)
    store, inbox = tmp_path / "store", tmp_path / "made" / "me" / NIGHT / "inbox"
    told(copied, "fakes", "--cases", "40", "--out", tmp_path / "made")
    told(copied, "night", "me", NIGHT, "--inbox", inbox, "--store", store)
    night = store / "nights" / "me" / NIGHT / "plan"
    with warehouse() as con:
        rows = con.execute(
            f"""SELECT status, anchor_on, ends_on, met_on, said FROM read_parquet(?)
                WHERE deadline = '{LOOK}'""",
            [str(night / "deadlines.parquet")],
        ).fetchall()
        [late] = con.execute(
            f"""SELECT count(*) FROM read_parquet(?)
                WHERE kind = 'deadline_overdue' AND contains(item_id, '{LOOK}')""",
            [str(night / "work_list.parquet")],
        ).fetchall()
    assert {"met", "overdue"} <= {row[0] for row in rows}
    assert {(ends_on - anchor_on).days for _, anchor_on, ends_on, *_ in rows} == {60}
    assert all(ends_on < date.fromisoformat(NIGHT) for status, _, ends_on, *_ in rows if status == "overdue")
    assert late[0] == sum(status == "overdue" for status, *_ in rows)
    assert all(f"by {ends_on}" in said for _, _, ends_on, _, said in rows)

    replace(copied / MAINE, f"  {LOOK}.days:\n    unit: days", f"  {LOOK}.days:\n    unit: cents")
    replace(copied / "rules/deadlines/boats.yml", "anchor: order_entered_on", "anchor: boat_found_on")
    wrong = "\n".join(faults(copied))
    assert "boat_found_on is not a described fact" in wrong
    assert f"clock names {LOOK}.days, which is cents" in wrong


@pytest.mark.slow
def test_a_jurisdiction_is_added(copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_jurisdiction(copied)
    profile = Profile.load(copied / "rules", "nh")
    assert list(profile.waivers("credit_reporting", date(2025, 1, 14))) == ["not_assisted"]
    assert profile.value("credit_report.oldest_reportable_years", date(2025, 1, 14)).jurisdiction == "us"
    store, inbox = tmp_path / "store", tmp_path / "made" / "nh" / NIGHT / "inbox"
    told(copied, "fakes", "--state", "nh", "--cases", "30", "--out", tmp_path / "made")
    night = told(copied, "night", "nh", NIGHT, "--inbox", inbox, "--store", store)
    assert night["state"] == "nh"
    assert night["known_at"] == "2025-01-14T08:30:00+00:00"
    assert set(night["verdicts"]) == {"credit_reporting"}
    why = "Lottery winnings is off: gambling_lottery.lottery_threshold not set"
    assert night["off"] == {"lottery_setoff": why}
    again = arrears(copied, "night", "nh", NIGHT, "--store", store)
    assert f"{why}." in " ".join(again.stdout.split())
    assert sum(night["verdicts"]["credit_reporting"].values()) >= 30

    agency = dags_of(copied, monkeypatch)
    assert [(one.code, one.timezone, one.night_at) for one in agency.states()] == [
        ("ma", "America/New_York", "02:00"),
        ("me", "America/New_York", "02:00"),
        ("nh", "America/New_York", "03:30"),
    ]


def test_what_a_night_of_the_new_state_would_stop_at_is_found_before(copied: Path) -> None:
    bare = NEW_HAMPSHIRE.replace('    agency_telephone: "6035550100"\n', "")
    bare = re.sub(r"  credit_report.debt_over:.*\n", "", bare)
    write(copied, {"rules/jurisdictions/nh.yml": bare})
    append(copied / SOURCES, SOURCE)
    assert faults(copied) == [
        "nh: partners: lottery lacks agency_telephone",
        "nh: there is no credit_report.debt_over, which credit_reporting needs",
    ]


def test_a_fact_is_added(copied: Path) -> None:
    add_fact(copied)
    row = "Caseload().debtor().facts('life_facts')['C1']"
    ask = f"from tests.builders import Caseload; print({row}.tips_to_work)"
    assert run(copied, "-c", ask).stdout == "0\n"

    replace(copied / FACTS, "    tips_to_work: {", "    tips_at_work: {")
    assert "names tips_to_work, which is not a described column" in "\n".join(faults(copied))


def test_a_kind_of_work_is_added(copied: Path) -> None:
    add_work(copied)
    assert load_kinds(copied / "rules")["boats_to_look_for"].minutes == 10
    replace(copied / "rules/work/boats.yml", "when: case_is_open", "when: boat_is_found")
    assert "names boat_is_found, which is not a described column" in "\n".join(faults(copied))


def test_a_report_line_is_added(copied: Path) -> None:
    add_report_line(copied)
    assert load_report(copied / "rules", "ocse-157").lines["99"].title == "Cases whose parents may have boats"
    (copied / "transforms/reports/ocse_157/boats_open.sql").unlink()
    assert "boats_open.sql" in "\n".join(faults(copied))


@pytest.mark.slow
def test_a_sample_night_is_added(copied: Path) -> None:
    with following(copied, "Add a sample night", st="me", night=NIGHT):
        told(copied, "fakes", "--cases", "40", "--out", copied / "sample_data")
        write(copied, {f"sample_data/me/{NIGHT}/decisions.csv": DECIDED})
        assert told(copied, "golden", "me", "--write")["is_written"]
    left = copied / "sample_data/me" / NIGHT / "outbox"
    assert (left / "credit_bureaus.000001.txt").is_file()
    assert told(copied, "golden", "me")["files"] == []


def test_a_state_whose_remedies_are_all_off_decides_nothing(tmp_path: Path) -> None:
    with warehouse() as con:
        for name, schema in {"episodes": EPISODES, "published": PUBLISHED}.items():
            attach_arrow(con, f"ledger.{name}", schema.empty_table())
        con.execute("CREATE SCHEMA card; CREATE SCHEMA plan")
        attach_watched(con, {}, attach_verdicts(con, tmp_path))
        run_sql_file(con, house.PLAN / "verdict.sql", "plan.verdict", {})
        assert con.execute("SELECT count(*) FROM plan.verdict").fetchone() == (0,)
