"""How the feeds are, and the agencies heard on them, in words and in shapes that do not need colour."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cop.domain.batch import FeedHealth, Voice
from cop.picture.picture import Picture
from cop.ui import wording
from cop.ui.broker_words import delay

#: worst first: the state in words, and the mark that stands beside its colour
STATES: dict[str, tuple[str, str]] = {
    "failed": ("failed", "✕"),
    "stopped": ("stopped", "■"),
    "silent": ("silent", "▲"),
    "flooding": ("flooding", "≋"),
    "never_heard": ("never heard", "○"),
    "live": ("live", "●"),
}
_WORST_FIRST = list(STATES)
#: clocks that are this near are right, messages that take no longer are not late: seconds
_CLOCK_RIGHT_S, _LATE_S = 2.0, 2.0


@dataclass(frozen=True, slots=True)
class AgencyFeeds:
    """All feeds of an agency in one: the worst state counts."""

    agency: str
    name: str
    state: str
    detail: str


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One line of the table: a feed, or with `voice` one agency on it; `alone` where it is both."""

    feed: FeedHealth
    voice: Voice | None = None
    alone: bool = True

    @property
    def state(self) -> str:
        """Of the two the worse, where it is both."""
        if self.voice is None or (self.alone and badness(self.feed.state) <= badness(self.voice.state)):
            return self.feed.state
        return self.voice.state

    @property
    def agency(self) -> str:
        """Whose it is; empty for a feed of many."""
        return self.voice.agency if self.voice is not None else self.feed.agency

    @property
    def last_message_at(self) -> datetime | None:
        """Our time of receipt."""
        return self.feed.last_message_at if self.voice is None or self.alone else self.voice.last_message_at

    @property
    def messages(self) -> int:
        """How many there were."""
        return self.feed.messages if self.voice is None or self.alone else self.voice.messages

    @property
    def per_second(self) -> float:
        """How many there are."""
        return self.feed.per_second if self.voice is None or self.alone else self.voice.per_second


def state_words(state: str) -> str:
    """A feed's state in words; an unknown one as it came."""
    return STATES.get(state, (wording.one_line(state), ""))[0]


def badness(state: str) -> int:
    """0 is the worst."""
    return _WORST_FIRST.index(state) if state in STATES else 0


def rows_of(health: FeedHealth) -> list[FeedRow]:
    """The lines of one feed: itself and each agency on it, or one line where that is the same."""
    if len(health.voices) == 1 and health.voices[0].agency == health.agency:
        return [FeedRow(health, health.voices[0])]
    return [FeedRow(health), *(FeedRow(health, voice, alone=False) for voice in health.voices)]


