"""The menus of the map's buttons: its tools, and its bookmarks and earlier views."""

from collections.abc import Callable
from itertools import groupby

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QInputDialog, QLineEdit, QMenu, QWidget

from cop.map.tools import ToolKind, tool_kinds
from cop.map.view import MapView
from cop.ui.bookmarks import Bookmarks


class MapMenus:
    """Opens the menus of one map beside its buttons."""

    def __init__(self, map_view: MapView, bookmarks: Bookmarks, say: Callable[[str], None]) -> None:
        """`say` tells the operator something in one line."""
        self._map = map_view
        self._bookmarks = bookmarks
        self._say = say
        map_view.tools_asked.connect(self.open_tools)
        map_view.views_asked.connect(self.open_views)

    def open_tools(self) -> None:
        """What can be drawn and measured."""
        menu = self._menu("map_tools_menu")
        for _, kinds in groupby(tool_kinds(), key=lambda kind: kind.group):
            if not menu.isEmpty():
                menu.addSeparator()
            for kind in kinds:
                self._add_tool(menu, kind)
        if self._map.tool is not None:
            menu.addSeparator()
            menu.addAction("Put the tool down").triggered.connect(lambda _=False: self._map.take_tool(None))
        self._open(menu, "map_tools")

    def open_views(self) -> None:
        """Where the map looked before, and the views that have a name."""
        moves = self._map.moves
        menu = self._menu("map_views_menu")
        for words, keys, act, able in (
            ("Previous view", "Alt+Left", moves.back, moves.can_go_back),
            ("Next view", "Alt+Right", moves.forward, moves.can_go_forward),
        ):
            action = menu.addAction(f"{words}\t{QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)}")
            action.setEnabled(able)
            action.triggered.connect(lambda _=False, act=act: act())
        menu.addSeparator()
        menu.addAction("Keep this view…").triggered.connect(lambda _=False: self.keep())
        kept = self._bookmarks.all()
        if kept:
            menu.addSeparator()
        for name, look in kept.items():
            action = menu.addAction(_plain(name))
            action.triggered.connect(lambda _=False, look=look: moves.go(look))
        if kept:
            menu.addSeparator()
            remove = menu.addMenu("Remove a bookmark")
            for name in kept:
                action = remove.addAction(_plain(name))
                action.triggered.connect(lambda _=False, name=name: self._bookmarks.remove(name))
        self._open(menu, "map_views")

    def keep(self) -> None:
        """Ask for a name and keep the view under it."""
        look = self._map.moves.look  # as it was when asked
        dialog = QInputDialog(self._map.window())
        dialog.setObjectName("bookmark_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle("Keep this view")
        dialog.setLabelText("Name of the view")
        dialog.setTextEchoMode(QLineEdit.EchoMode.Normal)

        def take(name: str) -> None:
            refused = self._bookmarks.put(name, look)
            self._say(refused or f"Kept: {name.strip()}.")

        dialog.textValueSelected.connect(take)
        dialog.open()

    def _add_tool(self, menu: QMenu, kind: ToolKind) -> None:
        keys = f"\t{kind.keys}" if kind.keys else ""
        action = menu.addAction(f"{kind.label}{keys}")
        action.setObjectName(f"tool_{kind.name}")
        action.triggered.connect(lambda _=False: take_tool(self._map, kind, self._say))

    def _menu(self, name: str) -> QMenu:
        menu = QMenu(self._map)
        menu.setObjectName(name)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def _open(self, menu: QMenu, beside: str) -> None:
        button = self._map.findChild(QWidget, beside)
        assert button is not None
        menu.popup(button.mapToGlobal(QPoint(-menu.sizeHint().width() - 6, 0)))


def take_tool(map_view: MapView, kind: ToolKind, say: Callable[[str], None]) -> None:
    """Take a tool of this kind in hand on a map, unless a drawing would be lost by it: then that is said."""
    if map_view.tool is not None and map_view.tool.unfinished:
        say("A drawing is in hand: finish it, or give it up with Esc, before another tool is taken.")
        return
    map_view.take_tool(kind.make(map_view.layer_set.tool_context()))
    map_view.setFocus()


def _plain(text: str) -> str:
    return text.replace("&", "&&")  # a single one would mark a key
