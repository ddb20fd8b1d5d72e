"""Callsigns and incident labels: none over another, the important ones first, and steady from pulse to pulse."""

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from cop.domain.words import UNIT_STATUSES
from cop.map.layers.incidents import IncidentLayer, PlacedIncident
from cop.map.layers.label_grid import Floats, LabelGrid, nearest_point
from cop.map.layers.label_layout import LED, Hung, LabelLayout, Wanted, worth_a_try
from cop.map.layers.label_words import SECOND_PART_SCALE, Beside, callsign_lines, incident_lines, second_part
from cop.map.layers.layer import Layer
from cop.map.layers.units import UnitLayer
from cop.map.lettering import CALLSIGN_PX, INCIDENT_PX, Chip, Chips, beside_width, chip_size
from cop.map.measures import Measures
from cop.map.palette import Palette, colour
from cop.map.viewport import Viewport
from cop.picture.change import Change, Key
from cop.picture.picture import Picture

Rows = NDArray[np.intp]

#: most callsigns on one screen: more than a person reads
_MOST_CALLSIGNS = 160
#: the same for incidents, the most urgent and the newest first
_MOST_INCIDENT_LABELS = 60
_MOST_INCIDENTS_TRIED = 240
#: for how many labels a place at the end of a leader line is looked for: those that must be named, and the others
_LEADERS_OF_MUST, _LEADERS = 64, 32
#: with more units than this in view lines to the names of some would only add to the crowd
_MOST_UNITS_WITH_LEADERS = 400
_RELAYOUT_S = 0.5
#: where labels have run into each other, not before so long after the last layout
_HURRIED_RELAYOUT_S = 0.15
#: who moves every now and then is not demoted at every stop
_STILL_MOVING_S = 5.0
_EMERGENCY = list(UNIT_STATUSES).index("emergency")
#: half the square of a symbol that no callsign may cover
_UNIT_CORE_PX = 12.0
#: no label at all covers this much of an incident or of a call for help
_KEPT_CORE_PX = 12.0
#: of a flood of them the most urgent are kept clear: else there would be no room for any name
_MOST_KEPT = 40
_INCIDENT_CORE_PX = 15.0
_BUBBLE_CORE_PX = 15.0
#: from the symbol's middle to the label's edge
_CLEAR_OF_UNIT_PX = 18.0
_CLEAR_OF_EMERGENCY_PX = 26.0
_CLEAR_OF_INCIDENT_PX = 21.0
#: order of importance; incidents come after the selected unit
_RANK_SELECTED, _RANK_EMERGENCY, _RANK_MOVING, _RANK_REST, _RANK_STALE = 0, 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class _Label:
    """What is drawn, and where it hangs from its symbol."""

    hung: Hung
    chip: Chip
    clear: float
    #: without the second part
    alone: Hung
    beside: Chip | None = None
    #: the words of the second part that were asked for, whether or not there was room
    said: Beside | None = None


@dataclass(frozen=True, slots=True)
class _Standing:
    """A label on the screen: of the unit in a row, or of an incident."""

    of: int | Key
    label: _Label
    x: float  # of its symbol's middle
    y: float


