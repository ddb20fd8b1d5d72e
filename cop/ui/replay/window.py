"""A window over the past: the same window as the live one, over a picture and a desk of its own."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QEvent, QSettings, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QComboBox

from cop.domain.desk import Command
from cop.map.palette import Palette
from cop.map.view import MapView
from cop.picture.picture import Picture
from cop.replay.frames import Late
from cop.ui import wording
from cop.ui.actions import PAST_ACTIONS, add_action
from cop.ui.desk import THE_PAST, Desk
from cop.ui.main_window import MainWindow
from cop.ui.replay.player import Player
from cop.ui.time_bar import TimeBar
from cop.ui.time_scale import clock_words

#: builds what builds the maps over a desk's picture
MakeMaps = Callable[[Desk], Callable[[], MapView]]


_READING = "Reading the record: nothing of that moment is shown yet."


def desk_of_the_past(live: Desk, now: Callable[[], datetime]) -> Desk:
    """A desk of the same operator over an empty picture, from which nothing leaves."""
    return Desk(
        live.operator,
        Picture(live.picture.home, live.picture.agreements, pace=live.picture.tracks.pace),
        live.ground,
        _nothing_leaves,
        exercise=live.exercise,
        operation=live.operation,
        now=now,
        past=True,
    )


def _nothing_leaves(command: Command) -> None:
    raise OSError(THE_PAST)


class PastWindow(MainWindow):
    """Shows what the player's process says. Closed, it tells so; its player is for who opened it to end."""

    def __init__(
        self,
        player: Player,
        live: Desk,
        make_maps: MakeMaps,
        palette: Palette,
        settings: QSettings,
        *,
        operation: str,
        period: str,
        present: Callable[[], datetime],
        alone: bool = False,
    ) -> None:
        """`present` is the time it really is. `alone`: there is no live desk, `live` only says whose record it is."""
        desk = desk_of_the_past(live, player.now)
        make_map = make_maps(desk)
        super().__init__(desk, make_map(), palette, settings, operation=operation, period=period, make_map=make_map)
        self._looked = not alone  # the map looks where the live one does
        self.player = player
        self._live = desk if alone else live
        self._present = present
        self._ticked_for = 0
        self._reading = True  # until the first moment is there
        self._trouble = ""
        self._late_shown: list[Late] = []
        self.bar = TimeBar(self.colours, past=True, alone=alone)
        self.palette_changed.connect(self.bar.set_palette)
        self.put_below_map(self.bar)
        self._wire_bar()
        acts: dict[str, Callable[[], object]] = {
            "past_play": player.toggle,
            "past_back": lambda: player.step(-1),
            "past_on": lambda: player.step(1),
            "past_faster": lambda: player.change_speed(1),
            "past_slower": lambda: player.change_speed(-1),
            "past_live": self.bar.live_asked.emit,
            "share_review": self.sharing.review,
        }
        self.window_actions += [add_action(self, name, words, keys, acts[name]) for name, words, keys in PAST_ACTIONS]
        player.attach(desk)
        player.jumped.connect(self._jumped)
        player.moved.connect(self._show_moment)
        player.looked.connect(self._show_span)
        player.stepped.connect(self._say_step)
        self._show_span()
        self._show_readers()
        self._show_moment()

    def _wire_bar(self) -> None:
        bar, player = self.bar, self.player
        bar.went.connect(player.seek)
        bar.stepped.connect(player.step)
        bar.play_asked.connect(player.toggle)
        bar.speed_asked.connect(player.set_speed)
        bar.truth_asked.connect(player.set_true)
        bar.reader_asked.connect(player.see_as)
        bar.late_chosen.connect(self._select_and_show)

    def leave(self) -> None:
        """Listen to the player no longer."""
        player = self.player
        player.jumped.disconnect(self._jumped)
        player.moved.disconnect(self._show_moment)
        player.looked.disconnect(self._show_span)
        player.stepped.disconnect(self._say_step)

    def tick(self) -> None:
        """A second has passed, or another moment is shown."""
        super().tick()
        self._show_readers()
        self._show_moment()

    def _jumped(self) -> None:
        """Another picture: what was chosen is chosen in it too, where it stands."""
        self._has_read()
        self.bar.say("")  # the event that a step came to was at another moment
        self.select(*self.selection)
        self.tick()

    def _has_read(self) -> None:
        """What stands on the screen is of the record now."""
        self._reading = False
        self.clear_banner("reading")

    def _show_moment(self) -> None:
        player = self.player
        if self._reading and player.trouble:
            self._has_read()
        elif self._reading and not player.at:
            self.banners.show_banner(_READING, "warn", "reading")
        self.bar.show_past(player.now().timestamp(), self._present().timestamp(), wanted=player.wanted)
        self.bar.show_pace(playing=player.playing, speed=player.speed)
        self.bar.show_truth(as_true=player.as_true)
        self._say_eyes()
        if player.playing:
            self.bar.say("")
        if player.trouble != self._trouble:
            self._trouble = player.trouble
            if player.trouble:
                self.show_banner(wording.one_line(player.trouble), "warn", "replay")
            else:
                self.clear_banner("replay")
        shown = int(player.now().timestamp())
        if shown != self._ticked_for:
            self._ticked_for = shown
            self.top_bar.tick()
        if player.late != self._late_shown:
            self._late_shown = player.late
            self._show_late()

    def _say_eyes(self) -> None:
        """What is not what this desk knew then is said across the window, its maps and what is saved."""
        player = self.player
        parts = []
        if player.reader:
            name = wording.agency_name(self._live.picture, player.reader)
            parts.append(f"what {name} could see, by what others share with it")
        if player.as_true:
            parts.append("with what was heard only later")
        words = ", ".join(parts)
        if words != self.desk.seen_otherwise:
            self.desk.seen_otherwise = words
            if words:
                self.banners.show_banner(f"Not what this desk knew then: {words}", "warn", "eyes")
            else:
                self.banners.clear_banner("eyes")
            self.maps.tick(self.banners.texts())

    def _show_span(self) -> None:
        self.bar.show_span(self.player.span, self._present().timestamp())

    def _say_step(self, event: str) -> None:
        self.bar.say(event)
        if not self.bar.has_room():
            self.notice.say(wording.one_line(event))

    def _show_readers(self) -> None:
        """Our own eyes first, then those of every agency that is known now."""
        picture = self._live.picture
        own = self._live.operator.agency
        others = sorted(
            ((agency, wording.agency_name(picture, agency)) for agency in picture.agencies if agency != own),
            key=lambda one: one[1].casefold(),
        )
        self.bar.show_readers([("", "us"), *others], self.player.reader)

    def _show_late(self) -> None:
        self.bar.show_late(
            [
                (
                    f"{_called(self.desk, one.kind, one.agency, one.id)}: said {clock_words(one.said_at)},"
                    f" heard {clock_words(one.heard_at)} ({wording.span(one.heard_at - one.said_at)} later)",
                    ("unit" if one.kind == "position" else one.kind, one.agency, one.id),
                )
                for one in self.player.late
            ]
        )

    def event(self, event: QEvent) -> bool:
        """Space presses the button that has the keys, and marks the line of a list; elsewhere it plays."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
            and isinstance(QApplication.focusWidget(), QAbstractButton | QAbstractItemView | QComboBox)
        ):
            event.accept()
            return True
        return super().event(event)


def _called(desk: Desk, kind: str, agency: str, object_id: str) -> str:
    name = wording.agency_name(desk.picture, agency)
    if kind in {"position", "unit"}:
        called = wording.unit_callsign(desk.picture, agency, object_id)
    elif (report := desk.picture.incidents.get((agency, object_id))) is not None and kind == "incident":
        called = wording.incident_title(report)
    else:
        called = f"{kind} {wording.one_line(object_id)}"
    return f"{wording.shortened(called, 60)} ({name})"
