"""ESRI shapefiles (ESRI white paper J-7855, 1998) by pyshp: .shp with .dbf, .prj and .cpg beside it."""

import io
import logging
import struct
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapefile
import shapely

from cop.picture.features import Collection

_POLYGONS = frozenset({shapefile.POLYGON, shapefile.POLYGONZ, shapefile.POLYGONM})
#: all that pyshp lets out of a file that is none, or that was cut off; a lying length may ask for all memory there is
_BROKEN = (
    shapefile.ShapefileException,
    struct.error,
    ValueError,
    LookupError,
    TypeError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    EOFError,
    OSError,
    MemoryError,
)
#: what .cpg files say where they mean a code page of Windows
_CODE_PAGES = {"ANSI 1252": "cp1252", "1252": "cp1252", "ISO 88591": "latin-1", "88591": "latin-1", "65001": "utf-8"}


def read_shapefile(path: Path) -> Collection:
    """A shapefile with what lies beside it. Raises OSError, ValueError."""
    beside = {".shp": path.read_bytes()}
    stem = path.stem.lower()
    for one in path.parent.iterdir():
        if one.stem.lower() == stem and one.suffix.lower() in {".shx", ".dbf", ".prj", ".cpg"}:
            beside[one.suffix.lower()] = one.read_bytes()
    return parts_to_features(beside, path.name)


def parts_to_features(parts: Mapping[str, bytes], name: str) -> Collection:
    """The features of a shapefile whose files are at hand, by suffix. Raises ValueError."""
    if ".dbf" not in parts:
        raise ValueError(f"{name}: the .dbf is missing: no boundary would have a name")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            logging.getLogger("shapefile").setLevel(logging.CRITICAL)
            shapes, records = _read(parts)
    except _BROKEN as error:
        raise ValueError(f"{name} is no shapefile that can be read: {type(error).__name__}: {error}") from error
    if len(shapes) != len(records):
        raise ValueError(f"{name}: {len(shapes):,} shapes in the .shp, but {len(records):,} records in the .dbf")
    crs = parts.get(".prj", b"").decode("utf-8", "replace").strip("\ufeff \r\n\t\0")
    return Collection(records, _geometries(shapes, name), crs)


def _read(parts: Mapping[str, bytes]) -> tuple[list[Any], list[dict[str, Any]]]:
    wrong: Exception | None = None
    for encoding in _encodings(parts):
        files = {suffix[1:]: io.BytesIO(content) for suffix, content in parts.items() if suffix in {".shp", ".dbf"}}
        try:
            with shapefile.Reader(**files, encoding=encoding) as reader:
                names = [field.name for field in reader.fields[1:]]
                records = [dict(zip(names, record, strict=True)) for record in reader.iterRecords()]
                return list(reader.iterShapes()), records
        except (UnicodeDecodeError, shapefile.dbfFileException) as error:  # of either, by version, where texts are not
            wrong = wrong or error
    raise ValueError(f"its .dbf cannot be read: {wrong}")


def _encodings(parts: Mapping[str, bytes]) -> Sequence[str]:
    """What the texts may be in, the likeliest first: what the .cpg says; else UTF-8, which others seldom pass for."""
    said = parts.get(".cpg", b"").decode("ascii", "ignore").strip("\0 \r\n\t")
    said = _CODE_PAGES.get(said.upper().replace("-", " ").replace("ISO 8859 1", "ISO 88591"), said)
    try:
        b"".decode(said or "utf-8")
    except LookupError:
        said = ""
    return (said, "utf-8", "cp1252", "latin-1") if said else ("utf-8", "cp1252", "latin-1")


def _geometries(shapes: Sequence[Any], name: str) -> np.ndarray[Any, np.dtype[Any]]:
    """A geometry for each shape, None where it is null; what is no polygon comes as a point, to be named as such."""
    found = np.full(len(shapes), None, dtype=object)
    single: list[int] = []
    for index, shape in enumerate(shapes):
        if shape is None or shape.shapeType == shapefile.NULL or not shape.points:
            continue
        if not np.isfinite(shape.points).all():
            raise ValueError(f"{name}, feature {index + 1}: a coordinate is no number")
        if shape.shapeType not in _POLYGONS:
            found[index] = shapely.Point(shape.points[0])
        elif len(shape.parts) == 1 and len(shape.points) >= 4:
            single.append(index)
        else:
            found[index] = _of_rings(shape, f"{name}, feature {index + 1}")
    if single:
        rings = [np.asarray(shapes[index].points, dtype=np.float64)[:, :2] for index in single]
        owners = np.repeat(np.arange(len(rings)), [len(one) for one in rings])
        try:
            found[single] = shapely.polygons(shapely.linearrings(np.concatenate(rings), indices=owners))
        except (ValueError, shapely.GEOSException) as error:
            raise ValueError(f"{name}: a ring makes no polygon: {error}") from error
    return found


def _of_rings(shape: Any, where: str) -> shapely.Geometry:
    """Outer rings go clockwise, holes the other way (§ Polygon); pyshp sorts them."""
    try:
        geometry: shapely.Geometry = shapely.geometry.shape(shape.__geo_interface__)
    except (*_BROKEN, shapefile.GeoJSON_Error, shapefile.RingSamplingError, shapely.GEOSException) as error:
        raise ValueError(f"{where}: its rings make no polygon: {error}") from error
    return geometry
