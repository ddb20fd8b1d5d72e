"""Units and incidents with their labels, placed in pixels, for the tests of labels."""

from datetime import timedelta

import numpy as np
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from cop.domain.batch import Batch
from cop.domain.incident import Incident
from cop.domain.unit import Unit
from cop.map.layers.incidents import IncidentLayer
from cop.map.layers.labels import LabelLayer
from cop.map.layers.units import UnitLayer
from cop.map.measures import Measures
from cop.map.palette import load_palette
from cop.map.projection import to_degrees
from cop.map.viewport import Viewport
from cop.picture.picture import Picture
from tests.map.scenes import NOON, positions, report

VIEW = Viewport(-9_010_000.0, 4_200_000.0, 10.0, 800, 600)
PLACES = st.lists(st.tuples(st.floats(0, 800), st.floats(0, 600)), min_size=1, max_size=60)


class Scene:
    """Units and incidents placed in pixels, and the layers that draw them."""

    def __init__(self) -> None:
        self.picture = Picture()
        palette = load_palette("dark")
        self.units = UnitLayer(self.picture, palette, lambda: self.now)
        self.incidents = IncidentLayer(self.picture, palette, lambda: NOON)
        self.time = 0.0
        self.reserved: list[QRectF] = []
        self.labels = LabelLayer(
            self.picture,
            self.units,
            self.incidents,
            palette,
            reserved=lambda: self.reserved,
            now=lambda: self.now,
            measures=Measures("us"),
            clock=lambda: self.time,
        )
        self.seconds = 0
        self.now = NOON
        self.view = VIEW

    def tell(self, batch: Batch) -> None:
        change = self.picture.apply(batch)
        for layer in (self.units, self.incidents, self.labels):
            layer.apply(change)

    def put_units(
        self, places: list[tuple[float, float]], statuses: dict[int, str] | None = None, speed: float | np.ndarray = 0.0
    ) -> None:
        names = [("a", f"u{index}") for index in range(len(places))]
        if statuses is not None:
            self.tell(
                Batch(
                    reports=[
                        report(
                            "a",
                            Unit(id=unit, at=NOON, callsign=f"Unit {index}", status=statuses.get(index, "available")),
                        )
                        for index, (_, unit) in enumerate(names)
                    ]
                )
            )
        x, y = np.array(places).T
        lat, lon = to_degrees(VIEW.left + x * VIEW.metres_per_pixel, VIEW.top - y * VIEW.metres_per_pixel)
        self.seconds += 1
        self.tell(
            positions(
                self.picture, names, lat, lon, course=90.0, speed=speed, at=NOON + timedelta(seconds=self.seconds)
            )
        )

    def name(self, *callsigns: str) -> None:
        """Call the units by these."""
        bodies = [Unit(id=f"u{index}", at=NOON, rev=2, callsign=callsign) for index, callsign in enumerate(callsigns)]
        self.tell(Batch(reports=[report("a", body) for body in bodies]))

    def said(self, unit: str) -> str:
        """The second part of a unit's label, "" where it has none."""
        label = self.labels._unit_labels[self.row(unit)]
        return label.said.text if label.said is not None and label.beside is not None else ""

    def row(self, unit: str) -> int:
        row = self.picture.tracks.row_of("a", unit)
        assert row is not None
        return row

    def settled(self) -> dict[str, QRectF]:
        """Where labels stand some seconds later: those that are led have come back, where there is room."""
        for _ in range(12):
            self.boxes()
            self.time += 1.0
        return self.boxes()

    def put_incidents(self, places: list[tuple[float, float]]) -> None:
        bodies = []
        for index, (x, y) in enumerate(places):
            lat, lon = to_degrees(VIEW.left + x * VIEW.metres_per_pixel, VIEW.top - y * VIEW.metres_per_pixel)
            bodies.append(
                Incident(id=f"i{index}", at=NOON, title="Fire", priority=1 + index % 5, lat=float(lat), lon=float(lon))
            )
        self.tell(Batch(reports=[report("a", body) for body in bodies]))

    def boxes(self) -> dict[str, QRectF]:
        """Paint, then where every label stands, by the id of what it names."""
        image = QImage(VIEW.width, VIEW.height, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        self.labels.paint(painter, self.view)
        painter.end()
        units, incidents = self.labels.boxes(self.view)
        keys = self.picture.tracks.keys
        return {keys[row][1]: box for row, box in units.items()} | {key[1]: box for key, box in incidents.items()}


def overlapping(boxes: dict[str, QRectF]) -> list[tuple[str, str]]:
    names = sorted(boxes)
    return [
        (first, second)
        for index, first in enumerate(names)
        for second in names[index + 1 :]
        if boxes[first].adjusted(0.5, 0.5, -0.5, -0.5).intersects(boxes[second].adjusted(0.5, 0.5, -0.5, -0.5))
    ]


NEAR = Viewport(-9_010_000.0, 4_200_000.0, 2.0, 800, 600)
#: 1 : 125,000; VIEW is 1 : 31,000
FAR = Viewport(-9_010_000.0, 4_200_000.0, 40.0, 800, 600)


def at_near(places: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Where the near view has these places, in the pixels of the far one."""
    return [(x / 5, y / 5) for x, y in places]
