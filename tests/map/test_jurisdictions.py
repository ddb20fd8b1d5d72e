"""Whose ground it is, on the map: overlaps, what is hidden, names that stay, and shapes that nobody should draw."""

from collections.abc import Callable
from typing import Literal

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shapely.geometry.base import BaseGeometry

from cop.domain.agency import Agency
from cop.domain.area import Jurisdiction
from cop.domain.batch import Batch
from cop.map.layers.choice import AnyOf, OneOf
from cop.map.layers.jurisdictions import JurisdictionLayer
from cop.map.layers.overlaps import overlaps
from cop.map.palette import Palette, load_palette
from cop.map.projection import vertices_to_metres
from cop.map.view import MapView
from cop.map.viewport import Viewport
from cop.picture.ground import Ground
from cop.picture.picture import Picture
from tests.map.golden import assert_golden
from tests.map.scenes import NOON, REGION, busy_day, report
from tests.map.test_simplified import patchwork

ShowMap = Callable[..., MapView]
Theme = Literal["dark", "light"]
THEMES: tuple[Theme, ...] = ("dark", "light")


def of(
    id: str,  # noqa: A002  # the field's word
    shape: BaseGeometry,
    *,
    level: str = "municipal",
    discipline: str = "law",
    agency: str = "",
    name: str = "",
) -> Jurisdiction:
    """Somebody's ground, degrees."""
    return Jurisdiction(
        id=id,
        name=name or id.title(),
        level=level,
        discipline=discipline,
        agency=agency or id,
        geometry=shape,
        area_km2=max(1e-6, shape.area * 10_000),
    )


def square(x: float, y: float, side: float = 0.1) -> BaseGeometry:
    """A square by its lower left corner, degrees from 81° W 35° N."""
    return shapely.box(-81 + x, 35 + y, -81 + x + side, 35 + y + side)


