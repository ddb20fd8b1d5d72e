"""Where the lines of the US National Grid and of degrees run: pure geometry in map metres, nothing is drawn here."""

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from cop.domain.place_words import BANDS, usng, utm_projection
from cop.map.projection import WORLD_M, Floats, place_to_metres, to_degrees, to_metres

#: west, south, east, north
Box = tuple[float, float, float, float]

ZONE, SQUARE = 0, 100_000
_STEPS_M = (10, 100, 1_000, 10_000, 100_000)
#: lines closer than this on the screen are a hatching, not a grid
_LEAST_GAP_PX = 64.0
_DEGREE_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 18_000, 36_000, 108_000)
_LEAST_DEGREE_GAP_PX = 96.0
_DEGREE_M = 111_319.49
#: so far, of a step, a line may leave its course: less than a fifth of a pixel where steps are widest
_STRAIGHTER = 1 / 4000


@dataclass(frozen=True, slots=True)
class GridLine:
    """One line: its figure (metres east or north in its zone, or seconds of arc), and the way it runs.

    `rank` is the widest spacing that it belongs to: 100,000 for an edge of a square of 100 km. `vertices` (n, 2) in map
    metres run north for an easting, east for a northing; a line that leaves its zone and comes back is two.
    """

    upright: bool
    figure: int
    rank: int
    vertices: Floats


@dataclass(frozen=True, slots=True)
class GridCell:
    """A zone or a square of 100 km by its letters, and its box in map metres, or the part of it within its zone."""

    name: str
    box: Box


@dataclass(frozen=True, slots=True)
class GridPart:
    """All lines and cells of an area; `step` is the spacing, metres or seconds, 0 where only zones are shown."""

    step: int
    area: Box
    lines: tuple[GridLine, ...]
    zones: tuple[GridCell, ...]
    squares: tuple[GridCell, ...] = ()


def grid_step(ground_metres_per_pixel: float) -> int:
    """The spacing in metres that is readable at this scale; 0 where even 100 km is too narrow."""
    return next((step for step in _STEPS_M if step / ground_metres_per_pixel >= _LEAST_GAP_PX), 0)


def degree_step(map_metres_per_pixel: float) -> int:
    """The spacing in seconds of arc that is readable at this scale."""
    wide = (one for one in _DEGREE_STEPS_S if one * _DEGREE_M / 3600 / map_metres_per_pixel >= _LEAST_DEGREE_GAP_PX)
    return next(wide, _DEGREE_STEPS_S[-1])


@functools.cache
def zone_boxes() -> tuple[tuple[str, Box], ...]:
    """Every zone by band with its west, south, east, north in degrees, Norway's and Svalbard's as they are."""
    found = []
    for at, band in enumerate(BANDS):
        south = -80.0 + 8 * at
        north = 84.0 if band == "X" else south + 8.0
        for zone in range(1, 61):
            west, east = 6.0 * zone - 186.0, 6.0 * zone - 180.0
            if band == "V":
                west, east = {31: (0.0, 3.0), 32: (3.0, 12.0)}.get(zone, (west, east))
            elif band == "X":
                if zone in {32, 34, 36}:
                    continue
                edges = {31: (0.0, 9.0), 33: (9.0, 21.0), 35: (21.0, 33.0), 37: (33.0, 42.0)}
                west, east = edges.get(zone, (west, east))
            found.append((f"{zone:02d}{band}", (west, south, east, north)))
    return tuple(found)


def national_grid(area: Box, step: int) -> GridPart:
    """Lines and letters of the US National Grid (FGDC-STD-011-2001) in an area of map metres."""
    if not step:
        return _world()
    seen = _degrees_of(area)
    inside = [(name, box) for name, box in zone_boxes() if _overlap(box, seen) is not None]
    zones = tuple(GridCell(name, _box_in_metres(box)) for name, box in inside)
    lines = list(_zone_edges(inside))
    squares: list[GridCell] = []
    for zone, box in _strips(inside):
        part = _overlap(box, seen)
        if part is not None:
            lines.extend(_zone_lines(zone, part, step))
            squares.extend(_squares(zone, part))
    return GridPart(step, area, tuple(lines), zones, tuple(squares))


