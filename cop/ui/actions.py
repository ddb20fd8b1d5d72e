"""The window's actions and their keys. All stay enabled: one that this desk may not do says why when it is tried."""

from collections.abc import Callable

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow

#: name, words, keys
ACTIONS = (
    ("open_incident", "Open incident…", "Ctrl+N"),
    ("assign_task", "Assign task…", "A"),
    ("request_resource", "Request resource", "R"),
    ("mark_resource", "Mark resource…", "M"),
    ("write_log", "Write in the log…", "L"),
    ("next_request", "Next request to us", "Ctrl+R"),
    ("all_tasks", "Tasks of all incidents", "T"),
    ("search", "Search", "Ctrl+K"),
    ("clear_selection", "Clear selection", "Esc"),
    ("show_incidents", "Incidents", "Ctrl+1"),
    ("show_units", "Units", "Ctrl+2"),
    ("show_resources", "Resources", "Ctrl+3"),
    ("show_tasks", "Tasks", "Ctrl+4"),
    ("show_selection", "Selection", "Ctrl+5"),
    ("show_feeds", "Feeds", "Ctrl+6"),
    ("save_picture", "Save the picture as GeoJSON…", "Ctrl+S"),
    ("show_layers", "Layers of the map", "Ctrl+L"),
    ("fit_map", "Show the whole region", "Ctrl+0"),
    ("change_theme", "Dark or light theme", "Ctrl+D"),
    ("default_layout", "Window layout as delivered", ""),
    ("show_keys", "Keys", "F1"),
)


def add_actions(window: QMainWindow, acts: dict[str, Callable[[], None]]) -> list[QAction]:
    """Give the window its actions, each bound to what it does."""
    actions = []
    for name, words, keys in ACTIONS:
        action = QAction(words, window)
        action.setObjectName(name)
        if keys:
            action.setShortcut(QKeySequence(keys))
        act = acts[name]
        action.triggered.connect(lambda _=False, act=act: act())
        window.addAction(action)
        actions.append(action)
    return actions
