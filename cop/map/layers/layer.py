"""What every layer can do."""

from typing import ClassVar

from PySide6.QtGui import QPainter

from cop.map.palette import Palette
from cop.map.viewport import Viewport
from cop.picture.change import Change


class Layer:
    """One thing on the map. `name` is for programs and settings, `label` for people."""

    name: ClassVar[str]
    label: ClassVar[str]

    def __init__(self, palette: Palette) -> None:
        self.palette = palette
        self.visible = True

    def set_palette(self, palette: Palette) -> None:
        """Wear the colours of another theme from now on."""
        self.palette = palette

    def apply(self, change: Change) -> bool:
        """Take in what a pulse changed; True if this layer looks different now."""
        return False

    def tick(self) -> bool:
        """A second has passed; True if this layer looks different now."""
        return False

    def paint(self, painter: QPainter, view: Viewport) -> None:
        """Draw what is in view, in device independent pixels from the top left corner."""
        raise NotImplementedError
