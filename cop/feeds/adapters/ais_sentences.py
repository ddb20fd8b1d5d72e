r"""AIS on NMEA 0183: the sentences of a line, the times around them, and the messages that several make together.

Sources: IEC 61162-1 (VDM, VDO, checksum), IEC 61162-450 and NMEA 0183 4.0 (tag blocks `\s:station,c:time*hh\`).
"""

import re
from datetime import UTC, datetime, tzinfo
from itertools import islice
from typing import NamedTuple

from cop.feeds.adapters import readings
from cop.feeds.message import BadMessage

#: a sentence has 82 characters, a tag block as many; loggers add a time and a name
LINE_LENGTH = 1_024
#: messages of which parts are still to come, over all topics and stations
_GROUPS_LIMIT = 1_000
#: sequence numbers come again after ten messages: what waited so long waits for a part that was lost
_GROUP_AGE_S = 30.0
#: how many of them are looked through for a part that does not say which is its own
_NEWEST = 20

_SENTENCE = re.compile(
    rb"!([A-Z][A-Z0-9])VD[MO],([1-9]),([1-9]),([0-9]?),([A-Za-z0-9]?),([0-W`-w]{0,200}),([0-5])\*([0-9A-Fa-f]{2})\s*"
)
_ALONE = re.compile(rb"!([A-Z][A-Z0-9]VD[MO],1,1,[0-9]?,[A-Za-z0-9]?,([0-W`-w]{1,200}),([0-5]))\*([0-9A-Fa-f]{2})\s*")
_FILL_BITS = {b"%d" % number: number for number in range(6)}
_HEXADECIMAL = {
    bytes((high, low)): int(chr(high) + chr(low), 16)
    for high in b"0123456789ABCDEFabcdef"
    for low in b"0123456789ABCDEFabcdef"
}
_WRONG_CHECKSUM = "the checksum of a sentence is wrong"
_OTHER_SENTENCE = re.compile(rb"[!$][A-Z][A-Z0-9]{1,8},(?<!VD[MO],)")
_EPOCH = re.compile(r"(?<![0-9.])(?:[1-9][0-9]{9}(?:\.[0-9]{1,9})?|[1-9][0-9]{12})(?![0-9])")
_CLOCK = re.compile(
    r"(?<![0-9])([0-9]{4})[-/]?([0-9]{2})[-/]?([0-9]{2})[T ,;]{1,2}([0-9]{2}):?([0-9]{2}):?([0-9]{2}(?:\.[0-9]{1,9})?)"
    r" ?(Z|[+-][0-9]{2}:?[0-9]{2})?(?![0-9])"
)
_LOOKS_LIKE_A_TIME = re.compile("[0-9]:[0-9]{2}")
_MILLISECONDS_FROM = 1e11
_TIME_NEVER_READ = ("", None)
_NO_TAGS = (None, "", "")
_TAGS = re.compile(rb"([^*]*)\*([0-9A-Fa-f]{2})")


class Sentence(NamedTuple):
    """One sentence: a part of a message, or all of it. `at` is when a station or a logger says it was received."""

    payload: bytes
    fill_bits: int
    talker: bytes
    total: int
    number: int
    sequence: bytes
    channel: bytes
    at: datetime | None
    station: str
    group: str


def alone(line: bytes) -> tuple[bytes, int] | None:
    """Payload and fill bits of a sentence that is a whole message and stands alone; None for anything else.

    So most messages come, and it costs half. Raises BadMessage for a wrong checksum.
    """
    found = _ALONE.fullmatch(line)
    if found is None:
        return None
    covered, payload, fill_bits, sum_of_sender = found.groups()
    if checksum(covered) != _HEXADECIMAL[sum_of_sender]:
        raise BadMessage(_WRONG_CHECKSUM)
    return payload, _FILL_BITS[fill_bits]


