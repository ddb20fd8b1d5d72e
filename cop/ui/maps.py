"""All maps of a desk: the one in its window, and those in windows of their own."""

import functools
import json
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QMarginsF, QObject, QRect, QSettings, Signal
from PySide6.QtGui import QGuiApplication

from cop.map.moves import look_of
from cop.map.palette import Palette
from cop.map.projection import place_to_degrees, stretch_at
from cop.map.tools import tool_kinds
from cop.map.view import MapView
from cop.picture.change import Change, Key
from cop.ui.actions import ACTIONS
from cop.ui.bookmarks import Bookmarks
from cop.ui.desk import Desk
from cop.ui.map_menus import MapMenus, take_tool
from cop.ui.map_window import MapWindow
from cop.ui.places import Place
from cop.ui.whereabouts import trusted_place

_MAIN, _FURTHER = "map", "map_windows"
#: as many as any desk has screens, and few enough not to be opened by mistake without end
_MOST_WINDOWS = 8
#: a place nearer to the map's edge than this is brought to the middle
_EDGE_PX = 60
_WIDEST_M = 80_000.0


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

    def acts(self, view: MapView) -> dict[str, Callable[[], object]]:
        """What can be done on one map, by the names of the window's actions."""
        say = self.say_on(view)
        return {
            "what_is_here": lambda: view.place_asked.emit(*view.pointed),
            "fit_map": view.fit,
            "lock_map": view.moves.toggle_lock,
            "previous_view": view.moves.back,
            "next_view": view.moves.forward,
            "follow_unit": lambda: self._follow(view),
            "trail_unit": lambda: self._show_trail(view),
            "map_tools": view.tools_asked.emit,
            "map_views": view.views_asked.emit,
            **{f"tool_{kind.name}": functools.partial(take_tool, view, kind, say) for kind in tool_kinds()},
        }

    def take_tool(self, name: str) -> None:
        """Take a tool in hand on the map in front."""
        self.acts(self.active())[f"tool_{name}"]()

    def show_object(self, kind: str, key: Key) -> None:
        """Bring what was chosen in a list into view on the desk's own map, if it is somewhere."""
        where = trusted_place(self._desk.picture, kind, key)
        if where is not None:
            self.show_place(*where)
        elif kind in {"zone", "alert"}:
            self.main.show_area(kind, *key)

    def show_place(self, lat: float, lon: float) -> None:
        """Bring a place into view; the map keeps its scale, and stays where it is if the place is well inside."""
        view = self.main.view
        inside = view.rect().marginsRemoved(QMarginsF(_EDGE_PX, _EDGE_PX, _EDGE_PX, _EDGE_PX))
        if not inside.contains(view.place(lat, lon)):
            self.main.show_place(lat, lon, min(view.ground_metres_per_pixel * view.width, _WIDEST_M))

    def go_to(self, place: Place) -> None:
        """Show a place that was looked for, and mark it."""
        self.main.show_place(place.lat, place.lon, place.metres_across)
        self.main.mark_place(place.lat, place.lon, place.name, place.cell)

    def _follow(self, view: MapView) -> None:
        unit = self._selected_unit(view, "Select a unit to follow it.")
        if unit is not None:
            view.moves.follow(None if view.moves.following == unit else unit)

    def _show_trail(self, view: MapView) -> None:
        unit = self._selected_unit(view, "Select a unit to see where it has been.")
        if unit is not None:
            view.show_trail(*(("", "") if view.layer_set.trails.shown_unit == unit else unit))

    def _selected_unit(self, view: MapView, otherwise: str) -> Key | None:
        kind, *key = self._selection
        if kind == "unit":
            return key[0], key[1]
        self.say_on(view)(otherwise)
        return None

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
        self.windows.append(window)
        acts = self.acts(view)
        for name, words, keys in ACTIONS:
            if name in acts and keys:
                window.add_action(words, keys, acts[name])
        self.opened.emit(view)
        return window

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
