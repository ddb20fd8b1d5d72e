"""What stands on paper: words, boxes and lists in ruled lines. Each can be parted between any two of its lines.

So nothing is too long for a page, and a list shows its headings on each page that it reaches.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from reportlab.lib.colors import Color, HexColor, black
from reportlab.platypus import Flowable

from cop.briefing import lettering

TEXT = 8.5
LABEL = 6.8
_PAD = 3.0
_LEADING = 1.22
_RULE = 0.6
_SHADE = HexColor("#ececec")
_MOST_HEADING_LINES = 5
#: lines of a row that are not worth to be left alone at the foot of a page
_FEW = 3
#: a list of more columns has smaller letters
_MANY_COLUMNS, _SMALL, _SMALLEST = 9, 7.0, 5.2
_CONTINUED = " (continued)"


class Words(Flowable):  # type: ignore[misc]  # ReportLab ships no types
    """Plain text in lines; `after` is the space below it."""

    def __init__(
        self,
        text: str,
        size: float = TEXT,
        *,
        bold: bool = False,
        colour: Color = black,
        align: float = 0.0,
        after: float = 4.0,
        with_next: bool = False,
    ) -> None:
        super().__init__()
        self._text, self._size, self._bold, self._colour, self._align = text, size, bold, colour, align
        self._lines: list[str] | None = None
        self.spaceAfter = after
        self.keepWithNext = with_next

    def wrap(self, room: float, _height: float) -> tuple[float, float]:
        if self._lines is None:
            self._lines = lettering.lines(self._text, self._size, room, bold=self._bold)
        self.width, self.height = room, len(self._lines) * self._size * _LEADING
        return room, self.height

    def split(self, room: float, height: float) -> list[Flowable]:
        self.wrap(room, height)
        assert self._lines is not None
        fit = int(height / (self._size * _LEADING) + 1e-6)
        if fit <= 0 or fit >= len(self._lines):
            return []
        return [self._part(self._lines[:fit]), self._part(self._lines[fit:])]

    def draw(self) -> None:
        self.canv.setFillColor(self._colour)
        for number, line in enumerate(self._lines or ()):
            y = self.height - (number + 0.8) * self._size * _LEADING
            x = self.width * self._align
            lettering.draw(self.canv, x, y, line, self._size, bold=self._bold, align=self._align)
        self.canv.setFillColor(black)

    def _part(self, lines: list[str]) -> "Words":
        part = Words("", self._size, bold=self._bold, colour=self._colour, align=self._align, after=self.spaceAfter)
        part._lines = lines
        return part


@dataclass(frozen=True, slots=True)
class Cell:
    """A box's label and text; `least` lines of text have room in it; `share` is its part of the width."""

    label: str
    text: str = ""
    share: float = 1.0
    least: int = 1
    bold: bool = False


@dataclass(slots=True)
class _Laid:
    """A cell broken into lines."""

    label: list[str]
    text: list[str]
    least: int
    bold: bool


