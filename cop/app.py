"""The composition root: builds and wires the desktop; only it knows everyone."""

import contextlib
import functools
import logging
import time
import uuid
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec
from PySide6.QtCore import QLockFile, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from cop.authority.problem import Problem
from cop.config import Config, ConfigError, check, load
from cop.desktop import (
    OFFSCREEN_SIZE,
    FirstPaint,
    Showing,
    catch_everything,
    end_on_signals,
    log_to,
    map_maker,
    tile_sources,
    without_display,
    write_asked,
)
from cop.domain.agreement import Agreements
from cop.domain.desk import Command, Operator
from cop.domain.unit import Unit
from cop.exercise.feeds import feeds as exercise_feeds
from cop.exercise.injects import CONTROL_CELL
from cop.exercise.processes import NotStarted, start_here
from cop.exercise.scenario import Scenario, ScenarioError, load_scenario
from cop.feed_process import FeedProcess
from cop.feeds.message import Feed
from cop.feeds.outbox import Outbox
from cop.feeds.pipe import FeedSetup, OpenEmergency, Recording
from cop.feeds.topics import exercise_root
from cop.map.palette import Palette, load_palette
from cop.map.view import MapView
from cop.picture.ground import Ground
from cop.picture.home import HomeGround
from cop.picture.picture import Picture
from cop.picture.trails_file import TrailsFile
from cop.ui.desk import Desk
from cop.ui.dock import Dock
from cop.ui.layout import TIME_BAR_HEIGHT
from cop.ui.main_window import MainWindow
from cop.ui.pulse import Pulse
from cop.ui.share_menu import Backdrop
from cop.ui.upkeep import keep_trails, set_garbage_aside

_LOG = logging.getLogger(__name__)
_DEFAULT_EXERCISE = "steel-rail"
_FEEDS_AFTER_MS = 100
_STARTED_AFTER_MS = 1000


class Options(Showing, frozen=True, kw_only=True):
    """The options of `cop run`."""

    config: Path | None = None
    exercise: str | None = None
    broker: str | None = None
    role: str | None = None
    agency: str | None = None
    operator: str | None = None
    theme: str | None = None
    rate: float = 1.0
    seed: int = 1
    select: str | None = None
    until_painted: bool = False
    controller: bool = False
    paused: bool = False


def start(options: Options) -> int:
    """Run the desk until its window closes or its time is over; the exit code. Raises ConfigError."""
    options = without_display(options)
    config, scenario = settle(options)
    data = config.data()
    data.mkdir(parents=True, exist_ok=True)
    log_to(data / "cop.log")
    lock = QLockFile(str(data / "desk.lock"))
    if not lock.tryLock(100):
        raise ConfigError(f"this desk is already open (its folder is {data}); choose another --role or --agency")
    with contextlib.ExitStack() as running:
        running.callback(lock.unlock)
        if scenario is not None and not options.broker and options.config is None:
            config = _with_exercise_here(config, scenario, options, running)
        return _run_desktop(config, scenario, options, running)


def settle(options: Options) -> tuple[Config, Scenario | None]:
    """What the options and `cop.toml` say together, options first; the scenario if it is an exercise.

    With a broker or settings named, an exercise is joined at their broker; without, it runs here, on the embedded one.
    Raises ConfigError.
    """
    config = load(options.config)
    given = {"agency": options.agency, "role": options.role, "operator": options.operator, "theme": options.theme}
    if options.controller:
        given |= {"agency": CONTROL_CELL, "role": "liaison", "operator": options.operator or "Exercise control"}
    desk = msgspec.structs.replace(config.desk, **{key: value for key, value in given.items() if value is not None})
    config = msgspec.structs.replace(config, desk=desk)
    if options.broker:
        config = msgspec.structs.replace(
            config, broker=msgspec.structs.replace(config.broker, url=options.broker, also=())
        )
    if options.exercise and config.exercise not in {"", options.exercise}:
        raise ConfigError(f"{options.config}: root is exercise {config.exercise!r}, not {options.exercise!r}")
    name = options.exercise or config.exercise
    if not name and options.config is None and not options.broker:
        name = _DEFAULT_EXERCISE
    scenario, from_settings = None, True
    if name:
        try:
            scenario = load_scenario(name)
        except ScenarioError as error:
            raise ConfigError(str(error)) from error
        if not config.exercise:  # feeds of live work do not follow into an exercise
            config = msgspec.structs.replace(config, root=exercise_root(name), feed=())
        if not config.feed:
            config = msgspec.structs.replace(config, feed=tuple(exercise_feeds(scenario)))
            from_settings = False
    # The exercise's own feeds need no trial: it would load the libraries of all their formats into the desktop.
    check(config, str(options.config or "settings"), try_feeds=from_settings)
    return config, scenario


