"""How the feeds are, and the agencies heard on them, the worst first; above them the broker and the record."""

from typing import Any

from PySide6.QtCore import QObject, QSettings, Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from cop.map.palette import Palette, colour
from cop.picture.change import Change
from cop.ui import broker_words, feed_words, wording
from cop.ui.desk import Desk
from cop.ui.dock import Dock
from cop.ui.feed_words import FeedRow
from cop.ui.labels import Label, button, tip
from cop.ui.ordered_model import Column, OrderedModel
from cop.ui.table import restore_columns, save_columns, table
from cop.ui.theme import legible

#: narrower than this the table shows no more than its first columns; so wide are the details beside it, wide and narrow
_NARROW_PX = 700
_DETAIL_PX = (228, 216)
_IN_DETAILS = (3, 4)
#: of the columns wide and narrow
_WIDTHS = {0: (92, 108), 1: (126, 128), 2: (92, 90)}
#: what is remembered of the columns of another version is not used
_COLUMNS_KEY = "feed_dock/columns2"


class FeedModel(OrderedModel[FeedRow]):
    """One row a feed, and one an agency on it; the worst first.

    Known by the feed's name, or by feed and agency. Two lines a row: what it is, and what that is measured by.
    """

    def __init__(self, desk: Desk, palette: Palette, parent: QObject | None = None) -> None:
        self._desk = desk
        self.colours = palette
        #: what is amiss stands below the state
        self.narrow = False
        self._rows: dict[Any, FeedRow] = {}
        super().__init__(
            (
                Column("State", self._state, key=self._badness, colour=self._colour, width=92, hint=self._all),
                Column("Who", self._who, width=126, hint=self._all),
                Column("Last heard", self._last, key=self._last_key, width=92, hint=self._all),
                Column("Messages", self._rate, key=lambda one: one.per_second, width=76, hint=self._all),
                Column("Amiss", self._amiss, key=self._amount, colour=self._amiss_colour, width=96, hint=self._all),
            ),
            parent,
        )
        self.refresh()

    def ids(self) -> list[Any]:
        """The names of the feeds, and beside them feed and agency, feed by feed."""
        self._rows = {
            row.feed.feed if row.voice is None or row.alone else (row.feed.feed, row.voice.agency): row
            for health in self._desk.picture.feeds.values()
            for row in feed_words.rows_of(health)
        }
        return list(self._rows)

    def row(self, identity: Any) -> FeedRow:
        """The line as it was when the table was last refreshed: feeds tell of themselves once a second."""
        return self._rows[identity]

    def _state(self, row: FeedRow) -> str:
        mark = feed_words.STATES.get(row.state, ("", "?"))[1]
        below = next(iter(feed_words.amiss(row)), "") if self.narrow else ""
        return f"{mark} {feed_words.state_words(row.state)}" + (f"\n{below}" if below else "")

    def _badness(self, row: FeedRow) -> int:
        """Of those in the same state the one of which there is something to say stands first."""
        return 2 * feed_words.badness(row.state) + (0 if feed_words.amiss(row) else 1)

    def _colour(self, row: FeedRow) -> QColor:
        wanted = self.colours.health.get(row.state, self.colours.bad)
        return colour(legible(wanted, self.colours.raised))

    def _who(self, row: FeedRow) -> str:
        feed = wording.one_line(row.feed.feed)
        if not row.agency:
            return f"{feed}\nall on it"
        return f"{wording.agency_name(self._desk.picture, row.agency)}\n{feed}"

    def _last(self, row: FeedRow) -> str:
        at = row.last_message_at
        age = wording.age(at, self._desk.now()) if at is not None else "never"
        if row.voice is None or row.voice.usual_gap_s is None:
            return age
        return f"{age}\nusually {wording.span(max(1.0, row.voice.usual_gap_s))}"

    def _last_key(self, row: FeedRow) -> float:
        at = row.last_message_at
        return -at.timestamp() if at is not None else float("inf")

    def _rate(self, row: FeedRow) -> str:
        per_s = row.per_second
        rate = f"{per_s:,.0f}/s" if per_s >= 9.95 else f"{per_s:.1f}/s" if per_s >= 0.95 else f"{per_s * 60:.0f}/min"
        return f"{rate}\n{row.messages:,}"

    def _amiss(self, row: FeedRow) -> str:
        return " · ".join(feed_words.amiss(row)) or "—"

    def _amount(self, row: FeedRow) -> int:
        return -row.feed.bad if row.voice is None or row.alone else -len(feed_words.amiss(row))

    def _amiss_colour(self, row: FeedRow) -> QColor | None:
        if not feed_words.amiss(row):
            return colour(legible(self.colours.muted, self.colours.raised))
        is_bad = row.feed.bad or row.feed.state == "failed"
        wanted = self.colours.bad if is_bad and (row.voice is None or row.alone) else self.colours.warn
        return colour(legible(wanted, self.colours.raised))

    def _all(self, row: FeedRow) -> str:
        return "\n".join(feed_words.details(self._desk.picture, row, self._desk.now())[:30])


