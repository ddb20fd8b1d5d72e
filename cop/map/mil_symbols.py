"""Units in the symbols of MIL-STD-2525, for who exchanges with TAK and the military; our marks stay the same on them.

The `milsymbol` package takes two seconds and 400 MB to read its tables (0.2.0). So it draws in a process of its own,
once, and what it drew is kept on the disk.
"""

import importlib.metadata
import importlib.util
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from cop.map import symbol_frames as frames
from cop.map.palette import RESOURCES, Palette, colour
from cop.map.symbol_frames import NO_BRUSH, NO_PEN, StatusSign, status_sign
from cop.map.symbol_marks import status_mark
from cop.map.symbols import EMERGENCY_CELL_PX, UNIT_CELL_PX, canvas, finish

TABLE = RESOURCES / "symbols" / "mil-std-2525.toml"
PACKAGE = "milsymbol"
_SIDE_PX = 27.0
_LINE_PX = 26.0
#: far longer than it takes anywhere
_DRAWN_WITHIN_S = 60
#: what the other process does: code after code, its drawing or nothing
_DRAW = """
import json, sys
from milsymbol import Symbol
drawn = {code: Symbol(code, size=60) for code in json.load(sys.stdin)}
json.dump({code: one.as_svg() if one.is_valid() else "" for code, one in drawn.items()}, sys.stdout)
"""


class MilSymbolsError(Exception):
    """Why they cannot be shown, in words for the screen."""


def shape_codes() -> dict[str, str]:
    """The code of each shape that `glyphs.shape_of` names."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {**table["disciplines"], **table["units"]}


def load_mil_symbols(cache: Path) -> "MilSymbols":
    """The set, drawn now or before; `cache` is a folder for what was drawn. Raises MilSymbolsError."""
    if importlib.util.find_spec(PACKAGE) is None:
        raise MilSymbolsError('MIL-STD-2525 symbols need the package milsymbol: pip install "cop[milsymbol]"')
    codes = shape_codes()
    kept = cache / f"{PACKAGE}-{importlib.metadata.version(PACKAGE)}.json"
    drawn = _read(kept)
    if not set(codes.values()) <= drawn.keys():
        drawn = _draw(set(codes.values()))
        try:
            cache.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps(drawn), encoding="utf-8")
        except OSError:
            pass  # a full or locked disk costs two seconds at the next start, no more
    return MilSymbols({shape: drawn.get(code, "") for shape, code in codes.items()})


class MilSymbols:
    """Draws a unit: the standard's symbol, our line of the agency above, of the status below, and our marks."""

    def __init__(self, drawings: Mapping[str, str]) -> None:
        """`drawings` are SVG by shape. Raises MilSymbolsError if one of them is none."""
        self._drawings = {shape: QByteArray(text.encode()) for shape, text in drawings.items()}
        bad = [shape for shape, drawing in self._drawings.items() if not QSvgRenderer(drawing).isValid()]
        if bad or "other" not in self._drawings:
            raise MilSymbolsError(f"milsymbol drew no symbol for {', '.join(bad) or 'units of no known kind'}")
        self._drawn = lru_cache(maxsize=256)(self._draw)

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
        """A unit's symbol, as `symbols.unit_symbol`."""
        emergency = status == "emergency"
        size = EMERGENCY_CELL_PX if emergency else UNIT_CELL_PX
        image, painter = canvas(size, dpr)
        ring, disc = colour(palette.status_colour(status)), colour(palette.symbol_disc)
        sign = status_sign(status)
        if emergency:
            frames.draw_burst(painter, ring, disc, hollow=stale or doubtful or exercise)
        drawn = self._drawn(shape if shape in self._drawings else "other", round(_SIDE_PX * dpr))
        scale = (0.78 if emergency else 1.0) / dpr
        width, height = drawn.width() * scale, drawn.height() * scale
        painter.drawImage(QRectF(-width / 2, -height / 2, width, height), drawn)
        if not emergency:
            half = height / 2 + 2.2
            _line(painter, agency, disc, y=-half, sign=StatusSign())
            _line(painter, ring, disc, y=half, sign=sign)
            frames.draw_bar(painter, sign, ring, disc)
            status_mark(painter, sign.mark, ring, disc)
        finish(painter, palette, size, stale=stale, doubtful=doubtful, exercise=exercise)
        return image

    def _draw(self, shape: str, side_px: int) -> QImage:
        renderer = QSvgRenderer(self._drawings[shape])
        size = QSize(renderer.defaultSize())
        size.scale(side_px, round(0.86 * side_px), Qt.AspectRatioMode.KeepAspectRatio)
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        renderer.render(painter, QRectF(image.rect()))
        painter.end()
        return image


def _line(painter: QPainter, ink: QColor, disc: QColor, *, y: float, sign: StatusSign) -> None:
    """A line across, in the pieces of a status."""
    painter.setPen(NO_PEN)
    painter.setBrush(disc)
    painter.drawRect(QRectF(-_LINE_PX / 2 - 1, y - 2.4, _LINE_PX + 2, 4.8))
    painter.setBrush(ink)
    pieces = min(sign.pieces, 9)
    step = _LINE_PX / pieces
    for index in range(pieces):
        gap = step * sign.gap if pieces > 1 else 0.0
        painter.drawRect(QRectF(-_LINE_PX / 2 + index * step + gap / 2, y - 1.4, step - gap, 2.8))
    if sign.double:
        painter.setBrush(disc)
        painter.drawRect(QRectF(-_LINE_PX / 2, y - 0.5, _LINE_PX, 1.0))
    painter.setBrush(NO_BRUSH)


def _read(kept: Path) -> dict[str, str]:
    try:
        drawn = json.loads(kept.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    whole = isinstance(drawn, dict) and all(isinstance(one, str) and one for one in drawn.values())
    return drawn if whole else {}


def _draw(codes: Iterable[str]) -> dict[str, str]:
    try:
        told = subprocess.run(  # noqa: S603  # our own interpreter, our own words
            [sys.executable, "-c", _DRAW],
            input=json.dumps(sorted(codes)),
            capture_output=True,
            text=True,
            timeout=_DRAWN_WITHIN_S,
            check=True,
        )
        drawn: dict[str, str] = json.loads(told.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise MilSymbolsError(f"milsymbol could not draw its symbols ({type(error).__name__})") from error
    return drawn
