"""What every printed page has: its size, marks above and below it, "Page x of y", room for a head and a foot.

A document is made of sections, each with a look and a story (flowables of ReportLab, or `Words` and `Listing` of
`ruled`). The same document gives the same bytes: what it says of its making is what it is told.
"""

import io
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from reportlab.lib.colors import Color, HexColor, black, white
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, NextPageTemplate, PageBreak, PageTemplate
from reportlab.platypus.doctemplate import Indenter

from cop.briefing import lettering
from cop.briefing.occasion import Occasion

PaperSize = Literal["letter", "a4"]
SIZES: dict[PaperSize, tuple[float, float]] = {"letter": LETTER, "a4": A4}
#: points from the edge of the paper
MARGIN = 36.0
_LINE = 12.0
_MARKS_SIZE = 9.0
_MARKS = {"exercise": (HexColor("#5b21b6"), white), "replay": (HexColor("#92400e"), white)}
#: so much of the page is for the story at least, whatever stands above and below
_LEAST_STORY = 0.4
_SMALLEST = 6.0
_BADGE_PAD, _BADGE_GAP = 6.0, 8.0
#: ReportLab keeps fonts and settings for the whole process
_AT_WORK = threading.RLock()


@dataclass(frozen=True, slots=True)
class Marks:
    """What is written above and below each page."""

    classification: str = ""
    exercise: str = ""
    past: str = ""

    @property
    def badges(self) -> tuple[tuple[str, Color, Color], ...]:
        """Words, ground and ink of what must not be overlooked."""
        said = []
        if self.exercise:
            said.append((f"EXERCISE · {self.exercise}", *_MARKS["exercise"]))
        if self.past:
            words = self.past if self.past.upper().startswith("REPLAY") else f"REPLAY · {self.past}"
            said.append((words, *_MARKS["replay"]))
        return tuple(said)

    @property
    def height(self) -> float:
        """Points that they take above the page, and below it."""
        lines = _LINE * bool(self.classification) + (_LINE + 3) * bool(self.badges)
        return lines + 4 if lines else 0.0


def marks_of(occasion: Occasion, *, classification: str | None = None) -> Marks:
    """The marks of an occasion; a form may have a classification line of its own."""
    line = occasion.classification if classification is None else classification
    return Marks(line, occasion.exercise, occasion.past)


@dataclass(frozen=True, slots=True)
class Place:
    """Where on the document a page is: of its section, and of the whole."""

    page: int
    pages: int
    of_all: int
    all_pages: int

    @property
    def words(self) -> str:
        """ "Page 2 of 5"."""
        return f"Page {self.page} of {self.pages}"


#: draws into a strip of the page: canvas, left, foot of the strip, width, where on the document it is
DrawStrip = Callable[[Canvas, float, float, float, Place], None]


@dataclass(frozen=True, slots=True)
class Strip:
    """What stands at the same place on pages: its height in points, and how it is drawn."""

    height: float
    draw: DrawStrip


@dataclass(frozen=True, slots=True)
class Section:
    """Pages of one look. `head` stands on top of each page but the first, `foot` at the end of all.

    `title` is its line in the document's outline.
    """

    story: Sequence[Flowable]
    marks: Marks = field(default_factory=Marks)
    size: PaperSize = "letter"
    landscape: bool = False
    head: Strip | None = None
    foot: Strip | None = None
    title: str = ""

    @property
    def page(self) -> tuple[float, float]:
        """Width and height of its pages."""
        wide, high = SIZES[self.size]
        return (high, wide) if self.landscape else (wide, high)

    @property
    def width(self) -> float:
        """Width of what stands on them."""
        return self.page[0] - 2 * MARGIN


def foot_line(left: str, *, right: str = "") -> Strip:
    """The foot of a page that has no form's: what it is, "Page x of y", when it was made."""

    def draw(canvas: Canvas, x: float, y: float, width: float, place: Place) -> None:
        canvas.setStrokeColor(black)
        canvas.setLineWidth(0.5)
        canvas.line(x, y + 14, x + width, y + 14)
        third = width / 3 - 4
        lettering.draw(canvas, x, y + 4, lettering.fitting(left, 8, third), 8)
        words = f"Page {place.of_all} of {place.all_pages}"
        lettering.draw(canvas, x + width / 2, y + 4, words, 8, bold=True, align=0.5)
        lettering.draw(canvas, x + width, y + 4, lettering.fitting(right, 8, third), 8, align=1)

    return Strip(18, draw)


def pdf(sections: Sequence[Section], *, title: str, author: str = "", made_at: datetime | None = None) -> bytes:
    """The document. `author` is the agency that hands it out; nothing in it tells of the machine that made it."""
    with _AT_WORK:
        into = io.BytesIO()
        made = _Document(
            into,
            sections,
            title=lettering.plain(title[:500]).replace("\n", " "),
            author=lettering.plain(author[:500]).replace("\n", " "),
            made_at=made_at,
        )
        made.build(_story(sections), canvasmaker=_Counting)
        return into.getvalue()


def _story(sections: Sequence[Section]) -> list[Flowable]:
    story: list[Flowable] = []
    for number, section in enumerate(sections):
        if number:
            story += [NextPageTemplate(f"first {number}"), PageBreak()]
        story += [NextPageTemplate(f"later {number}"), *(section.story or [Indenter(0, 0)])]
    return story


