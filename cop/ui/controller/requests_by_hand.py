"""What is asked of an agency that the controller plays, and the answers that can be given."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QFrame, QLineEdit, QPushButton, QVBoxLayout, QWidget

from cop.domain.report import Report
from cop.domain.rules.task_state import NEXT_ANSWERS
from cop.domain.task import Task
from cop.domain.words import TASK_OVER, TASK_STATES, label
from cop.picture.change import Key
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.flow_layout import FlowLayout
from cop.ui.labels import Label, allow, button

#: what has to say why
_SAYS_WHY = frozenset({"declined", "countered", "released"})
_ANSWERS = {
    "accepted": "Accept",
    "declined": "Decline",
    "en_route": "En route",
    "on_scene": "On scene",
    "complete": "Done",
    "released": "Recall",
}
_MOST = 12
Say = Callable[..., None]


#: a task, and where it stands
Request = tuple[Report, Task, str]


def open_requests(desk: Desk) -> dict[str, list[Request]]:
    """By agency the tasks of its units that are not over, those without an answer first, then the oldest."""
    now = desk.now()
    found: dict[str, list[Request]] = {}
    for report in desk.picture.tasks.values():
        task = report.body
        if isinstance(task, Task) and not task.draft:
            state = desk.picture.task_state(report, now)
            if state not in TASK_OVER or state == "expired":
                found.setdefault(task.assignee_agency, []).append((report, task, state))
    for requests in found.values():
        requests.sort(key=lambda one: (one[2] not in ("requested", "expired"), one[1].asked_at or one[1].at))
    return found


class RequestsByHand(QWidget):
    """A box for each request; rebuilt only where it is another one, or stands elsewhere."""

    def __init__(self, desk: Desk, say: Say) -> None:
        super().__init__()
        self._desk, self._say = desk, say
        self.boxes: dict[Key, _Box] = {}
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(5)
        self.none = Label("Nothing is asked of its units.", "muted", wrap=True)
        self._lines.addWidget(self.none)

    def offer(self, requests: Sequence[Request], refusal: str | None) -> None:
        """These, as the picture has them now."""
        found = requests[:_MOST]
        self.none.setVisible(not found)
        wanted = {report.key: (report, task, state) for report, task, state in found}
        for key, box in list(self.boxes.items()):
            if key not in wanted or box.state != wanted[key][2]:
                box.hide()
                box.deleteLater()
                del self.boxes[key]
        for at, (key, (report, task, state)) in enumerate(wanted.items()):
            if key not in self.boxes:
                self.boxes[key] = _Box(self._desk, report, task, state, self._say)
                self._lines.insertWidget(at, self.boxes[key])
            self.boxes[key].refresh(refusal)


class _Box(QFrame):
    def __init__(self, desk: Desk, report: Report, task: Task, state: str, say: Say) -> None:
        super().__init__()
        self.setObjectName("box")
        self._desk, self._report, self._task, self._say = desk, report, task, say
        self.state = state
        picture = desk.picture
        unit = wording.unit_callsign(picture, task.assignee_agency, task.unit)
        asker = wording.agency_name(picture, report.agency)
        self.title = Label(wording.one_line(f"{unit}: {task.objective}"), "strong", wrap=True)
        self.about = Label(wording.one_line(f"{label(TASK_STATES, state)} · asked by {asker}"), "muted", wrap=True)
        self.why = QLineEdit()
        self.why.setPlaceholderText("Reason, to decline or recall")
        self.why.setAccessibleName(f"Reason, {unit}")
        lines = QVBoxLayout(self)
        lines.setContentsMargins(9, 7, 9, 7)
        lines.setSpacing(4)
        row = QWidget()
        flow = FlowLayout(row, gap=5)
        flow.setContentsMargins(0, 0, 0, 0)
        self.buttons: dict[str, QPushButton] = {}
        after = "requested" if state == "expired" else state
        for answer in NEXT_ANSWERS.get(after, ()):
            if answer not in _ANSWERS:
                continue
            look = "small_primary" if not self.buttons else "small"
            one = button(_ANSWERS[answer], look, name=f"{_ANSWERS[answer]}: {unit}, {wording.one_line(task.objective)}")
            one.clicked.connect(lambda _=False, answer=answer: self._give(answer))
            flow.addWidget(one)
            self.buttons[answer] = one
        for part in (self.title, self.about, row, self.why):
            lines.addWidget(part)
        self.why.setVisible(bool(_SAYS_WHY & self.buttons.keys()))
        self.why.textChanged.connect(lambda _: self.refresh(self._refusal))
        self._refusal: str | None = None

    def refresh(self, refusal: str | None) -> None:
        """Say how long it waits, and what can be pressed."""
        self._refusal = refusal
        if self.state == "requested":
            waits = (self._desk.now() - (self._task.asked_at or self._task.at)).total_seconds()
            asker = wording.agency_name(self._desk.picture, self._report.agency)
            self.about.say(wording.one_line(f"{asker} waits {wording.waiting(waits)}"), "warn")
        for answer, one in self.buttons.items():
            silent = answer in _SAYS_WHY and not self.why.text().strip()
            allow(one, refusal or ("Say why first." if silent else None))

    def _give(self, answer: str) -> None:
        why = self.why.text().strip() if answer in _SAYS_WHY else ""
        words = f"{_ANSWERS[answer]}: {wording.one_line(self._task.objective)}"
        self._say(words, asker=self._report.agency, task=self._task.id, state=answer, reason=why[:2000])
