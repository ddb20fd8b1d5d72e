"""What stands on the map's corners: buttons, the readout under the cursor, the scale bar, who made the tiles."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QLabel, QToolButton, QVBoxLayout, QWidget

from cop.map.coordinates import length, round_length, round_us_length, us_round_words
from cop.map.glyphs import tinted
from cop.map.lettering import map_font
from cop.map.measures import UnitsChoice
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
    False: ("unlocked", "The map shows all incidents by itself. Press to keep it where it is (Ctrl+Shift+L)."),
    True: ("locked", "The map stays where you put it. Press to let it show all incidents by itself (Ctrl+Shift+L)."),
}
_CHIP_PX = 26
_WRAPPED = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
_WARNING_EDGE_PX = 2.0
_LONGEST_BAR_PX = 150
_BAR_ROOM_PX, _SECOND_ROW_PX, _BAR_Y_PX, _BAR_GAP_PX = 28, 20, 21.0, 4.0


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
    """A line of plain text on a rounded ground; one that warns wears an edge in the colour of warnings."""

    def __init__(self, parent: QWidget, name: str, *, warns: bool = False) -> None:
        super().__init__(parent)
        self._warns = warns
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._palette: Palette | None = None

    def set_palette(self, palette: Palette) -> None:
        """Wear a theme."""
        self._palette = palette
        self.setFont(map_font(12))
        self.update()

    def width_of(self, text: str) -> int:
        """How wide the chip is that shows this line."""
        return self.fontMetrics().horizontalAdvance(text) + 20

    def say(self, text: str) -> None:
        """Show a line; an empty one hides the chip."""
        if text != self.text():
            self.setText(text)
            width = self.width_of(text)
            if not self.width() - 24 < width <= self.width():  # grows at once, shrinks seldom: it does not tremble
                self.resize(width, _CHIP_PX)
            self.setVisible(bool(text))

    def fit(self, most: int) -> None:
        """Be no wider than this: what has no room in one line goes into a second one."""
        width = self.width_of(self.text())
        if width <= most:
            if self.height() != _CHIP_PX or self.width() > most:
                self.resize(width, _CHIP_PX)
            return
        inside = self.fontMetrics().boundingRect(0, 0, max(1, most - 20), 10_000, _WRAPPED, self.text())
        self.resize(inside.width() + 21, inside.height() + 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._palette is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(self._palette.control))
        if self._warns:
            painter.setPen(QPen(colour(self._palette.warn), _WARNING_EDGE_PX))
        inset = _WARNING_EDGE_PX / 2 if self._warns else 0.0
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 5, 5)
        painter.setPen(colour(self._palette.text))
        if self.height() > _CHIP_PX:
            painter.drawText(self.rect().adjusted(10, 0, -10, 0), _WRAPPED, self.text())
        else:
            painter.drawText(self.rect().adjusted(10, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())


class ScaleBar(QWidget):
    """A round length, in one or both systems of units, and how long it is on the screen, in the middle of the view."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("map_scale_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedSize(_LONGEST_BAR_PX + 8, _BAR_ROOM_PX)
        self._palette: Palette | None = None
        self._metres_per_pixel = 1.0
        self._choice: UnitsChoice = "metric"

    def set_palette(self, palette: Palette) -> None:
        """Wear a theme."""
        self._palette = palette
        self.update()

    def set_units(self, choice: UnitsChoice) -> None:
        """Speak in these units; of both, metric stands above the line and US below."""
        self._choice = choice
        self.setFixedHeight(_BAR_ROOM_PX + (_SECOND_ROW_PX if choice == "both" else 0))
        self._say()

    def set_scale(self, ground_metres_per_pixel: float) -> None:
        """Show another scale."""
        if ground_metres_per_pixel != self._metres_per_pixel:
            self._metres_per_pixel = ground_metres_per_pixel
            self._say()

    @property
    def metres(self) -> float:
        """The length that the (upper) bar stands for."""
        return self._bars()[0][0]

    def texts(self) -> list[str]:
        """What stands on it."""
        return [text for _, text in self._bars()]

    def _say(self) -> None:
        self.setAccessibleName(f"Scale bar: {', '.join(self.texts())}")
        self.update()

    def _bars(self) -> list[tuple[float, str]]:
        """Metres and words of each bar."""
        longest = _LONGEST_BAR_PX * self._metres_per_pixel
        metric, us = round_length(longest), round_us_length(longest)
        bars = {"metric": (metric, length(metric)), "us": (us, us_round_words(us))}
        return list(bars.values()) if self._choice == "both" else [bars[self._choice]]

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._palette is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bars = self._bars()
        for ink, wider in ((self._palette.label_halo, 2.5), (self._palette.label, 0.0)):
            painter.setPen(QPen(colour(ink), 2.5 + wider, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            for row, (metres, _) in enumerate(bars):
                y = _BAR_Y_PX + row * _BAR_GAP_PX
                right = self.width() - 4.0
                painter.drawLine(QPointF(right - metres / self._metres_per_pixel, y), QPointF(right, y))
        for row, (metres, text) in enumerate(bars):
            self._write(painter, metres, text, 1 if not row else _BAR_Y_PX + _BAR_GAP_PX + 4)

    def _write(self, painter: QPainter, metres: float, text: str, top: float) -> None:
        if self._palette is None:
            return
        bar, right = metres / self._metres_per_pixel, self.width() - 4.0
        painter.setFont(map_font(12))
        width = painter.fontMetrics().horizontalAdvance(text) + 8
        left = min(right - bar / 2 - width / 2, self.width() - width - 1.0)
        box = QRectF(left, top, width, 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(self._palette.label_halo))
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(colour(self._palette.label))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