class Boxes(Flowable):  # type: ignore[misc]  # ReportLab ships no types
    """Ruled boxes side by side, each with a small bold label and its text."""

    def __init__(self, cells: Sequence[Cell], size: float = TEXT, *, most: int = 0) -> None:
        """`most` lines of each text are shown, where that is not 0."""
        super().__init__()
        self._cells, self._size, self._most = cells, size, most
        self._shares = shares([one.share for one in cells])
        self._laid: list[_Laid] | None = None

    def wrap(self, room: float, _height: float) -> tuple[float, float]:
        if self._laid is None:
            self._laid = [
                self._lay(cell, room * part - 2 * _PAD) for cell, part in zip(self._cells, self._shares, strict=True)
            ]
        self.width = room
        self.height = max(self._label_height + self._text_height(max(len(one.text), one.least)) for one in self._laid)
        return room, self.height

    @property
    def _label_height(self) -> float:
        assert self._laid is not None
        most = max(len(one.label) for one in self._laid)
        return most * LABEL * _LEADING + _PAD

    def _text_height(self, lines: int) -> float:
        return lines * self._size * _LEADING + _PAD

    def _lay(self, cell: Cell, room: float) -> _Laid:
        label = lettering.lines(cell.label[:400], LABEL, room, bold=True)
        text = lettering.lines(cell.text, self._size, room, bold=cell.bold)
        return _Laid(
            lettering.cut(label, _MOST_HEADING_LINES, LABEL, room, bold=True),
            lettering.cut(text, self._most, self._size, room, bold=cell.bold) if self._most else text,
            cell.least,
            cell.bold,
        )

    def split(self, room: float, height: float) -> list[Flowable]:
        self.wrap(room, height)
        assert self._laid is not None
        fit = int((height - self._label_height - _PAD) / (self._size * _LEADING) + 1e-6)
        whole = max(max(len(one.text), one.least) for one in self._laid)
        if fit < min(_FEW, whole) or fit >= whole:
            return []
        first = [_Laid(one.label, one.text[:fit], min(one.least, fit), one.bold) for one in self._laid]
        rest = [_Laid(_continued(one.label), one.text[fit:], max(one.least - fit, 0), one.bold) for one in self._laid]
        if not any(one.text for one in rest):
            return [self._part(first)]  # what is left is empty room
        return [self._part(first), self._part(rest)]

    def _part(self, laid: list[_Laid]) -> Self:
        part = type(self)(self._cells, self._size)
        part._laid = laid
        return part

    def draw(self) -> None:
        assert self._laid is not None
        self.canv.setLineWidth(_RULE)
        x = 0.0
        for one, part in zip(self._laid, self._shares, strict=True):
            self.canv.rect(x, 0, self.width * part, self.height)
            for number, line in enumerate(one.label):
                y = self.height - 1 - (number + 0.9) * LABEL * _LEADING
                lettering.draw(self.canv, x + _PAD, y, line, LABEL, bold=True)
            for number, line in enumerate(one.text):
                y = self.height - self._label_height - (number + 0.8) * self._size * _LEADING
                lettering.draw(self.canv, x + _PAD, y, line, self._size, bold=one.bold)
            x += self.width * part


def _continued(label: list[str]) -> list[str]:
    if not label or label[-1].endswith(_CONTINUED):
        return label
    return [*label[:-1], f"{label[-1]}{_CONTINUED}"]


def shares(given: Sequence[float]) -> list[float]:
    """Parts of a width that make up the whole of it, none so small that nothing could stand in it."""
    sane = [min(max(one, 0.02), 100.0) if one == one else 1.0 for one in given]  # noqa: PLR0124 - NaN alone is not itself
    whole = sum(sane)
    return [one / whole for one in sane]


def _fits(text: str, room: float) -> float:
    """The size of a heading at which its longest word stands on one line; what is smaller cannot be read."""
    widest = max((lettering.width(lettering.plain(word), 1, bold=True) for word in text.split()), default=0.0)
    return max(room / widest, _SMALLEST) if widest else LABEL


