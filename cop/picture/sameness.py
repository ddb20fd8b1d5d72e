"""Which incidents of the picture are one and the same: grouped by the links, led by the word that matters most."""

from collections.abc import Iterator, Mapping

from cop.domain.incident import Incident, Link
from cop.domain.report import Report
from cop.domain.rules.same import Said, ends_of, leading_order, same_incidents
from cop.picture.change import Change, Key


class Sameness:
    """Looks at the picture's own tables; groups anew when asked after a link changed (`renew`).

    What is marked as an exercise is never the same as what is not: a drill's link joins drills alone.
    """

    def __init__(self, incidents: Mapping[Key, Report], links: Mapping[Key, Report]) -> None:
        self._incidents = incidents
        self._links = links
        self._groups: dict[bool, dict[Key, frozenset[Key]]] | None = None

    def renew(self) -> None:
        """A link came, changed or went."""
        self._groups = None

    def of(self, key: Key) -> tuple[Key, ...]:
        """The reports of this incident that the picture holds, itself among them, the leading one first."""
        report = self._incidents.get(key)
        if report is None:
            return (key,)
        group = self._grouped(report.exercise).get(key)
        if group is None:
            return (key,)
        known = [one for one in group if one in self._incidents and self._incidents[one].exercise == report.exercise]
        return tuple(sorted(known, key=self._rank))

    def lead(self, key: Key) -> Key:
        """The report that speaks for this incident: itself where nobody else tells of it."""
        return self.of(key)[0]

    def leads(self) -> Iterator[Key]:
        """One report for each incident of the picture."""
        spoken_for: set[Key] = set()
        for key, report in self._incidents.items():
            if key in spoken_for:
                continue
            if key not in self._grouped(report.exercise):
                yield key
                continue
            reports = self.of(key)
            spoken_for.update(reports)
            yield reports[0]

    def touched(self, change: Change) -> set[Key]:
        """The incidents that a change may have made look different, in their own words or by another of their group."""
        found = set(change.incidents)
        if change.links:
            return found.union(self._incidents)
        for key in change.incidents:
            for drill in (False, True):  # one that is gone no longer says in which of them it stood
                found |= self._grouped(drill).get(key, frozenset())
        return found

    def _rank(self, key: Key) -> tuple[bool, int, float, Key]:
        body = self._incidents[key].body
        assert isinstance(body, Incident)
        return leading_order(key, body)

    def _grouped(self, drill: bool) -> dict[Key, frozenset[Key]]:
        if self._groups is None:
            said: dict[bool, list[Said]] = {False: [], True: []}
            for report in self._links.values():
                if isinstance(report.body, Link):
                    said[report.exercise].append((report.agency, report.body))
            self._groups = {marked: same_incidents(links) for marked, links in said.items()}
        return self._groups[drill]


def links_with(links: Mapping[Key, Report], key: Key) -> list[tuple[Report, Key, bool]]:
    """What anybody links an incident with: the link, the other incident, and whether that one stands first."""
    found = []
    for report in links.values():
        ends = ends_of(report.body) if isinstance(report.body, Link) else None
        if ends is not None and key in ends:
            found.append((report, ends[ends[0] == key], ends[1] == key))
    return found
