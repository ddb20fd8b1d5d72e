"""Who was silent for longer than is usual for it, while this desk was connected: from the times of receipt alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from cop.domain.batch import BrokerState
from cop.domain.rules import rhythm
from cop.journal.block import Block
from cop.journal.reading import Noted
from cop.journal.record import BROKER, STARTED, STOPPED, Mark, Way
from cop.replay.heard import readable

#: no shorter pause is a silence, whoever makes it (`rhythm.silent_after_s`), in seconds
_SHORTEST_S = 5.0
#: whoever usually pauses no longer than this is silent after 5 s all the same: such pauses need not be remembered
_ANY_S = 2.0
#: to begin, and to be found again at once, is no time in which nobody was heard
_SHORT_S = 1.0


class Pause(NamedTuple):
    """From one message of an agency on a feed to its next (0: none came any more), longer than is usual for it."""

    feed: str
    agency: str
    usual_s: float
    begin: float
    begin_record: int
    end: float
    end_record: int


@dataclass(slots=True)
class _Speaker:
    """One agency on one feed; `messages` and `first_at` since when its rhythm is learnt."""

    first_at: float
    last_at: float
    last_record: int
    messages: int = 0
    pauses: list[rhythm.Pause] = field(default_factory=list)

    def usual_s(self) -> float | None:
        """The longest pause that is usual for it by now."""
        spoken_s = self.last_at - self.first_at
        return rhythm.usual_gap_s(self.pauses, self.last_at, messages=self.messages, spoken_s=spoken_s)


@dataclass(slots=True)
class Rhythms:
    """Hears when each agency spoke on each feed, block by block."""

    pauses: list[Pause] = field(default_factory=list)
    _speakers: dict[tuple[str, str], _Speaker] = field(default_factory=dict)

    def hear(self, block: Block) -> None:
        """All that was heard in a block; what the broker had retained tells nothing of how its sender speaks."""
        live = (block.way == Way.HEARD) & (block.marks & Mark.RETAINED == 0) & readable(block)
        for source in np.unique(block.source[live]).tolist():
            rows = np.flatnonzero(live & (block.source == source))
            named = block.sources[source]
            self._hear((named.feed, named.agency), block.received_at[rows], block.first + rows)

    def _hear(self, who: tuple[str, str], times: NDArray[np.float64], records: NDArray[np.intp]) -> None:
        speaker = self._speakers.get(who)
        if speaker is None:
            begin = float(times[0])
            speaker = self._speakers[who] = _Speaker(begin, begin, int(records[0]))
        before = np.append(speaker.last_at, times[:-1])
        taken = 0
        for row in np.flatnonzero(np.abs(times - before) > _ANY_S).tolist():
            if row:
                speaker.last_at, speaker.last_record = float(times[row - 1]), int(records[row - 1])
            speaker.messages += row - taken
            taken = row
            self._pause(who, speaker, float(times[row]), int(records[row]))
        speaker.messages += len(times) - taken
        speaker.last_at, speaker.last_record = float(times[-1]), int(records[-1])

    def _pause(self, who: tuple[str, str], speaker: _Speaker, end: float, record: int) -> None:
        """It was silent until `end`; where our own clock was put back its rhythm is learnt anew."""
        length_s = end - speaker.last_at
        if length_s < 0.0:
            speaker.first_at, speaker.messages = end, 0
            speaker.pauses = [one for one in speaker.pauses if one.ended_at <= end]
            return
        self._judge(who, speaker, end, record)
        speaker.pauses = rhythm.remembered(speaker.pauses, rhythm.Pause(end, length_s))

    def _judge(self, who: tuple[str, str], speaker: _Speaker, end: float, record: int) -> None:
        if end - speaker.last_at <= _SHORTEST_S:
            return
        usual_s = speaker.usual_s()
        if usual_s is not None and end - speaker.last_at > rhythm.silent_after_s(usual_s, 0.0):
            self.pauses.append(Pause(*who, usual_s, speaker.last_at, speaker.last_record, end, record))

    def end(self, at: float) -> None:
        """The record is over: who spoke last too long ago is silent still."""
        for who, speaker in self._speakers.items():
            self._judge(who, speaker, at, 0)


class Deaf(NamedTuple):
    """A time in which this desk heard nobody, and why; the records that tell of its two ends (0: none)."""

    begin: float
    end: float
    why: str
    records: tuple[int, ...]


def deaf_times(notes: Iterable[Noted], first_at: float, last_at: float) -> list[Deaf]:
    """When this desk was not connected, or did not run, by the journal's notes (started, stopped, broker)."""
    found: list[Deaf] = []
    since: tuple[float, str, int] | None = None
    last = first_at
    for note in notes:
        why: str | None = None
        if note.kind == STOPPED:
            why = "this desk was not running"
        elif note.kind == STARTED:
            why = since[1] if since is not None else None
            if since is None and note.at - last > _SHORTEST_S:
                since = (last, "this desk ended unexpectedly", 0)
                why = since[1]
            if since is not None and since[1].startswith("this desk"):
                found.append(Deaf(since[0], note.at, since[1], (since[2], note.number)))
                since, why = None, None
        elif note.kind == BROKER:
            why = _offline(note.payload)
            if why is None and since is not None:
                found.append(Deaf(since[0], note.at, since[1], (since[2], note.number)))
                since = None
        if why is not None and since is None:
            since = (note.at, why, note.number)
        last = max(last, note.at)
    if since is not None and last_at > since[0]:
        found.append(Deaf(since[0], last_at, since[1], (since[2],)))
    return [one for one in found if one.end - one.begin >= _SHORT_S]


def heard_silence(pause: Pause, deaf: Sequence[Deaf]) -> float:
    """For how many seconds of a pause this desk listened; 0 where it is no silence then, by the sender's own gap."""
    within = sorted((max(one.begin, pause.begin), min(one.end, pause.end)) for one in deaf)
    begin, longest, total = pause.begin, 0.0, 0.0
    for deaf_begin, deaf_end in [*(one for one in within if one[1] > one[0]), (pause.end, pause.end)]:
        stretch = max(0.0, deaf_begin - begin)
        longest, total = max(longest, stretch), total + stretch
        begin = max(begin, deaf_end)
    return total if longest > rhythm.silent_after_s(pause.usual_s, 0.0) else 0.0


def _offline(payload: bytes) -> str | None:
    """Why the broker was not there, by its note; None where it was."""
    try:
        state = msgspec.json.decode(payload, type=BrokerState)
    except (msgspec.MsgspecError, ValueError):
        return None
    return None if state.state == "online" else f"no connection to the broker ({state.state})"
