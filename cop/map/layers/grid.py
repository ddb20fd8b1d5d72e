"""The reference grid: US National Grid or degrees, lines that can be read at every zoom."""

from typing import ClassVar, Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from cop.map.grid_lines import (
    SQUARE,
    ZONE,
    Box,
    GridCell,
    GridLine,
    GridPart,
    crossing,
    degree_grid,
    degree_step,
    grid_step,
    national_grid,
)
from cop.map.layers.choice import Choice, OneOf
from cop.map.layers.layer import Layer
from cop.map.lettering import Script, draw_haloed, text_width
from cop.map.palette import Palette, colour
from cop.map.projection import Floats
from cop.map.taken import Taken
from cop.map.viewport import Viewport

GridMode = Literal["usng", "degrees"]
_MODES = (("usng", "US National Grid (MGRS)"), ("degrees", "Degrees"))

#: the part that is kept is so much larger than the view, on each side, that a short pan needs no other
_SPARE = 0.25
#: widths of lines by how far from the finest they are: every line, every tenth, and so on
_WIDTHS_PX = (0.8, 1.5, 2.2)
_ZONE_PX = 3.0
_LARGE_PX, _SMALL_PX, _NAME_PX, _DEGREE_PX = 14, 10, 15, 12
#: figures stand so far from the edge; where that is taken, further in
_EDGE_PX = 5.0
_ROWS = 3
#: a cell with less room than this is not named
_ROOM_PX = 10.0

#: where in the seen part of a cell its name may stand, in the order of choice
_IN_CELL = ((0.5, 0.5), (0.5, 0.25), (0.5, 0.75), (0.25, 0.5), (0.75, 0.5), (0.2, 0.15), (0.8, 0.85))

#: a piece of writing: text and size
Piece = tuple[str, int]


