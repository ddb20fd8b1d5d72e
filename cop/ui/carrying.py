"""Assigning by hand: units are dragged onto an incident, or an incident onto a unit, wherever either is shown."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QDrag, QDropEvent, QFont, QFontMetrics, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QTabBar, QWidget

from cop.map.carried import Carried, packed, put_on, unpacked
from cop.map.palette import Palette, colour
from cop.picture.change import Key
from cop.ui import wording
from cop.ui.desk import Desk

#: an object (kind, key) for each thing that is carried: the kind once, the keys of all
Taken = tuple[str, tuple[Key, ...]]


def carry(source: QWidget, desk: Desk, palette: Palette, taken: Taken) -> None:
    """Carry these away from a widget, until the mouse is let go; Escape leaves all as it was."""
    kind, keys = taken
    if not keys:
        return
    for bar in source.window().findChildren(QTabBar):
        bar.setChangeCurrentOnDrag(True)  # a list behind another tab comes to the front when it is waited over
    drag = QDrag(source)
    drag.setMimeData(packed(kind, keys))
    drag.setPixmap(_card(palette, carried_words(desk, Carried(kind, keys))))
    drag.setHotSpot(QPoint(-12, 8))
    drag.exec(Qt.DropAction.LinkAction)


def carried_words(desk: Desk, carried: Carried) -> str:
    """What is carried, in words: "Engine 30", "3 units", "P1 Hazmat rail derailment"."""
    if carried.kind == "unit":
        several = len(carried.keys) > 1
        return f"{len(carried.keys)} units" if several else wording.unit_callsign(desk.picture, *carried.keys[0])
    report = desk.picture.incidents.get(carried.keys[0])
    return wording.shortened(wording.incident_title(report), 40) if report is not None else "Incident"


class Pickup(QObject):
    """Begins to carry when the mouse has gone far enough with the left button down on a widget.

    `taken` says what stands at a point of the widget; a click, and a drag from where nothing stands, stay the widget's.
    """

    def __init__(self, on: QWidget, taken: Callable[[QPoint], Taken], begin: Callable[[Taken], None]) -> None:
        super().__init__(on)
        self._taken = taken
        self._begin = begin
        self._down: QPointF | None = None
        on.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QMouseEvent):
            return False
        if event.type() == QEvent.Type.MouseButtonPress:
            self._down = event.position() if event.button() == Qt.MouseButton.LeftButton else None
        elif event.type() == QEvent.Type.MouseButtonRelease:
            self._down = None
        elif event.type() == QEvent.Type.MouseMove and self._down is not None:
            if not event.buttons() & Qt.MouseButton.LeftButton:
                self._down = None
            elif (event.position() - self._down).manhattanLength() >= QApplication.startDragDistance():
                down, self._down = self._down, None
                taken = self._taken(down.toPoint())
                if taken[1]:
                    if isinstance(watched, QAbstractButton):
                        watched.setDown(False)  # it is carried, not pressed
                    self._begin(taken)
                    return True
        return False


class Landing(QObject):
    """Takes what is put on a widget: `stands` says which object is at a point of it."""

    assigned = Signal(object)  # Assignment

    def __init__(
        self,
        on: QWidget,
        stands: Callable[[QPoint], tuple[str, Key]],
        mark: Callable[[QPoint | None], None] = lambda _at: None,
    ) -> None:
        """`mark` shows where it would land; None: nowhere any more."""
        super().__init__(on)
        self._stands = stands
        self._mark = mark
        on.setAcceptDrops(True)
        on.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DragLeave:
            self._mark(None)
            return False
        if not isinstance(event, QDropEvent):  # enter and move are kinds of it
            return False
        carried = unpacked(event.mimeData())
        if carried is None:
            return False
        if event.type() == QEvent.Type.DragEnter:
            event.acceptProposedAction()
            return True
        at = event.position().toPoint()
        meant = put_on(carried, *self._stands(at))
        self._mark(at if meant is not None and event.type() == QEvent.Type.DragMove else None)
        if meant is None:
            event.ignore()
            return True
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self.assigned.emit(meant)
        return True


def list_landing(view: QAbstractItemView, stands: Callable[[QModelIndex], tuple[str, Key]]) -> Landing:
    """A list whose rows can be put on; the row below the cursor is marked as the current one is."""

    def mark(at: QPoint | None) -> None:
        where = view.indexAt(at) if at is not None else QModelIndex()
        view.setProperty("landing", where.row() if where.isValid() else None)
        view.viewport().update()

    return Landing(view.viewport(), lambda at: stands(view.indexAt(at)), mark)


def _card(palette: Palette, words: str) -> QPixmap:
    """What goes along with the cursor."""
    font = QFont(QApplication.font())
    font.setBold(True)
    metrics = QFontMetrics(font)
    ratio = 2.0
    width, height = metrics.horizontalAdvance(words) + 20, metrics.height() + 10
    card = QPixmap(round(width * ratio), round(height * ratio))
    card.setDevicePixelRatio(ratio)
    card.fill(Qt.GlobalColor.transparent)
    painter = QPainter(card)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(colour(palette.accent))
    painter.setBrush(colour(palette.raised))
    painter.drawRoundedRect(1, 1, width - 2, height - 2, 6, 6)
    painter.setPen(colour(palette.text))
    painter.setFont(font)
    painter.drawText(0, 0, width, height, Qt.AlignmentFlag.AlignCenter, words)
    painter.end()
    return card
