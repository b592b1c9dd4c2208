"""Reports as plain rows, and rows as CSV that no spreadsheet can be attacked with."""

import csv
import io
from collections.abc import Sequence

from arrears.reports.export import harmless
from arrears.values import Row


def flat(told: Row) -> list[Row]:
    """A report's lines as rows of one shape, for a table."""
    if told.get("lines"):
        names = list(told["parts"])
        return [
            {
                "line": one["line"],
                "title": one["title"],
                "counts": one["counts"],
                "total": one["total"],
                **{name: one["parts"].get(name) for name in names},
                "note": one["cannot"] or one["note"],
            }
            for one in told["lines"]
        ]
    rows = [
        {
            "line": one["criterion"],
            "title": one["title"],
            **(one["cases"] or dict.fromkeys(("met", "failed", "unknown", "running"))),
            "basis_points": one["basis_points"],
            "needed_percent": one["needed_percent"],
            "note": one["cannot"] or one["note"],
        }
        for one in told["criteria"]
    ]
    return rows + [
        {
            "line": one["timeframe"],
            "title": one["title"],
            "met": one["in_time"],
            "failed": one["late"] + one["overdue"],
            "unknown": one["unknown"],
            "running": one["due_soon"] + one["running"],
            "basis_points": one["basis_points"],
            "needed_percent": None,
            "note": "",
        }
        for one in told["timeframes"]
    ]


def as_table(rows: Sequence[Row]) -> str:
    """Rows of one shape as CSV; an amount stays a whole number of cents."""
    text = io.StringIO()
    if rows:
        made = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        made.writeheader()
        made.writerows(
            {key: value if isinstance(value, int) else harmless(value) for key, value in row.items()}
            for row in rows
        )
    return text.getvalue()
