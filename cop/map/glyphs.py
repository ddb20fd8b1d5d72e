"""The glyphs: which one a unit, incident or resource wears, and their drawings in one colour.

Each is a file of `resources/symbols` on a grid of 24 × 24, drawn to be told apart at 17 pixels.
"""

from functools import lru_cache
from typing import Literal

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from cop.domain.words import DISCIPLINES, INCIDENT_TYPES, UNIT_KINDS
from cop.map.palette import RESOURCES, colour

Folder = Literal["unit", "discipline", "incident", "resource", "alert", "control"]

#: what a unit of no known kind wears: the glyph of its agency's discipline
DISCIPLINE_SHAPES = tuple(one for one in DISCIPLINES if one not in UNIT_KINDS)
SHAPES: tuple[str, ...] = (*(kind for kind in UNIT_KINDS if kind != "unknown"), *DISCIPLINE_SHAPES)

#: kinds of resources with a glyph of their own, and how they are called; others wear that of the unit of their name
RESOURCE_KINDS = {
    "unknown": "Resource",
    "beds": "Beds",
    "hospital": "Hospital",
    "shelter": "Shelter",
    "station": "Station",
    "team": "Team",
    "equipment": "Equipment",
    "supplies": "Supplies",
}
_SAME_RESOURCE = {"personnel": "team", "crew": "team", "unit": "vehicle", "water": "supplies", "food": "supplies"}


def shape_of(kind: str, disciplines: tuple[str, ...] = ()) -> str:
    """The glyph a unit of this kind wears; an unknown kind wears that of its agency's first discipline."""
    if kind == "unknown" or kind not in UNIT_KINDS:
        return next((one for one in disciplines if one in SHAPES), "other")
    return kind


def unit_glyph(shape: str, size_px: int, ink: str) -> QImage:
    """The drawing of a shape that `shape_of` named."""
    return tinted("discipline" if shape in DISCIPLINE_SHAPES else "unit", shape, size_px, ink)


def incident_glyph(incident_type: str, size_px: int, ink: str) -> QImage:
    """The drawing of a type of incident; that of "unknown" for one that we do not know."""
    return tinted("incident", incident_type if incident_type in INCIDENT_TYPES else "unknown", size_px, ink)


def resource_shape(kind: str) -> str:
    """The glyph a resource of this kind wears: its own, that of the unit of this kind, or that of "unknown"."""
    kind = _SAME_RESOURCE.get(kind, kind)
    return kind if kind in RESOURCE_KINDS or kind in UNIT_KINDS else "unknown"


def resource_glyph(kind: str, size_px: int, ink: str) -> QImage:
    """The drawing of a kind of resource."""
    shape = resource_shape(kind)
    return tinted("resource" if shape in RESOURCE_KINDS else "unit", shape, size_px, ink)


@lru_cache(maxsize=4096)
def tinted(folder: Folder, name: str, size_px: int, ink: str) -> QImage:
    """A drawing of `resources/symbols` in one colour (`#rrggbb`), `size_px` device pixels wide and high."""
    image = _drawn(folder, name, size_px).copy()
    painter = QPainter(image)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(image.rect(), colour(ink))
    painter.end()
    return image


@lru_cache(maxsize=1024)
def _drawn(folder: Folder, name: str, size_px: int) -> QImage:
    """To read and draw a file takes far longer than to give what was drawn another colour."""
    renderer = QSvgRenderer(str(RESOURCES / "symbols" / folder / f"{name}.svg"))
    image = QImage(size_px, size_px, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    return image
