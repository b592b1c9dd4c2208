"""How an invented caseload is mixed: each share once, for a small caseload and for one of a state's size.

A small one (`sample`) is mixed so that people soon meet every kind of case; a large one (`state`) has as many
of each as public sources tell. `told.py` measures what was made and says where each number comes from. Shares
are per cent of cases unless the line says otherwise.
"""

from collections.abc import Sequence
from typing import Any

SAMPLE, STATE = "sample", "state"
# (of a thousand who owe, from so many dollars, steps of so many dollars, so many steps)
Band = tuple[int, int, int, int]

_SHARES: dict[str, tuple[Any, Any]] = {
    # Conduct of the obligor; what is left has an order of nothing a month.
    "paying": (55, 23),
    "partial": (18, 11),
    "stopped": (18, 38),
    "never": (5, 3),
    "closed": (4, 3),
    # Of a hundred of those who stopped, whose order has ended: debt alone is left.
    "ended": (0, 75),
    # Stopped so many days before the first night at most, beside the first two months.
    "stopped_days": (400, 1800),
    # Of a hundred who pay what falls due, who still owe a little from before.
    "behind": (0, 55),
    # Of ten instalments of partial payers, on how many they pay something.
    "partial_pays": (10, 6),
    # Pay cycles of the orders; the rest is quarterly.
    "monthly": (76, 86),
    "weekly": (8, 3),
    "biweekly": (8, 5),
    "semimonthly": (4, 4),
    "current_assistance": (15, 10),
    "former_assistance": (45, 43),
    # Of ten who owe, how many owe something from before the extract begins, and how much.
    "opened": (4, 10),
    "debts": (
        [(1000, 100, 100, 60)],
        [
            (410, 25, 1, 900),
            (230, 1_000, 10, 300),
            (160, 4_000, 10, 600),
            (55, 10_000, 50, 240),
            (55, 22_000, 100, 180),
            (73, 40_000, 100, 600),
            (17, 100_000, 500, 400),
        ],
    ),
    # Of a hundred former assistance cases that owe, how many owe the state, too, and how many times fifty
    # dollars at most.
    "assigned": (100, 50),
    "assigned_steps": (80, 300),
    # Every so manieth case has the obligor of the case before it; which of twenty have its custodial parent.
    "obligor_every": (20, 4),
    "custodial_again": ([], [5, 9]),
    # How many children a case has: one of these, drawn evenly.
    "children": ([1, 2, 3], [0] * 7 + [1] * 8 + [2] * 3 + [3] * 2),
    # Of ten thousand obligors with a license, of whom something is written wrong: letters of the name swapped
    # in the license file, digits of the number, day and month or the year of birth; or the number is the
    # other parent's, too.
    "wrong_names": (0, 100),
    "wrong_numbers": (0, 50),
    "wrong_births": (0, 50),
    "shared_numbers": (0, 10),
    # Of twenty obligors, whose account a bank tells of on a night, and on a full day; of a hundred parents,
    # who has wages in a quarter.
    "banked": (1, 1),
    "banked_on_a_full_day": (9, 9),
    "earning": (88, 88),
    # Of a hundred notices of debt, how their service ended; the rest was never sent.
    "served": (76, 90),
    "returned": (8, 4),
    "unanswered": (6, 3),
    # Of a hundred whom a remedy reaches, whom the agency had told its partners of before the first night.
    "told": (85, 99),
    "told_licenses": (60, 97),
    # So many days after the service of a notice of debt, partners are told.
    # The same of those whose notice of debt was not served, for remedies that need none, and of obligors with
    # several cases.
    "known_served": (60, 40),
    "told_unserved": (0, 99),
    "told_several": (0, 99),
}


def shares_of(shape: str) -> dict[str, Any]:
    """Each share by its name."""
    column = (SAMPLE, STATE).index(shape)
    return {name: pair[column] for name, pair in _SHARES.items()}


def debt_of(bands: Sequence[Band]) -> str:
    """SQL for the cents that a case owes from before the extract begins: a band, then a step in it."""
    arms, below = [], 0
    for of, dollars, step, steps in bands:
        below += of
        cents = f"100 * ({dollars} + {step} * dice('opened', i, {steps}))"
        arms.append(
            f"WHEN dice('band', i, 1000) < {below} THEN {cents}"
            if len(bands) > 1
            else f"WHEN true THEN {cents}"
        )
    return f"CASE {' '.join(arms)} END"
