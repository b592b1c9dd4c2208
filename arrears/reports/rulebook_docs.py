"""The pages of this house that are printed from the rules: rule books, the README's clocks, the policies.

Contracts with partners, printed from the transforms, are written with them.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from arrears import house
from arrears.errors import ArrearsError
from arrears.law.catalog import SPANS
from arrears.law.citations import load_policies
from arrears.law.profile import Profile
from arrears.law.profile_files import states
from arrears.law.remedy import load_cards
from arrears.night.layers import load_facts
from arrears.reports.contracts import contract_pages
from arrears.reports.rulebook import rulebook, why_off
from arrears.reports.rulebook_law import Law
from arrears.reports.rulebook_words import escaped

# The day of the books that are kept in docs/, and the state of the README.
ON, STATE = date(2025, 1, 15), "me"
_NAMED = 2


def docs() -> dict[Path, str]:
    """Each page that is printed from the rules, with the text that it should have."""
    folder = house.ROOT / "docs"
    books = {folder / f"rulebook-{state}.md": rulebook(state, ON) for state in states(house.RULES)}
    clocks = "\n".join(clock_table(STATE, ON))
    parts = ((house.ROOT / "README.md", "clocks", clocks), (folder / "policy.md", "policies", policies()))
    return books | {path: _with_part(path, name, text) for path, name, text in parts}


def write_docs() -> list[Path]:
    """The pages that were stale, written again."""
    pages = docs() | contract_pages()
    stale = {path: text for path, text in pages.items() if not path.exists() or path.read_text() != text}
    for path, text in stale.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(stale)


def clock_table(state: str, on: date) -> Iterator[str]:
    """Every span of time that a remedy in use waits for or compares with, by its value."""
    law = Law(Profile.load(house.RULES, state), on)
    users: dict[str, list[str]] = {}
    for name, card in load_cards(house.RULES).items():
        if name not in law.profile.remedies_in_force(on) or why_off(card, law):
            continue
        waits = [key for step in card.steps if step.after for key in step.after.keys]
        for key in dict.fromkeys([*waits, *card.needs.values()]):
            if law.profile.unit(key) in SPANS:
                users.setdefault(key, []).append(card.title)
    for key in _facts_spans(law):
        users.setdefault(key, []).append("the facts of a case")
    yield "| what | time | where | source |"
    yield "|---|---|---|---|"
    for key, titles in sorted(users.items()):
        held = law.held(key)
        if held is None or not isinstance(held.value, int) or not held.value:
            continue
        more = f" and {len(titles) - _NAMED} more" if len(titles) > _NAMED else ""
        where = ", ".join(titles[:_NAMED]) + more
        cites = law.plain(held.cites)
        yield f"| {escaped(law.title(key))} | {law.value(key)} | {escaped(where)} | {cites} |"


def _facts_spans(law: Law) -> list[str]:
    """The spans of time that the facts themselves count with."""
    layers = load_facts(house.FACTS)
    keys = {key for layer in layers for key in (*layer.params.values(), *layer.by_day.values())}
    return sorted(key for key in keys if law.profile.unit(key) in SPANS)


def policies() -> str:
    """Every policy with what, why and who signs, each under an anchor of its own."""
    lines: list[str] = []
    for name, one in load_policies(house.RULES).items():
        lines += [f'<a id="{name}"></a>', f"**{escaped(one.title)}.** {escaped(one.what)}"]
        lines += [f"*Why:* {escaped(one.why)} *To sign:* {escaped(one.sign)}.", ""]
    return "\n".join(lines).rstrip()


def _with_part(path: Path, name: str, text: str) -> str:
    """A page with what stands between its two marks of this name written again."""
    begin, end = f"<!-- {name}: printed by `arrears rulebook --docs` -->", f"<!-- end of {name} -->"
    page = path.read_text(encoding="utf-8")
    if begin not in page or end not in page:
        raise ArrearsError(f"The page has no marks of {name}", path, f"Add {begin} and {end}")
    return re.sub(
        rf"{re.escape(begin)}.*?{re.escape(end)}", lambda _: f"{begin}\n\n{text}\n\n{end}", page, flags=re.S
    )
