"""Small boundary files, written as other people's programs write them."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyproj
import shapefile

Ring = Sequence[tuple[float, float]]

#: clockwise, as a shapefile wants its outer rings
SQUARE: Ring = [(-81.0, 35.0), (-81.0, 35.1), (-80.9, 35.1), (-80.9, 35.0), (-81.0, 35.0)]
#: the other way round, inside it
HOLE: Ring = [(-80.97, 35.03), (-80.93, 35.03), (-80.93, 35.07), (-80.97, 35.07), (-80.97, 35.03)]


def feet(ring: Ring) -> Ring:
    """The ring in the North Carolina State Plane, US survey feet (EPSG:2264)."""
    turn = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:2264", always_xy=True)
    return [turn.transform(x, y) for x, y in ring]


def shapefile_parts(
    shapes: Sequence[Sequence[Ring] | None], names: Sequence[str], *, encoding: str = "utf-8", **beside: bytes
) -> dict[str, bytes]:
    """A shapefile's files by suffix, with the columns DIST_ID and NAMELSAD; a None is a null shape."""
    parts = {suffix: io.BytesIO() for suffix in ("shp", "shx", "dbf")}
    with shapefile.Writer(**parts, shapeType=shapefile.POLYGON, encoding=encoding) as writer:
        writer.field("DIST_ID", "N", 9, 0)
        writer.field("NAMELSAD", "C", 40)
        for number, (rings, name) in enumerate(zip(shapes, names, strict=True), start=1):
            writer.null() if rings is None else writer.poly([list(one) for one in rings])
            writer.record(number, name)
        writer.close()
    return {**{suffix: one.getvalue() for suffix, one in parts.items()}, **beside}


def write_zip(path: Path, parts: Mapping[str, bytes], stem: str = "gis/districts") -> Path:
    """The files in an archive, beside what macOS puts there."""
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        for suffix, content in parts.items():
            archive.writestr(f"{stem}.{suffix}", content)
            archive.writestr(f"__MACOSX/{stem}.{suffix}", b"\0")
    return path


def geojson(path: Path, *features: tuple[Mapping[str, Any] | None, Any], **more: Any) -> Path:
    """A FeatureCollection of properties and geometries."""
    found = [{"type": "Feature", "properties": said, "geometry": geometry} for said, geometry in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": found, **more}))
    return path


def polygon(*rings: Ring) -> dict[str, Any]:
    """A GeoJSON polygon."""
    return {"type": "Polygon", "coordinates": [[list(one) for one in ring] for ring in rings]}


def said(key: str, **more: Any) -> dict[str, Any]:
    """The properties of a fire district."""
    return {"id": key, "name": key.title(), "level": "district", "discipline": "fire", "agency": f"{key}-fd", **more}


def kml(*placemarks: str, before: str = "") -> str:
    """A KML document."""
    body = "".join(f"<Placemark>{one}</Placemark>" for one in placemarks)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>'
        f"<name>District</name>{body}</Folder></Document></kml>"
    )


def kml_polygon(shell: Ring, *holes: Ring) -> str:
    """A KML polygon with heights."""

    def ring(points: Ring) -> str:
        text = "\n  ".join(f"{x},{y},120" for x, y in points)
        return f"<LinearRing><coordinates>\n {text} </coordinates></LinearRing>"

    inner = "".join(f"<innerBoundaryIs>{ring(one)}</innerBoundaryIs>" for one in holes)
    return f"<Polygon><outerBoundaryIs>{ring(shell)}</outerBoundaryIs>{inner}</Polygon>"
