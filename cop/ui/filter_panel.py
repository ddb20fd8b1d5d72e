"""What the map leaves out: units by agency, discipline, status and kind."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from cop.domain.words import DISCIPLINES, UNIT_KINDS, UNIT_STATUSES, label
from cop.map.view import MapView
from cop.picture.filter import Filter, counted
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.labels import Label, button

#: a call for help is hidden by nothing
_ALWAYS = ("statuses", "emergency")
_GROUPS = (("agencies", "Agency"), ("disciplines", "Discipline"), ("statuses", "Status"), ("kinds", "Kind"))


class FilterPanel(QWidget):
    """A tree of boxes: what is not ticked is hidden. Beside each how many units wear the word."""

    changed = Signal(object)  # Filter

    def __init__(self, desk: Desk, map_view: MapView) -> None:
        super().__init__()
        self._desk = desk
        self._map = map_view
        self._filling = True
        self.count = Label("", "muted", wrap=True)
        self.show_all = button("Show all", "small", name="Show all units")
        self.show_all.clicked.connect(lambda _=False: self._set(Filter()))
        self.search = QLineEdit(placeholderText="Find an agency, status, kind…", clearButtonEnabled=True)
        self.search.setAccessibleName("Find in the filter")
        self.search.textChanged.connect(self._narrow)
        self.tree = QTreeWidget()
        self.tree.setObjectName("map_filter")
        self.tree.setAccessibleName("Units shown on the map")
        self.tree.setColumnCount(2)
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(0, self.tree.header().ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(1, self.tree.header().ResizeMode.ResizeToContents)
        self.tree.itemChanged.connect(self._ticked)
        self._groups: dict[str, QTreeWidgetItem] = {}
        self._items: dict[tuple[str, str], QTreeWidgetItem] = {}
        for name, words in _GROUPS:
            item = QTreeWidgetItem(self.tree, [words])
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(0, Qt.CheckState.Checked)
            item.setExpanded(name in {"disciplines", "statuses"})
            self._groups[name] = item
        line = QHBoxLayout()
        line.addWidget(self.count, 1)
        line.addWidget(self.show_all)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(8)
        lines.addLayout(line)
        lines.addWidget(self.search)
        lines.addWidget(self.tree, 1)
        self._filling = False
        map_view.layers_changed.connect(lambda: self.refresh() if self.isVisible() else None)

    def showEvent(self, event: QShowEvent) -> None:
        """It comes into sight: only now is it worth counting."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Count anew, and show what the map's filter is."""
        counts = counted(self._desk.picture)
        chosen = self._map.filter
        self._filling = True
        for name, _ in _GROUPS:
            hidden: frozenset[str] = getattr(chosen, name)
            for word in sorted({*counts[name], *hidden}):
                self._show(name, word, counts[name].get(word, 0), hidden=word in hidden)
            for group, word in [key for key in self._items if key[0] == name]:
                if word not in counts[name] and word not in hidden:
                    self._groups[name].removeChild(self._items.pop((group, word)))
        for name, item in self._groups.items():
            item.sortChildren(0, Qt.SortOrder.AscendingOrder)
            item.setCheckState(0, self._state_of(name))
        self._filling = False
        units = self._map.layer_set.units
        hidden_units = units.hidden_count if chosen else 0
        total = units.shown_count + hidden_units
        self.count.say(f"{total:,} units, {hidden_units:,} hidden" if chosen else f"{total:,} units, none hidden")
        self.show_all.setEnabled(bool(chosen))
        self._narrow(self.search.text())

    def _words(self, name: str, word: str) -> str:
        if name == "agencies":
            return wording.agency_name(self._desk.picture, word)
        if name == "kinds":
            return label(UNIT_KINDS, word)
        return label(DISCIPLINES if name == "disciplines" else UNIT_STATUSES, word)

    def _show(self, name: str, word: str, count: int, *, hidden: bool) -> None:
        item = self._items.get((name, word))
        if item is None:
            item = self._items[name, word] = QTreeWidgetItem(self._groups[name])
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        item.setText(1, f"{count:,}")
        if (name, word) == _ALWAYS:
            item.setText(0, f"{self._words(name, word)} (always shown)")
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(0, Qt.CheckState.Checked)  # a child without a box would take its group's box away
            return
        item.setText(0, self._words(name, word))
        item.setCheckState(0, Qt.CheckState.Unchecked if hidden else Qt.CheckState.Checked)

    def _ticked(self, item: QTreeWidgetItem) -> None:
        if self._filling:
            return
        name = next((name for name, group in self._groups.items() if group is item), "")
        if name:  # all of it at once: Qt would do so one by one, and each would filter a whole picture
            self._filling = True
            for key, one in self._items.items():
                if key[0] == name and key != _ALWAYS:
                    one.setCheckState(0, item.checkState(0))
            self._filling = False
        self._set(Filter(**{name: self._unticked(name) for name, _ in _GROUPS}))

    def _state_of(self, name: str) -> Qt.CheckState:
        states = {one.checkState(0) for key, one in self._items.items() if key[0] == name and key != _ALWAYS}
        if len(states) > 1:
            return Qt.CheckState.PartiallyChecked
        return states.pop() if states else Qt.CheckState.Checked

    def _unticked(self, name: str) -> frozenset[str]:
        return frozenset(
            word
            for (group, word), item in self._items.items()
            if group == name and (name, word) != _ALWAYS and item.checkState(0) == Qt.CheckState.Unchecked
        )

    def _set(self, chosen: Filter) -> None:
        self._map.set_filter(chosen)
        self.refresh()
        self.changed.emit(chosen)

    def _narrow(self, text: str) -> None:
        wanted = text.strip().casefold()
        for (name, _), item in self._items.items():
            item.setHidden(wanted not in item.text(0).casefold() and wanted not in dict(_GROUPS)[name].casefold())
        if wanted:
            self._open(self._groups.values())

    @staticmethod
    def _open(groups: Iterable[QTreeWidgetItem]) -> None:
        for item in groups:
            item.setExpanded(True)
