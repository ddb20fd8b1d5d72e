"""(r) Frames of a window over the past in which 10,000 units move 60 times as fast, and another moment put in place.

Beside them the same window over the present, whose units move once a second; and the same picture made bare.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchmarks.frames import span_settle
from benchmarks.row import Row
from benchmarks.traffic import place
from cop.domain.batch import POSITION_ROW, Batch, TrackName
from cop.domain.desk import Operator
from cop.domain.incident import Incident
from cop.domain.report import Report, Source
from cop.domain.unit import Unit
from cop.picture.picture import Picture
from cop.replay.frames import Act, Frame, Said

_UNITS, _INCIDENTS, _SPEED = 10_000, 200, 60
_PULSE_S, _SPAN_S, _ROUNDS, _SEEKS = 1 / 30, 5.0, 3, 7
_BEGIN = datetime(2026, 11, 2, 12, 0, 0, tzinfo=UTC)
_SOURCE = Source(feed="bench", format="cop-json", original_id="", original_type="")


class _Past:
    """In the place of the replay process: what it would send, made before it is asked for."""

    def __init__(self, moments: list[float]) -> None:
        """When it is asked for what it said is noted in `moments`."""
        self._moments = moments
        self._number = 0
        self._said: list[Said] = []

    def start(self) -> None:
        """There is no process."""

    def ask(self, act: Act, **fields: Any) -> int:
        """A seek is answered at once."""
        self._number += 1
        if act == "seek":
            at = float(fields["at"])
            self._said.append(Frame(number=self._number, at=at, batch=_standing(at), anew=True))
        elif act == "play":
            self._said.append(Frame(number=self._number, at=0.0, batch=Batch(epoch=1), playing=True))
        return self._number

    def play_on(self, at: float, batch: Batch) -> None:
        """A frame of what is played."""
        self._said.append(Frame(number=self._number, at=at, batch=batch, playing=True))

    def receive(self) -> list[Said]:
        """What was said since."""
        self._moments.append(time.perf_counter())
        said, self._said = self._said, []
        return said

    def close(self) -> None:
        """There is nothing to end."""


def _rows(units: np.ndarray, at: float) -> bytes:
    """Where these units are at a moment."""
    rows = np.zeros(len(units), dtype=POSITION_ROW)
    turn = (at - _BEGIN.timestamp()) / 4  # some 9 m/s: no unit jumps
    rows["slot"] = units
    rows["lat"], rows["lon"] = np.array([place(unit, turn) for unit in units.tolist()]).T
    rows["course_deg"], rows["speed_mps"], rows["accuracy_m"], rows["alt_m"] = units % 360, 12.5, np.nan, np.nan
    rows["reported_at"], rows["received_at"], rows["stale_at"] = at, at + 0.2, at + 60.0
    return rows.tobytes()


def _standing(at: float) -> Batch:
    """All that stands at a moment."""
    received_at = datetime.fromtimestamp(at, UTC)
    said: list[Any] = [
        Unit(id=f"unit-{unit}", at=_BEGIN, rev=1, callsign=f"Unit {unit}", kind="engine", status="available")
        for unit in range(_UNITS)
    ]
    for number in range(_INCIDENTS):
        lat, lon = place(number, 7)
        said.append(Incident(id=f"inc-{number}", at=_BEGIN, rev=1, title=f"Incident {number}", lat=lat, lon=lon))
    return Batch(
        epoch=1,
        tracks=[TrackName(unit, f"agency-{unit % 12}", f"unit-{unit}", "bench", "cop-json") for unit in range(_UNITS)],
        positions=_rows(np.arange(_UNITS), at),
        reports=[
            Report(agency=f"agency-{n % 12}", body=body, source=_SOURCE, received_at=received_at)
            for n, body in enumerate(said)
        ],
    )


def run() -> list[Row]:
    """99th percentiles of the time between beats in alternating spans; medians of seeks."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import QCoreApplication, QSettings
    from PySide6.QtWidgets import QApplication

    from cop.config import RESOURCES, Config
    from cop.map.palette import load_palette
    from cop.map.view import MapView
    from cop.ui.desk import Desk
    from cop.ui.main_window import MainWindow
    from cop.ui.pulse import Pulse
    from cop.ui.replay.player import Player
    from cop.ui.replay.window import PastWindow

    application = QApplication.instance() or QApplication([])
    ground, palette = Config().ground(), load_palette("dark")
    live_beats: list[float] = []
    past_beats: list[float] = []

    def view_over(desk: Desk) -> Callable[[], MapView]:
        return lambda: MapView(desk.picture, ground, RESOURCES / "region", palette, now=desk.now)

    def settings(folder: str, name: str) -> QSettings:
        return QSettings(str(Path(folder) / name), QSettings.Format.IniFormat)

    def span(moments: list[float], feed: Callable[[int], None]) -> float:
        """Let a window work for a while; each pulse is fed from here, as from a process beside it."""
        moments.clear()
        begin, pulse = time.perf_counter(), 0
        while (now := time.perf_counter()) < begin + _SPAN_S:
            if now >= begin + pulse * _PULSE_S:
                feed(pulse)
                pulse += 1
            QCoreApplication.processEvents()
            time.sleep(0.0005)
        return float(np.percentile(np.diff(moments), 99)) * 1000

    begin, started = _BEGIN.timestamp(), time.monotonic()
    # made beforehand, in the present a thirtieth of the units a pulse, at 60x all of them: of two places the newer
    some = [_rows(units, begin) for units in np.array_split(np.arange(_UNITS), 30)]
    moved = [_rows(np.arange(_UNITS), begin + 1 + n * _SPEED / 30) for n in range(int(_SPAN_S * 30) + 30)]

    def now() -> datetime:
        return datetime.fromtimestamp(begin + time.monotonic() - started, UTC)

    with tempfile.TemporaryDirectory() as folder:
        live = Desk(Operator("bench", "commander", "bench", "bench"), Picture(), ground, lambda _command: None, now=now)
        waiting: list[Batch] = []

        def receive() -> list[Batch]:
            live_beats.append(time.perf_counter())
            taken = waiting[:]
            waiting.clear()
            return taken

        def work_on(pulse: int) -> None:
            waiting.append(Batch(epoch=1, positions=_later(some[pulse % 30], time.monotonic() - started)))

        def play_on(pulse: int) -> None:
            past.play_on(begin + 1 + pulse * _SPEED / 30, Batch(epoch=1, positions=moved[pulse]))

        live.take_in(_standing(begin))
        window = MainWindow(live, view_over(live)(), palette, settings(folder, "live.ini"))
        window.resize(1920, 1080)
        past = _Past(past_beats)
        player = Player(past)
        replay = PastWindow(
            player,
            live,
            view_over,
            palette,
            settings(folder, "past.ini"),
            operation="",
            period="",
            present=now,
        )
        replay.resize(1920, 1080)

        quiet, busy = [], []
        for _ in range(_ROUNDS):
            window.show()
            pulse = Pulse(receive, live, parent=window)
            span_settle(application)
            quiet.append(span(live_beats, work_on))
            pulse.deleteLater()
            window.hide()
            replay.show()
            player.seek(begin)
            player.beat()
            player.play()
            span_settle(application)
            busy.append(span(past_beats, play_on))
            player.pause()
            span_settle(application)
            replay.hide()
        replay.show()
        sought, bare = [], []
        for number in range(_SEEKS):
            at = begin + 60.0 * number
            player.seek(at)
            since = time.perf_counter()
            player.beat()
            QCoreApplication.processEvents()
            sought.append(1000 * (time.perf_counter() - since))
            span_settle(application)
            batch = msgspec.msgpack.decode(msgspec.msgpack.encode(_standing(at)), type=Batch)
            since = time.perf_counter()
            Picture().apply(batch)
            bare.append(1000 * (time.perf_counter() - since))
        assert replay.desk.picture.tracks.count == _UNITS
        player.close()
        replay.close()
        window.close()
    floor, value = float(np.median(quiet)), float(np.median(busy))
    seek, made = statistics.median(sought), statistics.median(bare)
    return [
        Row(
            "r",
            f"p99 frame interval of the past at {_SPEED}x, {_UNITS:,} units ÷ live at 1x",
            "ms",
            value,
            floor,
            value / floor,
            "≤ 1.5",
        ),
        Row(
            "r",
            f"another moment of {_UNITS:,} units in the window ÷ a bare picture of it",
            "ms",
            seek,
            made,
            seek / made,
            "",
        ),
    ]


def _later(packed: bytes, seconds: float) -> bytes:
    """The same places, so much later."""
    rows = np.frombuffer(packed, dtype=POSITION_ROW).copy()
    for name in ("reported_at", "received_at", "stale_at"):
        rows[name] += seconds
    return rows.tobytes()


if __name__ == "__main__":
    print(*run(), sep="\n")
