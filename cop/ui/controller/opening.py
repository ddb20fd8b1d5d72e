"""The controller's dock with its connection to the exercise."""

import contextlib
import functools
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings

from cop.exercise.controlling import Controlling
from cop.exercise.controls import Controls
from cop.exercise.scenario import Scenario
from cop.feeds.broker import Broker
from cop.map.palette import Palette
from cop.ui.controller.on_record import Note
from cop.ui.controller_dock import ControllerDock
from cop.ui.desk import Desk
from cop.ui.dock import Dock


def controller_dock(
    broker: Broker, scenario: Scenario, note: Note, remembers: Path, running: contextlib.ExitStack
) -> Callable[[Desk, Palette], Dock]:
    """What builds the dock; the connection stands from now on, and is ended by `running`.

    `remembers` is the file that keeps what was put on record.
    """
    controls = Controls(time.monotonic)
    running.callback(Controlling(broker, scenario.name, controls).close)
    settings = QSettings(str(remembers), QSettings.Format.IniFormat)
    return functools.partial(ControllerDock, scenario=scenario, controls=controls, note=note, settings=settings)
