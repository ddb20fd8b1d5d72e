"""Resources that stand somewhere: beds, shelters, stations, equipment; a square, its edge is the availability."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from cop.domain.report import Report
from cop.domain.resource import Resource
from cop.map.glyphs import resource_shape
from cop.map.layers.layer import Layer
from cop.map.lettering import Script, clean, draw_haloed, text_width
from cop.map.palette import Palette, agency_colour
from cop.map.projection import place_to_metres
from cop.map.sprites import Atlas, SpriteArray
from cop.map.symbols import RESOURCE_CELL_PX, resource_symbol
from cop.map.viewport import Viewport
from cop.picture.change import Change, Key
from cop.picture.picture import Picture

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

#: from this scale on squares are named
_NAMED_TO = 40_000
_NAME_PX = 11
_MOST_NAMES = 80
#: with more than this in view their glyphs would cover one another: small squares without
_CROWD = 400
#: half a square, that labels leave free
_CLEAR_PX = 13.0
_MARGIN_PX = RESOURCE_CELL_PX / 2
#: what a place is worth that has several: the first of these that any of its resources is
_BEST_FIRST = ("available", "committed", "unknown", "out_of_service")

_Look = tuple[str, str, str, bool, bool, bool, int]  # agency, glyph, availability, stale, doubtful, exercise, count


@dataclass(frozen=True, slots=True)
class PlacedResources:
    """What one agency has at one place: map metres, the resources by name, and what their square looks like."""

    x: float
    y: float
    keys: tuple[Key, ...]
    names: tuple[str, ...]
    look: _Look


class ResourceLayer(Layer):
    """Every located resource that no unit on the map carries; those of one agency at one place are one square.

    A resource whose `until` is over looks stale: what its owner said holds no longer. `exercise`: all the work is one.
    """

    name: ClassVar[str] = "resources"
    label: ClassVar[str] = "Facilities and resources"

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
        self._place_of: dict[Key, tuple[str, float, float]] = {}  # agency, latitude, longitude
        self._at: dict[tuple[str, float, float], set[Key]] = {}
        self._placed: dict[tuple[str, float, float], PlacedResources] = {}
        self._carried: dict[Key, bool] = {}  # those that name a unit: whether it is on the map
        self._order: list[PlacedResources] = []
        self._x: Floats = np.empty(0)
        self._y: Floats = np.empty(0)
        self._atlas = Atlas()
        self._cells: dict[tuple[_Look, bool], int] = {}
        self._cell: dict[bool, Rows] = {}  # with glyph or small -> the cell of each in `_order`
        self._sprites = SpriteArray()
        self._dpr = 1.0
        self._next_end = np.inf
        self.selected: Key | None = None
        self._take(set(picture.resources))

    def set_palette(self, palette: Palette) -> None:
        super().set_palette(palette)
        self._start_atlas()

    def apply(self, change: Change) -> bool:
        if change.agencies:
            self._start_atlas()
        if change.resources:
            self._take(change.resources)
        return bool(change.resources or change.agencies)

    def tick(self) -> bool:
        """What somebody said until now holds no longer; a unit that has come or gone carries its resource."""
        changed = {key for key, carried in self._carried.items() if carried != self._is_carried(key)}
        if self._now().timestamp() >= self._next_end:
            changed |= {key for one in self._order for key in one.keys if self._ended(key) != one.look[3]}
            self._next_end = self._first_end(self._place_of)
        if changed:
            self._take(changed)
        return bool(changed)

    def placed(self) -> list[PlacedResources]:
        """What is on the map."""
        return self._order

    def position(self, key: Key) -> tuple[float, float] | None:
        """Where a resource stands in map metres, None if it is not drawn."""
        place = self._place_of.get(key)
        one = self._placed.get(place) if place is not None else None
        return (one.x, one.y) if one is not None else None

    def near(self, point: QPointF, view: Viewport, reach_px: float) -> list[tuple[Key, str]]:
        """Resources within reach of a point on the screen with their names, the nearest first.

        Of several at one place the one after the selected comes first: clicking goes through them all.
        """
        rows, x, y = self._seen(view)
        distance = np.maximum(np.abs(x - point.x()), np.abs(y - point.y()))
        order = np.argsort(distance, kind="stable")
        found: list[tuple[Key, str]] = []
        for row in rows[order[: np.count_nonzero(distance <= reach_px)]].tolist():
            one = self._order[row]
            after = one.keys.index(self.selected) + 1 if self.selected in one.keys else 0
            pairs = list(zip(one.keys, one.names, strict=True))
            found.extend(pairs[after:] + pairs[:after])
        return found

    def standing(self, view: Viewport) -> Floats:
        """Middles and radii in pixels of the squares that no label may cover, shape (n, 3)."""
        rows, x, y = self._seen(view) if self.visible else (np.empty(0), np.empty(0), np.empty(0))
        radius = _CLEAR_PX if len(rows) <= _CROWD else 0.0
        return np.column_stack((x, y, np.full(len(rows), radius))) if radius else np.empty((0, 3))

    def paint(self, painter: QPainter, view: Viewport) -> None:
        if view.dpr != self._dpr:
            self._dpr = view.dpr
            self._start_atlas()
        rows, x, y = self._seen(view)
        if not rows.size:
            return
        small = len(rows) > _CROWD
        cells = self._cells_of(small)[rows]
        fragments = self._sprites.rows(len(rows))
        # on whole pixels: squares and glyphs would lose their edges between them
        np.rint(x * view.dpr, out=fragments[:, 0])
        np.rint(y * view.dpr, out=fragments[:, 1])
        fragments[:, 2:6] = self._atlas.cells[cells]
        self._sprites.draw(painter, self._atlas.pixmap, view.dpr)
        if view.scale <= _NAMED_TO and not small:
            self._paint_names(painter, [self._order[row] for row in rows[:_MOST_NAMES].tolist()], x, y)

    def _paint_names(self, painter: QPainter, seen: list[PlacedResources], x: Floats, y: Floats) -> None:
        """Below the squares, where no unit's callsign stands."""
        taken = self._reserved()
        script = Script(_NAME_PX, self.palette.place, self.palette.label_halo)
        for one, middle, height in zip(seen, x.tolist(), y.tolist(), strict=False):
            text = one.names[0] if len(one.names) == 1 else f"{len(one.names)} resources"
            width = text_width(text, _NAME_PX)
            box = QRectF(middle - width / 2, height + RESOURCE_CELL_PX / 2 - 3, width, 15)
            if not any(box.intersects(other) for other in taken):
                taken.append(box)
                draw_haloed(painter, QPointF(box.left(), box.bottom() - 4), text, script)

    def _seen(self, view: Viewport) -> tuple[Rows, Floats, Floats]:
        """Which are in view and where, the southern ones last."""
        x, y = view.xs(self._x), view.ys(self._y)
        edge = _MARGIN_PX
        inside = (x > -edge) & (x < view.width + edge) & (y > -edge) & (y < view.height + edge)
        rows = np.flatnonzero(inside)
        rows = rows[np.argsort(y[rows], kind="stable")]
        return rows, x[rows], y[rows]

    def _cells_of(self, small: bool) -> Rows:
        """The cell of every square, shape (n,); reckoned anew when one has changed, not when one is painted."""
        known = self._cell.get(small)
        if known is None:
            looks = [(one.look, small) for one in self._order]
            missing = [look for look in dict.fromkeys(looks) if look not in self._cells]
            if missing:
                drawn = self._atlas.add([self._symbol(*look) for look in missing])
                self._cells.update(zip(missing, drawn, strict=True))
            known = self._cell[small] = np.array([self._cells[look] for look in looks], dtype=np.intp)
        return known

    def _symbol(self, look: _Look, small: bool) -> QImage:
        agency, kind, availability, stale, doubtful, exercise, count = look
        return resource_symbol(
            agency_colour(self._picture, agency, self.palette),
            kind,
            availability,
            palette=self.palette,
            dpr=self._dpr,
            stale=stale,
            doubtful=doubtful,
            exercise=exercise,
            count=count,
            small=small,
        )

    def _start_atlas(self) -> None:
        self._atlas = Atlas()
        self._cells.clear()
        self._cell.clear()

    def _take(self, keys: set[Key]) -> None:
        """Read these resources anew."""
        touched: set[tuple[str, float, float]] = set()
        for key in keys:
            body = _body(self._picture.resources.get(key))
            self._carried.pop(key, None)
            if body is not None and body.unit:
                self._carried[key] = self._is_carried(key)
            hidden = body is None or body.lat is None or body.lon is None or self._carried.get(key, False)
            before = self._place_of.pop(key, None)
            if before is not None:
                self._at[before].discard(key)
                touched.add(before)
            if not hidden and body is not None and body.lat is not None and body.lon is not None:
                place = (key[0], body.lat, body.lon)
                self._place_of[key] = place
                self._at.setdefault(place, set()).add(key)
                touched.add(place)
        for place in touched:
            here = self._at.get(place)
            if here:
                self._placed[place] = self._put_together(place, sorted(here))
            else:
                self._at.pop(place, None)
                self._placed.pop(place, None)
        if touched:
            self._order = list(self._placed.values())
            self._cell.clear()
            self._x = np.array([one.x for one in self._order])
            self._y = np.array([one.y for one in self._order])
            # an end that has been put off is looked at in vain once: to look at all of them each time costs more
            self._next_end = min(self._next_end, self._first_end(keys & self._place_of.keys()))

    def _put_together(self, place: tuple[str, float, float], keys: list[Key]) -> PlacedResources:
        agency, lat, lon = place
        reports = [self._picture.resources[key] for key in keys]
        bodies = [body for report in reports if (body := _body(report)) is not None]
        kinds = {body.kind for body in bodies}
        kind = kinds.pop() if len(kinds) == 1 else "hospital" if "beds" in kinds else "unknown"
        states = {availability_of(body) for body in bodies}
        x, y = place_to_metres(lat, lon)
        look = (
            agency,
            resource_shape(kind),  # and not its own word: of those there may be as many as there are resources
            next((one for one in _BEST_FIRST if one in states), "unknown"),
            all(self._ended(key) for key in keys),
            self._picture.home.doubt(agency, lat, lon) is not None,
            not self._exercise and any(report.exercise for report in reports),
            min(len(keys), 99),
        )
        return PlacedResources(x, y, tuple(keys), tuple(_name(body) for body in bodies), look)

    def _is_carried(self, key: Key) -> bool:
        body = _body(self._picture.resources.get(key))
        tracks = self._picture.tracks
        row = tracks.row_of(key[0], body.unit) if body is not None and body.unit else None
        return row is not None and bool(tracks.present[row]) and bool(np.isfinite(tracks.lat[row]))

    def _ended(self, key: Key) -> bool:
        body = _body(self._picture.resources.get(key))
        return body is not None and body.until is not None and body.until <= self._now()

    def _first_end(self, keys: Iterable[Key]) -> float:
        """When the first of these is over that is not yet, epoch seconds."""
        now = self._now()
        bodies = (_body(self._picture.resources.get(key)) for key in keys)
        untils = (body.until for body in bodies if body is not None and body.until is not None)
        return min((until.timestamp() for until in untils if until > now), default=np.inf)


def availability_of(resource: Resource) -> str:
    """What a resource's square shows: of what is said to be available nothing may be left."""
    if resource.availability == "available" and not resource.available:
        return "committed"
    return resource.availability


def _body(report: Report | None) -> Resource | None:
    body = report.body if report is not None else None
    return body if isinstance(body, Resource) else None


def _name(body: Resource) -> str:
    figures = f" {body.available}/{body.quantity}" if body.quantity > 1 else ""
    return f"{clean(body.name or body.kind, 40)}{figures}"
