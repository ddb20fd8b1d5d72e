"""Names and values under each other: what is known of an object, and where it comes from."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from cop.domain.report import Report
from cop.domain.rules.newer import is_counted
from cop.picture.picture import Picture
from cop.ui import wording
from cop.ui.labels import Label

#: name, value, tone of the value
Fact = tuple[str, str] | tuple[str, str, str]


class Facts(QWidget):
    """Rows of a name and a value; a fact without a value is left out."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnMinimumWidth(0, 92)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[Label, Label]] = []

    def say(self, facts: Sequence[Fact]) -> None:
        """Show these facts."""
        shown = [fact for fact in facts if fact[1]]
        while len(self._rows) < len(shown):
            name, value = Label(tone="muted"), Label(wrap=True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            at = len(self._rows)
            self._grid.addWidget(name, at, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, at, 1)
            self._rows.append((name, value))
        for at, (name, value) in enumerate(self._rows):
            fact = shown[at] if at < len(shown) else ("", "")
            name.say(fact[0])
            value.say(wording.breakable(fact[1]), fact[2] if len(fact) == 3 else "")
            value.setAccessibleName(f"{fact[0]}: {fact[1]}")

    def texts(self) -> list[tuple[str, str]]:
        """What is shown."""
        return [(name.text(), value.text().replace("\u200b", "")) for name, value in self._rows if value.text()]


def provenance(picture: Picture, report: Report, now: datetime) -> list[Fact]:
    """Where a report comes from: agency, feed, format, both times, the message's own id."""
    source = report.source
    original = " ".join(part for part in (source.original_type, source.original_id) if part)
    return [
        ("Agency", wording.agency_name(picture, report.agency)),
        ("Feed", wording.feed_and_format(source.feed, source.format)),
        ("Reported", times(report.reported_at, now)),
        ("Received", times(report.received_at, now)),
        ("Said by", wording.one_line(report.body.by)),
        ("Revision", str(report.body.rev) if is_counted(report.body.rev) else ""),
        ("Original", wording.one_line(original)),
        ("", "EXERCISE, not live" if report.exercise else ""),
    ]


def times(at: datetime, now: datetime) -> str:
    """ "14:36:02 · 6 s ago"."""
    day = "" if at.astimezone().date() == now.astimezone().date() else f"{at.astimezone():%d %b} "
    return f"{day}{wording.clock(at, seconds=True)} · {wording.age(at, now)}"
