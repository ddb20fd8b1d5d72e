"""Facilities and resources on the map: which stand there, how they look, what a click on one means."""

from datetime import datetime, timedelta

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cop.domain.batch import Batch
from cop.domain.resource import Resource
from cop.map.layers.resources import ResourceLayer
from cop.map.palette import Palette
from cop.map.view import MapView
from cop.map.viewport import Viewport
from cop.picture.change import Change
from cop.picture.picture import Picture
from tests.map.conftest import ShowMap
from tests.map.scenes import NOON, positions, report

HOSPITAL = (35.2127, -80.8236)


class Clock:
    """The time, to be moved by hand."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time


def resource(name: str, place: tuple[float, float] | None = HOSPITAL, **more: object) -> Resource:
    lat, lon = place or (None, None)
    return Resource(id=name.lower(), at=NOON, name=name, lat=lat, lon=lon, **more)  # type: ignore[arg-type]


def say(picture: Picture, *bodies: Resource, agency: str = "hospital") -> Change:
    return picture.apply(Batch(reports=[report(agency, body) for body in bodies]))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def layer(qapp: object, picture: Picture, palette: Palette, clock: Clock) -> ResourceLayer:
    return ResourceLayer(picture, palette, clock)


def test_that_only_located_resources_stand_on_the_map(layer: ResourceLayer, picture: Picture) -> None:
    layer.apply(say(picture, resource("Beds"), resource("Water", None)))
    assert [one.keys for one in layer.placed()] == [(("hospital", "beds"),)]
    assert layer.position(("hospital", "water")) is None


def test_that_what_one_agency_has_at_one_place_is_one_square_and_what_another_has_there_another(
    layer: ResourceLayer, picture: Picture
) -> None:
    layer.apply(say(picture, resource("ICU", kind="beds"), resource("Vents", kind="equipment")))
    layer.apply(say(picture, resource("Tent", kind="shelter"), agency="red-cross"))
    squares = {one.look[0]: one for one in layer.placed()}
    assert squares["hospital"].look[1] == "hospital"
    assert squares["hospital"].look[6] == 2
    assert squares["red-cross"].look[1] == "shelter"


def test_that_a_resource_that_moves_or_is_withdrawn_leaves_its_place(layer: ResourceLayer, picture: Picture) -> None:
    layer.apply(say(picture, resource("Pump")))
    layer.apply(say(picture, resource("Pump", (35.0, -81.0), rev=2)))
    assert len(layer.placed()) == 1
    assert layer.position(("hospital", "pump")) == pytest.approx((layer.placed()[0].x, layer.placed()[0].y))
    layer.apply(say(picture, resource("Pump", (35.0, -81.0), rev=3, deleted=True)))
    assert layer.placed() == []


def test_that_a_resource_is_not_drawn_beside_the_unit_that_carries_it(
    layer: ResourceLayer, picture: Picture, clock: Clock
) -> None:
    layer.apply(say(picture, resource("Foam", unit="e1")))
    assert len(layer.placed()) == 1, "nobody knows where the unit is"
    picture.apply(positions(picture, [("hospital", "e1")], *HOSPITAL))  # type: ignore[arg-type]
    assert layer.tick()
    assert layer.placed() == []
    assert not layer.tick()


def test_that_what_was_said_until_now_looks_stale_from_now_on(
    layer: ResourceLayer, picture: Picture, clock: Clock
) -> None:
    layer.apply(say(picture, resource("Beds", until=NOON + timedelta(minutes=5))))
    assert not layer.placed()[0].look[3]
    assert not layer.tick()
    clock.time += timedelta(minutes=5)
    assert layer.tick()
    assert layer.placed()[0].look[3]
    assert not layer.tick()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ([("available", 3)], "available"),
        ([("available", 0)], "committed"),
        ([("committed", 0), ("available", 2)], "available"),
        ([("out_of_service", 0), ("unknown", 1)], "unknown"),
        ([("<b>odd</b>", 1)], "unknown"),
    ],
)
def test_that_the_edge_shows_the_best_that_can_be_had_here(
    layer: ResourceLayer, picture: Picture, said: list[tuple[str, int]], shown: str
) -> None:
    layer.apply(say(picture, *(resource(f"R{at}", availability=one, available=n) for at, (one, n) in enumerate(said))))
    assert layer.placed()[0].look[2] == shown


def test_that_an_exercises_resource_is_marked_where_the_work_is_live(
    qapp: object, picture: Picture, palette: Palette, clock: Clock
) -> None:
    drill = msgspec.structs.replace(report("hospital", resource("Beds")), exercise=True)
    picture.apply(Batch(reports=[drill]))
    assert ResourceLayer(picture, palette, clock).placed()[0].look[5]
    assert not ResourceLayer(picture, palette, clock, exercise=True).placed()[0].look[5]


def test_that_a_click_on_a_square_selects_what_stands_there_one_after_the_other(
    show_map: ShowMap, picture: Picture, qtbot: QtBot
) -> None:
    view: MapView = show_map()
    view.apply(say(picture, resource("Beds", kind="beds"), resource("Vents", kind="equipment")))
    view.show_place(*HOSPITAL, 20_000.0)
    at = view.view.place(*HOSPITAL)
    canvas = view.childAt(round(at.x()), round(at.y()))
    chosen: list[tuple[str, ...]] = []
    view.selected.connect(lambda *what: chosen.append(what))
    for _ in range(3):
        QTest.mouseClick(
            canvas,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            canvas.mapFrom(view, QPoint(round(at.x()), round(at.y()))),
        )
    assert chosen == [("resource", "hospital", one) for one in ("beds", "vents", "beds")]


def test_that_a_hidden_layer_is_not_hit(show_map: ShowMap, picture: Picture) -> None:
    view: MapView = show_map()
    view.apply(say(picture, resource("Beds")))
    view.show_place(*HOSPITAL, 20_000.0)
    at = view.view.place(*HOSPITAL)
    assert view.layer_set.pointing.object_at(at, view.view) == ("resource", "hospital", "beds")
    view.set_layer("resources", visible=False)
    assert view.layer_set.pointing.object_at(at, view.view) == ("", "", "")


def test_that_hundreds_in_view_are_drawn_small_and_none_is_left_out(show_map: ShowMap, picture: Picture) -> None:
    view: MapView = show_map()
    many = [resource(f"R{n}", (35.1 + 0.01 * (n // 25), -81.0 + 0.01 * (n % 25))) for n in range(500)]
    view.apply(say(picture, *many))
    view.show_place(35.2, -80.9, 60_000.0)
    view.grab()
    layer = view.layer_set.resources
    assert len(layer._sprites._primitives) == 500
    assert {small for _, small in layer._cells} == {True}


def test_that_squares_keep_labels_off_unless_they_are_hidden(layer: ResourceLayer, picture: Picture) -> None:
    layer.apply(say(picture, resource("Beds")))
    x, y = layer.position(("hospital", "beds")) or (0.0, 0.0)
    view = Viewport(x - 2000, y + 1500, 10.0, 400, 300)
    assert layer.standing(view)[0].tolist() == pytest.approx([200.0, 150.0, 13.0])
    layer.visible = False
    assert layer.standing(view).shape == (0, 3)


def test_that_kinds_without_a_glyph_share_one_drawing_however_many_words_there_are_for_them(
    layer: ResourceLayer, picture: Picture
) -> None:
    odd = [resource(f"r{index}", (35.0 + index / 1e4, -80.0), kind=f"thing {index}") for index in range(50)]
    layer.apply(say(picture, *odd, resource("b", (35.1, -80.0), kind="beds")))
    assert {one.look[1] for one in layer.placed()} == {"unknown", "beds"}
    assert len(set(layer._cells_of(small=False).tolist())) == 2


def test_that_ends_are_noted_one_by_one_and_those_put_off_are_not_taken_for_over(
    layer: ResourceLayer, picture: Picture, clock: Clock
) -> None:
    def stale() -> list[bool]:
        return [one.look[3] for one in layer.placed()]

    first, second = (
        resource(name, (35.0, lon), until=NOON + timedelta(minutes=minutes))
        for name, lon, minutes in (("first", -80.0, 10), ("second", -81.0, 20))
    )
    layer.apply(say(picture, second))
    layer.apply(say(picture, first))
    layer.apply(say(picture, msgspec.structs.replace(first, rev=2, until=NOON + timedelta(minutes=30))))
    for minutes, wanted in ((11, 0), (21, 1), (29, 1), (31, 2)):
        clock.time = NOON + timedelta(minutes=minutes)
        layer.tick()
        assert sum(stale()) == wanted
