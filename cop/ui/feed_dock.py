"""How the feeds are: one row a feed, the broker, the journal, and what was wrong with bad messages."""

from PySide6.QtCore import QObject, QSettings, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from cop.domain.batch import FeedHealth
from cop.map.palette import Palette, colour
from cop.picture.change import Change
from cop.ui import feed_words, wording
from cop.ui.desk import Desk
from cop.ui.dock import Dock
from cop.ui.labels import Label, button
from cop.ui.ordered_model import RIGHT, Column, OrderedModel
from cop.ui.table import restore_columns, save_columns, table
from cop.ui.theme import legible


def unknown_words(health: FeedHealth) -> str:
    """How many words of a feed stand in none of our tables: "3 unknown words"; empty if none."""
    count = len(health.unmapped)
    return f"{count} unknown word{'s' if count != 1 else ''}" if count else ""


def _counted(counts: dict[str, int]) -> list[str]:
    """One line each, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [f"{count:>6,}  {wording.one_line(what)}" for what, count in ordered]


class FeedModel(OrderedModel[FeedHealth]):
    """One row a feed, the worst first."""

    def __init__(self, desk: Desk, palette: Palette, parent: QObject | None = None) -> None:
        self._desk = desk
        self.colours = palette
        picture = desk.picture
        super().__init__(
            (
                Column(
                    "State", self._state, key=lambda one: feed_words.badness(one.state), colour=self._colour, width=88
                ),
                Column("Feed", lambda one: wording.one_line(one.feed), width=112),
                Column(
                    "Agency", lambda one: wording.agency_name(picture, one.agency) if one.agency else "all", width=108
                ),
                Column("Format", lambda one: wording.one_line(one.format), width=68),
                Column("Last message", self._last, key=self._last_key, align=RIGHT, width=98),
                Column(
                    "Per s",
                    lambda one: f"{one.per_second:.1f}",
                    key=lambda one: one.per_second,
                    align=RIGHT,
                    width=46,
                ),
                Column(
                    "Messages", lambda one: f"{one.messages:,}", key=lambda one: one.messages, align=RIGHT, width=68
                ),
                Column(
                    "Bad",
                    lambda one: f"{one.bad:,}",
                    key=lambda one: one.bad,
                    colour=self._bad_colour,
                    align=RIGHT,
                    width=40,
                ),
                Column(
                    "Unknown",
                    lambda one: unknown_words(one).replace("unknown ", "") or "—",
                    key=lambda one: len(one.unmapped),
                    colour=self._unknown_colour,
                    width=62,
                    align=RIGHT,
                    hint=lambda one: "\n".join(_counted(one.unmapped)[:20]) or "every word is known",
                ),
                Column("Last bad message", lambda one: wording.one_line(one.last_bad_reason) or "—", width=132),
            ),
            parent,
        )
        self.refresh()

    def ids(self) -> list[str]:
        """The names of the feeds."""
        return list(self._desk.picture.feeds)

    def row(self, identity: str) -> FeedHealth:
        """The feed's health."""
        return self._desk.picture.feeds[identity]

    def _state(self, health: FeedHealth) -> str:
        mark = feed_words.STATES.get(health.state, ("", "?"))[1]
        return f"{mark} {feed_words.state_words(health.state)}"

    def _colour(self, health: FeedHealth) -> QColor:
        wanted = self.colours.health.get(health.state, self.colours.bad)
        return colour(legible(wanted, self.colours.raised))

    def _bad_colour(self, health: FeedHealth) -> QColor | None:
        return colour(legible(self.colours.bad, self.colours.raised)) if health.bad else None

    def _unknown_colour(self, health: FeedHealth) -> QColor | None:
        return colour(legible(self.colours.warn, self.colours.raised)) if health.unmapped else None

    def _last(self, health: FeedHealth) -> str:
        at = health.last_message_at
        return wording.age(at, self._desk.now()) if at is not None else "never"

    def _last_key(self, health: FeedHealth) -> float:
        at = health.last_message_at
        return -at.timestamp() if at is not None else float("inf")


class FeedDock(Dock):
    """The table of feeds, with the reasons of one feed's bad messages beside it."""

    side = Qt.DockWidgetArea.BottomDockWidgetArea
    keys = "Ctrl+6"
    closed_as_delivered = True

    def __init__(self, desk: Desk, palette: Palette) -> None:
        super().__init__("Feeds", "feed_dock", desk, palette)
        self.model = FeedModel(desk, palette, self)
        self.broker = Label(wrap=True)
        self.disk = Label(tone="bad", wrap=True)
        self.close_button = button("Close", "small", name="Close the feeds panel")
        self.close_button.clicked.connect(self.hide)
        self.view = table(self.model, "Feeds", row_height=26)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._detail())
        self.detail = QPlainTextEdit(readOnly=True)
        self.detail.setAccessibleName("Bad messages and unknown words of the chosen feed")
        self.detail.setPlaceholderText(
            "Choose a feed to see its bad messages by reason, and words that we do not know."
        )
        self.detail.setMaximumWidth(260)
        head, body = QWidget(), QWidget()
        line = QHBoxLayout(head)
        line.setContentsMargins(12, 8, 12, 6)
        said = QVBoxLayout()
        said.addWidget(self.broker)
        said.addWidget(self.disk)
        line.addLayout(said, 1)
        line.addWidget(self.close_button)
        sides = QHBoxLayout(body)
        sides.setContentsMargins(12, 0, 12, 10)
        sides.addWidget(self.view, 3)
        sides.addWidget(self.detail, 1)
        self.lines.addWidget(head)
        self.lines.addWidget(body, 1)
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
        self.broker.say(feed_words.broker_line(broker))
        self.disk.say("\n".join(text for text in feed_words.disk_banners(broker).values() if text))
        self._detail()

    def tick(self) -> None:
        """Ages move."""
        if self.in_sight():
            self.model.touch()

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        super().set_palette(palette)
        self.model.colours = palette
        self.model.touch()

    def save(self, settings: QSettings) -> None:
        """Remember widths and sorting."""
        save_columns(self.view, settings, "feed_dock/columns")

    def restore(self, settings: QSettings) -> None:
        """Widths and sorting as they were."""
        restore_columns(self.view, settings, "feed_dock/columns")

    def _detail(self) -> None:
        rows = self.view.selectionModel().selectedRows()
        health = self.desk.picture.feeds.get(self.model.id_at(rows[0])) if rows else None
        text = ""
        if health is not None:
            lines = [wording.one_line(health.feed), *(_counted(health.bad_reasons) or ["no bad message so far"])]
            if health.unmapped:
                lines += ["", f"{unknown_words(health)}, shown as they came:", *_counted(health.unmapped)]
            text = "\n".join(lines)
        if text != self.detail.toPlainText():
            self.detail.setPlainText(text)
