"""The map sketch of ICS 201: incidents, zones and assigned units over the lines of the region, drawn for paper.

It is drawn from what may leave, as the rest of the form is: nothing is on it that its reader may not have.
"""

import io
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import shapely
from reportlab.lib.colors import Color, HexColor, black, white
from reportlab.pdfgen.canvas import Canvas
from shapely.geometry.base import BaseGeometry

from cop.briefing import lettering
from cop.briefing.forms.situation import About, Situation
from cop.briefing.pdf_pages import png
from cop.domain.area import Zone
from cop.domain.incident import Incident
from cop.domain.place_words import usng
from cop.picture.change import Key
from cop.picture.names import called, incident_title, one_line

#: the form that has room for one
WITH_SKETCH = "201"
_WIDE, _HIGH = 534.0, 283.0
_DOTS_A_POINT = 2.5
_M_A_DEGREE = 111_320.0
#: metres from edge to edge at least, and how far from an incident a unit may be to be on its sketch
_LEAST_M, _FAR_M = 3_000.0, 30_000.0
_ROOM = 1.2
_MOST_UNITS, _MOST_ZONES = 60, 60
#: a place that is known no better than this is marked as such
_VAGUE_M = 500.0
#: which names come first where there is no room for all
_OF_INCIDENTS, _OF_ZONES, _OF_UNITS, _OF_PLACES, _OF_ROADS, _OF_COUNTIES, _OF_WATER = range(7)
_LINES: tuple[tuple[str, Color, float, Sequence[float], int], ...] = (
    ("water", HexColor("#9dc3e6"), 1.6, (), _OF_WATER),
    ("counties", HexColor("#8a8a8a"), 0.7, (4, 2), _OF_COUNTIES),
    ("roads", HexColor("#c9b48a"), 1.8, (), _OF_ROADS),
)
_GREY = HexColor("#5c5c5c")
_WATER, _ZONE, _INCIDENT, _UNIT = (HexColor(one) for one in ("#dbe9f6", "#b42318", "#b42318", "#1d4ed8"))
_BARS_M = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)


def with_sketch(ground: Situation, region: Path | None = None, about: About | None = None) -> Situation:
    """The same ground with a sketch, of one incident or of all."""
    incident = about.key if about is not None and about.what == "incident" else None
    return replace(ground, sketch=sketch(ground, region, incident))


def sketch(ground: Situation, region: Path | None = None, incident: Key | None = None) -> bytes:
    """A PNG of one incident, or of all that are open; empty where no place is known.

    `region` is a folder of vectors: counties, water, roads, places as GeoJSON.
    """
    keys = list(ground.incidents) if incident is None else [ground.picture.same.lead(incident)]
    bodies = {key: report.body for key in keys if (report := ground.report(key)) is not None}
    places = {
        key: (one.lat, one.lon)
        for key, one in bodies.items()
        if isinstance(one, Incident) and one.lat is not None and one.lon is not None
    }
    if not places:
        return b""
    frame = _Frame(_around(ground, places))
    into = io.BytesIO()
    canvas = Canvas(into, pagesize=(_WIDE, _HIGH), invariant=1, initialFontName="Helvetica")
    canvas.setFillColor(white)
    canvas.rect(0, 0, _WIDE, _HIGH, stroke=0, fill=1)
    names = _Names()
    if region is not None:
        _draw_region(canvas, frame, region, names)
    _draw_zones(canvas, frame, ground, keys, names)
    _draw_units(canvas, frame, ground, places, names)
    _draw_incidents(canvas, frame, ground, places, names)
    _draw_margin(canvas, frame)
    names.draw(canvas)
    canvas.save()
    return png(into.getvalue(), 0, _DOTS_A_POINT)


