"""A zone while it is drawn or changed: its shape, its handles, its size in words. No mouse and no keys in here."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec
import numpy as np
import shapely
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from cop.domain import geodesic
from cop.domain.area import ZoneForm
from cop.domain.zone_forms import BadForm, drawn, size_of
from cop.map.layers.paths import path_of, projected
from cop.map.lettering import Script, draw_haloed, text_width
from cop.map.measures import Measures
from cop.map.palette import Palette, colour
from cop.map.projection import place_to_degrees, to_metres
from cop.map.viewport import Viewport
from cop.map.zone_looks import fill_of, pen_of, zone_look

HandleKind = Literal["point", "edge", "middle", "radius", "width", "corner"]
HANDLE_PX = 11.0
_TEXT_PX = 13
_BUTTONS_PX = 64


@dataclass(frozen=True, slots=True)
class Handle:
    """Something to take hold of: a point of the form, the middle of an edge, a circle's rim, a corridor's side."""

    kind: HandleKind
    index: int
    at: QPointF


def lon_lat(at: QPointF, view: Viewport) -> tuple[float, float]:
    """The place below a point of the screen, (longitude, latitude), within the globe."""
    lat, lon = place_to_degrees(*view.metres(at))
    return max(-180.0, min(180.0, lon)), max(-90.0, min(90.0, lat))


def all_on_screen(points: Sequence[tuple[float, float]], view: Viewport) -> list[QPointF]:
    """Where (longitude, latitude) points lie on the screen."""
    places = np.array(points, dtype=np.float64).reshape(-1, 2)
    x, y = to_metres(places[:, 1], places[:, 0])
    return [QPointF(*place) for place in zip(view.xs(x).tolist(), view.ys(y).tolist(), strict=True)]


def on_screen(point: tuple[float, float], view: Viewport) -> QPointF:
    """Where a (longitude, latitude) lies on the screen."""
    return view.place(point[1], point[0])


def apart(first: QPointF, second: QPointF) -> float:
    """Pixels between two points."""
    return math.hypot(first.x() - second.x(), first.y() - second.y())


def metres_between(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Metres on the ground between two (longitude, latitude)."""
    return geodesic.distance_and_bearing((first[1], first[0]), (second[1], second[0]))[0]


def handles_of(form: ZoneForm, view: Viewport) -> list[Handle]:
    """Everything that can be taken hold of, what is to be found first last."""
    points = all_on_screen(form.points, view)
    if form.shape == "circle":
        lon, lat = form.points[0]
        rim = geodesic.destination((lat, lon), 90.0, form.radius_m or 0.0)
        return [Handle("middle", 0, points[0]), Handle("radius", 0, view.place(*rim))]
    if form.shape == "grid":
        (x, y), (x2, y2) = form.points[0], form.points[-1]
        corners = [(x, y), (x2, y), (x2, y2), (x, y2)]
        return [Handle("corner", index, on_screen(one, view)) for index, one in enumerate(corners)]
    ends = [*points[1:], points[0]] if form.shape == "polygon" else points[1:]
    edges = [
        Handle("edge", index, (start + end) / 2)
        for index, (start, end) in enumerate(zip(points, ends, strict=False))
        if apart(start, end) >= 4 * HANDLE_PX
    ]
    found = [*edges, *(Handle("point", index, at) for index, at in enumerate(points))]
    if form.shape == "corridor" and len(points) > 1:
        found.append(Handle("width", 0, _side(form, view)))
    return found


def with_handle_at(form: ZoneForm, handle: Handle, at: QPointF, view: Viewport) -> ZoneForm:
    """The form after a handle was dragged to a point of the screen; an edge's handle becomes a point of its own."""
    place = lon_lat(at, view)
    points = list(form.points)
    if handle.kind == "radius":
        return msgspec.structs.replace(form, radius_m=max(1.0, metres_between(points[0], place)))
    if handle.kind == "width":
        return msgspec.structs.replace(form, width_m=max(1.0, 2 * _off_course_m(form, at, view)))
    if handle.kind == "corner":
        (x, y), (x2, y2) = points[0], points[-1]
        west_side, south_side = handle.index in {0, 3}, handle.index in {0, 1}
        x, x2 = (place[0], x2) if west_side else (x, place[0])
        y, y2 = (place[1], y2) if south_side else (y, place[1])
        points = [(x, y), (x2, y2)]
    elif handle.kind == "edge":
        points.insert(handle.index + 1, place)
    else:
        points[handle.index] = place
    return msgspec.structs.replace(form, points=tuple(points))


def without_point(form: ZoneForm, index: int) -> ZoneForm | None:
    """The form without one of its points; None if too few would be left."""
    least = {"polygon": 3, "line": 2, "corridor": 2}.get(form.shape)
    if least is None or len(form.points) <= least:
        return None
    return msgspec.structs.replace(form, points=form.points[:index] + form.points[index + 1 :])


def holds(form: ZoneForm, at: QPointF, view: Viewport, reach_px: float) -> bool:
    """Whether a point of the screen lies in the form, or on it."""
    try:
        ground = drawn(form)
    except BadForm:
        return False
    x, y = view.metres(at)
    return bool(shapely.dwithin(projected(ground), shapely.Point(x, y), reach_px * view.metres_per_pixel))


