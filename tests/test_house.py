"""The house rules: what design and reviewers ask of every file, held by the machine."""

import ast
import csv
import importlib
import importlib.util
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from arrears import house
from arrears.layout import load_layout
from arrears.money.calculations import load_money
from arrears.sqltext import sql_faults

PYTHON = sorted((house.ROOT / "arrears").rglob("*.py"))
DAGS = sorted(p for folder in ("dags", "plugins") for p in (house.ROOT / folder).rglob("*.py"))
SQL = sorted(p for folder in ("rules", "transforms", "arrears") for p in (house.ROOT / folder).rglob("*.sql"))
FEEDS = sorted(p.name for p in house.FEEDS.iterdir() if p.is_dir())
MOST_LINES, MOST_FUNCTION_LINES = 400, 70

# Rooms from the ground up: a module may import rooms below its own, and its own; two of one floor may not
# import each other. The ground is the modules that lie in no room.
ROOMS = (
    ("errors", "values", "sqltext", "house", "yaml_text", "config", "days"),
    ("data",),
    ("layout",),
    ("ledger", "law", "expectations"),
    ("intake", "money", "queues"),
    ("night",),
    ("answers", "fakes"),
    ("compare", "reports"),
    ("desk",),
    ("author",),
    ("cli",),
)
# Values and calendars reach DuckDB only through the warehouse; these are the doors that others keep.
DOORS = {
    "duckdb": ("arrears/data/warehouse.py",),
    "great_expectations": ("arrears/expectations/",),
    "airflow": ("dags/", "plugins/"),
    "sqlalchemy": ("arrears/ledger/",),
    "cryptography": ("arrears/data/encrypted_files.py",),
    "matplotlib": ("arrears/reports/plots.py",),
}


def imports(path: Path) -> set[str]:
    """Every module that a file imports, at its top or inside a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            if node.module == "arrears":
                found |= {f"arrears.{alias.name}" for alias in node.names}
    return found


def room(module: str) -> int | None:
    """The floor on which a module of the package lives."""
    stem = module.split(".")[1] if "." in module else ""
    return next((floor for floor, names in enumerate(ROOMS) if stem in names), None)


def relative(path: Path) -> str:
    return path.relative_to(house.ROOT).as_posix()


@pytest.mark.parametrize("path", PYTHON, ids=relative)
def test_imports_run_one_way(path: Path) -> None:
    own = "arrears." + path.relative_to(house.ROOT / "arrears").parts[0].removesuffix(".py")
    floor = room(own)
    if own == "arrears.__init__":
        return
    assert floor is not None, f"{relative(path)} has no floor in ROOMS"
    upward = {m for m in imports(path) if m.startswith("arrears.") and (room(m) or 0) > floor}
    assert upward == set()


def test_no_two_rooms_import_each_other() -> None:
    arrows: dict[str, set[str]] = {}
    for path in PYTHON:
        own = path.relative_to(house.ROOT / "arrears").parts[0]
        into = {m.split(".")[1] for m in imports(path) if m.startswith("arrears.") and m.count(".") > 1}
        arrows.setdefault(own, set()).update(into - {own})
    both = {(one, to) for one, into in arrows.items() for to in into if one in arrows.get(to, ())}
    assert both == set()


@pytest.mark.parametrize("library", sorted(DOORS))
def test_a_library_is_imported_only_behind_its_door(library: str) -> None:
    outside = [
        relative(path)
        for path in [*PYTHON, *DAGS]
        if any(m == library or m.startswith(library + ".") for m in imports(path))
        and not relative(path).startswith(DOORS[library])
    ]
    assert outside == []


def test_the_command_line_begins_without_an_engine() -> None:
    heavy = ("duckdb", "pyarrow", "numpy", "pandas", "sqlalchemy", "sqlglot", "airflow", "great_expectations")
    asked = [["--help"], *([verb, "--help"] for verb in ("explain", "night", "receive", "review", "what-if"))]
    code = f"""
import sys
from typer.testing import CliRunner
from arrears.cli.main import app
for asked in {asked}:
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, (asked, done.output)
    if found := set({heavy}) & set(sys.modules):
        sys.exit(f"{{asked}} imports {{found}}")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=house.ROOT)
    assert done.stderr.strip() == ""


