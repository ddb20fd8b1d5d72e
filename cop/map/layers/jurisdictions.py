"""Whose ground is what: every jurisdiction as fill and outline in its agency's colour, so that overlaps show."""

import functools
import logging
from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import shapely
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from cop.domain.area import Jurisdiction
from cop.domain.words import DISCIPLINES, label
from cop.map.layers.choice import SWITCH, AnyOf, Choice, OneOf
from cop.map.layers.ground_study import GroundStudy
from cop.map.layers.jurisdiction_looks import (
    LEVELS,
    LINES,
    Look,
    gap_look,
    hatch_origin,
    look_of,
    shared_hatch,
    shared_origin,
)
from cop.map.layers.jurisdiction_names import JurisdictionNames
from cop.map.layers.layer import Layer
from cop.map.layers.overlaps import numbered
from cop.map.layers.paths import Bounds, Indexes, Rings
from cop.map.palette import Palette, agency_colour
from cop.map.projection import vertices_to_metres
from cop.map.sheet import Piece, Sheet
from cop.map.simplified import Behind, Detail, Simplified
from cop.map.viewport import Viewport
from cop.picture.change import Change
from cop.picture.ground import Ground
from cop.picture.picture import Picture

_log = logging.getLogger(__name__)

#: with more vertices in view than this there is room for hairlines only, and time for no others
_CROWD = 4_000
#: good neighbours of one level with so many vertices are painted together, within a few milliseconds
_TOGETHER = 6_000
#: with more vertices in view than this even a strip of the map could take longer than a frame
_HEAVY = 250_000
#: a rough picture that stands in for a moment may have so many
_ROUGH = 50_000
_ROUGHER = 6.0
_EDGE_PX = 4.0


class _News(QObject):
    """Carries what a thread has made over to the screen."""

    made = Signal()
    #: there is something new to see
    changed = Signal()


