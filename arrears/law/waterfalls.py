"""In which order a kind of money pays which debts: `rules/waterfalls/`, each state's over the federal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa

from arrears.config import Faults, Node, read_once, read_yaml
from arrears.errors import safe_path
from arrears.law.citations import Source, read_sources
from arrears.law.profile_files import FEDERAL, read_cites, read_start

CLASSES = (
    *("current", "pre_assistance", "during_assistance", "post_assistance", "conditionally_assigned"),
    *("never_assigned", "interest", "penalty"),
)
CASES = ("current_assistance", "former_assistance", "never_assistance")
SPLITS = ("by_current", "by_arrears", "equal_shares")
_COLUMNS = {
    **{"waterfall": pa.string(), "from_on": pa.date32(), "until_on": pa.date32()},
    **{"kind": pa.string(), "tier_no": pa.int64(), "tier": pa.string(), "place": pa.int64()},
    **{"balance_class": pa.string(), "assigned": pa.bool_(), "case_class": pa.string(), "pays": pa.string()},
    **{
        "split": pa.string(),
        "passes_through": pa.bool_(),
        "rule": pa.string(),
        "cites": pa.list_(pa.string()),
    },
}


@dataclass(frozen=True)
class Take:
    """Debts that a tier pays, in the order of their classes: whose, of which cases, and who is paid."""

    of: tuple[str, ...]
    assigned: bool | None
    cases: tuple[str, ...]
    pays: str


@dataclass(frozen=True)
class Tier:
    """One step of a waterfall: all its debts are reached together, and split where the money ends."""

    tier: str
    split: str
    takes: tuple[Take, ...]
    passes_through: bool
    cites: tuple[str, ...]
    reading: str


@dataclass(frozen=True)
class Waterfall:
    """One kind of money from a day on."""

    jurisdiction: str
    kind: str
    title: str
    from_on: date | None
    cites: tuple[str, ...]
    reading: str
    tiers: tuple[Tier, ...]


def read_waterfalls(rules_dir: Path, state: str) -> dict[str, tuple[Waterfall, ...]]:
    """A state's waterfalls by kind, each version by its day; one `RuleFault` lists every fault."""
    faults = Faults()
    sources = read_sources(rules_dir, faults)
    found: dict[str, tuple[Waterfall, ...]] = {}
    for name in (FEDERAL, state.lower()):
        path = rules_dir / "waterfalls" / f"{name}.yml"
        if name == FEDERAL or path.is_file():
            root = read_yaml(path, faults)
            for kind, one in root.node("waterfalls").children():
                found[str(kind)] = _versions(name, str(kind), one, sources)
            root.done()
    faults.raise_any(safe_path(rules_dir / "waterfalls"))
    return found


@read_once()
def waterfall_table(rules_dir: Path, state: str) -> pa.Table:
    """One row per class of debt that a tier takes, of every waterfall with its first and last day, in order.

    A receipt goes by the one that held when it came in.
    """
    rows: list[dict[str, object]] = []
    for versions in read_waterfalls(rules_dir, state).values():
        lasts = [(one.from_on or date.min) - timedelta(days=1) for one in versions[1:]] + [date.max]
        for one, until_on in zip(versions, lasts, strict=True):
            span = {
                "waterfall": f"{one.jurisdiction}.{one.kind}.{one.from_on or 'always'}",
                "from_on": one.from_on or date.min,
                "until_on": until_on,
            }
            for number, tier in enumerate(one.tiers, 1):
                rows += [{**span, **row} for row in _rows(one, number, tier)]
    return pa.table({name: pa.array([row[name] for row in rows], kind) for name, kind in _COLUMNS.items()})


def _rows(waterfall: Waterfall, number: int, tier: Tier) -> list[dict[str, object]]:
    made: list[dict[str, object]] = []
    places = [
        (take, balance_class, assigned, case)
        for take in tier.takes
        for balance_class in take.of
        for assigned in ((take.assigned,) if take.pays or take.assigned is not None else (False, True))
        for case in take.cases or (None,)
    ]
    for place, (take, balance_class, assigned, case) in enumerate(places, 1):
        owner = "state" if assigned else "family"
        made.append(
            {
                "kind": waterfall.kind,
                "tier_no": number,
                "tier": tier.tier,
                "place": place,
                "balance_class": balance_class,
                "assigned": assigned,
                "case_class": case,
                "pays": take.pays or owner,
                "split": tier.split,
                "passes_through": tier.passes_through,
                "rule": f"waterfalls.{waterfall.jurisdiction}.{waterfall.kind}.{tier.tier}",
                "cites": list(tier.cites or waterfall.cites),
            }
        )
    return made


def _versions(state: str, kind: str, node: Node, sources: Mapping[str, Source]) -> tuple[Waterfall, ...]:
    title = node.text("title")
    versions = node.node("from")
    node.done()
    made: list[Waterfall] = []
    for start, body in versions.children():
        made.append(
            Waterfall(
                jurisdiction=state,
                kind=kind,
                title=title,
                from_on=read_start(start, body),
                cites=read_cites(body, sources),
                reading=body.text("reading", required=False),
                tiers=tuple(_tier(one, sources) for one in body.nodes("tiers")),
            )
        )
        _check(body)
        body.done()
    return tuple(sorted(made, key=lambda one: one.from_on or date.min))


def _tier(node: Node, sources: Mapping[str, Source]) -> Tier:
    made = Tier(
        tier=node.text("tier"),
        split=node.text("split", choices=SPLITS),
        takes=tuple(_take(one) for one in node.nodes("takes")),
        passes_through=node.boolean("passes_through"),
        cites=read_cites(node, sources) if node.has("cites") else (),
        reading=node.text("reading", required=False),
    )
    node.done()
    return made


def _take(node: Node) -> Take:
    made = Take(
        of=node.texts("of", choices=CLASSES),
        assigned=node.boolean("assigned") if node.has("assigned") else None,
        cases=node.texts("cases", required=False, choices=CASES),
        pays=node.text("pays", required=False, choices=("family", "state")),
    )
    node.done()
    return made


def _check(body: Node) -> None:
    """Faults a debt that two tiers take: which of them should, nobody could say."""
    seen: set[tuple[str, bool, str]] = set()
    for tier in body.nodes("tiers"):
        for one in tier.nodes("takes"):
            assigned = (one.boolean("assigned"),) if one.has("assigned") else (False, True)
            every = {
                (balance_class, whose, case)
                for balance_class in one.texts("of")
                for whose in assigned
                for case in one.texts("cases", required=False) or CASES
            }
            for balance_class in sorted({taken[0] for taken in every & seen}):
                one.fault(f"{balance_class} is taken by a tier before")
            seen |= every
