"""How each feed is: counted as messages pass, judged by the age of the last one."""

from collections import Counter
from datetime import UTC, datetime

from cop.domain.batch import FeedHealth
from cop.feeds.hearing import Hearing, rate
from cop.feeds.message import Feed

_REASONS_LIMIT = 50
_WORD_LENGTH = 64
#: agencies of one feed that are told apart; those beyond are heard as one without a name
_AGENCIES_LIMIT = 200
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
        self._hearings: dict[str, Hearing] = {}
        #: positions that newer ones have overtaken while a sender flooded
        self.overtaken = 0

    @property
    def hearings(self) -> list[Hearing]:
        """The agencies heard on this feed."""
        return list(self._hearings.values())

    def hearing(self, agency: str) -> Hearing:
        """What is known of an agency on this feed."""
        if agency not in self._hearings and len(self._hearings) >= _AGENCIES_LIMIT:
            agency = ""  # senders may invent agencies
        return self._hearings.get(agency) or self._hearings.setdefault(agency, Hearing(agency))

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
            per_second=self._rate(now),
            voices=[one.voice(now, self.feed.silent_after_s) for one in self._hearings.values() if one.messages],
            held=sum(one.held for one in self._hearings.values()),
            overtaken=self.overtaken,
        )

    def resume(self, health: FeedHealth) -> None:
        """Go on counting from what a snapshot says."""
        self.messages, self.bad, self.overtaken = health.messages, health.bad, health.overtaken
        self.last_message_at = health.last_message_at.timestamp() if health.last_message_at is not None else 0.0
        self._last_bad_reason = health.last_bad_reason
        self._reasons, self._unmapped = Counter(health.bad_reasons), Counter(health.unmapped)
        for voice in health.voices:
            self.hearing(voice.agency).resume(voice)

    def _state(self, now: float) -> str:
        if self.failed or self.denied:
            return "failed"
        if not self.messages:
            return "never_heard"
        heard = [one for one in self._hearings.values() if one.messages]
        if any(one.is_flooding(now) for one in heard):
            return "flooding"
        return "silent" if all(one.is_silent(now, self.feed.silent_after_s) for one in heard) else "live"

    def _rate(self, now: float) -> float:
        self._marks, per_second = rate(self._marks, now, self.messages)
        return per_second
