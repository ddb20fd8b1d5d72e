"""The unit table: its model over the columns of the tracks, and its dock."""

import functools
import re
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, QObject, QSettings, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from cop.domain.unit import Unit
from cop.domain.words import UNIT_KINDS, UNIT_STATUSES, label
from cop.map.palette import Palette, agency_colour, colour
from cop.picture.change import Change, Key
from cop.ui import wording
from cop.ui.carrying import carry, carry_rows
from cop.ui.desk import Desk
from cop.ui.dock import Dock
from cop.ui.labels import Label
from cop.ui.ordered_model import Column, OrderedModel
from cop.ui.table import restore_columns, save_columns, select_row, table
from cop.ui.theme import legible

#: one letter is no search for units off their ground, which costs more than the others
_LEAST_LETTERS = 3
_KIND_LABELS = [words[0] for words in UNIT_KINDS.values()]
_STATUS_LABELS = list(UNIT_STATUSES.values())


class UnitModel(OrderedModel[int]):
    """One row a unit; the id of a row is the unit's row in the tracks."""

    def __init__(self, desk: Desk, palette: Palette, parent: QObject | None = None) -> None:
        self._desk = desk
        self._filter = ""
        self._making_cells = False
        self.colours = palette
        picture = desk.picture
        super().__init__(
            (
                Column("Callsign", lambda row: wording.unit_callsign(picture, *picture.tracks.keys[row]), width=78),
                Column(
                    "Agency",
                    lambda row: wording.agency_name(picture, picture.tracks.keys[row][0]),
                    swatch=lambda row: agency_colour(picture, picture.tracks.keys[row][0], self.colours),
                    width=110,
                ),
                Column("Kind", self._kind, width=74),
                Column("Status", self._status, colour=self._status_colour, width=88),
                Column("Age", self._age, colour=self._age_colour, width=56, hint=self._age_hint),
            ),
            parent,
        )
        self.refresh()

    def ids(self) -> list[int]:
        """The rows of the units that are there and pass the filter."""
        tracks = self._desk.picture.tracks
        shown: NDArray[np.bool_] = tracks.present.copy()
        if self._filter:
            shown &= self._matches()
        rows: list[int] = np.flatnonzero(shown).tolist()
        return rows

    def row(self, identity: int) -> int:
        """The row in the tracks itself."""
        return identity

    def order(self, ids: list[int]) -> NDArray[np.intp]:
        """Sorted by the columns of the tracks, without a look at single units."""
        tracks = self._desk.picture.tracks
        rows = np.array(ids, dtype=np.intp)
        heading = self.columns[self.sort_column].heading
        if heading == "Callsign":
            keys: NDArray[Any] = np.array([natural(tracks.callsigns[row]) for row in ids])
        elif heading == "Agency":
            keys = _rank([wording.agency_name(self._desk.picture, one) for one in tracks.agencies])[tracks.agency[rows]]
        elif heading == "Kind":
            keys = _rank(_KIND_LABELS)[tracks.kind[rows]]
        elif heading == "Status":
            keys = _rank(_STATUS_LABELS)[tracks.status[rows]]
        else:
            keys = -tracks.reported_at[rows]
        order: NDArray[np.intp] = np.argsort(keys, kind="stable")
        return order[::-1] if self.descending else order

    def set_filter(self, text: str) -> None:
        """Show only units whose callsign, agency, kind or status holds this text."""
        self._filter = text.strip().casefold()
        self.refresh()

    def _matches(self) -> NDArray[np.bool_]:
        tracks, wanted = self._desk.picture.tracks, self._filter
        names = [wording.agency_name(self._desk.picture, one) for one in tracks.agencies]
        by_callsign = np.fromiter((wanted in one.casefold() for one in tracks.callsigns), bool, tracks.count)
        hits: NDArray[np.bool_] = by_callsign
        for words, column in ((names, tracks.agency), (_KIND_LABELS, tracks.kind), (_STATUS_LABELS, tracks.status)):
            hits |= np.array([wanted in one.casefold() for one in words], dtype=bool)[column]
        if wanted in "doubtful place":
            hits |= tracks.doubtful
        if wanted in wording.NOT_LOCATED:
            hits |= np.isnan(tracks.lat)
        if len(wanted) >= _LEAST_LETTERS and wanted in "off its ground":
            hits |= self._off_its_ground()
        if wanted in "stale":
            hits |= self._desk.picture.stale(self._desk.now())
        return hits

    def _off_its_ground(self) -> NDArray[np.bool_]:
        """Which units are on no ground of their agency; none until the ground's cells are made, in a second or so."""
        tracks, whereabouts = self._desk.picture.tracks, self._desk.whereabouts
        if not whereabouts.ready:
            if not self._making_cells:
                self._making_cells = True
                threading.Thread(target=whereabouts.begin, name="ground-cells", daemon=True).start()
            return np.zeros(tracks.count, dtype=np.bool_)
        whereabouts.update(tracks, np.arange(tracks.count))
        return whereabouts.outside_own(tracks)

    def _said(self, row: int) -> Unit | None:
        report = self._desk.picture.units.get(self._desk.picture.tracks.keys[row])
        return report.body if report is not None and isinstance(report.body, Unit) else None

    def _kind(self, row: int) -> str:
        said = self._said(row)
        return wording.one_line(label(UNIT_KINDS, said.kind)) if said is not None else _KIND_LABELS[0]

    def _status(self, row: int) -> str:
        said = self._said(row)
        return wording.one_line(label(UNIT_STATUSES, said.status)) if said is not None else _STATUS_LABELS[0]

    def _status_colour(self, row: int) -> QColor:
        said = self._said(row)
        wanted = self.colours.status_colour(said.status if said is not None else "unknown")
        return colour(legible(wanted, self.colours.raised))

    def _age(self, row: int) -> str:
        age = position_age(self._desk, row).replace("STALE ", "STALE\n")
        return f"{age.replace(chr(10), ' ')}\nplace?" if self._desk.picture.tracks.doubtful[row] else age

    def _age_hint(self, row: int) -> str:
        doubt = wording.unit_doubt(self._desk.picture, row)
        return "\n".join(part for part in (position_age(self._desk, row), doubt) if part)

    def _age_colour(self, row: int) -> QColor | None:
        worrying = self._desk.picture.tracks.doubtful[row] or self._age(row).startswith("STALE")
        return colour(legible(self.colours.warn, self.colours.raised)) if worrying else None


