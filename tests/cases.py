"""The cases of `tests/domain/cases/*.toml`: what happened, what the agreements say, what must come out."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import shapely

from cop.authority.areas import Areas, Atlas
from cop.domain.agreement import Agreement, Agreements, Term
from cop.domain.area import Jurisdiction
from cop.picture.ground import Ground, load_jurisdictions

FOLDER = Path(__file__).parent / "domain" / "cases"
_REGION = Path(__file__).parents[1] / "resources" / "region"


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One case; `then` are its later steps, each with what is anew in it."""

    id: str
    words: str
    question: str
    at: datetime
    incident: dict[str, Any]
    expect: dict[str, Any]
    zones: tuple[dict[str, Any], ...] = ()
    units: int = 0
    metres: dict[str, float] = {}
    then: tuple[dict[str, Any], ...] = ()
    task: dict[str, Any] = {}

    def steps(self) -> Iterator["Case"]:
        """The case itself, then as it goes on: what a step does not say stays as it was."""
        step = self
        yield step
        for anew in self.then:
            incident = {**step.incident, **anew.get("incident", {})}
            step = msgspec.structs.replace(step, **{**anew, "incident": incident})
            yield step


class _Box(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: str
    level: str
    discipline: str
    agency: str
    box: tuple[float, float, float, float]


class CaseFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of cases, with the agreements and the ground that they share."""

    case: tuple[Case, ...]
    agreement: tuple[Agreement, ...] = ()
    ground: tuple[_Box, ...] = ()


@cache
def region() -> Ground:
    """The ground of the region."""
    files = ("counties.geojson", "special_jurisdictions.geojson")
    return Ground(one for name in files for one in load_jurisdictions(_REGION / name))


@cache
def files() -> Mapping[str, CaseFile]:
    """Every file of cases, by its name."""
    found = sorted(FOLDER.glob("*.toml"))
    return {path.stem: msgspec.toml.decode(path.read_bytes(), type=CaseFile) for path in found}


def cases(question: str) -> list[tuple[str, Case]]:
    """(file, case) of every case with this question."""
    return [(name, case) for name, file in files().items() for case in file.case if case.question == question]


@cache
def ground_of(file: str) -> Ground:
    """The ground that the cases of a file lie on."""
    boxes = files()[file].ground
    if not boxes:
        return region()
    return Ground(
        Jurisdiction(one.id, one.name, one.level, one.discipline, one.agency, shapely.box(*one.box), _km2(one.box))
        for one in boxes
    )


@cache
def agreements_of(file: str) -> Agreements:
    """The agreements of a file, their clauses on its ground."""
    return Agreements(terms_of(files()[file].agreement, ground_of(file)))


def terms_of(agreements: tuple[Agreement, ...], ground: Ground) -> Iterator[Term]:
    """Every clause with its ground, found as the desk finds it."""
    atlas = Atlas(ground, _REGION)
    for agreement in agreements:
        areas = Areas(agreement, atlas, FOLDER)
        for clause in agreement.clauses:
            place = areas.of(clause.area)
            yield Term(agreement, clause, place.geometry, place.words)


def _km2(box: tuple[float, float, float, float]) -> float:
    return (box[2] - box[0]) * (box[3] - box[1]) * 111.3**2
