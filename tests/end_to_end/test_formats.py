"""Many agencies, each in its own format, on one desk; and an agency that only speaks CoT sees what we say."""

import contextlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import paho.mqtt.client as mqtt
import pytest
from lxml import etree
from paho.mqtt.enums import CallbackAPIVersion
from pyais.messages import NMEAMessage

from cop.domain.area import Alert, Zone
from cop.domain.incident import Incident
from cop.domain.resource import Resource
from cop.exercise.movement import Fix
from cop.exercise.tongues import ObjectTongue, Speaker, Spoken, Tongue, object_tongue, tongue
from cop.feeds.adapters import format_of
from cop.feeds.broker import Broker
from cop.feeds.replay_file import Pace, replay
from tests.conftest import Mosquitto, wait_until
from tests.feeds.conformance import SAMPLES

from .desks import DeskProcess

CAD = "urn:emergency:uid:incidentid:26-1:cad.exercise"
CALL = "urn:emergency:uid:incidentid:26-2:psap.exercise"
AGENCIES = {
    "cot-xml": "tak-team",
    "owntracks": "phones",
    "meshtastic": "radios",
    "hfp": "buses",
    "ais": "ships",
    "adsb": "aircraft",
    "eido": "psap",
    "json": "cad",
    "cap": "weather",
    "edxl-have": "hospital",
    "wzdx": "roads",
}
UNITS = ("cot-xml", "owntracks", "meshtastic", "hfp", "ais", "adsb")


def feeds() -> str:
    """A `[[feed]]` for each of them."""
    tables = []
    for form, agency in AGENCIES.items():
        if form in UNITS:
            speech = known(tongue(form))
            topics, options, words = speech.topics(agency), speech.options("person"), {}
        else:
            said = known_object(form)
            topics, options, words = f"{form}/{agency}/#", said.options(["cad", "psap"]), said.words
        feed = {"name": form, "format": form, "topic": topics, "agency": agency, "options": options, "words": words}
        tables.append("\n".join(["[[feed]]", *(f"{key} = {inline(value)}" for key, value in feed.items())]))
    return "\n".join(tables)


def inline(value: object) -> str:
    """A value as TOML writes it in a line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {inline(one)}" for key, one in value.items()) + " }"
    return json.dumps(value)


def known(speech: Tongue | None) -> Tongue:
    """A format that units speak."""
    assert speech is not None
    return speech


def known_object(form: str) -> ObjectTongue:
    """A format of objects."""
    speech = object_tongue(form)
    assert speech is not None
    return speech


@contextlib.contextmanager
def client(broker: Mosquitto, *filters: str) -> Iterator[tuple[mqtt.Client, dict[str, bytes]]]:
    """A connection of another system, and the newest message that it has heard on each topic."""
    heard: dict[str, bytes] = {}
    one = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    ready: list[bool] = []
    one.on_connect = lambda *_: one.subscribe([(topic, 1) for topic in (*filters, "ready")])
    one.on_subscribe = lambda *_: ready.append(True)
    one.on_message = lambda _client, _user, message: heard.update({message.topic: bytes(message.payload)})
    one.connect("127.0.0.1", broker.port)
    one.loop_start()
    try:
        wait_until(lambda: ready, what="the other system's connection")
        yield one, heard
    finally:
        one.disconnect()
        one.loop_stop()


def say(one: mqtt.Client, *messages: Spoken) -> None:
    """Publish what an agency's system says."""
    for message in messages:
        one.publish(message.topic, message.payload, qos=1, retain=message.retain).wait_for_publish(5)


def positions(at: datetime) -> Iterator[Spoken]:
    """One unit of each format that units speak."""
    for number, form in enumerate(UNITS):
        speech, agency = known(tongue(form)), AGENCIES[form]
        callsign = f"Unit {number}"
        speaker = Speaker(agency, speech.unit_id(agency, callsign, number), callsign, "person", "available", number)
        fix = Fix(place=(35.20 + number / 100, -80.90), course_deg=90.0, speed_mps=10.0, alt_m=250.0)
        yield from speech.position(speaker, fix, at, 60.0)


