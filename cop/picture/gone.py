"""What was taken back: no older word brings it back."""

from datetime import datetime, timedelta
from typing import NamedTuple

from cop.domain.report import Report
from cop.picture.change import Key

_MOST = 20_000
_SAME_MOMENT = timedelta(milliseconds=1)


class Gone(NamedTuple):
    """An object that was taken back: the last word about it, and until when (epoch seconds) nothing brings it back."""

    word: Report
    at: float


class GoneObjects(dict[tuple[str, Key], Gone]):
    """By kind and key. A sender may make and take back without end: the oldest are forgotten."""

    def keep(self, kind: str, key: Key, last_word: Report, at: datetime) -> None:
        """An object was taken back at `at`."""
        if len(self) >= _MOST:
            del self[next(iter(self))]
        known = self.get((kind, key))
        self[kind, key] = Gone(last_word, max(at.timestamp(), known.at) if known is not None else at.timestamp())

    def word(self, kind: str, key: Key) -> Report | None:
        """The last word about an object that is gone."""
        gone = self.get((kind, key))
        return gone.word if gone is not None else None


def is_sent_at(retraction: Report) -> bool:
    """Whether a sender says when the object was taken back: an emptied topic is as old as its receipt, by our clock."""
    return abs(retraction.reported_at - retraction.received_at) > _SAME_MOMENT
