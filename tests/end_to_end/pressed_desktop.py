"""A real desktop, in a process of its own, with a hand in it.

Runs `cop.app.start` unchanged. Each line on standard input is one thing that a person does, as JSON; it is done with
real mouse and key events on real widgets, and answered with one JSON line that begins with `DONE `.
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QPoint, QSocketNotifier, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QGraphicsView,
    QLineEdit,
    QMenu,
    QSpinBox,
    QWidget,
)

from cop.app import Options, start
from cop.briefing.state import state
from cop.map.view import MapView
from cop.ui.dock import Dock
from cop.ui.main_window import MainWindow
from cop.ui.task_card import TaskCard

_LEFT, _RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
_KEYS = {name.removeprefix("Key_"): key for name, key in Qt.Key.__members__.items()}


class Hand(QObject):
    """Does what it is told on the widgets that a person could see."""

    def __init__(self) -> None:
        super().__init__()
        self._rest = b""
        self._notifier = QSocketNotifier(0, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._hear)

    def _hear(self) -> None:
        self._rest += os.read(0, 65_536)
        *lines, self._rest = self._rest.split(b"\n")
        for line in lines:
            told = json.loads(line)
            try:
                answer = json.dumps(getattr(self, "do_" + told.pop("do"))(**told))
            except Exception as error:  # noqa: BLE001 - the test is told, and fails with these words
                answer = json.dumps({"error": f"{type(error).__name__}: {error}"})
            sys.stdout.write(f"DONE {answer}\n")
            sys.stdout.flush()

    def do_state(self) -> dict[str, Any]:
        """The picture of this desk."""
        return state(self._window().desk.picture, datetime.now(UTC))

    def do_press(self, name: str, within: str = "") -> str:
        """Press a button by the words on it or its accessible name; what stood on it.

        `Ask*` is one that begins so; `within` is the dock that it stands in.
        """
        button = self._button(name, within)
        if not button.isEnabled():
            raise RuntimeError(f"{name!r} cannot be pressed: {button.toolTip() or button.accessibleDescription()}")
        words = str(button.text())
        QTest.mouseClick(button, _LEFT)
        return words

    def do_words_on(self, name: str, within: str = "") -> str:
        """What stands on a button."""
        return str(self._button(name, within).text())

    def do_key(self, key: str) -> None:
        """Press a key where the keys are: in the form that is open, in the list that was clicked."""
        window = QApplication.activeModalWidget() or QApplication.activeWindow() or self._window()
        focused = QApplication.focusWidget()
        QTest.keyClick(focused if focused is not None and window.isAncestorOf(focused) else window, _KEYS[key])

    def do_type(self, name: str, text: str) -> None:
        """Type into a field by its accessible name."""
        field = self._find(QLineEdit, lambda one: name in {one.accessibleName(), _owner_name(one)}, name)
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)

    def do_choose(self, name: str, text: str) -> None:
        """Choose an entry of a list by its words."""
        combo = self._find(QComboBox, lambda one: one.accessibleName() == name, name)
        index = next(i for i in range(combo.count()) if text in combo.itemText(i))
        combo.setFocus()
        while combo.currentIndex() != index:
            before = combo.currentIndex()
            QTest.keyClick(combo, Qt.Key.Key_Down if before < index else Qt.Key.Key_Up)
            if combo.currentIndex() == before:
                raise RuntimeError(f"{name!r} does not move to {text!r}")

    def do_set_number(self, name: str, value: int) -> None:
        """Set a number with the arrow keys."""
        box = self._find(QSpinBox, lambda one: one.accessibleName() == name, name)
        box.setFocus()
        while box.value() != value:
            QTest.keyClick(box, Qt.Key.Key_Up if box.value() < value else Qt.Key.Key_Down)

    def do_pick_row(self, name: str, text: str) -> None:
        """Click the row of a list or table that holds these words in a cell."""
        view = self._find(QAbstractItemView, lambda one: one.accessibleName() == name, name)
        model = view.model()
        for row in range(model.rowCount()):
            for column in range(model.columnCount()):
                index = model.index(row, column)
                if text in str(index.data() or ""):
                    view.scrollTo(index)
                    QTest.mouseClick(view.viewport(), _LEFT, pos=view.visualRect(index).center())
                    return
        raise RuntimeError(f"no row {text!r} in {name!r}")

    def do_shortcut(self, keys: str) -> None:
        """Press the keys of one of the window's actions."""
        QTest.keySequence(self._window(), QKeySequence(keys))

    def do_rows(self, name: str) -> int:
        """How many rows a list or table has, whether it is in front or not."""
        return self._list(name).model().rowCount()

    def do_lines(self, name: str) -> list[str]:
        """What stands in the rows of a list, as a screen reader says it, whether it is in front or not."""
        model = self._list(name).model()
        return [str(model.index(row, 0).data() or "") for row in range(model.rowCount())]

    def do_tab(self, words: str) -> None:
        """Bring a dock to the front by the beginning of its name."""
        from PySide6.QtWidgets import QTabBar

        titles = {dock.windowTitle() for dock in self._window().docks if dock.name.startswith(words)}
        for bar in self._window().findChildren(QTabBar):
            for place in range(bar.count()):
                if bar.isVisible() and bar.tabText(place) in titles:
                    QTest.mouseClick(bar, _LEFT, pos=bar.tabRect(place).center())
                    return
        raise RuntimeError(f"no tab {words!r}")

    def do_map_menu(self, lat: float, lon: float, entry: str) -> None:
        """Right-click a place on the map and choose an entry of its menu."""
        viewport, at = self._map_point(lat, lon)
        QTest.mouseClick(viewport, _RIGHT, pos=at)
        menu = QApplication.activePopupWidget()
        if not isinstance(menu, QMenu):
            raise TypeError("no menu on the map")
        action = next(one for one in menu.actions() if one.text().startswith(entry))
        QTest.mouseClick(menu, _LEFT, pos=menu.actionGeometry(action).center())

    def do_carry_card(self, objective: str, column: str, to: str) -> None:
        """Take the card of a task with the mouse from one column of the board, and put it down in another."""
        cards = [one for one in _visible(TaskCard) if one.standing.objective == objective]
        (card,) = [one for one in cards if one.standing.column == column]
        target = self._window().task_board.columns[to]
        start, goal = QPoint(20, 8), card.mapFromGlobal(target.mapToGlobal(target.rect().center()))
        QTest.mousePress(card, _LEFT, pos=start)
        for place in (start + QPoint(QApplication.startDragDistance() + 2, 0), (start + goal) / 2, goal):
            QTest.mouseMove(card, place)
            QApplication.processEvents()
        QTest.mouseRelease(card, _LEFT, pos=goal)

    def do_map_click(self, lat: float, lon: float) -> None:
        """Click a place on the map."""
        viewport, at = self._map_point(lat, lon)
        QTest.mouseClick(viewport, _LEFT, pos=at)

    def do_map_type(self, text: str, key: str) -> None:
        """Type on the map, as into the tool in hand, and end with a key."""
        map_view = self._window().map_view
        QTest.keyClicks(map_view, text)
        QTest.keyClick(map_view, Qt.Key[f"Key_{key}"])

    def do_select(self, kind: str, agency: str, id: str) -> None:  # noqa: A002  # the wire's word
        """Select an object, as a click on it does."""
        self._window().select(kind, agency, id)

    def do_on_map(self, kind: str, agency: str, id: str) -> bool:  # noqa: A002  # the wire's word
        """Whether a zone or an alert is drawn on the map."""
        return self._window().map_view.layer_set.zones.drawn((kind, agency, id)) is not None

    def do_texts(self) -> list[str]:
        """All words on visible labels: what a person could read."""
        from PySide6.QtWidgets import QLabel

        return [one.text() for one in _visible(QLabel)]

    def do_shot(self, file: str) -> None:
        """A picture of the window."""
        self._window().grab().save(file)

    def do_feed_pid(self) -> int:
        """The number of the feed process."""
        import multiprocessing

        (feeds,) = [one for one in multiprocessing.active_children() if one.name == "cop-feeds"]
        assert feeds.pid is not None
        return feeds.pid

    def _list(self, name: str) -> QAbstractItemView:
        views = self._window().findChildren(QAbstractItemView)
        return next(view for view in views if view.accessibleName() == name)

    def _button(self, name: str, within: str) -> QAbstractButton:
        def fits(one: QAbstractButton) -> bool:
            words = (one.text(), one.accessibleName())
            begins = name.endswith("*") and any(word.startswith(name[:-1]) for word in words)
            return (begins or name in words) and (not within or _dock_of(one).startswith(within))

        found = self._find(QAbstractButton, fits, f"{name} within {within}" if within else name)
        assert isinstance(found, QAbstractButton)
        return found

    def _map_point(self, lat: float, lon: float) -> tuple[QWidget, QPoint]:
        map_view = self._window().findChild(MapView)
        assert isinstance(map_view, MapView)
        map_view.show_place(lat, lon, 4_000)
        QApplication.processEvents()
        graphics = map_view.findChild(QGraphicsView)
        assert isinstance(graphics, QGraphicsView)
        viewport = graphics.viewport()
        return viewport, viewport.rect().center()

    def _find(self, kind: type[Any], fits: Callable[[Any], bool], name: str) -> Any:
        found = [one for one in _visible(kind) if fits(one)]
        if not found:
            known = sorted({one.accessibleName() or getattr(one, "text", str)() for one in _visible(kind)})
            raise RuntimeError(f"no {kind.__name__} {name!r}; there are {known}")
        modal = QApplication.activeModalWidget()
        inside = [one for one in found if modal is not None and modal.isAncestorOf(one)]
        return (inside or found)[-1]

    def _window(self) -> MainWindow:
        return next(one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow))


def _visible(kind: type[Any]) -> list[Any]:
    return [one for one in QApplication.allWidgets() if isinstance(one, kind) and one.isVisible()]


def _dock_of(widget: QWidget) -> str:
    """The name of the dock that a widget stands in."""
    parent: QWidget | None = widget
    while parent is not None and not isinstance(parent, Dock):
        parent = parent.parentWidget()
    return parent.name if parent is not None else ""


def _owner_name(field: QWidget) -> str:
    owner = field.parentWidget()
    return owner.accessibleName() if isinstance(owner, QComboBox) else ""


def main() -> None:
    """`pressed_desktop.py SETTINGS [OPTIONS]`: run the desk of these settings until told to end or killed.

    OPTIONS is JSON: what else `cop run` or `cop control` would be given.
    """
    application = QApplication(["cop"])
    hand = Hand()
    application.setProperty("hand", hand)
    more = json.loads(sys.argv[2]) if sys.argv[2:] else {}
    sys.exit(start(Options(config=Path(sys.argv[1]), offscreen=True, **more)))


if __name__ == "__main__":
    main()
