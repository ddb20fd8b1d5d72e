"""Their words and ours: the tables of `resources/mappings/<format>.toml`, which a feed's `words` overrides."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from cop.feeds.adapters import readings
from cop.feeds.message import Feed

_MAPPINGS = Path(__file__).parents[3] / "resources" / "mappings"
_Tables = Mapping[str, Mapping[str, str | int]]


class Vocabulary:
    """The words of one feed. Case and surrounding blanks do not matter; a word in no table is kept as it came."""

    def __init__(self, feed: Feed, form: str) -> None:
        """Raises ValueError for a table in the feed's `words` that the format does not have."""
        tables = _tables(form)
        if unknown := set(feed.words) - set(tables):
            known = ", ".join(sorted(tables))
            raise ValueError(f"words of feed {feed.name}: {form} has no table {sorted(unknown)[0]!r}, but {known}")
        self._tables = {
            name: {**table, **{_plain(key): value for key, value in feed.words.get(name, {}).items()}}
            for name, table in tables.items()
        }

    def find(self, table: str, word: str | None) -> str | None:
        """Our word for theirs; None if the table has none."""
        if not word:
            return None
        found = self._tables[table].get(_plain(word))
        return None if found is None else str(found)

    def word(self, table: str, word: str | None, default: str = "unknown") -> str:
        """Our word for theirs, else theirs as it came; `default` where they said none."""
        return self.find(table, word) or readings.name(word) or default

    def number(self, table: str, word: str | None) -> int | None:
        """A figure for their word (priorities); None if the table has none."""
        found = self._tables[table].get(_plain(word)) if word else None
        return found if isinstance(found, int) else None


def tables_of(form: str) -> frozenset[str]:
    """The names of a format's tables; none for a format whose words are ours."""
    return frozenset(_tables(form)) if (_MAPPINGS / f"{form}.toml").is_file() else frozenset()


def _plain(word: str) -> str:
    return word.strip().casefold()


@cache
def _tables(form: str) -> _Tables:
    file = _MAPPINGS / f"{form}.toml"
    read = tomllib.loads(file.read_text(encoding="utf-8"))
    return {name: {_plain(key): value for key, value in table.items()} for name, table in read.items()}
