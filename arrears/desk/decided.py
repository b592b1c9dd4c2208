"""What people have decided since the last run: each word may still be changed until something leaves."""

from dataclasses import dataclass
from datetime import date

from arrears.answers.display import fetch
from arrears.data.store import Store
from arrears.desk.open_lines import waiting
from arrears.desk.requests import Line


@dataclass(frozen=True)
class DecidedPage:
    """One page of the decided lines, and how many there are of each choice with their dollars."""

    lines: list[Line]
    total: int
    sums: list[Line]


def decided(
    store: Store,
    state: str,
    on: date | None,
    offices: frozenset[str] | None,
    page: int,
    size: int,
    choice: str = "",
) -> DecidedPage:
    """The lines with a word that no run knows yet, the last word first; those of these offices, and with
    `choice` only those with that word. The sums are those of every word.
    """
    with waiting(store, state, on, offices) as desk:
        sums = fetch(
            desk.con,
            "SELECT decision, count(*) AS lines, CAST(coalesce(sum(amount_cents), 0) AS BIGINT) AS cents"
            " FROM decided GROUP BY decision ORDER BY decision",
            {},
        )
        order = "ORDER BY last_word DESC, item_id"
        where = "decision = $choice OR $choice = ''"
        rows = fetch(
            desk.con,
            f"SELECT * FROM decided WHERE {where} {order} LIMIT {size} OFFSET {(page - 1) * size}",
            {"choice": choice},
        )
        words = {
            one["item_id"]: one for one in desk.ledger.decisions(state, since=desk.run.record.cut.position)
        }
        lines = [{**desk.words.display(row), "word": words[row["item_id"]]} for row in rows]
    total = sum(one["lines"] for one in sums if choice in ("", one["decision"]))
    return DecidedPage(lines, total, sums)
