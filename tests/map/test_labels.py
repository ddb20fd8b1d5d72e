"""Labels: never one over another, the important ones first, steady."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from cop.domain.batch import Batch
from cop.domain.incident import Incident
from cop.domain.unit import Unit
from cop.map.layers.incidents import IncidentLayer
from cop.map.layers.labels import LabelLayer
from cop.map.layers.units import UnitLayer
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
        self.units = UnitLayer(self.picture, palette, lambda: NOON)
        self.incidents = IncidentLayer(self.picture, palette, lambda: NOON)
        self.time = 0.0
        self.reserved: list[QRectF] = []
        self.labels = LabelLayer(
            self.picture,
            self.units,
            self.incidents,
            palette,
            reserved=lambda: self.reserved,
            clock=lambda: self.time,
        )
        self.seconds = 0

    def tell(self, batch: Batch) -> None:
        change = self.picture.apply(batch)
        for layer in (self.units, self.incidents, self.labels):
            layer.apply(change)

    def put_units(self, places: list[tuple[float, float]], statuses: dict[int, str] | None = None) -> None:
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
        self.tell(positions(self.picture, names, lat, lon, at=NOON + timedelta(seconds=self.seconds)))

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
        self.labels.paint(painter, VIEW)
        painter.end()
        units, incidents = self.labels.boxes(VIEW)
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


pytestmark = pytest.mark.usefixtures("qapp")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(PLACES, PLACES, PLACES)
def test_that_labels_never_lie_over_one_another_also_when_units_move_between_layouts(
    before: list[tuple[float, float]], after: list[tuple[float, float]], incidents: list[tuple[float, float]]
) -> None:
    scene = Scene()
    scene.put_incidents(incidents[:8])
    scene.put_units(before, dict.fromkeys(range(0, len(before), 5), "emergency"))
    assert overlapping(scene.boxes()) == []
    scene.put_units([(*after, *before)[index] for index in range(len(before))])
    assert overlapping(scene.boxes()) == []  # the layout is not due yet: the labels follow their units
    scene.time += 1.0
    assert overlapping(scene.boxes()) == []


def test_that_a_lone_unit_is_named_to_its_right() -> None:
    scene = Scene()
    scene.put_units([(400.0, 300.0)], {})
    box = scene.boxes()["u0"]
    assert 415 < box.left() < 422
    assert box.center().y() == pytest.approx(300, abs=1)


def test_that_a_callsign_goes_elsewhere_rather_than_over_another_unit() -> None:
    scene = Scene()
    scene.put_units([(400.0, 300.0), (445.0, 300.0)], {})
    boxes = scene.boxes()
    symbols = [QRectF(x - 10, 290, 20, 20) for x in (400, 445)]
    assert set(boxes) == {"u0", "u1"}
    assert not any(box.intersects(symbol) for box in boxes.values() for symbol in symbols)


def test_that_a_crowd_keeps_its_symbols_free_of_callsigns() -> None:
    scene = Scene()
    random = np.random.default_rng(5)
    scene.put_units(list(zip(random.uniform(0, 800, 1500), random.uniform(0, 600, 1500), strict=True)), {})
    assert len(scene.boxes()) < 20


def test_that_the_selected_unit_incidents_and_emergencies_are_named_even_in_a_crowd() -> None:
    scene = Scene()
    crowd = [(300.0 + 14 * (index % 14), 200.0 + 14 * (index // 14)) for index in range(140)]
    scene.put_units(crowd, {70: "emergency"})
    scene.put_incidents([(350.0, 300.0)])
    scene.labels.selected_unit = scene.picture.tracks.row_of("a", "u25")
    assert {"u25", "u70", "i0"} <= set(scene.boxes())


def test_that_of_a_flood_of_incidents_the_most_urgent_are_named_and_the_map_stays_a_map() -> None:
    scene = Scene()
    random = np.random.default_rng(3)
    scene.put_incidents(list(zip(random.uniform(0, 800, 2000), random.uniform(0, 600, 2000), strict=True)))
    named = scene.boxes()
    assert 20 <= len(named) <= 60
    assert {int(name[1:]) % 5 for name in named} == {0}  # priority 1


def test_that_an_incident_is_named_before_an_emergency_and_that_before_the_rest() -> None:
    scene = Scene()
    # the three labels can only go to the right: the left edge, and a reserved strip above and below
    scene.reserved = [QRectF(0, 0, 800, 285), QRectF(0, 315, 800, 285)]
    scene.put_units([(20.0, 300.0), (22.0, 300.0)], {1: "emergency"})
    assert set(scene.boxes()) == {"u1"}
    scene.put_incidents([(21.0, 300.0)])
    assert set(scene.boxes()) == {"i0"}


def test_that_a_label_keeps_its_place_while_others_come_and_go() -> None:
    scene = Scene()
    scene.put_units([(400.0, 300.0), (445.0, 300.0)], {})
    first = scene.boxes()["u0"]
    scene.put_units([(400.0, 300.0), (600.0, 500.0)])
    scene.time += 1.0
    assert scene.boxes()["u0"] == first


def test_that_nothing_is_written_below_the_corners() -> None:
    scene = Scene()
    scene.reserved = [QRectF(410, 280, 200, 40)]
    scene.put_units([(400.0, 300.0)], {})
    assert not scene.boxes()["u0"].intersects(scene.reserved[0])


def test_that_labels_stay_in_view() -> None:
    scene = Scene()
    scene.put_units([(795.0, 300.0), (5.0, 300.0), (400.0, 4.0), (400.0, 596.0)], {})
    whole = VIEW.rect()
    boxes = scene.boxes()
    assert set(boxes) == {"u0", "u1", "u2", "u3"}
    assert all(whole.contains(box) for box in boxes.values())
