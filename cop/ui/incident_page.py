"""The selection panel's page of an incident: who leads, who is near, what was said."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cop.domain.incident import Incident
from cop.domain.report import Report
from cop.domain.words import INCIDENT_STATUSES, INCIDENT_TYPES, label
from cop.picture.change import Change
from cop.ui import wording
from cop.ui.command_section import CommandSection
from cop.ui.desk import THE_PAST, Desk
from cop.ui.details_section import DetailsSection
from cop.ui.flow_layout import FlowLayout
from cop.ui.incident_log import Line, lines_of
from cop.ui.labels import Label, allow, button
from cop.ui.lead_section import LeadSection
from cop.ui.merge_button import MergeButton
from cop.ui.near_section import NEAR, NearSection
from cop.ui.other_reports import OtherReports
from cop.ui.page import Page, box
from cop.ui.same_words import also_reported, linked

#: longer ids are no names for people
_RADIO_ID = 24


class IncidentPage(Page):
    """One incident."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._near_due = True
        self.doubt = Label(tone="warn", wrap=True)
        self.lines.addWidget(self.doubt)
        self.show_place = button("Show on the map", "small")
        self.show_place.clicked.connect(self._show_place)
        self.lines.addWidget(self.show_place, 0, Qt.AlignmentFlag.AlignLeft)
        self.summary = Label(wrap=True)
        self.lines.addWidget(self.summary)
        self.details = DetailsSection(desk)
        self.lines.addWidget(self.details)
        self.unsent = Label(tone="warn")
        self.lines.addWidget(self.unsent)
        self.also_reported = self._others("Also reported by")
        self.leads = LeadSection(desk)
        self.lines.addWidget(self.leads)
        self.section("In command")
        self.command = CommandSection(desk)
        self.lines.addWidget(self.command)
        self.lines.addSpacing(12)
        self.nearest = NearSection(desk)
        self.nearest.asked.connect(lambda units: self.send_asked.emit(units, self.key))
        self.nearest.assigned.connect(lambda meant: self.send_asked.emit(meant.units, meant.incident))
        self.nearest.selected.connect(self.selected)
        self.nearest.ticked_changed.connect(self._say_assign)
        self.lines.addWidget(self.nearest)
        self.lines.addSpacing(8)
        self.assign = button("Assign task…  A", "primary", name="Assign task")
        self.request = button("Request resource  R", name="Request resource")
        self.log = button("Log  L", name="Write in the log")
        self.assign.clicked.connect(lambda _=False: self.send())
        self.request.clicked.connect(self.resources_asked)
        self.log.clicked.connect(self.log_asked)
        buttons = QWidget()
        flow = FlowLayout(buttons, gap=8)
        flow.setContentsMargins(0, 0, 0, 0)
        flow.addWidget(self.assign)
        flow.addWidget(self.request)
        flow.addWidget(self.log)
        self.merge = MergeButton(desk)
        flow.addWidget(self.merge)
        flow.addWidget(self.details.write)
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
        others.unlink_asked.connect(lambda *key: self.desk.links.unlink(self.key, key))
        self.lines.addWidget(others)
        return others

    def concerns(self, change: Change) -> bool:
        """Positions are looked at once a second, not at each pulse, and so is who could be sent."""
        self._near_due |= self.key in change.incidents or bool(change.tasks or change.consents or change.agencies)
        return bool(
            change.incidents
            or change.tasks
            or change.consents
            or change.log
            or change.zones
            or change.links
            or change.commands
            or change.agencies
            or change.delivered
        )

    def tick(self) -> None:
        """A second has passed: units have moved."""
        self._near_due = True
        self.refresh()

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
        self.details.say(report)
        pending = self.desk.is_pending("incident", *self.key)
        self.unsent.say("● not sent yet" if pending else "")
        self.also_reported.say(others)
        self.linked.say(linked(self.desk, self.key))
        self.leads.say(report)
        self.command.say(report)
        self.merge.say(self.key)
        if self.turned or self._near_due:
            self._near_due = False
            self._say_near(body, doubt)
            self._say_assign()
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

    def _say_near(self, body: Incident, doubt: str) -> None:
        located = body.lat is not None and body.lon is not None
        candidates = self.desk.authority.suggest(self.key, limit=2 * NEAR) if located and not doubt else []
        nobody = "No available unit with a fresh position."
        if doubt:
            nobody = "Its place is doubtful: nobody can be called near."
        elif not located:
            nobody = "It is not located: nobody can be called near."
        refusal = self.desk.may("assign_task")
        self.nearest.say(self.key, candidates, nobody=nobody, refusal=refusal.reason if refusal else None)

    def _say_assign(self) -> None:
        several = len(self.nearest.ticked())
        words = f"Assign {several}…  A" if several else "Assign task…  A"
        if self.assign.text() != words:
            self.assign.setText(words)
        refusal = self.desk.may("assign_task")
        allow(self.assign, refusal.reason if refusal else None, "Send the ticked units, or the nearest (A)")
        for one in (self.request, self.log):
            allow(one, THE_PAST if self.desk.past else None)

    def send(self, number: int = 0) -> None:
        """Fill in a form: for the candidate of this number (from 1), or for those that are ticked."""
        if number:
            self.nearest.ask(number)
        else:
            self.send_asked.emit(self.nearest.ticked(), self.key)

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
