"""All maps of a desk: the one in its window, and those in windows of their own."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, QRect, QSettings, Signal
from PySide6.QtGui import QGuiApplication

from cop.map.moves import look_of
from cop.map.palette import Palette
from cop.map.projection import place_to_degrees, stretch_at
from cop.map.tools import tool_kinds
from cop.map.view import MapView
from cop.picture.change import Change
from cop.ui.bookmarks import Bookmarks
from cop.ui.desk import Desk
from cop.ui.map_menus import MapMenus, take_tool
from cop.ui.map_window import MapWindow
from cop.ui.places import Place

_MAIN, _FURTHER = "map", "map_windows"
#: as many as any desk has screens, and few enough not to be opened by mistake without end
_MOST_WINDOWS = 8


class Maps(QObject):
    """Tells every map what the picture and the desk tell one, and one desk what is done on any of them."""

    selected = Signal(str, str, str)
    opened = Signal(object)  # MapView: a further map is there, to be wired as the first one is

    def __init__(
        self,
        main: MapView,
        desk: Desk,
        settings: QSettings,
        *,
        operation: str,
        say: Callable[[str], None],
        make_map: Callable[[], MapView] | None = None,
    ) -> None:
        """`make_map` builds a further map of the same picture; without it there is but one."""
        super().__init__()
        self.main = main
        self.windows: list[MapWindow] = []
        self.bookmarks = Bookmarks(settings)
        self._desk = desk
        self._settings = settings
        self._operation = operation
        self._say = say
        self._make_map = make_map
        self._palette: Palette | None = None
        self._selection = ("", "", "")
        self._leaving = False
        self._menus = {main: MapMenus(main, self.bookmarks, say)}
        main.selected.connect(self.selected)
        main.restore(self._kept(_MAIN, {}))
        main.layers_changed.connect(self._save_main)

    def views(self) -> list[MapView]:
        """Every map, the desk's own first."""
        return [self.main, *(window.map_view for window in self.windows)]

    def active(self) -> MapView:
        """The map of the window that has the focus; the desk's own if none has."""
        return next((window.map_view for window in self.windows if window.isActiveWindow()), self.main)

    def places(self) -> list[Place]:
        """The bookmarks as places, for the search."""
        found = []
        for name, look in self.bookmarks.all().items():
            lat, lon = place_to_degrees(look.x, look.y)
            across = look.metres_per_pixel * self.main.width() / stretch_at(look.y)
            found.append(Place(name, lat, lon, "bookmark", across))
        return found

    def say_on(self, view: MapView) -> Callable[[str], None]:
        """What tells the operator something in the window of this map."""
        return next((window.notice.say for window in self.windows if window.map_view is view), self._say)

    def apply(self, change: Change) -> None:
        """A pulse changed this."""
        for view in self.views():
            view.apply(change)

    def tick(self, banners: Sequence[str]) -> None:
        """A second has passed; `banners` is what the desk's window says across itself."""
        self.main.tick()
        for window in self.windows:
            window.tick()
            window.say_banners(banners)

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        self._palette = palette
        self.main.set_palette(palette)
        for window in self.windows:
            window.set_palette(palette)

    def set_selection(self, kind: str, agency: str, object_id: str) -> None:
        """One selection for all maps."""
        self._selection = (kind, agency, object_id)
        for view in self.views():
            view.set_selection(*self._selection)

    def take_tool(self, name: str) -> None:
        """Take a tool in hand on the map in front."""
        active = self.active()
        say = next((window.notice.say for window in self.windows if window.map_view is active), self._say)
        take_tool(active, next(kind for kind in tool_kinds() if kind.name == name), say)

    # further windows

    def open_window(self) -> None:
        """A further map, on a screen that has none yet where there is one."""
        if len(self.windows) >= _MOST_WINDOWS:
            self._say(f"There are {_MOST_WINDOWS} further maps already.")
            return
        window = self._build(self._free_number())
        if window is None:
            return
        look = self.main.moves.look
        window.map_view.restore(self.main.state())
        window.setGeometry(self._free_place(window))
        window.show()
        window.map_view.moves.go(look)
        self.save()

    def restore_windows(self) -> None:
        """Open the windows that were open when the desk was left."""
        for kept in self._kept(_FURTHER, []):
            if not isinstance(kept, dict) or len(self.windows) >= _MOST_WINDOWS:
                continue
            window = self._build(self._free_number())
            if window is None:
                return
            window.restore_geometry_state(str(kept.get("geometry", "")))
            state = kept.get("map")
            state = state if isinstance(state, dict) else {}
            window.map_view.restore(state)
            window.show()
            if (look := look_of(state.get("look"))) is not None:
                window.map_view.moves.go(look)

    def close_windows(self) -> None:
        """The desk is left: its further maps go with it, and come again with it."""
        self.save()
        self._leaving = True
        for window in list(self.windows):
            window.close()

    def save(self) -> None:
        """Remember what is arranged."""
        self._save_main()
        further = [{"geometry": one.geometry_state(), "map": one.map_view.state()} for one in self.windows]
        self._settings.setValue(_FURTHER, json.dumps(further))
        self._settings.sync()

    def _build(self, number: int) -> MapWindow | None:
        if self._make_map is None or self._palette is None:
            return None
        window = MapWindow(number, self._desk, self._make_map(), self._palette, self._operation)
        view = window.map_view
        self._menus[view] = MapMenus(view, self.bookmarks, window.notice.say)
        view.selected.connect(self.selected)
        view.set_selection(*self._selection)
        view.layers_changed.connect(self.save)
        window.closed.connect(self._closed)
        for kind in tool_kinds():
            if kind.keys:
                window.add_action(kind.label, kind.keys, lambda name=kind.name: self.take_tool(name))
        for words, keys, act in (
            ("Previous view", "Alt+Left", view.moves.back),
            ("Next view", "Alt+Right", view.moves.forward),
            ("What is here, under the cursor", "W", lambda: view.place_asked.emit(*view.pointed)),
            ("Follow the selected unit", "F", lambda: self._follow(window)),
            ("Lock the map where it is, or unlock it", "Ctrl+Shift+L", view.moves.toggle_lock),
            ("Show all incidents, or the whole region", "Ctrl+0", view.fit),
            ("Draw and measure", "Ctrl+T", view.tools_asked.emit),
            ("Bookmarks and earlier views", "Ctrl+B", view.views_asked.emit),
        ):
            window.add_action(words, keys, act)
        self.windows.append(window)
        self.opened.emit(view)
        return window

    def _follow(self, window: MapWindow) -> None:
        kind, agency, unit = self._selection
        moves = window.map_view.moves
        if kind != "unit":
            window.notice.say("Select a unit to follow it.")
        else:
            moves.follow(None if moves.following == (agency, unit) else (agency, unit))

    def _closed(self, window: MapWindow) -> None:
        self.windows = [one for one in self.windows if one is not window]
        self._menus.pop(window.map_view, None)  # or the map and all its layers would outlive their window
        if not self._leaving:
            self.save()

    def _free_number(self) -> int:
        taken = {window.number for window in self.windows}
        return next(number for number in range(2, _MOST_WINDOWS + 3) if number not in taken)

    def _free_place(self, window: MapWindow) -> QRect:
        """The middle of a screen without a window of ours; else a little aside of the last one."""
        used = [self.main.window().screen(), *(one.screen() for one in self.windows if one is not window)]
        screen = next((one for one in QGuiApplication.screens() if one not in used), None)
        room = (screen or self.main.window().screen()).availableGeometry()
        width, height = min(window.width(), room.width() - 40), min(window.height(), room.height() - 60)
        aside = 0 if screen is not None else 32 * len(self.windows)
        left = room.left() + (room.width() - width) // 2 + aside
        return QRect(left, room.top() + (room.height() - height) // 2 + aside, width, height)

    def _save_main(self) -> None:
        self._settings.setValue(_MAIN, json.dumps(self.main.state()))

    def _kept(self, key: str, missing: Any) -> Any:
        try:
            kept = json.loads(str(self._settings.value(key, "")))
        except (ValueError, RecursionError):
            return missing
        return kept if isinstance(kept, type(missing)) else missing
