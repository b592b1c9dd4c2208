"""Record layouts: one CSV table a record, read and written through one SELECT each.

A layout is a line a field: name, start, length, type, required, values or edits, description.
`load_layout` checks it, `read_select` turns lines into typed columns, `write_select` turns typed
columns into lines. Nothing here touches data: the steps run the SQL.
"""

from arrears.layout.fields import BLANK_ITEM, Field, Kind
from arrears.layout.read import (
    every_fault_select,
    follower_select,
    read_select,
    shape_select,
    wrong_length,
)
from arrears.layout.table import Follower, Layout, load_layout
from arrears.layout.write import write_select

__all__ = [
    "BLANK_ITEM",
    "Field",
    "Follower",
    "Kind",
    "Layout",
    "every_fault_select",
    "follower_select",
    "load_layout",
    "read_select",
    "shape_select",
    "write_select",
    "wrong_length",
]
