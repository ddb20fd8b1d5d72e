"""Trails: where the selected unit, or every unit in view, has been in the last minutes; fading with age."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from cop.domain.distance import distance_m
from cop.map.layers import trail_marks
from cop.map.layers.choice import SWITCH, Choice, OneOf
from cop.map.layers.layer import Layer
from cop.map.layers.units import UnitLayer
from cop.map.line_array import Floats, LineArray
from cop.map.measures import Measures
from cop.map.palette import Palette, agency_colour, colour
from cop.map.projection import to_metres
from cop.map.viewport import Viewport
from cop.picture.change import Change, Key
from cop.picture.picture import Picture
from cop.picture.trails import Trail

Of = Literal["", "selected", "all"]
_OFS: tuple[Of, ...] = ("", "selected", "all")

MINUTES = (5, 15, 30, 60)
#: points of all trails together: with more units each trail has fewer
_MOST_POINTS = 30_000
#: with fewer lines than this they are smooth; with more they are drawn four times as fast
_MOST_SMOOTH = 4_000
#: with more, lines are kept as a picture until they or the view change
_KEPT_FROM = 1_500
#: units whose last few seconds, from the newest point to where they are now, are drawn
_MOST_HEADS = 2_000
#: trails are made anew so often, and where they are many so often
_RENEWED_AFTER_S, _MANY_RENEWED_AFTER_S = 1.0, 4.0
_MANY = 6_000
_AGES = 8
_MARGIN_PX = 4.0
#: opacity of the newest part, 0…255, and of the oldest: of all units, of the selected one, and of one asked for by
#: name, whose past is what counts; a speed's colour must be known again however old it is
_NEW, _OLD, _OLD_OF_SELECTED, _OLD_OF_ONE, _OLD_OF_SPEED = 235, 40, 80, 130, 150
_MOST_ENDS = 300


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Trails in map metres. `ink` numbers the colours, `age` 0…_AGES-1 with the oldest first."""

    trail: Trail
    x: Floats
    y: Floats
    ink: NDArray[np.intp]
    age: NDArray[np.intp]
    inks: tuple[QColor, ...]
    heads: NDArray[np.intp]  # the rows of the tracks that the trails lead to
    last: NDArray[np.intp]  # the newest point of each of them
    since: float


