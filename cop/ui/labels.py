"""Labels and buttons that can show the text of a feed: plain text, never markup."""

import html

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QFrame,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)


class Label(QLabel):
    """A label that shows its text as it is. `tone` picks the look: muted, strong, heading, section, bad, warn, ok."""

    def __init__(self, text: str = "", tone: str = "", *, wrap: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if wrap:
            # a long word without spaces must not widen the panel it stands in
            self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if tone:
            self.setProperty("tone", tone)
        self.setText(text)

    def say(self, text: str, tone: str | None = None) -> None:
        """Show this text, if it is another one; hide the label where there is none."""
        if tone is not None and tone != self.property("tone"):
            restyle(self, "tone", tone)
        if text != self.text():
            self.setText(text)
        if self.isHidden() == bool(text):
            self.setVisible(bool(text))


class ElidedLabel(QLabel):
    """One line that ends in "…" where it does not fit; the whole text is in the tooltip."""

    def __init__(self, text: str = "", tone: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if tone:
            self.setProperty("tone", tone)
        self.say(text)

    def say(self, text: str) -> None:
        """Show this text, if it is another one."""
        if text != self.text():
            self.setText(text)
            self.setToolTip(tip(text))

    def minimumSizeHint(self) -> QSize:
        """A few letters at least."""
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text, cut with an ellipsis where it must be."""
        painter = QPainter(self)
        text = QFontMetrics(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.style().drawItemText(
            painter, self.rect(), int(self.alignment().value), self.palette(), self.isEnabled(), text
        )


class NameButton(QPushButton):
    """A name that can be pressed; one that does not fit ends in "…" and never widens what it stands in."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "name")
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def say(self, text: str) -> None:
        """Show this name."""
        if caption(text) != self.text():
            self.setText(caption(text))
            self.setToolTip(tip(text))

    def minimumSizeHint(self) -> QSize:
        """A few letters at least."""
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The name, cut with an ellipsis where it must be."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        room = self.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, self).width()
        option.text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)


class ElidedCombo(QComboBox):
    """A list of choices; the chosen one ends in "…" where it does not fit, the open list has it whole."""

    def minimumSizeHint(self) -> QSize:
        """Some letters at least."""
        return QSize(min(64, super().minimumSizeHint().width()), super().minimumSizeHint().height())

    def showPopup(self) -> None:
        """As wide as its longest line."""
        view = self.view()
        view.setMinimumWidth(max(self.width(), view.sizeHintForColumn(0) + 24))
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The chosen one, cut with an ellipsis where it must be."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self).width() - 4
        option.currentText = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, room)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


def tip(text: str) -> str:
    """A tooltip that shows this text as it is: Qt would read markup in it otherwise."""
    return f"<span>{html.escape(text).replace(chr(10), '<br>')}</span>" if text else ""


def caption(text: str) -> str:
    """The text of a button, tab or menu entry: an ampersand is an ampersand, not a key."""
    return text.replace("&", "&&")


def button(text: str, look: str = "", *, name: str = "", hint: str = "") -> QPushButton:
    """A button in one of the theme's looks, named for screen readers."""
    one = QPushButton(caption(text))
    if look:
        one.setProperty("look", look)
    one.setAccessibleName(name or text)
    one.setAutoDefault(False)
    if hint:
        one.setToolTip(tip(hint))
    return one


def allow(one: QAbstractButton, refusal: str | None, hint: str = "") -> None:
    """Enable a button, or disable it with the reason where eyes and screen readers find it."""
    one.setEnabled(refusal is None)
    one.setToolTip(tip(hint if refusal is None else refusal))
    one.setAccessibleDescription(hint if refusal is None else refusal)


def rule() -> QFrame:
    """A thin line across."""
    line = QFrame()
    line.setObjectName("rule")
    line.setFixedHeight(1)
    return line


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the stylesheet looks at, and let the look follow."""
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
