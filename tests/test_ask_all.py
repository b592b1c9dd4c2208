"""Many questions of one shape: in few statements, and none that reads more tables in memory than fit."""

import re
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.data.warehouse import ask_all, warehouse
from arrears.data.watched import watching

MOST = 1_000_000


@settings(max_examples=50)
@given(st.lists(st.integers(0, 2 * MOST), max_size=80))
def test_every_question_is_answered_in_order_and_large_tables_are_asked_alone(rows: list[int]) -> None:
    seen: list[str] = []
    with watching(lambda text, _seconds: seen.append(text)), warehouse() as con:
        answers = ask_all(con, [(f"SELECT {place}, {many}", many) for place, many in enumerate(rows)])
    assert answers == list(enumerate(rows))
    together = [[int(many) for many in re.findall(r"SELECT \d+, (\d+)", text)] for text in seen]
    assert all(len(one) == 1 or sum(one) <= MOST for one in together)
    # No two neighbors that would fit together stand apart.
    assert all(sum(one) + after[0] > MOST for one, after in pairwise(together))
