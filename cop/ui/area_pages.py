"""The selection panel's pages of a zone and an alert."""

from PySide6.QtWidgets import QWidget

from cop.domain.area import Alert, Zone
from cop.domain.report import Report
from cop.domain.rules.alarm import phase
from cop.domain.words import zone_label
from cop.domain.zone_forms import form_of
from cop.picture.change import Change
from cop.ui import wording
from cop.ui.alert_words import standing_of
from cop.ui.desk import Desk
from cop.ui.facts import Facts
from cop.ui.flow_layout import FlowLayout
from cop.ui.labels import Label, allow, button
from cop.ui.page import Page
from cop.ui.zone_words import NOT_BY_HAND, end_words

_RADIO_ID = 12
#: words of the phases of what has a beginning and an end
_PHASES = {"coming": "not yet in force", "now": "in force", "over": "over"}


class ZonePage(Page):
    """One zone that somebody drew: what it is for, and from when until when."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.summary = Label(wrap=True)
        self.lines.addWidget(self.summary)
        self.section("When and where")
        self.facts = Facts()
        self.lines.addWidget(self.facts)
        self.lines.addSpacing(8)
        self._buttons = QWidget()
        flow = FlowLayout(self._buttons, gap=8)
        flow.setContentsMargins(0, 0, 0, 0)
        self.change = button("Change…", name="Change zone")
        self.points = button("Move points")
        self.extend = button("+1 h", name="One hour more")
        self.end = button("End zone…")
        for what, one in (("change", self.change), ("points", self.points), ("extend", self.extend), ("end", self.end)):
            one.clicked.connect(lambda _=False, what=what: self.zone_asked.emit(what, *self.key))
            flow.addWidget(one)
        self.lines.addWidget(self._buttons)
        self.why = Label(tone="muted", wrap=True)
        self.lines.addWidget(self.why)
        self._looked: Zone | None = None
        self._by_hand = False
        self.end_with_source()

    def concerns(self, change: Change) -> bool:
        """Itself, or its incident's name."""
        return self.key in change.zones or bool(change.incidents or change.agencies or change.delivered)

    def refresh(self) -> None:
        """Read everything anew."""
        picture, now = self.desk.picture, self.desk.now()
        report = picture.zones.get(self.key)
        if report is None or not isinstance(report.body, Zone):
            self.say_gone("This zone is gone")
            return
        zone = report.body
        incident = picture.incidents.get((zone.incident_agency, zone.incident))
        kind = zone_label(wording.one_line(zone.kind))
        about = wording.incident_title(incident) if incident is not None else ""
        agency = wording.agency_name(picture, report.agency)
        drill = wording.drill(report, self.desk.exercise)
        called = f" · {wording.one_line(zone.id)}" if len(zone.id) <= _RADIO_ID else ""  # no id made for machines
        self.say(f"{drill}{kind}{called}", wording.one_line(zone.name) or kind, f"reported by {agency}")
        self.summary.say(wording.paragraphs(zone.summary))
        stands = phase(zone.starts_at, zone.expires_at, now)
        until, tone = end_words(zone, now)
        pending = self.desk.is_pending("zone", *self.key)
        self.facts.say(
            [
                ("State", _PHASES[stands], "warn" if stands != "now" else ""),
                ("From", wording.clock_or_date(zone.starts_at, now) if zone.starts_at is not None else "not said"),
                ("Until", until, tone),
                ("Incident", about),
                ("Place", "" if zone.geometry else wording.NOT_LOCATED),
                ("", "● not sent yet" if pending else "", "warn"),
            ]
        )
        self._offer(report, zone)
        self.say_source(report)

    def _offer(self, report: Report, zone: Zone) -> None:
        """The buttons, each with the reason where it cannot be pressed."""
        if zone is not self._looked:  # to compare a form with its geometry costs too much for each second
            self._looked, self._by_hand = zone, form_of(zone) is not None
        refusal = self.desk.may_change_zone(report)
        reason = refusal.reason if refusal is not None else None
        allow(self.change, reason, "Its kind, name, end and shape")
        allow(self.points, reason or (None if self._by_hand else NOT_BY_HAND), "Change its shape on the map")
        allow(self.extend, reason, "Let it hold for one hour more")
        allow(self.end, reason, "Take it from all maps")
        self.extend.setVisible(zone.expires_at is not None)
        self.why.say(reason or "")


class AlertPage(Page):
    """One alert: what happens, how bad, where, until when, what to do, and whose word it is."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.tag = Label(tone="warn", wrap=True)
        self.lines.addWidget(self.tag)
        self.section("When and where")
        self.facts = Facts()
        self.lines.addWidget(self.facts)
        self.what_to_do = self.section("What to do")
        self.instruction = Label(wrap=True)
        self.lines.addWidget(self.instruction)
        self.what_is_said = self.section("What is said")
        self.description = Label(wrap=True)
        self.lines.addWidget(self.description)
        self.end_with_source()

    def concerns(self, change: Change) -> bool:
        """Only itself."""
        return self.key in change.alerts or bool(change.agencies)

    def refresh(self) -> None:
        """Read everything anew."""
        now = self.desk.now()
        report = self.desk.picture.alerts.get(self.key)
        if report is None or not isinstance(report.body, Alert):
            self.say_gone("This alert is gone", "It was cancelled, or a later one took its place.")
            return
        alert, stands = report.body, standing_of(self.desk, report)
        self.say(f"{stands.severity} · {stands.agency}", stands.event, wording.one_line(alert.headline))
        self.tag.say(f"{stands.tag} — this is not an actual alert" if stands.tag else "")
        self.facts.say(
            [
                ("State", _PHASES[stands.phase], "warn" if stands.phase != "now" else ""),
                (
                    "From",
                    wording.clock_or_date(alert.starts_at, now) if alert.starts_at is not None else "when it was sent",
                ),
                ("Until", wording.clock_or_date(alert.expires_at, now) if alert.expires_at is not None else "not said"),
                ("Area", wording.paragraphs(alert.area, 2000)),
                ("Place", "" if stands.located else f"{wording.NOT_LOCATED}: no outline was sent"),
                ("Severity", wording.one_line(alert.severity)),
                ("Urgency", wording.one_line(alert.urgency)),
                ("Certainty", wording.one_line(alert.certainty)),
                ("Status", wording.one_line(alert.status)),
            ]
        )
        for title, part, text in (
            (self.what_to_do, self.instruction, alert.instruction),
            (self.what_is_said, self.description, alert.description),
        ):
            words = wording.paragraphs(text)
            part.say(words)
            title.setVisible(bool(words))
        self.say_source(report)
