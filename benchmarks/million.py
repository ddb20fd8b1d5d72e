"""Bench (g): a map with a million units in its picture, over the same map with few.

A frame is `MapView.apply` of what a pulse changed, some hundreds of units moved, and the repaint of the whole window.
The two maps take turns within one run, with the same pulse and with the same units of that pulse, at 30 pulses a second
by their own clocks, so that bubbles and labels are laid out anew as often as in service. The region's map holds all
units in bubbles and is compared with one of 50,000; the town's shows 300 of them, and is compared with one whose
picture holds only those. Clicks are asked among a million; their floor is the 5 ms that the eye would not notice.
"""

import gc
import os
import statistics
import time
from datetime import UTC, datetime

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QGraphicsView

from benchmarks.row import Row
from cop.domain.batch import POSITION_ROW
from cop.map.canvas import MapBox
from cop.map.palette import load_palette
from cop.map.projection import to_degrees, to_metres
from cop.map.view import MapView
from cop.picture.change import Change
from cop.picture.ground import Ground
from cop.picture.picture import Picture
from tests.map.scenes import AGENCIES, REGION, busy_day, ground

WIDTH, HEIGHT = 1920, 1080
MILLION, SOME, IN_TOWN = 1_000_000, 50_000, 300
_FRAMES = 90
_MOVED = 300
_NOW = datetime.now(UTC)
_CLICK_MS = 5.0
_REGION_ACROSS_M = 120_000.0


class Shown:
    """A map whose picture holds these units, and what it takes to paint it."""

    def __init__(self, land: Ground, x: np.ndarray, y: np.ndarray) -> None:
        self.picture = Picture()
        self.view = MapView(self.picture, land, REGION, load_palette("dark"), now=lambda: _NOW)
        self.view.resize(WIDTH, HEIGHT)
        self.view.show()
        QApplication.processEvents()
        canvas = self.view.findChild(QGraphicsView)
        assert canvas is not None
        self._surface = canvas.viewport()
        self.box: MapBox = self.view._box
        self._seconds = 0.0
        for layer in (self.view.layer_set.units, self.view.layer_set.labels):
            layer._clock = lambda: self._seconds
        self.view.apply(busy_day(self.picture, 15))
        tracks, agencies, random = self.picture.tracks, list(AGENCIES), np.random.default_rng(5)
        self.first = tracks.count
        for number in range(len(x)):
            tracks.row(agencies[number % len(agencies)], f"m{number}")
        rows = np.arange(self.first, tracks.count)
        tracks.kind[rows] = random.integers(1, 12, len(rows))
        tracks.status[rows] = random.choice([1, 1, 1, 2, 3, 4, 6], len(rows))
        self.x, self.y, self._at = x.copy(), y.copy(), _NOW.timestamp()
        self.view.apply(self._move(np.arange(len(x)), 0.0, 0.0))
        self.view.layer_set.units.index.settle()

    def _move(self, numbers: np.ndarray, east: np.ndarray | float, north: np.ndarray | float) -> Change:
        self._at += 1e-3
        self.x[numbers] += east
        self.y[numbers] += north
        at = np.zeros(len(numbers), dtype=POSITION_ROW)
        at["lat"], at["lon"] = to_degrees(self.x[numbers], self.y[numbers])
        at["alt_m"], at["accuracy_m"], at["course_deg"], at["speed_mps"] = np.nan, 5.0, 90.0, 12.0
        at["reported_at"] = at["received_at"] = self._at
        at["stale_at"] = self._at + 3600.0
        return Change(moved=self.picture.tracks.place(numbers + self.first, at))

    def frame(self, numbers: np.ndarray, east: np.ndarray, north: np.ndarray) -> float:
        """Milliseconds of a pulse that moved these units by so many metres, and of the repaint."""
        change = self._move(numbers, east, north)
        self._seconds += 1 / 30
        started = time.perf_counter()
        self.view.apply(change)
        self._surface.repaint()
        return 1e3 * (time.perf_counter() - started)

    def look(self, x: float, y: float, metres_per_pixel: float) -> float:
        """Milliseconds of the repaint after the map has moved there."""
        self._seconds += 1 / 30
        started = time.perf_counter()
        self.box.look_at(x, y, metres_per_pixel)
        self._surface.repaint()
        return 1e3 * (time.perf_counter() - started)

    def clicks(self, random: np.random.Generator) -> list[float]:
        """Milliseconds of asking what stands at each of many points."""
        took = []
        for _ in range(200):
            at = QPointF(random.uniform(0, WIDTH), random.uniform(0, HEIGHT))
            tries = []
            for _ in range(3):  # what other programs take is not the map's
                started = time.perf_counter()
                self.view.layer_set.pointing.object_at(at, self.view.view)
                tries.append(1e3 * (time.perf_counter() - started))
            took.append(min(tries))
        return took


