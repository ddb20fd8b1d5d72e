"""All that was said on record, each word once, however often and in whatever order it was heard."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from cop.domain.report import Report, Retraction, kind_of
from cop.domain.rules.newer import is_newer_report
from cop.domain.unit import Unit
from cop.picture.tables import TABLES, key_of

Key = tuple[str, str]
_ENCODER = msgspec.msgpack.Encoder()
#: of the kinds whose words say the same again and again, the newest is enough
_NEWEST_ALONE = frozenset({"unit", "profile"})


class Word(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A word of an agency: the first record that holds it, and the report; `retained`: as the broker had kept it."""

    record: int
    report: Report
    retained: bool = False

    @property
    def at(self) -> datetime:
        """When it was said, by our clock."""
        return self.report.reported_at

    @property
    def agency(self) -> str:
        """Who said it."""
        return self.report.agency


class Words:
    """The words of each object, by kind and key (as the picture's tables have it), oldest first by what they say."""

    def __init__(self) -> None:
        self._words: dict[str, dict[Key, dict[bytes, Word]]] = {}
        self._newest: dict[str, dict[Key, Word]] = {}
        self._sorted: dict[tuple[str, Key], list[Word]] = {}

    def note(self, number: int, report: Report, *, retained: bool = False) -> None:
        """Take in a word that was heard; one that is known already changes nothing but a higher number."""
        body = report.body
        kind = body.kind if isinstance(body, Retraction) else kind_of(body)
        if kind in _NEWEST_ALONE:
            self._keep_newest(kind, number, report, retained=retained)
            return
        key = key_of(report) if kind in TABLES and not isinstance(body, Retraction) else report.key
        words = self._words.setdefault(kind, {}).setdefault(key, {})
        signature = _ENCODER.encode(body)
        known = words.get(signature)
        if known is None or number < known.record:
            words[signature] = Word(record=number, report=report, retained=retained)
            self._sorted.pop((kind, key), None)

    def keys(self, kind: str) -> list[Key]:
        """The objects of a kind of which anything was said."""
        return sorted(self._words.get(kind, {}))

    def of(self, kind: str, key: Key) -> list[Word]:
        """What was said of one object, in the order in which it was said."""
        if (kind, key) not in self._sorted:
            words = self._words.get(kind, {}).get(key, {})
            self._sorted[kind, key] = sorted(words.values(), key=lambda one: (one.at, one.report.body.rev, one.record))
        return self._sorted[kind, key]

    def every(self, kind: str) -> Iterator[Word]:
        """All words of a kind."""
        for key in self.keys(kind):
            yield from self.of(kind, key)

    def newest(self, kind: str, key: Key) -> Word | None:
        """The newest word about an object that is kept by its newest alone, or about any other."""
        if kind in _NEWEST_ALONE:
            return self._newest.get(kind, {}).get(key)
        return _newest(self.of(kind, key))

    def __iter__(self) -> Iterator[tuple[str, Word]]:
        """All words that are kept, with their kinds."""
        for kind, of in self._words.items():
            for words in of.values():
                yield from ((kind, word) for word in words.values())
        for kind, newest in self._newest.items():
            yield from ((kind, word) for word in newest.values())

    def units(self) -> dict[Key, Unit]:
        """What each unit was by its newest word."""
        known = self._newest.get("unit", {}).items()
        return {key: word.report.body for key, word in known if isinstance(word.report.body, Unit)}

    def _keep_newest(self, kind: str, number: int, report: Report, *, retained: bool) -> None:
        if isinstance(report.body, Retraction):
            return
        newest = self._newest.setdefault(kind, {})
        known = newest.get(report.key)
        if known is None or is_newer_report(report, known.report):
            newest[report.key] = Word(record=number, report=report, retained=retained)


def _newest(words: Iterable[Word]) -> Word | None:
    found: Word | None = None
    for one in words:
        if found is None or is_newer_report(one.report, found.report):
            found = one
    return found
