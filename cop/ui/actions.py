"""The window's actions and their keys. All stay enabled: one that this desk may not do says why when it is tried."""

import functools
from collections.abc import Callable, Sequence

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow

from cop.map.tools import tool_kinds
from cop.ui.dock import Dock

#: name, words, keys
ACTIONS = (
    ("open_incident", "Open incident…", "Ctrl+N"),
    ("assign_task", "Assign task…", "A"),
    ("request_resource", "Request resources…", "R"),
    ("mark_resource", "Mark resource…", "M"),
    ("write_log", "Write in the log…", "L"),
    ("next_request", "Next request to us", "Ctrl+R"),
    ("stop_giving", "Stop giving by agreements…", "Ctrl+Shift+G"),
    ("all_tasks", "Tasks of all incidents", "T"),
    ("search", "Search", "Ctrl+K"),
    ("clear_selection", "Clear selection", "Esc"),
    ("what_is_here", "What is here, under the cursor", "W"),
    ("share", "What can leave this desk", "Ctrl+Shift+S"),
    ("share_briefing", "Briefing map…", "Ctrl+Shift+B"),
    ("share_forms", "ICS forms…", "Ctrl+Shift+F"),
    ("save_picture", "Save or export…", "Ctrl+S"),
    ("import_file", "Import zones from a file…", "Ctrl+O"),
    ("fit_map", "Show all incidents, or the whole region", "Ctrl+0"),
    ("lock_map", "Lock the map where it is, or unlock it", "Ctrl+Shift+L"),
    ("previous_view", "Previous view of the map", "Alt+Left"),
    ("next_view", "Next view of the map", "Alt+Right"),
    ("follow_unit", "Follow the selected unit", "F"),
    ("trail_unit", "Trail of the selected unit, 10 h", "Shift+F"),
    ("map_tools", "Draw and measure on the map", "Ctrl+T"),
    ("map_views", "Bookmarks and earlier views of the map", "Ctrl+B"),
    ("map_window", "Another map window", "Ctrl+Shift+N"),
    *((f"tool_{kind.name}", kind.label, kind.keys) for kind in tool_kinds()),
    ("change_theme", "Dark or light theme", "Ctrl+D"),
    ("float_dock", "Undock or dock the panel in focus", "Ctrl+Shift+D"),
    ("default_layout", "Window layout as delivered", ""),
    ("show_keys", "Keys", "F1"),
)
#: of a live window whose record can be looked at
REPLAY_ACTIONS = (
    ("replay_here", "Into the past", "Ctrl+H"),
    ("replay_beside", "Replay in a window of its own", "Ctrl+Shift+H"),
    ("share_review", "After-action review…", "Ctrl+Shift+A"),
)
#: of a window over the past
PAST_ACTIONS = (
    ("past_live", "Back to LIVE", "Ctrl+H"),
    ("past_play", "Play or pause", "Space"),
    ("past_back", "To the event before", ","),
    ("past_on", "To the next event", "."),
    ("past_faster", "Faster", "Ctrl+Up"),
    ("past_slower", "Slower", "Ctrl+Down"),
    ("share_review", "After-action review…", "Ctrl+Shift+A"),
)


def add_actions(
    window: QMainWindow, acts: dict[str, Callable[[], object]], docks: Sequence[Dock], show: Callable[[Dock], None]
) -> list[QAction]:
    """Give the window its actions, each bound to what it does, and one that shows each dock."""
    actions = [add_action(window, name, words, keys, acts[name]) for name, words, keys in ACTIONS]
    showing = [
        add_action(window, f"show_{dock.objectName()}", dock.name, dock.keys, functools.partial(show, dock))
        for dock in docks
    ]
    return actions + showing


def add_action(window: QMainWindow, name: str, words: str, keys: str, act: Callable[[], object]) -> QAction:
    """Give the window one more action."""
    action = QAction(words, window)
    action.setObjectName(name)
    if keys:
        action.setShortcut(QKeySequence(keys))
    action.triggered.connect(lambda _=False: act())
    window.addAction(action)
    return action
