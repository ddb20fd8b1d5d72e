"""Zones drawn and changed by hand on the map: real mouse, real keys."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QGraphicsView

from cop.domain.area import ZoneForm
from cop.domain.words import ZoneShape
from cop.domain.zone_forms import refusal_of, size_of
from cop.map import zone_sketch
from cop.map.projection import place_to_degrees
from cop.map.tools import tool_kinds
from cop.map.tools.change_zone import ChangeZoneTool
from cop.map.tools.draw_zone import DrawZoneTool
from cop.map.view import MapView
from tests.map.golden import assert_golden

ShowMap = Callable[..., MapView]
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
TRIANGLE = ((300, 200), (500, 200), (400, 400))


class Hand:
    """A person at a map with a drawing or changing tool."""

    def __init__(self, view: MapView) -> None:
        self.view = view
        graphics = view.findChild(QGraphicsView)
        assert graphics is not None
        self.surface = graphics.viewport()
        self.drawn: list[ZoneForm] = []
        self.given_up: list[bool] = []

    def draw(self, shape: ZoneShape) -> DrawZoneTool:
        tool = DrawZoneTool(self.view.layer_set.tool_context(), shape)
        tool.drawn.connect(self.drawn.append)
        tool.given_up.connect(lambda: self.given_up.append(True))
        self.view.take_tool(tool)
        return tool

    def change(self, form: ZoneForm) -> ChangeZoneTool:
        tool = ChangeZoneTool(self.view.layer_set.tool_context(), form, "hot_zone")
        tool.confirmed.connect(self.drawn.append)
        tool.given_up.connect(lambda: self.given_up.append(True))
        self.view.take_tool(tool)
        return tool

    def move(self, x: float, y: float) -> None:
        QTest.mouseMove(self.surface, QPoint(round(x), round(y)))
        QTest.qWait(12)  # pyqtgraph takes a move at most every ten milliseconds

    def click(self, *points: tuple[float, float], button: Qt.MouseButton = LEFT) -> None:
        for x, y in points:
            self.move(x, y)
            QTest.mouseClick(self.surface, button, NONE, QPoint(round(x), round(y)))

    def double_click(self, x: int, y: int) -> None:
        self.click((x, y))
        QTest.mouseDClick(self.surface, LEFT, NONE, QPoint(x, y))
        QTest.mouseRelease(self.surface, LEFT, NONE, QPoint(x, y))

    def press(self, x: float, y: float) -> None:
        self.move(x, y)
        QTest.mousePress(self.surface, LEFT, NONE, QPoint(round(x), round(y)))

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.press(*start)
        for step in range(1, 5):
            self.move(start[0] + (end[0] - start[0]) * step / 4, start[1] + (end[1] - start[1]) * step / 4)
        QTest.mouseRelease(self.surface, LEFT, NONE, QPoint(round(end[0]), round(end[1])))

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.view, key, modifier)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """(Longitude, latitude) below a point of the screen."""
        lat, lon = place_to_degrees(*self.view.view.metres(QPointF(x, y)))
        return lon, lat

    def points(self, form: ZoneForm) -> list[tuple[int, int]]:
        """Where a form's points lie on the screen."""
        return [
            (round(at.x()), round(at.y())) for at in (zone_sketch.on_screen(one, self.view.view) for one in form.points)
        ]


@pytest.fixture
def hand(show_map: ShowMap) -> Hand:
    return Hand(show_map())


def form_at(hand: Hand, shape: ZoneShape, *points: tuple[float, float], **figures: float) -> ZoneForm:
    places = tuple(hand.at(*point) for point in points)
    return ZoneForm(shape=shape, points=places, **figures)  # type: ignore[arg-type]


# drawing


@pytest.mark.parametrize("end", ["enter", "double click", "first point", "right click"])
def test_that_an_area_is_drawn_corner_by_corner_and_ended_in_any_usual_way(hand: Hand, end: str) -> None:
    hand.draw("polygon")
    hand.click(*TRIANGLE[:2])
    if end == "double click":
        hand.double_click(*TRIANGLE[2])
    else:
        hand.click(TRIANGLE[2])
    if end == "enter":
        hand.key(Qt.Key.Key_Return)
    elif end == "first point":
        hand.click((304, 203))
    elif end == "right click":
        hand.click((600, 300), button=RIGHT)
    (form,) = hand.drawn
    assert form.shape == "polygon"
    assert hand.points(form) == list(TRIANGLE)
    assert hand.view.tool is None
    assert not hand.given_up


@pytest.mark.parametrize("shape", ["line", "corridor"])
def test_that_a_line_and_a_corridor_follow_the_clicks(hand: Hand, shape: ZoneShape) -> None:
    hand.draw(shape)
    hand.click(*TRIANGLE)
    hand.key(Qt.Key.Key_Return)
    (form,) = hand.drawn
    assert (form.shape, hand.points(form)) == (shape, list(TRIANGLE))
    assert (form.width_m is not None) == (shape == "corridor")
    assert not refusal_of(form)


