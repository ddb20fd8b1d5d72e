"""GTFS Realtime: vehicles and service alerts of public transport, as protobuf or as JSON (reference version 2.0)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import msgspec

from cop.domain.area import Alert
from cop.domain.report import Report, Retraction
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import gtfs_entities, gtfs_json, parts, readings, strict_json
from cop.feeds.adapters.adapter import Format, Recorded
from cop.feeds.adapters.gtfs_entities import Entity, Notice, Vehicle
from cop.feeds.adapters.vocabulary import Vocabulary
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

#: of one message; more of them take longer than a twentieth of a second
_ALERTS_LIMIT = 1_200
_ENTITIES_REMEMBERED = 100_000
_TOPICS_REMEMBERED = 1_000
#: a clock that says less was never set
_SET_S = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
_HEADER_TIME = "no time of its own: that of the whole message stands for it"
_NO_TIME = "no time in the message: the time of receipt stands for it"


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    kind: str = "vehicle"
    routes: dict[str, str] = {}
    units: dict[str, str] = {}
    language: str = "en"


class GtfsRt:
    """Decodes GTFS Realtime.

    Option `kind` is what vehicles are, `routes` what those of a route are, `units` what single ones are, `language`
    which of the languages of an alert is shown.
    """

    def __init__(self, feed: Feed) -> None:
        options = readings.options_of(feed, _Options)
        self._voice = Voice(feed, "gtfs-rt")
        self._words = Vocabulary(feed, "gtfs-rt")
        self._kind, self._routes, self._kinds = options.kind, options.routes, options.units
        self._language = options.language.casefold()
        self._said: readings.LastWords[Alert] = readings.LastWords()
        #: entity -> what it was, for an entity that is deleted says no more than its id
        self._entities: dict[str, tuple[str, str]] = {}
        #: topic -> the alerts of its last full data set, and when
        self._alerts: dict[str, tuple[float, frozenset[str]]] = {}

    def decode(self, message: Message) -> list[Report]:
        """Unit, when it changed, and position of every vehicle; alerts that are new or changed; what is gone."""
        payload = message.payload
        if not payload and message.topic:
            return []  # a retained message was cleared
        if payload.lstrip()[:1] == b"{":
            sent, increments, entities = gtfs_json.read(payload)
        else:
            sent, increments, entities = gtfs_entities.read(payload)
        alerts: set[str] = set()
        notices = others = 0

        def read(encoded: Callable[[], Entity]) -> list[Report]:
            nonlocal notices, others
            entity = encoded()
            if entity.deleted:
                return self._gone(message, sent, entity)
            if entity.vehicle is not None:
                others += 1
                return self._vehicle(message, sent, entity, entity.vehicle)
            if entity.notice is not None:
                notices += 1
                if notices > _ALERTS_LIMIT:
                    raise BadMessage(f"more than {_ALERTS_LIMIT:,} alerts in one message")
                alerts.add(readings.identifier(entity.id))
                return self._alert(message, sent, entity, entity.notice())
            others += 1
            return []  # predictions, shapes and stops: nothing of ours

        reports = parts.of_parts(entities, read)
        if increments == gtfs_json.FULL and not others and sent:
            reports += self._ended(message, sent, frozenset(alerts))
        return reports

    def _vehicle(self, message: Message, sent: float, entity: Entity, said: Vehicle) -> list[Report]:
        name = said.id or said.label or entity.id or said.trip
        if not name:
            raise BadMessage("nobody says which vehicle")
        unit_id = readings.identifier(name)
        at, why = _moment(message, said.timestamp, sent)
        unit = Unit(
            id=unit_id,
            at=at,
            callsign=readings.name(said.label or name),
            kind=self._kinds.get(unit_id) or self._routes.get(said.route) or self._kind,
        )
        original = (name, "vehicle")
        noted = {"timestamp": why} if why else {}
        reports = self._voice.unit(
            message, unit, lambda: {**said.losses(), **noted}, beside=(said.trip, said.route), original=original
        )
        if entity.id:
            self._remember(entity.id, ("unit", unit_id))
        lat, lon = said.lat, said.lon
        if lat is None or lon is None or (lat == 0.0 and lon == 0.0):
            return reports
        if not readings.on_the_globe(lat, lon):
            raise BadMessage("coordinates are outside the globe", reports)
        position = Position(
            id=unit_id,
            at=at,
            lat=lat,
            lon=lon,
            course_deg=readings.course(said.bearing),
            speed_mps=readings.within(said.speed, 0.0, 12_000.0),
        )
        reports.append(self._voice.position(message, position, original=original, losses=noted))
        return reports

    def _alert(self, message: Message, sent: float, entity: Entity, said: Notice) -> list[Report]:
        at, why = _moment(message, 0.0, sent)
        identity = readings.identifier(entity.id)
        starts, ends = _period(said.periods, at.timestamp())
        losses = {"timestamp": why} if why == _NO_TIME else {}
        headline, description = self._chosen(said.headline), self._chosen(said.description)
        for name, texts, chosen in (
            ("header", said.headline, headline),
            ("description", said.description, description),
        ):
            for text, language in texts[:10]:
                if text != chosen:
                    losses[readings.loss(f"{name}.{language}")] = readings.loss(text)
        if said.cause:
            losses["cause"] = readings.loss(said.cause)
        if said.url:
            losses["url"] = readings.loss(self._chosen(said.url))
        if len(said.periods) > 1:
            losses["active_period"] = readings.loss(said.periods)
        alert = Alert(
            id=identity,
            at=at,
            event=self._words.word("effects", said.effect, "Service alert"),
            headline=readings.name(headline),
            description=readings.prose(description),
            area=readings.prose(", ".join(said.selectors)),
            severity=self._words.word("severities", said.severity, "Unknown"),
            starts_at=starts,
            expires_at=ends,
        )
        self._remember(entity.id, ("alert", identity))
        if not self._said.is_news(identity, at, msgspec.structs.replace(alert, at=_EVER), message.received_at):
            return []
        return [self._voice.report(message, alert, original=(entity.id, "alert"), stale_at=ends, losses=losses)]

    def _gone(self, message: Message, sent: float, entity: Entity) -> list[Report]:
        known = self._entities.pop(entity.id, None)
        if known is None:
            return []
        return [self._retraction(message, sent, *known)]

    def _ended(self, message: Message, sent: float, alerts: frozenset[str]) -> list[Report]:
        """A full data set of alerts alone (or empty) ends those of the one before that it no longer has."""
        before_at, before = self._alerts.get(message.topic, (0.0, frozenset()))
        if sent < before_at or (not alerts and not before):
            return []
        if len(self._alerts) >= _TOPICS_REMEMBERED:
            self._alerts.clear()
        self._alerts[message.topic] = (sent, alerts)
        return [self._retraction(message, sent, "alert", identity) for identity in sorted(before - alerts)]

    def _retraction(self, message: Message, sent: float, kind: str, identity: str) -> Report:
        if kind == "unit":
            self._voice.forget(identity)
        else:
            self._said.forget(identity)
        at, _why = _moment(message, 0.0, sent)
        return self._voice.report(message, Retraction(id=identity, at=at, kind=kind), original=(identity, kind))

    def _remember(self, entity: str, what: tuple[str, str]) -> None:
        if len(self._entities) >= _ENTITIES_REMEMBERED:
            self._entities.clear()  # a hostile sender may invent entities without end
        self._entities[entity] = what

    def _chosen(self, texts: list[tuple[str, str]]) -> str:
        """The text of the option's language, else the one without a language, else the first."""
        for text, language in texts:
            if language.casefold().partition("-")[0] == self._language or language.casefold() == self._language:
                return text
        plain = (text for text, language in texts if not language)
        return next(plain, texts[0][0] if texts else "")


