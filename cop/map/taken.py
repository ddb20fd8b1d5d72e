"""Which places of the screen are written on, looked up by where they are: for many names at once."""

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QRectF

#: about the size of a name
_WIDE_PX, _HIGH_PX = 96.0, 32.0


class Taken:
    """Boxes that were taken; asking costs what is near, not all."""

    def __init__(self, boxes: Iterable[QRectF] = ()) -> None:
        self._near: dict[tuple[int, int], list[QRectF]] = {}
        for box in boxes:
            self._keep(box)

    def take(self, box: QRectF) -> bool:
        """Take a box, unless it touches one that was taken before; whether it was."""
        if any(box.intersects(other) for cell in _cells(box) for other in self._near.get(cell, ())):
            return False
        self._keep(box)
        return True

    def _keep(self, box: QRectF) -> None:
        for cell in _cells(box):
            self._near.setdefault(cell, []).append(box)


def _cells(box: QRectF) -> Iterator[tuple[int, int]]:
    for column in range(int(box.left() // _WIDE_PX), int(box.right() // _WIDE_PX) + 1):
        for row in range(int(box.top() // _HIGH_PX), int(box.bottom() // _HIGH_PX) + 1):
            yield column, row
