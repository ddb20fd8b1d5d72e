"""Work zones and devices on the road."""

import json
import re
from datetime import datetime
from typing import Any

from cop.domain.area import Zone

from . import Marks, Row, decode

CLOSED = {"all-lanes-closed": "road_closure", "some-lanes-closed": "lane_closure"}


def check(row: Row, marks: Marks) -> None:
    """Every feature gives its zone, the first with what the row says of it."""
    features = json.loads(row.bytes)["features"]
    zones = [report.body for report in decode("wzdx", row)]
    with marks.message(row.file):
        assert len(zones) == len(features) == row.count
        check_first(row, zones[0])
    for feature, zone in list(zip(features, zones, strict=True))[1:]:
        with marks.message(f"{row.file} {feature['id']}"):
            check_feature(feature, zone)


def check_first(row: Row, zone: Any) -> None:
    """What the row says of the first feature."""
    assert isinstance(zone, Zone)
    assert zone.id == (row.said("first id") or "").replace("/", "%2F").replace("+", "%2B")
    assert zone.geometry["type"] == row.said("geometry")
    start, end = row.said("start"), row.said("end")
    feature = json.loads(row.bytes)["features"][0]
    if row.said("event_type") in {None, "arrow-board"}:  # the row's reader did not know camelCase, nor devices
        core = feature["properties"].get("coreDetails", {})
        start, end = feature["properties"].get("startDate"), feature["properties"].get("endDate")
        assert zone.kind == ("lane_closure" if core else "road_device")
    else:
        impact = row.said("vehicle_impact") or ""
        assert zone.kind == CLOSED.get(impact, "road_work")
        roads = re.findall(r"'([^']+)'", row.says.partition("road=")[2].partition("]")[0])
        assert zone.name.startswith(", ".join(roads))
    assert zone.starts_at == (datetime.fromisoformat(start) if start else None)
    assert zone.expires_at == (datetime.fromisoformat(end) if end else None)
    check_feature(feature, zone)


def check_feature(feature: dict[str, Any], zone: Any) -> None:
    """By an own reading of the feature: its place, its time and its words."""
    assert isinstance(zone, Zone)
    properties = feature["properties"]
    core = properties.get("core_details") or properties.get("coreDetails") or properties
    assert zone.id == feature["id"].replace("/", "%2F").replace("+", "%2B")
    assert zone.geometry == feature["geometry"]
    assert zone.at == datetime.fromisoformat(core.get("update_date") or core["updateDate"])
    assert core.get("description", "") in zone.summary
    assert not zone.deleted


CHECKS = {"wzdx": check}
