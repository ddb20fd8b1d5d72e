"""Something measured on the map, and how it is drawn: its lines in map metres and the figures written on them."""

import functools
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import shapely
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF

from cop.domain import geodesic
from cop.domain.geodesic import Place
from cop.map.lettering import map_font, text_width
from cop.map.measures import Measures, bearing
from cop.map.palette import Palette, colour
from cop.map.projection import Floats, place_to_metres, to_metres
from cop.map.viewport import Viewport

SketchKind = Literal["distance", "area", "rings", "bearing"]

_TEXT_PX = 12
_POINT_PX = 3.5
_CLIP_PX = 64.0
_ARROW_PX = 11.0
#: a leg shorter than this on the screen has no room for its figure
_LEAST_LEG_PX = 70.0
#: where on a ring its radius may stand, in the order of choice: the first that is seen and free
_RING_BEARINGS = (0, 90, 180, 270, 45, 135, 225, 315)


@dataclass(frozen=True, slots=True)
class Sketch:
    """Places as (latitude, longitude) WGS 84; `names` are of units or incidents that stand at them, "" for none.

    `radii_m` belong to rings, whose middle is the only place.
    """

    kind: SketchKind
    places: tuple[Place, ...]
    names: tuple[str, ...] = ()
    radii_m: tuple[float, ...] = ()

    def __hash__(self) -> int:
        return hash((self.kind, self.places, self.names, self.radii_m))


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of text at one of some places in map metres: the first that is seen and free."""

    text: str
    places: tuple[tuple[float, float], ...]
    #: one that is not needed is left out where there is no room; else it covers what is below
    needed: bool = True
    #: beside its place, else on it
    beside: bool = True
    #: how long the line that it stands on is, in map metres; it is left out where that is too short to see
    along_m: float = float("inf")


@functools.lru_cache(maxsize=256)
def outline(sketch: Sketch) -> Any:
    """Its lines in map metres, a shapely geometry, cut where they cross the 180th meridian."""
    if sketch.kind == "rings":
        drawn = [geodesic.circle(sketch.places[0], radius) for radius in sketch.radii_m]
    else:
        ends = list(sketch.places) + ([sketch.places[0]] if sketch.kind == "area" and len(sketch.places) > 2 else [])
        drawn = [geodesic.line(start, end) for start, end in pairwise(ends)]
    return shapely.MultiLineString([part for one in drawn for part in _in_metres(one)])


@functools.lru_cache(maxsize=256)
def _inside(sketch: Sketch) -> Any:
    """What an area's outline encloses, in map metres; empty where it encloses nothing that is one area."""
    rings = [shapely.get_coordinates(part) for part in shapely.get_parts(outline(sketch))]
    vertices = np.concatenate(rings) if rings else np.empty((0, 2))
    ring = shapely.Polygon(vertices) if len(vertices) > 3 else shapely.Polygon()
    return ring if ring.is_valid and ring.area > 0.0 else shapely.Polygon()


def _in_metres(vertices: Floats) -> list[Floats]:
    """Vertices (latitude, longitude) as lines of (x, y), parted where they jump to the other side of the world."""
    x, y = to_metres(vertices[:, 0], vertices[:, 1])
    jumps = np.flatnonzero(np.abs(np.diff(vertices[:, 1])) > 180.0) + 1
    return [part for part in np.split(np.column_stack((x, y)), jumps) if len(part) > 1]


def figures(sketch: Sketch, measures: Measures) -> list[Figure]:
    """What is written on it, the most important first."""
    if not sketch.places:
        return []
    if sketch.kind == "rings":
        return _ring_figures(sketch, measures)
    if sketch.kind == "area":
        return _area_figures(sketch, measures)
    return _line_figures(sketch, measures)