def seen(layer: JurisdictionLayer, view: Viewport | None = None) -> QImage:
    """What the layer paints on black."""
    view = view or Viewport(-9_030_000.0, 4_170_000.0, 100.0, 400, 400)
    image = QImage(view.width, view.height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    layer.settle()
    layer.paint(painter, view)
    painter.end()
    return image


def colours(image: QImage, ground: BaseGeometry, view: Viewport) -> set[tuple[int, int, int]]:
    """The colours in the inner half of a ground."""
    west, south, east, north = ground.centroid.buffer(0.02).bounds
    (left, top), (right, bottom) = vertices_to_metres(np.array([(west, north), (east, south)]))
    box = QRectF(view.point(left, top), view.point(right, bottom)).toRect()
    return {
        QColor(image.pixel(x, y)).getRgb()[:3]  # type: ignore[misc]
        for x in range(box.left(), box.right())
        for y in range(box.top(), box.bottom())
    }


VIEW = Viewport(-9_030_000.0, 4_190_000.0, 100.0, 600, 500)


def layer_of(picture: Picture, palette: Palette, *grounds: Jurisdiction) -> JurisdictionLayer:
    return JurisdictionLayer(picture, Ground(grounds), palette)


@pytest.mark.usefixtures("qapp")
def test_that_ground_of_two_agencies_of_one_discipline_is_striped(picture: Picture, palette: Palette) -> None:
    shared = square(0.05, 0.05, 0.05)
    ours, theirs = square(0.0, 0.0), square(0.05, 0.05)
    both = layer_of(picture, palette, of("ours", ours), of("theirs", theirs))
    fire = layer_of(picture, palette, of("ours", ours), of("theirs", theirs, discipline="fire"))
    one = layer_of(picture, palette, of("ours", ours, agency="us"), of("theirs", theirs, agency="us"))
    assert len(colours(seen(both, VIEW), shared, VIEW)) > 5
    assert len(colours(seen(fire, VIEW), shared, VIEW)) == 1
    assert len(colours(seen(one, VIEW), shared, VIEW)) == 1


def test_that_neighbours_that_only_touch_or_were_drawn_a_little_apart_do_not_overlap() -> None:
    pieces = [of("a", square(0, 0)), of("b", square(0.1, 0)), of("c", square(0.0, 0.0999)), of("d", square(0.05, 0.02))]
    shapes = np.array([shapely.transform(one.geometry, vertices_to_metres) for one in pieces], dtype=object)
    found = {(pieces[one.first].id, pieces[one.second].id) for one in overlaps(pieces, shapes)}
    assert found == {("a", "d"), ("b", "d"), ("c", "d")}


def test_that_counties_and_corridors_lie_over_others_by_design() -> None:
    pieces = [of("a", square(0, 0)), of("b", square(0, 0), level="county"), of("c", square(0, 0), level="corridor")]
    shapes = np.array([shapely.transform(one.geometry, vertices_to_metres) for one in pieces], dtype=object)
    assert overlaps(pieces, shapes) == []


def test_that_levels_and_disciplines_can_be_hidden(
    show_map: ShowMap, picture: Picture, whole_ground: Ground, qtbot: QtBot
) -> None:
    view = show_map(ground=whole_ground)
    layer = view.layer_set.jurisdictions
    assert layer.levels() == ["county", "municipal", "district", "special", "corridor", "planning_zone"]
    assert layer.disciplines() == ["emergency_management", "ems", "fire", "law"]
    all_of_it = view.grab().toImage()
    choices = {one.name: one for one in layer.choices()}
    levels, disciplines = choices["levels"], choices["disciplines"]
    assert isinstance(levels, AnyOf)
    assert isinstance(disciplines, AnyOf)
    with qtbot.waitSignal(layer.news.changed):
        levels.hide(frozenset({"municipal", "corridor"}))
    fewer = view.grab().toImage()
    assert fewer != all_of_it
    disciplines.hide(frozenset({"law", "fire", "ems", "emergency_management"}))
    nothing = view.grab().toImage()
    assert nothing != fewer
    assert levels.hidden() == {"municipal", "corridor"}
    levels.hide(frozenset())
    disciplines.hide(frozenset())
    assert view.grab().toImage() == all_of_it


def test_that_county_lines_go_with_their_level_and_stay_with_a_raster_map(
    show_map: ShowMap, whole_ground: Ground
) -> None:
    view = show_map(region=REGION, ground=whole_ground)
    for name in ("basemap", "zones"):
        view.set_layer(name, visible=False)
    layer = view.layer_set.jurisdictions
    layer.hide(frozenset(layer.levels()) - {"county"}, frozenset())
    lines = view.grab().toImage()
    layer.hide(frozenset(layer.levels()), frozenset())
    assert view.grab().toImage() != lines


@pytest.mark.usefixtures("qapp")
def test_that_an_agency_that_changes_its_colour_is_seen_in_it(picture: Picture, palette: Palette) -> None:
    layer = layer_of(picture, palette, of("ours", square(0, 0)))
    for wanted in ("#ff0000", "#00ff00"):
        profile = Agency(
            id="profile", at=NOON, name="Ours", disciplines=("law",), colour=wanted, rev=wanted == "#00ff00"
        )
        assert layer.apply(picture.apply(Batch(reports=[report("ours", profile)])))
        (fill,) = colours(seen(layer, VIEW), square(0, 0), VIEW)
        assert (fill[0] > fill[1]) == (wanted == "#ff0000")


def test_that_every_name_is_there_when_the_map_is_settled(show_map: ShowMap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cop.map.layers.jurisdiction_names._BUDGET_S", 0.0)
    view = show_map(ground=Ground([of(f"n{n}", square(0.02 * (n % 11), 0.02 * (n // 11), 0.02)) for n in range(121)]))
    written: list[str] = []
    monkeypatch.setattr(
        "cop.map.layers.jurisdiction_names.draw_haloed", lambda _painter, _at, text, _script: written.append(text)
    )
    view.show_place(35.11, -80.89, 22_000.0)
    view.settle()
    view.grab()
    assert len(set(written)) > 50
    before = len(written)
    view._box.pan(400, 0)
    view.grab()
    assert 0 < len(written) - before <= len(set(written))


def test_that_a_name_stays_on_the_ground_while_the_map_is_dragged(
    show_map: ShowMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground = of("here", shapely.box(-81.4, 34.9, -80.4, 35.6).difference(square(0.2, 0.1, 0.1)), level="county")
    view = show_map(ground=Ground([ground]))
    written: list[tuple[float, float]] = []
    monkeypatch.setattr(
        "cop.map.layers.jurisdiction_names.draw_haloed",
        lambda _painter, at, *_rest: written.append(view.view.metres(at)),
    )
    view.grab()
    for _ in range(12):
        view._box.pan(9, -4)
        view.grab()
    assert len(written) == 13
    assert np.ptp(np.array(written), axis=0).max() < 2 * view.view.metres_per_pixel
    first = written[0]
    view._box.pan(700, 0)  # it would be out of view: it moves back in
    view.grab()
    assert written[-1] != pytest.approx(first)
    assert view.view.rect().contains(view.view.point(*written[-1]))


def test_that_no_name_stands_over_another_nor_over_a_taken_place(
    show_map: ShowMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    grounds = [of(f"ground number {n}", square(0.013 * (n % 12), 0.02 * (n // 12), 0.05)) for n in range(96)]
    view = show_map(ground=Ground(grounds))
    view.show_place(35.1, -80.95, 25_000.0)
    taken: list[QRectF] = []
    monkeypatch.setattr(
        "cop.map.layers.jurisdiction_names.draw_haloed", lambda _painter, at, text, _script: taken.append(at)
    )
    corners = [QRectF(0, 0, 400, 300)]
    image = QImage(800, 600, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    view.layer_set.jurisdictions.paint_names(painter, view.view, corners)
    painter.end()
    assert len(corners) > 4
    assert not any(one.intersects(other) for n, one in enumerate(corners) for other in corners[n + 1 :])


HOSTILE: dict[str, BaseGeometry] = {
    "very many vertices": shapely.Point(-81, 35).buffer(0.2, quad_segs=50_000),
    "one vertex": shapely.Polygon([(-81, 35), (-81, 35), (-81, 35), (-81, 35)]),
    "a bow tie": shapely.Polygon([(-81, 35), (-80.9, 35.1), (-80.9, 35), (-81, 35.1)]),
    "holes in holes": square(0, 0).difference(square(0.02, 0.02, 0.06)).union(square(0.04, 0.04, 0.02)),
    "around the world": shapely.box(-180, -90, 180, 90),
    "over the antimeridian": shapely.MultiPolygon([shapely.box(179, 51, 180, 52), shapely.box(-180, 51, -179, 52)]),
    "beyond the antimeridian": shapely.box(179, 51, 184, 52),
    "at the pole": shapely.box(-180, -90, 180, -60),
    "a line": shapely.LineString([(-81, 35), (-80.9, 35.1)]),
    "a point": shapely.Point(-81, 35),
    "nothing": shapely.Polygon(),
    "of all kinds": shapely.GeometryCollection(
        [square(0, 0), shapely.Point(-81, 35), shapely.LineString([(-81, 35), (-80, 36)])]
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("metres_across", [300.0, 40_000.0, 20_000_000.0])
def test_that_any_shape_is_painted_or_left_out(show_map: ShowMap, name: str, metres_across: float) -> None:
    grounds = [of("it", HOSTILE[name], name="<b>It</b>"), of("other", square(0.01, 0.01))]
    view = show_map(ground=Ground(grounds))
    view.layer_set.jurisdictions.mark_gaps(True)
    view.show_place(35.03, -80.97, metres_across)
    view.settle()
    assert not view.grab().isNull()


def test_that_a_hole_is_not_filled(show_map: ShowMap, picture: Picture, palette: Palette) -> None:
    ring = square(0, 0).difference(square(0.02, 0.02, 0.06))
    many = [of("ring", ring), *(of(f"far {n}", square(5 + 0.2 * n, 9)) for n in range(3))]
    image = seen(layer_of(picture, palette, *many), VIEW)
    assert colours(image, square(0.02, 0.02, 0.06), VIEW) == {(0, 0, 0)}


def many_grounds(count: int) -> list[Jurisdiction]:
    """A patchwork of neighbours around 81° W 35° N: more vertices than are drawn as they are."""
    shapes = shapely.transform(patchwork(count, count), lambda xy: xy / 400_000 + (-81.0, 35.0))
    return [of(f"n{index}", one, agency=f"a{index % 7}") for index, one in enumerate(shapes)]


def test_that_much_ground_is_whole_when_it_is_settled(show_map: ShowMap, qtbot: QtBot) -> None:
    view = show_map(ground=Ground(many_grounds(14)))
    view.show_place(35.17, -80.83, 60_000.0)
    view.settle()
    settled = view.grab().toImage()
    assert len({settled.pixel(x, 300) for x in range(100, 700)}) > 8
    view.settle()
    assert view.grab().toImage() == settled


def test_that_much_ground_becomes_sharp_by_itself(show_map: ShowMap, qtbot: QtBot) -> None:
    view = show_map(ground=Ground(many_grounds(14)))
    view.show_place(35.17, -80.83, 60_000.0)
    QApplication.processEvents()
    view._box.zoom(0.7, QPointF(200, 200))
    layer = view.layer_set.jurisdictions
    view.grab()
    layer._outlines.settle()  # what the thread made is told to the screen in its own time
    qtbot.waitUntil(lambda: layer._study._overlaps_found is not None and layer._study._overlaps_found.done())
    QApplication.processEvents()
    qtbot.waitUntil(lambda: not layer._again.isActive() and layer._sheet._shows(view.view), timeout=20_000)
    seen_by_itself = view.grab().toImage()
    view.settle()
    settled = view.grab().toImage()
    apart = _difference(seen_by_itself, settled)
    assert apart < 0.5


def _difference(first: QImage, second: QImage) -> float:
    one, other = (np.frombuffer(image.constBits(), np.uint8).astype(int) for image in (first, second))
    return float(np.abs(one - other).mean())


def test_that_nobodys_ground_is_marked_when_asked_for(show_map: ShowMap, qtbot: QtBot) -> None:
    around = shapely.box(-81.1, 35.0, -80.7, 35.4).difference(shapely.box(-80.93, 35.2, -80.87, 35.26))
    view = show_map(ground=Ground([of("around", around)]))
    view.show_place(35.2, -80.9, 40_000.0)
    layer = view.layer_set.jurisdictions
    before = view.grab().toImage()
    switch = next(one for one in layer.choices() if one.name == "gaps")
    assert isinstance(switch, OneOf)
    switch.choose("on")
    view.settle()
    marked = view.grab().toImage()
    middle = view.view.place(35.23, -80.9).toPoint()
    inside = [marked.pixel(middle + QPoint(x, 0)) != before.pixel(middle + QPoint(x, 0)) for x in range(-20, 20)]
    assert any(inside)
    assert switch.chosen() == "on"
    switch.choose("")
    assert view.grab().toImage() == before


@pytest.mark.parametrize("theme", THEMES)
def test_that_overlapped_boundaries_look_as_agreed(
    show_map: ShowMap, picture: Picture, whole_ground: Ground, theme: Theme
) -> None:
    view = show_map(region=REGION, ground=whole_ground)
    view.apply(busy_day(picture))
    for name in ("units", "incidents", "zones", "labels"):
        view.set_layer(name, visible=False)
    view.set_palette(load_palette(theme))
    view.show_place(35.30, -80.88, 34_000.0)
    assert_golden(view.grab().toImage(), f"boundaries-overlapped-{theme}")


def test_that_hidden_levels_look_as_agreed(show_map: ShowMap, picture: Picture, whole_ground: Ground) -> None:
    view = show_map(region=REGION, ground=whole_ground)
    view.apply(busy_day(picture))
    for name in ("units", "incidents", "zones", "labels"):
        view.set_layer(name, visible=False)
    view.layer_set.jurisdictions.hide(frozenset({"county", "municipal"}), frozenset({"fire"}))
    view.show_place(35.24, -80.90, 60_000.0)
    assert_golden(view.grab().toImage(), "boundaries-hidden-dark")


def test_that_names_in_the_visible_part_look_as_agreed_at_two_places(
    show_map: ShowMap, picture: Picture, whole_ground: Ground
) -> None:
    view = show_map(region=REGION, ground=whole_ground)
    view.apply(busy_day(picture))
    for name in ("units", "incidents", "zones", "labels"):
        view.set_layer(name, visible=False)
    view.show_place(35.27, -80.98, 50_000.0)
    assert_golden(view.grab().toImage(), "boundaries-names-1-dark")
    view._box.pan(330, 60)
    assert_golden(view.grab().toImage(), "boundaries-names-2-dark")


def test_that_much_ground_looks_as_agreed(show_map: ShowMap) -> None:
    view = show_map(ground=Ground(many_grounds(14)))
    view.show_place(35.17, -80.83, 45_000.0)
    view.settle()
    assert_golden(view.grab().toImage(), "boundaries-many-dark")
