"""Areas that somebody drew: hot zones, perimeters, staging areas, closed roads, markers; and the areas of alerts."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

import numpy as np
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPixmap
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from cop.domain.area import Alert, Zone, ZoneForm
from cop.domain.lettered_grid import cell_at, grid_of
from cop.domain.report import Report
from cop.domain.rules.alarm import tag_of
from cop.domain.words import zone_label
from cop.map.layers.layer import Layer
from cop.map.layers.lettered_grid import paint_grid
from cop.map.layers.paths import path_of, projected
from cop.map.lettering import Script, clean, draw_haloed, text_width
from cop.map.palette import Palette, colour
from cop.map.viewport import Viewport
from cop.map.zone_looks import MARK_CELL_PX, ZoneLook, alert_look, fill_of, mark_of, mark_places, pen_of, zone_look
from cop.picture.change import Change
from cop.picture.picture import Picture

#: a drawing with more vertices than this is no drawing
_MOST_VERTICES = 20_000
#: an area or line that is smaller than this on the screen is not named
_NAMED_FROM_PX = 14.0
_MOST_NAMES = 120
_MOST_TRIED = 400
#: with more closed roads than this in view their dashes could not be told apart: they are drawn as plain thin lines
_CROWD = 400
#: with more areas than this in view only the most important are drawn in full, the others as thin outlines
_MOST_IN_FULL = 400
_NAME_PX = 12
#: there stand the letters of its columns
_ABOVE_GRID_PX = 22
_MARK_REACH_PX = 10.0
_COMING_OPACITY = 0.45
#: what is being changed by hand stands where it was, so faint that it is not taken for where it will be
_ASIDE_OPACITY = 0.25
#: so long before its end a zone says it beside its name
ENDS_SOON = timedelta(minutes=15)

_Object = tuple[str, str, str]  # "zone" or "alert", agency, id


@dataclass(frozen=True, slots=True)
class _Drawn:
    """One zone or alert in map metres. `outline` is what a click can hit, `points` are drawn as marks."""

    of: _Object
    look: ZoneLook
    name: str
    geometry: BaseGeometry
    outline: BaseGeometry
    path: QPainterPath
    points: NDArray[np.float64]
    starts_at: datetime | None
    expires_at: datetime | None
    pending: bool = False
    grid: ZoneForm | None = None


class ZoneLayer(Layer):
    """Each zone as outline, light fill and name; points as marks. What cannot be read is left out.

    What is still to come is drawn fainter; what is soon over says when, and leaves by itself; what this desk drew and
    the broker does not have yet is dotted. `exercise`: all the work is one.
    """

    name: ClassVar[str] = "zones"
    label: ClassVar[str] = "Zones and alerts"

    def __init__(
        self,
        picture: Picture,
        palette: Palette,
        now: Callable[[], datetime],
        *,
        exercise: bool = False,
        reserved: Callable[[], list[QRectF]] = list,
    ) -> None:
        super().__init__(palette)
        self._picture = picture
        self._now = now
        self._exercise = exercise
        self._reserved = reserved
        self._known: dict[_Object, _Drawn] = {}
        self._order: list[_Drawn] = []  # what is to lie on top comes last
        self._grids: list[tuple[int, str, ZoneForm]] = []  # the lettered grids among them, by place in that order
        self._bounds: NDArray[np.float64] = np.empty((0, 4))
        self._starts: NDArray[np.float64] = np.empty(0)
        self._ends: NDArray[np.float64] = np.empty(0)
        self._alive: NDArray[np.bool_] = np.empty(0, dtype=np.bool_)
        self._coming: NDArray[np.bool_] = np.empty(0, dtype=np.bool_)
        self._ending: NDArray[np.bool_] = np.empty(0, dtype=np.bool_)
        self._aside: _Object | None = None
        self._marks: dict[tuple[ZoneLook, float], QPixmap] = {}
        #: rectangles in pixels that names took when this layer was last painted
        self.names: list[QRectF] = []
        for kind, table in (("zone", picture.zones), ("alert", picture.alerts)):
            for key, report in table.items():
                self._take((kind, *key), report)
        self._arrange()

    def set_palette(self, palette: Palette) -> None:
        super().set_palette(palette)
        self._marks.clear()

    def apply(self, change: Change) -> bool:
        for key in change.zones:
            self._take(("zone", *key), self._picture.zones.get(key))
        for key in change.alerts:
            self._take(("alert", *key), self._picture.alerts.get(key))
        told = [(agency, zone) for kind, agency, zone in change.delivered if kind == "zone"]
        for key in told:
            self._take(("zone", *key), self._picture.zones.get(key))
        if not (change.zones or change.alerts or told):
            return False
        self._arrange()
        return True

    def tick(self) -> bool:
        """What begins is drawn in full, and what is over leaves the map by itself."""
        now = self._now().timestamp()
        alive, coming, ending = self._ends > now, self._starts > now, self._ends <= now + ENDS_SOON.total_seconds()
        changed = not (
            np.array_equal(alive, self._alive)
            and np.array_equal(coming, self._coming)
            and np.array_equal(ending, self._ending)
        )
        self._alive, self._coming, self._ending = alive, coming, ending
        return changed

    def set_aside(self, of: _Object | None) -> None:
        """Draw this one faint while it is changed by hand; None: none."""
        self._aside = of

    def cell_at(self, lat: float, lon: float) -> str:
        """Where a place lies in the lettered grids that stand: "B3"; with several, each with its name."""
        standing = self._alive & ~self._coming
        found = [(cell, name) for at, name, form in self._grids if standing[at] and (cell := cell_at(form, lat, lon))]
        return found[0][0] if len(found) == 1 else ", ".join(f"{cell} {name}" for cell, name in found)

    def at(self, point: QPointF, view: Viewport, reach_px: float = 6.0) -> _Object | None:
        """What lies under a point of the screen: the nearest outline or mark within reach, else the smallest alert."""
        x, y = view.metres(point)
        place = shapely.Point(x, y)
        under = [self._order[index] for index in self._near(x, y, x, y, margin=_MARK_REACH_PX * view.metres_per_pixel)]
        near: list[tuple[float, int, _Object]] = []
        for one in under:
            reach = _MARK_REACH_PX if len(one.points) else reach_px
            distance = float(shapely.distance(one.outline, place))
            if distance <= reach * view.metres_per_pixel:
                near.append((distance, one.look.rank, one.of))
        if near:
            return min(near)[2]
        around: list[tuple[float, _Object]] = [
            (float(one.geometry.area), one.of)
            for one in under
            if one.of[0] == "alert" and shapely.intersects(one.geometry, place)
        ]
        return min(around)[1] if around else None

    def standing_at(self, point: QPointF, view: Viewport) -> list[tuple[_Object, str]]:
        """Every zone and alert over a point of the screen with its name, the important first."""
        x, y = view.metres(point)
        place = shapely.Point(x, y)
        reach = _MARK_REACH_PX * view.metres_per_pixel
        over = [
            one
            for index in self._near(x, y, x, y, margin=reach)
            if shapely.dwithin((one := self._order[index]).geometry, place, 0.0 if one.geometry.area else reach)
        ]
        return [(one.of, one.name) for one in sorted(over, key=lambda one: (one.look.rank, one.of))]

    def drawn(self, of: _Object) -> tuple[QPainterPath, NDArray[np.float64]] | None:
        """Outline and points, shape (n, 2), of a zone or alert in map metres."""
        one = self._known.get(of)
        return (one.path, one.points) if one is not None else None

    def bounds(self, of: _Object) -> tuple[float, float, float, float] | None:
        """West, south, east, north of a zone or alert in map metres."""
        one = self._known.get(of)
        return tuple(one.geometry.bounds) if one is not None else None

    def paint(self, painter: QPainter, view: Viewport) -> None:
        seen = self._near(*view.bounds(80.0), margin=0.0)
        shown = [(self._order[index], bool(self._coming[index]), bool(self._ending[index])) for index in seen]
        roads: dict[tuple[ZoneLook, bool], list[QPainterPath]] = {}
        thin = len(shown) - _MOST_IN_FULL  # the least important come first
        for place, (one, coming, _) in enumerate(shown):
            if one.pending or one.of == self._aside:
                self._paint_not_as_it_is(painter, view, one)
            elif one.look.road and not one.geometry.area:
                roads.setdefault((one.look, coming), []).append(view.transform().map(one.path))
            elif not one.path.isEmpty():
                painter.setOpacity(_COMING_OPACITY if coming else 1.0)
                filled = one.geometry.area and one.look.fill and place >= thin
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, place >= thin)
                painter.setPen(pen_of(one.look, self.palette) if place >= thin else self._thin(one.look))
                painter.setBrush(fill_of(one.look, self.palette) if filled else Qt.BrushStyle.NoBrush)
                painter.drawPath(view.transform().map(one.path))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        crowd = sum(map(len, roads.values())) > _CROWD
        for (look, coming), paths in roads.items():
            self._paint_roads(painter, paths, look, coming=coming, crowd=crowd)
        cells: list[QRectF] = []
        for one, coming, _ in shown:
            if one.grid is not None:
                painter.setOpacity(_COMING_OPACITY if coming else 1.0)
                cells.extend(paint_grid(painter, view, one.grid, self.palette))
            if len(places := mark_places(one.look, one.points, one.geometry, view)):
                painter.setOpacity(_COMING_OPACITY if coming else 1.0)
                mark = self._mark(one.look, view.dpr)
                half = mark.deviceIndependentSize().width() / 2
                for x, y in places:
                    painter.drawPixmap(view.point(x, y) - QPointF(half, half), mark)
        painter.setOpacity(1.0)
        self._paint_names(painter, view, shown, cells)
        self.names.extend(cells)

    def _paint_not_as_it_is(self, painter: QPainter, view: Viewport, one: _Drawn) -> None:
        """What nobody else sees yet, dotted; what is in somebody's hand, faint."""
        pen = pen_of(one.look, self.palette)
        if one.pending:
            pen.setDashPattern([0.1, 2.0])
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setOpacity(_ASIDE_OPACITY if one.of == self._aside else 1.0)
        painter.setPen(pen)
        painter.setBrush(fill_of(one.look, self.palette) if one.geometry.area else Qt.BrushStyle.NoBrush)
        painter.drawPath(view.transform().map(one.path))
        painter.setOpacity(1.0)

    def _paint_roads(
        self, painter: QPainter, paths: list[QPainterPath], look: ZoneLook, *, coming: bool, crowd: bool
    ) -> None:
        painter.setOpacity(_COMING_OPACITY if coming else 1.0)
        line, casing = pen_of(look, self.palette), QPen(colour(self.palette.label_halo), look.width + 2.4)
        casing.setCapStyle(Qt.PenCapStyle.FlatCap)
        if crowd:
            line = self._thin(look)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for pen in (line,) if crowd else (casing, line):
            painter.setPen(pen)
            for path in paths:  # each for itself: a stroke of all at once takes the square of the time
                painter.drawPath(path)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def _thin(self, look: ZoneLook) -> QPen:
        """The line of one of very many: nobody could tell their dashes and fills from one another."""
        return QPen(colour(look.ink(self.palette)), 1.0)

    def _paint_names(
        self, painter: QPainter, view: Viewport, shown: list[tuple[_Drawn, bool, bool]], cells: list[QRectF]
    ) -> None:
        """The names that have room, the important first; none over another, nor over those of a grid's cells."""
        self.names = []
        taken = [*self._reserved(), *cells]
        tried = [told for told in shown if told[0].name and view.scale <= told[0].look.named_to]
        tried.sort(key=lambda told: (told[0].look.rank, told[0].of))
        for one, coming, ending in tried[:_MOST_TRIED]:
            if len(self.names) >= _MOST_NAMES:
                return
            if one.of == self._aside:
                continue
            text = f"{one.name} · not sent yet" if one.pending else one.name
            if coming and one.starts_at is not None:
                text = f"{text} · from {one.starts_at.astimezone():%H:%M}"
            elif ending and one.expires_at is not None and one.of[0] == "zone":
                text = f"{text} · ends {one.expires_at.astimezone():%H:%M}"
            boxes = _name_boxes(one, view, text_width(text, _NAME_PX))
            box = next((box for box in boxes if not any(box.intersects(other) for other in taken)), None)
            if box is None:
                continue
            taken.append(box)
            self.names.append(box)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(self.palette.label_chip))  # on hatches a halo alone is not enough
            painter.drawRoundedRect(box.adjusted(-4, 0, 4, 1), 3, 3)
            script = Script(_NAME_PX, one.look.ink(self.palette), self.palette.label_halo)
            draw_haloed(painter, QPointF(box.left(), box.bottom() - 4), text, script)

    def _mark(self, look: ZoneLook, dpr: float) -> QPixmap:
        mark = self._marks.get((look, dpr))
        if mark is None:
            mark = self._marks[look, dpr] = QPixmap.fromImage(mark_of(look, self.palette, dpr))
            mark.setDevicePixelRatio(dpr)
        return mark

    def _near(self, west: float, south: float, east: float, north: float, *, margin: float) -> NDArray[np.intp]:
        """Which of those that stand touch a rectangle in map metres."""
        bounds = self._bounds
        return np.flatnonzero(
            self._alive
            & (bounds[:, 0] <= east + margin)
            & (bounds[:, 2] >= west - margin)
            & (bounds[:, 1] <= north + margin)
            & (bounds[:, 3] >= south - margin)
        )

    def _arrange(self) -> None:
        self._order = sorted(self._known.values(), key=lambda one: (-one.look.rank, one.of))
        self._grids = [(at, one.name, one.grid) for at, one in enumerate(self._order) if one.grid is not None]
        self._bounds = shapely.bounds([one.geometry for one in self._order]).reshape(-1, 4)
        never = math.inf
        self._starts = np.array([one.starts_at.timestamp() if one.starts_at else -never for one in self._order])
        self._ends = np.array([one.expires_at.timestamp() if one.expires_at else never for one in self._order])
        self.tick()

    def _take(self, of: _Object, report: Report | None) -> None:
        drawn = self._read(of, report) if report is not None else None
        if drawn is None:
            self._known.pop(of, None)
        else:
            self._known[of] = drawn

    def _read(self, of: _Object, report: Report) -> _Drawn | None:
        body = report.body
        exercise = report.exercise and not self._exercise
        if isinstance(body, Zone):
            geometry, look = body.geometry, zone_look(body.kind)
            tag, name = "EXERCISE" if exercise else "", body.name or zone_label(body.kind)
        elif isinstance(body, Alert):
            geometry, look = body.geometry or {}, alert_look(body, exercise=exercise, playing=self._exercise)
            tag, name = tag_of(body, exercise=exercise, playing=self._exercise), body.event
        else:
            return None
        metres = _in_metres(geometry)
        if metres is None:
            return None
        parts = list(_parts(metres))
        outline = shapely.GeometryCollection([one.boundary if one.geom_type == "Polygon" else one for one in parts])
        points = shapely.get_coordinates([one for one in parts if one.geom_type == "Point"])
        text = clean(f"{tag} · {name}" if tag else name)
        delivered = self._picture.deliveries.get(of)
        return _Drawn(
            of,
            look,
            text,
            metres,
            outline,
            path_of(metres),
            points,
            body.starts_at,
            body.expires_at,
            pending=delivered is not None and delivered.state == "pending",
            grid=grid_of(body) if isinstance(body, Zone) else None,
        )


