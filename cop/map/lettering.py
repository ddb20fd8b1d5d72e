"""Words on the map: fonts, and chips of text kept as pixmaps.

What feeds say is drawn as plain text, never as markup.
"""

import math
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QTextLayout,
    QTextOption,
)

from cop.map.palette import Palette, colour

_ELLIPSIS = "…"
#: longer than any name that a feed may bring
_LONGEST = 2048
#: the space a chip leaves around its text
_CHIP_PAD_X = 6.0
_CHIP_PAD_Y = 3.0
#: letters and signs that leave nothing on the screen: a name of these would be no name (Hangul fillers, empty Braille)
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_HALO_PX = 3.0
#: from line to line, in heights of the font
_LINE = 1.2
_BESIDE_STEP_PX = 8.0
CALLSIGN_PX = 12
BESIDE_PX = 11
INCIDENT_PX = 13


@lru_cache(maxsize=8192)
def clean(text: str, limit: int = 40) -> str:
    """Text from a feed as one short line: no control or bidi characters, single spaces, cut with an ellipsis."""
    kept = _plain(text[: 8 * limit])
    return kept if len(kept) <= limit else kept[: limit - 1].rstrip() + _ELLIPSIS


@lru_cache(maxsize=8192)
def whole(text: str) -> str:
    """Text from a feed as one line, all of it: no control or bidi characters, single spaces.

    For names that must not be cut, because another's may begin alike; feeds' names have 256 characters at most.
    """
    return _plain(text[:_LONGEST])


def _plain(text: str) -> str:
    spaced = (" " if character.isspace() or character in _BLANK else character for character in text)
    return " ".join("".join(one for one in spaced if unicodedata.category(one)[0] != "C").split())


def map_font(pixels: float, *, bold: bool = False, spacing_px: float = 0.0) -> QFont:
    """The application's font at a size in pixels, for the map."""
    font = QFont(QGuiApplication.font())
    font.setPixelSize(round(pixels))
    font.setBold(bold)
    if spacing_px:
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, spacing_px)
    return font


@lru_cache(maxsize=4096)
def text_width(text: str, pixels: float, bold: bool = False) -> float:
    """The width of a line in pixels."""
    return QFontMetricsF(map_font(pixels, bold=bold)).horizontalAdvance(text)


@lru_cache(maxsize=8192)
def wrapped(text: str, widest_px: float, *, pixels: int, bold: bool) -> tuple[str, ...]:
    """A text in as few lines as fit the width, about equally long: between words, within one only if it is longer."""
    across = text_width(text, pixels, bold)
    if across <= widest_px:
        return (text,)
    lines = _broken(text, widest_px, pixels, bold)
    for share in (1.02, 1.1, 1.2, 1.35):
        even = share * across / len(lines)
        if even < widest_px and len(evener := _broken(text, even, pixels, bold)) == len(lines):
            return evener
    return lines


def _broken(text: str, widest_px: float, pixels: int, bold: bool) -> tuple[str, ...]:
    layout = QTextLayout(text, map_font(pixels, bold=bold))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    units = text.encode("utf-16-le")  # Qt counts in these
    lines = []
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(widest_px)
        start = 2 * line.textStart()
        lines.append(units[start : start + 2 * line.textLength()].decode("utf-16-le", "replace").strip())
    layout.endLayout()
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class Chip:
    """Text on a rounded ground, ready to be drawn; sizes in device independent pixels."""

    pixmap: QPixmap
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class _Look:
    """How a chip is drawn; `open_left`, `open_right`: another one follows there without a seam."""

    ink: str
    ground: str
    pixels: int
    bold: bool = False
    open_left: bool = False
    open_right: bool = False


class Chips:
    """Chips already drawn, by text and look; forgotten when there are too many or when theme or screen change."""

    def __init__(self, palette: Palette, limit: int = 2000) -> None:
        self.palette = palette
        self._limit = limit
        self._drawn: dict[tuple[tuple[str, ...], float, float, _Look, float], Chip] = {}

    def set_palette(self, palette: Palette) -> None:
        """Draw all anew in other colours."""
        self.palette = palette
        self._drawn.clear()

    def callsign(self, lines: tuple[str, ...], dpr: float, *, followed: bool = False, stale: bool = False) -> Chip:
        """A unit's label; `followed`: another part stands to its right. A stale unit's is muted."""
        look = _Look(
            self.palette.muted if stale else self.palette.label,
            self.palette.label_chip,
            CALLSIGN_PX,
            open_right=followed,
        )
        return self._chip(lines, chip_size(lines, pixels=CALLSIGN_PX, bold=False), look, dpr)

    def beside(self, text: str, ink: str, size: tuple[float, float], dpr: float) -> Chip:
        """What stands to the right of a callsign, of a given width and height, in a colour of the palette."""
        look = _Look(ink, self.palette.label_chip, BESIDE_PX, open_left=True)
        return self._chip((text,), size, look, dpr)

    def incident(self, lines: tuple[str, ...], priority: int, dpr: float) -> Chip:
        """An incident's label in its priority's colour."""
        ground, ink = self.palette.priority_colours(priority)
        size = chip_size(lines, pixels=INCIDENT_PX, bold=True)
        return self._chip(lines, size, _Look(ink, ground, INCIDENT_PX, bold=True), dpr)

    def _chip(self, lines: tuple[str, ...], size: tuple[float, float], look: _Look, dpr: float) -> Chip:
        key = (lines, *size, look, dpr)
        chip = self._drawn.get(key)
        if chip is None:
            if len(self._drawn) >= self._limit:
                self._drawn.clear()
            chip = self._drawn[key] = _draw_chip(lines, size, look, dpr)
        return chip


@lru_cache(maxsize=8192)
def chip_size(lines: tuple[str, ...], *, pixels: int, bold: bool) -> tuple[float, float]:
    """Width and height of a chip, without drawing it."""
    across = max(text_width(line, pixels, bold) for line in lines)
    # rounded up: half a pixel less would take the edge off the last letter
    return math.ceil(across + 2 * _CHIP_PAD_X), round(len(lines) * pixels * _LINE + 2 * _CHIP_PAD_Y)


def beside_width(text: str) -> float:
    """The width of what stands beside a callsign, in steps, so that a figure that changes does not move its label."""
    return _BESIDE_STEP_PX * math.ceil((text_width(text, BESIDE_PX) + _CHIP_PAD_X) / _BESIDE_STEP_PX)


def _draw_chip(lines: tuple[str, ...], size: tuple[float, float], look: _Look, dpr: float) -> Chip:
    width, height = size
    pixmap = QPixmap(round(width * dpr), round(height * dpr))
    pixmap.setDevicePixelRatio(dpr)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(look.ground))
    beyond = 8.0  # corners that lie beyond the pixmap are not seen
    ground = QRectF(0, 0, width, height).adjusted(-beyond * look.open_left, 0, beyond * look.open_right, 0)
    painter.drawRoundedRect(ground, 3, 3)
    painter.setFont(map_font(look.pixels, bold=look.bold))
    painter.setPen(colour(look.ink))
    left = 0.0 if look.open_left else _CHIP_PAD_X
    aligned = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
    for index, line in enumerate(lines):
        top = _CHIP_PAD_Y + index * look.pixels * _LINE
        row = (height - 2 * _CHIP_PAD_Y) if len(lines) == 1 else look.pixels * _LINE
        painter.drawText(QRectF(left, top, width, row), aligned | Qt.TextFlag.TextDontClip, line)
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
