"""Places that somebody types or looks for: names of the region, and every notation of a position."""

import json
from dataclasses import dataclass
from pathlib import Path

from cop.domain.notation import Read, read_places
from cop.map.measures import metric_length


@dataclass(frozen=True, slots=True)
class Place:
    """A place: degrees WGS 84, and how much of the map around it is worth showing.

    `cell` are the corners (latitude, longitude) of the grid cell that was named; `guessed`: `detail` says what was
    assumed.
    """

    name: str
    lat: float
    lon: float
    detail: str = ""
    metres_across: float = 10_000.0
    cell: tuple[tuple[float, float], ...] = ()
    guessed: bool = False


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


def typed_places(text: str, near: tuple[float, float] | None = None) -> list[Place]:
    """What a person may have typed or pasted, in any notation: each says how it was read and how exact it is.

    `near` (latitude, longitude) is where the map looks: references without a zone are meant near to it.
    """
    return [_place(one) for one in read_places(text, near)]


def typed_place(text: str, near: tuple[float, float] | None = None) -> Place | None:
    """The likeliest of `typed_places`; None if the text names no place."""
    found = typed_places(text, near)
    return found[0] if found else None


def _place(read: Read) -> Place:
    exact = f"{metric_length(read.precision_m)} cell" if read.cell else f"to {metric_length(read.precision_m)}"
    detail = read.note or f"{read.notation} · {exact}"
    return Place(read.text, read.lat, read.lon, detail, max(3000.0, 3 * read.precision_m), read.cell, bool(read.note))
