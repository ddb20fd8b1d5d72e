"""What we know as Cursor on Target 2.0 events in XML, for TAK clients (`docs/formats/cot-xml.md`)."""

from typing import Any

from cop.domain import words
from cop.domain.area import Alert, Zone
from cop.domain.flat import rfc3339
from cop.domain.incident import Incident
from cop.domain.report import Report, Retraction
from cop.domain.unit import Position, Unit
from cop.feeds.outbound import Outgoing, cot_events

_NO_PLACE = (0.0, 0.0)  # what CoT writes for it
_OBJECTS_REMEMBERED = 100_000
_MAX_PARTS = 50
_EXERCISE_ALERTS = frozenset({"Exercise", "Test"})

_RED, _ORANGE, _YELLOW, _GREEN, _BLUE, _WHITE = 0xFF0000, 0xFF8000, 0xFFFF00, 0x00C000, 0x0080FF, 0xFFFFFF
_PRIORITIES = {1: _RED, 2: _ORANGE, 3: _YELLOW}
_SEVERITIES = {"Extreme": _RED, "Severe": _ORANGE, "Moderate": _YELLOW}
_ZONES = {
    "hot_zone": _RED,
    "road_closure": _RED,
    "warm_zone": _ORANGE,
    "perimeter": _YELLOW,
    "cold_zone": _BLUE,
    "staging": _GREEN,
    "staging_area": _GREEN,
}

_Key = tuple[str, str, bool]


