"""Labels: never one over another, the important ones first, steady."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from cop.domain.batch import Batch
from cop.domain.incident import Incident
from cop.domain.unit import Unit
from cop.map.layers.incidents import IncidentLayer
from cop.map.layers.label_grid import LabelGrid
from cop.map.layers.label_layout import LabelLayout, Wanted
from cop.map.layers.labels import LabelLayer
from cop.map.layers.units import UnitLayer
from cop.map.measures import Measures
from cop.map.palette import load_palette
from cop.map.projection import to_degrees
from cop.map.viewport import Viewport
from cop.picture.picture import Picture
from tests.map.golden import assert_golden
from tests.map.label_scene import NEAR, PLACES, VIEW, Scene, at_near, overlapping
from tests.map.scenes import NOON, positions, report

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
    assert len(scene.labels.leaders(VIEW)) >= 3  # there is no room beside them, so lines tie them to their labels


def test_that_the_callsign_of_a_stale_unit_is_muted_also_where_its_age_has_no_room() -> None:
    scene = Scene()
    scene.put_units([(400.0, 300.0)], {})
    row = scene.row("u0")
    scene.boxes()
    fresh = scene.labels._unit_labels[row].chip.pixmap.toImage()
    scene.now += timedelta(minutes=10)
    scene.units.tick()
    scene.labels.tick()
    scene.boxes()
    assert scene.labels._unit_labels[row].chip.pixmap.toImage() != fresh
    palette, chips = scene.labels.palette, scene.labels._chips
    stale, known = (chips.callsign(("Unit 0",), 1.0, stale=stale).pixmap.toImage() for stale in (True, False))
    brightest = [max(QColor(image.pixel(x, 9)).lightness() for x in range(image.width())) for image in (stale, known)]
    assert brightest[0] < brightest[1]
    assert palette.name == "dark"


@pytest.mark.parametrize("seed", range(6))
def test_that_no_label_covers_the_middle_of_an_incident_or_of_a_call_for_help(seed: int) -> None:
    scene = Scene()
    random = np.random.default_rng(seed)
    crowd = [(26.0 * (index % 31), 26.0 * (index // 31)) for index in range(31 * 23)]
    calls = [int(call) for call in random.choice(len(crowd), 10, replace=False)]
    incidents = list(zip(random.uniform(250, 550, 14).tolist(), random.uniform(200, 400, 14).tolist(), strict=True))
    scene.put_incidents(incidents)
    scene.put_units(crowd, dict.fromkeys(calls, "emergency"))
    boxes = scene.boxes()
    assert len(boxes) > 14
    for name, box in boxes.items():
        assert [at for at in (*incidents, *(crowd[call] for call in calls)) if box.contains(*at)] == [], name


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


@settings(max_examples=25, deadline=None)
@given(st.lists(PLACES, min_size=2, max_size=6), st.booleans())
def test_that_labels_never_overlap_through_any_motion_near_and_far(
    steps: list[list[tuple[float, float]]], near: bool
) -> None:
    scene = Scene()
    scene.view = NEAR if near else VIEW
    most = max(len(step) for step in steps)
    names = [f"Unit {index} of the {'very ' * (index % 7)}long names" for index in range(most)]
    random = np.random.default_rng(len(steps))
    for step in steps:
        places = [step[index % len(step)] for index in range(most)]
        speed = random.choice([0.0, 12.0], most)
        scene.put_units(at_near(places) if near else places, {0: "emergency"}, speed=speed)
        scene.name(*names)
        assert overlapping(scene.boxes()) == []
        scene.time += float(random.choice([0.1, 0.3, 0.6]))


@settings(max_examples=15, deadline=None)
@given(PLACES, PLACES)
def test_that_labels_stand_still_where_nothing_moves(
    places: list[tuple[float, float]], incidents: list[tuple[float, float]]
) -> None:
    scene = Scene()
    scene.put_incidents(incidents[:5])
    scene.put_units(places, {1: "emergency"})
    settled = scene.settled()
    for _ in range(4):
        scene.time += 0.7
        assert scene.boxes() == settled


def test_that_panning_takes_labels_along_and_chooses_no_others() -> None:
    scene = Scene()
    random = np.random.default_rng(4)
    scene.put_units(list(zip(random.uniform(280, 580, 60), random.uniform(200, 450, 60), strict=True)), {})
    before = scene.settled()
    for step in range(1, 30):
        scene.view = Viewport(VIEW.left + 33.0 * step, VIEW.top - 21.0 * step, 10.0, 800, 600)
        boxes = scene.boxes()
        assert set(boxes) == set(before)
        for name, box in boxes.items():
            moved = box.topLeft() - before[name].topLeft()
            assert moved.x() == pytest.approx(-3.3 * step, abs=0.01)
            assert moved.y() == pytest.approx(-2.1 * step, abs=0.01)


def test_that_who_moves_is_named_before_who_rests_and_stale_ones_come_last() -> None:
    scene = Scene()
    scene.reserved = [QRectF(0, 0, 800, 285), QRectF(0, 315, 800, 285)]
    scene.put_units([(20.0, 300.0), (22.0, 300.0)], {}, speed=np.array([0.0, 9.0]))
    assert set(scene.boxes()) == {"u1"}
    scene.time += 1.0
    scene.put_units([(20.0, 300.0), (22.0, 300.0)], speed=np.array([0.0, 0.0]))
    assert set(scene.boxes()) == {"u1"}  # at a stop light it does not lose its name at once, nor after
    scene.time += 20.0
    assert set(scene.boxes()) == {"u1"}
    scene.put_units([(20.0, 300.0), (22.0, 300.0)], speed=np.array([9.0, 0.0]))
    scene.time += 1.0
    assert set(scene.boxes()) == {"u0"}


def test_that_a_label_that_finds_no_room_beside_its_symbol_is_led_to_it_by_a_line() -> None:
    scene = Scene()
    ring = [(400 + 34 * np.cos(angle), 300 + 34 * np.sin(angle)) for angle in np.linspace(0, 2 * np.pi, 10)[:-1]]
    scene.put_units([(400.0, 300.0), *ring], {}, speed=np.array([9.0, *[0.0] * 9]))
    box = scene.boxes()["u0"]
    lines = scene.labels.leaders(VIEW)
    assert any(abs(start.x() - 400) < 20 and box.adjusted(-1, -1, 1, 1).contains(end) for start, end in lines)
    symbols = [QRectF(x - 11, y - 11, 22, 22) for x, y in [(400.0, 300.0), *ring]]
    assert not any(box.intersects(symbol) for symbol in symbols for box in scene.boxes().values())


def test_that_a_led_label_comes_back_when_there_has_been_room_for_a_while() -> None:
    scene = Scene()
    ring = [(400 + 34 * np.cos(angle), 300 + 34 * np.sin(angle)) for angle in np.linspace(0, 2 * np.pi, 10)[:-1]]
    scene.put_units([(400.0, 300.0), *ring], {0: "emergency"})
    led = scene.boxes()["u0"]
    scene.put_units([(400.0, 300.0), *[(700.0, 40.0 * at) for at in range(1, 10)]])
    scene.time += 0.6
    assert scene.boxes()["u0"] == led  # not at once: it would jump to and fro where others pass by
    scene.time += 2.0
    assert scene.boxes()["u0"].left() == pytest.approx(426)
    assert scene.labels.leaders(VIEW) == []


def test_that_a_second_part_covers_no_other_symbol_and_no_other_label() -> None:
    scene = Scene()
    scene.view = NEAR
    places = [(300.0, 300.0), (405.0, 300.0)]
    scene.put_units(at_near(places), {0: "out_of_service", 1: "out_of_service"})
    boxes = scene.boxes()
    assert scene.said("u1") == "Out of service"
    assert not boxes["u0"].intersects(QRectF(394, 289, 22, 22))
    assert overlapping(boxes) == []


def test_that_no_label_covers_a_bubble() -> None:
    scene = Scene()
    scene.labels.bubbles = lambda _view: np.array([[440.0, 300.0, 30.0], [-500.0, 5.0, 20.0]])
    scene.put_units([(400.0, 300.0)], {})
    assert not scene.boxes()["u0"].intersects(QRectF(412, 272, 56, 56))


def test_that_a_layout_costs_nothing_for_tracks_out_of_view() -> None:
    scene = Scene()
    scene.put_units([(400.0, 300.0), *[(-5000.0, 300.0)] * 5000], {})
    scene.boxes()
    kept = scene.labels._scratch
    scene.time += 1.0
    scene.boxes()
    assert scene.labels._scratch is kept
    assert not kept.any()


def crowd(picture: Picture, seed: int = 11, units: int = 200) -> None:
    """So many units in one view, as thick in the middle as a town is, half of them under way, three incidents."""
    random = np.random.default_rng(seed)
    words = (("Engine", "engine"), ("Medic", "ambulance"), ("Adam", "patrol"), ("Bus", "bus"), ("Battalion", "chief"))
    statuses = ("available", "on_scene", "en_route", "busy", "assigned")
    names, bodies = [], []
    for index in range(units):
        word, kind = words[index % len(words)]
        status = "emergency" if index == 40 else statuses[int(random.integers(len(statuses)))]
        callsign = "Mecklenburg County Mobile Command Post" if index == 7 else f"{word} {index + 10}"
        bodies.append(report("a", Unit(id=f"u{index}", at=NOON, callsign=callsign, kind=kind, status=status)))
        names.append(("a", f"u{index}"))
    for index, (x, y, title) in enumerate(
        (
            (400, 300, "Hazmat rail"),
            (250, 200, "Structure fire, Independence Boulevard at Sharon Amity"),
            (600, 420, "MCI"),
        )
    ):
        lat, lon = to_degrees(VIEW.left + x * 10.0, VIEW.top - y * 10.0)
        body = Incident(
            id=f"i{index}", at=NOON, type="fire", title=title, priority=1 + index, lat=float(lat), lon=float(lon)
        )
        bodies.append(report("a", body))
    picture.apply(Batch(reports=bodies))
    spread = random.choice([60.0, 160.0, 260.0], units, p=[0.2, 0.4, 0.4])
    x = np.clip(random.normal(400, spread), 10, 790)
    y = np.clip(random.normal(300, 0.75 * spread), 10, 590)
    lat, lon = to_degrees(VIEW.left + x * 10.0, VIEW.top - y * 10.0)
    speed = np.where(random.random(units) < 0.5, 14.0, 0.0)
    stale = np.where(random.random(units) < 0.1, 30.0, 900.0)
    picture.apply(positions(picture, names, lat, lon, course=40.0, speed=speed, stale_after_s=stale))


@pytest.mark.parametrize(("theme", "dpr"), [("dark", 1.0), ("light", 1.0), ("dark", 2.0)])
def test_that_labels_in_a_crowd_of_200_look_as_agreed(theme: Any, dpr: float) -> None:
    picture, palette, now = Picture(), load_palette(theme), NOON + timedelta(minutes=4)
    crowd(picture)
    view = Viewport(VIEW.left, VIEW.top, 10.0, 800, 600, dpr)
    units = UnitLayer(picture, palette, lambda: now)
    incidents = IncidentLayer(picture, palette, lambda: now)
    labels = LabelLayer(picture, units, incidents, palette, now=lambda: now, measures=Measures("us"))
    labels.selected_unit = picture.tracks.row_of("a", "u101")
    image = QImage(round(800 * dpr), round(600 * dpr), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(dpr)
    image.fill(QColor(palette.map_background))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for layer in (units, incidents, labels):
        layer.paint(painter, view)
    painter.end()
    assert len(labels.leaders(view)) > 10
    assert_golden(image, f"labels-{theme}{'-2x' if dpr == 2.0 else ''}")


def test_that_of_hundreds_that_must_be_named_a_few_are_looked_for_a_place_far_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked, search = [], LabelGrid.nearest_free
    monkeypatch.setattr(LabelGrid, "nearest_free", lambda *of, **how: (looked.append(how), search(*of, **how))[1])
    here = np.full(300, 100.0)
    wanted = Wanted(here, here, np.full((300, 2), (80.0, 20.0)), np.full(300, 18.0), [None] * 300, must=True)
    layout = LabelLayout(LabelGrid(200, 200), 0.0)
    named = dict(layout.place(wanted))
    assert len(named) >= 4
    assert 0 < len(looked) < 20
