"""Units of an EIDO: what responds, what it does, and where it is (NENA-STA-021.1, emergency resource component)."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property

from cop.domain.report import Report
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import personal, pidf, readings
from cop.feeds.adapters.eido_document import Component, Document, reference_of, references_of, text_of, texts_of
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Message

_MOST_DISPATCHES = 1_000
#: which status of several says most about what a unit does now
_UNIT_ORDER = ("emergency", "on_scene", "transporting", "en_route", "assigned", "returning", "busy", "out_of_service")
_UNIT_READ = frozenset(
    {
        *("$id", "lastUpdateTimeStamp", "updatedByAgencyReference", "updatedByAgentReference", "agentReference"),
        *("emergencyResourceTypeCommonRegistryText", "emergencyResourceName", "resourceAttributeRegistryText"),
        *("primaryUnitStatusRegistryText", "secondaryUnitStatusRegistryText", "unitLocationReference"),
        *("notesReference", "activeOnIncidentId"),
    }
)


class Units:
    """The units of one document. `words` finds our word in a table, `agency_of` tells whose an agency's id is."""

    def __init__(
        self,
        voice: Voice,
        message: Message,
        document: Document,
        *,
        words: Callable[[str, str], str | None],
        agency_of: Callable[[str], str],
        tracking: str,
        at: datetime,
        exercise: bool,
    ) -> None:
        """`tracking` is the incident that units are on which name none; "" for none."""
        self._voice, self._message, self._document = voice, message, document
        self._words, self._agency_of = words, agency_of
        self._tracking, self._at, self._exercise = tracking, at, exercise

    def reports(self, component: Component) -> list[Report]:
        """The unit if its words are news, and its position. Raises BadMessage for a unit of another agency."""
        identifier = text_of(component, "$id")
        if not identifier:
            raise BadMessage("an emergency resource has no $id")
        owner = self._owner(component, identifier)
        if self._agency_of(owner) != self._voice.agency:
            raise BadMessage("an emergency resource of another agency")
        at = self._document.updated_at(component) or self._at
        secondary = texts_of(component, "secondaryUnitStatusRegistryText")
        primary = text_of(component, "primaryUnitStatusRegistryText")
        said = [*secondary, primary] if primary else secondary
        kind = text_of(component, "emergencyResourceTypeCommonRegistryText")
        unit = Unit(
            id=readings.identifier(identifier),
            at=at,
            callsign=readings.name(text_of(component, "emergencyResourceName") or identifier),
            kind=self._words("unit_kinds", kind) or readings.name(kind) or "unknown",
            capabilities=tuple(map(readings.name, texts_of(component, "resourceAttributeRegistryText"))),
            status=self._status(said),
        )
        incident = text_of(component, "activeOnIncidentId") or self._tracking

        def losses() -> dict[str, str]:
            left = personal.withheld(readings.unread(component, _UNIT_READ))
            if len(said) > 1 or (said and self._words("unit_statuses", said[0]) is None):
                left["unit status"] = readings.loss(", ".join(said))
            if incident:
                left["incident"] = readings.loss(incident)
            return left

        original = (identifier, "emergencyResource")
        reports = self._voice.unit(
            self._message, unit, losses, beside=(incident, tuple(said)), original=original, exercise=self._exercise
        )
        location = reference_of(component, "unitLocationReference")
        where = self._document.at_reference("locationComponent", location) if location else None
        if where is not None and (value := text_of(where, "locationByValue")):
            try:
                place = pidf.place_of(value)
            except BadMessage as bad:
                raise BadMessage(bad.reason, reports) from None
            if place.lat is not None and place.lon is not None:
                position = Position(
                    id=unit.id,
                    at=self._document.updated_at(where) or at,
                    lat=place.lat,
                    lon=place.lon,
                    alt_m=place.alt_m,
                    accuracy_m=place.accuracy_m,
                )
                reports.append(
                    self._voice.position(self._message, position, original=original, exercise=self._exercise)
                )
        return reports

    def _owner(self, component: Component, identifier: str) -> str:
        """The agency of the unit: that of its agents, else the one that was dispatched, else the component's own."""
        for reference in references_of(component, "agentReference"):
            agent = self._document.at_reference("agentComponent", reference)
            if agent is not None and (agency := reference_of(agent, "agencyReference")):
                return agency
        return self._dispatched.get(identifier) or reference_of(component, "updatedByAgencyReference")

    @cached_property
    def _dispatched(self) -> dict[str, str]:
        """The agency that each unit was dispatched from."""
        return {
            unit: agency
            for dispatch in self._document.components("dispatchComponent")[:_MOST_DISPATCHES]
            if (agency := reference_of(dispatch, "agencyReference"))
            for unit in references_of(dispatch, "emergencyResourceReference")
        }

    def _status(self, said: list[str]) -> str:
        found = {self._words("unit_statuses", one) or "" for one in said} - {""}
        for status in _UNIT_ORDER:
            if status in found:
                return status
        return min(found) if found else readings.name(said[0]) if said else "unknown"
