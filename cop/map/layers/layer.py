"""What every layer can do."""

from typing import ClassVar

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from cop.map.layers.choice import Choice
from cop.map.palette import Palette
from cop.map.viewport import Viewport
from cop.picture.change import Change


class Layer:
    """One thing on the map. `name` is for programs and settings, `label` for people."""

    name: ClassVar[str]
    label: ClassVar[str]
    #: what the desk's own selection and the like stand on is neither hidden nor reordered by hand
    listed: ClassVar[bool] = True
    #: whether it is shown before anybody chose
    shown_at_first: ClassVar[bool] = True

    def __init__(self, palette: Palette) -> None:
        self.palette = palette
        self.visible = self.shown_at_first
        #: 0…1, over all that this layer paints
        self.opacity = 1.0

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

    def choices(self) -> list[Choice]:
        """What a person may choose about this layer beside showing it."""
        return []

    def paint_names(self, painter: QPainter, view: Viewport, taken: list[QRectF]) -> None:
        """Write names above all layers of the ground, over none of the `taken` places; append one's own to them."""
