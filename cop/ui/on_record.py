"""What the desk adds to the journal: now and then the whole picture, the moments that the time bar marks, what left."""

import functools
import json
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from cop.domain.incident import Incident
from cop.domain.report import Report
from cop.domain.words import TASK_STATES, label
from cop.picture.change import Change, Key
from cop.picture.picture import Picture
from cop.ui import wording
from cop.ui.alert_words import alert_of
from cop.ui.desk import Desk
from cop.ui.task_words import task_of

#: puts a note of a kind on record; the bytes are made on another thread
Note = Callable[[str, Callable[[], bytes]], object]

_LOOKS_EVERY_MS = 1_000
#: a snapshot so often, and sooner when so many records came that replay has to read one by one, but never more often
_EVERY_S, _AFTER_RECORDS, _NOT_SOONER_S = 120.0, 5_000, 10.0
#: what was said so long before this desk heard it is no news on the bar: a desk that starts hears all that stands
_NEWS_WITHIN_S = 120.0
_WORDS_LENGTH = 120
_MARKS_AT_ONCE = 50


class OnRecord(QObject):
    """Listens to the desk. What is noted while no feed process is there is lost; the next snapshot says it again."""

    def __init__(self, desk: Desk, note: Note, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._note = note
        self._noted_at = desk.now().timestamp() - _EVERY_S + _NOT_SOONER_S
        self._noted_upto = 0
        self._in_full = 0
        picture = desk.picture
        self._states = {key: picture.task_state(task, desk.now()) for key, task in picture.tasks.items()}
        self._incidents = set(picture.incidents)
        self._alerts = set(picture.alerts)
        self._conflicts: set[tuple[str, ...]] = set()
        desk.changed.connect(self._take)
        desk.left.connect(lambda words: self._mark("left", (desk.operator.agency, ""), words))
        timer = QTimer(self)
        timer.timeout.connect(self.look)
        timer.start(_LOOKS_EVERY_MS)

    def look(self) -> None:
        """A second has passed: mark new conflicts, and see whether the whole picture is to be put on record."""
        self._mark_conflicts()
        picture = self._desk.picture
        now = self._desk.now().timestamp()
        self._noted_at = min(self._noted_at, now)  # this computer's clock may be set back
        since = now - self._noted_at
        many = picture.in_full - self._in_full >= _AFTER_RECORDS
        if picture.upto > self._noted_upto and (since >= _EVERY_S or (many and since >= _NOT_SOONER_S)):
            self._noted_at, self._noted_upto, self._in_full = now, picture.upto, picture.in_full
            self._note("snapshot", picture.snapshot().packed)

    def _take(self, change: Change) -> None:
        """Mark what a pulse brought."""
        picture = self._desk.picture
        marks: list[tuple[str, Key, str]] = []
        for key in change.incidents:
            report = picture.incidents.get(key)
            if report is not None and key not in self._incidents and self._is_news(report.reported_at.timestamp()):
                marks.append(("incident", key, _title(report)))
            (self._incidents.add if report is not None else self._incidents.discard)(key)
        for key in change.tasks:
            marks += self._of_task(picture, key)
        for key in change.alerts:
            report = picture.alerts.get(key)
            if report is not None and key not in self._alerts and self._is_news(report.reported_at.timestamp()):
                alert = alert_of(report)
                marks.append(("alert", key, alert.headline or alert.event))
            (self._alerts.add if report is not None else self._alerts.discard)(key)
        for kind, key, words in marks[:_MARKS_AT_ONCE]:
            self._mark(kind, key, words)

    def _of_task(self, picture: Picture, key: Key) -> list[tuple[str, Key, str]]:
        report = picture.tasks.get(key)
        if report is None:
            self._states.pop(key, None)
            return []
        state = picture.task_state(report, self._desk.now())
        known, self._states[key] = self._states.get(key), state
        if state in {known, "draft"} or (known is None and not self._is_news(report.reported_at.timestamp())):
            return []
        return [("task", key, f"{task_of(report).objective}: {label(TASK_STATES, state).lower()}")]

    def _mark_conflicts(self) -> None:
        standing = {one.key: one for one in self._desk.authority.conflicts()}
        for key in standing.keys() - self._conflicts:
            conflict = standing[key]
            if self._is_news(conflict.since.timestamp()):
                self._mark("conflict", (conflict.owner, "~".join(key)[:_WORDS_LENGTH]), conflict.words)
        self._conflicts = set(standing)

    def _is_news(self, at: float) -> bool:
        return abs(self._desk.now().timestamp() - at) < _NEWS_WITHIN_S

    def _mark(self, kind: str, key: Key, words: str) -> None:
        said = {"kind": kind, "agency": key[0], "id": key[1], "words": wording.one_line(words)[:_WORDS_LENGTH]}
        self._note("mark", functools.partial(_as_json, said))


def _title(incident: Report) -> str:
    body = incident.body
    return body.title or body.type if isinstance(body, Incident) else ""


def _as_json(said: dict[str, str]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode()
