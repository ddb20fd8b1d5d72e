"""A zone from the hand that draws it to the maps of another agency, and off them again."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.end_to_end.desks import DeskProcess

_OLD_DOWD_ROAD = (35.2425, -80.953)


def _zone(seen: dict[str, Any], name: str) -> dict[str, Any]:
    return next((zone for zone in seen["zones"] if zone.get("name") == name), {})


def test_that_a_hot_zone_drawn_by_hand_stands_on_anothers_map_until_its_owner_ends_it(
    desk_of: Callable[..., DeskProcess],
) -> None:
    drawing = desk_of(agency="charlotte-fire", role="dispatcher")
    seeing = desk_of(agency="york-county-em", role="commander")
    for desk in (drawing, seeing):
        desk.start()
    for desk in (drawing, seeing):
        desk.until_online()
    lat, lon = _OLD_DOWD_ROAD
    drawing.tell("map_menu", lat=lat, lon=lon, entry="Draw circle here")
    drawing.tell("map_type", text="1000", key="Return")
    drawing.tell("type", name="Name", text="Hot zone 1 km")
    drawing.tell("press", name="Publish")
    seen = seeing.until(lambda now: _zone(now, "Hot zone 1 km"), "the zone")
    zone = _zone(seen, "Hot zone 1 km")
    assert (zone["agency"], zone["kind"], zone["by"]) == ("charlotte-fire", "hot_zone", "dispatcher charlotte-fire")
    assert zone["form"] == {"shape": "circle", "points": zone["form"]["points"], "radius_m": 1000.0}
    assert zone["form"]["points"] == [[pytest.approx(lon, abs=1e-3), pytest.approx(lat, abs=1e-3)]]
    drawing.until(lambda now: now["deliveries"][-1]["state"] == "sent", "sent")
    key = {"kind": "zone", "agency": "charlotte-fire", "id": zone["id"]}
    assert seeing.tell("on_map", **key)
    seeing.tell("select", **key)
    with pytest.raises(AssertionError, match="only they change it"):
        seeing.tell("press", name="Change zone")
    drawing.tell("press", name="End zone…")
    drawing.tell("press", name="End zone")
    seeing.until(lambda now: not now["zones"], "the zone gone")
    assert not seeing.tell("on_map", **key)
