"""How what stands on the map looks: drawn once for each combination, then kept as sprites.

The frame says what it is: a unit is a circle, an incident a diamond, a resource a square, an alert a triangle. The
glyph says of which kind, the fill of which agency, the frame's line and a mark of which status, a faded symbol with a
clock that the word is old. An incident is filled by its priority, an alert by its severity; both wear it as a sign too.
"""

from functools import lru_cache
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from cop.domain.rules.alarm import SEVERITIES
from cop.map import symbol_frames as frames
from cop.map.glyphs import incident_glyph, resource_glyph, tinted, unit_glyph
from cop.map.palette import Palette, colour
from cop.map.symbol_frames import MITER, NO_BRUSH, status_sign
from cop.map.symbol_marks import age_mark, corner_marks, figure_mark, status_mark

#: device independent pixels
RING_PX = frames.RING_PX
UNIT_CELL_PX = 36
EMERGENCY_CELL_PX = 52
TICK_CELL_PX = 14
TICK_RADIUS_PX = 19.0
INCIDENT_CELL_PX = 44
RESOURCE_CELL_PX = 40
ALERT_CELL_PX = 34
SHAPE_PX = 17.0

#: a heading is drawn in the nearest of these directions
DIRECTIONS = 32

_FADED = 128
#: alerts of these are filled; of the others only the outline is drawn
_FILLED_SEVERITIES = ("Extreme", "Severe")


