"""Pages of a document as images of Qt's."""

from dataclasses import dataclass

from PySide6.QtGui import QImage

from cop.briefing.pdf_pages import pixels, sizes


@dataclass(frozen=True, slots=True)
class Document:
    """A PDF, and the width and height of each of its pages in points."""

    content: bytes
    pages: tuple[tuple[float, float], ...]


def opened(content: bytes) -> Document:
    """Look through a PDF; on any thread."""
    return Document(content, sizes(content))


def rendered(document: Document, page: int, scale: float) -> QImage:
    """One page, at so many pixels a point; on any thread."""
    drawn = pixels(document.content, page, scale)
    image = QImage(drawn.content, drawn.width, drawn.height, drawn.stride, QImage.Format.Format_RGBX8888)
    return image.copy()  # the bytes go with this function