def size_words(form: ZoneForm, measures: Measures) -> str:
    """How large: "3.14 km² · 6.28 km around", "radius 1.00 km"; empty for what is no shape yet."""
    try:
        area, around = size_of(form)
    except BadForm:
        return ""
    if form.shape == "line":
        return measures.length(around)
    if form.shape == "circle":
        return f"radius {measures.length(form.radius_m or 0.0)}, {measures.area(area)}"
    if form.shape == "corridor":
        return f"{measures.length(form.width_m or 0.0)} wide, {measures.area(area)}"
    if form.shape == "grid" and form.columns and form.rows:
        across, down = cell_size_m(form)
        cells = f"{form.columns} × {form.rows} cells"
        return f"{cells} of {measures.length(across)} across, {measures.length(down)} down"
    return f"{measures.area(area)}, {measures.length(around)} around"


def cell_size_m(form: ZoneForm) -> tuple[float, float]:
    """Metres across and down of a lettered grid's cells, at its middle latitude."""
    (x, y), (x2, y2) = form.points[0], form.points[-1]
    middle = (y + y2) / 2
    across, down = metres_between((x, middle), (x2, middle)), metres_between((x, y), (x, y2))
    return across / (form.columns or 1), down / (form.rows or 1)


def paint_form(painter: QPainter, view: Viewport, form: ZoneForm, palette: Palette, kind: str) -> None:
    """Fill and outline in the look of its kind, with the course of a corridor; what is no shape yet, as red lines."""
    look = zone_look(kind)
    try:
        ground = drawn(form)
    except BadForm:
        painter.setPen(QPen(colour(palette.bad), 2.0, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(all_on_screen(form.points, view))
        return
    path = view.transform().map(path_of(projected(ground)))
    painter.setBrush(fill_of(look, palette) if ground.area else Qt.BrushStyle.NoBrush)
    casing = QPen(colour(palette.label_halo), look.width + 3.0)
    casing.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    for pen in (casing, pen_of(look, palette)):
        painter.setPen(pen)
        painter.drawPath(path)
        painter.setBrush(Qt.BrushStyle.NoBrush)
    if form.shape == "corridor":
        course = QPen(colour(palette.muted), 1.0, Qt.PenStyle.DashLine)
        painter.setPen(course)
        painter.drawPolyline(all_on_screen(form.points, view))


def paint_handles(painter: QPainter, handles: list[Handle], palette: Palette, hot: Handle | None) -> None:
    """Points as filled squares, middles of edges as small rings, what lies under the hand larger."""
    for handle in handles:
        grown = 2.0 if hot is not None and (hot.kind, hot.index) == (handle.kind, handle.index) else 0.0
        accent, ground = colour(palette.selection), colour(palette.symbol_disc)
        painter.setPen(QPen(ground, 1.5))
        if handle.kind == "edge":
            painter.setBrush(QColor(ground))
            painter.setPen(QPen(accent, 1.6))
            painter.drawEllipse(handle.at, 3.6 + grown, 3.6 + grown)
            continue
        side = HANDLE_PX / 2 + grown
        painter.setBrush(accent)
        square = QRectF(handle.at.x() - side, handle.at.y() - side, 2 * side, 2 * side)
        if handle.kind in {"radius", "width"}:
            painter.drawEllipse(square)
        else:
            painter.drawRect(square)


def paint_words(painter: QPainter, view: Viewport, at: QPointF, words: str, palette: Palette) -> None:
    """A line of text beside a point, inside the view."""
    if not words:
        return
    width = text_width(words, _TEXT_PX)
    right = view.width - _BUTTONS_PX  # there stand the map's buttons
    x = at.x() + 16 if at.x() + 16 + width <= right else max(6.0, min(at.x() - 16, right) - width)
    y = max(20.0, min(view.height - 8.0, at.y() - 12))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(palette.control))
    painter.drawRoundedRect(QRectF(x - 5, y - 15, width + 10, 20), 4, 4)
    draw_haloed(painter, QPointF(x, y), words, Script(_TEXT_PX, palette.label, palette.control))


def _side(form: ZoneForm, view: Viewport) -> QPointF:
    """The middle of the side of a corridor's longest leg, on the left of its course."""
    points = all_on_screen(form.points, view)
    start, end = max(itertools.pairwise(points), key=lambda leg: apart(*leg))
    length = max(1e-9, apart(start, end))
    half = (form.width_m or 0.0) / 2 / max(1e-9, _ground_metres_per_pixel((start + end) / 2, view))
    away = QPointF((end.y() - start.y()) / length * half, -(end.x() - start.x()) / length * half)
    return (start + end) / 2 + away


def _off_course_m(form: ZoneForm, at: QPointF, view: Viewport) -> float:
    """Metres from a point of the screen to the course of a corridor."""
    course = shapely.LineString([point.toTuple() for point in all_on_screen(form.points, view)])
    return float(course.distance(shapely.Point(at.toTuple()))) * _ground_metres_per_pixel(at, view)


def _ground_metres_per_pixel(at: QPointF, view: Viewport) -> float:
    lat, _ = place_to_degrees(*view.metres(at))
    return view.metres_per_pixel * math.cos(math.radians(lat))
