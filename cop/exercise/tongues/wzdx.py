"""WZDx 4.2 (US DOT, Work Zone Data Exchange): roads closed, from a road authority's centre."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from cop.domain.area import Zone
from cop.domain.statement import Statement
from cop.exercise.tongues import Spoken, rfc3339

#: how long a closure is planned for where nobody says
_PLANNED = timedelta(hours=6)


class _Wzdx:
    words: ClassVar[dict[str, dict[str, str | int]]] = {}

    def options(self, agencies: Sequence[str]) -> dict[str, Any]:
        return {}

    def say(self, agency: str, body: Statement, same_as: str) -> Spoken:
        """A feed of one road event; a closure that was lifted has ended."""
        assert isinstance(body, Zone)
        now = rfc3339(body.at)
        details = {
            "event_type": "work-zone",
            "data_source_id": agency,
            "road_names": [body.name],
            "direction": "undefined",
            "description": body.summary or body.name,
            "update_date": now,
        }
        feature = {
            "id": body.id,
            "type": "Feature",
            "properties": {
                "core_details": details,
                "start_date": rfc3339(body.starts_at or body.at),
                "end_date": now if body.deleted else rfc3339(body.expires_at or body.at + _PLANNED),
                "is_start_date_verified": True,
                "is_end_date_verified": body.deleted,
                "vehicle_impact": "all-lanes-closed",
                "location_method": "channel-device-method",
            },
            "geometry": body.geometry or None,
        }
        source = {"data_source_id": agency, "organization_name": agency, "update_date": now}
        info = {"publisher": agency, "version": "4.2", "update_date": now, "data_sources": [source]}
        feed = {"feed_info": info, "type": "FeatureCollection", "features": [feature]}
        return Spoken(f"wzdx/{agency}/{body.id}", json.dumps(feed, separators=(",", ":")).encode(), retain=True)


TONGUE = _Wzdx()
