"""HSL high-frequency positioning v2 (Digitransit, "High-frequency positioning"): buses."""

import json
from datetime import datetime
from typing import Any

from cop.exercise.movement import Fix
from cop.exercise.tongues import Speaker, Spoken, zulu

_OPERATOR = "0704"


class _Hfp:
    has_words = False

    def unit_id(self, agency: str, callsign: str, number: int) -> str:
        return f"{_OPERATOR}-{number:05d}"

    def topics(self, agency: str) -> str:
        return f"hfp/v2/journey/ongoing/vp/+/{_OPERATOR}/#"

    def options(self, kind: str) -> dict[str, Any]:
        return {}

    def position(self, speaker: Speaker, fix: Fix, at: datetime, stale_s: float) -> list[Spoken]:
        """A `VP` event: `spd` in m/s, `hdg` in whole degrees, `acc` the acceleration (here unknown)."""
        number = speaker.number
        line, direction = number % 100, 1 + number % 2
        event = {
            "desi": str(line),
            "dir": str(direction),
            "oper": int(_OPERATOR),
            "veh": number,
            "tst": zulu(at),
            "tsi": int(at.timestamp()),
            "spd": round(fix.speed_mps, 2),
            "hdg": None if fix.course_deg is None else round(fix.course_deg) % 360,
            "lat": round(fix.place[0], 6),
            "long": round(fix.place[1], 6),
            "acc": None,
            "dl": 0,
            "odo": None,
            "drst": 0,
            "oday": at.date().isoformat(),
            "jrn": 1,
            "line": line,
            "start": "14:05",
            "loc": "GPS",
            "stop": None,
            "route": str(line),
            "occu": 0,
        }
        head = f"hfp/v2/journey/ongoing/vp/bus/{_OPERATOR}/{number:05d}"
        topic = f"{head}/{line}/{direction}/Uptown/14:05/{9000 + line}/5/{_geohash(fix.place)}"
        return [Spoken(topic, json.dumps({"VP": event}, separators=(",", ":")).encode())]


def _geohash(place: tuple[float, float]) -> str:
    """Degrees, then the first three decimals of both, level by level: `35;-80/22/15/48`."""
    lat, lon = (f"{abs(value):.3f}" for value in place)
    signs = ["-" if value < 0 else "" for value in place]
    whole = f"{signs[0]}{lat.split('.')[0]};{signs[1]}{lon.split('.')[0]}"
    return "/".join([whole, *(f"{a}{b}" for a, b in zip(lat.split(".")[1], lon.split(".")[1], strict=True))])


TONGUE = _Hfp()