class UnitDrawing(Protocol):
    """A set of symbols for units: ours, or another with the same marks of age, doubt and exercise."""

    def __call__(
        self,
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
        """A unit's symbol on a transparent square, its place in the middle."""


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

    `shape` is one of `glyphs.shape_of`; `doubtful` is one whose place can hardly be true, `exercise` one that is not
    live where the work is.
    """
    emergency = status == "emergency"
    size = EMERGENCY_CELL_PX if emergency else UNIT_CELL_PX
    image, painter = canvas(size, dpr)
    hollow = stale or doubtful or exercise
    sign = status_sign(status)
    ring, disc = colour(palette.status_colour(status)), colour(palette.symbol_disc)
    if emergency:
        frames.draw_burst(painter, ring, disc, hollow=hollow)
        _draw_glyph(painter, unit_glyph(shape, round(SHAPE_PX * dpr), ring.name() if hollow else "#ffffff"))
    else:
        frames.draw_ring(painter, sign, ring, disc)
        # within a second ring there is less room
        side = SHAPE_PX * (0.84 if sign.double else 1.0)
        _draw_glyph(painter, unit_glyph(shape, round(side * dpr), agency.name()), side)
        frames.draw_bar(painter, sign, ring, disc)
        status_mark(painter, sign.mark, ring, disc)
    finish(painter, palette, size, stale=stale, doubtful=doubtful, exercise=exercise)
    return image


def heading_tick(agency: QColor, direction: int, palette: Palette, dpr: float) -> QImage:
    """The tick outside the ring that points where the unit goes; `direction` counts DIRECTIONS clockwise from north."""
    return QImage(_heading_tick(agency.name(), direction, palette.symbol_disc, dpr))


@lru_cache(maxsize=4096)
def _heading_tick(ink: str, direction: int, disc: str, dpr: float) -> QImage:
    """Kept: agencies without a colour of their own share a few, and each agency has as many ticks as directions."""
    image, painter = canvas(TICK_CELL_PX, dpr)
    painter.rotate(360.0 * direction / DIRECTIONS)
    for tone, width in ((disc, 5.0), (ink, 3.0)):
        painter.setPen(QPen(colour(tone), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
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

    The priority is its colour and the figure at its lower right. `echo` is another report of an incident whose diamond
    stands elsewhere: a small outline with an equals sign.
    """
    image, painter = canvas(INCIDENT_CELL_PX, dpr)
    diamond = frames.diamond(frames.ECHO_ARM_PX if echo else frames.DIAMOND_ARM_PX)
    disc = colour(palette.symbol_disc)
    painter.setPen(_edge(colour(palette.label_halo), 5.0))
    painter.setBrush(NO_BRUSH)
    if selected:
        painter.drawPolygon(diamond)
    painter.setPen(_edge(colour(palette.label) if selected else disc, 2.2))
    ground, ink = palette.priority_colours(priority)
    at = INCIDENT_CELL_PX / 2 - 8.0
    if echo:
        painter.setBrush(disc)
        painter.drawPolygon(diamond)
        _equals(painter, colour(ground), colour(palette.text))
    else:
        if doubtful or exercise:  # an outline only: nothing stands here for certain
            painter.setBrush(disc)
            painter.drawPolygon(diamond)
            dashes = QPen(colour(ground), 2.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, MITER)
            dashes.setDashPattern([2.0, 1.2])
            painter.setPen(dashes)
            painter.setBrush(NO_BRUSH)
            ink = palette.text
        else:
            painter.setBrush(colour(ground))
        painter.drawPolygon(diamond)
        _draw_glyph(painter, incident_glyph(incident_type, round(SHAPE_PX * dpr), ink))
        known = priority if 1 <= priority <= 5 else 5
        text = colour(palette.text)
        figure_mark(painter, str(known), QPointF(at - 1.5, at - 1.5), ground=disc, edge=colour(ground), ink=text)
    corner_marks(painter, palette, at=at, doubtful=doubtful, exercise=exercise)
    painter.end()
    return image


def resource_symbol(
    agency: QColor,
    kind: str,
    availability: str,
    *,
    palette: Palette,
    dpr: float,
    stale: bool = False,
    doubtful: bool = False,
    exercise: bool = False,
    count: int = 1,
    small: bool = False,
) -> QImage:
    """The square of a resource that stands somewhere, on a transparent square of RESOURCE_CELL_PX.

    `stale` is one whose time is over, `count` how many stand at this place; `small` is one of so many that no glyph
    could be read.
    """
    image, painter = canvas(RESOURCE_CELL_PX, dpr)
    status = frames.AVAILABILITY_STATUSES.get(availability, "unknown")
    sign = status_sign(status)
    edge, disc = colour(palette.status_colour(status)), colour(palette.symbol_disc)
    if small:
        painter.setPen(QPen(edge, 2.0))
        painter.setBrush(agency)
        painter.drawRect(QRectF(-4.0, -4.0, 8.0, 8.0))
        if stale or doubtful or exercise:
            _fade(painter, RESOURCE_CELL_PX)
        painter.end()
        return image
    frames.draw_square(painter, sign, edge, disc)
    _draw_glyph(painter, resource_glyph(kind, round(SHAPE_PX * dpr), agency.name()))
    frames.draw_bar(painter, sign, edge, disc)
    if count > 1:
        text = str(count) if count < 100 else "99"
        figure_mark(painter, text, QPointF(11.0, 11.0), ground=disc, edge=edge, ink=colour(palette.text))
    else:
        status_mark(painter, sign.mark, edge, disc)
    finish(painter, palette, RESOURCE_CELL_PX, stale=stale, doubtful=doubtful, exercise=exercise)
    return image


def alert_symbol(severity: str, *, quiet: bool, palette: Palette, dpr: float) -> QImage:
    """The triangle of an alert on a transparent square of ALERT_CELL_PX; the two that alarm are filled.

    `severity` is one of `alarm.SEVERITIES`; `quiet` is one that may not alarm: a test, a draft, an exercise.
    """
    image, painter = canvas(ALERT_CELL_PX, dpr)
    severity = severity if severity in SEVERITIES else SEVERITIES[-1]
    tones = (palette.hot_zone, palette.priority["2"], palette.zone, palette.muted, palette.muted)
    tone = colour(palette.muted if quiet else tones[SEVERITIES.index(severity)])
    disc = colour(palette.symbol_disc)
    filled = severity in _FILLED_SEVERITIES and not quiet
    triangle = frames.triangle()
    round_join = Qt.PenJoinStyle.RoundJoin
    painter.setPen(QPen(disc, 5.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, round_join))
    painter.setBrush(tone if filled else disc)
    painter.drawPolygon(triangle)
    line = QPen(tone, 2.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, round_join)
    if quiet:
        line.setDashPattern([1.6, 1.2])
    painter.setPen(line)
    painter.drawPolygon(triangle)
    dark_on_light = QColor("#10161d") if tone.lightnessF() > 0.35 and severity == "Severe" else QColor("#ffffff")
    ink = dark_on_light if filled else colour(palette.text)
    side = 13.0
    glyph = tinted("alert", severity.lower(), round(side * dpr), ink.name())
    painter.drawImage(QRectF(-side / 2, -side / 2 + 3.2, side, side), glyph)
    painter.end()
    return image


def canvas(size: float, dpr: float) -> tuple[QImage, QPainter]:
    """A transparent square, and a painter whose origin is its middle."""
    side = round(size * dpr)
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    painter.scale(side / size, side / size)
    painter.translate(size / 2, size / 2)
    return image, painter


def finish(painter: QPainter, palette: Palette, size: float, *, stale: bool, doubtful: bool, exercise: bool) -> None:
    """Fade what was drawn so far if it is not certain, set the marks that say why, end the painter."""
    if stale or doubtful or exercise:
        _fade(painter, size)
    if stale:
        age_mark(painter, colour(palette.muted), colour(palette.symbol_disc), at=size / 2 - 7.0)
    corner_marks(painter, palette, at=size / 2 - 7.5, doubtful=doubtful, exercise=exercise)
    painter.end()


def _fade(painter: QPainter, size: float) -> None:
    """All at once: strokes that are faded each for itself show one another through."""
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
    painter.fillRect(QRectF(-size / 2, -size / 2, size, size), QColor(0, 0, 0, _FADED))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)


def _draw_glyph(painter: QPainter, glyph: QImage, side: float = SHAPE_PX) -> None:
    painter.drawImage(QRectF(-side / 2, -side / 2, side, side), glyph)


def _edge(tone: QColor, width: float) -> QPen:
    return QPen(tone, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap, MITER)


def _equals(painter: QPainter, ground: QColor, ink: QColor) -> None:
    painter.setPen(_edge(ground, 2.0))
    painter.setBrush(NO_BRUSH)
    painter.drawPolygon(frames.diamond(frames.ECHO_ARM_PX))
    painter.setPen(QPen(ink, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    for height in (-2.0, 2.0):
        painter.drawLine(QPointF(-4.0, height), QPointF(4.0, height))
