"""The window's actions and their keys. All stay enabled: one that this desk may not do says why when it is tried."""

import functools
from collections.abc import Callable, Sequence

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow

from cop.ui.dock import Dock

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
    ("save_picture", "Save the picture as GeoJSON…", "Ctrl+S"),
    ("show_layers", "Layers of the map", "Ctrl+L"),
    ("fit_map", "Show the whole region", "Ctrl+0"),
    ("change_theme", "Dark or light theme", "Ctrl+D"),
    ("float_dock", "Undock or dock the panel in focus", "Ctrl+Shift+D"),
    ("default_layout", "Window layout as delivered", ""),
    ("show_keys", "Keys", "F1"),
)


def add_actions(
    window: QMainWindow, acts: dict[str, Callable[[], None]], docks: Sequence[Dock], show: Callable[[Dock], None]
) -> list[QAction]:
    """Give the window its actions, each bound to what it does, and one that shows each dock."""
    actions = [_add(window, name, words, keys, acts[name]) for name, words, keys in ACTIONS]
    showing = [
        _add(window, f"show_{dock.objectName()}", dock.name, dock.keys, functools.partial(show, dock)) for dock in docks
    ]
    return actions + showing


def _add(window: QMainWindow, name: str, words: str, keys: str, act: Callable[[], None]) -> QAction:
    action = QAction(words, window)
    action.setObjectName(name)
    if keys:
        action.setShortcut(QKeySequence(keys))
    action.triggered.connect(lambda _=False: act())
    window.addAction(action)
    return action
