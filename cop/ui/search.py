"""The search field: whatever stands in the picture, places, typed positions and actions, found as one types."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QHeaderView, QLineEdit, QVBoxLayout, QWidget

from cop.domain.distance import distance_m
from cop.domain.lettered_grid import cell_bounds, standing_grids
from cop.ui import wording
from cop.ui.alert_words import alert_of, standing_alerts, standing_of
from cop.ui.desk import Desk
from cop.ui.labels import Label
from cop.ui.ordered_model import RIGHT, Column, OrderedModel
from cop.ui.places import Place, typed_places
from cop.ui.resource_dock import body_of
from cop.ui.table import table

_MOST = 12
_LETTER = re.compile(r"[A-Za-z]")
_CELL = re.compile(r"[A-Za-z]{1,2}\d{1,2}")
_ROW = 30


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found: an object of the picture, a place, or an action."""

    kind: str
    text: str
    detail: str
    agency: str = ""
    id: str = ""
    place: Place | None = None
    action: QAction | None = None


def find(
    desk: Desk,
    places: Sequence[Place],
    actions: Sequence[QAction],
    text: str,
    near: tuple[float, float] | None = None,
) -> list[Hit]:
    """The best hits for what was typed: a typed position first, then what begins with it, then what holds it.

    `near` (latitude, longitude) is where the map looks. Bare figures that may be a part of the grid come last.
    """
    wanted = text.strip().casefold()
    if not wanted:
        return []
    typed = [Hit("Place", one.name, one.detail, place=one) for one in typed_places(text, near)]
    bare = [hit for hit in typed if hit.place is not None and hit.place.cell and not _LETTER.search(text)]
    first = [] if bare else typed
    first.extend(_cells(desk, text))
    sources: list[Iterator[Hit]] = [
        _incidents(desk, wanted),
        _units(desk, wanted),
        (Hit("Place", one.name, one.detail, place=one) for one in places if wanted in one.name.casefold()),
        _resources(desk, wanted),
        _alerts(desk, wanted),
        _zones(desk, wanted),
        (
            Hit("Action", one.text(), one.shortcut().toString(), action=one)
            for one in actions
            if wanted in one.text().casefold()
        ),
    ]
    found = list(chain.from_iterable(islice(source, 200) for source in sources))
    found.sort(key=lambda hit: not hit.text.casefold().startswith(wanted))  # stable: kinds stay in their order
    return [*first, *found][: _MOST - len(bare)] + bare


def _cells(desk: Desk, text: str) -> Iterator[Hit]:
    """The cell of each lettered grid that stands which was typed: "B3"."""
    for grid in standing_grids(desk.picture.zones.values(), desk.now()):
        bounds = cell_bounds(grid.form, text)
        if bounds is not None:
            west, south, east, north = bounds
            lat, lon = (south + north) / 2, (west + east) / 2
            across = 3.0 * float(distance_m(lat, west, lat, east))
            cell = text.strip().upper()
            name = wording.one_line(grid.name) or wording.agency_name(desk.picture, grid.agency)
            yield Hit("Cell", f"{cell} of {name}", wording.grid(lat, lon), place=Place(cell, lat, lon, "", across))


def why_no_cell(desk: Desk, text: str) -> str:
    """Why what looks like the cell of a lettered grid was not found; empty for anything else."""
    if not _CELL.fullmatch(text.strip()):
        return ""
    if next(iter(standing_grids(desk.picture.zones.values(), desk.now())), None) is None:
        return "Nothing found. There is no lettered grid on the map: Shift+G draws one."
    return "Nothing found: no lettered grid has such a cell."


def _units(desk: Desk, wanted: str) -> Iterator[Hit]:
    tracks = desk.picture.tracks
    for row, (callsign, (agency, unit)) in enumerate(zip(tracks.callsigns, tracks.keys, strict=True)):
        if (wanted in callsign.casefold() or wanted in unit.casefold()) and tracks.present[row]:
            yield Hit("Unit", wording.called(callsign, unit), wording.agency_name(desk.picture, agency), agency, unit)


def _incidents(desk: Desk, wanted: str) -> Iterator[Hit]:
    for key, report in desk.picture.incidents.items():
        title, address = wording.incident_title(report), wording.one_line(getattr(report.body, "address", ""))
        if wanted in title.casefold() or wanted in address.casefold() or wanted in key[1].casefold():
            lead = desk.picture.same.lead(key)
            same = f"same as {wording.incident_title(desk.picture.incidents[lead])}" if lead != key else ""
            yield Hit("Incident", title, same or address or wording.agency_name(desk.picture, key[0]), *key)


def _resources(desk: Desk, wanted: str) -> Iterator[Hit]:
    for key, report in desk.picture.resources.items():
        name, agency = (
            wording.called(getattr(report.body, "name", ""), key[1]),
            wording.agency_name(desk.picture, key[0]),
        )
        if wanted in name.casefold():
            yield Hit("Resource", wording.resource_name(body_of(report), agency), agency, *key)


