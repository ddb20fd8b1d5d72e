"""From the replay process into the picture of a desk of the past: where it is, where it goes, how fast."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from cop.replay.frames import Act, Frame, Late, Said, Span
from cop.ui.desk import Desk

#: how many times as fast as it was
SPEEDS = (1, 2, 5, 10, 20, 60)
_BEAT_MS = 33
_IDLE_MS = 250


class Replaying(Protocol):
    """The desktop's end of a replay process (`cop.replay.process`): nothing in it blocks or raises."""

    def start(self) -> None:
        """Start the process."""

    def ask(self, act: Act, **fields: Any) -> int:
        """Ask for something; the number that its answers bear."""

    def receive(self) -> Sequence[Said]:
        """Every answer since the last call."""

    def close(self) -> None:
        """End the process."""


class Player(QObject):
    """Asks for one moment at a time, the newest wish first, and hands what comes to `desk`, where there is one.

    `at` is the moment that the picture shows; `wanted` the one that was asked for and is not there yet.
    """

    moved = Signal()  # another moment, another pace, or trouble
    jumped = Signal()  # all that stands is another
    looked = Signal()  # `span` is another
    stepped = Signal(str)  # to which event, in words

    def __init__(self, replay: Replaying, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk: Desk | None = None
        self.span = Span(number=0, first_at=0.0, last_at=0.0)
        self.at = 0.0
        self.playing = False
        self.speed = 1.0
        self.reader = ""
        self.as_true = False
        self.late: list[Late] = []
        self.trouble = ""
        self._replay = replay
        self._wanted: float | None = None
        self._step = 0
        self._awaited = 0  # the number of the seek or step that is being answered
        self._stepping = 0  # which way that step goes
        self._sought: float | None = None
        self._set_going = 0  # the number of the ask that set it going
        self._looking = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.beat)
        self._timer.start(_IDLE_MS)

    @property
    def wanted(self) -> float | None:
        """The moment that was asked for and is not there yet."""
        return self._wanted if self._wanted is not None else self._sought

    def now(self) -> datetime:
        """The replay's time; before anything is shown, the one that was asked for."""
        return datetime.fromtimestamp(self.at or self.wanted or 0.0, UTC)

    # what is asked

    def look(self) -> None:
        """What there is to be seen, anew."""
        if not self._looking:
            self._looking = self._replay.ask("look")

    def seek(self, at: float) -> None:
        """Go to this moment; while one is on its way, only the newest wish is kept."""
        self._wanted = at
        if self.span.last_at:
            self._wanted = min(max(at, self.span.first_at), max(self.span.last_at, self.at))
        self._step = 0
        self._go_on()
        self.moved.emit()

    def step(self, by: int) -> None:
        """To the next event (1), or the one before (-1)."""
        self.pause()
        self._step = by
        self._go_on()

    def play(self) -> None:
        """Go on from here."""
        if not self.playing:
            self.playing = True
            self._go_on(again=True)
            self.moved.emit()

    def pause(self) -> None:
        """Stop here."""
        if self.playing:
            self.playing = False
            self._set_going = self._replay.ask("pause")
            self.moved.emit()

    def toggle(self) -> None:
        """Play, or stop."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def set_speed(self, speed: float) -> None:
        """So many times as fast as it was."""
        if speed != self.speed:
            self.speed = speed
            self._go_on(again=True)
            self.moved.emit()

    def change_speed(self, by: int) -> None:
        """The next faster pace (1), or the next slower one (-1)."""
        at = min(range(len(SPEEDS)), key=lambda one: abs(SPEEDS[one] - self.speed)) + by
        self.set_speed(SPEEDS[min(max(at, 0), len(SPEEDS) - 1)])

    def see_as(self, reader: str) -> None:
        """Through the eyes of an agency, share clauses applied; empty: through our own."""
        if reader != self.reader:
            self.reader = reader
            self.seek(self.at if self.wanted is None else self.wanted)

    def set_true(self, as_true: bool) -> None:
        """As it was, with what was heard only later; or as it was known."""
        if as_true != self.as_true:
            self.as_true = as_true
            self.seek(self.at if self.wanted is None else self.wanted)

    def attach(self, desk: Desk) -> None:
        """Show what comes at this desk."""
        self.desk = desk
        self.at = 0.0  # nothing is shown there yet
        self._timer.setInterval(_BEAT_MS)

    def detach(self) -> None:
        """Nobody looks any more; the process stays, for the next time."""
        self.pause()
        self.desk = None
        self._wanted = None
        self._step = 0
        self.reader, self.as_true, self.late = "", False, []
        self._timer.setInterval(_IDLE_MS)

    def close(self) -> None:
        """End the process."""
        self._timer.stop()
        self._replay.close()

    def _go_on(self, *, again: bool = False) -> None:
        """Ask for what is wished for next, unless an answer is on its way; `again`: for the pace as well."""
        if self._awaited:
            return
        if self._wanted is not None:
            at, self._wanted, self._sought = self._wanted, None, self._wanted
            self._awaited = self._replay.ask("seek", at=at, reader=self.reader, as_true=self.as_true)
        elif self._step:
            by, self._step = self._step, 0
            self._stepping = by
            self._awaited = self._replay.ask("step", step=by)
        elif again and self.playing:
            self._set_going = self._replay.ask("play", speed=float(self.speed))

    # what comes

    def beat(self) -> None:
        """Take in what the process said since the last time."""
        for said in self._replay.receive():
            try:
                if isinstance(said, Span):
                    self._take_span(said)
                else:
                    self._take(said)
            except Exception:  # noqa: BLE001 - the excepthook logs and shows any bug; what comes next must still come
                sys.excepthook(*sys.exc_info())

    def _take_span(self, span: Span) -> None:
        self._looking = 0
        if span.last_at:
            self.span = span
            self.looked.emit()

    def _take(self, frame: Frame) -> None:
        self.trouble = frame.trouble
        self.at = frame.at or self.at
        self.late = frame.late
        if self.desk is not None:
            if frame.anew:
                self.desk.take_anew(frame.batch)
            else:
                self.desk.take_in(frame.batch)
        if frame.trouble:  # going on by itself might only meet it again
            self._step = self._looking = 0
            self.playing = self.playing and frame.playing
        if self._awaited and frame.number >= self._awaited:
            stepped, self._stepping = self._stepping, 0
            self._awaited, self._sought = 0, None
            if stepped and not frame.event and not frame.trouble:
                self.stepped.emit("No event after this one" if stepped > 0 else "No event before this one")
            self._go_on(again=True)
        elif self.playing and self._set_going and frame.number >= self._set_going and not frame.playing:
            self.playing = False
        if frame.anew:
            self.jumped.emit()
        if frame.event:
            self.stepped.emit(frame.event)
        self.moved.emit()
