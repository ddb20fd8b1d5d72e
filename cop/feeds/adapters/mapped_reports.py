"""Reports out of what a mapping makes of a message's objects: checked as those of every other format are."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from cop.domain.area import Alert, Zone
from cop.domain.incident import Incident
from cop.domain.log import LogEntry
from cop.domain.report import Body, Report, Retraction
from cop.domain.resource import Resource
from cop.domain.task import Answer, Task
from cop.domain.unit import Position, Unit
from cop.domain.words import INCIDENT_OVER
from cop.feeds.adapters import outlines, parts, readings
from cop.feeds.adapters.mapped_paths import Location, Seen, container_at, objects_at
from cop.feeds.adapters.mapping import Compiled, MappingOptions, Unread, compiled
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

_EXPLAINED = 200
_LONGEST_ETA_S = 7 * 86_400
_POSITION = ("alt_m", "course_deg", "speed_mps", "accuracy_m")


class Explained(NamedTuple):
    """One field of ours, where in the message it was read, and what became of it there."""

    report: str
    field: str
    places: list[Location]
    value: Any
    why_not: str
    path: str


class Mapped:
    """Turns the objects of a feed's messages into reports, by its mappings."""

    def __init__(self, feed: Feed, form: str, options: MappingOptions, *, flat: bool = False) -> None:
        """Raises ValueError that names feed and key for what is wrong with a mapping."""
        self._mappings = compiled(feed, options, form, flat=flat)
        self._voice = Voice(feed, form)
        self._unread = Unread(self._mappings)
        self._bounds = options.bounds
        self._most = options.most

    def reports(self, message: Message, content: Any) -> list[Report]:
        """The reports of a message's content: one object, or one that holds them. Raises BadMessage."""
        topic = message.topic.split("/") if message.topic else []
        return parts.of_parts(
            self._objects(content, topic), lambda one: _Object(self, message, *one).reports(), limit=self._most
        )

    def explained(self, message: Message, content: Any) -> list[Explained]:
        """What each mapping reads in a message, for the first 200 objects of each."""
        topic = message.topic.split("/") if message.topic else []
        found = []
        for mapping in self._mappings:
            for number, seen in enumerate(objects_at(content, mapping.each, topic)):
                if number >= _EXPLAINED:
                    break
                for condition in mapping.conditions:
                    holds = "holds" if condition.holds(seen) else "does not hold: this object is none"
                    places = condition.reader.found(seen)
                    found.append(Explained(mapping.report, "when", places, None, holds, condition.reader.text))
                for reader in mapping.ignored:
                    places = reader.found(seen)
                    found.append(Explained(mapping.report, "ignore", places, None, "as the mapping says", reader.text))
                if not mapping.is_for(seen):
                    continue
                said = mapping.said(seen)
                for field in mapping.fields:
                    value = said.values.get(field.name)
                    why_not = "cannot be read" if field.name in said.unreadable else "means unknown"
                    places = field.reader.found(seen)
                    found.append(Explained(mapping.report, field.name, places, value, why_not, field.reader.text))
        return found

    def _objects(self, content: Any, topic: Sequence[str]) -> Iterator[tuple[Compiled, Seen]]:
        nowhere = True
        for mapping in self._mappings:
            nowhere = nowhere and container_at(content, mapping.each) is None
            for seen in objects_at(content, mapping.each, topic):
                if mapping.is_for(seen):
                    yield mapping, seen
        if nowhere:
            raise BadMessage("nothing stands where the mapping looks for objects")


