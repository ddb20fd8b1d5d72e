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

    def stop(self, _gone: object = None) -> None:
        """End it, if there is any."""
        loading, self.one = self.one, None
        if loading is not None and not loading.stop():
            self.hung.append(loading)
