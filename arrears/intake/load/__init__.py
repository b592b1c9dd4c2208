"""Load: from the bytes of an accepted delivery to typed rows, and from those to a night's views."""

from arrears.intake.load.orphans import add_orphans
from arrears.intake.load.stage import Loaded, load_delivery
from arrears.intake.load.views import attach, counts_if_let_in, in_use, named_relations, opening_rows

__all__ = [
    "Loaded",
    "add_orphans",
    "attach",
    "counts_if_let_in",
    "in_use",
    "load_delivery",
    "named_relations",
    "opening_rows",
]
