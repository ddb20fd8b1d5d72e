"""Save the picture to a file, for people without a desk."""

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from cop.briefing.exports.export import Export, Wanted
from cop.briefing.exports.formats import save
from cop.briefing.leaving import leaving
from cop.briefing.occasion import Occasion
from cop.ui.desk import Desk


class SavePictureDialog(QFileDialog):
    """Asks for a file and writes units, incidents, resources and zones as GeoJSON into it."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        at = desk.now().strftime("%Y-%m-%d %H%MZ")
        words = f"{'REPLAY ' if desk.past else ''}{'exercise ' if desk.exercise else ''}"
        super().__init__(
            parent, "Save the picture as GeoJSON", f"cop {words}{at}.geojson", "GeoJSON (*.geojson *.json)"
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setDefaultSuffix("geojson")
        self._desk = desk

    def write(self, file: str) -> str:
        """Write it; the sentence that tells how it went."""
        desk, at = self._desk, self._desk.now()
        occasion = Occasion(
            operation=desk.operation,
            at=at,
            made_at=datetime.now(UTC),
            operator=desk.operator,
            exercise=desk.exercise,
            past=f"REPLAY: {desk.seen_otherwise or 'what this desk knew at that time'}; looked up later"
            if desk.past
            else "",
        )
        leaves = leaving(desk.picture, at, own=desk.operator.agency, operation=desk.operation)
        try:
            count = save(Export(leaves, occasion, Wanted()), "geojson", Path(file))
        except OSError as error:
            return f"Not saved: {error.strerror or error}."
        return f"Saved {count} objects to {Path(file).name}."
