"""Whether the broker is still there, and how long it takes to answer: asked by pings of our own."""

import time

from cop.feeds.connecting import Client
from cop.feeds.refusals import Words

_CHECK_S = 0.5
_OF_KEEPALIVE = (0.25, 1.25)  # asked so often; given up after so long a silence
_AT_ONCE_S = 3.0  # what is asked after a change of network is answered in this time
_SLOW_S = 2.0
_LAST = 3  # the quickest of so many answers counts: our own being busy is none of the line's


class PulseOfLine:
    """Of one connection; times in seconds."""

    silent = Words(
        "the broker has fallen silent: nothing comes over the connection",
        "It is tried again by itself. Check this desk's network; if it lasts, call whoever runs the broker.",
    )

    def __init__(self, keepalive_s: float = 60.0) -> None:
        self.round_trip_s: float | None = None
        self._every_s, self._limit_s = (keepalive_s * part for part in _OF_KEEPALIVE)
        self._heard_at = time.monotonic()
        self._asked_at = 0.0
        self._next_check = self._heard_at + _CHECK_S  # subscriptions and what is retained come first
        self._answer_by: float | None = None
        self._trips: list[float] = []

    def heard(self) -> None:
        """Something came over the line."""
        self._heard_at = time.monotonic()
        self._answer_by = None

    def answered(self, round_trip_s: float) -> None:
        """A ping was answered."""
        self._trips = [*self._trips, round_trip_s][-_LAST:]

    def is_due(self) -> bool:
        """Whether it is time to look."""
        now = time.monotonic()
        if now < self._next_check:
            return False
        self._next_check = now + _CHECK_S
        return True

    def ask(self, client: Client) -> None:
        """Ask for an answer."""
        self._asked_at = time.monotonic()
        client.ping()

    def ask_now(self, client: Client) -> None:
        """Ask, and take a short silence for an end."""
        self.ask(client)
        self._answer_by = time.monotonic() + _AT_ONCE_S

    def feel(self, client: Client) -> Words | None:
        """Ask again when it is time to; why the line must be dead, None while it may live."""
        now = time.monotonic()
        if now - self._heard_at >= self._limit_s or (self._answer_by is not None and now >= self._answer_by):
            return self.silent
        if now - self._asked_at >= self._every_s:
            self.ask(client)
        trip = max(min(self._trips, default=0.0), client.unanswered_s)
        if self._trips or trip >= _SLOW_S:
            self.round_trip_s = float(f"{trip:.2g}")
        return None

    def words(self) -> Words:
        """What is to be said of a slow line; empty of a quick one."""
        if self.round_trip_s is None or self.round_trip_s < _SLOW_S:
            return Words("")
        return Words(
            "the broker answers slowly",
            "What is shown may be older by as much. If it lasts, call whoever runs the network.",
        )
