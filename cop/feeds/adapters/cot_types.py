"""What the type of a Cursor on Target event says in our words (`resources/mappings/cot-types.toml`)."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from cop.feeds.message import Feed

_TABLES = tomllib.loads(
    (Path(__file__).resolve().parents[3] / "resources" / "mappings" / "cot-types.toml").read_text(encoding="utf-8")
)
_OF_FEEDS = ("unit_kinds", "incident_types")
TYPES_OF_KINDS: Mapping[str, str] = _TABLES["types_of_kinds"]
_AFFILIATIONS: Mapping[str, str] = _TABLES["affiliations"]
_REMEMBERED = 10_000


def words_of(feed: Feed) -> tuple[dict[str, str], dict[str, str]]:
    """Kinds of units and types of incidents by the part of a type below its affiliation, with the feed's own `words`.

    Raises ValueError for a table that types do not need.
    """
    if unknown := set(feed.words) - set(_OF_FEEDS):
        raise ValueError(f"words of feed {feed.name}: its format has no table {min(unknown)!r}, but {_OF_FEEDS}")
    kinds, types = ({**_TABLES[name], **below_affiliation(feed.words.get(name, {}))} for name in _OF_FEEDS)
    return kinds, types


def below_affiliation(words: Mapping[str, str | int]) -> dict[str, str]:
    """A table by whole types or their beginnings (`a-f-G-U-C`), by what stands below their affiliation (`G-U-C`)."""
    return {key[4:] if key.startswith("a-") else key: str(word) for key, word in words.items()}


class TypeTable:
    """Looks a type up by its longest known beginning, level by level, and remembers what it found."""

    def __init__(self, table: Mapping[str, str]) -> None:
        self._table = dict(table)
        self._found: dict[str, str | None] = {}

    def get(self, below_affiliation: str) -> str | None:
        """Our word for the part of a type below its affiliation (`G-U-i-l-tt`), None if none of its levels has one."""
        if below_affiliation in self._found:
            return self._found[below_affiliation]
        levels = below_affiliation[:200].split("-")
        keys = ("-".join(levels[:depth]) for depth in range(len(levels), 0, -1))
        word = next((self._table[key] for key in keys if key in self._table), None)
        if len(self._found) >= _REMEMBERED:
            self._found.clear()
        self._found[below_affiliation] = word
        return word


def affiliation(event_type: str) -> str:
    """The affiliation of an atom where it is not friend, else empty; feeds send it in capitals as well."""
    letter = event_type[2:3].lower()
    return "" if letter == "f" else _AFFILIATIONS.get(letter, letter)
