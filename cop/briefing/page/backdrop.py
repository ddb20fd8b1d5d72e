"""What lies below all that moves: water, roads and places of the region, boundaries, tiles; what is seen at first."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import shapely

from cop.briefing.exports.looks import agency_colour
from cop.briefing.page.carried import data_uri, theme_colours
from cop.briefing.page.grid import Box
from cop.briefing.page.order import PageOrder, Tiles
from cop.domain.words import INCIDENT_OVER
from cop.picture.ground import Ground
from cop.picture.names import agency_name
from cop.picture.picture import Picture

_RESOURCES = Path(__file__).parents[3] / "resources"
#: of a degree: a metre
DIGITS = 5
#: boundaries of the ground are drawn to some twenty metres
_SIMPLER_DEG = 0.0002
_THE_WORLD = (-180.0, -60.0, 180.0, 75.0)


@cache
def area_looks() -> dict[str, Any]:
    """How zones and alerts look, each `ink` as the colours of the light and of the dark theme."""
    tables = tomllib.loads((_RESOURCES / "symbols" / "areas.toml").read_text(encoding="utf-8"))
    themes = [theme_colours(name) for name in ("light", "dark")]
    return {
        sort: {
            word: {**look, "ink": [_ink(theme, look["ink"]) for theme in themes]}
            for word, look in ((word, table.get(one.get("same_as"), one)) for word, one in table.items())
        }
        for sort, table in tables.items()
    }


def jurisdictions(order: PageOrder, picture: Picture) -> list[dict[str, Any]]:
    """Whose ground is what, the largest first, which lie below."""
    return [
        {
            "name": one.name,
            "agency": one.agency,
            "whose": agency_name(picture, one.agency) if one.agency else "",
            "discipline": one.discipline,
            "level": one.level or "other",
            "colour": agency_colour(picture, one.agency),
            "geometry": rounded(shapely.geometry.mapping(one.geometry.simplify(_SIMPLER_DEG))),
        }
        for one in reversed(order.ground.jurisdictions)
    ]


def region(folder: Path) -> dict[str, Any]:
    """The vectors of the region: what is there of them. Raises OSError."""
    found = {}
    for name in ("water", "roads", "places"):
        path = folder / f"{name}.geojson"
        if path.is_file():
            document = json.loads(path.read_text(encoding="utf-8"))
            found[name] = [
                {**_words(feature.get("properties") or {}), "geometry": rounded(feature["geometry"])}
                for feature in document.get("features", [])
                if feature.get("geometry")
            ]
    return found


def carried_tiles(tiles: Tiles | None) -> dict[str, Any] | None:
    """The background's tiles by `zoom/column/row`."""
    if tiles is None or not tiles.images:
        return None
    zooms = [zoom for zoom, _, _ in tiles.images]
    images = {f"{zoom}/{x}/{y}": data_uri(image) for (zoom, x, y), image in tiles.images.items()}
    return {
        "images": images,
        "least": min(zooms),
        "most": max(zooms),
        "px": tiles.tile_px,
        "attribution": tiles.attribution,
    }


def whole_box(order: PageOrder, objects: Mapping[str, list[dict[str, Any]]]) -> Box:
    """Where the grid lies: the ground, else where things are."""
    boxes = [one.geometry.bounds for one in order.ground.jurisdictions if not one.geometry.is_empty]
    if not boxes:
        placed = [(one["lon"], one["lat"]) for every in objects.values() for one in every if "lat" in one]
        boxes = [(lon - 0.1, lat - 0.1, lon + 0.1, lat + 0.1) for lon, lat in placed] or [_THE_WORLD]
    return _around(boxes)


def first_view(picture: Picture, ground: Ground) -> Box:
    """The ground about the open incidents, else all of it: west, south, east, north in degrees."""
    bodies: list[Any] = [report.body for report in picture.incidents.values()]
    places = [
        (one.lon, one.lat)
        for one in bodies
        if one.status not in INCIDENT_OVER and one.lat is not None and one.lon is not None
    ]
    if not places:
        boxes = [one.geometry.bounds for one in ground.jurisdictions if not one.geometry.is_empty]
        return _around(boxes) if boxes else _THE_WORLD
    west, south, east, north = _around([(lon, lat, lon, lat) for lon, lat in places])
    wide, high = max(0.02, (east - west) * 0.25), max(0.02, (north - south) * 0.25)
    return west - wide, south - high, east + wide, north + high


def rounded(geometry: Any) -> Any:
    """GeoJSON with no more figures than a metre needs."""
    if isinstance(geometry, Mapping):
        return {name: rounded(one) if name != "type" else one for name, one in geometry.items()}
    if isinstance(geometry, list | tuple):
        return [rounded(one) for one in geometry]
    return round(geometry, DIGITS) if isinstance(geometry, float) else geometry


def _ink(theme: Mapping[str, Any], name: str) -> str:
    table, _, word = name.rpartition(".")
    return str(theme[table][word] if table else theme[word])[:7]


def _words(properties: Mapping[str, Any]) -> dict[str, str]:
    kind = next((str(value) for name, value in properties.items() if name.endswith("_class")), "")
    return {"name": str(properties.get("name", "")), "class": kind}


def _around(boxes: Sequence[Box]) -> Box:
    return (
        min(one[0] for one in boxes),
        min(one[1] for one in boxes),
        max(one[2] for one in boxes),
        max(one[3] for one in boxes),
    )
