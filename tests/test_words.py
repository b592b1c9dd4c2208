"""What people read is in the words of the field: no private phrase, no he or she, no missing command."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer.main
import yaml

from arrears import house
from arrears.cli.main import app

GLOSSARY = house.ROOT / "docs" / "glossary.md"
# Keys of YAML that hold a program, or words of somebody else.
PROGRAMS = {
    "is",
    "when",
    "rows",
    "sql",
    "met",
    "known",
    "targets",
    "ground",
    "quote",
    "where",
    "pattern",
    "regex",
}
PRONOUNS = re.compile(r"\b(?:he|him|his|himself|she|her|hers|herself)\b", re.IGNORECASE)
IS_NO = re.compile(
    r"(?<!there )\b(?:is|are) no (?!longer|more|older|less|later|other|use|news|remedy bar|land)\w",
    re.IGNORECASE,
)
SQL = re.compile(r"\b(?:SELECT|FROM|WHERE|CREATE|INSERT|JOIN|UPDATE|CAST|COALESCE|CASE WHEN|IS NOT|UNION)\b")
COMMAND = re.compile(r"`(?:arrears|python -m arrears\.ledger) ([^`]*)`")


def tables() -> list[list[tuple[str, str]]]:
    """The two tables of the glossary, as rows of two cells."""
    parts = GLOSSARY.read_text(encoding="utf-8").split("\n## ")[1:]
    rows = [re.findall(r"^\| (.+?) \| (.+?) \|$", part, re.MULTILINE) for part in parts]
    return [[row for row in one if set(row[0]) != {"-"}][1:] for one in rows]


def banned() -> list[str]:
    """The phrases that nothing a person reads may hold."""
    return [phrase.strip("`") for phrase, _ in tables()[1]]


def of_yaml(found: object, key: str = "") -> Iterator[str]:
    """Every text in a YAML file that is made of words."""
    if isinstance(found, dict):
        for name, value in found.items():
            if name not in PROGRAMS:
                yield from of_yaml(value, str(name))
    elif isinstance(found, list):
        for value in found:
            yield from of_yaml(value, key)
    elif isinstance(found, str) and " " in found:
        yield found


def of_python(path: Path) -> Iterator[str]:
    """Every text of a module that may be shown: strings of several words, without docstrings and SQL."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                skipped.add(id(first.value))
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in ast.walk(node) if part is not node}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        text = ""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        elif isinstance(node, ast.JoinedStr):
            text = "".join(str(one.value) if isinstance(one, ast.Constant) else "X" for one in node.values)
        if " " in text and not SQL.search(text):
            yield text


def of_page(path: Path) -> Iterator[str]:
    """The text of a template, with what its attributes show."""
    text = re.sub(r"\{[%{#].*?[%}#]\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    yield from re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', text)
    yield from re.findall(r">([^<]+)<", text)


def of_document(path: Path) -> Iterator[str]:
    """The lines of a document; of the glossary, all but what it lists as not used."""
    text = path.read_text(encoding="utf-8")
    yield from (text.split("\n## Words that")[0] if path == GLOSSARY else text).splitlines()


@cache
def shown() -> dict[str, list[str]]:
    """Every file that people read, in its parts that they do."""
    root = house.ROOT
    ymls = sorted(
        p
        for folder in ("rules", "expectations", "transforms", "arrears")
        for p in (root / folder).rglob("*.yml")
    )
    found = {
        p: list(of_yaml(list(yaml.load_all(p.read_text("utf-8"), yaml.CSafeLoader))))
        for p in ymls
        if p.name != "sources.yml"
    }
    modules = [p for folder in ("arrears", "dags", "plugins") for p in sorted((root / folder).rglob("*.py"))]
    found |= {p: list(of_python(p)) for p in modules}
    found |= {p: list(of_page(p)) for p in sorted((root / "arrears").rglob("*.html"))}
    # Those that are printed hold the words of the law; what prints them is read instead.
    documents = [root / "README.md", root / "CONTRIBUTING.md", *sorted((root / "docs").glob("*.md"))]
    found |= {p: list(of_document(p)) for p in documents if not re.match("certification|rulebook", p.name)}
    return {str(path.relative_to(root)): texts for path, texts in found.items()}


def places(wanted: re.Pattern[str]) -> list[str]:
    """Where a pattern is shown to people."""
    return [
        f"{path}: {text.strip()[:120]}"
        for path, texts in shown().items()
        for text in texts
        if wanted.search(text)
    ]


@pytest.mark.parametrize("phrase", banned())
def test_nothing_that_people_read_holds_a_phrase_of_our_own(phrase: str) -> None:
    wanted = re.compile(rf"(?<![\w.`/-]){re.escape(phrase)}(?![\w`/-])", re.IGNORECASE)
    assert not places(wanted), dict(tables()[1])[f"`{phrase}`"]


def test_what_something_is_not_is_said_as_people_say_it() -> None:
    assert not places(IS_NO)


def test_a_person_is_they() -> None:
    assert not places(PRONOUNS)
    root = house.ROOT
    told = [*(root / "sample_data").glob("*/README.md"), *(root / "docs" / "decisions").glob("*.md")]
    told += [p for folder in ("rules", "transforms") for p in (root / folder).rglob("*.sql")]
    told += (root / "transforms").rglob("*.csv")
    assert not [p.name for p in told if PRONOUNS.search(p.read_text(encoding="utf-8"))]


def test_every_term_of_the_glossary_is_in_use() -> None:
    everything = "\n".join(
        text for path, texts in shown().items() if not path.endswith("glossary.md") for text in texts
    ).casefold()
    unused = [
        term for term, _ in tables()[0] if not re.search(rf"\b{re.escape(term.casefold())}", everything)
    ]
    assert not unused


def verbs(command: object, before: str = "") -> Iterator[str]:
    """Every verb that the command line has, with the words before it."""
    for name, one in getattr(command, "commands", {}).items():
        yield f"{before}{name}"
        yield from verbs(one, f"{before}{name} ")


def test_messages_and_documents_name_only_commands_that_exist() -> None:
    known = set(verbs(typer.main.get_command(app)))
    groups = {one.split()[0] for one in known if " " in one}
    wrong = []
    for path, texts in shown().items():
        for command in COMMAND.finditer("\n".join(texts)):
            words = [word for word in command[1].split() if re.fullmatch(r"[a-z][a-z-]*", word)]
            if command[0].startswith("`arrears") and words:
                said = " ".join(words[:2]) if words[0] in groups else words[0]
                wrong += [f"{path}: {command[0]}"] if said not in known else []
    assert not wrong


@pytest.mark.parametrize(
    "asked", [["nights"], ["night", "me"], ["review", "agree"], ["explain", "--no-such"]]
)
def test_an_error_is_one_line_that_no_frame_cuts(asked: list[str]) -> None:
    from typer.testing import CliRunner

    said = CliRunner().invoke(app, asked)
    assert said.exit_code == 2
    assert [line for line in said.output.splitlines() if line.startswith("Error: ")]
    assert "│" not in said.output
