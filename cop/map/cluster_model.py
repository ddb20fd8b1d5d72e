"""The units of a bubble as a table: read from the picture as it is, narrowed to those that hold a text."""

import math
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QPixmap

from cop.domain.agency import Agency
from cop.domain.words import UNIT_KINDS, UNIT_STATUSES
from cop.map.layers.label_words import age_words
from cop.map.lettering import clean
from cop.map.palette import Palette, agency_colour, colour
from cop.picture.picture import Picture

Rows = NDArray[np.intp]
_Index = QModelIndex | QPersistentModelIndex

_KINDS = tuple(str(words[0]) for words in UNIT_KINDS.values())
_STATUSES = tuple(str(words) for words in UNIT_STATUSES.values())
_STATUS_WORDS = tuple(UNIT_STATUSES)
_HEADINGS = ("Callsign", "Agency", "Kind", "Status", "Age")
#: more than these are listed as they come: nobody reads so many, and sorting them by name would be felt
_MOST_SORTED = 20_000
_BY_NAME = re.compile(r"\d+|\D+")


class ClusterModel(QAbstractTableModel):
    """Units by their rows in the tracks, read from the picture as it is; narrowed to those that hold a text."""

    def __init__(self, picture: Picture, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._picture = picture
        self._now = now
        self._all: Rows = np.empty(0, dtype=np.intp)
        self.rows: Rows = self._all
        self.palette: Palette | None = None
        self._swatches: dict[str, QPixmap] = {}

    def hold(self, rows: Rows) -> None:
        """List these units, by callsign."""
        if len(rows) <= _MOST_SORTED:
            callsigns = self._picture.tracks.callsigns
            rows = np.array(sorted(rows.tolist(), key=lambda row: _in_order(callsigns[row])), dtype=np.intp)
        self._all = rows
        self.narrow("")

    def narrow(self, text: str) -> None:
        """Show those whose callsign, agency, kind or status holds this text."""
        self.beginResetModel()
        self.rows = self._all
        if wanted := text.strip().casefold():
            tracks = self._picture.tracks
            hits = np.fromiter((wanted in tracks.callsigns[row].casefold() for row in self._all), bool, len(self._all))
            names = [self.agency_name(one) for one in tracks.agencies]
            for words, column in ((names, tracks.agency), (_KINDS, tracks.kind), (_STATUSES, tracks.status)):
                hits |= np.array([wanted in one.casefold() for one in words], dtype=np.bool_)[column[self._all]]
            if wanted in "stale":
                hits |= self.stale(self._all)
            self.rows = self._all[hits]
        self.endResetModel()

    def grow_older(self) -> None:
        """Statuses and ages have moved."""
        if len(self.rows):
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(_HEADINGS) - 1))

    def stale(self, rows: Rows) -> NDArray[np.bool_]:
        """Which of these positions are older than their sender promised."""
        stale: NDArray[np.bool_] = self._picture.tracks.stale_at[rows] <= self._now().timestamp()
        return stale

    def agency_name(self, agency: str) -> str:
        """How an agency calls itself."""
        profile = self._picture.agencies.get(agency)
        body = profile.body if profile is not None else None
        return clean(body.name or agency if isinstance(body, Agency) else agency, 60)

    def summary(self) -> tuple[str, str]:
        """All that are listed in two lines: how many, of how many agencies, how many stale; and their statuses."""
        tracks, rows = self._picture.tracks, self._all
        agencies = len(np.unique(tracks.agency[rows]))
        parts = [f"{len(rows):,} units", f"{agencies} agencies" if agencies != 1 else "1 agency"]
        for count, word in (
            (int(self.stale(rows).sum()), "stale"),
            (int(np.count_nonzero(tracks.doubtful[rows])), "at a doubtful place"),
        ):
            if count:
                parts.append(f"{count:,} {word}")
        mix = Counter(tracks.status[rows].tolist()).most_common()
        return " · ".join(parts), " · ".join(f"{count:,} {_STATUSES[status].lower()}" for status, count in mix)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own signature
        return 0 if parent.isValid() else len(_HEADINGS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADINGS[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self.rows):
            return None
        row, column = int(self.rows[index.row()]), index.column()
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self._text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:  # all of it, for where the column is narrow
            return f"<span>{escape(self._text(row, column))}</span>"
        if role == Qt.ItemDataRole.ForegroundRole and self.palette is not None:
            return self._ink(row, column, self.palette)
        if role == Qt.ItemDataRole.DecorationRole and column == 1 and self.palette is not None:
            return self._swatch(self._picture.tracks.keys[row][0], self.palette)
        return None

    def forget_colours(self, palette: Palette) -> None:
        """Wear another theme."""
        self.palette = palette
        self._swatches.clear()

    def _text(self, row: int, column: int) -> str:
        tracks = self._picture.tracks
        if column == 0:
            return clean(tracks.callsigns[row], 60)
        if column == 1:
            return self.agency_name(tracks.keys[row][0])
        if column == 2:
            return _KINDS[int(tracks.kind[row])]
        if column == 3:
            return _STATUSES[int(tracks.status[row])]
        seconds = self._now().timestamp() - float(tracks.reported_at[row])
        marks = [
            age_words(max(0.0, seconds)) if math.isfinite(seconds) else "",
            "stale" if self.stale(np.array([row]))[0] else "",
            "place?" if tracks.doubtful[row] else "",
        ]
        return " · ".join(mark for mark in marks if mark)

    def _ink(self, row: int, column: int, palette: Palette) -> QColor:
        tracks = self._picture.tracks
        old = bool(self.stale(np.array([row]))[0]) or bool(tracks.doubtful[row])
        if column == 3 and _STATUS_WORDS[tracks.status[row]] == "emergency":
            return colour(palette.bad)
        if column == 4 and old:
            return colour(palette.warn)
        return colour(palette.muted if old else palette.text)

    def _swatch(self, agency: str, palette: Palette) -> QPixmap:
        swatch = self._swatches.get(agency)
        if swatch is None:
            swatch = self._swatches[agency] = QPixmap(10, 10)
            swatch.fill(agency_colour(self._picture, agency, palette))
        return swatch


def _in_order(callsign: str) -> list[tuple[int, str]]:
    """Numbers within a name by their value: Medic 9 before Medic 10."""
    return [
        (int(part[:18]), "") if part.isdecimal() else (-1, part) for part in _BY_NAME.findall(callsign.casefold()[:80])
    ]
