"""Alerts of the US National Weather Service as its API gives them: CAP 1.2 as GeoJSON (api.weather.gov, /alerts)."""

from typing import Annotated, Any

import msgspec

from cop.domain.report import Report
from cop.feeds.adapters import geometries, parts, readings, strict_json
from cop.feeds.adapters.adapter import Format
from cop.feeds.adapters.cap_message import LOSSES_LIMIT, AlertVoice, Hazard, Said, add_loss
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

_FEATURES_LIMIT = 1_000
_READ = frozenset(
    {
        *("@id", "@type", "id", "areaDesc", "references", "sent", "effective", "onset", "expires", "ends", "status"),
        *("messageType", "severity", "certainty", "urgency", "event", "sender", "senderName", "headline"),
        *("description", "instruction", "parameters", "geocode"),
    }
)
_NESTED = frozenset({"references", "parameters", "geocode"})
_UNREMARKABLE = {"scope": "Public", "language": "en-US"}


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    expires_after_h: Annotated[float, msgspec.Meta(gt=0, le=8_784)] = 24.0


class Nws:
    """Decodes alerts of api.weather.gov. Option `expires_after_h` is for alerts that do not say when they end."""

    def __init__(self, feed: Feed) -> None:
        options = readings.options_of(feed, _Options)
        self._alerts = AlertVoice(Voice(feed, "nws"), readings.zone_of(feed), options.expires_after_h)

    def decode(self, message: Message) -> list[Report]:
        """An alert of each feature, of a collection or alone; a collection without any says that there is none."""
        if not message.payload and message.topic:
            return []  # a retained message was cleared
        said = strict_json.quick(message.payload)
        if not isinstance(said, dict):
            raise BadMessage("not a GeoJSON object")
        kind = said.get("type")
        if kind == "FeatureCollection":
            features = said.get("features")
            if not isinstance(features, list):
                raise BadMessage("a collection without features")
        elif kind == "Feature":
            features = [said]
        else:
            raise BadMessage("neither a Feature nor a FeatureCollection")
        return parts.of_parts(features, lambda feature: self._feature(message, feature), limit=_FEATURES_LIMIT)

    def _feature(self, message: Message, feature: Any) -> list[Report]:
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(properties, dict):
            raise BadMessage("a feature without properties")
        if not _text(properties, "event") and not _text(properties, "messageType"):
            raise BadMessage("a feature is no alert: it has neither event nor messageType")
        said = _said(properties)
        geometry = feature.get("geometry")
        if isinstance(geometry, dict):
            try:
                said.geometry, left_out = geometries.checked(geometry)
                add_loss(said.losses, "vertices", left_out)
            except BadMessage as bad:
                add_loss(said.losses, "geometry", f"not drawn: {bad.reason}")  # the warning is heard all the same
        elif geometry is not None:
            add_loss(said.losses, "geometry", "not drawn: none of GeoJSON")
        return self._alerts.reports(message, said)


def _said(properties: dict[str, Any]) -> Said:
    """An alert's properties: the elements of `alert`, `info` and `area` (CAP 1.2 §3.2) on one level."""
    losses: dict[str, str] = {}
    parameters = properties.get("parameters")
    ends = _text(properties, "ends")
    if isinstance(parameters, dict):
        ends = ends or _first(parameters.get("eventEndingTime"))
    hazard = Hazard(
        event=_text(properties, "event"),
        headline=_text(properties, "headline"),
        description=_text(properties, "description"),
        instruction=_text(properties, "instruction"),
        severity=_text(properties, "severity"),
        urgency=_text(properties, "urgency"),
        certainty=_text(properties, "certainty"),
        sender_name=_text(properties, "senderName"),
        effective=_text(properties, "effective"),
        onset=_text(properties, "onset"),
        expires=_text(properties, "expires"),
        ends=ends,
        areas=[area] if (area := _text(properties, "areaDesc")) else [],
    )
    for name in ("geocode", "parameters"):
        _take_lists(name.removesuffix("s"), properties.get(name), losses)
    for name, value in properties.items():
        if len(losses) >= LOSSES_LIMIT:
            break
        if name not in _READ and value not in (None, "", [], {}) and _UNREMARKABLE.get(name) != value:
            add_loss(losses, name, _listed(value))
        elif name in _READ and name not in _NESTED and value is not None and not isinstance(value, str):
            add_loss(losses, name, f"not readable: {_listed(value)}")
    references = properties.get("references")
    found = [one for one in references if isinstance(one, dict)] if isinstance(references, list) else []
    is_alert = _text(properties, "messageType").casefold() == "alert"
    if references and (is_alert or not isinstance(references, list) or len(found) < len(references)):
        add_loss(losses, "references", _listed(references))
    return Said(
        identifier=_text(properties, "id") or _text(properties, "@id").rpartition("/")[2],
        sender=_text(properties, "sender"),
        sent=_text(properties, "sent"),
        status=_text(properties, "status"),
        type=_text(properties, "messageType"),
        references=[
            (_text(one, "sender"), identifier)
            for one in found
            if (identifier := _text(one, "identifier") or _text(one, "@id").rpartition("/")[2])
        ],
        hazards=[hazard],
        losses=losses,
    )


def _take_lists(kind: str, lists: Any, losses: dict[str, str]) -> None:
    if not isinstance(lists, dict):
        if lists is not None:
            add_loss(losses, kind, _listed(lists))
        return
    for name, values in lists.items():
        if len(losses) >= LOSSES_LIMIT:
            break
        if name != "eventEndingTime":
            add_loss(losses, f"{kind} {name}", _listed(values))


def _listed(value: Any) -> str:
    """A value as text, a list with blanks between; no longer than a loss can be."""
    if not isinstance(value, list):
        return readings.loss(value)
    found: list[str] = []
    length = 0
    for one in value:
        found.append(readings.loss(one))
        length += len(found[-1])
        if length > readings.SHORT:
            break
    return " ".join(found)


def _first(values: Any) -> str:
    value = values[0] if isinstance(values, list) and values else values
    return value.strip() if isinstance(value, str) else ""


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""


def sniff(_topic: str, payload: bytes) -> int:
    """GeoJSON whose features have a `messageType`, or whose context is that of the weather service."""
    begin = payload[:4096]
    if begin[:64].lstrip()[:1] != b"{" or (b'"Feature' not in begin and b'"Feature"' not in payload[-4096:]):
        return 0
    if b"api.weather.gov" in begin:
        return 90
    return 80 if b'"messageType"' in payload[:16384] and b'"certainty"' in payload[:16384] else 0


FORMAT = Format(
    name="nws",
    summary="US National Weather Service alerts (GeoJSON of api.weather.gov)",
    make=Nws,
    split=strict_json.lines,
    sniff=sniff,
    topic="nws/alerts/#",
    limits="1,000 alerts a message",
)
