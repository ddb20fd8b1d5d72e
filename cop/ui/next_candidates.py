"""Whom to ask next where an answer was no, or did not come: found one at a time, never in the way of a pulse."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, QTimer, Signal

from cop.domain.rules.tasking import Direct
from cop.picture.change import Key
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.task_words import task_of

#: units move and are taken: who was found is looked for again after so long
_FRESH = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Next:
    """The unit that would be asked, None if there is nobody, and what stands on the button."""

    unit: Key | None
    words: str
    found_at: datetime


class NextCandidates(QObject):
    """Looks for the next candidate of each task that it is asked about, one a turn of the event loop."""

    found = Signal(str, str)  # the task: agency, id

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._known: dict[Key, Next] = {}
        self._wanted: dict[Key, None] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._look)

    def of(self, task: Key) -> Next | None:
        """Who is next for a task, as last found; None while nobody has looked. What is old is looked for anew."""
        known = self._known.get(task)
        if known is None or abs(self._desk.now() - known.found_at) >= _FRESH:
            self._wanted[task] = None
            self._timer.start()
        return known

    def forget(self, task: Key) -> None:
        """The task changed, or needs nobody any more."""
        self._known.pop(task, None)
        self._wanted.pop(task, None)

    def _look(self) -> None:
        if not self._wanted:
            return
        task = next(iter(self._wanted))
        del self._wanted[task]
        report = self._desk.picture.tasks.get(task)
        if report is not None:
            unit = self._desk.tasks.next_candidate(report)
            found = Next(unit, self._words(task, unit), self._desk.now())
            news = (known := self._known.get(task)) is None or (known.unit, known.words) != (found.unit, found.words)
            self._known[task] = found
            if news:
                self.found.emit(*task)
        if self._wanted:
            self._timer.start()

    def _words(self, task: Key, unit: Key | None) -> str:
        if unit is None:
            return "Nobody else fits: choose a unit yourself"
        picture = self._desk.picture
        callsign = wording.shortened(wording.unit_callsign(picture, *unit), 24)
        if unit[0] == self._desk.operator.agency:
            return f"Send {callsign}"
        about = task_of(picture.tasks[task])
        incident = (about.incident_agency, about.incident)
        tasking = self._desk.authority.may_task(unit, incident if incident in picture.incidents else None)
        verb = "Send" if isinstance(tasking, Direct) else "Ask"
        return f"{verb} {callsign}, {wording.shortened(wording.agency_name(picture, unit[0]), 28)}"
