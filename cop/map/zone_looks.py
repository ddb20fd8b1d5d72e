"""How each kind of zone and each severity of alert looks on the ground."""

import math
import tomllib
from collections.abc import Mapping
from types import MappingProxyType

import msgspec
import numpy as np
import shapely
from msgspec.structs import replace
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF
from shapely.geometry.base import BaseGeometry

from cop.domain.area import Alert
from cop.domain.rules.alarm import SEVERITIES, severity_rank, tag_of
from cop.map.palette import RESOURCES, Palette, colour
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


class ZoneLook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A look of `resources/symbols/areas.toml`, where its fields are explained.

    `ink_name` names the colour of a theme; `dashes` are in widths of the line; `fill` is the fill's opacity, 0…255.
    """

    ink_name: str = msgspec.field(name="ink")
    rank: int
    width: float = 2.0
    dashes: tuple[float, ...] = ()
    fill: int = 34
    road: bool = False
    mark: str = "pin"
    named_to: float = _ALWAYS

    def ink(self, palette: Palette) -> str:
        """Its colour in a theme."""
        table, _, word = self.ink_name.rpartition(".")
        found: str = getattr(palette, table)[word] if table else getattr(palette, word)
        return found


#: what the marks of alerts begin with; the severity follows
_ALERT_MARK, _QUIET_ALERT_MARK = "alert ", "quiet alert "


def _read() -> tuple[dict[str, ZoneLook], dict[str, ZoneLook]]:
    """The looks of zones by kind, and of alerts by severity."""
    with (RESOURCES / "symbols" / "areas.toml").open("rb") as file:
        tables = tomllib.load(file)
    zones, alerts = (
        {kind: msgspec.convert(table.get(one.get("same_as"), one), ZoneLook) for kind, one in table.items()}
        for table in (tables["zone"], tables["alert"])
    )
    return zones, alerts


_ZONES, _ALERT_LOOKS = _read()
_ZONE = _ZONES.pop("other")
_LOOKS: Mapping[str, ZoneLook] = MappingProxyType(_ZONES)
_ALERTS = tuple(replace(_ALERT_LOOKS[severity], mark=f"{_ALERT_MARK}{severity}") for severity in SEVERITIES)
#: an alert that does not alarm: an outline, no colour of its own
_QUIET = tuple(replace(_ALERT_LOOKS["quiet"], mark=f"{_QUIET_ALERT_MARK}{severity}") for severity in SEVERITIES)


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
