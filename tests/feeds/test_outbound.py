"""What goes out in other formats says what we know, and no more; our own adapter reads it back."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from cop.domain.area import Alert, Zone
from cop.domain.incident import Incident
from cop.domain.log import LogEntry
from cop.domain.report import Report, Retraction, Source
from cop.domain.resource import Resource
from cop.domain.statement import Statement
from cop.domain.task import Task
from cop.domain.unit import Position, Unit
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.message import Message
from cop.feeds.outbound import WRITERS, Outgoing, Writer, make_writer
from cop.feeds.outbound import cot as cot_writing
from cop.feeds.outbound import geojson as geojson_writing

from .payloads import adapter_of

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
AGENCY = "charlotte-fire"
RING = [[-80.95, 35.24], [-80.94, 35.24], [-80.94, 35.25], [-80.95, 35.24]]
AREA = {"type": "Polygon", "coordinates": [RING]}


def said(body: Any, *, seconds: float = 1.0, agency: str = AGENCY, **fields: Any) -> Report:
    """A report that came in after the body's time."""
    received_at = body.at + timedelta(seconds=seconds)
    return Report(agency=agency, body=body, source=Source(feed="f", format="x"), received_at=received_at, **fields)


def at(seconds: float) -> datetime:
    """A moment after noon."""
    return NOON + timedelta(seconds=seconds)


def unit(seconds: float = 0.0, **fields: Any) -> Unit:
    """Words of Engine 30."""
    return Unit(id="e30", at=at(seconds), **{"callsign": "Engine 30", "kind": "engine", "status": "en_route", **fields})


def position(seconds: float = 0.0, **fields: Any) -> Position:
    """A fix of Engine 30."""
    return Position(id="e30", at=at(seconds), **{"lat": 35.2271, "lon": -80.8431, **fields})


def read(payload: bytes, adapter: Adapter | None = None) -> list[Report]:
    """What our own adapter makes of an event."""
    return (adapter or adapter_of("cot-xml")).decode(Message("tak/out", payload, at(60)))


def events(*reports: Report, writer: Writer | None = None) -> list[Any]:
    """The events that reports give rise to, parsed."""
    writer = writer or make_writer("cot-xml")
    return [etree.fromstring(one.payload) for report in reports for one in writer.take(report)]


def bodies(*reports: Report) -> list[Statement]:
    """What our own adapter reads of all that reports give rise to."""
    writer, adapter = make_writer("cot-xml"), adapter_of("cot-xml")
    return [one.body for report in reports for out in writer.take(report) for one in read(out.payload, adapter)]


TEXT = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=40).filter(str.isprintable).map(str.strip)
NAMES = TEXT.filter(bool)
LATS, LONS = st.floats(-89.9, 89.9).filter(lambda lat: abs(lat) > 1e-6), st.floats(-179.9, 179.9)
MOMENTS = st.integers(0, 10**10).map(lambda ms: NOON - timedelta(days=200) + timedelta(milliseconds=ms % 10**10))
FIGURES = st.none() | st.floats(0, 300).map(lambda figure: round(figure, 3))
KINDS = st.sampled_from(["unknown", "engine", "ambulance", "air_ambulance", "boat", "ferry", "drone", "sensor"]) | NAMES
EXACT = 1e-7


@given(
    words=st.builds(Unit, id=st.just("e30"), at=MOMENTS, callsign=NAMES, kind=KINDS, status=NAMES),
    fix=st.builds(
        Position,
        id=st.just("e30"),
        at=MOMENTS,
        lat=LATS,
        lon=LONS,
        alt_m=FIGURES,
        course_deg=FIGURES,
        speed_mps=FIGURES,
        accuracy_m=FIGURES,
    ),
    exercise=st.booleans(),
)
@settings(deadline=None)
def test_that_a_unit_is_read_back_as_it_was_written(words: Unit, fix: Position, exercise: bool) -> None:
    writer = make_writer("cot-xml")
    writer.take(said(words, exercise=exercise))
    stale_at = fix.at + timedelta(minutes=2)
    *_, out = writer.take(said(fix, exercise=exercise, stale_at=stale_at))
    back, place = read(out.payload)
    assert (back.exercise, place.exercise, place.stale_at) == (exercise, exercise, stale_at)
    assert isinstance(back.body, Unit)
    assert isinstance(place.body, Position)
    assert (back.body.callsign, back.body.kind, back.body.status) == (words.callsign, words.kind, words.status)
    assert place.body == msgspec.structs.replace(fix, id=place.body.id, lat=place.body.lat, lon=place.body.lon)
    assert place.body.lat == pytest.approx(fix.lat, abs=EXACT)
    assert place.body.lon == pytest.approx(fix.lon, abs=EXACT)
    assert back.body.id == place.body.id


