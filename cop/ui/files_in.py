"""Files that come into a window: chosen, or dropped on it or on a map of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QGraphicsView, QWidget

from cop.map.carried import MIME
from cop.picture.change import Key
from cop.ui.desk import Desk

if TYPE_CHECKING:  # imported once a file comes: a start needs none of it
    from cop.map.tools.look_through import LookThroughTool, Shape
    from cop.map.view import MapView
    from cop.ui.import_dialog import ImportDialog

_METRES_A_DEGREE, _WIDER_THAN_HIGH, _ROOM = 111_320.0, 1.8, 1.6
_LEAST_ACROSS_M = 2_000.0
_BESIDE_PX = (16, 110)


class FileLanding(QObject):
    """Takes a file that is dropped on a widget; what is carried within the desk is left to others."""

    dropped = Signal(object)  # Path

    def __init__(self, on: QWidget) -> None:
        super().__init__(on)
        on.setAcceptDrops(True)
        on.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QDropEvent):  # enter and move are kinds of it
            return False
        file = file_of(event.mimeData())
        if file is None:
            return False
        event.setDropAction(Qt.DropAction.CopyAction)  # the file stays where it is
        event.accept()
        if event.type() == QEvent.Type.Drop:
            self.dropped.emit(file)
        return True


def file_of(mime: QMimeData) -> Path | None:
    """The first file on this computer that is brought; None where there is none, or where it is our own object."""
    if mime.hasFormat(MIME) or not mime.hasUrls():
        return None
    return next((Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()), None)


class FilesIn(QObject):
    """Opens the import dialog of a window."""

    published = Signal(str, str)  # the first zone that was drawn: agency, id

    def __init__(
        self,
        desk: Desk,
        window: QWidget,
        *,
        incident: Callable[[], Key | None],
        view: MapView,
    ) -> None:
        """`incident` is the one that was selected last, `view` the map on which it is looked through."""
        super().__init__(window)
        self._desk = desk
        self._window = window
        self._incident = incident
        self._view = view
        self._tool: LookThroughTool | None = None
        self.dialog: ImportDialog | None = None
        self._land_on(window)

    def land_on_map(self, view: MapView) -> None:
        """Files dropped on a map are taken too: a graphics view keeps to itself what it does not know."""
        surface = view.findChild(QGraphicsView)
        self._land_on(surface.viewport() if surface is not None else view)

    def _land_on(self, on: QWidget) -> None:
        FileLanding(on).dropped.connect(self.open)

    def open(self, file: Path | None = None) -> None:
        """The import dialog, with this file in it, or to choose one."""
        from cop.ui.import_dialog import ImportDialog  # noqa: PLC0415 - not needed before a file comes

        if (refusal := self._desk.may("draw_zone")) is not None:
            self._desk.refused.emit(refusal.reason)
            return
        if self.dialog is not None:
            if file is not None:
                self.dialog.open_file(file)
            self.dialog.activateWindow()
            return
        self.dialog = dialog = ImportDialog(self._desk, file, incident=self._incident(), parent=self._window)
        FileLanding(dialog).dropped.connect(dialog.open_file)
        dialog.published.connect(self.published)
        dialog.bounds_asked.connect(self._show_bounds)
        dialog.preview_asked.connect(self._preview)
        dialog.jurisdictions_asked.connect(self._as_jurisdictions)
        dialog.finished.connect(self._closed)
        dialog.show()
        dialog.move(self._window.mapToGlobal(QPoint(*_BESIDE_PX)))  # the map stays in sight

    def _show_bounds(self, west: float, south: float, east: float, north: float) -> None:
        """Look at where something lies, with some ground around it."""
        lat = (south + north) / 2
        across = max((east - west) * math.cos(math.radians(lat)), (north - south) * _WIDER_THAN_HIGH)
        self._view.show_place(lat, (west + east) / 2, max(_LEAST_ACROSS_M, _ROOM * across * _METRES_A_DEGREE))

    def _as_jurisdictions(self, file: Path) -> None:
        from cop.ui.boundaries_dialog import BoundariesDialog  # noqa: PLC0415 - as above

        BoundariesDialog(self._desk, file, self.dialog or self._window).open()

    def _preview(self, shapes: list[Shape]) -> None:
        """Show on the map what would be drawn; a tool that somebody holds stays in hand."""
        if self._tool is None or self._view.tool is not self._tool:
            if not shapes or (self._view.tool is not None and self._view.tool.unfinished):
                return
            from cop.map.tools.look_through import LookThroughTool  # noqa: PLC0415 - as above

            self._tool = LookThroughTool(self._view.layer_set.tool_context().palette)
            self._view.take_tool(self._tool)
        self._tool.show(shapes)

    def _closed(self) -> None:
        self.dialog = None
        if self._tool is not None and self._view.tool is self._tool:
            self._view.take_tool(None)
        self._tool = None
