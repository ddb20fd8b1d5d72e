"""The section of an incident's page that says who is in command, and lets command be taken, given and shared."""

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from cop.domain.desk import Refusal
from cop.domain.report import Report
from cop.domain.rules.command import Proposal, Standing
from cop.domain.words import INCIDENT_OVER
from cop.picture.change import Key
from cop.ui import wording
from cop.ui.command_words import CommandWords, command_words, offer_hint
from cop.ui.desk import Desk
from cop.ui.dialogs.action_dialog import ActionDialog
from cop.ui.dialogs.hand_over import HandOverDialog, ReasonDialog, UnifyDialog, incident_words
from cop.ui.flow_layout import FlowLayout
from cop.ui.labels import Label, allow, button, restyle
from cop.ui.lead_words import leading
from cop.ui.page import box

#: act -> its words, its look
_BUTTONS = {
    "accept": ("Accept command", "primary"),
    "join": ("Command together", "primary"),
    "decline": ("Decline…", ""),
    "take": ("Take command", ""),
    "take_all_the_same": ("Take command…", ""),
    "offer": ("Hand over…", ""),
    "withdraw": ("Withdraw the offer", ""),
    "unify": ("Unified…", ""),
    "unask": ("Take our asking back", ""),
    "relinquish": ("Give up…", ""),
    "leave": ("Leave…", ""),
    "yield": ("Yield…", ""),
}
#: act -> title, button and warning of its form
_ENDS = {
    "relinquish": (
        "Give command up",
        "Give up",
        "Nobody will be in command then. To have somebody follow, hand it over.",
    ),
    "leave": ("Leave unified command", "Leave", ""),
    "yield": ("Yield command", "Yield", "The others who claim it stay in command."),
}
_WHY_NOT = ("No chief officer available", "Not our jurisdiction", "Committed elsewhere", "You are better placed")
_WHY_UP = ("The incident is over", "Our part is done", "No crew on scene any more")
_WHY_TAKE = ("Our jurisdiction", "They have left the scene", "The agreement names us", "We cannot reach them")