class UnitDock(Dock):
    """The unit table under its filter."""

    side = Qt.DockWidgetArea.LeftDockWidgetArea
    keys = "Ctrl+2"
    counts_work = False

    def __init__(self, desk: Desk, palette: Palette) -> None:
        super().__init__("Units", "unit_dock", desk, palette)
        self.content.setMinimumWidth(330)
        self.model = UnitModel(desk, palette, self)
        self.filter = QLineEdit(placeholderText="Filter: callsign, agency, kind, status", clearButtonEnabled=True)
        self.filter.setAccessibleName("Filter units")
        self.filter.textChanged.connect(self._filter)
        self.count = Label("", "muted", wrap=True)
        self.view = table(self.model, "Units")
        self.view.clicked.connect(self._chosen)
        self.view.activated.connect(self._chosen)
        landing = carry_rows(self.view, self._stands, lambda taken: carry(self.view, desk, self.colours, taken))
        landing.assigned.connect(self.assigned)
        head = QWidget()
        lines = QVBoxLayout(head)
        lines.setContentsMargins(12, 12, 12, 8)
        lines.addWidget(self.filter)
        lines.addWidget(self.count)
        self.lines.addWidget(head)
        body = QHBoxLayout()
        body.setContentsMargins(8, 0, 0, 0)
        body.addWidget(self.view)
        self.lines.addLayout(body, 1)
        self.content.setFocusProxy(self.filter)  # what is typed next is a name, not a key
        self.refresh()

    def apply(self, change: Change) -> None:
        """New or other units: a new order. What only moved shows its new age with the next tick: ages count seconds."""
        if change.units or change.agencies:
            self._title()
            if self.in_sight():
                self.model.refresh()
                self._count()

    def refresh(self) -> None:
        """The table, its order and the count in the tab; the selected row is in view when the dock comes into sight."""
        self.model.refresh()
        self.view.scrollTo(self.view.currentIndex())
        self._title()
        self._count()

    def tick(self) -> None:
        """Ages move, and with them the order by age."""
        if self.in_sight():
            self.model.refresh()
            self._count()

    def set_selection(self, kind: str, agency: str, object_id: str) -> None:
        """Mark the selected unit."""
        row = self.desk.picture.tracks.row_of(agency, object_id) if kind == "unit" else None
        select_row(self.view, self.model, row)

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        super().set_palette(palette)
        self.model.colours = palette
        self.model.touch()

    def save(self, settings: QSettings) -> None:
        """Remember widths and sorting."""
        save_columns(self.view, settings, "unit_dock/columns")

    def restore(self, settings: QSettings) -> None:
        """Widths and sorting as they were."""
        restore_columns(self.view, settings, "unit_dock/columns")

    def _title(self) -> None:
        self.say_count(int(np.count_nonzero(self.desk.picture.tracks.present)))

    def _count(self) -> None:
        tracks = self.desk.picture.tracks
        stale = int(np.count_nonzero(self.desk.picture.stale(self.desk.now()) & tracks.present))
        doubtful = int(np.count_nonzero(tracks.doubtful & tracks.present))
        nowhere = int(np.count_nonzero(np.isnan(tracks.lat) & tracks.present))
        parts = [f"{self.model.rowCount()} shown", f"{stale} stale" if stale else "no position is stale"]
        parts += [f"{doubtful} at a doubtful place"] if doubtful else []
        parts += [f"{nowhere} {wording.NOT_LOCATED}"] if nowhere else []
        self.count.say(" · ".join(parts))

    def _filter(self, text: str) -> None:
        self.model.set_filter(text)
        self._count()

    def _stands(self, index: QModelIndex) -> tuple[str, Key]:
        row = self.model.id_at(index)
        return ("unit", self.desk.picture.tracks.keys[row]) if row is not None else ("", ("", ""))

    def _chosen(self, index: QModelIndex) -> None:
        row = self.model.id_at(index)
        if row is not None:
            self.selected.emit("unit", *self.desk.picture.tracks.keys[row])


def position_age(desk: Desk, row: int) -> str:
    """The age of a unit's position in words: "6 s", "STALE 4 min", "not located"."""
    tracks = desk.picture.tracks
    now = desk.now().timestamp()
    reported = float(tracks.reported_at[row])
    if np.isnan(reported):
        return wording.NOT_LOCATED
    return ("STALE " if tracks.stale_at[row] <= now else "") + wording.span(now - reported)


@functools.lru_cache(maxsize=65536)
def natural(text: str) -> str:
    """What a callsign sorts by: "Engine 4" before "Engine 30"."""
    return re.sub(r"\d+", lambda digits: digits.group().zfill(6), text.casefold())


def _rank(words: list[str]) -> NDArray[np.intp]:
    """The place of each word in alphabetical order; one code more than none, so that an empty list can be indexed."""
    ranks = np.zeros(max(1, len(words)), dtype=np.intp)
    for place, at in enumerate(sorted(range(len(words)), key=lambda one: words[one].casefold())):
        ranks[at] = place
    return ranks
