"""What a form is edited in: texts that grow with their lines, and lists whose rows come, go and move."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from cop.briefing.forms.form import Table
from cop.ui.labels import button, tip

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_MOST_LINES, _MOST_ROWS = 12, 9
#: pixels of a column; a list of many columns is scrolled sideways
_LEAST_WIDTH, _LEAST_OF_MANY, _MANY = 84, 88, 6
#: of a cell so many characters are shown in the list; all of them stand in its editor
_SHOWN = 300


class Field(QPlainTextEdit):
    """A text of a form. Its window takes steps back, not the field: a step may be of another field."""

    written = Signal(str)

    def __init__(self, name: str, least: int = 1) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._least = min(max(least, 1), 6)
        self._told = True
        self.textChanged.connect(self._tell)
        self._fit()

    def show_text(self, text: str) -> None:
        """Show it; nobody is told."""
        if text != self.toPlainText():
            self._told = False
            self.setPlainText(text)
            self._told = True

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_step(event):
            event.ignore()
            return False
        return super().event(event)

    def _tell(self) -> None:
        self._fit()
        if self._told:
            self.written.emit(self.toPlainText())

    def _fit(self) -> None:
        wrapped = int(self.document().size().height())  # in lines, as they are broken at this width
        wanted = max(wrapped, self.blockCount(), self._least)
        lines = min(wanted, _MOST_LINES)
        bar = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(bar.ScrollBarAsNeeded if wanted > lines else bar.ScrollBarAlwaysOff)
        # the frame and padding of the stylesheet, and the margin that a text has of its own
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 14 + 2 * int(self.document().documentMargin()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width breaks the text into other lines."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The scroll area shows who has the keys."""
        super().focusInEvent(event)
        self.ensureCursorVisible()


def _is_step(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)


