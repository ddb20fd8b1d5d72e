"""What must not be overlooked: strips of words across the window, and a notice that passes."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from cop.ui.labels import Label, button, restyle

_NOTICE_MS = 8000
#: of what is equally bad, which stands first
_FIRST = ("broker", "outbox", "silence", "journal", "clock", "eyes", "replay")
#: words of a button, and what it does
Acts = tuple[tuple[str, Callable[[], None]], ...]


class Banners(QWidget):
    """One strip for each source that has something to say; the worst first. Level is `bad` or `warn`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(0)
        self._strips: dict[str, _Strip] = {}

    def show_banner(
        self, text: str, level: str = "bad", source: str = "", *, dismissable: bool = False, acts: Acts = ()
    ) -> None:
        """Say this for a source until it says something else or is cleared; `acts` are what can be done about it."""
        strip = self._strips.get(source)
        if strip is None:
            strip = self._strips[source] = _Strip(acts)
            strip.dismissed.connect(lambda: self.clear_banner(source))
        strip.say(text, level, dismissable=dismissable)
        ordered = sorted(self._strips, key=self._place)
        if ordered != list(self._strips) or self._lines.indexOf(strip) < 0:
            self._strips = {one: self._strips[one] for one in ordered}
            for at, one in enumerate(self._strips.values()):
                self._lines.insertWidget(at, one)
                restyle(one, "follows", bool(at))

    def _place(self, source: str) -> tuple[bool, int]:
        bad = self._strips[source].property("level") == "bad"
        return not bad, _FIRST.index(source) if source in _FIRST else len(_FIRST)

    def clear_banner(self, source: str = "") -> None:
        """This source has nothing more to say."""
        strip = self._strips.pop(source, None)
        if strip is not None:
            self._lines.removeWidget(strip)
            strip.hide()
            strip.deleteLater()
            self.updateGeometry()  # at once: the window would believe for a moment that it has to be taller
            if first := next(iter(self._strips.values()), None):
                restyle(first, "follows", False)

    def texts(self) -> list[str]:
        """What is said now, by all sources."""
        return [strip.text() for strip in self._strips.values()]


class _Strip(QFrame):
    dismissed = Signal()

    def __init__(self, acts: Acts) -> None:
        super().__init__()
        self.setObjectName("banner")
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 5, 16, 5)
        self._mark = Label("⚠")
        self._text = Label(wrap=True)
        self._close = button("Hide", "small", name="Hide this warning")
        self._close.clicked.connect(self.dismissed)
        line.addWidget(self._mark)
        line.addWidget(self._text, 1)
        self._acts = [button(words, "small") for words, _ in acts]
        for one, (_, act) in zip(self._acts, acts, strict=True):
            one.clicked.connect(lambda _checked=False, act=act: act())
            line.addWidget(one)
        line.addWidget(self._close)

    def say(self, text: str, level: str, *, dismissable: bool) -> None:
        if level != self.property("level"):
            restyle(self, "level", level)
            for part in (self._mark, self._text, self._close, *self._acts):
                restyle(part, "level", level)
        self._close.setVisible(dismissable)
        if text != self._text.text():
            self._text.setText(text)
            self.setAccessibleName(text)

    def text(self) -> str:
        return self._text.text()


class Notice(QFrame):
    """A sentence at the lower edge of a widget, gone after some seconds or at a click."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.setObjectName("notice")
        self._over = over
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        self._text = Label()
        self._text.setWordWrap(True)
        line.addWidget(self._text)
        self._timer = QTimer(self, singleShot=True, interval=_NOTICE_MS)
        self._timer.timeout.connect(self.hide)
        over.installEventFilter(self)
        self.hide()

    def say(self, text: str) -> None:
        """Show this sentence."""
        self._text.setText(text)
        self.setAccessibleName(text)
        self._place()
        self.show()
        self.raise_()
        self._timer.start()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def text(self) -> str:
        """The sentence that stands there now; empty if none does."""
        return "" if self.isHidden() else self._text.text()

    def _place(self) -> None:
        width = min(self._text.fontMetrics().horizontalAdvance(self._text.text()) + 40, self._over.width() - 40, 560)
        self.setFixedWidth(max(160, width))
        self.setFixedHeight(self.heightForWidth(self.width()) if self.hasHeightForWidth() else self.sizeHint().height())
        self.move((self._over.width() - self.width()) // 2, self._over.height() - self.height() - 64)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place when the widget below changes its size."""
        if watched is self._over and event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return super().eventFilter(watched, event)

    def mousePressEvent(self, event: object) -> None:
        """A click puts it away."""
        self.hide()
