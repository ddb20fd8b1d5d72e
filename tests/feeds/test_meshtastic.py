"""Meshtastic over several packets: copies through many gateways, names that stay, accuracy of blurred places."""

from math import cos, hypot, radians
from typing import Any

import msgspec
import pytest

from cop.domain.report import Report
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import meshtastic
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.message import BadMessage, Message

from .payloads import RECEIVED_AT, adapter_of

NODE = 0x4D657A21
HERE = {"latitude_i": 352271000, "longitude_i": -808431000, "time": 1777895940}


def heard(
    adapter: Adapter, kind: str, payload: dict[str, Any], gateway: str = "!00000001", **fields: Any
) -> list[Report]:
    """What comes out of a packet that a gateway heard."""
    packet = {"from": NODE, "type": kind, "payload": payload, "sender": gateway, "timestamp": 1777895950, **fields}
    return adapter.decode(Message(f"msh/US/2/json/CharMeck/{gateway}", msgspec.json.encode(packet), RECEIVED_AT))


def test_that_a_packet_heard_by_three_gateways_is_one_report() -> None:
    adapter = adapter_of("meshtastic")
    found = [heard(adapter, "position", HERE, f"!0000000{gateway}", id=77) for gateway in (1, 2, 3)]
    assert [len(reports) for reports in found] == [2, 0, 0]


def test_that_two_nodes_may_use_the_same_packet_id() -> None:
    adapter = adapter_of("meshtastic")
    assert heard(adapter, "position", HERE, id=77)
    assert heard(adapter, "position", HERE, id=77, **{"from": NODE + 1})


def test_that_a_copy_which_cannot_be_used_does_not_hide_a_good_one() -> None:
    adapter = adapter_of("meshtastic")
    with pytest.raises(BadMessage):
        heard(adapter, "position", {"latitude_i": 990_000_000, "longitude_i": 0}, id=77)
    assert heard(adapter, "position", HERE, "!00000002", id=77)


def test_that_packets_without_end_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meshtastic, "_PACKETS_REMEMBERED", 50)
    monkeypatch.setattr(meshtastic, "_NODES_REMEMBERED", 50)
    adapter = adapter_of("meshtastic")
    for number in range(500):
        heard(adapter, "nodeinfo", {"longname": f"N{number}"}, id=number + 1, **{"from": NODE + number})
    assert isinstance(adapter, meshtastic.Meshtastic)
    assert len(adapter._young) + len(adapter._old) <= 100
    assert len(adapter._nodes) <= 50
    assert heard(adapter, "nodeinfo", {"longname": "N499"}, id=500, **{"from": NODE + 499}) == []


def test_that_a_name_stays_with_the_node_and_a_battery_is_news() -> None:
    adapter = adapter_of("meshtastic")
    (named,) = heard(adapter, "nodeinfo", {"longname": "CMFD Battalion 3", "shortname": "B3"}, id=1)
    assert isinstance(named.body, Unit)
    located = heard(adapter, "position", {**HERE, "time": 1777895951}, id=2)
    assert [type(report.body) for report in located] == [Position]
    (battery,) = heard(adapter, "telemetry", {"battery_level": 12, "voltage": 3.4}, id=3)
    assert isinstance(battery.body, Unit)
    assert battery.body.callsign == "CMFD Battalion 3"
    assert battery.losses["battery_level"] == "12"
    assert battery.losses["shortname"] == "B3"
    (line,) = heard(adapter, "text", {"text": "on scene"}, id=4)
    assert line.body.by == "CMFD Battalion 3"


@pytest.mark.parametrize("bits", range(1, 33))
def test_that_the_true_place_lies_within_the_accuracy_of_a_blurred_one(bits: int) -> None:
    lat_i, lon_i = 352271234, -808431567
    mask = (0xFFFFFFFF << (32 - bits)) & 0xFFFFFFFF

    def blurred(figure: int) -> int:  # as the firmware does: keep the upper bits, then the middle of the cell
        kept = figure & mask
        kept += 1 << (31 - bits) if bits < 32 else 0
        return kept - (1 << 32) if kept >= 1 << 31 else kept

    lat, lon = blurred(lat_i), blurred(lon_i)
    if not (abs(lat) <= 900_000_000 and abs(lon) <= 1_800_000_000):
        return  # so few bits that the middle is no place
    reports = heard(
        adapter_of("meshtastic"), "position", {**HERE, "latitude_i": lat, "longitude_i": lon, "precision_bits": bits}
    )
    (position,) = (report.body for report in reports if isinstance(report.body, Position))
    if bits == 32:
        assert position.accuracy_m is None
        return
    north_m = (lat_i - lat) * 1e-7 * 111_195
    east_m = (lon_i - lon) * 1e-7 * 111_195 * cos(radians(lat / 1e7))
    assert position.accuracy_m is not None
    assert hypot(north_m, east_m) <= position.accuracy_m + 0.1


def test_that_an_unknown_unit_of_speed_is_refused_when_the_feed_starts() -> None:
    with pytest.raises(ValueError, match="ground_speed"):
        adapter_of("meshtastic", {"ground_speed": "mph"})
