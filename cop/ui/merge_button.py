"""The button of an incident's page that merges it with another."""

from PySide6.QtWidgets import QPushButton

from cop.picture.change import Key
from cop.ui.desk import Desk
from cop.ui.dialogs.action_dialog import ActionDialog
from cop.ui.dialogs.merge_incidents import MergeDialog
from cop.ui.labels import allow


class MergeButton(QPushButton):
    """Opens the form in which the other incident is chosen."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("Merge…")
        self.setAutoDefault(False)
        self.setAccessibleName("Merge with another incident")
        self._desk = desk
        self._incident: Key = ("", "")
        self.opened: ActionDialog | None = None
        self.clicked.connect(lambda _=False: self._open())

    def say(self, incident: Key) -> None:
        """What it merges."""
        self._incident = incident
        refusal = self._desk.may("link_incidents")
        hint = "Show this and another incident as one, or link them as related"
        allow(self, refusal.reason if refusal is not None else None, hint)

    def _open(self) -> None:
        self.opened = MergeDialog(self._desk, self._incident, self.window())
        self.opened.finished.connect(self._closed)
        self.opened.open()

    def _closed(self) -> None:
        self.opened = None
