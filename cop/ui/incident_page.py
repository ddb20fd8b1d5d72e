"""The selection panel's page of an incident: who leads, who is near, what was said."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cop.domain.area import Jurisdiction
from cop.domain.incident import Incident
from cop.domain.report import Report
from cop.domain.words import INCIDENT_STATUSES, INCIDENT_TYPES, label
from cop.picture.change import Change, Key
from cop.picture.nearest import DETOUR, SPEED_MPS, Near, nearest_units
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.flow_layout import FlowLayout
from cop.ui.incident_log import Line, lines_of
from cop.ui.labels import ElidedLabel, Label, NameButton, allow, button, restyle, rule
from cop.ui.leads import Leads
from cop.ui.other_reports import OtherReports
from cop.ui.page import Page, box
from cop.ui.same_words import also_reported, linked

_NEAR = 6
#: longer ids are no names for people
_RADIO_ID = 24
_HOW = f"Straight line; the time assumes {3.6 * SPEED_MPS:.0f} km/h and roads {DETOUR} times as long."


class IncidentPage(Page):
    """One incident."""

    def __init__(self, desk: Desk, leads: Leads) -> None:
        super().__init__(desk)
        self._leads = leads
        self.doubt = Label(tone="warn", wrap=True)
        self.lines.addWidget(self.doubt)
        self.show_place = button("Show on the map", "small")
        self.show_place.clicked.connect(self._show_place)
        self.lines.addWidget(self.show_place, 0, Qt.AlignmentFlag.AlignLeft)
        self.summary = Label(wrap=True)
        self.lines.addWidget(self.summary)
        self.unsent = Label(tone="warn")
        self.lines.addWidget(self.unsent)
        self.also_reported = self._others("Also reported by")
        self.section("Who leads here")
        frame, lead_lines = box()
        self.lead = Label(tone="strong", wrap=True)
        self.why = Label(tone="muted", wrap=True)
        self.also = Label(wrap=True)
        self.zones = Label(tone="muted", wrap=True)
        self.differs = Label(tone="warn", wrap=True)
        for part in (self.lead, self.why, self.also, self.zones, self.differs):
            lead_lines.addWidget(part)
        self.lines.addWidget(frame)
        self.section("Nearest capable units")
        self.near = [NearRow() for _ in range(_NEAR)]
        for row in self.near:
            row.asked.clicked.connect(lambda _=False, row=row: self.assign_asked.emit(*row.key))
            row.name.clicked.connect(lambda _=False, row=row: self.selected.emit("unit", *row.key))
            self.lines.addWidget(row)
        self.none_near = Label(tone="muted", wrap=True)
        self.lines.addWidget(self.none_near)
        self.lines.addSpacing(8)
        self.assign = button("Assign task…  A", "primary", name="Assign task")
        self.request = button("Request resource  R", name="Request resource")
        self.log = button("Log  L", name="Write in the log")
        self.assign.clicked.connect(lambda: self.assign_asked.emit("", ""))
        self.request.clicked.connect(self.resources_asked)
        self.log.clicked.connect(self.log_asked)
        buttons = QWidget()
        flow = FlowLayout(buttons, gap=8)
        flow.setContentsMargins(0, 0, 0, 0)
        flow.addWidget(self.assign)
        flow.addWidget(self.request)
        flow.addWidget(self.log)
        self.lines.addWidget(buttons)
        self.section("Log")
        frame, self._log_lines = box()
        self._log_lines.setSpacing(4)
        self._log: list[Line] = []
        self.lines.addWidget(frame)
        self.linked = self._others("Linked with")
        self.end_with_source()

    def _others(self, title: str) -> OtherReports:
        others = OtherReports(title)
        others.chosen.connect(lambda *key: self.selected.emit("incident", *key))
        self.lines.addWidget(others)
        return others

    def concerns(self, change: Change) -> bool:
        """Positions are looked at once a second, not at each pulse."""
        return bool(
            change.incidents
            or change.tasks
            or change.log
            or change.zones
            or change.links
            or change.agencies
            or change.delivered
        )

    def refresh(self) -> None:
        """Read everything anew."""
        report = self.desk.picture.incidents.get(self.key)
        if report is None or not isinstance(report.body, Incident):
            self.say_gone("This incident is gone", "Its agency took it back.")
            return
        body = report.body
        name = wording.agency_name(self.desk.picture, report.agency)
        others = also_reported(self.desk, self.key)
        merged = f" · {1 + len(others)} sources merged" if others else ""
        self.say(
            f"{wording.drill(report, self.desk.exercise)}{self._called(body)}eported by {name}{merged}",
            wording.incident_title(report),
            " · ".join(self._below(report, body)),
        )
        doubt = wording.doubt(self.desk.picture, report.agency, body.lat, body.lon)
        self.doubt.say(doubt)
        self.show_place.setVisible(bool(doubt))  # the map does not go there by itself
        self.summary.say(wording.paragraphs(body.summary))
        pending = self.desk.is_pending("incident", *self.key)
        self.unsent.say("● not sent yet" if pending else "")
        self.also_reported.say(others)
        self.linked.say(linked(self.desk, self.key))
        self._say_lead(body, report)
        self._say_near(body, doubt)
        refusal = self.desk.may("assign_task")
        allow(self.assign, refusal.reason if refusal else None, "Ask for a unit (A)")
        self._say_log(lines_of(self.desk, report))
        self.say_source(report)

    @staticmethod
    def _called(body: Incident) -> str:
        """What the incident is called on the radio; an id made for machines stands below, with the source."""
        return f"{body.id} · r" if len(body.id) <= _RADIO_ID else "R"

    def _below(self, report: Report, body: Incident) -> list[str]:
        parts = [wording.one_line(body.address)] if body.address else []
        parts.append(wording.place(body.lat, body.lon))
        parts.append(
            f"P{body.priority}\u00a0{label(INCIDENT_TYPES, body.type)}, {label(INCIDENT_STATUSES, body.status).lower()}"
        )
        parts.append(f"updated {wording.age(report.reported_at, self.desk.now())}")
        return parts

    def _say_lead(self, body: Incident, report: Report) -> None:
        picture = self.desk.picture
        doubtful = picture.home.doubt(report.agency, body.lat, body.lon) is not None
        lead = None if doubtful else self._leads.at(body)
        if lead is None:
            what = "place is doubtful" if doubtful else "incident has no place"
            self.lead.say(wording.agency_name(picture, body.lead) if body.lead else "Not known")
            self.why.say(f"The {what}, so no boundary says who leads.")
            self.also.say("")
            self.zones.say("")
            self.differs.say("")
            return
        self.lead.say(wording.agency_name(picture, lead.agency) if lead.agency else "Nobody")
        inside = f"inside {lead.jurisdiction.name} — " if lead.jurisdiction is not None else ""
        self.why.say(f"{inside}{lead.reason}")
        others = _names(self.desk, [one for one in lead.also if one.level != "planning_zone"], lead.agency)
        self.also.say(f"Also in jurisdiction: {others}" if others else "")
        planned = ", ".join(one.name for one in lead.also if one.level == "planning_zone")
        self.zones.say(f"Within: {planned}" if planned else "")
        if body.lead and body.lead != lead.agency:
            said = "it" if body.lead == report.agency else wording.agency_name(picture, body.lead)
            self.differs.say(f"⚠ {wording.agency_name(picture, report.agency)} says that {said} leads")
        else:
            self.differs.say("")

    def _say_near(self, body: Incident, doubt: str) -> None:
        near: list[Near] = []
        if body.lat is not None and body.lon is not None and not doubt:
            near = nearest_units(
                self.desk.picture,
                body.type,
                body.lat,
                body.lon,
                now=self.desk.now(),
                limit=_NEAR,
                live=not self.desk.exercise,
            )
        refusal = self.desk.may("assign_task")
        for at, row in enumerate(self.near):
            if at < len(near):
                row.say(self.desk, near[at], refusal.reason if refusal else None)
            row.setVisible(at < len(near))
        why = "No available unit with a fresh position."
        if doubt:
            why = "Its place is doubtful: nobody can be called near."
        elif body.lat is None:
            why = "It is not located: nobody can be called near."
        self.none_near.say("" if near else why)

    def _show_place(self) -> None:
        report = self.desk.picture.incidents.get(self.key)
        body = report.body if report is not None else None
        if isinstance(body, Incident) and body.lat is not None and body.lon is not None:
            self.place_asked.emit(body.lat, body.lon)

    def _say_log(self, log: list[Line]) -> None:
        if log == self._log:
            return
        self._log = log
        while (item := self._log_lines.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for one in log:
            line = QWidget()
            parts = QHBoxLayout(line)
            parts.setContentsMargins(0, 0, 0, 0)
            parts.setSpacing(8)
            parts.addWidget(Label(wording.clock(one.at), "muted"), 0, Qt.AlignmentFlag.AlignTop)
            parts.addWidget(Label(one.text, wrap=True), 1)
            self._log_lines.addWidget(line)


class NearRow(QWidget):
    """A unit near the incident: who, whose, how far, and the button that asks for it."""

    def __init__(self) -> None:
        super().__init__()
        self.key: Key = ("", "")
        self.name = NameButton()
        self.agency = ElidedLabel(tone="muted")
        self.far = Label()
        self.far.setToolTip(_HOW)
        self.asked = button("Request", "request")
        line = QHBoxLayout()
        line.setContentsMargins(0, 5, 0, 5)
        line.setSpacing(12)
        who = QVBoxLayout()
        who.setSpacing(1)
        who.addWidget(self.name, 0, Qt.AlignmentFlag.AlignLeft)
        who.addWidget(self.agency)
        line.addLayout(who, 1)
        line.addWidget(self.far)
        line.addWidget(self.asked)
        self.asked.setFixedWidth(76)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addLayout(line)
        lines.addWidget(rule())

    def say(self, desk: Desk, near: Near, refusal: str | None) -> None:
        """Show this unit."""
        tracks = desk.picture.tracks
        self.key = tracks.keys[near.row]
        callsign = wording.unit_callsign(desk.picture, *self.key)
        agency = wording.agency_name(desk.picture, self.key[0])
        own = self.key[0] == desk.operator.agency
        self.name.say(callsign)
        self.name.setAccessibleName(f"Show {callsign}")
        self.agency.say(agency)
        self.far.say(f"{wording.distance(near.metres)} · {max(1, round(near.seconds / 60))} min")
        look, words = ("own", "Own") if own else ("request", "Request")
        if self.asked.property("look") != look or self.asked.text() != words:
            self.asked.setText(words)
            restyle(self.asked, "look", look)
        self.asked.setAccessibleName(f"{'Assign' if own else 'Request'} {callsign}")
        hint = "Our own unit: assign it" if own else f"{agency} owns it: ask for it"
        allow(self.asked, refusal, hint)


def _names(desk: Desk, jurisdictions: list[Jurisdiction], lead: str) -> str:
    names = dict.fromkeys(wording.agency_name(desk.picture, one.agency) for one in jurisdictions if one.agency != lead)
    return ", ".join(names)
