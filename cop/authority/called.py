"""What things are called in the words of conflicts: on one line, and short."""

from cop.picture.change import Key
from cop.picture.names import agency_name, incident_title, one_line, unit_callsign
from cop.picture.picture import Picture

_LONGEST = 48


class Called:
    """The names of a picture, as `rules.conflict_tasks.Names` wants them."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture

    def agency(self, agency: str) -> str:
        """The agency's name."""
        return agency_name(self._picture, agency)

    def unit(self, unit: Key) -> str:
        """The unit's callsign, else its id."""
        return _short(unit_callsign(self._picture, *unit))

    def incident(self, incident: Key) -> str:
        """The incident's title, else its id."""
        report = self._picture.incidents.get(incident)
        return _short((incident_title(report) if report is not None else "") or one_line(incident[1]) or "an incident")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"
