"""Pages of a PDF as images: what is shown is the very document that is saved and printed."""

import threading
from dataclasses import dataclass

import pypdfium2
from PySide6.QtGui import QImage

#: PDFium is for one thread at a time
_ONE_AT_A_TIME = threading.Lock()
#: an image of more pixels is for no screen and no printer
_MOST_PIXELS = 60_000_000


@dataclass(frozen=True, slots=True)
class Document:
    """A PDF, and the width and height of each of its pages in points."""

    content: bytes
    pages: tuple[tuple[float, float], ...]


def opened(content: bytes) -> Document:
    """Look through a PDF; on any thread."""
    with _ONE_AT_A_TIME:
        document = pypdfium2.PdfDocument(content)
        try:
            return Document(content, tuple(document.get_page_size(number) for number in range(len(document))))
        finally:
            document.close()


def rendered(document: Document, page: int, scale: float) -> QImage:
    """One page, at so many pixels a point; on any thread."""
    wide, high = document.pages[page]
    scale = min(scale, (_MOST_PIXELS / (wide * high)) ** 0.5)
    with _ONE_AT_A_TIME:
        opened_again = pypdfium2.PdfDocument(document.content)
        try:
            bitmap = opened_again[page].render(scale=scale, rev_byteorder=True, prefer_bgrx=True)
            width, height, stride = bitmap.width, bitmap.height, bitmap.stride
            pixels = bytes(bitmap.buffer)
            bitmap.close()
        finally:
            opened_again.close()
    return QImage(pixels, width, height, stride, QImage.Format.Format_RGBX8888).copy()
