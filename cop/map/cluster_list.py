"""The list that a bubble opens: everyone in it by name; all of it by keyboard too."""

from collections.abc import Callable
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cop.map.cluster_model import ClusterModel
from cop.map.lettering import map_font
from cop.map.palette import Palette
from cop.picture.picture import Picture

Rows = NDArray[np.intp]
#: callsign, what the agency has at least, kind, status, age; the agency's name takes all that is left
_WIDTHS = (118, 100, 92, 96, 112)
_WIDTH_PX = 620
#: where there is less room beside the bubble the kind is left out
_NARROW_PX = 360
_NARROW_WIDTHS = (80, 60, 0, 76, 86)
_AGENCY_COLUMN, _KIND_COLUMN = 1, 2
_ROW_PX = 22
_MOST_ROWS_SHOWN = 12
_EDGE_PX = 10


class ClusterList(QFrame):
    """Stands on the map beside the bubble; `chosen` names a unit, `zoom_asked` wants all of them to be shown."""

    chosen = Signal(str, str)  # agency, unit
    zoom_asked = Signal()

    def __init__(self, over: QWidget, picture: Picture, now: Callable[[], datetime]) -> None:
        super().__init__(over)
        self.setObjectName("map_cluster")
        self.setAccessibleName("Units of the bubble")
        self._over = over
        self._picture = picture
        self.rows: Rows = np.empty(0, dtype=np.intp)
        self.model = ClusterModel(picture, now, self)
        self._title, self._mix, self.said = QLabel(self), QLabel(self), QLabel(self)
        for label in (self._title, self._mix, self.said):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(label is not self._title)
        self.zoom = QPushButton("Zoom to these", self)
        self.zoom.clicked.connect(self.zoom_asked)
        self.shut = QToolButton(self)
        self.shut.setText("×")
        self.shut.setAccessibleName("Close the list")
        self.shut.clicked.connect(self.put_away)
        self.narrow = QLineEdit(self)
        self.narrow.setPlaceholderText("Type to narrow: callsign, agency, kind, status")
        self.narrow.setAccessibleName("Narrow the list")
        self.narrow.setClearButtonEnabled(True)
        self.narrow.textChanged.connect(self._narrow)
        for control in (self.zoom, self.shut, self.narrow):
            control.installEventFilter(self)
        self.table = self._table()
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self.zoom)
        head.addWidget(self.shut)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 10)
        column.setSpacing(6)
        column.addLayout(head)
        for part in (self._mix, self.said, self.narrow, self.table):
            column.addWidget(part)
        self.hide()

    def set_palette(self, palette: Palette) -> None:
        """Wear a theme."""
        self.model.forget_colours(palette)
        for part, bold in ((self._title, True), (self._mix, False), (self.said, False), (self.table, False)):
            part.setFont(map_font(12, bold=bold))
        self.setStyleSheet(
            f"#map_cluster {{ background: {palette.panel}; border: 1px solid {palette.border}; border-radius: 8px; }}"
            f"#map_cluster QLabel {{ color: {palette.text}; background: transparent; }}"
            f"QPushButton, QToolButton {{ background: {palette.raised}; color: {palette.text};"
            f" border: 1px solid {palette.border}; border-radius: 5px; padding: 3px 9px; }}"
            f"QPushButton:focus, QToolButton:focus, QLineEdit:focus, QTableView:focus"
            f" {{ border: 1px solid {palette.accent}; }}"
            f"QLineEdit {{ background: {palette.window}; color: {palette.text}; border: 1px solid {palette.border};"
            " border-radius: 5px; padding: 3px 6px; }"
            f"QTableView {{ background: {palette.panel}; color: {palette.text}; border: 1px solid {palette.border};"
            f" selection-background-color: {palette.raised}; selection-color: {palette.text}; outline: 0; }}"
            f"QScrollBar:vertical {{ background: {palette.panel}; width: 10px; }}"
            f"QScrollBar::handle:vertical {{ background: {palette.border}; border-radius: 4px; min-height: 24px; }}"
            "QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical { height: 0; }"
            f"QHeaderView::section {{ background: {palette.panel}; color: {palette.muted}; border: 0;"
            " padding: 2px 4px; }"
        )
        self._mix.setStyleSheet(f"color: {palette.muted};")
        self.said.setStyleSheet(f"color: {palette.warn};")

    def show_units(self, rows: Rows, beside: QRectF) -> None:
        """List these units, beside a place in pixels of the map, with the keyboard on "Zoom to these"."""
        self.rows = rows
        self.model.hold(rows)
        self.narrow.clear()
        self.say("")
        self._say_who()
        self._stand(beside)
        self.show()
        self.raise_()
        self.zoom.setFocus(Qt.FocusReason.PopupFocusReason)

    def say(self, words: str) -> None:
        """A line of its own, for what cannot be done; empty: none."""
        self.said.setText(words)
        self.said.setVisible(bool(words))

    def tick(self) -> None:
        """A second has passed."""
        if self.isVisible():
            self.model.grow_older()
            self._say_who()

    def put_away(self) -> None:
        """Close, and give the keyboard back to the map."""
        if self.isVisible():
            self.hide()
            self._over.setFocus(Qt.FocusReason.PopupFocusReason)

    def event(self, event: QEvent) -> bool:
        # while the list has the keyboard no letter is a shortcut of the window's
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in {Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier}
            if plain and (event.text().isprintable() or event.key() == Qt.Key.Key_Escape):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.put_away()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._enter()
        elif key in {Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp}:
            self._to_table()
        elif event.text().strip() and event.text().isprintable():
            self.narrow.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.narrow.insert(event.text())
        event.accept()  # none of it is the map's

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        down = event.key() in {Qt.Key.Key_Down, Qt.Key.Key_PageDown}
        if watched is not self.table and down:  # a button would pass the keyboard to the next button
            self._to_table()
            return True
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._enter()
            return True
        if watched is self.table and event.text().strip() and event.text().isprintable():
            self.keyPressEvent(event)  # typing narrows wherever the keyboard is
            return True
        return super().eventFilter(watched, event)

    def _table(self) -> QTableView:
        table = QTableView(self)
        table.setModel(self.model)
        table.setAccessibleName("Units")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(_ROW_PX)
        heading = table.horizontalHeader()
        heading.setSectionResizeMode(_AGENCY_COLUMN, QHeaderView.ResizeMode.Stretch)
        heading.setHighlightSections(False)
        heading.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.clicked.connect(lambda index: self._choose(index.row()))
        table.installEventFilter(self)
        return table

    def _enter(self) -> None:
        """What Enter means: the name that is marked, the first that was looked for, else all of them."""
        if self.shut.hasFocus():
            self.put_away()
        elif self.table.hasFocus() and self.table.currentIndex().isValid():
            self._choose(self.table.currentIndex().row())
        elif self.narrow.text().strip():
            self._choose(0)
        else:
            self.zoom_asked.emit()

    def _choose(self, at: int) -> None:
        if at < len(self.model.rows):
            self.chosen.emit(*self._picture.tracks.keys[int(self.model.rows[at])])

    def _to_table(self) -> None:
        self.table.setFocus(Qt.FocusReason.TabFocusReason)
        if self.model.rowCount() and not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.model.index(0, 0))

    def _narrow(self, text: str) -> None:
        self.model.narrow(text)
        self.table.scrollToTop()

    def _say_who(self) -> None:
        title, mix = self.model.summary()
        self._title.setText(title)
        self._mix.setText(mix)

    def _stand(self, beside: QRectF) -> None:
        """To the right of the bubble or to its left, whole on the map, and never over the bubble."""
        over = self._over.rect().adjusted(_EDGE_PX, _EDGE_PX, -_EDGE_PX, -_EDGE_PX)
        room = max(over.right() - beside.right(), beside.left() - over.left()) - _EDGE_PX
        width = round(min(max(room, _NARROW_PX), _WIDTH_PX, over.width()))
        self.table.setColumnHidden(_KIND_COLUMN, width < _WIDTH_PX)
        for section, wanted in enumerate(_WIDTHS if width == _WIDTH_PX else _NARROW_WIDTHS):
            self.table.setColumnWidth(section, wanted)
        shown = min(len(self.rows), _MOST_ROWS_SHOWN)
        self.table.setMinimumHeight(min(3, shown) * _ROW_PX + 30)
        height = min(over.height(), 148 + shown * _ROW_PX)
        right, left = beside.right() + _EDGE_PX, beside.left() - _EDGE_PX - width
        x = right if right + width <= over.right() or left < over.left() else left
        x = max(over.left(), min(x, over.right() - width))
        y = max(over.top(), min(beside.center().y() - height / 3, over.bottom() - height))
        if x < beside.right() and x + width > beside.left():  # a narrow map: above or below it
            below = beside.bottom() + _EDGE_PX
            y = below if below + height <= over.bottom() else max(over.top(), beside.top() - _EDGE_PX - height)
        self.setGeometry(round(x), round(y), width, height)
