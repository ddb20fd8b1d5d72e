"""Telling the details of our incidents to those alone who may read them."""

from typing import TYPE_CHECKING

from cop.domain.desk import Refusal
from cop.domain.details import IncidentDetails, details_id
from cop.domain.rules.details import tell_details
from cop.domain.rules.share import Sharing
from cop.picture.change import Change, Key

if TYPE_CHECKING:
    from cop.ui.desk import Desk


class DetailsActs:
    """What this desk can tell, and what it may read, of the details of incidents."""

    def __init__(self, desk: "Desk") -> None:
        self._desk = desk
        self._sharing = Sharing(desk.picture.agreements, desk.picture.consents)

    def of(self, incident: Key) -> IncidentDetails | None:
        """The details of an incident as this desk may read them."""
        report = self._desk.picture.details.get((incident[0], details_id(self._desk.operator.agency, incident[1])))
        body = report.body if report is not None else None
        return body if isinstance(body, IncidentDetails) else None

    def readers(self, incident: Key) -> list[str]:
        """The other agencies that have a copy, as far as this desk knows."""
        return [one.to for one in self._copies(incident) if one.to != incident[0]]

    def tell(self, incident: Key, *, medical: str, personal: str) -> Refusal | None:
        """Say what is medical and personal about one of our incidents."""
        report = self._desk.picture.incidents.get(incident)
        if report is None:
            return self._desk.do(Refusal("This incident is gone."))
        body = IncidentDetails(id=incident[1], at=self._desk.now(), to=incident[0], medical=medical, personal=personal)
        told = [one.to for one in self._copies(incident)]
        decided = tell_details(
            self._desk.operator,
            report,
            body,
            self._sharing,
            self._desk.now(),
            told=told,
            operation=self._desk.operation,
        )
        return self._desk.do(decided)

    def renew(self, change: Change) -> None:
        """What we give has changed: who may read no longer has its copy taken back, who may now gets one."""
        own = self._desk.operator.agency
        if not any(agency == own for agency, _ in change.consents) or self._desk.may("change_incident") is not None:
            return
        for body in [one for one in self._all() if one.to == own]:
            if (own, body.id) in self._desk.picture.incidents:
                self.tell((own, body.id), medical=body.medical, personal=body.personal)

    def _copies(self, incident: Key) -> list[IncidentDetails]:
        return [one for one in self._all() if one.id == incident[1]]

    def _all(self) -> list[IncidentDetails]:
        own = self._desk.operator.agency
        bodies = (report.body for key, report in self._desk.picture.details.items() if key[0] == own)
        return [one for one in bodies if isinstance(one, IncidentDetails)]
