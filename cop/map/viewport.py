"""What part of the world the map shows, and where a metre lands on the screen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform

from cop.map.projection import place_to_metres, stretch_at

Floats = NDArray[np.float64]

#: metres of a pixel on a screen of 96 dots an inch, by which a scale "1 : n" is reckoned (OGC 05-078r4 uses 0.28 mm)
_PIXEL_M = 0.0254 / 96


@dataclass(frozen=True, slots=True)
class Viewport:
    """Top left corner in map metres, map metres a pixel, size in (device independent) pixels."""

    left: float
    top: float
    metres_per_pixel: float
    width: int
    height: int
    dpr: float = 1.0

    @property
    def right(self) -> float:
        """Map metres at the right edge."""
        return self.left + self.width * self.metres_per_pixel

    @property
    def bottom(self) -> float:
        """Map metres at the lower edge."""
        return self.top - self.height * self.metres_per_pixel

    @property
    def ground_metres_per_pixel(self) -> float:
        """Metres on the ground of a pixel in the middle of the view."""
        return self.metres_per_pixel / stretch_at((self.top + self.bottom) / 2)

    @property
    def scale(self) -> float:
        """The n of "1 : n"."""
        return self.ground_metres_per_pixel / _PIXEL_M

    def xs(self, x: Floats) -> Floats:
        """Eastings to pixels."""
        return (x - self.left) / self.metres_per_pixel

    def ys(self, y: Floats) -> Floats:
        """Northings to pixels, downwards."""
        return (self.top - y) / self.metres_per_pixel

    def point(self, x: float, y: float) -> QPointF:
        """A place in map metres on the screen."""
        return QPointF((x - self.left) / self.metres_per_pixel, (self.top - y) / self.metres_per_pixel)

    def place(self, lat: float, lon: float) -> QPointF:
        """A place in degrees on the screen."""
        return self.point(*place_to_metres(lat, lon))

    def metres(self, point: QPointF) -> tuple[float, float]:
        """What lies under a point of the screen, in map metres."""
        return self.left + point.x() * self.metres_per_pixel, self.top - point.y() * self.metres_per_pixel

    def transform(self) -> QTransform:
        """Map metres to pixels, for paths kept in metres."""
        k = 1.0 / self.metres_per_pixel
        return QTransform(k, 0.0, 0.0, -k, -self.left * k, self.top * k)

    def rect(self) -> QRectF:
        """The whole view in pixels."""
        return QRectF(0, 0, self.width, self.height)

    def bounds(self, margin_px: float = 0.0) -> tuple[float, float, float, float]:
        """West, south, east, north in map metres, with a margin."""
        margin = margin_px * self.metres_per_pixel
        return self.left - margin, self.bottom - margin, self.right + margin, self.top + margin
