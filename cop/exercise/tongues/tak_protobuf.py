"""TAK protocol version 1 (protobuf, mesh framing): a team's handsets by way of a gateway."""

from datetime import datetime
from html import escape
from typing import Any

from cop.exercise.lines import slug
from cop.exercise.movement import Fix
from cop.exercise.tongues import Speaker, Spoken

_MESH_HEADER = b"\xbf\x01\xbf"
_UNKNOWN = 9_999_999.0


class _TakProtobuf:
    has_words = True

    def unit_id(self, agency: str, callsign: str, number: int) -> str:
        return f"{agency}.{slug(callsign)}"

    def topics(self, agency: str) -> str:
        return f"takproto/{agency}/#"

    def options(self, kind: str) -> dict[str, Any]:
        return {}

    def position(self, speaker: Speaker, fix: Fix, at: datetime, stale_s: float) -> list[Spoken]:
        """Times in ms since the epoch; `opex` marks the exercise; our own words stand in `xmlDetail`."""
        from takproto.proto import TakMessage  # noqa: PLC0415 - a desk asks for topics alone, and starts without it

        now = int(at.timestamp() * 1000)
        message = TakMessage()
        event = message.cotEvent
        event.type, event.how, event.uid, event.opex = "a-f-G-U-C", "m-g", speaker.id, "e"
        event.sendTime, event.startTime, event.staleTime = now, now, now + int(stale_s * 1000)
        event.lat, event.lon = round(fix.place[0], 6), round(fix.place[1], 6)
        event.hae, event.ce, event.le = _UNKNOWN if fix.alt_m is None else fix.alt_m, 6.0, _UNKNOWN
        event.detail.contact.callsign = speaker.callsign
        event.detail.track.speed = round(fix.speed_mps, 1)
        if fix.course_deg is not None:
            event.detail.track.course = round(fix.course_deg % 360.0, 1)
        event.detail.xmlDetail = f'<cop kind="{escape(speaker.kind)}" status="{escape(speaker.status)}"/>'
        payload = _MESH_HEADER + message.SerializeToString(deterministic=True)
        return [Spoken(f"takproto/{speaker.agency}/{speaker.id}", payload)]


TONGUE = _TakProtobuf()
