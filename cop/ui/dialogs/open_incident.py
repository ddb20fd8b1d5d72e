"""Open an incident."""

import shapely
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from cop.domain.desk import Refusal
from cop.domain.incident import Incident
from cop.domain.notation import why_not
from cop.domain.words import INCIDENT_TYPES
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.dialogs.action_dialog import ActionDialog
from cop.ui.labels import Label
from cop.ui.places import typed_place

_PRIORITIES = ("P1  life at risk now", "P2  serious", "P3  normal", "P4  low", "P5  for the record")


class OpenIncidentDialog(ActionDialog):
    """Type, priority, title, address, place; the place is there already where the map was clicked."""

    def __init__(
        self, desk: Desk, *, lat: float | None = None, lon: float | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(desk, "Open incident", "Open incident", parent)
        self.incident_id = desk.new_id("inc")
        self._clicked = (lat, lon)
        self._near = _middle(desk)
        self.type = QComboBox()
        for word, (words, _) in INCIDENT_TYPES.items():
            self.type.addItem(words if word != "unknown" else "Not known yet", word)
        self.priority = QComboBox()
        for place, words in enumerate(_PRIORITIES, start=1):
            self.priority.addItem(words, place)
        self.priority.setCurrentIndex(2)
        self.title = QLineEdit(maxLength=256, placeholderText="What happened, in a few words")
        self.address = QLineEdit(maxLength=256, placeholderText="Street, junction, mile post")
        self.place = QLineEdit(maxLength=2000, placeholderText="USNG, degrees, UTM, or a link of a map")
        if lat is not None and lon is not None:
            self.place.setText(wording.grid(lat, lon))
        self._place_text = self.place.text()
        self.ground = Label(tone="muted", wrap=True)
        self.summary = QPlainTextEdit(tabChangesFocus=True, placeholderText="More, if there is more")
        self.summary.setFixedHeight(70)
        for words, field in (
            ("Type", self.type),
            ("Priority", self.priority),
            ("Title", self.title),
            ("Address", self.address),
            ("Place", self.place),
            ("Whose ground", self.ground),
            ("Summary", self.summary),
        ):
            self.row(words, field)
        self.place.textChanged.connect(self._show_ground)
        self._show_ground()
        self.title.setFocus()

    def act(self) -> Refusal | None:
        """Open it, if the place can be read."""
        where = self._where()
        if where is None and self.place.text().strip():
            reason = why_not(self.place.text(), self._near)
            return Refusal(f"Place: {reason or 'type US National Grid, or latitude and longitude in degrees.'}")
        lat, lon = where or (None, None)
        return self.desk.open_incident(
            Incident(
                id=self.incident_id,
                at=self.desk.now(),
                type=str(self.type.currentData()),
                priority=int(self.priority.currentData()),
                title=self.title.text().strip(),
                address=self.address.text().strip(),
                summary=self.summary.toPlainText().strip()[:8192],
                lat=lat,
                lon=lon,
            )
        )

    def _where(self) -> tuple[float, float] | None:
        lat, lon = self._clicked
        if lat is not None and lon is not None and self.place.text() == self._place_text:
            return lat, lon  # as clicked, without the grid's rounding
        typed = typed_place(self.place.text(), self._near)
        return (typed.lat, typed.lon) if typed is not None else None

    def _show_ground(self) -> None:
        where = self._where()
        names = [one.name for one in self.desk.ground.at(*where)] if where is not None else []
        typed = typed_place(self.place.text(), self._near) if self.place.text() != self._place_text else None
        assumed = f"{typed.name}: {typed.detail}" if typed is not None and typed.guessed else ""
        self.ground.setText("\n".join(part for part in (", ".join(names) or "—", assumed) if part))


def _middle(desk: Desk) -> tuple[float, float] | None:
    """Latitude and longitude of the middle of the desk's ground: what a shortened grid reference is near to."""
    ground = [one.geometry for one in desk.ground.jurisdictions]
    if not ground:
        return None
    west, south, east, north = shapely.total_bounds(ground)
    return float(south + north) / 2, float(west + east) / 2