def _alerts(desk: Desk, wanted: str) -> Iterator[Hit]:
    for report in standing_alerts(desk):
        stands = standing_of(desk, report)
        headline = wording.one_line(alert_of(report).headline)
        if any(wanted in one.casefold() for one in (stands.event, stands.area, headline, stands.agency)):
            text = f"{stands.tag} · {stands.event}" if stands.tag else stands.event
            yield Hit("Alert", text, stands.area or stands.agency, *report.key)


def _zones(desk: Desk, wanted: str) -> Iterator[Hit]:
    for key, report in desk.picture.zones.items():
        name = wording.one_line(getattr(report.body, "name", ""))
        if name and wanted in name.casefold():
            yield Hit("Zone", name, wording.agency_name(desk.picture, key[0]), *key)


class HitModel(OrderedModel[Hit]):
    """The hits, in the order in which they were found."""

    def __init__(self, parent: QObject | None = None) -> None:
        self.hits: list[Hit] = []
        super().__init__(
            (
                Column("Kind", lambda hit: hit.kind, width=78),
                Column("Found", lambda hit: hit.text, width=230),
                Column("Of", lambda hit: hit.detail, align=RIGHT),
            ),
            parent,
        )

    def ids(self) -> list[Any]:
        """The hits themselves."""
        return self.hits

    def row(self, identity: Hit) -> Hit:
        """The hit."""
        return identity

    def order(self, ids: list[Any]) -> NDArray[np.intp]:
        """As found."""
        return np.arange(len(ids))


class SearchField(QLineEdit):
    """Type, choose with the arrow keys, Enter takes it. The list lies over the window that `over` is."""

    taken = Signal(object)  # Hit
    left = Signal()  # by Escape: nothing is looked for any more

    def __init__(
        self, look: Callable[[str], list[Hit]], over: QWidget, why_not: Callable[[str], str] = lambda _text: ""
    ) -> None:
        """`why_not` says why what was typed is no place, where it looks like one."""
        super().__init__()
        self._why_not = why_not
        self.setObjectName("search_field")
        self.setPlaceholderText("Search units, incidents, places, USNG…")
        self.setAccessibleName("Search")
        self._look = look
        self._over = over
        self._key_hint = Label("Ctrl K", "muted")
        self.setTextMargins(0, 0, 50, 0)
        inside = QHBoxLayout(self)
        inside.setContentsMargins(0, 0, 10, 0)
        inside.addStretch(1)
        inside.addWidget(self._key_hint)
        self.popup = QFrame(over)
        self.popup.setObjectName("search_popup")
        self.popup.hide()
        self.model = HitModel(self)
        self.view = table(self.model, "Search results", row_height=_ROW)
        self.view.setSortingEnabled(False)
        self.view.horizontalHeader().hide()
        self.view.setWordWrap(False)
        self.view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.clicked.connect(self._take)
        self.nothing = Label("Nothing found.", "muted")
        self.nothing.setContentsMargins(12, 6, 12, 6)
        lines = QVBoxLayout(self.popup)
        lines.setContentsMargins(4, 4, 4, 4)
        lines.addWidget(self.nothing)
        lines.addWidget(self.view)
        self.textChanged.connect(self._search)

    def _search(self, text: str) -> None:
        self._key_hint.setVisible(not text)
        self.model.hits = self._look(text)
        self.model.refresh()
        if not text.strip():
            self.popup.hide()
            return
        count = len(self.model.hits)
        self.nothing.setText(self._why_not(text) or "Nothing found.")
        self.nothing.setVisible(not count)
        self.view.setVisible(bool(count))
        self.view.setFixedHeight(count * _ROW)
        self.popup.setFixedWidth(max(self.width(), 480))
        self.popup.adjustSize()
        self.popup.move(self.mapTo(self._over, QPoint(0, self.height() + 4)))
        self.popup.show()
        self.popup.raise_()
        if count:
            self.view.selectRow(0)

    def _take(self, index: QModelIndex) -> None:
        hit = self.model.id_at(index)
        if hit is not None:
            self.clear()
            self.popup.hide()
            self.taken.emit(hit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up, down, Enter and Escape belong to the list."""
        key = event.key()
        if key in {Qt.Key.Key_Down, Qt.Key.Key_Up} and self.model.rowCount():
            step = 1 if key == Qt.Key.Key_Down else -1
            self.view.selectRow((self.view.currentIndex().row() + step) % self.model.rowCount())
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._take(self.view.currentIndex())
        elif key == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """The list goes when the field loses the focus; Escape is the field's own, not the window's shortcut."""
        ours = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if ours and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if event.type() == QEvent.Type.FocusOut:
            self.popup.hide()
        return super().event(event)
