"""What is at a place of the map: its coordinates in every notation, whose ground, what happens and who is near."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from cop.domain.area import Alert, Jurisdiction, Zone
from cop.domain.geodesic import distance_and_bearing
from cop.domain.incident import Incident
from cop.domain.place_words import ddm, degrees, dms, usng, utm
from cop.domain.report import Report
from cop.domain.rules.alarm import phase
from cop.domain.words import DISCIPLINES, UNIT_STATUSES, zone_label
from cop.domain.words import label as word_label
from cop.map.measures import Measures, bearing
from cop.picture.here import Areas, incidents_near, units_near
from cop.ui import wording
from cop.ui.alert_words import standing_of, when
from cop.ui.desk import Desk
from cop.ui.labels import Label, NameButton, button
from cop.ui.places import Place

_WITHIN_M = 2000.0
#: nearer than any position is true: no way leads there
_HERE_M = 1.0
_ASIDE_PX = 48
_MOST_UNITS = 8
_MOST = 12
_REFRESH_MS = 2000
_STATUSES = tuple(UNIT_STATUSES)

#: what can be selected (kind, agency, id) or ("", "", ""), its name, how far or what, the tone of that
Line = tuple[tuple[str, str, str], str, str, str]
_NONE = ("", "", "")


class WhatIsHere(QDialog):
    """Stays open beside the work until Escape; its ages and distances move on."""

    selected = Signal(str, str, str)

    def __init__(
        self,
        desk: Desk,
        lat: float,
        lon: float,
        *,
        measures: Measures,
        places: Sequence[Place] = (),
        parent: QWidget | None = None,
    ) -> None:
        """`places` are names of the region, of which the nearest is said."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("what_is_here")
        self.setWindowTitle("What is here")
        self.setModal(False)
        self._desk, self._lat, self._lon, self._measures, self._places = desk, lat, lon, measures, places
        self._areas = Areas(lat, lon)
        inside = QWidget()
        lines = QVBoxLayout(inside)
        lines.setSpacing(4)
        lines.setContentsMargins(16, 12, 16, 12)
        lines.addWidget(Label("What is here", "heading"))
        self.nearest_place = Label(tone="muted", wrap=True)
        lines.addWidget(self.nearest_place)
        lines.addWidget(self._coordinates())
        self.ground = _Section("Whose ground", lines)
        self.areas = _Section("Zones and alerts here", lines)
        self.incidents = _Section(f"Incidents within {measures.length(_WITHIN_M)}", lines)
        self.units = _Section("Nearest units", lines)
        for section in self.sections():
            section.selected.connect(self.selected)
        lines.addStretch(1)
        self.as_of = Label(tone="muted")
        lines.addWidget(self.as_of)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)
        self.refresh()
        self.resize(470, min(760, inside.sizeHint().height() + 24))
        self._timer = QTimer(self)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()

    def event(self, event: QEvent) -> bool:
        """Escape is this window's own, not the main window's shortcut."""
        ours = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if ours and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def sections(self) -> tuple["_Section", ...]:
        """What is listed below the coordinates."""
        return self.ground, self.areas, self.incidents, self.units

    def refresh(self) -> None:
        """Read everything anew."""
        desk = self._desk
        here = desk.ground.at(self._lat, self._lon)
        self.ground.say([self._ground_line(one) for one in here], "Nobody's ground that this desk knows.")
        covering = [self._area_line(kind, report) for kind, report in self._areas.covering(desk.picture)]
        self.areas.say([one for one in covering if one is not None], "None.")
        near = incidents_near(desk.picture, self._lat, self._lon, _WITHIN_M)
        self.incidents.say([self._incident_line(one.report, one.metres) for one in near], "None.")
        rows = units_near(desk.picture, self._lat, self._lon, _MOST_UNITS)
        self.units.say([self._unit_line(row) for row, _ in rows], "No unit has a position.")
        self.nearest_place.say(self._near_place())
        self.as_of.say(f"As of {wording.clock(desk.now(), seconds=True)}")

    def notations(self) -> list[tuple[str, str]]:
        """The place in every notation that it has one in."""
        lat, lon = self._lat, self._lon
        known = [
            ("USNG", usng(lat, lon)),
            ("Degrees", degrees(lat, lon)),
            ("Minutes", ddm(lat, lon)),
            ("Seconds", dms(lat, lon)),
            ("UTM", utm(lat, lon)),
        ]
        return [(name, text) for name, text in known if text]

    def _coordinates(self) -> QWidget:
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 4, 0, 4)
        grid.setVerticalSpacing(3)
        grid.setColumnMinimumWidth(0, 70)
        grid.setColumnStretch(1, 1)
        for row, (name, text) in enumerate(self.notations()):
            value = Label(text, "strong" if not row else "")
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setAccessibleName(f"{name}: {text}")
            copy = button("Copy", name=f"Copy {name}")
            copy.clicked.connect(partial(self._copy, text))
            grid.addWidget(Label(name, "muted"), row, 0)
            grid.addWidget(value, row, 1)
            grid.addWidget(copy, row, 2)
        return box

    def _copy(self, text: str, _checked: bool = False) -> None:
        QGuiApplication.clipboard().setText(text)
        self.as_of.say(f"Copied {text}")

    def stand_beside(self, over: QWidget, at: QPointF) -> None:
        """Stand to the right of a place (pixels of a widget) or to its left: the place stays in sight."""
        screen = over.screen().availableGeometry()
        spot = over.mapToGlobal(at.toPoint())
        right, left = spot.x() + _ASIDE_PX, spot.x() - _ASIDE_PX - self.width()
        x = right if right + self.width() <= screen.right() or left < screen.left() else left
        y = spot.y() - self.height() // 3
        self.move(
            max(screen.left(), min(x, screen.right() - self.width())),
            max(screen.top(), min(y, screen.bottom() - self.height())),
        )

    def _ground_line(self, one: Jurisdiction) -> Line:
        what = " · ".join(
            part for part in (one.level.replace("_", " "), word_label(DISCIPLINES, one.discipline)) if part
        )
        return _NONE, wording.one_line(one.name), f"{what} · {wording.agency_name(self._desk.picture, one.agency)}", ""

    def _area_line(self, kind: str, report: Report) -> Line | None:
        body, now = report.body, self._desk.now()
        if not isinstance(body, Zone | Alert):
            return None
        stands = phase(body.starts_at, body.expires_at, now)
        if stands == "over":
            return None
        time = when(body.starts_at, body.expires_at, now)
        tone = "warn" if stands == "coming" else ""
        if isinstance(body, Alert):
            alert = standing_of(self._desk, report)
            name = f"{alert.tag} · {alert.event}" if alert.tag else alert.event
            return (kind, *report.key), name, " · ".join(part for part in (alert.severity, time) if part), tone
        drill = wording.drill(report, self._desk.exercise)
        words = zone_label(wording.one_line(body.kind))
        name = wording.one_line(body.name) or words
        by = wording.agency_name(self._desk.picture, report.agency)
        rest = [words if words != name else "", by, time or "no end said"]
        return (kind, *report.key), f"{drill}{name}", " · ".join(part for part in rest if part), tone

    def _incident_line(self, report: Report, metres: float) -> Line:
        body = report.body
        assert isinstance(body, Incident)
        drill = wording.drill(report, self._desk.exercise)
        title = f"{drill}P{body.priority} {wording.incident_title(report)}"
        doubt = wording.doubt(self._desk.picture, report.agency, body.lat, body.lon)
        far = self._far(body.lat or 0.0, body.lon or 0.0)
        return ("incident", *report.key), title, doubt or far, "warn" if doubt else ""

    def _unit_line(self, row: int) -> Line:
        picture, now = self._desk.picture, self._desk.now()
        tracks = picture.tracks
        agency, unit = tracks.keys[row]
        drill = "EXERCISE · " if tracks.exercise[row] and not self._desk.exercise else ""
        called = wording.called(tracks.callsigns[row], unit)
        status = UNIT_STATUSES[_STATUSES[int(tracks.status[row])]]
        seconds = max(0.0, now.timestamp() - float(tracks.reported_at[row]))
        stale = bool(tracks.stale_at[row] <= now.timestamp())
        age = f"STALE, last heard {wording.span(seconds)} ago" if stale else f"{wording.span(seconds)} ago"
        far = self._far(float(tracks.lat[row]), float(tracks.lon[row]))
        text = f"{far}\n{wording.agency_name(picture, agency)} · {status} · {age}"
        name = f"{drill}{called}"
        return ("unit", agency, unit), name, text, "warn" if stale else ""

    def _far(self, lat: float, lon: float) -> str:
        metres, way = distance_and_bearing((self._lat, self._lon), (lat, lon))
        if metres < _HERE_M:
            return "at this place"
        return f"{self._measures.length(metres)} · {bearing(way)} {wording.compass(way)}"

    def _near_place(self) -> str:
        if not self._places:
            return ""
        lat, lon = self._lat, self._lon
        far = [(distance_and_bearing((one.lat, one.lon), (lat, lon)), one.name) for one in self._places]
        (metres, way), name = min(far)
        return f"{self._measures.length(metres)} {wording.compass(way)} of {wording.one_line(name)}"


