"""KML, among it the test files of a library that reads it."""

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from cop.domain.report import Report
from cop.feeds.message import BadMessage

from . import Marks, Row, decode

#: Their own root is a Folder or kml with more than 64 levels: refused, as every XML that deep.
TOO_DEEP = re.compile(r"10[01]_nested_")


def local(element: ET.Element) -> str:
    """An element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def child(element: ET.Element, name: str) -> ET.Element | None:
    """The last element inside of that name."""
    return next((one for one in reversed(list(element)) if local(one) == name), None)


def says_something(placemark: ET.Element) -> bool:
    """Whether a placemark has an id, a name, a description, an address, data or a place."""
    if placemark.get("id"):
        return True
    words = [child(placemark, name) for name in ("name", "description", "address", "phoneNumber", "Snippet")]
    if any("".join(one.itertext()).strip() for one in words if one is not None):
        return True
    data = [one for one in placemark.iter() if local(one) in {"Data", "SimpleData", "coordinates", "longitude"}]
    return any("".join(one.itertext()).strip() for one in data)


def check(row: Row, marks: Marks) -> None:
    """Every placemark that says anything comes out where it is; the row counts those that say nothing as well."""
    if row.must_be_refused or TOO_DEEP.search(row.file):
        with marks.refusal(row.file):
            decode("kml", row)
        return
    with marks.message(row.file):
        check_document(row, reports_of(row))


def reports_of(row: Row) -> list[Report]:
    """What comes out, also where a part is refused: links are not followed, empty placemarks say nothing."""
    try:
        return decode("kml", row)
    except BadMessage as bad:
        assert bad.reason in {"a network link is not followed", "a placemark says nothing"} or "update" in bad.reason
        return list(bad.reports)


def check_document(row: Row, reports: list[Report]) -> None:
    """The number of placemarks, the names, and the first place."""
    root = ET.fromstring(row.bytes)
    updates = {id(one) for update in root.iter() if local(update) == "Update" for one in update.iter()}
    counted = [one for one in root.iter() if local(one) == "Placemark"]
    assert f"{len(counted)} placemarks" in row.says
    placemarks = [one for one in counted if id(one) not in updates and says_something(one)]
    ours = [report for report in reports if report.source.original_type == "Placemark"]
    assert len(ours) == len(placemarks)
    for placemark, report in zip(placemarks, ours, strict=True):
        name = child(placemark, "name")
        assert report.body.name == ("".join(name.itertext()).strip() if name is not None else "")
        assert placemark.get("id") is None or report.body.id.startswith(placemark.get("id") or "")
        coordinates = next((one.text or "" for one in placemark.iter() if local(one) == "coordinates"), "")
        assert bool(report.body.geometry) == bool(coordinates.strip() or placemark.find(".//{*}Model/{*}Location"))
        if figures := re.findall(r"[-+.\d]+(?:[eE][-+]?\d+)?", coordinates)[:2]:
            assert first_position(report.body.geometry)[:2] == pytest.approx([float(one) for one in figures])
    first = (row.said("first coordinates") or "-").split(" ")[0]
    located = [report.body.geometry for report in reports if report.body.geometry]
    if first != "-":
        said = [float(one) for one in first.split(",")]
        assert any(
            first_position(geometry)[: len(said)] == said[: len(first_position(geometry))] for geometry in located
        )


def first_position(geometry: dict[str, Any]) -> list[float]:
    """The first vertex of a geometry, with its altitude if it has one."""
    if geometry["type"] == "GeometryCollection":
        return first_position(geometry["geometries"][0])
    found = geometry["coordinates"]
    while isinstance(found[0], list):
        found = found[0]
    return [float(one) for one in found]


CHECKS = {"kml": check}
