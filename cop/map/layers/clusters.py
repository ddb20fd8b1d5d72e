"""Bubbles where symbols would cover one another: how many, whose, and how much of it is old.

Drawn as sprites like the units: a disc with the ring of its largest part, the other parts of the ring, the count.
"""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from cop.map.crowding import Counts, Crowd
from cop.map.lettering import map_font
from cop.map.palette import Palette, agency_colour, colour
from cop.map.sprites import Atlas, SpriteArray
from cop.map.viewport import Viewport
from cop.picture.picture import Picture

#: how many parts a ring has
_PARTS = 16
#: agencies beyond these share the last colour; a kind is an agency, and whether the position is old or doubtful
_MOST_AGENCIES = 128
_RING_PX = 4.5
_RADII = (15.0, 17.0, 19.0, 21.0)
_WHOLE = _PARTS  # the number of the cell that shows the disc with a closed ring


def kinds_of(agency: NDArray[np.int16], old: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """What units count as in a bubble, by the numbers of their agencies and whether they are old or doubtful."""
    return (np.minimum(agency, _MOST_AGENCIES - 1).astype(np.uint8) << np.uint8(1)) | old.astype(np.uint8)


def kinds_among(agencies: int) -> int:
    """How many kinds there are with so many agencies."""
    return 2 * max(1, min(agencies, _MOST_AGENCIES))


def old_of(kinds: Counts) -> Counts:
    """How many of each bubble's units are old or doubtful, from the table of kinds."""
    old: Counts = kinds[:, 1::2].sum(axis=1)
    return old


def count_text(count: int) -> str:
    """A count in at most four characters, cut and never rounded up: 999, 1.2k, 12k, 1.0M."""
    for limit, scale, letter in ((10_000, 1_000, "k"), (1_000_000, 1_000, "k"), (10_000_000, 1_000_000, "M")):
        if count < 1_000:
            return str(count)
        if count < limit:
            return f"{count // (scale // 10) / 10:.1f}{letter}" if count < 10 * scale else f"{count // scale}{letter}"
    return f"{count // 1_000_000}M"


def ring_parts(kinds: Counts) -> NDArray[np.intp]:
    """Which kind each part of each ring shows, shape (bubbles, _PARTS): by share, what is known now before what is old.

    A bubble with anything old in it shows at least one old part, one with anything fresh at least one fresh.
    """
    order = np.concatenate((np.arange(0, kinds.shape[1], 2), np.arange(1, kinds.shape[1], 2)))
    table = kinds[:, order]
    ends = np.cumsum(table.ravel())
    total = table.sum(axis=1)
    starts = np.concatenate(([0], ends[kinds.shape[1] - 1 :: kinds.shape[1]][:-1]))
    middles = starts[:, None] + (np.arange(_PARTS) + 0.5) / _PARTS * total[:, None]
    parts: NDArray[np.intp] = order[np.searchsorted(ends, middles, side="right") % kinds.shape[1]]
    for first, place in ((1, _PARTS - 1), (0, 0)):
        some = kinds[:, first::2]
        missing = (some.sum(axis=1) > 0) & ~(parts % 2 == first).any(axis=1)
        parts[missing, place] = 2 * some[missing].argmax(axis=1) + first
    return parts


class BubbleSprites:
    """The bubbles of one crowd, ready to be drawn wherever the view has moved since."""

    def __init__(self, picture: Picture, palette: Palette) -> None:
        self._picture = picture
        self._palette = palette
        self._dpr = 1.0
        self._sprites = SpriteArray()
        self._crowd: Crowd | None = None
        self._owner: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._cell: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self.draw_anew(palette, 1.0)

    def draw_anew(self, palette: Palette, dpr: float) -> None:
        """Wear another theme, another screen, other agencies."""
        self._palette, self._dpr = palette, dpr
        self._atlas = Atlas()
        #: by radius, kind and part; -1: not drawn yet
        self._parts = np.full((len(_RADII), 2 * _MOST_AGENCIES, _PARTS + 1), -1, dtype=np.intp)
        self._texts: dict[tuple[str, bool], int] = {}
        self._offsets: list[tuple[int, int]] = []  # of each cell's middle from the bubble's, in device pixels
        self._crowd = None

    def paint(self, painter: QPainter, view: Viewport, crowd: Crowd) -> None:
        """Draw all bubbles of a crowd."""
        if not len(crowd.x):
            return
        if crowd is not self._crowd:
            self._compose(crowd)
            self._crowd = crowd
        fragments = self._sprites.rows(len(self._cell))
        offsets = np.array(self._offsets, dtype=np.float64)[self._cell]
        # whole pixels of the screen: parts that are rounded each for itself would not meet
        fragments[:, 0] = np.rint(view.xs(crowd.x) * view.dpr)[self._owner] + offsets[:, 0]
        fragments[:, 1] = np.rint(view.ys(crowd.y) * view.dpr)[self._owner] + offsets[:, 1]
        fragments[:, 2:6] = self._atlas.cells[self._cell]
        self._sprites.draw(painter, self._atlas.pixmap, view.dpr)

    def _compose(self, crowd: Crowd) -> None:
        """Of which cells each bubble is made, the lower first."""
        bubbles = len(crowd.x)
        size = np.searchsorted(np.array(_RADII), crowd.radius_px)
        parts = ring_parts(crowd.kinds)
        votes = np.zeros((bubbles, crowd.kinds.shape[1]), dtype=np.intp)
        np.add.at(votes, (np.repeat(np.arange(bubbles), _PARTS), parts.ravel()), 1)
        main = votes.argmax(axis=1)
        other, part = np.nonzero(parts != main[:, None])
        owner = np.concatenate((np.arange(bubbles), other, np.arange(bubbles)))
        looks = np.concatenate(
            (
                np.column_stack((size, main, np.full(bubbles, _WHOLE))),
                np.column_stack((size[other], parts[other, part], part)),
            )
        )
        cells = self._parts[tuple(looks.T)]
        missing = np.unique(looks[cells < 0], axis=0)
        for at in missing.tolist():
            self._parts[tuple(at)] = self._add(*self._drawn(*at))
        count, old = crowd.counts.tolist(), (old_of(crowd.kinds) == crowd.counts).tolist()
        texts = [
            self._text_cell(count_text(one), radius, faded=faded)
            for one, radius, faded in zip(count, size.tolist(), old, strict=True)
        ]
        order = np.argsort(owner, kind="stable")
        self._owner = owner[order]
        self._cell = np.concatenate((self._parts[tuple(looks.T)], np.array(texts, dtype=np.intp)))[order]

    def _text_cell(self, text: str, size: int, *, faded: bool) -> int:
        cell = self._texts.get((text, faded))
        if cell is None:
            pixels = (13, 13, 12, 11)[size]
            image, painter = self._canvas(QRectF(-16, -8, 32, 16))
            painter.setFont(map_font(pixels, bold=True))
            painter.setPen(colour(self._palette.muted if faded else self._palette.text))
            painter.drawText(QRectF(-18, -9, 36, 18), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine, text)
            painter.end()
            cell = self._texts[text, faded] = self._add(image, QPointF(0, 0))
        return cell

    def _drawn(self, size: int, kind: int, part: int) -> tuple[QImage, QPointF]:
        """A part of a ring, or the disc with a closed ring, and where its middle lies."""
        radius = _RADII[size]
        room = QRectF(-radius - 2, -radius - 2, 2 * radius + 4, 2 * radius + 4)
        on_ring = radius - _RING_PX / 2
        box = QRectF(-on_ring, -on_ring, 2 * on_ring, 2 * on_ring)
        if part != _WHOLE:
            middle = np.radians(360.0 * (part + 0.5) / _PARTS)
            at = QPointF(round(on_ring * np.sin(middle)), round(-on_ring * np.cos(middle)))
            half = round(on_ring * np.pi / _PARTS + _RING_PX)
            room = QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half)
        image, painter = self._canvas(room)
        disc = QColor(self._palette.symbol_disc)
        if part == _WHOLE:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(self._palette.label_halo))
            painter.drawEllipse(QPointF(0, 0), radius + 1.5, radius + 1.5)
            painter.setBrush(disc)
            painter.drawEllipse(QPointF(0, 0), radius, radius)
        ink = self._ink(kind >> 1)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for one in range(_PARTS) if part == _WHOLE else (part,):
            self._draw_part(painter, box, one, ink=ink, disc=disc, old=bool(kind & 1))
        painter.end()
        return image, room.center()

    def _draw_part(self, painter: QPainter, box: QRectF, part: int, *, ink: QColor, disc: QColor, old: bool) -> None:
        """What is known now is a closed arc; what is old a thin and faded dash."""
        step = 360.0 / _PARTS

        def arc(wanted: QColor, width: float, start: float, length: float) -> None:
            painter.setPen(QPen(wanted, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            painter.drawArc(box, round(16 * (90.0 - start)), round(-16 * length))

        # a little of the neighbour too: two edges that only touch would let the ground shine through
        if not old:
            arc(ink, _RING_PX, part * step - 0.8, step + 1.6)
            return
        arc(disc, _RING_PX + 0.6, part * step - 0.8, step + 1.6)
        faded = QColor(ink)
        faded.setAlphaF(0.6)
        arc(faded, _RING_PX * 0.55, part * step + 0.22 * step, 0.56 * step)

    def _ink(self, agency: int) -> QColor:
        agencies = self._picture.tracks.agencies
        if agency >= min(len(agencies), _MOST_AGENCIES - 1) and len(agencies) >= _MOST_AGENCIES:
            return colour(self._palette.muted)
        return agency_colour(self._picture, agencies[agency], self._palette)

    def _canvas(self, room: QRectF) -> tuple[QImage, QPainter]:
        """An image of whole, even device pixels, its origin where `room` has it."""
        image = QImage(
            2 * round(room.width() * self._dpr / 2),
            2 * round(room.height() * self._dpr / 2),
            QImage.Format.Format_ARGB32_Premultiplied,
        )
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        across, down = self._offset(room.center())
        painter.translate(image.width() / 2 - across, image.height() / 2 - down)
        painter.scale(self._dpr, self._dpr)
        return image, painter

    def _add(self, image: QImage, middle: QPointF) -> int:
        self._offsets.append(self._offset(middle))
        return self._atlas.add([image]).start

    def _offset(self, middle: QPointF) -> tuple[int, int]:
        return round(middle.x() * self._dpr), round(middle.y() * self._dpr)