def test_the_checks_of_a_night_import_no_plots_and_no_distributions() -> None:
    code = """
import sys
from arrears.expectations.library import Bound
from arrears.expectations.suites import Expectation
said = Expectation("expect_column_values_to_be_unique", {"column": "a"}, "stop", "why", "", ("a",), False)
bound = Bound.of(said, "t", {"a": "VARCHAR"}, "DATE '2025-01-14'")
found = bound.result({sql: 0 for sql in bound.measures.values()} | {"count(*)": 1})
assert found is not None and found["success"] and "great_expectations" in sys.modules
sys.exit(" ".join({"scipy.linalg", "altair.vegalite", "pyspark"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=house.ROOT)
    assert done.stderr.strip() == ""


@pytest.mark.parametrize("path", [*PYTHON, *DAGS], ids=relative)
def test_files_and_functions_are_short(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= MOST_LINES
    long = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > MOST_FUNCTION_LINES
    ]
    assert long == []


@pytest.mark.parametrize("path", SQL, ids=relative)
def test_sql_has_no_clock_and_no_number_of_its_own(path: Path) -> None:
    # The people of `arrears fakes` are drawn: their numbers are nobody's law. A clock they have none either.
    is_drawn = path.is_relative_to(house.ROOT / "arrears" / "fakes")
    assert [said for said in sql_faults(path.read_text()) if not is_drawn or "asks the clock" in said] == []


@pytest.mark.parametrize("path", SQL, ids=relative)
def test_sql_starts_with_a_sentence(path: Path) -> None:
    assert re.match(r"-- [A-Z]", path.read_text())


@cache
def columns_with_a_cycle() -> frozenset[str]:
    """The amounts of the caseload and of the calculations that say nothing without their cycle."""
    told: set[str] = set()
    for path in sorted((house.FEEDS / "caseload" / "tables").glob("*.csv")):
        rows = csv.DictReader(line for line in path.read_text().splitlines() if not line.startswith("#"))
        told |= {r["column"] for r in rows if re.search(r"\bper (installment|pay)\b", r["description"])}
    wage = load_money(house.MONEY).calculations["withholding"].input["wage"]
    return frozenset(told | {name for name, unit in wage.items() if unit == "cents"} - {"fee_taken_cents"})


def sums_of_unlike_cycles(text: str, columns: frozenset[str]) -> list[str]:
    """Each sum, weight or addition of amounts that carry a cycle and are not brought to one.

    An amount is brought to one cycle by `per_year` in the same expression. Where all are of one cycle, a
    comment above the line says so: `-- One cycle: why`.
    """
    named = "|".join(sorted(columns))
    found, lines = [], text.splitlines()
    for number, line in enumerate(lines):
        said = re.sub(r"--.*", "", line)
        adds = (
            re.search(rf"\b(sum|avg)\([^)]*\b({named})\b", said)
            or re.search(rf"\b(\w+)\.({named})\b\s*[-+<>]=?\s*(?!\1\.)\w+\.({named})\b", said)
            or re.search(rf"\b({named})\b.*\bAS weight\b", said)
        )
        above = " ".join(lines[max(number - 3, 0) : number])
        if adds and "per_year" not in said and "One cycle:" not in above:
            found.append(f"line {number + 1}: {said.strip()}")
    return found


@pytest.mark.parametrize("path", SQL, ids=relative)
def test_amounts_of_unlike_cycles_are_never_added_or_weighed(path: Path) -> None:
    assert sums_of_unlike_cycles(path.read_text(), columns_with_a_cycle()) == []


def test_the_rule_about_cycles_sees_a_raw_sum_a_raw_weight_and_a_raw_comparison() -> None:
    raw = (
        "SELECT sum(orders.current_cents)\n, disposable_cents AS weight\n, a.current_cents > b.arrears_cents"
    )
    assert len(sums_of_unlike_cycles(raw, columns_with_a_cycle())) == 3
    assert sums_of_unlike_cycles("SELECT sum(current_cents * cycle.per_year)", columns_with_a_cycle()) == []


@pytest.mark.parametrize("feed", FEEDS)
def test_every_feed_has_all_its_parts(feed: str) -> None:
    folder = house.FEEDS / feed
    parts = [folder / "feed.yml", house.EXPECTATIONS / "feeds" / f"{feed}.yml"]
    # In a sample night, or next to the feed's contract where no night has it.
    samples = [*house.SAMPLE.glob(f"*/*/inbox/{feed}.*"), *house.SAMPLE.glob(f"contracts/{feed}/good.*")]
    assert [relative(p) for p in parts if not p.exists()] == []
    assert samples, f"no sample file of {feed}"


@pytest.mark.parametrize("remedy", sorted(p.name for p in (house.RULES / "remedies").iterdir() if p.is_dir()))
def test_every_remedy_has_all_its_parts(remedy: str) -> None:
    folder = house.RULES / "remedies" / remedy
    assert sorted(path.name for path in folder.iterdir()) == ["examples.yml", "remedy.yml"]


@pytest.mark.parametrize("queue", sorted(p.name for p in house.QUEUES.iterdir() if p.is_dir()))
def test_every_queue_has_all_its_parts(queue: str) -> None:
    parts = [house.QUEUES / queue / "queue.yml", house.QUEUES / queue / "rows.sql"]
    parts.append(house.EXPECTATIONS / "queues" / f"{queue}.yml")
    assert [relative(p) for p in parts if not p.exists()] == []


@pytest.mark.parametrize("queue", sorted(p.name for p in house.QUEUES.iterdir() if p.is_dir()))
def test_every_name_that_leaves_says_whether_it_may_be_cut(queue: str) -> None:
    named = [
        field
        for field in load_layout(house.QUEUES / queue / "record.csv").fields
        if field.kind == "text" and re.search(r"(^|_)(name|surname)($|_)", field.name)
    ]
    assert [field.name for field in named if not field.type.endswith((":cut", ":whole"))] == []


# Words of a layout that are an edit of the partner; what the engine holds otherwise stands here with how.
EDITS = re.compile(
    r"first character|begins with|first four|not blank|no leading|letters, period|needed when", re.I
)
HELD_OTHERWISE = {
    ("income_withholding", "other_description"): "no other obligation is ever told",
    **{
        ("income_withholding", f"{part}_{kind}_frequency"): "no such amount is ever told"
        for part in ("current", "past_due")
        for kind in ("medical", "spousal")
    },
    ("income_withholding", "other_frequency"): "no other obligation is ever told",
}


@pytest.mark.parametrize("queue", sorted(p.name for p in house.QUEUES.iterdir() if p.is_dir()))
def test_every_edit_that_a_layout_names_is_checked(queue: str) -> None:
    path = house.QUEUES / queue / "checks.sql"
    checks = path.read_text() if path.exists() else ""
    open_edits = [
        field.name
        for field in load_layout(house.QUEUES / queue / "record.csv").columns
        if EDITS.search(field.values_or_edits)
        and not re.search(rf"\b{field.name}\b", checks)
        and (queue, field.name) not in HELD_OTHERWISE
    ]
    assert open_edits == []


# So many lines of SQL are read at a glance where they are asked; more lie in a file, under the rules of SQL.
MOST_SQL_LINES = 3
# A statement, or a piece of one: what begins so, in capitals as our SQL is written.
IS_SQL = re.compile(
    r"\s*(SELECT|WITH|FROM|INSERT|UPDATE|DELETE|CREATE|COPY|CASE|WHERE|(LEFT |ANTI |SEMI )?JOIN)\b"
    r"|.*\b(SELECT\b.+\bFROM\b|CASE WHEN\b|count\(\*\))",
    re.DOTALL,
)


def long_sql(text: str) -> list[str]:
    """Each SQL text of a module, joined by f-strings or next to one another, that is longer than a glance."""
    tree = ast.parse(text)
    within = {child for one in ast.walk(tree) if isinstance(one, ast.JoinedStr) for child in ast.walk(one)}
    within -= {one for one in within if isinstance(one, ast.JoinedStr)}
    texts = [
        one
        for one in ast.walk(tree)
        if one not in within
        and (isinstance(one, ast.JoinedStr) or (isinstance(one, ast.Constant) and isinstance(one.value, str)))
    ]
    told = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}  # docstrings
    return [
        f"line {one.lineno}: {lines} lines of SQL"
        for one in texts
        if id(one) not in told
        and (lines := (one.end_lineno or one.lineno) - one.lineno + 1) > MOST_SQL_LINES
        and IS_SQL.match("".join(_words(one)))
    ]


def _words(text: ast.AST) -> list[str]:
    parts = text.values if isinstance(text, ast.JoinedStr) else [text]
    return [str(part.value) if isinstance(part, ast.Constant) else " x " for part in parts]


@pytest.mark.parametrize("path", PYTHON, ids=relative)
def test_sql_of_more_than_a_glance_lies_in_a_file(path: Path) -> None:
    assert long_sql(path.read_text()) == []


def test_the_rule_about_long_sql_sees_texts_f_strings_and_texts_in_a_row() -> None:
    lines = ["SELECT case_id,", "  count(*) AS acts", "FROM plan.actions", "GROUP BY case_id"]
    whole = "\n".join(lines)
    in_a_row = "\n    ".join(repr(f"{line} ") for line in lines)
    assert len(long_sql(f'con.execute("""{whole}""")')) == 1
    assert len(long_sql(f'con.execute(f"""{whole} HAVING {{least}}""")')) == 1
    assert len(long_sql(f"con.execute(\n    {in_a_row}\n)")) == 1
    assert long_sql(f'con.execute("""{whole.partition("GROUP")[0].strip()}""")') == []
    assert long_sql(f'def of(con):\n    """{whole}"""') == []
    assert long_sql('say("""Nobody selects\nanything\nfrom\nhere.""")') == []


def test_no_clock_is_read_in_the_engine() -> None:
    """Time is an argument: only the doors where people and leases come in may ask the clock.

    The page of the benchmark says on which day it was measured.
    """
    clock = re.compile(r"datetime\.now\(|date\.today\(|time\.time\(|utcnow\(")
    allowed = {"arrears/night/run.py", "arrears/desk/review.py", "arrears/intake/receive", "arrears/ledger"}
    allowed.add("arrears/cli/performance.py")
    found = [
        relative(path)
        for path in PYTHON
        if clock.search(path.read_text()) and not any(relative(path).startswith(a) for a in allowed)
    ]
    assert found == []


def test_tracked_files_name_no_machine_and_no_registry() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=house.ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    words = re.compile(
        r"(?:^|[^\w.-])/(?:wor"
        + r"k|roo"
        + r"t|hom"
        + r"e)/|\.\./shar"
        + r"ed|https?://[a-z.]*(?:pyp"
        + r"i|npmj"
        + r"s|pythonhoste"
        + r"d)\.",
        re.MULTILINE,
    )
    found = []
    for name in listed:
        path = house.ROOT / name
        if path.is_symlink() and path.readlink().is_absolute():
            found.append(name)
        if path.suffix in (".parquet", ".png") or not path.is_file():
            continue
        if words.search(path.read_text(encoding="latin-1")):
            found.append(name)
    assert found == []


def test_the_canary_words_of_secrets_are_never_format_arguments_of_errors() -> None:
    """An error that interpolates a column of people would leak it; names of such columns are refused."""
    leak = re.compile(r"(?:ArrearsError|Refused|RuleFault)\([^)]*\{(?:ssn|account|last_name|first_name)\b")
    assert [relative(p) for p in PYTHON if leak.search(p.read_text())] == []


# Where words leave the engine beside errors: faults of the house, what is printed, what is logged.
SAID_BY = {"fault", "print", "exit", "debug", "info", "warning", "error", "exception", "critical"}
A_PATH = {"path", "root", "folder", "file", "inbox", "source", "to", "page", "place", "aside", "filename"}


def paths_said_as_given(text: str) -> list[str]:
    """Each path that an error, a print or a log line makes to text without `safe_path`.

    By name: `str(path)`, `path.name`, `{path}`. An error may be given the path itself: it shows it.
    """
    found: list[str] = []

    def last(node: ast.AST | None) -> str:
        node = node.func if isinstance(node, ast.Call) else node
        return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")

    def look(node: ast.AST | None, is_path_said: bool) -> None:
        call = isinstance(node, ast.Call)
        if node is None or (call and last(node) == "safe_path"):
            return
        value: ast.AST | None = node if is_path_said else None
        if isinstance(node, ast.Call) and last(node) in ("str", "escape") and node.args:
            value = node.args[0]
        elif isinstance(node, ast.FormattedValue) or (
            isinstance(node, ast.Attribute) and node.attr in ("name", "stem", "as_posix")
        ):
            value = node.value
        if last(value).lstrip("_") in A_PATH:
            found.append(f"line {getattr(node, 'lineno', 0)}: {ast.unparse(node)}")
            return
        for child in ast.iter_child_nodes(node):
            look(child, False)

    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Raise):
            look(node.exc, False)
        elif isinstance(node, ast.Call) and last(node) in SAID_BY:
            for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
                look(argument, True)
    return found


@pytest.mark.parametrize("path", [*PYTHON, *DAGS], ids=relative)
def test_a_path_is_said_only_as_it_may_be_shown(path: Path) -> None:
    assert paths_said_as_given(path.read_text()) == []


def test_the_rule_about_paths_sees_each_way_to_say_one() -> None:
    ways = ("str(path)", "store.root.name", "f'{folder} is full'", "f'see {inbox(state)}'", "self._path.stem")
    for way in ways:
        assert len(paths_said_as_given(f"raise ArrearsError('what', {way})")) == 1
    for said in ("log.info('%s', folder)", "out.print(f'in {to}')", "node.fault(path.name)"):
        assert len(paths_said_as_given(said)) == 1
    for said in ("raise Refused('what', store.root)", "out.print(f'in {safe_path(to)}')"):
        assert paths_said_as_given(said) == []


@pytest.mark.parametrize("path", DAGS, ids=relative)
def test_what_a_task_imports_is_there(path: Path) -> None:
    """A task imports while it runs, so a name that is gone would be seen no earlier than in the night."""
    taken = [one for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.ImportFrom)]
    missing = [
        f"line {one.lineno}: {one.module}.{name.name}"
        for one in taken
        if (one.module or "").partition(".")[0] == "arrears"
        for name in one.names
        if not _is_there(str(one.module), name.name)
    ]
    assert missing == []


def _is_there(module: str, name: str) -> bool:
    found = importlib.import_module(module)
    is_a_module = hasattr(found, "__path__") and importlib.util.find_spec(f"{module}.{name}") is not None
    return is_a_module or hasattr(found, name)
