"""Whose silence is an alarm: of who was heard in a rhythm of its own and is heard no longer, while we listen."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from cop.domain.batch import BrokerState, FeedHealth, Voice
from cop.domain.rules.rhythm import silent_after_s

#: a feed and an agency heard on it
Speaker = tuple[str, str]
#: so many agencies that are silent all at once are more likely one fault of the way here than of each of them
_ALL_AT_LEAST = 3


class Silence(NamedTuple):
    """Who is silent, since when, and how often it usually speaks, in seconds."""

    feed: str
    agency: str
    since: datetime
    usual_gap_s: float

    @property
    def speaker(self) -> Speaker:
        """Whose it is."""
        return self.feed, self.agency


def silences(feeds: Iterable[FeedHealth], listening_since: datetime | None, now: datetime) -> dict[Speaker, Silence]:
    """Who is silent by its own rhythm; nobody while we do not listen, and for so long as is usual after that.

    Who was never heard, or not often enough to have a rhythm, makes no alarm.
    """
    if listening_since is None:
        return {}
    found = (
        Silence(health.feed, voice.agency, voice.last_message_at, voice.usual_gap_s)
        for health in feeds
        for voice in health.voices
        if _has_rhythm(voice) and voice.state == "silent" and voice.last_message_at and voice.usual_gap_s is not None
    )
    return {
        one.speaker: one
        for one in found
        if (now - max(one.since, listening_since)).total_seconds() > silent_after_s(one.usual_gap_s, 0.0)
    }


def speaking(feeds: Iterable[FeedHealth]) -> set[Speaker]:
    """Who is heard now."""
    return {(health.feed, voice.agency) for health in feeds for voice in health.voices if voice.state != "silent"}


def is_everybody(silent: Iterable[Speaker], feeds: Iterable[FeedHealth]) -> bool:
    """Whether all that have a rhythm are silent, and they are too many for that to be their own doing."""
    known = {(health.feed, voice.agency) for health in feeds for voice in health.voices if _has_rhythm(voice)}
    agencies = {agency for _, agency in known}
    return len(agencies) >= _ALL_AT_LEAST and known <= set(silent)


def listening_since(broker: BrokerState | None, woken_at: datetime | None) -> datetime | None:
    """Since when what is said reaches us without a break; None while it does not. `woken_at`: this computer slept."""
    if broker is None or broker.state != "online" or broker.since is None:
        return None
    return max(broker.since, woken_at) if woken_at is not None else broker.since


def _has_rhythm(voice: Voice) -> bool:
    return bool(voice.agency) and voice.messages > 0 and voice.usual_gap_s is not None