class FeedDock(Dock):
    """The table, above it the broker and the record, beside it all that is known of the chosen line."""

    side = Qt.DockWidgetArea.BottomDockWidgetArea
    keys = "Ctrl+6"
    closed_as_delivered = True

    def __init__(self, desk: Desk, palette: Palette) -> None:
        super().__init__("Feeds", "feed_dock", desk, palette)
        self.model = FeedModel(desk, palette, self)
        self.broker = Label(wrap=True)
        self.why = Label(tone="warn", wrap=True)
        self.record = Label(tone="muted", wrap=True)
        self.close_button = button("Close", "small", name="Close the feeds panel")
        self.close_button.clicked.connect(self.hide)
        self.view = table(self.model, "Feeds", row_height=38)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._detail())
        self.detail = QPlainTextEdit(readOnly=True)
        self.detail.setAccessibleName("All that is known of the chosen feed")
        self.detail.setPlaceholderText("Choose a line to see its clock, its rhythm, and its bad messages by reason.")
        head = QWidget()
        line = QHBoxLayout(head)
        line.setContentsMargins(12, 8, 12, 6)
        said = QVBoxLayout()
        said.setSpacing(2)
        for label in (self.broker, self.why, self.record):
            said.addWidget(label)
        line.addLayout(said, 1)
        line.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self.sides = QSplitter(Qt.Orientation.Horizontal)
        self.sides.setContentsMargins(12, 0, 12, 10)
        self.sides.setChildrenCollapsible(False)
        self.sides.addWidget(self.view)
        self.sides.addWidget(self.detail)
        self.sides.setStretchFactor(0, 1)
        self.sides.setStretchFactor(1, 0)
        self.lines.addWidget(head)
        self.lines.addWidget(self.sides, 1)
        self.content.setFocusProxy(self.view)
        self.refresh()

    def apply(self, change: Change) -> None:
        """Redraw if a feed or the broker changed."""
        if (change.feeds or change.broker or change.agencies) and self.in_sight():
            self.refresh()

    def refresh(self) -> None:
        """Everything anew."""
        self.model.refresh()
        broker = self.desk.picture.broker
        self.broker.say(broker_words.broker_line(broker))
        self.broker.setToolTip(tip(broker_words.broker_hint(broker)))
        self.why.say(broker_words.why_line(broker))
        self.record.say(*broker_words.record_line(broker))
        self._detail()

    def tick(self) -> None:
        """Ages move."""
        if self.in_sight():
            self.model.touch()
            self._detail()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, what the details say as well has no columns of its own."""
        super().resizeEvent(event)
        narrow = event.size().width() < _NARROW_PX
        if narrow != self.model.narrow:
            self.model.narrow = narrow
            for column in _IN_DETAILS:
                self.view.setColumnHidden(column, narrow)
            for column, (wide, little) in _WIDTHS.items():
                self.view.setColumnWidth(column, little if narrow else wide)
            self.model.touch()
        detail = _DETAIL_PX[narrow]
        self.sides.setSizes([event.size().width() - detail, detail])

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        super().set_palette(palette)
        self.model.colours = palette
        self.model.touch()

    def save(self, settings: QSettings) -> None:
        """Remember widths and sorting."""
        save_columns(self.view, settings, _COLUMNS_KEY)

    def restore(self, settings: QSettings) -> None:
        """Widths and sorting as they were."""
        restore_columns(self.view, settings, _COLUMNS_KEY)

    def _chosen(self) -> FeedRow | None:
        rows = self.view.selectionModel().selectedRows()
        identity = self.model.id_at(rows[0]) if rows else None
        return self.model.row(identity) if identity is not None else None

    def _detail(self) -> None:
        row = self._chosen()
        text = ""
        if row is not None:
            text = "\n".join(feed_words.details(self.desk.picture, row, self.desk.now()))
        if text != self.detail.toPlainText():
            held = self.detail.verticalScrollBar().value()
            self.detail.setPlainText(text)
            self.detail.verticalScrollBar().setValue(held)