class Sentences:
    """Reads the lines of one feed; `zone` holds for times in logs that name none."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._last_time: tuple[str, datetime | None] = _TIME_NEVER_READ

    def read(self, line: bytes) -> Sentence | None:
        """The AIS sentence of a line; None for a line that holds another sentence, a comment or nothing.

        Raises BadMessage for a damaged one, and for a time that nobody can read: it would pass for fresh.
        """
        line = line.strip()
        found = _SENTENCE.fullmatch(line)
        if found is not None:
            return _sentence(found, None, "", "")
        if not line or line.startswith(b"#"):
            return None
        if len(line) > LINE_LENGTH:
            raise BadMessage("a line is longer than sentences are")
        before, tags, rest = _around(line)
        found = _SENTENCE.match(rest)
        if found is None:
            if _OTHER_SENTENCE.match(rest):
                return None
            raise BadMessage("an AIS sentence is damaged" if b"VDM" in rest or b"VDO" in rest else "no AIS sentence")
        at, station, group = _read_tags(tags) if tags else _NO_TAGS
        # a time that cannot be read refuses the sentence, wherever it stands
        logged_before = self._time(before) if before else None
        logged_after = self._time(rest[found.end() :]) if found.end() < len(rest) else None
        return _sentence(found, at or logged_before or logged_after, station, group)

    def _time(self, around: bytes) -> datetime | None:
        """The time that a logger wrote before or after a sentence."""
        text = _text(around)
        if not text:
            return None
        if text != self._last_time[0]:  # the sentences of a second bear the same one
            self._last_time = (text, time_in(text, self._zone))
        return self._last_time[1]


def _sentence(found: re.Match[bytes], at: datetime | None, station: str, group: str) -> Sentence:
    _verify(found)
    talker, total, number, sequence, channel, payload, fill_bits, _ = found.groups()
    return Sentence(payload, int(fill_bits), talker, int(total), int(number), sequence, channel, at, station, group)


def _verify(found: re.Match[bytes]) -> None:
    start, star = found.start() + 1, found.start(8) - 1
    if checksum(found.string[start:star]) != int(found[8], 16):
        raise BadMessage(_WRONG_CHECKSUM)


def checksum(covered: bytes) -> int:
    """All bytes, one upon the other by exclusive or; halves at a time, for that is several times faster."""
    folded = int.from_bytes(covered, "big")
    bits = 8 * len(covered)
    if bits > 512:
        shift = 1 << (bits - 1).bit_length()
        while shift > 512:
            shift >>= 1
            folded ^= folded >> shift
    folded ^= folded >> 256
    folded ^= folded >> 128
    folded ^= folded >> 64
    folded ^= folded >> 32
    folded ^= folded >> 16
    return (folded ^ folded >> 8) & 0xFF


def _around(line: bytes) -> tuple[bytes, list[bytes], bytes]:
    """What stands before the sentence, the tag blocks, and all from the sentence on. Raises BadMessage."""
    slash, mark = line.find(b"\\"), line.find(b"!")
    if slash < 0 or 0 <= mark < slash:
        start = mark if mark >= 0 else max(line.find(b"$"), 0)
        return line[:start], [], line[start:]
    tags, rest = [], line[slash:]
    while rest.startswith(b"\\"):
        tag, end, rest = rest[1:].partition(b"\\")
        if not end:
            raise BadMessage("a tag block does not end")
        tags.append(tag)
        rest = rest.lstrip()
    return line[:slash], tags, rest


def _read_tags(tags: list[bytes]) -> tuple[datetime | None, str, str]:
    """When and by which station it was received, and the group it belongs to."""
    at, station, group = None, "", ""
    for tag in tags:
        found = _TAGS.fullmatch(tag)
        if found is None or checksum(found[1]) != int(found[2], 16):
            raise BadMessage("the checksum of a tag block is wrong")
        for field in found[1].decode("ascii", "replace").split(","):
            code, _, value = field.partition(":")
            if code == "c":
                at = _epoch(value)
                if at is None:
                    raise BadMessage("the time of a tag block is none")
            elif code == "s":
                station = value
            elif code == "g":
                group = value.rpartition("-")[2]
    return at, station, group


def _epoch(text: str) -> datetime | None:
    """Seconds or milliseconds since 1970; None for what is neither."""
    if not _EPOCH.fullmatch(text):
        return None
    number = float(text)
    return readings.moment_of_seconds(number / 1000.0 if number >= _MILLISECONDS_FROM else number)


def received_at(line: bytes) -> datetime | None:
    """When a logged line was received, None where it does not say; without a zone where the log names none."""
    try:
        before, tags, rest = _around(line[:LINE_LENGTH])
        return _read_tags(tags)[0] or time_in(_text(before), None) or time_in(_text(rest.partition(b"*")[2]), None)
    except BadMessage:
        return None


def _text(around: bytes) -> str:
    return around.decode("ascii", "replace").strip(" ,;|\t[]()")


def time_in(text: str, zone: tzinfo | None) -> datetime | None:
    """The time in what a logger wrote: ISO 8601, or seconds or milliseconds since 1970; None where it wrote none.

    A time without a zone is in `zone`; where that is None too, it stays without one. Raises BadMessage for what
    looks like a time and cannot be read.
    """
    clock = _CLOCK.search(text)
    if clock is not None:
        year, month, day, hour, minute, second, offset = clock.groups(default="")
        iso = f"{year}-{month}-{day}T{hour}:{minute}:{second}"
        local = zone is None and not offset
        at = readings.moment_of_text(iso + offset, UTC if local else zone or UTC)
        return at.replace(tzinfo=None) if local else at
    epoch = _EPOCH.search(text)
    if epoch is not None:
        return _epoch(epoch[0])
    if _LOOKS_LIKE_A_TIME.search(text):
        raise BadMessage("the time beside a sentence cannot be read")
    return None


class _Group:
    """The parts of one message, as far as they came."""

    __slots__ = ("first", "heard_at", "parts")

    def __init__(self, first: Sentence, heard_at: datetime) -> None:
        self.first = first
        self.heard_at = heard_at
        self.parts = [first.payload]


class Assembly:
    """Puts the parts of messages together, in their order: a part without those before it is refused.

    Parts belong together by topic, talker, sequence number and channel, and by tag-block group or station where they
    name one. What never comes complete is forgotten, and refused when that shows.
    """

    def __init__(self) -> None:
        self._groups: dict[tuple[str, bytes, bytes, bytes, str], _Group] = {}

    def add(self, topic: str, part: Sentence, heard_at: datetime) -> Sentence | None:
        """The whole message when this part completes it. Raises BadMessage for a part that belongs to none."""
        if part.total == 1:
            return part
        key = (topic, part.talker, part.sequence, part.channel, part.group or part.station)
        if part.fill_bits and part.number < part.total:
            raise BadMessage("a part before the last has fill bits")
        if part.number == 1:
            self._begin(key, part, heard_at)
            return None
        group = self._groups.get(key)
        if group is None and not key[-1]:  # some stations put a tag block before the first part alone
            key = self._tagged(key)
            group = self._groups.get(key)
        if (
            group is None
            or group.first.total != part.total
            or len(group.parts) + 1 != part.number
            or (heard_at - group.heard_at).total_seconds() > _GROUP_AGE_S
        ):
            raise BadMessage("a part of a message without the parts before it")
        group.parts.append(part.payload)
        if part.number < part.total:
            return None
        del self._groups[key]
        first = group.first
        return first._replace(payload=b"".join(group.parts), fill_bits=part.fill_bits, at=first.at or part.at)

    def _begin(self, key: tuple[str, bytes, bytes, bytes, str], part: Sentence, heard_at: datetime) -> None:
        forgotten = self._groups.pop(key, None) is not None
        while self._groups:
            oldest = next(iter(self._groups))
            age_s = (heard_at - self._groups[oldest].heard_at).total_seconds()
            if age_s <= _GROUP_AGE_S and len(self._groups) < _GROUPS_LIMIT:
                break
            del self._groups[oldest]
            forgotten = True
        self._groups[key] = _Group(part, heard_at)
        if forgotten:
            raise BadMessage("the other parts of an earlier message never came")

    def _tagged(self, key: tuple[str, bytes, bytes, bytes, str]) -> tuple[str, bytes, bytes, bytes, str]:
        """The newest group that differs from the key in its tag block alone."""
        untagged = key[:-1]
        newest = islice(reversed(self._groups), _NEWEST)
        return next((one for one in newest if one[:-1] == untagged), key)
