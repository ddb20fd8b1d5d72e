"""Trails on the map: whose, how long, how they fade, where they break off."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from cop.domain.agency import Agency
from cop.domain.batch import Batch
from cop.domain.report import Retraction
from cop.map import sheet
from cop.map.layers import trail_marks
from cop.map.layers.trails import TrailLayer
from cop.map.layers.units import UnitLayer
from cop.map.palette import contrast, load_palette
from cop.map.projection import WORLD_M, to_degrees
from cop.map.stack import LayerStack
from cop.map.view import MapView
from cop.map.viewport import Viewport
from cop.picture.picture import Picture
from tests.map.golden import assert_golden
from tests.map.scenes import NOON, positions, report
from tests.map.test_view import choose, open_menu

VIEW = Viewport(-9_010_000.0, 4_200_000.0, 10.0, 800, 600)
BLUE = ("blue-pd", "b1")
RED = ("red-fd", "r1")

pytestmark = [pytest.mark.usefixtures("qapp"), pytest.mark.qt_log_ignore("This plugin does not support")]


class Scene:
    """Two agencies' units that drive in pixels of the view, and the layer that draws where they have been."""

    def __init__(self, theme: Any = "dark") -> None:
        self.picture = Picture()
        self.now = NOON
        self.time = 0.0
        palette = load_palette(theme)
        self.palette = palette
        colours = {"blue-pd": "#4aa3ff", "red-fd": "#ef5350"}
        agencies = [report(one, Agency(id="profile", at=NOON, name=one, colour=ink)) for one, ink in colours.items()]
        self.picture.apply(Batch(reports=agencies))
        self.units = UnitLayer(self.picture, palette, lambda: self.now)
        self.trails = TrailLayer(
            self.picture, self.units, palette, lambda: self.now, clock=lambda: self.time, reserved=lambda: [self.corner]
        )
        self.corner = QRectF(14, 560, 300, 26)

    def drive(self, key: tuple[str, str], places: list[tuple[float, float, float]], speed: float = 10.0) -> None:
        """Be at x, y (pixels) at so many seconds after noon; each position is good for a minute."""
        for x, y, seconds in places:
            lat, lon = to_degrees(VIEW.left + x * 10.0, VIEW.top - y * 10.0)
            at = NOON + timedelta(seconds=seconds)
            batch = positions(self.picture, [key], np.array([lat]), np.array([lon]), course=90.0, speed=speed, at=at)
            change = self.picture.apply(batch)
            self.units.apply(change)
            self.trails.apply(change)
            self.now = max(self.now, at)

    def painted(self, view: Viewport = VIEW) -> QImage:
        image = QImage(round(view.width * view.dpr), round(view.height * view.dpr), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(view.dpr)
        image.fill(QColor(self.palette.map_background))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.trails.paint(painter, view)
        painter.end()
        return image

    def inked(self, x: int, y: int) -> float:
        """How far what is painted at a place stands out from the ground, 0…255."""
        ground, seen = QColor(self.palette.map_background), self.painted().pixelColor(x, y)
        return max(abs(seen.red() - ground.red()), abs(seen.green() - ground.green()), abs(seen.blue() - ground.blue()))


def eastward(*, y: float, start: float = 0.0, end: float = 700.0, seconds: float = 0.0) -> list[tuple[float, ...]]:
    """From left to right, ten pixels in ten seconds."""
    steps = np.arange(start, end + 1, 10.0)
    return [(100.0 + x - start, y, seconds + x) for x in steps]


def test_that_the_selected_unit_leaves_a_trail_in_its_agencys_colour_and_nobody_else() -> None:
    scene = Scene()
    scene.drive(BLUE, eastward(y=200.0))
    scene.drive(RED, eastward(y=400.0))
    assert scene.inked(707, 200) == scene.inked(707, 400) == 0
    scene.trails.selected = BLUE
    assert scene.inked(707, 200) > 100
    assert scene.painted().pixelColor(707, 200).blue() > scene.painted().pixelColor(707, 200).red() + 80
    assert scene.inked(707, 400) == 0


def test_that_trails_of_all_are_those_of_every_unit_in_view() -> None:
    scene = Scene()
    scene.trails.of = "all"
    scene.drive(BLUE, eastward(y=200.0))
    scene.drive(RED, eastward(y=400.0))
    assert scene.inked(707, 200) > 60
    assert scene.inked(707, 400) > 60
    scene.trails.of = ""
    assert scene.inked(707, 200) == 0


def test_that_a_trail_fades_and_ends_after_its_minutes() -> None:
    scene = Scene()
    scene.trails.selected = BLUE
    scene.trails.minutes = 5
    scene.drive(BLUE, eastward(y=200.0))  # 700 s, of which the last 300 are shown
    assert scene.inked(787, 200) > scene.inked(547, 200) > 20
    assert scene.inked(300, 200) == 0
    scene.trails.minutes = 15
    assert scene.inked(300, 200) > 20


def test_that_ten_hours_of_one_unit_are_shown_whatever_is_selected() -> None:
    scene = Scene()
    scene.drive(BLUE, eastward(y=200.0))
    scene.now = NOON + timedelta(hours=9)
    scene.trails.selected = RED
    scene.trails.show_unit(BLUE)
    assert scene.inked(333, 200) > 40
    assert scene.trails.shown_unit == BLUE
    scene.now = NOON + timedelta(hours=11)
    scene.time += 5.0
    assert scene.inked(333, 200) == 0
    scene.trails.show_unit(None)
    assert scene.trails.shown_unit is None


def test_that_no_line_leads_through_where_nobody_knew_the_unit_to_be() -> None:
    scene = Scene()
    scene.trails.selected = BLUE
    scene.drive(BLUE, [*eastward(y=200.0, end=200.0), *eastward(y=200.0, start=400.0, end=500.0)])
    moved = [(x + 300.0, y, seconds) for x, y, seconds in eastward(y=200.0, start=700.0, end=760.0)]
    scene.drive(BLUE, moved)
    assert scene.inked(250, 200) > 20
    assert all(scene.inked(x, 200) == 0 for x in range(320, 390, 3))


def test_that_a_unit_taken_off_the_map_leads_no_trail_and_its_past_can_be_asked_for() -> None:
    scene = Scene()
    scene.trails.selected = BLUE
    scene.drive(BLUE, eastward(y=200.0, end=300.0))
    gone = Retraction(id=BLUE[1], at=scene.now, kind="unit")
    scene.units.apply(scene.picture.apply(Batch(reports=[report(BLUE[0], gone, received_at=scene.now)])))
    assert scene.inked(300, 200) == 0
    scene.trails.show_unit(BLUE)
    assert scene.inked(300, 200) > 20


def test_that_the_trail_leads_to_where_the_unit_is_between_two_of_its_points() -> None:
    scene = Scene()
    scene.trails.selected = BLUE
    scene.drive(BLUE, [(100.0, 200.0, 0.0), (150.0, 200.0, 2.0)])
    scene.painted()
    scene.drive(BLUE, [(190.0, 200.0, 4.0)])  # thinned out: it is not a point of the trail
    assert len(scene.picture.trails.of(BLUE).at) == 2
    assert scene.inked(180, 200) > 60


def test_that_a_place_that_can_hardly_be_is_not_led_to() -> None:
    scene = Scene()
    scene.trails.selected = BLUE
    scene.drive(BLUE, [(100.0, 200.0, 0.0), (150.0, 200.0, 2.0), (500.0, 200.0, 4.0)])
    scene.picture.tracks.doubt(np.array([0]), np.array([True]), np.array([False]))
    assert scene.inked(300, 200) == 0


def test_that_colour_says_the_speed_and_the_key_says_which() -> None:
    scene = Scene()
    scene.trails.selected = BLUE
    scene.trails.by_speed = True
    scene.drive(BLUE, eastward(y=200.0, end=200.0), speed=1.0)
    scene.drive(BLUE, [(x + 200.0, y, at) for x, y, at in eastward(y=200.0, start=210.0, end=400.0)], speed=30.0)
    image = scene.painted()
    slow, fast = image.pixelColor(180, 200), image.pixelColor(430, 200)
    assert slow.blue() > slow.red() + 30
    assert fast.red() > fast.blue() + 30
    key = scene.trails.names[-1]
    assert key.bottom() < 560  # above what stands in the corner
    assert image.pixelColor(round(key.left() + 45), round(key.top() + 12)) != image.pixelColor(
        round(key.left() + 3), round(key.top() + 20)
    )
    scene.trails.visible = False
    assert scene.trails.names == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_that_the_colours_of_speeds_differ_in_lightness_alone_too(theme: Any) -> None:
    ground = load_palette(theme).map_background
    shades = [contrast(one, ground) for one in trail_marks.RAMPS[theme]]
    assert shades == sorted(shades)
    assert all(later / earlier > 1.15 for earlier, later in itertools.pairwise(shades))
    assert shades[0] > 2.0


def test_that_where_a_speed_was_not_said_the_way_says_it() -> None:
    scene = Scene()
    scene.trails.selected = BLUE
    scene.trails.by_speed = True
    scene.drive(BLUE, eastward(y=200.0, end=100.0), speed=np.nan)  # some 8 m/s of ground: ten pixels in ten seconds
    seen, wanted = scene.painted().pixelColor(190, 200), QColor(trail_marks.RAMPS["dark"][2])
    assert abs(seen.red() - wanted.red()) < 40
    assert abs(seen.blue() - wanted.blue()) < 40


def test_that_times_stand_along_a_trail_at_round_minutes_and_not_in_its_gaps() -> None:
    at = NOON.timestamp() + np.arange(0.0, 1200.0, 10.0)
    x = np.linspace(50, 750, len(at))
    joined = np.ones(len(at), dtype=bool)
    joined[0] = False
    joined[60] = False
    marks = trail_marks.times_along(at, x, np.full(len(at), 300.0), joined, VIEW.rect())
    assert 2 <= len(marks) <= 7
    assert all(int(mark.text[3:]) % 5 == 0 for mark in marks)
    gap = x[59], x[60]
    assert not any(gap[0] < mark.x < gap[1] for mark in marks)


def test_that_what_a_person_chose_is_remembered_and_garbage_is_not() -> None:
    layer = Scene().trails
    for choice, value in zip(layer.choices(), ("all", "30", "on"), strict=True):
        choice.choose(value)  # type: ignore[union-attr]
    other = Scene().trails
    LayerStack([other]).restore(LayerStack([layer]).state())
    assert (other.of, other.minutes, other.by_speed) == ("all", 30, True)
    assert [choice.chosen() for choice in other.choices()] == ["all", "30", "on"]  # type: ignore[union-attr]
    for garbage in (
        {"of": ["all"], "minutes": "many", "by_speed": 3},
        {"of": "both", "minutes": True},
        {"minutes": 7.5},
    ):
        LayerStack([other]).restore({"choices": {"trails": garbage}})
    assert (other.of, other.minutes, other.by_speed) == ("all", 30, True)


def test_that_with_very_many_units_trails_are_shorter_and_the_map_says_so() -> None:
    scene = Scene()
    scene.trails.of = "all"
    units = 1200
    names = [("blue-pd", f"u{index}") for index in range(units)]
    random = np.random.default_rng(1)
    x, y = random.uniform(50, 750, units), random.uniform(50, 550, units)
    for seconds in range(0, 900, 10):
        lat, lon = to_degrees(VIEW.left + (x + seconds / 20) * 10, VIEW.top - y * 10)
        scene.now = NOON + timedelta(seconds=seconds)
        batch = positions(scene.picture, names, lat, lon, course=90.0, speed=9.0, at=scene.now)
        scene.units.apply(scene.picture.apply(batch))
    scene.painted()
    assert len(scene.trails._built.x) <= 30_000  # type: ignore[union-attr]
    first = scene.painted()
    scene.painted()
    assert scene.painted() == first  # what is kept as a picture looks the same
    assert len(scene.trails.names) == 1


def test_that_nothing_known_paints_nothing_and_breaks_nothing() -> None:
    scene = Scene()
    for of in ("", "selected", "all"):
        scene.trails.of = of  # type: ignore[assignment]
        scene.trails.selected = ("nobody", "ever")
        scene.painted()
    scene.trails.show_unit(("nobody", "ever"))
    scene.painted()
    scene.trails.by_speed = True
    scene.painted()


def test_that_the_menu_of_a_unit_shows_its_trail_of_ten_hours_in_one_click(
    qtbot: QtBot, show_map: Callable[..., MapView], picture: Picture
) -> None:
    view = show_map()
    view.apply(picture.apply(positions(picture, [BLUE], np.array([35.24]), np.array([-80.9]))))
    at = view.view.place(35.24, -80.9).toPoint()
    menu = open_menu(view, qtbot, at)
    assert not any(action.text() == "Hide trail" for action in menu.actions())
    trails = [action.text() for action in menu.actions() if action.text().startswith("Trail of ")]
    assert [words.partition(",")[2] for words in trails] == [" last 15 min", " 10 h"]
    choose(qtbot, menu, trails[1])
    assert view.layer_set.trails._shown == (BLUE, 10.0)
    choose(qtbot, open_menu(view, qtbot, at), "Hide trail")
    assert view.layer_set.trails.shown_unit is None
    choose(qtbot, open_menu(view, qtbot, at), trails[0])
    assert view.layer_set.trails._shown == (BLUE, 0.25)


def winding(seed: int, x: float, y: float, minutes: int, silent: tuple[int, int] = (0, 0)) -> list[tuple[float, ...]]:
    """A drive around town, a position each five seconds."""
    random = np.random.default_rng(seed)
    course, places = random.uniform(0, 2 * np.pi), []
    for seconds in range(0, 60 * minutes, 5):
        course += random.normal(0, 0.12) + 0.5 * ((x < 80) | (x > 720) | (y < 80) | (y > 520))
        x, y = x + 3.2 * np.cos(course), y + 3.2 * np.sin(course)
        if not silent[0] <= seconds < silent[1]:
            places.append((x, y, float(seconds)))
    return places


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("kind", ["plain", "speed", "all"])
def test_that_trails_look_as_agreed(monkeypatch: pytest.MonkeyPatch, theme: Any, kind: str) -> None:
    monkeypatch.setattr(trail_marks, "clock", lambda at: f"{int(at // 3600) % 24:02d}:{int(at // 60) % 60:02d}")
    scene = Scene(theme)
    for seconds, place in enumerate(winding(3, 300.0, 300.0, 15, silent=(300, 480))):
        scene.drive(BLUE, [place], speed=abs(20 * np.sin(seconds / 25)))  # type: ignore[list-item]
    for number in range(12):
        key = (("blue-pd", "red-fd")[number % 2], f"n{number}")
        if kind == "all":
            scene.drive(key, winding(10 + number, 120.0 + 50 * number, 300.0, 15))  # type: ignore[arg-type]
    scene.trails.of = "all" if kind == "all" else "selected"
    scene.trails.by_speed = kind == "speed"
    scene.trails.selected = BLUE
    image = scene.painted()
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    scene.units.paint(painter, VIEW)
    painter.end()
    assert_golden(image, f"trails-{kind}-{theme}")


def test_that_a_point_of_the_screen_is_a_point_of_the_trail_at_two_pixels_a_point() -> None:
    scene = Scene()
    scene.trails.selected = BLUE
    scene.drive(BLUE, eastward(y=200.0))
    fine = scene.painted(Viewport(VIEW.left, VIEW.top, 10.0, 800, 600, 2.0))
    assert fine.pixelColor(1414, 400) != QColor(scene.palette.map_background)


def test_that_a_ship_that_crosses_the_180th_meridian_draws_no_line_across_the_world() -> None:
    scene = Scene()
    scene.picture.tracks.pace = 50.0  # a very fast ship
    world = Viewport(-WORLD_M, 3e6, 2 * WORLD_M / 800, 800, 200)
    for turn, lon in enumerate((178.0, 179.5, -179.5, -178.0)):
        at = NOON + timedelta(seconds=30 * turn)
        change = scene.picture.apply(positions(scene.picture, [BLUE], np.zeros(1), np.array([lon]), speed=9.0, at=at))
        scene.units.apply(change)
        scene.now = at
    scene.trails.selected = BLUE
    middle = round(world.place(0.0, 0.0).y())
    for colourful in (False, True):
        scene.trails.by_speed = colourful
        seen = scene.painted(world)
        ground = QColor(scene.palette.map_background)
        assert all(seen.pixelColor(x, middle) == ground for x in range(100, 700))
        assert seen.pixelColor(797, middle) != ground
    assert scene.trails._built is not None and scene.trails._built.trail.joined.tolist() == [False, True, True, True]


def test_that_a_unit_whose_clock_is_ahead_has_its_way_drawn_and_not_a_line_across_it() -> None:
    scene = Scene()
    scene.trails.of = "all"
    scene.drive(BLUE, [(100.0 + x, 100.0, float(x)) for x in range(0, 301, 10)])
    scene.drive(BLUE, [(400.0, 100.0 + y, 300.0 + y) for y in range(0, 201, 10)])
    scene.now = NOON + timedelta(seconds=200)  # the unit's clock says 300 s more
    assert scene.inked(400, 200) > 60
    assert scene.inked(200, 100) > 60
    assert all(scene.inked(x, 250) == 0 for x in range(360, 396))


@pytest.mark.parametrize("of", ["selected", "all"])
def test_that_a_unit_that_turns_up_after_a_long_silence_is_not_tied_to_where_it_was(of: Any) -> None:
    scene = Scene()
    scene.trails.of, scene.trails.selected, scene.trails.minutes = of, BLUE, 600
    scene.drive(BLUE, eastward(y=100.0, end=200.0))
    assert scene.inked(295, 100) > 60
    scene.drive(BLUE, [(300.0, 500.0, 7200.0)])  # and the trails are not made anew yet
    assert scene.inked(300, 300) == 0


def test_that_trails_of_very_many_points_are_made_anew_in_pieces_while_the_old_ones_stand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene, asked = Scene(), []
    scene.trails.again = lambda: asked.append(True)
    scene.drive(BLUE, [(100.0 + index % 300, 100.0 + 10 * (index // 300), 5.0 * index) for index in range(1800)])
    scene.trails.show_unit(BLUE)
    assert scene.inked(250, 100) > 60
    assert not asked
    monkeypatch.setattr(sheet, "_BUDGET_S", 0.0)
    scene.drive(BLUE, [(500.0, 400.0, 9010.0), (600.0, 400.0, 9020.0), (700.0, 400.0, 9030.0)])
    scene.time = 10.0
    drawn_at_once = scene.inked(550, 400)
    assert (drawn_at_once, bool(asked)) == (0, True)
    assert scene.inked(250, 100) > 60
    for _ in range(200):
        asked.clear()
        drawn = scene.inked(550, 400)
        if not asked:
            break
    assert drawn > 60


def test_that_a_map_goes_on_painting_until_its_trails_are_drawn(
    show_map: Callable[..., MapView], picture: Picture, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture.tracks.pace = 100.0
    for turn in range(1600):
        at = NOON - timedelta(seconds=5 * (1600 - turn))
        place = (np.array([35.0 + 0.1 * (turn % 9)]), np.array([-81.0 + turn * 1e-4]))
        picture.apply(positions(picture, [BLUE], *place, speed=9.0, at=at))
    view = show_map()
    view.show_trail(*BLUE)
    view.grab()
    layer, asked = view.layer_set.trails, []
    again = layer.again
    layer.again = lambda: (asked.append(True), again())
    monkeypatch.setattr(sheet, "_BUDGET_S", 0.0)
    layer._built_at = -np.inf  # they are due
    view.grab()
    qtbot.waitUntil(lambda: len(asked) > 2 and layer._on_sheet is layer._built)


def test_that_a_map_that_is_being_zoomed_does_not_gather_its_trails_anew_in_every_frame() -> None:
    scene, gathered = Scene(), []
    scene.trails.of = "all"
    scene.drive(BLUE, eastward(y=200.0))
    gather = scene.picture.trails.of_many
    scene.picture.trails.of_many = lambda *of: (gathered.append(of), gather(*of))[1]  # type: ignore[method-assign]
    for step in range(10):
        scene.painted(replace(VIEW, metres_per_pixel=10.0 + step))
    assert len(gathered) == 1
    scene.time += 0.5
    scene.painted(replace(VIEW, metres_per_pixel=20.0))
    assert len(gathered) == 2
    scene.trails.minutes = 30
    scene.painted(replace(VIEW, metres_per_pixel=20.0))
    assert len(gathered) == 3
