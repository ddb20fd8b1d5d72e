"""What the keys do."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from cop.ui.labels import Label, button

_MAP_KEYS = (
    ("+ −", "Zoom the map"),
    ("Arrows", "Move the map"),
    ("0", "Show the whole region"),
    ("Double click", "Zoom in there"),
    ("Right click", "Open an incident there, copy the grid"),
)
_COLUMNS = 2


class KeysDialog(QDialog):
    """All actions with their keys, read from the actions themselves."""

    def __init__(self, actions: Sequence[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        grid = QGridLayout()
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(7)
        bound = [
            (one.shortcut().toString(QKeySequence.SequenceFormat.NativeText), one.text())
            for one in actions
            if not one.shortcut().isEmpty()
        ]
        lines_of_keys = [*bound, *_MAP_KEYS]
        rows = -(-len(lines_of_keys) // _COLUMNS)
        for at, (keys, words) in enumerate(lines_of_keys):
            row, column = at % rows, 2 * (at // rows)
            grid.addWidget(Label(keys, "strong"), row, column)
            grid.addWidget(Label(words), row, column + 1)
        close = button("Close", "primary")
        close.clicked.connect(self.accept)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(24, 20, 24, 18)
        lines.setSpacing(16)
        lines.addWidget(Label("Keys", "heading"))
        lines.addLayout(grid)
        lines.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
