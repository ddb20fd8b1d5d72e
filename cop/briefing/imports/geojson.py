"""GeoJSON (RFC 7946, and its forerunner of 2008 in degrees): each feature, or one bare geometry."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cop.briefing.exports.text import words
from cop.briefing.imports.feature import MOST_FEATURES, BadFile, Feature
from cop.feeds.adapters import fields, geometries, readings, strict_json
from cop.feeds.message import BadMessage

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NAMES = ("name", "title", "label", "NAME", "Name")
_SUMMARIES = ("summary", "description", "desc", "notes")
_BEGINS, _ENDS = ("starts_at", "begin", "start"), ("expires_at", "expires", "end")


def read_geojson(content: bytes) -> list[Feature]:
    """The features of a document, in its order. Raises BadFile."""
    try:
        document = strict_json.loads(content.removeprefix(_BYTE_ORDER_MARK))
    except BadMessage as bad:
        raise BadFile(f"This is no GeoJSON that can be read: {bad.reason}.") from None
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "FeatureCollection":
        found = document.get("features")
        if not isinstance(found, list):
            raise BadFile("This is no GeoJSON: a collection without features.")
    elif kind == "Feature":
        found = [document]
    elif isinstance(document, dict) and ("coordinates" in document or "geometries" in document):
        found = [{"type": "Feature", "geometry": document, "properties": None}]
    else:
        raise BadFile("This is no GeoJSON.")
    try:
        geometries.reference_system(document)
    except BadMessage as bad:
        raise BadFile(f"This GeoJSON cannot be used: {bad.reason}.") from None
    return [_feature(one) for one in found[: MOST_FEATURES + 1]]


def _feature(said: Any) -> Feature:
    if not isinstance(said, dict):
        return Feature(wrong="it is no feature")
    told = said.get("properties")
    properties: Mapping[str, Any] = told if isinstance(told, dict) else {}
    texts = {str(name): words(value) for name, value in properties.items() if value is not None}
    if isinstance(said.get("id"), str | int | float):
        texts.setdefault("id", words(said["id"]))
    geometry = said.get("geometry")
    feature = Feature(
        name=readings.name(_first(texts, _NAMES)),
        summary=readings.prose(_first(texts, _SUMMARIES)),
        geometry=geometry if isinstance(geometry, dict) else {},
        fields=texts,
        begins=_moment(_first(texts, _BEGINS)),
        ends=_moment(_first(texts, _ENDS)),
    )
    return feature if feature.geometry else feature._replace(wrong="it has no place")


def _first(texts: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((texts[name] for name in names if texts.get(name)), "")


def _moment(text: str) -> datetime | None:

    return fields.moment(text, UTC) if text else None
