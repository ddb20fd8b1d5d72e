"""A journal looked at without a broker: the window over the past alone, for court, for review, for training."""

import contextlib
import math
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication

from cop.config import Config, ConfigError, load
from cop.desktop import (
    OFFSCREEN_SIZE,
    Showing,
    catch_everything,
    end_on_signals,
    map_maker,
    without_display,
    write_asked,
)
from cop.domain.desk import Command, Operator
from cop.domain.words import ROLES
from cop.feeds.topics import exercise_of
from cop.journal.moments import moment
from cop.journal.reading import JournalReader
from cop.journal.record import STARTED
from cop.map.palette import load_palette
from cop.picture.home import HomeGround
from cop.picture.picture import Picture
from cop.replay.process import ReplayProcess
from cop.replay.record import pace_of
from cop.ui.desk import THE_PAST, Desk
from cop.ui.replay.player import Player
from cop.ui.replay.window import PastWindow
from cop.ui.share_menu import Backdrop

_LOOKS_EVERY_MS = 15_000
_LONGEST_ROOT = 200


class Review(Showing, frozen=True, kw_only=True):
    """The options of `cop replay`."""

    journal: Path
    operation: str = ""
    at: str = ""
    config: Path | None = None
    theme: str | None = None


class _Desk(msgspec.Struct, frozen=True):
    """Whose desk the record is, as its newest start says, and where to begin in it (epoch seconds).

    `pace` is how many times faster than the world an exercise was played.
    """

    operator: Operator
    root: str
    operation: str
    begin: float
    pace: float


class _Started(msgspec.Struct, frozen=True):
    """What is asked of the note of a start."""

    operator: Operator
    root: str
    pace: float = 1.0


def start(options: Review) -> int:
    """Show what a journal holds until the window closes or its time is over. Raises ConfigError."""
    options = without_display(options)
    whose = _desk_of(options)
    config = _settings(options, whose)
    application = QApplication.instance() or QApplication(["cop"])
    assert isinstance(application, QApplication)
    application.setApplicationName("cop")
    ground = config.ground()
    agreements, _problems = config.load_agreements(ground)
    exercise = exercise_of(config.root + "/") is not None
    template = Desk(
        whose.operator,
        Picture(HomeGround(ground, config.map.doubtful_beyond_km), agreements, pace=whose.pace),
        ground,
        _nothing_leaves,
        exercise=whose.operation if exercise else "",
        operation=whose.operation,
        past=True,
    )
    replay = ReplayProcess(
        str(options.journal), whose.operation, agency=whose.operator.agency, agreements=agreements.shares
    )
    player = Player(replay)
    palette = load_palette(config.desk.theme)
    with contextlib.ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
        running.callback(player.close)
        map_over, without = map_maker(config, ground, palette, folder)
        window = PastWindow(
            player,
            template,
            lambda desk: lambda: map_over(desk),
            palette,
            QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat),
            operation=whose.operation,
            period="",
            present=lambda: datetime.fromtimestamp(player.span.last_at, UTC),
            alone=True,
        )
        window.sharing.backdrop = Backdrop(
            classification=config.desk.classification,
            journal=options.journal,
            config=options.config,
            region=config.region(),
        )
        if without:
            window.show_banner(without, "warn", "symbols")
        catch_everything(window)
        if options.offscreen:
            window.resize(*OFFSCREEN_SIZE)
        window.show()
        _begin(player, whose.begin)
        end_on_signals(application)
        looks = QTimer(window)
        looks.timeout.connect(player.look)
        looks.start(_LOOKS_EVERY_MS)
        if options.seconds is not None:
            QTimer.singleShot(int(options.seconds * 1000), application.quit)
        code = application.exec()
        unwritten = write_asked(options, window, player.now())
        window.close()
        for file in unwritten:
            click.echo(f"{file} could not be written", err=True)
    return code or int(bool(unwritten))


def _begin(player: Player, at: float) -> None:
    """Show this moment, once it is known what there is."""

    def go() -> None:
        player.looked.disconnect(go)
        player.seek(at)

    player.looked.connect(go)
    player.look()


def _desk_of(options: Review) -> _Desk:
    """Whose desk wrote a journal. Raises ConfigError."""
    try:
        reader = JournalReader(options.journal, options.operation)
        try:
            note = reader.last_note(STARTED, math.inf)
            if note is None:
                raise ConfigError(f"{options.journal}: it does not say whose desk it is")
            begin = reader.last_at
            if options.at:
                begin = moment(options.at, first_at=reader.first_at, last_at=reader.last_at)
            said = msgspec.json.decode(note.payload, type=_Started)
            if said.operator.role not in ROLES or len(said.root) > _LONGEST_ROOT:
                raise ConfigError(f"{options.journal}: it names no desk of ours")
            return _Desk(said.operator, said.root, reader.head.operation, begin, pace_of(said.pace))
        finally:
            reader.close()
    except msgspec.MsgspecError as error:
        raise ConfigError(f"{options.journal}: whose desk it is cannot be read: {error}") from error
    except (OSError, ValueError) as error:
        of = f" of {options.operation!r}" if options.operation and isinstance(error, OSError) else ""
        why = str(error) if str(options.journal) in str(error) else f"{options.journal}: {error}"
        raise ConfigError(f"nothing{of} can be shown: {why}") from error


def _settings(options: Review, whose: _Desk) -> Config:
    """Ground, agreements and colours as the settings say; whose desk and which work, as the journal says."""
    config = msgspec.structs.replace(load(options.config), root=whose.root)
    if options.theme is not None:
        config = msgspec.structs.replace(config, desk=msgspec.structs.replace(config.desk, theme=options.theme))
    return config


def _nothing_leaves(command: Command) -> None:
    raise OSError(THE_PAST)