class CommandSection(QWidget):
    """Who is in command, since when, who is named; and the buttons for what this desk can do now."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._incident: Key = ("", "")
        self._standing = Standing()
        self._ours_to_take = False  # we are who is expected to lead
        self.opened: ActionDialog | None = None
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        frame, inside = box()
        lines.addWidget(frame)
        self.who = Label(tone="strong", wrap=True)
        self.people = Label(wrap=True)
        self.expected = Label(tone="muted", wrap=True)
        self.asks = Label(tone="warn", wrap=True)
        self.goes_with = Label(tone="muted", wrap=True)
        self.open = Label(tone="muted", wrap=True)
        self.notes = Label(tone="warn", wrap=True)
        self.unsent = Label(tone="warn")
        parts = (self.who, self.people, self.expected, self.asks, self.goes_with, self.open, self.notes, self.unsent)
        for part in parts:
            inside.addWidget(part)
        self._buttons = QWidget()
        flow = FlowLayout(self._buttons)
        flow.setContentsMargins(0, 5, 0, 1)
        self.buttons: dict[str, QPushButton] = {}
        for act, (words, look) in _BUTTONS.items():
            one = button(words, f"small_{look}" if look else "small")
            one.clicked.connect(lambda _=False, act=act: self.act(act))
            flow.addWidget(one)
            self.buttons[act] = one
        inside.addWidget(self._buttons)

    def say(self, report: Report) -> None:
        """Say who is in command of this incident now."""
        desk = self._desk
        self._incident = report.key
        standing = self._standing = desk.command.standing(report.key)
        words = command_words(desk, report.key, standing)
        self.who.say(words.who, words.tone)
        self.people.say("\n".join(words.people))
        self.expected.say(self._expected(report, words))
        self.asks.say("\n".join(words.asks))
        offer = standing.offer_to(desk.operator.agency)
        self.goes_with.say(offer_hint(desk, report.key, offer) if offer is not None else "")
        self.open.say("\n".join(words.open))
        self.notes.say("\n".join(words.notes))
        own = desk.operator.agency
        pending = any(
            desk.is_pending("command", *key)
            for key in desk.picture.commands
            if key[0] == own and self._is_about(key, report.key)
        )
        self.unsent.say("● not sent yet" if pending else "")
        self._offer_acts(report)

    def can(self) -> tuple[str, ...]:
        """What this desk can do now, in the order of the buttons."""
        standing, own = self._standing, self._desk.operator.agency
        inside = own in standing.agencies
        asked = [one for one in standing.proposals if one.other == own]
        asking = [one for one in standing.proposals if one.agency == own]
        offered = standing.offer_to(own)
        can: list[str] = []
        if offered is not None:
            can += ["accept", "decline"]
        elif asked:
            can += ["join", "decline"]
        if not inside and offered is None and not asked:
            can.append("take_all_the_same" if standing.agencies else "take")
        if inside and standing.offer_by(own) is not None:
            can.append("withdraw")
        elif inside:
            can += ["offer", "unify"]
        elif standing.agencies and not asked and not asking and offered is None:
            can.append("unify")
        if asking:
            can.append("unask")
        if inside and standing.offer_by(own) is None:
            side = next(side for side in standing.sides if own in side)
            can.append("leave" if len(side) > 1 else "yield" if len(standing.sides) > 1 else "relinquish")
        return tuple(can)

    def act(self, act: str) -> None:
        """What the button does: at once, or by a form that asks for what is still to be said."""
        desk, incident, command = self._desk, self._incident, self._desk.command
        offer = self._standing.offer_to(desk.operator.agency)
        if act == "accept" and offer is not None:
            command.accept(incident, offer)
        elif act == "join":
            command.unify(incident, [one.agency for one in self._asked()])
        elif act == "decline" and offer is not None:
            self._ask("Decline command", "Decline", lambda why: command.decline(incident, offer, why), _WHY_NOT)
        elif act == "decline":
            other = next((one.agency for one in self._asked()), "")
            self._ask(
                "Decline unified command",
                "Decline",
                lambda why: command.decline_unified(incident, other, why),
                _WHY_NOT,
            )
        elif act == "take":
            command.take(incident)
        elif act == "take_all_the_same":
            who = " and ".join(wording.agency_name(desk.picture, one) for one in self._standing.agencies)
            self._ask(
                "Take command",
                "Take command",
                lambda why: command.take(incident, reason=why),
                _WHY_TAKE,
                f"In command: {who}. Everybody will see that command is claimed twice, until one yields.",
            )
        elif act == "offer":
            self._open(HandOverDialog(desk, incident, self.window()))
        elif act == "withdraw":
            command.withdraw(incident)
        elif act == "unify":
            self._open(UnifyDialog(desk, incident, self.window()))
        elif act == "unask":
            for one in self._standing.proposals:
                if one.agency == desk.operator.agency:
                    command.decline_unified(incident, one.other)
        elif act in _ENDS:
            title, verb, warning = _ENDS[act]
            self._ask(title, verb, lambda why: command.relinquish(incident, why), _WHY_UP, warning)

    def _asked(self) -> list[Proposal]:
        return [one for one in self._standing.proposals if one.other == self._desk.operator.agency]

    def _is_about(self, key: Key, incident: Key) -> bool:
        report = self._desk.picture.commands[key]
        about = (getattr(report.body, "incident_agency", ""), getattr(report.body, "incident", ""))
        return about in self._desk.picture.same.of(incident)

    def _expected(self, report: Report, words: CommandWords) -> str:
        """Who is to lead by agreement or boundary, where somebody else is in command, or nobody yet."""
        lead = leading(self._desk, report)
        self._ours_to_take = False
        if not lead or set(lead) & set(self._standing.agencies):
            return ""
        names = " and ".join(wording.agency_name(self._desk.picture, one) for one in lead)
        self._ours_to_take = self._desk.operator.agency in lead
        return (
            "We are expected to lead"
            if self._ours_to_take and len(lead) == 1
            else f"{names} {'is' if len(lead) == 1 else 'are'} expected to lead"
        )

    def _offer_acts(self, report: Report) -> None:
        can = self.can()
        refusal = self._desk.command.may()
        over = getattr(report.body, "status", "") in INCIDENT_OVER and not self._standing.agencies
        for act, one in self.buttons.items():
            one.setVisible(act in can and not over)
            if act == "take":
                look = "small_primary" if self._ours_to_take else "small"
                if one.property("look") != look:
                    restyle(one, "look", look)
            if act in can:
                allow(one, refusal.reason if refusal is not None else None, self._hint(act))
        self._buttons.setVisible(bool(can) and not over)

    def _hint(self, act: str) -> str:
        name = self._desk.operator.name
        return {
            "accept": f"{name or 'You'} will be named as commander",
            "take": f"{name or 'You'} will be named as commander",
            "offer": "Offer command to another agency; we command until it accepts",
            "unify": "Command together with another agency, each with a named lead",
        }.get(act, "")

    def _ask(
        self, title: str, verb: str, act: Callable[[str], Refusal | None], usual: tuple[str, ...], warning: str = ""
    ) -> None:
        about = incident_words(self._desk, self._incident)
        self._open(
            ReasonDialog(self._desk, title, verb, act, about=about, usual=usual, warning=warning, parent=self.window())
        )

    def _open(self, dialog: ActionDialog) -> None:
        self.opened = dialog
        dialog.finished.connect(self._closed)
        dialog.open()

    def _closed(self) -> None:
        self.opened = None
