"""The tools that measure, used by hand: real mouse and real keys."""

import math

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from cop.domain import geodesic
from cop.map.tools import ToolKind, tool_kinds
from cop.map.tools.range_rings import RangeRingsTool, read_radii
from cop.map.tools.tool import Tool
from cop.map.view import MapView
from cop.picture.picture import Picture
from tests.map import scenes
from tests.map.conftest import ShowMap

LEFT = Qt.MouseButton.LeftButton


def kind(name: str) -> ToolKind:
    return next(one for one in tool_kinds() if one.name == name)


def take(view: MapView, name: str) -> Tool:
    tool = kind(name).make(view.layer_set.tool_context())
    view.take_tool(tool)
    return tool


def surface(view: MapView):
    return view._graphics.viewport()


def click(view: MapView, x: int, y: int, button: Qt.MouseButton = LEFT) -> None:
    QTest.mouseMove(surface(view), QPoint(x, y))
    QTest.mouseClick(surface(view), button, Qt.KeyboardModifier.NoModifier, QPoint(x, y))
    QTest.qWait(1)


def double_click(view: MapView, x: int, y: int) -> None:
    click(view, x, y)
    QTest.mouseDClick(surface(view), LEFT, Qt.KeyboardModifier.NoModifier, QPoint(x, y))
    QTest.mouseRelease(surface(view), LEFT, Qt.KeyboardModifier.NoModifier, QPoint(x, y))


def place_at(view: MapView, x: int, y: int) -> tuple[float, float]:
    from cop.map.projection import place_to_degrees

    return place_to_degrees(*view.view.metres(QPointF(x, y)))


def test_that_a_distance_is_clicked_leg_by_leg_and_stays_on_the_map(show_map: ShowMap) -> None:
    view = show_map()
    take(view, "distance")
    for x, y in ((200, 300), (400, 300)):
        click(view, x, y)
    double_click(view, 400, 150)
    assert view.tool is None
    (sketch,) = view.layer_set.sketches.kept
    wanted = [place_at(view, 200, 300), place_at(view, 400, 300), place_at(view, 400, 150)]
    assert [tuple(round(part, 6) for part in place) for place in sketch.places] == [
        tuple(round(part, 6) for part in place) for place in wanted
    ]
    assert sum(geodesic.legs_m(list(sketch.places))) == pytest.approx(17_500, rel=0.01)  # 350 px of 50 m each
