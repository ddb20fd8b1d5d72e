"""All windows over the past of one live window: one in its place, and some beside it."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSettings, Qt, QTemporaryDir, QTimer
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from cop.ui.actions import REPLAY_ACTIONS, add_action
from cop.ui.main_window import MainWindow
from cop.ui.replay.meanwhile import Meanwhile
from cop.ui.replay.player import Player, Replaying
from cop.ui.replay.window import MakeMaps, PastWindow
from cop.ui.time_bar import TimeBar

#: windows beside the live one; each has a process of its own
_MOST_BESIDE = 3
#: the record is looked at so long after the start, and then so often
_FIRST_LOOK_MS, _LOOKS_EVERY_MS = 3_000, 15_000
_TEN_MINUTES_S = 600.0
_FILLS = Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen
#: pixels between the live window and one that opens beside it
_ASIDE = (48, 48)
#: further map windows stay live: those of the past begin with none
_NOT_TAKEN_OVER = "map_windows"


class Replays(QObject):
    """Puts the time bar under the live map, and opens and closes windows over the past. The live one works on."""

    def __init__(
        self,
        live: MainWindow,
        start: Callable[[], Replaying],
        make_maps: MakeMaps,
        *,
        operation: str = "",
        period: str = "",
    ) -> None:
        """`start` gives the desktop's end of a new replay process."""
        super().__init__(live)
        self.live = live
        self.here: PastWindow | None = None
        self.beside: list[PastWindow] = []
        self.bar = TimeBar(live.colours, past=False)
        self._start = start
        self._make_maps = make_maps
        self._names = (operation, period)
        self._folder = QTemporaryDir()
        self._opened = 0
        self._aside: list[QWidget] = []
        self._meanwhile: Meanwhile | None = None
        self.player = Player(start(), self)
        live.put_below_map(self.bar)
        live.palette_changed.connect(self._wear)
        self.bar.went.connect(self.go)
        self.bar.stepped.connect(lambda by: self.go(step=by))
        self.bar.play_asked.connect(self._play_the_last_minutes)
        self.player.looked.connect(self._show_span)
        acts: dict[str, Callable[[], object]] = {
            "replay_here": lambda: self.go(step=-1),
            "replay_beside": self.open_beside,
            "share_review": live.sharing.review,
        }
        live.window_actions += [add_action(live, name, words, keys, acts[name]) for name, words, keys in REPLAY_ACTIONS]
        live.installEventFilter(self)
        live.closed.connect(self.close)
        self._looks = QTimer(self)
        self._looks.timeout.connect(self._look)
        self._looks.start(_LOOKS_EVERY_MS)
        QTimer.singleShot(_FIRST_LOOK_MS, self, self._look)
        seconds = QTimer(self)
        seconds.timeout.connect(lambda: self.bar.show_live(live.desk.now().timestamp()))
        seconds.start(1000)

    # into the past and back

    def go(self, at: float | None = None, *, step: int = 0) -> PastWindow:
        """Look at the past in the place of the live window: at this moment, or one event back from the present."""
        if self.here is None:
            self.here = self._open(self.player, beside=False)
            self.here.bar.live_asked.connect(self.back_to_live)
            self._meanwhile = Meanwhile(self.live)
            self._meanwhile.live_asked.connect(self.back_to_live)
            self.here.say_across(self._meanwhile)
            self._meanwhile.look()
            self._hide_live()
        if at is None:
            at = self.live.desk.now().timestamp()
        self.player.seek(at)
        if step:
            self.player.step(step)
        return self.here

    def back_to_live(self) -> None:
        """The present, as it is by now; the window over the past goes."""
        if self.here is not None:
            self.here.close()

    def open_beside(self) -> PastWindow | None:
        """Another window over the past, beside the live one."""
        if len(self.beside) >= _MOST_BESIDE:
            self.live.notice.say(f"There are {_MOST_BESIDE} windows over the past already.")
            return None
        player = Player(self._start(), self)
        player.span = self.player.span
        window = self._open(player, beside=True)
        window.bar.live_asked.connect(window.close)
        self.beside.append(window)
        player.look()
        player.seek(self.live.desk.now().timestamp())
        return window

    def close(self) -> None:
        """The desk is left: nothing of the past stays, and no process."""
        for window in [*self.beside, self.here]:
            if window is not None:
                window.close()
        self._looks.stop()
        self.player.close()

    def _play_the_last_minutes(self) -> None:
        self.go(self.live.desk.now().timestamp() - _TEN_MINUTES_S)
        self.player.play()

    # windows

    def _open(self, player: Player, *, beside: bool) -> PastWindow:
        live = self.live
        operation, period = self._names
        window = PastWindow(
            player,
            live.desk,
            self._make_maps,
            live.colours,
            self._layout(),
            operation=operation,
            period=period,
            present=live.desk.now,
        )
        window.sharing.backdrop = live.sharing.backdrop
        window.desk.left.connect(live.desk.left)  # what leaves is on record, also what leaves from the past
        window.palette_changed.connect(self._wear_as_the_past)
        window.closed.connect(lambda: self._closed(window))
        if beside:
            window.setWindowState(Qt.WindowState.WindowNoState)
        else:
            window.setWindowState(live.windowState() & ~Qt.WindowState.WindowMinimized)
        if beside or not live.windowState() & _FILLS:
            window.setGeometry(live.geometry().translated(*(_ASIDE if beside else (0, 0))))
        window.show()
        window.map_view.moves.begin_as(live.map_view.moves)
        window.maps.bookmarks.share(live.maps.bookmarks)
        window.select(*live.selection)
        window.bar.line.setFocus()
        return window

    def _layout(self) -> QSettings:
        """How the live window stands, as settings of their own: what is moved in the past moves nothing here."""
        kept = self.live.remember()
        self._opened += 1
        copied = QSettings(self._folder.filePath(f"{self._opened}.ini"), QSettings.Format.IniFormat)
        for key in kept.allKeys():
            if key != _NOT_TAKEN_OVER:
                copied.setValue(key, kept.value(key))
        return copied

    def _closed(self, window: PastWindow) -> None:
        window.leave()
        player = window.player
        player.detach()
        if window is self.here:
            self.here = None
            if self._meanwhile is not None:
                self._meanwhile.leave()
                self._meanwhile = None
            self._show_live(window)
        else:
            self.beside = [one for one in self.beside if one is not window]
            player.close()
            player.deleteLater()
        window.deleteLater()

    def _hide_live(self) -> None:
        live = self.live
        self._aside = [one for one in live.findChildren(QWidget) if one.isWindow() and one.isVisible()]
        for one in self._aside:
            one.hide()
        live.hide()

    def _show_live(self, past: PastWindow) -> None:
        live = self.live
        live.setWindowState(past.windowState() & ~Qt.WindowState.WindowMinimized)
        if not past.windowState() & _FILLS:
            live.setGeometry(past.geometry())
        live.show()
        self._bring_back()
        live.activateWindow()
        self._look()

    def _bring_back(self) -> None:
        """What stood beside the live window, undocked panels and open forms, stands there again."""
        for one in self._aside:
            if isValid(one):
                one.show()
        self._aside = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The live window is closed while the past stands in its place: it remembers its panels as they stood."""
        if watched is self.live and event.type() == QEvent.Type.Close:
            self._bring_back()
        return False

    # what both show

    def _look(self) -> None:
        self.player.look()
        for window in self.beside:
            window.player.look()

    def _show_span(self) -> None:
        self.bar.show_span(self.player.span, self.live.desk.now().timestamp())
        self.bar.show_live(self.live.desk.now().timestamp())

    def _wear(self, palette: object) -> None:
        self.bar.set_palette(self.live.colours)
        for window in [*self.beside, self.here]:
            if window is not None and window.colours.name != self.live.colours.name:
                window.set_palette_name(self.live.colours.name)

    def _wear_as_the_past(self, palette: object) -> None:
        """One theme for one desk: what is chosen in the past holds here as well."""
        chosen = getattr(palette, "name", "")
        if chosen and chosen != self.live.colours.name:
            self.live.change_theme()
