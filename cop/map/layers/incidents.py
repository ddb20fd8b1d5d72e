"""Incidents: a diamond in the colour of the priority, a glyph by type."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from cop.domain.incident import Incident
from cop.domain.report import Report
from cop.domain.words import INCIDENT_OVER, INCIDENT_TYPES
from cop.domain.words import label as word_label
from cop.map.layers.layer import Layer
from cop.map.lettering import whole
from cop.map.palette import Palette, colour
from cop.map.projection import place_to_metres
from cop.map.symbols import INCIDENT_CELL_PX, incident_symbol
from cop.map.viewport import Viewport
from cop.picture.change import Change, Key
from cop.picture.picture import Picture

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PlacedIncident:
    """An incident on the map: place in map metres, and what its label says before the age.

    `sources` tell of it; `echo_of` is the report that speaks for it where this is another one of them.
    """

    key: Key
    x: float
    y: float
    type: str
    priority: int
    title: str
    opened_at: datetime
    doubtful: bool = False
    exercise: bool = False
    sources: int = 1
    echo_of: Key | None = None


class IncidentLayer(Layer):
    """Every located incident that is not over; the most urgent on top, the selected one above all.

    What several report is one diamond. Where another of them says another place, a small outline stands there, tied to
    the diamond: units go to one incident, and a place that nobody else named is not lost.
    """

    name: ClassVar[str] = "incidents"
    label: ClassVar[str] = "Incidents"

    def __init__(
        self, picture: Picture, palette: Palette, now: Callable[[], datetime], *, exercise: bool = False
    ) -> None:
        super().__init__(palette)
        self._picture = picture
        self._now = now
        self._exercise = exercise  # where all is an exercise no incident is marked as one
        self._placed: dict[Key, PlacedIncident] = {}
        self._pixmaps: dict[tuple[str, int, bool, bool, bool, bool, float], QPixmap] = {}
        self._minute = -1
        self._ordered_for: tuple[object, ...] = ()
        self._order: list[PlacedIncident] = []
        self._echoes: tuple[PlacedIncident, ...] = ()
        self._x: Floats = np.empty(0)
        self._y: Floats = np.empty(0)
        self.selected: Key | None = None
        self.revision = 0
        for key in picture.incidents:
            self._take(key)

    def set_palette(self, palette: Palette) -> None:
        super().set_palette(palette)
        self._pixmaps.clear()

    def apply(self, change: Change) -> bool:
        if not change.incidents and not change.links:
            return False
        for key in self._picture.same.touched(change):
            self._take(key)
        self.revision += 1
        return True

    def tick(self) -> bool:
        """Ages on the labels move by the minute."""
        minute = int(self._now().timestamp() // 60)
        moved, self._minute = minute != self._minute, minute
        self.revision += moved
        return moved

    def placed(self) -> list[PlacedIncident]:
        """What is on the map, the topmost last; put into this order when something has changed, not in each frame."""
        wanted = (self.revision, self.selected)
        if wanted != self._ordered_for:
            order = sorted(
                self._placed.values(),
                key=lambda one: (one.key == self.selected, one.echo_of is None, -one.priority, one.key),
            )
            self._order, self._ordered_for = order, wanted
            self._echoes = tuple(one for one in order if one.echo_of is not None)
            self._x, self._y = np.array([one.x for one in order]), np.array([one.y for one in order])
        return self._order

    def seen(self, view: Viewport, margin_px: float = 0.0) -> tuple[list[PlacedIncident], Floats, Floats]:
        """What is in view, or so near to it, the topmost last, and where it stands in pixels."""
        order = self.placed()
        x, y = view.xs(self._x), view.ys(self._y)
        inside = (x >= -margin_px) & (x <= view.width + margin_px)
        index = np.flatnonzero(inside & (y >= -margin_px) & (y <= view.height + margin_px))
        return [order[one] for one in index.tolist()], x[index], y[index]

    def get(self, key: Key) -> PlacedIncident | None:
        """An incident that is on the map, under whichever of its reports."""
        return self._placed.get(key) or self._placed.get(self._speaking(key) or key)

    def text(self, one: PlacedIncident, title: str | None = None) -> str:
        """The label: "P1 Hazmat rail · 14 min", or with another title; one whose place is doubtful says so."""
        doubt = " · place?" if one.doubtful else ""
        drill = "EXERCISE " if one.exercise else ""
        told = " · same incident" if one.echo_of else f" · {one.sources} sources" if one.sources > 1 else ""
        title = one.title if title is None else title
        return f"{drill}P{one.priority} {title} · {age(self._now() - one.opened_at)}{told}{doubt}"

    def near(self, point: QPointF, view: Viewport, reach_px: float) -> list[PlacedIncident]:
        """Incidents within reach of a point on the screen, the nearest first."""
        order = self.placed()
        distance = np.hypot(view.xs(self._x) - point.x(), view.ys(self._y) - point.y())
        near = np.flatnonzero(distance <= reach_px)[::-1]  # of two at one place the topmost
        return [order[one] for one in near[np.argsort(distance[near], kind="stable")].tolist()]

    def paint(self, painter: QPainter, view: Viewport) -> None:
        half = INCIDENT_CELL_PX / 2
        seen, x, y = self.seen(view, half)
        self._paint_ties(painter, view)
        for one, left, top in zip(seen, (x - half).tolist(), (y - half).tolist(), strict=True):
            painter.drawPixmap(QPointF(left, top), self._pixmap(one, view.dpr))

    def _paint_ties(self, painter: QPainter, view: Viewport) -> None:
        """From each small outline to the diamond that speaks for it."""
        ties = [
            (view.point(one.x, one.y), view.point(lead.x, lead.y))
            for one in self._echoes
            if one.echo_of is not None and (lead := self._placed.get(one.echo_of)) is not None
        ]
        for ink, width in ((self.palette.label_halo, 4.0), (self.palette.text, 1.4)):
            pen = QPen(colour(ink), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
            if width < 2:
                pen.setDashPattern([3.0, 2.5])
            painter.setPen(pen)
            for start, end in ties:
                painter.drawLine(start, end)

    def _pixmap(self, one: PlacedIncident, dpr: float) -> QPixmap:
        echo = one.echo_of is not None
        key = (one.type, one.priority, one.key == self.selected, one.doubtful, one.exercise, echo, dpr)
        pixmap = self._pixmaps.get(key)
        if pixmap is None:
            image = incident_symbol(
                one.type,
                one.priority,
                selected=key[2],
                doubtful=one.doubtful,
                exercise=one.exercise,
                echo=echo,
                palette=self.palette,
                dpr=dpr,
            )
            image.setDevicePixelRatio(dpr)
            pixmap = self._pixmaps[key] = QPixmap.fromImage(image)
        return pixmap

    def _speaking(self, key: Key) -> Key | None:
        """Of the reports of this incident that can stand on the map the one that does."""
        incidents = self._picture.incidents
        return next((one for one in self._picture.same.of(key) if _standing(incidents.get(one)) is not None), None)

    def _take(self, key: Key) -> None:
        report = self._picture.incidents.get(key)
        body = _standing(report)
        lead = self._speaking(key)
        led_by = _standing(self._picture.incidents.get(lead)) if lead is not None and lead != key else None
        if report is None or body is None or body.lat is None or body.lon is None or _at_one_place(body, led_by):
            self._placed.pop(key, None)
            return
        kind = body.type if body.type in INCIDENT_TYPES else "unknown"
        title = whole(body.title) or whole(word_label(INCIDENT_TYPES, body.type))
        x, y = place_to_metres(body.lat, body.lon)
        self._placed[key] = PlacedIncident(
            key,
            x,
            y,
            kind,
            body.priority,
            title,
            body.opened_at or body.at,
            doubtful=self._picture.home.doubt(key[0], body.lat, body.lon) is not None,
            exercise=report.exercise and not self._exercise,
            sources=len(self._picture.same.of(key)),
            echo_of=lead if led_by is not None else None,
        )


def _standing(report: Report | None) -> Incident | None:
    """An incident that can stand on the map: located, and not over."""
    body = report.body if report is not None else None
    stands = isinstance(body, Incident) and body.lat is not None and body.lon is not None
    return body if isinstance(body, Incident) and stands and body.status not in INCIDENT_OVER else None


def _at_one_place(first: Incident, second: Incident | None) -> bool:
    return second is not None and (first.lat, first.lon) == (second.lat, second.lon)


def age(duration: timedelta) -> str:
    """How long ago, in few characters: "now", "14 min", "1 h 08", "3 d"."""
    minutes = int(duration.total_seconds() // 60)
    if minutes < 1:
        return "now"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60:02d}"
    return f"{minutes // 1440} d"