_EVER = datetime(2000, 1, 1, tzinfo=UTC)


def _moment(message: Message, own: float, whole: float) -> tuple[datetime, str]:
    """The vehicle's time, else the whole message's, else that of receipt; and what stands for it. Raises BadMessage."""
    if own >= _SET_S:
        return readings.moment_of_seconds(own), ""
    if whole >= _SET_S:
        return readings.moment_of_seconds(whole), _HEADER_TIME
    if message.retained:
        raise BadMessage("a retained message without a time")
    return message.received_at, _NO_TIME


def _period(periods: list[tuple[float, float]], now: float) -> tuple[datetime | None, datetime | None]:
    """The period that holds now, else the next one to come, else the last one; 0 is an open end."""
    if not periods:
        return None, None
    current = [one for one in periods if one[0] <= now and (not one[1] or now < one[1])]
    coming = [one for one in periods if one[0] > now]
    start, end = current[0] if current else min(coming) if coming else max(periods, key=lambda one: one[1])
    return (
        readings.moment_of_seconds(start) if start else None,
        readings.moment_of_seconds(end) if end else None,
    )


def recorded(data: bytes) -> Iterator[Recorded]:
    """Cut a recorded file: JSON a line or one message, protobuf one message."""
    if data.lstrip()[:1] == b"{":
        yield from strict_json.lines(data)
    else:
        yield Recorded(None, data)


def sniff(_topic: str, payload: bytes) -> int:
    """The version in the header; of JSON without one, the words of an entity."""
    if (
        payload[:1] == b"\n"
        and payload[2:3] == b"\n"
        and payload[4:8] in (b"1.0\x10", b"2.0\x10", b"2.0\x18", b"1.0\x12")
    ):
        return 95
    head = payload[:4096]
    if b'"gtfs_realtime_version"' in head or b'"gtfsRealtimeVersion"' in head:
        return 95
    words = (b'"trip_update"', b'"tripUpdate"', b'"trip_id"', b'"tripId"')
    if b'"vehicle"' in head and any(word in head for word in words):
        return 75
    return 70 if b'"informed_entity"' in head or b'"informedEntity"' in head else 0


FORMAT = Format(
    name="gtfs-rt",
    summary="GTFS Realtime vehicles and alerts (protobuf, JSON)",
    make=GtfsRt,
    split=recorded,
    sniff=sniff,
    limits=f"{parts.PARTS_LIMIT:,} entities, of them {_ALERTS_LIMIT:,} alerts, a message",
)