@functools.cache
def _world() -> GridPart:
    """All zones, no lines within them."""
    zones = zone_boxes()
    whole = (-WORLD_M, -WORLD_M, WORLD_M, WORLD_M)
    return GridPart(0, whole, tuple(_zone_edges(list(zones))), tuple(GridCell(n, _box_in_metres(b)) for n, b in zones))


def degree_grid(area: Box, step: int) -> GridPart:
    """Meridians and parallels each `step` seconds of arc in an area of map metres."""
    west, south, east, north = _degrees_of(area, 85.05)
    lines = [
        GridLine(True, figure, _degree_rank(figure), _box_line(figure / 3600, south, figure / 3600, north))
        for figure in _multiples(west * 3600, east * 3600, step)
    ]
    lines += [
        GridLine(False, figure, _degree_rank(figure), _box_line(west, figure / 3600, east, figure / 3600))
        for figure in _multiples(south * 3600, north * 3600, step)
    ]
    return GridPart(step, area, tuple(lines), ())


def _degree_rank(seconds: int) -> int:
    return next(rank for rank in (36_000, 3600, 60, 1) if seconds % rank == 0)


def _degrees_of(area: Box, farthest: float = 84.0) -> Box:
    west, south, east, north = (max(-WORLD_M, min(WORLD_M, edge)) for edge in area)
    lat, lon = to_degrees([west, east], [south, north])
    least = -80.0 if farthest == 84.0 else -farthest
    return float(lon[0]), max(least, float(lat[0])), float(lon[1]), min(farthest, float(lat[1]))


def _overlap(first: Box, second: Box) -> Box | None:
    west, south = max(first[0], second[0]), max(first[1], second[1])
    east, north = min(first[2], second[2]), min(first[3], second[3])
    return (west, south, east, north) if west < east and south < north else None


def _box_in_metres(box: Box) -> Box:
    return *place_to_metres(box[1], box[0]), *place_to_metres(box[3], box[2])


def _box_line(west: float, south: float, east: float, north: float) -> Floats:
    x, y = to_metres([south, north], [west, east])
    return np.column_stack((x, y))


def _zone_edges(zones: list[tuple[str, Box]]) -> Iterator[GridLine]:
    """The western and southern edge of each zone, and the northernmost parallel."""
    for _, (west, south, east, north) in zones:
        yield GridLine(True, 0, ZONE, _box_line(west, south, west, north))
        yield GridLine(False, 0, ZONE, _box_line(west, south, east, south))
        if north == 84.0:
            yield GridLine(False, 0, ZONE, _box_line(west, north, east, north))


def _strips(zones: list[tuple[str, Box]]) -> list[tuple[int, Box]]:
    """Zones of one number and one width as one, from their southernmost band to the northernmost."""
    strips: dict[tuple[int, float, float], Box] = {}
    for name, (west, south, east, north) in zones:
        key = (int(name[:2]), west, east)
        known = strips.get(key)
        if known is not None and name[2] in "XW" and known[3] < south:  # band V between them is of another width
            key = (int(name[:2]), west, east + 1e-9)
            known = strips.get(key)
        strips[key] = (west, min(south, known[1] if known else south), east, max(north, known[3] if known else north))
    return [(zone, box) for (zone, _, _), box in strips.items()]