def _compared(first: Shown, second: Shown, numbers: tuple[np.ndarray, np.ndarray]) -> list[tuple[float, float]]:
    """Frames of both, taking turns: the same pulse for units that are numbered differently in the two."""
    random = np.random.default_rng(7)
    took = []
    for frame in range(_FRAMES + 10):
        some = random.choice(len(numbers[0]), min(_MOVED, len(numbers[0])), replace=False)
        by = random.normal(0.0, 30.0, (2, len(some)))
        if frame % 2:
            one, other = first.frame(numbers[0][some], *by), second.frame(numbers[1][some], *by)
        else:
            other, one = second.frame(numbers[1][some], *by), first.frame(numbers[0][some], *by)
        if frame >= 10:
            took.append((one, other))
    return took


def _sweeps(shown: Shown, x: float, y: float) -> tuple[list[float], list[float]]:
    """Frames of zooming through all levels and back, and of a pan across the region."""
    scales = [400.0 / 1.35**step for step in range(22)]
    zoomed = [shown.look(x, y, scale) for scale in [*scales, *reversed(scales)]]
    panned = [shown.look(x + 48 * step * 60.0, y, 60.0) for step in range(60)]
    return zoomed[1:], panned[1:]


def _median(took: list[tuple[float, float]], which: int) -> float:
    return statistics.median(pair[which] for pair in took)


def run() -> list[Row]:
    """Rows for the benchmark table."""
    app = QApplication.instance() or QApplication([])
    if isinstance(app, QApplication):
        app.setFont(QFont("DejaVu Sans", 9))
    random = np.random.default_rng(3)
    middle_x, middle_y = (float(one) for one in to_metres(35.24, -80.90))
    x = random.normal(middle_x, 45_000.0, MILLION)
    y = random.normal(middle_y, 30_000.0, MILLION)
    land = ground()
    rows: list[Row] = []

    many, some = Shown(land, x, y), Shown(land, x[:SOME], y[:SOME])
    gc.collect()
    gc.freeze()  # a search for garbage among a million names is the program's to time, and stops every frame alike
    for shown in (many, some):
        shown.view.show_place(35.24, -80.90, _REGION_ACROSS_M)
    both = np.arange(SOME)
    region = _compared(many, some, (both, both))
    value, floor = _median(region, 0), _median(region, 1)
    rows.append(
        Row("g", f"frame, region in bubbles, {MILLION:,} ÷ {SOME:,} units", "ms", value, floor, value / floor, "≤ 1.5")
    )
    worst = max(one for one, _ in region), max(other for _, other in region)
    rows.append(
        Row("g", "  its slowest frame (bubbles and labels laid out anew)", "ms", *worst, worst[0] / worst[1], "")
    )
    clicks = many.clicks(random)
    rows.append(Row("g", "  slowest of 200 clicks there", "ms", max(clicks), _CLICK_MS, max(clicks) / _CLICK_MS, "≤ 1"))
    zooms, pans = zip(_sweeps(many, middle_x, middle_y), _sweeps(some, middle_x, middle_y), strict=True)
    for what, (of_many, of_some) in (("zoom through 22 scales", zooms), ("pan", pans)):
        slowest = max(of_many), max(of_some)
        rows.append(Row("g", f"  slowest frame of a {what}", "ms", *slowest, slowest[0] / slowest[1], ""))
    some.view.close()

    town_x, town_y = middle_x + 9_000.0, middle_y - 4_000.0
    reach = np.maximum(np.abs(many.x - town_x) / (WIDTH / 2), np.abs(many.y - town_y) / (HEIGHT / 2))
    inside = np.argsort(reach)[:IN_TOWN]
    few = Shown(land, many.x[inside], many.y[inside])
    for shown in (many, few):
        shown.look(town_x, town_y, float(reach[inside[-1]]))
    town = _compared(many, few, (inside, np.arange(IN_TOWN)))
    value, floor = _median(town, 0), _median(town, 1)
    what = f"frame, a town with {IN_TOWN} of {MILLION:,} units in view ÷ those alone"
    rows.append(Row("g", what, "ms", value, floor, value / floor, "≤ 1.5"))
    worst = max(one for one, _ in town), max(other for _, other in town)
    rows.append(Row("g", "  its slowest frame", "ms", *worst, worst[0] / worst[1], ""))
    clicks = many.clicks(random)
    rows.append(Row("g", "  slowest of 200 clicks there", "ms", max(clicks), _CLICK_MS, max(clicks) / _CLICK_MS, "≤ 1"))
    many.view.layer_set.units.clustered = False
    clicks = many.clicks(random)
    rows.append(Row("g", "  the same without bubbles", "ms", max(clicks), _CLICK_MS, max(clicks) / _CLICK_MS, "≤ 1"))
    for shown in (many, few):
        shown.view.close()
    return rows


if __name__ == "__main__":
    for row in run():
        print(f"{row.what}: {row.value:.2f} {row.unit}, floor {row.floor:.2f}, ratio {row.ratio:.2f} ({row.limit})")
