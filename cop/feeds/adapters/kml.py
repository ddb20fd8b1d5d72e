"""KML 2.2 and its forerunners, and KMZ: what people draw in Google Earth and export from maps (OGC 12-007r2)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from cop.domain.area import Zone
from cop.domain.report import Report
from cop.domain.rules.plausible import refuse_time
from cop.feeds.adapters import fields, geometries, kml_shapes, kmz, plain_text, readings, strict_xml
from cop.feeds.adapters.adapter import Format
from cop.feeds.adapters.parts import most_of, of_parts
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

MOST_FEATURES = 700
_FEATURES = ("Placemark", "GroundOverlay", "PhotoOverlay")
#: What shows nothing of its own: nobody may make us fetch, and what an update changes is another document.
_NOT_FOLLOWED = {"NetworkLink": "a network link is not followed", "Update": "an update of another document is not read"}
_KINDS = {
    **{"Point": "marker", "MultiPoint": "marker", "Model": "marker", "LineString": "line", "MultiLineString": "line"},
    **{"GroundOverlay": "overlay", "PhotoOverlay": "photo", "Track": "track", "MultiTrack": "track"},
}
_CONTAINERS = frozenset({"Folder", "Document"})
_KEPT_AS_LOSSES = ("address", "phoneNumber", "Snippet", "snippet", "author", "link", "AddressDetails")
_MOST_LOSSES = 40
_MOST_SCHEMAS = 50
_MOST_MOMENTS = 20_000
_LONGEST_TEXT = 200_000


class Kml:
    """Decodes KML and KMZ. Nothing that a document points to is ever fetched."""

    def __init__(self, feed: Feed) -> None:
        self._voice = Voice(feed, "kml")
        self._clock = readings.zone_of(feed)
        self._most_bytes = kmz.GROWTH * feed.max_bytes
        self._most = most_of(feed, MOST_FEATURES)

    def decode(self, message: Message) -> list[Report]:
        """A zone for every placemark and overlay."""
        payload = message.payload
        if not payload and message.topic:
            return []  # a retained message was cleared
        if payload.startswith(kmz.BEGIN):
            payload = kmz.document(payload, self._most_bytes)
        root = strict_xml.document(payload)
        if strict_xml.local_name(root) not in {"kml", *_CONTAINERS, *_FEATURES}:
            raise BadMessage("root element is not kml")
        folders = _Folders()
        told: set[str] = set()  # ids of this document; people copy placemarks with theirs

        def read(element: Any) -> list[Report]:
            if why := _NOT_FOLLOWED.get(strict_xml.local_name(element)):
                raise BadMessage(why)
            return self._zone(message, element, folders, told)

        return of_parts(_features(root), read, limit=self._most)

    def _zone(self, message: Message, element: Any, folders: "_Folders", told: set[str]) -> list[Report]:
        tag, inside = strict_xml.local_name(element), _children(element)
        shape = kml_shapes.Shape()
        drawn, kind = _drawn(shape, tag, inside)
        name = readings.name(_words(inside.get("name")))
        description = _words(inside.get("description"))
        identity = element.get("id") or ""
        losses = shape.losses | _losses(inside)
        if not (identity or name or drawn or description or losses):
            raise BadMessage("a placemark says nothing")
        if drawn:
            drawn, left_out = geometries.checked(drawn)
            if left_out:
                losses["geometry"] = left_out
        starts_at, ends_at, at = self._times(inside, losses)
        if at is None or refuse_time(at, message.received_at):
            if message.retained:
                raise BadMessage("no time, and the message was kept by the broker")
            at = message.received_at
            losses["at"] = "no time in the message: the time of receipt stands for it"
        if folder := folders.above(element):
            losses["folder"] = readings.loss(folder)
        followed = geometries.fingerprint(tag, name, drawn) if not identity or identity in told else ""
        told.add(identity)
        zone = Zone(
            id=readings.identifier("~".join(filter(None, (identity, followed)))),
            at=at,
            kind=kind,
            name=name,
            summary=readings.prose(plain_text.of_html(description)),
            geometry=drawn,
            starts_at=starts_at,
            expires_at=ends_at,
        )
        return [self._voice.report(message, zone, original=(identity or followed, tag), losses=losses)]

    def _times(
        self, inside: dict[str, Any], losses: dict[str, str]
    ) -> tuple[datetime | None, datetime | None, datetime | None]:
        """From when, until when, and when it was so: a moment, a span, or the last moment of a track."""
        said: dict[str, datetime | None] = {}
        for whole in ("TimeStamp", "TimeSpan"):
            for one in islice(inside[whole], 10) if whole in inside else ():
                word, text = strict_xml.local_name(one), (one.text or "").strip()
                said[word] = self._moment(text, end=word == "end")
                if text and said[word] is None:
                    losses[word] = readings.loss(text)
        if (when := said.get("when")) is not None:
            return when, None, when
        track = inside.get("Track", inside.get("MultiTrack"))
        if track is not None:
            moments = [(one.text or "").strip() for one in islice(track.iter("{*}when"), _MOST_MOMENTS)]
            if moments:
                return self._moment(moments[0]), None, self._moment(moments[-1])
        return said.get("begin"), said.get("end"), None

    def _moment(self, text: str, *, end: bool = False) -> datetime | None:
        """A dateTime, a day, a month or a year (§16.3); as an end, the end of that day, month or year."""
        year, _, rest = text.partition("-")
        if not (len(year) == 4 and year.isascii() and year.isdigit() and len(text) <= 40):
            return None
        month, _, day = rest.partition("-")
        if len(text) > len("2026-05-04"):
            return fields.moment(text, self._clock)
        try:
            at = datetime(int(year), int(month or (12 if end else 1)), int(day or 1), tzinfo=self._clock)
            if end and day:
                at += timedelta(days=1)
            elif end:
                at = at.replace(year=at.year + at.month // 12, month=at.month % 12 + 1)
            return fields.moment(at.isoformat(), self._clock)
        except (ValueError, OverflowError):
            return None


class _Folders:
    """The names of the folders above a feature, each asked once."""

    def __init__(self) -> None:
        self._names: dict[Any, str] = {}

    def above(self, element: Any) -> str:
        """The names from the document down, apart by slashes."""
        parent = element.getparent()
        if parent is None:
            return ""
        known = self._names.get(parent)
        if known is None:
            own = readings.name(_words(parent.find("{*}name"))) if strict_xml.local_name(parent) in _CONTAINERS else ""
            known = self._names[parent] = " / ".join(filter(None, (self.above(parent), own)))[-readings.SHORT :]
        return known


def _features(root: Any) -> Iterator[Any]:
    """Everything that stands on the ground, in document order, and what is refused."""
    schemas = islice(root.iter("{*}Schema"), _MOST_SCHEMAS)
    # Google Earth once wrote placemarks as elements of a schema's own name.
    old = {
        name for one in schemas if one.get("parent") == "Placemark" and (name := one.get("name") or "").isidentifier()
    }
    tags = [f"{{*}}{name}" for name in (*_FEATURES, *_NOT_FOLLOWED, *old)]
    within: Any = None
    for element in root.iter(*tags):
        if within is not None and within in element.iterancestors():
            continue  # told by the update that it stands in
        if strict_xml.local_name(element) == "Update":
            within = element
        yield element


def _children(element: Any) -> dict[str, Any]:
    """The elements inside by their local names; of a name the last, as the standard has it (§6.1.3)."""
    return {strict_xml.local_name(one): one for one in element}


def _drawn(shape: kml_shapes.Shape, tag: str, inside: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """A feature's geometry, and the kind of zone that it makes."""
    if tag == "GroundOverlay":
        if "LatLonBox" in inside:
            return kml_shapes.box(inside["LatLonBox"]), _KINDS[tag]
        return shape.quad(inside["LatLonQuad"]) if "LatLonQuad" in inside else {}, _KINDS[tag]
    found = next((name for name in inside if name in kml_shapes.GEOMETRIES), None)
    drawn = shape.of(inside[found]) if found is not None else {}
    if not drawn or found is None:
        return {}, _KINDS.get(tag, "placemark")
    return drawn, _KINDS.get(tag) or _KINDS.get(found) or _KINDS.get(drawn["type"], "area")