class _Object:
    """One object on its way to reports."""

    def __init__(self, mapped: Mapped, message: Message, mapping: Compiled, seen: Seen) -> None:
        """Raises BadMessage for an object without an id, or of unknown age."""
        self._mapped, self._message, self._mapping, self._seen = mapped, message, mapping, seen
        self._values, self._losses, self._unreadable = mapping.said(seen)
        self._at = self._time()
        self._id = self._identifier()
        self._exercise: bool = self._values.pop("exercise", False)
        self._original = (self._id, mapping.report)
        self._doubt = ""

    def _time(self) -> datetime:
        at: datetime | None = self._values.pop("at", None)
        if at is None:
            if "at" in self._unreadable:
                raise BadMessage("a time that the mapping cannot read")
            if self._message.retained:
                raise BadMessage("a retained message without a time")
            at = self._message.received_at
            self._losses["at"] = "no time in the message: the time of receipt stands for it"
        return at

    def _identifier(self) -> str:
        identifier: str | None = self._values.pop("id", None)
        if identifier is None and self._mapping.report == "log" and "text" in self._values:
            said = f"{self._at.isoformat()} {self._values['text'][:2000]}"
            return hashlib.sha256(said.encode()).hexdigest()[:24]
        if identifier is None:
            raise BadMessage(f"a {self._mapping.report} without an id")
        return identifier

    def reports(self) -> list[Report]:
        report = self._mapping.report
        if self._values.pop("deleted", False):
            kind = "unit" if report == "position" else report
            return [self._report(Retraction(id=self._id, at=self._at, kind=kind), {})]
        found = self._unit() if report in ("unit", "position") else [self._other(report)]
        if self._doubt:
            raise BadMessage(self._doubt, found)
        return found

    def _unit(self) -> list[Report]:
        values, voice = self._values, self._mapped._voice
        lat, lon = self._place()
        stale_at = values.pop("stale_at", None)
        figures = {name: values.pop(name) for name in _POSITION if name in values}
        by = values.pop("by", "")
        unit = Unit(id=self._id, at=self._at, by=by, **values)
        reports = voice.unit(self._message, unit, self._all_losses, original=self._original, exercise=self._exercise)
        if lat is not None and lon is not None:
            position = Position(id=self._id, at=self._at, by=by, lat=lat, lon=lon, **figures)
            reports.append(
                voice.position(
                    self._message,
                    position,
                    original=self._original,
                    stale_at=stale_at,
                    exercise=self._exercise,
                    losses=dict(self._losses) or None,
                )
            )
        return reports

    def _other(self, report: str) -> Report:
        lat, lon = self._place()
        make = {
            "incident": self._incident,
            "resource": self._resource,
            "zone": self._zone,
            "alert": self._alert,
            "log": self._log,
            "task": self._task,
            "answer": self._answer,
        }[report]
        return self._report(make(lat, lon), self._all_losses())

    def _incident(self, lat: float | None, lon: float | None) -> Body:
        values = self._values
        if values.get("status") in INCIDENT_OVER and "closed_at" not in values:
            values["closed_at"] = self._at
        return Incident(id=self._id, at=self._at, lat=lat, lon=lon, **values)

    def _resource(self, lat: float | None, lon: float | None) -> Body:
        values = self._values
        values.setdefault("name", readings.name(self._id))
        if "available" not in values:
            # what nobody called available is not: an availability that says so speaks for all there are
            values["available"] = values.get("quantity", 1) if values.get("availability") == "available" else 0
        return Resource(id=self._id, at=self._at, lat=lat, lon=lon, **values)

    def _zone(self, lat: float | None, lon: float | None) -> Body:
        geometry = self._geometry(lat, lon)
        if geometry is None:
            raise BadMessage("a zone without a shape or a place")
        incident = self._values.pop("incident", "")
        owner = self._mapped._voice.agency if incident else ""
        values = {"kind": "zone", **self._values}
        return Zone(id=self._id, at=self._at, geometry=geometry, incident=incident, incident_agency=owner, **values)

    def _alert(self, lat: float | None, lon: float | None) -> Body:
        geometry = self._geometry(lat, lon)
        if "event" not in self._values:
            raise BadMessage("an alert without an event")
        return Alert(id=self._id, at=self._at, geometry=geometry, **self._values)

    def _log(self, _lat: float | None, _lon: float | None) -> Body:
        if "text" not in self._values:
            raise BadMessage("a log without a text")
        incident = self._values.pop("incident", "")
        owner = self._mapped._voice.agency if incident else ""
        return LogEntry(id=self._id, at=self._at, incident=incident, incident_agency=owner, **self._values)

    def _task(self, _lat: float | None, _lon: float | None) -> Body:
        """The agency's own dispatch of a unit of its own: it asks itself."""
        agency = self._mapped._voice.agency
        if "unit" not in self._values:
            raise BadMessage("a task without a unit")
        values = {"objective": "Dispatched", "incident": "", **self._values}
        owner = agency if values["incident"] else ""
        return Task(id=self._id, at=self._at, assignee_agency=agency, incident_agency=owner, **values)

    def _answer(self, _lat: float | None, _lon: float | None) -> Body:
        if "state" not in self._values:
            raise BadMessage("an answer without a state")
        if self._values.get("eta_s", 0) > _LONGEST_ETA_S:
            self._losses["eta_s"] = str(self._values.pop("eta_s"))
        return Answer(id=self._id, at=self._at, requester=self._mapped._voice.agency, **self._values)

    def _geometry(self, lat: float | None, lon: float | None) -> dict[str, Any] | None:
        found, radius_m = self._values.pop("geometry", None), self._values.pop("radius_m", None)
        if found is not None:
            geometry, left_out = found
            if left_out:
                self._losses["geometry"] = left_out
            return geometry  # type: ignore[no-any-return]  # checked by geometries.checked
        if lat is None or lon is None:
            return None
        return outlines.circle(lat, lon, radius_m or 0.0)

    def _place(self) -> tuple[float | None, float | None]:
        """Where the object is. 0, 0 is what senders without a fix send; what cannot be is told and counted."""
        values = self._values
        lat, lon = values.pop("lat", None), values.pop("lon", None)
        form = values.pop("place", None)
        if form is not None:
            lat, lon = form.lat, form.lon
            if form.accuracy_m is not None and self._mapping.report in ("unit", "position"):
                values.setdefault("accuracy_m", form.accuracy_m)
        if lat is None or lon is None:
            if not self._unreadable.isdisjoint(("lat", "lon", "place")):
                self._doubt = "a place that the mapping cannot read"
            return None, None
        if lat == 0.0 and lon == 0.0:
            self._losses["place"] = "0, 0: no position"
            return None, None
        place = readings.place(lat, lon, self._mapped._bounds)
        if place.doubt:
            self._losses["place"] = readings.loss(place.doubt)
            on_globe = readings.on_the_globe(lat, lon)
            self._doubt = "place outside the feed's bounds" if on_globe else "coordinates are outside the globe"
        return place.lat, place.lon

    def _all_losses(self) -> dict[str, str]:
        left = self._mapped._unread.of(self._seen, self._mapping.each)
        return dict(list({**self._losses, **left}.items())[:40])

    def _report(self, body: Body, losses: dict[str, str]) -> Report:
        return self._mapped._voice.report(
            self._message, body, original=self._original, exercise=self._exercise, losses=losses
        )
