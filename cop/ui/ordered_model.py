"""How a table of the picture becomes a Qt model: columns, and an order array over rows that stay where they are."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from cop.ui.labels import tip

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column: its heading, the text of a cell, what it sorts by (the text if not given), how it looks.

    `hint` is the cell's tooltip where that says more than the text.
    """

    heading: str
    text: Callable[[Row], str]
    key: Callable[[Row], Any] | None = None
    colour: Callable[[Row], QColor | None] | None = None
    swatch: Callable[[Row], QColor | None] | None = None
    align: Qt.AlignmentFlag = _LEFT
    width: int = 80
    hint: Callable[[Row], str] | None = None


class OrderedModel(QAbstractTableModel, Generic[Row]):
    """A table over the picture itself: no copied rows, only the ids of what is shown and in which order.

    Subclasses say which ids there are (`ids`) and what stands behind one (`row`). `refresh` after the picture
    changed; `sort` and `filter` change the order array alone, inside `layoutChanged`.
    """

    def __init__(self, columns: Sequence[Column[Row]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.sort_column = 0
        self.descending = False
        self._shown: list[Any] = []

    @abstractmethod
    def ids(self) -> list[Any]:
        """The ids of the rows that pass the filter, in any order; hashable and lasting."""

    @abstractmethod
    def row(self, identity: Any) -> Row:
        """What stands behind an id. Raises KeyError if it has gone since the last refresh."""

    def order(self, ids: list[Any]) -> NDArray[np.intp]:
        """The sorted order of these ids, stable."""
        column = self.columns[self.sort_column]
        key = column.key or (lambda row: column.text(row).casefold())
        order: NDArray[np.intp] = np.argsort(np.array([key(self.row(one)) for one in ids]), kind="stable")
        return order[::-1] if self.descending else order

    def refresh(self) -> None:
        """Show what the picture holds now: new rows, gone rows, new order, and one `dataChanged`."""
        ids = self.ids()
        wanted = [ids[at] for at in self.order(ids)] if ids else []
        if wanted != self._shown:
            self._rearrange(wanted)
        self.touch()

    def touch(self) -> None:
        """Say that any cell may have changed; nothing came, went or moved."""
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, len(self.columns) - 1))

    def id_at(self, index: Index) -> Any:
        """The id behind an index; None if the index is none of ours."""
        return self._shown[index.row()] if index.isValid() and index.row() < len(self._shown) else None

    def index_of(self, identity: Any) -> QModelIndex:
        """Where an id stands now; an invalid index if it is not shown."""
        try:
            return self.index(self._shown.index(identity), 0)
        except ValueError:
            return QModelIndex()

    def _rearrange(self, wanted: list[Any]) -> None:
        """At most four steps: those that go to the end, off they go, the new ones in, all into order."""
        kept = set(wanted)
        stay = [one for one in self._shown if one in kept]
        leave = [one for one in self._shown if one not in kept]
        if leave:
            self._lay_out(stay + leave)
            self.beginRemoveRows(_NOWHERE, len(stay), len(stay) + len(leave) - 1)
            self._shown = stay
            self.endRemoveRows()
        known = set(stay)
        new = [one for one in wanted if one not in known]
        if new:
            self.beginInsertRows(_NOWHERE, len(stay), len(stay) + len(new) - 1)
            self._shown = stay + new
            self.endInsertRows()
        self._lay_out(wanted)

    def _lay_out(self, ids: list[Any]) -> None:
        if ids == self._shown:
            return
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        if held:
            at = {identity: row for row, identity in enumerate(ids)}
            moved = [self.index(at[self._shown[one.row()]], one.column()) for one in held]
        self._shown = ids
        if held:
            self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    # Qt's side

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many rows are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The headings."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].heading
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(self.columns[section].align)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's text, colour and swatch, read from the picture at the moment of asking."""
        identity = self.id_at(index)
        if identity is None:
            return None
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(column.align)
        part: Callable[[Row], Any] | None = None
        if role == Qt.ItemDataRole.ToolTipRole:
            part = column.hint or column.text
        elif role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            part = column.text
        elif role == Qt.ItemDataRole.ForegroundRole:
            part = column.colour
        elif role == Qt.ItemDataRole.DecorationRole:
            part = column.swatch
        if part is None:
            return None
        try:
            value = part(self.row(identity))
        except KeyError:
            return None  # gone from the picture, and the refresh that says so is on its way
        return tip(value) if role == Qt.ItemDataRole.ToolTipRole else value

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column."""
        if not 0 <= column < len(self.columns):
            return
        self.sort_column, self.descending = column, order == Qt.SortOrder.DescendingOrder
        self.refresh()