def by_agency(picture: Picture) -> list[AgencyFeeds]:
    """One entry an agency, in alphabetical order of names; feeds of no one agency stand under their own name.

    An agency that is heard on a feed of many has an entry of its own: it may be silent where the feed is not. Such a
    feed is left out as long as there is nothing to say of it but what its agencies tell.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for health in picture.feeds.values():
        for row in rows_of(health):
            if not row.agency and health.voices and health.state in {"live", "silent"}:
                continue
            found.setdefault(row.agency or health.feed, []).append((row.state, _line(row)))
    entries = [
        AgencyFeeds(
            agency,
            wording.agency_name(picture, agency),
            min((state for state, _ in said), key=badness),
            "\n".join(line for _, line in said),
        )
        for agency, said in found.items()
    ]
    return sorted(entries, key=lambda one: one.name.casefold())


def tally(entries: Iterable[AgencyFeeds]) -> str:
    """ "20 live, 1 silent": for screen readers."""
    counts: dict[str, int] = {}
    for one in entries:
        counts[one.state] = counts.get(one.state, 0) + 1
    words = [f"{counts[state]} {state_words(state)}" for state in reversed(_WORST_FIRST) if state in counts]
    return ", ".join(words) or "no feed has been heard of"


def usual_words(usual_gap_s: float | None) -> str:
    """How often it is usually heard: "usually every 20 s"."""
    if usual_gap_s is None:
        return "rhythm not known yet"
    return f"usually every {wording.span(max(1.0, usual_gap_s))}"


def clock_words(voice: Voice) -> str:
    """How its clock is: "clock 1 h 02 ahead, corrected"."""
    if voice.skew_s is None:
        return "clock not measured yet"
    if abs(voice.skew_s) < _CLOCK_RIGHT_S:
        return "clock right"
    way = "ahead" if voice.skew_s > 0 else "behind"
    done = "corrected" if voice.corrected else "not corrected"
    return f"clock {wording.span(abs(voice.skew_s))} {way}, {done}"


def is_clock_wrong(voice: Voice) -> bool:
    """Whether its clock is worth a word."""
    return voice.skew_s is not None and abs(voice.skew_s) >= _CLOCK_RIGHT_S


def flood_words(health: FeedHealth) -> list[str]:
    """What became of a flood: how many messages wait, how many positions were left out for newer ones."""
    said = []
    if health.held:
        said.append(f"{health.held:,} waiting")
    if health.overtaken:
        said.append(f"{health.overtaken:,} positions left out")
    return said


def unknown_words(health: FeedHealth) -> str:
    """How many words of a feed stand in none of our tables: "3 unknown words"; empty if none."""
    count = len(health.unmapped)
    return f"{count} unknown word{'s' if count != 1 else ''}" if count else ""


def amiss(row: FeedRow) -> list[str]:
    """What is worth knowing beside the state, the worst first; empty where all is well."""
    said = []
    if row.voice is None or row.alone:
        health = row.feed
        if health.state == "failed":
            said.append(wording.one_line(health.last_bad_reason))
        said += flood_words(health)
        if health.bad:
            said.append(f"{health.bad:,} bad")
        said.append(unknown_words(health))
    if row.voice is not None:
        if is_clock_wrong(row.voice):
            said.append(clock_words(row.voice))
        if row.voice.latency_s is not None and row.voice.latency_s >= _LATE_S:
            said.append(f"messages {delay(row.voice.latency_s)} late")
    return [one for one in said if one]


def details(picture: Picture, row: FeedRow, now: datetime) -> list[str]:
    """All that is known of a line, a sentence or a count a line."""
    health, voice = row.feed, row.voice
    who = wording.agency_name(picture, row.agency) if row.agency else ""
    feed = wording.feed_and_format(health.feed, health.format)
    lines = [f"{who} on {feed}" if who else feed]
    last = f"last message {wording.age(row.last_message_at, now)}" if row.last_message_at else "no message so far"
    lines.append(f"{state_words(row.state)} · {last}")
    if voice is not None:
        lines.append(usual_words(voice.usual_gap_s))
    lines.append(f"{row.messages:,} messages · {rate_words(row.per_second)}")
    if voice is not None:
        late = "" if voice.latency_s is None else f" · latency {delay(voice.latency_s)}"
        lines.append(f"{clock_words(voice)}{late}")
    if voice is not None and not row.alone:
        return lines
    if health.state == "flooding":
        lines.append(
            "It says far more than usual: it is taken in at its share, so that nobody else is delayed. Of each unit the"
            " newest position counts, older ones are left out; everything else waits its turn."
        )
    lines += flood_words(health)
    lines += ["", *(counted(health.bad_reasons) or ["no bad message so far"])]
    if health.last_bad_reason and health.last_bad_reason not in health.bad_reasons:
        lines.insert(2, wording.one_line(health.last_bad_reason))
    if health.unmapped:
        lines += ["", f"{unknown_words(health)}, shown as they came:", *counted(health.unmapped)]
    return lines


def counted(counts: dict[str, int]) -> list[str]:
    """One line each, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [f"{count:>6,}  {wording.one_line(what)}" for what, count in ordered]


def rate_words(per_second: float) -> str:
    """ "9,120 a second", "1.4 a second", "3 a minute"."""
    if per_second >= 0.95:
        return f"{per_second:,.0f} a second" if per_second >= 9.95 else f"{per_second:.1f} a second"
    return f"{per_second * 60:.0f} a minute"


def _line(row: FeedRow) -> str:
    words = [state_words(row.state)]
    if row.voice is not None and row.state == "silent":
        words.append(usual_words(row.voice.usual_gap_s))
    words += amiss(row)
    return f"{wording.one_line(row.feed.feed)} ({wording.one_line(row.feed.format)}): {', '.join(words)}"
