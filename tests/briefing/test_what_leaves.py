"""State and GeoJSON: what leaves the app says whose word it is, and nothing it does not know."""

import json

from shapely import box
from shapely.geometry import shape

from cop.briefing.state import state
from cop.domain.area import Alert, Jurisdiction, Zone, ZoneForm
from cop.domain.batch import Batch, Delivered
from cop.domain.command import HandOver, IncidentCommand
from cop.domain.consent import Consent, Pause
from cop.domain.flat import rfc3339
from cop.domain.lettered_grid import cell_at
from cop.domain.zone_forms import geometry_of
from cop.picture.change import Change
from cop.picture.ground import Ground
from cop.picture.home import HomeGround
from cop.picture.picture import Picture
from tests.briefing.exported import feature_collection
from tests.reports import answer, at, incident, positions_batch, report, resource, task, unit

_SQUARE = {"type": "Polygon", "coordinates": [[[-81, 35], [-80.9, 35], [-80.9, 35.1], [-81, 35]]]}


def _picture() -> Picture:
    picture = Picture()
    picture.apply(positions_batch(("gastonia-fd", "hazmat-4", 35.26, -81.18, 0)))
    picture.apply(
        Batch(
            epoch=1,
            reports=[
                report("gastonia-fd", unit("hazmat-4", callsign="<b>Hazmat 4</b>", status="available")),
                report("gastonia-fd", unit("engine-2")),
                report("charlotte-fire", incident("i1", lat=35.2425, lon=-80.953, priority=1)),
                report("gastonia-fd", resource("foam", quantity=3)),
                report("charlotte-fire", task("t1")),
                report("gastonia-fd", answer("t1", "declined", reason="On a fire")),
                report("nws-gsp", Alert(id="a1", at=at(0), event="Flood Warning", geometry=_SQUARE)),
                report("nws-gsp", Alert(id="a2", at=at(0), event="Flood Watch")),
                report("charlotte-fire", Zone(id="z1", at=at(0), rev=1, kind="hot_zone", geometry=_SQUARE)),
            ],
        )
    )
    return picture


def test_that_the_state_says_agency_times_and_source_of_everything() -> None:
    seen = state(_picture(), at(100))
    hazmat, engine = seen["units"]
    assert (hazmat["agency"], hazmat["lat"], hazmat["stale"]) == ("gastonia-fd", 35.26, True)
    assert hazmat["source"] == {"feed": "feed", "format": "cop-json", "original_id": "hazmat-4"}
    assert hazmat["reported_at"] == "2026-11-02T12:00:00.000Z"
    assert "lat" not in engine
    assert not engine["stale"]
    (asked,) = seen["tasks"]
    assert (asked["state"], asked["answer"]["reason"], asked["assignee"]) == (
        "declined",
        "On a fire",
        "gastonia-fd/hazmat-4",
    )
    for table in ("incidents", "resources", "tasks", "zones"):
        for entry in seen[table]:
            assert {"agency", "reported_at", "received_at", "feed", "original"} <= set(entry)


def test_that_the_state_of_an_action_under_way_is_told() -> None:
    picture = _picture()
    picture.mark([Delivered("incident", "charlotte-fire", "i1", "pending")], Change())
    assert state(picture, at(0))["deliveries"] == [
        {"kind": "incident", "agency": "charlotte-fire", "id": "i1", "state": "pending", "reason": ""}
    ]


def test_that_geojson_has_lon_before_lat_and_null_where_no_place_is_known() -> None:
    document = json.loads(json.dumps(feature_collection(_picture(), at(0)), allow_nan=False))
    places = {feature["id"]: feature["geometry"] for feature in document["features"]}
    assert places["unit/gastonia-fd/hazmat-4"] == {"type": "Point", "coordinates": [-81.18, 35.26]}
    assert places["incident/charlotte-fire/i1"]["coordinates"] == [-80.953, 35.2425]
    assert places["unit/gastonia-fd/engine-2"] is None
    assert places["resource/gastonia-fd/foam"] is None
    assert places["zone/charlotte-fire/z1"] == _SQUARE
    assert places["alert/nws-gsp/a1"] == _SQUARE
    assert places["alert/nws-gsp/a2"] is None
    assert document["as_of"] == "2026-11-02T12:00:00.000Z"


