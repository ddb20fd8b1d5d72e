"""What lies under places: jurisdictions and the ground of clauses in one index, each piece of ground looked at once."""

from collections.abc import Iterable, Sequence
from threading import Lock
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
_PIECE = 8
#: boundaries of so many corners are cut in a twentieth of a second
_LARGE = 100_000
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
        # ground of a clause in several parts is looked up by part: the box around them all may be the whole country
        whole = [len(owner[0]) > 0 for owner in self._owners]
        parts = [[one] if keep else shapely.get_parts(one) for one, keep in zip(self._geometries, whole, strict=True)]
        self._parts: NDArray[np.object_] = np.array([part for of_one in parts for part in of_one], dtype=object)
        self._entry: NDArray[np.intp] = np.repeat(np.arange(len(parts)), [len(of_one) for of_one in parts])
        shapely.prepare(self._parts)
        self._tree = shapely.STRtree(self._parts)
        self._edges: _Edges | None = None
        self._cutting = Lock()
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
        """Cut all boundaries into pieces now, rather than when the first place is asked for; any thread may."""
        with self._cutting:
            self._edges = self._edges or _Edges(self._parts)

    @property
    def is_large(self) -> bool:
        """Whether cutting the boundaries takes so long that a screen should not wait for it."""
        return int(shapely.get_num_coordinates(self._parts).sum()) > _LARGE

    def _covering(self, lat: Floats, lon: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Pairs of a place and an entry that covers it, boundary included, in order."""
        places, found = self._tree.query(shapely.points(lon, lat))
        covers = shapely.intersects_xy(self._parts[found], lon[places], lat[places])
        pairs = np.unique(places[covers] * len(self._owners) + self._entry[found[covers]])
        return np.divmod(pairs, max(len(self._owners), 1))

    def _near(self, lat: Floats, lon: Floats) -> dict[int, tuple[int, ...]]:
        """Of the places that lie nearer to a boundary than they are known: the entries of these boundaries."""
        if self._edges is None:
            self.prepare_edges()
        assert self._edges is not None
        found: dict[int, set[int]] = {}
        for place, part in zip(*(one.tolist() for one in self._edges.near(lat, lon, ACCURACY_M)), strict=True):
            found.setdefault(place, set()).add(int(self._entry[part]))
        return {place: tuple(sorted(entries)) for place, entries in found.items()}

    def _with_reach(self, site: Site, inside: tuple[int, ...], zones: tuple[Reach, ...]) -> Site:
        words: dict[int, str] = {}
        for zone in zones:
            for entry in self._entry[self._tree.query(zone.geometry, predicate="intersects")].tolist():
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


class _Edges:
    """The edges of all boundaries, in short pieces: which of them a place lies near to."""

    def __init__(self, geometries: NDArray[np.object_]) -> None:
        parts, part_owner = shapely.get_parts(geometries, return_index=True)
        rings, ring_owner = shapely.get_rings(parts, return_index=True)
        self._corners, ring = shapely.get_coordinates(rings, return_index=True)
        #: an edge goes from the corner of this index to the next
        self._edges = np.flatnonzero(ring[1:] == ring[:-1])
        in_ring = self._edges - np.searchsorted(ring, np.arange(len(rings)))[ring[self._edges]]
        #: of each piece its first edge, as an index into the edges; after the last, how many there are
        self._first = np.append(np.flatnonzero(in_ring % _PIECE == 0), len(self._edges))
        self._owner = part_owner[ring_owner[ring[self._edges[self._first[:-1]]]]]
        # a piece stands in the tree as the diagonal of its box: the box is all that the tree looks at
        corners = self._corners[np.column_stack((self._edges, self._edges + 1)).ravel()]
        ends = 2 * self._first[:-1]
        low = np.minimum.reduceat(corners, ends) if len(ends) else corners
        high = np.maximum.reduceat(corners, ends) if len(ends) else corners
        self._tree = shapely.STRtree(shapely.linestrings(np.stack((low, high), axis=1)) if len(ends) else [])

    def near(self, lat: Floats, lon: Floats, metres: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Pairs of a place and a geometry whose boundary is no farther than so many metres; a pair may come twice."""
        up = metres / _DEGREE_M
        across = up / np.maximum(np.cos(np.radians(lat)), 1e-6)
        places, pieces = self._tree.query(shapely.box(lon - across, lat - up, lon + across, lat + up))
        lengths = self._first[pieces + 1] - self._first[pieces]
        pair = np.repeat(np.arange(len(pieces)), lengths)
        step = np.arange(len(pair)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        start = self._edges[np.repeat(self._first[pieces], lengths) + step]
        place = places[pair]
        # the place is the origin, and the accuracy the unit
        middle, unit = np.column_stack((lon, lat))[place], np.column_stack((across, np.full(len(lat), up)))[place]
        from_, to = (self._corners[start] - middle) / unit, (self._corners[start + 1] - middle) / unit
        along = to - from_
        length = np.maximum((along * along).sum(axis=1), 1e-300)
        share = np.clip(-(from_ * along).sum(axis=1) / length, 0.0, 1.0)
        nearest = from_ + along * share[:, None]
        close = (nearest * nearest).sum(axis=1) <= 1.0
        return place[close], self._owner[pieces[pair[close]]]
