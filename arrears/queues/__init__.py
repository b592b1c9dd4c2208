"""Queues: what partners are told, in their own record layouts, proven before it leaves.

`build` freezes content rows from the actions that are due, `write_file` makes the partner's text of
them and stands it aside, `read_back` proves it. Giving the file its name is the release step's act.
"""

from arrears.queues.content import Built, NotSent, build, content_path, make_macros
from arrears.queues.file import Written, write_file
from arrears.queues.parts import part_select
from arrears.queues.proof import Proof, read_back
from arrears.queues.queue import Queue, Terms, load_queue, load_queues

__all__ = [
    "Built",
    "NotSent",
    "Proof",
    "Queue",
    "Terms",
    "Written",
    "build",
    "content_path",
    "load_queue",
    "load_queues",
    "make_macros",
    "part_select",
    "read_back",
    "write_file",
]
