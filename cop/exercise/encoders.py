"""Positions in the formats that other agencies' systems speak. Each function gives a topic and its payload."""

import json
from datetime import datetime, timedelta

from lxml import etree

from cop.exercise.movement import Fix

#: CoT event types (MIL-STD-2525 symbol hierarchy as CoT writes it) by kind of unit; atoms, friendly
_COT_TYPES = {
    "helicopter": "a-f-A-C-H",
    "air_ambulance": "a-f-A-C-H",
    "drone": "a-f-A-C-F-q",
    "boat": "a-f-S-X-L",
    "command_post": "a-f-G-I-G",
    "person": "a-f-G-U-C",
}
_COT_VEHICLE = "a-f-G-E-V-C"
_COT_UNKNOWN = "9999999.0"
HFP_OPERATOR = "0704"


def root(name: str) -> str:
    """The root of an exercise's foreign formats; our own stand below its `v1`."""
    return f"exercise/{name}"


def cot_topic(name: str, agency: str, uid: str) -> str:
    """Where an agency's Cursor on Target events of one unit go."""
    return f"{root(name)}/cot/{agency}/{uid}"


def cot(*, uid: str, callsign: str, kind: str, status: str, fix: Fix, at: datetime, stale_s: float) -> bytes:
    """A Cursor on Target 2.0 event (MITRE MP090284, Event.xsd): `opex="e"` marks the exercise.

    `track` is metres a second and degrees true; `<cop>` carries our words for kind and status.
    """
    event = etree.Element(
        "event",
        version="2.0",
        uid=uid,
        type=_COT_TYPES.get(kind, _COT_VEHICLE),
        how="m-g",
        opex="e",
        time=_zulu(at),
        start=_zulu(at),
        stale=_zulu(at + timedelta(seconds=stale_s)),
    )
    etree.SubElement(
        event,
        "point",
        lat=f"{fix.place[0]:.6f}",
        lon=f"{fix.place[1]:.6f}",
        hae=_COT_UNKNOWN if fix.alt_m is None else f"{fix.alt_m:.1f}",
        ce="6.0",
        le=_COT_UNKNOWN,
    )
    detail = etree.SubElement(event, "detail")
    etree.SubElement(detail, "contact", callsign=callsign)
    if fix.course_deg is not None:
        etree.SubElement(detail, "track", speed=f"{fix.speed_mps:.1f}", course=f"{fix.course_deg % 360.0:.1f}")
    etree.SubElement(detail, "cop", kind=kind, status=status)
    payload: bytes = etree.tostring(event, xml_declaration=True, encoding="UTF-8", standalone=True)
    return payload


def owntracks_topic(name: str, agency: str, device: str) -> str:
    """`owntracks/<user>/<device>` (OwnTracks Booklet, "Topics"), the agency being the user."""
    return f"{root(name)}/owntracks/{agency}/{device}"


def owntracks(*, callsign: str, fix: Fix, at: datetime) -> bytes:
    """An OwnTracks `location` (Booklet, "JSON"): `vel` in km/h, `tst` in whole seconds."""
    location: dict[str, object] = {
        "_type": "location",
        "lat": round(fix.place[0], 6),
        "lon": round(fix.place[1], 6),
        "acc": 6,
        "tst": int(at.timestamp()),
        "tid": "".join(letter for letter in callsign if letter.isalnum())[-2:],
        "t": "t",
        "conn": "m",
        "vel": round(fix.speed_mps * 3.6),
    }
    if fix.course_deg is not None:
        location["cog"] = round(fix.course_deg) % 360
    if fix.alt_m is not None:
        location["alt"] = round(fix.alt_m)
    return json.dumps(location, separators=(",", ":")).encode()


def hfp_topic(name: str, vehicle: int, *, line: int, direction: int, headsign: str, place: tuple[float, float]) -> str:
    """An HFP v2 topic (Digitransit, "High-frequency positioning", topic levels) for a vehicle position."""
    head = f"{root(name)}/hfp/v2/journey/ongoing/vp/bus/{HFP_OPERATOR}/{vehicle:05d}"
    return f"{head}/{line}/{direction}/{headsign}/14:05/{9000 + line}/5/{_hfp_geohash(place)}"


def hfp(*, vehicle: int, line: int, direction: int, fix: Fix, at: datetime) -> bytes:
    """An HFP v2 `VP` event: `spd` in m/s, `hdg` in whole degrees, `acc` the acceleration (here unknown)."""
    event = {
        "desi": str(line),
        "dir": str(direction),
        "oper": int(HFP_OPERATOR),
        "veh": vehicle,
        "tst": _zulu(at),
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
    return json.dumps({"VP": event}, separators=(",", ":")).encode()


def _hfp_geohash(place: tuple[float, float]) -> str:
    """Degrees, then the first three decimals of both, level by level: `35;-80/22/15/48`."""
    lat, lon = (f"{abs(value):.3f}" for value in place)
    signs = ["-" if value < 0 else "" for value in place]
    whole = f"{signs[0]}{lat.split('.')[0]};{signs[1]}{lon.split('.')[0]}"
    return "/".join([whole, *(f"{a}{b}" for a, b in zip(lat.split(".")[1], lon.split(".")[1], strict=True))])


def _zulu(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
