"""The screen's side of loading: when to ask, when to look for what came, and how it all ends."""

from typing import ClassVar

from PySide6.QtCore import QObject, QTimer, Signal

from cop.map.tiles.loading import Loading


class Arrivals(QObject):
    """`changed`: there is something new to see; `said`: other words, or another attribution."""

    changed = Signal()
    said = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.attend = QTimer(self)
        self.attend.setSingleShot(True)
        self.attend.setInterval(0)
        self.look = QTimer(self)

    def look_every(self, milliseconds: int) -> None:
        """Look for what came; a timer that runs is not set back, or a map that is moved would never look."""
        if not self.look.isActive() or self.look.interval() != milliseconds:
            self.look.start(milliseconds)

    def rest(self) -> None:
        """Nothing is on its way."""
        self.attend.stop()
        self.look.stop()


class Running:
    """The loading under way, apart from the layer, so that it can be ended when the layer is gone already."""

    #: threads that hang in a read: what they refer to must stay for as long as the program
    hung: ClassVar[list[Loading]] = []

    def __init__(self) -> None:
        self.one: Loading | None = None
        self._leaving: list[Loading] = []

    def leave(self) -> None:
        """Let it end without waiting: a medium that hangs must not hold up the screen when the map is changed."""
        left, self.one = self.one, None
        ending = self._leaving if left is None else [*self._leaving, left]
        self._leaving = [loading for loading in ending if not loading.stop(waits=False)]

    def stop(self, _gone: object = None) -> None:
        """End it, if there is any, and wait for it."""
        self.leave()
        self.hung.extend(loading for loading in self._leaving if not loading.stop())
        self._leaving = []