def _words(element: Any) -> str:
    """The text of an element, also of markup that stands in it unescaped."""
    if element is None:
        return ""
    if not len(element):
        return (element.text or "")[:_LONGEST_TEXT].strip()
    return "".join(islice(element.itertext(), 10_000))[:_LONGEST_TEXT].strip()


def _losses(inside: dict[str, Any]) -> dict[str, str]:
    """Addresses, data of the publisher's own, and whether it is hidden."""
    found = {
        name: readings.loss(" ".join(words.split()))
        for name in _KEPT_AS_LOSSES
        if name in inside and (words := _words(inside[name]))
    }
    if "visibility" in inside and _words(inside["visibility"]) == "0":
        found["visibility"] = "0"
    if "ExtendedData" in inside:
        for one in islice(inside["ExtendedData"].iter("{*}Data", "{*}SimpleData"), _MOST_LOSSES):
            if words := _words(one):
                found[readings.loss(one.get("name") or "Data")] = readings.loss(words)
    return found


def sniff(_topic: str, payload: bytes) -> int:
    """Its root element or namespace; an archive that begins with a KML document."""
    begin = payload[:4096]
    if begin.startswith(kmz.BEGIN):
        return 90 if b".kml" in payload.lower()[:65_536] else 0
    return 95 if b"<kml" in begin or b"opengis.net/kml" in begin or b"earth.google.com/kml" in begin else 0


FORMAT = Format(
    name="kml",
    summary="KML and KMZ: what was drawn in Google Earth",
    make=Kml,
    sniff=sniff,
    topic="kml/#",
    limits=f"{MOST_FEATURES:,} features a mebibyte of `max_bytes`; of a KMZ {kmz.GROWTH} times `max_bytes` unpacked",
)