class RowsModel(QAbstractTableModel):
    """The rows of one list of a form."""

    written = Signal(int, int, str)

    def __init__(self, table: Table, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table = table

    def show_table(self, table: Table) -> None:
        """Show its rows as they are now."""
        if len(table.rows) == len(self._table.rows):
            self._table = table
            if table.rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(table.rows) - 1, len(table.columns) - 1))
            return
        self.beginResetModel()
        self._table = table
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Rows with a text in them, or put in by hand."""
        return 0 if parent.isValid() else len(self._table.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """The columns of the form."""
        return 0 if parent.isValid() else len(self._table.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The headings of the form; rows are counted."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._table.columns[section].heading if orientation == Qt.Orientation.Horizontal else section + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell."""
        row = self._table.rows[index.row()]
        text = row[index.column()] if index.column() < len(row) else ""
        if role == Qt.ItemDataRole.DisplayRole:
            return " · ".join(text[:_SHOWN].split("\n"))
        if role == Qt.ItemDataRole.EditRole:
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(text[: 4 * _SHOWN])
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """All can be written into."""
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable if index.isValid() else Qt.ItemFlag.NoItemFlags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Somebody wrote into a cell."""
        if role == Qt.ItemDataRole.EditRole and value != self.data(index, role):
            self.written.emit(index.row(), index.column(), str(value))
        return True


class _Writing(QStyledItemDelegate):
    """A cell is written in a field of several lines; Tab goes on to the next, Ctrl+Enter ends it."""

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index) -> QWidget:
        editor = QPlainTextEdit(parent)
        editor.setTabChangesFocus(True)
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, QPlainTextEdit)
        editor.setPlainText(index.data(Qt.ItemDataRole.EditRole))

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        assert isinstance(editor, QPlainTextEdit)
        model.setData(index, editor.toPlainText())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:
        place = option.rect
        lines = min(max(editor.toPlainText().count("\n") + 2, 3), 8) if isinstance(editor, QPlainTextEdit) else 3
        high = lines * editor.fontMetrics().lineSpacing() + 14
        around = editor.parentWidget()
        assert around is not None
        room = around.rect()
        place.setWidth(min(max(place.width(), 220), room.width()))
        place.setHeight(min(high, room.height()))
        place.moveRight(min(place.right(), room.right()))
        place.moveBottom(min(place.bottom(), room.bottom()))
        place.moveTop(max(place.top(), 0))
        place.moveLeft(max(place.left(), 0))
        editor.setGeometry(place)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
            and isinstance(watched, QWidget)
        ):
            self.commitData.emit(watched)
            self.closeEditor.emit(watched, QStyledItemDelegate.EndEditHint.NoHint)
            return True
        return super().eventFilter(watched, event)


class Rows(QWidget):
    """A list of a form: its rows, and below them what can be done with the one that has the cursor."""

    row_added = Signal(int)
    rows_removed = Signal(set)
    row_moved = Signal(int, int)

    def __init__(self, name: str, table: Table) -> None:
        super().__init__()
        self.model = RowsModel(table, self)
        self.view = QTableView()
        self.view.setModel(self.model)
        self.view.setAccessibleName(name)
        self.view.setItemDelegate(_Writing(self.view))
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.view.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.view.setWordWrap(False)
        self.view.setShowGrid(True)
        self.view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.view.horizontalHeader().setStretchLastSection(True)
        self.view.horizontalHeader().setVisible(any(column.heading for column in table.columns))
        self.view.verticalHeader().setDefaultSectionSize(24)
        self._shares = [column.share for column in table.columns]
        self._least = _LEAST_WIDTH if len(self._shares) <= _MANY else _LEAST_OF_MANY
        self.add = button("Add row", name=f"{name}: add row")
        self.remove = button("Remove", name=f"{name}: remove row")
        self.up = button("Up", name=f"{name}: move row up")
        self.down = button("Down", name=f"{name}: move row down")
        self.add.clicked.connect(lambda _=False: self._add())
        self.remove.clicked.connect(lambda _=False: self._remove())
        self.up.clicked.connect(lambda _=False: self._move(-1))
        self.down.clicked.connect(lambda _=False: self._move(1))
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._allow())
        self.model.modelReset.connect(self._fit)
        buttons = QHBoxLayout()
        for one in (self.add, self.remove, self.up, self.down):
            one.setProperty("narrow", True)
            buttons.addWidget(one)
        buttons.addStretch(1)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(6)
        lines.addWidget(self.view)
        lines.addLayout(buttons)
        self._fit()

    def show_table(self, table: Table) -> None:
        """Show its rows as they are now; the cursor stays."""
        at = self.view.currentIndex()
        self.model.show_table(table)
        if not self.view.currentIndex().isValid() and at.row() < self.model.rowCount():
            self.view.setCurrentIndex(self.model.index(at.row(), at.column()))
        self._allow()

    def spread(self, width: int) -> None:
        """Give the columns their shares of this width."""
        whole = sum(max(one, 0.02) for one in self._shares)
        for number, share in enumerate(self._shares[:-1]):
            self.view.setColumnWidth(number, max(int(width * max(share, 0.02) / whole), self._least))

    def _fit(self) -> None:
        rows = min(max(self.model.rowCount(), 2), _MOST_ROWS)
        head = 28 if not self.view.horizontalHeader().isHidden() else 2
        self.view.setFixedHeight(head + rows * 24 + 14)
        self._allow()

    def _allow(self) -> None:
        row, count = self.view.currentIndex().row(), self.model.rowCount()
        self.remove.setEnabled(bool(self._selected()))
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < count - 1)

    def _selected(self) -> set[int]:
        return {index.row() for index in self.view.selectionModel().selectedIndexes()}

    def _add(self) -> None:
        row = self.view.currentIndex().row() + 1 or self.model.rowCount()
        self.row_added.emit(row)
        self.view.setCurrentIndex(self.model.index(row, 0))
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _remove(self) -> None:
        if rows := self._selected():
            self.rows_removed.emit(rows)

    def _move(self, by: int) -> None:
        row, column = self.view.currentIndex().row(), self.view.currentIndex().column()
        if 0 <= row + by < self.model.rowCount():
            self.row_moved.emit(row, row + by)
            self.view.setCurrentIndex(self.model.index(row + by, column))
