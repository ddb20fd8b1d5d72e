"""Bubbles: who is in one, who never is, where it stands, what it shows, and that nobody is lost on the way."""

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from cop.domain.agency import Agency
from cop.domain.batch import Batch
from cop.domain.report import Retraction
from cop.domain.unit import Unit
from cop.map import crowding
from cop.map.layers.clusters import count_text, kinds_among, old_of, ring_parts
from cop.map.layers.units import UnitLayer
from cop.map.palette import load_palette
from cop.map.projection import place_to_metres, to_degrees
from cop.map.view import MapView
from cop.map.viewport import Viewport
from cop.picture.filter import Filter
from cop.picture.ground import Ground
from cop.picture.picture import Picture
from tests.map.golden import assert_golden
from tests.map.scenes import AGENCIES, NOON, REGION, busy_day, positions, report

ShowMap = Callable[..., MapView]

_X, _Y = place_to_metres(35.0, -80.0)
#: 600 × 400 pixels of 10 metres
VIEW = Viewport(_X - 3000, _Y + 2000, 10.0, 600, 400)
_AGENCIES = list(AGENCIES)


class Scene:
    """A layer with bubbles, units placed in pixels of VIEW from its middle, and clocks to be moved by hand."""

    def __init__(self, *, clustered: bool = True) -> None:
        self.time = NOON
        self.seconds = 0.0
        self.picture = Picture()
        self.layer = UnitLayer(
            self.picture, load_palette("dark"), lambda: self.time, clustered=clustered, clock=lambda: self.seconds
        )

    def put(self, places: dict[str, tuple[float, float]], *, agency: str = "a", stale_after_s: float = 60.0) -> None:
        x = _X + 10.0 * np.array([place[0] for place in places.values()])
        y = _Y - 10.0 * np.array([place[1] for place in places.values()])
        self.time += timedelta(seconds=0.01)
        units = [(agency, unit) for unit in places]
        batch = positions(self.picture, units, *to_degrees(x, y), at=self.time, stale_after_s=stale_after_s)
        self.layer.apply(self.picture.apply(batch))

    def say(self, unit: str, status: str, *, agency: str = "a") -> None:
        self.time += timedelta(seconds=0.01)
        body = Unit(id=unit, at=self.time, callsign=unit, kind="engine", status=status)
        self.layer.apply(self.picture.apply(Batch(reports=[report(agency, body)])))

    def bubbles(self, view: Viewport = VIEW) -> list[list[str]]:
        """The units of each bubble, by name."""
        keys = self.picture.tracks.keys
        count = len(self.layer.bubbles(view))
        return sorted(sorted(keys[row][1] for row in self.layer.members(number)) for number in range(count))

    def symbols(self, view: Viewport = VIEW) -> list[str]:
        return sorted(self.picture.tracks.keys[row][1] for row in self.layer.visible_units(view)[0])


@pytest.fixture
def scene(qapp: QApplication) -> Scene:
    return Scene()


