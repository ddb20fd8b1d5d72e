"""The small marks at a symbol's corners: what a unit does, whether the word is old, doubtful or an exercise's."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from cop.map.lettering import map_font
from cop.map.palette import Palette, colour
from cop.map.symbol_frames import NO_BRUSH, NO_PEN

_BADGE_PX = 6.6
_ROUND = Qt.PenCapStyle.RoundCap


def status_mark(painter: QPainter, mark: str, ring: QColor, disc: QColor) -> None:
    """The badge at the lower right: an arrow out or back, a cross, a bar, a dot; of ships what they hoist."""
    if not mark:
        return
    painter.save()
    painter.translate(10.0, 10.0)
    painter.setPen(QPen(disc, 1.4))
    painter.setBrush(ring)
    painter.drawEllipse(QPointF(0, 0), _BADGE_PX, _BADGE_PX)
    if mark in _DRAWN_AS_LINES:
        painter.setBrush(NO_BRUSH)
        painter.setPen(QPen(disc, 1.6, Qt.PenStyle.SolidLine, _ROUND))
        painter.drawPath(_DRAWN_AS_LINES[mark]())
    else:
        painter.setPen(NO_PEN)
        painter.setBrush(disc)
        painter.drawPath(_mark(mark))
    painter.restore()


def age_mark(painter: QPainter, grey: QColor, disc: QColor, *, at: float) -> None:
    """A small clock at the upper right: the word is old."""
    centre = QPointF(at, -at)
    painter.setPen(QPen(grey, 1.6))
    painter.setBrush(disc)
    painter.drawEllipse(centre, 5.6, 5.6)
    painter.drawLine(centre, centre + QPointF(0, -3.4))
    painter.drawLine(centre, centre + QPointF(2.6, 1.1))


def corner_marks(painter: QPainter, palette: Palette, *, at: float, doubtful: bool, exercise: bool) -> None:
    """A question mark at the upper left for a place that can hardly be true, an E at the lower left for an exercise."""
    if doubtful:
        ink = colour(palette.symbol_disc)
        centre = QPointF(-at, -at)
        _badge(painter, centre, colour(palette.warn), ink)
        hook = QPainterPath(QPointF(-2.1, -1.6))
        hook.arcTo(QRectF(-2.1, -4.0, 4.2, 4.2), 180, -220)
        hook.lineTo(0, 1.5)
        _stroke(painter, centre, hook, ink)
        painter.setPen(NO_PEN)
        painter.setBrush(ink)
        painter.drawEllipse(centre + QPointF(0, 3.9), 1.0, 1.0)
    if exercise:
        ink = colour(palette.exercise_text)
        centre = QPointF(-at, at)
        _badge(painter, centre, colour(palette.exercise), ink)
        letter = QPainterPath(QPointF(2.2, -3.2))
        for x, y in ((-1.8, -3.2), (-1.8, 3.2), (2.2, 3.2)):
            letter.lineTo(x, y)
        letter.moveTo(-1.8, 0)
        letter.lineTo(1.7, 0)
        _stroke(painter, centre, letter, ink)


def figure_mark(painter: QPainter, text: str, centre: QPointF, *, ground: QColor, edge: QColor, ink: QColor) -> None:
    """A figure on a badge: the priority of an incident, how many resources stand at one place."""
    _badge(painter, centre, ground, edge)
    letters = QPainterPath()
    letters.addText(QPointF(0, 0), map_font(10 if len(text) == 1 else 8, bold=True), text)
    painter.setPen(NO_PEN)
    painter.setBrush(ink)
    painter.drawPath(letters.translated(centre - letters.boundingRect().center()))


def _mark(mark: str) -> QPainterPath:
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    match mark:
        case "out":
            path.addPolygon(_polygon((-2.2, -3.5), (3.6, 0), (-2.2, 3.5)))
        case "back":
            path.addPolygon(_polygon((2.2, -3.5), (-3.6, 0), (2.2, 3.5)))
        case "cross":
            path.addRect(-1.2, -3.5, 2.4, 7.0)
            path.addRect(-3.5, -1.2, 7.0, 2.4)
        case "bar":
            path.addRect(-3.4, -1.2, 6.8, 2.4)
        case "square":
            path.addRect(-2.7, -2.7, 5.4, 5.4)
        case "cones":
            path.addPolygon(_polygon((-3.2, -4.0), (3.2, -4.0), (0, 0)))
            path.addPolygon(_polygon((-3.2, 4.0), (3.2, 4.0), (0, 0)))
        case "two_balls":
            for y in (-2.3, 2.3):
                path.addEllipse(QPointF(0, y), 1.7, 1.7)
        case "three_balls":
            for x, y in ((0.0, -2.7), (-2.4, 1.6), (2.4, 1.6)):
                path.addEllipse(QPointF(x, y), 1.6, 1.6)
        case _:
            path.addEllipse(QPointF(0, 0), 2.4, 2.4)
    return path


def _anchor() -> QPainterPath:
    path = QPainterPath(QPointF(0, -3.6))
    path.lineTo(0, 3.6)
    path.moveTo(-2.0, -1.8)
    path.lineTo(2.0, -1.8)
    path.moveTo(-3.6, 0.6)
    path.arcTo(QRectF(-3.6, -3.0, 7.2, 6.8), 190, 160)
    return path


def _wave() -> QPainterPath:
    path = QPainterPath(QPointF(-4.0, 0.4))
    path.cubicTo(-2.6, -3.4, -1.4, -3.4, 0, 0)
    path.cubicTo(1.4, 3.4, 2.6, 3.4, 4.0, -0.4)
    return path


_DRAWN_AS_LINES = {"anchor": _anchor, "wave": _wave}


def _polygon(*points: tuple[float, float]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in (*points, points[0])])


def _badge(painter: QPainter, centre: QPointF, ground: QColor, edge: QColor) -> None:
    painter.setPen(QPen(edge, 1.2))
    painter.setBrush(ground)
    painter.drawEllipse(centre, _BADGE_PX, _BADGE_PX)


def _stroke(painter: QPainter, centre: QPointF, path: QPainterPath, ink: QColor) -> None:
    painter.setPen(QPen(ink, 1.7, Qt.PenStyle.SolidLine, _ROUND, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(NO_BRUSH)
    painter.drawPath(path.translated(centre))
