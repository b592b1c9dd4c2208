"""What each changed line hangs on, and the steps that lead a number from one run to the other.

A line hangs on the first condition that answers otherwise and the first fact of it that differs. A step is
what moved a line, as a person would name it: its cause; of new data the table of the row that says so
(payments, orders, an employer's file), or that its subject is new or gone.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from arrears import house
from arrears.config import read_once
from arrears.data.warehouse import Connection, attach_arrow, run_sql_file
from arrears.law.deadlines import load_deadlines
from arrears.law.remedy import Card, load_cards
from arrears.law.work import load_kinds
from arrears.values import Row

SQL = Path(__file__).with_name("sql")


class Read(NamedTuple):
    """One fact that lines of a card, kind or deadline hang on: by a condition, as an amount, or always."""

    of: str
    condition: str | None
    facts: str
    fact: str
    is_amount: bool = False


def make_reasons(con: Connection, first: str, second: str) -> None:
    """Makes `line` again with `more`, `step` and what it hangs on, and `stand`: how many lines each run has.

    Reads `line`, `cell` and `condition`; `first` and `second` name the lines of the two runs.
    """
    reads = everything_read(house.RULES)
    columns = {
        name: pa.array([getattr(one, name) for one in reads], pa.bool_() if name == "is_amount" else None)
        for name in Read._fields
    }
    attach_arrow(con, "reads", pa.table({**columns, "place": pa.array(range(len(reads)))}))
    names = {"remedies": list(load_cards(house.RULES)), "kinds": list(load_kinds(house.RULES))}
    sides = {"first": f"lines.{first}", "second": f"lines.{second}"}
    run_sql_file(con, SQL / "reason.sql", "reason", names)
    run_sql_file(con, SQL / "stepped.sql", "stepped", sides)
    con.execute("DROP TABLE line; ALTER TABLE stepped RENAME TO line")
    run_sql_file(con, SQL / "stand.sql", "stand", sides)


@read_once("../transforms")
def everything_read(rules: Path) -> tuple[Read, ...]:
    """What every card, kind of work and deadline reads, in the order in which it is told of a line."""
    return (
        *(one for card in load_cards(rules).values() for one in _of_card(card)),
        *(
            Read(f"kind {kind.kind}", None, kind.facts, fact)
            for kind in load_kinds(rules).values()
            for fact in dict.fromkeys((*kind.asks, *kind.displayed))
        ),
        *(
            Read(f"deadline {one.deadline}", None, one.facts, fact)
            for one in load_deadlines(rules).values()
            for fact in one.reads
        ),
    )


def _of_card(card: Card) -> Iterator[Read]:
    read = partial(Read, f"remedy {card.remedy}")
    told = dict.fromkeys(
        (one.name, fact) for part in card.conditions.values() for one in part for fact in one.facts
    )
    yield from (read(condition, card.facts, fact) for condition, fact in told)
    anchors = (step.after.anchor_fact for step in card.steps if step.after)
    yield from (read(None, card.facts, fact) for fact in dict.fromkeys(filter(None, anchors)))
    amounts = dict.fromkeys((card.amount, *card.update.of))
    yield from (read(None, card.facts, fact, is_amount=True) for fact in amounts if fact)


def hangs_on(line: Row, conditions: list[Row]) -> tuple[str, frozenset[str]]:
    """The fact table of a line's subject, and the facts of it that could have changed the line."""
    told = {one["condition"] for one in conditions}
    mine = [one for one in everything_read(house.RULES) if one.of == line["of"]]
    has_moved = line["was_cents"] != line["now_cents"]
    chosen = {
        one.fact
        for one in mine
        if (one.condition in told if one.condition else has_moved or not one.is_amount)
    }
    return (mine[0].facts if mine else ""), frozenset(chosen)