@given(
    body=st.builds(
        Incident,
        id=st.just("i1"),
        at=MOMENTS,
        type=st.sampled_from(["fire", "mass_casualty", "unknown"]) | NAMES,
        priority=st.integers(1, 5),
        status=st.sampled_from(["open", "active", "contained"]),
        title=NAMES,
        address=TEXT,
        summary=TEXT,
        lat=LATS,
        lon=LONS,
    ),
    exercise=st.booleans(),
)
@settings(deadline=None)
def test_that_an_incident_is_read_back_as_it_was_written(body: Incident, exercise: bool) -> None:
    (out,) = make_writer("cot-xml").take(said(body, exercise=exercise))
    (back,) = read(out.payload)
    assert back.exercise == exercise
    assert isinstance(back.body, Incident)
    assert back.body == msgspec.structs.replace(body, id=back.body.id, lat=back.body.lat, lon=back.body.lon)
    assert (back.body.lat, back.body.lon) == (
        pytest.approx(body.lat, abs=EXACT),
        pytest.approx(body.lon, abs=EXACT),
    )


PLACES = st.tuples(LONS, LATS).map(lambda place: [round(place[0], 6), round(place[1], 6)])
LINES = st.lists(PLACES, min_size=2, max_size=6).filter(lambda line: line[0] != line[-1])
GEOMETRIES = st.one_of(
    PLACES.map(lambda place: {"type": "Point", "coordinates": place}),
    LINES.map(lambda line: {"type": "LineString", "coordinates": line}),
    st.lists(PLACES, min_size=3, max_size=6).map(
        lambda ring: {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
    ),
)


@given(
    body=st.builds(
        Zone,
        id=st.just("z1"),
        at=MOMENTS,
        kind=st.sampled_from(["hot_zone", "road_closure", "perimeter"]) | NAMES,
        name=NAMES,
        summary=TEXT,
        geometry=GEOMETRIES,
        starts_at=st.none() | MOMENTS,
        expires_at=st.none() | MOMENTS.map(lambda moment: moment + timedelta(days=400)),
    ),
    exercise=st.booleans(),
)
@settings(deadline=None)
def test_that_a_zone_is_read_back_as_it_was_written(body: Zone, exercise: bool) -> None:
    (out,) = make_writer("cot-xml").take(said(body, exercise=exercise))
    (back,) = read(out.payload)
    assert back.exercise == exercise
    assert back.body == msgspec.structs.replace(body, id=back.body.id)


@given(
    body=st.builds(
        Alert,
        id=st.just("a1"),
        at=MOMENTS,
        event=NAMES,
        headline=NAMES,
        description=TEXT,
        area=TEXT,
        severity=st.sampled_from(["Extreme", "Severe", "Moderate", "Minor", "Unknown"]),
        urgency=st.sampled_from(["Immediate", "Expected", "Unknown"]),
        certainty=st.sampled_from(["Observed", "Likely", "Unknown"]),
        geometry=st.none() | GEOMETRIES,
        starts_at=st.none() | MOMENTS,
        expires_at=st.none() | MOMENTS.map(lambda moment: moment + timedelta(days=400)),
    ),
    exercise=st.booleans(),
)
@settings(deadline=None)
def test_that_an_alert_is_read_back_as_it_was_written(body: Alert, exercise: bool) -> None:
    (out,) = make_writer("cot-xml").take(said(body, exercise=exercise))
    (back,) = read(out.payload)
    assert back.exercise == exercise
    assert back.body == msgspec.structs.replace(body, id=back.body.id)


@given(text=st.text(max_size=60))
@settings(deadline=None)
def test_that_no_text_makes_an_event_that_is_no_xml(text: str) -> None:
    writer = make_writer("cot-xml")
    writer.take(said(unit(callsign=text, kind=text, status=text)))
    reports = [
        said(position(), agency="a.b"),
        said(Incident(id="i", at=NOON, title=text, summary=text, address=text, type=text, lat=1.0, lon=2.0)),
        said(Zone(id="z", at=NOON, name=text, kind=text, summary=text, geometry=AREA)),
        said(Alert(id="a", at=NOON, event=text, headline=text, description=text, instruction=text, area=text)),
    ]
    for report in reports:
        for out in writer.take(report):
            assert read(out.payload, adapter_of("cot-xml", agency=report.agency))


def test_that_a_unit_goes_out_when_its_words_and_its_place_are_known() -> None:
    writer = make_writer("cot-xml")
    assert [one.get("type") for one in events(said(unit()), writer=writer)] == ["b-a-o-can"]
    (event,) = events(said(position(5.0, course_deg=90.0, speed_mps=12.5)), writer=writer)
    assert (event.get("type"), event.get("how"), event.get("opex")) == ("a-f-G-E-V-C", "m-g", None)
    assert event.get("time") == "2026-05-04T12:00:05.000Z"
    assert event.find("detail/contact").get("callsign") == "Engine 30"
    assert dict(event.find("detail/track").attrib) == {"speed": "12.5", "course": "90.0"}
    assert event.find("point").get("hae") == event.find("point").get("ce") == "9999999.0"


def test_that_words_which_are_news_do_not_make_an_old_place_fresh() -> None:
    stale_at = at(60)
    writer = make_writer("cot-xml")
    events(said(unit()), said(position(), stale_at=stale_at), writer=writer)
    (event,) = events(said(unit(600, status="on_scene")), writer=writer)
    assert event.find("detail/cop").get("status") == "on_scene"
    assert (event.get("time"), event.get("stale")) == ("2026-05-04T12:00:00.000Z", "2026-05-04T12:01:00.000Z")


def test_that_late_words_and_places_do_not_go_out() -> None:
    writer = make_writer("cot-xml")
    events(said(unit(10)), said(position(10)), writer=writer)
    assert events(said(unit(5, callsign="OLD")), said(position(5)), writer=writer) == []


def test_that_a_unit_without_words_goes_out_by_its_id() -> None:
    (event,) = events(said(position()))
    assert event.find("detail/contact").get("callsign") == "e30"


def test_that_a_call_for_help_goes_out_and_ends() -> None:
    writer, adapter = make_writer("cot-xml"), adapter_of("cot-xml")
    outs = [
        *writer.take(said(position())),
        *writer.take(said(unit(1))),
        *writer.take(said(unit(2, status="emergency"))),
        *writer.take(said(position(3))),
        *writer.take(said(unit(4, status="on_scene"))),
    ]
    types = [etree.fromstring(one.payload).get("type") for one in outs]
    atom = "a-f-G-E-V-C"
    assert types == ["a-f-G", "b-a-o-can", atom, "b-a-o-tbl", atom, atom, "b-a-o-can", atom]
    assert {one.id for one in outs} == {"e30", "e30-9-1-1"}
    found = [report.body for out in outs for report in read(out.payload, adapter)]
    statuses = [body.status for body in found if isinstance(body, Unit)]
    assert statuses == ["unknown", "en_route", "emergency", "on_scene"]
    assert [body.at for body in found if isinstance(body, Position)] == [at(0), at(0), at(0), at(3), at(3)]


def test_that_a_call_for_help_without_a_place_is_read_back_and_ends_with_a_place() -> None:
    found = bodies(
        said(unit(1, status="emergency")), said(position(2)), said(unit(3, status="on_scene")), said(position(4))
    )
    statuses = [body.status for body in found if isinstance(body, Unit)]
    assert (statuses[0], statuses[-1]) == ("emergency", "on_scene")
    assert "unknown" not in statuses


def test_that_a_call_for_help_goes_out_without_a_place() -> None:
    (event,) = events(said(unit(status="emergency")))
    assert (event.get("type"), event.find("point").get("lat")) == ("b-a-o-tbl", "0.0000000")
    assert event.find("detail/link").get("uid") == "cop.unit.charlotte-fire.e30"


def test_that_an_exercise_is_marked_for_clients_that_show_no_opex_and_shares_no_uid_with_live_work() -> None:
    writer = make_writer("cot-xml")
    live, drill = [
        events(said(unit(), exercise=exercise), said(position(), exercise=exercise), writer=writer)[-1]
        for exercise in (False, True)
    ]
    assert (live.get("opex"), drill.get("opex")) == (None, "e")
    assert drill.find("detail/contact").get("callsign") == "EXERCISE Engine 30"
    assert live.find("detail/contact").get("callsign") == "Engine 30"
    assert (live.get("uid"), drill.get("uid")) == (
        "cop.unit.charlotte-fire.e30",
        "cop-exercise.unit.charlotte-fire.e30",
    )


def test_that_no_two_objects_share_a_uid() -> None:
    same = [
        said(position(), agency="a"),
        said(Incident(id="e30", at=NOON, lat=1.0, lon=2.0), agency="a"),
        said(Zone(id="e30", at=NOON, geometry=AREA), agency="a"),
        said(Alert(id="e30", at=NOON, event="x"), agency="a"),
        said(msgspec.structs.replace(position(), id="b.e30"), agency="a"),
        said(msgspec.structs.replace(position(), id="e30"), agency="a.b"),
    ]
    uids = [event.get("uid") for report in same for event in events(report)]
    assert len(set(uids)) == len(same)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (Incident(id="x", at=at(1), status="closed", lat=1.0, lon=2.0), "incident"),
        (Incident(id="x", at=at(1), deleted=True), "incident"),
        (Zone(id="x", at=at(1), deleted=True), "zone"),
        (Zone(id="x", at=at(1), geometry=AREA, expires_at=at(1)), "zone"),
        (Alert(id="x", at=at(1), event="y", deleted=True), "alert"),
        (Alert(id="x", at=at(1), event="y", geometry=AREA, expires_at=at(0)), "alert"),
        (Unit(id="x", at=at(1), deleted=True), "unit"),
        (Retraction(id="x", at=at(1), kind="unit"), "unit"),
        (Retraction(id="x", at=at(1), kind="zone"), "zone"),
        (Retraction(id="x", at=at(1), kind="incident"), "incident"),
    ],
)
def test_that_what_is_over_or_taken_back_is_deleted(body: Any, kind: str) -> None:
    (event,) = events(said(body))
    assert event.get("type") == "t-x-d-d"
    assert event.find("detail/link").get("uid") == f"cop.{kind}.charlotte-fire.x"
    assert event.find("detail/__forcedelete") is not None
    assert bodies(said(body)) == [Retraction(id=f"cop.{kind}.charlotte-fire.x", at=at(1), kind=kind)]


