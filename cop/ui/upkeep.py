"""What goes on beside the work: trails are written down, and the collector of garbage leaves alone what stands."""

import gc
import time

from PySide6.QtCore import QObject, QTimer

from cop.picture.picture import Picture
from cop.picture.trails_file import TrailsFile

_READ_EVERY_MS = 200
_WRITTEN_EVERY_MS = 60_000
_LOOKED_FOR_UNITS_MS = 10_000
_FEW_UNITS = 5_000


def keep_trails(file: TrailsFile, parent: QObject) -> None:
    """Take over the trails of an earlier run once they are read; write down ours every minute. Who calls closes it."""
    file.begin_reading()
    timer = QTimer(parent)

    def turn() -> None:
        if file.adopted:
            file.write_soon(time.time())
        elif file.adopt():
            timer.setInterval(_WRITTEN_EVERY_MS)

    timer.timeout.connect(turn)
    timer.start(_READ_EVERY_MS)


def set_garbage_aside(picture: Picture, parent: QObject) -> None:
    """What stands after the start stands until the end: the collector need not look at it at every turn.

    Nor at units once they are known: a turn among a million of them holds up a frame for 0.2 s.
    """
    stands = 0

    def set_aside() -> None:
        nonlocal stands
        if picture.tracks.count >= 2 * stands:
            stands = max(picture.tracks.count, _FEW_UNITS)
            gc.collect()
            gc.freeze()

    set_aside()
    gc.enable()
    timer = QTimer(parent)
    timer.timeout.connect(set_aside)
    timer.start(_LOOKED_FOR_UNITS_MS)
