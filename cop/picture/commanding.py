"""Who is in command of each incident of the picture; what several agencies report as one has one command."""

from collections.abc import Mapping

from cop.domain.command import IncidentCommand
from cop.domain.report import Report
from cop.domain.rules import command
from cop.domain.rules.command import Standing
from cop.picture.change import Change, Key
from cop.picture.sameness import Sameness


class Commanding:
    """Looks at the picture's own words about command; read anew when asked after one changed (`renew`).

    A drill's word about command counts for drills alone.
    """

    def __init__(self, words: Mapping[Key, Report], incidents: Mapping[Key, Report], same: Sameness) -> None:
        self._words = words
        self._incidents = incidents
        self._same = same
        self._by_incident: dict[Key, list[Report]] | None = None
        self._standings: dict[Key, Standing] = {}

    def renew(self, change: Change) -> None:
        """Forget what a change may have moved."""
        if change.commands:
            self._by_incident = None
        if change.commands or change.links or change.incidents:
            self._standings.clear()

    def words(self, incident: Key) -> list[command.Word]:
        """What is said of command of this incident, and of those that are the same."""
        return [
            (report.agency, report.body)
            for report in self._reports(incident)
            if isinstance(report.body, IncidentCommand)
        ]

    def standing(self, incident: Key) -> Standing:
        """Who is in command."""
        known = self._standings.get(incident)
        if known is None:
            known = self._standings[incident] = command.commanders(self.words(incident))
        return known

    def in_command(self, agency: str, incident: Key) -> bool:
        """Whether an agency is in command, alone or with others."""
        return agency in self.standing(incident).agencies

    def took_over(self, incident: Key, giver: str, taker: str) -> bool:
        """Whether a taker ever accepted command of it from a giver: what went with command may stand in its name."""
        return command.took_over(taker, giver, self.words(incident))

    def incidents(self) -> list[Key]:
        """The incidents that anybody said something of command of; of those that are one, the leading report."""
        return sorted({self._same.lead(key) for key in self._grouped()})

    def touched(self, change: Change) -> set[Key]:
        """The incidents whose command a change may have moved."""
        found = {
            (report.body.incident_agency, report.body.incident)
            for key in change.commands
            if (report := self._words.get(key)) is not None and isinstance(report.body, IncidentCommand)
        }
        if change.links or len(found) < len(change.commands):
            found.update(self._grouped())
        return {one for key in found for one in self._same.of(key)}

    def _reports(self, incident: Key) -> list[Report]:
        grouped = self._grouped()
        keys = self._same.of(incident)
        known = self._incidents.get(incident)
        drill = known.exercise if known is not None else None
        found = [report for key in keys for report in grouped.get(key, ())]
        return [report for report in found if drill is None or report.exercise == drill]

    def _grouped(self) -> dict[Key, list[Report]]:
        if self._by_incident is None:
            self._by_incident = {}
            for report in self._words.values():
                if isinstance(report.body, IncidentCommand):
                    key = (report.body.incident_agency, report.body.incident)
                    self._by_incident.setdefault(key, []).append(report)
        return self._by_incident