class LabelLayer(Layer):
    """Lays out greedily: selected, incidents, emergencies, the moving, the rest; who had a label keeps it.

    A callsign covers no other unit's symbol; only the selected unit, incidents and emergencies may, because they
    have to be named. Where there is no room beside a symbol, a leader line ties the label to it.
    """

    name: ClassVar[str] = "labels"
    label: ClassVar[str] = "Labels"

    def __init__(
        self,
        picture: Picture,
        units: UnitLayer,
        incidents: IncidentLayer,
        palette: Palette,
        *,
        reserved: Callable[[], list[QRectF]] = list,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        measures: Measures | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(palette)
        self._picture = picture
        self._units = units
        self._incidents = incidents
        self._reserved = reserved
        self._now = now
        self._measures = measures or Measures()
        self._clock = clock
        self._chips = Chips(palette)
        self._unit_labels: dict[int, _Label] = {}
        self._incident_labels: dict[Key, _Label] = {}
        self._moved_at: dict[int, float] = {}  # of those with a label: when they were last seen to move
        self._scratch: NDArray[np.uint8] = np.zeros(1024, dtype=np.uint8)  # a column beside the tracks', all 0
        self._laid_out_for: tuple[object, ...] = ()
        self._laid_out_at = 0.0
        self.selected_unit: int | None = None
        #: what else a label covers only if it must be read: middles and radii in pixels, shape (n, 3)
        self.bubbles: Callable[[Viewport], Floats] = lambda _view: np.empty((0, 3))

    def set_palette(self, palette: Palette) -> None:
        super().set_palette(palette)
        self._chips.set_palette(palette)
        self.relayout()

    def apply(self, change: Change) -> bool:
        if change.units or change.incidents or change.links:
            self.relayout()
        return False  # units and incidents say themselves that they look different

    def tick(self) -> bool:
        """Ages grow where nothing else happens."""
        near = self._laid_out_for and self._near(self._laid_out_for[0])
        rows = np.array(list(self._unit_labels), dtype=np.intp)
        older = any(
            beside != self._unit_labels[row].said
            for row, beside in zip(rows.tolist(), self._second_parts(rows, near=bool(near)), strict=True)
        )
        if older:
            self.relayout()
        return older

    def relayout(self) -> None:
        """Lay out anew at the next paint."""
        self._laid_out_for = ()

    def boxes(self, view: Viewport) -> tuple[dict[int, QRectF], dict[Key, QRectF]]:
        """Where the labels of units (by row) and of incidents stand on the screen."""
        units: dict[int, QRectF] = {}
        incidents: dict[Key, QRectF] = {}
        for one in self._standing(view)[0]:
            hung = one.label.hung
            box = QRectF(one.x + hung.dx, one.y + hung.dy, hung.width, hung.height)
            if isinstance(one.of, int):
                units[one.of] = box
            else:
                incidents[one.of] = box
        return units, incidents

    def leaders(self, view: Viewport) -> list[tuple[QPointF, QPointF]]:
        """From each symbol to its label, where a line ties them."""
        return [_leader(one) for one in self._standing(view)[0] if one.label.hung.side == LED]

    def paint(self, painter: QPainter, view: Viewport) -> None:
        state = (
            view,
            self._units.visible,
            self._units.grouping,
            self._incidents.visible,
            self._incidents.revision,
            self._incidents.selected,
            self.selected_unit,
        )
        since = self._clock() - self._laid_out_at
        standing, clash = ([], False) if state != self._laid_out_for else self._standing(view)
        if state != self._laid_out_for or since >= _RELAYOUT_S or (clash and since >= _HURRIED_RELAYOUT_S):
            self._lay_out(view)
            self._laid_out_for = state
            self._laid_out_at = self._clock()
            standing, _ = self._standing(view)
        self._paint_leaders(painter, [_leader(one) for one in standing if one.label.hung.side == LED])
        for one in standing:
            hung = one.label.hung
            # on whole pixels of the screen: letters between them are blurred
            left, top = _whole(one.x + hung.dx, view.dpr), _whole(one.y + hung.dy, view.dpr)
            painter.drawPixmap(QPointF(left, top), one.label.chip.pixmap)
            if one.label.beside is not None:
                painter.drawPixmap(QPointF(left + one.label.chip.width, top), one.label.beside.pixmap)

    def _paint_leaders(self, painter: QPainter, lines: list[tuple[QPointF, QPointF]]) -> None:
        for ink, width in ((self.palette.label_halo, 3.0), (self.palette.label, 1.2)):
            painter.setPen(QPen(colour(ink), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            for start, end in lines:
                painter.drawLine(start, end)

    def _standing(self, view: Viewport) -> tuple[list[_Standing], bool]:
        """Each label that stands, and whether one has to be left out.

        Units have moved since the layout: of two labels that have run into each other the less important one is
        left out until they part, or until the next layout.
        """
        hung: list[_Standing] = []
        for row, label in self._unit_labels.items():
            place = self._units.position(row)
            if place is not None:
                at = view.point(*place)
                hung.append(_Standing(row, label, at.x(), at.y()))
        first = int(bool(hung) and hung[0].of == self.selected_unit)
        incidents: list[_Standing] = []
        for key, label in self._incident_labels.items():
            placed = self._incidents.get(key)
            if placed is not None:
                at = view.point(placed.x, placed.y)
                incidents.append(_Standing(key, label, at.x(), at.y()))
        hung[first:first] = incidents
        if not hung:
            return [], False
        boxes = np.array([one.label.hung.box(one.x, one.y) for one in hung])
        across = boxes[:, None, 0] < boxes[None, :, 2]
        down = boxes[:, None, 1] < boxes[None, :, 3]
        both: NDArray[np.bool_] = across & across.T & down & down.T
        clash = np.asarray(np.tril(both, -1).any(axis=1))
        return [hung[index] for index in np.flatnonzero(~clash)], bool(clash.any())

    def _near(self, view: Any) -> bool:
        return isinstance(view, Viewport) and view.scale <= SECOND_PART_SCALE

    def _lay_out(self, view: Viewport) -> None:
        grid = LabelGrid(view.width, view.height, (view.point(0.0, 0.0).x(), view.point(0.0, 0.0).y()))
        for box in self._reserved():
            grid.reserve(box.left(), box.top(), box.right(), box.bottom())
        bubbles = self.bubbles(view)
        grid.take_symbols(bubbles[:, 0], bubbles[:, 1], _BUBBLE_CORE_PX)
        rows, x, y = self._units.visible_units(view)
        if not self._units.visible:
            rows, x, y = rows[:0], x[:0], y[:0]
        if self._incidents.visible:
            _, across, down = self._incidents.seen(view)
            grid.take_symbols(across, down, _INCIDENT_CORE_PX)
            grid.keep_symbols(across[-_MOST_KEPT:], down[-_MOST_KEPT:], _KEPT_CORE_PX)
        grid.take_symbols(x, y, _UNIT_CORE_PX)
        calls = np.flatnonzero(self._picture.tracks.status[rows] == _EMERGENCY)[-_MOST_KEPT:]
        grid.keep_symbols(x[calls], y[calls], _KEPT_CORE_PX)
        layout = LabelLayout(grid, self._clock(), _LEADERS_OF_MUST)
        before, self._unit_labels = self._unit_labels, {}
        had, ranks = self._ranks(rows, before)
        selected = np.flatnonzero(rows == (-1 if self.selected_unit is None else self.selected_unit))
        self._lay_out_units(layout, view, rows[selected], x[selected], y[selected], before=before, must=True)
        self._lay_out_incidents(layout, view)
        ranks[selected] = _RANK_SELECTED
        crowd = np.flatnonzero(ranks == _RANK_EMERGENCY)[:_MOST_CALLSIGNS]
        self._lay_out_units(layout, view, rows[crowd], x[crowd], y[crowd], before=before, must=True)
        rest = worth_a_try(view, x, y, ranks * np.uint8(2) + ~had, np.flatnonzero(ranks > _RANK_EMERGENCY))
        layout.leaders = _LEADERS if len(rows) <= _MOST_UNITS_WITH_LEADERS else 0
        self._lay_out_units(layout, view, rows[rest], x[rest], y[rest], before=before, must=False)
        self._moved_at = {row: at for row, at in self._moved_at.items() if row in self._unit_labels}

    def _ranks(self, rows: Rows, before: dict[int, _Label]) -> tuple[NDArray[np.bool_], NDArray[np.uint8]]:
        """Which units had a label, and how important each is."""
        now = self._clock()
        known = np.array(list(before), dtype=np.intp)
        for row in known[self._units.moving(known)].tolist() if known.size else ():
            self._moved_at[row] = now
        if len(self._scratch) < self._picture.tracks.count:  # kept: no layout costs as much as there are tracks
            self._scratch = np.zeros(2 * self._picture.tracks.count, dtype=np.uint8)
        still = [row for row, at in self._moved_at.items() if now - at < _STILL_MOVING_S]
        self._scratch[known] = 1
        self._scratch[still] |= 2
        marks = self._scratch[rows]
        self._scratch[known] = 0
        self._scratch[still] = 0
        ranks = np.where(self._units.moving(rows) | (marks & 2 > 0), _RANK_MOVING, _RANK_REST)
        ranks = np.where(self._units.stale[rows], _RANK_STALE, ranks)
        emergency = self._picture.tracks.status[rows] == _EMERGENCY
        return marks & 1 > 0, np.where(emergency, _RANK_EMERGENCY, ranks).astype(np.uint8)

    def _lay_out_units(
        self,
        layout: LabelLayout,
        view: Viewport,
        rows: Rows,
        x: Floats,
        y: Floats,
        *,
        before: dict[int, _Label],
        must: bool,
    ) -> None:
        if not rows.size:
            return
        tracks = self._picture.tracks
        numbers = rows.tolist()
        lines = [callsign_lines(tracks.callsigns[row], selected=row == self.selected_unit) for row in numbers]
        known = [before.get(row) for row in numbers]
        wanted = Wanted(
            x,
            y,
            sizes=np.array([chip_size(one, pixels=CALLSIGN_PX, bold=False) for one in lines], dtype=np.float64),
            clear=np.where(tracks.status[rows] == _EMERGENCY, _CLEAR_OF_EMERGENCY_PX, _CLEAR_OF_UNIT_PX),
            before=[one.alone if one is not None else None for one in known],
            must=must,
        )
        room = _MOST_CALLSIGNS - len(self._unit_labels)
        placed = dict(itertools.islice(layout.place(wanted), max(0, room)))
        order = np.array(list(placed), dtype=np.intp)
        besides = self._second_parts(rows[order], near=must or self._near(view))
        said = dict(zip(placed, besides, strict=True))
        widened: dict[int, Hung] = {}
        stale = self._units.stale[rows]
        # who had a second part keeps it; the others take what is left
        for index in sorted(placed, key=lambda index: (one := known[index]) is None or one.beside is None):
            if (beside := said[index]) is not None:
                by = beside_width(beside.text)
                at = (float(x[index]), float(y[index]))
                if (wider := layout.widen(placed[index], *at, by)) is not None:
                    widened[index] = wider
        for index, narrow in placed.items():
            hung, beside = widened.get(index, narrow), said[index]
            followed = None
            chip = self._chips.callsign(lines[index], view.dpr, followed=index in widened, stale=bool(stale[index]))
            if index in widened and beside is not None:
                size = (hung.width - chip.width, chip.height)
                followed = self._chips.beside(beside.text, beside.ink, size, view.dpr)
            clear = float(wanted.clear[index])
            self._unit_labels[numbers[index]] = _Label(hung, chip, clear, narrow, followed, beside)

    def _second_parts(self, rows: Rows, *, near: bool) -> list[Beside | None]:
        if not rows.size:
            return []
        moving, stale = self._units.moving(rows).tolist(), self._units.stale[rows].tolist()
        now = self._now().timestamp()
        return [
            second_part(
                self._picture.tracks,
                row,
                stale=stale[index],
                moving=moving[index],
                near=near or row == self.selected_unit,
                now=now,
                measures=self._measures,
                palette=self.palette,
            )
            for index, row in enumerate(rows.tolist())
        ]

    def _lay_out_incidents(self, layout: LabelLayout, view: Viewport) -> None:
        before, self._incident_labels = self._incident_labels, {}
        tried = self._incidents_tried(view) if self._incidents.visible else []
        if not tried:
            return
        lines = [incident_lines(self._incidents, one) for one in tried]
        known = [before.get(one.key) for one in tried]
        wanted = Wanted(
            view.xs(np.array([one.x for one in tried])),
            view.ys(np.array([one.y for one in tried])),
            sizes=np.array([chip_size(one, pixels=INCIDENT_PX, bold=True) for one in lines], dtype=np.float64),
            clear=np.full(len(tried), _CLEAR_OF_INCIDENT_PX),
            before=[one.alone if one is not None else None for one in known],
            must=True,
        )
        for index, hung in itertools.islice(layout.place(wanted), _MOST_INCIDENT_LABELS):
            one = tried[index]
            # what is not live where the work is has no priority's colour
            chip = self._chips.incident(lines[index], 5 if one.exercise else one.priority, view.dpr)
            self._incident_labels[one.key] = _Label(hung, chip, _CLEAR_OF_INCIDENT_PX, hung)

    def _incidents_tried(self, view: Viewport) -> list[PlacedIncident]:
        """What is in view, the selected one first, then the most urgent."""
        seen = reversed(self._incidents.seen(view)[0])
        named = (one for one in seen if one.echo_of is None or one.key == self._incidents.selected)
        return list(itertools.islice(named, _MOST_INCIDENTS_TRIED))


def _leader(one: _Standing) -> tuple[QPointF, QPointF]:
    """From the symbol's edge to the nearest point of the label."""
    end = QPointF(*nearest_point((one.x, one.y), one.label.hung.box(one.x, one.y)))
    along = end - QPointF(one.x, one.y)
    length = max(1.0, float(np.hypot(along.x(), along.y())))
    start = QPointF(one.x, one.y) + along * min(1.0, (one.label.clear - 4.0) / length)
    return start, end


def _whole(at: float, dpr: float) -> float:
    return round(at * dpr) / dpr