class Listing(Flowable):  # type: ignore[misc]  # ReportLab ships no types
    """A list in ruled lines below its title and headings, which stand on each page that it reaches.

    `blank` empty rows follow, high enough to be written into by hand.
    """

    def __init__(
        self,
        title: str,
        headings: Sequence[tuple[str, float]],
        rows: Sequence[Sequence[str]],
        *,
        blank: int = 0,
        size: float = TEXT,
    ) -> None:
        super().__init__()
        self._title, self._headings = title, headings
        self._size = size if len(headings) <= _MANY_COLUMNS else min(size, _SMALL)
        self._said = [*rows, *[()] * blank]
        self._parts = shares([share for _, share in headings])
        self._head: _Head | None = None
        self._rows: list[_Row] = []

    def wrap(self, room: float, _height: float) -> tuple[float, float]:
        if self._head is None:
            self._lay(room)
        assert self._head is not None
        self.width = room
        self.height = self._head.height + sum(row.height for row in self._rows)
        return room, self.height

    def _lay(self, room: float) -> None:
        rooms = [room * part - 2 * _PAD for part in self._parts]
        title = lettering.lines(self._title[:400], LABEL, room - 2 * _PAD, bold=True)[:2]
        words = [(text[:400], one) for (text, _), one in zip(self._headings, rooms, strict=True)]
        size = min([LABEL, *(_fits(text, one) for text, one in words)])
        headings = [
            lettering.cut(lettering.lines(text, size, one, bold=True), _MOST_HEADING_LINES, size, one, bold=True)
            for text, one in words
        ]
        self._head = _Head(title, headings, size)
        self._rows = [
            self._row([lettering.lines(text, self._size, one) for text, one in zip(row, rooms, strict=False)])
            for row in self._said
        ]

    def _row(self, cells: list[list[str]]) -> "_Row":
        lines = max(map(len, cells), default=0)
        return _Row(cells, lines, max(lines, 1) * self._size * _LEADING + (2 * _PAD if lines else 3 * _PAD))

    def split(self, room: float, height: float) -> list[Flowable]:
        self.wrap(room, height)
        assert self._head is not None
        left, fitting = height - self._head.height, 0
        for row in self._rows:
            if row.height > left + 1e-6:
                break
            left -= row.height
            fitting += 1
        first, rest = self._rows[:fitting], self._rows[fitting:]
        if not any(row.lines for row in rest):
            # empty rows to be written into are no reason for another page
            return [self._with(first, self._head)] if first else []
        parted, lines = rest[0], int((left - 2 * _PAD) / (self._size * _LEADING) + 1e-6)
        if 0 < lines < parted.lines and (min(lines, parted.lines - lines) >= _FEW or not first):
            first.append(self._row([cell[:lines] for cell in parted.cells]))
            rest[0] = self._row([cell[lines:] for cell in parted.cells])
        if not first:
            return []
        return [self._with(first, self._head), self._with(rest, self._head.later())]

    def _with(self, rows: "list[_Row]", head: "_Head") -> "Listing":
        part = Listing(self._title, self._headings, (), size=self._size)
        part._head, part._rows = head, rows
        return part

    def draw(self) -> None:
        assert self._head is not None
        canvas, head, y = self.canv, self._head, self.height
        canvas.setLineWidth(_RULE)
        if head.title:
            y -= head.title_height
            canvas.rect(0, y, self.width, head.title_height)
            for number, line in enumerate(head.title):
                foot = y + head.title_height - 1 - (number + 0.9) * LABEL * _LEADING
                lettering.draw(canvas, _PAD, foot, line, LABEL, bold=True)
        if head.headings_height:
            y -= head.headings_height
            canvas.setFillColor(_SHADE)
            canvas.rect(0, y, self.width, head.headings_height, stroke=0, fill=1)
            canvas.setFillColor(black)
            self._draw_row(head.headings, y, head.headings_height, head.size, bold=True)
        for row in self._rows:
            y -= row.height
            self._draw_row(row.cells, y, row.height, self._size)

    def _draw_row(self, cells: list[list[str]], y: float, height: float, size: float, *, bold: bool = False) -> None:
        x = 0.0
        for number, part in enumerate(self._parts):
            self.canv.rect(x, y, self.width * part, height)
            for at, line in enumerate(cells[number] if number < len(cells) else ()):
                foot = y + height - (1 if bold else _PAD) - (at + 0.85) * size * _LEADING
                lettering.draw(self.canv, x + _PAD, foot, line, size, bold=bold)
            x += self.width * part


@dataclass(frozen=True, slots=True)
class _Row:
    """One row broken into lines: of each cell, how many at most, and how high that is."""

    cells: list[list[str]]
    lines: int
    height: float


@dataclass(frozen=True, slots=True)
class _Head:
    """A list's title and headings, in lines."""

    title: list[str]
    headings: list[list[str]]
    size: float

    @property
    def title_height(self) -> float:
        return len(self.title) * LABEL * _LEADING + _PAD if self.title else 0.0

    @property
    def headings_height(self) -> float:
        most = max((len(lines) for lines in self.headings), default=0)
        return most * self.size * _LEADING + _PAD if most else 0.0

    @property
    def height(self) -> float:
        return self.title_height + self.headings_height

    def later(self) -> "_Head":
        """The same on a later page."""
        return _Head(_continued(self.title), self.headings, self.size)
