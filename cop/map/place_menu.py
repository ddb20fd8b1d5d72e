"""The menu of a place on the map: what can be done here, and what stands here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QMenu, QWidget

from cop.map.lettering import clean


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands under the cursor, and how it is called."""

    kind: str
    agency: str
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class MenuLine:
    """One line of the menu. `words` may hold text from feeds."""

    words: str
    act: Callable[[], object]
    enabled: bool = True


class PlaceMenu(QMenu):
    """Groups of lines, parted by separators; built for one place."""

    def __init__(self, parent: QWidget, groups: Sequence[Sequence[MenuLine]]) -> None:
        super().__init__(parent)
        self.setObjectName("map_place_menu")
        for group in groups:
            if not self.isEmpty():
                self.addSeparator()
            for line in group:
                action = self.addAction(clean(line.words, 90).replace("&", "&&"))  # a single one would mark a key
                action.setEnabled(line.enabled)
                action.triggered.connect(lambda _checked=False, line=line: line.act())
