"""What happens in the present while somebody looks at the past: one strip that calls them back."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout

from cop.domain.rules.alarm import is_severe, severity_rank
from cop.domain.unit import Unit
from cop.picture.change import Change, Key
from cop.ui import wording
from cop.ui.alert_words import alert_of, standing_alerts, tag
from cop.ui.desk import Desk
from cop.ui.labels import Label, button, restyle
from cop.ui.main_window import MainWindow

#: so many of a kind are named one by one
_NAMED = 2
_LONGEST = 120


class Meanwhile(QFrame):
    """Listens to the live window from the moment it is made: what is new since then is said until somebody returns."""

    live_asked = Signal()

    def __init__(self, live: MainWindow) -> None:
        super().__init__()
        self.setObjectName("banner")
        self._live = live
        self._desk: Desk = live.desk
        self._calling: dict[Key, str] = {}
        self._was_calling = {key for key in self._desk.picture.units if self._calls_for_help(key)}
        self._alerts = self._severe()
        self._requests = set(live.inbox_dock.model.lines)
        self._incidents = set(self._desk.picture.incidents)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 5, 16, 5)
        self._mark = Label("LIVE now")
        self._text = Label(wrap=True)
        self._back = button("Back to LIVE", "small", name="Back to LIVE", hint="Back to the present (Ctrl+H)")
        self._back.clicked.connect(self.live_asked)
        line.addWidget(self._mark)
        line.addWidget(self._text, 1)
        line.addWidget(self._back)
        self._desk.changed.connect(self._take)
        timer = QTimer(self)
        timer.timeout.connect(self.look)
        timer.start(1000)
        self.look()

    def leave(self) -> None:
        """Listen no longer."""
        self._desk.changed.disconnect(self._take)

    def text(self) -> str:
        """What is said now."""
        return self._text.text()

    def _take(self, change: Change) -> None:
        new = False
        for key in change.units:
            if not self._calls_for_help(key):
                self._was_calling.discard(key)
                self._calling.pop(key, None)
            elif key not in self._was_calling and key not in self._calling:
                self._calling[key] = wording.unit_callsign(self._desk.picture, *key)
                new = True
        if new or change.alerts or change.broker:
            self.look()

    def look(self) -> None:
        """Say what is new in the present; hidden while nothing is."""
        pressing = [f"{name} calls for help" for name in self._calling.values()][: _NAMED * 2]
        alerts = self._severe()
        pressing += _named([words for key, words in alerts.items() if key not in self._alerts], "severe alerts")
        pressing += self._live.banners.texts()
        lines = self._live.inbox_dock.model.lines
        asked = [one for item, one in lines.items() if item not in self._requests and one.needs_answer]
        new = [f"{len(asked)} new request{'s' if len(asked) != 1 else ''} to us"] if asked else []
        _, overdue = self._live.inbox_dock.counts()
        if overdue:
            pressing.append(f"{overdue} request{'s' if overdue != 1 else ''} to us overdue")
        picture = self._desk.picture
        opened = [wording.incident_title(one) for key, one in picture.incidents.items() if key not in self._incidents]
        new += _named([f"new incident {title}" for title in opened], "new incidents")
        said = [in_short(one) for one in (*pressing, *new)]
        self._say(" · ".join(said), "bad" if pressing else "warn")

    def _say(self, text: str, level: str) -> None:
        if level != self.property("level"):
            restyle(self, "level", level)
            for part in (self._mark, self._text, self._back):
                restyle(part, "level", level)
        if text != self._text.text():
            self._text.setText(text)
            self.setAccessibleName(f"Live now: {text}")
            if text and QAccessible.isActive():
                QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, f"Live now: {text}"))
        self.setVisible(bool(text))

    def _calls_for_help(self, key: Key) -> bool:
        report = self._desk.picture.units.get(key)
        return report is not None and isinstance(report.body, Unit) and report.body.status == "emergency"

    def _severe(self) -> dict[Key, str]:
        """The severe alerts that stand, those of drills left out."""
        found = {}
        for report in standing_alerts(self._desk):
            alert = alert_of(report)
            if is_severe(severity_rank(alert)) and not tag(self._desk, report):
                found[report.key] = wording.one_line(alert.headline or alert.event)
        return found


def in_short(words: str) -> str:
    """Whole sentences, as many as are not too long: what to do about it stands in the live window."""
    words = wording.one_line(words)
    if len(words) <= _LONGEST:
        return words
    end = words.rfind(". ", 0, _LONGEST) + 1
    return words[:end] if end else wording.shortened(words, _LONGEST)


def _named(words: list[str], together: str) -> list[str]:
    return words if len(words) <= _NAMED else [f"{len(words)} {together}"]
