"""How every table of ours looks and behaves."""

from typing import Any

from PySide6.QtCore import QByteArray, QModelIndex, QPersistentModelIndex, QSettings, QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from cop.ui.carrying import LANDING
from cop.ui.ordered_model import OrderedModel


def table(model: OrderedModel[Any], name: str, *, row_height: int = 38) -> QTableView:
    """A view on a model: whole rows, headings that sort, text that wraps into the row's two lines."""
    view = _Table()
    view.setModel(model)
    view.setAccessibleName(name)
    view.setShowGrid(False)
    view.setWordWrap(True)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setTabKeyNavigation(False)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setCornerButtonEnabled(False)
    view.setIconSize(QSize(9, 9))
    view.setItemDelegate(_Cells(view))
    rows = view.verticalHeader()
    rows.hide()
    rows.setMinimumSectionSize(18)
    rows.setDefaultSectionSize(row_height)
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    heads = view.horizontalHeader()
    heads.setMinimumSectionSize(32)
    heads.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    heads.setHighlightSections(False)
    heads.setStretchLastSection(True)
    for at, column in enumerate(model.columns):
        view.setColumnWidth(at, column.width)
    heads.setSortIndicator(
        model.sort_column, Qt.SortOrder.DescendingOrder if model.descending else Qt.SortOrder.AscendingOrder
    )
    view.setSortingEnabled(True)
    return view


def let_go(view: QAbstractItemView, first: int, last: int) -> None:
    """Select nothing where the selected row is about to go: Qt would select its neighbour, which nobody chose."""
    if first <= view.currentIndex().row() <= last:
        view.selectionModel().clear()


class _Table(QTableView):
    def rowsAboutToBeRemoved(self, parent: QModelIndex | QPersistentModelIndex, first: int, last: int) -> None:
        let_go(self, first, last)
        super().rowsAboutToBeRemoved(parent, first, last)


class _Cells(QStyledItemDelegate):
    """A selected cell keeps its text's colour: the status of a unit stays the status of a unit."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        text = option.palette.brush(QPalette.ColorRole.Text)
        option.palette.setBrush(QPalette.ColorRole.HighlightedText, text)
        if option.widget is not None and option.widget.property(LANDING) == index.row():
            option.state |= QStyle.StateFlag.State_Selected  # what is carried would land here


def select_row(view: QTableView, model: OrderedModel[Any], identity: Any) -> None:
    """Mark one row, or none; bring it into view when it was marked elsewhere."""
    index = model.index_of(identity) if identity is not None else None
    if index is None or not index.isValid():
        view.clearSelection()
        view.selectionModel().clearCurrentIndex()
    elif view.currentIndex().row() != index.row() or not view.selectionModel().hasSelection():
        view.selectRow(index.row())
        view.scrollTo(index)


def save_columns(view: QTableView, settings: QSettings, key: str) -> None:
    """Remember widths and sorting."""
    settings.setValue(key, view.horizontalHeader().saveState())


def restore_columns(view: QTableView, settings: QSettings, key: str) -> None:
    """Widths and sorting as they were; nothing happens where none were remembered."""
    state = settings.value(key)
    if isinstance(state, QByteArray) and view.horizontalHeader().restoreState(state):
        heads = view.horizontalHeader()
        view.sortByColumn(heads.sortIndicatorSection(), heads.sortIndicatorOrder())