def knot(count: int, x: float = 0.0, y: float = 0.0, name: str = "k") -> dict[str, tuple[float, float]]:
    return {f"{name}{number}": (x + number % 3, y + number // 3) for number in range(count)}


def test_that_units_that_cover_one_another_become_one_bubble(scene: Scene) -> None:
    scene.put(knot(6) | {"far": (150, 90)})
    assert scene.bubbles() == [sorted(knot(6))]
    assert scene.symbols() == ["far"]
    x, y, radius = scene.layer.bubbles(VIEW)[0]
    assert (x, y) == pytest.approx((301, 200.5), abs=1)
    assert radius >= 14


def test_that_two_units_side_by_side_stay_two(scene: Scene) -> None:
    scene.put({"left": (-8, 0), "right": (8, 0)})
    assert scene.bubbles() == []
    assert scene.symbols() == ["left", "right"]


def test_that_a_unit_hidden_below_another_is_shown_as_two_in_a_bubble(scene: Scene) -> None:
    scene.put({"upper": (0, 0), "lower": (3, 2)})
    assert scene.bubbles() == [["lower", "upper"]]


def test_that_a_crowd_larger_than_its_cell_is_put_together_unseen_and_nobody_is_lost(scene: Scene) -> None:
    random = np.random.default_rng(4)
    scene.put({f"u{n}": (x, y) for n, (x, y) in enumerate(random.uniform((-290, -190), (290, 190), (3000, 2)))})
    members = [name for bubble in scene.bubbles() for name in bubble]
    assert len(members) + len(scene.symbols()) >= 3000
    assert len(set(members)) == len(members)
    assert set(members).isdisjoint(scene.symbols())
    assert sum(scene.layer._crowd.counts) == len(members)


def test_that_no_bubble_touches_another(scene: Scene) -> None:
    random = np.random.default_rng(5)
    scene.put({f"u{n}": (x, y) for n, (x, y) in enumerate(random.normal(0, 90, (800, 2)))})
    x, y, radius = scene.layer.bubbles(VIEW).T
    apart = np.hypot(x[:, None] - x, y[:, None] - y) - radius[:, None] - radius
    np.fill_diagonal(apart, 9.0)
    assert len(x) > 20
    assert apart.min() >= 0


def test_that_a_unit_in_emergency_is_in_no_bubble(scene: Scene) -> None:
    scene.put(knot(5))
    scene.say("k2", "emergency")
    assert scene.symbols() == ["k2"]
    assert scene.bubbles() == [["k0", "k1", "k3", "k4"]]
    scene.say("k2", "available")
    assert scene.symbols() == []


def test_that_an_emergency_leaves_its_bubble_at_once_and_not_at_the_next_grouping(scene: Scene) -> None:
    scene.put(knot(5))
    scene.bubbles()
    scene.say("k2", "emergency")
    assert scene.seconds == 0.0
    assert scene.symbols() == ["k2"]


def test_that_the_selected_and_the_followed_unit_are_in_no_bubble(scene: Scene) -> None:
    scene.put(knot(6))
    row = scene.picture.tracks.row_of
    scene.layer.selected = row("a", "k1")
    scene.layer.followed = row("a", "k4")
    assert scene.symbols() == ["k1", "k4"]
    scene.layer.selected = None
    assert scene.symbols() == ["k4"]
    scene.layer.followed = None
    assert scene.bubbles() == [sorted(knot(6))]


def test_that_a_pan_changes_no_bubble(scene: Scene) -> None:
    random = np.random.default_rng(6)
    scene.put({f"u{n}": (x, y) for n, (x, y) in enumerate(random.normal(0, 150, (900, 2)))})
    before = {tuple(members) for members in scene.bubbles()}
    for by in (37.0, 190.0, 333.0):
        fresh = Scene()
        fresh.picture, fresh.layer._picture = scene.picture, scene.picture
        other = UnitLayer(scene.picture, load_palette("dark"), lambda: NOON, clustered=True)
        view = Viewport(VIEW.left + 10 * by, VIEW.top - 5 * by, 10.0, 600, 400)
        x, y, _ = other.bubbles(view).T
        inside = np.flatnonzero((x > 0) & (x < 600) & (y > 0) & (y < 400))
        keys = scene.picture.tracks.keys
        for number in inside.tolist():
            assert tuple(sorted(keys[row][1] for row in other.members(number))) in before


def test_that_nothing_changes_where_nothing_moved(scene: Scene) -> None:
    random = np.random.default_rng(8)
    scene.put({f"u{n}": (x, y) for n, (x, y) in enumerate(random.normal(0, 110, (500, 2)))})
    before = scene.bubbles()
    for _ in range(3):
        scene.layer._regroup = True
        assert scene.bubbles() == before


def test_that_a_unit_on_the_brink_does_not_flicker_between_bubble_and_symbol(scene: Scene) -> None:
    seen = []
    for turn in range(8):
        scene.put({"one": (0, 0), "two": (10.2 if turn % 2 else 11.6, 0)})
        scene.seconds += 1
        seen.append(bool(scene.bubbles()))
    assert seen[1:] == [True] * 7


def test_that_units_that_move_join_a_bubble_no_more_than_twice_a_second(scene: Scene) -> None:
    scene.put(knot(4) | {"late": (100, 0)})
    assert scene.symbols() == ["late"]
    scene.put({"late": (1, 1)})
    assert scene.symbols() == ["late"]
    scene.seconds += 0.6
    assert scene.symbols() == []


def test_that_a_second_brings_bubbles_up_to_date_where_nothing_else_happens(scene: Scene) -> None:
    scene.put(knot(4) | {"late": (100, 0)})
    scene.symbols()
    scene.put({"late": (1, 1)})
    scene.symbols()
    assert scene.layer.tick()
    assert scene.symbols() == []
    assert not scene.layer.tick()


def test_that_zooming_in_parts_what_can_be_parted(scene: Scene) -> None:
    scene.put({"one": (0, 0), "two": (4, 0), "three": (0, 4)})
    assert len(scene.bubbles()) == 1
    near = Viewport(_X - 300, _Y + 200, 1.0, 600, 400)
    assert scene.bubbles(near) == []
    assert scene.symbols(near) == ["one", "three", "two"]


def test_that_units_on_one_spot_stay_a_bubble_at_every_zoom(scene: Scene) -> None:
    scene.put({f"u{number}": (0, 0) for number in range(300)})
    for metres_per_pixel in (0.05, 0.5, 10.0, 2000.0):
        view = Viewport(_X - 300 * metres_per_pixel, _Y + 200 * metres_per_pixel, metres_per_pixel, 600, 400)
        assert [len(members) for members in scene.bubbles(view)] == [300]


def test_that_what_a_filter_hides_is_in_no_bubble_not_hit_and_counted(scene: Scene) -> None:
    scene.put(knot(5, name="a"), agency="a")
    scene.put(knot(4, name="b"), agency="b")
    scene.say("b1", "emergency", agency="b")
    scene.layer.set_filter(Filter(agencies=frozenset({"b"})))
    assert scene.bubbles() == [["a0", "a1", "a2", "a3", "a4"]]
    assert scene.symbols() == ["b1"]  # an emergency is never hidden
    assert scene.layer.hidden_count == 3
    scene.put(knot(4, name="b"), agency="b")  # they move, and stay hidden
    assert scene.layer.hidden_count == 3
    assert len(scene.layer.members(0)) == 5
    scene.layer.clustered = False
    assert "b0" not in scene.symbols()
    row = scene.picture.tracks.row_of("b", "b0")
    assert row not in scene.layer.near(QPointF(300, 200), VIEW, 30.0)
    scene.layer.set_filter(Filter())
    assert scene.layer.hidden_count == 0
    assert len(scene.symbols()) == 9


def test_that_a_bubble_keeps_off_what_is_drawn_above_it(scene: Scene) -> None:
    scene.layer.avoid = lambda: [(_X, _Y)]
    scene.put(knot(6))
    x, y, radius = scene.layer.bubbles(VIEW)[0]
    assert np.hypot(x - 300, y - 200) >= radius + 19
    assert np.hypot(x - 300, y - 200) <= radius + 25


def test_that_a_bubble_tells_what_is_old_in_it(scene: Scene) -> None:
    scene.put(knot(3, name="old"), stale_after_s=-5.0)
    scene.put(knot(5, name="new"))
    scene.bubbles()
    crowd = scene.layer._crowd
    assert crowd.counts.tolist() == [8]
    assert old_of(crowd.kinds).tolist() == [3]
    assert (ring_parts(crowd.kinds) % 2).sum() == 6  # of 16
    scene.time += timedelta(seconds=120)
    assert scene.layer.tick()
    scene.bubbles()
    assert old_of(scene.layer._crowd.kinds).tolist() == [8]


def test_that_one_old_among_thousands_shows_in_the_ring_and_one_fresh_too() -> None:
    parts = ring_parts(np.array([[5000, 1, 3000, 0], [0, 4000, 1, 900], [3, 0, 0, 0], [0, 0, 0, 2]]))
    assert (parts % 2).sum(axis=1).tolist() == [1, 15, 0, 16]
    assert set(parts[0].tolist()) == {0, 1, 2}


def test_that_shares_of_the_ring_are_those_of_the_agencies() -> None:
    parts = ring_parts(np.array([[8, 0, 4, 0, 4, 0], [1, 0, 1, 0, 0, 0]]))
    assert [np.bincount(one, minlength=6)[::2].tolist() for one in parts] == [[8, 4, 4], [8, 8, 0]]


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (2, "2"),
        (999, "999"),
        (1000, "1.0k"),
        (1234, "1.2k"),
        (9999, "9.9k"),
        (12_345, "12k"),
        (999_999, "999k"),
        (1_000_000, "1.0M"),
        (12_345_678, "12M"),
    ],
)
def test_that_a_count_is_short_and_never_more_than_it_is(count: int, text: str) -> None:
    assert count_text(count) == text