def test_that_what_leaves_says_which_places_are_doubtful_and_that_a_bare_request_asks_nobody() -> None:
    home = HomeGround(Ground([Jurisdiction("g", "g", "county", "fire", "gastonia-fd", box(-82, 35, -81, 36), 1.0)]))
    picture = Picture(home)
    picture.apply(positions_batch(("gastonia-fd", "near", 35.26, -81.18, 0), ("gastonia-fd", "far", 0.0, 0.0, 0)))
    told = [
        report("gastonia-fd", incident("i1", lat=75.0, lon=37.0)),
        report("gastonia-fd", incident("i2", lat=35.2, lon=-81.5)),
        report("state-em", task("bare", assignee_agency="", unit="")),
    ]
    picture.apply(Batch(epoch=1, reports=told))
    seen = state(picture, at(0))
    assert [one.get("doubtful", False) for one in (*seen["units"], *seen["incidents"])] == [False, True, True, False]
    assert seen["tasks"][0]["assignee"] == ""
    features = {one["id"]: one["properties"] for one in feature_collection(picture, at(0))["features"]}
    assert features["unit/gastonia-fd/far"]["doubtful"] is True


def test_that_a_lettered_grid_leaves_with_its_form_and_each_cell_by_its_name() -> None:
    form = ZoneForm(shape="grid", points=((-81.0, 35.0), (-80.9, 35.1)), columns=3, rows=2)
    grid = Zone(id="g", at=at(0), kind="reference_grid", name="Search", form=form, geometry=geometry_of(form))
    picture = Picture()
    picture.apply(Batch(epoch=1, reports=[report("a", grid)]))
    document = json.loads(json.dumps(feature_collection(picture, at(1)), allow_nan=False))
    zone, *cells = document["features"]
    assert zone["properties"]["form"] == {
        "shape": "grid",
        "points": [[-81.0, 35.0], [-80.9, 35.1]],
        "columns": 3,
        "rows": 2,
    }
    assert [one["properties"]["name"] for one in cells] == ["A1", "B1", "C1", "A2", "B2", "C2"]
    assert len({one["id"] for one in document["features"]}) == 7
    for one in cells:
        west, south, east, north = shape(one["geometry"]).bounds
        assert cell_at(form, (south + north) / 2, (west + east) / 2) == one["properties"]["name"]
        assert shape(one["geometry"]).exterior.is_ccw


def test_that_grids_without_end_do_not_fill_the_disk_of_who_saves_the_picture() -> None:
    form = ZoneForm(shape="grid", points=((-81.0, 35.0), (-80.9, 35.1)), columns=100, rows=100)
    grids = [Zone(id=f"g{number}", at=at(0), form=form, geometry=geometry_of(form)) for number in range(5)]
    picture = Picture()
    picture.apply(Batch(epoch=1, reports=[report("a", one) for one in grids]))
    assert len(feature_collection(picture, at(1))["features"]) == 20_000 + 5


def test_that_only_grids_that_hold_leave_cell_by_cell_and_a_huge_one_leaves_out_none() -> None:
    huge = ZoneForm(shape="grid", points=((-81.0, 35.0), (-80.9, 35.1)), columns=100, rows=100)
    small = ZoneForm(shape="grid", points=((-81.0, 35.0), (-80.9, 35.1)), columns=2, rows=1)
    told = [Zone(id=f"huge-{number}", at=at(0), form=huge, geometry=geometry_of(huge)) for number in range(3)]
    told.append(Zone(id="over", at=at(-90), form=small, geometry=geometry_of(small), expires_at=at(-1)))
    told.append(Zone(id="ours", at=at(0), form=small, geometry=geometry_of(small)))
    picture = Picture()
    picture.apply(Batch(epoch=1, reports=[report("a", one) for one in told]))
    cells = [one for one in feature_collection(picture, at(0))["features"] if "grid" in one["properties"]]
    grids = [one["properties"]["grid"] for one in cells]
    assert grids.count("ours") == 2
    assert "over" not in grids


def test_that_pauses_of_consent_and_past_hand_overs_leave_with_the_state() -> None:
    picture = _picture()
    said = [
        Consent(
            id="a~1", at=at(0), rev=2, agreement="a", clause="1", pauses=(Pause(since=at(0), standing=("x/y/z",)),)
        ),
        IncidentCommand(
            id="x~i", at=at(0), rev=3, incident_agency="x", incident="i", took=(HandOver(agency="y", rev=1),)
        ),
    ]
    picture.apply(Batch(epoch=2, reports=[report("gastonia-fd", one) for one in said]))
    told = json.loads(json.dumps(state(picture, at(1))))
    assert told["consents"][0]["pauses"] == [{"since": rfc3339(at(0)), "standing": ["x/y/z"]}]
    assert told["commands"][0]["took"] == [{"agency": "y", "rev": 1}]
