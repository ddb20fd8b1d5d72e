"""TAIP (Trimble ASCII Interface Protocol): what the modems in patrol cars send, `RPV` alone."""

from datetime import datetime
from functools import reduce
from operator import xor
from typing import Any

from cop.exercise.lines import slug
from cop.exercise.movement import Fix
from cop.exercise.tongues import Speaker, Spoken

_MPH_A_MPS = 3600 / 1609.344
_GPS_AND_FRESH = "12"  # three-dimensional GPS; less than 10 s old


class _Taip:
    has_words = False

    def unit_id(self, agency: str, callsign: str, number: int) -> str:
        return slug(callsign)

    def topics(self, agency: str) -> str:
        return f"taip/{agency}/#"

    def options(self, kind: str) -> dict[str, Any]:
        return {"kind": kind}

    def position(self, speaker: Speaker, fix: Fix, at: datetime, stale_s: float) -> list[Spoken]:
        """Seconds of the day, degrees × 1e5 with sign, miles an hour, degrees, source and age; id and checksum."""
        seconds = at.hour * 3600 + at.minute * 60 + at.second
        lat, lon = (round(value * 1e5) for value in fix.place)
        course = round(fix.course_deg or 0.0) % 360
        speed = min(999, round(fix.speed_mps * _MPH_A_MPS))
        body = f">RPV{seconds:05d}{lat:+08d}{lon:+09d}{speed:03d}{course:03d}{_GPS_AND_FRESH};ID={speaker.id};*"
        check = reduce(xor, body.encode(), 0)
        return [Spoken(f"taip/{speaker.agency}/{speaker.id}", f"{body}{check:02X}<".encode())]


TONGUE = _Taip()