def objects(at: datetime, ends: datetime) -> Iterator[Spoken]:
    """Incidents that are one, a warning that ends, beds, a closed road."""
    square = [[-80.95, 35.15], [-80.85, 35.15], [-80.85, 35.25], [-80.95, 35.25], [-80.95, 35.15]]
    fire = Incident(id=CAD, at=at, type="fire", title="Warehouse fire", lat=35.22, lon=-80.91)
    call = Incident(id=CALL, at=at, type="fire", status="active", title="Smoke, callers", lat=35.221, lon=-80.911)
    warning = Alert(
        id="w1",
        at=at,
        event="Severe Thunderstorm Warning",
        headline="Storm",
        area="Charlotte",
        severity="Severe",
        urgency="Immediate",
        certainty="Observed",
        geometry={"type": "Polygon", "coordinates": [square]},
        starts_at=at,
        expires_at=ends,
    )
    beds = Resource(id="H1-Burn", at=at, name="Burn beds", kind="beds", quantity=8, available=3, lat=35.2, lon=-80.84)
    line = {"type": "LineString", "coordinates": [[-80.92, 35.2], [-80.90, 35.21]]}
    road = Zone(id="road-1", at=at, kind="road_closure", name="I-77 North", geometry=line)
    yield known_object("json").say("cad", fire, "")
    yield known_object("eido").say("psap", call, CAD)
    yield known_object("cap").say("weather", warning, "")
    yield known_object("edxl-have").say("hospital", beds, "")
    yield known_object("wzdx").say("roads", road, "")


def have(**wanted: int) -> Callable[[dict[str, Any]], bool]:
    """Whether a desk shows at least so many of each."""
    return lambda seen: all(len(seen[name]) >= count for name, count in wanted.items())


def test_that_one_desk_shows_every_agency_in_its_own_format(
    mosquitto: Mosquitto, desk_of: Callable[..., DeskProcess]
) -> None:
    desk = desk_of(agency="charlotte-fire", role="commander", feeds=feeds())
    desk.start()
    desk.until_online()
    with client(mosquitto) as (other, _heard):
        now = datetime.now(UTC).replace(microsecond=0)
        ends = now + timedelta(seconds=8)
        # the name goes with every other message of a ship or radio: at the full half minute
        say(other, *positions(now - timedelta(seconds=now.second % 30)), *positions(now), *objects(now, ends))
        seen = desk.until(have(units=6, incidents=2, alerts=1, links=1, zones=1, resources=2), "all of it")
        located = {unit["source"]["format"]: unit for unit in seen["units"] if "lat" in unit}
        assert set(located) == set(UNITS)
        for number, form in enumerate(UNITS):
            assert located[form]["agency"] == AGENCIES[form]
            assert located[form]["lat"] == pytest.approx(35.20 + number / 100, abs=2e-5), form
            assert located[form]["lon"] == pytest.approx(-80.90, abs=2e-5), form
            if form != "meshtastic":  # whose firmwares differ in what unit it is
                assert located[form]["speed_mps"] == pytest.approx(10.0, abs=0.6), form
            assert not located[form]["stale"], form
        assert {unit["said"]["kind"] for unit in seen["units"]} >= {"person", "bus", "aircraft"}
        (link,) = seen["links"]
        assert {link["first"], link["second"]} == {f"psap/{CALL}", f"cad/{CAD}"}
        assert {(one["agency"], one["type"]) for one in seen["incidents"]} == {("cad", "fire"), ("psap", "fire")}
        assert [(one["event"], one["severity"]) for one in seen["alerts"]] == [
            ("Severe Thunderstorm Warning", "Severe")
        ]
        burn = next(one for one in seen["resources"] if one["kind"] == "beds")
        assert (burn["available"], burn["quantity"], burn["agency"]) == (3, 8, "hospital")
        assert [(one["kind"], one["geometry"]["type"]) for one in seen["zones"]] == [("road_closure", "LineString")]
        assert desk.tell("rows", name="Alerts") == 1
        assert all(feed["bad"] == 0 for feed in seen["feeds"]), seen["feeds"]
        wait_until(lambda: not desk.tell("rows", name="Alerts"), 30, "the warning has ended by itself")


