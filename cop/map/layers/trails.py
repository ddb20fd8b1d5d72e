"""Trails: where the selected unit, or every unit in view, has been in the last minutes; fading with age."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import ClassVar, Literal

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from cop.domain.distance import distance_m
from cop.domain.rules.plausible import CLOCK_TOLERANCE
from cop.map.layers import trail_marks
from cop.map.layers.choice import SWITCH, Choice, OneOf
from cop.map.layers.layer import Layer
from cop.map.layers.trail_lines import AGES, DrawnTrails, casing_of, pen_of, pieces_of
from cop.map.layers.units import UnitLayer
from cop.map.line_array import Floats, LineArray
from cop.map.measures import Measures
from cop.map.palette import Palette, agency_colour, colour
from cop.map.projection import WORLD_M, to_metres
from cop.map.sheet import Piece, Sheet
from cop.map.viewport import Viewport
from cop.picture.change import Change, Key
from cop.picture.picture import Picture
from cop.picture.trails import Trail

Of = Literal["", "selected", "all"]
_OFS: tuple[Of, ...] = ("", "selected", "all")

MINUTES = (5, 15, 30, 60)
#: points of all trails together: with more units each trail has fewer
_MOST_POINTS = 30_000
#: with more, lines are kept as a picture until they or the view change
_KEPT_FROM = 1_500
#: units whose last few seconds, from the newest point to where they are now, are drawn; and how many seconds: where a
#: unit was before it was silent for long is not tied to where it turns up
_MOST_HEADS, _LONGEST_HEAD_S = 2_000, 90.0
#: trails are made anew so often, and where they are many so often
_RENEWED_AFTER_S, _MANY_RENEWED_AFTER_S = 1.0, 4.0
#: and those of all in view while the map is being zoomed
_ZOOMED_RENEWED_AFTER_S = 0.4
_MANY = 6_000
#: opacity of the newest part, 0…255, and of the oldest: of all units, of the selected one, and of one asked for by
#: name, whose past is what counts; a speed's colour must be known again however old it is
_NEW, _OLD, _OLD_OF_SELECTED, _OLD_OF_ONE, _OLD_OF_SPEED = 235, 40, 80, 130, 150
_MOST_ENDS = 300


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
        self._built: DrawnTrails | None = None
        self._built_for: tuple[object, ...] = ()
        self._built_at = -np.inf
        self._sheet = Sheet(self._pieces)
        self._on_sheet: DrawnTrails | None = None
        #: asks for one more frame: trails of very many are drawn over several
        self.again: Callable[[], None] = lambda: None
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

    def _choose_of(self, value: object) -> None:
        self._of = next((one for one in _OFS if one == value), self._of)

    # what is shown

    @property
    def names(self) -> list[QRectF]:
        """What is written along trails, and the key: no label belongs there."""
        return self._names if self.visible else []

    def set_palette(self, palette: Palette) -> None:
        super().set_palette(palette)
        self._built = self._on_sheet = None

    def apply(self, change: Change) -> bool:
        if change.agencies:
            self._built = self._on_sheet = None
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
            if self._built is not None:
                self._sheet = Sheet(self._pieces)  # eight megabytes, for nothing
            self._built = self._on_sheet = None
            return
        self._renew(asked, view)
        drawn = self._built
        if drawn is None:
            return
        if len(drawn.x) > _KEPT_FROM:
            drawn = self._paint_kept(painter, view, drawn)
        else:
            self._on_sheet = None
            for piece in pieces_of(drawn, view, view.rect(), self._lines, colour(self.palette.label_halo)):
                piece(painter)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
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
        others, elsewhere = wanted[:-1] != self._built_for[:-1], wanted != self._built_for
        many = self._built is not None and len(self._built.x) > _MANY
        lasts = _ZOOMED_RENEWED_AFTER_S if elsewhere else _MANY_RENEWED_AFTER_S if many else _RENEWED_AFTER_S
        if self._built is None or others or self._clock() - self._built_at >= lasts:
            if others:
                self._on_sheet = None  # these must not stand in for them
            self._built = self._build(asked, view)
            self._built_for, self._built_at = wanted, self._clock()
            self._sheet.forget()

    def _build(self, asked: tuple[Key | None, float, bool], view: Viewport) -> DrawnTrails:
        key, back_s, by_name = asked
        now = self._now().timestamp()
        tracks, trails = self._picture.tracks, self._picture.trails
        until = now + CLOCK_TOLERANCE.total_seconds()  # of a clock that is ahead what it says now counts too
        if key is not None:
            trail = trails.of(key, now - back_s, until)
            row = tracks.row_of(*key)
            rows = np.array([row] if row is not None else [], dtype=np.intp)
        else:
            rows = self._units.visible_units(view)[0]
            trail = trails.of_many(trails.numbers_of_rows(rows), now - back_s, until, _MOST_POINTS)
        x, y = to_metres(trail.lat, trail.lon)
        near = np.abs(np.diff(x, prepend=x[:1])) < WORLD_M  # who crosses the 180th meridian has not crossed the world
        numbers = trails.numbers_of_rows(rows)
        last = np.searchsorted(trail.unit, numbers, side="right") - 1
        led = (last >= 0) & (numbers >= 0)
        led[led] = trail.unit[last[led]] == numbers[led]
        rows, numbers, last = rows[led], numbers[led], last[led]
        # old ones are drawn first, so that where a unit is now lies above where it was
        age = np.clip(AGES - 1 - (now - trail.at) / back_s * AGES, 0, AGES - 1).astype(np.intp)
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
            for step in range(AGES):
                faded = QColor(one)
                faded.setAlpha(round(oldest + (_NEW - oldest) * step / (AGES - 1)))
                inks.append(faded)
        return DrawnTrails(
            trail, trail.joined & near, x, y, ink, age, tuple(inks), rows, last, now - back_s, key is not None
        )

    def _paint_kept(self, painter: QPainter, view: Viewport, drawn: DrawnTrails) -> DrawnTrails:
        """Lines from a picture that is kept, moved, and made anew in pieces; those that it shows."""
        if self._sheet.paint(painter, view, whole=self._on_sheet is None):
            self._on_sheet = drawn
        else:
            self.again()
        return self._on_sheet or drawn

    def _pieces(self, view: Viewport, place: QRectF, rough: bool) -> Iterator[Piece]:
        if self._built is not None and not rough:
            yield from pieces_of(self._built, view, place, self._lines, colour(self.palette.label_halo))

    def _paint_casing(self, painter: QPainter, lines: Floats) -> None:
        painter.setPen(casing_of(colour(self.palette.label_halo)))
        self._lines.draw(painter, lines)

    def _paint_heads(self, painter: QPainter, view: Viewport, drawn: DrawnTrails, *, alone: bool) -> None:
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
        tracks = self._picture.tracks
        sure = ~tracks.doubtful[rows] & (tracks.reported_at[rows] - drawn.trail.at[last] <= _LONGEST_HEAD_S)
        sure &= np.abs(view.xs(drawn.x[last]) - x) * view.metres_per_pixel < WORLD_M
        last, x, y = last[sure], x[sure], y[sure]
        ends = np.column_stack((view.xs(drawn.x[last]), view.ys(drawn.y[last]), x, y))
        if alone:
            self._paint_casing(painter, ends)
        inks = drawn.ink[last] * AGES + AGES - 1
        for ink in np.unique(inks).tolist():
            painter.setPen(pen_of(drawn.inks[ink], drawn.alone))
            self._lines.draw(painter, ends[inks == ink])

    def _paint_words(self, painter: QPainter, view: Viewport, drawn: DrawnTrails) -> None:
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
        marks = trail_marks.times_along(trail.at, x, y, drawn.led_to, room)
        if room.contains(float(x[0]), float(y[0])):
            begin = trail_marks.Mark(
                float(x[0]), float(y[0]), f"from {trail_marks.clock(float(trail.at[0]))}", above=True
            )
            marks = [begin, *(one for one in marks if not one.box.intersects(begin.box))]
        self._names.extend(trail_marks.paint_marks(painter, marks, self.palette))


def _speeds(trail: Trail) -> Floats:
    """Metres a second at each point: as said, else as it came from the point before."""
    speed = trail.speed_mps.copy()
    unsaid = np.flatnonzero(np.isnan(speed) & trail.joined)
    if unsaid.size:
        metres = distance_m(trail.lat[unsaid - 1], trail.lon[unsaid - 1], trail.lat[unsaid], trail.lon[unsaid])
        speed[unsaid] = metres / np.maximum(trail.at[unsaid] - trail.at[unsaid - 1], 0.1)
    return np.nan_to_num(speed)
