"""Who leads the selected incident, on the ground: whose it is, who else has a say, where lines are crossed."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import shapely
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen
from shapely.geometry.base import BaseGeometry

from cop.domain.incident import Incident
from cop.domain.rules.lead import Lead
from cop.map.layers.jurisdiction_looks import shared_hatch, shared_origin
from cop.map.layers.layer import Layer
from cop.map.layers.paths import Indexes, Rings, projected
from cop.map.palette import Palette, agency_colour, colour
from cop.map.viewport import Viewport
from cop.picture.change import Change, Key
from cop.picture.ground import Ground as Boundaries
from cop.picture.picture import Picture

_EDGE_PX = 8.0
#: nothing smaller than this can be seen of an outline
_TOLERANCE_PX = 0.5
#: what a clause draws around every bend of a road is thinned to this, map metres, before anything is done with it
_FINEST_M = 4.0


@dataclass(eq=False)
class Ground:
    """One piece of ground and what it is to the incident; simplified for each scale at which it was looked at.

    `role` is "leads", "open" (a line or a contest leaves it open), "overlap", "shared" (the stripes of an overlap) or
    "also".
    """

    role: str
    agencies: tuple[str, ...]
    shape: BaseGeometry
    _rings: dict[int, Rings] = field(default_factory=dict)

    def rings(self, view: Viewport) -> tuple[Rings, Indexes]:
        """Its rings as fine as they can be seen, and which of them are in view."""
        level = max(0, math.ceil(math.log2(max(1.0, view.metres_per_pixel * _TOLERANCE_PX / _FINEST_M))))
        rings = self._rings.get(level)
        if rings is None:
            coarse = (
                shapely.simplify(self.shape, _FINEST_M * 2**level, preserve_topology=False) if level else self.shape
            )
            rings = self._rings[level] = Rings.of_shapes([self.shape if shapely.is_empty(coarse) else coarse])
        return rings, rings.seen(view.bounds(_EDGE_PX))


class AuthorityLayer(Layer):
    """Drawn above the boundaries while an incident is selected; `lead_of` is asked for it, once a change may matter."""

    name: ClassVar[str] = "authority"
    label: ClassVar[str] = "Who leads the selected incident"

    def __init__(self, picture: Picture, ground: Boundaries, palette: Palette) -> None:
        super().__init__(palette)
        self._picture = picture
        self._ground = ground
        self.lead_of: Callable[[Key], Lead | None] = lambda _key: None
        self._incident: Key | None = None
        self._lead: Lead | None = None
        self._grounds: list[Ground] = []

    @property
    def grounds(self) -> list[Ground]:
        """What is drawn, the lowest first."""
        return self._grounds

    def select(self, kind: str, key: Key) -> bool:
        """Another object is selected; True if this layer looks different now."""
        self._incident = key if kind == "incident" else None
        return self._look()

    def apply(self, change: Change) -> bool:
        if self._incident is None or not (change.incidents or change.zones or change.tasks):
            return False
        return self._look()

    def tick(self) -> bool:
        return self._incident is not None and self._look()

    def paint(self, painter: QPainter, view: Viewport) -> None:
        for ground in self._grounds:
            rings, seen = ground.rings(view)
            if len(seen):
                self._paint_one(painter, view, ground, rings, seen)

    def _look(self) -> bool:
        lead = self.lead_of(self._incident) if self._incident is not None else None
        if lead is self._lead:
            return False
        self._lead = lead
        before, self._grounds = self._grounds, list(self._grounds_of(lead)) if lead is not None else []
        return _drawn(before) != _drawn(self._grounds)

    def _grounds_of(self, lead: Lead) -> Iterator[Ground]:
        """Those of a command of several stand below the ground of the clause that puts it together."""
        report = self._picture.incidents.get(self._incident) if self._incident is not None else None
        body = report.body if report is not None else None
        if lead.unified and isinstance(body, Incident) and body.lat is not None and body.lon is not None:
            for one in self._ground.at(body.lat, body.lon):
                if one.agency in lead.agencies and (shape := _shape(one.geometry)) is not None:
                    yield Ground("leads", (one.agency,), shape)
        yield from _grounds(lead)

    def _paint_one(self, painter: QPainter, view: Viewport, ground: Ground, rings: Rings, seen: Indexes) -> None:
        inks = [agency_colour(self._picture, one, self.palette) for one in ground.agencies[:2]]
        pen, brush = look_of(ground.role, inks, self.palette, view.dpr)
        within = view.rect().adjusted(-_EDGE_PX, -_EDGE_PX, _EDGE_PX, _EDGE_PX)
        if brush.style() != Qt.BrushStyle.NoBrush:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(brush)
            painter.setBrushOrigin(shared_origin(view) if brush.texture().width() else QPointF(0, 0))
            painter.drawPath(rings.path(seen, view, within))
        if pen.style() != Qt.PenStyle.NoPen:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            outline = rings.path(seen, view, within if pen.style() == Qt.PenStyle.SolidLine else _wide(within))
            if ground.role != "also":  # it has to be seen on any ground: a dark or light edge goes along
                painter.setPen(QPen(colour(self.palette.map_background), pen.widthF() + 2.5))
                painter.drawPath(outline)
            painter.setPen(pen)
            painter.drawPath(outline)


def look_of(role: str, inks: Sequence[QColor], palette: Palette, dpr: float) -> tuple[QPen, QBrush]:
    """The line around ground of this role, and what fills it; `inks` are the colours of its first two agencies."""
    ink = inks[0] if inks else colour(palette.muted)
    warn = colour(palette.warn)
    none = QBrush(Qt.BrushStyle.NoBrush)
    if role == "leads":
        fill = QColor(ink)
        fill.setAlpha(28)
        unified = len(inks) > 1
        return QPen(ink, 3.0), shared_hatch(inks[0].rgba(), inks[1].rgba(), dpr) if unified else QBrush(fill)
    if role == "open":
        pen = QPen(warn, 2.6)
        pen.setDashPattern([5, 3])
        return pen, none
    if role == "overlap":
        return QPen(warn, 2.0), none
    if role == "shared":
        return QPen(Qt.PenStyle.NoPen), shared_hatch(warn.rgba(), QColor(0, 0, 0, 0).rgba(), dpr)
    pen = QPen(ink, 1.4)
    pen.setDashPattern([1, 3])
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen, none


def _grounds(lead: Lead) -> Iterator[Ground]:
    """What is to be drawn of a lead, the lowest first."""
    leading = _leading(lead)
    for one in lead.also:
        if one.level != "planning_zone" and (shape := _shape(one.geometry)) is not None:
            yield Ground("also", (one.agency,), shape)
    main: BaseGeometry | None = None
    for geometry, agencies in leading:
        if (shape := _shape(geometry)) is not None:
            main = shape if main is None else main
            yield Ground("open" if lead.contested else "leads", agencies, shape)
    for overlap in lead.overlaps:
        where = overlap.jurisdiction.geometry if overlap.jurisdiction is not None else None
        where = overlap.term.ground if where is None and overlap.term is not None else where
        if (shape := _shape(where)) is None:
            continue
        if main is not None and (shared := _shared(main, shape)) is not None:
            yield Ground("shared", overlap.agencies, shared)
        yield Ground("overlap", overlap.agencies, shape)
    for one in lead.on_line:
        if (shape := _shape(one.geometry)) is not None:
            yield Ground("open", (one.agency,), shape)


def _leading(lead: Lead) -> list[tuple[BaseGeometry | None, tuple[str, ...]]]:
    """The ground that decides: of the clauses, else of the jurisdiction; a clause for everywhere has none."""
    if lead.claims or lead.term is not None:
        terms = lead.claims or ((lead.term,) if lead.term is not None else ())
        return [(term.ground, lead.agencies) for term in terms]
    return [(lead.jurisdiction.geometry, lead.agencies)] if lead.jurisdiction is not None else []


def _shape(geometry: BaseGeometry | None) -> BaseGeometry | None:
    """Ground in map metres, without bends that nobody can see; None where there is none."""
    if geometry is None or shapely.is_empty(geometry):
        return None
    shape = shapely.simplify(projected(geometry), _FINEST_M, preserve_topology=False)
    return shape if not shapely.is_empty(shape) else projected(geometry)


def _shared(first: BaseGeometry, second: BaseGeometry) -> BaseGeometry | None:
    """What both cover; of ground whose lines cross themselves, nothing: its outline is drawn all the same."""
    try:
        shared: BaseGeometry = shapely.intersection(first, second)
    except shapely.errors.GEOSException:
        return None
    return shared if shared.area > 0 else None


def _drawn(grounds: list[Ground]) -> list[tuple[str, tuple[str, ...], bytes]]:
    """What can be seen of them, to be compared: a lead whose words alone are others is drawn as before."""
    return [(one.role, one.agencies, np.asarray(shapely.bounds(one.shape)).tobytes()) for one in grounds]


def _wide(within: QRectF) -> QRectF:
    """Dashes begin where they always do, as long as what is left out is far from the screen."""
    return within.adjusted(-2000, -2000, 2000, 2000)
