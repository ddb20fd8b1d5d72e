"""The inbox: what others ask of our agency, and what was sent in our name. Worked by keyboard alone.

`Ctrl+I` shows it with the keys in the list, on the request whose time ends first. There:

- `Up`, `Down`, `Home`, `End`: another request; the pane below tells all of it.
- `Enter`: yes. A request is accepted, what was sent by agreement is noted.
- `D` and a number: declined, for that usual reason; the last number is own words.
- `R` and a number: what was sent by agreement is called back, for that reason.
- `C` and a number: that unit of ours is offered instead; the last number is own words.
- `S` and a number: put off for some minutes. It stays in the list, below those that wait, and comes back.
- `V`: shown on the map and in the selection. `Esc`: no letter was pressed.

After an answer the next request is turned to, so ten of them are ten decisions and at most twenty keys. No yes is given
by accident, for:

- the pane turns to another request only when a person moved, or has just answered. What comes, goes or changes place
  in the list moves neither the pane nor the keys, and no window takes the focus by itself;
- where the pane turned by itself (after an answer, when the inbox comes up), or the asker changed what is asked, an
  `Enter` or a click of the first moments is not taken: nobody has read it yet. A key that is held down is pressed once;
- a request that was taken back, or answered at another desk of ours, says so and leaves nothing to press;
- other letters do nothing in the list, and these ones do here what they do there, wherever in the inbox the keys are;
  on a button `Enter` presses that button.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSettings, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QWidget

from cop.domain.desk import Refusal
from cop.domain.report import Report
from cop.map.palette import Palette
from cop.picture.change import Change, Key
from cop.ui.cards import card_list
from cop.ui.desk import Desk
from cop.ui.dock import Dock
from cop.ui.inbox_list import InboxCards, InboxModel
from cop.ui.inbox_others import no_to_other, shown_as, yes_to_other
from cop.ui.inbox_pane import Act, InboxPane
from cop.ui.inbox_sheet import sheet_of, why_gone
from cop.ui.inbox_words import count_words, key_of
from cop.ui.labels import Label, button, rule, tip
from cop.ui.snoozes import Item, Snoozes
from cop.ui.tones import Tones

#: so long a request that came before the eyes by itself takes no yes
_LOOK_FIRST = timedelta(milliseconds=500)
_ARMS: dict[int, tuple[Act, ...]] = {
    Qt.Key.Key_D: ("decline", "recall"),
    Qt.Key.Key_R: ("recall",),
    Qt.Key.Key_C: ("counter",),
    Qt.Key.Key_S: ("snooze",),
}
_YES = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class InboxDock(Dock):
    """The list, and below it the one that is read. `counted` tells how many wait, and how many of them too long."""

    side = Qt.DockWidgetArea.LeftDockWidgetArea
    keys = "Ctrl+I"

    answer_asked = Signal(str, str, str)  # agency, id, state: in own words
    counted = Signal(int, int)  # waiting, overdue

    def __init__(self, desk: Desk, palette: Palette, tones: Tones | None = None) -> None:
        super().__init__("Inbox", "inbox_dock", desk, palette)
        self.content.setMinimumWidth(330)
        self.tones = tones or Tones(self)
        self.snoozes = Snoozes()
        self.model = InboxModel(desk, self.snoozes, self)
        self._told_lines = -1
        self._told: dict[Item, bool] = {}  # whether also its end was told
        self._turning = False
        self._turned_at: datetime | None = None  # when the pane turned by itself
        self._at = 0
        self.count = Label("", "muted", wrap=True)
        self.sound = button("", "chip")
        self.sound.setCheckable(True)
        self.sound.setChecked(True)
        self.sound.toggled.connect(self._sound_switched)
        self.sound.setVisible(not desk.past)
        head = QWidget()
        line = QHBoxLayout(head)
        line.setContentsMargins(12, 10, 12, 8)
        line.addWidget(self.count, 1)
        line.addWidget(self.sound)
        self.list, self.cards = card_list(self.model, InboxCards, palette, "Requests to us")
        self.list.installEventFilter(self)
        self.list.selectionModel().currentChanged.connect(self._turned_to)
        self.pane = InboxPane()
        self.pane.yes_said.connect(self.say_yes)
        self.pane.reason_given.connect(self._say_no)
        self.pane.offered.connect(self._offer)
        self.pane.put_off.connect(self._put_off)
        self.pane.show_asked.connect(self._show)
        self._halves = QSplitter(Qt.Orientation.Vertical)
        self._halves.setChildrenCollapsible(False)
        self._halves.addWidget(self.list)
        self._halves.addWidget(self.pane)
        self._halves.setStretchFactor(0, 2)
        self._halves.setStretchFactor(1, 3)
        self._halves.setSizes([400, 600])
        self.list.setMinimumHeight(106)  # one and a half: there are more
        for widget in (head, rule(), self._halves):
            self.lines.addWidget(widget)
        self.lines.setStretch(2, 1)
        self.content.setFocusProxy(self.list)
        self._sound_switched(True)
        self._took_over()

    # what arrives

    def apply(self, change: Change) -> None:
        """Read what a pulse changed; who is new here is heard."""
        if self.model.take(change):
            self._took_over()

    def refresh(self) -> None:
        """The dock has come into sight: at the one whose time ends first, unless a person had turned to another."""
        by_hand = self._turned_at is None and self.pane.item in self.model.lines
        if not by_hand and not self.list.hasFocus():
            self._turn(next(iter(self._shown()), None))

    def tick(self) -> None:
        """Times run, those that were put off come back, and what nears its end is heard."""
        for item in self.model.age():
            self._told.pop(item, None)
        self._took_over()

    def _took_over(self) -> None:
        self._hear()
        self._count()
        self._read_again()
        if self.pane.is_empty and self.isVisible():  # it said that nothing waits, which is over
            self._turn(next(iter(self._shown()), None))

    def _hear(self) -> None:
        new, near = [], False
        lines = self.model.lines
        for item in [item for item in self._told if item not in lines]:
            del self._told[item]
        for item, one in lines.items():
            if one.snoozed_until is not None and not one.is_overdue:
                self._told.setdefault(item, False)
                continue
            ends = one.answer is not None and one.answer.near_its_end
            if item not in self._told:
                new.append(one)
            elif ends and not self._told[item]:
                near = True
            self._told[item] = ends or self._told.get(item, False)
        if new:
            self.tones.play("asked")
            first = ". ".join(one.who for one in new[:2])
            self._announce(f"{len(new)} new: {first}" if len(new) > 1 else first)
        elif near:
            self.tones.play("near_end")

    def _count(self) -> None:
        waiting, overdue = self.counts()
        words, lines = count_words(self.model.lines.values()), len(self.model.lines)
        if words != self.count.text() or lines != self._told_lines:
            self._told_lines = lines
            self.say_count(lines)
            self.count.say(words, "bad" if overdue else "muted")
            self.counted.emit(waiting, overdue)

    def _read_again(self) -> None:
        """The pane as the picture has it now: the same line, or the word that it is settled."""
        item = self.pane.item
        if item is None:
            return
        one = self.model.lines.get(item)
        if one is None:
            self.pane.say_gone(why_gone(self.desk, item))
        elif self.pane.say(sheet_of(self.desk, one, self.model.report(item))):
            self._turned_at = self.desk.now()

    def counts(self) -> tuple[int, int]:
        """How many wait for our answer, and how many of them for too long."""
        waiting = [one for one in self.model.lines.values() if one.needs_answer]
        return len(waiting), sum(one.is_overdue for one in waiting)

    def most_pressing(self) -> Key | None:
        """The task that waits for our answer, was not put off, and whose time ends first; None if none waits."""
        shown = (self.model.lines[item] for item in self._shown())
        return next((key_of(one.item) for one in shown if one.item[0] == "task"), None)

    # turning

    def _shown(self) -> list[Item]:
        return [self.model.id_at(self.model.index(row, 0)) for row in range(self.model.rowCount())]

    def _turn(self, item: Item | None) -> None:
        """To this line, by the app and not by a person."""
        if item is None:
            return
        self._turning = True
        self.list.setCurrentIndex(self.model.index_of(item))
        self._turning = False

    def _turned_to(self, index: QModelIndex) -> None:
        item = self.model.id_at(index)
        if item is None:
            return  # it has gone, and the pane says so
        self._at = index.row()
        self._turned_at = self.desk.now() if self._turning else None
        self.pane.say(sheet_of(self.desk, self.model.lines[item], self.model.report(item)))
        self._announce(self.pane.words())

    def set_selection(self, kind: str, agency: str, object_id: str) -> None:
        """A task that was chosen elsewhere and waits here is turned to."""
        if kind != "task":
            return
        for item in (("task", agency, object_id), ("direct", agency, object_id)):
            if item in self.model.lines and item != self.pane.item:
                self._turn(item)

    # what a person does

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys of the list."""
        if watched is self.list and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride and self._is_ours(event):
                event.accept()  # before the window's own letters
                return True
            if event.type() == QEvent.Type.KeyPress:
                return self._pressed(event)
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """The same letters on the buttons of the pane: here none of them is the map's or the window's."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._is_ours(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As in the list; but Enter presses the button that has the keys, and answers nothing by itself."""
        focused = self.content.focusWidget()
        if event.key() in _YES and isinstance(focused, QPushButton) and not event.isAutoRepeat():
            focused.click()
        elif self._is_ours(event) and event.key() not in _YES:
            self._pressed(event)
        else:
            super().keyPressEvent(event)

    def _is_ours(self, event: QKeyEvent) -> bool:
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        key = event.key()
        if key == Qt.Key.Key_Escape:
            return self.pane.armed is not None
        return key in _YES or key in _ARMS or key == Qt.Key.Key_V or _number(event) > 0

    def _pressed(self, event: QKeyEvent) -> bool:
        """Whether the key is done with; the rest move in the list, or are the window's."""
        key = event.key()
        if not self._is_ours(event):
            if key in {Qt.Key.Key_Up, Qt.Key.Key_Down} and not self.list.currentIndex().isValid():
                if shown := self._shown():  # the one that was here is gone: the one in its place
                    self.list.setCurrentIndex(self.model.index(min(self._at, len(shown) - 1), 0))
                return True
            # a list would jump to what begins with a letter
            return bool(event.text()) and event.text().isprintable() and not event.modifiers()
        if event.isAutoRepeat():
            return True
        if key in _YES:
            self.say_yes()
        elif key == Qt.Key.Key_V:
            self._show()
        elif key == Qt.Key.Key_Escape:
            self.pane.disarm()
        elif key in _ARMS:
            _ = any(self.pane.arm(act) for act in _ARMS[key])
        else:
            self.pane.press(_number(event))
        return True

    def say_yes(self) -> None:
        """Accept it; note it where it was sent by agreement."""
        item, report = self._chosen()
        if item is None:
            return
        if not self._has_been_read():
            self.pane.note.say("This one has just come up: read it, then Enter.")
            return
        if report is not None:
            self._act(item, lambda: self.desk.tasks.answer(report, "accepted"))
        else:
            self._act(item, lambda: yes_to_other(self.desk, item))

    def _say_no(self, reason: str) -> None:
        item, report = self._chosen()
        if item is not None and report is None:
            self._act(item, lambda: no_to_other(self.desk, item, reason))
        if item is None or report is None:
            return
        state = "released" if item[0] == "direct" else "declined"
        if reason:
            self._act(item, lambda: self.desk.tasks.answer(report, state, reason))
        else:
            self.pane.disarm()
            self.answer_asked.emit(*key_of(item), state)

    def _offer(self, unit: str) -> None:
        item, report = self._chosen()
        if item is None or report is None:
            return
        if unit:
            own = self.desk.operator.agency
            self._act(item, lambda: self.desk.tasks.reassign(report, (own, unit)))
        else:
            self.pane.disarm()
            self.answer_asked.emit(*key_of(item), "countered")

    def _put_off(self, minutes: int) -> None:
        item, _ = self._chosen()
        one = self.model.lines.get(item) if item is not None else None
        if item is None or one is None:
            return
        following, now = self.model.after(item), self.desk.now()
        if self.snoozes.put_off(item, minutes, now, latest=one.back_at(now)) is None:
            self.desk.refused.emit("Its time is nearly over: it cannot be put off.")
            return
        self.pane.disarm()
        self.model.age()
        self._count()
        self._turn(following or item)

    def _act(self, item: Item, act: Callable[[], Refusal | None]) -> None:
        """Say it, and turn to the next that waits; a refusal leaves everything as it is, with its reason."""
        following = self.model.after(item)
        self.pane.disarm()
        refusal = act()
        if refusal is not None:
            self.pane.note.say(refusal.reason)
        elif item in self.model.lines:
            self._read_again()
        elif following in self.model.lines:
            self._turn(following)
        else:
            self.pane.say_nothing("Nothing else waits for our answer.")

    def _show(self) -> None:
        item, _ = self._chosen()
        if item is not None:
            is_task = item[0] in {"task", "direct"}
            self.selected.emit(*(("task", *key_of(item)) if is_task else shown_as(self.desk, item)))

    def _chosen(self) -> tuple[Item | None, Report | None]:
        item = self.pane.item
        return (item, self.model.report(item)) if item in self.model.lines and item is not None else (None, None)

    def _has_been_read(self) -> bool:
        passed = self.desk.now() - self._turned_at if self._turned_at is not None else _LOOK_FIRST
        return passed >= _LOOK_FIRST or passed < timedelta(0)  # a clock that was set back keeps nobody from answering

    def _announce(self, words: str) -> None:
        if QAccessible.isActive() and not self.desk.past:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.list, words))

    def _sound_switched(self, on: bool) -> None:
        self.tones.muted = self.desk.past or not on
        self.sound.setText("Sound on" if on else "Sound off")
        self.sound.setAccessibleName("Sound when a request comes and when its time is nearly over")
        self.sound.setToolTip(
            tip(self.tones.lack() or "A tone when a request comes, another when its time nears its end")
        )

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        super().set_palette(palette)
        self.cards.colours = palette
        self.list.viewport().update()

    def save(self, settings: QSettings) -> None:
        """Remember what was put off, and whether it is heard."""
        settings.setValue("inbox/sound", self.sound.isChecked())
        settings.setValue("inbox/halves", self._halves.saveState())
        self.snoozes.save(settings)

    def restore(self, settings: QSettings) -> None:
        """As it was."""
        self.sound.setChecked(bool(settings.value("inbox/sound", True, type=bool)))
        if (state := settings.value("inbox/halves")) is not None:
            self._halves.restoreState(state)
        self.snoozes.restore(settings)
        self.tick()


def _number(event: QKeyEvent) -> int:
    """The number of a digit's key, on either block; 0 if it is none."""
    text = event.text()
    return int(text) if len(text) == 1 and text in "123456789" else 0
