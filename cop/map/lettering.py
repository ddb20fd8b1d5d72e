"""Words on the map: fonts, and chips of text kept as pixmaps.

What feeds say is drawn as plain text, never as markup.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QImage, QPainter, QPainterPath, QPen, QPixmap

from cop.map.palette import Palette, colour

_ELLIPSIS = "…"
#: the space a chip leaves around its text
_CHIP_PAD_X = 6.0
_CHIP_PAD_Y = 3.0
_HALO_PX = 3.0
CALLSIGN_PX = 12
INCIDENT_PX = 13


@lru_cache(maxsize=8192)
def clean(text: str, limit: int = 40) -> str:
    """Text from a feed as one short line: no control or bidi characters, single spaces, cut with an ellipsis."""
    kept = "".join(" " if character.isspace() else character for character in text[: 8 * limit])
    kept = "".join(character for character in kept if unicodedata.category(character)[0] != "C")
    kept = " ".join(kept.split())
    return kept if len(kept) <= limit else kept[: limit - 1].rstrip() + _ELLIPSIS


def map_font(pixels: float, *, bold: bool = False, spacing_px: float = 0.0) -> QFont:
    """The application's font at a size in pixels, for the map."""
    font = QFont(QGuiApplication.font())
    font.setPixelSize(round(pixels))
    font.setBold(bold)
    if spacing_px:
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, spacing_px)
    return font


@dataclass(frozen=True, slots=True)
class Chip:
    """A line of text on a rounded ground, ready to be drawn; sizes in device independent pixels."""

    pixmap: QPixmap
    width: float
    height: float


@lru_cache(maxsize=4096)
def text_width(text: str, pixels: float, bold: bool = False) -> float:
    """The width of a line in pixels."""
    return QFontMetricsF(map_font(pixels, bold=bold)).horizontalAdvance(text)


class Chips:
    """Chips already drawn, by text and look; forgotten when there are too many or when theme or screen change."""

    def __init__(self, palette: Palette, limit: int = 2000) -> None:
        self.palette = palette
        self._limit = limit
        self._drawn: dict[tuple[str, str, str, float], Chip] = {}

    def set_palette(self, palette: Palette) -> None:
        """Draw all anew in other colours."""
        self.palette = palette
        self._drawn.clear()

    def callsign(self, text: str, dpr: float) -> Chip:
        """A unit's label."""
        return self._chip(text, self.palette.label, self.palette.label_chip, dpr, pixels=CALLSIGN_PX, bold=False)

    def incident(self, text: str, priority: int, dpr: float) -> Chip:
        """An incident's label in its priority's colour."""
        ground, ink = self.palette.priority_colours(priority)
        return self._chip(text, ink, ground, dpr, pixels=INCIDENT_PX, bold=True)

    def _chip(self, text: str, ink: str, ground: str, dpr: float, *, pixels: int, bold: bool) -> Chip:
        key = (text, ink, ground, dpr)
        chip = self._drawn.get(key)
        if chip is None:
            if len(self._drawn) >= self._limit:
                self._drawn.clear()
            chip = self._drawn[key] = _draw_chip(text, colour(ink), colour(ground), dpr, pixels=pixels, bold=bold)
        return chip


@lru_cache(maxsize=8192)
def chip_size(text: str, *, pixels: int, bold: bool) -> tuple[float, float]:
    """Width and height of a chip, without drawing it."""
    return round(text_width(text, pixels, bold) + 2 * _CHIP_PAD_X), round(pixels * 1.2 + 2 * _CHIP_PAD_Y)


def _draw_chip(text: str, ink: QColor, ground: QColor, dpr: float, *, pixels: int, bold: bool) -> Chip:
    width, height = chip_size(text, pixels=pixels, bold=bold)
    pixmap = QPixmap(round(width * dpr), round(height * dpr))
    pixmap.setDevicePixelRatio(dpr)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(QRectF(0, 0, width, height), 3, 3)
    painter.setFont(map_font(pixels, bold=bold))
    painter.setPen(ink)
    painter.drawText(QRectF(0, 0, width, height), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine, text)
    painter.end()
    return Chip(pixmap, width, height)


@dataclass(frozen=True, slots=True)
class Script:
    """How a name is written on the ground; colours as in the palette."""

    pixels: int
    ink: str
    halo: str
    bold: bool = False
    spacing_px: float = 0.0


def draw_haloed(painter: QPainter, at: QPointF, text: str, script: Script) -> None:
    """A line of text with a halo, its baseline starting at `at`: readable on any ground."""
    dpr = painter.device().devicePixelRatioF()
    image = _haloed(text, script, dpr)
    corner = at - QPointF(_HALO_PX, 1.2 * script.pixels + _HALO_PX)
    painter.drawImage(QPointF(round(corner.x() * dpr) / dpr, round(corner.y() * dpr) / dpr), image)


@lru_cache(maxsize=1024)
def _haloed(text: str, script: Script, dpr: float) -> QImage:
    font = map_font(script.pixels, bold=script.bold, spacing_px=script.spacing_px)
    width = QFontMetricsF(font).horizontalAdvance(text) + 2 * _HALO_PX
    height = 1.7 * script.pixels + 2 * _HALO_PX
    image = QImage(round(width * dpr), round(height * dpr), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(dpr)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    at = QPointF(_HALO_PX, 1.2 * script.pixels + _HALO_PX)
    path = QPainterPath()
    path.addText(at, font, text)
    pen = QPen(colour(script.halo), _HALO_PX, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.drawPath(path)
    painter.setPen(colour(script.ink))
    painter.setFont(font)
    painter.drawText(at, text)
    painter.end()
    return image
