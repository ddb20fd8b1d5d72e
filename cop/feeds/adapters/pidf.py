"""PIDF-LO: a location as NG9-1-1 hands it on (RFC 4119, shapes of RFC 5491, civic addresses of RFC 5139 and 6848)."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from math import radians
from typing import Any, NamedTuple

from cop.feeds.adapters import geometries, outlines, readings, strict_xml
from cop.feeds.message import BadMessage

_LONGEST = 16_384
_MAX_REACH_M = 200_000.0
_METRES, _DEGREES, _RADIANS = "9001", "9102", "9101"
_SHAPES = ("Point", "Circle", "Sphere", "Ellipse", "Ellipsoid", "ArcBand", "Polygon", "Prism")
_READ = tuple(f"{{*}}{name}" for name in (*_SHAPES, "civicAddress"))
_MOST_SHAPES, _MOST_PARTS = 20, 60
_STREET = ("HNP", "HNO", "HNS", "PRD", "PRM", "RD", "A6", "STP", "STS", "POD", "POM", "RDSEC")
#: not NAM, which is who lives there (RFC 4119 §2.2.1): of a caller that is nobody's business
_WITHIN = ("LMK", "BLD", "FLR", "UNIT", "ROOM", "SEAT", "LOC")


class Place(NamedTuple):
    """Where a location is, latitude first; None where it says only an address.

    `area` is what it may lie in, as GeoJSON, where the sender knew no better; `shape` says in words what was sent.
    """

    lat: float | None = None
    lon: float | None = None
    accuracy_m: float | None = None
    alt_m: float | None = None
    area: dict[str, Any] | None = None
    shape: str = ""
    address: str = ""


def place_of(text: str) -> Place:
    """The place that a PIDF-LO document, or a shape alone, says. Raises BadMessage where it cannot be read.

    A document that says several shapes means the first that can be read (RFC 5491 §3.4).
    """
    return _read_and_kept(text) if len(text) <= _LONGEST else _read(text)


def _read(text: str) -> Place:
    document = text.strip()
    if len(document) > _LONGEST:
        raise BadMessage("location is longer than any that is read")
    if document.startswith("<?xml") and (end := document.find("?>", 0, 200)) > 0:
        document = document[end + 2 :].lstrip()  # it is no bytes any more: what encoding it names does not matter
    root = strict_xml.document(document.encode())
    place, address, reason = Place(), "", ""
    for element in islice(root.iter(*_READ), _MOST_SHAPES):
        name = strict_xml.local_name(element)
        if name == "civicAddress":
            address = address or _civic(element)
        elif not place.shape:
            try:
                place = _shape(name, element)
            except BadMessage as bad:
                reason = bad.reason
    if place.lat is None and reason:
        raise BadMessage(reason)
    if place.lat is None and not address:
        raise BadMessage("location holds neither a shape nor an address that is read")
    return place._replace(address=address)


_read_and_kept = lru_cache(maxsize=512)(_read)  # an incident's location comes again with each of its updates


def _shape(name: str, element: Any) -> Place:
    if name in ("Polygon", "Prism"):
        return _polygon(element)
    lat, lon, alt_m = _position(strict_xml.text_of(element, "pos"), _axes_swapped(element))
    if name == "Point":
        return Place(lat, lon, alt_m=alt_m, shape="point")
    if name in ("Circle", "Sphere"):
        radius_m = _length(element, "radius")
        area = outlines.circle(lat, lon, radius_m)
        return Place(lat, lon, radius_m, alt_m, area, f"circle of {radius_m:.0f} m")
    if name == "ArcBand":
        return _arc_band(element, lat, lon)
    major_m, minor_m = _length(element, "semiMajorAxis"), _length(element, "semiMinorAxis")
    area = outlines.ellipse(lat, lon, major_m, minor_m, _angle(element, "orientation"))
    return Place(lat, lon, max(major_m, minor_m), alt_m, area, f"ellipse of {major_m:.0f} by {minor_m:.0f} m")


def _arc_band(element: Any, lat: float, lon: float) -> Place:
    """A sector between two radii about a mast: the place is not the mast, so the middle of the band stands for it."""
    inner_m, outer_m = _length(element, "innerRadius"), _length(element, "outerRadius")
    start, opening = _angle(element, "startAngle"), min(360.0, abs(_angle(element, "openingAngle")))
    steps = [start + opening * step / 24 for step in range(25)]
    band = [outlines.destination(lat, lon, bearing, outer_m) for bearing in steps]
    band += [outlines.destination(lat, lon, bearing, inner_m) for bearing in reversed(steps)]
    ring = [[round(east, 7), round(north, 7)] for north, east in (*band, band[0])]
    area, _ = geometries.checked({"type": "Polygon", "coordinates": [ring]})
    middle = outlines.destination(lat, lon, start + opening / 2, (inner_m + outer_m) / 2)
    return Place(*middle, outer_m, None, area, f"sector of {inner_m:.0f} to {outer_m:.0f} m")


def _polygon(element: Any) -> Place:
    swapped = _axes_swapped(element)
    outer = next(element.iter("{*}LinearRing"), None)
    ring = [[lon, lat] for lat, lon in _corners(outer, swapped)] if outer is not None else []
    area, _ = geometries.checked({"type": "Polygon", "coordinates": [ring]})
    corners = area["coordinates"][0][:-1]
    lat = sum(corner[1] for corner in corners) / len(corners)
    lon = sum(corner[0] for corner in corners) / len(corners)
    return Place(lat, lon, None, None, area, f"area of {len(corners)} corners")


def _corners(ring: Any, swapped: bool) -> Iterator[tuple[float, float]]:
    figures = strict_xml.text_of(ring, "posList").split()
    if figures:
        size = 3 if len(figures) % 3 == 0 and len(figures) % 2 else 2
        texts = [" ".join(figures[at : at + size]) for at in range(0, len(figures), size)]
    else:
        texts = [(one.text or "").strip() for one in strict_xml.all_at(ring, "pos")]
    for text in texts[: geometries.MAX_VERTICES]:
        lat, lon, _ = _position(text, swapped)
        yield lat, lon


def _position(text: str, swapped: bool) -> tuple[float, float, float | None]:
    figures = [readings.figure(one) for one in text.split()[:4]]
    if len(figures) not in (2, 3) or figures[0] is None or figures[1] is None:
        raise BadMessage("location has no coordinates")
    lat, lon = (figures[1], figures[0]) if swapped else (figures[0], figures[1])
    readings.check_coordinates(lat, lon)
    return lat, lon, readings.within(figures[2], -12_000.0, 1e6) if len(figures) == 3 else None


def _axes_swapped(element: Any) -> bool:
    """EPSG 4326 and 4979 are latitude first (RFC 5491 §5); OGC's CRS84 is longitude first; others are not read."""
    name: str = element.get("srsName") or ""
    if not name or name.endswith(("4326", "4979", "4269")):
        return False
    if name.endswith("CRS84"):
        return True
    raise BadMessage("location is in a reference system that is not read")


