"""A kept picture: moved while the map is dragged, standing in while the sharp one is painted, always complete."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from cop.map import sheet as sheets
from cop.map.sheet import Piece, Sheet
from cop.map.viewport import Viewport

pytestmark = pytest.mark.usefixtures("qapp")


class Chequered:
    """Ground of squares of 40 m, a piece for each that lies within; `asked` is what was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[QRectF, bool]] = []

    def __call__(self, view: Viewport, within: QRectF, rough: bool) -> Iterator[Piece]:
        self.asked.append((QRectF(within), rough))
        for x in range(-10, 20):
            for y in range(-10, 20):
                corner = view.point(40.0 * x, 40.0 * y + 40.0)
                box = QRectF(corner.x(), corner.y(), 40.0 / view.metres_per_pixel, 40.0 / view.metres_per_pixel)
                if box.intersects(within):
                    yield lambda painter, box=box, x=x, y=y: painter.fillRect(
                        box, QColor(0, 0, 255) if rough else QColor(40 + 20 * (x % 10), 40 + 20 * (y % 10), 0)
                    )


VIEW = Viewport(0.0, 300.0, 1.0, 400, 300)


def painted(sheet: Sheet, view: Viewport, **how: bool) -> tuple[np.ndarray, bool]:
    image = QImage(round(view.width * view.dpr), round(view.height * view.dpr), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(view.dpr)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    sharp = sheet.paint(painter, view, **how)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1).copy(), sharp


@pytest.mark.parametrize("dpr", [1.0, 2.0])
@pytest.mark.parametrize(("right", "down"), [(7, 0), (0, 12), (-30, 9), (25, -31), (-3, -4), (70, 0)])
def test_that_a_moved_picture_is_what_would_have_been_painted(right: int, down: int, dpr: float) -> None:
    ground = Chequered()
    sheet = Sheet(ground)
    view = Viewport(VIEW.left, VIEW.top, VIEW.metres_per_pixel, VIEW.width, VIEW.height, dpr)
    painted(sheet, view, whole=True)
    ground.asked.clear()
    moved = Viewport(view.left + right, view.top - down, 1.0, 400, 300, dpr)
    seen, sharp = painted(sheet, moved)
    assert sharp
    assert all(within.width() <= abs(right) or within.height() <= abs(down) for within, _ in ground.asked)
    fresh, _ = painted(Sheet(Chequered()), moved, whole=True)
    assert np.array_equal(seen, fresh)


def test_that_a_hundred_small_moves_do_not_add_up_to_an_error() -> None:
    sheet = Sheet(Chequered())
    painted(sheet, VIEW, whole=True)
    left = VIEW.left
    for _ in range(100):
        left += 0.37
        painted(sheet, Viewport(left, VIEW.top, 1.0, 400, 300))
    seen, sharp = painted(sheet, Viewport(left, VIEW.top, 1.0, 400, 300))
    fresh, _ = painted(Sheet(Chequered()), Viewport(round(left), VIEW.top, 1.0, 400, 300), whole=True)
    assert sharp
    assert np.array_equal(seen, fresh)


def test_that_another_scale_is_sharp_after_some_frames_and_never_bare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "_BUDGET_S", 0.0)  # a piece a frame
    monkeypatch.setattr(sheets, "_SKETCH_S", 60.0)
    sheet = Sheet(Chequered())
    painted(sheet, VIEW, whole=True)
    farther = Viewport(-50.0, 340.0, 1.25, 400, 300)
    frames = 0
    while True:
        seen, sharp = painted(sheet, farther)
        frames += 1
        assert (seen.reshape(300, 400, 4)[:, :, :3].max(axis=2) > 0).all()
        if sharp:
            break
    assert frames > 10
    fresh, _ = painted(Sheet(Chequered()), farther, whole=True)
    assert np.array_equal(seen, fresh)


def test_that_where_the_old_picture_does_not_reach_a_rough_one_is_painted() -> None:
    ground = Chequered()
    sheet = Sheet(ground)
    painted(sheet, VIEW, whole=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheets, "_BUDGET_S", 0.0)
        patch.setattr(sheets, "_SKETCH_S", 60.0)
        seen, sharp = painted(sheet, Viewport(-100.0, 400.0, 1.5, 400, 300))
    assert not sharp
    assert any(rough for _, rough in ground.asked)
    blue = seen.reshape(300, 400, 4)[:, :, 0]
    assert blue[5, 5] == 255
    assert blue[150, 200] == 0


def test_that_zooming_on_and_on_still_gets_pictures_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "_BUDGET_S", 0.0)
    sheet = Sheet(Chequered())
    painted(sheet, VIEW, whole=True)
    before = sheet._shown
    scale = 1.0
    for _ in range(200):
        scale *= 0.999
        painted(sheet, Viewport(0.0, 300.0, scale, 400, 300))
    assert sheet._shown is not before


def test_that_what_was_forgotten_is_painted_anew() -> None:
    ground = Chequered()
    sheet = Sheet(ground)
    painted(sheet, VIEW, whole=True)
    asked = len(ground.asked)
    painted(sheet, VIEW, whole=True)
    assert len(ground.asked) == asked
    sheet.forget()
    _, sharp = painted(sheet, VIEW, whole=True)
    assert sharp
    assert len(ground.asked) == asked + 1


def test_that_an_error_in_a_piece_leaves_no_painter_open_and_no_half_picture() -> None:
    broken = True

    def pieces(view: Viewport, within: QRectF, rough: bool) -> Iterator[Piece]:
        yield lambda painter: painter.fillRect(within, QColor("red"))
        if broken:
            raise ValueError("a bad piece")

    sheet = Sheet(pieces)
    for how in ({"whole": True}, {}):
        image = QImage(400, 300, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        with pytest.raises(ValueError, match="a bad piece"):
            sheet.paint(painter, VIEW, **how)
        painter.end()
    broken = False
    seen, sharp = painted(sheet, VIEW, whole=True)
    assert sharp
    assert seen.reshape(300, 400, 4)[299, 399, 2] == 255