class _Section(QWidget):
    """A heading and lines of a name and what is said of it; names of objects can be pressed."""

    selected = Signal(str, str, str)

    def __init__(self, heading: str, within: QVBoxLayout) -> None:
        super().__init__()
        within.addSpacing(6)
        within.addWidget(Label(heading, "section"))
        within.addWidget(self)
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(4)
        self._rows: list[_Row] = []
        self._nothing = Label(tone="muted", wrap=True)
        self._lines.addWidget(self._nothing)

    def say(self, lines: Sequence[Line], nothing: str) -> None:
        """Show these lines, or that there is nothing."""
        shown, more = lines[:_MOST], len(lines) - _MOST
        while len(self._rows) < len(shown):
            row = _Row()
            row.pressed.connect(self.selected)
            self._rows.append(row)
            self._lines.insertWidget(len(self._rows) - 1, row)
        for at, row in enumerate(self._rows):
            row.setVisible(at < len(shown))
            if at < len(shown):
                row.say(shown[at])
        self._nothing.say(nothing if not lines else f"and {more} more" if more > 0 else "")

    def texts(self) -> list[tuple[str, str]]:
        """What is shown."""
        return [row.texts() for row in self._rows if not row.isHidden()]

    def press(self, at: int) -> None:
        """As if the name of a line were pressed."""
        self._rows[at].name.click()


class _Row(QWidget):
    pressed = Signal(str, str, str)

    def __init__(self) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(10)
        self._of = _NONE
        self.name = NameButton()
        self.name.clicked.connect(lambda: self.pressed.emit(*self._of))
        self.plain = Label(wrap=True)
        self.text = Label(wrap=True)
        line.addWidget(self.name, 2, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.plain, 2, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.text, 3, Qt.AlignmentFlag.AlignTop)

    def say(self, said: Line) -> None:
        """Show a line."""
        self._of, name, text, tone = said
        self.name.setVisible(bool(self._of[0]))
        self.plain.setVisible(not self._of[0])
        self.name.say(name)
        self.plain.setText(wording.breakable(name))
        self.text.say(wording.breakable(text), tone or "muted")
        self.text.setAccessibleName(f"{name}: {text}")

    def texts(self) -> tuple[str, str]:
        """Name and what is said of it."""
        name = self.name.text().replace("&&", "&") if self._of[0] else self.plain.text()
        return name.replace("\u200b", ""), self.text.text().replace("\u200b", "")