def _line_figures(sketch: Sketch, measures: Measures) -> list[Figure]:
    if len(sketch.places) < 2:
        return []
    legs = [(start, end, *geodesic.distance_and_bearing(start, end)) for start, end in pairwise(sketch.places)]
    last = bearing(legs[-1][3])
    total = measures.length(sum(leg[2] for leg in legs))
    end = place_to_metres(*sketch.places[-1])
    if sketch.kind == "bearing":
        text = f"{last} · {total}"
        back = f"back {bearing(geodesic.distance_and_bearing(sketch.places[1], sketch.places[0])[1])}"
        first, second = (*sketch.names, "", "")[:2]
        between = f"{first or 'Point'} → {second or 'point'}" if first or second else ""
        return [Figure("\n".join(part for part in (text, between or back) if part), (end,))]
    if len(legs) == 1:
        return [Figure(f"{total}\n{last}", (end,))]
    return [
        Figure(f"Total {total}\nLast leg {measures.length(legs[-1][2])} · {last}", (end,)),
        *(
            Figure(
                measures.length(metres),
                (_middle(start, finish),),
                needed=False,
                beside=False,
                along_m=_apart(start, finish),
            )
            for start, finish, metres, _ in legs[:-1]
        ),
    ]


def _area_figures(sketch: Sketch, measures: Measures) -> list[Figure]:
    if len(sketch.places) < 3:
        return _line_figures(Sketch("distance", sketch.places), measures)
    ring = shapely.Polygon([place_to_metres(*place) for place in sketch.places])
    if not ring.is_valid:
        at = place_to_metres(*sketch.places[-1])
        return [Figure("The outline crosses itself:\nit has no area", (at,))]
    area, perimeter = geodesic.area_and_perimeter(list(sketch.places))
    inside = ring.representative_point()
    return [
        Figure(f"{measures.area(area)}\nAround {measures.length(perimeter)}", ((inside.x, inside.y),), beside=False)
    ]


def _ring_figures(sketch: Sketch, measures: Measures) -> list[Figure]:
    name = f"\naround {sketch.names[0]}" if any(sketch.names) else ""
    return [
        Figure(
            measures.length(radius) + (name if radius == max(sketch.radii_m) else ""),
            tuple(place_to_metres(*geodesic.destination(sketch.places[0], way, radius)) for way in _RING_BEARINGS),
            needed=False,
            beside=False,
        )
        for radius in sketch.radii_m
    ]


def _middle(start: Place, end: Place) -> tuple[float, float]:
    metres, way = geodesic.distance_and_bearing(start, end)
    return place_to_metres(*geodesic.destination(start, way, metres / 2))


def _apart(start: Place, end: Place) -> float:
    first, second = place_to_metres(*start), place_to_metres(*end)
    return float(np.hypot(first[0] - second[0], first[1] - second[1]))


def reach_px(sketch: Sketch, at: QPointF, view: Viewport) -> float:
    """How far a point of the screen is from the lines of a sketch, in pixels."""
    lines = outline(sketch)
    if lines.is_empty:
        return float("inf")
    return float(lines.distance(shapely.Point(*view.metres(at)))) / view.metres_per_pixel


def draw(
    painter: QPainter,
    view: Viewport,
    sketch: Sketch,
    said: list[Figure],
    palette: Palette,
    *,
    taken: list[QRectF],
    chosen: bool = False,
) -> None:
    """Lines with a halo, points, figures; `taken` are the places already written on, and it grows."""
    lines = _seen_lines(sketch, view)
    if sketch.kind == "area" and len(sketch.places) > 2:
        _fill(painter, view, sketch, palette)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    ink = palette.warn if chosen else palette.selection
    for pen_ink, width in ((palette.label_halo, 5.5), (ink, 3.2 if chosen else 2.0)):
        pen = QPen(colour(pen_ink), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPath(lines)
    painter.setPen(QPen(colour(palette.label_halo), 1.5))
    painter.setBrush(colour(ink))
    for place in sketch.places:
        at = view.place(*place)
        if view.rect().adjusted(-9, -9, 9, 9).contains(at):
            painter.drawEllipse(at, _POINT_PX, _POINT_PX)
    if sketch.kind == "bearing" and len(sketch.places) == 2:
        _arrow(painter, view, sketch)
    for figure in said:
        _write(painter, view, figure, palette, taken)


def _seen_lines(sketch: Sketch, view: Viewport) -> QPainterPath:
    """What of the lines is in view, in pixels: Qt is slow and wrong with lines of a million pixels."""
    path = QPainterPath()
    clipped = shapely.clip_by_rect(outline(sketch), *view.bounds(_CLIP_PX))
    for part in shapely.get_parts(clipped):
        xy = shapely.get_coordinates(part)
        points = np.column_stack((view.xs(xy[:, 0]), view.ys(xy[:, 1])))
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points.tolist()]))
    return path


