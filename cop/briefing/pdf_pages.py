"""Pages of a PDF as pixels: what is shown is the very document that is saved and printed."""

import io
import threading
from dataclasses import dataclass

import pypdfium2

#: PDFium is for one thread at a time
_ONE_AT_A_TIME = threading.Lock()
#: an image of more pixels is for no screen and no printer
_MOST_PIXELS = 60_000_000


@dataclass(frozen=True, slots=True)
class Pixels:
    """An image in red, green, blue and a byte of nothing; `stride` bytes a row."""

    content: bytes
    width: int
    height: int
    stride: int


def sizes(document: bytes) -> tuple[tuple[float, float], ...]:
    """Width and height of each page in points; on any thread."""
    with _ONE_AT_A_TIME, pypdfium2.PdfDocument(document) as opened:
        return tuple(opened.get_page_size(number) for number in range(len(opened)))


def pixels(document: bytes, page: int, scale: float) -> Pixels:
    """One page, at so many pixels a point; on any thread."""
    with _ONE_AT_A_TIME, pypdfium2.PdfDocument(document) as opened:
        wide, high = opened.get_page_size(page)
        scale = min(scale, (_MOST_PIXELS / (wide * high)) ** 0.5)
        bitmap = opened[page].render(scale=scale, rev_byteorder=True, prefer_bgrx=True)
        drawn = Pixels(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride)
        bitmap.close()
        return drawn


def text(document: bytes) -> list[str]:
    """What can be read on each page, and searched for in it."""
    with _ONE_AT_A_TIME, pypdfium2.PdfDocument(document) as opened:
        return [page.get_textpage().get_text_range() for page in opened]


def png(document: bytes, page: int, scale: float, *, colours: int = 128) -> bytes:
    """One page as a small PNG."""
    with _ONE_AT_A_TIME, pypdfium2.PdfDocument(document) as opened:
        image = opened[page].render(scale=scale).to_pil()
    into = io.BytesIO()
    image.convert("RGB").quantize(colours).save(into, "PNG", optimize=True)
    return into.getvalue()
