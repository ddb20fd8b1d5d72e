"""The ground that agreements speak of: jurisdictions, zone files, roads, and what they have in common."""

from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from cop.authority.metres import widened
from cop.authority.problem import listed, shown
from cop.authority.toml_words import meant
from cop.domain.agreement import Agreement, Area, AreaTerms
from cop.domain.area import Jurisdiction
from cop.picture.boundaries.polygons import sound
from cop.picture.boundaries.reading import read
from cop.picture.features import read_features
from cop.picture.ground import Ground

_SOURCES = ("jurisdiction", "agency", "zone_file", "along_road", "inside_all", "inside_any")
_LARGEST_FILE = 50_000_000
#: planning zones give no authority: an agency's ground is not what it plans for
_NO_AUTHORITY = "planning_zone"


class AreaError(ValueError):
    """Words that cannot be found on the ground; `field` is the key that is wrong, empty for the whole.

    `area` is the area of the agreement in which it stands, empty for the words at hand.
    """

    def __init__(self, words: str, field: str = "", area: str = "") -> None:
        super().__init__(words)
        self.field = field
        self.area = area


@dataclass(frozen=True, slots=True)
class Place:
    """Ground in WGS 84 degrees, prepared, and what it is called; `geometry` None is everywhere."""

    geometry: BaseGeometry | None
    words: str


class Atlas:
    """What areas are made of: the jurisdictions and the roads of the region; each is looked up once."""

    def __init__(self, ground: Ground, region: Path | None = None) -> None:
        self.ground = ground
        self._region = region
        self._roads: dict[str, tuple[str, BaseGeometry]] | None = None
        self._by_id = {one.id: one for one in ground.jurisdictions}
        self._made: dict[tuple[str, str, float], BaseGeometry] = {}

    def jurisdiction(self, name: str, field: str = "") -> Jurisdiction:
        """The one of this id, else the only one of this name. Raises AreaError."""
        if name in self._by_id:
            return self._by_id[name]
        named = [one for one in self.ground.jurisdictions if one.name.casefold() == name.casefold()]
        if len(named) == 1:
            return named[0]
        if named:
            ids = listed(sorted(one.id for one in named))
            raise AreaError(f'{len(named)} jurisdictions are called "{shown(name)}": say the id, {ids}', field)
        known = [*self._by_id, *(one.name for one in self.ground.jurisdictions)]
        raise AreaError(f'there is no jurisdiction "{shown(name)}" in the boundaries{meant(name, known)}', field)

    def of_agency(self, agency: str) -> BaseGeometry:
        """All ground of an agency, its planning zones aside. Raises AreaError."""
        key = ("agency", agency, 0.0)
        if key not in self._made:
            own = [one for one in self.ground.jurisdictions if one.agency == agency]
            pieces = [one.geometry for one in own if one.level != _NO_AUTHORITY]
            if not pieces:
                known = {one.agency for one in self.ground.jurisdictions}
                why = (
                    "but planning zones: name the zone as jurisdiction" if own else f"of its own{meant(agency, known)}"
                )
                raise AreaError(f'"{shown(agency)}" has no ground in the boundaries {why}', "agency")
            self._made[key] = pieces[0] if len(pieces) == 1 else shapely.union_all(pieces)
        return self._made[key]

    def road(self, name: str, metres: float) -> tuple[str, BaseGeometry]:
        """A road's own name, and the ground within so many metres of it. Raises AreaError."""
        if self._roads is None:
            self._roads = self._read_roads()
        said = self._roads.get(name.casefold())
        if said is None:
            known = [road for road, _ in self._roads.values()]
            hint = meant(name, known) or (f"; there are {listed(known, last='and')}" if known else "")
            raise AreaError(f'there is no road "{shown(name)}" in the region\'s roads.geojson{hint}', "along_road")
        key = ("road", said[0], metres)
        if key not in self._made:
            self._made[key] = widened(said[1], metres)
        return said[0], self._made[key]

    def _read_roads(self) -> dict[str, tuple[str, BaseGeometry]]:
        if self._region is None:
            raise AreaError("there is no region with roads here", "along_road")
        try:
            features = read_features(self._region / "roads.geojson")
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise AreaError(
                f"the region's roads.geojson cannot be read: {shown(str(why), 120)}", "along_road"
            ) from None
        pieces: dict[str, list[BaseGeometry]] = {}
        names: dict[str, str] = {}
        for properties, geometry in features:
            name = properties.get("name")
            if isinstance(name, str) and name and shapely.get_dimensions(geometry) == 1:
                pieces.setdefault(name.casefold(), []).append(shapely.force_2d(geometry))
                names.setdefault(name.casefold(), name)
        return {key: (names[key], shapely.union_all(lines)) for key, lines in pieces.items()}


