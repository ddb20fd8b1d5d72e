"""A picture of ground that takes longer to paint than a frame may last: kept, moved, painted anew in pieces."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QRegion

from cop.map.viewport import Viewport

Piece = Callable[[QPainter], None]
#: all that is to be painted of a view within a rectangle of its pixels; `rough`: with what is at hand, coarsely
Pieces = Callable[[Viewport, QRectF, bool], Iterator[Piece]]

#: what a frame gives to painting the ground anew, and to what stands in for it
_BUDGET_S = 0.006
_SKETCH_S = 0.005
#: a moved picture is completed at once where no more of it than this is new
_MOST_NEW = 0.2
#: a picture under way is of use for a view whose scale differs by no more than this
_OF_USE = 2.5
_WHOLE_PX = 0.01


@dataclass(slots=True)
class _Painted:
    """A picture and the view that it shows."""

    view: Viewport
    pixmap: QPixmap

    def place_in(self, view: Viewport) -> QRectF:
        """Where it lies on the screen, in pixels."""
        corner = view.point(self.view.left, self.view.top)
        larger = self.view.metres_per_pixel / view.metres_per_pixel
        return QRectF(corner.x(), corner.y(), self.view.width * larger, self.view.height * larger)


@dataclass(slots=True)
class _Job:
    painted: _Painted
    pieces: Iterator[Piece]


class Sheet:
    """Keeps a transparent picture of what `pieces` paints.

    While the map is dragged the picture is moved and only what comes into view is painted. When the scale changes, the
    picture stands in, scaled, until the sharp one is painted, a few milliseconds a frame; where it does not reach, a
    rough one is painted at once.
    """

    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces
        self._shown: _Painted | None = None
        self._job: _Job | None = None
        self._outdated = False

    def forget(self) -> None:
        """What is painted looks different now; until it is painted anew it stands in."""
        self._outdated = True
        self._job = None

    def paint(self, painter: QPainter, view: Viewport, *, whole: bool = False, heavy: bool = False) -> bool:
        """Draw the view; False if it is not sharp yet and there is more to do in the next frame.

        `whole`: all of it at once, whatever time it takes. `heavy`: even a part of it could take longer than a frame.
        """
        if not self._shows(view) and (heavy or not self._move(view, exactly=whole)):
            if whole:
                self._job = None
                self._shown = self._paint_whole(view)
            else:
                self._work(view)
        shown = self._shown
        if shown is not None and self._lies_exactly(shown, view):
            corner = shown.place_in(view).topLeft() * view.dpr
            painter.drawPixmap(QPointF(round(corner.x()), round(corner.y())) / view.dpr, shown.pixmap)
            return not self._outdated
        self._stand_in(painter, view)
        return False

    def _shows(self, view: Viewport) -> bool:
        return self._shown is not None and self._shown.view == view and not self._outdated

    def _lies_exactly(self, shown: _Painted, view: Viewport) -> bool:
        """Whether the picture is of this view, but for a part of a pixel."""
        corner = shown.place_in(view).topLeft()
        same = replace(shown.view, left=view.left, top=view.top) == view
        return same and max(abs(corner.x()), abs(corner.y())) * view.dpr <= 0.5 + _WHOLE_PX

    def _paint_whole(self, view: Viewport) -> _Painted:
        painted = _blank(view)
        painter = _painter_on(painted.pixmap)
        try:
            for piece in self._pieces(view, view.rect(), False):
                piece(painter)
        finally:
            painter.end()
        self._outdated = False
        return painted

    def _move(self, view: Viewport, *, exactly: bool) -> bool:
        """Move the picture by whole pixels and paint what has come into view; False if that would be too much.

        `exactly`: nor if it would lie a part of a pixel aside.
        """
        shown = self._shown
        if shown is None or self._outdated or replace(shown.view, left=view.left, top=view.top) != view:
            return False
        dpr = view.dpr
        corner = shown.place_in(view).topLeft()
        right, down = round(corner.x() * dpr), round(corner.y() * dpr)
        width, height = shown.pixmap.width(), shown.pixmap.height()
        new = 1.0 - max(0, width - abs(right)) * max(0, height - abs(down)) / (width * height)
        aside = max(abs(corner.x() * dpr - right), abs(corner.y() * dpr - down))
        if new > _MOST_NEW or (exactly and aside > _WHOLE_PX):
            return False
        step = view.metres_per_pixel / dpr
        moved = replace(shown.view, left=shown.view.left - right * step, top=shown.view.top + down * step)
        if not right and not down:
            return True
        shown.pixmap.scroll(right, down, shown.pixmap.rect())
        across = QRect(0, 0 if down > 0 else height + down, width, abs(down))
        beside = QRect(0 if right > 0 else width + right, max(0, down), abs(right), height - abs(down))
        painter = _painter_on(shown.pixmap)
        try:
            for strip in (across, beside):
                if strip.isEmpty():
                    continue
                place = QRectF(strip.x() / dpr, strip.y() / dpr, strip.width() / dpr, strip.height() / dpr)
                painter.setClipRect(place)
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
                painter.fillRect(place, Qt.GlobalColor.transparent)
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
                for piece in self._pieces(moved, place, False):
                    piece(painter)
        except BaseException:
            self._shown = None  # half a picture must not be taken for a whole one
            raise
        finally:
            painter.end()
        shown.view = moved
        self._job = None
        return True

    def _work(self, view: Viewport) -> None:
        """Go on with the sharp picture for as long as a frame can spare."""
        started = time.perf_counter()
        if self._job is None or not _of_use(self._job.painted.view, view):
            self._job = _Job(_blank(view), self._pieces(view, view.rect(), False))
        job = self._job
        painter = _painter_on(job.painted.pixmap)
        try:
            for piece in job.pieces:
                piece(painter)
                if time.perf_counter() - started > _BUDGET_S:
                    return
        except BaseException:
            self._job = None
            raise
        finally:
            painter.end()
        self._shown, self._job, self._outdated = job.painted, None, False

    def _stand_in(self, painter: QPainter, view: Viewport) -> None:
        painter.save()
        bare = QRegion(0, 0, view.width, view.height)
        if self._shown is not None:
            place = self._shown.place_in(view)
            bare -= QRegion(place.toAlignedRect())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            seen = place.intersected(view.rect())
            if not seen.isEmpty():
                # only the part in view: Qt would scale all of it
                shrink = self._shown.view.width * view.dpr / place.width()
                part = QRectF((seen.topLeft() - place.topLeft()) * shrink, seen.size() * shrink)
                painter.drawPixmap(seen, self._shown.pixmap, part)
        if not bare.isEmpty():
            painter.setClipRegion(bare)
            started = time.perf_counter()
            for piece in self._pieces(view, QRectF(bare.boundingRect()), True):
                piece(painter)
                if time.perf_counter() - started > _SKETCH_S:
                    break
        painter.restore()


def _blank(view: Viewport) -> _Painted:
    pixmap = QPixmap(max(1, round(view.width * view.dpr)), max(1, round(view.height * view.dpr)))
    pixmap.setDevicePixelRatio(view.dpr)
    pixmap.fill(Qt.GlobalColor.transparent)
    return _Painted(view, pixmap)


def _painter_on(pixmap: QPixmap) -> QPainter:
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return painter


def _of_use(painted: Viewport, view: Viewport) -> bool:
    """Whether a picture under way is worth finishing for what the map shows now."""
    if (painted.width, painted.height, painted.dpr) != (view.width, view.height, view.dpr):
        return False
    ratio = painted.metres_per_pixel / view.metres_per_pixel
    west, south, east, north = painted.bounds()
    x, y = (view.left + view.right) / 2, (view.top + view.bottom) / 2
    return 1 / _OF_USE <= ratio <= _OF_USE and west <= x <= east and south <= y <= north
