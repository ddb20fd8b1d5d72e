"""The pages of a document under one another, each drawn when it comes into sight."""

from PySide6.QtCore import QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from cop.ui.forms.rendering import Document, rendered
from cop.ui.making import Making

_GAP = 12
_WIDEST = 900
#: pages that are kept drawn
_KEPT = 12
_SETTLED_MS = 40
#: around a page: it is white, as the window may be
_EDGE = QColor("#8b949e")


class Pages(QScrollArea):
    """Shows a document as wide as there is room; another one in its place stays where the first was looked at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Pages as they will be printed")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.document: Document | None = None
        self._version = 0
        self._sheet = _Sheet(self)
        self.setWidget(self._sheet)
        self._drawing: Making | None = None
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._settled.timeout.connect(self._draw_next)
        self.verticalScrollBar().valueChanged.connect(lambda _: self._settled.start())

    @property
    def is_drawn(self) -> bool:
        """Whether all pages in sight are as they are in the document."""
        return self.document is not None and not self._missing()

    def show_document(self, document: Document) -> None:
        """Show it, at the same place; pages of the last one are seen until theirs are drawn."""
        self.document = document
        self._version += 1
        self._sheet.take(document.pages)
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Pages are as wide as the view."""
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        at = self.verticalScrollBar().value() / max(self._sheet.height(), 1)
        self._sheet.lay_out(min(self.viewport().width() - 2 * _GAP, _WIDEST))
        self.verticalScrollBar().setValue(round(at * self._sheet.height()))
        self._settled.start()

    def _missing(self) -> list[int]:
        seen = QRect(0, self.verticalScrollBar().value(), self.viewport().width(), self.viewport().height())
        width = round(self._sheet.pages_width * self.devicePixelRatioF())
        return [
            number
            for number, place in enumerate(self._sheet.places)
            if place.intersects(seen) and self._sheet.drawn.get(number, (0, 0, None))[:2] != (self._version, width)
        ]

    def _draw_next(self) -> None:
        missing = self._missing()
        if self._drawing is not None or self.document is None or not missing:
            return
        document, number, page_of = self.document, missing[0], self._version
        width = round(self._sheet.pages_width * self.devicePixelRatioF())
        scale = width / max(wide for wide, _ in document.pages)
        self._drawing = Making(lambda _go_on: rendered(document, number, scale))
        self._drawing.made.connect(lambda image: self._take(number, (page_of, width, image)))
        self._drawing.failed.connect(lambda _why: self._take(number, (page_of, width, QImage())))
        self._drawing.start()

    def _take(self, number: int, drawn: tuple[int, int, QImage]) -> None:
        self._drawing = None
        self._sheet.drawn[number] = drawn
        for other in list(self._sheet.drawn)[:-_KEPT]:
            del self._sheet.drawn[other]
        self._sheet.update()
        self._draw_next()


class _Sheet(QWidget):
    """The pages, and what is drawn of them so far."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.places: list[QRect] = []
        self.pages_width = 1
        self.drawn: dict[int, tuple[int, int, QImage]] = {}
        self._sizes: tuple[tuple[float, float], ...] = ()

    def take(self, sizes: tuple[tuple[float, float], ...]) -> None:
        self._sizes = sizes
        self.drawn = {number: one for number, one in self.drawn.items() if number < len(sizes)}

    def lay_out(self, width: int) -> None:
        self.pages_width = max(width, 40)
        widest = max((wide for wide, _ in self._sizes), default=1.0)
        self.places, y = [], _GAP
        for wide, high in self._sizes:
            size = QSize(round(self.pages_width * wide / widest), round(self.pages_width * high / widest))
            self.places.append(QRect(_GAP + (self.pages_width - size.width()) // 2, y, size.width(), size.height()))
            y += size.height() + _GAP
        self.resize(self.pages_width + 2 * _GAP, y)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """White sheets, with what is drawn on them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for number, place in enumerate(self.places):
            if place.intersects(event.rect()):
                painter.fillRect(place, QColor("#ffffff"))
                if number in self.drawn:
                    painter.drawImage(place, self.drawn[number][2])
                painter.setPen(_EDGE)
                painter.drawRect(place.adjusted(-1, -1, 0, 0))
