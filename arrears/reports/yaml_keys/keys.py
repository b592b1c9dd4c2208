"""The keys of a kind of file: what readers asked for, with the sentence that says what each means."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from arrears.config import ENTRY, Faults, Key, Record, read_yaml, recording
from arrears.errors import ArrearsError
from arrears.reports.yaml_keys.kinds import KINDS, Kind

ABOUT = Path(__file__).with_name("about.yml")


@dataclass(frozen=True)
class KeyOf:
    """One key of a kind of file, as its reader asks for it."""

    key: str
    kind: str
    # always, sometimes (it depends on other keys), or no
    required: str
    otherwise: str
    choices: tuple[str, ...]
    means: str


@dataclass(frozen=True)
class About:
    """What a kind of file is for, and what its keys mean."""

    say: str
    keys: dict[str, str]


def keys_of(name: str) -> list[KeyOf]:
    """Every key that the files of a kind may hold, in the order in which it is asked for."""
    if name not in KINDS:
        raise ArrearsError("There is no such kind of file", name, f"Name one of {', '.join(KINDS)}")
    about, shared = about_kinds()
    own = about[name].keys if name in about else {}
    return [
        KeyOf(key, *one, own.get(key) or shared.get(ending(key, shared), ""))
        for key, one in _asked(KINDS[name])
    ]


def ending(key: str, shared: Collection[str]) -> str:
    """The longest of the shared names that a key ends with; empty where there is none."""
    return max((one for one in shared if f".{key}".endswith(f".{one}")), key=len, default="")


def _asked(kind: Kind) -> Iterator[tuple[str, tuple[str, str, str, tuple[str, ...]]]]:
    kept = _read(kind)
    found: dict[tuple[str, ...], list[dict[str, Key]]] = {}
    for place, asked in kept.asked.items():
        path = Path(place[0])
        if next((one for one in KINDS.values() if one.holds(path)), None) is kind:
            found.setdefault(place[1:], []).extend(asked)
    for place in _in_order(found):
        every = [keys for keys in found[place] if keys]
        for name in dict.fromkeys(name for keys in every for name in keys):
            yield _shown((*place, name)), _merged(name, every)


def _read(kind: Kind) -> Record:
    """What the reader of a kind asks; where the house has faults, of as much as can be read despite them.

    Who writes a file asks for its keys when something in the house is not right yet.
    """
    try:
        with recording() as kept:
            kind.read()
    except ArrearsError as error:
        with recording(despite_faults=True) as kept, suppress(Exception):
            kind.read()
        if not any(kind.holds(Path(place[0])) for place in kept.asked):
            raise error
    return kept


def _in_order(found: dict[tuple[str, ...], list[dict[str, Key]]]) -> list[tuple[str, ...]]:
    """The places, each below the key that leads to it."""

    def rank(place: tuple[str, ...]) -> list[int]:
        places = []
        for depth, part in enumerate(place):
            above = found.get(place[:depth], [])
            names = list(dict.fromkeys(name for keys in above for name in keys))
            places.append(names.index(part) if part in names else -1)
        return places

    return sorted(found, key=rank)


def _merged(name: str, every: list[dict[str, Key]]) -> tuple[str, str, str, tuple[str, ...]]:
    asked = [keys[name] for keys in every if name in keys]
    needed = [one.required for one in asked]
    kinds = [one.kind for one in asked if one.kind != "value"] or ["value"]
    required = "sometimes" if any(needed) else "no"
    if all(needed) and len(asked) == len(every):
        required = "always"
    choices = tuple(dict.fromkeys(choice for one in asked for choice in one.choices))
    otherwise = next((one.otherwise for one in asked if one.otherwise), "")
    return " or ".join(dict.fromkeys(kinds)), required, otherwise if required != "always" else "", choices


def _shown(place: tuple[str, ...]) -> str:
    """A place as people write it: `steps[].after.clock`."""
    return ".".join(place).replace(f".{ENTRY}", ENTRY)


@cache
def about_kinds() -> tuple[dict[str, About], dict[str, str]]:
    """What is said of each kind, and the sentences that hold wherever a key of that name stands."""
    faults = Faults()
    root = read_yaml(ABOUT, faults)
    shared = root.node("everywhere").pairs()
    found = {}
    for name, one in root.node("kinds").children():
        found[str(name)] = About(one.text("say"), one.node("keys", required=False).pairs())
        one.done()
    root.done()
    faults.raise_any("about.yml")
    return found, shared


@dataclass(frozen=True)
class KindOf:
    """One kind of file: where its files stand and what it is for."""

    name: str
    files: str
    say: str


def kinds() -> list[KindOf]:
    """Every kind of file that people write."""
    about, _ = about_kinds()
    return [KindOf(one.name, one.files, about[one.name].say) for one in KINDS.values()]


def markdown() -> str:
    """The page `docs/keys.md`: every kind of file with its keys."""
    about, _ = about_kinds()
    lines = [
        "# What each YAML file may hold",
        "",
        "Printed by `arrears keys --markdown` from the readers themselves; do not edit it by hand.",
        "`<name>` stands for a name that you choose, `[]` for each entry of a list. *Needed*: always,",
        "sometimes (it depends on other keys of the same entry), or no, with the default in parentheses.",
        "",
    ]
    for kind in KINDS.values():
        lines += [f"## {kind.name}", "", about[kind.name].say, "", f"Files: `{kind.files}`", ""]
        lines += ["| key | holds | needed | what it means |", "|---|---|---|---|"]
        lines += [
            f"| `{one.key}` | {_holds(one)} | {_needed(one)} | {one.means} |".replace("||", r"\|\|")
            for one in keys_of(kind.name)
        ]
        lines.append("")
    return "\n".join(lines)


def _holds(one: KeyOf) -> str:
    return one.kind + (f": {', '.join(f'`{choice}`' for choice in one.choices)}" if one.choices else "")


def _needed(one: KeyOf) -> str:
    return one.required + (f" (`{one.otherwise}`)" if one.otherwise else "")
