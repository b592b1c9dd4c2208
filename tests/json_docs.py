"""What `docs/json.md` says of a document, and what a document holds: the paths of its keys."""

import re
from typing import Any

from arrears import house

PAGE = house.ROOT / "docs" / "json.md"
# Below these, the keys are names of facts and limits, not words of ours.
OPEN = ("values",)


# Of these the page says that they are there only where they mean something.
SOMETIMES = set(
    re.findall(r"^\| `([^`]+)` \|.*\bthis key is there only\b", PAGE.read_text("utf-8"), re.MULTILINE)
)


def documented(verb: str) -> set[str]:
    """The paths in the table under a verb's heading."""
    part = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    text = next(one for one in part if one.startswith(f"`arrears {verb}"))
    return set(re.findall(r"^\| `([^`]+)` \|", text, flags=re.MULTILINE))


def given(value: Any, path: str = "") -> set[str]:
    """The paths of every key of a document; `[]` stands for any entry of a list, `*` for any name."""
    found: set[str] = set()
    if isinstance(value, dict):
        for key, one in value.items():
            here = f"{path}.*" if path.split(".")[-1] in OPEN else f"{path}.{key}".lstrip(".")
            found |= {here} | given(one, here)
    elif isinstance(value, list):
        own = [set(one) for one in value if isinstance(one, dict)]
        parted = set[str]().union(*own) - set.intersection(*own) if own else set[str]()
        assert {f"{path}[].{key}" for key in parted} <= SOMETIMES, "a key is not in every entry"
        for one in value:
            found |= given(one, f"{path}[]")
    return found
