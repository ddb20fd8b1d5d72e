"""Assigning on the map: a unit is drawn to an incident, or an incident to a unit, with a line between them."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from cop.domain.incident import Incident
from cop.map import lettering
from cop.map.carried import Carried, put_on
from cop.map.landing import Landing, landing_below
from cop.map.layer_set import LayerSet
from cop.map.palette import Palette, colour
from cop.map.viewport import Viewport
from cop.picture.change import Key
from cop.picture.picture import Picture

_RING_PX = 24.0
_NAME = 40


class Carrying(QObject):
    """Holds what is carried over one map, begun on it or brought from a list, until it is put down or Escape.

    Begun on the map with the mouse on the selected symbol, or on any with Ctrl held: all other drags move the map.
    """

    assigned = Signal(object)  # Assignment
    changed = Signal()  # another hint, or something else to be painted

    def __init__(
        self,
        surface: QWidget,
        layers: LayerSet,
        picture: Picture,
        palette: Palette,
        *,
        view: Callable[[], Viewport],
        parent: QObject,
    ) -> None:
        """`surface` is the widget that the map is painted on."""
        super().__init__(parent)
        self._surface = surface
        self._layers = layers
        self._picture = picture
        self._palette = palette
        self._view = view
        self._carried: Carried | None = None
        self._at = QPointF()
        self._lands = False
        self.active = False  # begun on the map: the drag is ours
        self._landing = Landing(surface, self._stands, self._brought)
        self._landing.assigned.connect(self.assigned)

    @property
    def hint(self) -> str:
        """What to do next with it."""
        if self._carried is None:
            return ""
        what = self._words(self._carried)
        if self._lands:
            return f"Let go to assign {what} here"
        onto = "an incident" if self._carried.wants == "incident" else "a unit"
        return f"Put {what} on {onto} to assign · Esc leaves it"

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        self._palette = palette

    def takes_drag(self, at: QPointF, *, held: bool) -> bool:
        """Whether a drag of the mouse from here carries something; then it has begun. `held`: with Ctrl."""
        kind, agency, object_id = self._layers.pointing.object_at(at, self._view())
        if kind not in {"unit", "incident"}:
            return False
        selection = self._layers.selection
        if not held and (selection.kind, selection.key) != (kind, (agency, object_id)):
            return False
        self._carried, self._at, self._lands, self.active = Carried(kind, ((agency, object_id),)), at, False, True
        self.changed.emit()
        return True

    def drag(self, at: QPointF) -> None:
        """It has come to here."""
        if self._carried is not None:
            self._at = at
            self._lands = put_on(self._carried, *self._stands(at.toPoint())) is not None
            self.changed.emit()

    def drop(self, at: QPointF) -> None:
        """It was let go: on the map, or on a list beside it."""
        carried = self._carried
        self.leave()
        if carried is None:
            return
        if self._surface.rect().contains(at.toPoint()):
            self._landing.take(carried, at.toPoint())
        elif (found := landing_below(self._surface.mapToGlobal(at.toPoint()))) is not None:
            landing, there = found
            landing.take(carried, there)

    def leave(self) -> None:
        """Nothing is carried any more."""
        self._carried, self._lands, self.active = None, False, False
        self.changed.emit()

    def wants(self, event: QKeyEvent) -> bool:
        """Escape lets go of it before it clears the selection."""
        return self.active and event.key() == Qt.Key.Key_Escape

    def paint(self, painter: QPainter, view: Viewport) -> None:
        """A line from where it stands to the cursor; a ring around what it would be put on."""
        if self._carried is None:
            return
        ink = colour(self._palette.accent)
        for key in self._carried.keys:
            if (start := self._place(view, self._carried.kind, key)) is not None:
                painter.setPen(QPen(colour(self._palette.map_background), 5.0))
                painter.drawLine(start, self._at)
                pen = QPen(ink, 2.4, Qt.PenStyle.SolidLine if self._lands else Qt.PenStyle.DashLine)
                painter.setPen(pen)
                painter.drawLine(start, self._at)
        if self._lands and (end := self._place(view, *self._stands(self._at.toPoint()))) is not None:
            fill = QColor(ink)
            fill.setAlpha(60)
            painter.setBrush(fill)
            painter.setPen(QPen(ink, 3.0))
            painter.drawEllipse(end, _RING_PX, _RING_PX)

    def _brought(self, at: QPoint | None, carried: Carried | None, lands: bool) -> None:
        if not self.active:
            self._carried, self._lands = carried, lands
            self._at = QPointF(at) if at is not None else self._at
            self.changed.emit()

    def _stands(self, at: QPoint) -> tuple[str, Key]:
        kind, agency, object_id = self._layers.pointing.object_at(QPointF(at), self._view())
        return kind, (agency, object_id)

    def _place(self, view: Viewport, kind: str, key: Key) -> QPointF | None:
        if kind == "incident":
            placed = self._layers.incidents.get(key)
            return view.point(placed.x, placed.y) if placed is not None else None
        row = self._picture.tracks.row_of(*key) if kind == "unit" else None
        place = self._layers.units.position(row) if row is not None else None
        return view.point(*place) if place is not None else None

    def _words(self, carried: Carried) -> str:
        if len(carried.keys) > 1:
            return f"{len(carried.keys)} units"
        key = carried.keys[0]
        if carried.kind == "unit":
            row = self._picture.tracks.row_of(*key)
            name = self._picture.tracks.callsigns[row] if row is not None else key[1]
        else:
            report = self._picture.incidents.get(key)
            name = report.body.title if report is not None and isinstance(report.body, Incident) else key[1]
        return lettering.clean(name)[:_NAME] or "it"