def _with_exercise_here(config: Config, scenario: Scenario, options: Options, running: contextlib.ExitStack) -> Config:
    """The settings with the broker of an exercise that was started here."""
    try:
        url = start_here(scenario.name, rate=options.rate, seed=options.seed, paused=options.paused, running=running)
    except NotStarted as error:
        raise ConfigError(str(error)) from error
    return msgspec.structs.replace(config, broker=msgspec.structs.replace(config.broker, url=url))


def _run_desktop(config: Config, scenario: Scenario | None, options: Options, running: contextlib.ExitStack) -> int:
    application = QApplication.instance() or QApplication(["cop"])
    assert isinstance(application, QApplication)
    application.setApplicationName("cop")
    data = config.data()
    operator = Operator(
        agency=config.desk.agency,
        role=config.desk.role,
        name=config.desk.operator or config.desk.role,
        desk=config.desk_name(),
    )
    try:
        outbox = Outbox(data / "outbox.sqlite", operator.agency, config.root)
        left_unsent = outbox.pending_bodies()
    except OSError as error:
        raise ConfigError(
            f"no action could be taken at this desk, its outbox in {data} cannot be used: {error}"
        ) from error
    running.callback(outbox.close)
    ground = config.ground()
    agreements, problems = config.load_agreements(ground)
    pace = max(1.0, options.rate)
    picture = Picture(HomeGround(ground, config.map.doubtful_beyond_km), agreements, pace=pace)
    operation = scenario.title if scenario is not None else config.desk.operation
    setup = msgspec.structs.replace(_feed_setup(config, operator, data, agreements, operation), pace=pace)
    feeds = FeedProcess(setup, lambda: _emergencies(picture))
    running.callback(feeds.stop)

    def send(command: Command) -> None:
        outbox.put(*command.bodies)
        feeds.notify()

    exercise = scenario.title if scenario is not None else ""
    desk = Desk(operator, picture, ground, send, exercise=exercise, operation=operation)
    desk.restore([Command(body) for body in left_unsent])
    palette = load_palette(config.desk.theme)
    map_over, without = map_maker(config, ground, palette, data, begins=scenario.begins if scenario else None)
    make_map = functools.partial(map_over, desk)
    map_view = make_map()
    window = _window(
        desk,
        map_view,
        palette,
        config,
        scenario,
        options=options,
        data=data,
        make_map=make_map,
        first_docks=_controls(config, scenario, feeds, data, running) if options.controller else (),
    )
    _say_what_is_amiss(window, symbols=without, boundaries=_remarks(ground), agreements=_faults(problems))
    catch_everything(window)
    if options.offscreen:
        window.resize(*OFFSCREEN_SIZE)
    if options.until_painted:
        FirstPaint(application).watch(map_view)
    window.show()
    # The first pulse starts the feed process. Started earlier, it would hold up the map by a tenth of a second.
    QTimer.singleShot(_FEEDS_AFTER_MS, lambda: Pulse(feeds.receive, desk, parent=window))
    kept = TrailsFile(data / "trails.npz", picture.trails, config.root)
    running.callback(lambda: kept.close(time.time()))
    QTimer.singleShot(_STARTED_AFTER_MS, lambda: _look_after(config, window, kept, feeds, map_over))
    if options.select:
        _select_when_heard(window, desk, options.select)
    end_on_signals(application)
    if options.seconds is not None:
        QTimer.singleShot(int(options.seconds * 1000), application.quit)
    code = application.exec()
    unwritten = write_asked(options, window, datetime.now(UTC))
    window.close()
    for file in unwritten:
        click.echo(f"{file} could not be written", err=True)
    return code or int(bool(unwritten))


def _window(
    desk: Desk,
    map_view: MapView,
    palette: Palette,
    config: Config,
    scenario: Scenario | None,
    *,
    options: Options,
    data: Path,
    make_map: Callable[[], MapView],
    first_docks: Sequence[Callable[[Desk, Palette], Dock]] = (),
) -> MainWindow:
    settings = QSettings(str(data / "window.ini"), QSettings.Format.IniFormat)
    if options.theme is not None:
        settings.remove("theme")  # what is asked for now wins over what was chosen by hand
    window = MainWindow(
        desk,
        map_view,
        palette,
        settings,
        operation=scenario.title if scenario is not None else config.desk.operation,
        period=config.desk.period,
        make_map=make_map,
        first_docks=first_docks,
    )
    window.sharing.backdrop = Backdrop(
        classification=config.desk.classification,
        period=config.desk.period,
        journal=config.journal_folder() if config.journal.record else None,
        config=options.config,
        region=config.region(),
        tiles=tuple(tile_sources(config, data)),
    )
    if config.journal.record:
        window.keep_free_below_map(TIME_BAR_HEIGHT)
    return window


