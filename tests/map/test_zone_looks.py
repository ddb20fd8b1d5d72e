"""What zones look like: every kind, the lettered grid near and far, what is unsent, what ends soon."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from cop.domain.area import Zone, ZoneForm
from cop.domain.batch import Batch, Delivered
from cop.domain.words import ZONE_KINDS, zone_label
from cop.domain.zone_forms import geometry_of
from cop.map.layers.zones import ZoneLayer
from cop.map.palette import load_palette
from cop.map.projection import place_to_metres
from cop.map.view import MapView
from cop.map.viewport import Viewport
from cop.map.zone_looks import zone_look
from cop.picture.change import Change
from cop.picture.picture import Picture
from tests.map.golden import assert_golden
from tests.map.scenes import NOON, report

ShowMap = Callable[..., MapView]
THEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
GRID = ZoneForm(shape="grid", points=((-81.0, 35.15), (-80.8, 35.3)), columns=10, rows=8)
CIRCLE = ZoneForm(shape="circle", points=((-80.9, 35.24),), radius_m=4000.0)


def zone(name: str, form: ZoneForm, **fields: object) -> Zone:
    return Zone(id=name, at=NOON, name=name, form=form, geometry=geometry_of(form), **fields)  # type: ignore[arg-type]


def put(view: MapView, picture: Picture, *zones: Zone) -> None:
    view.apply(picture.apply(Batch(reports=[report("a", one) for one in zones])))


def every_kind() -> list[Zone]:
    zones = []
    for place, (kind, row) in enumerate(ZONE_KINDS.items()):
        if kind == "reference_grid":
            continue
        lon, lat = -81.06 + 0.115 * (place % 3), 35.34 - 0.075 * (place // 3)
        points = ((lon, lat), (lon + 0.08, lat + 0.005), (lon + 0.075, lat - 0.05), (lon + 0.01, lat - 0.045))
        figures: dict[str, object] = {"points": points}
        if row.shape == "circle":
            figures = {"points": ((lon + 0.04, lat - 0.02),), "radius_m": 2600.0}
        elif row.shape == "corridor":
            figures = {"points": (points[0], points[2]), "width_m": 1500.0}
        elif row.shape == "line":
            figures = {"points": points[:3]}
        zones.append(zone(zone_label(kind), ZoneForm(shape=row.shape, **figures), kind=kind))  # type: ignore[arg-type]
    return zones


@pytest.mark.parametrize("theme", THEMES)
def test_that_golden_every_kind_of_zone_looks_as_agreed(show_map: ShowMap, picture: Picture, theme: str) -> None:
    view = show_map()
    view.set_palette(load_palette(theme))  # type: ignore[arg-type]
    put(view, picture, *every_kind())
    assert_golden(view.grab().toImage(), f"zone-kinds-{theme}")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("metres", "how"), [(2_500.0, "inside"), (22_000.0, "near"), (90_000.0, "far")])
def test_that_golden_a_lettered_grid_can_be_read_near_and_far(
    show_map: ShowMap, picture: Picture, theme: str, metres: float, how: str
) -> None:
    view = show_map()
    view.set_palette(load_palette(theme))  # type: ignore[arg-type]
    put(view, picture, zone("Search grid", GRID, kind="reference_grid"), zone("Hot zone", CIRCLE, kind="hot_zone"))
    view.show_place(35.23, -80.9, metres)
    assert_golden(view.grab().toImage(), f"lettered-grid-{how}-{theme}")


def test_that_every_kind_has_a_look_of_its_own() -> None:
    looks = [zone_look(kind) for kind in ZONE_KINDS]
    told_apart = {(look.ink(load_palette("dark")), look.dashes, look.width, look.road) for look in looks}
    assert len(told_apart) == len(ZONE_KINDS) - 1  # an evacuation area is hot ground
    assert zone_look("staging") == zone_look("staging_area")


def test_that_the_readout_names_the_cell_under_the_cursor(show_map: ShowMap, picture: Picture) -> None:
    view = show_map()
    put(view, picture, zone("Search grid", GRID, kind="reference_grid"))
    view.show_place(35.29, -80.99, 4_000.0)
    assert view._corners.readout.text().startswith("A1 · 17S ")
    view.show_place(35.29, -80.7, 4_000.0)
    assert view._corners.readout.text().startswith("17S ")


# the layer alone

X, Y = place_to_metres(35.24, -80.9)
VIEW = Viewport(X - 16_000, Y + 12_000, 40.0, 800, 600)


class Clock:
    time: datetime = NOON

    def __call__(self) -> datetime:
        return self.time


def painted(layer: ZoneLayer) -> QImage:
    image = QImage(VIEW.width, VIEW.height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(0, 0, 0, 0))
    painter = QPainter(image)
    layer.paint(painter, VIEW)
    painter.end()
    return image


@pytest.mark.usefixtures("qapp")
def test_that_an_unsent_zone_looks_and_says_so_until_it_is_sent() -> None:
    picture = Picture()
    layer = ZoneLayer(picture, load_palette("dark"), Clock())
    change = picture.apply(Batch(reports=[report("a", zone("Hot", CIRCLE, kind="hot_zone"))]))
    picture.mark([Delivered("zone", "a", "Hot", "pending")], change)
    layer.apply(change)
    unsent, (box,) = painted(layer), layer.names
    sent = Change()
    picture.mark([Delivered("zone", "a", "Hot", "sent")], sent)
    assert layer.apply(sent)
    assert painted(layer) != unsent
    assert layer.names[0].width() < box.width()  # "· not sent yet" is gone


@pytest.mark.usefixtures("qapp")
def test_that_a_zone_says_its_end_in_the_last_quarter_of_an_hour_and_leaves_at_its_second() -> None:
    clock, picture = Clock(), Picture()
    layer = ZoneLayer(picture, load_palette("dark"), clock)
    ends = NOON + timedelta(hours=1)
    layer.apply(picture.apply(Batch(reports=[report("a", zone("Hot", CIRCLE, expires_at=ends))])))
    painted(layer)
    plain = layer.names[0].width()
    clock.time = ends - timedelta(minutes=15)
    assert layer.tick()
    painted(layer)
    assert layer.names[0].width() > plain
    clock.time = ends - timedelta(seconds=1)
    assert not layer.tick()
    clock.time = ends
    assert layer.tick()
    painted(layer)
    assert not layer.names


@pytest.mark.usefixtures("qapp")
def test_that_what_is_in_somebodys_hand_is_faint_and_without_its_name() -> None:
    picture = Picture()
    layer = ZoneLayer(picture, load_palette("dark"), Clock())
    layer.apply(picture.apply(Batch(reports=[report("a", zone("Hot", CIRCLE))])))
    before = painted(layer)
    layer.set_aside(("zone", "a", "Hot"))
    assert painted(layer) != before
    assert not layer.names
    layer.set_aside(None)
    assert painted(layer) == before


@pytest.mark.usefixtures("qapp")
def test_that_cells_are_named_by_grids_that_stand_only() -> None:
    clock, picture = Clock(), Picture()
    layer = ZoneLayer(picture, load_palette("dark"), clock)
    first = zone("North", GRID, kind="reference_grid", expires_at=NOON + timedelta(hours=1))
    second = zone("Whole", ZoneForm(shape="grid", points=GRID.points, columns=2, rows=2), kind="reference_grid")
    layer.apply(picture.apply(Batch(reports=[report("a", first), report("a", second)])))
    assert layer.cell_at(35.29, -80.99) == "A1 North, A1 Whole"
    clock.time = NOON + timedelta(hours=1)
    layer.tick()
    assert layer.cell_at(35.16, -80.81) == "B2"
    assert layer.cell_at(35.0, -80.99) == ""
