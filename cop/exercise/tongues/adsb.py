"""Aircraft as a receiver at the airport writes them (readsb's aircraft.json)."""

import json
from datetime import datetime
from typing import Any

from cop.exercise.movement import Fix
from cop.exercise.tongues import Speaker, Spoken

_FIRST_ADDRESS = 0xA4F000
_FEET_A_METRE = 1 / 0.3048
_KNOTS_A_MPS = 3600 / 1852


class _Adsb:
    has_words = True

    def unit_id(self, agency: str, callsign: str, number: int) -> str:
        return f"{_FIRST_ADDRESS + number:06x}"

    def topics(self, agency: str) -> str:
        return f"adsb/{agency}/#"

    def options(self, kind: str) -> dict[str, Any]:
        return {}

    def position(self, speaker: Speaker, fix: Fix, at: datetime, stale_s: float) -> list[Spoken]:
        """One aircraft: heights in feet, speed in knots; the position was seen 0.4 s before `now`."""
        height_ft = round((fix.alt_m or 0.0) * _FEET_A_METRE / 25) * 25
        aircraft: dict[str, object] = {
            "hex": speaker.id,
            "type": "adsb_icao",
            "flight": f"{speaker.callsign.replace(' ', ''):<8}",
            "alt_baro": height_ft,
            "alt_geom": height_ft,
            "gs": round(fix.speed_mps * _KNOTS_A_MPS, 1),
            "squawk": f"{4200 + speaker.number % 70:04d}",
            "emergency": "none",
            "category": "A3",
            "lat": round(fix.place[0], 6),
            "lon": round(fix.place[1], 6),
            "seen_pos": 0.4,
            "seen": 0.1,
            "messages": 4100,
            "rssi": -14.2,
        }
        if fix.course_deg is not None:
            aircraft["track"] = round(fix.course_deg % 360.0, 2)
        said = {"now": round(at.timestamp() + 0.4, 1), "messages": 91_000, "aircraft": [aircraft]}
        return [Spoken(f"adsb/{speaker.agency}/receiver", json.dumps(said, separators=(",", ":")).encode())]


TONGUE = _Adsb()