def test_that_a_corridors_width_can_be_typed_while_it_is_drawn(hand: Hand) -> None:
    tool = hand.draw("corridor")
    hand.click((300, 200))
    QTest.keyClicks(hand.view, "259")
    hand.key(Qt.Key.Key_Backspace)
    QTest.keyClicks(hand.view, "0")
    assert "250▏ m wide" in tool.hint
    hand.click((500, 200))
    hand.key(Qt.Key.Key_Enter)
    assert hand.drawn[0].width_m == 250.0


def test_that_a_circle_is_pulled_open_from_its_middle(hand: Hand) -> None:
    tool = hand.draw("circle")
    hand.press(400, 300)
    hand.move(420, 300)
    hand.move(500, 300)
    assert "radius" in zone_sketch.size_words(tool.form() or ZoneForm(shape="line", points=()), tool.context.measures)
    QTest.mouseRelease(hand.surface, LEFT, NONE, QPoint(500, 300))
    (form,) = hand.drawn
    assert hand.points(form) == [(400, 300)]
    assert form.radius_m == pytest.approx(5000.0, rel=0.01)  # 100 pixels of 50 m


def test_that_a_circle_is_clicked_or_its_radius_typed(hand: Hand) -> None:
    hand.draw("circle")
    hand.click((400, 300), (400, 260))
    assert hand.drawn[0].radius_m == pytest.approx(2000.0, rel=0.01)
    hand.draw("circle")
    hand.click((400, 300))
    QTest.keyClicks(hand.view, "1500")
    hand.key(Qt.Key.Key_Return)
    assert hand.drawn[1].radius_m == 1500.0
    assert hand.points(hand.drawn[1]) == [(400, 300)]


@pytest.mark.parametrize("way", ["drag", "clicks"])
def test_that_a_lettered_grid_takes_two_corners_and_begins_with_square_cells(hand: Hand, way: str) -> None:
    hand.draw("grid")
    if way == "drag":
        hand.drag((200, 150), (440, 310))
    else:
        hand.click((200, 150), (440, 310))
    (form,) = hand.drawn
    assert (form.columns, form.rows) == (12, 8)
    assert hand.points(form) == [(200, 150), (440, 310)]


def test_that_corners_are_taken_back_and_set_again(hand: Hand) -> None:
    tool = hand.draw("polygon")
    hand.click(*TRIANGLE)
    hand.key(Qt.Key.Key_Z, CONTROL)
    hand.key(Qt.Key.Key_Backspace)
    assert len(tool.points) == 1
    hand.key(Qt.Key.Key_Z, CONTROL | SHIFT)
    hand.key(Qt.Key.Key_Y, CONTROL)
    assert hand.points(ZoneForm(shape="line", points=tuple(tool.points))) == list(TRIANGLE)
    hand.key(Qt.Key.Key_Y, CONTROL)
    hand.key(Qt.Key.Key_Backspace)
    hand.click((350, 350))
    hand.key(Qt.Key.Key_Y, CONTROL)  # what was drawn since takes its place
    hand.key(Qt.Key.Key_Return)
    assert hand.points(hand.drawn[0]) == [*TRIANGLE[:2], (350, 350)]


def test_that_lines_that_cross_are_said_and_the_drawing_goes_on(hand: Hand) -> None:
    tool = hand.draw("polygon")
    hand.click((300, 200), (500, 200), (300, 400), (500, 400))
    hand.key(Qt.Key.Key_Return)
    assert not hand.drawn
    assert "crosses itself" in tool.hint
    hand.key(Qt.Key.Key_Backspace)
    hand.key(Qt.Key.Key_Return)
    assert len(hand.drawn) == 1


def test_that_escape_gives_up_and_too_few_points_end_nothing(hand: Hand) -> None:
    hand.draw("polygon")
    hand.click(*TRIANGLE[:2])
    hand.key(Qt.Key.Key_Return)
    assert hand.view.tool is not None
    hand.key(Qt.Key.Key_Escape)
    assert (hand.drawn, hand.given_up, hand.view.tool) == ([], [True], None)


def test_that_a_drag_moves_the_map_while_corners_are_set(hand: Hand) -> None:
    tool = hand.draw("polygon")
    hand.click(TRIANGLE[0])
    before = hand.view.view.left
    hand.drag((500, 500), (400, 500))
    assert hand.view.view.left != before
    assert len(tool.points) == 1


def test_that_the_size_is_shown_while_it_is_drawn(hand: Hand) -> None:
    tool = hand.draw("polygon")
    assert "first corner" in tool.hint
    hand.click(*TRIANGLE)
    area, _ = size_of(tool.form(with_cursor=False) or ZoneForm(shape="line", points=()))
    assert tool.context.measures.area(area) in tool.hint


def test_that_every_drawing_tool_stands_in_the_menu(hand: Hand) -> None:
    context = hand.view.layer_set.tool_context()
    made = [kind.make(context) for kind in tool_kinds() if kind.group == "draw"]
    assert [tool.shape for tool in made if isinstance(tool, DrawZoneTool)] == [
        "polygon",
        "circle",
        "corridor",
        "line",
        "grid",
    ]


