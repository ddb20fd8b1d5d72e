"""What the pages of the selection panel share."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from cop.domain.report import Report, kind_of
from cop.picture.change import Change, Key
from cop.ui.desk import Desk
from cop.ui.facts import Facts, provenance
from cop.ui.labels import Label
from cop.ui.received import Received


class Page(QWidget):
    """One selected object, read from the picture each time. `show_object` turns to another one."""

    assign_asked = Signal(str, str)  # agency, unit; empty: any unit
    send_asked = Signal(object, object)  # keys of units, none: the nearest; key of the incident
    log_asked = Signal()
    resources_asked = Signal()
    mark_asked = Signal(str, str)
    answer_asked = Signal(str, str, str)  # agency, id, state
    cancel_asked = Signal(str, str)
    place_asked = Signal(float, float)
    zone_asked = Signal(str, str, str)  # what is to be done with it, agency, id
    selected = Signal(str, str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.key: Key = ("", "")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(14, 14, 14, 14)
        outer.setSpacing(4)
        self.above = Label(tone="muted", wrap=True)
        self.heading = Label(tone="heading", wrap=True)
        self.below = Label(tone="muted", wrap=True)
        for part in (self.above, self.heading, self.below):
            outer.addWidget(part)
        self.body = QWidget()
        self.lines = QVBoxLayout(self.body)
        self.lines.setContentsMargins(0, 0, 0, 0)
        self.lines.setSpacing(4)
        outer.addWidget(self.body, 1)
        outer.addStretch(0)
        self.source = Facts()
        self.received = Received()
        self.turned = False

    def show_object(self, key: Key) -> None:
        """Turn to this object."""
        self.turned = key != self.key
        self.key = key
        self.refresh()
        self.turned = False

    def say(self, above: str, heading: str, below: str) -> None:
        """The three lines on top, with the rest of the page below them."""
        self.above.say(above)
        self.heading.say(heading)
        self.below.say(below)
        self.body.show()

    def say_gone(self, words: str, why: str = "") -> None:
        """The object is not in the picture: nothing of it is shown, and nothing can be pressed."""
        if self.desk.past:  # it may be unknown yet as well: nobody has said that it went
            words, why = "Not in the picture at this time", "It was not known yet, or no longer."
        self.say("", words, why)
        self.body.hide()

    def end_with_source(self, title: str = "Source") -> None:
        """The last sections of a page: where its object is known from, and what came beside our words."""
        self.section(title)
        self.lines.addWidget(self.source)
        self.lines.addWidget(self.received)
        self.lines.addStretch(1)

    def say_source(self, report: Report, *beside: Report) -> None:
        """Fill them; the fields of what is said beside it (the answer to a task) stand there too."""
        self.source.say(provenance(self.desk.picture, report, self.desk.now()))
        fields = dict(report.losses)
        for other in beside:
            fields.update({f"{kind_of(other.body)} {name}": value for name, value in other.losses.items()})
        self.received.say(fields, collapse=self.turned)

    def refresh(self) -> None:
        """Read everything anew."""

    def concerns(self, change: Change) -> bool:
        """Whether a pulse may have changed what stands here."""
        return bool(change)

    def tick(self) -> None:
        """A second has passed."""
        self.refresh()

    def section(self, title: str) -> Label:
        """A section's title, with the gap above it."""
        self.lines.addSpacing(12)
        label = Label(title.upper(), "section")
        self.lines.addWidget(label)
        self.lines.addSpacing(2)
        return label


def box() -> tuple[QFrame, QVBoxLayout]:
    """A raised frame and its lines."""
    frame = QFrame()
    frame.setObjectName("box")
    lines = QVBoxLayout(frame)
    lines.setContentsMargins(12, 10, 12, 10)
    lines.setSpacing(3)
    return frame, lines
