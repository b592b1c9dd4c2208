"""YAML without its traps, read quickly.

Only `true` and `false` are booleans (`on`, `yes` and `no` are words), a number with a leading zero and a
time such as `02:00` stay text, and a key written twice is a fault instead of a silent overwrite.
"""

import pickle
import re
from datetime import date
from functools import lru_cache
from typing import Any

import yaml

_TEXT, _MAPPING, _SEQUENCE = (f"tag:yaml.org,2002:{one}" for one in ("str", "map", "seq"))


class _Reader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # ten times as fast
    """YAML with `true`/`false`, plain integers, decimals, ISO dates and text; nothing else is guessed.

    What most nodes are is told here in few words: the library's general way takes most of a start.
    """

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012
    faults: list[str]
    display_path: str

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        """The tag of a node that is written without one."""
        if kind is not yaml.ScalarNode:
            return _MAPPING if kind is yaml.MappingNode else _SEQUENCE
        if implicit[0]:
            for tag, pattern in self.yaml_implicit_resolvers.get(value[:1], ()):
                if pattern.match(value):
                    return tag
        return _TEXT

    def descend_resolver(self, *_: Any) -> None:
        """No tag rests on where a node stands."""

    def ascend_resolver(self) -> None:
        """As above."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """What a node says."""
        if node.tag == _TEXT and type(node) is yaml.ScalarNode:
            return node.value
        if node.tag == _MAPPING and type(node) is yaml.MappingNode:
            return _mapping(self, node)
        if node.tag == _SEQUENCE and type(node) is yaml.SequenceNode:
            return [self.construct_object(one) for one in node.value]
        return super().construct_object(node, deep=True)


for tag, pattern, first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("null", r"^(?:~|null|)$", "~n\0"),
    ("int", r"^-?(?:0|[1-9][0-9_]*)$", "-0123456789"),
    ("float", r"^-?(?:0|[1-9][0-9_]*)\.[0-9]+$", "-0123456789"),
    ("timestamp", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "0123456789"),
):
    letters = [*first, ""] if tag == "null" else list(first)
    _Reader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), letters)


def _mapping(reader: _Reader, node: yaml.MappingNode) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = reader.construct_object(key_node)
        if isinstance(key, list | dict):
            reader.faults.append(f"{_place(reader, key_node)}: a key must be one word")
            continue
        if key in made:
            reader.faults.append(f"{_place(reader, key_node)}: {key} is written twice")
        made[key] = reader.construct_object(value_node)
    return made


def _place(reader: _Reader, node: yaml.Node) -> str:
    return f"{reader.display_path}, line {node.start_mark.line + 1}"


def _day(reader: _Reader, node: yaml.ScalarNode) -> date | str:
    try:
        return date.fromisoformat(node.value)
    except ValueError:
        reader.faults.append(f"{_place(reader, node)}: {node.value} is not a day of the calendar")
        return str(node.value)


_Reader.add_constructor("tag:yaml.org,2002:timestamp", _day)


@lru_cache(maxsize=1024)
def parsed(text: str, name: str) -> tuple[bytes, tuple[str, ...]]:
    """What a file's text says, pickled, and its faults; a check reads the same file for many readers."""
    faults: list[str] = []
    data: Any = None
    reader = _Reader(text)
    reader.faults, reader.display_path = faults, name
    try:
        data = reader.get_single_data()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        faults.append(f"{name}, line {line}: not YAML: {error.problem}")
        data = {}
    except RecursionError:
        faults.append(f"{name}: not YAML: a part of it holds itself, or it is nested too deeply")
        data = {}
    finally:
        reader.dispose()
    return pickle.dumps(data), tuple(faults)
