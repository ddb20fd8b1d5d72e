"""How each kind of zone and each severity of alert looks on the ground."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF
from shapely.geometry.base import BaseGeometry

from cop.domain.area import Alert
from cop.domain.rules.alarm import SEVERITIES, severity_rank, tag_of
from cop.map.palette import Palette, colour
from cop.map.symbols import alert_symbol
from cop.map.viewport import Viewport

Floats = NDArray[np.float64]

#: device independent pixels
MARK_CELL_PX = 22
_ALWAYS = 1e12
#: an area that is smaller than this on the screen wears no mark
_MARKED_FROM_PX = 64.0
_STEPS = np.linspace(0.1, 0.9, 9)
#: places of a mark within an area, as parts of its width and height, those nearest to the middle first
_TRIED = np.array(sorted(((x, y) for x in _STEPS for y in _STEPS), key=lambda one: math.dist(one, (0.5, 0.5))))


@dataclass(frozen=True, slots=True)
class ZoneLook:
    """`ink` picks the colour of a theme; `dashes` are in widths of the line; `fill` is the fill's opacity, 0…255.

    `road` lines lie on a casing. `named_to` is the largest n of a scale "1 : n" at which it is named. `rank` orders the
    names and what lies on top: 0 is what must be seen first.
    """

    ink: Callable[[Palette], str]
    rank: int
    width: float = 2.0
    dashes: tuple[float, ...] = ()
    fill: int = 34
    road: bool = False
    mark: str = "pin"
    named_to: float = _ALWAYS


def _hot(palette: Palette) -> str:
    return palette.hot_zone


def _drawn(palette: Palette) -> str:
    return palette.zone


def _muted(palette: Palette) -> str:
    return palette.muted


def _severe(palette: Palette) -> str:
    return palette.priority["2"]


def _warm(palette: Palette) -> str:
    return palette.priority["2"]


def _cold(palette: Palette) -> str:
    return palette.accent


def _staging(palette: Palette) -> str:
    return palette.ok


def _search(palette: Palette) -> str:
    return palette.status["transporting"]


def _plain(palette: Palette) -> str:
    return palette.label


_HOT = ZoneLook(_hot, 0, dashes=(4.0, 3.0))
_ZONE = ZoneLook(_drawn, 5)
_STAGING = ZoneLook(_staging, 4)
_LOOKS: Mapping[str, ZoneLook] = MappingProxyType(
    {
        "hot_zone": _HOT,
        "hot": _HOT,
        "warm_zone": ZoneLook(_warm, 1, dashes=(7.0, 3.0), fill=26),
        "cold_zone": ZoneLook(_cold, 2, dashes=(11.0, 3.0), fill=20),
        "perimeter": ZoneLook(_drawn, 3, width=2.6, fill=14),
        "staging_area": _STAGING,
        "staging": _STAGING,
        "search_segment": ZoneLook(_search, 4, dashes=(8.0, 2.5, 1.5, 2.5), fill=18),
        "reference_grid": ZoneLook(_plain, 8, width=1.6, fill=0, named_to=2_000_000),
        "exclusion": _HOT,
        "evacuation": _HOT,
        "road_closure": ZoneLook(
            _hot, 4, width=4.0, dashes=(2.2, 1.1), road=True, mark="no_entry", named_to=300_000, fill=22
        ),
        "lane_closure": ZoneLook(
            _drawn, 7, width=3.4, dashes=(2.2, 1.4), road=True, mark="caution", named_to=120_000, fill=16
        ),
        "road_work": ZoneLook(
            _drawn, 8, width=2.6, dashes=(0.8, 1.8), road=True, mark="caution", named_to=60_000, fill=12
        ),
        "marker": replace(_ZONE, rank=6, named_to=400_000),
        "drawing": replace(_ZONE, rank=6),
        "route": replace(_ZONE, rank=6, width=3.0, named_to=400_000),
    }
)
_ALERT_DASHES = (1.5, 3.0)
#: what the marks of alerts begin with; the severity follows
_ALERT_MARK, _QUIET_ALERT_MARK = "alert ", "quiet alert "
_ALERTS = tuple(
    ZoneLook(ink, rank, dashes=_ALERT_DASHES, fill=fill, named_to=named_to, mark=f"{_ALERT_MARK}{severity}")
    for severity, (ink, rank, fill, named_to) in zip(
        SEVERITIES,
        (
            (_hot, 1, 30, _ALWAYS),
            (_severe, 2, 26, _ALWAYS),
            (_drawn, 3, 16, 3_000_000),
            (_muted, 8, 10, 1_000_000),
            (_muted, 9, 10, 1_000_000),
        ),
        strict=True,
    )
)
#: an alert that does not alarm: an outline, no colour of its own
_QUIET = tuple(
    ZoneLook(_muted, 9, width=1.4, dashes=(1.0, 4.0), fill=0, named_to=1_000_000, mark=f"{_QUIET_ALERT_MARK}{severity}")
    for severity in SEVERITIES
)


#: the kinds of zones with a look of their own, those first that must be seen first; a shorter word for one is left out
LOOKED_AFTER = tuple(
    sorted(
        (kind for kind in _LOOKS if not {f"{kind}_zone", f"{kind}_area"} & set(_LOOKS)),
        key=lambda kind: _LOOKS[kind].rank,
    )
)


def zone_look(kind: str) -> ZoneLook:
    """How a zone of this kind looks; a kind that we do not know looks like any drawn area."""
    return _LOOKS.get(kind, _ZONE)


def alert_look(alert: Alert, *, exercise: bool, playing: bool = False) -> ZoneLook:
    """How an alert looks: by its severity where it counts (`rules.alarm`), else as an outline."""
    looks = _QUIET if tag_of(alert, exercise=exercise, playing=playing) else _ALERTS
    return looks[severity_rank(alert)]


def mark_places(look: ZoneLook, points: Floats, geometry: BaseGeometry, view: Viewport) -> Floats:
    """Where marks stand, map metres, shape (n, 2): at the points; of an alert also within what is seen of its area."""
    if len(points) or not look.mark.startswith((_ALERT_MARK, _QUIET_ALERT_MARK)):
        return points
    west, south, east, north = np.clip(geometry.bounds, view.bounds()[:2] * 2, view.bounds()[2:] * 2)
    least = _MARKED_FROM_PX * view.metres_per_pixel
    if east - west < least or north - south < least:
        return points
    shapely.prepare(geometry)
    places = np.column_stack((west + _TRIED[:, 0] * (east - west), south + _TRIED[:, 1] * (north - south)))
    inside: Floats = places[shapely.contains_xy(geometry, places)][:1]
    return inside


def pen_of(look: ZoneLook, palette: Palette) -> QPen:
    """The line of a look."""
    pen = QPen(colour(look.ink(palette)), look.width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if look.dashes:
        pen.setDashPattern(list(look.dashes))
    return pen


def fill_of(look: ZoneLook, palette: Palette) -> QColor:
    """The fill of a look."""
    fill = QColor(colour(look.ink(palette)))
    fill.setAlpha(look.fill)
    return fill


def mark_of(look: ZoneLook, palette: Palette, dpr: float) -> QImage:
    """What stands at a point, on a transparent square: no entry, caution, or a pin; of an alert its triangle."""
    for start, quiet in ((_ALERT_MARK, False), (_QUIET_ALERT_MARK, True)):
        if look.mark.startswith(start):
            return alert_symbol(look.mark.removeprefix(start), quiet=quiet, palette=palette, dpr=dpr)
    side = round(MARK_CELL_PX * dpr)
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(side / MARK_CELL_PX, side / MARK_CELL_PX)
    painter.translate(MARK_CELL_PX / 2, MARK_CELL_PX / 2)
    ink, disc = colour(look.ink(palette)), colour(palette.symbol_disc)
    if look.mark == "no_entry":
        painter.setPen(QPen(disc, 1.6))
        painter.setBrush(ink)
        painter.drawEllipse(QPointF(0, 0), 8.0, 8.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#ffffff"))
        painter.drawRect(QRectF(-5.0, -1.5, 10.0, 3.0))
    elif look.mark == "caution":
        painter.setPen(QPen(disc, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.setBrush(ink)
        painter.drawPolygon(QPolygonF([QPointF(0, -7.5), QPointF(8.0, 6.0), QPointF(-8.0, 6.0)]))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(disc)
        painter.drawRect(QRectF(-1.0, -3.0, 2.0, 4.6))
        painter.drawRect(QRectF(-1.0, 2.7, 2.0, 2.0))
    else:
        painter.setPen(QPen(ink, 2.2))
        painter.setBrush(disc)
        painter.drawPolygon(QPolygonF([QPointF(0, -6.5), QPointF(6.5, 0), QPointF(0, 6.5), QPointF(-6.5, 0)]))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(QPointF(0, 0), 1.8, 1.8)
    painter.end()
    return image
