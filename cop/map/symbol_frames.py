"""The frames of symbols: a circle is a unit, a diamond an incident, a square a resource, a triangle an alert.

A status is told by the frame's line and by a mark, never by its colour alone.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

#: device independent pixels
RING_PX = 28.0
SQUARE_PX = 25.0
DIAMOND_ARM_PX = 18.0
ECHO_ARM_PX = 11.0
TRIANGLE_PX = 26.0

NO_BRUSH = Qt.BrushStyle.NoBrush
NO_PEN = Qt.PenStyle.NoPen
MITER = Qt.PenJoinStyle.MiterJoin


@dataclass(frozen=True, slots=True)
class StatusSign:
    """What tells a status without colour: a ring of `pieces` (1 is closed) with gaps, a second ring, a bar, a mark.

    `gap` is the part of each piece that is left out.
    """

    pieces: int = 1
    gap: float = 0.0
    double: bool = False
    barred: bool = False
    mark: str = ""


#: The marks of ships are the shapes that they hoist by day (COLREGs, rules 26, 27 and 30); a wave is under way, a
#: square made fast.
STATUS_SIGNS: Mapping[str, StatusSign] = MappingProxyType(
    {
        "unknown": StatusSign(18, 0.6),
        "available": StatusSign(),
        "assigned": StatusSign(3, 0.375, mark="dot"),
        "en_route": StatusSign(mark="out"),
        "on_scene": StatusSign(double=True),
        "transporting": StatusSign(mark="cross"),
        "busy": StatusSign(2, 0.22, mark="bar"),
        "returning": StatusSign(4, 0.3, mark="back"),
        "out_of_service": StatusSign(barred=True),
        "emergency": StatusSign(mark="burst"),
        "under_way": StatusSign(mark="wave"),
        "at_anchor": StatusSign(mark="anchor"),
        "moored": StatusSign(mark="square"),
        "aground": StatusSign(6, 0.25, mark="three_balls"),
        "fishing": StatusSign(mark="cones"),
        "not_under_command": StatusSign(2, 0.22, mark="two_balls"),
    }
)
#: availability of a resource -> the status of a unit that says the same
AVAILABILITY_STATUSES: Mapping[str, str] = MappingProxyType(
    {"available": "available", "committed": "busy", "out_of_service": "out_of_service", "unknown": "unknown"}
)


def status_sign(status: str) -> StatusSign:
    """The sign of a unit's status; a word outside our table wears that of unknown."""
    return STATUS_SIGNS.get(status, STATUS_SIGNS["unknown"])


def draw_ring(painter: QPainter, sign: StatusSign, ring: QColor, disc: QColor) -> None:
    """The disc of a unit and the ring of its status."""
    painter.setPen(NO_PEN)
    painter.setBrush(_ground(disc))
    painter.drawEllipse(QPointF(0, 0), RING_PX / 2 + 1.5, RING_PX / 2 + 1.5)
    painter.setBrush(NO_BRUSH)
    box = QRectF(-RING_PX / 2, -RING_PX / 2, RING_PX, RING_PX)
    painter.setPen(_line(ring, 2.6))
    if sign.pieces > 1:
        step = 360.0 / sign.pieces
        dash = step * (1.0 - sign.gap)
        for index in range(sign.pieces):
            painter.drawArc(box, round(16 * (90.0 - dash / 2 + index * step)), round(16 * dash))
    else:
        painter.drawEllipse(box)
    if sign.double:
        painter.setPen(_line(ring, 1.3))
        painter.drawEllipse(QPointF(0, 0), RING_PX / 2 - 3.2, RING_PX / 2 - 3.2)


def draw_square(painter: QPainter, sign: StatusSign, edge: QColor, disc: QColor) -> None:
    """The square of a resource and the edge of its availability."""
    half = SQUARE_PX / 2
    painter.setPen(NO_PEN)
    painter.setBrush(_ground(disc))
    painter.drawRoundedRect(QRectF(-half - 1.5, -half - 1.5, SQUARE_PX + 3, SQUARE_PX + 3), 3.0, 3.0)
    painter.setBrush(NO_BRUSH)
    outline = QPainterPath()
    outline.addRoundedRect(QRectF(-half, -half, SQUARE_PX, SQUARE_PX), 2.0, 2.0)
    pen = _line(edge, 2.6)
    if sign.pieces > 1:
        piece = outline.length() / sign.pieces / pen.widthF()
        pen.setDashPattern([piece * (1.0 - sign.gap), piece * sign.gap])
        pen.setDashOffset(-piece * sign.gap / 2)
    painter.setPen(pen)
    painter.drawPath(outline)


def draw_bar(painter: QPainter, sign: StatusSign, ink: QColor, disc: QColor) -> None:
    """Across what is out of service, above its glyph."""
    if not sign.barred:
        return
    reach = RING_PX / 2 * math.sqrt(0.5)
    line = QLineF(-reach, reach, reach, -reach)
    for tone, width in ((disc, 4.0), (ink, 2.0)):
        painter.setPen(_line(tone, width))
        painter.drawLine(line)


def diamond(arm: float = DIAMOND_ARM_PX) -> QPolygonF:
    """The diamond of an incident."""
    return QPolygonF([QPointF(0, -arm), QPointF(arm, 0), QPointF(0, arm), QPointF(-arm, 0)])


def triangle() -> QPolygonF:
    """The triangle of an alert."""
    half = TRIANGLE_PX / 2
    return QPolygonF([QPointF(0, -half), QPointF(half + 1.0, half - 2.0), QPointF(-half - 1.0, half - 2.0)])


def draw_burst(painter: QPainter, ring: QColor, disc: QColor, *, hollow: bool) -> None:
    """The ground of a unit that calls for help: no other symbol has spikes."""
    spikes = 12
    burst = QPolygonF(
        [
            QPointF(radius * math.sin(angle), -radius * math.cos(angle))
            for index in range(2 * spikes)
            for angle, radius in [(math.pi * index / spikes, 24.0 if index % 2 == 0 else 18.5)]
        ]
    )
    painter.setPen(QPen(disc, 2.0))
    painter.setBrush(ring)
    painter.drawPolygon(burst)
    painter.setPen(QPen(QColor("#ffffff"), 2.2))
    painter.setBrush(disc if hollow else ring)
    painter.drawEllipse(QPointF(0, 0), RING_PX / 2 + 0.6, RING_PX / 2 + 0.6)


def _ground(disc: QColor) -> QColor:
    ground = QColor(disc)
    ground.setAlpha(235)
    return ground


def _line(ink: QColor, width: float) -> QPen:
    return QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
