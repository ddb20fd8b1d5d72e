"""One resource request in whole: what, for whom, who gives what; and the buttons for who asked and who gives."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from cop.domain.desk import Refusal
from cop.domain.report import Report
from cop.domain.resource import Resource
from cop.domain.rules.requests import Standing, request_of
from cop.picture.change import Key
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.facts import Facts
from cop.ui.flow_layout import FlowLayout
from cop.ui.labels import Label, allow, button
from cop.ui.request_words import STATES, by_when, filled, for_whom, given_words, missing, tone, what

#: act -> its words
_BUTTONS = {
    "give": "Offer…",
    "more": "Offer more…",
    "en_route": "On the way",
    "delivered": "Delivered",
    "decline": "Decline…",
    "withdraw": "Withdraw…",
    "change": "Change…",
    "cancel": "Cancel request…",
}


class RequestPane(QWidget):
    """The chosen request. `acted` names what is to be done where a form must be opened first."""

    acted = Signal(str, str, str)  # act, agency, id
    incident_asked = Signal(str, str)  # agency, id

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.key: Key | None = None
        self.heading = Label(tone="strong", wrap=True)
        self.state = Label(wrap=True)
        self.facts = Facts()
        self.given = Label(wrap=True)
        self.note = Label(tone="muted", wrap=True)
        self.unsent = Label(tone="warn")
        self.quick = button("Offer", "small_primary")
        self.quick.clicked.connect(lambda _: self._offer_at_once())
        self._offer: tuple[Key, int] | None = None
        self._buttons = QWidget()
        flow = FlowLayout(self._buttons)
        flow.setContentsMargins(0, 5, 0, 1)
        flow.addWidget(self.quick)
        self.buttons: dict[str, QPushButton] = {}
        for act, words in _BUTTONS.items():
            one = button(words, "small")
            one.clicked.connect(lambda _=False, act=act: self._act(act))
            flow.addWidget(one)
            self.buttons[act] = one
        self.show_incident = button("Show the incident", "small")
        self.show_incident.clicked.connect(lambda _: self._ask_incident())
        flow.addWidget(self.show_incident)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(14, 10, 14, 10)
        lines.setSpacing(5)
        for part in (self.heading, self.state, self._buttons, self.given, self.facts, self.note, self.unsent):
            lines.addWidget(part)
        lines.addStretch(1)

    def say(self, key: Key | None) -> None:
        """Show this request, or that none is chosen."""
        self.key = key
        report = self._desk.picture.requests.get(key) if key is not None else None
        if report is None:
            gone = "This request is gone: its agency took it back."
            if self._desk.past:  # nobody has said that it went
                gone = "This request is not in the picture at this time."
            self.heading.say("No request is chosen" if key is None else gone)
            for part in (self.state, self.given, self.note, self.unsent):
                part.say("")
            self.facts.say([])
            self._buttons.hide()
            return
        desk, picture, now = self._desk, self._desk.picture, self._desk.now()
        request, stands = request_of(report), desk.requests.standing(report)
        self.heading.say(wording.breakable(what(request)))
        state = " · ".join(
            part for part in (STATES[stands.state], f"{filled(stands)} promised", missing(stands)) if part
        )
        self.state.say(state, tone(stands) or ("warn" if stands.missing or stands.over else "ok"))
        self.given.say(wording.breakable("\n".join(given_words(picture, one, stands, now) for one in stands.given)))
        asked_of = ", ".join(wording.agency_name(picture, one) for one in request.asked_of) or "all agencies"
        self.facts.say(
            [
                ("For", for_whom(picture, report)),
                ("By when", by_when(request, stands, now), tone(stands)),
                ("Deliver to", wording.one_line(request.deliver_to)),
                ("Asked of", asked_of),
                ("Priority", f"P{request.priority}"),
                ("Asked by", " · ".join(_who_and_when(report))),
                ("Cancelled", wording.one_line(request.reason) if request.cancelled else ""),
            ]
        )
        self.note.say(wording.paragraphs(request.note))
        self._say_unsent(report)
        self._offer_acts(report, stands)

    def can(self, report: Report, stands: Standing) -> tuple[str, ...]:
        """What this desk's agency can say to it now."""
        own, request = self._desk.operator.agency, request_of(report)
        said = self._desk.requests.said(report)
        state = said.state if said is not None else ""
        can: list[str] = []
        asked = not request.asked_of or own in request.asked_of
        if asked and not request.cancelled:
            can.append("more" if state in {"offered", "en_route", "delivered"} else "give")
        if state == "offered":
            can.append("en_route")
        if state in {"offered", "en_route"}:
            can += ["delivered", "withdraw"]
        if report.agency == own and not request.cancelled:
            can += ["change", "cancel"]
        elif asked and not request.cancelled and state not in {"offered", "en_route", "delivered", "declined"}:
            can.append("decline")
        return tuple(can)

    def _offer_acts(self, report: Report, stands: Standing) -> None:
        desk = self._desk
        can = self.can(report, stands)
        gives, asks = desk.may("fill_request"), desk.may("request_resource")
        for act, one in self.buttons.items():
            one.setVisible(act in can)
            refusal = asks if act in {"change", "cancel"} else gives
            allow(one, refusal.reason if refusal is not None else None)
        self._offer = self._proposed(report, stands) if "give" in can else None
        self.quick.setVisible(self._offer is not None)
        if self._offer is not None:
            key, quantity = self._offer
            body = desk.picture.resources[key].body
            assert isinstance(body, Resource)
            name = wording.shortened(wording.resource_name(body), 28)
            self.quick.setText(f"Offer {quantity:,} × {name}".replace("&", "&&"))
            self.quick.setAccessibleName(f"Offer {quantity} of {name}")
            allow(self.quick, gives.reason if gives is not None else None, "Offer these at once")
        request = request_of(report)
        self.show_incident.setVisible((request.incident_agency, request.incident) in desk.picture.incidents)
        self._buttons.show()

    def _proposed(self, report: Report, stands: Standing) -> tuple[Key, int] | None:
        """What fits at a glance: the first of our resources of its kind, as many as are missing and free."""
        for resource in self._desk.requests.fitting(report, surely=True):
            quantity = min(stands.missing, self._desk.requests.free(resource, report))
            if quantity:
                return resource.key, quantity
        return None

    def _offer_at_once(self) -> None:
        report = self._report()
        if report is not None and self._offer is not None:
            key, quantity = self._offer
            self._desk.requests.offer(report, quantity, key)

    def _act(self, act: str) -> None:
        report = self._report()
        if report is None:
            return
        refusal: Refusal | None = None
        if act == "en_route":
            refusal = self._desk.requests.en_route(report)
        elif act == "delivered":
            refusal = self._desk.requests.delivered(report)
        else:
            self.acted.emit(act, *report.key)
        if refusal is None:
            self.say(self.key)

    def _ask_incident(self) -> None:
        report = self._report()
        if report is not None:
            request = request_of(report)
            self.incident_asked.emit(request.incident_agency, request.incident)

    def _report(self) -> Report | None:
        return self._desk.picture.requests.get(self.key) if self.key is not None else None

    def _say_unsent(self, report: Report) -> None:
        own = self._desk.operator.agency
        pending = self._desk.is_pending("request", *report.key) or self._desk.is_pending("fill", own, report.body.id)
        self.unsent.say("● not sent yet" if pending else "")


def _who_and_when(report: Report) -> tuple[str, ...]:
    request = request_of(report)
    at = request.asked_at or request.at
    return tuple(part for part in (wording.one_line(request.by), wording.clock(at)) if part)
