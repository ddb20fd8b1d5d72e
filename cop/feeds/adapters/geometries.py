"""GeoJSON geometries that others wrote: checked before anybody draws or measures them (RFC 7946 §3.1)."""

import hashlib
from collections.abc import Iterator
from math import ceil, inf, sqrt
from typing import Annotated, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from cop.feeds.message import BadMessage

#: of lines or polygons in one geometry
MAX_MEMBERS = 4_000
MAX_VERTICES = 10_000
MAX_PARTS = 1_000
_METRES_A_DEGREE = 111_195.0  # of a great circle on the mean sphere
#: How deep the positions of each type lie, and the fewest that one line or ring of it holds.
_TYPES = {
    "Point": (0, 1),
    "MultiPoint": (1, 1),
    "LineString": (1, 2),
    "MultiLineString": (2, 2),
    "Polygon": (2, 4),
    "MultiPolygon": (3, 4),
}
#: The last part of the names of reference systems that are WGS 84, and of those within two metres of it:
#: ETRS 89, NAD 83, GDA 94, GDA 2020.
_OURS = frozenset({"4326", "4979", "crs84", "wgs84", "wgs 84"})
_NEARLY_OURS = frozenset({"4258", "4269", "4283", "7844"})
_Line = list[Any]
_Height = Annotated[float, msgspec.Meta(ge=-1e9, le=1e9)]


class _Position(msgspec.Struct, array_like=True, forbid_unknown_fields=True, gc=False):
    """A position; conversion into it checks all of them in one pass."""

    lon: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    height: _Height = 0.0
    measure: _Height = 0.0


def checked(geometry: dict[str, Any], most: int = MAX_VERTICES) -> tuple[dict[str, Any], str]:
    """The geometry, thinned if it has more than `most` vertices, and in that case what was left out.

    A thinned geometry keeps vertices of its own: of those that follow each other within one cell of a grid the first,
    and no part smaller than a cell. Unlike Douglas and Peucker's way, whose recursion ends the process on a long
    zigzag, that takes the same time for any input. Raises BadMessage for an unknown type, positions that are no place
    on the globe, lines too short and rings that are not closed.
    """
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        return _collection(geometry, most)
    coordinates = geometry.get("coordinates")
    if not isinstance(kind, str) or kind not in _TYPES or not isinstance(coordinates, list):
        raise BadMessage("geometry is none of GeoJSON")
    depth, fewest = _TYPES[kind]
    coordinates, fewer = _largest_parts(kind, coordinates) if len(coordinates) > MAX_MEMBERS else (coordinates, "")
    geometry = {"type": kind, "coordinates": coordinates}  # what else it holds is no part of any type
    if depth == 0:
        _check_positions([[coordinates]])
        return geometry, ""
    lines = list(_lines(coordinates, depth - 1))
    if any(len(line) < fewest for line in lines):
        raise BadMessage("geometry has a line or ring of too few positions")
    _check_positions(lines)
    if fewest == 4 and any(line[0] != line[-1] for line in lines):
        raise BadMessage("geometry has a ring that is not closed")
    count = sum(map(len, lines))
    if count <= most:
        return geometry, fewer
    geometry, thinned = _thinned(kind, coordinates, lines, most)
    return geometry, f"{fewer}; {thinned}" if fewer else thinned


def _largest_parts(kind: str, coordinates: list[Any]) -> tuple[list[Any], str]:
    """Of lines or polygons beyond number those with the most vertices, in their order, and how many were left out.

    What is none of GeoJSON stays: it must be found.
    """
    if kind not in ("MultiLineString", "MultiPolygon"):
        return coordinates, ""

    def size(number: int) -> float:
        part = coordinates[number]
        line = part[0] if kind == "MultiPolygon" and isinstance(part, list) and part else part
        return len(line) if isinstance(line, list) else inf

    kept = sorted(sorted(range(len(coordinates)), key=size, reverse=True)[:MAX_MEMBERS])
    left_out = f"{len(coordinates) - MAX_MEMBERS:,} of {len(coordinates):,} parts, of the fewest vertices, left out"
    return [coordinates[number] for number in kept], left_out


def reference_system(*said: Any) -> str:
    """The reference system that GeoJSON objects of 2008 name, the first that names one; "" for WGS 84 and for none.

    Systems within two metres of it hold as well, and are named. Raises BadMessage for any other (RFC 7946 §4).
    """
    crs = next((one["crs"] for one in said if isinstance(one, dict) and one.get("crs") is not None), None)
    if crs is None:
        return ""
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    system = name.lower().replace("/", ":").rpartition(":")[2] if isinstance(name, str) else ""
    if system not in _OURS | _NEARLY_OURS:
        raise BadMessage("coordinates are in a reference system other than WGS 84")
    return "" if system in _OURS else str(name)


