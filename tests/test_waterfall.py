"""The bars of what changed begin at the first number, meet each other, and end at the second one."""

from hypothesis import given
from hypothesis import strategies as st

from arrears.compare.waterfall import bars, step_title

STEP = st.fixed_dictionaries({"added": st.integers(0, 9000), "taken": st.integers(0, 9000)})


@given(st.integers(0, 100_000), st.lists(STEP, max_size=8))
def test_bars_lead_from_the_first_number_to_the_second(was: int, steps: list[dict[str, int]]) -> None:
    level, taken = was, []
    for one in steps:  # nothing goes that is not there
        taken.append({**one, "taken": min(one["taken"], level)})
        level += one["added"] - taken[-1]["taken"]
    drawn = bars({"was": was, "now": level}, taken)
    first, *moves, last = drawn["bars"]
    assert (first["number"], last["number"]) == (was, level)
    assert drawn["begins"] <= min(was, level)
    places = [bar for one in moves for bar in (one["gone"], one["come"])]
    assert all(
        one["x"] >= 0 and one["width"] >= 0 and one["x"] + one["width"] <= 100.1
        for one in [first, last, *places]
    )
    for one, step in zip(moves, taken, strict=True):
        assert (one["gone"]["width"] > 0) <= (step["taken"] > 0)
        assert one["gone"]["x"] == one["come"]["x"]
    assert [one["from"] for one in moves][1:] == [one["level"] for one in moves][:-1]
    assert all(one["level"] == level for one in moves[-1:])


def test_a_step_is_called_what_people_call_it() -> None:
    assert step_title("caseload.receipts") == "Receipts"
    assert step_title("bank_accounts.bank_accounts") == "Accounts matched by a financial institution"
    assert step_title("calendar") == "Time went on"
    assert step_title("a_feed_that_is_gone.rows") == "Rows"
