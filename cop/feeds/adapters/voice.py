"""How a feed's reports are made: in its agency's name, with their source; a unit only when its words are news."""

from collections.abc import Callable
from datetime import datetime, timedelta

from cop.domain.report import Body, Report, Source
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import readings
from cop.feeds.message import Feed, Message
from cop.feeds.topics import is_exercise

_SOURCES_REMEMBERED = 10_000
_Words = tuple[str, str, str, tuple[str, ...], object]


class Voice:
    """Speaks for one feed. Every adapter makes its reports through it, so that all carry the same provenance."""

    def __init__(self, feed: Feed, form: str) -> None:
        self.agency = feed.agency
        self.stale_after = timedelta(seconds=feed.stale_after_s)
        self._feed = feed.name
        self._format = form
        self._said: readings.LastWords[_Words] = readings.LastWords()
        #: the same message names the same source again and again
        self._sources: dict[tuple[str, str], Source] = {}

    def report(
        self,
        message: Message,
        body: Body,
        *,
        original: tuple[str, str] = ("", ""),
        stale_at: datetime | None = None,
        exercise: bool = False,
        losses: dict[str, str] | None = None,
    ) -> Report:
        """One claim. `original` is the message's own id and type, as long as they came: they are bounded here."""
        return Report(
            agency=self.agency,
            body=body,
            source=self._sources.get(original) or self._source(original),
            received_at=message.received_at,
            stale_at=stale_at,
            exercise=exercise or is_exercise(message.topic),
            losses=losses or {},
        )

    def _source(self, original: tuple[str, str]) -> Source:
        if len(self._sources) >= _SOURCES_REMEMBERED:
            self._sources.clear()
        source = Source(
            feed=self._feed,
            format=self._format,
            original_id=readings.loss(original[0]),
            original_type=readings.loss(original[1]),
        )
        if len(original[0]) + len(original[1]) <= 2 * readings.SHORT:
            self._sources[original] = source
        return source

    def unit(
        self,
        message: Message,
        unit: Unit,
        losses: Callable[[], dict[str, str]] | None = None,
        *,
        beside: object = None,
        original: tuple[str, str] = ("", ""),
        stale_at: datetime | None = None,
        exercise: bool = False,
    ) -> list[Report]:
        """The unit if its words are news and not older than the last ones, else nothing.

        `losses` is asked only then: finding out what nobody read takes longer than reading. What else makes the
        unit news when it changes is given as `beside`.
        """
        words = (unit.callsign, unit.kind, unit.status, unit.capabilities, beside)
        if not self._said.is_news(unit.id, unit.at, words, message.received_at):
            return []
        return [
            self.report(
                message,
                unit,
                original=original,
                stale_at=stale_at,
                exercise=exercise,
                losses=losses() if losses is not None else None,
            )
        ]

    def position(
        self,
        message: Message,
        position: Position,
        *,
        original: tuple[str, str] = ("", ""),
        stale_at: datetime | None = None,
        exercise: bool = False,
        losses: dict[str, str] | None = None,
    ) -> Report:
        """A position; stale after the feed's time where the sender promises nothing."""
        return self.report(
            message,
            position,
            original=original,
            stale_at=stale_at or position.at + self.stale_after,
            exercise=exercise,
            losses=losses,
        )

    def last_words(self, unit: str) -> _Words | None:
        """What was last said of a unit: callsign, kind, status, capabilities, and what stood beside them."""
        return self._said.get(unit)

    def forget(self, unit: str) -> None:
        """The next words about this unit are news."""
        self._said.forget(unit)
