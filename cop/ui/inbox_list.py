"""The lines of the inbox: which there are, in which order, and how each is drawn."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from cop.domain.report import Report
from cop.domain.task import Task
from cop.map.palette import colour
from cop.picture.change import Change, Key
from cop.ui.cards import CARD_ROLE, LEFT, RIGHT, TEXT, Cards, draw_badge, draw_line
from cop.ui.desk import Desk
from cop.ui.inbox_others import others
from cop.ui.inbox_words import Asked, aged, asked_of_task, key_of, ordered
from cop.ui.ordered_model import Column, Index, OrderedModel
from cop.ui.snoozes import Item, Snoozes
from cop.ui.theme import legible, sized


class InboxModel(OrderedModel[Asked]):
    """All that waits for our agency, read from the picture: whose time ends first stands first.

    Only what a pulse changed is read anew; `_ours` are the tasks that were ever asked of us.
    """

    def __init__(self, desk: Desk, snoozes: Snoozes, parent: QObject | None = None) -> None:
        self._desk = desk
        self._snoozes = snoozes
        self.lines: dict[Item, Asked] = {}
        self._ours: dict[Key, Item | None] = {}
        super().__init__((Column("Request", lambda asked: ", ".join(asked.words())),), parent)
        self.read_all()

    def ids(self) -> list[Item]:
        """The items, in any order."""
        return list(self.lines)

    def row(self, identity: Item) -> Asked:
        """The line of an item."""
        return self.lines[identity]

    def order(self, ids: list[Item]) -> NDArray[np.intp]:
        """As `ordered` says."""
        place = {one.item: at for at, one in enumerate(ordered(self.lines.values()))}
        return np.argsort([place[one] for one in ids]).astype(np.intp)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Beside the words: the whole line, for the delegate."""
        identity = self.id_at(index)
        if identity is None or identity not in self.lines:
            return None
        return self.lines[identity] if role == CARD_ROLE else super().data(index, role)

    def read_all(self) -> None:
        """Everything anew."""
        self.lines.clear()
        self._ours.clear()
        self._read(self._desk.picture.tasks)
        self._read_others()
        self.refresh()

    def take(self, change: Change) -> bool:
        """Read what a pulse changed; whether that is anything here."""
        if change.agencies or change.consents or change.commands:
            self.read_all()
            return True
        keys = {key for key in change.tasks if key in self._ours or self._is_ours(key)}
        answered = {object_id for kind, _, object_id in change.delivered if kind == "answer"}
        if answered:
            keys |= {key for key in self._ours if key[1] in answered}
        if keys:
            keys |= self._of_the_same_clauses(keys)
        if change.incidents or change.units:
            keys |= {key_of(item) for item in self.lines if self._hangs_on(item, change)}
        beside = bool(change.requests or change.resources or change.incidents)
        beside = beside or any(kind in {"command", "fill"} for kind, *_ in change.delivered)
        if beside:
            self._read_others()
        self._read(keys)
        if keys or beside:
            self.refresh()
        return bool(keys or beside)

    def age(self) -> list[Item]:
        """A second has passed; those that were put off and are back."""
        now = self._desk.now()
        back = self._snoozes.let_go(now)
        for item, one in self.lines.items():
            self.lines[item] = aged(one, self.task(item), now, self._snoozes.until(item, now))
        self.refresh()
        return [item for item in back if item in self.lines]

    def report(self, item: Item) -> Report | None:
        """The task behind a line."""
        return self._desk.picture.tasks.get(key_of(item)) if item[0] in {"task", "direct"} else None

    def task(self, item: Item) -> Task | None:
        """What it asks."""
        report = self.report(item)
        return report.body if report is not None and isinstance(report.body, Task) else None

    def after(self, item: Item) -> Item | None:
        """The line that a person turns to next: the one below that waits, else the first that does."""
        at = self.index_of(item).row()
        below = [one for one in (*self._shown[at + 1 :], *self._shown[: max(at, 0)]) if one != item]
        waiting = [one for one in below if one in self.lines and self.lines[one].snoozed_until is None]
        return next(iter(waiting or below), None)

    def _read(self, keys: Iterable[Key]) -> None:
        now = self._desk.now()
        for key in keys:
            old = self._ours.pop(key, None)
            if old is not None:
                self.lines.pop(old, None)
            report = self._desk.picture.tasks.get(key)
            if report is None or not self._is_ours(key):
                continue
            asked = asked_of_task(self._desk, report)
            self._ours[key] = asked.item if asked is not None else None
            if asked is not None:
                until = self._snoozes.until(asked.item, now)
                self.lines[asked.item] = aged(asked, self.task(asked.item), now, until)

    def _read_others(self) -> None:
        now = self._desk.now()
        for item in [item for item in self.lines if item[0] not in {"task", "direct"}]:
            del self.lines[item]
        for item, one in others(self._desk).items():
            self.lines[item] = aged(one, None, now, self._snoozes.until(item, now))

    def _is_ours(self, key: Key) -> bool:
        report = self._desk.picture.tasks.get(key)
        return report is not None and getattr(report.body, "assignee_agency", "") == self._desk.operator.agency

    def _hangs_on(self, item: Item, change: Change) -> bool:
        """Whether its incident or its unit changed."""
        task = self.task(item)
        if task is None:
            return False
        about, unit = (task.incident_agency, task.incident), (task.assignee_agency, task.unit)
        return about in change.incidents or unit in change.units

    def _of_the_same_clauses(self, keys: set[Key]) -> set[Key]:
        """Whether a clause still covers one may hang on how many others lean on it."""
        tasks = self._desk.picture.tasks
        clauses = {_clause(tasks[key]) for key in keys if key in tasks} - {("", "")}
        return {key for key in self._ours if key in tasks and _clause(tasks[key]) in clauses} if clauses else set()