def _controls(
    config: Config, scenario: Scenario | None, feeds: FeedProcess, data: Path, running: contextlib.ExitStack
) -> Sequence[Callable[[Desk, Palette], Dock]]:
    """The dock of an exercise's controller; its connection is ended by `running`."""
    if scenario is None:
        return ()
    from cop.ui.controller.opening import controller_dock  # noqa: PLC0415 - no other desk needs it

    return (controller_dock(config.broker, scenario, feeds.note, data / "controller.ini", running),)


def _remarks(ground: Ground) -> str:
    """What had to be done to the boundaries when they were read; empty if nothing."""
    if not ground.remarks:
        return ""
    more = f" (and {len(ground.remarks) - 1} more: `cop where --gaps` lists them)" if ground.remarks[1:] else ""
    return f"Boundaries: {ground.remarks[0]}{more}"


def _faults(problems: Sequence[Problem]) -> str:
    """What is wrong with the agreements, where something is: what they say is not applied."""
    wrong = [str(one) for one in problems if one.severity == "error"]
    if not wrong:
        return ""
    more = f" (and {len(wrong) - 1} more: `cop agreement check` lists them)" if wrong[1:] else ""
    return f"Agreements: {wrong[0]}{more}"


def _say_what_is_amiss(window: MainWindow, **words: str) -> None:
    for source, text in words.items():
        if text:
            window.show_banner(text, "warn", source)


def _look_after(
    config: Config, window: MainWindow, trails: TrailsFile, feeds: FeedProcess, map_over: Callable[[Desk], MapView]
) -> None:
    """What goes on beside the work, begun once the desk has started."""
    from cop.ui.network import watch_network  # noqa: PLC0415 - not needed before the first paint
    from cop.ui.on_record import OnRecord  # noqa: PLC0415 - as above
    from cop.ui.screens import Screens  # noqa: PLC0415 - as above

    Screens(window)
    watch_network(feeds.network_changed, window)
    set_garbage_aside(window.desk.picture, window)
    keep_trails(trails, window)
    if config.journal.record:
        OnRecord(window.desk, feeds.note, parent=window)
        _open_the_past(config, window, map_over)


def _open_the_past(config: Config, window: MainWindow, map_over: Callable[[Desk], MapView]) -> None:
    """The time bar under the map, and what opens windows over the past."""
    from cop.replay.process import ReplayProcess  # noqa: PLC0415 - not needed before the first paint
    from cop.ui.replay.replays import Replays  # noqa: PLC0415 - as above

    desk = window.desk

    def start() -> ReplayProcess:
        return ReplayProcess(
            str(config.journal_folder()),
            desk.operation,
            agency=desk.operator.agency,
            agreements=desk.picture.agreements.shares,
        )

    Replays(
        window,
        start,
        lambda past: functools.partial(map_over, past),
        operation=desk.operation,
        period=config.desk.period,
    )


def _select_when_heard(window: MainWindow, desk: Desk, wanted: str) -> None:
    """Select an incident, named as agency/incident, as soon as it is in the picture."""
    agency, _, incident = wanted.partition("/")
    timer = QTimer(window)

    def look() -> None:
        if (agency, incident) in desk.picture.incidents:
            timer.stop()
            window.select("incident", agency, incident)

    timer.timeout.connect(look)
    timer.start(200)


def _feed_setup(config: Config, operator: Operator, data: Path, agreements: Agreements, operation: str) -> FeedSetup:
    recording = Recording(
        folder=str(config.journal_folder()),
        operation=operation,
        desk=operator.desk,
        key_file=config.journal.key_file,
        keep_days=config.journal.keep_days,
        keep_mb=config.journal.keep_mb,
    )
    return FeedSetup(
        broker=config.broker,
        feeds=config.feeds(),
        operator=operator,
        root=config.root,
        journal=recording if config.journal.record else None,
        outbox=str(data / "outbox.sqlite"),
        client_id=config.broker.client_id or _client_id(data, operator, config.feeds()),
        publish=config.publish,
        agreements=agreements.shares,
        operation=operation,
    )


def _emergencies(picture: Picture) -> list[OpenEmergency]:
    """Which units have called for help and are not known to be safe."""
    return [
        OpenEmergency(report.agency, report.body.id, report.exercise)
        for report in picture.units.values()
        if isinstance(report.body, Unit) and report.body.status == "emergency"
    ]


def _client_id(data: Path, operator: Operator, feeds: Sequence[Feed]) -> str:
    """The same at each start, so that the broker knows what this desk has missed; no other desk's.

    With other feeds another one: the broker would go on sending what the old ones had asked for.
    """
    file = data / "client-id"
    if not file.exists():
        file.write_text(f"cop-{operator.desk}-{uuid.uuid4().hex[:8]}", encoding="utf-8")
    asked = "\n".join(f"{feed.topic} {feed.qos}" for feed in feeds)
    return f"{file.read_text(encoding='utf-8').strip()}-{zlib.crc32(asked.encode()):08x}"
