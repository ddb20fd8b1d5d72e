"""The picture as GeoJSON (RFC 7946): opens in any GIS, and is what we can hand to an agency without a desk."""

import math
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from cop.briefing.state import state
from cop.picture.picture import Picture


def feature_collection(picture: Picture, now: datetime) -> dict[str, Any]:
    """Units, incidents, resources, zones and alerts as features, lon before lat; without a place: null geometry."""
    whole = state(picture, now)
    features = [
        _feature(kind, entry)
        for kind, entries in (
            ("unit", whole["units"]),
            ("incident", whole["incidents"]),
            ("resource", whole["resources"]),
            ("zone", whole["zones"]),
            ("alert", whole["alerts"]),
        )
        for entry in entries
    ]
    return {"type": "FeatureCollection", "features": features, "as_of": whole["at"]}


def _feature(kind: str, entry: dict[str, Any]) -> dict[str, Any]:
    properties = dict(entry)
    geometry = properties.pop("geometry", None)
    lat, lon = properties.pop("lat", None), properties.pop("lon", None)
    if geometry is None and _are_degrees((lat, lon)):
        geometry = {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}
    return {
        "type": "Feature",
        "id": f"{kind}/{entry['agency']}/{entry.get('unit') or entry.get('id')}",
        "geometry": geometry,
        "properties": {"kind_of_object": kind, **properties},
    }


def _are_degrees(values: Iterable[Any]) -> bool:
    return all(isinstance(value, float | int) and math.isfinite(value) for value in values)
