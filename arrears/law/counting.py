"""Which cases count toward a person's debt, `rules/counts/*.yml`: named conditions, asked of each case.

    needs: {notice_gates: notice_of_debt.gates_assets}
    counts:                                   # what is counted by these conditions, and the words of each
      account: {say: a bank levy, about: [bank_levy]}
    conditions:                               # of rules/conditions, over the facts of the case, or its own
      - case_open
      - balance_agrees: {if_not: unknown}     # where it fails, whether the case counts is not known
      - not_exempt                            # about the words of each count

A case counts where all hold, does not where one fails, and otherwise nobody knows. A card names under
`counts` those on which its debt rests; the facts read them from the table that `counted` of their list makes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from arrears.config import Faults, Node, read_once, read_yaml
from arrears.law.catalog import Catalog, catalog
from arrears.law.conditions import Library, in_order, read_library, read_needs
from arrears.law.profile import Profile
from arrears.law.profile_files import read_adds, states
from arrears.law.remedy import AS_OF, Addition, Condition, Count
from arrears.law.taking import Taker
from arrears.sqltext import columns

# The facts that are asked, and how the column that holds a count's answer begins.
OF = "case_facts"
COUNTS = "counts_for_"
_DO = "Correct each of these; no count of cases was loaded"


@read_once("../transforms")
def load_counts(rules_dir: Path) -> dict[str, Count]:
    """Every count of cases by its name; one `RuleFault` lists every fault of all."""
    faults = Faults()
    known = catalog(rules_dir, faults)
    found = read_counts(rules_dir, known, read_library(rules_dir, known, faults), faults)
    faults.raise_any("rules/counts", _DO)
    return found


def read_counts(rules_dir: Path, known: Catalog, library: Library, faults: Faults) -> dict[str, Count]:
    """Every count of cases by its name; faults go to the list."""
    found: dict[str, Count] = {}
    needs: dict[str, str] = {}
    for path in sorted((rules_dir / "counts").glob("*.yml")):
        root = read_yaml(path, faults)
        own = read_needs(root.node("needs", required=False), known)
        told = in_order(root, "conditions")
        for name, one in root.node("counts").children():
            if name in found:
                one.fault("is counted twice")
            count = replace(_count(str(name), one, told, own, known, library), file=path.stem)
            found[str(name)] = count
            for word, key in count.needs.items():
                if needs.setdefault(word, key) != key:
                    root.fault(f"{word} stands for {key} here and for {needs[word]} in another file")
        root.done()
    additions = read_additions(rules_dir, dict.fromkeys(found, OF), library, known, faults)
    return {name: replace(one, added=additions.get(name, {})) for name, one in found.items()}


def _count(
    name: str,
    one: Node,
    told: list[tuple[str, Node]],
    own: Mapping[str, str],
    known: Catalog,
    library: Library,
) -> Count:
    taker = Taker(library, own, known.columns(OF), known, one.texts("about", required=False))
    in_doubt = frozenset(
        condition for condition, body in told if body.text("if_not", required=False, choices=("unknown",))
    )
    made = Count(
        name=name,
        say=one.text("say"),
        conditions=tuple(taker.take(condition, body, is_ground=True)[1] for condition, body in told),
        in_doubt=in_doubt,
        needs=dict(taker.needs),
    )
    for condition in made.conditions:
        if condition.reading:
            one.fault(f"{condition.name} belongs to one reading; what a case counts for holds under both")
    one.done()
    return made


def read_additions(
    rules_dir: Path,
    facts_of: Mapping[str, str],
    library: Library,
    known: Catalog,
    faults: Faults,
) -> dict[str, dict[tuple[str, int], Addition]]:
    """What states add, by remedy or count and then by addition, of those whose facts are given."""
    found: dict[str, dict[tuple[str, int], Addition]] = {}
    for state in states(rules_dir):
        root = read_yaml(rules_dir / "jurisdictions" / f"{state}.yml", Faults())
        root.faults = Faults()
        for added, body in read_adds(root, state, known.sources):
            if added.remedy not in facts_of:
                continue
            body.faults = faults
            needs = read_needs(body.node("needs", required=False), known)
            taker = Taker(library, needs, known.columns(facts_of[added.remedy]), known)
            if "is" in body.data:
                body.data.setdefault("cites", list(added.cites))
            at, condition = taker.take(added.condition, body)
            cites = tuple(dict.fromkeys((*condition.cites, *added.cites)))
            made = replace(condition, cites=cites, added=added.why)
            found.setdefault(added.remedy, {})[added.key] = Addition(at, made, dict(taker.needs))
    return found


def counted_select(
    counts: Iterable[Count], profile: Profile, as_of: date, relation: str
) -> tuple[str, dict[str, Any]]:
    """The SELECT of one row per case by a state's law of a day, and what it binds.

    A condition that the state waives is asked and kept, and does not decide.
    """
    here = [one.here(profile, as_of) for one in counts]
    keys = {name: key for one in here for name, key in one.needs.items()}
    bound = {name for one in here for made in one.conditions for name in made.params}
    text = counted_sql(here, relation, {one.name: profile.waivers(one.name, as_of) for one in here})
    return text, {
        name: as_of if name == AS_OF else profile.plain(keys[name], as_of) for name in sorted(bound)
    }


def counted_sql(
    counts: Iterable[Count], relation: str, waived: Mapping[str, Mapping[str, Any]] | None = None
) -> str:
    """The SELECT of one row per case: each condition once, and whether the case counts for each count."""
    here = list(counts)
    answered = answer_columns(here)
    asked = {column: f"({condition.sql})" for (_, column), condition in answered.items()}
    decided = {
        f"{COUNTS}{one.name}": _decides(one, answered, (waived or {}).get(one.name, {})) for one in here
    }
    answers = f"SELECT case_id, person_id, {columns(asked)} FROM {relation}"
    return f"WITH asked AS ({answers}) SELECT *, {columns(decided)} FROM asked ORDER BY case_id"


def answer_columns(counts: Iterable[Count]) -> dict[tuple[str, str], Condition]:
    """Each condition of each count by the count's name and the column that holds its answer.

    What several counts ask in the same words stands in one column, by the condition's name; what is asked in
    words of its own goes by the count's name, too.
    """
    every = list(counts)
    texts: dict[str, set[str]] = {}
    for one in every:
        for made in one.conditions:
            texts.setdefault(made.name, set()).add(made.sql)
    return {
        (one.name, made.name if len(texts[made.name]) == 1 else f"{one.name}_{made.name}"): made
        for one in every
        for made in one.conditions
    }


def _decides(one: Count, columns: Mapping[tuple[str, str], Condition], waived: Mapping[str, Any]) -> str:
    asked = [
        f"nullif({column}, false)" if made.name in one.in_doubt else column
        for (name, column), made in columns.items()
        if name == one.name and made.name not in waived
    ]
    # Everything waived must never mean that every case counts.
    return f"({' AND '.join(asked)})" if asked else "CAST(NULL AS BOOLEAN)"
