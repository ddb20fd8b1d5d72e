"""The units of an exercise, put on their beats: the same scenario and seed give the same cast."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import shapely

from cop.domain.task import Task
from cop.exercise.lines import Area, Group, Participant, TaskLine, slug
from cop.exercise.movement import Beat, Circling, Motion, Parked, Round, Sailing
from cop.exercise.roads import Network, Place, load_lines, load_named_area
from cop.exercise.scenario import Scenario, ScenarioError
from cop.exercise.tongues import Speaker, tongue
from cop.picture.ground import load_jurisdictions

#: answers after which an owner has nothing more to say
ANSWERED = frozenset({"complete", "declined", "released"})


@dataclass(slots=True)
class Player:
    """One unit of the exercise and what it is doing."""

    agency: Participant
    id: str
    callsign: str
    kind: str
    crew: int | None
    capabilities: tuple[str, ...]
    number: int
    motion: Motion
    rng: random.Random
    status: str = "available"
    silent_after_s: float | None = None
    silent_until_s: float = -math.inf
    broken_until_s: float = -math.inf
    #: what it says in place of the truth
    says_place: Place | None = None
    says_status: str = ""
    moved_s: float = 0.0
    assignment: "Assignment | None" = None

    @property
    def speaker(self) -> Speaker:
        """As far as a format needs to know it."""
        return Speaker(self.agency.id, self.id, self.callsign, self.kind, self.says_status or self.status, self.number)

    def is_silent(self, t: float) -> bool:
        """Whether its radio is dead."""
        return t < self.silent_until_s or (self.silent_after_s is not None and t >= self.silent_after_s)


@dataclass(slots=True)
class Assignment:
    """A request to a simulated agency and how far it has come."""

    requester: str
    task: Task
    player: Player | None
    place: Place | None
    rng: random.Random
    script: TaskLine | None = None
    state: str = "requested"
    by_people: bool = False
    replaced: bool = False  # another task took its place
    skipped: bool = False  # a scripted answer was left to people at their desk
    turn: int = 0  # grows with each answer: what was planned for an earlier one is dropped

    @property
    def owner(self) -> str:
        """The agency that answers."""
        return self.task.assignee_agency

    @property
    def over(self) -> bool:
        """Whether nothing more is to be said."""
        return self.state in ANSWERED or self.task.cancelled or self.replaced


@dataclass(slots=True)
class Region:
    """The ground units move on: roads and streets, rivers, lakes, jurisdictions by id."""

    roads: Network
    rivers: dict[str, Network]
    folder: Path
    jurisdictions: dict[str, shapely.geometry.base.BaseGeometry] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path, scenario: Scenario) -> "Region":
        """Read the region's files and add the scenario's streets."""
        streets = [shapely.LineString([(lon, lat) for lat, lon in street.points]) for street in scenario.streets]
        rivers = {
            area.water: load_lines(folder / "water.geojson", wanted=lambda p, name=area.water: p.get("name") == name)  # type: ignore[misc]  # the default binds the name
            for agency in scenario.agencies
            for group in agency.groups
            if group.motion == "river" and (area := group.area or agency.area).water
        }
        return cls(
            roads=Network([*load_lines(folder / "roads.geojson"), *streets]),
            rivers={name: Network(lines) for name, lines in rivers.items()},
            folder=folder,
            jurisdictions={
                one.id: one.geometry
                for file in ("counties.geojson", "special_jurisdictions.geojson")
                for one in load_jurisdictions(folder / file)
            },
        )


def cast(scenario: Scenario, seed: int, region: Region) -> list[Player]:
    """Every unit on its beat. Raises ScenarioError where a beat has no ground."""
    silences = {(silence.agency, silence.unit): silence.after_s for silence in scenario.silences}
    players: list[Player] = []
    for agency in scenario.agencies:
        for group in agency.groups:
            numbers = group.numbers or range(group.first, group.first + group.count)
            for number, callsign in zip(numbers, group.callsigns(), strict=True):
                rng = random.Random(f"{seed}/{agency.id}/{callsign}")  # noqa: S311 - a game's dice, no secret
                player = Player(
                    agency=agency,
                    id=unit_id(agency, callsign, number),
                    callsign=callsign,
                    kind=group.kind,
                    crew=group.crew,
                    capabilities=group.capabilities,
                    number=number,
                    motion=_motion(agency, group, callsign, region, rng),
                    rng=rng,
                    silent_after_s=silences.get((agency.id, callsign)),
                )
                players.append(player)
    return players


def unit_id(agency: Participant, callsign: str, number: int) -> str:
    """The id by which the picture knows a unit: the one its format's adapter makes of the message or topic."""
    speech = tongue(agency.format)
    return slug(callsign) if speech is None else speech.unit_id(agency.id, callsign, number)


def _motion(agency: Participant, group: Group, callsign: str, region: Region, rng: random.Random) -> Motion:
    start = agency.starts.get(callsign)
    beat = _beat(agency, group, start, region, rng)
    motion = Motion(group.kind, beat, rng)
    if start is not None:
        motion.put(start)
    return motion


def _beat(agency: Participant, group: Group, start: Place | None, region: Region, rng: random.Random) -> Beat:
    area = group.area or agency.area
    try:
        match group.motion:
            case "parked":
                return Parked(start or _centre(area, region), region.roads)
            case "circle":
                return Circling(_centre(area, region), area.radius_m, rng)
            case "lake":
                return Sailing(load_named_area(region.folder / "water.geojson", area.water), rng)
            case "river":
                river = region.rivers[area.water]
                return Round(river, _nodes(river, area, region), rng)
            case _:
                return Round(region.roads, _nodes(region.roads, area, region), rng)
    except (KeyError, ValueError) as error:
        raise ScenarioError(f"agency {agency.id}, group {group.callsign!r}: no ground to move on ({error})") from None


def _nodes(network: Network, area: Area, region: Region) -> Sequence[int]:
    if area.jurisdiction:
        return network.within(region.jurisdictions[area.jurisdiction])
    if area.near is None:
        raise ValueError("neither jurisdiction nor near")
    return network.within_m(area.near, area.radius_m)


def _centre(area: Area, region: Region) -> Place:
    if area.near is not None:
        return area.near
    point = region.jurisdictions[area.jurisdiction].representative_point()
    return (point.y, point.x)
