"""The units of an agency that the controller plays, sent and said by hand; and its pen."""

from collections.abc import Callable

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QWidget

from cop.domain.incident import Incident
from cop.domain.notation import read_place, why_not
from cop.domain.unit import Unit
from cop.domain.words import INCIDENT_OVER, UNIT_STATUSES
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.labels import ElidedCombo, Label, allow, button

_STATUSES = ("available", "assigned", "en_route", "on_scene", "transporting", "busy", "returning", "out_of_service")
Say = Callable[..., None]


class UnitsByHand(QWidget):
    """One unit at a time: what it does, where it goes."""

    def __init__(self, desk: Desk, agency: str, name: str, *, status: Say, move: Say, write: Say) -> None:
        super().__init__()
        self._desk, self._agency, self._name = desk, agency, name
        self._say_status, self._say_move, self._say_write = status, move, write
        self.unit, self.status, self.place = ElidedCombo(), ElidedCombo(), ElidedCombo()
        self.unit.setAccessibleName(f"Unit of {name}")
        self.status.setAccessibleName("Its status")
        self.place.setAccessibleName("Where it is sent")
        self.place.setEditable(True)
        self.place.setInsertPolicy(ElidedCombo.InsertPolicy.NoInsert)
        edit = self.place.lineEdit()
        if edit is not None:
            edit.setPlaceholderText("Incident, grid or degrees")
        for word in _STATUSES:
            self.status.addItem(UNIT_STATUSES[word], word)
        self.say_button = button("Say", "small", name="Say the unit's status")
        self.send_button = button("Send", "small", name="Send the unit there")
        self.text = QLineEdit()
        self.text.setPlaceholderText(f"Message as {name}")
        self.text.setAccessibleName(f"Message as {name}")
        self.write_button = button("Write", "small", name=f"Write as {name}")
        self.trouble = Label("", "warn", wrap=True)
        self.trouble.hide()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(5)
        unit = QHBoxLayout()
        unit.setSpacing(6)
        unit.addWidget(self.unit, 1)
        unit.addWidget(self.status, 1)
        grid.addLayout(unit, 0, 0)
        grid.addWidget(self.say_button, 0, 1)
        for row, (field, act) in enumerate(((self.place, self.send_button), (self.text, self.write_button)), 1):
            grid.addWidget(field, row, 0)
            grid.addWidget(act, row, 1)
        grid.addWidget(self.trouble, 3, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        self.say_button.clicked.connect(lambda _: self._tell())
        self.send_button.clicked.connect(lambda _: self._send())
        self.write_button.clicked.connect(lambda _: self._write())
        self.text.returnPressed.connect(self._write)

    def refresh(self, refusal: str | None) -> None:
        """Which units and incidents there are; what was chosen stays."""
        picture = self._desk.picture
        units = sorted(
            (wording.one_line(report.body.callsign or report.body.id), report.body.id)
            for report in picture.units.values()
            if report.agency == self._agency and isinstance(report.body, Unit)
        )
        _offer(self.unit, units)
        incidents = sorted(
            (wording.one_line(report.body.title or report.body.id), f"{report.body.lat},{report.body.lon}")
            for report in picture.incidents.values()
            if isinstance(report.body, Incident)
            and report.body.lat is not None
            and report.body.status not in INCIDENT_OVER
        )
        _offer(self.place, incidents, keep_text=True)
        none = None if units else "No unit of it is in the picture."
        for one in (self.say_button, self.send_button):
            allow(one, refusal or none)
        allow(self.write_button, refusal)

    def _tell(self) -> None:
        words = f"{self.unit.currentText()}: {self.status.currentText().lower()}"
        self._say_status(words, unit=self.unit.currentData(), status=self.status.currentData())

    def _send(self) -> None:
        text = self.place.currentText().strip()
        chosen = self.place.findText(text) if text else -1
        if chosen >= 0:
            lat, lon = map(float, self.place.itemData(chosen).split(","))
        else:
            read = read_place(text)
            if read is None:
                self.trouble.say(why_not(text) or "Say where: an incident of the list, a grid reference, or degrees.")
                return
            lat, lon = read.lat, read.lon
        self.trouble.say("")
        self._say_move(f"{self.unit.currentText()} to {text}", unit=self.unit.currentData(), lat=lat, lon=lon)

    def _write(self) -> None:
        text = self.text.text().strip()
        if text and self.write_button.isEnabled():
            self._say_write(f"Message as {self._name}", text=text[:2000])
            self.text.clear()


def _offer(combo: ElidedCombo, rows: list[tuple[str, str]], *, keep_text: bool = False) -> None:
    if [(combo.itemText(at), combo.itemData(at)) for at in range(combo.count())] == rows:
        return
    chosen, text = combo.currentData(), combo.currentText()
    combo.clear()
    for words, data in rows:
        combo.addItem(words, data)
    if keep_text:
        combo.setEditText(text)
    else:
        combo.setCurrentIndex(max(0, combo.findData(chosen)))