class _Frame:
    """Degrees to points of the sketch: lengths are true at its middle."""

    def __init__(self, bounds: tuple[float, float, float, float]) -> None:
        west, south, east, north = bounds
        self.lat, self.lon = (south + north) / 2, (west + east) / 2
        self._m_a_lon = _M_A_DEGREE * max(math.cos(math.radians(self.lat)), 0.05)
        wide = max((east - west) * self._m_a_lon, _LEAST_M) * _ROOM
        high = max((north - south) * _M_A_DEGREE, _LEAST_M * _HIGH / _WIDE) * _ROOM
        self.m_a_point = max(wide / _WIDE, high / _HIGH)
        half_lon = _WIDE / 2 * self.m_a_point / self._m_a_lon
        half_lat = _HIGH / 2 * self.m_a_point / _M_A_DEGREE
        self.box = shapely.box(self.lon - half_lon, self.lat - half_lat, self.lon + half_lon, self.lat + half_lat)

    def point(self, lat: float, lon: float) -> tuple[float, float]:
        """Where it is on the sketch."""
        x = _WIDE / 2 + (lon - self.lon) * self._m_a_lon / self.m_a_point
        return x, _HIGH / 2 + (lat - self.lat) * _M_A_DEGREE / self.m_a_point

    def holds(self, lat: float, lon: float) -> bool:
        """Whether it is on the sketch at all."""
        return bool(shapely.contains_xy(self.box, lon, lat))

    def cut(self, geometry: BaseGeometry) -> BaseGeometry:
        """What of a geometry is on it."""
        return geometry.intersection(self.box)


def _around(ground: Situation, places: dict[Key, tuple[float, float]]) -> tuple[float, float, float, float]:
    points = [shapely.Point(lon, lat) for lat, lon in places.values()]
    near = shapely.MultiPoint(points).buffer(_FAR_M / _M_A_DEGREE)
    shown: list[BaseGeometry] = list(points)
    for key in places:
        for zone in ground.zones_of.get(key, ())[:_MOST_ZONES]:
            geometry = _geometry(zone.geometry)
            if geometry is not None and geometry.intersects(near):
                shown.append(geometry.intersection(near))
        for unit in _assigned(ground, key):
            lat, lon = _place(ground, unit)
            if lat == lat and near.contains(shapely.Point(lon, lat)):  # noqa: PLR0124 - NaN alone is not itself
                shown.append(shapely.Point(lon, lat))
    west, south, east, north = shapely.GeometryCollection(shown).bounds
    return west, south, east, north


def _assigned(ground: Situation, incident: Key) -> list[Key]:
    works = ground.works_of.get(incident, ())
    return list(dict.fromkeys(one.unit for one in works if one.is_open))


def _place(ground: Situation, unit: Key) -> tuple[float, float]:
    tracks = ground.picture.tracks
    row = tracks.row_of(*unit)
    if row is None or not tracks.present[row]:
        return math.nan, math.nan
    return float(tracks.lat[row]), float(tracks.lon[row])


def _draw_region(canvas: Canvas, frame: _Frame, folder: Path, names: "_Names") -> None:
    for name, colour, width, dashes, rank in _LINES:
        for geometry, words in _features(folder / f"{name}.geojson"):
            if not frame.box.intersects(geometry):
                continue
            canvas.setStrokeColor(colour)
            canvas.setLineWidth(width)
            canvas.setDash(*((list(dashes),) if dashes else ()))
            canvas.setFillColor(_WATER)
            cut = frame.cut(geometry)
            _trace(canvas, frame, frame.cut(geometry.boundary) if name == "counties" else cut, fill=name == "water")
            if words and not cut.is_empty:
                spot = cut.representative_point()
                named = words.upper() if name == "counties" else words
                names.put(rank, frame.point(spot.y, spot.x), 0, named, _GREY)
    canvas.setDash()
    for geometry, words in _features(folder / "places.geojson"):
        if isinstance(geometry, shapely.Point) and frame.holds(geometry.y, geometry.x):
            x, y = frame.point(geometry.y, geometry.x)
            canvas.setFillColor(_GREY)
            canvas.circle(x, y, 1.2, stroke=0, fill=1)
            names.put(_OF_PLACES, (x, y), 1.2, words, _GREY)
    canvas.setFillColor(black)