def _extent(zone: int, part: Box) -> tuple[float, float, float, float]:
    """The least and greatest easting and northing of a part of a zone: on its edge, or on the middle meridian."""
    west, south, east, north = part
    lons = np.linspace(west, east, 9)
    lats = np.linspace(south, north, 9)
    lon = np.concatenate((lons, lons, np.full(9, west), np.full(9, east)))
    lat = np.concatenate((np.full(9, south), np.full(9, north), lats, lats))
    middle = 6 * zone - 183
    if west < middle < east:
        lon, lat = np.append(lon, (middle, middle)), np.append(lat, (south, north))
    if south < 0.0 < north:
        lon, lat = np.append(lon, (west, east)), np.append(lat, (0.0, 0.0))
    easting, northing = utm_projection(zone, south=False)(lon, lat)
    spare = 0.002 * max(np.ptp(easting), np.ptp(northing))  # between the samples
    return (
        float(easting.min() - spare),
        float(northing.min() - spare),
        float(easting.max() + spare),
        float(northing.max() + spare),
    )


def _zone_lines(zone: int, part: Box, step: int) -> Iterator[GridLine]:
    west, south, east, north = _extent(zone, part)
    vertices = 33 if step >= 10_000 else 17
    eastings, northings = _multiples(west, east, step), _multiples(south, north, step)
    for upright, figures, along in (
        (True, eastings, np.linspace(south, north, vertices)),
        (False, northings, np.linspace(west, east, vertices)),
    ):
        if not figures:
            continue
        across = np.repeat(np.array(figures, np.float64), vertices)
        run = np.tile(along, len(figures))
        easting, northing = (across, run) if upright else (run, across)
        lon, lat = utm_projection(zone, south=False)(easting, northing, inverse=True)
        x, y = to_metres(lat, lon)
        lines = shapely.linestrings(np.column_stack((x, y)).reshape(len(figures), vertices, 2))
        clipped = shapely.simplify(shapely.clip_by_rect(lines, *_box_in_metres(part)), step * _STRAIGHTER)
        parts, of = shapely.get_parts(clipped, return_index=True)
        for one, index in zip(parts, of, strict=True):
            if not one.is_empty:
                figure = figures[index]
                rank = next(rank for rank in reversed(_STEPS_M) if figure % rank == 0)
                yield GridLine(upright, figure, rank, shapely.get_coordinates(one))


def _squares(zone: int, part: Box) -> Iterator[GridCell]:
    """The squares of 100 km of a part of a zone; of one that the zone cuts, the box of what is left."""
    west, south, east, north = _extent(zone, part)
    columns = np.arange(math.floor(west / SQUARE), math.floor(east / SQUARE) + 1)
    rows = np.arange(math.floor(south / SQUARE), math.floor(north / SQUARE) + 1)
    right, up = (one.ravel() for one in np.meshgrid(columns, rows))
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)])
    eastings = (right[:, None] + corners[:, 0]) * float(SQUARE)
    northings = (up[:, None] + corners[:, 1]) * float(SQUARE)
    lon, lat = utm_projection(zone, south=False)(eastings.ravel(), northings.ravel(), inverse=True)
    x, y = to_metres(lat, lon)
    shapes = shapely.clip_by_rect(shapely.polygons(np.column_stack((x, y)).reshape(-1, 4, 2)), *_box_in_metres(part))
    shapes = shapes[~shapely.is_empty(shapes)]
    inside = shapely.get_coordinates(shapely.point_on_surface(shapes))
    lats, lons = to_degrees(inside[:, 0], inside[:, 1])
    boxes = shapely.bounds(shapes)
    for at, box in enumerate(boxes.tolist()):
        name = usng(float(lats[at]), float(lons[at]), 0)
        if name:
            yield GridCell(name, (box[0], box[1], box[2], box[3]))


def _multiples(least: float, greatest: float, step: int) -> list[int]:
    return [step * at for at in range(math.ceil(least / step), math.floor(greatest / step) + 1)]


def crossing(line: Floats, at: float, *, upright: bool) -> float | None:
    """Where a line in pixels comes across a level: x at a height for an upright one, y at a width for the others."""
    along, across = (line[:, 1], line[:, 0]) if upright else (line[:, 0], line[:, 1])
    if along[0] > along[-1]:
        along, across = along[::-1], across[::-1]
    if not along[0] <= at <= along[-1]:
        return None
    return float(np.interp(at, along, across))
