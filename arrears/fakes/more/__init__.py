"""The planted people of each field of enforcement: further stories, and the rows that only they need.

A module gives `STORIES` (its base cases) and `plant`, which adds rows of further tables, records of
partners' files, people's decisions and known answers.
"""

from collections.abc import Callable

from arrears.fakes.more import assets, federal, licenses, life, money, work
from arrears.fakes.plant import Planter
from arrears.fakes.stories import Story

_MODULES = (assets, federal, licenses, life, money, work)
STORIES: tuple[Story, ...] = tuple(story for module in _MODULES for story in module.STORIES)

# The queues that tell of more people on a first night than the gate lets through unseen.
_FULL = {
    "me": ["obligor_notices", "state_tax_setoff"],
    "ma": ["obligor_notices", "state_tax_setoff", "gambling_registry", "federal_offset"],
}


def _gates(p: Planter) -> None:
    """Lets the first night's queues go that would send more than usual, after a look at them."""
    for queue in _FULL[p.frame.state]:
        p.decide(1, "gate", queue, "", "approve", "First night of new remedies; a sample of twenty was read.")


PLANTS: tuple[Callable[[Planter], None], ...] = (*(module.plant for module in _MODULES), _gates)