def _draw_zones(canvas: Canvas, frame: _Frame, ground: Situation, keys: Iterable[Key], names: "_Names") -> None:
    zones: list[Zone] = [one for key in keys for one in ground.zones_of.get(key, ())]
    for zone in zones[:_MOST_ZONES]:
        geometry = _geometry(zone.geometry)
        if geometry is None or not geometry.intersects(frame.box):
            continue
        canvas.setStrokeColor(_ZONE)
        canvas.setLineWidth(1.1)
        canvas.setDash([5, 2])
        canvas.setFillColor(Color(0.71, 0.14, 0.09, alpha=0.08))
        cut = frame.cut(geometry)
        _trace(canvas, frame, cut, fill=geometry.area > 0)
        canvas.setDash()
        top = frame.point(cut.bounds[3], cut.representative_point().x)
        names.put(_OF_ZONES, top, 0, one_line(zone.name) or one_line(zone.kind).replace("_", " "), _ZONE)
    canvas.setFillColor(black)


def _draw_units(
    canvas: Canvas,
    frame: _Frame,
    ground: Situation,
    places: dict[Key, tuple[float, float]],
    names: "_Names",
) -> None:
    """Units that are assigned; a place that is old, doubtful or known to a kilometre alone is hollow."""
    tracks = ground.picture.tracks
    stale = tracks.stale(ground.at.timestamp())
    units = list(dict.fromkeys(unit for key in places for unit in _assigned(ground, key)))
    for unit in units[:_MOST_UNITS]:
        lat, lon = _place(ground, unit)
        row = tracks.row_of(*unit)
        if row is None or not frame.holds(lat, lon):
            continue
        vague = bool(stale[row] or tracks.doubtful[row] or tracks.accuracy_m[row] >= _VAGUE_M)
        x, y = frame.point(lat, lon)
        canvas.setStrokeColor(_UNIT)
        canvas.setFillColor(white if vague else _UNIT)
        canvas.setLineWidth(1)
        canvas.circle(x, y, 2.6, stroke=1, fill=1)
        words = called(tracks.callsigns[row], unit[1])
        names.put(_OF_UNITS, (x, y), 3, f"{words} (?)" if vague else words, _UNIT)


def _draw_incidents(
    canvas: Canvas,
    frame: _Frame,
    ground: Situation,
    places: dict[Key, tuple[float, float]],
    names: "_Names",
) -> None:
    for key, (lat, lon) in places.items():
        report = ground.report(key)
        if report is None or not isinstance(report.body, Incident):
            continue
        x, y = frame.point(lat, lon)
        path = canvas.beginPath()
        path.moveTo(x, y + 7)
        for corner in ((x + 7, y), (x, y - 7), (x - 7, y)):
            path.lineTo(*corner)
        path.close()
        canvas.setFillColor(_INCIDENT)
        canvas.setStrokeColor(white)
        canvas.drawPath(path, stroke=1, fill=1)
        canvas.setFillColor(white)
        lettering.draw(canvas, x, y - 2.4, str(report.body.priority), 7, bold=True, align=0.5)
        names.put(_OF_INCIDENTS, (x, y), 7, incident_title(report), black)


class _Names:
    """What is written on the sketch: the most important first, each where no other one stands, or nowhere."""

    def __init__(self) -> None:
        self._wanted: list[tuple[int, float, float, float, str, Color]] = []
        self._taken: list[tuple[float, float, float, float]] = [
            (0, 0, _WIDE, 13),  # the margin, and north
            (_WIDE - 22, _HIGH - 32, _WIDE, _HIGH),
        ]

    def put(self, rank: int, at: tuple[float, float], room: float, words: str, colour: Color) -> None:
        """Name something whose symbol takes so much room around its place; it is never written upon."""
        x, y = at
        self._wanted.append((rank, x, y, room, words, colour))
        if room > 0:
            self._taken.append((x - room, y - room, x + room, y + room))

    def draw(self, canvas: Canvas) -> None:
        """Write them."""
        for rank, x, y, room, words, colour in sorted(self._wanted, key=lambda one: one[0]):
            bold = rank == _OF_INCIDENTS
            size = 7.0 if rank <= _OF_UNITS else 6.3
            text = lettering.fitting(words, size, 150, bold=bold)
            width = lettering.width(text, size, bold=bold)
            for box in islice(_beside(x, y, room + 2, width, size), None if rank <= _OF_UNITS else 8):
                free = not any(_meet(box, other) for other in self._taken)
                if free and box[0] >= 0 and box[2] <= _WIDE and box[3] <= _HIGH:
                    self._taken.append(box)
                    canvas.setFillColor(Color(1, 1, 1, alpha=0.7))
                    canvas.rect(box[0], box[1], width + 2, size + 1, stroke=0, fill=1)
                    canvas.setFillColor(colour)
                    lettering.draw(canvas, box[0] + 1, box[1] + 2, text, size, bold=bold)
                    if math.dist((x, y), ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)) > width / 2 + 24:
                        canvas.setStrokeColor(colour)
                        canvas.setLineWidth(0.4)
                        canvas.line(x, y, min(max(x, box[0]), box[2]), min(max(y, box[1]), box[3]))
                    break
        canvas.setFillColor(black)


