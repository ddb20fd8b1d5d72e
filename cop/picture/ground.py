"""Whose ground is this: jurisdictions with a spatial index."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import shapely

from cop.domain.area import Jurisdiction
from cop.picture.features import Feature, read_features

_EARTH_KM2_PER_SQUARE_DEGREE = 111.32**2
_COUNTY_DISCIPLINE = "law"


class Ground:
    """The jurisdictions, smallest first; queries take WGS 84 degrees."""

    def __init__(self, jurisdictions: Iterable[Jurisdiction]) -> None:
        self.jurisdictions = sorted(jurisdictions, key=lambda one: (one.area_km2, one.id))
        shapely.prepare([one.geometry for one in self.jurisdictions])
        self._tree = shapely.STRtree([one.geometry for one in self.jurisdictions])

    def at(self, lat: float, lon: float) -> list[Jurisdiction]:
        """Every jurisdiction that covers the place, boundary included, smallest first."""
        hits = np.sort(self._tree.query(shapely.Point(lon, lat), predicate="intersects"))
        return [self.jurisdictions[index] for index in hits]


def load_jurisdictions(path: Path) -> list[Jurisdiction]:
    """Read a GeoJSON FeatureCollection (RFC 7946) of boundaries; properties as in `resources/region/README.md`.

    A county has no agency of its own in the file: its sheriff, `<name>-sheriff`, stands for it.
    Raises OSError if it cannot be read, ValueError, naming the file, if it is no FeatureCollection of such features.
    """
    try:
        return [_jurisdiction(feature) for feature in read_features(path)]
    except KeyError as missing:
        raise ValueError(f"{path.name}: a boundary has no property {missing}") from missing


def _jurisdiction(feature: Feature) -> Jurisdiction:
    properties = feature.properties
    geometry = feature.geometry if feature.geometry.is_valid else shapely.make_valid(feature.geometry)
    lat = geometry.centroid.y
    area = geometry.area * _EARTH_KM2_PER_SQUARE_DEGREE * float(np.cos(np.radians(lat)))
    state = properties.get("state", "")
    return Jurisdiction(
        id=properties["id"],
        name=properties["name"],
        level=properties["level"],
        discipline=properties.get("discipline", _COUNTY_DISCIPLINE),
        agency=properties.get("agency") or sheriff_of(properties["name"]),
        geometry=geometry,
        area_km2=area,
        state=state,
    )


def sheriff_of(county: str) -> str:
    """The agency id of a county's sheriff: "Gaston County" -> "gaston-sheriff"."""
    return county.removesuffix(" County").lower().replace(" ", "-") + "-sheriff"
