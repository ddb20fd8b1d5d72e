"""The symbols of the map as pictures for files that leave: what others see there is what we see here."""

from typing import Literal

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage

from cop.briefing.exports.looks import Look
from cop.map.glyphs import DISCIPLINE_SHAPES, shape_of
from cop.map.palette import Palette, colour, load_palette, readable
from cop.map.symbols import alert_symbol, incident_symbol, resource_symbol, unit_symbol

#: of a screen's pixels: viewers draw an icon some 32 pixels wide
_RATIO = 2.0


def png_of(look: Look, theme: Literal["dark", "light"] = "light") -> bytes:
    """The symbol of a look, as on the map in that theme, as a PNG. On any thread."""
    palette = load_palette(theme)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    _image(look, palette).save(buffer, "PNG")  # type: ignore[call-overload]  # Qt takes the format as text
    return bytes(buffer.data().data())


def _image(look: Look, palette: Palette) -> QImage:
    agency = colour(readable(look.colour, palette.symbol_disc))
    if look.kind == "incident":
        return incident_symbol(
            look.shape,
            look.priority,
            selected=False,
            palette=palette,
            dpr=_RATIO,
            doubtful=look.doubtful,
            exercise=look.exercise,
        )
    if look.kind == "resource":
        return resource_symbol(
            agency,
            look.shape,
            look.status,
            palette=palette,
            dpr=_RATIO,
            stale=look.stale,
            doubtful=look.doubtful,
            exercise=look.exercise,
        )
    if look.kind == "alert":
        return alert_symbol(look.status, quiet=look.exercise, palette=palette, dpr=_RATIO)
    return unit_symbol(
        agency,
        look.shape if look.shape in DISCIPLINE_SHAPES else shape_of(look.shape),
        look.status,
        stale=look.stale,
        palette=palette,
        dpr=_RATIO,
        doubtful=look.doubtful,
        exercise=look.exercise,
    )
