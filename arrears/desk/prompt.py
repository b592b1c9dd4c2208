"""What a scheduler may show while approvals wait: counts and dollars by remedy, and where to decide.

It names nobody, since a scheduler keeps what it shows in a database of its own.
"""

from dataclasses import dataclass
from datetime import date

from arrears.data.store import Store
from arrears.desk.lists import Asked, lists
from arrears.values import dollars

KIND = "approval"


@dataclass(frozen=True)
class Prompt:
    """How many lines wait for a yes, and the same as a headline and as Markdown."""

    lines: int
    subject: str
    body: str


def prompt(store: Store, state: str, on: date, desk_at: str) -> Prompt:
    """The prompt of the approvals that still wait from a closed night; `desk_at` is the desk's address."""
    page = lists(store, state, Asked(kind=KIND, size=1), on)
    link = f"[review desk]({desk_at}/{state}/list?kind={KIND})"
    rows = [
        f"| {one['title']} | {one['lines']:,} | {dollars(one['cents'])} |" for one in page.facets.remedies
    ]
    body = [
        "| Remedy | Lines | Dollars |",
        "| --- | ---: | ---: |",
        *rows,
        "",
        f"Decide line by line at the {link}.",
        "",
        "An answer here approves nothing: only what the ledger holds as approved ever leaves. *Send now* "
        "sends what was approved since the night. *Leave to the afternoon*, or no answer, leaves it to the "
        "afternoon's release.",
    ]
    count = f"{page.total:,} line{'' if page.total == 1 else 's'}"
    return Prompt(
        page.total,
        f"{state.upper()}, {on}: {count} for {dollars(page.cents)} wait for a supervisor",
        "\n".join(body),
    )