class TrailLayer(Layer):
    """`of` says whose trails are shown: of the selected unit, of all in view, or of none ("").

    `show_unit` shows that of one unit, whatever else is selected, for as long as asked.
    """

    name: ClassVar[str] = "trails"
    label: ClassVar[str] = "Trails"

    def __init__(
        self,
        picture: Picture,
        units: UnitLayer,
        palette: Palette,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        reserved: Callable[[], list[QRectF]] = list,
        measures: Measures | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(palette)
        self._picture = picture
        self._units = units
        self._now = now
        self._reserved = reserved
        self._measures = measures or Measures()
        self._clock = clock
        self._lines = LineArray()
        self._built: _Drawn | None = None
        self._built_for: tuple[object, ...] = ()
        self._built_at = -np.inf
        self._sheet: QPixmap | None = None
        self._sheet_of: tuple[object, ...] = ()
        self._names: list[QRectF] = []
        self._of: Of = "selected"
        self._minutes = 15
        self._by_speed = False
        self.selected: Key | None = None
        self._shown: tuple[Key, float] | None = None

    # what a person chooses

    @property
    def of(self) -> Of:
        """Whose trails are shown."""
        return self._of

    @of.setter
    def of(self, of: Of) -> None:
        self._of = of

    @property
    def minutes(self) -> int:
        """How far back they go."""
        return self._minutes

    @minutes.setter
    def minutes(self, minutes: int) -> None:
        self._minutes = max(1, min(600, int(minutes)))

    @property
    def by_speed(self) -> bool:
        """Whether colour says how fast a unit was, not whose it is."""
        return self._by_speed

    @by_speed.setter
    def by_speed(self, by_speed: bool) -> None:
        self._by_speed = by_speed

    @property
    def shown_unit(self) -> Key | None:
        """The unit whose trail was asked for by name."""
        return self._shown[0] if self._shown is not None else None

    def show_unit(self, key: Key | None, hours: float = 10.0) -> None:
        """Show the trail of one unit so far back, alone; None shows again what was shown before."""
        self._shown = (key, hours) if key is not None else None
        self.visible = self.visible or key is not None

    def choices(self) -> list[Choice]:
        """Whose trails, how long, coloured by what."""
        whose = (("", "None"), ("selected", "Selected unit"), ("all", "All units in view"))
        return [
            OneOf("of", "Of", whose, lambda: self._of, self._choose_of),
            OneOf(
                "minutes",
                "Last",
                tuple((str(one), f"{one} min") for one in MINUTES),
                lambda: str(self._minutes),
                lambda value: setattr(self, "minutes", int(value)),
            ),
            OneOf(
                "by_speed",
                "Colour by speed",
                SWITCH,
                lambda: "on" if self._by_speed else "",
                lambda value: setattr(self, "by_speed", value == "on"),
            ),
        ]

    def state(self) -> dict[str, Any]:
        """What was chosen, as plain values for the settings."""
        return {"of": self._of, "minutes": self._minutes, "by_speed": self._by_speed}

    def restore(self, state: dict[str, Any]) -> None:
        """Choose as remembered; what cannot be read stays as it is."""
        self._choose_of(state.get("of"))
        minutes = state.get("minutes")
        if isinstance(minutes, int | float) and not isinstance(minutes, bool) and 1 <= minutes <= 600:
            self.minutes = int(minutes)
        if isinstance(state.get("by_speed"), bool):
            self.by_speed = state["by_speed"]

    def _choose_of(self, value: object) -> None:
        self._of = next((one for one in _OFS if one == value), self._of)

    # what is shown

    @property
    def names(self) -> list[QRectF]:
        """What is written along trails, and the key: no label belongs there."""
        return self._names if self.visible else []

    def set_palette(self, palette: Palette) -> None:
        super().set_palette(palette)
        self._built = None

    def apply(self, change: Change) -> bool:
        if change.agencies:
            self._built = None
        return False  # units say themselves that they moved

    def tick(self) -> bool:
        """Trails fade also where nothing is heard."""
        return self._asked() is not None

    def _asked(self) -> tuple[Key | None, float, bool] | None:
        """The unit (None for all), the seconds back, and whether it was asked for by name; None for no trails."""
        if self._shown is not None:
            return self._shown[0], self._shown[1] * 3600.0, True
        if self._of == "all":
            return None, self._minutes * 60.0, False
        if self._of == "selected" and self.selected is not None:
            row = self._picture.tracks.row_of(*self.selected)
            if row is not None and self._units.position(row) is not None:
                return self.selected, self._minutes * 60.0, False
        return None

    def paint(self, painter: QPainter, view: Viewport) -> None:
        self._names = []
        asked = self._asked()
        if asked is None:
            self._built, self._sheet = None, None
            return
        self._renew(asked, view)
        drawn = self._built
        if drawn is None:
            return
        if len(drawn.x) > _KEPT_FROM:
            self._paint_kept(painter, view, drawn, alone=asked[0] is not None)
        else:
            self._paint_lines(painter, view, drawn, alone=asked[0] is not None)
        self._paint_heads(painter, view, drawn, alone=asked[0] is not None)
        if asked[0] is not None:
            self._paint_words(painter, view, drawn)
        elif len(drawn.x) and (shorter := float(drawn.trail.at.min()) - drawn.since) > 0.2 * asked[1]:
            reach_min = (asked[1] - shorter) / 60.0
            self._names.append(
                trail_marks.paint_reach(painter, view.height, reach_min, self.palette, self._corners_taken())
            )
        if self._by_speed:
            unit = trail_marks.unit_of(self._measures.choice == "metric")
            box = trail_marks.key_box(view.height, unit, self._corners_taken())
            trail_marks.paint_key(painter, box, unit, self.palette)
            self._names.append(box)

    def _corners_taken(self) -> list[QRectF]:
        return [*self._reserved(), *self._names]

    def _renew(self, asked: tuple[Key | None, float, bool], view: Viewport) -> None:
        # of all in view: a moved view shows other units, but not at every step of the way
        wanted = (asked, self._by_speed, self.palette.name, view.metres_per_pixel if asked[0] is None else 0.0)
        many = self._built is not None and len(self._built.x) > _MANY
        due = self._clock() - self._built_at >= (_MANY_RENEWED_AFTER_S if many else _RENEWED_AFTER_S)
        if self._built is None or wanted != self._built_for or due:
            self._built = self._build(asked, view)
            self._built_for, self._built_at = wanted, self._clock()
            self._sheet = None

    def _build(self, asked: tuple[Key | None, float, bool], view: Viewport) -> _Drawn:
        key, back_s, by_name = asked
        now = self._now().timestamp()
        tracks, trails = self._picture.tracks, self._picture.trails
        if key is not None:
            trail = trails.of(key, now - back_s)
            row = tracks.row_of(*key)
            rows = np.array([row] if row is not None else [], dtype=np.intp)
        else:
            rows = self._units.visible_units(view)[0]
            trail = trails.of_many(trails.numbers_of_rows(rows), now - back_s, now, _MOST_POINTS)
        x, y = to_metres(trail.lat, trail.lon)
        numbers = trails.numbers_of_rows(rows)
        last = np.searchsorted(trail.unit, numbers, side="right") - 1
        led = (last >= 0) & (numbers >= 0)
        led[led] = trail.unit[last[led]] == numbers[led]
        rows, numbers, last = rows[led], numbers[led], last[led]
        # old ones are drawn first, so that where a unit is now lies above where it was
        age = np.clip(_AGES - 1 - (now - trail.at) / back_s * _AGES, 0, _AGES - 1).astype(np.intp)
        oldest = _OLD_OF_ONE if by_name else _OLD_OF_SELECTED if key is not None else _OLD
        oldest = max(oldest, _OLD_OF_SPEED) if self._by_speed else oldest
        if self._by_speed:
            base = [QColor(one) for one in trail_marks.RAMPS[self.palette.name]]
            unit = trail_marks.unit_of(self._measures.choice == "metric")
            ink = np.searchsorted(trail_marks.bounds_mps(unit), _speeds(trail), side="right")
        else:
            base = [agency_colour(self._picture, one, self.palette) for one in tracks.agencies] or [QColor()]
            agency_of = np.zeros(int(trail.unit.max(initial=0)) + 1, dtype=np.intp)
            agency_of[numbers] = tracks.agency[rows]
            ink = agency_of[trail.unit] if len(trail.unit) else np.empty(0, dtype=np.intp)
        inks = []
        for one in base:
            for step in range(_AGES):
                faded = QColor(one)
                faded.setAlpha(round(oldest + (_NEW - oldest) * step / (_AGES - 1)))
                inks.append(faded)
        return _Drawn(trail, x, y, ink, age, tuple(inks), rows, last, now - back_s)

    def _paint_kept(self, painter: QPainter, view: Viewport, drawn: _Drawn, *, alone: bool) -> None:
        """Lines from a picture: what moves is repainted often, trails change once a second."""
        wanted = (view, id(drawn))
        if self._sheet is None or self._sheet_of != wanted:
            size = (round(view.width * view.dpr), round(view.height * view.dpr))
            sheet = self._sheet if self._sheet is not None and self._sheet.size().toTuple() == size else QPixmap(*size)
            sheet.setDevicePixelRatio(view.dpr)
            sheet.fill(Qt.GlobalColor.transparent)
            on_sheet = QPainter(sheet)
            try:
                self._paint_lines(on_sheet, view, drawn, alone=alone)
            finally:
                on_sheet.end()
            self._sheet, self._sheet_of = sheet, wanted
        painter.drawPixmap(0, 0, self._sheet)

    def _paint_lines(self, painter: QPainter, view: Viewport, drawn: _Drawn, *, alone: bool) -> None:
        if len(drawn.x) < 2:
            return
        x, y = view.xs(drawn.x), view.ys(drawn.y)
        lines = np.column_stack((x[:-1], y[:-1], x[1:], y[1:]))
        low, high = np.minimum(lines[:, :2], lines[:, 2:]), np.maximum(lines[:, :2], lines[:, 2:])
        seen = drawn.trail.joined[1:] & (high > -_MARGIN_PX).all(axis=1)
        seen &= (low[:, 0] < view.width + _MARGIN_PX) & (low[:, 1] < view.height + _MARGIN_PX)
        index = np.flatnonzero(seen)
        look = drawn.age[index + 1] * len(drawn.inks) + drawn.ink[index + 1] * _AGES + drawn.age[index + 1]
        order = np.argsort(look, kind="stable")
        index, look = index[order], look[order]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(index) <= _MOST_SMOOTH)
        if alone:
            self._paint_casing(painter, lines[index])
        starts = np.flatnonzero(np.diff(look, prepend=-1))
        for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(look)], strict=True):
            ink = drawn.inks[int(look[start]) % len(drawn.inks)]
            painter.setPen(_pen(ink, 3.0 if alone else 1.6, smooth=len(index) <= _MOST_SMOOTH))
            self._lines.draw(painter, lines[index[start:end]])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def _paint_casing(self, painter: QPainter, lines: Floats) -> None:
        painter.setPen(_pen(colour(self.palette.label_halo), 5.5))
        self._lines.draw(painter, lines)

    def _paint_heads(self, painter: QPainter, view: Viewport, drawn: _Drawn, *, alone: bool) -> None:
        """From each trail's newest point to where the unit is now."""
        if not 0 < len(drawn.heads) <= _MOST_HEADS:
            return
        rows, last = drawn.heads, drawn.last
        if alone:
            place = self._units.position(int(rows[0]))
            x, y = (view.xs(np.array([place[0]])), view.ys(np.array([place[1]]))) if place else (np.empty(0),) * 2
            known = np.array([place is not None])
        else:
            seen, across, down = self._units.visible_units(view)
            order = np.argsort(seen, kind="stable")
            at = (
                order[np.minimum(np.searchsorted(seen, rows, sorter=order), max(0, len(seen) - 1))]
                if len(seen)
                else rows
            )
            known = seen[at] == rows if len(seen) else np.zeros(len(rows), dtype=np.bool_)
            x, y = across[at[known]], down[at[known]]
        rows, last = rows[known], last[known]
        sure = ~self._picture.tracks.doubtful[rows]
        last, x, y = last[sure], x[sure], y[sure]
        ends = np.column_stack((view.xs(drawn.x[last]), view.ys(drawn.y[last]), x, y))
        if alone:
            self._paint_casing(painter, ends)
        inks = drawn.ink[last] * _AGES + _AGES - 1
        for ink in np.unique(inks).tolist():
            painter.setPen(_pen(drawn.inks[ink], 3.0 if alone else 1.6))
            self._lines.draw(painter, ends[inks == ink])

    def _paint_words(self, painter: QPainter, view: Viewport, drawn: _Drawn) -> None:
        """Times along one trail, and where it breaks off."""
        trail = drawn.trail
        if len(trail.at) < 2:
            return
        x, y = view.xs(drawn.x), view.ys(drawn.y)
        room = view.rect()
        broken = np.flatnonzero(~trail.joined)
        ends = np.unique(np.concatenate((broken, broken[broken > 0] - 1)))[-_MOST_ENDS:].tolist()
        places = [(float(x[one]), float(y[one])) for one in ends]
        trail_marks.paint_ends(painter, [place for place in places if room.contains(*place)], self.palette)
        marks = trail_marks.times_along(trail.at, x, y, trail.joined, room)
        if room.contains(float(x[0]), float(y[0])):
            begin = trail_marks.Mark(
                float(x[0]), float(y[0]), f"from {trail_marks.clock(float(trail.at[0]))}", above=True
            )
            marks = [begin, *(one for one in marks if not one.box.intersects(begin.box))]
        self._names.extend(trail_marks.paint_marks(painter, marks, self.palette))


def _pen(ink: QColor, width: float, *, smooth: bool = True) -> QPen:
    # a line of one pixel that is not smoothed is drawn by far the fastest
    return QPen(ink, width if smooth else 0.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)


def _speeds(trail: Trail) -> Floats:
    """Metres a second at each point: as said, else as it came from the point before."""
    speed = trail.speed_mps.copy()
    unsaid = np.flatnonzero(np.isnan(speed) & trail.joined)
    if unsaid.size:
        metres = distance_m(trail.lat[unsaid - 1], trail.lon[unsaid - 1], trail.lat[unsaid], trail.lon[unsaid])
        speed[unsaid] = metres / np.maximum(trail.at[unsaid] - trail.at[unsaid - 1], 0.1)
    return np.nan_to_num(speed)
