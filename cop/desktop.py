"""What any desktop of ours needs, live or over the past: a display or none, a log, maps, a net under all of it."""

import json
import logging
import os
import signal
import sys
import traceback
import zlib
from collections.abc import Callable
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TypeVar

import click
import msgspec
from PySide6.QtCore import QEvent, QObject, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QGraphicsView, QWidget

from cop.briefing.state import state
from cop.config import Config
from cop.map.measures import Measures
from cop.map.palette import Palette
from cop.map.projection import about
from cop.map.symbol_sets import unit_drawing
from cop.map.tile_source import TileSource
from cop.map.view import MapView
from cop.picture.ground import Ground
from cop.ui.desk import Desk
from cop.ui.main_window import MainWindow

_LOG = logging.getLogger(__name__)
_WITHOUT_DISPLAY_S = 30.0
#: of a window that nobody sees
OFFSCREEN_SIZE = (1920, 1080)


class Showing(msgspec.Struct, frozen=True, kw_only=True):
    """Where a window is shown, for how long, and what is written at its end."""

    offscreen: bool = False
    seconds: float | None = None
    screenshot: Path | None = None
    state: Path | None = None


_Showing = TypeVar("_Showing", bound=Showing)


def without_display(options: _Showing) -> _Showing:
    """Choose the offscreen platform where it was asked for, or where there is no display."""
    has_display = sys.platform in {"win32", "darwin"} or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    if options.offscreen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    elif not has_display and os.environ.get("QT_QPA_PLATFORM", "") not in {"offscreen", "minimal", "vnc"}:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        options = msgspec.structs.replace(
            options,
            offscreen=True,
            seconds=options.seconds or _WITHOUT_DISPLAY_S,
            screenshot=options.screenshot or Path("cop-screenshot.png"),
            state=options.state or Path("cop-state.json"),
        )
        click.echo(
            f"No display here: running offscreen for {options.seconds:.0f} s, then writing"
            f" {options.screenshot} and {options.state}."
        )
    return options


def log_to(file: Path) -> None:
    """Keep what goes wrong in the desk's own folder, never without end."""
    handler = RotatingFileHandler(file, maxBytes=2_000_000, backupCount=3, delay=True, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def map_maker(
    config: Config, ground: Ground, palette: Palette, data: Path, *, begins: tuple[float, float, float] | None = None
) -> tuple[Callable[[Desk], MapView], str]:
    """What makes a map over a desk's picture, the first and each further one, and what it cannot show, in words.

    It `begins` with so many kilometres about a place (degrees north, degrees east, kilometres), else with the region.
    """
    tiles = tile_sources(config, data)
    draw_unit, without = unit_drawing(config.map.symbols, data / "symbols")

    def make_map(desk: Desk) -> MapView:
        view = MapView(
            desk.picture,
            ground,
            config.region(),
            palette,
            tiles=tiles,
            exercise=bool(config.exercise),
            now=desk.now,
            measures=Measures(config.map.units),
        )
        view.layer_set.units.wear(draw_unit)
        if begins is not None:
            view.moves.live_at(about(*begins))
        return view

    return make_map, without


def tile_sources(config: Config, data: Path) -> list[TileSource]:
    """The background maps; what each fetches is kept in a folder of its own."""

    def kept(url: str) -> Path:
        return data / "tiles" / ("" if url == config.map.tiles_url else f"{zlib.crc32(url.encode()):08x}")

    return [TileSource.of(one, kept(one.url)) for one in config.map.basemaps()]


def whose(desk: Desk) -> dict[str, object]:
    """Whose desk a state document is of, and of which operation."""
    operator = desk.operator
    of = {"agency": operator.agency, "role": operator.role, "name": operator.name, "desk": operator.desk}
    return {"desk": of, "operation": desk.operation, "exercise": desk.exercise}


def write_asked(options: Showing, window: MainWindow, now: datetime) -> list[Path]:
    """Write the picture of the window and the state, where asked for; the files that could not be written."""
    unwritten = []
    window.map_view.settle()
    if options.screenshot is not None and not window.grab().save(str(options.screenshot)):
        unwritten.append(options.screenshot)
    if options.state is not None:
        try:
            options.state.write_text(
                json.dumps({**whose(window.desk), **state(window.desk.picture, now)}, indent=1), encoding="utf-8"
            )
        except OSError:
            unwritten.append(options.state)
    return unwritten


def catch_everything(window: MainWindow) -> None:
    """A bug is logged and shown; the window stays."""

    def caught(kind: type[BaseException], error: BaseException, trace: object) -> None:
        text = "".join(traceback.format_exception(error))
        _LOG.error("%s", text)
        click.echo(text, err=True)
        window.show_banner(f"Something went wrong here ({kind.__name__}); the map goes on. It was logged.", "bad")

    sys.excepthook = caught

    def qt_said(kind: QtMsgType, _context: object, text: str) -> None:
        if "propagateSizeHints" in text:
            return  # the offscreen platform says so of every window
        if kind in {QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg}:
            _LOG.warning("Qt: %s", text)

    qInstallMessageHandler(qt_said)


def end_on_signals(application: QApplication) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: application.quit())
    # Python runs signal handlers between its own instructions: Qt's loop must come up for air
    waker = QTimer(application)
    waker.timeout.connect(lambda: None)
    waker.start(200)


class FirstPaint(QObject):
    """Says when the map was first painted, and ends: `benchmarks/start.py` waits for it."""

    def watch(self, map_view: MapView) -> None:
        """Look at all parts of a map."""
        for part in (map_view, *map_view.findChildren(QWidget)):
            part.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if (
            event.type() == QEvent.Type.Paint
            and isinstance(watched, QWidget)
            and isinstance(watched.parent(), QGraphicsView)
        ):
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._say)  # after the paint that this event brings
        return False

    def _say(self) -> None:
        click.echo("painted")
        QApplication.quit()
