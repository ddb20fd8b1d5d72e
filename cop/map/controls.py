"""What stands on the map's corners: buttons, the readout under the cursor, the scale bar, who made the tiles."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QLabel, QToolButton, QVBoxLayout, QWidget

from cop.map.coordinates import length, round_length
from cop.map.glyphs import tinted
from cop.map.lettering import map_font
from cop.map.palette import Palette, colour

_BUTTON_PX = 36
_ICON_PX = 18
#: name, what it says to a person, the key that does the same
_BUTTONS = (
    ("zoom_in", "Zoom in", "+"),
    ("zoom_out", "Zoom out", "−"),
    ("fit", "Show all incidents, or the region", "Home"),
    ("lock", "Keep the map where it is", ""),
    ("layers", "Layers and filter", "Ctrl+L"),
    ("tools", "Draw and measure", "Ctrl+T"),
    ("views", "Bookmarks and earlier views", "Ctrl+B"),
)
#: whether the map is locked -> the picture on its button, what it says
_LOCKS = {
    False: ("unlocked", "The map shows all incidents by itself. Press to keep it where it is."),
    True: ("locked", "The map stays where you put it. Press to let it show all incidents by itself."),
}
_LONGEST_BAR_PX = 150


class MapButtons(QWidget):
    """A column of buttons; `pressed` carries the name of one."""

    pressed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        self.buttons: dict[str, QToolButton] = {}
        for name, label, key in _BUTTONS:
            button = QToolButton(self)
            button.setObjectName(f"map_{name}")
            button.setAccessibleName(label)
            button.setToolTip(f"{label} ({key})" if key else label)
            button.setFixedSize(_BUTTON_PX, _BUTTON_PX)
            button.setIconSize(QSize(_ICON_PX, _ICON_PX))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _checked=False, name=name: self.pressed.emit(name))
            column.addWidget(button)
            self.buttons[name] = button
        self._locked = False
        self._palette: Palette | None = None
        self.setFixedSize(self.sizeHint())
        self.show_lock(False)

    def show_lock(self, locked: bool) -> None:
        """Whether the map stays where it is."""
        self._locked = locked
        words = _LOCKS[locked][1]
        self.buttons["lock"].setToolTip(words)
        self.buttons["lock"].setAccessibleDescription(words)
        if self._palette is not None:
            self._draw("lock", self._palette)

    def set_palette(self, palette: Palette) -> None:
        """Wear a theme."""
        self._palette = palette
        self.setStyleSheet(
            "QToolButton {"
            f" background: {palette.panel}; border: 1px solid {palette.border}; border-radius: 8px; padding: 0; }}"
            f"QToolButton:hover {{ background: {palette.raised}; }}"
            f"QToolButton:pressed {{ background: {palette.border}; }}"
            f"QToolButton:focus {{ border: 1px solid {palette.accent}; }}"
        )
        for name in self.buttons:
            self._draw(name, palette)

    def _draw(self, name: str, palette: Palette) -> None:
        picture = _LOCKS[self._locked][0] if name == "lock" else name
        ink = palette.accent if name == "lock" and self._locked else palette.text
        pixmap = QPixmap.fromImage(tinted("control", picture, 2 * _ICON_PX, ink))
        pixmap.setDevicePixelRatio(2.0)
        self.buttons[name].setIcon(QIcon(pixmap))


class MapChip(QLabel):
    """A line of plain text on a rounded ground."""

    def __init__(self, parent: QWidget, name: str) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._palette: Palette | None = None

    def set_palette(self, palette: Palette) -> None:
        """Wear a theme."""
        self._palette = palette
        self.setFont(map_font(12))
        self.update()

    def say(self, text: str) -> None:
        """Show a line; an empty one hides the chip."""
        if text != self.text():
            self.setText(text)
            width = self.fontMetrics().horizontalAdvance(text) + 20
            if not self.width() - 24 < width <= self.width():  # grows at once, shrinks seldom: it does not tremble
                self.resize(width, 26)
            self.setVisible(bool(text))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._palette is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(self._palette.control))
        painter.drawRoundedRect(QRectF(self.rect()), 5, 5)
        painter.setPen(colour(self._palette.text))
        painter.drawText(self.rect().adjusted(10, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())


class ScaleBar(QWidget):
    """A round length and how long it is on the screen, in the middle of the view."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("map_scale_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedSize(_LONGEST_BAR_PX + 8, 28)
        self._palette: Palette | None = None
        self._metres_per_pixel = 1.0

    def set_palette(self, palette: Palette) -> None:
        """Wear a theme."""
        self._palette = palette
        self.update()

    def set_scale(self, ground_metres_per_pixel: float) -> None:
        """Show another scale."""
        if ground_metres_per_pixel != self._metres_per_pixel:
            self._metres_per_pixel = ground_metres_per_pixel
            self.setAccessibleName(f"Scale bar: {length(self.metres)}")
            self.update()

    @property
    def metres(self) -> float:
        """The length that the bar stands for."""
        return round_length(_LONGEST_BAR_PX * self._metres_per_pixel)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._palette is None:
            return
        bar = self.metres / self._metres_per_pixel
        right, y = self.width() - 4.0, 21.0
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for ink, width in ((self._palette.label_halo, 5.0), (self._palette.label, 2.5)):
            painter.setPen(QPen(colour(ink), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            painter.drawLine(QPointF(right - bar, y), QPointF(right, y))
        text = length(self.metres)
        painter.setFont(map_font(12))
        box = QRectF(right - bar, 1, bar, 17)
        width = painter.fontMetrics().horizontalAdvance(text) + 8
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(self._palette.label_halo))
        painter.drawRoundedRect(QRectF(box.center().x() - width / 2, 1, width, 16), 3, 3)
        painter.setPen(colour(self._palette.label))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
