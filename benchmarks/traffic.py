"""Positions as agencies publish them, made before the clock starts."""

import math
from datetime import UTC, datetime, timedelta

from benchmarks.mosquitto import packet
from cop.domain.incident import Incident
from cop.domain.unit import Position
from cop.feeds.adapters import cop_json

ROOT = "cop/v1"


def positions(count: int, units: int) -> bytes:
    """`count` position messages of `units` units, each newer than the one before."""
    start = datetime.now(UTC) - timedelta(seconds=60)
    packets = []
    for number in range(count):
        unit, turn = number % units, number // units
        angle = unit * 2.399 + turn * 0.001
        body = Position(
            id=f"unit-{unit}",
            at=start + timedelta(milliseconds=turn * 10),
            lat=round(35.2 + 0.3 * math.sin(angle), 6),
            lon=round(-80.9 + 0.3 * math.cos(angle), 6),
            course_deg=float(unit % 360),
            speed_mps=12.5,
        )
        packets.append(packet(f"{ROOT}/agency-{unit % 12}/position/unit-{unit}", cop_json.encode(body)))
    return b"".join(packets)


def marker(name: str) -> bytes:
    """An incident: it arrives after everything published before it."""
    body = Incident(id=name, at=datetime.now(UTC), rev=1, title=name)
    return packet(f"{ROOT}/bench/incident/{name}", cop_json.encode(body))
