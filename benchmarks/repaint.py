"""Bench (a): a full repaint of the map window with many moving units, over the bare drawing of as many sprites.

The floor is a widget of the same size that does nothing but one `QPainter.drawPixmapFragments` of as many sprites of
the same size, from a NumPy array that stands ready: no ground, no labels, no projection, no second sprite for the
heading. Ours is `MapView.apply(change)` with every unit moved, and the repaint of the whole window with all of its
layers, every unit a symbol of its own; a last row shows the same with bubbles. The two take turns within one run,
medians are compared.
"""

import os
import statistics
import time
from datetime import UTC, datetime

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QApplication, QGraphicsView, QWidget

from benchmarks.row import Row
from cop.domain.batch import Batch
from cop.domain.unit import Unit
from cop.map.palette import load_palette
from cop.map.projection import to_degrees
from cop.map.sprites import SpriteArray
from cop.map.symbols import unit_symbol
from cop.map.view import MapView
from cop.picture.picture import Picture
from tests.map.scenes import AGENCIES, REGION, busy_day, ground, positions, report

WIDTH, HEIGHT = 1920, 1080
_FRAMES = 40
_STATUSES = ("available", "available", "available", "assigned", "en_route", "on_scene", "returning", "busy")


class BareSprites(QWidget):
    """The floor: sprites and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.resize(WIDTH, HEIGHT)
        image = unit_symbol(QColor("#4aa3ff"), "law", "available", stale=False, palette=load_palette("dark"), dpr=1.0)
        self._sprite = QPixmap.fromImage(image)
        self._sprites = SpriteArray()

    def place(self, x: np.ndarray, y: np.ndarray) -> None:
        """Put a sprite at each place, in pixels."""
        rows = self._sprites.rows(len(x))
        rows[:, 0], rows[:, 1] = x, y
        rows[:, 2:6] = (0, 0, self._sprite.width(), self._sprite.height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # the name that Qt calls
        painter = QPainter(self)
        self._sprites.draw(painter, self._sprite, 1.0)
        painter.end()


def measure(units: int, *, clustered: bool) -> tuple[float, float]:
    """Median milliseconds of a frame: ours, with or without bubbles, and the floor."""
    picture = Picture()
    now = datetime.now(UTC)
    view = MapView(picture, ground(), REGION, load_palette("dark"), now=lambda: now)
    view.layer_set.units.clustered = clustered
    view.resize(WIDTH, HEIGHT)
    floor = BareSprites()
    for widget in (view, floor):
        widget.show()
    QApplication.processEvents()
    view.show_place(35.24, -80.90, 85_000.0)
    view.apply(busy_day(picture, 20))
    canvas = view.findChild(QGraphicsView)
    assert canvas is not None
    surface = canvas.viewport()
    random = np.random.default_rng(3)
    agencies = list(AGENCIES)
    keys = [(agencies[index % len(agencies)], f"m{index}") for index in range(units)]
    bodies = [
        report(
            agency,
            Unit(
                id=unit,
                at=now,
                callsign=f"{AGENCIES[agency][4]} {index}",
                kind=AGENCIES[agency][3][index % len(AGENCIES[agency][3])],
                status=_STATUSES[int(random.integers(len(_STATUSES)))],
            ),
        )
        for index, (agency, unit) in enumerate(keys)
    ]
    view.apply(picture.apply(Batch(reports=bodies)))
    x, y = random.uniform(0, WIDTH, units), random.uniform(0, HEIGHT, units)
    seen = view.view
    course = random.uniform(0, 360, units)
    ours: list[float] = []
    bare: list[float] = []
    for frame in range(_FRAMES + 5):
        x, y = (x + random.normal(0, 2, units)) % WIDTH, (y + random.normal(0, 2, units)) % HEIGHT
        lat, lon = to_degrees(seen.left + x * seen.metres_per_pixel, seen.top - y * seen.metres_per_pixel)
        moved = positions(
            picture,
            keys,
            lat,
            lon,
            course=course,
            speed=12.0,
            at=datetime.fromtimestamp(now.timestamp() + frame / 30, UTC),
        )
        change = picture.apply(moved)
        floor.place(x, y)
        started = time.perf_counter()
        view.apply(change)
        surface.repaint()  # what lies over it is painted with it: readout, scale bar, buttons
        painted = time.perf_counter()
        floor.repaint()
        ended = time.perf_counter()
        if frame >= 5:
            ours.append(1e3 * (painted - started))
            bare.append(1e3 * (ended - painted))
    view.close()
    floor.close()
    return statistics.median(ours), statistics.median(bare)


def run() -> list[Row]:
    """Rows for the benchmark table."""
    app = QApplication.instance() or QApplication([])
    if isinstance(app, QApplication):
        app.setFont(QFont("DejaVu Sans", 9))
    rows = []
    for units, clustered, limit in ((10_000, False, "≤ 1.6"), (50_000, False, "≤ 1.3"), (50_000, True, "")):
        value, floor = measure(units, clustered=clustered)
        what = f"repaint with labels, {units:,} moving units{', in bubbles' if clustered else ''}"
        rows.append(Row("a", what, "ms", value, floor, value / floor, limit))
    return rows


if __name__ == "__main__":
    for row in run():
        print(f"{row.what}: {row.value:.2f} {row.unit}, floor {row.floor:.2f}, ratio {row.ratio:.2f} ({row.limit})")
