"""What the formats of NIEM 2.0 share: places in degrees, minutes and seconds, lengths with their unit, addresses."""

from datetime import datetime, tzinfo
from itertools import islice
from typing import Any

from cop.feeds.adapters import readings, strict_xml
from cop.feeds.adapters.readings import Bounds, Place
from cop.feeds.message import BadMessage

#: metres of a length unit (UN/ECE recommendation 20, and what senders write instead)
_METRES = {
    "smi": 1609.344,
    "mi": 1609.344,
    "mile": 1609.344,
    "miles": 1609.344,
    "nmi": 1852.0,
    "mtr": 1.0,
    "m": 1.0,
    "kmt": 1000.0,
    "ktm": 1000.0,
    "km": 1000.0,
    "fot": 0.3048,
    "ft": 0.3048,
    "yrd": 0.9144,
    "yd": 0.9144,
}
_LARGEST_RADIUS_M = 500_000.0
_ANGLES = ("Latitude", "Longitude")


def coordinate(element: Any, bounds: Bounds | None = None) -> Place:
    """The place that the latitude and longitude directly below an element give (NIEM 2.0, nc:…CoordinateType)."""
    lat, lon = (_angle(element, angle) for angle in _ANGLES)
    if lat is None and lon is None and element.find("{*}GeographicCoordinateLatitude") is None:
        return Place()
    if lat is None or lon is None:
        return Place(doubt="a place whose degrees, minutes or seconds are none")
    return readings.place(lat, lon, bounds)


def first_coordinate(element: Any, bounds: Bounds | None = None) -> Place:
    """The place of the first latitude anywhere below an element, with the longitude beside it."""
    found = next(element.iter("{*}GeographicCoordinateLatitude"), None)
    return coordinate(found.getparent(), bounds) if found is not None else Place()


def radius_m(measure: Any) -> float | None:
    """A length in metres; None where there is none, or none whose unit is known."""
    length = readings.figure(strict_xml.text_of(measure, "MeasurePointValue") or None)
    unit = strict_xml.text_of(measure, "LengthUnitCode") or strict_xml.text_of(measure, "MeasureUnitText")
    metres = _METRES.get(unit.casefold())
    if length is None or metres is None:
        return None
    return readings.within(length * metres, 0.0, _LARGEST_RADIUS_M)


def address(element: Any) -> str:
    """The address of a nc:LocationAddress in one line."""
    found = next(element.iter("{*}LocationAddress"), None)
    if found is None:
        return ""
    city = strict_xml.text_of(found, "StructuredAddress/LocationCityName")
    state = strict_xml.text_of(found, "StructuredAddress/LocationStateUSPostalServiceCode") or strict_xml.text_of(
        found, "StructuredAddress/LocationStateName"
    )
    full = " ".join(strict_xml.text_of(found, "AddressFullText")[: readings.SHORT].split())
    if full:
        return readings.name(full if not city or city in full else ", ".join(filter(None, (full, city, state))))
    street = next(found.iter("{*}LocationStreet"), None)
    pieces = () if street is None else islice((piece.text for piece in street.iter() if piece is not street), 10)
    words = " ".join(filter(None, ((piece or "").strip() for piece in pieces)))
    postal = strict_xml.text_of(found, "StructuredAddress/LocationPostalCode")
    return readings.name(", ".join(filter(None, (words, city, " ".join(filter(None, (state, postal)))))))


def moment(text: str, zone: tzinfo, losses: dict[str, str], name: str) -> datetime | None:
    """A time that a message need not give; one that cannot be read is a loss of that name."""
    if not text:
        return None
    try:
        return readings.moment_of_text(text, zone)
    except BadMessage:
        losses[name] = readings.loss(text)
        return None


def _angle(element: Any, angle: str) -> float | None:
    """Degrees, with minutes and seconds where there are any: they go the way of the degrees' sign."""
    text = strict_xml.text_of(element, f"GeographicCoordinate{angle}/{angle}DegreeValue")
    degrees = readings.figure(text or None)
    if degrees is None:
        return None
    rest = 0.0
    for part, of_a_degree in (("Minute", 60.0), ("Second", 3600.0)):
        said = strict_xml.text_of(element, f"GeographicCoordinate{angle}/{angle}{part}Value")
        if said:
            figure = readings.within(readings.figure(said), 0.0, 60.0)
            if figure is None:
                return None
            rest += figure / of_a_degree
    whole = degrees - rest if text.startswith("-") else degrees + rest
    return whole if rest else degrees
