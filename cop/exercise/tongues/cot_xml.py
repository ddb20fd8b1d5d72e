"""Cursor on Target 2.0 (MITRE MP090284, Event.xsd), as TAK servers pass it on."""

from datetime import datetime, timedelta
from typing import Any

from lxml import etree

from cop.exercise.lines import slug
from cop.exercise.movement import Fix
from cop.exercise.tongues import Speaker, Spoken, zulu

#: CoT event types (MIL-STD-2525 symbol hierarchy as CoT writes it) by kind of unit; atoms, friendly
_TYPES = {
    "helicopter": "a-f-A-C-H",
    "air_ambulance": "a-f-A-C-H",
    "drone": "a-f-A-C-F-q",
    "boat": "a-f-S-X-L",
    "command_post": "a-f-G-I-G",
    "person": "a-f-G-U-C",
}
_VEHICLE = "a-f-G-E-V-C"
_UNKNOWN = "9999999.0"


class _CotXml:
    has_words = True

    def unit_id(self, agency: str, callsign: str, number: int) -> str:
        return f"{agency}.{slug(callsign)}"

    def topics(self, agency: str) -> str:
        return f"cot/{agency}/#"

    def options(self, kind: str) -> dict[str, Any]:
        return {}

    def position(self, speaker: Speaker, fix: Fix, at: datetime, stale_s: float) -> list[Spoken]:
        """`opex="e"` marks the exercise; `track` is m/s and degrees true; `<cop>` carries our kind and status."""
        event = etree.Element(
            "event",
            version="2.0",
            uid=speaker.id,
            type=_TYPES.get(speaker.kind, _VEHICLE),
            how="m-g",
            opex="e",
            time=zulu(at),
            start=zulu(at),
            stale=zulu(at + timedelta(seconds=stale_s)),
        )
        etree.SubElement(
            event,
            "point",
            lat=f"{fix.place[0]:.6f}",
            lon=f"{fix.place[1]:.6f}",
            hae=_UNKNOWN if fix.alt_m is None else f"{fix.alt_m:.1f}",
            ce="6.0",
            le=_UNKNOWN,
        )
        detail = etree.SubElement(event, "detail")
        etree.SubElement(detail, "contact", callsign=speaker.callsign)
        if fix.course_deg is not None:
            etree.SubElement(detail, "track", speed=f"{fix.speed_mps:.1f}", course=f"{fix.course_deg % 360.0:.1f}")
        etree.SubElement(detail, "cop", kind=speaker.kind, status=speaker.status)
        payload: bytes = etree.tostring(event, xml_declaration=True, encoding="UTF-8", standalone=True)
        return [Spoken(f"cot/{speaker.agency}/{speaker.id}", payload)]


TONGUE = _CotXml()
