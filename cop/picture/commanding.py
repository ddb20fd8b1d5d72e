"""Who is in command of each incident of the picture; what several agencies report as one has one command."""

from collections.abc import Mapping
from datetime import datetime

from cop.domain.command import IncidentCommand
from cop.domain.report import Report
from cop.domain.rules import command
from cop.domain.rules.command import Standing
from cop.picture.change import Change, Key
from cop.picture.sameness import Sameness


class Commanding:
    """Looks at the picture's own words about command, filed by incident as they come (`renew`).

    A drill's word about command counts for drills alone.
    """

    def __init__(self, words: Mapping[Key, Report], incidents: Mapping[Key, Report], same: Sameness) -> None:
        self._words = words
        self._incidents = incidents
        self._same = same
        self._by_incident: dict[Key, dict[Key, Report]] = {}
        #: word -> the incident that it is about, also of a word that is gone
        self._about: dict[Key, Key] = {}
        self._standings: dict[Key, Standing] = {}
        self._took_over: dict[tuple[Key, str, str, datetime], bool] = {}

    def renew(self, change: Change) -> None:
        """Forget what a change may have moved; asked after each pulse, once the picture holds it."""
        moved = {one for key in change.commands for one in self._file(key)}
        if change.commands or change.links or change.incidents:
            self._took_over.clear()
        if change.links:
            self._standings.clear()
        elif self._standings and (moved or change.incidents):
            for key in moved | self._same.touched(change):
                for one in self._same.of(key):
                    self._standings.pop(one, None)

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

    def took_over(self, incident: Key, giver: str, taker: str, asked_at: datetime) -> bool:
        """Whether a taker accepted command of it from a giver: what that one had asked may stand in its name."""
        if not self._words:
            return False
        asked = (incident, giver, taker, asked_at)
        if asked not in self._took_over:
            self._took_over[asked] = command.took_over(taker, giver, self.words(incident), asked_at)
        return self._took_over[asked]

    def incidents(self) -> list[Key]:
        """The incidents that anybody said something of command of; of those that are one, the leading report."""
        return sorted({self._same.lead(key) for key, words in self._by_incident.items() if words})

    def touched(self, change: Change) -> set[Key]:
        """The incidents whose command a change may have moved."""
        found = {self._about[key] for key in change.commands if key in self._about}
        if change.links:  # what was one with another may no longer be
            found.update(self._by_incident, self._incidents)
        return {one for key in found for one in self._same.of(key)}

    def _file(self, key: Key) -> set[Key]:
        """Put a word where its incident is, or take it away; the incidents that it is and was about."""
        report = self._words.get(key)
        before = self._about.get(key)
        touched = {before} if before is not None else set()
        if before is not None:
            self._by_incident[before].pop(key, None)
        if report is not None and isinstance(report.body, IncidentCommand):
            after = (report.body.incident_agency, report.body.incident)
            self._about[key] = after
            self._by_incident.setdefault(after, {})[key] = report
            touched.add(after)
        return touched

    def _reports(self, incident: Key) -> list[Report]:
        keys = self._same.of(incident)
        known = self._incidents.get(incident)
        drill = known.exercise if known is not None else None
        found = [report for key in keys for report in self._by_incident.get(key, {}).values()]
        return [report for report in found if drill is None or report.exercise == drill]
