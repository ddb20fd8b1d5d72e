"""Values as text: of XML, which cannot hold every sign, and of cells and fields, which hold nothing but text."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(text: str) -> str:
    """A text without what XML cannot hold at all (XML 1.0 §2.2)."""
    return _NOT_XML.sub(" ", text)


def words(value: Any) -> str:
    """A value as text: lists and tables as JSON, true and false as there."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)


def flattened(fields: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Fields as names and texts; what stands in a table of its own by both names: `said.kind`."""
    for name, value in fields.items():
        if isinstance(value, Mapping):
            yield from flattened(value, f"{before}{name}.")
        elif value is not None and value != "":
            yield f"{before}{name}", words(value)


def at(fields: Mapping[str, Any], path: str) -> Any:
    """The value at a path of names (`said.kind`); None where there is none."""
    found: Any = fields
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
