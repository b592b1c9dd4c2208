"""The bibliography and this project's own policies: where each rule can be checked, as people cite it.

A citation is the id of a source of `rules/sources.yml`, and after `#` a place in it:
`42-usc-652#(k)(1)` is written 42 U.S.C. § 652(k)(1). `arrears-policy#mail` is the policy `mail` of
`rules/policy.yml`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

from arrears import house
from arrears.config import Faults, Node, is_day, read_once, read_yaml

POLICY = "arrears-policy"
POLICY_PAGE = "docs/policy.md"
_SEEN = ("whole", "excerpt", "memory", "policy")
_NOT_READ = ("not read", "none")
_ID = re.compile(r"[a-z0-9][a-z0-9.-]*")
# Paragraphs such as (a)(7)(B) or (1)(B)-(D), then a place in words: -before-2010, collecting-debt.
_PLACE = re.compile(r"((?:\(\w+\))*(?:-(?:\(\w+\))+)?)-?(.*)")


@dataclass(frozen=True)
class Source:
    """One entry of the bibliography: where a number can be checked."""

    id: str
    title: str
    # What was read: a site, a copy, a page.
    where: str
    read_on: date | None
    seen: str
    # The state whose law or guide it is; empty for federal law and our own policy.
    state: str = ""
    # How it is cited where that is shorter than its title, and where its text stands today.
    cite: str = ""
    address: str = ""


@dataclass(frozen=True)
class Policy:
    """One choice of this project where no source decides: what, why, and who has to sign it."""

    name: str
    title: str
    what: str
    why: str
    sign: str


def read_sources(rules_dir: Path, faults: Faults) -> dict[str, Source]:
    """The bibliography by id, each policy by its whole citation among it."""
    root = read_yaml(rules_dir / "sources.yml", faults)
    found: dict[str, Source] = {}
    for id_, one in root.node("sources").children():
        source = _source(str(id_), one)
        found[source.id] = source
        one.done()
    root.done()
    if (rules_dir / "policy.yml").is_file():
        for name, policy in read_policies(rules_dir, faults).items():
            id_ = f"{POLICY}#{name}"
            page = f"{POLICY_PAGE}#{name}"
            found[id_] = Source(id_, f"Policy, {policy.title}", page, None, "policy", address=page)
    return found


def _source(id_: str, one: Node) -> Source:
    read_on = one.take("read_on", required=False, kind="day")
    if read_on is not None and not is_day(read_on):
        one.fault("read_on must be a day")
    seen = one.text("seen", choices=_SEEN)
    if seen in ("whole", "excerpt") and read_on is None:
        one.fault("read_on is missing for something that was read")
    if _ID.fullmatch(id_) is None:
        one.fault("an id holds only small letters, digits, points and hyphens")
    source = Source(
        id=id_,
        title=one.text("title"),
        where=one.text("where"),
        read_on=cast("date | None", read_on),
        seen=seen,
        state=one.text("state", required=False),
        cite=one.text("cite", required=False),
        address=one.text("address", required=False),
    )
    if source.where in _NOT_READ and not source.address:
        one.fault("was not read; give the address at which it can be")
    if source.address and not source.address.startswith("https://"):
        one.fault(f"address must begin with https://, not {source.address}")
    return source


def read_policies(rules_dir: Path, faults: Faults) -> dict[str, Policy]:
    """Every policy of `rules/policy.yml` by name."""
    root = read_yaml(rules_dir / "policy.yml", faults)
    found: dict[str, Policy] = {}
    for name, one in root.node("policies").children():
        if _ID.fullmatch(str(name)) is None:
            one.fault("a policy's name holds only small letters, digits, points and hyphens")
        texts = (one.text(key) for key in ("title", "what", "why", "sign"))
        found[str(name)] = Policy(str(name), *texts)
        one.done()
    root.done()
    return found


@read_once()
def load_sources(rules_dir: Path) -> dict[str, Source]:
    """The bibliography and the policies; one `RuleFault` lists every fault of both files."""
    faults = Faults()
    found = read_sources(rules_dir, faults)
    faults.raise_any("rules", "Correct each of these; no source was loaded")
    return found


@read_once()
def load_policies(rules_dir: Path) -> dict[str, Policy]:
    """Every policy by name; one `RuleFault` lists every fault of the file."""
    faults = Faults()
    found = read_policies(rules_dir, faults)
    faults.raise_any("rules/policy.yml", "Correct each of these; no policy was loaded")
    return found


def source_of(cite: str, sources: Mapping[str, Source]) -> Source | None:
    """The source that a citation leads to: a policy by its whole name, others by what stands before #."""
    return sources.get(cite) or sources.get(cite.partition("#")[0])


def as_cited(cite: str, sources: Mapping[str, Source]) -> str:
    """A citation as people write it: 42 U.S.C. § 652(k)(1); one that leads nowhere stays as it is."""
    source = source_of(cite, sources)
    if source is None:
        return cite
    name = source.cite or source.title
    if cite == source.id:
        return name
    paragraphs, words = cast("re.Match[str]", _PLACE.fullmatch(cite.partition("#")[2])).groups()
    return f"{name}{paragraphs}" + (f", {_in_words(words)}" if words else "")


def _in_words(place: str) -> str:
    """A place of a source in words: `s.53117` is § 53117, `G` section G, `before-2010` before 2010."""
    if re.fullmatch(r"[A-Z]|\d+", place):
        return f"section {place}"
    if re.match(r"s\.\d", place):
        return f"§ {place.removeprefix('s.')}"
    # The hyphens of a date stay.
    return re.sub(r"(?<!\d)-|-(?!\d)", " ", place)


def written(cites: Iterable[str]) -> list[str]:
    """Citations as people write them, each once."""
    sources = load_sources(house.RULES)
    return list(dict.fromkeys(as_cited(one, sources) for one in cites))


def with_written(told: Any) -> Any:
    """A document in which `cited_as` stands beside every `cites`: the same, as people write it."""
    if isinstance(told, Mapping):
        made = {key: with_written(one) for key, one in told.items()}
        if isinstance(cites := told.get("cites"), list | tuple):
            made["cited_as"] = written(cites)
        return made
    return [with_written(one) for one in told] if isinstance(told, list | tuple) else told


def policy_faults(rules_dir: Path, folders: Iterable[Path]) -> Iterator[str]:
    """Each policy that is cited and not written down, and each that is written down and not cited."""
    known = load_policies(rules_dir)
    cited: set[str] = set()
    for folder in folders:
        for path in sorted((*folder.rglob("*.yml"), *folder.rglob("*.sql"))):
            cited |= set(re.findall(rf"{POLICY}#([a-z0-9][a-z0-9-]*)", path.read_text(encoding="utf-8")))
    for name in sorted(cited - known.keys()):
        yield f"rules/policy.yml: {POLICY}#{name} is cited and not written down"
    for name in sorted(known.keys() - cited):
        yield f"rules/policy.yml: {name} is cited by nothing"
