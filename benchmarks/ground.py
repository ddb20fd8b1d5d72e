"""(h) Pan and zoom over the 3,233 counties of the USA at full detail, beside the 33 ms that a frame may last.

The counties are the Census Bureau's cartographic boundaries of 2016 at 1 : 500,000 as the package `plotly-geo` brings
them: 1,039,365 vertices. Each is somebody's: filled, outlined in its agency's colour and named like a town's ground, in
a second run drawn as county lines. One script of wheel steps from the whole country to one county and back, and of
drags in small and in large steps at every third scale, runs twice: cold, at once after the first frame, while the
levels of detail are still being made, and warm, when they are there. A frame is what the screen's thread needs for one
event: the new view and the repaint of the whole window. What is left to do is done in frames of its own, which count
as well.

Beside it: the same in the thread's own time, which other work on the machine does not lengthen, and the blit of a
picture of the same size, in the same run.
"""

import gc
import os
import statistics
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import shapely
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QApplication, QGraphicsView, QWidget

from benchmarks.row import Row
from cop.domain.area import Jurisdiction
from cop.map.canvas import MapBox
from cop.map.palette import load_palette
from cop.map.view import MapView
from cop.picture.ground import Ground
from cop.picture.picture import Picture

WIDTH, HEIGHT = 1920, 1080
FRAME_MS = 33.0
_NOTCH = 1.35
_NOTCHES = 16
#: what is left to do after an event is done in so many frames before the next event comes
_BETWEEN = 3


def counties(level: str) -> Ground:
    """Every county, somebody's ground. Raises ModuleNotFoundError where plotly-geo is not installed."""
    import shapefile

    package = find_spec("_plotly_geo")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("plotly-geo is not installed: python -m pip install --editable '.[bench]'")
    file = Path(package.origin).parent / "package_data" / "cb_2016_us_county_500k"
    reader = shapefile.Reader(str(file))
    return Ground(
        Jurisdiction(
            id=f"us-{record['GEOID']}",
            name=f"{record['NAME']} County",
            level=level,
            discipline="law",
            agency=f"agency-{record['GEOID']}",
            geometry=shapely.geometry.shape(shape.__geo_interface__),
            area_km2=record["ALAND"] / 1e6,
        )
        for record, shape in zip(reader.records(), reader.shapes(), strict=True)
    )


class Frame(NamedTuple):
    """Milliseconds by the clock and of the thread's own, and what was done."""

    taken_ms: float
    own_ms: float
    what: str


class BarePicture(QWidget):
    """The floor: a picture of the window's size, blitted."""

    def __init__(self) -> None:
        super().__init__()
        self.resize(WIDTH, HEIGHT)
        self._picture = QPixmap(WIDTH, HEIGHT)
        self._picture.fill("#203040")

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # the name that Qt calls
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        painter.end()


def _script(box: MapBox) -> Iterator[str]:
    """Does one thing to the map at each step and says what."""
    at = QPointF(1250.0, 430.0)
    for notch in range(2 * _NOTCHES):
        inwards = notch < _NOTCHES
        box.zoom(_NOTCH if inwards else 1 / _NOTCH, at)
        yield "zoom"
        if notch % 3 == 2:
            for step in (3.0, 17.0, -40.0, 120.0, -300.0, 480.0):
                box.pan(step, step / 3)
                yield "pan"
                box.pan(-step / 2, step)
                yield "pan"


def _frames(view: MapView, canvas: QGraphicsView) -> list[Frame]:
    box = next(item for item in canvas.scene().items() if isinstance(item, MapBox))
    surface = canvas.viewport()
    # the whole country, from which the script goes in on the Great Plains
    view.show_place(39.0, -97.0, 5_200_000.0)
    surface.repaint()
    frames = []
    steps = _script(box)
    while True:
        started, own = time.perf_counter(), time.thread_time()
        what = next(steps, "")
        if not what:
            return frames
        surface.repaint()
        words = f"{what} at {box.metres_per_pixel:,.0f} m/px"
        frames.append(Frame(1e3 * (time.perf_counter() - started), 1e3 * (time.thread_time() - own), words))
        for _ in range(_BETWEEN):
            started, own = time.perf_counter(), time.thread_time()
            QApplication.processEvents()
            taken = 1e3 * (time.perf_counter() - started)
            if taken > 0.5:
                frames.append(Frame(taken, 1e3 * (time.thread_time() - own), f"after {words}"))


def _measure(level: str) -> tuple[list[Frame], list[Frame], float]:
    """Frames while the levels are being made, frames when they are there, and the blit; in milliseconds."""
    view = MapView(Picture(), counties(level), Path("nowhere"), load_palette("dark"))
    view.resize(WIDTH, HEIGHT)
    view.show()
    QApplication.processEvents()
    canvas = view.findChild(QGraphicsView)
    assert canvas is not None
    gc.freeze()  # as the desk does when it has started
    cold = _frames(view, canvas)
    view.layer_set.jurisdictions.settle()
    warm = _frames(view, canvas)
    bare = BarePicture()
    bare.show()
    QApplication.processEvents()
    blits = []
    for _ in range(40):
        started = time.perf_counter()
        bare.repaint()
        blits.append(1e3 * (time.perf_counter() - started))
    view.close()
    bare.close()
    return cold, warm, statistics.median(blits)


def run() -> list[Row]:
    """Rows for the benchmark table: the worst frame over 33 ms; its 99th percentile beside it, and over the blit."""
    QApplication.instance() or QApplication([])
    rows = []
    for level, words in (("municipal", "filled"), ("county", "lines")):
        cold, warm, blit = _measure(level)
        for frames, when in ((cold, "cold"), (warm, "warm")):
            what = f"pan and zoom, 3,233 counties {words}, {when}: worst frame ÷ 33 ms"
            worst = max(one.taken_ms for one in frames)
            rows.append(Row("h", what, "ms", worst, FRAME_MS, worst / FRAME_MS, "≤ 1"))
            own = max(one.own_ms for one in frames)
            rows.append(Row("h", "  of the thread's own time", "ms", own, FRAME_MS, own / FRAME_MS, "≤ 1"))
        p99 = float(np.percentile([one.taken_ms for one in cold + warm], 99))
        what = f"  p99 of {len(cold) + len(warm):,} frames ÷ blit of a picture"
        rows.append(Row("h", what, "ms", p99, blit, p99 / blit, ""))
    return rows


if __name__ == "__main__":
    for row in run():
        print(f"{row.what}: {row.value:.2f} {row.unit}, floor {row.floor:.2f}, ratio {row.ratio:.2f} ({row.limit})")
