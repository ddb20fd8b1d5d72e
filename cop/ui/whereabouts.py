"""Where an object of the picture is, and whether the map may go there by itself."""

import math

from cop.domain.incident import Incident
from cop.domain.resource import Resource
from cop.picture.change import Key
from cop.picture.picture import Picture


def trusted_place(picture: Picture, kind: str, key: Key) -> tuple[float, float] | None:
    """Latitude and longitude of a unit, incident or resource; None if it is not located, or at a doubtful place."""
    place = _place(picture, kind, key)
    if kind == "unit" and (row := picture.tracks.row_of(*key)) is not None and picture.tracks.doubtful[row]:
        return None
    return None if place is None or picture.home.doubt(key[0], *place) is not None else place


def _place(picture: Picture, kind: str, key: Key) -> tuple[float, float] | None:
    if kind == "unit" and (row := picture.tracks.row_of(*key)) is not None:
        lat, lon = float(picture.tracks.lat[row]), float(picture.tracks.lon[row])
        return None if math.isnan(lat) else (lat, lon)
    table = {"incident": picture.incidents, "resource": picture.resources}.get(kind, {})
    report = table.get(key)
    body = report.body if report is not None else None
    if isinstance(body, Incident | Resource) and body.lat is not None and body.lon is not None:
        return body.lat, body.lon
    return None
