"""What every tool of the map can do: while one is in hand, the mouse on the map is its."""

from typing import ClassVar

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter

from cop.map.palette import Palette
from cop.map.viewport import Viewport

_TOOL_KEYS = frozenset(
    {Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace, Qt.Key.Key_Delete}
)


class Tool(QObject):
    """One use of the map by hand. All points are pixels of the view that comes with them.

    A drag moves the map unless the tool takes it; the wheel always zooms. The map asks for `hint` and shows it.
    """

    #: what is to be seen has changed: the map paints again
    changed = Signal()
    #: the tool is done and is to be put down
    finished = Signal()

    name: ClassVar[str]
    label: ClassVar[str]
    cursor: ClassVar[Qt.CursorShape] = Qt.CursorShape.CrossCursor

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.palette = palette

    @property
    def hint(self) -> str:
        """What to do next, in few words; empty for nothing to say."""
        return ""

    @property
    def unfinished(self) -> bool:
        """Whether work would be lost if another tool were taken now by a mistaken key."""
        return False

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        self.palette = palette
        self.changed.emit()

    def click(self, at: QPointF, view: Viewport) -> None:
        """The left button, once. The first click of a double one comes here as well."""

    def double_click(self, at: QPointF, view: Viewport) -> None:
        """The left button, twice."""

    def right_click(self, at: QPointF, view: Viewport) -> None:
        """The right button; without a meaning of its own it puts the tool down."""
        self.finished.emit()

    def hover(self, at: QPointF, view: Viewport) -> None:
        """The cursor moved with no button down."""

    def takes_drag(self, at: QPointF, view: Viewport) -> bool:
        """Whether a drag that starts here is the tool's; else it moves the map."""
        return False

    def drag(self, at: QPointF, view: Viewport) -> None:
        """A drag of ours has come to here."""

    def drop(self, at: QPointF, view: Viewport) -> None:
        """A drag of ours has ended here."""

    def wants(self, event: QKeyEvent) -> bool:
        """Whether a key is the tool's before any action of the window has it."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return plain and event.key() in _TOOL_KEYS

    def key(self, event: QKeyEvent) -> bool:
        """Whether a key was the tool's. Escape that it does not take puts it down."""
        return False

    def put_down(self) -> None:
        """Another tool is taken, or none: leave nothing half done."""

    def paint(self, painter: QPainter, view: Viewport) -> None:
        """Draw above all layers, in device independent pixels."""
