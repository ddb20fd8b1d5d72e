"""Incidents: a diamond in the colour of the priority, a glyph by type."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPixmap

from cop.domain.incident import Incident
from cop.domain.report import Report
from cop.domain.words import INCIDENT_OVER, INCIDENT_TYPES
from cop.domain.words import label as word_label
from cop.map.layers.layer import Layer
from cop.map.lettering import clean
from cop.map.palette import Palette
from cop.map.projection import place_to_metres
from cop.map.symbols import INCIDENT_CELL_PX, incident_symbol
from cop.map.viewport import Viewport
from cop.picture.change import Change, Key
from cop.picture.picture import Picture


@dataclass(frozen=True, slots=True)
class PlacedIncident:
    """An incident on the map: place in map metres, and what its label says before the age."""

    key: Key
    x: float
    y: float
    type: str
    priority: int
    title: str
    opened_at: datetime
    doubtful: bool = False
    exercise: bool = False


class IncidentLayer(Layer):
    """Every located incident that is not over; the most urgent on top, the selected one above all."""

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
        self._pixmaps: dict[tuple[str, int, bool, bool, bool, float], QPixmap] = {}
        self._minute = -1
        self.selected: Key | None = None
        self.revision = 0
        for key, report in picture.incidents.items():
            self._take(key, report)

    def set_palette(self, palette: Palette) -> None:
        super().set_palette(palette)
        self._pixmaps.clear()

    def apply(self, change: Change) -> bool:
        for key in change.incidents:
            self._take(key, self._picture.incidents.get(key))
        self.revision += bool(change.incidents)
        return bool(change.incidents)

    def tick(self) -> bool:
        """Ages on the labels move by the minute."""
        minute = int(self._now().timestamp() // 60)
        moved, self._minute = minute != self._minute, minute
        self.revision += moved
        return moved

    def placed(self) -> list[PlacedIncident]:
        """What is on the map, the topmost last."""
        return sorted(self._placed.values(), key=lambda one: (one.key == self.selected, -one.priority, one.key))

    def get(self, key: Key) -> PlacedIncident | None:
        """An incident that is on the map."""
        return self._placed.get(key)

    def text(self, one: PlacedIncident) -> str:
        """The label: "P1 Hazmat rail · 14 min"; one whose place is doubtful says so."""
        doubt = " · place?" if one.doubtful else ""
        drill = "EXERCISE " if one.exercise else ""
        return f"{drill}P{one.priority} {one.title} · {age(self._now() - one.opened_at)}{doubt}"

    def near(self, point: QPointF, view: Viewport, reach_px: float) -> list[PlacedIncident]:
        """Incidents within reach of a point on the screen, the nearest first."""
        found = [(_distance(view.point(one.x, one.y), point), one) for one in reversed(self.placed())]
        return [one for distance, one in sorted(found, key=lambda pair: pair[0]) if distance <= reach_px]

    def paint(self, painter: QPainter, view: Viewport) -> None:
        half = INCIDENT_CELL_PX / 2
        room = view.rect().adjusted(-half, -half, half, half)
        for one in self.placed():
            at = view.point(one.x, one.y)
            if room.contains(at):
                painter.drawPixmap(at - QPointF(half, half), self._pixmap(one, view.dpr))

    def _pixmap(self, one: PlacedIncident, dpr: float) -> QPixmap:
        key = (one.type, one.priority, one.key == self.selected, one.doubtful, one.exercise, dpr)
        pixmap = self._pixmaps.get(key)
        if pixmap is None:
            image = incident_symbol(
                one.type,
                one.priority,
                selected=key[2],
                doubtful=one.doubtful,
                exercise=one.exercise,
                palette=self.palette,
                dpr=dpr,
            )
            image.setDevicePixelRatio(dpr)
            pixmap = self._pixmaps[key] = QPixmap.fromImage(image)
        return pixmap

    def _take(self, key: Key, report: Report | None) -> None:
        body = report.body if report is not None else None
        if (
            report is None
            or not isinstance(body, Incident)
            or body.lat is None
            or body.lon is None
            or body.status in INCIDENT_OVER
        ):
            self._placed.pop(key, None)
            return
        kind = body.type if body.type in INCIDENT_TYPES else "unknown"
        title = clean(body.title or word_label(INCIDENT_TYPES, body.type), 28)
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
        )


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


def _distance(first: QPointF, second: QPointF) -> float:
    apart = first - second
    return float((apart.x() ** 2 + apart.y() ** 2) ** 0.5)