def test_that_an_agency_that_only_speaks_cot_sees_our_incidents_and_zones_and_we_its_units(
    mosquitto: Mosquitto, desk_of: Callable[..., DeskProcess]
) -> None:
    tables = """
[[feed]]
name = "ours"
format = "cop-json"
topic = "cop/v1/#"
[[feed]]
name = "their team"
format = "cot-xml"
topic = "tak/team/#"
agency = "tak-team"
[[publish]]
name = "to TAK"
format = "cot-xml"
topic = "tak/eoc/{kind}/{id}"
every_s = 0.1
[[publish]]
name = "to a web map"
format = "geojson"
topic = "geo/{agency}/{id}"
kinds = ["incident", "position"]
agencies = ["*"]
every_s = 0.1
"""
    desk = desk_of(agency="charlotte-fire", role="commander", feeds=tables)
    desk.start()
    desk.until_online()
    with client(mosquitto, "tak/eoc/#", "geo/#") as (other, heard):
        now = datetime.now(UTC)
        square = [[-80.95, 35.15], [-80.85, 35.15], [-80.85, 35.25], [-80.95, 35.15]]
        zone = Zone(id="z1", at=now, rev=1, kind="hot_zone", name="Hot <zone>", geometry=_polygon(square))
        fire = Incident(id="i1", at=now, rev=1, type="fire", title="Warehouse & shed", lat=35.22, lon=-80.91)
        for kind, body in (("zone", zone), ("incident", fire)):
            other.publish(f"cop/v1/charlotte-fire/{kind}/{body.id}", msgspec.json.encode(body), qos=1, retain=True)
        theirs = msgspec.structs.replace(fire, id="i2")
        other.publish(f"cop/v1/gastonia-fd/incident/{theirs.id}", msgspec.json.encode(theirs), qos=1, retain=True)
        speech = known(tongue("cot-xml"))
        speaker = Speaker("team", "team.t1", "T1", "person", "available", 1)
        (event,) = speech.position(
            speaker, Fix(place=(35.3, -80.8), course_deg=1.0, speed_mps=2.0, alt_m=None), now, 60
        )
        say(other, event._replace(topic="tak/team/t1"))
        seen = desk.until(have(units=1, incidents=2, zones=1), "units, incidents and a zone")
        assert [(unit["agency"], unit["said"]["callsign"]) for unit in seen["units"]] == [("tak-team", "T1")]
        wait_until(lambda: {"tak/eoc/incident/i1", "tak/eoc/zone/z1"} <= set(heard), 10, "CoT of what is ours")
        wait_until(lambda: "geo/tak-team/team.t1" in heard, 10, "GeoJSON of their unit")
        incident = etree.fromstring(heard["tak/eoc/incident/i1"])
        point = incident.find("point")
        assert (float(point.get("lat")), float(point.get("lon"))) == (35.22, -80.91)
        assert incident.find("detail/contact").get("callsign") == "Warehouse & shed"
        assert etree.fromstring(heard["tak/eoc/zone/z1"]).get("type").startswith("u-d")
        # neither what is theirs in CoT comes back in CoT, nor does another agency's incident go out as ours
        assert not [topic for topic in heard if topic.startswith("tak/eoc") and topic[8:] not in OURS]
        feature = json.loads(heard["geo/tak-team/team.t1"])
        assert feature["geometry"] == {"type": "Point", "coordinates": [-80.8, 35.3]}


#: the only topics on which this desk speaks to TAK clients
OURS = {"incident/i1", "zone/z1"}


def _polygon(ring: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [ring]}


