"""Meshtastic JSON (firmware's MQTT module): radios of volunteers, heard by a gateway on a roof."""

import json
from datetime import datetime
from typing import Any

from cop.exercise.movement import Fix
from cop.exercise.tongues import Speaker, Spoken

_FIRST_NODE = 0x7A3C0000
_GATEWAY = "!7a3cffff"
_EVERYBODY = 4_294_967_295
#: the node's name goes out so often
_NAME_EVERY_S = 30


class _Meshtastic:
    has_words = True

    def unit_id(self, agency: str, callsign: str, number: int) -> str:
        return f"!{_FIRST_NODE + number:08x}"

    def topics(self, agency: str) -> str:
        return f"msh/US/2/json/{agency}/#"

    def options(self, kind: str) -> dict[str, Any]:
        return {"kind": kind}

    def position(self, speaker: Speaker, fix: Fix, at: datetime, stale_s: float) -> list[Spoken]:
        """A `position` packet, `latitude_i` in 1e-7 degrees; the first one follows a `nodeinfo` with the name."""
        seconds = int(at.timestamp())
        said = [self._packet(speaker, at, "position", _position(fix, seconds))]
        if seconds % _NAME_EVERY_S < 2:
            words = "".join(letter for letter in speaker.callsign if letter.isalnum())
            name = {"id": speaker.id, "longname": speaker.callsign, "shortname": words[-4:], "hardware": 9}
            said.insert(0, self._packet(speaker, at, "nodeinfo", name))
        return said

    def _packet(self, speaker: Speaker, at: datetime, kind: str, payload: dict[str, object]) -> Spoken:
        node = int(speaker.id[1:], 16)
        packet = {
            "channel": 0,
            "from": node,
            "hops_away": 1,
            "id": (node * 31 + int(at.timestamp() * 1000) * 7 + (kind == "nodeinfo")) % _EVERYBODY,
            "payload": payload,
            "rssi": -97,
            "sender": _GATEWAY,
            "snr": 6.25,
            "timestamp": int(at.timestamp()),
            "to": _EVERYBODY,
            "type": kind,
        }
        topic = f"msh/US/2/json/{speaker.agency}/{_GATEWAY}"
        return Spoken(topic, json.dumps(packet, separators=(",", ":")).encode())


def _position(fix: Fix, seconds: int) -> dict[str, object]:
    position: dict[str, object] = {
        "latitude_i": round(fix.place[0] * 1e7),
        "longitude_i": round(fix.place[1] * 1e7),
        "precision_bits": 32,
        "time": seconds,
        "ground_speed": round(fix.speed_mps),
        "sats_in_view": 9,
    }
    if fix.course_deg is not None:
        position["ground_track"] = round(fix.course_deg % 360.0 * 1e5)
    return position


TONGUE = _Meshtastic()
