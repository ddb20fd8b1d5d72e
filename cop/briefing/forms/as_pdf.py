"""A filled form on paper: numbered blocks in ruled boxes, its head on each page, who prepared it and its number below.

Looks as the forms of FEMA 502-2 (2010) do; the same form gives the same bytes.
"""

import io
from collections.abc import Sequence

from PIL import Image, UnidentifiedImageError
from reportlab.lib.colors import black
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from cop.briefing import lettering
from cop.briefing.forms.form import Box, Form, Part, Row, Signature, Sketch, Table
from cop.briefing.occasion import Occasion
from cop.briefing.paper import Marks, PaperSize, Place, Section, Strip, pdf
from cop.briefing.ruled import LABEL, TEXT, Boxes, Cell, Listing, Words

#: the forms that an Incident Action Plan is made of have its page number at their foot
_OF_THE_PLAN = frozenset({"202", "203", "204", "205", "206"})
_PAD = 3.0
_HEAD_TITLE = 16.0
_SIGNED_HEIGHT = 38.0
_NUMBER_HEIGHT = 16.0
_NOTE, _NOTE_LEADING, _MOST_NOTE_LINES = 6.5, 8.0, 3
#: of a page; more would leave no room for what else is on it
_LEAST_SKETCH, _MOST_SKETCH = 0.1, 0.38
_MOST_SIGNED_AT_FOOT, _MOST_SIGNED = 3, 500
#: an image of more pixels is no sketch
_MOST_PIXELS = 40_000_000


def as_pdf(
    forms: Form | Sequence[Form], occasion: Occasion | None = None, *, author: str = "", paper: PaperSize = "letter"
) -> bytes:
    """One document of all forms, each with page numbers of its own; of several, all pages are numbered too.

    `occasion` says whether it is an exercise, or of the past, and when it was made; `author` is the agency.
    """
    every = [forms] if isinstance(forms, Form) else list(forms)
    if not every:
        raise ValueError("there is no form to print")
    sections = [_section(form, occasion, paper, several=len(every) > 1) for form in every]
    title = title_of(every[0]) if len(every) == 1 else _title_of_all(every, occasion)
    return pdf(sections, title=title, author=author, made_at=occasion.made_at if occasion is not None else None)


def title_of(form: Form) -> str:
    """ "Incident Briefing (ICS 201)"."""
    return f"{form.title} (ICS {form.name})"


def label_of(part: Box | Table | Sketch) -> str:
    """ "1. Incident Name"; without a number the label alone."""
    return f"{part.number}. {part.label}" if part.number else part.label


def _title_of_all(forms: Sequence[Form], occasion: Occasion | None) -> str:
    names = list(dict.fromkeys(form.name for form in forms))
    if len(names) == 1:
        return title_of(forms[0])
    operation = occasion.operation if occasion is not None else ""
    return f"ICS forms {', '.join(names)}{f': {operation}' if operation else ''}"


def _section(form: Form, occasion: Occasion | None, paper: PaperSize, *, several: bool) -> Section:
    exercise, past = (occasion.exercise, occasion.past) if occasion is not None else ("", "")
    marks = Marks(form.marking, exercise, past)
    bare = Section((), marks, paper, form.landscape)
    width, height = bare.width, bare.page[1]
    story: list[Flowable] = [Words(title_of(form).upper(), 13, bold=True, align=0.5, after=5)]
    story += [_drawn(part, height) for part in form.parts]
    if beyond := form.signatures[_MOST_SIGNED_AT_FOOT:]:
        story += [
            Boxes([Cell(label, text[:_MOST_SIGNED], share, 2) for label, text, share in _signed(one)]) for one in beyond
        ]
    note = lettering.lines(form.note, _NOTE, width)
    if len(note) > _MOST_NOTE_LINES:
        story.append(Boxes([Cell("Note", form.note)], size=_NOTE))
        note = [*note[: _MOST_NOTE_LINES - 1], "… the whole note is at the end of this form"]
    return Section(
        story,
        marks,
        paper,
        form.landscape,
        _head(form, width),
        _foot(form, note, several=several),
        title=f"ICS {form.name} {form.title}",
    )


def _drawn(part: Part, page_height: float) -> Flowable:
    if isinstance(part, Row):
        return Boxes([Cell(label_of(one), one.text, one.share, max(min(one.lines, 60), 1)) for one in part.boxes])
    if isinstance(part, Table):
        headings = [(one.heading, one.share) for one in part.columns]
        return Listing(label_of(part), headings, part.rows, blank=max(min(part.blank, 200), 0))
    return _Drawing(label_of(part), part.png, page_height * min(max(_LEAST_SKETCH, part.share_of_page), _MOST_SKETCH))


