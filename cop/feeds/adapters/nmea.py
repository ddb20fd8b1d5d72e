"""NMEA 0183: what satellite receivers and simple trackers send, several sentences for one moment."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from cop.domain.report import Report
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import clocks, nmea_sentences, readings
from cop.feeds.adapters.adapter import Format, Recorded
from cop.feeds.adapters.nmea_sentences import Epoch, Sentence
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

_RECEIVERS_REMEMBERED = 10_000
#: 1 MiB of the shortest ones takes longer than a twentieth of a second beyond
_SENTENCES_LIMIT = 1_600
_LEVELS_BELOW_UNIT = frozenset({"nmea", "nmea0183", "gps", "gnss", "raw", "sentence", "position", "location", "data"})
#: a date holds for so long; then the time of receipt says the day again
_DATE_HOLDS = timedelta(hours=6)
#: the sentences of a moment come within it; the same time of day later is another day's
_MOMENT_LASTS = timedelta(seconds=30)
_ROLLED = "1,024 weeks were added: the receiver's count of weeks has begun anew"
_NO_DATE = "no date: the day that puts it nearest to the time of receipt"
_NO_TIME = "no time in the message: the time of receipt stands for it"


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    unit: str = ""
    kind: str = "unknown"
    units: dict[str, str] = {}


class _Receiver:
    """What is known of one receiver: the moment that its sentences are at, and how far its clock is from ours."""

    __slots__ = ("ahead", "begun_at", "dated_at", "epoch", "names", "said", "waits")

    def __init__(self) -> None:
        self.epoch = Epoch()
        self.begun_at: datetime | None = None  # by our clock, when this moment's first sentence came
        self.ahead: timedelta | None = None  # of its clock, before ours
        self.dated_at: datetime | None = None  # by our clock, when it last said a date
        self.said = False  # whether a position of this moment is out
        self.names: set[str] = set()  # the sentences that this moment is made of
        self.waits = False  # whether moments wait for their speed, for it came after the place was out


class Nmea:
    """Decodes NMEA 0183. Option `unit` is the unit of all sentences, `kind` its kind, `units` kinds of single ones."""

    def __init__(self, feed: Feed) -> None:
        options = readings.options_of(feed, _Options)
        self._voice = Voice(feed, "nmea")
        self._unit, self._kind, self._kinds = options.unit, options.kind, options.units
        self._feed = feed.name
        self._receivers: dict[str, _Receiver] = {}

    def decode(self, message: Message) -> list[Report]:
        """A position for each moment that the sentences say a valid place of, and the unit when it is new."""
        payload = message.payload
        if not payload and message.topic:
            return []  # a retained message was cleared
        lines = [line for line in payload.splitlines() if line]
        if not lines:
            raise BadMessage("no sentence of NMEA 0183")
        reports: list[Report] = []
        refused = ""
        touched: dict[str, _Receiver] = {}
        for number, line in enumerate(lines):
            if number >= _SENTENCES_LIMIT:
                refused = f"more than {_SENTENCES_LIMIT:,} sentences in one message"
                break
            try:
                sentence = nmea_sentences.parse(line.decode("latin-1").strip())
                epoch = nmea_sentences.read(sentence) if sentence is not None else None
                if sentence is not None and epoch is not None:
                    reports += self._sentence(message, sentence, epoch, touched)
            except BadMessage as bad:
                refused = bad.reason
        for unit, receiver in touched.items():
            # What lacks the speed may be the first half of what is said of this moment.
            if not (receiver.waits and receiver.epoch.speed_mps is None):
                reports += self._position(message, unit, receiver)
        if refused:
            raise BadMessage(refused, reports)
        return reports

    def _sentence(
        self, message: Message, sentence: Sentence, epoch: Epoch, touched: dict[str, _Receiver]
    ) -> list[Report]:
        """Add a sentence to its moment; what comes out is the moment before, where this one begins a new one."""
        unit = self._unit_of(message, sentence)
        receiver = self._receivers.get(unit)
        if receiver is None:
            if len(self._receivers) >= _RECEIVERS_REMEMBERED:
                self._receivers.clear()  # a hostile sender may invent units without end
            receiver = self._receivers[unit] = _Receiver()
        reports: list[Report] = []
        known = receiver.epoch
        begins = epoch.seconds != known.seconds if epoch.seconds is not None else epoch.valid is not None
        old = receiver.begun_at is not None and message.received_at - receiver.begun_at > _MOMENT_LASTS
        if begins or old or sentence.name in receiver.names:
            if known.located and not receiver.said:
                receiver.waits = False  # it waited in vain
            reports = self._position(message, unit, receiver)
            receiver.epoch, receiver.said, receiver.names = epoch, False, set()
            receiver.begun_at = message.received_at
        else:
            merged = _merged(known, epoch)
            if receiver.said and known.speed_mps is None and merged.speed_mps is not None:
                receiver.waits = True
            receiver.epoch = merged
        receiver.names.add(sentence.name)
        touched[unit] = receiver
        # How long a retained message waited says nothing of the receiver's clock.
        if epoch.day is not None and receiver.epoch.seconds is not None and not message.retained:
            at = clocks.at_day(epoch.day, receiver.epoch.seconds)
            meant = clocks.rolled_over(at, message.received_at)
            receiver.ahead, receiver.dated_at = (meant or at) - message.received_at, message.received_at
        return reports

    def _position(self, message: Message, unit: str, receiver: _Receiver) -> list[Report]:
        """What a moment says, if it has not gone out: the unit, and its position where that is valid."""
        epoch = receiver.epoch
        if receiver.said or (epoch.lat is None and epoch.valid is None):
            return []
        at, losses = _moment(message, receiver)
        if epoch.valid is False:
            losses["fix"] = "not valid"
        receiver.said = epoch.located
        exercise = epoch.mode == "simulator"
        original = (unit, "NMEA")
        body = Unit(id=unit, at=at, callsign=unit, kind=self._kinds.get(unit, self._kind))
        reports = self._voice.unit(message, body, lambda: dict(losses), original=original, exercise=exercise)
        if not epoch.located or epoch.lat is None or epoch.lon is None:
            return reports
        if epoch.mode:
            losses["mode"] = epoch.mode
        if epoch.hdop:
            losses["hdop"] = epoch.hdop
        if epoch.satellites:
            losses["satellites"] = epoch.satellites
        position = Position(
            id=unit,
            at=at,
            lat=epoch.lat,
            lon=epoch.lon,
            alt_m=epoch.alt_m,
            course_deg=epoch.course_deg,
            speed_mps=epoch.speed_mps,
            accuracy_m=epoch.accuracy_m,
        )
        return [
            *reports,
            self._voice.position(message, position, original=original, exercise=exercise, losses=losses),
        ]

    def _unit_of(self, message: Message, sentence: Sentence) -> str:
        """The option, else the id that a tracker puts before the `$`, else the topic; recordings have the feed's name.

        Several trackers may share one topic, so an id of the sentence goes before the topic's.
        """
        if self._unit:
            return readings.identifier(self._unit)
        if sentence.sender:
            return readings.identifier(readings.name(sentence.sender) or "?")
        levels = [level for level in message.topic.split("/") if level]
        while len(levels) > 1 and levels[-1].lower() in _LEVELS_BELOW_UNIT:
            levels.pop()
        return readings.identifier(levels[-1] if levels else self._feed)


def _merged(known: Epoch, more: Epoch) -> Epoch:
    """One moment of two sentences: the first word holds, but one that says "not valid" holds for all."""
    valid = known.valid if more.valid is None else more.valid if known.valid is None else known.valid and more.valid
    return Epoch(
        seconds=known.seconds,
        day=known.day or more.day,
        day_said=known.day_said or more.day_said,
        lat=more.lat if known.lat is None else known.lat,
        lon=more.lon if known.lon is None else known.lon,
        valid=valid,
        alt_m=more.alt_m if known.alt_m is None else known.alt_m,
        speed_mps=more.speed_mps if known.speed_mps is None else known.speed_mps,
        course_deg=more.course_deg if known.course_deg is None else known.course_deg,
        accuracy_m=more.accuracy_m if known.accuracy_m is None else known.accuracy_m,
        mode=known.mode or more.mode,
        hdop=known.hdop or more.hdop,
        satellites=known.satellites or more.satellites,
    )


def _moment(message: Message, receiver: _Receiver) -> tuple[datetime, dict[str, str]]:
    """When a moment was: its own date, else the day nearest to what the receiver's clock should show.

    Raises BadMessage for a retained message that does not say its day: it may be of any.
    """
    epoch, received_at = receiver.epoch, message.received_at
    if epoch.seconds is None:
        if message.retained:
            raise BadMessage("a retained position without a time")
        return received_at, {"time": _NO_TIME}
    if epoch.day is not None:
        at = clocks.at_day(epoch.day, epoch.seconds)
        meant = clocks.rolled_over(at, received_at)
        return (at, {}) if meant is None else (meant, {"date": _ROLLED})
    if receiver.ahead is not None and receiver.dated_at is not None and received_at - receiver.dated_at < _DATE_HOLDS:
        return clocks.nearest_day(epoch.seconds, received_at + receiver.ahead), {}
    if message.retained:
        raise BadMessage("a retained position without a date")
    losses = {"date": _NO_DATE}
    if epoch.day_said:
        losses["date as sent"] = readings.loss(epoch.day_said)
    return clocks.nearest_day(epoch.seconds, received_at), losses


def recorded(data: bytes) -> Iterator[Recorded]:
    """Cut a log into its lines; comments of gpsd's logs are none."""
    for line in data.splitlines():
        if line.strip() and not line.startswith(b"#"):
            yield Recorded(None, line)


def sniff(_topic: str, payload: bytes) -> int:
    """A `$` with talker and sentence, an id before it perhaps; surest where the sentence is one that is read."""
    match = _SNIFFED.search(payload[:256])
    if match is None:
        return 0
    return (90 if match.start() == 0 else 70) if match[1] in _SENTENCES else 60


_SNIFFED = re.compile(rb"\$[A-Z]{2}([A-Z]{3}),[ -~]*")
_SENTENCES = frozenset({b"RMC", b"GGA", b"GNS", b"GLL", b"VTG", b"ZDA", b"GST", b"GSA", b"GSV"})

FORMAT = Format(
    name="nmea",
    summary="NMEA 0183 sentences of satellite receivers",
    make=Nmea,
    split=recorded,
    sniff=sniff,
    limits=f"{_SENTENCES_LIMIT:,} sentences a message, 512 characters a line",
)
