"""What a scenario holds, for its checks: agencies, units, incidents, resources by the words that name them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from cop.exercise.injects import CONTROL_CELL

if TYPE_CHECKING:
    from cop.exercise.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Known:
    """What may be named. `timeline` are the incidents that are there without any inject."""

    agencies: frozenset[str]
    units: frozenset[tuple[str, str]]
    resources: frozenset[tuple[str, str]]
    resource_kinds: frozenset[str]
    zone_kinds: frozenset[str]
    capabilities: frozenset[str]
    incidents: frozenset[str]
    timeline: frozenset[str]
    injects: frozenset[str]

    @classmethod
    def of(cls, scenario: "Scenario") -> Self:
        """All of it."""
        groups = [(agency, group) for agency in scenario.agencies for group in agency.groups]
        kinds = {resource.kind for agency in scenario.agencies for resource in agency.resources}
        return cls(
            agencies=frozenset(agency.id for agency in scenario.agencies),
            units=frozenset((agency.id, callsign) for agency, group in groups for callsign in group.callsigns()),
            resources=frozenset((agency.id, one.id) for agency in scenario.agencies for one in agency.resources),
            resource_kinds=frozenset(kinds | {request.kind for request in scenario.all_requests}),
            zone_kinds=frozenset(zone.kind for zone in scenario.all_zones),
            capabilities=frozenset(word for _agency, group in groups for word in group.capabilities),
            incidents=frozenset(line.id for line in scenario.all_incidents),
            timeline=frozenset(line.id for line in scenario.incidents),
            injects=frozenset(inject.id for inject in scenario.injects),
        )

    def before_injects(self) -> Self:
        """What the timeline may name: an inject may not have fired yet, or never."""
        return replace(self, incidents=self.timeline)

    def agency(self, where: str, name: str) -> Iterator[str]:
        """The complaint about an agency that does not take part."""
        yield from unknown(where, name, self.agencies)

    def speaker(self, where: str, name: str) -> Iterator[str]:
        """The complaint about who is neither an agency nor the control cell."""
        yield from unknown(where, name, self.agencies | {CONTROL_CELL})

    def incident(self, where: str, name: str) -> Iterator[str]:
        """The complaint about an incident that there is not."""
        yield from unknown(where, name, self.incidents)

    def unit(self, where: str, agency: str, callsign: str) -> Iterator[str]:
        """The complaint about a unit that the agency has not."""
        if (agency, callsign) not in self.units:
            yield f"{where}: {agency} has no unit {callsign!r}"


def unknown(where: str, word: str, known: Collection[str]) -> Iterator[str]:
    """The complaint about a word that stands in no table."""
    if word not in known:
        yield f"{where}: {word!r} is not known"


def repeated(where: str, ids: Sequence[str]) -> Iterator[str]:
    """The complaints about ids that stand twice."""
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            yield f"{where}: {one!r} stands twice"
        seen.add(one)
