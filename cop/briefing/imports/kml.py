"""KML 2.2 and KMZ (OGC 12-007r2): each placemark a feature. Nothing that a document points to is fetched."""

from datetime import UTC, datetime
from itertools import islice
from typing import Any

from cop.briefing.imports.feature import MOST_FEATURES, BadFile, Feature
from cop.feeds.adapters import fields, kml_shapes, kmz, plain_text, readings, strict_xml
from cop.feeds.message import BadMessage


def read_kml(content: bytes) -> list[Feature]:
    """The placemarks of a document, in its order. Raises BadFile."""
    try:
        root = strict_xml.document(content)
    except BadMessage as bad:
        raise BadFile(f"This is no KML that can be read: {bad.reason}.") from None
    if strict_xml.local_name(root) not in {"kml", "Document", "Folder", "Placemark"}:
        raise BadFile("This is no KML.")
    return [_feature(one) for one in islice(root.iter("{*}Placemark"), MOST_FEATURES + 1)]


def read_kmz(content: bytes, most_bytes: int) -> list[Feature]:
    """The placemarks of the archive's document, which may grow to `most_bytes`. Raises BadFile."""
    try:
        return read_kml(kmz.document(content, most_bytes))
    except BadMessage as bad:
        raise BadFile(f"This KMZ cannot be read: {bad.reason}.") from None


def _feature(placemark: Any) -> Feature:
    inside = {strict_xml.local_name(one): one for one in placemark}
    begins, ends = _times(inside)
    said = {"id": placemark.get("id", "")} if placemark.get("id") else {}
    for one in placemark.iterfind("{*}ExtendedData//{*}SimpleData"):
        said[one.get("name", "")] = one.text or ""
    for one in placemark.iterfind("{*}ExtendedData/{*}Data"):
        value = one.find("{*}value")
        said[one.get("name", "")] = (value.text or "") if value is not None else ""
    own = "kind_of_object" in said  # a file of ours says its summary as a field, not as a list of all its fields
    description = said.get("summary", "") if own else plain_text.of_html(_text(inside.get("description")))
    feature = Feature(
        name=readings.name(_text(inside.get("name"))),
        summary=readings.prose(description),
        fields=said,
        begins=begins,
        ends=ends,
    )
    found = next((one for name, one in inside.items() if name in kml_shapes.GEOMETRIES), None)
    if found is None:
        return feature._replace(wrong="it has no place")
    try:
        return feature._replace(geometry=kml_shapes.Shape().of(found))
    except BadMessage as bad:
        return feature._replace(wrong=bad.reason)


def _text(element: Any) -> str:
    return (element.text or "").strip() if element is not None else ""


def _times(inside: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
    span = inside.get("TimeSpan")
    if span is None:
        return None, None
    begin, end = (fields.moment(strict_xml.text_of(span, name), UTC) for name in ("begin", "end"))
    return begin, end
