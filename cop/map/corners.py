"""What stands above the map: buttons, readout, scale bar, hints, whose tiles they are, what a filter hides."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from cop.map.controls import MapButtons, MapChip, ScaleBar
from cop.map.palette import Palette

_EDGE_PX = 14
_CHIP_PX = 26
_GAP_PX = 6


class PressChip(MapChip):
    """A chip that can be pressed."""

    pressed = Signal()

    def __init__(self, parent: QWidget, name: str, *, warns: bool = False) -> None:
        super().__init__(parent, name, warns=warns)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.pressed.emit()


class Corners(QObject):
    """The parts, and where they stand in a map of a given size."""

    covered = Signal()  # something lasting stands elsewhere: what was written on the ground may lie below it now

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._stood: list[QRect] = []
        self._over = over
        self.readout = MapChip(over, "map_readout")
        self.hint = MapChip(over, "map_hint")
        self.attribution = MapChip(over, "map_attribution")
        self.filtered = PressChip(over, "map_filtered", warns=True)
        self.followed = PressChip(over, "map_followed")
        self.scale_bar = ScaleBar(over)
        self.buttons = MapButtons(over)
        self._chips = (self.readout, self.hint, self.attribution, self.filtered, self.followed)
        for chip in self._chips:
            chip.hide()

    def set_palette(self, palette: Palette) -> None:
        """Wear a theme."""
        for part in (*self._chips, self.scale_bar, self.buttons):
            part.set_palette(palette)

    def say(self, chip: MapChip, text: str) -> None:
        """Let a chip say something; an empty text takes it away."""
        if chip.text() != text:
            chip.say(text)
            self.place()

    def say_where(self, parts: Sequence[str]) -> None:
        """Let the readout say as many of these as the map is wide, the first ones first."""
        room = self._over.width() - 2 * _EDGE_PX
        lines = [" · ".join(parts[:count]) for count in range(1, len(parts) + 1)]
        fitting = [line for line in lines if self.readout.width_of(line) <= room]
        self.say(self.readout, fitting[-1] if fitting else "")

    def place(self) -> None:
        """Put everything where it belongs."""
        width, below = self._over.width(), self._over.height() - _EDGE_PX
        self.buttons.move(width - self.buttons.width() - _EDGE_PX, _EDGE_PX)
        self.readout.move(_EDGE_PX, below - _CHIP_PX)
        bottom, right = below, self.readout.geometry().right() + _GAP_PX
        if right > width - self.scale_bar.width() - _EDGE_PX:  # a narrow map: one above the other
            bottom, right = below - _CHIP_PX - _GAP_PX, 0
        self.scale_bar.move(width - self.scale_bar.width() - _EDGE_PX, bottom - self.scale_bar.height())
        self.attribution.move(self.scale_bar.x() - self.attribution.width() - _EDGE_PX, bottom - _CHIP_PX)
        if self.attribution.x() < right:
            self.attribution.move(_EDGE_PX, bottom - _CHIP_PX - (_CHIP_PX + _GAP_PX if right else 0))
        beside_buttons = self.buttons.width() + _EDGE_PX + _GAP_PX
        self.hint.fit(max(1, width - 2 * beside_buttons))
        self.hint.move((width - self.hint.width()) // 2, _EDGE_PX)
        top = _EDGE_PX
        for chip in (self.filtered, self.followed):
            if not chip.isHidden():
                clear = chip.width() + _EDGE_PX < self.hint.x() or self.hint.isHidden()
                chip.move(_EDGE_PX, top if clear else max(top, self.hint.geometry().bottom() + 1 + _GAP_PX))
                top = chip.geometry().bottom() + 1 + _GAP_PX
        # the hint changes with every move of a hand that draws: the ground is not painted anew for that
        lasting = (self.readout, self.attribution, self.filtered, self.followed, self.scale_bar, self.buttons)
        stands = [part.geometry() for part in lasting if not part.isHidden()]
        if stands != self._stood:
            self._stood = stands
            self.covered.emit()

    def taken(self) -> list[QRectF]:
        """The places that these cover: nothing is to be written below them."""
        parts: tuple[QWidget, ...] = (*self._chips, self.scale_bar, self.buttons)
        return [QRectF(part.geometry()) for part in parts if not part.isHidden()]
