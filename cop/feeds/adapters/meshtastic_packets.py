"""Packets of Meshtastic as gateways publish them in JSON: whose they are, where, and how exact."""

from math import cos, hypot, radians
from typing import Any

import msgspec

from cop.feeds.adapters import strict_json
from cop.feeds.message import BadMessage

BROADCAST = 0xFFFFFFFF
FULL_PRECISION = 32
_NO_NODE = frozenset({0, BROADCAST})
_METRES_A_DEGREE = 111_195.0  # of a great circle on the mean sphere


class Packet(msgspec.Struct):
    """A packet, its payload still as it came; camel case is how some bridges write it."""

    type: str
    payload: msgspec.Raw = msgspec.Raw(b"{}")
    sent_by: int | str | None = msgspec.field(name="from", default=None)
    to: int | str | None = None
    id: int | str | None = None
    timestamp: float | None = None
    sender: str | None = None


class Fix(msgspec.Struct):
    """Payload of a position."""

    latitude_i: int | None = None
    longitude_i: int | None = None
    lat_camel: int | None = msgspec.field(name="latitudeI", default=None)
    lon_camel: int | None = msgspec.field(name="longitudeI", default=None)
    altitude: float | None = None
    time: float | None = None
    timestamp: float | None = None
    ground_speed: float | None = None
    speed_camel: float | None = msgspec.field(name="groundSpeed", default=None)
    ground_track: int | None = None
    track_camel: int | None = msgspec.field(name="groundTrack", default=None)
    precision_bits: int | None = None
    precision_camel: int | None = msgspec.field(name="precisionBits", default=None)


class Naming(msgspec.Struct):
    """Payload of a node info."""

    id: str | None = None
    longname: str | None = None
    shortname: str | None = None
    longname_camel: str | None = msgspec.field(name="longName", default=None)
    shortname_camel: str | None = msgspec.field(name="shortName", default=None)
    role: int | str | None = None


class Waypoint(msgspec.Struct):
    """Payload of a waypoint."""

    id: int
    name: str = ""
    description: str = ""
    expire: float | None = None
    latitude_i: int | None = None
    longitude_i: int | None = None
    lat_camel: int | None = msgspec.field(name="latitudeI", default=None)
    lon_camel: int | None = msgspec.field(name="longitudeI", default=None)


PACKET = msgspec.json.Decoder(Packet)
FIX = msgspec.json.Decoder(Fix)
NAMING = msgspec.json.Decoder(Naming)
WAYPOINT = msgspec.json.Decoder(Waypoint)


def payload_of(packet: Packet) -> dict[str, Any]:
    """The payload as an object; an empty one where it is none."""
    said = strict_json.loads(bytes(packet.payload))
    return said if isinstance(said, dict) else {}


def node_of(packet: Packet, topic: str) -> tuple[str, bool]:
    """The node that sent the packet, and whether that had to be taken from its gateway. Raises BadMessage."""
    if packet.sent_by is not None:
        number = number_of(packet.sent_by)
        if number is None or number in _NO_NODE:
            raise BadMessage("from is no node")
        return f"!{number:08x}", False
    if packet.type == "nodeinfo":
        said = payload_of(packet).get("id")
        number = number_of(said) if isinstance(said, str) else None
        if number is not None and number not in _NO_NODE:
            return f"!{number:08x}", False
    for gateway in (packet.sender, topic.rpartition("/")[2]):
        number = number_of(gateway) if gateway and gateway.startswith("!") else None
        if number is not None and number not in _NO_NODE:
            return f"!{number:08x}", True
    raise BadMessage("neither packet nor topic says which node")


def number_of(said: int | str) -> int | None:
    """A node's number: signed and unsigned figures, `!` and eight hexadecimal digits. None if it is none."""
    if isinstance(said, int):
        return said & BROADCAST if -(2**31) <= said <= BROADCAST else None
    text = said.strip()
    if text == "^all":  # the word of the apps for everybody
        return BROADCAST
    digits, base = (text[1:], 16) if text.startswith("!") else (text.removeprefix("-"), 10)
    if not 1 <= len(digits) <= 10 or not digits.isalnum() or not digits.isascii():
        return None
    try:
        number = int(digits, base)
    except ValueError:
        return None
    return number_of(-number if text.startswith("-") else number)


def place_of(fix: Fix | Waypoint) -> tuple[float, float] | None:
    """Degrees; None where one of them is missing or both are 0. Raises BadMessage outside the globe."""
    lat = fix.latitude_i if fix.latitude_i is not None else fix.lat_camel
    lon = fix.longitude_i if fix.longitude_i is not None else fix.lon_camel
    if lat is None or lon is None or (lat == 0 and lon == 0):
        return None
    if not (-900_000_000 <= lat <= 900_000_000 and -1_800_000_000 <= lon <= 1_800_000_000):
        raise BadMessage("coordinates are outside the globe")
    return lat / 1e7, lon / 1e7


def accuracy_of(bits: int | None, lat: float) -> float | None:
    """How far from the middle of its cell a blurred position may be.

    A node that blurs sends the middle of a cell of 2**(32 - bits) steps of 1e-7 degrees each way; half its diagonal.
    """
    if bits is None or not 1 <= bits < FULL_PRECISION:
        return None
    half_m = (1 << (31 - bits)) * 1e-7 * _METRES_A_DEGREE
    return round(min(hypot(half_m, half_m * cos(radians(lat))), 1e7), 1)


def course_of(track: int | None) -> float | None:
    """A course: the firmware sends 1e-5 degrees in steps of 1,000, the protocol's text says 1e-2 degrees.

    A figure that fits both is unknown.
    """
    if track is None or not 0 <= track <= 36_000_000:
        return None
    if track > 36_000:
        return track / 1e5
    return None if track and track % 1000 == 0 else track / 1e2
