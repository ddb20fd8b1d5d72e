"""How each feed is: counted as messages pass, judged by the age of the last one."""

import time
from collections import Counter
from datetime import UTC, datetime

from cop.domain.batch import FeedHealth
from cop.feeds.message import Feed

_REASONS_LIMIT = 50
_WORD_LENGTH = 64
_RATE_OVER_S = 10.0
_DENIED = "the broker does not let this desk hear it"


class FeedCounter:
    """The running counts of one feed.

    `failed` holds while the last message ended in an error of ours, `denied` while the broker does not let us hear it.
    """

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.messages = 0
        self.bad = 0
        self.failed = ""
        self.denied = False
        self.last_message_at = 0.0
        self._last_bad_reason = ""
        self._reasons: Counter[str] = Counter()
        self._unmapped: Counter[str] = Counter()
        self._marks: list[tuple[float, int]] = []

    def refuse(self, reason: str) -> None:
        """Count a message that could not be used."""
        self.bad += 1
        self._last_bad_reason = reason
        known = reason in self._reasons or len(self._reasons) < _REASONS_LIMIT
        self._reasons[reason if known else "other reasons"] += 1

    def note_unmapped(self, what: str, word: str) -> None:
        """Count a word that stands in none of our tables."""
        key = f"{what} · {word[:_WORD_LENGTH]}"
        known = key in self._unmapped or len(self._unmapped) < _REASONS_LIMIT
        self._unmapped[key if known else "other words"] += 1

    def health(self, now: float) -> FeedHealth:
        """The state at `now` (epoch seconds)."""
        return FeedHealth(
            feed=self.feed.name,
            agency=self.feed.agency,
            format=self.feed.format,
            state=self._state(now),
            messages=self.messages,
            bad=self.bad,
            last_message_at=datetime.fromtimestamp(self.last_message_at, UTC) if self.messages else None,
            last_bad_reason=_DENIED if self.denied else self.failed or self._last_bad_reason,
            bad_reasons=dict(self._reasons),
            unmapped=dict(self._unmapped),
            per_second=self._rate(),
        )

    def _state(self, now: float) -> str:
        if self.failed or self.denied:
            return "failed"
        if not self.messages:
            return "never_heard"
        return "live" if now - self.last_message_at <= self.feed.silent_after_s else "silent"

    def _rate(self) -> float:
        now = time.monotonic()
        self._marks.append((now, self.messages))
        while len(self._marks) > 2 and now - self._marks[0][0] > _RATE_OVER_S:
            del self._marks[0]
        (begin, first), (end, last) = self._marks[0], self._marks[-1]
        return (last - first) / (end - begin) if end - begin > 0.5 else 0.0
