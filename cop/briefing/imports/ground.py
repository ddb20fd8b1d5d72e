"""Shapes of a file as sound ground: what crosses itself is repaired, what is no place is said, and why."""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from cop.briefing.imports.feature import Feature
from cop.domain.area import ZoneForm
from cop.domain.words import ZONE_KINDS
from cop.domain.zone_forms import MOST_POINTS, refusal_of
from cop.domain.zone_forms import drawn as shape_of
from cop.feeds.adapters.geometries import MAX_VERTICES, checked
from cop.feeds.message import BadMessage
from cop.picture.boundaries.polygons import sound

#: a file that lies so far from our ground as it is written, and on it the other way round, is the other way round
_NEAR_DEG = 3.0
_DIGITS = 7
_LONGEST_GEOMETRY = 4_000
_POINT, _LINE, _AREA = "point", "line", "area"
_AREAS = frozenset({"Polygon", "MultiPolygon"})

#: west, south, east, north in degrees
Box = tuple[float, float, float, float]


class Drawn(NamedTuple):
    """One thing of a file as it would be drawn: `what` is point, line or area; `form` None where no hand can change it.

    `remarks` say what was done to it, `wrong` why it cannot be drawn.
    """

    feature: Feature
    name: str
    what: str
    geometry: dict[str, Any]
    form: ZoneForm | None = None
    remarks: tuple[str, ...] = ()
    wrong: str = ""

    @property
    def kind(self) -> str:
        """The kind of zone that is proposed: what the file says, else what its shape mostly is; empty for a point."""
        said = self.feature.kind.strip().lower().replace(" ", "_")
        if said in ZONE_KINDS and said != "reference_grid":
            return said
        return {_LINE: "road_closure", _AREA: "perimeter"}.get(self.what, "staging_area")

    @property
    def bounds(self) -> Box | None:
        """Where it lies; None for what lies nowhere."""
        if not self.geometry:
            return None
        west, south, east, north = shapely.bounds(shapely.geometry.shape(self.geometry)).tolist()
        return west, south, east, north


def looks_turned(features: Iterable[Feature], near: Box | None) -> bool:
    """Whether latitude came first: as written it is no place, or far off, and the other way round it is near."""
    places = np.array([place for one in features for place in _some_places(one.geometry)], dtype=np.float64)
    if not len(places):
        return False
    on_globe, turned_on_globe = _on_globe(places), _on_globe(places[:, ::-1])
    if not on_globe.all():
        return bool(turned_on_globe.all())
    if near is None or not turned_on_globe.all():
        return False
    return not _is_near(places, near) and _is_near(places[:, ::-1], near)


def drawn(features: Iterable[Feature], *, turned: bool = False) -> list[Drawn]:
    """Each feature as it would be drawn, lines and points one by one; `turned`: latitude came first."""
    return [one for feature in features for one in _of_feature(feature, turned=turned)]


def as_circle(one: Drawn, radius_m: float) -> Drawn:
    """A point as a circle around it: zones are lines and areas."""
    lon, lat = one.geometry["coordinates"][:2]
    form = ZoneForm(shape="circle", points=((lon, lat),), radius_m=radius_m)
    return one._replace(form=form, wrong=refusal_of(form), remarks=(f"a circle of {radius_m:g} m", *one.remarks))


def ground_of(one: Drawn) -> BaseGeometry | None:
    """The shape in degrees that would be drawn; None for what cannot be."""
    if one.wrong or not one.geometry:
        return None
    return shape_of(one.form) if one.form is not None else shapely.geometry.shape(one.geometry)


def _of_feature(feature: Feature, *, turned: bool) -> Iterator[Drawn]:
    name = feature.name
    if feature.wrong:
        yield Drawn(feature, name, "", {}, wrong=feature.wrong)
        return
    try:
        geometry = _turned(feature.geometry) if turned else feature.geometry
        whole, left_out = checked(_unrolled(geometry), min(MAX_VERTICES, _LONGEST_GEOMETRY))
    except (BadMessage, TypeError, ValueError, KeyError, AttributeError, IndexError, RecursionError) as error:
        yield Drawn(feature, name, "", {}, wrong=str(getattr(error, "reason", "")) or "its geometry cannot be read")
        return
    remarks = (left_out,) if left_out else ()
    parts = list(_parts(whole))
    if not parts:
        yield Drawn(feature, name, "", {}, wrong="it has no place")
    for number, part in enumerate(parts, 1):
        of = f" ({number} of {len(parts)})" if len(parts) > 1 else ""
        one = Drawn(feature, f"{name}{of}".strip(), "", part, remarks=remarks)
        yield (
            _area(one)
            if part["type"] in _AREAS
            else _line(one)
            if part["type"] == "LineString"
            else one._replace(what=_POINT)
        )


