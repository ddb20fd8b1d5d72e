"""The tool in hand: while there is one, mouse and keys on the map are its."""

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter

from cop.map.palette import Palette
from cop.map.tools.tool import Tool
from cop.map.viewport import Viewport


class Hand(QObject):
    """Holds one tool or none. Each method that is told of mouse or key says whether it was the tool's."""

    changed = Signal()  # another tool, another hint, or something else to be painted
    taken = Signal(object)  # the Tool, None for none

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.tool: Tool | None = None

    @property
    def hint(self) -> str:
        """What to do next with the tool."""
        return self.tool.hint if self.tool is not None else ""

    @property
    def cursor(self) -> Qt.CursorShape:
        """How the cursor looks."""
        return self.tool.cursor if self.tool is not None else Qt.CursorShape.ArrowCursor

    def take(self, tool: Tool | None) -> None:
        """Take a tool instead of the one before; None: none. One that was put down is not kept."""
        before, self.tool = self.tool, None
        if before is not None:
            before.put_down()
            before.deleteLater()
        if tool is not None:
            tool.setParent(self)
            tool.changed.connect(self.changed)
            tool.finished.connect(lambda tool=tool: self.take(None) if self.tool is tool else None)
            self.tool = tool
        self.taken.emit(tool)
        self.changed.emit()

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        if self.tool is not None:
            self.tool.set_palette(palette)

    def click(self, at: QPointF, view: Viewport) -> bool:
        """The left button."""
        if self.tool is None:
            return False
        self.tool.click(at, view)
        return True

    def double_click(self, at: QPointF, view: Viewport) -> bool:
        """The left button, twice."""
        if self.tool is None:
            return False
        self.tool.double_click(at, view)
        return True

    def right_click(self, at: QPointF, view: Viewport) -> bool:
        """The right button."""
        if self.tool is None:
            return False
        self.tool.right_click(at, view)
        return True

    def hover(self, at: QPointF, view: Viewport) -> None:
        """The cursor moved."""
        if self.tool is not None:
            self.tool.hover(at, view)

    def takes_drag(self, at: QPointF, view: Viewport) -> bool:
        """Whether a drag from here is the tool's."""
        return self.tool is not None and self.tool.takes_drag(at, view)

    def drag(self, at: QPointF, view: Viewport) -> None:
        """The tool's drag has come to here."""
        if self.tool is not None:
            self.tool.drag(at, view)

    def drop(self, at: QPointF, view: Viewport) -> None:
        """The tool's drag has ended here."""
        if self.tool is not None:
            self.tool.drop(at, view)

    def wants(self, event: QKeyEvent) -> bool:
        """Whether a key is the tool's before it is a shortcut of the window's."""
        return self.tool is not None and self.tool.wants(event)

    def key(self, event: QKeyEvent) -> bool:
        """A key; Escape that the tool has no use for puts it down."""
        if self.tool is None:
            return False
        if self.tool.key(event):
            return True
        if event.key() == Qt.Key.Key_Escape:
            self.take(None)
            return True
        return False

    def paint(self, painter: QPainter, view: Viewport) -> None:
        """What the tool shows."""
        if self.tool is not None:
            self.tool.paint(painter, view)
