"""Whose ground a place is, and what is wrong with the boundaries, for those who keep them: table, JSON and GeoJSON."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import shapely

from cop.picture.gaps import Finding, Findings, find
from cop.picture.ground import Ground

KINDS = {"gap": "nobody's ground", "overlap": "overlap"}
_MOST_NAMES = 6


def whose(ground: Ground, lat: float, lon: float) -> dict[str, Any]:
    """Every jurisdiction over a place, smallest first, as JSON."""
    found = [
        {
            "id": one.id,
            "name": one.name,
            "agency": one.agency,
            "discipline": one.discipline,
            "level": one.level,
            "area_km2": round(one.area_km2, 1),
        }
        for one in ground.at(lat, lon)
    ]
    return {"lat": round(lat, 7), "lon": round(lon, 7), "jurisdictions": found}


def wrong_in(ground: Ground, *, discipline: str, level: str, least_km2: float) -> "BoundaryReport":
    """Gaps and overlaps of one discipline and one level, or where these are empty of all.

    Raises ValueError, in words, where there is ground, but none of these.
    """
    chosen = [one for one in ground.jurisdictions if discipline in ("", one.discipline) and level in ("", one.level)]
    if ground.jurisdictions and not chosen:
        known = sorted({f"{one.discipline} {one.level}" for one in ground.jurisdictions})
        raise ValueError(f"no jurisdiction is of that discipline and level; there are {', '.join(known)}")
    return BoundaryReport(find(chosen, least_km2=least_km2), len(chosen), least_km2, ground.remarks)


@dataclass(frozen=True, slots=True)
class BoundaryReport:
    """What was found in `of` jurisdictions; `remarks` tell what had to be done to them when they were read."""

    findings: Findings
    of: int
    least_km2: float
    remarks: tuple[str, ...]

    def as_table(self) -> Iterator[str]:
        """Lines to read, the largest first, and what was too small to list."""
        found, slivers = self.findings.found, self.findings.slivers
        gaps = sum(one.kind == "gap" for one in found)
        named = [_counted(self.of, "jurisdiction"), _counted(gaps, "gap"), _counted(len(found) - gaps, "overlap")]
        yield f"{named[0]}: {named[1]}, {named[2]}"
        if found:
            yield f"\n{'':<17}{'km²':>10}  {'place':<24}{'discipline':<22}{'level':<12}between"
        for one in found:
            place = f"{one.lat:.5f}, {one.lon:.5f}"
            yield (
                f"{KINDS[one.kind]:<17}{one.area_km2:>10,.2f}  {place:<24}{one.discipline:<22}{one.level or '—':<12}"
                f"{_names(one)}"
            )
        if slivers.count:
            small = f"below {self.least_km2:g} km² each, {slivers.area_km2:,.4f} km² in all"
            yield f"\n{_counted(slivers.count, 'sliver')} {small}"

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        slivers = self.findings.slivers
        return {
            "jurisdictions": self.of,
            "findings": [_properties(one) for one in self.findings.found],
            "slivers": {"count": slivers.count, "area_km2": round(slivers.area_km2, 6)},
            "remarks": list(self.remarks),
        }

    def as_geojson(self) -> dict[str, Any]:
        """The ground found, as a FeatureCollection (RFC 7946) to lay over the boundaries in a GIS."""
        features = [
            {
                "type": "Feature",
                "properties": _properties(one),
                "geometry": shapely.geometry.mapping(shapely.orient_polygons(one.geometry)),
            }
            for one in self.findings.found
        ]
        return {"type": "FeatureCollection", "features": features}


def _properties(one: Finding) -> dict[str, Any]:
    around = [{"id": near.id, "name": near.name, "agency": near.agency} for near in one.jurisdictions]
    return {
        "kind": one.kind,
        "discipline": one.discipline,
        "level": one.level,
        "area_km2": round(one.area_km2, 6),
        "lat": round(one.lat, 6),
        "lon": round(one.lon, 6),
        "between": around,
    }


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _names(one: Finding) -> str:
    """Whose boundaries to look at; a name from a file may hold anything, also what moves the cursor."""
    names = [near.name for near in one.jurisdictions[:_MOST_NAMES]]
    more = len(one.jurisdictions) - len(names)
    text = " | ".join("".join(sign if sign.isprintable() else "?" for sign in name[:60]) for name in names)
    return f"{text} and {more} more" if more else text
