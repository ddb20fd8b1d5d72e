"""The fields of ours that a mapping can fill, report by report, and what makes a value of theirs one of them."""

from collections.abc import Callable
from typing import Any

from cop.feeds.adapters import mapped_values, readings
from cop.feeds.adapters.mapped_paths import text_of
from cop.feeds.message import BadMessage

Convert = Callable[[Any], Any]
#: what the fields of every report are
_COMMON = {"id": "id", "at": "time", "by": "name", "exercise": "drill", "deleted": "flag"}
_PLACE = {"lat": "angle", "lon": "angle", "place": "place"}
_UNIT = {
    **_PLACE,
    "callsign": "name",
    "kind": "word:unit_kinds",
    "status": "word:unit_statuses",
    "capabilities": "names",
    "crew": "crew",
    "alt_m": "figure",
    "course_deg": "figure",
    "speed_mps": "figure",
    "accuracy_m": "figure",
    "stale_at": "time",
}
#: report -> our field -> what it is
FIELDS: dict[str, dict[str, str]] = {
    "unit": {**_COMMON, **_UNIT},
    "position": {**_COMMON, **_UNIT},
    "incident": {
        **_COMMON,
        **_PLACE,
        "type": "word:incident_types",
        "priority": "priority",
        "status": "word:incident_statuses",
        "title": "name",
        "address": "name",
        "summary": "prose",
        "opened_at": "time",
        "closed_at": "time",
        "lead": "name",
    },
    "resource": {
        **_COMMON,
        **_PLACE,
        "name": "name",
        "kind": "word:resource_kinds",
        "nims_type": "name",
        "quantity": "count",
        "available": "count",
        "availability": "word:availabilities",
        "until": "time",
        "conditions": "prose",
        "unit": "name",
    },
    "zone": {
        **_COMMON,
        **_PLACE,
        "kind": "word:zone_kinds",
        "name": "name",
        "summary": "prose",
        "geometry": "geometry",
        "radius_m": "figure",
        "incident": "id",
        "starts_at": "time",
        "expires_at": "time",
    },
    "alert": {
        **_COMMON,
        **_PLACE,
        "event": "word:alert_events",
        "headline": "name",
        "description": "prose",
        "instruction": "prose",
        "area": "prose",
        "status": "word:alert_statuses",
        "severity": "word:severities",
        "urgency": "word:urgencies",
        "certainty": "word:certainties",
        "geometry": "geometry",
        "radius_m": "figure",
        "starts_at": "time",
        "expires_at": "time",
    },
    "log": {**_COMMON, "text": "prose", "incident": "id"},
    "task": {
        **_COMMON,
        "objective": "name",
        "unit": "id",
        "incident": "id",
        "due_at": "time",
        "cancelled": "flag",
        "note": "prose",
    },
    "answer": {**_COMMON, "state": "word:answer_states", "reason": "prose", "eta_s": "count"},
}
NEEDED = {
    "zone": (("geometry", "place", "lat"),),
    "alert": (("event",),),
    "log": (("text",),),
    "task": (("unit",),),
    "answer": (("state",),),
}
RANGES = {
    "alt_m": (-12_000.0, 1e6),
    "speed_mps": (0.0, 12_000.0),
    "accuracy_m": (0.0, 1e7),
    "radius_m": (0.0, 200_000.0),
}
_TRUE, _FALSE = frozenset({"true", "yes", "y", "1", "t", "x"}), frozenset({"false", "no", "n", "0", "f"})
#: how systems say of themselves that they play, or that they do not
_DRILL = frozenset({"exercise", "drill", "test", "training", "simulation", "simulated", "on"})
_NO_DRILL = frozenset({"actual", "live", "real", "operational", "off", "none"})
_MOST_NAMES = 40


def _identifier(value: Any) -> str | None:
    text = text_of(value)
    return None if text is None or isinstance(value, list) else readings.identifier(text)


def _count(value: Any) -> int | None:
    said = mapped_values.figure(value)
    return int(said) if said is not None and said.is_integer() and 0 <= said <= 1_000_000 else None


def _flag(value: Any) -> bool | None:
    text = (text_of(value) or "").casefold()
    return True if text in _TRUE else False if text in _FALSE else None


def _drill(value: Any) -> bool | None:
    text = (text_of(value) or "").casefold()
    return True if text in _DRILL else False if text in _NO_DRILL else _flag(value)


def _names(value: Any) -> tuple[str, ...] | None:
    listed = value if isinstance(value, list) else value.split(",") if isinstance(value, str) else [value]
    names = (readings.name(text_of(one)) for one in listed[:_MOST_NAMES])
    return tuple(filter(None, names)) or None


def _geometry(value: Any) -> tuple[dict[str, Any], str] | None:
    try:
        return mapped_values.geometry(value)
    except BadMessage:
        return None


CONVERTERS: dict[str, Convert] = {
    "id": _identifier,
    "name": lambda value: readings.name(text_of(value)) or None,
    "prose": lambda value: readings.prose(text_of(value) or "") or None,
    "count": _count,
    "crew": lambda value: count if (count := _count(value)) is not None and count <= 1000 else None,
    "flag": _flag,
    "drill": _drill,
    "names": _names,
    "geometry": _geometry,
}


def any_field() -> dict[str, None]:
    return {name: None for fields in FIELDS.values() for name in fields}