class Areas:
    """The areas of one agreement, each made once; `folder` is where its zone files lie."""

    def __init__(self, agreement: Agreement, atlas: Atlas, folder: Path | None = None) -> None:
        self._atlas = atlas
        self._folder = folder
        self._areas = {area.id: area for area in agreement.areas}
        self._made: dict[str, Place] = {}

    def of(self, area: str | AreaTerms) -> Place:
        """The ground of a clause. Raises AreaError."""
        if area == "":
            return Place(None, "everywhere")
        return self._named(area, "") if isinstance(area, str) else self._terms(area)

    def _named(self, name: str, field: str) -> Place:
        """An area of the agreement, else a jurisdiction."""
        if name in self._areas:
            if name not in self._made:
                self._make(name)
            return self._made[name]
        try:
            jurisdiction = self._atlas.jurisdiction(name)
        except AreaError as error:
            hint = meant(name, self._areas)
            own = f'there is neither an area nor a jurisdiction "{shown(name)}"{hint}'
            raise AreaError(own if hint or "there is no" in str(error) else str(error), field) from None
        return Place(jurisdiction.geometry, shown(jurisdiction.name or jurisdiction.id))

    def _make(self, name: str) -> None:
        """An area, after those that it is made of: however many, whatever their order."""
        waiting = [name]
        while waiting:
            one = waiting[-1]
            area = self._areas[one]
            parts = [part for part in (*area.inside_all, *area.inside_any, *area.but_not) if part in self._areas]
            part = next((part for part in parts if part not in self._made), None)
            if part is None:
                waiting.pop()
                self._made[one] = self._of_area(area)
            elif part in waiting:
                circle = waiting[waiting.index(part) :]
                words = " → ".join(shown(each, 40) for each in (*circle[:6], part))
                raise AreaError(f"the area is made of itself: {words}", area=name if name in circle else part)
            else:
                waiting.append(part)

    def _of_area(self, area: Area) -> Place:
        try:
            place = self._terms(area)
        except AreaError as error:
            error.area = area.id
            raise
        return Place(place.geometry, shown(area.title)) if area.title else place

    def _terms(self, terms: AreaTerms) -> Place:
        said = [name for name in _SOURCES if getattr(terms, name)]
        if len(said) != 1:
            what = f"{listed(said, last='and')} are said" if said else "nothing is said"
            raise AreaError(f"an area is said by exactly one of {listed(_SOURCES)}; here {what}")
        place = self._source(said[0], terms)
        ground, words = place.geometry, place.words
        if terms.within_m and said[0] != "along_road":
            ground, words = widened(ground, terms.within_m), f"{words} and {terms.within_m:,g} m around it"
        if terms.but_not:
            taken = [self._named(name, "but_not") for name in terms.but_not]
            ground = _surface(shapely.difference(ground, shapely.union_all([one.geometry for one in taken])))
            words = f"{words}, but not {listed((one.words for one in taken), last='and')}"
            if ground.is_empty:
                raise AreaError("but_not takes all of its ground away", "but_not")
        shapely.prepare(ground)
        return Place(ground, words)

    def _source(self, source: str, terms: AreaTerms) -> Place:
        if source == "jurisdiction":
            one = self._atlas.jurisdiction(terms.jurisdiction, source)
            return Place(one.geometry, shown(one.name or one.id))
        if source == "agency":
            return Place(self._atlas.of_agency(terms.agency), f"the ground of {shown(terms.agency)}")
        if source == "zone_file":
            return Place(self._zone_file(terms.zone_file), f"the ground in {shown(terms.zone_file)}")
        if source == "along_road":
            if not terms.within_m:
                raise AreaError("a road has no ground without within_m, the metres to both sides", "within_m")
            road, ground = self._atlas.road(terms.along_road, terms.within_m)
            return Place(ground, f"{shown(road)} and {terms.within_m:,g} m around it")
        together = source == "inside_all"
        names = terms.inside_all if together else terms.inside_any
        places = [self._named(name, source) for name in names]
        if together and len(places) < 2:
            raise AreaError("inside_all is what several areas share: name two or more", source)
        words = listed((one.words for one in places), last="and" if together else "or")
        words = f"the ground shared by {words}" if together else words
        geometries = np.array([one.geometry for one in places], dtype=object)
        ground = shapely.intersection_all(geometries) if together else shapely.union_all(geometries)
        ground = _surface(ground)
        if ground.is_empty:
            raise AreaError(f"{listed((one.words for one in places), last='and')} share no ground", source)
        return Place(ground, words)

    def _zone_file(self, name: str) -> BaseGeometry:
        """The polygons of a GeoJSON file beside the agreement; faulty ones are not repaired: they are the paper's."""
        if self._folder is None:
            raise AreaError("an agreement that is in no folder has no file beside it", "zone_file")
        parts = (*Path(name).parts, *PureWindowsPath(name).parts)
        if Path(name).is_absolute() or PureWindowsPath(name).drive or ".." in parts or "\0" in name:
            raise AreaError("a zone file lies beside the agreement, or in a folder there", "zone_file")
        if Path(name).suffix.lower() not in {".geojson", ".json"}:
            raise AreaError(f"{shown(name)}: a zone file is GeoJSON, and ends in .geojson", "zone_file")
        path = self._folder / name
        try:
            polygons, remarks = _polygons(path)
        except OSError as error:
            raise AreaError(f"{shown(name)} cannot be read: {error.strerror}", "zone_file") from None
        except (ValueError, RecursionError) as error:
            raise AreaError(shown(str(error), 200), "zone_file") from None
        faults = [one for one in remarks if not one.endswith("cut there")]
        pieces = [one for one in polygons if one is not None]
        if faults or not pieces:
            why = "; ".join(faults) or f"{shown(name)} has no polygon"
            raise AreaError(shown(why, 200).replace(", left out", "").replace(", repaired", ""), "zone_file")
        whole: BaseGeometry = shapely.union_all(pieces)
        return whole


def _polygons(path: Path) -> tuple[NDArray[np.object_], list[str]]:
    """The polygons of a file, and what is wrong with them. Raises OSError, ValueError."""
    if path.stat().st_size > _LARGEST_FILE:
        raise ValueError(f"{path.name} is larger than {_LARGEST_FILE // 1_000_000} MB")
    return sound(read(path).geometries, path.name)


def _surface(geometry: BaseGeometry) -> BaseGeometry:
    """The polygons alone, without the lines along which two areas only touch."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    parts = parts[shapely.get_dimensions(parts) == 2]
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
