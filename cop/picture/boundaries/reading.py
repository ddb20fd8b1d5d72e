"""Boundary files by what they are: which reader reads a file, and a coordinate system that is none of degrees."""

from pathlib import Path

import numpy as np
import shapely

from cop.picture.features import Collection, read_collection

#: what other names WGS 84 with the longitude first goes by in GeoJSON
_DEGREES = frozenset({"", "urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "EPSG:4326"})


def read(path: Path, layer: str = "") -> Collection:
    """All features of a .geojson, .json, .shp, .kml, .kmz, or of one of them in a .zip, in WGS 84 degrees.

    `layer` is the name of the one to read where a .zip holds several. Raises OSError, and ValueError, naming the file
    and what is wrong with it.
    """
    # each reader brings a library that a start with GeoJSON does not wait for, so it is imported here
    if path.suffix.lower() == ".zip":
        from cop.picture.boundaries.zipped import read_zip  # noqa: PLC0415 - as said above

        found = read_zip(path, layer)
    elif path.suffix.lower() == ".shp":
        from cop.picture.boundaries.shapefiles import read_shapefile  # noqa: PLC0415 - as said above

        found = read_shapefile(path)
    elif path.suffix.lower() == ".kml":
        from cop.picture.boundaries.kml import read_kml  # noqa: PLC0415 - as said above

        found = read_kml(path.read_bytes(), path.name)
    elif path.suffix.lower() == ".kmz":
        from cop.picture.boundaries.zipped import read_kmz  # noqa: PLC0415 - as said above

        found = read_kmz(path)
    else:
        found = read_collection(path)
    return found if found.crs in _DEGREES else _in_degrees(found, path.name)


def _in_degrees(found: Collection, name: str) -> Collection:
    """The same in WGS 84 degrees, by PROJ; no grids are fetched from anywhere."""
    import pyproj  # noqa: PLC0415 - a start with degrees does not wait for it

    try:
        crs = pyproj.CRS.from_user_input(found.crs)
        if crs.is_geographic and crs.equals(pyproj.CRS.from_epsg(4326), ignore_axis_order=True):
            return found._replace(crs="")
        turn = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    except pyproj.exceptions.ProjError as error:
        raise ValueError(f"{name}: its coordinate system is not known: {str(found.crs)[:80]!r}") from error
    flat = shapely.force_2d(found.geometries)
    turned = shapely.transform(flat, turn.transform, interleaved=False)
    return found._replace(geometries=np.asarray(turned, object), crs="")