def _parts(geometry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Points and lines one by one; areas of several parts stay one area."""
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        for one in geometry["geometries"]:
            yield from _parts(one)
    elif kind in ("MultiPoint", "MultiLineString"):
        for one in geometry["coordinates"]:
            yield {"type": kind.removeprefix("Multi"), "coordinates": one}
    elif kind:
        yield geometry


def _area(one: Drawn) -> Drawn:
    shape = shapely.force_2d(shapely.geometry.shape(one.geometry))
    found = np.empty(1, dtype=object)
    found[0] = shape
    grounds, remarks = sound(found, "it")
    words = (*one.remarks, *(remark.partition(": ")[2] for remark in remarks))
    ground: BaseGeometry | None = grounds[0]
    if ground is None or ground.is_empty or not ground.area:
        return one._replace(what=_AREA, remarks=(), wrong=words[-1] if words else "it encloses nothing")
    ground = shapely.orient_polygons(ground)
    said: dict[str, Any] = shapely.geometry.mapping(ground)
    geometry = {"type": said["type"], "coordinates": _listed(said["coordinates"])}
    holes = ground.geom_type == "MultiPolygon" or len(ground.interiors)
    if holes:
        several = "several parts" if ground.geom_type == "MultiPolygon" else "openings"
        return one._replace(
            what=_AREA, geometry=geometry, remarks=(*words, f"it has {several}: its outline cannot be changed by hand")
        )
    form = _form("polygon", geometry["coordinates"][0][:-1])
    return one._replace(what=_AREA, geometry=geometry, form=form, remarks=words)


def _line(one: Drawn) -> Drawn:
    places = [place[:2] for place in one.geometry["coordinates"]]
    if max(place[0] for place in places) - min(place[0] for place in places) > 180.0:
        return one._replace(what=_LINE, wrong="a line across the 180th meridian must be drawn in two parts")
    form = _form("line", places)
    if form is None:
        return one._replace(what=_LINE, wrong="it is no line: it has one place alone")
    return one._replace(what=_LINE, geometry={"type": "LineString", "coordinates": places}, form=form)


def _form(shape: Any, places: list[list[float]]) -> ZoneForm | None:
    """A form that a hand can change; None where it has too many points for one, or is none."""
    points = tuple((round(x, _DIGITS), round(y, _DIGITS)) for x, y in (place[:2] for place in places))
    if not 2 <= len(points) <= MOST_POINTS:
        return None
    form = ZoneForm(shape=shape, points=points)
    return form if not refusal_of(form) else None


def _listed(coordinates: Any) -> Any:
    if isinstance(coordinates, float | int):
        return round(float(coordinates), _DIGITS) + 0.0
    return [_listed(one) for one in coordinates]


def _unrolled(geometry: dict[str, Any]) -> dict[str, Any]:
    """Longitudes beyond 180 degrees are another way of writing them: the same within."""
    if geometry.get("type") == "GeometryCollection":
        return {**geometry, "geometries": [_unrolled(one) for one in geometry["geometries"]]}
    return {**geometry, "coordinates": _each(geometry["coordinates"], _within)}


def _within(place: list[Any]) -> list[Any]:
    x = place[0]
    return [(x + 180.0) % 360.0 - 180.0, *place[1:]] if 180.0 < abs(x) <= 540.0 else place


def _turned(geometry: dict[str, Any]) -> dict[str, Any]:
    if geometry.get("type") == "GeometryCollection":
        return {**geometry, "geometries": [_turned(one) for one in geometry["geometries"]]}
    return {**geometry, "coordinates": _each(geometry["coordinates"], _swap)}


def _swap(place: list[Any]) -> list[Any]:
    return [place[1], place[0], *place[2:]]


def _each(coordinates: Any, change: Callable[[list[Any]], list[Any]]) -> Any:
    if coordinates and isinstance(coordinates[0], float | int):
        return change(coordinates)
    return [_each(one, change) for one in coordinates]


def _some_places(geometry: Any) -> Iterator[tuple[float, float]]:
    """The places of a geometry that anybody may have written, as far as they are figures; at most a thousand."""
    waiting, count = [geometry.get("coordinates"), geometry.get("geometries")] if isinstance(geometry, dict) else [], 0
    while waiting and count < 1_000:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [one.get("coordinates"), one.get("geometries")]
        elif isinstance(one, list) and len(one) >= 2 and all(isinstance(x, float | int) for x in one[:2]):
            if all(math.isfinite(x) for x in one[:2]):
                yield one[0], one[1]
                count += 1
        elif isinstance(one, list):
            waiting += one[:1_000]


def _on_globe(places: Any) -> Any:
    return (np.abs(places[:, 0]) <= 180.0) & (np.abs(places[:, 1]) <= 90.0)


def _is_near(places: Any, near: Box) -> bool:
    west, south, east, north = near
    x, y = places[:, 0], places[:, 1]
    inside = (x > west - _NEAR_DEG) & (x < east + _NEAR_DEG) & (y > south - _NEAR_DEG) & (y < north + _NEAR_DEG)
    return bool(inside.mean() > 0.5)
