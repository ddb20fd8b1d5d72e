"""Digitraffic's ships, each file under the topic that its form has."""

import json
from datetime import UTC, datetime

import pytest

from cop.domain.report import Report
from cop.domain.unit import Position, Unit
from cop.feeds.message import BadMessage, Message

from ..payloads import adapter_of
from . import NOW, Marks, Row, bodies, messages, only

KNOT_MPS = 1852 / 3600
#: the samples of version 2 say nowhere whose they are: that is what their topic is for
MMSI = 230123456


def check(row: Row, marks: Marks) -> None:
    """One message."""
    with marks.message(row.file):
        said = json.loads(row.bytes)
        form = row.file.rpartition("/")[2].removesuffix(".json")
        if form == "vessels-v2_status":
            assert decode(row, "vessels-v2/status") == []
        elif form in ("vessels-v2_location", "sentinels"):
            with pytest.raises(BadMessage, match="whose"):
                decode(row, "")
            check_location(
                decode(row, f"vessels-v2/{MMSI}/location"), MMSI, said, said["lat"], said["lon"], said["time"]
            )
        elif form == "vessels-v2_metadata":
            check_metadata(decode(row, f"vessels-v2/{MMSI}/metadata"), MMSI, said)
        elif form == "v1_metadata":
            check_metadata(decode(row, ""), 255805753, said["data"])
        else:
            assert form == "v1_location_geojson"
            fields = said["data"]["properties"]
            lon, lat = said["data"]["geometry"]["coordinates"]
            check_location(decode(row, ""), 563907000, fields, lat, lon, fields["timestampExternal"] / 1000)


def decode(row: Row, topic: str) -> list[Report]:
    """What comes out of the file's one message."""
    (one,) = messages("digitraffic-ais", row)
    return adapter_of("digitraffic-ais").decode(Message(topic, one.payload, NOW))


def check_location(
    reports: list[Report], mmsi: int, said: dict[str, float], lat: float, lon: float, seconds: float
) -> None:
    """Unit and position; what the standard has for unknown is unknown."""
    unit, position = only(reports, Unit), only(reports, Position)
    assert unit.id == position.id == str(mmsi)
    assert unit.status == {0: "under_way", 5: "moored"}[int(said["navStat"])]
    assert (position.lat, position.lon) == (lat, lon)
    assert position.at == datetime.fromtimestamp(seconds, UTC)
    assert position.speed_mps == (None if said["sog"] == 102.3 else pytest.approx(said["sog"] * KNOT_MPS))
    assert position.course_deg == (None if said["cog"] == 360 else said["cog"])


def check_metadata(reports: list[Report], mmsi: int, said: dict[str, float]) -> None:
    """The unit alone; a draught of 68 is 6.8 m."""
    assert bodies(reports, Position) == []
    unit = only(reports, Unit)
    assert (unit.id, unit.callsign, unit.kind) == (str(mmsi), said["name"], "vessel")
    assert abs(unit.at.timestamp() - said["timestamp"] / 1000) < 0.001
    assert reports[0].losses["draught"] == f"{said['draught'] / 10} m"


CHECKS = {"digitraffic-ais": check}
