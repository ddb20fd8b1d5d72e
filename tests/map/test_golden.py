"""What the map looks like: symbols, region with overlaps, labels in a crowd, in both themes."""

import time
from collections.abc import Callable
from typing import Literal

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter

from cop.domain.words import INCIDENT_TYPES, UNIT_STATUSES
from cop.map.lettering import map_font
from cop.map.palette import load_palette
from cop.map.symbols import DIRECTIONS, SHAPES, heading_tick, incident_symbol, unit_symbol
from cop.map.view import MapView
from cop.picture.ground import Ground
from cop.picture.picture import Picture
from tests.map.golden import assert_golden, difference
from tests.map.scenes import REGION, bad_day, busy_day

Theme = Literal["dark", "light"]
ShowMap = Callable[..., MapView]
THEMES: tuple[Theme, ...] = ("dark", "light")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("dpr", [1.0, 2.0])
def test_that_unit_symbols_look_as_agreed(qapp: object, theme: Theme, dpr: float) -> None:
    palette = load_palette(theme)
    image = QImage(
        round((140 + 50 * 2 * len(SHAPES)) * dpr),
        round((30 + 44 * len(UNIT_STATUSES)) * dpr),
        QImage.Format.Format_RGB32,
    )
    image.fill(QColor(palette.map_background))
    painter = QPainter(image)
    painter.setPen(QColor(palette.muted))
    painter.setFont(map_font(10 * dpr))
    for row, status in enumerate(UNIT_STATUSES):
        painter.drawText(QPointF(8 * dpr, (34 + 44 * row) * dpr), status)
        for column, (shape, stale) in enumerate((shape, stale) for stale in (False, True) for shape in SHAPES):
            agency = QColor(palette.agencies[column % len(palette.agencies)])
            symbol = unit_symbol(agency, shape, status, stale=stale, palette=palette, dpr=dpr)
            x, y = (120 + 50 * column) * dpr, (30 + 44 * row) * dpr
            painter.drawImage(QPointF(x - symbol.width() / 2, y - symbol.height() / 2), symbol)
    painter.end()
    assert_golden(image, f"unit-symbols-{theme}{'-2x' if dpr == 2.0 else ''}")


@pytest.mark.parametrize("theme", THEMES)
def test_that_marks_of_doubt_age_exercise_and_echo_look_as_agreed(qapp: object, theme: Theme) -> None:
    palette = load_palette(theme)
    image = QImage(620, 285, QImage.Format.Format_RGB32)
    image.fill(QColor(palette.map_background))
    painter = QPainter(image)
    marks = [(doubtful, exercise) for doubtful in (False, True) for exercise in (False, True)]
    for column, (doubtful, exercise) in enumerate(marks):
        for row, status in enumerate(("available", "on_scene", "emergency")):
            for place, stale in enumerate((False, True)):
                symbol = unit_symbol(
                    QColor(palette.agencies[0]),
                    "law",
                    status,
                    stale=stale,
                    doubtful=doubtful,
                    exercise=exercise,
                    palette=palette,
                    dpr=1.0,
                )
                x, y = 40 + 150 * column + 60 * place, 35 + 55 * row
                painter.drawImage(QPointF(x - symbol.width() / 2, y - symbol.height() / 2), symbol)
        for place, selected in enumerate((False, True)):
            for row, echo in enumerate((False, True)):
                symbol = incident_symbol(
                    "hazmat",
                    1 + place,
                    selected=selected,
                    doubtful=doubtful,
                    exercise=exercise,
                    echo=echo,
                    palette=palette,
                    dpr=1.0,
                )
                painter.drawImage(18 + 150 * column + 60 * place, 175 + 55 * row, symbol)
    painter.end()
    assert_golden(image, f"marks-{theme}")


@pytest.mark.parametrize("theme", THEMES)
def test_that_incident_symbols_and_headings_look_as_agreed(qapp: object, theme: Theme) -> None:
    palette = load_palette(theme)
    image = QImage(830, 190, QImage.Format.Format_RGB32)
    image.fill(QColor(palette.map_background))
    painter = QPainter(image)
    for column, kind in enumerate(INCIDENT_TYPES):
        for row, selected in enumerate((False, True)):
            symbol = incident_symbol(kind, 1 + column % 5, selected=selected, palette=palette, dpr=1.0)
            painter.drawImage(8 + 51 * column, 8 + 50 * row, symbol)
    for direction in range(DIRECTIONS):
        tick = heading_tick(QColor(palette.agencies[0]), direction, palette, 1.0)
        painter.drawImage(8 + 25 * direction, 130, tick)
    painter.end()
    assert_golden(image, f"incident-symbols-{theme}")


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
