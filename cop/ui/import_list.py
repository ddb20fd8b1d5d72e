"""What a file holds, row by row: ticked is what will be drawn."""

from collections.abc import Sequence
from typing import Any

import shapely
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from cop.briefing.imports.ground import Drawn
from cop.domain.words import zone_label
from cop.domain.zone_forms import BadForm, size_of
from cop.map.measures import Measures
from cop.ui import wording

_SHAPES = {"point": "Point", "line": "Line", "area": "Area", "": "—"}
_COLUMNS = ("Name", "Shape", "Becomes", "")
_Index = QModelIndex | QPersistentModelIndex


class ImportList(QAbstractTableModel):
    """The things of a file; those that can be drawn can be ticked and named."""

    ticked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Drawn] = []
        self._chosen: list[bool] = []
        self._kind = ""
        self._measures = Measures()
        self._sizes: dict[int, str] = {}

    def show_rows(self, rows: Sequence[Drawn], kind: str = "", *, anew: bool = True) -> None:
        """Show these, ticked what can be drawn and is no point; not `anew`: the same ones, seen otherwise."""
        self._kind = kind
        if not anew and len(rows) == len(self._rows):
            self._rows = [one._replace(name=was.name) for one, was in zip(rows, self._rows, strict=True)]
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(_COLUMNS) - 1))
        else:
            self.beginResetModel()
            self._sizes.clear()
            self._rows = list(rows)
            self._chosen = [not one.wrong and one.what != "point" for one in rows]
            self.endResetModel()
        self.ticked.emit()

    def chosen(self) -> list[int]:
        """The numbers of the rows that are ticked."""
        return [at for at, one in enumerate(self._rows) if self._chosen[at] and not one.wrong]

    def name(self, row: int) -> str:
        """What it is called, as it was typed."""
        return self._rows[row].name

    def drawn(self, row: int) -> Drawn:
        """The thing of a row."""
        return self._rows[row]

    def rowCount(self, _parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return len(self._rows)

    def columnCount(self, _parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return len(_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return _COLUMNS[section]
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        one = self._rows[index.row()]
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        if index.column() == 0 and not one.wrong:
            flags |= Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        one, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.CheckStateRole and column == 0 and not one.wrong:
            return Qt.CheckState.Checked if self._chosen[index.row()] else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.EditRole and column == 0:
            return one.name
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(index.row(), column)
        if role == Qt.ItemDataRole.ToolTipRole and column == 3:
            return wording.breakable(self._text(index.row(), column)) or None
        return None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row = index.row()
        if role == Qt.ItemDataRole.CheckStateRole:
            self._chosen[row] = Qt.CheckState(value) == Qt.CheckState.Checked
            self.ticked.emit()
        elif role == Qt.ItemDataRole.EditRole:
            self._rows[row] = self._rows[row]._replace(name=wording.one_line(str(value))[:256])
        else:
            return False
        self.dataChanged.emit(index, index)
        return True

    def tick_all(self, *, on: bool) -> None:
        """All that can be drawn, or none."""
        self._chosen = [on and not one.wrong for one in self._rows]
        self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, 0))
        self.ticked.emit()

    def _text(self, row: int, column: int) -> str:
        one = self._rows[row]
        if column == 0:
            return wording.one_line(one.name) or "no name"
        if column == 1:
            return wording.one_line(", ".join(filter(None, (_SHAPES[one.what], self._size(row)))))
        if column == 2:
            return "—" if one.wrong else zone_label(self._kind or one.kind)
        if one.wrong:
            return wording.one_line(f"Cannot be drawn: {one.wrong}")
        return wording.one_line("; ".join(one.remarks))

    def _size(self, row: int) -> str:
        """How large or long; measured once, for a long outline takes a while."""
        if row not in self._sizes:
            form = self._rows[row].form
            try:
                area, around = size_of(form) if form is not None else (0.0, 0.0)
            except BadForm:
                area, around = 0.0, 0.0
            self._sizes[row] = self._measures.area(area) if area else self._measures.length(around) if around else ""
        return self._sizes[row]


def bounds_of(rows: Sequence[Drawn]) -> tuple[float, float, float, float] | None:
    """Where all of these lie: west, south, east, north."""
    known = [bounds for one in rows if (bounds := one.bounds) is not None]
    if not known:
        return None
    west, south, east, north = shapely.total_bounds([shapely.box(*one) for one in known]).tolist()
    return west, south, east, north