def _in_metres(geometry: dict[str, Any]) -> BaseGeometry | None:
    """A drawing in map metres, None if it cannot be drawn."""
    try:
        read = shape(geometry)
        if read.is_empty or shapely.get_num_coordinates(read) > _MOST_VERTICES:
            return None
        vertices = shapely.get_coordinates(read)
        if not (np.isfinite(vertices).all() and (np.abs(vertices) <= (180.0, 90.0)).all()):
            return None
        # Lines that cross themselves are drawn as they are: to mend them takes minutes for some that anybody may send.
        metres = projected(shapely.force_2d(read))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError):
        return None  # the feeds validate; what still gets here is counted there, and cannot be drawn
    return metres if all(math.isfinite(part) for part in metres.bounds) else None


def _parts(geometry: BaseGeometry) -> Iterator[BaseGeometry]:
    """The points, lines and polygons of a geometry, however deep they lie."""
    for part in shapely.get_parts(geometry):
        if part.geom_type == "GeometryCollection" or part.geom_type.startswith("Multi"):
            yield from _parts(part)
        else:
            yield part


def _name_boxes(one: _Drawn, view: Viewport, width: float) -> Iterator[QRectF]:
    """Where a name may stand in pixels, the best first: at the foot of an area, over a line's middle, beside a mark."""
    west, south, east, north = one.geometry.bounds
    left, right = view.xs(np.array([west, east])).tolist()
    top, bottom = view.ys(np.array([north, south])).tolist()
    large = max(right - left, bottom - top) >= _NAMED_FROM_PX
    if one.grid is not None:  # beside it: inside stand the names of its cells
        for foot in (top - _ABOVE_GRID_PX, bottom + 20):
            if 20 <= foot <= view.height - 4:
                yield QRectF((max(left, 0.0) + min(right, float(view.width)) - width) / 2, foot - 16, width, 16)
    elif one.geometry.area:
        if large or not one.look.rank:
            left, right = max(left, 0.0), min(right, float(view.width))
            top, bottom = max(top, 0.0), min(bottom, float(view.height))
            for foot in (bottom - 4, top + 20, (top + bottom) / 2 + 8):
                yield QRectF((left + right - width) / 2, foot - 16, width, 16)
    elif len(one.points):
        at = view.point(*one.points[0])
        yield QRectF(at.x() + MARK_CELL_PX / 2, at.y() - 8, width, 16)
    elif large:
        parts = _parts(shapely.clip_by_rect(one.outline, *view.bounds()))
        seen = [part for part in parts if part.geom_type == "LineString"]
        if seen:
            longest = seen[int(np.argmax(shapely.length(seen)))]
            middle = shapely.line_interpolate_point(longest, 0.5, normalized=True)
            at = view.point(middle.x, middle.y)
            yield QRectF(at.x() - width / 2, at.y() - 24, width, 16)
