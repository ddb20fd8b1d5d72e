"""What a drawn zone is, for how long, and for which incident; the shape itself stays on the map and can be changed."""

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPlainTextEdit, QSpinBox, QWidget

from cop.domain.area import Zone, ZoneForm
from cop.domain.desk import Refusal
from cop.domain.incident import Incident
from cop.domain.report import Report
from cop.domain.words import INCIDENT_OVER, ZONE_KINDS, zone_label
from cop.map.measures import Measures
from cop.map.zone_sketch import cell_size_m, size_words
from cop.picture.change import Key
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.dialogs.action_dialog import ActionDialog, MomentEdit
from cop.ui.labels import Label
from cop.ui.zone_words import zone_name

_GRID = "reference_grid"


class DrawZoneDialog(ActionDialog):
    """Kind, name, incident, end, figures. It leaves the map free; `form_edited` and `show_form` keep them in step."""

    form_edited = Signal(object)  # ZoneForm: a figure was typed
    kind_changed = Signal(str)

    def __init__(
        self,
        desk: Desk,
        form: ZoneForm | None,
        measures: Measures,
        *,
        known: Report | None = None,
        incident: Key | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`known` is the zone that is changed; `form` None: its words alone can be changed."""
        super().__init__(desk, "Change zone" if known is not None else "Draw zone", "Publish", parent)
        self.setWindowModality(Qt.WindowModality.NonModal)
        self.drawn_form = form
        self._measures = measures
        body = known.body if known is not None else None
        self._known = body if isinstance(body, Zone) else None
        self._key: Key = known.key if known is not None else (desk.operator.agency, desk.new_id("zone"))
        self._build(incident)
        self._show_figures()
        self.name.setFocus()

    @property
    def key(self) -> Key:
        """The zone's agency and id."""
        return self._key

    @property
    def kind(self) -> str:
        """The chosen kind."""
        return str(self.kinds.currentData())

    def act(self) -> Refusal | None:
        """Publish it."""
        agency, incident = self.incident.currentData() or ("", "")
        words = {
            "kind": self.kind,
            "name": self.name.text().strip(),
            "summary": self.summary.toPlainText().strip()[:8192],
            "incident_agency": agency,
            "incident": incident,
            "expires_at": self.ends.moment(),
            "form": self.drawn_form,
        }
        if self._known is not None:
            changed = msgspec.structs.replace(self._known, **words)
            return self.desk.change_zone(self._key, changed, seen_rev=self._known.rev)
        return self.desk.draw_zone(Zone(id=self._key[1], at=self.desk.now(), **words))  # type: ignore[arg-type]  # as named above

    def show_form(self, form: ZoneForm) -> None:
        """The shape was changed on the map."""
        self.drawn_form = form
        self._show_figures()

    def warn(self, words: str) -> None:
        """Say something beside the button."""
        self.refusal.say(words)
        self.refusal.setAccessibleDescription(words)

    # building

    def _build(self, incident: Key | None) -> None:
        zone, now = self._known, self.desk.now()
        self.kinds = QComboBox()
        for kind in self._choices():
            self.kinds.addItem(zone_label(kind), kind)
        self.kinds.setCurrentIndex(max(0, self.kinds.findData(zone.kind if zone is not None else self._usual())))
        self.name = QLineEdit(maxLength=256, placeholderText="As it is said on the radio: Hot zone, Division C …")
        self.incident = QComboBox()
        self.incident.addItem("No incident", None)
        for key, report in self.desk.picture.incidents.items():
            if isinstance(report.body, Incident) and (report.body.status not in INCIDENT_OVER or key == incident):
                self.incident.addItem(wording.incident_title(report), key)
        about = (zone.incident_agency, zone.incident) if zone is not None else incident
        self._choose_incident(about)
        proposed = now + ZONE_KINDS[self.kind].lasts if self.kind in ZONE_KINDS else now
        ends = zone.expires_at if zone is not None else proposed
        self.ends = MomentEdit("Ends by itself", ends or proposed, checked=ends is not None)
        self._proposed = self.ends.edit.dateTime()
        self.summary = QPlainTextEdit(tabChangesFocus=True, placeholderText="What it means: who may enter, with what")
        self.summary.setFixedHeight(60)
        if zone is not None:
            self.name.setText(wording.one_line(zone.name))
            self.summary.setPlainText(zone.summary)
        self.how_large = Label(tone="muted", wrap=True)
        for words, field in (("Kind", self.kinds), ("Name", self.name), ("Incident", self.incident)):
            self.row(words, field)
        self.row("End", self.ends)
        self._build_figures()
        self.row("Size", self.how_large)
        self.row("Summary", self.summary)
        self.kinds.currentIndexChanged.connect(self._kind_chosen)

    def _build_figures(self) -> None:
        """The figures that the shape has: a radius, a width, columns and rows."""
        shape = self.drawn_form.shape if self.drawn_form is not None else ""
        self.metres = QSpinBox(minimum=1, maximum=1_000_000 if shape == "circle" else 100_000)
        self.metres.setSuffix(" m")
        self.metres.setSingleStep(50)
        self.metres.setKeyboardTracking(False)
        self.columns, self.rows = QSpinBox(minimum=1, maximum=702), QSpinBox(minimum=1, maximum=999)
        self.cell = QSpinBox(minimum=1, maximum=1_000_000)
        self.cell.setSuffix(" m")
        self.cell.setKeyboardTracking(False)
        if shape in {"circle", "corridor"}:
            self.row("Radius" if shape == "circle" else "Width", self.metres)
        elif shape == "grid":
            cells = QWidget()
            line = QHBoxLayout(cells)
            line.setContentsMargins(0, 0, 0, 0)
            for words, box in (("across", self.columns), ("down", self.rows)):
                box.setAccessibleName(f"Cells {words}")
                line.addWidget(box, 1)
                line.addWidget(Label(words, "muted"))
            self.row("Cells", cells)
            self.row("Cell size", self.cell)
        self.metres.valueChanged.connect(self._figure_typed)
        self.columns.valueChanged.connect(self._figure_typed)
        self.rows.valueChanged.connect(self._figure_typed)
        self.cell.valueChanged.connect(self._cell_typed)

    def _choices(self) -> list[str]:
        """The kinds that a shape can be: a grid is nothing else, and nothing else is one."""
        if self.drawn_form is not None and self.drawn_form.shape == "grid":
            return [_GRID]
        choices = [kind for kind in ZONE_KINDS if kind != _GRID]
        known = self._known.kind if self._known is not None else ""
        return choices if not known or known in choices else [known, *choices]

    def _usual(self) -> str:
        shape = self.drawn_form.shape if self.drawn_form is not None else "polygon"
        return next(name for name, kind in ZONE_KINDS.items() if kind.shape == shape)

    def _choose_incident(self, about: Key | None) -> None:
        if about is None or not about[1]:
            return
        index = next((at for at in range(self.incident.count()) if self.incident.itemData(at) == about), -1)
        if index < 0:
            report = self.desk.picture.incidents.get(about)
            self.incident.addItem(wording.incident_title(report) if report is not None else about[1], about)
            index = self.incident.count() - 1
        self.incident.setCurrentIndex(index)

    # what happens

    def _kind_chosen(self) -> None:
        """Another kind looks different and holds for another time, unless the end was set by hand."""
        untouched = self.ends.edit.dateTime() == self._proposed and self.ends.known.isChecked()
        if self._known is None and untouched and self.kind in ZONE_KINDS:
            ends = self.desk.now() + ZONE_KINDS[self.kind].lasts
            self.ends.edit.setDateTime(self.ends.edit.dateTime().fromSecsSinceEpoch(int(ends.timestamp())))
            self._proposed = self.ends.edit.dateTime()
        self.kind_changed.emit(self.kind)

    def _figure_typed(self) -> None:
        form = self.drawn_form
        if form is None:
            return
        if form.shape == "circle":
            form = msgspec.structs.replace(form, radius_m=float(self.metres.value()))
        elif form.shape == "corridor":
            form = msgspec.structs.replace(form, width_m=float(self.metres.value()))
        elif form.shape == "grid":
            form = msgspec.structs.replace(form, columns=self.columns.value(), rows=self.rows.value())
        self._edited(form)

    def _cell_typed(self) -> None:
        """Cells of a size that can be said: as many as go into the area, which keeps its upper left corner."""
        form = self.drawn_form
        if form is None or form.shape != "grid":
            return
        across, down = cell_size_m(msgspec.structs.replace(form, columns=1, rows=1))
        side = self.cell.value()
        columns, rows = max(1, min(702, round(across / side))), max(1, min(999, round(down / side)))
        (x, y), (x2, y2) = form.points[0], form.points[-1]
        west, north = min(x, x2), max(y, y2)
        east = min(180.0, west + abs(x2 - x) * columns * side / across)
        south = max(-90.0, north - abs(y2 - y) * rows * side / down)
        self._edited(msgspec.structs.replace(form, points=((west, south), (east, north)), columns=columns, rows=rows))

    def _edited(self, form: ZoneForm) -> None:
        if form != self.drawn_form:
            self.drawn_form = form
            self.form_edited.emit(form)
            self._show_figures()

    def _show_figures(self) -> None:
        form = self.drawn_form
        if form is None:
            self.how_large.say("Its outline has several parts and cannot be changed by hand.")
            return
        for box, value in (
            (self.metres, form.radius_m if form.shape == "circle" else form.width_m),
            (self.columns, form.columns),
            (self.rows, form.rows),
            (self.cell, cell_size_m(form)[0] if form.shape == "grid" else None),
        ):
            if value is not None and not box.hasFocus():
                box.blockSignals(True)
                box.setValue(round(value))
                box.blockSignals(False)
        self.how_large.say(size_words(form, self._measures))


class EndZoneDialog(ActionDialog):
    """Asked once before a zone leaves every map."""

    def __init__(self, desk: Desk, known: Report, parent: QWidget | None = None) -> None:
        super().__init__(desk, "End zone", "End zone", parent)
        self._key = known.key
        zone = known.body
        self.row("Zone", Label(zone_name(zone) if isinstance(zone, Zone) else "", "strong", wrap=True))
        self.row("", Label("It leaves the maps of all agencies at once.", wrap=True))

    def act(self) -> Refusal | None:
        """Take it back."""
        return self.desk.end_zone(self._key)