class JurisdictionLayer(Layer):
    """Counties as lines, corridors hatched, planning zones dotted, ground of two agencies striped in both colours."""

    name: ClassVar[str] = "jurisdictions"
    label: ClassVar[str] = "Jurisdictions"

    def __init__(self, picture: Picture, ground: Ground, palette: Palette, parent: QObject | None = None) -> None:
        """What of it is Qt's belongs to `parent`."""
        super().__init__(palette)
        self._picture = picture
        # largest first, so that the small ones lie on top
        self._jurisdictions: list[Jurisdiction] = list(reversed(ground.jurisdictions))
        self._shapes = np.empty(len(self._jurisdictions), dtype=object)
        self._shapes[:] = [one.geometry for one in self._jurisdictions]
        self._shapes = shapely.transform(self._shapes, vertices_to_metres)
        levels = np.array([one.level for one in self._jurisdictions], dtype=np.str_)
        self._levels, self._level = numbered(one.level for one in self._jurisdictions)
        self._disciplines, self._discipline = numbered(one.discipline for one in self._jurisdictions)
        self._group = (self._level * max(1, len(self._disciplines)) + self._discipline).astype(np.intp)
        self._shown = np.ones(len(levels), dtype=np.bool_)
        #: the order of painting: lines below all, then by size; in a crowd those of a group together
        above = ~np.isin(levels, list(LINES))
        size = np.floor(np.log2(np.maximum([one.area_km2 for one in self._jurisdictions], 1e-6)) / 2)
        self._rank = np.argsort(np.lexsort((np.arange(len(levels)), above)))
        self._crowd_rank = np.argsort(np.lexsort((np.arange(len(levels)), self._group, -size, above)))
        self._inks = np.zeros(len(levels), dtype=np.uint32)
        self._inked = False
        self.hidden_levels: frozenset[str] = frozenset()
        self.hidden_disciplines: frozenset[str] = frozenset()
        self.news = _News(parent)
        self.news.made.connect(self._arrived)
        self._again = QTimer(self.news)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self.news.changed)
        self._behind = Behind()
        self._outlines = Simplified(self._shapes, self._group, self._behind, ready=self._tell)
        self._names = JurisdictionNames(self._jurisdictions, self._shapes)
        self._sheet = Sheet(self._pieces)
        self._crowd = False
        self._patient = False
        self._study = GroundStudy(self._jurisdictions, self._shapes, self._group, self._behind, self._tell)
        self.show_gaps = False

    # what is there, and what of it is shown

    def levels(self) -> list[str]:
        """The levels that there are, the widest first."""
        known = list(LEVELS)
        return sorted(self._levels, key=lambda one: (known.index(one) if one in known else len(known), one))

    def disciplines(self) -> list[str]:
        """The disciplines that there are."""
        return list(self._disciplines)

    def hide(self, levels: frozenset[str], disciplines: frozenset[str]) -> None:
        """Leave out these levels and disciplines; all others are shown."""
        if (levels, disciplines) == (self.hidden_levels, self.hidden_disciplines):
            return
        self.hidden_levels, self.hidden_disciplines = levels, disciplines
        shown = [one not in levels for one in self._levels]
        wanted = [one not in disciplines for one in self._disciplines]
        self._shown = np.array(shown, np.bool_)[self._level] & np.array(wanted, np.bool_)[self._discipline]
        self._sheet.forget()
        self.news.changed.emit()

    def mark_gaps(self, wanted: bool) -> None:
        """Mark the ground that is nobody's in a discipline; it is looked for when it is first asked for."""
        if wanted == self.show_gaps:
            return
        self.show_gaps = wanted
        if wanted:
            self._study.look_for_gaps()
        self._sheet.forget()
        self.news.changed.emit()

    def choices(self) -> list[Choice]:
        levels = tuple((one, LEVELS.get(one, _words(one))) for one in self.levels())
        disciplines = tuple((one, label(DISCIPLINES, one)) for one in self.disciplines())
        return [
            AnyOf(
                "levels",
                "Levels",
                levels,
                lambda: self.hidden_levels,
                lambda hidden: self.hide(hidden, self.hidden_disciplines),
            ),
            AnyOf(
                "disciplines",
                "Disciplines",
                disciplines,
                lambda: self.hidden_disciplines,
                lambda hidden: self.hide(self.hidden_levels, hidden),
            ),
            OneOf(
                "gaps",
                "Mark nobody's ground",
                SWITCH,
                lambda: "on" if self.show_gaps else "",
                lambda chosen: self.mark_gaps(chosen == "on"),
            ),
        ]

    # what happens

    def set_palette(self, palette: Palette) -> None:
        super().set_palette(palette)
        self._inked = False
        self._sheet.forget()

    def apply(self, change: Change) -> bool:
        if change.agencies:
            self._inked = False
        return bool(change.agencies)

    def settle(self) -> None:
        """Let the next painting show all there is, sharp, whatever time that takes: for a picture that is kept."""
        self._study.settle()
        self._outlines.settle()
        self._patient = self._names.patient = True

    def stop(self) -> None:
        """Begin no more work in threads."""
        self._behind.stop()

    # painting

    def paint(self, painter: QPainter, view: Viewport) -> None:
        if not len(self._shapes):
            return
        if not self._inked:
            self._ink()
        rings = self._outlines.detail(view.metres_per_pixel / view.dpr).rings
        self._study.begin()
        if self._patient:
            self._outlines.settle()
            self._sheet.forget()
            rings = self._outlines.detail(view.metres_per_pixel / view.dpr).rings
        heavy = not self._outlines.few and rings.weight(rings.seen(view.bounds())) > _HEAVY
        sharp = self._sheet.paint(painter, view, whole=self._patient or self._outlines.few, heavy=heavy)
        self._patient = False
        if not sharp:
            self._again.start(0)

    def paint_names(self, painter: QPainter, view: Viewport, taken: list[QRectF]) -> None:
        """Names in spaced capitals, each inside the part of its ground that is in view, none over another."""
        shapes = self._outlines.detail(view.metres_per_pixel / view.dpr, make=False).shapes
        shown = self._shown
        inks = self._inks
        if not self._names.paint(painter, view, taken, shapes=shapes, shown=shown, inks=inks, palette=self.palette):
            self._again.start(0)

    def _pieces(self, view: Viewport, within: QRectF, rough: bool) -> Iterator[Piece]:
        """All that lies within a rectangle of the view's pixels, from the lowest to the highest."""
        scale = view.metres_per_pixel / view.dpr
        detail = self._outlines.detail(scale * (_ROUGHER if rough else 1.0), make=not rough)
        rings = detail.rings
        if within == view.rect() and not rough:  # strips are painted like the picture that they are added to
            seen = self._shown_of(rings, rings.seen(view.bounds(_EDGE_PX)))
            self._crowd = rings.weight(seen) > _CROWD
        seen = self._shown_of(rings, rings.seen(_metres(view, within)))
        if rough:
            if rings.weight(seen) <= _ROUGH:
                yield from self._sketch(detail, seen, view, within)
            return
        rank = self._crowd_rank if self._crowd else self._rank
        seen = seen[np.argsort(rank[rings.of[seen]], kind="stable")]
        for batch, together in self._batches(detail, seen):
            yield from self._batch(detail, batch, view, within, together=together)
        yield from self._shared_ground(view, within)
        if self.show_gaps:
            yield from self._nobodys_ground(view, within)

    def _sketch(self, detail: Detail, seen: Indexes, view: Viewport, within: QRectF) -> Iterator[Piece]:
        """The lines alone, all of a level and colour at once."""
        level, ink = self._level[detail.rings.of[seen]], self._inks[detail.rings.of[seen]]
        for one in set(level.tolist()):
            name = self._levels[one]
            inks = [0] if name in LINES else sorted(set(ink[level == one].tolist()))
            for colour in inks:
                chosen = seen[(level == one) & ((ink == colour) | (name in LINES))]
                look = look_of(name, QColor.fromRgba(colour), self.palette, view.dpr, crowd=True)
                line = detail.rings.path(chosen, view, within, once=True)
                yield functools.partial(_draw, look=look, area=None, line=line, view=view)

    def _shown_of(self, rings: Rings, seen: Indexes) -> Indexes:
        return seen[self._shown[rings.of[seen]]]

    def _batches(self, detail: Detail, seen: Indexes) -> Iterator[tuple[Indexes, bool]]:
        """Rings to be painted at once: those of one shape, or in a crowd those of many that are good neighbours."""
        if not len(seen):
            return
        of = detail.rings.of[seen]
        lengths = detail.rings.lengths(seen)
        together = self._study.neighbours[of] if self._crowd else np.zeros(len(of), dtype=np.bool_)
        key = np.where(together, -1 - self._group[of], of)
        for run in np.split(np.arange(len(of)), np.flatnonzero(np.diff(key)) + 1):
            if not together[run[0]]:
                yield seen[run], False
                continue
            ends = [*(np.flatnonzero(np.diff(of[run])) + 1).tolist(), len(run)]  # a hole stays with what it is in
            vertices = np.cumsum(lengths[run])
            first, done = 0, 0
            for end in ends:
                if vertices[end - 1] - done >= _TOGETHER or end == len(run):
                    yield seen[run[first:end]], True
                    first, done = end, vertices[end - 1]

    def _batch(
        self, detail: Detail, batch: Indexes, view: Viewport, within: QRectF, *, together: bool
    ) -> Iterator[Piece]:
        rings = detail.rings
        inks = self._inks[rings.of[batch]]
        level = self._levels[self._level[rings.of[batch[0]]]]
        plain = level in LINES
        for ink in sorted(set(inks.tolist())) if together and not plain else inks[:1].tolist():
            chosen = batch[inks == ink] if together and not plain else batch
            look = look_of(level, QColor.fromRgba(ink), self.palette, view.dpr, crowd=self._crowd)
            needed = within if look.pen.style() == Qt.PenStyle.SolidLine else None
            line = rings.path(chosen, view, needed, once=True) if self._crowd or plain else None
            area = rings.path(chosen, view, needed) if not plain else None
            yield functools.partial(_draw, look=look, area=area, line=line, view=view)

    def _shared_ground(self, view: Viewport, within: QRectF) -> Iterator[Piece]:
        rings = self._study.overlap_rings
        seen = rings.seen(_metres(view, within))
        for run in np.split(seen, np.flatnonzero(np.diff(rings.of[seen])) + 1) if len(seen) else ():
            one = self._study.overlaps[int(rings.of[run[0]])]
            box = rings.bounds[run]
            across = max((box[:, 2] - box[:, 0]).max(), (box[:, 3] - box[:, 1]).max())
            if self._shown[one.first] and self._shown[one.second] and across > 4 * view.metres_per_pixel:
                brush = shared_hatch(int(self._inks[one.first]), int(self._inks[one.second]), view.dpr)
                look = Look(QPen(Qt.PenStyle.NoPen), brush)
                yield functools.partial(_draw_shared, look=look, area=rings.path(run, view, within), view=view)

    def _nobodys_ground(self, view: Viewport, within: QRectF) -> Iterator[Piece]:
        rings = self._study.gap_rings
        seen = rings.seen(_metres(view, within))
        seen = seen[~np.isin(self._study.gap_disciplines[rings.of[seen]], list(self.hidden_disciplines))]
        for run in np.split(seen, np.flatnonzero(np.diff(rings.of[seen])) + 1) if len(seen) else ():
            yield functools.partial(
                _draw_shared, look=gap_look(self.palette, view.dpr), area=rings.path(run, view, within), view=view
            )

    def _ink(self) -> None:
        known: dict[str, int] = {}
        for agency in {one.agency for one in self._jurisdictions}:
            known[agency] = agency_colour(self._picture, agency, self.palette).rgba()
        inks = np.array([known[one.agency] for one in self._jurisdictions], dtype=np.uint32)
        if not np.array_equal(inks, self._inks):
            self._inks = inks
            self._sheet.forget()
        self._inked = True

    # what the thread behind says

    def _tell(self) -> None:
        try:
            self.news.made.emit()
        except RuntimeError:  # the map is gone, and its thread had not heard of it yet
            _log.debug("nobody is there any more to see the boundaries")

    def _arrived(self) -> None:
        self._sheet.forget()
        self.news.changed.emit()


def _draw(
    painter: QPainter, *, look: Look, area: QPainterPath | None, line: QPainterPath | None, view: Viewport
) -> None:
    if area is not None and look.brush.style() != Qt.BrushStyle.NoBrush:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # four times as fast; the line hides the steps
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.brush)
        painter.setBrushOrigin(hatch_origin(view) if look.hatched else QPointF(0, 0))
        painter.drawPath(area)
    outline = line if line is not None else area
    if outline is not None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(look.pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(outline)


def _draw_shared(painter: QPainter, *, look: Look, area: QPainterPath, view: Viewport) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(look.pen)
    painter.setBrush(look.brush)
    painter.setBrushOrigin(shared_origin(view))
    painter.drawPath(area)


def _metres(view: Viewport, within: QRectF) -> Bounds:
    west, north = view.metres(within.topLeft() - QPointF(_EDGE_PX, _EDGE_PX))
    east, south = view.metres(within.bottomRight() + QPointF(_EDGE_PX, _EDGE_PX))
    return west, south, east, north


def _words(word: str) -> str:
    return word.replace("_", " ").capitalize()
