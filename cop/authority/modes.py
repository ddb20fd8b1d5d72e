"""How this desk gets units for an incident: asked for every candidate of a list, worked out once an agency and kind."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

from cop.domain.agreement import Agreements, AidClause, Term
from cop.domain.desk import Operator
from cop.domain.incident import Incident
from cop.domain.rules.aid import why_not_for
from cop.domain.rules.claims import seen
from cop.domain.rules.consents import word_about
from cop.domain.rules.tasking import Commitments, Direct, Request, Tasking, Wanted, by_agreement, may_task
from cop.domain.task import Basis
from cop.domain.unit import Unit
from cop.picture.change import Change, Key
from cop.picture.names import agency_name
from cop.picture.picture import Picture

#: agency and kind of unit -> how we get one
Mode = Callable[[str, str], Direct | Request]


class Modes:
    """Keeps what it worked out for a second, or until something is said that consent hangs on."""

    def __init__(self, picture: Picture, agreements: Agreements, operator: Operator, *, live: bool) -> None:
        self._picture = picture
        self._operator = operator
        self._live = live
        self._terms: dict[str, list[Term]] = {}
        for term in agreements.terms:
            if isinstance(term.clause, AidClause):
                self._terms.setdefault(term.clause.giver, []).append(term)
        self._known: dict[Key | None, dict[tuple[str, str], Direct | Request]] = {}
        #: incident -> clause -> why it does not speak of it
        self._spoken: dict[Key | None, dict[tuple[str, str], str]] = {}
        self._second = 0

    def take(self, change: Change) -> None:
        """Forget what a change may have moved."""
        if change.tasks or change.consents or change.incidents or change.agencies:
            self._forget()

    def _forget(self) -> None:
        self._known.clear()
        self._spoken.clear()

    def of(self, incident: Key | None, at: datetime) -> Mode:
        """How we get a unit of an agency and kind for an incident; role and unit left aside."""
        second = int(at.timestamp())
        if second != self._second:  # hours, days and pauses begin and end by the clock
            self._forget()
            self._second = second
        known = self._known.setdefault(incident, {})
        basis = self._basis(incident)
        commitments = self._remembered(incident, at)

        def mode(agency: str, kind: str) -> Direct | Request:
            found = known.get((agency, kind))
            if found is None:
                wanted, terms = Wanted(agency, kind=kind), self._terms.get(agency, ())
                found = by_agreement(self._operator.agency, wanted, basis, terms, commitments, at=at)
                known[agency, kind] = found
            return found

        return mode

    def of_unit(self, unit: Key, incident: Key | None, at: datetime) -> Direct | Request:
        """How we get this unit, as far as agreements go."""
        return self.of(incident, at)(unit[0], self._wanted(unit).kind)

    def may_task(
        self, unit: Key, incident: Key | None, at: datetime, beside: Collection[Key] = (), instead_of: Key | None = None
    ) -> Tasking:
        """Whether this desk may send a unit; `beside` are others that are sent in the same breath, and count.

        `instead_of` is the task whose place this takes: its unit counts no longer.
        """
        return may_task(
            self._operator,
            self._wanted(unit),
            self._basis(incident),
            self._terms.get(unit[0], ()),
            self._commitments(at, beside, instead_of),
            at=at,
            live=self._live,
        )

    def _remembered(self, incident: Key | None, at: datetime) -> Commitments:
        """What is given, looked up once for each clause: many kinds of units are asked about."""
        spoken = self._spoken.setdefault(incident, {})
        given = self._commitments(at)

        def why_not(term: Term, basis: Basis | None, moment: datetime) -> str:
            why = spoken.get(term.key)
            if why is None:
                why = spoken[term.key] = why_not_for(term, basis, moment)
            return why

        return replace(given, why_not=why_not)

    def _commitments(self, at: datetime, beside: Collection[Key] = (), instead_of: Key | None = None) -> Commitments:
        picture = self._picture

        def bound(term: Term) -> Collection[Key]:
            giver = term.clause.giver if isinstance(term.clause, AidClause) else ""
            bound = picture.commitments.bound(term, at, exercise=not self._live)
            given = {one.unit for one in bound if one.task.key != instead_of}
            return given | {one for one in beside if one[0] == giver}

        def taken(term: Term) -> Collection[Key]:
            bound = picture.commitments.bound(term, at, exercise=not self._live)
            return {one.unit for one in bound if one.task.agency != self._operator.agency}

        return Commitments(
            consent=lambda term: word_about(term, picture.consents, live=self._live),
            bound=bound,
            taken=taken,
            called=lambda agency: agency_name(picture, agency),
        )

    def _basis(self, incident: Key | None) -> Basis | None:
        report = self._picture.incidents.get(incident) if incident is not None else None
        return seen(report.body) if report is not None and isinstance(report.body, Incident) else None

    def _wanted(self, unit: Key) -> Wanted:
        report = self._picture.units.get(unit)
        row = self._picture.tracks.row_of(*unit)
        body = report.body if report is not None else None
        return Wanted(
            *unit,
            kind=body.kind if isinstance(body, Unit) else "unknown",
            status=body.status if isinstance(body, Unit) else "unknown",
            known=report is not None or row is not None,
            exercise=report.exercise if report is not None else row is not None and self._picture.tracks.exercise[row],
        )
