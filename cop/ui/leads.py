"""Who leads an incident: what its reporter says, and what the boundaries say."""

from cop.domain.incident import Incident
from cop.domain.rules.lead import Lead, by_boundaries
from cop.picture.ground import Ground


class Leads:
    """Answers who leads for an incident and keeps the answer for as long as type and place stay the same."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._known: dict[tuple[str, float, float], Lead] = {}

    def at(self, incident: Incident) -> Lead | None:
        """Who leads by the boundaries; None while the incident has no place."""
        if incident.lat is None or incident.lon is None:
            return None
        key = (incident.type, incident.lat, incident.lon)
        lead = self._known.get(key)
        if lead is None:
            if len(self._known) > 5000:
                self._known.clear()
            lead = self._known[key] = by_boundaries(incident.type, self._ground.at(incident.lat, incident.lon))
        return lead

    def agency(self, incident: Incident) -> str:
        """Who leads as far as we know: the reporter's own word first; empty if nobody does."""
        lead = self.at(incident)
        return incident.lead or (lead.agency if lead is not None else "")
