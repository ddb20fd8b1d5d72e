"""Meshtastic JSON."""

import json
import re
from datetime import UTC, datetime

from cop.domain.report import Report
from cop.domain.unit import Position, Unit
from cop.feeds.message import Message

from ..payloads import adapter_of
from . import NOW, Marks, Row, bodies, messages, only


def check(row: Row, marks: Marks) -> None:
    """One packet: the node is the sender of the packet, never the gateway; figures are those of the file."""
    (one,) = messages("meshtastic", row)
    packet = json.loads(one.payload)
    topic = "msh/2/json/CHANNEL/!00c0ffee" if "id must come from the topic" in row.says else ""
    with marks.message(row.file):
        reports = adapter_of("meshtastic").decode(Message(topic, one.payload, NOW))
        check_packet(row, packet, reports, topic)


def check_packet(row: Row, packet: dict, reports: list[Report], topic: str) -> None:
    """What came out of one packet."""
    unit = only(reports, Unit)
    node = re.search(r"![0-9a-f]{8}", row.says)
    if "from" in packet:
        number = packet["from"]
        assert unit.id == (number if isinstance(number, str) else f"!{number:08x}")
        assert unit.id != packet.get("sender") or packet["type"] == "nodeinfo"
        assert node is None or unit.id == node[0]
    else:
        assert unit.id == packet.get("sender", topic.rpartition("/")[2])
    time = packet.get("timestamp")
    assert unit.at == (NOW if time is None else datetime.fromtimestamp(time, UTC))
    said = packet["payload"]
    lat, lon = (said.get(f"{name}_i", said.get(f"{name}I")) for name in ("latitude", "longitude"))
    if lat is None or lon is None:
        assert bodies(reports, Position) == []
    else:
        position = only(reports, Position)
        assert (position.lat, position.lon) == (lat / 1e7, lon / 1e7)
        said_place = re.search(r"lat=(\S+) lon=([-0-9.]+)", row.says)
        assert said_place is None or (float(said_place[1]), float(said_place[2])) == (position.lat, position.lon)
        assert position.alt_m == said.get("altitude")
        assert position.accuracy_m is None
    if packet["type"] == "nodeinfo":
        assert unit.callsign == said["longname"]
    if packet["type"] == "telemetry":
        (report,) = reports
        assert report.losses["battery_level"] == str(said["battery_level"])


CHECKS = {"meshtastic-json": check}
