"""What lies under places: jurisdictions and the ground of clauses in one index, each piece of ground looked at once."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from cop.domain.agreement import Agreements, EscalateClause, LeadClause, Term
from cop.domain.area import Jurisdiction
from cop.domain.rules.site import ACCURACY_M, Site
from cop.picture.ground import Ground

Floats = NDArray[np.float64]
_DEGREE_M = 111_320.0
#: a boundary is looked up in pieces of so many edges: few enough that most places lie in the box of none
_PIECE = 24
_ROUND = np.linspace(0.0, 2 * np.pi, 48, endpoint=False)
#: so many different sets of ground are remembered
_MOST_SETS = 20_000
_Keys = frozenset[tuple[str, str]]


class Reach(NamedTuple):
    """Ground of an incident's zone, WGS 84 degrees, and what the zone is called: "hot zone"."""

    geometry: BaseGeometry
    words: str


class _Lying(NamedTuple):
    """What a set of pieces of ground comes to."""

    jurisdictions: tuple[Jurisdiction, ...]
    terms: _Keys


class Sites:
    """The ground of everybody, and of every clause (`for_clauses` of them: by default those of who leads and decides).

    Clauses that share a geometry object with each other or with a jurisdiction share its entry here.
    """

    def __init__(
        self, ground: Ground, agreements: Agreements, for_clauses: tuple[type, ...] = (LeadClause, EscalateClause)
    ) -> None:
        entries: dict[int, tuple[BaseGeometry, list[Jurisdiction], list[tuple[str, str]]]] = {}
        for one in ground.jurisdictions:
            entries.setdefault(id(one.geometry), (one.geometry, [], []))[1].append(one)
        placed: list[Term] = [t for t in agreements.terms if t.ground is not None and isinstance(t.clause, for_clauses)]
        for term in placed:
            assert term.ground is not None
            entries.setdefault(id(term.ground), (term.ground, [], []))[2].append(term.key)
        self._geometries: NDArray[np.object_] = np.array([one[0] for one in entries.values()], dtype=object)
        self._owners = [(tuple(one[1]), tuple(one[2])) for one in entries.values()]
        shapely.prepare(self._geometries)
        self._tree = shapely.STRtree(self._geometries)
        self._edges: tuple[shapely.STRtree, NDArray[np.int64]] | None = None
        self._known: dict[tuple[int, ...], _Lying] = {}

    def of(self, lat: float, lon: float, reaches: Iterable[Reach] = ()) -> Site:
        """What lies under one place."""
        return self.of_many(np.array([lat]), np.array([lon]), [reaches])[0]

    def of_many(self, lat: Floats, lon: Floats, reaches: Sequence[Iterable[Reach]] | None = None) -> list[Site]:
        """What lies under each of many places, degrees; `reaches` are the zones of each. All finite."""
        inside = self._grouped(len(lat), *self._covering(lat, lon))
        near = self._near(lat, lon)
        sites = []
        for place, entries in enumerate(inside):
            here = self._lying(entries)
            zones = tuple(reaches[place]) if reaches is not None else ()
            if zones or place in near:
                beside = self._lying(near.get(place, ()))
                site = Site(here.jurisdictions, beside.jurisdictions, (), here.terms, beside.terms)
                sites.append(self._with_reach(site, entries, zones) if zones else site)
            else:
                sites.append(Site(here.jurisdictions, terms=here.terms))
        return sites

    def prepare_edges(self) -> None:
        """Cut all boundaries into pieces now, rather than when the first place is asked for."""
        self._edges = self._edges or _pieces(self._geometries)

    def _covering(self, lat: Floats, lon: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Pairs of a place and an entry that covers it, boundary included, in order."""
        places, found = self._tree.query(shapely.points(lon, lat))
        covers = shapely.intersects_xy(self._geometries[found], lon[places], lat[places])
        places, found = places[covers], found[covers]
        order = np.lexsort((found, places))
        return places[order], found[order]

    def _near(self, lat: Floats, lon: Floats) -> dict[int, tuple[int, ...]]:
        """Of the places that lie nearer to a boundary than they are known: the entries of these boundaries."""
        self.prepare_edges()
        assert self._edges is not None
        tree, owners = self._edges
        up = ACCURACY_M / _DEGREE_M
        across = up / np.maximum(np.cos(np.radians(lat)), 1e-6)
        places, pieces = tree.query(shapely.box(lon - across, lat - up, lon + across, lat + up))
        if not places.size:
            return {}
        asked, which = np.unique(places, return_inverse=True)
        x = lon[asked, None] + across[asked, None] * np.cos(_ROUND)
        y = lat[asked, None] + up * np.sin(_ROUND)
        rounds = shapely.polygons(np.stack((x, y), axis=-1))
        shapely.prepare(rounds)
        touched = shapely.intersects(rounds[which], tree.geometries[pieces])
        found: dict[int, set[int]] = {}
        for place, entry in zip(places[touched].tolist(), owners[pieces[touched]].tolist(), strict=True):
            found.setdefault(place, set()).add(entry)
        return {place: tuple(sorted(entries)) for place, entries in found.items()}

    def _with_reach(self, site: Site, inside: tuple[int, ...], zones: tuple[Reach, ...]) -> Site:
        words: dict[int, str] = {}
        for zone in zones:
            for entry in self._tree.query(zone.geometry, predicate="intersects").tolist():
                if entry not in inside:
                    words.setdefault(entry, zone.words)
        reached = self._lying(tuple(sorted(words)))
        by: dict[str | tuple[str, str], str] = {}
        for entry, said in words.items():
            jurisdictions, terms = self._owners[entry]
            by.update({one.id: said for one in jurisdictions})
            by.update(dict.fromkeys(terms, said))
        return Site(
            site.inside,
            site.beside,
            reached.jurisdictions,
            site.terms,
            site.terms_beside,
            reached.terms - site.terms,
            reached_by=by,
        )

    def _grouped(self, count: int, places: NDArray[np.intp], found: NDArray[np.intp]) -> list[tuple[int, ...]]:
        ends = np.searchsorted(places, np.arange(count + 1)).tolist()
        entries = found.tolist()
        return [tuple(entries[ends[n] : ends[n + 1]]) for n in range(count)]

    def _lying(self, entries: tuple[int, ...]) -> _Lying:
        known = self._known.get(entries)
        if known is None:
            if len(self._known) > _MOST_SETS:
                self._known.clear()
            owners = [self._owners[entry] for entry in entries]
            jurisdictions = sorted((j for owner in owners for j in owner[0]), key=lambda one: (one.area_km2, one.id))
            terms = frozenset(key for owner in owners for key in owner[1])
            known = self._known[entries] = _Lying(tuple(jurisdictions), terms)
        return known


def _pieces(geometries: NDArray[np.object_]) -> tuple[shapely.STRtree, NDArray[np.int64]]:
    """Every boundary in short pieces, in a tree, and whose boundary each is of: index into the geometries."""
    parts, part_owner = shapely.get_parts(geometries, return_index=True)
    rings, ring_owner = shapely.get_rings(parts, return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    starts = np.flatnonzero(ring[1:] == ring[:-1])  # an edge goes from this corner to the next
    if not starts.size:
        return shapely.STRtree([]), np.empty(0, dtype=np.int64)
    first_of_ring = np.searchsorted(ring, ring[starts])
    begins = (starts - first_of_ring) % _PIECE == 0
    piece = np.cumsum(begins) - 1
    last = np.append(piece[1:] != piece[:-1], True)
    corner = np.concatenate((starts, starts[last] + 1))
    of_piece = np.concatenate((piece, piece[last]))
    order = np.lexsort((corner, of_piece))
    lines = shapely.linestrings(corners[corner[order]], indices=of_piece[order])
    owners: NDArray[np.int64] = part_owner[ring_owner[ring[starts[begins]]]]
    return shapely.STRtree(lines), owners
