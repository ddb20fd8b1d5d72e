"""What comes in as a boundary becomes sound ground: polygons in degrees that do not cross themselves."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

_POLYGON, _MULTIPOLYGON, _COLLECTION = 3, 6, 7
_NAMED = 5


def sound(geometries: NDArray[np.object_], name: str) -> tuple[NDArray[np.object_], list[str]]:
    """The polygons of each, valid and within ±180 and ±90 degrees; None for what is no ground, and what was done.

    Raises ValueError, naming file and feature, for what lies beyond the earth's degrees: it can only be misread.
    """
    found = geometries.copy()
    remarks: list[str] = []
    kinds = shapely.get_type_id(found)
    empty = (kinds < 0) | shapely.is_empty(found)
    other = ~empty & ~np.isin(kinds, (_POLYGON, _MULTIPOLYGON))
    for index in np.flatnonzero(other & (kinds == _COLLECTION)):
        found[index] = _polygons_of(found[index])
        other[index] = found[index] is None
    _remark(remarks, name, empty, "no geometry, left out")
    _remark(remarks, name, other, "no polygon, left out")
    found[empty | other] = None
    flat = ~(empty | other)
    found[flat] = shapely.force_2d(found[flat])
    _check_degrees(found, name)
    _cut_at_antimeridian(found, name, remarks)
    _repair(found, name, remarks)
    return found, remarks


def _remark(remarks: list[str], name: str, which: NDArray[np.bool_], words: str) -> None:
    numbers = np.flatnonzero(which) + 1
    if not numbers.size:
        return
    named = ", ".join(str(one) for one in numbers[:_NAMED])
    rest = f" and {numbers.size - _NAMED:,} more" if numbers.size > _NAMED else ""
    remarks.append(f"{name}, feature{'s' if numbers.size > 1 else ''} {named}{rest}: {words}")


def _polygons_of(geometry: BaseGeometry) -> BaseGeometry | None:
    """The polygons among the parts of a collection, as one; None where there are none."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    parts = parts[shapely.get_type_id(parts) == _POLYGON]
    return shapely.multipolygons(parts) if len(parts) else None


def _check_degrees(found: NDArray[np.object_], name: str) -> None:
    coordinates, owners = shapely.get_coordinates(found, return_index=True)
    with np.errstate(invalid="ignore"):
        fine = (np.abs(coordinates[:, 0]) <= 540.0) & (np.abs(coordinates[:, 1]) <= 90.0 + 1e-9)
    if not fine.all():
        at = int(np.argmin(fine))
        x, y = coordinates[at]
        raise ValueError(
            f"{name}, feature {owners[at] + 1}: x {x:,.6g}, y {y:,.6g} is no place in degrees (longitude, latitude); "
            "a shapefile says its coordinate system in the .prj beside it, GeoJSON and KML are in degrees (WGS 84)"
        )


def _cut_at_antimeridian(found: NDArray[np.object_], name: str, remarks: list[str]) -> None:
    """Rings that jump over the 180th meridian are cut there (as RFC 7946 §3.1.9 asks of those who write them)."""
    bounds = shapely.bounds(found)
    with np.errstate(invalid="ignore"):
        wide = (bounds[:, 2] - bounds[:, 0] > 180.0) | (np.abs(bounds[:, [0, 2]]).max(axis=1) > 180.0)
    cut = np.zeros(len(found), dtype=np.bool_)
    for index in np.flatnonzero(wide):
        parts = shapely.get_parts(found[index])
        unrolled = [_unrolled(one) for one in parts]
        on_map = np.abs(bounds[index, [0, 2]]).max() <= 180.0
        if on_map and all(new is old for new, old in zip(unrolled, parts, strict=True)):
            continue
        pieces = [_within(one, turn) for one in unrolled for turn in (-360.0, 0.0, 360.0)]
        found[index] = shapely.union_all([one for one in pieces if not one.is_empty])
        cut[index] = True
    _remark(remarks, name, cut, "crosses the 180th meridian, cut there")


def _unrolled(polygon: BaseGeometry) -> BaseGeometry:
    """The polygon without jumps of more than 180 degrees; itself where it has none, or goes around a pole."""
    rings = [shapely.get_coordinates(one) for one in shapely.get_rings(polygon)]
    jumps = [np.diff(ring[:, 0]) for ring in rings]
    # an edge along the whole width of the map (Antarctica's along the pole) is no jump
    turns = [np.where(np.abs(one) < 360.0, -360.0 * np.round(one / 360.0), 0.0) for one in jumps]
    if not any(one.any() for one in turns) or any(abs(one.sum()) > 1.0 for one in turns):
        return polygon
    for ring, turn in zip(rings, turns, strict=True):
        ring[1:, 0] += np.cumsum(turn)
    middle = rings[0][:, 0].mean()
    for hole in rings[1:]:
        hole[:, 0] += 360.0 * np.round((middle - hole[:, 0].mean()) / 360.0)
    return shapely.Polygon(rings[0], rings[1:])


def _within(polygon: BaseGeometry, turn: float) -> BaseGeometry:
    """What of a polygon, turned by so many degrees, lies on the map."""
    turned = shapely.transform(polygon, lambda xy: xy + np.array([turn, 0.0]))
    sound_one = turned if shapely.is_valid(turned) else shapely.make_valid(turned, method="structure")
    return shapely.intersection(sound_one, shapely.box(-180.0, -90.0, 180.0, 90.0))


def _repair(found: NDArray[np.object_], name: str, remarks: list[str]) -> None:
    """What crosses itself keeps every part of what it encloses; what has no area is left out."""
    wrong = np.flatnonzero((shapely.get_type_id(found) >= 0) & ~shapely.is_valid(found))
    reasons: dict[str, list[int]] = {}
    for index in wrong.tolist():
        reason = str(shapely.is_valid_reason(found[index])).partition("[")[0].lower()
        fixed = shapely.make_valid(found[index], method="structure", keep_collapsed=False)
        kinds = shapely.get_type_id(fixed)
        ground = fixed if kinds in (_POLYGON, _MULTIPOLYGON) else _polygons_of(fixed)
        found[index] = None if ground is None or ground.is_empty else ground
        words = f"{reason}, repaired" if found[index] is not None else f"{reason}, encloses nothing, left out"
        reasons.setdefault(words, []).append(index)
    for words, indices in reasons.items():
        which: Sequence[int] = indices
        _remark(remarks, name, np.isin(np.arange(len(found)), which), words)