class _Document(BaseDocTemplate):  # type: ignore[misc]  # ReportLab ships no types
    """Two looks a section: of its first page, and of those that follow."""

    def __init__(
        self, into: io.BytesIO, sections: Sequence[Section], *, title: str, author: str, made_at: datetime | None
    ) -> None:
        super().__init__(
            into,
            pagesize=sections[0].page,
            invariant=1,
            title=title,
            author=author,
            subject=title,
            creator="COP",
            producer="COP",
            displayDocTitle=True,
            initialFontName="Helvetica",
        )
        self._made_at = made_at
        for number, section in enumerate(sections):
            self.addPageTemplates([_look(section, number, first=True), _look(section, number, first=False)])

    def beforeDocument(self) -> None:  # noqa: N802 - ReportLab's name
        if self._made_at is not None:
            stamp = f"D:{self._made_at.astimezone(UTC):%Y%m%d%H%M%S}Z"
            self.canv.setDateFormatter(lambda *_: stamp)


def _look(section: Section, number: int, *, first: bool) -> PageTemplate:
    wide, high = section.page
    head = section.head if not first else None
    above = MARGIN - _LINE + section.marks.height
    below = above
    foot_height = section.foot.height if section.foot is not None else 0.0
    head_height = head.height if head is not None else 0.0
    room = high - above - below - foot_height - head_height
    room = max(room, high * _LEAST_STORY)
    frame = Frame(
        MARGIN,
        below + foot_height,
        wide - 2 * MARGIN,
        room,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
        id="story",
    )

    def draw_page(canvas: "_Counting", _document: BaseDocTemplate) -> None:
        _draw_marks(canvas, section.marks, wide, high - MARGIN + _LINE - section.marks.height, above_page=True)
        _draw_marks(canvas, section.marks, wide, MARGIN - _LINE, above_page=False)
        canvas.of_section, canvas.section_title = number, section.title
        canvas.strips = [
            (strip, y) for strip, y in ((head, high - above - head_height), (section.foot, below)) if strip is not None
        ]
        canvas.strip_span = (MARGIN, wide - 2 * MARGIN)

    name = f"{'first' if first else 'later'} {number}"
    return PageTemplate(id=name, frames=[frame], onPage=draw_page, pagesize=(wide, high))


def _draw_marks(canvas: Canvas, marks: Marks, wide: float, foot: float, *, above_page: bool) -> None:
    """The classification outermost, at the very edge of the page, then the badges."""
    badges_at = foot + 7 if above_page else foot + _LINE * bool(marks.classification)
    line_at = foot + (_LINE + 3) * bool(marks.badges) + 6 if above_page else foot + 2
    if marks.classification:
        size = _MARKS_SIZE
        line = " ".join(lettering.plain(marks.classification[:1000]).split())
        while size > _SMALLEST and lettering.width(line, size, bold=True) > wide - 2 * MARGIN:
            size -= 0.5
        canvas.setFillColor(black)
        line = lettering.fitting(line, size, wide - 2 * MARGIN, bold=True)
        lettering.draw(canvas, wide / 2, line_at, line, size, bold=True, align=0.5)
    badges = marks.badges
    if not badges:
        return
    room = wide - 2 * MARGIN - _BADGE_GAP * (len(badges) - 1) - _BADGE_PAD * 2 * len(badges)
    size = _MARKS_SIZE
    said = [" ".join(lettering.plain(one[:1000]).split()) for one, _, _ in badges]
    while size > _SMALLEST and sum(lettering.width(one, size, bold=True) for one in said) > room:
        size -= 0.5
    words = [lettering.fitting(said[0], size, room if len(said) == 1 else room * 0.6, bold=True)]
    words += [
        lettering.fitting(one, size, room - lettering.width(words[0], size, bold=True), bold=True) for one in said[1:]
    ]
    widths = [lettering.width(one, size, bold=True) + 2 * _BADGE_PAD for one in words]
    x = (wide - sum(widths) - _BADGE_GAP * (len(badges) - 1)) / 2
    for (_, ground, ink), text, width in zip(badges, words, widths, strict=True):
        canvas.setFillColor(ground)
        canvas.roundRect(x, badges_at - 1, width, _LINE, 2, stroke=0, fill=1)
        canvas.setFillColor(ink)
        lettering.draw(canvas, x + _BADGE_PAD, badges_at + 5 - size / 3, text, size, bold=True)
        x += width + _BADGE_GAP
    canvas.setFillColor(black)


class _Counting(Canvas):  # type: ignore[misc]  # ReportLab ships no types
    """Draws heads and feet once it is known how many pages there are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of_section, self.section_title = 0, ""
        self.strips: list[tuple[Strip, float]] = []
        self.strip_span = (0.0, 0.0)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - ReportLab's name
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        pages = self._pages
        sections = [one["of_section"] for one in pages]
        for number, (page, section) in enumerate(zip(pages, sections, strict=True)):
            self.__dict__.update(page)
            place = Place(
                page=sections[: number + 1].count(section),
                pages=sections.count(section),
                of_all=number + 1,
                all_pages=len(pages),
            )
            if place.page == 1 and self.section_title:
                self.bookmarkPage(f"section {section}")
                self.addOutlineEntry(lettering.fitting(self.section_title, 1, 200), f"section {section}")
            for strip, y in self.strips:
                self.saveState()
                strip.draw(self, self.strip_span[0], y, self.strip_span[1], place)
                self.restoreState()
            super().showPage()
        super().save()