def test_that_a_new_colour_of_an_agency_changes_its_part_of_the_ring(scene: Scene) -> None:
    scene.put(knot(6))

    def drawn() -> QImage:
        image = QImage(VIEW.width, VIEW.height, QImage.Format.Format_RGB32)
        image.fill(QColor(0, 0, 0))
        painter = QPainter(image)
        scene.layer.paint(painter, VIEW)
        painter.end()
        return image

    before = drawn()
    assert before.pixelColor(301, 186) != QColor(0, 0, 0)
    profile = Agency(id="profile", at=NOON, name="A", disciplines=("fire",), colour="#00ff00")
    scene.layer.apply(scene.picture.apply(Batch(reports=[report("a", profile)])))
    assert drawn() != before


def test_that_pairs_are_those_of_a_look_at_each_two() -> None:
    random = np.random.default_rng(2)
    u, v = random.uniform(-300, 300, 400), random.uniform(-300, 300, 400)
    first, second, distance = crowding.pairs_within(u, v, 22.0)
    apart = np.hypot(u[:, None] - u, v[:, None] - v)
    one, other = np.nonzero(np.triu(apart < 22.0, 1))
    assert sorted(zip(first.tolist(), second.tolist(), strict=True)) == sorted(zip(one, other, strict=True))
    assert np.allclose(distance, apart[first, second])


