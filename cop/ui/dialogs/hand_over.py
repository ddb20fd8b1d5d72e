"""The forms about command: hand it over, share it, and the reason that giving it up or declining it needs."""

from collections.abc import Callable, Iterable

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from cop.domain.desk import Refusal
from cop.domain.task import Task
from cop.picture.change import Key
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.dialogs.action_dialog import ActionDialog
from cop.ui.labels import Label
from cop.ui.lead_words import known_lead, leading

_WHY_OVER = ("Their jurisdiction", "The type of incident has changed", "Relief of the commander", "Our part is done")


class HandOverDialog(ActionDialog):
    """To whom, and why. We command until they accept."""

    def __init__(self, desk: Desk, incident: Key, parent: QWidget | None = None) -> None:
        super().__init__(desk, "Hand command over", "Offer command", parent)
        self._incident = incident
        self.row("Incident", Label(incident_words(desk, incident), wrap=True))
        self.agency = agencies(desk, incident, desk.command.standing(incident).agencies)
        self.row("To", self.agency)
        self.reason = reasons(_WHY_OVER, "Why: choose or type")
        self.row("Reason", self.reason)
        tasks = len(desk.command.tasks_of(incident, desk.operator.agency))
        goes = f" With it go our {tasks} open tasks." if tasks > 1 else " With it goes our open task." if tasks else ""
        self.said = Label(f"We stay in command until they accept.{goes}", "muted", wrap=True)
        self.row("", self.said)
        self.agency.setFocus()

    def act(self) -> Refusal | None:
        """Offer it."""
        agency = self.agency.currentData()
        return self.desk.command.offer(self._incident, agency or "", self.reason.currentText().strip()[:1024])


class UnifyDialog(ActionDialog):
    """Which agency is to command together with us, and who leads for us."""

    def __init__(self, desk: Desk, incident: Key, parent: QWidget | None = None) -> None:
        super().__init__(desk, "Unified command", "Ask them", parent)
        self._incident = incident
        standing = desk.command.standing(incident)
        own = standing.commander(desk.operator.agency)
        self.row("Incident", Label(incident_words(desk, incident), wrap=True))
        if own is not None:
            self.agency = agencies(desk, incident, standing.agencies)
        else:
            self.agency = agencies(desk, incident, only=standing.agencies)
        self.row("Together with", self.agency)
        self.lead = QLineEdit(own.name if own is not None and own.name else desk.operator.name, maxLength=256)
        self.lead.setPlaceholderText("Who leads for us")
        self.row("Our lead", self.lead)
        self.row("", Label("It is unified once each agency has named the other.", "muted", wrap=True))
        self.agency.setFocus()

    def act(self) -> Refusal | None:
        """Ask."""
        agency = self.agency.currentData()
        return self.desk.command.unify(self._incident, [agency] if agency else [], name=self.lead.text())


class ReasonDialog(ActionDialog):
    """One thing that is to be done, and why: one of the usual reasons, or in own words."""

    def __init__(
        self,
        desk: Desk,
        title: str,
        verb: str,
        act: Callable[[str], Refusal | None],
        *,
        about: str = "",
        usual: Iterable[str] = (),
        warning: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(desk, title, verb, parent)
        self._act = act
        if about:
            self.row("About", Label(wording.breakable(about), wrap=True))
        self.reason = reasons(usual, "Why: choose or type")
        self.row("Reason", self.reason)
        if warning:
            self.row("", Label(warning, "warn", wrap=True))
        self.reason.setFocus()

    def act(self) -> Refusal | None:
        """Do it, with this reason."""
        return self._act(self.reason.currentText().strip()[:1024])


def reasons(usual: Iterable[str], placeholder: str) -> QComboBox:
    """A list of usual reasons that can be typed over."""
    box = QComboBox(editable=True)
    box.addItems(list(usual))
    box.setCurrentIndex(-1)
    edit = QLineEdit()
    box.setLineEdit(edit)
    edit.setMaxLength(1024)
    edit.setPlaceholderText(placeholder)
    return box


def agencies(desk: Desk, incident: Key, without: Iterable[str] = (), *, only: Iterable[str] | None = None) -> QComboBox:
    """Agencies to choose from: who leads there, who has a say or units there, then all others by name."""
    box = QComboBox()
    left = {*without, desk.operator.agency}
    near = [one for one in _concerned(desk, incident) if one not in left]
    known = {*desk.picture.agencies, *(key[0] for key in desk.picture.presence), *near} - left
    rest = sorted(known - set(near), key=lambda one: wording.agency_name(desk.picture, one).casefold())
    chosen = [*near, *rest]
    if only is not None:
        chosen = [one for one in only if one not in left]
    for agency in chosen:
        box.addItem(wording.shortened(wording.agency_name(desk.picture, agency), 80), agency)
    if only is None and near and rest:
        box.insertSeparator(len(near))
    box.setPlaceholderText("Choose the agency" if chosen else "No other agency is known")
    report = desk.picture.incidents.get(incident)
    expected = [one for one in (leading(desk, report) if report is not None else ()) if one in chosen]
    # nobody is chosen by chance: who is expected to lead, or the only one there is
    first = expected[0] if expected else chosen[0] if len(chosen) == 1 else None
    box.setCurrentIndex(box.findData(first) if first is not None else -1)
    return box


def incident_words(desk: Desk, incident: Key) -> str:
    """An incident's title and whose it is."""
    report = desk.picture.incidents.get(incident)
    title = wording.incident_title(report) if report is not None else wording.one_line(incident[1])
    return wording.breakable(f"{title} · {wording.agency_name(desk.picture, incident[0])}")


def _concerned(desk: Desk, incident: Key) -> list[str]:
    """The agencies that have to do with an incident: its lead, who has a say there, reporters, owners of units."""
    report = desk.picture.incidents.get(incident)
    lead = known_lead(desk, report) if report is not None else None
    found: list[str] = []
    if lead is not None:
        found += [*lead.agencies, *(one.agency for one in lead.also if one.agency)]
    about = desk.picture.same.of(incident)
    found += [key[0] for key in about]
    tasks = [one.body for one in desk.picture.tasks.values() if isinstance(one.body, Task)]
    found += sorted({one.assignee_agency for one in tasks if (one.incident_agency, one.incident) in about})
    return list(dict.fromkeys(one for one in found if one))