def test_that_a_retained_zone_that_is_taken_back_leaves_the_other_systems_too(
    mosquitto: Mosquitto, desk_of: Callable[..., DeskProcess]
) -> None:
    tables = """
[[feed]]
name = "ours"
format = "cop-json"
topic = "cop/v1/#"
[[publish]]
name = "to TAK"
format = "cot-xml"
topic = "tak/eoc/{kind}/{id}"
retain = true
every_s = 0.1
"""
    desk = desk_of(agency="charlotte-fire", role="commander", feeds=tables)
    desk.start()
    desk.until_online()
    with client(mosquitto, "tak/eoc/#") as (other, heard):
        now = datetime.now(UTC)
        place = {"type": "Point", "coordinates": [-80.9, 35.2]}
        zone = Zone(id="z1", at=now, rev=1, kind="staging", name="Staging", geometry=place)
        gone = msgspec.structs.replace(zone, rev=2, deleted=True)
        other.publish("cop/v1/charlotte-fire/zone/z1", msgspec.json.encode(zone), qos=1)
        wait_until(lambda: heard.get("tak/eoc/zone/z1"), 10, "the zone")
        other.publish("cop/v1/charlotte-fire/zone/z1", msgspec.json.encode(gone), qos=1)
        wait_until(lambda: heard.get("tak/eoc/zone/z1") == b"", 10, "the cleared topic")
    with client(mosquitto, "tak/eoc/#") as (later, kept):
        later.publish("ready", b"", qos=1).wait_for_publish(5)
        wait_until(lambda: "ready" in kept, 10, "the broker has sent what it keeps")
        assert "tak/eoc/zone/z1" not in kept


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the folder ../shared/samples is not here")
@pytest.mark.timeout(240)
def test_that_a_recorded_day_of_ships_plays_through_a_broker_into_the_map(
    mosquitto: Mosquitto, desk_of: Callable[..., DeskProcess]
) -> None:
    recording = SAMPLES / "recordings" / "ais_ais_vernon_20160331.log"
    table = '[[feed]]\nname = "ships"\nformat = "ais"\ntopic = "ais/#"\nagency = "coast"\n'
    desk = desk_of(agency="charlotte-fire", role="commander", feeds=table)
    desk.start()
    desk.until_online()
    messages = list(format_of("ais").split(recording.read_bytes()))
    sent = replay(messages, Broker(url=mosquitto.url), Pace(speed=0), topic="ais/replay")
    assert sent == len(messages)
    expected = last_positions(recording)

    def is_taken_in(now: dict[str, Any]) -> bool:
        (feed,) = now["feeds"] or [{"messages": 0, "held": 0}]  # a day in seconds is a flood, which waits its turn
        return bool(feed["messages"] >= sent and not feed["held"]) and len(now["units"]) >= len(expected)

    seen = desk.until(is_taken_in, "every sentence", 120)
    shown = {unit["unit"]: (unit["lat"], unit["lon"]) for unit in seen["units"] if "lat" in unit}
    assert set(shown) == set(expected)
    for ship, place in expected.items():
        assert shown[ship] == pytest.approx(place, abs=1e-5), ship


def last_positions(recording: Path) -> dict[str, tuple[float, float]]:
    """By pyais alone: the last valid position of each vessel, of sentences whose checksum is right."""
    found: dict[str, tuple[float, float]] = {}
    for line in recording.read_bytes().splitlines():
        sentence = line[line.find(b"!AIVDM,1,1") :]
        if not sentence.startswith(b"!AIVDM,1,1") or len(sentence) < 30:
            continue  # positions need no second sentence
        try:
            message = NMEAMessage.from_bytes(sentence)
            said = message.decode()
        except Exception:  # noqa: BLE001 - what pyais cannot read is none of its positions
            continue
        kinds = (1, 2, 3, 9, 18, 19, 27)
        if message.is_valid and said.msg_type in kinds and abs(said.lat) <= 90 and abs(said.lon) <= 180:
            found[str(said.mmsi)] = (float(said.lat), float(said.lon))
    return found