def _length(element: Any, name: str) -> float:
    found = element.find(f"{{*}}{name}")
    if found is None or not (found.get("uom") or _METRES).endswith((_METRES, "metre", "meter", "#m", ":m")):
        raise BadMessage("location has an extent without a length in metres")
    length = readings.within(readings.figure((found.text or "").strip()), 0.0, _MAX_REACH_M)
    if length is None:
        raise BadMessage("location has an extent that is no length")
    return length


def _angle(element: Any, name: str) -> float:
    found = element.find(f"{{*}}{name}")
    if found is None:
        return 0.0
    angle = readings.within(readings.figure((found.text or "").strip()), -360.0, 360.0)
    if angle is None:
        raise BadMessage("location has an angle that is none")
    return angle / radians(1.0) if (found.get("uom") or _DEGREES).endswith(_RADIANS) else angle


def _civic(element: Any) -> str:
    """A civic address on one line: house number and street, town, state and postal code, then where inside."""
    said = {strict_xml.local_name(one): (one.text or "").strip() for one in islice(element, _MOST_PARTS)}
    street = " ".join(filter(None, (said.get(part) for part in _STREET)))
    region = " ".join(filter(None, (said.get("A1"), said.get("PC"))))
    inside = " ".join(filter(None, (said.get(part) for part in _WITHIN)))
    town = said.get("A3") or said.get("A4") or said.get("PCN")
    return readings.name(", ".join(filter(None, (street, town, region, inside))))
