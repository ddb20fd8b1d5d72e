"""Read GeoJSON files of the region: geometries in one vectorised pass."""

from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Feature(NamedTuple):
    """One feature: its properties, and its geometry in WGS 84 degrees (x = longitude)."""

    properties: dict[str, Any]
    geometry: BaseGeometry


class Collection(NamedTuple):
    """A file as it was read: of each feature its properties and its geometry, None where it has none.

    `crs` names the coordinate system where the file does (GeoJSON of 2008, §3); empty is WGS 84, degrees.
    """

    properties: list[dict[str, Any]]
    geometries: NDArray[Any]
    crs: str = ""


class _Feature(msgspec.Struct):
    properties: dict[str, Any] | None = None
    geometry: msgspec.Raw = msgspec.Raw(b"null")


class _Collection(msgspec.Struct, tag_field="type", tag="FeatureCollection"):
    features: list[_Feature]
    crs: Any = None


def read_features(path: Path) -> list[Feature]:
    """The features of a GeoJSON FeatureCollection (RFC 7946 §3.3) that have a geometry.

    Raises ValueError, naming file and fault.
    """
    read = read_collection(path)
    pairs = zip(read.properties, read.geometries, strict=True)
    return [Feature(properties, geometry) for properties, geometry in pairs if geometry is not None]


def read_collection(path: Path) -> Collection:
    """A GeoJSON FeatureCollection with all its features. Raises ValueError, naming file and fault."""
    try:
        read = msgspec.json.decode(path.read_bytes().removeprefix(_BYTE_ORDER_MARK), type=_Collection)
    except msgspec.MsgspecError as error:
        raise ValueError(f"{path.name} is no GeoJSON FeatureCollection: {error}") from error
    raw = [None if bytes(one.geometry) == b"null" else bytes(one.geometry) for one in read.features]
    try:
        geometries = shapely.from_geojson(raw)
    except shapely.GEOSException as error:
        read_at_all = shapely.from_geojson(raw, on_invalid="ignore")
        wrong = [n for n, (text, one) in enumerate(zip(raw, read_at_all, strict=True), 1) if text and one is None]
        which = f", feature {wrong[0]}" if wrong else ""
        raise ValueError(f"{path.name}{which}: is no GeoJSON FeatureCollection: {error}") from error
    return Collection([one.properties or {} for one in read.features], np.asarray(geometries, object), _named(read.crs))


def _named(crs: object) -> str:
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return name if isinstance(name, str) else ""
