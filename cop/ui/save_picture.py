"""Save the picture to a file, for people without a desk."""

import json
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from cop.briefing.geojson import feature_collection
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
        document = feature_collection(self._desk.picture, self._desk.now(), operation=self._desk.operation)
        if self._desk.past:
            seen = self._desk.seen_otherwise
            document["replay"] = f"REPLAY: {seen or 'what this desk knew at that time'}; looked up later"
        try:
            Path(file).write_text(json.dumps(document, ensure_ascii=False, allow_nan=False), encoding="utf-8")
        except OSError as error:
            return f"Not saved: {error.strerror or error}."
        return f"Saved {len(document['features'])} objects to {Path(file).name}."
