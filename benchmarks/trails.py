"""Bench (t): what trails cost: a pulse that records them, a frame that shows those of all, and making them anew.

Floors: the same pulse without recording, the same frame without trails, and the bare drawing of as many lines.
"""

import os
import statistics
import time
from collections.abc import Callable
from datetime import timedelta

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QApplication

from benchmarks.row import Row
from cop.domain.batch import POSITION_ROW, Batch, TrackName
from cop.map.layers.trails import TrailLayer
from cop.map.layers.units import UnitLayer
from cop.map.line_array import LineArray
from cop.map.palette import load_palette
from cop.map.projection import to_degrees
from cop.map.viewport import Viewport
from cop.picture.picture import Picture
from tests.map.scenes import NOON, positions

_VIEW = Viewport(-9_010_000.0, 4_200_000.0, 10.0, 1920, 1080)
_PULSE_S = 1 / 30


def pulse(units: int, *, recorded: bool) -> float:
    """Median milliseconds of a pulse in which each unit moves once a second."""
    picture = Picture()
    if not recorded:
        picture.trails.record = lambda *_: None
    random = np.random.default_rng(1)
    rows = np.zeros(units, dtype=POSITION_ROW)
    rows["slot"], rows["lat"], rows["lon"], rows["speed_mps"] = np.arange(units), 35.2, -80.9, 12.0
    names = [TrackName(index, "a", f"u{index}", "f", "cop-json") for index in range(units)]
    taken = []
    for turn in range(120):
        some = rows[turn % 30 :: 30].copy() if turn else rows.copy()
        some["reported_at"] = NOON.timestamp() + turn * _PULSE_S
        some["stale_at"] = some["reported_at"] + 30.0
        some["course_deg"] = random.uniform(0, 360, len(some))
        batch = Batch(epoch=1, tracks=[] if turn else names, positions=some.tobytes())
        started = time.perf_counter()
        picture.apply(batch)
        taken.append(1e3 * (time.perf_counter() - started))
    return statistics.median(taken[1:])


def frames(units: int) -> tuple[float, float, float, float]:
    """Median milliseconds of the live layers with trails and without, of renewing trails, and of bare lines."""
    picture, palette, now = Picture(), load_palette("dark"), [NOON]
    layer = UnitLayer(picture, palette, lambda: now[0])
    trails = TrailLayer(picture, layer, palette, lambda: now[0], clock=lambda: 0.0)
    random = np.random.default_rng(2)
    names = [(f"a{index % 15}", f"u{index}") for index in range(units)]
    x, y = random.uniform(0, _VIEW.width, units), random.uniform(0, _VIEW.height, units)
    course = random.uniform(0, 360, units)
    for seconds in range(0, 900, 5):
        course = (course + random.normal(0, 8, units)) % 360
        x = np.clip(x + 5 * np.sin(np.radians(course)), 0, _VIEW.width - 1)
        y = np.clip(y - 5 * np.cos(np.radians(course)), 0, _VIEW.height - 1)
        lat, lon = to_degrees(_VIEW.left + x * 10, _VIEW.top - y * 10)
        now[0] = NOON + timedelta(seconds=seconds)
        layer.apply(picture.apply(positions(picture, names, lat, lon, course=course, speed=12.0, at=now[0])))
    image = QImage(_VIEW.width, _VIEW.height, QImage.Format.Format_RGB32)

    def painted(*parts: Callable[[QPainter], None]) -> float:
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        started = time.perf_counter()
        for part in parts:
            part(painter)
        ended = time.perf_counter()
        painter.end()
        return 1e3 * (ended - started)

    def renewed(painter: QPainter) -> None:
        trails.set_palette(palette)
        trails.paint(painter, _VIEW)

    trails.of = "all"
    painted(lambda painter: trails.paint(painter, _VIEW))
    built = trails._built  # the benchmark draws the very lines that the layer draws
    assert built is not None
    index = np.flatnonzero(built.trail.joined[1:])
    px, py = _VIEW.xs(built.x), _VIEW.ys(built.y)
    lines = np.column_stack((px[index], py[index], px[index + 1], py[index + 1]))
    drawn = LineArray()

    def bare(painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(QColor(80, 160, 255, 150), 0.0))
        drawn.draw(painter, lines)

    with_trails, without, anew, floor = [], [], [], []
    for _ in range(15):
        without.append(painted(lambda painter: layer.paint(painter, _VIEW)))
        with_trails.append(
            painted(lambda painter: trails.paint(painter, _VIEW), lambda painter: layer.paint(painter, _VIEW))
        )
        anew.append(painted(renewed))
        floor.append(painted(bare))
    return tuple(statistics.median(one) for one in (with_trails, without, anew, floor))


def run() -> list[Row]:
    """Rows for the benchmark table."""
    _application = QApplication.instance() or QApplication([])
    rows = []
    value, floor = pulse(50_000, recorded=True), pulse(50_000, recorded=False)
    what = "pulse, 50,000 units at 1/s, trails kept ÷ not kept"
    rows.append(Row("t", what, "ms", value, floor, value / floor, ""))
    for units in (1_000, 10_000):
        shown, without, anew, bare = frames(units)
        rows.append(
            Row("t", f"repaint, {units:,} units, trails of all ÷ none", "ms", shown, without, shown / without, "")
        )
        rows.append(Row("t", f"trails of {units:,} units anew ÷ bare lines", "ms", anew, bare, anew / bare, ""))
    return rows


if __name__ == "__main__":
    for row in run():
        print(f"{row.what}: {row.value:.2f} {row.unit}, floor {row.floor:.2f}, ratio {row.ratio:.2f}")
