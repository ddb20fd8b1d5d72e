"""A report as one flat JSON object, for `cop decode` and `--state`: the wire's field names, absent means unknown."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from cop.domain.report import Report, kind_of
from cop.domain.unit import Position, Unit

_UNIT_BODIES = (Position, Unit)


def flat(report: Report) -> dict[str, Any]:
    """Fields of the body beside those of the report; times RFC 3339 UTC; positions and units name their `unit`."""
    body = report.body
    fields: dict[str, Any] = {"report": kind_of(body), "agency": report.agency}
    said = {key: value for key, value in msgspec.structs.asdict(body).items() if _is_said(value)}
    said.pop("signature", None)
    said.pop("agency", None)  # the report says it
    object_id = said.pop("id")
    fields["unit" if isinstance(body, _UNIT_BODIES) else "id"] = object_id
    fields["reported_at"] = rfc3339(said.pop("at"))
    fields.update({key: _plain(value) for key, value in said.items()})
    if report.stale_at is not None:
        fields["stale_at"] = rfc3339(report.stale_at)
    if report.exercise:
        fields["exercise"] = True
    if report.losses:
        fields["losses"] = report.losses
    source = report.source
    original = {"format": source.format, "id": source.original_id, "type": source.original_type}
    fields["original"] = {key: value for key, value in original.items() if value}
    return fields


def rfc3339(moment: datetime) -> str:
    """UTC with milliseconds and a Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, msgspec.Struct):
        return _plain(msgspec.to_builtins(value, builtin_types=(datetime,)))
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple | list) else value


def _is_said(value: object) -> bool:
    return value is not None and value is not False and value not in ("", (), {}, "unknown")
