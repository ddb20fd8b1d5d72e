"""GeoJSON geometries that others wrote: checked before anybody draws or measures them (RFC 7946 §3.1)."""

from collections.abc import Iterator
from typing import Any

from cop.feeds.adapters.readings import on_the_globe
from cop.feeds.message import BadMessage

MAX_VERTICES = 10_000
#: How deep the positions of each type lie, and the fewest that one line or ring of it holds.
_TYPES = {
    "Point": (0, 1),
    "MultiPoint": (1, 1),
    "LineString": (1, 2),
    "MultiLineString": (2, 2),
    "Polygon": (2, 4),
    "MultiPolygon": (3, 4),
}
_LARGEST = 1e9
_Line = list[Any]


def checked(geometry: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The geometry, thinned if it has more than 10,000 vertices, and in that case what was left out.

    Raises BadMessage for an unknown type, positions that are no place on the globe, lines too short and rings that
    are not closed.
    """
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if not isinstance(kind, str) or kind not in _TYPES or not isinstance(coordinates, list):
        raise BadMessage("geometry is none of GeoJSON")
    depth, fewest = _TYPES[kind]
    geometry = {"type": kind, "coordinates": coordinates}  # what else it holds is no part of any type
    if depth == 0:
        _check_position(coordinates)
        return geometry, ""
    lines = list(_lines(coordinates, depth - 1))
    for line in lines:
        if len(line) < fewest:
            raise BadMessage("geometry has a line or ring of too few positions")
        for position in line:
            _check_position(position)
        if fewest == 4 and line[0] != line[-1]:
            raise BadMessage("geometry has a ring that is not closed")
    count = sum(map(len, lines))
    if count <= MAX_VERTICES:
        return geometry, ""
    step = -(-count // (MAX_VERTICES // 2))
    geometry["coordinates"] = _thinned(coordinates, depth - 1, step)
    return geometry, f"every {step}th of {count} vertices is kept"


def _check_position(position: Any) -> None:
    if (
        not isinstance(position, list)
        or not 2 <= len(position) <= 4
        or not all(_is_figure(figure) for figure in position)
        or not on_the_globe(position[1], position[0])
    ):
        raise BadMessage("geometry has a position that is no place on the globe")


def _is_figure(figure: Any) -> bool:
    return isinstance(figure, int | float) and not isinstance(figure, bool) and -_LARGEST <= figure <= _LARGEST


def _lines(coordinates: Any, depth: int) -> Iterator[_Line]:
    if not isinstance(coordinates, list):
        raise BadMessage("geometry is none of GeoJSON")
    if depth == 0:
        yield coordinates
        return
    for part in coordinates:
        yield from _lines(part, depth - 1)


def _thinned(coordinates: Any, depth: int, step: int) -> Any:
    if depth:
        return [_thinned(part, depth - 1, step) for part in coordinates]
    # A line that would lose its shape stays as it is.
    return coordinates if len(coordinates) <= 4 * step else [*coordinates[:-1:step], coordinates[-1]]