def test_that_a_unit_taken_back_in_an_emergency_ends_it() -> None:
    writer = make_writer("cot-xml")
    events(said(unit(status="emergency")), writer=writer)
    found = events(said(Retraction(id="e30", at=at(9), kind="unit")), writer=writer)
    assert [event.get("type") for event in found] == ["b-a-o-can", "t-x-d-d"]


def test_that_an_incident_that_loses_its_place_is_taken_off_the_map() -> None:
    writer = make_writer("cot-xml")
    here, nowhere = Incident(id="i", at=NOON, lat=1.0, lon=2.0), Incident(id="i", at=at(1))
    assert events(said(nowhere), writer=writer) == []
    found = events(said(here), said(nowhere), said(nowhere), writer=writer)
    assert [event.get("type") for event in found] == ["b-m-p-s-m", "t-x-d-d"]


def test_that_a_zone_of_several_parts_is_several_drawings_and_fewer_when_it_has_fewer() -> None:
    writer = make_writer("cot-xml")
    several = {"type": "MultiPolygon", "coordinates": [[RING], [[[one[0] + 1, one[1]] for one in RING], RING]]}
    first = writer.take(said(Zone(id="z", at=NOON, name="Flood", geometry=several)))
    assert [one.id for one in first] == ["z", "z.2"]
    assert b"openings" in first[1].payload
    then = writer.take(said(Zone(id="z", at=at(1), name="Flood", geometry=AREA)))
    types = [(one.id, etree.fromstring(one.payload).get("type")) for one in then]
    assert types == [("z", "u-d-f"), ("z.2", "t-x-d-d")]


