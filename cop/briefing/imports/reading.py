"""A file by what it is: its content says so, not its name."""

from pathlib import Path
from typing import NamedTuple

from cop.briefing.imports.feature import MOST_FEATURES, BadFile, Feature
from cop.briefing.imports.geojson import read_geojson
from cop.briefing.imports.gpx import read_gpx
from cop.briefing.imports.kml import read_kml, read_kmz
from cop.feeds.adapters import kmz

#: what people draw by hand is a thousandth of it; a file of this size takes some seconds
LARGEST_BYTES = 32 << 20
#: the suffixes that are offered in a file dialog, and taken when a file is dropped
SUFFIXES = (".geojson", ".json", ".kml", ".kmz", ".gpx")


class Found(NamedTuple):
    """What a file holds: the format's name, and its features in order."""

    form: str
    features: list[Feature]


def read(path: Path) -> Found:
    """The features of a file. Raises OSError, BadFile."""
    size = path.stat().st_size
    if size > LARGEST_BYTES:
        raise BadFile(f"{path.name} has {size / 1e6:,.0f} MB; at most {LARGEST_BYTES / 1e6:,.0f} MB can be read.")
    return read_bytes(path.read_bytes())


def read_bytes(content: bytes) -> Found:
    """The features of a file's content. Raises BadFile."""
    begin = content[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if content.startswith(kmz.BEGIN):
        found = Found("KMZ", read_kmz(content, LARGEST_BYTES))
    elif begin[:1] in (b"{", b"["):
        found = Found("GeoJSON", read_geojson(content))
    elif b"<gpx" in begin or b":gpx" in begin:
        found = Found("GPX", read_gpx(content))
    elif begin[:1] == b"<" or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        found = Found("KML", read_kml(content))
    elif not content:
        raise BadFile("The file is empty.")
    else:
        raise BadFile("This file is none of GeoJSON, KML, KMZ and GPX.")
    if not found.features:
        raise BadFile(f"This {found.form} holds nothing that stands on the ground.")
    if len(found.features) > MOST_FEATURES:
        raise BadFile(f"This {found.form} holds more than {MOST_FEATURES:,} features.")
    return found