def fingerprint(*content: object) -> str:
    """An id for what has none: the same as long as its content is."""
    try:
        said = msgspec.json.encode(content, order="sorted")
    except (TypeError, ValueError, OverflowError):  # a number that is no double
        said = repr(content).encode("utf-8", "backslashreplace")
    return hashlib.sha256(said).hexdigest()[:32]


def _collection(geometry: dict[str, Any], most: int) -> tuple[dict[str, Any], str]:
    """Every part on its own; a collection within a collection has no meaning of its own (§3.1.8)."""
    parts = geometry.get("geometries")
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise BadMessage("geometry is none of GeoJSON")
    if len(parts) > MAX_PARTS:
        raise BadMessage(f"geometry has more than {MAX_PARTS:,} parts")
    if any(part.get("type") == "GeometryCollection" for part in parts):
        raise BadMessage("geometry is a collection within a collection")
    found = [checked(part, max(most // len(parts), 4)) for part in parts]
    left_out = "; ".join(dict.fromkeys(left for _, left in found if left))
    return {"type": "GeometryCollection", "geometries": [part for part, _ in found if part]}, left_out


def _check_positions(lines: list[_Line]) -> None:
    try:
        msgspec.convert(lines, list[list[_Position]])
    except msgspec.ValidationError:
        raise BadMessage("geometry has a position that is no place on the globe") from None


def _lines(coordinates: Any, depth: int) -> Iterator[_Line]:
    if not isinstance(coordinates, list):
        raise BadMessage("geometry is none of GeoJSON")
    if depth == 0:
        yield coordinates
        return
    for part in coordinates:
        yield from _lines(part, depth - 1)


def _thinned(kind: str, coordinates: Any, lines: list[_Line], most: int) -> tuple[dict[str, Any], str]:
    axes = [[position[axis] for line in lines for position in line] for axis in (0, 1)]
    places = np.array(axes, dtype=float).T
    places -= places.min(axis=0)  # the first cell begins there, so that a large enough one holds everything
    ends = np.cumsum([len(line) for line in lines])
    starts = np.concatenate(([0], ends[:-1]))
    if kind == "MultiPoint":
        cell = float(places.max()) / sqrt(most)
    else:
        steps = np.diff(places, axis=0)
        steps[ends[:-1] - 1] = 0.0  # from one line to the next is no way
        cell = float(np.hypot(steps[:, 0], steps[:, 1]).sum()) / most
    cell = max(cell, 1e-7)
    while True:
        keep, whole = _kept(kind, places, starts, ends, cell)
        if keep.sum() <= most:
            break
        cell *= 1.5
    chosen: list[_Line | None] = [
        [line[at] for at in np.flatnonzero(keep[start:end])] if one else None
        for line, start, end, one in zip(lines, starts, ends, whole, strict=True)
    ]
    metres = ceil(cell * sqrt(2.0) * _METRES_A_DEGREE)
    said = f"{int(keep.sum())} of {len(places)} vertices are kept, none left out is more than {metres} m away"
    drawn = _rebuilt(kind, coordinates, iter(chosen))
    if not drawn:
        return {}, f"its {len(places)} vertices are too many to be drawn"
    if not whole.all():
        said += f"; {int((~whole).sum())} of {len(lines)} parts are smaller and left out"
    return {"type": kind, "coordinates": drawn}, said


def _kept(
    kind: str, places: NDArray[Any], starts: NDArray[Any], ends: NDArray[Any], cell: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which vertices stay where those of one cell follow each other, and which lines keep their shape."""
    cells = np.floor(places / cell).astype(np.int64)
    keep = np.zeros(len(places), dtype=bool)
    if kind == "MultiPoint":
        keep[np.unique(cells[:, 0] << 32 | cells[:, 1], return_index=True)[1]] = True
        return keep, np.ones(1, dtype=bool)
    keep[1:] = (cells[1:] != cells[:-1]).any(axis=1)
    keep[starts] = keep[ends - 1] = True
    whole = np.add.reduceat(keep, starts, dtype=np.int64) >= (4 if "Polygon" in kind else 2)
    if "Polygon" not in kind:  # a short line is kept as long as it leads from one cell into another
        whole &= (cells[starts] != cells[ends - 1]).any(axis=1) | (np.add.reduceat(keep, starts, dtype=np.int64) > 2)
    keep &= np.repeat(whole, ends - starts)
    return keep, whole


def _rebuilt(kind: str, coordinates: Any, chosen: Iterator[_Line | None]) -> Any:
    """The coordinates of the lines that were chosen; a polygon goes with its outer ring, a hole alone."""
    if kind in {"MultiPoint", "LineString"}:
        return next(chosen) or []
    if kind == "MultiPolygon":
        return [polygon for part in coordinates if (polygon := _rebuilt("Polygon", part, chosen))]
    lines = [next(chosen) for _ in coordinates]
    if kind == "Polygon" and (not lines or lines[0] is None):
        return []
    return [line for line in lines if line]
