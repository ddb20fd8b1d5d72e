"""A document to the printer: page after page, each drawn beside the work."""

from PySide6.QtCore import QObject, QRectF, Signal
from PySide6.QtGui import QImage, QPageLayout, QPainter
from PySide6.QtPrintSupport import QPrinter

from cop.ui.forms.rendering import Document, rendered
from cop.ui.making import Making

_MOST_DPI = 300


class Printing(QObject):
    """Prints the pages from `first` to `last` (from 1 on); then says how many, or why not."""

    ended = Signal(int)
    failed = Signal(str)

    def __init__(self, document: Document, printer: QPrinter, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._printer = document, printer
        count = len(document.pages)
        first, last = printer.fromPage() or 1, printer.toPage() or count
        self._left = list(range(max(first, 1) - 1, min(last, count)))
        self._printed = 0
        self._painter: QPainter | None = None
        self._drawing: Making | None = None

    def start(self) -> None:
        """Begin."""
        if not self._left:
            self._end()
            return
        wide, high = self._document.pages[self._left[0]]
        sideways = QPageLayout.Orientation.Landscape if wide > high else QPageLayout.Orientation.Portrait
        self._printer.setFullPage(True)
        self._printer.setPageOrientation(sideways)
        scale = min(self._printer.resolution(), _MOST_DPI) / 72
        document, page = self._document, self._left[0]
        self._drawing = Making(lambda _go_on: rendered(document, page, scale))
        self._drawing.made.connect(self._take)
        self._drawing.failed.connect(self._fail)
        self._drawing.start()

    def stop(self) -> None:
        """No more pages."""
        self._left.clear()
        if self._drawing is not None:
            self._drawing.stop()
        self._close()

    def _take(self, image: QImage) -> None:
        if self._painter is None:
            self._painter = QPainter()
            if not self._painter.begin(self._printer):
                self._painter = None
                self._fail("the printer could not be started")
                return
        elif not self._printer.newPage():
            self._fail("the printer takes no more pages")
            return
        room = QRectF(self._painter.viewport())
        size = image.size().toSizeF()
        scale = min(room.width() / size.width(), room.height() / size.height())
        place = QRectF(0, 0, size.width() * scale, size.height() * scale)
        place.moveCenter(room.center())
        self._painter.drawImage(place, image)
        self._printed += 1
        del self._left[0]
        self.start()

    def _end(self) -> None:
        self._close()
        self.ended.emit(self._printed)

    def _fail(self, why: str) -> None:
        self._left.clear()
        self._close()
        self.failed.emit(why)

    def _close(self) -> None:
        if self._painter is not None:
            self._painter.end()
            self._painter = None
