"""An exercise as data, read from its file and checked. Times are seconds from the start."""

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec

from cop.domain.statement import Identifier
from cop.exercise.checks import complaints
from cop.exercise.injects import CONTROL_CELL, Inject
from cop.exercise.lines import (
    CommandLine,
    IncidentLine,
    LatLon,
    LogLine,
    Participant,
    RequestLine,
    Silence,
    Street,
    Strict,
    TaskLine,
    WarningLine,
    ZoneLine,
)
from cop.exercise.objectives import Objective

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
_CONTROL = Participant(
    id=CONTROL_CELL, name="Exercise control", disciplines=("other",), colour="#8a8f98", operator="Exercise control"
)


#: an exercise of a month, and of more units than a state has at work at a time
_LONGEST_S, _MOST_UNITS = 31 * 86_400.0, 10_000


class ScenarioError(ValueError):
    """A scenario that cannot be played; says which file and which key."""


class Scenario(Strict, frozen=True, kw_only=True):
    """A whole exercise. Its map opens at `centre`, `reach_km` to each side; without that it shows the region."""

    name: Identifier
    title: str
    place: str
    centre: LatLon
    reach_km: Annotated[float, msgspec.Meta(gt=0, le=2_000)] | None = None
    duration_s: float
    streets: tuple[Street, ...] = ()
    agencies: tuple[Participant, ...]
    incidents: tuple[IncidentLine, ...]
    zones: tuple[ZoneLine, ...] = ()
    warnings: tuple[WarningLine, ...] = ()
    tasks: tuple[TaskLine, ...] = ()
    commands: tuple[CommandLine, ...] = ()
    requests: tuple[RequestLine, ...] = ()
    log: tuple[LogLine, ...] = ()
    silences: tuple[Silence, ...] = ()
    objectives: tuple[Objective, ...] = ()
    injects: tuple[Inject, ...] = ()

    @property
    def begins(self) -> tuple[float, float, float] | None:
        """What its map shows first: degrees north, degrees east, kilometres to each side; None for the region."""
        return None if self.reach_km is None else (*self.centre, self.reach_km)

    @property
    def speakers(self) -> tuple[Participant, ...]:
        """The agencies, and the control cell where there is something that it may have to say."""
        return (*self.agencies, _CONTROL) if self.injects else self.agencies

    @property
    def all_incidents(self) -> tuple[IncidentLine, ...]:
        """The incidents of the timeline, and those that injects bring."""
        return (*self.incidents, *(line for inject in self.injects for line in inject.incidents))

    @property
    def all_zones(self) -> tuple[ZoneLine, ...]:
        """The zones of the timeline, and those that injects bring."""
        return (*self.zones, *(line for inject in self.injects for line in inject.zones))

    @property
    def all_warnings(self) -> tuple[WarningLine, ...]:
        """The warnings of the timeline, and those that injects bring."""
        return (*self.warnings, *(line for inject in self.injects for line in inject.warnings))

    @property
    def all_tasks(self) -> tuple[TaskLine, ...]:
        """The scripted requests for units of the timeline, and those that injects bring."""
        return (*self.tasks, *(line for inject in self.injects for line in inject.tasks))

    @property
    def all_requests(self) -> tuple[RequestLine, ...]:
        """The requests for resources of the timeline, and those that injects bring."""
        return (*self.requests, *(line for inject in self.injects for line in inject.requests))


def load_scenario(name: str, resources: Path = RESOURCES) -> Scenario:
    """Read `exercises/<name>.toml`. Raises ScenarioError that names the file and the key."""
    path = resources / "exercises" / f"{name}.toml"
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name) or not path.is_file():
        known = ", ".join(names(resources)) or "none"
        raise ScenarioError(f"there is no exercise {name!r}; there are: {known}")
    return read(path.read_bytes(), path.name)


def names(resources: Path = RESOURCES) -> list[str]:
    """The exercises that there are."""
    return sorted(path.stem for path in (resources / "exercises").glob("*.toml"))


def read(document: bytes, file: str) -> Scenario:
    """Decode a scenario and check that what it refers to exists. Raises ScenarioError."""
    try:
        scenario = msgspec.toml.decode(document, type=Scenario)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise ScenarioError(f"{file}: {error}") from None
    for complaint in _endless(scenario):
        raise ScenarioError(f"{file}: {complaint}")
    for complaint in complaints(scenario):
        raise ScenarioError(f"{file}: {complaint}")
    return scenario


def _endless(scenario: Scenario) -> Iterator[str]:
    """What no exercise can be played with: times without end, more units than any machine plays."""
    if not 0.0 < scenario.duration_s <= _LONGEST_S:
        yield f"duration_s: {scenario.duration_s:g}; it is more than 0, and at most a month"
    units = sum(len(group.numbers) or group.count for agency in scenario.agencies for group in agency.groups)
    if units > _MOST_UNITS:
        yield f"agencies: {units:,} units; at most {_MOST_UNITS:,}"
    if not _is_finite(msgspec.to_builtins(scenario)):
        yield "nan or inf is no number of an exercise"


def _is_finite(said: object) -> bool:
    if isinstance(said, float):
        return math.isfinite(said)
    if isinstance(said, dict):
        return all(map(_is_finite, said.values()))
    return not isinstance(said, list | tuple) or all(map(_is_finite, said))
