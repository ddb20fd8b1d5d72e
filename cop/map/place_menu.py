"""The menu of a place on the map: open an incident here, copy where it is, and what stands there."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from cop.map.lettering import clean


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands under the cursor, and how it is called."""

    kind: str
    agency: str
    id: str
    text: str


class PlaceMenu(QMenu):
    """Built for one place; its signals say what was chosen."""

    open_chosen = Signal()
    copy_chosen = Signal()
    selected = Signal(str, str, str)
    task_chosen = Signal(str, str)

    def __init__(self, parent: QWidget, usng: str, standing: list[Standing]) -> None:
        super().__init__(parent)
        self.setObjectName("map_place_menu")
        self.addAction("Open incident here…").triggered.connect(self.open_chosen)
        copy = self.addAction(f"Copy USNG  {usng}" if usng else "Copy USNG (none this far north or south)")
        copy.setEnabled(bool(usng))
        copy.triggered.connect(self.copy_chosen)
        for one in standing:
            self.addSeparator()
            name = clean(one.text).replace("&", "&&")  # a single one would become a keyboard mark
            select = self.addAction(f"Select {name}")
            select.triggered.connect(lambda _checked=False, one=one: self.selected.emit(one.kind, one.agency, one.id))
            if one.kind == "unit":
                ask = self.addAction(f"Assign task to {name}…")
                ask.triggered.connect(lambda _checked=False, one=one: self.task_chosen.emit(one.agency, one.id))
