"""A file as boundaries of jurisdictions: what it holds, and the `[[map.boundaries]]` of `cop.toml` that reads it."""

import json
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import shapely

from cop.picture.boundaries.polygons import sound
from cop.picture.boundaries.reading import read
from cop.picture.boundaries.source import Boundaries, load

#: the files that can be boundaries
SUFFIXES = (".geojson", ".json", ".kml", ".kmz", ".shp", ".zip")
_IDS = ("id", "geoid", "fid", "objectid", "code", "name")
_NAMES = ("name", "namelsad", "label", "title", "id")


class Looked(NamedTuple):
    """What a file holds: so many areas, the names of its properties, which of them is probably id and name."""

    areas: int
    properties: tuple[str, ...]
    id: str
    name: str
    remarks: tuple[str, ...]


def look(path: Path) -> Looked:
    """Look into a file. Raises OSError, ValueError in words."""
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(f"{path.name}: boundaries are read from {', '.join(SUFFIXES)}")
    collection = read(path)
    grounds, remarks = sound(collection.geometries, path.name)
    areas = int(np.sum(shapely.get_type_id(grounds) >= 0))
    properties = tuple(dict.fromkeys(name for one in collection.properties for name in one))
    return Looked(areas, properties, _first(properties, _IDS), _first(properties, _NAMES), tuple(remarks))


def checked(boundaries: Boundaries) -> tuple[int, list[str]]:
    """How many jurisdictions a desk will read of it, and what it will say of them. Raises OSError, ValueError."""
    jurisdictions, remarks = load(boundaries)
    return len(jurisdictions), remarks


def entry(boundaries: Boundaries) -> str:
    """The lines for `cop.toml`: what stands there by itself is left out."""
    usual = Boundaries(file="x")
    said = msgspec.structs.asdict(boundaries)
    lines = [
        f"{name} = {json.dumps(value, ensure_ascii=False)}"  # a string of JSON is one of TOML
        for name, value in said.items()
        if isinstance(value, str) and (name == "file" or value != getattr(usual, name))
    ]
    return "\n".join(("[[map.boundaries]]", *lines, ""))


def _first(properties: tuple[str, ...], wanted: tuple[str, ...]) -> str:
    small = {name.lower(): name for name in reversed(properties)}
    return next((small[name] for name in wanted if name in small), properties[0] if properties else "")