class CotWriter:
    """Writes units, incidents, zones and alerts; what an event needs of a unit's words and of its fix, it remembers."""

    def __init__(self) -> None:
        self._units: dict[_Key, cot_events.Known] = {}
        #: uid -> how many events show it
        self._shown: dict[str, int] = {}

    def take(self, report: Report) -> list[Outgoing]:
        """The events that a report gives rise to; none for what CoT cannot say."""
        body = report.body
        kind = body.kind if isinstance(body, Retraction) else ""
        if isinstance(body, Unit | Position) or kind in ("unit", "position"):
            return self._unit(report)
        if isinstance(body, Incident):
            return self._incident(report, body)
        if isinstance(body, Zone):
            return self._zone(report, body)
        if isinstance(body, Alert):
            return self._alert(report, body)
        return self._gone(report, kind) if kind in ("incident", "zone", "alert") else []

    def _unit(self, report: Report) -> list[Outgoing]:
        body = report.body
        key = (report.agency, body.id, report.exercise)
        known = self._units.pop(key, cot_events.Known())
        first = known.words is None
        if isinstance(body, Retraction) or body.deleted:
            if isinstance(body, Position) or (isinstance(body, Retraction) and body.kind == "position"):
                self._units[key] = known._replace(fix=None, stale_at=None)
                return self._gone(report, "unit")
            ended = [cot_events.emergency(report, known, calls=False)] if known.calls else []
            return [*ended, *self._gone(report, "unit")]
        before = known.words if isinstance(body, Unit) else known.fix
        if before is not None and body.at < before.at:
            self._units[key] = known
            return []  # late
        if isinstance(body, Unit):
            known = known._replace(words=body)
        elif isinstance(body, Position):
            known = known._replace(fix=body, stale_at=report.stale_at)
        calls = known.words is not None and known.words.status == "emergency"
        found = []
        # One that ended while nobody wrote would never end: the first words of a unit say so.
        if calls != known.calls or (first and isinstance(body, Unit)):
            found.append(cot_events.emergency(report, known, calls=calls))
        _remember(self._units, key, known._replace(calls=calls))
        if known.fix is not None and (known.fix.lat, known.fix.lon) != _NO_PLACE:
            found.append(cot_events.position(report, known.words, known.fix, known.stale_at))
        return found

    def _incident(self, report: Report, body: Incident) -> list[Outgoing]:
        if body.deleted or body.status in words.INCIDENT_OVER:
            return self._gone(report, "incident")
        if body.lat is None or body.lon is None or (body.lat, body.lon) == _NO_PLACE:
            return self._not_located(report, "incident")
        said = [
            words.label(words.INCIDENT_TYPES, body.type),
            f"priority {body.priority}",
            words.label(words.INCIDENT_STATUSES, body.status),
        ]
        drawn = cot_events.Drawn(
            "incident",
            body.title or words.label(words.INCIDENT_TYPES, body.type),
            cot_events.lines(" · ".join(said), body.address, body.summary),
            _PRIORITIES.get(body.priority, _WHITE),
            cot_events.held_until(report),
            {"type": body.type, "priority": str(body.priority), "status": body.status, "address": body.address},
            body.summary,
        )
        return self._show(report, drawn, [cot_events.Shape([(body.lat, body.lon)])])

    def _zone(self, report: Report, body: Zone) -> list[Outgoing]:
        if body.deleted or _is_over(report, body):
            return self._gone(report, "zone")
        kind = body.kind.replace("_", " ")
        drawn = cot_events.Drawn(
            "zone",
            body.name or kind.capitalize(),
            cot_events.lines(
                kind.capitalize(), f"from {rfc3339(body.starts_at)}" if body.starts_at else "", body.summary
            ),
            _ZONES.get(body.kind, _WHITE),
            body.expires_at or cot_events.held_until(report),
            {"kind": body.kind, **cot_events.times_of(body)},
            body.summary,
            starts_at=body.starts_at,
        )
        return self._show(report, drawn, list(cot_events.shapes_of(body.geometry)))

    def _alert(self, report: Report, body: Alert) -> list[Outgoing]:
        over = [one for old in (*body.supersedes, *body.cancels) for one in self._gone(report, "alert", old)]
        if body.deleted or body.cancels or _is_over(report, body):
            return [*over, *self._gone(report, "alert")]
        if body.status != "Actual" and body.status not in _EXERCISE_ALERTS:
            return over  # a draft, or what only machines should hear
        said = " · ".join((body.event, body.severity, body.urgency, body.certainty))
        drawn = cot_events.Drawn(
            "alert",
            body.headline or body.event,
            cot_events.lines(said, body.headline, body.description, body.instruction, body.area),
            _SEVERITIES.get(body.severity, _WHITE),
            body.expires_at or cot_events.held_until(report),
            {
                "event": body.event,
                "status": body.status,
                "area": body.area,
                "severity": body.severity,
                "urgency": body.urgency,
                "certainty": body.certainty,
                **cot_events.times_of(body),
            },
            cot_events.lines(body.description, body.instruction),
            starts_at=body.starts_at,
            exercise=body.status in _EXERCISE_ALERTS,
        )
        shapes = list(cot_events.shapes_of(body.geometry or {}))
        if shapes:
            return [*over, *self._show(report, drawn, shapes)]
        return [*over, cot_events.chat(report, drawn)]

    def _show(self, report: Report, drawn: cot_events.Drawn, shapes: list[cot_events.Shape]) -> list[Outgoing]:
        """An event for each part of what is shown; parts that it had before and has no longer are taken back."""
        if not shapes:
            return self._not_located(report, drawn.kind)
        uid = cot_events.uid_of(report, drawn.kind)
        shown = self._shown.pop(uid, 0)
        _remember(self._shown, uid, min(len(shapes), _MAX_PARTS))
        found = [cot_events.part(report, drawn, shape, number) for number, shape in enumerate(shapes[:_MAX_PARTS])]
        return found + [
            cot_events.deletion(report, drawn.kind, report.body.id, number) for number in range(len(found), shown)
        ]

    def _not_located(self, report: Report, kind: str) -> list[Outgoing]:
        """What has lost its place is taken back where it was shown; what never had one, CoT cannot say."""
        return self._gone(report, kind) if cot_events.uid_of(report, kind) in self._shown else []

    def _gone(self, report: Report, kind: str, object_id: str = "") -> list[Outgoing]:
        object_id = object_id or report.body.id
        shown = self._shown.pop(cot_events.uid_of(report, kind, object_id), 1)
        return [cot_events.deletion(report, kind, object_id, number) for number in range(shown)]


def _is_over(report: Report, body: Zone | Alert) -> bool:
    return body.expires_at is not None and body.expires_at <= max(report.received_at, body.at)


def _remember(memory: dict[Any, Any], key: Any, value: Any) -> None:
    """Keep the newest; the one that was longest without news goes first."""
    if len(memory) >= _OBJECTS_REMEMBERED:
        del memory[next(iter(memory))]
    memory[key] = value
