"""Read GeoJSON files of the region: geometries in one vectorised pass."""

from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import shapely
from shapely.geometry.base import BaseGeometry


class Feature(NamedTuple):
    """One feature: its properties, and its geometry in WGS 84 degrees (x = longitude)."""

    properties: dict[str, Any]
    geometry: BaseGeometry


class _Feature(msgspec.Struct):
    properties: dict[str, Any] | None
    geometry: msgspec.Raw


class _Collection(msgspec.Struct, tag_field="type", tag="FeatureCollection"):
    features: list[_Feature]


def read_features(path: Path) -> list[Feature]:
    """The features of a GeoJSON FeatureCollection (RFC 7946 §3.3). Raises ValueError, naming file and fault."""
    try:
        features = msgspec.json.decode(path.read_bytes(), type=_Collection).features
        geometries = shapely.from_geojson([bytes(one.geometry) for one in features])
    except (msgspec.MsgspecError, shapely.GEOSException) as error:
        raise ValueError(f"{path.name} is no GeoJSON FeatureCollection: {error}") from error
    return [Feature(one.properties or {}, geometry) for one, geometry in zip(features, geometries, strict=True)]
