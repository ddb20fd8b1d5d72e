"""What a broker remembers of our own agency: what it gave back since the connection was made.

What is retained comes before our own presence, said anew on each connection after we subscribed, or soon after it
where a broker does not keep that order. A desk that never hears its own presence is not let to hear its agency, and
learns nothing of what the broker remembers.
"""

import time
from collections.abc import Collection, Iterable, Sequence

from paho.mqtt.client import topic_matches_sub

from cop.domain.batch import Settled
from cop.feeds.connecting import Will
from cop.feeds.session import Received
from cop.feeds.topics import KINDS, object_topic

_QUIET_S = 1.0
_LIMIT = 200_000  # objects of one agency: more than the census admits


class BrokersMemory:
    """Feed it what comes after each connection; it tells once when all has come."""

    def __init__(self, root: str, agency: str, filters: Sequence[str]) -> None:
        self._root, self._agency, self._filters = root, agency, filters
        self._own = f"{root}/{agency}/"
        self._connection = 0
        self._heard: set[str] = set()
        self._waits = False
        self._echoed = False
        self._quiet_at = 0.0

    def hear(self, burst: Iterable[Received], connection: int, will: Will | None) -> None:
        """Note what came of our own agency since this connection was made."""
        if connection != self._connection:
            self._connection = connection
            self._heard = set()
            self._waits, self._echoed, self._quiet_at = will is not None, False, 0.0
        if not self._waits or will is None:
            return
        own = self._own
        for one in burst:
            if one.connection != connection or not one.topic.startswith(own):
                continue
            if one.topic == will.topic and one.payload == will.online:
                self._echoed = True
            if one.payload and len(self._heard) < _LIMIT:
                self._heard.add(one.topic[len(own) :])
            if one.retained or self._quiet_at == 0.0:  # what is said now does not tell that more is to come
                self._quiet_at = time.monotonic() + _QUIET_S

    def settled(self, denied: Collection[str]) -> Settled | None:
        """What has come back, once, when nothing more does; `denied` are the filters that the broker refused."""
        if not self._waits or not self._echoed or time.monotonic() < self._quiet_at:
            return None
        self._waits = False
        granted = [one for one in self._filters if one not in denied]
        kinds = [
            kind
            for kind in KINDS
            if any(topic_matches_sub(one, object_topic(self._root, self._agency, kind, "x")) for one in granted)
        ]
        return Settled(kinds=kinds, heard=sorted(self._heard))
