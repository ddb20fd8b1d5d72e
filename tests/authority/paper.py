"""A small region and agreements written in it: for tests of files."""

import json
from pathlib import Path
from typing import Any

from shapely import box

from cop.authority.areas import Atlas
from cop.authority.reading import ReadFile, read_text
from cop.domain.area import Jurisdiction
from cop.picture.ground import Ground

HEAD = """\
id = "mou"
title = "Hazmat MOU"
parties = ["city-fire", "west-fire", "air"]
in_force_from = 2026-01-01
in_force_until = 2027-12-31
zone = "America/New_York"
"""
#: the clause begins in line 8
LEAD = """
[[clauses]]
number = "3.1"
kind = "lead"
says = "The city leads."
types = ["hazmat"]
leads = "city-fire"
"""
AID = """
[[clauses]]
number = "4"
kind = "aid"
says = "The west lends its engines."
giver = "west-fire"
takers = ["city-fire"]
kinds = ["engine"]
"""


def ground() -> Ground:
    """Two cities side by side, an airport over the line, a planning zone; two towns of one name far away."""
    return Ground(
        [
            Jurisdiction("city", "City", "district", "fire", "city-fire", box(-81.0, 35.0, -80.5, 35.5), 2500.0),
            Jurisdiction("west", "West", "district", "fire", "west-fire", box(-81.5, 35.0, -81.0, 35.5), 2500.0),
            Jurisdiction("port", "Airport", "special", "law", "air", box(-81.1, 35.2, -80.9, 35.3), 200.0),
            Jurisdiction("epz", "Plant", "planning_zone", "federal", "state", box(-81.0, 35.0, -80.8, 35.2), 400.0),
            Jurisdiction("s1", "Springfield", "municipal", "law", "s1-pd", box(-84, 35, -83.9, 35.1), 100.0),
            Jurisdiction("s2", "Springfield", "municipal", "law", "s2-pd", box(-85, 35, -84.9, 35.1), 100.0),
        ]
    )


def region(folder: Path) -> Path:
    """A folder with one road from west to east, 45 km long, in two pieces."""
    pieces = [[[-81.0, 35.25], [-80.75, 35.25]], [[-80.75, 35.25], [-80.5, 35.25]]]
    features = [
        {"type": "Feature", "properties": {"name": "I-85"}, "geometry": {"type": "LineString", "coordinates": one}}
        for one in pieces
    ]
    (folder / "roads.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return folder


def polygon_file(path: Path, *rings: list[list[float]], **more: Any) -> Path:
    """A GeoJSON file of polygons."""
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}} for ring in rings
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **more}))
    return path


def read(text: str, folder: Path | None = None) -> ReadFile:
    """What a file of this text says; roads and zone files lie in `folder`."""
    return read_text(text.encode(), "mou.toml", Atlas(ground(), folder), folder)


def said(file: ReadFile) -> list[str]:
    """What is wrong with a file, as people read it."""
    return [str(one) for one in file.problems]