class _Drawing(Flowable):  # type: ignore[misc]  # ReportLab ships no types
    """A map in a box, as large as there is room; a box to draw in where there is none."""

    def __init__(self, label: str, png: bytes, height: float) -> None:
        super().__init__()
        self._label, self._png, self._wanted = label, png, height

    def wrap(self, room: float, _height: float) -> tuple[float, float]:
        self.width, self.height = room, self._wanted
        return room, self.height

    def draw(self) -> None:
        canvas = self.canv
        canvas.setLineWidth(0.6)
        canvas.rect(0, 0, self.width, self.height)
        label = lettering.fitting(self._label, LABEL, self.width - 2 * _PAD, bold=True)
        lettering.draw(canvas, _PAD, self.height - LABEL - 1, label, LABEL, bold=True)
        if not self._png:
            return
        room = (self.width - 2 * _PAD, self.height - LABEL - 5 - 2 * _PAD)
        image = _image(self._png)
        if image is None:
            words = "The sketch could not be read."
            lettering.draw(canvas, self.width / 2, self.height / 2, words, TEXT, align=0.5)
            return
        wide, high = image.getSize()
        scale = min(room[0] / wide, room[1] / high)
        wide, high = wide * scale, high * scale
        canvas.drawImage(image, (self.width - wide) / 2, _PAD + (room[1] - high) / 2, wide, high)


def _image(png: bytes) -> ImageReader | None:
    """The sketch on white; None for what is no picture."""
    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                return None
            sketch = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError):
        return None
    on_white = Image.new("RGB", sketch.size, "white")
    on_white.paste(sketch, mask=sketch.getchannel("A"))
    return ImageReader(on_white)


def _head(form: Form, width: float) -> Strip:
    """The title and the first boxes (incident, period) again, short."""
    first = form.parts[0] if form.parts and isinstance(form.parts[0], Row) else Row(boxes=())
    cells = [Cell(label_of(one), one.text, one.share) for one in first.boxes]
    boxes = Boxes(cells, most=2) if cells else None
    height = boxes.wrap(width, 0)[1] if boxes is not None else 0.0

    def draw(canvas: Canvas, x: float, y: float, wide: float, _place: Place) -> None:
        title = lettering.fitting(title_of(form).upper(), 10, wide, bold=True)
        lettering.draw(canvas, x + wide / 2, y + height + 5, title, 10, bold=True, align=0.5)
        if boxes is not None:
            boxes.drawOn(canvas, x, y)

    return Strip(height + _HEAD_TITLE, draw)


def _signed(one: Signature) -> tuple[tuple[str, str, float], ...]:
    """Label, text and share of each box of a signature."""
    return (
        (f"{one.label}:  Name", one.name, 0.27),
        ("Position/Title", one.position, 0.27),
        ("Signature", "", 0.23),
        ("Date/Time", one.at, 0.23),
    )


def _foot(form: Form, note: Sequence[str], *, several: bool) -> Strip:
    signatures = form.signatures[:_MOST_SIGNED_AT_FOOT]
    note_height = len(note) * _NOTE_LEADING + (2 if note else 0)
    height = len(signatures) * _SIGNED_HEIGHT + _NUMBER_HEIGHT + note_height

    def draw(canvas: Canvas, x: float, y: float, wide: float, place: Place) -> None:
        canvas.setStrokeColor(black)
        canvas.setFillColor(black)
        canvas.setLineWidth(0.6)
        for number, line in enumerate(note):
            lettering.draw(canvas, x, y + note_height - (number + 1) * _NOTE_LEADING, line, _NOTE)
        foot = y + note_height
        _draw_number(canvas, (x, foot), wide, form, place, several=several)
        for number, one in enumerate(reversed(signatures)):
            _draw_signed(canvas, x, foot + _NUMBER_HEIGHT + number * _SIGNED_HEIGHT, wide, one)

    return Strip(height, draw)


def _draw_number(
    canvas: Canvas, corner: tuple[float, float], wide: float, form: Form, place: Place, *, several: bool
) -> None:
    """ "ICS 204", "IAP Page 3", "Page 1 of 2"; the page of a plan that is put together by hand is written by hand."""
    x, y = corner
    canvas.rect(x, y, wide, _NUMBER_HEIGHT)
    foot = y + 5
    lettering.draw(
        canvas, x + _PAD, foot, lettering.fitting(f"ICS {form.name}", 8.5, wide / 3, bold=True), 8.5, bold=True
    )
    if several:
        words = f"{'IAP ' if form.name in _OF_THE_PLAN else ''}Page {place.of_all} of {place.all_pages}"
        words = words if form.name in _OF_THE_PLAN else f"All forms: {words.lower()}"
        lettering.draw(canvas, x + wide / 2, foot, words, 8, align=0.5)
    elif form.name in _OF_THE_PLAN:
        lettering.draw(canvas, x + wide / 2, foot, "IAP Page ______", 8, align=0.5)
    lettering.draw(canvas, x + wide - _PAD, foot, place.words, 8.5, bold=True, align=1)


def _draw_signed(canvas: Canvas, x: float, y: float, wide: float, one: Signature) -> None:
    for label, text, share in _signed(one):
        room = wide * share - 2 * _PAD
        canvas.rect(x, y, wide * share, _SIGNED_HEIGHT)
        said = lettering.cut(lettering.lines(label[:400], LABEL, room, bold=True), 2, LABEL, room, bold=True)
        for number, line in enumerate(said):
            lettering.draw(
                canvas, x + _PAD, y + _SIGNED_HEIGHT - 1 - (number + 0.95) * LABEL * 1.1, line, LABEL, bold=True
            )
        size = 7.5
        written = lettering.cut(lettering.lines(text[:_MOST_SIGNED], size, room), 2, size, room)
        for number, line in enumerate(reversed(written)):
            lettering.draw(canvas, x + _PAD, y + 3 + number * size * 1.15, line, size)
        x += wide * share
