"""AIS class B (ITU-R M.1371-5, messages 18 and 24) in NMEA sentences, as a shore receiver passes them on."""

from datetime import datetime
from typing import Any

from cop.exercise.movement import Fix
from cop.exercise.tongues import Speaker, Spoken

#: a small craft of the United States (366), as the exercise numbers them
_FIRST_MMSI = 366_990_000
_LAW_ENFORCEMENT = 55
_KNOTS_A_MPS = 3600 / 1852


class _Ais:
    has_words = False

    def unit_id(self, agency: str, callsign: str, number: int) -> str:
        return str(_FIRST_MMSI + number)

    def topics(self, agency: str) -> str:
        return f"ais/{agency}/#"

    def options(self, kind: str) -> dict[str, Any]:
        return {}

    def position(self, speaker: Speaker, fix: Fix, at: datetime, stale_s: float) -> list[Spoken]:
        """A position report and, twice a minute, the name; speed in knots, the second of the fix alone."""
        from pyais.encode import encode_dict  # noqa: PLC0415 - a desk asks for topics alone, and starts without it

        report: dict[str, str | int | float | bytes | bool] = {
            "type": 18,
            "mmsi": speaker.id,
            "lat": fix.place[0],
            "lon": fix.place[1],
            "speed": min(102.2, fix.speed_mps * _KNOTS_A_MPS),
            "course": 360.0 if fix.course_deg is None else fix.course_deg % 360.0,
            "heading": 511,
            "second": at.second,
            "accuracy": 1,
        }
        sentences = encode_dict(report, sentence_type="VDM", radio_channel="B")
        if at.second % 30 < 2:
            name: dict[str, str | int | float | bytes | bool] = {
                "type": 24,
                "partno": 0,
                "mmsi": speaker.id,
                "shipname": speaker.callsign.upper()[:20],
            }
            kind: dict[str, str | int | float | bytes | bool] = {
                "type": 24,
                "partno": 1,
                "mmsi": speaker.id,
                "ship_type": _LAW_ENFORCEMENT,
            }
            for static in (name, kind):
                sentences += encode_dict(static, sentence_type="VDM", radio_channel="B")
        return [Spoken(f"ais/{speaker.agency}/receiver", "\r\n".join(sentences).encode())]


TONGUE = _Ais()
