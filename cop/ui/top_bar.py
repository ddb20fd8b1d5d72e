"""The bar across the top: what this is, who sits here, what time it is, and how the feeds are."""

from datetime import UTC

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cop.domain.rules.alarm import is_severe, severity_rank
from cop.map.palette import Palette
from cop.ui import feed_words, wording
from cop.ui.alert_words import alert_of, standing_alerts, tag
from cop.ui.desk import Desk
from cop.ui.edges import badges, say_time
from cop.ui.feed_dots import FeedDots
from cop.ui.labels import Label, button, restyle, tip
from cop.ui.search import SearchField

#: pixels that a window of the past needs for saying so
_OF_THE_PAST = 230
_LEAST, _SEARCH, _SEARCH_LEAST = 640, 200, 120


class TopBar(QWidget):
    """Brand, exercise badge, operation, search, feeds, alerts, conflicts, requests to us, clock, desk, share, theme."""

    feeds_asked = Signal()
    inbox_asked = Signal()
    alerts_asked = Signal()
    conflicts_asked = Signal()
    share_asked = Signal()
    theme_asked = Signal()

    def __init__(self, desk: Desk, search: SearchField, palette: Palette, *, operation: str, period: str) -> None:
        super().__init__()
        self.setObjectName("top_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)  # else a plain widget has no ground
        self.setFixedHeight(48)
        self._desk = desk
        self.search = search
        brand = Label("◎ COP")
        brand.setObjectName("brand")
        brand.setAccessibleName("Common operating picture")
        self.replay_badge, self.badge = badges(desk)
        title = Label(wording.one_line(operation))
        title.setObjectName("operation")
        when = Label(wording.one_line(period), "muted")
        when.setVisible(bool(period))
        search.setMinimumWidth(_SEARCH)
        search.setMaximumWidth(372)
        self.dots = FeedDots(palette)
        self.dots.asked.connect(self.feeds_asked)
        self.inbox = button("", "inbox")
        self.inbox.clicked.connect(self.inbox_asked)
        self.alerts = button("", "alerts")
        self.alerts.clicked.connect(self.alerts_asked)
        self.conflicts = button("", "conflicts")
        self.conflicts.hide()
        self.conflicts.clicked.connect(self.conflicts_asked)
        self.clock = Label()
        self.clock.setObjectName("clock")
        self.clock.setProperty("past", desk.past)
        self.zulu = Label(tone="muted")
        self.chip = Label(wording.operator_words(desk.operator, desk.picture))
        self.chip.setObjectName("desk_chip")
        self.share = button("Share", "bar_menu", name="Share: what can leave this desk", hint="Share (Ctrl+Shift+S)")
        self.share.clicked.connect(self.share_asked)
        self.theme = button("☀", "flat", name="Change between dark and light", hint="Dark or light (Ctrl+D)")
        self.theme.setFixedWidth(38)
        self.theme.clicked.connect(self.theme_asked)
        line = QHBoxLayout(self)
        line.setContentsMargins(14, 0, 10, 0)
        line.setSpacing(12)
        for label in (brand, self.replay_badge, self.badge, title, when):
            line.addWidget(label, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(search, 2)
        line.addWidget(self.dots, 3)
        # and how wide a live window is where there is room for it; the badge of the past has the time as well
        self._first_to_go: tuple[tuple[Label, int], ...] = (
            (when, 1500),
            (self.zulu, 1300),
            (title, 1150),
            (self.chip, 0),
            *(((self.clock, 0),) if desk.past else ()),
        )
        end: tuple[QWidget, ...] = (
            self.alerts,
            self.conflicts,
            self.inbox,
            self.clock,
            self.zulu,
            self.chip,
            self.share,
            self.theme,
        )
        for part in end:
            line.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        self.set_palette(palette)
        self.refresh()
        self.tick()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow window shows less of what is known anyway."""
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """A count has come, gone or grown: another part may have to make room."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def minimumSizeHint(self) -> QSize:
        """What stands here never makes the window wider than its screen."""
        return QSize(_LEAST, super().minimumSizeHint().height())

    def _fit(self) -> None:
        """Show what there is room for; what is known anyway goes first."""
        line = self.layout()
        if line is None:
            return
        more = _OF_THE_PAST if self._desk.past else 0
        shown: dict[QWidget, bool] = {
            part: bool(part.text()) and (not least or self.width() >= least + more) for part, least in self._first_to_go
        }
        parts = [item.widget() for at in range(line.count()) if (item := line.itemAt(at)) is not None]
        margins = line.contentsMargins()
        room = self.width() - margins.left() - margins.right() + line.spacing()
        for part in parts:
            if part is not None and shown.get(part, not part.isHidden()):
                room -= (_SEARCH if part is self.search else part.minimumSizeHint().width()) + line.spacing()
        for part, _ in self._first_to_go:
            if room < 0 and shown[part]:
                shown[part] = False
                room += part.minimumSizeHint().width() + line.spacing()
        for part, visible in shown.items():
            if part.isHidden() == visible:
                part.setVisible(visible)
        self.search.setMinimumWidth(_SEARCH if room >= 0 else max(_SEARCH_LEAST, _SEARCH + room))
        line.activate()

    def refresh(self) -> None:
        """Feeds, requests and our agency's name as the picture has them now."""
        self.dots.say(feed_words.by_agency(self._desk.picture))
        self.chip.setText(wording.operator_words(self._desk.operator, self._desk.picture))
        self._say_alerts()

    def say_requests(self, waiting: int, overdue: int) -> None:
        """So many requests wait for our answer, so many of them for too long."""
        words = f"{waiting} request{'s' if waiting != 1 else ''}" + (f" · ⚠ {overdue}" if overdue else "")
        self.inbox.setVisible(bool(waiting))
        if words != self.inbox.text():
            self.inbox.setText(words)
            late = f", {overdue} of them overdue" if overdue else ""
            self.inbox.setAccessibleName(f"{waiting} requests to our agency wait for an answer{late}")
            self.inbox.setToolTip(tip("Show the one whose time ends first (Ctrl+R)"))
            restyle(self.inbox, "overdue", bool(overdue))

    def say_conflicts(self, ours: int, words: str) -> None:
        """So many conflicts are ours to settle; those of others alone need no place here."""
        self.conflicts.setVisible(bool(ours))
        if words != self.conflicts.text():
            self.conflicts.setText(words)
            self.conflicts.setAccessibleName(f"{words} to settle: show the list")
            self.conflicts.setToolTip(tip("Show what we have to settle (Ctrl+Shift+C)"))

    def _say_alerts(self) -> None:
        stands = standing_alerts(self._desk)
        actual = [report for report in stands if not tag(self._desk, report)]
        severe = any(is_severe(severity_rank(alert_of(report))) for report in actual)
        count, kind = len(actual), ""
        if stands and not actual:  # what is no alarm is called what it is
            count, kind = len(stands), f"{tag(self._desk, stands[0]).lower()} "
        words = f"{count} {kind}alert{'s' if count != 1 else ''}"
        self.alerts.setVisible(bool(stands))
        if severe != self.alerts.property("severe"):
            restyle(self.alerts, "severe", severe)
        if words != self.alerts.text():
            self.alerts.setText(words)
            worst = "; some are severe" if severe else ""
            self.alerts.setAccessibleName(f"{words} in force or to come{worst}: show the list")
            self.alerts.setToolTip(tip("Show the alerts (Ctrl+7)"))

    def tick(self) -> None:
        """The clocks, local and Zulu; alerts begin and end."""
        self._say_alerts()
        now = self._desk.now()
        self.clock.setText(f"{'Then ' if self._desk.past else ''}{wording.clock(now, seconds=True)}")
        say_time(self.replay_badge, self._desk)
        self.zulu.setText(f"{now.astimezone(UTC):%H:%M} Z")

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        self.dots.colours = palette
        self.dots.update()
        self.theme.setText("☀" if palette.name == "dark" else "☾")
