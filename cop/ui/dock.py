"""A dock of the main window: without a title bar where it is docked, with the system's where it floats."""

from typing import ClassVar

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtWidgets import QDockWidget, QSizePolicy, QVBoxLayout, QWidget

from cop.map.palette import Palette
from cop.picture.change import Change
from cop.ui.desk import Desk
from cop.ui.labels import restyle


class Dock(QDockWidget):
    """What all docks share. The main window calls `apply` once a pulse and `tick` once a second.

    `side` is where the dock stands as delivered, in the order in which the window builds them; `keys` bring it up.
    """

    side: ClassVar[Qt.DockWidgetArea]
    keys: ClassVar[str] = ""
    #: what it is called on a tab without room for its name
    short: ClassVar[str] = ""
    #: whether what it counts waits for somebody: that number is the last to go where there is no room
    counts_work: ClassVar[bool] = True
    closed_as_delivered: ClassVar[bool] = False

    selected = Signal(str, str, str)  # kind (unit, incident, resource, task), agency, id

    assigned = Signal(object)  # Assignment: units were put on an incident, or it on a unit

    counted_anew = Signal()  # its title says another number

    def __init__(self, title: str, name: str, desk: Desk, palette: Palette) -> None:
        super().__init__(title)
        self.name = title  # what its action is called; a title also counts
        self._plain_title = title
        self._counted: int | None = None
        self._shortened = 0
        self.setObjectName(name)
        self.desk = desk
        self.colours = palette
        self.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetMovable | QDockWidget.DockWidgetFeature.DockWidgetFloatable
        )
        self._no_title_bar = QWidget(self)
        # not zero: Qt lays a bar without height over the first row
        self._no_title_bar.setFixedHeight(1)
        self._no_title_bar.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setTitleBarWidget(self._no_title_bar)
        self.topLevelChanged.connect(self._wear_title_bar)
        self.content = QWidget(self)
        self.content.setObjectName("dock")
        self.content.setAccessibleName(title)
        self.lines = QVBoxLayout(self.content)
        self.lines.setContentsMargins(0, 0, 0, 0)
        self.lines.setSpacing(0)
        self.setWidget(self.content)
        self.visibilityChanged.connect(lambda shown: self.refresh() if shown else None)

    def say_count(self, count: int | None) -> None:
        """So many things are in here; None: nothing to count."""
        if count != self._counted:
            self._counted = count
            self.setWindowTitle(self.title(self._shortened))
            self.counted_anew.emit()

    def title(self, shortened: int) -> str:
        """The name and the number: in full, at 1 without a number that asks for nothing, then with a short name.

        At 2 only what holds no work is called by its short name, at 3 all are.
        """
        is_short = bool(self.short) and shortened > (2 if self.counts_work else 1)
        name = self.short if is_short else self._plain_title
        silent = self._counted is None or (shortened and not (self._counted and self.counts_work))
        return name if silent else f"{name} {self._counted}"

    def shorten_title(self, shortened: int) -> None:
        """Leave out so much of the title, as `title` counts it."""
        self._shortened = shortened
        if self.title(shortened) != self.windowTitle():
            self.setWindowTitle(self.title(shortened))

    def apply(self, change: Change) -> None:
        """Take over what a pulse changed."""

    def tick(self) -> None:
        """A second has passed: ages move."""

    def refresh(self) -> None:
        """Show everything anew: the dock has just come into sight."""

    def set_selection(self, kind: str, agency: str, object_id: str) -> None:
        """Mark what is selected, wherever it was selected."""

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        self.colours = palette

    def save(self, settings: QSettings) -> None:
        """Remember what a person arranged here."""

    def restore(self, settings: QSettings) -> None:
        """Arrange it as it was."""

    def stops(self) -> list[QWidget]:
        """What the tab key stops at in here, from above."""
        window = self.content.window()  # the list that a combo box opens is a window of its own
        parts = [one for one in self.content.findChildren(QWidget) if one.window() is window]
        return [one for one in parts if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.focusProxy() is None]

    def in_sight(self) -> bool:
        """Whether redrawing is worth it: not closed, and not behind another tab."""
        return self.isVisible() and not self.visibleRegion().isEmpty()

    def _wear_title_bar(self, floating: bool) -> None:
        # a floating window without a bar could not be moved or put back
        title_bar = None if floating else self._no_title_bar
        self.setTitleBarWidget(title_bar)  # type: ignore[arg-type]  # None gives Qt's own back, the stubs forget
        if self.desk.exercise or self.desk.past:
            restyle(self.content, "edge", "past" if floating and self.desk.past else floating)
            width = (7 if self.desk.past else 4) if floating else 0
            self.lines.setContentsMargins(width, width, width, width)
