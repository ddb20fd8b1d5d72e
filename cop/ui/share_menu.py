"""What can leave this window: the menu of the Share button, and what its entries open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QSettings
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from cop.map.palette import RESOURCES
from cop.map.tile_source import TileSource
from cop.ui.desk import Desk

if TYPE_CHECKING:  # imported once something is to leave: a start needs none of it
    from cop.briefing.exports.export import ObjectKey
    from cop.ui.export_dialog import ExportDialog
    from cop.ui.forms.forms_window import FormsWindow
    from cop.ui.review_dialog import ReviewDialog
    from cop.ui.share_dialog import BriefingDialog

#: which actions of the window are in the menu, in this order
ENTRIES = ("share_briefing", "share_forms", "save_picture", "share_review")


#: how far in a carried map goes: the level, and what is read on it
_LEVELS = ((12, "towns"), (14, "streets"), (16, "houses"))


@dataclass(frozen=True, slots=True)
class Backdrop:
    """What the desk's settings say of all that leaves; `backgrounds` of a map: name and words."""

    classification: str = ""
    period: str = ""
    journal: Path | None = None
    #: the file of the settings themselves, for commands that are started
    config: Path | None = None
    region: Path = RESOURCES / "region"
    #: the desk's own background maps
    tiles: tuple[TileSource, ...] = ()

    @property
    def backgrounds(self) -> tuple[tuple[str, str], ...]:
        """What a briefing map can lie on: name and words; each background map up to some levels."""
        found = [("region", "Roads, water and borders")]
        for number, source in enumerate(self.tiles):
            found += [(f"{number}/{zoom}", f"{source.name}, {words}") for zoom, words in _LEVELS]
        return tuple(found)


class Sharing(QObject):
    """Opens the dialogs through which something leaves; `backdrop` is given by who knows the settings."""

    def __init__(self, desk: Desk, settings: QSettings, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._settings = settings
        self._window = window
        self.backdrop = Backdrop()
        self.theme = "light"
        #: the ground that the window's map shows: west, south, east, north in degrees
        self.seen: Callable[[], tuple[float, float, float, float]] | None = None

    def open_menu(self, actions: list[QAction], beside: QWidget) -> None:
        """What can leave, below the button that was pressed."""
        menu = QMenu(beside)
        menu.setObjectName("share_menu")
        menu.setAccessibleName("Share")
        named = {action.objectName(): action for action in actions}
        for name in ENTRIES:
            if (action := named.get(name)) is None:
                continue
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            entry = menu.addAction(f"{action.text()}\t{keys}" if keys else action.text())
            entry.setObjectName(name)
            entry.triggered.connect(action.trigger)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(beside.mapToGlobal(QPoint(0, beside.height() + 2)))

    def briefing(self) -> BriefingDialog:
        """The dialog that saves a briefing map."""
        from cop.ui.briefing_page import PageMaker  # noqa: PLC0415 - not needed before it is asked for
        from cop.ui.share_dialog import BriefingDialog  # noqa: PLC0415 - as above

        seen = self.seen() if self.seen is not None else None
        make_page = PageMaker(self._desk.ground, self.backdrop.region, self.backdrop.tiles, seen)
        dialog = BriefingDialog(self._desk, make_page, self._settings, backdrop=self.backdrop, parent=self._window)
        dialog.open()
        return dialog

    def forms(self, incident: tuple[str, str] | None = None) -> FormsWindow:
        """The window in which forms are filled and printed; `incident` is proposed for what they are about."""
        from cop.briefing.forms.situation import About  # noqa: PLC0415 - as above
        from cop.ui.forms.forms_window import FormsWindow  # noqa: PLC0415 - as above

        about = About("incident", *incident) if incident is not None else None
        window = FormsWindow(self._desk, self._settings, backdrop=self.backdrop, about=about, parent=self._window)
        window.show()
        return window

    def review(self) -> ReviewDialog | None:
        """The dialog that saves the after-action review; None where nothing is on record."""
        from cop.ui.review_dialog import ReviewDialog  # noqa: PLC0415 - not needed before it is asked for

        if self.backdrop.journal is None:
            self._desk.refused.emit("Nothing is on record here: there is nothing to review.")
            return None
        dialog = ReviewDialog(
            self._desk, self.backdrop.journal, self._settings, backdrop=self.backdrop, parent=self._window
        )
        dialog.open()
        return dialog

    def export(self, selected: tuple[ObjectKey, str] | None = None) -> ExportDialog:
        """The dialog that saves the picture for another program; `selected` can be saved alone."""
        from cop.ui.export_dialog import ExportDialog  # noqa: PLC0415 - not needed before it is asked for

        dialog = ExportDialog(
            self._desk, self._settings, backdrop=self.backdrop, selected=selected, parent=self._window
        )
        dialog.open()
        return dialog
