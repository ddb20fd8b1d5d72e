"""The alarm of agencies that fall silent: told once, with a sound and a strip that stays until somebody noted it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cop.domain.rules.silence import (
    Silence,
    Speaker,
    is_everybody,
    listening_since,
    silences,
    speaking,
)
from cop.picture.picture import Picture
from cop.ui import wording
from cop.ui.banner import Banners, Notice
from cop.ui.desk import Desk
from cop.ui.feed_words import usual_words
from cop.ui.tones import Tones

SOURCE = "silence"
#: who falls silent so soon after others is told with the next ones: one sound, not twenty
_GATHERED_FOR = timedelta(seconds=30)
AGAIN_AFTER = timedelta(minutes=10)
_NAMED = 6
_ASK = "Ask them by radio or phone: their units may be elsewhere by now."


class SilenceAlarm:
    """Looks once a second. What was noted is quiet until the agency was heard again; what was put off comes back."""

    def __init__(self, desk: Desk, notice: Notice, banners: Banners, tones: Tones) -> None:
        self._desk = desk
        self._notice = notice
        self._banners = banners
        self._tones = tones
        self._standing: dict[Speaker, Silence] = {}
        self._noted: set[Speaker] = set()
        self._untold: set[Speaker] = set()
        self._quiet_until: datetime | None = None  # put off
        self._told_at: datetime | None = None
        #: when this computer woke from its sleep
        self.woken_at: datetime | None = None

    def look(self) -> None:
        """A second has passed: tell who is silent, and who is heard again."""
        picture, now = self._desk.picture, self._desk.now()
        feeds = list(picture.feeds.values())
        since = listening_since(picture.broker, self.woken_at)
        if since is None:  # nobody can be heard: the broker's own strip says so
            self._banners.clear_banner(SOURCE)
            return
        heard = speaking(feeds) & self._standing.keys()
        if heard:
            self._notice.say(again_words(picture, [self._standing[one] for one in sorted(heard)], now))
        for one in heard:
            del self._standing[one]
            self._noted.discard(one)
            self._untold.discard(one)
        for speaker, silence in silences(feeds, since, now).items():
            if speaker not in self._standing:
                self._standing[speaker] = silence
                self._untold.add(speaker)
        if self._quiet_until is not None and (now >= self._quiet_until or self._quiet_until - now > AGAIN_AFTER):
            self._quiet_until = None
            self._untold |= self._standing.keys() - self._noted
            self._told_at = None
        self._tell(now)

    def note(self) -> None:
        """A person has taken notice: quiet until one more falls silent."""
        self._noted |= self._standing.keys()
        self._untold.clear()
        self._banners.clear_banner(SOURCE)

    def put_off(self) -> None:
        """Quiet for some minutes; whoever is silent then is told again."""
        self._quiet_until = self._desk.now() + AGAIN_AFTER
        self._untold -= self._standing.keys()
        self._banners.clear_banner(SOURCE)

    def _tell(self, now: datetime) -> None:
        shown = [silence for speaker, silence in self._standing.items() if speaker not in self._noted]
        if self._quiet_until is not None:
            shown = [silence for silence in shown if silence.speaker in self._untold]  # they are news all the same
        if not shown:
            self._banners.clear_banner(SOURCE)
            return
        picture = self._desk.picture
        everybody = is_everybody(self._standing, picture.feeds.values())
        words = silence_words(picture, shown, now, everybody=everybody)
        acts = (("Noted", self.note), (f"Again in {wording.span(AGAIN_AFTER.total_seconds())}", self.put_off))
        self._banners.show_banner(words, "bad" if everybody else "warn", SOURCE, acts=acts)
        soon = self._told_at is not None and timedelta(0) <= now - self._told_at < _GATHERED_FOR
        if self._untold and not soon and not self._tones.is_sounding():  # else the next second
            self._told_at = now
            if self._quiet_until is None:
                self._untold.clear()
            self._tones.play("silence")
            self._notice.say(words)


def silence_words(picture: Picture, silent: Sequence[Silence], now: datetime, *, everybody: bool = False) -> str:
    """Who is silent since when, and what can be done: one agency, several, or all of them."""
    since = min(one.since for one in silent)
    when = wording.clock_or_date(since, now)
    names = _names(picture, silent)
    if everybody:
        return (
            f"All {len(names)} agencies silent since {when}: that is more likely the broker or the network than each of"
            " them. Call whoever runs the broker."
        )
    if len(names) == 1:
        usual = usual_words(min(one.usual_gap_s for one in silent))
        return f"{names[0]} silent since {when}, {usual}. {_ASK}"
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{len(names)} agencies silent since {when}: {', '.join(names[:_NAMED])}{more}. {_ASK}"


def again_words(picture: Picture, heard: Sequence[Silence], now: datetime) -> str:
    """Who is heard again, and how long it was not."""
    names = _names(picture, heard)
    long = wording.span(max((now - one.since).total_seconds() for one in heard))
    if len(names) == 1:
        return f"{names[0]} heard again after {long} of silence."
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{len(names)} agencies heard again after up to {long} of silence: {', '.join(names[:_NAMED])}{more}."


def _names(picture: Picture, silent: Sequence[Silence]) -> list[str]:
    """The agencies, each once; with the feed where the agency is heard on another one."""
    feeds: dict[str, list[str]] = {}
    for one in silent:
        feeds.setdefault(one.agency, []).append(one.feed)
    named = []
    for agency, on in feeds.items():
        name = wording.shortened(wording.agency_name(picture, agency), 40)
        others = any(
            health.feed not in on and any(voice.agency == agency and voice.state != "silent" for voice in health.voices)
            for health in picture.feeds.values()
        )
        named.append(f"{name} (on {wording.shortened(wording.one_line(', '.join(on)), 40)})" if others else name)
    return named
