"""The selection panel's page of a task."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from cop.domain.report import Report
from cop.domain.rules.task_state import ONGOING, asked_at
from cop.domain.task import Answer, Task
from cop.domain.words import TASK_KINDS, TASK_STATES, label
from cop.picture.change import Change, Key
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.facts import Fact, Facts, provenance, times
from cop.ui.flow_layout import FlowLayout
from cop.ui.labels import Label, allow, button
from cop.ui.page import Page
from cop.ui.task_words import Standing, answer_verb, asked_of, may_cancel, standing, task_of

#: so often the next candidate is looked for anew, seconds
_LOOK_EVERY_S = 15


class Checklist(QWidget):
    """Lines to tick; the owner ticks, everybody reads."""

    ticked = Signal(int, bool)  # line, done

    def __init__(self) -> None:
        super().__init__()
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(3)
        self._texts: tuple[str, ...] = ()
        self.boxes: list[QCheckBox] = []

    def say(self, texts: tuple[str, ...], checked: frozenset[int], *, refusal: str | None) -> None:
        """Show these lines; `refusal` says why nobody ticks here."""
        if texts != self._texts:
            self._make(texts)
        for at, box in enumerate(self.boxes):
            box.blockSignals(True)  # what the owner said is no click
            box.setChecked(at in checked)
            box.blockSignals(False)
            allow(box, refusal)

    def _make(self, texts: tuple[str, ...]) -> None:
        self._texts = texts
        self.boxes = []
        while (item := self._lines.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for at, text in enumerate(texts):
            words = wording.one_line(text) or f"line {at + 1}"
            box = QCheckBox()  # its own text would neither wrap nor stay plain
            box.setAccessibleName(words)
            box.toggled.connect(lambda done, at=at: self.ticked.emit(at, done))
            line = QWidget()
            across = QHBoxLayout(line)
            across.setContentsMargins(0, 0, 0, 0)
            across.setSpacing(8)
            across.addWidget(box, 0, Qt.AlignmentFlag.AlignTop)
            across.addWidget(_Words(wording.breakable(words), box), 1)
            self._lines.addWidget(line)
            self.boxes.append(box)


class _Words(Label):
    """The words beside a box: a click on them is one on the box, a far smaller mark."""

    def __init__(self, text: str, box: QCheckBox) -> None:
        super().__init__(text, wrap=True)
        self._box = box

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tick it."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._box.click()


class TaskPage(Page):
    """One task: how it stands and by whose word, what is asked, what its owner says, and the buttons of either side."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.line = Label(tone="strong", wrap=True)
        self.said = Label(tone="muted", wrap=True)
        self.lines.addWidget(self.line)
        self.lines.addWidget(self.said)
        self.lines.addSpacing(8)
        self._buttons = QWidget()
        self._flow = FlowLayout(self._buttons, gap=8)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self._states: tuple[str, ...] | None = None
        self.lines.addWidget(self._buttons)
        self.send = self._asker("Send this draft", self._send)
        self.take = self._asker("", self._take)
        self.next = self._asker("", self._ask_next)
        self.cancel = button("Cancel request")
        self.cancel.clicked.connect(lambda: self.cancel_asked.emit(*self.key))
        self._asks = QWidget()
        flow = FlowLayout(self._asks, gap=8)
        flow.setContentsMargins(0, 0, 0, 0)
        for one in (self.send, self.take, self.next, self.cancel):
            flow.addWidget(one)
        self.lines.addWidget(self._asks)
        self.section("What is asked")
        self.facts = Facts()
        self.lines.addWidget(self.facts)
        self._list_title = self.section("Checklist")
        self.checklist = Checklist()
        self.checklist.ticked.connect(self._tick)
        self.lines.addWidget(self.checklist)
        self.section("What its owner says")
        self.answer = Facts()
        self.lines.addWidget(self.answer)
        self.end_with_source()
        self._candidate: Key | None = None
        self._looked: tuple[Key, str, int] | None = None

    def concerns(self, change: Change) -> bool:
        """Itself, or its answer; another task that took its place, or whose place it took."""
        return bool(change.tasks or change.consents or change.agencies or change.delivered)

    def refresh(self) -> None:
        """Read everything anew."""
        picture = self.desk.picture
        report = picture.tasks.get(self.key)
        if report is None:
            self.say_gone("This task is gone")
            return
        task, stands = task_of(report), standing(self.desk, report)
        self.say(
            f"{task.id} · asked by {wording.agency_name(picture, report.agency)}",
            stands.objective,
            stands.who,
        )
        self.line.say(
            stands.line + (" · not sent yet" if stands.pending else ""),
            "strong" if stands.tone == "muted" else stands.tone,
        )
        self.said.say(f"{label(TASK_STATES, stands.state)}: {stands.said}")
        self.facts.say(self._asked(report, stands))
        answer = picture.answer_to(report)
        asked = bool(task.assignee_agency) and stands.state != "draft"
        self.answer.say(self._answer(answer) if asked else [("", "Nobody is asked yet.")])
        self._tell_checklist(task, answer, stands)
        self._offer(stands.answers)
        self._offer_asker(report, stands)
        self.say_source(report, *([answer] if answer is not None else []))

    def _asked(self, report: Report, stands: Standing) -> list[Fact]:
        task, now, picture = task_of(report), self.desk.now(), self.desk.picture
        late = task.due_at is not None and now > task.due_at and stands.state not in {"complete", "cancelled"}
        due = wording.clock_or_date(task.due_at, now) if task.due_at is not None else ""
        return [
            ("Work", label(TASK_KINDS, task.kind)),
            ("Incident", stands.incident),
            ("Due", f"{due} · overdue" if late else due, "warn" if late else ""),
            ("Hazards", " · ".join(wording.one_line(one) for one in task.hazards), "warn"),
            ("Channel", wording.one_line(task.channel)),
            ("Clause", stands.clause or ("" if self._is_own(report) else "none: its owner is asked")),
            ("Note", wording.one_line(task.note)),
            ("Asked", times(asked_at(task), now)),
            ("Answer by", self._answer_by(task, stands)),
            ("Instead of", self._other(task.replaces)),
            ("Doubt", picture.commitments.doubt(report), "warn"),
        ]

    def _answer(self, report: Report | None) -> list[Fact]:
        if report is None or not isinstance(report.body, Answer):
            return [("", "nothing yet")]
        answer, now = report.body, self.desk.now()
        offer = wording.unit_callsign(self.desk.picture, report.agency, answer.offers) if answer.offers else ""
        return [
            ("State", label(TASK_STATES, answer.state)),
            ("Reason", wording.one_line(answer.reason)),
            ("Instead", offer),
            ("ETA", wording.span(answer.eta_s) if answer.eta_s is not None else ""),
            ("First said", times(answer.answered_at, now) if answer.answered_at is not None else ""),
            *provenance(self.desk.picture, report, now),
        ]

    def _tell_checklist(self, task: Task, answer: Report | None, stands: Standing) -> None:
        body = answer.body if answer is not None and isinstance(answer.body, Answer) else None
        checked = frozenset(body.checked) if body is not None else frozenset()
        refusal = self.desk.may("answer_task")
        why = refusal.reason if refusal is not None else None
        if task.assignee_agency != self.desk.operator.agency:
            why = f"{wording.agency_name(self.desk.picture, task.assignee_agency)} ticks its own work"
        elif stands.state not in ONGOING:
            why = "Nobody is on it"
        done = sum(line < len(task.checklist) for line in checked)
        self._list_title.say(f"CHECKLIST {done}/{len(task.checklist)}" if task.checklist else "")
        self.checklist.setVisible(bool(task.checklist))
        self.checklist.say(task.checklist, checked, refusal=why)

    def _offer(self, states: tuple[str, ...]) -> None:
        if states == self._states:
            return
        self._states = states
        while (item := self._flow.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        refusal = self.desk.may("answer_task")
        first = "accepted" in states
        for place, state in enumerate(states):
            other = state == "countered" and not first  # the request itself was said yes to
            one = button("Offer another…" if other else answer_verb(state), "primary" if place == 0 else "")
            allow(one, refusal.reason if refusal else None)
            one.clicked.connect(lambda _=False, state=state: self.answer_asked.emit(*self.key, state))
            self._flow.addWidget(one)
        self._buttons.setVisible(bool(states))

    def _offer_asker(self, report: Report, stands: Standing) -> None:
        """The buttons of who asked: send, take what is offered, ask the next, take it back."""
        asks = self.desk.may("assign_task")
        why = asks.reason if asks is not None else None
        ours = report.agency == self.desk.operator.agency
        self.send.setVisible(ours and stands.state == "draft")
        self.take.setVisible(bool(stands.offer))
        self.take.setText(f"Take {stands.offer}")
        self.next.setVisible(stands.next)
        if stands.next:
            self._look_for_next(report, stands)
            self.next.setText(
                f"Ask next: {self._named(self._candidate)}" if self._candidate is not None else "Ask next"
            )
        allow(self.send, why)
        allow(self.take, why)
        allow(self.next, why or (None if self._candidate is not None else "Nobody else here could do it"))
        self.cancel.setVisible(may_cancel(self.desk, report))
        refusal = self.desk.may("cancel_task")
        allow(self.cancel, refusal.reason if refusal else None, "Take the request back")
        self._asks.setVisible(any(not one.isHidden() for one in (self.send, self.take, self.next, self.cancel)))

    def _look_for_next(self, report: Report, stands: Standing) -> None:
        looked = (report.key, stands.state, int(self.desk.now().timestamp()) // _LOOK_EVERY_S)
        if looked != self._looked:
            self._looked = looked
            self._candidate = self.desk.tasks.next_candidate(report)

    def _asker(self, words: str, act: Callable[[], None]) -> QPushButton:
        one = button(words, "primary")
        one.clicked.connect(lambda _: act())
        return one

    def _named(self, unit: Key) -> str:
        callsign = wording.unit_callsign(self.desk.picture, *unit)
        return f"{callsign} · {wording.agency_name(self.desk.picture, unit[0])}"

    def _send(self) -> None:
        if (report := self._report()) is not None:
            self.desk.tasks.send_draft(report)

    def _take(self) -> None:
        if (report := self._report()) is not None:
            self.desk.tasks.accept_counter(report)

    def _ask_next(self) -> None:
        """The one that the button names, whoever has become nearer since."""
        if (report := self._report()) is not None and self._candidate is not None:
            self.desk.tasks.reassign(report, self._candidate)

    def _tick(self, line: int, done: bool) -> None:
        if (report := self._report()) is not None and self.desk.tasks.tick(report, line, done) is not None:
            self.refresh()  # refused: the box stands as it stood

    def _report(self) -> Report | None:
        return self.desk.picture.tasks.get(self.key)

    def _is_own(self, report: Report) -> bool:
        return report.agency == task_of(report).assignee_agency

    def _answer_by(self, task: Task, stands: Standing) -> str:
        if task.answer_by is None or stands.state not in {"requested", "expired"}:
            return ""
        return wording.clock(task.answer_by, seconds=True)

    def _other(self, name: str) -> str:
        """The task whose place this one took, by its unit."""
        agency, _, object_id = name.partition("/")
        other = self.desk.picture.tasks.get((agency, object_id))
        if other is None:
            return wording.one_line(name)
        return f"{asked_of(self.desk.picture, task_of(other))} ({wording.one_line(object_id)})"
