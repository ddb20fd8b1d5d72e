"""The map glides when it is thrown, and only then."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF
from pytestqt.qtbot import QtBot

from cop.map.glide import Glide
from cop.map.view import MapView
from tests.map.test_view import drag, wheel


class Hands:
    """A clock that one sets, and the way the map went."""

    def __init__(self) -> None:
        self.now = 0.0
        self.way = QPointF()
        self.glide = Glide(self._pan, clock=lambda: self.now)

    def _pan(self, right: float, down: float) -> None:
        self.way += QPointF(right, down)

    def throw(self, speed_px_s: float, samples: int = 6, every_s: float = 0.01) -> None:
        for step in range(samples):
            self.glide.feel(QPointF(speed_px_s * every_s * step, 0.0))
            self.now += every_s
        self.now -= every_s
        self.glide.let_go()

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.016)):
            self.now += 0.016
            if self.glide.gliding:
                self.glide._move()


def test_that_a_thrown_map_glides_on_in_the_same_direction_and_comes_to_rest(qtbot: QtBot) -> None:
    hands = Hands()
    hands.throw(1000.0)
    assert hands.glide.gliding
    hands.run(0.1)
    assert hands.way.x() < -50
    assert hands.way.y() == 0
    hands.run(3.0)
    assert not hands.glide.gliding
    assert -300 < hands.way.x() < -200  # speed times the time of its fall


def test_that_a_slow_or_a_jerky_hand_throws_nothing(qtbot: QtBot) -> None:
    for speed, samples in ((80.0, 6), (4000.0, 2)):
        hands = Hands()
        hands.throw(speed, samples)
        assert not hands.glide.gliding


def test_that_a_hand_that_rests_before_it_lets_go_throws_nothing(qtbot: QtBot) -> None:
    hands = Hands()
    for step in range(6):
        hands.glide.feel(QPointF(20.0 * step, 0.0))
        hands.now += 0.01
    hands.now += 0.5
    hands.glide.let_go()
    assert not hands.glide.gliding


def test_that_a_hand_on_the_map_stops_the_glide(show_map: Callable[..., MapView], qtbot: QtBot) -> None:
    view = show_map()
    drag(view, QPoint(600, 300), QPoint(200, 300))
    assert view._box.glide.gliding
    wheel(view, QPoint(300, 300), 1)
    assert not view._box.glide.gliding
