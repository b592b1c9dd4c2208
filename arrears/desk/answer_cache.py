"""Answers about closed nights that were made once and are asked for again: a night changes no more.

They are made again when a rule was edited.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

from arrears import house
from arrears.desk.table import rules_hash

Made = TypeVar("Made")
MOST = 48
_KEPT: "OrderedDict[Hashable, object]" = OrderedDict()
_LOCK = threading.Lock()


def kept(key: Hashable, make: Callable[[], Made]) -> Made:
    """What `make` gave for this key, made now where nobody has asked for it lately."""
    key = (rules_hash(house.RULES), key)
    with _LOCK:
        if key in _KEPT:
            _KEPT.move_to_end(key)
            return _KEPT[key]  # type: ignore[return-value]  # the key tells what was made
    made = make()
    with _LOCK:
        _KEPT[key] = made
        while len(_KEPT) > MOST:
            _KEPT.popitem(last=False)
    return made
