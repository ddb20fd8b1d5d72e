"""Lines of the US National Grid (FGDC-STD-011-2001) over the region: every ten kilometres, and every kilometre."""

import math
from collections.abc import Iterator
from typing import Any

import pyproj

#: south of this and north of that the grid is another one
_SOUTHMOST, _NORTHMOST = -80.0, 84.0
_STEPS_M = (10_000, 1_000)
#: a kilometre's lines of a larger ground say nothing and weigh much
_MOST_KM = 160
_POINTS = 12

Box = tuple[float, float, float, float]


def lines(box: Box) -> list[dict[str, Any]]:
    """The grid's lines within a box (west, south, east, north; degrees), zone by zone.

    `step_km` is 10 or 1, `label` the two figures of the kilometre, `line` [lat, lon] pairs; `upright` ones run north.
    """
    west, south, east, north = box
    south, north = max(south, _SOUTHMOST), min(north, _NORTHMOST - 1e-6)
    if not (south < north and west < east and east - west < 30):
        return []
    found: list[dict[str, Any]] = []
    for zone in range(_zone(west), _zone(east) + 1):
        edge = (zone - 1) * 6 - 180
        found.extend(_of_zone(zone, (max(west, edge), south, min(east, edge + 6.0), north)))
    return found


def _zone(lon: float) -> int:
    return min(60, max(1, math.floor((lon + 180.0) / 6.0) + 1))


def _of_zone(zone: int, box: Box) -> Iterator[dict[str, Any]]:
    west, south, east, north = box
    if west >= east:
        return
    plane = pyproj.Proj(proj="utm", zone=zone, ellps="WGS84", south=north <= 0)
    corners = [plane(lon, lat) for lon in (west, (west + east) / 2, east) for lat in (south, north)]
    x0, x1 = min(x for x, _ in corners), max(x for x, _ in corners)
    y0, y1 = min(y for _, y in corners), max(y for _, y in corners)
    for step in _STEPS_M:
        if step == 1_000 and max(x1 - x0, y1 - y0) > _MOST_KM * 1_000:
            continue
        for upright, low, high, begin, end in ((True, x0, x1, y0, y1), (False, y0, y1, x0, x1)):
            for at in range(math.ceil(low / step) * step, math.floor(high) + 1, step):
                if step == 1_000 and at % 10_000 == 0:
                    continue
                line = _line(plane, at, begin, end, upright=upright, box=box)
                if len(line) > 1:
                    label = f"{at // 1000 % 100:02d}"
                    yield {"step_km": step // 1000, "label": label, "upright": upright, "line": line}


def _line(plane: pyproj.Proj, at: float, begin: float, end: float, *, upright: bool, box: Box) -> list[list[float]]:
    west, south, east, north = box
    along = [begin + (end - begin) * place / _POINTS for place in range(_POINTS + 1)]
    points = [plane(at, one, inverse=True) if upright else plane(one, at, inverse=True) for one in along]
    margin = 0.02
    return [
        [round(lat, 5), round(lon, 5)]
        for lon, lat in points
        if west - margin <= lon <= east + margin and south - margin <= lat <= north + margin
    ]