class GridLayer(Layer):
    """Lines on the ground, figures along the upper and the left edge, letters in the squares."""

    name: ClassVar[str] = "grid"
    label: ClassVar[str] = "Grid"
    shown_at_first: ClassVar[bool] = False

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette)
        self.mode: GridMode = "usng"
        self._part: GridPart | None = None
        self._part_mode = ""
        self._lines: dict[int, list[QPolygonF]] = {}
        #: where figures and letters were written last, in pixels
        self.names: list[tuple[str, QRectF]] = []

    def choices(self) -> list[Choice]:
        return [OneOf("mode", "Lines", _MODES, lambda: self.mode, self.choose)]

    def choose(self, mode: str) -> None:
        """Show the US National Grid ("usng") or degrees ("degrees"); another word changes nothing."""
        if mode in dict(_MODES):
            self.mode = "usng" if mode == "usng" else "degrees"

    def paint(self, painter: QPainter, view: Viewport) -> None:
        part = self._part_for(view)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        faint = _zones_are_narrow(part, view)
        ink = colour(self.palette.grid)
        to_pixels = view.transform()
        for width, path in sorted(self._lines.items()):
            painter.setPen(
                QPen(ink, _WIDTHS_PX[0] if faint else width / 10, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
            )
            for line in path:  # one by one: where many cross, a path of all is slow to fill
                painter.drawPolyline(to_pixels.map(line))

    def paint_names(self, painter: QPainter, view: Viewport, taken: list[QRectF]) -> None:
        part = self._part_for(view)
        self.names = []
        places = Taken(taken)
        if self.mode == "usng" and _zones_are_narrow(part, view):
            self._write_zones(painter, view, part, places)
        elif self.mode == "usng":
            self._write_cells(painter, view, part, places)
        for line in part.lines:
            pieces = _figures(line, part.step, self.mode)
            if pieces:
                self._write_on_edge(painter, view, line, pieces, places)
        taken.extend(box for _, box in self.names)

    def _part_for(self, view: Viewport) -> GridPart:
        """The lines around the view: kept while it moves within them at one spacing."""
        usng = self.mode == "usng"
        step = grid_step(view.ground_metres_per_pixel) if usng else degree_step(view.metres_per_pixel)
        known = self._part
        if known is None or known.step != step or self._part_mode != self.mode or not _holds(known.area, view):
            area = view.bounds(_SPARE * max(view.width, view.height))
            known = self._part = national_grid(area, step) if usng else degree_grid(area, step)
            self._part_mode = self.mode
            self._lines = _lines(known, self.mode)
        return known

    def _write_cells(self, painter: QPainter, view: Viewport, part: GridPart, taken: Taken) -> None:
        for cell in part.squares if part.step else part.zones:
            box = _seen(cell, view)
            if box is None:
                continue
            names = (cell.name, cell.name[-2:]) if part.step == SQUARE else (cell.name,)
            name = next((one for one in names if text_width(one, _NAME_PX, True) + _ROOM_PX < box.width()), "")
            if not name or box.height() < _NAME_PX + _ROOM_PX:
                continue
            for right, down in _IN_CELL:
                at = box.topLeft() + QPointF(right * box.width(), down * box.height())
                if self._write(painter, at, ((name, _NAME_PX),), taken, ink=self.palette.place):
                    break

    def _write_zones(self, painter: QPainter, view: Viewport, part: GridPart, taken: Taken) -> None:
        """Where the zones are too narrow for their names: numbers along the upper edge, bands along the left one."""
        numbers = {cell.name[:2]: cell.box for cell in part.zones if cell.name[2] == "N"}
        bands = {cell.name[2]: cell.box for cell in part.zones if cell.name[:2] == "20"}
        for text, (west, _, east, _) in numbers.items():
            x = view.point((west + east) / 2, 0.0).x()
            self._write(painter, QPointF(x, _EDGE_PX + _DEGREE_PX), ((text, _DEGREE_PX),), taken, room=view.rect())
        for text, (_, south, _, north) in bands.items():
            y = view.point(0.0, (south + north) / 2).y()
            self._write(painter, QPointF(_EDGE_PX + _DEGREE_PX, y), ((text, _DEGREE_PX),), taken, room=view.rect())

    def _write_on_edge(
        self, painter: QPainter, view: Viewport, line: GridLine, pieces: tuple[Piece, ...], taken: Taken
    ) -> None:
        pixels = _pixels(line.vertices, view)
        width = sum(text_width(text, size, True) for text, size in pieces)
        for row in range(_ROWS):
            into = _EDGE_PX + row * (_LARGE_PX + 6)
            if line.upright:
                across = crossing(pixels, into + _LARGE_PX / 2, upright=True)
                at = None if across is None else QPointF(across, into + _LARGE_PX / 2)
            else:
                middle = into + width / 2 + row * width
                across = crossing(pixels, middle, upright=False)
                at = None if across is None else QPointF(middle, across)
            if at is None or not view.rect().contains(at):
                continue
            if self._write(painter, at, pieces, taken, room=view.rect()):
                return

    def _write(
        self,
        painter: QPainter,
        at: QPointF,
        pieces: tuple[Piece, ...],
        taken: Taken,
        *,
        room: QRectF | None = None,
        ink: str = "",
    ) -> bool:
        """Write pieces of different size on one line about a point, unless another name stands there."""
        widths = [text_width(text, size, True) for text, size in pieces]
        tallest = max(size for _, size in pieces)
        left = at.x() - sum(widths) / 2
        box = QRectF(left - 2, at.y() - tallest * 0.65, sum(widths) + 4, tallest * 1.3)
        if (room is not None and not room.contains(box)) or not taken.take(box):
            return False
        self.names.append(("".join(text for text, _ in pieces), box))
        x, baseline = left, at.y() + tallest * 0.36
        for (text, size), width in zip(pieces, widths, strict=True):
            script = Script(size, ink or self.palette.label, self.palette.label_halo, bold=True)
            draw_haloed(painter, QPointF(x, baseline), text, script)
            x += width
        return True


def _zones_are_narrow(part: GridPart, view: Viewport) -> bool:
    return part.step == 0 and 6 * 111_319 / view.metres_per_pixel < text_width("60X", _NAME_PX, True) + _ROOM_PX


def _figures(line: GridLine, step: int, mode: str) -> tuple[Piece, ...]:
    """What stands on a line. Of an easting or northing what is said within its square, the principal digits large."""
    if mode == "degrees":
        return ((_angle(line.figure, step, line.upright), _DEGREE_PX),)
    if not step or step == SQUARE or line.rank == ZONE:
        return ()  # the letters of the squares say it
    digits = len(str(SQUARE // step)) - 1
    said = f"{line.figure % SQUARE // step:0{digits}d}"
    return ((said[:-2], _SMALL_PX), (said[-2:], _LARGE_PX)) if digits > 2 else ((said, _LARGE_PX),)


def _angle(seconds: int, step: int, upright: bool) -> str:
    """ "81° W", "80° 57′ W", "35° 14′ 30″ N": no finer than the lines are."""
    degrees, rest = divmod(abs(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    letter = ("E" if seconds > 0 else "W" if seconds < 0 else "") if upright else "N" if seconds > 0 else "S"
    letter = "" if not seconds else letter
    fine = f" {minutes:02d}′" if step < 3600 else ""
    finest = f" {rest:02d}″" if step < 60 else ""
    return f"{degrees}°{fine}{finest} {letter}".strip()


def _lines(part: GridPart, mode: str) -> dict[int, list[QPolygonF]]:
    """The lines in map metres by their width in tenths of a pixel."""
    lines: dict[int, list[QPolygonF]] = {}
    for line in part.lines:
        width = round(10 * _width_px(line, part.step, mode))
        lines.setdefault(width, []).append(QPolygonF([QPointF(x, y) for x, y in line.vertices.tolist()]))
    return lines


def _width_px(line: GridLine, step: int, mode: str) -> float:
    if mode == "usng" and line.rank == ZONE:
        return _ZONE_PX if step else _WIDTHS_PX[1]
    if mode == "usng":
        over = len(str(line.rank)) - len(str(step))
        return _WIDTHS_PX[min(over, len(_WIDTHS_PX) - 1)]
    return _WIDTHS_PX[1] if line.rank > step or not line.figure else _WIDTHS_PX[0]


def _holds(area: Box, view: Viewport) -> bool:
    west, south, east, north = view.bounds()
    whole = area[2] - area[0] > 4e7  # all of the world: there is no more
    return whole or (area[0] <= west and area[1] <= south and area[2] >= east and area[3] >= north)


def _seen(cell: GridCell, view: Viewport) -> QRectF | None:
    """What of a cell is in view, in pixels."""
    west, south, east, north = cell.box
    box = QRectF(view.point(west, north), view.point(east, south)).intersected(view.rect())
    return None if box.isEmpty() else box


def _pixels(vertices: Floats, view: Viewport) -> Floats:
    pixels = vertices.copy()
    pixels[:, 0], pixels[:, 1] = view.xs(vertices[:, 0]), view.ys(vertices[:, 1])
    return pixels