def _fill(painter: QPainter, view: Viewport, sketch: Sketch, palette: Palette) -> None:
    inside = shapely.clip_by_rect(_inside(sketch), *view.bounds(_CLIP_PX))
    ink = colour(palette.selection)
    ink.setAlpha(34)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    for part in shapely.get_parts(inside):
        if part.geom_type == "Polygon":
            xy = shapely.get_coordinates(part.exterior)
            painter.drawPolygon(
                QPolygonF([QPointF(x, y) for x, y in zip(view.xs(xy[:, 0]), view.ys(xy[:, 1]), strict=True)])
            )


def _arrow(painter: QPainter, view: Viewport, sketch: Sketch) -> None:
    """The head of the arrow, at the second place, in the direction in which the line comes in."""
    vertices = shapely.get_coordinates(outline(sketch))
    if len(vertices) < 2:
        return
    tip, before = view.point(*vertices[-1]), view.point(*vertices[-2])
    dx, dy = tip.x() - before.x(), tip.y() - before.y()
    length = float(np.hypot(dx, dy))
    if length < _ARROW_PX or not view.rect().adjusted(-20, -20, 20, 20).contains(tip):
        return
    ux, uy = dx / length * _ARROW_PX, dy / length * _ARROW_PX
    painter.drawPolygon(
        QPolygonF([tip, tip - QPointF(ux - uy / 2, uy + ux / 2), tip - QPointF(ux + uy / 2, uy - ux / 2)])
    )


def _write(painter: QPainter, view: Viewport, figure: Figure, palette: Palette, taken: list[QRectF]) -> None:
    if figure.along_m / view.metres_per_pixel < _LEAST_LEG_PX:
        return
    lines = figure.text.split("\n")
    width = max(text_width(line, _TEXT_PX, True) for line in lines) + 14
    height = len(lines) * 16.0 + 6
    box = next(
        (
            box
            for x, y in figure.places
            if (box := _box(view.point(x, y), width, height, view, beside=figure.beside)) is not None
            and not any(box.intersects(other) for other in taken)
        ),
        None,
    )
    if box is None and figure.needed:
        box = _box(view.point(*figure.places[0]), width, height, view, beside=figure.beside)
    if box is None:
        return
    taken.append(box)
    painter.setPen(QPen(colour(palette.border), 1.0))
    painter.setBrush(colour(palette.control))
    painter.drawRoundedRect(box, 4, 4)
    painter.setFont(map_font(_TEXT_PX, bold=True))
    painter.setPen(colour(palette.text))
    for row, line in enumerate(lines):
        painter.drawText(
            QRectF(box.x(), box.y() + 3 + 16 * row, box.width(), 16),
            Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine,
            line,
        )


def _box(at: QPointF, width: float, height: float, view: Viewport, *, beside: bool) -> QRectF | None:
    """Where a figure stands: beside its place and whole within the view, or on it; None if the place is out of view."""
    room = view.rect()
    if not room.contains(at):
        return None
    if not beside:
        return QRectF(round(at.x() - width / 2), round(at.y() - height / 2), width, height)
    x, y = at.x() + 12, at.y() - height / 2
    if x + width > room.right():  # no room on the right: below it, or above
        x = min(at.x() - width / 2, room.right() - width)
        y = at.y() + 12 if at.y() + 12 + height <= room.bottom() else at.y() - 12 - height
    y = min(max(y, room.top()), room.bottom() - height)
    return QRectF(round(max(x, room.left())), round(y), width, height)
