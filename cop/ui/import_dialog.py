"""Draw what stands in a file: GeoJSON, KML, KMZ or GPX as zones of our agency, looked through before they are said."""

from pathlib import Path

import shapely
from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QSpinBox,
    QTableView,
    QWidget,
)

from cop.briefing.imports.feature import BadFile
from cop.briefing.imports.ground import Box, Drawn, as_circle, drawn, ground_of, looks_turned
from cop.briefing.imports.reading import SUFFIXES, Found, read
from cop.briefing.imports.zones import MOST_ZONES, Choice, command
from cop.domain.desk import Refusal
from cop.domain.incident import Incident
from cop.domain.words import INCIDENT_OVER, ZONE_KINDS, zone_label
from cop.map.tools.look_through import Shape
from cop.picture.change import Key
from cop.picture.ground import Ground
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.dialogs.action_dialog import ActionDialog, MomentEdit
from cop.ui.import_list import ImportList, bounds_of
from cop.ui.labels import ElidedCombo, Label, button
from cop.ui.making import GoOn, Making

_ASK, _AS_WRITTEN, _TURNED = "ask", "as written", "turned"
_ROWS_SHOWN, _ROW_PX, _WIDTHS_PX = 8, 30, (200, 175, 115)
FILTER = f"Drawn areas and lines ({' '.join(f'*{suffix}' for suffix in SUFFIXES)})"

#: what a file holds, its things as written and with latitude first, and whether the latter is meant
_Read = tuple[Found, list[Drawn], list[Drawn], bool]


