"""A boundary file and what its columns mean here: `[[map.boundaries]]`."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import shapely
from numpy.typing import NDArray

from cop.domain.area import Jurisdiction
from cop.domain.words import DISCIPLINES
from cop.picture.boundaries.polygons import sound
from cop.picture.boundaries.reading import read

_EARTH_KM2_PER_SQUARE_DEGREE = 111.32**2
_COUNTY_DISCIPLINE = "law"
_FIXED = ("agency", "discipline", "level", "state")
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Boundaries(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `[[map.boundaries]]` of `cop.toml`: a file, which of its properties is what, or what holds for all of it.

    Names of properties fit whether they are written large or small. `words` are their words and ours, for agencies,
    disciplines and levels.
    """

    file: str
    layer: str = ""
    id: str = "id"
    name: str = "name"
    agency: str = "agency"
    agency_is: str = ""
    discipline: str = "discipline"
    discipline_is: str = ""
    level: str = "level"
    level_is: str = ""
    state: str = "state"
    state_is: str = ""
    words: Mapping[str, str] = {}

    def __post_init__(self) -> None:
        """Raises ValueError for what says two things at once, or a discipline that is none."""
        if not self.file:
            raise ValueError("`file` is empty")
        for key in _FIXED:
            if getattr(self, f"{key}_is") and getattr(self, key) != key:
                raise ValueError(f"`{key}` names a property and `{key}_is` says what holds for all: one of them")
        if self.agency_is and not _ID.fullmatch(self.agency_is):
            raise ValueError(f"`agency_is`: {self.agency_is[:80]!r} is no agency's id")
        if self.discipline_is and self.discipline_is not in DISCIPLINES:
            raise ValueError(f"`discipline_is`: {self.discipline_is[:80]!r} is none of {', '.join(DISCIPLINES)}")


def load(source: Boundaries) -> tuple[list[Jurisdiction], list[str]]:
    """The jurisdictions of a file, and what had to be done to its features, in words.

    Features of one id that agree in all else are one jurisdiction. A county without an agency is its sheriff's,
    `<name>-sheriff`. Raises OSError; ValueError, naming the file, the feature and what is wrong.
    """
    path = Path(source.file).expanduser()
    collection = read(path, source.layer)
    grounds, remarks = sound(collection.geometries, path.name)
    columns = _Columns(source, path.name)
    parts: dict[str, list[int]] = {}
    said: dict[str, tuple[str, ...]] = {}
    for index, properties in enumerate(collection.properties):
        if grounds[index] is None:
            continue
        key, *rest = columns.of(properties, index + 1)
        if said.setdefault(key, tuple(rest)) != tuple(rest):
            raise ValueError(
                f"{path.name}, features {parts[key][0] + 1} and {index + 1}: both have the id {key!r}, and are not one"
            )
        parts.setdefault(key, []).append(index)
    for indices in parts.values():
        if len(indices) > 1:
            grounds[indices[0]] = shapely.union_all(grounds[indices])
    geometries = grounds[[indices[0] for indices in parts.values()]]
    if not parts:
        remarks.append(f"{path.name}: holds no boundary")
    areas = _areas_km2(geometries)
    return [
        Jurisdiction(key, name, level, discipline, agency, geometry, area, state)
        for (key, (name, level, discipline, agency, state)), geometry, area in zip(
            said.items(), geometries, areas.tolist(), strict=True
        )
    ], remarks


def sheriff_of(county: str) -> str:
    """The agency id of a county's sheriff: "Gaston County" -> "gaston-sheriff"."""
    return county.removesuffix(" County").lower().replace(" ", "-") + "-sheriff"


def _areas_km2(geometries: NDArray[np.object_]) -> NDArray[np.float64]:
    """Good enough to tell large from small."""
    lat = shapely.get_y(shapely.centroid(geometries))
    areas: NDArray[np.float64] = shapely.area(geometries) * _EARTH_KM2_PER_SQUARE_DEGREE * np.cos(np.radians(lat))
    return areas


class _Columns:
    """Reads what a feature says of itself by the names that its file gives these things."""

    def __init__(self, source: Boundaries, name: str) -> None:
        self._source = source
        self._name = name

    def of(self, properties: Mapping[str, Any], number: int) -> tuple[str, str, str, str, str, str]:
        """Its id, name, level, discipline, agency, state."""
        key = self._needed(properties, "id", number)
        name = self._needed(properties, "name", number)
        level = self._ours(self._needed(properties, "level", number)).lower().replace(" ", "_")
        discipline = self._ours(self._found(properties, "discipline") or _COUNTY_DISCIPLINE).lower().replace(" ", "_")
        if discipline not in DISCIPLINES:
            raise ValueError(
                f"{self._name}, feature {number}: discipline {discipline[:40]!r} is none of {', '.join(DISCIPLINES)}; "
                "`words` in [[map.boundaries]] says which of them it is"
            )
        agency = self._found(properties, "agency")
        if not agency and level == "county":
            agency = sheriff_of(name)
        elif not agency:
            raise self._missing(properties, "agency", number)
        agency = self._ours(agency)
        if not _ID.fullmatch(agency):
            agency = re.sub(r"[^a-z0-9._-]+", "-", agency.lower()).strip("-")[:64]
        return key, name, level, discipline, agency, self._found(properties, "state")

    def _ours(self, word: str) -> str:
        return self._source.words.get(word, word)

    def _found(self, properties: Mapping[str, Any], what: str) -> str:
        fixed: str = getattr(self._source, f"{what}_is", "")
        if fixed:
            return fixed
        column: str = getattr(self._source, what)
        value = properties.get(column)
        if value is None:
            small = column.lower()
            value = next((one for key, one in properties.items() if key.lower() == small and one is not None), None)
        return _as_text(value)

    def _needed(self, properties: Mapping[str, Any], what: str, number: int) -> str:
        return self._found(properties, what) or self._raise(properties, what, number)

    def _raise(self, properties: Mapping[str, Any], what: str, number: int) -> str:
        raise self._missing(properties, what, number)

    def _missing(self, properties: Mapping[str, Any], what: str, number: int) -> ValueError:
        column = getattr(self._source, what)
        if any(key.lower() == column.lower() for key in properties):
            return ValueError(f"{self._name}, feature {number}: its {column!r} is empty; a boundary needs its {what}")
        has = ", ".join(str(one)[:40] for one in list(properties)[:20]) or "none at all"
        also = f", `{what}_is` what holds for all" if what in _FIXED else ""
        return ValueError(
            f"{self._name}, feature {number}: a boundary has no property {column!r}; it has {has}. "
            f"The key `{what}` in [[map.boundaries]] says which of them is its {what}{also}"
        )


def _as_text(value: Any) -> str:
    """A value of a column as people write it; empty for none."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() if isinstance(value, str | int | float | date) else ""
