"""Assigning by hand: units are dragged onto an incident, or an incident onto a unit, wherever either is shown."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QDrag, QFont, QFontMetrics, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QTabBar, QWidget

from cop.map.carried import Carried
from cop.map.landing import Landing
from cop.map.palette import Palette, colour
from cop.picture.change import Key
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.drag_out import carried_out, object_words

#: the property of a list that holds the row on which what is carried would be put
LANDING = "landing_row"
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
    drag.setMimeData(carried_out(desk, kind, keys))
    words = carried_words(desk, Carried(kind, keys))
    drag.setPixmap(_card(palette, words))
    drag.setHotSpot(QPoint(-12, 8))
    # a link is what the desk makes of it, a copy is what another program is given
    done = drag.exec(Qt.DropAction.LinkAction | Qt.DropAction.CopyAction, Qt.DropAction.LinkAction)
    if done == Qt.DropAction.CopyAction:
        desk.left.emit(f"{words}, dragged to another program for Anyone")


def carried_words(desk: Desk, carried: Carried) -> str:
    """What is carried, in words: "Engine 30", "3 units", "P1 Hazmat rail derailment"."""
    if len(carried.keys) > 1:
        return f"{len(carried.keys)} {carried.kind}s"
    return wording.shortened(object_words(desk.picture, carried.kind, carried.keys[0]) or carried.kind.capitalize(), 40)


class Pickup(QObject):
    """Begins to carry when the mouse has gone far enough with the left button down on a widget.

    `taken` says what stands at a point of the widget; a click, and a drag from where nothing stands, stay the widget's.
    """

    def __init__(self, on: QWidget, taken: Callable[[QPoint], Taken], begin: Callable[[Taken], None]) -> None:
        super().__init__(on)
        self._taken = taken
        self._begin = begin
        self._down: QPointF | None = None
        self._begun = False
        on.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QMouseEvent):
            return False
        if event.type() == QEvent.Type.MouseButtonPress:
            self._begun = False
            self._down = event.position() if event.button() == Qt.MouseButton.LeftButton else None
        elif self._begun:  # what the mouse does until it is let go belongs to the drag
            self._begun = event.type() == QEvent.Type.MouseMove and bool(event.buttons())
            return self._begun or event.type() == QEvent.Type.MouseButtonRelease
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
                    self._begun = True
                    self._begin(taken)
                    return True
        return False


def carry_rows(
    view: QAbstractItemView, stands: Callable[[QModelIndex], tuple[str, Key]], begin: Callable[[Taken], None]
) -> Landing:
    """Let the rows of a list be carried away and be put on; the row on which it would land is marked."""

    def taken(at: QPoint) -> Taken:
        kind, key = stands(view.indexAt(at))
        return kind, (key,) if kind else ()

    def mark(at: QPoint | None, _carried: Carried | None, lands: bool) -> None:
        where = view.indexAt(at) if at is not None and lands else QModelIndex()
        view.setProperty(LANDING, where.row() if where.isValid() else None)
        view.viewport().update()

    Pickup(view.viewport(), taken, begin)
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