class InboxCards(Cards):
    """Priority, what is asked and the time that is left; by whom; for what."""

    def draw(self, painter: QPainter, rect: QRect, card: Asked, ground: str) -> None:
        """One line of the inbox."""
        p = self.colours
        quiet = card.snoozed_until is not None and not card.is_overdue
        text, muted = (colour(legible(one, ground)) for one in (p.muted if quiet else p.text, p.muted))
        tones = {"warn": p.warn, "bad": p.bad, "muted": p.muted}
        left, right, top = rect.left() + TEXT, rect.right() - RIGHT, rect.top()
        small, bold, large = sized(12), sized(12, bold=True), sized(13, bold=True)
        if card.is_overdue:
            painter.fillRect(QRect(rect.right() - 3, rect.top(), 4, rect.height() - 1), colour(p.bad))
        badge = QRectF(rect.left() + LEFT, top + 11, 31, 22)
        if card.priority and card.needs_answer and not quiet:
            wears, ink = (colour(one) for one in p.priority_colours(card.priority))
            draw_badge(painter, badge, f"P{card.priority}", ground=wears, ink=ink)
        else:
            word = f"P{card.priority}" if card.priority else "—"
            draw_badge(painter, badge, word, ground=colour(p.border), ink=colour(p.text))
        corner, tone = card.corner(), card.tone()
        font = bold if tone == "bad" else small
        corner_left = right - QFontMetrics(font).horizontalAdvance(corner) - 2
        draw_line(
            painter, corner, font, colour(legible(tones[tone], ground)), left=corner_left, right=right, top=top + 9
        )
        draw_line(painter, card.what, large, text, left=left, right=corner_left - 8, top=top + 9)
        draw_line(painter, card.who, small, text, left=left, right=right, top=top + 27)
        draw_line(painter, card.about or "no incident named", small, muted, left=left, right=right, top=top + 45)


def _clause(report: Report) -> tuple[str, str]:
    task = report.body
    return (task.agreement, task.clause) if isinstance(task, Task) else ("", "")
