"""What the keys do."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from cop.ui.labels import Label, button

#: what mouse and keyboard do on the map itself, which are no actions of the window
_BY_HAND = (
    ("+  −", "Zoom the map"),
    ("Arrows", "Move the map"),
    ("0 or Home", "Show all incidents, or the whole region"),
    ("Double click", "Zoom in there"),
    ("Right click", "What can be done there"),
    ("Menu key", "The same, in the middle of the map"),
    ("Drag the selected", "Put a unit on an incident, or it on a unit (Ctrl: any)"),
    ("Del", "Remove the chosen measurement"),
)
#: and on the page of an incident
_AT_WORK = (("1 … 6", "Assign that one of the nearest units"),)
#: what the keys do in the list of the inbox
_IN_THE_INBOX = (
    ("Enter", "Accept, or note"),
    ("D, then 1 … 6", "Decline, with that reason"),
    ("R, then 1 … 6", "Recall what was sent in our name"),
    ("C, then 1 … 4", "Offer that unit instead"),
    ("S, then 1 … 3", "Snooze"),
    ("V", "Show it"),
)
#: in the list of conflicts, and in that of agreements
_IN_CONFLICTS = (("Enter", "Show it"), ("Space", "Do what its button says"), ("Del", "Set it aside, or bring it back"))
_IN_AGREEMENTS = (("P or H", "Pause what is given, or for an hour"), ("Del or G", "Withdraw it, or give it again"))
_ON_THE_TIME_LINE = (
    ("Arrows, page keys", "A minute, ten minutes"),
    ("Ctrl+Arrows", "From mark to mark"),
    ("Home, End", "The first, the last moment"),
    ("+  −  Wheel", "Show less of it, or more"),
)
_ON_THE_MAP = frozenset(
    {
        *("what_is_here", "fit_map", "lock_map", "previous_view", "next_view", "follow_unit", "trail_unit"),
        *("map_tools", "map_views", "map_window"),
    }
)
_OF_THE_WINDOW = frozenset({"change_theme", "float_dock", "default_layout", "show_keys"})
#: the groups of each column, from left to right
_COLUMNS = (
    ("Work", "Share", "Inbox"),
    ("Map", "Conflicts", "Agreements"),
    ("Draw and measure", "Panels", "Time", "Window"),
)


class KeysDialog(QDialog):
    """All actions with their keys, read from the actions themselves, in groups."""

    def __init__(self, actions: Sequence[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        groups: dict[str, list[tuple[str, str]]] = {name: [] for names in _COLUMNS for name in names}
        for one in actions:
            if not one.shortcut().isEmpty():
                keys = one.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
                groups[_group(one.objectName())].append((keys, one.text()))
        groups["Panels"].sort()
        groups["Map"] += _BY_HAND
        groups["Inbox"] += _IN_THE_INBOX
        groups["Conflicts"] += _IN_CONFLICTS
        groups["Agreements"] += _IN_AGREEMENTS
        groups["Work"][2:2] = _AT_WORK
        if groups["Time"]:
            groups["Time"] += _ON_THE_TIME_LINE
        columns = QHBoxLayout()
        columns.setSpacing(36)
        for names in _COLUMNS:
            grid = QGridLayout()
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(7)
            for name in names:
                if not groups[name]:
                    continue
                heading = Label(name.upper(), "section")
                heading.setContentsMargins(0, 10 if grid.rowCount() > 1 else 0, 0, 0)
                grid.addWidget(heading, grid.rowCount(), 0, 1, 2)
                for keys, words in groups[name]:
                    row = grid.rowCount()
                    grid.addWidget(Label(keys, "strong"), row, 0)
                    grid.addWidget(Label(words), row, 1)
            grid.setRowStretch(grid.rowCount(), 1)
            columns.addLayout(grid)
        close = button("Close", "primary")
        close.clicked.connect(self.accept)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(24, 20, 24, 18)
        lines.setSpacing(16)
        lines.addWidget(Label("Keys", "heading"))
        lines.addLayout(columns)
        lines.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)


def _group(name: str) -> str:
    if name in _OF_THE_WINDOW:
        return "Window"
    if name.startswith("share") or name in {"save_picture", "import_file"}:
        return "Share"
    if name in _ON_THE_MAP:
        return "Map"
    if name.startswith(("replay_", "past_")):
        return "Time"
    if name.startswith("tool_"):
        return "Draw and measure"
    return "Panels" if name.startswith("show_") else "Work"
