"""The planted people of each field of enforcement: further stories, and the rows that only they need.

A module gives `STORIES` (its base cases) and `plant`, which adds rows of further tables, records of
partners' files, people's decisions and known answers.
"""

from collections.abc import Callable

from arrears.fakes.more import assets, balances, federal, licenses, life, money, work
from arrears.fakes.plant import Planter
from arrears.fakes.stories import Story

_MODULES = (assets, balances, federal, licenses, life, money, work)
STORIES: tuple[Story, ...] = tuple(story for module in _MODULES for story in module.STORIES)

# The queues that tell of more people on a first night than the gate lets through unseen, and the night after
# which somebody has looked. Where the same morning adds acts to a queue, it waits a day longer.
_FULL = {
    "me": {"state_tax_setoff": 1, "obligor_notices": 2},
    "ma": {
        "state_tax_setoff": 1,
        "gambling_registry": 1,
        "federal_offset": 2,
        "obligor_notices": 2,
        "account_entries": 5,
    },
}


def _gates(p: Planter) -> None:
    """Lets queues go that would send more than usual, after a look at them."""
    for queue, night in _FULL[p.frame.state].items():
        p.decide(night, "gate", queue, "", "approve", "First night of new remedies; twenty lines were read.")


PLANTS: tuple[Callable[[Planter], None], ...] = (*(module.plant for module in _MODULES), _gates)