def _beside(x: float, y: float, room: float, width: float, size: float) -> Iterator[tuple[float, float, float, float]]:
    """Where a name may stand: right, left, above, below; then further away."""
    for away in (0, 10, 22, 36):
        far = room + away
        for left, foot in (
            (x + far, y - size / 2),
            (x - far - width, y - size / 2),
            (x - width / 2, y + far),
            (x - width / 2, y - far - size),
            (x + far, y + far),
            (x + far, y - far - size),
            (x - far - width, y + far),
            (x - far - width, y - far - size),
        ):
            yield (left - 1, foot - 1, left + width + 1, foot + size)


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _draw_margin(canvas: Canvas, frame: _Frame) -> None:
    """Scale, north, and where the middle is."""
    canvas.setFillColor(Color(1, 1, 1, alpha=0.85))
    canvas.rect(0, 0, _WIDE, 12, stroke=0, fill=1)
    canvas.setFillColor(black)
    canvas.setStrokeColor(black)
    bar = max((one for one in _BARS_M if one / frame.m_a_point <= 120), default=_BARS_M[0])
    long = bar / frame.m_a_point
    canvas.setLineWidth(1.5)
    canvas.line(8, 4, 8 + long, 4)
    words = f"{bar // 1000} km" if bar >= 1000 else f"{bar} m"
    lettering.draw(canvas, 12 + long, 2, f"{words} ({bar / 1609.344:.1f} mi)", 6.5)
    middle = usng(frame.lat, frame.lon, 3)
    lettering.draw(
        canvas, _WIDE - 4, 2, f"Middle: {middle}. Hollow: place is old or vague" if middle else "", 6.5, align=1
    )
    path = canvas.beginPath()
    path.moveTo(_WIDE - 14, _HIGH - 6)
    for corner in ((_WIDE - 9, _HIGH - 22), (_WIDE - 14, _HIGH - 18), (_WIDE - 19, _HIGH - 22)):
        path.lineTo(*corner)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)
    lettering.draw(canvas, _WIDE - 14, _HIGH - 30, "N", 7, bold=True, align=0.5)


def _trace(canvas: Canvas, frame: _Frame, geometry: BaseGeometry, *, fill: bool) -> None:
    for part in getattr(geometry, "geoms", [geometry]):
        if part.is_empty or isinstance(part, shapely.Point):
            continue
        rings = [part.exterior, *part.interiors] if isinstance(part, shapely.Polygon) else [part]
        path = canvas.beginPath()
        for ring in rings:
            points = [frame.point(lat, lon) for lon, lat, *_ in ring.coords]
            path.moveTo(*points[0])
            for point in points[1:]:
                path.lineTo(*point)
        canvas.drawPath(path, stroke=1, fill=int(fill and isinstance(part, shapely.Polygon)), fillMode=0)


def _features(file: Path) -> Iterator[tuple[BaseGeometry, str]]:
    """The features of a file of the region and their names; none where there is no such file."""
    try:
        features = json.loads(file.read_bytes())["features"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    for one in features:
        geometry = _geometry(one.get("geometry"))
        if geometry is not None:
            yield geometry, one_line(str((one.get("properties") or {}).get("name") or ""))


def _geometry(said: Any) -> BaseGeometry | None:
    """What a zone or the region says; None for what is no geometry."""
    try:
        geometry = shapely.make_valid(shapely.geometry.shape(said))
    except Exception:  # noqa: BLE001 - shapely throws whatever the words of a feed lead it to
        return None
    return geometry if not geometry.is_empty and all(map(math.isfinite, geometry.bounds)) else None
