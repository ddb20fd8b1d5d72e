"""What is dragged out of the window is a file for another program: no more of it than anybody may know."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QUrl

from cop.domain.area import Alert, Zone
from cop.domain.resource import Resource
from cop.domain.task import Task
from cop.map.carried import packed
from cop.picture.change import Key
from cop.picture.picture import Picture
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.zone_words import zone_name

if TYPE_CHECKING:  # imported once something is dragged: a start needs none of it
    from cop.briefing.exports.export import Export

KML_MIME, GEOJSON_MIME = "application/vnd.google-earth.kml+xml", "application/geo+json"
#: these can be dragged out
KINDS = frozenset({"unit", "incident", "resource", "zone", "alert"})
_NAME_LENGTH = 60


def object_words(picture: Picture, kind: str, key: Key) -> str:
    """What an object is called; empty where there is none such."""
    if kind == "unit":
        return wording.unit_callsign(picture, *key) if picture.tracks.row_of(*key) is not None else ""
    report = picture.stands(kind, key) if kind in {*KINDS, "task"} else None
    if report is None:
        return ""
    body = report.body
    if kind == "incident":
        return wording.incident_title(report)
    if isinstance(body, Zone):
        return zone_name(body)
    if isinstance(body, Resource):
        return wording.resource_name(body)
    if isinstance(body, Alert):
        return wording.one_line(body.headline or body.event)
    return wording.one_line(body.objective) if isinstance(body, Task) else key[1]


def carried_out(desk: Desk, kind: str, keys: Sequence[Key]) -> QMimeData:
    """Objects as they are carried: for the desk itself, and as a file, GeoJSON, KML and text for other programs."""
    mime = packed(kind, keys)
    if kind in KINDS:
        _add_file(mime, desk, kind, keys)
    return mime


def _add_file(mime: QMimeData, desk: Desk, kind: str, keys: Sequence[Key]) -> None:
    from cop.briefing.exports import formats  # noqa: PLC0415 - not needed before something is dragged

    export = _export(desk, kind, keys)
    kml, geojson = BytesIO(), BytesIO()
    formats.write(export, "kml", kml)
    formats.write(export, "geojson", geojson)
    mime.setData(KML_MIME, kml.getvalue())
    mime.setData(GEOJSON_MIME, geojson.getvalue())
    mime.setText(_text(geojson.getvalue()))
    name = object_words(desk.picture, kind, keys[0]) if len(keys) == 1 else f"{len(keys)} {kind}s"
    try:
        path = Path(_folder().name) / f"{_file_name(name)}.kml"
        path.write_bytes(kml.getvalue())
    except OSError:  # no room for a file: the rest is there
        return
    mime.setUrls([QUrl.fromLocalFile(str(path))])


def _export(desk: Desk, kind: str, keys: Sequence[Key]) -> Export:
    from cop.briefing.exports.export import Export, Wanted  # noqa: PLC0415 - as above
    from cop.briefing.exports.part import part_of  # noqa: PLC0415 - as above
    from cop.briefing.leaving import leaving  # noqa: PLC0415 - as above
    from cop.briefing.occasion import Occasion  # noqa: PLC0415 - as above

    at = desk.now()
    objects = frozenset((kind, *key) for key in keys)
    part = part_of(desk.picture, objects)
    seen = desk.seen_otherwise or "what this desk knew at that time"
    occasion = Occasion(
        operation=desk.operation,
        at=at,
        made_at=datetime.now(UTC),
        operator=desk.operator,
        exercise=desk.exercise,
        past=f"REPLAY: {seen}; looked up later" if desk.past else "",
    )
    kinds = frozenset({kind, "trail"} if kind == "unit" else {kind})
    leaves = leaving(part, at, own=desk.operator.agency, operation=desk.operation)
    return Export(leaves, occasion, Wanted(kinds=kinds, only=objects))


def _text(geojson: bytes) -> str:
    """A line for each: what it is called and where it is, as anybody may know it."""
    document = json.loads(geojson)
    marks = " ".join(filter(None, (document.get("exercise", ""), "REPLAY" if "replay" in document else "")))
    lines = []
    for feature in document["features"]:
        said, geometry = feature["properties"], feature["geometry"]
        if said["kind_of_object"] in {"trail", "grid_cell"}:
            continue
        names = (said.get(name) for name in ("callsign", "title", "name", "headline", "event", "unit", "id"))
        name = wording.one_line(str(next(filter(None, names), "")))
        if geometry is not None and geometry["type"] == "Point":
            lon, lat = geometry["coordinates"][:2]
            where = f"{lat:.5f}, {lon:.5f}"
        else:
            where = f"place withheld ({said['withheld']})" if "withheld" in said else "no place"
        lines.append(f"{name}\t{where}" if geometry is None or geometry["type"] == "Point" else name)
    return "\n".join((*filter(None, [marks]), *lines, f"as of {document['as_of']}"))


def _file_name(name: str) -> str:
    """A name that every disk takes, and no path."""
    kept = "".join(sign if sign.isalnum() or sign in " -_" else "-" for sign in name).strip(" -")
    return kept[:_NAME_LENGTH] or "object"


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """For nobody else to look into; it goes with the desk."""
    return tempfile.TemporaryDirectory(prefix="cop-dragged-", ignore_cleanup_errors=True)