class ImportDialog(ActionDialog):
    """Reads a file beside the work, shows what is in it, and publishes what is ticked, all or none."""

    published = Signal(str, str)  # the first of them: agency, id
    bounds_asked = Signal(float, float, float, float)  # west, south, east, north: where a row lies
    jurisdictions_asked = Signal(object)  # Path
    preview_asked = Signal(object)  # list[Shape]: what would be drawn

    def __init__(
        self, desk: Desk, path: Path | None = None, *, incident: Key | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(desk, "Import from a file", "Publish", parent)
        self.setWindowModality(Qt.WindowModality.NonModal)
        self.setMinimumSize(900, 560)
        self._reading: Making | None = None
        self._read: _Read | None = None
        self._build(incident)
        self._say_count()
        if path is not None:
            self.open_file(path)

    # building

    def _build(self, incident: Key | None) -> None:
        self.file = QLineEdit(readOnly=True, placeholderText="GeoJSON, KML, KMZ or GPX: choose it, or drop it here")
        choose = button("Choose…", name="Choose the file")
        choose.clicked.connect(self._choose)
        where = QWidget()
        line = QHBoxLayout(where)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.file, 1)
        line.addWidget(choose)
        self.holds = Label(tone="muted", wrap=True)
        self.every, self.none = button("All", name="Tick all"), button("None", name="Tick none")
        ticks = QWidget()
        line = QHBoxLayout(ticks)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.holds, 1)
        line.addWidget(self.every)
        line.addWidget(self.none)
        self.order = ElidedCombo()
        for words, value in (
            ("Latitude seems to come first in this file: which is it?", _ASK),
            ("Latitude first: turned round here", _TURNED),
            ("Longitude first: as it is written", _AS_WRITTEN),
        ):
            self.order.addItem(words, value)
        self.rows = ImportList(self)
        self.list = _table(self.rows)
        self._build_choices(incident)
        for words, field in (
            ("File", where),
            ("Holds", ticks),
            ("Order", self.order),
            ("Draw", self.list),
            ("Kind", self.kinds),
            ("Points are", self.radius),
            ("Incident", self.incident),
            ("End", self.ends),
        ):
            self.row(words, field)
        self.form.setRowVisible(self.order, False)
        self.form.setRowVisible(self.radius, False)
        self.as_jurisdictions = button("As jurisdictions…", hint="These are boundaries of agencies, not zones")
        self.as_jurisdictions.setEnabled(False)
        self.buttons.addWidget(self.as_jurisdictions)
        self._wire()
        choose.setFocus()

    def _build_choices(self, incident: Key | None) -> None:
        """What holds for all of them."""
        self.kinds = ElidedCombo()
        self.kinds.addItem("As the file says, or by its shape", "")
        for kind in ZONE_KINDS:
            if kind != "reference_grid":
                self.kinds.addItem(zone_label(kind), kind)
        self.radius = QSpinBox(minimum=1, maximum=100_000, value=100, prefix="circles of ", suffix=" m", singleStep=50)
        self.radius.lineEdit().setTextMargins(8, 0, 0, 0)  # in line with the other fields
        self.incident = ElidedCombo()
        self.incident.addItem("No incident", None)
        for key, report in self.desk.picture.incidents.items():
            if isinstance(report.body, Incident) and report.body.status not in INCIDENT_OVER:
                self.incident.addItem(wording.incident_title(report), key)
        self.incident.setCurrentIndex(max(0, self._place_of(incident)))
        ends = self.desk.now() + ZONE_KINDS["perimeter"].lasts
        self.ends = MomentEdit("End by themselves", ends, checked=True)

    def _wire(self) -> None:
        self.order.currentIndexChanged.connect(self._show)
        self.kinds.currentIndexChanged.connect(lambda _: self._show_again())
        self.radius.valueChanged.connect(lambda _: self._show_again())
        self.every.clicked.connect(lambda: self.rows.tick_all(on=True))
        self.none.clicked.connect(lambda: self.rows.tick_all(on=False))
        self.rows.ticked.connect(self._say_count)
        self.list.selectionModel().currentRowChanged.connect(self._look_at)
        self.as_jurisdictions.clicked.connect(lambda: self.jurisdictions_asked.emit(Path(self.file.text())))

    def _place_of(self, incident: Key | None) -> int:
        return next((at for at in range(self.incident.count()) if self.incident.itemData(at) == incident), 0)

    # reading

    def open_file(self, path: Path) -> None:
        """Read another file, beside the work."""
        if self._reading is not None:
            self._reading.stop()
        self._read = None
        self.file.setText(str(path))
        self.rows.show_rows([])
        self.holds.say("Reading it…", "muted")
        self.as_jurisdictions.setEnabled(False)
        near = ground_bounds(self.desk.ground)

        def work(go_on: GoOn) -> object:
            try:
                found = read(path)
            except BadFile as bad:
                return str(bad)
            go_on()
            as_written = drawn(found.features)
            go_on()
            turned = looks_turned(found.features, near)
            return found, as_written, drawn(found.features, turned=True) if turned else [], turned

        self._reading = Making(work)
        self._reading.made.connect(self._has_read)
        self._reading.failed.connect(self._not_read)
        self._reading.start()

    def _has_read(self, result: object) -> None:
        self._reading = None
        if isinstance(result, str):
            self._not_read(result)
            return
        self._read = result  # type: ignore[assignment]  # what the work gives
        assert self._read is not None
        found, _, _, turned = self._read
        self.form.setRowVisible(self.order, turned)
        self.order.blockSignals(True)
        self.order.setCurrentIndex(self.order.findData(_ASK if turned else _AS_WRITTEN))
        self.order.blockSignals(False)
        self.as_jurisdictions.setEnabled(found.form != "GPX")
        self.holds.say(_words_of(found.form, self._things()), "warn" if turned else "muted")
        self._show()
        self.refusal.say("")

    def _not_read(self, why: str) -> None:
        self._reading = None
        self.as_jurisdictions.setEnabled(True)  # a shapefile is none of the formats, but boundaries it can be
        self.holds.say(wording.one_line(why), "bad")

    def _choose(self) -> None:
        dialog = QFileDialog(self, "Import from a file", str(Path(self.file.text()).parent), f"{FILTER};;All files (*)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda file: self.open_file(Path(file)))
        dialog.open()

    # what is shown

    def _things(self) -> list[Drawn]:
        if self._read is None:
            return []
        _, as_written, turned, _ = self._read
        return turned if self.order.currentData() == _TURNED else as_written

    def _as_drawn(self) -> list[Drawn]:
        """The things with points as circles, which zones can be."""
        radius = float(self.radius.value())
        return [as_circle(one, radius) if one.what == "point" else one for one in self._things()]

    def _show(self) -> None:
        things = self._things()
        self.rows.show_rows(things, str(self.kinds.currentData()))
        self.form.setRowVisible(self.radius, any(one.what == "point" for one in things))
        bounds = bounds_of(things)
        if bounds is not None:
            self.bounds_asked.emit(*bounds)

    def _show_again(self) -> None:
        self.rows.show_rows(self._things(), str(self.kinds.currentData()), anew=False)

    def _look_at(self, current: QModelIndex) -> None:
        bounds = bounds_of([self.rows.drawn(current.row())]) if current.isValid() else None
        if bounds is not None:
            self.bounds_asked.emit(*bounds)
            self._preview()

    def _preview(self) -> None:
        """What is ticked, as it would stand on the map."""
        row = self.list.currentIndex().row()
        as_drawn, kind = self._as_drawn(), str(self.kinds.currentData())
        shapes = [
            Shape(ground, kind or as_drawn[at].kind, at == row)
            for at in self.rows.chosen()[:MOST_ZONES]
            if (ground := ground_of(as_drawn[at])) is not None
        ]
        self.preview_asked.emit(shapes)

    def _say_count(self) -> None:
        count = len(self.rows.chosen())
        self._preview()
        self.go.setText(f"Publish {count} zones" if count > 1 else "Publish zone" if count else "Publish")

    # publishing

    def act(self) -> Refusal | None:
        """Publish what is ticked."""
        if self._read is None:
            return Refusal("Choose a file first." if self._reading is None else "It is still being read.")
        if self.order.currentData() == _ASK:
            return Refusal("Say first which comes first in this file: latitude or longitude.")
        if (refusal := self.desk.may("draw_zone")) is not None:
            return refusal
        as_drawn = self._as_drawn()
        some = [as_drawn[row]._replace(name=self.rows.name(row)) for row in self.rows.chosen()]
        choice = Choice(
            kind=str(self.kinds.currentData()),
            incident=self.incident.currentData(),
            expires_at=self.ends.moment(),
            summary=f"From the file {wording.one_line(Path(self.file.text()).name)}",
        )
        decided = command(self.desk.operator, some, choice, self.desk.now(), lambda: self.desk.new_id("zone"))
        if isinstance(decided, Refusal):
            return decided
        if (refusal := self.desk.do(decided)) is not None:
            return refusal
        self.published.emit(self.desk.operator.agency, decided.body.id)
        return None

    def reject(self) -> None:
        """Nobody waits for the file any more."""
        if self._reading is not None:
            self._reading.stop()
        super().reject()


def ground_bounds(ground: Ground) -> Box | None:
    """Where our ground lies."""
    if not ground.jurisdictions:
        return None
    west, south, east, north = shapely.total_bounds([one.geometry for one in ground.jurisdictions]).tolist()
    return west, south, east, north


def _words_of(form: str, things: list[Drawn]) -> str:
    """What the file holds: "KML: 3 areas, 1 line, 2 that cannot be drawn"."""
    counted = {"area": 0, "line": 0, "point": 0}
    wrong = 0
    for one in things:
        if one.wrong:
            wrong += 1
        else:
            counted[one.what] += 1
    parts = [f"{count:,} {what}{'s' if count > 1 else ''}" for what, count in counted.items() if count]
    if wrong:
        parts.append(f"{wrong:,} that cannot be drawn")
    return f"{form}: {', '.join(parts)}"


def _table(model: ImportList) -> QTableView:
    view = QTableView()
    view.setModel(model)
    view.setAccessibleName("What the file holds")
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.setShowGrid(False)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    rows = view.verticalHeader()
    rows.hide()
    rows.setDefaultSectionSize(_ROW_PX)
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    heads = view.horizontalHeader()
    heads.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    heads.setStretchLastSection(True)
    heads.setHighlightSections(False)
    for column, width in enumerate(_WIDTHS_PX):
        heads.resizeSection(column, width)
    view.setMinimumHeight(_ROW_PX * (_ROWS_SHOWN + 1))
    return view