def test_that_who_drives_into_a_crowd_is_not_in_its_list_while_it_is_still_drawn_alone(scene: Scene) -> None:
    crowd = {f"k{number}": (float(number % 6), float(number // 6)) for number in range(60)}
    scene.put(crowd | {"car": (150, 90)})
    scene.bubbles()
    assert "car" in scene.symbols()
    scene.put({"car": (2, 2)})  # no second has passed: the bubbles are those of before
    car = scene.picture.tracks.row_of("a", "car")
    assert car in scene.layer.visible_units(VIEW)[0]
    assert car not in scene.layer.members(0)


class LayerMachine(RuleBasedStateMachine):
    """Whatever happens to units, each that is on the map is in view once: as a symbol or in one bubble."""

    @initialize(seed=st.integers(0, 50), spread=st.sampled_from([4.0, 60.0, 400.0]))
    def begin(self, seed: int, spread: float) -> None:
        self.random = np.random.default_rng(seed)
        self.spread = spread
        self.scene = Scene()
        self._put(60)

    def _put(self, count: int) -> None:
        numbers = self.random.choice(90, count, replace=False)
        places = self.random.normal(0, self.spread, (count, 2))
        agency = str(self.random.choice(["a", "b"]))
        after = float(self.random.choice([-5.0, 30.0, 600.0]))
        placed = {f"u{number}": tuple(place) for number, place in zip(numbers, places, strict=True)}
        self.scene.put(placed, agency=agency, stale_after_s=after)

    @rule(count=st.sampled_from([1, 5, 40]))
    def move(self, count: int) -> None:
        self._put(count)

    @rule(number=st.integers(0, 89), status=st.sampled_from(["available", "emergency", "on_scene"]))
    def say(self, number: int, status: str) -> None:
        self.scene.say(f"u{number}", status)

    @rule(number=st.integers(0, 89))
    def retract(self, number: int) -> None:
        self.scene.time += timedelta(seconds=0.01)
        gone = Retraction(id=f"u{number}", at=self.scene.time, kind="unit")
        self.scene.layer.apply(self.scene.picture.apply(Batch(reports=[report("a", gone)])))

    @rule(hidden=st.sampled_from([Filter(), Filter(agencies=frozenset("b")), Filter(statuses=frozenset({"on_scene"}))]))
    def hide(self, hidden: Filter) -> None:
        self.scene.layer.set_filter(hidden)

    @rule(number=st.integers(-1, 89))
    def select(self, number: int) -> None:
        self.scene.layer.selected = self.scene.picture.tracks.row_of("a", f"u{number}")

    @rule(number=st.integers(-1, 89))
    def follow(self, number: int) -> None:
        self.scene.layer.followed = self.scene.picture.tracks.row_of("b", f"u{number}")

    @rule(seconds=st.sampled_from([1, 40]))
    def wait(self, seconds: int) -> None:
        self.scene.time += timedelta(seconds=seconds)
        self.scene.seconds += seconds
        self.scene.layer.tick()

    @rule()
    def switch(self) -> None:
        self.scene.layer.clustered = not self.scene.layer.clustered

    @rule()
    def sort(self) -> None:
        self.scene.layer.index.settle()

    @rule(theme=st.sampled_from(["dark", "light"]))
    def wear(self, theme: str) -> None:
        self.scene.layer.set_palette(load_palette(theme))  # type: ignore[arg-type]

    @invariant()
    def nobody_is_lost_or_shown_twice(self) -> None:
        if not hasattr(self, "scene"):
            return
        layer, tracks = self.scene.layer, self.scene.picture.tracks
        located = tracks.present & np.isfinite(tracks.lat)
        filtered = layer.filter.hidden(self.scene.picture)
        assert layer.hidden_count == int((located & filtered).sum())
        assert layer.shown_count == int((located & ~filtered).sum())
        there = set(np.flatnonzero(located & ~filtered).tolist())
        view = Viewport(VIEW.left, VIEW.top, float(self.random.choice([10.0, 3.0])), 600, 400)
        before = layer.grouping
        symbols = layer.visible_units(view)[0].tolist()
        x, y = (
            np.array([view.place(tracks.lat[row], tracks.lon[row]).toTuple() for row in sorted(there)]).reshape(-1, 2).T
        )
        inside = (x > -29) & (x < view.width + 29) & (y > -29) & (y < view.height + 29)
        seen = {row for row, is_in in zip(sorted(there), inside.tolist(), strict=True) if is_in}
        bubbles = [layer.members(number).tolist() for number in range(len(layer.bubbles(view)))]
        members = [row for bubble in bubbles for row in bubble]
        assert len(set(symbols)) == len(symbols)
        assert len(set(members)) == len(members)
        assert set(symbols).isdisjoint(members)
        assert set(symbols) | set(members) <= there
        if layer.grouping != before or not layer.clustered:  # else who has moved may be known for where it was
            assert seen <= set(symbols) | set(members)
        alone = {row for row in there if tracks.status[row] == 9 or row in {layer.selected, layer.followed}}
        assert alone.isdisjoint(members)
        assert alone & seen <= set(symbols)
        if layer.clustered and layer.grouping != before:
            assert layer._crowd.counts.tolist() == [len(bubble) for bubble in bubbles]
            assert layer._crowd.kinds.shape[1] == kinds_among(len(tracks.agencies))
            old = [int((layer.stale[bubble] | tracks.doubtful[bubble]).sum()) for bubble in bubbles]
            assert old_of(layer._crowd.kinds).tolist() == old
        point = QPointF(*self.random.uniform(0, 400, 2))
        distances = {
            row: np.hypot(*(np.array(view.point(*layer.position(row)).toTuple()) - point.toTuple()))
            for row in (symbols if layer.clustered else sorted(there))
        }
        near = [row for row, distance in distances.items() if distance <= 25.0]
        assert sorted(layer.near(point, view, 25.0)) == sorted(near)


LayerMachine.TestCase.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
TestUnitsUnderChange = LayerMachine.TestCase


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("dpr", [1.0, 2.0])
def test_that_bubbles_look_as_agreed(qapp: QApplication, theme: str, dpr: float) -> None:
    scene = Scene()
    for number, agency in enumerate(_AGENCIES):
        name, disciplines, colour, _, _ = AGENCIES[agency]
        profile = Agency(id="profile", at=NOON, name=name, disciplines=disciplines, colour=colour)
        scene.layer.apply(scene.picture.apply(Batch(reports=[report(agency, profile)])))
        scene.put({f"edge{number}": (-280 + 40 * number, 180)}, agency=agency)
    for column, mix in enumerate([(2,), (9,), (5, 4), (9, 6, 3), (40, 40, 20), (500, 120, 60, 30), (1, 1, 1, 1, 1)]):
        for line, old in enumerate((0.0, 0.25, 1.0)):
            for which, count in enumerate(mix):
                stale = round(old * count)
                at = (-250 + 80 * column, -140 + 90 * line)
                names = [f"{column}.{line}.{number}" for number in range(count)]
                for some, after in ((names[:stale], -5.0), (names[stale:], 600.0)):
                    if some:
                        scene.put(dict.fromkeys(some, at), agency=_AGENCIES[(which + column) % 15], stale_after_s=after)
    palette = load_palette(theme)  # type: ignore[arg-type]
    scene.layer.set_palette(palette)
    image = QImage(round(VIEW.width * dpr), round(VIEW.height * dpr), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(dpr)
    image.fill(QColor(palette.map_background))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    scene.layer.paint(painter, Viewport(VIEW.left, VIEW.top, 10.0, 600, 400, dpr))
    painter.end()
    assert_golden(image, f"bubbles-{theme}{'-2x' if dpr == 2.0 else ''}")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_that_a_crowded_region_looks_as_agreed(
    show_map: ShowMap, picture: Picture, whole_ground: Ground, theme: str
) -> None:
    view = show_map(region=REGION, ground=whole_ground)
    view.resize(1190, 823)
    view.apply(busy_day(picture, units=3000))
    view.set_palette(load_palette(theme))  # type: ignore[arg-type]
    view.show_place(35.24, -80.90, 82_000.0)
    assert_golden(view.grab().toImage(), f"clusters-{theme}")
