"""Every symbol, in each status, fresh and stale, in both themes, on two kinds of screen, and with fewer colours."""

from typing import Literal

import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from cop.map.palette import load_palette
from cop.map.symbols import DIRECTIONS, heading_tick, incident_symbol, unit_symbol
from tests.map.colour_vision import DEFICIENCIES, Deficiency, simulated
from tests.map.golden import assert_golden
from tests.map.symbol_sheets import other_sheet, sign_sheet, unit_sheet

Theme = Literal["dark", "light"]
THEMES: tuple[Theme, ...] = ("dark", "light")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("dpr", [1.0, 2.0])
def test_that_each_kind_in_each_status_looks_as_agreed(qapp: object, theme: Theme, dpr: float) -> None:
    assert_golden(unit_sheet(load_palette(theme), dpr), f"unit-symbols-{theme}{'-2x' if dpr == 2.0 else ''}")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("dpr", [1.0, 2.0])
def test_that_incidents_resources_and_alerts_look_as_agreed(qapp: object, theme: Theme, dpr: float) -> None:
    assert_golden(other_sheet(load_palette(theme), dpr), f"other-symbols-{theme}{'-2x' if dpr == 2.0 else ''}")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_that_signs_look_as_agreed_with_fewer_colours(qapp: object, theme: Theme, deficiency: Deficiency) -> None:
    assert_golden(simulated(sign_sheet(load_palette(theme)), deficiency), f"signs-{theme}-{deficiency}")


@pytest.mark.parametrize("theme", THEMES)
def test_that_marks_of_doubt_age_exercise_and_echo_look_as_agreed(qapp: object, theme: Theme) -> None:
    palette = load_palette(theme)
    image = QImage(620, 285, QImage.Format.Format_RGB32)
    image.fill(QColor(palette.map_background))
    painter = QPainter(image)
    agency = QColor(palette.agencies[0])
    marks = [(doubtful, exercise) for doubtful in (False, True) for exercise in (False, True)]
    for column, (doubtful, exercise) in enumerate(marks):
        told = {"doubtful": doubtful, "exercise": exercise, "palette": palette, "dpr": 1.0}
        for row, status in enumerate(("available", "on_scene", "emergency")):
            for place, stale in enumerate((False, True)):
                symbol = unit_symbol(agency, "patrol", status, stale=stale, **told)  # type: ignore[arg-type]
                x, y = 40 + 150 * column + 60 * place, 35 + 55 * row
                painter.drawImage(x - symbol.width() // 2, y - symbol.height() // 2, symbol)
        for place, selected in enumerate((False, True)):
            for row, echo in enumerate((False, True)):
                symbol = incident_symbol("hazmat", 1 + place, selected=selected, echo=echo, **told)  # type: ignore[arg-type]
                painter.drawImage(18 + 150 * column + 60 * place, 175 + 55 * row, symbol)
    painter.end()
    assert_golden(image, f"marks-{theme}")


@pytest.mark.parametrize("theme", THEMES)
def test_that_headings_look_as_agreed(qapp: object, theme: Theme) -> None:
    palette = load_palette(theme)
    image = QImage(28 * DIRECTIONS, 28, QImage.Format.Format_RGB32)
    image.fill(QColor(palette.map_background))
    painter = QPainter(image)
    for direction in range(DIRECTIONS):
        painter.drawImage(7 + 28 * direction, 7, heading_tick(QColor(palette.agencies[0]), direction, palette, 1.0))
    painter.end()
    assert_golden(image, f"headings-{theme}")
