"""Polygons of KML 2.2 (OGC 12-007r2): no DTD, no entities, no network, nothing that a document points to."""

from typing import Any

import numpy as np
import shapely
from lxml import etree
from numpy.typing import NDArray

from cop.picture.features import Collection

_PARSER = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
}
_CONTAINERS = frozenset({"kml", "Document", "Folder"})
_SHAPES = frozenset({"Polygon", "MultiGeometry", "Point", "LineString", "LinearRing", "Model", "Track", "MultiTrack"})


def read_kml(content: bytes, name: str) -> Collection:
    """A feature for each placemark: its name, its ExtendedData, and as `folder` the folder it lies in.

    Raises ValueError, naming the file and the placemark.
    """
    try:
        root = etree.fromstring(content, etree.XMLParser(**_PARSER))
    except etree.XMLSyntaxError as error:
        raise ValueError(f"{name} is no KML: {error}") from None
    if root.getroottree().docinfo.doctype:
        raise ValueError(f"{name}: KML with a document type of its own is not read")
    if _local(root) not in _CONTAINERS and _local(root) != "Placemark":
        raise ValueError(f"{name} is no KML: its root is {_local(root)[:40]}")
    properties: list[dict[str, Any]] = []
    geometries: list[shapely.Geometry | None] = []
    for placemark in root.iter("{*}Placemark"):
        number = len(properties) + 1
        properties.append(_properties(placemark))
        geometries.append(_geometry(placemark, f"{name}, feature {number}"))
    found = np.full(len(geometries), None, dtype=object)
    found[:] = geometries
    return Collection(properties, found)


def _local(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _text(element: Any) -> str:
    return (element.text or "").strip() if element is not None else ""


def _properties(placemark: Any) -> dict[str, Any]:
    """What it says of itself; a schema's own words win over the placemark's name of the same key."""
    said: dict[str, Any] = {}
    if placemark.get("id"):
        said["id"] = placemark.get("id")
    folder = placemark.getparent()
    if folder is not None and _local(folder) == "Folder":
        said["folder"] = _text(folder.find("{*}name"))
    said["name"] = _text(placemark.find("{*}name"))
    for one in placemark.iterfind("{*}ExtendedData//{*}SimpleData"):
        said[one.get("name", "")] = _text(one)
    for one in placemark.iterfind("{*}ExtendedData/{*}Data"):
        said[one.get("name", "")] = _text(one.find("{*}value"))
    return said


def _geometry(placemark: Any, where: str) -> shapely.Geometry | None:
    """Its polygons together; something that is none, where it has no polygon; None where it has nothing."""
    polygons = [_polygon(one, where) for one in placemark.iter("{*}Polygon") if len(one)]
    if not polygons:
        return shapely.Point(0, 0) if any(_local(one) in _SHAPES for one in placemark.iter()) else None
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def _polygon(element: Any, where: str) -> shapely.Polygon:
    shell = [_ring(one, where) for one in element.iterfind("{*}outerBoundaryIs//{*}coordinates")]
    if len(shell) != 1:
        raise ValueError(f"{where}: a polygon has {len(shell)} outer boundaries")
    holes = [_ring(one, where) for one in element.iterfind("{*}innerBoundaryIs//{*}coordinates")]
    try:
        return shapely.Polygon(shell[0], holes)
    except (ValueError, shapely.GEOSException) as error:
        raise ValueError(f"{where}: its ring makes no polygon: {error}") from None


def _ring(element: Any, where: str) -> NDArray[np.float64]:
    """Longitude and latitude, shape (n, 2); heights are left out."""
    tuples = [one.split(",")[:2] for one in _text(element).split()]
    try:
        return np.array(tuples, dtype=np.float64).reshape(-1, 2)
    except ValueError:
        raise ValueError(f"{where}: its coordinates are no list of longitude,latitude") from None
