"""OwnTracks (Booklet, "JSON" and "Topics"): phones, the agency being the user."""

import json
from datetime import datetime
from typing import Any

from cop.exercise.lines import slug
from cop.exercise.movement import Fix
from cop.exercise.tongues import Speaker, Spoken
from cop.feeds.adapters.readings import identifier_of


class _OwnTracks:
    has_words = False

    def unit_id(self, agency: str, callsign: str, number: int) -> str:
        return identifier_of(agency, slug(callsign))

    def topics(self, agency: str) -> str:
        return f"owntracks/{agency}/#"

    def options(self, kind: str) -> dict[str, Any]:
        return {"kind": kind}  # the format has no word for what a device is mounted on

    def position(self, speaker: Speaker, fix: Fix, at: datetime, stale_s: float) -> list[Spoken]:
        """A `location`: `vel` in km/h, `tst` in whole seconds; kept, as by the app's setting pubRetain."""
        location: dict[str, object] = {
            "_type": "location",
            "lat": round(fix.place[0], 6),
            "lon": round(fix.place[1], 6),
            "acc": 6,
            "tst": int(at.timestamp()),
            "tid": "".join(letter for letter in speaker.callsign if letter.isalnum())[-2:],
            "t": "t",
            "conn": "m",
            "vel": round(fix.speed_mps * 3.6),
        }
        if fix.course_deg is not None:
            location["cog"] = round(fix.course_deg) % 360
        if fix.alt_m is not None:
            location["alt"] = round(fix.alt_m)
        topic = f"owntracks/{speaker.agency}/{slug(speaker.callsign)}"
        return [Spoken(topic, json.dumps(location, separators=(",", ":")).encode(), retain=True)]


TONGUE = _OwnTracks()