def test_that_a_zone_with_very_many_parts_goes_out_in_part() -> None:
    many = {"type": "MultiPoint", "coordinates": [[-80.0, 35.0 + number / 1e3] for number in range(200)]}
    assert len(events(said(Zone(id="z", at=NOON, geometry=many)))) == cot_writing._MAX_PARTS


def test_that_an_alert_of_a_test_is_an_exercise_and_a_draft_stays_here() -> None:
    (test,) = events(said(Alert(id="a", at=NOON, event="Tornado Warning", status="Test", geometry=AREA)))
    assert test.get("opex") == "e"
    assert test.find("detail/contact").get("callsign") == "EXERCISE Tornado Warning"
    assert events(said(Alert(id="a", at=NOON, event="Tornado Warning", status="Draft", geometry=AREA))) == []


def test_that_an_alert_takes_the_place_of_those_it_supersedes_or_calls_off() -> None:
    new = Alert(id="b", at=NOON, event="Flood", geometry=AREA, supersedes=("a",))
    assert [event.get("type") for event in events(said(new))] == ["t-x-d-d", "u-d-f"]
    off = Alert(id="c", at=NOON, event="Flood", cancels=("b",))
    assert [one.body.id for one in read(make_writer("cot-xml").take(said(off))[0].payload)] == [
        "cop.alert.charlotte-fire.b"
    ]


