"""How a unit and an incident look: drawn once for each combination, then kept as sprites.

A unit: ring = status (colour and a mark of its own), shape = discipline, fill = agency. An incident: diamond =
priority, glyph = type. The shapes are the SVG files of `resources/symbols`.
"""

import math
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtSvg import QSvgRenderer

from cop.domain.words import INCIDENT_TYPES, UNIT_KINDS, unit_discipline
from cop.map.palette import RESOURCES, Palette, colour

#: device independent pixels
RING_PX = 28.0
UNIT_CELL_PX = 36
EMERGENCY_CELL_PX = 52
TICK_CELL_PX = 14
TICK_RADIUS_PX = 19.0
INCIDENT_CELL_PX = 44
SHAPE_PX = 17.0

#: a heading is drawn in the nearest of these directions
DIRECTIONS = 32

SHAPES: tuple[str, ...] = (
    "other",
    "law",
    "fire",
    "ems",
    "transport",
    "utility",
    "medical",
    "emergency_management",
    "federal",
    "boat",
    "air",
    "vehicle",
    "facility",
    "sensor",
)
_KIND_SHAPES = {
    "boat": "boat",
    "vessel": "boat",
    "ferry": "boat",
    "aircraft": "air",
    "helicopter": "air",
    "air_ambulance": "air",
    "drone": "air",
    "vehicle": "vehicle",
    "facility": "facility",
    "sensor": "sensor",
}

#: length of dash and gap in degrees of the ring; a status without an entry wears a closed ring
_DASHES = {"unknown": (8.0, 12.0), "assigned": (75.0, 45.0), "returning": (75.0, 45.0), "busy": (140.0, 40.0)}
_NO_BRUSH = Qt.BrushStyle.NoBrush
_NO_PEN = Qt.PenStyle.NoPen


def shape_of(kind: str, disciplines: tuple[str, ...] = ()) -> str:
    """The shape a unit of this kind wears; an unknown kind wears that of its agency's first discipline."""
    if kind in _KIND_SHAPES:
        return _KIND_SHAPES[kind]
    if kind == "unknown" or kind not in UNIT_KINDS:
        return next((one for one in disciplines if one in SHAPES), "other")
    return unit_discipline(kind)


def unit_symbol(
    agency: QColor,
    shape: str,
    status: str,
    *,
    stale: bool,
    palette: Palette,
    dpr: float,
    doubtful: bool = False,
    exercise: bool = False,
) -> QImage:
    """A unit's symbol without its heading, on a transparent square of UNIT_CELL_PX or EMERGENCY_CELL_PX.

    `doubtful` is one whose place can hardly be true, `exercise` one that is not live where the work is.
    """
    emergency = status == "emergency"
    size = EMERGENCY_CELL_PX if emergency else UNIT_CELL_PX
    image, painter = _canvas(size, dpr)
    painter.translate(size / 2, size / 2)
    hollow = stale or doubtful or exercise
    painter.setOpacity(0.5 if hollow else 1.0)
    ring = colour(palette.status_colour(status))
    disc = colour(palette.symbol_disc)
    if emergency:
        _emergency_ground(painter, ring, disc, hollow=hollow)
        fill = disc if hollow else QColor("#ffffff")
        _draw_shape(painter, shape, ring if hollow else fill, hollow=hollow, disc=disc)
    else:
        _disc_and_ring(painter, status, ring, disc)
        inside_second_ring = 0.84 if status == "on_scene" else 1.0
        _draw_shape(painter, shape, agency, hollow=hollow, disc=disc, size=SHAPE_PX * inside_second_ring)
        _status_mark(painter, status, ring, disc)
    painter.setOpacity(1.0)
    if stale:
        _age_mark(painter, colour(palette.muted), disc, at=size / 2 - 7.0)
    _marks(painter, palette, at=size / 2 - 7.5, doubtful=doubtful, exercise=exercise)
    painter.end()
    return image


