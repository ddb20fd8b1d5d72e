"""Which broker is tried next, and when: it stays where it is until that fails, then goes on to the next, all around."""

import random
import time
from dataclasses import dataclass

from cop.feeds.broker import Broker
from cop.feeds.refusals import NOTHING, Words

_BACKOFF_S = (0.25, 20.0)
_DOUBLINGS = 10


@dataclass(slots=True)
class Place:
    """One broker, and what is remembered of it."""

    broker: Broker
    url: str
    protocol: int = 0  # the one that is tried next, or that worked; 0 is the newest
    proven: int | None = None  # the one that worked
    failures: int = 0  # since it last lasted
    words: Words = NOTHING  # why it was not reached when it was last tried
    refused: bool = False


class Places:
    """The brokers in their order, the one in use, and when it is to be tried (monotonic seconds)."""

    def __init__(self, broker: Broker) -> None:
        self.all = tuple(Place(one, one.shown_url()) for one in broker.each())
        self.number = 1  # of the one in use, from 1 on
        self.next_try = 0.0
        self._failures = 0  # in a row, over all of them

    @property
    def here(self) -> Place:
        """The one in use."""
        return self.all[self.number - 1]

    def lasted(self) -> None:
        """The connection that is over lasted for a while: it is tried again where it was."""
        self._failures = self.here.failures = 0

    def at_once(self) -> None:
        """Try without waiting."""
        self._failures = 0
        self.next_try = time.monotonic()

    def failed(self, words: Words, *, refused: bool, stay: bool = False) -> None:
        """Note why it was not reached; go on to the next, unless it is to `stay`.

        Each is tried once in quick succession; then all wait, twice as long after each round.
        """
        here, count = self.here, len(self.all)
        here.words, here.refused = words, refused
        low, high = _BACKOFF_S
        doublings = min(self._failures // count, _DOUBLINGS)
        wait = low if (self._failures + 1) % count else min(high, low * 2**doublings)
        self.next_try = time.monotonic() + wait * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, no secret
        if not stay:
            self._failures += 1
            here.failures += 1
            self.number = self.number % count + 1

    def reached(self) -> None:
        """The one in use has let us in."""
        for one in self.all:
            one.words, one.refused = NOTHING, False
        self.here.proven = self.here.protocol

    @property
    def refused(self) -> bool:
        """Whether all that were tried refuse us: no waiting mends that."""
        tried = [one for one in self.all if one.words.reason]
        return bool(tried) and all(one.refused for one in tried)

    def words(self) -> Words:
        """Why none is reached, in the words of each."""
        tried = [one for one in self.all if one.words.reason]
        if len(self.all) == 1:
            return tried[0].words if tried else NOTHING
        reasons = [f"{one.url.partition('://')[2]}: {one.words.reason}" for one in tried]
        advices = dict.fromkeys(one.words.advice for one in tried if one.words.advice)
        return Words("; ".join(reasons), " ".join(advices))
