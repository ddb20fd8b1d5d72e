"""Places that somebody types or looks for: names of the region, US National Grid, degrees."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import mgrs

_GRID = mgrs.MGRS()
_USNG = re.compile(r"^(\d{1,2}[C-HJ-NP-X])([A-HJ-NP-Z]{2})(\d*)$")
_NUMBER = r"([+-]?\d{1,3}(?:\.\d+)?)\s*°?"
_DEGREES = re.compile(rf"^\s*{_NUMBER}\s*([NS]?)\s*[,;\s]\s*{_NUMBER}\s*([EW]?)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """A place: degrees WGS 84, and how much of the map around it is worth showing."""

    name: str
    lat: float
    lon: float
    detail: str = ""
    metres_across: float = 10_000.0


def load_places(path: Path) -> list[Place]:
    """The named places of the region (GeoJSON points, properties `name` and `place_class`). Raises ValueError."""
    document = json.loads(path.read_text(encoding="utf-8"))
    try:
        return [
            Place(
                name=str(feature["properties"]["name"]),
                lat=float(feature["geometry"]["coordinates"][1]),
                lon=float(feature["geometry"]["coordinates"][0]),
                detail=str(feature["properties"].get("place_class", "")),
            )
            for feature in document["features"]
        ]
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError(f"{path.name} is no GeoJSON of named points") from error


def typed_place(text: str) -> Place | None:
    """The place that a person typed in US National Grid (FGDC-STD-011-2001) or in degrees; None if it is neither."""
    return _typed_degrees(text) or _typed_usng(text)


def _typed_degrees(text: str) -> Place | None:
    found = _DEGREES.match(text)
    if found is None:
        return None
    lat, lon = float(found[1]), float(found[3])
    lat = -abs(lat) if found[2].upper() == "S" else lat
    lon = -abs(lon) if found[4].upper() == "W" else lon
    if abs(lat) > 90 or abs(lon) > 180:
        return None
    return Place(text.strip(), lat, lon, "degrees", 3000.0)


def _typed_usng(text: str) -> Place | None:
    packed = re.sub(r"\s+", "", text).upper()
    found = _USNG.match(packed)
    if found is None or len(found[3]) % 2 or not 2 <= len(found[3]) <= 10:
        return None
    try:
        lat, lon = _GRID.toLatLon(packed)
    except mgrs.MGRSError:
        return None
    side = 10.0 ** (5 - len(found[3]) // 2)
    return Place(text.strip().upper(), float(lat), float(lon), "US National Grid", max(3000.0, 3 * side))