def heading_tick(agency: QColor, direction: int, palette: Palette, dpr: float) -> QImage:
    """The tick outside the ring that points where the unit goes; `direction` counts DIRECTIONS clockwise from north."""
    image, painter = _canvas(TICK_CELL_PX, dpr)
    painter.translate(TICK_CELL_PX / 2, TICK_CELL_PX / 2)
    painter.rotate(360.0 * direction / DIRECTIONS)
    for pen_colour, width in ((colour(palette.symbol_disc), 5.0), (agency, 3.0)):
        painter.setPen(QPen(pen_colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(0, 3.2), QPointF(0, -3.6))
    painter.end()
    return image


def incident_symbol(
    incident_type: str,
    priority: int,
    *,
    selected: bool,
    palette: Palette,
    dpr: float,
    doubtful: bool = False,
    exercise: bool = False,
    echo: bool = False,
) -> QImage:
    """An incident's diamond on a transparent square of INCIDENT_CELL_PX; `doubtful` and `exercise` as for a unit.

    `echo` is another report of an incident whose diamond stands elsewhere: a small outline with an equals sign.
    """
    image, painter = _canvas(INCIDENT_CELL_PX, dpr)
    half = INCIDENT_CELL_PX / 2
    painter.translate(half, half)
    arm = 11.0 if echo else 18.0
    diamond = QPolygonF([QPointF(0, -arm), QPointF(arm, 0), QPointF(0, arm), QPointF(-arm, 0)])
    edge = QColor("#ffffff") if selected else colour(palette.symbol_disc)
    painter.setPen(QPen(colour(palette.label_halo), 5.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap, _MITER))
    painter.setBrush(_NO_BRUSH)
    if selected:
        painter.drawPolygon(diamond)
    painter.setPen(QPen(edge, 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap, _MITER))
    ground, ink = palette.priority_colours(priority)
    if echo:
        _echo(painter, diamond, ground=colour(ground), disc=colour(palette.symbol_disc), ink=colour(palette.text))
        _marks(painter, palette, at=half - 8.0, doubtful=doubtful, exercise=exercise)
        painter.end()
        return image
    if doubtful or exercise:  # an outline only: nothing stands here for certain
        painter.setBrush(colour(palette.symbol_disc))
        painter.drawPolygon(diamond)
        dashes = QPen(colour(ground), 2.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, _MITER)
        dashes.setDashPattern([2.0, 1.2])
        painter.setPen(dashes)
        painter.setBrush(_NO_BRUSH)
        ink = palette.text
    else:
        painter.setBrush(colour(ground))
    painter.drawPolygon(diamond)
    known = incident_type if incident_type in INCIDENT_TYPES else "unknown"
    painter.drawImage(QRectF(-8.5, -8.5, 17, 17), tinted("incident", known, round(17 * dpr), ink))
    _marks(painter, palette, at=half - 8.0, doubtful=doubtful, exercise=exercise)
    painter.end()
    return image


_MITER = Qt.PenJoinStyle.MiterJoin


def _echo(painter: QPainter, diamond: QPolygonF, *, ground: QColor, disc: QColor, ink: QColor) -> None:
    painter.setBrush(disc)
    painter.drawPolygon(diamond)
    painter.setPen(QPen(ground, 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap, _MITER))
    painter.drawPolygon(diamond)
    painter.setPen(QPen(ink, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    for height in (-2.0, 2.0):
        painter.drawLine(QPointF(-4.0, height), QPointF(4.0, height))


@lru_cache(maxsize=512)
def tinted(folder: str, name: str, size_px: int, ink: str) -> QImage:
    """A shape of `resources/symbols` in one colour (`#rrggbb`), `size_px` device pixels wide and high."""
    renderer = QSvgRenderer(str(RESOURCES / "symbols" / folder / f"{name}.svg"))
    image = QImage(size_px, size_px, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, size_px, size_px))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(image.rect(), colour(ink))
    painter.end()
    return image


def _canvas(size: float, dpr: float) -> tuple[QImage, QPainter]:
    side = round(size * dpr)
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    painter.scale(side / size, side / size)
    return image, painter


def _draw_shape(
    painter: QPainter, shape: str, fill: QColor, *, hollow: bool, disc: QColor, size: float = SHAPE_PX
) -> None:
    dpr = painter.transform().m11()
    box = QRectF(-size / 2, -size / 2, size, size)
    painter.drawImage(box, tinted("unit", shape, round(size * dpr), fill.name()))
    if hollow:
        inner = box.adjusted(2.6, 2.6, -2.6, -2.6)
        painter.drawImage(inner, tinted("unit", shape, round(inner.width() * dpr), disc.name()))


def _disc_and_ring(painter: QPainter, status: str, ring: QColor, disc: QColor) -> None:
    painter.setPen(_NO_PEN)
    ground = QColor(disc)
    ground.setAlpha(235)
    painter.setBrush(ground)
    painter.drawEllipse(QPointF(0, 0), RING_PX / 2 + 1.5, RING_PX / 2 + 1.5)
    painter.setBrush(_NO_BRUSH)
    pen = QPen(ring, 2.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
    box = QRectF(-RING_PX / 2, -RING_PX / 2, RING_PX, RING_PX)
    painter.setPen(pen)
    if status in _DASHES:
        dash, gap = _DASHES[status]
        for index in range(round(360 / (dash + gap))):
            start = 90.0 - dash / 2 + index * (dash + gap)
            painter.drawArc(box, round(16 * start), round(16 * dash))
    else:
        painter.drawEllipse(box)
    if status == "on_scene":  # a second ring: on scene is told from available without colour
        painter.setPen(QPen(ring, 1.3))
        painter.drawEllipse(QPointF(0, 0), RING_PX / 2 - 3.2, RING_PX / 2 - 3.2)
    if status == "out_of_service":
        painter.setPen(QPen(ring, 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        reach = RING_PX / 2 * math.sqrt(0.5)
        painter.drawLine(QPointF(-reach, reach), QPointF(reach, -reach))


def _status_mark(painter: QPainter, status: str, ring: QColor, disc: QColor) -> None:
    """The badge at the lower right of a unit that is on its way: an arrow out, an arrow back, a cross, a dot."""
    if status not in {"en_route", "transporting", "returning", "assigned", "busy"}:
        return
    painter.save()
    painter.translate(10.0, 10.0)
    painter.setPen(QPen(disc, 1.4))
    painter.setBrush(ring)
    painter.drawEllipse(QPointF(0, 0), 6.3, 6.3)
    mark = QPainterPath()
    if status == "en_route":
        mark.addPolygon(QPolygonF([QPointF(-2.2, -3.4), QPointF(3.4, 0), QPointF(-2.2, 3.4)]))
    elif status == "returning":
        mark.addPolygon(QPolygonF([QPointF(2.2, -3.4), QPointF(-3.4, 0), QPointF(2.2, 3.4)]))
    elif status == "transporting":
        mark.addRect(-1.2, -3.4, 2.4, 6.8)
        mark.addRect(-3.4, -1.2, 6.8, 2.4)
        mark.setFillRule(Qt.FillRule.WindingFill)
    elif status == "busy":
        mark.addRect(-3.3, -1.2, 6.6, 2.4)
    else:
        mark.addEllipse(QPointF(0, 0), 2.4, 2.4)
    painter.setPen(_NO_PEN)
    painter.setBrush(disc)
    painter.drawPath(mark)
    painter.restore()


def _emergency_ground(painter: QPainter, ring: QColor, disc: QColor, *, hollow: bool) -> None:
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


def _age_mark(painter: QPainter, grey: QColor, disc: QColor, *, at: float) -> None:
    """A small clock at the upper right: the word is old."""
    centre = QPointF(at, -at)
    painter.setPen(QPen(grey, 1.5))
    painter.setBrush(disc)
    painter.drawEllipse(centre, 5.4, 5.4)
    painter.drawLine(centre, centre + QPointF(0, -3.2))
    painter.drawLine(centre, centre + QPointF(2.4, 1.0))


def _marks(painter: QPainter, palette: Palette, *, at: float, doubtful: bool, exercise: bool) -> None:
    """A question mark at the upper left for a place that can hardly be true, an E at the lower left for an exercise."""
    if doubtful:
        ink = colour(palette.symbol_disc)
        _badge(painter, QPointF(-at, -at), colour(palette.warn), ink)
        hook = QPainterPath(QPointF(-2.1, -1.6))
        hook.arcTo(QRectF(-2.1, -4.0, 4.2, 4.2), 180, -220)
        hook.lineTo(0, 1.5)
        _stroke(painter, QPointF(-at, -at), hook, ink)
        painter.setPen(_NO_PEN)
        painter.setBrush(ink)
        painter.drawEllipse(QPointF(-at, -at + 3.9), 1.0, 1.0)
    if exercise:
        ink = colour(palette.exercise_text)
        _badge(painter, QPointF(-at, at), colour(palette.exercise), ink)
        letter = QPainterPath(QPointF(2.2, -3.2))
        for x, y in ((-1.8, -3.2), (-1.8, 3.2), (2.2, 3.2)):
            letter.lineTo(x, y)
        letter.moveTo(-1.8, 0)
        letter.lineTo(1.7, 0)
        _stroke(painter, QPointF(-at, at), letter, ink)


def _badge(painter: QPainter, centre: QPointF, ground: QColor, edge: QColor) -> None:
    painter.setPen(QPen(edge, 1.2))
    painter.setBrush(ground)
    painter.drawEllipse(centre, 6.6, 6.6)


def _stroke(painter: QPainter, centre: QPointF, path: QPainterPath, ink: QColor) -> None:
    painter.setPen(QPen(ink, 1.7, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(_NO_BRUSH)
    painter.drawPath(path.translated(centre))
