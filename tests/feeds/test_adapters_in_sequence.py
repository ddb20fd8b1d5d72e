"""What adapters make of several messages one after another: what they remember, and what they must not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from cop.domain.report import Report, Retraction
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import format_of, geometries, readings
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.message import BadMessage, Message

from .payloads import RECEIVED_AT, adapter_of

T0 = datetime(2026, 5, 4, 11, 0, tzinfo=UTC)


def cot(seconds: int, event_type: str = "a-f-G-U-C", uid: str = "A1", detail: str = "") -> bytes:
    """One event, sent so many seconds after the start."""
    time = (T0 + timedelta(seconds=seconds)).isoformat()
    return (
        f'<event version="2.0" uid="{uid}" type="{event_type}" time="{time}" start="{time}" stale="{time}" how="m-g">'
        f'<point lat="35.2" lon="-80.9" hae="1" ce="1" le="1"/><detail>{detail}</detail></event>'
    ).encode()


def owntracks(**fields: Any) -> bytes:
    """One OwnTracks payload."""
    return msgspec.json.encode({("_type" if key == "type_" else key): value for key, value in fields.items()})


def units(adapter: Adapter, *payloads: bytes, topic: str = "tak/x") -> list[tuple[str, str, str]]:
    """Callsign, kind and status of every unit that comes out."""
    return [
        (body.callsign, body.kind, body.status)
        for report in reports(adapter, *payloads, topic=topic)
        if isinstance(body := report.body, Unit)
    ]


def reports(adapter: Adapter, *payloads: bytes, topic: str = "tak/x") -> list[Report]:
    """Everything that comes out."""
    return [report for one in payloads for report in adapter.decode(Message(topic, one, RECEIVED_AT))]


CALL = '<link uid="A1" type="a-f-G-U-C" relation="p-p"/><emergency type="911 Alert">ENGINE 30</emergency>'
CANCEL = '<emergency cancel="true">ENGINE 30</emergency>'
NAMED = '<contact callsign="ENGINE 30"/>'


def test_that_a_unit_is_said_once_and_its_positions_every_time() -> None:
    found = reports(adapter_of("cot-xml"), *(cot(second, detail=NAMED) for second in range(5)))
    assert sum(isinstance(report.body, Unit) for report in found) == 1
    assert sum(isinstance(report.body, Position) for report in found) == 5


def test_that_a_unit_is_said_again_when_its_words_change() -> None:
    adapter = adapter_of("cot-xml")
    assert units(adapter, cot(0, detail=NAMED)) == [("ENGINE 30", "person", "unknown")]
    assert units(adapter, cot(1, detail=NAMED + '<cop status="on_scene" kind="engine"/>')) == [
        ("ENGINE 30", "engine", "on_scene")
    ]


def test_that_late_words_do_not_take_back_newer_ones() -> None:
    adapter = adapter_of("cot-xml")
    assert units(adapter, cot(10, detail=NAMED), cot(5, detail='<contact callsign="E30 OLD"/>')) == [
        ("ENGINE 30", "person", "unknown")
    ]
    assert units(adapter, cot(15, detail=NAMED)) == []


def test_that_late_words_do_not_take_back_those_that_were_said_again_since() -> None:
    adapter = adapter_of("cot-xml")
    said = (cot(0, detail=NAMED), cot(10, detail=NAMED), cot(5, detail='<contact callsign="E30 OLD"/>'))
    assert units(adapter, *said) == [("ENGINE 30", "person", "unknown")]


def test_that_an_emergency_lasts_until_it_is_cancelled() -> None:
    adapter = adapter_of("cot-xml")
    assert units(
        adapter,
        cot(0, detail=NAMED),
        cot(1, "b-a-o-tbl", "A1-9-1-1", CALL),
        cot(2, detail=NAMED),
        cot(3, "b-a-o-tbl", "A1-9-1-1", CALL),
        cot(60, detail=NAMED),
    ) == [("ENGINE 30", "person", "unknown"), ("ENGINE 30", "person", "emergency")]
    assert units(adapter, cot(61, "b-a-o-can", "A1-9-1-1", CANCEL)) == [("ENGINE 30", "person", "unknown")]
    assert units(adapter, cot(62, detail=NAMED)) == []


def test_that_a_call_which_arrives_after_its_own_end_does_not_start_again() -> None:
    adapter = adapter_of("cot-xml")
    units(adapter, cot(0, detail=NAMED), cot(5, "b-a-o-can", "A1-9-1-1", CANCEL))
    assert units(adapter, cot(4, "b-a-o-tbl", "A1-9-1-1", CALL), cot(6, detail=NAMED)) == []


def test_that_a_late_call_for_help_reaches_the_unit_with_its_next_word() -> None:
    adapter = adapter_of("cot-xml")
    units(adapter, cot(10, detail=NAMED))
    assert units(adapter, cot(9, "b-a-o-opn", "A1-9-1-1", CALL)) == []  # older than what is known of the unit
    assert units(adapter, cot(11, detail=NAMED)) == [("ENGINE 30", "person", "emergency")]


def test_that_a_clock_ahead_of_ours_silences_nobody() -> None:
    adapter, tomorrow = adapter_of("cot-xml"), 86_400
    units(adapter, cot(tomorrow, detail='<contact callsign="FROM TOMORROW"/>'))
    units(adapter, cot(tomorrow, "b-a-o-tbl", "A1-9-1-1", CALL))
    assert units(adapter, cot(0, detail=NAMED)) == [("ENGINE 30", "person", "unknown")]
    assert units(adapter, cot(1, "b-a-o-tbl", "A1-9-1-1", CALL)) == [("ENGINE 30", "person", "emergency")]


def test_that_a_call_for_help_is_heard_without_a_place() -> None:
    call = cot(0, "b-a-o-tbl", "A1-9-1-1", CALL).replace(b'lat="35.2"', b'lat="garbage"')
    assert units(adapter_of("cot-xml"), call) == [("ENGINE 30", "person", "emergency")]


def test_that_a_chat_of_nothing_but_steering_characters_is_no_line() -> None:
    assert reports(adapter_of("cot-xml"), cot(0, "b-t-f", "chat", "<remarks>\u202e\u2066</remarks>")) == []


def test_that_a_unit_which_logged_off_is_said_again_when_it_is_back() -> None:
    adapter = adapter_of("cot-xml")
    units(adapter, cot(0, detail=NAMED))
    gone = reports(adapter, cot(1, "t-x-d-d", "event-1", '<link uid="A1" type="a-f-G-U-C" relation="p-p"/>'))
    assert [report.body for report in gone] == [Retraction(id="A1", at=T0 + timedelta(seconds=1), kind="unit")]
    assert units(adapter, cot(2, detail=NAMED)) == [("ENGINE 30", "person", "unknown")]


def test_that_a_card_names_the_device_from_its_next_location_on() -> None:
    adapter, topic = adapter_of("owntracks"), "owntracks/chief/phone"
    location = {"type_": "location", "lat": 35.2, "lon": -80.9, "tid": "C1"}
    assert units(adapter, owntracks(**location, tst=1777895940), topic=topic) == [("C1", "unknown", "unknown")]
    assert reports(adapter, owntracks(type_="card", name="Chief Alvarez"), topic=topic + "/info") == []
    assert units(adapter, owntracks(**location, tst=1777895950), topic=topic) == [
        ("Chief Alvarez", "unknown", "unknown")
    ]


def test_that_no_two_devices_share_an_id() -> None:
    adapter, fix = adapter_of("owntracks"), owntracks(type_="location", lat=35.2, lon=-80.8, tst=1777895940)
    topics = ["engine/1-phone", "engine-1/phone", "engine-1-phone/x", "engine/1/event"]
    found = {reports(adapter, fix, topic=f"owntracks/{topic}")[0].body.id for topic in topics}
    assert found == {"engine-1-phone", "engine-1%2Fphone", "engine-1-phone%2Fx", "engine-1"}
    uids = ["a/1", "a-1", "a+1", "a#1", "a\t1"]
    assert len({readings.identifier(uid) for uid in uids}) == len(uids)
    assert all(len(readings.identifier("/" * length)) <= 128 for length in (40, 43, 128, 129, 5000))
    assert readings.identifier("/" * 200) != readings.identifier("/" * 201)


def test_that_an_owntracks_feed_says_what_its_units_are() -> None:
    adapter = adapter_of("owntracks", {"kind": "patrol", "units": {"chief-phone": "chief", "e-1/tablet": "engine"}})
    location = owntracks(type_="location", lat=35.2, lon=-80.9, tst=1777895940, tid="X")
    assert units(adapter, location, topic="owntracks/chief/phone") == [("X", "chief", "unknown")]
    assert units(adapter, location, topic="owntracks/e-1/tablet") == [("X", "engine", "unknown")]
    assert units(adapter, location, topic="owntracks/adam/214") == [("X", "patrol", "unknown")]


def test_that_a_bus_keeps_its_last_fix_when_it_loses_its_position() -> None:
    adapter, topic = adapter_of("hfp"), "/hfp/v2/journey/ongoing/vp/bus/0012/00123/2018/1/Uptown/11:40/1304/4"
    fix = b'{"VP":{"desi":"18","tst":"2026-05-04T11:59:58Z","lat":35.2,"long":-80.9}}'
    lost = b'{"VP":{"desi":"18","tst":"2026-05-04T11:59:59Z","lat":null,"long":null}}'
    assert len(reports(adapter, fix, topic=topic)) == 2
    assert reports(adapter, lost, topic=topic) == []


@pytest.mark.parametrize("form", ["cot-xml", "owntracks", "hfp"])
def test_that_an_option_nobody_knows_is_refused_when_the_feed_starts(form: str) -> None:
    with pytest.raises(ValueError, match="payloads"):
        adapter_of(form, {"knid": "engine"})


def test_that_a_time_zone_nobody_knows_is_refused_when_the_feed_starts() -> None:
    with pytest.raises(ValueError, match="Mars/Olympus"):
        adapter_of("cot-xml", zone="Mars/Olympus")


def test_that_units_invented_without_end_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "_UNITS_REMEMBERED", 100)
    said: readings.LastWords[int] = readings.LastWords()
    assert all(said.is_news(f"unit-{number}", T0, 1, T0) for number in range(1000))
    assert len(said._said) <= 100


def test_that_a_drawing_of_too_many_vertices_is_thinned_and_says_so() -> None:
    vertices = "".join(f'<link point="{35 + number / 1e5:.5f},-80.9"/>' for number in range(25_000))
    (report,) = reports(adapter_of("cot-xml"), cot(0, "u-d-f", "line", vertices))
    drawn = report.body.geometry["coordinates"]  # type: ignore[union-attr]
    assert 5_000 < len(drawn) <= 10_000
    assert (drawn[0], drawn[-1]) == ([-80.9, 35.0], [-80.9, 35.24999])
    assert "of 25000 vertices" in report.losses["vertices"]


def test_that_a_geometry_of_too_many_vertices_is_thinned_and_keeps_its_ends() -> None:
    ring = [[-80 + number / 1e4, 35 + (number % 7) / 1e3] for number in range(30_000)]
    geometry, left_out = geometries.checked({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})
    (thinned,) = geometry["coordinates"]
    assert 4_000 < len(thinned) <= geometries.MAX_VERTICES
    assert thinned[0] == thinned[-1] == ring[0]
    assert "of 30001 vertices" in left_out


def test_that_a_recorded_hfp_line_may_hold_spaces_in_its_topic() -> None:
    recording = (
        '2026-05-04T12:00:00Z /hfp/v2/journey/ongoing/vp/bus/0012/00123/2018/1/Uptown (M)/11:40 {"VP":{"veh":1}}\n'
        '/hfp/v2/journey/ongoing/vp/bus/0012/00123/2018/1/South End/11:40 {"VP":{"desi":"a {b}"}}\n'
    )
    assert [one[:2] for one in format_of("hfp").split(recording.encode())] == [
        ("/hfp/v2/journey/ongoing/vp/bus/0012/00123/2018/1/Uptown (M)/11:40", b'{"VP":{"veh":1}}'),
        ("/hfp/v2/journey/ongoing/vp/bus/0012/00123/2018/1/South End/11:40", b'{"VP":{"desi":"a {b}"}}'),
    ]


def test_that_of_a_bad_message_nothing_is_remembered() -> None:
    adapter = adapter_of("cot-xml")
    with pytest.raises(BadMessage):
        reports(adapter, cot(5, detail=NAMED).replace(b"35.2", b"135.2"))
    assert units(adapter, cot(0, detail=NAMED)) == [("ENGINE 30", "person", "unknown")]


def test_that_a_call_for_help_in_an_exercise_is_none_in_live_work() -> None:
    adapter = adapter_of("cot-xml")
    drill = cot(1, "b-a-o-tbl", "A1-9-1-1", CALL).replace(b'how="m-g"', b'how="m-g" opex="e-CATAWBA"')
    (called, _) = reports(adapter, cot(0, detail=NAMED), drill)[2:]
    assert (called.body.status, called.exercise) == ("emergency", True)  # type: ignore[union-attr]
    (live, position) = reports(adapter, cot(2, detail=NAMED))
    assert (live.body.status, live.exercise) == ("unknown", False)  # type: ignore[union-attr]
    assert not position.exercise
    in_drill = cot(3, detail=NAMED).replace(b'how="m-g"', b'how="m-g" opex="e"')
    (unit, _) = reports(adapter, in_drill)
    assert (unit.body.status, unit.exercise) == ("emergency", True)  # type: ignore[union-attr]


def test_that_an_emergency_in_an_exercise_by_topic_is_none_in_live_work() -> None:
    adapter = adapter_of("cot-xml")
    call = cot(1, "b-a-o-tbl", "A1-9-1-1", CALL)
    assert units(adapter, call, topic="exercise/catawba/cot/x") == [("ENGINE 30", "person", "emergency")]
    assert units(adapter, cot(2, detail=NAMED)) == [("ENGINE 30", "person", "unknown")]


def test_that_an_element_of_very_many_attributes_is_read_in_no_time_to_speak_of() -> None:
    many = " ".join(f'a{number}="1"' for number in range(90_000))
    unit, _ = reports(adapter_of("cot-xml"), cot(0, detail=f"<x {many}/>"))
    assert unit.losses["x"].startswith("a0=1 a1=1")


@pytest.mark.parametrize("form", ["cot-xml", "tak-protobuf", "cot-json"])
def test_that_a_table_of_words_that_events_do_not_need_is_refused_when_the_feed_starts(form: str) -> None:
    with pytest.raises(ValueError, match="unit_statuses"):
        adapter_of(form, words={"unit_statuses": {"x": "y"}})
