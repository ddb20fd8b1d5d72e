"""A dispatch system's own JSON, of a vendor nobody has heard of: what a mapping in `cop.toml` is for."""

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from cop.domain.incident import Incident
from cop.domain.statement import Statement
from cop.exercise.tongues import Spoken

_NATURES = {
    "hazmat": "GAS ODOR",
    "fire": "STRUCTURE FIRE",
    "medical": "SICK PERSON",
    "crash": "MVA",
    "flood": "FLOODING",
    "water_rescue": "WATER RESCUE",
    "disturbance": "FIGHT",
    "active_threat": "SHOTS FIRED",
    "missing_person": "LOST CHILD",
}
_STATES = {"open": "PENDING", "active": "ACTIVE", "contained": "ACTIVE", "closed": "CLOSED"}


class _CadJson:
    words: ClassVar[dict[str, dict[str, str | int]]] = {
        "incident_types": {theirs: ours for ours, theirs in _NATURES.items()},
        "incident_statuses": {"PENDING": "open", "ACTIVE": "active", "CLOSED": "closed"},
    }

    def options(self, agencies: Sequence[str]) -> dict[str, Any]:
        """The mapping of the vendor's call (`docs/mapping.md`)."""
        return {
            "report": "incident",
            "each": "calls[]",
            "fields": {
                "id": "tracking.urn",
                "at": "modified",
                "opened_at": "received",
                "type": "nature",
                "status": "state",
                "priority": "prio",
                "title": "headline",
                "address": "location.text",
                "summary": "narrative",
                "lat": "location.y",
                "lon": "location.x",
            },
            "times": {"at": "epoch_ms", "opened_at": "epoch_ms"},
        }

    def say(self, agency: str, body: Statement, same_as: str) -> Spoken:
        """One call, times in milliseconds."""
        assert isinstance(body, Incident)
        number = body.id.split(":")[4]
        call = {
            "tracking": {"urn": body.id, "number": number},
            "received": round((body.opened_at or body.at).timestamp() * 1000),
            "modified": round(body.at.timestamp() * 1000),
            "nature": _NATURES.get(body.type, body.type.upper()),
            "state": _STATES[body.status],
            "prio": str(body.priority),
            "headline": body.title,
            "narrative": body.summary,
            "location": {"text": body.address, "x": body.lon, "y": body.lat},
            "beat": "B-12",
        }
        payload = json.dumps({"calls": [call]}, separators=(",", ":")).encode()
        return Spoken(f"json/{agency}/{number}", payload, retain=True)


TONGUE = _CadJson()