# changing


def test_that_a_point_is_dragged_and_the_step_undone_and_done_again(hand: Hand) -> None:
    tool = hand.change(form_at(hand, "polygon", *TRIANGLE))
    hand.drag((400, 400), (420, 450))
    assert hand.points(tool.form) == [*TRIANGLE[:2], (420, 450)]
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert hand.points(tool.form) == list(TRIANGLE)
    hand.key(Qt.Key.Key_Z, CONTROL)  # nothing before the first
    hand.key(Qt.Key.Key_Y, CONTROL)
    hand.key(Qt.Key.Key_Return)
    assert hand.points(hand.drawn[0]) == [*TRIANGLE[:2], (420, 450)]


def test_that_the_middle_of_an_edge_becomes_a_point_by_click_or_drag(hand: Hand) -> None:
    tool = hand.change(form_at(hand, "polygon", *TRIANGLE))
    hand.click((400, 200))
    assert hand.points(tool.form) == [(300, 200), (400, 200), (500, 200), (400, 400)]
    hand.drag((450, 300), (520, 330))
    assert hand.points(tool.form)[3] == (520, 330)
    assert len(tool.form.points) == 5


def test_that_points_are_removed_but_never_too_many(hand: Hand) -> None:
    tool = hand.change(form_at(hand, "polygon", *TRIANGLE, (250, 300)))
    hand.click((250, 300))
    hand.key(Qt.Key.Key_Delete)
    assert hand.points(tool.form) == list(TRIANGLE)
    hand.click((400, 400), button=RIGHT)
    assert "too few" in tool.hint
    assert len(tool.form.points) == 3
    assert hand.view.tool is tool


def test_that_a_right_click_removes_a_point_and_beside_one_does_nothing(hand: Hand) -> None:
    tool = hand.change(form_at(hand, "line", *TRIANGLE))
    hand.click((600, 500), button=RIGHT)
    assert hand.view.tool is tool
    hand.click((500, 200), button=RIGHT)
    assert hand.points(tool.form) == [TRIANGLE[0], TRIANGLE[2]]


def test_that_the_whole_is_moved_by_its_inside_and_the_map_beside_it(hand: Hand) -> None:
    tool = hand.change(form_at(hand, "polygon", *TRIANGLE))
    hand.drag((400, 270), (450, 300))
    assert hand.points(tool.form) == [(350, 230), (550, 230), (450, 430)]
    form, left = tool.form, hand.view.view.left
    hand.drag((700, 500), (650, 500))
    assert tool.form == form
    assert hand.view.view.left != left


def test_that_a_circle_grows_by_its_rim_and_moves_by_its_middle(hand: Hand) -> None:
    tool = hand.change(form_at(hand, "circle", (400, 300), radius_m=2500.0))
    hand.drag((450, 300), (500, 300))
    assert tool.form.radius_m == pytest.approx(5000, rel=0.01)
    hand.drag((400, 300), (420, 330))
    assert hand.points(tool.form) == [(420, 330)]
    assert tool.form.radius_m == pytest.approx(5000, rel=0.01)


def test_that_a_corridor_grows_by_its_side(hand: Hand) -> None:
    tool = hand.change(form_at(hand, "corridor", (200, 300), (600, 300), width_m=2000.0))
    side = next(one for one in zone_sketch.handles_of(tool.form, hand.view.view) if one.kind == "width")
    hand.drag(side.at.toTuple(), (400, 240))
    assert tool.form.width_m == pytest.approx(6000, rel=0.02)


def test_that_a_grid_is_pulled_by_its_corners_and_keeps_its_cells(hand: Hand) -> None:
    tool = hand.change(form_at(hand, "grid", (200, 400), (400, 200), columns=4, rows=3))
    hand.drag((200, 200), (150, 180))
    assert sorted(hand.points(tool.form)) == [(150, 400), (400, 180)]
    assert (tool.form.columns, tool.form.rows) == (4, 3)


def test_that_a_change_that_would_make_it_no_shape_is_taken_back_in_words(hand: Hand) -> None:
    tool = hand.change(form_at(hand, "polygon", (300, 200), (500, 200), (500, 400), (300, 400)))
    before = tool.form
    hand.drag((300, 200), (600, 300))
    assert tool.form == before
    assert "crosses itself" in tool.hint


def test_that_escape_gives_a_change_up(hand: Hand) -> None:
    hand.change(form_at(hand, "polygon", *TRIANGLE))
    hand.drag((400, 400), (420, 450))
    hand.key(Qt.Key.Key_Escape)
    assert (hand.drawn, hand.given_up, hand.view.tool) == ([], [True], None)


def test_that_golden_handles_look_as_agreed(hand: Hand) -> None:
    hand.change(form_at(hand, "polygon", (150, 150), (380, 120), (420, 330), (260, 420), (130, 330)))
    hand.move(380, 120)
    hand.press(380, 120)
    hand.move(390, 140)
    assert_golden(hand.view.grab().toImage(), "zone-handles-dark")
    QTest.mouseRelease(hand.surface, LEFT, NONE, QPoint(390, 140))
