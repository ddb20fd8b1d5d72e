"""What the map looks like: region with overlaps, labels in a crowd, in both themes."""

import time
from collections.abc import Callable
from typing import Literal

import numpy as np
import pytest

from cop.map.palette import load_palette
from cop.map.view import MapView
from cop.picture.ground import Ground
from cop.picture.picture import Picture
from tests.map.golden import assert_golden, difference
from tests.map.scenes import REGION, bad_day, busy_day

Theme = Literal["dark", "light"]
ShowMap = Callable[..., MapView]
THEMES: tuple[Theme, ...] = ("dark", "light")


@pytest.mark.parametrize("theme", THEMES)
def test_that_the_map_looks_as_agreed(show_map: ShowMap, picture: Picture, whole_ground: Ground, theme: Theme) -> None:
    view = show_map(region=REGION, ground=whole_ground)
    view.resize(1190, 823)
    view.apply(busy_day(picture))
    view.set_selection("unit", "charlotte-pd", "u0")
    view.set_palette(load_palette(theme))
    view.show_place(35.24, -80.90, 82_000.0)
    assert_golden(view.grab().toImage(), f"map-{theme}")


def test_that_overlapping_grounds_show_through_one_another(
    show_map: ShowMap, whole_ground: Ground, picture: Picture
) -> None:
    view = show_map(region=REGION, ground=whole_ground)
    busy_day(picture)
    view.show_place(35.225, -80.945, 16_000.0)
    view.set_palette(load_palette("light"))
    view.set_layer("units", visible=False)
    assert_golden(view.grab().toImage(), "overlaps-light")


@pytest.mark.parametrize("theme", THEMES)
def test_that_alerts_closed_roads_and_markers_look_as_agreed(
    show_map: ShowMap, picture: Picture, monkeypatch: pytest.MonkeyPatch, theme: Theme
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    view = show_map(region=REGION)
    view.resize(1190, 823)
    view.apply(bad_day(picture))
    view.set_palette(load_palette(theme))
    view.set_selection("alert", "nws-gsp", "thunder")
    view.show_place(35.24, -80.88, 50_000.0)
    image = view.grab().toImage()
    monkeypatch.undo()
    time.tzset()
    assert_golden(image, f"zones-{theme}")


def test_that_labels_in_a_crowd_look_as_agreed(show_map: ShowMap, picture: Picture, whole_ground: Ground) -> None:
    view = show_map(region=REGION, ground=whole_ground)
    view.apply(busy_day(picture, units=900))
    view.show_place(35.24, -80.90, 60_000.0)
    assert_golden(view.grab().toImage(), "crowd-dark")


def test_that_the_comparison_sees_a_changed_colour_a_missing_part_and_another_size() -> None:
    image = np.full((100, 100, 3), 40, dtype=np.uint8)
    assert difference(image, image) == ""
    assert difference(image, image + np.uint8(3)) != ""
    part = image.copy()
    part[40:60, 40:60] = 200
    assert difference(part, image) != ""
    assert difference(image[:50], image) != ""
    letters = image.copy()
    letters[50, :60] = 70
    assert difference(letters, image) == ""
