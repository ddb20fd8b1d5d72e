"""The picture as one JSON document: what `--state` writes and tests read."""

import math
from datetime import UTC, datetime
from typing import Any

import msgspec

from cop.domain.flat import flat, rfc3339
from cop.domain.report import Report
from cop.domain.task import Answer, Task
from cop.picture.picture import Picture
from cop.picture.tracks import Tracks

_MEASURES = ("lat", "lon", "alt_m", "course_deg", "speed_mps", "accuracy_m")
_TIMES = ("reported_at", "received_at", "stale_at")


def state(picture: Picture, now: datetime) -> dict[str, Any]:
    """Units, incidents, resources, tasks, zones, feeds …, each with agency, times and provenance."""
    tasks = []
    for report in picture.tasks.values():
        entry = _object(report)
        stands = picture.standings.of(report, now)
        entry["state"] = stands.state
        entry["stands"] = {
            "since": rfc3339(stands.since),
            "agency": stands.agency,
            "by": stands.by,
            "role": stands.role,
            "reason": stands.reason,
            "why": stands.why,
            "by_clause": stands.by_clause,
            "late": stands.late,
            "other": "/".join(stands.other) if stands.other is not None else "",
        }
        answer = picture.answer_to(report)
        entry["answer"] = _object(answer) if answer is not None else None
        body = report.body
        asked = isinstance(body, Task) and body.assignee_agency
        entry["assignee"] = f"{body.assignee_agency}/{body.unit}" if isinstance(body, Task) and asked else ""
        tasks.append(entry)
    return {
        "at": rfc3339(now),
        "record": {"upto": picture.upto, "upto_at": datetime.fromtimestamp(picture.upto_at, UTC).isoformat()},
        "broker": _plain(picture.broker),
        "units": _units(picture, now),
        "incidents": [_placed(picture, report) for report in picture.incidents.values()],
        "resources": [_placed(picture, report) for report in picture.resources.values()],
        "tasks": tasks,
        "zones": [_object(report) for report in picture.zones.values()],
        "alerts": [_object(report) for report in picture.alerts.values()],
        "links": [_object(report) for report in picture.links.values()],
        "agencies": [_object(report) for report in picture.agencies.values()],
        "presence": [_object(report) for report in picture.presence.values()],
        "consents": [_object(report) for report in picture.consents.values()],
        "commands": [_object(report) for report in picture.commands.values()],
        "requests": [_object(report) for report in picture.requests.values()],
        "fills": [_object(report) for report in picture.fills.values()],
        "refusals": [_plain(word) for word in picture.refusals],
        "log": [_object(report) for report in picture.log],
        "feeds": [_plain(health) for health in picture.feeds.values()],
        "deliveries": [msgspec.structs.asdict(one) for one in picture.deliveries.values()],
    }


def _units(picture: Picture, now: datetime) -> list[dict[str, Any]]:
    tracks = picture.tracks
    stale = picture.stale(now)
    entries = []
    for row, (agency, unit) in enumerate(tracks.keys):
        if not tracks.present[row]:
            continue
        entry: dict[str, Any] = {"agency": agency, "unit": unit, "callsign": tracks.callsigns[row]}
        said = picture.units.get((agency, unit))
        if said is not None:
            entry["said"] = _object(said)
        entry.update(_track(tracks, row))
        entry["stale"] = bool(stale[row])
        if row in picture.position_fields:
            entry["losses"] = picture.position_fields[row]
        if tracks.doubtful[row]:
            entry["doubtful"] = True
        entries.append(entry)
    return entries


def _track(tracks: Tracks, row: int) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in _MEASURES:
        value = float(getattr(tracks, name)[row])
        if not math.isnan(value):
            values[name] = value
    for name in _TIMES:
        value = float(getattr(tracks, name)[row])
        if not math.isnan(value):
            values[name] = rfc3339(datetime.fromtimestamp(value).astimezone())
    if bool(tracks.exercise[row]):
        values["exercise"] = True
    source = tracks.names[row]
    if source is not None:
        values["source"] = {"feed": source.feed, "format": source.format, "original_id": source.original_id}
    return values


def _placed(picture: Picture, report: Report) -> dict[str, Any]:
    """An object that may have a place; one that can hardly be there says so."""
    entry = _object(report)
    if picture.home.doubt(report.agency, entry.get("lat"), entry.get("lon")) is not None:
        entry["doubtful"] = True
    return entry


def _object(report: Report) -> dict[str, Any]:
    entry = flat(report)
    entry["received_at"] = rfc3339(report.received_at)
    entry["feed"] = report.source.feed
    if isinstance(report.body, Answer):
        entry["task"] = report.body.id
    return entry


def _plain(struct: msgspec.Struct | None) -> Any:
    return msgspec.to_builtins(struct) if struct is not None else None
