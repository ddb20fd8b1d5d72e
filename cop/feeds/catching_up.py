"""Whether what comes on a resumed session may be what the broker kept while we were away."""

import time
from collections.abc import Sequence

from paho.mqtt.client import topic_matches_sub

from cop.feeds.connecting import Will

#: What the broker kept for us comes before our own presence, said anew on each connection. A desk that does not hear
#: that takes it to be over when nothing has come for so long; and either waits so long at most, in seconds.
_QUIET_S, _LONGEST_S, _LONGEST_DEAF_S = 3.0, 300.0, 30.0


class CatchingUp:
    """Ask it of each message, in order."""

    def __init__(self, topics: Sequence[str]) -> None:
        self._topics = topics
        self._will: Will | None = None
        #: whether it is not over yet: only then need `is_kept` be asked
        self.on = False
        self._since = 0.0
        self._heard_at = 0.0

    def begin(self, will: Will | None, *, resumed: bool) -> None:
        """A new connection: `resumed` tells whether the broker remembered us."""
        self._will = will
        self.on = resumed
        self._since = self._heard_at = time.monotonic()

    def is_kept(self, topic: str, payload: bytes, *, retained: bool) -> bool:
        """Whether this message may have been said while we were away."""
        now, heard_at = time.monotonic(), self._heard_at
        self._heard_at = now
        will, online_s = self._will, now - self._since
        if will is not None and any(topic_matches_sub(one, will.topic) for one in self._topics):
            self.on = online_s < _LONGEST_S and (topic != will.topic or retained or payload != will.online)
        else:
            self.on = online_s < _LONGEST_DEAF_S and now - heard_at < _QUIET_S
        return self.on