def test_that_an_alert_without_a_place_is_a_chat_to_everybody() -> None:
    (event,) = events(said(Alert(id="a", at=NOON, event="Boil Water Notice", description="Until <further> notice")))
    assert event.get("type") == "b-t-f"
    assert event.find("detail/__chat").get("chatroom") == "All Chat Rooms"
    assert "Until <further> notice" in event.find("detail/remarks").text


def test_that_a_position_at_zero_is_none() -> None:
    assert events(said(position(lat=0.0, lon=0.0))) == []


def test_that_what_cot_cannot_say_does_not_go_out() -> None:
    task = Task(id="t", at=NOON, objective="x", assignee_agency="y", unit="z")
    for body in (task, Resource(id="r", at=NOON, name="x"), LogEntry(id="l", at=NOON, text="x")):
        assert events(said(body)) == []


def test_that_units_without_end_do_not_fill_a_writers_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cot_writing, "_OBJECTS_REMEMBERED", 10)
    monkeypatch.setattr(geojson_writing, "_UNITS_REMEMBERED", 10)
    for form in ("cot-xml", "geojson"):
        writer: Any = make_writer(form)
        for number in range(50):
            writer.take(said(msgspec.structs.replace(unit(), id=f"u{number}")))
            writer.take(said(msgspec.structs.replace(position(), id=f"u{number}")))
            writer.take(said(Incident(id=f"i{number}", at=NOON, lat=1.0, lon=2.0)))
        assert len(writer._units) <= 10
        assert len(getattr(writer, "_shown", ())) <= 10


def feature(*reports: Report) -> dict[str, Any]:
    """The last Feature that reports give rise to."""
    writer = make_writer("geojson")
    outs: list[Outgoing] = [out for report in reports for out in writer.take(report)]
    found: dict[str, Any] = json.loads(outs[-1].payload)
    assert found["type"] == "Feature"
    return found


def test_that_a_unit_is_one_feature_of_its_words_and_its_fix() -> None:
    found = feature(said(unit(5)), said(position(1, alt_m=200.0, speed_mps=3.0), stale_at=at(61)))
    assert found["id"] == "charlotte-fire/unit/e30"
    assert found["geometry"] == {"type": "Point", "coordinates": [-80.8431, 35.2271, 200.0]}
    properties = found["properties"]
    assert (properties["report"], properties["callsign"], properties["status"]) == ("unit", "Engine 30", "en_route")
    assert (properties["reported_at"], properties["words_reported_at"], properties["stale_at"]) == (
        "2026-05-04T12:00:01.000Z",
        "2026-05-04T12:00:05.000Z",
        "2026-05-04T12:01:01.000Z",
    )
    assert "lat" not in properties


def test_that_a_unit_without_a_fix_is_a_feature_without_geometry() -> None:
    assert feature(said(unit()))["geometry"] is None
    assert (
        feature(said(unit()), said(position()), said(Retraction(id="e30", at=at(1), kind="position")))["geometry"]
        is None
    )


def test_that_zones_incidents_and_resources_are_features() -> None:
    zone = feature(said(Zone(id="z", at=NOON, name="Hot", geometry=AREA)))
    assert (zone["geometry"], zone["properties"]["name"]) == (AREA, "Hot")
    incident = feature(said(Incident(id="i", at=NOON, title="Fire", lat=35.0, lon=-80.0), exercise=True))
    assert incident["geometry"] == {"type": "Point", "coordinates": [-80.0, 35.0]}
    assert incident["properties"]["exercise"] is True
    assert incident["id"] == "exercise/charlotte-fire/incident/i"
    assert feature(said(Resource(id="r", at=NOON, name="Beds")))["geometry"] is None


@pytest.mark.parametrize("body", [Zone(id="z", at=NOON, deleted=True), Retraction(id="z", at=NOON, kind="zone")])
def test_that_what_is_gone_is_a_feature_that_says_so(body: Any) -> None:
    found = feature(said(body))
    assert found["geometry"] is None
    assert found["properties"]["deleted"] is True
    assert found["id"] == "charlotte-fire/zone/z"


def test_that_late_words_make_no_feature() -> None:
    writer = make_writer("geojson")
    writer.take(said(unit(10)))
    assert writer.take(said(unit(5))) == []


@pytest.mark.parametrize("form", sorted(WRITERS))
def test_that_every_writer_names_the_object_it_writes_of(form: str) -> None:
    (out,) = make_writer(form).take(said(Incident(id="i1", at=NOON, title="Fire", lat=35.0, lon=-80.0)))
    assert out.id == "i1"
    assert out.payload
