"""Positions as agencies publish them, made before the clock starts."""

import math
from datetime import UTC, datetime, timedelta

from benchmarks.mosquitto import packet
from cop.domain.incident import Incident
from cop.domain.unit import Position
from cop.feeds.adapters import cop_json

ROOT = "cop/v1"


def place(unit: int, turn: float) -> tuple[float, float]:
    """Where a unit is at a turn: latitude and longitude around Charlotte, in degrees."""
    angle = unit * 2.399 + turn * 0.001
    reach = 0.05 + 0.3 * (unit % 97) / 97
    return round(35.2 + reach * math.sin(angle), 6), round(-80.9 + reach * math.cos(angle), 6)


def positions(count: int, units: int) -> bytes:
    """`count` position messages of `units` units, each newer than the one before."""
    start = datetime.now(UTC) - timedelta(seconds=60)
    packets = []
    for number in range(count):
        unit, turn = number % units, number // units
        lat, lon = place(unit, turn)
        body = Position(
            id=f"unit-{unit}",
            at=start + timedelta(milliseconds=turn * 10),
            lat=lat,
            lon=lon,
            course_deg=float(unit % 360),
            speed_mps=12.5,
        )
        packets.append(packet(f"{ROOT}/agency-{unit % 12}/position/unit-{unit}", cop_json.encode(body)))
    return b"".join(packets)


def marker(name: str) -> bytes:
    """An incident: it arrives after everything published before it."""
    body = Incident(id=name, at=datetime.now(UTC), rev=1, title=name)
    return packet(f"{ROOT}/bench/incident/{name}", cop_json.encode(body))
